"""Stories: what is joined, whatever order and split it comes in, and what stays once committed."""

import datetime
import itertools
import json
import pathlib
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import article_id
from tests import separate_runs
from tests.in_memory import run_in_memory
from tests.separate_runs import done
from tests.warehouse_rows import commit_rows, corpus_rows, query
from transforms.compiled.stories import join_articles
from transforms.stories.joining import LINK
from transforms.stories.streams import SCHEMAS
from transforms.stories.transform import Stories

ONE_RUN, TEN_RUNS = 0.93, 0.90
"""Least B-cubed F1 on the events corpus."""

DAY = datetime.datetime(2024, 3, 1, tzinfo=datetime.UTC)


def shard(articles: Iterable[Mapping[str, Any]]) -> dict[str, pa.Table]:
    """Returns the tables of a shard; an article has a title, a text, and perhaps a date."""
    rows = [
        {
            "article_id": article_id(article["title"], article["text"]),
            "title": article["title"],
            "published_at": article.get("published_at"),
            "published_at_precision": article.get("precision", "day"),
            "language": article.get("language", "en"),
        }
        for article in articles
    ]
    schema = pa.schema(
        [
            ("article_id", pa.string()),
            ("title", pa.string()),
            ("published_at", pa.timestamp("us", tz="UTC")),
            ("published_at_precision", pa.string()),
            ("language", pa.string()),
        ]
    )
    lines = [
        {"article": number, "line_number": place, "text": line}
        for number, article in enumerate(articles)
        for place, line in enumerate(article["text"].split("\n"), 1)
    ]
    line_schema = pa.schema(
        [("article", pa.int32()), ("line_number", pa.int64()), ("text", pa.string())]
    )
    return {
        "articles": pa.Table.from_pylist(rows, schema=schema),
        "paragraphs": pa.Table.from_pylist(lines, schema=line_schema),
        "removed_lines": pa.Table.from_pylist(
            [], schema=line_schema.append(pa.field("rule", pa.string()))
        ),
        "story_merges": SCHEMAS["story_merges"].empty_table(),
    }


class Desk:
    """A warehouse in memory: runs one after the other, their stories, merges and index."""

    def __init__(self, window_days: int = 90) -> None:
        self.step = Stories(window_days)
        self.index: dict[str, pa.Table] = {}
        self.stories: dict[str, str] = {}
        self.merges: dict[str, str] = {}

    def run(self, *shards: Sequence[Mapping[str, Any]], partitions: int = 1) -> dict[str, str]:
        """Runs over shards of articles; returns the story of each new one."""
        tables = [shard(articles) for articles in shards]
        result = run_in_memory(self.step, tables, partitions, self.index)
        new = {}
        for number, staged in enumerate(tables):
            rows = result["annotations"].filter(pc.equal(result["annotations"]["shard"], number))
            done = self.step.annotate(staged, rows)["articles"]
            new |= dict(
                zip(done["article_id"].to_pylist(), done["story_id"].to_pylist(), strict=True)
            )
        name = "indexed_articles"
        rows = result[name]
        self.index[name] = pa.concat_tables([self.index[name], rows]) if self.index else rows
        self.stories |= new
        for row in result["story_merges"].to_pylist():
            self.merges[row["story_id"]] = row["into_story_id"]
        return new

    def last(self, article: str) -> str:
        """Returns the story of an article, merges followed."""
        story = self.stories[article]
        while story in self.merges:
            story = self.merges[story]
        return story


def b_cubed(found: Sequence[object], gold: Sequence[object]) -> float:
    """Returns B-cubed F1 (Bagga and Baldwin, 1998)."""
    same, right = ([[a == b for b in labels] for a in labels] for labels in (found, gold))
    both = (np.array(same) & np.array(right)).sum(axis=1)
    precision = (both / np.array(same).sum(axis=1)).mean()
    recall = (both / np.array(right).sum(axis=1)).mean()
    return float(2 * precision * recall / (precision + recall))


