"""From a web page to the lines of its article, and what the page says about itself.

trafilatura proposes the article (:mod:`transforms.extraction.attempts`) and a trained model of the
page's blocks decides (:mod:`transforms.extraction.block_model`). Both, and the metadata, come from
one tree, whose parser never cuts deep pages.
"""

from typing import Any, NoReturn

import lxml.html
from lxml import etree

from pipeline.transform import Drop
from transforms.extraction.attempts import extracted_lines
from transforms.extraction.block_features import Statements
from transforms.extraction.block_model import article_lines
from transforms.extraction.blocks import Blocks, page_blocks
from transforms.extraction.metadata import PageData, page_metadata, read_page

LEANS = {"fast": 0.0, "precise": 0.7, "recall": -0.7}
"""Log-odds that each mode adds to the cut of the block model. .7 halves or doubles the odds from
which on a block counts as article: exp(.7) = 2."""

MAX_DEPTH = 200
"""Deepest nesting, in levels, that is kept. libxml2 cuts a page at 256 by default, and trafilatura
walks its result recursively within Python's 1,000 frames. Pages made by people and their tools stay
below 100 levels; deeper ones have unclosed tags."""

PARSER_DEPTH = 2048
"""Levels that libxml2 (2.14) reads of a huge tree; it drops the rest of a deeper page silently, so
such a page becomes a reject."""

KEPT_HEIGHT = 150
"""Height, in levels, above which an element of a deeper page is dissolved into its parent: the
wrappers go, the structure around the text stays."""

_PARSER = lxml.html.HTMLParser(
    encoding="utf-8",
    huge_tree=True,
    remove_comments=True,
    remove_pis=True,
    collect_ids=False,
    default_doctype=False,
)
# One class for all elements, looked up in C: lxml.html calls a Python function for each element.
_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement))
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
_CONTROLS = bytes(code for code in (*range(0x20), 0x7F) if chr(code) not in "\t\n\r")


def page_article(
    document: str, url: str | None, title: str | None, mode: str, max_bytes: int
) -> tuple[list[str], dict[str, Any]]:
    """Returns the lines of a page's article, and what the page says of it, by column.

    Args:
      document: the page.
      url: its address, where the dump knows it.
      title: the headline, likewise.
      mode: one of :data:`LEANS`.
      max_bytes: largest page, in bytes of UTF-8.

    Raises:
      Drop: ``not_a_document``, ``too_large``, ``too_deep`` or ``no_article_text``.
    """
    if len(document) > max_bytes:
        _too_large(len(document), max_bytes)
    if "<" not in document:
        raise Drop(
            "not_a_document",
            "The document is marked as HTML and holds no tag; read it with --format text.",
        )
    encoded = _encoded(document)
    if len(encoded) > max_bytes:
        _too_large(len(encoded), max_bytes)
    root = parse_html(encoded)
    if root is None:
        raise Drop(
            "not_a_document",
            "The HTML parser finds no element in the document; fetch it again.",
        )
    page = read_page(root)
    found = page_metadata(root, page, url)
    lines = article_lines(*judge(root, page, title or found["title"] or "", mode), LEANS[mode])
    if not lines:
        raise Drop(
            "no_article_text",
            f"No article text in a page of {len(encoded):,} bytes (mode {mode}); if it "
            "has one, try --extraction recall.",
        )
    return lines, found


def _too_large(size: int, max_bytes: int) -> NoReturn:
    raise Drop(
        "too_large",
        f"The page has {size:,} bytes or more, of {max_bytes:,} that are "
        "allowed; raise the limit with --set Extraction.max_document_bytes=N.",
    )


def judge(
    root: lxml.html.HtmlElement, page: PageData, title: str, mode: str = "fast"
) -> tuple[Blocks, list[str], Statements]:
    """Returns the input of the block model: blocks, trafilatura's lines, statements.

    Args:
      root: the page's tree; changed.
      page: its statements.
      title: the headline; may be empty.
      mode: one of :data:`LEANS`.
    """
    blocks = page_blocks(root)
    lines = extracted_lines(root, page, mode)
    return blocks, lines, Statements(title, page.article_body, page.description)


def parse_html(document: str | bytes) -> lxml.html.HtmlElement | None:
    """Returns the root of a page's tree, its excess nesting dissolved; None for an empty page.

    Args:
      document: the page, decoded or as UTF-8; a fragment is wrapped in a page.

    Raises:
      Drop: ``too_deep``, where the parser has cut the page off.
    """
    if isinstance(document, str):
        document = _encoded(document)
    try:
        root = lxml.html.document_fromstring(document, parser=_PARSER)
    except etree.ParserError:
        return None
    _flatten(root)
    return root


def _encoded(document: str) -> bytes:
    """Returns a document as UTF-8 without the characters that XML forbids."""
    for character in "\ufffe\uffff":
        if character in document:
            document = document.replace(character, "")
    return document.encode("utf-8", "replace").translate(None, _CONTROLS)


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
    if heights[root] + 1 >= PARSER_DEPTH:
        raise Drop(
            "too_deep",
            f"The page nests {PARSER_DEPTH:,} levels or more, where the HTML parser cuts it off; "
            "close its unclosed tags.",
        )
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
