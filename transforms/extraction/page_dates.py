"""When a page was published and last changed.

Pages say it in metadata for machines, beside the headline for readers, and in their address. The
metadata decides the point in time; what readers see decides the day where the metadata is in UTC,
and the date where there is no metadata. Beside the headline means: behind it, before the text
begins, or right before it within what holds both; so the day of a masthead and the dates of teasers
do not count.
"""

import copy
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

import htmldate
import lxml.etree
import lxml.html

from pipeline.dates import (
    Moment,
    bare_date,
    date_columns,
    find_dates,
    is_change,
    parse_date,
    url_day,
)

FIRST_YEAR = 1990
"""Year of the first web page; an earlier date on a page is no date of its own."""

MAX_DATE = "2100-01-01"
"""Latest date htmldate accepts. Its default is today, which would make output depend on the day."""

_LONG_LINE = 160
"""Characters of a line of running text; a line beside the headline is shorter."""

_LONG_LINES = 3
"""Long lines behind the headline, of summary and captions, within which its date may come."""

_LINES_BEHIND, _LINES_BEFORE = 40, 4

_MOST_WORDS = 10
"""Words beside the date in a line: names, an outlet, a section."""

_BLOCKS = frozenset(
    """address article aside blockquote body br dd div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table td th tr ul""".split()
)
_SKIPPED = frozenset(("script", "style", "noscript", "nav", "aside", "footer", "form", "template",
                      "svg", "button", "select", "option", "iframe", "textarea"))  # fmt: skip


class _Line(NamedTuple):
    """A line of a page.

    Attributes:
      text: its text, white space joined.
      stated: ``datetime`` of a ``time`` element in it; empty without one.
      changed: True if its element is called modified or updated.
    """

    text: str
    stated: str
    changed: bool


class _Seen(NamedTuple):
    """Dates beside the headline.

    Attributes:
      published: the nearest one that is of no change.
      changed: the nearest one that is.
    """

    published: Moment | None
    changed: Moment | None


def page_dates(
    root: lxml.html.HtmlElement,
    published: Iterable[str],
    changed: Iterable[str],
    headline: str | None,
    url: str | None,
    language: str | None,
) -> dict[str, object]:
    """Returns the columns about the dates of a page.

    Args:
      root: its tree; not changed.
      published: what its metadata says of the publication, the most formal first.
      changed: likewise of the last change.
      headline: the headline; ``None`` if unknown.
      url: the address.
      language: of the page, as it says.
    """
    seen = _seen(root, headline, language)
    modified = next(_moments(changed), None) or seen.changed
    stated = list(_moments(published))
    address = url_day(url)
    found: Moment | None
    if stated:
        evidence = "metadata"
        found, day = _local(_precise(stated), seen.published, address.day if address else None)
    else:
        day = None
        found, evidence = _found(root, seen, address, url)
    columns = date_columns(found, evidence)
    if day:
        columns["published_on"] = day
    return columns | {"modified_at": modified.at if modified else None}


def _moments(stated: Iterable[str]) -> Iterator[Moment]:
    for text in stated:
        if text and (found := parse_date(text)) and found.at.year >= FIRST_YEAR and found.day:
            yield found


def _precise(stated: list[Moment]) -> Moment:
    """Returns the first statement, with time and zone of others that agree with it."""
    chosen = stated[0]
    if chosen.precision == "day":
        chosen = next((other for other in stated[1:] if other.is_finer_than(chosen)), chosen)
    for other in stated:
        # The same clock time with a zone gives the zone; the same moment, the offset.
        if other.offset and (
            (chosen.offset is None and other.clock == chosen.clock)
            or (chosen.offset == 0 and other.at == chosen.at)
        ):
            return other
    return next(
        (o for o in stated if chosen.offset is None and o.offset == 0 and o.clock == chosen.clock),
        chosen,
    )


_TWO_DAYS = timedelta(days=2)
_WEST, _EAST = timedelta(hours=-10), timedelta(hours=13)
"""Clocks of Hawaii and of New Zealand in summer; beyond them hardly anything is published."""


def _local(found: Moment, seen: Moment | None, address: date | None) -> tuple[Moment, date | None]:
    """Returns a time in UTC with the offset of the clock that a reader sees, or the outlet's day.

    The day is one that page or address give and that some clock had at that time.
    """
    if found.offset or found.precision == "day":
        return found, None
    if seen and seen.precision != "day":
        offset = (
            timedelta(minutes=seen.offset)
            if seen.offset
            else seen.clock - found.clock.replace(second=0, microsecond=0)
        )
        minutes = round(offset.total_seconds() / 60)
        if minutes % 15 == 0 and _WEST <= offset <= _EAST:
            return found._replace(offset=minutes), None
        seen = None
    possible = {(found.at + clock).date() for clock in (_WEST, _EAST)}
    for day in (address, seen.day if seen else None):
        if day in possible and day != found.day:
            return found, day
    return found, None


