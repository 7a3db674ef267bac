"""Compiled loops over characters, words and hashes, for what numpy can only do in many passes.

Numba compiles them for the processor at hand when this module is first imported (some fifteen
seconds) and keeps the result beside the module, or in the user's cache folder where that cannot be
written to; later imports load it in a fraction of a second. They add floats in a fixed order and
else know integers only, so every processor gives the same results. The modules that call them say
what they are for: :mod:`transforms.shingles`, :mod:`transforms.lines.glance`,
:mod:`transforms.lines.shapes`, :mod:`transforms.pages.blocks`, :mod:`transforms.pages.block_model`
and :mod:`transforms.trees`.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numba import types

from transforms.lines.glance import (
    ASKED,
    BARE,
    BRACKETED,
    CLOSER,
    CRUMB,
    DIGITS,
    EARLY_COLON,
    ELISION,
    ENDED,
    EVERY,
    HINT,
    JOINT,
    KNOWN,
    LAST_DIGIT,
    LATE_MARK,
    LINE_END,
    LONG,
    MARKED,
    MARKS_FIRST,
    NO_FULL_STOP,
    NO_STOP,
    ODD,
    QUOTE,
    SHORT,
    SIGN,
    STOP,
    TWICE,
    WIDTH,
)
from transforms.lines.shapes import IS_CAPITAL, IS_DIGIT, IS_LETTER, IS_MARK
from transforms.pages.blocks import (
    ATTRIBUTE_OF_HIDING,
    ATTRIBUTE_OF_HIDING_IF_TRUE,
    ATTRIBUTE_OF_NAMES,
    ATTRIBUTE_OF_ROLE,
    ATTRIBUTE_OF_STYLE,
    BREAK,
    CELL,
    CUE_END,
    CUE_START,
    HIDDEN,
    LINK,
    MOST_NAMES,
    SKIPPED,
    STRONG,
    WAYS,
)
from transforms.shingles import (
    APOSTROPHE,
    COMPLEX,
    DIGIT,
    LETTER,
    MARK,
    SEPARATOR,
    SPACE,
    SPACELESS,
    UNKNOWN,
)

F = TypeVar("F", bound=Callable[..., Any])


def _array(kind: Any) -> Any:
    # Arrow's memory is read-only; a signature for such arrays takes writable ones, too.
    return types.Array(kind, 1, "C", readonly=True)


_U8, _U32, _U64, _I64 = (
    _array(kind) for kind in (types.uint8, types.uint32, types.uint64, types.int64)
)


def _compiled(signature: Any) -> Callable[[F], F]:
    """Compiles a function for one signature; a machine with nowhere to keep it compiles anew."""

    def decorate(function: F) -> F:
        compiled: F
        try:
            compiled = numba.njit(signature, cache=True, nogil=True)(function)
        except RuntimeError as error:
            if "no locator available" not in str(error):
                raise
            compiled = numba.njit(signature, nogil=True)(function)
        return compiled

    return decorate


@numba.njit(inline="always")
def _mix(value: np.uint64) -> np.uint64:
    """The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    value ^= value >> np.uint64(30)
    value *= np.uint64(0xBF58476D1CE4E5B9)
    value ^= value >> np.uint64(27)
    value *= np.uint64(0x94D049BB133111EB)
    value ^= value >> np.uint64(31)
    return value


@numba.njit(inline="always")
def _code_point(data: Any, at: int) -> tuple[Any, int]:
    """Returns the code point of UTF-8 that begins at a place, and where the next one begins."""
    code = np.int64(data[at])
    if code < 0x80:
        return code, at + 1
    if code < 0xE0:
        return (code & 0x1F) << 6 | (np.int64(data[at + 1]) & 0x3F), at + 2
    if code < 0xF0:
        return (
            (code & 0x0F) << 12
            | (np.int64(data[at + 1]) & 0x3F) << 6
            | (np.int64(data[at + 2]) & 0x3F)
        ), at + 3
    return (
        (code & 0x07) << 18
        | (np.int64(data[at + 1]) & 0x3F) << 12
        | (np.int64(data[at + 2]) & 0x3F) << 6
        | (np.int64(data[at + 3]) & 0x3F)
    ), at + 4


@numba.njit(inline="always")
def _letters(fold: Any, classes: Any) -> Any:
    """Returns what each byte that is a letter adds to a word's hash, 0 for the others."""
    table = np.zeros(256, np.uint64)
    for code in range(0x80):
        if classes[code] == LETTER:
            table[code] = np.uint64(fold[code]) + np.uint64(1)
    return table


