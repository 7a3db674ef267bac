"""Dates as dumps, pages and articles write them.

:func:`parse_date` reads a value that is a date, :func:`find_dates` the dates in a line of text.
Both read ISO 8601 with all its variants, what programs print (RFC 822, 850 and 2822, C, Java, Go,
BigQuery, Twitter, .NET, log files), numeric days, days with the names of months in the languages of
``calendar.json``, in any order and script, and years of the calendars of Thailand, Iran, Taiwan and
Japan; a value may be an epoch in seconds to nanoseconds or a day number of Excel, too.

A date without a zone is taken as UTC. What cannot be read, and a date outside :data:`FIRST_YEAR` to
:data:`LAST_YEAR`, is ``None``: the article has no date.

Own code, since of the libraries dateparser 1.5 takes 1 ms where it knows the language and 1 s where
no language fits, and misreads six of 58 languages that Babel writes; dateutil reads English alone.
"""

from pipeline.dates.moment import (
    DATE_COLUMNS,
    FIRST_YEAR,
    LAST_YEAR,
    PRECISIONS,
    Moment,
    date_columns,
)
from pipeline.dates.values import parse_date, url_day, url_month
from pipeline.dates.words import FoundDate, bare_date, find_dates, is_change

__all__ = [
    "DATE_COLUMNS",
    "FIRST_YEAR",
    "LAST_YEAR",
    "PRECISIONS",
    "FoundDate",
    "Moment",
    "bare_date",
    "date_columns",
    "find_dates",
    "is_change",
    "parse_date",
    "url_day",
    "url_month",
]
