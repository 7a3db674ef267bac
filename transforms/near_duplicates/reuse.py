"""What kind of reuse a shared passage is, and who has it from whom, from the evidence of both.

The rules are ordered lists, of which the first that holds decides. They work on arrays: n passages
of m pairs of articles, A and B. The numbers were measured on hand-labelled pairs;
tests/test_reuse.py has the scores of the rules on them.
"""

from typing import Any

import numpy as np

from transforms.arrays import I64, U8, Floats, Mask
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
from transforms.near_duplicates.evidence import Evidence, Ragged
from transforms.near_duplicates.origins import UNKNOWN_TIME, Rows, microseconds
from transforms.near_duplicates.quotations import union
from transforms.near_duplicates.sides import (
    WHOLE,
    WORD_BITS,
    Pairs,
    Passages,
    Side,
    covered,
    side,
    third_parties,
)

KINDS = ("none", "wire", "copy", "quotation", "edition", "background", "formula")
NONE, WIRE, COPY, QUOTATION, EDITION, BACKGROUND, FORMULA = np.arange(len(KINDS), dtype=np.uint8)
"""Kinds of reuse; ``NONE`` is no reuse at all: a name, a label, chance."""

GROUNDS = (
    "names", "address", "share", "marks", "agency", "credit", "third", "plain", "short", "author",
)  # fmt: skip
(
    BY_NAMES, BY_ADDRESS, BY_SHARE, BY_MARKS, BY_AGENCY, BY_CREDIT, BY_THIRD, BY_PLAIN, BY_SHORT,
    BY_AUTHOR,
) = np.arange(len(GROUNDS), dtype=np.uint8)  # fmt: skip
"""What a kind rests on: capitalised words; address or headline; share of the article; quotation
marks; an agency's credit; the credit of one to the other; both credit a third; plain text that
neither credits; too few words; both articles have one author."""

NEAR = 150
"""Words from a passage to a name that credits it. Digests name their source behind an excerpt of
several paragraphs: all but one of 30 credits are at most 140 words away."""

CLOSE = 40
"""The same if the words are those of a third party, whom both may have heard: "told the Herald"."""

NAME_WORDS, NAME_CAPITALS = 30, 0.28
"""A passage of fewer words is a name, office or list if its share of capitalised words exceeds the
share in its article by so much."""

LIST_SHARE, LIST_CAPITALS = 0.75, 0.30
"""A list of names of any length has so many capitalised words, and exceeds its article so much."""

LABEL_WORDS, LABEL_CAPITALS = 60, 0.20
"""The same within an outlet, whose notes on authors and programmes recur."""

TITLE_CAPITALS = 0.45
"""The same of titles, lists and notes on people of less than ``LABEL_WORDS`` words; nobody has a
title from him who is credited beside it."""

PLAIN_WORDS = 20
"""Least words of a passage that two outlets do not choose alike by chance."""

PLAIN_SHARED = 40
"""Words without quotation marks that two articles must share for shorter passages to count, too."""

EXCERPT_WORDS = 80
"""Least words of an excerpt, which one article quotes and an earlier one has as its own text; it
needs no credit. Speeches are printed like this as well, but on the same day."""

POST_DISTANCE = 12
"""Words from a passage to one that says that it was posted: "she tweeted on Monday"."""

NOTE_DISTANCE, NOTE_WORDS = 8, 120
"""Words from the beginning of a publisher's note to a passage of at most so many words."""

EDITION_SHARE, EDITION_SHARED, EDITION_WORDS = 0.35, 60, 120
"""An edition repeats at least this share of the shorter article and this number of its words within
``WEEK``, or, if no dates tell them apart, the last number of words in a row. What else two articles
share of an outlet is a box, a survey, a gallery of photographs."""

REPRINT_SHARE = 0.8
"""Share of the shorter article by which a later one is an edition, however much later."""

WEEK = np.int64(7 * 24 * 3_600_000_000)

_ENDS = ("start", "end", "stop")
_VERDICT = ("reuse", "reuse_evidence", "direction", "evidence")


