"""The lock of a warehouse: one process writes to it at a time."""

import contextlib
import errno
import os
import re
import socket
from collections.abc import Callable, Iterator

from pipeline import storage
from pipeline.warehouse.lease import Lease
from pipeline.warehouse.manifest import LockedError, LockLostError, WarehouseError, not_written

LOCK_NAME = ".lock"

_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)


@contextlib.contextmanager
def lock(root: str) -> Iterator[Callable[[], None]]:
    """Holds the lock of a warehouse. It ends with the process; forked workers do not inherit it.

    Yields:
      what raises LockLostError if another process may hold the lock by now: a lease has ended, or
        somebody has removed the file, so that the next process locks another one.

    Raises:
      LockedError: another process, or this one, holds it.
      WarehouseError: the file cannot be written, or the file system has no locks.
      LinkError: the file is a link.
    """
    if storage.is_remote(root):
        with _lease(root) as check:
            yield check
        return
    import filelock  # 8 ms, which processes that only read or write files do not need

    path = storage.inside(root, LOCK_NAME)
    storage.status(path)  # that it is no link
    held, again = (
        filelock.FileLock(os.path.join(root, LOCK_NAME), timeout=0, fallback_to_soft=False)
        for _ in range(2)
    )
    try:
        held.acquire()
    except filelock.Timeout as error:
        raise LockedError(_locked(root, path)) from error
    except OSError as error:
        if error.errno in _NO_LOCKS:
            raise WarehouseError(
                f"{root} cannot be a warehouse: its file system has no locks ({error.strerror}), "
                "and two runs could write at once. Mount it with locks (NFS: without the option "
                "nolock), or give another --warehouse."
            ) from error
        raise not_written(path, error) from error
    mine, folder = _identity(held.lock_file), _identity(root)
    try:
        with contextlib.suppress(OSError), storage.open_local(path, "w") as file:
            file.write(f"{_this_process()}\n")

        def check() -> None:
            nonlocal mine
            if _identity(held.lock_file) is None and _identity(root) == folder:
                # No writer is here: its lock would be. One that has come and gone has committed,
                # and the name of this one's manifest is taken.
                with contextlib.suppress(OSError, filelock.Timeout):
                    again.acquire()
                    mine = _identity(held.lock_file)
            if _identity(held.lock_file) != mine:
                raise LockLostError(
                    f"{held.lock_file} was moved or removed while this process wrote, and another "
                    "may write since. What this one had not committed is not in the warehouse: run "
                    "again, and leave the file, which locks nothing once its process has ended"
                )

        yield check
    finally:
        if _identity(held.lock_file) == mine:
            with contextlib.suppress(OSError), storage.open_local(path, "w"):
                pass  # opening it has emptied it
        again.release()
        held.release()


def _identity(path: str) -> tuple[int, int] | None:
    with contextlib.suppress(OSError):
        status = os.stat(path, follow_symlinks=False)
        return status.st_dev, status.st_ino  # no other file has them while this one is open
    return None


@contextlib.contextmanager
def _lease(root: str) -> Iterator[Callable[[], None]]:
    path = storage.inside(root, LOCK_NAME)
    try:
        lease = Lease(path, root)
    except OSError as error:
        raise not_written(path, error) from error
    try:
        yield lease.check
    finally:
        with contextlib.suppress(OSError):  # it ends without renewals
            lease.release()


def _this_process() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _locked(root: str, path: str) -> str:
    """Returns the sentence for a lock that is held; the holder's own words are in the file."""
    with storage.open_local(path, "r") as file:
        holder = file.readline().strip()
    local = re.fullmatch(rf"process (\d+) on {re.escape(socket.gethostname())}", holder)
    if local and has_ended(int(local[1])):
        return (
            f"{root} is locked, although {holder}, which wrote to it, has ended. Another process "
            f"holds its lock: `fuser {storage.shown(path)}` names it on this machine; on a network "
            "file system it may run on another. End it or wait for it, and run again."
        )
    return (
        f"{root} is being written by {holder or 'another process'}. "
        "Wait until its run ends, or give another --warehouse."
    )


def has_ended(pid: int) -> bool:
    """Returns True if this machine has no process of some id."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # it is another user's
    return False
