"""One run: from the options to a committed warehouse."""

import concurrent.futures
import contextlib
import dataclasses
import datetime
import json
import logging
import os
import shutil
import time
from collections.abc import Collection, Mapping, Sequence
from importlib import metadata
from typing import TextIO

from apache_beam.options.pipeline_options import StandardOptions

from pipeline.compaction import Merged, merge_small_files
from pipeline.dumps.inputs import FoundDump, find_dumps, open_dump
from pipeline.dumps.kafka import is_kafka
from pipeline.errors import CopydeskError
from pipeline.execute import LocalEngine, RunError, execute
from pipeline.flags import LOCAL_RUNNER
from pipeline.index import index_files, indexed_streams, is_older
from pipeline.new_dumps import (
    HASHED_HERE,
    TakenDumps,
    describe_in_background,
    rejects_for,
    whole,
    without_unread,
)
from pipeline.options import CopydeskOptions
from pipeline.plan import planned_transforms
from pipeline.progress import Progress
from pipeline.reindex import replace_index
from pipeline.rejects import FAILURES, TooManyRejects, too_many_failures
from pipeline.shards import storable
from pipeline.storage import is_remote, shown
from pipeline.tasks.hashes import NewDump
from pipeline.tasks.job import Job, Output
from pipeline.tasks.sizes import STAGED_BYTES, STORED_BYTES, partitions_for, text_bytes
from pipeline.transform import Transform
from pipeline.warehouse import (
    Input,
    Manifest,
    Warehouse,
    build_schema,
    is_part,
    make_run_id,
)
from pipeline.warehouse.catalog import try_catalog

_log = logging.getLogger(__name__)

_NO_OUTPUT = Output()

PRUNE_EVERY = 50
"""Commits of one process between two prunings, which ask for the time of every kept manifest."""

__all__ = ["RunError", "RunReport", "run"]


@dataclasses.dataclass(frozen=True)
class RunReport:
    """The result of a run.

    Attributes:
      run_id: id of the run; ``None`` if there was nothing new.
      dumps: dumps that the inputs name.
      new_dumps: dumps among them that were read.
      articles: rows added to ``articles``.
      paragraphs: rows added to ``paragraphs``.
      rejects: rows added to ``rejects``.
      counted: line of the report -> counts by value, as ``Column.counted`` declares them; those of
        a bool column have the value "".
      seconds: wall-clock time.
      warehouse: its folder, as given.
      rest: paths of partitions of topics that have more records than were to be read.
      too_many_failures: what to do about a run that committed more failures than ``--max-rejects``
        allows, in sentences; empty otherwise.
    """

    run_id: str | None
    dumps: int
    new_dumps: int
    articles: int
    paragraphs: int
    rejects: int
    counted: Mapping[str, Mapping[str, int]]
    seconds: float
    warehouse: str
    rest: frozenset[str] = frozenset()
    too_many_failures: str = ""

    @property
    def nothing_new(self) -> bool:
        """True if every dump was in the warehouse already."""
        return not self.new_dumps


def run(options: CopydeskOptions) -> RunReport:
    """Reads the new dumps of the inputs into the warehouse, and commits them all at once.

    Raises:
      RunError, InputError, WarehouseError, OptionsError, TransformError: with the remedy; the
        warehouse is as it was.
      TooManyRejects: too many records failed, and ``--on-too-many-rejects`` is ``refuse``.
    """
    return Runs(options).run(find_dumps(options.input, is_part))


