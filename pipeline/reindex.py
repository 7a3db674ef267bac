"""Rebuilds the index of corpus-wide transforms from the warehouse.

The index is of one version of a transform; another version builds its own from the committed
articles and paragraphs, run by run, without the dumps.
"""

import dataclasses
import datetime
import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import shuffle
from pipeline.dumps import DumpOptions
from pipeline.fork_server import TASK_MODULES
from pipeline.plan import planned_transforms
from pipeline.pool import WorkerPool
from pipeline.shards import SHARD_TABLES
from pipeline.shuffle import ShuffleBlock
from pipeline.tasks.corpus import write_index_part
from pipeline.tasks.job import Job, naming
from pipeline.tasks.sizes import COMPRESSION, partitions_for
from pipeline.transform import Transform
from pipeline.warehouse import (
    DataFile,
    Manifest,
    Warehouse,
    WarehouseError,
    build_schema,
    make_run_id,
    read_table,
)
from pipeline.warehouse.orphans import check_orphans, find_orphans
from pipeline.warehouse.writer import split_path

CommittedShard = Mapping[str, Sequence[str]]
"""Table to the paths of its files, one a language, that one task of an earlier run has written; or
into which such files were merged."""


def committed_shards(manifest: Manifest) -> list[CommittedShard]:
    """Returns the shards that a manifest names, in the order of the runs that wrote them."""
    shards: dict[str, dict[str, list[str]]] = {}
    for file in sorted(manifest.files, key=lambda file: file.path):
        if file.table in SHARD_TABLES and file.rows:
            tables = shards.setdefault(split_path(file.path)[1], {})
            tables.setdefault(file.table, []).append(file.path)
    return [tables for _, tables in sorted(shards.items()) if "articles" in tables]


def run_numbers(manifest: Manifest) -> dict[str, int]:
    """Returns the number of every run of the warehouse, from 1, by its id."""
    paths = [file.path for file in manifest.files if file.table == "runs"]
    runs = _read(manifest.root, paths).select(["started_at", "run_id"]).to_pylist()
    started = sorted((run["started_at"], run["run_id"]) for run in runs)
    return {run_id: number for number, (_, run_id) in enumerate(started, 1)}


def read_committed(
    job: Job, shard: CommittedShard, whole: CommittedShard
) -> Iterator[tuple[str, dict[str, pa.Table]]]:
    """Yields the id of each run in a committed shard, with tables as ``reindex`` takes them.

    Args:
      job: of the rebuild.
      shard: the shard.
      whole: the files of all runs, of tables that ``reindex`` needs whole.
    """
    paths = {name: shard.get(name, ()) for name in SHARD_TABLES} | dict(whole)
    stored = {
        # Columns that an earlier version did not have are null.
        name: pa.concat_tables(
            [job.schema.arrow(name).empty_table(), _read(job.root, files)],
            promote_options="default",
        )
        for name, files in paths.items()
    }
    for run in sorted(pc.unique(stored["articles"].column("run_id")).to_pylist()):
        articles = stored["articles"].filter(pc.equal(stored["articles"].column("run_id"), run))
        ids = articles.column("article_id").combine_chunks()
        tables = {**stored, "articles": articles}
        for name in ("paragraphs", "removed_lines"):
            rows = stored[name]
            owner = pc.index_in(rows.column("article_id"), value_set=ids)
            rows = rows.append_column("article", owner).filter(pc.is_valid(owner))
            if name == "paragraphs":
                number = pc.utf8_slice_codeunits(rows.column("paragraph_id"), 25)
                rows = rows.append_column("line_number", number.cast(pa.int64()))
                # The paragraphs of an article are in several files if it has several languages.
                rows = rows.sort_by([("article", "ascending"), ("line_number", "ascending")])
            tables[name] = rows
        yield run, tables


def _read(root: str, paths: Sequence[str]) -> pa.Table:
    tables = [read_table(root, path) for path in paths]
    return pa.concat_tables([pa.table({}), *tables], promote_options="default")


def fingerprint_shard(
    job: Job, shard: CommittedShard, whole: CommittedShard, numbers: Mapping[str, int]
) -> list[ShuffleBlock]:
    """Writes the rows of indexed streams of a committed shard; a task.

    Args:
      job: of the rebuild.
      shard: the shard.
      whole: as for :func:`read_committed`.
      numbers: number of each run by its id.
    """
    blocks: list[ShuffleBlock] = []
    for run, tables in read_committed(job, shard, whole):
        for transform in job.corpus_transforms:
            with naming(transform, "reindex"):
                rows = transform.reindex(tables)
            numbered = {
                stream.name: shuffle.with_run(rows[stream.name], stream, numbers[run])
                for stream in transform.streams
                if stream.name in rows
            }
            path = f"{job.staging}/reindex/{transform.name()}-{secrets.token_hex(8)}.arrow"
            blocks += shuffle.write_blocks(path, transform, numbered, job.partitions)
    return blocks


def index_blocks(
    job: Job,
    transform_name: str,
    stream_name: str,
    partition: int,
    blocks: Sequence[ShuffleBlock],
) -> DataFile:
    """Writes one partition of an indexed stream; a task."""
    transform = job.corpus_transform(transform_name)
    stream = next(stream for stream in transform.streams if stream.name == stream_name)
    rows = shuffle.read_blocks(blocks, stream)
    return write_index_part(job, transform, stream, partition, rows)


