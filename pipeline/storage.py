"""Files at a local path or at a URL of Beam's file systems (``gs://``, ``s3://``, ``hdfs://``).

Beam is imported for URLs only: it costs a worker process two seconds and 100 MB.
"""

import os
import re
import shutil
from typing import IO, Any

import pyarrow as pa

_URL = re.compile(r"\s*[a-zA-Z][-a-zA-Z0-9+.]*://")


def is_remote(path: str) -> bool:
    """Returns True for a URL, False for a path of this machine."""
    return _URL.match(path) is not None


def open_input(path: str) -> Any:
    """Opens a file for random reading, uncompressed; a local one is memory-mapped.

    Raises:
      OSError: the file cannot be opened.
    """
    if not is_remote(path):
        return pa.memory_map(path)
    return _file_systems().open(path, compression_type="uncompressed")


def open_output(path: str) -> IO[bytes]:
    """Creates a file, and its folder.

    Raises:
      OSError: the file cannot be created.
    """
    if not is_remote(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return open(path, "wb")
    file: IO[bytes] = _file_systems().create(path, compression_type="uncompressed")
    return file


def make_folder(path: str) -> None:
    """Creates a folder and its parents. Object stores have none: there the scheme is checked.

    Raises:
      OSError: the folder cannot be created.
      ValueError: no file system is installed for the scheme of the URL.
    """
    if is_remote(path):
        _file_systems().get_filesystem(path)
    else:
        os.makedirs(path, exist_ok=True)


def match(pattern: str) -> list[tuple[str, int]]:
    """Returns path and bytes of the files that match a URL with ``*``, ``?``, ``[...]`` or ``**``.

    Raises:
      OSError: the storage does not respond, or refuses.
      ValueError, ImportError: no file system is installed for the scheme of the URL.
    """
    found = _file_systems().match([pattern])[0].metadata_list
    return [(file.path, int(file.size_in_bytes)) for file in found]


def remove_tree(path: str) -> bool:
    """Removes a folder with its files; returns False if some remain."""
    if not is_remote(path):
        shutil.rmtree(path, ignore_errors=True)
        return not os.path.exists(path)
    try:
        if files := [file for file, _ in match(f"{path}/**")]:
            _file_systems().delete(files)
    except (OSError, ValueError):
        return False
    return True


def _file_systems() -> Any:
    from apache_beam.io.filesystems import FileSystems

    return FileSystems
