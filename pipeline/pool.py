"""Worker processes that hold each document to a time and a memory limit.

One page in a hundred thousand makes a parser crash, loop inside C code or eat all memory. A task is
a call on many documents; it says which one it turns to, and the worker has limits of time and
memory (``worker.py``). A worker that dies is replaced, and its task runs again; the document it
died of is among the ``failed`` ones, at once if it overstepped a limit, else from the second death
on. So a task must be deterministic, and writing its files a second time must do no harm.

The processes are pebble's, which replaces dead ones. They are forked from the fork server of
multiprocessing, which imports the heavy modules once and never imports Apache Beam.
"""

import ctypes
import dataclasses
import itertools
import multiprocessing
import os
import pickle
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence, Set
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

import pebble

from pipeline.errors import CopydeskError
from pipeline.fork_server import start_fork_server
from pipeline.worker import (
    METHOD,
    METHOD_FACTOR,
    METHOD_WALL_FACTOR,
    NAME_BYTES,
    NO_DOCUMENT,
    TIMERS,
    Change,
    DocumentFailed,
    WorkerState,
    begin,
    call,
    nothing,
)

R = TypeVar("R")

TASKS_PER_WORKER = 64
"""Tasks after which a worker is replaced, so that memory that documents leave does not add up."""

SMALL_TASKS_PER_WORKER = 512
"""The same where most tasks are of some dozen articles, which leave little."""

DEATHS = 3
"""Times that the worker of a task may die at no document, as when it is killed from outside."""

IDLE_SECONDS = 60.0
"""Time without a task after which the workers of a pool end; the next task starts others. On a
cluster nothing says that a job is over, and its process may wait for other jobs for hours."""

WATCH_SECONDS = 1.0
"""Seconds between two searches for tasks whose worker is gone. pebble reports no worker that exits
with code 0, and may miss one that dies right after it took its task."""

_SLOTS = 1 << 16
"""Slots for (pid, document) of running tasks, by task number; many more than can run at once. The
first is that of ``nothing`` and of the set-up, so that it is no task's."""


class WorkerDied(CopydeskError):  # noqa: N818 - says what happened, as BrokenProcessPool does
    """A task cannot be finished: its workers died, and no document is to blame."""


