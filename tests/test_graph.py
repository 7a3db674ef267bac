"""Stages of the pipeline that a run shows only from outside."""

import contextlib
import datetime
import itertools
import pathlib
from collections.abc import Sequence
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.transforms.periodicsequence import PeriodicImpulse

from pipeline import graph
from pipeline.article import READ_COLUMNS, READ_FIELDS
from pipeline.dumps import DumpOptions, DumpRange
from pipeline.graph import CleanRanges
from pipeline.progress import RunProgress
from pipeline.session import Resources, Sessions
from pipeline.settings import configure
from pipeline.tasks.job import Job
from pipeline.tasks.sizes import partitions_for, raw_bytes, text_bytes, workers_for
from pipeline.transform import CorpusTransform, Transform, TransformError, discover, order
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
    with contextlib.closing(sessions.acquire(notes)):
        stage = graph._CleanRanges(job, sessions)
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


def test_stages_run_together_and_after_those_whose_rows_they_read() -> None:
    transforms = [member() for member in discover() if issubclass(member, CorpusTransform)]
    steps = graph.concurrent_stages(transforms)
    place = {
        (name, stage.name): number for number, stages in enumerate(steps) for name, stage in stages
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


def test_unbounded_input_is_refused(tmp_path: pathlib.Path) -> None:
    job = job_of(tmp_path, [])
    sessions = Sessions(job, Resources(0, 20.0, 1 << 30, batch_bytes=1))
    pipeline = beam.Pipeline()
    endless = pipeline | PeriodicImpulse() | beam.Map(lambda _: DumpRange("dump"))
    with pytest.raises(ValueError, match="CleanRanges needs bounded input"):
        _ = endless | CleanRanges(job, sessions)


def test_elements_have_types_that_beam_checks(tmp_path: pathlib.Path) -> None:
    job = job_of(tmp_path, order(configure(discover(), {}), [*READ_COLUMNS, *READ_FIELDS]))
    sessions = Sessions(job, Resources(0, 20.0, 1 << 30, batch_bytes=1))
    pipeline = beam.Pipeline()
    graph.build(pipeline, [DumpRange("dump")], job, sessions, str(tmp_path / "output.json"))
    with pytest.raises(beam.typehints.TypeCheckError):
        _ = pipeline | "Numbers" >> beam.Create([1]) | CleanRanges(job, sessions)


def test_a_small_run_onto_a_large_index_has_a_partition_a_process() -> None:
    assert partitions_for(1 << 20) == partitions_for(1 << 20, 0, 8) == 1
    assert partitions_for(1 << 20, 1, 8) == 1
    assert partitions_for(1 << 20, 100 << 30, 8) == 8
    assert partitions_for(1 << 20, 130 << 20, 8) == 3
    assert partitions_for(1 << 30, 100 << 30, 8) == partitions_for(1 << 30) > 8


def test_a_run_has_the_workers_that_find_work() -> None:
    assert workers_for(8, 15_000, 1) == 1
    assert workers_for(8, 5 << 20, 1) == 3
    assert workers_for(8, 15_000, 4) == 4  # as many partitions of a large index
    assert workers_for(2, 80 << 20, 5) == 2
    assert workers_for(0, 80 << 20, 5) == 0  # works in the process itself


@pytest.mark.parametrize("estimate", [0, 1_000, 100_000])
def test_batches_shrink_towards_the_end_and_stay_large_where_it_is_unknown(estimate: int) -> None:
    resources = Resources(2, 20.0, 1 << 30, batch_bytes=8_000, raw_bytes=estimate)
    read, sizes = 0, []
    while read < 100_000:
        sizes.append(resources.next_batch(read))
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
