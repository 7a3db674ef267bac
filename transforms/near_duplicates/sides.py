"""What the two articles of a pair say about the passages they share: marks, capitals, credits."""

from typing import NamedTuple

import numpy as np

from transforms.arrays import I64, U8, U64, Floats, Mask
from transforms.near_duplicates.credits import AGENCY, LINE, PART, PRESS, signs
from transforms.near_duplicates.direction import FAR
from transforms.near_duplicates.evidence import Evidence, Ragged
from transforms.near_duplicates.rows import ragged_positions

MARKED = 0.5
"""Least share of a quoted passage that is in quotation marks or below a colon."""

WHOLE = 0.8
"""Least share of a passage that is quoted as a whole, with no words of the article's own in it."""

THIRD_DISTANCE = 80
"""Words from a passage to the name of a third outlet or agency that both articles credit."""

WORD_BITS = 32
"""Bits of a word's number in an article; the number of the article, or pair, stands above them."""


class Pairs(NamedTuple):
    """m pairs of articles A and B, each given by a row of the evidence of its side.

    Attributes:
      a: evidence of the articles A; ``transforms.near_duplicates.evidence`` says of what.
      b: that of the articles B.
      row_a: row in ``a`` of each pair.
      row_b: row in ``b`` of each pair.
    """

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
    def one_author(self) -> Mask:
        """Whether both articles have an author in common."""
        mine, theirs = _authors(self.a.names), _authors(self.b.names)
        lengths = np.diff(mine.bounds)[self.row_a]
        pair = np.repeat(np.arange(len(lengths)), lengths)
        names = mine.values[ragged_positions(mine.bounds[self.row_a], lengths)]
        is_theirs = _holds(theirs, names, self.row_b[pair])
        return np.bincount(pair[is_theirs], minlength=len(lengths)) > 0

    @property
    def same_house(self) -> Mask:
        """Whether both have one site, or one outlet."""
        return self.equal("house") | self.equal("outlet")


def _authors(names: Ragged) -> Ragged:
    """Returns the names that stand twice in a list: those of authors, see ``credits.own_names``."""
    owners = names.owners
    order = np.lexsort((names.values, owners))
    owners, values = owners[order], names.values[order]
    again = np.flatnonzero((owners[1:] == owners[:-1]) & (values[1:] == values[:-1]))
    bounds = np.searchsorted(owners[again], np.arange(len(names.bounds)))
    return Ragged(values[again], bounds)


class Passages(NamedTuple):
    """n passages.

    Attributes:
      pair: of each.
      start: its first word in the article.
      end: the word behind its last.
      stop: the word behind the paragraph in which it ends.
    """

    pair: I64
    start: I64
    end: I64
    stop: I64


class Side(NamedTuple):
    """What one article says about n passages.

    Attributes:
      marked: whether it quotes the passage.
      in_marks: whether it does by more than a colon behind a speaker or in the paragraph above.
      whole: whether it quotes nearly all of it.
      share: share of capitalised words.
      capitals: the same, less that of the article.
      named: words to the nearest name of the other article's outlet or author; ``FAR`` without.
      credit: the same without names in later paragraphs, which are about something else, unless
        they are lines of their own.
      close: the same, of names that are not part of longer ones.
      agency: whose text the article is; 0 for none.
      own: whether it is that agency's own publication.
      names_agency: words to the nearest name of the other article's agency.
      contributors: whether it says that agencies contributed.
      post: words to the nearest word that says that something was posted; ``FAR`` without.
      note: the same of the beginning of a publisher's note.
    """

    marked: Mask
    in_marks: Mask
    whole: Mask
    share: Floats
    capitals: Floats
    named: I64
    credit: I64
    close: I64
    agency: U64
    own: Mask
    names_agency: I64
    contributors: Mask
    post: I64
    note: I64


def side(pairs: Pairs, passages: Passages) -> Side:
    """Returns what the articles A say about passages."""
    a, row = pairs.a, pairs.row_a[passages.pair]
    length = np.maximum(passages.end - passages.start, 1)
    quoted, introduced = (
        covered(ranges, row, passages.start, passages.end) for ranges in (a.quoted, a.introduced)
    )
    share = np.maximum(quoted, introduced) / length
    names = _mentions(pairs, pairs.b.names, pairs.row_b)
    agency = pairs.b.agency[pairs.row_b]
    agencies = _mentions(pairs, Ragged(agency, np.arange(len(agency) + 1)), np.arange(len(agency)))
    anywhere = np.full(len(row), FAR)
    return Side(
        share >= MARKED,
        quoted >= MARKED * length,
        share >= WHOLE,
        *_capital_shares(a.capitals, row, passages),
        names.distance(passages, anywhere),
        names.credit(passages),
        names.only(names.kinds & PART == 0).credit(passages),
        a.agency[row],
        a.agency_own[row],
        agencies.distance(passages, anywhere),
        np.diff(a.contributed.bounds)[row] > 0,
        *(
            _mentions(
                pairs, Ragged(np.array([sign]), np.arange(2)), np.zeros_like(pairs.row_a)
            ).distance(passages, anywhere)
            for sign in signs()
        ),
    )


