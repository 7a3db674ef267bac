"""Loops of the story step: counts the words of articles, and joins articles by average link."""

from typing import Any, NamedTuple

import numba
import numpy as np
from numba import types

from transforms.arrays import F32, F64, I32, I64, U64, Mask
from transforms.compiled import loops
from transforms.compiled.loops import compiled, lookup

_I32, _F32, _F64, _BOOL = (
    loops.read_only(kind) for kind in (types.int32, types.float32, types.float64, types.boolean)
)


@compiled(
    types.Tuple((types.int64[::1], types.uint64[::1], types.int64[::1]))(
        loops.U64, loops.I64, loops.U64, loops.I64, types.int64
    )
)
def count_words(
    titles: U64, title_offsets: I64, words: U64, offsets: I64, title_count: int
) -> tuple[I64, U64, I64]:
    """Returns the distinct words of n articles, in the order in which they first occur.

    Args:
      titles: hashes of the words of all titles, one after the other.
      title_offsets: n + 1 bounds of the titles in them.
      words: hashes of the words of all texts.
      offsets: n + 1 bounds of the texts in them.
      title_count: occurrences that one in the title counts for.

    Returns:
      n + 1 bounds of the articles in the other two; the words; how often each occurs.
    """
    count = len(offsets) - 1
    longest = 1
    for article in range(count):
        size = offsets[article + 1] - offsets[article]
        longest = max(longest, size + title_offsets[article + 1] - title_offsets[article])
    slots = 2
    while slots < 2 * longest:
        slots *= 2
    mask = np.uint64(slots - 1)
    owner = np.full(slots, -1, np.int64)  # the article that filled a slot last
    place = np.zeros(slots, np.int64)
    bounds = np.zeros(count + 1, np.int64)
    distinct = np.empty(len(titles) + len(words), np.uint64)
    counts = np.empty(len(distinct), np.int64)
    written = 0
    for article in range(count):
        for part in range(2):
            if part == 0:
                source, first, last = titles, title_offsets[article], title_offsets[article + 1]
            else:
                source, first, last = words, offsets[article], offsets[article + 1]
            step = title_count if part == 0 else 1
            for at in range(first, last):
                word = source[at]
                slot = word & mask
                while owner[slot] == article and distinct[place[slot]] != word:
                    slot = (slot + np.uint64(1)) & mask
                if owner[slot] != article:
                    owner[slot], place[slot] = article, written
                    distinct[written], counts[written] = word, 0
                    written += 1
                counts[place[slot]] += step
        bounds[article + 1] = written
    return bounds, distinct[:written], counts[:written]


@compiled(types.Tuple((types.uint64[::1], types.int64[::1]))(loops.U64, loops.I64))
def word_table(words: U64, values: I64) -> tuple[U64, I64]:
    """Returns words and values as :func:`transforms.compiled.loops.hash_table` does.

    Args:
      words: their hashes, none of them 0; of equal ones the last counts.
      values: of the words, none of them 0.
    """
    size = 2
    while size < 2 * len(words):
        size *= 2
    mask = np.uint64(size - 1)
    table, numbers = np.zeros(size, np.uint64), np.zeros(size, np.int64)
    for place in range(len(words)):
        slot = words[place] & mask
        while table[slot] != 0 and table[slot] != words[place]:
            slot = (slot + np.uint64(1)) & mask
        table[slot], numbers[slot] = words[place], values[place]
    return table, numbers


@compiled(types.int64[::1](loops.U64, loops.U64, loops.I64))
def look_up_all(words: U64, table: U64, values: I64) -> I64:
    """Returns the value of each word in a hash table, 0 for one that is not in it.

    Args:
      words: their hashes.
      table: see :func:`transforms.compiled.loops.hash_table`.
      values: of the table.
    """
    found = np.empty(len(words), np.int64)
    for number in range(len(words)):
        found[number] = lookup(table, values, words[number])
    return found


