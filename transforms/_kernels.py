"""Compiled loops over words and hashes, for what numpy can only do in many passes.

Numba compiles them for the processor at hand when this module is first imported (some ten seconds)
and keeps the result beside the module, or in the user's cache folder where that cannot be written
to; later imports load it in a fraction of a second. They know integers only, so every processor
gives the same results. :mod:`transforms.shingles` says what they are for.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numba import types

from transforms.line_glance import (
    ASKED,
    BARE,
    BRACKETED,
    CLOSER,
    CRUMB,
    DIGITS,
    EARLY_COLON,
    ELISION,
    ENDED,
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
    PLAIN,
    QUOTE,
    SHORT,
    SIGN,
    STOP,
    TWICE,
    WIDTH,
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


@numba.njit(types.uint64(types.uint64), inline="always")
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
    for text in range(first, len(offsets) - 1):
        start = written
        at, end = offsets[text], offsets[text + 1]
        inside = False
        before = SEPARATOR  # class of the last character but marks
        total, power = np.uint64(0), np.uint64(1)
        while at < end:
            if before != SPACELESS:
                # Nearly all of a text: the letters of ASCII.
                letters = at
                while at < end and data[at] < 0x80 and classes[data[at]] == LETTER:
                    total += (np.uint64(fold[data[at]]) + np.uint64(1)) * power
                    power *= base
                    at += 1
                if at > letters:
                    inside = True
                    before = LETTER
                    if at == end:
                        break
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
def _meets(
    obstacles: Any, kind: int, words: int, first: Any, found: Any, flags: int, initial: Any
) -> bool:
    """Whether one of the rows of :class:`transforms.line_glance.Obstacle` counts in a line."""
    for row in range(len(obstacles)):
        if (
            obstacles[row, 0] >> kind & 1
            and words <= obstacles[row, 7]
            and (not obstacles[row, 1] or obstacles[row, 1] & first)
            and (not obstacles[row, 2] or obstacles[row, 2] & found)
            and (not obstacles[row, 3] or obstacles[row, 3] & found)
            and (not obstacles[row, 4] or obstacles[row, 4] & flags)
            and (not obstacles[row, 5] or obstacles[row, 5] & flags)
            and (not obstacles[row, 6] or obstacles[row, 6] & initial)
        ):
            return True
    return False


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
    """Looks once at the words of lines; see :func:`transforms.line_glance.glance`.

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
      obstacles: int64, shape (obstacles, 8), in the order of their attributes.
      out: shape (lines, 5); receives the words between white space, the values of the first word or
        a part of it up to a mark, those of all words, the flags, and the value of the whole line.

    Returns:
      An unknown code point, to be looked at before the call is repeated; -1 where all are done.
    """
    at = 0
    seen = len(hints) - 1
    for line in range(len(out)):
        words, first, found, flags = 0, np.int64(0), np.int64(0), 0
        begin = at
        start, late = at, -61  # ``start`` moves on so that ``at - start`` counts characters
        inside = last_digit = False
        joint = 0  # what letters would say of the marks before them in the word
        total, power = np.uint64(0), np.uint64(1)
        line_total, line_power = np.uint64(0), np.uint64(1)
        # The last characters, and the last one that is no closing mark; 0 for a letter.
        last: Any = np.int64(0)
        solid: Any = np.int64(0)
        before_last: Any = np.int64(0)
        while True:
            letters = at
            while data[at] < 0x80 and classes[data[at]] == LETTER:
                total += (np.uint64(fold[data[at]]) + np.uint64(1)) * power
                power *= base
                at += 1
            if at > letters:
                last_digit = False
                last = solid = 0
                if not inside:
                    inside = True
                    words += 1
                else:
                    flags |= joint
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
                if not inside:
                    inside = True
                    words += 1
                else:
                    flags |= joint
                last_digit = kind == DIGIT
                if kind == DIGIT:
                    flags |= DIGITS
                    if words == 1:
                        flags |= ODD
                total += (np.uint64(fold[code]) + np.uint64(1)) * power
                power *= base
                continue
            if words == 1 and power != 1:
                first |= _found(first_words, first_values, _mix(total))
            if kind == SPACE:
                if inside:
                    if power != 1:
                        found |= _found(any_words, any_values, _mix(total))
                        line_total += total * line_power
                        line_power *= power
                    else:
                        flags |= BARE
                        if words == 1:
                            flags |= ODD
                    total, power = np.uint64(0), np.uint64(1)
                    inside = False
                    joint = 0
                if ended:
                    break
                continue
            if not inside:
                inside = True
                words += 1
            if power != 1:
                joint |= ELISION if kind == APOSTROPHE else JOINT
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
            elif code in (0x5B, 0x7B, 0x40) or (code == 0x28 and power != 1):  # [ { @ or f(x)
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
        if position - 1 > reach:
            place = at - 1
            left = reach
            while left:
                place -= 1
                if data[place] & 0xC0 != 0x80:
                    left -= 1
        else:
            place = begin
        state = np.int64(0)
        while place < at - 1:
            state = np.int64(hints[state, data[place]])
            place += 1
        if state == seen:
            flags |= HINT
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
        size = position - 1
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
            if not _meets(obstacles, kind, words, first, found, flags, initial):
                flags |= PLAIN
        out[line, 0] = words
        out[line, 1] = first
        out[line, 2] = found
        out[line, 3] = flags
        out[line, 4] = whole
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
