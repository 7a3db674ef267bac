"""What a page has in its tree and shows to nobody: forms, traps, copies for other screens.

Text that a click or a script brings up is the reader's as well: what is below the heading or button
that opens it, what React sends behind a page and moves into place, and what a page hides as a whole
until it is loaded, or behind a notice.
"""

import re
from collections.abc import Sequence
from typing import Any

from lxml import etree

from transforms.extraction.blocks import INLINE
from transforms.text import squeezed, word_count

_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_FOR_EARS = re.compile(r"sr-only|screen-reader|visually-?hidden")
"""Classes of words for screen readers."""

_BY_SCRIPT = re.compile(r"[SBP]:[0-9a-f]+")
"""Ids of the parts of a page that React streams."""

_FOR_PAYERS = re.compile(r"paywall|regwall|premium|subscriber|metered|gated", re.IGNORECASE)
"""Classes of what readers who pay see."""

_OPENERS = frozenset(("button", "summary", "dt", "h2", "h3", "h4", "h5", "h6"))
_OPENED = frozenset(("region", "tabpanel"))
"""Roles of what an opener shows (ARIA Authoring Practices, accordion and tabs)."""


def drop_hidden(root: Any) -> list[Any]:
    """Takes words within a line that no reader sees out of a tree; returns its hidden blocks.

    Args:
      root: the page's tree; changed.
    """
    blocks = []
    for element in list(filter(_is_hidden, root.iter(etree.Element))):
        if element.tag not in INLINE:
            if not _is_opened(element):
                blocks.append(element)
        elif not element.get("aria-hidden") and element.getparent() is not None:
            element.drop_tree()  # what is hidden from ears alone stays
    return blocks


def shown_lines(root: Any, blocks: Sequence[Any], lines: list[str]) -> list[str]:
    """Returns lines without those that stand in hidden blocks alone.

    If these are half of the words, the page shows them later, and all lines are returned.

    Args:
      root: the page's tree.
      blocks: from :func:`drop_hidden`.
      lines: of the article.
    """
    texts = [text for block in blocks if (text := squeezed(block.text_content()))]
    keys = {line: squeezed(line) for line in lines} if texts else {}
    unseen = [line for line, key in keys.items() if any(key in text for text in texts)]
    if not unseen:
        return lines
    for block in blocks:
        if block.getparent() is not None:
            block.drop_tree()
    whole = squeezed(root.text_content())
    unseen = [line for line in unseen if keys[line] not in whole]
    if 2 * sum(map(word_count, unseen)) >= sum(map(word_count, lines)):
        return lines
    return [line for line in lines if line not in unseen]


def _is_hidden(element: Any) -> bool:
    names = element.keys()
    if not names:
        return element.tag in ("template", "dialog")
    if "style" in names and _STYLE.search(element.get("style")):
        return True
    if "hidden" in names:
        return bool(element.get("hidden") != "until-found")
    if "aria-hidden" in names and element.get("aria-hidden") == "true":
        return True
    if "class" in names and element.tag == "span":
        return _FOR_EARS.search(element.get("class")) is not None
    tag = element.tag
    return (tag == "template" and "shadowrootmode" not in names) or (
        tag == "dialog" and "open" not in names
    )


def _is_opened(element: Any) -> bool:
    """Returns True for what a script, a click of the reader or a payment shows."""
    if (
        _BY_SCRIPT.fullmatch(element.get("id", ""))
        or element.get("role") in _OPENED
        or _FOR_PAYERS.search(element.get("class", ""))
    ):
        return True
    opener = element.getprevious()
    return opener is not None and (
        opener.tag in _OPENERS or any(inner.get("aria-expanded") for inner in opener.iter())
    )
