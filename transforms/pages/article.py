"""From a web page to the lines of its article, and what the page says about itself.

trafilatura decides what the article is; what copydesk adds is a parse that never cuts deep pages,
one line per paragraph, and the page's own metadata (:mod:`transforms.pages.metadata`), both from
one tree.
"""

import copy
import functools
import re
from typing import Any, NoReturn

import lxml.html
import trafilatura
from lxml import etree
from trafilatura.baseline import baseline
from trafilatura.core import _forum_thread_page
from trafilatura.htmlprocessing import convert_tags, tree_cleaning
from trafilatura.main_extractor import extract_content
from trafilatura.settings import Document, Extractor
from trafilatura.xml import delete_element
from trafilatura.xpaths import RAW_TREE_PRUNE_XPATH, REMOVE_COMMENTS_AND_LISTS_XPATH

from pipeline.transform import Drop
from transforms.pages.block_model import Statements, article_lines
from transforms.pages.blocks import Blocks, page_blocks
from transforms.pages.metadata import PageData, page_metadata, read_page
from transforms.pages.selectors import quick_selectors, united_selector
from transforms.text import squeezed

ATTEMPTS: dict[str, tuple[tuple[bool, str], ...]] = {
    "fast": ((True, "recall"), (False, "balanced"), (False, "recall")),
    "precise": ((False, "precision"), (False, "balanced"), (False, "recall")),
    "recall": ((False, "recall"), (True, "recall"), (False, "balanced")),
}
"""Settings of trafilatura (fast, focus) in the order tried, by mode. Its recall focus keeps lists
and plain text blocks on pages without a container it knows, at no cost in speed; what it loses in
precision, ``prune_chrome`` takes out beforehand. Word-4-gram F1 on the tuning half, web articles
and newspapers: fast alone .907 and .950, this order .934 and .953."""

LEANS = {"fast": 0.0, "precise": 0.7, "recall": -0.7}
"""What each mode adds to the cut of the block model, in log-odds. .7 halves or doubles the odds
from which on a block counts as article: exp(.7) = 2."""

MAX_DEPTH = 200
"""Nesting levels of a page that are left as they are. libxml2 cuts a page at 256 unless told
otherwise, and trafilatura walks its result recursively with 1,000 Python frames to spend. Pages
made by people and their tools stay below 100 levels; deeper ones have unclosed tags."""

PARSER_DEPTH = 2048
"""Levels libxml2 (2.14) reads even of a huge tree; the rest of a deeper page is cut off silently,
so a page that reaches them is dropped."""

KEPT_HEIGHT = 150
"""In a page deeper than that, every element with more than this many levels below it is dissolved
into its parent: the wrappers go, the structure around the text stays."""

WEAK_LENGTH = 3000
"""Characters; only a result shorter than this is compared with the page's own mass of text."""

WEAK_SHARE = 0.2
"""Share of the page's mass of text below which a short result counts as a failure. On the half of
the labelled pages used for tuning, 17 of the 20 pages below it were failures; between 0.2 and 0.4
most were short articles with long lists of other ones."""

BLOB_LENGTH = 1500
"""Characters; where one line of a result longer than this holds more than half of it, trafilatura
has given up on structure and returned the text of the whole page in one piece."""

BLOCK_LENGTH = 60
"""Characters; shorter blocks say nothing about where a page keeps its text."""

WITNESS_RATIO = 1.5
"""How much longer than the extracted text the page's own statement of its article must be to take
its place: teasers are shorter than the article, tags and embeds add less than this."""

_PARSER = lxml.html.HTMLParser(
    encoding="utf-8",
    huge_tree=True,
    remove_comments=True,
    remove_pis=True,
    collect_ids=False,
    default_doctype=False,
)
# One class for all elements, looked up in C: lxml.html asks a function of Python for each element.
_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement))
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
_CONTROLS = bytes(code for code in (*range(0x20), 0x7F) if chr(code) not in "\t\n\r")
_CONTAINERS = ("div", "section", "aside", "ul", "ol", "li", "p", "span")
_TEASER = re.compile("teaser", re.IGNORECASE)
_CHROME = re.compile(
    r"promo(?:$|[\s_-])|sponsor|advert(?:$|[\s_-]|is)"
    r"|author-?_?(?:bio|box|card|info|desc)|about-?(?:the-?)?author",
    re.IGNORECASE,
)
_OUTSIDE = frozenset(
    "nav footer aside script style noscript figure select button head svg iframe template "
    "textarea".split()
)
_INLINE = frozenset(
    "a abbr b bdi cite code del em font i ins kbd label mark q s small span strong sub sup time "
    "u".split()
)
_HTML_BLOCKS = ("p", "blockquote", "li", "div", "td", "section", "article", "main", "body", "pre")
_BLOCKS = frozenset(("p", "head", "item", "quote", "row", "code", "list", "table", "lb", "div"))

