"""The catalog: a DuckDB file of views, macros and comments over the files of one manifest.

It holds no rows. It is built under a temporary name and swapped in, so a reader sees one snapshot
or the next. The paths in its views are absolute, so it opens from any working directory; the
session variable ``warehouse`` overrides the folder if the warehouse was moved or is mounted
elsewhere.
"""

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

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


class CatalogError(CopydeskError):
    """DuckDB refuses a view, or cannot write the file; the message says why."""


def connect(**settings: Any) -> "duckdb.DuckDBPyConnection":
    """Returns a connection to a new database in memory, with some settings of DuckDB."""
    import duckdb  # 0.1 s, which processes that only write files do not need

    return duckdb.connect(config=settings)


def write_catalog(manifest: Manifest, schema: Schema) -> str:
    """Builds the catalog of a manifest under a temporary name; returns the path of the file.

    Args:
      manifest: the snapshot to show; its files exist.
      schema: tables and SQL of the installed transforms.

    Raises:
      CatalogError: DuckDB refuses a view, or cannot write the file.
      OSError: a file of the manifest cannot be read.
    """
    import duckdb

    name = f".{CATALOG_NAME}.{secrets.token_hex(4)}.tmp"
    path = os.path.join(manifest.root, name)
    try:
        with connect(threads=1) as connection:
            connection.execute(
                f"ATTACH {_text(path)} AS catalog (STORAGE_VERSION '{STORAGE_VERSION}')"
            )
            connection.execute("USE catalog")
            # One transaction: DuckDB syncs the disk at the end of each.
            connection.execute("BEGIN")
            for statement in catalog_statements(manifest, schema):
                connection.execute(statement)
            connection.execute("COMMIT")
            connection.execute("USE memory")
            connection.execute("DETACH catalog")
        with storage.open_local(storage.inside(manifest.root, name), "rb+") as file:
            os.fsync(file.fileno())
    except BaseException as error:
        for written in (name, f"{name}.wal"):
            storage.remove(storage.inside(manifest.root, written))
        if isinstance(error, duckdb.Error):
            raise CatalogError(str(error)) from error
        raise
    return path


def try_catalog(before: Manifest | None, schema: Schema) -> None:
    """Builds the catalog of the next snapshot in memory, without rows (50 ms).

    So what DuckDB refuses, such as a mistake in the SQL of a transform or a column that it cannot
    tell from one of an earlier run, is known before any work is done.

    Args:
      before: the newest snapshot, if there is one.
      schema: tables and SQL of the installed transforms.

    Raises:
      CatalogError: DuckDB refuses a statement.
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
    with connect(threads=1) as connection:
        for statement in catalog_statements(empty, schema):
            try:
                connection.execute(statement)
            except duckdb.Error as error:
                # The sentence, and the line in which DuckDB marks the place.
                lines = [line for line in str(error).splitlines() if line.strip(" ^")]
                raise CatalogError(
                    "DuckDB refuses the columns or the SQL of a transform: "
                    f"{' '.join(lines):.500}. Correct the transform"
                ) from error


def swap_catalog(written: str) -> None:
    """Replaces the catalog by one from ``write_catalog``.

    A reader that has the old one open keeps reading the old snapshot. Whatever a user wrote into
    the old one is lost.

    Raises:
      OSError: the file cannot be renamed.
    """
    root, name = os.path.split(written)
    # A user who opened the old one for writing may have left it; DuckDB would apply it to the new.
    storage.remove(storage.inside(root, f"{CATALOG_NAME}.wal"))
    storage.rename(storage.inside(root, name), storage.inside(root, CATALOG_NAME))


def catalog_state(root: str) -> tuple[int, str] | None:
    """Returns what the catalog of a folder shows; ``None`` if it is missing or unreadable.

    Returns:
      number of the manifest it was built from, and the folder its paths begin with.
    """
    import duckdb

    path = os.path.join(root, CATALOG_NAME)
    if storage.status(storage.inside(root, CATALOG_NAME)) is None:
        return None
    try:
        # Attached, not opened: this process may have it open with other settings.
        with connect(threads=1) as connection:
            connection.execute(f"ATTACH {_text(path)} AS catalog (READ_ONLY)")
            row = connection.execute("SELECT manifest, folder FROM catalog.snapshot").fetchone()
    except duckdb.Error:
        return None
    return (row[0], row[1]) if row else None


def catalog_statements(manifest: Manifest, schema: Schema) -> Iterator[str]:
    """Yields the SQL statements of the catalog of a manifest.

    Args:
      manifest: the snapshot to show.
      schema: tables and SQL of the installed transforms. A column that the snapshot has not got
        yet is NULL.

    Raises:
      OSError: a file of the manifest cannot be read.
    """
    for table, columns in stored_columns(manifest, schema).items():
        files = [file for file in manifest.files if file.table == table]
        yield f"CREATE VIEW {_name(table)} AS {_table_query(manifest.root, columns, files)}"
        declared = schema.tables.get(table)
        description = declared.description if declared else TRANSFORM_TABLE
        yield f"COMMENT ON VIEW {_name(table)} IS {_text(description)}"
        for name, column in columns.items():
            comment = _text(column.description)
            yield f"COMMENT ON COLUMN {_name(table)}.{_name(name)} IS {comment}"
    yield (
        f"CREATE VIEW snapshot AS SELECT {manifest.number}::BIGINT AS manifest, "
        f"{manifest.schema_version}::BIGINT AS schema_version, {_text(manifest.run_id)} AS run_id, "
        f"{_text(manifest.version)} AS version, {_text(manifest.root)} AS folder"
    )
    yield from schema.sql


def _table_query(root: str, columns: Mapping[str, StoredColumn], files: Sequence[DataFile]) -> str:
    if not files:
        nulls = ", ".join(f"NULL::{column.type} AS {_name(n)}" for n, column in columns.items())
        return f"SELECT {nulls} WHERE false"
    groups: dict[str, list[str]] = {}
    for file in files:
        groups.setdefault(file.schema, []).append(file.path)
    return " UNION ALL ".join(
        _group_query(root, columns, paths) for _, paths in sorted(groups.items())
    )


def _group_query(root: str, columns: Mapping[str, StoredColumn], paths: Sequence[str]) -> str:
    with storage.open_local(storage.inside(root, paths[0])) as file:
        stored = set(pq.read_schema(file).names)
    selected = ", ".join(
        _name(name) if name in stored else f"NULL::{column.type} AS {_name(name)}"
        for name, column in columns.items()
    )
    # DuckDB must not take any part of a path for a pattern: [*] is a plain asterisk.
    return (
        f"SELECT {selected} FROM read_parquet(list_transform([{', '.join(map(_text, paths))}], "
        f"lambda p: regexp_replace(coalesce(getvariable('warehouse'), {_text(root)}) || '/' || p, "
        r"'([*?\[])', '[\1]', 'g')), hive_partitioning = false)"
    )


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
