# ruff: noqa: RUF001 - dashes of several lengths are meant
"""Finds the headline among the lines of an article, and the lines that repeat it."""

import re

from transforms.boilerplate import bylines
from transforms.boilerplate.engine import Tables
from transforms.boilerplate.lines import HEAD_LINES, Line
from transforms.text import key

_CRUMB_MARK = re.compile(r"\s[>/»›|→·•:]\s|[»›>]")
_CRUMB_END = re.compile("[>»›]")
_NEAR_TITLE = 6  # lines above the text, counted from 0, that may say the title in other words
_LONGEST_TITLE = 300
_LONG_TITLE = 5  # words of a headline that is one wherever it is said again
_AROUND_TITLE = 80  # characters of a path before it, or of the outlet behind it
_TITLE_MARKS = 6  # characters of marks and spaces in which two spellings of it may differ
_HEADING_LIKE = frozenset(("section_label_v3", "footer_v4", "link_heading_v4", "navigation_v4"))
_HEADLINE_LIKE = frozenset(("related_links_v4", "section_label_v3", "prompt_v4", "caption_v4"))


def mark_title(
    lines: list[Line], start: int, title: str | None, outlet: str | None, table: Tables
) -> str | None:
    """Finds the headline if the dump has none, marks it and its repeats, and returns it."""
    if title is None or not title.strip():
        at = _find_title(lines, start)
        if at is None:
            return None
        title = _without_crumbs(lines, at, table)
        repeated = any(key(other.text) == key(title) for other in lines[at + 1 : at + 8])
        lines[at].rule = "breadcrumb_v3" if repeated and title != lines[at].text else "field:title"
    wanted = key(title)
    if not wanted:
        return title
    size = len(title.strip())
    anywhere = wanted.count(" ") >= _LONG_TITLE - 1
    for at, line in enumerate(lines if anywhere else lines[: start + 2]):
        if line.rule == "field:title":
            continue
        if at < start + 2 and len(line.text) <= size + _AROUND_TITLE:
            _mark_title_repeat(line, at, title, wanted, outlet, table)
        elif (
            line.rule is None
            and abs(len(line.text) - size) <= _TITLE_MARKS
            and key(line.text) == wanted
        ):
            line.rule = "field:title"
    return title


def _mark_title_repeat(
    line: Line, at: int, title: str, wanted: str, outlet: str | None, table: Tables
) -> None:
    """Marks a line that is the title, alone, behind its path or before the outlet."""
    text = key(line.text)
    if text == wanted:
        line.rule = "field:title"
    elif text.endswith(wanted) and len(wanted) >= 8:
        before = text[: -len(wanted)].strip()
        if (
            before
            and len(before) <= 60
            and (_is_home(before, table) or _CRUMB_MARK.search(line.text))
        ):
            line.rule = "breadcrumb_v3"
    elif text.startswith(wanted) and len(wanted) >= 8:
        after = text[len(wanted) :].strip()
        rest = line.text[len(title) :].strip()
        if after == key(outlet or "") or (rest[:1] in "|-–—·:" and len(after.split()) <= 5):
            line.rule = "field:title"
    elif at <= _NEAR_TITLE and not line.ended and line.match is None:
        ours, theirs = set(text.split()), set(wanted.split())
        if len(theirs) >= 4 and len(ours & theirs) >= 0.7 * len(ours | theirs):
            line.rule = "field:title"


def _find_title(lines: list[Line], start: int) -> int | None:
    """Returns the position of the headline among the lines before the text, or ``None``."""
    if len(lines) == 1:
        return None
    if HEAD_LINES < start < len(lines):
        return _find_title_below_menu(lines, start)
    fallback = None
    for at, line in enumerate(lines[: min(start, HEAD_LINES)]):
        if line.words > 40 or len(line.text) > _LONGEST_TITLE:
            break
        if line.match is not None:
            if fallback is None and at == 0 and line.words >= 4:
                fallback = at if line.match.rule in _HEADLINE_LIKE else None
            if at == 0 and line.match.rule in _HEADING_LIKE and _heads_text(lines):
                return at
            continue
        if line.rule is not None or bylines.names_after_lead(line.text) is not None:
            continue
        if line.text[-1] == "." and not line.text.endswith("...") and line.words >= 6:
            fallback = at if fallback is None else fallback
        elif (
            line.words > 1
            or len(line.text) >= 8
            or at + 1 >= start
            or (at == 0 and _heads_text(lines))
        ):
            return at
    return fallback


def _heads_text(lines: list[Line]) -> bool:
    """Returns whether the text follows the first line: sentences, or lines of which none ends."""
    first, *others = lines
    return not (first.match is not None and first.match.firm) and (
        others[0].ended or not any(line.ended for line in others)
    )


def _find_title_below_menu(lines: list[Line], start: int) -> int | None:
    """Returns the position of the headline of a page dump, whose menus come first, or ``None``.

    A headline that the page's own title repeats wins; else the longest headline-like line among the
    last ones before the text.
    """
    best = None
    for at in range(max(0, start - 2 * HEAD_LINES), start):
        line = lines[at]
        if line.match is not None or not 3 <= line.words <= 25 or line.text[-1] == ".":
            continue
        if bylines.names_after_lead(line.text) is not None:
            continue
        text = key(line.text)
        if len(text) >= 16 and any(
            key(other.text).startswith(text) for other in lines[: min(at, 5)]
        ):
            return at
        if at >= start - HEAD_LINES and (best is None or line.words > lines[best].words):
            best = at
    return best


def _without_crumbs(lines: list[Line], at: int, table: Tables) -> str:
    """Returns the headline of a line without the path to the page before it."""
    text = lines[at].text
    for other in lines[at + 1 : at + 6]:
        wanted = key(other.text)
        if len(wanted) >= 8 and key(text) != wanted and key(text).endswith(wanted):
            before = key(text)[: -len(wanted)].split()
            if before and (_is_home(before[0], table) or _CRUMB_MARK.search(text)):
                return other.text
    parts = _CRUMB_END.split(text)
    if len(parts) >= 3 or (len(parts) == 2 and _is_home(parts[0].strip(), table)):
        return parts[-1].strip() or text
    return text


def _is_home(text: str, table: Tables) -> bool:
    """Returns whether a text, or its first word, is a label of a menu, such as the home page."""
    words = text.split()
    match = table.match(text) or table.match(words[0]) if words else None
    return match is not None and match.rule in ("navigation_v4", "section_label_v3")
