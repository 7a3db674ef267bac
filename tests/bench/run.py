"""Runs copydesk and other tools on the same input, in turn, and prints how they compare.

    python -m tests.bench.run [SECTION ...] [--peers-python PYTHON] [--articles N]

Sections (all of them where none is named):

- ``pipeline``: ``copydesk run`` from JSON Lines to the committed warehouse, everything on, against
  datatrove's nearest equivalent, on as many processes.
- ``near_duplicates``: the near-duplicate step alone against rensa, from texts in memory to pairs,
  and the share it reaches of a compiled kernel's 160 MB/s a core.
- ``quality``: recall and precision of the same step and of the peers on a corpus with known copies
  (text-dedup, too, where the peers' interpreter has it).
- ``passages``: passages of whole articles against a compiled matcher that compares every word with
  every other one, on a sample.
- ``extraction``: how well pages and texts of pages become articles, by data set, country and rule;
  then pages a second of ``copydesk run`` on HTML against a bare loop over trafilatura and
  datatrove's extractor. Needs the shared data, and LightGBM to score the half that the models were
  trained on, by cross-validation.
- ``cores``: ``copydesk run`` with one process on one core against two on two.
- ``scaling``: ``copydesk run`` on 1, 3 and 10 times the articles: time and peak memory.
- ``incremental``: the last 1,000 of ten times the articles onto a warehouse of all the others,
  against the same 1,000 into an empty one.
- ``watch``: ``copydesk watch``: what a batch of 50 articles costs onto an empty warehouse, onto one
  of the articles and one of ten times as many; how soon there is a row of an article while 50 a
  second arrive for ten minutes, and what the process holds meanwhile.

Tools take turns within a repetition, so that a busy spell hits all alike; figures are medians over
the repetitions. Peak memory is the largest sum of the proportional set sizes (shared pages divided
among those who share them) of all processes of the tree, sampled four times a second; processor
time is that of the whole tree. Results go to ``bench-results/<section>.json`` and ``.md``.

The peers are the dependency group ``bench``; they may live in an interpreter of their own, named by
``--peers-python``. Where they are missing, copydesk is measured alone, and the table says so.
"""

import argparse
import contextlib
import dataclasses
import gzip
import importlib.util
import itertools
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, cast

from tests.bench import corpus, score

KERNEL_BYTES_A_SECOND = 160e6
"""A compiled kernel's speed from text to band hashes on one core (measured, see DESIGN)."""

SAMPLE_SECONDS = 0.25

QUADRATIC_ARTICLES = 100
"""Articles that a matcher without seeds compares: 4,950 pairs of a million pairs of words."""

QUICK_TIMES = 5
"""Runs in a row of a tool that takes seconds where the other takes ten minutes."""

PIPELINE_AIM = 40.0
NEAR_DUPLICATES_AIM = 3.0
CORES_AIM = 1.7
SCALING_AIM = 1.1
MEMORY_AIM = 1.2
EXTRACTION_AIM = 1.8
INCREMENTAL_AIM = 2.0
BATCH_AIM = 2.0
LATENCY_AIM = 3.0

WATCHED_BATCHES = 20
"""Batches that ``watch`` measures onto each warehouse."""

WATCHED_SECONDS = 600
"""How long articles arrive at ``watch``."""

WATCH_EVERY = 1.0
"""Seconds between two looks of ``copydesk watch`` meanwhile."""

ADDED_ARTICLES = 1_000
"""Articles of the second run of ``incremental``."""

QUALITY_PEERS = {
    "rensa": ("rensa",),
    "datasketch": ("datasketch",),
    "text-dedup": ("text_dedup",),
    "datatrove": ("datatrove", "spacy"),
}
"""What near-duplicates are scored against, and the packages each needs."""

TO_INSTALL = {
    "text-dedup": "No lock file has it, since it brings Spark and ONNX; install text-dedup==0.4.0 "
    "where --peers-python points to.",
}
"""How to come by a peer that `make bench` does not install."""


class BenchError(Exception):
    """A measured command failed, or something it needs is missing."""


@dataclasses.dataclass(frozen=True)
class Run:
    """One run of one command.

    Attributes:
      seconds: wall time, or the time the command itself reported for its timed part.
      processor_seconds: user and system time of the process tree, or of the timed part likewise.
      peak_memory: bytes, of the process tree.
      report: what the command's last line of output said, where that is JSON.
    """

    seconds: float
    processor_seconds: float
    peak_memory: int
    report: Mapping[str, float]


