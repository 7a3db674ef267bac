"""The warehouse on disk: immutable Parquet files, and manifests that say which of them count."""

from pipeline.warehouse.catalog import CATALOG_NAME, open_catalog
from pipeline.warehouse.commit import Warehouse, is_part
from pipeline.warehouse.manifest import (
    DamagedError,
    DataFile,
    Input,
    LockedError,
    Manifest,
    WarehouseError,
    make_run_id,
    nothing_committed,
)
from pipeline.warehouse.schema import Schema, build_schema
from pipeline.warehouse.writer import BackgroundSync, read_table, write_file, write_table

__all__ = [
    "CATALOG_NAME",
    "BackgroundSync",
    "DamagedError",
    "DataFile",
    "Input",
    "LockedError",
    "Manifest",
    "Schema",
    "Warehouse",
    "WarehouseError",
    "build_schema",
    "is_part",
    "make_run_id",
    "nothing_committed",
    "open_catalog",
    "read_table",
    "write_file",
    "write_table",
]
