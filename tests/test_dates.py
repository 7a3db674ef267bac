"""Dates as dumps write them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dates import (
    DATE_COLUMNS,
    FIRST_YEAR,
    LAST_YEAR,
    PRECISIONS,
    date_columns,
    parse_date,
)

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
        "2017-09-12T16:05:06.000000000+0200",
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
        "1505225106",
        "1505225106000",
        {"$date": "2017-09-12T14:05:06Z"},
        {"$date": {"$numberLong": "1505225106000"}},
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
    ],
)  # fmt: skip
def test_days_are_their_midnight(value: object) -> None:
    assert at(value) == DAY
    assert precision(value) == "day"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("7/23/17", "2017-07-23"), ("23/7/2017", "2017-07-23"), ("3/4/2017", "2017-03-04"),
     ("3.4.2017", "2017-04-03"), ("3-4-2017", "2017-04-03"), ("1/2/99", "1999-01-02")],
)  # fmt: skip
def test_month_or_day_first(value: str, expected: str) -> None:
    assert at(value) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "", " ", "unknown", "0000-00-00", "0000-00-00 00:00:00", "0001-01-01", "9999-12-31",
        "1601-01-01", "2017-13-45", "31.02.2017", "99/99/9999", "2017", 2017 * 10**30, 0, -5, True,
        float("nan"), float("inf"), None, [], {}, {"$date": []}, "x" * 10_000, "1" * 60,
        "2017-09-12T25:00:00Z", datetime(9999, 12, 31, tzinfo=timezone(-timedelta(hours=5))),
        date(1, 1, 1), "٢٠١٧", "²",
    ],
)  # fmt: skip
def test_what_is_no_date_gives_none(value: object) -> None:
    assert parse_date(value) is None


@given(st.datetimes(datetime(1974, 1, 1), datetime(LAST_YEAR, 12, 30)))
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
