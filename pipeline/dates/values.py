"""Values that are dates: texts, numbers, lists and objects."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from pipeline.dates.moment import Moment, moment
from pipeline.dates.words import find_dates, is_change

_LONGEST = 128  # characters of a value
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_EPOCH = 2_000_000_000
"""Seconds, of May 2033. The greater numbers are counted from 1900 or 1904 (NTP, Mac), or digits."""

_EXCEL_ZERO = datetime(1899, 12, 30)
_EXCEL_DAYS = range(25_569, 51_544)
"""1970 to February 2041 as day numbers. Below are days from 1970 on (R, Arrow) or 1960 on (SAS),
above those of Modified Julian Dates from 2000 on."""

_TICKS_ZEROS = (datetime(1601, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC))
"""Where Windows (FILETIME) and .NET begin to count units of 100 ns."""

_TICKS_YEARS = range(1990, 2034)
"""As nanoseconds from 1970 on, ticks of these years would be of 1973, 1974, 1989 and 1990."""


def parse_date(
    value: object, language: str | None = None, day_first: bool | None = None
) -> Moment | None:
    """Returns the date that a value is, or ``None``.

    Args:
      value: text; a number (epoch, day of Excel, ``yyyymmdd``); a ``datetime`` or ``date``; a list
        that begins with year, month, day, as Java and Python have it; or an object, as MongoDB,
        Firestore and Event Registry have it.
      language: ISO 639-1 code of the text, where it is known; Croats call October what is November
        to Poles.
      day_first: order of days such as 3/4/2017; ``None``: month first with ``/``, as in the United
        States, day first with ``.`` and ``-``.
    """
    if isinstance(value, str):
        return _parse_text(value, language, day_first) if len(value) <= _LONGEST else None
    if isinstance(value, datetime):
        return moment(value, "second")
    if isinstance(value, date):
        return moment(datetime(value.year, value.month, value.day), "day")
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, list):
        # Scrapers and Solr make a list of each value.
        texts = (parse_date(part, language, day_first) for part in value if isinstance(part, str))
        return next(filter(None, texts), None) or _parts(value)
    if isinstance(value, Mapping):
        return _object(value, language, day_first)
    return None


_DATES = (
    "$date", "$numberLong", "seconds", "_seconds", "dateTime", "datetime", "iso", "date", "utc",
    "value", "@value", "#text", "rendered", "raw", "start",
)  # fmt: skip
"""Members of an object that hold its date; PHP writes ``{"date": ..., "timezone_type": 3}``."""


_DEEPEST = 4  # objects within objects


def _object(
    value: Mapping[str, object], language: str | None, day_first: bool | None
) -> Moment | None:
    for _ in range(_DEEPEST):
        inner = next((found for name in _DATES if (found := value.get(name)) is not None), None)
        if inner is None:
            names = ("year", "month", "day", "hour", "minute", "second")
            return _parts([value.get(name) for name in names])
        if not isinstance(inner, Mapping):
            return parse_date(inner, language, day_first)
        value = inner
    return None


_PARTS_PRECISION = {3: "day", 4: "minute", 5: "minute", 6: "second"}


def _parts(value: list[Any]) -> Moment | None:
    """Returns the date of a list of year, month, day and perhaps hour, minute, second."""
    parts = value[: value.index(None)] if None in value else value
    if not 3 <= len(parts) <= 9 or not all(type(part) is int for part in parts):
        return None
    try:
        return moment(datetime(*parts[:6]), _PARTS_PRECISION[min(len(parts), 6)])
    except ValueError:
        return None


def _number(value: float) -> Moment | None:
    if not 0 < value < 1e20:  # also NaN; zero and below mean "unknown"
        return None
    whole = int(value)
    if value == whole:
        if _has_short_year(str(whole)):
            return None
        if found := _digits(str(whole)):
            return found
    if whole in _EXCEL_DAYS:
        seconds = round((value - whole) * 86_400)
        return moment(_EXCEL_ZERO + timedelta(whole, seconds), "second")
    for zero in _TICKS_ZEROS if 1e17 <= value < 1e18 else ():
        at = zero + timedelta(microseconds=whole // 10)
        if at.year in _TICKS_YEARS:
            # A whole second in nanoseconds as well: either may be meant.
            return moment(at, "second") if whole % 10**9 else None
    # 1e11 s is the year 5138 and 1e11 ms is 1973, so the magnitudes of the units do not overlap
    # after 1973.
    for _ in range(3):
        if value >= 1e11:
            value /= 1000
    if not 1e8 <= value < _LAST_EPOCH:  # March 1973: numbers of something else
        return None
    return moment(_EPOCH + timedelta(seconds=value), "second")


_SHORT_YEARS = {6: "%y%m%d", 12: "%y%m%d%H%M%S"}


def _has_short_year(text: str) -> bool:
    """Returns True if digits may begin with a year of two digits: 170912 is no month of 1709.

    Of ``yyyymmddhhmm`` those of 2000 on are taken as such, since the other form is rare.
    """
    if len(text) not in _SHORT_YEARS or (len(text) == 12 and text.startswith("20")):
        return False
    try:
        datetime.strptime(text, _SHORT_YEARS[len(text)])
    except ValueError:
        return False
    return True


_DIGITS = {
    4: "%Y", 6: "%Y%m", 8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"
}  # fmt: skip
_DIGITS_PRECISION = {4: "year", 6: "month", 8: "day", 10: "minute", 12: "minute", 14: "second"}


def _digits(text: str) -> Moment | None:
    """Returns the date of a run of digits, from the year on."""
    # 20170912 as an epoch would be August 1970, 201709121405 in milliseconds May 1976.
    if text[:2] not in ("16", "17", "18", "19", "20") or len(text) not in _DIGITS:
        return None
    if len(text) == 10 and int(text) < _LAST_EPOCH:
        return None
    try:
        return moment(datetime.strptime(text, _DIGITS[len(text)]), _DIGITS_PRECISION[len(text)])
    except ValueError:
        return None


_WRAPPED = re.compile(r"/?(?:\w++\.)?+(?:iso)?(?:date|datetime|timestamp)\(([^()]*+)\)/?", re.I)
_NAMED_ZONE = re.compile(r"\[[A-Za-z_/+\-0-9]+\]$|\s?m=[+\-][\d.]+$")  # Java; Go
_DOT_NET = re.compile(r"(-?\d{9,14})(?:[+\-]\d{4})?")


_COMPACT_WITH_ZONE = re.compile(r"(\d{8})(\d{4}(?:\d\d)?)\s?(Z|[+-]\d{4})", re.ASCII)
_YEAR_AND_MONTH = re.compile(r"(\d{4})[./-](\d{1,2})|(\d{1,2})[./-](\d{4})", re.ASCII)
_SOLAR_HIJRI = re.compile(
    r"(?P<year>1[34]\d\d)(?P<mark>[/.-])\d{1,2}(?P=mark)\d{1,2}(?:[T\s,]+\d{1,2}:\d\d(?::\d\d)?)?",
    re.ASCII,
)
_SOLAR_YEARS = range(1300, 1411)
"""1921 to 2031 in Iran. Papers that count in lunar years, and are on the web, write 1411 (1990) and
above; nobody else writes such years in fields."""


@lru_cache(maxsize=4096)
def _parse_text(text: str, language: str | None, day_first: bool | None) -> Moment | None:
    text = text.strip().strip("'\"")
    if wrapped := _WRAPPED.fullmatch(text):
        text = wrapped[1].partition(", tz")[0].strip("'\"")
        if match := _DOT_NET.fullmatch(text):
            return _number(float(match[1]))
        if text.count(",") >= 2 and text.replace(",", "").replace(" ", "").isdigit():
            return _parts([int(part) for part in text.split(",")])
    text = _NAMED_ZONE.sub("", text)
    if not text:
        return None
    if text.replace(".", "", 1).isdigit() and text.isascii():
        return _number(float(text)) if "." in text else _number(int(text))
    if match := _SOLAR_HIJRI.fullmatch(text):
        if language == "ar" or int(match["year"]) not in _SOLAR_YEARS:
            return None
        return next((found.moment for found in find_dates(text, "fa")), None)
    if match := _COMPACT_WITH_ZONE.fullmatch(text):
        text = f"{match[1]}T{match[2]}{match[3]}"
    try:
        if len(text) >= 8:
            clocks = text[10:].count(":") - text[19:].count(":")
            return moment(datetime.fromisoformat(text), _iso_precision(text, clocks))
    except ValueError:
        pass  # the other forms follow
    if match := _YEAR_AND_MONTH.fullmatch(text):
        return _digits(f"{match[1] or match[4]}{int(match[2] or match[3]):02}")
    found = list(find_dates(text, language, day_first))
    published = [one for one in found if not is_change(one.before)]
    return (published or found)[0].moment if found else None


def _iso_precision(text: str, colons: int) -> str:
    if len(text) <= 10:
        return "day"
    if colons:
        return "second" if colons > 1 else "minute"
    return "second" if re.search(r"T\d{6}", text) else "minute"


_URL_DAY = re.compile(
    r"[/_-]((?:19|20)\d\d)([/_-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)"
    r"|/((?:19|20)\d\d)/([a-z]{3,9})/(\d{1,2})(?!\d)",
    re.IGNORECASE,
)
_URL_MONTH = re.compile(r"/((?:19|20)\d\d)/(0?[1-9]|1[0-2])(?=/)")
_FIRST_YEAR_OF_THE_WEB = 1990


def url_day(url: str | None) -> Moment | None:
    """Returns the day in the path of an address, as in ``/2024/03/04/`` or ``/2024/mar/04/``."""
    match = _URL_DAY.search(url or "")
    if match is None:
        return None
    if match[1]:
        found = _digits(match[1] + match[3] + match[4])
    else:
        found = parse_date(f"{match[7]} {match[6]} {match[5]}")
    return found if found and found.day and found.at.year >= _FIRST_YEAR_OF_THE_WEB else None


def url_month(url: str | None) -> Moment | None:
    """Returns the month in the path of an address, as in ``/2024/03/``."""
    match = _URL_MONTH.search(url or "")
    found = _digits(f"{match[1]}{int(match[2]):02}") if match else None
    return found if found and found.at.year >= _FIRST_YEAR_OF_THE_WEB else None
