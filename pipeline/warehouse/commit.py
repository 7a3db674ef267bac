"""The warehouse's folder: one writer at a time, atomic commits, clean-up, pruning.

A commit is one manifest, written last. A file that no manifest names does not exist: a killed run
leaves the warehouse as it was, and the next writer removes its files. Readers need no lock, because
nothing they see ever changes.
"""

import concurrent.futures
import contextlib
import dataclasses
import datetime
import logging
import os
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Self

from pipeline import storage
from pipeline.errors import CopydeskError
from pipeline.warehouse.catalog import (
    CATALOG_NAME,
    CatalogError,
    write_catalog,
)
from pipeline.warehouse.checks import check_files, check_merged, check_types
from pipeline.warehouse.lock import LOCK_NAME, lock
from pipeline.warehouse.manifest import (
    DATA,
    FILES,
    INDEX,
    INPUTS,
    MANIFESTS,
    SCHEMA_VERSION,
    STAGING,
    WATCH_NAME,
    DataFile,
    Input,
    LockLostError,
    Manifest,
    WarehouseError,
    check_run_id,
    make_run_id,
    manifest_path,
    not_written,
    read_manifest,
    schema_hash,
    schema_version,
    stored_columns,
    write_manifest,
)
from pipeline.warehouse.orphans import check_orphans, check_presence, find_orphans
from pipeline.warehouse.own_rows import write_inputs, write_run
from pipeline.warehouse.plain import (
    build_data,
    discard_data,
    name_in_files,
    remove_old_data,
    shows_data,
)
from pipeline.warehouse.schema import Schema
from pipeline.warehouse.snapshot import (
    SNAPSHOT_NAME,
    catalog_problem,
    publish,
    shown,
)
from pipeline.warehouse.staging import keep_for_job, make_folder, remove_elsewhere
from pipeline.warehouse.writer import (
    file_path,
    write_file,
)

_log = logging.getLogger(__name__)

SET_ASIDE = "set-aside"
"""Folder for what ``copydesk repair`` could not place; nothing in it is ever removed."""

LONGEST_SLEEP = datetime.timedelta(days=7)
"""Time after which a process on another machine that has lost its lock has ended."""

_FOLDERS = (FILES, INDEX, INPUTS, STAGING, MANIFESTS)
_MANIFEST = re.compile(r"([1-9]\d*)\.json")


def is_part(path: str) -> bool:
    """Returns True for a folder or file of a warehouse, which is no input among other dumps."""
    folder, name = os.path.split(path)
    own = (*_FOLDERS, DATA, CATALOG_NAME, SNAPSHOT_NAME, WATCH_NAME, SET_ASIDE)
    return name in own and all(
        os.path.lexists(os.path.join(folder, other)) for other in (LOCK_NAME, MANIFESTS, STAGING)
    )


