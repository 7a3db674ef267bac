"""The index: rows of indexed streams that earlier runs left, looked up by key.

Parquet files below ``index/<transform>-v<version>/<stream>/``. A run reads of them only rows whose
key occurs among its own rows.
"""

import contextlib
import functools
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import count
from pipeline.shuffle import U64
from pipeline.storage import inside, is_remote, open_file, open_input, root_of, shown, status
from pipeline.transform import CorpusTransform, Lookup, Stream, Transform
from pipeline.warehouse.manifest import Manifest, WarehouseError
from pipeline.warehouse.writer import Written, write_parquet

INDEX_ROW_GROUP = 1 << 17
"""Rows of a row group of the index, at most. Of one without a wanted key only the keys are read."""

ROW_GROUP_BYTES = 1 << 20
"""Bytes of a row group in memory, about, which one wanted key makes a lookup read: 0.2 to 0.8 ms,
by the number of columns."""

WIDE_ROW = 64
"""Bytes of a row in memory from which on a process keeps the keys of a file, an eighth of it at
most: 8 MB for 100,000 articles and their 900,000 texts, which the stages look up seven times."""

KNOWN_FILES = 4_096
"""Files of which a process keeps what it has learned, mostly their footers: 3 MB on the disk for
350 files of 100,000 long articles."""


