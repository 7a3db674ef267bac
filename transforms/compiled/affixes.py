"""Heads and tails of lines: the words before and after each place where a line may be cut in two.

The loop reads the first and the last ``WINDOW`` bytes of each line as Arrow holds them, and makes
no Python object of any line or word.
"""

import functools
import unicodedata
from typing import Any, NamedTuple

import numba
import numpy as np
import pyarrow as pa
from numba import types

from transforms.arrays import I64, U8, U64
from transforms.compiled import loops
from transforms.compiled.loops import code_point, compiled, mix
from transforms.compiled.words import CHARACTER_BASE, WORD_BASE, text_bounds, text_parts
from transforms.text import (
    APOSTROPHES,
    CLOSERS,
    SENTENCE_ENDS,
    SPACELESS_RANGES,
    UNKNOWN,
    Characters,
)

WINDOW = 192
"""Bytes at either end of a line in which heads and tails lie: some 30 words, or 64 Han characters.
A line of twice as many is read whole."""

LABEL_WORDS, LONG_WORDS, MAX_WORDS = 4, 5, 16
"""Most words of a label; fewest of a head or tail of a sentence; most of any head or tail."""

PHRASE_WORDS = 8
"""Fewest words of a line in which a capital parts a head of two words or more from the rest."""

IS_TAIL, BREAK, SENTENCE, COLON, ASIDE, CLOSED = (np.uint8(1 << bit) for bit in range(6))
"""Traits of a head or tail: it is a tail; punctuation or a capital separates it from the rest; the
rest ends like a sentence; it ends with a colon; it is a tail behind a quotation mark or an opening
bracket; the whole line ends like a sentence."""

_BLANK, _SOFT, _OPENS, _STRONG, _IGNORED, _LOWER, _UPPER, _DIGIT, _UNCASED, _SPACELESS = range(10)
_KIND, _CLOSES, _ENDS, _COLON, _BRACKET = 15, 16, 32, 64, 128
"""Bits of the class of a character: its kind (one of the above), whether it may follow the end of a
sentence, ends a sentence, is a colon, is a bracket around a whole line."""

_SOFT_MARKS = frozenset(",-&/\u2010\u2011\u3001\uff0c\u060c\u00b7")
"""Marks that do not separate a head from the rest, since they occur within phrases; quotation marks
and opening brackets do not, either."""

_NUMBER = np.uint64(0x5851F42D4C957F2D)
"""Hash of every number: a counter or a date varies within a template."""

_SIDES = np.array([0x14057B7EF767814F, 0x2545F4914F6CDD1D], np.uint64)

_GAP_BLANK, _GAP_STRONG, _GAP_ENDS, _GAP_COLON, _GAP_OPENS = 1, 2, 4, 8, 16


class Affixes(NamedTuple):
    """Heads and tails of some lines.

    Attributes:
      key: hash of the words and the side.
      line: position of the line among the texts.
      cut: bytes of the line before the cut.
      size: half words: a word counts two, a character of a script without spaces one.
      traits: bits, see ``IS_TAIL``.
    """

    key: U64
    line: I64
    cut: I64
    size: I64
    traits: U8


class _Words(NamedTuple):
    """The words of a part of a line.

    Attributes:
      hashes: of each word.
      kinds: the kind of its first character.
      starts: its first byte.
      gaps: ``_GAP_`` bits of what stands before it.
      blanks: shape (., 2), the first blank before it and the byte after the last one; -1 for none.
    """

    hashes: U64
    kinds: I64
    starts: I64
    gaps: I64
    blanks: I64


def _kind(character: str) -> int:
    category = unicodedata.category(character)
    if character.isspace() or category[0] == "Z":
        return _BLANK
    if character in APOSTROPHES or category[0] in "MC":
        return _IGNORED
    if character.isdecimal():
        return _DIGIT
    if not character.isalnum():
        if category in ("Ps", "Pi", "Pf") or character == '"':
            return _OPENS
        return _SOFT if character in _SOFT_MARKS else _STRONG
    if any(first <= ord(character) <= last for first, last in SPACELESS_RANGES):
        return _SPACELESS
    return {"Lu": _UPPER, "Lt": _UPPER, "Ll": _LOWER}.get(category, _UNCASED)