class Runs:
    """The runs of a process onto one warehouse, one after the other.

    What they have in common is made once: transforms, schema, the dumps that were taken.

    Args:
      options: of all runs.
      kept: keeps worker processes and graph from run to run.

    Raises:
      WarehouseError, OptionsError, TransformError: with the remedy.
    """

    def __init__(self, options: CopydeskOptions, kept: LocalEngine | None = None) -> None:
        self._options = options
        self._kept = kept
        self._transforms = planned_transforms(options.transform_settings())
        self._schema = build_schema(self._transforms)
        self._taken = TakenDumps(options.dump_options())
        self._commits = 0
        self._last_commit: Manifest | None = None  # the newest manifest, if the last run succeeded
        self.warehouse = Warehouse(options.warehouse)

    def run(
        self,
        found: Sequence[FoundDump],
        growing: Collection[str] = (),
        most_records: int | None = None,
        stream: TextIO | None = None,
    ) -> RunReport:
        """Reads the new ones of some dumps, and commits them all at once.

        Args:
          found: the dumps.
          growing: paths of logs among them to which more may be written meanwhile.
          most_records: records of each partition of a topic to read; ``None`` for all.
          stream: receives the progress; ``None`` is standard error.

        Raises:
          RunError, WarehouseError, TransformError: with the remedy; the warehouse is as it was.
          TooManyRejects: too many records failed, and ``--on-too-many-rejects`` is ``refuse``.
        """
        began = time.monotonic()
        started_at = datetime.datetime.now(datetime.UTC)
        options, warehouse, schema = self._options, self.warehouse, self._schema
        cluster = options.view_as(StandardOptions).runner not in (None, LOCAL_RUNNER)
        last_commit, self._last_commit = self._last_commit, None
        with warehouse.open_for_writing(schema, last_commit):
            before = warehouse.newest
            with Progress(len(found), sum(dump.size for dump in found), stream) as progress:
                progress.stage("looking for new dumps")
                self._taken.update(before)
                new = self._taken.new(
                    found, growing, most_records, HASHED_HERE if cluster else None
                )
                dumps = [whole(dump) for dump in found] if options.again else new
                if not dumps:
                    self._last_commit = before
                    return self._report(began, found)
                if before and is_older(before, self._transforms):
                    before = self._with_new_index(before, progress)
                    started_at = datetime.datetime.now(datetime.UTC)  # runs are numbered by it
                job = self._job(dumps, before, started_at, cluster)
                warn_of_little_space(job.root, job.staging, _text_bytes(dumps))
                hashed = None
                if cluster:
                    try_catalog(before, schema)
                else:
                    hashed = describe_in_background(
                        new, options.dump_options(), lambda: try_catalog(before, schema)
                    )
                output, merged = _execute_and_merge(
                    options, dumps, job, progress, before, hashed, self._kept
                )
            taken = hashed.result() if hashed else output.inputs
            if cluster:
                if not taken:
                    # The rest of the folder stays: by it the next run knows the merged files, which
                    # nobody needs, as those of this one.
                    _clear(warehouse, job.run_id, committed=False)
                    return self._report(began, found)
                _check_opened(options, dumps, warehouse.root, output)
                dumps = _among(dumps, taken)
            failures = _check_failures(options, warehouse.root, output)
            self._last_commit = self._commit(job, len(dumps), taken, output, merged)
            self._prune(job.run_id)
            sizes = {dump.path: dump.size for dump in found}
            return dataclasses.replace(
                self._report(began, found, dumps, output),
                run_id=job.run_id,
                rest=frozenset(
                    d.path for d in dumps if is_kafka(d.path) and d.stop != sizes[d.path]
                ),
                too_many_failures=failures,
            )

    def _with_new_index(self, before: Manifest, progress: Progress) -> Manifest:
        progress.stage("rebuilding the index, once, for this version of copydesk")
        return replace_index(
            self._transforms,
            self.warehouse,
            before,
            self._options.processes_here(),
            self._options.document_memory << 20,
        )

    def _job(
        self,
        dumps: Sequence[NewDump],
        before: Manifest | None,
        started_at: datetime.datetime,
        cluster: bool,
    ) -> Job:
        options, warehouse = self._options, self.warehouse
        run_id = options.run_id or make_run_id(started_at)
        return Job(
            transforms=tuple(self._transforms),
            dump_options=options.dump_options(),
            root=warehouse.root,
            staging=warehouse.staging_folder(run_id, options.staging, cluster),
            run_id=run_id,
            run_number=before.runs + 1 if before else 1,
            started_at=started_at,
            partitions=options.partitions or _partitions(options, dumps, before),
            index_files=index_files(before, self._transforms),
        )

    def _commit(
        self, job: Job, dumps: int, taken: Sequence[Input], output: Output, merged: Merged
    ) -> Manifest:
        """Commits what a run has written, and removes its working files meanwhile."""
        with concurrent.futures.ThreadPoolExecutor(1) as background:
            # Whether the commit succeeds or not, nobody needs the staged shards any more.
            cleared = background.submit(_clear, self.warehouse, job.run_id, committed=False)
            committed = self.warehouse.commit(
                {
                    "run_id": job.run_id,
                    "started_at": job.started_at,
                    "finished_at": datetime.datetime.now(datetime.UTC),
                    "version": metadata.version("copydesk"),
                    "settings": _settings(self._options, self._transforms),
                    "dumps": dumps,
                    "removed_by_rule": list(output.counted.get("removed_lines.rule", {}).items()),
                    **output.counts,
                },
                output.files,
                without_unread(taken, self.warehouse.root, output),
                output.index_files,
                merged=merged.files,
                replaced=merged.replaced,
            )
        cleared.result()
        _clear(self.warehouse, job.run_id, committed=True)
        return committed

    def _report(
        self,
        began: float,
        found: Sequence[FoundDump],
        dumps: Sequence[NewDump] = (),
        output: Output = _NO_OUTPUT,
    ) -> RunReport:
        return RunReport(
            run_id=None,
            dumps=len(found),
            new_dumps=len(dumps),
            articles=output.counts.get("articles", 0),
            paragraphs=output.counts.get("paragraphs", 0),
            rejects=output.counts.get("rejects", 0),
            counted={
                column.counted: output.counted.get(f"{table}.{name}", {})
                for table, name, column in self._schema.counted()
            },
            seconds=time.monotonic() - began,
            warehouse=self._options.warehouse,
        )

    def _prune(self, run_id: str) -> None:
        self._commits += 1
        if self._commits % PRUNE_EVERY != 1:
            return
        try:
            self.warehouse.prune()
        except (OSError, CopydeskError) as error:
            _log.warning(
                "Run %s is committed, but old snapshots cannot be removed: %s. The next runs try "
                "again.",
                *(run_id, str(error).rstrip(".")),
            )


