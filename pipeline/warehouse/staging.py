"""The folder of a run's working files: where they are, and when they may go.

As long as a run has this folder, what it wrote is of an unfinished run, which the next writer
removes; see :mod:`pipeline.warehouse.orphans`.
"""

import os
import time

from pipeline import storage

ELSEWHERE = "elsewhere"
"""File in a run's staging folder with the address of its working files, if that is another."""

CLUSTER = "cluster"
"""Empty file in the staging folder of a run on a cluster."""

JOB_SECONDS = 7 * 86_400.0
"""How long a job on a cluster may go on writing after the process that submitted it was killed."""


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
