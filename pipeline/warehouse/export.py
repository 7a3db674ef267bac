"""Exports rows of the newest snapshot as a folder of files for other tools, with a card.

Rows are in an order that their values alone decide, and every file but the last has the same number
of them, so the same rows give the same bytes. The folder is written under a temporary name beside
its place and renamed once it is whole.
"""

import base64
import csv
import dataclasses
import hashlib
import io
import itertools
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import storage
from pipeline.errors import CopydeskError
from pipeline.warehouse.catalog import COLUMNS, catalog_statements, connect, quote_name
from pipeline.warehouse.commit import Warehouse
from pipeline.warehouse.manifest import Manifest, StoredColumn
from pipeline.warehouse.schema import SORT_KEYS, Schema

if TYPE_CHECKING:
    import duckdb

CORPUS = "corpus"
"""View that is exported if no table is named; a transform may define it."""

SHARD_ROWS = 100_000
"""Rows of a file: some 500 MB of articles."""

_BATCH_ROWS = 8_192
"""Rows in memory at once, and of a row group of Parquet: 50 MB of articles at 6 kB each."""


class ExportError(CopydeskError):
    """The rows cannot be exported; the message says why and what to do."""


@dataclasses.dataclass(frozen=True)
class Shard:
    """A file of an export.

    Attributes:
      file: its name.
      rows: its rows.
      bytes: its size.
      sha256: hash of its bytes, in hex.
    """

    file: str
    rows: int
    bytes: int
    sha256: str


@dataclasses.dataclass(frozen=True)
class Card:
    """What an export holds; ``card.json`` has it, and ``README.md`` for people.

    Attributes:
      table: table or view.
      where: condition that its rows meet; empty for all.
      format: format of the files.
      rows: rows of all files.
      manifest: number of the snapshot.
      run_id: run that committed the snapshot.
      version: version of copydesk that committed it.
      columns: DuckDB type and description of each column.
      shards: the files, in the order of the rows.
    """

    table: str
    where: str
    format: str
    rows: int
    manifest: int
    run_id: str
    version: str
    columns: Mapping[str, StoredColumn]
    shards: Sequence[Shard]


def export(
    root: str,
    schema: Schema,
    to: str,
    kind: str,
    table: str = "",
    where: str = "",
    shard_rows: int = SHARD_ROWS,
) -> Card:
    """Exports a table or view of the newest snapshot.

    Args:
      root: the warehouse's folder.
      schema: tables and SQL of the installed transforms.
      to: folder that is created; one that exists must be empty.
      kind: key of ``FORMATS``.
      table: table or view; empty for ``corpus``, or ``articles`` if there is no such view.
      where: condition in DuckDB's SQL; empty for all rows.
      shard_rows: rows of a file.

    Raises:
      ExportError, WarehouseError: with the remedy; ``to`` is as it was.
    """
    warehouse = Warehouse(root)
    manifest = warehouse.latest()
    if manifest is None:
        raise ExportError(
            f"nothing was ever committed to {root}. Name the folder of a warehouse with "
            "--warehouse, or make one with copydesk run --input PATH."
        )
    _check_opened_by_path(manifest)
    place = _free_place(to, warehouse.root)
    temporary = os.path.join(
        os.path.dirname(place), f".{os.path.basename(place)}.{secrets.token_hex(4)}.tmp"
    )
    try:
        os.makedirs(temporary)
        try:
            card = _write(temporary, manifest, schema, kind, table, where, shard_rows)
            os.rename(temporary, place)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        storage.sync_folder(storage.inside(os.path.dirname(place), ""))
    except OSError as error:
        raise ExportError(
            f"{to} cannot be written: {error.strerror or error}. Make room, or name another folder "
            "with --to; nothing was exported."
        ) from error
    return card


def _check_opened_by_path(manifest: Manifest) -> None:
    """Raises LinkError for a link among the files: DuckDB opens them by path, and would follow it.

    For a pipe it would wait: ExportError. Files that are missing may be of another table.
    """
    for file in () if storage.is_remote(manifest.root) else manifest.files:
        try:
            storage.open_file(storage.inside(manifest.root, file.path)).close()
        except FileNotFoundError:
            pass
        except OSError as error:
            raise ExportError(
                f"{os.path.join(manifest.root, file.path)} cannot be read: {error.strerror}. "
                "`copydesk verify` lists what is damaged."
            ) from error


