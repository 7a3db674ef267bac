"""Loop that cuts the lines of one article into words, and counts what they are made of."""

from typing import Any

import numpy as np
from numba import types

from transforms.compiled.loops import (
    HASH_BASE,
    I64,
    LINE_END,
    U8,
    U64,
    code_point,
    compiled,
    lookup,
    mix,
    read_only,
)

LETTER, CAPITAL, LOWER, DIGIT, MARK, SPACELESS, SPACE, STOP, CLOSER, COMMA, BAR, BULLET, QUOTE = (
    1 << bit for bit in range(13)
)
"""What a character may be; several at once."""

_TOPIC_LETTERS = 4  # shorter words seldom say what a text is about
_ROWS = types.float64[:, ::1]
_NUMBERS, _HASHES, _FLAGS = types.int64[::1], types.uint64[::1], types.boolean[::1]

SURFACE = tuple(
    """log_words ended stop_share stops word_length longest upper caps title_case digits numbers
    marks commas sentences bars colon question first_kind addresses brackets""".split()
)
"""What a line is made of: words, words that are stop words, letters, capitals, digits, marks."""

LOG_WORDS, ENDED, STOP_SHARE, CAPS, DIGITS = map(
    SURFACE.index, ("log_words", "ended", "stop_share", "caps", "digits")
)


@compiled(
    types.int64(
        U8, read_only(types.uint16), read_only(types.uint16), U64, I64, _HASHES, _FLAGS, _NUMBERS,
        _HASHES, _ROWS,
    )
)  # fmt: skip
def read_lines(
    data: Any,
    kinds: Any,
    folds: Any,
    stop_words: Any,
    stop_values: Any,
    words: Any,
    topical: Any,
    starts: Any,
    keys: Any,
    out: Any,
) -> int:
    """Cuts lines into words, and counts what they are made of.

    A word is a run of letters and digits, or two characters of a script without spaces. Digits are
    alike in its hash.

    Args:
      data: uint8, UTF-8 lines, each followed by ``LINE_END``.
      kinds: uint16, bits of what each code point of the basic plane is.
      folds: uint16, the lower-case letter of each, 0 of each digit.
      stop_words: hash table of stop words,
      stop_values: and 1 for each.
      words: uint64, receives the hash of each word; long enough for half the bytes and one a line.
      topical: bool, receives whether each word may say what the line is about.
      starts: int64, receives the first word of each line, and the number of all words.
      keys: uint64, receives the hash of the words of each line.
      out: receives a row for each of ``SURFACE``, shape (rows, lines).

    Returns:
      The number of words.
    """
    (
        log_words, ended, stop_share, stops, word_length, longest, upper, caps, title_case, digits,
        numbers, marks, commas, sentences, bars, colon, question, first_kind, addresses, brackets,
    ) = out  # fmt: skip
    at = count = 0
    top = len(kinds)
    for line in range(out.shape[1]):
        starts[line] = count
        size = letters = capitals = digit = mark = comma = sentence = bar = address = bracket = 0
        stop = capital_words = lower_words = number_words = most = 0
        solid: Any = 0
        last: Any = 0
        previous: Any = 0
        hashed, key = np.uint64(0), np.uint64(0)
        word_size = word_letters = spaceless = 0
        word_kind: Any = 0
        ends = False
        code, at = code_point(data, at)
        begun: Any = 0
        while True:
            kind = np.int64(kinds[code]) if code < top else MARK
            is_word = kind & (LETTER | DIGIT) != 0 and code != LINE_END
            # A word ends before what is no letter, and after two characters without spaces.
            if word_size and (
                not is_word or spaceless == 2 or (kind & SPACELESS != 0) != (spaceless != 0)
            ):
                hashed = mix(hashed)
                words[count] = hashed
                is_stop = lookup(stop_words, stop_values, hashed) != 0
                topical[count] = not is_stop and (word_letters >= _TOPIC_LETTERS or spaceless == 2)
                stop += is_stop
                capital_words += word_kind & CAPITAL != 0
                lower_words += word_kind & LOWER != 0
                number_words += word_letters == 0
                most = max(most, word_size)
                key = (key + hashed) * HASH_BASE
                count += 1
                hashed = np.uint64(0)
                word_size = word_letters = spaceless = 0
            if code == LINE_END:
                break
            if is_word:
                if not word_size:
                    word_kind = kind
                folded = np.int64(folds[code]) if code < top else np.int64(code)
                hashed = (hashed ^ np.uint64(folded)) * HASH_BASE
                word_size += 1
                word_letters += kind & LETTER != 0
                spaceless += kind & SPACELESS != 0
            if not begun:
                begun = kind
            size += 1
            letters += kind & LETTER != 0
            capitals += kind & CAPITAL != 0
            digit += kind & DIGIT != 0
            mark += kind & MARK != 0
            comma += kind & COMMA != 0
            bar += kind & BAR != 0
            bracket += code == 0x28 or code == 0x5B
            address += code == 0x40 or code == 0xA9 or (code == 0x2F and previous == 0x2F)
            # A sentence ends within the line: a mark, then white space or a wide script.
            if ends and (kind & (SPACE | SPACELESS)):
                sentence += 1
            if kind & STOP:
                ends = True
            elif kind & CLOSER == 0 or kind & SPACE:
                ends = False
            if kind & CLOSER == 0:
                solid = kind
            previous = last = code
            code, at = code_point(data, at)
            # Most of a text: further small letters of a word, which change nothing else.
            while word_size and not spaceless and 0x61 <= code <= 0x7A:
                hashed = (hashed ^ np.uint64(code)) * HASH_BASE
                word_size += 1
                word_letters += 1
                size += 1
                letters += 1
                previous = last = code
                code, at = code_point(data, at)
        n = count - starts[line]
        keys[line] = mix(key + np.uint64(n))
        each = 1.0 / max(n, 1)
        every = 1.0 / max(size, 1)
        log_words[line] = np.log1p(n)
        ended[line] = solid & STOP != 0
        stop_share[line] = stop * each
        stops[line] = min(stop, 12)
        word_length[line] = size * each
        longest[line] = most
        upper[line] = capitals / max(letters, 1)
        caps[line] = capital_words * each
        title_case[line] = capital_words / max(capital_words + lower_words, 1)
        digits[line] = digit * every
        numbers[line] = number_words
        marks[line] = mark * every
        commas[line] = comma
        sentences[line] = sentence
        bars[line] = bar
        colon[line] = last == 0x3A or last == 0xFF1A
        question[line] = last == 0x3F or last == 0xFF1F or last == 0x21 or last == 0xFF01
        first_kind[line] = (
            1.0 if begun & CAPITAL else 2.0 if begun & LOWER else 3.0 if begun & DIGIT
            else 4.0 if begun & BULLET else 5.0 if begun & QUOTE else 6.0 if begun & MARK else 0.0
        )  # fmt: skip
        addresses[line] = address
        brackets[line] = bracket
    starts[out.shape[1]] = count
    return count
