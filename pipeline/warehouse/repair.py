"""Brings back the newest snapshot that the files of a damaged warehouse support.

It removes nothing that was there before it, but what it has moved to ``set-aside`` already.

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
from pipeline.warehouse.incomplete import Complete, complete_articles, missing_articles
from pipeline.warehouse.lock import lock
from pipeline.warehouse.manifest import (
    DATA,
    FILES,
    INDEX,
    MANIFESTS,
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
from pipeline.warehouse.survey import Repair, Survey, repair_mark
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
            f"{root} cannot be repaired: {error}. Nothing was removed. If the disk is full, make "
            "room; if not, check it and the permissions of the folder. Then repair it again."
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
      damages: path -> damage, of its files of rows that are damaged or missing.
      complete: what is left of its files of rows if some are written again; else ``None``.
      before: names the files as they were.
      needs_index: whether the index has to be built again.
      index_damage: a damage of the index, or "".
      linked: paths of its files of which there is only the link in ``data``.
      unnamed: paths of files that no manifest names any more; to ``set-aside``.
      replaced: paths of files that are written again; to ``set-aside`` afterwards.
    """

    manifest: Manifest
    damages: Mapping[str, str]
    complete: Complete | None
    before: Manifest
    needs_index: bool
    index_damage: str
    linked: Sequence[str]
    unnamed: Sequence[str]
    replaced: Sequence[str]

    @property
    def is_whole(self) -> bool:
        """Whether all files of rows can be read afterwards."""
        return self.complete is not None or not self.damages

    @property
    def rebuild(self) -> bool:
        """Whether the index is built again, which takes all rows."""
        return self.needs_index and self.is_whole


