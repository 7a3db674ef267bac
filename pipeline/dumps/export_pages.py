# ruff: noqa: RUF001 - codes in other scripts are meant
"""Exports of news databases as HTML: one page with many articles.

The databases are LexisNexis, Factiva, ProQuest, Europresse, Integrum, and those of Asahi (Kikuzo)
and Yomiuri (Yomidasu).

The page is cut where each article begins, and :mod:`pipeline.dumps.exports` reads an article as
lines: extraction from web pages would not find its fields.
"""

import re
from typing import Any

from pipeline.dumps.exports import field_text
from pipeline.dumps.field_lines import is_date
from pipeline.dumps.labels import HEADER, FieldText
from pipeline.dumps.separators import DOCUMENTS, OF, Counted
from pipeline.dumps.wire import indented

_NEXIS = re.compile(rb"<a\s+name=[\"']?DOC_ID_\d+_\d+", re.IGNORECASE)
_COUNT = re.compile(
    rb">\s*(?P<number>\d{1,7}) " + OF + rb" (?P<total>\d{1,7}) " + DOCUMENTS + rb"\s*<",
    re.IGNORECASE,
)
_FACTIVA = re.compile(rb"<div\b[^>]{0,200}\bclass=[\"']article \w{2,6}Article\b", re.IGNORECASE)
_EUROPRESSE = re.compile(rb"class=[\"'][^\"']*\b(?:DocPublicationName|docOcurrContainer)\b")
_ARTICLE = re.compile(rb"<article\b", re.IGNORECASE)
_TABLE = rb"<table\b[^>]{0,200}"
_OTHERS = {
    "proquest": re.compile(rb"<a\s+name=[\"']?DocID_\w", re.IGNORECASE),
    "integrum": re.compile(
        rb"<a\s+name=[\"']?\d{1,5}[\"']?></a>\s*" + _TABLE + rb">\s*<tr>\s*<td\b[^>]{0,99}>\s*\^",
        re.IGNORECASE,
    ),
    "kikuzo": re.compile(
        _TABLE + rb"\bclass=[\"']?topic-inside\b[^>]{0,99}>\s*<tr>\s*<td>\s*" + _TABLE
        + rb"\bclass=[\"']?topic-list\b", re.IGNORECASE,
    ),
    "yomidasu": re.compile(_TABLE + rb"\bclass=[\"']?contentsTable\b", re.IGNORECASE),
}  # fmt: skip
"""Where the articles of other products begin."""

_OPENING = re.compile(rb"<(?:div|p|center|table|hr)\b", re.IGNORECASE)
_NEAR = 2000
"""Bytes between the begin of the element that holds a count, and the count."""

_LINES = frozenset((
    "p", "br", "div", "td", "th", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "header",
))  # fmt: skip
_SKIPPED = frozenset(("script", "style", "head", "title"))
_CLASSES = {
    "europresse": {
        "docpublicationname": "outlet",
        "docheader": "published_at",
        "titrearticle": "title",
        "titrearticlevisu": "title",
        "sm-margin-bottomnews": "authors",
    },
    "kikuzo": {"topic-inside": HEADER, "font002": "title"},
    "yomidasu": {"contentstable": HEADER, "selectsearchtable": HEADER, "wp50": "title"},
}
"""Product to the field that elements of a class hold; a date in a header is the article's."""

_CODE = re.compile(r"\^(?P<code>[А-Я]{2}):\s*(?P<value>.*)")
_CODES = {"ИС": "outlet", "РБ": "tags", "ДТ": "published_at", "АВ": "authors", "ЗГ": "title"}
"""Codes of Integrum: источник, рубрика, дата, автор, заголовок."""

_OUTLETS = {"kikuzo": "朝日新聞", "yomidasu": "読売新聞"}


