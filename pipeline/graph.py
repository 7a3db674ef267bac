"""The whole Beam graph of a run: dumps in, files that wait for a commit out.

Only paths, blocks of raw bytes within a stage, and references to files travel as elements. The work
is done by :mod:`pipeline.tasks`, in a pool of worker processes that all stages of a process share.
"""

import dataclasses
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple, TypeVar

import apache_beam as beam
import numpy as np
import orjson
from apache_beam.metrics.metric import Metrics
from apache_beam.pvalue import PCollection
from apache_beam.transforms.window import GlobalWindows
from apache_beam.utils.windowed_value import WindowedValue

from pipeline.dumps import Block, DumpRange, numbered, read_range, split_dump
from pipeline.session import Sessions
from pipeline.shuffle import ShuffleBlock, partition_of
from pipeline.storage import output
from pipeline.tasks.clean import Item, clean_batch, count_range
from pipeline.tasks.corpus import run_stages
from pipeline.tasks.finish import finish_shard
from pipeline.tasks.hashes import NewDump, hash_dump
from pipeline.tasks.job import Job, TaskResult, total
from pipeline.tasks.sizes import LARGEST_UNREAD, raw_bytes
from pipeline.transform import CorpusTransform, Stage

T = TypeVar("T")

COUNTERS = "copydesk"
"""Namespace of the counters: rows of each table, and those that :func:`how_far` reads."""

_HASHED = "hashed"
"""Tag of the results with hashes."""

StageKey = tuple[str, str, int]
"""(transform, first stage of the chain, partition)."""

Streams = frozenset[tuple[str, str]]
"""(transform, stream) of some streams."""


def build(
    pipeline: beam.Pipeline, sessions: Sessions, dumps: Sequence[NewDump] | None = None
) -> None:
    """Adds the stages of a run to a pipeline.

    Args:
      pipeline: an empty one.
      sessions: the worker pools, one for each process of the engine.
      dumps: on a cluster the dumps, which its machines hash and read. ``None`` on one machine: the
        stages take the dumps, and all else that differs between runs of as many partitions, from
        the session when the graph runs. So such runs share one graph, whose building takes longer
        than a small run.
    """
    job, cluster = sessions.job, dumps is not None
    results = []
    if cluster:
        # Whole dumps, and TaskResult with the hash of each.
        new, hashed = (
            pipeline
            | "Dumps" >> beam.Create(dumps)
            | "Hash, leave known ones out" >> HashDumps(sessions)
        )
        results.append(hashed)
    else:
        # Whole dumps and parts of them.
        new = pipeline | "Dumps" >> DumpsOfSession(sessions)
    # TaskResult with a staged shard, and its fingerprints.
    cleaned = (
        new
        | "Split and spread" >> SplitDumps(sessions, cluster)
        | "Read, clean and stage" >> CleanRanges(sessions)
    )
    # TaskResult with rows for later stages, and files for the commit.
    compared: list[tuple[Streams, PCollection[TaskResult]]] = []
    for chains in concurrent_stages(job.corpus_transforms, job.partitions):
        name = ", ".join(chain.title for chain in chains)
        reads = frozenset().union(*(chain.reads for chain in chains))
        read = (cleaned, *(result for writes, result in compared if writes & reads))
        result = read | name >> RunStages(chains, sessions)
        compared.append((frozenset().union(*(chain.writes for chain in chains)), result))
    results += [cleaned, *(result for _, result in compared)]
    # TaskResult with files for the commit.
    annotations = annotations_of(job.corpus_transforms)
    read = (cleaned, *(result for writes, result in compared if writes & annotations))
    results.append(
        read | "Annotate and write" >> FinishShards(annotations, job.partitions, cluster, sessions)
    )
    _ = (
        tuple(results)
        | "All results" >> beam.Flatten()
        | "Add up" >> beam.CombineGlobally(total_output).without_defaults()
        | "Hand over to the commit" >> beam.Map(write_output, sessions)
    )


