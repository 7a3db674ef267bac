"""The command line: ``copydesk run | watch | status | shell | files | export | verify | ...``.

Exit codes: 0 done (rejects included; ``watch`` was asked to stop), 1 failed, with one sentence on
standard error, 2 wrong usage, 3 done or refused, as --on-too-many-rejects says, with more failures
than --max-rejects allows, 128 + N ended by signal N: 130 interrupted, 143 terminated, 129 terminal
closed, 141 the reader of standard output has left, as ``head`` does.

What each command does is in :mod:`pipeline.commands`.
"""

import argparse
import inspect
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import metadata
from typing import NamedTuple, NoReturn

from pipeline import commands, logs
from pipeline.commands import WAREHOUSE, collector_paused
from pipeline.errors import FULL, CopydeskError, complain
from pipeline.temporary import keep_temporary_files_together

DONE, FAILED, WRONG_USAGE, READER_LEFT = 0, 1, 2, 128 + signal.SIGPIPE

_WITHOUT_WORKERS = re.compile("-h|--help|--runner")
"""Arguments of a run that has no worker processes here, or may have none."""


def main(arguments: Sequence[str], own_process: bool = False) -> int:
    """Runs a command and returns its exit code.

    Args:
      arguments: what follows ``copydesk``.
      own_process: True if nothing else runs in this process: its temporary files go where they are
        removed however it ends.

    Raises:
      SystemExit: after ``--help`` and ``--version`` (0), and on wrong usage (2).
    """
    debug = "--debug" in arguments
    logs.set_up(debug)
    try:
        if not arguments:
            command_parser("").print_help(sys.stderr)
            return WRONG_USAGE
        command = COMMANDS.get(_command_in(arguments))
        if own_process and command is not None and command.temporary:
            keep_temporary_files_together()
        if (
            command is not None
            and command.function in (commands.run, commands.watch)
            and not any(map(_WITHOUT_WORKERS.match, arguments))
        ):
            from pipeline.fork_server import TASK_MODULES, start_fork_server

            # It imports on one core what tasks need, while this process parses the arguments, and
            # imports Beam, on another.
            start_fork_server((TASK_MODULES,))
        with collector_paused():
            args, rest = parse(arguments)
        args.command(args, rest)
        sys.stdout.flush()
        return DONE
    except BrokenPipeError:  # the reader of what is printed has left
        _discard_output()
        return READER_LEFT
    except Exception as error:  # noqa: BLE001 - a command line ends with a sentence
        if debug:
            traceback.print_exc()
        if isinstance(error, CopydeskError):
            complain(str(error))
        elif isinstance(error, OSError) and error.filename is None and error.errno in FULL:
            _discard_output()
            complain(
                f"standard output or a temporary file cannot be written: {error.strerror}. The "
                "warehouse holds what was committed; make room where the output goes, or in the "
                "folder that TMPDIR names, and run again"
            )
        elif isinstance(error, PermissionError) and error.filename is not None:
            complain(
                f"{error.filename} may not be opened or changed by this user "
                f"({error.strerror}). Give it permission for that, or run as another user."
            )
        else:
            hint = "" if debug else " Add --debug to see where"
            complain(f"{type(error).__name__}: {str(error).rstrip('.')}.{hint}")
        return error.exit_code if isinstance(error, CopydeskError) else FAILED


class _Parser(argparse.ArgumentParser):
    """Parser whose errors print one line of usage, and then the sentence that matters."""

    def error(self, message: str) -> NoReturn:
        """Ends with wrong usage."""
        self.exit(
            WRONG_USAGE,
            f"usage: {self.prog} ...; {self.prog} --help shows all\n"
            f"{self.prog}: error: {message}\n",
        )


def parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Returns the parsed arguments, and those for DuckDB's shell or for Beam.

    Raises:
      SystemExit: after ``--help`` and ``--version`` (0), and on wrong usage (2).
    """
    args, rest = command_parser(_command_in(arguments)).parse_known_args(arguments)
    if rest and args.command not in (commands.shell, commands.run, commands.watch):
        args.parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return args, rest


def _command_in(arguments: Sequence[str]) -> str:
    """Returns the name of the command; empty if there is none."""
    return next(filter(COMMANDS.__contains__, arguments), "")


def command_parser(command: str) -> argparse.ArgumentParser:
    """Returns the parser of the command line.

    Args:
      command: the one that will be parsed; it alone gets its flags. Those of ``run`` take the
        import of all transforms.
    """
    parser = _Parser(
        prog="copydesk",
        description="Raw news article dumps in; clean, tagged paragraphs with verified copy links "
        "out, as Parquet that DuckDB queries.",
        epilog="copydesk COMMAND --help describes a command and all its flags.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=metadata.version("copydesk"))
    parser.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, member in COMMANDS.items():
        summary, _, description = (inspect.getdoc(member.function) or "").partition("\n\n")
        subparser = subparsers.add_parser(
            name,
            help=summary[:1].lower() + summary[1:].rstrip("."),
            description=description or summary,
            allow_abbrev=False,
        )
        subparser.set_defaults(command=member.function, parser=subparser)
        subparser.add_argument(
            "--debug",
            action="store_true",
            help="show tracebacks, and the log messages of libraries",
        )
        if name == command:
            member.add_flags(subparser)
    return parser


def _add_warehouse_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--warehouse",
        metavar="DIR",
        default=WAREHOUSE,
        help="folder of the warehouse, or its URL on object storage. Default: %(default)s.",
    )


def _add_status_flags(parser: argparse.ArgumentParser) -> None:
    _add_warehouse_flag(parser)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def _add_worker_flags(parser: argparse.ArgumentParser) -> None:
    from pipeline.flags import DOCUMENT_MIB

    _add_warehouse_flag(parser)
    parser.add_argument(
        "--processes",
        type=int,
        metavar="N",
        default=0,
        help="worker processes. Default: %(default)s: one per core.",
    )
    parser.add_argument(
        "--document-memory",
        type=int,
        metavar="MIB",
        default=DOCUMENT_MIB,
        help="memory limit of a worker process. Default: %(default)s MiB.",
    )


def _add_repair_flags(parser: argparse.ArgumentParser) -> None:
    _add_worker_flags(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be done; change nothing"
    )
    parser.add_argument(
        "--without-damaged",
        action="store_true",
        help="go on without what cannot be read of a file of rows, and without the articles that "
        "are incomplete without it; their dumps can be read again. All files are kept in set-aside",
    )


def _add_files_flags(parser: argparse.ArgumentParser) -> None:
    _add_warehouse_flag(parser)
    parser.add_argument("table", metavar="TABLE", nargs="?", help="only the files of this table")


def _add_export_flags(parser: argparse.ArgumentParser) -> None:
    from pipeline.warehouse.export import FORMATS, SHARD_ROWS

    _add_warehouse_flag(parser)
    parser.add_argument(
        "--to", metavar="DIR", required=True, help="folder to create; it must be new or empty."
    )
    parser.add_argument(
        "--format",
        metavar="NAME",
        choices=tuple(FORMATS),
        default="parquet",
        help="format of the files: %(choices)s. Default: %(default)s.",
    )
    parser.add_argument(
        "--table",
        metavar="NAME",
        default="",
        help="table or view to export. Default: corpus, or articles where no transform defines it.",
    )
    parser.add_argument(
        "--where",
        metavar="SQL",
        default="",
        help="""condition on its rows in DuckDB's SQL, as in --where "language = 'en'".""",
    )
    parser.add_argument(
        "--shard-rows",
        type=int,
        metavar="N",
        default=SHARD_ROWS,
        help="rows of a file. Default: %(default)s rows.",
    )


def _add_run_flags(parser: argparse.ArgumentParser) -> None:
    from pipeline.flags import LOCAL_RUNNER, RUNNERS, add_flags
    from pipeline.plan import discover
    from pipeline.settings import add_transform_flags

    add_flags(parser)
    add_transform_flags(parser, discover())
    parser.add_argument_group("Beam").add_argument(
        "--runner",
        metavar="NAME",
        default=LOCAL_RUNNER,
        help=f"what runs the pipeline: {', '.join(RUNNERS)}. Default: %(default)s, one pinned "
        "engine in this process. All other options of Beam are passed on, as in "
        "--flink_master HOST:PORT.",
    )


def _add_watch_flags(parser: argparse.ArgumentParser) -> None:
    from pipeline.flags import add_watch_flags

    _add_run_flags(parser)
    add_watch_flags(parser)


class Command(NamedTuple):
    """A command: its name and its help are those of its function.

    Attributes:
      function: does it, with the parsed arguments and those for DuckDB's shell or for Beam.
      add_flags: adds its flags to its parser.
      temporary: False if it writes no temporary files.
    """

    function: Callable[[argparse.Namespace, list[str]], None]
    add_flags: Callable[[argparse.ArgumentParser], None] = _add_warehouse_flag
    temporary: bool = True


COMMANDS = {
    member.function.__name__: member
    for member in (
        Command(commands.run, _add_run_flags),
        Command(commands.watch, _add_watch_flags),
        Command(commands.status, _add_status_flags, temporary=False),
        Command(commands.shell, temporary=False),
        Command(commands.files, _add_files_flags, temporary=False),
        Command(commands.export, _add_export_flags),
        Command(commands.transforms, lambda parser: None, temporary=False),
        Command(commands.verify),
        Command(commands.catalog),
        Command(commands.reindex, _add_worker_flags),
        Command(commands.repair, _add_repair_flags),
    )
}
"""The commands by name, in the order of the help."""


def _discard_output() -> None:
    """Keeps Python from writing the rest of standard output once more, and complaining, on exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
