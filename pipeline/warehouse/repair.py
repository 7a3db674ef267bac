"""Brings back the newest snapshot that the files of a damaged warehouse support. Deletes nothing.

**A manifest that is whole** proves what it names. So does its copy in ``snapshot.json``. If the
newest one that anything speaks of is whole, that is the snapshot.

**Otherwise** the newest whole one, if there is any, is completed with later runs, by what their
files say (``survey.py``).

**A file of rows that is damaged or missing** is named; no other can take its place. If the user
says so, the snapshot goes on without it (``incomplete.py``).

The index is rebuilt from the rows where it is damaged, or where it is not known which of its files
count. What could not be placed is moved to ``set-aside``, where nothing removes it.
"""

import contextlib
import dataclasses
import datetime
import os
import shlex
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import pyarrow as pa

from pipeline import storage
from pipeline.errors import count
from pipeline.warehouse.catalog import CatalogError
from pipeline.warehouse.commit import SET_ASIDE, Warehouse
from pipeline.warehouse.incomplete import Complete, complete_articles
from pipeline.warehouse.lock import lock
from pipeline.warehouse.manifest import (
    DATA,
    FILES,
    INDEX,
    MANIFESTS,
    RUN_ID,
    SCHEMA_VERSION,
    WITHOUT_DAMAGED,
    DataFile,
    Manifest,
    WarehouseError,
    make_run_id,
    manifest_path,
    nothing_committed,
    repair_command,
    schema_version,
    stored_columns,
    write_manifest,
)
from pipeline.warehouse.plain import (
    has_data,
    name_in_files,
    second_name,
    shows_data,
)
from pipeline.warehouse.schema import Schema
from pipeline.warehouse.snapshot import SNAPSHOT_NAME, catalog_problem, shown
from pipeline.warehouse.survey import Repair, Survey
from pipeline.warehouse.verify import damage_of, named_files, row_exceptions, verify

_PARTS = (MANIFESTS, FILES, DATA, SNAPSHOT_NAME)
"""A folder without any of these is no warehouse."""

BuildIndex = Callable[[Manifest, str], Sequence[DataFile]]
"""Writes the index of all rows of a manifest, in files named by a run id, and returns these."""


def repair(
    root: str,
    schema: Schema,
    build_index: BuildIndex,
    dry_run: bool = False,
    without_damaged: bool = False,
) -> Repair:
    """Brings a warehouse back to the newest snapshot that its files support.

    Args:
      root: the warehouse's folder.
      schema: tables, SQL and checks of the installed transforms.
      build_index: rebuilds the index, if need be.
      dry_run: changes nothing; the result says what would be done.
      without_damaged: leaves out what cannot be read of a file of rows, and the articles that are
        incomplete without it.

    Raises:
      WarehouseError: there is no warehouse, another process writes to it, it is of a newer
        copydesk, or a file cannot be read or written.
    """
    warehouse = Warehouse(root)
    if set(_PARTS).isdisjoint(storage.names(storage.inside(warehouse.root, ""))):
        raise nothing_committed(root)
    try:
        with contextlib.nullcontext() if dry_run else lock(warehouse.root):
            repair = _Repairer(warehouse, schema, without_damaged).repair(build_index, dry_run)
    except (OSError, pa.ArrowException, CatalogError) as error:
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


@dataclasses.dataclass(frozen=True)
class _Plan:
    """What is to be done.

    Attributes:
      manifest: the newest one afterwards; without files if no snapshot can be brought back.
      broken: paths of its files that are damaged or missing.
      incomplete: the manifest of which only what can be read is kept, if that is to be.
      damaged: paths of its files that are damaged or missing.
      rebuild: whether the index is built again.
      linked: paths of its files of which there is only the link in ``data``.
      unnamed: paths of files that no manifest names any more.
      replaced: where the files of ``incomplete`` are that are written again.
    """

    manifest: Manifest
    broken: Sequence[str]
    incomplete: Manifest | None
    damaged: Sequence[str]
    rebuild: bool
    linked: Sequence[str]
    unnamed: Sequence[str]
    replaced: Sequence[str]


