"""The index: rows of indexed streams that earlier runs left, looked up by key.

Parquet files below ``index/<transform>-v<version>/<stream>/``. A run reads of them only rows whose
key occurs among its own rows.
"""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.shuffle import U64
from pipeline.storage import inside, open_input
from pipeline.transform import CorpusTransform, Lookup, Stream, Transform
from pipeline.warehouse.manifest import Manifest, WarehouseError
from pipeline.warehouse.writer import Written, write_parquet

INDEX_ROW_GROUP = 1 << 17
"""Rows of a row group of the index, a few megabytes; one without a wanted key is not read."""


def write_index(path: str, rows: pa.Table, stream: Stream) -> Written:
    """Writes rows of an indexed stream as Parquet, in their order; returns its size and hash.

    Sorted keys are delta-encoded, some 6 bytes each instead of 8. Other hashes are stored plainly,
    since nothing compresses them; small numbers as byte streams; a list of numbers as bytes, which
    Parquet reads twice as fast as its lists.

    Rows are not sorted here: sorting costs more than it saves, since a run that adds a hundredth of
    the warehouse looks up keys in almost every row group.
    """
    keys = rows.column(stream.key).to_numpy()
    encodings = {}
    if _are_sorted(keys):
        encodings[stream.key] = "DELTA_BINARY_PACKED"
    names = [stream.stored_names.get(name, name) for name in rows.column_names]
    rows = _lists_as_bytes(rows.rename_columns(names))
    plain = {stream.key, *stream.hashes}
    packed = [field for field in rows.schema if field.name not in plain]
    return write_parquet(
        path,
        rows,
        compression=dict.fromkeys(plain, "none")
        | dict.fromkeys([field.name for field in packed], "lz4"),
        use_dictionary=False,
        column_encoding=encodings
        | {field.name: "BYTE_STREAM_SPLIT" for field in packed if field.type == pa.uint32()},
        row_group_size=INDEX_ROW_GROUP,
        write_statistics=[stream.key],
    )


def _are_sorted(keys: U64) -> bool:
    return bool((keys[1:] >= keys[:-1]).all())


def _lists_as_bytes(rows: pa.Table) -> pa.Table:
    """Returns rows with each list of numbers as its bytes."""
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


def _bytes_as_lists(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Returns rows with the bytes columns that are lists in ``schema`` as those lists."""
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


def read_index(paths: Sequence[str], stream: Stream, wanted: U64) -> pa.Table:
    """Returns the rows of index files whose key is among the wanted ones.

    Args:
      paths: Parquet files of one stream, rows in any order.
      stream: the stream.
      wanted: keys, in any order.

    Raises:
      WarehouseError: a file is damaged.
    """
    tables: list[pa.Table] = []
    if paths and len(wanted):
        # np.unique hashes integers, which takes several times as long as sorting.
        wanted = np.sort(wanted)
        keys = _WantedKeys(wanted[np.append(True, wanted[1:] != wanted[:-1])])
        for path in paths:
            try:
                with open_input(path) as file:
                    parquet = pq.ParquetFile(file, page_checksum_verification=True)
                    tables.extend(_probe(parquet, stream, keys))
            except (OSError, pa.ArrowException) as error:
                raise WarehouseError(
                    f"{path} of the index cannot be read: {error}. Rebuild it with: copydesk "
                    "reindex"
                ) from error
    if not tables:
        return stream.schema.empty_table()
    names = stream.schema.names
    stored = [stream.stored_names.get(name, name) for name in names]
    rows = pa.concat_tables(tables).select(stored).rename_columns(names)
    return _bytes_as_lists(rows, stream.schema).cast(stream.schema)


FILTER_SLOTS = 16
"""Slots per key in each of the two filters, at least: false-positive rate 1/16 each, 1/256 both."""

FILTER_BITS = np.uint64(25)
"""Bits of the index into the largest filter, 32 MB: a larger one exceeds every cache."""


class _WantedKeys:
    """Finds wanted keys among millions: a Bloom filter of two hashes, then a binary search.

    Keys are hashes already, so two of their bit ranges serve as the filter's hash functions (Bloom,
    Communications of the ACM 1970).

    Args:
      keys: the wanted keys, sorted and distinct; at least one.
    """

    def __init__(self, keys: U64) -> None:
        bits = min((FILTER_SLOTS * len(keys)).bit_length(), int(FILTER_BITS))
        self.keys = keys
        self._mask = np.uint64((1 << bits) - 1)
        self._low, self._high = np.zeros(1 << bits, bool), np.zeros(1 << bits, bool)
        self._low[keys & self._mask] = True
        self._high[keys >> FILTER_BITS & self._mask] = True

    def find(self, keys: U64) -> npt.NDArray[np.int64]:
        """Returns the positions of wanted keys among ``keys``."""
        maybe = np.flatnonzero(self._are_set(self._low, keys))
        some = keys[maybe]
        again = self._are_set(self._high, some >> FILTER_BITS)
        maybe, some = maybe[again], some[again]
        nearest = np.searchsorted(self.keys, some) % len(self.keys)
        found: npt.NDArray[np.int64] = maybe[self.keys[nearest] == some]
        return found

    def _are_set(self, slots: npt.NDArray[np.bool_], hashes: U64) -> npt.NDArray[np.bool_]:
        """Returns the slots of hashes; ``take`` needs half the time of an index into an array."""
        places = (hashes & self._mask).view(np.int64)
        return slots.take(places, mode="clip")


def _probe(file: pq.ParquetFile, stream: Stream, wanted: _WantedKeys) -> Iterator[pa.Table]:
    """Yields the rows of a file with a wanted key, row group by row group."""
    at = file.schema_arrow.get_field_index(stream.key)
    others = [name for name in file.schema_arrow.names if name != stream.key]
    for group in range(file.num_row_groups):
        statistics = file.metadata.row_group(group).column(at).statistics
        if statistics is not None and (
            statistics.max < wanted.keys[0] or statistics.min > wanted.keys[-1]
        ):
            continue
        keys = file.read_row_group(group, columns=[stream.key], use_threads=False).column(0)
        found = wanted.find(keys.to_numpy())
        if len(found):
            positions = pa.array(found)
            rows = file.read_row_group(group, columns=others, use_threads=False).take(positions)
            yield rows.append_column(stream.key, keys.take(positions))


def index_folder(transform: CorpusTransform, stream: Stream) -> str:
    """Returns the folder of a stream's index in the warehouse; each version has its own."""
    name = stream.stored_names.get(stream.name, stream.name)
    return f"index/{transform.name()}-v{transform.version}/{name}"


