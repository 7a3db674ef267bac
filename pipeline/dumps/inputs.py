"""From what the user typed to a list of dumps.

An input is a path, a glob, a folder or any URL that Beam's ``FileSystems`` knows. A path that
exists is taken as it is, whatever its name. Folders are read recursively, and in what a folder or
a glob yields these names are not dumps:

- hidden files and folders (``.git``, ``.DS_Store``) and those that begin with an underscore
  (``_SUCCESS`` of Spark, ``__MACOSX`` of zip);
- documentation and checksums: ``README``, ``LICENSE``, ``LICENCE``, ``NOTICE``, ``COPYING``,
  ``CHANGELOG``, ``MANIFEST``, ``SHA256SUMS`` or ``MD5SUMS``, with any ending or none, and names
  that end in ``.md5``, ``.sha1`` or ``.sha256``;
- what is no regular file (sockets, devices, pipes);
- what the caller leaves out: the files of a warehouse that lies among the dumps.

An empty file is a dump: it becomes a reject, so that it is seen.
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
    """An input names no dump. The message is one sentence with the remedy."""


class FoundDump(NamedTuple):
    """A dump before it was read.

    Attributes:
      path: as the user gave it, extended where a folder or glob was given.
      size: in bytes.
    """

    path: str
    size: int


def is_dump_name(name: str) -> bool:
    """Tells whether a file of this name in a folder or archive is a dump; see the module."""
    return _NO_DUMP.fullmatch(name) is None


LeaveOut = Callable[[str], bool]
"""Tells whether a file or folder of this path, met in a folder or a glob, holds no dumps."""


def _nothing(path: str) -> bool:
    return False


def find_dumps(inputs: Sequence[str], leave_out: LeaveOut = _nothing) -> list[FoundDump]:
    """Returns the dumps the inputs name, sorted by path, each file once.

    Args:
      inputs: paths, globs, folders, URLs.
      leave_out: what is not looked into on the way. A path that is named itself always is.

    Raises:
      InputError: an input does not exist, matches nothing, or is a folder without dumps.
    """
    if not inputs:
        raise InputError("No input was given; name a file, folder or glob with --input.")
    found: dict[str, FoundDump] = {}
    for given in inputs:
        for dump in _find(given, leave_out):
            # One file under two names (a link, ./a and a) is one dump, named by the first in order.
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


def _find(given: str, leave_out: LeaveOut) -> list[FoundDump]:
    if not given.strip():
        raise InputError("An input is empty; name a file, folder or glob with --input.")
    if given.strip().startswith("file://"):
        given = unquote(urlsplit(given).path)
    if storage.is_remote(given):
        return _find_remote(given)
    path = os.path.expanduser(given)
    if os.path.lexists(path):
        return _find_local(path, given, leave_out)
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
                f"The pattern {given!r} matches no dump; check it, and quote it so that the shell "
                "does not expand it."
            )
        return dumps
    raise InputError(f"There is no {given!r}; check the path (seen from {os.getcwd()}).")


def _find_local(path: str, given: str, leave_out: LeaveOut) -> list[FoundDump]:
    try:
        status = os.stat(path)
    except OSError as error:
        raise InputError(
            f"{given!r} cannot be looked at ({error.strerror}); mend the link or its permissions."
        ) from error
    if stat.S_ISDIR(status.st_mode):
        dumps = list(_walk(path, leave_out))
        if not dumps:
            raise InputError(
                f"The folder {given!r} holds no dumps (hidden files, README files and those of a "
                "warehouse do not count); put some in, or name another folder."
            )
        return dumps
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{given!r} is no regular file; save its content to one and name that.")
    return [FoundDump(path, status.st_size)]


def _is_below(path: str, named: str, leave_out: LeaveOut) -> bool:
    """Tells whether a path, or a folder on the way to it from the named one, is to be left out."""
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
            # A link back to a parent would never end; each folder is entered once.
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
                raise InputError(f"The link {path!r} points nowhere; mend or remove it.")


def _find_remote(given: str) -> list[FoundDump]:
    # Object stores have no folders; a name that is no object is tried as a prefix.
    try:
        for pattern in (given, given.rstrip("/") + "/**"):
            dumps = [
                FoundDump(path, size)
                for path, size in storage.match(pattern)
                if path == given or _is_dump_url(path, given)
            ]
            if dumps:
                return dumps
    except (OSError, ValueError, ImportError) as error:
        raise InputError(
            f"{given!r} cannot be listed: {error}. Check the address, and that Beam's support for "
            "it is installed (apache-beam[gcp], [aws] or [azure])."
        ) from error
    raise InputError(f"{given!r} matches nothing; check the address and your access to it.")


def _is_dump_url(path: str, given: str) -> bool:
    if path.endswith("/"):
        return False
    fixed = _GLOB.split(given, maxsplit=1)[0]
    below = path[len(fixed) :] if path.startswith(fixed) else path.rsplit("/", 1)[-1]
    parts = [part for part in below.split("/") if part]
    if parts and not path.startswith(fixed.rstrip("/") + "/"):
        # The pattern cut a name in two ("gs://bucket/part-*"): judge the whole name.
        parts[0] = path[: len(path) - len(below) + len(parts[0])].rsplit("/", 1)[-1]
    return all(is_dump_name(part) for part in parts)