def covered(ranges: Ragged, row: I64, start: I64, end: I64) -> I64:
    """Returns how many words of each passage lie in the ranges of its article.

    Args:
      ranges: disjoint and ascending in every article.
      row: article of each of n passages.
      start: its first word.
      end: the word behind its last.
    """
    first, last = (
        (ranges.owners[part::2] << WORD_BITS) + ranges.values[part::2].astype(np.int64)
        for part in (0, 1)
    )
    if not len(first):
        return np.zeros(len(row), np.int64)
    sums = np.append(0, np.cumsum(last - first))

    def before(word: I64) -> I64:
        """Returns the words of all ranges before a word."""
        place = (row << WORD_BITS) + word
        index = np.searchsorted(first, place, side="right")
        beyond = np.where(index > 0, last[index - 1] - place, 0)
        return np.asarray(sums[index] - np.maximum(beyond, 0))

    return before(end) - before(start)


def _capital_shares(bits: Ragged, row: I64, passages: Passages) -> tuple[Floats, Floats]:
    """Returns the share of capitalised words in each passage, and that less that of its article.

    The up to seven bits behind the last word of an article count as words, which is a matter of a
    few in a thousand.
    """
    sums = np.append(0, np.cumsum(np.bitwise_count(bits.values), dtype=np.int64))
    octets = np.append(bits.values, np.uint8(0))
    begin, behind = bits.bounds[row], bits.bounds[row + 1]

    def before(word: I64) -> I64:
        """Returns the capitals before a word of an article, and in all articles before it."""
        at = begin + (word >> 3)
        mask = (1 << (word & 7)) - 1
        return np.asarray(sums[at] + np.bitwise_count(octets[at] & mask))

    inside = before(passages.end) - before(passages.start)
    whole = (sums[behind] - sums[begin]) / np.maximum(8 * (behind - begin), 1)
    share = np.asarray(inside / np.maximum(passages.end - passages.start, 1))
    return share, share - whole


# --- names ---------------------------------------------------------------------------------------


class _Mentions(NamedTuple):
    """Words of the articles A of pairs at which a name stands, in order of pair and word."""

    pair: I64
    word: I64
    kinds: U8

    def only(self, chosen: Mask) -> "_Mentions":
        """Returns some of the mentions."""
        return _Mentions(self.pair[chosen], self.word[chosen], self.kinds[chosen])

    def credit(self, passages: Passages) -> I64:
        """Returns the words from each passage to the nearest mention that may credit it."""
        lines = self.only(self.kinds & LINE != 0)
        anywhere = np.full(len(passages.pair), FAR)
        return np.minimum(
            self.distance(passages, passages.stop), lines.distance(passages, anywhere)
        )

    def distance(self, passages: Passages, stop: I64) -> I64:
        """Returns the words from each passage to the nearest mention; ``FAR`` for none.

        Inside the passage it is 0: its text names its own outlet.

        Args:
          passages: n passages.
          stop: the word from which on mentions do not count.
        """
        if not len(self.pair):
            return np.full(len(passages.pair), FAR)
        places = (self.pair << WORD_BITS) + self.word
        next_one = np.searchsorted(places, (passages.pair << WORD_BITS) + passages.start)
        distances = []
        for index in (np.minimum(next_one, len(places) - 1), np.maximum(next_one - 1, 0)):
            word = self.word[index]
            apart = np.maximum(np.maximum(word - passages.end + 1, passages.start - word), 0)
            counts = (self.pair[index] == passages.pair) & (word < stop)
            distances.append(np.where(counts, apart, FAR))
        return np.minimum(*distances)


