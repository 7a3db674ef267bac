# ruff: noqa: RUF001 - dashes of all kinds are meant
"""Clippings: a headline, outlet and date in one line, the text, and where it is from.

Archives of the press write them so in many countries (Retriever, Infomedia, Genios, Europresse,
PressReader)::

    Ferry terminal to close          Harbour Post
    Harbour Post, 2020-03-02, p. 4   Local news, Monday, 2 March 2020, p. 4

                                     Ferry terminal to close

In the second form the outlet is above; its copyright line says so. Wisers, and others in East Asia,
part page, section, author and day by bars, below the outlet and above or below the headline. APA in
Austria has the line with outlet and date above the headline::

    Harbour Post
    A12 | Local news | By Ann Lee | 2020-03-02

    Ferry terminal to close

    "Harbour Post" vom 02.03.2020 Seite: 4

    Ferry terminal to close
"""

import re

from pipeline.dates import bare_date
from pipeline.dumps.field_lines import URL, Part
from pipeline.dumps.labels import HEADER, FieldText

_DATED = re.compile(
    r"(?P<name>[^\s\d,;:.][^\d\n]{1,60}?)(?: {1,3}[-–—|·] {1,3}|, {1,3}|"
    r" {1,3}(?:(?:gefunden )?(?:vom|am)|du|del|dal|van|z|ze|fra) )"
    r"(?P<day>[^\n|]{6,40}?)"
    r"(?:[,;]? {1,3}(?:s|p|pp|pg|pág|pag|str|sid|seite|page|sida|side|strona|blz)"
    r"[.:]? {0,3}[\w\-/]{1,10}(?:, {0,3}\d{1,6} ?w\.)?)?",
    re.IGNORECASE,
)
"""An outlet or a section before a day, and perhaps the page."""

_RIGHTS = re.compile(
    r"\s*(?:©|\(c\)|copyright\b|alle rechte\b|all rights\b|tous droits\b|todos (?:los derechos|os "
    r"direitos)\b|tutti i diritti\b|alla? (?:artiklar|rättigheter|rettigheter)\b|"
    r"alle rettigheder\b|alle rechten\b|wszelkie prawa\b|本[內内]容之?[版著][權权]|版[權权]所有|"
    r"le présent (?:certificat|document)\b|"
    r"news·\d{8})",
    re.IGNORECASE,
)
"""Begin of a line about rights, in the languages of these archives."""

_PAGE = re.compile(r"[A-Z]{0,3}-?\d{1,3}[A-Z]?", re.IGNORECASE)
_BARRED_BY = re.compile(r"(?:by|文|撰文|記者|记者)[ :：]\s*(?P<names>\S.*)", re.IGNORECASE)
ARTICLE_NUMBER = "(?:文章編號|文章编号)[ \t]*(?::|：)[ \t]*[0-9]{8,24}"
"""The line that ends an article of Wisers."""

_QUOTES = ('"', "„", "“", "«", "»")
_QUOTED = '"„“”«»'
_LONGEST_HEADLINE = 20  # words
_LONGEST_OUTLET = 6  # words
_LONGEST_TAIL = 8  # lines
_LONGEST_NOTE = 60  # characters


def clipping(part: Part, numbered: bool) -> FieldText | None:
    """Returns a text whose first lines are those of a clipping; ``None`` for any other.

    Args:
      part: the text.
      numbered: True for one of several with numbers and dates, of which nothing is left to doubt.
    """
    if numbered:
        return _numbered(part)
    if len(part.filled) < 4:
        return None
    if barred := _barred(part):
        return barred
    if above := _dated_above(part):
        return above
    first, second = part.filled[:2]
    dated = _DATED.fullmatch(part.lines[second].strip())
    top = part.lines[first].strip()
    if dated is None or second > first + 2 or not _is_headline(top) or _ends(part, second):
        return None
    found = bare_date(dated["day"])
    if found is None or found.precision in ("year", "month"):
        return None
    tail = _tail(part, second)
    rights = [part.lines[at] for at in tail if _RIGHTS.match(part.lines[at])]
    is_outlet = len(top.split()) <= _LONGEST_OUTLET and any(top in line for line in rights)
    part.take(second, "published_at", dated["day"])
    if is_outlet:
        part.take(first, "outlet", top)
        part.take(second, "tags", dated["name"])
        third = part.filled[2]
        if _is_headline(part.lines[third]):
            part.take(third, "title", part.lines[third])
    else:
        part.take(first, "title", top)
        part.take(second, "outlet", dated["name"])
    part.became[second] = "published_at"
    head = next(block for block in part.blocks if second in block)
    for at in part.filled[2:8]:
        if label := part.label(at):
            part.take(at, label[0], label[3], label[1] + 1)
        elif at in head and len(part.lines[at]) < _LONGEST_NOTE:
            part.take(at, HEADER)  # the edition, or where it was published
        elif at not in part.became:
            break
    for at in tail:
        label = part.label(at)
        if label and label[0] != "outlet":
            part.take(at, label[0], label[3], label[1] + 1)
        elif URL.fullmatch(part.lines[at]):
            part.take(at, "url", part.lines[at].strip(), 50)
        else:
            part.take(at, HEADER)
    return part.result()


