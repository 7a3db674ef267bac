"""What counts as a copy, by definition: slow, pure Python, obviously right.

It is the oracle of the tests and the referee of the benchmarks. Nothing in it is tuned.

The measure is the set of word bigrams. Two paragraphs are

- ``exact`` when their words are the same, in the same order, and there is at least one;
- else ``near`` when both have at least 8 words and the Jaccard similarity of their bigram sets is
  at least 0.5;
- else ``contained`` when they share at least 6 different shingles of 6 words and at least 0.6 of
  the bigrams of one of them are in the other.

Words: the text is brought to Unicode NFKC and case-folded; apostrophes of every kind are deleted
("don't" is "dont"); a word is then a longest run of alphanumeric characters (``str.isalnum``) and
combining marks (general category M). Everything else separates words. Scripts written without
spaces between words have every character, with its marks, as a word: their shingles are then
character n-grams, the unit of Lucene's CJKAnalyzer.
"""

import functools
import unicodedata
from collections.abc import Sequence
from typing import Literal, NamedTuple

Kind = Literal["exact", "near", "contained"]

NEAR_WORDS = 8
NEAR_JACCARD = 0.5
CONTAINED_SHINGLES = 6
CONTAINED_SHARE = 0.6
SHINGLE_WORDS = 6

APOSTROPHES = frozenset(
    "'"  # U+0027 apostrophe
    "`"  # U+0060 grave accent, typed for one
    "\u02bc"  # modifier letter apostrophe; isalnum, so it would be a letter
    "\u2018"  # left single quotation mark
    "\u2019"  # right single quotation mark, the typographic apostrophe
    "\u201b"  # single high-reversed-9 quotation mark
    "\u2032"  # prime
    "\uff07"  # fullwidth apostrophe
)
"""Characters deleted before words are cut, so that the letters on both sides join."""

UNSPACED = (
    (0x0E00, 0x0E7F),  # Thai
    (0x0E80, 0x0EFF),  # Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # ideographic iteration and closing marks, zero
    (0x3040, 0x309F),  # Hiragana
    (0x30A0, 0x30FF),  # Katakana
    (0x31F0, 0x31FF),  # Katakana phonetic extensions
    (0x3400, 0x4DBF),  # Han, extension A
    (0x4E00, 0x9FFF),  # Han
    (0xA9E0, 0xA9FF),  # Myanmar extended B
    (0xAA60, 0xAA7F),  # Myanmar extended A
    (0xF900, 0xFAFF),  # Han, compatibility
    (0x20000, 0x3FFFF),  # Han, extensions B and later
)
"""First and last code point of the blocks whose every character is a word of its own."""


class Pair(NamedTuple):
    """Two paragraphs of which one may be a copy of the other.

    Attributes:
      later: index of the later paragraph.
      earlier: index of the earlier one.
      kind: exact, near or contained.
      similarity: Jaccard similarity of the bigram sets.
      containment: share of the later one's bigrams that the earlier one has.
      source_containment: share of the earlier one's bigrams that the later one has.
    """

    later: int
    earlier: int
    kind: Kind
    similarity: float
    containment: float
    source_containment: float


def tokenise(text: str) -> list[str]:
    """Returns the words of a text, in order."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(character for character in text if character not in APOSTROPHES)
    words: list[str] = []
    word = ""
    for character in text:
        if unicodedata.category(character).startswith("M"):
            word += character
        elif not character.isalnum():
            words.append(word)
            word = ""
        elif _is_unspaced(character):
            words.append(word)
            word = character
        else:
            if word and word[0].isalnum() and _is_unspaced(word[0]):
                words.append(word)
                word = ""
            word += character
    words.append(word)
    return [word for word in words if word]


@functools.cache
def _is_unspaced(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in UNSPACED)


def shingles(words: Sequence[str], length: int) -> set[tuple[str, ...]]:
    """Returns the different runs of ``length`` words; none where there are fewer words."""
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


def bigrams(words: Sequence[str]) -> set[tuple[str, ...]]:
    """Returns the different pairs of neighbouring words."""
    return shingles(words, 2)


def jaccard(left: Sequence[str], right: Sequence[str]) -> float:
    """Returns the Jaccard similarity of the two bigram sets; 0 where both are empty."""
    union = bigrams(left) | bigrams(right)
    return len(bigrams(left) & bigrams(right)) / len(union) if union else 0.0


def containment(inner: Sequence[str], outer: Sequence[str]) -> float:
    """Returns the share of ``inner``'s bigrams that ``outer`` has; 0 where it has none."""
    pairs = bigrams(inner)
    return len(pairs & bigrams(outer)) / len(pairs) if pairs else 0.0


def shared_six_word_shingles(left: Sequence[str], right: Sequence[str]) -> int:
    """Returns how many different runs of six words two word lists have in common."""
    return len(shingles(left, SHINGLE_WORDS) & shingles(right, SHINGLE_WORDS))


def classify(left: Sequence[str], right: Sequence[str]) -> Kind | None:
    """Returns what two word lists are to each other; ``None`` where neither is a copy."""
    if left and list(left) == list(right):
        return "exact"
    if min(len(left), len(right)) >= NEAR_WORDS and jaccard(left, right) >= NEAR_JACCARD:
        return "near"
    if (
        shared_six_word_shingles(left, right) >= CONTAINED_SHINGLES
        and max(containment(left, right), containment(right, left)) >= CONTAINED_SHARE
    ):
        return "contained"
    return None


def all_pairs(paragraphs: Sequence[str]) -> list[Pair]:
    """Returns every pair that counts, comparing each paragraph with each: quadratic.

    Args:
      paragraphs: texts, earliest first.

    Returns:
      Pairs ordered by the later paragraph, then by the earlier one.
    """
    words = [tokenise(paragraph) for paragraph in paragraphs]
    pairs: list[Pair] = []
    for later in range(len(words)):
        for earlier in range(later):
            kind = classify(words[later], words[earlier])
            if kind is not None:
                pairs.append(
                    Pair(
                        later,
                        earlier,
                        kind,
                        jaccard(words[later], words[earlier]),
                        containment(words[later], words[earlier]),
                        containment(words[earlier], words[later]),
                    )
                )
    return pairs
