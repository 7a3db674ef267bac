"""Lines of an article while it is decided which of them are its text."""

from typing import NamedTuple

from transforms.boilerplate.engine import Match
from transforms.text import ends_sentence, has_words, word_count

BODY_WORDS = 12
"""Words of a sentence from which on it is running text; labels and headlines are shorter."""

HEAD_LINES = 12
"""A dump that begins with the article has no more lines above its text."""


class Line:
    """A non-blank line while its fate is open.

    Attributes:
      number: 1-based number among all lines of the article.
      text: the line, outer white space stripped.
      ended: whether it ends as sentences do.
      match: the row of the tables that it matches by its own words, or ``None``.
      rule: what takes it out, or ``None``.
      body: whether it is a sentence of running text by its length.
    """

    __slots__ = ("_words", "body", "ended", "match", "number", "rule", "text")

    def __init__(self, number: int, text: str, match: Match | None) -> None:
        self.number = number
        self.text = text
        self._words = -1
        self.ended = ends_sentence(text)
        self.match = match
        self.rule: str | None = match.rule if match is not None and match.firm else None
        self.body = match is None and self.ended and has_words(text, BODY_WORDS)

    @property
    def words(self) -> int:
        """How many words the line has; counted where it matters, which is in a few lines only."""
        if self._words < 0:
            self._words = word_count(self.text)
        return self._words

    @property
    def is_boilerplate(self) -> bool:
        """Whether the line is taken out, and not for being a date or a field."""
        return (
            self.rule is not None
            and self.rule not in ("timestamp_v4", "date_line_v1")
            and not self.rule.startswith("field:")
        )


class Judged(NamedTuple):
    """The lines of an article after the rules.

    Attributes:
      lines: the non-blank lines in order.
      title: the headline of the dump, else that of the lines, else ``None``.
      authors: names that the dump gives, else those of bylines.
    """

    lines: list[Line]
    title: str | None
    authors: list[str]
