"""The errors whose message is a sentence for the user.

    CopydeskError
    ├── CommandError      pipeline.commands     the command cannot do what was asked
    ├── OptionsError      pipeline.settings     a flag or an option has a wrong value
    ├── InputError        pipeline.dumps.inputs an input names no dump
    ├── TransformError    pipeline.transform    the declarations of transforms contradict each other
    ├── TooManyRejects    pipeline.rejects      more of a run are rejects than --max-rejects allows
    ├── RunError          pipeline.run          a run failed; nothing was committed
    ├── AccountingError   pipeline.shards       a line or record is lost, or counted twice
    ├── LinkError         pipeline.storage      a symbolic link where none is followed
    ├── WriteError        pipeline.storage      a working file cannot be written
    ├── WarehouseError    pipeline.warehouse    the warehouse cannot be used like this
    │   ├── LockedError       pipeline.warehouse    another process writes to the warehouse
    │   └── DamagedError  pipeline.warehouse    a manifest is damaged or missing, or a file it names
    ├── CatalogError      pipeline.warehouse    DuckDB refuses a view, or cannot write the file
    └── WorkerDied        pipeline.pool         a worker process died at no document in particular

The command line prints the message of these alone, and the type of any other exception with it.
"""

import errno
import sys

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Errors of the system that say that a disk, or what a user may have of it, is full."""


class CopydeskError(Exception):
    """The message says what is wrong and what to do, in one sentence.

    Attributes:
      exit_code: of a command that it ends.
    """

    exit_code = 1


def complain(sentence: str) -> None:
    """Prints a sentence to standard error, with escapes for what could control a terminal."""
    plain = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in sentence.rstrip("."))
    print(f"copydesk: {plain}.", file=sys.stderr)
