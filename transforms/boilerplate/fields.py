"""Fields of the tables' rows, and what a file of rows must say to be read."""

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from transforms.boilerplate.patterns import FORMS, TableError
from transforms.text import key

KINDS = ("links", "menu", "prompt", "footer", "fact", "caption", "title", "comments")
"""Kinds of what rules remove; the kind of its rule is a feature of a line in the line model."""

WHERE = ("anywhere", "outside", "above", "below", "last", "page")
"""Where a row decides: anywhere; outside the running text or beside other boilerplate; before its
first sentence; behind its last one; in the last line that is left; or nowhere, so that the match is
only a feature of the line model in the dump of a whole page."""

MOST_WORDS = {"labels": 16, "bags": 30, "patterns": 60}
"""Sorts of rows, and the words of the longest line that a row takes by default."""

_COMMON = {"rule", "about", "language", "where", "least", "most", "open", "outlets"}
_COMMON |= {"takes", "leaves"}
_FIELDS = {
    "labels": _COMMON | {"labels", "heads", "counted", "capitals"},
    "bags": _COMMON | {"makers", "words", "share", "digits"},
    "patterns": _COMMON | {*FORMS, "and", "unless", "each"},
}
_NEEDED = {"labels": ("labels", "heads"), "bags": ("makers",), "patterns": tuple(FORMS)}
"""Fields of which a row must have one: without them it takes nothing."""
_TYPES = {
    **dict.fromkeys(("rule", "about", "language", "where", "digits"), "a text"),
    **dict.fromkeys((*FORMS, "each"), "a text or a list of texts"),
    **dict.fromkeys(("least", "most", "share"), "a number from 1 on"),
    **dict.fromkeys(("open", "counted", "capitals"), "true or false"),
    **dict.fromkeys(
        "outlets takes leaves labels heads makers words and unless".split(), "a list of texts"
    ),
}
FIELDS = tuple(_TYPES)
"""Fields that rows have."""
_KEYS = ("labels", "heads", "makers")
"""Fields whose texts are compared by their letters and digits."""


def parsed(name: str, text: str) -> dict[str, Any]:
    """Returns the TOML of a file of rows; whether its rows can be used is for :func:`check_row`.

    Args:
      name: of the file, for messages.
      text: its content.

    Raises:
      TableError: it is no TOML, or has something else than rows, rules and words.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TableError(f"{name} is no TOML: {error}") from error
    known = {"language", "rules", "words", *_FIELDS}
    for field, value in table.items():
        if field not in known:
            raise TableError(
                f"{name} has {field!r}, which is not read. Write {listed(sorted(known))}"
            )
        if field == "language":
            if not isinstance(value, str):
                raise TableError(f"{name}: language is {value!r}. It must be a text")
        elif field in _FIELDS:
            if not (isinstance(value, list) and all(isinstance(row, dict) for row in value)):
                raise TableError(f"{name}: {field} is no list of rows. Begin each with [[{field}]]")
        elif not isinstance(value, dict):
            raise TableError(f"{name}: {field} is {value!r}. Write its entries below [{field}]")
    for word, texts in table.get("words", {}).items():
        _check_texts(f"{name}, words {word!r}", "the list", texts, "a text or a list of texts")
    return table


def check_rule(name: str, rule: str, entry: object) -> None:
    """Checks what a file declares of a rule.

    Raises:
      TableError: it lacks what a rule needs.
    """
    if not isinstance(entry, dict) or set(entry) != {"about", "kind"}:
        raise TableError(
            f"{name}: rule {rule!r} needs `about` (a sentence) and `kind` ({listed(KINDS)})"
        )
    if not isinstance(entry["about"], str) or not entry["about"].strip():
        raise TableError(f"{name}: rule {rule!r} has about {entry['about']!r}. Write a sentence")
    if entry["kind"] not in KINDS:
        raise TableError(
            f"{name}: rule {rule!r} has kind {entry['kind']!r}. Kinds are {listed(KINDS)}"
        )


def check_row(sort: str, source: str, entry: Mapping[str, Any], rules: Collection[str]) -> None:
    """Checks the fields of a row, less its patterns.

    Args:
      sort: ``labels``, ``bags`` or ``patterns``.
      source: file and number of the row, for messages.
      entry: the row.
      rules: names of all rules.

    Raises:
      TableError: a field it must not have or lacks, or a value that cannot be meant.
    """
    for field, value in entry.items():
        if field not in _FIELDS[sort]:
            raise TableError(
                f"{source} has {field!r}, which is not read. Write {listed(sorted(_FIELDS[sort]))}"
            )
        _check_texts(source, field, value, _TYPES[field])
    for field, choices in (("where", WHERE), ("digits", ("no", "may", "must"))):
        if entry.get(field, choices[0]) not in choices:
            raise TableError(f"{source}: {field} is {entry[field]!r}. It must be {listed(choices)}")
    least, most = entry.get("least", 1), entry.get("most", MOST_WORDS[sort])
    if least > most:
        raise TableError(
            f"{source}: least is {least} and most is {most} words, so no line can be taken. Write "
            "`most` as large as `least`, or larger"
        )
    if "rule" not in entry:
        raise TableError(f"{source} names no rule. Write rule = NAME")
    if entry["rule"] not in rules:
        raise TableError(
            f"{source}: there is no rule {entry['rule']!r}. Declare it as [rules.NAME] with "
            f"`about` and `kind`, or name one of {listed(sorted(rules))}"
        )
    if not any(field in entry for field in _NEEDED[sort]):
        what = "pattern" if sort == "patterns" else "words that a line must have"
        raise TableError(f"{source}: it has no {what}. Write one of {listed(_NEEDED[sort])}")


def listed(names: Iterable[str]) -> str:
    """Returns names as messages list them."""
    return ", ".join(names)


def _check_texts(source: str, field: str, value: object, wanted: str) -> None:
    """Raises ``TableError`` if a value is of the wrong type, or has a text that takes nothing."""
    if _type_of(value) not in (wanted, *wanted.split(" or ")):
        raise TableError(f"{source}: {field} is {value!r}. It must be {wanted}")
    texts: Sequence[str] = [value] if isinstance(value, str) else []
    if isinstance(value, list):
        texts = value
        if not texts:
            raise TableError(f"{source}: {field} is empty. Write a text in it, or leave it out")
    for text in texts:
        if not text.strip() or (field in _KEYS and not key(text)):
            raise TableError(
                f"{source}: {field} holds {text!r}, which has no "
                f"{'letter or digit' if field in _KEYS else 'words'}. Leave it out"
            )


def _type_of(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case int() if value >= 1:
            return "a number from 1 on"
        case str():
            return "a text"
        case list() if all(isinstance(part, str) for part in value):
            return "a list of texts"
    return "something else"
