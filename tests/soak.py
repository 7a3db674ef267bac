"""Runs, readers, reindex and compaction on one warehouse for a long time, under kill -9.

    python -m tests.soak --minutes 60 --kills 100

Each step is a run that brings some articles to a warehouse. Before it comes through it is killed
three times, each time in another moment: at the named points of a commit, and at moments spread
evenly over the time a run takes. A kill strikes the run's own process, its whole process group, one
of its workers, or a reindex. After each the warehouse must verify and no process may be left; then
the same command again must complete the step. Beside it

- readers query the catalog and ``data/`` again and again: every answer must be of one snapshot, and
  none an error;
- another process tries to reindex, and is refused while a run has the lock;
- a process that lives as long as the soak takes the same dumps in the same order into a second
  warehouse, undisturbed. In the end both hold the same rows, so nothing was lost or came twice.

Memory (PSS, which counts shared pages by their share) and open files of the processes that live as
long as the soak are sampled; they must not grow. Prints a table, and writes all figures as JSON.
"""

import argparse
import collections
import contextlib
import dataclasses
import itertools
import json
import multiprocessing
import os
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipeline.warehouse.manifest import read_manifest
from tests.bench.corpus import Settings, write_corpus
from tests.separate_runs import (
    COUNTS,
    KILL_POINTS,
    Conditions,
    Desk,
    Ended,
    counts_agree,
    parent_of,
    problems,
    processes_of,
    rows,
    run_arguments,
    verified,
    wait_until_gone,
)

ARTICLES = 12
"""Articles of a step: three or four tasks, since batches are cut small."""

CONDITIONS = Conditions(workers=True, batch_bytes=10_000)
ALONE = Conditions(batch_bytes=10_000)
"""Without worker processes, which takes a third of the time: half of the runs to kill, the others
and what is not to be killed."""

VICTIMS = ("run", "run", "group", "run", "worker", "run", "reindex")
"""What is killed, in turn: the process of a run, its group, one of its workers, a reindex."""

READ_SECONDS = 3.0
"""Time between two looks of a reader; the cores are the writer's, too."""

REINDEX_SECONDS = 30.0
"""Mean time between two reindexes beside the runs."""

KILLS_A_STEP = 3
"""Kills before a run comes through: each finds what the one before has left."""

POINT_EVERY = 3
"""Every third kill of a run is at a named point, of which the shortest take a millisecond; the
others come at moments spread evenly over the time a run takes."""

GROWTH, ALLOWANCE = 1.1, 16 << 20
"""A long-lived process is flat if the median PSS of the last quarter of its samples is at most
this factor times that of the second, and this many bytes: catalogs grow with the warehouse."""

FEWEST_SAMPLES = 40
"""Samples of a process below which nothing is said about growth."""

FILES_ALLOWANCE = 3
"""The same for open files: a sample may fall into a query."""


