"""Keeps temporary files in one folder, which is removed when the process ends, however."""

import os

from pipeline.errors import CopydeskError

_REMOVER = """
folder=$(mktemp -d "${TMPDIR:-/tmp}/copydesk-XXXXXX") && echo "$folder" && read -r _
rm -rf -- "$folder"
"""
"""Script that makes a folder, prints its path, and removes it once its standard input ends."""


def keep_temporary_files_together() -> None:
    """Makes a folder for all temporary files, which is removed when this process ends, however.

    The fork server of multiprocessing, Beam and DuckDB put sockets and files below ``TMPDIR``, and
    after ``kill -9`` nobody removes them. A shell in a session of its own waits for the end of a
    pipe that only this process holds; to start it takes 2 ms.

    Raises:
      CopydeskError: no folder can be made.
    """
    alive_read, _alive = os.pipe()  # the end of this process closes its other end
    path_read, path_write = os.pipe()
    os.posix_spawnp(
        "sh",
        ["sh", "-c", _REMOVER],
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_DUP2, alive_read, 0),
            (os.POSIX_SPAWN_DUP2, path_write, 1),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ],
        setsid=True,
    )
    os.close(alive_read)
    os.close(path_write)
    with open(path_read, "rb") as file:
        folder = os.fsdecode(file.readline().rstrip(b"\n"))
    if not folder:
        raise CopydeskError(
            "no folder for temporary files can be made. Make room in the folder that TMPDIR names "
            "(/tmp if it names none), or set TMPDIR to a folder that can be written"
        )
    os.environ["TMPDIR"] = folder
