"""The blocks of text of a page: its visible lines, each with its place in the page's tree.

What shows as one line or paragraph is a block: the text of a block-level element outside its
block-level children, or a stretch of loose text between them. Every visible word of the page is in
exactly one block.
"""

import functools
import re
from typing import Any, NamedTuple

import lxml.html

UNSEEN = frozenset(
    "script style noscript template iframe svg object head canvas math select datalist audio video"
    " title".split()
)
"""Elements whose text no reader sees, or sees as no line."""

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label mark"
    " output q s samp small span strike strong sub sup time tt u var wbr nobr picture"
    " source".split()
)
"""Elements that begin no line of their own."""

KINDS = tuple(
    "article main aside nav footer header figure list table form quote button heading code details"
    " hidden".split()
)
"""What a block may lie in; the place here is the bit in ``Block.inside``. ``hidden`` is for styles
and attributes that hide: pages fold away parts of their articles too."""

_BIT = {kind: 1 << at for at, kind in enumerate(KINDS)}
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

CUES: dict[str, str] = {
    "comment": r"comment|disqus|discuss|repl(?:y|ies)|respond|komment|coment|reactie|reaction",
    "related": r"relate|recommend|similar|popular|trend|latest|mostread|seealso|readmore|readnext"
    r"|more|next|prev|mehr|otras|recent|recirc|suggest|further|^also$|^links?$|verwand|relacion",
    "share": r"share|sharing|social|follow|bookmark|print|teilen|compart|partag|condivid",
    "promo": r"promo|tease|sponsor|banner|cta|advert|^ads?$|^adv|anzeige|publicid|werbung|outbrain"
    r"|taboola|affiliate|commercial|donat|support|product|offer|shop|^buy",
    "letter": r"newsletter|subscri|signup|sign|abonn|paywall|premium|piano|register|registr|login"
    r"|member|optin|mail",
    "caption": r"caption|legend|credit|copyright|bildunter|figcap|pie$",
    "image": r"image|^img|photo|picture|foto|galler|slide|carousel|swiper|video|media|player|embed"
    r"|figure|thumb|lightbox|audio|podcast",
    "author": r"author|byline|^bio$|biograph|profile|avatar|writer|contribut|autor|auteur|signature"
    r"|journalist|expert|people|person",
    "meta": r"meta|date|time|publish|updated|datum|fecha|hora|info$|details?$|readtime|stats|views",
    "tag": r"tag|topic|categor|keyword|label|kicker|eyebrow|section$|rubric|thema|hashtag|chip|pill"
    r"|badge|taxonom",
    "nav": r"nav|menu|breadcrumb|crumb|topbar|toolbar|masthead|tab|pagina|pager|skip|search|toggle"
    r"|dropdown|scroll|anchor",
    "footer": r"foot|bottom|colophon|legal|disclaim|imprint|after",
    "side": r"side|aside|rail|widget|secondary|complement|right|left|sticky|float|column",
    "body": r"body|content|entry|^post|story|^text|richtext|prose|paragraph|artikel|inhalt|cuerpo"
    r"|texte|wysiwyg|main|rte|single|markdown|detail|article|blog",
    "title": r"title|headline|heading|^hed$|titel|titre|titulo|titular|^h[1-6]$",
    "lead": r"lead|lede|summary|excerpt|standfirst|intro|^dek$|subtitle|chapo|abstract|^sub|teaser"
    r"|descri|bajada|entradilla|vorspann|sapo|deck|highlight|keypoint|takeaway|tldr",
    "quote": r"quote|cita|zitat|testimonial",
    "card": r"card|item|list|grid|tile|feed|collection|module|block$|component|row|col$|cols?\d",
    "modal": r"modal|popup|cookie|consent|overlay|gdpr|dialog|notice|alert|toast|tooltip|privacy"
    r"|lightbox|drawer",
    "form": r"form|field|input|captcha|survey|poll|quiz|rating|vote|feedback|contact",
    "toc": r"toc|tableofcontents|contents|jump|outline|index$",
    "box": r"box|callout|infobox|factbox|note|faq|accordion|panel|collaps|aside|insert|inset",
    "hidden": r"hidden|hide|sronly|visually|invisible|offscreen|accessib|screen|mobile|desktop",
    "note": r"footnote|reference|citation|source|correction|biblio|endnote",
}
"""Classes of words in the names that pages give to their elements (``class``, ``id``,
``itemprop``, ``data-testid``); the place in the mapping is the bit in ``Block.cues``."""

_CUE_PATTERNS = [re.compile(pattern) for pattern in CUES.values()]
_ANY_CUE = re.compile("|".join(CUES.values()))
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_NAMING = frozenset(("class", "id", "itemprop", "data-testid"))
_MOST_NAMES = 30  # of one element that are looked at
_HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden")


class Block(NamedTuple):
    """A visible line of a page.

    Attributes:
      text: the line, white space collapsed; never empty.
      linked: characters of it in links.
      strong: characters of it in bold type.
      element: number of the innermost element of ``Blocks`` around it.
      inside: bits of ``KINDS``, of all elements around it.
      cues: bits of ``CUES``, of the names of all elements around it but ``body``.
      near: the same, of the innermost three.
    """

    text: str
    linked: int
    strong: int
    element: int
    inside: int
    cues: int
    near: int


class Blocks(NamedTuple):
    """All blocks of a page and the elements around them.

    Attributes:
      blocks: the blocks in document order.
      parents: for each block-level element, in document order, the number of the one around it;
        of the first, its own.
      tags: their tags.
      names: what pages call them: ``class``, ``id`` and the like, with spaces between.
      starts: number of the first block in each, and
      ends: of the first after it.
    """

    blocks: list[Block]
    parents: list[int]
    tags: list[str]
    names: list[str]
    starts: list[int]
    ends: list[int]


