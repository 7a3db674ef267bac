"""Passages that two articles share: seeds, windows, runs and their joins."""

from typing import Any

import numba
import numpy as np
from numba import types

from transforms.arrays import I64, U32, U64, Mask
from transforms.compiled import loops
from transforms.compiled.loops import compiled
from transforms.compiled.sets import hash_order, sort_by

_BOOL = loops.read_only(types.boolean)


# --- seeds ---------------------------------------------------------------------------------------


@compiled(
    types.int64[:, ::1](
        loops.U64, loops.U64, loops.U32, loops.U32, loops.U32, types.uint32, types.int64,
        types.int64, types.int64,
    )
)  # fmt: skip
def shared_shingles(
    hashes: U64,
    articles: U64,
    ranks: U32,
    places: U32,
    outlets: U32,
    new: np.uint32,
    hot: int,
    repeats: int,
    places_of_one: int,
) -> I64:
    """Returns pairs of rows of two articles that share a hash.

    The articles under a hash are ordered by (rank, article). The first ``hot`` are all paired with
    each other, each later one with the first only. So the pairs stay linear in the rows, and which
    pairs there are does not depend on the articles that come after both.

    Args:
      hashes: of n rows, equal ones together.
      articles: article of each.
      ranks: of the article, the same for all of its rows of a run.
      places: of the shingle in it.
      outlets: of the article; 0 is unknown.
      new: bit of the ranks that marks new rows; at least one article of a pair has one.
      hot: articles under a hash that are all paired.
      repeats: places of an article under a hash that are paired with all of the other; the later
        ones are paired with so many of the other, the first ones.
      places_of_one: places of an article under a hash that are used, the first ones.

    Returns:
      Shape (4, pairs): the positions of both rows, and how many articles and outlets hold the hash.
    """
    longest, length = 0, 0
    for row in range(len(hashes)):
        length = length + 1 if row and hashes[row] == hashes[row - 1] else 1
        longest = max(longest, length)
    firsts = np.empty(longest, np.int64)
    lasts = np.empty(longest, np.int64)
    members = np.empty(longest, np.int64)
    rank_of = np.empty(longest, np.uint32)
    article_of = np.empty(longest, np.uint64)
    outlet_of = np.empty(longest, np.uint32)
    is_new = np.zeros(longest, np.bool_)
    order = np.arange(len(hashes))
    found = np.empty((4, 1024), np.int64)
    count, end = 0, 0
    while end < len(hashes):
        first, end = end, end + 1
        while end < len(hashes) and hashes[end] == hashes[first]:
            end += 1
        sort_by(articles, places, order, first, end)
        holders = 0
        at = first
        while at < end:
            row = order[at]
            firsts[holders], members[holders] = at, holders
            article_of[holders], outlet_of[holders] = articles[row], outlets[row]
            rank_of[holders], is_new[holders] = ranks[row], False
            while at < end and articles[order[at]] == articles[row]:
                rank_of[holders] = min(rank_of[holders], ranks[order[at]])
                is_new[holders] |= ranks[order[at]] & new != 0
                at += 1
            lasts[holders] = min(at, firsts[holders] + places_of_one)
            holders += 1
        if holders < 2:
            continue
        sort_by(outlet_of, article_of, members, 0, holders)
        several = np.int64(outlet_of[members[0]] != 0)
        for at in range(1, holders):
            several += outlet_of[members[at]] != outlet_of[members[at - 1]]
        sort_by(rank_of, article_of, members, 0, holders)
        for one in range(min(hot, holders)):
            left = members[one]
            for two in range(one + 1, holders if one == 0 else min(hot, holders)):
                right = members[two]
                if not (is_new[left] or is_new[right]):
                    continue
                for here in range(firsts[left], lasts[left]):
                    behind = lasts[right]
                    if here >= firsts[left] + repeats:
                        behind = min(behind, firsts[right] + repeats)
                    for there in range(firsts[right], behind):
                        if count == found.shape[1]:
                            grown = np.empty((4, 2 * count), np.int64)
                            grown[:, :count] = found
                            found = grown
                        found[0, count], found[1, count] = order[here], order[there]
                        found[2, count], found[3, count] = holders, several
                        count += 1
    return found[:, :count].copy()


