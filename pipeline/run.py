"""One run: from the options to a committed warehouse."""

import concurrent.futures
import contextlib
import dataclasses
import datetime
import json
import os
import re
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from importlib import metadata
from multiprocessing.pool import ThreadPool

import apache_beam as beam
from apache_beam.options.pipeline_options import StandardOptions
from apache_beam.runners.runner import PipelineState

from pipeline import graph
from pipeline.article import READ_COLUMNS, READ_FIELDS
from pipeline.dumps.inputs import FoundDump, content_hash, find_dumps
from pipeline.errors import CopydeskError
from pipeline.flags import LOCAL_RUNNER
from pipeline.index import index_folder, indexed_streams
from pipeline.options import CopydeskOptions
from pipeline.pool import WorkerDied
from pipeline.progress import DumpProgress, Progress
from pipeline.runners import make_runner, remedy
from pipeline.shards import AccountingError, storable
from pipeline.storage import open_input
from pipeline.tasks.job import Job, Output
from pipeline.tasks.sizes import batch_bytes_for, partitions_for, raw_bytes, text_bytes
from pipeline.transform import CorpusTransform, Transform, discover, order
from pipeline.warehouse import (
    DataFile,
    Input,
    Manifest,
    Schema,
    Warehouse,
    WarehouseError,
    build_schema,
    is_part,
    make_run_id,
)
from pipeline.warehouse.compact import Merged, merge_small_files

_STAGE_MARK = re.compile(r"( \[while running '[^\n]*'\])+\s*$")
"""What Beam adds to the message of an exception on its way out of a stage."""


class RunError(CopydeskError):
    """The run failed; the message says why and what to do. Nothing was committed."""


@dataclasses.dataclass(frozen=True)
class RunReport:
    """What a run did.

    Attributes:
      run_id: id of the run; ``None`` where there was nothing new.
      dumps: dumps the inputs name.
      new_dumps: dumps among them that were read.
      articles: rows added to ``articles``.
      paragraphs: rows added to ``paragraphs``.
      counted: line of the report -> counts by value, as ``Column.counted`` declares them; those of
        a bool column have the value "".
      seconds: wall-clock time.
      warehouse: its folder, as given.
      nothing_new: whether every dump was in the warehouse already.
    """

    run_id: str | None
    dumps: int
    new_dumps: int
    articles: int
    paragraphs: int
    counted: Mapping[str, Mapping[str, int]]
    seconds: float
    warehouse: str
    nothing_new: bool


def run(options: CopydeskOptions) -> RunReport:
    """Reads the new ones of the dumps into the warehouse, and commits them all at once.

    Raises:
      RunError, InputError, WarehouseError, OptionsError, TransformError: with the remedy; the
        warehouse is as it was.
    """
    began = time.monotonic()
    started_at = datetime.datetime.now(datetime.UTC)
    transforms = order(options.transforms(discover()), [*READ_COLUMNS, *READ_FIELDS])
    found = find_dumps(options.input, is_part)
    warehouse = Warehouse(options.warehouse)
    schema = build_schema(transforms)
    with warehouse.open_for_writing(schema):
        before = warehouse.latest()
        progress = Progress(len(found), sum(dump.size for dump in found), stream=sys.stderr)
        try:
            progress.stage("looking for new dumps")
            new = _new_dumps(found, before)
            dumps = found if options.again else new
            if not dumps:
                return _report(options, schema, None, found, [], Output(), began)
            run_id = options.run_id or make_run_id(started_at)
            job = Job(
                transforms=tuple(transforms),
                dump_options=options.dump_options(),
                root=warehouse.root,
                staging=warehouse.staging_folder(run_id, options.staging),
                run_id=run_id,
                run_number=before.number + 1 if before else 1,
                started_at=started_at,
                partitions=options.partitions
                or partitions_for(
                    sum(text_bytes(dump.path, dump.size) for dump in dumps),
                    _index_bytes(before),
                    options.worker_processes(),
                ),
                index_files=_index_files(before, warehouse.root, transforms),
            )
            described = _described_beside(new)
            output, merged = _execute_and_merge(options, dumps, job, progress, before, described)
        finally:
            progress.close()
        with concurrent.futures.ThreadPoolExecutor(1) as beside:
            # Whether the commit succeeds or not, nobody needs the staged shards any more.
            cleared = beside.submit(_clear, warehouse, run_id)
            warehouse.commit(
                {
                    "run_id": run_id,
                    "started_at": started_at,
                    "finished_at": datetime.datetime.now(datetime.UTC),
                    "version": metadata.version("copydesk"),
                    "settings": _settings(options, transforms),
                    "dumps": len(dumps),
                    "removed_by_rule": list(output.counted.get("removed_lines.rule", {}).items()),
                    **output.counts,
                },
                output.files,
                described.result(),
                output.index_files,
                merged=merged.files,
                replaced=merged.replaced,
            )
        cleared.result()
        warehouse.prune()
        return _report(options, schema, run_id, found, dumps, output, began)