def article_starts(page: bytes) -> tuple[str, list[int], str]:
    """Returns the product, where its articles begin, and what is wrong with their counts.

    Args:
      page: an HTML page.

    Returns:
      ``count``, ``factiva``, ``europresse`` or a key of :data:`_OTHERS`; an empty name and no
      places for any other page.
    """
    counts = list(_COUNT.finditer(page))
    counted = Counted()
    for match in counts:
        counted.add(int(match["number"]), int(match["total"]))
    if starts := [match.start() for match in _NEXIS.finditer(page)]:
        return "count", starts, counted.problem()
    if counted.rises():
        starts, before = [], 0
        for match in counts:
            openings = [
                found.start()
                for found in _OPENING.finditer(
                    page, max(before, match.start() - _NEAR), match.end()
                )
            ]
            starts.append(openings[-1] if openings else match.start() + 1)
            before = match.end()
        return "count", starts, counted.problem()
    if starts := [match.start() for match in _FACTIVA.finditer(page)]:
        return "factiva", starts, ""
    if _EUROPRESSE.search(page) and (starts := [m.start() for m in _ARTICLE.finditer(page)]):
        return "europresse", starts, ""
    for product, pattern in _OTHERS.items():
        if starts := [match.start() for match in pattern.finditer(page)]:
            return product, starts, ""
    return "", [], ""


def shows_words(page: str) -> bool:
    """Returns True if a browser shows words of HTML in its body."""
    import lxml.html  # see page_text

    root = lxml.html.document_fromstring(f"<html>{page}<body>")
    shown = root.xpath("body//text()[not(ancestor::script or ancestor::style or ancestor::title)]")
    return re.search(r"[^\W_]{2}", " ".join(shown)) is not None


def page_text(page: str, product: str) -> FieldText | None:
    """Returns fields and text of one article of an export; ``None`` if it has no text.

    Args:
      page: the HTML of the article.
      product: as of :func:`article_starts`.
    """
    # Imported here since lxml doubles the imports of a process that reads no pages.
    import lxml.html

    root = lxml.html.document_fromstring(f"<html><body>{page}</body></html>")
    lines: list[str] = []
    fields: dict[int, str] = {}
    words: list[str] = []
    by_class = _CLASSES.get(product, {})

    def flush(field: str) -> None:
        line = " ".join("".join(words).split())
        words.clear()
        if line:
            if field:
                fields[len(lines)] = field
            lines.append(line)

    def walk(node: Any, field: str) -> None:
        if not isinstance(node.tag, str) or node.tag in _SKIPPED:
            return
        classes = str(node.get("class", "")).lower().split() if by_class else ()
        own = next((by_class[name] for name in classes if name in by_class), field)
        is_line = node.tag in _LINES or own != field
        if is_line:
            flush(field)
        if node.tag == "pre":
            kept = (line.rstrip() for line in "".join(node.itertext()).split("\n"))
            lines.extend(line.strip() for line in indented(list(kept)))
            return
        if node.tag == "p" and lines and lines[-1]:
            lines.append("")
        words.append(node.text or "")
        for child in node:
            walk(child, own)
            words.append(child.tail or "")
        if is_line:
            flush(own)
        if node.tag == "p" and lines and lines[-1]:
            lines.append("")

    for child in root.body:
        walk(child, "")
        words.append(child.tail or "")
    flush("")
    text = "\n".join(lines)
    if product == "integrum":
        return _coded(lines)
    return _by_fields(lines, fields, product) if by_class else field_text(text, product)


def _by_fields(lines: list[str], fields: dict[int, str], product: str) -> FieldText:
    """Returns the text of lines of which some hold a field."""
    record: dict[str, Any] = {"outlet": _OUTLETS[product]} if product in _OUTLETS else {}
    for at, field in fields.items():
        if field == HEADER and is_date(lines[at]):
            fields[at] = field = "published_at"
        if field != HEADER:
            record.setdefault(field, lines[at])
    if product == "europresse" and "outlet" in record:
        record["outlet"] = re.split(r",\s|\s[•|]\s", record["outlet"])[0]
    field_lines = [(at + 1, field) for at, field in fields.items()]
    return FieldText("\n".join(lines), record, field_lines)


def _coded(lines: list[str]) -> FieldText:
    """Returns an article of Integrum, whose headline follows its codes once more."""
    record: dict[str, Any] = {}
    field_lines: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if code := _CODE.fullmatch(line):
            field = _CODES.get(code["code"], HEADER)
            record.setdefault(field, code["value"].rstrip(" ,"))
        elif line and line == record.get("title"):
            field = "title"
        else:
            continue
        field_lines.append((number, field))
    record.pop(HEADER, None)
    return FieldText("\n".join(lines), record, field_lines)
