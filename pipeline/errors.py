"""The errors whose message is a sentence for the user.

    CopydeskError
    ├── AccountingError     pipeline.shards              a line or record is lost, or counted twice
    ├── CatalogError        pipeline.warehouse.catalog   DuckDB refuses a view, or cannot write it
    ├── CommandError        pipeline.commands            the command cannot do what was asked
    ├── ExportError         pipeline.warehouse.export    the rows cannot be exported
    ├── InputError          pipeline.dumps.inputs        an input names no dump
    │   └── NoDumpsError    pipeline.dumps.inputs        there may be some later
    ├── KafkaError          pipeline.dumps.kafka         a topic cannot be read
    ├── LinkError           pipeline.storage.paths       a symbolic link where none is followed
    ├── ObjectError         pipeline.storage.objects     object storage cannot be used like this
    ├── OptionsError        pipeline.settings            a flag or an option has a wrong value
    ├── RunError            pipeline.execute             a run failed; nothing was committed
    ├── StorageError        pipeline.storage.objects     object storage fails
    ├── TooManyRejects      pipeline.rejects             more fail than --max-rejects allows
    ├── TransformError      pipeline.transform           transforms contradict each other
    ├── WarehouseError      pipeline.warehouse.manifest  the warehouse cannot be used like this
    │   ├── DamagedError    pipeline.warehouse.manifest  what it holds is damaged or missing
    │   ├── LockLostError   pipeline.warehouse.manifest  another process may hold its lock
    │   ├── LockedError     pipeline.warehouse.manifest  another process writes to it
    │   └── UnreachableError pipeline.warehouse.manifest a file cannot be opened now
    ├── WorkerDied          pipeline.pool                a worker died at no document in particular
    └── WriteError          pipeline.storage.paths       a working file cannot be written

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


def count(number: int, noun: str) -> str:
    """Returns a number with its noun, as ``1 dump`` or ``1,200 dumps``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def complain(sentence: str) -> None:
    """Prints a sentence to standard error, with escapes for what could control a terminal."""
    plain = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in sentence.rstrip("."))
    print(f"copydesk: {plain}.", file=sys.stderr)
