"""Executes the graph of a run on the runner that the options name."""

import concurrent.futures
import contextlib
import copy
import dataclasses
import itertools
import logging
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import apache_beam as beam
import orjson
from apache_beam.metrics.metric import MetricsFilter
from apache_beam.options.pipeline_options import StandardOptions
from apache_beam.runners.runner import PipelineResult, PipelineState

from pipeline import graph
from pipeline.errors import CopydeskError
from pipeline.flags import LOCAL_RUNNER
from pipeline.options import CopydeskOptions
from pipeline.progress import DumpProgress, Progress, RunProgress
from pipeline.runners import LocalRunner, make_runner, remedy
from pipeline.session import Resources, Session, Sessions
from pipeline.signals import cancelled_by_signals
from pipeline.storage import open_input
from pipeline.tasks.hashes import NewDump
from pipeline.tasks.job import Job, Output
from pipeline.tasks.sizes import batch_bytes_for, raw_bytes, workers_for
from pipeline.warehouse import DataFile, Input

_log = logging.getLogger(__name__)

POLL_SECONDS = 5.0
"""Seconds between two requests for the counters of a job on a cluster."""

_COUNTERS = MetricsFilter().with_namespace(graph.COUNTERS)

_NOTHING = "Nothing was committed"

_TRACEBACK = "Traceback (most recent call last)"

_STAGE_MARK = " [while running '"
"""Beginning of what Beam appends to the message of an exception in each stage that it passes."""


class RunError(CopydeskError):
    """The run failed; the message says why and what to do. Nothing was committed."""


def execute(
    options: CopydeskOptions,
    dumps: Sequence[NewDump],
    job: Job,
    progress: Progress,
    hashed: concurrent.futures.Future[list[Input]] | None,
    kept: "LocalEngine | None" = None,
) -> Output:
    """Builds the graph of a run, executes it, and returns its total output.

    Args:
      options: of the run.
      dumps: the dumps to read.
      job: the decisions of the run.
      progress: shows the progress.
      hashed: done when all dumps are hashed; none may be read before. ``None`` if the workers of a
        cluster hash them, and leave out what is known.
      kept: graph and workers of earlier runs of this process, and of later ones.

    Raises:
      RunError: with the remedy; only staged files remain.
    """
    runner = make_runner(options)
    name = options.view_as(StandardOptions).runner or LOCAL_RUNNER
    raw = sum(raw_bytes(dump.path, dump.size) for dump in dumps)
    processes = options.worker_processes()
    if isinstance(runner, LocalRunner) and kept is None and processes:
        processes = workers_for(processes, raw, job.partitions)  # kept ones are for later runs, too
    resources = Resources(
        processes=processes,
        document_seconds=options.document_seconds,
        document_memory=options.document_memory << 20,
        batch_bytes=batch_bytes_for(raw),
        raw_bytes=raw,
        engine_processes=options.engine_processes(),
    )
    engine: LocalEngine | None = None
    try:
        if hashed is None:
            progress.set(None, 0)
            progress.stage(f"running on {name}")
            pipeline = beam.Pipeline(runner=runner, options=options)
            graph.build(pipeline, Sessions(job, resources), dumps)
            result = pipeline.run()
        else:
            sizes = {dump.path: dump.size for dump in dumps}
            shown = DumpProgress(progress, sizes, lambda path: raw_bytes(path, 1))
            engine = kept or LocalEngine(kept=False)
            result = engine.run(options, dumps, job, resources, shown, hashed)
        state = _wait(result, progress, name)
    except Exception as error:
        # The local runner lets the exception of a stage through, of whatever type it is.
        raise RunError(_sentence(error, remedy(name, error))) from error
    finally:
        if engine is not None and kept is None:
            # The workers have nothing left to do; they end while the run is committed.
            threading.Thread(target=engine.close).start()
    if state != PipelineState.DONE:
        raise RunError(f"the pipeline ended as {state}. {_NOTHING}; see the runner's own log.")
    with open_input(graph.output_path(job)) as file:
        content = orjson.loads(bytes(file.read()))
    return Output(
        files=tuple(DataFile(**file) for file in content.pop("files")),
        index_files=tuple(DataFile(**file) for file in content.pop("index_files")),
        inputs=tuple(Input(*dump) for dump in content.pop("inputs")),
        **content,
    )


