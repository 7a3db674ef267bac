"""What worker processes do: clean a batch, run a round on a partition, finish a piece.

A :class:`Job` holds everything a run has decided and travels to the workers once. Its methods are
the tasks; each reads and writes files and returns small records only. They depend on nothing but
their arguments, so that a task may run twice.
"""

import dataclasses
import datetime
import functools
import hashlib
import importlib
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import exchange, staging
from pipeline.article import Article
from pipeline.dumps import Block, DumpOptions, parse_block
from pipeline.exchange import Slice
from pipeline.rejects import Reject, cut_raw
from pipeline.staging import Piece
from pipeline.transform import (
    Channel,
    CorpusTransform,
    Drop,
    Round,
    Transform,
    TransformError,
    discover,
)
from pipeline.warehouse import BackgroundSync, DataFile, Schema, build_schema, write_table
from pipeline.workers import document, failed_documents

PARTITION_BYTES = 16 << 20
"""Decompressed input a partition of the comparison holds: its band rows (24 a paragraph, 24 bytes
each, a paragraph being some 250 bytes) are then about 40 MB. A run over 100,000 articles of 236 MB
peaked at 864 MB with it; with half of it at 741 MB, and took 4 % longer."""

INDEX_SHARE = 64 << 20
"""Bytes of the index worth a partition of its own: to look through them takes a tenth of a second.
"""

MAX_PARTITIONS = 256
"""More would make more references between pieces and partitions than they save memory."""

PIECE_BYTES = (4 << 20, 32 << 20)
"""Least and most raw bytes cleaned as one task: half a second's work on text, some 50 web pages.
A task holds some ten times as much in memory."""

PIECES = 200
"""Pieces a run is cut into while they stay within these bounds."""

COMPRESSION = 3
"""Decompressed to compressed size of news text, for estimates before reading."""

PAGE_COMPRESSION = 5
"""The same of web pages: 222 MB to 43 MB of 1,051 pages of the test data, one file each, in gz."""

PAGE_BYTES = 10
"""Bytes of a web page to one of its text, at least: those pages have 11 MB of article text."""

CHUNK = 256
"""Articles that go through the transforms together, so that batch methods have something to batch
and a failure in one costs little."""

_FIRST_BLOCK = 1 << 40
"""Documents are numbered from 0, blocks that are being parsed from here."""

_FIRST_BATCH = 1 << 48
"""Batches that a step takes at once are numbered from here, times the place of the step."""

_NO_DOCUMENT = -1

_MISFITS = (pa.ArrowException, TypeError, ValueError, OverflowError)
"""What Arrow raises for a value that does not fit a type; by no means ArrowInvalid alone."""

LIMIT_REMEDY = {
    "time_limit": "It took longer than --document-seconds; raise the limit or leave the dump out.",
    "memory_limit": "It needed more than --document-memory; raise the limit or leave the dump out.",
    "worker_died": "Its worker process died on it; please report the dump.",
}


@dataclasses.dataclass(frozen=True)
class Cleaned:
    """What cleaning a batch gave.

    Attributes:
      piece: the staged piece.
      slices: rows for the whole-corpus steps.
    """

    piece: Piece
    slices: tuple[Slice, ...]


@dataclasses.dataclass(frozen=True)
class Written:
    """Files that wait for the commit, and what is to be counted about them.

    Attributes:
      files: data files of the warehouse.
      index_files: files of the index.
      counts: column of ``runs`` to number.
      counted: ``table.column`` -> rows by value, for the columns with ``counted``.
      promised: (step, channel, partition) of parts of the index that are still being written.
    """

    files: tuple[DataFile, ...] = ()
    index_files: tuple[DataFile, ...] = ()
    counts: Mapping[str, int] = dataclasses.field(default_factory=dict)
    counted: Mapping[str, Mapping[str, int]] = dataclasses.field(default_factory=dict)
    promised: tuple[tuple[str, str, int], ...] = ()


def total(parts: Iterable[Written]) -> Written:
    """Returns the sum of what several tasks wrote; files sorted, so that order does not matter."""
    files: list[DataFile] = []
    index_files: list[DataFile] = []
    promised: list[tuple[str, str, int]] = []
    counts: Counter[str] = Counter()
    counted: dict[str, Counter[str]] = {}
    for part in parts:
        files.extend(part.files)
        index_files.extend(part.index_files)
        promised.extend(part.promised)
        counts.update(part.counts)
        for column, values in part.counted.items():
            counted.setdefault(column, Counter()).update(values)
    return Written(
        tuple(sorted(files, key=lambda file: file.path)),
        tuple(sorted(index_files, key=lambda file: file.path)),
        counts=dict(sorted(counts.items())),
        counted={column: dict(sorted(counted[column].items())) for column in sorted(counted)},
        promised=tuple(sorted(promised)),
    )