_followers = united_selector(RAW_TREE_PRUNE_XPATH)
_followers_and_comments = united_selector([*RAW_TREE_PRUNE_XPATH, *REMOVE_COMMENTS_AND_LISTS_XPATH])
quick_selectors()


def parse_html(document: str | bytes) -> lxml.html.HtmlElement | None:
    """Returns the root of a page's tree, its excess nesting dissolved; None if it holds none.

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
    """Returns a document as UTF-8 without the characters that XML has no place for."""
    for character in "\ufffe\uffff":  # looked for in the text: few pages have room for them
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


def prune_chrome(root: lxml.html.HtmlElement) -> None:
    """Removes teasers, advertisements and author boxes, as their classes and ids name them.

    Nothing goes that holds the page's heading. A class of elements stays where it holds a large
    part of the page's paragraphs: half for teasers, which some layouts call their articles, and
    30 % for one element of the others.

    Args:
      root: the page's tree; changed.
    """
    teasers: list[lxml.html.HtmlElement] = []
    chrome: list[lxml.html.HtmlElement] = []
    for element in root.iter(*_CONTAINERS):
        for names in (element.get("class"), element.get("id")):
            if names and (kind := _furniture(names)):
                (teasers if kind == "teaser" else chrome).append(element)
    if not teasers and not chrome:
        return
    total = _paragraph_length(root)
    outer = _outermost(teasers)
    if sum(map(_paragraph_length, outer)) <= 0.5 * total:
        for element in outer:
            element.drop_tree()
    for element in _outermost([e for e in chrome if e.getroottree().getroot() is root]):
        if _paragraph_length(element) < 0.3 * total and element.find(".//h1") is None:
            element.drop_tree()


@functools.lru_cache(maxsize=1 << 13)
def _furniture(names: str) -> str:
    """Returns ``teaser`` or ``chrome`` where a class or an id names it, else nothing."""
    # Nearly all names have none of these; they leave the first letter's case open.
    if not (
        "easer" in names
        or "romo" in names
        or "ponsor" in names
        or "dvert" in names
        or "uthor" in names
    ):
        return ""
    if _TEASER.search(names):
        return "teaser"
    return "chrome" if _CHROME.search(names) else ""


def _outermost(elements: list[lxml.html.HtmlElement]) -> list[lxml.html.HtmlElement]:
    inside = set(elements)
    return [e for e in dict.fromkeys(elements) if inside.isdisjoint(e.iterancestors())]


def _paragraph_length(element: lxml.html.HtmlElement) -> int:
    return sum(len(paragraph.text_content()) for paragraph in element.iter("p"))


def text_blocks(root: lxml.html.HtmlElement) -> list[str]:
    """Returns the blocks of running text of a page, in document order, white space collapsed.

    A block is the text of an element outside its block children, at least ``BLOCK_LENGTH``
    characters long, at most 40 % of them in links, not in navigation, footers or figures.

    Args:
      root: the page's tree; left as it is.
    """
    blocks = []
    for element in root.iter(*_HTML_BLOCKS):
        parts, linked = [element.text or ""], 0
        for child in element:
            if child.tag in _INLINE:
                text = child.text_content()
                parts.append(text)
                links = (child,) if child.tag == "a" else child.iter("a")
                linked += sum(len(link.text_content()) for link in links)
            elif child.tag == "br":
                parts.append(" ")
            parts.append(child.tail or "")
        text = " ".join("".join(parts).split())
        if len(text) < BLOCK_LENGTH or linked > 0.4 * len(text):
            continue
        if element.tag in _OUTSIDE or any(a.tag in _OUTSIDE for a in element.iterancestors()):
            continue
        blocks.append(text)
    return blocks


def _length(lines: list[str]) -> int:
    return sum(map(len, lines))


def _is_blob(lines: list[str]) -> bool:
    length = _length(lines)
    return length > BLOB_LENGTH and max(map(len, lines)) > 0.5 * length


def stated_lines(lines: list[str], stated: str, blocks: list[str]) -> list[str]:
    """Returns the lines, mended by what the page itself states as the text of its article.

    Where the statement is ``WITNESS_RATIO`` times as long as the lines, they are replaced: by the
    page's blocks that occur in it, if those make up 80 % of it, else by its own lines. Where one of
    the lines holds its end, the lines after that one go; at most a third of the text may.

    Args:
      lines: the extracted lines.
      stated: the ``articleBody`` of the page's JSON-LD.
      blocks: the page's :func:`text_blocks`.
    """
    wanted = squeezed(stated)
    if len(wanted) > WITNESS_RATIO * len(squeezed("".join(lines))):
        found = [block for block in dict.fromkeys(blocks) if squeezed(block) in wanted]
        if len(squeezed("".join(found))) >= 0.8 * len(wanted):
            return found
        return [line for part in stated.splitlines() if (line := " ".join(part.split()))]
    end = wanted[-40:]
    if len(end) == 40:
        for number in range(len(lines) - 1, -1, -1):
            if end in squeezed(lines[number]):
                if _length(lines[number + 1 :]) <= _length(lines) / 3:
                    return lines[: number + 1]
                break
    return lines


def page_article(
    document: str, url: str | None, title: str | None, mode: str, max_bytes: int
) -> tuple[list[str], dict[str, Any]]:
    """Returns the lines of a page's article, and what the page says of it, by column.

    Args:
      document: the page.
      url: its address, where the dump knows it.
      title: the headline, likewise.
      mode: one of :data:`ATTEMPTS`.
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
    judged = judge(root, page, title or found["title"] or "", mode)
    lines = article_lines(*judged, LEANS[mode])
    if not lines:
        raise Drop(
            "no_article_text",
            f"No article text in a page of {len(encoded):,} bytes (mode {mode}); if it "
            "has one, try --extraction recall.",
        )
    return lines, found


