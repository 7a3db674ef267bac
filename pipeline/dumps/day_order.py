"""Whether the days of a dump are written day first or month first.

A value such as 28/02/2024 has one reading only, and decides for the others of the dump: a column is
written in one order. Where a dump has values of both orders, as one collected from several outlets,
those of a host decide for it. Where it has neither, language and country do: English alone has days
behind months, and only in some countries.
"""

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.dumps.field_names import is_day_first_name

BYTES = 1 << 20
"""Bytes at the beginning of a dump that decide, so that ranges of it agree: some 200 articles."""


@functools.cache
def _days() -> Any:
    """Returns the pattern of a day where a value begins, once a process.

    re2 takes 1.5 ms for :data:`BYTES` of articles, Python's re 14 ms.
    """
    # Imported here since a run that is planned needs it only to read dumps.
    import re2

    return re2.compile(
        rb"(?:\A|[\n,;\t|\"'])[\s\v]?(\d{1,2})(?:\\?/(\d{1,2})\\?/|-(\d{1,2})-)(?:\d{4}|\d\d)"
    )


_VALUE_GOES_ON = frozenset(b" \t\n\r\v\f\"',;|T")
_HOST = re.compile(rb"https?:\\?/\\?/(?:www\.)?([\w.-]+)", re.IGNORECASE)


def day_order(head: bytes) -> dict[str, bool]:
    """Returns host to True for day first or False for month first; an empty host is the whole dump.

    Args:
      head: the beginning of a dump, as text in an encoding that extends ASCII.
    """
    decided = [
        (match.start(), first > 12)
        for match in _days().finditer(head)
        if (match.end() == len(head) or head[match.end()] in _VALUE_GOES_ON)
        and ((first := int(match[1])) > 12) != (int(match[2] or match[3]) > 12)
    ]
    orders = {order for _, order in decided}
    if len(orders) < 2:
        return dict.fromkeys(("",) if orders else (), orders == {True})
    by_host: dict[str, set[bool]] = {}
    for start, order in decided:
        # One line is one record of JSON Lines, and mostly of a table.
        line = head[
            head.rfind(b"\n", 0, start + 1) + 1 : max(head.find(b"\n", start + 1), 0) or None
        ]
        if host := _HOST.search(line):
            by_host.setdefault(host[1].decode("ascii", "replace").lower(), set()).add(order)
    return {host: found == {True} for host, found in by_host.items() if len(found) == 1}


def day_first(order: Mapping[str, bool], host: str | None) -> bool | None:
    """Returns the order of the days of a host; ``None`` if nothing decides.

    Args:
      order: from :func:`day_order`.
      host: without ``www.``.
    """
    return order.get(host or "", order.get(""))


_MONTH_FIRST_OR_YEAR_FIRST = frozenset(("us", "ph", "ca", "jp", "cn", "kr", "tw", "hk", "hu", "lt",
                                        "ir", "mn"))  # fmt: skip
_GENERIC = frozenset(("io", "co", "tv", "me", "ai", "fm", "ly", "to", "cc", "ws", "la", "gg", "eu"))
"""Domains of countries that are in use all over the world."""

_MONTH_FIRST_WORDS = ("the", "of", "to", "and", "in")
_FEWEST_WORDS, _ENGLISH_SHARE = 30, 0.08
"""Words from which a text shows its language, and the share of the five most frequent words of
English in it: .15 to .25 of an English text, .03 at most of one in another language."""

_SPACELESS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def likely_day_first(names: Iterable[str], host: str | None, text: str) -> bool | None:
    """Returns True if a record is of a language or country that writes days first, else ``None``.

    Args:
      names: what its fields are called.
      host: without ``www.``.
      text: its text or HTML.
    """
    if any(is_day_first_name(name) for name in names):
        return True
    domain = (host or "").rpartition(".")[2]
    if len(domain) == 2 and domain not in _MONTH_FIRST_OR_YEAR_FIRST | _GENERIC:
        return True
    begin = text[:4000]
    if _SPACELESS.search(begin):
        return None
    words = begin.lower().split()
    english = sum(words.count(word) for word in _MONTH_FIRST_WORDS)
    return True if len(words) >= _FEWEST_WORDS and english < _ENGLISH_SHARE * len(words) else None


_TWO_NUMBERS = re.compile(r"\D{0,20}?(\d{1,2})(/)(\d{1,2})\2(?:\d{4}|\d\d)(?!\d)")


def is_ambiguous(value: object) -> bool:
    """Returns True for a text with a day that could be two."""
    match = _TWO_NUMBERS.match(value[:40]) if isinstance(value, str) else None
    return match is not None and max(int(match[1]), int(match[3])) <= 12 and match[1] != match[3]
