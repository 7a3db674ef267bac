"""Files at a local path or at a URL of Beam's file systems (``gs://``, ``s3://``, ``hdfs://``).

No symbolic link inside a warehouse or a staging folder is followed, whatever is opened, created,
renamed or removed: it could lead to files of somebody else. The folder itself may be a link, or lie
behind some: as in rsync's ``--relative``, ``/./`` in a path ends the part that the user chose
(:func:`inside`), and behind it every folder is opened from the one above, with ``O_NOFOLLOW``
(openat(2)). A path without ``/./`` may have no link at all.

Beam is imported for URLs only: it costs a worker process two seconds and 100 MB.
"""

import contextlib
import errno
import mmap
import os
import re
import shutil
import stat
from collections.abc import Iterator
from typing import IO, Any

import pyarrow as pa

from pipeline.errors import FULL, CopydeskError

_URL = re.compile(r"\s*[a-zA-Z][-a-zA-Z0-9+.]*://")

_INSIDE = "/./"

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


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
    return f"{root}{_INSIDE}{path}"


def shown(path: str) -> str:
    """Returns a path as a message shows it."""
    return os.path.normpath(path) if _INSIDE in path else path


def open_input(path: str) -> Any:
    """Opens a file for random reading, uncompressed; a local one is memory-mapped.

    Raises:
      LinkError: a link is in the way.
      OSError: the file cannot be opened.
    """
    if is_remote(path):
        return _file_systems().open(path, compression_type="uncompressed")
    with open_local(path) as file:
        if not os.fstat(file.fileno()).st_size:  # which cannot be mapped
            return pa.BufferReader(b"")
        return pa.BufferReader(pa.py_buffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))


def folder_problem(path: str) -> str:
    """Returns why a local folder can neither be used nor created; the empty string if it can."""
    while not os.path.lexists(path):
        path = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(path):
        return f"{path} is no folder"
    return "" if os.access(path, os.W_OK | os.X_OK) else f"nothing may be written in {path}"


def not_written(path: str, error: OSError) -> str:
    """Returns the sentence for a file or folder that cannot be written."""
    folder = os.path.dirname(os.path.abspath(shown(path)))
    while not (is_remote(path) or os.path.isdir(folder)):
        folder = os.path.dirname(folder)
    if is_remote(path):
        remedy = "see that the storage responds and may be written,"
    elif error.errno in FULL:
        free = shutil.disk_usage(folder).free >> 20
        remedy = f"make room in {folder}, whose disk has {free:,} MiB left,"
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


def open_output(path: str) -> IO[bytes]:
    """Creates a file, and its folder.

    Raises:
      LinkError: a link is in the way.
      OSError: the file cannot be created.
    """
    if not is_remote(path):
        make_folder(os.path.dirname(path))
        opened: IO[bytes] = open_local(path, "wb")
        return opened
    file: IO[bytes] = _file_systems().create(path, compression_type="uncompressed")
    return file


def make_folder(path: str) -> None:
    """Creates a folder and its parents. Object stores have none: there the scheme is checked.

    Raises:
      LinkError: a link is in the way.
      OSError: the folder cannot be created.
      ValueError: no file system is installed for the scheme of the URL.
    """
    if is_remote(path):
        _file_systems().get_filesystem(path)
        return
    if _INSIDE in path:
        os.makedirs(path.partition(_INSIDE)[0], exist_ok=True)
    with _folder(path, create=True):
        pass


def match(pattern: str) -> list[tuple[str, int]]:
    """Returns path and bytes of the files that match a URL with ``*``, ``?``, ``[...]`` or ``**``.

    Raises:
      OSError: the storage does not respond, or refuses.
      ValueError, ImportError: no file system is installed for the scheme of the URL.
    """
    found = _file_systems().match([pattern])[0].metadata_list
    return [(file.path, int(file.size_in_bytes)) for file in found]


def remove_tree(path: str) -> bool:
    """Removes a folder with its files, links in it as links; returns False if some remain.

    Raises:
      LinkError: the folder itself is a link, or behind one.
    """
    if not is_remote(path):
        try:
            empty_folder(path)
            remove_empty_folder(path)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True
    try:
        if files := [file for file, _ in match(f"{path}/**")]:
            _file_systems().delete(files)
    except (OSError, ValueError):
        return False
    return True


# --- of this machine alone ----------------------------------------------------------------------


def open_local(path: str, mode: str = "rb") -> Any:
    """Opens a local file as ``open`` does.

    Raises:
      LinkError: a link is in the way.
      OSError: the file cannot be opened.
    """
    with _parent(path) as (folder, name):

        def opener(_: str, flags: int) -> int:
            return os.open(name, flags | os.O_NOFOLLOW, 0o666, dir_fd=folder)

        try:
            encoding = None if "b" in mode else "utf-8"
            return open(shown(path), mode, encoding=encoding, opener=opener)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise LinkError.at(path) from error
            error.filename = shown(path)
            raise


def status(path: str) -> os.stat_result | None:
    """Returns the status of a local file or folder; ``None`` if there is none.

    Raises:
      LinkError: it is a link, or behind one.
      OSError: it cannot be read.
    """
    try:
        with _parent(path) as (folder, name):
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISLNK(found.st_mode):
        raise LinkError.at(path)
    return found


