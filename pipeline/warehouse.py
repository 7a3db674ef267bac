"""The warehouse on disk: immutable Parquet files, and manifests that say which of them count.

Layout, relative to the warehouse's folder::

    data/<table>/[language=<xx>/]<run_id>-<part>.parquet   rows
    index/...                                              fingerprints of earlier runs
    inputs/<run_id>-0.parquet                              dumps taken in
    staging/<run_id>/...                                   working files of a run, or where they are
    manifests/<n>.json                                     one commit each
    news.duckdb                                            the catalog of the newest manifest

A commit is one manifest, written last. A file that no manifest names does not exist: a killed run
leaves the warehouse as it was, and the next writer removes what it left. One process writes at a
time; readers need no lock, because nothing they see ever changes.
"""

import concurrent.futures
import contextlib
import dataclasses
import datetime
import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import socket
import tempfile
import time
import urllib.parse
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib import metadata
from typing import IO, Any, NamedTuple, Self, TypeVar

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.catalog import (
    CATALOG_NAME,
    CatalogError,
    CatalogState,
    build_catalog,
    catalog_state,
    catalog_statements,
    connect,
    swap_catalog,
    write_catalog,
)
from pipeline.errors import CopydeskError
from pipeline.schema import (
    RUN_COLUMNS,
    SCHEMA_VERSION,
    SORT_KEYS,
    TEXT_TABLES,
    arrow_schema,
    duckdb_type,
)
from pipeline.transform import Column
from pipeline.views import CHECKS

TEXT_ROW_GROUP = 16_384
"""Rows of a row group of a table with long rows: some 100 MB of articles at 6 kB each."""

NARROW_ROW_GROUP = 122_880
"""Rows of a row group of a narrow table: DuckDB's own row group, its unit of parallel work."""

UNDETERMINED = "und"
"""Folder of the rows whose language is NULL; the code ISO 639-2 has for it."""

DATA, INDEX, INPUTS, STAGING, MANIFESTS = "data", "index", "inputs", "staging", "manifests"

_INPUT_SCHEMA = pa.schema(
    [("path", pa.string()), ("size", pa.int64()), ("content_hash", pa.string())]
)

LOCK_NAME = ".lock"

ELSEWHERE = "elsewhere"
"""File in a run's staging folder that says where its working files really lie."""

ARTICLES_AT_ONCE = 100_000
"""Articles whose text `verify` puts together at once: 1.3 GB at 6.5 kB each, twice."""

_RUN_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{4,32}")
_PART = re.compile(r"[A-Za-z0-9._-]{1,128}")
_MANIFEST = re.compile(r"([1-9]\d*)\.json")
_OWN_FILE = re.compile(rf"\.?{_RUN_ID.pattern}-.*\.parquet(\.[0-9a-f]+\.tmp)?")
_OWN_TEMPORARY = re.compile(
    rf"\.(?:[1-9]\d*\.json|{re.escape(CATALOG_NAME)})\.[0-9a-f]+\.tmp(?:\.wal)?"
)

_LOW_CARDINALITY = frozenset(
    {"run_id", "outlet", "language", "kind", "rule", "agency", "dump_format", "encoding", "stage",
     "reason", "source_file", "is_duplicate"}
)  # fmt: skip
"""Columns worth a dictionary. Trying one on text or ids only to give it up costs CPU."""

_NO_STATISTICS = frozenset({"text", "unique_text", "raw", "detail", "settings"})
"""Columns nobody filters by range: minimum and maximum of prose are computed for nothing."""


_PARTS = frozenset({DATA, INDEX, INPUTS, STAGING, MANIFESTS, CATALOG_NAME})


def is_part(path: str) -> bool:
    """Tells whether a path is a folder or file that a warehouse consists of.

    Who keeps a warehouse among the dumps, and reads all that is there, does not mean it.
    """
    folder, name = os.path.split(path)
    return name in _PARTS and all(
        os.path.lexists(os.path.join(folder, other)) for other in (LOCK_NAME, MANIFESTS, STAGING)
    )


class WarehouseError(CopydeskError):
    """The warehouse cannot be used as asked; the message says why and what to do."""


@dataclasses.dataclass(frozen=True)
class DataFile:
    """An immutable Parquet file.

    Attributes:
      table: the table its rows belong to; of a file under ``index/``, the channel.
      path: relative to the warehouse's folder, with forward slashes.
      rows: number of rows.
      bytes: size of the file.
      schema: short hash of its columns' names and types; equal where these are equal.
    """

    table: str
    path: str
    rows: int
    bytes: int
    schema: str = ""


