"""Leaves out of a snapshot what damage has made incomplete, so that a warehouse can go on.

An article is incomplete if a row of it is lost: its own, or one of a paragraph or removed line. All
its rows are left out, since its dump brings them back: a run reads it as a new article only if the
warehouse has nothing of it. Rows that can be read stay, those of a damaged file too: every page of
it has a checksum. What other articles say of one that is left out stays as it is, as true as it
was: a duplicate keeps the id of its source. ``Manifest.left_out`` lists the ids that are named so,
``Manifest.exceptions`` counts what does not hold besides, as of a run's counts.
"""

import dataclasses
import datetime
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import storage
from pipeline.shards import SHARD_TABLES
from pipeline.warehouse.catalog import connect
from pipeline.warehouse.manifest import FILES, DataFile, Manifest
from pipeline.warehouse.schema import Schema, duckdb_type
from pipeline.warehouse.writer import file_path, split_path, write_sorted

_MAGIC = b"PAR1"
"""What a Parquet file begins with."""

_CHUNKS = """
SELECT coalesce(nullif(dictionary_page_offset, 0), data_page_offset), total_compressed_size
FROM parquet_metadata(?) ORDER BY row_group_id, column_id
"""

_ARTICLE_ID = 24
"""Characters of an article's id, with which the id of each of its paragraphs begins."""

_NAMES_ARTICLE = rf"^[0-9a-f]{{{_ARTICLE_ID}}}(?:-|$)"
"""An article's id, or a paragraph's."""


@dataclasses.dataclass(frozen=True)
class Complete:
    """A snapshot of complete articles, and what it lacks of the one before.

    Attributes:
      files: its files of rows; in a dry run, of those to be written again the ones that are there.
      replaced: paths of the files of the one before that are written again, or lose all rows.
      articles: number of articles that are left out.
      rows: table -> rows that are left out, or could not be read.
    """

    files: tuple[DataFile, ...]
    replaced: tuple[str, ...]
    articles: int
    rows: Mapping[str, int]


def complete_articles(
    manifest: Manifest,
    damaged: Collection[str],
    places: Mapping[str, str],
    schema: Schema,
    mark: str,
    dry_run: bool = False,
) -> Complete:
    """Writes files of a snapshot again that are damaged, or hold rows of incomplete articles.

    Args:
      manifest: the snapshot.
      damaged: paths of its files of rows that are damaged or missing.
      places: path -> where the file is instead, relative to the warehouse's folder.
      schema: tables of the installed transforms.
      mark: ends the names of the new files; a dot, then letters and digits.
      dry_run: writes nothing; the result names files that there would be.

    Raises:
      OSError, ArrowException: a file that is whole cannot be read.
      WarehouseError: a file cannot be written.
    """
    rows = _Rows(manifest, damaged, places)
    articles = _incomplete_articles(manifest, rows)
    stale = {
        _unit(file)
        for file in manifest.files
        if file.path in damaged or pc.any(_rows_of(rows.of(file, "_id"), articles)).as_py()
    }
    files: list[DataFile] = []
    replaced: list[str] = []
    lost = Counter[str]()
    for file in manifest.files:
        if _unit(file) not in stale:
            files.append(file)
            continue
        replaced.append(file.path)
        read = rows.of(file)
        kept = read.filter(pc.invert(_rows_of(read, articles)))
        lost[file.table] += file.rows - kept.num_rows
        _folder, shard, language = split_path(file.path)
        if kept.num_rows and dry_run:
            files.append(file)
        elif kept.num_rows:
            path = file_path(f"{FILES}/{file.table}", f"{shard}{mark}", language)
            files.append(write_sorted(manifest.root, path, file.table, kept))
    if lost["runs"]:
        files += _runs_again(manifest, files, schema, mark, dry_run)
    return Complete(tuple(files), tuple(replaced), len(articles), +lost)


def _unit(file: DataFile) -> str:
    """Returns what files have in common that must be written again together."""
    return split_path(file.path)[1] if file.table in SHARD_TABLES else file.path


