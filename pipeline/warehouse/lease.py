"""The lock of a warehouse on object storage: an object that its holder renews.

Its holder rewrites it every few seconds, each time on the condition that nobody else has changed it
(``If-Match``). Another process waits until it has seen the object unchanged for a whole lease, by
its own clock. Then the holder has died, or sleeps, and the process takes the lock over, on the same
condition, so that one of many succeeds. No clocks are compared (as in Amazon's lock client for
DynamoDB). The end of a process on the same machine is noticed at once.

A holder that was asleep may go on meanwhile, until its next renewal fails. It commits nothing even
before that: the commit is a conditional put of the manifest, whose number is fixed when the lock is
taken.
"""

import dataclasses
import os
import secrets
import socket
import threading
import time

import orjson

from pipeline.storage import objects
from pipeline.warehouse.manifest import LockedError, LockLostError

LEASE_SECONDS = 30.0
"""Time without a renewal after which a lock is free: longer than a request that is tried again
after errors, short enough to wait for."""

_RENEWALS = 6
"""Renewals in the time of a lease."""


@dataclasses.dataclass(frozen=True)
class Holder:
    """What the object says.

    Attributes:
      token: random name of one locking; empty if the lock is free.
      process: id of the process.
      started: when it began, in ticks since its machine did, or 0: ids of processes come again.
      host: its machine.
      machine: the boot of the machine and the namespace of its processes; empty where there is no
        such thing. Containers may share a name, and have the same ids of processes.
      renewals: number of renewals, so that each is another content.
    """

    token: str = ""
    process: int = 0
    started: int = 0
    host: str = ""
    machine: str = ""
    renewals: int = 0

    @classmethod
    def this_process(cls) -> "Holder":
        """Returns a new locking by this process."""
        pid = os.getpid()
        return cls(secrets.token_hex(8), pid, _started(pid), socket.gethostname(), _machine())

    def has_ended(self) -> bool:
        """Returns True if the process was of this machine, and is no more."""
        same_machine = bool(self.machine) and self.machine == _machine()
        return same_machine and bool(self.started) and _started(self.process) != self.started


class Lease:
    """The lock, held and renewed by a thread until it is released.

    Args:
      path: of the object.
      root: the warehouse, for messages.
      seconds: of a lease. All processes must have the same.

    Raises:
      LockedError: another process holds it.
      OSError: the storage does not respond.
    """

    def __init__(self, path: str, root: str, seconds: float = LEASE_SECONDS) -> None:
        self._path, self._root, self._seconds = path, root, seconds
        self._holder = Holder.this_process()
        self._released = threading.Event()
        self._until = 0.0
        self._tag = self._take()
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Checks that no other process can have taken the lock.

        Raises:
          LockLostError: one may have.
        """
        if _now() >= self._until:
            raise LockLostError(
                f"the lock of {self._root} could not be renewed for {self._seconds:g} seconds, and "
                "another process may hold it by now. Nothing was committed; run again."
            )

    def release(self) -> None:
        """Frees the lock, unless it was lost.

        Raises:
          OSError: the storage does not respond. The lock is free after a lease.
        """
        self._released.set()
        self._thread.join()
        if _now() < self._until:
            objects.replace(self._path, orjson.dumps(Holder()), self._tag)

    def _take(self) -> objects.Tag:
        """Writes the object, once it is free; returns its tag."""
        content = orjson.dumps(self._holder)
        found = objects.read_tagged(self._path)
        try:
            if found and not _is_free(found[0]):
                self._wait(*found)
            self._until = _now() + self._seconds
            if found is None:
                return objects.create(self._path, content)
            return objects.replace(self._path, content, found[1])
        except (FileExistsError, objects.SupersededError) as error:  # another one was faster
            found = objects.read_tagged(self._path)
            raise self._locked(found[0] if found else b"{}") from error

    def _wait(self, content: bytes, tag: objects.Tag) -> None:
        """Waits for a lease; raises LockedError once the holder shows that it is alive."""
        until = _now() + self._seconds
        while _now() < until:
            time.sleep(self._seconds / _RENEWALS / 4)
            found = objects.read_tagged(self._path)
            if found is None or found[1] != tag:
                raise self._locked(found[0] if found else content)

    def _keep(self) -> None:
        while not self._released.wait(self._seconds / _RENEWALS):
            try:
                self._renew()
            except objects.SupersededError:
                self._until = 0.0
                return
            except OSError:
                continue  # it is tried again, and the lease may end meanwhile

    def _renew(self) -> None:
        # Each has another content, also after one whose response was lost.
        self._holder = dataclasses.replace(self._holder, renewals=self._holder.renewals + 1)
        content = orjson.dumps(self._holder)
        until = _now() + self._seconds
        try:
            self._tag = objects.replace(self._path, content, self._tag)
        except objects.SupersededError:
            found = objects.read_tagged(self._path)
            if not found or _holder(found[0]).token != self._holder.token:
                raise
            # By an earlier renewal, whose response was lost.
            self._tag = objects.replace(self._path, content, found[1])
        self._until = until

    def _locked(self, content: bytes) -> LockedError:
        holder = _holder(content)
        who = f"process {holder.process} on {holder.host}" if holder.host else "another process"
        return LockedError(
            f"{self._root} is being written by {who}. Wait until its run ends, or give another "
            "--warehouse."
        )


def _is_free(content: bytes) -> bool:
    holder = _holder(content)
    return not holder.token or holder.has_ended()


def _holder(content: bytes) -> Holder:
    """Returns who holds a lock; of what copydesk did not write, somebody who has to renew it."""
    try:
        return Holder(**orjson.loads(content))
    except (orjson.JSONDecodeError, TypeError):
        return Holder(token="?")


def _now() -> float:
    """Returns a time that goes on while the machine sleeps, where there is one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _machine() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            return f"{file.read().strip()} {os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return ""


def _started(pid: int) -> int:
    """Returns when a process began, in ticks; 0 if it has ended, or there is no such figure."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            state, *figures = file.read().rpartition(")")[2].split()
            return 0 if state == "Z" else int(figures[18])
    except (OSError, IndexError, ValueError):
        return 0