@dataclasses.dataclass
class Report:
    """What a soak saw.

    Attributes:
      seconds: time it took.
      steps: runs that were committed.
      kills: victim and phase -> kills in it.
      missed: kills that came when the run was over.
      reindexes: reindexes that came through, were refused or were killed.
      answers: of all readers.
      snapshots: different ones they saw.
      retries: of queries on ``data/`` during which it was replaced twice.
      merged: files in the end that hold rows of several runs.
      articles: in the end.
      memory: long-lived process -> median PSS of the second and the last quarter, in bytes.
      files: the same of its open files.
      wrong: everything that must not be; empty if all is well.
    """

    seconds: float = 0.0
    steps: int = 0
    kills: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    missed: int = 0
    reindexes: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    answers: int = 0
    snapshots: int = 0
    retries: int = 0
    merged: int = 0
    articles: int = 0
    memory: dict[str, tuple[float, float]] = dataclasses.field(default_factory=dict)
    files: dict[str, tuple[float, float]] = dataclasses.field(default_factory=dict)
    wrong: list[str] = dataclasses.field(default_factory=list)

    def as_json(self) -> str:
        """Returns all figures."""
        return json.dumps(vars(self), indent=1)

    def __str__(self) -> str:
        lines = [
            ("minutes", f"{self.seconds / 60:.1f}"),
            ("runs committed", f"{self.steps:,}"),
            ("articles", f"{self.articles:,}"),
            ("merged files", f"{self.merged:,}"),
            ("answers to readers", f"{self.answers:,} of {self.snapshots:,} snapshots"),
            ("retries on data/", f"{self.retries:,}"),
            ("kills", f"{self.kills.total():,}; {self.missed:,} came too late"),
        ]
        lines += [(f"  {what}", f"{count:,}") for what, count in sorted(self.kills.items())]
        lines += [(f"reindex {how}", f"{count:,}") for how, count in sorted(self.reindexes.items())]
        for name, (early, late) in self.memory.items():
            lines.append((f"PSS of {name}", f"{early / 2**20:.1f} -> {late / 2**20:.1f} MiB"))
            lines.append((f"open files of {name}", "{:.0f} -> {:.0f}".format(*self.files[name])))
        lines.append(("wrong", f"{len(self.wrong)}"))
        width = max(len(label) for label, _ in lines)
        table = [f"{label:<{width}}  {figure}" for label, figure in lines]
        return "\n".join(table + [f"WRONG: {sentence}" for sentence in self.wrong])


class Samples:
    """Memory and open files of long-lived processes over time.

    Attributes:
      taken: process -> its PSS in bytes and its open files at each sample.
    """

    def __init__(self) -> None:
        self.taken: dict[str, list[tuple[int, int]]] = {}

    def take(self, name: str, pid: int) -> None:
        """Takes a sample of a process."""
        with contextlib.suppress(OSError):  # the process has ended, which others notice
            pss = 0
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    pss = int(line.split()[1]) << 10
            files = len(os.listdir(f"/proc/{pid}/fd"))
            self.taken.setdefault(name, []).append((pss, files))

    def judge(self, report: Report) -> None:
        """Reports the medians, and which processes grew."""
        for name, taken in self.taken.items():
            if len(taken) < 4:
                continue
            quarter = len(taken) // 4
            parts = (taken[quarter : 2 * quarter], taken[-quarter:])
            (early, early_files), (late, late_files) = (
                tuple(statistics.median(column) for column in zip(*part, strict=True))
                for part in parts
            )
            report.memory[name], report.files[name] = (early, late), (early_files, late_files)
            if len(taken) < FEWEST_SAMPLES:
                continue
            if late > GROWTH * early + ALLOWANCE:
                report.wrong.append(f"{name} grew from {early:,.0f} to {late:,.0f} bytes")
            if late_files > early_files + FILES_ALLOWANCE:
                report.wrong.append(f"{name} had {early_files} files open, and then {late_files}")


