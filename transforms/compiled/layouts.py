"""Where the words of a text are, in two bytes a word."""

from typing import Any

import numba
import numpy as np
from numba import types

from transforms.arrays import I64, U8, U32
from transforms.compiled import loops
from transforms.compiled.loops import compiled


@numba.njit(inline="always")
def _put(data: Any, at: Any, value: Any) -> Any:
    """Writes a number, seven bits a byte, the lowest first (LEB128); returns the next place."""
    while value >= 0x80:
        data[at] = (value & 0x7F) | 0x80
        value >>= 7
        at += 1
    data[at] = value
    return at + 1


@numba.njit(inline="always")
def _get(data: Any, at: Any) -> tuple[Any, Any]:
    """Reads a number that ``_put`` wrote; returns it and the next place."""
    value, shift = np.int64(data[at]) & 0x7F, 7
    while data[at] & 0x80:
        at += 1
        value |= (np.int64(data[at]) & 0x7F) << shift
        shift += 7
    return value, at + 1


@compiled(types.Tuple((types.uint8[::1], types.int64[::1]))(loops.U32, loops.U32, loops.I64))
def encode_layout(starts: U32, ends: U32, bounds: I64) -> tuple[U8, I64]:
    """Encodes where words are: of each the characters of the gap before it, and its own.

    Some two bytes a word.

    Args:
      starts: where each word begins, in characters of its paragraph.
      ends: where it ends.
      bounds: n + 1 bounds of n paragraphs in the words.

    Returns:
      The bytes, and the n + 1 bounds of the paragraphs in them.
    """
    places = np.zeros(len(bounds), np.int64)
    for paragraph in range(len(bounds) - 1):
        size, end = 0, np.int64(0)
        for word in range(bounds[paragraph], bounds[paragraph + 1]):
            for value in (np.int64(starts[word]) - end, np.int64(ends[word] - starts[word])):
                size += 1
                while value >= 0x80:
                    value >>= 7
                    size += 1
            end = np.int64(ends[word])
        places[paragraph + 1] = places[paragraph] + size
    data = np.empty(places[-1], np.uint8)
    at = np.int64(0)
    for paragraph in range(len(bounds) - 1):
        end = np.int64(0)
        for word in range(bounds[paragraph], bounds[paragraph + 1]):
            at = _put(data, at, np.int64(starts[word]) - end)
            end = np.int64(ends[word])
            at = _put(data, at, np.int64(ends[word] - starts[word]))
    return data, places


@compiled(types.UniTuple(types.uint32[::1], 2)(loops.U8, loops.I64, loops.I64, loops.I64))
def decode_layout(data: U8, places: I64, counts: I64, sizes: I64) -> tuple[U32, U32]:
    """Returns where the words of n articles begin and end, as :func:`encode_layout` took them.

    Args:
      data: encoded layouts.
      places: where the layout of each article begins in them.
      counts: its paragraphs.
      sizes: words of the paragraphs of all articles.
    """
    starts = np.empty(sizes.sum(), np.uint32)
    ends = np.empty(len(starts), np.uint32)
    word, paragraph = 0, 0
    for article in range(len(places)):
        at = places[article]
        for _ in range(counts[article]):
            end = np.int64(0)
            for _ in range(sizes[paragraph]):
                gap, at = _get(data, at)
                length, at = _get(data, at)
                starts[word] = end + gap
                end += gap + length
                ends[word] = end
                word += 1
            paragraph += 1
    return starts, ends
