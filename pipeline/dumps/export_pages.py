"""Exports of news databases as HTML: one page with many articles (LexisNexis, Factiva, Europresse).

The page is cut where each article begins, and an article read as lines by
:mod:`pipeline.dumps.exports`: no extraction of a web page would find its fields.
"""

import re
from typing import Any

from pipeline.dumps.exports import field_text
from pipeline.dumps.labels import HEADER, FieldText
from pipeline.dumps.separators import Counted

_NEXIS = re.compile(rb"<a\s+name=[\"']?DOC_ID_\d+_\d+", re.IGNORECASE)
_COUNT = re.compile(
    rb">\s*(?P<number>\d{1,7}) (?:of|von|de|van|di) (?P<total>\d{1,7}) "
    rb"(?:documents?|dokumente?n?|documentos?|documenten)\s*<",
    re.IGNORECASE,
)
_FACTIVA = re.compile(rb"<div\b[^>]{0,200}\bclass=[\"']article \w{2,6}Article\b", re.IGNORECASE)
_EUROPRESSE = re.compile(rb"class=[\"'][^\"']*\b(?:DocPublicationName|docOcurrContainer)\b")
_ARTICLE = re.compile(rb"<article\b", re.IGNORECASE)
_OPENING = re.compile(rb"<(?:div|p|center|table|hr)\b", re.IGNORECASE)
_NEAR = 2000
"""Bytes between the begin of the element that holds a count, and the count."""

_LINES = frozenset((
    "p", "br", "div", "td", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "header",
))  # fmt: skip
_SKIPPED = frozenset(("script", "style", "head", "title"))
_CLASSES = {
    "docpublicationname": "outlet",
    "docheader": "date",
    "titrearticle": "title",
    "titrearticlevisu": "title",
    "sm-margin-bottomnews": "authors",
}


def article_starts(page: bytes) -> tuple[str, list[int], str]:
    """Returns the product, where its articles begin, and what is wrong with their counts.

    Args:
      page: an HTML page.

    Returns:
      ``count``, ``factiva`` or ``europresse``, or an empty name and no places for any other page.
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
    return "", [], ""


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
        classes = str(node.get("class", "")).lower().split() if product == "europresse" else ()
        own = next((_CLASSES[name] for name in classes if name in _CLASSES), field)
        is_line = (
            node.tag in ("p", "br") or (node.tag in _LINES and node.tag != "span") or own != field
        )
        if is_line:
            flush(field)
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
    if product != "europresse":
        return field_text(text, product)
    record: dict[str, Any] = {}
    for at, field in fields.items():
        record.setdefault(field, lines[at])
    if "outlet" in record:
        record["outlet"] = re.split(r",\s|\s[•|]\s", record["outlet"])[0]
    named = {"date": "published_at"}
    field_lines = [(at + 1, named.get(field, field or HEADER)) for at, field in fields.items()]
    return FieldText(text, record, field_lines)
