"""The text that trafilatura takes for a page's article, as lines.

One attempt of trafilatura in its fast mode decides for most pages. Its failures show (no text, a
small part of the page's text, or the whole page as one line); another of its settings then often
succeeds. The page's own statement of its text (JSON-LD) mends what is left.
"""

import copy
import functools
import re
from collections.abc import Iterator, Sequence
from typing import Any

import lxml.html
import trafilatura
from lxml import etree
from trafilatura.baseline import baseline
from trafilatura.htmlprocessing import convert_tags, tree_cleaning
from trafilatura.main_extractor import extract_content
from trafilatura.settings import (
    CUT_EMPTY_ELEMS,
    MANUALLY_CLEANED,
    MANUALLY_STRIPPED,
    Document,
    Extractor,
)
from trafilatura.xml import delete_element

from transforms.extraction.metadata import PageData
from transforms.text import squeezed

ATTEMPTS: dict[str, tuple[tuple[bool, str], ...]] = {
    "fast": ((True, "recall"), (False, "balanced"), (False, "recall")),
    "precise": ((False, "precision"), (False, "balanced"), (False, "recall")),
    "recall": ((False, "recall"), (True, "recall"), (False, "balanced")),
}
"""Settings of trafilatura (fast, focus) in the order tried, by mode. Its recall focus keeps lists
and plain text blocks on pages without a container it knows, at no cost in speed; what it loses in
precision, ``prune_chrome`` removes beforehand. Word-4-gram F1 on the tuning half, web articles and
newspapers: fast alone .907 and .950, this order .934 and .953."""

WEAK_LENGTH = 3000
"""Characters below which a result is compared with the length of the page's text blocks."""

WEAK_SHARE = 0.2
"""Share of the page's text blocks below which a short result counts as a failure. On the half of
the labelled pages used for tuning, 17 of the 20 pages below it were failures; between 0.2 and 0.4
most were short articles with long lists of other ones."""

BLOB_LENGTH = 1500
"""Characters; a longer result with more than half of its text in one line is a failure: trafilatura
has returned the whole page without its structure."""

BLOCK_LENGTH = 60
"""Characters; shorter blocks are no sign of where a page keeps its text."""

STATED_RATIO = 1.5
"""Length of the stated text, relative to the extracted text, above which it replaces it. Teasers
are shorter than the article; tags and embeds add less than this."""

MOST_PARTS = 4000
"""Paragraphs and line breaks above which a page gets trafilatura's fast mode alone: jusText, which
the others ask, compares each short paragraph with all before and behind it. The largest of 1,049
labelled pages has 2,614."""

MANY_CHILDREN = 500
"""Children of an element above which :func:`_thin_out` looks at them. Five of 1,049
labelled pages have such an element."""

_PARTING = ("p", "br", "div", "li", "td", "th", "dt", "dd", "pre", "blockquote", "h2", "h3", "h4")
_CONTAINERS = ("div", "section", "aside", "ul", "ol", "li", "p", "span")
_TEASER = re.compile("teaser", re.IGNORECASE)
_CHROME = re.compile(
    r"promo(?:$|[\s_-])|sponsor|advert(?:$|[\s_-]|is)"
    r"|author-?_?(?:bio|box|card|info|desc)|about-?(?:the-?)?author",
    re.IGNORECASE,
)
_COMMENTS_ID = re.compile("[Cc]omment(?!ary)|comol|disqus_thread|dsq-comments")
_COMMENTS_CLASS = re.compile("^[Cc]omment(?!ary)|(?:article|post)-comments")
_COMMENT_CONTAINERS = ("div", "section", "aside", "ul", "ol", "details")
_COMMENTS = re.compile(
    r"(?:^|[\s_-])(?:(?:(?:user|reader|post|article|the)[_-]?)?comments|comment[_-]?(?:list|section|thread"
    r"|area|wrapper"
    r"|container)s?|comentarios|comentários|kommentare|kommentarer|commentaires|commenti"
    r"|reacties|komentarze)(?:$|[\s_-](?!count|link|button|number|toggle|bar|icon))",
    re.IGNORECASE,
)
_FOLLOWING = re.compile("mvp-post-add-(?:box|wrap)|elementor-share-buttons|infinite-?scroll")
# tree_cleaning() deletes these, too, but scans the tree fifty times before it has.
_UNREAD = ("script", "style", "svg", "noscript")
_OUTSIDE = frozenset(
    "nav footer aside script style noscript figure select button head svg iframe template "
    "textarea".split()
)
_INLINE = frozenset(
    "a abbr b bdi cite code del em font i ins kbd label mark q s small span strong sub sup time "
    "u".split()
)
_HTML_BLOCKS = ("p", "blockquote", "li", "div", "td", "section", "article", "main", "body", "pre")
_RESULT_BLOCKS = frozenset(
    ("p", "head", "item", "quote", "row", "code", "list", "table", "lb", "div")
)


