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
import ctypes
import functools
import gc
import importlib
import itertools
import mmap
import os
import pickle
import queue
import resource
import select
import selectors
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from concurrent.futures import Future
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn, TypeVar

R = TypeVar("R")
T = TypeVar("T")

TICK = 0.1
"""Seconds between two looks at a running worker.

A fresh page costs the kernel about 0.5 µs, so that a worker can outgrow its memory limit by some
800 MB between two looks at worst; RLIMIT_DATA stops it at twice the limit or sooner.
"""

SHUTDOWN_SECONDS = 10.0
"""How long the fork server may take to kill its workers and leave: it needs milliseconds, or the
rest of its imports (a second) when it was only just started."""

IN_BAND_BYTES = 1 << 16
"""Buffers (numpy, Arrow) below this size are copied into the pickle; above it a system call of
their own is cheaper than the copy."""

REASONS: dict[str, str] = {
    "time_limit": "The document took longer than the time limit.",
    "memory_limit": "The worker grew beyond the memory limit while it was at the document.",
    "worker_died": "The worker process died while it was at the document.",
}
"""What :func:`failed_documents` may give as a reason."""

_NO_DOCUMENT = -1
_DONE, _RAISED, _OUT_OF_MEMORY = range(3)


class WorkerDied(Exception):  # noqa: N818 - says what happened, as BrokenProcessPool does
    """A task cannot be finished: its worker died, twice, and no document is to blame."""


class WorkerTraceback(Exception):  # noqa: N818 - carried as a cause, never raised by itself
    """The traceback of an exception as the worker saw it; the ``__cause__`` of that exception."""

    def __str__(self) -> str:
        return f"in the worker process:\n{self.args[0]}"


# ------------------------------------------------------------------ seen from inside a task

_heartbeat: memoryview | None = None
_failed: Mapping[int, str] = MappingProxyType({})


def document(index: int) -> None:
    """Says which document the running task turns to; its time begins now.

    Costs some 0.2 µs, so call it before every document. Outside a worker it does nothing.

    Args:
      index: number of the document within the task, 0 or more. A negative number means none: what
        follows has no time limit, and no document is blamed for a crash.
    """
    if _heartbeat is not None:
        # The counter first: the parent, which reads the index first, must never see a new index
        # with the old document's time.
        _heartbeat[1] += 1
        _heartbeat[0] = index


def failed_documents() -> Mapping[int, str]:
    """Returns the documents the running task must skip, with the reason (:data:`REASONS`).

    They killed the worker when the task ran before. Always empty outside a worker.
    """
    return _failed


# ------------------------------------------------------------------------------ the pool


