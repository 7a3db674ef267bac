"""The command line: ``copydesk run | shell | transforms | verify | reindex``.

Exit codes: 0 done (rejects included), 1 failed, with one sentence on standard error, 2 wrong usage,
130 interrupted. Each command imports what it needs itself: Beam takes some two seconds, pyarrow and
DuckDB half a second, and ``copydesk --help`` needs none of them.
"""

import argparse
import atexit
import contextlib
import difflib
import gc
import os
import re
import shlex
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import metadata
from typing import TYPE_CHECKING, Any, NoReturn

from pipeline import logs

if TYPE_CHECKING:
    from pipeline.options import CopydeskOptions
    from pipeline.run import RunReport
    from pipeline.transform import Transform

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

WAREHOUSE = "warehouse"
"""Folder of the warehouse where ``--warehouse`` names none; the same for every command."""

_ROLE = re.compile(r":[a-z]+:(?=`)")
"""Markup of docstrings that means nothing on a terminal: the role in :func:`name`."""


class CommandError(Exception):
    """What the command cannot do, and the remedy, in one sentence."""


def program() -> NoReturn:
    """``copydesk``: runs the command of this process, and ends the process.

    What was registered for the end is done; but no thread is waited for, all of which are idle, and
    no object is taken apart: with Beam and all else that takes a quarter of a second.
    """
    code = main()
    atexit._run_exitfuncs()
    sys.stderr.flush()
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code.

    Args:
      arguments: what follows ``copydesk``; ``None`` takes those of the process.

    Raises:
      SystemExit: after ``--help`` and ``--version`` (0), and on wrong usage (2).
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    logs.set_up(debug)
    try:
        if not given:
            _top_parser().print_help(sys.stderr)
            return WRONG_USAGE
        if given[0] not in COMMANDS:
            _top_parser().parse_args(given)  # prints help, the version or what is wrong, and exits
            return WRONG_USAGE
        code = COMMANDS[given[0]](given[1:])
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        _complain("interrupted. The warehouse holds what was committed before; run again to go on")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe has left, as `head` does; Python would complain once more on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # noqa: BLE001 - a command line ends with a sentence
        if debug:
            traceback.print_exc()
        if isinstance(error, _expected_errors()):
            _complain(str(error))
        else:
            hint = "" if debug else " Add --debug to see where"
            _complain(f"{type(error).__name__}: {str(error).rstrip('.')}.{hint}")
        return FAILED


def run(arguments: Sequence[str]) -> int:
    """``copydesk run``: reads dumps into the warehouse."""
    from pipeline.pool import start_fork_server
    from pipeline.tasks import task_modules
    from pipeline.transform import discover

    # It imports on one core what tasks need, while this process imports Beam on another.
    start_fork_server(task_modules(discover()))
    with _without_collections():
        options = run_options(arguments)
        from pipeline import run as runs

    print(render_report(runs.run(options), copydesk=_spelled()))
    return DONE


@contextlib.contextmanager
def _without_collections() -> Iterator[None]:
    """Looks for no circles among objects while modules are imported, and later not among theirs."""
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


def shell(arguments: Sequence[str]) -> int:
    """``copydesk shell``: the DuckDB shell on the catalog, which it cannot change."""
    from pipeline.catalog import CATALOG_NAME

    parser = _parser(
        "shell",
        "Open the DuckDB shell on the warehouse's catalog, read-only. Whatever follows goes to the "
        "shell: copydesk shell -c 'FROM copies', copydesk shell -csv < queries.sql",
        warehouse=True,
    )
    known, passed_on = parser.parse_known_args(arguments)
    catalog = os.path.join(known.warehouse, CATALOG_NAME)
    if not os.path.isfile(catalog):
        raise CommandError(
            f"there is no catalog {catalog}. Make one with copydesk run --input PATH "
            f"--warehouse {shlex.quote(known.warehouse)}, or name another folder with --warehouse"
        )
    command = [sys.executable, "-m", "duckdb_cli", "-readonly", catalog, *passed_on]
    sys.stdout.flush()
    os.execv(command[0], command)


def transforms(arguments: Sequence[str]) -> int:
    """``copydesk transforms``: what is done to an article, in order."""
    from pipeline.article import READ_COLUMNS, READ_FIELDS
    from pipeline.settings import configure
    from pipeline.transform import discover, order

    parser = _parser("transforms", "List the transforms in the order they run.")
    parser.parse_args(arguments)
    members = order(configure(discover(), {}), [*READ_COLUMNS, *READ_FIELDS])
    print(render_transforms(members))
    return DONE


