"""Brings back the newest snapshot that the files of a damaged warehouse support. Deletes nothing.

**A manifest that is whole** proves what it names. So does its copy in ``snapshot.json``. If the
newest one that anything speaks of is whole, that is the snapshot.

**Otherwise** the newest whole one, if there is any, is completed with later runs, by what their
files say. Every file has its run in its name, its table in its path, and columns with descriptions
in its schema; ``runs`` says how many rows each run added to each table. Of these runs

- every one but the last was committed: the writer of the next would have removed its files;
- the last was committed if it is complete, as many rows as its row of ``runs`` says, and if either
  what readers were last shown (catalog, ``data``, ``snapshot.json``) names it, or it has no working
  files left, which a run keeps until it has committed, and readers were shown nothing newer without
  it;
- one without a row in ``runs`` had not come to its commit.

A file whose rows are all in one merged file as well has been merged into that, and is left out.

The index is rebuilt from the rows where it is damaged, or where it is not known which of its files
count. What could not be placed is moved to ``set-aside``, where nothing removes it.
"""

import contextlib
import dataclasses
import datetime
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import storage
from pipeline.errors import count
from pipeline.warehouse.catalog import CatalogError, connect
from pipeline.warehouse.commit import SET_ASIDE, Warehouse
from pipeline.warehouse.lock import lock
from pipeline.warehouse.manifest import (
    DATA,
    FILES,
    INDEX,
    INPUTS,
    MANIFESTS,
    RUN_ID,
    SCHEMA_VERSION,
    STAGING,
    DamagedError,
    DataFile,
    Manifest,
    StoredColumn,
    WarehouseError,
    make_run_id,
    manifest_path,
    nothing_committed,
    read_manifest,
    schema_hash,
    stored_columns,
    write_manifest,
)
from pipeline.warehouse.plain import (
    data_state,
    has_data,
    second_name,
    shows_data,
    stored_path,
)
from pipeline.warehouse.schema import Schema, duckdb_type
from pipeline.warehouse.snapshot import SNAPSHOT_NAME, catalog_problem, shown, size_and_hash
from pipeline.warehouse.verify import damage_of, named_files, verify
from pipeline.warehouse.writer import FILE_NAME, read_table, split_path

_PARTS = (MANIFESTS, FILES, DATA, SNAPSHOT_NAME)
"""A folder without any of these is no warehouse."""

BuildIndex = Callable[[Manifest, str], Sequence[DataFile]]
"""Writes the index of all rows of a manifest, in files named by a run id, and returns these."""


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


def repair(root: str, schema: Schema, build_index: BuildIndex, dry_run: bool = False) -> Repair:
    """Brings a warehouse back to the newest snapshot that its files support.

    Args:
      root: the warehouse's folder.
      schema: tables, SQL and checks of the installed transforms.
      build_index: rebuilds the index, if need be.
      dry_run: changes nothing; the result says what would be done.

    Raises:
      WarehouseError: there is no warehouse, another process writes to it, it is of a newer
        copydesk, or a file cannot be read or written.
    """
    warehouse = Warehouse(root)
    if set(_PARTS).isdisjoint(storage.names(storage.inside(warehouse.root, ""))):
        raise nothing_committed(root)
    try:
        with contextlib.nullcontext() if dry_run else lock(warehouse.root):
            repair = _Repairer(warehouse, schema).repair(build_index, dry_run)
    except (OSError, CatalogError) as error:
        raise WarehouseError(
            f"{root} cannot be repaired: {error}. Nothing was removed; make room, or check the "
            "disk and the permissions of the folder, and repair it again."
        ) from error
    if not dry_run:
        known = " ".join(repair.lost)
        repair.lost += [
            problem
            for problem in verify(root, schema).problems
            if problem.partition(" ")[0] not in known
        ]
    return repair


