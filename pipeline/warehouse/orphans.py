"""Files that no manifest names, and whether they may be removed.

Killed runs leave such files, and so does compaction. A lost manifest makes such files of committed
rows as well, which must not be removed. So a run keeps its folder in ``staging`` until it has
committed: if there are files of a run that has neither committed nor such a folder, no writer goes
on.
"""

import os
import re
from collections.abc import Sequence

import pyarrow as pa

from pipeline import storage
from pipeline.warehouse.catalog import CATALOG_NAME
from pipeline.warehouse.manifest import (
    DATA,
    FILES,
    INDEX,
    INPUTS,
    MANIFESTS,
    RUN_ID,
    STAGING,
    WATCH_NAME,
    DamagedError,
    Manifest,
    manifest_path,
    repair_command,
)
from pipeline.warehouse.plain import data_state
from pipeline.warehouse.schema import Schema
from pipeline.warehouse.snapshot import SNAPSHOT_NAME, shown
from pipeline.warehouse.writer import FILE_NAME, read_table

_TEMPORARY = re.compile(
    rf"\.(?:[1-9]\d*\.json|{DATA}|{re.escape(CATALOG_NAME)}|{re.escape(SNAPSHOT_NAME)}"
    rf"|{re.escape(WATCH_NAME)})"
    r"\.[0-9a-f]+\.tmp(?:\.wal)?"
)


def find_orphans(root: str, manifests: Sequence[Manifest], schema: Schema) -> list[str]:
    """Returns the paths of files that no manifest names; the next writer removes them.

    Files whose names copydesk does not give, or outside the folders of tables, are left alone.

    Args:
      root: the warehouse's folder.
      manifests: all that are kept.
      schema: tables of the installed transforms, beside those of the manifests.

    Raises:
      LinkError: a file that a manifest names is a link, or behind one.
    """
    named = {file.path for manifest in manifests for file in manifest.all_files}
    tables = {*schema.tables, *(table for manifest in manifests for table in manifest.columns)}
    found = []
    # Version 1 had its files in ``data``; now there are links, which its own module removes.
    version_1 = bool(manifests) and manifests[-1].schema_version == 1
    for folder in (FILES, INDEX, INPUTS, *([DATA] if version_1 else [])):
        for below, _, files, links in storage.walk(storage.inside(root, folder)):
            at = os.path.normpath(os.path.join(folder, below))
            for name in links:
                path = f"{at}/{name}"
                if any(file == path or file.startswith(f"{path}/") for file in named):
                    raise storage.LinkError.at(f"{root}/{path}")
            # Other links are not followed: they could lead to named files by another path.
            if folder not in (FILES, DATA) or below.split("/")[0] in tables:
                own = filter(FILE_NAME.fullmatch, (*files, *links))
                found += [f"{at}/{name}" for name in own]
    for folder, kind in (("", _TEMPORARY), (MANIFESTS, _TEMPORARY), (STAGING, RUN_ID)):
        found += [
            os.path.join(folder, name)
            for name in storage.names(storage.inside(root, folder))
            if kind.fullmatch(name)
        ]
    return sorted(set(found) - named)


def check_orphans(root: str, manifests: Sequence[Manifest], orphans: Sequence[str]) -> None:
    """Checks that no file that no manifest names can hold committed rows.

    The manifest that readers were shown last must be there, and every such file must be of a run
    that is committed, whose rows a later run has merged, or of an unfinished one.

    Args:
      root: the warehouse's folder.
      manifests: all that are kept, the newest last.
      orphans: from ``find_orphans``.

    Raises:
      DamagedError: a manifest is missing.
    """
    newest = manifests[-1] if manifests else None
    snapshot, catalog = shown(root)
    last = max(
        snapshot.manifest.number if snapshot else 0,
        catalog.number if catalog else 0,
        (data_state(root) or (0, ""))[0],
    )
    if last > (newest.number if newest else 0):
        raise _lost(root, f"{manifest_path(last)} is missing, which readers were shown last")
    if not newest and storage.status(storage.inside(root, CATALOG_NAME)):
        raise _lost(root, f"{CATALOG_NAME} is there, but no manifest")
    folders = (FILES, INPUTS, DATA) if newest else (FILES, INPUTS, INDEX)
    paths = [path for path in orphans if path.split("/")[0] in folders]
    if not newest:
        paths += [
            os.path.normpath(os.path.join(DATA, below, name))
            for below, _, names, _ in storage.walk(storage.inside(root, DATA))
            for name in names
        ]
    unfinished = set(storage.names(storage.inside(root, STAGING)))
    committed = None
    for path in paths:
        run = RUN_ID.match(os.path.basename(path))
        # A temporary file is of no manifest.
        if run and path.endswith(".parquet") and run[0] not in unfinished:
            committed = committed or _committed_runs(root, newest)
            if run[0] not in committed:
                raise _lost(root, f"no manifest names {path}, which is of no unfinished run")


def _committed_runs(root: str, manifest: Manifest | None) -> set[str]:
    files = manifest.files if manifest else ()
    try:
        return {
            str(run)
            for file in files
            if file.table == "runs"
            for run in read_table(root, file.path).column("run_id").to_pylist()
        }
    except (OSError, pa.ArrowException) as error:
        raise _lost(root, f"the rows of runs cannot be read: {error}") from error


def _lost(root: str, what: str) -> DamagedError:
    return DamagedError(
        f"{root} is damaged: {what}. Restore the folder {MANIFESTS} from a backup, or bring back "
        f"what the other files hold: {repair_command(root)}"
    )


def check_presence(manifest: Manifest) -> None:
    """Checks that no file of a manifest is missing: no catalog could show it.

    Raises:
      DamagedError: one is.
    """
    names: dict[str, set[str]] = {}
    for file in manifest.all_files:
        root = manifest.root
        folder, name = os.path.split(file.path)
        if folder not in names:
            names[folder] = set(storage.names(storage.inside(root, folder)))
        # A listing may be of a moment ago; a file that is asked for by name is there, or not.
        if name not in names[folder] and not storage.status(storage.inside(root, file.path)):
            raise DamagedError(
                f"{os.path.join(root, file.path)} is missing; the newest manifest names it. "
                f"Restore it from a backup, or see what else there is: {repair_command(root)}"
            )