def names(path: str) -> list[str]:
    """Returns the names in a local folder, sorted; none if there is no such folder.

    Raises:
      LinkError: the folder is a link, or behind one.
      OSError: it cannot be read.
    """
    try:
        with _folder(path) as folder:
            return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []


def walk(path: str) -> Iterator[tuple[str, list[str], list[str], list[str]]]:
    """Yields the local folders below one, itself among them, those within others first.

    Yields:
      path of the folder, relative to ``path``; names of folders, of files and of links in it.

    Raises:
      LinkError: the folder is a link, or behind one.
      OSError: a folder cannot be read.
    """

    def fail(error: OSError) -> None:
        raise error

    try:
        with _folder(path) as folder:
            for below, folders, files, at in os.fwalk(
                topdown=False, onerror=fail, dir_fd=folder, follow_symlinks=False
            ):
                links = {name for name in (*folders, *files) if _is_link(name, at)}
                yield (
                    os.path.normpath(below),
                    sorted(set(folders) - links),
                    sorted(set(files) - links),
                    sorted(links),
                )
    except FileNotFoundError:
        return


def rename(path: str, final: str) -> None:
    """Renames a local file, replacing what has that name; a link at either path is not followed.

    Raises:
      LinkError: a folder on the way is a link.
      OSError: the file cannot be renamed.
    """
    with _parent(path) as (folder, name), _parent(final) as (target, final_name):
        os.rename(name, final_name, src_dir_fd=folder, dst_dir_fd=target)


def link(path: str, second: str) -> None:
    """Gives a local file a second name; unlike a rename it never replaces a file.

    Raises:
      LinkError: a folder on the way is a link.
      FileExistsError: the second name is taken.
      OSError: the file cannot be linked.
    """
    with _parent(path) as (folder, name), _parent(second) as (target, second_name):
        os.link(name, second_name, src_dir_fd=folder, dst_dir_fd=target, follow_symlinks=False)


def link_symbolically(target: str, path: str) -> None:
    """Makes a symbolic link; ``target`` is as it will be read, relative to the link's folder.

    Raises:
      LinkError: a folder on the way is a link.
      OSError: it cannot be made.
    """
    with _parent(path) as (folder, name):
        os.symlink(target, name, dir_fd=folder)


def remove(path: str) -> None:
    """Removes a local file, or a link itself; nothing happens if there is none.

    Raises:
      LinkError: a folder on the way is a link.
      OSError: it cannot be removed.
    """
    with contextlib.suppress(FileNotFoundError), _parent(path) as (folder, name):
        os.unlink(name, dir_fd=folder)


def empty_folder(path: str) -> None:
    """Removes all that is in a local folder, links as links; nothing happens if there is none.

    Raises:
      LinkError: the folder is a link, or behind one.
      OSError: something cannot be removed.
    """
    with contextlib.suppress(FileNotFoundError), _folder(path) as folder:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        for name, is_folder in found:
            if is_folder:
                shutil.rmtree(name, dir_fd=folder)
            else:
                os.unlink(name, dir_fd=folder)


def remove_empty_folder(path: str) -> None:
    """Removes a local folder, unless something is in it.

    Raises:
      LinkError: a folder on the way is a link.
      OSError: it cannot be removed.
    """
    with _parent(path) as (folder, name):
        try:
            os.rmdir(name, dir_fd=folder)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
                raise


def sync_folder(path: str) -> None:
    """Syncs the entries of a local folder to the disk.

    Raises:
      LinkError: the folder is a link, or behind one.
      OSError: it cannot be synced.
    """
    with _folder(path) as folder:
        os.fsync(folder)


@contextlib.contextmanager
def _parent(path: str) -> Iterator[tuple[int, str]]:
    """Yields a descriptor of the folder a path lies in, and its last name."""
    folder, _, name = path.rpartition("/")
    if name == "..":
        raise _leads_out(path)
    with _folder(f"{folder}/") as descriptor:
        yield descriptor, name


@contextlib.contextmanager
def _folder(path: str, create: bool = False) -> Iterator[int]:
    """Yields a descriptor of a folder, to which no link behind ``/./`` has led."""
    root, marked, below = path.partition(_INSIDE)
    if not marked:
        root, below = "/", os.path.abspath(path)
    parts = [name for name in below.split("/") if name not in ("", ".")]
    if ".." in parts:
        raise _leads_out(path)
    descriptor = os.open(root, _FOLDER)
    at = root.rstrip("/")
    try:
        for name in parts:
            at = f"{at}/{name}"
            try:
                try:
                    below_it = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=descriptor)
                except FileNotFoundError:
                    if not create:
                        raise
                    with contextlib.suppress(FileExistsError):  # another process made it meanwhile
                        os.mkdir(name, dir_fd=descriptor)
                    below_it = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=descriptor)
            except OSError as error:
                if _is_link(name, descriptor):
                    raise LinkError.at(at) from error
                error.filename = at
                raise
            os.close(descriptor)
            descriptor = below_it
        yield descriptor
    finally:
        os.close(descriptor)


def _leads_out(path: str) -> OSError:
    return OSError(errno.EINVAL, "The path leads out of its folder", shown(path))


def _is_link(name: str, folder: int) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def _file_systems() -> Any:
    from apache_beam.io.filesystems import FileSystems

    return FileSystems
