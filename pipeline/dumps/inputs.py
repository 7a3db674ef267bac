"""Inputs of the command to a list of dumps.

An input is a path, a glob, a folder or any URL of Beam's ``FileSystems``. A path that exists is a
dump, whatever its name. Folders are read recursively; in folders and matches of a glob these are no
dumps:

- hidden files and folders (``.git``, ``.DS_Store``) and those that begin with an underscore
  (``_SUCCESS`` of Spark, ``__MACOSX`` of zip);
- documentation and checksums: ``README``, ``LICENSE``, ``LICENCE``, ``NOTICE``, ``COPYING``,
  ``CHANGELOG``, ``MANIFEST``, ``SHA256SUMS`` or ``MD5SUMS``, with any ending or none, and names
  that end in ``.md5``, ``.sha1`` or ``.sha256``;
- sockets, devices and pipes;
- files that the caller leaves out: those of a warehouse among the dumps.

An empty file is a dump and becomes a reject.
"""

import glob
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, NamedTuple, cast
from urllib.parse import unquote, urlsplit

from pipeline import storage
from pipeline.errors import CopydeskError

_CHUNK = 1 << 20
_GLOB = re.compile(r"[*?[]")
_NO_DUMP = re.compile(
    r"[._].*|(?:readme|licen[sc]e|notice|copying|changelog|manifest|sha256sums|md5sums)(?:\..*)?"
    r"|.*\.(?:md5|sha1|sha256)",
    re.IGNORECASE | re.DOTALL,
)


class InputError(CopydeskError):
    """An input matches no dump. The message is one sentence with the remedy."""


class FoundDump(NamedTuple):
    """A dump that was not read yet.

    Attributes:
      path: the path or URL, beginning as in the input.
      size: size in bytes.
    """

    path: str
    size: int


def is_dump_name(name: str) -> bool:
    """Returns True if a file of this name in a folder or archive is a dump; see the module."""
    return _NO_DUMP.fullmatch(name) is None


LeaveOut = Callable[[str], bool]
"""Returns True for the path of a file or folder below an input that holds no dumps."""


def _nothing(path: str) -> bool:
    return False


def find_dumps(inputs: Sequence[str], leave_out: LeaveOut = _nothing) -> list[FoundDump]:
    """Returns the dumps the inputs name, sorted by path, each file once.

    Args:
      inputs: paths, globs, folders, URLs.
      leave_out: returns True for paths to skip; a path that is itself an input is never skipped.

    Raises:
      InputError: an input does not exist, matches nothing, or is a folder without dumps.
    """
    if not inputs:
        raise InputError("No input was given; name a file, folder or glob with --input.")
    found: dict[str, FoundDump] = {}
    for entry in inputs:
        for dump in _find(entry, leave_out):
            # A file with two paths (a link, ./a and a) is one dump, with the first path in order.
            identity = dump.path if storage.is_remote(dump.path) else os.path.realpath(dump.path)
            if identity not in found or dump.path < found[identity].path:
                found[identity] = dump
    return sorted(found.values())


def open_dump(path: str) -> BinaryIO:
    """Opens a dump for reading its raw bytes; a URL through Beam's ``FileSystems``.

    Raises:
      OSError: it cannot be opened.
    """
    return cast(BinaryIO, storage.open_input(path)) if storage.is_remote(path) else open(path, "rb")


