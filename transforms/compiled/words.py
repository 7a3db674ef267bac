"""Cuts UTF-8 texts into words and hashes them.

:mod:`transforms.text` says what a word is. Tokenising is what limits near-duplicate search, not
hashing: the loop goes once over the bytes as Arrow holds them, and no Python object is made of any
paragraph or word.
"""

import functools
import itertools
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numba import types

from transforms.arrays import I64, U32, U64, Mask
from transforms.compiled import loops
from transforms.compiled.loops import code_point, compiled, letter_values, mix, mixed
from transforms.text import (
    APOSTROPHE,
    COMPLEX,
    LETTER,
    MARK,
    SEPARATOR,
    SPACELESS,
    UNKNOWN,
    Characters,
    character_class,
    fold,
    folded,
    joins_previous,
)

CHARACTER_BASE = np.uint64(0x9E3779B97F4A7C15)
"""Odd base of the polynomial over the characters of a word."""

WORD_BASE = np.uint64(0xD6E8FEB86659FD93)
"""Odd base of the polynomial over the words of a text or shingle."""

BLOCK_BYTES = 1 << 20
"""Bytes of text hashed at a time, unless a paragraph is longer."""


class Words(NamedTuple):
    """The words of n paragraphs.

    Attributes:
      hashes: one 64-bit hash a word, all paragraphs after one another.
      offsets: n + 1 positions; paragraph i owns ``hashes[offsets[i]:offsets[i + 1]]``.
      starts: where each word begins, in characters of its paragraph.
      ends: behind its last character; apostrophes around a word do not belong to it. Where one
        character normalises to several words ("1/2" of one character), the second is empty.
    """

    hashes: U64
    offsets: I64
    starts: U32
    ends: U32


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
    return [int(hashed) for hashed in mixed(np.array(totals, np.uint64))]


def hash_words(texts: Sequence[str] | pa.Array | pa.ChunkedArray) -> Words:
    """Tokenises paragraphs and hashes every word.

    A word's hash is the polynomial sum of its code points over a fixed odd base modulo 2**64,
    scrambled: two different words share it with a probability of about 2**-60.

    Args:
      texts: n paragraphs, none of them null.
    """
    parts = [_hash_part(part) for part in text_parts(texts)]
    if not parts:
        none = np.zeros(0, np.uint32)
        return Words(np.zeros(0, np.uint64), np.zeros(1, np.int64), none, none)
    columns = [list(column) for column in zip(*parts, strict=True)]
    del parts  # so that a column is held twice only while it is joined
    hashes, starts, ends, counts, _ = (np.concatenate(columns.pop(0)) for _ in range(len(columns)))
    return Words(hashes, np.append(0, np.cumsum(counts)), starts, ends)


def text_parts(texts: Sequence[str] | pa.Array | pa.ChunkedArray) -> list[pa.Array]:
    """Returns the texts in parts of some ``BLOCK_BYTES``."""
    if not isinstance(texts, (pa.Array, pa.ChunkedArray)):
        texts = pa.array(texts, pa.large_string())
    parts = []
    for chunk in texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]:
        bounds = text_bounds(chunk)
        first = 0
        while first < len(chunk):
            last = int(np.searchsorted(bounds, bounds[first] + BLOCK_BYTES, side="right")) - 1
            last = max(first + 1, last)
            parts.append(chunk.slice(first, last - first))
            first = last
    return parts


def text_bounds(texts: pa.Array) -> I64:
    """Returns the n + 1 bounds of n texts in their buffer."""
    kind = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    offsets = np.frombuffer(texts.buffers()[1] or b"", kind)
    if not len(offsets):
        return np.zeros(1, np.int64)
    return offsets[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)


class _Tokens(NamedTuple):
    """Words of n texts: hash, first character and end of each; words, is complex by text."""

    hashes: U64
    starts: U32
    ends: U32
    counts: I64
    is_complex: Mask


