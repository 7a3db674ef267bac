"""``copydesk watch`` in a process that tests can stop and kill."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests import PATIENCE
from tests.separate_runs import Conditions, Desk, Ended, parent_of, processes_of, query


class Watching:
    """``copydesk watch`` in a warm process.

    Args:
      desk: starts it.
      inputs: folder, or topic, that it watches.
      warehouse: its folder.
      options: further arguments.
      conditions: of the process.
    """

    def __init__(
        self,
        desk: Desk,
        inputs: Path | str,
        warehouse: Path | str,
        *options: str,
        **conditions: object,
    ) -> None:
        started: list[int] = []
        words = ["watch", "--input", inputs, "--warehouse", warehouse, "--every", "0.2s"]
        self.end = desk.start(
            [[*words, "--settle", "0.05s", *options]], Conditions(**conditions), started.append
        )
        [self.pid] = started

    def until(self, condition: Callable[[], object]) -> None:
        """Waits for something that it does."""

        def met() -> bool:
            os.kill(self.pid, 0)  # it must not have ended
            return bool(condition())

        wait_for(met)

    def close(self) -> None:
        """Ends it and its workers, however it is."""
        for process in processes_of(self.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def workers(self) -> set[int]:
        """Returns its worker processes: children of the fork server, which is a child of it."""
        return {
            process
            for process in processes_of(self.pid)
            if process != self.pid and parent_of(process) != self.pid
        }

    def errors(self) -> str:
        """Returns what it has complained of so far."""
        return Path(f"/proc/{self.pid}/fd/2").read_text(encoding="utf-8")

    def stop(self, number: int = signal.SIGTERM) -> Ended:
        os.kill(self.pid, number)
        return self.end()


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def commits(warehouse: Path) -> int:
    return len(list(warehouse.glob("manifests/*.json")))


def shown_articles(warehouse: Path) -> int:
    """Returns the number of articles that readers see; 0 before the first commit."""
    if not (warehouse / "news.duckdb").exists():
        return 0
    [(count,)] = query(warehouse, "SELECT count(*) FROM articles")
    return int(count)


def put(path: Path, content: bytes) -> None:
    """Renames a complete file in."""
    temporary = path.parent / f".{path.name}"
    temporary.write_bytes(content)
    temporary.rename(path)


def append(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)
