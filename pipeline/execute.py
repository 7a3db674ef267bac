"""Executes the graph of a run on the runner that the options name."""

import concurrent.futures
import contextlib
import json
import logging
import time
from collections.abc import Sequence

import apache_beam as beam
from apache_beam.metrics.metric import MetricsFilter
from apache_beam.options.pipeline_options import StandardOptions
from apache_beam.runners.runner import PipelineResult, PipelineState

from pipeline import graph
from pipeline.errors import CopydeskError
from pipeline.flags import LOCAL_RUNNER
from pipeline.new_dumps import NewDump
from pipeline.options import CopydeskOptions
from pipeline.progress import DumpProgress, Progress
from pipeline.runners import make_runner, remedy
from pipeline.session import Resources, Sessions
from pipeline.shards import AccountingError
from pipeline.storage import WriteError, open_input
from pipeline.tasks.job import Job, Output
from pipeline.tasks.sizes import batch_bytes_for, raw_bytes, workers_for
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
) -> Output:
    """Builds the graph of a run, executes it, and returns its total output.

    Args:
      options: of the run.
      dumps: the dumps to read.
      job: the decisions of the run.
      progress: shows the progress.
      hashed: is done when all dumps are hashed, before which none may be read.

    Raises:
      RunError: with the remedy; only staged files remain.
    """
    runner = make_runner(options)
    name = options.view_as(StandardOptions).runner or LOCAL_RUNNER
    raw = sum(raw_bytes(dump.path, dump.size) for dump in dumps)
    resources = Resources(
        processes=workers_for(options.worker_processes(), raw, job.partitions),
        document_seconds=options.document_seconds,
        document_memory=options.document_memory << 20,
        batch_bytes=batch_bytes_for(raw),
        raw_bytes=raw,
    )
    sessions = Sessions(job, resources)
    path = f"{job.staging}/output.json"
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
            graph.build(pipeline, [dump.part for dump in dumps], job, sessions, path)
            hashed.result()
            state = _wait(pipeline.run(), progress)
        except Exception as error:
            # The local runner lets the exception of a stage through, of whatever type it is.
            raise RunError(_sentence(error, remedy(name, error))) from error
    if state != PipelineState.DONE:
        raise RunError(
            f"the pipeline ended as {state}. Nothing was committed; see the runner's own log."
        )
    with open_input(path) as file:
        content = json.loads(bytes(file.read()))
    return Output(
        files=tuple(DataFile(**file) for file in content.pop("files")),
        index_files=tuple(DataFile(**file) for file in content.pop("index_files")),
        **content,
    )


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
