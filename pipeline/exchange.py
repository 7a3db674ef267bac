"""How the rows of a whole-corpus step meet: slices on disk, references through Beam.

A task writes the rows of its channels to one file, cut by key range into partitions. Only the
references (:class:`Slices`, some 50 bytes a slice) travel through Beam's GroupByKey; the task of a
partition then reads its slices. So a shuffle costs the local runner no memory and a cluster no
network but the reads, and text never travels at all.

Rows that earlier runs kept (channels with ``indexed``) lie in Parquet. Of them a task reads those
whose key occurs among its own rows.
"""

import dataclasses
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.storage import is_remote, open_input, open_output
from pipeline.transform import Channel, CorpusTransform, Fetch, Round

U64 = npt.NDArray[np.uint64]


class Slice(NamedTuple):
    """Rows of one channel for one partition, somewhere in a file.

    Attributes:
      step: name of the whole-corpus step.
      channel: its channel.
      partition: number of the key range.
      path: file, on any Beam file system.
      offset: where the Arrow IPC stream begins in it.
      length: its bytes.
      rows: its rows.
    """

    step: str
    channel: str
    partition: int
    path: str
    offset: int
    length: int
    rows: int


@dataclasses.dataclass(frozen=True)
class Slices:
    """Slices that travel together: of one file, whose path is then there once.

    They are pickled as plain tuples, in a third of the time: every stage hands hundreds on.

    Attributes:
      parts: the slices.
    """

    parts: tuple[Slice, ...]

    def __reduce__(self) -> tuple[Any, ...]:
        return _slices, (tuple(map(tuple, self.parts)),)


def _slices(rows: Iterable[Iterable[Any]]) -> Slices:
    return Slices(tuple(map(Slice._make, rows)))


def partition_of(keys: U64, partitions: int) -> npt.NDArray[np.int64]:
    """Returns the number of the key range each key lies in: equal parts of 0 .. 2**64 - 1."""
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
    table = _taken(table, order)
    bounds = np.append(0, np.cumsum(np.bincount(numbers, minlength=partitions)))
    return [
        (number, table.slice(int(start), int(end - start)))
        for number, (start, end) in enumerate(itertools.pairwise(bounds))
        if end > start
    ]


def _taken(table: pa.Table, order: npt.NDArray[np.int64]) -> pa.Table:
    """Returns the rows of a table in another order; plain numbers by numpy, thrice as fast.

    Its mode "clip" spares it a copy, which it makes in case a place is wrong.
    """
    columns = []
    for column in table.columns:
        if pa.types.is_primitive(column.type) and not column.null_count and len(column):
            values = column.to_numpy()
            columns.append(pa.array(values.take(order, mode="clip"), column.type))
        else:
            columns.append(column.take(pa.array(order)))
    return pa.Table.from_arrays(columns, schema=table.schema)


def write_slices(
    path: str,
    step: CorpusTransform,
    tables: Mapping[str, pa.Table],
    partitions: int,
) -> list[Slice]:
    """Writes the rows of some channels of a step to one file.

    Args:
      path: file to create, on any Beam file system.
      step: the step whose channels they are.
      tables: channel name to rows, in the channel's schema.
      partitions: key ranges to cut into.

    Raises:
      ValueError: a table has not the schema its channel declares.
    """
    channels = {channel.name: channel for channel in step.channels}
    slices: list[Slice] = []
    with open_output(path) as file:
        offset = 0
        for name in sorted(tables):
            channel, table = channels[name], tables[name]
            if table.schema != channel.schema:
                raise ValueError(
                    f"{step.name()} put rows of schema {table.schema} into the channel {name}; "
                    f"declared is {channel.schema}."
                )
            for partition, rows in split(table, channel.key, partitions):
                with pa.ipc.new_stream(file, channel.schema) as writer:
                    writer.write_table(rows)
                end = file.tell()
                slices.append(
                    Slice(step.name(), name, partition, path, offset, end - offset, len(rows))
                )
                offset = end
    return slices


