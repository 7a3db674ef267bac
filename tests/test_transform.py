"""The contract of transforms/: finding them, ordering them, and every mistake it must name."""

import dataclasses
import itertools
import pathlib
import pickle
import random
import sys

import pyarrow as pa
import pytest

from pipeline.article import READ_COLUMNS, READ_FIELDS
from pipeline.plan import check_methods, discover, order
from pipeline.transform import (
    Column,
    CorpusTransform,
    Drop,
    Stage,
    Stream,
    Transform,
    TransformError,
)

NUMBER = Column(pa.int64(), "A number.")


def make(name, *, reads=(), adds=(), updates=(), after=(), base=Transform, **members):
    """An instance of a transform class of that name."""
    columns = dict.fromkeys(adds, NUMBER) if isinstance(adds, tuple) else adds
    members |= {"reads": reads, "adds": columns, "updates": updates, "after": after}
    return dataclasses.dataclass(type(name, (base,), members))()


def names(transforms):
    return [transform.name() for transform in transforms]


def every_order(transforms, given):
    """The one order that all permutations of the arguments give."""
    orders = {
        tuple(names(order(permutation, given)))
        for permutation in itertools.permutations(transforms)
    }
    assert len(orders) == 1, orders
    return list(orders.pop())


def test_a_reader_runs_after_the_adder_whatever_their_names():
    steps = [make("A", reads=("z",), adds=("a",)), make("Z", reads=("text",), adds=("z",))]
    assert every_order(steps, ["text"]) == ["Z", "A"]


def test_a_chain_is_followed_and_names_settle_the_rest():
    steps = [
        make("D", reads=("text",), adds=("d",)),
        make("C", reads=("b",), adds=("c",)),
        make("B", reads=("a",), adds=("b",)),
        make("A", reads=("text",), adds=("a",)),
    ]
    assert every_order(steps, ["text"]) == ["A", "B", "C", "D"]


def test_an_updater_runs_after_the_adder_and_before_the_readers():
    steps = [
        make("A", reads=("title",), adds=("a",)),
        make("M", reads=("title",), updates=("title",)),
        make("Z", reads=("text",), adds=("title",)),
    ]
    assert every_order(steps, ["text"]) == ["Z", "M", "A"]


def test_a_column_of_the_readers_may_be_updated():
    steps = [make("A", reads=("title",)), make("Z", updates=("title",))]
    assert every_order(steps, ["title"]) == ["Z", "A"]


@pytest.mark.parametrize("declared", [{"reads": ("b",)}, {"after": ("B",)}])
def test_what_an_updater_needs_first_reads_the_column_as_it_was(declared):
    steps = [
        make("A", updates=("title",)),
        make("B", reads=("title",), adds=("b",)),
        make("C", reads=("title",)),
        make("D", updates=("title",), **declared),
    ]
    assert every_order(steps, ["title"]) == ["A", "B", "D", "C"]


def test_two_updaters_run_as_after_says():
    steps = [
        make("A", updates=("title",), after=("B",)),
        make("B", updates=("title",)),
        make("C", reads=("title",)),
    ]
    assert every_order(steps, ["title"]) == ["B", "A", "C"]


def test_two_updaters_may_be_ordered_by_another_column():
    steps = [
        make("A", reads=("b",), updates=("title",)),
        make("B", adds=("b",), updates=("title",)),
    ]
    assert every_order(steps, ["title"]) == ["B", "A"]


def test_three_updaters_may_be_ordered_in_pairs():
    steps = [
        make("A", updates=("title",), after=("B", "C")),
        make("B", updates=("title",)),
        make("C", updates=("title",), after=("B",)),
    ]
    assert every_order(steps, ["title"]) == ["B", "C", "A"]


def test_a_transform_may_read_what_it_adds_or_updates_itself():
    steps = [make("A", reads=("a", "title"), adds=("a",), updates=("title",))]
    assert names(order(steps, ["title"])) == ["A"]


