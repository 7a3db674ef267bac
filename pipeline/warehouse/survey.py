"""What the files of a damaged warehouse say of the runs that wrote them.

Every file has its run in its name, its table in its path, and columns with descriptions in its
schema; ``runs`` says how many rows each run added to each table. Of the runs that no whole manifest
names

- every one but the last was committed: the writer of the next would have removed its files;
- the last was committed if it is complete, as many rows as its row of ``runs`` says, and if either
  what readers were last shown (catalog, ``data``, ``snapshot.json``) names it, or it has no working
  files left, which a run keeps until it has committed, and readers were shown nothing newer without
  it;
- one without a row in ``runs`` had not come to its commit.

A file whose rows are all in one merged file as well has been merged into that, and is left out.

A repair that leaves rows out writes files again, under names that end in its mark. As long as it
has a folder in ``staging``, or the file that one replaces is there still, the new one is what a
killed repair left, and says nothing.
"""

import contextlib
import dataclasses
import datetime
import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import storage
from pipeline.errors import count
from pipeline.warehouse.catalog import connect
from pipeline.warehouse.commit import SET_ASIDE, Warehouse
from pipeline.warehouse.manifest import (
    DATA,
    FILES,
    INDEX,
    INPUTS,
    RUN_ID,
    SCHEMA_VERSION,
    STAGING,
    WITHOUT_DAMAGED,
    DamagedError,
    DataFile,
    Manifest,
    StoredColumn,
    UnreachableError,
    manifest_path,
    read_manifest,
    repair_command,
    schema_hash,
    stored_columns,
)
from pipeline.warehouse.plain import (
    data_state,
    has_data,
    stored_path,
)
from pipeline.warehouse.schema import Schema, duckdb_type
from pipeline.warehouse.snapshot import shown, size_and_hash
from pipeline.warehouse.writer import FILE_NAME, file_path, read_table, split_path

_REPAIRED = re.compile(r"(.+)(\.repaired\d{8}T\d{6}Z[0-9a-f]+)")
"""A shard that a repair has written again: what it replaces, and the repair's mark."""


def repair_mark(run_id: str) -> str:
    """Returns what the names of files end in that a repair writes again; it has a run id too."""
    return f".repaired{run_id.replace('-', '')}"


@dataclasses.dataclass
class Repair:
    """What a repair did, or would do.

    Attributes:
      number: number of the newest manifest; 0 if there is none.
      done: a sentence for each step.
      lost: a sentence for each thing that could not be brought back, with the remedy.
    """

    number: int = 0
    done: list[str] = dataclasses.field(default_factory=list)
    lost: list[str] = dataclasses.field(default_factory=list)


