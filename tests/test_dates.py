# ruff: noqa: RUF001 - letters of other scripts are meant
"""Dates as dumps, pages and articles write them."""

import multiprocessing
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dates import (
    DATE_COLUMNS,
    FIRST_YEAR,
    LAST_YEAR,
    PRECISIONS,
    bare_date,
    date_columns,
    find_dates,
    is_change,
    parse_date,
)
from tests.bench.make_calendar import LOCALES

POINT = datetime(2017, 9, 12, 14, 5, 6, tzinfo=UTC)
DAY = datetime(2017, 9, 12, tzinfo=UTC)


def at(value: object) -> datetime | None:
    found = parse_date(value)
    return found.at if found else None


def precision(value: object) -> str | None:
    found = parse_date(value)
    return found.precision if found else None


@pytest.mark.parametrize(
    "value",
    [
        "2017-09-12T14:05:06Z",
        "2017-09-12T14:05:06.000Z",
        "2017-09-12 14:05:06",
        "2017-09-12T16:05:06+02:00",
        "2017-09-12T16:05:06+0200",
        "20170912T140506Z",
        "20170912140506",
        "20170912160506+0200",
        "20170912160506 +0200",
        "2017-09-12T16:05:06.000000000+0200",
        "2017-09-12T16:05:06+02:00[Europe/Berlin]",
        "2017-09-12 16:05:06.25 +0200 CEST m=+0.0251",
        "Tue Sep 12 16:05:06 CEST 2017",
        "Tue Sep 12 14:05:06 2017",
        "Tuesday, 12-Sep-17 14:05:06 GMT",
        "12/Sep/2017:16:05:06 +0200",
        "12-SEP-2017 14:05:06.31",
        "2017-09-12 14:05:06.000000 UTC",
        "/Date(1505225106000)/",
        "/Date(1505225106000+0200)/",
        "Timestamp('2017-09-12 14:05:06')",
        "Timestamp('2017-09-12 16:05:06+0200', tz='Europe/Oslo')",
        "datetime.datetime(2017, 9, 12, 14, 5, 6)",
        "Updated 14 Sep 2017 08:00:00, published 12 Sep 2017 14:05:06",
        "Sep 12, 2017, 10:05:06 AM ET",
        "12 Sep 2017 9:05:06 CT",
        "14:05:06, 12 September 2017",
        "2017.09.12. 오후 2:05:06",
        "2017-09-12 16:05:06 +0200",
        "Tue, 12 Sep 2017 14:05:06 GMT",
        "Tue, 12 Sep 2017 10:05:06 -0400",
        "Tue, 12 Sep 2017 10:05:06 EDT",
        "Tue Sep 12 14:05:06 +0000 2017",
        "September 12, 2017 10:05:06 am EDT",
        "Sept. 12, 2017 at 2:05:06 p.m. (UTC)",
        "12 September 2017, 14:05:06",
        "12.09.2017 14:05:06",
        "9/12/2017 2:05:06 PM",
        1505225106,
        1505225106.0,
        1505225106000,
        1505225106000000,
        1505225106000000000,
        131496987060000001,  # FILETIME
        "636408219060000000",  # ticks of .NET
        "1505225106",
        "1505225106000",
        {"$date": "2017-09-12T14:05:06Z"},
        {"$date": {"$numberLong": "1505225106000"}},
        {"$date": 1505225106000},
        {"seconds": 1505225106, "nanoseconds": 0},
        [2017, 9, 12, 14, 5, 6],
        [2017, 9, 12, 14, 5, 6, 1, 255, 0],
        {"year": 2017, "month": 9, "day": 12, "hour": 14, "minute": 5, "second": 6},
        POINT,
        POINT.astimezone(timezone(timedelta(hours=5, minutes=30))),
        POINT.replace(tzinfo=None),
    ],
)
def test_points_in_time(value: object) -> None:
    assert at(value) == POINT


