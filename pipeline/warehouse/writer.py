"""Parquet files of the warehouse: sorted, one per language, synced to the disk in the background.

A file has its name once it is on the disk, or uploaded. It does not count before a manifest names
it.
"""

import concurrent.futures
import hashlib
import os
import re
import urllib.parse
from collections.abc import Iterator
from typing import Any, NamedTuple, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import storage
from pipeline.warehouse.manifest import (
    FILES,
    INPUT_SCHEMA,
    INPUTS,
    RUN_ID,
    DataFile,
    WarehouseError,
    check_run_id,
    not_written,
    schema_hash,
)
from pipeline.warehouse.schema import SORT_KEYS, TEXT_TABLES

TEXT_ROW_GROUP = 16_384
"""Rows of a row group of a table with long rows: some 100 MB of articles at 6 kB each."""

NARROW_ROW_GROUP = 122_880
"""Rows of a row group of a narrow table: DuckDB's own row group, its unit of parallel work."""

UNDETERMINED = "und"
"""Language, in a file's name, of rows whose language is NULL; the code ISO 639-2 has for it."""

FILE_NAME = re.compile(rf"\.?{RUN_ID.pattern}-.*\.parquet(\.[0-9a-f]+\.tmp)?")
"""Names of Parquet files, and of temporary ones; no other file is ever removed."""

_PART = re.compile(r"[A-Za-z0-9._-]{1,128}")

_SAMPLE = 256
"""Rows, evenly spaced, that decide how a column is encoded."""

_PROSE = 128
"""Bytes of a mean value from which a column is prose: nobody filters it by minimum and maximum."""


class Written(NamedTuple):
    """What a manifest records of the bytes of a file.

    Attributes:
      bytes: their number.
      hash: their SHA-256, in hex, as ``sha256sum`` prints it.
    """

    bytes: int
    hash: str


class _Hashed:
    """A file whose bytes are hashed as they are written, in order, once.

    SHA-256 takes 0.6 ms a megabyte where the processor has instructions for it: 0.1 s of the 20 s
    of processor time of a run over 82 MB of text, which makes 250 MB of files.
    """

    def __init__(self, file: storage.NewFile) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.closed = False

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        return self._file.write(data)

    def tell(self) -> int:
        return self._file.tell()

    def flush(self) -> None:
        self._file.flush()

    @property
    def written(self) -> Written:
        return Written(self._file.tell(), self._digest.hexdigest())


