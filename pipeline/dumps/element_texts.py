"""The text of an element of XML whose parts may be HTML, paragraphs or lines."""

import html
import re
from typing import Any, NamedTuple

from pipeline.dumps.element_names import BLOCKS, CAPTIONS, element_name
from pipeline.dumps.fields import letters
from pipeline.dumps.long_text import is_html
from pipeline.dumps.wire import indented

_SHORTCODE = re.compile(
    r"\[caption\b(?:[^\[\]]++|\[(?!caption\b|/caption\]))*+\]"
    r"((?:[^\[]++|\[(?!caption\b|/caption\]))*+)\[/caption\]"
)

_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"\w+")
_RUN = 4  # words
_FEWEST_LETTERS = 20
"""A shorter text is in another by chance."""


class JoinedText(NamedTuple):
    """What the bodies of an element hold.

    Attributes:
      kind: ``html`` or ``text``.
      value: the document.
      captions: lines of a text that are captions.
      unread: names of bodies of which most, but not all, is in the document.
    """

    kind: str
    value: str
    captions: set[str]
    unread: list[str]


_Kind = tuple[str, bool]
"""Name of a body, and whether it is HTML."""


def joined_texts(bodies: list[tuple[str, Any]]) -> JoinedText | None:
    """Returns the document of all bodies, each text once; ``None`` if none of them has a text.

    Bodies of one name are the parts of one text. Of names with the same text HTML is read, and the
    whole text rather than its teaser.

    Args:
      bodies: names and elements in the order of the document.
    """
    captions: set[str] = set()
    parts: list[tuple[_Kind, str]] = []
    for name, element in bodies:
        if found := _text(name, element, captions):
            parts.append(((name, found[0]), found[1]))
    if not parts:
        return None
    kept, unread = _distinct(parts)
    parts = [(kind, value) for kind, value in parts if kind in kept]
    if not any(is_page for (_, is_page), _ in parts):
        value = re.sub(r"\n{3,}", "\n\n", "\n\n".join(value for _, value in parts))
        return JoinedText("text", value, captions, unread)
    pages = (value if is_page else _paragraphs(value) for (_, is_page), value in parts)
    return JoinedText("html", "\n".join(pages), set(), unread)


def _distinct(parts: list[tuple[_Kind, str]]) -> tuple[set[_Kind], list[str]]:
    """Returns the kinds whose texts are not in others, and names of those that are but in part."""
    texts: dict[_Kind, str] = {}
    for kind, value in parts:
        texts[kind] = f"{texts[kind]}\n\n{value}" if kind in texts else value
    if len(texts) == 1:
        return set(texts), []
    known = {kind: letters(text) for kind, text in texts.items()}
    kept: list[_Kind] = []
    unread = []
    # HTML first, unless it is a teaser, which has at most half of the text.
    for kind in sorted(texts, key=lambda kind: -len(known[kind]) * (1 + kind[1])):
        if any(_is_in(known[kind], known[other]) for other in kept):
            continue
        if any(_shares_most(texts[kind], texts[other]) for other in kept):
            unread.append(kind[0])
        else:
            kept.append(kind)
    return set(kept), unread


def _is_in(part: str, whole: str) -> bool:
    return part == whole or (len(part) >= _FEWEST_LETTERS and part in whole)


def _shares_most(text: str, other: str) -> bool:
    """Returns True if most runs of words of the shorter one are in the other, too."""
    runs, others = _runs(text), _runs(other)
    return 2 * len(runs & others) > min(len(runs), len(others))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(html.unescape(_TAG.sub(" ", text)))
    return set(zip(*(words[start:] for start in range(_RUN)), strict=False))


def _paragraphs(text: str) -> str:
    """Returns the paragraphs of a text as HTML."""
    return "\n".join(
        f"<p>{html.escape(part.strip(), quote=False)}</p>"
        for part in re.split(r"\n\s*\n", text)
        if part.strip()
    )


def _text(name: str, element: Any, captions: set[str]) -> tuple[bool, str] | None:
    """Returns whether a body is HTML, and its text; notes which lines are captions."""
    plain = "".join(element.itertext())
    if not plain.strip():
        return None
    if not len(element) and is_html(plain):
        return True, _wordpress(plain) if name == "contentencoded" else plain
    if name in ("content", "inlinedata") and element.get("type") in ("html", "xhtml"):
        from lxml import etree  # with the parser; see parsed_element

        return True, etree.tostring(element, encoding="unicode", with_tail=False)
    if name == "contentencoded":
        captions.update(
            line.strip() for match in _SHORTCODE.finditer(plain) for line in match[1].split("\n")
        )
        plain = _SHORTCODE.sub(r"\n\n\1\n\n", plain)
    if _is_list(element) or any(
        element_name(inner) in BLOCKS | CAPTIONS for inner in element.iter()
    ):
        lines = _block_lines(element, captions)
    else:
        lines = indented([line.rstrip() for line in plain.split("\n")])
    joined = "\n".join(line if line.strip() else "" for line in lines)
    value = re.sub(r"\n{3,}", "\n\n", joined.strip("\n"))
    return (False, value) if value else None


def _wordpress(content: str) -> str:
    """Returns a post with its paragraphs tagged, as WordPress does when it shows one (wpautop)."""
    content = _SHORTCODE.sub(r"\n\n<figure><figcaption>\1</figcaption></figure>\n\n", content)
    if re.search(r"<(?:p|div)\b", content, re.IGNORECASE):
        return content
    parts = (part.strip() for part in re.split(r"\n\s*\n", content))
    return "\n".join(
        part if part.startswith(("<figure", "<h", "<ul", "<ol", "<block")) else f"<p>{part}</p>"
        for part in parts
        if part
    )


def _is_list(element: Any) -> bool:
    """Returns True for an element that holds others and no text between them, as paragraphs are."""
    return (
        len(element) > 1
        and element_name(element) not in BLOCKS
        and not (element.text or "").strip()
        and not any((child.tail or "").strip() for child in element)
    )


def _block_lines(element: Any, captions: set[str]) -> list[str]:
    """Returns the paragraphs of an element, a blank line after each; notes which are captions."""
    lines: list[str] = []
    words: list[str] = []

    def flush(is_caption: bool, ends_paragraph: bool = True) -> None:
        line = " ".join("".join(words).split())
        words.clear()
        if line:
            lines.append(line)
            if is_caption:
                captions.add(line)
        if (ends_paragraph or not line) and lines and lines[-1]:
            lines.append("")

    def walk(node: Any, is_caption: bool, is_listed: bool) -> None:
        name = element_name(node).rpartition(":")[2]
        if name in ("br", "lb"):
            words.append(" ")
            if name == "br":
                flush(is_caption, ends_paragraph=False)
            return
        is_caption = is_caption or name in CAPTIONS
        is_block = name in BLOCKS or name in CAPTIONS or is_listed
        if is_block:
            flush(is_caption)
        if name and node.text:
            words.append(node.text)
        lists = _is_list(node)
        for child in node:
            walk(child, is_caption, lists)
            if child.tail:
                words.append(child.tail)
        if is_block:
            flush(is_caption)

    walk(element, False, False)
    flush(False)
    return lines
