"""What kind of reuse a shared passage is, and who has it from whom, from the evidence of both.

All functions work on arrays: n passages of m pairs of articles, A and B.
"""

from typing import NamedTuple

import numpy as np

from transforms.arrays import I64, U8, U64, Floats, Mask
from transforms.near_duplicates import direction
from transforms.near_duplicates.direction import (
    A_FROM_B,
    B_FROM_A,
    COMMON,
    FAR,
    UNKNOWN,
    by_credit,
    by_dates,
)
from transforms.near_duplicates.evidence import AGENCY, PART, PRESS, Evidence, Ragged
from transforms.near_duplicates.origins import UNKNOWN_TIME, Rows, microseconds
from transforms.near_duplicates.rows import ragged_positions

KINDS = ("none", "wire", "copy", "quotation", "edition", "background", "formula")
NONE, WIRE, COPY, QUOTATION, EDITION, BACKGROUND, FORMULA = np.arange(len(KINDS), dtype=np.uint8)
"""Kinds of reuse; ``NONE`` is no reuse at all: a name, a label, chance."""

GROUNDS = (
    "names", "address", "share", "marks", "agency", "credit", "third", "outlets", "plain", "short",
)  # fmt: skip
(
    BY_NAMES, BY_ADDRESS, BY_SHARE, BY_MARKS, BY_AGENCY, BY_CREDIT, BY_THIRD, BY_OUTLETS, BY_PLAIN,
    BY_SHORT,
) = np.arange(len(GROUNDS), dtype=np.uint8)  # fmt: skip
"""What a kind rests on: capitalised words; address or headline; share of the article; quotation
marks; an agency's credit; the credit of one to the other; both credit a third; how many outlets
have it; plain text that neither credits; too few words."""

# Measured on the hand-labelled pairs of tests/gold and of the shared data; see tests/test_reuse.py.

MARKED = 0.5
"""Share of a passage in quotation marks, or below a colon, from which on it is quoted there."""

WHOLE = 0.8
"""Share from which on no words of the article's own are left in it."""

NEAR = 150
"""Words from a passage to a name that credits it. Digests name their source behind an excerpt of
several paragraphs: all but one of 30 credits are at most 140 words away."""

CLOSE = 40
"""The same where the words are a third party's, whom both may have heard: "told the Herald"."""

NAME_WORDS, NAME_CAPITALS = 20, 0.28
"""A passage of fewer words is a name, office or list if its share of capitalised words exceeds that
of its article by so much."""

LABEL_WORDS, LABEL_CAPITALS = 60, 0.20
"""The same within an outlet, whose notes on authors and programmes recur."""

PLAIN_WORDS = 20
"""Words that two outlets do not choose alike by chance."""

PLAIN_SHARED = 40
"""Words that a pair of articles shares without marks from which on shorter passages count, too."""

EXCERPT_WORDS = 80
"""Words of an excerpt that is quoted in one article and its own text in the other, whoever is named:
statements of so many words are printed with marks, or below a colon, in both."""

STOCK_OUTLETS = 3
"""Outlets that have a short phrase without more capitals than usual from which on it is the trade's."""

TEXT_OUTLETS = 4
"""Outlets that have a long passage without marks from which on it is of a public text."""

EDITION_SHARE, EDITION_WORDS = 0.35, 120
"""Share of the shorter article that an edition repeats; or words in a row, within
``WEEK``."""

WEEK = np.int64(7 * 24 * 3_600_000_000)


