"""Kills ``copydesk watch`` again and again while files and records arrive, then leaves it on.

    python -m tests.soak_watch --kills 1000 --batches 2000

First it is killed with kill -9 at any moment, and started again, while records arrive: a third of
them in files that are renamed in, the others appended to a log in two writes each. Every eighth
process has workers of its own. In the end each record must be there once, with all its letters: as
many of each article as a single ``copydesk run`` over all of them keeps and removes.

Then one process takes thousands of tiny batches. Its memory (PSS, of it and its workers), its open
files and the number of its processes are sampled; they must not grow. Prints a table, and writes
all figures as JSON.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench.corpus import Settings, write_corpus
from tests.separate_runs import Desk, done, problems, processes_of, query, wait_until_gone
from tests.watching import Watching, append, commits, put, shown_articles

WORKERS_EVERY = 8
"""Every so many processes to kill have workers; without, one starts in a third of the time."""

SAMPLE_EVERY = 10
"""Batches between two samples of memory and files."""

GROWTH, ALLOWANCE = 1.1, 16 << 20
"""Memory is flat if the median of the last quarter of its samples is at most this factor times that
of the second, and this many bytes: what a batch reads of the warehouse grows with it."""

FILES_ALLOWANCE = 3
"""The same for open files: a sample may fall into a commit."""


@dataclasses.dataclass
class Report:
    """What was seen.

    Attributes:
      kills: of ``copydesk watch``, by kill -9.
      commits: those that came through between them.
      records: that arrived meanwhile.
      batches: of the process that was left on.
      seconds: a batch of it, at its beginning and at its end.
      memory: bytes in the second and in the last quarter of the time.
      files: open files likewise.
      wrong: sentences about what must not be.
    """

    kills: int = 0
    commits: int = 0
    records: int = 0
    batches: int = 0
    seconds: tuple[float, ...] = ()
    memory: tuple[float, ...] = ()
    files: tuple[float, ...] = ()
    wrong: list[str] = dataclasses.field(default_factory=list)

    def __str__(self) -> str:
        lines = [
            f"kill -9          {self.kills:,}",
            f"records          {self.records:,}, in {self.commits:,} commits",
            f"batches          {self.batches:,}",
        ]
        if self.memory:
            lines += [
                "memory           {:,.0f} MB, then {:,.0f} MB".format(
                    *(size / 1e6 for size in self.memory)
                ),
                "open files       {:g}, then {:g}".format(*self.files),
                "a batch          {:.2f} s, then {:.2f} s".format(*self.seconds),
            ]
        return "\n".join([*lines, *(self.wrong or ["Nothing was lost, nothing came twice."])])


def kill_again_and_again(
    watch: Callable[..., Watching], folder: Path, kills: int, seed: int, report: Report
) -> Path:
    """Kills it while records arrive, then lets it come to rest; returns the warehouse.

    Args:
      watch: starts it: with the folder it watches, its warehouse, conditions.
      folder: for everything that is written.
      kills: how often; two records arrive before each.
      seed: of the moments.
      report: receives the figures.
    """
    inputs, warehouse = folder / "in", folder / "warehouse"
    inputs.mkdir()
    chance = random.Random(seed)
    write_corpus(Settings(2 * kills, seed="watch", text="seeds", gold=False), folder)
    corpus = (folder / "articles.jsonl").read_bytes().splitlines(keepends=True)
    waiting = list(enumerate(corpus))
    put(inputs / "first.jsonl", corpus[0])
    waiting.pop(0)
    for kill in range(kills):
        watching = watch(inputs, warehouse, workers=kill % WORKERS_EVERY == WORKERS_EVERY - 1)
        before = commits(warehouse)
        for number, line in waiting[:2]:
            if number % 3:
                cut = chance.randrange(len(line))
                append(inputs / "log.jsonl", line[:cut])
                time.sleep(chance.random() / 10)
                append(inputs / "log.jsonl", line[cut:])
            else:
                put(inputs / f"{number}.jsonl", line)
        del waiting[:2]
        if chance.random() < 0.5:  # until it commits; else wherever it is
            watching.until(lambda before=before: commits(warehouse) > before)
        time.sleep(chance.random() / 4)
        ended = watching.stop(signal.SIGKILL)
        if ended.code != -signal.SIGKILL:
            report.wrong.append(f"before kill {kill} it ended with {ended.code}: {ended.err}")
            return warehouse
        if orphans := wait_until_gone(watching.pid):
            report.wrong.append(f"processes {orphans} outlived kill {kill}")
        report.kills += 1
    for number, line in waiting:
        put(inputs / f"{number}.jsonl", line)
    watching = watch(inputs, warehouse)
    watching.until(lambda: shown_articles(warehouse) >= len(corpus))
    ended = watching.stop()
    if ended.code:
        report.wrong.append(f"in the end it ended with {ended.code}: {ended.err}")
    report.records, report.commits = len(corpus), commits(warehouse)
    return warehouse


LETTERS = """
    SELECT url, sum(letters)::BIGINT, count(DISTINCT article_id) FROM (
        SELECT article_id, length(regexp_replace(text, '\\s', '', 'g')) AS letters FROM paragraphs
        UNION ALL
        SELECT article_id, length(regexp_replace(text, '\\s', '', 'g')) FROM removed_lines
    ) JOIN articles USING (article_id) GROUP BY url ORDER BY url