@_compiled(
    types.UniTuple(types.int64, 3)(
        _U8, _I64, types.int64, types.int64, _U32, _U8, types.uint64, types.uint64[::1],
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
    letters = _letters(fold, classes)
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
                        hashes[written] = _mix(total)
                        written += 1
                        total, power = np.uint64(0), np.uint64(1)
                        inside = False
                        before = SEPARATOR
                        at += 1
                        continue
            code, at = _code_point(data, at)
            kind = classes[code]
            if kind == SEPARATOR:
                if inside:
                    hashes[written] = _mix(total)
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
                    hashes[written] = _mix(total)
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
            hashes[written] = _mix(total)
            written += 1
        counts[text] = written - start
    return len(offsets) - 1, written, -1


@_compiled(types.void(_U64, _I64, types.uint64, types.uint64[::1]))
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
            keys[text] = _mix(total + length * np.uint64(0x2545F4914F6CDD1D))


@_compiled(types.void(_U64, types.int64, types.uint64, types.uint64[::1]))
def shingles(hashes: Any, size: int, base: Any, out: Any) -> None:
    """Writes the hash of every run of ``size`` hashes: a rolling polynomial (Karp and Rabin)."""
    total, highest = np.uint64(0), np.uint64(1)
    for place in range(size - 1):
        highest *= base
        if place < len(hashes):
            total = total * base + hashes[place]
    for at in range(len(out)):
        total = total * base + hashes[at + size - 1]
        out[at] = _mix(total)
        total -= hashes[at] * highest


@_compiled(types.void(_U32, _I64, _I64, _U32, types.uint32[:, ::1]))
def minhash(hashes: Any, starts: Any, lengths: Any, multipliers: Any, minima: Any) -> None:
    """Writes the minima of n sets under each of p permutations, shape (n, p).

    Four elements at a time, so that the minima are loaded and stored a quarter as often; the inner
    loop is one of vector instructions.
    """
    count = len(multipliers)
    for row in range(len(starts)):
        out = minima[row]
        at, end = starts[row], starts[row] + lengths[row]
        for column in range(count):
            out[column] = np.uint32(hashes[at] * multipliers[column])
        while at < end:
            one, two = hashes[at], hashes[min(at + 1, end - 1)]
            three, four = hashes[min(at + 2, end - 1)], hashes[min(at + 3, end - 1)]
            for column in range(count):
                factor = multipliers[column]
                low = min(np.uint32(one * factor), np.uint32(two * factor))
                high = min(np.uint32(three * factor), np.uint32(four * factor))
                out[column] = min(out[column], min(low, high))
            at += 4


@_compiled(
    types.void(types.uint32[:, ::1], types.int64, types.uint64, types.uint64, types.uint64[:, ::1])
)
def bands(signatures: Any, rows: int, first: Any, base: Any, out: Any) -> None:
    """Writes one hash for every band of ``rows`` minima, shape (n, p / rows)."""
    for row in range(len(signatures)):
        for band in range(out.shape[1]):
            total = np.uint64(band + 1) * first
            for place in range(band * rows, (band + 1) * rows):
                total ^= np.uint64(signatures[row, place])
                total *= base
                total ^= total >> np.uint64(32)
            out[row, band] = _mix(total)


@_compiled(types.int64(_U64, _I64, _I64, types.int64, types.int64[::1], types.int64[::1]))
def winnow(hashes: Any, starts: Any, lengths: Any, window: int, places: Any, owners: Any) -> int:
    """Writes where the minima of every window of n runs of hashes are, and in which run.

    The windows that begin in the last places of a run are cut short by its end.

    Returns:
      How many there are.
    """
    longest = 0
    for run in range(len(starts)):
        longest = max(longest, lengths[run])
    minima = np.empty(longest, np.uint64)  # of the window that begins at each place of a run
    marked = np.empty(longest, np.bool_)
    found = 0
    for run in range(len(starts)):
        first, count = starts[run], lengths[run]
        own = hashes[first : first + count]
        minima[:count] = own
        for shift in range(1, min(window, count)):
            # What lies beyond the end of the run is in no window.
            later = own[shift:]
            for at in range(len(later)):
                minima[at] = min(minima[at], later[at])
        marked[:count] = minima[:count] == own
        for shift in range(1, min(window, count)):
            later, marks = own[shift:], marked[shift:count]
            for at in range(len(later)):
                marks[at] |= minima[at] == later[at]
        for at in range(count):
            if marked[at]:
                places[found] = first + at
                owners[found] = run
                found += 1
    return found


@_compiled(types.void(_U64, _I64, _I64, _U64, _I64, _I64, types.int64[:, ::1]))
def overlaps(
    left: Any,
    left_starts: Any,
    left_lengths: Any,
    right: Any,
    right_starts: Any,
    right_lengths: Any,
    sizes: Any,
) -> None:
    """Writes the distinct elements of n pairs of sets: left, right, shared; shape (n, 3).

    Each set goes into an open-addressing hash table; elements are hashes already. A slot counts as
    empty unless it was filled for the pair at hand, so that nothing is ever cleared.
    """
    longest = 1
    for pair in range(len(sizes)):
        longest = max(longest, max(left_lengths[pair], right_lengths[pair]))
    slots = 2
    while slots < 2 * longest:
        slots *= 2
    values = np.empty((2, slots), np.uint64)
    owners = np.full((2, slots), -1, np.int64)
    for pair in range(len(sizes)):
        small = 2
        while small < 2 * max(left_lengths[pair], right_lengths[pair]):
            small *= 2
        mask = np.uint64(small - 1)
        for at in range(left_starts[pair], left_starts[pair] + left_lengths[pair]):
            value = left[at]
            slot = value & mask
            while owners[0, slot] == pair and values[0, slot] != value:
                slot = (slot + np.uint64(1)) & mask
            if owners[0, slot] != pair:
                owners[0, slot] = pair
                values[0, slot] = value
                sizes[pair, 0] += 1
        for at in range(right_starts[pair], right_starts[pair] + right_lengths[pair]):
            value = right[at]
            slot = value & mask
            while owners[1, slot] == pair and values[1, slot] != value:
                slot = (slot + np.uint64(1)) & mask
            if owners[1, slot] == pair:
                continue
            owners[1, slot] = pair
            values[1, slot] = value
            sizes[pair, 1] += 1
            slot = value & mask
            while owners[0, slot] == pair and values[0, slot] != value:
                slot = (slot + np.uint64(1)) & mask
            if owners[0, slot] == pair:
                sizes[pair, 2] += 1


@_compiled(types.int64(_U64, types.int64, types.int64[::1]))
def crowded(hashes: Any, bits: int, places: Any) -> int:
    """Writes the places of hashes whose lowest bits occur more than once, and returns how many."""
    mask = np.uint64((1 << bits) - 1)
    counts = np.zeros(1 << bits, np.uint8)
    for at in range(len(hashes)):
        bucket = hashes[at] & mask
        counts[bucket] = min(counts[bucket] + 1, 2)
    found = 0
    for at in range(len(hashes)):
        if counts[hashes[at] & mask] > 1:
            places[found] = at
            found += 1
    return found


@_compiled(types.void(_U64, types.int64[::1]))
def hash_order(hashes: Any, order: Any) -> None:
    """Writes the order that sorts hashes; equal ones keep theirs.

    Hashes are spread evenly over the range they lie in, so that buckets by their highest bits hold
    some four each, and a bucket is sorted by insertion.
    """
    count = len(hashes)
    if not count:
        return
    lowest, highest = hashes[0], hashes[0]
    for at in range(count):
        lowest, highest = min(lowest, hashes[at]), max(highest, hashes[at])
    buckets, shift = 2, 0
    while 4 * buckets < count:
        buckets *= 2
    while (highest - lowest) >> np.uint64(shift) >= np.uint64(buckets):
        shift += 1
    ends = np.zeros(buckets + 1, np.int64)
    for at in range(count):
        ends[np.int64((hashes[at] - lowest) >> np.uint64(shift)) + 1] += 1
    for bucket in range(buckets):
        ends[bucket + 1] += ends[bucket]
    for at in range(count):
        place = np.int64((hashes[at] - lowest) >> np.uint64(shift))
        order[ends[place]] = at
        ends[place] += 1
    for after in range(1, count):
        moved = order[after]
        value = hashes[moved]
        before = after - 1
        while before >= 0 and hashes[order[before]] > value:
            order[before + 1] = order[before]
            before -= 1
        order[before + 1] = moved


@numba.njit(inline="always")
def _sort_by(keys: Any, others: Any, order: Any, first: int, end: int) -> None:
    """Sorts a stretch of an order by (key, other); short ones by insertion."""
    if end - first > 32:
        own = order[first:end].copy()
        own = own[np.argsort(others[own], kind="mergesort")]
        order[first:end] = own[np.argsort(keys[own], kind="mergesort")]
        return
    for after in range(first + 1, end):
        moved = order[after]
        key, other = keys[moved], others[moved]
        before = after - 1
        while before >= first and (
            keys[order[before]] > key
            or (keys[order[before]] == key and others[order[before]] > other)
        ):
            order[before + 1] = order[before]
            before -= 1
        order[before + 1] = moved


@_compiled(
    types.int64(
        _U64, _U64, _U32, types.uint32, types.int64, types.int64[::1], types.int64[::1],
        types.int64[::1],
    )
)  # fmt: skip
def collisions(
    hashes: Any, texts: Any, ranks: Any, new: Any, clique: int, order: Any, left: Any, right: Any
) -> int:
    """Writes pairs of rows that share a hash.

    Of the rows of one text under a hash the one with the lowest rank counts. Up to ``clique`` texts
    under a hash are all paired, more only with the first by (rank, text). At least one of two rows
    is of a text that has a rank with the bit ``new``.

    Args:
      hashes: uint64, equal ones together.
      texts: uint64.
      ranks: uint32.
      new: one bit of the ranks.
      clique: see above.
      order: int64, 0 .. rows - 1; left in disorder.
      left: receives the rows of the pairs; long enough for all,
      right: and the other rows.

    Returns:
      How many pairs there are.
    """
    is_new = np.zeros(len(hashes), np.bool_)
    found = 0
    first = 0
    while first < len(hashes):
        end = first + 1
        while end < len(hashes) and hashes[end] == hashes[first]:
            end += 1
        _sort_by(texts, ranks, order, first, end)
        kept = first
        for place in range(first, end):
            row = order[place]
            if place > first and texts[row] == texts[order[kept - 1]]:
                is_new[order[kept - 1]] |= ranks[row] & new != 0
                continue
            is_new[row] = ranks[row] & new != 0
            order[kept] = row
            kept += 1
        _sort_by(ranks, texts, order, first, kept)
        for one in range(first, kept - 1):
            if one > first and kept - first > clique:
                break
            for two in range(one + 1, kept):
                if is_new[order[one]] or is_new[order[two]]:
                    left[found] = order[one]
                    right[found] = order[two]
                    found += 1
        first = end
    return found


@numba.njit(inline="always")
def _found(table: Any, values: Any, hashed: Any) -> Any:
    """Returns the value of a hash in an open-addressing table; 0 where it is not there."""
    mask = np.uint64(len(table) - 1)
    slot = hashed & mask
    while table[slot] != 0:
        if table[slot] == hashed:
            return values[slot]
        slot = (slot + np.uint64(1)) & mask
    return np.int64(0)


@numba.njit(inline="always")
def _hash_letters(data: Any, at: int, count: int, fold: Any, classes: Any, base: Any) -> Any:
    """Returns the hash of the letters and digits that begin at a place: so many of them at most."""
    total, power = np.uint64(0), np.uint64(1)
    while count:
        code, at = _code_point(data, at)
        if classes[code] not in (LETTER, DIGIT):
            break
        total += (np.uint64(fold[code]) + np.uint64(1)) * power
        power *= base
        count -= 1
    return _mix(total)


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


@_compiled(
    types.int64(
        _U8, _U32, _U8, types.uint64, _U64, _I64, _U64, _I64, _U64, _I64, _U64, _I64,
        types.Array(types.uint16, 2, "C", readonly=True), types.int64, _U8, _I64_ROWS,
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
    plain = _letters(fold, classes)
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
                    parts |= _found(any_words, any_values, _mix(part))
            if data[np.uint64(at)] == 0x20 and power != 1 and word_power == 1:
                # Five words in six: letters and a space. What follows would say the same of them.
                hashed = _mix(total)
                if words == 1:
                    first |= _found(first_words, first_values, hashed)
                value = _found(any_words, any_values, hashed)
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
            code, at = _code_point(data, at)
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
                    parts |= _found(any_words, any_values, _mix(part))
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
                first |= _found(first_words, first_values, _mix(word_total))
            if kind == SPACE:
                if inside:
                    if word_power != 1:
                        value = _found(any_words, any_values, _mix(word_total))
                        found |= value
                        if is_spelt:
                            spelt |= value
                        else:
                            parts |= _found(any_words, any_values, _mix(part))
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
        whole = _found(wholes, whole_values, _mix(line_total))
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
            code, place = _code_point(data, begin)
            initial = np.int64(marks[code]) if code < MARKED else np.int64(0)
            if _code_point(data, _skip(data, begin, (size + 1) // 2))[0] == code:
                flags |= TWICE
            if classes[code] in (LETTER, DIGIT):
                place = begin
            elif classes[_code_point(data, place)[0]] not in (LETTER, DIGIT):
                flags |= MARKS_FIRST
            first |= _found(
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


_F64 = _array(types.float64)
_I32 = _array(types.int32)
_ABREAST = 8  # rows that go down a tree at once: a processor has their next nodes read in parallel


@_compiled(
    types.void(
        types.Array(types.float64, 2, "C", readonly=True), _I32, _F64,
        types.Array(types.int32, 2, "C", readonly=True), _F64, _I32, _I32, types.float64[::1],
    )
)  # fmt: skip
def walk_trees(
    columns: Any,
    feature: Any,
    threshold: Any,
    below: Any,
    value: Any,
    roots: Any,
    depths: Any,
    totals: Any,
) -> None:
    """Writes the sum of the leaves each row ends in; see :class:`transforms.trees.Trees`.

    Each sum runs in the order of the trees.
    """
    at = np.empty(_ABREAST, np.int64)
    rows = len(totals)
    for first in range(0, rows, _ABREAST):
        abreast = min(_ABREAST, rows - first)
        for row in range(first, first + abreast):
            totals[row] = 0.0
        for tree in range(len(roots)):
            at[:] = roots[tree]
            for _ in range(depths[tree]):
                for place in range(abreast):
                    node = at[place]
                    goes_left = columns[feature[node], first + place] <= threshold[node]
                    at[place] = below[node, 1 - goes_left]
            for place in range(abreast):
                totals[first + place] += value[at[place]]


@numba.njit
def _byte_hash(data: Any, first: int, end: int) -> Any:
    """FNV-1a (Fowler, Noll and Vo), 64 bits, as :func:`transforms.pages.blocks.byte_hash`."""
    hashed = np.uint64(0xCBF29CE484222325)
    for at in range(first, end):
        hashed = (hashed ^ np.uint64(data[at])) * np.uint64(0x100000001B3)
    return hashed


@_compiled(types.void(_U8, _U8, types.int64, types.int64[:, ::1]))
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
        code, at = _code_point(data, at)
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
            code, at = _code_point(data, at)
        sizes[line], letters[line], capitals[line] = size, letter, capital
        digits[line], marks[line] = digit, mark
        commas[line], sentences[line], bars[line] = comma, sentence, bar


@numba.njit
def _write(out: Any, end: int, folded: Any) -> int:
    """Writes a code point in UTF-8, and returns where it ends."""
    code = np.int64(folded)
    if code < 0x80:
        out[end] = code
        return end + 1
    if code < 0x800:
        out[end] = 0xC0 | code >> 6
        out[end + 1] = 0x80 | (code & 0x3F)
        return end + 2
    if code < 0x10000:
        out[end] = 0xE0 | code >> 12
        out[end + 1] = 0x80 | (code >> 6 & 0x3F)
        out[end + 2] = 0x80 | (code & 0x3F)
        return end + 3
    out[end] = 0xF0 | code >> 18
    out[end + 1] = 0x80 | (code >> 12 & 0x3F)
    out[end + 2] = 0x80 | (code >> 6 & 0x3F)
    out[end + 3] = 0x80 | (code & 0x3F)
    return end + 4


@_compiled(types.UniTuple(types.int64, 2)(_U8, _U32, _U8, types.uint8[::1], types.boolean[::1]))
def squeeze(data: Any, fold: Any, classes: Any, out: Any, is_complex: Any) -> tuple[int, int]:
    """Writes letters and digits of lines; see :func:`transforms.pages.block_model.squeezed_lines`.

    Args:
      data: uint8, UTF-8 lines, each followed by ``LINE_END``.
      fold: uint32, the folded code point of each code point.
      classes: uint8, what each code point is: ``LETTER`` (digits, too), ``SEPARATOR``, ``COMPLEX``
        or ``UNKNOWN``.
      out: uint8, receives the lines, each followed by ``LINE_END``; twice as long as the data.
      is_complex: receives of each line whether it holds a ``COMPLEX`` character, which is left out.

    Returns:
      An unknown code point, to be looked at before the call is repeated, or -1; and the bytes
      written.
    """
    at = end = 0
    for line in range(len(is_complex)):
        is_complex[line] = False
        while True:
            code, at = _code_point(data, at)
            if code == LINE_END:
                break
            kind = classes[code]
            if kind == LETTER:
                end = _write(out, end, fold[code])
            elif kind == UNKNOWN:
                return int(code), end
            elif kind == COMPLEX:
                is_complex[line] = True
        out[end] = LINE_END
        end += 1
    return -1, end


@_compiled(
    types.int64(
        _U8, _U32, _U8, types.uint64, _U64, _I64, _U64, _I64, types.int64, types.int64[:, ::1],
    )
)  # fmt: skip
def line_words(
    data: Any,
    fold: Any,
    classes: Any,
    base: Any,
    stops: Any,
    stop_numbers: Any,
    stated: Any,
    stated_values: Any,
    reach: int,
    out: Any,
) -> int:
    """Counts different words of lines; see :func:`transforms.pages.block_model.word_counts`.

    Args:
      data: uint8, UTF-8 lines, each followed by ``LINE_END``, with single spaces between words.
      fold: uint32, the folded code point of each code point.
      classes: uint8, what each code point is: ``LETTER``, ``SEPARATOR``, ``MARK`` (nothing),
        ``COMPLEX`` or ``UNKNOWN``.
      base: odd.
      stops: hash table of stop words as they are,
      stop_numbers: and the number of each, from 1.
      stated: hash table of folded words,
      stated_values: and what each is: bit 0 and bit 1.
      reach: characters of a line whose folded words are looked at.
      out: shape (4, lines); receives the different stop words, the different folded words, and
        those with bit 0 and with bit 1; -1 for the last three where a character is ``COMPLEX``.

    Returns:
      An unknown code point, to be looked at before the call is repeated; -1 where all are done.
    """
    stop_counts, word_counts, firsts, seconds = out
    last_lines = np.full(len(stops) + 1, -1, np.int64)  # in which each stop word came last
    slots = 2
    while slots < 2 * reach:
        slots *= 2
    words, owners = np.empty(slots, np.uint64), np.full(slots, -1, np.int64)
    mask = np.uint64(slots - 1)
    at = 0
    for line in range(out.shape[1]):
        stop_count = word_count = first = second = 0
        begin = at
        start = at
        while True:
            byte = data[at]
            if byte == 0x20 or byte == LINE_END:
                number = _found(stops, stop_numbers, _byte_hash(data, start, at))
                if number and last_lines[number] != line:
                    last_lines[number] = line
                    stop_count += 1
                start = at + 1
                if byte == LINE_END:
                    break
            at += 1
        end = at
        at = begin
        total, power = np.uint64(0), np.uint64(1)
        size = 0
        is_complex = False
        while True:
            code = np.int64(LINE_END)
            kind = SEPARATOR
            if at < end and size < reach:
                code, at = _code_point(data, at)
                kind = classes[code]
                if kind == UNKNOWN:
                    return int(code)
            size += 1
            if kind == LETTER:
                total += (np.uint64(fold[code]) + np.uint64(1)) * power
                power *= base
            elif kind == COMPLEX:
                is_complex = True
                break
            elif kind == SEPARATOR:
                if power != 1:
                    word = _mix(total)
                    slot = word & mask
                    while owners[slot] == line and words[slot] != word:
                        slot = (slot + np.uint64(1)) & mask
                    if owners[slot] != line:
                        owners[slot], words[slot] = line, word
                        word_count += 1
                        value = _found(stated, stated_values, word)
                        first += value & 1
                        second += value >> 1
                    total, power = np.uint64(0), np.uint64(1)
                if code == LINE_END:
                    break
        at = end + 1
        stop_counts[line] = stop_count
        if is_complex:
            word_count = first = second = -1
        word_counts[line], firsts[line], seconds[line] = word_count, first, second
    return -1


@numba.njit
def _interned(strings: Any, bounds: Any, table: Any, count: int, end: int) -> Any:
    """Returns the number of the string between the last of ``bounds`` and ``end``.

    Where there is no such string yet, it becomes the last one, number ``count``.
    """
    first = bounds[count]
    mask = len(table) - 1
    slot = np.int64(_byte_hash(strings, first, end) & np.uint64(mask))
    while table[slot] >= 0:
        other = table[slot]
        place = bounds[other]
        if bounds[other + 1] - place - 1 == end - first:
            same = 0
            while same < end - first and strings[place + same] == strings[first + same]:
                same += 1
            if same == end - first:
                return other
        slot = (slot + 1) & mask
    table[slot] = count
    strings[end] = 0
    bounds[count + 1] = end + 1
    return count


@numba.njit
def _reference(data: Any, at: int) -> tuple[Any, int]:
    """Returns the code point that an XML reference stands for, and where it ends.

    libxml2 writes a control character, for which XML has no place, as U+FFFD; any other character
    beyond ASCII it writes as it is. Such a reference, and one to an entity that the page did not
    declare, stands for nothing: -1.
    """
    end = at + 2
    while data[end] != 0x3B:
        end += 1
    first, size = data[at + 1], end - at - 1
    code = np.int64(-1)
    if first == 0x23 and data[at + 2] != 0x78:
        code = np.int64(0)
        for place in range(at + 2, end):
            code = 10 * code + np.int64(data[place]) - 0x30
    elif first == 0x61 and size == 3:
        code = np.int64(0x26)
    elif first == 0x6C and data[at + 2] == 0x74:
        code = np.int64(0x3C)
    elif first == 0x67 and data[at + 2] == 0x74:
        code = np.int64(0x3E)
    elif first == 0x71 and size == 4:
        code = np.int64(0x22)
    return code if code < 0x80 else np.int64(-1), end + 1


@numba.njit
def _unescaped(data: Any, at: int, out: Any, end: int) -> tuple[int, int]:
    """Writes the value of an attribute, and returns where it ends in both."""
    while data[at] != 0x22:
        if data[at] == 0x26:
            code, at = _reference(data, at)
            if code >= 0:
                out[end] = code
                end += 1
        else:
            out[end] = data[at]
            end += 1
            at += 1
    return at, end


_DISPLAY, _NONE, _VISIBILITY, _HIDDEN_WORD, _TRUE = (
    np.frombuffer(word, np.uint8)
    for word in (b"display:", b"none", b"visibility:", b"hidden", b"true")
)


@numba.njit
def _starts_with(data: Any, at: int, end: int, word: Any) -> bool:
    if at + len(word) > end:
        return False
    same = 0
    while same < len(word) and data[at + same] == word[same]:
        same += 1
    return same == len(word)


@numba.njit
def _hides(style: Any, first: int, end: int, spaces: Any) -> bool:
    """Whether a style says ``display: none`` or ``visibility: hidden``."""
    for at in range(first, end):
        shown = _starts_with(style, at, end, _DISPLAY)
        if not shown and not _starts_with(style, at, end, _VISIBILITY):
            continue
        place = at + (len(_DISPLAY) if shown else len(_VISIBILITY))
        while place < end:
            code, after = _code_point(style, place)
            if code >= len(spaces) or not spaces[code]:
                break
            place = after
        if _starts_with(style, place, end, _NONE if shown else _HIDDEN_WORD):
            return True
    return False


@numba.njit
def _closes(data: Any, at: int, mark: int) -> bool:
    """Whether a comment or a CDATA section ends here: with its mark twice and a bracket."""
    return bool(data[at] == mark and data[at + 1] == mark and data[at + 2] == 0x3E)


@numba.njit
def _past(data: Any, at: int) -> int:
    """Returns where the tag, comment, CDATA section or processing instruction ends."""
    if data[at + 1] == 0x21:
        mark = 0x5D if data[at + 2] == 0x5B else 0x2D
        while not _closes(data, at, mark):
            at += 1
        return at + 3
    is_instruction = data[at + 1] == 0x3F
    while data[at] != 0x3E or (is_instruction and data[at - 1] != 0x3F):
        at += 1
    return at + 1


@numba.njit
def _past_element(data: Any, at: int) -> int:
    """Returns where the element ends whose content begins here."""
    depth = 1
    while depth:
        while data[at] != 0x3C:
            at += 1
        following = data[at + 1]
        at = _past(data, at)
        if following == 0x2F:
            depth -= 1
        elif following != 0x21 and following != 0x3F and data[at - 2] != 0x2F:
            depth += 1
    return at


@numba.njit
def _marks(
    data: Any,
    at: int,
    attributes: Any,
    attribute_values: Any,
    roles: Any,
    role_values: Any,
    spaces: Any,
    out: Any,
    end: int,
) -> tuple[int, int, Any]:
    """Writes what a page calls an element.

    Returns:
      Where its attributes end, where what was written ends, and the ``KINDS`` of the element.
    """
    first, inside = end, np.int64(0)
    while data[at] != 0x3E and data[at] != 0x2F:
        begin = at + 1
        at += 2
        while data[at] != 0x3D:
            at += 1
        kind = _found(attributes, attribute_values, _byte_hash(data, begin, at))
        at += 2
        if kind == ATTRIBUTE_OF_NAMES:
            if end > first:
                out[end] = 0x20
                end += 1
            at, end = _unescaped(data, at, out, end)
        elif kind:
            at, after = _unescaped(data, at, out, end)
            if kind == ATTRIBUTE_OF_ROLE:
                inside |= _found(roles, role_values, _byte_hash(out, end, after))
            elif (
                kind == ATTRIBUTE_OF_HIDING
                or (
                    kind == ATTRIBUTE_OF_HIDING_IF_TRUE
                    and (after - end == len(_TRUE) and _starts_with(out, end, after, _TRUE))
                )
                or (kind == ATTRIBUTE_OF_STYLE and _hides(out, end, after, spaces))
            ):
                inside |= HIDDEN
        else:
            while data[at] != 0x22:
                at += 1
        at += 1
    return at, end, inside


@_compiled(
    types.UniTuple(types.int64, 5)(
        _U8, _U64, _I64, _U64, _I64, _U64, _I64, _array(types.boolean), types.uint8[::1],
        types.uint8[::1], types.int64[:, ::1], types.int64[:, ::1],
    )
)  # fmt: skip
def page_blocks(
    data: Any,
    tags: Any,
    tag_values: Any,
    attributes: Any,
    attribute_values: Any,
    roles: Any,
    role_values: Any,
    spaces: Any,
    text: Any,
    strings: Any,
    elements: Any,
    blocks: Any,
) -> tuple[int, int, int, int, int]:
    """Collects the blocks of a page; see :func:`transforms.pages.blocks.page_blocks`.

    Args:
      data: uint8, an element as libxml2 writes it in XML, UTF-8.
      tags: hash table of known tags,
      tag_values: and what each means: ``WAYS`` of bits for the way, then its ``KINDS``.
      attributes: hash table of the attributes that count,
      attribute_values: and which each is.
      roles: hash table of known values of ``role``,
      role_values: and the ``KINDS`` of each.
      spaces: whether each code point is white space; those beyond are none.
      text: receives the lines, each followed by a line break; one byte longer than the data.
      strings: receives the distinct tags and names, each followed by a zero; as long.
      elements: shape (``ELEMENT_COLUMNS``, most elements); receives of each block-level element the
        number of the one around it, those of its tag and its names among the strings, the first
        block in it and the first after it, and its ``KINDS``, with those around it.
      blocks: shape (``BLOCK_COLUMNS``, most blocks); receives of each block the characters in
        links, those in bold type, and the number of the element.

    Returns:
      How many elements, blocks, bytes of text, strings and bytes of strings there are.
    """
    parents, own_tags, names, starts, ends, insides = elements
    linked_sizes, strong_sizes, owners = blocks
    most = elements.shape[1]
    ways = np.empty(most + 1, np.int64)  # of the open elements
    bounds = np.zeros(2 * most + 2, np.int64)  # of the strings
    slots = 2
    while slots < 4 * (most + 1):
        slots *= 2
    table = np.full(slots, -1, np.int64)
    at = depth = count = found = out = known = 0
    number = -1  # of the innermost block-level element
    in_link = in_strong = linked = strong = 0
    pending = gap = False  # whether the line has any piece, and white space at its end
    size = 0  # of the line, in characters
    run, run_first, run_last = 0, -1, -1  # characters of the piece of text; its first and last ink
    literal = False  # within <![CDATA[
    while at < len(data):
        if data[at] != 0x3C or literal:
            begin = at
            if literal and _closes(data, at, 0x5D):
                literal = False
                at += 3
                continue
            if data[at] == 0x26 and not literal:
                code, at = _reference(data, at)
                if code < 0:
                    continue
            else:
                code, at = _code_point(data, at)
            if code < len(spaces) and spaces[code]:
                gap = True
            else:
                if gap and size:
                    text[out] = 0x20
                    out += 1
                    size += 1
                gap = False
                size += 1
                if code < 0x80:
                    text[out] = code
                    out += 1
                else:
                    for place in range(begin, at):
                        text[out] = data[place]
                        out += 1
                if run_first < 0:
                    run_first = run
                run_last = run
            run += 1
            continue
        following = data[at + 1]
        if following == 0x21 and data[at + 2] == 0x5B:  # what it holds is text like any other
            literal = True
            at += 9
            continue
        if run_first >= 0:
            pending = True
            if in_link:
                linked += run_last - run_first + 1
            if in_strong:
                strong += run_last - run_first + 1
            run_first = -1
        run = 0
        if following == 0x21 or following == 0x3F:
            at = _past(data, at)
            continue
        is_end = following == 0x2F
        begin = at + 1
        value = np.int64(0)
        if is_end:
            at = _past(data, at)
            depth -= 1
            way = ways[depth]
            in_link -= way == LINK
            in_strong -= way == STRONG
        else:
            at = begin
            while data[at] != 0x3E and data[at] != 0x2F and data[at] > 0x20:
                at += 1
            value = _found(tags, tag_values, _byte_hash(data, begin, at))
            way = value & ((1 << WAYS) - 1)
            if number < 0 and way != CELL:
                way = np.int64(0)
        is_block = way == 0 or way == CELL
        # The cells of a row share its line, unless they hold lines of their own.
        if is_end and way == CELL:
            pending = gap = True
            flushes = found > starts[number]
        elif is_end:
            flushes = is_block and pending
        else:
            flushes = pending and (way == 0 or way == BREAK)
        if flushes:
            if size:
                text[out] = 0x0A
                out += 1
                linked_sizes[found] = min(linked, size)
                strong_sizes[found] = min(strong, size)
                owners[found] = number
                found += 1
                linked = strong = size = 0
            pending = gap = False
        if is_end:
            if is_block:
                ends[number] = found
                number = parents[number]
            if not depth:
                break
            continue
        if is_block:
            end = bounds[known]
            for place in range(begin, at):
                strings[end] = data[place]
                end += 1
            own_tags[count] = _interned(strings, bounds, table, known, end)
            known += own_tags[count] == known
            first = bounds[known]
            at, end, inside = _marks(
                data, at, attributes, attribute_values, roles, role_values, spaces, strings, first
            )
            if number < 0:  # what the page calls its body says nothing of a part of it
                end, inside = first, np.int64(0)
            else:
                inside |= value >> WAYS | insides[number]
            names[count] = _interned(strings, bounds, table, known, end)
            known += names[count] == known
            parents[count] = max(number, 0)
            starts[count] = ends[count] = found
            insides[count] = inside
        else:
            while data[at] != 0x3E:
                at += 1
        is_empty = data[at] == 0x2F or data[at - 1] == 0x2F
        at += 2 if data[at] == 0x2F else 1
        if is_block:
            count += 1
        if is_empty:
            if way == CELL:
                pending = gap = True
            if not depth:
                break
            continue
        if way in (SKIPPED, BREAK):
            at = _past_element(data, at)
            continue
        if is_block:
            number = count - 1
        in_link += way == LINK
        in_strong += way == STRONG
        ways[depth] = way
        depth += 1
    return count, found, out, known, bounds[known]


@numba.njit
def _word_end(names: Any, at: int) -> int:
    """Returns where the word of a name ends that begins here; the same place if none does.

    Words are what ``[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+`` finds.
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
def _cues_of(names: Any, at: int, end: int, ways: Any, cues: Any, state: Any) -> tuple[Any, Any]:
    """Returns the cues that a part of a word holds, and the state it leads to."""
    found = np.int64(0)
    while at < end:
        byte = np.int64(names[at])
        symbol = byte - 0x30 + 26 if byte <= 0x39 else (byte | 0x20) - 0x61
        state = np.int64(ways[state, symbol])
        found |= cues[state]
        at += 1
    return found, state


@_compiled(
    types.void(
        _U8, types.int64, types.Array(types.uint16, 2, "C", readonly=True), _I64,
        _array(types.boolean), _I64, _I64, types.int64[::1], types.int64[::1],
    )
)  # fmt: skip
def name_cues(
    strings: Any,
    count: int,
    ways: Any,
    cues: Any,
    spaces: Any,
    names: Any,
    parents: Any,
    around: Any,
    near: Any,
) -> None:
    """Writes the cues in the names of elements; see :data:`transforms.pages.blocks.CUES`.

    Args:
      strings: uint8, what elements are called, each followed by a zero.
      count: how many there are.
      ways: the automaton of the cues,
      cues: and what is found in each of its states.
      spaces: whether each code point is white space; those beyond are none.
      names: of each element, the number of its string.
      parents: of each element, the number of the one around it, which comes before it.
      around: receives the cues of each element and all around it,
      near: and those of the innermost three.
    """
    own = np.zeros(count, np.int64)
    start = np.int64(ways[0, CUE_START])
    at = 0
    for number in range(count):
        name = 0
        while strings[at]:
            code, after = _code_point(strings, at)
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
                            found, state = _cues_of(strings, at, end, ways, cues, start)
                            own[number] |= found | cues[np.int64(ways[state, CUE_END])]
                    at = end
                else:
                    at = after
                code, after = _code_point(strings, at)
            if words == 2 and not only_digits and name <= MOST_NAMES:
                found, state = _cues_of(strings, first, first_end, ways, cues, start)
                own[number] |= found
                found, state = _cues_of(strings, last, last_end, ways, cues, state)
                own[number] |= found | cues[np.int64(ways[state, CUE_END])]
        at += 1
    for element in range(len(names)):
        above = parents[element]
        around[element] = own[names[element]]
        if above != element:
            around[element] |= around[above]
        near[element] = own[names[element]] | own[names[above]] | own[names[parents[above]]]


@_compiled(
    types.void(
        _I64, _I64, _I64, _array(types.boolean), types.int64[::1], types.int64[::1],
        types.int64[::1],
    )
)  # fmt: skip
def tree_places(
    parents: Any, starts: Any, ends: Any, marked: Any, outers: Any, depths: Any, nearest: Any
) -> None:
    """Writes where the elements of a tree lie, each of which comes after the one around it.

    Args:
      parents: the number of the element around each; of the first, 0.
      starts: the first block in each,
      ends: and the first after it.
      marked: which elements are looked for.
      outers: receives the next element around each that holds more blocks; of the first, 0.
      depths: receives how many elements are around each.
      nearest: receives the innermost marked element around each, itself included; -1 without one.
    """
    outers[0] = depths[0] = 0
    nearest[0] = 0 if marked[0] else -1
    for element in range(1, len(parents)):
        parent = parents[element]
        alone = starts[parent] == starts[element] and ends[parent] == ends[element]
        outers[element] = outers[parent] if alone else parent
        depths[element] = depths[parent] + 1
        nearest[element] = element if marked[element] else nearest[parent]


@_compiled(types.void(_I64, _I64, types.int64[::1]))
def tree_paths(parents: Any, kinds: Any, paths: Any) -> None:
    """Writes a number for each element's path: its kind, and the kinds of all around it.

    Args:
      parents: the number of the element around each, which comes before it.
      kinds: 0 or more.
      paths: receives numbers from 1.
    """
    most = np.int64(0)
    for element in range(len(kinds)):
        most = max(most, kinds[element] + 1)
    slots = 2
    while slots < 2 * len(kinds):
        slots *= 2
    keys, numbers = np.full(slots, -1, np.int64), np.empty(slots, np.int64)
    count = np.int64(0)
    for element in range(len(kinds)):
        above = np.int64(0) if element == 0 else paths[parents[element]]
        key = above * most + kinds[element]
        slot = np.int64(_mix(np.uint64(key)) & np.uint64(slots - 1))
        while keys[slot] >= 0 and keys[slot] != key:
            slot = (slot + 1) & (slots - 1)
        if keys[slot] < 0:
            count += 1
            keys[slot], numbers[slot] = key, count
        paths[element] = numbers[slot]
