"""What must hold before a warehouse is written to, and before files of a run are committed."""

from collections.abc import Collection, Sequence

from pipeline import storage
from pipeline.warehouse.manifest import DataFile, Manifest, WarehouseError
from pipeline.warehouse.schema import Schema, duckdb_type


def check_types(root: str, manifest: Manifest | None, schema: Schema) -> None:
    """Checks that no column has another type than the warehouse has.

    Args:
      root: the warehouse's folder.
      manifest: the newest, if any.
      schema: tables of the installed transforms.

    Raises:
      WarehouseError: one has.
    """
    for table, declared in schema.tables.items():
        stored = manifest.columns.get(table, {}) if manifest else {}
        for name, column in declared.columns.items():
            new = duckdb_type(column.type)
            if name in stored and (old := stored[name].type) != new:
                raise WarehouseError(
                    f"column {name!r} of {table!r} is {old} in {root} and {new} now. "
                    "Rename the column, give it its old type, or write to a new --warehouse."
                )


def check_files(root: str, before: Manifest | None, run_id: str, files: Sequence[DataFile]) -> None:
    """Checks that files are of one run, are there as they were written, and are committed once.

    Args:
      root: the warehouse's folder.
      before: the newest manifest, if any.
      run_id: the run that commits them.
      files: what it wrote.

    Raises:
      WarehouseError: a file is not so.
    """
    old = {file.path for file in before.all_files} if before else set()
    seen: set[str] = set()
    for file in files:
        if file.path in old or file.path in seen:
            raise WarehouseError(
                f"{file.path} would be committed twice. Give each run another id and each "
                "part of it another name."
            )
        seen.add(file.path)
        if not file.path.rpartition("/")[2].startswith(f"{run_id}-"):
            raise WarehouseError(
                f"{file.path} is not a file of run {run_id}. Commit what the run wrote."
            )
    places = [storage.inside(root, file.path) for file in files]
    for file, found in zip(files, storage.statuses(places), strict=True):
        size = found.size if found else -1
        if size != file.bytes:
            raise WarehouseError(
                f"{root}/{file.path} should have {file.bytes} bytes and "
                + (f"has {size}" if size >= 0 else "is not there")
                + ". Nothing was committed; run again."
            )


def check_merged(
    before: Manifest | None, merged: Sequence[DataFile], replaced: Collection[str]
) -> None:
    """Checks that merged files have as many rows as those they replace.

    Args:
      before: the newest manifest, if any.
      merged: the files that replace others.
      replaced: paths of these.

    Raises:
      WarehouseError: a table would lose rows, or have some twice.
    """
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
