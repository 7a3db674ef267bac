"""Counts the words, figures and signs of a text as it writes them.

Tokens differ from the words of :mod:`transforms.compiled.words`, which serve comparisons: here
``U.S.``, ``1,000``, ``don't`` and ``anti-war`` are one token each, and a sign is one that no phrase
crosses.
"""

import functools

import numpy as np
from numba import types

from transforms.arrays import F64, I64, U8, U32, U64
from transforms.compiled import loops
from transforms.compiled.loops import compiled, lookup, mix
from transforms.compiled.words import CHARACTER_BASE
from transforms.text import UNKNOWN, Characters

NOTHING, APOSTROPHE, SIGN, HYPHEN, STOP, COMMA, JOINER, LETTER_APOSTROPHE, LETTER, DIGIT = range(10)
"""Classes of characters, those of words last.

``JOINER`` is the underscore, which is no token and no end of a word either."""

_CLASSES = {
    "'": APOSTROPHE,
    "\u2019": APOSTROPHE,
    "-": HYPHEN,
    ".": STOP,
    ",": COMMA,
    "_": JOINER,
    "\u02bc": LETTER_APOSTROPHE,
}
_SMALL_S = ord("s")
_FIRST_SYLLABLE = 0x1100  # Hangul; from here on a single character may be a word


def _class_of(character: str) -> tuple[int, int]:
    if character in _CLASSES:
        kind = _CLASSES[character]
    elif character.isalnum():
        kind = DIGIT if character.isdecimal() else LETTER
    else:
        kind = NOTHING if character.isspace() else SIGN
    return ord(character), kind


@functools.cache
def _characters() -> Characters:
    return Characters(_class_of)


def repeated_tokens(
    text: str, least: int, often: int, table: U64, levels: I64, rarities: F64
) -> tuple[I64, F64, I64]:
    """Returns the tokens that a text repeats, and where those stand that it says often.

    A token's ``'s`` does not count. Apostrophes in a token make no difference to its rarity.

    Args:
      text: in lower case.
      least: occurrences of a token that is returned.
      often: occurrences of a token whose places are returned.
      table: hashes of known words, as :func:`transforms.compiled.words.hash_words` has them.
      levels: level of each; see :func:`transforms.compiled.loops.hash_table`.
      rarities: by level; 0 leaves a word out. The first is that of unknown words.

    Returns:
      Of n tokens, by their first occurrence: first character, end and count, a row each; their
      rarities; of each place of those said often, in order: the number of tokens before it, and
      which of the n it is.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    characters = _characters()
    while True:
        unknown, found, weights, places = _repeated(
            codes, characters.classes, least, often, table, levels, rarities
        )
        if unknown < 0:
            return found, weights, places
        characters.fill(unknown)


@compiled(
    types.Tuple((types.int64, types.int64[:, ::1], types.float64[::1], types.int64[:, ::1]))(
        loops.U32, loops.U8, types.int64, types.int64, loops.U64, loops.I64,
        loops.read_only(types.float64),
    )
)  # fmt: skip
def _repeated(
    codes: U32, classes: U8, least: int, often: int, table: U64, levels: I64, rarities: F64
) -> tuple[int, I64, F64, I64]:
    """Returns an unknown code point or -1, and what :func:`repeated_tokens` does."""
    size = len(codes)
    kinds = np.zeros(size + 4, np.uint8)  # four of NOTHING behind, for looking ahead
    origins = np.empty(size + 1, np.int64)
    count = 0
    found = np.empty((size, 3), np.int64)
    weights = np.empty(size, np.float64)
    places = np.empty((size, 2), np.int64)
    for at in range(size):
        if classes[codes[at]] == UNKNOWN:
            return int(codes[at]), found[:0], weights[:0], places[:0]
    at = 0
    while at < size:
        kind = classes[codes[at]]
        if kind == APOSTROPHE and at + 1 < size and codes[at + 1] == _SMALL_S:
            behind = classes[codes[at + 2]] if at + 2 < size else NOTHING
            if behind < JOINER:
                at += 2
                continue
        kinds[count], origins[count] = kind, at
        count += 1
        at += 1
    slots = 4
    while slots < 2 * count:
        slots *= 2
    mask = np.uint64(slots - 1)
    filled = np.full(slots, -1, np.int64)  # number of the token in a slot
    hashes, bare = np.empty(count, np.uint64), np.empty(count, np.uint64)
    is_word = np.empty(count, np.bool_)
    sequence = np.empty(count, np.int64)  # number of each token; -1 of a sign
    tokens, distinct = 0, 0
    at = 0
    while at < count:
        kind = kinds[at]
        end = at + 1
        if kind >= LETTER_APOSTROPHE:
            special = end
            if kind == DIGIT:
                while kinds[special] == DIGIT:
                    special += 1
                end = special
                while STOP <= kinds[special] <= COMMA and kinds[special + 1] == DIGIT:
                    special += 2
                    while kinds[special] == DIGIT:
                        special += 1
            elif kinds[end] == STOP:
                special = at
                while LETTER_APOSTROPHE <= kinds[special] <= LETTER and kinds[special + 1] == STOP:
                    special += 2
                if special == at + 2:
                    special = end
            if special > end:
                end = special
            else:
                while kinds[end] >= LETTER_APOSTROPHE or (
                    kinds[end + 1] >= LETTER_APOSTROPHE and kinds[end] in (APOSTROPHE, HYPHEN)
                ):
                    end += 1
            total, power = np.uint64(0), np.uint64(1)
            plain, plain_power = np.uint64(0), np.uint64(1)
            for place in range(at, end):
                value = np.uint64(codes[origins[place]]) + np.uint64(1)
                total += value * power
                power *= CHARACTER_BASE
                if kinds[place] not in (APOSTROPHE, LETTER_APOSTROPHE):
                    plain += value * plain_power
                    plain_power *= CHARACTER_BASE
            total = mix(total)
            slot = total & mask
            while filled[slot] >= 0 and hashes[filled[slot]] != total:
                slot = (slot + np.uint64(1)) & mask
            number = filled[slot]
            if number < 0:
                number = filled[slot] = distinct
                hashes[number], bare[number] = total, mix(plain)
                is_word[number] = end > at + 1 or codes[origins[at]] >= _FIRST_SYLLABLE
                found[number, 0], found[number, 1] = origins[at], origins[end - 1] + 1
                found[number, 2] = 0
                distinct += 1
            found[number, 2] += 1
            sequence[tokens] = number
            tokens += 1
        elif SIGN <= kind <= COMMA:
            sequence[tokens] = -1
            tokens += 1
        at = end
    renumbered = np.full(distinct, -1, np.int64)
    kept = 0
    for number in range(distinct):
        if found[number, 2] >= least and is_word[number]:
            weight = rarities[lookup(table, levels, bare[number])]
            if weight > 0:
                found[kept], weights[kept] = found[number], weight
                renumbered[number] = kept
                kept += 1
    written = 0
    for token in range(tokens):
        number = renumbered[sequence[token]] if sequence[token] >= 0 else -1
        if number >= 0 and found[number, 2] >= often:
            places[written, 0], places[written, 1] = token, number
            written += 1
    return -1, found[:kept], weights[:kept], places[:written]
