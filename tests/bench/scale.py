"""What a corpus of any size costs, from figures that are measured here.

    python -m tests.bench.scale measure DUMP [--parts N]
    python -m tests.bench.scale simulate PARAGRAPHS [--parts N] [--only N]

``measure`` runs all tasks of a run over a dump in this process, one after the other, and prints
what each costs for an article: processor time, bytes, blocks. ``simulate`` runs the largest stage
of the comparison, the one that pairs texts and articles with a common hash, over fingerprints that
it makes up, partition by partition, with the partitions, shards and blocks of such a corpus.
"""

import argparse
import dataclasses
import datetime
import itertools
import json
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline import shuffle
from pipeline.article import READ_COLUMNS, READ_FIELDS
from pipeline.dumps import DumpOptions, DumpRange, count_records, numbered, split_dump
from pipeline.graph import concurrent_stages
from pipeline.plan import discover, order
from pipeline.settings import configure
from pipeline.shuffle import ShuffleBlock
from pipeline.tasks.clean import clean_batch
from pipeline.tasks.corpus import run_stage
from pipeline.tasks.finish import finish_shard
from pipeline.tasks.job import Job, TaskResult
from pipeline.tasks.sizes import BATCH_BYTES, partitions_for
from transforms.near_duplicates.streams import SCHEMAS
from transforms.near_duplicates.transform import NearDuplicates

PARAGRAPH_BYTES = 250
"""Bytes of a paragraph's text: 207 in the test data, 250 in long articles."""

ROWS = {"bands": 23, "winnowed": 12, "shingles": 13}
"""Rows a paragraph in each stream that the stage reads, as ``measure`` prints those of a dump: here
those of 2,500 real articles."""

REPEATED = 0.1
"""Share of rows whose hash another row has, too."""

RECENT = 50_000
"""Hashes of the shards before that are repeated."""

HOT = 1e-4
"""Share of rows that all have one hash, as those of a phrase that everybody prints."""


@dataclasses.dataclass
class Costs:
    """What some tasks cost together."""

    tasks: int = 0
    seconds: float = 0.0
    read: int = 0
    written: int = 0
    blocks: int = 0


class Measured:
    """Runs the tasks of a run one after the other in this process, and adds up what they cost.

    Args:
      folder: for the warehouse and the working files.
      partitions: of the run.
    """

    def __init__(self, folder: Path, partitions: int) -> None:
        (folder / "warehouse").mkdir(parents=True)
        self.costs: dict[str, Costs] = {}
        self.rows: Counter[str] = Counter()
        self.articles = 0
        self.paragraphs = 0
        self.files: Counter[str] = Counter()
        self._job = Job(
            transforms=tuple(order(configure(discover(), {}), [*READ_COLUMNS, *READ_FIELDS])),
            dump_options=DumpOptions(),
            root=str(folder / "warehouse"),
            staging=str(folder / "staging"),
            run_id="20260101T000000Z-0000",
            run_number=1,
            started_at=datetime.datetime.now(datetime.UTC),
            partitions=partitions,
            index_files={},
        )
        self._job.warm_up()

    def run(self, dump: str) -> None:
        """Runs all tasks over a dump."""
        job = self._job
        ranges = split_dump(DumpRange(dump), job.dump_options, BATCH_BYTES[0])
        ranges = numbered(ranges, [count_records(part, job.dump_options) for part in ranges])
        results = []
        for turn, part in enumerate(ranges):
            began = time.process_time()
            result = clean_batch(job, [part], turn, {})
            assert result.shard is not None
            staged = _bytes_in(Path(result.shard.path)) - sum(b.length for b in result.blocks)
            self._add("clean and fingerprint", began, result, read=part.stop - part.start)
            self.files["staged"] += staged
            self.articles += result.shard.articles
            results.append(result)
        steps = concurrent_stages(job.corpus_transforms, job.partitions)
        for transform, stages in itertools.chain.from_iterable(steps):
            for stage in stages:
                found: dict[int, list[ShuffleBlock]] = {}
                for block in (block for result in results for block in result.blocks):
                    if block.transform == transform and block.stream in stage.reads:
                        found.setdefault(block.partition, []).append(block)
                for partition, blocks in sorted(found.items()):
                    began = time.process_time()
                    result = run_stage(job, transform, stage.name, partition, blocks)
                    read = sum(block.length for block in blocks)
                    self._add(f"{transform}.{stage.name}", began, result, read)
                    results.append(result)
        annotations = {(t.name(), t.ANNOTATIONS) for t in job.corpus_transforms}
        for result in [result for result in results if result.shard is not None]:
            assert result.shard is not None
            own = shuffle.partition_of(np.array([result.shard.number], np.uint64), job.partitions)
            blocks = [
                block
                for other in results
                for block in other.blocks
                if (block.transform, block.stream) in annotations and block.partition == own[0]
            ]
            began = time.process_time()
            finished = finish_shard(job, result.shard, blocks)
            self._add("annotate and write", began, finished, read=0)
            self.paragraphs += finished.output.counts["paragraphs"]

    def _add(self, name: str, began: float, result: TaskResult, read: int) -> None:
        costs = self.costs.setdefault(name, Costs())
        costs.tasks += 1
        costs.seconds += time.process_time() - began
        costs.read += read
        costs.written += sum(block.length for block in result.blocks)
        costs.blocks += len(result.blocks)
        for block in result.blocks:
            self.rows[f"{block.transform}.{block.stream}"] += block.rows
        self.files["warehouse"] += sum(file.bytes for file in result.output.files)
        self.files["index"] += sum(file.bytes for file in result.output.index_files)


