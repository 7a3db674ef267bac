"""Which dumps a run has to read, and the hashes by which later runs know them."""

import itertools
import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from multiprocessing.pool import ThreadPool
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.dumps import DumpOptions, DumpRange, appended, is_log, last_line
from pipeline.dumps.inputs import FoundDump, prefix_hashes
from pipeline.dumps.kafka import RECORD_BYTES, is_kafka
from pipeline.shards import storable
from pipeline.storage import inside, is_remote, open_input
from pipeline.tasks.hashes import NewDump, describe_dump, topic_id
from pipeline.tasks.job import Output
from pipeline.warehouse import Input, Manifest

D = TypeVar("D")
R = TypeVar("R")

HASHED_HERE = 1 << 30
"""Most bytes of dumps that are hashed here, in a second, instead of by a cluster: if all are known,
no job has to be started."""

_UNREAD = frozenset({"unreadable", "changed"})
"""Reasons of rejects of dumps that are to be read again."""


def whole(dump: FoundDump) -> NewDump:
    """Returns a dump, to be read as a whole."""
    if is_kafka(dump.path):
        return _offsets(dump, dump.stamp[-1], dump.size)
    return NewDump(DumpRange(dump.path), dump.size)


def _offsets(dump: FoundDump, first: int, stop: int) -> NewDump:
    part = DumpRange(dump.path, "offsets", first, stop, "jsonl", stamp=dump.stamp)
    return NewDump(part, (stop - first) * RECORD_BYTES, stop)


class TakenDumps:
    """The dumps that the runs of a warehouse took, by name; each list of them is read once.

    A dump is the same wherever it is stored: by its name and its bytes.

    Args:
      options: how dumps are read.
    """

    def __init__(self, options: DumpOptions) -> None:
        self._options = options
        self._read: set[str] = set()
        self._hashes: dict[str, dict[int, set[str]]] = {}
        self._parts: dict[str, DumpRange] = {}  # the last of each log: its records are counted

    def update(self, manifest: Manifest | None) -> None:
        """Adds the dumps of a newer snapshot.

        Raises:
          WarehouseError: a list of dumps cannot be read.
        """
        if manifest is None:
            return
        for file in manifest.input_files:
            if file.path not in self._read:
                self.add(manifest.read_inputs(file))
                self._read.add(file.path)

    def add(self, inputs: Iterable[Input]) -> None:
        """Adds some dumps."""
        for taken in inputs:
            sizes = self._hashes.setdefault(_name(taken.path), {})
            sizes.setdefault(taken.size, set()).add(taken.content_hash)

    def new(
        self,
        found: Sequence[FoundDump],
        growing: Collection[str] = (),
        most_records: int | None = None,
        most_bytes: int | None = None,
    ) -> list[NewDump]:
        """Returns the dumps that no run has read, and what was appended to those that were read.

        Only dumps of a known name are hashed, as far as a run read a dump of this name.

        Args:
          found: the dumps.
          growing: paths of logs among them to which more may be written while they are read. Only
            their complete lines are read.
          most_records: records of each partition of a topic that are read at once; ``None`` for
            all.
          most_bytes: bytes of dumps of a known name and size that are hashed here. If there are
            more, they are returned as well, with the hashes that would make them known; ``None``
            for no limit.
        """
        topics = [dump for dump in found if is_kafka(dump.path)]
        found = [dump for dump in found if not is_kafka(dump.path)]
        suspects = [dump for dump in found if dump.path in growing or self._sizes(dump)]
        later: dict[str, NewDump] = {}
        if most_bytes is not None and sum(dump.size for dump in suspects) > most_bytes:
            later = {d.path: self._doubtful(d) for d in suspects if not self._is_longer(d, growing)}
            suspects = [dump for dump in suspects if dump.path not in later]
        parts = _in_threads(lambda dump: self._new_part(dump, dump.path in growing), suspects)
        read: dict[str, NewDump | None] = dict(
            zip((dump.path for dump in suspects), parts, strict=True)
        )
        read |= later
        new = [read.get(dump.path, whole(dump)) for dump in found]
        new += [self._new_offsets(dump, most_records) for dump in topics]
        return [part for part in new if part is not None]

    def _is_longer(self, dump: FoundDump, growing: Collection[str]) -> bool:
        """Returns whether something may have been appended to a dump since a run read it."""
        return dump.path in growing or (
            self._sizes(dump) != [dump.size]
            and not is_remote(dump.path)
            and is_log(dump.path, self._options)
        )

    def _doubtful(self, dump: FoundDump) -> NewDump:
        """Returns a dump with the hashes that make it a known one."""
        known = self._hashes.get(_name(dump.path), {}).get(dump.size, ())
        return whole(dump)._replace(known=frozenset(known))

    def _new_offsets(self, dump: FoundDump, most: int | None) -> NewDump | None:
        """Returns the offsets of a partition that no run has read; ``None`` if there are none."""
        known = self._hashes.get(dump.path, {})
        topic = topic_id(dump.stamp)
        first = max((size for size, ids in known.items() if topic in ids), default=dump.stamp[-1])
        if first >= dump.size:
            return None
        stop = dump.size if most is None else min(dump.size, first + most)
        return _offsets(dump, first, stop)

    def _sizes(self, dump: FoundDump) -> list[int]:
        """Returns the sizes at which dumps of the name of one were read, up to its own."""
        sizes = self._hashes.get(_name(dump.path), ())
        return sorted(size for size in sizes if size <= dump.size)

    def _new_part(self, dump: FoundDump, grows: bool) -> NewDump | None:
        """Returns what no run has read of a dump; ``None`` if there is nothing."""
        known = self._hashes.get(_name(dump.path), {})
        sizes = self._sizes(dump)
        before = self._parts.pop(dump.path, DumpRange(dump.path))
        try:
            stop = last_line(dump.path, dump.size) if grows else dump.size
            if not grows and (is_remote(dump.path) or not is_log(dump.path, self._options)):
                sizes = [size for size in sizes if size == dump.size]
            # A log has a size for each batch; most likely it only grew since the last one.
            recent = [size for size in sizes if size >= before.stop]
            taken = _taken(dump.path, recent, known)
            if taken < 0 and recent != sizes:
                taken = _taken(dump.path, sizes, known)
            if taken >= stop:
                return None
            if taken <= 0 and not grows:
                return whole(dump)
            part = appended(before, max(taken, 0), stop, self._options, grows)
        except OSError:
            # What cannot be read has no hash; the reader makes it a reject with the reason.
            return None if "" in known.get(dump.size, ()) else whole(dump)
        self._parts[dump.path] = part
        return NewDump(part, stop - part.start, stop) if stop > part.start else None