class _Tree:
    """Watches a process and all its descendants from a thread."""

    def __init__(self, pid: int) -> None:
        try:
            import psutil
        except ImportError as error:
            raise BenchError(
                "psutil is missing. Install the dependency group: pip install --group bench"
            ) from error
        self._psutil = psutil
        self._root = psutil.Process(pid)
        self._processor: dict[int, float] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak_memory = 0

    @property
    def processor_seconds(self) -> float:
        return sum(self._processor.values())

    def __enter__(self) -> "_Tree":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            self._sample()
            if self._stop.wait(SAMPLE_SECONDS):
                return

    def _sample(self) -> None:
        gone = (self._psutil.NoSuchProcess, self._psutil.AccessDenied)
        try:
            processes = [self._root, *self._root.children(recursive=True)]
        except gone:
            return
        memory = 0
        for process in processes:
            # A process may end between being listed and being looked at.
            with contextlib.suppress(*gone):
                times = process.cpu_times()
                self._processor[process.pid] = times.user + times.system
                full = process.memory_full_info()
                memory += getattr(full, "pss", full.rss)
        self.peak_memory = max(self.peak_memory, memory)


def measure(command: Sequence[str], processors: int | None = None) -> Run:
    """Runs a command to its end and returns what it took.

    Args:
      command: program and arguments.
      processors: run it on so many cores only; ``None`` leaves all.

    Raises:
      BenchError: it ended with an error; the end of its output is in the message.
    """
    environment = os.environ | {"PYTHONPATH": str(corpus.REPOSITORY)}
    if processors is not None:
        environment["RAYON_NUM_THREADS"] = str(processors)
    with _affinity(processors):
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=corpus.REPOSITORY,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    with _Tree(process.pid) as tree:
        output, _ = process.communicate()
        seconds = time.perf_counter() - started
    if process.returncode:
        raise BenchError(f"{' '.join(command)} ended with {process.returncode}:\n{output[-3000:]}")
    report: dict[str, float] = {}
    last = output.rstrip().rpartition("\n")[2]
    if last.startswith("{"):
        report = json.loads(last)
    processor = report.get("processor_seconds", tree.processor_seconds)
    return Run(report.get("seconds", seconds), processor, tree.peak_memory, report)


@contextlib.contextmanager
def _affinity(processors: int | None) -> Iterator[None]:
    """Binds this process, and so the ones it starts meanwhile, to some cores."""
    if processors is None or not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(allowed)[:processors]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def in_turn(
    repetitions: int, tools: Mapping[str, Callable[[], Run]], times: Mapping[str, int] | None = None
) -> dict[str, list[Run]]:
    """Runs every tool once a repetition, one after the other.

    Args:
      repetitions: of all.
      tools: what runs each, by name.
      times: how often in a row some of them run: one that is done in seconds would else be
        measured in whatever spell a shared machine has just then, and one of minutes in many.
    """
    runs: dict[str, list[Run]] = {name: [] for name in tools}
    for repetition in range(repetitions):
        for name, tool in tools.items():
            for _ in range((times or {}).get(name, 1)):
                run = tool()
                runs[name].append(run)
                print(
                    f"  {name} {repetition + 1}/{repetitions}: {run.seconds:.1f} s, "
                    f"{run.processor_seconds:.1f} s of processor, {run.peak_memory / 1e6:.0f} MB",
                    flush=True,
                )
    return runs


def _median(runs: Sequence[Run]) -> float:
    return statistics.median(run.seconds for run in runs)


def _figures(runs: Mapping[str, Sequence[Run]]) -> dict[str, object]:
    return {
        name: {
            "seconds": [run.seconds for run in some],
            "median_seconds": _median(some),
            "processor_seconds": [run.processor_seconds for run in some],
            "peak_memory_bytes": max(run.peak_memory for run in some),
            "report": some[-1].report,
        }
        for name, some in runs.items()
    }