def _fold(character: str) -> tuple[int, int]:
    """Returns (case-folded code point, bits of the class) of a character."""
    bits = _kind(character)
    for bit, members in (
        (_CLOSES, CLOSERS),
        (_ENDS, SENTENCE_ENDS),
        (_COLON, ":\uff1a"),
        (_BRACKET, "()[]\uff08\uff09\u3010\u3011"),
    ):
        bits |= bit if character in members else 0
    folded = character.casefold()
    return ord(folded if len(folded) == 1 else character), bits


@functools.cache
def _characters() -> Characters:
    return Characters(_fold)


def affixes(texts: pa.ChunkedArray) -> Affixes:
    """Returns the heads and tails of n lines where they may be cut.

    Of a line that ends like a sentence these are heads and tails of ``LONG_WORDS`` or more that
    punctuation parts from it. Of other lines they are in addition heads of up to ``LABEL_WORDS``,
    whether parted or not, so that it can be counted how often they are; and shorter tails.
    A line that ends with a colon introduces the next one and has none.
    """
    parts = [_room(0)]
    done = 0
    characters = _characters()
    for part in text_parts(texts):
        bounds = text_bounds(part)
        data = np.frombuffer(part.buffers()[2] or b"", np.uint8)
        # A head or tail a word, and a word takes two bytes or is a character of three.
        room = int(np.minimum(np.diff(bounds) // 2 + 1, MAX_WORDS * 2).sum()) * 2
        rows = _room(room)
        first, written, unknown = 0, 0, 0
        while unknown >= 0:
            first, written, unknown = _affixes(
                data, bounds, first, written, characters.fold, characters.classes, *rows
            )
            if unknown >= 0:
                characters.fill(unknown)
        rows.line[:written] += done
        parts.append(Affixes._make(values[:written].copy() for values in rows))
        done += len(part)
    return Affixes._make(map(np.concatenate, zip(*parts, strict=True)))


def _room(rows: int) -> Affixes:
    """Returns room for so many heads and tails."""
    kinds = (np.uint64, np.int64, np.int64, np.int64, np.uint8)
    return Affixes._make(np.empty(rows, kind) for kind in kinds)


@numba.njit(inline="never")
def _scan(data: Any, at: int, end: int, fold: Any, classes: Any, words: _Words) -> tuple[int, int]:
    """Reads the words of a part of a line.

    Args:
      data: UTF-8.
      at: first byte, of a character.
      end: byte after the last.
      fold: case-folded code point of each code point.
      classes: bits of each code point, ``UNKNOWN`` where not filled.
      words: receives the words.

    Returns:
      The number of words, and an unknown code point; -1 if there was none.
    """
    hashes, kinds, starts, gaps, blanks = words
    count, inside, before = 0, False, _BLANK
    only_digits = False
    total, power = np.uint64(0), np.uint64(1)
    gaps[0], blanks[0, 0], blanks[0, 1] = 0, -1, -1
    while at < end:
        here = at
        code, at = code_point(data, at)
        bits = classes[code]
        if bits == UNKNOWN:
            return count, int(code)
        kind = bits & _KIND
        if kind == _IGNORED:
            continue
        is_word = kind >= _LOWER
        if inside and (not is_word or kind == _SPACELESS or before == _SPACELESS):
            hashes[count] = _NUMBER if only_digits else mix(total)
            count += 1
            gaps[count], blanks[count, 0], blanks[count, 1] = 0, -1, -1
            inside = False
        if is_word:
            if not inside:
                inside, only_digits = True, True
                total, power = np.uint64(0), np.uint64(1)
                starts[count], kinds[count] = here, kind
            total += (np.uint64(fold[code]) + np.uint64(1)) * power
            power *= CHARACTER_BASE
            only_digits &= kind == _DIGIT
            before = kind
        else:
            if kind == _BLANK:
                gaps[count] |= _GAP_BLANK
                if blanks[count, 0] < 0:
                    blanks[count, 0] = here
                blanks[count, 1] = at
            elif kind == _STRONG:
                gaps[count] |= _GAP_STRONG
            elif kind == _OPENS:
                gaps[count] |= _GAP_OPENS
            if bits & _ENDS:
                gaps[count] |= _GAP_ENDS
            if bits & _COLON:
                gaps[count] |= _GAP_COLON
    if inside:
        hashes[count] = _NUMBER if only_digits else mix(total)
        count += 1
    return count, -1


@numba.njit(inline="never")
def _ending(data: Any, begin: int, end: int, classes: Any) -> tuple[bool, np.int64, int]:
    """Returns how a line ends.

    Returns:
      Whether it ends like a sentence; the bits of its last character; an unknown code point; -1 if
      there was none.
    """
    last_bits = np.int64(0)
    at = end
    while at > begin:
        at -= 1
        while at > begin and data[at] & 0xC0 == 0x80:
            at -= 1
        code, after = code_point(data, at)
        bits = np.int64(classes[code])
        if bits == UNKNOWN:
            return False, last_bits, int(code)
        if after == end:
            last_bits = bits
        if bits & _ENDS:
            return True, last_bits, -1
        if not bits & _CLOSES:
            break
    return False, last_bits, -1


@numba.njit(inline="never")
def _heads(
    words: _Words, count: int, line: int, begin: int, closed: bool, rows: Affixes, row: int
) -> int:
    """Writes the heads of a line.

    Args:
      words: of the line, or of its first ``WINDOW`` bytes.
      count: number of these words.
      line: position of the line.
      begin: its first byte.
      closed: whether it ends like a sentence.
      rows: receives the heads.
      row: first row to be written.

    Returns:
      The row after the last one written.
    """
    hashes, kinds, starts, gaps, blanks = words
    # Capitals part a label from a phrase, but also the names in a line of a few words.
    has_phrase = count >= PHRASE_WORDS
    hashed, size, has_word = _SIDES[0], 0, False
    for at in range(1, count):
        hashed = mix(hashed * WORD_BASE + hashes[at - 1])
        size += 1 if kinds[at - 1] == _SPACELESS else 2
        if size > 2 * MAX_WORDS:
            break
        has_word |= kinds[at - 1] != _DIGIT
        is_spaceless = kinds[at] == _SPACELESS or kinds[at - 1] == _SPACELESS
        is_parted = gaps[at] & (_GAP_STRONG | _GAP_ENDS) != 0
        is_long = size >= 2 * LONG_WORDS
        # Where an address or a tag is part of the head, it is cut off as a whole.
        rest = at
        while not is_spaceless and rest < count and gaps[rest] & _GAP_BLANK == 0:
            rest += 1
        if not has_word or rest == count or (rest > at and not is_long):
            continue
        if (is_parted and is_long) or (not closed and size <= 2 * LABEL_WORDS):
            rows.key[row], rows.line[row], rows.size[row] = hashed, line, size
            rows.cut[row] = (blanks[rest, 1] if blanks[rest, 1] >= 0 else starts[rest]) - begin
            rows.traits[row] = 0
            is_capital = kinds[rest] == _UPPER or kinds[rest] == _DIGIT
            if (is_parted and kinds[rest] != _LOWER) or (is_capital and has_phrase and size > 2):
                rows.traits[row] |= BREAK
            if closed:
                rows.traits[row] |= SENTENCE | CLOSED
            if gaps[at] & _GAP_COLON:
                rows.traits[row] |= COLON
            row += 1
    return row


@numba.njit(inline="never")
def _tails(
    words: _Words, count: int, line: int, begin: int, closed: bool, rows: Affixes, row: int
) -> int:
    """Writes the tails of a line; arguments and result are as those of ``_heads``.

    The words are those of the line, or of its last ``WINDOW`` bytes.
    """
    hashes, kinds, starts, gaps, blanks = words
    hashed, size, has_word = _SIDES[1], 0, False
    for at in range(count - 1, 0, -1):
        hashed = mix(hashed * WORD_BASE + hashes[at])
        size += 1 if kinds[at] == _SPACELESS else 2
        if size > 2 * MAX_WORDS:
            break
        has_word |= kinds[at] != _DIGIT
        is_spaceless = kinds[at] == _SPACELESS or kinds[at - 1] == _SPACELESS
        is_apart = gaps[at] & _GAP_BLANK != 0 or is_spaceless
        ends = gaps[at] & _GAP_ENDS != 0
        is_parted = ends or gaps[at] & _GAP_STRONG != 0
        wanted = ends and size >= 2 * LONG_WORDS if closed else is_parted
        if is_apart and wanted and has_word:
            rows.key[row], rows.line[row], rows.size[row] = hashed, line, size
            rows.cut[row] = (blanks[at, 0] if blanks[at, 0] >= 0 else starts[at]) - begin
            rows.traits[row] = IS_TAIL
            if not closed or kinds[at] != _LOWER:
                rows.traits[row] |= BREAK
            if ends:
                rows.traits[row] |= SENTENCE
            if gaps[at] & _GAP_OPENS:
                rows.traits[row] |= ASIDE
            if closed:
                rows.traits[row] |= CLOSED
            row += 1
    return row


@compiled(
    types.UniTuple(types.int64, 3)(
        loops.U8, loops.I64, types.int64, types.int64, loops.U32, loops.U8,
        types.uint64[::1], types.int64[::1], types.int64[::1], types.int64[::1], types.uint8[::1],
    )
)  # fmt: skip
def _affixes(
    data: Any,
    bounds: Any,
    first: int,
    written: int,
    fold: Any,
    classes: Any,
    keys: Any,
    lines: Any,
    cuts: Any,
    sizes: Any,
    traits: Any,
) -> tuple[int, int, int]:
    """Writes the heads and tails of UTF-8 lines, from one of them on; see :func:`affixes`.

    Returns:
      The first line that is not done, the rows written, and the unknown code point it needs; -1 if
      all are done.
    """
    rows = Affixes(keys, lines, cuts, sizes, traits)
    room = 2 * WINDOW + 2
    words = _Words(
        np.empty(room, np.uint64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty((room, 2), np.int64),
    )
    for line in range(first, len(bounds) - 1):
        begin, end = bounds[line], bounds[line + 1]
        if begin == end:
            continue
        closed, last_bits, unknown = _ending(data, begin, end, classes)
        if unknown >= 0:
            return line, written, unknown
        if last_bits & _COLON:
            continue
        code, _ = code_point(data, begin)
        if classes[code] == UNKNOWN:
            return line, written, int(code)
        if np.int64(classes[code]) & last_bits & _BRACKET:
            closed = False
        is_whole = end - begin <= 2 * WINDOW
        stop = end
        if not is_whole:
            stop = begin + WINDOW
            while data[stop] & 0xC0 == 0x80:
                stop -= 1
        count, unknown = _scan(data, begin, stop, fold, classes, words)
        if unknown >= 0:
            return line, written, unknown
        row = _heads(words, count, line, begin, closed, rows, written)
        if not is_whole:
            at = end - WINDOW
            while data[at] & 0xC0 == 0x80:
                at += 1
            count, unknown = _scan(data, at, end, fold, classes, words)
            if unknown >= 0:
                return line, written, unknown
        written = _tails(words, count, line, begin, closed, rows, row)
    return len(bounds) - 1, written, -1


@compiled(types.int64[::1](loops.U8, loops.I64, loops.I64))
def count_characters(data: U8, starts: I64, sizes: I64) -> I64:
    """Returns how many characters of UTF-8 begin in each of n runs of bytes.

    Args:
      data: the bytes.
      starts: where each run begins.
      sizes: its bytes.
    """
    counts = np.zeros(len(starts), np.int64)
    for run in range(len(starts)):
        for at in range(starts[run], starts[run] + sizes[run]):
            counts[run] += data[at] & 0xC0 != 0x80  # all bytes but those that continue one
    return counts


SPACES = np.array([code for code in range(0x3001) if chr(code).isspace()], np.int64)
"""Code points of white space."""


@compiled(types.int64[::1](loops.U8, loops.I64, loops.I64, loops.I64))
def behind_space(data: U8, places: I64, ends: I64, spaces: I64) -> I64:
    """Returns n places in UTF-8 moved behind the white space that begins there.

    Args:
      data: the bytes.
      places: of the first byte of a character.
      ends: of the texts.
      spaces: ``SPACES``.
    """
    moved = places.copy()
    for place in range(len(places)):
        while moved[place] < ends[place]:
            code, behind = code_point(data, moved[place])
            if code != 0x20 and not (spaces == code).any():
                break
            moved[place] = behind
    return moved
