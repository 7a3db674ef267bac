"""What the stages of a run share within one process of the engine: workers and progress."""

import dataclasses
from collections.abc import Sequence

from apache_beam.utils.shared import Shared

from pipeline.dumps import DumpRange
from pipeline.pool import TASKS_PER_WORKER, WorkerPool
from pipeline.progress import RunProgress
from pipeline.tasks import task_modules
from pipeline.tasks.job import Job


@dataclasses.dataclass(frozen=True)
class Resources:
    """What the worker processes may use.

    Attributes:
      processes: worker processes of each process of the engine; 0 works in that process itself.
      document_seconds: time limit of one document.
      document_memory: memory limit of a worker process, in bytes.
      batch_bytes: raw bytes that are cleaned as one task.
      raw_bytes: estimated raw bytes of all dumps.
    """

    processes: int
    document_seconds: float
    document_memory: int
    batch_bytes: int
    raw_bytes: int = 0

    def next_batch(self, read: int) -> int:
        """Returns the raw bytes of the next batch after so many bytes were read.

        Towards the end it is half a process's share of what is left, down to an eighth of the usual
        size, so that no process cleans its last batch long after the others are done.
        """
        left = self.raw_bytes - read
        if left <= 0:  # compressed dumps hold more than was estimated
            return self.batch_bytes
        share = left // (2 * max(1, self.processes))
        return min(self.batch_bytes, max(self.batch_bytes // 8, share))


class Session:
    """The worker pool, the job and the progress of a run within one process of the engine.

    Args:
      job: the decisions of the run.
      resources: of the worker processes.
      progress: follows the run.
      tasks: tasks after which a worker is replaced.
    """

    def __init__(
        self, job: Job, resources: Resources, progress: RunProgress, tasks: int = TASKS_PER_WORKER
    ) -> None:
        self.job = job
        self.resources = resources
        self.progress = progress
        self.dumps: Sequence[DumpRange] = ()
        self.pool = WorkerPool(
            job,
            processes=resources.processes,
            memory_limit=resources.document_memory,
            document_seconds=resources.document_seconds,
            modules=task_modules(job.transforms),
            tasks=tasks,
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

    def acquire(self, progress: RunProgress | None = None) -> Session:
        """Returns the session of this process, which the first call in it begins.

        Args:
          progress: follows the run, where this process is also the user's. On the workers of a
            cluster Beam's counters do.
        """
        session: Session = self._shared.acquire(
            lambda: Session(self.job, self.resources, progress or RunProgress())
        )
        return session

    def present_job(self) -> Job:
        """Returns the job of the session of this process, without beginning one."""
        session: Session | None = self._shared.acquire(lambda: None)
        return session.job if session else self.job

    def adopt(self, session: Session) -> None:
        """Makes a session the one of this process, for as long as its owner keeps it."""
        self._shared.acquire(lambda: session)