class _Rows:
    """Reads what can be read of the files of a snapshot."""

    def __init__(
        self, manifest: Manifest, damaged: Collection[str], places: Mapping[str, str]
    ) -> None:
        self._root = manifest.root
        self._columns = manifest.columns
        self._damaged = damaged
        self._places = places

    def of(self, file: DataFile, ending: str | tuple[str, ...] = "") -> pa.Table:
        """Returns the rows of a file, in the columns whose names have an ending, or one of some."""
        path = storage.inside(self._root, self._places.get(file.path, file.path))
        try:
            with (
                storage.open_file(path) as opened,
                pq.ParquetFile(
                    opened, page_checksum_verification=True, pre_buffer=False
                ) as parquet,
            ):
                found = parquet.schema_arrow
                if file.path in self._damaged:
                    self._check_footer(file.table, parquet, opened)
                names = [column for column in found.names if column.endswith(ending)]
                groups = list(self._groups(parquet, names, file.path in self._damaged))
                return pa.concat_tables([found.empty_table().select(names), *groups])
        except (
            OSError,
            ValueError,
            pa.ArrowException,
            duckdb.Error,
        ):  # also of a type that there is not
            if file.path not in self._damaged:
                raise
            return pa.table({})

    def _check_footer(self, table: str, parquet: pq.ParquetFile, opened: BinaryIO) -> None:
        """Raises ArrowInvalid if a file's footer, which has no checksum, has become another.

        Its columns are the table's, and lie one behind the other: with another offset, a column
        could be read from a page of another one. Of 13,000 files with one bit flipped, a flip in
        each place, two gave wrong rows without this.
        """
        stored = self._columns.get(table, {})
        for field in parquet.schema_arrow:
            if field.name not in stored or duckdb_type(field.type) != stored[field.name].type:
                raise pa.ArrowInvalid(f"{field} is no column of {table}")
        # Arrow ends the process for some flips as soon as it is asked for a column's metadata.
        with connect(threads=1) as connection:
            chunks = connection.execute(_CHUNKS, [f"/dev/fd/{opened.fileno()}"]).fetchall()
        end = len(_MAGIC)
        for first, size in chunks:
            if first != end:
                raise pa.ArrowInvalid(f"nothing begins at {end}")
            end += size

    @staticmethod
    def _groups(parquet: pq.ParquetFile, names: list[str], damaged: bool) -> Iterator[pa.Table]:
        for group in range(parquet.num_row_groups):
            try:
                # With all columns, so that a row counts as read only if all of it can be.
                read = parquet.read_row_group(
                    group, columns=None if damaged else names, use_threads=False
                )
            except (OSError, pa.ArrowException):
                if not damaged:
                    raise
            else:
                yield read.select(names)


def _incomplete_articles(manifest: Manifest, rows: _Rows) -> pa.Array:
    """Returns the ids of the articles of which a row of ``SHARD_TABLES`` is lost."""
    counted = {
        table: pa.concat_tables(
            [
                pa.table({"article_id": pa.array([], pa.string()), "rows": pa.array([], "int64")}),
                *(
                    pa.table({"article_id": read["article_id"]})
                    .group_by("article_id", use_threads=False)
                    .aggregate([([], "count_all")])
                    .rename_columns(["article_id", "rows"])
                    for read in (rows.of(file, "_id") for file in _files(manifest, table))
                    if read.num_rows
                ),
            ]
        )
        for table in SHARD_TABLES
        if table != "articles"
    }
    columns = pa.schema(
        {"article_id": pa.string()}
        | {_count_column(table): pa.int64() for table in counted}
        | {"is_there": pa.bool_()}
    )
    articles = pa.concat_tables(
        [
            columns.empty_table(),
            *(
                read.select(
                    [name for name in columns.names if name in read.column_names]
                ).append_column("is_there", pa.repeat(True, read.num_rows))
                for read in map(rows.of, _files(manifest, "articles"))
                if read.num_rows
            ),
        ],
        promote_options="default",
    )
    incomplete = []
    for table, count in counted.items():
        # An article's paragraphs are in several files if they are in several languages.
        whole = count.group_by("article_id", use_threads=False).aggregate([("rows", "sum")])
        joined = articles.join(whole, "article_id", join_type="full outer", use_threads=False)
        differs = pc.not_equal(joined[_count_column(table)], pc.fill_null(joined["rows_sum"], 0))
        lacks = pc.or_(pc.is_null(joined["is_there"]), pc.fill_null(differs, False))
        incomplete += joined.filter(lacks)["article_id"].chunks
    return pc.unique(pa.chunked_array(incomplete, pa.string())).sort()


