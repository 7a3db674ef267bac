"""Measures ``copydesk watch``: what a batch costs, how soon its rows are there, what it holds."""

import contextlib
import dataclasses
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import psutil

from tests.bench import corpus
from tests.watching import append, put

BATCH = 50
"""Articles of a batch, and of a second where they arrive steadily."""

WARM_UP = 2
"""Batches of a process that are not measured: workers start, the graph is built."""

LOOK_SECONDS = 0.05
"""Time between two looks at the catalog."""


class WatchError(Exception):
    """``copydesk watch`` has ended."""


@dataclasses.dataclass(frozen=True)
class Cost:
    """What batches took.

    Attributes:
      seconds: from the renaming of a file to its rows, of each batch.
      processor_seconds: of the process and its workers, for each batch.
    """

    seconds: Sequence[float]
    processor_seconds: Sequence[float]


@dataclasses.dataclass(frozen=True)
class Arrival:
    """What a steady stream of articles saw.

    Attributes:
      seconds: from the writing of an article to its row, of each second's articles.
      batches: commits.
      memory: PSS of all processes in bytes, in the second and in the last quarter.
      files: their open files likewise.
    """

    seconds: Sequence[float]
    batches: int
    memory: tuple[float, float]
    files: tuple[float, float]


class _Process:
    """``copydesk watch`` on a folder."""

    def __init__(self, inputs: Path, warehouse: Path, *options: str) -> None:
        self.warehouse = warehouse
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        command = [sys.executable, "-m", "pipeline", "watch", "--input", str(inputs)]
        self._process = subprocess.Popen(
            [*command, "--warehouse", str(warehouse), *options],
            cwd=corpus.REPOSITORY,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
        )
        self._tree = psutil.Process(self._process.pid)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._errors.close()

    def rows(self) -> int:
        """Returns the number of articles that a reader sees."""
        if self._process.poll() is not None:
            self._errors.seek(0)
            raise WatchError(f"copydesk watch ended: {self._errors.read().decode()[-2000:]}")
        catalog = self.warehouse / "news.duckdb"
        if not catalog.exists():
            return 0
        with duckdb.connect(str(catalog), read_only=True, config={"threads": 1}) as connection:
            [(count,)] = connection.execute("SELECT count(*) FROM articles").fetchall()
        return int(count)

    def until(self, rows: int) -> None:
        """Waits until a reader sees so many articles."""
        seen = None
        while True:
            with contextlib.suppress(OSError):
                newest = (self.warehouse / "news.duckdb").stat().st_ino
                if newest != seen:
                    seen = newest
                    if self.rows() >= rows:
                        return
            if self._process.poll() is not None:
                self.rows()
            time.sleep(LOOK_SECONDS)

    def processor_seconds(self) -> float:
        """Returns what it has used, with its workers, those that have ended included."""
        return sum(sum(process.cpu_times()[:4]) for process in self._processes())

    def held(self) -> tuple[int, int]:
        """Returns the PSS and the open files of all its processes."""
        memory = files = 0
        for process in self._processes():
            with contextlib.suppress(psutil.Error):  # a worker was just replaced
                full: Any = process.memory_full_info()
                memory += getattr(full, "pss", full.rss)
                files += process.num_fds()
        return memory, files

    def _processes(self) -> list[psutil.Process]:
        return [self._tree, *self._tree.children(recursive=True)]


def _ids(lines: Sequence[bytes], number: int) -> bytes:
    return b"".join(lines[BATCH * number : BATCH * (number + 1)])


def batches(lines: Sequence[bytes], folder: Path, warehouse: Path, count: int) -> Cost:
    """Measures batches, one after the other, each a file of ``BATCH`` articles.

    Args:
      lines: records that the warehouse has not got.
      folder: an empty one, to watch.
      warehouse: to add to.
      count: number of batches.

    Raises:
      WatchError: it ended.
    """
    seconds, processor = [], []
    every = ("--every", "0.1s", "--settle", "0.05s")
    with contextlib.closing(_Process(folder, warehouse, *every)) as watch:
        rows = watch.rows()
        for number in range(WARM_UP + count):
            before, began = watch.processor_seconds(), time.monotonic()
            put(folder / f"{number}.jsonl", _ids(lines, number))
            rows += BATCH
            watch.until(rows)
            seconds.append(time.monotonic() - began)
            processor.append(watch.processor_seconds() - before)
    return Cost(seconds[WARM_UP:], processor[WARM_UP:])


def steadily(lines: Sequence[bytes], folder: Path, warehouse: Path, every: float) -> Arrival:
    """Measures how soon there is a row of each article that is appended to a log.

    Args:
      lines: the records; ``BATCH`` are appended every second.
      folder: an empty one, to watch.
      warehouse: a new one.
      every: seconds between two looks of the process.

    Raises:
      WatchError: it ended.
    """
    seen: list[tuple[float, int]] = []
    held: list[tuple[int, int]] = []
    written: list[float] = []
    with contextlib.closing(
        _Process(folder, warehouse, "--every", f"{every:g}s", "--settle", "0.2s")
    ) as watch:
        put(folder / "first.jsonl", _ids(lines, 0))
        watch.until(BATCH)
        stop = threading.Event()
        look = threading.Thread(target=_follow, args=(watch, seen, held, stop), daemon=True)
        look.start()
        began = time.monotonic()
        for number in range(1, len(lines) // BATCH):
            time.sleep(max(0.0, began + number - time.monotonic()))
            append(folder / "log.jsonl", _ids(lines, number))
            written.append(time.monotonic())
        watch.until(BATCH * (len(written) + 1))
        seen.append((time.monotonic(), BATCH * (len(written) + 1)))
        stop.set()
        look.join()
    return Arrival(
        list(delays(written, sorted(seen))),
        len(list(warehouse.glob("manifests/*.json"))),
        *_quarters(held),
    )


def _follow(
    watch: _Process,
    seen: list[tuple[float, int]],
    held: list[tuple[int, int]],
    stop: threading.Event,
) -> None:
    """Notes when which number of articles is there, and every ten seconds what is held."""
    newest, sampled = None, 0.0
    catalog = watch.warehouse / "news.duckdb"
    while not stop.wait(LOOK_SECONDS):
        if (number := catalog.stat().st_ino) != newest:
            newest = number
            rows = watch.rows()
            seen.append((time.monotonic(), rows))
        if time.monotonic() > sampled + 10.0:
            sampled = time.monotonic()
            held.append(watch.held())


def delays(written: Sequence[float], seen: Sequence[tuple[float, int]]) -> Iterator[float]:
    """Yields for each second's articles after how long all of them were there."""
    place = 0
    for number, when in enumerate(written, 2):
        while seen[place][1] < BATCH * number:
            place += 1
        yield seen[place][0] - when


def _quarters(
    held: Sequence[tuple[int, int]],
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Returns the medians of memory and of files, each in the second and in the last quarter."""
    size = max(1, len(held) // 4)
    memory, files = (
        (
            statistics.median(column[size : 2 * size] or column),
            statistics.median(column[-size:]),
        )
        for column in map(list, zip(*held, strict=True))
    )
    return memory, files
