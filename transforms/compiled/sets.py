"""Operations on sets and multisets of 64-bit hashes: intersections, sorting, collisions."""

from typing import Any

import numba
import numpy as np
from numba import types

from transforms.arrays import I64, U32, U64
from transforms.compiled import loops
from transforms.compiled.loops import compiled

Sets = tuple[U64, I64, I64]
"""Hashes of the elements of n sets, where each set starts, how many elements it has."""

_SETS = types.Tuple((loops.U64, loops.I64, loops.I64))


@compiled(types.UniTuple(types.int64[:], 3)(_SETS, _SETS))
def overlaps(left: Sets, right: Sets) -> tuple[I64, I64, I64]:
    """Returns the sizes of n pairs of sets and of their intersections: left, right, shared.

    Each set fills an open-addressing hash table; its elements are hashes already. A slot filled for
    an earlier pair counts as empty, so that the tables are never cleared.
    """
    left_values, left_starts, left_lengths = left
    right_values, right_starts, right_lengths = right
    sizes = np.zeros((3, len(left_starts)), np.int64)
    longest = 1
    for pair in range(len(left_starts)):
        longest = max(longest, max(left_lengths[pair], right_lengths[pair]))
    slots = 2
    while slots < 2 * longest:
        slots *= 2
    values = np.empty((2, slots), np.uint64)
    owners = np.full((2, slots), -1, np.int64)
    for pair in range(len(left_starts)):
        small = 2
        while small < 2 * max(left_lengths[pair], right_lengths[pair]):
            small *= 2
        mask = np.uint64(small - 1)
        for at in range(left_starts[pair], left_starts[pair] + left_lengths[pair]):
            value = left_values[at]
            slot = value & mask
            while owners[0, slot] == pair and values[0, slot] != value:
                slot = (slot + np.uint64(1)) & mask
            if owners[0, slot] != pair:
                owners[0, slot] = pair
                values[0, slot] = value
                sizes[0, pair] += 1
        for at in range(right_starts[pair], right_starts[pair] + right_lengths[pair]):
            value = right_values[at]
            slot = value & mask
            while owners[1, slot] == pair and values[1, slot] != value:
                slot = (slot + np.uint64(1)) & mask
            if owners[1, slot] == pair:
                continue
            owners[1, slot] = pair
            values[1, slot] = value
            sizes[1, pair] += 1
            slot = value & mask
            while owners[0, slot] == pair and values[0, slot] != value:
                slot = (slot + np.uint64(1)) & mask
            if owners[0, slot] == pair:
                sizes[2, pair] += 1
    return sizes[0], sizes[1], sizes[2]


@compiled(types.int64[::1](loops.U64))
def hash_order(hashes: U64) -> I64:
    """Returns the order of a stable sort of hashes.

    Hashes are spread evenly over the range they lie in, so that buckets by their highest bits hold
    some four each; within a bucket insertion sorts.
    """
    count = len(hashes)
    order = np.empty(count, np.int64)
    if not count:
        return order
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
    return order


@compiled(types.int64[::1](loops.U64))
def recurring(hashes: U64) -> I64:
    """Returns the positions of hashes that occur more than once, equal ones together.

    Counting by the lowest bits first, in four buckets per hash, so that of the hashes that occur
    once only one in five is sorted.
    """
    buckets = 2
    while buckets <= 4 * len(hashes):
        buckets *= 2
    mask = np.uint64(buckets - 1)
    counts = np.zeros(buckets, np.uint8)
    for at in range(len(hashes)):
        bucket = hashes[at] & mask
        counts[bucket] = min(counts[bucket] + 1, 2)
    crowded = np.empty(len(hashes), np.int64)
    count = 0
    for at in range(len(hashes)):
        if counts[hashes[at] & mask] > 1:
            crowded[count] = at
            count += 1
    order = crowded[:count][hash_order(hashes[crowded[:count]])]
    recurs = np.zeros(count, np.bool_)
    for at in range(1, count):
        if hashes[order[at]] == hashes[order[at - 1]]:
            recurs[at - 1] = recurs[at] = True
    return order[recurs]


@numba.njit
def sort_by(keys: Any, others: Any, order: Any, first: int, end: int) -> None:
    """Sorts ``order[first:end]`` by (key, other), by Shell's method with Knuth's gaps.

    Most are a handful of rows, which are sorted by insertion.
    """
    gap = 1
    while 9 * gap < end - first:
        gap = 3 * gap + 1
    while gap:
        for after in range(first + gap, end):
            moved = order[after]
            key, other = keys[moved], others[moved]
            before = after - gap
            while before >= first and (
                keys[order[before]] > key
                or (keys[order[before]] == key and others[order[before]] > other)
            ):
                order[before + gap] = order[before]
                before -= gap
            order[before + gap] = moved
        gap //= 3


@compiled(
    types.UniTuple(types.int64[::1], 2)(loops.U64, loops.U64, loops.U32, types.uint32, types.int64)
)
def collisions(hashes: U64, texts: U64, ranks: U32, new: np.uint32, clique: int) -> tuple[I64, I64]:
    """Returns pairs of rows that share a hash, as the positions of both.

    Of the rows of one text under a hash the one with the lowest rank counts. By (rank, text) the
    first ``clique`` texts under a hash are all paired, each later one with the first only. So the
    pairs stay linear in the rows, and which there are does not depend on the texts that come after
    both. At least one text of a pair has a new row.

    Args:
      hashes: of n rows, equal ones together.
      texts: key of each row's text.
      ranks: of each row.
      new: bit of the ranks that marks new rows.
      clique: texts under a hash that are all paired.
    """
    # Of many rows few texts may be left; then all of those are paired.
    edges = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1]))
    sizes = np.diff(np.append(edges, len(hashes)))
    cliques = np.minimum(sizes, clique)
    left = np.empty((cliques * (cliques - 1) // 2 + sizes - cliques).sum(), np.int64)
    right = np.empty(len(left), np.int64)
    order = np.arange(len(hashes))
    is_new = np.zeros(len(hashes), np.bool_)
    count = 0
    first = 0
    while first < len(hashes):
        end = first + 1
        while end < len(hashes) and hashes[end] == hashes[first]:
            end += 1
        sort_by(texts, ranks, order, first, end)
        kept = first
        for place in range(first, end):
            row = order[place]
            if place > first and texts[row] == texts[order[kept - 1]]:
                is_new[order[kept - 1]] |= ranks[row] & new != 0
                continue
            is_new[row] = ranks[row] & new != 0
            order[kept] = row
            kept += 1
        sort_by(ranks, texts, order, first, kept)
        for one in range(first, min(kept, first + clique)):
            for two in range(one + 1, kept if one == first else min(kept, first + clique)):
                if is_new[order[one]] or is_new[order[two]]:
                    left[count] = order[one]
                    right[count] = order[two]
                    count += 1
        first = end
    return left[:count], right[:count]
