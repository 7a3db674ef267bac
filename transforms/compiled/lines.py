# ruff: noqa: RUF001 - marks of other scripts are meant
"""Compiled loops over the lines of a text: the features that rules and models look at."""

from typing import Any

import numba
import numpy as np
from numba import types

from transforms.compiled.loops import (
    I64,
    LINE_END,
    U8,
    U32,
    U64,
    code_point,
    compiled,
    letter_values,
    lookup,
    mix,
)
from transforms.text import APOSTROPHE, COMPLEX, DIGIT, LETTER, MARK, SPACE, SPACELESS, UNKNOWN

ODD, SIGN, EARLY_COLON, LATE_MARK, DIGITS, LAST_DIGIT, CRUMB, JOINT, ELISION, BARE, HINT = (
    1 << bit for bit in range(11)
)
ENDED, NO_STOP, NO_FULL_STOP, BRACKETED, ASKED, TWICE, MARKS_FIRST, KNOWN = (
    1 << bit for bit in range(11, 19)
)
"""What is said of a line beside its words.

* ``ODD``: it holds a character whose normal form depends on its neighbours, begins with a word that
  holds a digit, or without a letter.
* ``SIGN``: it holds one of ``[{@©`` or a bracket that closes up with a word, as in ``f(x)``.
* ``EARLY_COLON``: a colon or bar is among its first 61 characters.
* ``LATE_MARK``: a slash, colon or © is among its last 60.
* ``DIGITS``: it holds a digit; ``LAST_DIGIT``: the last of its letters and digits is one.
* ``CRUMB``: it holds one of ``:|/>»›→·•`` or a wide colon.
* ``JOINT``: letters follow a mark within a word, as in ``and/or``; ``ELISION``: they follow an
  apostrophe.
* ``BARE``: one of its words has no letter or digit.
* ``HINT``: its end holds one of the strings that were looked for. In lines that are ``ENDED`` they
  are looked for only if ``LATE_MARK`` or ``BRACKETED`` says that the end may be a credit.
* ``ENDED``: it ends in a stop, or in a stop and closing marks; ``NO_STOP``: its last character is
  none; ``NO_FULL_STOP``: it does not end in exactly one ``.``; ``BRACKETED``: it ends in ``)``.
* ``ASKED``: a question mark stands before white space.
* ``TWICE``: its second half begins with the character that the first begins with.
* ``MARKS_FIRST``: it begins with two characters that are neither letters nor digits.
* ``KNOWN``: it is known as a whole.
"""

QUOTE, STOP, CLOSER = (1 << bit for bit in range(3))
"""What a character is to the end or beginning of a line: a quote that opens, a mark that ends a
sentence, one that may follow that. Further bits are for the obstacles."""

SHORT, LONG = 120, 400
"""Characters of the longest short line, and of the longest one that is not long."""

WIDTH = 12
"""Characters a word; lines with more are hardly written in words between spaces, and any rule may
meet them, as it may those that are ``ODD``."""

EVERY = -1
"""All families of rules."""

MARKED = 1 << 17

IS_LETTER, IS_CAPITAL, IS_DIGIT, IS_MARK = 1, 2, 4, 8
"""What a character may be, by its category in Unicode: L, Lu or Lt, N, and P or S."""


@numba.njit(inline="always")
def _hash_letters(data: Any, at: int, count: int, fold: Any, classes: Any, base: Any) -> Any:
    """Returns the hash of the letters and digits that begin at a place: so many of them at most."""
    total, power = np.uint64(0), np.uint64(1)
    while count:
        code, at = code_point(data, at)
        if classes[code] not in (LETTER, DIGIT):
            break
        total += (np.uint64(fold[code]) + np.uint64(1)) * power
        power *= base
        count -= 1
    return mix(total)


@numba.njit(inline="always")
def _skip(data: Any, at: int, characters: int) -> Any:
    """Returns the place so many characters of UTF-8 behind another place."""
    while characters:
        at += 1
        if data[at] & 0xC0 != 0x80:
            characters -= 1
    return at


