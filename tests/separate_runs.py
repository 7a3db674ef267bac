"""``copydesk run`` in processes of their own that start warm, and can be killed at a named point.

Importing Beam takes longer than the run of a small corpus. Here a server imports it once, and each
run is the command line itself in a fork of that server: a session of its own, with its own
locks, worker processes and end.
"""

import concurrent.futures
import contextlib
import ctypes
import dataclasses
import datetime
import functools
import importlib
import itertools
import json
import multiprocessing
import os
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import duckdb

from pipeline.warehouse.verify import Verification, verify
from tests import PATIENCE

COPY, AGENCY = "003_ff7cb0a21bd3674e.txt", "004_6b7a9078bdc0757f.txt"

SEED_PAIRS = {(11, 11), (15, 17), (19, 19), (29, 7)}
"""Line of a paragraph in the copy, line of its source in the agency's article."""

NAMED = ("source_file", "record_index")
"""Columns that say where in its file a record stood, which another split of a corpus changes."""

REPOSITORY = Path(__file__).resolve().parent.parent

TABLES = ("articles", "paragraphs", "paragraph_links", "removed_lines", "rejects", "warnings")

VARYING = ("run_id", "ingested_at")
"""Columns that differ from run to run."""

KILL_POINTS = (
    "the first shard is staged",
    "the links are written",
    "the first final files are written",
    "the run's own row is written",
    "the manifest lies under a temporary name",
    "the manifest is written",
    "the catalog is swapped in",
)
"""Where a run can be killed, in the order it gets there; each is reached once."""

COMMITTED = KILL_POINTS.index("the manifest is written")
"""From this point on the run counts."""


@dataclasses.dataclass(frozen=True)
class Ended:
    """A run that has ended.

    Attributes:
      code: exit code; negative the signal that killed it.
      out: its standard output.
      err: its standard error.
      session: id of its session, which its worker processes share.
      calls: system calls by kind, where ``Fault`` counted them.
    """

    code: int
    out: str
    err: str
    session: int
    calls: Mapping[str, int] = dataclasses.field(default_factory=dict)


CALLS = ("open", "write", "sync", "rename", "folder")
"""Kinds of system calls that ``failing_calls.c`` makes fail, as it numbers them."""


@dataclasses.dataclass(frozen=True)
class Fault:
    """A system call that fails; for a desk with the library of ``failing_calls.c``.

    Attributes:
      folder: below which.
      kind: one of ``CALLS``.
      number: which call of that kind, from 1; 0 for none: they are counted.
      code: its errno.
      stays: whether all later calls fail as well.
    """

    folder: str
    kind: str = "open"
    number: int = 0
    code: int = 0
    stays: bool = False


@dataclasses.dataclass(frozen=True)
class Conditions:
    """Under which a run runs.

    Attributes:
      workers: True starts worker processes, as the command does. Otherwise tasks run in the process
        itself, which takes a third of the time of a small corpus.
      kill_at: one of ``KILL_POINTS``; empty for none.
      kill_by: the signal that is sent there.
      fault: the fields of a ``Fault``; empty for none.
      batch_bytes: raw bytes of a batch; a block then has a quarter. 0 leaves both as they are.
      file_bytes: size no file may grow beyond, as on a full disk; 0 for no limit.
      fan_in: files of one size that are merged; 0 leaves it as it is.
      environment: variables that are set.
      folder: a repository whose ``transforms`` run; for a desk that has imported none. Empty for
        this one.
    """

    workers: bool = False
    kill_at: str = ""
    kill_by: int = signal.SIGKILL
    fault: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    batch_bytes: int = 0
    file_bytes: int = 0
    fan_in: int = 0
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)
    folder: str = ""


