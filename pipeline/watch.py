"""``copydesk watch``: runs over what arrives, one after the other in one process, until it is
stopped.

Each batch is a run and a commit, whose manifest holds what was taken: dumps by name and hash, of a
log its first bytes. So a process that is killed loses nothing and takes nothing twice, and a
sequence of batches gives the rows of the same sequence of ``copydesk run``.
"""

import dataclasses
import datetime
import gc
import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import TextIO

from pipeline import storage
from pipeline.arrivals import Arrivals, Look, is_file
from pipeline.dumps.inputs import FoundDump, InputError, find_dumps
from pipeline.dumps.kafka import RECORD_BYTES
from pipeline.errors import count
from pipeline.execute import LocalEngine
from pipeline.options import CopydeskOptions
from pipeline.rejects import TooManyRejects
from pipeline.run import RunError, RunReport, Runs
from pipeline.signals import StopRequest
from pipeline.status import Watching, read_status, render_metrics
from pipeline.warehouse import DamagedError, LockedError, WarehouseError, is_part
from pipeline.warehouse.manifest import WATCH_NAME

LEAST_BATCH = 1 << 20
"""Bytes of a batch that ``--batch-seconds`` never goes below: some 200 articles."""

LONGEST_PAUSE = 300.0
"""Seconds between two attempts at what fails, at most."""


@dataclasses.dataclass(frozen=True)
class WatchSettings:
    """How to watch.

    Attributes:
      every: seconds between two searches for dumps.
      settle: seconds that a dump must stay as it is before it is taken.
      batch_bytes: bytes of dumps that are read as one run; a larger dump is a batch of its own.
      batch_seconds: about how long a batch may take.
      on_commit: command for the shell, run after every commit; empty for none.
      metrics: file that receives the figures in Prometheus's text format; empty for none.
    """

    every: float
    settle: float
    batch_bytes: int
    batch_seconds: float
    on_commit: str
    metrics: str