@compiled(types.int64[::1](loops.U64, loops.U64, loops.U32))
def pair_order(articles: U64, others: U64, places: U32) -> I64:
    """Returns the order of rows by article, other article and place."""
    order = hash_order(articles)
    end = 0
    while end < len(order):
        first, end = end, end + 1
        while end < len(order) and articles[order[end]] == articles[order[first]]:
            end += 1
        sort_by(others, places, order, first, end)
    return order


@compiled(
    types.Tuple((types.int64[::1], types.int64[::1], types.int64[::1]))(
        loops.I64, loops.U32, loops.I64, loops.I64, _BOOL, types.int64, types.int64
    )
)
def windows(
    bounds: I64, places: U32, offsets: I64, lengths: I64, usable: Mask, size: int, reach: int
) -> tuple[I64, I64, I64]:
    """Returns the windows around the seeds of n pairs, in words of their first article.

    A window holds the words of a seed and up to ``reach`` on both sides, but no word that is not
    usable, nor one behind such a word. Windows that touch are one.

    Args:
      bounds: n + 1 bounds of the pairs in the seeds.
      places: first word of each seed in the article, ascending within a pair.
      offsets: where the article of each pair begins in ``usable``.
      lengths: its words.
      usable: whether a word may be part of a passage.
      size: words of a seed.
      reach: words on each side.

    Returns:
      Starts and lengths of the windows, and how many each pair has.
    """
    starts = np.empty(len(places), np.int64)
    sizes = np.empty(len(places), np.int64)
    counts = np.zeros(len(bounds) - 1, np.int64)
    kept = 0
    for pair in range(len(bounds) - 1):
        offset, length = offsets[pair], lengths[pair]
        first = kept
        for seed in range(bounds[pair], bounds[pair + 1]):
            place = int(places[seed])
            end = place
            while end < min(place + size + reach, length) and usable[offset + end]:
                end += 1
            if end < place + size:
                continue
            start = place
            while start > max(place - reach, 0) and usable[offset + start - 1]:
                start -= 1
            if kept > first and start <= starts[kept - 1] + sizes[kept - 1]:
                # Nothing between two windows that touch is unusable.
                sizes[kept - 1] = end - starts[kept - 1]
                continue
            starts[kept], sizes[kept] = start, end - start
            kept += 1
        counts[pair] = kept - first
    return starts[:kept].copy(), sizes[:kept].copy(), counts


# --- passages ------------------------------------------------------------------------------------


@numba.njit
def _equal(a: Any, b: Any, usable: Any, here: int, there: int, size: int) -> bool:
    """Returns whether so many words from two places on are equal and may be part of a passage."""
    same = True
    for at in range(size):
        same = same and a[here + at] == b[there + at] and usable[there + at]
    return same


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
def _grown(rows: Any, count: int) -> Any:
    """Returns a table of columns with room for one more row."""
    if count < rows.shape[1]:
        return rows
    larger = np.empty((rows.shape[0], 2 * count), np.int64)
    larger[:, :count] = rows
    return larger


_SEEDS = types.Tuple((loops.I64, loops.U32, loops.U32, loops.U32, loops.U32))
_WINDOWS = types.Tuple((loops.I64, loops.I64, loops.I64, loops.I64, loops.U32))
_TEXTS = types.Tuple((loops.I64, loops.I64, loops.U32, _BOOL))


