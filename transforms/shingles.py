"""Words, shingles and MinHash signatures of many paragraphs at once, in numpy.

Tokenising is what limits near-duplicate search, not hashing. Everything here therefore works on
blocks of a few hundred thousand characters as arrays: word bounds, word hashes, shingles, minima.
Blocks are kept small because the same code over arrays that leave the processor's cache is several
times slower.

What a word is: the text is normalised (Unicode NFKC, then case-folded), apostrophes of all kinds
are deleted, and every maximal run of alphanumeric characters and combining marks is a word.
Everything else separates. In scripts written without spaces (Han, Hiragana, Katakana, Thai, Lao,
Khmer, Myanmar) every character with its marks is a word of its own, so that a word bigram is the
overlapping character bigram that Lucene's CJKAnalyzer indexes by.
"""

import functools
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
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

BLOCK_CHARACTERS = 1 << 17
"""Characters a block holds at most (a longer paragraph is a block alone): 1 MiB as 64-bit terms."""

_SEPARATOR, _LETTER, _APOSTROPHE, _SPACELESS, _MARK, _COMPLEX = range(6)

_CHARACTER_BASE = 0x9E3779B97F4A7C15 | 1
_CHARACTER_INVERSE = pow(_CHARACTER_BASE, -1, 1 << 64)
_WORD_BASE = 0xD6E8FEB86659FD93 | 1
_WORD_INVERSE = pow(_WORD_BASE, -1, 1 << 64)


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


def character_class(character: str) -> int:
    """Returns what a normalised character is to the tokeniser."""
    if character in APOSTROPHES:
        return _APOSTROPHE
    if unicodedata.category(character).startswith("M"):
        return _MARK
    if not character.isalnum():
        return _SEPARATOR
    code = ord(character)
    if any(first <= code <= last for first, last in SPACELESS_RANGES):
        return _SPACELESS
    return _LETTER


def _fold(character: str) -> tuple[int, int]:
    """Returns (code, class) of a raw character where it can be normalised alone, else complex."""
    if character in APOSTROPHES:
        return ord(character), _APOSTROPHE
    if unicodedata.combining(character) or unicodedata.category(character).startswith("M"):
        return ord(character), _COMPLEX
    code = ord(character)
    if 0x1100 <= code <= 0x11FF or 0xA960 <= code <= 0xA97F or 0xD7B0 <= code <= 0xD7FF:
        return code, _COMPLEX  # conjoining Hangul jamo compose with their neighbours
    folded = unicodedata.normalize("NFKC", character).casefold()
    if len(folded) == 1:
        return ord(folded), character_class(folded)
    if all(character_class(part) == _SEPARATOR for part in folded):
        return ord(" "), _SEPARATOR
    return code, _COMPLEX


_UNIFORM_BLOCKS = (
    (0x4E00, 0x9FFC, _SPACELESS),  # Han
    (0xAC00, 0xD7A3, _LETTER),  # Hangul syllables
    (0xD800, 0xF8FF, _SEPARATOR),  # surrogates, private use
)
"""Blocks of the basic plane whose characters are all of one class and their own folds: two thirds
of the plane that need not be asked about one by one in every process."""


@functools.cache
def _plane_tables() -> tuple[U32, U8, U8]:
    """Returns (fold, class of a raw code, class of a normalised code) for the basic plane."""
    fold = np.arange(0x10000, dtype=np.uint32)
    raw = np.zeros(0x10000, np.uint8)
    final = np.zeros(0x10000, np.uint8)
    start = 0
    for first, last, uniform in (*_UNIFORM_BLOCKS, (0x10000, 0x10000, _SEPARATOR)):
        for code in range(start, first):
            character = chr(code)
            fold[code], raw[code] = _fold(character)
            final[code] = character_class(character)
        raw[first : last + 1] = final[first : last + 1] = uniform
        start = last + 1
    return fold, raw, final


@functools.cache
def _powers(base: int, length: int) -> U64:
    powers = np.full(length, base, np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)


