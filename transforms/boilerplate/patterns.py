"""Regular expressions of tables, and the automata that look for all of them at once.

A pattern sees a line in lower case, with plain apostrophes and single spaces; ``docs/rules.md``
says how it is written. RE2 (Cox, "Regular Expression Matching in the Wild", 2010) takes time in
proportion to the line, whatever the patterns and however many they are.
"""

import re
from collections.abc import Callable, Mapping, Sequence

import re2

from transforms.text import folded


class TableError(ValueError):
    """A table that cannot be used; the message names the file, the row and what to write."""


# Letters, digits, marks of letters and the underscore, as few wide ranges: an automaton over UTF-8
# grows with their number. RE2's own \w and \b know ASCII only.
_WORD = (
    r"0-9A-Z_a-z\x{c0}-\x{1fff}\x{2c00}-\x{2fff}\x{3005}-\x{3007}\x{3040}-\x{d7ff}\x{f900}-\x{fdff}"
    r"\x{fe70}-\x{fefe}\x{ff10}-\x{ffdc}\x{10000}-\x{1efff}\x{20000}-\x{10ffff}"
)
FORMS = {
    "starts": f"^[^{_WORD}]*(?:%s)(?:[^{_WORD}]|$)",
    "ends": f"(?:^|[^{_WORD}])(?:%s)[^{_WORD}]*$",
    "is": f"^[^{_WORD}]*(?:%s)[^{_WORD}]*$",
    "holds": f"(?:^|[^{_WORD}])(?:%s)(?:[^{_WORD}]|$)",
    "line": "%s",
}
"""Ways in which a pattern stands in a line: its first words, its last ones, the whole of it, or
words anywhere; marks around them do not count. ``line`` is taken as it is written."""

_COUNTED = re.compile(r"\{[0-9,]*[0-9][0-9]\}")
_ESCAPES = re.compile(r"\\.")
_CLASS_OR_WORD = re.compile(r"\[(?:\\.|[^\[\]\\])*\]|\\[wWbB]")
_PLAIN = [
    *dict.fromkeys("\u2018\u2019", "'").items(),
    *dict.fromkeys("\u201c\u201d\u201e", '"').items(),
    ("\u00a0", " "),
    ("\u2026", "..."),
]
"""Marks that make half of all lines non-ASCII; what they stand for in patterns."""
_SPACES = re.compile(r"[ \t]+")
_NAME = re.compile(r"(?<!\\x)\{([a-z_]+)(\|?)\}")


def fold(text: str) -> str:
    """Returns a line as patterns see it: NFKC, case-folded, plain quotes, single spaces."""
    for mark, plain in _PLAIN:
        text = text.replace(mark, plain)
    text = text.lower() if text.isascii() else folded(text)
    return _SPACES.sub(" ", text) if "  " in text or "\t" in text else text


def folded_lines(texts: Sequence[str]) -> list[bytes]:
    """Returns the folded lines in UTF-8; together, since most have ASCII letters alone."""
    data = "\n".join(texts)
    for mark, plain in _PLAIN:
        data = data.replace(mark, plain)
    if "  " in data or "\t" in data:
        data = _SPACES.sub(" ", data)
    lines = data.encode("utf-8", "replace").lower().split(b"\n")
    if len(lines) != len(texts):
        return [fold(text).encode("utf-8", "replace") for text in texts]
    for at, line in enumerate(lines):
        if not line.isascii():
            lines[at] = fold(texts[at]).encode("utf-8", "replace")
    return lines


def _pattern(form: str, pattern: str, words: Mapping[str, str]) -> str:
    """Returns a pattern of a table as RE2 takes it.

    Raises:
      ValueError: it is no pattern; the message says why.
    """

    def named(match: "re.Match[str]") -> str:
        if match[1] not in words:
            raise ValueError(f"there are no words {{{match[1]}}}. Listed are: {', '.join(words)}")
        listed = _widened(words[match[1]])
        return f"(?:{listed})" if match[2] else FORMS["holds"] % listed

    return FORMS[form] % _NAME.sub(named, _widened(pattern))


