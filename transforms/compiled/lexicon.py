"""Finds listed words in a text, in one pass over its bytes, however many are listed."""

import functools
from collections.abc import Iterable

import numpy as np
from numba import types

from transforms.arrays import I64, U8, U64
from transforms.compiled import loops
from transforms.compiled.loops import code_point, compiled, hash_table, letter_values, lookup, mix
from transforms.compiled.words import CHARACTER_BASE, word_hashes
from transforms.text import LETTER, SEPARATOR, UNKNOWN, Characters

_IDENTITY = np.arange(0x80, dtype=np.uint32)


@functools.cache
def _characters() -> Characters:
    characters = Characters(lambda one: (ord(one), LETTER if one.isalnum() else SEPARATOR))
    characters.fill(0)  # the loop takes ASCII for known
    return characters


class Lexicon:
    """Words that are looked for as they are written: runs of letters and digits.

    Args:
      words: the words.

    Raises:
      ValueError: one has other characters.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = list(dict.fromkeys(words))
        if others := [word for word in self._words if not word.isalnum()]:
            raise ValueError(f"{others[0]!r} is no word: write letters and digits alone")
        self._begins = np.zeros(256, np.uint8)
        self._begins[[word.encode()[0] for word in self._words]] = 1
        self._table, self._numbers = hash_table(
            {hashed: place + 1 for place, hashed in enumerate(word_hashes(self._words))}
        )

    def found_in(self, text: str) -> list[tuple[int, str]]:
        """Returns where a text has which of the words, in its order, as whole words.

        Two different words pass for one with a probability of about 2**-60.
        """
        data = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
        characters = _characters()
        while True:
            unknown, found = _found(
                data, characters.classes, self._begins, self._table, self._numbers
            )
            if unknown < 0:
                break
            characters.fill(unknown)
        return [(start, self._words[number - 1]) for start, number in found.tolist()]


@compiled(
    types.Tuple((types.int64, types.int64[:, ::1]))(
        loops.U8, loops.U8, loops.U8, loops.U64, loops.I64
    )
)
def _found(data: U8, classes: U8, begins: U8, table: U64, numbers: I64) -> tuple[int, I64]:
    """Returns an unknown code point or -1, and of each word found its place and its number.

    Args:
      data: a text in UTF-8.
      classes: by code point ``LETTER``, ``SEPARATOR`` or ``UNKNOWN``.
      begins: by byte 1 if a listed word begins with it, else 0.
      table: hashes of the words.
      numbers: of the words, from 1.
    """
    values = letter_values(_IDENTITY, classes)
    # Where words may begin comes first, without branches, which no processor could foretell: at a
    # byte that begins a listed word, behind one that is no letter or digit of ASCII. No two such
    # bytes are neighbours.
    starts = np.empty(len(data) // 2 + 1, np.int32)
    count = 0
    inside = np.int64(0)
    for number in range(len(data)):
        byte = data[number]
        starts[count] = number
        count += begins[byte] & (inside ^ 1)
        inside = np.int64(values[byte] != 0)
    found = np.empty((count, 2), np.int64)
    written = 0
    counted, place = np.int64(0), np.int64(0)  # bytes whose characters are counted, and these
    for start in starts[:count]:
        at = int(start)
        if start and data[start - 1] >= 0x80:
            before = start - 1
            while data[before] & 0xC0 == 0x80:
                before -= 1
            code, _ = code_point(data, before)
            if classes[code] == UNKNOWN:
                return int(code), found[:0]
            if classes[code] == LETTER:
                continue
        total, power = np.uint64(0), np.uint64(1)
        while at < len(data):
            value = values[data[np.uint64(at)]]  # unsigned: no place from the end
            behind = at + 1
            if value == 0:
                if data[at] < 0x80:
                    break
                code, behind = code_point(data, at)
                if classes[code] == UNKNOWN:
                    return int(code), found[:0]
                if classes[code] != LETTER:
                    break
                value = np.uint64(code) + np.uint64(1)
            total += value * power
            power *= CHARACTER_BASE
            at = behind
        word = lookup(table, numbers, mix(total))
        if word:
            for byte in data[counted:start]:
                place += (byte & 0xC0) != 0x80
            counted = start
            found[written, 0], found[written, 1] = place, word
            written += 1
    return -1, found[:written]
