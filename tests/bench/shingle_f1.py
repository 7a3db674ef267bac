"""How close an extracted text is to the true one, in shingles of four words.

The measure is that of scrapinghub's article-extraction-benchmark (``evaluate.py``): a text's
tokens are the matches of ``\\w+``, its shingles the runs of four tokens, counted with their
multiplicity; a text of fewer tokens is one shingle. Per page the true positives, false positives
and false negatives give precision and recall; both are averaged over pages, and F1 is the harmonic
mean of the two averages. Case and order count; punctuation and white space do not.
"""

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

SHINGLE_WORDS = 4

_TOKEN = re.compile(r"\w+")


class Matches(NamedTuple):
    """Shingles of one page.

    Attributes:
      shared: in both texts.
      extra: only in the extracted text.
      missing: only in the true text.
    """

    shared: int
    extra: int
    missing: int


class Scores(NamedTuple):
    """Averages over pages, each between 0 and 1.

    Attributes:
      precision: over the pages with an extracted text.
      recall: over the pages with a true text.
      f1: harmonic mean of the two.
    """

    precision: float
    recall: float
    f1: float


def words(text: str) -> list[str]:
    """Returns a text's tokens."""
    return _TOKEN.findall(text)


def runs(tokens: Sequence[str]) -> Counter[tuple[str, ...]]:
    """Returns the shingles of four tokens with their counts; empty without tokens."""
    if not tokens:
        return Counter()
    count = max(1, len(tokens) - SHINGLE_WORDS + 1)
    return Counter(tuple(tokens[i : i + SHINGLE_WORDS]) for i in range(count))


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Returns a text's shingles of four words with their counts; empty for a text without words."""
    return runs(words(text))


def match(true: str, extracted: str) -> Matches:
    """Returns the shingles that the true and the extracted text of a page share, or do not."""
    wanted, found = shingles(true), shingles(extracted)
    return Matches(
        shared=(wanted & found).total(),
        extra=(found - wanted).total(),
        missing=(wanted - found).total(),
    )


def score(pages: Iterable[Matches]) -> Scores:
    """Returns the averages over pages.

    Args:
      pages: one :class:`Matches` per page.

    Raises:
      ValueError: no page has a true text, or none an extracted one.
    """
    pages = list(pages)
    precisions = [p.shared / (p.shared + p.extra) for p in pages if p.shared + p.extra]
    recalls = [p.shared / (p.shared + p.missing) for p in pages if p.shared + p.missing]
    if not precisions or not recalls:
        raise ValueError("no scores: give at least one page with a true and an extracted text.")
    precision, recall = statistics.mean(precisions), statistics.mean(recalls)
    total = precision + recall
    return Scores(precision, recall, 2 * precision * recall / total if total else 0.0)
