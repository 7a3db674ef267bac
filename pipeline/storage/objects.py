"""Objects of a bucket: ``s3://``, ``gs://`` and ``az://``.

A URL has ``/./`` between the root of the warehouse and the key below it, as every path of a
warehouse has. An object appears whole or not at all, and never changes its name. There are no
folders: one is where keys have it in front, and :data:`MARK` makes one that is empty. There are no
links either.

obstore does the requests: one API for S3, Google and Azure, with the conditional puts that a commit
and a lock need (``If-None-Match: *`` and ``If-Match``, or generations), retries, ranges and
multipart uploads. pyarrow's file systems have no conditional put, and s3fs has none that Google and
Azure share.

Its runtime does not survive a fork: processes that fork others must not come here before. Workers
are forked from the fork server, which has never been here.
"""

import asyncio
import contextlib
import datetime
import errno
import functools
import io
import os
import re
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pyarrow as pa

from pipeline.errors import CopydeskError
from pipeline.storage.paths import INSIDE, Status

SCHEMES = ("s3", "gs", "az")
"""Schemes of URLs whose storage has conditional puts."""

MARK = ".folder"
"""Name of an empty object that makes a folder; no listing shows it."""

READ_AHEAD = 1 << 20
"""Bytes that the first request for an object asks for, and later ones at least: most files of a
warehouse are smaller, and so take one request. At 100 MB/s this is 10 ms, as much as a request."""

IN_MEMORY = 32 << 20
"""Bytes of a new object that wait in memory; more wait in a temporary file."""

Tag = tuple[str | None, str | None]
"""Entity tag and version of an object, one of which every change changes."""

RETRY_TIME = datetime.timedelta(seconds=60)
"""Time for which a request is tried again that the storage refuses, or does not respond to."""

_AT_ONCE = 16
"""Requests at once, where many small ones are needed."""


_SMALL = 1 << 20
"""Bytes of a file that queries read whole, in one request; it would take three or more in parts."""

_KEPT = 64 << 20
"""Bytes of such files that are kept for the queries that follow."""


class ObjectError(CopydeskError):
    """The storage of a URL cannot be used; the message says why and what to do."""


class StorageError(CopydeskError, OSError):
    """The storage refuses a request, or does not respond; the message says which and why."""

    def __str__(self) -> str:
        return (
            f"{self.filename}: {self.strerror}. See that the bucket is there, that its storage "
            "responds, and that you may read and write it; then run again."
        )


class SupersededError(OSError):
    """An object is not as it was when its tag was read."""


def check(root: str) -> str:
    """Returns the root of a warehouse, a URL, as all paths in it begin.

    Raises:
      ObjectError: its scheme has no conditional put, the extra is not installed, or the URL is not
        understood.
    """
    scheme, _, rest = root.strip().partition("://")
    scheme, rest = scheme.lower(), rest.strip("/")
    if scheme not in SCHEMES:
        raise ObjectError(
            f"{root} cannot be a warehouse: {scheme}:// has no conditional put, without which "
            "two writers could both commit. Give --warehouse a folder, which may be mounted, or a "
            f"URL of {', '.join(f'{name}://' for name in SCHEMES)}."
        )
    if not rest or any(character in rest for character in "?*[]#%\\"):
        raise ObjectError(
            f"{root} cannot be a warehouse: write it as {scheme}://BUCKET/PREFIX, without ? * [ ] "
            "# % and backslashes."
        )
    if any(part in ("", ".", "..") for part in rest.split("/")):
        raise ObjectError(f"{root} cannot be a warehouse: a part of its path is empty, . or ..")
    root = f"{scheme}://{rest}"
    _store(root, os.getpid())
    return root