class Desk:
    """Starts runs.

    Args:
      folder: for their output.
      preload: a library that is loaded into all its processes.
      warm: whether the server has loaded what tasks need; else it has imported no transform.
    """

    def __init__(self, folder: Path, preload: Path | None = None, warm: bool = True) -> None:
        self._folder = folder
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._server = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import serve; serve({warm})"],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            env=os.environ | ({"LD_PRELOAD": str(preload)} if preload else {}),
        )

    def close(self) -> None:
        """Ends the server."""
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(PATIENCE)

    def start(
        self,
        commands: Sequence[Sequence[str | os.PathLike[str]]],
        conditions: Conditions = Conditions(),
        started: Callable[[int], None] | None = None,
    ) -> Callable[[], Ended]:
        """Starts some commands, one after the other in one process; returns what awaits their end.

        Args:
          commands: arguments of ``copydesk`` each; the first that fails ends the process.
          conditions: for all of them.
          started: is called with the id of the process, before this returns.
        """
        with self._lock:
            place = self._folder / str(next(self._numbers))
            words = [[os.fspath(word) for word in command] for command in commands]
            request = json.dumps([words, dataclasses.asdict(conditions), str(place)])
            assert self._server.stdin is not None
            self._server.stdin.write(f"{request}\n".encode())
            self._server.stdin.flush()

        def wait_for(name: str) -> Any:
            path = Path(f"{place}.{name}")
            deadline = time.monotonic() + PATIENCE
            while not path.exists():
                assert self._server.poll() is None, "the server has ended"
                assert time.monotonic() < deadline, f"{words}: no sign of {path.name}"
                time.sleep(0.005)
            return json.loads(path.read_text())

        if started is not None:
            started(wait_for("pid"))

        def wait() -> Ended:
            code, session = wait_for("ended")
            out, err = (
                # One that was killed at once has no output yet.
                file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
                for file in (Path(f"{place}.out"), Path(f"{place}.err"))
            )
            calls = Path(f"{place}.calls")
            counted = json.loads(calls.read_text()) if calls.exists() else {}
            return Ended(code, out, err, session, counted)

        return wait

    def call(self, *arguments: str | os.PathLike[str]) -> Ended:
        """Runs ``copydesk`` to its end; ``--processes`` implies ``workers``."""
        return self.start([arguments], Conditions(workers="--processes" in arguments))()

    def run(
        self,
        inputs: Path | Sequence[Path],
        warehouse: Path | str,
        *options: str,
        **conditions: Any,
    ) -> Ended:
        """Runs ``copydesk run`` to its end.

        Args:
          inputs: what follows ``--input``.
          warehouse: its folder or URL.
          options: further arguments.
          conditions: fields of ``Conditions``; ``--processes`` implies ``workers``.
        """
        conditions.setdefault("workers", "--processes" in options)
        return self.start([run_arguments(inputs, warehouse, *options)], Conditions(**conditions))()


def run_arguments(
    inputs: Path | Sequence[Path], warehouse: Path | str, *options: str
) -> list[str | os.PathLike[str]]:
    """Returns the arguments of ``copydesk`` for a run."""
    paths = [inputs] if isinstance(inputs, Path) else inputs
    return ["run", "--input", *paths, "--warehouse", warehouse, *options]


def all_of(tasks: Mapping[Any, Callable[[], Any]]) -> dict[Any, Any]:
    """Returns what each of some functions returns; two at a time, as there are cores."""
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        futures = {name: threads.submit(task) for name, task in tasks.items()}
        return {name: future.result() for name, future in futures.items()}


def done(ended: Ended) -> Ended:
    """Returns a run that has ended well."""
    assert ended.code == 0, ended.err
    return ended


def only_sentence(shown: str) -> str:
    """Returns what ``copydesk`` complained of: one line beside those of the progress."""
    [sentence] = [line for line in shown.splitlines() if line.startswith("copydesk: ")]
    assert "Traceback" not in shown
    return sentence


