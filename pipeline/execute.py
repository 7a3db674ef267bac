"""Executes the graph of a run on the runner that the options name."""

import concurrent.futures
import contextlib
import dataclasses
import json
import logging
import time
from collections.abc import Sequence
from typing import NamedTuple

import apache_beam as beam
from apache_beam.metrics.metric import MetricsFilter
from apache_beam.options.pipeline_options import StandardOptions
from apache_beam.runners.runner import PipelineResult, PipelineState

from pipeline import graph
from pipeline.dumps import DumpRange
from pipeline.errors import CopydeskError
from pipeline.flags import LOCAL_RUNNER
from pipeline.new_dumps import NewDump
from pipeline.options import CopydeskOptions
from pipeline.pool import SMALL_TASKS_PER_WORKER
from pipeline.progress import DumpProgress, Progress, RunProgress
from pipeline.runners import LocalRunner, make_runner, remedy
from pipeline.session import Resources, Session, Sessions
from pipeline.shards import AccountingError
from pipeline.storage import WriteError, open_input
from pipeline.tasks.job import Job, Output
from pipeline.tasks.sizes import batch_bytes_for, raw_bytes
from pipeline.warehouse import DataFile, Input, WarehouseError

_log = logging.getLogger(__name__)

POLL_SECONDS = 5.0
"""Time between two looks at the counters of a job on a cluster."""

_STAGE_MARK = " [while running '"
"""Begin of what Beam adds to the message of an exception on its way out of each stage."""


class RunError(CopydeskError):
    """The run failed; the message says why and what to do. Nothing was committed."""


def execute(
    options: CopydeskOptions,
    dumps: Sequence[NewDump],
    job: Job,
    progress: Progress,
    hashed: concurrent.futures.Future[list[Input]],
    kept: "KeptEngine | None" = None,
) -> Output:
    """Builds the graph of a run, executes it, and returns its total output.

    Args:
      options: of the run.
      dumps: the dumps to read.
      job: the decisions of the run.
      progress: shows the progress.
      hashed: is done when all dumps are hashed, before which none may be read.
      kept: graph and workers of earlier runs of this process, and of later ones.

    Raises:
      RunError: with the remedy; only staged files remain.
    """
    runner = make_runner(options)
    name = options.view_as(StandardOptions).runner or LOCAL_RUNNER
    raw = sum(raw_bytes(dump.path, dump.size) for dump in dumps)
    resources = Resources(
        processes=options.worker_processes(),
        document_seconds=options.document_seconds,
        document_memory=options.document_memory << 20,
        batch_bytes=batch_bytes_for(raw),
        raw_bytes=raw,
    )
    with contextlib.ExitStack() as stack:
        if name == LOCAL_RUNNER:
            sizes = {dump.path: dump.size for dump in dumps}
            shown = DumpProgress(progress, sizes, lambda path: raw_bytes(path, 1))
        else:
            progress.stage(f"running on {name}")
        try:
            if name == LOCAL_RUNNER and kept is not None:
                parts = [dump.part for dump in dumps]
                state = _wait(kept.run(options, parts, job, resources, shown, hashed), progress)
            else:
                sessions = Sessions(job, resources)
                if name == LOCAL_RUNNER:
                    # The workers are forked and set up while Beam builds the graph.
                    stack.enter_context(contextlib.closing(sessions.acquire(shown)))
                pipeline = beam.Pipeline(runner=runner, options=options)
                graph.build(pipeline, [dump.part for dump in dumps], job, sessions)
                hashed.result()
                state = _wait(pipeline.run(), progress)
        except Exception as error:
            # The local runner lets the exception of a stage through, of whatever type it is.
            raise RunError(_sentence(error, remedy(name, error))) from error
    if state != PipelineState.DONE:
        raise RunError(
            f"the pipeline ended as {state}. Nothing was committed; see the runner's own log."
        )
    with open_input(graph.output_path(job)) as file:
        content = json.loads(bytes(file.read()))
    return Output(
        files=tuple(DataFile(**file) for file in content.pop("files")),
        index_files=tuple(DataFile(**file) for file in content.pop("index_files")),
        **content,
    )


