"""Parquet: one article a row. Only columns with a known meaning are read.

The header of a block is the names of the others.
"""

import dataclasses
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.article import Article
from pipeline.dumps.block import BLOCK_BYTES, Block, DumpError, DumpOptions, Source, parsed
from pipeline.dumps.containers import spool
from pipeline.dumps.day_order import day_order
from pipeline.dumps.field_names import meanings
from pipeline.dumps.fields import article_from_record
from pipeline.dumps.streams import Stream
from pipeline.rejects import Reject, cut_raw, read_reject

_DAMAGE = (pa.ArrowException, OSError, ValueError, KeyError)
_ORDER_ROWS = 1_000
"""Rows that decide whether days are written day first."""

_BATCH_ROWS = 64
"""Rows per batch. A repeated value is stored once and decoded each time, so the largest
value times this bounds a batch."""


def read_blocks(stream: Stream, source: Source, options: DumpOptions) -> Iterator[Block | Reject]:
    """Yields the rows as blocks in Arrow's stream format.

    The footer of a Parquet file is at its end, so the stream is copied to disk first.
    """
    with spool(stream, None) as file:
        yield from read_groups(file, source, options)


def row_group_sizes(file: IO[bytes], options: DumpOptions) -> list[tuple[int, int]]:
    """Returns compressed bytes and rows of each row group, from the footer.

    Raises:
      ArrowException, OSError: the file is damaged.
      DumpError: ``no_text``, so that it is one reject, not one of each range.
    """
    footer = pq.read_metadata(file)
    _columns(footer.schema.to_arrow_schema(), options)
    groups = [footer.row_group(number) for number in range(footer.num_row_groups)]
    return [
        (
            sum(group.column(at).total_compressed_size for at in range(group.num_columns)),
            group.num_rows,
        )
        for group in groups
    ]


def read_groups(
    file: IO[bytes], source: Source, options: DumpOptions, groups: range | None = None
) -> Iterator[Block | Reject]:
    """Yields the rows of some row groups as blocks; damage costs the rest of its group only.

    Args:
      file: seekable.
      source: its source.
      options: how to read.
      groups: numbers of the row groups; ``None`` for all.
    """
    record = source.first_record
    try:
        table = pq.ParquetFile(file, memory_map=False, pre_buffer=False)
        columns = _columns(table.schema_arrow, options)
    except DumpError as error:
        yield error.reject(source.name, None)
        return
    except _DAMAGE as error:
        yield _damaged(error).reject(source.name, record)
        return
    unread = tuple(name for name in table.schema_arrow.names if name not in columns)
    source = dataclasses.replace(source, header=unread, day_order=_day_order(table, columns))
    held: list[pa.RecordBatch] = []
    held_bytes = 0
    for item in _decode(table, columns, groups or range(table.num_row_groups)):
        if isinstance(item, pa.RecordBatch):
            held.append(item)
            held_bytes += item.nbytes
            if held_bytes < BLOCK_BYTES:
                continue
        if held:
            yield (block := _block(source, record, held))
            record += block.records
            held, held_bytes = [], 0
        if isinstance(item, _Damage):
            yield item.error.reject(source.name, record)
            record += item.lost
    if source.whole and record == 0:
        yield read_reject(source.name, None, "empty", "The Parquet file has no rows; leave it out.")


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _day_order(table: pq.ParquetFile, columns: list[str]) -> dict[str, bool]:
    """Returns how the first rows of a file write days, the same for each of its row groups."""
    known = meanings(tuple(columns))
    texts = [name for name in columns if _is_text(table.schema_arrow.field(name).type)]
    dates = [name for name in (*known["published_at"], *known["modified_at"]) if name in texts]
    if not dates or not table.num_row_groups:
        return {}
    chosen = dates + [name for name in known["url"] if name in texts]
    try:
        batch = next(table.iter_batches(_ORDER_ROWS, row_groups=[0], columns=chosen), None)
        rows = [] if batch is None else batch.select(chosen).to_pylist()
    except _DAMAGE:
        return {}  # reading the rows reports it
    lines = (",".join(str(value) for value in row.values()) for row in rows)
    return day_order("\n".join(lines).encode("utf-8", "replace"))


class _Damage(NamedTuple):
    """The rest of a row group that cannot be decoded.

    Attributes:
      error: why.
      lost: number of rows.
    """

    error: DumpError
    lost: int