def extracted_lines(root: lxml.html.HtmlElement, page: PageData, mode: str) -> list[str]:
    """Returns the lines of the first attempt that is no failure, else the best of all.

    Args:
      root: the page's tree; without its chrome afterwards.
      page: the page's statements.
      mode: one of :data:`ATTEMPTS`.
    """
    if mode != "recall":
        prune_chrome(root)
    _thin_out(root)
    is_large = sum(1 for _ in root.iter(*_PARTING)) > MOST_PARTS
    blocks: list[str] | None = None
    results: list[list[str]] = []
    for fast, focus in ATTEMPTS[mode]:
        if fast or is_large:
            lines = fast_attempt(root, page.is_forum, focus)
        else:
            lines = _result_lines(
                trafilatura.bare_extraction(root, options=trafilatura_options(fast, focus))
            )
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
    if page.article_body:
        blocks = text_blocks(root) if blocks is None else blocks
        if not _shows_entries(blocks, page.live_entries):
            lines = stated_lines(lines, page.article_body, blocks)
    return lines


def _shows_entries(blocks: Sequence[str], entries: Sequence[str]) -> bool:
    """Returns whether a page shows an entry of its live blog.

    It states all of them, those of last week as well; what it shows is its article.
    """
    if not entries:
        return False
    shown = squeezed("".join(blocks))
    long = [some for entry in entries if len(some := squeezed(entry)) >= BLOCK_LENGTH]
    return any(entry in shown for entry in long)


@functools.cache
def trafilatura_options(fast: bool, focus: str) -> Extractor:
    """Returns the settings of an attempt, as :data:`ATTEMPTS` names them."""
    return Extractor(
        output_format="xml",
        fast=fast,
        precision=focus == "precision",
        recall=focus == "recall",
        comments=False,
        tables=True,
        dedup=False,
    )


def fast_attempt(root: lxml.html.HtmlElement, is_forum: bool, focus: str) -> list[str]:
    """Returns the lines of ``trafilatura.bare_extraction`` in fast mode with a focus on recall.

    Calls its steps one by one. ``bare_extraction`` would copy the whole page four times, where one
    copy of its body is enough, and select comments and follow-up articles with XPath expressions
    that call Python for each element. Together these are a quarter of its time.

    Args:
      root: the page's tree; not changed.
      is_forum: True if the page's comments are its content.
    """
    options = trafilatura_options(True, focus)
    body = root.find("body")
    tree = _pruned(root if body is None else body, is_forum)
    for element in list(tree.iter(*_UNREAD)):
        delete_element(element)
    try:
        converted = convert_tags(tree_cleaning(tree, options), options)
        result, text = extract_content(converted, options)
        if len(text) < options.min_extracted_size:
            other, other_text, size = baseline(_pruned(root, is_forum))
            if size > len(text):
                result, text = other, other_text
    except (TypeError, ValueError):  # as in bare_extraction
        return []
    return body_lines(result) if text else []


def _thin_out(root: lxml.html.HtmlElement) -> None:
    """Removes what trafilatura removes anyway from elements with thousands of children.

    One by one, as it does, each removal copies all text that the ones before have left.

    Args:
      root: the page's tree; changed.
    """
    for parent in [element for element in root.iter(etree.Element) if len(element) > MANY_CHILDREN]:
        texts = [[parent.text or ""]]
        kept = []
        for child in list(parent):
            bare = len(child) == 0
            if bare and child.tag in MANUALLY_STRIPPED:
                texts[-1].append(child.text or "")
            elif not (
                bare
                and (
                    child.tag in MANUALLY_CLEANED
                    or (child.tag in CUT_EMPTY_ELEMS and not child.text)
                )
            ):
                kept.append(child)
                texts.append([child.tail or ""])
                continue
            texts[-1].append(child.tail or "")
            parent.remove(child)
        parent.text = "".join(texts[0])
        for child, parts in zip(kept, texts[1:], strict=True):
            if len(parts) > 1:
                child.tail = "".join(parts)


def _pruned(element: lxml.html.HtmlElement, is_forum: bool) -> lxml.html.HtmlElement:
    """Returns a copy without comments and what follows the article."""
    tree = copy.copy(element)
    for appended in list(_appended(tree, is_forum)):
        delete_element(appended)
    return tree


def _appended(root: lxml.html.HtmlElement, is_forum: bool) -> Iterator[lxml.html.HtmlElement]:
    """Yields comment sections, follow-up articles of endless scrolling and share buttons.

    The elements that ``REMOVE_COMMENTS_AND_LISTS_XPATH`` and ``RAW_TREE_PRUNE_XPATH`` of
    :mod:`trafilatura.xpaths` select.
    """
    for element in root.iter("div", "section", "aside", "details", "ol", "ul"):
        tag, classes, name = element.tag, element.get("class", ""), element.get("id", "")
        if (
            not is_forum
            and tag != "aside"
            and (
                (name and _COMMENTS_ID.match(name))
                or ("omment" in classes and _COMMENTS_CLASS.search(classes))
            )
        ) or (tag in ("div", "section", "aside") and _is_appended(element, f"{name} {classes}")):
            yield element


