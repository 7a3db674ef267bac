"""Whether the days of a dump are written day first or month first.

A value such as 28/02/2024 has one reading only, and decides for the others of the dump: a column is
written in one order. Where a dump has values of both orders, as one collected from several outlets,
those of a host decide for it.
"""

import re
from collections.abc import Mapping

import re2

BYTES = 1 << 20
"""Bytes at the beginning of a dump that decide, so that ranges of it agree: some 200 articles."""

_DAY = re2.compile(rb"(?:\A|[\n,;\t|\"'])[\s\v]?(\d{1,2})(?:/(\d{1,2})/|-(\d{1,2})-)(?:\d{4}|\d\d)")
"""A day where a value begins; re2 takes 1.5 ms for :data:`BYTES` of articles, Python's re 14 ms."""

_VALUE_GOES_ON = frozenset(b" \t\n\r\v\f\"',;|T")
_HOST = re.compile(rb"https?://(?:www\.)?([\w.-]+)", re.IGNORECASE)


def day_order(head: bytes) -> dict[str, bool]:
    """Returns host to True for day first or False for month first; an empty host is the whole dump.

    Args:
      head: the beginning of a dump, as text in an encoding that extends ASCII.
    """
    decided = [
        (match.start(), first > 12)
        for match in _DAY.finditer(head)
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
