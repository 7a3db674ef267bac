"""Adds the words and phrases that set an article apart, as it writes them, in lower case.

A word weighs more the more often the article has it, and the fewer articles have it at all, by the
table of :mod:`transforms.background`: TF-IDF (Spärck Jones, Journal of Documentation 1972). So even
five articles have sensible keywords, and an article has the same ones in any corpus. A phrase of
two or three words that occurs twice counts as a word does. Common words, those in more than a third
of all articles, bound phrases (as in RAKE: Rose et al., Text Mining 2010).

Only the headline and the beginning are read, where a report says what it is about. Words stay
inflected. A script without spaces has no words to count, and no keywords. In a language that the
table lacks, short words without a capital are no keywords, since common words are short (Zipf, The
Psycho-Biology of Language 1935).
"""

import collections
import dataclasses
import functools
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pyarrow as pa

from pipeline.article import Article
from pipeline.transform import Column, Transform
from transforms.background import LANGUAGES, RARE, background_hashes, background_words
from transforms.places.gazetteer import is_party
from transforms.text import SPACELESS_LANGUAGES

if TYPE_CHECKING:
    from transforms.arrays import F64, I64, U64

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

LEAST_LETTERS = 5
"""Letters of a word without a capital, in a language that the table does not know."""

_WITHIN_SENTENCES = re.compile(r"(?<=[\w,] )[^\W\d_]+")

_FIGURE = re.compile(r"[\d.,]+")

_POSSESSIVE = re.compile(r"['\u2019]s\b")


@functools.cache
def _rarities() -> "tuple[U64, I64, F64]":
    """Returns a table of words with their levels, and by level the weight of a word.

    The weight is the negative logarithm of its share of articles; 0 for a common one.
    """
    # Imported here: Numba takes a third of a second to load.
    from transforms.compiled.stories import word_table

    shares = (RARE, *(share for share, _ in background_words()))
    weights = [-math.log(share) if share < COMMON else 0.0 for share in shares]
    return *word_table(*background_hashes()), np.array(weights)


def keywords(
    title: str | None, paragraphs: Sequence[str], most: int, language: str | None = "en"
) -> list[str]:
    """Returns at most ``most`` keywords of an article, the weightiest first.

    Args:
      title: the headline.
      paragraphs: the text.
      most: number of keywords.
      language: of the text.
    """
    from transforms.compiled.tokens import repeated_tokens

    beginning, length = [], 0
    for paragraph in paragraphs:
        beginning.append(paragraph)
        length += len(paragraph)
        if length > BEGINNING:
            break
    text = "\n;".join([*[title or ""] * TITLE_COUNT, *beginning])[: BEGINNING + len(title or "")]
    written, text = text, text.lower()
    tokens, found, places = repeated_tokens(text, LEAST_COUNT, LEAST_PHRASE_COUNT, *_rarities())
    rarities = found.tolist()
    words = [_POSSESSIVE.sub("", text[start:end]) for start, end, _ in tokens.tolist()]
    counted = zip(words, tokens[:, 2].tolist(), rarities, strict=True)
    weights: dict[tuple[str, ...], float] = {
        (word,): (1 + math.log(count)) * rarity
        for word, count, rarity in counted
        if not (_FIGURE.fullmatch(word) or is_party(word))
    }
    if language and language.partition("-")[0] not in LANGUAGES:
        found_within = _WITHIN_SENTENCES.findall(written)
        names = {word.lower() for word in found_within if word[0].isupper()}
        weights = {
            (word,): weight
            for (word,), weight in weights.items()
            if len(word) >= LEAST_LETTERS or word in names
        }
    # No phrase is said more often than each of its words.
    said = places.tolist()
    for size in range(2, PHRASE_WORDS + 1):
        phrases = collections.Counter(
            tuple(number for _, number in said[first : first + size])
            for first in range(len(said) - size + 1)
            if said[first + size - 1][0] - said[first][0] == size - 1
        )
        for phrase, count in phrases.items():
            first, last = words[phrase[0]], words[phrase[-1]]
            is_whole = (first,) in weights and ((last,) in weights or _FIGURE.fullmatch(last))
            if count >= LEAST_PHRASE_COUNT and is_whole:
                mean = sum(rarities[number] for number in phrase) / size
                weight = (1 + math.log(count)) * (mean * PHRASE_WEIGHT ** (size - 1))
                weights[tuple(words[number] for number in phrase)] = weight
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
    version = 3
    adds: ClassVar[Mapping[str, Column]] = {
        "keywords": Column(
            pa.list_(pa.string()),
            "Words and phrases that set the article apart, in lower case, weightiest first; none "
            "in scripts without spaces.",
            quotes_text=True,
        )
    }

    preload = ("transforms.compiled.stories", "transforms.compiled.tokens")

    def setup(self) -> None:
        """Loads the table of common words."""
        _rarities()

    def apply(self, article: Article) -> Article:
        """Returns the article with its keywords."""
        found: list[str] = []
        if article["language"] not in SPACELESS_LANGUAGES:
            texts = [paragraph.text for paragraph in article["paragraphs"]]
            found = keywords(article["title"], texts, self.most, article["language"])
        return article | {"keywords": found}