class WorkerPool:
    """Runs tasks in worker processes, each document of them within a time and a memory limit.

    May be used from several threads at once, and as a context manager.

    Args:
      processes: number of workers; 0 runs every task inside :meth:`submit`, in the calling thread,
        without limits or isolation.
      initializer: called once in every worker before its first task; a worker that replaces a dead
        one calls it again. What unpickling it imports is imported once, before the workers fork.
        An exception it raises becomes the result of every task.
      memory_limit: bytes of anonymous memory a worker may hold, its modules and models included
        (one with pyarrow, lxml and trafilatura starts at about 35 MB). A single allocation beyond
        it raises MemoryError in the worker; growth beyond it ends the worker, watched through
        /proc. Without /proc (macOS) only what the kernel makes of RLIMIT_DATA holds.
      document_seconds: seconds of wall-clock time for one document. Time in which the parent
        itself was stopped (Ctrl-Z, a closed lid) does not count.
      preload: names of further modules to import once, before the workers fork.

    Raises:
      ValueError: a negative number of processes, or a limit that is not positive.
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
        self._preload = tuple(preload)
        self._lock = threading.Lock()
        self._closed = False
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
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

    def submit(self, function: Callable[..., R], *args: Any) -> Future[R]:
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

        Raises:
          RuntimeError: the pool was shut down.
        """
        future: Future[R] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the worker pool was shut down; make a new one.")
            if self._threads:
                self._tasks.put(_Task(next(self._numbers), function, args, future))
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
            while (task := self._tasks.get_nowait()) is not None:
                if task.future.cancel():
                    task.future.set_running_or_notify_cancel()
        for _ in self._threads:
            self._tasks.put(None)
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
        with contextlib.suppress(_Death):  # it will come again, to a task that can report it
            worker = self._fork()  # before there is a task, so that imports overlap with reading
        while (task := self._tasks.get()) is not None:
            if task.future.set_running_or_notify_cancel():
                worker = self._finish(task, worker)
            del task  # and with it the arguments, while the thread waits
        if worker is not None:
            worker.kill()

    def _finish(self, task: "_Task", worker: "_Worker | None") -> "_Worker | None":
        """Runs a task to its end, over dead workers if need be; returns a worker for the next."""
        failed: dict[int, str] = {}
        unexplained = False
        while True:
            try:
                message = _pack((pickle.dumps(task.function, 5), failed, task.args))
            except Exception as error:  # noqa: BLE001 - whatever __reduce__ raises is the future's
                task.future.set_exception(error)
                return worker
            try:
                if worker is None:
                    worker = self._fork()
                reply = worker.run(message, self._document_seconds, self._memory_limit)
                del message
                kind, value = _unpack(reply)
                if kind == _OUT_OF_MEMORY:
                    raise _Death("memory_limit", worker.heartbeat[0], "it raised MemoryError")
            except _Death as death:
                if worker is not None:
                    worker.kill()
                    worker = None
                if death.document != _NO_DOCUMENT and death.document not in failed:
                    failed[death.document] = death.reason
                elif unexplained or self._closed:
                    task.future.set_exception(self._obituary(task, death))
                    return None
                else:
                    unexplained = True
                continue
            except Exception as error:  # noqa: BLE001 - what unpickling raises is the future's
                task.future.set_exception(error)
                return worker
            if kind == _DONE:
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
                raise _Death("worker_died", _NO_DOCUMENT, "the pool was shut down")
            try:
                if self._server is not None and self._server.process.poll() is not None:
                    self._server.close()
                    self._server = None
                if self._server is None:
                    self._server = _ForkServer(
                        (self._preload, pickle.dumps(self._initializer, 5), self._memory_limit)
                    )
                worker = _Worker(self._server.control)
            except OSError as error:
                detail = f"no worker process can be started: {error}"
                raise _Death("worker_died", _NO_DOCUMENT, detail) from error
        worker.wait_until_forked()
        return worker

    def _obituary(self, task: "_Task", death: "_Death") -> WorkerDied:
        where = f"at document {death.document}" if death.document >= 0 else "at no document"
        if self._closed:
            return WorkerDied(f"{task}: the worker pool was shut down while it ran.")
        if death.document >= 0:
            where += ", which failed_documents() told it to skip"
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
      document: the one to blame, or _NO_DOCUMENT.
      detail: for people.
    """

    def __init__(self, reason: str, document: int, detail: str) -> None:
        super().__init__(reason, document, detail)
        self.reason = reason
        self.document = max(document, _NO_DOCUMENT)
        self.detail = detail


class _ForkServer:
    """The process that imports everything once and forks the workers.

    Args:
      settings: preload, pickled initializer, memory limit.

    Raises:
      OSError: it cannot be started.
    """

    def __init__(self, settings: tuple[tuple[str, ...], bytes, int]) -> None:
        self.control, theirs = socket.socketpair()
        path = [str(entry) or os.getcwd() for entry in sys.path]
        code = (
            f"import sys; sys.path[:] = {path!r}; "
            f"from {__name__} import _serve; _serve({theirs.fileno()})"
        )
        # A worker is one core's worth of work: BLAS and Arrow must not start threads of their own.
        # mimalloc (Arrow's) else commits 1 GiB at its first allocation, which RLIMIT_DATA counts.
        defaults = {
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MIMALLOC_ARENA_EAGER_COMMIT": "0",
        }
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", code],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=defaults | os.environ,
                process_group=0,  # Ctrl-C reaches the parent alone, which then ends the workers
            )
        _send(self.control, _pack(settings))

    def close(self) -> None:
        self.control.close()
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
        heartbeat = _shared_memory()
        with connection, leash:
            try:
                self.heartbeat = _map_heartbeat(heartbeat)
                # One byte carries the descriptors, so that requests of threads never mix.
                theirs = [connection.fileno(), leash.fileno(), heartbeat]
                socket.send_fds(control, [b"f"], theirs)
            finally:
                os.close(heartbeat)
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
            raise _Death("worker_died", _NO_DOCUMENT, detail)
        self._pid = pid
        self._leash.settimeout(SHUTDOWN_SECONDS)

    def run(self, message: "_Frames", seconds: float, memory_limit: int) -> "_Frames":
        """Sends a task and returns the reply.

        Raises:
          _Death: it died, or its document overstepped a limit; then it still has to be killed.
        """
        self.heartbeat[0] = _NO_DOCUMENT
        counter, spent, before = self.heartbeat[1], 0.0, time.monotonic()
        try:
            _send(self._connection, message)
            while not (ready := self._poll.poll(TICK * 1000)):
                index, now = self.heartbeat[0], time.monotonic()
                # A long gap means that this process was stopped or starved, not that the document
                # took long.
                spent += min(now - before, 10 * TICK)
                before = now
                if self.heartbeat[1] != counter:
                    counter, spent = self.heartbeat[1], 0.0
                if index >= 0 and spent > seconds:
                    raise _Death("time_limit", index, f"it took more than {seconds} s")
                memory = _anonymous_memory(self._pid)
                if memory > memory_limit:
                    raise _Death("memory_limit", index, f"it held {memory} bytes")
            if any(descriptor == self._connection.fileno() for descriptor, _ in ready):
                return _receive(self._connection)
        except (OSError, EOFError):
            pass  # it closed the connection: the leash tells why
        index, status = self.heartbeat[0], self._read_leash()
        raise _Death("worker_died", index, _describe_status(status))

    def is_bloated(self, memory_limit: int) -> bool:
        """Whether what earlier documents left behind would be blamed on later ones.

        That is so beyond half the way from what it held after its first task to the limit.
        """
        memory = _anonymous_memory(self._pid)
        if self._first_memory is None:
            self._first_memory = memory
        return memory > (min(self._first_memory, memory_limit) + memory_limit) / 2

    def kill(self) -> None:
        self._leash.close()
        self._connection.close()

    def _read_leash(self) -> int | None:
        try:
            data = self._leash.recv(8, socket.MSG_WAITALL)
        except OSError:
            return None
        return int.from_bytes(data, "little", signed=True) if len(data) == 8 else None


def _describe_status(status: int | None) -> str:
    if status is None:
        return "it was lost, with its fork server or its connection"
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"it left with exit code {status}"


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


# ---------------------------------------------------------------- between parent and worker

_Frames = list[Any]
"""A pickle and the buffers it refers to (pickle protocol 5), each bytes-like."""


def _pack(message: object) -> _Frames:
    frames: _Frames = [b""]

    def keep(buffer: pickle.PickleBuffer) -> bool:
        raw = buffer.raw()
        if raw.nbytes < IN_BAND_BYTES:
            return True
        frames.append(raw)
        return False

    frames[0] = pickle.dumps(message, protocol=5, buffer_callback=keep)
    return frames


def _unpack(frames: _Frames) -> Any:
    return pickle.loads(frames[0], buffers=frames[1:])


def _send(connection: socket.socket, frames: _Frames) -> None:
    connection.sendall(struct.pack(f"<{1 + len(frames)}Q", len(frames), *map(len, frames)))
    for frame in frames:
        connection.sendall(frame)


def _receive(connection: socket.socket) -> _Frames:
    """Returns the next message.

    Raises:
      EOFError: the other side is gone.
    """
    (count,) = struct.unpack("<Q", _receive_exactly(connection, 8))
    sizes = struct.unpack(f"<{count}Q", _receive_exactly(connection, 8 * count))
    return [_receive_exactly(connection, size) for size in sizes]


def _receive_exactly(connection: socket.socket, size: int) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        received = connection.recv_into(view, 0, socket.MSG_WAITALL)
        if not received:
            raise EOFError("the other side closed the connection")
        view = view[received:]
    return data


def _shared_memory() -> int:
    """Returns the descriptor of 16 zero bytes of memory that has no name."""
    if sys.platform == "linux":
        descriptor = os.memfd_create("heartbeat")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, 16)
    return descriptor


def _map_heartbeat(descriptor: int) -> memoryview:
    """Returns the shared [index of the document, number of documents so far] as int64."""
    return memoryview(mmap.mmap(descriptor, 16)).cast("q")


# --------------------------------------------------------------- the fork server and workers


def _serve(descriptor: int) -> None:
    """The fork server: forks on request, kills on request, reports every end, never computes.

    Args:
      descriptor: of the socket ``control``. Its end is the parent's end: all workers are killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    control.set_inheritable(False)
    try:
        preload, pickled, memory_limit = _unpack(_receive(control))
    except EOFError:
        return
    initializer = _prepare(preload, pickled)
    gc.collect()
    gc.freeze()  # else a worker's first collection would touch, and so copy, every shared page
    waker, alarm = socket.socketpair()
    alarm.setblocking(False)
    signal.set_wakeup_fd(alarm.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    leashes: dict[int, socket.socket] = {}
    selector = selectors.DefaultSelector()
    selector.register(control, selectors.EVENT_READ)
    selector.register(waker, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is control:
                request, descriptors, _, _ = socket.recv_fds(control, 1, 3)
                if not request:
                    _kill_all(leashes)
                connection, leash = map(_adopt, descriptors[:2])
                try:
                    pid = os.fork()
                except OSError as error:
                    print(f"copydesk: cannot fork a worker process: {error}", file=sys.stderr)
                    connection.close()
                    leash.close()
                    os.close(descriptors[2])
                    continue
                if pid == 0:
                    selector.close()
                    for other in (control, waker, alarm, leash, *leashes.values()):
                        other.close()
                    _live(connection, descriptors[2], initializer, memory_limit)
                connection.close()
                os.close(descriptors[2])
                leashes[pid] = leash
                selector.register(leash, selectors.EVENT_READ, pid)
                _report(leash, pid)
            elif key.fileobj is waker:
                waker.recv(4096)
                while leashes:
                    pid, status = os.waitpid(-1, os.WNOHANG)
                    if pid == 0:
                        break
                    leash = leashes.pop(pid)
                    if leash in selector.get_map():
                        selector.unregister(leash)
                    _report(leash, os.waitstatus_to_exitcode(status))
                    leash.close()
            elif key.data in leashes:  # the parent let go of it
                os.kill(key.data, signal.SIGKILL)
                selector.unregister(key.fileobj)


def _prepare(preload: Sequence[str], pickled: bytes) -> Callable[[], None] | None:
    """Imports what workers share. A failure is raised again in every worker, for every task."""
    try:
        for name in preload:
            importlib.import_module(name)
        initializer: Callable[[], None] | None = _load([pickled])
    except Exception as error:  # noqa: BLE001 - reaches the user through the futures
        return functools.partial(_raise, error)
    return initializer


def _raise(error: Exception) -> None:
    raise error


def _adopt(descriptor: int) -> socket.socket:
    adopted = socket.socket(fileno=descriptor)
    adopted.set_inheritable(False)
    return adopted


def _report(leash: socket.socket, value: int) -> None:
    with contextlib.suppress(OSError):  # the parent no longer wants to know
        leash.sendall(value.to_bytes(8, "little", signed=True))


def _kill_all(pids: Iterable[int]) -> NoReturn:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    for pid in pids:
        os.waitpid(pid, 0)
    os._exit(0)


def _live(
    connection: socket.socket,
    heartbeat: int,
    initializer: Callable[[], None] | None,
    memory_limit: int,
) -> NoReturn:
    """The worker: ends with the process, never returns into the fork server's loop."""
    global _heartbeat
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _heartbeat = _map_heartbeat(heartbeat)
        os.close(heartbeat)
        _limit_process(memory_limit)
        _work(connection, initializer)
    except EOFError:
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(1)


def _limit_process(memory_limit: int) -> None:
    _set_soft_limit(resource.RLIMIT_CORE, 0)  # a crash is expected; gigabytes of core file are not
    if sys.platform == "linux":
        server = os.getppid()
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
        if os.getppid() != server:
            os._exit(1)
        with open("/proc/self/statm", "rb") as file:
            data = int(file.read().split()[5]) * mmap.PAGESIZE
        # What is reserved but not yet used counts here, unlike in _anonymous_memory. Adding it
        # lets the parent's watch, which names the reason, strike first when memory grows slowly.
        memory_limit += data
        # When the machine runs out of memory, the kernel had better take a worker than the run.
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as scores:
            scores.write("500")
    _set_soft_limit(resource.RLIMIT_DATA, memory_limit)


def _set_soft_limit(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (soft, hard))


def _work(connection: socket.socket, initializer: Callable[[], None] | None) -> None:
    """Answers tasks until the parent closes the connection.

    Raises:
      EOFError: it did.
    """
    global _failed
    failure: Exception | None = None
    try:
        if initializer is not None:
            initializer()
    except Exception as error:  # noqa: BLE001 - it is the result of every task
        failure = error
    functions: dict[bytes, Callable[..., Any]] = {}
    while True:
        frames = _receive(connection)
        try:
            if failure is not None:
                raise failure
            pickled, failed, args = _load(frames)
            if pickled not in functions:
                functions[pickled] = _load([pickled])
            _failed = MappingProxyType(failed)
            reply = _pack((_DONE, functions[pickled](*args)))
        except MemoryError:
            reply = _pack((_OUT_OF_MEMORY, None))
        except Exception as error:  # noqa: BLE001 - it is the future's
            reply = _pack((_RAISED, _portable(error)))
        del frames
        args = ()
        _send(connection, reply)
        del reply


def _load(frames: _Frames) -> Any:
    try:
        return _unpack(frames)
    except AttributeError as error:
        if "__main__" in str(error):
            raise pickle.UnpicklingError(
                f"{error}. Worker processes do not import the program's __main__: move what they "
                "are to run, and the classes it needs, to a module."
            ) from error
        raise


def _portable(error: Exception) -> tuple[Exception, str]:
    """Returns an exception that survives pickling both ways, and its traceback."""
    text = "".join(traceback.format_exception(error))
    try:
        pickle.loads(pickle.dumps(error, protocol=5))
    except Exception:  # noqa: BLE001 - __reduce__ and __init__ of a foreign class may do anything
        error = RuntimeError("".join(traceback.format_exception_only(error)).strip())
    return error, text
