"""Compiled loop that looks for patterns in the names of a page's elements."""

from typing import Any

import numba
import numpy as np
from numba import types

from transforms.compiled.loops import I64, U8, code_point, compiled, read_only

MOST_NAMES = 30
"""Names of one element that are examined."""

WORD_START, WORD_END = 36, 37
"""Symbols of the automaton for start and end of a word; a to z are 0 to 25, digits 26 to 35."""


@numba.njit
def _word_end(names: Any, at: int) -> int:
    """Returns the end of the word that begins here in a name; the same position if none does.

    Words are the matches of ``[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+``.
    """
    begin = at
    while 0x30 <= names[at] <= 0x39:
        at += 1
    if at > begin:
        return at
    while 0x41 <= names[at] <= 0x5A:
        at += 1
    if not 0x61 <= names[at] <= 0x7A:
        return at
    if at - begin > 1:  # its last capital begins the next word
        return at - 1
    while 0x61 <= names[at] <= 0x7A:
        at += 1
    return at


@numba.njit
def _patterns_in(
    names: Any, at: int, end: int, transitions: Any, patterns: Any, state: Any
) -> tuple[Any, Any]:
    """Returns the patterns in a part of a word, and the state of the automaton after it."""
    found = np.int64(0)
    while at < end:
        byte = np.int64(names[at])
        symbol = byte - 0x30 + 26 if byte <= 0x39 else (byte | 0x20) - 0x61
        state = np.int64(transitions[state, symbol])
        found |= patterns[state]
        at += 1
    return found, state


@compiled(
    types.void(
        U8, types.int64, types.Array(types.uint16, 2, "C", readonly=True), I64,
        read_only(types.boolean), I64, I64, types.int64[::1], types.int64[::1],
    )
)  # fmt: skip
def match_names(
    strings: Any,
    count: int,
    transitions: Any,
    patterns: Any,
    spaces: Any,
    names: Any,
    parents: Any,
    around: Any,
    near: Any,
) -> None:
    """Writes the patterns in the names of elements.

    :data:`transforms.extraction.blocks.NAME_PATTERNS` has them, and says what a word is.

    Args:
      strings: uint8, names of elements, each followed by a zero.
      count: number of strings.
      transitions: of the automaton, by state and symbol.
      patterns: patterns found in each of its states.
      spaces: bool, True for each code point that is white space; those beyond are not.
      names: number of each element's string.
      parents: number of the element around each element, which comes before it.
      around: receives the patterns of each element and all around it.
      near: receives the patterns of each element and the two innermost around it.
    """
    own = np.zeros(count, np.int64)
    start = np.int64(transitions[0, WORD_START])
    at = 0
    for number in range(count):
        name = 0
        while strings[at]:
            code, after = code_point(strings, at)
            if code < len(spaces) and spaces[code]:
                at = after
                continue
            name += 1
            words = 0
            first = first_end = last = last_end = at
            only_digits = True
            while strings[at] and not (code < len(spaces) and spaces[code]):
                end = _word_end(strings, at)
                if end > at:
                    words += 1
                    if words == 1:
                        first, first_end = at, end
                    last, last_end = at, end
                    if strings[at] > 0x39:
                        only_digits = False
                        if name <= MOST_NAMES:
                            found, state = _patterns_in(
                                strings, at, end, transitions, patterns, start
                            )
                            own[number] |= found | patterns[np.int64(transitions[state, WORD_END])]
                    at = end
                else:
                    at = after
                code, after = code_point(strings, at)
            if words == 2 and not only_digits and name <= MOST_NAMES:
                found, state = _patterns_in(strings, first, first_end, transitions, patterns, start)
                own[number] |= found
                found, state = _patterns_in(strings, last, last_end, transitions, patterns, state)
                own[number] |= found | patterns[np.int64(transitions[state, WORD_END])]
        at += 1
    for element in range(len(names)):
        above = parents[element]
        around[element] = own[names[element]]
        if above != element:
            around[element] |= around[above]
        near[element] = own[names[element]] | own[names[above]] | own[names[parents[above]]]
