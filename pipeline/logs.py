"""What a user sees of the log: what copydesk itself has to say, and of libraries what helps.

Whatever goes wrong inside a library on the local runner is raised or becomes a reject; its log only
repeats it, between the lines of the progress. A cluster's runner tells the fate of its job by
logging alone.
"""

import logging

OWN = ("pipeline", "transforms")
"""Packages whose warnings are always shown."""


class LibraryFilter(logging.Filter):
    """Lets through what copydesk logs, and what libraries log from a level on.

    Args:
      least: the lowest level shown of libraries.
    """

    def __init__(self, least: int) -> None:
        super().__init__()
        self.least = least

    def filter(self, record: logging.LogRecord) -> bool:
        """Returns whether a record is shown."""
        return record.name.partition(".")[0] in OWN or record.levelno >= self.least


def set_up(debug: bool = False) -> None:
    """Puts one handler on standard error, in place of those that are there.

    To be called before Beam is imported, which warns of optional packages as it is, and would put
    up a handler of its own.

    Args:
      debug: whether everything from INFO on is shown, of libraries too.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("copydesk: %(levelname)s: %(message)s"))
    handler.addFilter(LibraryFilter(logging.INFO if debug else logging.CRITICAL))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO if debug else logging.WARNING)


def show_libraries() -> None:
    """From now on shows the warnings of libraries, too."""
    for handler in logging.getLogger().handlers:
        for filtering in handler.filters:
            if isinstance(filtering, LibraryFilter):
                filtering.least = min(filtering.least, logging.WARNING)