class KeptEngine:
    """Runs of one process on the local engine, one after the other, with one graph and one pool.

    The worker processes, what they have set up, the loops they have compiled, and the translated
    graph stay from run to run: making them takes most of the time of a small run. After a run that
    failed all is made anew, as the workers may still be at a task of it.
    """

    def __init__(self) -> None:
        self._session: Session | None = None
        self._graph: _Graph | None = None

    def run(
        self,
        options: CopydeskOptions,
        dumps: Sequence[DumpRange],
        job: Job,
        resources: Resources,
        progress: RunProgress,
        hashed: concurrent.futures.Future[list[Input]],
    ) -> PipelineResult:
        """Runs a job to its end.

        Args:
          options: the same in each run.
          dumps: what to read.
          job: the decisions of the run; the transforms are the same in each.
          resources: of the worker processes; their limits are the same in each run.
          progress: follows the run.
          hashed: is done when all dumps are hashed, before which none may be read.
        """
        try:
            session = self._session
            if session is None:
                session = Session(job, resources, progress, SMALL_TASKS_PER_WORKER)
                self._session = session
            else:
                session.change(job, resources, progress)
            session.dumps = dumps
            if self._graph is not None and self._graph.partitions == job.partitions:
                hashed.result()
                return self._graph.runner.run_again(options)
            # Each stage would carry the list of the files, and has it from the session.
            bare = dataclasses.replace(job, index_files={})
            sessions = Sessions(bare, resources)
            sessions.adopt(session)
            runner = LocalRunner()
            pipeline = beam.Pipeline(runner=runner, options=options)
            graph.build(pipeline, None, bare, sessions)
            hashed.result()
            result = pipeline.run()
            self._graph = _Graph(job.partitions, runner, sessions)
            return result
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Ends the worker processes."""
        if self._session is not None:
            self._session.close()
        self._session = self._graph = None


class _Graph(NamedTuple):
    """A graph that was run.

    Attributes:
      partitions: of the runs that it is for.
      runner: holds it.
      sessions: by which its stages find the session.
    """

    partitions: int
    runner: LocalRunner
    sessions: Sessions


def _wait(result: PipelineResult, progress: Progress) -> str:
    """Waits for the end of a job, shows its counters meanwhile, and returns its last state."""
    counters = MetricsFilter().with_namespace(graph.COUNTERS)
    while not PipelineState.is_terminal(result.state):
        time.sleep(POLL_SECONDS)
        try:
            found = {
                counter.key.metric.name: counter.result
                for counter in result.metrics().query(counters)["counters"]
            }
        except Exception as error:  # noqa: BLE001 - the job goes on without its figures
            _log.warning("The runner gives no counters: %s. The job goes on.", error)
            break
        progress.set(articles=found.get("cleaned_articles", 0), dumps=found.get("dumps", 0))
    state: str = result.wait_until_finish()
    return state


def _sentence(error: Exception, remedy: str) -> str:
    """Returns what went wrong inside a stage, or before the first one, in one sentence."""
    lines = str(error).partition(_STAGE_MARK)[0].strip().splitlines()
    message = lines[0].rstrip(".") if lines else type(error).__name__
    if isinstance(error, (AccountingError, WarehouseError, WriteError)):
        return f"{message}."
    if isinstance(error, CopydeskError):
        return f"{message}. Nothing was committed."
    # Beam makes a RuntimeError, which names the type, of what it cannot mark otherwise.
    if lines and type(error) is not RuntimeError:
        message = f"{type(error).__name__}: {message}"
    remedy = remedy or "run again with --debug to see where it arose"
    return f"{message}. Nothing was committed; {remedy}."
