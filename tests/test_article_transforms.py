"""What a run holds the article transforms to: their declarations, their columns, their place."""

import datetime
from collections.abc import Mapping
from typing import ClassVar

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import READ_COLUMNS, READ_FIELDS
from pipeline.dumps import DumpOptions
from pipeline.tasks.articles import run_transforms
from pipeline.tasks.job import Job
from pipeline.tasks.values import MISFITS, misfit
from pipeline.transform import Column, Transform

UTC = datetime.UTC

NESTED = pa.list_(pa.struct([("name", pa.string()), ("weights", pa.list_(pa.int64()))]))


class Words(Transform):
    """Adds a number and something nested."""

    reads = ("document",)
    adds: ClassVar = {
        "words": Column(pa.int32(), "Words."),
        "parts": Column(NESTED, "Parts."),
        "working": Column(pa.string(), "A field for later transforms.", stored=False),
    }

    def apply(self, article):
        parts = [{"name": "a", "weights": [1, 2]}]
        return article | {"words": 1, "parts": parts, "working": object()}


class Later(Transform):
    """Does what a test says."""

    reads = ("words", "parts")
    adds: ClassVar = {"later": Column(pa.float64(), "A number.")}
    updates = ("title",)

    def __init__(self, act):
        self.act = act

    def apply(self, article):
        if article["title"] != "bad":
            return article | {"later": 0.5}
        return self.act(article)


class LaterBatch(Later):
    """The same, as a batch."""

    def apply_batch(self, articles):
        return [self.apply(article) for article in articles]


class Changed(Later):
    """The same, with its argument changed instead of copied."""

    def apply(self, article):
        if article["title"] == "bad":
            return self.act(article)
        article["later"] = 0.5
        return article


def articles(*titles: str) -> list[dict]:
    empty = dict.fromkeys([*READ_COLUMNS, *READ_FIELDS])
    return [
        empty
        | {
            "title": title,
            "source_file": "a.jsonl",
            "record_index": number,
            "document": f"text {number}",
            "authors": ["One", "Two"],
            "tags": [],
        }
        for number, title in enumerate(titles)
    ]


def job(*transforms: Transform) -> Job:
    return Job(
        transforms=transforms,
        dump_options=DumpOptions(),
        root="",
        staging="",
        run_id="",
        run_number=1,
        started_at=datetime.datetime(2026, 1, 1, tzinfo=UTC),
        partitions=1,
        index_files={},
    )


def run(*transforms: Transform, titles=("good", "bad", "good"), failed: Mapping[int, str] = {}):
    rejects = []
    passed = run_transforms(job(*transforms), articles(*titles), 0, rejects, failed)
    return passed, rejects


def cleared(article):
    article.clear()
    return article


def without(article, name):
    del article[name]
    return article | {"later": 1.0}


def appended(article, place):
    place(article).append(3)
    return article | {"later": 1.0}


def replaced(article, name, value):
    article[name] = value
    return article | {"later": 1.0}


FAULTS = {
    "nothing": (lambda a: None, "apply returned NoneType; it must return the article"),
    "not its column": (lambda a: a, "apply returned an article without later"),
    "one column less": (lambda a: without(a, "url"), "apply returned an article without url"),
    "cleared in place": (cleared, "apply returned an article without later"),
    "a column more": (
        lambda a: a | {"later": 1.0, "Later": 2, 7: 1},
        "apply set 7, Later, which {name} must declare in `adds`",
    ),
    "another's column": (
        lambda a: a | {"later": 1.0, "words": 2, "outlet": "x"},
        "apply changed outlet, words, which {name} must declare in `updates`",
    ),
    "replaced in place": (
        lambda a: replaced(a, "url", "x"),
        "apply changed url, which {name} must declare in `updates`",
    ),
    "a list in place": (
        lambda a: appended(a, lambda a: a["authors"]),
        "apply changed authors, which {name} must declare in `updates`",
    ),
    "an empty list in place": (
        lambda a: appended(a, lambda a: a["tags"]),
        "apply changed tags, which {name} must declare in `updates`",
    ),
    "a list in a dict in a list in place": (
        lambda a: appended(a, lambda a: a["parts"][0]["weights"]),
        "apply changed parts, which {name} must declare in `updates`",
    ),
    "a wrong type": (lambda a: a | {"later": "1"}, "Column 'later': '1' does not fit double"),
    "a wrong type of a column it updates": (
        lambda a: a | {"later": 1.0, "title": 7},
        "Column 'title': 7 does not fit string",
    ),
}


@pytest.mark.parametrize("kind", [Later, LaterBatch, Changed])
@pytest.mark.parametrize("fault", FAULTS)
def test_what_a_transform_does_beyond_its_declaration_costs_that_article(kind, fault):
    act, says = FAULTS[fault]
    passed, [reject] = run(Words(), kind(act))
    assert [article["record_index"] for article in passed] == [0, 2]
    assert (reject.source_file, reject.record_index, reject.raw) == ("a.jsonl", 1, b"text 1")
    assert reject.stage == kind.__name__
    assert reject.reason == ("wrong_type" if "type" in fault else "error")
    assert says.format(name=kind.__name__) in reject.detail
    assert reject.detail.endswith(".")


def test_what_it_declares_it_may_do():
    passed, rejects = run(Words(), Later(lambda a: a | {"later": 1.0, "title": "good, after all"}))
    assert not rejects
    assert passed[1]["title"] == "good, after all"
    assert passed[1]["later"] == 1.0