def how_far(counts: Mapping[str, int]) -> tuple[float | None, str]:
    """Returns the share of the dumps that is cleaned, and what a run does, by its counters.

    Args:
      counts: ``ranges`` of dumps, ``ranges_read`` of them, tasks that have ``compared`` rows,
        shards ``written``. Some runners count a stage once it has ended; some count nothing.

    Returns:
      0 to 1, ``None`` if nothing is known; the stage, empty if nothing is known.
    """
    ranges = counts.get("ranges", 0)
    stages = (("writing", "written"), ("comparing", "compared"), ("reading", "ranges"))
    stage = next((name for name, counter in stages if counts.get(counter)), "")
    return min(1.0, counts.get("ranges_read", 0) / ranges) if ranges else None, stage


class Chain(NamedTuple):
    """Stages of a transform that one task runs on a partition, one after the other.

    Attributes:
      transform: its name.
      stages: at least one.
    """

    transform: str
    stages: tuple[Stage, ...]

    @property
    def title(self) -> str:
        """Its name in the graph."""
        return f"{self.transform}.{'+'.join(stage.name for stage in self.stages)}"

    @property
    def reads(self) -> Streams:
        """The streams that its stages read."""
        return frozenset((self.transform, name) for stage in self.stages for name in stage.reads)

    @property
    def writes(self) -> Streams:
        """The streams that they write."""
        return frozenset((self.transform, name) for stage in self.stages for name in stage.writes)


def concurrent_stages(transforms: Sequence[CorpusTransform], partitions: int) -> list[list[Chain]]:
    """Returns the stages of all transforms in steps; those of one step run at the same time.

    A stage waits for the stages before it in its transform that write what it reads, for their
    tasks of all partitions. With one partition there is nothing to wait for, and all stages of a
    transform are one chain.
    """
    if partitions == 1:
        chains = [Chain(member.name(), tuple(member.stages)) for member in transforms]
        chains = [chain for chain in chains if chain.stages]
        return [chains] if chains else []
    steps: dict[int, list[Chain]] = {}
    for transform in transforms:
        written: dict[str, int] = {}  # stream to the last step that writes it
        for stage in transform.stages:
            step = 1 + max((written.get(name, -1) for name in stage.reads), default=-1)
            steps.setdefault(step, []).append(Chain(transform.name(), (stage,)))
            for name in stage.writes:
                written[name] = max(written.get(name, -1), step)
    return [steps[step] for step in sorted(steps)]


def annotations_of(transforms: Sequence[CorpusTransform]) -> Streams:
    """Returns the streams of annotations."""
    return frozenset((transform.name(), transform.ANNOTATIONS) for transform in transforms)


# --- stages -------------------------------------------------------------------------------------


class _PooledDoFn(beam.DoFn):
    """Passes work to the session's pool, several elements at a time."""

    progress_stage = ""
    counter = ""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    def setup(self) -> None:
        self.session = self.sessions.acquire()

    def start_bundle(self) -> None:
        self.session.progress.stage(self.progress_stage)
        self.pending: deque[Future[TaskResult]] = deque()

    def queue(self, future: Future[TaskResult]) -> Iterator[TaskResult]:
        """Queues a task; yields the results that are ready, and waits when too many are pending."""
        self.pending.append(future)
        most = 2 * max(1, self.session.processes)
        while self.pending and (self.pending[0].done() or len(self.pending) > most):
            yield self.done(self.pending.popleft().result())

    def finish_bundle(self) -> Iterator[WindowedValue]:
        while self.pending:
            yield GlobalWindows.windowed_value(self.done(self.pending.popleft().result()))

    def done(self, result: TaskResult) -> TaskResult:
        """Adds a result to the counters of the run."""
        self.count(result.output.counts)
        if self.counter:
            self.count({self.counter: 1})
        return result

    def count(self, counts: Mapping[str, int]) -> None:
        """Adds to the counters of the run, which every runner shows."""
        for name, number in counts.items():
            Metrics.counter(COUNTERS, name).inc(number)


def _refuse_unbounded(pcollections: Iterable[PCollection[Any]], name: str) -> None:
    if not all(pcollection.is_bounded for pcollection in pcollections):
        raise ValueError(
            f"{name} needs bounded input: it compares the articles of one run with each other. "
            "Read a stream in runs, one after the other."
        )


