"""What travels between the two halves of reading: options, blocks, and why a dump stops."""

import dataclasses
from collections.abc import Generator, Iterable, Iterator, Mapping

from pipeline.rejects import Reject, read_reject

FORMATS = ("text", "html", "jsonl", "json", "csv", "parquet", "warc", "wet")
"""Names of the formats, as in ``articles.dump_format`` and for ``--format``."""

FIELDS = (
    "text",
    "html",
    "title",
    "url",
    "outlet",
    "authors",
    "published_at",
    "tags",
    "language",
    "id",
)
"""What ``--map`` can map a record's field to."""

BLOCK_BYTES = 1 << 20
"""Aimed size of a block: 1 MiB of JSONL is some 160 articles, 2 ms of cutting and 10 ms of parsing.

Small enough that 80 MB make 80 blocks for any number of workers, large enough that sending one to
a worker (about 0.2 ms) does not count. A block grows beyond it only for a single larger record.
"""


@dataclasses.dataclass(frozen=True)
class DumpOptions:
    """How dumps are read.

    Attributes:
      format: a name from :data:`FORMATS` for every dump; ``None`` sniffs each by its content.
      mapping: field of :data:`FIELDS` to the record's own name for it, dotted where nested. A
        record that lacks the name is read by the names that are known anyway.
      max_record_bytes: a larger single record (a line of JSONL, a page) becomes a reject. 32 MiB
        is a thousand times a long article and bounds the memory of a worker.
      max_ratio: decompressed to compressed size from which data counts as a bomb. News text
        compresses 3-10 times, repetitive logs up to 100, a gzip bomb 1,030.
      ratio_free_bytes: decompressed bytes before ``max_ratio`` applies; small files of blank
        lines may well reach any ratio.
      max_depth: how many containers may lie in each other (a zip in a tar.gz counts two).
      max_members: members of one archive that are read.
    """

    format: str | None = None
    mapping: Mapping[str, str] = dataclasses.field(default_factory=dict)
    max_record_bytes: int = 32 << 20
    max_ratio: float = 300.0
    ratio_free_bytes: int = 64 << 20
    max_depth: int = 8
    max_members: int = 10_000_000

    def __post_init__(self) -> None:
        if self.format is not None and self.format not in FORMATS:
            raise ValueError(
                f"{self.format!r} is no dump format. Choose one of {', '.join(FORMATS)}, "
                "or leave it out to have each dump sniffed."
            )
        for field, name in self.mapping.items():
            if field not in FIELDS:
                raise ValueError(
                    f"{field!r} cannot be mapped. Write FIELD=NAME with a FIELD among "
                    f"{', '.join(FIELDS)}, as in text=body."
                )
            if not name:
                raise ValueError(f"the mapping of {field!r} names nothing; write {field}=NAME.")
        for limit in ("max_record_bytes", "max_ratio", "max_depth", "max_members"):
            if getattr(self, limit) <= 0:
                raise ValueError(f"{limit} is {getattr(self, limit)}; it must be positive.")


@dataclasses.dataclass(frozen=True)
class Block:
    """A self-contained run of raw records of one dump, small enough to send to a worker.

    Attributes:
      source_file: the dump; for a member of an archive ``archive.zip!member``.
      dump_format: a name from :data:`FORMATS`.
      first_record: number of its first record within the dump.
      payload: the raw records, one after the other, as the format separates them.
      encoding: encoding the bytes had before they were recoded to UTF-8; empty if they are as read.
      header: what every record needs: for CSV the delimiter and the column names.
      sizes: for formats without separators, the length of each record in ``payload``.
      contexts: for WARC, a record's own header fields, one mapping a record.
    """

    source_file: str
    dump_format: str
    first_record: int
    payload: bytes
    encoding: str = ""
    header: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    contexts: tuple[Mapping[str, str], ...] = ()


class DumpError(Exception):
    """Reading a dump cannot go on.

    Args:
      reason: a key of ``pipeline.rejects.READ_REASONS``.
      detail: one sentence with the remedy.

    Attributes:
      raw: the bytes of the record it cuts, if there are any.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        self.raw = b""


def sized_blocks(
    found: Iterable[bytes | DumpError],
    source_file: str,
    dump_format: str,
    options: DumpOptions,
    encoding: str = "",
) -> Generator[Block | Reject, None, int]:
    """Yields blocks of whole records that no separator parts, and a reject for what is none.

    Args:
      found: records, and errors for damaged stretches; each of these counts as the record it cuts.
      source_file: the dump.
      dump_format: a name from :data:`FORMATS`.
      options: how to read.
      encoding: what the records were recoded from, if they were.

    Returns:
      how many records and errors there were.
    """
    record = 0
    held: list[bytes] = []
    held_bytes = 0

    def flush() -> Iterator[Block]:
        nonlocal record, held, held_bytes
        if held:
            sizes = tuple(map(len, held))
            yield Block(source_file, dump_format, record, b"".join(held), encoding, sizes=sizes)
            record += len(held)
            held, held_bytes = [], 0

    for item in found:
        if isinstance(item, DumpError):
            yield from flush()
            yield (
                too_large(source_file, record, item.raw, options)
                if item.reason == "too_large"
                else read_reject(source_file, record, item.reason, item.detail, item.raw)
            )
            record += 1
            continue
        held.append(item)
        held_bytes += len(item)
        if held_bytes >= BLOCK_BYTES:
            yield from flush()
    yield from flush()
    return record


def too_large(source_file: str, record: int, raw: bytes, options: DumpOptions) -> Reject:
    """Returns the reject of a record beyond the size limit."""
    return read_reject(
        source_file,
        record,
        "too_large",
        f"The record is larger than {options.max_record_bytes:,} bytes; split it, or raise the "
        "limit with --max-document-bytes.",
        raw,
    )


def unexpected(source_file: str, record: int | None, error: Exception, raw: bytes = b"") -> Reject:
    """Returns the reject of what failed in a way no reader knows."""
    return read_reject(
        source_file,
        record,
        "unexpected",
        f"The reader failed: {type(error).__name__}: {error}. Please report it with the dump; "
        "without it the run goes through.",
        raw,
    )
