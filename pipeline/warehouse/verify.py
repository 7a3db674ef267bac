"""Checks a whole warehouse against itself."""

import dataclasses
import os
import tempfile
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.warehouse.catalog import CatalogState, catalog_state, catalog_statements, connect
from pipeline.warehouse.commit import Warehouse
from pipeline.warehouse.manifest import DataFile, Manifest
from pipeline.warehouse.schema import Schema

ARTICLES_AT_ONCE = 100_000
"""Articles whose texts `verify` joins at once: 650 MB at 6.5 kB each."""


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


def verify(root: str, schema: Schema) -> Verification:
    """Checks a whole warehouse against itself; changes nothing.

    Every file of the newest manifest is there, with its size, its rows and intact pages; every id
    is unique and leads somewhere; every count adds up; the catalog shows the newest snapshot.

    Args:
      root: the warehouse's folder.
      schema: tables, SQL and checks of the installed transforms.

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
        problems = _row_problems(manifest, schema)
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


def _row_problems(manifest: Manifest, schema: Schema) -> list[str]:
    problems = []
    articles = sum(file.rows for file in manifest.files if file.table == "articles")
    parts = 1 + articles // ARTICLES_AT_ONCE
    with (
        tempfile.TemporaryDirectory(prefix="copydesk-") as scratch,
        connect(temp_directory=scratch) as connection,
    ):
        for statement in catalog_statements(manifest.root, manifest, schema):
            connection.execute(statement)
        for claim, query in schema.checks.items():
            parameters: list[dict[str, int]] = [{}]
            if "$part" in query:
                parameters = [{"parts": parts, "part": number} for number in range(parts)]
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