@dataclasses.dataclass
class Bench:
    """Settings of all sections.

    Attributes:
      work: folder for corpora (kept, and used again) and for what the tools write (not kept).
      results: folder for the results.
      peers: Python interpreter that has the peers.
      articles: size of the corpus.
      repetitions: of every measurement.
      processes: worker processes of every tool, where it has such a setting.
      dump: JSON Lines file to use in place of the corpus in ``pipeline`` and ``cores``.
    """

    work: Path
    results: Path
    peers: str
    articles: int
    repetitions: int
    processes: int
    dump: Path | None

    # What is measured ---------------------------------------------------------------------------

    def corpus_folder(self, articles: int, text: str, gold: bool = True) -> Path:
        """Returns the folder of a corpus, made now if it is not there yet."""
        source = corpus.shared_source()
        if source is None:
            text = "seeds"
        settings = corpus.Settings(
            articles, text=text, source=None if text == "seeds" else source, gold=gold
        )
        folder = self.work / "corpora" / f"{text}-{articles}{'' if gold else '-bare'}"
        if not (folder / "corpus.json").exists():
            print(f"  making {folder.name} …", flush=True)
            corpus.write_corpus(settings, folder)
        return folder

    def paragraphs(self, folder: Path) -> Path:
        """Returns a corpus's paragraphs as JSON Lines, in order of time."""
        path = folder / "paragraphs.jsonl"
        if not path.exists():
            with path.open("w", encoding="utf-8") as lines:
                for index, paragraph in enumerate(corpus.read_known(folder)):
                    record = {
                        "id": str(index),
                        "text": paragraph.text,
                        "url": paragraph.url,
                        "published": paragraph.published,
                        "outlet": paragraph.outlet,
                    }
                    lines.write(json.dumps(record, ensure_ascii=False) + "\n")
        return path

    def scratch(self, name: str) -> Path:
        """Returns an empty folder."""
        folder = self.work / "scratch" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def copydesk(
        self,
        dump: Path,
        processes: int,
        processors: int | None = None,
        onto: Path | None = None,
    ) -> Run:
        """Runs ``copydesk run`` on a dump; reports the rows then in the warehouse.

        Args:
          dump: what is read.
          processes: worker processes.
          processors: cores, likewise; ``None`` leaves all.
          onto: a warehouse to add to a copy of; ``None`` for a new one.
        """
        warehouse = self.scratch("copydesk") / "warehouse"
        if onto is not None:
            shutil.copytree(onto, warehouse)
        command = [sys.executable, "-m", "pipeline", "run", "--input", str(dump)]
        command += ["--warehouse", str(warehouse), "--processes", str(processes)]
        run = measure(command, processors)
        return dataclasses.replace(run, report=_committed(warehouse))

    def peer(self, module: str, *arguments: str, processors: int | None = None) -> Run:
        """Runs a module of ``tests.bench.peers`` in the peers' interpreter."""
        return measure([self.peers, "-m", f"tests.bench.peers.{module}", *arguments], processors)

    def has(self, *modules: str) -> bool:
        """Returns whether the peers' interpreter can import some modules."""
        imports = "; ".join(f"import {module}" for module in modules)
        return not subprocess.run([self.peers, "-c", imports], capture_output=True).returncode

    # Sections -----------------------------------------------------------------------------------

    def pipeline(self) -> tuple[dict[str, object], list[str]]:
        """Measures the whole pipeline against datatrove's nearest equivalent."""
        dump = self.dump or self.corpus_folder(self.articles, "real") / "articles.jsonl"
        size = _text_bytes(dump)
        tools: dict[str, Callable[[], Run]] = {
            "copydesk": lambda: self.copydesk(dump, self.processes)
        }
        if self.has("datatrove", "spacy"):
            shards = self.scratch("shards")
            _shard(dump, shards, self.processes)

            def datatrove() -> Run:
                work = self.scratch("datatrove")
                arguments = ["--input", str(shards), "--work", str(work)]
                return self.peer("datatrove_pipeline", *arguments, "--workers", str(self.processes))

            tools["datatrove"] = datatrove
        runs = in_turn(self.repetitions, tools, {"copydesk": QUICK_TIMES})
        figures: dict[str, object] = {"text_bytes": size, "runs": _figures(runs)}
        lines = _speed_table(runs, size, "MB/s", 1e6)
        _ratio(figures, lines, runs, "datatrove", PIPELINE_AIM)
        return figures, lines

    def near_duplicates(self) -> tuple[dict[str, object], list[str]]:
        """Measures the near-duplicate step against rensa, on one core and on all."""
        folder = self.corpus_folder(self.articles, "real")
        paragraphs = self.paragraphs(folder)
        size = int(json.loads((folder / "corpus.json").read_text())["text_bytes"])
        pairs = str(self.scratch("pairs") / "pairs.json")
        arguments = ["--input", str(paragraphs), "--pairs", pairs]
        tools: dict[str, Callable[[], Run]] = {
            "copydesk": lambda: measure(
                [sys.executable, "-m", "tests.bench.copydesk_links", *arguments], processors=1
            )
        }
        if self.has("rensa"):
            tools["rensa"] = lambda: self.peer("rensa_pairs", *arguments, processors=1)
        runs = in_turn(self.repetitions, tools)
        figures: dict[str, object] = {"text_bytes": size, "runs": _figures(runs)}
        lines = _speed_table(runs, size, "MB/s", 1e6)
        _ratio(figures, lines, runs, "rensa", NEAR_DUPLICATES_AIM)
        share = size / _median(runs["copydesk"]) / KERNEL_BYTES_A_SECOND
        figures["share_of_kernel"] = share
        lines.append(
            f"Of a compiled kernel's {KERNEL_BYTES_A_SECOND / 1e6:.0f} MB/s a core: {share:.1%} "
            "(the kernel only hashes; this is from text to verified links)."
        )
        return figures, lines

    def quality(self) -> tuple[dict[str, object], list[str]]:
        """Scores the near-duplicate step and the peers on the development corpus."""
        folder = self.corpus_folder(self.articles, "real")
        paragraphs = self.paragraphs(folder)
        known, gold = corpus.read_known(folder), corpus.read_gold(folder)
        found = self.scratch("pairs") / "pairs.json"
        arguments = ["--input", str(paragraphs), "--pairs", str(found)]
        figures: dict[str, object] = {}
        lines: list[str] = []

        def add(name: str, reported: score.Reported) -> None:
            scores = score.score(known, gold, reported)
            overall = scores.recall["overall"].figures()["recall"]
            print(f"  {name}: recall {overall:.4f}", flush=True)
            figures[name] = scores.figures()
            lines.extend([f"### {name}", "", scores.table(), ""])

        def add_clusters(name: str) -> None:
            result = json.loads(found.read_text())
            # A paragraph in no cluster is one of its own, below all numbers in use.
            clusters = [-1 - index for index in range(len(known))]
            for index, cluster in result["clusters"]:
                clusters[index] = cluster
            add(name, score.reported_pairs(known, result["pairs"], clusters))

        measure([sys.executable, "-m", "tests.bench.copydesk_links", *arguments])
        result = json.loads(found.read_text())
        links = [score.Link(*link) for link in result["links"]]
        stopped = frozenset(result["stopped"])
        reported = score.reported_pairs(known, (), result["clusters"])
        add("copydesk", reported._replace(links=links, removed=stopped))
        for name, packages in QUALITY_PEERS.items():
            if not self.has(*packages):
                told = f"{name} was not scored: it is not installed. {TO_INSTALL.get(name, '')}"
                print(f"  {told}", flush=True)
                lines.extend([told.strip(), ""])
        for module, name in (("rensa_pairs", "rensa"), ("datasketch_pairs", "datasketch")):
            if self.has(*QUALITY_PEERS[name]):
                self.peer(module, *arguments)
                pairs = json.loads(found.read_text())["pairs"]
                add(name, score.reported_pairs(known, pairs))
        if self.has(*QUALITY_PEERS["text-dedup"]):
            work = str(self.scratch("text-dedup"))
            workers = str(self.processes)
            self.peer("text_dedup_pairs", *arguments, "--work", work, "--workers", workers)
            add_clusters("text-dedup")
        if self.has(*QUALITY_PEERS["datatrove"]):
            shards = self.scratch("shards")
            shutil.copy(paragraphs, shards / "00000.jsonl")
            work = str(self.scratch("datatrove"))
            documents = ["--input", str(shards), "--pairs", str(found)]
            self.peer("datatrove_pipeline", *documents, "--work", work)
            add_clusters("datatrove")
        return figures, lines

    def passages(self) -> tuple[dict[str, object], list[str]]:
        """Measures the passages of a sample of articles against a matcher without seeds."""
        source = self.paragraphs(self.corpus_folder(self.articles, "real"))
        arguments = ["--input", str(source), "--articles", str(QUADRATIC_ARTICLES)]
        command = [sys.executable, "-m", "tests.bench.passages", *arguments]
        tools: dict[str, Callable[[], Run]] = {
            "copydesk": lambda: measure(command, processors=1),
            "quadratic": lambda: measure([*command, "--quadratic"], processors=1),
        }
        runs = in_turn(self.repetitions, tools)
        pairs = {name: int(some[-1].report["pairs"]) for name, some in runs.items()}
        ratio = _median(runs["quadratic"]) / _median(runs["copydesk"])
        return {"pairs": pairs, "ratio": ratio, "runs": _figures(runs)}, [
            f"{QUADRATIC_ARTICLES} articles, from texts to exact passages: copydesk "
            f"{_median(runs['copydesk']):.2f} s, {pairs['copydesk']} pairs of articles; every word "
            f"with every word {_median(runs['quadratic']):.2f} s, {pairs['quadratic']} pairs "
            f"({ratio:.0f} times).",
        ]

    def extraction(self) -> tuple[dict[str, object], list[str]]:
        """Measures what becomes of HTML pages, and how fast."""
        source = corpus.shared_source()
        if source is None:
            raise BenchError(
                "extraction needs the HTML pages of the shared data; COPYDESK_SHARED can name "
                "its folder"
            )
        from tests.bench import train_boilerplate

        tables = train_boilerplate.report(source.parents[1], folds=_has("lightgbm"))
        print(*tables, sep="\n", flush=True)
        pages, shards = self.scratch("pages"), self.scratch("page-shards")
        count = _collect_pages(source.parents[1], pages, shards, self.processes)
        one = self.scratch("page")
        first = sorted(pages.iterdir())[0]
        shutil.copy(first, one / first.name)
        loop = [sys.executable, "-m", "tests.bench.peers.trafilatura_loop", "--input", str(pages)]
        tools: dict[str, Callable[[], Run]] = {
            "copydesk": lambda: self.copydesk(pages, self.processes),
            "copydesk, one page": lambda: self.copydesk(one, self.processes),
            "trafilatura": lambda: measure(loop),
            "trafilatura, default mode": lambda: measure([*loop, "--slow"]),
        }
        if self.has("datatrove", "trafilatura"):

            def datatrove() -> Run:
                work = self.scratch("datatrove")
                arguments = ["--input", str(shards), "--work", str(work)]
                return self.peer(
                    "datatrove_extraction", *arguments, "--workers", str(self.processes)
                )

            tools["datatrove"] = datatrove
        runs = in_turn(self.repetitions, tools)
        figures: dict[str, object] = {"pages": count, "runs": _figures(runs)}
        lines = tables + _speed_table(
            {name: some for name, some in runs.items() if name != "copydesk, one page"},
            count,
            "pages/s",
            1,
        )
        _ratio(figures, lines, runs, "trafilatura", EXTRACTION_AIM)
        _ratio(figures, lines, runs, "datatrove", None)
        start = _median(runs["copydesk, one page"])
        lines.append(f"A run over one page takes {start:.1f} s: that is the start of Beam.")
        return figures, lines

    def cores(self) -> tuple[dict[str, object], list[str]]:
        """Measures one process on one core against two on two."""
        dump = self.dump or self.corpus_folder(self.articles, "real") / "articles.jsonl"
        size = _text_bytes(dump)
        runs = in_turn(
            self.repetitions,
            {
                "1 core": lambda: self.copydesk(dump, 1, processors=1),
                "2 cores": lambda: self.copydesk(dump, 2, processors=2),
            },
        )
        ratio = _median(runs["1 core"]) / _median(runs["2 cores"])
        lines = _speed_table(runs, size, "MB/s", 1e6)
        lines.append(f"Two cores are {ratio:.2f} times as fast as one (aim {CORES_AIM}).")
        return {"text_bytes": size, "runs": _figures(runs), "ratio": ratio}, lines

    def scaling(self) -> tuple[dict[str, object], list[str]]:
        """Measures time and memory at 1, 3 and 10 times the articles."""
        sizes = {factor: self.articles * factor for factor in (1, 3, 10)}
        dumps = {
            factor: self.corpus_folder(articles, "recombined", gold=False) / "articles.jsonl"
            for factor, articles in sizes.items()
        }

        def run(factor: int) -> Callable[[], Run]:
            return lambda: self.copydesk(dumps[factor], self.processes)

        runs = in_turn(
            self.repetitions, {f"{articles} articles": run(f) for f, articles in sizes.items()}
        )
        lines = [
            "| articles | text MB | seconds | MB/s | time per article, of the first | peak MB |",
            "|---:|---:|---:|---:|---:|---:|",
        ]
        points: list[tuple[int, int]] = []
        base = None
        ratio = 0.0
        for factor, articles in sizes.items():
            some = runs[f"{articles} articles"]
            seconds, size = _median(some), _text_bytes(dumps[factor])
            peak = max(run.peak_memory for run in some)
            points.append((articles, peak))
            base = base or seconds
            ratio = seconds / base / factor
            lines.append(
                f"| {articles} | {size / 1e6:.0f} | {seconds:.1f} | {size / 1e6 / seconds:.2f} "
                f"| {ratio:.2f} | {peak / 1e6:.0f} |"
            )
        slope, intercept = statistics.linear_regression(*zip(*points, strict=True))
        million = intercept + slope * 1e6
        lines += [
            "",
            f"Ten times the articles take {10 * ratio:.1f} times as long "
            f"(aim {10 * SCALING_AIM:.0f}).",
            f"With {points[-1][0]:,} articles it peaks at {points[-1][1] / 1e9:.2f} GB "
            f"(aim {MEMORY_AIM:g} with 100,000).",
            f"Peak memory grows by {slope / 1e3:.1f} kB an article; extrapolated from this line to "
            f"a million articles: {million / 1e9:.1f} GB (aim below 16).",
        ]
        return {
            "runs": _figures(runs),
            "articles": sizes,
            "tenfold_time": 10 * ratio,
            "bytes_an_article": slope,
            "extrapolated_bytes_at_a_million": million,
        }, lines

    def incremental(self) -> tuple[dict[str, object], list[str]]:
        """Measures a small run onto a large warehouse against the same run onto none."""
        folder = self.corpus_folder(10 * self.articles, "recombined", gold=False)
        before, added = folder / "before.jsonl", folder / "added.jsonl"
        _split(folder / "articles.jsonl", 10 * self.articles - ADDED_ARTICLES, before, added)
        self.copydesk(before, self.processes)
        large = self.scratch("large") / "warehouse"
        (self.work / "scratch" / "copydesk" / "warehouse").rename(large)
        runs = in_turn(
            self.repetitions,
            {
                "into an empty one": lambda: self.copydesk(added, self.processes),
                "onto a large one": lambda: self.copydesk(added, self.processes, onto=large),
            },
        )
        ratio = _median(runs["onto a large one"]) / _median(runs["into an empty one"])
        lines = _speed_table(runs, ADDED_ARTICLES, "articles/s", 1)
        lines.append(
            f"{ADDED_ARTICLES} articles onto {10 * self.articles - ADDED_ARTICLES} take "
            f"{ratio:.2f} times as long as into an empty warehouse (aim {INCREMENTAL_AIM:g})."
        )
        return {"runs": _figures(runs), "ratio": ratio}, lines

    def watch(self) -> tuple[dict[str, object], list[str]]:
        """Measures batches of ``copydesk watch``, and how soon their rows are there."""
        if not _has("psutil"):
            raise BenchError("psutil is missing. pip install --group bench")
        from tests.bench import watching

        added = (WATCHED_BATCHES + watching.WARM_UP) * watching.BATCH
        large = 10 * self.articles
        folder = self.corpus_folder(large + added, "recombined", gold=False)
        lines = ["| articles before | median s | processor s |", "|---:|---:|---:|"]
        costs: dict[int, watching.Cost] = {}
        for articles in (0, self.articles, large):
            before, after = self.scratch("before") / "before.jsonl", folder / "added.jsonl"
            _split(folder / "articles.jsonl", large, before, after)
            records = after.read_bytes().splitlines(keepends=True)
            warehouse = self.scratch("copydesk") / "warehouse"
            if articles:
                _split(folder / "articles.jsonl", articles, before, self.scratch("rest") / "rest")
                self.copydesk(before, self.processes)
            cost = watching.batches(records, self.scratch("in"), warehouse, WATCHED_BATCHES)
            costs[articles] = cost
            lines.append(
                f"| {articles:,} | {statistics.median(cost.seconds):.2f} "
                f"| {statistics.median(cost.processor_seconds):.2f} |"
            )
            print(lines[-1], flush=True)
        ratio = statistics.median(costs[large].processor_seconds) / statistics.median(
            costs[0].processor_seconds
        )
        with (folder / "articles.jsonl").open("rb") as file:
            records = list(itertools.islice(file, watching.BATCH * (WATCHED_SECONDS + 1)))
        warehouse = self.scratch("steady") / "warehouse"
        arrival = watching.steadily(records, self.scratch("in"), warehouse, WATCH_EVERY)
        slowest = sorted(arrival.seconds)[int(0.99 * len(arrival.seconds))]
        lines += [
            "",
            f"A batch of {watching.BATCH} articles onto {large:,} takes {ratio:.2f} times the "
            f"processor time of one onto none (aim {BATCH_AIM:g}).",
            f"{watching.BATCH} articles a second for {len(arrival.seconds)} s, and a look every "
            f"{WATCH_EVERY:g} s: their rows are there after "
            f"{statistics.median(arrival.seconds):.1f} s in the median, {slowest:.1f} s for 99 of "
            f"100, {max(arrival.seconds):.1f} s at most (aim {LATENCY_AIM + WATCH_EVERY:g}).",
            "Over {:,} batches memory went from {:.0f} to {:.0f} MB, open files from {:g} to "
            "{:g}.".format(
                arrival.batches, *(size / 1e6 for size in arrival.memory), *arrival.files
            ),
        ]
        figures = {str(articles): dataclasses.asdict(cost) for articles, cost in costs.items()}
        return {"batches": figures, "ratio": ratio, "arrival": dataclasses.asdict(arrival)}, lines

    def scale(self) -> tuple[dict[str, object], list[str]]:
        """Measures what an article costs by step, and the comparison of 10 and 100 M paragraphs."""
        dump = self.dump or self.corpus_folder(self.articles, "real") / "articles.jsonl"
        commands = [["measure", str(dump)], *(["simulate", n, "--only", "10"] for n in SIMULATED)]
        found = []
        for command in commands:
            module = [sys.executable, "-m", "tests.bench.scale", *command]
            done = subprocess.run(module, cwd=corpus.REPOSITORY, stdout=subprocess.PIPE, check=True)
            found.append(json.loads(done.stdout))
        costs, *simulated = found
        lines = [
            "| step | tasks | ms an article | bytes read | bytes shuffled |",
            "|---|---:|---:|---:|---:|",
            *(
                f"| {name} | {step['tasks']} | {step['ms_an_article']} "
                f"| {step['read_an_article']} | {step['shuffled_an_article']} |"
                for name, step in costs["steps"].items()
            ),
            "",
            "| paragraphs | partitions | rows | spilled GB | processor s | us each | peak MB |",
            "|---:|---:|---:|---:|---:|---:|---:|",
            *(
                f"| {run['paragraphs']:,} | {run['partitions']} | {run['rows']:,} "
                f"| {run['spilled_bytes'] / 1e9:.1f} "
                f"| {run['processor_seconds']['read and compare']} "
                f"| {run['compare_us_a_paragraph']} | {run['peak_mb']} |"
                for run in simulated
            ),
        ]
        return {"costs": costs, "simulated": simulated}, lines


