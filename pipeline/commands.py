"""What each command of copydesk does: a function a command, which takes the parsed arguments, and
whose docstring is its help.

Each imports what it needs itself: Beam takes half a second to import, pyarrow and DuckDB a tenth
each, and ``copydesk --help`` needs none of them.
"""

import argparse
import contextlib
import dataclasses
import difflib
import gc
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline import logs
from pipeline.errors import CopydeskError, complain, count
from pipeline.signals import StopRequest

if TYPE_CHECKING:
    from pipeline.options import CopydeskOptions
    from pipeline.run import RunReport
    from pipeline.transform import Transform
    from pipeline.warehouse import Schema

WAREHOUSE = "warehouse"
"""Default of ``--warehouse``, the same for every command."""

_ROLE = re.compile(r":[a-z]+:(?=`)")
"""Markup in docstrings that means nothing on a terminal: the role in :func:`name`."""


class CommandError(CopydeskError):
    """The command cannot do what was asked; the message says why and what to do."""


def run(args: argparse.Namespace, rest: list[str]) -> None:
    """Read dumps into the warehouse.

    Read article dumps, clean and tag them, find the passages one outlet has from another, and write
    the result to the warehouse.
    """
    options = _prepare_runs(args, rest)
    from pipeline import run as runs

    report = runs.run(options)
    print(render_report(report, copydesk=_program_name()))
    if report.too_many_failures:
        from pipeline.rejects import TooManyRejects

        raise TooManyRejects(report.too_many_failures)


def _prepare_runs(args: argparse.Namespace, rest: list[str]) -> "CopydeskOptions":
    """Imports what runs need, and returns their checked options."""
    with collector_paused():
        options = run_options(args, rest)
        import pipeline.run  # noqa: F401 - so that Beam is imported here
    if not gc.get_freeze_count():  # a second run must not freeze what the first has left
        gc.freeze()  # later collections skip the imported objects
    return options


def watch(args: argparse.Namespace, rest: list[str]) -> None:
    """Read what arrives into the warehouse, until it is stopped.

    Search for dumps again and again, and read what is new into the warehouse, batch by batch, as
    copydesk run does. SIGTERM or Ctrl-C ends it after the current batch, a second signal at once. A
    process that is killed loses nothing: the next one goes on.
    """
    if args.again or args.run_id:
        args.parser.error("--again and --run-id are of one run; use them with copydesk run")
    if args.batch_bytes < 1:
        args.parser.error(f"--batch-bytes is {args.batch_bytes}. It must be 1 or more")
    stop = StopRequest()
    options = _prepare_runs(args, rest)
    from pipeline.watch import Watch, WatchSettings

    names = (field.name for field in dataclasses.fields(WatchSettings))
    settings = WatchSettings(**{name: getattr(args, name) for name in names})
    with contextlib.ExitStack() as stack:
        progress = sys.stderr
        if not progress.isatty():
            progress = stack.enter_context(open(os.devnull, "w"))
        Watch(options, settings, stop, _say, complain, progress).loop()


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def status(args: argparse.Namespace, rest: list[str]) -> None:
    """Show the last commit, and how far copydesk watch is.

    Show the last commit, the rows of the tables, the size of the index, and how far copydesk watch
    is.
    """
    import datetime
    import json

    from pipeline.status import read_status, render_status
    from pipeline.warehouse import nothing_committed

    found = read_status(args.warehouse)
    if found is None:
        raise nothing_committed(args.warehouse)
    if args.json:
        print(json.dumps(dataclasses.asdict(found), indent=2))
    else:
        print(render_status(found, datetime.datetime.now(datetime.UTC)))


