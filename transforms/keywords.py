"""Adds the words and phrases that set an article apart, as it writes them, in lower case.

A word counts the more often the article says it, and the fewer articles say it at all, by the table
of :mod:`transforms.background`: TF-IDF (Spärck Jones, Journal of Documentation 1972). So five
articles have sensible keywords, and an article has the same ones in any corpus. A phrase of two or
three words that is said twice counts as they do; common words, which bound phrases, are those that
more than a third of all articles have (as in RAKE: Rose et al., Text Mining 2010).

Read are the headline and the beginning, where a report says what it is about. Words are taken as
they are inflected. A script without spaces has no words to count, and no keywords.
"""

import collections
import dataclasses
import functools
import itertools
import math
import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

import pyarrow as pa

from pipeline.article import Article
from pipeline.transform import Column, Transform
from transforms.background import RARE, background_words
from transforms.text import APOSTROPHES, SPACELESS_LANGUAGES

BEGINNING = 1500
"""Characters of the text that are read: some 250 words."""

TITLE_COUNT = 2
"""Occurrences that one in the headline counts for: so a word of it needs no second one."""

COMMON = 0.33
"""Share of articles from which on a word is common: no keyword, and no part of a phrase."""

PHRASE_WORDS = 3

PHRASE_WEIGHT = 1.3
"""Factor for each further word of a phrase: what is said in several words says more."""

LEAST_COUNT, LEAST_PHRASE_COUNT = 2, 3
"""Occurrences of a word and a phrase; a phrase of the headline alone may be any words of it."""

STEM = 5
"""First letters of a word that no other keyword shares: of "Syria" and "Syrian" one is enough."""

_TOKEN = re.compile(
    r"(?=.\.)(?:[^\W\d_]\.){2,}+|\d++(?:[.,]\d++)++|[^\W_]++(?:['\u2019-][^\W_]++)*+|[^\w\s'\u2019]"
)
_POSSESSIVE = re.compile(r"['\u2019]s\b")
_APOSTROPHES = str.maketrans("", "", APOSTROPHES)


@functools.cache
def _rarities() -> dict[str, float]:
    """Returns by word the negative logarithm of its share of articles; 0 for a common one."""
    return {
        word: -math.log(share) if share < COMMON else 0.0
        for share, words in background_words()
        for word in words
    }


def _rarity(token: str) -> float:
    """Returns the weight of a token; 0 for a common word, a letter, a sign."""
    if len(token) < 2 and not (token.isalnum() and token >= "\u1100"):
        return 0.0
    word = token if token.isalnum() else token.translate(_APOSTROPHES)
    return _rarities().get(word, -math.log(RARE))


@functools.lru_cache(1 << 16)  # 19 of 20 pieces of an article stood in an earlier one
def _tokens(piece: str) -> tuple[str, ...]:
    """Returns the words, figures and signs between two white spaces, in lower case."""
    piece = piece.lower()
    return (piece,) if piece.isalpha() else tuple(_TOKEN.findall(_POSSESSIVE.sub("", piece)))


def keywords(title: str | None, paragraphs: Sequence[str], most: int) -> list[str]:
    """Returns at most ``most`` keywords of an article, the weightiest first.

    Args:
      title: the headline.
      paragraphs: the text.
      most: number of keywords.
    """
    beginning, length = [], 0
    for paragraph in paragraphs:
        beginning.append(paragraph)
        length += len(paragraph)
        if length > BEGINNING:
            break
    text = "\n;".join([*[title or ""] * TITLE_COUNT, *beginning])[: BEGINNING + len(title or "")]
    tokens = list(itertools.chain.from_iterable(map(_tokens, text.split())))
    counts = collections.Counter(tokens)
    rarities = {
        token: rarity
        for token, count in counts.items()
        if count >= LEAST_COUNT and (rarity := _rarity(token))
    }
    weights: dict[tuple[str, ...], float] = {
        (word,): (1 + math.log(counts[word])) * rarity
        for word, rarity in rarities.items()
        if not word.isdigit()
    }
    # No phrase is said more often than each of its words.
    often = {word for word in rarities if counts[word] >= LEAST_PHRASE_COUNT}
    places = [place for place, token in enumerate(tokens) if token in often]
    for size in range(2, PHRASE_WORDS + 1):
        phrases = [
            tuple(tokens[first : last + 1])
            for first, last in zip(places, places[size - 1 :], strict=False)
            if last - first == size - 1
        ]
        for phrase, count in collections.Counter(phrases).items():
            if count >= LEAST_PHRASE_COUNT and not phrase[0].isdigit():
                rarity = sum(rarities[word] for word in phrase) / size * PHRASE_WEIGHT ** (size - 1)
                weights[phrase] = (1 + math.log(count)) * rarity
    chosen: list[str] = []
    used: set[str] = set()
    for phrase in sorted(weights, key=weights.__getitem__, reverse=True):
        beginnings = {word[:STEM] for word in phrase}
        if used.isdisjoint(beginnings):
            chosen.append(" ".join(phrase))
            used |= beginnings
        if len(chosen) == most:
            break
    return chosen


@dataclasses.dataclass
class Keywords(Transform):
    """Adds `keywords`.

    Args:
      most: keywords of an article.
    """

    most: int = 8

    reads = ("title", "paragraphs", "language")
    adds: ClassVar[Mapping[str, Column]] = {
        "keywords": Column(
            pa.list_(pa.string()),
            "Words and phrases that set the article apart, in lower case, weightiest first; none "
            "in scripts without spaces.",
        )
    }

    def setup(self) -> None:
        """Loads the table of common words."""
        _rarities()

    def apply(self, article: Article) -> Article:
        """Returns the article with its keywords."""
        found: list[str] = []
        if article["language"] not in SPACELESS_LANGUAGES:
            texts = [paragraph.text for paragraph in article["paragraphs"]]
            found = keywords(article["title"], texts, self.most)
        return article | {"keywords": found}