def _hash_part(texts: pa.Array) -> _Tokens:
    """Returns the words of some texts."""
    easy = _tokenise_all(texts, _raw_characters())
    if not easy.is_complex.any():
        return easy
    # Characters that only normalise together with their neighbours: `unicodedata` normalises their
    # paragraphs, which is slow.
    rows = np.flatnonzero(easy.is_complex)
    parts = [_normalised_segments(text) for text in texts.take(pa.array(rows)).to_pylist()]
    normalised = pa.array(["".join(segments) for segments, _ in parts], pa.large_string())
    hard = _tokenise_all(normalised, _normalised_characters())
    starts, ends = _raw_places(hard, parts)
    easy.counts[rows] = hard.counts
    belongs_hard = np.repeat(easy.is_complex, easy.counts)

    def both(hard: Any, easy: Any) -> Any:
        values = np.empty(len(belongs_hard), hard.dtype)
        values[belongs_hard], values[~belongs_hard] = hard, easy
        return values

    return _Tokens(
        both(hard.hashes, easy.hashes),
        both(starts, easy.starts),
        both(ends, easy.ends),
        easy.counts,
        easy.is_complex,
    )


def _normalised_segments(text: str) -> tuple[list[str], list[int]]:
    """Returns a text in segments that normalise alone, each normalised, and their n + 1 bounds.

    A character that may compose with the one before it (a mark, a conjoining jamo, what normalises
    to such) begins none, so that the segments together are the normalised text (Unicode Standard
    Annex 15, section 9.1).
    """
    places = [
        at
        for at, character in enumerate(text)
        if not at
        or character.isascii()
        or not joins_previous(unicodedata.normalize("NFKC", character)[0])
    ]
    places.append(len(text))
    return [folded(text[at:end]) for at, end in itertools.pairwise(places)], places


def _raw_places(tokens: _Tokens, parts: Sequence[tuple[list[str], list[int]]]) -> tuple[U32, U32]:
    """Returns starts and ends of words in raw texts, from those in the normalised ones."""
    starts, ends = np.empty_like(tokens.starts), np.empty_like(tokens.ends)
    first = 0
    for (segments, places), count in zip(parts, tokens.counts.tolist(), strict=True):
        owner = np.repeat(np.arange(len(segments)), [len(segment) for segment in segments])
        bounds = np.array(places, np.uint32)
        words = slice(first, first + count)
        ends[words] = bounds[owner[tokens.ends[words].astype(np.int64) - 1] + 1]
        starts[words] = bounds[owner[tokens.starts[words]]]
        if count:
            starts[words][1:] = np.maximum(starts[words][1:], ends[words][:-1])
        first += count
    return starts, ends


def _tokenise_all(texts: pa.Array, characters: Characters) -> _Tokens:
    """Returns the words of texts; those that are complex have none here."""
    bounds = text_bounds(texts)
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    # A word takes a letter and a separator, or three bytes of a spaceless script and one letter.
    most = int(bounds[-1] - bounds[0]) // 2 + len(texts)
    hashes = np.empty(most, np.uint64)
    starts, ends = np.empty(most, np.uint32), np.empty(most, np.uint32)
    counts = np.zeros(len(texts), np.int64)
    is_complex = np.zeros(len(texts), bool)
    first, written, unknown = 0, 0, 0
    while unknown >= 0:
        first, written, unknown = _tokenise(
            data,
            bounds,
            first,
            written,
            characters.fold,
            characters.classes,
            hashes,
            starts,
            ends,
            counts,
            is_complex,
        )
        if unknown >= 0:
            characters.fill(unknown)
    return _Tokens(hashes[:written], starts[:written], ends[:written], counts, is_complex)