class Soak:
    """One warehouse under load.

    Args:
      folder: for everything that is written.
      seed: of the moments of kills.
      readers: number of processes that query.
    """

    def __init__(self, folder: Path, seed: int = 1, readers: int = 2) -> None:
        self._folder = folder
        self._warehouse = folder / "warehouse"
        self._undisturbed = folder / "undisturbed"
        self._chance = random.Random(seed)
        self._readers = readers
        self._report = Report()
        self._samples = Samples()
        self._stopping = threading.Event()
        self._at_rest = threading.Lock()  # held by a reindex, and while the warehouse is verified
        self._seconds: list[float] = []  # of undisturbed runs
        self._tries, self._points = itertools.count(), itertools.count()

    def run(self, minutes: float, kills: int) -> Report:
        """Goes on until the time is over and all kills are done; returns what it saw."""
        began = time.monotonic()
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "output").mkdir()
        context = multiprocessing.get_context("spawn")
        stop, (here, there) = context.Event(), context.Pipe()
        readers = [
            context.Process(
                target=_read,
                args=(str(self._warehouse), str(self._folder / f"reader-{number}.json"), stop),
            )
            for number in range(self._readers)
        ]
        warm = context.Process(target=_follow, args=(there, str(self._folder / "warm.log")))
        with contextlib.closing(Desk(self._folder / "output")) as desk:
            for process in (*readers, warm):
                process.start()
            there.close()
            reindexing = threading.Thread(target=self._reindex_now_and_then, args=(desk,))
            reindexing.start()
            try:
                for number in itertools.count():
                    left = kills - self._report.kills.total()
                    if left <= 0 and time.monotonic() - began > 60 * minutes:
                        break
                    dump = self._dump(number)
                    # The first run has nothing to lose, and says how long one takes.
                    self._step(desk, dump, number, max(0, left) if number else 0)
                    here.send(run_arguments(dump, self._undisturbed, "--processes", "2"))
                    if code := here.recv():
                        self._wrong(f"the undisturbed run {number} ended with {code}")
                    for at, reader in enumerate(readers):
                        self._samples.take(f"reader {at + 1}", reader.pid or 0)
                    self._samples.take("a process of many runs", warm.pid or 0)
                    if self._report.wrong:
                        break  # the state is kept for whoever looks into it
            except KeyboardInterrupt:
                print("ended early", file=sys.stderr)
            finally:
                self._stopping.set()
                reindexing.join()
                stop.set()
                here.close()
                for process in (*readers, warm):
                    process.join(60)
                    process.kill()
            self._finish()
        self._report.seconds = time.monotonic() - began
        return self._report

    def _dump(self, number: int) -> Path:
        dump = self._folder / "dumps" / f"{number:05d}.jsonl"
        if not dump.exists():
            # A thousand articles at a time: those of one lot share paragraphs, as outlets do.
            steps = 1000 // ARTICLES
            lot = self._folder / f"corpus-{number // steps}"
            write_corpus(
                Settings(steps * ARTICLES, seed=f"soak {lot.name}", text="seeds", gold=False), lot
            )
            dump.parent.mkdir(exist_ok=True)
            lines = (lot / "articles.jsonl").read_bytes().splitlines(keepends=True)
            for step in range(steps):
                path = dump.with_name(f"{number // steps * steps + step:05d}.jsonl")
                path.write_bytes(b"".join(lines[step * ARTICLES : (step + 1) * ARTICLES]))
        return dump

    def _step(self, desk: Desk, dump: Path, number: int, kills: int) -> None:
        command = run_arguments(dump, self._warehouse, "--processes", "2")
        for _ in range(min(kills, KILLS_A_STEP)):
            if not self._kill(desk, command):
                break
        ended = self._undisturbed_run(desk, command)
        if ended.code:
            self._wrong(f"run {number} ended with {ended.code}: {ended.err[-500:]}")
        self._report.steps += 1

    def _undisturbed_run(self, desk: Desk, command: Sequence[Any]) -> Ended:
        """Runs a command to its end, waiting while a reindex has the lock."""
        while True:
            began = time.monotonic()
            ended = desk.start([command], ALONE)()
            if not self._is_refusal(ended):
                if "Nothing is new" not in ended.out:
                    self._seconds.append(time.monotonic() - began)
                return ended
            time.sleep(0.2)

    def _kill(self, desk: Desk, command: Sequence[Any]) -> bool:
        """Kills a run or a reindex; returns whether the run is still to be done."""
        number = next(self._tries)
        victim = VICTIMS[number % len(VICTIMS)]
        before = _newest(self._warehouse)
        conditions = CONDITIONS if number % 2 or victim in ("worker", "group") else ALONE
        if victim == "run" and number % POINT_EVERY == 0:
            point = KILL_POINTS[next(self._points) % len(KILL_POINTS)]
            conditions = dataclasses.replace(conditions, kill_at=point)
            ended = desk.start([command], conditions)()
            if self._is_refusal(ended):
                return True
            phase = point
        else:
            if victim == "reindex":
                command = ["reindex", "--warehouse", self._warehouse, "--processes", "2"]
            share = (number * 0.618034) % 1.0  # evenly spread however many there are
            delay = share * statistics.median(self._seconds[-9:])
            pids: list[int] = []
            wait = desk.start([command], conditions, pids.append)
            time.sleep(delay)
            struck = _strike(victim, pids[0], self._chance)
            ended = wait()
            if self._is_refusal(ended):
                return True
            if ended.code == -signal.SIGKILL:
                phase = self._phase(before)
            elif ended.code:
                self._wrong(f"after the death of a {victim}: {ended.code}, {ended.err[-500:]}")
                return False
            elif victim == "worker" and struck:
                phase = "which costs the run nothing"
            else:
                self._report.missed += 1  # it was faster than expected
                return victim == "reindex"
        if orphans := wait_until_gone(ended.session, 60):
            self._wrong(f"processes {orphans} outlived a killed {victim} ({phase})")
        with self._at_rest:
            committed = _newest(self._warehouse) > before
            # The next run shows readers what is committed already, or this command.
            found = [
                problem
                for problem in verified(self._warehouse).problems
                if not (committed and "copydesk catalog" in problem)
            ]
        if found:
            self._wrong(f"after a kill, {victim}, {phase}: {found}")
        self._report.kills[f"{victim}, {phase}"] += 1
        return victim == "reindex" or not (committed or victim == "worker")

    def _phase(self, before: int) -> str:
        """Returns how far a run had come, by the files it left."""
        if _newest(self._warehouse) > before:
            return "committed"
        staging = [path for path in self._warehouse.glob("staging/*") if path.is_dir()]
        if not staging:
            return "nothing staged"
        run = staging[0].name
        for pattern, phase in (
            (f"files/**/{run}-*", "writing tables"),
            (f"staging/{run}/*/*/**/*", "cleaning and comparing"),
        ):
            if next(self._warehouse.glob(pattern), None):
                return phase
        return "planning"

    def _reindex_now_and_then(self, desk: Desk) -> None:
        command = ["reindex", "--warehouse", self._warehouse, "--processes", "1"]
        while not self._stopping.wait(self._chance.uniform(0.5, 1.5) * REINDEX_SECONDS):
            if not _newest(self._warehouse):
                continue
            with self._at_rest:
                ended = desk.start([command], ALONE)()
            if self._is_refusal(ended):
                self._report.reindexes["refused, a run had the lock"] += 1
            elif ended.code:
                self._wrong(f"reindex ended with {ended.code}: {ended.err[-500:]}")
            else:
                self._report.reindexes["done"] += 1

    def _finish(self) -> None:
        report = self._report
        self._samples.judge(report)
        snapshots: dict[int, set[tuple[int, ...]]] = {}
        plain = set[int]()
        for path in sorted(self._folder.glob("reader-*.json")):
            seen = json.loads(path.read_text())
            report.answers += seen["answers"]
            report.retries += seen["retries"]
            plain |= set(seen["plain"])
            report.wrong += [f"{path.stem}: {error}" for error in seen["errors"]]
            for figures in seen["seen"]:
                snapshots.setdefault(figures[0], set()).add(tuple(figures))
        report.snapshots = len(snapshots)
        for manifest, figures in snapshots.items():
            if len(figures) > 1:
                self._wrong(f"snapshot {manifest} had different figures: {sorted(figures)}")
        committed = {_articles(self._warehouse, number) for number in _numbers(self._warehouse)}
        if not plain <= committed:
            self._wrong(f"data/ showed {sorted(plain - committed)} articles, and no commit does")
        if len(list(self._folder.glob("reader-*.json"))) < self._readers:
            self._wrong("a reader has died")
        if report.wrong:
            return
        report.wrong += problems(self._warehouse)
        ours, theirs = rows(self._warehouse), rows(self._undisturbed)
        report.articles = len(ours["articles"])
        report.merged = sum(1 for _ in self._warehouse.glob("files/**/*-merged*.parquet"))
        for table, expected in theirs.items():
            lost = collections.Counter(expected) - collections.Counter(ours[table])
            more = collections.Counter(ours[table]) - collections.Counter(expected)
            if lost or more:
                self._wrong(f"{table}: {lost.total()} rows are lost, {more.total()} too many")

    def _is_refusal(self, ended: Ended) -> bool:
        return ended.code != 0 and "being written by" in ended.err

    def _wrong(self, sentence: str) -> None:
        self._report.wrong.append(sentence)