def powers(base: int, length: int) -> U64:
    """Returns base**0 .. base**(length - 1) modulo 2**64."""
    size = 1 << max(12, (length - 1).bit_length())
    return _powers(base, size)[:length]


def hash_words(texts: Sequence[str]) -> Words:
    """Tokenises paragraphs and hashes every word.

    A word's hash is the polynomial sum of its code points over a fixed odd base modulo 2**64,
    scrambled: two given different words share it with a chance of about 2**-60.

    Args:
      texts: n paragraphs.
    """
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    parts: list[U64] = []
    counts = np.zeros(len(texts), np.int64)
    first = 0
    while first < len(texts):
        done = int(ends[first - 1]) if first else 0
        last = int(np.searchsorted(ends, done + BLOCK_CHARACTERS, side="right"))
        last = max(first + 1, last)
        hashes, counts[first:last] = _hash_block(texts[first:last])
        parts.append(hashes)
        first = last
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    return Words(np.concatenate(parts) if parts else np.zeros(0, np.uint64), offsets)


def _codes(texts: Sequence[str]) -> tuple[U32, I64]:
    """Returns the code points of texts with a space after each, and the n + 1 text bounds."""
    joined = " ".join(texts) + " "
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    bounds = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1, out=bounds[1:])
    return codes, bounds


def _hash_block(texts: Sequence[str]) -> tuple[U64, I64]:
    fold, raw_class, final_class = _plane_tables()
    codes, bounds = _codes(texts)
    if int(codes.max(initial=0)) > 0xFFFF:
        codes = _replace_astral(codes, raw=True)
    classes = raw_class[codes]
    complex_at = np.flatnonzero(classes == _COMPLEX)
    if not len(complex_at):
        return _hash_codes(fold[codes], classes, bounds)
    # Characters that only normalise together with their neighbours: their paragraphs take the
    # slow road through `unicodedata`, the others keep the table.
    is_complex = np.zeros(len(texts), bool)
    is_complex[np.searchsorted(bounds, complex_at, side="right") - 1] = True
    counts = np.zeros(len(texts), np.int64)
    hard = np.flatnonzero(is_complex)
    easy = np.flatnonzero(~is_complex)
    normalised = [unicodedata.normalize("NFKC", texts[i]).casefold() for i in hard.tolist()]
    hard_codes, hard_bounds = _codes(normalised)
    hard_classes = _final_classes(hard_codes, final_class)
    hard_hashes, counts[hard] = _hash_codes(hard_codes, hard_classes, hard_bounds)
    if len(easy):
        easy_codes, easy_bounds = _codes([texts[i] for i in easy.tolist()])
        if int(easy_codes.max()) > 0xFFFF:
            easy_codes = _replace_astral(easy_codes, raw=True)
        easy_hashes, counts[easy] = _hash_codes(
            fold[easy_codes], raw_class[easy_codes], easy_bounds
        )
    else:
        easy_hashes = np.zeros(0, np.uint64)
    belongs_hard = np.repeat(is_complex, counts)
    hashes = np.empty(len(belongs_hard), np.uint64)
    hashes[belongs_hard] = hard_hashes
    hashes[~belongs_hard] = easy_hashes
    return hashes, counts


_COMPLEX_STAND_IN = 0x0301
"""A combining mark: its raw class is complex, so whatever it stands for takes the slow road."""


def _replace_astral(codes: U32, raw: bool) -> U32:
    """Maps code points beyond the basic plane to one of it that has the same class."""
    codes = codes.copy()
    astral = np.flatnonzero(codes > 0xFFFF)
    distinct, inverse = np.unique(codes[astral], return_inverse=True)
    mapped = np.fromiter(
        (
            ord(" ") if _fold(chr(code))[1] == _SEPARATOR else _COMPLEX_STAND_IN
            for code in distinct.tolist()
        ),
        np.uint32,
        len(distinct),
    )
    codes[astral] = mapped[inverse]
    return codes


