"""Live progress of a run: one line rewritten in place on a terminal, plain lines when piped."""

import contextlib
import dataclasses
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import TextIO

TERMINAL_SECONDS = 0.2
"""Seconds between two drawings on a terminal: five a second look live."""

PLAIN_SECONDS = 5.0
"""Seconds between two lines in a file or pipe: an hour's run is 720 lines."""

DEFAULT_WIDTH = 80
"""Columns of a terminal that does not say how wide it is."""


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """How far a run is.

    Attributes:
      stage: what is being done, a word or two of ASCII.
      total_dumps: dumps there are.
      total_bytes: bytes they hold; 0 where that is not known.
      dumps: dumps done.
      bytes: bytes done.
      articles: articles done.
      seconds: time since the start.
    """

    stage: str
    total_dumps: int
    total_bytes: int
    dumps: int = 0
    bytes: int = 0
    articles: int = 0
    seconds: float = 0.0


def progress_line(snapshot: Snapshot, width: int | None = None) -> str:
    """Returns one line without its end, as ``reading  3/12 dumps  25%  840 articles  120/s  ...``.

    Time left is what the remaining bytes take at the average speed so far; it is left out before
    the first byte is done, after the last, and where the total is not known. From then on the time
    taken so far is shown instead.

    Args:
      snapshot: how far the run is.
      width: columns there are; what matters least is left out until the line fits. ``None`` means
        no limit.
    """
    now = snapshot
    # Each part with its rank: the highest is left out first.
    parts = [(0, f"{now.dumps:,}/{now.total_dumps:,} dumps")]
    if now.stage:
        parts.insert(0, (2, now.stage))
    if now.total_bytes > 0:
        # Rounded down: 100% is to mean that all is done.
        parts.append((1, f"{min(100, 100 * now.bytes // now.total_bytes)}%"))
    parts.append((3, f"{now.articles:,} articles"))
    if now.seconds > 0:
        parts.append((4, f"{now.articles / now.seconds:,.0f}/s"))
    if 0 < now.bytes < now.total_bytes:
        left = now.seconds * (now.total_bytes - now.bytes) / now.bytes
        parts.append((1, f"{_duration(left)} left"))
    else:
        parts.append((5, _duration(now.seconds)))
    while True:
        line = "  ".join(text for _, text in parts)
        if width is None or len(line) <= width:
            return line
        if len(parts) == 1:
            return line[:width]
        parts.remove(max(parts, key=lambda part: part[0]))


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Progress:
    """Shows how far a run is, from a thread of its own, until it is closed.

    All methods may be called from any thread, cost next to nothing, and never raise because of the
    stream: once it is closed or its reader gone, nothing more is shown. May be used as a context
    manager.

    Args:
      total_dumps: dumps there are.
      total_bytes: bytes they hold; 0 where that is not known.
      stream: where to write; ``None`` is standard error.
    """

    def __init__(self, total_dumps: int, total_bytes: int, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._live = _is_terminal(self._stream)
        self._lock = threading.Lock()
        self._now = Snapshot("", total_dumps, total_bytes)
        self._start = time.monotonic()
        self._shown = ""
        self._broken = False
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._draw, name="progress", daemon=True)
        self._thread.start()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def advance(self, dumps: int = 0, bytes: int = 0, articles: int = 0) -> None:
        """Adds to what is done."""
        with self._lock:
            self._now = dataclasses.replace(
                self._now,
                dumps=self._now.dumps + dumps,
                bytes=self._now.bytes + bytes,
                articles=self._now.articles + articles,
            )

    def stage(self, name: str) -> None:
        """Says what is being done from now on, in a word or two; shown at once."""
        with self._lock:
            self._now = dataclasses.replace(self._now, stage=name)
            self._show()

    def close(self) -> None:
        """Shows the last figures and ends the line. May be called more than once."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._thread.join()
        with self._lock:
            self._show()
            if self._live:
                self._write("\n")

    def _draw(self) -> None:
        while not self._closed.wait(TERMINAL_SECONDS if self._live else PLAIN_SECONDS):
            with self._lock:
                self._show()

    def _show(self) -> None:
        now = dataclasses.replace(self._now, seconds=time.monotonic() - self._start)
        if self._live:
            # One column stays free: a full line makes some terminals wrap.
            line = progress_line(now, max(1, _width(self._stream) - 1))
            if line != self._shown:
                self._write(f"\r{line}\x1b[K")
        else:
            line = progress_line(now)
            self._write(f"{line}\n")
        self._shown = line

    def _write(self, text: str) -> None:
        if self._broken:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError) as error:  # the reader is gone, or the stream was closed
            self._broken = True
            if isinstance(error, BrokenPipeError):
                _discard(self._stream)


def _discard(stream: TextIO) -> None:
    """Sends what a stream still holds nowhere; else Python fails to flush it and exits with 120."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _is_terminal(stream: TextIO) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return stream.isatty() and os.environ.get("TERM") != "dumb"
    return False


def _width(stream: TextIO) -> int:
    with contextlib.suppress(OSError, ValueError):
        # A terminal may say 0, as those of some build servers do.
        return os.get_terminal_size(stream.fileno()).columns or DEFAULT_WIDTH
    return DEFAULT_WIDTH


class RunProgress:
    """Follows a run from within its stages; this one shows nothing, as on a worker of a cluster."""

    def stage(self, name: str) -> None:
        """Names what the run is doing now."""

    def read(self, path: str, size: int | None) -> None:
        """Counts decompressed bytes of a dump that were cleaned; ``None`` at its end."""

    def advance(self, articles: int) -> None:
        """Counts articles that were cleaned."""


class DumpProgress(RunProgress):
    """Shows the progress of a run by the bytes of its dumps on disk.

    How far a compressed dump has been read is estimated, and corrected at its end.

    Args:
      progress: shows it.
      sizes: path of a dump to its bytes on disk.
      expansion: path of a dump to its estimated decompressed bytes per byte on disk.
    """

    def __init__(
        self, progress: Progress, sizes: Mapping[str, int], expansion: Callable[[str], int]
    ) -> None:
        self._progress = progress
        self._left = dict(sizes)
        self._expansion = expansion
        self._stage = ""

    def stage(self, name: str) -> None:
        """Names what the run is doing now; repeats are not shown."""
        if name != self._stage:
            self._stage = name
            self._progress.stage(name)

    def read(self, path: str, size: int | None) -> None:
        """Counts decompressed bytes of a dump that were cleaned; ``None`` at its end."""
        if size is None:
            self._progress.advance(dumps=1, bytes=self._left.pop(path, 0))
        elif part := min(size // self._expansion(path), self._left.get(path, 0)):
            self._left[path] -= part
            self._progress.advance(bytes=part)

    def advance(self, articles: int) -> None:
        """Counts articles that were cleaned."""
        self._progress.advance(articles=articles)