class _Repairer(Survey):
    """Surveys a damaged warehouse, decides, says what it decided, and carries it out.

    Args:
      warehouse: the warehouse, to which no other process may write.
      schema: of the installed transforms.
      without_damaged: as for ``repair``.
    """

    def repair(self, build_index: BuildIndex, dry_run: bool) -> Repair:
        """Decides and says so, and carries it out unless it is a dry run."""
        if plan := self._decide():
            self._tell(plan)
            if not dry_run:
                self._carry_out(plan, build_index)
        return self.result

    def _decide(self) -> _Plan | None:
        """Returns what is to be done; ``None`` for nothing."""
        base = max(self.known, key=lambda manifest: manifest.number, default=None)
        # Of a warehouse that readers were never shown, files that no manifest names may be newer.
        is_newest = base and base.number == self.last and (self.shown or not self._unnamed(base))
        later = self._later(base)
        if self.unreadable and not is_newest and not self.without_damaged:
            # Without it in a manifest, a restored file would be taken for one that was merged.
            return None
        self.set_aside += self.unreadable
        if base and is_newest:
            before = base
            self._leave_out(later)
        else:
            before = self._composed(base, later)
        others = [other for other in self.manifests if other != base]
        named = named_files(self.root, [*others, *([base] if base else ()), before])
        damages = {path: self._damage(file) for path, file in named.items()}
        self._set_aside_damaged(before, others, damages)
        before = self._without_damaged_lists(before, damages)

        manifest, complete = before, None
        of_rows = {file.path: damages[file.path] for file in before.files if damages[file.path]}
        if self.without_damaged and (of_rows or self.unreadable):
            complete = self._complete(before, of_rows, dry_run=True)
            manifest = dataclasses.replace(before, files=complete.files)
            if base in self.manifests and base and complete.replaced:
                self.set_aside.append(manifest_path(base.number))
        of_index = [damages[file.path] for file in before.index_files if damages[file.path]]
        needs_index = bool(manifest.files and (of_index or not is_newest or complete))
        rebuild = needs_index and (complete is not None or not of_rows)
        if rebuild:
            manifest = dataclasses.replace(manifest, index_files=())
        in_place = map(self._place, complete.replaced if complete else ())
        replaced = [path for path in in_place if self._exists(path)]
        # What no manifest names any more the next writer would remove.
        loses_manifest = bool(self.set_aside) or base not in self.manifests
        unnamed = self._unnamed(manifest) if loses_manifest else []
        if loses_manifest or rebuild:
            indexes = {file.path for one in (*others, manifest) for file in one.index_files}
            unnamed += [path for path in self._parquet_files(INDEX) if path not in indexes]
        kept = {*self.set_aside, *replaced, *self.links}
        unnamed = [path for path in unnamed if path not in kept and not self._is_unfinished(path)]
        self.set_aside += unnamed
        if manifest.files and (complete or manifest not in self.known):
            manifest = dataclasses.replace(manifest, number=max(self.last + 1, manifest.runs))
        return _Plan(
            manifest=manifest,
            damages=of_rows,
            complete=complete,
            before=before,
            needs_index=needs_index,
            index_damage="".join(of_index[:1]),
            linked=[file.path for file in manifest.files if file.path in self.links],
            unnamed=unnamed,
            replaced=replaced,
        )

    def _set_aside_damaged(
        self, manifest: Manifest, others: Sequence[Manifest], damages: Mapping[str, str]
    ) -> None:
        """Sets earlier manifests aside that name damaged files, and these files.

        Those of the manifest to be stay: what can be read of them is kept, and lists of dumps are
        set aside with a sentence.
        """
        self.set_aside += [
            manifest_path(other.number)
            for other in others
            if any(damages[file.path] for file in other.files)
        ]
        named = {file.path for file in (*manifest.files, *manifest.input_files)}
        self.set_aside += [
            path
            for path, damage in damages.items()
            if damage and path not in named and self._exists(path)
        ]

    def _tell(self, plan: _Plan) -> None:
        """Adds a sentence for each step of a plan, and for each loss, to the result."""
        done, lost, manifest = self.result.done, self.result.lost, plan.manifest
        if plan.complete:
            done += [f"{damage}." for damage in plan.damages.values()]
            done.append(self._left_out(plan.complete))
        else:
            files = [file for file in manifest.files if file.path in plan.damages]
            lost += [self._lost_rows(file, plan.damages[file.path]) for file in files]
        if plan.rebuild:
            why = f": {plan.index_damage}" if plan.index_damage else ""
            done.append(f"The index is rebuilt from the articles and paragraphs{why}.")
        elif plan.needs_index:
            lost.append(
                "The index cannot be rebuilt without these rows. Repair the warehouse again, or "
                "rebuild it with copydesk reindex, once they are restored."
            )
        done += [f"{self._path(path)} comes back from its link in {DATA}." for path in plan.linked]
        moved = [*self.set_aside, *plan.replaced]
        done += [f"{self._path(path)} is moved to {SET_ASIDE}." for path in moved]
        if manifest.files:
            self._tell_of_manifest(manifest, plan.rebuild)
        elif self.last or self.set_aside:
            lost.append("No snapshot can be brought back. Restore the warehouse from a backup.")

    def _tell_of_manifest(self, manifest: Manifest, rebuild: bool) -> None:
        done = self.result.done
        if rebuild or manifest not in self.manifests:
            done.append(f"{self._path(manifest_path(manifest.number))} is written.")
        if problem := catalog_problem(manifest, *shown(self.root)):
            done.append(f"The catalog is built again: {problem}")
        if manifest in self.manifests and not shows_data(manifest):
            done.append(f"{self._path(DATA)} is built again: it does not show the newest manifest.")
        self.result.number = manifest.number

    def _carry_out(self, plan: _Plan, build_index: BuildIndex) -> None:
        manifest = plan.manifest
        if not manifest.files:
            self._move_aside(self.set_aside)
            return
        for path in plan.linked:
            second_name(self._inside(self.links[path]), self._inside(path))
        run_id = make_run_id(datetime.datetime.now(datetime.UTC))
        if plan.rebuild:
            # While it is there, what is written is of an unfinished repair.
            self.warehouse.staging_folder(run_id)
            try:
                if plan.complete:
                    manifest = self._rewritten(plan, repair_mark(run_id))
                index = tuple(build_index(manifest, run_id))
            except BaseException:  # it may have filled the disk, which the next repair needs
                for folder, mark in ((INDEX, run_id), (FILES, repair_mark(run_id))):
                    for path in self._parquet_files(folder):
                        if mark in path:
                            storage.remove(self._inside(path))
                self.warehouse.remove_staging(run_id)
                raise
            manifest = dataclasses.replace(manifest, index_files=index)
        # A file moved before the manifest is written is one that no repair would need again.
        in_the_way = {manifest_path(manifest.number), *plan.unnamed}
        manifests = {path for path in self.set_aside if path.startswith(f"{MANIFESTS}/")}
        self._move_aside([path for path in self.set_aside if path in in_the_way])
        # The next writer removes what no manifest names, so it has another name before.
        self._name_aside(plan.replaced)
        if manifest not in self.manifests:
            write_manifest(manifest)
        if plan.rebuild:
            self.warehouse.remove_staging(run_id)
        self._move_aside(sorted(manifests - in_the_way))
        try:
            manifest = self.warehouse.show(manifest, self.schema)
        except (OSError, CatalogError) as error:
            if plan.is_whole:
                raise
            self.result.lost.append(f"The catalog cannot be built without these rows: {error}")
        # Last, since until then another repair may begin with what readers were shown before.
        moved = manifests | in_the_way
        self._move_aside([path for path in self.set_aside if path not in moved])
        self._move_aside(plan.replaced)
        self.result.number = manifest.number

    def _lost_rows(self, file: DataFile, damage: str) -> str:
        return (
            f"{damage}: {count(file.rows, 'row')} of {file.table}. Restore it from a backup, and "
            "repair the warehouse again; or go on without what it lacks: "
            f"{repair_command(self.root)} {WITHOUT_DAMAGED}"
        )

    def _complete(
        self, manifest: Manifest, damaged: Collection[str], mark: str = "", dry_run: bool = False
    ) -> Complete:
        return complete_articles(manifest, damaged, self.links, self.schema, mark, dry_run)

    def _left_out(self, complete: Complete) -> str:
        rows = ", ".join(
            f"{count(rows, 'row')} of {table}" for table, rows in complete.rows.items()
        )
        left_out = f"Left out are {rows or 'no rows'}"
        if not complete.articles:
            return f"{left_out}."
        return (
            f"{left_out}, with all of {count(complete.articles, 'article')} that would be "
            "incomplete. To read their dumps again: copydesk run --again --warehouse "
            f"{shlex.quote(self.root)} --input PATH"
        )

    def _rewritten(self, plan: _Plan, mark: str) -> Manifest:
        """Returns a manifest of new files without incomplete articles, and its exceptions."""
        manifest = plan.before
        files = name_in_files(self.root, self._complete(manifest, plan.damages, mark).files)
        empty = f"{manifest.run_id}-empty{mark}"
        files = self.warehouse.with_empty_tables(self.schema, files, empty)
        manifest = dataclasses.replace(
            manifest,
            number=plan.manifest.number,
            schema_version=SCHEMA_VERSION,
            columns=stored_columns(manifest, self.schema),
            files=tuple(sorted(files, key=lambda file: (file.table, file.path))),
        )
        left_out = missing_articles(manifest)
        manifest = dataclasses.replace(manifest, left_out=left_out)
        found = row_exceptions(manifest, self.schema)
        exceptions = {claim: cases for claim, (cases, _) in found.items()}
        version = schema_version(exceptions, left_out)
        return dataclasses.replace(manifest, exceptions=exceptions, schema_version=version)

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
