"""The article in the data that a page hands to its scripts.

Frameworks (Next.js, Nuxt, Gatsby, Redux) put what they show into the page as JSON, of which they
render a part, or nothing, before a script runs. The object that describes the article has its
headline, and its text as a string or as a list of paragraphs.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

import orjson

_STATE_ID = re.compile(r"__(?:NEXT|NUXT)_DATA__|.*(?:state|props|data)$", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"\s*(?:window|self|globalThis)(?:\.\w+|\[[\"']\w+[\"']\])\s*=\s*(?=\{)", re.ASCII
)
_TITLES = ("headline", "title", "articleTitle", "name")
_TEXTS = ("articleBody", "body", "content", "paragraphs", "blocks", "text", "html", "bodyHtml",
          "bodyText", "contents", "elements", "components", "bodyElements")  # fmt: skip
_DATES = ("publishedAt", "datePublished", "published", "publishDate", "publicationDate",
          "published_at", "firstPublished", "publish_date", "display_date", "pubDate",
          "date")  # fmt: skip
_INNER = ("text", "content", "html", "value", "body", "children", "data")
_NO_TEXT = re.compile(
    r"image|video|audio|gallery|ad|advert\w*|related|newsletter|embed|byline", re.I
)
_PARAGRAPH_END = re.compile(
    r"</(?:p|div|li|h\d|blockquote)>|<br\s*/?>\s*<br\s*/?>|\n", re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]*>")
_MOST_NODES = 100_000
"""Values that are looked at; the state of a front page may have millions."""

LEAST_PARAGRAPHS, LEAST_LETTERS = 2, 200
"""Of a text that counts as that of an article."""


def app_article(scripts: Iterator[Any], titles: list[str]) -> dict[str, Any]:
    """Returns the article of the page's data in the terms of schema.org; empty without one.

    Args:
      scripts: the ``script`` elements of the page.
      titles: headings and title of the page, one of which must be that of the article.
    """
    wanted = [_key(title) for title in titles if title]
    best: dict[str, Any] = {}
    longest = 0
    for script in scripts:
        for node in _objects(_data(script)):
            title = next((node[name] for name in _TITLES if isinstance(node.get(name), str)), "")
            if not title or not any(_key(title) in other for other in wanted):
                continue
            for name in _TEXTS:
                lines = list(_lines(node.get(name), 0))
                letters = sum(map(len, lines))
                if len(lines) >= LEAST_PARAGRAPHS and letters >= max(LEAST_LETTERS, longest + 1):
                    longest = letters
                    date = next((node[key] for key in _DATES if isinstance(node.get(key), str)), "")
                    best = {"headline": title, "articleBody": "\n\n".join(lines)}
                    best |= {"datePublished": date} if date else {}
    return best


def _key(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


def _data(script: Any) -> Any:
    """Returns the JSON of a script; ``None`` for any other."""
    text = script.text or ""
    kind = (script.get("type") or "").lower()
    if kind == "application/json" or (script.get("id") and _STATE_ID.fullmatch(script.get("id"))):
        pass
    elif not kind and (assigned := _ASSIGNED.match(text)):
        text = text[assigned.end() :].strip().rstrip(";")
    else:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    """Yields all objects in a value, the outer ones first."""
    stack, seen = [data], 0
    while stack and seen < _MOST_NODES:
        node = stack.pop()
        seen += 1
        if isinstance(node, dict):
            yield node
            stack.extend(value for value in node.values() if isinstance(value, dict | list))
        elif isinstance(node, list):
            stack.extend(value for value in node if isinstance(value, dict | list))


def _lines(value: Any, depth: int) -> Iterator[str]:
    """Yields the paragraphs of a text: a string, or a list of strings or objects."""
    if isinstance(value, str):
        for part in _PARAGRAPH_END.split(value):
            if line := " ".join(html.unescape(_TAG.sub("", part)).split()):
                yield line
    elif isinstance(value, list) and depth < 6:
        inline = [item.get("text") for item in value if isinstance(item, dict)]
        if depth > 1 and len(inline) == len(value) and all(isinstance(t, str) for t in inline):
            yield from _lines("".join(map(str, inline)), depth + 1)  # runs of one paragraph
            return
        for item in value:
            yield from _lines(item, depth + 1)
    elif isinstance(value, dict) and depth < 6:
        if _NO_TEXT.fullmatch(str(value.get("type", ""))):
            return
        for name in _INNER:
            if value.get(name):
                yield from _lines(value[name], depth + 1)
                return
