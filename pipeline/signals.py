"""Ends ``copydesk`` with a sentence on a signal, at once or after what it has in hand."""

import contextlib
import os
import select
import signal
from types import FrameType

_WORDS = {
    signal.SIGINT: "interrupted",
    signal.SIGTERM: "terminated by SIGTERM",
    signal.SIGHUP: "ended, since its terminal was closed",
}


def end_on_signals() -> None:
    """Ends the process with a sentence on SIGINT, SIGTERM and SIGHUP, unless they are ignored."""
    for number in _WORDS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup and `&` of a script set it
            signal.signal(number, _end)


class StopRequest:
    """Turns the first signal into a request to stop; the next one ends the process at once.

    For a command that goes on until it is told to stop, and then ends what it has in hand.
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
            f"copydesk: {_WORDS[signal.Signals(number)]}. Ends after the batch in hand; a second "
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
    os._exit(128 + number)
