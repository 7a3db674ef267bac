"""Stages of the pipeline that a run shows only from outside."""

import datetime
import itertools
import json
import pathlib
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import pytest
from pipeline.build import CleanDumps, Resources

from pipeline import build, run
from pipeline.article import READ_COLUMNS, READ_FIELDS
from pipeline.dumps import DumpOptions
from pipeline.dumps.inputs import FoundDump
from pipeline.settings import configure
from pipeline.tasks import Job, Written, partitions_for, total
from pipeline.transform import CorpusTransform, Transform, TransformError, discover, order
from pipeline.warehouse import DataFile
from tests.conftest import REPOSITORY

RUN = "20261122T231500Z-3f2a"


class Notes:
    """Notes what it is told of a run."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def on_bytes(self, path: str, size: int) -> None:
        self.told.append(("bytes", path, size))

    def on_dump(self, path: str) -> None:
        self.told.append(("dump", path))

    def on_articles(self, count: int) -> None:
        self.told.append(("articles", count))

    def on_stage(self, name: str) -> None:
        self.told.append(("stage", name))


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
    notes = Notes()
    build.watch(RUN, notes)
    try:
        stage = CleanDumps(job, Resources(0, 20.0, 1 << 30, piece_bytes=two_dumps))
        stage.start_bundle()
        list(stage.process((seeds[0].encode(), [])))
        assert notes.told == [("stage", "reading")]
        # Fills the piece, which is then cleaned in this process.
        list(stage.process((seeds[1].encode(), [])))
        first = [("bytes", seeds[0], sizes[seeds[0]]), ("dump", seeds[0])]
        assert notes.told[1:] == [*first, ("bytes", seeds[1], sizes[seeds[1]]), ("articles", 2)]
        list(stage.process((str(empty).encode(), [])))
        assert ("dump", str(empty)) not in notes.told
        list(stage.finish_bundle())
    finally:
        build.close_run(RUN)
    assert notes.told[5:] == [
        ("dump", seeds[1]),
        ("bytes", str(empty), 0),
        ("dump", str(empty)),
        ("articles", 0),
    ]


def test_rounds_run_together_and_after_those_whose_rows_they_read() -> None:
    steps = [step() for step in discover() if issubclass(step, CorpusTransform)]
    stages = build.rounds_at_once(steps)
    place = {
        (name, stage.name): number for number, rounds in enumerate(stages) for name, stage in rounds
    }
    assert len(place) == sum(len(step.rounds) for step in steps) > len(stages)
    for step in steps:
        for number, stage in enumerate(step.rounds):
            written_by = [
                place[step.name(), before.name]
                for before in step.rounds[:number]
                if set(before.writes) & set(stage.reads)
            ]
            assert place[step.name(), stage.name] == 1 + max(written_by, default=-1)


class Recorder:
    """A pool that notes whether its tasks are urgent."""

    def __init__(self) -> None:
        self.urgent: list[bool] = []

    def submit(self, function: object, *arguments: object, urgent: bool = True) -> Future[Written]:
        self.urgent.append(urgent)
        future: Future[Written] = Future()
        name = f"index/{arguments[1]}/{arguments[2]}"
        future.set_result(Written(index_files=(DataFile("index", name, 1, 2),)))
        return future


@pytest.mark.parametrize("in_one_process", [True, False])
def test_an_index_is_promised_where_all_stages_share_a_process(
    tmp_path: pathlib.Path, in_one_process: bool
) -> None:
    job = job_of(tmp_path, [])
    resources = Resources(0, 20.0, 1 << 30, piece_bytes=1, in_one_process=in_one_process)
    pool = Recorder()
    stage = build.WriteIndex(job, resources)
    stage.start_bundle()
    stage.pool = pool  # type: ignore[assignment]
    keys = [("Step", "bands", number) for number in (1, 0)]
    outputs = []
    for key in keys:
        outputs += list(stage.process((key, [])))
    outputs += [output.value for output in stage.finish_bundle()]
    assert pool.urgent == [not in_one_process] * 2
    written = total(outputs)
    assert written.promised == (tuple(sorted(keys)) if in_one_process else ())
    path = tmp_path / "result.json"
    try:
        build.write_result((0, [written]), job, str(path))
    finally:
        build.close_run(RUN)
    result = json.loads(path.read_bytes())
    assert [file["path"] for file in result["index_files"]] == ["index/bands/0", "index/bands/1"]
    assert result["promised"] == []


def test_a_small_run_onto_a_large_index_has_a_partition_a_process() -> None:
    assert partitions_for(1 << 20) == partitions_for(1 << 20, 0, 8) == 1
    assert partitions_for(1 << 20, 1, 8) == 1
    assert partitions_for(1 << 20, 100 << 30, 8) == 8
    assert partitions_for(1 << 20, 130 << 20, 8) == 3
    assert partitions_for(1 << 30, 100 << 30, 8) == partitions_for(1 << 30) > 8


@pytest.mark.parametrize("told", [0, 1_000, 100_000])
def test_pieces_shrink_towards_the_end_and_stay_large_where_it_is_unknown(told: int) -> None:
    resources = Resources(2, 20.0, 1 << 30, piece_bytes=8_000, text_bytes=told)
    read, sizes = 0, []
    while read < 100_000:
        sizes.append(resources.next_piece(read))
        read += sizes[-1]
    beyond = [
        size
        for size, before in zip(sizes, itertools.accumulate(sizes), strict=True)
        if before - size >= told
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
def test_what_a_dump_holds_is_guessed_from_its_name(name: str, raw: int, text: int) -> None:
    assert run._raw_bytes(name, 1_000) == raw
    assert run._text_bytes([FoundDump(name, 1_000)] * 2) == 2 * text