class _Repairer:
    """Surveys a damaged warehouse, decides, and carries it out.

    Args:
      warehouse: the warehouse, to which no other process may write.
      schema: of the installed transforms.
    """

    def __init__(self, warehouse: Warehouse, schema: Schema) -> None:
        self.root = warehouse.root
        self.warehouse = warehouse
        self.schema = schema
        self.result = Repair()
        for folder in (FILES, INDEX, INPUTS):
            for below, *_, in_the_way in storage.walk(self._inside(folder)):
                for name in in_the_way:
                    raise storage.LinkError.at(os.path.join(self._inside(folder), below, name))
        self.unfinished = frozenset(storage.names(self._inside(STAGING)))
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

    def repair(self, build_index: BuildIndex, dry_run: bool) -> Repair:
        """Decides, and carries it out unless it is a dry run."""
        done, lost = self.result.done, self.result.lost
        base = max(self.known, key=lambda manifest: manifest.number, default=None)
        exact = base and base.number == self.last and (self.shown or not self._unnamed(base))
        later = self._later(base)
        if base and exact:
            manifest = base
            self.set_aside += self.unreadable
            self._leave_out(later)
        elif self.unreadable:
            # Without it in a manifest, a restored file would be taken for one that was merged.
            return self.result
        else:
            manifest = self._composed(base, later)
        others = [other for other in self.manifests if other != base]
        named = named_files(self.root, [*others, *([base] if base else ()), manifest])
        damages = {path: self._damage(file) for path, file in named.items()}
        for other in others:
            if any(damages[file.path] for file in other.files):
                self.set_aside.append(manifest_path(other.number))
        lists = {file.path for file in (*manifest.files, *manifest.input_files)}
        self.set_aside += [
            path
            for path, damage in damages.items()
            if damage and path not in lists and self._exists(path)
        ]
        manifest = self._without_damaged_lists(manifest, damages)
        whole = True
        for file in manifest.files:
            if damages[file.path]:
                whole = False
                lost.append(
                    f"{damages[file.path]}: {count(file.rows, 'row')} of {file.table}. Restore it "
                    "from a backup, and repair the warehouse again; without one, read its dumps "
                    "into a new warehouse, and keep this one, whose other rows can be read."
                )
        broken = [damages[file.path] for file in manifest.index_files if damages[file.path]]
        rebuild = bool(manifest.files) and (bool(broken) or not exact)
        if rebuild and not whole:
            lost.append(
                "The index cannot be rebuilt without these rows. Repair the warehouse again, or "
                "rebuild it with copydesk reindex, once they are restored."
            )
            rebuild = False
        if rebuild:
            manifest = dataclasses.replace(manifest, index_files=())
            why = f": {broken[0]}" if broken else ""
            done.append(f"The index is rebuilt from the articles and paragraphs{why}.")
        # What no manifest names any more, which the next writer would remove.
        is_lost = bool(self.set_aside) or base not in self.manifests
        unnamed = self._unnamed(manifest) if is_lost else []
        if is_lost or rebuild:
            indexes = {file.path for one in (*others, manifest) for file in one.index_files}
            unnamed += [path for path in self._parquet_files(INDEX) if path not in indexes]
        unnamed = [
            path
            for path in unnamed
            if path not in self.set_aside
            and path not in self.links
            and self.unfinished.isdisjoint(RUN_ID.findall(path))
        ]
        self.set_aside += unnamed
        linked = [file.path for file in manifest.files if file.path in self.links]
        done += [f"{self._path(path)} comes back from its link in {DATA}." for path in linked]
        done += [f"{self._path(path)} is moved to {SET_ASIDE}." for path in self.set_aside]
        if not manifest.files:
            if self.last or self.set_aside:
                lost.append("No snapshot can be brought back. Restore the warehouse from a backup.")
            if not dry_run:
                self._move_aside(self.set_aside)
            return self.result
        if manifest not in self.known:
            manifest = dataclasses.replace(manifest, number=max(self.last + 1, manifest.runs))
        if rebuild or manifest not in self.manifests:
            done.append(f"{self._path(manifest_path(manifest.number))} is written.")
        self.result.number = manifest.number
        if problem := catalog_problem(manifest, *shown(self.root)):
            done.append(f"The catalog is built again: {problem}")
        if manifest in self.manifests and not shows_data(manifest):
            done.append(f"{self._path(DATA)} is built again: it does not show the newest manifest.")
        if dry_run:
            return self.result
        for path in linked:
            second_name(self._inside(self.links[path]), self._inside(path))
        if rebuild:
            run_id = make_run_id(datetime.datetime.now(datetime.UTC))
            try:
                files = tuple(build_index(manifest, run_id))
            except BaseException:  # it may have filled the disk, which the next repair needs
                for path in self._parquet_files(INDEX):
                    if run_id in path:
                        storage.remove(self._inside(path))
                raise
            manifest = dataclasses.replace(manifest, index_files=files)
        # What is moved last may be moved by another repair, if this one is killed.
        place = manifest_path(manifest.number)
        first = {place, *unnamed}
        self._move_aside([path for path in self.set_aside if path in first])
        if manifest not in self.manifests:
            write_manifest(manifest)
        self._move_aside([path for path in self.set_aside if path not in first])
        if rebuild:
            self.warehouse.remove_staging(run_id)
        try:
            manifest = self.warehouse.show(manifest, self.schema)
        except (OSError, CatalogError) as error:
            if whole:
                raise
            lost.append(f"The catalog cannot be built without these rows: {error}")
        self.result.number = manifest.number
        return self.result

    def _path(self, path: str) -> str:
        return os.path.join(self.root, path)

    def _inside(self, path: str) -> str:
        return storage.inside(self.root, path)

    def _exists(self, path: str) -> bool:
        return storage.status(self._inside(path)) is not None

    def _place(self, path: str) -> str:
        """Returns where a file of rows is, relative to the warehouse's folder."""
        return self.links.get(path, path)

    def _damage(self, file: DataFile) -> str:
        return damage_of(self.root, dataclasses.replace(file, path=self._place(file.path)))

    def _parquet_files(self, folder: str) -> Iterator[str]:
        """Yields the paths of whole files, relative to the warehouse's folder."""
        for below, _, names, _ in storage.walk(self._inside(folder)):
            for name in names:
                if FILE_NAME.fullmatch(name) and name.endswith(".parquet") and name[0] != ".":
                    yield os.path.normpath(os.path.join(folder, below, name))

    def _move_aside(self, paths: Iterable[str]) -> None:
        moment = datetime.datetime.now(datetime.UTC)
        for path in paths:
            place = self._inside(f"{SET_ASIDE}/{moment:%Y%m%dT%H%M%S.%fZ}/{path}")
            storage.make_folder(os.path.dirname(place))
            storage.rename(self._inside(path), place)

    def _without_damaged_lists(self, manifest: Manifest, damages: Mapping[str, str]) -> Manifest:
        """Returns a manifest without damaged lists of dumps, for which no run would begin."""
        for file in manifest.input_files:
            if damages[file.path]:
                self.result.lost.append(
                    f"{damages[file.path]}: it lists {count(file.rows, 'dump')}. A run that is "
                    "given such a dump reads it again; articles that are there already become "
                    "rejects."
                )
                if self._exists(file.path):
                    self.set_aside.append(file.path)
        kept = tuple(file for file in manifest.input_files if not damages[file.path])
        return dataclasses.replace(manifest, input_files=kept)

    # --- by what the files say -----------------------------------------------------------------

    def _later(self, base: Manifest | None) -> dict[str, list[DataFile]]:
        """Returns the files of rows and lists of dumps, by run, of runs that a manifest lacks."""
        earlier = {str(row["run_id"]) for row in self._runs(base.files if base else ())}
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
            root=self.root,
        )
        if base or manifest.files:
            self.result.done.append(
                f"Manifest {base.number if base else 0} is completed with "
                f"{count(len(in_order), 'later run')}, by what the files say."
            )
        return dataclasses.replace(manifest, columns=stored_columns(manifest, self.schema))

    def _unnamed(self, base: Manifest | None) -> list[str]:
        """Returns the paths of files of rows, or lists of dumps, that no whole manifest names."""
        manifests = [*self.manifests, *([base] if base else ())]
        named = {file.path for manifest in manifests for file in manifest.all_files}
        folder = DATA if self.version == 1 else FILES
        present = {*self._parquet_files(folder), *self._parquet_files(INPUTS), *self.links}
        return sorted(present - named)

    def _described(self, path: str) -> DataFile | None:
        """Returns what a manifest says of a file, or ``None`` if it cannot be read."""
        place = self._path(self._place(path))
        try:
            with storage.open_file(self._inside(self._place(path))) as file:
                size, digest = size_and_hash(file)
                with pq.ParquetFile(file, page_checksum_verification=True) as parquet:
                    rows, columns = parquet.metadata.num_rows, schema_hash(parquet.schema_arrow)
                    for group in range(parquet.num_row_groups):
                        parquet.read_row_group(group)
        except (OSError, pa.ArrowException) as error:
            self.unreadable.append(self._place(path))
            self.result.lost.append(
                f"{place} cannot be read ({error}). Restore it from a backup; or, to go on without "
                "its rows, move it out of the warehouse. Then repair the warehouse again. Without "
                "a backup, its rows can be had by reading the dumps into a new warehouse."
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

    def _was_committed(self, row: Mapping[str, Any], files: Sequence[DataFile]) -> bool:
        """Returns True if the last run was committed.

        Args:
          row: its row of ``runs``.
          files: all files it wrote, also those into which it merged earlier ones.
        """
        if row["run_id"] in self.shown.values():
            return True
        if max(self.shown, default=0) == self.last and self.shown:  # without it
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
