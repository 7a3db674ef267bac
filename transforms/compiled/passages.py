"""Passages that two articles share: runs of equal words around seeds, and their joins."""

from typing import Any

import numba
import numpy as np
from numba import types

from transforms.arrays import I64, U32, Mask
from transforms.compiled import loops
from transforms.compiled.loops import compiled
from transforms.compiled.sets import sort_by

_BOOL = loops.read_only(types.boolean)


@numba.njit
def _equal(a: Any, b: Any, usable: Any, here: int, there: int, size: int) -> bool:
    """Returns whether so many words from two places on are equal and may be part of a passage."""
    same = True
    for at in range(size):
        same = same and a[here + at] == b[there + at] and usable[there + at]
    return same


@numba.njit
def _equal_behind(
    a: Any, b: Any, usable: Any, here: int, there: int, end_a: int, end_b: int
) -> int:
    """Returns how many words from two places on are equal and may be part of a passage."""
    most, count = min(end_a - here, end_b - there), 0
    while count < most and _equal(a, b, usable, here + count, there + count, 1):
        count += 1
    return count


@numba.njit
def _equal_before(
    a: Any, b: Any, usable: Any, here: int, there: int, low_a: int, low_b: int
) -> int:
    """Returns how many words before two places are equal and may be part of a passage."""
    most, count = min(here - low_a, there - low_b), 0
    while count < most and _equal(a, b, usable, here - count - 1, there - count - 1, 1):
        count += 1
    return count


@numba.njit
def _gap(
    a: Any, b: Any, usable: Any, here: int, there: int, room_a: int, room_b: int, gap: int,
    size: int, before: bool,
) -> tuple[int, int]:  # fmt: skip
    """Returns the shortest gap on both sides of which ``size`` words are equal; -1 for none.

    Args:
      a: words of the first article.
      b: those of the second.
      usable: whether each of those may be part of a passage.
      here: place in the first.
      there: place in the second.
      room_a: words that may be looked at in the first, behind its place or before it.
      room_b: the same in the second.
      gap: words of the gap on each side, at most.
      size: words that are equal.
      before: whether to look before both places, not behind them.
    """
    for total in range(1, 2 * gap + 1):
        for turn in range(total + 1):
            # The most even gaps first: a word for a word.
            one = total // 2 + (turn + 1) // 2 * (1 if turn % 2 else -1)
            two = total - one
            if one > gap or two > gap or one + size > room_a or two + size > room_b:
                continue
            start_a, start_b, between = here + one, there + two, there
            if before:
                start_a, start_b, between = here - one - size, there - two - size, there - two
            is_open = _equal(a, b, usable, start_a, start_b, size)
            for at in range(between, between + two):
                is_open = is_open and usable[at]
            if is_open:
                return one, two
    return -1, -1


@numba.njit
def _first_window(starts: Any, sizes: Any, low: int, high: int, word: int) -> int:
    """Returns the first of some windows that ends behind a word; ``high`` for none."""
    while low < high:
        middle = (low + high) // 2
        if starts[middle] + sizes[middle] > word:
            high = middle
        else:
            low = middle + 1
    return low


@numba.njit
def _first_above(values: Any, low: int, high: int, value: int) -> int:
    """Returns the first of some ascending values that is above another; ``high`` for none."""
    while low < high:
        middle = (low + high) // 2
        if values[middle] > value:
            high = middle
        else:
            low = middle + 1
    return low


@numba.njit
def _grown(rows: Any, count: int) -> Any:
    """Returns a table of columns with room for one more row."""
    if count < rows.shape[1]:
        return rows
    larger = np.empty((rows.shape[0], 2 * count), np.int64)
    larger[:, :count] = rows
    return larger


@numba.njit
def _with_run(
    runs: Any, count: int, passage: int, here: int, there: int, words: int, place: int
) -> Any:
    """Returns a table of runs with one more row, as ``match`` describes it."""
    runs = _grown(runs, count)
    runs[0, count], runs[1, count], runs[2, count] = passage, here, there
    runs[3, count], runs[4, count] = words, place
    return runs


_SEEDS = types.Tuple((loops.I64, loops.U32, loops.U32, loops.U32, loops.U32))
_WINDOWS = types.Tuple((loops.I64, loops.I64, loops.I64, loops.I64, loops.U32))
_TEXTS = types.Tuple((loops.I64, loops.I64, loops.U32, _BOOL))