class WorkerPool:
    """Runs tasks in worker processes.

    May be used from several threads at once, and as a context manager.

    Args:
      shared: picklable; the first argument of every task.
      processes: number of workers; 0 runs every task inside ``submit``, in the calling thread,
        without limits or isolation.
      memory_limit: bytes of data a worker may hold beyond what it holds before its first task
        (RLIMIT_DATA). An allocation beyond it raises MemoryError.
      document_seconds: processor time of one document; ``WALL_FACTOR`` times as much by the clock.
      setup_seconds: processor time of ``shared.warm_up``; ``METHOD_WALL_FACTOR`` times as much by
        the clock. Loops may be compiled in it, which takes a minute and a half at most.
      idle_seconds: time without a task after which the workers end. The next task starts others.
      modules: names of modules that tasks need, imported once by the fork server, unless that was
        started already.
      tasks: tasks after which a worker is replaced.

    Raises:
      ValueError: a negative number of processes, or a limit that is not positive.
    """

    _closed = True

    def __init__(
        self,
        shared: WorkerState,
        *,
        processes: int,
        memory_limit: int,
        document_seconds: float = 20.0,
        setup_seconds: float = 600.0,
        idle_seconds: float = IDLE_SECONDS,
        modules: Sequence[str] = (),
        tasks: int = TASKS_PER_WORKER,
    ) -> None:
        if processes < 0:
            raise ValueError(f"processes is {processes}; it must be 0 (no isolation) or more.")
        if memory_limit <= 0 or document_seconds <= 0:
            raise ValueError(
                f"memory_limit is {memory_limit} bytes and document_seconds {document_seconds}; "
                "both must be positive."
            )
        self._shared = shared
        self._change: Change | None = None
        self._tasks = tasks
        self._memory_limit = memory_limit
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._unfinished: set[_Task] = set()
        self._idle_seconds = idle_seconds
        self._last_task = time.monotonic()
        self._pool: pebble.ProcessPool | None = None
        self._closed = False
        if not processes:
            shared.warm_up()
            return
        start_fork_server(modules)
        self._context = multiprocessing.get_context("forkserver")
        self._positions: Any = self._context.RawArray(ctypes.c_int64, 2 * _SLOTS)
        self._methods: Any = self._context.RawArray(ctypes.c_char, NAME_BYTES * _SLOTS)
        self._seconds, self._processes = document_seconds, processes
        lifeline, self._lifeline = self._context.Pipe(duplex=False)
        self._begin = (
            *(pickle.dumps(shared), memory_limit, document_seconds, setup_seconds),
            *(self._positions, self._methods, lifeline),
        )
        self._pool = self._new_pool()
        # A weak reference: a pool that nobody uses any more must end, and its workers with it.
        threading.Thread(target=_watch, args=(weakref.ref(self),), daemon=True).start()

    def _new_pool(self) -> pebble.ProcessPool:
        pool = pebble.ProcessPool(
            max_workers=self._processes,
            max_tasks=self._tasks,
            initializer=begin,
            initargs=self._begin,
            context=self._context,
        )
        # pebble forks its workers at the first task, once the fork server has imported all.
        arguments: Any = (0, None, nothing, (), {})
        threading.Thread(target=pool.schedule, args=(call, arguments), daemon=True).start()
        return pool

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def change(self, function: Callable[..., WorkerState], *args: Any) -> None:
        """Makes ``function(shared, *args)`` the first argument of every later task.

        Workers keep what they have set up. No task may be on its way.

        Args:
          function: a function of an importable module; whatever earlier changes have made of
            ``shared``, or none, it returns the same.
          args: picklable.
        """
        if self._pool is None:
            self._shared = function(self._shared, *args)
        else:
            self._change = Change(next(self._numbers) + 1, pickle.dumps((function, args)))

    def submit(self, function: Callable[..., R], *args: Any) -> Future[R]:
        """Queues ``function(shared, *args)`` and returns its future.

        The future's exception is the function's own; or :class:`WorkerDied` when its workers died
        more than ``DEATHS`` times, or when the pool was closed.

        Args:
          function: a function of an importable module.
          args: picklable; they must not be changed until the future is done.
        """
        return self._submit(_Task(next(self._numbers), function, args, False))

    def submit_documents(self, function: Callable[..., R], *args: Any) -> Future[R]:
        """Queues ``function(shared, *args, failed=...)``, which marks its documents.

        A document at which a worker dies twice, or that oversteps a limit, costs itself only: the
        task runs again with it among ``failed``: number to reason, one of ``time_limit``,
        ``memory_limit`` and ``worker_died``. Otherwise as ``submit``.
        """
        return self._submit(_Task(next(self._numbers), function, args, True))

    def _submit(self, task: "_Task") -> Future[Any]:
        if self._pool is None:
            try:
                task.future.set_result(task.function(self._shared, *task.args, **task.keywords()))
            except Exception as error:  # noqa: BLE001 - it is the future's
                task.future.set_exception(error)
        else:
            with self._lock:
                self._unfinished.add(task)
            self._start(task)
        return task.future

    def close(self) -> None:
        """Kills the workers, whatever they do; tasks that are not done end with ``WorkerDied``."""
        self._closed = True
        if self._pool is not None:
            self._lifeline.close()
            self._pool.stop()
            self._pool.join()
        for task in list(self._unfinished):
            self._end(task, self._dead(task, ""))

    def _end(self, task: "_Task", error: Exception | None, result: Any = None) -> None:
        with self._lock:
            if task not in self._unfinished:
                return
            self._unfinished.remove(task)
            self._last_task = time.monotonic()
        if error is None:
            task.future.set_result(result)
        else:
            task.future.set_exception(error)

    def __del__(self) -> None:
        if not self._closed:
            self.close()

    def _start(self, task: "_Task") -> None:
        self._positions[2 * task.slot : 2 * task.slot + 2] = 0, NO_DOCUMENT
        task.attempt = attempt = task.attempt + 1
        try:
            with self._lock:
                pool = self._pool
                assert pool is not None
                # All its workers died at no task, or it was idle.
                if not (pool.active or self._closed):
                    pool = self._pool = self._new_pool()
            arguments = (task.slot, self._change, task.function, task.args, task.keywords())
            running = pool.schedule(call, args=arguments)
        except RuntimeError as error:
            self._end(task, self._dead(task, str(error)))
            return
        running.add_done_callback(lambda done: self._finish(task, attempt, done))

    def _finish(self, task: "_Task", attempt: int, done: Future[Any]) -> None:
        try:
            self._end(task, None, done.result())
        except pebble.ProcessExpired as death:
            detail = f"it ended with code {death.exitcode}"
            self._retry(task, attempt, self._position(task), _reason(death.exitcode), detail)
        except DocumentFailed as error:
            number, reason = error.args
            self._retry(task, attempt, number, reason, "it ran out of memory or asked to exit")
        except (BrokenProcessPool, CancelledError) as error:
            self._retry(task, attempt, NO_DOCUMENT, "worker_died", str(error))
        except Exception as error:  # noqa: BLE001 - it is the future's
            self._end(task, error)

    def _restart_lost(self, suspects: Set[tuple["_Task", int]]) -> frozenset[tuple["_Task", int]]:
        """Gives tasks whose worker is gone without a word to another.

        Args:
          suspects: what the call before returned: a task counts as lost at the second search.

        Returns:
          The tasks, with their attempt, whose worker is gone.
        """
        with self._lock:
            unfinished = [(task, task.attempt) for task in self._unfinished]
        gone = frozenset(
            (task, attempt)
            for task, attempt in unfinished
            if (pid := self._positions[2 * task.slot]) and not _is_alive(pid)
        )
        for task, attempt in gone & suspects:
            detail = "it ended without a word"
            self._retry(task, attempt, self._position(task), "worker_died", detail)
        return gone

    def _end_if_idle(self) -> None:
        """Ends the workers if there was no task for too long."""
        with self._lock:
            pool = self._pool
            idle = time.monotonic() - self._last_task
            if pool is None or self._unfinished or idle < self._idle_seconds or not pool.active:
                return
            pool.stop()
        pool.join()

    def _position(self, task: "_Task") -> int:
        """Returns the document that the worker of a task was at."""
        number: int = self._positions[2 * task.slot + 1]
        return number

    def _method(self, slot: int) -> str:
        """Returns the name of the method that a worker was in last; of slot 0 in its set-up."""
        name: bytes = self._methods[NAME_BYTES * slot : NAME_BYTES * (slot + 1)]
        return name.rstrip(b"\0").decode("utf-8", "replace")

    def _retry(self, task: "_Task", attempt: int, number: int, reason: str, detail: str) -> None:
        """Starts a task whose worker died again, in the end without the document it died of."""
        with self._lock:
            if attempt != task.attempt or task not in self._unfinished:
                return  # its death was noticed twice
            task.attempt += 1
        if self._closed:
            self._end(task, self._dead(task, ""))
        elif number >= 0 and number not in task.failed:
            if reason == "worker_died" and number not in task.suspects:
                # Somebody may have killed it, as the kernel does where memory is short.
                task.suspects.add(number)
            else:
                task.failed[number] = reason
            self._start(task)
        elif reason == "time_limit" and number == METHOD:
            limit = METHOD_FACTOR * self._seconds
            error = WorkerDied(
                f"{self._method(task.slot)} had not ended after {limit:g} seconds of processor "
                f"time, or {METHOD_WALL_FACTOR} times as long by the clock. Mend the transform, or "
                f"raise --document-seconds: it may take {METHOD_FACTOR} times as long as a "
                "document."
            )
            self._end(task, error)
        elif reason == "memory_limit" and number < 0:
            where = f"in {self._method(task.slot)}" if number == METHOD else "at no document"
            error = WorkerDied(
                f"A worker process needs more than its {self._memory_limit >> 20} MiB ({task}, "
                f"{where}). Raise --document-memory."
            )
            self._end(task, error)
        elif number < 0 and task.deaths < DEATHS:
            task.deaths += 1
            self._start(task)
        else:
            where = f"at document {number}, which it was to skip" if number >= 0 else "at none"
            slot = task.slot if self._positions[2 * task.slot] else 0  # no worker came to it
            if number == METHOD or not slot:
                where = f"in {self._method(slot) or 'its set-up'}"
            self._end(task, self._dead(task, f"{detail}, {where}"))

    def _dead(self, task: "_Task", detail: str) -> WorkerDied:
        if self._closed:
            return WorkerDied(f"{task}: the worker pool was closed while it ran.")
        return WorkerDied(f"{task}: the worker process died again: {detail}.")