SIMULATED = ("1e7", "1e8")
"""Paragraphs of the corpora whose comparison is simulated."""

SECTIONS = (
    "pipeline",
    "near_duplicates",
    "quality",
    "passages",
    "extraction",
    "cores",
    "scaling",
    "incremental",
    "scale",
    "watch",
)


def _has(module: str) -> bool:
    """Whether this interpreter has a module."""
    return importlib.util.find_spec(module) is not None


def _committed(warehouse: Path) -> dict[str, float]:
    """Returns the rows of the tables of a warehouse.

    Raises:
      BenchError: it holds no article; a run that did nothing must not pass for a fast one.
    """
    import duckdb

    catalog = warehouse / "news.duckdb"
    if not catalog.exists():
        raise BenchError(f"copydesk run ended well but left no {catalog.name} in {warehouse}")
    with duckdb.connect(str(catalog), read_only=True) as connection:
        rows: dict[str, float] = {}
        for table in ("articles", "paragraphs", "paragraph_links", "rejects"):
            (rows[table],) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0]
    if not rows["articles"]:
        raise BenchError(f"copydesk run ended well but {warehouse} holds no article")
    return rows


def _opened(dump: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(dump)) if dump.suffix == ".gz" else dump.open("rb")


def _text_bytes(dump: Path) -> int:
    """Returns the UTF-8 bytes of the field ``text`` of all records."""
    total = 0
    with _opened(dump) as lines:
        for line in lines:
            total += len((json.loads(line)["text"] or "").encode())
    return total