_KEY, _A, _B, _WORDS, _HOLDERS, _OUTLETS, _SHIFT, _END_A = range(8)
"""Rows of a table of long runs.

Its diagonal and first word in the first article, in one number; its first word in the words of the
windows and in those of the second articles; its words; the articles and outlets that hold its
rarest seed; what a word's place in the windows is more than in the article; where its window ends.
"""


@numba.njit
def _diagonal(here: Any, there: Any) -> Any:
    """Returns the number of the diagonal of two places in their articles; never negative."""
    return np.int64(there) - np.int64(here) + (np.int64(1) << 30)


@numba.njit
def _long_runs(pair: int, seeds: Any, windows: Any, texts: Any, size: int, shortest: int) -> Any:
    """Returns the maximal runs of at least ``shortest`` equal words of a pair, as a table.

    They are ordered by diagonal, then by place. Arguments as of :func:`match`.
    """
    seed_bounds, seed_a, seed_b, seed_holders, seed_outlets = seeds
    window_bounds, window_starts, window_sizes, window_places, a = windows
    text_places, text_sizes, b, usable = texts
    first, end = seed_bounds[pair], seed_bounds[pair + 1]
    base_b, end_b = text_places[pair], text_places[pair] + text_sizes[pair]
    # By diagonal, then by place: what a run covers follows its first seed.
    keys = np.empty(end - first, np.int64)
    for seed in range(first, end):
        keys[seed - first] = _diagonal(seed_a[seed], seed_b[seed]) << 32 | np.int64(seed_a[seed])
    order = np.arange(end - first)
    sort_by(keys, keys, order, 0, len(order))
    long = np.empty((8, len(order)), np.int64)
    count = 0
    last_diagonal, last_end, is_long = np.int64(-1), np.int64(0), False
    for seed in order + first:
        here, there = np.int64(seed_a[seed]), np.int64(seed_b[seed])
        diagonal = _diagonal(here, there)
        if diagonal == last_diagonal and here + size <= last_end:
            if is_long and seed_holders[seed] < long[_HOLDERS, count - 1]:
                long[_HOLDERS, count - 1] = seed_holders[seed]
                long[_OUTLETS, count - 1] = seed_outlets[seed]
            continue
        low = _first_window(
            window_starts, window_sizes, window_bounds[pair], window_bounds[pair + 1], here
        )
        if low == window_bounds[pair + 1] or window_starts[low] > here:
            continue  # in a line that outlets' boilerplate took
        shift = window_places[low] - window_starts[low]
        start_a, end_a = window_places[low], window_places[low] + window_sizes[low]
        here, there = here + shift, there + base_b
        if here + size > end_a or there + size > end_b:
            continue
        if not _equal(a, b, usable, here, there, size):
            continue
        before = _equal_before(a, b, usable, here, there, start_a, base_b)
        behind = _equal_behind(a, b, usable, here + size, there + size, end_a, end_b)
        here, there, length = here - before, there - before, before + size + behind
        last_diagonal, last_end = diagonal, here + length - shift
        is_long = length >= shortest
        if is_long:
            long[_KEY, count] = diagonal << 32 | (here - shift)
            long[_A, count], long[_B, count], long[_WORDS, count] = here, there, length
            long[_HOLDERS, count], long[_OUTLETS, count] = seed_holders[seed], seed_outlets[seed]
            long[_SHIFT, count], long[_END_A, count] = shift, end_a
            count += 1
    return long[:, :count]


@numba.njit
def _in_text_order(long: Any, base_b: int) -> Any:
    """Returns the numbers of long runs by their places in both articles."""
    keys = np.empty(long.shape[1], np.int64)
    for one in range(long.shape[1]):
        keys[one] = (long[_A, one] - long[_SHIFT, one]) << 32 | (long[_B, one] - base_b)
    order = np.arange(long.shape[1])
    sort_by(keys, keys, order, 0, len(order))
    return order


@numba.njit
def _holding(long: Any, here: int, there: int) -> int:
    """Returns the long run that holds a word of both articles; -1 for none."""
    diagonal = _diagonal(here, there)
    low = _first_above(long[_KEY], 0, long.shape[1], diagonal << 32 | here) - 1
    if low < 0 or long[_KEY, low] >> 32 != diagonal:
        return -1
    return low if here < long[_A, low] - long[_SHIFT, low] + long[_WORDS, low] else -1