def check(arguments: Sequence[str]) -> int:
    """``copydesk verify``: checks a warehouse against its own manifest."""
    from pipeline.warehouse import verify

    parser = _parser(
        "verify",
        "Check the whole warehouse: every file is there and intact, every id leads somewhere, "
        "every count adds up. Changes nothing.",
        warehouse=True,
    )
    known = parser.parse_args(arguments)
    found = verify(known.warehouse)
    if not found.number and found.ok:
        raise CommandError(
            f"nothing was ever committed to {known.warehouse}. Name the folder of a warehouse "
            "with --warehouse, or make one with copydesk run --input PATH"
        )
    for problem in found.problems:
        print(problem)
    if not found.ok:
        raise CommandError(
            f"{known.warehouse} is damaged: {_count(len(found.problems), 'problem')}, named above"
        )
    rows = ", ".join(f"{count:,} {table}" for table, count in found.rows.items())
    print(f"{known.warehouse} is sound: manifest {found.number}, {rows}.")
    if found.orphans:
        print(
            f"{_count(len(found.orphans), 'file')} of an unfinished run lie beside it; "
            "they do no harm, and the next run removes them."
        )
    return DONE


def reindex(arguments: Sequence[str]) -> int:
    """``copydesk reindex``: rebuilds what later runs compare with."""
    from pipeline.options import available_cores
    from pipeline.reindex import reindex as rebuild

    parser = _parser(
        "reindex",
        "Rebuild the index that later runs compare with from the warehouse itself. Needed after an "
        "upgrade that changes how paragraphs are compared; copydesk run says so.",
        warehouse=True,
    )
    parser.add_argument(
        "--processes",
        type=int,
        metavar="N",
        default=0,
        help="worker processes. Default: %(default)s, which is one a core.",
    )
    parser.add_argument(
        "--document-memory",
        type=int,
        metavar="MIB",
        default=2048,
        help="memory a worker process may hold. Default: %(default)s MiB.",
    )
    known = parser.parse_args(arguments)
    if known.processes < 0 or known.document_memory < 64:
        parser.error("--processes must be 0 or more, and --document-memory 64 or more")
    report = rebuild(
        known.warehouse, known.processes or available_cores(), known.document_memory << 20
    )
    print(
        f"{known.warehouse} is indexed anew: {_count(report.articles, 'article')}, "
        f"{report.rows:,} rows, {report.seconds:.1f} seconds."
    )
    return DONE


COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "run": run,
    "shell": shell,
    "transforms": transforms,
    "verify": check,
    "reindex": reindex,
}


def run_options(arguments: Sequence[str]) -> "CopydeskOptions":
    """Returns the options of ``copydesk run``, checked, Beam's own among them.

    Raises:
      SystemExit: on wrong usage (2), after a message that says what is right.
    """
    from pipeline.options import LOCAL_RUNNER, CopydeskOptions
    from pipeline.runners import RUNNERS, make_runner
    from pipeline.settings import OptionsError
    from pipeline.transform import discover

    parser = _parser(
        "run",
        "Read article dumps, clean and tag them, find the paragraphs one outlet took from another, "
        "and file the result in the warehouse.",
    )
    CopydeskOptions._add_argparse_args(parser)
    beam = parser.add_argument_group("Beam")
    beam.add_argument(
        "--runner",
        metavar="NAME",
        default=LOCAL_RUNNER,
        help=f"what runs the pipeline: {', '.join(RUNNERS)}. Default: %(default)s, one pinned "
        "engine in this process. Every other option of Beam passes through, as in "
        "--flink_master HOST:PORT.",
    )
    known, rest = parser.parse_known_args(arguments)
    if known.runner == LOCAL_RUNNER:
        _refuse_unknown(parser, rest)
    own = {name: value for name, value in vars(known).items() if name not in ("runner", "debug")}
    options = CopydeskOptions([*rest, f"--runner={known.runner}"], **own)
    try:
        options.validate()
        options.transforms(discover())
        make_runner(options)
    except OptionsError as error:
        parser.error(str(error))
    if known.runner != LOCAL_RUNNER:
        logs.show_libraries()
    return options


def render_report(report: "RunReport", copydesk: str) -> str:
    """Returns what ``run`` prints at its end.

    Args:
      report: of the run.
      copydesk: the command as the user can type it.
    """
    place = "" if report.warehouse == WAREHOUSE else f" --warehouse {shlex.quote(report.warehouse)}"
    following = f"Next: {copydesk} shell{place}"
    if report.nothing_new:
        return (
            f"Nothing is new: {report.warehouse} holds all {_count(report.dumps, 'dump')} already. "
            f"Nothing was changed.\n{following}\nTo read them again, as with another --map: --again"
        )
    rows: list[tuple[str, str]] = [
        ("dumps read", f"{report.new_dumps:,}"),
        ("articles", f"{report.articles:,}"),
        ("paragraphs kept", f"{report.paragraphs:,}"),
        ("near-duplicates", f"{report.near_duplicates:,}"),
        *_breakdown("links between paragraphs", report.links_by_kind),
        *_breakdown("lines removed", report.removed_by_rule),
        *_breakdown("rejects", report.rejects_by_reason),
        ("seconds", f"{report.seconds:,.1f}"),
    ]
    known = report.dumps - report.new_dumps
    if known:
        rows.insert(1, ("dumps known already", f"{known:,}"))
    left = max(len(label) for label, _ in rows)
    right = max(len(figure) for _, figure in rows)
    table = "\n".join(f"{label:<{left}}  {figure:>{right}}" for label, figure in rows)
    return f"{table}\n\n{following}"


