"""What the stages of a run share within one process of the engine: workers and progress."""

import contextlib
import dataclasses
from collections.abc import Iterator

from apache_beam.utils.shared import Shared

from pipeline.pool import SMALL_TASKS_PER_WORKER, TASKS_PER_WORKER, WorkerPool
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
    """The worker pool and the progress of a run within one process of the engine.

    Args:
      job: the decisions of the run.
      resources: of the worker processes.
      progress: follows the run.
      tasks: tasks after which a worker is replaced.
    """

    def __init__(
        self, job: Job, resources: Resources, progress: RunProgress, tasks: int = TASKS_PER_WORKER
    ) -> None:
        self.progress = progress
        self.pool = WorkerPool(
            job,
            processes=resources.processes,
            memory_limit=resources.document_memory,
            document_seconds=resources.document_seconds,
            modules=task_modules(job.transforms),
            tasks=tasks,
        )

    def change(self, job: Job, progress: RunProgress) -> None:
        """Makes this the session of the next run, of the same transforms and resources."""
        self.progress = progress
        self.pool.change(Job.with_decisions, job.decisions())

    def close(self) -> None:
        """Ends the worker processes."""
        self.pool.close()


class Sessions:
    """Gives all stages of a run within one process the same session; pickled with the graph.

    Args:
      job: the decisions of the run.
      resources: of the worker processes.
      shared: how the session is found; ``None`` for one of its own.
    """

    def __init__(self, job: Job, resources: Resources, shared: Shared | None = None) -> None:
        self.job = job
        self.resources = resources
        self._shared = shared or Shared()

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

    def adopt(self, session: Session) -> None:
        """Makes a session the one of this process, for as long as its owner keeps it."""
        self._shared.acquire(lambda: session)


class KeptSession:
    """The session of all runs of a process on one machine, one after the other.

    The worker processes, what they have set up and the loops they have compiled stay from run to
    run. After a run that failed they are replaced: they may still be at a task of it.
    """

    def __init__(self) -> None:
        self._shared = Shared()
        self._session: Session | None = None

    @contextlib.contextmanager
    def of(self, job: Job, resources: Resources, progress: RunProgress) -> Iterator[Sessions]:
        """Makes it the session of a run until the context ends.

        Args:
          job: the decisions of the run.
          resources: of the worker processes, the same in each run.
          progress: follows the run.
        """
        if self._session is None:
            self._session = Session(job, resources, progress, SMALL_TASKS_PER_WORKER)
        else:
            self._session.change(job, progress)
        sessions = Sessions(job, resources, self._shared)
        sessions.adopt(self._session)
        try:
            yield sessions
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Ends the worker processes."""
        if self._session is not None:
            self._session.close()
            self._session = None
