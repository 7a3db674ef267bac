"""What the stages of a run share within one process of the engine: workers and progress."""

import dataclasses
import math
from collections.abc import Sequence

from apache_beam.utils.shared import Shared

from pipeline.dumps import DumpRange
from pipeline.flags import available_cores
from pipeline.fork_server import TASK_MODULES
from pipeline.pool import IDLE_SECONDS, SMALL_TASKS_PER_WORKER, TASKS_PER_WORKER, WorkerPool
from pipeline.progress import RunProgress
from pipeline.tasks.job import Job


@dataclasses.dataclass(frozen=True)
class Resources:
    """What the worker processes may use.

    Attributes:
      processes: worker processes of each process of the engine; 0 works in that process itself,
        ``None`` has one for each core of its machine.
      document_seconds: time limit of one document.
      document_memory: memory limit of a worker process, in bytes.
      batch_bytes: raw bytes that are cleaned as one task.
      raw_bytes: estimated raw bytes of all dumps.
      engine_processes: processes of the engine that share a machine; 0 for one at each core.
    """

    processes: int | None
    document_seconds: float
    document_memory: int
    batch_bytes: int
    raw_bytes: int = 0
    engine_processes: int = 1

    def processes_here(self) -> int:
        """Returns the number of worker processes of this process of the engine."""
        if self.processes is not None:
            return self.processes
        return max(1, available_cores() // self.engine_processes) if self.engine_processes else 1

    def next_batch(self, read: int, processes: int) -> int:
        """Returns the raw bytes of the next batch after some processes have read so many bytes.

        Towards the end it is half a process's share of what is left, down to an eighth of the usual
        size, so that no process cleans its last batch long after the others are done.
        """
        left = self.raw_bytes - read
        if left <= 0:  # compressed dumps hold more than was estimated
            return self.batch_bytes
        share = left // (2 * max(1, processes))
        return min(self.batch_bytes, max(self.batch_bytes // 8, share))


class Session:
    """The worker pool, the job and the progress of a run within one process of the engine.

    Args:
      job: the decisions of the run.
      resources: of the worker processes.
      progress: follows the run.
      kept: True if many small runs share it, with pauses between them.
    """

    def __init__(
        self, job: Job, resources: Resources, progress: RunProgress, kept: bool = False
    ) -> None:
        self.job = job
        self.resources = resources
        self.progress = progress
        self.dumps: Sequence[DumpRange] = ()
        self.processes = resources.processes_here()
        self.pool = WorkerPool(
            job,
            processes=self.processes,
            memory_limit=resources.document_memory,
            document_seconds=resources.document_seconds,
            modules=(TASK_MODULES,),
            tasks=SMALL_TASKS_PER_WORKER if kept else TASKS_PER_WORKER,
            idle_seconds=math.inf if kept else IDLE_SECONDS,
        )

    def change(self, job: Job, resources: Resources, progress: RunProgress) -> None:
        """Makes this the session of the next run, of the same transforms and limits."""
        self.job, self.resources, self.progress = job, resources, progress
        self.pool.change(Job.with_decisions, job.decisions())

    def close(self) -> None:
        """Ends the worker processes."""
        self.pool.close()


class Sessions:
    """Gives all stages of a run within one process the same session; pickled with the graph.

    Args:
      job: the decisions of the run.
      resources: of the worker processes.
    """

    def __init__(self, job: Job, resources: Resources) -> None:
        self.job = job
        self.resources = resources
        self._shared = Shared()

    def acquire(self) -> Session:
        """Returns the session of this process, which the first call in it begins.

        Nothing shows its progress: on the workers of a cluster Beam's counters do.
        """
        session: Session = self._shared.acquire(
            lambda: Session(self.job, self.resources, RunProgress())
        )
        return session

    def present_job(self) -> Job:
        """Returns the job of the session of this process, without beginning one."""
        session: Session | None = self._shared.acquire(lambda: None)
        return session.job if session else self.job

    def adopt(self, session: Session) -> None:
        """Makes a session the one of this process, for as long as its owner keeps it."""
        self._shared.acquire(lambda: session)
