"""Tasks of corpus-wide transforms: one stage on one partition, and its share of the index."""

import secrets
from collections.abc import Sequence

import pyarrow as pa

from pipeline import shuffle
from pipeline.index import index_folder, write_index
from pipeline.shuffle import ShuffleBlock
from pipeline.storage import inside
from pipeline.tasks.job import Job, Output, TaskResult, naming, total
from pipeline.transform import CorpusTransform, Stream
from pipeline.warehouse import DataFile

LARGE_STAGE = 32 << 20
"""Bytes that a stage reads from which on it may need arrays that are no part of the heap (see
``MALLOC_MMAP_THRESHOLD_`` of the fork server), for which what is free there is lost. For smaller
stages it is not: to give memory back before all of them leaves the peak of a run over 82 MB of text
as it is, and takes 400,000 page faults more, 1.3 s of processor time of 40."""


def run_stages(
    job: Job,
    transform_name: str,
    stage_names: Sequence[str],
    partition: int,
    blocks: Sequence[ShuffleBlock],
) -> TaskResult:
    """Runs some stages of a transform on one partition, each on what those before it wrote, too.

    A stage without rows is left out.

    Returns:
      Blocks of all streams that they wrote; the files of the transform's own tables and of the
      index.
    """
    if sum(block.length for block in blocks) > LARGE_STAGE:
        # What earlier tasks have left free, 130 MB after cleaning, goes back to the kernel first.
        pa.default_memory_pool().release_unused()
    stages = {stage.name: stage for stage in job.corpus_transform(transform_name).stages}
    written: list[ShuffleBlock] = []
    outputs = []
    for name in stage_names:
        read = [block for block in (*blocks, *written) if block.stream in stages[name].reads]
        if read:
            result = run_stage(job, transform_name, name, partition, read)
            written += result.blocks
            outputs.append(result.output)
    return TaskResult(None, tuple(written), total(outputs))


def run_stage(
    job: Job,
    transform_name: str,
    stage_name: str,
    partition: int,
    blocks: Sequence[ShuffleBlock],
) -> TaskResult:
    """Runs one stage of a transform on one partition.

    Returns:
      Blocks of the streams that it wrote; the files of the transform's own tables and of the index.
    """
    transform = job.corpus_transform(transform_name)
    [stage] = [stage for stage in transform.stages if stage.name == stage_name]
    tables, earlier = shuffle.read_stage_inputs(transform, stage, blocks, job.lookup(transform))
    with naming(transform, stage_name):
        written = shuffle.run_stage(transform, stage, tables, earlier)
    indexed = []
    for stream in transform.streams:
        if stream.indexed and transform.indexing_stage(stream.name) == stage.name:
            rows = written.pop(stream.name) if stream.name in written else tables[stream.name]
            if len(rows):
                rows = shuffle.with_run(rows, stream, job.run_number)
                indexed.append(write_index_part(job, transform, stream, partition, rows))
    own = [
        job.write(name, written.pop(name), f"{partition:04d}")
        for name in list(written)
        if name in transform.tables
    ]
    # A name of its own for every attempt: on a cluster two attempts at a task may overlap.
    attempt = secrets.token_hex(4)
    path = f"{job.staging}/shuffle/{transform_name}/{stage.name}-{partition:04d}-{attempt}.arrow"
    more = shuffle.write_blocks(path, transform, written, job.partitions)
    return TaskResult(None, tuple(more), total([*own, Output(index_files=tuple(indexed))]))


def write_index_part(
    job: Job, transform: CorpusTransform, stream: Stream, partition: int, rows: pa.Table
) -> DataFile:
    """Writes rows of an indexed stream, those of one partition, as a file of the index."""
    folder = index_folder(transform, stream)
    path = f"{folder}/{job.run_id}-{partition:04d}.parquet"
    size, digest = write_index(inside(job.root, path), rows, stream)
    return DataFile(folder, path, len(rows), size, hash=digest)