@pytest.fixture(scope="module")
def events(shared_data: pathlib.Path) -> list[dict[str, Any]]:
    lines = (shared_data / "events" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    found = []
    for row in map(json.loads, lines):
        date = row["date_publish"]
        found.append(
            {
                "title": row["title"] or "",
                "text": row["text"] or "",
                "published_at": date and datetime.datetime.fromisoformat(date + "+00:00"),
                "event": row["newsCluster"]["EventId"],
            }
        )
    return found


@pytest.mark.slow
def test_one_run_finds_the_events(
    shared_data: pathlib.Path, desk: separate_runs.Desk, tmp_path: pathlib.Path
) -> None:
    source = shared_data / "events" / "articles.jsonl"
    done(desk.run(source, tmp_path / "news"))
    rows = map(json.loads, source.read_text(encoding="utf-8").splitlines())
    events = {row["url"]: row["newsCluster"]["EventId"] for row in rows}
    found = query(
        tmp_path / "news",
        "SELECT a.url, s.story_id FROM article_stories AS s JOIN articles AS a USING (article_id)",
    )
    assert len(found) == 404
    assert b_cubed([story for _, story in found], [events[url] for url, _ in found]) >= ONE_RUN


@pytest.mark.parametrize("seed", [1, 2])
def test_ten_runs_find_nearly_as_much(events: list[dict[str, Any]], seed: int) -> None:
    random.Random(seed).shuffle(events)
    desk = Desk()
    for run in range(10):
        desk.run(events[run::10])
    ids = shard(events)["articles"]["article_id"].to_pylist()
    assert b_cubed([desk.last(name) for name in ids], [row["event"] for row in events]) >= TEN_RUNS


def naive_join(
    vectors: npt.NDArray[np.float64], groups: list[set[int]], threshold: float
) -> set[frozenset[int]]:
    """Joins the nearest two groups over and over, by the average of all pairs."""
    cosines = vectors @ vectors.T
    while True:
        links = [
            (cosines[np.ix_(list(a), list(b))].mean(), number)
            for number, (a, b) in enumerate(itertools.combinations(groups, 2))
        ]
        if not links or max(links)[0] < threshold:
            return {frozenset(group) for group in groups}
        first, second = list(itertools.combinations(groups, 2))[max(links)[1]]
        groups = [group for group in groups if group not in (first, second)] + [first | second]


@given(st.integers(0, 2**32), st.integers(1, 24), st.floats(0.05, 0.9))
def test_average_link_is_that_of_the_textbook(seed: int, count: int, threshold: float) -> None:
    draw = np.random.default_rng(seed)
    vectors = draw.random((count, 12)) * (draw.random((count, 12)) < 0.4)
    vectors[:, 0] += 1e-3
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    owners, terms = np.nonzero(vectors)
    joined = join_articles(
        np.full(count, 5),
        np.searchsorted(owners, np.arange(count)),
        np.searchsorted(owners, np.arange(count), side="right"),
        terms.astype(np.int32),
        vectors[owners, terms],
        np.arange(count),
        np.ones(count, bool),
        0,
        threshold,
    )
    found = {frozenset(np.flatnonzero(joined == number).tolist()) for number in joined}
    singles = [{number} for number in range(count)]
    assert found == naive_join(vectors.astype(float), singles, threshold)


WORDS = "harbour bridge flood mayor rescue ferry storm council budget strike museum opera".split()

texts = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=3, max_size=12).map(" ".join), min_size=1, max_size=16
)


@given(texts, st.randoms(use_true_random=False), st.integers(1, 4))
def test_neither_order_nor_shards_nor_partitions_matter(
    texts: list[str], order: random.Random, parts: int
) -> None:
    articles = [
        {
            "title": text.split()[0],
            "text": text,
            "published_at": DAY + datetime.timedelta(days=7 * len(text) % 200)
            if len(text) % 3
            else None,
        }
        for text in texts
    ]
    expected = Desk().run(articles)
    order.shuffle(articles)
    found = Desk().run(*(articles[part::parts] for part in range(parts)), partitions=parts)
    assert found == expected


def about(what: str, day: int | None = 0, *, title: str = "") -> dict[str, Any]:
    """Returns an article that says something in words of its own."""
    date = None if day is None else DAY + datetime.timedelta(days=day)
    return {"title": title or what, "text": f"{what} {what}", "published_at": date}