class LocalEngine:
    """Runs of one process on the local engine, one after the other, with one graph and one pool.

    The worker processes, what they have set up, the loops they have compiled, and the translated
    graph stay from run to run: making them takes most of the time of a small run. After a run that
    failed all are replaced, as the workers may still be at a task of it.

    Args:
      kept: False for a single run.
    """

    def __init__(self, kept: bool = True) -> None:
        self._kept = kept
        self._session: Session | None = None
        self._graph: _Graph | None = None

    def run(
        self,
        options: CopydeskOptions,
        dumps: Sequence[NewDump],
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
          hashed: done when all dumps are hashed; none may be read before.
        """
        try:
            session = self._session
            if session is None:
                # The workers are forked and set up while Beam builds the graph.
                session = self._session = Session(job, resources, progress, self._kept)
            else:
                session.change(job, resources, progress)
            session.dumps = [dump.part for dump in dumps]
            if self._graph is not None and self._graph.partitions == job.partitions:
                hashed.result()
                return self._graph.runner.run_again(options)
            # Each stage would carry the list of the files, and has it from the session.
            sessions = Sessions(dataclasses.replace(job, index_files={}), resources)
            sessions.adopt(session)
            runner = LocalRunner()
            pipeline = beam.Pipeline(runner=runner, options=options)
            graph.build(pipeline, sessions)
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


def _wait(result: PipelineResult, progress: Progress, name: str) -> str:
    """Waits for the end of a job, shows how far it is meanwhile, and returns its last state.

    A job that a signal or an error leaves behind is cancelled.
    """
    if PipelineState.is_terminal(result.state):  # the local runner returns at the end
        return str(result.wait_until_finish())
    pauses = itertools.chain((0.1, 0.2, 0.5, 1.0, 2.0), itertools.repeat(POLL_SECONDS))
    with cancelled_by_signals(result.cancel):
        try:
            counted = True
            while not PipelineState.is_terminal(state := result.state):
                time.sleep(next(pauses))
                counted = counted and _show_counters(result, progress, name)
            return _last_state(result, state)
        except BaseException:
            with contextlib.suppress(Exception):  # the error says what is wrong
                if not PipelineState.is_terminal(result.state):
                    result.cancel()
            raise


def _last_state(result: PipelineResult, state: str) -> str:
    """Returns the state of a job that has ended; raises what made it fail."""
    try:
        return str(result.wait_until_finish())
    except Exception:
        # Some job services end the stream of states after --job_server_timeout seconds.
        if state != PipelineState.DONE:
            raise
        return state


def _show_counters(result: PipelineResult, progress: Progress, runner: str) -> bool:
    """Shows how far a job on a cluster is; returns False if its runner will not say."""
    try:
        # Beam's result keeps the first figures that it is given; a copy of it asks again.
        found = copy.copy(result).metrics().query(_COUNTERS)["counters"]
    except Exception as error:  # noqa: BLE001 - the job goes on without its figures
        _log.warning("The runner gives no counters: %s. The job goes on.", error)
        return False
    counts: Counter[str] = Counter()
    for counter in found:
        # What is attempted includes tasks that are not done yet.
        counts[counter.key.metric.name] += max(counter.committed or 0, counter.attempted or 0)
    share, stage = graph.how_far(counts)
    progress.set(share, counts["cleaned_articles"])
    progress.stage(f"{stage} on {runner}" if stage else f"running on {runner}")
    return True


def _sentence(error: Exception, remedy: str) -> str:
    """Returns what went wrong inside a stage, or before the first one, in one sentence."""
    lines = str(error).partition(_STAGE_MARK)[0].strip().splitlines() or [""]
    own, kind, message = isinstance(error, CopydeskError), type(error).__name__, lines[0]
    if _TRACEBACK in str(error):  # what a worker of a cluster says, which comes as text
        kind, _, message = lines[-1].partition(": ")
        own = kind.startswith("pipeline.")
    message = message.rstrip(".")
    if own:
        return f"{message}." if _NOTHING in message else f"{message}. {_NOTHING}."
    # Beam makes a RuntimeError, which names the type, of what it cannot mark otherwise.
    if not message or kind != "RuntimeError":
        message = f"{kind}: {message}".removesuffix(": ")
    return f"{message}. {_NOTHING}; {remedy or 'run again with --debug to see where it arose'}."
