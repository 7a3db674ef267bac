"""The catalog: a DuckDB file of views, macros and comments over the files of one manifest.

It holds no rows. It is built beside its place and swapped in, so whoever opens it sees one snapshot
or the next. The paths in its views are absolute, so it opens from any working directory; the
session variable ``warehouse`` overrides the folder where the warehouse was moved or is mounted
elsewhere.
"""

import contextlib
import importlib
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow.parquet as pq

from pipeline.errors import CopydeskError
from pipeline.schema import TABLES, TRANSFORM_TABLE
from pipeline.views import MACROS, VIEWS

if TYPE_CHECKING:
    import duckdb

    from pipeline.warehouse import DataFile, Manifest, StoredColumn

CATALOG_NAME = "news.duckdb"

STORAGE_VERSION = "v1.0.0"
"""DuckDB storage format of the catalog; the oldest that DuckDB 1.x and 2.x both open."""


class CatalogError(CopydeskError):
    """DuckDB refuses a view, or cannot write the file; the message says why."""


class CatalogState(NamedTuple):
    """What a catalog shows.

    Attributes:
      number: number of the manifest it was built from.
      root: the folder its paths begin with.
    """

    number: int
    root: str


def load_duckdb() -> None:
    """Imports DuckDB, which takes a tenth of a second.

    Whoever only writes files does without it, and a run has time for it while workers are busy.
    """
    importlib.import_module("duckdb")


def connect(**settings: Any) -> "duckdb.DuckDBPyConnection":
    """Returns a connection to a new database in memory.

    Args:
      settings: of DuckDB.
    """
    import duckdb

    return duckdb.connect(config=settings)


def build_catalog(root: str, manifest: "Manifest") -> str:
    """Builds the catalog of a manifest and swaps it in; returns its path.

    Args:
      root: the warehouse's folder.
      manifest: the snapshot to show; its files are there.

    Raises:
      CatalogError: DuckDB refuses a view, or cannot write the file.
      OSError: a file of the manifest cannot be read, or the swap fails.
    """
    built = write_catalog(root, manifest)
    swap_catalog(root, built)
    return os.path.join(root, CATALOG_NAME)


def write_catalog(root: str, manifest: "Manifest") -> str:
    """Builds the catalog of a manifest beside its place; returns the path of the new file.

    Args:
      root: the warehouse's folder.
      manifest: the snapshot to show; its files are there.

    Raises:
      CatalogError: DuckDB refuses a view, or cannot write the file.
      OSError: a file of the manifest cannot be read.
    """
    import duckdb

    root = os.path.abspath(root)
    path = os.path.join(root, f".{CATALOG_NAME}.{secrets.token_hex(4)}.tmp")
    try:
        with connect(threads=1) as connection:
            connection.execute(
                f"ATTACH {_text(path)} AS catalog (STORAGE_VERSION '{STORAGE_VERSION}')"
            )
            connection.execute("USE catalog")
            # One transaction: DuckDB syncs the disk at the end of each.
            connection.execute("BEGIN")
            for statement in catalog_statements(root, manifest):
                connection.execute(statement)
            connection.execute("COMMIT")
            connection.execute("USE memory")
            connection.execute("DETACH catalog")
        with open(path, "rb+") as file:
            os.fsync(file.fileno())
    except BaseException as error:
        for left in (path, f"{path}.wal"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(left)
        if isinstance(error, duckdb.Error):
            raise CatalogError(str(error)) from error
        raise
    return path


def swap_catalog(root: str, built: str) -> None:
    """Puts a catalog from ``write_catalog`` in its place.

    A reader that has the old one open keeps reading the old snapshot. What someone wrote into the
    old one is gone with it.

    Args:
      root: the warehouse's folder.
      built: path of the new file, in the same folder.

    Raises:
      OSError: the file cannot be renamed.
    """
    path = os.path.join(root, CATALOG_NAME)
    # Left by someone who opened the old one for writing; DuckDB would play it into the new one.
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{path}.wal")
    os.replace(built, path)


def catalog_state(root: str) -> CatalogState | None:
    """Returns which snapshot the catalog shows; ``None`` where there is none that can be read.

    Args:
      root: the warehouse's folder.
    """
    import duckdb

    path = os.path.join(root, CATALOG_NAME)
    if not os.path.exists(path):
        return None
    try:
        # Attached, not opened: this process may have it open already, with other settings.
        with connect(threads=1) as connection:
            connection.execute(f"ATTACH {_text(path)} AS catalog (READ_ONLY)")
            row = connection.execute("SELECT manifest, folder FROM catalog.snapshot").fetchone()
    except duckdb.Error:
        return None
    return CatalogState(row[0], row[1]) if row else None


def catalog_statements(root: str, manifest: "Manifest") -> Iterator[str]:
    """Yields the SQL that makes up the catalog of a manifest.

    Args:
      root: absolute path of the warehouse's folder.
      manifest: the snapshot to show.

    Raises:
      OSError: a file of the manifest cannot be read.
    """
    for table, columns in manifest.columns.items():
        files = [file for file in manifest.files if file.table == table]
        yield f"CREATE VIEW {_name(table)} AS {_table_query(root, columns, files)}"
        yield from _comments(
            table,
            TABLES.get(table, TRANSFORM_TABLE),
            {name: column.description for name, column in columns.items()},
        )
    settings = {
        "manifest": f"{manifest.number}::BIGINT",
        "schema_version": f"{manifest.schema_version}::BIGINT",
        "run_id": _text(manifest.run_id),
        "version": _text(manifest.version),
        "folder": _text(root),
    }
    listed = ", ".join(f"{value} AS {name}" for name, value in settings.items())
    for name, view in VIEWS.items():
        yield f"CREATE VIEW {name} AS " + (f"SELECT {listed}" if not view.sql else view.sql)
        yield from _comments(name, view.description, view.columns)
    for macro in MACROS.values():
        yield f"CREATE MACRO {macro.signature} AS {macro.sql}"
        kind = "MACRO TABLE" if macro.sql.startswith("TABLE") else "MACRO"
        yield f"COMMENT ON {kind} {macro.name} IS {_text(macro.description)}"


def _table_query(
    root: str, columns: "Mapping[str, StoredColumn]", files: "Sequence[DataFile]"
) -> str:
    groups: dict[str, list[str]] = {}
    for file in files:
        groups.setdefault(file.schema, []).append(file.path)
    return " UNION ALL ".join(
        _group_query(root, columns, paths) for _, paths in sorted(groups.items())
    )


def _group_query(root: str, columns: "Mapping[str, StoredColumn]", paths: Sequence[str]) -> str:
    there = set(pq.read_schema(os.path.join(root, paths[0])).names)
    selected = ", ".join(
        _name(name) if name in there else f"NULL::{column.type} AS {_name(name)}"
        for name, column in columns.items()
    )
    # Whatever a path holds, DuckDB must not take it for a pattern: [*] is a plain asterisk.
    return (
        f"SELECT {selected} FROM read_parquet(list_transform([{', '.join(map(_text, paths))}], "
        f"lambda p: regexp_replace(coalesce(getvariable('warehouse'), {_text(root)}) || '/' || p, "
        r"'([*?\[])', '[\1]', 'g')), hive_partitioning = false)"
    )


def _comments(view: str, description: str, columns: Mapping[str, str]) -> Iterable[str]:
    yield f"COMMENT ON VIEW {_name(view)} IS {_text(description)}"
    for name, meaning in columns.items():
        yield f"COMMENT ON COLUMN {_name(view)}.{_name(name)} IS {_text(meaning)}"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
