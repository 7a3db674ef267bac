"""Log messages that a user sees: those of copydesk, and of libraries where they help.

On the local runner an error inside a library is raised or becomes a reject; its log messages only
repeat it, between the lines of progress. A cluster's runner reports the state of a job by logging
alone.
"""

import logging

OWN = ("pipeline", "transforms")
"""Packages whose warnings are always shown."""


def set_up(debug: bool = False) -> None:
    """Puts one handler on standard error, in place of those of the root logger.

    Call it before Beam is imported, which warns of missing optional packages and installs a handler
    of its own.

    Args:
      debug: shows everything from INFO on, also of libraries.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("copydesk: %(levelname)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO if debug else logging.CRITICAL)
    for package in OWN:
        logging.getLogger(package).setLevel(logging.INFO if debug else logging.WARNING)
    # It warns of each engine that it ends after a run.
    logging.getLogger("apache_beam.utils.subprocess_server").setLevel(logging.ERROR)


def show_libraries() -> None:
    """Shows warnings of libraries from now on."""
    root = logging.getLogger()
    root.setLevel(min(root.level, logging.WARNING))