def _write_index(manifest: Manifest, job: Job, pool: WorkerPool) -> list[DataFile]:
    numbers = run_numbers(manifest)
    partitions: dict[tuple[str, str, int], list[ShuffleBlock]] = {}
    whole = {
        name: [file.path for file in manifest.files if file.table == name]
        for transform in job.corpus_transforms
        for name, table in transform.tables.items()
        if table.reindexed
    }
    reading = [
        pool.submit(fingerprint_shard, shard, whole, numbers)
        for shard in committed_shards(manifest)
    ]
    for future in reading:
        for block in future.result():
            key = (block.transform, block.stream, block.partition)
            partitions.setdefault(key, []).append(block)
    writing = [
        pool.submit(index_blocks, *key, blocks) for key, blocks in sorted(partitions.items())
    ]
    return [future.result() for future in writing]


@dataclasses.dataclass(frozen=True)
class ReindexReport:
    """The result of a rebuild.

    Attributes:
      articles: committed articles that were read.
      rows: rows of the new index.
      seconds: wall-clock time.
    """

    articles: int
    rows: int
    seconds: float


def build_index(
    transforms: Sequence[Transform],
    manifest: Manifest,
    run_id: str,
    processes: int,
    memory_limit: int,
) -> list[DataFile]:
    """Writes the index of all that a manifest names, in worker processes, and returns its files.

    Args:
      transforms: the planned ones, with their options.
      manifest: the snapshot; nobody else may write to its warehouse.
      run_id: names the files.
      processes: worker processes.
      memory_limit: bytes a worker may hold.

    Raises:
      WarehouseError: a file cannot be read or written.
      TransformError: a transform fails.
    """
    warehouse = Warehouse(manifest.root)
    size = sum(file.bytes for file in manifest.files if file.table == "paragraphs")
    job = Job(
        transforms=tuple(transforms),
        dump_options=DumpOptions(),
        root=warehouse.root,
        staging=warehouse.staging_folder(run_id),
        run_id=run_id,
        run_number=manifest.runs + 1,
        started_at=datetime.datetime.now(datetime.UTC),
        partitions=partitions_for(size * COMPRESSION),
        index_files={},
    )
    try:
        with WorkerPool(
            job,
            processes=processes,
            memory_limit=memory_limit,
            modules=(TASK_MODULES,),
        ) as pool:
            return _write_index(manifest, job, pool)
    except (OSError, pa.ArrowException) as error:
        raise WarehouseError(
            f"the index of {manifest.root} cannot be rebuilt: {error}. It is as it was; `copydesk "
            "verify` lists what is damaged."
        ) from error
    finally:
        warehouse.remove_staging(run_id, committed=False)


def reindex(folder: str, processes: int, memory_limit: int) -> ReindexReport:
    """Rebuilds the index of a warehouse and commits it in place of the old one.

    Readers and rows are not touched; the next run compares with the new index.

    Args:
      folder: of the warehouse.
      processes: worker processes.
      memory_limit: bytes a worker may hold.

    Raises:
      WarehouseError, TransformError: with the remedy; the index is as it was.
    """
    began = time.monotonic()
    warehouse = Warehouse(folder)
    transforms = planned_transforms({})
    schema = build_schema(transforms)
    if warehouse.latest() is None:
        check_orphans(warehouse.root, [], find_orphans(warehouse.root, [], schema))
        raise WarehouseError(
            f"nothing was ever committed to {folder}, so there is nothing to index. Make a "
            "warehouse with copydesk run --input PATH."
        )
    with warehouse.open_for_writing(schema):
        manifest = warehouse.newest
        assert manifest is not None
        after = replace_index(transforms, warehouse, manifest, processes, memory_limit)
    articles = sum(file.rows for file in manifest.files if file.table == "articles")
    rows = sum(file.rows for file in after.index_files)
    return ReindexReport(articles, rows, time.monotonic() - began)


def replace_index(
    transforms: Sequence[Transform],
    warehouse: Warehouse,
    manifest: Manifest,
    processes: int,
    memory_limit: int,
) -> Manifest:
    """Rebuilds the index of an open warehouse, commits it in place of the old one.

    Args:
      transforms: the planned ones, with their options.
      warehouse: open for writing.
      manifest: its newest snapshot.
      processes: worker processes.
      memory_limit: bytes a worker may hold.

    Raises:
      WarehouseError, TransformError: with the remedy; the index is as it was.
    """
    started_at = datetime.datetime.now(datetime.UTC)
    run_id = make_run_id(started_at)
    files = build_index(transforms, manifest, run_id, processes, memory_limit)
    after = warehouse.commit(
        {
            "run_id": run_id,
            "started_at": started_at,
            "finished_at": datetime.datetime.now(datetime.UTC),
            "version": metadata.version("copydesk"),
            "settings": json.dumps({"reindex": True}),
        },
        files=[],
        index_files=files,
        replace_index=True,
    )
    warehouse.remove_staging(run_id)
    return after