def _taken(path: str, sizes: Sequence[int], known: Mapping[int, Collection[str]]) -> int:
    """Returns the largest of some sizes at which a dump has a known hash; -1 without one."""
    pairs = prefix_hashes(path, sizes)
    return max((size for size, digest in pairs if digest in known.get(size, ())), default=-1)


def _name(path: str) -> str:
    return path if is_kafka(path) else storable(os.path.basename(path))


def describe(dumps: Sequence[NewDump], options: DumpOptions) -> list[Input]:
    """Returns the dumps with the hashes of their content, empty for one that cannot be read."""
    return _in_threads(lambda dump: describe_dump(dump, options), dumps)


def _in_threads(function: Callable[[D], R], dumps: Sequence[D]) -> list[R]:
    if not dumps:
        return []
    # Its threads are daemons, unlike those of an executor: an interrupted run ends without them.
    with ThreadPool(min(len(dumps), 2 * (os.cpu_count() or 1))) as threads:
        return threads.map(function, dumps)


def without_unread(taken: Sequence[Input], root: str, output: Output) -> list[Input]:
    """Returns the dumps without the hashes of those that were not read, or not as they were hashed.

    A dump without a hash is known to later runs for as long as it cannot be read. So one that a
    worker could not open, or that was written to meanwhile, is read again once it can be. What
    Kafka has removed will never be.

    Args:
      taken: the dumps of a run.
      root: folder of the warehouse.
      output: of the run; its rejects say which dumps were not read.
    """
    unread: set[str] = set()
    for row in rejects_for(_UNREAD, root, output):
        # Of a member of an archive, as in a.zip!b.txt, the archive.
        unread.update(itertools.accumulate(row["source_file"].split("!"), "{}!{}".format))
    return [
        dump._replace(content_hash="") if dump.path in unread and not is_kafka(dump.path) else dump
        for dump in taken
    ]


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
                rows = pq.read_table(stream, columns=columns)
            rows = rows.filter(pc.is_in(rows["reason"], pa.array(sorted(wanted))))
            yield from rows.to_pylist()


def describe_in_background(
    dumps: Sequence[NewDump], options: DumpOptions, check: Callable[[], None]
) -> Future[list[Input]]:
    """Describes dumps in a thread, while the graph is built, once a check raises nothing.

    No dump may be read before all are hashed: one that is rewritten meanwhile is then recorded as
    it was before, and read by the next run, instead of recorded as what no run has read.
    """
    future: Future[list[Input]] = Future()

    def work() -> None:
        try:
            check()
            future.set_result(describe(dumps, options))
        except BaseException as error:  # noqa: BLE001 - it is the future's
            future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return future