@numba.njit
def _runs_before(
    a: Any, b: Any, usable: Any, long: Any, at: int, low_a: int, low_b: int, limits: Any, found: Any
) -> int:
    """Fills a table with the runs that are joined before a long one, the last first.

    Args:
      a: words of the windows.
      b: words of the second articles.
      usable: whether each of those may be part of a passage.
      long: table of long runs.
      at: number of the one.
      low_a: first place in ``a`` that such a run may have.
      low_b: the same in ``b``.
      limits: as of :func:`match`.
      found: shape (3, most): first word in ``a``, in ``b``, words.

    Returns:
      How many there are.
    """
    _, shortest, gap, joined, _ = limits
    here, there = long[_A, at], long[_B, at]
    count = 0
    while True:
        one, two = _gap(a, b, usable, here, there, here - low_a, there - low_b, gap, joined, True)
        if one < 0:
            return count
        here, there = here - one - joined, there - two - joined
        more = _equal_before(a, b, usable, here, there, low_a, low_b)
        here, there = here - more, there - more
        if more + joined >= shortest:
            return count  # a long run, which is part of another passage
        found[0, count], found[1, count], found[2, count] = here, there, more + joined
        count += 1


@compiled(
    types.UniTuple(types.int64[:, ::1], 2)(_SEEDS, _WINDOWS, _TEXTS, types.UniTuple(types.int64, 5))
)
def match(
    seeds: tuple[I64, U32, U32, U32, U32],
    windows: tuple[I64, I64, I64, I64, U32],
    texts: tuple[I64, I64, U32, Mask],
    limits: tuple[int, int, int, int, int],
) -> tuple[I64, I64]:
    """Returns the passages of n pairs of articles, and the runs of equal words within them.

    Every seed is extended as far as the words are equal. A maximal run of ``shortest`` words makes
    a passage. From its ends further runs of at least ``joined`` words are sought behind gaps of at
    most ``gap`` words on each side, the shortest first, no farther than ``reach`` words from the
    last run of ``shortest`` words. Each of those is part of one passage only, and whole; where two
    overlap, because words are repeated, the words of the passage count once.

    Args:
      seeds: n + 1 bounds of the pairs in the seeds; of each seed the first word in both articles,
        and the articles and outlets that hold it.
      windows: n + 1 bounds of the pairs in the windows; of each window its first word in the first
        article, its words, and where they begin in the words of all windows; those words.
      texts: where the second article of each pair begins in the words of all, and its words; those
        words; whether each may be part of a passage.
      limits: words of a seed (size); of the run that a passage needs (shortest); of a gap on each
        side, at most (gap); of a run that is joined, at least (joined); from the last long run,
        within which others are joined (reach).

    Returns:
      Passages, shape (8, passages): pair, start and end in the first article, in the second, words
      shared, articles and outlets that hold the rarest seed. Runs, shape (5, runs): passage, first
      word in the first article, in the second, words, place of the first word in the windows.
    """
    size, shortest, gap, joined, reach = limits
    window_bounds, window_starts, window_sizes, window_places, a = windows
    text_places, text_sizes, b, usable = texts
    passages = np.empty((8, 256), np.int64)
    runs = np.empty((5, 1024), np.int64)
    passage_count, run_count = 0, 0
    before = np.empty((3, reach + 1), np.int64)
    for pair in range(len(text_places)):
        base_b, end_b = text_places[pair], text_places[pair] + text_sizes[pair]
        long = _long_runs(pair, seeds, windows, texts, size, shortest)
        taken = np.zeros(long.shape[1], np.bool_)
        # Where the passage before ends, in the article's words.
        past_a, past_b = np.int64(0), np.int64(0)
        for at in _in_text_order(long, base_b):
            if taken[at]:
                continue
            taken[at] = True
            here, there, words = long[_A, at], long[_B, at], long[_WORDS, at]
            shift, end_a = long[_SHIFT, at], long[_END_A, at]
            holders, outlets = long[_HOLDERS, at], long[_OUTLETS, at]

            low_a, low_b = here - reach, there - reach
            if past_a + shift <= here and past_b + base_b <= there:
                low_a, low_b = max(low_a, past_a + shift), max(low_b, past_b + base_b)
            low = _first_window(
                window_starts,
                window_sizes,
                window_bounds[pair],
                window_bounds[pair + 1],
                here - shift,
            )
            low_a, low_b = max(low_a, window_places[low]), max(low_b, base_b)
            earlier = _runs_before(a, b, usable, long, at, low_a, low_b, limits, before)
            first_a, first_b = here - shift, there - base_b
            for step in range(earlier - 1, -1, -1):
                place, more = before[0, step], before[2, step]
                one, two = place - shift, before[1, step] - base_b
                first_a, first_b = min(first_a, one), min(first_b, two)
                runs = _with_run(runs, run_count, passage_count, one, two, more, place)
                run_count += 1
                words += more
            runs = _with_run(
                runs, run_count, passage_count, here - shift, there - base_b, long[_WORDS, at], here
            )
            run_count += 1

            last_a, last_b = here, there
            here, there = here + long[_WORDS, at], there + long[_WORDS, at]
            far_a, far_b = min(here + reach, end_a), min(there + reach, end_b)
            while True:
                one, two = _gap(
                    a, b, usable, here, there, far_a - here, far_b - there, gap, joined, False
                )
                if one < 0:
                    break
                next_a, next_b = here + one, there + two
                holding = _holding(long, next_a - shift, next_b - base_b)
                if holding >= 0:
                    if taken[holding] or long[_A, holding] <= last_a or long[_B, holding] <= last_b:
                        break  # another passage has it, or it begins before the run it is to join
                    taken[holding] = True
                    next_a, next_b = long[_A, holding], long[_B, holding]
                    more = long[_WORDS, holding]
                    if long[_HOLDERS, holding] < holders:
                        holders, outlets = long[_HOLDERS, holding], long[_OUTLETS, holding]
                    words += more - max(here - next_a, there - next_b, 0)
                    far_a = min(next_a + more + reach, end_a)
                    far_b = min(next_b + more + reach, end_b)
                else:
                    more = joined + _equal_behind(
                        a, b, usable, next_a + joined, next_b + joined, far_a, far_b
                    )
                    words += more
                runs = _with_run(
                    runs, run_count, passage_count, next_a - shift, next_b - base_b, more, next_a
                )
                run_count += 1
                last_a, last_b = next_a, next_b
                here, there = next_a + more, next_b + more
            past_a, past_b = here - shift, there - base_b
            passages = _grown(passages, passage_count)
            passages[0, passage_count] = pair
            passages[1, passage_count], passages[2, passage_count] = first_a, past_a
            passages[3, passage_count], passages[4, passage_count] = first_b, past_b
            passages[5, passage_count] = words
            passages[6, passage_count], passages[7, passage_count] = holders, outlets
            passage_count += 1
    return passages[:, :passage_count].copy(), runs[:, :run_count].copy()