def classify(passages: Rows, pairs: Rows, a: Evidence, b: Evidence) -> Rows:
    """Returns what each passage is, who has it from whom, and what both rest on.

    Args:
      passages: n rows: ``pair``, row of ``pairs``; ``a_start``, ``a_end``, ``b_start``, ``b_end``,
        words of the two articles; ``words`` that both share; ``holder_outlets``, outlets that have
        its rarest shingle.
      pairs: m rows: ``a`` and ``b``, rows of the evidence; ``a_words`` and ``b_words``, words of
        the articles.
      a: evidence of the articles on one side.
      b: evidence of those on the other side.

    Returns:
      ``reuse``, an index of ``KINDS``; ``reuse_evidence``, of ``GROUNDS``; ``direction``, of
      ``direction.DIRECTIONS``; ``evidence``, of ``direction.EVIDENCE``; all uint8, shape (n,).
    """
    both = Pairs(a, b, pairs["a"].astype(np.int64), pairs["b"].astype(np.int64))
    pair = passages["pair"].astype(np.int64)
    words = passages["words"].astype(np.int64)
    one = side(both, pair, passages["a_start"], passages["a_end"])
    other = side(both.turned(), pair, passages["b_start"], passages["b_end"])
    outlets = passages["holder_outlets"].astype(np.int64)
    dates = by_dates(
        *(evidence[rows] for evidence, rows in ((a.time, both.row_a), (b.time, both.row_b))),
        a.precision[both.row_a],
        b.precision[both.row_b],
        both.same_house,
    )[pair]
    shared = np.bincount(pair, weights=words, minlength=len(both.row_a))
    share = shared / np.maximum(np.minimum(pairs["a_words"], pairs["b_words"]), 1)
    within = _within_a_house(both, pair, words, share[pair], one, other, dates)
    across = _across_houses(both, pair, words, outlets, one, other, dates, passages)
    return {
        name: np.where(both.same_house[pair], within[name], across[name]).astype(np.uint8)
        for name in ("reuse", "reuse_evidence", "direction", "evidence")
    }


class Pairs(NamedTuple):
    """m pairs of articles: the evidence of both sides, and the row of each article in it."""

    a: Evidence
    b: Evidence
    row_a: I64
    row_b: I64

    def turned(self) -> "Pairs":
        """Returns the pairs with their sides exchanged."""
        return Pairs(self.b, self.a, self.row_b, self.row_a)

    def equal(self, column: str) -> Mask:
        """Returns whether both articles of each pair have one value, and have one."""
        mine = getattr(self.a, column)[self.row_a]
        return np.asarray((mine == getattr(self.b, column)[self.row_b]) & (mine != 0))

    @property
    def same_house(self) -> Mask:
        """Whether both have one site, or one outlet."""
        return self.equal("house") | self.equal("outlet")


class Side(NamedTuple):
    """What one article says about n passages.

    Attributes:
      marked: whether it quotes the passage.
      whole: whether it quotes nearly all of it.
      capitals: share of capitalised words, less that of the article.
      credit: words to the nearest name of the other article's outlet or author; ``FAR`` without.
      close: the same, of names that are not part of longer ones.
      agency: whether it is an agency's text.
      own: whether it is the agency's own publication.
      names_agency: whether it names the other article's agency nearby, or says that it contributed.
      has_contributors: whether it says that an agency contributed.
    """

    marked: Mask
    whole: Mask
    capitals: Floats
    credit: I64
    close: I64
    agency: U64
    own: Mask
    names_agency: Mask
    has_contributors: Mask


def side(both: Pairs, pair: I64, start: I64, end: I64) -> Side:
    """Returns what article A says about its passages.

    Args:
      both: pairs of articles.
      pair: the pair of each of n passages.
      start: its first word in A.
      end: the word behind its last.
    """
    a, row = both.a, both.row_a[pair]
    start, end = start.astype(np.int64), end.astype(np.int64)
    length = np.maximum(end - start, 1)
    quoted = covered(a.quoted, row, start, end) / length
    introduced = covered(a.introduced, row, start, end) / length
    names = Mentions.of(both, both.b.names)
    agency_of_b = both.b.agency[both.row_b]
    agencies = Mentions.of(both, Ragged(agency_of_b, np.arange(len(agency_of_b) + 1)), by_pair=True)
    contributed = (agency_of_b != 0) & _holds(a.contributed, both.row_a, agency_of_b)
    return Side(
        np.maximum(quoted, introduced) >= MARKED,
        np.maximum(quoted, introduced) >= WHOLE,
        _capital_share(a.capitals, row, start, end),
        names.distance(pair, start, end),
        names.only(names.kinds & PART == 0).distance(pair, start, end),
        a.agency[row],
        a.agency_own[row],
        (agencies.distance(pair, start, end) <= NEAR) | contributed[pair],
        np.diff(a.contributed.bounds)[row] > 0,
    )


