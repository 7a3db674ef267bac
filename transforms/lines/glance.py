# ruff: noqa: RUF001 - marks of other scripts are meant
"""One compiled look at the lines of an article, before any of them is judged.

Most lines are sentences of running text that no rule concerns. Telling so from their words costs
Python some ten microseconds a line; a compiled loop needs a few nanoseconds a character.
"""

import functools
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.arrays import I64, U64
from transforms.compiled import lines as loops
from transforms.compiled.lines import MARKED
from transforms.compiled.words import CHARACTER_BASE, hash_words
from transforms.text import APOSTROPHES, DIGIT, LETTER, SPACE, Characters, fold, folded

_SIZES, _ENDS, _BEGINS = range(3), range(2), range(2)  # short, medium, long; open; quoted


def where(
    sizes: Iterable[int] = _SIZES, ended: Iterable[int] = _ENDS, quoted: Iterable[int] = _BEGINS
) -> int:
    """Returns a bit mask of the kinds of lines.

    Args:
      sizes: 0 for lines of up to ``SHORT`` characters, 1 for those of up to ``LONG``, 2 for others.
      ended: 1 for lines that end as sentences do, 0 for others.
      quoted: 1 for lines that begin with a quote, 0 for others.
    """
    kinds = itertools.product(sizes, ended, quoted)
    return sum(1 << (size * 4 + end * 2 + quote) for size, end, quote in kinds)


class Obstacle(NamedTuple):
    """What a rule needs of a line. All that is given has to be so; 0 asks for nothing.

    Attributes:
      where: the kinds of lines that it counts in, as :func:`where` says them.
      first: the line's first word has one of these values,
      anywhere: one of its words has one of these,
      also: and one, or a part of one up to a mark, has one of these,
      flags: one of these flags is set,
      also_flags: and one of these,
      initial: and its first character is one of these.
      words: most words of a line in which it counts.
      without: no word has one of these that is nothing but ASCII letters in a row, with or without
        marks about it: where a pattern looks for that word between boundaries, it finds it.
    """

    where: int
    first: int = 0
    anywhere: int = 0
    also: int = 0
    flags: int = 0
    also_flags: int = 0
    initial: int = 0
    words: int = 1 << 62
    without: int = 0


def obstacle_table(families: Mapping[int, Iterable[Obstacle]]) -> I64:
    """Returns obstacles as the compiled loop takes them, of shape (obstacles, 10).

    Args:
      families: the bit of a family of rules -> where one of them may meet a line.
    """
    rows = [(*obstacle, family) for family, group in families.items() for obstacle in group]
    return np.array(rows, np.int64).reshape(-1, len(Obstacle._fields) + 1)


Glance = tuple[int, int, int, int, int, int]
"""What one look at a line tells: the strings between white space, as ``str.split`` cuts them; the
values of the first word, or of a part of it up to a mark (with those of words that differ from a
listed one in marks only); the values of all words, likewise; the flags above; the value of the
line as a whole (with those of lines that differ in marks and spaces only); and the families of
rules that may meet it, 0 for most lines. A plain tuple, since there is one for every line of a
corpus."""


class WordTable(NamedTuple):
    """Words with a meaning each, as a hash table.

    Attributes:
      hashes: hash of the word whose place this is; 0 where there is none.
      values: what it means, a bit mask.
    """

    hashes: U64
    values: I64


_ABOUT_WORDS = ".,;:!?()\"'“”‘’"


def letters_of(word: str) -> str:
    """Returns the letters and digits of a folded word: what it is looked up by."""
    if word.isalnum():
        return word
    bare = word.strip(_ABOUT_WORDS)
    if bare.isascii() and bare.isalnum():
        return bare
    return "".join(one for one in word if one.isalnum() and one not in APOSTROPHES)


def word_table(words: Mapping[str, int]) -> WordTable:
    """Returns the table of words; of those whose letters are the same the meanings are united.

    Args:
      words: word -> bit mask. A word with a character that makes a line ``ODD`` is left out.
    """
    united: dict[str, int] = {}
    for word, value in words.items():
        letters = letters_of(folded(word))
        united[letters] = united.get(letters, 0) | value
    united = {
        letters: value
        for letters, value in united.items()
        if letters and all(_look(character)[1] in _PLAIN for character in letters)
    }
    # Without a separator or a letter of a spaceless script each is one word.
    numbers = hash_words(list(united)).hashes.tolist()
    hashed: dict[int, int] = {}
    for number, value in zip(numbers, united.values(), strict=True):
        hashed[number] = hashed.get(number, 0) | value
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


