"""What readers are shown: the catalog, ``data``, and beside them ``snapshot.json``.

The last holds a copy of the newest manifest, and size and hash of the catalog that was built from
it. It is written after the commit. So what readers were last shown is known even if the manifests
are lost, and a lost manifest differs from a run that was killed before it wrote one.
"""

import dataclasses
import hashlib
import os
from typing import Any

from pipeline import storage
from pipeline.warehouse.catalog import CATALOG_NAME, CatalogState, catalog_state, swap_catalog
from pipeline.warehouse.manifest import (
    SCHEMA_VERSION,
    DamagedError,
    Manifest,
    damaged,
    from_record,
    sealed,
    to_record,
    unsealed,
)
from pipeline.warehouse.plain import swap_data

SNAPSHOT_NAME = "snapshot.json"


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """What ``snapshot.json`` holds.

    Attributes:
      manifest: copy of the newest manifest.
      folder: where the warehouse was when the catalog was built.
      catalog: size of the catalog in bytes, and its SHA-256 in hex.
    """

    manifest: Manifest
    folder: str
    catalog: tuple[int, str]


def publish(manifest: Manifest, catalog: str, data: str) -> None:
    """Shows readers a manifest: puts catalog, ``data`` and ``snapshot.json`` in their places.

    Args:
      manifest: the newest one, committed.
      catalog: path of its catalog, from ``write_catalog``.
      data: path of its tree, from ``build_data``.

    Raises:
      OSError: a file cannot be written or renamed.
    """
    record = {
        "schema_version": SCHEMA_VERSION,
        "folder": manifest.root,
        "catalog": _size_and_hash(catalog),
        "manifest": to_record(manifest),
    }
    file = storage.new_file(storage.inside(manifest.root, SNAPSHOT_NAME))
    try:
        file.write(sealed(record))
        file.sync()
        swap_catalog(manifest.root, catalog)
        swap_data(data)
        file.keep(sync=False)
    except BaseException:
        file.discard()
        raise


def read_snapshot(root: str) -> Snapshot | None:
    """Returns what ``snapshot.json`` holds; ``None`` without one, as version 1 left it.

    Raises:
      DamagedError: it is not as it was written.
      WarehouseError: it cannot be read, or is of a newer copydesk.
    """
    if storage.status(storage.inside(root, SNAPSHOT_NAME)) is None:
        return None
    record = unsealed(root, SNAPSHOT_NAME)
    try:
        size, digest = record["catalog"]
        return Snapshot(from_record(root, record["manifest"]), record["folder"], (size, digest))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(root, SNAPSHOT_NAME, error) from error


def shown(root: str) -> tuple[Snapshot | None, CatalogState | None]:
    """Returns what readers were last shown: ``snapshot.json``, and the state of the catalog.

    Either is ``None`` if it is missing, or not as it was written.
    """
    try:
        snapshot = read_snapshot(root)
    except DamagedError:
        snapshot = None
    if snapshot is None:
        return None, catalog_state(root)
    try:
        whole = _size_and_hash(storage.inside(root, CATALOG_NAME)) == snapshot.catalog
    except FileNotFoundError:
        whole = False
    number, run_id = snapshot.manifest.number, snapshot.manifest.run_id
    return snapshot, CatalogState(number, snapshot.folder, run_id) if whole else None


def catalog_problem(
    manifest: Manifest, snapshot: Snapshot | None, state: CatalogState | None
) -> str:
    """Returns in a sentence why the catalog has to be built again; the empty string if it is whole.

    Args:
      manifest: the newest one.
      snapshot: from ``shown``.
      state: from ``shown``.
    """
    root = manifest.root
    path = os.path.join(root, CATALOG_NAME)
    if snapshot is None:
        return f"{os.path.join(root, SNAPSHOT_NAME)} is missing, or not as it was written."
    if state is None:
        return f"{path} is missing, or not as it was written."
    if state.number != manifest.number or snapshot.manifest != manifest:
        return f"{path} shows manifest {state.number}; the newest is {manifest.number}."
    return ""


def _size_and_hash(path: str) -> tuple[int, str]:
    with storage.open_file(path) as file:
        return size_and_hash(file)


def size_and_hash(file: Any) -> tuple[int, str]:
    """Returns the bytes of an open file and their SHA-256, in hex.

    Raises:
      OSError: it cannot be read.
    """
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    return file.seek(0, os.SEEK_END), digest