def _final_classes(codes: U32, final_class: U8) -> U8:
    astral = np.flatnonzero(codes > 0xFFFF)
    if not len(astral):
        return final_class[codes]
    classes = final_class[np.minimum(codes, 0xFFFF)]
    distinct, inverse = np.unique(codes[astral], return_inverse=True)
    mapped = np.fromiter(
        (character_class(chr(code)) for code in distinct.tolist()), np.uint8, len(distinct)
    )
    classes[astral] = mapped[inverse]
    return classes


def _hash_codes(codes: U32, classes: U8, bounds: I64) -> tuple[U64, I64]:
    """Returns the hashes of the words and the number of words of each text."""
    apostrophes = np.flatnonzero(classes == _APOSTROPHE)
    if len(apostrophes):
        keep = classes != _APOSTROPHE
        codes = codes[keep]
        classes = classes[keep]
        bounds = bounds - np.searchsorted(apostrophes, bounds)
    in_word = classes != _SEPARATOR
    edges = np.flatnonzero(in_word[1:] != in_word[:-1]) + 1
    if len(in_word) and in_word[0]:
        edges = np.concatenate((np.zeros(1, edges.dtype), edges))
    # Every text ends in a separator, so edges come in pairs: start, end, start, end.
    starts, ends = edges[0::2], edges[1::2]
    if (classes == _SPACELESS).any():
        starts, ends = _split_spaceless(classes, in_word, ends)
    terms = codes.astype(np.uint64)
    terms += np.uint64(1)
    terms *= powers(_CHARACTER_BASE, len(codes))
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(terms, out=sums[1:])
    hashes = sums[ends]
    hashes -= sums[starts]
    hashes *= powers(_CHARACTER_INVERSE, len(codes))[starts]
    positions = np.searchsorted(starts, bounds)
    return mix(hashes), np.diff(positions)


def _split_spaceless(
    classes: U8, in_word: npt.NDArray[np.bool_], ends: npt.NDArray[Any]
) -> tuple[I64, I64]:
    """Returns word bounds where a character of a spaceless script is a word with its marks."""
    positions = np.arange(len(classes))
    base = np.maximum.accumulate(np.where(classes == _MARK, 0, positions))
    previous_base = np.empty(len(classes), np.uint8)
    previous_base[0] = _SEPARATOR
    previous_base[1:] = classes[base[:-1]]
    previous_in_word = np.empty(len(classes), bool)
    previous_in_word[0] = False
    previous_in_word[1:] = in_word[:-1]
    is_start = in_word & (
        ~previous_in_word
        | (classes == _SPACELESS)
        | ((classes == _LETTER) & (previous_base == _SPACELESS))
    )
    starts = np.flatnonzero(is_start)
    is_end = np.zeros(len(classes) + 1, bool)
    is_end[ends] = True
    is_end[starts] |= np.concatenate((np.zeros(1, bool), in_word))[starts]
    return starts, np.flatnonzero(is_end)


def text_keys(words: Words) -> U64:
    """Returns one 64-bit key a paragraph over its sequence of words; equal texts, equal keys.

    Among n different texts two share a key with probability n**2 / 2**65: 1e-5 for 20 million.
    A paragraph without words has the key 0.
    """
    count = len(words.hashes)
    sums = np.zeros(count + 1, np.uint64)
    np.cumsum((words.hashes | np.uint64(1)) * powers(_WORD_BASE, count), out=sums[1:])
    starts = words.offsets[:-1]
    lengths = np.diff(words.offsets)
    totals = sums[words.offsets[1:]] - sums[starts]
    totals *= powers(_WORD_INVERSE, count + 1)[starts]
    keys = mix(totals + lengths.astype(np.uint64) * np.uint64(0x2545F4914F6CDD1D))
    keys[lengths == 0] = 0
    return keys


