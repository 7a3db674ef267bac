"""What every test may use: the shared data, commands, a finished run, settings of Hypothesis."""

import contextlib
import dataclasses
import os
import pathlib
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import filelock
import hypothesis
import pytest

from pipeline.flags import available_cores
from tests import PATIENCE
from tests.bench.corpus import Settings, write_corpus
from tests.separate_runs import Desk, done
from tests.watching import Watching

T = TypeVar("T")

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent

# Derandomised, a test that passes passes again; without a deadline, a busy machine fails nothing.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_xdist_auto_num_workers() -> int:
    """Returns how many processes ``-n logical`` starts: one more than cores, as some tests wait."""
    return available_cores() + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Has each process begin with its part of the slow tests, so that the end is of short ones."""
    processes = getattr(config, "workerinput", {}).get("workercount", 1)
    kinds: list[list[pytest.Item]] = [[], []]
    for item in items:
        kinds[item.get_closest_marker("slow") is None].append(item)
    items[:] = [
        item
        for number in range(processes)
        for kind in kinds
        for item in kind[len(kind) * number // processes : len(kind) * (number + 1) // processes]
    ]


@pytest.fixture(scope="session")
def repository() -> pathlib.Path:
    """The repository's own folder."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> pathlib.Path:
    """The folder of labelled data that is not part of the repository; skips where it is absent."""
    place = os.environ.get("COPYDESK_SHARED")
    folder = pathlib.Path(place) if place else REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent: name the folder of the labelled data in COPYDESK_SHARED")
    return folder


@dataclasses.dataclass(frozen=True)
class Finished:
    """A command that has ended.

    Attributes:
      code: its exit code.
      out: its standard output.
      err: its standard error.
    """

    code: int
    out: str
    err: str


def copydesk(*arguments: str | os.PathLike[str], stdin: str | None = None) -> Finished:
    """Runs ``copydesk`` in a process of its own, in the repository's folder."""
    return run_command([sys.executable, "-m", "pipeline", *map(os.fspath, arguments)], stdin=stdin)


def run_command(
    command: Sequence[str], cwd: pathlib.Path = REPOSITORY, stdin: str | None = None
) -> Finished:
    """Runs a command to its end."""
    done = subprocess.run(
        command, cwd=cwd, input=stdin, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def bound_by_permissions(command: Sequence[str]) -> list[str]:
    """Returns a command that is held to the permissions of files, also if root runs it."""
    if os.geteuid():
        return [*command]
    if not shutil.which("setpriv"):
        pytest.skip("permissions do not bind root, and there is no setpriv to give it up")
    # The owner of a file is held to its permissions only without these capabilities.
    lose = "-dac_override,-dac_read_search"
    return ["setpriv", "--bounding-set", lose, "--inh-caps", lose, *command]


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[pathlib.Path], T]) -> T:
    """Returns what a function builds, which the first of the test processes calls for all.

    Args:
      factory: the fixture of pytest.
      name: unique in the session.
      build: receives a new folder; returns something that can be pickled.
    """
    # The processes of pytest-xdist have folders beside each other.
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    result = shared / f"{name}.pickle"
    with filelock.FileLock(f"{result}.lock"):
        if not result.exists():
            result.write_bytes(pickle.dumps(build(factory.mktemp(name))))
        built: T = pickle.loads(result.read_bytes())
    return built


@dataclasses.dataclass(frozen=True)
class SeedRun:
    """The five seeds, filed in a warehouse by the command line."""

    warehouse: pathlib.Path
    finished: Finished


@pytest.fixture(scope="session")
def seed_run(tmp_path_factory: pytest.TempPathFactory) -> SeedRun:
    """A finished run over ``seeds/``. Whoever changes the warehouse makes a copy of it first."""

    def build(folder: pathlib.Path) -> SeedRun:
        finished = copydesk("run", "--input", "seeds", "--warehouse", folder / "warehouse")
        assert finished.code == 0, finished.err
        return SeedRun(folder / "warehouse", finished)

    return built_once(tmp_path_factory, "seeds", build)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Starts runs in warm processes."""
    with contextlib.closing(Desk(tmp_path_factory.mktemp("output"))) as desk:
        yield desk


@pytest.fixture(scope="class")
def watch(desk: Desk) -> Iterator[Callable[..., Watching]]:
    """Starts ``copydesk watch``, which ends with the tests of the class at the latest."""
    with contextlib.ExitStack() as stack:

        def start(*arguments: Any, **conditions: Any) -> Watching:
            return stack.enter_context(contextlib.closing(Watching(desk, *arguments, **conditions)))

        yield start


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Lines of a JSONL corpus of 60 articles with copies of every kind among them."""

    def build(folder: pathlib.Path) -> list[bytes]:
        write_corpus(Settings(60, seed="end to end", text="seeds", gold=False), folder)
        return (folder / "articles.jsonl").read_bytes().splitlines(keepends=True)

    return built_once(tmp_path_factory, "corpus", build)


@pytest.fixture(scope="session")
def whole(
    desk: Desk, corpus: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> pathlib.Path:
    """The warehouse of the corpus in one file, read in one run."""

    def build(folder: pathlib.Path) -> pathlib.Path:
        (folder / "corpus.jsonl").write_bytes(b"".join(corpus))
        done(desk.run(folder / "corpus.jsonl", folder / "warehouse"))
        return folder / "warehouse"

    return built_once(tmp_path_factory, "whole", build)


@pytest.fixture(scope="session")
def halves(
    desk: Desk, corpus: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> pathlib.Path:
    """A folder with the corpus in two halves and two warehouses.

    ``first`` holds the first half, ``both`` the second half on top of it.
    """

    def build(folder: pathlib.Path) -> pathlib.Path:
        for name, lines in (("a", corpus[:30]), ("b", corpus[30:])):
            (folder / f"{name}.jsonl").write_bytes(b"".join(lines))
        done(desk.run(folder / "a.jsonl", folder / "first"))
        shutil.copytree(folder / "first", folder / "both")
        done(desk.run(folder / "b.jsonl", folder / "both", "--partitions", "3"))
        return folder

    return built_once(tmp_path_factory, "halves", build)


def linked_repository(folder: pathlib.Path) -> pathlib.Path:
    """Makes a folder a repository to which a test may add transforms; returns it.

    It has the packages as links, and so what Python and Numba have compiled of them.
    """
    (folder / "transforms").mkdir(parents=True)
    (folder / "pipeline").symlink_to(REPOSITORY / "pipeline")
    (folder / "seeds").symlink_to(REPOSITORY / "seeds")
    for path in (REPOSITORY / "transforms").iterdir():
        if path.name != "__pycache__":
            (folder / "transforms" / path.name).symlink_to(path)
    return folder