_PARAGRAPHS = types.Tuple((loops.I64, loops.I64, loops.U32))


@numba.njit
def _paragraph(starts: Any, first: int, count: int, word: int) -> Any:
    """Returns the last of the paragraphs of an article that begins at a word or before it."""
    return _first_above(starts, first, first + count, word) - 1 - first


@compiled(types.int64[:, ::1](types.int64[:, ::1], loops.I64, _PARAGRAPHS, _PARAGRAPHS))
def cut_at_paragraphs(
    runs: I64, pairs: I64, a: tuple[I64, I64, U32], b: tuple[I64, I64, U32]
) -> I64:
    """Cuts runs where a paragraph of one of the articles ends.

    Args:
      runs: as :func:`match` returns them.
      pairs: the pair of each run.
      a: of the first article of n pairs, where the starts of its paragraphs begin in those of all,
        how many it has; the starts, in words of the article.
      b: the same of the second article.

    Returns:
      Parts, shape (5, parts): run, words before the part in the run, its words, and the number of
      the paragraph in both articles, from 0.
    """
    a_first, a_count, a_starts = a
    b_first, b_count, b_starts = b
    parts = np.empty((5, max(runs.shape[1], 1)), np.int64)
    count = 0
    for run in range(runs.shape[1]):
        pair = pairs[run]
        done, length = np.int64(0), runs[3, run]
        while done < length:
            here, there = runs[1, run] + done, runs[2, run] + done
            one = _paragraph(a_starts, a_first[pair], a_count[pair], here)
            two = _paragraph(b_starts, b_first[pair], b_count[pair], there)
            more = length - done
            if one + 1 < a_count[pair]:
                more = min(more, np.int64(a_starts[a_first[pair] + one + 1]) - here)
            if two + 1 < b_count[pair]:
                more = min(more, np.int64(b_starts[b_first[pair] + two + 1]) - there)
            parts = _grown(parts, count)
            parts[0, count], parts[1, count], parts[2, count] = run, done, more
            parts[3, count], parts[4, count] = one, two
            count += 1
            done += more
    return parts[:, :count].copy()
