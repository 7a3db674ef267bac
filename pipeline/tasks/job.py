"""What tasks receive and return: the decisions of a run, and the files that a task wrote."""

import contextlib
import copy
import dataclasses
import datetime
import functools
import pathlib
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import shards
from pipeline.dumps import DumpOptions
from pipeline.errors import CopydeskError
from pipeline.index import index_lookup
from pipeline.shards import Shard
from pipeline.shuffle import ShuffleBlock
from pipeline.transform import CorpusTransform, Lookup, Transform, TransformError
from pipeline.warehouse import BackgroundSync, DataFile, Input, Schema, build_schema, write_table
from pipeline.worker import method, note_method


@dataclasses.dataclass(frozen=True)
class Job:
    """The decisions of a run, as its tasks need them; pickled once per worker.

    Attributes:
      transforms: all transforms, in order.
      dump_options: how dumps are read.
      root: folder of the warehouse.
      staging: folder of this run's working files, on any Beam file system.
      run_id: id of the run.
      run_number: its number among the runs of the warehouse, from 1.
      started_at: becomes ``ingested_at``; with a time zone.
      partitions: key ranges that the rows of corpus-wide transforms are cut into.
      index_files: (transform, stream) to paths of its index files.
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
    def article_transforms(self) -> tuple[Transform, ...]:
        """The transforms that see one article at a time, set up, in order."""
        members = tuple(t for t in self.transforms if not isinstance(t, CorpusTransform))
        for member in members:
            _set_up(member)
        return members

    @functools.cached_property
    def corpus_transforms(self) -> tuple[CorpusTransform, ...]:
        """The corpus-wide transforms, in order."""
        return tuple(t for t in self.transforms if isinstance(t, CorpusTransform))

    @functools.cached_property
    def article_schema(self) -> pa.Schema:
        """Schema of the staged articles."""
        return shards.article_schema(self.transforms)

    @functools.cached_property
    def schema(self) -> Schema:
        """The tables of the warehouse."""
        return build_schema(self.transforms)

    def corpus_transform(self, name: str) -> CorpusTransform:
        """Returns a corpus-wide transform by name."""
        return next(member for member in self.corpus_transforms if member.name() == name)

    def lookup(self, transform: CorpusTransform) -> Lookup:
        """Returns the function that reads rows that earlier runs left for a transform."""
        return index_lookup(transform, self.index_files)

    def decisions(self) -> dict[str, Any]:
        """Returns what differs between the runs of one process: all but how articles are made."""
        return {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name not in ("transforms", "dump_options")
        }

    def with_decisions(self, decisions: Mapping[str, Any]) -> "Job":
        """Returns the job of another run; what was set up and derived is kept."""
        job = copy.copy(self)  # with the cached properties, which depend on the transforms alone
        vars(job).update(decisions)
        return job

    def warm_up(self) -> None:
        """Sets the transforms up and derives the schemas, once per worker process."""
        _ = self.article_transforms, self.article_schema, self.schema
        for member in self.corpus_transforms:
            _set_up(member)

    def write(
        self, table: str, rows: pa.Table, part: str, sync: BackgroundSync | None = None
    ) -> "Output":
        """Writes rows of a table as final Parquet files, missing columns as NULL.

        Counts the rows, and the values of the columns that declare it.
        """
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
        return Output(tuple(files), counts=counts, counted=counted)


def _set_up(transform: Transform) -> None:
    note_method(f"{transform.name()}.setup")
    try:
        transform.setup()
    except (Exception, SystemExit) as error:
        raise TransformError(
            f"{transform.name()} cannot be set up: {described(error, transform)}"
        ) from error


def described(error: BaseException, transform: Transform) -> str:
    """Returns an exception with the place in the transform's package where it arose, if any."""
    try:
        sentence = f"{type(error).__name__}: {error!s:.2000}"
    except Exception:  # noqa: BLE001 - __str__ of a class of the transform's own may do anything
        sentence = type(error).__name__
    package = type(transform).__module__.partition(".")[0]
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__", "")
        if module.partition(".")[0] == package:
            # As Python imports it: the same wherever it is installed.
            parts = pathlib.PurePath(frame.f_code.co_filename).parts[-module.count(".") - 1 :]
            place = f" ({'/'.join(parts)}, line {line})"
    return sentence.rstrip(".") + place


