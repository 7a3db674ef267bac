"""Inputs of the command to a list of dumps.

An input is a path, a glob, a folder, any URL of Beam's ``FileSystems`` or a topic of Kafka. A path
that exists is a dump, whatever its name. Folders are read recursively; in folders and matches of a
glob these are no dumps:

- hidden files and folders (``.git``, ``.DS_Store``) and those that begin with an underscore
  (``_SUCCESS`` of Spark, ``__MACOSX`` of zip);
- documentation and checksums: ``README``, ``LICENSE``, ``LICENCE``, ``NOTICE``, ``COPYING``,
  ``CHANGELOG``, ``MANIFEST``, ``SHA256SUMS`` or ``MD5SUMS``, with any ending or none, and names
  that end in ``.md5``, ``.sha1`` or ``.sha256``;
- files that the caller leaves out: those of a warehouse among the dumps.

An empty file is a dump and becomes a reject. So does what cannot be read: a link that points
nowhere, a folder that cannot be listed, a pipe, socket or device, which is never opened for
reading. Only where there is nothing else is that an error.
"""

import fnmatch
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, NamedTuple, cast
from urllib.parse import unquote, urlsplit

from pipeline import storage
from pipeline.dumps import kafka
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


class NoDumpsError(InputError):
    """A folder holds no dumps, or a pattern matches none: there may be some later."""


class FoundDump(NamedTuple):
    """A dump that was not read yet.

    Attributes:
      path: the path or URL, beginning as in the input.
      size: size in bytes, 0 of what cannot be read; of a partition of a topic the offset behind
        its last record.
      problem: why it cannot be read; empty if nothing is known against it.
      stamp: time of the last change in ns, and the number of the file; of a partition of a topic
        the id of the topic and the first offset; empty of another URL and of what cannot be read.
    """

    path: str
    size: int
    problem: str = ""
    stamp: tuple[int, ...] = ()


def is_dump_name(name: str) -> bool:
    """Returns True if a file of this name in a folder or archive is a dump; see the module."""
    return _NO_DUMP.fullmatch(name) is None


LeaveOut = Callable[[str], bool]
"""Returns True for the path of a file or folder below an input that holds no dumps."""


def _nothing(path: str) -> bool:
    return False


def find_dumps(
    inputs: Sequence[str], leave_out: LeaveOut = _nothing, some: bool = True
) -> list[FoundDump]:
    """Returns the dumps the inputs name, sorted by path, each file once.

    Args:
      inputs: paths, globs, folders, URLs.
      leave_out: returns True for paths to skip; a path that is itself an input is never skipped.
      some: False if a folder may hold no dumps, and a pattern match none.

    Raises:
      InputError: an input does not exist, or nothing can be read; with ``some``, it matches
        nothing, or is a folder without dumps.
    """
    if not inputs:
        raise InputError("No input was given; name a file, folder or glob with --input.")
    found: dict[str, FoundDump] = {}
    for entry in inputs:
        try:
            dumps = _find(entry, leave_out)
        except NoDumpsError:
            if some:
                raise
            continue
        for dump in dumps:
            # A file with two paths (a link, ./a and a) is one dump, with the first path in order.
            identity = dump.path if storage.is_remote(dump.path) else os.path.realpath(dump.path)
            if identity not in found or dump.path < found[identity].path:
                found[identity] = dump
    dumps = sorted(found.values())
    if dumps and all(dump.problem for dump in dumps):
        raise InputError(f"{dumps[0].problem} There is no other dump.")
    return dumps


def open_dump(path: str) -> BinaryIO:
    """Opens a dump for reading its raw bytes; a URL through Beam's ``FileSystems``.

    Raises:
      OSError: it cannot be opened, or is a folder, pipe, socket or device.
    """
    if storage.is_remote(path):
        return cast(BinaryIO, storage.open_input(path))
    return open(path, "rb", opener=_open_regular)


def _open_regular(path: str, flags: int) -> int:
    # Opening a pipe waits for its writer, and opening a device may do anything.
    storage.check_regular(path, os.stat(path))
    descriptor = os.open(path, flags | os.O_NONBLOCK)
    try:
        storage.check_regular(path, os.fstat(descriptor))
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def content_hash(path: str) -> str:
    """Returns the 128-bit BLAKE2b of a dump's raw bytes (not decompressed), in hex.

    Raises:
      OSError: it cannot be read.
    """
    [(_, digest)] = prefix_hashes(path, [None])
    return digest


