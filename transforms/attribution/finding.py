"""The result of attribution."""

from typing import NamedTuple


class Finding(NamedTuple):
    """Agency and dateline of an article.

    Attributes:
      agency: name of the agency in ``agencies.toml``, or ``None``.
      evidence: place, line number and words of the credit: ``dateline 2: LONDON (Reuters) -``.
        ``None`` without an agency.
      own: True if the article as a whole is the agency's copy, not a desk's mix of several.
      dateline: the place as written, without its date, or ``None``.
    """

    agency: str | None = None
    evidence: str | None = None
    own: bool = False
    dateline: str | None = None