def _partitions(options: CopydeskOptions, dumps: Sequence[NewDump], before: Manifest | None) -> int:
    return partitions_for(
        _text_bytes(dumps),
        sum(file.bytes for file in before.index_files) if before else 0,
        options.processes_here(),
        options.engine_workers(),
    )


def _text_bytes(dumps: Sequence[NewDump]) -> int:
    return sum(text_bytes(dump.path, dump.size) for dump in dumps)


def warn_of_little_space(root: str, staging: str, text: int) -> None:
    """Warns if a run will likely fill a disk.

    Args:
      root: the warehouse's folder.
      staging: folder of the working files, or a URL, about whose storage nothing is known.
      text: bytes of article text in the dumps, estimated.
    """
    needs: dict[int, list[tuple[str, float]]] = {}
    for folder, size in ((staging, STAGED_BYTES * text), (root, STORED_BYTES * text)):
        if not is_remote(folder):
            needs.setdefault(os.stat(folder).st_dev, []).append((shown(folder), size))
    for places in needs.values():
        folder, need = places[-1][0], sum(size for _, size in places)
        free = shutil.disk_usage(folder).free
        if need > free:
            _log.warning(
                "The disk of %s has %s MB left, and this run may need %s MB of it. Should it be "
                "full, the run ends and commits nothing: make room, or put the working files, two "
                "thirds of the need, on another disk with --staging.",
                *(folder, f"{free / 1e6:,.0f}", f"{need / 1e6:,.0f}"),
            )


