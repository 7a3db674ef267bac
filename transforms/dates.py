# ruff: noqa: RUF001 - dashes of all kinds are meant
"""Dates an article by its own date line, or by its address, where dump and page give no date."""

import dataclasses
import re
from collections.abc import Iterable

from pipeline.article import Article, RemovedLine
from pipeline.dates import (
    DATE_COLUMNS,
    Moment,
    date_columns,
    find_dates,
    is_change,
    url_day,
    url_month,
)
from pipeline.transform import Transform

_LONGEST = 110
"""Characters of a line of date, byline and outlet."""

_MOST_WORDS = 10
"""Words beside the date in such a line: a label, names, an outlet."""

_MOST_LINES = 500
"""Removed lines above the text, and below it, that are read for a date; more are a list."""

_DATELINE_PARAGRAPHS, _LONGEST_DATELINE = 4, 100
"""Paragraphs at the beginning that may have a dateline, and its characters."""

_BEFORE_A_DAY = re.compile(r"[^\W\d][^\d.:;!?\"“”«»()]{0,60}(?:, ?|/ ?|\s[-–—] )")
"""Place or places before the day of a dateline."""

_BEHIND_A_DAY = re.compile(
    r",?\s{0,3}(?:[(\[/][^()\[\]/]{2,40}[)\]/]\s{0,3}[.:]?\s{0,3}[-–—]|[-–—]{1,3}\s)"
)
"""Agency or outlet in brackets and a dash, or a dash, which end a dateline."""


@dataclasses.dataclass
class Dates(Transform):
    """Fills the date of publication, and of the last change, from lines taken out of the text.

    A date line is one that was removed above the first paragraph, or below the last one. Of several
    dates the first counts that is not called a change; a date without its year is none. An article
    without such a line has the day that its address gives, as in ``/2024/03/04/``, or else the one
    of its dateline ("Bergen, March 4, 2024 (AFP) -"), again with its year; or else the date of its
    last change, or the month of its address (``/2024/03/``: right on 75 of 76 labelled pages).
    """

    reads = ("url", "paragraphs", "removed_lines", "language", *DATE_COLUMNS, "modified_at")
    updates = (*DATE_COLUMNS, "modified_at")
    after = ("Extraction",)
    version = 3

    def apply(self, article: Article) -> Article:
        """Returns the article with its dates.

        Args:
          article: with the columns of ``reads``.
        """
        known = article["published_at_evidence"]
        if article["published_at"] is not None and known != "modified":
            return article
        published: Moment | None = None
        changed: Moment | None = None
        for line in _outside(article["removed_lines"], article["paragraphs"]):
            for found, is_changed in _dates_of(line.text, article["language"]):
                if is_changed:
                    changed = changed or found
                else:
                    published = published or found
            if published:
                break
        evidence = "line"
        if published is None and (published := url_day(article["url"])):
            evidence = "url"
        if published is None and (published := _filed(article["paragraphs"], article["language"])):
            evidence = "dateline"
        if published is None and known:
            return article
        if published is None:
            published, evidence = changed, "modified"
        if published is None:
            published, evidence = url_month(article["url"]), "url"
        modified = article["modified_at"] or (changed.at if changed else None)
        return article | date_columns(published, evidence) | {"modified_at": modified}


def _outside(
    removed: Iterable[RemovedLine], paragraphs: list[tuple[int, str]]
) -> list[RemovedLine]:
    """Returns the removed lines above the first paragraph, then those below the last one."""
    lines = [RemovedLine(*line) for line in removed]
    if not paragraphs:
        return lines[:_MOST_LINES]
    first, last = paragraphs[0][0], paragraphs[-1][0]
    above = [line for line in lines if line.line_number < first]
    below = [line for line in lines if line.line_number > last]
    return above[:_MOST_LINES] + below[:_MOST_LINES]


def _filed(paragraphs: list[tuple[int, str]], language: str | None) -> Moment | None:
    """Returns the day of the first dateline that has one."""
    for _, text in paragraphs[:_DATELINE_PARAGRAPHS]:
        found = next(find_dates(text[:_LONGEST_DATELINE], language), None)
        if (
            found is not None
            and found.moment.precision == "day"
            and _BEFORE_A_DAY.fullmatch(found.before)
            and _BEHIND_A_DAY.match(found.after)
        ):
            return found.moment
    return None


def _dates_of(text: str, language: str | None) -> list[tuple[Moment, bool]]:
    """Returns the dates of a line with their day, and whether each is of a change."""
    if len(text) > _LONGEST:
        return []
    found = list(find_dates(text, language))
    words = sum(len(date.before.split()) for date in found)
    if not found or words + len(found[-1].after.split()) > _MOST_WORDS:
        return []
    return [(date.moment, is_change(date.before)) for date in found if date.moment.day]
