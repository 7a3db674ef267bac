"""The scorer of extracted texts, on examples counted by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.paragraph_share import whole_paragraphs
from tests.bench.shingle_f1 import Matches, match, score


def test_shingles_are_counted_with_their_multiplicity() -> None:
    assert match("a b c d e", "a b c d") == Matches(shared=1, extra=0, missing=1)
    assert match("a b c d", "a b c d a b c d") == Matches(shared=1, extra=4, missing=0)


def test_a_short_text_is_one_shingle_and_an_empty_one_none() -> None:
    assert match("a b", "a b") == Matches(1, 0, 0)
    assert match("a b", "") == Matches(0, 0, 1)


def test_punctuation_does_not_count_and_case_does() -> None:
    assert match("One, two - three; four!", "One two three four") == Matches(1, 0, 0)
    assert match("One two three four", "one two three four").shared == 0


def test_precision_and_recall_are_averaged_over_pages_before_f1() -> None:
    # Precisions 1/2 and 1, recalls 1 and 1/4: averages .75 and .625, harmonic mean 15/22.
    scores = score([Matches(2, 2, 0), Matches(1, 0, 3)])
    assert scores.precision == 0.75
    assert scores.recall == 0.625
    assert scores.f1 == pytest.approx(15 / 22)


def test_a_page_without_extracted_text_costs_recall_alone() -> None:
    scores = score([Matches(4, 0, 0), Matches(0, 0, 9)])
    assert (scores.precision, scores.recall) == (1.0, 0.5)


def test_no_page_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one page"):
        score([])


@given(st.text(), st.text())
def test_the_two_sides_mirror_each_other(true: str, extracted: str) -> None:
    there, back = match(true, extracted), match(extracted, true)
    assert (there.shared, there.extra, there.missing) == (back.shared, back.missing, back.extra)


def test_a_paragraph_counts_as_whole_where_one_line_is_exactly_it() -> None:
    gold = ["One  two.", "- three\n- four", "1. five"]
    assert whole_paragraphs(gold, ["One two.", "three", "four", "five"]) == 1
    assert whole_paragraphs(gold, ["One two. three", "four", "1. five"]) == 0.5
    assert whole_paragraphs(gold, []) == 0