@contextlib.contextmanager
def naming(transform: CorpusTransform, called: str) -> Iterator[None]:
    """Names a corpus-wide transform, and the place, in the error that ends the run.

    What hangs ends at a limit of time (:func:`pipeline.worker.method`), and is named as well.

    Args:
      transform: the transform.
      called: the method.

    Raises:
      TransformError: instead of an exception that no part of copydesk explains.
    """
    try:
        with method(f"{transform.name()}.{called}"):
            yield
    except (CopydeskError, MemoryError):  # the pool knows what a lack of memory means
        raise
    except Exception as error:
        raise TransformError(
            f"{transform.name()}.{called} failed with {described(error, transform)}. Mend the "
            "transform, or move it out of the folder"
        ) from error


@dataclasses.dataclass(frozen=True)
class Output:
    """Uncommitted files of a task, with their row counts.

    Attributes:
      files: data files of the warehouse.
      index_files: files of the index.
      counts: column of ``runs`` to number.
      counted: ``table.column`` to rows by value, for the columns with ``counted``.
      inputs: dumps that were hashed and are new; empty where the run hashes them before.
    """

    files: tuple[DataFile, ...] = ()
    index_files: tuple[DataFile, ...] = ()
    counts: Mapping[str, int] = dataclasses.field(default_factory=dict)
    counted: Mapping[str, Mapping[str, int]] = dataclasses.field(default_factory=dict)
    inputs: tuple[Input, ...] = ()


@dataclasses.dataclass(frozen=True)
class TaskResult:
    """What a task made; the one type of element that travels between the stages of a run.

    Attributes:
      shard: the shard that it staged, if any.
      blocks: rows of corpus-wide transforms, in files.
      output: files that wait for the commit.
    """

    shard: Shard | None = None
    blocks: tuple[ShuffleBlock, ...] = ()
    output: Output = Output()

    def __reduce__(self) -> tuple[Any, ...]:
        # Blocks as plain tuples take a third of the time: a file has one for each partition.
        return _unpickled, (self.shard, tuple(map(tuple, self.blocks)), self.output)


def _unpickled(shard: Shard | None, blocks: Iterable[Iterable[Any]], output: Output) -> TaskResult:
    return TaskResult(shard, tuple(map(ShuffleBlock._make, blocks)), output)


def total(parts: Iterable[Output]) -> Output:
    """Returns the sum of several outputs; files sorted, so that their order does not matter."""
    files: list[DataFile] = []
    index_files: list[DataFile] = []
    inputs: list[Input] = []
    counts: Counter[str] = Counter()
    counted: dict[str, Counter[str]] = {}
    for part in parts:
        files.extend(part.files)
        index_files.extend(part.index_files)
        inputs.extend(part.inputs)
        counts.update(part.counts)
        for column, values in part.counted.items():
            counted.setdefault(column, Counter()).update(values)
    return Output(
        tuple(sorted(files, key=lambda file: file.path)),
        tuple(sorted(index_files, key=lambda file: file.path)),
        counts=dict(sorted(counts.items())),
        counted={column: dict(sorted(counted[column].items())) for column in sorted(counted)},
        inputs=tuple(sorted(inputs)),
    )


def _value_counts(column: pa.ChunkedArray) -> dict[str, int]:
    """Returns the number of rows by value; of a bool column that of true values, under ""."""
    if column.type == pa.bool_():
        return {"": int(pc.sum(column).as_py() or 0)}
    return {str(item["values"]): item["counts"] for item in column.value_counts().to_pylist()}
