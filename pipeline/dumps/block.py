"""What all readers share: options, sources, blocks and errors."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping

from pipeline.article import Article
from pipeline.rejects import RAW_LIMIT, Reject, read_reject

FORMATS = ("text", "html", "jsonl", "json", "csv", "xml", "mail", "parquet", "warc", "wet")
"""Names of the formats, as in ``articles.dump_format`` and for ``--format``."""

FIELDS = (
    "text",
    "html",
    "title",
    "url",
    "outlet",
    "authors",
    "published_at",
    "modified_at",
    "tags",
    "language",
    "id",
)
"""Targets of ``--map``."""

BLOCK_BYTES = 1 << 20
"""Target size of a block: 1 MiB of JSONL is some 160 articles, 2 ms to cut and 10 ms to parse.

80 MB make 80 blocks, enough for any number of workers; sending one takes about 0.2 ms. Only a
single larger record makes a larger block.
"""


@dataclasses.dataclass(frozen=True)
class DumpOptions:
    """Options and limits of reading dumps.

    Attributes:
      format: a name from :data:`FORMATS` for every dump; ``None`` detects it from the content.
      mapping: field of :data:`FIELDS` to its name in the record, dotted if nested. Records without
        the name are read by the known names.
      max_record_bytes: a larger single record (a line of JSONL, a page) becomes a reject. 32 MiB
        is a thousand times a long article and bounds the memory of a worker.
      max_ratio: ratio of decompressed to compressed size from which data is a bomb. News text
        compresses 3-10 times, repetitive logs up to 100, a gzip bomb 1,030.
      ratio_free_bytes: decompressed bytes from which ``max_ratio`` applies; small files of blank
        lines may reach any ratio.
      max_depth: layers of compression and archives around the content.
      max_members: members of one archive that are read.
      folder: what relative paths of dumps begin in; empty for the folder of the process. A worker
        of a cluster has another one than the command that named the dumps.
      day_order: order of days of the dump at hand, from ``day_order``.
    """

    format: str | None = None
    mapping: Mapping[str, str] = dataclasses.field(default_factory=dict)
    max_record_bytes: int = 32 << 20
    max_ratio: float = 300.0
    ratio_free_bytes: int = 64 << 20
    max_depth: int = 8
    max_members: int = 10_000_000
    folder: str = ""
    day_order: Mapping[str, bool] = dataclasses.field(default_factory=dict)

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
    """A batch of consecutive raw records of one dump, small enough to send to a worker.

    Attributes:
      source_file: the dump; for a member of an archive ``archive.zip!member``.
      dump_format: a name from :data:`FORMATS`.
      first_record: number of its first record within the dump.
      records: number of its records.
      payload: the raw records, concatenated, with the separators of the format.
      encoding: encoding of the bytes before they were recoded to UTF-8; empty if they were not.
      header: what parsing a record needs: for CSV the quoting, the delimiter and the names.
      sizes: for formats without separators, the length in bytes of each record in ``payload``.
      first_line: number of its first line within the dump, from 1; 0 if unknown.
      day_order: how the dump writes days, from ``day_order``.
    """

    source_file: str
    dump_format: str
    first_record: int
    records: int
    payload: bytes
    encoding: str = ""
    header: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    first_line: int = 0
    day_order: Mapping[str, bool] = dataclasses.field(default_factory=dict)

    def sized(self) -> Iterator[tuple[int, bytes]]:
        """Yields number and bytes of each record of :attr:`sizes`."""
        start = 0
        for record, size in enumerate(self.sizes, start=self.first_record):
            yield record, self.payload[start : start + size]
            start += size


@dataclasses.dataclass(frozen=True)
class Source:
    """Name, format and position of the records in a stream.

    Attributes:
      name: the dump or archive member, as in ``articles.source_file``.
      dump_format: a name from :data:`FORMATS`.
      encoding: encoding of the bytes before they were recoded to UTF-8; empty if they were not.
      header: as in :class:`Block`; empty if the stream begins with the header of the dump.
      first_record: number of the first record of the stream within the dump.
      whole: True if the stream is the whole dump, False if it is a range of one.
      first_line: number of the first line of the stream within the dump; 0 if nobody needs it.
      day_order: as in :class:`Block`.
    """

    name: str
    dump_format: str = ""
    encoding: str = ""
    header: tuple[str, ...] = ()
    first_record: int = 0
    whole: bool = True
    first_line: int = 0
    day_order: Mapping[str, bool] = dataclasses.field(default_factory=dict)

    def block(
        self,
        first_record: int,
        records: int,
        payload: bytes,
        sizes: tuple[int, ...] = (),
        first_line: int = 0,
    ) -> Block:
        """Returns a block of records of this source."""
        return Block(
            self.name,
            self.dump_format,
            first_record,
            records,
            payload,
            self.encoding,
            self.header,
            sizes,
            first_line,
            self.day_order,
        )


class DumpError(Exception):
    """A dump or record cannot be read.

    Args:
      reason: a key of ``pipeline.rejects.READ_REASONS``.
      detail: one sentence with the remedy.
      raw: the bytes of the damaged record, if known.
    """

    def __init__(self, reason: str, detail: str, raw: bytes = b"") -> None:
        super().__init__(reason, detail, raw)
        self.reason = reason
        self.detail = detail
        self.raw = raw

    def reject(self, source_file: str, record: int | None, raw: bytes = b"") -> Reject:
        """Returns the reject of a record, or of a whole dump.

        Args:
          source_file: the dump.
          record: number of the record; ``None`` for the dump.
          raw: its bytes, if the error has none.
        """
        return read_reject(source_file, record, self.reason, self.detail, self.raw or raw)


def too_large(options: DumpOptions, raw: bytes, what: str = "record", why: str = "") -> DumpError:
    """Returns the error of a record beyond the size limit."""
    return DumpError(
        "too_large",
        f"The {what} is larger than {options.max_record_bytes:,} bytes{why}; split it, or raise "
        "the limit with --max-document-bytes.",
        raw[:RAW_LIMIT],
    )


def parsed(
    article: Callable[[], Article], block: Block, record: int, raw: bytes
) -> Article | Reject:
    """Returns the article of a record, or a reject if parsing it raises.

    Args:
      article: parses the record.
      block: the block of the record.
      record: its number.
      raw: its bytes.
    """
    try:
        return article()
    except DumpError as error:
        return error.reject(block.source_file, record, raw)
    except Exception as error:  # noqa: BLE001 - one record must not end the others
        return unexpected(block.source_file, record, error, raw)


def unexpected(source_file: str, record: int | None, error: Exception, raw: bytes = b"") -> Reject:
    """Returns the reject of an exception that no reader expects."""
    return read_reject(
        source_file,
        record,
        "unexpected",
        f"The reader failed: {type(error).__name__}: {error}. Please report it with the dump; "
        "without it the run goes through.",
        raw,
    )