class _Repairer(Survey):
    """Surveys a damaged warehouse, decides, and carries it out.

    Args:
      warehouse: the warehouse, to which no other process may write.
      schema: of the installed transforms.
      without_damaged: as for ``repair``.
    """

    def repair(self, build_index: BuildIndex, dry_run: bool) -> Repair:
        """Decides, and carries it out unless it is a dry run."""
        plan = self._decide()
        if plan and not dry_run:
            self._carry_out(plan, build_index)
        return self.result

    def _decide(self) -> _Plan | None:
        """Returns what is to be done, and says so in the result; ``None`` for nothing."""
        done, lost = self.result.done, self.result.lost
        base = max(self.known, key=lambda manifest: manifest.number, default=None)
        exact = base and base.number == self.last and (self.shown or not self._unnamed(base))
        later = self._later(base)
        if base and exact:
            manifest = base
            self.set_aside += self.unreadable
            self._leave_out(later)
        elif self.unreadable and not self.without_damaged:
            # Without it in a manifest, a restored file would be taken for one that was merged.
            return None
        else:
            self.set_aside += self.unreadable
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
        broken_rows = {file.path: file for file in manifest.files if damages[file.path]}
        complete, incomplete = None, manifest
        if self.without_damaged and (broken_rows or self.unreadable):
            complete = self._complete(manifest, broken_rows, dry_run=True)
            manifest = dataclasses.replace(manifest, files=complete.files)
            self._tell(complete, [damages[path] for path in broken_rows])
            if base in self.manifests and base and complete.replaced:
                self.set_aside.append(manifest_path(base.number))
        else:
            lost += [self._lost_rows(file, damages[path]) for path, file in broken_rows.items()]
        whole = complete is not None or not broken_rows
        broken = [damages[file.path] for file in manifest.index_files if damages[file.path]]
        rebuild = bool(manifest.files) and (bool(broken) or not exact or complete is not None)
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
        places = map(self._place, complete.replaced if complete else ())
        replaced = [path for path in places if self._exists(path)]
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
            and path not in replaced
            and path not in self.links
            and self.unfinished.isdisjoint(RUN_ID.findall(path))
        ]
        self.set_aside += unnamed
        linked = [file.path for file in manifest.files if file.path in self.links]
        done += [f"{self._path(path)} comes back from its link in {DATA}." for path in linked]
        moved = [*self.set_aside, *replaced]
        done += [f"{self._path(path)} is moved to {SET_ASIDE}." for path in moved]
        if manifest.files:
            if complete or manifest not in self.known:
                manifest = dataclasses.replace(manifest, number=max(self.last + 1, manifest.runs))
            if rebuild or manifest not in self.manifests:
                done.append(f"{self._path(manifest_path(manifest.number))} is written.")
            if problem := catalog_problem(manifest, *shown(self.root)):
                done.append(f"The catalog is built again: {problem}")
            if manifest in self.manifests and not shows_data(manifest):
                done.append(
                    f"{self._path(DATA)} is built again: it does not show the newest manifest."
                )
            self.result.number = manifest.number
        elif self.last or self.set_aside:
            lost.append("No snapshot can be brought back. Restore the warehouse from a backup.")
        return _Plan(
            manifest=manifest,
            broken=() if complete or not broken_rows else tuple(broken_rows),
            incomplete=incomplete if complete else None,
            damaged=tuple(broken_rows),
            rebuild=rebuild,
            linked=tuple(linked),
            unnamed=tuple(unnamed),
            replaced=tuple(replaced),
        )

    def _carry_out(self, plan: _Plan, build_index: BuildIndex) -> None:
        manifest = plan.manifest
        if not manifest.files:
            self._move_aside(self.set_aside)
            return
        for path in plan.linked:
            second_name(self._inside(self.links[path]), self._inside(path))
        if plan.rebuild:
            run_id = make_run_id(datetime.datetime.now(datetime.UTC))
            try:
                if plan.incomplete:
                    manifest = self._completed(plan.incomplete, plan.damaged, manifest.number)
                index = tuple(build_index(manifest, run_id))
            except BaseException:  # it may have filled the disk, which the next repair needs
                for folder, mark in ((INDEX, run_id), (FILES, f".{self._new_name()}")):
                    for path in self._parquet_files(folder):
                        if mark in path:
                            storage.remove(self._inside(path))
                raise
            manifest = dataclasses.replace(manifest, index_files=index)
        # What is moved last may be moved by another repair, if this one is killed.
        first = {manifest_path(manifest.number), *plan.unnamed}
        self._move_aside([path for path in self.set_aside if path in first])
        # The next writer removes what no manifest names, so it has another name before.
        self._name_aside(plan.replaced)
        if manifest not in self.manifests:
            write_manifest(manifest)
        self._move_aside([path for path in self.set_aside if path not in first])
        self._move_aside(plan.replaced)
        if plan.rebuild:
            self.warehouse.remove_staging(run_id)
        try:
            manifest = self.warehouse.show(manifest, self.schema)
        except (OSError, CatalogError) as error:
            if not plan.broken:
                raise
            self.result.lost.append(f"The catalog cannot be built without these rows: {error}")
        self.result.number = manifest.number

    def _lost_rows(self, file: DataFile, damage: str) -> str:
        return (
            f"{damage}: {count(file.rows, 'row')} of {file.table}. Restore it from a backup, and "
            "repair the warehouse again; or go on without what it lacks: "
            f"{repair_command(self.root)} {WITHOUT_DAMAGED}"
        )

    def _complete(
        self, manifest: Manifest, broken: Collection[str], dry_run: bool = False
    ) -> Complete:
        return complete_articles(
            manifest, broken, self.links, self.schema, self._new_name(), dry_run
        )

    def _new_name(self) -> str:
        return f"repaired{self.last + 1}"

    def _tell(self, complete: Complete, damages: Sequence[str]) -> None:
        rows = ", ".join(
            f"{count(rows, 'row')} of {table}" for table, rows in complete.rows.items()
        )
        self.result.done += [f"{damage}." for damage in damages]
        self.result.done.append(
            f"Left out are {rows or 'no rows'}, with all of "
            f"{count(complete.articles, 'article')} that would be incomplete. To read their dumps "
            f"again: copydesk run --again --warehouse {shlex.quote(self.root)} --input PATH"
        )

    def _completed(self, manifest: Manifest, damaged: Collection[str], number: int) -> Manifest:
        """Returns a manifest of new files without incomplete articles, and its exceptions."""
        files = name_in_files(self.root, self._complete(manifest, damaged).files)
        files = self.warehouse.with_empty_tables(self.schema, files, manifest.run_id)
        manifest = dataclasses.replace(
            manifest,
            number=number,
            schema_version=SCHEMA_VERSION,
            columns=stored_columns(manifest, self.schema),
            files=tuple(sorted(files, key=lambda file: (file.table, file.path))),
        )
        found = row_exceptions(manifest, self.schema)
        exceptions = {claim: cases for claim, (cases, _) in found.items()}
        return dataclasses.replace(
            manifest, exceptions=exceptions, schema_version=schema_version(exceptions)
        )

    def _damage(self, file: DataFile) -> str:
        return damage_of(self.root, dataclasses.replace(file, path=self._place(file.path)))

    def _aside(self, path: str) -> str:
        return f"{SET_ASIDE}/{self.moment:%Y%m%dT%H%M%S.%fZ}/{path}"

    def _move_aside(self, paths: Iterable[str]) -> None:
        for path in paths:
            aside = self._aside(path)
            if self._exists(aside):
                storage.remove(self._inside(path))
            else:
                storage.make_folder(os.path.dirname(self._inside(aside)))
                storage.rename(self._inside(path), self._inside(aside))

    def _name_aside(self, paths: Iterable[str]) -> None:
        """Gives files a name in ``set-aside`` besides, where the storage can."""
        if has_data(self.root):
            for path in paths:
                second_name(self._inside(path), self._inside(self._aside(path)))

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
