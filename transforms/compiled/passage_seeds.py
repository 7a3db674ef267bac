"""Seeds of the passages that two articles share, and the windows around them."""

import numpy as np
from numba import types

from transforms.arrays import I64, U32, U64, Mask
from transforms.compiled import loops
from transforms.compiled.loops import compiled
from transforms.compiled.sets import hash_order, sort_by

_BOOL = loops.read_only(types.boolean)


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
