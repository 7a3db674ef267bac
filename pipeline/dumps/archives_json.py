"""JSON of archives whose records name their fields in a way of their own.

- HAR 1.2 (``log.entries``), as the network panels of browsers save it: the page is within
  ``response.content.text``, in base64 if its ``encoding`` says so.
- Trove of the National Library of Australia: ``heading`` is the headline, and ``title`` an object
  that names the newspaper.
- Notion's API: the properties of a page, and its blocks, beside it or within it.
- SQuAD: the paragraphs of an article, each with questions; or one of them with one question.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from pipeline.dumps.block import DumpError
from pipeline.dumps.field_names import fold, holds_text
from pipeline.dumps.long_text import long_text
from pipeline.dumps.page import decode_page

_PAGES = ("text/html", "application/xhtml+xml")
_SUCCESS = (200, 203, 206, 304)
"""What a browser shows; 304 is a page it had already."""


def named_fields(record: dict[str, Any]) -> dict[str, Any]:
    """Returns a record of one of these archives with the names of articles; any other as it is.

    Raises:
      DumpError: ``no_article``: the entry of HAR is no page; ``no_text``: it, or the page of
        Notion, was saved without its text.
    """
    request, response, title = (record.get(name) for name in ("request", "response", "title"))
    if isinstance(request, Mapping) and isinstance(response, Mapping):
        content = response.get("content")
        if isinstance(content, Mapping) and "url" in request:
            return _page(str(request["url"]), response, content)
    if isinstance(title, Mapping) and isinstance(record.get("heading"), str):
        others = {name: value for name, value in record.items() if name != "troveUrl"}
        return {
            **others,
            "title": record["heading"],
            "newspaper": title.get("title") or title.get("value"),
            "url": record.get("troveUrl") or record.get("url") or record.get("identifier"),
        }
    if blocks := notion_blocks(record):
        return _notion_page(record, blocks)
    if record.get("object") == "page" and isinstance(record.get("properties"), Mapping):
        return _notion_page(record, [])
    return _questioned(record)


def notion_blocks(record: Mapping[str, Any]) -> list[Any]:
    """Returns the blocks of a page of Notion, under any name of a record; none for others."""
    for value in record.values():
        listed = value.get("results") if type(value) is dict else value
        if type(listed) is list and all(
            type(block) is dict and block.get("object") == "block" for block in listed
        ):
            return listed
    return []


def _notion_page(record: dict[str, Any], blocks: list[Any]) -> dict[str, Any]:
    page = record if record.get("object") == "page" else record.get("page")
    found: dict[str, Any] = {"text": blocks}
    if isinstance(page, Mapping):
        found |= {
            "id": page.get("id"), "url": page.get("url"), "created": page.get("created_time"),
            "modified": page.get("last_edited_time"),
        }  # fmt: skip
        properties = page.get("properties")
        for name, value in properties.items() if isinstance(properties, Mapping) else ():
            kind = value.get("type") if isinstance(value, Mapping) else None
            if kind in _PLAIN_PROPERTIES and (plain := _plain(value.get(kind))):
                found["title" if kind == "title" else "url" if kind == "url" else name] = plain
        if not blocks and not any(holds_text(fold(name)) for name in found if name != "text"):
            raise DumpError(
                "no_text",
                "The page of Notion comes without its blocks; save those of the endpoint "
                "blocks/ID/children beside it.",
            )
    elif blocks[0].get("type") == "heading_1":
        found["title"] = long_text(blocks[0])
    return {name: value for name, value in found.items() if value}


_PLAIN_PROPERTIES = (
    "title", "rich_text", "url", "date", "select", "multi_select", "people", "status"
)  # fmt: skip


def _plain(value: Any) -> Any:
    """Returns the text of a property of Notion, or the texts of one with several values."""
    if type(value) is list:
        texts = [text for part in value if type(text := _plain(part)) is str]
        is_text = any("plain_text" in part for part in value if type(part) is dict)
        return "".join(texts) if is_text else texts
    if type(value) is dict:
        return value.get("plain_text") or value.get("start") or value.get("name")
    return value


def _questioned(record: dict[str, Any]) -> dict[str, Any]:
    """Returns a record of SQuAD with its text; any other as it is."""
    paragraphs, context = record.get("paragraphs"), record.get("context")
    if type(paragraphs) is list and all(
        type(part) is dict and "qas" in part for part in paragraphs
    ):
        contexts = [part.get("context") for part in paragraphs]
    elif type(context) is str and "question" in record:
        contexts = [context]
    else:
        return record
    title = record.get("title")
    return {
        "title": title.replace("_", " ") if type(title) is str else None,
        "text": "\n\n".join(text for text in contexts if type(text) is str),
    }


def _page(url: str, response: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    kind, _, parameters = str(content.get("mimeType") or "").partition(";")
    status = response.get("status")
    if kind.strip().lower() not in _PAGES or status not in _SUCCESS:
        raise DumpError(
            "no_article",
            f"The entry is an answer of type {kind or 'unknown'} and status {status}, no page; "
            "there is nothing to mend.",
        )
    text = content.get("text")
    if not isinstance(text, str) or not text.strip():
        raise DumpError(
            "no_text",
            "The page was saved without its content; save it again as HAR with content.",
        )
    if content.get("encoding") == "base64":
        try:
            raw = base64.b64decode(text, validate=False)
        except (binascii.Error, ValueError) as error:
            raise DumpError(
                "no_text", f"The page is no valid base64 ({error}); save it again."
            ) from error
        charset = parameters.partition("charset=")[2].strip("\"' ")
        text, _ = decode_page(raw, charset or None)
    return {"html": text, "url": url}