@pytest.mark.parametrize(
    "value",
    [
        "2017-09-12", "2017/09/12", "2017.9.12", "20170912", "9/12/17", "9/12/2017", "12.9.2017",
        "12-09-2017", "12 Sep 2017", "Sep 12 2017", "Tuesday, September 12, 2017",
        "12th September 2017", " 2017-09-12 ", date(2017, 9, 12),
        "2017, September 12 Tuesday", "September 12, 2017 Tuesday", "12-Sep-17", "12.IX.2017",
        "2017-09-12T00:00:00Z", "2017-09-12 00:00:00", 20170912, 42990, "42990", [2017, 9, 12],
        {"year": 2017, "month": 9, "day": 12}, "2017-W37-2", 1505174400,
    ],
)  # fmt: skip
def test_days_are_their_midnight(value: object) -> None:
    assert at(value) == DAY
    assert precision(value) == "day"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("7/23/17", "2017-07-23"), ("23/7/2017", "2017-07-23"), ("3/4/2017", "2017-03-04"),
     ("3.4.2017", "2017-04-03"), ("3-4-2017", "2017-04-03"), ("1/2/99", "1999-01-02"),
     ("99-02-01", "1999-02-01")],
)  # fmt: skip
def test_month_or_day_first(value: str, expected: str) -> None:
    assert at(value) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "minute"),
    [
        ("201703021015", "2017-03-02T10:15"),
        (201703021015, "2017-03-02T10:15"),
        ("2017-03-02T10:15", "2017-03-02T10:15"),
        ("2017-03-02T10:15+01:00", "2017-03-02T09:15"),
        ("20170302T1015Z", "2017-03-02T10:15"),
        (2017030210, "2017-03-02T10:00"),
        (42796.42, "2017-03-02T10:04:48"),
        ("2. März 2017, 10.15 Uhr", "2017-03-02T10:15"),
        ("Do, 02 Mrz 2017 10:15", "2017-03-02T10:15"),
        ("2. mars 2017 kl. 10.15", "2017-03-02T10:15"),
        ("jeudi 2 mars 2017 à 10h15", "2017-03-02T10:15"),
        ("10:15 - 2 mar. 2017", "2017-03-02T10:15"),
        ("2 mar 2017 | 10:15", "2017-03-02T10:15"),
        ("2017年3月2日 下午3:21", "2017-03-02T15:21"),
        ("平成29年3月2日 10時15分", "2017-03-02T10:15"),
        ("Thứ Năm, 2 tháng 3, 2017, 10:15 (GMT+7)", "2017-03-02T03:15"),
        ("2 มีนาคม 2560 10:15", "2017-03-02T10:15"),
        ("۱۲ اسفند ۱۳۹۵ - ۱۰:۱۵", "2017-03-02T10:15"),
        ("۱۳۹۵/۱۲/۱۲ ۱۰:۱۵", "2017-03-02T10:15"),
        ("1395/12/12 10:15", "2017-03-02T10:15"),
        ("1395-12-12T10:15:00", "2017-03-02T10:15"),
        ("2 марта 2017 г. в 10:15 (МСК)", "2017-03-02T07:15"),
        ("2 de março de 2017 às 10h15", "2017-03-02T10:15"),
        ("٢ مارس ٢٠١٧ ١٠:١٥ ص", "2017-03-02T10:15"),
        ("2 במרץ 2017, 10:15", "2017-03-02T10:15"),
    ],
)
def test_minutes(value: object, minute: str) -> None:
    assert at(value) == datetime.fromisoformat(minute).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "first", "how"),
    [("2017", "2017-01-01", "year"), (2017, "2017-01-01", "year"),
     ("2017-09", "2017-09-01", "month"), ("09/2017", "2017-09-01", "month"),
     ("September 2017", "2017-09-01", "month"), ("2017年9月", "2017-09-01", "month"),
     (201709, "2017-09-01", "month")],
)  # fmt: skip
def test_months_and_years(value: object, first: str, how: str) -> None:
    found = parse_date(value)
    assert found is not None
    assert (found.at, found.precision) == (datetime.fromisoformat(first).replace(tzinfo=UTC), how)
    assert found.day is None


@pytest.mark.parametrize(
    ("value", "language", "day_first", "expected"),
    [("3/4/2017", None, None, "2017-03-04"), ("3/4/2017", "fr", None, "2017-04-03"),
     ("3/4/2017", None, True, "2017-04-03"), ("3.4.2017", None, False, "2017-04-03"),
     ("13/4/2017", None, False, "2017-04-13"), ("4/13/2017", None, True, "2017-04-13"),
     ("2. listopada 2017", "hr", None, "2017-10-02"),
     ("2 listopada 2017", "pl", None, "2017-11-02"),
     ("2 listopada 2017", None, None, "2017-11-02")],
)  # fmt: skip
def test_what_is_known_beside_decides(
    value: str, language: str | None, day_first: bool | None, expected: str
) -> None:
    found = parse_date(value, language, day_first)
    assert found is not None
    assert found.at == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2017 жылғы 12 қыркүйек", "2017 жылдың 12-қыркүйегі", "12 қыркүйек, 2017 жыл",
        "2017-жылдын 12-сентябры", "2017-yilning 12-sentabr kuni", "2017 йил 12 сентябр",
        "12 сентябри соли 2017", "2017 елның 12 сентябре", "2017-cü il sentyabrın 12-də",
        "2017 წლის 12 სექტემბერი", "2017. aasta 12. september", "12. rujna 2017. godine",
        "12 септември 2017 година", "2017 metų rugsėjo 12 diena", "2017ko irailak 12",
        "2017-يىلى 12-سېنتەبىر",
    ],
)  # fmt: skip
def test_words_for_year_beside_the_year(text: str) -> None:
    assert (at(text), precision(text)) == (DAY, "day")