def content_hash(path: str) -> str:
    """Returns the 128-bit BLAKE2b of a dump's raw bytes (not decompressed), in hex.

    Raises:
      OSError: it cannot be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    with open_dump(path) as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _find(entry: str, leave_out: LeaveOut) -> list[FoundDump]:
    if not entry.strip():
        raise InputError("An input is empty; name a file, folder or glob with --input.")
    if entry.strip().startswith("file://"):
        entry = unquote(urlsplit(entry).path)
    if storage.is_remote(entry):
        return _find_remote(entry)
    path = os.path.expanduser(entry)
    if os.path.lexists(path):
        return _find_local(path, entry, leave_out)
    if _GLOB.search(path):
        dumps: list[FoundDump] = []
        named = os.path.dirname(_GLOB.split(path, maxsplit=1)[0])
        for match in sorted(glob.glob(path, recursive=True)):
            if not is_dump_name(os.path.basename(match)) or _is_below(match, named, leave_out):
                continue
            if os.path.isdir(match):
                dumps.extend(_walk(match, leave_out))
            elif os.path.isfile(match):
                dumps.append(FoundDump(match, os.stat(match).st_size))
        if not dumps:
            raise InputError(
                f"The pattern {entry!r} matches no dump; check it, and quote it so that the shell "
                "does not expand it."
            )
        return dumps
    raise InputError(f"There is no {entry!r}; check the path (seen from {os.getcwd()}).")


def _find_local(path: str, entry: str, leave_out: LeaveOut) -> list[FoundDump]:
    try:
        status = os.stat(path)
    except OSError as error:
        raise InputError(
            f"{entry!r} cannot be looked at ({error.strerror}); mend the link or its permissions."
        ) from error
    if stat.S_ISDIR(status.st_mode):
        dumps = list(_walk(path, leave_out))
        if not dumps:
            raise InputError(
                f"The folder {entry!r} holds no dumps (hidden files, README files and those of a "
                "warehouse do not count); put some in, or name another folder."
            )
        return dumps
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{entry!r} is no regular file; save its content to one and name that.")
    return [FoundDump(path, status.st_size)]


def _is_below(path: str, named: str, leave_out: LeaveOut) -> bool:
    """Returns True if a path, or a folder between it and the input, is left out."""
    while len(path) > len(named) and path != (folder := os.path.dirname(path)):
        if leave_out(path):
            return True
        path = folder
    return False


def _walk(folder: str, leave_out: LeaveOut) -> Iterator[FoundDump]:
    seen: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        try:
            # Links may form a cycle, so each folder is entered once.
            status = os.stat(current)
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            names = sorted(os.listdir(current))
        except OSError as error:
            raise InputError(
                f"The folder {current!r} cannot be listed ({error.strerror}); mend its "
                "permissions, or name its files one by one."
            ) from error
        for name in names:
            if not is_dump_name(name):
                continue
            path = os.path.join(current, name)
            if leave_out(path):
                continue
            if os.path.isdir(path):
                waiting.append(path)
            elif os.path.isfile(path):
                yield FoundDump(path, os.stat(path).st_size)
            elif os.path.islink(path):
                raise InputError(f"The link {path!r} points nowhere; mend it, or leave it out.")


def _find_remote(entry: str) -> list[FoundDump]:
    # Object stores have no folders; a name without an object is used as a prefix.
    try:
        for pattern in (entry, entry.rstrip("/") + "/**"):
            dumps = [
                FoundDump(path, size)
                for path, size in storage.match(pattern)
                if path == entry or _is_dump_url(path, entry)
            ]
            if dumps:
                return dumps
    except (OSError, ValueError, ImportError) as error:
        raise InputError(
            f"{entry!r} cannot be listed: {error}. Check the address, and that Beam's support for "
            "it is installed (apache-beam[gcp], [aws] or [azure])."
        ) from error
    raise InputError(f"{entry!r} matches nothing; check the address and your access to it.")


def _is_dump_url(path: str, entry: str) -> bool:
    if path.endswith("/"):
        return False
    fixed = _GLOB.split(entry, maxsplit=1)[0]
    below = path[len(fixed) :] if path.startswith(fixed) else path.rsplit("/", 1)[-1]
    parts = [part for part in below.split("/") if part]
    if parts and not path.startswith(fixed.rstrip("/") + "/"):
        # The pattern cut a name in two ("gs://bucket/part-*"): judge the whole name.
        parts[0] = path[: len(path) - len(below) + len(parts[0])].rsplit("/", 1)[-1]
    return all(is_dump_name(part) for part in parts)