@compiled(
    types.UniTuple(types.int64[:, ::1], 2)(
        _SEEDS, _WINDOWS, _TEXTS, types.int64, types.int64, types.int64, types.int64, types.int64
    )
)
def match(
    seeds: tuple[I64, U32, U32, U32, U32],
    windows: tuple[I64, I64, I64, I64, U32],
    texts: tuple[I64, I64, U32, Mask],
    size: int,
    shortest: int,
    gap: int,
    joined: int,
    reach: int,
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
      size: words of a seed.
      shortest: words of the run that a passage needs.
      gap: words of a gap on each side, at most.
      joined: words of a run that is joined, at least.
      reach: words from the last long run within which others are joined.

    Returns:
      Passages, shape (8, passages): pair, start and end in the first article, in the second, words
      shared, articles and outlets that hold the rarest seed. Runs, shape (5, runs): passage, first
      word in the first article, in the second, words, place of the first word in the windows.
    """
    seed_bounds, seed_a, seed_b, seed_holders, seed_outlets = seeds
    window_bounds, window_starts, window_sizes, window_places, a = windows
    text_places, text_sizes, b, usable = texts
    passages = np.empty((8, 256), np.int64)
    runs = np.empty((5, 1024), np.int64)
    passage_count, run_count = 0, 0
    before = np.empty((4, reach + 1), np.int64)  # runs before the first long one, the last first
    for pair in range(len(seed_bounds) - 1):
        first, end = seed_bounds[pair], seed_bounds[pair + 1]
        base_b, end_b = text_places[pair], text_places[pair] + text_sizes[pair]
        # By diagonal, then by place: what a run covers follows its first seed.
        keys = np.empty(end - first, np.int64)
        for seed in range(first, end):
            diagonal = np.int64(seed_b[seed]) - np.int64(seed_a[seed]) + (np.int64(1) << 30)
            keys[seed - first] = diagonal << 32 | np.int64(seed_a[seed])
        order = np.arange(end - first)
        sort_by(keys, keys, order, 0, len(order))
        # Long runs: key, first word in a and b, words, articles, outlets, shift into a, its end.
        long = np.empty((8, len(order)), np.int64)
        count = 0
        last_diagonal, last_end, is_long = np.int64(-1), np.int64(0), False
        for seed in order + first:
            here, there = np.int64(seed_a[seed]), np.int64(seed_b[seed])
            diagonal = there - here + (np.int64(1) << 30)
            if diagonal == last_diagonal and here + size <= last_end:
                if is_long and seed_holders[seed] < long[4, count - 1]:
                    long[4, count - 1] = seed_holders[seed]
                    long[5, count - 1] = seed_outlets[seed]
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
            length = size
            while (
                here + length < end_a
                and there + length < end_b
                and _equal(a, b, usable, here + length, there + length, 1)
            ):
                length += 1
            while (
                here > start_a and there > base_b and _equal(a, b, usable, here - 1, there - 1, 1)
            ):
                here, there, length = here - 1, there - 1, length + 1
            last_diagonal, last_end = diagonal, here + length - shift
            is_long = length >= shortest
            if is_long:
                long[0, count] = diagonal << 32 | (here - shift)
                long[1, count], long[2, count], long[3, count] = here, there, length
                long[4, count], long[5, count] = seed_holders[seed], seed_outlets[seed]
                long[6, count], long[7, count] = shift, end_a
                count += 1
        if not count:
            continue
        in_order = np.empty(count, np.int64)
        for one in range(count):
            in_order[one] = (long[1, one] - long[6, one]) << 32 | (long[2, one] - base_b)
        taken = np.zeros(count, np.bool_)
        # Where the passage before ends, in the article's words.
        past_a, past_b = np.int64(0), np.int64(0)
        ascending = np.arange(count)
        sort_by(in_order, in_order, ascending, 0, count)
        for at in ascending:  # numbers of long runs
            if taken[at]:
                continue
            taken[at] = True
            here, there, length = long[1, at], long[2, at], long[3, at]
            shift, end_a = long[6, at], long[7, at]
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
            start_a, start_b = here, there
            earlier = 0
            while True:
                room_a, room_b = start_a - low_a, start_b - low_b
                one, two = _gap(a, b, usable, start_a, start_b, room_a, room_b, gap, joined, True)
                if one < 0:
                    break
                start_a, start_b = start_a - one - joined, start_b - two - joined
                more = joined
                while (
                    start_a > low_a
                    and start_b > low_b
                    and _equal(a, b, usable, start_a - 1, start_b - 1, 1)
                ):
                    start_a, start_b, more = start_a - 1, start_b - 1, more + 1
                if more >= shortest:
                    break  # a long run, which is part of another passage
                before[0, earlier], before[1, earlier] = start_a - shift, start_b - base_b
                before[2, earlier], before[3, earlier] = more, start_a
                earlier += 1
            words = length
            holders, outlets = long[4, at], long[5, at]
            for step in range(earlier - 1, -1, -1):
                runs = _grown(runs, run_count)
                runs[0, run_count] = passage_count
                runs[1:, run_count] = before[:, step]
                words += before[2, step]
                run_count += 1
            first_a, first_b = here - shift, there - base_b
            if earlier:
                first_a, first_b = before[0, earlier - 1], before[1, earlier - 1]
            runs = _grown(runs, run_count)
            runs[0, run_count], runs[1, run_count] = passage_count, here - shift
            runs[2, run_count], runs[3, run_count] = there - base_b, length
            runs[4, run_count] = here
            run_count += 1
            last_a, last_b = here, there
            here, there = here + length, there + length
            far_a, far_b = min(here + reach, end_a), min(there + reach, end_b)
            while True:
                room_a, room_b = far_a - here, far_b - there
                one, two = _gap(a, b, usable, here, there, room_a, room_b, gap, joined, False)
                if one < 0:
                    break
                next_a, next_b = here + one, there + two
                # Is it within a long run?
                diagonal = (next_b - base_b) - (next_a - shift) + (np.int64(1) << 30)
                key = diagonal << 32 | (next_a - shift)
                low, high = 0, count
                while low < high:  # the first long run behind the place
                    middle = (low + high) // 2
                    if long[0, middle] > key:
                        high = middle
                    else:
                        low = middle + 1
                low -= 1
                is_within = (
                    low >= 0
                    and long[0, low] >> 32 == diagonal
                    and next_a - shift < long[1, low] - long[6, low] + long[3, low]
                )
                if is_within:
                    if taken[low] or long[1, low] <= last_a or long[2, low] <= last_b:
                        break  # another passage has it, or it begins before the run it is to join
                    taken[low] = True
                    next_a, next_b, more = long[1, low], long[2, low], long[3, low]
                    if long[4, low] < holders:
                        holders, outlets = long[4, low], long[5, low]
                    words += more - max(here - next_a, there - next_b, 0)
                    far_a = min(next_a + more + reach, end_a)
                    far_b = min(next_b + more + reach, end_b)
                else:
                    more = joined
                    while (
                        next_a + more < far_a
                        and next_b + more < far_b
                        and _equal(a, b, usable, next_a + more, next_b + more, 1)
                    ):
                        more += 1
                    words += more
                runs = _grown(runs, run_count)
                runs[0, run_count], runs[1, run_count] = passage_count, next_a - shift
                runs[2, run_count], runs[3, run_count] = next_b - base_b, more
                runs[4, run_count] = next_a
                run_count += 1
                last_a, last_b = next_a, next_b
                here, there = next_a + more, next_b + more
            passages = _grown(passages, passage_count)
            past_a, past_b = here - shift, there - base_b
            passages[0, passage_count] = pair
            passages[1, passage_count], passages[2, passage_count] = first_a, past_a
            passages[3, passage_count], passages[4, passage_count] = first_b, past_b
            passages[5, passage_count] = words
            passages[6, passage_count], passages[7, passage_count] = holders, outlets
            passage_count += 1
    return passages[:, :passage_count].copy(), runs[:, :run_count].copy()


_PARAGRAPHS = types.Tuple((loops.I64, loops.I64, loops.U32))


@numba.njit
def _paragraph(starts: Any, first: int, count: int, word: int) -> int:
    """Returns the last of the paragraphs of an article that begins at a word or before it."""
    low, high = first, first + count
    while low < high:
        middle = (low + high) // 2
        if starts[middle] > word:
            high = middle
        else:
            low = middle + 1
    return low - 1 - first


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