def _within_a_house(
    both: Pairs,
    pair: I64,
    words: I64,
    share: Floats,
    one: Side,
    other: Side,
    dates: U8,
) -> Rows:
    """Returns the kinds of passages of two articles of one outlet; the first rule decides."""
    plain = ~one.marked & ~other.marked
    capitals = np.minimum(one.capitals, other.capitals)
    first, second = (
        microseconds(evidence.time[rows])
        for evidence, rows in ((both.a, both.row_a), (both.b, both.row_b))
    )
    apart = np.where((first < UNKNOWN_TIME) & (second < UNKNOWN_TIME), np.abs(first - second), 0)
    by_date = np.where(dates == UNKNOWN, direction.NONE, direction.DATES)
    nobody = np.full(len(pair), UNKNOWN), np.full(len(pair), direction.NONE)
    return _first_of(
        (
            (both.equal("url") | both.equal("title"))[pair],
            (EDITION, BY_ADDRESS, dates, by_date),
        ),
        (share >= EDITION_SHARE, (EDITION, BY_SHARE, dates, by_date)),
        ((words >= EDITION_WORDS) & (apart <= WEEK)[pair], (EDITION, BY_SHARE, dates, by_date)),
        (plain & (words < LABEL_WORDS) & (capitals >= LABEL_CAPITALS), (NONE, BY_NAMES, *nobody)),
        (one.marked | other.marked, (QUOTATION, BY_MARKS, COMMON, direction.NONE)),
        (np.ones(len(pair), bool), (BACKGROUND, BY_PLAIN, dates, by_date)),
    )


def _across_houses(
    both: Pairs,
    pair: I64,
    words: I64,
    outlets: I64,
    one: Side,
    other: Side,
    dates: U8,
    passages: Rows,
) -> Rows:
    """Returns the kinds of passages of two outlets; the first rule decides."""
    marked = one.whole & other.whole
    plain = ~one.marked & ~other.marked
    capitals = np.minimum(one.capitals, other.capitals)
    is_name = plain & (words < NAME_WORDS) & (capitals >= NAME_CAPITALS)
    counts = np.bincount(pair, weights=np.where(plain & ~is_name, words, 0))
    long = (words >= PLAIN_WORDS) | (counts[pair] >= PLAIN_SHARED)
    # A third party's words: only a name that stands close by says who heard them.
    close = by_credit(_within(one.close, CLOSE), _within(other.close, CLOSE))
    close_evidence = np.where(close == UNKNOWN, direction.NONE, direction.CREDIT)
    close = np.where(close == UNKNOWN, COMMON, close)
    # An outlet's own words: it does not quote them itself.
    limit = np.where(plain & ~long, CLOSE, NEAR)
    credit = by_credit(
        np.where(other.whole, FAR, _within(one.credit, limit)),
        np.where(one.whole, FAR, _within(other.credit, limit)),
    )
    credited = credit != UNKNOWN
    # An agency's words: from the agency, if one of both is its own publication.
    agency = (one.agency != 0) | (other.agency != 0)
    same_agency = (one.agency == other.agency) & (one.agency != 0)
    wire = (
        same_agency
        | (
            agency
            & (
                ((other.agency == 0) & (plain | other.names_agency))
                | ((one.agency == 0) & (plain | one.names_agency))
            )
        )
        | (plain & (one.has_contributors | other.has_contributors))
    )
    wire &= long & ~marked
    from_agency = np.where(
        one.own & ~other.own, B_FROM_A, np.where(other.own & ~one.own, A_FROM_B, COMMON)
    )
    agency_evidence = np.where(from_agency == COMMON, direction.NONE, direction.AGENCY)
    by_date = np.where(dates == UNKNOWN, direction.NONE, direction.DATES)
    # The side that quotes is not the source.
    quoting = np.where(one.marked, A_FROM_B, B_FROM_A)
    by_marks = np.where(dates == quoting, dates, UNKNOWN)
    press, agencies = _third(both, pair, passages)
    nobody = np.full(len(pair), UNKNOWN), np.full(len(pair), direction.NONE)
    return _first_of(
        (is_name, (NONE, BY_NAMES, *nobody)),
        (marked, (QUOTATION, BY_MARKS, close, close_evidence)),
        (wire, (WIRE, BY_AGENCY, from_agency, agency_evidence)),
        (credited, (COPY, BY_CREDIT, credit, direction.CREDIT)),
        (agencies & long, (WIRE, BY_THIRD, COMMON, direction.NONE)),
        (press & long, (COPY, BY_THIRD, COMMON, direction.NONE)),
        (
            ~plain & (words >= EXCERPT_WORDS) & (outlets < STOCK_OUTLETS),
            (
                COPY,
                BY_MARKS,
                by_marks,
                np.where(by_marks == UNKNOWN, direction.NONE, direction.DATES),
            ),
        ),
        (~plain, (QUOTATION, BY_MARKS, close, close_evidence)),
        (
            ~long & (outlets >= STOCK_OUTLETS) & (capitals < 0),
            (FORMULA, BY_OUTLETS, *nobody),
        ),
        (~long, (NONE, BY_SHORT, *nobody)),
        (outlets >= TEXT_OUTLETS, (QUOTATION, BY_OUTLETS, COMMON, direction.NONE)),
        (np.ones(len(pair), bool), (COPY, BY_PLAIN, dates, by_date)),
    )