@dataclasses.dataclass(eq=False)
class DumpsOfSession(beam.PTransform[beam.pvalue.PBegin, PCollection[DumpRange]]):
    """The dumps of the session's run, whole or parts of them, out."""

    sessions: Sessions

    def expand(self, begin: beam.pvalue.PBegin) -> PCollection[DumpRange]:
        """Lists the dumps when the graph runs."""
        dumps: PCollection[DumpRange] = (
            begin
            | beam.Impulse()
            | beam.FlatMap(
                lambda _, sessions: sessions.acquire().dumps, self.sessions
            ).with_output_types(DumpRange)
        )
        return dumps


@dataclasses.dataclass(eq=False)
class HashDumps(beam.PTransform[PCollection[NewDump], tuple[PCollection[Any], ...]]):
    """Dumps in; whole dumps that are new, and results with their hashes, out.

    A dump is hashed before it is read, on the way to it: one that is rewritten meanwhile is then
    recorded as it was before, and read by the next run.
    """

    sessions: Sessions

    def expand(self, dumps: PCollection[NewDump]) -> tuple[PCollection[Any], ...]:
        """Hashes the dumps, and drops those of which an earlier run had the hash."""
        _refuse_unbounded([dumps], "HashDumps")
        tagged = dumps | beam.ParDo(_HashDumps(self.sessions)).with_outputs(_HASHED, main="new")
        tagged.new.element_type, tagged[_HASHED].element_type = DumpRange, TaskResult
        return tagged.new, tagged[_HASHED]


class _HashDumps(_PooledDoFn):
    progress_stage = "hashing"

    def start_bundle(self) -> None:
        super().start_bundle()
        self.hashing: deque[DumpRange] = deque()

    def process(self, element: NewDump) -> Iterator[Any]:
        self.hashing.append(element.part)
        for result in self.queue(self.session.pool.submit(hash_dump, element)):
            yield from self._new(result)

    def finish_bundle(self) -> Iterator[Any]:
        for result in super().finish_bundle():
            yield from self._new(result.value, GlobalWindows.windowed_value)

    def _new(
        self, result: TaskResult, windowed: Callable[[Any], Any] = lambda value: value
    ) -> Iterator[Any]:
        """Yields the result of the first dump that is being hashed, and that dump if it is new."""
        part = self.hashing.popleft()
        yield beam.pvalue.TaggedOutput(_HASHED, windowed(result))
        if result.output.inputs:
            yield windowed(part)


@dataclasses.dataclass(eq=False)
class SplitDumps(beam.PTransform[PCollection[DumpRange], PCollection[DumpRange]]):
    """Whole dumps in, numbered ranges of them out, spread over the workers of the engine."""

    sessions: Sessions
    spread: bool

    def expand(self, dumps: PCollection[DumpRange]) -> PCollection[DumpRange]:
        """Cuts each dump, and counts the records of its ranges; several machines share them."""
        _refuse_unbounded([dumps], "SplitDumps")
        ranges: PCollection[DumpRange] = dumps | beam.ParDo(_SplitDumps(self.sessions))
        if self.spread:
            ranges |= beam.Reshuffle()
        return ranges


class _SplitDumps(_PooledDoFn):
    progress_stage = "reading"

    def process(self, element: DumpRange) -> Iterator[DumpRange]:
        size = self.session.resources.batch_bytes // raw_bytes(element.path, 1)
        ranges = split_dump(element, self.session.job.dump_options, size)
        if len(ranges) > 1:
            counts = [self.session.pool.submit_documents(count_range, part) for part in ranges]
            ranges = numbered(ranges, [count.result() for count in counts])
        self.session.progress.expect(element.path, len(ranges))
        self.count({"ranges": len(ranges)})
        yield from ranges


@dataclasses.dataclass(eq=False)
class CleanRanges(beam.PTransform[PCollection[DumpRange], PCollection[TaskResult]]):
    """Ranges of dumps in, staged shards out; small dumps share a shard, a large one makes many."""

    sessions: Sessions

    def expand(self, ranges: PCollection[DumpRange]) -> PCollection[TaskResult]:
        """Reads, cleans and stages the ranges in batches."""
        _refuse_unbounded([ranges], "CleanRanges")
        cleaned: PCollection[TaskResult] = ranges | beam.ParDo(_CleanRanges(self.sessions))
        return cleaned


