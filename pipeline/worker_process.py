"""The processes behind :mod:`pipeline.workers`: the fork server, the worker, and what they say.

Imports nothing but the standard library, so that the fork server holds what tasks need, no more.
"""

import contextlib
import ctypes
import functools
import gc
import importlib
import mmap
import os
import pickle
import resource
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType, SimpleNamespace
from typing import Any, NoReturn

NO_DOCUMENT = -1
HEARTBEAT_BYTES = 16

DONE, RAISED, OUT_OF_MEMORY = range(3)
"""Kinds of replies: with the result, with an exception and its traceback as text, with None."""

_heartbeat: memoryview | None = None
_failed: Mapping[int, str] = MappingProxyType({})


def document(index: int) -> None:
    """Says which document the running task turns to; its time begins now.

    Costs some 0.3 µs, so call it before every document. Outside a worker it does nothing.

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
    """Returns the documents the running task must skip: index to reason.

    They killed the worker when the task ran before; the reasons are the keys of
    ``pipeline.workers.REASONS``. Always empty outside a worker.
    """
    return _failed


# ---------------------------------------------------------------- between parent and worker


class ConnectionLostError(Exception):
    """The process at the other end is gone."""


def pack(message: object) -> list[Any]:
    """Returns a pickle in pieces, ready to send.

    Handed a file, the C pickler passes bytes and buffers (numpy, Arrow) above 64 KiB on to it as
    they are, where ``pickle.dumps`` would copy them.
    """
    pieces: list[Any] = []
    pickle.Pickler(SimpleNamespace(write=pieces.append), protocol=5).dump(message)
    return [memoryview(piece).cast("B") for piece in pieces]


def send(connection: socket.socket, pieces: Sequence[memoryview]) -> None:
    """Sends a packed message.

    Raises:
      OSError: the other side is gone.
    """
    connection.sendall(sum(map(len, pieces)).to_bytes(8, "little"))
    for piece in pieces:
        connection.sendall(piece)


class Incoming:
    """A message on its way in, read by the unpickler straight from the socket.

    Large bytes and buffers are received into the object they become, without a copy between.

    Raises:
      ConnectionLostError: the other side is gone, here or while loading.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._left = 8
        self._left = int.from_bytes(self.read(8), "little")

    def load(self) -> Any:
        """Returns the message; what unpickling raises leaves the connection in order."""
        try:
            return pickle.Unpickler(self).load()
        finally:
            while self._left:
                self.read(min(self._left, 1 << 20))

    def read(self, size: int) -> bytes:
        """What the unpickler asks a file for: the next bytes, fewer only at the end."""
        data = bytearray(min(size, self._left))
        self.readinto(data)
        return bytes(data)

    def readinto(self, buffer: bytearray | memoryview) -> int:
        """As ``read``, into the object the bytes are to become."""
        view = memoryview(buffer).cast("B")[: self._left]
        size = len(view)
        while view:
            try:
                received = self._connection.recv_into(view, 0, socket.MSG_WAITALL)
            except OSError as error:
                raise ConnectionLostError(str(error)) from error
            if not received:
                raise ConnectionLostError("the other side closed the connection")
            view = view[received:]
            self._left -= received
        return size

    def readline(self) -> bytes:
        """Asked for by the unpickler, but never called for what ``pack`` made."""
        raise pickle.UnpicklingError("a pickle of protocol 5 has no lines")


def map_heartbeat(descriptor: int) -> memoryview:
    """Returns the shared [index of the document, number of documents so far] as int64."""
    return memoryview(mmap.mmap(descriptor, HEARTBEAT_BYTES)).cast("q")


# --------------------------------------------------------------- the fork server and workers


def serve(descriptor: int) -> None:
    """The fork server: forks on request, kills on request, reports every end, never computes.

    Args:
      descriptor: of the socket ``control``. Its end is the parent's end: all workers are killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    control.set_inheritable(False)
    # Imports leave 3,000 objects in circles; looking for them takes a tenth of a second.
    gc.disable()
    try:
        if (ahead := Incoming(control).load()) is not None:
            # A failure waits for the task that needs what cannot be imported.
            with contextlib.suppress(Exception):
                module, _, function = ahead.partition(":")
                getattr(importlib.import_module(module), function)()
        preload, pickled, memory_limit = Incoming(control).load()
    except ConnectionLostError:
        return
    initializer = _prepare(preload, pickled)
    gc.freeze()  # else a worker's first collection would touch, and so copy, every shared page
    # A task makes many small objects and few circles; looking for those less often saves 3 %.
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
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
                    if pid not in leashes:  # a child of some imported module
                        continue
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
        initializer: Callable[[], None] | None = pickle.loads(pickled)
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
        _heartbeat = map_heartbeat(heartbeat)
        os.close(heartbeat)
        _limit_process(memory_limit)
        _work(connection, initializer)
    except ConnectionLostError:
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
      ConnectionLostError: it did.
    """
    global _failed
    failure: Exception | None = None
    try:
        if initializer is not None:
            initializer()
    except Exception as error:  # noqa: BLE001 - it is the result of every task
        failure = error
    functions: dict[bytes, Callable[..., Any]] = {}
    trim = _trimmer()
    while True:
        incoming = Incoming(connection)
        args: tuple[Any, ...] = ()
        try:
            pickled, failed, args = incoming.load()
            if failure is not None:
                raise failure
            if pickled not in functions:
                if trim is not None:
                    # What other kinds of tasks have left free. After every task it would be paid
                    # for twice: the next of the kind asks for as much, page by page.
                    trim(0)
                functions[pickled] = pickle.loads(pickled)
            _failed = MappingProxyType(failed)
            reply = pack((DONE, functions[pickled](*args)))
        except ConnectionLostError:
            raise
        except MemoryError:
            reply = pack((OUT_OF_MEMORY, None))
        except Exception as error:  # noqa: BLE001 - it is the future's
            reply = pack((RAISED, _portable(_explain(error))))
        del args
        send(connection, reply)
        del reply


def _trimmer() -> Callable[[int], int] | None:
    """Returns the function of glibc that gives free memory back; other systems' have none."""
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):
        return None
    return trim


def _explain(error: Exception) -> Exception:
    if not (isinstance(error, AttributeError) and "<module '__main__'" in str(error)):
        return error
    explained = pickle.UnpicklingError(
        f"{error}. Worker processes do not import the program's __main__: move what they are to "
        "run, and the classes it needs, to a module."
    )
    explained.__cause__ = error
    return explained


def _portable(error: Exception) -> tuple[Exception, str]:
    """Returns an exception that survives pickling both ways, and its traceback."""
    text = "".join(traceback.format_exception(error))
    try:
        pickle.loads(pickle.dumps(error, protocol=5))
    except Exception:  # noqa: BLE001 - __reduce__ and __init__ of a foreign class may do anything
        error = RuntimeError("".join(traceback.format_exception_only(error)).strip())
    return error, text