def _check_failures(options: CopydeskOptions, root: str, output: Output) -> str:
    """Returns what to do about a run of which too many records failed; empty otherwise.

    Raises:
      TooManyRejects: instead, if such a run is not to be committed.
    """
    failures = too_many_failures(
        output.counted.get("rejects.reason", {}), output.counts["records"], options.max_rejects
    )
    if failures and options.on_too_many_rejects == "refuse":
        first = min(
            rejects_for(FAILURES, root, output),
            key=lambda row: (row["source_file"], row["record_index"] or 0, row["detail"]),
        )
        raise TooManyRejects(
            f"{failures}. The first: {first['source_file']}, record {first['record_index']}, "
            f"{first['detail']} Nothing was committed, as --on-too-many-rejects says"
        )
    return failures and (
        f"{failures}. The run is committed, and the rejects say why: FROM rejects SELECT reason, "
        "detail. Mend the cause, and read the dumps again with copydesk run --again"
    )


def _among(dumps: Sequence[NewDump], taken: Sequence[Input]) -> list[NewDump]:
    """Returns those of some dumps that a run took; the workers of a cluster left others out."""
    paths = {dump.path for dump in taken}
    return [dump for dump in dumps if storable(dump.path) in paths]


def _check_opened(
    options: CopydeskOptions, dumps: Sequence[NewDump], root: str, output: Output
) -> None:
    """Raises RunError if a worker of a cluster could not open a dump that can be opened here.

    On one machine such a dump is gone since, and becomes a reject. Where the workers are elsewhere
    most likely none can open any, and a run without articles would be committed.
    """
    paths = {storable(dump.path): dump.path for dump in dumps}
    for row in rejects_for({"unreadable"}, root, output):
        path = paths.get(row["source_file"])
        if path is not None and not is_kafka(path) and _can_be_read(path):
            runner = options.view_as(StandardOptions).runner
            raise RunError(
                f"{path} can be read here, but not by a worker of {runner}: {row['detail']} "
                "Nothing was committed, and it is still new. Put the dumps, like the warehouse and "
                "the staging folder, where all workers find them under the same path"
            )


def _can_be_read(path: str) -> bool:
    try:
        with open_dump(path) as file:
            file.read(1)
    except OSError:
        return False
    return True


def _clear(warehouse: Warehouse, run_id: str, committed: bool) -> None:
    with contextlib.suppress(OSError, CopydeskError):  # the next run tries again
        warehouse.remove_staging(run_id, committed)


def _settings(options: CopydeskOptions, transforms: Sequence[Transform]) -> str:
    """Returns the options that decide the rows of a run, as JSON."""
    return json.dumps(
        {
            "options": {
                "format": options.format,
                "map": options.map,
                "max_document_bytes": options.max_document_bytes,
            },
            "transforms": {
                step.name(): {
                    "version": step.version,
                    **(
                        dataclasses.asdict(step)
                        if dataclasses.is_dataclass(step) and not isinstance(step, type)
                        else {}
                    ),
                }
                for step in transforms
            },
        },
        sort_keys=True,
        default=str,
    )


def _execute_and_merge(
    options: CopydeskOptions,
    dumps: Sequence[NewDump],
    job: Job,
    progress: Progress,
    before: Manifest | None,
    hashed: concurrent.futures.Future[list[Input]] | None,
    kept: LocalEngine | None,
) -> tuple[Output, Merged]:
    """Runs the pipeline, and merges the small files of earlier runs meanwhile.

    A small run, which has few tasks, leaves a core idle for it.
    """
    if before is None:
        return execute(options, dumps, job, progress, hashed, kept), Merged()
    with concurrent.futures.ThreadPoolExecutor(1) as background:
        merging = background.submit(
            merge_small_files, before, job.run_id, indexed_streams(job.transforms)
        )
        output = execute(options, dumps, job, progress, hashed, kept)
        return output, merging.result()
