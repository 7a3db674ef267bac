"""The blocks of a page, found by walking its tree element by element: what the compiled loop of
:mod:`transforms.extraction.blocks` must find, too.
"""

import re
from typing import Any, NamedTuple

import lxml.html

from transforms.compiled.page_blocks import HIDDEN
from transforms.compiled.page_names import MOST_NAMES
from transforms.extraction.blocks import _ROLE_BITS, _TAG_BITS, INLINE, NAME_PATTERNS, UNSEEN


class Block(NamedTuple):
    """A visible line; see :class:`transforms.extraction.blocks.Blocks`."""

    text: str
    linked: int
    strong: int
    element: int
    inside: int
    named: int
    named_near: int


class Walked(NamedTuple):
    """All blocks of a page and the elements around them."""

    blocks: list[Block]
    parents: list[int]
    tags: list[str]
    names: list[str]
    starts: list[int]
    ends: list[int]


_NAME_PATTERNS = [re.compile(pattern) for pattern in NAME_PATTERNS.values()]
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_NAMING = frozenset(("class", "id", "itemprop", "data-testid"))
_HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden")


def _part_bits(part: str) -> int:
    if part.isdigit():
        return 0
    return sum([1 << at for at, pattern in enumerate(_NAME_PATTERNS) if pattern.search(part)])


def _name_bits(names: str) -> int:
    bits = 0
    for name in names.split()[:MOST_NAMES]:
        parts = [part.lower() for part in _PART.findall(name)]
        for part in [*parts, *(["".join(parts)] if len(parts) == 2 else [])]:
            bits |= _part_bits(part)
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


def walked(root: lxml.html.HtmlElement) -> Walked:
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
        self.found = Walked([], [], [], [], [], [])
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
        named: int,
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
          named: bits of ``NAME_PATTERNS`` of it and all around it.
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
        place = (number, inside, named, own | second | third)
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
                    number, inside, named, _ = place
                    names, here = _marks(child, tag)
                    theirs = _name_bits(names) if names else 0
                    self.block(
                        child,
                        tag,
                        names,
                        number,
                        inside | here,
                        named | theirs,
                        theirs,
                        own,
                        second,
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
            number, inside, named, near = place
            self.found.blocks.append(
                Block(
                    text,
                    min(self._linked, size),
                    min(self._strong, size),
                    number,
                    inside,
                    named,
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
            inside |= HIDDEN
    return names, inside
