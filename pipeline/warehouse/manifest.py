"""A snapshot of the warehouse: which files it consists of, recorded as JSON.

Layout, relative to the warehouse's folder::

    files/<table>/<run_id>-<part>[@<language>].parquet   rows, also of older snapshots
    data/<table>/<the same name>                         links to those of the newest snapshot
    index/...                                            fingerprints of earlier runs
    inputs/<run_id>-0.parquet                            dumps taken in
    staging/<run_id>/...                                 working files of a run, or their address
    manifests/<n>.json                                   one commit each
    news.duckdb                                          catalog of the newest manifest
    snapshot.json                                        copy of it, hash of the catalog
    watch.json                                           how far `copydesk watch` is, if it runs
    set-aside/...                                        what `copydesk repair` could not place
"""

import dataclasses
import datetime
import hashlib
import os
import re
import secrets
import shlex
from collections.abc import Collection, Mapping
from importlib import metadata
from typing import Any, NamedTuple, TypeVar

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import storage
from pipeline.errors import CopydeskError
from pipeline.warehouse.schema import Schema, duckdb_type

FILES, INDEX, INPUTS, STAGING, MANIFESTS = "files", "index", "inputs", "staging", "manifests"

DATA = "data"
"""Folder with links to the files of the newest snapshot, which copydesk itself does not read."""

WATCH_NAME = "watch.json"
"""File in which ``copydesk watch`` says how far it is, while it runs; nothing depends on it."""

SCHEMA_VERSION = 2
"""Version of the layout; raised when an older copydesk would misread the warehouse. Version 1 had
its files in ``data/<table>/[language=<xx>/]``, with those of older snapshots among them, no hashes
of files, and no checksums of manifests."""

REPAIRED_VERSION = 3
"""Version of a manifest from which a repair left articles out, which an older copydesk would not
carry on."""

WITHOUT_DAMAGED = "--without-damaged"
"""Flag of ``copydesk repair`` that leaves out what cannot be read."""

RUN_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{4,32}")

INPUT_SCHEMA = pa.schema(
    [("path", pa.string()), ("size", pa.int64()), ("content_hash", pa.string())]
)


class WarehouseError(CopydeskError):
    """The warehouse cannot be read or written; the message says why and what to do."""


class LockedError(WarehouseError):
    """Another process writes to the warehouse."""


class LockLostError(WarehouseError):
    """Another process may write to the warehouse that this one had locked."""


class DamagedError(WarehouseError):
    """A manifest, or its copy, is not as it was written."""


class UnreachableError(WarehouseError):
    """A file cannot be opened, which says nothing of what it holds.

    Args:
      path: its path.
      error: what came of the attempt; one of ``KINDS``.
    """

    KINDS = (PermissionError, ConnectionError, TimeoutError)

    def __init__(self, path: str, error: OSError) -> None:
        super().__init__(
            f"{path} cannot be opened ({error.strerror or error}), which says nothing of what it "
            "holds. Give this user permission to read it, or wait until its storage answers, and "
            "try again"
        )


@dataclasses.dataclass(frozen=True)
class DataFile:
    """An immutable Parquet file.

    Attributes:
      table: table of its rows; of a file under ``index/``, its folder.
      path: relative to the warehouse's folder, with forward slashes.
      rows: number of rows.
      bytes: size of the file.
      schema: short hash of its columns' names and types; equal where these are equal.
      hash: SHA-256 of its bytes, in hex; empty if a copydesk before schema 2 wrote it.
    """

    table: str
    path: str
    rows: int
    bytes: int
    schema: str = ""
    hash: str = ""


class Input(NamedTuple):
    """A dump that was taken in.

    Attributes:
      path: path or URL.
      size: bytes that were read. More may have been appended since.
      content_hash: hash of these bytes, in hex; empty if they could not be read.
    """

    path: str
    size: int
    content_hash: str


@dataclasses.dataclass(frozen=True)
class StoredColumn:
    """A column as a manifest records it.

    Attributes:
      type: its DuckDB type.
      description: one sentence.
    """

    type: str
    description: str


