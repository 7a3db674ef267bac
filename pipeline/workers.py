"""A pool of worker processes that survives what documents do to it.

One page in a hundred thousand makes a parser crash, loop inside C code or eat all memory. A task
here is a call on many documents; its worker says which one it is at (:func:`document`), the parent
watches the clock, the memory and the process. A worker that dies or oversteps a limit is killed
and replaced, and the same task runs again with that document named in :func:`failed_documents`.
A task must therefore be deterministic and free of side effects.

How the processes hang together::

    parent ──control──> fork server ──fork──> worker          one leash per worker ends in the
       │ └────────leash────┘                    │             fork server: closing it is the order
       └──────────────────connection────────────┘             to kill, its end is the exit status

- The parent has threads, so it must not fork. A single-threaded fork server imports the heavy
  modules once; a worker costs a fork (some 10 ms) and shares the server's pages. Neither ever
  imports the parent's ``__main__``, which ``multiprocessing`` would do, and with it Apache Beam.
- When the parent goes, by whatever signal, ``control`` ends and the fork server kills every worker.
- One parent thread per worker sends, waits and watches. It sleeps in ``poll`` and wakes
  :data:`TICK` apart, 10 µs of work each time.

Of existing pools, concurrent.futures and loky break as a whole when a worker dies, and pebble
replaces it but knows only a time limit per task, no documents, no memory, and polls all the time.
"""

import atexit
import contextlib
import itertools
import mmap
import os
import pickle
import queue
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from concurrent.futures import Future
from typing import Any, NamedTuple, TypeVar

from pipeline import worker_process
from pipeline.errors import CopydeskError
from pipeline.worker_process import NO_DOCUMENT, document, failed_documents

__all__ = [
    "REASONS",
    "WorkerDied",
    "WorkerPool",
    "WorkerTraceback",
    "document",
    "failed_documents",
    "ordered_map",
]

R = TypeVar("R")
T = TypeVar("T")

TICK = 0.1
"""Seconds between two looks at a running worker.

A kernel hands out fresh pages at 1 to 10 GB/s, so that a worker may outgrow its memory limit by up
to 1 GB between two looks; RLIMIT_DATA keeps it below that.
"""

SHUTDOWN_SECONDS = 10.0
"""How long the fork server may take to kill its workers and leave: it needs milliseconds, or the
rest of its imports (a second) when it was only just started."""

_KEEP_MEMORY = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}
"""One allocator, malloc, which keeps up to 64 MiB that a task leaves for the next one (mallopt(3);
32 MiB is the most the other threshold takes). Each page handed back and asked for again costs the
kernel 3 µs. Arrow's own allocator keeps more to spare less: over 82 MB of text a run had 460,000
page faults with it and 166,000 so, peaked 12 % higher and took 3 % more processor time. What
kinds of tasks leave goes back when a new one begins (``worker_process``)."""

_SHARED_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

REASONS: dict[str, str] = {
    "time_limit": "The document took longer than the time limit.",
    "memory_limit": "The worker grew beyond the memory limit while it was at the document.",
    "worker_died": "The worker process died while it was at the document.",
}
"""What :func:`failed_documents` may give as a reason."""


class WorkerDied(CopydeskError):  # noqa: N818 - says what happened, as BrokenProcessPool does
    """A task cannot be finished: its worker died, twice, and no document is to blame."""


class WorkerTraceback(Exception):  # noqa: N818 - carried as a cause, never raised by itself
    """The traceback of an exception as the worker saw it; the ``__cause__`` of that exception."""

    def __str__(self) -> str:
        return f"in the worker process:\n{self.args[0]}"


# ------------------------------------------------------------------------------ the pool


def start_ahead(function: str) -> None:
    """Starts the fork server of the first pool to come, so that it imports while others do.

    Its workers share what the function imports. Where no pool ever comes it ends with this process.

    Args:
      function: ``module:function``, called in the fork server without arguments. Its failure is
        left to whoever needs what it imports.
    """
    global _ahead
    with _ahead_lock, contextlib.suppress(OSError):  # the pool itself will say why
        if _ahead is None:
            _ahead = _ForkServer(function)
            atexit.register(_discard_server)


_ahead: "_ForkServer | None" = None
_ahead_lock = threading.Lock()


