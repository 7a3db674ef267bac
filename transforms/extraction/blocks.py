"""The blocks of text of a page: its visible lines, each with its place in the page's tree.

A block is the text of a block-level element outside its block-level children, or a stretch of loose
text between them: what a browser shows as one line or paragraph. Every visible word of the page is
in exactly one block.
"""

import copy
import functools
import string
from collections.abc import Mapping
from typing import Any, NamedTuple

import lxml.html
import numpy as np
import numpy.typing as npt
from lxml import etree

from transforms.arrays import I64, U64
from transforms.compiled import page_blocks as loops
from transforms.compiled.loops import hash_table
from transforms.compiled.page_names import WORD_END, WORD_START, match_names

UNSEEN = frozenset(
    "script style noscript template iframe svg object head canvas math select datalist audio video"
    " title".split()
)
"""Elements whose text is invisible, or visible but no line."""

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label mark"
    " output q s samp small span strike strong sub sup time tt u var wbr nobr picture"
    " source".split()
)
"""Elements that begin no new line."""

_BIT = {kind: 1 << at for at, kind in enumerate(loops.KINDS)}
_TAG_BITS = {
    tag: _BIT[kind]
    for kind, tags in {
        "article": "article",
        "main": "main",
        "aside": "aside",
        "nav": "nav menu",
        "footer": "footer",
        "header": "header",
        "figure": "figure figcaption",
        "list": "ul ol dl li dt dd",
        "table": "table",
        "form": "form fieldset",
        "quote": "blockquote",
        "button": "button summary",
        "heading": "h1 h2 h3 h4 h5 h6",
        "code": "pre",
        "details": "details",
    }.items()
    for tag in tags.split()
}
_ROLE_BITS = {
    "main": _BIT["main"],
    "navigation": _BIT["nav"],
    "menu": _BIT["nav"],
    "menubar": _BIT["nav"],
    "banner": _BIT["header"],
    "contentinfo": _BIT["footer"],
    "complementary": _BIT["aside"],
    "button": _BIT["button"],
    "article": _BIT["article"],
    "dialog": _BIT["hidden"],
    "alertdialog": _BIT["hidden"],
}