@dataclasses.dataclass(frozen=True)
class Manifest:
    """A snapshot of the warehouse.

    Attributes:
      number: 1 for the first commit, then one more each.
      schema_version: version of the layout.
      run_id: the run that committed it.
      version: version of copydesk that committed it.
      columns: table -> column -> type and description, in order.
      files: all data files of the snapshot, also those of earlier runs.
      index_files: all files of the index.
      input_files: files with every dump ever taken in. A list in the manifest itself would be
        rewritten with every commit: 140 MB for a million dumps.
      exceptions: what should hold of the rows -> number of cases in which it does not, since a
        repair left incomplete articles out.
      left_out: ids of such articles that other rows name, also those of later runs.
      root: the warehouse's folder.
    """

    number: int
    schema_version: int
    run_id: str
    version: str
    columns: Mapping[str, Mapping[str, StoredColumn]]
    files: tuple[DataFile, ...]
    index_files: tuple[DataFile, ...] = ()
    input_files: tuple[DataFile, ...] = ()
    exceptions: Mapping[str, int] = dataclasses.field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    root: str = dataclasses.field(default="", compare=False, repr=False)

    @property
    def all_files(self) -> tuple[DataFile, ...]:
        """Every file the snapshot consists of."""
        return (*self.files, *self.index_files, *self.input_files)

    @property
    def runs(self) -> int:
        """Number of runs that were committed. Repairs and conversions are manifests but no runs."""
        return sum(file.rows for file in self.files if file.table == "runs")

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Every dump ever taken in; read from disk.

        Raises:
          WarehouseError: a file that lists them cannot be read.
        """
        return tuple(taken for file in self.input_files for taken in self.read_inputs(file))

    def read_inputs(self, file: DataFile) -> list[Input]:
        """Returns the dumps that one of the input files lists.

        Raises:
          WarehouseError: it cannot be read.
        """
        try:
            with (
                storage.open_file(storage.inside(self.root, file.path)) as opened,
                pq.ParquetFile(opened, page_checksum_verification=True) as parquet,
            ):
                columns = parquet.read().select(INPUT_SCHEMA.names).to_pydict().values()
        except (OSError, pa.ArrowException) as error:
            path = os.path.join(self.root, file.path)
            raise WarehouseError(
                f"{path}, which lists the dumps taken in, cannot be read: {error}. Restore it "
                f"from a backup, or go on without it: {repair_command(self.root)}"
            ) from error
        return list(map(Input._make, zip(*columns, strict=True)))


def stored_columns(before: Manifest | None, schema: Schema) -> dict[str, dict[str, StoredColumn]]:
    """Returns the columns of a snapshot by table: those of a schema, then what it had besides.

    A column or table of a transform that is no longer installed keeps its values.
    """
    merged = {
        name: {
            column: StoredColumn(duckdb_type(declared.type), declared.description)
            for column, declared in table.columns.items()
        }
        for name, table in schema.tables.items()
    }
    for name, stored in (before.columns if before else {}).items():
        columns = merged.setdefault(name, {})
        columns |= {column: stored[column] for column in stored if column not in columns}
    return merged


def make_run_id(started_at: datetime.datetime) -> str:
    """Returns a new run id, as ``20261122T231500Z-3f2a7c``; ids sort by time.

    It is the UTC time of the start and six hex digits: three for 4,096ths of a second, since
    batches of ``copydesk watch`` may follow each other within one, and three random ones.

    Args:
      started_at: start of the run, with a time zone.
    """
    moment = started_at.astimezone(datetime.UTC)
    digits = (moment.microsecond * 4096 // 1_000_000) << 12 | secrets.randbelow(4096)
    return f"{moment:%Y%m%dT%H%M%SZ}-{digits:06x}"


def check_run_id(run_id: str) -> None:
    """Raises WarehouseError unless a text has the form of a run id."""
    if not RUN_ID.fullmatch(run_id):
        raise WarehouseError(
            f"{run_id!r} is no run id; use make_run_id, which gives one like 20261122T231500Z-3f2a."
        )


def schema_hash(schema: pa.Schema) -> str:
    """Returns 12 hex digits that are equal for schemas of equal names, types and order."""
    listed = "\n".join(f"{field.name} {field.type}" for field in schema)
    return hashlib.blake2b(listed.encode(), digest_size=6).hexdigest()


def not_written(path: str, error: OSError) -> WarehouseError:
    """Returns the error for a file that cannot be written."""
    return WarehouseError(storage.not_written(path, error))


def repair_command(root: str) -> str:
    """Returns the command that repairs a warehouse, as a user can type it."""
    return f"copydesk repair --warehouse {shlex.quote(root)}"


def schema_version(exceptions: Mapping[str, int], left_out: Collection[str]) -> int:
    """Returns the version of a manifest with some exceptions, and articles left out."""
    return REPAIRED_VERSION if exceptions or left_out else SCHEMA_VERSION


def sealed(record: Mapping[str, Any]) -> bytes:
    """Returns a record as JSON, whose first member is the SHA-256 of the lines behind it."""
    return _with_checksum(orjson.dumps(record, option=orjson.OPT_INDENT_2).removeprefix(b"{\n"))


def _with_checksum(lines: bytes) -> bytes:
    return b'{\n  "checksum": "%s",\n%s' % (hashlib.sha256(lines).hexdigest().encode(), lines)


def unsealed(root: str, path: str) -> dict[str, Any]:
    """Returns the record of a file that ``sealed`` wrote, or of a manifest of schema 1.

    Args:
      root: the warehouse's folder.
      path: of the file, relative to it.

    Raises:
      DamagedError: the file is not as it was written.
      WarehouseError: it cannot be read, or is of a newer copydesk.
    """
    place = os.path.join(root, path)
    try:
        with storage.open_file(storage.inside(root, path)) as file:
            content = file.read()
    except OSError as error:
        raise WarehouseError(
            f"{place} cannot be read: {error.strerror}. "
            "Restore it, or check the permissions of the folder."
        ) from error
    try:
        record = dict(orjson.loads(content))
        version = record["schema_version"]
        lines = content.partition(b"\n")[2].partition(b"\n")[2]
        if "checksum" in record and content != _with_checksum(lines):
            raise ValueError(
                f"its checksum is of another content; it says it is of copydesk "
                f"{record.get('version', '?')} with schema {version}"
            )
        if isinstance(version, int) and version > REPAIRED_VERSION:
            raise WarehouseError(
                f"{place} was written by copydesk {record.get('version', '?')} with schema "
                f"{version}; this is copydesk {metadata.version('copydesk')}, which knows "
                f"schemas up to {REPAIRED_VERSION}. Upgrade copydesk, or give another --warehouse."
            )
        if "checksum" not in record and version != 1:
            raise ValueError("its checksum is missing")
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(root, path, error) from error
    record.pop("checksum", None)
    return record


def nothing_committed(root: str) -> WarehouseError:
    """Returns the error for a folder without a snapshot: an empty one, or none of a warehouse."""
    return WarehouseError(
        f"nothing was ever committed to {root}. Name the folder of a warehouse with --warehouse, "
        "or make one with copydesk run --input PATH"
    )


def damaged(root: str, path: str, error: Exception) -> DamagedError:
    """Returns the error for a manifest, or its copy, that is not as it was written."""
    return DamagedError(
        f"{os.path.join(root, path)} is damaged ({type(error).__name__}: {error}). Keep it, and "
        f"bring back what the other files hold: {repair_command(root)}"
    )


def manifest_path(number: int) -> str:
    """Returns the path of a manifest, relative to the warehouse's folder."""
    return f"{MANIFESTS}/{number}.json"


