"""The folder of a run's working files: where they are, and when they may go.

As long as a run has this folder, what it wrote is of an unfinished run, which the next writer
removes; see :mod:`pipeline.warehouse.orphans`.
"""

import os
import time

from pipeline import storage
from pipeline.warehouse.manifest import WarehouseError, not_written

ELSEWHERE = "elsewhere"
"""File in a run's staging folder with the address of its working files, if that is another."""

CLUSTER = "cluster"
"""Empty file in the staging folder of a run on a cluster."""

JOB_SECONDS = 7 * 86_400.0
"""How long a job on a cluster may go on writing after the process that submitted it was killed."""


def make_folder(folder: str, elsewhere: str, cluster: bool) -> str:
    """Creates the folder of a run's working files, and returns it.

    Args:
      folder: the run's staging folder, which holds the address of another one.
      elsewhere: folder outside the warehouse, or URL, to create it in; empty for none.
      cluster: True if the run may go on writing after this process was killed.

    Raises:
      WarehouseError: a folder cannot be created, or its address not be recorded.
    """
    try:
        storage.make_folder(folder)
        if cluster:
            with storage.open_output(f"{folder}/{CLUSTER}"):
                pass
    except OSError as error:
        raise not_written(folder, error) from error
    if not elsewhere:
        return folder
    if not storage.is_remote(elsewhere):
        elsewhere = os.path.abspath(elsewhere)
    address = f"{elsewhere.rstrip('/')}/{os.path.basename(folder)}"
    try:
        with storage.open_output(f"{folder}/{ELSEWHERE}") as file:
            file.write(os.fsencode(address))
    except OSError as error:
        raise not_written(f"{folder}/{ELSEWHERE}", error) from error
    path = path_at(address)
    try:
        storage.make_folder(path)
    except (OSError, ValueError) as error:
        storage.remove_tree(folder)
        raise WarehouseError(
            f"{elsewhere} cannot hold working files: {error}. Give another --staging, or leave the "
            "flag out: working files are then in the warehouse."
        ) from error
    return path


def path_at(address: str) -> str:
    """Returns the path of working files at an address, which the user chose up to the run's id."""
    if storage.is_remote(address):
        return address
    return storage.inside(*os.path.split(address))


def remove_elsewhere(folder: str) -> bool:
    """Removes working files outside the warehouse; returns False if some remain.

    Args:
      folder: the run's staging folder.
    """
    if not storage.status(f"{folder}/{ELSEWHERE}"):
        return True
    with storage.open_file(f"{folder}/{ELSEWHERE}") as file:
        address = os.fsdecode(file.read())
    # An address that a full disk cut off does not end with the run's id.
    own = address.endswith(f"/{os.path.basename(folder)}")
    return not own or storage.remove_tree(path_at(address))


def keep_for_job(folder: str) -> bool:
    """Empties the staging folder of a run that was killed, whose job may still run on a cluster.

    The folder stays, by which what the job writes from now on is known to be of an unfinished run.

    Args:
      folder: the run's staging folder.

    Returns:
      False if there is no such job, and nothing was done.
    """
    job = storage.status(f"{folder}/{CLUSTER}")
    if job is None or job.modified < time.time() - JOB_SECONDS:
        return False
    remove_elsewhere(folder)
    for name in storage.names(folder):
        path = f"{folder}/{name}"
        found = storage.status(path)
        if found is None or found.is_folder:  # on object storage a folder has no status
            storage.remove_tree(path)
        elif name not in (CLUSTER, ELSEWHERE):
            storage.remove(path)
    return True