class Watch:
    """Takes what arrives, batch by batch.

    Args:
      options: of every run.
      settings: how to watch.
      stop: is requested when the process is to end.
      report: receives what was committed, in a sentence.
      complain: receives what went wrong, in a sentence.
      progress: receives the progress of the runs.

    Raises:
      WarehouseError, OptionsError, TransformError: with the remedy.
    """

    def __init__(
        self,
        options: CopydeskOptions,
        settings: WatchSettings,
        stop: StopRequest,
        report: Callable[[str], None],
        complain: Callable[[str], None],
        progress: TextIO,
    ) -> None:
        self._settings = settings
        self._stop = stop
        self._report = report
        self._complain = complain
        self._progress = progress
        self._kept = LocalEngine()
        self._runs = Runs(options, self._kept)
        self._inputs = options.input
        self._arrivals = Arrivals(options.input, is_part, options.dump_options(), settings.settle)
        self._speed = float("inf")  # bytes a second of the last batch
        self._most = 1 << 30  # dumps of a batch; fewer after a batch has failed
        self._pause = 0.0
        self._more = False  # whether a topic has more records than a batch takes
        # A dump that failed alone -> when to try it again, and how long it waits for that.
        self._failed: dict[str, tuple[float, float]] = {}
        self._batches = 0
        self._started = _now()

    def loop(self) -> None:
        """Takes what arrives until it is stopped.

        Raises:
          InputError: an input does not exist at the beginning.
          CopydeskError: the warehouse is damaged, or cannot be used like this.
        """
        find_dumps(self._inputs, is_part, some=False)
        more = f" and {len(self._inputs) - 3:,} more" if len(self._inputs) > 3 else ""
        self._report(
            f"Looks at {', '.join(self._inputs[:3])}{more} every {self._settings.every:g} s, and "
            f"reads what is new into {self._runs.warehouse.root}. Ctrl-C ends it"
        )
        try:
            while not self._stop.wait(0):
                began, self._more = time.monotonic(), False
                look = self._look()
                queue = self._queue(look.ready, began)
                self._note(look, queue)
                while queue and time.monotonic() < began + self._settings.every:
                    batch = self._batch(queue)
                    if not self._take(batch, look.growing) or self._stop.wait(0):
                        break
                    queue = queue[len(batch) :]
                    self._note(look, queue)
                every = self._settings.every
                wait = min(self._settings.settle or every, every) if look.unsettled else every
                rest = 0.0 if queue or self._more else began + wait - time.monotonic()
                self._stop.wait(max(self._pause, rest))
        finally:
            self._kept.close()
            storage.remove(self._place(WATCH_NAME))

    def _look(self) -> Look:
        try:
            look = self._arrivals.look(time.monotonic())
        except InputError as error:  # a folder may be unmounted, a broker be down for a while
            look = Look(problems=[str(error)])
        for problem in look.problems:
            self._complain(f"{problem.rstrip('.')}. Goes on looking")
        return look

    def _queue(self, ready: Sequence[FoundDump], now: float) -> list[FoundDump]:
        """Returns the dumps to take now: those that failed last, once their time has come."""
        due = [dump for dump in ready if self._failed.get(dump.path, (0.0, 0.0))[0] <= now]
        return sorted(due, key=lambda dump: dump.path in self._failed)

    def _batch(self, queue: Sequence[FoundDump]) -> list[FoundDump]:
        """Returns the first dumps of a queue that are one batch; one that failed is one alone."""
        settings = self._settings
        most = min(settings.batch_bytes, max(LEAST_BATCH, self._speed * settings.batch_seconds))
        batch: list[FoundDump] = []
        size = 0
        for dump in queue[: self._most]:
            size += self._arrivals.new_bytes(dump)
            if batch and (size > most or dump.path in self._failed):
                break
            batch.append(dump)
        return batch

    def _take(self, batch: Sequence[FoundDump], growing: frozenset[str]) -> bool:
        """Reads a batch into the warehouse; returns whether that has succeeded."""
        gc.collect()  # graph and pool of the last batch, with memory and descriptors that they hold
        began = time.monotonic()
        size = sum(map(self._arrivals.new_bytes, batch))
        growing &= {dump.path for dump in batch}
        try:
            most = max(1, self._settings.batch_bytes // RECORD_BYTES)
            report = self._runs.run(batch, growing, most, self._progress)
        except DamagedError:
            raise
        except LockedError as error:
            self._back_off(error)
            return False
        except (RunError, TooManyRejects, WarehouseError, OSError) as error:
            self._back_off(error)
            self._most = max(1, len(batch) // 2)
            if len(batch) == 1:  # it waits longer than the others
                _, delay = self._failed.get(batch[0].path, (0.0, 1.0))
                delay = min(LONGEST_PAUSE, 2 * delay)
                self._failed[batch[0].path] = time.monotonic() + delay, delay
            return False
        self._pause = 0.0
        self._most = min(1 << 30, 2 * self._most)
        self._more |= bool(report.rest)
        self._arrivals.take([dump for dump in batch if dump.path not in report.rest], growing)
        for dump in batch:
            self._failed.pop(dump.path, None)
        if report.run_id is not None:
            self._batches += 1
            self._speed = size / (time.monotonic() - began)
            self._committed(report)
        return True

    def _back_off(self, error: Exception) -> None:
        self._pause = min(LONGEST_PAUSE, max(1.0, 2 * self._pause))
        pause = count(round(self._pause), "second")
        self._complain(f"{str(error).rstrip('.')}. Tries again in {pause}")

    def _committed(self, report: RunReport) -> None:
        self._report(
            f"{_now():%Y-%m-%dT%H:%M:%SZ} {report.run_id}: "
            f"{count(report.new_dumps, 'dump')}, {count(report.articles, 'article')}, "
            f"{count(report.rejects, 'reject')}, {report.seconds:.1f} s"
        )
        if report.too_many_failures:
            self._complain(report.too_many_failures)
        if not self._settings.on_commit:
            return
        variables = {"COPYDESK_WAREHOUSE": report.warehouse, "COPYDESK_RUN_ID": report.run_id or ""}
        done = subprocess.run(
            self._settings.on_commit,
            shell=True,
            stdin=subprocess.DEVNULL,
            env=os.environ | variables,
            check=False,
        )
        if done.returncode:
            self._complain(
                f"--on-commit {self._settings.on_commit!r} ended with {done.returncode} after run "
                f"{report.run_id}, which is committed. Mend the command; it runs after every commit"
            )

    def _place(self, name: str) -> str:
        return storage.inside(self._runs.warehouse.root, name)

    def _note(self, look: Look, queue: Sequence[FoundDump]) -> None:
        """Writes what ``copydesk status`` and Prometheus show of this process."""
        now = _now()
        oldest = min(
            (dump.stamp[0] / 1e9 for dump in queue if is_file(dump)), default=now.timestamp()
        )
        watching = Watching(
            process=os.getpid(),
            host=socket.gethostname(),
            started_at=self._started.isoformat(timespec="seconds"),
            looked_at=now.isoformat(timespec="seconds"),
            batches=self._batches,
            waiting_dumps=len(queue) + look.unsettled,
            waiting_bytes=sum(map(self._arrivals.new_bytes, queue)),
            lag_seconds=max(0.0, now.timestamp() - oldest),
        )
        root = self._runs.warehouse.root
        if not (storage.is_remote(root) or os.path.isdir(root)):
            return  # the first run makes it
        try:
            _replace(self._place(WATCH_NAME), json.dumps(dataclasses.asdict(watching)).encode())
            status = read_status(root) if self._settings.metrics else None
            if status is not None:
                folder, name = os.path.split(os.path.abspath(self._settings.metrics))
                _replace(storage.inside(folder, name), render_metrics(status).encode())
        except (OSError, WarehouseError) as error:  # a run says what is wrong with the warehouse
            self._complain(
                f"the figures of this process cannot be written: {str(error).rstrip('.')}. Make "
                "room, or give another --metrics. Goes on without"
            )


def _replace(path: str, content: bytes) -> None:
    """Writes a file that readers see whole, as it was or as it is."""
    file = storage.new_file(path)
    try:
        file.write(content)
    except BaseException:
        file.discard()
        raise
    file.keep(sync=False)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
