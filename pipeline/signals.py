"""Ends ``copydesk`` with a sentence on a signal, at once or after the current batch."""

import contextlib
import os
import select
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

from pipeline import last_words

_WORDS = {
    signal.SIGINT: "interrupted",
    signal.SIGTERM: "terminated by SIGTERM",
    signal.SIGHUP: "ended, since its terminal was closed",
}

CANCEL_SECONDS = 10.0
"""Seconds that a process that a signal ends gives a cluster to cancel its job."""


def end_on_signals() -> None:
    """Ends the process with a sentence on SIGINT, SIGTERM and SIGHUP, unless they are ignored."""
    for number in _WORDS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup and `&` of a script set it
            signal.signal(number, _end)


class StopRequest:
    """Turns the first signal into a request to stop; the next one ends the process at once.

    For a command that runs until it is stopped, and then finishes what it is doing.
    """

    def __init__(self) -> None:
        # A handler may run between any two steps of the process, also where it holds a lock. To
        # write to a pipe needs none.
        self._requested, self._request = os.pipe()
        for number in _WORDS:
            if signal.getsignal(number) is _end:
                signal.signal(number, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        for other in _WORDS:
            if signal.getsignal(other) == self._handle:
                signal.signal(other, _end)
        os.write(self._request, b".")
        sentence = (
            f"copydesk: {_WORDS[signal.Signals(number)]}. Ends after the current batch; a second "
            "signal ends it at once, which loses nothing either.\n"
        )
        with contextlib.suppress(OSError):
            os.write(2, sentence.encode())

    def wait(self, seconds: float) -> bool:
        """Returns True as soon as it is requested, False after so many seconds without."""
        return bool(select.select([self._requested], [], [], max(0.0, seconds))[0])


def _end(number: int, frame: FrameType | None) -> None:
    """Ends the process with a sentence; a handler.

    At once, as ``kill -9`` would: a run may be killed at any moment, and its workers notice its
    end. An exception that is raised wherever the process happens to be may be lost in a finalizer,
    or in a library that catches all, or leave a lock taken for which something then waits.
    """
    start = "\n" if os.isatty(2) else ""  # progress leaves the cursor in its line
    sentence = (
        f"{start}copydesk: {_WORDS[signal.Signals(number)]}. The warehouse holds what was "
        "committed before; run again to go on.\n"
    )
    with contextlib.suppress(OSError):
        os.write(2, sentence.encode())
    last_words.withdraw()
    for job in _jobs:
        with contextlib.suppress(OSError):
            os.write(2, job.cancel().encode())
    os._exit(128 + number)


@contextlib.contextmanager
def cancelled_by_signals(cancel: Callable[[], None]) -> Iterator[None]:
    """Cancels a job on a cluster if a signal ends this process within the context.

    After ``kill -9`` nobody does. Such a job runs to its end, and nobody commits what it wrote.

    Args:
      cancel: cancels the job.
    """
    job = _Job(cancel)
    _jobs.append(job)
    try:
        yield
    finally:
        _jobs.remove(job)
        job.close()


class _Job:
    """Cancels a job in a thread of its own: a handler may run where its thread holds a lock."""

    def __init__(self, cancel: Callable[[], None]) -> None:
        self._cancel = cancel
        self._problem = ""
        self._asked, self._ask = os.pipe()
        self._busy = threading.Lock()
        self._busy.acquire()
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        asked = os.read(self._asked, 1)
        os.close(self._asked)
        if not asked:
            return
        try:
            self._cancel()
        except Exception as error:  # noqa: BLE001 - the process ends with a sentence
            self._problem = f"{type(error).__name__}: {error}".splitlines()[0]
        self._busy.release()

    def cancel(self) -> str:
        """Cancels the job; returns the sentence about it. Needs no lock that others take."""
        os.write(self._ask, b".")
        if not self._busy.acquire(timeout=CANCEL_SECONDS):
            self._problem = f"no answer in {CANCEL_SECONDS:g} seconds"
        if self._problem:
            return (
                f"copydesk: the job cannot be cancelled ({self._problem}). Cancel it on the "
                "cluster; it can commit nothing.\n"
            )
        return "copydesk: the job on the cluster is cancelled.\n"

    def close(self) -> None:
        """Ends the thread."""
        os.close(self._ask)


_jobs: list[_Job] = []
"""The jobs of this process on a cluster, for the handler of signals."""