def shingles(hashes: U64, size: int) -> U64:
    """Returns the hash of every run of ``size`` words: len(hashes) - size + 1 values."""
    count = max(0, len(hashes) - size + 1)
    total = np.zeros(count, np.uint64)
    for position in range(size):
        total *= np.uint64(_WORD_BASE)
        total += hashes[position : position + count]
    return mix(total)


MULTIPLIERS: U32 = (
    mix(np.arange(1, 257, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)
).astype(np.uint32) | np.uint32(1)
"""Odd factors of the hash family of MinHash: x -> a * x mod 2**32 is a permutation."""

_RECTANGLE = 1 << 14


def minhash(hashes: U32, starts: I64, lengths: I64, permutations: int) -> U32:
    """Returns MinHash signatures (Broder, Compression and Complexity of Sequences 1997).

    Sets of similar size are laid side by side as columns of a rectangle, so that one vector
    instruction serves several sets, and a rectangle stays in the second-level cache.

    Args:
      hashes: 32-bit hashes of the elements of all sets.
      starts: where each of n sets begins in ``hashes``.
      lengths: how many elements each has; at least 1.
      permutations: signature length, at most 256.

    Returns:
      ``permutations`` x n minima.
    """
    signatures = np.empty((permutations, len(starts)), np.uint32)
    order = np.argsort(lengths, kind="stable")
    position = 0
    while position < len(order):
        # Round the size up by at most an eighth; the first element pads, a set does not mind.
        shortest = int(lengths[order[position]])
        height = shortest + shortest // 8
        width = max(1, _RECTANGLE // height)
        columns = order[position : position + width]
        columns = columns[: int(np.searchsorted(lengths[columns], height, side="right"))]
        position += len(columns)
        height = int(lengths[columns[-1]])
        rows = np.arange(height)[:, None]
        rectangle = hashes[starts[columns] + np.where(rows < lengths[columns], rows, 0)]
        product = np.empty_like(rectangle)
        for number in range(permutations):
            np.multiply(rectangle, MULTIPLIERS[number], out=product)
            signatures[number, columns] = np.minimum.reduce(product, axis=0)
    return signatures


def bands(signatures: U32, rows: int) -> U64:
    """Returns one 64-bit hash for every band of ``rows`` minima: (permutations / rows) x n.

    The band's number is part of the hash, so that bands never meet each other's.
    """
    count = signatures.shape[0] // rows
    hashes = np.empty((count, signatures.shape[1]), np.uint64)
    for band in range(count):
        start = (band + 1) * _CHARACTER_BASE & 0xFFFFFFFFFFFFFFFF
        total = np.full(signatures.shape[1], start, np.uint64)
        for row in range(rows):
            total ^= signatures[band * rows + row]
            total *= np.uint64(_WORD_BASE)
            total ^= total >> np.uint64(32)
        hashes[band] = mix(total)
    return hashes


def winnow(hashes: U64, valid: npt.NDArray[np.bool_], window: int) -> npt.NDArray[np.bool_]:
    """Marks the minima of every window of shingles (Schleimer, Wilkerson and Aiken, SIGMOD 2003).

    Args:
      hashes: shingle hashes of paragraphs after one another.
      valid: false where a shingle crosses from one paragraph into the next.
      window: shingles a window holds; any run of that many shared shingles shares a marked one.

    Returns:
      A mask over ``hashes``.
    """
    count = len(hashes)
    marked = np.zeros(count, bool)
    if not count:
        return marked
    highest = np.uint64(0xFFFFFFFFFFFFFFFF)
    padded = np.full(count + window - 1, highest)
    padded[:count] = np.where(valid, hashes, highest)
    minima = padded[:count].copy()
    for shift in range(1, window):
        np.minimum(minima, padded[shift : shift + count], out=minima)
    # The mark is set where a valid window has its minimum: at the same place or up to
    # window - 1 places further on.
    for shift in range(window):
        here = padded[shift : shift + count] == minima
        here &= valid
        places = np.flatnonzero(here) + shift
        marked[places[places < count]] = True
    marked &= valid
    return marked
