"""Files at a local path, in a warehouse on object storage, or at a URL of Beam's file systems.

Three kinds of place, one set of functions:

- a path of this machine (``local.py``), behind which no symbolic link is followed;
- an object of a warehouse (``objects.py``): a URL with ``/./`` behind the warehouse's root, as
  :func:`inside` joins them;
- any other URL (``gs://``, ``s3://``, ``hdfs://``), of dumps and of ``--staging``, which is one of
  Beam's file systems. Beam is imported for these only: it costs a worker process two seconds and
  100 MB.

All raise LinkError where a link is in the way, and OSError where a file cannot be read or written,
which is StorageError on object storage.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any, cast

import pyarrow as pa

from pipeline.storage import local, objects
from pipeline.storage.local import (
    link,
    link_symbolically,
    open_local,
)
from pipeline.storage.paths import (
    INSIDE,
    LinkError,
    Status,
    WriteError,
    check_regular,
    folder_problem,
    inside,
    is_remote,
    not_written,
    root_of,
    shown,
)

__all__ = [
    "LinkError",
    "NewFile",
    "Status",
    "WriteError",
    "check_regular",
    "create",
    "empty_folder",
    "folder_problem",
    "inside",
    "is_remote",
    "link",
    "link_symbolically",
    "local_copy",
    "make_folder",
    "match",
    "names",
    "new_file",
    "not_written",
    "open_file",
    "open_input",
    "open_local",
    "open_output",
    "output",
    "place",
    "read_range",
    "refuse_link",
    "remove",
    "remove_empty_folder",
    "remove_empty_folders",
    "remove_tree",
    "rename",
    "root_of",
    "scratch",
    "shown",
    "status",
    "statuses",
    "sync_folder",
    "walk",
]

NewFile = local.NewFile | objects.NewFile


def _is_object(path: str) -> bool:
    return is_remote(path) and INSIDE in path


def _kind(path: str) -> Any:
    """Returns the module for a path of this machine, or for an object of a warehouse."""
    return objects if _is_object(path) else local


# --- to read ------------------------------------------------------------------------------------


def open_input(path: str) -> Any:
    """Opens a file for random reading, uncompressed; a local one is memory-mapped."""
    if _is_object(path):
        return objects.open_input(path)
    if is_remote(path):
        return _file_systems().open(path, compression_type="uncompressed")
    return local.open_input(path)


def open_file(path: str) -> Any:
    """Opens a file of a warehouse for reading; unlike an input it is not mapped."""
    return objects.open_input(path) if _is_object(path) else open_local(path)


def read_range(path: str, offset: int, length: int) -> pa.Buffer:
    """Returns some bytes of a file."""
    if _is_object(path):
        return objects.read_range(path, offset, length)
    if is_remote(path):
        with open_input(path) as file:
            file.seek(offset)
            return pa.py_buffer(file.read(length))
    return local.read_range(path, offset, length)


@contextlib.contextmanager
def local_copy(path: str) -> Iterator[str]:
    """Yields a path of this machine at which a file of a warehouse can be read meanwhile."""
    if not _is_object(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
        copy = inside(folder, os.path.basename(path))
        with objects.open_input(path) as source, open_local(copy, "wb") as file:
            while chunk := source.read(objects.READ_AHEAD):
                file.write(chunk)
        yield copy


def status(path: str) -> Status | None:
    """Returns the status of a file of a warehouse; ``None`` if there is none.

    A local folder has a status, too.
    """
    return objects.status(path) if _is_object(path) else local.status(path)


def refuse_link(path: str) -> None:
    """Raises LinkError if a file or folder of a warehouse is a link; in a bucket there is none."""
    if not _is_object(path):
        local.status(path)


def statuses(paths: Iterable[str]) -> list[Status | None]:
    """Returns the status of many files, all of one warehouse."""
    paths = list(paths)
    if paths and _is_object(paths[0]):
        return objects.statuses(paths)
    return [local.status(path) for path in paths]


def names(path: str) -> list[str]:
    """Returns the names in a folder of a warehouse, sorted; none if there is no such folder."""
    return objects.names(path) if _is_object(path) else local.names(path)


def walk(path: str) -> Iterator[tuple[str, list[str], list[str], list[str]]]:
    """Yields the folders below one of a warehouse, itself too, those within others first.

    Yields:
      path of the folder, relative to ``path``; names of folders, of files and of links in it.
    """
    return objects.walk(path) if _is_object(path) else local.walk(path)


def match(pattern: str) -> list[tuple[str, int]]:
    """Returns path and bytes of the files that match a URL with ``*``, ``?``, ``[...]`` or ``**``.

    Raises:
      OSError: the storage does not respond, or refuses.
      ValueError, ImportError: no file system is installed for the scheme of the URL.
    """
    found = _file_systems().match([pattern])[0].metadata_list
    return [(file.path, int(file.size_in_bytes)) for file in found]


# --- to write -----------------------------------------------------------------------------------


def place(root: str) -> str:
    """Returns the folder or URL of a warehouse as all its paths begin.

    Raises:
      ObjectError: nothing can be committed at the URL, or not with what is installed.
    """
    return objects.check(root) if is_remote(root) else os.path.abspath(root)


def file_system(root: str) -> Any:
    """Returns an fsspec file system for what lies below a URL that ``place`` returned."""
    return objects.file_system(root)


def new_file(path: str) -> NewFile:
    """Creates a file of a warehouse, which has its name only once it is whole and kept."""
    return objects.NewFile(path) if _is_object(path) else local.NewFile(path)


def create(path: str, content: bytes) -> None:
    """Writes a whole file of a warehouse, unless one has its name: of many writers one succeeds.

    Raises:
      FileExistsError: another one has it.
      OSError: it cannot be written. On object storage it may be there all the same, in a moment.
    """
    _kind(path).create(path, content)


@contextlib.contextmanager
def output(path: str) -> Iterator[IO[bytes]]:
    """Creates a file, and its folder, for the time of the context.

    Raises:
      LinkError: a link is in the way.
      WriteError: the file cannot be created or written.
    """
    try:
        with open_output(path) as file:
            yield file
    except OSError as error:
        raise WriteError(not_written(path, error)) from error


def open_output(path: str) -> contextlib.AbstractContextManager[IO[bytes]]:
    """Creates a file, and its folder; a context manager."""
    if _is_object(path):
        return cast("contextlib.AbstractContextManager[IO[bytes]]", objects.output(path))
    if is_remote(path):
        file: IO[bytes] = _file_systems().create(path, compression_type="uncompressed")
        return file
    return local.open_output(path)


def scratch(path: str) -> str:
    """Returns a path of this machine to write a file of a warehouse to; ``rename`` brings it there.

    For what only a library can write, by its path: beside the file, or in the folder of temporary
    files.
    """
    if not _is_object(path):
        return local.hidden(path)
    return local.hidden(inside(tempfile.gettempdir(), os.path.basename(path)))


def rename(path: str, final: str) -> None:
    """Renames a file, replacing what has that name; a link at either path is not followed.

    On object storage it is copied, and a local file uploaded.
    """
    if not _is_object(final):
        local.rename(path, final)
    elif _is_object(path):
        objects.rename(path, final)
    else:
        objects.upload(path, final)
        local.remove(path)


def remove(path: str) -> None:
    """Removes a file, or a link itself; nothing happens if there is none."""
    _kind(path).remove(path)


def make_folder(path: str) -> None:
    """Creates a folder and its parents; for other URLs the scheme is checked.

    Raises:
      LinkError: a link is in the way.
      OSError: the folder cannot be created.
      ValueError: no file system is installed for the scheme of the URL.
    """
    if _is_object(path):
        objects.make_folder(path)
    elif is_remote(path):
        _file_systems().get_filesystem(path)
    else:
        local.make_folder(path)


def remove_tree(path: str) -> bool:
    """Removes a folder with its files, links in it as links; returns False if some remain.

    Raises:
      LinkError: the folder itself is a link, or behind one.
    """
    if _is_object(path):
        return objects.remove_tree(path)
    if not is_remote(path):
        return local.remove_tree(path)
    try:
        if files := [file for file, _ in match(f"{path}/**")]:
            _file_systems().delete(files)
    except (OSError, ValueError):
        return False
    return True


def empty_folder(path: str) -> None:
    """Removes all that is in a folder, links as links; nothing happens if there is none."""
    _kind(path).empty_folder(path)


def remove_empty_folder(path: str) -> None:
    """Removes a folder, unless something is in it."""
    _kind(path).remove_empty_folder(path)


def remove_empty_folders(path: str) -> None:
    """Removes the empty folders within one; a bucket has none."""
    if not _is_object(path):
        for below, *_ in local.walk(path):
            if below != ".":
                local.remove_empty_folder(f"{path}/{below}")


def sync_folder(path: str) -> None:
    """Syncs the entries of a folder to the disk; an object that is there stays there."""
    if not _is_object(path):
        local.sync_folder(path)


def _file_systems() -> Any:
    from apache_beam.io.filesystems import FileSystems

    return FileSystems
