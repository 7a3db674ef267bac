"""Compiled loops over sets of hashes: sizes of intersections, collisions, sorting."""

from typing import Any

import numba
import numpy as np
from numba import types

from transforms.compiled.loops import I64, U32, U64, compiled


@compiled(types.void(U64, I64, I64, U64, I64, I64, types.int64[:, ::1]))
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


@compiled(types.int64(U64, types.int64, types.int64[::1]))
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


@compiled(types.void(U64, types.int64[::1]))
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


@compiled(
    types.int64(
        U64, U64, U32, types.uint32, types.int64, types.int64[::1], types.int64[::1],
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
