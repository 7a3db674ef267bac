"""JSON of archives whose records name their fields in a way of their own.

- HAR 1.2 (``log.entries``), as the network panels of browsers save it: the page is within
  ``response.content.text``, in base64 if its ``encoding`` says so.
- Trove of the National Library of Australia: ``heading`` is the headline, and ``title`` an object
  that names the newspaper.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from pipeline.dumps.block import DumpError
from pipeline.dumps.page import decode_page

_PAGES = ("text/html", "application/xhtml+xml")
_SUCCESS = (200, 203, 206, 304)
"""What a browser shows; 304 is a page it had already."""


def named_fields(record: dict[str, Any]) -> dict[str, Any]:
    """Returns a record of HAR or Trove with the names of articles; any other as it is.

    Raises:
      DumpError: ``no_article``: the entry of HAR is no page; ``no_text``: it was saved without it.
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
    return record


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
