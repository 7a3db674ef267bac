"""Words, shingles and MinHash signatures of many paragraphs at once.

Tokenising is what limits near-duplicate search, not hashing. Here compiled loops
(:mod:`transforms._kernels`) go over the UTF-8 bytes as Arrow holds them: every byte is looked at
once, and no Python object is made of any paragraph or word.

What a word is: the text is normalised (Unicode NFKC, then case-folded), apostrophes of all kinds
are deleted, and every maximal run of alphanumeric characters and combining marks is a word.
Everything else separates. In scripts written without spaces (Han, Hiragana, Katakana, Thai, Lao,
Khmer, Myanmar) every character with its marks is a word of its own, so that a word bigram is the
overlapping character bigram that Lucene's CJKAnalyzer indexes by.
"""

import functools
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from transforms.compiled import fingerprints as fingerprint_loops
from transforms.compiled import sets as set_loops
from transforms.compiled import words as word_loops
from transforms.compiled.characters import (
    APOSTROPHE,
    COMPLEX,
    LETTER,
    MARK,
    SEPARATOR,
    SPACELESS,
    UNKNOWN,
)

U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

APOSTROPHES = "'\u2018\u2019\u201b\u02bc\u2032\uff07`"
"""Deleted, not separating: "don't" and "dont" are one word. Quotes and primes pass for them."""

SPACELESS_RANGES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # ideographic iteration mark, closing mark, zero
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),  # Katakana phonetic extensions
    (0x3400, 0x4DBF),  # Han, extension A
    (0x4E00, 0x9FFF),  # Han
    (0xA9E0, 0xA9FF),  # Myanmar extended-B
    (0xAA60, 0xAA7F),  # Myanmar extended-A
    (0xF900, 0xFAFF),  # Han, compatibility
    (0x20000, 0x3FFFF),  # Han, extensions B and later
)
"""First and last code point of scripts written without spaces between words."""

BLOCK_BYTES = 1 << 20
"""Bytes of text hashed at a time, unless a paragraph is longer."""

CHARACTER_BASE = np.uint64(0x9E3779B97F4A7C15)
_WORD_BASE = np.uint64(0xD6E8FEB86659FD93)


class Words(NamedTuple):
    """The words of n paragraphs.

    Attributes:
      hashes: one 64-bit hash a word, all paragraphs after one another.
      offsets: n + 1 positions; paragraph i owns ``hashes[offsets[i]:offsets[i + 1]]``.
    """

    hashes: U64
    offsets: I64


def mix(values: U64) -> U64:
    """Scrambles 64-bit values (the finaliser of SplitMix64: Steele, Lea and Flood, OOPSLA 2014)."""
    values = values ^ (values >> np.uint64(30))
    values = values * np.uint64(0xBF58476D1CE4E5B9)
    values ^= values >> np.uint64(27)
    values *= np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    return values


# --- what characters are -------------------------------------------------------------------------


def character_class(character: str) -> int:
    """Returns what a normalised character is to the tokeniser."""
    if character in APOSTROPHES:
        return APOSTROPHE
    if unicodedata.category(character).startswith("M"):
        return MARK
    if not character.isalnum():
        return SEPARATOR
    code = ord(character)
    if any(first <= code <= last for first, last in SPACELESS_RANGES):
        return SPACELESS
    return LETTER


@functools.lru_cache(1 << 13)
def fold(character: str) -> tuple[int, int]:
    """Returns (code, class) of a raw character where it can be normalised alone, else complex."""
    code = ord(character)
    if character in APOSTROPHES:
        return code, APOSTROPHE
    if unicodedata.combining(character) or unicodedata.category(character).startswith("M"):
        return code, COMPLEX
    if 0x1100 <= code <= 0x11FF or 0xA960 <= code <= 0xA97F or 0xD7B0 <= code <= 0xD7FF:
        return code, COMPLEX  # conjoining Hangul jamo compose with their neighbours
    folded = unicodedata.normalize("NFKC", character).casefold()
    if len(folded) == 1:
        return ord(folded), character_class(folded)
    if all(character_class(part) == SEPARATOR for part in folded):
        return ord(" "), SEPARATOR
    return code, COMPLEX


class Characters:
    """Tables of what code points are, filled where a text asks: most use a few hundred of them.

    Attributes:
      fold: normalised code point of each.
      classes: class of each, ``UNKNOWN`` until it is asked for.

    Args:
      look: character -> (normalised code point, class).
    """

    _PAGE = 1 << 7

    def __init__(self, look: Callable[[str], tuple[int, int]]) -> None:
        self.fold = np.zeros(0x110000, np.uint32)
        self.classes = np.full(0x110000, UNKNOWN, np.uint8)
        self._look = look

    def fill(self, code: int) -> None:
        """Looks at a code point and its neighbours."""
        start = code - code % self._PAGE
        for code in range(start, start + self._PAGE):
            self.fold[code], self.classes[code] = self._look(chr(code))


@functools.cache
def _raw_characters() -> Characters:
    """Returns the tables for text as it is."""
    return Characters(fold)