@pytest.mark.parametrize("line", ["4 наурыз 2024 жыл", "4 mart 2024-cü il", "4. mart 2024. godine"])
def test_words_for_year_are_of_the_date_line(line: str) -> None:
    assert bare_date(line)


@pytest.mark.parametrize(
    ("counted", "value"),
    [
        ("NTP, from 1900", 3714213906), ("HFS, from 1904", 3588069906),
        ("WebKit, from 1601", 13149698706000000), ("days from 1970", 17421), ("", 20500),
        ("days from 1960", 21074), ("Julian days", 2458008.5), ("Modified Julian days", 58008),
        ("Matlab", 736950.5), ("years", 2017.69), ("yymmdd", 170912), ("or yyyymm", 200312),
        ("yymmddhhmmss", 170912140506), ("ticks of .NET, or ns", 636407712000000000),
        ("Bikram Sambat", "2074-05-27"), ("Minguo", "106/09/12"), ("ddmmyyyy", 12092017),
        ("a year of two digits", "04/03/67"),
    ],
)  # fmt: skip
def test_no_wrong_year_of_numbers_in_other_units(counted: str, value: object) -> None:
    assert parse_date(value) is None, counted
    assert parse_date(str(value)) is None, counted


def test_summer_time_of_a_place() -> None:
    for text, hour, offset in [
        ("July 4, 2023 9:00 AM PT", 16, -420),
        ("Jan 4, 2023 9 AM PT", 17, -480),
    ]:
        found = parse_date(text)
        assert found is not None
        assert (found.at.hour, found.offset) == (hour, offset)


UNREAD = {"ca", "ms", "th", "sq", "mn", "pa", "my", "lo", "am", "sd", "so", "yo", "rw", "gd", "br",
          "ku", "ckb"}  # fmt: skip
"""Languages of which some form is not read yet: other words for the halves of the day, Thai clocks,
names of a single letter, double inflection."""


def as_babel_writes(locale: str) -> list[tuple[datetime, str]]:
    """Returns points in time, and how CLDR writes them in a locale."""
    from babel.dates import format_date, format_datetime

    found = []
    for month in range(1, 13):
        clock = datetime(2020, month, month * 5 % 28 + 1, month * 7 % 24, month * 11 % 60)
        day = datetime(clock.year, clock.month, clock.day)
        found += [
            (day, format_date(day, form, locale=locale)) for form in ("long", "full", "medium")
        ]
        found += [
            (clock, format_datetime(clock, form, locale=locale)) for form in ("long", "medium")
        ]
    return found


@pytest.mark.slow
def test_dates_of_all_languages_that_cldr_writes() -> None:
    # Each in a process of its own: Babel 2.18 gives names of one locale to others loaded later.
    with multiprocessing.get_context("fork").Pool(2, maxtasksperchild=1) as pool:
        written = pool.map(as_babel_writes, LOCALES, chunksize=1)
    wrong: dict[str, list[str]] = {}
    days = misread = 0
    for locale, dates in zip(LOCALES, written, strict=True):
        language = locale.split("_")[0]
        for expected, text in dates:
            found = at(text) if language != "hr" else getattr(parse_date(text, "hr"), "at", None)
            days += 1
            misread += found is not None and found.date() != expected.date()
            if found != expected.replace(tzinfo=UTC):
                wrong.setdefault(language, []).append(text)
    assert set(wrong) <= UNREAD, {
        key: texts[:3] for key, texts in wrong.items() if key not in UNREAD
    }
    assert misread / days < 0.003


