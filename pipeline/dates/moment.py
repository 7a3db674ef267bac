"""A date of publication, and the columns it fills."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

FIRST_YEAR, LAST_YEAR = 1605, 2050
"""The first newspaper (Relation, Strasbourg) is of 1605. In databases the years 0, 1, 9999 and
1601-01-01 (zero of Windows) mean "unknown"; 2051 on is 1994 on in Nepal. The upper bound is fixed,
since rows must not depend on the clock."""

PRECISIONS = ("second", "minute", "day", "month", "year")

_UNKNOWN = frozenset(
    (date(1970, 1, 1), date(1900, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1753, 1, 1))
)
"""Zero of Unix, SQL and Excel, and the first date of SQL Server: with a clock of midnight they
stand for a missing date."""


class Moment(NamedTuple):
    """A date as it was written.

    Attributes:
      at: its first moment, in UTC.
      precision: one of :data:`PRECISIONS`.
      offset: minutes east of UTC of the clock it was written by; ``None`` where nothing says.
    """

    at: datetime
    precision: str
    offset: int | None

    @property
    def clock(self) -> datetime:
        """The first moment on the clock it was written by, without a zone."""
        return (self.at + timedelta(minutes=self.offset or 0)).replace(tzinfo=None)

    @property
    def day(self) -> date | None:
        """Day on the clock it was written by; ``None`` of a month or year."""
        return None if self.precision in ("month", "year") else self.clock.date()

    def is_finer_than(self, day: "Moment") -> bool:
        """Returns True if this says the time of a bare day, on either's clock or UTC's."""
        finer = PRECISIONS.index(self.precision) < PRECISIONS.index(day.precision)
        return finer and day.precision == "day" and day.day in (self.day, self.at.date())


def date_columns(found: Moment | None, evidence: str) -> dict[str, Any]:
    """Returns the columns of ``articles`` about the date of publication.

    Args:
      found: the date; ``None`` for none.
      evidence: where it is from, as ``published_at_evidence`` has it.
    """
    return {
        "published_at": found.at if found else None,
        "published_at_precision": found.precision if found else None,
        "published_at_offset": found.offset if found else None,
        "published_at_evidence": evidence if found else None,
        "published_on": found.day if found else None,
    }


DATE_COLUMNS = tuple(date_columns(None, ""))
"""Names of the columns of the date of publication, which are filled together."""


def moment(written: datetime, precision: str) -> Moment | None:
    """Returns a point on some clock; without a zone it is taken as UTC."""
    offset = written.utcoffset()
    try:
        at = written.replace(tzinfo=UTC) if offset is None else written.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return None
    if precision in ("second", "minute") and not (
        written.hour or written.minute or written.second or written.microsecond
    ):
        if written.date() in _UNKNOWN:
            return None
        precision = "day"
    return Moment(at, precision, None if offset is None else round(offset.total_seconds() / 60))