@compiled(
    types.UniTuple(types.int64, 3)(
        loops.U8, loops.I64, types.int64, types.int64, loops.U32, loops.U8,
        types.uint64[::1], types.uint32[::1], types.uint32[::1], types.int64[::1],
        types.boolean[::1],
    )
)  # fmt: skip
def _tokenise(
    data: Any,
    offsets: Any,
    first: int,
    written: int,
    fold: Any,
    classes: Any,
    hashes: Any,
    starts: Any,
    ends: Any,
    counts: Any,
    is_complex: Any,
) -> tuple[int, int, int]:
    """Hashes the words of UTF-8 texts, from one of them on.

    A word's hash is the sum of (code point + 1) * ``CHARACTER_BASE``**(its place in the word)
    modulo 2**64, mixed.

    Args:
      data: uint8, all texts after one another.
      offsets: int64, n + 1 bounds of the texts in ``data``.
      first: the text to begin with.
      written: hashes written so far.
      fold: uint32, the normalised code point of each code point.
      classes: uint8, what each code point is; ``UNKNOWN`` where it is not filled in yet.
      hashes: uint64, receives the hashes; long enough for half the bytes and one a text.
      starts: uint32, receives where each word begins, in characters of its text.
      ends: uint32, receives where it ends.
      counts: int64, receives the number of words of each text.
      is_complex: bool, receives whether a text holds a ``COMPLEX`` character; it then has no words.

    Returns:
      The first text that is not done, the hashes written, and the unknown code point it needs; -1
      if all are done.
    """
    letters = letter_values(fold, classes)
    for text in range(first, len(offsets) - 1):
        start = written
        at, end = offsets[text], offsets[text + 1]
        shift = at  # bytes before a character less the characters before it in the text
        last = np.int64(0)  # end of the word so far
        inside = False
        before = SEPARATOR  # class of the last character but marks
        total, power = np.uint64(0), np.uint64(1)
        while at < end:
            if before != SPACELESS:
                # Nearly all of a text: the letters of ASCII, and a blank after a word.
                begin = at
                while at < end:
                    letter = letters[data[np.uint64(at)]]  # unsigned: no place from the end
                    if letter == 0:
                        break
                    total += letter * power
                    power *= CHARACTER_BASE
                    at += 1
                if at > begin:
                    if not inside:
                        starts[written] = begin - shift
                    inside = True
                    before = LETTER
                    last = at - shift
                    if at == end:
                        break
                    if data[at] == 0x20:
                        hashes[written] = mix(total)
                        ends[written] = last
                        written += 1
                        total, power = np.uint64(0), np.uint64(1)
                        inside = False
                        before = SEPARATOR
                        at += 1
                        continue
            place = at - shift
            begin = at
            code, at = code_point(data, at)
            shift += at - begin - 1
            kind = classes[code]
            if kind == SEPARATOR:
                if inside:
                    hashes[written] = mix(total)
                    ends[written] = last
                    written += 1
                    total, power = np.uint64(0), np.uint64(1)
                    inside = False
                before = SEPARATOR
            elif kind == APOSTROPHE:
                continue
            elif kind == UNKNOWN:
                return text, start, int(code)
            elif kind == COMPLEX:
                is_complex[text] = True
                break
            else:
                if inside and (kind == SPACELESS or (kind == LETTER and before == SPACELESS)):
                    hashes[written] = mix(total)
                    ends[written] = last
                    written += 1
                    total, power = np.uint64(0), np.uint64(1)
                    inside = False
                if not inside:
                    starts[written] = place
                total += (np.uint64(fold[code]) + np.uint64(1)) * power
                power *= CHARACTER_BASE
                inside = True
                last = place + 1
                if kind != MARK:
                    before = kind
        if is_complex[text]:
            written = start
        elif inside:
            hashes[written] = mix(total)
            ends[written] = last
            written += 1
        counts[text] = written - start
    return len(offsets) - 1, written, -1


@compiled(types.uint64[::1](loops.U64, loops.I64))
def text_keys(hashes: U64, offsets: I64) -> U64:
    """Returns one 64-bit key a paragraph over its sequence of words; equal texts, equal keys.

    Among n different texts two share a key with probability n**2 / 2**65: 1e-5 for 20 million.
    A paragraph without words has the key 0.

    Args:
      hashes: of the words of all paragraphs; see :class:`Words`.
      offsets: n + 1 bounds of the paragraphs in ``hashes``.
    """
    keys = np.zeros(len(offsets) - 1, np.uint64)
    for text in range(len(keys)):
        total, power = np.uint64(0), np.uint64(1)
        for at in range(offsets[text], offsets[text + 1]):
            total += (hashes[at] | np.uint64(1)) * power
            power *= WORD_BASE
        length = np.uint64(offsets[text + 1] - offsets[text])
        if length:
            keys[text] = mix(total + length * np.uint64(0x2545F4914F6CDD1D))
    return keys
