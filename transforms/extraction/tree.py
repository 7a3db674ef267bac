"""The tree of a page: never cut, however deep, and without breaks that no reader sees as such.

libxml2 cuts deep pages by default; browsers do not. A line break within a sentence, or an element
that no standard knows, parts no paragraphs: browsers show either within the line.
"""

import itertools
import re
from collections.abc import Sequence
from typing import Any

import lxml.html
from lxml import etree

from pipeline.transform import Drop
from transforms.extraction.blocks import INLINE, UNSEEN
from transforms.hard_wraps import FULL, has_room, unwrapped
from transforms.text import OPENING_QUOTES, ends_sentence, word_count

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

KNOWN = (
    INLINE
    | UNSEEN
    | frozenset(
        "html body address article aside blockquote br button caption center col colgroup dd"
        " details dialog dir div dl dt embed fieldset figcaption figure footer form frame frameset"
        " h1 h2 h3 h4 h5 h6 header hgroup hr label legend li link main map area menu meta meter nav"
        " noframes ol optgroup option p param pre progress rp rt ruby search section summary table"
        " tbody td textarea tfoot th thead tr track ul base slot".split()
    )
)
"""Elements of HTML; browsers show every other one within the line."""

RUNNING_WORDS = 8
"""Words of a line from which on it is running text, which goes on behind a single line break.
Shorter lines are names, addresses, verses."""


def parse_html(document: str | bytes) -> lxml.html.HtmlElement | None:
    """Returns the root of a page's tree, its excess nesting dissolved; None for an empty page.

    Args:
      document: the page, decoded or as UTF-8; a fragment is wrapped in a page.

    Raises:
      Drop: ``too_deep``, where the parser has cut the page off.
    """
    if isinstance(document, str):
        document = encoded_page(document)
    try:
        root = lxml.html.document_fromstring(document, parser=_PARSER)
    except etree.ParserError:
        return None
    _flatten(root)
    _mend_lines(root)
    return root


def encoded_page(document: str) -> bytes:
    """Returns a document as UTF-8 without the characters that XML forbids."""
    for character in "\ufffe\uffff":
        if character in document:
            document = document.replace(character, "")
    return document.encode("utf-8", "replace").translate(None, _CONTROLS)


def _mend_lines(root: lxml.html.HtmlElement) -> None:
    """Turns elements that only seem to separate paragraphs into plain inline elements.

    Preformatted prose becomes paragraphs: its line breaks are those of its text.

    The others are unknown elements within a line (``<p>The <x-name>Board</x-name> said``), and line
    breaks within running text. Where two breaks in a row part the paragraphs of an element, a
    single one parts nothing but lines of a fixed width.
    """
    breaks: dict[Any, None] = {}
    for element in root.iter(etree.Element):
        if element.tag == "br":
            breaks[_block_around(element)] = None
        elif element.tag not in KNOWN and _is_inline(element):
            element.tag = "span"
        elif element.tag == "pre" and element.text and not len(element):
            _part_paragraphs(element)
    for block in breaks:
        _join_lines(block)
    for element in list(root.iter("pre")):
        _part_lines(element)


def _part_paragraphs(element: Any) -> None:
    """Makes paragraphs of preformatted prose: its blank lines part them, its line breaks nothing.

    Prose is a text with at least two such parts of running text each; code and tables have few
    words a part, and lines that break anywhere.
    """
    parts = [part for part in _BLANK_LINE.split(element.text) if part.strip()]
    if "</" in element.text:
        return  # the source of a page, to be copied
    running = sum(word_count(part) >= RUNNING_WORDS and ends_sentence(part) for part in parts)
    if running < 2 or 2 * running < len(parts):
        return
    element.tag, element.text = "div", None
    for part in parts:
        element.append(_paragraph(part))


def _block_around(element: Any) -> Any:
    parent = element.getparent()
    while parent.tag in INLINE and parent.getparent() is not None:
        parent = parent.getparent()
    return parent