class _CleanRanges(_PooledDoFn):
    progress_stage = "reading"

    def start_bundle(self) -> None:
        super().start_bundle()
        self.batch: list[Item] = []
        self.batch_bytes = 0
        self.handed_over = 0
        self.turn = 0
        # Per batch, the one that is filled last: (path, raw bytes), None at the end of a range.
        # Shown when the batch is cleaned, which takes longer than reading.
        self.read: deque[list[tuple[str, int | None]]] = deque([[]])

    def process(self, element: DumpRange) -> Iterator[TaskResult]:
        if not self.batch:
            self.turn = 0
        for item, size in self._items(element):
            self.batch.append(item)
            self.batch_bytes += size
            self.read[-1].append((element.path, size))
            resources = self.session.resources
            if self.batch_bytes >= resources.next_batch(self.handed_over, self.session.processes):
                yield from self._hand_over()
        self.read[-1].append((element.path, None))

    def _items(self, part: DumpRange) -> Iterator[tuple[Item, int]]:
        """Yields (item, raw bytes): the range, for a worker to read, or its blocks if it is large.

        The blocks of a dump that cannot be split, and those of a topic, are read here, so that all
        workers clean it.
        """
        size = raw_bytes(part.path, part.stop - part.start)
        resources = self.session.resources
        if part.part not in ("whole", "offsets"):
            yield part, size if part.part in ("bytes", "gzip", "tar") else resources.batch_bytes
        elif part.part == "whole" and 0 < size <= (
            LARGEST_UNREAD if size > part.stop else resources.batch_bytes
        ):
            yield part, size
        else:
            for item in read_range(part, self.session.job.dump_options):
                yield item, len(item.payload) if isinstance(item, Block) else len(item.raw)

    def finish_bundle(self) -> Iterator[WindowedValue]:
        if self.batch:
            yield from map(GlobalWindows.windowed_value, self._hand_over())
        yield from super().finish_bundle()
        self._show(self.read.popleft())

    def _hand_over(self) -> Iterator[TaskResult]:
        self.handed_over += self.batch_bytes
        batch, self.batch, self.batch_bytes = self.batch, [], 0
        self.read.append([])
        yield from self.queue(self.session.pool.submit_documents(clean_batch, batch, self.turn))
        self.turn += 1

    def done(self, result: TaskResult) -> TaskResult:
        self._show(self.read.popleft())
        if result.shard is not None:
            self.session.progress.advance(articles=result.shard.articles)
            self.count({"cleaned_articles": result.shard.articles})
        return super().done(result)

    def _show(self, read: Iterable[tuple[str, int | None]]) -> None:
        for path, size in read:
            self.session.progress.read(path, size)
            if size is None:
                self.count({"ranges_read": 1})


@dataclasses.dataclass(eq=False)
class RunStages(beam.PTransform[tuple[PCollection[TaskResult], ...], PCollection[TaskResult]]):
    """Results of earlier tasks in, results of some stages of corpus-wide transforms out."""

    chains: Sequence[Chain]
    sessions: Sessions

    def expand(self, results: tuple[PCollection[TaskResult], ...]) -> PCollection[TaskResult]:
        """Groups the blocks that the stages read by partition, and runs the stages."""
        _refuse_unbounded(results, "RunStages")
        compared: PCollection[TaskResult] = (
            results
            | beam.Flatten()
            | "By partition" >> beam.FlatMap(_by_partition, self.chains)
            | beam.GroupByKey()
            | beam.ParDo(_RunStages(self.sessions, self.chains))
        )
        return compared


class _RunStages(_PooledDoFn):
    progress_stage = "comparing"
    counter = "compared"

    def __init__(self, sessions: Sessions, chains: Sequence[Chain]) -> None:
        super().__init__(sessions)
        self.stages = {
            (transform, stages[0].name): [stage.name for stage in stages]
            for transform, stages in chains
        }

    def process(self, element: tuple[StageKey, Iterable[TaskResult]]) -> Iterator[TaskResult]:
        (name, first, partition), results = element
        stages = self.stages[name, first]
        yield from self.queue(
            self.session.pool.submit(run_stages, name, stages, partition, _blocks(results))
        )