@dataclasses.dataclass(eq=False)
class _Task:
    """A task on its way, the documents it has to skip, and how often its worker died at none.

    Attributes:
      suspects: documents at which a worker died once.
    """

    number: int
    function: Callable[..., Any]
    args: tuple[Any, ...]
    has_documents: bool
    future: Future[Any] = dataclasses.field(default_factory=Future)
    failed: dict[int, str] = dataclasses.field(default_factory=dict)
    suspects: set[int] = dataclasses.field(default_factory=set)
    deaths: int = 0
    attempt: int = 0

    @property
    def slot(self) -> int:
        """Its slot, from 1; that of a task long done."""
        return 1 + self.number % (_SLOTS - 1)

    def keywords(self) -> dict[str, Mapping[int, str]]:
        """Returns the keyword argument for the documents to skip, if the task has documents."""
        return {"failed": dict(self.failed)} if self.has_documents else {}

    def __str__(self) -> str:
        names = ", ".join(argument for argument in self.args if isinstance(argument, str))
        called = f"{self.function.__module__}.{self.function.__qualname__}({names})"
        return f"task {self.number}, {called.removesuffix('()')}"


def _watch(reference: "weakref.ref[WorkerPool]") -> None:
    """Looks for lost tasks of a pool, and ends it while it is idle, until it is no longer used."""
    suspects: frozenset[tuple[_Task, int]] = frozenset()
    while True:
        time.sleep(WATCH_SECONDS)
        pool = reference()
        if pool is None or pool._closed:
            return
        suspects = pool._restart_lost(suspects)
        pool._end_if_idle()
        del pool


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _reason(exit_code: int) -> str:
    return "time_limit" if -exit_code in TIMERS else "worker_died"