def file_system(root: str) -> Any:
    """Returns an fsspec file system for what lies below the root of a warehouse."""
    _store(root, os.getpid())  # for its errors
    import fsspec.asyn
    from obstore.fsspec import FsspecStore

    asked: dict[tuple[str, str], asyncio.Future[Any]] = {}
    kept = 0

    class Committed(FsspecStore):
        """Objects that never change, so that each is asked for once, not by every query.

        All its requests begin in one thread, that of fsspec: those of several threads of DuckDB
        for one object become one.
        """

        async def _info(self, path: str, **options: Any) -> dict[str, Any]:
            ask = super()._info
            return cast(dict[str, Any], await self._once("info", path, lambda: ask(path)))

        def modified(self, path: str) -> datetime.datetime:
            return cast(datetime.datetime, self.info(path)["last_modified"])

        def _open(self, path: str, *arguments: Any, **options: Any) -> Any:
            whole = fsspec.asyn.sync(
                self.loop, self._once, "whole", path, lambda: self._whole(path)
            )
            if whole is None:
                return super()._open(path, *arguments, **options)
            return io.BytesIO(whole)

        async def _whole(self, path: str) -> bytes | None:
            nonlocal kept
            size = (await self._info(path))["size"]
            if size > _SMALL or kept + size > _KEPT:
                return None
            content = await self._cat_file(path)
            kept += size
            return content

        async def _once(self, what: str, path: str, ask: Callable[[], Awaitable[Any]]) -> Any:
            if (what, path) not in asked:
                asked[what, path] = asyncio.ensure_future(ask())
            try:
                return await asked[what, path]
            except BaseException:  # the next one asks again
                asked.pop((what, path), None)
                raise

    return Committed(cast(Any, root.partition("://")[0]), client_options=_client_options())


# --- objects ------------------------------------------------------------------------------------


def open_input(path: str) -> Any:
    """Opens an object for random reading."""
    import obstore

    store, key = _at(path)
    with _translated(path):
        try:
            got = obstore.get(store, key, options={"range": (0, READ_AHEAD)})
        except obstore.exceptions.BaseError:
            if obstore.head(store, key)["size"]:
                raise
            return io.BytesIO()  # of an empty object no range can be asked for
        size, first = got.meta["size"], bytes(got.bytes())
    if size <= len(first):
        return io.BytesIO(first)
    return io.BufferedReader(_Ranges(path, size), READ_AHEAD)


def read_range(path: str, offset: int, length: int) -> pa.Buffer:
    """Returns some bytes of an object."""
    import obstore

    store, key = _at(path)
    with _translated(path):
        return pa.py_buffer(obstore.get_range(store, key, start=offset, length=length))


class _Ranges(io.RawIOBase):
    """An object as a file that is read in ranges."""

    def __init__(self, path: str, size: int) -> None:
        super().__init__()
        self._path, self._size, self._place = path, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: Any) -> int:
        length = min(len(buffer), self._size - self._place)
        if length <= 0:
            return 0
        buffer[:length] = read_range(self._path, self._place, length).to_pybytes()
        self._place += length
        return length