"""
"""Of each article how many letters there are, kept and removed, and how often it came."""


def lost_or_doubled(desk: Desk, folder: Path, warehouse: Path) -> list[str]:
    """Returns what is wrong with the rows, compared with a run over all records at once."""
    found = list(problems(warehouse))
    done(desk.run(folder / "articles.jsonl", folder / "one"))
    expected, watched = query(folder / "one", LETTERS), query(warehouse, LETTERS)
    if watched != expected:
        few = [row for row in expected if row not in watched][:3]
        found.append(f"{len(watched)} articles of {len(expected)}, and among those differ: {few}")
    [(rejects,)] = query(warehouse, "SELECT sum(rejects) FROM runs")
    if rejects:
        found.append(f"{rejects} records became rejects")
    return found


def stay_on(watch: Callable[..., Watching], folder: Path, batches: int, report: Report) -> None:
    """Lets it take tiny batches, one after the other; reports memory, files and time of them."""
    inputs, warehouse = folder / "in", folder / "warehouse"
    inputs.mkdir(parents=True)
    write_corpus(Settings(batches, seed="batches", text="seeds", gold=False), folder)
    corpus = (folder / "articles.jsonl").read_bytes().splitlines(keepends=True)
    watching = watch(inputs, warehouse, workers=True)
    samples: list[tuple[int, int]] = []
    seconds: list[float] = []
    for number, line in enumerate(corpus):
        began = time.monotonic()
        put(inputs / f"{number}.jsonl", line)
        watching.until(lambda before=number: _newest(warehouse) > before)
        seconds.append(time.monotonic() - began)
        (inputs / f"{number}.jsonl").unlink()
        if number % SAMPLE_EVERY == 0:
            samples.append(_held(watching.pid))
            print(number, *samples[-1], f"{seconds[-1]:.2f}", flush=True)
    ended = watching.stop()
    if ended.code:
        report.wrong.append(f"it ended with {ended.code}: {ended.err}")
    report.batches = len(corpus)
    quarter = len(samples) // 4
    if quarter:
        parts = (samples[quarter : 2 * quarter], samples[-quarter:])
        report.memory, report.files = zip(
            *(map(statistics.median, zip(*part, strict=True)) for part in parts), strict=True
        )
        tenth = len(seconds) // 10
        spans = (seconds[tenth : 2 * tenth], seconds[-tenth:])
        report.seconds = tuple(map(statistics.median, spans))
        if report.memory[1] > GROWTH * report.memory[0] + ALLOWANCE:
            report.wrong.append("its memory grew")
        if report.files[1] > report.files[0] + FILES_ALLOWANCE:
            report.wrong.append("it left files open")
    report.wrong += problems(warehouse)


def _newest(warehouse: Path) -> int:
    """Returns the number of the newest manifest: old ones are pruned."""
    return max((int(path.stem) for path in warehouse.glob("manifests/[0-9]*.json")), default=0)


def _held(session: int) -> tuple[int, int]:
    """Returns the PSS, in bytes, and the open files of all processes of a session."""
    memory = files = 0
    for pid in processes_of(session):
        with contextlib.suppress(OSError):  # a worker was just replaced
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    memory += int(line.split()[1]) << 10
            files += len(os.listdir(f"/proc/{pid}/fd"))
    return memory, files


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table, and returns 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak_watch", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--kills", type=int, default=1_000, help="default: %(default)s")
    parser.add_argument("--batches", type=int, default=2_000, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=15, help="default: %(default)s")
    parser.add_argument("--folder", type=Path, help="kept; default: a temporary one")
    parser.add_argument("--output", type=Path, default=Path("bench-results/soak-watch.json"))
    args = parser.parse_args(arguments)
    report = Report()
    with contextlib.ExitStack() as stack:
        folder = args.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in ("output", "killed", "on"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        desk = stack.enter_context(contextlib.closing(Desk(folder / "output")))

        def watch(inputs: Path, warehouse: Path, **conditions: object) -> Watching:
            return stack.enter_context(
                contextlib.closing(Watching(desk, inputs, warehouse, **conditions))
            )

        if args.kills:
            warehouse = kill_again_and_again(
                watch, folder / "killed", args.kills, args.seed, report
            )
            if not report.wrong:
                report.wrong += lost_or_doubled(desk, folder / "killed", warehouse)
        if args.batches:
            stay_on(watch, folder / "on", args.batches, report)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(json.dumps(dataclasses.asdict(report)))
    print(report)
    return 1 if report.wrong else 0


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):  # end it early
        signal.signal(number, signal.default_int_handler)
    sys.exit(main())