def _found(
    root: lxml.html.HtmlElement, seen: _Seen, address: Moment | None, url: str | None
) -> tuple[Moment | None, str]:
    """Returns the date of a page without metadata about it, and the evidence."""
    published = seen.published
    if address and not (published and abs(published.clock - address.clock) < _TWO_DAYS):
        return address, "url"
    if published:
        return published, "page"
    if seen.changed:
        return seen.changed, "modified"
    body = root
    if any(next(time.iterancestors("a"), None) is not None for time in root.iter("time")):
        # Times within links are those of other articles.
        body = copy.deepcopy(root)
        for time in list(body.iter("time")):
            if next(time.iterancestors("a"), None) is not None:
                time.drop_tree()
    try:
        day = htmldate.find_date(
            body, extensive_search=False, original_date=True, url=url, max_date=MAX_DATE
        )
    except (ValueError, OverflowError, RecursionError):
        return None, ""
    return (parse_date(day) if day else None), "page"


def _seen(root: lxml.html.HtmlElement, headline: str | None, language: str | None) -> _Seen:
    """Returns the dates beside the headline, behind it before those in front of it."""
    heading = _heading(root, headline)
    lines, at = _lines(_container(root, heading), heading)
    published: Moment | None = None
    changed: Moment | None = None
    behind = range(at + 1, min(len(lines), at + 1 + _LINES_BEHIND))
    before = range(at - 1, max(-1, at - 1 - _LINES_BEFORE), -1)
    for places in (behind, before):
        long_lines = 0
        for place in places:
            line = lines[place]
            if len(line.text) > _LONG_LINE:
                long_lines += 1
                if long_lines == _LONG_LINES:
                    break
                continue
            label = lines[place - 1].text if place else ""
            for found, is_changed in _line_dates(line, label, language):
                if is_changed:
                    changed = changed or found
                else:
                    published = published or found
            if published:
                return _Seen(published, changed)
    return _Seen(published, changed)


def _line_dates(line: _Line, label: str, language: str | None) -> Iterator[tuple[Moment, bool]]:
    """Yields the dates of a line, and whether each is of a change."""
    is_dated = any(map(str.isnumeric, line.text))  # by its year, and eight lines in ten have none
    if not is_dated and not line.stated:
        return
    labelled = len(label) <= 40 and is_change(label.casefold()) and not list(find_dates(label))
    stated = parse_date(line.stated, language) if line.stated else None
    if stated and stated.day and stated.at.year >= FIRST_YEAR:
        yield stated, line.changed or labelled or is_change(line.text.casefold())
        return
    found = list(find_dates(line.text, language)) if is_dated else []
    words = sum(len(date.before.split()) for date in found)
    if not found or words + len(found[-1].after.split()) > _MOST_WORDS:
        return
    if line.text.endswith((".", "!", "?", "…")) and not bare_date(line.text, language):
        return
    for one in found:
        if one.moment.day and one.moment.at.year >= FIRST_YEAR:
            changed = is_change(one.before) or line.changed
            yield one.moment, changed or (labelled and one is found[0])


def _heading(root: lxml.html.HtmlElement, headline: str | None) -> lxml.html.HtmlElement | None:
    """Returns the element of the headline: the heading of its text, else the first ``h1``."""
    wanted = "".join((headline or "").casefold().split())
    first = None
    for element in root.iter("h1", "h2", "h3"):
        if first is None and element.tag == "h1":
            first = element
        if wanted and "".join(element.text_content().casefold().split()) == wanted:
            return element
    return first


def _container(
    root: lxml.html.HtmlElement, heading: lxml.html.HtmlElement | None
) -> lxml.html.HtmlElement:
    """Returns the nearest element around the headline that holds running text, too."""
    if heading is None:
        return next(root.iter("article", "main", "body"), root)
    for element in heading.iterancestors():
        long_texts = (
            child for child in element.iter("p", "div", "span", "section")
            if child.text and len(child.text) > _LONG_LINE
        )  # fmt: skip
        if next(long_texts, None) is not None:
            return element
    return root


def _lines(
    container: lxml.html.HtmlElement, heading: lxml.html.HtmlElement | None
) -> tuple[list[_Line], int]:
    """Returns the lines of an element up to some behind the headline, and the place of that."""
    lines: list[_Line] = []
    parts: list[str] = []
    stated, changed, at, long_lines = "", False, -1, 0

    def end_line() -> None:
        nonlocal stated, changed, long_lines
        if text := " ".join("".join(parts).split()):
            lines.append(_Line(text, stated, changed))
            long_lines += at >= 0 and len(text) > _LONG_LINE
        elif stated:
            lines.append(_Line("", stated, changed))
        parts.clear()
        stated, changed = "", False

    walk = lxml.etree.iterwalk(container, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        tag = element.tag
        if event in ("comment", "pi"):
            parts.append(element.tail or "")
        elif event == "start":
            if tag in _SKIPPED and element is not container:
                walk.skip_subtree()
                continue
            if tag in _BLOCKS:
                end_line()
            if tag == "time":
                if stated:
                    end_line()
                stated = element.get("datetime") or ""
            names = f"{element.get('class') or ''} {element.get('itemprop') or ''}".lower()
            if ("modified" in names or "update" in names) and "publish" not in names:
                changed = True
            parts.append(element.text or "")
        else:
            if tag in _BLOCKS:
                end_line()
                if element is heading:
                    at = len(lines) - 1
            if element is not container:
                parts.append(element.tail or "")
            if at >= 0 and (long_lines >= _LONG_LINES or len(lines) > at + _LINES_BEHIND):
                break
    end_line()
    return lines, at