def judge(
    root: lxml.html.HtmlElement, page: PageData, title: str, mode: str = "fast"
) -> tuple[Blocks, list[str], Statements]:
    """Returns what the block model decides from: blocks, trafilatura's lines, statements.

    Args:
      root: the page's tree; changed.
      page: its statements.
      title: the headline; may be empty.
      mode: one of :data:`ATTEMPTS`.
    """
    blocks = page_blocks(root)
    lines = _lines(root, page.article_body, mode)
    return blocks, lines, Statements(title, page.article_body, page.description)


def _too_large(size: int, max_bytes: int) -> NoReturn:
    raise Drop(
        "too_large",
        f"The page has {size:,} bytes or more, of {max_bytes:,} that are "
        "allowed; raise the limit with --set Extraction.max_document_bytes=N.",
    )


def _lines(root: lxml.html.HtmlElement, stated: str, mode: str) -> list[str]:
    """Returns the first attempt that is no failure, else the best of all.

    trafilatura's result fails in ways that show: nothing at all, a small part of the page's
    text, or the whole page in one piece. Another of its settings then often succeeds.
    """
    if mode != "recall":
        prune_chrome(root)
    blocks: list[str] | None = None
    results: list[list[str]] = []
    for fast, focus in ATTEMPTS[mode]:
        lines = _attempt(root, fast, focus)
        length = _length(lines)
        if length < WEAK_LENGTH and blocks is None:
            blocks = text_blocks(root)
        weak = length < WEAK_LENGTH and length < WEAK_SHARE * _length(blocks or [])
        if lines and not weak and not _is_blob(lines):
            break
        results.append(lines)
    else:
        blocks = text_blocks(root) if blocks is None else blocks
        lines = _best(results, blocks)
    if stated:
        lines = stated_lines(lines, stated, text_blocks(root) if blocks is None else blocks)
    return lines


def _attempt(root: lxml.html.HtmlElement, fast: bool, focus: str) -> list[str]:
    if (fast, focus) == (True, "recall"):
        return fast_attempt(root)
    extracted = trafilatura.bare_extraction(root, options=trafilatura_options(fast, focus))
    return body_lines(extracted.body) if isinstance(extracted, Document) else []


@functools.cache
def trafilatura_options(fast: bool, focus: str) -> Extractor:
    """Returns the settings of an attempt, as :data:`ATTEMPTS` has them."""
    return Extractor(
        output_format="xml",
        fast=fast,
        precision=focus == "precision",
        recall=focus == "recall",
        comments=False,
        tables=True,
        dedup=False,
    )


def fast_attempt(root: lxml.html.HtmlElement) -> list[str]:
    """Returns the lines trafilatura finds in its fast mode with a focus on recall.

    It does what ``bare_extraction`` does, with one of its four copies of the page: without the one
    for extractors that this mode does not ask, the one of what is left before the cleaning, which
    few pages need, and the one of what is left after it, which as few need.

    Args:
      root: the page's tree; left as it is.
    """
    options = trafilatura_options(True, "recall")
    unwanted = _followers if _forum_thread_page(root) else _followers_and_comments

    def wanted() -> lxml.html.HtmlElement:
        tree = copy.copy(root)
        for element in unwanted(tree):
            delete_element(element)
        return tree

    try:
        converted = convert_tags(tree_cleaning(wanted(), options), options)
        body, text = extract_content(converted, options)
        if len(text) < options.min_extracted_size:
            other, other_text, size = baseline(wanted())
            if size > len(text):
                body, text = other, other_text
    except (TypeError, ValueError):
        return []
    return body_lines(body) if text else []


def _best(results: list[list[str]], blocks: list[str]) -> list[str]:
    """Returns one of several doubtful results.

    The first that is in more than one piece, or the longest of those if it is more than half as
    long again; where all are in one piece, the page's blocks, which keep its paragraphs.
    """
    sound = [lines for lines in results if lines and not _is_blob(lines)]
    if not sound:
        return blocks or next((lines for lines in results if lines), [])
    longest = max(sound, key=_length)
    return longest if _length(longest) > 1.5 * _length(sound[0]) else sound[0]