def render_transforms(members: Sequence["Transform"]) -> str:
    """Returns the list that ``transforms`` prints.

    Args:
      members: the transforms in the order they run.
    """
    from pipeline.settings import transform_options

    blocks = []
    for number, member in enumerate(members, start=1):
        summary = _ROLE.sub("", (type(member).__doc__ or "").strip().partition("\n")[0])
        lines = [f"{number}. {member.name()} (version {member.version}): {summary}"]
        options = transform_options(type(member))
        tables = getattr(member, "tables", {})
        paragraph_columns = getattr(member, "paragraph_columns", {})
        for what, names in (
            ("reads", member.reads),
            ("updates", member.updates),
            ("adds", tuple(member.adds)),
            ("adds to paragraphs", tuple(paragraph_columns)),
            ("writes tables", tuple(tables)),
            ("options", tuple(f"{name}={value!r}" for name, value in options.items())),
        ):
            if names:
                lines.append(f"   {what}: {', '.join(names)}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _top_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="copydesk",
        description="Raw news article dumps in; clean, tagged paragraphs with verified copy links "
        "out, as Parquet that DuckDB queries.",
        epilog="copydesk COMMAND --help describes a command and all its flags.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=metadata.version("copydesk"))
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, description in (
        ("run", "read dumps into the warehouse"),
        ("shell", "open the DuckDB shell on the warehouse"),
        ("transforms", "list the transforms in the order they run"),
        ("verify", "check a warehouse against itself"),
        ("reindex", "rebuild what later runs compare their paragraphs with"),
    ):
        commands.add_parser(name, help=description)
    return parser


def _parser(command: str, description: str, warehouse: bool = False) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"copydesk {command}", description=description, allow_abbrev=False
    )
    parser.add_argument(
        "--debug", action="store_true", help="show where an error arose, and what libraries log"
    )
    if warehouse:
        parser.add_argument(
            "--warehouse",
            metavar="DIR",
            default=WAREHOUSE,
            help="folder of the warehouse. Default: %(default)s.",
        )
    return parser


def _refuse_unknown(parser: argparse.ArgumentParser, rest: Sequence[str]) -> None:
    """Ends with wrong usage if neither copydesk nor Beam knows an argument.

    A cluster's job server has options of its own; the local runner has none, so there an unknown
    option is a slip that would otherwise change nothing and say nothing.
    """
    from apache_beam.options.pipeline_options import PipelineOptions

    beam = argparse.ArgumentParser(
        prog=parser.prog, usage=parser.format_usage()[len("usage: ") :], allow_abbrev=False,
        conflict_handler="resolve",
    )  # fmt: skip
    family: list[Any] = PipelineOptions.__subclasses__()
    for options in family:
        if options.__module__.startswith("apache_beam."):
            options._add_argparse_args(beam)
    _, unknown = beam.parse_known_args(rest)
    if not unknown:
        return
    first = unknown[0].partition("=")[0]
    flags = [*_flags(parser), *_flags(beam)]
    if first.startswith("-"):
        near = difflib.get_close_matches(first, flags, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"{parser.prog} --help lists the flags."
        parser.error(f"there is no option {first}. {hint}")
    parser.error(f"{first!r} belongs to no flag. Dumps follow --input, as in --input {first}")


def _flags(parser: argparse.ArgumentParser) -> list[str]:
    return [
        flag
        for action in parser._actions
        if action.help != argparse.SUPPRESS
        for flag in action.option_strings
    ]


def _breakdown(label: str, counts: Mapping[str, int]) -> list[tuple[str, str]]:
    largest_first = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [
        (label, f"{sum(counts.values()):,}"),
        *((f"  {name}", f"{count:,}") for name, count in largest_first),
    ]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _spelled() -> str:
    """Returns how the user can type the command: ``copydesk`` where that finds this program."""
    program = os.path.abspath(sys.argv[0])
    if os.path.basename(program) != "copydesk":
        return f"{os.path.basename(sys.executable)} -m pipeline"
    found = shutil.which("copydesk")
    if found and os.path.realpath(found) == os.path.realpath(program):
        return "copydesk"
    return shlex.quote(os.path.relpath(program))


def _complain(sentence: str) -> None:
    print(f"copydesk: {sentence.rstrip('.')}.", file=sys.stderr)


def _expected_errors() -> tuple[type[Exception], ...]:
    """Returns the errors whose message is a sentence for the user.

    A module that nothing has imported has raised nothing.
    """
    return (
        CommandError,
        *(
            getattr(sys.modules[module], name)
            for module, name in (
                ("pipeline.dumps.inputs", "InputError"),
                ("pipeline.run", "RunError"),
                ("pipeline.settings", "OptionsError"),
                ("pipeline.transform", "TransformError"),
                ("pipeline.warehouse", "WarehouseError"),
            )
            if module in sys.modules
        ),
    )
