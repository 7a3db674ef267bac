"""What a page says about itself: headline, authors, time, address, outlet, tags, language."""

import datetime
import email.utils
from collections.abc import Iterator
from typing import Any

import lxml.html
import orjson


def page_metadata(root: lxml.html.HtmlElement, url: str | None = None) -> dict[str, Any]:
    """Returns the columns a page fills, by name; ``None`` or ``[]`` where it says nothing.

    Args:
      root: the page's tree; left as it is.
      url: the page's address, if known.
    """
    meta: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        content = (element.get("content") or "").strip()
        key = element.get("property") or element.get("name") or element.get("itemprop")
        if key and content:
            meta.setdefault(key.lower(), []).append(content)
    nodes = list(_linked_data(root))
    article = next((node for node in nodes if _is_article(node)), {})

    def first(*keys: str) -> str | None:
        return next((meta[key][0] for key in keys if key in meta), None)

    title = article.get("headline") or first("og:title", "twitter:title")
    if not isinstance(title, str):
        title = None
    date = article.get("datePublished") or first("article:published_time", "datepublished")
    authors = []
    for author in _as_list(article.get("author")):
        name = author.get("name") if isinstance(author, dict) else author
        if isinstance(name, str) and name.strip():
            authors.append(" ".join(name.split()))
    canonical = next(
        (link.get("href") for link in root.iter("link") if link.get("rel") == "canonical"), None
    )
    language = (root.get("lang") or "").split("-")[0].split("_")[0].lower()
    return {
        "title": " ".join(title.split()) if title else None,
        "authors": list(dict.fromkeys(authors)),
        "published_at": parse_time(date) if isinstance(date, str) else None,
        "url": canonical if canonical and canonical.startswith("http") else first("og:url"),
        "outlet": first("og:site_name"),
        "tags": list(dict.fromkeys(meta.get("article:tag", ()))),
        "language_hint": language if len(language) == 2 and language.isalpha() else None,
    }


def parse_time(text: str) -> datetime.datetime | None:
    """Returns a time stamp in UTC; a time without a zone is taken as UTC."""
    try:
        moment = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        try:
            moment = email.utils.parsedate_to_datetime(text)
        except (TypeError, ValueError):
            return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    try:
        return moment.astimezone(datetime.UTC)
    except OverflowError:
        return None


def _linked_data(root: lxml.html.HtmlElement) -> Iterator[dict[str, Any]]:
    for script in root.iter("script"):
        if script.get("type") != "application/ld+json" or not script.text:
            continue
        try:
            stack = [orjson.loads(script.text)]
        except orjson.JSONDecodeError:
            continue
        while stack:
            node = stack.pop()
            if isinstance(node, list):
                stack.extend(reversed(node))
            elif isinstance(node, dict):
                yield node
                stack.append(node.get("@graph"))


def _is_article(node: dict[str, Any]) -> bool:
    return any(
        isinstance(kind, str) and kind.endswith(("Article", "Posting"))
        for kind in _as_list(node.get("@type"))
    )


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