FLOOD = "Rescuers evacuate harbour district after flood"


@pytest.mark.parametrize(("day", "joins"), [(90, True), (91, False), (-90, True), (-91, False)])
def test_a_story_ends_where_the_window_does(day: int, joins: bool) -> None:
    articles = [about(FLOOD), about(FLOOD, day, title="Harbour flood")]
    assert (len(set(Desk(90).run(articles).values())) == 1) is joins
    desk = Desk(90)
    for article in articles:
        desk.run([article])
    assert (len(set(desk.stories.values())) == 1) is joins


@pytest.mark.parametrize(
    ("precision", "day", "joins"),
    [
        ("day", 365, False),
        ("month", 365, False),
        ("month", 91, False),
        ("month", 90 - 14, True),
        ("month", -90 - 14, True),
        ("year", 365, True),
    ],
)
def test_a_month_counts_as_its_middle_and_a_year_as_no_date(
    precision: str, day: int, joins: bool
) -> None:
    other = about(FLOOD, day, title="Harbour flood") | {"precision": precision}
    assert (len(set(Desk(90).run([about(FLOOD), other]).values())) == 1) is joins


def test_an_article_without_a_date_is_compared_with_all() -> None:
    desk = Desk()
    first = desk.run([about(FLOOD, 0)])
    second = desk.run([about(FLOOD, None, title="Flood: rescuers evacuate")])
    third = desk.run([about(FLOOD, 3000, title="Evacuated: the harbour district")])
    assert set(first.values()) == set(second.values())
    assert set(third.values()) <= {*first.values(), *third}


def test_what_is_committed_stays_and_merges_are_rows() -> None:
    bridge = about("Engineers close the northern bridge over cracks in pylons")
    budget = about("Council cuts maintenance budget amid bitter dispute about savings")
    both = about(f"{bridge['title']} {budget['title']}")
    desk = Desk()
    first = desk.run([bridge]) | desk.run([budget])
    assert len(set(first.values())) == 2
    third = desk.run([both])
    assert {name: desk.stories[name] for name in first} == first
    [(gone, into)] = desk.merges.items()
    assert {gone, into} == set(first.values())
    assert into < gone
    assert len({desk.last(name) for name in [*first, *third]}) == 1
    # Later runs know of the merge: they do not find it again.
    desk.merges.clear()
    later = desk.run([about(bridge["title"], title="Engineers close northern bridge")])
    assert not desk.merges
    assert set(later.values()) == {into}


def test_the_rebuilt_index_is_that_of_the_runs() -> None:
    articles = [about(FLOOD, day, title=f"Day {day}") for day in (0, 40)]
    articles.append(about("Opera opens in old museum", None))
    desk = Desk()
    stories = desk.run(articles)
    tables = shard(articles)
    ids = tables["articles"]["article_id"]
    stored = tables["articles"].append_column(
        "story_id", pa.array([stories[name] for name in ids.to_pylist()])
    )
    rebuilt = desk.step.reindex({**tables, "articles": stored})["indexed_articles"]
    keys = [("period", "ascending"), ("article_id", "ascending")]
    assert rebuilt.sort_by(keys).equals(desk.index["indexed_articles"].sort_by(keys))
    # A line that the outlet repeats, removed after the words were counted, counts as before.
    lines = tables["paragraphs"].to_pylist()
    gone = [line | {"rule": "outlet_repeat_v2"} for line in lines[1:2]]
    cut = {
        "paragraphs": pa.Table.from_pylist(
            lines[:1] + lines[2:], schema=tables["paragraphs"].schema
        ),
        "removed_lines": pa.Table.from_pylist(gone, schema=tables["removed_lines"].schema),
    }
    put_back = desk.step.reindex({**tables, "articles": stored, **cut})["indexed_articles"]
    assert put_back.sort_by(keys).equals(rebuilt.sort_by(keys))
    # Articles of before there were stories are stories of their own.
    rebuilt = desk.step.reindex(tables)["indexed_articles"]
    assert rebuilt["story_id"].to_pylist() == rebuilt["article_id"].to_pylist()