def _first_of(*rules: tuple[Mask, tuple[object, ...]]) -> Rows:
    """Returns the values of the first rule that holds, one of them each row."""
    names = ("reuse", "reuse_evidence", "direction", "evidence")
    conditions = [condition for condition, _ in rules]
    return {
        name: np.select(conditions, [np.asarray(values[index]) for _, values in rules])
        for index, name in enumerate(names)
    }


def _within(distance: I64, limit: int | I64) -> I64:
    return np.where(distance <= limit, distance, FAR)


# --- words and names of an article ---------------------------------------------------------------

_ARTICLE_BITS = 32
"""Bits of a place in an article; the article's row stands above them."""


def covered(ranges: Ragged, row: I64, start: I64, end: I64) -> I64:
    """Returns how many words of each passage lie in the ranges of its article.

    Args:
      ranges: disjoint and ascending in every article.
      row: article of each of n passages.
      start: its first word.
      end: the word behind its last.
    """
    first, last = (
        (ranges.owners[part::2] << _ARTICLE_BITS) + ranges.values[part::2].astype(np.int64)
        for part in (0, 1)
    )
    sums = np.concatenate((np.zeros(1, np.int64), np.cumsum(last - first)))

    def before(word: I64) -> I64:
        """Returns the words of all ranges before a word."""
        place = (row << _ARTICLE_BITS) + word
        index = np.searchsorted(first, place, side="right")
        beyond = np.where(index > 0, last[index - 1] - place, 0) if len(last) else 0
        return np.asarray(sums[index] - np.maximum(beyond, 0))

    return before(end) - before(start)


def _capital_share(bits: Ragged, row: I64, start: I64, end: I64) -> Floats:
    """Returns the share of capitalised words in each passage less that in its article."""
    flags = np.unpackbits(bits.values, bitorder="little")
    sums = np.concatenate((np.zeros(1, np.int64), np.cumsum(flags, dtype=np.int64)))
    begin, behind = bits.bounds[row] * 8, bits.bounds[row + 1] * 8
    inside = (sums[begin + end] - sums[begin + start]) / np.maximum(end - start, 1)
    # The last byte has up to seven bits that are no words; they are a matter of a few in a thousand.
    return np.asarray(inside - (sums[behind] - sums[begin]) / np.maximum(behind - begin, 1))


