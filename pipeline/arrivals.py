"""Dumps that arrive: which of them are complete, and in which order they are taken.

A dump is taken once two looks at it, some time apart, found the same size and time of change:
before that it may still be written. If no time has to pass it is taken at the first look. Two kinds
need not wait: objects of an object store, which appear when they are complete, and logs
(:func:`pipeline.dumps.is_log`) that were seen to grow, of which the complete lines are taken. Files
with names that programs use while they write are no dumps at all.
"""

import dataclasses
import os
import re
from collections.abc import Iterable, Sequence
from typing import Any

from pipeline.dumps import DumpOptions, is_cut, is_log, last_line
from pipeline.dumps.inputs import FoundDump, InputError, LeaveOut, find_dumps
from pipeline.dumps.kafka import RECORD_BYTES, is_kafka
from pipeline.storage import is_remote

_UNFINISHED = re.compile(r".*(?:\.(?:tmp|temp|part|partial|crdownload|filepart)|~)", re.IGNORECASE)
"""Names of files that are renamed when they are complete: by browsers, curl, rsync, WinSCP."""

CUT_SECONDS = 60.0
"""Seconds that a dump waits whose writer seems to have just begun: one without a byte, or a log
whose last line has no line break and is no JSON. After that it is taken as it is, and what cannot
be read of it becomes a reject."""

State = tuple[int, ...]
"""Size, time of change and inode number of a file; another one if the file has changed."""


@dataclasses.dataclass(frozen=True)
class Look:
    """What one look at the inputs found.

    Attributes:
      ready: dumps to take, in the order in which they changed.
      growing: paths of logs among them, of which only the complete lines may be taken: more may be
        written while they are read.
      unsettled: number of dumps that may still be written, logs among them.
      problems: sentences about inputs that cannot be read now.
    """

    ready: Sequence[FoundDump] = ()
    growing: frozenset[str] = frozenset()
    unsettled: int = 0
    problems: Sequence[str] = ()


class Arrivals:
    """Follows the dumps that the inputs name.

    Args:
      inputs: paths, globs, folders, URLs.
      leave_out: returns True for paths to skip.
      options: how dumps are read.
      settle_seconds: how long a dump must stay as it is before it is taken.
    """

    def __init__(
        self,
        inputs: Sequence[str],
        leave_out: LeaveOut,
        options: DumpOptions,
        settle_seconds: float,
    ) -> None:
        self._inputs = inputs
        self._leave_out = leave_out
        self._options = options
        self._settle_seconds = settle_seconds
        self._seen: dict[str, tuple[State, float]] = {}  # since when a dump is as it is
        self._taken: dict[str, State] = {}
        self._grown: dict[str, State] = {}  # logs of which the complete lines were taken
        self._complete: dict[str, State] = {}  # logs whose last line has an end
        self._sizes: dict[str, int] = {}  # bytes of a dump that were taken

    def look(self, now: float) -> Look:
        """Returns the dumps that can be taken.

        Args:
          now: seconds of a clock that never goes back.

        Raises:
          InputError: no input can be read.
        """
        problems: list[str] = []
        found = {
            dump.path: dump
            for dump in self._find(problems)
            if is_kafka(dump.path) or not _UNFINISHED.fullmatch(os.path.basename(dump.path))
        }
        known: dict[str, Any]
        for known in (self._seen, self._taken, self._grown, self._complete, self._sizes):
            for path in known.keys() - found.keys():
                del known[path]
        ready: list[FoundDump] = []
        growing: set[str] = set()
        unsettled = 0
        for dump in found.values():
            state = _state(dump)
            if self._taken.get(dump.path) == state:
                continue
            before, since = self._seen.get(dump.path, (None, now))
            if before != state:
                since = now
                self._seen[dump.path] = state, now
            rest = now - since
            settled = rest >= self._settle_seconds
            lines = self._lines(dump) if settled or before not in (None, state) else None
            if dump.problem or is_remote(dump.path):
                ready.append(dump)
            elif lines is None:  # no log, or one that was not seen to settle or to change
                if settled and (dump.size or rest >= CUT_SECONDS):
                    ready.append(dump)
                else:
                    unsettled += 1
            elif settled and lines < dump.size and not self._is_cut(dump, rest):
                ready.append(dump)
            else:
                unsettled += lines < dump.size
                if self._grown.get(dump.path) != state:
                    ready.append(dump)
                    growing.add(dump.path)
                if lines == dump.size:
                    self._complete[dump.path] = state
        ready.sort(key=lambda dump: (dump.stamp[0] if is_file(dump) else 0, dump.path))
        return Look(tuple(ready), frozenset(growing), unsettled, tuple(problems))

    def _find(self, problems: list[str]) -> list[FoundDump]:
        """Returns the dumps of the inputs that can be read; says what is wrong with the others."""
        try:
            return find_dumps(self._inputs, self._leave_out, some=False)
        except InputError:
            readable = []
            for entry in self._inputs:
                try:
                    find_dumps([entry], self._leave_out, some=False)
                    readable.append(entry)
                except InputError as error:
                    problems.append(str(error))
            if not readable:
                raise
        return find_dumps(readable, self._leave_out, some=False)

    def _lines(self, dump: FoundDump) -> int | None:
        """Returns the bytes of the complete lines of a log; ``None`` for another dump."""
        if dump.problem or is_remote(dump.path):
            return None
        try:
            log = is_log(dump.path, self._options)
            return last_line(dump.path, dump.size) if log else None
        except OSError:
            return None  # it is taken as a dump that cannot be read once it stays as it is

    def _is_cut(self, dump: FoundDump, rest: float) -> bool:
        try:
            return rest < CUT_SECONDS and is_cut(dump.path, dump.size, self._options)
        except OSError:
            return False

    def new_bytes(self, dump: FoundDump) -> int:
        """Returns about how many bytes of a dump were not taken."""
        taken = self._sizes.get(dump.path, 0)
        new = dump.size - taken if taken <= dump.size else dump.size
        return new * RECORD_BYTES if is_kafka(dump.path) else new

    def take(self, dumps: Iterable[FoundDump], growing: frozenset[str]) -> None:
        """Notes that a run has committed some dumps.

        A log whose last line has no end is taken once more when it has settled.
        """
        for dump in dumps:
            self._sizes[dump.path] = dump.size
            state = self._grown[dump.path] = _state(dump)
            if dump.path not in growing or self._complete.get(dump.path) == state:
                self._taken[dump.path] = state


def is_file(dump: FoundDump) -> bool:
    """Returns True for a file of this machine that can be read: it has a time of change."""
    return bool(dump.stamp) and not is_remote(dump.path)


def _state(dump: FoundDump) -> State:
    return dump.size, *dump.stamp