def read_manifest(root: str, number: int) -> Manifest:
    """Returns a manifest by its number.

    Raises:
      DamagedError: it is not as it was written.
      WarehouseError: it cannot be read, or is of a newer copydesk.
    """
    path = manifest_path(number)
    try:
        manifest = from_record(root, unsealed(root, path))
        if manifest.number != number:
            raise ValueError(f"it says it is manifest {manifest.number}")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(root, path, error) from error
    return manifest


def from_record(root: str, record: dict[str, Any]) -> Manifest:
    """Returns the manifest that a record holds.

    Raises:
      KeyError, TypeError, AttributeError: it holds none.
    """
    columns = {
        table: {name: _checked(StoredColumn, column) for name, column in members.items()}
        for table, members in record["columns"].items()
    }
    lists = {
        name: tuple(_checked(DataFile, file) for file in record[name])
        for name in ("files", "index_files", "input_files")
    }
    left_out = tuple(record.get("left_out", ()))
    members = {**record, **lists, "columns": columns, "left_out": left_out, "root": root}
    return _checked(Manifest, members)


def to_record(manifest: Manifest) -> dict[str, Any]:
    """Returns a manifest as a record of plain data."""
    names = {field.name for field in dataclasses.fields(manifest)} - {"root"}
    if manifest.schema_version != REPAIRED_VERSION:  # so that an older copydesk can read it
        names -= {"exceptions", "left_out"}
    return {
        field.name: getattr(manifest, field.name)
        for field in dataclasses.fields(manifest)
        if field.name in names
    }


def write_manifest(manifest: Manifest) -> None:
    """Writes a manifest, unless there is one of its number; that is the commit.

    Raises:
      WarehouseError: it cannot be written, or its number is taken.
    """
    path = storage.inside(manifest.root, manifest_path(manifest.number))
    try:
        storage.create(path, sealed(to_record(manifest)))
    except FileExistsError as error:
        raise WarehouseError(
            f"{storage.shown(path)} was committed by another process meanwhile. Nothing was "
            "committed; see that one process at a time writes to the warehouse, and run again."
        ) from error
    except OSError as error:
        if storage.is_remote(path):
            raise WarehouseError(
                f"{storage.shown(path)} could not be written: {error.strerror}. It is not known "
                f"whether run {manifest.run_id} is committed: the storage did not say so, and may "
                "do it yet. copydesk status tells; once the storage responds, run again, which "
                "reads nothing twice."
            ) from error
        raise not_written(path, error) from error


_Record = TypeVar("_Record", StoredColumn, DataFile, Manifest)

_MEMBER_TYPES: dict[type, dict[str, type]] = {
    StoredColumn: {"type": str, "description": str},
    DataFile: {"table": str, "path": str, "rows": int, "bytes": int, "schema": str},
    Manifest: {"number": int, "schema_version": int, "run_id": str, "version": str},
}


def _checked(kind: type[_Record], members: dict[str, Any]) -> _Record:
    for name, expected in _MEMBER_TYPES[kind].items():
        if not isinstance(members.get(name), expected):
            raise TypeError(f"{name} is {members.get(name)!r}, not {expected.__name__}")
    return kind(**members)