@dataclasses.dataclass(frozen=True)
class Job:
    """A run as its workers need to know it.

    Attributes:
      transforms: all transforms, in order.
      dump_options: how dumps are read.
      root: the warehouse's folder.
      staging: folder of this run's working files, on any Beam file system.
      run_id: id of the run.
      run_number: its number among the runs of the warehouse, from 1.
      started_at: becomes ``ingested_at``; with a time zone.
      partitions: key ranges the rows of whole-corpus steps are cut into.
      index_files: paths of the index by (step, channel).
    """

    transforms: tuple[Transform, ...]
    dump_options: DumpOptions
    root: str
    staging: str
    run_id: str
    run_number: int
    started_at: datetime.datetime
    partitions: int
    index_files: Mapping[tuple[str, str], Sequence[str]]

    @functools.cached_property
    def article_steps(self) -> tuple[Transform, ...]:
        """The transforms that look at one article at a time, set up, in order."""
        steps = tuple(step for step in self.transforms if not isinstance(step, CorpusTransform))
        for step in steps:
            try:
                step.setup()
            except Exception as error:
                raise TransformError(
                    f"{step.name()} cannot be set up: {type(error).__name__}: {error}"
                ) from error
        return steps

    @functools.cached_property
    def corpus_steps(self) -> tuple[CorpusTransform, ...]:
        """The whole-corpus steps, in order."""
        return tuple(step for step in self.transforms if isinstance(step, CorpusTransform))

    @functools.cached_property
    def article_schema(self) -> pa.Schema:
        """Schema of the staged articles."""
        return staging.article_schema(self.transforms)

    @functools.cached_property
    def schema(self) -> Schema:
        """Tables of the warehouse."""
        return build_schema(self.transforms)

    def step(self, name: str) -> CorpusTransform:
        """Returns a whole-corpus step by name."""
        return next(step for step in self.corpus_steps if step.name() == name)

    def warm_up(self) -> None:
        """Sets the transforms up and loads what they load lazily, once a worker process."""
        _ = self.article_steps, self.article_schema, self.schema
        for step in self.corpus_steps:
            step.setup()

    @property
    def preload(self) -> tuple[str, ...]:
        """Modules that the worker processes' server imports once, without repeats."""
        return tuple(dict.fromkeys(name for step in self.transforms for name in step.preload))

    # --- first pass ---

    def clean(self, batch: Sequence[Block | Reject], turn: int) -> Cleaned:
        """Parses, transforms, stages and fingerprints a batch.

        Args:
          batch: blocks and rejects of the dump readers.
          turn: number of the batch among those that begin in the same dump.
        """
        articles: list[Article] = []
        rejects: list[Reject] = []
        records = 0
        for item in self._parse(batch):
            records += 1
            if isinstance(item, Reject):
                rejects.append(item)
            else:
                articles.append(item)
        cleaned: list[Article] = []
        for start in range(0, len(articles), CHUNK):
            cleaned.extend(self._transform(articles[start : start + CHUNK], start, rejects))
        document(_NO_DOCUMENT)
        try:
            tables = staging.piece_tables(cleaned, rejects, self.article_schema)
        except _MISFITS:
            cleaned = self._fitting(cleaned, rejects)
            tables = staging.piece_tables(cleaned, rejects, self.article_schema)
        for step in self.corpus_steps:
            tables = dict(step.screen(tables, exchange.index_reader(step, self.index_files)))
        number = _piece_number(batch, turn)
        # A name of its own for every attempt: on a cluster two attempts at a task may overlap.
        path = f"{self.staging}/pieces/{number:016x}-{secrets.token_hex(4)}"
        staging.write_piece(path, tables)
        slices: list[Slice] = []
        for step in self.corpus_steps:
            channels = step.fingerprint(number, tables)
            slices += exchange.write_slices(
                f"{path}/{step.name()}.slices", step, channels, self.partitions
            )
        count = len(tables["articles"])
        return Cleaned(Piece(number, path, records, count), tuple(slices))

    def _parse(self, batch: Sequence[Block | Reject]) -> Iterator[Article | Reject]:
        failed = failed_documents()
        for place, item in enumerate(batch):
            if isinstance(item, Reject):
                yield item
                continue
            number = _FIRST_BLOCK + place
            if number in failed:
                yield Reject(
                    item.source_file,
                    item.first_record,
                    "read",
                    failed[number],
                    f"Records from {item.first_record} on were given up as one block of "
                    f"{len(item.payload):,} bytes. {LIMIT_REMEDY[failed[number]]}",
                    cut_raw(item.payload),
                )
                continue
            document(number)
            name = staging.storable(item.source_file)
            yield from parse_block(dataclasses.replace(item, source_file=name), self.dump_options)

    def _transform(
        self, articles: Sequence[Article], first: int, rejects: list[Reject]
    ) -> list[Article]:
        """Returns the articles that came through all transforms; the others become rejects."""
        failed = failed_documents()
        living: list[tuple[int, Article]] = []
        for number, article in enumerate(articles, first):
            if number in failed:
                reason = failed[number]
                rejects.append(_reject(article, "clean", reason, LIMIT_REMEDY[reason]))
            else:
                living.append((number, article))
        for place, step in enumerate(self.article_steps):
            batch = _FIRST_BATCH * (place + 1) + first
            passed: list[tuple[int, Article]] = []
            for (number, before), after in zip(living, _apply(step, living, batch), strict=True):
                after = _checked(step, before, after)
                if isinstance(after, Exception):
                    rejects.append(_failure(before, step, after))
                else:
                    passed.append((number, after))
            living = passed
        return [article for _, article in living]

    def _fitting(self, articles: list[Article], rejects: list[Reject]) -> list[Article]:
        """Returns the articles whose values fit the schema; the others become rejects."""
        adders = {column: step.name() for step in self.transforms for column in step.adds}
        for field in self.article_schema:
            try:
                pa.array([article.get(field.name) for article in articles], field.type)
            except _MISFITS:
                fitting = []
                for article in articles:
                    value = article.get(field.name)
                    try:
                        pa.array([value], field.type)
                        fitting.append(article)
                    except _MISFITS as error:
                        rejects.append(
                            _reject(
                                article,
                                adders.get(field.name, "read"),
                                "wrong_type",
                                f"Column {field.name!r} takes {field.type}: {error}. "
                                "Mend the transform or the dump.",
                            )
                        )
                articles = fitting
        return articles

    # --- whole-corpus rounds ---

    def round(
        self, step_name: str, stage: Round, partition: int, slices: Sequence[Slice]
    ) -> tuple[tuple[Slice, ...], Written]:
        """Runs one round on one partition.

        Returns:
          slices of the channels it wrote, and the files of tables that are the step's own.
        """
        step = self.step(step_name)
        tables = exchange.round_inputs(step, stage, slices, self.index_files)
        result = exchange.run_round(step, stage, tables)
        own = [
            self._write(name, result.pop(name), f"{partition:04d}")
            for name in list(result)
            if name in step.tables
        ]
        attempt = secrets.token_hex(4)
        path = f"{self.staging}/rounds/{step_name}/{stage.name}-{partition:04d}-{attempt}.slices"
        slices_written = exchange.write_slices(path, step, result, self.partitions)
        return tuple(slices_written), total(own)

    def index(
        self, step_name: str, channel_name: str, partition: int, slices: Sequence[Slice]
    ) -> Written:
        """Writes one partition of an indexed channel for later runs."""
        step = self.step(step_name)
        channel = next(channel for channel in step.channels if channel.name == channel_name)
        rows = exchange.read_slices(slices, channel)
        rows = step.archived(channel_name, rows, self.run_number)
        folder = index_folder(step, channel_name)
        path = f"{folder}/{self.run_id}-{partition:04d}.parquet"
        size = exchange.write_index(f"{self.root}/{path}", rows, channel)
        return Written(index_files=(DataFile(folder, path, len(rows), size),))

    # --- second pass ---

    def finish(self, piece: Piece, labels: Sequence[Slice]) -> Written:
        """Attaches labels to a piece and writes its share of the warehouse.

        Raises:
          AccountingError: records or lines do not add up.
        """
        tables = staging.read_piece(piece.path)
        lines = _sum(tables["articles"], "line_count")
        for step in self.corpus_steps:
            channel = next(c for c in step.channels if c.name == step.LABELS)
            own = [part for part in labels if part.step == step.name()]
            rows = exchange.read_slices(own, channel)
            rows = rows.filter(
                pc.equal(rows.column(channel.key), pa.scalar(piece.number, "uint64"))
            )
            tables = dict(step.attach(tables, rows))
        articles, rejects = tables["articles"], tables["rejects"]
        paragraphs, removed = tables["paragraphs"], tables["removed_lines"]
        if piece.records != len(articles) + len(rejects):
            raise staging.AccountingError(
                f"{piece.records} records were read, but there are {len(articles)} articles and "
                f"{len(rejects)} rejects of them. Nothing was committed; please report it."
            )
        kept_lines = _sum(articles, "line_count")
        if kept_lines != len(paragraphs) + len(removed):
            raise staging.AccountingError(
                f"{kept_lines} lines are not blank, but there are {len(paragraphs)} paragraphs and "
                f"{len(removed)} removed lines of them. Nothing was committed; please report it."
            )
        part = f"{piece.number:016x}"
        with BackgroundSync() as sync:
            written = [
                self._write(name, rows, part, sync)
                for name, rows in (
                    ("articles", self._final_articles(articles)),
                    ("paragraphs", _final_paragraphs(paragraphs, articles)),
                    ("removed_lines", _with_article_ids(removed, articles)),
                    ("rejects", rejects),
                )
            ]
        assert lines >= kept_lines, "whole-corpus steps may drop articles, never add any"
        counts = {"records": piece.records, "lines": kept_lines}
        return total([*written, Written(counts=counts)])

    def _final_articles(self, articles: pa.Table) -> pa.Table:
        moment = pa.scalar(self.started_at, pa.timestamp("us", tz="UTC"))
        return articles.append_column("ingested_at", pa.repeat(moment, len(articles)))

    def _write(
        self, table: str, rows: pa.Table, part: str, sync: BackgroundSync | None = None
    ) -> Written:
        """Writes rows of a table, and counts what its columns declare."""
        columns = self.schema.tables[table].columns
        schema = self.schema.arrow(table)
        if "run_id" in schema.names and "run_id" not in rows.column_names:
            rows = rows.append_column("run_id", pa.repeat(pa.scalar(self.run_id), len(rows)))
        for field in schema:
            if field.name not in rows.column_names:
                rows = rows.append_column(field, pa.nulls(len(rows), field.type))
        rows = rows.select(schema.names)
        counts, counted = {table: len(rows)}, {}
        for name, column in columns.items():
            if column.counted:
                values = counted[f"{table}.{name}"] = _value_counts(rows.column(name))
                if column.run_column:
                    counts[column.run_column] = values[""]
        files = write_table(self.root, table, rows, schema, self.run_id, part, sync)
        return Written(tuple(files), counts=counts, counted=counted)