def _take_server() -> "_ForkServer":
    """Returns the fork server that was started ahead, once, or a new one."""
    global _ahead
    with _ahead_lock:
        server, _ahead = _ahead, None
    return server or _ForkServer()


def _discard_server() -> None:
    with _ahead_lock:
        if _ahead is not None:
            _ahead.process.kill()
            _ahead.close()


class WorkerPool:
    """Runs tasks in worker processes, each document of them within a time and a memory limit.

    May be used from several threads at once, and as a context manager.

    Args:
      processes: number of workers; 0 runs every task inside :meth:`submit`, in the calling thread,
        without limits or isolation.
      initializer: called once in every worker before its first task; a worker that replaces a dead
        one calls it again. What unpickling it imports is imported once, before the workers fork.
        An exception it raises becomes the result of every task. It has no time limit.
      memory_limit: bytes of anonymous memory a worker may hold, its modules and models included
        (one with pyarrow, lxml and trafilatura starts at about 35 MB). A single allocation beyond
        it raises MemoryError in the worker; growth beyond it ends the worker, watched through
        /proc. Without /proc (macOS) only what the kernel makes of RLIMIT_DATA holds.
      document_seconds: seconds for one document. Time in which the parent itself was stopped
        (Ctrl-Z, a closed lid) does not count, and on Linux neither does time in which the worker
        waited for a core: what becomes of a document must not depend on what else is running.
      preload: names of further modules to import once, before the workers fork.

    Raises:
      ValueError: a negative number of processes, or a limit that is not positive.
      pickle.PicklingError: the initializer cannot be pickled (or AttributeError, TypeError).
    """

    def __init__(
        self,
        processes: int,
        initializer: Callable[[], None] | None = None,
        *,
        memory_limit: int,
        document_seconds: float = 20.0,
        preload: Sequence[str] = (),
    ) -> None:
        if processes < 0:
            raise ValueError(f"processes is {processes}; it must be 0 (no isolation) or more.")
        if memory_limit <= 0 or document_seconds <= 0:
            raise ValueError(
                f"memory_limit is {memory_limit} bytes and document_seconds {document_seconds}; "
                "both must be positive."
            )
        self._initializer = initializer
        self._initialized = False
        self._memory_limit = memory_limit
        self._document_seconds = document_seconds
        if processes:
            self._settings = (tuple(preload), pickle.dumps(initializer, 5), memory_limit)
        self._lock = threading.Lock()
        self._closed = False
        # Urgent tasks first, of each kind in the order they came.
        self._tasks: queue.PriorityQueue[tuple[bool, int, _Task | None]] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._server: _ForkServer | None = None
        self._threads = [
            threading.Thread(target=self._drive, name=f"worker-{number}", daemon=True)
            for number in range(processes)
        ]
        for thread in self._threads:
            thread.start()
        atexit.register(self.shutdown)

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()

    def submit(self, function: Callable[..., R], *args: Any, urgent: bool = True) -> Future[R]:
        """Queues ``function(*args)`` and returns its future.

        The future's exception is the function's own, with the worker's traceback as its cause;
        :class:`WorkerDied` when the worker died twice at no document or at one that was to be
        skipped, or when the pool was shut down; or what pickling raised.

        Args:
          function: a function of an importable module, or a bound method of a picklable object;
            not one from ``__main__``, which workers do not import. A worker unpickles equal
            functions once and keeps the object, so that what it builds up lazily lives on from
            task to task.
          args: picklable; they must not be changed until the future is done.
          urgent: whether it comes before all tasks that are not.

        Raises:
          RuntimeError: the pool was shut down.
        """
        future: Future[R] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the worker pool was shut down; make a new one.")
            if self._threads:
                task = _Task(next(self._numbers), function, args, future)
                self._tasks.put((not urgent, task.number, task))
                return future
        future.set_running_or_notify_cancel()
        try:
            self._initialize_inline()
            result = function(*args)
        except Exception as error:  # noqa: BLE001 - it is the future's
            future.set_exception(error)
        else:
            future.set_result(result)
        return future

    def shutdown(self) -> None:
        """Kills the workers, whatever they do, and returns when they are gone.

        Tasks that wait are cancelled, those that run end with :class:`WorkerDied`. To let them
        finish, wait for their futures first. May be called more than once.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
            server, self._server = self._server, None
        atexit.unregister(self.shutdown)
        with contextlib.suppress(queue.Empty):
            while (task := self._tasks.get_nowait()[-1]) is not None:
                if task.future.cancel():
                    task.future.set_running_or_notify_cancel()
        for _ in self._threads:
            self._tasks.put((False, next(self._numbers), None))
        if server is not None:
            server.close()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()

    def _initialize_inline(self) -> None:
        with self._lock:
            if not self._initialized:
                if self._initializer is not None:
                    self._initializer()
                self._initialized = True

    def _drive(self) -> None:
        """What one thread does: keeps one worker and gives it task after task."""
        worker: _Worker | None = None
        while True:
            if worker is None:  # before there is a task, so that imports overlap with reading
                with contextlib.suppress(_Death):  # the task forks again and reports it
                    worker = self._fork()
            *_, task = self._tasks.get()
            if task is None:
                break
            if task.future.set_running_or_notify_cancel():
                worker = self._finish(task, worker)
            del task  # and with it the arguments, while the thread waits
        if worker is not None:
            worker.kill()

    def _finish(self, task: "_Task", worker: "_Worker | None") -> "_Worker | None":
        """Runs a task to its end, over dead workers if need be; returns a worker for the next."""
        failed: dict[int, str] = {}
        died_at_no_document = False
        while True:
            try:
                if worker is None:
                    worker = self._fork()
                message = worker_process.pack((pickle.dumps(task.function, 5), failed, task.args))
                kind, value = worker.run(message, self._document_seconds, self._memory_limit)
                break
            except _Death as death:
                if worker is not None:
                    worker.kill()
                    worker = None
                if not self._closed:
                    if death.document >= 0 and death.document not in failed:
                        failed[death.document] = death.reason
                        continue
                    if not died_at_no_document:
                        died_at_no_document = True
                        continue
                task.future.set_exception(self._obituary(task, death))
                return None
            except Exception as error:  # noqa: BLE001 - pickling's, and the connection is in order
                task.future.set_exception(error)
                return worker
        if kind == worker_process.DONE:
            task.future.set_result(value)
        else:
            exception, text = value
            exception.__cause__ = WorkerTraceback(text)
            task.future.set_exception(exception)
        if worker.is_bloated(self._memory_limit):
            worker.kill()
            return None
        return worker

    def _fork(self) -> "_Worker":
        with self._lock:
            if self._closed:
                raise _Death("worker_died", NO_DOCUMENT, "the pool was shut down")
            try:
                if self._server is None:
                    self._server = _take_server()
                    self._server.prepare(self._settings)
                try:
                    worker = _Worker(self._server.control)
                except ConnectionError:  # something killed the fork server: that can be mended
                    self._server.close()
                    self._server = _ForkServer()
                    self._server.prepare(self._settings)
                    worker = _Worker(self._server.control)
            except OSError as error:
                detail = f"no worker process can be started: {error}"
                raise _Death("worker_died", NO_DOCUMENT, detail) from error
        worker.wait_until_forked()
        return worker

    def _obituary(self, task: "_Task", death: "_Death") -> WorkerDied:
        if self._closed:
            return WorkerDied(f"{task}: the worker pool was shut down while it ran.")
        if death.reason == "memory_limit" and death.document < 0:
            return WorkerDied(
                f"A worker process needs more than its {self._memory_limit >> 20} MiB ({task}, at "
                f"no document: {death.detail}). Raise --document-memory."
            )
        where = "at no document"
        if death.document >= 0:
            where = f"at document {death.document}, which failed_documents() told it to skip"
        return WorkerDied(
            f"{task}: the worker process died again, {where}: {death.detail}. "
            "Run it with processes=0 under a debugger to see where."
        )


def ordered_map(
    pool: WorkerPool, function: Callable[[T], R], items: Iterable[T], in_flight: int
) -> Iterator[R]:
    """Yields ``function(item)`` for every item, in the order of the items.

    Args:
      pool: where it runs.
      function: as for :meth:`WorkerPool.submit`.
      items: drawn only as fast as results are taken, so it may be endless.
      in_flight: tasks that are queued, running or waiting to be yielded; twice the pool's
        processes keep all of them busy while results are used.

    Raises:
      ValueError: in_flight is less than 1.
      Exception: what the first failed task raised; the tasks behind it are cancelled.
    """
    if in_flight < 1:
        raise ValueError(f"in_flight is {in_flight}; it must be 1 or more.")
    return _ordered_map(pool, function, items, in_flight)


def _ordered_map(
    pool: WorkerPool, function: Callable[[T], R], items: Iterable[T], in_flight: int
) -> Iterator[R]:
    futures: deque[Future[R]] = deque()
    try:
        for item in items:
            futures.append(pool.submit(function, item))
            if len(futures) >= in_flight:
                yield futures.popleft().result()
        while futures:
            yield futures.popleft().result()
    finally:
        for future in futures:
            future.cancel()


class _Task(NamedTuple):
    number: int
    function: Callable[..., Any]
    args: tuple[Any, ...]
    future: Future[Any]

    def __str__(self) -> str:
        name = getattr(self.function, "__qualname__", None) or repr(self.function)[:80]
        module = getattr(self.function, "__module__", None)
        arguments = ", ".join(map(_brief, self.args))
        return f"task {self.number}, {module}.{name}({arguments})"


def _brief(value: object) -> str:
    """Describes an argument without printing megabytes of it."""
    if isinstance(value, int | float | os.PathLike) or (isinstance(value, str) and len(value) < 80):
        return repr(value)
    size = f" of {len(value)}" if isinstance(value, Sized) else ""
    return f"{type(value).__name__}{size}"


# ---------------------------------------------------------------------- seen from the parent


class _Death(Exception):  # noqa: N818 - never leaves this module
    """A worker is gone or must go.

    Args:
      reason: a key of REASONS.
      document: the one to blame, or NO_DOCUMENT.
      detail: for people.
    """

    def __init__(self, reason: str, document: int, detail: str) -> None:
        super().__init__(reason, document, detail)
        self.reason = reason
        self.document = max(document, NO_DOCUMENT)
        self.detail = detail


class _ForkServer:
    """The process that imports everything once and forks the workers.

    Args:
      ahead: ``module:function`` to call before anything is known of the workers, if any.

    Raises:
      OSError: it cannot be started.
    """

    def __init__(self, ahead: str | None = None) -> None:
        self.control, theirs = socket.socketpair()
        path = [str(entry) or os.getcwd() for entry in sys.path]
        code = (
            f"import sys; sys.path[:] = {path!r}; "
            f"from {worker_process.__name__} import serve; serve({theirs.fileno()})"
        )
        # A worker is one core's worth of work: BLAS and Arrow must not start threads of their own.
        # Where someone chose mimalloc for Arrow, it must not commit 1 GiB at its first allocation,
        # which RLIMIT_DATA counts.
        defaults = {
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MIMALLOC_ARENA_EAGER_COMMIT": "0",
            **_KEEP_MEMORY,
        }
        try:
            with theirs:
                self.process = subprocess.Popen(
                    [sys.executable, "-c", code],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    env=defaults | os.environ,
                    process_group=0,  # Ctrl-C reaches the parent alone, which ends the workers
                )
        except OSError:
            self.control.close()
            raise
        self._say(ahead)

    def prepare(self, settings: tuple[tuple[str, ...], bytes, int]) -> None:
        """Says what all workers are to have: preload, pickled initializer, memory limit."""
        self._say(settings)

    def _say(self, message: object) -> None:
        with contextlib.suppress(OSError):  # it is dead already, which its first worker reports
            worker_process.send(self.control, worker_process.pack(message))

    def close(self) -> None:
        _hang_up(self.control)
        try:
            self.process.wait(SHUTDOWN_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class _Worker:
    """A worker process.

    Args:
      control: the fork server's.

    Raises:
      OSError: the fork server is gone, or no socket is to be had.
    """

    def __init__(self, control: socket.socket) -> None:
        self._connection, connection = socket.socketpair()
        self._leash, leash = socket.socketpair()
        try:
            with connection, leash, tempfile.TemporaryFile(dir=_SHARED_MEMORY) as shared:
                shared.truncate(worker_process.HEARTBEAT_BYTES)
                self._heartbeat = worker_process.map_heartbeat(shared.fileno())
                # One byte carries the descriptors, so that requests of threads never mix.
                theirs = [connection.fileno(), leash.fileno(), shared.fileno()]
                socket.send_fds(control, [b"f"], theirs)
        except OSError:
            self.kill()
            raise
        self._poll = select.poll()
        self._poll.register(self._connection, select.POLLIN)
        self._poll.register(self._leash, select.POLLIN)
        self._pid = 0
        self._first_memory: int | None = None

    def wait_until_forked(self) -> None:
        pid = self._read_leash()
        if pid is None:
            self.kill()
            detail = "the fork server did not start it; its messages are on standard error"
            raise _Death("worker_died", NO_DOCUMENT, detail)
        self._pid = pid
        self._leash.settimeout(SHUTDOWN_SECONDS)

    def run(
        self, message: Sequence[memoryview], seconds: float, memory_limit: int
    ) -> tuple[int, Any]:
        """Sends a task and returns the reply.

        Raises:
          _Death: it died, or oversteps a limit; then it still has to be killed.
          Exception: what unpickling the reply raises.
        """
        self._heartbeat[0] = NO_DOCUMENT
        counter, spent, before = self._heartbeat[1], 0.0, time.monotonic()
        queued = _seconds_without_a_core(self._pid)
        try:
            worker_process.send(self._connection, message)
        except OSError as error:
            raise self._post_mortem() from error
        while not (ready := self._poll.poll(TICK * 1000)):
            index, now = self._heartbeat[0], time.monotonic()
            still_queued = _seconds_without_a_core(self._pid)
            # A long gap means that this process was stopped or starved, not the document slow.
            spent += max(0.0, min(now - before, 10 * TICK) - (still_queued - queued))
            before, queued = now, still_queued
            if self._heartbeat[1] != counter:
                counter, spent = self._heartbeat[1], 0.0
            if index >= 0 and spent > seconds:
                raise _Death("time_limit", index, f"it took more than {seconds} s")
            memory = _anonymous_memory(self._pid)
            if memory > memory_limit:
                raise _Death("memory_limit", index, f"it held {memory} bytes")
        if self._connection.fileno() not in dict(ready):
            raise self._post_mortem()
        try:
            kind, value = worker_process.Incoming(self._connection).load()
        except worker_process.ConnectionLostError as error:
            raise self._post_mortem() from error
        if kind == worker_process.OUT_OF_MEMORY:
            raise _Death("memory_limit", self._heartbeat[0], "it raised MemoryError")
        return kind, value

    def _post_mortem(self) -> _Death:
        index = self._heartbeat[0]
        try:
            status = self._read_leash()
        except TimeoutError:
            return _Death("worker_died", index, "it closed its connection but lives on")
        if status is None:  # so all workers died, and not of their documents
            return _Death("worker_died", NO_DOCUMENT, "its fork server died")
        if status < 0:
            return _Death("worker_died", index, f"killed by {signal.Signals(-status).name}")
        return _Death("worker_died", index, f"it left with exit code {status}")

    def is_bloated(self, memory_limit: int) -> bool:
        """Whether what earlier documents left behind would be blamed on later ones.

        That is so beyond half the way from what it held after its first task to the limit.
        """
        memory = _anonymous_memory(self._pid)
        if self._first_memory is None:
            self._first_memory = memory
        return memory > (min(self._first_memory, memory_limit) + memory_limit) / 2

    def kill(self) -> None:
        """Has it killed and forgets it; harmless when it is dead."""
        for end in (self._leash, self._connection):
            _hang_up(end)

    def _read_leash(self) -> int | None:
        data = self._leash.recv(8, socket.MSG_WAITALL)
        return int.from_bytes(data, "little", signed=True) if len(data) == 8 else None


def _hang_up(end: socket.socket) -> None:
    """Closes a socket for the other side too when a fork of this process holds a copy of it."""
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


def _seconds_without_a_core(pid: int) -> float:
    """Returns how long a process could have run but had to wait, 0 where that cannot be known.

    It is the second figure of schedstat, in nanoseconds (Documentation/scheduler/sched-stats.rst of
    Linux), of the process's main thread, which is the one that works.
    """
    try:
        with open(f"/proc/{pid}/schedstat", "rb") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def _anonymous_memory(pid: int) -> int:
    """Returns the bytes of anonymous memory of a process, 0 where that cannot be known.

    Mapped files (Parquet, models, shared libraries) do not count: the kernel can drop them.
    """
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            _, resident, shared, *_ = file.read().split()
    except OSError:
        return 0
    return (int(resident) - int(shared)) * mmap.PAGESIZE