def prefix_hashes(path: str, sizes: Sequence[int | None]) -> list[tuple[int, str]]:
    """Returns hashes of the first bytes of a dump, as :func:`content_hash`; reads them once.

    Args:
      path: of the dump.
      sizes: numbers of bytes, ascending; ``None``, as the last, for the whole dump.

    Returns:
      for each size (bytes, hash): fewer bytes where the dump ends before.

    Raises:
      OSError: it cannot be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    position = 0
    found = []
    with open_dump(path) as stream:
        for size in sizes:
            while size is None or position < size:
                chunk = stream.read(_CHUNK if size is None else min(_CHUNK, size - position))
                if not chunk:
                    break
                digest.update(chunk)
                position += len(chunk)
            found.append((position, digest.hexdigest()))
    return found


def _find(entry: str, leave_out: LeaveOut) -> list[FoundDump]:
    if not entry.strip():
        raise InputError("An input is empty; name a file, folder or glob with --input.")
    if entry.strip().startswith("file://"):
        entry = unquote(urlsplit(entry).path)
    if kafka.is_kafka(entry):
        try:
            topic = kafka.partitions(entry)
        except kafka.KafkaError as error:
            raise InputError(str(error)) from error
        return [FoundDump(p.path, p.stop, stamp=(*p.topic_id, p.first)) for p in topic]
    if storage.is_remote(entry):
        return _find_remote(entry)
    path = os.path.expanduser(entry)
    if _is_below(os.path.realpath(_GLOB.split(path, maxsplit=1)[0]), "", leave_out):
        raise InputError(
            f"{entry!r} is in a warehouse, whose articles are read and cleaned already. Query them "
            "with copydesk shell, take them elsewhere with copydesk export, or name the dumps."
        )
    if os.path.lexists(path):
        dumps = list(_found(path, leave_out))
        if not dumps:
            raise NoDumpsError(
                f"The folder {entry!r} holds no dumps (hidden files, README files and those of a "
                "warehouse do not count); put some in, or name another folder."
            )
        return dumps
    if _GLOB.search(path):
        named = os.path.dirname(_GLOB.split(path, maxsplit=1)[0])
        matches = (
            match
            for match in _matches(path)
            if is_dump_name(os.path.basename(match)) and not _is_below(match, named, leave_out)
        )
        dumps = [dump for match in matches for dump in _found(match, leave_out)]
        if not dumps:
            raise NoDumpsError(
                f"The pattern {entry!r} matches no dump; check it, and quote it so that the shell "
                "does not expand it."
            )
        return dumps
    raise InputError(f"There is no {entry!r}; check the path (seen from {os.getcwd()}).")


def _is_below(path: str, named: str, leave_out: LeaveOut) -> bool:
    """Returns True if a path, or a folder above it and below another, is left out."""
    while len(path) > len(named) and path != (folder := os.path.dirname(path)):
        if leave_out(path):
            return True
        path = folder
    return False


def _found(path: str, leave_out: LeaveOut) -> Iterator[FoundDump]:
    """Yields the file of a path, or the dumps in the folder and all below it."""
    # Links may form a circle, so each folder is entered once.
    seen: set[tuple[int, int]] = set()
    waiting = [path]
    while waiting:
        current = waiting.pop()
        try:
            status = os.stat(current)
            if not stat.S_ISDIR(status.st_mode):
                storage.check_regular(current, status)
                stamp = (status.st_mtime_ns, status.st_dev, status.st_ino)
                yield FoundDump(current, status.st_size, stamp=stamp)
                continue
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            names = sorted(os.listdir(current))
        except OSError as error:
            problem = f"{current!r} cannot be read ({error.strerror}); mend it, or leave it out."
            yield FoundDump(current, 0, problem)
            continue
        below = (os.path.join(current, name) for name in names if is_dump_name(name))
        waiting.extend(path for path in below if not leave_out(path))


def _matches(pattern: str) -> Iterator[str]:
    """Yields the paths that match a pattern, as ``glob`` does, in no particular order.

    ``glob`` follows two links to a folder from within it to 2**40 paths, and passes over folders
    that cannot be listed; this one takes each folder once for each rest of the pattern, and yields
    what cannot be listed.
    """
    root = "/" if pattern.startswith("/") else ""
    seen: set[tuple[int, int, int]] = set()
    parts = [part for part in pattern.split("/") if part]
    waiting = [(root, 0)]
    while waiting:
        path, at = waiting.pop()
        if at == len(parts):
            if path:
                yield path
            continue
        part = parts[at]
        if not _GLOB.search(part):
            if os.path.lexists(os.path.join(path, part)):
                waiting.append((os.path.join(path, part), at + 1))
            continue
        try:
            status = os.stat(path or ".")
            if (status.st_dev, status.st_ino, at) in seen or not stat.S_ISDIR(status.st_mode):
                continue
            seen.add((status.st_dev, status.st_ino, at))
            names = os.listdir(path or ".")
        except OSError:
            yield path
            continue
        shown = [name for name in names if part.startswith(".") or not name.startswith(".")]
        if part == "**":
            waiting.append((path, at + 1))
            below = (os.path.join(path, name) for name in shown)
            waiting.extend((each, at) for each in below if os.path.isdir(each))
            if at + 1 == len(parts):
                waiting.extend((os.path.join(path, name), at + 1) for name in shown)
        else:
            matching = fnmatch.filter(shown, part)
            waiting.extend((os.path.join(path, name), at + 1) for name in matching)


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
    raise NoDumpsError(f"{entry!r} matches nothing; check the address and your access to it.")


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