def import_transforms() -> None:
    """Imports what the tasks of any run need: the transforms that there are, and what they name."""
    for transform in discover():
        for name in transform.preload:
            importlib.import_module(name)


def partitions_for(size: int, index: int = 0, processes: int = 1) -> int:
    """Returns the partitions for so many bytes of text; it changes time and memory, never a row.

    Args:
      size: bytes of text.
      index: bytes of the index, of which each partition reads its share. A small run onto a large
        warehouse does little else, and has a partition for each process.
      processes: worker processes.
    """
    readers = min(processes, -(-index // INDEX_SHARE))
    return max(1, min(MAX_PARTITIONS, max(readers, -(-size // PARTITION_BYTES))))


def piece_bytes_for(size: int) -> int:
    """Returns the raw bytes of a piece for so many bytes of text; this changes no row."""
    return max(PIECE_BYTES[0], min(PIECE_BYTES[1], size // PIECES))


def index_folder(step: CorpusTransform, channel: str) -> str:
    """Returns where a channel's index lies in the warehouse; each version of a step has its own."""
    return f"index/{step.name()}-v{step.version}/{channel}"


def indexed_channels(transforms: Iterable[Transform]) -> dict[str, Channel]:
    """Returns folder of the index -> the channel its rows are of."""
    return {
        index_folder(step, channel.name): channel
        for step in transforms
        if isinstance(step, CorpusTransform)
        for channel in step.channels
        if channel.indexed
    }


def _piece_number(batch: Sequence[Block | Reject], turn: int) -> int:
    """Returns 64 bits over what a batch is made of: equal for equal batches only."""
    digest = hashlib.blake2b(f"{turn}\n".encode(), digest_size=8)
    for item in batch:
        if isinstance(item, Reject):
            digest.update(f"reject {item.source_file!r} {item.record_index}\n".encode())
        else:
            digest.update(
                f"block {item.source_file!r} {item.first_record} {len(item.payload)}\n".encode()
            )
    return int.from_bytes(digest.digest(), "big")


def _apply(
    step: Transform, living: Sequence[tuple[int, Article]], batch: int
) -> Sequence[Article | Exception]:
    """Returns what a step makes of each article, within the limits of a document.

    A batch that fails as a whole (it took longer than one document may, it killed the worker when
    the task ran before, it raised) is taken apart: each article of it is then a batch of its own,
    and what is to blame becomes a reject.

    Args:
      step: the transform.
      living: number and article.
      batch: the number these go by where the step takes them at once.
    """
    if type(step).apply_batch is Transform.apply_batch:
        return [_guarded(step.apply, number, article) for number, article in living]
    if living and batch not in failed_documents():
        document(batch)
        results = _at_once(step, [article for _, article in living])
        if results is not None:
            return results
    return [
        _guarded(lambda alone: _only(step, alone), number, article) for number, article in living
    ]


def _guarded(
    apply: Callable[[Article], Article], number: int, article: Article
) -> Article | Exception:
    document(number)
    try:
        return apply(article)
    except Exception as error:  # noqa: BLE001 - becomes a reject that names the transform
        # Without its traceback, which would keep what the failed call held in memory.
        return error.with_traceback(None)


def _at_once(step: Transform, articles: Sequence[Article]) -> Sequence[Article | Exception] | None:
    """Returns one result an article; ``None`` where the batch failed as a whole."""
    try:
        results = step.apply_batch(articles)
    except Exception:  # noqa: BLE001 - taken apart, it shows which article it was
        return None
    return results if len(results) == len(articles) else None


def _only(step: Transform, article: Article) -> Article:
    results = step.apply_batch([article])
    if len(results) != 1:
        raise TypeError(
            f"apply_batch returned {len(results)} results for one article; it must return one "
            "article or exception for each"
        )
    [result] = results
    if isinstance(result, Exception):
        raise result
    return result


def _checked(step: Transform, before: Article, after: Article | Exception) -> Article | Exception:
    """Returns what a step returned, or what is wrong with it."""
    if isinstance(after, Exception):
        return after
    if not isinstance(after, dict):
        return TypeError(
            f"apply returned {type(after).__name__}; it must return the article, as in "
            "article | {...}"
        )
    if not (after.keys() >= before.keys() and after.keys() >= step.adds.keys()):
        lost = sorted((before.keys() | step.adds.keys()) - after.keys())
        return TypeError(f"apply returned an article without {', '.join(lost)}")
    return after


def _failure(article: Article, step: Transform, error: Exception) -> Reject:
    if isinstance(error, Drop):
        return _reject(article, step.name(), error.reason, error.detail)
    if isinstance(error, MemoryError):
        return _reject(article, step.name(), "memory_limit", LIMIT_REMEDY["memory_limit"])
    return _reject(
        article,
        step.name(),
        "error",
        f"{type(error).__name__}: {error}. Mend the transform, or leave the dump out.",
    )


def _reject(article: Article, stage: str, reason: str, detail: str) -> Reject:
    return Reject(
        article["source_file"],
        article["record_index"],
        stage,
        reason,
        detail,
        cut_raw(article["document"]),
    )


def _final_paragraphs(paragraphs: pa.Table, articles: pa.Table) -> pa.Table:
    """Returns paragraphs with their article's id and language, and their position in it."""
    owners = paragraphs.column("article").to_numpy()
    starts = np.searchsorted(owners, owners, side="left")
    positions = np.arange(len(owners)) - starts + 1
    rows = _with_article_ids(paragraphs, articles).append_column(
        "position", pa.array(positions, pa.int64())
    )
    if "language" in articles.column_names:
        language = articles.column("language").take(paragraphs.column("article"))
        rows = rows.append_column("language", language)
    return rows


def _with_article_ids(rows: pa.Table, articles: pa.Table) -> pa.Table:
    ids = articles.column("article_id").take(rows.column("article"))
    return rows.append_column("article_id", ids)


def _sum(table: pa.Table, column: str) -> int:
    return int(pc.sum(table.column(column)).as_py() or 0)


def _value_counts(column: pa.ChunkedArray) -> dict[str, int]:
    """Returns the number of rows by value; of a bool column that of true values, under ""."""
    if column.type == pa.bool_():
        return {"": int(pc.sum(column).as_py() or 0)}
    return {str(item["values"]): item["counts"] for item in pc.value_counts(column).to_pylist()}