def serve(warm: bool) -> None:
    """Forks a process for each request on standard input; notes how each has ended.

    It is no fork server of multiprocessing, of which a process has one: the pools of the tests
    start that with modules of theirs.
    """
    from pipeline import cli, logs  # noqa: F401 - what a run imports, in this order

    logs.set_up()
    from pipeline import run  # noqa: F401 - after the logging, of which Beam makes use

    importlib.import_module("tests.separate_runs_tasks" if warm else "numba")
    places: dict[int, str] = {}
    unread = b""
    while True:
        if select.select([0], [], [], 0.005)[0]:
            content = os.read(0, 1 << 16)
            if not content:
                return
            *lines, unread = (unread + content).split(b"\n")
            for line in lines:
                commands, conditions, place = json.loads(line)
                pid = os.fork()
                if pid == 0:
                    _live(commands, Conditions(**conditions), place)
                places[pid] = place
                _note(f"{place}.pid", pid)
        while places and (ended := os.waitpid(-1, os.WNOHANG))[0]:
            pid, status = ended
            place = places.pop(pid)
            _note(f"{place}.ended", [os.waitstatus_to_exitcode(status), pid])


def _note(path: str, content: Any) -> None:
    """Writes a file that is whole as soon as it is there."""
    Path(f"{path}.note").write_text(json.dumps(content))
    os.replace(f"{path}.note", path)


def _live(commands: list[list[str]], conditions: Conditions, place: str) -> NoReturn:
    """What the process does: the commands, then its end."""
    os.setsid()
    for descriptor, name in enumerate((os.devnull, f"{place}.out", f"{place}.err")):
        file = os.open(name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, descriptor)
        os.close(file)
    from pipeline import process

    code = 0
    try:
        _prepare(conditions)
        for command in commands:
            sys.argv = ["copydesk", *command]
            code = process.main()
            if code:
                break
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - a fork must not go on as what it was forked from
        traceback.print_exc()
        code = 99
    sys.stdout.flush()
    sys.stderr.flush()
    if conditions.fault:
        library = ctypes.CDLL(None)
        calls = {name: library.calls(number) for number, name in enumerate(CALLS)}
        Path(f"{place}.calls").write_text(json.dumps(calls))
    os._exit(code)


def _prepare(conditions: Conditions) -> None:
    from pipeline import commands, compaction, execute, fork_server, pool
    from pipeline.dumps import records
    from pipeline.options import CopydeskOptions

    os.environ.update(conditions.environment)
    if conditions.folder:
        os.chdir(conditions.folder)  # where the server, like `python -m`, looks for packages
    if not conditions.workers:
        pool.start_fork_server = fork_server.start_fork_server = lambda modules: None
        CopydeskOptions.worker_processes = lambda self: 0
        commands._worker_flags = lambda args: (0, args.document_memory << 20)
    if conditions.batch_bytes:
        execute.batch_bytes_for = lambda raw: conditions.batch_bytes
        records.BLOCK_BYTES = conditions.batch_bytes // 4
    if conditions.fan_in:
        compaction.FAN_IN = conditions.fan_in
    if conditions.file_bytes:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (conditions.file_bytes, hard))
    if conditions.kill_at:
        _kill_at(conditions.kill_at, conditions.kill_by)
    if conditions.fault:
        fault = Fault(**conditions.fault)
        kind = CALLS.index(fault.kind)
        folder = os.fsencode(fault.folder)
        ctypes.CDLL(None).fail_at(folder, kind, fault.number, fault.code, fault.stays)


def _kill_at(point: str, how: int) -> None:
    from pipeline import graph
    from pipeline.warehouse import Warehouse, commit

    def die() -> None:
        os.kill(os.getpid(), how)

    def before(owner: Any, name: str, condition: Callable[..., bool] = lambda *_: True) -> None:
        original = getattr(owner, name)

        @functools.wraps(original)
        def wrapper(*arguments: Any, **named: Any) -> Any:
            if condition(*arguments):
                die()
            return original(*arguments, **named)

        setattr(owner, name, wrapper)

    def after(owner: Any, name: str) -> None:
        original = getattr(owner, name)

        @functools.wraps(original)
        def wrapper(*arguments: Any, **named: Any) -> Any:
            original(*arguments, **named)
            die()

        setattr(owner, name, wrapper)

    {
        "the first shard is staged": lambda: before(graph._CleanRanges, "done"),
        "the links are written": lambda: before(
            graph._RunStages, "done", lambda _, result: bool(result.output.files)
        ),
        "the first final files are written": lambda: before(graph._FinishShards, "done"),
        "the run's own row is written": lambda: before(Warehouse, "with_empty_tables"),
        "the manifest lies under a temporary name": lambda: before(os, "link"),
        "the manifest is written": lambda: before(commit, "publish"),
        "the catalog is swapped in": lambda: after(commit, "publish"),
    }[point]()


