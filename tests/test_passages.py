"""Passages of two articles: against a naive matcher, on made and on real text."""

import collections
import gzip
import itertools
import json
import pathlib
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.transform import Tables
from tests.bench import naive
from tests.conftest import REPOSITORY
from tests.in_memory import run_in_memory
from tests.near_duplicate_corpora import Story, merged, shard
from tests.near_duplicate_corpora import run as run_step
from transforms.near_duplicates.paragraph_links import MIN_LINKED as LEAST
from transforms.near_duplicates.passages import (
    HOT,
    MAX_GAP,
    MIN_JOINED,
    MIN_RUN,
    PLACES,
    SHINGLE_WORDS,
    Aligned,
    align,
)
from transforms.near_duplicates.reuse import NONE
from transforms.near_duplicates.streams import PASSAGE
from transforms.near_duplicates.transform import NearDuplicates


class Run(NamedTuple):
    """Equal words of two articles: the first in both, and how many."""

    a: int
    b: int
    words: int


def maximal_runs(a: Sequence[str], b: Sequence[str]) -> set[Run]:
    """Returns all maximal runs of ``MIN_RUN`` equal words and more, by dynamic programming."""
    places: dict[str, list[int]] = {}
    for at, word in enumerate(b):
        places.setdefault(word, []).append(at)
    found = set()
    before: dict[int, int] = {}  # end in b -> words of the run that ends there and at the last word
    for here in range(len(a) + 1):
        ends = {}
        if here < len(a):
            ends = {at: before.get(at - 1, 0) + 1 for at in places.get(a[here], ())}
        for end, words in before.items():
            if words >= MIN_RUN and end + 1 not in ends:
                found.add(Run(here - words, end - words + 1, words))
        before = ends
    return found


def words_of(story: Story) -> list[str]:
    return [word for line in story.lines for word in naive.tokenise(line)]


