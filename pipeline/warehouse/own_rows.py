"""Rows that a commit writes itself: that of ``runs``, and the list of the dumps taken in."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from pipeline.warehouse.manifest import (
    INPUT_SCHEMA,
    INPUTS,
    DataFile,
    Input,
    WarehouseError,
)
from pipeline.warehouse.schema import Schema
from pipeline.warehouse.writer import write_sorted, write_table


def write_run(
    root: str, schema: Schema, run: Mapping[str, Any], files: Sequence[DataFile]
) -> DataFile:
    """Writes the row of a run, with the counts of rows that it lacks.

    Args:
      root: the warehouse's folder.
      schema: tables of the installed transforms.
      run: the row of ``runs``.
      files: data files of the run.

    Raises:
      WarehouseError: ``runs`` has no such column, a value does not fit, or it cannot be written.
    """
    columns = schema.tables["runs"].columns
    if unknown := sorted(run.keys() - columns.keys()):
        raise WarehouseError(
            f"`runs` has no column {unknown[0]!r}. Its columns are: {', '.join(columns)}."
        )
    counts = dict.fromkeys((name for name in schema.tables if name in columns), 0)
    for file in files:
        if file.table in counts:
            counts[file.table] += file.rows
    row: dict[str, Any] = {**dict.fromkeys(columns), **counts, **run}
    try:
        data = pa.Table.from_pylist([row], schema=schema.arrow("runs"))
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise WarehouseError(
            f"the row of run {run['run_id']} does not fit `runs`: {error}. Give each column a "
            "value of its type."
        ) from error
    [written] = write_table(root, "runs", data, data.schema, row["run_id"], "0")
    return written


def write_inputs(root: str, run_id: str, inputs: Sequence[Input]) -> list[DataFile]:
    """Writes the list of the dumps that a run took in, if there are any."""
    if not inputs:
        return []
    columns = [pa.array(column) for column in zip(*inputs, strict=True)]
    data = pa.table(columns, schema=INPUT_SCHEMA).group_by(INPUT_SCHEMA.names).aggregate([])
    return [write_sorted(root, f"{INPUTS}/{run_id}-0.parquet", INPUTS, data)]
