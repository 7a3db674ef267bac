"""The result of attribution."""

import re
from collections.abc import Sequence
from typing import NamedTuple

EVIDENCE_CHARACTERS = 80
"""Characters of a line that are quoted as evidence."""

MARKUP = re.compile(r"\[/?[a-z][a-z0-9_-]*(?:[ =][^\[\]]*)?\]|</?[a-z][^<>]*>", re.IGNORECASE)
"""Left-over tags of HTML and of forums."""


class Finding(NamedTuple):
    """Agencies and dateline of an article.

    Attributes:
      agency: name of the agency in ``agencies.toml``, or ``None``.
      evidence: place, line number and words of the credit: ``dateline 2: LONDON (Reuters) -``.
        ``None`` without an agency.
      own: True if the article as a whole is the agency's copy, not a desk's mix of several.
      dateline: the place as written, without its date, or ``None``.
      contributed: names of the other agencies: those that a note credits with a part, and those
        behind the first in a credit of several.
    """

    agency: str | None = None
    evidence: str | None = None
    own: bool = False
    dateline: str | None = None
    contributed: tuple[str, ...] = ()


def credited(agencies: Sequence[str], evidence: str, dateline: str | None = None) -> Finding:
    """Returns the finding of a credit.

    Args:
      agencies: what it names, in its order; an empty string is a source that is no agency.
      evidence: place, line number and words of the credit.
      dateline: the place it names, if any.
    """
    first, *others = filter(None, agencies)
    return Finding(first, evidence, len(agencies) == 1, dateline, tuple(others))


def quote(place: str, number: int, line: str) -> str:
    """Returns the evidence of a credit: its place, the number of its line, and its first words."""
    words = " ".join(MARKUP.sub("", line).split())
    if len(words) > EVIDENCE_CHARACTERS:
        words = words[: EVIDENCE_CHARACTERS - 1].rstrip() + "…"
    return f"{place} {number}: {words}"
