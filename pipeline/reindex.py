"""Rebuilds the index of whole-corpus steps from the warehouse.

The index holds what a later run must know of earlier ones. It is of one version of a step; another
version builds it anew from the committed articles and paragraphs, run by run, without the dumps.
"""

import dataclasses
import datetime
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from importlib import metadata
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import exchange
from pipeline.article import READ_COLUMNS, READ_FIELDS
from pipeline.dumps import DumpOptions
from pipeline.exchange import Slice
from pipeline.tasks import COMPRESSION, Job, index_folder, partitions_for
from pipeline.transform import discover, order
from pipeline.warehouse import (
    DataFile,
    Manifest,
    Warehouse,
    WarehouseError,
    build_schema,
    make_run_id,
)
from pipeline.workers import WorkerPool


@dataclasses.dataclass(frozen=True)
class CommittedPiece:
    """The files one task of an earlier run has written, or those that such files were merged into.

    Attributes:
      articles: paths of its files of ``articles``, one a language.
      paragraphs: of ``paragraphs``.
      removed_lines: of ``removed_lines``.
    """

    articles: tuple[str, ...]
    paragraphs: tuple[str, ...]
    removed_lines: tuple[str, ...]


def committed_pieces(manifest: Manifest) -> list[CommittedPiece]:
    """Returns the pieces that a manifest names, in the order of the runs that wrote them."""
    by_piece: dict[str, dict[str, list[str]]] = {}
    for file in manifest.files:
        if file.table in ("articles", "paragraphs", "removed_lines") and file.rows:
            tables = by_piece.setdefault(os.path.basename(file.path), {})
            tables.setdefault(file.table, []).append(file.path)
    return [
        CommittedPiece(
            *(
                tuple(sorted(tables.get(table, ())))
                for table in ("articles", "paragraphs", "removed_lines")
            ),
        )
        for _, tables in sorted(by_piece.items())
        if "articles" in tables
    ]


def run_numbers(manifest: Manifest) -> dict[str, int]:
    """Returns the number of every run among those of the warehouse, from 1, by its id."""
    paths = [file.path for file in manifest.files if file.table == "runs"]
    runs = _read(manifest.root, paths).column("run_id").to_pylist()
    # Run ids begin with the time of the run's start, so they sort as the runs came.
    return {run: number for number, run in enumerate(sorted(runs), 1)}


def read_committed(root: str, piece: CommittedPiece) -> Iterator[tuple[str, dict[str, pa.Table]]]:
    """Yields the runs of a committed piece, each with tables as ``rebuild`` takes them."""
    read = {
        name: _read(root, paths) if paths else _EMPTY[name]
        for name, paths in (
            ("articles", piece.articles),
            ("paragraphs", piece.paragraphs),
            ("removed_lines", piece.removed_lines),
        )
    }
    for run in sorted(pc.unique(read["articles"].column("run_id")).to_pylist()):
        articles = read["articles"].filter(pc.equal(read["articles"].column("run_id"), run))
        ids = articles.column("article_id").combine_chunks()
        tables = {"articles": articles}
        for name in ("paragraphs", "removed_lines"):
            rows = read[name]
            owner = pc.index_in(rows.column("article_id"), value_set=ids)
            rows = rows.append_column("article", owner).filter(pc.is_valid(owner))
            if name == "paragraphs":
                number = pc.utf8_slice_codeunits(rows.column("paragraph_id"), 25)
                rows = rows.append_column("line_number", number.cast(pa.int64()))
            tables[name] = rows
        yield run, tables


_EMPTY = {
    "paragraphs": pa.schema(
        [
            ("article_id", pa.string()),
            ("paragraph_id", pa.string()),
            ("text", pa.string()),
            ("cluster_id", pa.string()),
        ]
    ).empty_table(),
    "removed_lines": pa.schema(
        [
            ("article_id", pa.string()),
            ("line_number", pa.int64()),
            ("text", pa.string()),
            ("rule", pa.string()),
        ]
    ).empty_table(),
}


def _read(root: str, paths: Sequence[str]) -> pa.Table:
    tables = [pq.read_table(f"{root}/{path}", partitioning=None) for path in paths]
    return pa.concat_tables(tables, promote_options="default")