class Survey:
    """Lists what a damaged warehouse has, and says what of it was committed.

    Args:
      warehouse: the warehouse, to which no other process may write.
      schema: of the installed transforms.
      without_damaged: goes on without files that cannot be read.

    Raises:
      LinkError: a folder or file below the folders of files is a link.
    """

    def __init__(self, warehouse: Warehouse, schema: Schema, without_damaged: bool) -> None:
        self.without_damaged = without_damaged
        self.moment = datetime.datetime.now(datetime.UTC)
        self.root = warehouse.root
        self.warehouse = warehouse
        self.schema = schema
        self.result = Repair()
        for folder in (FILES, INDEX, INPUTS):
            for below, *_, in_the_way in storage.walk(self._inside(folder)):
                for name in in_the_way:
                    raise storage.LinkError.at(os.path.join(self._inside(folder), below, name))
        self.unfinished = frozenset(storage.names(self._inside(STAGING)))
        self._marks = frozenset(map(repair_mark, self.unfinished))
        self.set_aside: list[str] = []
        self.unreadable: list[str] = []
        self.manifests: list[Manifest] = []
        damaged = []
        for number in warehouse.numbers():
            try:
                self.manifests.append(read_manifest(self.root, number))
            except DamagedError:
                damaged.append(number)
                self.set_aside.append(manifest_path(number))
        snapshot, catalog = shown(self.root)
        self.known = [*self.manifests, *([snapshot.manifest] if snapshot else ())]
        # Manifests that readers were shown: number -> run.
        self.shown = dict(
            [(manifest.number, manifest.run_id) for manifest in self.known[len(self.manifests) :]]
            + ([(catalog.number, catalog.run_id)] if catalog else [])
            + ([state] if (state := data_state(self.root)) else [])
        )
        numbers = [manifest.number for manifest in self.manifests]
        self.last = max([*numbers, *damaged, *self.shown], default=0)
        present = set(self._parquet_files(FILES))
        versions = [manifest.schema_version for manifest in self.known]
        self.version = max(versions, default=SCHEMA_VERSION if present or self.shown else 1)
        # Files of rows that are lost from `files`, but not their links in `data`.
        has_links = self.version > 1 and has_data(self.root)
        links = self._parquet_files(DATA) if has_links else ()
        self.links = {stored_path(link): link for link in links if stored_path(link) not in present}

    def _path(self, path: str) -> str:
        return os.path.join(self.root, path)

    def _inside(self, path: str) -> str:
        return storage.inside(self.root, path)

    def _exists(self, path: str) -> bool:
        return storage.status(self._inside(path)) is not None

    def _place(self, path: str) -> str:
        """Returns where a file of rows is, relative to the warehouse's folder."""
        return self.links.get(path, path)

    def _parquet_files(self, folder: str) -> Iterator[str]:
        """Yields the paths of whole files, relative to the warehouse's folder."""
        for below, _, names, _ in storage.walk(self._inside(folder)):
            for name in names:
                if FILE_NAME.fullmatch(name) and name.endswith(".parquet") and name[0] != ".":
                    yield os.path.normpath(os.path.join(folder, below, name))

    def _later(self, base: Manifest | None) -> dict[str, list[DataFile]]:
        """Returns the files of rows and lists of dumps, by run, of runs that a manifest lacks."""
        earlier = self._run_ids(base.files) if base else set()
        later: dict[str, list[DataFile]] = {}
        for path in self._unnamed(base):
            [run] = RUN_ID.findall(path)
            if run not in earlier and (file := self._described(path)):
                later.setdefault(run, []).append(file)
        return later

    def _leave_out(self, runs: Mapping[str, Sequence[DataFile]]) -> None:
        """Sets the files of runs aside, but those of unfinished ones: the next writer removes them.

        Args:
          runs: run -> its files.
        """
        for run, files in sorted(runs.items()):
            if run not in self.unfinished:
                self.set_aside += [self._place(file.path) for file in files]
                self.result.lost.append(
                    f"Nothing proves that run {run} was committed. Its files are kept in "
                    f"{SET_ASIDE}; give its dumps to a run again."
                )

    def _composed(self, base: Manifest | None, later: Mapping[str, Sequence[DataFile]]) -> Manifest:
        """Returns the newest whole manifest with the rows of later runs that were committed."""
        files = [*base.files, *base.input_files] if base else []
        rows = {
            str(row["run_id"]): row
            for row in self._runs(file for members in later.values() for file in members)
        }
        counted = {*self.schema.tables, *(base.columns if base else ()), INPUTS}
        counted.update(*rows.values())
        in_order = sorted(
            rows.keys() & later.keys(), key=lambda run: (rows[run]["started_at"], run)
        )
        if in_order and not self._was_committed(rows[in_order[-1]], later[in_order[-1]]):
            in_order.pop()
        listed = False  # by a list of dumps of this run, or of a later one that has merged it
        for run in reversed(in_order):
            files += [file for file in later[run] if file.table in counted]
            lists = [file.path for file in later[run] if file.table == INPUTS]
            if rows[run]["dumps"] and not lists and not listed:
                self.result.lost.append(
                    f"The list of the {count(rows[run]['dumps'], 'dump')} of run {run} is lost. A "
                    "run that is given such a dump reads it again; articles that are there already "
                    "become rejects."
                )
            listed = listed or any("-merged." in path for path in lists)
        self._leave_out({run: later[run] for run in later.keys() - set(in_order)})
        files = self._without_merged(files)
        newest = in_order[-1] if in_order else base.run_id if base else ""
        version = rows[newest]["version"] if in_order else base.version if base else ""
        manifest = Manifest(
            number=0,
            schema_version=self.version,
            run_id=newest,
            version=str(version or ""),
            columns=self._columns(base, files),
            files=tuple(sorted(_filled(files), key=lambda file: (file.table, file.path))),
            input_files=tuple(file for file in files if file.table == INPUTS),
            exceptions=base.exceptions if base else {},
            left_out=base.left_out if base else (),
            root=self.root,
        )
        if base or manifest.files:
            self.result.done.append(
                f"Manifest {base.number if base else 0} is completed with "
                f"{count(len(in_order), 'later run')}, by what the files say."
            )
        return dataclasses.replace(manifest, columns=stored_columns(manifest, self.schema))

    def _unnamed(self, base: Manifest | None) -> list[str]:
        """Returns the paths of files of rows, or lists of dumps, that no kept manifest names."""
        kept = [one for one in self.manifests if manifest_path(one.number) not in self.set_aside]
        named = {file.path for one in (*kept, *([base] if base else ())) for file in one.all_files}
        folder = DATA if self.version == 1 else FILES
        present = {*self._parquet_files(folder), *self._parquet_files(INPUTS), *self.links}
        return sorted(
            path for path in present - named if not self._is_of_killed_repair(path, present)
        )

    def _is_of_killed_repair(self, path: str, present: Collection[str]) -> bool:
        """Returns True for a file that was written in place of another, which is what counts."""
        folder, shard, language = split_path(path)
        if not (again := _REPAIRED.fullmatch(shard)):
            return False
        return again[2] in self._marks or file_path(folder, again[1], language) in present

    def _is_unfinished(self, path: str) -> bool:
        """Returns True for a file of a run that may not have been committed."""
        return not self.unfinished.isdisjoint(RUN_ID.findall(path))

    def _described(self, path: str) -> DataFile | None:
        """Returns what a manifest says of a file, or ``None`` if it cannot be read.

        Raises:
          UnreachableError: it cannot be opened now.
        """
        place = self._path(self._place(path))
        try:
            with storage.open_file(self._inside(self._place(path))) as file:
                size, digest = size_and_hash(file)
                with pq.ParquetFile(file, page_checksum_verification=True) as parquet:
                    rows, columns = parquet.metadata.num_rows, schema_hash(parquet.schema_arrow)
                    for group in range(parquet.num_row_groups):
                        parquet.read_row_group(group)
        except UnreachableError.KINDS as error:
            raise UnreachableError(place, error) from error
        except (OSError, pa.ArrowException) as error:
            self.unreadable.append(self._place(path))
            sentence = f"{place} cannot be read ({error})"
            if self.without_damaged:
                self.result.done.append(f"{sentence}, and is left out.")
            else:
                self.result.lost.append(
                    f"{sentence}. Restore it from a backup, and repair the warehouse again; or go "
                    "on without the articles that are incomplete without it: "
                    f"{repair_command(self.root)} {WITHOUT_DAMAGED}"
                )
            return None
        folder, table, *_ = path.split("/")
        table = INPUTS if folder == INPUTS else table
        return DataFile(table, path, rows, size, columns, digest)

    def _runs(self, files: Iterable[DataFile]) -> Iterator[dict[str, Any]]:
        """Yields the rows of ``runs`` in some files; none of a file that cannot be read."""
        for file in files:
            if file.table == "runs":
                with contextlib.suppress(OSError, pa.ArrowException):  # reported as damaged
                    yield from read_table(self.root, self._place(file.path)).to_pylist()

    def _run_ids(self, files: Sequence[DataFile]) -> set[str]:
        """Returns the runs whose rows are in some files, also where those of ``runs`` are lost."""
        found = {str(row["run_id"]) for row in self._runs(files)}
        if len(found) < sum(file.rows for file in files if file.table == "runs"):
            for file in files:
                with contextlib.suppress(OSError, pa.ArrowException):  # reported as damaged
                    rows = read_table(self.root, self._place(file.path))
                    if "run_id" in rows.column_names:
                        found.update(map(str, rows["run_id"].unique().to_pylist()))
        return found

    def _was_committed(self, row: Mapping[str, Any], files: Sequence[DataFile]) -> bool:
        """Returns True if the last run was committed.

        Args:
          row: its row of ``runs``.
          files: all files it wrote, also those into which it merged earlier ones.
        """
        if row["run_id"] in self.shown.values():
            return True
        if self.shown and max(self.shown) == self.last:  # readers saw the newest, without this run
            return False
        written = Counter[str]()
        for file in files:
            if "-merged." not in file.path:
                written[file.table] += file.rows
        tables = {*self.schema.tables, *written} & row.keys() - {"runs"}
        complete = all((row[table] or 0) == written[table] for table in tables)
        return complete and row["run_id"] not in self.unfinished

    def _without_merged(self, files: Sequence[DataFile]) -> list[DataFile]:
        """Returns files without those whose rows are all in one merged file beside them."""
        places: dict[tuple[str, str], list[DataFile]] = {}
        for file in files:
            folder, _, language = split_path(file.path)
            places.setdefault((folder, language), []).append(file)
        left_out: set[str] = set()
        with connect(threads=1) as connection:

            def hashes(file: DataFile) -> Counter[int]:
                # DuckDB must not take any part of the path for a pattern.
                place = re.sub(r"([*?\[])", r"[\1]", self._path(self._place(file.path)))
                query = "SELECT hash(t) FROM read_parquet(?, hive_partitioning = false) AS t"
                return Counter(row[0] for row in connection.execute(query, [place]).fetchall())

            for members in places.values():
                merged = [file for file in members if "-merged." in file.path]
                counts = {file.path: hashes(file) for file in (members if merged else ())}
                for whole in sorted(merged, key=lambda file: (-file.rows, file.path)):
                    if whole.path not in left_out:
                        left_out |= {
                            file.path
                            for file in members
                            if file is not whole and counts[file.path] <= counts[whole.path]
                        }
        return [file for file in files if file.path not in left_out]

    def _columns(
        self, base: Manifest | None, files: Sequence[DataFile]
    ) -> dict[str, dict[str, StoredColumn]]:
        """Returns the columns of all tables: those of a manifest, then what files have besides."""
        columns = {name: dict(members) for name, members in (base.columns if base else {}).items()}
        seen: set[tuple[str, str]] = set()
        for file in files:
            if file.table == INPUTS or (file.table, file.schema) in seen:
                continue
            seen.add((file.table, file.schema))
            members = columns.setdefault(file.table, {})
            with storage.open_file(self._inside(self._place(file.path))) as opened:
                fields = pq.read_schema(opened)
            for field in fields:
                described = (field.metadata or {}).get(b"description", b"").decode()
                members.setdefault(field.name, StoredColumn(duckdb_type(field.type), described))
        return columns


def _filled(files: Iterable[DataFile]) -> Iterator[DataFile]:
    """Yields the files of rows that a manifest names: those with rows, or an empty one a table."""
    tables: dict[str, list[DataFile]] = {}
    for file in files:
        if file.table != INPUTS:
            tables.setdefault(file.table, []).append(file)
    for members in tables.values():
        yield from [file for file in members if file.rows] or members[-1:]
