"""Features of lines: what they are made of, and what surrounds them.

The loops in ``line_reading`` and ``line_loops`` list them. No feature knows a word beyond stop
words, or a site: a line is known by its shape (Kohlschütter et al., WSDM 2010), by the running text
around it (text density: Kohlschütter and Nejdl, CIKM 2008), by repetition within the page, by
whether its words are those of the longest text, and by the kinds of rules that lines match.
"""

import functools
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.arrays import I64, U64
from transforms.compiled import line_loops as loops
from transforms.compiled import line_reading as reading
from transforms.compiled.loops import LINE_END, hash_table
from transforms.text import (
    CLOSERS,
    OPENING_QUOTES,
    SENTENCE_ENDS,
    SPACELESS_RANGES,
    STOP_WORDS,
)
from transforms.trees import Floats

_BESIDE = ("log_words", "ended", "stop_share", "caps", "digits")
_BESIDE_LINES = 2
_NEAR = (
    *"log_words body_words stop_share ended caps digits numbers question".split(),
    *"is_kind is_repeat periodic topic_sum topic_words".split(),
)
_KEEPS = np.array([0.5, 0.8, 0.93])  # means over some 2, 5 and 14 lines
_SIDES = ("before", "behind")

NAMES = (
    *reading.SURFACE,
    *loops.REPETITION,
    *loops.PLACE,
    *loops.RUNS,
    *(f"{n}_{side}_{by}" for n in _BESIDE for by in range(1, _BESIDE_LINES + 1) for side in _SIDES),
    *(f"{n}_{side}_{keep}" for n in _NEAR for keep in _KEEPS for side in _SIDES),
)
"""Names of the features, in the order of the rows."""

_TOP = 0x10000  # characters beyond the basic plane are marks


class _Tables(NamedTuple):
    """What the loops know of characters and words.

    Attributes:
      kinds: uint16, bits of what each character of the basic plane is.
      folds: uint16, its lower-case letter; 0 of each digit.
      stop_words: hash table of stop words,
      stop_values: and 1 for each.
    """

    kinds: npt.NDArray[np.uint16]
    folds: npt.NDArray[np.uint16]
    stop_words: U64
    stop_values: I64


@functools.cache
def _tables() -> _Tables:
    """Returns the tables, which take some 60 ms to build."""
    kinds = np.zeros(_TOP, np.uint16)
    folds = np.arange(_TOP, dtype=np.uint16)
    by_category = {
        "L": reading.LETTER, "M": reading.LETTER, "N": reading.DIGIT,
        "P": reading.MARK, "S": reading.MARK,
        "Lu": reading.CAPITAL, "Lt": reading.CAPITAL, "Ll": reading.LOWER,
    }  # fmt: skip
    for code in range(_TOP):
        category = unicodedata.category(chr(code))
        kinds[code] = by_category.get(category[0], 0) | by_category.get(category, 0)
        lower = chr(code).lower()
        if len(lower) == 1:
            folds[code] = ord(lower)
        if category[0] == "N":
            folds[code] = ord("0")
        if chr(code).isspace():
            kinds[code] |= reading.SPACE
    for characters, kind in (
        (SENTENCE_ENDS, reading.STOP),
        (CLOSERS, reading.CLOSER),
        (",\u060c\u3001\uff0c", reading.COMMA),
        ("|\u00b7\u2022\u203a\u00bb\u2192", reading.BAR),
        ("-\u2013\u2014\u2022*\u00b7", reading.BULLET),
        (OPENING_QUOTES, reading.QUOTE),
    ):
        kinds[[ord(character) for character in characters]] |= kind
    for first, last in SPACELESS_RANGES:
        some = kinds[first : last + 1]
        some[some & reading.LETTER > 0] |= reading.SPACELESS
    stops = sorted(STOP_WORDS)
    bare = _Tables(kinds, folds, *hash_table({}))
    cut = _read(stops, bare)
    hashes = cut.words[cut.starts[:-1]]
    return _Tables(kinds, folds, *hash_table({int(hashed): 1 for hashed in hashes}))


class _Cut(NamedTuple):
    """The words of lines, as :func:`reading.read_lines` writes them."""

    words: U64
    topical: npt.NDArray[np.bool_]
    starts: I64
    keys: U64
    surface: Floats


def _read(texts: Sequence[str], tables: _Tables) -> _Cut:
    """Returns the words of lines and what the lines are made of."""
    text = "\n".join(texts)
    if text.count("\n") >= len(texts):
        text = "\n".join(line.replace("\n", "\r") for line in texts)
    data = np.frombuffer(text.encode("utf-8", "surrogatepass") + bytes([LINE_END]), np.uint8)
    most = len(data) // 2 + len(texts)
    words, topical = np.empty(most, np.uint64), np.empty(most, np.bool_)
    starts, keys = np.empty(len(texts) + 1, np.int64), np.empty(len(texts), np.uint64)
    surface = np.empty((len(reading.SURFACE), len(texts)))
    count = reading.read_lines(data, *tables, words, topical, starts, keys, surface)
    return _Cut(words[:count], topical[:count], starts, keys, surface)


class Features(NamedTuple):
    """The features of the lines of one article.

    Attributes:
      rows: a row for each of ``NAMES``, shape (len(NAMES), lines).
      words: words of each line, shape (lines,).
      taken: whether a rule took the line out.
    """

    rows: Floats
    words: I64
    taken: npt.NDArray[np.bool_]


def describe(
    texts: Sequence[str],
    given: tuple[str, str, str],
    kinds: I64,
    taken: npt.NDArray[np.bool_],
) -> Features:
    """Returns the features of the lines of one article.

    Args:
      texts: the non-blank lines in order, at least one.
      given: the title, the authors' names and the outlet's name, each empty where unknown.
      kinds: kind of the rule that each line matches, 0 for none; ``LINKS`` and ``COMMENTS`` of the
        loops are two of them.
      taken: whether a rule took the line out.
    """
    cut = _read([*given, *texts], _tables())
    numbers, rarity = loops.number_words(cut.words, cut.starts)
    rows = np.empty((len(NAMES), len(texts)))
    surface, repeated, placed, in_runs, beside, near = np.split(rows, _ENDS)
    surface[:] = cut.surface[:, loops.GIVEN :]
    keys = cut.keys[loops.GIVEN :]
    loops.repetition(cut.words, numbers, cut.starts, keys, surface[1], repeated)
    loops.place_lines(
        numbers, rarity, cut.topical, cut.starts, kinds, taken, surface, repeated, placed
    )  # fmt: skip
    loops.runs(cut.starts, surface, repeated, placed, in_runs)
    loops.surround(rows[_ROWS_BESIDE], _BESIDE_LINES, _NO_MEANS, beside)
    loops.surround(rows[_ROWS_NEAR], 0, _KEEPS, near)
    return Features(rows, np.diff(cut.starts)[loops.GIVEN :], taken)


_NO_MEANS = np.zeros(0)
_GROUPS = (reading.SURFACE, loops.REPETITION, loops.PLACE, loops.RUNS)
_ENDS = np.cumsum([*map(len, _GROUPS), 2 * _BESIDE_LINES * len(_BESIDE)]).tolist()
_ROWS_BESIDE = [NAMES.index(name) for name in _BESIDE]
_ROWS_NEAR = [NAMES.index(name) for name in _NEAR]