class Input(NamedTuple):
    """A dump that was taken in.

    Attributes:
      path: path or URL.
      size: bytes.
      content_hash: hash of its content, in hex.
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
      columns: table -> column -> type and description, in order; every view of the catalog.
      files: all data files of the snapshot, also those of earlier runs.
      index_files: all files of the fingerprint index.
      input_files: files with every dump ever taken in. A list in the manifest itself would be
        written anew with every commit: 140 MB for a million dumps.
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
    root: str = dataclasses.field(default="", compare=False, repr=False)

    @property
    def all_files(self) -> tuple[DataFile, ...]:
        """Every file the snapshot consists of."""
        return (*self.files, *self.index_files, *self.input_files)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Every dump ever taken in; read from disk.

        Raises:
          WarehouseError: a file that lists them cannot be read.
        """
        read: list[Input] = []
        for file in self.input_files:
            path = os.path.join(self.root, file.path)
            try:
                with pq.ParquetFile(path) as parquet:
                    columns = parquet.read().select(_INPUT_SCHEMA.names).to_pydict().values()
            except (OSError, pa.ArrowException) as error:
                raise WarehouseError(
                    f"{path}, which lists the dumps taken in, cannot be read: {error}. "
                    "Restore it from a backup."
                ) from error
            read.extend(map(Input._make, zip(*columns, strict=True)))
        return tuple(read)


def make_run_id(started_at: datetime.datetime) -> str:
    """Returns a new run id, as ``20261122T231500Z-3f2a``: sorts by start, differs by chance.

    Args:
      started_at: when the run started, with a time zone.
    """
    moment = started_at.astimezone(datetime.UTC)
    return f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def schema_hash(schema: pa.Schema) -> str:
    """Returns 12 hex digits that are equal for schemas of equal names, types and order."""
    listed = "\n".join(f"{field.name} {field.type}" for field in schema)
    return hashlib.blake2b(listed.encode(), digest_size=6).hexdigest()


