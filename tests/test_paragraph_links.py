"""From shared parts of two articles to links, copies and editions."""

import collections
import itertools
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.near_duplicates.editions import number_editions
from transforms.near_duplicates.origins import NEW, NO_ORIGIN
from transforms.near_duplicates.paragraph_links import (
    MIN_LINKED,
    OWN_SHARE,
    REPEATED_SHARE,
    REPEATED_WORDS,
    choose_copies,
    link_articles,
)
from transforms.near_duplicates.reuse import BACKGROUND, COPY, FORMULA, NONE
from transforms.near_duplicates.streams import (
    CONTAINED,
    DIRECTIONS,
    EARLIER,
    EITHER,
    EXACT,
    LATER,
    NEAR,
    NEITHER,
    PASSAGE,
    SCHEMAS,
)

UNKNOWN, CREDIT = DIRECTIONS.index("unknown"), DIRECTIONS.index("credit")


def part(
    words: int,
    first_word: int = 0,
    paragraph: int = 0,
    other: int = 1,
    other_paragraph: int = 0,
    **more: Any,
) -> dict[str, Any]:
    """Returns a run that paragraph ``paragraph`` of article 0 shares with another article."""
    return {
        "article": 0,
        "line": paragraph + 1,
        "time": int(NEW) | 9,
        "size": 40,
        "paragraph": paragraph,
        "work": 0,
        "other_article": other,
        "other_line": other_paragraph + 1,
        "other_time": int(NEW) | 1,
        "other_size": 50,
        "other_paragraph": other_paragraph,
        "other_work": 0,
        "kind": PASSAGE,
        "similarity": 0.0,
        "containment": 0.0,
        "source_containment": 0.0,
        "passage": 0,
        "words": words,
        "first_word": first_word,
        "other_first_word": first_word,
        "start": 2 * first_word,
        "end": 2 * (first_word + words) - 1,
        "other_start": 2 * first_word,
        "other_end": 2 * (first_word + words) - 1,
        "holders": 2,
        "holder_outlets": 2,
        "reuse": COPY,
        "reuse_evidence": 0,
        "direction": UNKNOWN,
        "is_source": False,
        "goes": LATER,
        "is_before": False,
        "other_is_copy": False,
        **more,
    }


def whole(kind: int, size: int, paragraph: int = 0, **more: Any) -> dict[str, Any]:
    """Returns a link between the texts of two paragraphs."""
    figures = {"similarity": 1.0, "containment": 1.0, "source_containment": 1.0}
    sizes = {"size": size, "other_size": size}
    return part(size, 0, paragraph, **{"kind": kind, **sizes, **figures, **more})