def _split(dump: Path, count: int, first: Path, rest: Path) -> None:
    """Writes the first so many lines of a dump to one file and the others to another."""
    with _opened(dump) as lines, first.open("wb") as start, rest.open("wb") as end:
        start.writelines(itertools.islice(lines, count))
        end.writelines(lines)


def _shard(dump: Path, folder: Path, count: int) -> None:
    """Deals the lines of a dump out to so many files."""
    with contextlib.ExitStack() as stack:
        files = [
            stack.enter_context((folder / f"{number:05d}.jsonl").open("wb"))
            for number in range(count)
        ]
        lines = stack.enter_context(_opened(dump))
        for number, line in enumerate(lines):
            files[number % count].write(line)


def _collect_pages(shared: Path, pages: Path, shards: Path, count: int) -> int:
    """Puts all pages into one folder, and as JSON Lines into another; returns how many."""
    found = sorted(
        [*shared.glob("html_articles/html/*.html.gz"), *shared.glob("fundus/*/*.html.gz")]
    )
    with contextlib.ExitStack() as stack:
        files = [
            stack.enter_context((shards / f"{number:05d}.jsonl").open("w", encoding="utf-8"))
            for number in range(count)
        ]
        for number, path in enumerate(found):
            shutil.copy(path, pages / f"{path.parent.name}-{path.name}")
            html = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
            files[number % count].write(json.dumps({"id": str(number), "text": html}) + "\n")
    return len(found)


