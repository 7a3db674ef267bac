# ruff: noqa: RUF001 - letters of other scripts are meant
"""When a page was published and last changed.

Pages say it in metadata for machines, beside the headline for readers, and in their address. The
metadata decides the point in time; what readers see decides the day where the metadata is in UTC,
and the date where there is no metadata. Beside the headline means: behind it, before the text
begins, or right before it within what holds both; so the day of a masthead and the dates of teasers
do not count.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

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
    url_month,
)
from transforms.extraction.page_lines import (
    LINES_BEHIND,
    LONG_LINE,
    LONG_LINES,
    Line,
    is_in_link,
    is_of_others,
    page_lines,
)
from transforms.text import BYLINE_LEAD, squeezed

FIRST_YEAR = 1990
"""Year of the first web page; an earlier date on a page is no date of its own."""

_LINES_BEFORE = 4
"""Lines right before the headline that may have its date."""

_LINES_BELOW = 6
"""Lines below the last one of running text that may be its signature."""

_MOST_ELSEWHERE = 500
"""Lines far from the headline that are read for a date; a page of more is a list."""

_LONGEST_SENTENCES = 300
"""Characters of the lines below an article that say when and where it was posted."""

_LONGEST_WITHOUT_YEAR, _MOST_WITHOUT_YEAR = 60, 3
"""Characters of such a line whose date lacks the year, and words beside the date."""

_SHORTEST_HEADLINE = 8
"""Letters of a heading that is a part of a title; shorter ones are names of sections."""

_MOST_WORDS = 10
"""Words beside the date in a line: names, an outlet, a section."""

_STAMPS = (
    "data-utime",
    "data-timestamp",
    "data-datetime",
    "data-published",
    "data-pubdate",
    "data-publish-date",
)
"""Attributes that hold a time for scripts."""

_DATE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:pub(?:lish(?:ed)?)?|post(?:ed)?|entry|article)?[_-]?date\b"
)

_SCRIPTED = re.compile(
    r"(?<!re)(?<!un)publi(?:sh|cation)(?!er)(?!\w{0,3}[_-]?(?:before|after|until))(?:(?!modif|updat)[\w.:-]){0,30}[\"'\\]{0,3}\s{0,2}[:=,]"
    r"\s{0,2}[\"'\\]{0,3}"
    r"(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)",
    re.IGNORECASE,
)
"""Where all such values of a page are of one day it is that of publication on .94 of 165 labelled
pages, those aside where the label is the day of a change."""

_WORDS_OF_PUBLICATION = (
    r"(?:first |originally |zuerst )?(?:publi(?:shed|cation)|posted|created|written|submitted"
    r"|dated?|effective|version|veröffentlicht|erschienen|erstellt|geschrieben|verfasst|eingestellt"
    r"|gepostet|gespeichert|datum|publiée?|mise? en ligne|parue?|postée?|rédigée?|écrite?"
    r"|publicad[oa]|fecha|escrito|enviado|pubblicat[oa]|scritt[oa]|inserit[oa]|data|publicerad"
    r"|postat|publisert|udgivet|lagt ut|gepubliceerd|geplaatst|geschreven|opublikowan\w*|dodan[oae]"
    r"|utworzono|publikováno|vydáno|vloženo|objavljeno|megjelent|közzétéve|julkaistu|publicat"
    r"|опубликован\w*|размещен\w*|дата|опубліковано|дата публикации|yayın\w*|eklenme\w*)\b"
    r"|发布|發布|公開|投稿|掲載|등록|입력|نشر|انتشار|פורסם"
)
_PUBLISHED = re.compile(rf"\b(?:{_WORDS_OF_PUBLICATION})")
_THIS_ENTRY = (
    r"(?:this|diese[rs]?|cet(?:te)?|ce|est[ea]|quest[oa]|denne|dit|det här) (?:entry|post"
    r"|page|article|document|story|beitrag|eintrag|artikel|seite|dokument|text|billet|page|texte|entrada"
    r"|artículo|página|articolo|pagina|bericht|inlägg\w*|innlegg\w*|indlæg\w*)\b"
)
_SAID = re.compile(
    rf"\W*(?:{_THIS_ENTRY}|(?:last|zuletzt|letzte|dernière|última|ultimo)\b|{_WORDS_OF_PUBLICATION}|stand\b)"
)
"""How a line begins that says when it was published or changed; in lower case."""

_ENTRY = re.compile(rf"\W*{_THIS_ENTRY}")
"""How a sentence of the site begins: "This entry was posted on Tuesday, ..."."""


_SIGNED = re.compile(r"\W{0,3}(?:[^\W\d][^\d:]{1,40},\s(?:den\s|le\s)?)?")
"""What stands before the date of a signature ("Sandvik, den"), but not "Next concert"."""

_BYLINE_PART = re.compile(r"[|·•]\s*(?:von|by|par|por|di|door|av)\s")
_LONGEST_LABEL = 40  # characters
_FIRST_SENTENCE = re.compile(r"(?<=\d{4})\.\s(?=[A-Z])")


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
    stated = list(_moments(published))
    seen = _seen(root, headline, language, thorough=not stated)
    modified = next(_moments(changed), None) or seen.changed
    day = None
    if stated:
        stated_at = _precise(stated)
        found: Moment | None
        evidence = "metadata"
        if seen.published and modified and _is_import(stated_at, modified, seen.published):
            found, evidence = seen.published, "page"
        else:
            address = url_day(url)
            found, day = _local(stated_at, seen.published, address.day if address else None)
    else:
        found, evidence = _found(root, seen._replace(changed=modified), url, headline, language)
        if evidence == "modified":
            modified = found
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


def _is_import(stated: Moment, modified: Moment, seen: Moment) -> bool:
    """Returns True if the metadata has the time of the last change or of a move for publication.

    So it is where it has both times alike, or in reverse, while readers see an earlier day.
    """
    earlier = seen.day is not None and seen.day < (stated.at + _WEST).date()
    return earlier and stated.at >= modified.at - timedelta(days=1)


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
    root: lxml.html.HtmlElement,
    seen: _Seen,
    url: str | None,
    headline: str | None,
    language: str | None,
) -> tuple[Moment | None, str]:
    """Returns the date of a page whose metadata gives none, and the evidence."""
    published, changed, address = seen.published, seen.changed, url_day(url)
    if address and not (published and abs(published.clock - address.clock) < _TWO_DAYS):
        return address, "url"
    if published:
        return published, "page"
    marked = _in_month(root, url_month(url), headline, language) or _marked(root)
    if marked and _precedes(marked, changed):
        return marked, "page"
    elsewhere = _elsewhere(root, language)
    changed = changed or elsewhere.changed
    if elsewhere.published and _precedes(elsewhere.published, changed):
        return elsewhere.published, "elsewhere"
    scripted = _only_day(_scripted(root))
    if scripted and _precedes(scripted, changed):
        return scripted, "script"
    return changed, "modified"


def _precedes(found: Moment, changed: Moment | None) -> bool:
    """Returns False for a date of the day of the last change, or later: that is what it dates."""
    return changed is None or found.clock.date() < changed.clock.date()


def _in_month(
    root: lxml.html.HtmlElement, month: Moment | None, headline: str | None, language: str | None
) -> Moment | None:
    """Returns the day beside the headline that lacks the year, where the address has the month."""
    if month is None:
        return None
    heading = next(iter(_headings(root, headline)), None)
    lines, at = page_lines(root, heading)
    near = [line.text for line in lines[max(0, at - _LINES_BEFORE) : at + 1 + _LINES_BELOW]]
    for text in (*near, *map(" ".join, itertools.pairwise(near))):  # "04", "Mar" in a box
        if len(text) <= _LONGEST_WITHOUT_YEAR:
            for found in find_dates(f"{text} {month.at.year}", language):
                day, words = found.moment.day, len(found.before.split()) + len(found.after.split())
                is_of_month = day and (day.year, day.month) == (month.at.year, month.at.month)
                if is_of_month and (words <= _MOST_WITHOUT_YEAR or _is_said(text.casefold())):
                    return found.moment
    return None


def _only_day(found: Iterable[Moment]) -> Moment | None:
    """Returns the first of some dates if all are of one day; several are a list of articles."""
    by_day: dict[date | None, Moment] = {}
    for one in found:
        by_day.setdefault(one.day, one)
    return next(iter(by_day.values())) if len(by_day) == 1 else None


def _marked(root: lxml.html.HtmlElement) -> Moment | None:
    """Returns the date that an attribute or element of the article states for programs."""
    strong: list[Moment] = []
    weak: list[Moment] = []
    walk = lxml.etree.iterwalk(root, events=("start",))
    for _, element in walk:
        if element.tag == "nav" or is_of_others(element):
            walk.skip_subtree()
            continue
        attributes = element.attrib
        stated = next((attributes[name] for name in _STAMPS if name in attributes), None)
        classes = attributes.get("class", "").lower()
        names = f"{attributes.get('itemprop', '')} {attributes.get('property', '')}".lower()
        is_time = element.tag in ("time", "abbr")
        if (
            "datepublished" in names
            or "datecreated" in names
            or "dc:date" in names
            or "pubdate" in attributes
            or (is_time and ("publish" in classes or "entry-date" in classes))
        ):
            found = strong
        elif stated or (is_time and "datetime" in attributes) or _DATE_CLASS.search(classes):
            found = weak
            if "modif" in classes or "update" in classes or is_in_link(element):
                continue
        else:
            continue
        for name in ("content", "datetime", "title"):
            stated = stated or attributes.get(name)
        found.extend(_moments((stated or element.text_content(),)))
    return _only_day(strong) or (None if strong else _only_day(weak))


def _scripted(root: lxml.html.HtmlElement) -> Iterator[Moment]:
    """Yields the dates of publication in data of scripts."""
    for script in root.iter("script"):
        text = script.text or ""
        if "ubli" in text:
            yield from _moments(match[1] for match in _SCRIPTED.finditer(text))


def _seen(
    root: lxml.html.HtmlElement, headline: str | None, language: str | None, thorough: bool
) -> _Seen:
    """Returns the dates beside the headline, behind it before those in front of it.

    Args:
      root: the page's tree.
      headline: as of :func:`page_dates`.
      language: likewise.
      thorough: True to go on, without a date, beyond what holds headline and text, and beside other
        headings.
    """
    changed: Moment | None = None
    tried = set()
    for heading in _headings(root, headline) or [None]:
        for container in (_container(root, heading), root):
            if (heading, container) in tried:
                continue
            tried.add((heading, container))
            found = _beside(*page_lines(container, heading), language)
            changed = changed or found.changed
            if found.published or not thorough:
                return _Seen(found.published, changed)
    return _Seen(None, changed)


def _beside(lines: list[Line], at: int, language: str | None) -> _Seen:
    """Returns the dates beside a line; ``at`` is its place."""
    published: Moment | None = None
    changed: Moment | None = None
    behind = range(at + 1, min(len(lines), at + 1 + LINES_BEHIND))
    before = range(at - 1, max(-1, at - 1 - _LINES_BEFORE), -1)
    for places in (behind, before):
        long_lines = 0
        for place in places:
            line = lines[place]
            if len(line.text) > LONG_LINE:
                long_lines += 1
                if long_lines == LONG_LINES:
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


def _elsewhere(root: lxml.html.HtmlElement, language: str | None) -> _Seen:
    """Returns the dates far from the headline: labelled as such, or right below the text."""
    lines, _ = page_lines(next(root.iter("body"), root), None, whole=True)
    labelled: list[Moment] = []
    below: list[Moment] = []
    changed: Moment | None = None
    long = [at for at, line in enumerate(lines) if len(line.text) > LONG_LINE]
    end = long[-1] if long else len(lines)
    left = _MOST_ELSEWHERE
    for at, line in enumerate(lines):
        if len(line.text) > _LONGEST_SENTENCES or not (line.stated or _has_digit(line.text)):
            continue
        label = lines[at - 1].text.casefold() if at else ""
        line = line._replace(text=_FIRST_SENTENCE.split(line.text, maxsplit=1)[0])
        text = line.text.casefold()
        is_label = len(label) <= _LONGEST_LABEL
        said = _is_said(text)
        says = said or (is_label and _SAID.match(label))
        is_below = end < at <= end + _LINES_BELOW
        changes = line.changed or is_change(text) or (is_label and is_change(label))
        if not (says or is_below or changes):
            continue
        if not (left := left - 1):
            break
        dates = list(_line_dates(line, label, language))
        if said and not dates:
            # "This entry was posted on Tuesday, March 4th, 2008 and is filed under ..."
            found = next(find_dates(line.text, language), None)
            beside = f"{found.before[-60:]} {found.after[:60]}".casefold() if found else ""
            is_said = _ENTRY.match(text) and (_PUBLISHED.search(beside) or is_change(beside))
            if is_said and found and found.moment.day and found.moment.at.year >= FIRST_YEAR:
                dates = [(found.moment, is_change(text))]
        for moment, is_changed in dates:
            if is_changed or (said and is_change(text)):
                changed = changed or moment
            elif says:
                labelled.append(moment)
            elif is_below and (line.stated or _is_signature(line, language)):
                below.append(moment)
    return _Seen(next(iter(labelled), None) or _only_day(below), changed)


def _is_signature(line: Line, language: str | None) -> bool:
    """Returns whether a line is a date, alone or behind a name and a comma."""
    found = next(find_dates(line.text, language), None)
    return found is not None and _SIGNED.fullmatch(found.before.casefold()) is not None


def _is_said(text: str) -> bool:
    """Returns whether a line in lower case says when, or by whom, an article was published."""
    return bool(_SAID.match(text) or BYLINE_LEAD.match(text) or _BYLINE_PART.search(text))


def _has_digit(text: str) -> bool:
    """Returns True for what may have a year; eight lines in ten have no digit."""
    return any(map(str.isnumeric, text))


def _line_dates(line: Line, label: str, language: str | None) -> Iterator[tuple[Moment, bool]]:
    """Yields the dates of a line, and whether each is of a change."""
    is_dated = _has_digit(line.text)
    if not is_dated and not line.stated:
        return
    labelled = (
        len(label) <= _LONGEST_LABEL and is_change(label.casefold()) and not list(find_dates(label))
    )
    if line.text.endswith((".", "!", "?", "…")) and not bare_date(line.text, language):
        return
    stated = parse_date(line.stated, language) if line.stated else None
    if stated and stated.day and stated.at.year >= FIRST_YEAR:
        yield stated, line.changed or labelled or is_change(line.text.casefold())
        return
    found = list(find_dates(line.text, language)) if is_dated else []
    words = sum(len(date.before.split()) for date in found)
    if not found or words + len(found[-1].after.split()) > _MOST_WORDS:
        return
    for one in found:
        if one.moment.day and one.moment.at.year >= FIRST_YEAR:
            changed = is_change(one.before) or (line.changed and not _PUBLISHED.search(one.before))
            yield one.moment, changed or (labelled and one is found[0])


def _headings(root: lxml.html.HtmlElement, headline: str | None) -> list[lxml.html.HtmlElement]:
    """Returns the elements that may be the headline: of its text, of a part of it, any ``h1``."""
    wanted = squeezed(headline or "")
    ranked: tuple[list[Any], ...] = ([], [], [])
    for element in root.iter("h1", "h2", "h3"):
        text = squeezed(element.text_content())
        if wanted and text == wanted:
            ranked[0].append(element)
        elif len(text) >= _SHORTEST_HEADLINE and text in wanted:
            ranked[1].append(element)
        elif element.tag == "h1":
            ranked[2].append(element)
    ranked[1].sort(key=lambda element: -len(element.text_content()))
    return [element for elements in ranked for element in elements[:1]]


def _container(
    root: lxml.html.HtmlElement, heading: lxml.html.HtmlElement | None
) -> lxml.html.HtmlElement:
    """Returns the nearest element around the headline that holds running text, too."""
    if heading is None:
        return next(root.iter("article", "main", "body"), root)
    for element in heading.iterancestors():
        long_texts = (
            child for child in element.iter("p", "div", "span", "section")
            if child.text and len(child.text) > LONG_LINE
        )  # fmt: skip
        if next(long_texts, None) is not None:
            return element
    return root
