"""Compiled loops over the text of page blocks: squeeze to letters, count different words."""

from typing import Any

import numba
import numpy as np
from numba import types

from transforms.compiled.loops import I64, LINE_END, U8, U32, U64, code_point, compiled, lookup, mix
from transforms.text import COMPLEX, LETTER, SEPARATOR, UNKNOWN


@numba.njit
def byte_hash(data: Any, first: int, end: int) -> Any:
    """FNV-1a (Fowler, Noll and Vo), 64 bits, as :func:`transforms.extraction.blocks.byte_hash`."""
    hashed = np.uint64(0xCBF29CE484222325)
    for at in range(first, end):
        hashed = (hashed ^ np.uint64(data[at])) * np.uint64(0x100000001B3)
    return hashed


@numba.njit
def _write(out: Any, end: int, folded: Any) -> int:
    """Writes a code point in UTF-8; returns its end."""
    code = np.int64(folded)
    if code < 0x80:
        out[end] = code
        return end + 1
    if code < 0x800:
        out[end] = 0xC0 | code >> 6
        out[end + 1] = 0x80 | (code & 0x3F)
        return end + 2
    if code < 0x10000:
        out[end] = 0xE0 | code >> 12
        out[end + 1] = 0x80 | (code >> 6 & 0x3F)
        out[end + 2] = 0x80 | (code & 0x3F)
        return end + 3
    out[end] = 0xF0 | code >> 18
    out[end + 1] = 0x80 | (code >> 12 & 0x3F)
    out[end + 2] = 0x80 | (code >> 6 & 0x3F)
    out[end + 3] = 0x80 | (code & 0x3F)
    return end + 4


@compiled(types.UniTuple(types.int64, 2)(U8, U32, U8, types.uint8[::1], types.boolean[::1]))
def squeeze(data: Any, fold: Any, classes: Any, out: Any, is_complex: Any) -> tuple[int, int]:
    """Writes letters and digits of lines; see ``squeezed_lines`` of ``block_text``.

    Args:
      data: uint8, UTF-8 lines, each followed by ``LINE_END``.
      fold: uint32, the folded code point of each code point.
      classes: uint8, class of each code point: ``LETTER`` (digits, too), ``SEPARATOR``,
        ``COMPLEX`` or ``UNKNOWN``.
      out: uint8, receives the lines, each followed by ``LINE_END``; twice as long as the data.
      is_complex: receives True for each line with a ``COMPLEX`` character, which is left out.

    Returns:
      An unknown code point, to classify before the call is repeated, or -1; and the bytes written.
    """
    at = end = 0
    for line in range(len(is_complex)):
        is_complex[line] = False
        while True:
            code, at = code_point(data, at)
            if code == LINE_END:
                break
            kind = classes[code]
            if kind == LETTER:
                end = _write(out, end, fold[code])
            elif kind == UNKNOWN:
                return int(code), end
            elif kind == COMPLEX:
                is_complex[line] = True
        out[end] = LINE_END
        end += 1
    return -1, end


@compiled(
    types.int64(
        U8, U32, U8, types.uint64, U64, I64, U64, I64, types.int64, types.int64[:, ::1],
    )
)  # fmt: skip
def line_words(
    data: Any,
    fold: Any,
    classes: Any,
    base: Any,
    stops: Any,
    stop_numbers: Any,
    stated: Any,
    stated_values: Any,
    reach: int,
    out: Any,
) -> int:
    """Counts different words of lines; see ``word_counts`` of ``block_text``.

    Args:
      data: uint8, UTF-8 lines, each followed by ``LINE_END``, with single spaces between words.
      fold: uint32, the folded code point of each code point.
      classes: uint8, class of each code point: ``LETTER``, ``SEPARATOR``, ``MARK`` (ignored),
        ``COMPLEX`` or ``UNKNOWN``.
      base: odd base of the words' polynomial hash.
      stops: hash table of stop words, in their case.
      stop_numbers: number of each, from 1.
      stated: hash table of folded words.
      stated_values: bits 0 and 1 of each.
      reach: characters of a line whose folded words are counted.
      out: shape (4, lines); receives the different stop words, the different folded words, and
        those with bit 0 and with bit 1; -1 for the last three where a character is ``COMPLEX``.

    Returns:
      An unknown code point, to classify before the call is repeated, or -1.
    """
    stop_counts, word_counts, firsts, seconds = out
    last_lines = np.full(len(stops) + 1, -1, np.int64)  # in which each stop word came last
    slots = 2
    while slots < 2 * reach:
        slots *= 2
    words, owners = np.empty(slots, np.uint64), np.full(slots, -1, np.int64)
    mask = np.uint64(slots - 1)
    at = 0
    for line in range(out.shape[1]):
        stop_count = word_count = first = second = 0
        begin = at
        start = at
        while True:
            byte = data[at]
            if byte == 0x20 or byte == LINE_END:
                number = lookup(stops, stop_numbers, byte_hash(data, start, at))
                if number and last_lines[number] != line:
                    last_lines[number] = line
                    stop_count += 1
                start = at + 1
                if byte == LINE_END:
                    break
            at += 1
        end = at
        at = begin
        total, power = np.uint64(0), np.uint64(1)
        size = 0
        is_complex = False
        while True:
            code = np.int64(LINE_END)
            kind = SEPARATOR
            if at < end and size < reach:
                code, at = code_point(data, at)
                kind = classes[code]
                if kind == UNKNOWN:
                    return int(code)
            size += 1
            if kind == LETTER:
                total += (np.uint64(fold[code]) + np.uint64(1)) * power
                power *= base
            elif kind == COMPLEX:
                is_complex = True
                break
            elif kind == SEPARATOR:
                if power != 1:
                    word = mix(total)
                    slot = word & mask
                    while owners[slot] == line and words[slot] != word:
                        slot = (slot + np.uint64(1)) & mask
                    if owners[slot] != line:
                        owners[slot], words[slot] = line, word
                        word_count += 1
                        value = lookup(stated, stated_values, word)
                        first += value & 1
                        second += value >> 1
                    total, power = np.uint64(0), np.uint64(1)
                if code == LINE_END:
                    break
        at = end + 1
        stop_counts[line] = stop_count
        if is_complex:
            word_count = first = second = -1
        word_counts[line], firsts[line], seconds[line] = word_count, first, second
    return -1