def _clear(warehouse: Warehouse, run_id: str) -> None:
    with contextlib.suppress(OSError):  # the next run tries again
        warehouse.remove_staging(run_id)


def _report(
    options: CopydeskOptions,
    schema: Schema,
    run_id: str | None,
    found: Sequence[FoundDump],
    dumps: Sequence[FoundDump],
    output: Output,
    began: float,
) -> RunReport:
    return RunReport(
        run_id=run_id,
        dumps=len(found),
        new_dumps=len(dumps),
        articles=output.counts.get("articles", 0),
        paragraphs=output.counts.get("paragraphs", 0),
        counted={
            column.counted: output.counted.get(f"{table}.{name}", {})
            for table, name, column in schema.counted
        },
        seconds=time.monotonic() - began,
        warehouse=options.warehouse,
        nothing_new=not dumps,
    )


def _new_dumps(found: Sequence[FoundDump], manifest: Manifest | None) -> list[FoundDump]:
    """Returns the dumps that no earlier run has taken in.

    A dump is the same wherever it lies: by its name and its bytes. Those are hashed only where name
    and size are those of a dump taken in before.
    """
    taken_in = manifest.inputs if manifest else ()
    known = {taken._replace(path=os.path.basename(taken.path)) for taken in taken_in}
    suspects = {(path, size) for path, size, _ in known}
    alike = [dump for dump in found if (_name(dump.path), dump.size) in suspects]
    old = {
        dump.path
        for dump, described in zip(alike, _described(alike), strict=True)
        if described._replace(path=_name(dump.path)) in known
    }
    return [dump for dump in found if dump.path not in old]


def _name(path: str) -> str:
    return storable(os.path.basename(path))


def _described_beside(dumps: Sequence[FoundDump]) -> concurrent.futures.Future[list[Input]]:
    """Describes dumps in a thread of its own, while the graph is built.

    Nothing is read before all are hashed: a dump that is output anew meanwhile is then recorded as
    it was before, and read by the next run, rather than recorded as what nobody has read.
    """
    future: concurrent.futures.Future[list[Input]] = concurrent.futures.Future()

    def describe() -> None:
        try:
            future.set_result(_described(dumps))
        except Exception as error:  # noqa: BLE001 - it is the future's
            future.set_exception(error)

    # A daemon, so that a run that is interrupted need not wait until all is hashed.
    threading.Thread(target=describe, daemon=True).start()
    return future


def _described(dumps: Sequence[FoundDump]) -> list[Input]:
    """Returns the dumps with the hash of their content; without one where they cannot be read."""
    if not dumps:
        return []
    # Its threads are daemons, unlike those of an executor: an interrupted run ends without them.
    threads = min(len(dumps), 2 * (os.cpu_count() or 1))
    with ThreadPool(threads) as pool:
        return pool.map(_describe, dumps)


def _describe(dump: FoundDump) -> Input:
    try:
        digest = content_hash(dump.path)
    except OSError:
        digest = ""  # the readers make it a reject with the reason
    return Input(storable(dump.path), dump.size, digest)


def _index_bytes(manifest: Manifest | None) -> int:
    return sum(file.bytes for file in manifest.index_files) if manifest else 0


def _index_files(
    manifest: Manifest | None, root: str, transforms: Sequence[Transform]
) -> dict[tuple[str, str], list[str]]:
    """Returns the index files of every indexed channel.

    Raises:
      RunError: the warehouse's index is of another version of a step.
    """
    files: Sequence[DataFile] = manifest.index_files if manifest else ()
    folders: dict[str, list[str]] = {}
    for file in files:
        folders.setdefault(os.path.dirname(file.path), []).append(f"{root}/{file.path}")
    result: dict[tuple[str, str], list[str]] = {}
    for step in transforms:
        if not isinstance(step, CorpusTransform):
            continue
        for stream in step.streams:
            if not stream.indexed:
                continue
            folder = index_folder(step, stream.name)
            others = sorted(name for name in folders if name.startswith(f"index/{step.name()}-v"))
            if (
                others
                and folder not in folders
                and not any(
                    name.startswith(f"index/{step.name()}-v{step.version}/") for name in others
                )
            ):
                raise RunError(
                    f"the index of {root} is of another version of {step.name()} "
                    f"({os.path.dirname(others[0])}; this is version {step.version}). "
                    "Rebuild it with: copydesk reindex"
                )
            result[step.name(), stream.name] = sorted(folders.get(folder, []))
    return result


