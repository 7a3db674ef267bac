"""Lines that stand in a row under several stories of one outlet: galleries and standing lists."""

import collections
import itertools
import random
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.in_memory import run_in_memory
from tests.near_duplicate_corpora import Found, Story, dump, merged, run, shard
from tests.separate_runs import Desk, done, verified
from transforms.near_duplicates.boilerplate import (
    BLOCK_LINE,
    BLOCK_SHARE,
    BLOCK_SPAN,
    BLOCKS,
    END_ARTICLES,
    OUTLET_SHARE,
    PHRASE_ARTICLES,
    RULES,
)
from transforms.near_duplicates.transform import NearDuplicates

FORTNIGHT = BLOCK_SPAN // 3_600_000_000
"""Hours."""

LINES, STORIES = BLOCKS[0]
"""The longest row that a block may need, in the fewest stories."""

GALLERY = [
    f"The mayor {deed} in {year}, {place}."
    for deed, year, place in (
        ("opens the new harbour bridge", 1994, "three years after the old one fell"),
        ("shakes hands with striking dockers", 1998, "on the last night of their march"),
        ("carries sandbags on the promenade", 2003, "while the flood was still rising"),
        ("waves from the balcony of the town hall", 2007, "an hour after the polls closed"),
        ("leaves the court by a side door", 2011, "followed by her lawyer and a dog"),
    )
]


def story(
    number: int, lines: list[str], step: float = FORTNIGHT / 3, outlet: str = "Daily"
) -> Story:
    """Returns a story of an outlet: its own words, the lines, and more of its own."""
    generator = random.Random(f"{outlet} {number}")
    own = ["".join(generator.choices("bdfgklmnprst", k=6)) for _ in range(120)]
    halves = " ".join(own[:60]), " ".join(own[60:])
    return Story([halves[0], *lines, halves[1]], outlet, step * number, name=str(number))


def taken(found: Found) -> dict[str, set[int]]:
    """Returns the line numbers taken out as block, by article."""
    lines = collections.defaultdict(set)
    for (article, line), rule in found.removed.items():
        assert rule == RULES[BLOCK_LINE]
        lines[article].add(line)
    return lines


def test_a_gallery_under_four_stories_goes_whole() -> None:
    stories = [story(number, GALLERY) for number in range(STORIES)]
    found = run([stories])
    assert taken(found) == {one.id: {2, 3, 4, 5, 6} for one in stories}
    assert not found.links
    for one in stories:
        row = found.articles[one.id]
        assert row["text"] == row["unique_text"] == f"{one.lines[0]}\n\n{one.lines[-1]}"
        assert (row["paragraph_count"], row["removed_line_count"], row["word_count"]) == (2, 5, 120)


def test_what_is_less_than_a_block_stays_and_is_linked() -> None:
    four = range(STORIES)
    few = [story(number, GALLERY, FORTNIGHT) for number in four[1:]]
    short = [story(number, GALLERY[: LINES - 1]) for number in four]
    # The background of one event, carried over from report to report for some days.
    soon = [story(number, GALLERY, FORTNIGHT / 4) for number in four]
    undated = [
        Story(one.lines, "Daily", None, name=one.name) for one in (story(n, GALLERY) for n in four)
    ]
    apart = [
        story(n, list(itertools.chain(*((line, f"And {n} {line[::-1]}") for line in GALLERY))))
        for n in four
    ]
    elsewhere = [story(n, GALLERY, outlet=f"Paper {n // 2}") for n in four]
    versions = [
        Story(one.lines, "Daily", one.hour, name=one.name, title="Mayor steps down")
        for one in (story(n, GALLERY) for n in four)
    ]
    mostly = [Story([f"update {n}", *GALLERY], "Daily", n * FORTNIGHT, name=str(n)) for n in four]
    for stories in (few, short, soon, undated, apart, elsewhere, versions, mostly):
        found = run([stories])
        assert not found.removed
        assert len(found.links) >= (len(stories) - 1) * (LINES - 1)


BIOGRAPHY = "Ada Quill grows quinces, keeps two donkeys and has written about harbours since 1987."


def closed(number: int, line: str = BIOGRAPHY, step: float = FORTNIGHT / 3) -> Story:
    """Returns a story that a line ends."""
    one = story(number, [], step)
    return Story([*one.lines, line], one.outlet, one.hour, name=one.name)


@pytest.mark.parametrize(("lines", "stories"), BLOCKS)
def test_the_shorter_a_row_the_more_stories_it_needs(lines: int, stories: int) -> None:
    step = FORTNIGHT / (stories - 2)
    made = [story(number, GALLERY[:lines], step) for number in range(stories)]
    assert taken(run([made])) == {one.id: set(range(2, 2 + lines)) for one in made}
    for few in (made[1:], [story(n, GALLERY[: lines - 1], step) for n in range(stories)]):
        assert not run([few]).removed


