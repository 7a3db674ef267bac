"""What runs in a worker process of the pool: limits of time and memory, and where it is.

The kernel enforces the limits: a timer on the processor time of a document or a method, and a
limit on the data of the process. Which document or method the worker is at stands in memory that
it shares with the pool (``pool.py``), which knows by that what the worker died of.
"""

import contextlib
import dataclasses
import gc
import os
import pickle
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, Protocol

from pipeline.fork_server import limit_process

NO_DOCUMENT = -1
METHOD = -2
"""Stands for a document while a worker is in a :func:`method`."""

WALL_FACTOR = 10
"""Wall-clock limit of a document as a multiple of its processor time. It ends a document that waits
for ever; a machine may be ten times too busy before it ends any other."""

SLACK = 0.1
"""Share of its limit that a document may have beyond it. To set the timers takes the kernel 4 us,
and a document is marked at every transform, so they are set again only once half of this share of
the time is over: two threads of the worker together cannot use up more of it meanwhile."""

METHOD_FACTOR, METHOD_WALL_FACTOR = 30, 3
"""Limit of processor time of a method that works on a whole task, as a multiple of that of a
document, and its wall-clock limit as a multiple of this one. A task has 4 to 32 MB of text; all
methods of all tasks of a run over 82 MB take less than a document may."""

NAME_BYTES = 96
"""Bytes of the name of a method in such a slot."""

TIMERS = (signal.SIGPROF, signal.SIGALRM)


class WorkerState(Protocol):
    """What every task receives as its first argument; pickled once per worker."""

    def warm_up(self) -> None:
        """Loads what tasks load lazily; called once per worker, before its first task."""


class DocumentFailed(Exception):  # noqa: N818 - reaches nobody but the pool
    """A document made its task fail, and the worker lives on: (number, reason)."""


class Change(NamedTuple):
    """A function that replaces the first argument of tasks in workers.

    Attributes:
      number: of the change, more than 0.
      call: function and arguments, pickled once: each task carries them, as any worker may have it.
    """

    number: int
    call: bytes


@dataclasses.dataclass
class _Worker:
    """What a worker process knows."""

    shared: Any
    failure: Exception | None
    seconds: float
    positions: Any
    methods: Any
    slot: int = 0
    armed_until: float = 0.0
    change: int = 0


_worker: _Worker | None = None
"""This process's, in a worker; None in every other process."""


def document(number: int) -> None:
    """Marks the start of a document: records its number and starts its timers.

    Costs .5 us, so call it before every document. Outside a worker it does nothing.

    Args:
      number: number of the document within the task, 0 or more; ``NO_DOCUMENT`` for none: what
        follows has no time limit, and no document is blamed for a crash.
    """
    if _worker is None:
        return
    _worker.positions[2 * _worker.slot + 1] = number
    if number < 0:
        _worker.armed_until = 0.0
        _set_timers(0.0, WALL_FACTOR)
    elif (now := time.monotonic()) > _worker.armed_until:
        _worker.armed_until = now + SLACK / 2 * _worker.seconds
        _set_timers((1 + SLACK) * _worker.seconds, WALL_FACTOR)


@contextlib.contextmanager
def method(name: str) -> Iterator[None]:
    """Holds what works on all documents of a task to ``METHOD_FACTOR`` times the limit of one.

    If it ends the worker, the error has its name. Outside a worker it does nothing.

    Args:
      name: of the method, as the user knows it.
    """
    if _worker is None:
        yield
        return
    note_method(name, _worker.slot)
    _worker.positions[2 * _worker.slot + 1] = METHOD
    _worker.armed_until = 0.0
    _set_timers(METHOD_FACTOR * _worker.seconds, METHOD_WALL_FACTOR)
    yield
    document(NO_DOCUMENT)  # unless it raises, which ends the task: a lack of memory is its own


def note_method(name: str, slot: int = 0) -> None:
    """Notes the method that a worker is in, at slot 0 in its set-up, for the error if it ends."""
    if _worker is not None:
        start = NAME_BYTES * slot
        _worker.methods[start : start + NAME_BYTES] = name.encode()[:NAME_BYTES].ljust(
            NAME_BYTES, b"\0"
        )


def _set_timers(seconds: float, wall_factor: float) -> None:
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, wall_factor * seconds)


def begin(
    shared: bytes,
    memory_limit: int,
    seconds: float,
    setup_seconds: float,
    positions: Any,
    methods: Any,
    lifeline: Connection,
) -> None:
    """Prepares a worker; an error here is raised again by each of its tasks."""
    global _worker
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for timer in TIMERS:
        signal.signal(timer, _raise_timeout)
    # Without it a worker's first collection would touch, and so copy, all that it shares.
    gc.freeze()
    # A task makes many small objects and few cycles: looking for those less often saves 3 %.
    gc.set_threshold(20_000, 20, 20)
    # Only the pool's process holds the other end of the lifeline: it closes however that ends.
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    _worker = _Worker(None, None, seconds, positions, methods)
    try:
        limit_process(memory_limit)
        _worker.shared = pickle.loads(shared)
        _set_timers(setup_seconds, METHOD_WALL_FACTOR)
        _worker.shared.warm_up()
        note_method("")
    except Exception as error:  # noqa: BLE001 - reaches the user through the futures
        _worker.failure = error
    _set_timers(0.0, 0.0)
    # Their default action ends the process, also within a loop of C code.
    for timer in TIMERS:
        signal.signal(timer, signal.SIG_DFL)


def _raise_timeout(*_: object) -> None:
    """Ends the set-up of a worker with an error; the task of the run adds the transform's name."""
    raise TimeoutError("it had not ended at the limit of time of a set-up")


def _end_with(lifeline: Connection) -> None:
    """Exits when the pool's process ends; code that holds the interpreter lock delays this."""
    lifeline.poll(None)
    os._exit(1)


def call(
    slot: int,
    change: Change | None,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    keywords: Mapping[str, Any],
) -> Any:
    """Runs a task; what the pool sends a worker.

    Args:
      slot: of the task.
      change: the last one of ``shared``, if there was one.
      function: called with ``shared`` first.
      args: further arguments.
      keywords: likewise.

    Raises:
      DocumentFailed: it ran out of memory, or asked to exit.
    """
    assert _worker is not None
    _worker.slot = slot
    _worker.positions[2 * slot : 2 * slot + 2] = os.getpid(), NO_DOCUMENT
    if _worker.failure is not None:
        raise _worker.failure
    try:
        if change is not None and change.number != _worker.change:
            changed, values = pickle.loads(change.call)
            _worker.shared, _worker.change = changed(_worker.shared, *values), change.number
        return function(_worker.shared, *args, **keywords)
    except Exception as error:
        if isinstance(error, MemoryError):
            raise DocumentFailed(_worker.positions[2 * slot + 1], "memory_limit") from None
        if _is_portable(error):
            raise
        raise RuntimeError(f"{type(error).__name__}: {error}") from None
    except BaseException:  # noqa: BLE001 - asks to exit, or what no caller expects
        raise DocumentFailed(_worker.positions[2 * slot + 1], "worker_died") from None
    finally:
        document(NO_DOCUMENT)


def _is_portable(error: Exception) -> bool:
    """Returns whether an exception survives pickling both ways."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 - __reduce__ and __init__ of a foreign class may do anything
        return False
    return True


def nothing(shared: WorkerState) -> None:
    """The first task, for which the pool starts its workers."""