@numba.njit(inline="always")
def _in_the_way(
    obstacles: Any,
    kind: int,
    words: int,
    first: Any,
    found: Any,
    parts: Any,
    spelt: Any,
    flags: int,
    initial: Any,
) -> Any:
    """Returns in whose way the rows of :func:`transforms.lines.glance.obstacle_table` stand."""
    families = np.int64(0)
    for row in range(len(obstacles)):
        if (
            obstacles[row, 0] >> kind & 1
            and words <= obstacles[row, 7]
            and obstacles[row, 9] & ~families
            and (not obstacles[row, 1] or obstacles[row, 1] & first)
            and (not obstacles[row, 2] or obstacles[row, 2] & found)
            and (not obstacles[row, 3] or obstacles[row, 3] & (found | parts))
            and (not obstacles[row, 4] or obstacles[row, 4] & flags)
            and (not obstacles[row, 5] or obstacles[row, 5] & flags)
            and (not obstacles[row, 6] or obstacles[row, 6] & initial)
            and not obstacles[row, 8] & spelt
        ):
            families |= obstacles[row, 9]
    return families


_I64_ROWS = types.Array(types.int64, 2, "C", readonly=True)


@compiled(
    types.int64(
        U8, U32, U8, types.uint64, U64, I64, U64, I64, U64, I64, U64, I64,
        types.Array(types.uint16, 2, "C", readonly=True), types.int64, U8, _I64_ROWS,
        types.int64[:, ::1],
    )
)  # fmt: skip
def glance(
    data: Any,
    fold: Any,
    classes: Any,
    base: Any,
    first_words: Any,
    first_values: Any,
    any_words: Any,
    any_values: Any,
    wholes: Any,
    whole_values: Any,
    beginnings: Any,
    beginning_values: Any,
    hints: Any,
    reach: int,
    marks: Any,
    obstacles: Any,
    out: Any,
) -> int:
    """Looks once at the words of lines; see :func:`transforms.lines.glance.glance`.

    A word's hash is that of its letters and digits alone, as in :func:`tokenise`; a line's is that
    of all its letters and digits, put together from those of its words.

    Args:
      data: uint8, UTF-8 lines, each followed by ``LINE_END``.
      fold: uint32, the normalised code point of each code point.
      classes: uint8, what each code point is, with ``SPACE`` and ``DIGIT``; ``UNKNOWN`` where that
        is still to be found out.
      base: odd.
      first_words: hash table of words that count at the beginning of a line,
      first_values: and what each means.
      any_words: hash table of words that count anywhere,
      any_values: and what each means.
      wholes: hash table of lines that are known as a whole,
      whole_values: and what each means.
      beginnings: hash table of first five letters that count like a first word,
      beginning_values: and what each means.
      hints: uint16, shape (states, 256): the automaton that looks for strings in the end of a line;
        its last state is the one in which one was found, and stays.
      reach: characters of the end of a line that are looked through.
      marks: uint8, what each code point below ``MARKED`` is at the beginning or end of a line.
      obstacles: int64, shape (obstacles, 10), in the order of their attributes, the family last.
      out: shape (lines, 6); receives the words between white space, the values of the first word or
        a part of it up to a mark, those of all words, the flags, the value of the whole line, and
        the families whose rules may meet it.

    Returns:
      An unknown code point, to be looked at before the call is repeated; -1 where all are done.
    """
    at = 0
    seen = len(hints) - 1
    plain = letter_values(fold, classes)
    space_closes = marks[0x20] & CLOSER != 0
    for line in range(len(out)):
        words, first, found, flags = 0, np.int64(0), np.int64(0), 0
        begin = at
        start, late = at, -61  # ``start`` moves on so that ``at - start`` counts characters
        inside = last_digit = False
        joint = 0  # what letters would say of the marks before them in the word
        # The values of parts of words between marks, and of words that are ASCII letters in a row.
        parts, spelt = np.int64(0), np.int64(0)
        is_spelt = True
        total, power, part = np.uint64(0), np.uint64(1), np.uint64(0)
        word_total, word_power = np.uint64(0), np.uint64(1)
        line_total, line_power = np.uint64(0), np.uint64(1)
        # The last characters, and the last one that is no closing mark; 0 for a letter.
        last: Any = np.int64(0)
        solid: Any = np.int64(0)
        before_last: Any = np.int64(0)
        while True:
            letters = at
            while True:
                letter = plain[data[np.uint64(at)]]
                if letter == 0:
                    break
                total += letter * power
                power *= base
                at += 1
            if at > letters:
                last_digit = False
                last = solid = 0
                if not inside:
                    inside = True
                    words += 1
                elif joint:
                    flags |= joint
                    is_spelt = False
                    parts |= lookup(any_words, any_values, mix(part))
            if data[np.uint64(at)] == 0x20 and power != 1 and word_power == 1:
                # Five words in six: letters and a space. What follows would say the same of them.
                hashed = mix(total)
                if words == 1:
                    first |= lookup(first_words, first_values, hashed)
                value = lookup(any_words, any_values, hashed)
                found |= value
                if is_spelt:
                    spelt |= value
                line_total += total * line_power
                line_power *= power
                total, power = np.uint64(0), np.uint64(1)
                inside = False
                is_spelt = True
                before_last = last
                last = 0x20
                if not space_closes:
                    solid = 0x20
                at += 1
                continue
            before = at
            code, at = code_point(data, at)
            ended = code == LINE_END
            kind = classes[code]
            if kind == UNKNOWN:
                return int(code)
            start += at - before - 1
            position = at - start
            if not ended:
                if last == 0x3F and kind == SPACE:  # ?
                    flags |= ASKED
                before_last = last
                last = code
                if code >= MARKED or not marks[code] & CLOSER:
                    solid = code
            if kind in (LETTER, DIGIT):
                is_spelt = False
                if not inside:
                    inside = True
                    words += 1
                elif joint:
                    flags |= joint
                    parts |= lookup(any_words, any_values, mix(part))
                last_digit = kind == DIGIT
                if kind == DIGIT:
                    flags |= DIGITS
                    if words == 1:
                        flags |= ODD
                total += (np.uint64(fold[code]) + np.uint64(1)) * power
                power *= base
                continue
            if power != 1:
                part = total
                word_total += total * word_power
                word_power *= power
                total, power = np.uint64(0), np.uint64(1)
            if words == 1 and word_power != 1:
                first |= lookup(first_words, first_values, mix(word_total))
            if kind == SPACE:
                if inside:
                    if word_power != 1:
                        value = lookup(any_words, any_values, mix(word_total))
                        found |= value
                        if is_spelt:
                            spelt |= value
                        else:
                            parts |= lookup(any_words, any_values, mix(part))
                        line_total += word_total * line_power
                        line_power *= word_power
                    else:
                        flags |= BARE
                        if words == 1:
                            flags |= ODD
                    word_total, word_power = np.uint64(0), np.uint64(1)
                    inside = False
                    is_spelt = True
                    joint = 0
                if ended:
                    break
                continue
            if not inside:
                inside = True
                words += 1
            if word_power != 1:
                joint |= ELISION if kind == APOSTROPHE else JOINT
            if code == 0x5F or code == 0x2BC:  # a low line or an apostrophe that is a letter
                is_spelt = False
            if kind in (MARK, COMPLEX, SPACELESS):
                flags |= ODD
            elif code == 0x3A or code == 0xFF1A or code == 0x7C:  # colon, wide colon, bar
                flags |= CRUMB
                if position <= 61:
                    flags |= EARLY_COLON
                if code != 0x7C:
                    late = position
            elif code == 0x2F:  # slash
                flags |= CRUMB
                late = position
            elif code in (0x5B, 0x7B, 0x40) or (code == 0x28 and word_power != 1):  # [ { @ or f(x)
                flags |= SIGN
            elif code == 0xA9:  # ©
                flags |= SIGN
                late = position
            elif code in (0x3E, 0xBB, 0x203A, 0x2192, 0xB7, 0x2022):  # see CRUMB
                flags |= CRUMB
        if position - 1 - late < 60:
            flags |= LATE_MARK
        if last_digit:
            flags |= LAST_DIGIT
        whole = lookup(wholes, whole_values, mix(line_total))
        if whole:
            flags |= KNOWN
        if solid < MARKED and marks[solid] & STOP:
            flags |= ENDED
        if last >= MARKED or not marks[last] & STOP:
            flags |= NO_STOP
        if last != 0x2E or before_last == 0x2E:
            flags |= NO_FULL_STOP
        if last == 0x29:
            flags |= BRACKETED
        if not flags & ENDED or flags & (LATE_MARK | BRACKETED):
            if position - 1 > reach:
                place = at - 1
                left = reach
                while left:
                    place -= 1
                    if data[np.uint64(place)] & 0xC0 != 0x80:
                        left -= 1
            else:
                place = begin
            state = np.int64(0)
            while place < at - 1:
                state = np.int64(hints[np.uint64(state), data[np.uint64(place)]])
                place += 1
            if state == seen:
                flags |= HINT
        size = position - 1
        families = np.int64(EVERY)
        if size and size <= words * WIDTH and not flags & ODD:
            code, place = code_point(data, begin)
            initial = np.int64(marks[code]) if code < MARKED else np.int64(0)
            if code_point(data, _skip(data, begin, (size + 1) // 2))[0] == code:
                flags |= TWICE
            if classes[code] in (LETTER, DIGIT):
                place = begin
            elif classes[code_point(data, place)[0]] not in (LETTER, DIGIT):
                flags |= MARKS_FIRST
            first |= lookup(
                beginnings, beginning_values, _hash_letters(data, place, 5, fold, classes, base)
            )
            kind = 0 if size <= SHORT else 4 if size <= LONG else 8
            kind += (2 if flags & ENDED else 0) + (1 if initial & QUOTE else 0)
            families = _in_the_way(
                obstacles, kind, words, first, found, parts, spelt, flags, initial
            )
        out[line, 0] = words
        out[line, 1] = first
        out[line, 2] = found
        out[line, 3] = flags
        out[line, 4] = whole
        out[line, 5] = families
    return -1


@compiled(types.void(U8, U8, types.int64, types.int64[:, ::1]))
def line_shapes(data: Any, classes: Any, head: int, out: Any) -> None:
    """Counts what lines are made of; see :func:`transforms.lines.shapes.looks`.

    Args:
      data: uint8, UTF-8 lines, each followed by ``LINE_END``.
      classes: uint8, bits of what each code point is; those beyond are nothing.
      head: characters of a line whose kinds are counted.
      out: shape (8, lines); receives characters, letters, capitals, digits and marks of the head,
        commas, ends of sentences within the line, and whether it holds a bar or bullet.
    """
    sizes, letters, capitals, digits, marks, commas, sentences, bars = out
    at = 0
    for line in range(out.shape[1]):
        size = letter = capital = digit = mark = comma = sentence = 0
        bar = False
        code, at = code_point(data, at)
        while code != LINE_END:
            if size < head and code < len(classes):
                kind = classes[code]
                letter += (kind & IS_LETTER) != 0
                capital += (kind & IS_CAPITAL) != 0
                digit += (kind & IS_DIGIT) != 0
                mark += (kind & IS_MARK) != 0
            size += 1
            comma += code == 0x2C
            sentence += (code == 0x2E and data[at] == 0x20) or code == 0x3002
            bar |= code == 0x7C or code == 0xB7 or code == 0x2022
            code, at = code_point(data, at)
        sizes[line], letters[line], capitals[line] = size, letter, capital
        digits[line], marks[line] = digit, mark
        commas[line], sentences[line], bars[line] = comma, sentence, bar