@pytest.mark.parametrize(
    "value",
    [
        "", " ", "unknown", "0000-00-00", "0000-00-00 00:00:00", "0001-01-01", "9999-12-31",
        "1601-01-01", "2017-13-45", "31.02.2017", "99/99/9999", 2017 * 10**30, 0, -5, True,
        float("nan"), float("inf"), None, [], {}, {"$date": []}, "x" * 10_000, "1" * 60,
        datetime(9999, 12, 31, tzinfo=timezone(-timedelta(hours=5))),
        date(1, 1, 1), "٢٠١٧", "²",
        "1970-01-01T00:00:00Z", "1899-12-30 00:00:00", "1900-01-01T00:00:00", "posted 3 hours ago",
        "12 Sep", "12:30", 300, 12345, 99999999, "3.7.2", "31 April 2017", [2017, 13, 1],
        {"year": 2017},
    ],
)  # fmt: skip
def test_what_is_no_date_gives_none(value: object) -> None:
    assert parse_date(value) is None


@given(st.datetimes(datetime(1977, 1, 1), datetime(2033, 5, 17)))
def test_every_point_survives_its_own_iso_form(point: datetime) -> None:
    expected = point.replace(tzinfo=UTC)
    assert at(point.isoformat()) == expected
    second = expected.replace(microsecond=0)
    assert at(int(second.timestamp())) == second
    assert at(int(second.timestamp()) * 1000) == second


@given(
    st.datetimes(datetime(FIRST_YEAR, 1, 2), datetime(LAST_YEAR, 12, 30)),
    st.integers(-14 * 60, 14 * 60),
)
def test_any_zone_is_respected_and_kept(clock: datetime, minutes: int) -> None:
    written = clock.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    found = parse_date(written.isoformat())
    assert found is not None
    assert (found.at, found.offset) == (written, minutes)
    assert found.clock == clock
    assert found.day == clock.date()


@given(
    st.one_of(
        st.text(max_size=70),
        st.text("0123456789-/.: TZ+apm,GMTSepJan", max_size=40),
        st.integers(),
        st.floats(),
        st.dictionaries(st.just("$date"), st.text()),
    )
)
def test_anything_gives_a_point_in_utc_or_none(value: object) -> None:
    found = parse_date(value)
    if found is not None:
        assert found.at.utcoffset() == timedelta(0)
        assert FIRST_YEAR <= found.at.year <= LAST_YEAR
        assert found.precision in PRECISIONS
        assert set(date_columns(found, "field")) == set(DATE_COLUMNS)


def test_the_dates_of_a_line_with_the_words_between() -> None:
    line = (
        "By Ann Bell | Published 3 March 2020, 9.15am GMT - Last updated: 4 March 2020 10:20 | Town"
    )
    first, second = find_dates(line)
    assert (first.moment.at, second.moment.at) == (
        datetime(2020, 3, 3, 9, 15, tzinfo=UTC),
        datetime(2020, 3, 4, 10, 20, tzinfo=UTC),
    )
    assert (is_change(first.before), is_change(second.before)) == (False, True)
    assert first.before == "by ann bell | published "
    assert second.after == " | town"


@pytest.mark.parametrize(
    "line",
    ["In March 2 of 40 left.", "Call 020 7946 0018", "3-2-1", "Version 1.10.3", "May 4 or 5 come",
     "12:30 - 14:00", "In 2019 the 3 of them"],
)  # fmt: skip
def test_lines_without_a_date(line: str) -> None:
    assert list(find_dates(line)) == []


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("March 4, 2024", "2024-03-04"),
        ("Published: 4 March 2024 06:30", "2024-03-04"),
        ("Mandag 4. mars 2024 kl. 06:30 | Oppdatert: 5. mars 2024 07:10", "2024-03-04"),
        ("Veröffentlicht am Montag, 4. März 2024 um 6.30 Uhr (MEZ)", "2024-03-04"),
        ("入力 2024年3月4日 月曜日", None),
        ("2024年3月4日 月曜日", "2024-03-04"),
        ("The sale of 4 March 2024 was void", None),
        ("Store sold, 4 March 2024", None),
        ("March 2024", None),
        ("4 March", None),
        ("4 March 2024 12 13 14", None),
    ],
)
def test_lines_of_nothing_but_a_date(line: str, day: str | None) -> None:
    found = bare_date(line)
    assert (str(found.day) if found else None) == day


def test_days_of_the_solar_hijri_calendar_in_figures() -> None:
    assert at("1399/12/30") == datetime(2021, 3, 20, tzinfo=UTC)  # a leap year
    assert at("1400/1/1") == datetime(2021, 3, 21, tzinfo=UTC)
    # Of the lunar calendar, and no days.
    assert parse_date("1441/07/07") is None
    assert parse_date("1395/12/12", "ar") is None
    assert parse_date("1400/12/30") is None