def classify(passages: Rows, pairs: Rows, a: Evidence, b: Evidence) -> Rows:
    """Returns what each passage is, who has it from whom, and what both rest on.

    Args:
      passages: n rows: ``pair``, row of ``pairs``; ``a_start``, ``a_end``, ``b_start``, ``b_end``,
        words of the two articles; ``a_stop``, ``b_stop``, where the paragraphs in which they end
        are over; ``words`` that both share.
      pairs: m rows: ``a`` and ``b``, rows of the evidence.
      a: evidence of the articles on one side.
      b: evidence of those on the other side.

    Returns:
      ``reuse``, an index of ``KINDS``; ``reuse_evidence``, of ``GROUNDS``; ``direction``, of
      ``direction.DIRECTIONS``; ``evidence``, of ``direction.EVIDENCE``; ``named``, the direction if
      every name of the other outlet within ``NEAR`` words were a credit: too little to call anyone
      the copier. All uint8, shape (n,).
    """
    both = Pairs(a, b, pairs["a"].astype(np.int64), pairs["b"].astype(np.int64))
    pair, words = (passages[name].astype(np.int64) for name in ("pair", "words"))
    in_a, in_b = (
        Passages(pair, *(passages[f"{which}_{at}"].astype(np.int64) for at in _ENDS))
        for which in ("a", "b")
    )
    one, other = side(both, in_a), side(both.turned(), in_b)
    same_house = both.same_house
    dates = by_dates(
        a.time[both.row_a],
        b.time[both.row_b],
        a.precision[both.row_a],
        b.precision[both.row_b],
        same_house,
    )[pair]
    names = _is_name(one, other, words)
    shorter = np.maximum(np.minimum(a.size[both.row_a], b.size[both.row_b]), 1)
    shared = np.bincount(pair, weights=np.where(names, 0, words), minlength=len(shorter))
    shares = shared[pair], (shared / shorter)[pair]
    within = _within_a_house(both, pair, words, shares, names, one, other, dates)
    of_one_author = both.one_author[pair] & (shares[1] < EDITION_SHARE)
    thirds = third_parties(both, in_a, in_b)
    across = _across_houses(pair, words, names, of_one_author, one, other, thirds, dates)
    again = (across["reuse_evidence"] == BY_PLAIN) & (across["reuse"] == COPY)
    marks = (across["reuse"] == QUOTATION) & (one.in_marks | other.in_marks)
    again &= _overlap(in_a, marks) | _overlap(in_b, marks)
    for name, value in zip(_VERDICT, (QUOTATION, BY_MARKS, COMMON, direction.NONE), strict=True):
        across[name] = np.where(again, value, across[name])
    verdict = {name: np.where(same_house[pair], within[name], across[name]) for name in across}
    named = by_credit(_up_to(NEAR, one.named), _up_to(NEAR, other.named))
    verdict["named"] = np.where(same_house[pair], UNKNOWN, named)
    return {name: values.astype(np.uint8) for name, values in verdict.items()}


def _is_name(one: Side, other: Side, words: I64) -> Mask:
    """Returns which passages are names, offices, titles or lists of them, and not in marks."""
    capitals = np.minimum(one.capitals, other.capitals)
    is_list = np.minimum(one.share, other.share) >= LIST_SHARE
    result = (words < NAME_WORDS) & (capitals >= NAME_CAPITALS)
    result |= (words < LABEL_WORDS) & (capitals >= TITLE_CAPITALS)
    result |= is_list & (capitals >= LIST_CAPITALS)
    return np.asarray(result & ~one.in_marks & ~other.in_marks)


def _overlap(passages: Passages, chosen: Mask) -> Mask:
    """Returns which passages are mostly words of some chosen ones of their pair."""
    base = passages.pair << WORD_BITS
    first, last = union((base + passages.start)[chosen], (base + passages.end)[chosen])
    count = int(passages.pair.max(initial=-1)) + 1
    bounds = np.append(0, 2 * np.cumsum(np.bincount(first >> WORD_BITS, minlength=count)))
    words = np.stack((first, last), axis=1).ravel() & ((1 << WORD_BITS) - 1)
    inside = covered(Ragged(words, bounds), passages.pair, passages.start, passages.end)
    return np.asarray(inside >= WHOLE * (passages.end - passages.start))