def _is_inline(element: Any) -> bool:
    """Returns True for an unknown element with text beside it and no block inside it."""
    before = element.getprevious()
    beside = (element.getparent().text if before is None else before.tail) or ""
    if not (beside.strip() or (element.tail or "").strip()):
        return False
    return all(inner.tag in INLINE or inner.tag not in KNOWN for inner in element.iterdescendants())


def _join_lines(block: Any) -> None:
    """Makes a space of each line break of a block that stands within running text."""
    texts: list[list[str]] = [[]]
    breaks: list[Any] = []  # the one behind each text; None for a block-level element

    def read(element: Any) -> None:
        texts[-1].append(element.text or "")
        for child in element:
            if child.tag in INLINE:
                read(child)
            else:
                breaks.append(child if child.tag == "br" else None)
                texts.append([])
            texts[-1].append(child.tail or "")

    read(block)
    lines = [" ".join("".join(parts).split()) for parts in texts]
    has_pairs = any(
        first is not None and second is not None and not line
        for first, second, line in zip(breaks, breaks[1:], lines[1:], strict=False)
    )
    if _is_verse([line for line in lines if line]):
        return
    for line, element, after in zip(lines, breaks, lines[1:], strict=False):
        if element is not None and _goes_on(line, after, has_pairs):
            element.tag = "span"
            element.tail = f" {element.tail or ''}"


def _goes_on(line: str, after: str, has_pairs: bool) -> bool:
    """Returns True if the next line goes on with the text of a line.

    Args:
      line: the text before a single line break, white space collapsed.
      after: the text behind it.
      has_pairs: whether pairs of breaks part the paragraphs around.
    """
    if not line or not after or not (after[0].isalnum() or after[0] in OPENING_QUOTES):
        return False
    if not has_pairs and ends_sentence(line):
        return False
    if after[0].islower():
        return True
    return word_count(line) >= RUNNING_WORDS and not _NUMBERED.match(after)


_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_NUMBERED = re.compile(r"\d{1,3}[.)]")

_VERSES, _VERSE_WORDS = 4, 12
"""Lines that a poem has at least, and words that one of them has at most."""
_OPEN_VERSES = 0.6
"""Least share of its lines that do not end as sentences do."""


def _is_verse(lines: Sequence[str]) -> bool:
    """Returns True for lines of verse: several short ones that break before they are full.

    A stanza of lines of the same length looks like prose of a fixed width, and counts as such.
    """
    if len(lines) < _VERSES or any(word_count(line) > _VERSE_WORDS for line in lines):
        return False
    width = max(map(len, lines))
    full = sum(not has_room(line, after, width) for line, after in itertools.pairwise(lines))
    is_open = sum(not ends_sentence(line) for line in lines)
    return is_open >= _OPEN_VERSES * len(lines) and full < FULL * (len(lines) - 1)


_PROSE_MARKS = OPENING_QUOTES | frozenset(" \n\t,.;:!?'\"-()’”»–—…")  # noqa: RUF001
_MARKDOWN = re.compile(r"^#{1,6} |\]\(|\*\*|```", re.MULTILINE)
"""Marks of the source of a text, which its page has as text as well."""

_PROSE = 0.97
"""Least share of letters and the marks above among the characters of preformatted prose."""


def _part_lines(element: Any) -> None:
    """Makes paragraphs of the lines of a ``pre`` that holds prose or verse, and no code."""
    text = element.text_content()
    lines = unwrapped(text.split("\n"))
    written = [line.strip() for line in lines if line.strip()]
    if (
        len(written) < 2
        or any(
            inner.tag not in INLINE or inner.tag == "code" for inner in element.iterdescendants()
        )
        or sum(c.isalpha() or c in _PROSE_MARKS for c in text) < _PROSE * len(text)
        or 2 * sum(not line[0].islower() for line in written) < len(written)
        or not any(ends_sentence(line) for line in written)
        or _MARKDOWN.search(text)
        or sum(map(word_count, written)) < _FEWEST_WORDS * len(written)
    ):
        return
    tail = element.tail
    element.clear()
    element.tag, element.tail = "div", tail
    element.extend(_paragraph(line) for line in written)


_FEWEST_WORDS = 3
"""Mean words of such lines; figures, names and commands have fewer."""


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
