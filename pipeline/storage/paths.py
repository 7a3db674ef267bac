"""Paths and URLs, and the errors of files that cannot be read or written."""

import errno
import os
import re
import shutil
import stat
from typing import NamedTuple

from pipeline.errors import FULL, CopydeskError

_URL = re.compile(r"\s*[a-zA-Z][-a-zA-Z0-9+.]*://")

INSIDE = "/./"
"""Ends, in a path, the part that the user chose; copydesk chose what is behind it."""


class Status(NamedTuple):
    """Status of a file or folder.

    Attributes:
      size: bytes of a file.
      modified: time of its last change, in seconds since 1970.
      is_folder: True for a local folder.
    """

    size: int
    modified: float
    is_folder: bool = False


class LinkError(CopydeskError):
    """A symbolic link where copydesk follows none; the message names it and the remedy."""

    @classmethod
    def at(cls, path: str) -> "LinkError":
        """Returns the error for a link at a path."""
        return cls(
            f"{shown(path)} is a symbolic link, and copydesk follows none inside a warehouse or a "
            "staging folder. Put what it leads to in its place, and run again; only the folder "
            "named with --warehouse or --staging may itself be a link."
        )


class WriteError(CopydeskError):
    """A file cannot be written; the message names it, its folder and the remedy."""


def is_remote(path: str) -> bool:
    """Returns True for a URL, False for a path of this machine."""
    return _URL.match(path) is not None


def inside(root: str, path: str) -> str:
    """Returns the path of a file or folder below a local folder, behind which no link is followed.

    Args:
      root: the folder, which may be a link or lie behind one.
      path: relative to it.
    """
    return f"{root}{INSIDE}{path}"


def root_of(path: str) -> str:
    """Returns the folder or URL that :func:`inside` joined a path to."""
    return path.partition(INSIDE)[0]


def shown(path: str) -> str:
    """Returns a path as a message shows it."""
    return os.path.normpath(path) if INSIDE in path else path


def check_regular(path: str, status: os.stat_result) -> None:
    """Checks by its status that what is at a path is a file: a pipe waits for whoever writes to it.

    Raises:
      OSError: it is a folder, pipe, socket or device.
    """
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(status.st_mode):
        kind = next((name for is_kind, name in _KINDS if is_kind(status.st_mode)), "something else")
        raise OSError(errno.EINVAL, f"it is {kind}, not a file", path)


_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
"""Test of a mode, and what the file is."""


def folder_problem(path: str) -> str:
    """Returns why a local folder can neither be used nor created; the empty string if it can."""
    while not os.path.lexists(path):
        path = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(path):
        return f"{path} is no folder"
    return "" if os.access(path, os.W_OK | os.X_OK) else f"nothing may be written in {path}"


_NO_DISKS = ("proc", "sys")
"""Folders that the kernel makes up (proc(5), sysfs(5))."""


def not_written(path: str, error: OSError) -> str:
    """Returns the sentence for a file or folder that cannot be written."""
    folder = os.path.dirname(os.path.abspath(shown(path)))
    while not (is_remote(path) or os.path.isdir(folder)):
        folder = os.path.dirname(folder)
    if is_remote(path):
        remedy = "see that the storage responds and may be written,"
    elif folder.split(os.sep)[1] in _NO_DISKS:
        return (
            f"{shown(path)} cannot be written: {folder} shows the state of the system and holds no "
            "files of others. Nothing was committed; choose another folder, and run again."
        )
    elif error.errno in FULL:
        free = shutil.disk_usage(folder).free >> 20
        while not os.path.ismount(folder):  # working folders are gone when this is read
            folder = os.path.dirname(folder)
        remedy = f"make room on the disk of {folder}, which has {free:,} MiB left,"
    elif error.errno in (errno.EACCES, errno.EPERM):
        remedy = f"change the permissions of {folder}"
    elif error.errno in (errno.ENOTDIR, errno.EEXIST):
        file = os.path.join(folder, os.path.relpath(shown(path), folder).split(os.sep)[0])
        remedy = f"{file} is a file where a folder should be: move it away"
    elif error.errno == errno.EROFS:
        remedy = f"mount {folder} for writing"
    elif error.errno in (errno.EMFILE, errno.ENFILE):
        remedy = "allow more open files (ulimit -n)"
    else:
        remedy = f"check the disk of {folder}"
    return (
        f"{shown(path)} cannot be written: {error.strerror or error}. Nothing was committed; "
        f"{remedy} or choose another folder, and run again."
    )
