"""Compiled loops that cut UTF-8 texts into words and hash them."""

from typing import Any

import numpy as np
from numba import types

from transforms.compiled.characters import (
    APOSTROPHE,
    COMPLEX,
    LETTER,
    MARK,
    SEPARATOR,
    SPACELESS,
    UNKNOWN,
)
from transforms.compiled.loops import I64, U8, U32, U64, code_point, compiled, letter_values, mix


@compiled(
    types.UniTuple(types.int64, 3)(
        U8, I64, types.int64, types.int64, U32, U8, types.uint64, types.uint64[::1],
        types.int64[::1], types.boolean[::1],
    )
)  # fmt: skip
def tokenise(
    data: Any,
    offsets: Any,
    first: int,
    written: int,
    fold: Any,
    classes: Any,
    base: Any,
    hashes: Any,
    counts: Any,
    is_complex: Any,
) -> tuple[int, int, int]:
    """Hashes the words of UTF-8 texts, from one of them on.

    A word's hash is the sum of (code point + 1) * base**(its place in the word) modulo 2**64,
    mixed.

    Args:
      data: uint8, all texts after one another.
      offsets: int64, n + 1 bounds of the texts in ``data``.
      first: the text to begin with.
      written: hashes written so far.
      fold: uint32, the normalised code point of each code point.
      classes: uint8, what each code point is; ``UNKNOWN`` where that is still to be found out.
      base: odd.
      hashes: uint64, receives the hashes; long enough for half the bytes and one a text.
      counts: int64, receives the number of words of each text.
      is_complex: bool, receives whether a text holds a ``COMPLEX`` character; it then has no words.

    Returns:
      The first text that is not done, the hashes written, and the unknown code point it waits for;
      -1 where all are done.
    """
    letters = letter_values(fold, classes)
    for text in range(first, len(offsets) - 1):
        start = written
        at, end = offsets[text], offsets[text + 1]
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
                    power *= base
                    at += 1
                if at > begin:
                    inside = True
                    before = LETTER
                    if at == end:
                        break
                    if data[at] == 0x20:
                        hashes[written] = mix(total)
                        written += 1
                        total, power = np.uint64(0), np.uint64(1)
                        inside = False
                        before = SEPARATOR
                        at += 1
                        continue
            code, at = code_point(data, at)
            kind = classes[code]
            if kind == SEPARATOR:
                if inside:
                    hashes[written] = mix(total)
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
                    written += 1
                    total, power = np.uint64(0), np.uint64(1)
                total += (np.uint64(fold[code]) + np.uint64(1)) * power
                power *= base
                inside = True
                if kind != MARK:
                    before = kind
        if is_complex[text]:
            written = start
        elif inside:
            hashes[written] = mix(total)
            written += 1
        counts[text] = written - start
    return len(offsets) - 1, written, -1


@compiled(types.void(U64, I64, types.uint64, types.uint64[::1]))
def text_keys(hashes: Any, offsets: Any, base: Any, keys: Any) -> None:
    """Writes one key a text over its word hashes; 0 for a text without words."""
    for text in range(len(offsets) - 1):
        total, power = np.uint64(0), np.uint64(1)
        for at in range(offsets[text], offsets[text + 1]):
            total += (hashes[at] | np.uint64(1)) * power
            power *= base
        length = np.uint64(offsets[text + 1] - offsets[text])
        keys[text] = 0
        if length:
            keys[text] = mix(total + length * np.uint64(0x2545F4914F6CDD1D))
