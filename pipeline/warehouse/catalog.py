"""The catalog: a DuckDB file of views, macros and comments over the files of one manifest.

It holds no rows. It is built under a temporary name and swapped in, so a reader sees one snapshot
or the next. Its views read the files beside the catalog, wherever the warehouse was moved or copied
to; attached to another database they read those of the folder it was built in, unless the session
variable ``warehouse`` names another.
"""

import contextlib
import errno
import functools
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import storage
from pipeline.errors import CopydeskError
from pipeline.warehouse.manifest import (
    SCHEMA_VERSION,
    DataFile,
    Manifest,
    StoredColumn,
    stored_columns,
)
from pipeline.warehouse.schema import TRANSFORM_TABLE, Schema

if TYPE_CHECKING:
    import duckdb

CATALOG_NAME = "news.duckdb"

STORAGE_VERSION = "v1.0.0"
"""DuckDB storage format of the catalog; the oldest that DuckDB 1.x and 2.x both open."""


_TEMPORARY = "current_setting('temp_directory')"
"""By default the path of the opened database with ``.tmp`` behind it; all that a view can learn of
its place where it names files. In memory, and if a user has set it, it is something else."""

COLUMNS = """
    SELECT v.view_name, coalesce(v.comment, ''), c.column_name, c.data_type,
           coalesce(c.comment, '')
    FROM duckdb_views() AS v JOIN duckdb_columns() AS c ON c.table_name = v.view_name
    WHERE NOT v.internal ORDER BY v.view_oid, c.column_index
"""
"""Every column of the tables and views of a catalog: their name and comment, its name, type and
comment."""

_OPENED = rf"(^|/){re.escape(CATALOG_NAME)}\.tmp$"


class CatalogState(NamedTuple):
    """What a catalog shows.

    Attributes:
      number: of the manifest it was built from.
      folder: that its paths begin with.
      run_id: the run that committed the manifest.
    """

    number: int
    folder: str
    run_id: str


class CatalogError(CopydeskError):
    """DuckDB refuses a view, or cannot write the file; the message says why."""


def connect(root: str = "", **settings: Any) -> "duckdb.DuckDBPyConnection":
    """Returns a connection to a new database in memory.

    Args:
      root: the warehouse that it reads. If that is a URL, the connection reads it by the requests
        of copydesk, and needs no extension.
      settings: of DuckDB.
    """
    import duckdb  # 0.1 s, which processes that only write files do not need

    connection = duckdb.connect(config=settings)
    if storage.is_remote(root):
        connection.register_filesystem(storage.file_system(root))
    return connection