@functools.lru_cache(maxsize=1 << 14)
def _part_cues(part: str) -> int:
    # Numbers are no words, and most words are no cue of any class.
    if part.isdigit() or not _ANY_CUE.search(part):
        return 0
    return sum([1 << at for at, cue in enumerate(_CUE_PATTERNS) if cue.search(part)])


@functools.lru_cache(maxsize=1 << 15)
def _name_cues(name: str) -> int:
    bits = 0
    parts = [part.lower() for part in _PART.findall(name)]
    for part in parts:
        bits |= _part_cues(part)
    return bits | _part_cues("".join(parts)) if len(parts) == 2 else bits


@functools.lru_cache(maxsize=1 << 14)
def _cues(names: str) -> int:
    bits = 0
    for name in names.split()[:_MOST_NAMES]:
        bits |= _name_cues(name)
    return bits


_SKIPPED, _BREAK, _INLINE, _LINK, _STRONG = range(1, 6)
_WAYS = {
    **dict.fromkeys(UNSEEN, _SKIPPED),
    **dict.fromkeys(INLINE, _INLINE),
    "br": _BREAK,
    "a": _LINK,
    "b": _STRONG,
    "strong": _STRONG,
}
"""What an element is to the walk; those that are not here are block-level."""


def page_blocks(root: lxml.html.HtmlElement) -> Blocks:
    """Returns the visible text of a page in blocks.

    Args:
      root: the page's tree, nested at most a few hundred levels; left as it is.
    """
    walk = _Walk()
    body = root.find("body")
    top = root if body is None else body
    walk.block(top, top.tag, "", 0, 0, 0, 0, 0, 0)
    return walk.found


class _Walk:
    """Collects the blocks of a tree in one pass."""

    def __init__(self) -> None:
        self.found = Blocks([], [], [], [], [], [])
        self._parts: list[str] = []
        self._linked = self._strong = 0
        self._in_link = self._in_strong = 0

    def block(
        self,
        element: Any,
        tag: str,
        names: str,
        parent: int,
        inside: int,
        cues: int,
        own: int,
        second: int,
        third: int,
    ) -> None:
        """Adds a block-level element and the blocks in it.

        Args:
          element: the element.
          tag: its tag.
          names: what the page calls it.
          parent: number of the element around it.
          inside: bits of ``KINDS`` of it and all around it.
          cues: bits of ``CUES`` of it and all around it.
          own: those of the element itself,
          second: of the one around it, and
          third: of the one around that.
        """
        found = self.found
        number = len(found.parents)
        start = len(found.blocks)
        found.parents.append(parent)
        found.tags.append(tag)
        found.names.append(names)
        found.starts.append(start)
        found.ends.append(0)
        place = (number, inside, cues, own | second | third)
        if text := element.text:
            self._add(text)
        self._below(element, place, own, second)
        # The cells of a row share its line, unless they hold lines of their own.
        if tag == "td" or tag == "th":
            self._parts.append(" ")
            if len(found.blocks) > start:
                self._flush(place)
        elif self._parts:
            self._flush(place)
        found.ends[number] = len(found.blocks)

    def _below(self, element: Any, place: tuple[int, int, int, int], own: int, second: int) -> None:
        for child in element:
            tag = child.tag
            way = _WAYS.get(tag)
            if way is None:
                if isinstance(tag, str):
                    if self._parts and tag != "td" and tag != "th":
                        self._flush(place)
                    number, inside, cues, _ = place
                    names, here = _marks(child, tag)
                    theirs = _cues(names) if names else 0
                    self.block(
                        child, tag, names, number, inside | here, cues | theirs, theirs, own, second
                    )
            elif way >= _INLINE:
                link, strong = way == _LINK, way == _STRONG
                self._in_link += link
                self._in_strong += strong
                if text := child.text:
                    self._add(text)
                if len(child):
                    self._below(child, place, own, second)
                self._in_link -= link
                self._in_strong -= strong
            elif way == _BREAK and self._parts:
                self._flush(place)
            if text := child.tail:
                self._add(text)

    def _add(self, text: str) -> None:
        if text.isspace():
            if self._parts:
                self._parts.append(" ")
            return
        self._parts.append(text)
        if self._in_link:
            self._linked += len(text.strip())
        if self._in_strong:
            self._strong += len(text.strip())

    def _flush(self, place: tuple[int, int, int, int]) -> None:
        text = " ".join("".join(self._parts).split())
        self._parts.clear()
        if text:
            size = len(text)
            number, inside, cues, near = place
            self.found.blocks.append(
                Block(
                    text,
                    min(self._linked, size),
                    min(self._strong, size),
                    number,
                    inside,
                    cues,
                    near,
                )
            )
            self._linked = self._strong = 0


def _marks(element: Any, tag: str) -> tuple[str, int]:
    """Returns what a page calls an element, and the bits of ``KINDS`` of the element itself."""
    names, inside = "", _TAG_BITS.get(tag, 0)
    for name, value in element.items():
        if name in _NAMING:
            names = f"{names} {value}" if names else value
        elif name == "role":
            inside |= _ROLE_BITS.get(value, 0)
        elif (
            name == "hidden"
            or (name == "aria-hidden" and value == "true")
            or (name == "style" and _HIDDEN.search(value))
        ):
            inside |= _BIT["hidden"]
    return names, inside
