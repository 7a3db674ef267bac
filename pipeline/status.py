"""State of a warehouse in figures: what was committed last, and how far ``copydesk watch`` is."""

import dataclasses
import datetime
import json
import os
import socket

from pipeline import storage
from pipeline.errors import count
from pipeline.warehouse import Manifest, Warehouse, WarehouseError
from pipeline.warehouse.lock import has_ended
from pipeline.warehouse.manifest import WATCH_NAME, manifest_path


@dataclasses.dataclass(frozen=True)
class Watching:
    """How far a process of ``copydesk watch`` is, as the process itself records it.

    Attributes:
      process: its id.
      host: its machine.
      started_at: when it began, in UTC as ISO 8601.
      looked_at: when it last looked for dumps, or committed some.
      batches: commits since it began.
      waiting_dumps: dumps that it has seen and not taken.
      waiting_bytes: bytes of those that are ready to be taken.
      lag_seconds: time since the oldest of these changed last.
    """

    process: int
    host: str
    started_at: str
    looked_at: str
    batches: int
    waiting_dumps: int
    waiting_bytes: int
    lag_seconds: float


@dataclasses.dataclass(frozen=True)
class Status:
    """What was committed to a warehouse.

    Attributes:
      warehouse: its folder.
      manifest: number of the newest manifest.
      run_id: the run that committed it.
      committed_at: when, in UTC as ISO 8601.
      rows: table to number of rows; ``runs`` counts the commits of rows.
      bytes: of all files of the newest snapshot.
      index_bytes: those of the index among them.
      watching: the process that watches, if one does.
    """

    warehouse: str
    manifest: int
    run_id: str
    committed_at: str
    rows: dict[str, int]
    bytes: int
    index_bytes: int
    watching: Watching | None


def read_status(root: str) -> Status | None:
    """Returns the state of a warehouse; ``None`` before the first commit.

    Args:
      root: its folder.

    Raises:
      WarehouseError: a manifest cannot be read.
    """
    warehouse = Warehouse(root)
    manifest = warehouse.latest()
    if manifest is None:
        return None
    rows = dict.fromkeys(manifest.columns, 0)
    for file in manifest.files:
        rows[file.table] = rows.get(file.table, 0) + file.rows
    return Status(
        warehouse=root,
        manifest=manifest.number,
        run_id=manifest.run_id,
        committed_at=_committed_at(manifest),
        rows=rows,
        bytes=sum(file.bytes for file in manifest.all_files),
        index_bytes=sum(file.bytes for file in manifest.index_files),
        watching=read_watching(warehouse.root),
    )


def _committed_at(manifest: Manifest) -> str:
    found = storage.status(storage.inside(manifest.root, manifest_path(manifest.number)))
    seconds = found.modified if found else 0.0  # pruned meanwhile
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat(timespec="seconds")


def read_watching(root: str) -> Watching | None:
    """Returns what the process that watches says of itself; ``None`` if none does.

    Raises:
      WarehouseError: the file cannot be read.
    """
    try:
        with storage.open_file(storage.inside(root, WATCH_NAME)) as file:
            watching = Watching(**json.loads(file.read()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise WarehouseError(
            f"{os.path.join(root, WATCH_NAME)} cannot be read: {error}. Remove it; copydesk watch "
            "writes it again"
        ) from error
    # It was killed; of a process on another machine nothing is known.
    local = watching.host == socket.gethostname()
    return None if local and has_ended(watching.process) else watching


def render_status(status: Status, now: datetime.datetime) -> str:
    """Returns what ``copydesk status`` prints.

    Args:
      status: of the warehouse.
      now: with a time zone.
    """
    seconds = (now - datetime.datetime.fromisoformat(status.committed_at)).total_seconds()
    rows = [
        ("last commit", f"{status.committed_at}, {count(max(0, round(seconds)), 'second')} ago"),
        ("manifest", f"{status.manifest:,} of run {status.run_id}"),
        *(((table, f"{count:,}")) for table, count in status.rows.items()),
        ("megabytes", f"{status.bytes / 1e6:,.1f}"),
        ("megabytes of index", f"{status.index_bytes / 1e6:,.1f}"),
    ]
    watching = status.watching
    if watching is None:
        rows.append(("watched by", "no process"))
    else:
        rows += [
            ("watched by", f"process {watching.process} on {watching.host}"),
            ("last look", watching.looked_at),
            ("batches since it began", f"{watching.batches:,}"),
            (
                "waiting",
                f"{count(watching.waiting_dumps, 'dump')}, {watching.waiting_bytes / 1e6:,.1f} MB, "
                f"the oldest for {count(round(watching.lag_seconds), 'second')}",
            ),
        ]
    width = max(len(label) for label, _ in rows)
    return "\n".join(f"{label:<{width}}  {figure}" for label, figure in rows)


def render_metrics(status: Status) -> str:
    """Returns the figures in Prometheus's text format 0.0.4, for node_exporter's textfile."""
    committed = datetime.datetime.fromisoformat(status.committed_at).timestamp()
    figures: list[tuple[str, str, str, float]] = [
        ("last_commit_timestamp_seconds", "gauge", "Time of the last commit.", committed),
        ("manifest", "gauge", "Number of the newest manifest.", status.manifest),
        ("bytes", "gauge", "Bytes of the newest snapshot.", status.bytes),
        ("index_bytes", "gauge", "Bytes of the index.", status.index_bytes),
    ]
    if watching := status.watching:
        looked = datetime.datetime.fromisoformat(watching.looked_at).timestamp()
        figures += [
            ("last_look_timestamp_seconds", "gauge", "Time of the last look for dumps.", looked),
            ("batches_total", "counter", "Commits since the process began.", watching.batches),
            ("waiting_dumps", "gauge", "Dumps seen and not taken.", watching.waiting_dumps),
            ("waiting_bytes", "gauge", "Bytes ready to be taken.", watching.waiting_bytes),
            ("lag_seconds", "gauge", "Age of the oldest that waits.", watching.lag_seconds),
        ]
    lines = []
    for name, kind, about, figure in figures:
        lines += [
            f"# HELP copydesk_{name} {about}",
            f"# TYPE copydesk_{name} {kind}",
            f"copydesk_{name} {figure:.17g}",
        ]
    lines += ["# HELP copydesk_rows Rows of a table.", "# TYPE copydesk_rows gauge"]
    lines += [f'copydesk_rows{{table="{name}"}} {count}' for name, count in status.rows.items()]
    return "\n".join(lines) + "\n"
