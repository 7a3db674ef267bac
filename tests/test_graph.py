"""Stages of the pipeline that a run shows only from outside."""

import contextlib
import datetime
import itertools
import json
import pathlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.portability.api import beam_runner_api_pb2
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner
from apache_beam.runners.portability.portable_runner import JobServiceHandle, PortableRunner
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.transforms.periodicsequence import PeriodicImpulse

from pipeline import execute, graph
from pipeline.article import READ_COLUMNS, READ_FIELDS
from pipeline.dumps import DumpOptions, DumpRange
from pipeline.dumps.inputs import content_hash
from pipeline.graph import CleanRanges
from pipeline.options import CopydeskOptions
from pipeline.plan import discover, order
from pipeline.progress import RunProgress
from pipeline.session import Resources, Session, Sessions
from pipeline.settings import configure
from pipeline.storage import WriteError
from pipeline.tasks.hashes import NewDump
from pipeline.tasks.job import Job
from pipeline.tasks.sizes import (
    BATCH_BYTES,
    INDEX_SHARE,
    LARGEST_PARTITION,
    MAX_PARTITIONS,
    partitions_for,
    raw_bytes,
    text_bytes,
    workers_for,
)
from pipeline.transform import CorpusTransform, Transform, TransformError
from pipeline.warehouse import WarehouseError
from tests.conftest import REPOSITORY

RUN = "20261122T231500Z-3f2a"


class Notes(RunProgress):
    """Notes the progress of a run."""

    def __init__(self) -> None:
        self.seen: list[tuple[Any, ...]] = []

    def stage(self, name: str) -> None:
        self.seen.append(("stage", name))

    def read(self, path: str, size: int | None) -> None:
        self.seen.append(("read", path, size))

    def advance(self, articles: int) -> None:
        self.seen.append(("articles", articles))


def job_of(folder: pathlib.Path, transforms: Sequence[Transform]) -> Job:
    return Job(
        transforms=tuple(transforms),
        dump_options=DumpOptions(),
        root=str(folder),
        staging=str(folder / "staging"),
        run_id=RUN,
        run_number=1,
        started_at=datetime.datetime.now(datetime.UTC),
        partitions=1,
        index_files={},
    )


class Unprepared(Transform):
    """Lacks what it needs."""

    def setup(self) -> None:
        raise FileNotFoundError("no model.bin")


def test_a_transform_that_cannot_be_set_up_is_named(tmp_path: pathlib.Path) -> None:
    with pytest.raises(TransformError, match=r"Unprepared .*: FileNotFoundError: no model\.bin"):
        job_of(tmp_path, [Unprepared()]).warm_up()


def test_what_is_read_counts_once_it_is_cleaned(tmp_path: pathlib.Path) -> None:
    seeds = sorted(map(str, (REPOSITORY / "seeds").glob("*.txt")))
    sizes = {path: pathlib.Path(path).stat().st_size for path in seeds}
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    job = job_of(tmp_path, order(configure(discover(), {}), [*READ_COLUMNS, *READ_FIELDS]))
    two_dumps = sizes[seeds[0]] + sizes[seeds[1]]
    sessions = Sessions(job, Resources(0, 20.0, 1 << 30, batch_bytes=two_dumps))
    notes = Notes()
    with contextlib.closing(Session(job, sessions.resources, notes)) as session:
        sessions.adopt(session)
        stage = graph._CleanRanges(sessions)
        stage.setup()
        stage.start_bundle()
        list(stage.process(DumpRange(seeds[0])))
        assert notes.seen == [("stage", "reading")]
        # Fills the batch, which is then cleaned in this process.
        list(stage.process(DumpRange(seeds[1])))
        first = [("read", seeds[0], sizes[seeds[0]]), ("read", seeds[0], None)]
        assert notes.seen[1:] == [*first, ("read", seeds[1], sizes[seeds[1]]), ("articles", 2)]
        list(stage.process(DumpRange(str(empty))))
        assert ("read", str(empty), None) not in notes.seen
        list(stage.finish_bundle())
    assert notes.seen[5:] == [
        ("read", seeds[1], None),
        ("read", str(empty), 0),
        ("read", str(empty), None),
        ("articles", 0),
    ]