def read_slices(slices: Iterable[Slice], channel: Channel) -> pa.Table:
    """Returns the rows of some slices of one channel, in the order of their files."""
    tables = []
    for piece in sorted(slices, key=lambda piece: (piece.path, piece.offset)):
        with pa.ipc.open_stream(_read(piece.path, piece.offset, piece.length)) as reader:
            tables.append(reader.read_all())
    if not tables:
        return channel.schema.empty_table()
    return pa.concat_tables(tables)


def _read(path: str, offset: int, length: int) -> pa.Buffer:
    with open_input(path) as file:
        file.seek(offset)
        if is_remote(path):
            return pa.py_buffer(file.read(length))
        return file.read_buffer(length)


INDEX_ROW_GROUP = 1 << 17
"""Rows of a row group of the index, a few megabytes; one without a wanted key is not read."""


def write_index(path: str, rows: pa.Table, channel: Channel) -> int:
    """Writes rows of an indexed channel in their order, and returns the bytes of the file.

    Keys that come sorted are stored as differences, some 6 bytes each instead of 8; other hashes as
    they are, since nothing compresses them; of small numbers each byte has a stream of its own. A
    list of numbers is stored as bytes, which Parquet reads twice as fast as its lists.

    To sort the rows would cost more than to look through all keys when they are read: a run that
    brings a hundredth of what is there needs rows of almost every row group.
    """
    keys = rows.column(channel.key).to_numpy()
    encodings = {}
    if _are_sorted(keys):
        encodings[channel.key] = "DELTA_BINARY_PACKED"
    rows = _with_lists_as_bytes(rows)
    plain = {channel.key, *channel.hashes}
    packed = [field for field in rows.schema if field.name not in plain]
    with open_output(path) as file:
        pq.write_table(
            rows,
            file,
            compression=dict.fromkeys(plain, "none")
            | dict.fromkeys([field.name for field in packed], "lz4"),
            use_dictionary=False,
            column_encoding=encodings
            | {field.name: "BYTE_STREAM_SPLIT" for field in packed if field.type == pa.uint32()},
            row_group_size=INDEX_ROW_GROUP,
            write_statistics=[channel.key],
        )
        return int(file.tell())


def _are_sorted(keys: U64) -> bool:
    return bool((keys[1:] >= keys[:-1]).all())