@contextlib.contextmanager
def collector_paused() -> Iterator[None]:
    """Pauses the garbage collector during imports, which create no garbage (saves 0.1 s)."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def run_options(args: argparse.Namespace, rest: list[str]) -> "CopydeskOptions":
    """Returns the checked options of ``copydesk run``, with those of Beam.

    Args:
      args: parsed arguments.
      rest: the other arguments, for Beam.

    Raises:
      SystemExit: on wrong usage (2), after a message that says what is right.
    """
    from pipeline.flags import LOCAL_RUNNER
    from pipeline.options import CopydeskOptions
    from pipeline.plan import discover
    from pipeline.runners import make_runner
    from pipeline.settings import OptionsError, flag_settings

    values = {name: getattr(args, name) for name in CopydeskOptions.__annotations__}
    # A --set given as such comes last and wins.
    values["set"] = [*flag_settings(args.parser, args, discover()), *args.set]
    options = CopydeskOptions([*rest, f"--runner={args.runner}"], **values)
    if args.runner == LOCAL_RUNNER:
        _refuse_unknown(args, options, rest)
    else:
        logs.show_libraries()
    try:
        options.validate()
        options.transforms(discover())
        make_runner(options)
    except OptionsError as error:
        args.parser.error(str(error))
    return options


def _refuse_unknown(
    args: argparse.Namespace, options: "CopydeskOptions", rest: Sequence[str]
) -> None:
    """Ends with wrong usage if neither copydesk nor Beam knows an argument.

    A cluster's job server has options of its own; the local runner has none, so there an unknown
    option is a typing error that would be ignored in silence.
    """
    parser: argparse.ArgumentParser = args.parser
    beam_parsers: list[argparse.ArgumentParser] = []

    def keep(beam: argparse.ArgumentParser) -> None:
        beam.prog, beam.error = parser.prog, parser.error  # type: ignore[method-assign]
        beam_parsers.append(beam)

    options.get_all_options(add_extra_args_fn=keep)
    known_to_beam, unknown = beam_parsers[0].parse_known_args(rest)
    if not unknown:
        return
    first = unknown[0].partition("=")[0]
    if not first.startswith("-"):
        parser.error(f"{first!r} belongs to no flag. Dumps follow --input, as in --input {first}")
    flags = [f"--{name.replace('_', '-')}" for name in vars(args)]
    flags += [f"--{name}" for name in vars(known_to_beam)]
    near = difflib.get_close_matches(first, flags, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"{parser.prog} --help lists the flags."
    parser.error(f"there is no option {first}. {hint}")


def shell(args: argparse.Namespace, rest: list[str]) -> None:
    """Open the DuckDB shell on the warehouse.

    Open the DuckDB shell on the warehouse's catalog, read-only. Other arguments go to the shell:
    copydesk shell -c 'FROM copies', copydesk shell -csv < queries.sql
    """
    from pipeline.storage import inside, is_remote, open_file
    from pipeline.warehouse.catalog import CATALOG_NAME

    if is_remote(args.warehouse):
        command = _shell_on_objects(args.warehouse)
        sys.stdout.flush()
        os.execv(command[0], [*command, *rest])
    path = os.path.join(args.warehouse, CATALOG_NAME)
    if not os.path.isfile(path):
        raise CommandError(
            f"there is no catalog {path}. Make one with copydesk run --input PATH "
            f"--warehouse {shlex.quote(args.warehouse)}, or name another folder with --warehouse"
        )
    with open_file(inside(args.warehouse, CATALOG_NAME)) as file:  # a link to it is refused
        if file.read(12)[8:] != b"DUCK":  # the format's magic bytes, behind a checksum
            raise CommandError(
                f"{path} is damaged. Rebuild it, which changes no row, with: copydesk catalog "
                f"--warehouse {shlex.quote(args.warehouse)}"
            )
    # Settings in a user's ~/.duckdbrc could hide from the catalog where it lies.
    place = os.path.abspath(args.warehouse).replace("'", "''")
    command = [sys.executable, "-m", "duckdb_cli", "-readonly", path]
    command += ["-cmd", f"SET VARIABLE warehouse = '{place}'", *rest]
    sys.stdout.flush()
    os.execv(command[0], command)


def _shell_on_objects(root: str) -> list[str]:
    """Returns the command of the DuckDB shell on a warehouse on object storage.

    Raises:
      CommandError: nothing was committed, or the shell has no extension to read it by.
    """
    import subprocess

    from pipeline.warehouse import Warehouse, nothing_committed
    from pipeline.warehouse.catalog import CATALOG_NAME

    warehouse = Warehouse(root)
    if not warehouse.numbers():
        raise nothing_committed(root)
    shell = [sys.executable, "-m", "duckdb_cli"]
    loaded = subprocess.run([*shell, "-c", "LOAD httpfs"], capture_output=True, check=False)
    if loaded.returncode:
        raise CommandError(
            f"DuckDB's shell reads {root} by its extension httpfs, which is not installed for it. "
            f"Install it with: {shlex.join(shell)} -c 'INSTALL httpfs'; or read without it: "
            "open_catalog in Python, or copydesk export"
        )
    path = f"{warehouse.root}/{CATALOG_NAME}".replace("'", "''")
    return [*shell, "-cmd", f"ATTACH '{path}' AS news (READ_ONLY); USE news"]


def files(args: argparse.Namespace, rest: list[str]) -> None:
    """Print the paths of the newest snapshot's files.

    Print the paths of the Parquet files of the newest snapshot, one a line. After a later run has
    replaced them they stay for a day, or for an hour where there are more than 400 snapshots.
    """
    from pipeline.warehouse import Warehouse, nothing_committed

    manifest = Warehouse(args.warehouse).latest()
    if manifest is None:
        raise nothing_committed(args.warehouse)
    tables = {file.table for file in manifest.files}
    if args.table and args.table not in tables:
        raise CommandError(
            f"{args.warehouse} has no table {args.table!r}. Its tables are: "
            f"{', '.join(sorted(tables))}"
        )
    for file in manifest.files:
        if args.table in (None, file.table):
            path = os.path.join(args.warehouse, file.path)
            sys.stdout.buffer.write(os.fsencode(path) + b"\n")
    sys.stdout.buffer.flush()


def export(args: argparse.Namespace, rest: list[str]) -> None:
    """Export rows as Parquet, JSON Lines or CSV.

    Export rows of the newest snapshot as files for other tools, with a card that has their counts
    and hashes: by default the view corpus, the articles without what they repeat. The same rows
    give the same bytes.
    """
    from pipeline.warehouse import export as exports

    if args.shard_rows < 1:
        args.parser.error("--shard-rows must be 1 or more")
    schema = _installed_schema()
    card = exports.export(
        args.warehouse, schema, args.to, args.format, args.table, args.where, args.shard_rows
    )
    print(
        f"{args.to} has {count(card.rows, 'row')} of {card.table} in "
        f"{count(len(card.shards), 'file')}; README.md and card.json there describe them."
    )


def catalog(args: argparse.Namespace, rest: list[str]) -> None:
    """Rebuild the catalog, and the folder data.

    Rebuild the DuckDB catalog and the folder data from the newest manifest, as for a copy of a
    warehouse. No row is changed.
    """
    from pipeline.warehouse import Warehouse, nothing_committed

    warehouse = Warehouse(args.warehouse)
    if not warehouse.numbers():
        raise nothing_committed(args.warehouse)
    with warehouse.open_for_writing(_installed_schema()):
        number = warehouse.rebuild_catalog()
    print(f"Catalog and data of {args.warehouse} show manifest {number}.")


def _installed_schema() -> "Schema":
    from pipeline.plan import discover
    from pipeline.settings import configure
    from pipeline.warehouse import build_schema

    return build_schema(configure(discover(), {}))


def transforms(args: argparse.Namespace, rest: list[str]) -> None:
    """List the transforms in the order they run."""
    from pipeline.plan import planned_transforms

    print(render_transforms(planned_transforms({})))


def verify(args: argparse.Namespace, rest: list[str]) -> None:
    """Check the files of the warehouse.

    Check the whole warehouse: every file is there and intact, every id leads somewhere, every count
    adds up. Changes nothing.
    """
    from pipeline.warehouse import nothing_committed
    from pipeline.warehouse import verify as verification

    found = verification.verify(args.warehouse, _installed_schema())
    if not found.number and found.ok:
        raise nothing_committed(args.warehouse)
    for problem in found.problems:
        print(problem)
    if not found.ok:
        raise CommandError(
            f"{args.warehouse} is damaged: {count(len(found.problems), 'problem')}, named above"
        )
    rows = ", ".join(count(number, table.removesuffix("s")) for table, number in found.rows.items())
    print(f"{args.warehouse} is sound: manifest {found.number}, {rows}.")
    if found.known:
        print("By a repair that left incomplete articles out:", *found.known)
    if found.unhashed:
        print(
            f"Without a hash to compare with: {count(found.unhashed, 'file')} of an older "
            "copydesk. Checked are size, rows and the checksums of pages, if any."
        )
    if found.orphans:
        print(
            f"An unfinished run, or a repair, has left {count(len(found.orphans), 'file')} over, "
            "which do no harm; the next run removes them."
        )


def reindex(args: argparse.Namespace, rest: list[str]) -> None:
    """Rebuild the near-duplicate index.

    Rebuild the index from the warehouse itself, as after damage. After an upgrade that changes how
    articles are compared the first run does it by itself.
    """
    from pipeline import reindex as rebuild

    report = rebuild.reindex(args.warehouse, *_worker_flags(args))
    print(
        f"The index of {args.warehouse} is rebuilt: {count(report.articles, 'article')}, "
        f"{count(report.rows, 'row')}, {report.seconds:.1f} seconds."
    )


def _worker_flags(args: argparse.Namespace) -> tuple[int, int]:
    """Returns the number of worker processes, and the bytes that each may hold."""
    from pipeline.flags import available_cores

    if args.processes < 0 or args.document_memory < 64:
        args.parser.error("--processes must be 0 or more, and --document-memory 64 or more")
    return args.processes or available_cores(), args.document_memory << 20


def repair(args: argparse.Namespace, rest: list[str]) -> None:
    """Bring a damaged warehouse back.

    Bring a damaged warehouse back to the newest snapshot that its files support: the manifest, the
    index, the catalog. Says what could not be brought back, and deletes nothing: files that belong
    to no snapshot are moved to the folder set-aside. A file of rows that is damaged or missing is
    named; --without-damaged goes on without it.
    """
    from pipeline.plan import planned_transforms
    from pipeline.reindex import build_index
    from pipeline.warehouse import DataFile, Manifest, nothing_committed, survey
    from pipeline.warehouse import repair as repairs

    limits = _worker_flags(args)

    def index(manifest: Manifest, run_id: str) -> list[DataFile]:
        return build_index(planned_transforms({}), manifest, run_id, *limits)

    schema = _installed_schema()
    result = repairs.repair(args.warehouse, schema, index, args.dry_run, args.without_damaged)
    if result == survey.Repair():
        raise nothing_committed(args.warehouse)
    if args.dry_run and result.done:
        print("A repair would do this:")
    for sentence in (*result.done, *result.lost):
        print(sentence)
    if result.lost:
        raise CommandError(
            f"{count(len(result.lost), 'thing')} of {args.warehouse} could not be brought back, "
            "named above"
        )
    if not result.done:
        print(f"Nothing of {args.warehouse} needs repair.")
    elif not args.dry_run:
        print(f"{args.warehouse} is repaired: it shows manifest {result.number}.")


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
            f"Nothing is new: {report.warehouse} holds {count(report.dumps, 'dump')} already. "
            f"Nothing was changed.\n{following}\nWhat was not read then: --again; in "
            "another way, as with another --map or a new transform: a new --warehouse"
        )
    rows: list[tuple[str, str]] = [
        ("dumps read", f"{report.new_dumps:,}"),
        ("articles", f"{report.articles:,}"),
        ("paragraphs kept", f"{report.paragraphs:,}"),
        *(row for label, counts in report.counted.items() for row in _breakdown(label, counts)),
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
    from pipeline.settings import option_fields

    blocks = []
    for number, member in enumerate(members, start=1):
        summary = _ROLE.sub("", (type(member).__doc__ or "").strip().partition("\n")[0])
        lines = [f"{number}. {member.name()} (version {member.version}): {summary}"]
        options = [field.name for field in option_fields(member)]
        tables = getattr(member, "tables", {})
        paragraph_columns = getattr(member, "paragraph_columns", {})
        for what, names in (
            ("reads", member.reads),
            ("updates", member.updates),
            ("adds", tuple(member.adds)),
            ("adds to paragraphs", tuple(paragraph_columns)),
            ("writes tables", tuple(tables)),
            ("options", tuple(f"{name}={getattr(member, name)!r}" for name in options)),
        ):
            if names:
                lines.append(f"   {what}: {', '.join(names)}")
        lines += [f"   removes {rule}: {about}" for rule, about in member.removes().items()]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _breakdown(label: str, counts: Mapping[str, int]) -> list[tuple[str, str]]:
    largest_first = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [
        (label, f"{sum(counts.values()):,}"),
        *((f"  {name}", f"{count:,}") for name, count in largest_first if name),
    ]


def _program_name() -> str:
    """Returns how the user can type the command: ``copydesk`` where that finds this program."""
    program = os.path.abspath(sys.argv[0])
    if os.path.basename(program) != "copydesk":
        return f"{os.path.basename(sys.executable)} -m pipeline"
    found = shutil.which("copydesk")
    if found and os.path.realpath(found) == os.path.realpath(program):
        return "copydesk"
    return shlex.quote(os.path.relpath(program))