def test_a_shorter_row_within_a_longer_one_that_is_too_much_of_its_articles() -> None:
    """A line ends four stories, three of which are otherwise versions of one text."""
    lines = [" ".join(GALLERY[at:] + GALLERY[:at]) for at in range(3)]
    versions = [
        Story([f"update {n}", *lines, BIOGRAPHY], "Daily", n * FORTNIGHT, name=str(n))
        for n in range(3)
    ]
    stories = [*versions, closed(3)]
    assert taken(run([stories])) == {one.id: {len(one.lines)} for one in stories}


def test_what_ends_three_stories_over_two_weeks_goes() -> None:
    few = min(END_ARTICLES)
    stories = [closed(number, step=FORTNIGHT / 2) for number in range(few)]
    assert taken(run([stories])) == {one.id: {3} for one in stories}
    # The run that sees the third takes it out, and those after it do.
    first = run([stories[:-1]])
    assert not first.removed
    second = run([stories[-1:]], index=first.index, number=2)
    assert taken(second) == {stories[-1].id: {3}}
    again = closed(9)
    third = run([[again]], index=merged(first.index, second.index), number=3)
    assert taken(third) == {again.id: {3}}


def test_a_phrase_that_ends_stories_needs_more_of_them_than_a_label() -> None:
    few = min(END_ARTICLES)
    labels = [closed(n, "Watch the film", step=FORTNIGHT / 2) for n in range(few)]
    assert taken(run([labels])) == {one.id: {3} for one in labels}
    phrases = [closed(n, "And that is how it goes.", FORTNIGHT / 2) for n in range(PHRASE_ARTICLES)]
    assert taken(run([phrases])) == {one.id: {3} for one in phrases}
    assert not run([phrases[:-1]]).removed


def test_what_ends_stories_too_seldom_or_too_soon_stays() -> None:
    four = range(STORIES)
    few = [closed(number, step=FORTNIGHT) for number in four[2:]]
    soon = [closed(number, step=FORTNIGHT / 4) for number in four]
    # Background that stands within as many stories as it ends.
    within = [closed(n) if n % 2 else story(n, [BIOGRAPHY]) for n in range(8)]
    mostly = [Story([f"update {n}", BIOGRAPHY], "Daily", n * FORTNIGHT, name=str(n)) for n in four]
    for stories in (few, soon, within, mostly):
        assert not run([stories]).removed


def test_a_line_that_stands_alone_more_often_than_in_a_block_is_no_line_of_it() -> None:
    block = [story(number, GALLERY) for number in range(STORIES)]
    alone = [story(10 + number, GALLERY[:1]) for number in range(2)]
    found = run([block, alone])
    assert taken(found) == {one.id: {3, 4, 5, 6} for one in block}
    # Once in five stories is a caption that was left of its gallery.
    found = run([block, alone[:1]])
    assert taken(found)[alone[0].id] == {2}


@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 5), max_size=7, unique=True),
            st.booleans(),
            st.integers(0, 5),
            st.integers(0, 2),
        ),
        min_size=4,
        max_size=9,
    ),
    st.integers(1, 3),
)
def test_blocks_are_those_of_the_definition(
    made: list[tuple[list[int], bool, int, int]], partitions: int
) -> None:
    texts = [*GALLERY, "The mayor plants a lime tree in 2015, watched by two classes of a school."]
    stories = [
        story(
            number,
            sorted((texts[line] for line in lines), key=texts.index)
            if is_sorted
            else [texts[line] for line in lines],
            step=0,
            outlet="Daily" if outlet else "Weekly",
        )
        for number, (lines, is_sorted, _, outlet) in enumerate(made)
    ]
    # Every other story ends with its lines: there one is enough.
    stories = [
        Story(
            [" ".join((one.lines[0], one.lines[-1])), *one.lines[1:-1]] if week % 2 else one.lines,
            one.outlet,
            week * FORTNIGHT / 4,
            name=one.name,
        )
        for one, (_, _, week, _) in zip(stories, made, strict=True)
    ]
    expected = by_definition(stories)
    shards = [stories[:2], stories[2:]]
    assert taken(run(shards, partitions)) == expected
    backwards = [list(reversed(part)) for part in reversed(shards)]
    assert taken(run(backwards)) == expected