@functools.cache
def _normalised_characters() -> Characters:
    """Returns the tables for text that is normalised already."""
    return Characters(lambda character: (ord(character), character_class(character)))


def word_hashes(words: Iterable[str]) -> list[int]:
    """Returns the hashes of words of normalised characters, as the tokeniser computes them."""
    base, totals = int(CHARACTER_BASE), []
    for word in words:
        total, power = 0, 1
        for character in word:
            total += (ord(character) + 1) * power
            power = power * base % 2**64
        totals.append(total % 2**64)
    return [int(hashed) for hashed in mix(np.array(totals, np.uint64))]


def hash_table(values: Mapping[int, int]) -> tuple[U64, I64]:
    """Returns the open-addressing table of hashes, at most half full, and the value of each."""
    size = 2
    while size < 2 * len(values):
        size *= 2
    hashes, found = np.zeros(size, np.uint64), np.zeros(size, np.int64)
    for hashed, value in values.items():
        slot = hashed % size
        while hashes[slot]:
            slot = (slot + 1) % size
        hashes[slot], found[slot] = hashed, value
    return hashes, found


# --- words ---------------------------------------------------------------------------------------


def hash_words(texts: Sequence[str] | pa.Array | pa.ChunkedArray) -> Words:
    """Tokenises paragraphs and hashes every word.

    A word's hash is the polynomial sum of its code points over a fixed odd base modulo 2**64,
    scrambled: two given different words share it with a chance of about 2**-60.

    Args:
      texts: n paragraphs, none of them null.
    """
    hashes: list[U64] = []
    counts: list[I64] = [np.zeros(1, np.int64)]
    for part in _parts(texts):
        some_hashes, some_counts = _hash_part(part)
        hashes.append(some_hashes)
        counts.append(some_counts)
    return Words(
        np.concatenate(hashes) if hashes else np.zeros(0, np.uint64),
        np.cumsum(np.concatenate(counts)),
    )


def _parts(texts: Sequence[str] | pa.Array | pa.ChunkedArray) -> list[pa.Array]:
    """Returns the texts in parts of some ``BLOCK_BYTES``."""
    if not isinstance(texts, (pa.Array, pa.ChunkedArray)):
        texts = pa.array(texts, pa.large_string())
    parts = []
    for chunk in texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]:
        bounds = _bounds(chunk)
        first = 0
        while first < len(chunk):
            last = int(np.searchsorted(bounds, bounds[first] + BLOCK_BYTES, side="right")) - 1
            last = max(first + 1, last)
            parts.append(chunk.slice(first, last - first))
            first = last
    return parts


def _bounds(texts: pa.Array) -> I64:
    """Returns the n + 1 bounds of n texts in their buffer."""
    kind = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    offsets = np.frombuffer(texts.buffers()[1] or b"", kind)
    if not len(offsets):
        return np.zeros(1, np.int64)
    return offsets[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)


def _hash_part(texts: pa.Array) -> tuple[U64, I64]:
    """Returns the hashes of the words and the number of words of each text."""
    hashes, counts, is_complex = _tokenise(texts, _raw_characters())
    if not is_complex.any():
        return hashes, counts
    # Characters that only normalise together with their neighbours: their paragraphs take the
    # slow road through `unicodedata`.
    hard = np.flatnonzero(is_complex)
    normalised = [
        unicodedata.normalize("NFKC", text).casefold()
        for text in texts.take(pa.array(hard)).to_pylist()
    ]
    hard_hashes, hard_counts, _ = _tokenise(
        pa.array(normalised, pa.large_string()), _normalised_characters()
    )
    counts[hard] = hard_counts
    belongs_hard = np.repeat(is_complex, counts)
    both = np.empty(len(belongs_hard), np.uint64)
    both[belongs_hard] = hard_hashes
    both[~belongs_hard] = hashes
    return both, counts