def _with_lists_as_bytes(rows: pa.Table) -> pa.Table:
    """Returns rows with each list of numbers as the bytes of the numbers."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_list(field.type):
            lists = rows.column(place).combine_chunks()
            numbers = lists.values.to_numpy()
            offsets = lists.offsets.to_numpy().astype(np.int64) * numbers.itemsize
            stored = pa.Array.from_buffers(
                pa.large_binary(),
                len(lists),
                [None, pa.py_buffer(offsets), pa.py_buffer(numbers)],
            )
            rows = rows.set_column(place, pa.field(field.name, stored.type, False), stored)
    return rows


def _with_bytes_as_lists(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Returns rows, of which ``schema`` says which bytes are lists of which numbers."""
    for place, field in enumerate(schema):
        if pa.types.is_list(field.type):
            stored = rows.column(place).combine_chunks()
            _, offsets, numbers = stored.buffers()
            width = field.type.value_type.byte_width
            ends = np.frombuffer(offsets, np.int64)[stored.offset : stored.offset + len(stored) + 1]
            values = pa.Array.from_buffers(
                field.type.value_type, int(ends[-1]) // width, [None, numbers]
            )
            ends = pa.array((ends // width).astype(np.int32))
            rows = rows.set_column(
                place, field, pa.ListArray.from_arrays(ends, values, type=field.type)
            )
    return rows


def read_index(paths: Sequence[str], channel: Channel, wanted: U64) -> pa.Table:
    """Returns the rows of index files whose key is among the wanted ones.

    Args:
      paths: Parquet files of one channel, of rows in any order.
      channel: the channel.
      wanted: keys, in any order.
    """
    tables: list[pa.Table] = []
    if paths and len(wanted):
        # Sorted by hand: numpy's `unique` hashes integers, which takes several times as long.
        wanted = np.sort(wanted)
        sieve = _sieve(wanted[np.append(True, wanted[1:] != wanted[:-1])])
        for path in paths:
            with open_input(path) as file:
                tables.extend(_probe(pq.ParquetFile(file), channel, sieve))
    if not tables:
        return channel.schema.empty_table()
    rows = pa.concat_tables(tables).select(channel.schema.names)
    return _with_bytes_as_lists(rows, channel.schema).cast(channel.schema)


SIEVE_PLACES = 8
"""Places of a sieve for each wanted key, at least: one other key in eight falls through one of the
two, one in 64 through both."""

SIEVE_BITS = np.uint64(25)
"""Bits of a place in the largest sieve, of 32 MB: a larger one is outside every cache."""


class _Sieve(NamedTuple):
    """Finds wanted keys among millions, for which a binary search each would be slow.

    Attributes:
      wanted: the keys, sorted and distinct.
      mask: of the lowest bits of a key; keys are hashes.
      places: whether a wanted key has these bits, of shape (mask + 1,).
      higher: the same for as many of the bits above them.
    """

    wanted: U64
    mask: np.uint64
    places: npt.NDArray[np.bool_]
    higher: npt.NDArray[np.bool_]

    def find(self, keys: U64) -> npt.NDArray[np.int64]:
        """Returns the places of wanted keys among keys."""
        maybe = np.flatnonzero(self.places[keys & self.mask])
        maybe = maybe[self.higher[keys[maybe] >> SIEVE_BITS & self.mask]]
        nearest = np.searchsorted(self.wanted, keys[maybe]) % len(self.wanted)
        found: npt.NDArray[np.int64] = maybe[self.wanted[nearest] == keys[maybe]]
        return found


def _sieve(wanted: U64) -> _Sieve:
    bits = min((SIEVE_PLACES * len(wanted)).bit_length(), int(SIEVE_BITS))
    mask = np.uint64((1 << bits) - 1)
    places, higher = np.zeros(1 << bits, bool), np.zeros(1 << bits, bool)
    places[wanted & mask] = True
    higher[wanted >> SIEVE_BITS & mask] = True
    return _Sieve(wanted, mask, places, higher)


def _probe(file: pq.ParquetFile, channel: Channel, sieve: _Sieve) -> Iterator[pa.Table]:
    """Yields the rows of a file with a wanted key, row group by row group."""
    place = file.schema_arrow.get_field_index(channel.key)
    others = [name for name in file.schema_arrow.names if name != channel.key]
    for group in range(file.num_row_groups):
        kept = file.metadata.row_group(group).column(place).statistics
        if kept is not None and (kept.max < sieve.wanted[0] or kept.min > sieve.wanted[-1]):
            continue  # none of its keys is in the range of the wanted ones
        keys = file.read_row_group(group, columns=[channel.key], use_threads=False).column(0)
        found = sieve.find(keys.to_numpy())
        if len(found):
            places = pa.array(found)
            rows = file.read_row_group(group, columns=others, use_threads=False).take(places)
            yield rows.append_column(channel.key, keys.take(places))


def round_inputs(
    step: CorpusTransform,
    stage: Round,
    slices: Iterable[Slice],
    index_files: Mapping[tuple[str, str], Sequence[str]],
) -> dict[str, pa.Table]:
    """Returns what one partition of a round reads: its slices, and the archived rows they meet."""
    channels = {channel.name: channel for channel in step.channels}
    by_channel: dict[str, list[Slice]] = {name: [] for name in stage.reads}
    for piece in slices:
        by_channel[piece.channel].append(piece)
    tables = {name: read_slices(by_channel[name], channels[name]) for name in stage.reads}
    if not any(index_files.get((step.name(), name)) for name in tables):
        return tables  # without putting millions of keys together to find nothing
    return with_archived(tables, channels, index_reader(step, index_files))


def index_reader(
    step: CorpusTransform, index_files: Mapping[tuple[str, str], Sequence[str]]
) -> Fetch:
    """Returns the function that reads a step's archived rows by key."""
    channels = {channel.name: channel for channel in step.channels}

    def fetch(name: str, wanted: U64) -> pa.Table:
        return read_index(index_files.get((step.name(), name), ()), channels[name], wanted)

    return fetch


def with_archived(
    tables: Mapping[str, pa.Table], channels: Mapping[str, Channel], fetch: Fetch
) -> dict[str, pa.Table]:
    """Returns a partition's tables, its indexed channels with the archived rows they meet.

    A channel with rows of its own in this run is met by their keys; one without (written last, for
    later runs) by the keys of all the others.
    """
    result = dict(tables)
    for name in tables:
        if not channels[name].indexed:
            continue
        sources = [name] if len(tables[name]) else [n for n in tables if not channels[n].indexed]
        keys = [tables[source].column(channels[source].key).to_numpy() for source in sources]
        archived = fetch(name, np.concatenate(keys) if keys else np.zeros(0, np.uint64))
        if len(archived):
            result[name] = pa.concat_tables([tables[name], archived])
    return result


def run_round(
    step: CorpusTransform,
    stage: Round,
    tables: Mapping[str, pa.Table],
) -> dict[str, pa.Table]:
    """Calls a round's method on the rows of one partition.

    Raises:
      ValueError: it returned a channel it does not declare to write.
    """
    function: Callable[[Mapping[str, pa.Table]], Mapping[str, pa.Table]] = getattr(step, stage.name)
    result = dict(function(tables))
    unknown = sorted(result.keys() - set(stage.writes))
    if unknown:
        raise ValueError(
            f"{step.name()}.{stage.name} returned {', '.join(unknown)}; "
            f"it declares to write {', '.join(stage.writes)}."
        )
    return result


def run_in_memory(
    step: CorpusTransform,
    pieces: Sequence[Mapping[str, pa.Table]],
    partitions: int = 1,
    archive: Mapping[str, pa.Table] | None = None,
    run: int = 1,
    keep_index: bool = True,
) -> dict[str, pa.Table]:
    """Runs all rounds of a whole-corpus step in this process, without files or Beam.

    Args:
      step: the step.
      pieces: the tables of each piece, as ``fingerprint`` takes them; piece i has number i.
      partitions: key ranges to cut every channel into.
      archive: rows of the indexed channels that earlier runs have left.
      run: number of this run.
      keep_index: whether there are later runs.

    Returns:
      Every channel's rows, ``labels`` and the step's own tables among them; those of indexed
      channels, if they are kept, as they are to be archived.
    """
    channels = {channel.name: channel for channel in step.channels}
    held: dict[str, dict[int, list[pa.Table]]] = {name: {} for name in channels}

    def keep(tables: Mapping[str, pa.Table]) -> None:
        for name, table in tables.items():
            for partition, rows in split(table, channels[name].key, partitions):
                held[name].setdefault(partition, []).append(rows)

    def fetch(name: str, wanted: U64) -> pa.Table:
        rows = (archive or {}).get(name)
        if rows is None:
            return channels[name].schema.empty_table()
        return rows.filter(pc.is_in(rows.column(channels[name].key), pa.array(wanted)))

    for number, tables in enumerate(pieces):
        keep(step.fingerprint(number, tables))
    for stage in step.rounds:
        for partition in sorted({part for name in stage.reads for part in held[name]}):
            inputs = {
                name: _together(channels[name], held[name].get(partition, ()))
                for name in stage.reads
            }
            keep(run_round(step, stage, with_archived(inputs, channels, fetch)))
    result = {}
    for name, parts in held.items():
        if channels[name].indexed and not keep_index:
            continue
        rows = _together(channels[name], [table for part in sorted(parts) for table in parts[part]])
        result[name] = step.archived(name, rows, run) if channels[name].indexed else rows
    return result


def _together(channel: Channel, tables: Iterable[pa.Table]) -> pa.Table:
    return pa.concat_tables([channel.schema.empty_table(), *tables])
