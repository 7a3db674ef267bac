"""``copydesk`` as a process of its own: its signals and standard streams.

The entry point of the command.
"""

import atexit
import contextlib
import os
import sys
from typing import NoReturn

from pipeline import signals


def command() -> NoReturn:
    """Runs ``copydesk`` with the arguments of the process, and ends it with its exit code.

    What libraries have registered for the end runs, such as what stops an engine that Beam has
    started. Python does not clean up after that: where a thread of a library is still at work, as
    after an early error, that aborts the process.
    """
    code = 1

    def end() -> None:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):  # its reader has left; it is closed
                stream.flush()
        os._exit(code)

    atexit.register(end)  # what is registered first runs last
    try:
        code = main()
    except SystemExit as asked:
        code = asked.code if isinstance(asked.code, int) else int(asked.code is not None)
        raise
    sys.exit(code)


def main() -> int:
    """Runs ``copydesk`` with the arguments of the process, and returns its exit code.

    Raises:
      SystemExit: after ``--help`` and ``--version`` (0), and on wrong usage (2).
    """
    signals.end_on_signals()
    _open_standard_streams()
    from pipeline import cli  # once signals are handled: a tenth of a second

    return cli.main(sys.argv[1:], own_process=True)


def _open_standard_streams() -> None:
    """Opens the standard streams that whoever started the process has closed."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # A file of the warehouse would take its place, and what libraries and other processes
            # write to standard output would end up in that. The lowest free number is taken.
            os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(descriptor, True)
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - lives as long as the process
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