def _numbers(warehouse: Path) -> list[int]:
    return [int(path.stem) for path in warehouse.glob("manifests/[0-9]*.json")]


def _newest(warehouse: Path) -> int:
    return max(_numbers(warehouse), default=0)


def _articles(warehouse: Path, number: int) -> int:
    """Returns the number of articles that a manifest names."""
    files = read_manifest(str(warehouse), number).files
    return sum(file.rows for file in files if file.table == "articles")


def _strike(victim: str, pid: int, chance: random.Random) -> bool:
    """Kills; returns whether there was anything to kill."""
    with contextlib.suppress(ProcessLookupError):  # it was faster
        if victim == "group":
            os.killpg(pid, signal.SIGKILL)
        elif victim == "worker":
            # The children of the run itself are the fork server and the resource tracker.
            workers = [one for one in processes_of(pid) if one != pid and parent_of(one) != pid]
            if not workers:
                return False
            os.kill(chance.choice(workers), signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)
        return True
    return False


def _follow(commands: Any, log: str) -> None:
    """Runs commands one after the other in this process; answers each with its exit code."""
    from pipeline import cli

    with (
        open(log, "a", encoding="utf-8") as output,
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
    ):
        while True:
            try:
                command = commands.recv()
            except EOFError:
                os._exit(0)  # at an interpreter's end DuckDB lists what Beam's threads still hold
            commands.send(cli.main([os.fspath(word) for word in command]))