@compiled(types.Tuple((types.int64[::1], types.int64[::1]))(loops.I64, _F64, types.int64))
def heaviest(bounds: I64, weights: F64, most: int) -> tuple[I64, I64]:
    """Returns the heaviest members of n lists, by descending weight; of equal ones the first.

    Each is inserted among those before it: 40 of 100 take 0.6 of the time of partition and sort.

    Args:
      bounds: n + 1 bounds of the lists in ``weights``.
      weights: of the members; one of weight 0 or less is left out.
      most: members of a list that are returned, at least one.

    Returns:
      n + 1 bounds of the lists in the other; the positions of their members in ``weights``.
    """
    positions = np.empty(len(weights), np.int64)
    ends = np.zeros(len(bounds), np.int64)
    members, member_weights = np.empty(most, np.int64), np.empty(most, np.float64)
    for number in range(len(bounds) - 1):
        size, least = 0, 0.0
        for member in range(bounds[number], bounds[number + 1]):
            weight = weights[member]
            if weight <= least:
                continue
            place = min(size, most - 1)
            while place > 0 and member_weights[place - 1] < weight:
                members[place] = members[place - 1]
                member_weights[place] = member_weights[place - 1]
                place -= 1
            members[place], member_weights[place] = member, weight
            size = min(size + 1, most)
            if size == most:
                least = member_weights[most - 1]
        ends[number + 1] = ends[number] + size
        positions[ends[number] : ends[number + 1]] = members[:size]
    return ends, positions[: ends[-1]]


class _Postings(NamedTuple):
    """The articles of each term, in their order.

    Attributes:
      starts: where the articles of each term begin in the other two; one more for the end.
      articles: their numbers.
      weights: of the term in them.
    """

    starts: I64
    articles: I32
    weights: F32


class _Stories(NamedTuple):
    """Stories of n articles, each a list of articles and with a number below n.

    Attributes:
      of_article: the story of each article.
      size: articles of each story.
      first: its first article; -1 for none.
      last: its last article; -1 for none.
      following: the article after each in its story; -1 for none.
      earliest: day of the earliest article of each story; -1 without a date.
      latest: day of the latest one; -1 without a date.
    """

    of_article: I64
    size: I64
    first: I64
    last: I64
    following: I64
    earliest: I64
    latest: I64


@numba.njit(inline="never")
def _postings(begins: Any, ends: Any, terms: Any, weights: Any) -> _Postings:
    """Returns the articles of each term; see :func:`join_articles` for the arguments."""
    term_count = 0
    for term in terms:
        term_count = max(term_count, term + 1)
    starts = np.zeros(term_count + 1, np.int64)
    for term in terms:
        starts[term + 1] += 1
    starts = np.cumsum(starts)
    fill = starts[:-1].copy()
    posted = np.empty(len(terms), np.int32)
    posted_weight = np.empty(len(terms), np.float32)
    for article in range(len(begins)):
        for at in range(begins[article], ends[article]):
            place = fill[terms[at]]
            posted[place], posted_weight[place] = article, weights[at]
            fill[terms[at]] += 1
    return _Postings(starts, posted, posted_weight)


@numba.njit(inline="never")
def _stories(days: Any, numbers: Any) -> _Stories:
    """Returns the stories that there are before any are joined.

    Args:
      days: of n articles, ascending; negative without a date.
      numbers: the story of each article.
    """
    count = len(days)
    found = _Stories(
        numbers.copy(),
        np.zeros(count, np.int64),
        np.full(count, -1, np.int64),
        np.full(count, -1, np.int64),
        np.full(count, -1, np.int64),
        np.full(count, -1, np.int64),
        np.full(count, -1, np.int64),
    )
    for article in range(count):
        number = numbers[article]
        if found.size[number]:
            found.following[found.last[number]] = article
        else:
            found.first[number] = article
        found.last[number] = article
        found.size[number] += 1
        if days[article] >= 0:
            if found.earliest[number] < 0:
                found.earliest[number] = days[article]
            found.latest[number] = days[article]
    return found


@numba.njit(inline="never")
def _join(stories: _Stories, one: int, other: int) -> int:
    """Joins the smaller of two stories to the larger one, and returns the number of that."""
    size, first, last = stories.size, stories.first, stories.last
    into, gone = one, other
    if (size[into], -into) < (size[gone], -gone):
        into, gone = gone, into
    member = first[gone]
    while member >= 0:
        stories.of_article[member] = into
        member = stories.following[member]
    stories.following[last[into]] = first[gone]
    last[into] = last[gone]
    size[into] += size[gone]
    earliest, latest = stories.earliest, stories.latest
    if earliest[into] < 0 or 0 <= earliest[gone] < earliest[into]:
        earliest[into] = earliest[gone]
    latest[into] = max(latest[into], latest[gone])
    return into