def _is_appended(element: lxml.html.HtmlElement, names: str) -> bool:
    if "infinite" in names or "mvp-post" in names or "elementor" in names:
        found = _FOLLOWING.search(names)
        return found is not None and (found[0][0] != "i" or element.find(".//h1") is None)
    return False


def _result_lines(found: Any) -> list[str]:
    return body_lines(found.body) if isinstance(found, Document) else []


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
        is_block = element.tag in _RESULT_BLOCKS
        if is_block:
            flush()
        if event == "start":
            parts.append(element.text or "")
        else:
            if element.tag == "cell":
                parts.append(" ")
            parts.append(element.tail or "")
    flush()
    return lines


def prune_chrome(root: lxml.html.HtmlElement) -> None:
    """Removes teasers, advertisements and author boxes, as their classes and ids name them.

    No element with the page's heading is removed. A class of elements stays where it holds a large
    part of the page's paragraphs: half for teasers, which some layouts call their articles, and
    30 % for one element of the others.

    Args:
      root: the page's tree; changed.
    """
    teasers: list[lxml.html.HtmlElement] = []
    chrome: list[lxml.html.HtmlElement] = []
    for element in root.iter(*_CONTAINERS):
        for names in (element.get("class"), element.get("id")):
            if names and (kind := _chrome_kind(names)):
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


def comment_lines(root: lxml.html.HtmlElement) -> set[str]:
    """Returns the texts of the page's lists of comments, as classes and ids name them.

    In seven languages. None of a list with the page's heading is one, nor of one that follows no
    paragraph: some layouts call their opinion pieces comments.

    Args:
      root: the page's tree; not changed.
    """
    found = []
    text = 0
    for element in root.iter("p", *_COMMENT_CONTAINERS):
        if text <= BLOCK_LENGTH:
            if element.tag == "p":
                text += len(element.text_content())
        elif element.tag != "p":
            names = f"{element.get('class', '')} {element.get('id', '')}"
            if _are_of_comments(names) and element.find(".//h1") is None:
                found.append(element)
    return {
        line
        for element in _outermost(found)
        for inner in element.iter(
            *_COMMENT_CONTAINERS, "p", "li", "span", "time", "td", "blockquote"
        )
        if (line := " ".join(inner.text_content().split()))
    }


@functools.lru_cache(1 << 13)  # pages of an outlet, and elements of a page, have the same names
def _are_of_comments(names: str) -> bool:
    return _COMMENTS.search(names) is not None


@functools.lru_cache(1 << 13)
def _chrome_kind(names: str) -> str:
    """Returns ``teaser`` or ``chrome`` if a class or an id names it, else nothing."""
    # Required literals of the patterns, but for the first letter's case.
    if (
        "easer" in names
        or "romo" in names
        or "ponsor" in names
        or "dvert" in names
        or "uthor" in names
    ):
        if _TEASER.search(names):
            return "teaser"
        if _CHROME.search(names):
            return "chrome"
    return ""


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
      root: the page's tree; not changed.
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


def stated_lines(lines: list[str], stated: str, blocks: list[str]) -> list[str]:
    """Returns the lines, mended by what the page states as the text of its article.

    Where the statement is ``STATED_RATIO`` times as long as the lines, it replaces them: by the
    page's blocks that occur in it, if those make up 80 % of it, else by its own lines. Where one of
    the lines contains its end, the lines after that one go; at most a third of the text may.

    Args:
      lines: the extracted lines.
      stated: the ``articleBody`` of the page's JSON-LD.
      blocks: the page's :func:`text_blocks`.
    """
    wanted = squeezed(stated)
    parts = [line for part in stated.splitlines() if (line := " ".join(part.split()))]
    if len(parts) > 1 and len(lines) < len(parts) and squeezed("".join(lines)) == wanted:
        return parts  # the extractor had no other source, and lost its paragraphs
    if len(wanted) > STATED_RATIO * len(squeezed("".join(lines))):
        found = [block for block in dict.fromkeys(blocks) if squeezed(block) in wanted]
        if len(squeezed("".join(found))) >= 0.8 * len(wanted):
            return found
        return parts
    end = wanted[-40:]
    if len(end) == 40:
        for number in range(len(lines) - 1, -1, -1):
            if end in squeezed(lines[number]):
                if _length(lines[number + 1 :]) <= _length(lines) / 3:
                    return lines[: number + 1]
                break
    return lines


def _length(lines: list[str]) -> int:
    return sum(map(len, lines))


def _is_blob(lines: list[str]) -> bool:
    length = _length(lines)
    return length > BLOB_LENGTH and max(map(len, lines)) > 0.5 * length


def _best(results: list[list[str]], blocks: list[str]) -> list[str]:
    """Returns the best of several doubtful results.

    The first that is no blob, or the longest of those if it is more than half as long again; where
    all are blobs, the page's blocks, which keep its paragraphs.
    """
    sound = [lines for lines in results if lines and not _is_blob(lines)]
    if not sound:
        return blocks or next((lines for lines in results if lines), [])
    longest = max(sound, key=_length)
    return longest if _length(longest) > 1.5 * _length(sound[0]) else sound[0]