def test_the_rebuilt_index_knows_the_merges_of_the_runs() -> None:
    bridge = about("Engineers close the northern bridge over cracks in pylons")
    budget = about("Council cuts maintenance budget amid bitter dispute about savings")
    opera = about("Opera opens in old museum beside the harbour with fireworks")
    texts = [bridge["title"], budget["title"], opera["title"]]
    runs = [[bridge], [budget], [opera]]
    runs += [[about(f"{one} {other}")] for one, other in itertools.pairwise(texts)]
    desk = Desk()
    for run in runs:
        desk.run(run)
    assert len(desk.merges) == 2
    tables = shard([article for run in runs for article in run])
    ids = tables["articles"]["article_id"].to_pylist()
    tables["articles"] = tables["articles"].append_column(
        "story_id", pa.array([desk.stories[name] for name in ids])
    )
    tables["story_merges"] = pa.table(
        [[*desk.merges], [*desk.merges.values()]], schema=SCHEMAS["story_merges"]
    )
    rebuilt = desk.step.reindex(tables)["indexed_articles"]
    keys = [(name, "ascending") for name in ("period", "article_id", "story_id")]
    assert rebuilt.equals(desk.index["indexed_articles"].sort_by(keys))


def test_scripts_without_spaces_are_compared_by_pairs_of_characters() -> None:
    earthquake = ["東京で強い地震があり鉄道が止まった", "鉄道が止まる東京で強い地震"]
    other = "大阪の美術館が新しい展覧会を開いた"
    articles = [{"title": text, "text": text, "language": "ja"} for text in (*earthquake, other)]
    first, second, third = Desk().run(articles).values()
    assert first == second != third


def test_nothing_comes_of_nothing() -> None:
    assert Desk().run([]) == {}
    empty = [
        {"title": "", "text": "", "published_at": None},
        {"title": "x", "text": "", "published_at": DAY},
    ]
    found = Desk().run(empty)
    assert {name: name for name in found} == found
    assert 0 < LINK < 1


def test_a_wrong_window_is_an_error() -> None:
    with pytest.raises(ValueError, match="--story-window takes a number of days"):
        Stories(-1)


def test_the_views_follow_merges(tmp_path: pathlib.Path) -> None:
    rows = corpus_rows(0, 4)
    ids = [row["article_id"] for row in rows["articles"]]
    for row, story in zip(rows["articles"], [ids[1], ids[2], ids[3], None], strict=True):
        row["story_id"] = story
    # Two merges, found by two runs, the second of them twice; the last article is of an older one.
    pairs = [(ids[3], ids[2]), (ids[2], ids[1]), (ids[2], ids[1])]
    merges = [{"story_id": story, "into_story_id": into} for story, into in pairs]
    commit_rows(tmp_path, rows | {"story_merges": merges})
    found = query(tmp_path, "SELECT article_id, story_id FROM article_stories ORDER BY ALL")
    assert found == list(zip(ids, [ids[1], ids[1], ids[1], ids[1]], strict=True))
    [(articles, outlets, first, last)] = query(
        tmp_path,
        "SELECT articles, outlets, first_published_at, last_published_at FROM stories",
    )
    dates = [row["published_at"] for row in rows["articles"]]
    assert (articles, outlets) == (4, 3)
    assert (first, last) == (min(dates), max(dates))
    timeline = query(
        tmp_path, f"SELECT article_id, copied_words, copied_from FROM timeline('{ids[1]}')"
    )
    words = [
        sum(row["word_count"] for row in rows["paragraphs"] if row["article_id"] == name
            and row["is_duplicate"])
        for name in ids
    ]  # fmt: skip
    assert timeline == [
        (ids[0], 0, None),
        (ids[1], words[1], rows["articles"][0]["outlet"]),
        (ids[2], 0, None),
        (ids[3], words[3], rows["articles"][2]["outlet"] or rows["articles"][2]["source_file"]),
    ]
    assert query(tmp_path, "SELECT article_id FROM timeline('nothing')") == []
