"""Checks a whole warehouse against itself."""

import dataclasses
import os
import tempfile
from collections import Counter
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import storage
from pipeline.warehouse.catalog import CATALOG_NAME, catalog_state, catalog_statements, connect
from pipeline.warehouse.commit import Warehouse
from pipeline.warehouse.manifest import DataFile, Manifest
from pipeline.warehouse.schema import Schema

ARTICLES_AT_ONCE = 100_000
"""Articles whose texts a check joins at once: 650 MB at 6.5 kB each."""


@dataclasses.dataclass(frozen=True)
class Verification:
    """The result of ``verify``.

    Attributes:
      number: number of the newest manifest; 0 before the first commit.
      rows: rows of each table.
      problems: one sentence for each.
      orphans: files no manifest names, relative to the warehouse's folder. They do no harm; the
        next writer removes them.
    """

    number: int
    rows: Mapping[str, int]
    problems: tuple[str, ...]
    orphans: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """True if there are no problems."""
        return not self.problems


def verify(root: str, schema: Schema) -> Verification:
    """Checks a whole warehouse against itself; changes nothing.

    Every file of the newest manifest exists, with its size, its rows and intact pages; the checks
    of the schema hold (ids are unique and refer to rows, counts add up); the catalog shows the
    newest snapshot.

    Args:
      root: the warehouse's folder.
      schema: tables, SQL and checks of the installed transforms.

    Raises:
      WarehouseError: the newest manifest cannot be read, or is of a newer copydesk.
    """
    warehouse = Warehouse(root)
    manifest = warehouse.latest()
    orphans = tuple(warehouse.orphans())
    if manifest is None:
        return Verification(0, {}, (), orphans)
    problems = [
        problem for file in manifest.all_files if (problem := _file_problem(warehouse.root, file))
    ]
    problems = problems or _row_problems(manifest, schema)
    catalog = os.path.join(warehouse.root, CATALOG_NAME)
    state = catalog_state(warehouse.root)
    if state is None:
        problems.append(f"{catalog} is not there or cannot be opened. The next run rebuilds it.")
    elif state != (manifest.number, warehouse.root):
        problems.append(
            f"{catalog} shows manifest {state[0]} in {state[1]}; the newest is "
            f"{manifest.number} in {warehouse.root}. The next run rebuilds it."
        )
    rows = dict.fromkeys(manifest.columns, 0)
    for file in manifest.files:
        rows[file.table] += file.rows
    return Verification(manifest.number, rows, tuple(problems), orphans)


def _file_problem(root: str, file: DataFile) -> str:
    """Returns a sentence if a file is not as its manifest says, or the empty string."""
    path = os.path.join(root, file.path)
    remedy = "Restore it from a backup."
    try:
        with storage.open_local(storage.inside(root, file.path)) as opened:
            size = os.fstat(opened.fileno()).st_size
            if size != file.bytes:
                return f"{path} has {size} bytes; its manifest says {file.bytes}. {remedy}"
            with pq.ParquetFile(opened, page_checksum_verification=True) as parquet:
                rows = parquet.metadata.num_rows
                if rows != file.rows:
                    return f"{path} has {rows} rows; its manifest says {file.rows}. {remedy}"
                for group in range(parquet.num_row_groups):
                    parquet.read_row_group(group)
    except storage.LinkError as error:
        return str(error)
    except FileNotFoundError:
        return f"{path} is not there; its manifest names it. {remedy}"
    except (OSError, pa.ArrowException) as error:
        return f"{path} cannot be read: {error}. {remedy}"
    return ""


def _row_problems(manifest: Manifest, schema: Schema) -> list[str]:
    """Returns a sentence for each check of the schema that does not hold."""
    problems = []
    articles = sum(file.rows for file in manifest.files if file.table == "articles")
    parts = 1 + articles // ARTICLES_AT_ONCE
    with (
        tempfile.TemporaryDirectory(prefix="copydesk-") as scratch,
        connect(temp_directory=scratch) as connection,
    ):
        for statement in catalog_statements(manifest, schema):
            connection.execute(statement)
        for claim, query in schema.checks.items():
            exceptions: Counter[str] = Counter()
            for part in range(parts) if "$part" in query else (None,):
                counted = connection.execute(
                    "SELECT count(*), coalesce(min(example)::VARCHAR, '') "
                    f"FROM ({query}) AS exceptions(example)",
                    {} if part is None else {"parts": parts, "part": part},
                ).fetchone()
                if counted and counted[0]:
                    exceptions[counted[1]] += counted[0]
            if exceptions:
                count, example = exceptions.total(), next(iter(exceptions))
                problems.append(f"Not true in {count} cases, as for {example}: {claim}.")
    return problems
