"""The values of a record by the meaning of their names."""

import re
from collections.abc import Mapping
from typing import Any

from pipeline.dumps.field_names import IGNORED, fold, meanings

_LOCALE = re.compile(
    r"[a-z]{2,3}(?:[-_][A-Z][a-z]{3})?[-_][A-Z]{2}|[a-z]{2}(?<!id)(?<!by)"
).fullmatch
"""Matches names like ``en-US``, ``zh-Hant-TW`` and ``de``; ``id`` and ``by`` name other things."""


def _follow(record: Mapping[str, Any], path: str) -> Any:
    if path in record:
        return record[path]
    value: Any = record
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]
    return value


class Named:
    """The values of a record by their meaning, its own before those of the containers in it.

    Args:
      record: field name to value of any JSON type.
      mapping: field to the name that precedes the known ones, dotted if nested.
    """

    def __init__(self, record: Mapping[str, Any], mapping: Mapping[str, str]) -> None:
        self.record = record
        self.locale: str | None = None
        self.locales: set[str] = set()
        self._meanings = known = meanings(tuple(record))
        self._inner: list[tuple[Mapping[str, Any], dict[str, tuple[str, ...]]]] = []
        for name in known["containers"]:
            if type(inner := record[name]) is dict:
                within = meanings(tuple(inner))
                self._inner.append((inner, within))
                for deeper in within["containers"]:
                    if type(value := inner[deeper]) is dict:
                        self._inner.append((value, meanings(tuple(value))))
        self._mapping = mapping
        self._mapped = {}
        if mapping:
            for field, path in mapping.items():
                if (value := _follow(record, path)) is not None:
                    self._mapped[field] = value

    def missing(self) -> dict[str, str]:
        """Returns mapped fields, and their names, that the record does not have."""
        return {field: path for field, path in self._mapping.items() if field not in self._mapped}

    def mapped(self, field: str) -> list[Any]:
        """Returns the mapped value, if the record has it."""
        return [self._translated(self._mapped[field])] if field in self._mapped else []

    def known(self, field: str) -> list[Any]:
        """Returns the values under known names, the likeliest first."""
        record = self.record
        found = [value for name in self._meanings[field] if (value := record[name]) is not None]
        for inner, known in self._inner:
            found += [value for name in known[field] if (value := inner[name]) is not None]
        return [self._translated(value) if type(value) is dict else value for value in found]

    def _translated(self, value: Any) -> Any:
        """Returns the first of values by locale, as Contentful has them; else the value."""
        if (
            type(value) is not dict
            or not value
            or not all(isinstance(name, str) and _LOCALE(name) for name in value)
        ):
            return value
        locale = next(iter(value))
        self.locale = self.locale or locale
        self.locales.update(value)
        return value[locale]

    def named(self, field: str) -> list[tuple[str, Any]]:
        """Returns names and values of the known names, of the record itself."""
        return [(name, self.record[name]) for name in self._meanings[field]]

    def unknown(self) -> list[str]:
        """Returns the names of fields with a value that none of the tables knows."""
        known = {name for names in self._meanings.values() for name in names}
        known |= {path.split(".")[0] for path in self._mapping.values()} | set(IGNORED)
        return [
            name
            for name, value in self.record.items()
            if name not in known and fold(str(name)) not in IGNORED and value not in (None, "", [])
        ]

    def values(self, field: str) -> list[Any]:
        """Returns the mapped and the known values."""
        return self.mapped(field) + self.known(field) if self._mapped else self.known(field)