def indexed_streams(transforms: Iterable[Transform]) -> dict[str, Stream]:
    """Returns folder of the index to the stream whose rows it holds."""
    return {
        index_folder(transform, stream): stream
        for transform in transforms
        if isinstance(transform, CorpusTransform)
        for stream in transform.streams
        if stream.indexed
    }


def index_lookup(
    transform: CorpusTransform, index_files: Mapping[tuple[str, str], Sequence[str]]
) -> Lookup:
    """Returns the function that reads rows of a transform's indexed streams by key.

    Args:
      transform: the transform.
      index_files: (transform, stream) to paths of its index files.
    """
    streams = {stream.name: stream for stream in transform.streams}

    def lookup(name: str, wanted: U64) -> pa.Table:
        return read_index(index_files.get((transform.name(), name), ()), streams[name], wanted)

    return lookup


def is_older(manifest: Manifest, transforms: Iterable[Transform]) -> bool:
    """Returns whether the index is of an earlier version of a transform than the present one."""
    found = _versions(manifest)
    return any(
        max(found.get(transform.name(), {transform.version})) < transform.version
        for transform in transforms
    )


def index_files(
    manifest: Manifest | None, transforms: Sequence[Transform]
) -> dict[tuple[str, str], list[str]]:
    """Returns (transform, stream) to the paths of its index files, for every indexed stream.

    Raises:
      WarehouseError: the index is missing, or of another version of a transform.
    """
    if manifest is None:
        return {}
    root, problem = manifest.root, ""
    articles = sum(file.rows for file in manifest.files if file.table == "articles")
    if articles and not manifest.index_files and indexed_streams(transforms):
        problem = f"{root} has {articles} articles and no index of them"
    for transform in transforms:
        versions = _versions(manifest).get(transform.name(), {transform.version})
        if transform.version not in versions:
            problem = (
                f"the index of {root} is of another version of {transform.name()} "
                f"({min(versions)}; this is version {transform.version})"
            )
    if problem:
        raise WarehouseError(
            f"{problem}. Rebuild it with: copydesk reindex --warehouse {shlex.quote(root)}"
        )
    folders: dict[str, list[str]] = {}
    for file in manifest.index_files:
        folders.setdefault(file.table, []).append(inside(root, file.path))
    return {
        (transform.name(), stream.name): sorted(folders.get(index_folder(transform, stream), ()))
        for transform in transforms
        if isinstance(transform, CorpusTransform)
        for stream in transform.streams
        if stream.indexed
    }


def _versions(manifest: Manifest) -> dict[str, set[int]]:
    """Returns the versions of each transform that the index is of."""
    found: dict[str, set[int]] = {}
    for file in manifest.index_files:
        name, _, version = file.table.split("/")[1].rpartition("-v")
        found.setdefault(name, set()).add(int(version))
    return found
