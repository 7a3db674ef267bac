"""Rows of the table ``rejects``: records that could not be processed, with the reason.

Every record that is read ends as an article or as one of these rows. ``reason`` is a stable
lower-case name to group by, ``detail`` one sentence for a person, with the remedy.
"""

from collections.abc import Mapping
from typing import NamedTuple

import pyarrow as pa

from pipeline.errors import CopydeskError, count
from pipeline.transform import Column

RAW_LIMIT = 65536
"""Bytes of a rejected record that are kept: 64 KiB; nine in ten news articles are shorter."""


class Reject(NamedTuple):
    """One row of ``rejects``; the run adds its ``run_id``.

    Attributes:
      source_file: the dump, named as in ``articles.source_file``.
      record_index: 0-based number of the record within the dump; ``None`` for the dump as a whole.
      stage: ``read``, or the name of a transform.
      reason: for stage ``read`` a key of :data:`READ_REASONS`, else that of the transform.
      detail: one sentence: the problem, and what to do about it.
      raw: the first :data:`RAW_LIMIT` bytes of the record, as they were read.
    """

    source_file: str
    record_index: int | None
    stage: str
    reason: str
    detail: str
    raw: bytes


REJECT_COLUMNS: dict[str, Column] = {
    "source_file": Column(pa.string(), "The dump the record was read from, as a path or URL."),
    "record_index": Column(
        pa.int64(),
        "0-based number of the record within the dump, or its offset in Kafka; null for the dump "
        "as a whole.",
    ),
    "stage": Column(pa.string(), "Where it was rejected: read, or the name of a transform."),
    "reason": Column(pa.string(), "Short stable name of the reason.", counted="rejects"),
    "detail": Column(pa.string(), "What was found and what to do about it, in one sentence."),
    "raw": Column(pa.binary(), "The first 64 KiB of what was rejected, as it was read."),
}
"""Columns of ``rejects`` in order, without ``run_id``."""

WARNING_COLUMNS: dict[str, Column] = {
    "source_file": Column(pa.string(), "The dump the record was read from, as a path or URL."),
    "record_index": Column(pa.int64(), "0-based number of the record within the dump."),
    "reason": Column(pa.string(), "Short stable name of the reason.", counted="warnings"),
    "detail": Column(pa.string(), "What was not understood and what to do, in one sentence."),
}
"""Columns of ``warnings`` in order, without ``run_id``: what is missing of a record that became an
article. A reader or transform adds (reason, detail) to the article's ``warnings``."""

READ_REASONS: dict[str, str] = {
    "unreadable": "The dump cannot be opened or read: permission, vanished, storage error.",
    "empty": "The dump or member holds no bytes, or no record.",
    "binary": "The content is not text in any encoding, nor a format that is read.",
    "truncated": "Compressed data or an archive ends in the middle; what came before is kept.",
    "corrupt": "Compressed data, an archive or a table is damaged from here on.",
    "encrypted": "A member of an archive needs a password.",
    "decompression_bomb": "The content grows beyond the allowed ratio when it is decompressed.",
    "too_deep": "Archives within archives, or JSON within JSON, beyond the allowed depth.",
    "too_large": "One record is larger than the allowed size.",
    "invalid_json": "The record is not valid JSON.",
    "invalid_csv": "The row does not fit the header, or is not valid CSV.",
    "invalid_parquet": "The file is not valid Parquet.",
    "invalid_warc": "The record is not a valid WARC record.",
    "invalid_http": "The HTTP response in a WARC record cannot be decoded.",
    "http_status": "The HTTP response is an error or a redirect, so no article.",
    "unsupported_content": "The record is neither text nor HTML: an image, a PDF, a feed.",
    "not_a_record": "The JSON value is not an object, so it has no fields.",
    "no_text": "The record has no field with text or HTML.",
    "no_article": "The part or page is no article: the cover of an export, an index of a site.",
    "incomplete": "An export counts more documents than the file holds; those it holds are kept.",
    "invalid_xml": "The record is not valid XML or SGML.",
    "invalid_mail": "The message cannot be decoded.",
    "changed": "The dump was written to while it was read; the next run reads it again.",
    "unexpected": "The reader failed in a way it does not know.",
}
"""All reasons of stage ``read`` and their meaning."""


LIMIT_REASONS = {
    "time_limit": "took longer than --document-seconds; raise the limit or leave the dump out.",
    "memory_limit": "needed more than --document-memory; raise the limit or leave the dump out.",
    "worker_died": "ended its worker process twice. Mend it if it is your own, else report it; the "
    "run goes on without the record.",
}
"""Reasons of a record that ended its worker process, or would have: what happened, and what to do.
"""

FAILURES = {*READ_REASONS, *LIMIT_REASONS, "error", "wrong_type"} - {
    "http_status",
    "unsupported_content",
    "no_article",
    "incomplete",
    "changed",
}
"""Reasons that say that something went wrong, so that a wrong ``--map``, a broken dump or a faulty
transform shows in their share of a run's records.

The others say what a record is: no article (half of a crawl may be redirects and pictures), an
article that is there already (nearly all of a dump that has grown), or one that a transform drops
on purpose."""


class TooManyRejects(CopydeskError):  # noqa: N818 - says what happened
    """More of a run's records failed than ``--max-rejects`` allows."""

    exit_code = 3


def too_many_failures(reasons: Mapping[str, int], records: int, percent: float) -> str:
    """Returns a sentence if too many of a run's records failed, else an empty text.

    Args:
      reasons: reason to number of rejects.
      records: of the run.
      percent: share of the records that may be failures, 0 to 100.
    """
    failed = {reason: n for reason, n in reasons.items() if reason in FAILURES}
    if 100 * sum(failed.values()) <= percent * records:
        return ""
    largest_first = sorted(failed.items(), key=lambda item: (-item[1], item[0]))
    return (
        f"{sum(failed.values()):,} of {count(records, 'record')} failed, more than --max-rejects "
        f"{percent:g}% allows: {', '.join(f'{reason} {n:,}' for reason, n in largest_first)}"
    )


def read_reject(
    source_file: str, record_index: int | None, reason: str, detail: str, raw: bytes = b""
) -> Reject:
    """Returns a reject of stage ``read`` with ``raw`` cut to :data:`RAW_LIMIT` bytes.

    Raises:
      KeyError: the reason is not in :data:`READ_REASONS`.
    """
    if reason not in READ_REASONS:
        raise KeyError(f"{reason!r} is not a reason; there are: {', '.join(READ_REASONS)}")
    return Reject(source_file, record_index, "read", reason, detail, cut_raw(raw))


def cut_raw(raw: bytes | str) -> bytes:
    """Returns the first :data:`RAW_LIMIT` bytes of a record; text is encoded as UTF-8."""
    if isinstance(raw, str):
        # At most four bytes a character, so no more characters than bytes are ever needed.
        raw = raw[:RAW_LIMIT].encode("utf-8", "surrogatepass")
    return bytes(raw[:RAW_LIMIT])