def _mentions(pairs: Pairs, names: Ragged, lists: I64) -> _Mentions:
    """Returns where the article A of each pair mentions one of a list of names.

    Args:
      pairs: of articles.
      names: lists of hashes.
      lists: the list of each pair.
    """
    counts = np.diff(names.bounds)[lists]
    wanted = names.values[ragged_positions(names.bounds[:-1][lists], counts)].astype(np.uint64)
    pair = np.repeat(np.arange(len(lists)), counts)
    pair, wanted = pair[wanted != 0], wanted[wanted != 0]
    which, found = _found(pairs.a, wanted, pairs.row_a[pair])
    pair = pair[which]
    word = pairs.a.mention_words.values[found].astype(np.int64)
    order = np.lexsort((word, pair))
    return _Mentions(pair[order], word[order], pairs.a.mention_kinds.values[found[order]])


def _found(evidence: Evidence, wanted: U64, row: I64) -> tuple[I64, I64]:
    """Returns all places of names among the mentions of articles.

    Args:
      evidence: of the articles.
      wanted: n hashes of names.
      row: the article that is searched for each.

    Returns:
      The number of the name, and its place in ``mention_names``, ascending by name.
    """
    keys = _keyed(evidence.mention_names.values, evidence.mention_names.owners)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    sought = _keyed(wanted, row)
    low, high = np.searchsorted(keys, sought), np.searchsorted(keys, sought, side="right")
    places = order[ragged_positions(low, high - low)]
    return np.repeat(np.arange(len(wanted)), high - low), places


def _keyed(names: U64, row: I64) -> U64:
    """Returns a hash of a name in one article."""
    base = np.uint64(0x9E3779B97F4A7C15)
    return np.asarray(names.astype(np.uint64) + row.astype(np.uint64) * base)


def _holds(lists: Ragged, wanted: U64, row: I64) -> Mask:
    """Returns whether the list of an article holds a name."""
    return np.isin(_keyed(wanted, row), _keyed(lists.values, lists.owners))


def _near(evidence: Evidence, rows: I64, passages: Passages) -> tuple[I64, I64, Mask]:
    """Returns the mentions near passages.

    Args:
      evidence: of the articles.
      rows: the article of each pair.
      passages: of pairs.

    Returns:
      The passage, the place in ``mention_names``, and whether it is within the passage or within a
      quotation, of each mention.
    """
    words = evidence.mention_words.values.astype(np.int64)
    keys = (evidence.mention_words.owners << WORD_BITS) + words
    order = np.argsort(keys, kind="stable")
    first = rows[passages.pair] << WORD_BITS
    low = np.searchsorted(keys[order], first + np.maximum(passages.start - THIRD_DISTANCE, 0))
    high = np.searchsorted(keys[order], first + passages.end + THIRD_DISTANCE)
    passage = np.repeat(np.arange(len(low)), high - low)
    place = order[ragged_positions(low, high - low)]
    word = words[place]
    inside = (word >= passages.start[passage]) & (word < passages.end[passage])
    quoted = covered(evidence.quoted, rows[passages.pair[passage]], word, word + 1) > 0
    return passage, place, inside | quoted


def third_parties(pairs: Pairs, in_a: Passages, in_b: Passages) -> tuple[Mask, Mask]:
    """Returns whether both articles credit the same third outlet, or the same agency, nearby.

    An outlet's name must stand outside the passage and outside quotations: within them, others
    speak of the outlet. An agency's may stand inside: "told The Associated Press" is how its
    reports go on.
    """
    a, b = pairs.a, pairs.b
    passage, place, in_theirs = _near(a, pairs.row_a, in_a)
    is_source = (a.mention_kinds.values[place] & (PRESS | AGENCY)) != 0
    passage, place, in_theirs = passage[is_source], place[is_source], in_theirs[is_source]
    pair, names = in_a.pair[passage], a.mention_names.values[place].astype(np.uint64)
    is_third = ~_holds(a.names, names, pairs.row_a[pair])
    is_third &= ~_holds(b.names, names, pairs.row_b[pair])
    named = _keyed(names, passage)
    passage_b, place_b, in_theirs_b = _near(b, pairs.row_b, in_b)
    named_b = _keyed(b.mention_names.values[place_b], passage_b)
    agency = (a.mention_kinds.values[place] & AGENCY) != 0
    by_agency = is_third & agency & np.isin(named, named_b)
    by_outlet = is_third & ~agency & ~in_theirs & np.isin(named, named_b[~in_theirs_b])
    outlets, agencies = np.zeros(len(in_a.pair), bool), np.zeros(len(in_a.pair), bool)
    outlets[passage[by_outlet]] = True
    agencies[passage[by_agency]] = True
    return outlets, agencies