def _speed_table(
    runs: Mapping[str, Sequence[Run]], amount: int, unit: str, divisor: float
) -> list[str]:
    lines = [
        f"| tool | median s | {unit} | processor s | peak MB |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, some in runs.items():
        seconds = _median(some)
        processor = statistics.median(run.processor_seconds for run in some)
        peak = max(run.peak_memory for run in some)
        lines.append(
            f"| {name} | {seconds:.1f} | {amount / divisor / seconds:.2f} | {processor:.1f} "
            f"| {peak / 1e6:.0f} |"
        )
    return [*lines, ""]


def _ratio(
    figures: dict[str, object],
    lines: list[str],
    runs: Mapping[str, Sequence[Run]],
    peer: str,
    aim: float | None,
) -> None:
    if peer not in runs:
        lines.append(f"{peer} is not installed: copydesk was measured alone.")
        return
    ratio = _median(runs[peer]) / _median(runs["copydesk"])
    figures[f"times_{peer}"] = ratio
    aimed = "" if aim is None else f" (aim {aim:g})"
    lines.append(f"copydesk is {ratio:.1f} times as fast as {peer}{aimed}.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the sections named on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.run",
        description="Runs copydesk and other tools on the same input, in turn.",
    )
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument(
        "--peers-python", default=sys.executable, help="interpreter with the peers (default: this)"
    )
    parser.add_argument("--articles", type=int, default=10_000, help="default 10000")
    parser.add_argument("--repetitions", type=int, default=3, help="default 3")
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count() or 1, help="default: the cores there are"
    )
    parser.add_argument(
        "--dump", type=Path, help="JSON Lines file for pipeline and cores instead of the corpus"
    )
    parser.add_argument(
        "--work",
        type=Path,
        default=corpus.REPOSITORY / "bench-results" / "work",
        help="folder for corpora and scratch files (default bench-results/work)",
    )
    parser.add_argument(
        "--results",
        type=Path,
        default=corpus.REPOSITORY / "bench-results",
        help="folder for the results (default bench-results)",
    )
    options = parser.parse_args(arguments)
    unknown = [section for section in options.sections if section not in SECTIONS]
    if unknown:
        parser.error(f"unknown section {unknown[0]!r}; there are {', '.join(SECTIONS)}")
    bench = Bench(
        work=options.work.resolve(),
        results=options.results.resolve(),
        peers=options.peers_python,
        articles=options.articles,
        repetitions=options.repetitions,
        processes=options.processes,
        dump=options.dump.resolve() if options.dump else None,
    )
    bench.results.mkdir(parents=True, exist_ok=True)
    for section in options.sections or SECTIONS:
        print(f"{section}:", flush=True)
        try:
            figures, lines = getattr(bench, section)()
        except BenchError as error:
            print(f"{section}: {error}", file=sys.stderr)
            return 1
        heading = (
            f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; "
            f"{bench.repetitions} repetitions, {bench.processes} processes."
        )
        text = "\n".join([f"## {section}", "", heading, "", *lines])
        (bench.results / f"{section}.md").write_text(text + "\n", encoding="utf-8")
        (bench.results / f"{section}.json").write_text(
            json.dumps({"section": section, "machine": heading} | figures, indent=2) + "\n",
            encoding="utf-8",
        )
        print(f"\n{text}\n", flush=True)
    shutil.rmtree(bench.work / "scratch", ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