def missing_articles(manifest: Manifest) -> tuple[str, ...]:
    """Returns the ids that rows of a snapshot name and no article has, in order.

    Columns that name an article, or a paragraph of one, end in ``_id`` or ``_of``; one without the
    id of any article there is holds ids of something else.

    Raises:
      OSError, ArrowException: a file cannot be read.
    """
    rows = _Rows(manifest, (), {})
    there = pa.array(
        [
            article
            for file in _files(manifest, "articles")
            for article in rows.of(file, "article_id")["article_id"].to_pylist()
        ],
        pa.string(),
    )
    named: dict[tuple[str, str], list[pa.Array]] = {}
    for file in manifest.files:
        read = rows.of(file, ("_id", "_of"))
        for name, column in zip(read.column_names, read.columns, strict=True):
            if pa.types.is_string(column.type):
                values = pc.unique(column.drop_null())
                ids = values.filter(pc.match_substring_regex(values, _NAMES_ARTICLE))
                ids = pc.unique(pc.utf8_slice_codeunits(ids, 0, _ARTICLE_ID))
                named.setdefault((file.table, name), []).append(ids)
    missing: set[str] = set()
    for parts in named.values():
        ids = pa.chunked_array(parts, pa.string())
        is_there = pc.is_in(ids, value_set=there)
        if pc.any(is_there).as_py():
            missing.update(ids.filter(pc.invert(is_there)).to_pylist())
    return tuple(sorted(missing))


def _count_column(table: str) -> str:
    return f"{table.removesuffix('s')}_count"


def _files(manifest: Manifest, table: str) -> list[DataFile]:
    return [file for file in manifest.files if file.table == table and file.rows]


def _rows_of(rows: pa.Table, articles: pa.Array) -> pa.ChunkedArray:
    """Returns which rows are of some articles, or name a paragraph of them.

    Columns that hold such ids are called ``article_id`` or ``paragraph_id``, or end in
    ``_paragraph_id``.
    """
    found = pa.chunked_array([pa.repeat(False, rows.num_rows)], pa.bool_())
    for name in rows.column_names:
        if name == "article_id" or name == "paragraph_id" or name.endswith("_paragraph_id"):
            ids = pc.utf8_slice_codeunits(rows[name].cast(pa.string()), 0, _ARTICLE_ID)
            found = pc.or_(found, pc.is_in(ids, value_set=articles))
    return found


def _runs_again(
    manifest: Manifest, files: Collection[DataFile], schema: Schema, mark: str, dry_run: bool
) -> list[DataFile]:
    """Writes rows of ``runs`` for runs of which there are rows elsewhere.

    The rows have the run's id, the start that the id says, and the counts of rows that are left;
    all other columns are NULL.
    """
    rows = _Rows(manifest, (), {})
    counts: dict[str, Counter[str]] = {}
    known: set[str] = set()
    for file in files:
        runs = rows.of(file, "run_id").column("run_id").to_pylist()
        if file.table == "runs":
            known.update(runs)
        else:
            for run, number in Counter(runs).items():
                counts.setdefault(run, Counter())[file.table] += number
    lost = sorted(counts.keys() - known)
    if not lost or dry_run:
        return []
    columns = schema.arrow("runs")
    tables = [table for table in schema.tables if table in columns.names]
    data = pa.Table.from_pylist(
        [
            {
                "run_id": run,
                "started_at": datetime.datetime.strptime(run[:16], "%Y%m%dT%H%M%SZ").replace(
                    tzinfo=datetime.UTC
                ),
                **{table: counts[run][table] for table in tables},
            }
            for run in lost
        ],
        schema=columns,
    )
    path = file_path(f"{FILES}/runs", f"{lost[-1]}-0{mark}")
    return [write_sorted(manifest.root, path, "runs", data)]