@contextlib.contextmanager
def open_catalog(root: str) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Opens the catalog of a warehouse, read-only, wherever the warehouse is.

    Of a URL the catalog is copied, and the rows are read by the requests of copydesk: DuckDB needs
    no extension.

    Args:
      root: folder or URL of the warehouse.

    Raises:
      OSError: there is no catalog, or the storage does not respond.
    """
    root = storage.place(root)
    with (
        storage.local_copy(storage.inside(root, CATALOG_NAME)) as copy,
        connect(root) as connection,
    ):
        connection.execute(f"ATTACH {_text(storage.shown(copy))} AS news (READ_ONLY)")
        connection.execute("USE news")
        connection.execute(f"SET VARIABLE warehouse = {_text(root)}")
        yield connection


def write_catalog(manifest: Manifest, schema: Schema) -> str:
    """Builds the catalog of a manifest under a temporary name; returns the path of the file.

    Args:
      manifest: the snapshot to show; its files exist.
      schema: tables and SQL of the installed transforms.

    Raises:
      CatalogError: DuckDB refuses a view or cannot write the file, or no file of some schema can
        be read.
    """
    import duckdb

    path = storage.scratch(storage.inside(manifest.root, CATALOG_NAME))
    try:
        template = _template(_statements_of_template(manifest, schema))
        with storage.open_local(path, "wb") as file:
            file.write(template)
        with connect(manifest.root, threads=1) as connection:
            statements = [*_views(manifest, schema), *_comments(manifest, schema)]
            _fill(connection, path, statements)
        with storage.open_local(path, "rb+") as file:
            os.fsync(file.fileno())
    except BaseException as error:
        for written in (path, f"{path}.wal"):
            storage.remove(written)
        full = os.strerror(errno.ENOSPC)
        if isinstance(error, duckdb.Error) and full in str(error):
            place = os.path.dirname(storage.shown(path))
            raise CatalogError(
                f"{storage.shown(path)} cannot be written: {full}. Make room in {place}"
            ) from error
        if isinstance(error, duckdb.Error):
            raise CatalogError(str(error)) from error
        raise
    return path


@functools.lru_cache(maxsize=2)
def _template(statements: tuple[str, ...]) -> bytes:
    """Returns the file of a catalog over empty tables.

    Binding the views of the transforms takes most of the time of a catalog, 0.1 s. They are the
    same until a column or the SQL of a transform changes, and over empty tables no file is opened,
    wherever a view reads a table.

    Raises:
      CatalogError: no file can be written.
      duckdb.Error: DuckDB refuses a statement.
    """
    import duckdb

    try:
        with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
            path = os.path.join(folder, CATALOG_NAME)
            with connect(threads=1) as connection:
                _fill(connection, path, statements)
            with open(path, "rb") as file:
                return file.read()
    except (OSError, duckdb.IOException) as error:
        raise CatalogError(
            f"no catalog can be made: {error}. Make room in {tempfile.gettempdir()}, or name "
            "another folder in TMPDIR"
        ) from error


def _statements_of_template(manifest: Manifest, schema: Schema) -> tuple[str, ...]:
    empty = Manifest(0, SCHEMA_VERSION, "", "", manifest.columns, ())
    return (*_views(empty, schema), *schema.sql)


def _fill(connection: "duckdb.DuckDBPyConnection", path: str, statements: Iterable[str]) -> None:
    """Executes statements in the database of a file, which is made if it is missing."""
    connection.execute(f"ATTACH {_text(path)} AS catalog (STORAGE_VERSION '{STORAGE_VERSION}')")
    connection.execute("USE catalog")
    connection.execute("BEGIN")  # one transaction: DuckDB syncs the disk at the end of each
    for statement in statements:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.execute("USE memory")
    connection.execute("DETACH catalog")


@contextlib.contextmanager
def open_snapshot(
    manifest: Manifest, schema: Schema, scratch: str
) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Opens tables and views of a manifest, whatever the catalog of the warehouse shows.

    Args:
      manifest: the snapshot; its files exist.
      schema: tables and SQL of the installed transforms.
      scratch: folder for what does not fit into memory.

    Raises:
      CatalogError: no file of some schema can be read.
    """
    os.makedirs(scratch, exist_ok=True)
    path = os.path.join(scratch, CATALOG_NAME)
    with open(path, "wb") as file:
        file.write(_template(_statements_of_template(manifest, schema)))
    with connect(manifest.root, temp_directory=scratch) as connection:
        connection.execute(f"ATTACH {_text(path)} AS news")
        connection.execute("USE news")
        for statement in _views(manifest, schema):
            connection.execute(statement)
        yield connection


def try_catalog(before: Manifest | None, schema: Schema) -> None:
    """Builds the catalog of the next snapshot without rows, for which it is needed anyhow.

    So what DuckDB refuses, such as a mistake in the SQL of a transform or a column that it cannot
    tell from one of an earlier run, is known before any work is done.

    Args:
      before: the newest snapshot, if there is one.
      schema: tables and SQL of the installed transforms.

    Raises:
      CatalogError: DuckDB refuses a statement, or no file can be written.
    """
    import duckdb

    empty = Manifest(0, SCHEMA_VERSION, "", "", before.columns if before else {}, ())
    for table, columns in stored_columns(empty, schema).items():
        spelled: dict[str, str] = {}
        for name in columns:
            other = spelled.setdefault(name.lower(), name)
            if other != name:
                raise CatalogError(
                    f"{table!r} has columns {name!r} of earlier runs, and a transform adds "
                    f"{other!r}: to DuckDB, names that differ by case are the same. Rename the "
                    "column of the transform"
                )
    try:
        _template(_statements_of_template(empty, schema))
    except duckdb.Error as error:
        # The sentence, and the line in which DuckDB marks the place.
        lines = [line for line in str(error).splitlines() if line.strip(" ^")]
        raise CatalogError(
            f"DuckDB refuses the columns or the SQL of a transform: {' '.join(lines):.500}. "
            "Correct the transform"
        ) from error


def swap_catalog(root: str, written: str) -> None:
    """Replaces the catalog of a warehouse by one from ``write_catalog``.

    A reader that has the old one open keeps reading the old snapshot. Whatever a user wrote into
    the old one is lost.

    Raises:
      OSError: the file cannot be renamed.
    """
    path = storage.inside(root, CATALOG_NAME)
    # A user who opened the old one for writing may have left it; DuckDB would apply it to the new.
    storage.remove(f"{path}.wal")
    storage.rename(written, path)


def catalog_state(root: str) -> CatalogState | None:
    """Returns what the catalog of a folder shows; ``None`` if it is missing or unreadable."""
    import duckdb

    path = storage.inside(root, CATALOG_NAME)
    if storage.status(path) is None:
        return None
    try:
        # Attached, not opened: this process may have it open with other settings.
        with storage.local_copy(path) as copy, connect(threads=1) as connection:
            connection.execute(f"ATTACH {_text(storage.shown(copy))} AS catalog (READ_ONLY)")
            row = connection.execute(
                "SELECT manifest, folder, run_id FROM catalog.snapshot"
            ).fetchone()
    except duckdb.Error:
        return None
    return CatalogState(*row) if row else None


