"""The scorer of extracted texts, on examples counted by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Paragraph, RemovedLine
from tests.bench import line_scores
from tests.bench.pages import Gold, Page
from tests.bench.paragraph_share import whole_paragraphs
from tests.bench.shingle_f1 import Matches, match, score
from transforms.boilerplate.context import Split


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


# --- scores of lines ------------------------------------------------------------------------------


def page(name: str, paragraphs: list[str]) -> Page:
    return Page(
        name, "quay.example", "https://quay.example/1", "", paragraphs, None, None, None, None
    )


def test_lines_are_the_articles_once_and_if_half_of_their_words_are() -> None:
    gold = Gold(["The ferry left the old quay at noon.", "Boats"])
    lines = [
        "The ferry left the old quay at noon.",
        "Today the ferry left the old",  # four of six words in a run of four or more
        "Ferry news of the quay",
        "Boats",
        "boats and ships",
        "The ferry left the old quay at noon.",
    ]
    assert gold.labels(lines) == [True, True, False, True, False, False]
    assert gold.labels(lines, once=False)[-1]
    assert [gold.words(line) for line in lines] == [8, 5, 0, 1, 0, 8]


def test_the_tables_say_what_each_rule_took_of_the_article() -> None:
    body = "The ferry left the old quay at noon with all its passengers on board."
    parts = Split(
        None,
        [],
        [Paragraph(2, body)],
        [RemovedLine(1, "Share this story", "share_v1"), RemovedLine(3, "Boats", "label_v1")],
        0,
    )
    lines = ["Share this story", body, "Boats"]
    web, news = page("1.html.gz", [body, "Boats"]), page("de/Quay.html.gz", [body, "Boats"])
    results = [line_scores.score(web, "visible", lines, parts)]
    results.append(line_scores.score(news, "visible", lines, parts))
    text = "\n".join(line_scores.report("held out", results))
    # 14 words and one: 12 shingles; untouched has three more, kept lacks one.
    assert (
        "| html_articles | visible | 1 | 0.8889 | 1.0000 | 0.9167 | 0.9565 | 1.0000 | 0 |" in text
    )
    assert "| de | 1 | 0.889 | 0.957 |" in text
    assert "| visible | share_v1 | 2 | 1 | 0 | 6 | 0.000 |" in text
    assert "| visible | label_v1 | 2 | 1 | 2 | 0 | 1.000 |" in text
