"""Which of two articles has a passage from the other, and on what evidence."""

import numpy as np

from transforms.arrays import I64, U8, U64, Mask
from transforms.near_duplicates.origins import UNKNOWN_TIME, microseconds

DIRECTIONS = ("unknown", "a_from_b", "b_from_a", "common")
UNKNOWN, A_FROM_B, B_FROM_A, COMMON = np.arange(len(DIRECTIONS), dtype=np.uint8)
"""Directions; ``COMMON``: both have the passage from a third."""

EVIDENCE = ("none", "agency", "credit", "dates")
NONE, AGENCY, CREDIT, DATES = np.arange(len(EVIDENCE), dtype=np.uint8)
"""What a direction rests on: one is the agency's own publication, one names the other as its
source, or their dates differ by more than their precision (``reuse`` asks for more, between two
outlets)."""

_HOUR = 3_600_000_000

SPANS = np.array([0, 0, 60_000_000, 24 * _HOUR, 31 * 24 * _HOUR, 366 * 24 * _HOUR], np.int64)
"""Microseconds that a date may stand for, by its precision: none (not used), second, minute, day,
month, year."""

CLOCKS = 14 * _HOUR
"""Microseconds by which the day of one outlet may differ from another's: the clock of a day without
a time is unknown, and clocks are up to 14 hours from UTC."""


def by_dates(time_a: U64, time_b: U64, precision_a: U8, precision_b: U8, same_house: Mask) -> U8:
    """Returns ``A_FROM_B`` or ``B_FROM_A`` where one is surely the later, else ``UNKNOWN``.

    Args:
      time_a: first parts of the origins of n articles; see ``origins``.
      time_b: the same of the others.
      precision_a: of the dates; an index of ``pipeline.dates.PRECISIONS`` from 1.
      precision_b: the same of the others.
      same_house: whether both have one publisher, whose days begin at the same hour.
    """
    first, second = microseconds(time_a), microseconds(time_b)
    known = (first < UNKNOWN_TIME) & (second < UNKNOWN_TIME) & (precision_a > 0) & (precision_b > 0)
    coarse = (np.maximum(precision_a, precision_b) >= 3) & ~same_house
    slack = np.where(coarse, CLOCKS, 0)
    later_a = known & (first >= _end(second, precision_b) + slack) & (first > second)
    later_b = known & (second >= _end(first, precision_a) + slack) & (second > first)
    return np.where(later_a, A_FROM_B, np.where(later_b, B_FROM_A, UNKNOWN)).astype(np.uint8)


def _end(time: I64, precision: U8) -> I64:
    """Returns the end of the second, minute, day, month or year that a date names."""
    return np.asarray(time + SPANS[precision])


def by_credit(distance_a: I64, distance_b: I64) -> U8:
    """Returns the direction that credits give: the side that names the other has it from there.

    Where each names the other, the name that stands nearer to the passage decides if it is at most
    half as far away.

    Args:
      distance_a: words from the passage to the nearest name of B in A; ``FAR`` where there is none.
      distance_b: the same of the name of A in B.
    """
    a_near = distance_a * 2 <= distance_b
    b_near = distance_b * 2 <= distance_a
    a_from_b = (distance_a < FAR) & a_near & ~b_near
    b_from_a = (distance_b < FAR) & b_near & ~a_near
    return np.where(a_from_b, A_FROM_B, np.where(b_from_a, B_FROM_A, UNKNOWN)).astype(np.uint8)


FAR = np.int64(1 << 40)
"""Distance to a name that is nowhere near."""
