"""What tasks receive and return: the decisions of a run, and the files that a task wrote."""

import dataclasses
import datetime
import functools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from pipeline import shards
from pipeline.dumps import DumpOptions
from pipeline.index import index_lookup
from pipeline.schema import table_schemas
from pipeline.shards import Shard
from pipeline.shuffle import ShuffleBlock
from pipeline.transform import CorpusTransform, Lookup, Transform, TransformError
from pipeline.warehouse import DataFile, Settling, write_table


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
    def schemas(self) -> dict[str, pa.Schema]:
        """Schemas of the tables of the warehouse."""
        return table_schemas(self.transforms)

    def corpus_transform(self, name: str) -> CorpusTransform:
        """Returns a corpus-wide transform by name."""
        return next(member for member in self.corpus_transforms if member.name() == name)

    def lookup(self, transform: CorpusTransform) -> Lookup:
        """Returns the function that reads rows that earlier runs left for a transform."""
        return index_lookup(transform, self.index_files)

    def warm_up(self) -> None:
        """Sets the transforms up and derives the schemas, once per worker process."""
        _ = self.article_transforms, self.article_schema, self.schemas
        for member in self.corpus_transforms:
            _set_up(member)

    def write(
        self, table: str, rows: pa.Table, part: str, settling: Settling | None = None
    ) -> list[DataFile]:
        """Writes rows of a table as final Parquet files, missing columns as NULL."""
        schema = self.schemas[table]
        if "run_id" in schema.names and "run_id" not in rows.column_names:
            rows = rows.append_column("run_id", pa.repeat(pa.scalar(self.run_id), len(rows)))
        for field in schema:
            if field.name not in rows.column_names:
                rows = rows.append_column(field, pa.nulls(len(rows), field.type))
        rows = rows.select(schema.names)
        return write_table(self.root, table, rows, schema, self.run_id, part, settling)


def _set_up(transform: Transform) -> None:
    try:
        transform.setup()
    except Exception as error:
        raise TransformError(
            f"{transform.name()} cannot be set up: {type(error).__name__}: {error}"
        ) from error


@dataclasses.dataclass(frozen=True)
class CleanedShard:
    """What cleaning a batch made.

    Attributes:
      shard: the staged shard.
      blocks: its rows for corpus-wide transforms.
    """

    shard: Shard
    blocks: tuple[ShuffleBlock, ...]


@dataclasses.dataclass(frozen=True)
class Output:
    """Files that wait for the commit, and what is counted about them.

    Attributes:
      files: data files of the warehouse.
      index_files: files of the index.
      counts: column of ``runs`` to number.
      removed_by_rule: removed lines by rule.
      rejects_by_reason: rejects by reason.
      links_by_kind: paragraph links by kind.
    """

    files: tuple[DataFile, ...] = ()
    index_files: tuple[DataFile, ...] = ()
    counts: Mapping[str, int] = dataclasses.field(default_factory=dict)
    removed_by_rule: Mapping[str, int] = dataclasses.field(default_factory=dict)
    rejects_by_reason: Mapping[str, int] = dataclasses.field(default_factory=dict)
    links_by_kind: Mapping[str, int] = dataclasses.field(default_factory=dict)


_COUNTERS = ("counts", "removed_by_rule", "rejects_by_reason", "links_by_kind")


def total(parts: Iterable[Output]) -> Output:
    """Returns the sum of several outputs; files sorted, so that their order does not matter."""
    files: list[DataFile] = []
    index_files: list[DataFile] = []
    sums: dict[str, Counter[str]] = {name: Counter() for name in _COUNTERS}
    for part in parts:
        files.extend(part.files)
        index_files.extend(part.index_files)
        for name, counter in sums.items():
            counter.update(getattr(part, name))
    return Output(
        tuple(sorted(files, key=lambda file: file.path)),
        tuple(sorted(index_files, key=lambda file: file.path)),
        **{name: dict(sorted(counter.items())) for name, counter in sums.items()},
    )


def value_counts(column: pa.ChunkedArray) -> dict[str, int]:
    """Returns how often each value occurs in a column of strings."""
    return {str(item["values"]): item["counts"] for item in column.value_counts().to_pylist()}