def _widened(pattern: str) -> str:
    r"""Returns a pattern whose ``\w`` and ``\W`` know all scripts."""

    def widened(match: "re.Match[str]") -> str:
        escape = match[0]
        if escape in (r"\b", r"\B"):
            raise ValueError(rf"{escape} knows ASCII only. Write [^\w] or a space, or nothing")
        if escape == r"\w":
            return f"[{_WORD}]"
        if escape == r"\W":
            return f"[^{_WORD}]"
        return escape.replace(r"\w", _WORD)

    if _COUNTED.search(pattern):
        raise ValueError(
            "a repetition counted beyond 9 makes the automaton large. Write * or +: `most` limits "
            "the words of a line"
        )
    bare = _ESCAPES.sub("", pattern)
    if fold(bare) != bare:
        raise ValueError("lines are compared in lower case with plain apostrophes. Write it so")
    return _CLASS_OR_WORD.sub(widened, pattern)


def quoted(text: str) -> str:
    """Returns the pattern that is a text."""
    return str(re2.escape(fold(text)))


def whole_pattern(source: str, form: str, pattern: str, words: Mapping[str, str]) -> str:
    """Returns a pattern of a table as RE2 takes it.

    Args:
      source: file and row, for messages.
      form: one of ``FORMS``.
      pattern: as it stands in the table.
      words: the listed words that it may name.

    Raises:
      TableError: it is none.
    """
    try:
        whole = _pattern(form, pattern, words)
        re2.compile(whole, _quiet())
    except (ValueError, re2.error) as error:
        raise TableError(
            f"{source}: `{form} = {pattern!r}` cannot be used: {_said(error)}. Patterns are "
            "written in the syntax of RE2, without look-around and back-references"
        ) from error
    return whole


def _quiet() -> "re2.Options":
    """Returns options with which RE2 writes no line of its own to standard error."""
    options = re2.Options()
    options.log_errors = False
    return options


def _set_options() -> "re2.Options":
    options = _quiet()
    options.max_mem = 64 << 20  # bytes; the states are built as lines need them
    options.never_capture = True
    return options


def _said(error: Exception) -> str:
    """Returns the message of an error; RE2's is in bytes."""
    [message] = error.args
    return message.decode("utf-8", "replace") if isinstance(message, bytes) else str(message)


class Automaton:
    """Patterns that are looked for together, in two passes over a line.

    What stands at the start of a line is decided there; what may stand anywhere is looked for to
    its end. One automaton of both has their states multiplied: over 12,600 articles it spends 6 us
    a line, most of them on building states, where the two spend 4.5.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        # Whether its patterns begin at the start of the line: the automaton, and their numbers.
        self._parts: dict[bool, tuple[re2.Set, list[int]]] = {
            anchored: (re2.Set.SearchSet(_set_options()), []) for anchored in (True, False)
        }
        self._passes: list[tuple[Callable[[bytes], list[int] | None], list[int]]] = []

    def add(self, pattern: str) -> int:
        """Returns the number of a pattern, which is added if it is new."""
        if pattern not in self._numbers:
            part, numbers = self._parts[pattern.startswith("^")]
            part.Add(pattern)
            numbers.append(len(self._numbers))
            self._numbers[pattern] = len(self._numbers)
        return self._numbers[pattern]

    def compile(self) -> None:
        """Builds the automata; no pattern can be added from here on.

        Raises:
          TableError: the patterns are too large.
        """
        filled = [(part, numbers) for part, numbers in self._parts.values() if numbers]
        try:
            for part, _ in filled:
                part.Compile()
        except re2.error as error:
            raise TableError(
                f"the patterns of the tables are too large together ({_said(error)}). Use shorter "
                "lists of alternatives, or `labels` in place of patterns"
            ) from error
        self._passes = [(part.Match, numbers) for part, numbers in filled]

    def found_in(self, data: bytes) -> list[int]:
        """Returns the numbers of the patterns that a folded line holds."""
        return [numbers[at] for match, numbers in self._passes for at in match(data) or ()]