def test_corpus_steps_run_last():
    steps = [
        make("A", reads=("text",), adds=("cluster",), base=CorpusTransform),
        make("Z", reads=("text",), adds=("z",)),
    ]
    assert every_order(steps, ["text"]) == ["Z", "A"]


def test_after_alone_orders():
    steps = [make("A", after=("B",)), make("B")]
    assert every_order(steps, []) == ["B", "A"]


def test_no_transforms_are_an_empty_order():
    assert order([], ["text"]) == []


@pytest.mark.parametrize("seed", range(20))
def test_random_declarations_are_ordered_so_that_each_finds_what_it_reads(seed):
    rng = random.Random(seed)
    steps = []
    for number in range(12):
        earlier = [f"c{other}" for other in range(number)]
        reads = tuple(rng.sample(earlier, min(len(earlier), rng.randrange(3))))
        steps.append(make(f"T{rng.random():.6f}", reads=reads, adds=(f"c{number}",)))
    rng.shuffle(steps)
    ordered = order(steps, ["text"])
    assert sorted(names(ordered)) == sorted(names(steps))
    there = {"text"}
    for step in ordered:
        assert set(step.reads) <= there
        there |= set(step.adds)
    rng.shuffle(steps)
    assert names(order(steps, ["text"])) == names(ordered)