def _decode(
    table: pq.ParquetFile, columns: list[str], groups: range
) -> Iterator[pa.RecordBatch | _Damage | None]:
    """Yields batches and damage, and last ``None``."""
    for group in groups:
        rest = table.metadata.row_group(group).num_rows
        try:
            for batch in table.iter_batches(
                _BATCH_ROWS, row_groups=[group], columns=columns, use_threads=False
            ):
                rest -= batch.num_rows
                yield batch
        except _DAMAGE as error:
            yield _Damage(_damaged(error), rest)
    yield None


def _damaged(error: Exception) -> DumpError:
    return DumpError(
        "invalid_parquet",
        f"The Parquet file is damaged or cut off ({_one_line(error)}); write or fetch it again. "
        "Rows before the damage were kept.",
    )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _columns(schema: pa.Schema, options: DumpOptions) -> list[str]:
    """Returns the columns to read.

    Raises:
      DumpError: ``no_text``: none of them can be or hold the text.
    """
    known = meanings(tuple(schema.names))
    wanted = {name for names in known.values() for name in names}
    for path in options.mapping.values():
        wanted.update(name for name in (path, path.split(".", 1)[0]) if name in schema.names)
    holders = {name for field in ("text", "html") for name in known[field]}
    holders.update(
        name for name in known["containers"] if pa.types.is_struct(schema.field(name).type)
    )
    mapped = (options.mapping.get(field, "") for field in ("text", "html"))
    holders.update(
        name for path in mapped for name in (path, path.split(".", 1)[0]) if name in schema.names
    )
    if not holders:
        raise DumpError(
            "no_text",
            f"The table has no text: its columns are {', '.join(schema.names)[:500]}. If one of "
            "them holds the text or HTML under another name, pass --map text=NAME or "
            "--map html=NAME.",
        )
    return [name for name in schema.names if name in wanted]


def _block(source: Source, record: int, batches: list[pa.RecordBatch]) -> Block:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batches[0].schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    rows = sum(batch.num_rows for batch in batches)
    return source.block(record, rows, sink.getvalue().to_pybytes())


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields one article or reject for each row of a block."""
    record = block.first_record
    with pa.ipc.open_stream(block.payload) as reader:
        for batch in reader:
            for row in _rows(batch):
                yield _parse_row(row, block, record, options)
                record += 1


def _rows(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    # Nanoseconds do not fit Python's datetime; microseconds are all a date of publication needs.
    columns = [
        column.cast(pa.timestamp("us", column.type.tz), safe=False)
        if pa.types.is_timestamp(column.type)
        else column
        for column in batch.columns
    ]
    batch = pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
    try:
        rows: list[dict[str, Any]] = batch.to_pylist(maps_as_pydicts="lossy")
    except (ValueError, OverflowError, pa.ArrowException):
        # A string that is no UTF-8, a date beyond Python's: only this value is lost or mended.
        return [
            {name: _value(batch.column(name)[row]) for name in batch.schema.names}
            for row in range(batch.num_rows)
        ]
    return rows


def _value(scalar: pa.Scalar) -> Any:
    try:
        return scalar.as_py(maps_as_pydicts="lossy")
    except UnicodeDecodeError:
        if isinstance(scalar, pa.StructScalar):
            return {name: _value(inner) for name, inner in scalar.items()}
        if isinstance(scalar, pa.ListScalar):
            return [_value(inner) for inner in scalar.values]
        if isinstance(scalar, (pa.StringScalar, pa.LargeStringScalar, pa.StringViewScalar)):
            return scalar.as_buffer().to_pybytes().decode("utf-8", "replace")
        return None
    except (ValueError, OverflowError, pa.ArrowException):
        return None


def _parse_row(
    row: dict[str, Any], block: Block, record: int, options: DumpOptions
) -> Article | Reject:
    def article() -> Article:
        # What is said of the first record names the columns that are not read, too.
        unread = dict.fromkeys(block.header, True) if record == 0 else {}
        found = article_from_record({**unread, **row}, block, record, "utf-8", options)
        if len(found["document"]) > options.max_record_bytes:
            raise DumpError(
                "too_large",
                f"The text is larger than {options.max_record_bytes:,} characters; split it, or "
                "raise the limit with --max-document-bytes.",
                cut_raw(found["document"]),
            )
        return found

    result = parsed(article, block, record, b"")
    # A row has no bytes; a rejected one is kept as Python prints it.
    if isinstance(result, Reject) and not result.raw:
        return result._replace(raw=cut_raw(repr(row)))
    return result
