"""The process from which all workers are forked: what it imports (never Beam), and their limits."""

import contextlib
import multiprocessing
import multiprocessing.forkserver
import multiprocessing.resource_tracker
import os
import resource
import signal
import sys
from collections.abc import Iterator, Sequence

from pipeline.errors import CopydeskError

TASK_MODULES = "pipeline.tasks.imports"
"""Name of the module that imports what tasks need. Only the fork server imports it."""

_ENVIRONMENT = {
    # A worker is one core's worth of work: BLAS must not start threads of its own.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # malloc alone, which keeps up to 64 MiB that a task leaves for the next (mallopt(3)): each page
    # handed back and asked for again costs the kernel 3 us. Over 82 MB of text a run had 460,000
    # page faults with Arrow's own allocator and 166,000 so.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}
"""Environment of the fork server, unless set otherwise by the user."""


def start_fork_server(modules: Sequence[str]) -> None:
    """Starts the process from which all workers of this process are forked, once.

    It imports while its caller does other things; workers share what it has imported.

    Args:
      modules: names of modules that tasks need.

    Raises:
      CopydeskError: it cannot be started.
    """
    # pyarrow imports pandas, where it is installed, at its first array.
    multiprocessing.set_forkserver_preload(["pipeline.pool", *modules, "pandas"])
    # The tracker removes the semaphores of a killed process, and would warn that it has to.
    with _environment(PYTHONWARNINGS="ignore:resource_tracker:UserWarning"):
        multiprocessing.resource_tracker.ensure_running()  # which unblocks SIGINT when it starts
    # Ctrl-C goes to every process of the terminal. Here it is left to the caller, which ends the
    # workers: the fork server and its workers inherit the mask.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with _environment(**(_ENVIRONMENT | os.environ)):
            multiprocessing.forkserver.ensure_running()
    except OSError as error:
        raise CopydeskError(
            f"no worker process can be started: {error}. Set TMPDIR to a folder that can be "
            "written, with a short path such as /tmp: the path of a socket has some 100 characters"
        ) from error
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


@contextlib.contextmanager
def _environment(**variables: str) -> Iterator[None]:
    """Sets variables of the environment that processes inherit which start meanwhile."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


def limit_process(memory_limit: int) -> None:
    """Limits the data of this process, a worker, to so many bytes beyond what it holds."""
    _set_soft_limit(resource.RLIMIT_CORE, 0)  # a crash is expected; gigabytes of core file are not
    held = 0
    if sys.platform == "linux":
        with open("/proc/self/statm", "rb") as file:
            held = int(file.read().split()[5]) * resource.getpagesize()
        # When the machine runs out of memory, the kernel had better take a worker than the run.
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as scores:
            scores.write("500")
    _set_soft_limit(resource.RLIMIT_DATA, held + memory_limit)


def _set_soft_limit(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (soft, hard))