class Mentions(NamedTuple):
    """Places in articles A that name something of articles B, in order of pair and word."""

    pair: I64
    word: I64
    kinds: U8

    @classmethod
    def of(cls, both: Pairs, names: Ragged, by_pair: bool = False) -> "Mentions":
        """Returns the mentions of names in the articles A of pairs.

        Args:
          both: pairs of articles.
          names: hashes, a list for each article B; or for each pair, with ``by_pair``.
        """
        rows = np.arange(len(both.row_b)) if by_pair else both.row_b
        counts = np.diff(names.bounds)[rows]
        wanted = names.values[ragged_positions(names.bounds[:-1][rows], counts)].astype(np.uint64)
        pair = np.repeat(np.arange(len(rows)), counts)
        pair, wanted = pair[wanted != 0], wanted[wanted != 0]
        return cls.matching(both.a, both.row_a, pair, wanted)

    @classmethod
    def matching(cls, a: Evidence, row_a: I64, pair: I64, wanted: U64) -> "Mentions":
        """Returns where the article A of a pair has a name."""
        keys = _keyed(a.mention_names.values, a.mention_names.owners)
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        sought = _keyed(wanted, row_a[pair])
        low, high = np.searchsorted(keys, sought), np.searchsorted(keys, sought, side="right")
        found = order[ragged_positions(low, high - low)]
        pairs = np.repeat(pair, high - low)
        words = a.mention_words.values[found].astype(np.int64)
        by_place = np.lexsort((words, pairs))
        return cls(pairs[by_place], words[by_place], a.mention_kinds.values[found][by_place])

    def only(self, chosen: Mask) -> "Mentions":
        """Returns some of the mentions."""
        return Mentions(*(values[chosen] for values in self))

    def distance(self, pair: I64, start: I64, end: I64) -> I64:
        """Returns the words between each passage and the nearest mention; ``FAR`` for none.

        A mention inside the passage has distance 0: the text of the one names itself.
        """
        places = np.concatenate(((self.pair << _ARTICLE_BITS) + self.word, [-1]))
        behind = np.searchsorted(places[:-1], (pair << _ARTICLE_BITS) + start)
        next_place = places[np.minimum(behind, len(places) - 1)]
        after = np.where(
            next_place >> _ARTICLE_BITS == pair,
            np.maximum((next_place & 0xFFFFFFFF) - end + 1, 0),
            FAR,
        )
        last_place = places[behind - 1]
        before = np.where(
            last_place >> _ARTICLE_BITS == pair, start - (last_place & 0xFFFFFFFF), FAR
        )
        return np.asarray(np.minimum(after, before))


def _keyed(names: U64, row: I64) -> U64:
    """Returns a hash of a name in one article."""
    return np.asarray(
        names.astype(np.uint64) + row.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    )


def _holds(lists: Ragged, row: I64, wanted: U64) -> Mask:
    """Returns whether the list of each article holds a value."""
    keys = np.sort(_keyed(lists.values, lists.owners))
    sought = _keyed(wanted, row)
    return np.asarray(
        np.searchsorted(keys, sought, side="right") > np.searchsorted(keys, sought, side="left")
    )


def _third(both: Pairs, pair: I64, passages: Rows) -> tuple[Mask, Mask]:
    """Returns whether both articles name the same press, or the same agency, near a passage."""
    a = both.a
    is_source = a.mention_kinds.values & (PRESS | AGENCY) != 0
    owners = a.mention_names.owners
    counts = np.bincount(owners[is_source], minlength=len(a.time))
    bounds = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
    some = Ragged(np.flatnonzero(is_source), bounds)
    per_pair = counts[both.row_a]
    index = some.values[ragged_positions(bounds[:-1][both.row_a], per_pair)]
    pairs = np.repeat(np.arange(len(both.row_a)), per_pair)
    # The places in B of each name that A has, joined with the place in A.
    names = a.mention_names.values[index].astype(np.uint64)
    not_own = ~(
        _holds(both.a.names, both.row_a[pairs], names)
        | _holds(both.b.names, both.row_b[pairs], names)
    )
    pairs, index, names = pairs[not_own], index[not_own], names[not_own]
    b = both.b
    keys = _keyed(b.mention_names.values, b.mention_names.owners)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    sought = _keyed(names, both.row_b[pairs])
    low, high = np.searchsorted(keys, sought), np.searchsorted(keys, sought, side="right")
    in_b = order[ragged_positions(low, high - low)]
    in_a = np.repeat(index, high - low)
    pairs = np.repeat(pairs, high - low)
    # Each passage with the places of its pair.
    left, right = np.searchsorted(pairs, pair), np.searchsorted(pairs, pair, side="right")
    place = ragged_positions(left, right - left)
    passage = np.repeat(np.arange(len(pair)), right - left)
    near = np.ones(len(place), bool)
    for evidence, found, start, end in (
        (a, in_a, passages["a_start"], passages["a_end"]),
        (b, in_b, passages["b_start"], passages["b_end"]),
    ):
        word = evidence.mention_words.values[found[place]].astype(np.int64)
        near &= (word >= start[passage] - THIRD) & (word < end[passage] + THIRD)
    is_agency = a.mention_kinds.values[in_a[place]] & AGENCY != 0
    press, agency = np.zeros(len(pair), bool), np.zeros(len(pair), bool)
    press[passage[near & ~is_agency]] = True
    agency[passage[near & is_agency]] = True
    return press, agency


THIRD = 80
"""Words from a passage to the name of a third outlet or agency in both articles."""
