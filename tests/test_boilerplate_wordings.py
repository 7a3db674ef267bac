"""What share of page furniture in words of one's own goes, and of content stays.

The lines were written for this test by hand, in six batches; the rules were changed only after a
batch had been measured once. Unseen, the rules of before caught 82, 48, 65, 59 and 60 % of the
batches' furniture; after what each batch taught, they caught 57, 74, 82 and 83 % of the next ones,
and of the content 0 to 4 % went. The sixth is of kinds the rules did not know: 7 % were caught, and
two thirds of its one half after what the other had taught, without content.
"""

import csv
import pathlib
from collections import Counter

import pytest

from tests.test_boilerplate_rules import at_end, at_top, within

WORDINGS = pathlib.Path(__file__).parent / "fixtures" / "boilerplate_wordings.tsv"
FLOORS = {"furniture": 0.965, "content": 0.998}
"""Shares judged right; raise them with the rules."""


def judged(place: str, line: str) -> str | None:
    """The rule that removes a line between the paragraphs, above or below them."""
    if place == "within":
        return within(line)
    (rule,) = at_top(line) if place == "top" else at_end(line)
    return rule


@pytest.mark.parametrize("label", ["furniture", "content"])
def test_lines_in_words_of_ones_own(label: str) -> None:
    with WORDINGS.open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            if row["label"] == label
        ]
    assert len(rows) > 900
    wrong = [
        (row["place"], row["text"])
        for row in rows
        if (judged(row["place"], row["text"]) is None) == (label == "furniture")
    ]
    share = 1 - len(wrong) / len(rows)
    assert share >= FLOORS[label], f"{share:.4f} of {len(rows)}; {Counter(wrong)}"