def _free_place(to: str, root: str) -> str:
    """Returns the real path of the folder to create."""
    if storage.is_remote(to):
        raise ExportError(f"{to} is a URL. Name a local folder with --to, and copy it there.")
    place = os.path.realpath(to)
    folder = "" if storage.is_remote(root) else os.path.realpath(root)
    if os.path.commonpath((place, folder or place)) == folder:
        raise ExportError(f"{to} lies in the warehouse. Name a folder elsewhere with --to.")
    if os.path.lexists(place) and not os.path.isdir(place):
        raise ExportError(f"{to} is a file. Name a new or an empty folder with --to.")
    if os.path.isdir(place) and os.listdir(place):
        raise ExportError(f"{to} is not empty. Name a new or an empty folder with --to.")
    return place


def _write(
    folder: str,
    manifest: Manifest,
    schema: Schema,
    kind: str,
    table: str,
    where: str,
    shard_rows: int,
) -> Card:
    """Writes files and card into a folder, and syncs them to the disk."""
    import duckdb

    scratch = os.path.join(folder, ".duckdb")
    with connect(manifest.root, temp_directory=scratch) as connection:
        try:
            connection.execute("SET TimeZone = 'UTC'")
            for statement in catalog_statements(manifest, schema):
                connection.execute(statement)
            table, columns = _columns(connection, table)
            rows = connection.sql(f"SELECT * FROM {quote_name(table)}")
            rows = _filtered(rows, table, where)
            order = dict.fromkeys((*SORT_KEYS.get(table, ()), *rows.columns))
            reader = rows.order(", ".join(map(quote_name, order))).to_arrow_reader(_BATCH_ROWS)
            shards = _write_shards(folder, table, kind, reader, shard_rows)
        except duckdb.IOException as error:
            raise ExportError(
                f"{manifest.root} cannot be read: {error}. `copydesk verify` lists what is damaged."
            ) from error
        except duckdb.Error as error:
            raise ExportError(f"{table or CORPUS} cannot be exported: {error}") from error
    shutil.rmtree(scratch, ignore_errors=True)  # there is none if memory was enough
    card = Card(
        table=table,
        where=where,
        format=kind,
        rows=sum(shard.rows for shard in shards),
        manifest=manifest.number,
        run_id=manifest.run_id,
        version=manifest.version,
        columns=columns,
        shards=shards,
    )
    pretty = orjson.dumps(card, option=orjson.OPT_INDENT_2)
    for name, content in (("card.json", pretty), ("README.md", _markdown(card).encode())):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)
            _sync(file)
    storage.sync_folder(storage.inside(folder, ""))
    return card


def _columns(
    connection: "duckdb.DuckDBPyConnection", table: str
) -> tuple[str, dict[str, StoredColumn]]:
    """Returns the name of the table to export, and its columns."""
    tables: dict[str, dict[str, StoredColumn]] = {}
    for name, _, column, kind, comment in connection.execute(COLUMNS).fetchall():
        tables.setdefault(name, {})[column] = StoredColumn(kind, comment)
    table = table or (CORPUS if CORPUS in tables else "articles")
    if table not in tables:
        raise ExportError(
            f"there is no table or view {table!r}. Name one of these with --table: "
            f"{', '.join(sorted(tables))}"
        )
    return table, tables[table]


def _filtered(rows: "duckdb.DuckDBPyRelation", table: str, where: str) -> "duckdb.DuckDBPyRelation":
    import duckdb

    if not where:
        return rows
    try:
        return rows.filter(where)
    except duckdb.Error as error:
        # The lines below the first draw where the error is, and name other columns.
        why = str(error).split("\n", 1)[0].rstrip(".!")
        raise ExportError(
            f"--where {where!r} is no condition on {table}: {why}. Its columns are: "
            f"{', '.join(rows.columns)}"
        ) from error