def _within_a_house(
    both: Pairs,
    pair: I64,
    words: I64,
    shares: tuple[I64 | Floats, Floats],
    names: Mask,
    one: Side,
    other: Side,
    dates: U8,
) -> Rows:
    """Returns the kinds of passages of two articles of one outlet.

    An equal headline alone is no edition: columns have one for years.

    Args:
      both: pairs of articles.
      pair: of each passage.
      words: that are shared.
      shares: words that the pair shares, and their share of the shorter article.
      names: which are names or lists of them.
      one: what A says.
      other: what B says.
      dates: the direction by dates alone.
    """
    shared, share = shares
    first = microseconds(both.a.time[both.row_a])
    second = microseconds(both.b.time[both.row_b])
    known = (first < UNKNOWN_TIME) & (second < UNKNOWN_TIME)
    in_a_week = (~known | (np.abs(first - second) <= WEEK))[pair]
    label = np.minimum(one.capitals, other.capitals) >= LABEL_CAPITALS
    label &= ~one.marked & ~other.marked & (words < LABEL_WORDS)
    label |= names
    # What stands below a colon in one of them alone may be a list or a link.
    quoted = one.in_marks | other.in_marks | (one.marked & other.marked)
    later = dates, _if_known(dates, direction.DATES)
    large = share >= EDITION_SHARE
    again = large & (in_a_week | (share >= REPRINT_SHARE)) & (shared >= EDITION_SHARED)
    return _first_of(
        (both.equal("url")[pair], EDITION, BY_ADDRESS, *later),
        (both.equal("title")[pair] & large, EDITION, BY_ADDRESS, *later),
        (again, EDITION, BY_SHARE, *later),
        ((words >= EDITION_WORDS) & (dates == UNKNOWN) & ~names, EDITION, BY_SHARE, *later),
        (label, NONE, BY_NAMES, UNKNOWN, direction.NONE),
        (quoted, QUOTATION, BY_MARKS, COMMON, direction.NONE),
        (True, BACKGROUND, BY_PLAIN, *later),
    )