def write_index(path: str, rows: pa.Table, stream: Stream) -> Written:
    """Writes rows of an indexed stream as Parquet, in their order; returns its size and hash.

    Keys and other hashes are stored plainly, since nothing compresses them; small numbers as byte
    streams; a list of numbers as bytes, which Parquet reads twice as fast as its lists.

    Rows are not sorted here: sorting costs more than it saves, since a run that adds a hundredth of
    the warehouse looks up keys in almost every row group. And the rows of a text, which compress
    well and are in one row group, would stand apart: three streams take twice the space then.
    """
    names = [stream.stored_names.get(name, name) for name in rows.column_names]
    width = max(1, rows.nbytes // max(1, len(rows)))
    rows = _lists_as_bytes(rows.rename_columns(names))
    plain = {stream.key, *stream.hashes}
    packed = [field for field in rows.schema if field.name not in plain]
    return write_parquet(
        path,
        rows,
        compression=dict.fromkeys(plain, "none")
        | dict.fromkeys([field.name for field in packed], "lz4"),
        use_dictionary=False,
        column_encoding={
            field.name: "BYTE_STREAM_SPLIT" for field in packed if field.type == pa.uint32()
        },
        row_group_size=max(1, min(INDEX_ROW_GROUP, ROW_GROUP_BYTES // width)),
        # The keys of a row group are one page, which _KnownFile finds.
        data_page_size=2 * 8 * INDEX_ROW_GROUP,
        max_rows_per_page=INDEX_ROW_GROUP,
        write_statistics=[stream.key],
    )


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
                known = _known_file(path, stream.key, *_stamp(path))
                tables.extend(known.rows(keys))
            except (OSError, pa.ArrowException) as error:
                raise WarehouseError(
                    f"{shown(path)} of the index cannot be read: {error}. Rebuild it with: "
                    f"copydesk reindex --warehouse {shlex.quote(root_of(path))}"
                ) from error
    if not tables:
        return stream.schema.empty_table()
    names = stream.schema.names
    stored = [stream.stored_names.get(name, name) for name in names]
    rows = pa.concat_tables(tables).select(stored).rename_columns(names)
    return _bytes_as_lists(rows, stream.schema).cast(stream.schema)


FILTER_SLOTS = 64
"""Slots per key in each of the two filters, at least: false-positive rate 1/64 each, 1/4096 both.
With 16 a search takes a tenth longer."""

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
        self._room, self._slots = np.empty(0, np.uint64), np.empty(0, np.uint64)

    def room(self, count: int) -> U64:
        """Returns an array for keys, the same again: each page of a new one would be a fault."""
        if count > len(self._room):
            self._room = np.empty(count, np.uint64)
        return self._room[:count]

    def find(self, keys: U64) -> npt.NDArray[np.int64]:
        """Returns the positions of wanted keys among ``keys``."""
        if len(keys) > len(self._slots):
            self._slots = np.empty(len(keys), np.uint64)
        slots = np.bitwise_and(keys, self._mask, out=self._slots[: len(keys)])
        maybe = np.flatnonzero(_are_set(self._low, slots))
        some = keys[maybe]
        again = _are_set(self._high, some >> FILTER_BITS & self._mask)
        maybe, some = maybe[again], some[again]
        nearest = np.searchsorted(self.keys, some) % len(self.keys)
        found: npt.NDArray[np.int64] = maybe[self.keys[nearest] == some]
        return found


def _are_set(filled: npt.NDArray[np.bool_], slots: U64) -> npt.NDArray[np.bool_]:
    """Returns whether slots are filled; ``take`` needs half the time of an index into an array."""
    return filled.take(slots.view(np.int64), mode="clip")


class _KnownFile:
    """What a process has learned of an index file, whose rows stay as they are.

    Args:
      path: the file.
      key: name of its key column.

    Raises:
      OSError, ArrowException: it cannot be read.
    """

    def __init__(self, path: str, key: str) -> None:
        self._path = path
        self._key = key
        with open_input(path) as file:
            self._metadata = pq.read_metadata(file)
        names = self._metadata.schema.to_arrow_schema().names
        self._others = [name for name in names if name != key]
        at = names.index(key)
        groups = [self._metadata.row_group(group) for group in range(self._metadata.num_row_groups)]
        self._chunks = [group.column(at) for group in groups]
        self._starts = np.cumsum([0, *(group.num_rows for group in groups)])
        bounds = [chunk.statistics for chunk in self._chunks]
        self._least = np.array([bound.min if bound else 0 for bound in bounds], np.uint64)
        self._most = np.array([bound.max if bound else _LAST for bound in bounds], np.uint64)
        size = sum(group.total_byte_size for group in groups)
        self._is_wide = size >= WIDE_ROW * self._metadata.num_rows
        self._kept: U64 | None = None
        # Row group -> the first byte of its keys, once their page was verified.
        self._places: dict[int, int] = {}

    def rows(self, wanted: _WantedKeys) -> Iterator[pa.Table]:
        """Yields the rows with a wanted key, row group by row group."""
        first = np.searchsorted(wanted.keys, self._least, "left")
        near = np.flatnonzero(first < np.searchsorted(wanted.keys, self._most, "right")).tolist()
        if not near:
            return
        with contextlib.ExitStack() as opened:
            parquet = functools.cache(
                lambda: pq.ParquetFile(
                    opened.enter_context(open_input(self._path)),
                    metadata=self._metadata,
                    page_checksum_verification=True,
                )
            )
            for start, keys in self._keys(near, opened, parquet, wanted):
                found = wanted.find(keys)
                if not len(found):
                    continue
                groups = np.searchsorted(self._starts, start + found, "right") - 1
                for group in sorted(set(groups.tolist())):
                    own = found[groups == group]
                    rows = parquet().read_row_group(group, self._others, use_threads=False)
                    places = pa.array(start + own - self._starts[group])
                    field = pa.field(self._key, pa.uint64(), nullable=False)
                    yield rows.take(places).append_column(field, pa.array(keys[own]))

    def _keys(
        self,
        groups: Sequence[int],
        opened: contextlib.ExitStack,
        parquet: Callable[[], pq.ParquetFile],
        wanted: _WantedKeys,
    ) -> Iterator[tuple[int, U64]]:
        """Yields the number of a first row and the keys from there on, those of some row groups.

        If rows are wide, the keys of the whole file are read once and kept. Others are one
        uncompressed page a row group, as a rule, which ends with the bytes of the keys: read by
        Parquet once, which verifies the page, and later where they are in the file.
        """
        if self._is_wide:
            if self._kept is None:
                kept = parquet().read([self._key], use_threads=False)
                self._kept = kept.column(0).to_numpy()
            yield 0, self._kept
            return
        # Of an object the same bytes would be asked for again.
        is_object = is_remote(self._path)
        file = None if is_object else opened.enter_context(open_file(self._path))
        for group in groups:
            start = int(self._starts[group])
            keys = wanted.room(int(self._starts[group + 1]) - start)
            if group in self._places:
                _fill(keys, file, self._places[group])
            else:
                table = parquet().read_row_group(group, [self._key], use_threads=False)
                chunk = self._chunks[group]
                place = chunk.data_page_offset + chunk.total_compressed_size - keys.nbytes
                verified = table.column(0).to_numpy()
                if file and place > chunk.data_page_offset:
                    _fill(keys, file, place)
                    if np.array_equal(keys, verified):
                        self._places[group] = place
                keys[:] = verified
            yield start, keys


_LAST = 2**64 - 1


def _fill(keys: U64, file: Any, place: int) -> None:
    """Fills an array with bytes of a file.

    To read and search keys so takes four fifths of the time of mapped ones, whose pages fault.
    """
    file.seek(place)
    if file.readinto(keys.view(np.uint8)) < keys.nbytes:
        raise OSError("it ends before its last row")


@functools.lru_cache(maxsize=KNOWN_FILES)
def _known_file(path: str, key: str, size: int, modified: float) -> _KnownFile:
    """Returns what was learned of a file, unless its size or time of change is another."""
    return _KnownFile(path, key)


def _stamp(path: str) -> tuple[int, float]:
    """Returns size and time of change of a file; of an object, which never changes, nothing."""
    found = None if is_remote(path) else status(path)
    return (found.size, found.modified) if found else (0, 0.0)


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
        problem = f"{root} has {count(articles, 'article')} and no index of them"
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