def test_workers_hash_dumps_and_leave_known_ones_out(tmp_path: pathlib.Path) -> None:
    job = job_of(tmp_path, [])
    for name in ("new", "known", "rewritten"):
        (tmp_path / name).write_text(name)
    hashes = {name: content_hash(str(tmp_path / name)) for name in ("new", "known", "rewritten")}
    known = {
        "known": (hashes["known"],),
        "rewritten": (hashes["known"],),
        "gone": (hashes["known"],),
        "still gone": ("",),
    }
    dumps = [
        NewDump(DumpRange(str(tmp_path / name)), 7, None, known.get(name, ()))
        for name in ("new", *known)
    ]
    sessions = Sessions(job, Resources(0, 20.0, 1 << 30, batch_bytes=1))
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        new, hashed = pipeline | beam.Create(dumps) | graph.HashDumps(sessions)
        paths = new | beam.Map(lambda part: part.path)
        assert_that(
            paths, equal_to([str(tmp_path / name) for name in ("new", "rewritten", "gone")])
        )
        _ = (
            hashed
            | beam.CombineGlobally(graph.total_output)
            | beam.Map(graph.write_output, sessions)
        )
    written = pathlib.Path(graph.output_path(job))
    inputs = {
        name: (size, digest) for name, size, digest in json.loads(written.read_text())["inputs"]
    }
    assert inputs == {
        str(tmp_path / "new"): (3, hashes["new"]),
        str(tmp_path / "rewritten"): (9, hashes["rewritten"]),
        # The reader makes it a reject.
        str(tmp_path / "gone"): (7, ""),
    }


def test_stages_run_together_and_after_those_whose_rows_they_read() -> None:
    transforms = [member() for member in discover() if issubclass(member, CorpusTransform)]
    steps = graph.concurrent_stages(transforms, 2)
    place = {
        (name, stage.name): number
        for number, chains in enumerate(steps)
        for name, (stage,) in chains
    }
    assert len(place) == sum(len(member.stages) for member in transforms) > len(steps)
    for member in transforms:
        for number, stage in enumerate(member.stages):
            written_by = [
                place[member.name(), before.name]
                for before in member.stages[:number]
                if set(before.writes) & set(stage.reads)
            ]
            assert place[member.name(), stage.name] == 1 + max(written_by, default=-1)


def test_one_partition_has_one_task_for_all_stages_of_a_transform() -> None:
    transforms = [member() for member in discover() if issubclass(member, CorpusTransform)]
    [chains] = graph.concurrent_stages(transforms, 1)
    assert {name: list(stages) for name, stages in chains} == {
        member.name(): list(member.stages) for member in transforms
    }
    assert graph.concurrent_stages([], 1) == []


def test_unbounded_input_is_refused(tmp_path: pathlib.Path) -> None:
    job = job_of(tmp_path, [])
    sessions = Sessions(job, Resources(0, 20.0, 1 << 30, batch_bytes=1))
    pipeline = beam.Pipeline()
    endless = pipeline | PeriodicImpulse() | beam.Map(lambda _: DumpRange("dump"))
    with pytest.raises(ValueError, match="CleanRanges needs bounded input"):
        _ = endless | CleanRanges(sessions)


@pytest.mark.parametrize("cluster", [False, True])
def test_elements_have_types_that_beam_checks(tmp_path: pathlib.Path, cluster: bool) -> None:
    job = job_of(tmp_path, order(configure(discover(), {}), [*READ_COLUMNS, *READ_FIELDS]))
    sessions = Sessions(job, Resources(0, 20.0, 1 << 30, batch_bytes=1))
    pipeline = beam.Pipeline()
    graph.build(pipeline, sessions, [NewDump(DumpRange("dump"), 0)] if cluster else None)
    with pytest.raises(beam.typehints.TypeCheckError):
        _ = pipeline | "Numbers" >> beam.Create([1]) | CleanRanges(sessions)


