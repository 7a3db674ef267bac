"""One compiled look at the lines of an article, before any of them is judged.

Most lines are sentences of running text that no rule concerns. Telling so from their words costs
Python some ten microseconds a line; a compiled loop needs a few nanoseconds a character.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from transforms import shingles
from transforms.shingles import DIGIT, I64, SPACE, U64, Characters

ODD, SIGN, EARLY_COLON, LATE_MARK = 1, 2, 4, 8
"""What is said of a line beside its words: it holds a character whose normal form depends on its
neighbours, begins with a digit or without a letter; it holds one of ``[{@©`` or a bracket that
closes up with a word, as in ``f(x)``; a colon or bar is
among its first 61 characters; a slash, colon or © among its last 60."""


Glance = tuple[int, int, int, int]
"""What one look at a line tells: the strings between white space, as ``str.split`` cuts them; the
values of the first word, or of a part of it up to a mark (with those of words that differ from a
listed one in marks only); the values of all words, likewise; and ``ODD``, ``SIGN``, ``EARLY_COLON``
and ``LATE_MARK``. A plain tuple, since there is one for every line of a corpus."""


class WordTable(NamedTuple):
    """Words with a meaning each, as a hash table.

    Attributes:
      hashes: hash of the word whose place this is; 0 where there is none.
      values: what it means, a bit mask.
    """

    hashes: U64
    values: I64


LINE_END = ord("\n")
"""What ends each line handed to the compiled loop."""


def word_table(words: Mapping[str, int]) -> WordTable:
    """Returns the table of words; of those whose letters are the same the meanings are united.

    Args:
      words: word -> bit mask. A word with a character that makes a line ``ODD`` is left out.
    """
    united: dict[str, int] = {}
    for word, value in words.items():
        letters = "".join(filter(str.isalnum, word))
        united[letters] = united.get(letters, 0) | value
    united = {
        letters: value
        for letters, value in united.items()
        if letters and all(_look(character)[1] in _PLAIN for character in letters)
    }
    # Without a separator or a letter of a spaceless script each is one word.
    numbers = shingles.hash_words(list(united)).hashes.tolist()
    hashed = dict(zip(numbers, united.values(), strict=True))
    size = 4
    while size < 4 * len(hashed):
        size *= 2
    table = WordTable(np.zeros(size, np.uint64), np.zeros(size, np.int64))
    for number, value in hashed.items():
        slot = number % size
        while table.hashes[slot]:
            slot = (slot + 1) % size
        table.hashes[slot], table.values[slot] = number, value
    return table


def glance(texts: Sequence[str], first: WordTable, anywhere: WordTable) -> list[Glance]:
    """Returns what one look at each line tells.

    Args:
      texts: lines.
      first: words that count at the beginning of a line.
      anywhere: words that count anywhere in it.
    """
    joined = "\n".join(texts)
    if joined.count("\n") >= len(texts):
        joined = "\n".join(text.replace("\n", " ") for text in texts)
    data = np.frombuffer(joined.encode("utf-8", "surrogatepass") + b"\n", np.uint8)
    out = np.empty((len(texts), 4), np.int64)
    characters = _characters()
    unknown = 0
    while unknown >= 0:
        unknown = shingles.compiled().glance(
            data,
            characters.fold,
            characters.classes,
            shingles.CHARACTER_BASE,
            *first,
            *anywhere,
            out,
        )
        if unknown >= 0:
            characters.fill(unknown)
    return list(zip(*out.T.tolist(), strict=True))


_PLAIN = (shingles.LETTER, DIGIT)


def _look(character: str) -> tuple[int, int]:
    """Returns (normalised code point, class) of a character."""
    if character.isspace():
        return ord(character), SPACE
    code, kind = shingles.fold(character)
    return code, DIGIT if kind == shingles.LETTER and character.isdigit() else kind


@functools.cache
def _characters() -> Characters:
    return Characters(_look)
