"""Parquet: one article a row. Only columns that mean something are read."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.article import Article
from pipeline.dumps.block import BLOCK_BYTES, Block, DumpError, DumpOptions, unexpected
from pipeline.dumps.containers import spool
from pipeline.dumps.fields import article_from_record, meanings
from pipeline.dumps.streams import Stream
from pipeline.rejects import Reject, cut_raw, read_reject

_BATCH_ROWS = 64
"""Rows decoded at once. A repeated value is stored once and decoded as often as it occurs, so this
times the largest value is what a batch can grow to."""


def read_blocks(
    stream: Stream, source_file: str, options: DumpOptions, encoding: str = ""
) -> Iterator[Block | Reject]:
    """Yields the rows as blocks in Arrow's stream format.

    The footer comes last in a Parquet file, so what cannot seek is copied to disk first.
    """
    del encoding
    with spool(stream, None) as file:
        record = 0
        try:
            table = pq.ParquetFile(file, memory_map=False, pre_buffer=False)
            columns = _columns(table.schema_arrow, options)
            waiting: list[pa.RecordBatch] = []
            waiting_bytes = 0
            for batch in table.iter_batches(_BATCH_ROWS, columns=columns, use_threads=False):
                waiting.append(batch)
                waiting_bytes += batch.nbytes
                if waiting_bytes >= BLOCK_BYTES:
                    yield _block(source_file, record, waiting)
                    record += sum(held.num_rows for held in waiting)
                    waiting, waiting_bytes = [], 0
            if waiting:
                yield _block(source_file, record, waiting)
                record += sum(held.num_rows for held in waiting)
        except DumpError as error:
            yield read_reject(source_file, None, error.reason, error.detail)
            return
        except (pa.ArrowException, OSError, ValueError, KeyError) as error:
            yield read_reject(
                source_file,
                record,
                "invalid_parquet",
                f"The Parquet file is damaged or cut off ({_one_line(error)}); write or fetch it "
                "again. Rows before the damage were kept.",
            )
            return
        if record == 0:
            yield read_reject(
                source_file, None, "empty", "The Parquet file has no rows; remove it."
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


def _block(source_file: str, record: int, batches: list[pa.RecordBatch]) -> Block:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batches[0].schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return Block(source_file, "parquet", record, sink.getvalue().to_pybytes())


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields one article or reject for every row of a block."""
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
        return scalar.as_py()
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
    try:
        article = article_from_record(row, block.source_file, record, "parquet", "utf-8", options)
    except DumpError as error:
        return read_reject(
            block.source_file, record, error.reason, error.detail, cut_raw(repr(row))
        )
    except Exception as error:  # noqa: BLE001 - one row must not stop the others
        return unexpected(block.source_file, record, error, cut_raw(repr(row)))
    if len(article["document"]) > options.max_record_bytes:
        return read_reject(
            block.source_file,
            record,
            "too_large",
            f"The text is larger than {options.max_record_bytes:,} characters; split it, or raise "
            "the limit with --max-document-bytes.",
            cut_raw(article["document"]),
        )
    return article