class BackgroundSync:
    """Syncs and renames written files in four threads while the next are written.

    A context manager; on exit all files are on the disk under their final names.

    Raises:
      WarehouseError: on exit, if a file cannot be synced or renamed.
    """

    def __init__(self) -> None:
        self._threads = concurrent.futures.ThreadPoolExecutor(4)
        self._pending: dict[str, concurrent.futures.Future[None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._threads.shutdown()
        if kind is None:
            for path, synced in self._pending.items():
                try:
                    synced.result()
                except OSError as error:
                    raise not_written(path, error) from error

    def submit(self, file: storage.NewFile, path: str) -> None:
        """Schedules what gives a file its name once it is on the disk."""
        self._pending[path] = self._threads.submit(file.keep)


def write_table(
    root: str,
    table: str,
    data: pa.Table,
    schema: pa.Schema,
    run_id: str,
    part: str,
    sync: BackgroundSync | None = None,
) -> list[DataFile]:
    """Writes rows of a table as final Parquet: one file per language, none without rows.

    Many workers can call it at once, and again for the same part after a failure.

    Args:
      root: the warehouse's folder.
      table: name of the table.
      data: its rows, in any order; the columns of ``schema`` in any order.
      schema: as ``table_schemas`` returns it.
      run_id: the run, as ``make_run_id`` makes it.
      part: unique within run and table; letters, digits, dots, dashes and underscores.
      sync: syncs the files in the background; without it they are on the disk on return.

    Raises:
      WarehouseError: the columns are not those of the schema, a value does not fit, or a file
        cannot be written.
    """
    check_run_id(run_id)
    if not _PART.fullmatch(part):
        raise WarehouseError(
            f"{part!r} cannot be part of a file name; use up to 128 letters, digits, dots, dashes "
            "and underscores."
        )
    data = _conform(table, data, schema)
    if data.num_rows == 0:
        return []
    return [
        write_sorted(
            root,
            file_path(f"{FILES}/{table}", f"{run_id}-{part}", language),
            table,
            rows,
            sync,
        )
        for language, rows in _by_language(data)
    ]


def file_path(folder: str, shard: str, language: str = "") -> str:
    """Returns the path of a file; ``split_path`` takes it apart."""
    return f"{folder}/{shard}@{language}.parquet" if language else f"{folder}/{shard}.parquet"


def split_path(path: str) -> tuple[str, str, str]:
    """Returns folder, shard and language of a file.

    The files that one task writes have one shard: its run, a dash and its part. The language is
    quoted as in a URL, and empty for a table that has none.
    """
    folder, _, name = path.rpartition("/")
    shard, _, language = name.removesuffix(".parquet").partition("@")
    return folder, shard, language


def write_sorted(
    root: str, path: str, table: str, rows: pa.Table, sync: BackgroundSync | None = None
) -> DataFile:
    """Writes rows of a table as one file, in the table's order; see ``write_file``."""
    keys = INPUT_SCHEMA.names if table == INPUTS else _sort_keys(table, rows.schema)
    rows = rows.take(pc.sort_indices(rows, sort_keys=[(key, "ascending") for key in keys]))
    return write_file(root, path, table, rows, sync)


def write_file(
    root: str, path: str, table: str, data: pa.Table, sync: BackgroundSync | None = None
) -> DataFile:
    """Writes one Parquet file under a temporary name, syncs it, and renames it.

    The commit syncs the folders, once for all their files.

    Args:
      root: the warehouse's folder.
      path: relative to ``root``; its name begins with the run's id, as
        ``index/exact/20261122T231500Z-3f2a-0.parquet``.
      table: value for ``DataFile.table``.
      data: the rows, in their final order.
      sync: syncs the file in the background; without it it is on the disk on return.

    Raises:
      WarehouseError: the file cannot be written.
    """
    name = os.path.basename(path)
    if not FILE_NAME.fullmatch(name) or name.startswith("."):
        raise WarehouseError(
            f"{path!r} cannot be written: the name of a file of the warehouse is its run's id, a "
            "dash, its part and .parquet, as in 20261122T231500Z-3f2a-0.parquet."
        )
    row_group = TEXT_ROW_GROUP if table in TEXT_TABLES else NARROW_ROW_GROUP
    options = _parquet_options(data) | {"row_group_size": row_group}
    size, digest = write_parquet(storage.inside(root, path), data, sync, **options)
    return DataFile(table, path, data.num_rows, size, schema_hash(data.schema), digest)


def write_parquet(
    path: str, data: pa.Table, sync: BackgroundSync | None = None, **options: Any
) -> Written:
    """Writes one Parquet file under a temporary name, hashes and syncs it, and renames it.

    A second attempt at the same file replaces it in one step.

    Args:
      path: the file, as ``storage.inside`` returns it; its folder is created.
      data: the rows.
      sync: syncs the file in the background; without it it is on the disk on return.
      options: of ``pyarrow.parquet.write_table``.

    Returns:
      The size and the hash of the file.

    Raises:
      WarehouseError: the file cannot be written.
    """
    try:
        file = storage.new_file(path)
        try:
            hashed = _Hashed(file)
            pq.write_table(data, hashed, write_page_checksum=True, **options)
            file.flush()
            written = hashed.written
        except BaseException:
            file.discard()
            raise
        if sync is None:
            file.keep()
        else:
            sync.submit(file, path)
    except OSError as error:
        raise not_written(path, error) from error
    return written


def read_table(root: str, path: str) -> pa.Table:
    """Returns the rows of a Parquet file of the warehouse.

    Raises:
      LinkError: a link is in the way.
      OSError, ArrowException: the file cannot be read.
    """
    # Threads that Arrow starts for a short read may outlive the process's last line, which then
    # ends by SIGABRT instead of its exit code: seen in 3 of 100 runs of `copydesk repair`.
    with (
        storage.open_file(storage.inside(root, path)) as file,
        pq.ParquetFile(file, pre_buffer=False) as parquet,
    ):
        return parquet.read(use_threads=False)


def _conform(table: str, data: pa.Table, schema: pa.Schema) -> pa.Table:
    missing = sorted(set(schema.names) - set(data.column_names))
    unknown = sorted(set(data.column_names) - set(schema.names))
    if missing or unknown:
        raise WarehouseError(
            f"rows of {table!r} do not have its columns: "
            + "; ".join(
                f"{what} {', '.join(names)}"
                for what, names in (("missing are", missing), ("unknown are", unknown))
                if names
            )
            + ". Declare the columns in a transform, or leave them out."
        )
    columns = []
    for field in schema:
        column = data.column(field.name)
        if column.type != field.type:
            try:
                column = column.cast(field.type)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
                raise WarehouseError(
                    f"column {field.name!r} of {table!r} holds {column.type}, which does not fit "
                    f"{field.type}: {error}. Mend the transform that sets it."
                ) from error
        columns.append(column)
    return pa.table(columns, schema=schema)


def _by_language(data: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    if "language" not in data.column_names:
        yield "", data
        return
    known = pc.fill_null(data["language"], UNDETERMINED)
    known = pc.if_else(pc.equal(known, ""), UNDETERMINED, known)
    languages = sorted(pc.unique(known).to_pylist())
    for language in languages:
        rows = data if len(languages) == 1 else data.filter(pc.equal(known, language))
        yield urllib.parse.quote(language, safe=""), rows


def _sort_keys(table: str, schema: pa.Schema) -> list[str]:
    keys = SORT_KEYS.get(table)
    if keys is None:
        keys = tuple(
            field.name
            for field in schema
            if not (pa.types.is_nested(field.type) or field.name == "run_id")
        )
    return [key for key in keys if key in schema.names]


def _parquet_options(data: pa.Table) -> dict[str, Any]:
    """Returns the options to write rows with.

    A text column gets a dictionary if at least half of its values repeat. To try one on other
    columns, only to give it up, costs CPU.
    """
    flat = [field.name for field in data.schema if not pa.types.is_nested(field.type)]
    text = [name for name in flat if data[name].type in (pa.string(), pa.binary())]
    prose = {name for name in text if data[name].nbytes > _PROSE * len(data)}
    rows = pa.array(range(0, len(data), max(1, len(data) // _SAMPLE)), pa.int64())
    repeating = [
        name
        for name in text
        if name not in prose and 2 * pc.count_distinct(data[name].take(rows)).as_py() <= len(rows)
    ]
    return {
        "compression": "zstd",
        "compression_level": 3,
        "use_dictionary": repeating,
        "write_statistics": [name for name in flat if name not in prose],
    }
