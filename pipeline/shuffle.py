"""On-disk shuffle for corpus-wide transforms; only references go through Beam.

A task writes the rows of its streams to one file, cut by key range into partitions. The references
(:class:`ShuffleBlock`, some 50 bytes each) travel through Beam's GroupByKey; the task of a
partition then reads its blocks. So a shuffle costs the local runner no memory and a cluster no
network traffic but the reads, and text never travels at all.
"""

import itertools
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.storage import output, read_range
from pipeline.transform import CorpusTransform, Lookup, Stage, Stream, Tables

U64 = npt.NDArray[np.uint64]


class ShuffleBlock(NamedTuple):
    """Rows of one stream for one partition, as an Arrow IPC stream within a file.

    Attributes:
      transform: name of the corpus-wide transform.
      stream: its stream.
      partition: number of the key range.
      path: file, on any Beam file system.
      offset: first byte of the block in the file.
      length: its bytes.
      rows: its rows.
    """

    transform: str
    stream: str
    partition: int
    path: str
    offset: int
    length: int
    rows: int


def partition_of(keys: U64, partitions: int) -> npt.NDArray[np.int64]:
    """Returns the number of the key range of each key: equal parts of 0 .. 2**64 - 1."""
    high = keys >> np.uint64(32)
    return ((high * np.uint64(partitions)) >> np.uint64(32)).astype(np.int64)


def split(table: pa.Table, key: str, partitions: int) -> list[tuple[int, pa.Table]]:
    """Returns (partition, rows) for every partition that has rows; one partition without a key."""
    if not len(table):
        return []
    if not key or partitions == 1:
        return [(0, table)]
    numbers = partition_of(table.column(key).to_numpy(), partitions).astype(np.uint16)
    order = np.argsort(numbers, kind="stable")
    table = _take(table, order)
    bounds = np.append(0, np.cumsum(np.bincount(numbers, minlength=partitions)))
    return [
        (number, table.slice(int(start), int(end - start)))
        for number, (start, end) in enumerate(itertools.pairwise(bounds))
        if end > start
    ]


def _take(table: pa.Table, order: npt.NDArray[np.int64]) -> pa.Table:
    """Returns the rows of a table in another order; plain numbers by numpy, thrice as fast.

    The mode "clip" spares numpy a copy that it makes in case an index is out of range.
    """
    columns = []
    for column in table.columns:
        if pa.types.is_primitive(column.type) and not column.null_count and len(column):
            values = column.to_numpy()
            columns.append(pa.array(values.take(order, mode="clip"), column.type))
        else:
            columns.append(column.take(pa.array(order)))
    return pa.Table.from_arrays(columns, schema=table.schema)


def write_blocks(
    path: str, transform: CorpusTransform, tables: Tables, partitions: int
) -> list[ShuffleBlock]:
    """Writes the rows of some streams of a transform to one file.

    Args:
      path: file to create, on any Beam file system.
      transform: the transform whose streams they are.
      tables: stream name to rows, in the stream's schema.
      partitions: key ranges to cut into.

    Raises:
      ValueError: a table does not have the schema that its stream declares.
    """
    streams = {stream.name: stream for stream in transform.streams}
    blocks: list[ShuffleBlock] = []
    with output(path) as file:
        offset = 0
        for name in sorted(tables):
            stream, table = streams[name], tables[name]
            if table.schema != stream.schema:
                raise ValueError(
                    f"{transform.name()} put rows of schema {table.schema} into the stream {name}; "
                    f"declared is {stream.schema}."
                )
            for partition, rows in split(table, stream.key, partitions):
                with pa.ipc.new_stream(file, stream.schema) as writer:
                    writer.write_table(rows)
                end = file.tell()
                blocks.append(
                    ShuffleBlock(
                        transform.name(), name, partition, path, offset, end - offset, len(rows)
                    )
                )
                offset = end
    return blocks


def read_blocks(blocks: Iterable[ShuffleBlock], stream: Stream) -> pa.Table:
    """Returns the rows of some blocks of one stream, ordered by file and offset."""
    tables = []
    for block in sorted(blocks, key=lambda block: (block.path, block.offset)):
        with pa.ipc.open_stream(_read(block)) as reader:
            tables.append(reader.read_all())
    return pa.concat_tables(tables) if tables else stream.schema.empty_table()


def _read(block: ShuffleBlock) -> pa.Buffer:
    return read_range(block.path, block.offset, block.length)


def read_stage_inputs(
    transform: CorpusTransform, stage: Stage, blocks: Iterable[ShuffleBlock], lookup: Lookup
) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
    """Returns what a stage reads in one partition: rows of this run and rows of earlier runs.

    Args:
      transform: the transform.
      stage: one of its stages.
      blocks: the blocks of the partition.
      lookup: reads rows of earlier runs.
    """
    streams = {stream.name: stream for stream in transform.streams}
    by_stream: dict[str, list[ShuffleBlock]] = {name: [] for name in stage.reads}
    for block in blocks:
        by_stream[block.stream].append(block)
    tables = {name: read_blocks(by_stream[name], streams[name]) for name in stage.reads}
    return tables, look_up_earlier(transform, stage, tables, lookup)


def look_up_earlier(
    transform: CorpusTransform, stage: Stage, tables: Tables, lookup: Lookup
) -> dict[str, pa.Table]:
    """Returns the rows of earlier runs that a stage needs beside this run's rows."""
    keys = {stream.name: stream.key for stream in transform.streams}
    earlier = {}
    for name in stage.earlier:
        sources = [name] if name in stage.reads else stage.reads
        wanted = [tables[source].column(keys[source]).to_numpy() for source in sources]
        earlier[name] = lookup(name, np.concatenate(wanted))
    return earlier


def run_stage(
    transform: CorpusTransform, stage: Stage, tables: Tables, earlier: Tables
) -> dict[str, pa.Table]:
    """Calls the method of a stage on one partition.

    Raises:
      ValueError: it returned a stream that it does not declare to write.
    """
    result = dict(getattr(transform, stage.name)(tables, earlier))
    unknown = sorted(result.keys() - set(stage.writes))
    if unknown:
        raise ValueError(
            f"{transform.name()}.{stage.name} returned {', '.join(unknown)}; "
            f"it declares to write {', '.join(stage.writes)}."
        )
    return result


def with_run(rows: pa.Table, stream: Stream, run: int) -> pa.Table:
    """Returns rows of an indexed stream with the number of the run that adds them."""
    if not stream.run_column:
        return rows
    at = rows.schema.get_field_index(stream.run_column)
    numbers = pa.array(np.full(len(rows), run, np.uint32))
    return rows.set_column(at, rows.schema.field(at), numbers)
