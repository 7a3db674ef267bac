"""The element that travels: an article, its lines, its paragraphs, and its id.

An article is a plain ``dict`` from column name to value. What a dump reader fills in is listed in
``READ_COLUMNS`` (columns of the warehouse) and ``READ_FIELDS`` (working fields that stay inside
the pipeline); everything else is added by a transform that declares it.

Of what transforms add, the pipeline itself uses

- ``lines``: list of str, the lines of the article, blank ones included;
- ``paragraphs`` and ``removed_lines``: lists of :class:`Paragraph` and :class:`RemovedLine`; every
  non-blank line is in exactly one of them;
- ``paragraph_languages``: list of (line number, language), of the paragraphs in another language
  than the article's; optional;
- ``text`` and ``language``: see ``CONTRACT_COLUMNS``.
"""

import hashlib
from typing import NamedTuple

import pyarrow as pa

from pipeline.transform import Article, Column

__all__ = [
    "CONTRACT_COLUMNS",
    "READ_COLUMNS",
    "READ_FIELDS",
    "TIMESTAMP",
    "Article",
    "Paragraph",
    "RemovedLine",
    "article_id",
    "paragraph_id",
]


class Paragraph(NamedTuple):
    """A kept line of an article.

    Attributes:
      line_number: 1-based number of the line in the article's ``lines``; part of its id.
      text: the line, outer white space stripped; never empty.
    """

    line_number: int
    text: str


class RemovedLine(NamedTuple):
    """A line taken out of an article.

    Attributes:
      line_number: 1-based number of the line in the article's ``lines``.
      text: the line, outer white space stripped; never empty.
      rule: what removed it: the versioned name of a rule, or ``field:<column>`` where the line
        became a column (``field:title``, ``field:byline``; ``field:header`` for none).
    """

    line_number: int
    text: str
    rule: str


TIMESTAMP = pa.timestamp("us", tz="UTC")

READ_COLUMNS: dict[str, Column] = {
    "article_id": Column(
        pa.string(),
        "Stable id: 24 hex digits of a hash over the article's address (URL, else the dump's own "
        "id, else the file name) and its raw content. The same dump read twice has the same id.",
    ),
    "source_file": Column(pa.string(), "The dump the article was read from, as a path or URL."),
    "record_index": Column(
        pa.int64(), "0-based number of the record within the dump, or its offset in Kafka."
    ),
    "record_id": Column(pa.string(), "The dump's own id of the record, where it gives one."),
    "dump_format": Column(
        pa.string(),
        "Format of the dump: text, html, jsonl, json, csv, xml, mail, parquet, warc or wet.",
    ),
    "url": Column(pa.string(), "Address of the article, where the dump gives one."),
    "outlet": Column(
        pa.string(),
        "Who published it, by one spelling: the URL's site (by its name in a table, else its "
        "domain), else the name the dump gives, else what the article says.",
    ),
    "title": Column(pa.string(), "Headline."),
    "authors": Column(pa.list_(pa.string()), "Names of the authors, in the order given."),
    "published_at": Column(
        TIMESTAMP,
        "When it was published, in UTC; of a day, month or year its first moment, "
        "`published_at_precision` says so.",
    ),
    "published_at_precision": Column(
        pa.string(),
        "What the date of publication gives: second, minute, day, month or year. A clock of "
        "00:00:00 is taken as that of a bare day. NULL without a date, and in rows of versions "
        "before this column.",
    ),
    "published_at_offset": Column(
        pa.int16(),
        "Minutes east of UTC of the clock by which the date was written, 0 for UTC itself; NULL "
        "where nothing says, and `published_at` took the clock for UTC.",
    ),
    "published_at_evidence": Column(
        pa.string(),
        "What the date of publication rests on: field (of the dump), modified (the date "
        "of the last change, for want of another), metadata (of the page), page (the date that a "
        "reader sees beside the headline, or that marks it in the HTML), url, line (a date line of "
        "the text), dateline (the day in it, where nothing else gives one), elsewhere (a line of "
        "the page far from the headline that says so, or right below the text), or script (data in "
        "a script of the page, where all of it has one day).",
    ),
    "published_on": Column(
        pa.date32(),
        "Day of publication by the outlet's own clock, as far as the date gives it; NULL where "
        "only the month or year is known.",
    ),
    "modified_at": Column(
        TIMESTAMP, "When it was last changed, in UTC, where dump or page says so."
    ),
    "tags": Column(
        pa.list_(pa.string()), "Topics, categories, keywords of the dump; transforms add to them."
    ),
    "is_truncated": Column(
        pa.bool_(),
        "True if the dump has only the beginning of the article, or its abstract; null if nothing "
        "says so.",
    ),
    "encoding": Column(pa.string(), "Character encoding the dump was decoded from."),
}
"""Columns of ``articles`` that a dump reader fills (``None`` or ``[]`` where it knows nothing)."""

CONTRACT_COLUMNS: dict[str, Column] = {
    "language": Column(pa.string(), "Language of the text: an ISO 639-1 code, lower case."),
    "text": Column(pa.string(), "The clean article: its kept paragraphs, a blank line between."),
}
"""Columns of ``articles`` that transforms fill and the pipeline uses: ``language`` for the folder
of a row's file, and in ``paragraphs``; ``text`` for search. Without such a transform they are NULL.
"""

READ_FIELDS: dict[str, Column] = {
    "document": Column(
        pa.string(), "The raw content: text with its line breaks, or HTML.", stored=False
    ),
    "document_type": Column(pa.string(), "What `document` is: text or html.", stored=False),
    "language_hint": Column(
        pa.string(), "Language the dump claims, a lower-case ISO 639-1 code.", stored=False
    ),
    "field_lines": Column(
        pa.list_(pa.struct([("line_number", pa.int64()), ("rule", pa.string())])),
        "Lines of a text that are fields: the 1-based number of each, and `field:` with the column "
        "that it became.",
        stored=False,
    ),
    "warnings": Column(
        pa.list_(pa.struct([("reason", pa.string()), ("detail", pa.string())])),
        "What was not understood of the record, and what to do about it.",
        stored=False,
    ),
}
"""Working fields that a dump reader fills; no warehouse table holds them."""


def article_id(address: str, document: str, title: str | None = None) -> str:
    """Returns the id of an article: 24 lower-case hex digits (96 bits of BLAKE2b).

    Two articles of a corpus of n share an id by chance with probability n**2 / 2**97: 6e-18 for a
    million, 6e-12 for a billion.

    Args:
      address: the URL, else the record's own id, else the dump's file name (no folders).
      document: the raw content, decoded.
      title: the headline the dump gives, if any.
    """
    digest = hashlib.blake2b(digest_size=12)
    for part in (address, title or "", document):
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "little"))
        digest.update(encoded)
    return digest.hexdigest()


def paragraph_id(article: str, line_number: int) -> str:
    """Returns the id of a paragraph: its article's id, a dash and its four-digit line number."""
    return f"{article}-{line_number:04d}"