def test_a_small_run_onto_a_large_index_has_a_partition_a_process() -> None:
    assert partitions_for(1 << 20) == partitions_for(1 << 20, 0, 8) == 1
    assert partitions_for(1 << 20, 1, 8) == 1
    assert partitions_for(1 << 20, 100 << 30, 8) == 8
    assert partitions_for(1 << 20, 2 * INDEX_SHARE + 1, 8) == 3
    assert partitions_for(1 << 30, 100 << 30, 8) == partitions_for(1 << 30) > 8


def test_a_run_has_the_workers_that_find_work() -> None:
    assert workers_for(8, 15_000, 1) == 1
    assert workers_for(8, 5 << 20, 1) == 3
    assert workers_for(8, 15_000, 4) == 4  # as many partitions of a large index
    assert workers_for(2, 80 << 20, 5) == 2
    assert workers_for(0, 80 << 20, 5) == 0  # works in the process itself


FAILED = """Pipeline job-001 failed in state FAILED: bundle inst005 stage-002 failed:\
Traceback (most recent call last):
  File "bundle_processor.py", line 1358, in process_bundle
    op.finish()
{} [while running 'Read, clean and stage/ParDo(_CleanRanges)']

During handling of the above exception, another exception occurred: …"""


@pytest.mark.parametrize(
    ("last_line", "sentence"),
    [
        (
            "pipeline.pool.WorkerDied: task 7: the worker process died again: it ended with code 9",
            "task 7: the worker process died again: it ended with code 9. Nothing was committed.",
        ),
        (
            "pipeline.storage.WriteError: /a cannot be written. Nothing was committed; make room",
            "/a cannot be written. Nothing was committed; make room.",
        ),
        (
            "pipeline.warehouse.manifest.WarehouseError: index/a cannot be read; run verify",
            "index/a cannot be read; run verify. Nothing was committed.",
        ),
        (
            "KeyError: 'title'",
            "KeyError: 'title'. Nothing was committed; run again with --debug to see where it "
            "arose.",
        ),
    ],
)
def test_what_a_worker_of_a_cluster_says_is_one_sentence(last_line: str, sentence: str) -> None:
    assert execute._sentence(RuntimeError(FAILED.format(last_line)), "") == sentence


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (WarehouseError("index/a is gone."), "index/a is gone. Nothing was committed."),
        (WriteError("full. Nothing was committed; x"), "full. Nothing was committed; x."),
        (ValueError(" [while running 'Clean'"), "ValueError"),
        (RuntimeError(" [while running 'Clean'"), "RuntimeError"),
        (RuntimeError("ValueError: no [while running 'Clean'"), "ValueError: no"),
        (ValueError("no\nat all"), "ValueError: no"),
    ],
)
def test_what_a_stage_raises_is_one_sentence(error: Exception, sentence: str) -> None:
    remedy = "" if "Nothing" in sentence else ". Nothing was committed; mend it."
    assert execute._sentence(error, "mend it") == sentence + remedy


GB = 1_000_000_000


def test_partitions_follow_the_bytes_and_the_workers() -> None:
    # One laptop: a partition for 16 MiB, as long as that is no more than 256 of them.
    assert [partitions_for(size) for size in (1, 100_000_000, GB, 4 * GB)] == [1, 6, 60, 239]
    # A cluster has work for all its workers, but none that would not be worth a task.
    assert partitions_for(10 * GB, workers=100) == 800
    assert partitions_for(10_000_000, workers=100) == 10
    assert partitions_for(1, workers=100) == 1
    # A large corpus has partitions that fit a worker's memory, and not too many blocks.
    for workers in (1, 100):
        partitions = partitions_for(1_000 * GB, workers=workers)
        assert 1_000 * GB / partitions <= LARGEST_PARTITION
        shards = 1_000 * GB / BATCH_BYTES[1]
        assert shards * partitions < 250_000_000
    sizes = [partitions_for(10**exponent) for exponent in range(6, 15)]
    assert sizes == sorted(sizes)
    assert sizes[-1] == MAX_PARTITIONS