def _read(warehouse: str, report: str, stop: Any) -> None:
    """Queries the catalog until it is stopped; then writes what it saw."""
    path = os.path.join(warehouse, "news.duckdb")
    seen: dict[str, None] = {}
    errors: list[str] = []
    answers = newest = retries = 0
    plain = set[int]()
    data = f"{warehouse}/data/articles/*.parquet"
    soak = os.getppid()
    while not stop.is_set() and os.getppid() == soak:
        if not os.path.exists(path):
            time.sleep(0.05)
            continue
        try:
            with duckdb.connect(path, read_only=True, config={"threads": 1}) as connection:
                first = connection.execute(COUNTS).fetchone()
                time.sleep(0.5)
                second = connection.execute(COUNTS).fetchone()
            with duckdb.connect(config={"threads": 1}) as connection:
                try:
                    [(rows, different)] = connection.execute(
                        "SELECT count(*), count(DISTINCT article_id) FROM read_parquet(?)", [data]
                    ).fetchall()
                    plain.add(rows)
                    if rows != different:
                        errors.append(f"data/ had {rows} rows of {different} articles")
                except duckdb.IOException:
                    retries += 1
        except duckdb.Error as error:
            errors.append(f"{type(error).__name__}: {error}")
            break
        assert first is not None
        answers += 2
        if first != second:
            errors.append(f"one connection saw {first} and {second}")
        if not counts_agree(first):
            errors.append(f"a mixture: {first}")
        if first[0] < newest:
            errors.append(f"back in time from snapshot {newest} to {first[0]}")
        newest = first[0]
        seen[json.dumps(first)] = None
        time.sleep(READ_SECONDS)
    figures = [json.loads(answer) for answer in seen]
    content = {"answers": answers, "seen": figures, "errors": errors, "retries": retries}
    Path(report).write_text(json.dumps(content | {"plain": sorted(plain)}))


def main(arguments: Sequence[str] | None = None) -> int:
    """Soaks, prints the table and returns 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--minutes", type=float, default=60.0, help="default: %(default)s")
    parser.add_argument("--kills", type=int, default=100, help="at least; default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--folder", type=Path, help="kept; default: a temporary one")
    parser.add_argument("--output", type=Path, default=Path("bench-results/soak.json"))
    args = parser.parse_args(arguments)
    with contextlib.ExitStack() as stack:
        folder = args.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        report = Soak(folder, args.seed).run(args.minutes, args.kills)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(report.as_json())
    print(report)
    return 1 if report.wrong else 0


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):  # end it early, with a report
        signal.signal(number, signal.default_int_handler)
    sys.exit(main())
