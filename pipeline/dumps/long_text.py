"""The text of a value: a string, a list of paragraphs, or the nodes of a block editor."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from pipeline.dumps.decoding import clean_text

_INNER_TEXT = ("rendered", "text", "value", "#text", "_", "@value", "articleBody", "body",
               "content", "html")  # fmt: skip
_PARTS = ("summary", "headline", "paragraphs", "sections", "blocks", "body", "content", "root",
          "data", "items", "content_elements")  # fmt: skip
"""Members of a nested value that are texts one after the other: fundus, block editors."""

_BREAKS = frozenset(("linebreak", "hardbreak", "hard_break", "br"))
_DEEPEST_NODE = 32

_NO_TEXT_TYPES = frozenset((
    "title", "headline", "kicker", "byline", "date", "author_info", "author", "image", "video",
    "gallery", "audio", "ad", "advertisement", "tweet", "instagram", "iframe", "embed", "related",
    "inline_story", "divider", "newsletter", "raw_html", "oembed_response", "custom_embed",
    "interstitial_link", "embedded-asset-block", "embedded-entry-block",
))  # fmt: skip
"""Types of the items of a list of contents that are no text of the article."""

_HTML_TAG = re.compile(
    r"</(?:p|div|span|a|b|i|li|ul|ol|h[1-6]|em|strong|td|tr|table|article|section|body|html|"
    r"blockquote|figure|script|style)\s*>|<br\s*/?>|<p>|<(?:p|div|img|a|span)\s+[a-z-]+\s*=|"
    r"<!doctype html|<html[\s>]",
    re.IGNORECASE,
)
_DEEPEST_TEXT = 6  # nested lists
_EDITOR = re.compile(r'\s*(?:\{|\[\s*\{)\s*"')
"""Begin of the JSON of a block editor that is kept as a string."""
_EDITOR_NAMES = frozenset((
    "blocks", "root", "ops", "children", "content", "document", "sections",
))  # fmt: skip


def is_html(text: str) -> bool:
    """Returns True if text has a closing tag, a line break tag or attributes."""
    return "<" in text and _HTML_TAG.search(text) is not None


def long_text(value: Any, depth: int = 0) -> str | None:
    """Returns the text or HTML of a value of any JSON type; ``None`` if it has none.

    Args:
      value: nodes of a block editor may be JSON in a string.
      depth: lists and objects around it.
    """
    if type(value) is str:
        if depth == 0 and _EDITOR.match(value) and (found := _edited(value)):
            return found
        return clean_text(value)
    if type(value) is bytes:
        return clean_text(value.decode("utf-8", "replace"))
    if type(value) is dict:
        for name in _INNER_TEXT:
            if type(inner := value.get(name)) is str:
                return clean_text(inner)
        if (runs := _notion_runs(value)) is not None:
            within = long_text(value["children"], depth + 1) if value.get("children") else None
            return clean_text("\n\n".join(filter(None, (runs, within))))
        if type(operations := value.get("ops")) is list:  # Quill
            inserted = (one.get("insert") for one in operations if type(one) is dict)
            return clean_text("".join(part for part in inserted if type(part) is str))
        if type(sections := value.get("sections")) is list and "markups" in value:
            return _joined(list(filter(None, map(clean_text, _mobiledoc(sections, value)))))
        if (nodes := _nodes(value)) is not None:
            return clean_text(_rich_text(nodes, 0))
        if depth < _DEEPEST_TEXT:
            parts = (long_text(value[name], depth + 1) for name in _PARTS if name in value)
            return _joined([part for part in parts if part])
        return None
    if type(value) is list and depth < _DEEPEST_TEXT:
        if _is_run(value):
            return clean_text("".join(v if type(v) is str else v["text"] for v in value))
        # Paragraphs, one a string or an object; each is a paragraph of the text.
        return _joined([
            part
            for item in value
            if not (type(item) is dict and item.get("type") in _NO_TEXT_TYPES)
            and (part := long_text(item, depth + 1))
            and not part.isspace()
        ])  # fmt: skip
    return None


def _notion_runs(block: Mapping[str, Any]) -> str | None:
    """Returns the text of a block of Notion's API; ``None`` for others.

    It is in the member that the type names, below ``rich_text``, before 2022 ``text``, and
    ``cells`` in the row of a table.
    """
    inner = block.get(kind) if type(kind := block.get("type")) is str else None
    if type(inner) is not dict or block.get("object") != "block":
        return None
    cells = inner.get("cells") or [inner.get("rich_text", inner.get("text"))]
    return "\t".join(
        "".join(str(run.get("plain_text", "")) for run in runs if type(run) is dict)
        for runs in cells
        if type(runs) is list
    )


def _mobiledoc(sections: list[Any], document: Mapping[str, Any]) -> Iterator[str]:
    """Yields the paragraphs of a Mobiledoc, the format of Ghost's editor until 2023.

    A section is a list: 1, tag, markers; 3, tag, a list of markers for each item; or 10 and the
    number of a card, whose Markdown or HTML is a paragraph. The text of a marker comes last.
    """
    cards = document.get("cards")
    for section in sections:
        match section:
            case [1, _, list() as markers, *_]:
                paragraphs = [markers]
            case [3, _, list() as paragraphs, *_]:
                pass
            case [10, int() as at] if type(cards) is list and 0 <= at < len(cards):
                match cards[at]:
                    case [_, {"markdown": str() as text} | {"html": str() as text}, *_]:
                        yield text
                continue
            case _:
                continue
        for markers in paragraphs:
            if type(markers) is list:
                runs = [marker[-1] for marker in markers if type(marker) is list and marker]
                yield "".join(run for run in runs if type(run) is str)


def _is_run(items: list[Any]) -> bool:
    """Returns True for strings and formatted parts in one list, as Telegram exports a text."""
    return {type(item) for item in items} == {str, dict} and all(
        type(item) is str or (type(item.get("text")) is str and type(item.get("type")) is str)
        for item in items
    )


def _edited(text: str) -> str | None:
    """Returns the text of a block editor's JSON; ``None`` for other text."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if type(value) is dict:
        lists = (value.get(name) for name in _EDITOR_NAMES)
        is_editor = any(type(inner) in (list, dict) for inner in lists)
    else:
        is_editor = all(type(item) is dict and _is_block(item) for item in value)
    return long_text(value, 1) if is_editor else None