class NewFile:
    """An object that appears once it is whole.

    Args:
      path: of the object; one that is there is replaced.

    Raises:
      OSError: it cannot be written.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed below
        self.closed = False

    def write(self, data: Any) -> int:
        """Writes some bytes."""
        return self._file.write(data)

    def tell(self) -> int:
        """Returns the number of bytes written."""
        return self._file.tell()

    def flush(self) -> None:
        """Does nothing: nobody sees the object yet."""

    def sync(self) -> None:
        """Does nothing: nobody sees the object yet."""

    def keep(self, sync: bool = True) -> None:
        """Uploads the object; large ones in parts, which count once all of them are there."""
        import obstore

        store, key = _at(self._path)
        with self._file, _translated(self._path):
            self._file.seek(0)
            obstore.put(store, key, cast(Any, self._file))

    def discard(self) -> None:
        """Forgets what was written."""
        self._file.close()


def upload(path: str, final: str) -> None:
    """Uploads a file of this machine."""
    with open(path, "rb") as file, output(final) as new:
        while chunk := file.read(READ_AHEAD):
            new.write(chunk)


@contextlib.contextmanager
def output(path: str) -> Iterator[NewFile]:
    """Writes an object for the time of the context, at whose end it appears."""
    new = NewFile(path)
    try:
        yield new
    except BaseException:
        new.discard()
        raise
    new.keep()


def create(path: str, content: bytes) -> Tag:
    """Writes an object unless one is there; returns its tag.

    Raises:
      FileExistsError: one is there, with another content.
      OSError: the storage does not respond. It may have written the object all the same, now or in
        a moment.
    """
    return _put(path, content, "create")


def replace(path: str, content: bytes, tag: Tag) -> Tag:
    """Replaces an object if it still has a tag; returns the new one.

    Raises:
      SupersededError: it has another one, or is gone.
      OSError: as of :func:`create`.
    """
    known = {name: value for name, value in zip(("e_tag", "version"), tag, strict=True) if value}
    return _put(path, content, known)


def _put(path: str, content: bytes, mode: Any) -> Tag:
    import obstore

    store, key = _at(path)
    try:
        return _tag(obstore.put(store, key, content, mode=mode, use_multipart=False))
    except (obstore.exceptions.BaseError, OSError) as error:
        # It may be written all the same: the response was lost, and a second attempt met the first.
        with contextlib.suppress(OSError):
            found = read_tagged(path)
            if found and found[0] == content:
                return found[1]
        if isinstance(error, obstore.exceptions.AlreadyExistsError):
            raise FileExistsError(errno.EEXIST, "It is there already", _url(path)) from error
        if isinstance(error, (obstore.exceptions.PreconditionError, FileNotFoundError)):
            raise SupersededError(errno.ESTALE, "It was changed meanwhile", _url(path)) from error
        raise _os_error(error, path) from error


def read_tagged(path: str) -> tuple[bytes, Tag] | None:
    """Returns the content of an object and its tag, which every change changes; None without one.

    Raises:
      OSError: the storage does not respond.
    """
    import obstore

    store, key = _at(path)
    with _translated(path):
        try:
            got = obstore.get(store, key)
            return bytes(got.bytes()), _tag(got.meta)
        except FileNotFoundError:
            return None


def _tag(meta: Any) -> Tag:
    return meta["e_tag"], meta["version"]


def status(path: str) -> Status | None:
    """Returns the status of an object; ``None`` if there is none."""
    import obstore

    store, key = _at(path)
    with _translated(path):
        try:
            found = obstore.head(store, key)
        except FileNotFoundError:
            return None
    return Status(found["size"], found["last_modified"].timestamp())


def statuses(paths: Iterable[str]) -> list[Status | None]:
    """Returns the status of many objects, asked for at once."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return list(threads.map(status, paths))


def rename(path: str, final: str) -> None:
    """Copies an object to another name and removes it; killed in between, both are there."""
    import obstore

    store, key = _at(path)
    with _translated(path):
        obstore.copy(store, key, _at(final)[1])
        obstore.delete(store, key)


def remove(path: str) -> None:
    """Removes an object; nothing happens if there is none."""
    import obstore

    store, key = _at(path)
    with contextlib.suppress(FileNotFoundError), _translated(path):
        obstore.delete(store, key)


# --- what stands for folders --------------------------------------------------------------------


def make_folder(path: str) -> None:
    """Makes an empty folder."""
    with output(f"{path}/{MARK}"):
        pass


def names(path: str) -> list[str]:
    """Returns the names in a folder, sorted; none if there is no such folder."""
    import obstore

    store, key = _at(path)
    with _translated(path):
        found = obstore.list_with_delimiter(store, key or None)
    keys = [*found["common_prefixes"], *(member["path"] for member in found["objects"])]
    return sorted(name for name in (key.rpartition("/")[2] for key in keys) if name != MARK)