class Vocabulary(NamedTuple):
    """What lines are looked at for.

    Attributes:
      first: words that count at the beginning of a line.
      anywhere: words that count anywhere in it.
      whole: lines that are known as a whole.
      beginnings: first five letters of a line that count like a first word.
      hints: the automaton of the strings that count in the end of a line, of shape (states, 256).
      reach: characters of that end.
      marks: of each code point below ``MARKED`` whether it is a ``QUOTE``, ``STOP`` or ``CLOSER``,
        and what else it is at the beginning of a line.
      obstacles: where rules may meet a line, as :func:`obstacle_table` returns it.
    """

    first: WordTable
    anywhere: WordTable
    whole: WordTable
    beginnings: WordTable
    hints: npt.NDArray[np.uint16]
    reach: int
    marks: npt.NDArray[np.uint8]
    obstacles: I64


def mark_table(marks: Mapping[str, int]) -> npt.NDArray[np.uint8]:
    """Returns the table of what characters are, of shape (``MARKED``,).

    Args:
      marks: character -> bit mask.

    Raises:
      IndexError: a character is not below ``MARKED``.
    """
    table = np.zeros(MARKED, np.uint8)
    for mark, value in marks.items():
        table[ord(mark)] = value
    return table


def automaton(strings: Iterable[str]) -> npt.NDArray[np.uint16]:
    """Returns the automaton that finds out whether a text holds one of some strings.

    It is that of Aho and Corasick (CACM 1975) over the bytes of UTF-8, as a table: the state after
    state ``s`` and byte ``b`` is ``table[s, b]``. It begins in state 0; the last state is the one
    in which a string was found, which it never leaves.

    Args:
      strings: not empty, fewer than 65,000 bytes together.
    """
    ways: list[dict[int, int]] = [{}]
    final = {_enter(ways, string.encode()) for string in sorted(strings)}
    success = len(ways)
    table = np.zeros((success + 1, 256), np.uint16)
    fallback = [0] * success
    queue = [0]
    for state in queue:
        if fallback[state] in final:
            final.add(state)
        table[state] = table[fallback[state]]
        for byte, below in ways[state].items():
            fallback[below] = int(table[state, byte])
            table[state, byte] = below
            queue.append(below)
    table[np.isin(table, sorted(final))] = success
    table[success] = success
    return table


def _enter(ways: list[dict[int, int]], string: bytes) -> int:
    """Adds a string to a tree of bytes, and returns the node it ends in."""
    state = 0
    for byte in string:
        if byte not in ways[state]:
            ways.append({})
            ways[state][byte] = len(ways) - 1
        state = ways[state][byte]
    return state


def glance(texts: Sequence[str], vocabulary: Vocabulary) -> list[Glance]:
    """Returns what one look at each line tells.

    Args:
      texts: lines.
      vocabulary: what to look for.
    """
    joined = "\n".join([*texts, ""])
    if joined.count("\n") > len(texts):
        joined = "\n".join([*(text.replace("\n", " ") for text in texts), ""])
    data = np.frombuffer(joined.encode("utf-8", "surrogatepass"), np.uint8)
    out = np.empty((len(texts), 6), np.int64)
    characters = _characters()
    unknown = 0
    while unknown >= 0:
        unknown = loops.glance(
            data,
            characters.fold,
            characters.classes,
            CHARACTER_BASE,
            *vocabulary.first,
            *vocabulary.anywhere,
            *vocabulary.whole,
            *vocabulary.beginnings,
            vocabulary.hints,
            vocabulary.reach,
            vocabulary.marks,
            vocabulary.obstacles,
            out,
        )
        if unknown >= 0:
            characters.fill(unknown)
    return list(zip(*out.T.tolist(), strict=True))


_PLAIN = (LETTER, DIGIT)


def _look(character: str) -> tuple[int, int]:
    """Returns (normalised code point, class) of a character."""
    if character.isspace():
        return ord(character), SPACE
    code, kind = fold(character)
    return code, DIGIT if kind == LETTER and character.isdigit() else kind


@functools.cache
def _characters() -> Characters:
    return Characters(_look)