def _settings(options: CopydeskOptions, transforms: Sequence[Transform]) -> str:
    """Returns what decided the rows of a run, as JSON."""
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
    dumps: Sequence[FoundDump],
    job: Job,
    progress: Progress,
    before: Manifest | None,
    described: concurrent.futures.Future[list[Input]],
) -> tuple[Output, Merged]:
    """Runs the pipeline, and merges the small files of earlier runs meanwhile.

    That is work for a core that a small run, which has few tasks, leaves idle.
    """
    if before is None:
        return _execute(options, dumps, job, progress, described), Merged()
    with concurrent.futures.ThreadPoolExecutor(1) as beside:
        merging = beside.submit(
            merge_small_files, before, job.run_id, indexed_streams(job.transforms)
        )
        output = _execute(options, dumps, job, progress, described)
        return output, merging.result()


def _execute(
    options: CopydeskOptions,
    dumps: Sequence[FoundDump],
    job: Job,
    progress: Progress,
    described: concurrent.futures.Future[list[Input]],
) -> Output:
    runner = make_runner(options)
    name = options.view_as(StandardOptions).runner or LOCAL_RUNNER
    raw = sum(raw_bytes(dump.path, dump.size) for dump in dumps)
    resources = graph.Resources(
        processes=options.worker_processes(),
        document_seconds=options.document_seconds,
        document_memory=options.document_memory << 20,
        batch_bytes=batch_bytes_for(raw),
        raw_bytes=raw,
    )
    sessions = graph.Sessions(job, resources)
    output = f"{job.staging}/output.json"
    with contextlib.ExitStack() as stack:
        if name == LOCAL_RUNNER:
            sizes = {dump.path: dump.size for dump in dumps}
            shown = DumpProgress(progress, sizes, lambda path: raw_bytes(path, 1))
            # The workers are forked and set up while Beam builds the graph.
            stack.enter_context(contextlib.closing(sessions.acquire(shown)))
        else:
            progress.stage(f"running on {name}")
        try:
            pipeline = beam.Pipeline(runner=runner, options=options)
            graph.build(pipeline, [dump.path for dump in dumps], job, sessions, output)
            concurrent.futures.wait([described])
            state = pipeline.run().wait_until_finish()
        except Exception as error:
            if _is_interrupt(error):
                raise KeyboardInterrupt from error
            # The local runner lets the exception of a stage through, of whatever type it is.
            raise RunError(_cause(error, remedy(name, error))) from error
    if state != PipelineState.DONE:
        raise RunError(
            f"the pipeline ended as {state}. Nothing was committed; see the runner's own log."
        )
    with open_input(output) as file:
        content = json.loads(bytes(file.read()))
    return Output(
        files=tuple(DataFile(**file) for file in content.pop("files")),
        index_files=tuple(DataFile(**file) for file in content.pop("index_files")),
        **content,
    )


def _is_interrupt(error: BaseException) -> bool:
    """Whether an exception comes of Ctrl-C, which Beam marks as it does what a stage raises."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, KeyboardInterrupt):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _cause(error: Exception, remedy: str) -> str:
    """Returns in one sentence what went wrong inside a stage, or before the first one."""
    lines = _STAGE_MARK.sub("", str(error)).strip().splitlines()
    told = lines[0].rstrip(".") if lines else type(error).__name__
    if isinstance(error, (AccountingError, WarehouseError)):
        return f"{told}."
    if isinstance(error, WorkerDied):
        return f"{told}. Nothing was committed."
    # Beam makes a RuntimeError, which names the type, of what it cannot mark otherwise.
    if lines and type(error) is not RuntimeError:
        told = f"{type(error).__name__}: {told}"
    remedy = remedy or "run again with --debug to see where it arose"
    return f"{told}. Nothing was committed; {remedy}."


__all__ = ["RunError", "RunReport", "run"]