def walk(path: str) -> Iterator[tuple[str, list[str], list[str], list[str]]]:
    """Yields the folders below one, itself among them, those within others first.

    Yields:
      path of the folder, relative to ``path``; names of folders and of files in it; no links.
    """
    folders: dict[str, tuple[set[str], set[str]]] = {}
    for key in _keys(path):
        folder, _, name = f"./{key}".rpartition("/")
        folders.setdefault(folder, (set(), set()))[1].add(name)
        while folder != ".":
            folder, _, name = folder.rpartition("/")
            folders.setdefault(folder, (set(), set()))[0].add(name)
    for folder in sorted(folders, key=lambda folder: (-folder.count("/"), folder)):
        below, files = folders[folder]
        yield os.path.normpath(folder), sorted(below), sorted(files - {MARK}), []


def _keys(path: str) -> list[str]:
    """Returns the keys below a folder, relative to it."""
    import obstore

    store, prefix = _at(path)
    start = len(f"{prefix}/") if prefix else 0
    with _translated(path):
        pages = list(obstore.list(store, prefix or None))
    return [member["path"][start:] for page in pages for member in page]


def remove_tree(path: str) -> bool:
    """Removes a folder with its objects; returns False if some may remain."""
    try:
        empty_folder(path)
        remove(f"{path}/{MARK}")
    except OSError:
        return False
    return True


def empty_folder(path: str) -> None:
    """Removes all objects in a folder."""
    import obstore

    store, prefix = _at(path)
    keys = [f"{prefix}/{key}" for key in _keys(path) if key != MARK]
    with _translated(path):
        if keys:
            obstore.delete(store, keys)


def remove_empty_folder(path: str) -> None:
    """Removes an empty folder that was made; others there are none."""
    remove(f"{path}/{MARK}")


# --- stores and errors --------------------------------------------------------------------------


def _at(path: str) -> tuple[Any, str]:
    """Returns the store of a path, and the key of the object in it."""
    root, _, key = path.partition(INSIDE)
    return _store(root, os.getpid()), key.rstrip("/")


@functools.lru_cache(maxsize=8)
def _store(root: str, process: int) -> Any:
    """Returns the store of the root of a warehouse, for one process."""
    try:
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError as error:
        raise ObjectError(
            f"{root} needs two packages. Install them in the environment of copydesk with "
            "pip install obstore fsspec."
        ) from error
    try:
        return from_url(
            root, client_options=_client_options(), retry_config={"retry_timeout": RETRY_TIME}
        )
    except (BaseError, ValueError) as error:
        raise ObjectError(
            f"{root} cannot be opened: {_first_line(error)}. Say in the environment where the "
            "storage is and who you are, as in AWS_REGION, AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY."
        ) from error


def _client_options() -> Any:
    """Returns options of the connections: a server that the user names by http:// has no TLS."""
    endpoints = (os.environ.get(name, "") for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT"))
    plain = any(endpoint.startswith("http://") for endpoint in endpoints)
    return {"allow_http": True} if plain else {}


@contextlib.contextmanager
def _translated(path: str) -> Iterator[None]:
    """Raises an OSError for what obstore raises."""
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError as error:
        raise FileNotFoundError(errno.ENOENT, "No such object", _url(path)) from error
    except BaseError as error:
        raise _os_error(error, path) from error


def _os_error(error: Exception, path: str) -> OSError:
    from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

    refused = isinstance(error, (PermissionDeniedError, UnauthenticatedError))
    number = errno.EACCES if refused else errno.EIO
    return StorageError(number, _first_line(error), _url(path))


def _first_line(error: Exception) -> str:
    """Returns what an error of obstore says, and the code in the answer, in one line."""
    said = str(error).partition("\n")[0].partition(": <?xml")[0].strip().rstrip(".")
    code = re.search(r"<Code>(\w++)</Code>", str(error))
    return f"{said} ({code[1]})" if code else said


def _url(path: str) -> str:
    return path.replace(INSIDE, "/")