def catalog_statements(manifest: Manifest, schema: Schema) -> Iterator[str]:
    """Yields the SQL statements of the catalog of a manifest.

    Args:
      manifest: the snapshot to show.
      schema: tables and SQL of the installed transforms. A column that the snapshot has not got
        yet is NULL.

    Raises:
      CatalogError: no file of some schema can be read.
    """
    yield from _views(manifest, schema)
    yield from schema.sql
    yield from _comments(manifest, schema)


def _views(manifest: Manifest, schema: Schema) -> Iterator[str]:
    """Yields the views that differ from snapshot to snapshot; they replace those before."""
    for table, columns in stored_columns(manifest, schema).items():
        files = [file for file in manifest.files if file.table == table]
        query = _table_query(manifest.root, columns, files)
        yield f"CREATE OR REPLACE VIEW {quote_name(table)} AS {query}"
    yield (
        f"CREATE OR REPLACE VIEW snapshot AS SELECT {manifest.number}::BIGINT AS manifest, "
        f"{manifest.schema_version}::BIGINT AS schema_version, {_text(manifest.run_id)} AS run_id, "
        f"{_text(manifest.version)} AS version, {_text(manifest.root)} AS folder"
    )


def _comments(manifest: Manifest, schema: Schema) -> Iterator[str]:
    for table, columns in stored_columns(manifest, schema).items():
        declared = schema.tables.get(table)
        description = declared.description if declared else TRANSFORM_TABLE
        yield f"COMMENT ON VIEW {quote_name(table)} IS {_text(description)}"
        for name, column in columns.items():
            comment = _text(column.description)
            yield f"COMMENT ON COLUMN {quote_name(table)}.{quote_name(name)} IS {comment}"
    yield from (f"COMMENT ON {what} IS {_text(comment)}" for what, comment in _SNAPSHOT.items())


_SNAPSHOT = {
    "VIEW snapshot": "The snapshot this catalog shows; one row.",
    "COLUMN snapshot.manifest": "Number of its manifest.",
    "COLUMN snapshot.schema_version": "Version of the layout.",
    "COLUMN snapshot.run_id": "The run that committed it.",
    "COLUMN snapshot.version": "Version of copydesk that committed it.",
    "COLUMN snapshot.folder": "The folder it was built in. It reads the files beside it; attached, "
    "those of this folder.",
}
"""Comments of the view ``snapshot``."""


def _table_query(root: str, columns: Mapping[str, StoredColumn], files: Sequence[DataFile]) -> str:
    if not files:
        nulls = ", ".join(
            f"NULL::{column.type} AS {quote_name(n)}" for n, column in columns.items()
        )
        return f"SELECT {nulls} WHERE false"
    groups: dict[str, list[str]] = {}
    for file in files:
        groups.setdefault(file.schema, []).append(file.path)
    return " UNION ALL ".join(
        _group_query(root, columns, paths) for _, paths in sorted(groups.items())
    )


def _group_query(root: str, columns: Mapping[str, StoredColumn], paths: Sequence[str]) -> str:
    stored, whole = _stored(root, paths)
    paths = [whole, *(path for path in paths if path != whole)]  # DuckDB opens the first for a view
    # Without its table a column is taken for a parameter, if a macro that reads the view has one of
    # its name.
    selected = ", ".join(
        f"t.{quote_name(name)}" if name in stored else f"NULL::{column.type} AS {quote_name(name)}"
        for name, column in columns.items()
    )
    beside = (  # of a URL there are copies, beside which is nothing
        ""
        if storage.is_remote(root)
        else f"CASE WHEN regexp_matches({_TEMPORARY}, {_text(_OPENED)}) "
        f"THEN left({_TEMPORARY}, -{len(CATALOG_NAME) + 4}) END, "
    )
    folder = f"coalesce(getvariable('warehouse') || '/', {beside}{_text(root)} || '/')"
    # DuckDB must not take any part of a path for a pattern: [*] is a plain asterisk.
    return (
        f"SELECT {selected} FROM read_parquet(list_transform([{', '.join(map(_text, paths))}], "
        rf"lambda p: regexp_replace({folder} || p, '([*?\[])', '[\1]', 'g')), "
        "hive_partitioning = false) AS t"
    )


def _stored(root: str, paths: Sequence[str]) -> tuple[set[str], str]:
    """Returns the columns of files of one schema, and the first of the files that can be read."""
    problem: Exception | None = None
    for path in paths:
        try:
            with storage.open_file(storage.inside(root, path)) as file:
                return set(pq.read_schema(file).names), path
        except (OSError, pa.ArrowException) as error:
            problem = problem or error
    raise CatalogError(f"{root}/{paths[0]} cannot be read: {problem}") from problem


def quote_name(name: str) -> str:
    """Returns a name as SQL spells it."""
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