def processes_of(session: int) -> list[int]:
    """Returns the processes of a session that are alive."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        with contextlib.suppress(OSError):
            # "pid (name) state ppid pgrp session ...": the name may hold anything.
            fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] not in "ZX":
                found.append(int(name))
    return found


def parent_of(pid: int) -> int:
    """Returns the parent of a process; 0 if the process is gone."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def wait_until_gone(session: int, seconds: float = PATIENCE) -> list[int]:
    """Returns the processes of a session that still live after some time; none, one hopes."""
    deadline = time.monotonic() + seconds
    while (left := processes_of(session)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


# --- what a warehouse holds ----------------------------------------------------------------------


@contextlib.contextmanager
def catalog(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Opens the catalog as a reader does."""
    with duckdb.connect(str(warehouse / "news.duckdb"), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def query(warehouse: Path, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Returns the rows of a query on the catalog."""
    with catalog(warehouse) as connection:
        return connection.execute(sql, parameters).fetchall()


def rows(warehouse: Path, without: Sequence[str] = ()) -> dict[str, list[str]]:
    """Returns the rows of every table, sorted, as text.

    ``source_file`` is cut to the name; ``run_id``, ``ingested_at`` and the columns in ``without``
    are left out.
    """
    with catalog(warehouse) as connection:
        return rows_of(connection, without)


def rows_of(
    connection: duckdb.DuckDBPyConnection, without: Sequence[str] = ()
) -> dict[str, list[str]]:
    """Returns what ``rows`` returns, of an open catalog."""
    found = {}
    for table in TABLES:
        result = connection.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in result.description]
        kept = [
            place for place, name in enumerate(names) if name not in VARYING and name not in without
        ]
        found[table] = sorted(
            repr({names[place]: _by_name(names[place], row[place]) for place in kept})
            for row in result.fetchall()
        )
    return found


def _by_name(column: str, value: Any) -> Any:
    if column == "source_file" and value is not None:
        return os.path.basename(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return value


def tree(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Returns path -> inode, time of the last change and content of all files but the lock."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_ino,
            path.stat().st_mtime_ns,
            path.read_bytes(),
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def verified(warehouse: Path) -> Verification:
    """Returns what ``copydesk verify`` finds."""
    from pipeline.plan import discover
    from pipeline.warehouse import build_schema

    return verify(str(warehouse), build_schema([member() for member in discover()]))


def problems(warehouse: Path) -> list[str]:
    """Returns what is wrong with a warehouse, and what lies in it that does not belong there."""
    found = verified(warehouse)
    return [
        *found.problems,
        *(f"orphan {path}" for path in found.orphans),
        *(f"left behind: {path.name}" for path in (warehouse / "staging").iterdir()),
        *(f"temporary {path}" for path in warehouse.rglob("*.tmp*")),
    ]


Classes = dict[str, str]


def exact_classes(warehouse: Path) -> Classes:
    """Returns paragraph -> the first by id of those it equals, itself among them."""
    equal = query(
        warehouse,
        "SELECT paragraph_id, source_paragraph_id FROM paragraph_links WHERE kind = 'exact'",
    )
    first = {name: name for (name,) in query(warehouse, "SELECT paragraph_id FROM paragraphs")}

    def find(name: str) -> str:
        while first[name] != name:
            name = first[name]
        return name

    for one, two in equal:
        one, two = sorted((find(one), find(two)))
        first[two] = one
    return {name: find(name) for name in first}


def text_links(warehouse: Path, classes: Classes) -> set[tuple[Any, ...]]:
    """Returns the links between different texts, whoever printed them and whichever came first."""
    found = set()
    for later, source, kind, similarity, own, other in query(
        warehouse,
        "SELECT paragraph_id, source_paragraph_id, kind, similarity, containment, "
        "source_containment FROM paragraph_links WHERE kind IN ('near', 'contained')",
    ):
        ends = frozenset(((classes[later], own), (classes[source], other)))
        found.add((ends, kind, similarity))
    return found


# --- readers -------------------------------------------------------------------------------------

COUNTS = """
    SELECT (SELECT manifest FROM snapshot),
           (SELECT count(*) FROM articles),
           (SELECT sum(articles) FROM runs),
           (SELECT count(*) FROM paragraphs),
           (SELECT sum(paragraphs) FROM runs),
           (SELECT sum(paragraph_count) FROM articles),
           (SELECT count(*) FROM removed_lines),
           (SELECT sum(removed_lines) FROM runs),
           (SELECT count(*) FROM paragraph_links),
           (SELECT sum(paragraph_links) FROM runs),
           (SELECT count(*) FROM runs),
           (SELECT count(*) FROM paragraph_links AS l
            SEMI JOIN paragraphs AS p ON p.paragraph_id = l.source_paragraph_id)
"""
"""What a reader asks; what the figures must be to each other says ``counts_agree``."""


def counts_agree(figures: Sequence[int]) -> bool:
    """Whether all figures of ``COUNTS`` are of one snapshot."""
    manifest, articles, by_runs, paragraphs, own, by_articles, removed, gone = figures[:8]
    links, written, runs, sources = figures[8:]
    return (
        articles == by_runs
        and paragraphs == own == by_articles
        and removed == gone
        and links == written == sources
        and manifest == runs
    )


class Reader:
    """A process that queries a catalog again and again until it is stopped.

    Args:
      warehouse: its folder.
      report: file it writes its figures to, at its end.
    """

    def __init__(self, warehouse: Path, report: Path) -> None:
        context = multiprocessing.get_context("forkserver")
        self._report = report
        self._newest = context.Value("q", 0)
        self._stop = context.Event()
        self._process = context.Process(
            target=_read, args=(str(warehouse), str(report), self._newest, self._stop)
        )
        self._process.start()

    def wait_for(self, manifest: int) -> None:
        """Waits until it has seen the snapshot of a manifest."""
        deadline = time.monotonic() + PATIENCE
        while self._newest.value < manifest:
            assert self._process.is_alive()
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def stop(self) -> Mapping[str, Any]:
        """Returns what it saw: ``seen`` and ``held``, lists of figures, and ``errors``."""
        self._stop.set()
        self._process.join(PATIENCE)
        assert self._process.exitcode == 0
        seen: Mapping[str, Any] = json.loads(self._report.read_text())
        return seen


def _read(warehouse: str, report: str, newest: Any, stop: Any) -> None:
    path = os.path.join(warehouse, "news.duckdb")
    seen: list[Any] = []
    held: list[Any] = []
    errors: list[str] = []
    settings = {"threads": 1}
    kept: duckdb.DuckDBPyConnection | None = None
    while not stop.is_set():
        try:
            if kept is None and os.path.exists(path):
                # DuckDB gives one process the same database for the same path; by another name
                # of the file this stays the snapshot of the moment it was opened.
                link = f"{report}.held"
                os.link(path, link)
                kept = duckdb.connect(link, read_only=True, config=settings)
            if kept is not None:
                held.append(kept.execute(COUNTS).fetchone())
                with duckdb.connect(path, read_only=True, config=settings) as connection:
                    first = connection.execute(COUNTS).fetchone()
                    second = connection.execute(COUNTS).fetchone()
                if first != second:
                    errors.append(f"one connection saw {first} and {second}")
                seen.append(first)
                newest.value = first[0]
        except Exception as error:  # noqa: BLE001 - that there is none is what is tested
            errors.append(f"{type(error).__name__}: {error}")
        time.sleep(0.05)  # the cores are the writer's, too
    with open(report, "w", encoding="utf-8") as file:
        json.dump({"seen": seen, "held": held, "errors": errors}, file)