def _numbered(part: Part) -> FieldText:
    """Returns a clipping with headline, outlet and day; dots end one that goes on."""
    first, second = part.filled[:2]
    dated = _DATED.fullmatch(part.lines[second].strip())
    part.take(first, "title", part.lines[first])
    if dated:
        part.take(second, "outlet", dated["name"])
        part.take(second, "published_at", dated["day"])
    found = part.result()
    return found._replace(is_truncated=found.text.rstrip().endswith(("...", "…")))


def dated_outlet(line: str) -> tuple[str, str] | None:
    """Returns the outlet of a line, and the day that belongs to it; ``None`` for other lines."""
    dated = _DATED.fullmatch(line.strip())
    day = bare_date(dated["day"]) if dated else None
    if dated is None or day is None or day.precision in ("year", "month"):
        return None
    return dated["name"], dated["day"]


def is_dated(line: str) -> bool:
    """Returns True for a line with an outlet, and a day to which it belongs."""
    return dated_outlet(line) is not None


def _dated_above(part: Part) -> FieldText | None:
    """Returns a text whose first line has the outlet in quotes and the day, above the headline."""
    first = part.filled[0]
    dated = _DATED.fullmatch(part.lines[first].strip())
    if dated is None or not dated["name"].startswith(_QUOTES) or not is_dated(part.lines[first]):
        return None
    part.take(first, "outlet", dated["name"].strip(_QUOTED))
    part.take(first, "published_at", dated["day"])
    for at in part.filled[1:4]:
        if label := part.label(at):
            part.take(at, label[0], label[3], label[1])
        elif _is_headline(part.lines[at]):
            part.take(at, "title", part.lines[at])
            break
        else:
            break
    return part.result()


def _barred(part: Part) -> FieldText | None:
    """Returns a text whose second or third line has page, section and day between bars."""
    at = next((line for line in part.filled[1:3] if part.lines[line].count("|") >= 2), None)
    if at is None or not all(_is_headline(part.lines[line]) for line in part.filled[:3]):
        return None
    values = [value.strip() for value in part.lines[at].split("|")]
    if len(values) > 2 and is_dated(", ".join(values[:2])) and part.filled.index(at) == 1:
        # Infomedia has outlet, day, page and number of words below the headline.
        part.take(at, "outlet", values[0])
        part.take(at, "published_at", values[1])
        part.take(part.filled[0], "title", part.lines[part.filled[0]])
        below = part.filled[2]
        words = part.lines[below].split()
        if below > at + 1 and 2 <= len(words) <= 4 and all(word[0].isupper() for word in words):
            part.take(below, "authors", part.lines[below])
        return part.result()
    dates = [value for value in values if value[-1:].isdecimal() and bare_date(value)]
    if len(dates) != 1 or _PAGE.fullmatch(dates[0]):
        return None
    above = part.filled[: part.filled.index(at)]
    below = part.filled[len(above) + 1]
    for value in values:
        by = _BARRED_BY.fullmatch(value)
        if by:
            part.take(at, "authors", by["names"])
        elif value and value != dates[0] and not _PAGE.fullmatch(value):
            part.take(at, "tags", value)
    part.take(at, "published_at", dates[0])
    if len(above) == 1 and below > at + 1 and _is_headline(part.lines[below]):
        part.take(above[0], "outlet", part.lines[above[0]])
        part.take(below, "title", part.lines[below])
    elif len(above) == 1:
        part.take(above[0], "title", part.lines[above[0]])
    else:
        part.take(above[0], "title", part.lines[above[0]])
        part.take(above[1], "outlet", part.lines[above[1]])
    for line in part.filled[-3:]:
        if re.fullmatch(rf"\s*{ARTICLE_NUMBER}\s*", part.lines[line]) or _RIGHTS.match(
            part.lines[line]
        ):
            part.take(line, HEADER)
    return part.result()


def _is_headline(line: str) -> bool:
    line = line.strip()
    return len(line.split()) <= _LONGEST_HEADLINE and not line.endswith((".", ",", ";", ":"))


def _ends(part: Part, second: int) -> bool:
    """Returns True if nothing longer than a headline follows, as in a list of headlines."""
    return max((len(part.lines[at]) for at in part.filled if at > second), default=0) < 80


def _tail(part: Part, second: int) -> list[int]:
    """Returns the lines at the end that say where the text is from."""
    tail: list[int] = []
    for block in reversed(part.blocks):
        lines = [at for at in block if at > second]
        if len(tail) + len(lines) > _LONGEST_TAIL or not lines:
            break
        known = [
            part.label(at) is not None
            or _RIGHTS.match(part.lines[at]) is not None
            or URL.fullmatch(part.lines[at]) is not None
            for at in lines
        ]
        if not known[0]:
            break
        tail = lines + tail
    return tail
