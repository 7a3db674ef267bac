"""From a raw document to the lines of its article, and what the page says about itself.

Text dumps are split at their line breaks and nothing more. HTML goes through trafilatura, which
decides what the article is; what copydesk adds is a parse that never cuts deep pages, one line per
paragraph, and the page's own metadata (:mod:`transforms.page_metadata`), both from one tree.
"""

import dataclasses
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import lxml.html
import pyarrow as pa
import trafilatura
from lxml import etree
from trafilatura.settings import Document, Extractor

from pipeline.transform import Column, Drop, Transform
from transforms.page_metadata import page_metadata

if TYPE_CHECKING:
    from pipeline.article import Article

MODES = ("fast", "precise", "recall")

MAX_DEPTH = 200
"""Nesting levels of a page that are left as they are. libxml2 cuts a page at 256 unless told
otherwise, and trafilatura walks its result recursively with 1,000 Python frames to spend. Pages
made by people and their tools stay below 100 levels; deeper ones have unclosed tags."""

KEPT_HEIGHT = 150
"""In a page deeper than that, every element with more than this many levels below it is dissolved
into its parent: the wrappers go, the structure around the text stays."""

MAX_DATE = "2100-01-01"
"""Latest date htmldate accepts. Its default is today, which would make output depend on the day."""

_PARSER = lxml.html.HTMLParser(
    encoding="utf-8",
    huge_tree=True,
    remove_comments=True,
    remove_pis=True,
    collect_ids=False,
    default_doctype=False,
)
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_BLOCKS = frozenset(("p", "head", "item", "quote", "row", "code", "list", "table", "lb", "div"))


def parse_html(document: str | bytes) -> lxml.html.HtmlElement | None:
    """Returns the root of a page's tree, its excess nesting dissolved; None if it holds none.

    Args:
      document: the page, decoded or as UTF-8; a fragment is wrapped in a page.
    """
    if isinstance(document, str):
        document = _INVALID.sub("", document).encode("utf-8", "replace")
    try:
        root = lxml.html.document_fromstring(document, parser=_PARSER)
    except etree.ParserError:
        return None
    _flatten(root)
    return root


def _flatten(root: lxml.html.HtmlElement) -> None:
    """Dissolves elements with more than ``KEPT_HEIGHT`` levels below them, keeping all text."""
    if not _TOO_DEEP(root):
        return
    heights: dict[Any, int] = {}
    elements = list(root.iter(etree.Element))
    for element in reversed(elements):
        height = heights.setdefault(element, 0)
        parent = element.getparent()
        if parent is not None:
            heights[parent] = max(heights.get(parent, 0), height + 1)
    for element in elements:
        if heights[element] > KEPT_HEIGHT and element.tag not in ("html", "body"):
            # Loose text becomes a paragraph, or it would run into its neighbour's.
            if element.tail and not element.tail.isspace():
                loose, element.tail = element.tail, None
                element.addnext(_paragraph(loose))
            if element.text and not element.text.isspace():
                element.insert(0, _paragraph(element.text))
                element.text = None
            element.drop_tag()


def _paragraph(text: str) -> lxml.html.HtmlElement:
    paragraph = _PARSER.makeelement("p")
    paragraph.text = text
    return paragraph


def body_lines(body: Any) -> list[str]:
    """Returns the paragraphs of trafilatura's result tree, one line each, white space collapsed.

    Args:
      body: the ``body`` of a trafilatura document: ``p``, ``head``, ``list/item``, ``quote``,
        ``table/row/cell``, ``lb`` and inline elements.
    """
    lines: list[str] = []
    parts: list[str] = []

    def flush() -> None:
        line = " ".join("".join(parts).split())
        parts.clear()
        if line:
            lines.append(line)

    for event, element in etree.iterwalk(body, events=("start", "end")):
        block = element.tag in _BLOCKS
        if event == "start":
            if block:
                flush()
            if element.text:
                parts.append(element.text)
        else:
            if block:
                flush()
            elif element.tag == "cell":
                parts.append(" ")
            if element.tail:
                parts.append(element.tail)
    flush()
    return lines


