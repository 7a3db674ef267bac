"""Elements of XML and SGML that are parsed by themselves, none of their text lost."""

import html
import re
from typing import Any

from pipeline.dumps.block import DumpError

SECTIONS = {"<!--": "-->", "<![CDATA[": "]]>"}
"""Begin -> end of a comment, and of text in which nothing is a tag."""

INNER = r"(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+"
"""What a tag has between its name and ``>``.

A search over tags that are never closed takes linear time, although each of them is tried: at most
three tries pass over the same character. ``<`` ends a try that is outside of quotes, and no two
tries come to the same state (outside, in double, in single quotes), since a quote permutes them.
"""

_ENTITY = re.compile(r"&(?:#(?P<number>\d{1,7}|[xX][0-9a-fA-F]{1,6})|(?P<name>\w{1,40}));|&")
_KEPT = frozenset(("amp", "lt", "gt", "quot", "apos"))
_TAGS = re.compile(rf"<[/?!]?[A-Za-z_]{INNER}>")
_OPEN = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z][\w.\-]*+)"
    r"(?:[^<>\"'/]++|/(?!>)|\"[^\"]*+\"|'[^']*+')*+(?P<empty>/?)>"
)
_SECTION = re.compile(r"<!--|<!\[CDATA\[")
_STRAY = re.compile(r"<(?![A-Za-z_/!?])")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def parsed_element(text: str, raw: bytes) -> Any:
    """Returns the root of an element that is parsed by itself.

    Raises:
      DumpError: ``invalid_xml``: the parser would lose some of the text.
    """
    # Imported here since it doubles the imports of a process that reads no XML.
    from lxml import etree

    parts = _parts(_CONTROLS.sub("", text), *SECTIONS)
    parts[1::2] = ["" if part.startswith("<!--") else part for part in parts[1::2]]
    parts = _parts("".join(parts), "<![CDATA[")
    parts[::2] = map(_escaped, parts[::2])
    escaped = _balanced("".join(parts))
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    root = etree.fromstring(escaped.encode("utf-8", "replace"), parser)
    parts = _parts(escaped, "<![CDATA[")
    parts[::2] = [html.unescape(_TAGS.sub("", part)) for part in parts[::2]]
    parts[1::2] = [part[len("<![CDATA[") : -len("]]>")] for part in parts[1::2]]
    shown = "".join(parts)
    if root is None or _letters("".join(root.itertext())) != _letters(shown):
        raise DumpError(
            "invalid_xml",
            "The element is no valid XML, and a parser would lose some of its text; mend its tags, "
            "or convert it to JSON Lines.",
            raw,
        )
    return root


def _parts(text: str, *kinds: str) -> list[str]:
    """Returns text and sections of some kinds in turn; the first and the last part are text.

    A section without an end is text. Once no end follows none is looked for again, so that many of
    them take linear time.

    Args:
      text: an element.
      kinds: keys of :data:`SECTIONS`.
    """
    ends = {kind: SECTIONS[kind] for kind in kinds}
    parts: list[str] = []
    start = at = 0
    while ends and (match := _SECTION.search(text, at)):
        kind, at = match[0], match.end()
        if kind not in ends:
            continue
        end = text.find(ends[kind], at)
        if end < 0:
            del ends[kind]
            continue
        at = end + len(ends[kind])
        parts += text[start : match.start()], text[match.start() : at]
        start = at
    return [*parts, text[start:]]


def _letters(text: str) -> int:
    return sum(map(len, text.split()))


def _escaped(text: str) -> str:
    """Returns text between tags with the entities of HTML replaced, and stray marks escaped."""
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    return _STRAY.sub("&lt;", text) if "<" in text else text


def _entity(match: re.Match[str]) -> str:
    if number := match["number"]:
        code = int(number[1:], 16) if number[0] in "xX" else int(number)
        char = html.unescape(match[0]) if code >= 32 or code in (9, 10, 13) else " "
        return html.escape(char) if len(char) == 1 else " "
    name = match["name"]
    if name in _KEPT:
        return match[0]
    if not name:
        return "&amp;"
    char = html.unescape(match[0])
    return f"&amp;{name};" if char == match[0] else html.escape(char)


def _balanced(text: str) -> str:
    """Returns SGML with the tags that are not closed (``<P>``) as blank lines."""
    counts: dict[str, int] = {}
    parts = _parts(text, "<![CDATA[")
    for match in _OPEN.finditer("".join(parts[::2])):
        if not match["empty"]:
            counts[match["name"]] = counts.get(match["name"], 0) + (-1 if match["close"] else 1)
    odd = {name for name, count in counts.items() if count}
    if not odd:
        return text

    def replace(match: re.Match[str]) -> str:
        return "\n\n" if match["name"] in odd else match[0]

    parts[::2] = [_OPEN.sub(replace, part) for part in parts[::2]]
    return "".join(parts)