@compiled(
    types.int64[::1](
        *(loops.I64, loops.I64, loops.I64, _I32, _F32, loops.I64, _BOOL),
        *(types.int64, types.float64),
    )
)
def join_articles(
    days: I64,
    begins: I64,
    ends: I64,
    terms: I32,
    weights: F32,
    stories: I64,
    is_new: Mask,
    window: int,
    threshold: float,
) -> I64:
    """Joins articles to stories by average link, as long as a link reaches the threshold.

    The average cosine of all pairs of two stories is the product of the sums of their vectors,
    divided by their sizes; one pass over the postings of a story's terms gives it for all
    others. Average link is reducible, so a chain of nearest neighbours finds the same stories as
    joining the nearest two over and over (Murtagh, The Computer Journal 1983). A chain begins at
    every new article, so that stories that no new article is near cost nothing.

    Args:
      days: of n articles, ascending; those without a date come first, with a negative number.
      begins: where the terms of each article begin in the next two.
      ends: where they end.
      terms: numbers of the terms of each article, from 0.
      weights: of these terms; the vector of an article has length 1.
      stories: the number of an article of the same story, the same for all of it: the articles of
        a story of earlier runs share one, a new article has its own.
      is_new: whether an article is new.
      window: days that an article may lie before or after a story; without dates any.
      threshold: least average cosine.

    Returns:
      The number of the story of each article, the same for all articles of one.
    """
    count = len(days)
    undated = np.searchsorted(days, 0)
    starts, posted, posted_weight = _postings(begins, ends, terms, weights)
    joined = _stories(days, stories)
    story, size = joined.of_article, joined.size
    term_weight = np.zeros(len(starts) - 1, np.float64)
    term_of_story = np.full(len(term_weight), -1, np.int64)  # the look-up that set the weight last
    some_terms = np.empty(len(term_weight), np.int64)
    link = np.zeros(count, np.float64)
    linked = np.empty(count, np.int64)
    is_final = np.zeros(count, np.bool_)
    chain = np.empty(count, np.int64)
    place_in_chain = np.full(count, -1, np.int64)
    look_up = 0
    for article in range(count):
        if not is_new[article] or is_final[story[article]]:
            continue
        chain[0] = story[article]
        place_in_chain[chain[0]] = 0
        length = 1
        while length:
            top = chain[length - 1]
            look_up += 1
            found_terms = 0
            member = joined.first[top]
            while member >= 0:
                for at in range(begins[member], ends[member]):
                    term = terms[at]
                    if term_of_story[term] != look_up:
                        term_of_story[term] = look_up
                        term_weight[term] = 0.0
                        some_terms[found_terms] = term
                        found_terms += 1
                    term_weight[term] += weights[at]
                member = joined.following[member]
            begin, end = undated, count
            if joined.earliest[top] >= 0:
                begin = np.searchsorted(days, max(0, joined.earliest[top] - window))
                end = np.searchsorted(days, joined.latest[top] + window, side="right")
            found = 0
            for number in range(found_terms):
                term = some_terms[number]
                at, stop = starts[term], starts[term + 1]
                weight = term_weight[term]
                while at < stop and posted[at] < end:
                    if undated <= posted[at] < begin:
                        at += np.searchsorted(posted[at:stop], begin)
                        continue
                    other = story[posted[at]]
                    if other != top and not is_final[other]:
                        if link[other] == 0:
                            linked[found] = other
                            found += 1
                        link[other] += weight * posted_weight[at]
                    at += 1
            nearest, best = -1, -1.0
            before = chain[length - 2] if length > 1 else -1
            for number in range(found):
                other = linked[number]
                # Rounded, since the sum depends in its last bits on which of two looks.
                average = np.round(link[other] / (size[top] * size[other]), 9)
                link[other] = 0.0
                if average > best or (
                    average == best and nearest != before and (other == before or other < nearest)
                ):
                    nearest, best = other, average
            if best < threshold:
                is_final[top] = True
                place_in_chain[top] = -1
                length -= 1
            elif place_in_chain[nearest] < 0:
                chain[length] = nearest
                place_in_chain[nearest] = length
                length += 1
            else:
                # The one before, as a rule; an earlier one where a window hides a part of a story.
                for place in range(place_in_chain[nearest], length):
                    place_in_chain[chain[place]], length = -1, min(length, place)
                into = _join(joined, top, nearest)
                if length == 0:
                    chain[0], place_in_chain[into], length = into, 0, 1
    return story
