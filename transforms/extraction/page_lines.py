"""Lines of a page as a reader sees them, with the dates that their elements state."""

import functools
import re
from typing import NamedTuple

import lxml.etree
import lxml.html

LONG_LINE = 160
"""Characters of a line of running text; a line beside the headline is shorter."""

LONG_LINES = 3
"""Long lines behind the headline, of summary and captions, within which its date may come."""

LINES_BEHIND = 40
"""Lines behind the headline among which its date is looked for."""

_BLOCKS = frozenset(
    """address article aside blockquote body br dd div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table td th tr ul""".split()
)
_SKIPPED = frozenset(("script", "style", "noscript", "nav", "aside", "footer", "form", "template",
                      "svg", "button", "select", "option", "iframe", "textarea"))  # fmt: skip


_OF_OTHERS = re.compile(
    r"(?:^|\s)(?:comments?(?:[-_](?:list|area|section|body|meta|content|thread|author|date|time"
    r"|wrapper|container|box|item|text))?|commentlist|respond|kommentare?|commentaires|comentarios"
    r"|disqus\w*|side-?bar\d?|widget_\w+|related[-\w]*|recent(?:[-_][-\w]*)?"
    r"|archives?|archivelist|blogroll|calendar|teasers?|wm-ipp(?:-base)?)(?:\s|$)",
    re.IGNORECASE,
)
"""Classes and ids of comments, margins and lists of other articles."""


class Line(NamedTuple):
    """A line of a page.

    Attributes:
      text: its text, white space joined.
      stated: ``datetime`` of a ``time`` element in it; empty without one.
      changed: True if its element is called modified or updated.
    """

    text: str
    stated: str
    changed: bool


@functools.lru_cache(1 << 13)
def _names_others(names: str) -> bool:
    return _OF_OTHERS.search(names) is not None


def is_of_others(element: lxml.html.HtmlElement) -> bool:
    """Returns True for comments, margins and lists of other articles."""
    of_class, of_id = element.get("class"), element.get("id")
    return (
        (of_class is not None or of_id is not None)
        and _names_others(f"{of_class or ''} {of_id or ''}")
        and element.tag not in ("html", "body", "main", "article", "h1")
        and element.find(".//h1") is None
    )


def is_in_link(element: lxml.html.HtmlElement) -> bool:
    """Returns True for links, and for what is in one, as the time of another article's teaser."""
    return element.tag == "a" or next(element.iterancestors("a"), None) is not None


def page_lines(
    container: lxml.html.HtmlElement, heading: lxml.html.HtmlElement | None, whole: bool = False
) -> tuple[list[Line], int]:
    """Returns the lines of an element up to some behind the headline, and the place of that.

    Args:
      container: the element.
      heading: the headline; ``None`` if the element has none.
      whole: True for all lines of it, those of footers included.
    """
    lines: list[Line] = []
    parts: list[str] = []
    stated, changed, changing, at, long_lines = "", False, None, -1, 0

    def end_line() -> None:
        nonlocal stated, changed, long_lines
        if text := " ".join("".join(parts).split()):
            lines.append(Line(text, stated, changed))
            long_lines += at >= 0 and len(text) > LONG_LINE
        elif stated:
            lines.append(Line("", stated, changed))
        parts.clear()
        stated, changed = "", False

    walk = lxml.etree.iterwalk(container, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        tag = element.tag
        if event in ("comment", "pi"):
            parts.append(element.tail or "")
        elif event == "start":
            if element is not container and (
                (tag in _SKIPPED and not (whole and tag in ("aside", "footer")))
                or is_of_others(element)
            ):
                walk.skip_subtree()
                continue
            if tag in _BLOCKS:
                end_line()
            names = f"{element.get('class') or ''} {element.get('itemprop') or ''}".lower()
            if ("modif" in names or "update" in names) and "publish" not in names:
                if tag not in _BLOCKS:
                    end_line()
                    changing = element
                changed = True
            if tag == "time" and not (whole and is_in_link(element)):
                if stated:
                    end_line()
                stated = element.get("datetime") or ""
            parts.append(f" {element.text or ''}" if tag == "span" else element.text or "")
        else:
            if tag in _BLOCKS or element is changing:
                end_line()
                if element is heading:
                    at = len(lines) - 1
            if element is not container:
                parts.append(f" {element.tail or ''}" if tag == "span" else element.tail or "")
            is_far = long_lines >= LONG_LINES or len(lines) > at + LINES_BEHIND
            if is_far and at >= 0 and not whole:
                break
    end_line()
    return lines, at