class Warehouse:
    """The folder of a warehouse.

    Args:
      root: path of the folder, or URL of object storage; ``open_for_writing`` creates it.

    Attributes:
      newest: the newest manifest, while it is open for writing; ``None`` before the first commit.

    Raises:
      ObjectError: nothing can be committed at the URL, or not with what is installed.
      WarehouseError: DuckDB opens no file at such a path: it takes what follows a question mark
        for parameters, a backslash for a slash, and no bytes that are not UTF-8.
    """

    def __init__(self, root: str) -> None:
        self.root = storage.place(root)
        if re.search(r"[?\\\udc80-\udcff]", self.root):  # the last stand for bytes, as of a path
            raise WarehouseError(
                f"{self.root} cannot be a warehouse: DuckDB opens no file below a folder with a "
                "question mark, a backslash or bytes that are not UTF-8 in its name. Rename the "
                "folder, or give another --warehouse."
            )
        self.newest: Manifest | None = None
        self._schema: Schema | None = None
        # A bucket's lock may be taken over from a writer that sleeps, and goes on when it wakes up.
        self._writers_sleep = storage.is_remote(self.root)
        self._left_over: Sequence[str] = ()
        self._check_lock: Callable[[], None] = lambda: None
        self._run_id = ""  # that has staged files last
        # Manifests of which it is noted what they name; file -> the last of them that names it.
        self._noted: set[int] = set()
        self._last_named: dict[str, int] = {}

    def _opened(self) -> Schema:
        if self._schema is None:
            raise WarehouseError(
                f"{self.root} is not open for writing; commit and prune within "
                "`with warehouse.open_for_writing(schema):`."
            )
        return self._schema

    def numbers(self) -> list[int]:
        """Returns the numbers of the kept manifests, in order."""
        names = storage.names(storage.inside(self.root, MANIFESTS))
        numbers = sorted(int(match[1]) for match in map(_MANIFEST.fullmatch, names) if match)
        following = numbers[-1] + 1 if numbers else 1
        # The listing of a bucket may be of a moment ago.
        while storage.status(storage.inside(self.root, manifest_path(following))):
            numbers.append(following)
            following += 1
        return numbers

    def latest(self) -> Manifest | None:
        """Returns the newest manifest; ``None`` before the first commit.

        Raises:
          DamagedError: it is not as it was written.
          WarehouseError: it cannot be read, or is of a newer copydesk.
        """
        numbers = self.numbers()
        return read_manifest(self.root, numbers[-1]) if numbers else None

    @contextlib.contextmanager
    def open_for_writing(
        self, schema: Schema, last_commit: Manifest | None = None
    ) -> Iterator[Self]:
        """Makes this process the only writer until the context ends.

        Creates missing folders, removes the files of killed runs, brings a warehouse of an older
        version to this layout, and catalog and ``data`` up to the newest manifest. Nothing is
        removed if a manifest is damaged or may be missing. If the context ends by an exception,
        what was not committed is removed.

        Args:
          schema: tables and SQL of the installed transforms, from ``build_schema``.
          last_commit: of this process. If it is the newest manifest, nobody has committed since,
            and all this is left out: its cost grows with the manifests and the files.

        Raises:
          DamagedError: a manifest is damaged or missing.
          WarehouseError: the folder cannot be written, another process writes, the warehouse is of
            a newer copydesk, or a column has another type than the warehouse has.
        """
        # Before anything is touched: a warehouse of a newer copydesk must stay as it is.
        newest = self.latest()
        self.check_links(newest)
        check_types(self.root, newest, schema)
        try:
            for folder in () if storage.is_remote(self.root) else _FOLDERS:
                storage.make_folder(storage.inside(self.root, folder))
        except OSError as error:
            raise not_written(f"{self.root}/{STAGING}", error) from error
        with lock(self.root) as self._check_lock:
            if self.numbers()[-1:] != ([newest.number] if newest else []):  # another has committed
                newest = self.latest()
                check_types(self.root, newest, schema)
            self.newest = newest
            try:
                if newest is None or newest != last_commit:
                    self._make_ready(schema)
            except (OSError, CatalogError) as error:
                raise WarehouseError(
                    f"{self.root} cannot be made ready for writing: {error}. Nothing was "
                    "committed. Make room, or check the disk and the permissions of the folder; "
                    "`copydesk verify` lists what is damaged."
                ) from error
            self._schema = schema
            try:
                yield self
            except BaseException:
                # What has failed may have filled the disk. In a bucket it may be committed yet.
                if not self._writers_sleep:
                    try:
                        self._check_lock()
                    except LockLostError:
                        # What no manifest names may be another's. By this folder the next writer
                        # knows that what this one wrote is of no committed run.
                        if self._run_id and os.path.exists(os.path.join(self.root, LOCK_NAME)):
                            storage.make_folder(
                                storage.inside(self.root, f"{STAGING}/{self._run_id}")
                            )
                        raise
                    with contextlib.suppress(OSError, CopydeskError):  # the next writer tries again
                        self._clean_up()
                raise
            finally:
                self._schema = None

    def _make_ready(self, schema: Schema) -> None:
        manifests = self.manifests()
        self._noted.clear()
        self._last_named.clear()
        for manifest in manifests:
            self._note(manifest)
        orphans = find_orphans(self.root, manifests, schema)
        check_orphans(self.root, manifests, orphans)
        if self.newest:
            check_presence(self.newest)
        if self._writers_sleep:
            # One that wakes up may commit these. It cannot any more once this process has put the
            # manifest that both are about to put.
            self._left_over = orphans
        else:
            self._clean_up(orphans)
        if self.newest:
            self.newest = self.show(self.newest, schema)

    def show(self, manifest: Manifest, schema: Schema) -> Manifest:
        """Brings catalog, ``data`` and ``snapshot.json`` up to the newest manifest; returns it.

        A warehouse of version 1 is converted, which makes one more. No other process may write.

        Raises:
          CatalogError: DuckDB refuses a view, or cannot write the file.
          OSError: a file is missing, or cannot be written.
        """
        snapshot, catalog = shown(self.root)
        if manifest.schema_version == 1:
            manifest = self._convert(manifest, schema)
        elif (
            catalog_problem(manifest, snapshot, catalog)
            or (catalog and catalog.folder != self.root)
            or not shows_data(manifest)
        ):
            publish(manifest, write_catalog(manifest, schema), build_data(manifest))
        for number in self.numbers()[:-1]:
            # Version 1 named files in ``data``, where there are none of older snapshots any more.
            if read_manifest(self.root, number).schema_version > 1:
                break
            storage.remove(storage.inside(self.root, manifest_path(number)))
        return manifest

    def rebuild_catalog(self) -> int:
        """Builds catalog and ``data`` again; returns the number of the manifest they show.

        Raises:
          WarehouseError: the warehouse is not open for writing, nothing was committed to it, or a
            file of it is missing.
        """
        schema = self._opened()
        manifest = self.newest
        if manifest is None:
            raise WarehouseError(
                f"nothing was ever committed to {self.root}, so it needs no catalog. Make a "
                "warehouse with copydesk run --input PATH."
            )
        try:
            publish(manifest, write_catalog(manifest, schema), build_data(manifest))
        except (OSError, CatalogError) as error:
            raise WarehouseError(
                f"the catalog of {self.root} cannot be built: {error}. `copydesk verify` lists "
                "what is damaged."
            ) from error
        return manifest.number

    def _convert(self, manifest: Manifest, schema: Schema) -> Manifest:
        """Brings a warehouse of version 1 to this layout: a manifest more, of the same rows.

        Its files get a second name in ``files``; a killed conversion begins again. Readers that
        have the old catalog open must open it again.
        """
        files = name_in_files(self.root, manifest.files)
        converted = dataclasses.replace(
            manifest,
            number=manifest.number + 1,
            schema_version=SCHEMA_VERSION,
            files=tuple(sorted(files, key=lambda file: (file.table, file.path))),
        )
        self._publish(manifest, converted, schema)
        return converted

    def staging_folder(self, run_id: str, elsewhere: str = "", cluster: bool = False) -> str:
        """Returns the folder for a run's working files; the next writer removes it.

        Args:
          run_id: the run.
          elsewhere: folder outside the warehouse, or URL, to create it in. A file in the warehouse
            records its address.
          cluster: True if the run may go on writing after this process was killed.

        Raises:
          WarehouseError: the folder cannot be created, or its address not be recorded.
        """
        check_run_id(run_id)
        self._run_id = run_id
        return make_folder(storage.inside(self.root, f"{STAGING}/{run_id}"), elsewhere, cluster)

    def remove_staging(self, run_id: str, committed: bool = True) -> None:
        """Removes the working files of a run that has ended, also those outside the warehouse.

        If their storage does not respond, their address is kept and the next writer tries again.

        Args:
          run_id: the run.
          committed: False keeps the empty folder, by which an unfinished run is known.

        Raises:
          OSError: the folder inside the warehouse cannot be removed.
        """
        inside = storage.inside(self.root, f"{STAGING}/{run_id}")
        if not remove_elsewhere(inside):
            return
        storage.empty_folder(inside)
        if committed:
            storage.remove_empty_folder(inside)

    def commit(
        self,
        run: Mapping[str, Any],
        files: Sequence[DataFile],
        inputs: Sequence[Input] = (),
        index_files: Sequence[DataFile] = (),
        replace_index: bool = False,
        merged: Sequence[DataFile] = (),
        replaced: Collection[str] = (),
    ) -> Manifest:
        """Adds the files of a run to the warehouse, all at once, and swaps the catalog.

        Args:
          run: the row of ``runs``; missing counts of rows are filled in.
          files: data files of the run, as ``write_table`` returned them.
          inputs: the dumps the run took in.
          index_files: files of the fingerprint index the run wrote.
          replace_index: whether they replace the index or are added to it.
          merged: files with rows of earlier runs, from ``merge_small_files``.
          replaced: paths of the files these replace.

        Raises:
          WarehouseError: the warehouse is not open for writing, a file is missing or of another
            size, or the manifest cannot be written. Nothing is committed unless the message says
            so.
        """
        schema = self._opened()
        before = self.newest  # not what another one has committed since
        run_id = str(run.get("run_id", ""))
        check_run_id(run_id)
        check_files(self.root, before, run_id, [*files, *index_files, *merged])
        check_merged(before, merged, replaced)
        kept = [file for file in (before.all_files if before else ()) if file.path not in replaced]
        data, index, taken_in = (
            [file for file in (*kept, *merged) if file.path.startswith(f"{folder}/")]
            for folder in (FILES, INDEX, INPUTS)
        )
        exceptions = before.exceptions if before else {}
        left_out = before.left_out if before else ()
        all_files = self.with_empty_tables(
            schema, [*data, *files, write_run(self.root, schema, run, files)], f"{run_id}-empty"
        )
        manifest = Manifest(
            number=before.number + 1 if before else 1,
            schema_version=schema_version(exceptions, left_out),
            run_id=run_id,
            version=str(run.get("version", "")),
            columns=stored_columns(before, schema),
            files=tuple(sorted(all_files, key=lambda file: (file.table, file.path))),
            index_files=tuple(
                sorted(
                    [*(() if replace_index else index), *index_files],
                    key=lambda file: (file.table, file.path),
                )
            ),
            input_files=(*taken_in, *write_inputs(self.root, run_id, inputs)),
            exceptions=exceptions,
            left_out=left_out,
            root=self.root,
        )
        self._publish(before, manifest, schema)
        self.newest = manifest
        self._note(manifest)
        if self._left_over:
            with contextlib.suppress(OSError):  # the next writer tries again
                self._clean_up(self._left_over)
            self._left_over = ()
        return manifest

    def _publish(self, before: Manifest | None, manifest: Manifest, schema: Schema) -> None:
        """Writes a manifest, then swaps catalog and ``data``.

        Both are built before, so that what DuckDB or the disk refuses is not committed.

        Raises:
          WarehouseError: something cannot be written. Nothing is committed unless the message says
            so.
        """
        run_id = manifest.run_id
        with concurrent.futures.ThreadPoolExecutor(1) as executor:
            building = executor.submit(self._build_data, before, manifest)
            try:
                catalog = write_catalog(manifest, schema)
            except (OSError, CatalogError) as error:
                if building.exception() is None:
                    discard_data(building.result())
                raise WarehouseError(
                    f"the catalog of run {run_id} cannot be built: {error}. Nothing was committed."
                ) from error
        try:
            data = building.result()
        except BaseException:
            storage.remove(catalog)
            raise
        try:
            self._check_lock()
            write_manifest(manifest)
        except BaseException:
            storage.remove(catalog)
            discard_data(data)
            raise
        try:
            publish(manifest, catalog, data)
            storage.sync_folder(storage.inside(self.root, ""))
        except OSError as error:
            raise WarehouseError(
                f"run {run_id} is committed as manifest {manifest.number}, but "
                f"{self.root}/{CATALOG_NAME} cannot be replaced: {error.strerror}. Make room or "
                f"check the disk; the next run, or copydesk catalog, does it."
            ) from error

    def prune(
        self,
        keep: int = 10,
        keep_seconds: float = 86_400.0,
        most: int = 400,
        least_seconds: float = 3_600.0,
    ) -> list[str]:
        """Removes old manifests, and the files only they name; returns the removed paths.

        A reader that opened an older catalog can read its snapshot until that is pruned.

        Args:
          keep: number of newest manifests to keep, at least one.
          keep_seconds: age up to which further manifests are kept.
          most: number of manifests beyond which only those up to ``least_seconds`` are. Each
            manifest names all files: a day of commits every ten seconds would be 8,640 manifests
            of a hundred kilobytes and more.
          least_seconds: age up to which all manifests are kept.

        Raises:
          WarehouseError: the warehouse is not open for writing, or a manifest is damaged.
        """
        self._opened()
        now = time.time()
        numbers = self.numbers()
        removed: list[int] = []
        for place, number in enumerate(numbers[: -max(keep, 1)]):
            newer = len(numbers) - 1 - place
            oldest = now - (keep_seconds if newer < most else min(keep_seconds, least_seconds))
            found = storage.status(storage.inside(self.root, manifest_path(number)))
            if not found or found.modified >= oldest:
                break
            removed.append(number)
        if not removed:
            return []
        for number in numbers:  # those of others, which may name what the last one noted does not
            if number not in self._noted:
                self._note(read_manifest(self.root, number))
        for number in removed:
            path = manifest_path(number)
            _log.info("%s is removed: newer ones are kept", f"{self.root}/{path}")
            storage.remove(storage.inside(self.root, path))
        # Not all files that no manifest names: in a bucket another writer may be at work.
        gone = sorted(path for path, last in self._last_named.items() if last <= removed[-1])
        self._noted.difference_update(removed)
        for path in gone:
            del self._last_named[path]
        return [*map(manifest_path, removed), *self._clean_up(gone)]

    def _note(self, manifest: Manifest) -> None:
        """Notes what a manifest names; so each is read once, however often is pruned."""
        self._noted.add(manifest.number)
        for file in manifest.all_files:
            last = self._last_named.get(file.path, 0)
            self._last_named[file.path] = max(last, manifest.number)

    def manifests(self) -> list[Manifest]:
        """Returns all kept manifests, in order.

        Raises:
          DamagedError: one is not as it was written.
          WarehouseError: one cannot be read, or is of a newer copydesk.
        """
        return [read_manifest(self.root, number) for number in self.numbers()]

    def _clean_up(self, orphans: Sequence[str] | None = None) -> list[str]:
        """Removes files that no manifest names, and returns their paths."""
        if orphans is None:  # if a manifest is damaged, nothing is removed
            orphans = find_orphans(self.root, self.manifests(), self._opened())
        remove_old_data(self.root)
        for path in orphans:
            _log.info("%s is removed: no manifest names it", os.path.join(self.root, path))
        for path in orphans:
            folder, _, name = path.rpartition("/")
            if folder == STAGING:
                if not keep_for_job(storage.inside(self.root, path)):
                    self.remove_staging(name, committed=not self._may_write(name))
            else:
                storage.remove(storage.inside(self.root, path))
        for folder in (FILES, INDEX, INPUTS):
            storage.remove_empty_folders(storage.inside(self.root, folder))
        return list(orphans)

    def _may_write(self, run_id: str) -> bool:
        """Returns True if the writer of a run that was not committed may be asleep.

        It writes more when it wakes up, before it learns that it cannot commit. Its folder in
        ``staging`` says then that these files are of no committed run.
        """
        oldest = make_run_id(datetime.datetime.now(datetime.UTC) - LONGEST_SLEEP)
        return self._writers_sleep and run_id > oldest

    def check_links(self, manifest: Manifest | None) -> None:
        """Checks that no folder or file that every writer uses is a link.

        Args:
          manifest: the newest, if any.

        Raises:
          LinkError: one is.
        """
        tables = [f"{DATA}/{table}" for table in (manifest.columns if manifest else ())]
        for name in (*_FOLDERS, DATA, *tables, LOCK_NAME, CATALOG_NAME, SNAPSHOT_NAME):
            storage.refuse_link(storage.inside(self.root, name))

    def _build_data(self, before: Manifest | None, manifest: Manifest) -> str:
        """Syncs the folders of new files, and those above them, to the disk; builds ``data``."""
        known = {file.path for file in before.all_files} if before else set()
        folders = {""}
        for file in manifest.all_files:
            folder = os.path.dirname(file.path) if file.path not in known else ""
            while folder not in folders:
                folders.add(folder)
                folder = os.path.dirname(folder)
        try:
            for folder in sorted(folders, reverse=True):
                storage.sync_folder(storage.inside(self.root, folder))
            return build_data(manifest)
        except OSError as error:
            # What was opened below a folder that is open has a name alone.
            place = os.path.join(self.root, os.fsdecode(error.filename or ""))
            raise not_written(place, error) from error

    def with_empty_tables(
        self, schema: Schema, files: Sequence[DataFile], shard: str
    ) -> list[DataFile]:
        """Returns files of rows, with a file of a shard, written now, for each table without."""
        kept = []
        for table in schema.tables:
            members = [file for file in files if file.table == table]
            filled = [file for file in members if file.rows]
            empty = schema.arrow(table).empty_table()
            if filled or any(file.schema == schema_hash(empty.schema) for file in members):
                kept += filled or members
            else:
                path = file_path(f"{FILES}/{table}", shard)
                kept.append(write_file(self.root, path, table, empty))
        return kept + [file for file in files if file.table not in schema.tables]