def _tokenise(texts: pa.Array, characters: Characters) -> tuple[U64, I64, npt.NDArray[np.bool_]]:
    """Returns word hashes, words a text, and which texts are complex (and have no words here)."""
    bounds = _bounds(texts)
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    # A word takes a letter and a separator, or three bytes of a spaceless script and one letter.
    hashes = np.empty(int(bounds[-1] - bounds[0]) // 2 + len(texts), np.uint64)
    counts = np.zeros(len(texts), np.int64)
    is_complex = np.zeros(len(texts), bool)
    first, written, unknown = 0, 0, 0
    while unknown >= 0:
        first, written, unknown = word_loops.tokenise(
            data,
            bounds,
            first,
            written,
            characters.fold,
            characters.classes,
            CHARACTER_BASE,
            hashes,
            counts,
            is_complex,
        )
        if unknown >= 0:
            characters.fill(unknown)
    return hashes[:written], counts, is_complex


def text_keys(words: Words) -> U64:
    """Returns one 64-bit key a paragraph over its sequence of words; equal texts, equal keys.

    Among n different texts two share a key with probability n**2 / 2**65: 1e-5 for 20 million.
    A paragraph without words has the key 0.
    """
    keys = np.empty(len(words.offsets) - 1, np.uint64)
    word_loops.text_keys(words.hashes, words.offsets, _WORD_BASE, keys)
    return keys


def shingles(hashes: U64, size: int) -> U64:
    """Returns the hash of every run of ``size`` words: len(hashes) - size + 1 values."""
    found = np.empty(max(0, len(hashes) - size + 1), np.uint64)
    fingerprint_loops.shingles(hashes, size, _WORD_BASE, found)
    return found


# --- signatures ----------------------------------------------------------------------------------

MULTIPLIERS: U32 = (
    mix(np.arange(1, 257, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)
).astype(np.uint32) | np.uint32(1)
"""Odd factors of the hash family of MinHash: x -> a * x mod 2**32 is a permutation."""


def minhash(hashes: U32, starts: I64, lengths: I64, permutations: int) -> U32:
    """Returns MinHash signatures (Broder, Compression and Complexity of Sequences 1997).

    Args:
      hashes: 32-bit hashes of the elements of all sets.
      starts: where each of n sets begins in ``hashes``.
      lengths: how many elements each has; at least 1.
      permutations: signature length, at most 256.

    Returns:
      n x ``permutations`` minima.
    """
    signatures = np.empty((len(starts), permutations), np.uint32)
    fingerprint_loops.minhash(hashes, starts, lengths, MULTIPLIERS[:permutations], signatures)
    return signatures


def bands(signatures: U32, rows: int) -> U64:
    """Returns one 64-bit hash for every band of ``rows`` minima: n x (permutations / rows)."""
    hashes = np.empty((len(signatures), signatures.shape[1] // rows), np.uint64)
    fingerprint_loops.bands(signatures, rows, CHARACTER_BASE, _WORD_BASE, hashes)
    return hashes


def winnow(hashes: U64, starts: I64, lengths: I64, window: int) -> tuple[I64, I64]:
    """Finds the minima of every window of shingles (Schleimer, Wilkerson and Aiken, SIGMOD 2003).

    Args:
      hashes: shingle hashes.
      starts: where each of n paragraphs' shingles begin in ``hashes``.
      lengths: how many shingles each has.
      window: shingles a window holds; any run of that many shared shingles shares a minimum. The
        windows that begin in the last places of a paragraph are cut short by its end.

    Returns:
      The places of the minima in ``hashes``, and the paragraph of each, in order.
    """
    places = np.empty(int(lengths.sum()), np.int64)
    owners = np.empty(len(places), np.int64)
    found = fingerprint_loops.winnow(hashes, starts, lengths, window, places, owners)
    return places[:found], owners[:found]


def overlaps(left: tuple[U64, I64, I64], right: tuple[U64, I64, I64]) -> tuple[I64, I64, I64]:
    """Returns the sizes of n pairs of sets and of their intersections.

    Args:
      left: hashes of all elements, where each set starts, how many elements it has.
      right: the same for the other sets.
    """
    sizes = np.zeros((len(left[1]), 3), np.int64)
    set_loops.overlaps(*left, *right, sizes)
    return sizes[:, 0], sizes[:, 1], sizes[:, 2]


def hash_order(hashes: U64) -> I64:
    """Returns the order that sorts hashes; equal ones keep theirs."""
    order = np.empty(len(hashes), np.int64)
    set_loops.hash_order(hashes, order)
    return order


def recurring(hashes: U64) -> I64:
    """Returns the places of hashes that occur more than once, equal ones together.

    Counting by the lowest bits, four buckets a hash, leaves of those that occur once one in five to
    be sorted.
    """
    bits = max(1, int(4 * len(hashes)).bit_length())
    places = np.empty(len(hashes), np.int64)
    crowded: I64 = places[: set_loops.crowded(hashes, bits, places)]
    if not len(crowded):
        return crowded
    order = crowded[hash_order(hashes[crowded])]
    equal = hashes[order[1:]] == hashes[order[:-1]]
    found: I64 = order[np.append(equal, False) | np.append(False, equal)]
    return found


def collisions(hashes: U64, texts: U64, ranks: U32, new: np.uint32, clique: int) -> tuple[I64, I64]:
    """Returns pairs of rows that share a hash, as the places of both in the rows.

    Of the rows of one text under a hash the one with the lowest rank counts. Up to ``clique`` texts
    under a hash are all paired; of more, each is paired with the first by (rank, text) only, so
    that the pairs stay linear in the rows. A text none of whose rows is new is not paired with
    another such.

    Args:
      hashes: of n rows, equal ones together.
      texts: key of each row's text.
      ranks: of each row.
      new: bit of the ranks that tells new rows.
      clique: see above.
    """
    edges = np.flatnonzero(np.diff(hashes)) + 1
    sizes = np.diff(np.concatenate(([0], edges, [len(hashes)])).astype(np.int64))
    cliques = np.minimum(sizes, clique)
    # Of many rows few texts may be left; then all of those are paired.
    most = np.maximum(cliques * (cliques - 1) // 2, sizes)
    left, right = (np.empty(int(most.sum()), np.int64) for _ in range(2))
    order = np.arange(len(hashes))
    found = set_loops.collisions(hashes, texts, ranks, new, clique, order, left, right)
    return left[:found], right[:found]