def test_the_place_of_an_exception_is_that_in_the_transform():
    def act(article):
        return sorted([article, article])  # two dicts have no order

    _, [reject] = run(Later(act), titles=["bad"])
    line = act.__code__.co_firstlineno + 1
    place = f"(tests/test_article_transforms.py, line {line})"
    assert reject.detail.startswith("TypeError: '<' not supported between instances of 'dict'")
    assert place in reject.detail


@pytest.mark.parametrize("reason", ["time_limit", "memory_limit", "worker_died"])
def test_an_article_that_ended_its_worker_is_blamed_on_the_transform_it_was_in(reason):
    second = 2 << 48  # the second transform, article 0 and on
    group = second + (1 << 47)
    passed, [reject] = run(
        Words(), LaterBatch(None), titles=["good"] * 3, failed={group: reason, second + 1: reason}
    )
    assert [article["record_index"] for article in passed] == [0, 2]
    assert (reject.stage, reject.reason, reject.record_index) == ("LaterBatch", reason, 1)
    assert reject.detail.startswith("LaterBatch ")


TYPES = st.recursive(
    st.sampled_from(
        [pa.int8(), pa.uint16(), pa.int32(), pa.int64(), pa.float64(), pa.string(), pa.binary(),
         pa.bool_(), pa.date32(), pa.timestamp("us"), pa.timestamp("us", tz="UTC"),
         pa.timestamp("ms")]
    ),
    lambda kinds: st.one_of(
        kinds.map(pa.list_),
        st.lists(kinds, min_size=1, max_size=3).map(
            lambda members: pa.struct([(f"m{n}", kind) for n, kind in enumerate(members)])
        ),
        kinds.map(lambda kind: pa.map_(pa.string(), kind)),
    ),
    max_leaves=4,
)  # fmt: skip
DATES = st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2100, 1, 1))
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-300, 300), st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False), st.text(max_size=3), st.binary(max_size=3), st.dates(),
        DATES, DATES.map(lambda date: date.replace(tzinfo=UTC)), st.decimals(allow_nan=False),
    ),
    lambda values: st.one_of(
        st.lists(values, max_size=3),
        st.lists(values, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from(["m0", "m1", "m2", "x"]), values, max_size=3),
        st.sets(st.integers(0, 9), max_size=2),
    ),
    max_leaves=6,
)  # fmt: skip


def as_kept(value, kind):
    """A value as its column should give it back."""
    if value is None:
        return None
    if pa.types.is_list(kind):
        assert isinstance(value, (list, tuple))
        return [as_kept(member, kind.value_type) for member in value]
    if pa.types.is_struct(kind):
        members = [kind[at] for at in range(kind.num_fields)]
        if isinstance(value, tuple):
            value = {member.name: part for member, part in zip(members, value, strict=True)}
        assert isinstance(value, dict)
        assert value.keys() <= {member.name for member in members}
        return {member.name: as_kept(value.get(member.name), member.type) for member in members}
    if pa.types.is_map(kind):
        assert isinstance(value, (dict, list))
        return [(key, as_kept(item, kind.item_type)) for key, item in dict(value).items()]
    return value


@given(TYPES, VALUES)
def test_a_value_fits_if_and_only_if_its_column_gives_it_back(kind, value):
    try:
        kept = pa.array([value], kind)[0].as_py()
        same = kept == as_kept(value, kind) and type(kept) is type(as_kept(value, kind))
    except (*MISFITS, AssertionError):
        kept, same = None, False
    problem = misfit(value, kind)
    if not problem:
        assert kept == as_kept(value, kind)
    if same:
        assert not problem


@pytest.mark.parametrize(
    ("value", "kind", "fits"),
    [
        (1.5, pa.int64(), False),
        (2.0, pa.int64(), True),
        (2**31, pa.int32(), False),
        (-1, pa.uint8(), False),
        (True, pa.int64(), False),
        (True, pa.float64(), False),
        (2**53 + 1, pa.float64(), False),
        (0.1, pa.float32(), True),
        (1e300, pa.float32(), False),
        (float("nan"), pa.float64(), True),
        ("abc", pa.list_(pa.string()), False),
        ([1, 2.5], pa.list_(pa.int64()), False),
        ([[1], None, [2.5]], pa.list_(pa.list_(pa.int64())), False),
        ({"a", "b"}, pa.list_(pa.string()), False),
        ({"m": 1, "more": 2}, pa.struct([("m", pa.int64())]), False),
        ({"m": 1.5}, pa.struct([("m", pa.int64())]), False),
        ({}, pa.struct([("m", pa.int64())]), True),
        ((1, "a"), pa.struct([("n", pa.int64()), ("s", pa.string())]), True),
        ((1.5, "a"), pa.struct([("n", pa.int64()), ("s", pa.string())]), False),
        ({"k": 1.5}, pa.map_(pa.string(), pa.int64()), False),
        (b"abc", pa.string(), False),
        ("abc", pa.binary(), False),
        (datetime.datetime(2026, 1, 1, 5), pa.date32(), False),
        (datetime.datetime(2026, 1, 1, 5), pa.timestamp("us", tz="UTC"), False),
        (datetime.datetime(2026, 1, 1, 5, microsecond=1), pa.timestamp("ms"), False),
        (5, pa.timestamp("us"), False),
    ],
)
def test_what_arrow_would_change_does_not_fit(value, kind, fits):
    assert (misfit(value, kind) == "") is fits


def test_the_sentence_has_no_address_and_no_order_by_chance():
    class Thing:
        pass

    assert misfit(Thing(), pa.int64()) == "a Thing does not fit int64"
    assert misfit([Thing()], pa.list_(pa.int64())) == "a list does not fit list<item: int64>"
    assert misfit({"b", "a"}, pa.list_(pa.string())) == "a set does not fit list<item: string>"
