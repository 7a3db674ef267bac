"""Features of lines: what they are made of, and what surrounds them.

The loops in :mod:`transforms.compiled.line_features` list them. No feature knows a word beyond stop
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
from transforms.boilerplate.engine import KINDS
from transforms.compiled import line_features as loops
from transforms.compiled.loops import LINE_END, hash_table
from transforms.text import (
    CLOSERS,
    OPENING_QUOTES,
    SENTENCE_ENDS,
    SPACELESS_RANGES,
    STOP_WORDS,
)
from transforms.trees import Floats

KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS, 1)}
"""Number of each kind of rule; 0 is none."""

_BESIDE = ("log_words", "ended", "stop_share", "caps", "digits")
_BESIDE_LINES = 2
_NEAR = (
    *"log_words body_words stop_share ended caps digits numbers question".split(),
    *"is_kind is_repeat topic_sum topic_words".split(),
)
_KEEPS = np.array([0.5, 0.8, 0.93])  # means over some 2, 5 and 14 lines
_NEAR_AGAIN = ("odds", "chance", "kept", "lost")
_KEEPS_AGAIN = np.array([0.4, 0.75, 0.92])
_SIDES = ("before", "behind")

_DESCRIBED = (*loops.SURFACE, *loops.REPETITION, *loops.PLACE, *loops.RUNS)
FIRST = (
    *_DESCRIBED,
    *(f"{n}_{side}_{by}" for n in _BESIDE for by in range(1, _BESIDE_LINES + 1) for side in _SIDES),
    *(f"{n}_{side}_{keep}" for n in _NEAR for keep in _KEEPS for side in _SIDES),
)
"""Names of the first pass' features, in the order of the rows."""

SECOND = (
    *loops.AGAIN,
    *(f"odds_{side}_{by}" for by in range(1, 4) for side in _SIDES),
    *(f"{n}_{side}_{keep}" for n in _NEAR_AGAIN for keep in _KEEPS_AGAIN for side in _SIDES),
)
"""Names of the second pass' features."""

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
        "L": loops.LETTER, "M": loops.LETTER, "N": loops.DIGIT, "P": loops.MARK, "S": loops.MARK,
        "Lu": loops.CAPITAL, "Lt": loops.CAPITAL, "Ll": loops.LOWER,
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
            kinds[code] |= loops.SPACE
    for characters, kind in (
        (SENTENCE_ENDS, loops.STOP),
        (CLOSERS, loops.CLOSER),
        (",\u060c\u3001\uff0c", loops.COMMA),
        ("|\u00b7\u2022\u203a\u00bb\u2192", loops.BAR),
        ("-\u2013\u2014\u2022*\u00b7", loops.BULLET),
        (OPENING_QUOTES, loops.QUOTE),
    ):
        kinds[[ord(character) for character in characters]] |= kind
    for first, last in SPACELESS_RANGES:
        some = kinds[first : last + 1]
        some[some & loops.LETTER > 0] |= loops.SPACELESS
    stops = sorted(STOP_WORDS)
    bare = _Tables(kinds, folds, *hash_table({}))
    cut = _read(stops, bare)
    hashes = cut.words[cut.starts[:-1]]
    return _Tables(kinds, folds, *hash_table({int(hashed): 1 for hashed in hashes}))


def warm_up_tables() -> None:
    """Builds the tables of characters, before the first article."""
    _tables()


class _Cut(NamedTuple):
    """The words of lines, as :func:`loops.read_lines` writes them."""

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
    surface = np.empty((len(loops.SURFACE), len(texts)))
    count = loops.read_lines(data, *tables, words, topical, starts, keys, surface)
    return _Cut(words[:count], topical[:count], starts, keys, surface)


class Features:
    """The features of the lines of one article.

    Args:
      texts: the non-blank lines in order, at least one; none holds a line break.
      title: the headline, or ``None``.
      kinds: kind of the rule that each line matches (``KIND_NUMBERS``), 0 for none.
      taken: whether a rule took the line out.

    Attributes:
      first: the first pass' features, shape (len(FIRST), lines).
      words: words of each line, shape (lines,).
      taken: as given.
    """

    def __init__(
        self,
        texts: Sequence[str],
        title: str | None,
        kinds: I64,
        taken: npt.NDArray[np.bool_],
    ) -> None:
        self._cut = cut = _read([title or "", *texts], _tables())
        self.taken = taken
        self._numbers, self._rarity = loops.number_words(cut.words, cut.starts)
        self.words = np.diff(cut.starts)[1:]
        self.first = first = np.empty((len(FIRST), len(texts)))
        ends = np.cumsum([len(loops.SURFACE), len(loops.REPETITION), len(loops.PLACE)])
        surface, repeated, placed = (
            first[: ends[0]],
            first[ends[0] : ends[1]],
            first[ends[1] : ends[2]],
        )
        surface[:] = cut.surface[:, 1:]
        self._placed = placed
        loops.repetition(cut.words, self._numbers, cut.starts, cut.keys[1:], repeated)
        loops.place_lines(
            self._numbers, self._rarity, cut.topical, cut.starts, kinds, taken,
            KIND_NUMBERS["links"], KIND_NUMBERS["comments"], surface, repeated, placed,
        )  # fmt: skip
        loops.runs(cut.starts, surface, repeated, placed, first[ends[2] : len(_DESCRIBED)])
        beside = len(_DESCRIBED) + 2 * _BESIDE_LINES * len(_BESIDE)
        loops.surround(
            first[_ROWS_BESIDE], _BESIDE_LINES, _NO_MEANS, first[len(_DESCRIBED) : beside]
        )
        loops.surround(first[_ROWS_NEAR], 0, _KEEPS, first[beside:])

    def second(self, odds: Floats) -> Floats:
        """Returns the second pass' features, shape (len(SECOND), lines).

        Args:
          odds: the first pass' log-odds, shape (lines,).
        """
        found = np.empty((len(SECOND), len(odds)))
        again = len(loops.AGAIN)
        cut = self._cut
        loops.describe_again(
            self._numbers, self._rarity, cut.topical, cut.starts, self.taken, odds, self._placed,
            found[:again],
        )  # fmt: skip
        loops.surround(found[:1], 3, _NO_MEANS, found[again : again + 6])
        loops.surround(found[_ROWS_NEAR_AGAIN], 0, _KEEPS_AGAIN, found[again + 6 :])
        return found


_NO_MEANS = np.zeros(0)
_ROWS_BESIDE = [FIRST.index(name) for name in _BESIDE]
_ROWS_NEAR = [FIRST.index(name) for name in _NEAR]
_ROWS_NEAR_AGAIN = [SECOND.index(name) for name in _NEAR_AGAIN]
