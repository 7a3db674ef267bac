"""Compiled loops that hash runs of words: shingles, MinHash signatures, bands, winnowing."""

from typing import Any

import numpy as np
from numba import types

from transforms.compiled.loops import I64, U32, U64, compiled, mix


@compiled(types.void(U64, types.int64, types.uint64, types.uint64[::1]))
def shingles(hashes: Any, size: int, base: Any, out: Any) -> None:
    """Writes the hash of every run of ``size`` hashes: a rolling polynomial (Karp and Rabin)."""
    total, highest = np.uint64(0), np.uint64(1)
    for place in range(size - 1):
        highest *= base
        if place < len(hashes):
            total = total * base + hashes[place]
    for at in range(len(out)):
        total = total * base + hashes[at + size - 1]
        out[at] = mix(total)
        total -= hashes[at] * highest


@compiled(types.void(U32, I64, I64, U32, types.uint32[:, ::1]))
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


@compiled(
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
            out[row, band] = mix(total)


@compiled(types.int64(U64, I64, I64, types.int64, types.int64[::1], types.int64[::1]))
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