NAME_PATTERNS: dict[str, str] = {
    "comment": r"comment|disqus|discuss|reply|replies|respond|komment|coment|reactie|reaction",
    "related": r"relate|recommend|similar|popular|trend|latest|mostread|seealso|readmore|readnext"
    r"|more|next|prev|mehr|otras|recent|recirc|suggest|further|^also$|^link$|^links$|verwand"
    r"|relacion",
    "share": r"share|sharing|social|follow|bookmark|print|teilen|compart|partag|condivid",
    "promo": r"promo|tease|sponsor|banner|cta|advert|^ad$|^ads$|^adv|anzeige|publicid|werbung"
    r"|outbrain|taboola|affiliate|commercial|donat|support|product|offer|shop|^buy",
    "letter": r"newsletter|subscri|signup|sign|abonn|paywall|premium|piano|register|registr|login"
    r"|member|optin|mail",
    "caption": r"caption|legend|credit|copyright|bildunter|figcap|pie$",
    "image": r"image|^img|photo|picture|foto|galler|slide|carousel|swiper|video|media|player|embed"
    r"|figure|thumb|lightbox|audio|podcast",
    "author": r"author|byline|^bio$|biograph|profile|avatar|writer|contribut|autor|auteur|signature"
    r"|journalist|expert|people|person",
    "meta": r"meta|date|time|publish|updated|datum|fecha|hora|info$|detail$|details$|readtime|stats"
    r"|views",
    "tag": r"tag|topic|categor|keyword|label|kicker|eyebrow|section$|rubric|thema|hashtag|chip|pill"
    r"|badge|taxonom",
    "nav": r"nav|menu|breadcrumb|crumb|topbar|toolbar|masthead|tab|pagina|pager|skip|search|toggle"
    r"|dropdown|scroll|anchor",
    "footer": r"foot|bottom|colophon|legal|disclaim|imprint|after",
    "side": r"side|aside|rail|widget|secondary|complement|right|left|sticky|float|column",
    "body": r"body|content|entry|^post|story|^text|richtext|prose|paragraph|artikel|inhalt|cuerpo"
    r"|texte|wysiwyg|main|rte|single|markdown|detail|article|blog",
    "title": r"title|headline|heading|^hed$|titel|titre|titulo|titular|^h1$|^h2$|^h3$|^h4$"
    r"|^h5$|^h6$",
    "lead": r"lead|lede|summary|excerpt|standfirst|intro|^dek$|subtitle|chapo|abstract|^sub|teaser"
    r"|descri|bajada|entradilla|vorspann|sapo|deck|highlight|keypoint|takeaway|tldr",
    "quote": r"quote|cita|zitat|testimonial",
    "card": r"card|item|list|grid|tile|feed|collection|module|block$|component|row|col$"
    r"|col\d|cols\d",
    "modal": r"modal|popup|cookie|consent|overlay|gdpr|dialog|notice|alert|toast|tooltip|privacy"
    r"|lightbox|drawer",
    "form": r"form|field|input|captcha|survey|poll|quiz|rating|vote|feedback|contact",
    "toc": r"toc|tableofcontents|contents|jump|outline|index$",
    "box": r"box|callout|infobox|factbox|note|faq|accordion|panel|collaps|aside|insert|inset",
    "hidden": r"hidden|hide|sronly|visually|invisible|offscreen|accessib|screen|mobile|desktop",
    "note": r"footnote|reference|citation|source|correction|biblio|endnote",
}
"""Classes of words in the names of elements (``class``, ``id``, ``itemprop``, ``data-testid``); the
position in the mapping is the bit in ``Blocks.named``.

A name such as ``main-navBar2`` is split into words in lower case: main, nav, bar, 2; two words also
count as one. A pattern is a string in a word: at its start (``^``), at its end (``$``) or anywhere;
``\\d`` is any digit."""


class Blocks(NamedTuple):
    """The visible lines of a page in document order, and the block-level elements around them.

    Attributes:
      texts: line of each block, white space collapsed; never empty.
      linked: characters of each block in links.
      strong: characters of each block in bold type.
      element: number of the innermost block-level element around each block.
      inside: bits of ``KINDS`` of all elements around each block.
      named: bits of ``NAME_PATTERNS`` in the names of all elements around each block but ``body``.
      named_near: the same of the innermost three.
      parents: number of the element around each element, in document order; 0 for the first.
      tags: position of each element's tag in ``strings``.
      names: position of each element's names: ``class``, ``id`` and the like, joined by spaces.
      starts: number of the first block in each element.
      ends: number of the first block after each element.
      strings: distinct tags and names.
    """

    texts: list[str]
    linked: I64
    strong: I64
    element: I64
    inside: I64
    named: I64
    named_near: I64
    parents: I64
    tags: I64
    names: I64
    starts: I64
    ends: I64
    strings: list[str]


_TREATMENTS = {
    **dict.fromkeys(UNSEEN, loops.SKIPPED),
    **dict.fromkeys(INLINE, loops.IN_LINE),
    "br": loops.BREAK,
    "a": loops.LINK,
    "b": loops.STRONG,
    "strong": loops.STRONG,
    "td": loops.CELL,
    "th": loops.CELL,
}
_ATTRIBUTES = {
    **dict.fromkeys(("class", "id", "itemprop", "data-testid"), loops.ATTRIBUTE_OF_NAMES),
    "role": loops.ATTRIBUTE_OF_ROLE,
    "style": loops.ATTRIBUTE_OF_STYLE,
    "hidden": loops.ATTRIBUTE_OF_HIDING,
    "aria-hidden": loops.ATTRIBUTE_OF_HIDING_IF_TRUE,
}