def _is_block(item: Mapping[str, Any]) -> bool:
    return _node_type(item) != "" or _nodes(item) is not None


def _nodes(value: Mapping[str, Any]) -> list[Any] | None:
    """Returns the nodes within one of a rich text; ``None`` if it is none.

    Slate, Lexical and Portable Text name them ``children``, ProseMirror, TipTap and Contentful
    ``content``, beside the type of the node.
    """
    if type(nodes := value.get("children")) is list:
        return nodes
    if type(nodes := value.get("content")) is list and _node_type(value):
        return nodes
    return None


def _node_type(node: Mapping[str, Any]) -> str:
    kind = node.get("type") or node.get("nodeType") or node.get("_type")
    return kind.lower() if type(kind) is str else ""


def _rich_text(nodes: list[Any], depth: int) -> str:
    """Returns the text of nodes: one run if there is text among them, else paragraphs."""
    parts, inline = [], False
    for node in nodes:
        if type(node) is not dict or (kind := _node_type(node)) in _NO_TEXT_TYPES:
            continue
        text = node.get("text", node.get("value"))
        if type(text) is str or kind in _BREAKS:
            inline = True
            parts.append(text if type(text) is str else "\n")
        elif (within := _nodes(node)) and depth < _DEEPEST_NODE:
            parts.append(_rich_text(within, depth + 1))
    return ("" if inline else "\n\n").join(part for part in parts if part)


def _joined(parts: list[str]) -> str | None:
    """Returns paragraphs as one text; as HTML if one of them is."""
    if any(is_html(part) for part in parts):
        return "\n".join(part if "<p" in part else f"<p>{part}</p>" for part in parts)
    return "\n\n".join(parts) or None
