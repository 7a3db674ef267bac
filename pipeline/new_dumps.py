"""Which dumps a run has to read, and the hashes by which later runs know them."""

import itertools
import os
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from multiprocessing.pool import ThreadPool
from typing import Any

import pyarrow.parquet as pq

from pipeline.dumps.inputs import FoundDump, content_hash
from pipeline.shards import storable
from pipeline.storage import inside, open_input
from pipeline.tasks.job import Output
from pipeline.warehouse import Input, Manifest

_UNREAD = frozenset({"unreadable", "changed"})
"""Reasons of rejects of dumps that are to be read again."""


def new_dumps(found: Sequence[FoundDump], manifest: Manifest | None) -> list[FoundDump]:
    """Returns the dumps that no earlier run has read.

    A dump is the same wherever it is stored: by its name and its bytes. Only dumps whose name and
    size are known are hashed.

    Args:
      found: the dumps.
      manifest: the newest snapshot of the warehouse, if there is one.
    """
    if manifest is None:
        return list(found)
    known = {taken._replace(path=os.path.basename(taken.path)) for taken in manifest.inputs}
    sizes = {(name, size) for name, size, _ in known}
    suspects = [dump for dump in found if (_name(dump.path), dump.size) in sizes]
    old = {
        dump.path
        for dump, described in zip(suspects, describe(suspects), strict=True)
        if described._replace(path=_name(dump.path)) in known
    }
    return [dump for dump in found if dump.path not in old]


def _name(path: str) -> str:
    return storable(os.path.basename(path))


def describe(dumps: Sequence[FoundDump]) -> list[Input]:
    """Returns the dumps with the hashes of their content, empty for one that cannot be read."""
    if not dumps:
        return []
    # Its threads are daemons, unlike those of an executor: an interrupted run ends without them.
    with ThreadPool(min(len(dumps), 2 * (os.cpu_count() or 1))) as threads:
        return threads.map(_describe, dumps)


def _describe(dump: FoundDump) -> Input:
    try:
        digest = content_hash(dump.path)
    except OSError:
        digest = ""  # the reader makes it a reject with the reason
    return Input(storable(dump.path), dump.size, digest)


def without_unread(taken: Sequence[Input], root: str, output: Output) -> list[Input]:
    """Returns the dumps without the hashes of those that were not read, or not as they were hashed.

    A dump without a hash is known to later runs for as long as it cannot be read. So one that a
    worker could not open, or that was written to meanwhile, is read again once it can be.

    Args:
      taken: the dumps of a run.
      root: folder of the warehouse.
      output: of the run; its rejects say which dumps were not read.
    """
    unread: set[str] = set()
    for row in rejects_for(_UNREAD, root, output):
        # Of a member of an archive, as in a.zip!b.txt, the archive.
        unread.update(itertools.accumulate(row["source_file"].split("!"), "{}!{}".format))
    return [dump._replace(content_hash="") if dump.path in unread else dump for dump in taken]


def rejects_for(wanted: Collection[str], root: str, output: Output) -> Iterator[dict[str, Any]]:
    """Yields the rejects of a run that is not committed yet which have one of some reasons.

    Args:
      wanted: the reasons.
      root: folder of the warehouse.
      output: of the run.
    """
    if output.counted.get("rejects.reason", {}).keys().isdisjoint(wanted):
        return
    columns = ["source_file", "record_index", "reason", "detail"]
    for file in output.files:
        if file.table == "rejects":
            with open_input(inside(root, file.path)) as stream:
                rows = pq.read_table(stream, columns=columns).to_pylist()
            yield from (row for row in rows if row["reason"] in wanted)


def describe_in_background(
    dumps: Sequence[FoundDump], check: Callable[[], None]
) -> Future[list[Input]]:
    """Describes dumps in a thread, while the graph is built, once a check raises nothing.

    No dump may be read before all are hashed: one that is rewritten meanwhile is then recorded as
    it was before, and read by the next run, instead of recorded as what no run has read.
    """
    future: Future[list[Input]] = Future()

    def work() -> None:
        try:
            check()
            future.set_result(describe(dumps))
        except Exception as error:  # noqa: BLE001 - it is the future's
            future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return future
