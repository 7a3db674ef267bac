"""Shingles, MinHash signatures and winnowed fingerprints of many texts at once."""

import numpy as np
from numba import types

from transforms.arrays import I64, U32, U64
from transforms.compiled import loops
from transforms.compiled.loops import compiled, mix, mixed
from transforms.compiled.words import CHARACTER_BASE, WORD_BASE

MULTIPLIERS: U32 = (
    mixed(np.arange(1, 257, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)
).astype(np.uint32) | np.uint32(1)
"""Odd factors of the hash family of MinHash: x -> a * x mod 2**32 is a permutation."""


@compiled(types.uint64[::1](loops.U64, types.int64))
def shingles(hashes: U64, size: int) -> U64:
    """Returns the hash of every run of ``size`` words: len(hashes) - size + 1 values.

    A rolling polynomial (Karp and Rabin, IBM Journal of Research and Development 1987).
    """
    result = np.empty(max(0, len(hashes) - size + 1), np.uint64)
    total, highest = np.uint64(0), np.uint64(1)
    for place in range(size - 1):
        highest *= WORD_BASE
        if place < len(hashes):
            total = total * WORD_BASE + hashes[place]
    for at in range(len(result)):
        total = total * WORD_BASE + hashes[at + size - 1]
        result[at] = mix(total)
        total -= hashes[at] * highest
    return result


@compiled(types.uint32[:, ::1](loops.U32, loops.I64, loops.I64, types.int64))
def minhash(hashes: U32, starts: I64, lengths: I64, permutations: int) -> U32:
    """Returns MinHash signatures (Broder, Compression and Complexity of Sequences 1997).

    Args:
      hashes: 32-bit hashes of the elements of all sets.
      starts: where each of n sets begins in ``hashes``.
      lengths: how many elements each has; at least 1.
      permutations: signature length, at most 256.

    Returns:
      n x ``permutations`` minima.
    """
    # Four elements at a time, so that the minima are loaded and stored a quarter as often. The
    # inner loop is vectorised.
    signatures = np.empty((len(starts), permutations), np.uint32)
    multipliers = MULTIPLIERS[:permutations]
    for row in range(len(starts)):
        out = signatures[row]
        at, end = starts[row], starts[row] + lengths[row]
        for column in range(permutations):
            out[column] = np.uint32(hashes[at] * multipliers[column])
        while at < end:
            one, two = hashes[at], hashes[min(at + 1, end - 1)]
            three, four = hashes[min(at + 2, end - 1)], hashes[min(at + 3, end - 1)]
            for column in range(permutations):
                factor = multipliers[column]
                low = min(np.uint32(one * factor), np.uint32(two * factor))
                high = min(np.uint32(three * factor), np.uint32(four * factor))
                out[column] = min(out[column], min(low, high))
            at += 4
    return signatures


@compiled(types.uint64[:, ::1](types.Array(types.uint32, 2, "C", readonly=True), types.int64))
def bands(signatures: U32, rows: int) -> U64:
    """Returns one 64-bit hash for every band of ``rows`` minima: n x (permutations / rows)."""
    hashes = np.empty((len(signatures), signatures.shape[1] // rows), np.uint64)
    for row in range(len(signatures)):
        for band in range(hashes.shape[1]):
            total = np.uint64(band + 1) * CHARACTER_BASE
            for place in range(band * rows, (band + 1) * rows):
                total ^= np.uint64(signatures[row, place])
                total *= WORD_BASE
                total ^= total >> np.uint64(32)
            hashes[row, band] = mix(total)
    return hashes


@compiled(types.UniTuple(types.int64[::1], 2)(loops.U64, loops.I64, loops.I64, types.int64))
def winnow(hashes: U64, starts: I64, lengths: I64, window: int) -> tuple[I64, I64]:
    """Finds the minima of every window of shingles (Schleimer, Wilkerson and Aiken, SIGMOD 2003).

    Args:
      hashes: shingle hashes.
      starts: where each of n paragraphs' shingles begin in ``hashes``.
      lengths: how many shingles each has.
      window: shingles a window holds; any run of that many shared shingles shares a minimum. The
        windows that begin in the last places of a paragraph are cut short by its end.

    Returns:
      The places of the minima in ``hashes``, and the paragraph of each, in order.
    """
    places = np.empty(lengths.sum(), np.int64)
    owners = np.empty(len(places), np.int64)
    longest = 0
    for run in range(len(starts)):
        longest = max(longest, lengths[run])
    minima = np.empty(longest, np.uint64)  # of the window that begins at each place of a run
    marked = np.empty(longest, np.bool_)
    kept = 0
    for run in range(len(starts)):
        first, count = starts[run], lengths[run]
        members = hashes[first : first + count]
        minima[:count] = members
        for shift in range(1, min(window, count)):
            # No window reaches beyond the end of the run.
            later = members[shift:]
            for at in range(len(later)):
                minima[at] = min(minima[at], later[at])
        marked[:count] = minima[:count] == members
        for shift in range(1, min(window, count)):
            later, marks = members[shift:], marked[shift:count]
            for at in range(len(later)):
                marks[at] |= minima[at] == later[at]
        for at in range(count):
            if marked[at]:
                places[kept] = first + at
                owners[kept] = run
                kept += 1
    return places[:kept], owners[:kept]