CONTRADICTIONS = {
    "a column nobody adds": (
        [make("A", reads=("txet",))],
        r"^A reads 'txet', which nobody adds\. Columns there are: html, text, title\.$",
    ),
    "an updated column nobody adds": (
        [make("A", updates=("titel",))], "'titel', which nobody adds",
    ),
    "a column added twice": (
        [make("B", adds=("x",)), make("A", adds=("x",))], r"A and B both add 'x'\. Rename",
    ),
    "a column the readers fill": (
        [make("A", adds=("title",))], "A adds 'title', which the dump readers fill",
    ),
    "a circle of reads": (
        [make("A", reads=("b",), adds=("a",)), make("B", reads=("a",), adds=("b",)), make("C")],
        r"in a circle: A, B\. ",
    ),
    "a circle of after": ([make("A", after=("B",)), make("B", after=("A",))], "circle"),
    "after itself": ([make("A", after=("A",))], r"circle: A\."),
    "an ordinary step that needs a corpus step": (
        [
            make("A", reads=("cluster",), adds=("a",)),
            make("C", adds=("cluster",), base=CorpusTransform),
        ],
        "circle: A, C",
    ),
    "an unknown name in after": (
        [make("A", after=("Languag",)), make("Language")],
        "A is to run after 'Languag', which does not exist",
    ),
    "two updaters without an order": (
        [make("A", updates=("title",)), make("B", updates=("title",))],
        r'Add after = \("A",\) to B',
    ),
    "three updaters, two of them without an order": (
        [
            make("A", updates=("title",)),
            make("B", updates=("title",), after=("A",)),
            make("C", updates=("title",), after=("A",)),
        ],
        "B and C both update 'title'",
    ),
    "two updaters behind a third": (
        [
            make("A", updates=("title",), after=("B",)),
            make("B", updates=("title",)),
            make("C", updates=("title",), after=("B",)),
        ],
        "A and C both update 'title'",
    ),
    "two of one name": ([make("A", adds=("a",)), make("A", adds=("b",))], "two .* are called A"),
    "a class": ([type(make("A"))], r"A is a class; give an instance, A\(\)"),
    "adds that is no mapping": ([make("A", adds=["a"])], r"A\.adds is .*must be a dict"),
    "a paragraph column without an Arrow type": (
        [make("A", base=CorpusTransform, paragraph_columns={"p": pa.int64()})],
        r"A\.paragraph_columns\['p'\] is .*must be a Column",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_is_named(name):
    steps, message = CONTRADICTIONS[name]
    with pytest.raises(TransformError, match=message):
        order(steps, ["html", "text", "title"])


def test_a_circle_names_no_transform_that_only_waits_for_it_or_leads_through_others():
    # Own reads what the corpus-wide step adds, which waits for all others.
    steps = [
        make("Own", reads=("cluster",), adds=("own",)),
        *(make(f"S{n}", reads=(f"c{n - 1}",) if n else (), adds=(f"c{n}",)) for n in range(5)),
        make("First", reads=("own",), adds=("first",)),
        make("Cluster", adds=("cluster",), base=CorpusTransform),
        make("Waits", reads=("own",)),
    ]
    for permutation in itertools.islice(itertools.permutations(steps), 0, None, 4321):
        with pytest.raises(TransformError, match=r"in a circle: Cluster, Own\. "):
            order(permutation, [])


ROWS = pa.schema([("key", pa.uint64())])


def corpus_step(**members):
    members = {
        "fingerprint": lambda self, shard, tables: {},
        "annotate": lambda self, tables, annotations: tables,
        "measure": lambda self, tables, earlier: {},
        "streams": (Stream("annotations", ROWS, "key"), Stream("rows", ROWS, "key")),
        "stages": (Stage("measure", reads=("rows",), writes=("annotations",)),),
    } | members
    return make("A", base=CorpusTransform, **members)


@pytest.mark.parametrize(
    ("transform", "says"),
    [
        (make("A"), r"A\.apply is missing\. Define it: a run calls it with 1 argument"),
        (make("A", aply=lambda self, article: article), r"A\.apply is missing"),
        (make("A", apply=lambda self: None), r"A\.apply cannot be called with 1 argument"),
        (make("A", apply=lambda self, article, more: None), r"A\.apply .*missing.*'more'"),
        (make("A", apply_batch=lambda self: None), r"A\.apply_batch cannot be called"),
        (make("A", base=CorpusTransform), r"A\.streams has no stream 'annotations'"),
        (corpus_step(fingerprint=CorpusTransform.fingerprint), r"A\.fingerprint is missing"),
        (corpus_step(annotate=lambda self, tables: tables), r"A\.annotate cannot be called with 2"),
        (corpus_step(measure=None), r"A\.measure is missing"),
        (
            corpus_step(stages=(Stage("measure", reads=("row",), writes=()),)),
            r"stage 'measure' of A names the stream 'row'.*are: annotations, rows\.",
        ),
    ],
)
def test_a_method_or_stream_that_a_run_needs_is_missed_before_it(transform, says):
    with pytest.raises(TransformError, match=says):
        check_methods(transform)


def test_methods_of_any_form_will_do():
    check_methods(make("A", apply=lambda self, article, more=1: article))
    check_methods(make("A", apply=lambda self, *rest: rest[0]))
    check_methods(make("A", apply=staticmethod(lambda article: article)))
    check_methods(make("A", apply_batch=lambda self, articles: articles))
    check_methods(corpus_step())
    for member in discover():
        check_methods(member())


@pytest.mark.parametrize("attribute", ["reads", "updates", "after"])
@pytest.mark.parametrize("value", ["text", (1,), ("text", None), 7])
def test_a_declaration_that_is_no_tuple_of_names(attribute, value):
    with pytest.raises(TransformError, match=rf"A\.{attribute} is .*must be a tuple of names"):
        order([make("A", **{attribute: value})], ["text"])


@pytest.mark.parametrize("declared", [pa.int64(), "int64", None, Column(int, "A Python type.")])
def test_a_column_without_an_arrow_type(declared):
    with pytest.raises(TransformError, match=r"A\.adds\['a'\] is .*must be a Column"):
        order([make("A", adds={"a": declared})], [])


def package(tmp_path: pathlib.Path, monkeypatch, **modules: str) -> str:
    """A package of that source on the path; its name is the test's own."""
    name = f"package_{tmp_path.name}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("", encoding="utf-8")
    for module, source in modules.items():
        (tmp_path / name / f"{module}.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for module in [loaded for loaded in sys.modules if loaded.split(".")[0] == name]:
        monkeypatch.delitem(sys.modules, module)
    return name


HEADER = "from pipeline.transform import CorpusTransform, Transform\n"


def test_discovery_finds_every_class_once_sorted_by_name(tmp_path, monkeypatch):
    name = package(
        tmp_path,
        monkeypatch,
        zeta=HEADER + "class Beta(Transform): pass\nclass Alpha(CorpusTransform): pass\n",
        alpha=HEADER + "class Gamma(Transform): pass\nclass Helper: pass\n",
    )
    (tmp_path / name / "eta.py").write_text(f"from {name}.zeta import Beta\n", encoding="utf-8")
    assert [found.name() for found in discover(name)] == ["Alpha", "Beta", "Gamma"]


def test_discovery_names_the_file_that_cannot_be_imported(tmp_path, monkeypatch):
    name = package(tmp_path, monkeypatch, broken="import no_such_module_anywhere\n")
    with pytest.raises(TransformError, match=rf"{name}\.broken cannot be imported: ModuleNotFound"):
        discover(name)


def test_discovery_names_a_syntax_error(tmp_path, monkeypatch):
    name = package(tmp_path, monkeypatch, broken="def apply(:\n")
    with pytest.raises(TransformError, match=rf"{name}\.broken cannot be imported: SyntaxError"):
        discover(name)


def test_discovery_rejects_two_classes_of_one_name(tmp_path, monkeypatch):
    source = HEADER + "class Same(Transform): pass\n"
    name = package(tmp_path, monkeypatch, one=source, two=source)
    with pytest.raises(TransformError, match=rf"called Same: in {name}\.one and {name}\.two"):
        discover(name)


def test_a_base_class_of_the_house_may_be_shared_and_is_left_out(tmp_path, monkeypatch):
    source = HEADER + "class _Base(Transform): pass\nclass Child(_Base): pass\n"
    name = package(tmp_path, monkeypatch, one=source, two=HEADER + "class _Base(Transform): pass\n")
    assert [found.name() for found in discover(name)] == ["Child"]


def test_the_transforms_of_the_project_fit_together():
    steps = [step() for step in discover()]
    given = [*READ_COLUMNS, *READ_FIELDS]
    ordered = names(order(steps, given))
    assert names(order(reversed(steps), given)) == ordered
    for step in steps:
        assert pickle.loads(pickle.dumps(step)) == step
        for column in step.adds.values():
            assert column.description.endswith(".")


def test_a_batch_gives_one_answer_an_article_and_keeps_the_order():
    class Half(Transform):
        def apply(self, article):
            if article["n"] % 3 == 1:
                raise Drop("odd", f"{article['n']} is odd")
            if article["n"] % 3 == 2:
                raise ValueError("two")
            return article | {"half": 0}

    results = Half().apply_batch([{"n": n} for n in range(4)])
    assert results[0] == {"n": 0, "half": 0}
    assert isinstance(results[1], Drop)
    assert (results[1].reason, results[1].detail) == ("odd", "1 is odd")
    assert isinstance(results[2], ValueError)
    assert results[3] == {"n": 3, "half": 0}


def test_a_drop_survives_pickling():
    drop = pickle.loads(pickle.dumps(Drop("too_short", "3 words of at least 20")))
    assert (drop.reason, drop.detail) == ("too_short", "3 words of at least 20")


def test_a_batch_lets_an_interrupt_through():
    class Interrupted(Transform):
        def apply(self, article):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Interrupted().apply_batch([{}])


@pytest.mark.parametrize(
    ("call", "method"),
    [
        (lambda: Transform().apply({}), "apply"),
        (lambda: CorpusTransform().fingerprint(0, {}), "fingerprint"),
        (lambda: CorpusTransform().annotate({}, pa.table({})), "annotate"),
    ],
)
def test_a_missing_method_is_named(call, method):
    with pytest.raises(NotImplementedError, match=rf"must define {method}\("):
        call()