class Recorder(NearDuplicates):
    """The step, which keeps what ``align`` finds."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.found: list[Aligned] = []

    def align(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        self.found.append(align(tables, earlier))
        return super().align(tables, earlier)


def _parts(found: Aligned) -> Iterator[tuple[int, int, list[tuple[str, int, int]]]]:
    """Yields passage, words, and paragraph, start and end on both sides of each part."""
    for at in np.flatnonzero(found.parts["kind"] == PASSAGE):  # the others are equal texts
        passage = int(found.parts["passage"][at])
        pair = found.passages["pair"][passage]
        sides = []
        for prefix, article in (("a", found.a), ("b", found.b)):
            line, start, end = (
                int(found.parts[f"{prefix}_{name}"][at]) for name in ("line", "start", "end")
            )
            name = f"{article['article'][pair]:016x}{article['low'][pair]:08x}"
            sides.append((f"{name}-{line:04}", start, end))
        yield passage, int(found.parts["words"][at]), sides


def passages_of(
    stories: Sequence[Story], found: Iterable[Aligned]
) -> dict[tuple[str, str], list[list[Run]]]:
    """Returns the runs of each passage of each pair of articles.

    Asserts that each offset is exact: the text between them has just the words of the run.
    """
    texts = {}
    for story in stories:
        first = 0
        for number, line in enumerate(story.lines, 1):
            texts[f"{story.id}-{number:04}"] = (story.id, line, first)
            first += len(naive.tokenise(line))
    passages: dict[tuple[str, str, int], list[Run]] = {}
    totals = collections.Counter[tuple[str, str, int]]()
    promised = {}
    for aligned in found:
        for passage, words, places in _parts(aligned):
            sides = []
            for paragraph, start, end in places:
                name, text, first = texts[paragraph]
                part = naive.tokenise(text[start:end])
                assert len(part) == words, text[start:end]
                place = len(naive.tokenise(text[:start]))
                assert naive.tokenise(text)[place : place + len(part)] == part
                sides.append((name, first + place, part))
            (one, a, part), (two, b, same) = sides
            assert part == same
            assert one < two
            key = (one, two, passage)
            runs = passages.setdefault(key, [])
            totals[key] += words
            promised[key] = int(aligned.passages["words"][passage])
            if runs and runs[-1].a + runs[-1].words == a and runs[-1].b + runs[-1].words == b:
                # It was cut at a paragraph.
                runs[-1] = runs[-1]._replace(words=runs[-1].words + words)
            else:
                runs.append(Run(a, b, words))
    pairs: dict[tuple[str, str], list[list[Run]]] = {}
    for key, runs in passages.items():
        assert max(run.words for run in runs) >= MIN_RUN
        assert all(run.words >= MIN_JOINED for run in runs)
        overlaps = 0
        for one, two in itertools.pairwise(runs):
            gaps = two.a - one.a - one.words, two.b - one.b - one.words
            assert max(gaps) <= MAX_GAP
            assert two.a > one.a
            assert two.b > one.b
            overlaps += max(0, *(-gap for gap in gaps))
        assert promised[key] == totals[key] - overlaps
        pairs.setdefault(key[:2], []).append(runs)
    return pairs


def is_hot(words: Sequence[str], often: Mapping[tuple[str, ...], int]) -> bool:
    """Whether a run has a shingle that too many articles hold, or one article too often."""
    return any(
        often.get(tuple(words[at : at + SHINGLE_WORDS]), 0) > 0
        for at in range(len(words) - SHINGLE_WORDS + 1)
    )


def hot_shingles(stories: Sequence[Story]) -> dict[tuple[str, ...], int]:
    holders = collections.Counter[tuple[str, ...]]()
    hot: dict[tuple[str, ...], int] = {}
    for story in stories:
        words = words_of(story)
        own = collections.Counter(
            tuple(words[at : at + SHINGLE_WORDS]) for at in range(len(words) - SHINGLE_WORDS + 1)
        )
        holders.update(own.keys())
        hot |= {shingle: 1 for shingle, count in own.items() if count > PLACES}
    return hot | {shingle: 1 for shingle, count in holders.items() if count > HOT}


def found_in(stories: Sequence[Story], shards: int = 1) -> dict[tuple[str, str], list[list[Run]]]:
    parts = [shard(stories[number::shards]) for number in range(shards)]
    step = Recorder()
    run_in_memory(step, parts, partitions=shards)
    return passages_of(stories, step.found)


def check(stories: Sequence[Story], shards: int = 1) -> int:
    """Asserts that all maximal runs are found, and no other; returns how many there are."""
    found = found_in(stories, shards)
    hot = hot_shingles(stories)
    words = {story.id: words_of(story) for story in stories}
    total = 0
    for one, two in itertools.combinations(sorted(words), 2):
        runs = {run for passage in found.get((one, two), ()) for run in passage}
        long = {run for run in runs if run.words >= MIN_RUN}
        expected = maximal_runs(words[one], words[two])
        for run in expected:
            total += 1
            part = words[one][run.a : run.a + run.words]
            assert run in long or is_hot(part, hot), " ".join(part)
        assert hot or long <= expected
    return total


_WORDS = st.sampled_from(["tide", "kelp", "moss", "wick"])
_ODD_WORDS = st.sampled_from(
    [
        "kelp",
        "don't",
        "d'Oc",
        "\u00e9te\u0301",
        "\u4e2d\u6587",
        "\u0e44\u0e17\u0e22",
        "3.5",
        "O\u2019Dea",
    ]
)
_MANY = st.integers(0, 99).map("w{}".format)
_GAPS = st.sampled_from([" ", ", ", "  ", ". \u201c", " \u2014 ", "\u00a0", "-", "! "])


@st.composite
def _line(draw: st.DrawFn, words: st.SearchStrategy[str]) -> str:
    parts = draw(st.lists(st.tuples(words, _GAPS), max_size=30))
    return "".join(word + gap for word, gap in parts).strip()


def _stories(words: st.SearchStrategy[str]) -> st.SearchStrategy[list[Story]]:
    lines = st.lists(_line(words), max_size=5)
    return st.lists(lines, min_size=2, max_size=4).map(
        lambda articles: [
            Story(lines, name=str(number), hour=number) for number, lines in enumerate(articles)
        ]
    )


@given(_stories(st.sampled_from(["tide", "kelp"])), st.integers(1, 3))
def test_text_that_repeats_itself(stories: list[Story], shards: int) -> None:
    check(stories, shards)


@given(st.sampled_from([_WORDS, _ODD_WORDS]).flatmap(lambda words: _edited(words)))
def test_copies_with_edits_whatever_the_script(stories: list[Story]) -> None:
    check(stories)


@given(st.sampled_from([_WORDS, _ODD_WORDS, _MANY]).flatmap(lambda words: _edited(words)))
def test_no_link_rests_on_a_few_words_and_none_is_lost(stories: list[Story]) -> None:
    check_links(stories)


def check_links(stories: Sequence[Story]) -> collections.Counter[str]:
    """Asserts that no link and no duplicate rests on a few words, and that no run is lost.

    Returns how many links, links of labels and fragments there are, and runs in neither.
    """
    step = Recorder()
    found = run_step([stories], step=step)
    sizes = {name: len(naive.tokenise(str(row["text"]))) for name, row in found.paragraphs.items()}
    place, beside = {}, {}
    for story in stories:
        names = sorted(name for name in sizes if name[:24] == story.id)
        place |= dict(zip(names, itertools.count(), strict=False))
        beside |= {(story.id, at): name for at, name in enumerate(names)}
    links = {frozenset(pair) for pair in found.rows}
    few = {pair for pair, row in found.rows.items() if (row["shared_words"] or LEAST) < LEAST}
    linked = {
        (one, other[:24]) for pair in found.rows.keys() - few for one, other in (pair, pair[::-1])
    }

    def is_between(name: str, article: str) -> bool:
        neighbours = (beside.get((name[:24], place[name] + step)) for step in (-1, 1))
        return all((neighbour, article) in linked for neighbour in neighbours)

    for one, other in few:
        assert is_between(one, other[:24])
        assert is_between(other, one[:24])
    for pair in found.rows.keys() - few:
        assert min(sizes[name] for name in pair) >= LEAST
    for name, row in found.paragraphs.items():
        if row["is_duplicate"] and sizes[name] < LEAST:
            assert is_between(name, str(row["duplicate_of"])[:24])

    fragments = [one for row in found.rows.values() for one in row["fragments"]]
    assert all(one["shared_words"] < LEAST for one in fragments)
    spans = [(*pair, row["spans"]) for pair, row in found.rows.items()]
    spans += [(one["paragraph_id"], one["source_paragraph_id"], one["spans"]) for one in fragments]
    known = [
        frozenset(((one, at["start"], at["end"]), (other, at["source_start"], at["source_end"])))
        for one, other, places in spans
        for at in places
    ]
    passages = collections.defaultdict(set)
    for number, aligned in enumerate(step.found):
        for passage, _, sides in _parts(aligned):
            if aligned.passages["reuse"][passage] != NONE:
                passages[number, passage].add(frozenset(sides))
    runs = set(itertools.chain(*passages.values()))
    assert set(known) <= runs
    assert len(known) == len(set(known))
    of_texts = {frozenset(pair) for pair, row in found.rows.items() if not row["shared_words"]}
    lost = 0
    for some in passages.values():
        pairs = [frozenset(name for name, _, _ in one) for one in some]
        if any(pair in links for pair in pairs):
            assert all(
                one in known or pair in of_texts for one, pair in zip(some, pairs, strict=True)
            )
        else:
            lost += 1
    return collections.Counter(
        links=len(links), labels=len(few), fragments=len(fragments), lost=lost
    )


@st.composite
def _edited(draw: st.DrawFn, words: st.SearchStrategy[str]) -> list[Story]:
    original = draw(st.lists(_line(words), min_size=2, max_size=4))
    copy = list(original)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(copy) - 1))
        place = draw(st.integers(0, len(copy[at])))
        match draw(st.sampled_from(["insert", "cut", "split", "join"])):
            case "insert":
                copy[at] = f"{copy[at][:place]} tern {copy[at][place:]}"
            case "cut":
                copy[at] = copy[at][:place] + " " + copy[at][place + 9 :]
            case "split":
                copy[at : at + 1] = [copy[at][:place], copy[at][place:]]
            case _:
                copy[at : at + 2] = [" ".join(copy[at : at + 2])]
    return [
        Story([line.strip() for line in lines], name=str(hour), hour=hour)
        for hour, lines in enumerate((original, copy))
    ]


def _check_real(stories: Sequence[Story]) -> tuple[int, int]:
    """Asserts the same of real articles as ``check``; returns runs and the hot among them.

    Only pairs with a common run of ``MIN_RUN`` words are aligned naively.
    """
    found = found_in(stories, shards=3)
    hot = hot_shingles(stories)
    words = {story.id: words_of(story) for story in stories}
    holders: dict[tuple[str, ...], set[str]] = {}
    for name, own in words.items():
        for at in range(len(own) - MIN_RUN + 1):
            holders.setdefault(tuple(own[at : at + MIN_RUN]), set()).add(name)
    pairs = {
        pair for names in holders.values() for pair in itertools.combinations(sorted(names), 2)
    }
    assert set(found) <= pairs
    runs, common = 0, 0
    for one, two in sorted(pairs):
        expected = maximal_runs(words[one], words[two])
        long = {
            run for passage in found.get((one, two), ()) for run in passage if run.words >= MIN_RUN
        }
        assert long <= expected
        for run in expected - long:
            assert is_hot(words[one][run.a : run.a + run.words], hot)
        runs += len(expected)
        common += len(expected - long)
    return runs, common


def test_all_passages_of_the_seeds_are_found() -> None:
    stories = [
        Story(seed.read_text().splitlines(), name=seed.name, hour=hour)
        for hour, seed in enumerate(sorted((REPOSITORY / "seeds").iterdir()))
    ]
    runs, _ = _check_real(stories)
    assert runs >= 4


@pytest.mark.slow
def test_all_passages_of_real_articles_are_found(shared_data: pathlib.Path) -> None:
    rows = (shared_data / "gold" / "links.tsv").read_text().splitlines()[1:81]
    wanted = {name for row in rows for name in row.split("\t")[:2]}
    with gzip.open(shared_data / "allsides" / "articles.jsonl.gz", "rt") as lines:
        articles = [article for line in lines if (article := json.loads(line))["id"] in wanted]
    stories = [
        Story(article["text"].splitlines(), name=article["id"], hour=hour)
        for hour, article in enumerate(articles)
    ]
    runs, common = _check_real(stories)
    assert runs > 150
    assert common < runs / 10
    counts = check_links(stories)
    assert counts["links"] > 150
    assert counts["labels"] > 0
    assert counts["fragments"] > 10
    assert counts["lost"] < counts["links"] / 100


def _copies(count: int) -> list[Story]:
    """Stories of which each has a passage of the one before it, and a common phrase of its own."""
    generator = random.Random(9)
    words = [f"{stem}{ending}" for stem in ("barn", "moss", "tide") for ending in range(40)]
    parts = [" ".join(generator.choices(words, k=20)) for _ in range(count + 1)]
    return [
        Story(
            [f"{parts[number]} {number} alone.", f"Then {parts[number + 1]} again {number}."],
            name=str(number),
            hour=number,
        )
        for number in range(count)
    ]


def test_ten_runs_give_the_passages_of_one_run() -> None:
    stories = _copies(30)
    # Some say the same as many.
    phrase = "The ministry did not reply to a request for comment that was sent on Friday."
    stories += [
        Story([f"Report {number}.", phrase], name=f"report {number}", hour=50 + number)
        for number in range(HOT + 20)
    ]
    expected = found_in(stories)
    assert len(expected) == 29 + HOT * (HOT - 1) // 2 + 20
    # In the order of time; and in any order what is not hot.
    shuffled = random.Random(1).sample(stories[:30], 30)
    for arrivals, whole in ((stories, expected), (shuffled, found_in(stories[:30]))):
        size = len(arrivals) // 10
        index: dict[str, pa.Table] = {}
        found = {}
        for number in range(10):
            some = arrivals[number * size : (number + 1) * size]
            step = Recorder()
            rows = run_in_memory(step, [shard(some)], 2, index, number + 1)
            found |= passages_of(stories, step.found)
            new = {stream.name: rows[stream.name] for stream in step.streams if stream.indexed}
            index = merged(index, new) if index else new
        assert found == whole


def test_lines_that_an_outlet_repeats_hold_no_passage() -> None:
    line = "Become a member of our newsroom today and help us keep these pages free for all."
    stories = [
        Story([*story.lines, line], outlet="Daily", name=story.name, hour=24 * story.hour)
        for story in _copies(12)
    ]
    step = Recorder()
    rows = run_in_memory(step, [shard(stories)])
    found = passages_of(stories, step.found)
    assert len(found) == 11
    last = {story.id: len(words_of(story)) - len(naive.tokenise(line)) for story in stories}
    for (one, two), passages in found.items():
        for run in itertools.chain(*passages):
            assert run.a + run.words <= last[one]
            assert run.b + run.words <= last[two]
    # Nor in a later run.
    index = {name: rows[name] for name in ("shingles", "indexed_articles", "indexed_texts")}
    later = Story([line, "One more report."], outlet="Daily", name="later", hour=999)
    step = Recorder()
    run_in_memory(step, [shard([later])], index=index, run=2)
    assert not passages_of([*stories, later], step.found)


def test_each_place_of_a_refrain_is_found() -> None:
    refrain = "Sing of the tide that comes back to the harbour every year in spring".split()
    verses = [f"Verse {name} of it" for name in "abcdefghijkl"]
    song = [line for verse in verses for line in (verse, " ".join(refrain))]
    stories = [Story(song, hour=0), Story(["A song.", *song[1:]], hour=1, name="again")]
    [passages] = found_in(stories).values()
    lines = {story.id: words_of(story) for story in stories}
    one, _ = sorted(lines)
    covered = {run.a + at for run in itertools.chain(*passages) for at in range(run.words)}
    words = lines[one]
    for at in range(len(words) - len(refrain)):
        if words[at : at + len(refrain)] == [word.lower() for word in refrain]:
            assert covered >= {*range(at, at + len(refrain))}
