"""Beam's own job service, with several workers for a job.

    python -m tests.job_service PORT WORKERS

What Beam starts itself (``local_job_service_main``) runs the local engine with one worker, whatever
the options say; here each stage is spread over several, which an external pool starts.
"""

import sys
import threading

from apache_beam.portability.api import beam_job_api_pb2
from apache_beam.runners.portability.fn_api_runner import fn_runner
from apache_beam.runners.portability.local_job_service import BeamJob, LocalJobServicer
from apache_beam.runners.runner import PipelineResult


def serve(port: int, workers: int) -> None:
    """Serves jobs, until the process is ended."""

    class SpreadJob(BeamJob):  # type: ignore[misc]
        def _invoke_runner(self) -> PipelineResult:
            self.set_state(beam_job_api_pb2.JobState.RUNNING)
            runner = fn_runner.FnApiRunner(provision_info=self._provision_info)
            runner._num_workers = workers
            return runner.run_via_runner_api(self._pipeline_proto, self.pipeline_options())

    LocalJobServicer(beam_job_type=SpreadJob).start_grpc_server(port)
    threading.Event().wait()


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