@dataclasses.dataclass(frozen=True)
class Rebuild:
    """The tasks of a rebuild, as its workers need to know them.

    Attributes:
      job: with the transforms, the warehouse's folder and a staging folder.
      numbers: number of each run by its id.
    """

    job: Job
    numbers: Mapping[str, int]

    def piece(self, piece: CommittedPiece) -> list[Slice]:
        """Returns the slices of the indexed channels of a committed piece."""
        slices: list[Slice] = []
        for run, tables in read_committed(self.job.root, piece):
            for step in self.job.corpus_steps:
                channels = {
                    name: step.archived(name, rows, self.numbers[run])
                    for name, rows in step.rebuild(tables).items()
                }
                path = f"{self.job.staging}/rebuild/{step.name()}-{secrets.token_hex(8)}.slices"
                slices += exchange.write_slices(path, step, channels, self.job.partitions)
        return slices

    def index(self, step: str, channel: str, partition: int, slices: Sequence[Slice]) -> DataFile:
        """Writes one partition of a channel's index."""
        member = self.job.step(step)
        described = next(c for c in member.channels if c.name == channel)
        folder = index_folder(member, channel)
        path = f"{folder}/{self.job.run_id}-{partition:04d}.parquet"
        rows = exchange.read_slices(slices, described)
        size = exchange.write_index(f"{self.job.root}/{path}", rows, described)
        return DataFile(folder, path, len(rows), size)


def rebuild_index(
    manifest: Manifest,
    job: Job,
    pool: WorkerPool,
    on_articles: Callable[[int], None] = lambda count: None,
) -> list[DataFile]:
    """Writes the index of all that a manifest names, and returns its files.

    Args:
      manifest: the snapshot.
      job: of the rebuild; its ``run_id`` names the files.
      pool: does the work.
      on_articles: called with the rows of each file of ``articles`` that is done.
    """
    rows = {file.path: file.rows for file in manifest.files}
    tasks = Rebuild(job, run_numbers(manifest))
    slices: dict[tuple[str, str, int], list[Slice]] = {}
    pieces = committed_pieces(manifest)
    for piece, found in zip(pieces, _all(pool, [(tasks.piece, p) for p in pieces]), strict=True):
        for part in found:
            slices.setdefault((part.step, part.channel, part.partition), []).append(part)
        on_articles(sum(rows[path] for path in piece.articles))
    indexing = [(tasks.index, *key, parts) for key, parts in sorted(slices.items(), key=_key)]
    return list(_all(pool, indexing))


def _key(item: tuple[tuple[str, str, int], list[Slice]]) -> tuple[str, str, int]:
    return item[0]


def _all(pool: WorkerPool, calls: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
    """Yields the results of (function, arguments ...) in order."""
    futures: list[Future[Any]] = [pool.submit(function, *rest) for function, *rest in calls]
    for future in futures:
        yield future.result()


@dataclasses.dataclass(frozen=True)
class ReindexReport:
    """What a rebuild did.

    Attributes:
      articles: committed articles it read.
      rows: rows of the new index.
      seconds: wall-clock time.
    """

    articles: int
    rows: int
    seconds: float


def reindex(folder: str, processes: int, memory_limit: int) -> ReindexReport:
    """Builds the index of a warehouse anew and commits it in place of the old one.

    Readers and rows are not touched; the index is what the next run compares with.

    Args:
      folder: of the warehouse.
      processes: worker processes.
      memory_limit: bytes a worker may hold.

    Raises:
      WarehouseError, TransformError: with the remedy; the index is as it was.
    """
    began = time.monotonic()
    started_at = datetime.datetime.now(datetime.UTC)
    transforms = order([member() for member in discover()], [*READ_COLUMNS, *READ_FIELDS])
    warehouse = Warehouse(folder)
    with warehouse.open_for_writing(build_schema(transforms)):
        manifest = warehouse.latest()
        if manifest is None:
            raise WarehouseError(
                f"nothing was ever committed to {folder}, so there is nothing to index. Make a "
                "warehouse with copydesk run --input PATH."
            )
        run_id = make_run_id(started_at)
        size = sum(file.bytes for file in manifest.files if file.table == "paragraphs")
        job = Job(
            transforms=tuple(transforms),
            dump_options=DumpOptions(),
            root=warehouse.root,
            staging=warehouse.staging_folder(run_id),
            run_id=run_id,
            run_number=manifest.number + 1,
            started_at=started_at,
            partitions=partitions_for(size * COMPRESSION),
            index_files={},
        )
        articles = 0

        def count(rows: int) -> None:
            nonlocal articles
            articles += rows

        with WorkerPool(
            processes, job.warm_up, memory_limit=memory_limit, preload=job.preload
        ) as pool:
            files = rebuild_index(manifest, job, pool, count)
        warehouse.commit(
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
        shutil.rmtree(job.staging, ignore_errors=True)
    return ReindexReport(articles, sum(file.rows for file in files), time.monotonic() - began)
