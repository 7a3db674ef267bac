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
from pipeline.transform import (
    Column,
    CorpusTransform,
    Drop,
    Transform,
    TransformError,
    discover,
    order,
)

NUMBER = Column(pa.int64(), "A number.")


def make(name, *, reads=(), adds=(), updates=(), after=(), base=Transform):
    """A transform class of that name, and an instance of it."""
    columns = dict.fromkeys(adds, NUMBER) if isinstance(adds, tuple) else adds
    members = {"reads": reads, "adds": columns, "updates": updates, "after": after}
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


def test_three_updaters_need_an_order_for_every_pair():
    steps = [
        make("A", updates=("title",)),
        make("B", updates=("title",), after=("A",)),
        make("C", updates=("title",), after=("A",)),
    ]
    with pytest.raises(TransformError, match=r"B and C both update 'title'"):
        order(steps, ["title"])
    steps = [
        make("A", updates=("title",), after=("B",)),
        make("B", updates=("title",)),
        make("C", updates=("title",), after=("B",)),
    ]
    with pytest.raises(TransformError, match=r"A and C both update 'title'"):
        order(steps, ["title"])
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


def test_a_column_nobody_adds():
    with pytest.raises(TransformError) as caught:
        order([make("A", reads=("txet",))], ["text", "title"])
    assert str(caught.value) == (
        "A reads 'txet', which nobody adds. Columns there are: text, title."
    )


def test_an_updated_column_nobody_adds():
    with pytest.raises(TransformError, match="'titel', which nobody adds"):
        order([make("A", updates=("titel",))], ["title"])


def test_a_column_added_twice():
    with pytest.raises(TransformError, match=r"A and B both add 'x'\. Rename"):
        order([make("B", adds=("x",)), make("A", adds=("x",))], [])


def test_a_column_the_readers_fill():
    with pytest.raises(TransformError, match="A adds 'title', which the dump readers fill"):
        order([make("A", adds=("title",))], [*READ_COLUMNS, *READ_FIELDS])


def test_a_circle_of_reads():
    steps = [make("A", reads=("b",), adds=("a",)), make("B", reads=("a",), adds=("b",)), make("C")]
    with pytest.raises(TransformError, match=r"in a circle: A, B\. "):
        order(steps, [])


def test_a_circle_of_after():
    with pytest.raises(TransformError, match="circle"):
        order([make("A", after=("B",)), make("B", after=("A",))], [])


def test_a_transform_after_itself_is_a_circle():
    with pytest.raises(TransformError, match=r"circle: A\."):
        order([make("A", after=("A",))], [])


def test_an_ordinary_step_that_needs_a_corpus_step_is_a_circle():
    steps = [
        make("A", reads=("cluster",), adds=("a",)),
        make("C", adds=("cluster",), base=CorpusTransform),
    ]
    with pytest.raises(TransformError, match="circle: A, C"):
        order(steps, [])


def test_an_unknown_name_in_after():
    with pytest.raises(TransformError, match="A is to run after 'Languag', which does not exist"):
        order([make("A", after=("Languag",)), make("Language")], [])


def test_two_updaters_without_an_order():
    with pytest.raises(TransformError, match=r'Add after = \("A",\) to B'):
        order([make("A", updates=("title",)), make("B", updates=("title",))], ["title"])


@pytest.mark.parametrize("attribute", ["reads", "updates", "after"])
@pytest.mark.parametrize("value", ["text", (1,), ("text", None), 7])
def test_a_declaration_that_is_no_tuple_of_names(attribute, value):
    with pytest.raises(TransformError, match=rf"A\.{attribute} is .*must be a tuple of names"):
        order([make("A", **{attribute: value})], ["text"])


@pytest.mark.parametrize("declared", [pa.int64(), "int64", None, Column(int, "A Python type.")])
def test_a_column_without_an_arrow_type(declared):
    with pytest.raises(TransformError, match=r"A\.adds\['a'\] is .*must be a Column"):
        order([make("A", adds={"a": declared})], [])


@pytest.mark.parametrize("value", [("a",), "a", 7])
def test_adds_that_is_no_mapping(value):
    step = make("A")
    type(step).adds = value
    with pytest.raises(TransformError, match=r"A\.adds is .*must be a dict"):
        order([step], [])


def test_a_paragraph_column_without_an_arrow_type():
    step = make("A", base=CorpusTransform)
    type(step).paragraph_columns = {"p": pa.int64()}
    with pytest.raises(TransformError, match=r"A\.paragraph_columns\['p'\] is .*must be a Column"):
        order([step], [])


def test_two_instances_of_one_name():
    with pytest.raises(TransformError, match="two transforms are called A"):
        order([make("A", adds=("a",)), make("A", adds=("b",))], [])


def test_a_class_instead_of_an_instance():
    with pytest.raises(TransformError, match=r"A is a class; give an instance, A\(\)"):
        order([type(make("A"))], [])


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