def _bytes_in(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def measure(dump: str, partitions: int) -> dict[str, object]:
    """Returns what an article of a dump costs, in all and by step."""
    with tempfile.TemporaryDirectory() as folder:
        measured = Measured(Path(folder), partitions)
        measured.run(dump)
    articles = measured.articles
    return {
        "articles": articles,
        "paragraphs": measured.paragraphs,
        "partitions": partitions,
        "input_bytes": Path(dump).stat().st_size,
        "bytes_an_article": {
            name: round(size / articles) for name, size in sorted(measured.files.items())
        },
        "steps": {
            name: {
                "tasks": costs.tasks,
                "ms_an_article": round(1e3 * costs.seconds / articles, 3),
                "read_an_article": round(costs.read / articles),
                "shuffled_an_article": round(costs.written / articles),
                "blocks": costs.blocks,
            }
            for name, costs in measured.costs.items()
        },
        "rows_a_paragraph": {
            name: round(rows / measured.paragraphs, 2) for name, rows in measured.rows.items()
        },
        "peak_mb": _peak() >> 20,
    }


def _peak() -> int:
    """Returns the largest resident memory of this process so far, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def simulate(paragraphs: int, partitions: int, only: int, folder: Path) -> dict[str, object]:
    """Runs the stage ``find_candidates`` over made-up fingerprints of a corpus.

    Args:
      paragraphs: of the corpus.
      partitions: of the run.
      only: partitions to run, evenly spread; 0 for all. All are of one size.
      folder: for the shuffled files of one partition at a time.

    Returns:
      Seconds of processor time to make, write and compare, bytes, pairs, the peak of memory.
    """
    transform = NearDuplicates()
    [stage] = [stage for stage in transform.stages if stage.name == "find_candidates"]
    shards = max(1, paragraphs * PARAGRAPH_BYTES // BATCH_BYTES[1])
    chosen = range(partitions) if not only else range(0, partitions, max(1, partitions // only))
    spent: Counter[str] = Counter()
    began = time.monotonic()

    def lookup(name: str, wanted: object) -> pa.Table:
        return SCHEMAS[name].empty_table()

    for partition in chosen:
        at = time.process_time()
        blocks = []
        for number, tables in enumerate(_made_up(paragraphs, partitions, partition, shards)):
            spent["make"] += round(1e6 * (time.process_time() - at))
            at = time.process_time()
            path = str(folder / f"{number}.arrow")
            blocks += shuffle.write_blocks(path, transform, tables, partitions)
            spent["write"] += round(1e6 * (time.process_time() - at))
            at = time.process_time()
        assert {block.partition for block in blocks} == {partition}
        tables, earlier = shuffle.read_stage_inputs(transform, stage, blocks, lookup)
        written = shuffle.run_stage(transform, stage, tables, earlier)
        spent["read and compare"] += round(1e6 * (time.process_time() - at))
        spent["blocks"] += len(blocks)
        spent["bytes"] += sum(block.length for block in blocks)
        spent["rows"] += sum(block.rows for block in blocks)
        for name, rows in written.items():
            spent[name] += len(rows)
        for number in range(shards):
            (folder / f"{number}.arrow").unlink()
    share = len(chosen) / partitions
    return {
        "paragraphs": paragraphs,
        "partitions": partitions,
        "partitions_run": len(chosen),
        "shards": shards,
        "wall_seconds": round(time.monotonic() - began, 1),
        "processor_seconds": {
            name: round(spent[name] / 1e6 / share, 1)
            for name in ("make", "write", "read and compare")
        },
        "compare_us_a_paragraph": round(spent["read and compare"] / share / paragraphs, 3),
        "spilled_bytes": round(spent["bytes"] / share),
        "blocks": round(spent["blocks"] / share),
        "rows": round(spent["rows"] / share),
        "pairs": {name: round(spent[name] / share) for name in ("candidates", "seeds")},
        "peak_mb": _peak() >> 20,
    }


def _made_up(
    paragraphs: int, partitions: int, partition: int, shards: int
) -> Iterator[dict[str, pa.Table]]:
    """Yields the rows of one partition, shard by shard, as ``fingerprint`` would give them."""
    random = np.random.default_rng([partitions, partition])
    # As partition_of cuts them: by the upper half of a key.
    first, end = (-(-(number << 32) // partitions) for number in (partition, partition + 1))
    hashes = {name: np.zeros(0, np.uint64) for name in ROWS}
    for _ in range(shards):
        tables = {}
        for name, each in ROWS.items():
            count = int(random.poisson(paragraphs * each / partitions / shards))
            # Half of those that repeat a hash, repeat one of a shard before.
            own = random.integers(first << 32, (end << 32) - 1, count, np.uint64)
            repeats = random.random(count) < REPEATED / 2
            if len(before := hashes[name]):
                own[repeats] = random.choice(before, int(repeats.sum()))
            own[random.random(count) < HOT] = first << 32
            hashes[name] = np.concatenate([before[-RECENT:], own])
            schema = SCHEMAS[name]
            columns = {
                field.name: random.integers(
                    0, 1 << (31 if field.type == pa.uint32() else 63), count
                )
                for field in schema
            } | {"hash": own}
            tables[name] = pa.table(
                [pa.array(columns[field.name], field.type) for field in schema], schema=schema
            )
        yield tables


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.scale", description=(__doc__ or "").partition("\n")[0]
    )
    commands = parser.add_subparsers(required=True, dest="command")
    measuring = commands.add_parser("measure")
    measuring.add_argument("dump")
    measuring.add_argument("--parts", type=int, default=4)
    simulating = commands.add_parser("simulate")
    simulating.add_argument("paragraphs", type=float)
    simulating.add_argument("--parts", type=int, default=0)
    simulating.add_argument("--only", type=int, default=0)
    options = parser.parse_args()
    if options.command == "measure":
        figures = measure(options.dump, options.parts)
    else:
        paragraphs = int(options.paragraphs)
        partitions = options.parts or partitions_for(paragraphs * PARAGRAPH_BYTES)
        folder = Path(tempfile.mkdtemp())
        try:
            figures = simulate(paragraphs, partitions, options.only, folder)
        finally:
            shutil.rmtree(folder)
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
