"""The runners of the pipeline: one pinned local engine, and clusters by name.

Beam's own ``DirectRunner`` first tries to download another engine and then picks one by the shape
of the graph, so that two pipelines, or two machines, may differ. Here the name means one thing.
"""

from apache_beam.options.pipeline_options import (
    DirectOptions,
    PipelineOptions,
    PortableOptions,
    StandardOptions,
)
from apache_beam.portability.api import beam_runner_api_pb2
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner, RunnerResult
from apache_beam.runners.runner import PipelineRunner

from pipeline.flags import LOCAL_RUNNER, RUNNERS
from pipeline.settings import OptionsError

ENGINES = {
    "PrismRunner": "name a binary that is there with --prism_location PATH",
    "FlinkRunner": "name a jar that is there with --flink_job_server_jar PATH, or a running job "
    "server with --runner PortableRunner --job_endpoint HOST:PORT",
}
"""Remedy where Beam cannot download the engine of a runner."""


class LocalRunner(FnApiRunner):
    """The local engine. It keeps the translated graph that it ran last, to run it again."""

    def run_via_runner_api(
        self, pipeline_proto: beam_runner_api_pb2.Pipeline, options: PipelineOptions
    ) -> RunnerResult:
        """Runs a translated graph."""
        self._translated = pipeline_proto
        result: RunnerResult = super().run_via_runner_api(pipeline_proto, options)
        return result

    def run_again(self, options: PipelineOptions) -> RunnerResult:
        """Runs the last graph again.

        Args:
          options: those with which it ran before.
        """
        return self.run_via_runner_api(self._translated, options)


def remedy(runner: str, error: Exception) -> str:
    """Returns the remedy for an error of a runner; empty if there is none."""
    return ENGINES.get(runner, "") if "Unable to fetch" in str(error) else ""


def make_runner(options: PipelineOptions) -> PipelineRunner:
    """Returns the runner that ``--runner`` names.

    Args:
      options: of the pipeline that will run.

    Raises:
      OptionsError: a runner that is not in ``RUNNERS``, one whose package is not installed, or an
        option that would leave the pinned engine.
    """
    name = options.view_as(StandardOptions).runner or LOCAL_RUNNER
    if name not in RUNNERS:
        raise OptionsError(f"--runner is {name!r}. Choose one of {', '.join(RUNNERS)}")
    if name == "PortableRunner" and not options.view_as(PortableOptions).job_endpoint:
        raise OptionsError(
            f"{name} needs to know its job server. Name it with --job_endpoint HOST:PORT, or "
            "choose FlinkRunner or PrismRunner, which start one"
        )
    if name != LOCAL_RUNNER:
        return _remote_runner(name)
    direct = options.view_as(DirectOptions)
    if direct.direct_running_mode != "in_memory" or direct.direct_num_workers != 1:
        # Its multi_processing waits for ever once a worker has died, its multi_threading gains
        # nothing under the interpreter lock; the pool of --processes has neither fault.
        raise OptionsError(
            f"{LOCAL_RUNNER} runs with --direct_running_mode in_memory and one worker. "
            "Set the number of processes with --processes N instead"
        )
    return LocalRunner()


def _remote_runner(name: str) -> PipelineRunner:
    # Imported here: each of them imports clients that no other run needs.
    try:
        if name == "PrismRunner":
            from apache_beam.runners.portability.prism_runner import PrismRunner

            return PrismRunner()
        if name == "FlinkRunner":
            from apache_beam.runners.portability.flink_runner import FlinkRunner

            return FlinkRunner()
        if name == "PortableRunner":
            from apache_beam.runners.portability.portable_runner import PortableRunner

            return PortableRunner()
        from apache_beam.runners.dataflow.dataflow_runner import DataflowRunner

        # What it submits jobs with; it would look for it only when the graph is built.
        from apache_beam.runners.dataflow.internal import apiclient  # noqa: F401

        return DataflowRunner()
    except ImportError as error:
        package = "apache-beam[gcp]" if name == "DataflowRunner" else "apache-beam"
        raise OptionsError(
            f"{name} needs a package that is not installed ({error}). Install what it needs with "
            f"pip install '{package}'"
        ) from error