def byte_hash(word: str) -> int:
    """Returns the 64-bit hash FNV-1a (Fowler, Noll and Vo) of a word's UTF-8."""
    hashed = 0xCBF29CE484222325
    for byte in word.encode():
        hashed = (hashed ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return hashed


def _table(words: Mapping[str, int]) -> tuple[U64, I64]:
    return hash_table({byte_hash(word): value for word, value in words.items()})


@functools.cache
def _tables() -> tuple[npt.NDArray[Any], ...]:
    """Returns the lookup tables of the compiled loop: tags, attributes, roles and white space."""
    tags = {
        tag: _TREATMENTS.get(tag, 0) | _TAG_BITS.get(tag, 0) << loops.TREATMENT_BITS
        for tag in (*_TREATMENTS, *_TAG_BITS)
    }
    spaces = [chr(code).isspace() for code in range(0x3001)]  # the last is the ideographic space
    return *_table(tags), *_table(_ATTRIBUTES), *_table(_ROLE_BITS), np.array(spaces)


@functools.cache
def _name_automaton() -> tuple[npt.NDArray[np.uint16], I64]:
    """Returns the automaton that finds patterns in words (Aho and Corasick, CACM 1975).

    Returns:
      The next state by state and symbol, of shape (states, ``WORD_END`` + 1), and the bits of the
      patterns that end in each state.
    """
    symbols = {letter: at for at, letter in enumerate(string.ascii_lowercase + string.digits)}
    symbols |= {"^": WORD_START, "$": WORD_END}
    transitions: list[dict[int, int]] = [{}]
    found = [0]
    for bit, patterns in enumerate(NAME_PATTERNS.values()):
        for part in patterns.split("|"):
            for digit in string.digits if "\\d" in part else ("",):
                state = 0
                for letter in part.replace("\\d", digit):
                    after = transitions[state].setdefault(symbols[letter], len(transitions))
                    if after == len(transitions):
                        transitions.append({})
                        found.append(0)
                    state = after
                found[state] |= 1 << bit
    table = np.zeros((len(transitions), WORD_END + 1), np.uint16)
    fallback = [0] * len(transitions)
    queue = [0]
    for state in queue:
        found[state] |= found[fallback[state]]
        table[state] = table[fallback[state]]
        for symbol, below in transitions[state].items():
            fallback[below] = int(table[state, symbol])
            table[state, symbol] = below
            queue.append(below)
    return table, np.array(found, np.int64)


def page_blocks(root: lxml.html.HtmlElement) -> Blocks:
    """Returns the visible text of a page in blocks.

    libxml2 writes a tree as XML ten times as fast as Python walks it, and its output is simple
    enough for one compiled loop.

    Args:
      root: the page's tree; not changed.
    """
    body = root.find("body")
    top = root if body is None else body
    if "xhtml" in top.getroottree().docinfo.doctype.lower():
        # libxml2 adds attributes to XHTML; a copy has no document type.
        top = copy.copy(top)
    written = etree.tostring(top, encoding="utf-8", with_tail=False)
    data = np.frombuffer(written, np.uint8)
    tags = int(np.count_nonzero(data == ord("<")))
    text, strings = (np.empty(len(written) + 1, np.uint8) for _ in range(2))
    elements, blocks = np.empty((6, tags), np.int64), np.empty((3, tags), np.int64)
    tables = _tables()
    arguments: tuple[Any, ...] = (data, *tables, text, strings, elements, blocks)
    counts = loops.page_blocks(*arguments)
    element_count, block_count, text_size, string_count, string_size = counts
    parents, tag, names, starts, ends, insides = elements[:, :element_count]
    linked, strong, element = blocks[:, :block_count]
    called = strings[:string_size]
    named, near = np.empty((2, element_count), np.int64)
    automaton = _name_automaton()
    match_names(called, string_count, *automaton, tables[-1], names, parents, named, near)
    return Blocks(
        text[:text_size].tobytes().decode().split("\n")[:block_count],
        linked,
        strong,
        element,
        insides[element],
        named[element],
        near[element],
        parents,
        tag,
        names,
        starts,
        ends,
        called.tobytes().decode().split("\0")[:string_count],
    )