def _write_shards(
    folder: str, table: str, kind: str, reader: pa.RecordBatchReader, shard_rows: int
) -> list[Shard]:
    written = []
    for number, chunks in itertools.groupby(_chunks(reader, shard_rows), key=lambda cut: cut[0]):
        with open(os.path.join(folder, str(number)), "w+b") as file:
            rows = FORMATS[kind](file, reader.schema, (chunk for _, chunk in chunks))
            size = _sync(file)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        written.append((rows, size, digest))
    names = [f"{table}-{n:05d}-of-{len(written):05d}.{kind}" for n in range(len(written))]
    for number, name in enumerate(names):
        os.rename(os.path.join(folder, str(number)), os.path.join(folder, name))
    return [Shard(name, *shard) for name, shard in zip(names, written, strict=True)]


def _chunks(reader: pa.RecordBatchReader, shard_rows: int) -> Iterator[tuple[int, pa.Table]]:
    """Yields rows with the number of their shard; where they are cut depends on nothing else.

    Without rows there is one shard, without rows.
    """
    waiting = reader.schema.empty_table()
    position = 0
    for batch in reader:
        waiting = pa.concat_tables([waiting, pa.Table.from_batches([batch])])
        while len(waiting) >= (size := min(_BATCH_ROWS, shard_rows - position % shard_rows)):
            yield position // shard_rows, waiting.slice(0, size)
            waiting = waiting.slice(size)
            position += size
    if len(waiting) or not position:
        yield position // shard_rows, waiting


def _write_parquet(file: IO[bytes], schema: pa.Schema, chunks: Iterator[pa.Table]) -> int:
    rows = 0
    with pq.ParquetWriter(file, schema, compression="zstd", write_page_checksum=True) as writer:
        for chunk in chunks:
            writer.write_table(chunk, row_group_size=_BATCH_ROWS)
            rows += len(chunk)
    return rows


def _write_jsonl(file: IO[bytes], schema: pa.Schema, chunks: Iterator[pa.Table]) -> int:
    rows = 0
    for row in _values(chunks):
        file.write(_json(row) + b"\n")
        rows += 1
    return rows


def _write_csv(file: IO[bytes], schema: pa.Schema, chunks: Iterator[pa.Table]) -> int:
    rows = 0
    text = io.TextIOWrapper(file, "utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(schema.names)
    for row in _values(chunks):
        writer.writerow(map(_cell, row.values()))
        rows += 1
    text.detach()
    return rows


FORMATS: dict[str, Callable[[IO[bytes], pa.Schema, Iterator[pa.Table]], int]] = {
    "parquet": _write_parquet,
    "jsonl": _write_jsonl,
    "csv": _write_csv,
}
"""Format, which is the ending of its files -> what writes a file and returns its rows."""


def _values(chunks: Iterator[pa.Table]) -> Iterator[dict[str, Any]]:
    for chunk in chunks:
        yield from chunk.to_pylist(maps_as_pydicts="lossy")  # a map has each key once


def _json(value: object) -> bytes:
    """Returns a value as JSON: times in ISO 8601, bytes in base 64."""
    return orjson.dumps(value, default=_simpler, option=orjson.OPT_NON_STR_KEYS)


def _simpler(value: object) -> str:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else str(value)


def _cell(value: object) -> str:
    """Returns a value as a cell of CSV: texts as they are, NULL empty, the rest as JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    return _json(value).decode().strip('"')


def _sync(file: IO[bytes]) -> int:
    """Brings a file to the disk; returns its size."""
    file.flush()
    os.fsync(file.fileno())
    return file.tell()


def _markdown(card: Card) -> str:
    condition = f" with `{' '.join(card.where.split())}`" if card.where else ""
    shards = "".join(f"| {s.file} | {s.rows:,} | {s.bytes:,} | {s.sha256} |\n" for s in card.shards)
    columns = "".join(
        f"| {name} | {column.type} | {column.description.replace('|', chr(92) + '|')} |\n"
        for name, column in card.columns.items()
    )
    return (
        f"# {card.table}\n\n{card.rows:,} rows of `{card.table}`{condition}, exported by copydesk "
        f"from manifest {card.manifest}, which version {card.version} committed in run "
        f"{card.run_id}.\n\n| file | rows | bytes | SHA-256 |\n|---|---|---|---|\n{shards}\n"
        f"| column | type | meaning |\n|---|---|---|\n{columns}"
    )