def by_definition(stories: list[Story]) -> dict[str, set[int]]:
    """Returns the lines of blocks, found the slow way."""
    having = collections.defaultdict(list)
    for one in stories:
        for line in one.lines:
            having[line].append(one)
    shared = dict.fromkeys(having, 0)
    for line, members in having.items():
        outlets = collections.Counter(one.outlet for one in members)
        most = max(outlets.values())
        hours = [one.hour for one in members if one.hour is not None]
        if most >= OUTLET_SHARE * len(members) and max(hours) - min(hours) >= FORTNIGHT:
            shared[line] = most
    in_block: collections.Counter[str] = collections.Counter()
    for one in stories:
        found: set[str] = set()
        for least, few in (*BLOCKS, *((0, stories) for stories in END_ARTICLES)):
            left = len(one.lines)
            for is_shared, group in itertools.groupby(
                one.lines, lambda line, few=few: shared[line] >= few
            ):
                lines = list(group)
                left -= len(lines)
                if is_shared and (len(lines) >= least if least else not left):
                    found.update(lines)
        in_block.update(found)
    in_most = {line for line, count in in_block.items() if count >= BLOCK_SHARE * len(having[line])}
    numbers = {
        one.id: {number for number, line in enumerate(one.lines, 1) if line in in_most}
        for one in stories
    }
    return {name: lines for name, lines in numbers.items() if lines}


def test_the_run_that_sees_the_fourth_story_takes_its_block_out() -> None:
    stories = [story(number, GALLERY) for number in range(STORIES + 1)]
    lone = story(9, [GALLERY[2]], outlet="Weekly")
    first = run([stories[:3]])
    assert not first.removed
    second = run([[stories[3]]], index=first.index, number=2)
    assert taken(second) == {stories[3].id: {2, 3, 4, 5, 6}}
    assert not second.links
    # What was a block once stays one: nothing is ever linked to a line that was taken out.
    index = merged(first.index, second.index)
    third = run([[lone], [stories[4]]], index=index, number=3)
    assert taken(third) == {lone.id: {2}, stories[4].id: {2, 3, 4, 5, 6}}
    assert not third.links


def test_a_rebuilt_index_knows_the_lines_of_blocks() -> None:
    stories = [story(number, GALLERY) for number in range(STORIES)]
    step = NearDuplicates()
    tables = shard(stories)
    whole = run([stories])
    done = step.annotate(tables, run_in_memory(step, [tables])["annotations"])
    rebuilt = step.reindex(done)["indexed_texts"]
    columns = ["text", "articles", "outlet", "outlet_articles", "in_block"]
    assert rows_in_order(rebuilt.select(columns)) == rows_in_order(
        whole.index["indexed_texts"].select(columns)
    )
    # A text has a row for each of its places.
    assert len({row["text"] for row in rows_in_order(rebuilt) if row["in_block"]}) == len(GALLERY)


def rows_in_order(table: pa.Table) -> list[dict[str, object]]:
    return sorted(table.to_pylist(), key=lambda row: row["text"])


@pytest.mark.slow
def test_from_dumps_to_two_runs_of_a_warehouse_in_any_order(desk: Desk, tmp_path: Path) -> None:
    gallery = [*GALLERY, "So Ingrid Tarvik looks at Tarvik Castle, and Ingrid Tarvik smiles, 2015."]
    made = [story(number, gallery) for number in range(STORIES + 2)]
    # The rules for lines know sentences by their full stops.
    stories = [
        Story([f"{line.rstrip('.').capitalize()}." for line in one.lines], one.outlet, one.hour,
              name=one.name)
        for one in made
    ]  # fmt: skip
    tables = []
    for seed in range(2):
        shuffled = random.Random(seed).sample(stories, len(stories))
        first = [one for one in shuffled if int(one.name) < STORIES]
        second = [one for one in shuffled if int(one.name) >= STORIES]
        warehouse = tmp_path / f"warehouse {seed}"
        for number, part in enumerate((first, second)):
            done(desk.run(dump(tmp_path / f"{seed}-{number}.jsonl", part), warehouse))
        assert verified(warehouse).ok
        with duckdb.connect(str(warehouse / "news.duckdb"), read_only=True) as catalog:
            tables.append(
                [
                    catalog.sql(query).fetchall()
                    for query in (
                        "SELECT url, text FROM articles ORDER BY ALL",
                        "SELECT url, line_number, rule FROM removed_lines JOIN articles "
                        "USING (article_id) ORDER BY ALL",
                        "FROM paragraph_links SELECT * EXCLUDE run_id ORDER BY ALL",
                        "SELECT keywords, entities, tags FROM articles ORDER BY ALL",
                    )
                ]
            )
    assert tables[0] == tables[1]
    articles, removed, links, named = tables[0]
    assert len(articles) == len(stories)
    assert collections.Counter(rule for *_, rule in removed) == {
        RULES[BLOCK_LINE]: len(gallery) * len(stories)
    }
    # Nor is an article about what its gallery alone shows.
    assert all(keywords for keywords, *_ in named)
    assert "tarvik" not in str(named).casefold()
    assert not links