def linked(*parts: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Returns the links, and the paragraphs that are copies."""
    rows = pa.Table.from_pylist(list(parts), schema=SCHEMAS["shared_parts"])
    result = link_articles({"shared_parts": rows})
    copies = choose_copies(result["copies"])
    return result["paragraph_links"].to_pylist(), copies.to_pylist()


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(1, 12), st.integers(0, 2), st.integers(1, 3)),
        min_size=1,
        max_size=25,
    )
)
def test_runs_of_a_pair_become_one_link(runs: list[tuple[int, int, int, int]]) -> None:
    parts = [part(words, first, paragraph, other) for first, words, paragraph, other in runs]
    links, copies = linked(*parts)
    covered = collections.defaultdict(set)
    spans = collections.Counter()
    for first, words, paragraph, other in runs:
        covered[paragraph, other] |= set(range(first, first + words))
        spans[paragraph, other] += 1
    few = {pair for pair, words in covered.items() if len(words) < MIN_LINKED}
    homes = {other for paragraph, other in covered.keys() - few}
    found, fragments = {}, {}
    for link in links:
        article, line = link["paragraph_id"].split("-")
        source = link["source_paragraph_id"].split("-")[0]
        assert int(article, 16) == 0
        found[int(line) - 1, int(source[:16], 16)] = link
        starts = [span["start"] for span in link["spans"]]
        assert starts == sorted(starts)
        assert all(span["start"] == span["source_start"] for span in link["spans"])
        for fragment in link["fragments"]:
            article, line = fragment["paragraph_id"].split("-")
            other = int(fragment["source_paragraph_id"][:16], 16)
            assert (int(article, 16), other) == (0, int(source[:16], 16))
            assert (int(line) - 1, other) not in fragments
            fragments[int(line) - 1, other] = fragment
    assert found.keys() == covered.keys() - few
    # All runs of two articles are of one passage here: it goes on in the few words.
    assert fragments.keys() == {pair for pair in few if pair[1] in homes}
    for pair, link in (found | fragments).items():
        assert link["shared_words"] == len(covered[pair])
        assert len(link["spans"]) == spans[pair]
    repeats = {
        paragraph
        for (paragraph, _), words in covered.items()
        if len(words) >= REPEATED_WORDS and len(words) >= REPEATED_SHARE * 40
    }
    assert {row["line"] - 1 for row in copies} == repeats


def test_evidence_turns_a_link_and_its_figures() -> None:
    [link], [copy] = linked(
        part(30, direction=CREDIT, is_source=True, other_start=100, other_end=200)
    )
    assert link["source_paragraph_id"].startswith(f"{0:016x}")
    assert link["spans"] == [{"start": 100, "end": 200, "source_start": 0, "source_end": 59}]
    assert (link["containment"], link["source_containment"]) == pytest.approx((30 / 50, 30 / 40))
    assert link["direction"] == "credit"
    assert copy["article"] == 0  # which copy stays is not a matter of who had it from whom


def test_no_evidence_names_the_later_one_first() -> None:
    [link], _ = linked(part(30, time=int(NEW) | 1, other_time=int(NEW) | 9))
    assert link["source_paragraph_id"].startswith(f"{0:016x}")


def test_a_short_formula_is_linked_and_stays() -> None:
    links, copies = linked(whole(EXACT, REPEATED_WORDS - 1, reuse=FORMULA))
    assert [link["kind"] for link in links] == ["exact"]
    assert not copies


@pytest.mark.parametrize(("other", "below"), [(1, 9), (2, 9), (1, 20)])
def test_a_label_counts_only_between_paragraphs_of_the_same_article(other: int, below: int) -> None:
    above = part(30, paragraph=3, other_paragraph=7)
    label = whole(EXACT, MIN_LINKED - 1, paragraph=4, other_paragraph=8)
    assert linked(label) == ([], [])
    assert len(linked(above, label)[0]) == 1
    rows = above, label, part(30, paragraph=5, other=other, other_paragraph=below)
    links, copies = linked(*rows)
    is_linked = (other, below) == (1, 9)
    assert len(links) == (3 if is_linked else 2)
    assert {row["line"] - 1 for row in copies} == ({3, 4, 5} if is_linked else {3, 5})
    # A few words of a longer paragraph are no label.
    links, _ = linked(above, part(7, paragraph=4, other_paragraph=8), rows[2])
    assert len(links) == 2


def test_a_fragment_goes_to_the_link_that_has_most_of_its_passage() -> None:
    near = {"other_paragraph": 3, "other_first_word": 11}
    parts = (
        part(13, 27, paragraph=0, other_paragraph=2),
        part(7, 0, paragraph=1, **near),
        part(9, 7, paragraph=1, other_paragraph=4),
        part(5, 0, paragraph=6, other_paragraph=6, passage=5),
    )
    for order in itertools.permutations(parts):
        links, _ = linked(*order)
        assert [link["shared_words"] for link in links] == [13, 9]
        assert [len(link["fragments"]) for link in links] == [1, 0]
    # A direction that names the other article first turns its fragments, too.
    links, _ = linked(*({**one, "direction": CREDIT, "is_source": True} for one in parts))
    [fragment] = [one for link in links for one in link["fragments"]]
    assert fragment == {
        "paragraph_id": f"{1:016x}{0:08x}-0004",
        "source_paragraph_id": f"{0:024x}-0002",
        "shared_words": 7,
        "spans": [{"start": 0, "end": 13, "source_start": 0, "source_end": 13}],
    }


def test_a_few_words_of_a_passage_do_not_say_what_near_texts_share() -> None:
    near = {"similarity": 0.6, "containment": 0.7, "source_containment": 0.8}
    [link], _ = linked(whole(NEAR, 30, **near), part(5, size=30, other_size=30))
    assert (link["kind"], link["shared_words"], link["spans"]) == ("near", None, [])
    [link], _ = linked(whole(NEAR, 30, **near), part(9, size=30, other_size=30))
    assert (link["shared_words"], len(link["spans"])) == (9, 1)


def test_of_the_editions_of_a_source_the_first_that_has_the_passage_counts() -> None:
    first = part(30, other=7, other_time=int(NEW) | 5, other_work=99)
    again = part(30, other=3, other_time=int(NEW) | 6, other_work=99)
    more = part(30, paragraph=1, other=3, other_time=int(NEW) | 6, other_work=99)
    links, _ = linked(again, first, more, part(30, other=4, other_time=int(NEW) | 6))
    pairs = {
        (link["paragraph_id"][-1], int(link["source_paragraph_id"][:16], 16)) for link in links
    }
    assert pairs == {("1", 7), ("1", 4), ("2", 3)}


def test_any_order_of_parts_gives_the_same_rows() -> None:
    parts = [
        part(30),
        part(14, other=2),
        whole(EXACT, 30, paragraph=1),
        whole(EXACT, 30, paragraph=1, other=2),
    ]
    first = linked(*parts)
    for order in itertools.permutations(parts):
        links, copies = linked(*order)
        assert sorted(links, key=str) == sorted(first[0], key=str)
        assert sorted(copies, key=str) == sorted(first[1], key=str)


def pair(one: int, two: int, committed: dict[int, tuple[int, int]] | None = None) -> dict[str, int]:
    """Returns a pair of editions: articles by their time; (first, number) of committed ones."""
    row = {}
    for prefix, time in (("", one), ("other_", two)):
        first, number = (committed or {}).get(time, (int(NO_ORIGIN), 0))
        is_old = time in (committed or {})
        row |= {
            f"{prefix}time": time if is_old else time | int(NEW),
            f"{prefix}article": time,
            f"{prefix}low": 0,
            f"{prefix}first_article": first,
            f"{prefix}first_low": first if first == int(NO_ORIGIN) else 0,
            f"{prefix}number": number,
        }
    return row


def numbered(*pairs: dict[str, int]) -> dict[int, tuple[int, int]]:
    rows = pa.Table.from_pylist(list(pairs), schema=SCHEMAS["edition_pairs"])
    return {
        row["article"]: (row["first_article"], row["number"])
        for row in number_editions(rows).to_pylist()
    }


def test_editions_are_numbered_in_the_order_of_their_dates() -> None:
    assert numbered(pair(7, 3), pair(9, 7), pair(20, 30)) == {
        3: (3, 1),
        7: (3, 2),
        9: (3, 3),
        20: (20, 1),
        30: (20, 2),
    }


def test_what_is_committed_keeps_its_number() -> None:
    committed = {8: (5, 3)}
    assert numbered(pair(2, 8, committed), pair(9, 8, committed)) == {2: (5, 4), 9: (5, 5)}
    assert numbered(pair(2, 8, {8: (int(NO_ORIGIN), 0)})) == {2: (8, 2)}


@given(st.permutations([(1, 2), (2, 3), (3, 4), (10, 11), (4, 9)]), st.data())
def test_any_order_of_pairs_gives_the_same_editions(
    pairs: list[tuple[int, int]], data: Any
) -> None:
    turned = [pair(*(ends if data.draw(st.booleans()) else ends[::-1])) for ends in pairs]
    first = numbered(*(pair(*ends) for ends in sorted(pairs)))
    assert numbered(*turned) == first
    assert first[9] == (1, 5)
    assert np.unique([number for _, number in first.values()]).tolist() == [1, 2, 3, 4, 5]


def copied(*pairs: tuple[int, int], **more: Any) -> dict[int, int]:
    """Returns the source of each copy, where a paragraph repeats others: (its article, theirs)."""
    parts = [
        part(
            30,
            article=copy,
            other=source,
            time=int(NEW) | copy,
            other_time=int(NEW) | source,
            **more,
        )
        for copy, source in pairs
    ]
    _, copies = linked(*parts)
    return {row["article"]: row["source_article"] for row in copies}


def test_a_paragraph_that_repeats_only_copies_stays() -> None:
    # Each has most of the one before, and nothing of the one before that.
    assert copied((2, 1), (3, 2), (4, 3), (5, 4)) == {2: 1, 4: 3}
    assert copied((2, 1), (3, 2), (3, 1)) == {2: 1, 3: 1}


@given(
    st.sets(st.tuples(st.integers(1, 12), st.integers(1, 12)).filter(lambda two: two[0] > two[1]))
)
def test_what_is_a_copy_has_a_source_that_stays(pairs: set[tuple[int, int]]) -> None:
    copies = copied(*pairs)
    assert not copies.keys() & {*copies.values()}
    for copy in {copy for copy, _ in pairs} - copies.keys():
        assert all(source in copies for of, source in pairs if of == copy)


def test_where_nothing_says_which_is_earlier_the_one_with_less_of_its_own_goes() -> None:
    # Thirty words are .75 of the first, .38 of the second; and the other way round.
    assert copied((2, 1), goes=EITHER, other_size=80) == {2: 1}
    assert copied((2, 1), goes=EITHER, size=80) == {1: 2}
    assert copied((2, 1), goes=LATER, size=80) == {}
    assert copied((2, 1), goes=EITHER) == {2: 1}
    assert copied((2, 1), goes=EITHER, is_before=True) == {1: 2}


def test_the_earlier_one_goes_where_it_credits_the_later_and_no_edition_goes() -> None:
    assert copied((2, 1), goes=EARLIER) == {1: 2}
    assert copied((2, 1), goes=NEITHER) == {}


def test_what_is_a_copy_in_an_earlier_run_is_nothing_that_stays() -> None:
    assert copied((2, 1), other_is_copy=True) == {}


@given(
    st.dictionaries(
        st.tuples(st.integers(1, 9), st.integers(1, 9)).filter(lambda two: two[0] > two[1]),
        st.tuples(st.integers(0, 3), st.integers(30, 60), st.integers(30, 60)),
        max_size=20,
    ),
    st.permutations(range(10)),
)
def test_no_copy_is_a_source_whichever_may_go(
    pairs: dict[tuple[int, int], tuple[int, int, int]], order: list[int]
) -> None:
    parts = [
        part(
            30,
            article=copy,
            other=source,
            goes=goes,
            is_before=order[copy] < order[source],
            size=size,
            other_size=other_size,
        )
        for (copy, source), (goes, size, other_size) in pairs.items()
    ]
    _, copies = linked(*parts)
    gone = {row["article"]: row["source_article"] for row in copies}
    assert len(gone) == len(copies)
    assert not gone.keys() & {*gone.values()}
    _, turned = linked(*parts[::-1])
    assert {row["article"]: row["source_article"] for row in turned} == gone


def test_an_outlets_furniture_goes_and_is_no_link() -> None:
    links, copies = linked(part(int(OWN_SHARE * 40), reuse=NONE))
    assert not links
    assert len(copies) == 1
    # Another note of the same frame says something else.
    assert linked(part(30, reuse=NONE)) == ([], [])
    for containment, gone in ((0.7, 0), (0.9, 1)):
        near = whole(NEAR, 30, reuse=NONE, similarity=0.6, containment=containment)
        assert [len(rows) for rows in linked(near)] == [0, gone]
    assert linked(part(10, reuse=NONE, size=10)) == ([], [])


def test_a_frame_with_other_facts_is_linked_and_stays() -> None:
    contained = whole(CONTAINED, 30, containment=0.7, similarity=0.4)
    assert [len(rows) for rows in linked(contained)] == [1, 0]
    # A long run says that it is more than a frame; so does a text that is nearly equal.
    assert [len(rows) for rows in linked(contained, part(14, size=30, other_size=30))] == [1, 1]
    assert [len(rows) for rows in linked({**contained, "kind": NEAR})] == [1, 1]


@pytest.mark.parametrize(
    ("words", "containment", "copies"), [(14, 0.65, 0), (14, 0.7, 1), (20, 0.65, 1)]
)
def test_a_third_of_bigrams_is_lost_where_a_few_words_are_shared(
    words: int, containment: float, copies: int
) -> None:
    near = whole(NEAR, 40, similarity=0.5, containment=containment)
    assert [len(rows) for rows in linked(near, part(words))] == [1, copies]


@pytest.mark.parametrize(("words", "copies"), [(24, 0), (32, 1)])
def test_who_an_outlet_describes_again_may_say_something_new(words: int, copies: int) -> None:
    own = part(words, reuse=BACKGROUND)
    contained = {**own, "kind": CONTAINED, "containment": 0.9}
    for parts in ((own,), (own, contained)):
        assert [len(rows) for rows in linked(*parts)] == [1, copies]
    assert [len(rows) for rows in linked(own, {**contained, "kind": NEAR})] == [1, 1]
    assert [len(rows) for rows in linked({**own, "reuse": COPY})] == [1, 1]


def test_equal_texts_that_only_a_run_reaches_are_exact() -> None:
    [link], _ = linked(part(30, size=30, other_size=30))
    assert (link["kind"], link["similarity"], link["shared_words"]) == ("exact", 1, 30)
    [link], _ = linked(part(30, size=31, other_size=30))
    assert link["kind"] == "passage"
