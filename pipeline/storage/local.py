"""Files and folders of this machine.

No symbolic link inside a warehouse or a staging folder is followed, whatever is opened, created,
renamed or removed: it could lead to files of somebody else. The folder itself may be a link, or lie
behind some: as in rsync's ``--relative``, ``/./`` in a path ends the part that the user chose
(:func:`pipeline.storage.inside`), and behind it every folder is opened from the one above, with
``O_NOFOLLOW`` (openat(2)). A path without ``/./`` may have no link at all.
"""

import contextlib
import errno
import mmap
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from typing import IO, Any

import pyarrow as pa

from pipeline.storage.paths import INSIDE, LinkError, Status, check_regular, shown

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def open_input(path: str) -> Any:
    """Opens a file for random reading, memory-mapped."""
    with open_local(path) as file:
        if not os.fstat(file.fileno()).st_size:  # which cannot be mapped
            return pa.BufferReader(b"")
        return pa.BufferReader(pa.py_buffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))


def read_range(path: str, offset: int, length: int) -> pa.Buffer:
    """Returns some bytes of a file, memory-mapped."""
    with open_input(path) as file:
        file.seek(offset)
        return file.read_buffer(length)


def open_output(path: str) -> IO[bytes]:
    """Creates a file, and its folder."""
    make_folder(f"{path.rpartition('/')[0]}/")  # with the mark behind the warehouse's own folder
    opened: IO[bytes] = open_local(path, "wb")
    return opened


class NewFile:
    """A file under a temporary name, which takes its own once it is whole and on the disk.

    Args:
      path: its own name; the folder is created.

    Raises:
      OSError: it cannot be created, written or renamed.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._temporary = hidden(path)
        self._file = open_output(self._temporary)
        self.closed = False

    def write(self, data: Any) -> int:
        """Writes some bytes."""
        return self._file.write(data)

    def tell(self) -> int:
        """Returns the number of bytes written."""
        return self._file.tell()

    def flush(self) -> None:
        """Hands all bytes to the system."""
        self._file.flush()

    def sync(self) -> None:
        """Brings all bytes to the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def keep(self, sync: bool = True) -> None:
        """Gives the file its name, in place of one that has it; its folder is not synced."""
        try:
            if sync:
                self.sync()
            self._file.close()
            rename(self._temporary, self._path)
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Removes the file."""
        with contextlib.suppress(OSError):  # closing may write, and fail as the writing did
            self._file.close()
        remove(self._temporary)


def hidden(path: str) -> str:
    """Returns a temporary name beside a path, which no other has."""
    folder, name = os.path.split(path)
    return f"{folder}/.{name}.{secrets.token_hex(4)}.tmp"


def create(path: str, content: bytes) -> None:
    """Writes a whole file, its folder if need be, and syncs both, unless one has its name.

    Raises:
      FileExistsError: one has.
      OSError: it cannot be written.
    """
    temporary = hidden(path)
    try:
        with open_output(temporary) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        link(temporary, path)  # which, unlike a rename, never replaces a file
    finally:
        remove(temporary)
    sync_folder(os.path.dirname(path))


def make_folder(path: str) -> None:
    """Creates a folder and its parents."""
    if INSIDE in path:
        os.makedirs(path.partition(INSIDE)[0], exist_ok=True)
    with _folder(path, create=True):
        pass


def remove_tree(path: str) -> bool:
    """Removes a folder with its files, links in it as links; returns False if some remain."""
    try:
        empty_folder(path)
        remove_empty_folder(path)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def open_local(path: str, mode: str = "rb") -> Any:
    """Opens a local file as ``open`` does.

    Raises:
      LinkError: a link is in the way.
      OSError: the file cannot be opened, or is a folder, pipe, socket or device.
    """
    with _parent(path) as (folder, name):

        def opener(_: str, flags: int) -> int:
            # Opening a pipe waits for its other end, unless told not to.
            found = os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666, dir_fd=folder)
            try:
                check_regular(shown(path), os.fstat(found))
            except OSError:
                os.close(found)
                raise
            return found

        try:
            encoding = None if "b" in mode else "utf-8"
            return open(shown(path), mode, encoding=encoding, opener=opener)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise LinkError.at(path) from error
            error.filename = shown(path)
            raise


def status(path: str) -> Status | None:
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
    return Status(found.st_size, found.st_mtime, stat.S_ISDIR(found.st_mode))


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
    """Yields a descriptor of the folder a path lies in, and its last name.

    Errors that name the latter get the whole path.
    """
    folder, _, name = path.rpartition("/")
    if name == "..":
        raise _leads_out(path)
    with _folder(f"{folder}/") as descriptor:
        try:
            yield descriptor, name
        except OSError as error:
            if error.filename == name:
                error.filename = shown(path)
            raise


@contextlib.contextmanager
def _folder(path: str, create: bool = False) -> Iterator[int]:
    """Yields a descriptor of a folder, to which no link behind ``/./`` has led."""
    root, marked, below = path.partition(INSIDE)
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
