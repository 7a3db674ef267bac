"""Editions: articles that an outlet printed again, and the number of each."""

from typing import Any, NamedTuple

import pyarrow as pa

from transforms.near_duplicates.origins import NEW, NO_ORIGIN
from transforms.near_duplicates.streams import SCHEMAS

Id = tuple[int, int]
"""Both parts of an article's id."""


class _Member(NamedTuple):
    """An article of a pair of editions.

    Attributes:
      time: as in its origin.
      id: of the article.
      first: its first edition, if an earlier run has found one; else its own id.
      number: number of the edition, 0 if it is of this run.
    """

    time: int
    id: Id
    first: Id
    number: int


def number_editions(pairs: pa.Table) -> pa.Table:
    """Returns ``editions``, one row an article of this run that has editions.

    Articles are editions of one article if a chain of pairs joins them. What an earlier run has
    committed keeps its number; the others follow in the order of their dates.

    Args:
      pairs: ``edition_pairs``, all of the run.
    """
    members: dict[Id, _Member] = {}
    joined: dict[Id, Id] = {}

    def root(article: Id) -> Id:
        while joined.setdefault(article, article) != article:
            joined[article] = joined[joined[article]]
            article = joined[article]
        return article

    for pair in pairs.to_pylist():
        one, two = _member(pair, ""), _member(pair, "other_")
        members |= {one.id: one, two.id: two}
        roots = sorted((root(one.id), root(two.id)))
        joined[roots[1]] = roots[0]
    groups: dict[Id, list[_Member]] = {}
    for article in sorted(members):
        groups.setdefault(root(article), []).append(members[article])
    rows: list[dict[str, Any]] = []
    for group in groups.values():
        group.sort()
        first = group[0].first
        number = max(member.number for member in group)
        for member in group:
            if member.time & int(NEW):
                number += 1
                rows.append(
                    dict(zip(("article", "low"), member.id, strict=True))
                    | dict(zip(("first_article", "first_low"), first, strict=True))
                    | {"number": number}
                )
    return pa.Table.from_pylist(rows, schema=SCHEMAS["editions"])


def _member(pair: dict[str, Any], prefix: str) -> _Member:
    article = (pair[f"{prefix}article"], pair[f"{prefix}low"])
    first = (pair[f"{prefix}first_article"], pair[f"{prefix}first_low"])
    is_new = bool(pair[f"{prefix}time"] & int(NEW))
    return _Member(
        pair[f"{prefix}time"],
        article,
        article if first[0] == NO_ORIGIN else first,
        0 if is_new else max(pair[f"{prefix}number"], 1),
    )