class Settling:
    """Brings written files to the disk while the next are written.

    A context manager; when it is left, all are on the disk under their names.

    Raises:
      WarehouseError: when it is left, where a file cannot be brought there.
    """

    def __init__(self) -> None:
        self._threads = concurrent.futures.ThreadPoolExecutor(4)
        self._under_way: dict[str, concurrent.futures.Future[None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._threads.shutdown()
        if kind is None:
            for path, settled in self._under_way.items():
                try:
                    settled.result()
                except OSError as error:
                    raise _not_written(path, error) from error

    def settle(self, file: IO[bytes], temporary: str, final: str) -> None:
        """Syncs and closes a file, and renames it, in the background."""
        self._under_way[final] = self._threads.submit(_settle, file, temporary, final)


def write_table(
    root: str,
    table: str,
    data: pa.Table,
    schema: pa.Schema,
    run_id: str,
    part: str,
    settling: Settling | None = None,
) -> list[DataFile]:
    """Writes rows of a table as final Parquet: one file per language, none where there are no rows.

    Can be called from many workers at once, and again for the same part after a failure. Nothing
    counts before a manifest names it.

    Args:
      root: the warehouse's folder; a local path or one of Beam's file systems.
      table: name of the table.
      data: its rows, in any order; the columns of ``schema`` in any order.
      schema: as ``table_schemas`` gives it.
      run_id: the run, as ``make_run_id`` makes it.
      part: unique within run and table; letters, digits, dots, dashes and underscores.
      settling: what brings the files to the disk; without it they are there on return.

    Raises:
      WarehouseError: the columns are not those of the schema, a value does not fit, or a file
        cannot be written.
    """
    _check_run_id(run_id)
    if not _PART.fullmatch(part):
        raise WarehouseError(
            f"{part!r} cannot be part of a file name; use up to 128 letters, digits, dots, dashes "
            "and underscores."
        )
    data = _conform(table, data, schema)
    if data.num_rows == 0:
        return []
    written = []
    for folder, rows in _by_language(data):
        path = "/".join(filter(None, (DATA, table, folder, f"{run_id}-{part}.parquet")))
        written.append(write_sorted(root, path, table, rows, settling))
    return written


def write_sorted(
    root: str, path: str, table: str, rows: pa.Table, settling: Settling | None = None
) -> DataFile:
    """Writes rows of a table as one file, in the table's order; see ``write_file``."""
    if table == INPUTS:
        keys = [(name, "ascending") for name in _INPUT_SCHEMA.names]
    else:
        keys = _sort_keys(table, rows.schema)
    rows = rows.take(pc.sort_indices(rows, sort_keys=keys))
    row_group = TEXT_ROW_GROUP if table in TEXT_TABLES else NARROW_ROW_GROUP
    return write_file(root, path, table, rows, row_group, settling)


def write_file(
    root: str,
    path: str,
    table: str,
    data: pa.Table,
    row_group: int = NARROW_ROW_GROUP,
    settling: Settling | None = None,
) -> DataFile:
    """Writes one Parquet file under a temporary name and renames it, once it is on disk.

    Its entry in the folder is brought to the disk by the commit, once for all files of a folder.

    Args:
      root: the warehouse's folder; a local path or one of Beam's file systems.
      path: relative to ``root``; its name begins with the run's id, as
        ``index/exact/20261122T231500Z-3f2a-0.parquet``.
      table: what ``DataFile.table`` is to say.
      data: the rows, in their final order.
      row_group: rows of a row group.
      settling: what brings the file to the disk; without it it is there on return. Remote files
        always are.

    Raises:
      WarehouseError: the file cannot be written.
    """
    folder, _, name = path.rpartition("/")
    if not _OWN_FILE.fullmatch(name) or name.startswith("."):
        raise WarehouseError(
            f"{path!r} cannot be written: the name of a file of the warehouse is its run's id, a "
            "dash, its part and .parquet, as in 20261122T231500Z-3f2a-0.parquet."
        )
    temporary = f"{folder}/.{name}.{secrets.token_hex(4)}.tmp"
    try:
        if "://" in root:
            size = _write_remote(root.rstrip("/"), temporary, path, data, row_group)
        else:
            size = _write_local(root, temporary, path, data, row_group, settling)
    except OSError as error:
        raise _not_written(f"{root}/{path}", error) from error
    return DataFile(table, path, data.num_rows, size, schema_hash(data.schema))


class Warehouse:
    """A warehouse's folder.

    Args:
      root: path of the folder; it need not exist until ``open_for_writing``.

    Raises:
      WarehouseError: the path is a URL, but lock, manifests and catalog need a file system; or it
        has a question mark, after which DuckDB expects parameters.
    """

    def __init__(self, root: str) -> None:
        if "://" in root:
            raise WarehouseError(
                f"{root} cannot be a warehouse: commits and the DuckDB catalog need a mounted file "
                "system. Mount it, or give a local folder as --warehouse."
            )
        self.root = os.path.abspath(root)
        if "?" in self.root:
            raise WarehouseError(
                f"{self.root} cannot be a warehouse: DuckDB opens no file below a folder with a "
                "question mark in its name. Rename the folder, or give another --warehouse."
            )
        self._columns: Mapping[str, Mapping[str, Column]] = {}
        self._writing = False

    @property
    def catalog_path(self) -> str:
        """Path of the catalog."""
        return os.path.join(self.root, CATALOG_NAME)

    def numbers(self) -> list[int]:
        """Returns the numbers of the manifests that are kept, in order."""
        try:
            names = os.listdir(os.path.join(self.root, MANIFESTS))
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(int(match[1]) for match in map(_MANIFEST.fullmatch, names) if match)

    def latest(self) -> Manifest | None:
        """Returns the newest manifest; ``None`` where nothing was ever committed.

        Raises:
          WarehouseError: it is damaged, or of a newer copydesk.
        """
        numbers = self.numbers()
        return self.manifest(numbers[-1]) if numbers else None

    def manifest(self, number: int) -> Manifest:
        """Returns a manifest by its number.

        Raises:
          WarehouseError: it is not there, damaged, or of a newer copydesk.
        """
        path = os.path.join(self.root, MANIFESTS, f"{number}.json")
        try:
            with open(path, "rb") as file:
                content = file.read()
        except OSError as error:
            raise WarehouseError(
                f"{path} cannot be read: {error.strerror}. "
                "Restore it, or check the permissions of the folder."
            ) from error
        return _parse_manifest(self.root, path, number, content)

    @contextlib.contextmanager
    def open_for_writing(
        self, columns: Mapping[str, Mapping[str, Column]] | None = None
    ) -> Iterator[Self]:
        """Makes this process the only writer for as long as the context lasts.

        Creates what is missing, removes what killed runs left, and brings the catalog up to the
        newest manifest.

        Args:
          columns: the tables that will be committed, from ``table_columns``; without them nothing
            can be committed, which is enough for maintenance.

        Raises:
          WarehouseError: the folder cannot be written, another process writes, the warehouse is of
            a newer copydesk or damaged, or a column has another type than the warehouse has.
        """
        # Before anything is touched: a warehouse of a newer copydesk must stay as it is.
        self._check_columns(self.latest(), columns)
        for folder in (DATA, INDEX, INPUTS, STAGING, MANIFESTS):
            _make_folder(self.root, folder)
        with _lock(self.root):
            manifest = self.latest()
            self._check_columns(manifest, columns)
            try:
                self._clean_up()
                if manifest is not None:
                    self._complete_catalog(manifest)
            except (OSError, CatalogError) as error:
                raise WarehouseError(
                    f"{self.root} cannot be made ready for writing: {error}. Check the disk and "
                    "the permissions of the folder; `copydesk verify` lists what is damaged."
                ) from error
            self._columns = columns or {}
            self._writing = True
            try:
                yield self
            finally:
                self._writing = False
                self._columns = {}

    def staging_folder(self, run_id: str, elsewhere: str = "") -> str:
        """Returns the folder for a run's working files; the next writer removes it.

        Args:
          run_id: the run.
          elsewhere: a folder outside the warehouse, or a URL of a Beam file system, to make it in.
            The warehouse notes where it is.

        Raises:
          WarehouseError: the folder cannot be made, or the note not be written.
        """
        _check_run_id(run_id)
        own = os.path.join(self.root, STAGING, run_id)
        if not elsewhere:
            return own
        if "://" not in elsewhere:
            elsewhere = os.path.abspath(elsewhere)
        folder = f"{elsewhere.rstrip('/')}/{run_id}"
        _make_folder(self.root, f"{STAGING}/{run_id}")
        try:
            with open(os.path.join(own, ELSEWHERE), "wb") as file:
                file.write(os.fsencode(folder))
        except OSError as error:
            raise _unwritable(self.root, error) from error
        try:
            _make_elsewhere(folder)
        except (OSError, ValueError) as error:
            shutil.rmtree(own, ignore_errors=True)
            raise WarehouseError(
                f"{elsewhere} cannot hold working files: {error}. Change its permissions, or give "
                "another --staging."
            ) from error
        return folder

    def remove_staging(self, run_id: str) -> None:
        """Removes a run's working files, wherever they lie.

        What lies on storage that does not answer stays, and its note with it: the next writer
        tries again.

        Args:
          run_id: a run that has ended.

        Raises:
          OSError: the warehouse's own folder cannot be removed.
        """
        own = os.path.join(self.root, STAGING, run_id)
        if os.path.isfile(note := os.path.join(own, ELSEWHERE)):
            with open(note, "rb") as file:
                folder = os.fsdecode(file.read())
            # The note names the folder of this run alone; one cut off by a full disk names another.
            if folder.endswith(f"/{run_id}") and not _remove_elsewhere(folder):
                return
        if os.path.isdir(own):
            shutil.rmtree(own)

    def commit(
        self,
        run: Mapping[str, Any],
        files: Sequence[DataFile],
        inputs: Sequence[Input] = (),
        index_files: Sequence[DataFile] = (),
        replace_index: bool = False,
        merged: Sequence[DataFile] = (),
        replaced: Collection[str] = (),
    ) -> Manifest:
        """Makes a run's files part of the warehouse, all at once, and swaps the catalog.

        Args:
          run: the row of ``runs``; the counts of rows are filled in where they are missing.
          files: what ``write_table`` returned in the run.
          inputs: the dumps the run took in.
          index_files: files of the fingerprint index the run wrote.
          replace_index: whether these are the whole index from now on, and not an addition.
          merged: files with rows of earlier runs, written anew.
          replaced: paths of the files they were in, which the snapshot names no more.

        Raises:
          WarehouseError: the warehouse is not open for writing with its columns, a file is not
            there as described, or the manifest cannot be written. Then nothing is committed, save
            where the message says that it is.
        """
        if not self._writing or not self._columns:
            raise WarehouseError(
                f"{self.root} is not open for writing; commit within "
                "`with warehouse.open_for_writing(columns):`."
            )
        before = self.latest()
        run_id = str(run.get("run_id", ""))
        _check_run_id(run_id)
        self._check_files(before, run_id, [*files, *index_files, *merged])
        self._check_merged(before, merged, replaced)
        kept = [file for file in (before.all_files if before else ()) if file.path not in replaced]
        data, index, taken_in = (
            [file for file in (*kept, *merged) if file.path.startswith(f"{folder}/")]
            for folder in (DATA, INDEX, INPUTS)
        )
        all_files = self._with_empty_tables([*data, *files, self._write_run(run, files)], run_id)
        manifest = Manifest(
            number=before.number + 1 if before else 1,
            schema_version=SCHEMA_VERSION,
            run_id=run_id,
            version=str(run.get("version", "")),
            columns=_merge_columns(before, self._columns),
            files=tuple(sorted(all_files, key=lambda file: (file.table, file.path))),
            index_files=tuple(
                sorted(
                    [*(() if replace_index else index), *index_files],
                    key=lambda file: (file.table, file.path),
                )
            ),
            input_files=(*taken_in, *self._write_inputs(run_id, inputs)),
            root=self.root,
        )
        with concurrent.futures.ThreadPoolExecutor(1) as beside:
            synced = beside.submit(self._sync_folders, before, manifest)
            # The catalog is built first: what DuckDB refuses must fail before it is committed.
            try:
                catalog = write_catalog(self.root, manifest)
            except (OSError, CatalogError) as error:
                raise WarehouseError(
                    f"the catalog of run {run_id} cannot be built: {error}. Nothing was committed."
                ) from error
        try:
            synced.result()
            self._write_manifest(manifest)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(catalog)
            raise
        try:
            swap_catalog(self.root, catalog)
            _sync_folder(self.root)
        except OSError as error:
            raise WarehouseError(
                f"run {run_id} is committed as manifest {manifest.number}, but {self.catalog_path} "
                f"cannot be replaced: {error.strerror}. The next run or `copydesk verify` does it."
            ) from error
        return manifest

    def prune(self, keep: int = 10, keep_seconds: float = 86_400.0) -> list[str]:
        """Removes old manifests, and the files only they name; returns the paths removed.

        A reader that opened the catalog before holds on to an older snapshot; it is safe for as
        long as that snapshot is kept.

        Args:
          keep: newest manifests that stay, at least one.
          keep_seconds: manifests younger than this stay, too; a day unless told otherwise.

        Raises:
          WarehouseError: the warehouse is not open for writing, or a manifest is damaged.
        """
        if not self._writing:
            raise WarehouseError(
                f"{self.root} is not open for writing; prune within "
                "`with warehouse.open_for_writing():`."
            )
        oldest = time.time() - keep_seconds
        removed = []
        for number in self.numbers()[: -max(keep, 1)]:
            path = os.path.join(self.root, MANIFESTS, f"{number}.json")
            if os.stat(path).st_mtime < oldest:
                os.unlink(path)
                removed.append(f"{MANIFESTS}/{number}.json")
        return removed + (self._clean_up() if removed else [])

    def orphans(self) -> list[str]:
        """Returns the paths of files no kept manifest names; the next writer removes them.

        Only names that copydesk itself gives are meant; other files are never touched.

        Raises:
          WarehouseError: a manifest is damaged.
        """
        named = self._named_files()
        found = [
            path
            for folder in (DATA, INDEX, INPUTS)
            for path in _walk(self.root, folder)
            if path not in named and _OWN_FILE.fullmatch(path.rpartition("/")[2])
        ]
        for folder in ("", MANIFESTS):
            found += [
                "/".join(filter(None, (folder, name)))
                for name in _names(os.path.join(self.root, folder))
                if _OWN_TEMPORARY.fullmatch(name)
            ]
        found += [
            f"{STAGING}/{name}"
            for name in _names(os.path.join(self.root, STAGING))
            if _RUN_ID.fullmatch(name)
        ]
        return sorted(found)

    def _named_files(self) -> set[str]:
        named: set[str] = set()
        for number in self.numbers():
            named.update(file.path for file in self.manifest(number).all_files)
        return named

    def _clean_up(self) -> list[str]:
        removed = self.orphans()
        for path in removed:
            full = os.path.join(self.root, path)
            if path.startswith(f"{STAGING}/") and os.path.isdir(full):
                self.remove_staging(os.path.basename(path))
            else:
                os.unlink(full)
        for folder in (DATA, INDEX, INPUTS):
            for path, _, _ in os.walk(os.path.join(self.root, folder), topdown=False):
                if path != os.path.join(self.root, folder) and not os.listdir(path):
                    os.rmdir(path)
        return removed

    def _complete_catalog(self, manifest: Manifest) -> None:
        if catalog_state(self.root) != CatalogState(manifest.number, self.root):
            build_catalog(self.root, manifest)

    def _check_columns(
        self, manifest: Manifest | None, columns: Mapping[str, Mapping[str, Column]] | None
    ) -> None:
        for table, members in (columns or {}).items():
            stored = manifest.columns.get(table, {}) if manifest else {}
            for name, column in members.items():
                there = stored[name].type if name in stored else None
                asked = duckdb_type(column.type)
                if there is not None and there != asked:
                    raise WarehouseError(
                        f"column {name!r} of {table!r} is {there} in {self.root} and {asked} now. "
                        "Rename the column, give it its old type, or write to a new --warehouse."
                    )

    def _check_files(self, before: Manifest | None, run_id: str, files: Sequence[DataFile]) -> None:
        old = {file.path for file in before.all_files} if before else set()
        seen: set[str] = set()
        for file in files:
            if file.path in old or file.path in seen:
                raise WarehouseError(
                    f"{file.path} would be committed twice. Give each run an id of its own and "
                    "each part of it another name."
                )
            seen.add(file.path)
            if not file.path.rpartition("/")[2].startswith(f"{run_id}-"):
                raise WarehouseError(
                    f"{file.path} is not a file of run {run_id}. Commit what the run wrote."
                )
            full = os.path.join(self.root, file.path)
            size = os.path.getsize(full) if os.path.isfile(full) else -1
            if size != file.bytes:
                raise WarehouseError(
                    f"{full} should have {file.bytes} bytes and "
                    + (f"has {size}" if size >= 0 else "is not there")
                    + ". Nothing was committed; run again."
                )

    def _sync_folders(self, before: Manifest | None, manifest: Manifest) -> None:
        """Brings to the disk the entries of new files and folders."""
        known = {file.path for file in before.all_files} if before else set()
        folders = {""}
        for file in manifest.all_files:
            folder = os.path.dirname(file.path) if file.path not in known else ""
            while folder not in folders:
                folders.add(folder)
                folder = os.path.dirname(folder)
        try:
            for folder in sorted(folders, reverse=True):
                _sync_folder(os.path.join(self.root, folder))
        except OSError as error:
            raise _not_written(self.root, error) from error

    def _check_merged(
        self, before: Manifest | None, merged: Sequence[DataFile], replaced: Collection[str]
    ) -> None:
        rows: dict[str, int] = {}
        for file in before.all_files if before else ():
            if file.path in replaced:
                rows[file.table] = rows.get(file.table, 0) + file.rows
        for file in merged:
            rows[file.table] = rows.get(file.table, 0) - file.rows
        for table, difference in rows.items():
            if difference:
                raise WarehouseError(
                    f"merging the small files of {table} would lose or double {abs(difference)} "
                    "rows. Nothing was committed; please report it."
                )

    def _write_run(self, run: Mapping[str, Any], files: Sequence[DataFile]) -> DataFile:
        unknown = sorted(run.keys() - RUN_COLUMNS.keys())
        if unknown:
            raise WarehouseError(
                f"`runs` has no column {unknown[0]!r}. Its columns are: {', '.join(RUN_COLUMNS)}."
            )
        counts: dict[str, int] = dict.fromkeys(
            ("articles", "paragraphs", "paragraph_links", "removed_lines", "rejects"), 0
        )
        for file in files:
            if file.table in counts:
                counts[file.table] += file.rows
        row: dict[str, Any] = {**dict.fromkeys(RUN_COLUMNS), **counts, **run}
        try:
            data = pa.Table.from_pylist([row], schema=arrow_schema(RUN_COLUMNS))
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise WarehouseError(
                f"the row of run {run['run_id']} does not fit `runs`: {error}. Give each column a "
                "value of its type."
            ) from error
        [written] = write_table(self.root, "runs", data, data.schema, row["run_id"], "0")
        return written

    def _write_inputs(self, run_id: str, inputs: Sequence[Input]) -> list[DataFile]:
        if not inputs:
            return []
        columns = [pa.array(column) for column in zip(*inputs, strict=True)]
        data = pa.table(columns, schema=_INPUT_SCHEMA).group_by(_INPUT_SCHEMA.names).aggregate([])
        return [write_sorted(self.root, f"{INPUTS}/{run_id}-0.parquet", INPUTS, data)]

    def _with_empty_tables(self, files: Sequence[DataFile], run_id: str) -> list[DataFile]:
        kept = []
        for table, columns in self._columns.items():
            members = [file for file in files if file.table == table]
            filled = [file for file in members if file.rows]
            schema = arrow_schema(columns)
            if filled or any(file.schema == schema_hash(schema) for file in members):
                kept += filled or members
                continue
            kept.append(
                write_file(
                    self.root,
                    f"{DATA}/{table}/{run_id}-empty.parquet",
                    table,
                    schema.empty_table(),
                )
            )
        return kept + [file for file in files if file.table not in self._columns]

    def _write_manifest(self, manifest: Manifest) -> None:
        folder = os.path.join(self.root, MANIFESTS)
        path = os.path.join(folder, f"{manifest.number}.json")
        temporary = os.path.join(folder, f".{manifest.number}.json.{secrets.token_hex(4)}.tmp")
        try:
            with open(temporary, "wb") as file:
                record = {
                    field.name: getattr(manifest, field.name)
                    for field in dataclasses.fields(manifest)
                    if field.name != "root"
                }
                file.write(orjson.dumps(record, option=orjson.OPT_INDENT_2))
                file.flush()
                os.fsync(file.fileno())
            try:
                # A link, unlike a rename, never takes the place of a manifest that is there.
                os.link(temporary, path)
            except FileExistsError as error:
                raise WarehouseError(
                    f"{path} was committed by another process meanwhile. Nothing was committed; "
                    "see that one process at a time writes to the warehouse, and run again."
                ) from error
            finally:
                os.unlink(temporary)
            _sync_folder(folder)
        except OSError as error:
            raise _not_written(path, error) from error


@dataclasses.dataclass(frozen=True)
class Verification:
    """What ``verify`` found.

    Attributes:
      number: number of the newest manifest; 0 where nothing was ever committed.
      rows: rows of each table.
      problems: one sentence for each thing that is wrong.
      orphans: files no manifest names, relative to the warehouse's folder; the next writer removes
        them, they do no harm.
    """

    number: int
    rows: Mapping[str, int]
    problems: tuple[str, ...]
    orphans: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(root: str) -> Verification:
    """Checks a whole warehouse against itself; changes nothing.

    Every file of the newest manifest is there, with its size, its rows and intact pages; every id
    is unique and leads somewhere; every count adds up; the catalog shows the newest snapshot.

    Args:
      root: the warehouse's folder.

    Raises:
      WarehouseError: the newest manifest cannot be read, or is of a newer copydesk.
    """
    warehouse = Warehouse(root)
    manifest = warehouse.latest()
    if manifest is None:
        return Verification(0, {}, (), tuple(warehouse.orphans()))
    problems = [
        problem for file in manifest.all_files if (problem := _file_problem(warehouse.root, file))
    ]
    rows: dict[str, int] = dict.fromkeys(manifest.columns, 0)
    for file in manifest.files:
        rows[file.table] += file.rows
    if not problems:
        problems = _row_problems(warehouse.root, manifest)
    state = catalog_state(warehouse.root)
    if state is None:
        problems.append(
            f"{warehouse.catalog_path} is not there or cannot be opened. The next run rebuilds it."
        )
    elif state != CatalogState(manifest.number, warehouse.root):
        problems.append(
            f"{warehouse.catalog_path} shows manifest {state.number} in {state.root}; the newest "
            f"is {manifest.number} in {warehouse.root}. The next run rebuilds it."
        )
    return Verification(manifest.number, rows, tuple(problems), tuple(warehouse.orphans()))


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
    languages = sorted(pc.unique(data["language"]).to_pylist(), key=lambda name: name or "")
    for language in languages:
        folder = f"language={urllib.parse.quote(language or UNDETERMINED, safe='')}"
        if len(languages) == 1:
            yield folder, data
        elif language is None:
            yield folder, data.filter(pc.is_null(data["language"]))
        else:
            yield folder, data.filter(pc.equal(data["language"], language))


def _sort_keys(table: str, schema: pa.Schema) -> list[tuple[str, str]]:
    keys = SORT_KEYS.get(table)
    if keys is None:
        keys = tuple(
            field.name
            for field in schema
            if not (pa.types.is_nested(field.type) or field.name == "run_id")
        )
    return [(key, "ascending") for key in keys if key in schema.names]


def _parquet_options(schema: pa.Schema) -> dict[str, Any]:
    flat = [field.name for field in schema if not pa.types.is_nested(field.type)]
    return {
        "compression": "zstd",
        "compression_level": 3,
        "use_dictionary": [name for name in flat if name in _LOW_CARDINALITY],
        "write_statistics": [name for name in flat if name not in _NO_STATISTICS],
        "write_page_checksum": True,
    }


def _write_local(
    root: str,
    temporary: str,
    path: str,
    data: pa.Table,
    row_group: int,
    settling: Settling | None,
) -> int:
    full, final = os.path.join(root, temporary), os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    file = open(full, "wb")  # noqa: SIM115 - closed when it is on the disk
    try:
        pq.write_table(data, file, row_group_size=row_group, **_parquet_options(data.schema))
        file.flush()
        size = file.tell()
    except BaseException:
        _discard(file, full)
        raise
    if settling is None:
        _settle(file, full, final)
    else:
        settling.settle(file, full, final)
    return size


def _settle(file: IO[bytes], temporary: str, final: str) -> None:
    try:
        os.fsync(file.fileno())
        file.close()
        os.rename(temporary, final)
    except BaseException:
        _discard(file, temporary)
        raise


def _discard(file: IO[bytes], path: str) -> None:
    with contextlib.suppress(OSError):  # closing may write, and fail as the writing did
        file.close()
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def _write_remote(root: str, temporary: str, path: str, data: pa.Table, row_group: int) -> int:
    # Beam takes a second to import; whoever reads or writes a local warehouse need not wait for it.
    from apache_beam.io import filesystems

    storage: Any = filesystems.FileSystems
    full, final = f"{root}/{temporary}", f"{root}/{path}"
    buffer = pa.BufferOutputStream()
    pq.write_table(data, buffer, row_group_size=row_group, **_parquet_options(data.schema))
    content = buffer.getvalue()
    with contextlib.suppress(OSError):
        storage.mkdirs(os.path.dirname(full))  # Raises where the folder is there.
    with storage.create(full, "application/octet-stream") as file:
        file.write(memoryview(content))
    if storage.exists(final):
        storage.delete([final])
    storage.rename([full], [final])
    return int(content.size)


def _file_problem(root: str, file: DataFile) -> str:
    full = os.path.join(root, file.path)
    remedy = "Restore it from a backup."
    try:
        size = os.path.getsize(full)
        if size != file.bytes:
            return f"{full} has {size} bytes; its manifest says {file.bytes}. {remedy}"
        with pq.ParquetFile(full, page_checksum_verification=True) as parquet:
            if parquet.metadata.num_rows != file.rows:
                return (
                    f"{full} has {parquet.metadata.num_rows} rows; its manifest says {file.rows}. "
                    f"{remedy}"
                )
            for group in range(parquet.num_row_groups):
                parquet.read_row_group(group)
    except FileNotFoundError:
        return f"{full} is not there; its manifest names it. {remedy}"
    except (OSError, pa.ArrowException) as error:
        return f"{full} cannot be read: {error}. {remedy}"
    return ""


def _row_problems(root: str, manifest: Manifest) -> list[str]:
    problems = []
    articles = sum(file.rows for file in manifest.files if file.table == "articles")
    slices = 1 + articles // ARTICLES_AT_ONCE
    with (
        tempfile.TemporaryDirectory(prefix="copydesk-") as scratch,
        connect(temp_directory=scratch) as connection,
    ):
        for statement in catalog_statements(root, manifest):
            connection.execute(statement)
        for claim, query in CHECKS.items():
            parameters: list[dict[str, int]] = [{}]
            if "$slice" in query:
                parameters = [{"slices": slices, "slice": number} for number in range(slices)]
            count, example = 0, ""
            for values in parameters:
                result = connection.execute(
                    "SELECT count(*), coalesce(min(example)::VARCHAR, '') "
                    f"FROM ({query}) AS offenders(example)",
                    values,
                ).fetchone()
                count += result[0] if result else 0
                example = example or (result[1] if result else "")
            if count:
                problems.append(f"Not true in {count} cases, as for {example}: {claim}.")
    return problems


def _merge_columns(
    before: Manifest | None, columns: Mapping[str, Mapping[str, Column]]
) -> dict[str, dict[str, StoredColumn]]:
    merged = {
        table: {
            name: StoredColumn(duckdb_type(column.type), column.description)
            for name, column in members.items()
        }
        for table, members in columns.items()
    }
    # A column or table of a transform that is gone keeps its values.
    for table, stored in (before.columns if before else {}).items():
        own = merged.setdefault(table, {})
        for name, column in stored.items():
            own.setdefault(name, column)
    return merged


def _parse_manifest(root: str, path: str, number: int, content: bytes) -> Manifest:
    try:
        record = orjson.loads(content)
        schema_version = record["schema_version"]
        if isinstance(schema_version, int) and schema_version > SCHEMA_VERSION:
            raise WarehouseError(
                f"{path} was written by copydesk {record.get('version', '?')} with schema "
                f"{schema_version}; this is copydesk {metadata.version('copydesk')}, which knows "
                f"schemas up to {SCHEMA_VERSION}. Upgrade copydesk, or give another --warehouse."
            )
        columns = {
            table: {name: _checked(StoredColumn, column) for name, column in members.items()}
            for table, members in record.pop("columns").items()
        }
        lists = {
            name: tuple(_checked(DataFile, file) for file in record[name])
            for name in ("files", "index_files", "input_files")
        }
        manifest = _checked(Manifest, {**record, **lists, "columns": columns, "root": root})
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise WarehouseError(
            f"{path} is damaged ({type(error).__name__}: {error}). Restore it from a backup; or "
            f"remove it to go back to the manifest before, without the run that wrote it."
        ) from error
    if manifest.number != number:
        raise WarehouseError(
            f"{path} says it is manifest {manifest.number}. Give the file its own name back."
        )
    return manifest


_Record = TypeVar("_Record", StoredColumn, DataFile, Manifest)


def _checked(kind: type[_Record], members: dict[str, Any]) -> _Record:
    for name, expected in _MEMBER_TYPES[kind].items():
        if not isinstance(members.get(name), expected):
            raise TypeError(f"{name} is {members.get(name)!r}, not {expected.__name__}")
    return kind(**members)


_MEMBER_TYPES: dict[type, dict[str, type]] = {
    StoredColumn: {"type": str, "description": str},
    DataFile: {"table": str, "path": str, "rows": int, "bytes": int, "schema": str},
    Manifest: {"number": int, "schema_version": int, "run_id": str, "version": str},
}


_held: set[str] = set()
"""Warehouses this process writes to: a POSIX lock does not keep a process from itself."""


@contextlib.contextmanager
def _lock(root: str) -> Iterator[None]:
    # A POSIX record lock: it goes with the process, however that ends, and, unlike flock, worker
    # processes do not inherit it, so a worker that outlives its killed parent holds nothing.
    path = os.path.realpath(os.path.join(root, LOCK_NAME))
    if path in _held:
        raise WarehouseError(
            f"{root} is being written by this process (pid {os.getpid()}) already. "
            "Wait until its run ends, or give another --warehouse."
        )
    try:
        file = open(path, "a+", encoding="utf-8")  # noqa: SIM115 - closed below, on every way out
    except OSError as error:
        raise _unwritable(root, error) from error
    with file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                raise _unwritable(root, error) from error
            raise WarehouseError(
                f"{root} is being written by {_holder(file)}. "
                "Wait until its run ends, or give another --warehouse."
            ) from error
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        file.flush()
        _held.add(path)
        try:
            yield
        finally:
            _held.discard(path)
            file.truncate(0)


def _holder(file: IO[str]) -> str:
    file.seek(0)
    return file.readline().strip() or "another process"


def _make_folder(root: str, folder: str) -> None:
    try:
        os.makedirs(os.path.join(root, folder), exist_ok=True)
    except OSError as error:
        raise _unwritable(root, error) from error


def _not_written(path: str, error: OSError) -> WarehouseError:
    return WarehouseError(
        f"{path} cannot be written: {error.strerror or error}. Nothing was committed; make room or "
        "choose another --warehouse, and run again."
    )


def _unwritable(root: str, error: OSError) -> WarehouseError:
    return WarehouseError(
        f"{root} cannot be written: {error.strerror}. "
        "Change the permissions of the folder, or give another --warehouse."
    )


def _check_run_id(run_id: str) -> None:
    if not _RUN_ID.fullmatch(run_id):
        raise WarehouseError(
            f"{run_id!r} is no run id; use make_run_id, which gives one like 20261122T231500Z-3f2a."
        )


def _make_elsewhere(folder: str) -> None:
    if "://" not in folder:
        os.makedirs(folder, exist_ok=True)
        return
    from apache_beam.io import filesystems

    # Object stores have no folders to make; one that nobody knows is told by this.
    filesystems.FileSystems.get_filesystem(folder)


def _remove_elsewhere(folder: str) -> bool:
    """Removes a folder outside the warehouse; false where it is there and cannot be removed."""
    if "://" not in folder:
        shutil.rmtree(folder, ignore_errors=True)
        return not os.path.exists(folder)
    from apache_beam.io import filesystems

    storage: Any = filesystems.FileSystems
    try:
        found = storage.match([f"{folder}/**"])[0].metadata_list
        if found:
            storage.delete([file.path for file in found])
    except (OSError, ValueError):
        return False
    return True


def _sync_folder(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _names(folder: str) -> Collection[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return ()


def _walk(root: str, folder: str) -> Iterator[str]:
    for path, _, names in os.walk(os.path.join(root, folder)):
        for name in names:
            yield os.path.relpath(os.path.join(path, name), root).replace(os.sep, "/")