@pytest.mark.parametrize(
    ("counts", "share", "stage"),
    [
        ({}, None, ""),
        ({"ranges": 8}, 0.0, "reading"),
        ({"ranges": 8, "ranges_read": 2, "cleaned_articles": 900}, 0.25, "reading"),
        # A range that was read twice, as after the death of a worker.
        ({"ranges": 8, "ranges_read": 9, "compared": 1}, 1.0, "comparing"),
        ({"ranges": 8, "ranges_read": 8, "compared": 5, "written": 1}, 1.0, "writing"),
    ],
)
def test_counters_say_how_far_a_run_is(
    counts: dict[str, int], share: float | None, stage: str
) -> None:
    assert graph.how_far(counts) == (share, stage)


@pytest.mark.parametrize("estimate", [0, 1_000, 100_000])
def test_batches_shrink_towards_the_end_and_stay_large_where_it_is_unknown(estimate: int) -> None:
    resources = Resources(2, 20.0, 1 << 30, batch_bytes=8_000, raw_bytes=estimate)
    read, sizes = 0, []
    while read < 100_000:
        sizes.append(resources.next_batch(read, 2))
        read += sizes[-1]
    beyond = [
        size
        for size, before in zip(sizes, itertools.accumulate(sizes), strict=True)
        if before - size >= estimate
    ]
    assert set(beyond) <= {8_000}
    within = sizes[: len(sizes) - len(beyond)]
    assert within == sorted(within, reverse=True)
    assert not within or within[-1] == 1_000


@pytest.mark.parametrize(
    ("name", "raw", "text"),
    [
        ("a.txt", 1_000, 1_000),
        ("a.jsonl.GZ", 3_000, 3_000),
        ("a.html", 1_000, 100),
        ("a.htm.gz", 5_000, 500),
        ("html.gz", 3_000, 3_000),
        ("a.html.parquet", 3_000, 3_000),
    ],
)
def test_the_size_of_a_dump_is_estimated_from_its_name(name: str, raw: int, text: int) -> None:
    assert raw_bytes(name, 1_000) == raw
    assert text_bytes(name, 1_000) == text


@pytest.mark.parametrize("runner", ["FlinkRunner", "DataflowRunner"])
def test_the_graph_of_a_cluster_needs_nothing_that_its_runner_may_lack(
    tmp_path: pathlib.Path, runner: str
) -> None:
    job = job_of(tmp_path, order(configure(discover(), {}), [*READ_COLUMNS, *READ_FIELDS]))
    flags = [f"--runner={runner}", "--parallelism=8", "--environment_type=DOCKER"]
    options = CopydeskOptions(flags, input=["dumps"])
    pipeline = beam.Pipeline(runner=PortableRunner(), options=options)
    resources = Resources(options.worker_processes(), 20.0, 1 << 30, batch_bytes=1)
    dump = NewDump(DumpRange("dump"), 0)
    graph.build(pipeline, Sessions(job, resources), [dump])
    translated = PortableRunner.get_proto_pipeline(pipeline, options)
    # As splittable DoFns, state, timers and ordered input are.
    assert not translated.requirements
    components = translated.components
    used = {t.spec.urn for t in components.transforms.values() if not t.subtransforms}
    assert used == {
        f"beam:transform:{name}:v1"
        for name in (
            "impulse", "pardo", "flatten", "group_by_key", "combine_per_key_precombine",
            "combine_per_key_merge_accumulators", "combine_per_key_extract_outputs",
        )
    }  # fmt: skip
    bounded = beam_runner_api_pb2.IsBounded.BOUNDED
    assert all(found.is_bounded == bounded for found in components.pcollections.values())
    # Whoever sets the engine's own options finds them there.
    sent = JobServiceHandle.encode_pipeline_options(options.get_all_options())
    assert sent["beam:option:parallelism:v1"] == "8"


def test_the_transforms_reach_the_workers_of_a_cluster_as_a_wheel(tmp_path: pathlib.Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "pipeline", "transforms", "pyproject.toml", "README.md"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    for name in tracked:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, tmp_path / name)
    build = "from setuptools import build_meta; build_meta.build_wheel('wheels')"
    subprocess.run([sys.executable, "-c", build], cwd=tmp_path, capture_output=True, check=True)
    [wheel] = (tmp_path / "wheels").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == set(tracked) - {"pyproject.toml", "README.md"}
