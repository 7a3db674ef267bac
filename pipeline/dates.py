"""Dates of dumps to points in UTC.

Forms: ISO 8601 (with or without time and zone, basic or extended), RFC 2822, the same with named
months in either order, numeric days (``7/23/17``, ``23.07.2017``), and epochs in seconds,
milliseconds, microseconds or nanoseconds. A date without a zone is taken as UTC, a day as its
midnight. ``a/b/year`` is month first unless that is impossible, as newspapers of the United States
write; with points or dashes the day comes first, as elsewhere.

Anything else, and a date outside :data:`FIRST_YEAR` to :data:`LAST_YEAR`, is ``None``: the article
has no date.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, NamedTuple

FIRST_YEAR, LAST_YEAR = 1605, 2199
"""The first newspaper (Relation, Strasbourg) is of 1605. In databases the years 0, 1, 9999 and
1601-01-01 (zero of Windows) mean "unknown". The upper bound is fixed, since rows must not depend on
the clock."""

PRECISIONS = ("second", "minute", "day", "month", "year")

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"),
            ("may",), ("jun", "june"), ("jul", "july"), ("aug", "august"),
            ("sep", "sept", "september"), ("oct", "october"), ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "bst": 60, "west": 60, "cet": 60, "cest": 120,
    "eet": 120, "eest": 180, "msk": 180, "ist": 330, "jst": 540, "kst": 540, "aest": 600,
    "aedt": 660, "est": -300, "edt": -240, "et": -300, "cst": -360, "cdt": -300, "ct": -360,
    "mst": -420, "mdt": -360, "mt": -420, "pst": -480, "pdt": -420, "pt": -480,
}  # fmt: skip
"""Minutes east of UTC (RFC 2822 section 4.3 for those of the United States)."""

_DAY_NAMED = re.compile(
    r"(?:[a-z]{3,9}\.?,?\s+)?(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)?\.?\s+(?P<m1>[a-z]{3,9})\.?,?"
    r"|(?P<m2>[a-z]{3,9})\.?\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?)\s+(?P<y>\d{4})(?P<rest>\b.*)"
)
_DAY_NUMERIC = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})(?P<rest>\b.*)")
_DAY_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?P<rest>\b.*)")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)t?(\d\d)(\d\d)(\d\d)z?")
_TIME = re.compile(
    r"[\s,t|]*(?:at\s+)?(?P<h>\d{1,2})[:.](?P<m>\d\d)(?:[:.](?P<s>\d\d)(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*\(?(?:(?P<zone>[a-z]{1,4})\b|(?:gmt|utc)?"
    r"(?P<sign>[+\-])(?P<oh>\d\d):?(?P<om>\d\d)?)?\)?.*"
)
_TWITTER = re.compile(
    r"[a-z]{3} (?P<m>[a-z]{3}) (?P<d>\d\d) (?P<time>\d\d:\d\d:\d\d) "
    r"(?P<zone>[+\-]\d{4}) (?P<y>\d{4})"
)
_CLOCK_WITH_SECONDS = re.compile(r"\d{1,2}[:.]\d\d[:.]\d\d|\d{14}|t\d{6}", re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 64


class Moment(NamedTuple):
    """A date of publication as it was written.

    Attributes:
      at: its first moment, in UTC.
      precision: second, minute, day, month or year.
      offset: minutes east of UTC of the clock it was written by; ``None`` where nothing says.
    """

    at: datetime
    precision: str
    offset: int | None

    @property
    def clock(self) -> datetime:
        """The first moment on the clock it was written by, without a zone."""
        return (self.at + timedelta(minutes=self.offset or 0)).replace(tzinfo=None)

    def is_finer_than(self, day: "Moment") -> bool:
        """Returns True if this says the time of a bare day, on either's clock or UTC's."""
        finer = PRECISIONS.index(self.precision) < PRECISIONS.index(day.precision)
        return finer and day.precision == "day" and day.day in (self.day, self.at.date())

    @property
    def day(self) -> date | None:
        """Day on the clock it was written by; ``None`` of a month or year."""
        if self.precision in ("month", "year"):
            return None
        return self.clock.date()


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


def parse_date(value: object) -> Moment | None:
    """Returns the date that a value is, or ``None``.

    Args:
      value: text, a number (epoch), a ``datetime`` or ``date``, or MongoDB's ``{"$date": ...}``.
    """
    if isinstance(value, str):
        return _parse_text(value) if len(value) <= _LONGEST else None
    if isinstance(value, datetime):
        return _moment(value, "second")
    if isinstance(value, date):
        return _moment(datetime(value.year, value.month, value.day), "day")
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return _epoch(value)
    if isinstance(value, Mapping):
        inner = value.get("$date", value.get("$numberLong"))
        return parse_date(inner) if not isinstance(inner, Mapping) else _number_long(inner)
    return None


def _number_long(value: Mapping[str, object]) -> Moment | None:
    inner = value.get("$numberLong")
    return _parse_text(inner) if isinstance(inner, str) else None


def _moment(written: datetime, precision: str) -> Moment | None:
    """Returns a point on some clock; without a zone it is taken as UTC."""
    offset = written.utcoffset()
    try:
        at = written.replace(tzinfo=UTC) if offset is None else written.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return None
    if not (written.hour or written.minute or written.second or written.microsecond):
        precision = "day"
    return Moment(at, precision, None if offset is None else round(offset.total_seconds() / 60))


def _epoch(value: float) -> Moment | None:
    # 1e11 s is the year 5138 and 1e11 ms is 1973, so the magnitudes of the units do not overlap
    # after 1973. Zero and below mean "unknown".
    if not 0 < value < 1e20:
        return None
    for _ in range(3):
        if value >= 1e11:
            value /= 1000
    try:
        return _moment(_EPOCH + timedelta(seconds=value), "second")
    except OverflowError:
        return None


@lru_cache(maxsize=4096)
def _parse_text(text: str) -> Moment | None:
    text = text.strip()
    if not text:
        return None
    precision = "second" if _CLOCK_WITH_SECONDS.search(text) else "minute"
    try:
        if len(text) >= 8 and not text.isdigit():
            return _moment(datetime.fromisoformat(text), precision)
    except ValueError:
        pass  # the other forms follow
    if text.replace(".", "", 1).isdigit() and text.isascii():
        return _digits(text)
    lowered = " ".join(text.lower().split())
    for form in (_compact, _twitter, _named, _rfc2822, _numeric):
        try:
            if (found := form(lowered)) is not None:
                return _moment(found, precision)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue  # an impossible day or hour in this form; another may fit
    return None


def _digits(text: str) -> Moment | None:
    if len(text) == 4:
        return None
    if len(text) == 8 and text[:2] in ("16", "17", "18", "19", "20"):
        # 20170912 as an epoch would be August 1970; as a day it is one.
        try:
            return _moment(datetime(int(text[:4]), int(text[4:6]), int(text[6:])), "day")
        except ValueError:
            return None
    if len(text) == 14 and (match := _COMPACT.fullmatch(text)):
        try:
            return _moment(_point(match), "second")
        except ValueError:
            return None
    return _epoch(float(text))


def _point(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = map(int, match.groups())
    return datetime(year, month, day, hour, minute, second)


def _compact(text: str) -> datetime | None:
    match = _COMPACT.fullmatch(text)
    return _point(match) if match else None


def _twitter(text: str) -> datetime | None:
    match = _TWITTER.fullmatch(text)
    if match is None or match["m"] not in _MONTHS:
        return None
    day = datetime(int(match["y"]), _MONTHS[match["m"]], int(match["d"]))
    return _with_time(day, f" {match['time']}{match['zone']}")


def _rfc2822(text: str) -> datetime | None:
    return parsedate_to_datetime(text) if ":" in text and not text[:4].isdigit() else None


def _named(text: str) -> datetime | None:
    match = _DAY_NAMED.match(text)
    if match is None:
        return None
    month = _MONTHS.get(match["m1"] or match["m2"])
    if month is None:
        return None
    day = datetime(int(match["y"]), month, int(match["d1"] or match["d2"]))
    return _with_time(day, match["rest"])


def _numeric(text: str) -> datetime | None:
    if match := _DAY_YEAR_FIRST.match(text):
        day = datetime(int(match[1]), int(match[2]), int(match[3]))
        return _with_time(day, match["rest"])
    match = _DAY_NUMERIC.match(text)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if year < 100:
        # POSIX strptime: 69-99 are of the last century.
        year += 2000 if year < 69 else 1900
    month_first = (match[2] == "/" and first <= 12) or second > 12
    month, day_of_month = (first, second) if month_first else (second, first)
    return _with_time(datetime(year, month, day_of_month), match["rest"])


def _with_time(day: datetime, rest: str) -> datetime:
    match = _TIME.match(rest)
    if match is None:
        return day
    hour = int(match["h"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].startswith("p") else 0)
    offset = _ZONES.get(match["zone"] or "", 0)
    if match["sign"]:
        offset = int(match["oh"]) * 60 + int(match["om"] or 0)
        offset = -offset if match["sign"] == "-" else offset
    return day.replace(
        hour=hour,
        minute=int(match["m"]),
        second=int(match["s"] or 0),
        tzinfo=timezone(timedelta(minutes=offset)),
    )