@dataclasses.dataclass
class Extraction(Transform):
    """Turns the raw document into the lines of its article, and fills what the page itself says.

    Text: the lines of the dump as they are, blank ones too, so that line numbers are the dump's.
    HTML: one line per paragraph of the article. Title, authors, publication time, address, outlet,
    tags and language are taken from the page only where the dump gave none.

    Args:
      mode: ``fast`` (trafilatura alone), ``precise`` (less text, fewer errors) or ``recall`` (more
        text when unsure, other extractors consulted).
      max_document_bytes: largest HTML document, in bytes of UTF-8; larger ones are dropped.
    """

    reads = (
        "document",
        "document_type",
        "url",
        "title",
        "authors",
        "published_at",
        "outlet",
        "tags",
        "language_hint",
    )
    updates = ("title", "authors", "published_at", "url", "outlet", "tags", "language_hint")
    adds: ClassVar[Mapping[str, Column]] = {
        "lines": Column(
            pa.list_(pa.string()),
            "The article's lines: those of a text dump, or the paragraphs of a page.",
            stored=False,
        )
    }
    mode: str = "fast"
    max_document_bytes: int = 8 * 1024 * 1024

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(
                f"Extraction: mode is {self.mode!r}; choose one of {', '.join(MODES)}."
            )
        if self.max_document_bytes <= 0:
            raise ValueError(
                f"Extraction: max_document_bytes is {self.max_document_bytes}; "
                "it must be a positive number of bytes."
            )

    def apply(self, article: "Article") -> "Article":
        """Returns the article with ``lines`` and the metadata its page gives.

        Raises:
          Drop: ``empty_document``, ``not_a_document``, ``too_large`` or ``no_article_text``.
          ValueError: the document's type is neither text nor html.
        """
        document = article["document"]
        if not document or document.isspace():
            raise Drop("empty_document", "The document holds nothing but white space.")
        kind = article["document_type"]
        if kind == "text":
            return article | {"lines": document.split("\n")}
        if kind != "html":
            raise ValueError(f"document_type is {kind!r}; choose one of text, html.")
        return self._apply_html(article, document)

    def _apply_html(self, article: "Article", document: str) -> "Article":
        if len(document) > self.max_document_bytes:
            self._too_large(len(document))
        if "<" not in document:
            raise Drop("not_a_document", "The document is marked as HTML and holds no tag.")
        encoded = _INVALID.sub("", document).encode("utf-8", "replace")
        if len(encoded) > self.max_document_bytes:
            self._too_large(len(encoded))
        root = parse_html(encoded)
        if root is None:
            raise Drop("not_a_document", "The HTML parser finds no element in the document.")
        found = page_metadata(root, article["url"])
        lines = self._lines(root)
        if not lines:
            raise Drop(
                "no_article_text",
                f"No article text in a page of {len(encoded):,} bytes (mode {self.mode}).",
            )
        filled: dict[str, Any] = {"lines": lines}
        for column, value in found.items():
            if not article[column] and value:
                filled[column] = value
        return article | filled

    def _too_large(self, size: int) -> None:
        raise Drop(
            "too_large",
            f"The page has {size:,} bytes or more; max_document_bytes allows "
            f"{self.max_document_bytes:,}.",
        )

    def _lines(self, root: lxml.html.HtmlElement) -> list[str]:
        options = Extractor(
            output_format="xml",
            fast=self.mode == "fast",
            precision=self.mode == "precise",
            recall=self.mode == "recall",
            comments=False,
            tables=True,
            dedup=False,
            date_params={"max_date": MAX_DATE},
        )
        extracted = trafilatura.bare_extraction(root, options=options)
        return body_lines(extracted.body) if isinstance(extracted, Document) else []
