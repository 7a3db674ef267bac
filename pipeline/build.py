"""The whole pipeline on one screen: dumps in, files that wait for a commit out.

Only paths, blocks of raw bytes within a stage, and references to files travel as elements. The
work is done by the methods of :class:`pipeline.tasks.Job`, in a pool of worker processes.
"""

import dataclasses
import json
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

import apache_beam as beam
import numpy as np
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

from pipeline.dumps import Block, read_blocks
from pipeline.exchange import Slice, Slices, partition_of
from pipeline.rejects import Reject
from pipeline.staging import Piece
from pipeline.storage import open_output
from pipeline.tasks import Cleaned, Job, Written, total
from pipeline.transform import CorpusTransform, Round
from pipeline.workers import WorkerPool

K = TypeVar("K")

PIECES, SLICES, WRITTEN = "pieces", "slices", "written"


@dataclasses.dataclass(frozen=True)
class Resources:
    """What the worker processes may use.

    Attributes:
      processes: worker processes of each Beam worker.
      document_seconds: time limit of one document.
      document_memory: memory limit of a worker process, in bytes.
      piece_bytes: raw bytes that are cleaned as one task.
      text_bytes: raw bytes of all dumps, as far as they can be told; 0 where they cannot.
      in_one_process: whether all stages run in this process, so that one may begin what only the
        last one needs.
    """

    processes: int
    document_seconds: float
    document_memory: int
    piece_bytes: int
    text_bytes: int = 0
    in_one_process: bool = False

    def next_piece(self, read: int) -> int:
        """Returns the raw bytes of a piece when so many bytes are in pieces already.

        Towards the end each is half a process's share of what is left, down to an eighth of the
        usual size, so that no process cleans its last piece long after the others are done.
        """
        left = self.text_bytes - read
        if left <= 0:  # what compressed dumps hold was told too low
            return self.piece_bytes
        share = left // (2 * max(1, self.processes))
        return min(self.piece_bytes, max(self.piece_bytes // 8, share))


def build(
    pipeline: beam.Pipeline, dumps: Sequence[str], job: Job, resources: Resources, result: str
) -> None:
    """Adds the stages of a run to a pipeline.

    Args:
      pipeline: an empty one.
      dumps: paths and URLs of the dumps.
      job: what the run has decided.
      resources: for the worker processes.
      result: file that receives what was written, as JSON; it appears last.
    """
    # Beam's Create, Reshuffle and CombineGlobally are three to five stages each, and every stage
    # costs some 20 ms before the first dump is read; these do the same in one or two.
    # (bytes, bytes): path of a dump, by which workers share them, and nothing.
    paths = (
        pipeline
        | "Begin" >> beam.Impulse()
        | "Dumps" >> beam.FlatMap(_paths, sorted(dumps))
        | "Share the dumps" >> beam.GroupByKey()
    )
    # Piece: a staged piece; Slices: rows of the whole-corpus steps, in a file somewhere.
    cleaned = paths | "Read, clean and stage" >> beam.ParDo(
        CleanDumps(job, resources)
    ).with_outputs(SLICES, main=PIECES)
    made = [cleaned[SLICES]]
    # Written: the part of this run's index that is known before anything is compared.
    compared = {(step.name(), name) for step in job.corpus_steps for name in _compared(step)}
    written = [
        cleaned[SLICES]
        | "What later runs compare with" >> beam.FlatMap(_by_index, _indexed(job) - compared)
        | "Meet for the first index" >> beam.GroupByKey()
        | "Write the first index" >> beam.ParDo(WriteIndex(job, resources))
    ]
    for rounds in rounds_at_once(job.corpus_steps):
        name = ", ".join(f"{step}.{stage.name}" for step, stage in rounds)
        # Slices: what these rounds wrote; Written: files of the steps' own tables.
        found = (
            made
            | f"All slices before {name}" >> beam.Flatten()
            | f"By partition for {name}" >> beam.FlatMap(_by_partition, rounds)
            | f"Meet for {name}" >> beam.GroupByKey()
            | name >> beam.ParDo(RunRounds(job, resources)).with_outputs(WRITTEN, main=SLICES)
        )
        made.append(found[SLICES])
        written.append(found[WRITTEN])
    slices = made | "All slices" >> beam.Flatten()
    # Written: the index of what was compared.
    written.append(
        slices
        | "What later runs need" >> beam.FlatMap(_by_index, _indexed(job) & compared)
        | "Meet for the index" >> beam.GroupByKey()
        | "Write the index" >> beam.ParDo(WriteIndex(job, resources))
    )
    # Written: the final files of each piece.
    written.append(
        (cleaned[PIECES], slices)
        | "Pieces and slices" >> beam.Flatten()
        | "Labels and pieces by partition"
        >> beam.FlatMap(_for_pieces, job.partitions, _labels(job))
        | "Pieces meet their labels" >> beam.GroupByKey()
        | "Attach labels and write" >> beam.ParDo(FinishPieces(job, resources))
    )
    _ = (
        written
        | "All that was written" >> beam.Flatten()
        | "At one place" >> beam.Map(_at_one_place)
        | "Add up" >> beam.GroupByKey()
        | "Tell the committer" >> beam.Map(write_result, job, result)
    )


def rounds_at_once(steps: Sequence[CorpusTransform]) -> list[list[tuple[str, Round]]]:
    """Returns the rounds of all steps, by name of the step, in stages: each as early as can be.

    A round waits for those before it in its step that write what it reads.
    """
    stages: dict[int, list[tuple[str, Round]]] = {}
    for step in steps:
        written: dict[str, int] = {}  # channel to the last stage that writes it
        for stage in step.rounds:
            place = 1 + max((written.get(name, -1) for name in stage.reads), default=-1)
            stages.setdefault(place, []).append((step.name(), stage))
            for name in stage.writes:
                written[name] = max(written.get(name, -1), place)
    return [stages[place] for place in sorted(stages)]


# --- stages ------------------------------------------------------------------------------------


class PooledDoFn(beam.DoFn):
    """A step whose work is done by worker processes, several elements at a time.

    Args:
      job: its methods are the tasks.
      resources: for the pool, which all stages of a Beam worker share.
    """

    stage_name = "reading"
    """What a watcher is told; nothing where it is empty."""

    def __init__(self, job: Job, resources: Resources) -> None:
        self.job = job
        self.resources = resources

    def start_bundle(self) -> None:
        """Starts with nothing under way."""
        if self.stage_name:
            watcher(self.job).on_stage(self.stage_name)
        self.pool = shared_pool(self.job, self.resources)
        self.under_way: deque[Future[Any]] = deque()

    def submit(self, function: Any, *arguments: Any) -> Iterator[Any]:
        """Queues a task; yields results that are ready, and waits where too many are under way."""
        self.under_way.append(self.pool.submit(function, *arguments))
        while self.under_way and (
            self.under_way[0].done() or len(self.under_way) > 2 * max(1, self.resources.processes)
        ):
            yield from self.emit(self.under_way.popleft().result())

    def finish_bundle(self) -> Iterator[Any]:
        """Yields what is still under way."""
        while self.under_way:
            for output in self.emit(self.under_way.popleft().result()):
                yield _in_global_window(output)

    def emit(self, result: Any) -> Iterable[Any]:
        """Returns the elements a result becomes."""
        return [result]


class CleanDumps(PooledDoFn):
    """Paths in, staged pieces out; small dumps share a piece, a large one makes many."""

    def start_bundle(self) -> None:
        """Starts with an empty batch."""
        super().start_bundle()
        self.batch: list[Block | Reject] = []
        self.batch_bytes = 0
        self.handed_over = 0
        self.turn = 0
        # Of the batch that is gathered, and of those under way: path and bytes of what was read,
        # None at the end of a dump. Told when it is cleaned, which takes longer than reading.
        self.read: list[tuple[str, int | None]] = []
        self.told_later: deque[list[tuple[str, int | None]]] = deque()

    def process(self, element: tuple[bytes, Iterable[bytes]]) -> Iterator[Any]:
        """Reads one dump."""
        if not self.batch:
            self.turn = 0
        path = element[0].decode("utf-8", "surrogateescape")
        for item in read_blocks(path, self.job.dump_options):
            self.batch.append(item)
            size = len(item.payload) if isinstance(item, Block) else len(item.raw)
            self.batch_bytes += size
            self.read.append((path, size))
            if self.batch_bytes >= self.resources.next_piece(self.handed_over):
                yield from self._hand_over()
        self.read.append((path, None))

    def finish_bundle(self) -> Iterator[Any]:
        """Hands over the last batch and yields what is still under way."""
        if self.batch:
            for output in self._hand_over():
                yield _in_global_window(output)
        yield from super().finish_bundle()
        self._tell(self.read)

    def _hand_over(self) -> Iterator[Any]:
        self.handed_over += self.batch_bytes
        batch, self.batch, self.batch_bytes = self.batch, [], 0
        self.told_later.append(self.read)
        self.read = []
        yield from self.submit(self.job.clean, batch, self.turn)
        self.turn += 1

    def emit(self, result: Cleaned) -> Iterable[Any]:
        """Returns the piece and its slices."""
        self._tell(self.told_later.popleft())
        watcher(self.job).on_articles(result.piece.articles)
        yield result.piece
        yield beam.pvalue.TaggedOutput(SLICES, Slices(result.slices))

    def _tell(self, read: Iterable[tuple[str, int | None]]) -> None:
        who = watcher(self.job)
        for path, size in read:
            if size is None:
                who.on_dump(path)
            else:
                who.on_bytes(path, size)


class RunRounds(PooledDoFn):
    """((step, round, partition), slices) in; the slices and files that the round wrote out."""

    stage_name = "comparing"

    def process(self, element: tuple[tuple[str, str, int], Iterable[Slices]]) -> Iterator[Any]:
        """Runs one partition of a round."""
        (step, name, partition), slices = element
        [stage] = [stage for stage in self.job.step(step).rounds if stage.name == name]
        yield from self.submit(self.job.round, step, stage, partition, _all(slices))

    def emit(self, result: tuple[Sequence[Slice], Written]) -> Iterable[Any]:
        """Returns the slices and the files."""
        slices, written = result
        yield Slices(tuple(slices))
        yield beam.pvalue.TaggedOutput(WRITTEN, written)


class WriteIndex(PooledDoFn):
    """((step, channel, partition), slices) in, index files out.

    No stage waits for an index. Where all stages run in this process, the files are promised: they
    are written when a worker process would be idle, as most are at the end of every round.
    """

    stage_name = ""

    def process(self, element: tuple[tuple[str, str, int], Iterable[Slices]]) -> Iterator[Any]:
        """Writes one partition of a channel."""
        key, slices = element
        task = (self.job.index, *key, _all(slices))
        if self.resources.in_one_process:
            future = self.pool.submit(*task, urgent=False)
            _promised.setdefault(self.job.run_id, {})[key] = future
            yield Written(promised=(key,))
        else:
            yield from self.submit(*task)


class FinishPieces(PooledDoFn):
    """(partition, its pieces and the labels for them) in, final files out."""

    stage_name = "writing"

    def process(self, element: tuple[int, Iterable[Piece | Slices]]) -> Iterator[Any]:
        """Attaches and writes the pieces of one group."""
        members = list(element[1])
        pieces = [member for member in members if isinstance(member, Piece)]
        labels = _all(member for member in members if isinstance(member, Slices))
        for piece in sorted(pieces, key=lambda piece: piece.number):
            yield from self.submit(self.job.finish, piece, labels)


# --- small functions on elements ---------------------------------------------------------------


def _paths(_: bytes, dumps: Sequence[str]) -> Iterator[tuple[bytes, bytes]]:
    """Yields the dumps by path: as text that could not travel where a name is not UTF-8."""
    for path in dumps:
        yield path.encode("utf-8", "surrogateescape"), b""


def _by_partition(
    slices: Slices, rounds: Sequence[tuple[str, Round]]
) -> Iterator[tuple[tuple[str, str, int], Slices]]:
    """Yields by (step, round, partition) those slices that a round reads."""
    yield from _grouped(
        ((step, stage.name, part.partition), part)
        for step, stage in rounds
        for part in slices.parts
        if part.step == step and part.channel in stage.reads
    )


def _grouped(pairs: Iterable[tuple[K, Slice]]) -> Iterator[tuple[K, Slices]]:
    groups: dict[K, list[Slice]] = {}
    for key, part in pairs:
        groups.setdefault(key, []).append(part)
    for key, parts in groups.items():
        yield key, Slices(tuple(parts))


def _all(slices: Iterable[Slices]) -> list[Slice]:
    return [part for some in slices for part in some.parts]


def _indexed(job: Job) -> frozenset[tuple[str, str]]:
    return frozenset(
        (step.name(), channel.name)
        for step in job.corpus_steps
        for channel in step.channels
        if channel.indexed
    )


def _compared(step: CorpusTransform) -> frozenset[str]:
    """Returns the channels that the rounds of a step write."""
    return frozenset(name for stage in step.rounds for name in stage.writes)


def _by_index(
    slices: Slices, indexed: frozenset[tuple[str, str]]
) -> Iterator[tuple[tuple[str, str, int], Slices]]:
    kept = (part for part in slices.parts if (part.step, part.channel) in indexed)
    yield from _grouped(((part.step, part.channel, part.partition), part) for part in kept)


def _labels(job: Job) -> frozenset[tuple[str, str]]:
    return frozenset((step.name(), step.LABELS) for step in job.corpus_steps)


def _for_pieces(
    element: Piece | Slices, partitions: int, labels: frozenset[tuple[str, str]]
) -> Iterator[tuple[int, Piece | Slices]]:
    """Yields pieces and labels by partition; the key of a label is the number of its piece."""
    if isinstance(element, Piece):
        numbers = np.array([element.number], np.uint64)
        yield int(partition_of(numbers, partitions)[0]), element
    else:
        kept = (part for part in element.parts if (part.step, part.channel) in labels)
        yield from _grouped((part.partition, part) for part in kept)


def _at_one_place(written: Written) -> tuple[int, Written]:
    return 0, written


def write_result(element: tuple[int, Iterable[Written]], job: Job, path: str) -> str:
    """Writes what a run has written as JSON, once all of it is, and returns the path."""
    written = total(element[1])
    kept = [_promised[job.run_id][key].result() for key in written.promised]
    written = total([dataclasses.replace(written, promised=()), *kept])
    with open_output(path) as file:
        file.write(json.dumps(dataclasses.asdict(written)).encode())
    return path


def _in_global_window(output: Any) -> Any:
    window = GlobalWindow()
    if isinstance(output, beam.pvalue.TaggedOutput):
        value = WindowedValue(output.value, window.start, (window,))
        return beam.pvalue.TaggedOutput(output.tag, value)
    return WindowedValue(output, window.start, (window,))


# --- watching a local run ----------------------------------------------------------------------


class Watcher(Protocol):
    """Follows a run that is executed in this process."""

    def on_bytes(self, path: str, size: int) -> None:
        """Some decompressed bytes of a dump were read and cleaned."""

    def on_dump(self, path: str) -> None:
        """A dump was read and cleaned to its end."""

    def on_articles(self, count: int) -> None:
        """Articles were cleaned and staged."""

    def on_stage(self, name: str) -> None:
        """A stage has begun."""


class _NobodyWatches:
    def on_bytes(self, path: str, size: int) -> None:
        pass

    def on_dump(self, path: str) -> None:
        pass

    def on_articles(self, count: int) -> None:
        pass

    def on_stage(self, name: str) -> None:
        pass


_watchers: dict[str, Watcher] = {}


def watch(run_id: str, who: Watcher) -> None:
    """Lets a watcher follow a run until ``close_run``."""
    _watchers[run_id] = who


def watcher(job: Job) -> Watcher:
    """Returns who follows a run; on a cluster's worker that is nobody."""
    return _watchers.get(job.run_id, _NobodyWatches())


# --- the pool ----------------------------------------------------------------------------------

_pools: dict[tuple[int, str], WorkerPool] = {}
_pools_lock = threading.Lock()

_promised: dict[str, dict[tuple[str, str, int], Future[Written]]] = {}
"""Of each run: results of tasks that no stage has waited for."""


def shared_pool(job: Job, resources: Resources) -> WorkerPool:
    """Returns the pool of this process for a run; all stages use the same workers."""
    key = (os.getpid(), job.run_id)
    with _pools_lock:
        if key not in _pools:
            _pools[key] = WorkerPool(
                resources.processes,
                job.warm_up,
                memory_limit=resources.document_memory,
                document_seconds=resources.document_seconds,
                preload=job.preload,
            )
        return _pools[key]


def close_run(run_id: str) -> None:
    """Ends the worker processes of a run in this process, and its watching."""
    _watchers.pop(run_id, None)
    _promised.pop(run_id, None)
    with _pools_lock:
        pool = _pools.pop((os.getpid(), run_id), None)
    if pool is not None:
        pool.shutdown()