def _across_houses(
    pair: I64,
    words: I64,
    names: Mask,
    of_one_author: Mask,
    one: Side,
    other: Side,
    thirds: tuple[Any, Any],
    dates: U8,
) -> Rows:
    """Returns the kinds of passages of two outlets.

    Args:
      pair: of each passage.
      words: that are shared.
      names: which are names or lists of them.
      of_one_author: which are a small part of two articles with one author.
      one: what A says.
      other: what B says.
      thirds: whether both credit a third outlet, and whether a third agency.
      dates: the direction by dates alone.
    """
    # What one of them alone has below a colon may be an excerpt of the other.
    marked = one.marked | other.marked
    plain = ~one.in_marks & ~other.in_marks & ~(one.marked & other.marked)
    capitals = np.minimum(one.capitals, other.capitals)
    title = (words < LABEL_WORDS) & (capitals >= TITLE_CAPITALS)
    shared = np.bincount(pair, weights=np.where(plain & ~names, words, 0))[pair]
    chosen = ~plain | (words >= PLAIN_WORDS) | (shared >= PLAIN_SHARED)
    # A third party's words: only a name that stands close by says who heard them.
    near_a, near_b = _up_to(NEAR, one.credit), _up_to(NEAR, other.credit)
    close_a, close_b = _up_to(CLOSE, one.close), _up_to(CLOSE, other.close)
    # A few words that were surely printed later are not what an earlier article credits.
    few = words < PLAIN_WORDS
    not_a, not_b = (title | few & (dates == other_way) for other_way in (B_FROM_A, A_FROM_B))
    near_a, close_a = (np.where(not_a, FAR, at) for at in (near_a, close_a))
    near_b, close_b = (np.where(not_b, FAR, at) for at in (near_b, close_b))
    heard = by_credit(close_a, close_b)
    from_agency = np.where(one.own, B_FROM_A, A_FROM_B)
    from_agency = np.where(one.own == other.own, COMMON, from_agency)
    is_from_agency = np.where(from_agency == COMMON, direction.NONE, direction.AGENCY)
    is_wire = _is_wire(one, other) & chosen
    # An article that prints an agency's own text has the quotations in it from there, too.
    reprints = np.bincount(pair, weights=is_wire & plain)[pair] > 0
    reprinted = (heard == UNKNOWN) & reprints & ((one.agency != 0) | (other.agency != 0))
    quotation = (
        np.select([reprinted, heard == UNKNOWN], [from_agency, COMMON], heard),
        np.where(reprinted, is_from_agency, _if_known(heard, direction.CREDIT)),
    )
    # An outlet's own words are not all in marks where it prints them.
    mixed = one.marked & other.marked
    credit = by_credit(
        *(
            np.where(source.whole, FAR, np.where(mixed, close, near))
            for source, near, close in ((other, near_a, close_a), (one, near_b, close_b))
        )
    )
    # The side that quotes is not the source, nor the earlier one.
    excerpt = ~plain & (dates == np.where(one.marked, A_FROM_B, B_FROM_A))
    excerpt &= words >= EXCERPT_WORDS
    # Who was first may have it from the third that the later one has it from: of 28 pairs that were
    # read, dates alone were right of 6. The later one must name the other's outlet as well.
    names_it = np.where(dates == A_FROM_B, one.named, other.named) <= NEAR
    by_date = np.where(names_it, dates, UNKNOWN)
    posted = _posted(one, other) | _posted(other, one)
    note = (np.maximum(one.note, other.note) <= NOTE_DISTANCE) & (words <= NOTE_WORDS)
    third_outlet, third_agency = thirds
    common = COMMON, direction.NONE
    nobody = UNKNOWN, direction.NONE
    return _first_of(
        (names, NONE, BY_NAMES, *nobody),
        (one.whole & other.whole, QUOTATION, BY_MARKS, *quotation),
        (is_wire, WIRE, BY_AGENCY, from_agency, is_from_agency),
        (of_one_author & plain, BACKGROUND, BY_AUTHOR, dates, _if_known(dates, direction.DATES)),
        (note, QUOTATION, BY_THIRD, *common),
        (posted, QUOTATION, BY_MARKS, *common),
        ((credit != UNKNOWN) & (chosen | marked), COPY, BY_CREDIT, credit, direction.CREDIT),
        (third_agency & chosen, WIRE, BY_THIRD, *common),
        (third_outlet & chosen, COPY, BY_THIRD, *common),
        (excerpt, COPY, BY_MARKS, dates, direction.DATES),
        (~plain, QUOTATION, BY_MARKS, *quotation),
        (~chosen, NONE, BY_SHORT, *nobody),
        (True, COPY, BY_PLAIN, by_date, _if_known(by_date, direction.DATES)),
    )


def _posted(one: Side, other: Side) -> Mask:
    """Returns which passages A quotes as a post, in words that B does not share."""
    near = np.minimum(POST_DISTANCE, one.credit)
    return np.asarray(one.marked & (one.post <= near) & (other.post > 0))


def _is_wire(one: Side, other: Side) -> Any:
    """Returns whether a passage is an agency's text.

    Both are its copy; or one is, and the other has the passage as its own text or names the agency
    nearby; or one says that agencies contributed, and neither quotes the passage. What both quote,
    but not as a whole, is a report with quotations in it.
    """
    plain = (one.marked == other.marked) & ~one.whole & ~other.whole
    same = (one.agency != 0) & (one.agency == other.agency)
    first = (one.agency != 0) & (other.agency == 0) & (plain | (other.names_agency <= NEAR))
    second = (other.agency != 0) & (one.agency == 0) & (plain | (one.names_agency <= NEAR))
    return same | first | second | (plain & (one.contributors | other.contributors))


def _up_to(limit: int, distance: I64) -> I64:
    return np.where(distance <= limit, distance, FAR)


def _if_known(directions: U8, evidence: np.uint8) -> U8:
    """Returns the evidence where there is a direction."""
    return np.where(directions == UNKNOWN, direction.NONE, evidence).astype(np.uint8)


def _first_of(*rules: tuple[Any, ...]) -> Rows:
    """Returns the values of the first rule that holds in each row; the last holds in all.

    Args:
      rules: a condition and four values, each one value or one a row.
    """
    conditions = [rule[0] for rule in rules[:-1]]
    return {
        name: np.select(conditions, [rule[at] for rule in rules[:-1]], rules[-1][at])
        for at, name in enumerate(_VERDICT, 1)
    }