@dataclasses.dataclass(eq=False)
class FinishShards(beam.PTransform[tuple[PCollection[TaskResult], ...], PCollection[TaskResult]]):
    """Results of all tasks in, files of the finished shards out.

    Args:
      annotation_streams: (transform, stream) of the rows that return to their shard.
      partitions: of the run.
      spread: True if several machines share the shards of a partition.
      sessions: the worker pools.
    """

    annotation_streams: Streams
    partitions: int
    spread: bool
    sessions: Sessions

    def expand(self, results: tuple[PCollection[TaskResult], ...]) -> PCollection[TaskResult]:
        """Groups the shards with their annotations by partition, and finishes each."""
        _refuse_unbounded(results, "FinishShards")
        shards = (
            results
            | beam.Flatten()
            | "By partition"
            >> beam.FlatMap(_with_annotations, self.partitions, self.annotation_streams)
            | beam.GroupByKey()
            | "By shard" >> beam.FlatMap(_by_shard)
        )
        if self.spread:
            shards |= beam.Reshuffle()
        finished: PCollection[TaskResult] = shards | beam.ParDo(_FinishShards(self.sessions))
        return finished


class _FinishShards(_PooledDoFn):
    progress_stage = "writing"
    counter = "written"

    def process(self, element: TaskResult) -> Iterator[TaskResult]:
        yield from self.queue(self.session.pool.submit(finish_shard, element.shard, element.blocks))


# --- functions on elements ----------------------------------------------------------------------


def _by_partition(
    result: TaskResult, chains: Sequence[Chain]
) -> Iterator[tuple[StageKey, TaskResult]]:
    """Yields the blocks that chains of stages read."""
    return _grouped(
        ((chain.transform, chain.stages[0].name, block.partition), block)
        for chain in chains
        for reads in (chain.reads,)
        for block in result.blocks
        if (block.transform, block.stream) in reads
    )


def _with_annotations(
    result: TaskResult, partitions: int, streams: Streams
) -> Iterator[tuple[int, TaskResult]]:
    """Yields shards, and blocks of annotations, by partition: their key is a shard's number."""
    if result.shard is not None:
        number = np.array([result.shard.number], np.uint64)
        yield int(partition_of(number, partitions)[0]), TaskResult(result.shard)
    yield from _grouped(
        (block.partition, block)
        for block in result.blocks
        if (block.transform, block.stream) in streams
    )


def _by_shard(element: tuple[int, Iterable[TaskResult]]) -> Iterator[TaskResult]:
    """Yields each shard of a partition with the annotations of all of them."""
    results = list(element[1])
    annotations = tuple(_blocks(results))
    shards = [result.shard for result in results if result.shard is not None]
    for shard in sorted(shards, key=lambda shard: shard.number):
        yield TaskResult(shard, annotations)


def _grouped(pairs: Iterable[tuple[T, ShuffleBlock]]) -> Iterator[tuple[T, TaskResult]]:
    groups: dict[T, list[ShuffleBlock]] = {}
    for key, block in pairs:
        groups.setdefault(key, []).append(block)
    for key, blocks in groups.items():
        yield key, TaskResult(blocks=tuple(blocks))


def _blocks(results: Iterable[TaskResult]) -> list[ShuffleBlock]:
    return [block for result in results for block in result.blocks]


def total_output(results: Iterable[TaskResult]) -> TaskResult:
    """Returns the sum of the outputs of tasks, without shards and blocks."""
    return TaskResult(output=total(result.output for result in results))


def write_output(result: TaskResult, sessions: Sessions) -> None:
    """Writes the total output of a run as JSON."""
    with output(output_path(sessions.present_job())) as file:
        file.write(orjson.dumps(result.output, default=tuple))  # inputs are named tuples


def output_path(job: Job) -> str:
    """Returns the file that receives the total output of a run, as JSON, once all is written."""
    return f"{job.staging}/output.json"
