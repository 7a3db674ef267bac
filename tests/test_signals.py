"""The command as a process: how it ends by a signal, and what it leaves behind then."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.warehouse import Warehouse
from tests import PATIENCE
from tests.conftest import REPOSITORY, run_command
from tests.separate_runs import (
    COMMITTED,
    KILL_POINTS,
    done,
    only_sentence,
    problems,
    rows,
    run_arguments,
    wait_until_gone,
)
from tests.warehouse_rows import SCHEMA

EXPLORE = os.environ.get("HYPOTHESIS_PROFILE") == "explore"

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


class Command:
    """``copydesk`` in a process and a session of its own, with a folder for temporary files.

    Args:
      folder: for temporary files and standard error.
      arguments: of the command.
      options: of ``subprocess.Popen``.
    """

    def __init__(self, folder: Path, *arguments: str | os.PathLike[str], **options: object) -> None:
        # Not below the folder: the path of a socket has a hundred characters at most.
        self.temporary = Path(tempfile.mkdtemp())
        self._errors = folder / "err"
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pipeline", *arguments],
                **{
                    "cwd": REPOSITORY, "stdout": subprocess.PIPE, "stderr": errors,
                    "start_new_session": True, "env": os.environ | {"TMPDIR": str(self.temporary)},
                    # As a terminal has it; what a shell runs in the background ignores it.
                    "preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
                } | options,
            )  # fmt: skip

    def __enter__(self) -> "Command":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()
        shutil.rmtree(self.temporary)

    @property
    def err(self) -> str:
        """What it has written to standard error."""
        return self._errors.read_text()

    def handles_signals(self) -> bool:
        """Whether it has come so far; before that, Python starts."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        [caught] = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")]
        return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)

    def wait_for(self, sign: Callable[[], object]) -> None:
        """Waits for something, or until the process has ended."""
        deadline = time.monotonic() + PATIENCE
        while not sign() and self.process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.002)

    def end(self) -> int:
        """Waits until it has ended, with all that it started; returns its exit code."""
        code = self.process.wait(PATIENCE)
        assert not wait_until_gone(self.process.pid), "processes outlived it"
        deadline = time.monotonic() + PATIENCE
        while any(self.temporary.iterdir()):
            assert time.monotonic() < deadline, list(self.temporary.rglob("*"))
            time.sleep(0.01)
        return code


MOMENTS: dict[str, Callable[[Command, Path], object]] = {
    "imports": lambda command, _: command.handles_signals(),
    "the fork server starts": lambda command, _: any(command.temporary.glob("*/pymp-*")),
    "the warehouse is opened": lambda _, root: (root / ".lock").exists(),
    "Beam builds the graph": lambda command, _: any(command.temporary.glob("*/beam-*")),
    "shards are staged": lambda _, root: any(root.glob("staging/*/shards/*")),
    "rows are written": lambda _, root: any(root.glob("files/*/*.parquet")),
    "the catalog is built": lambda _, root: any(root.glob(".news.duckdb.*")),
    "the manifest is written": lambda _, root: any(root.glob("manifests/*.json")),
}
"""Signs of how far a run is; when the signal comes, it may be further."""

HOW = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL, signal.SIGHUP)


def pairs() -> Iterator[tuple[str, signal.Signals]]:
    for number, moment in enumerate(MOMENTS):
        for how in HOW if EXPLORE else HOW[number % 3 : number % 3 + 1]:
            yield moment, how


@linux
@pytest.mark.slow
@pytest.mark.parametrize(("moment", "how"), list(pairs()))
def test_a_run_ends_at_once_at_any_moment(moment, how, halves, desk, tmp_path):
    root = tmp_path / "warehouse"
    arguments = run_arguments(halves / "a.jsonl", root, "--processes", "2")
    with Command(tmp_path, *arguments) as command:
        command.wait_for(lambda: MOMENTS[moment](command, root))
        command.process.send_signal(how)
        code = command.end()
        if how is signal.SIGKILL:
            assert code in (-how, 0)
            assert "copydesk:" not in command.err
        elif code:  # it may have been done already
            assert code == 128 + how
            assert "The warehouse holds what was committed" in only_sentence(command.err)
        assert "Traceback" not in command.err
        assert "resource_tracker" not in command.err
    committed = any(root.glob("manifests/*.json"))
    done(desk.run(halves / "a.jsonl", root))
    assert rows(root) == rows(halves / "first")
    assert not problems(root)
    if code == 0:
        assert committed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("point", "how"),
    list(zip(KILL_POINTS, 4 * (signal.SIGINT, signal.SIGTERM), strict=False)),
)
def test_what_readers_see_and_the_next_run_does(point, how, halves, desk, tmp_path):
    """As after ``kill -9``, which ``test_killed_runs.py`` tests with worker processes."""
    root = tmp_path / "warehouse"
    shutil.copytree(halves / "first", root)
    with Warehouse(str(root)).open_for_writing(SCHEMA):  # the catalog of the folder's new place
        pass
    ended = desk.run(halves / "b.jsonl", root, kill_at=point, kill_by=how)
    assert ended.code == 128 + how
    assert "The warehouse holds what was committed" in only_sentence(ended.err)
    swapped = point == KILL_POINTS[-1]
    assert rows(root) == rows(halves / ("both" if swapped else "first"))
    following = done(desk.run(halves / "b.jsonl", root))
    assert ("Nothing is new" in following.out) == (KILL_POINTS.index(point) >= COMMITTED)
    assert rows(root) == rows(halves / "both")
    assert not problems(root)


@linux
def test_a_second_signal_changes_nothing(tmp_path, halves):
    with Command(tmp_path, *run_arguments(halves / "a.jsonl", tmp_path / "w")) as command:
        command.wait_for(command.handles_signals)
        for _ in range(20):
            command.process.send_signal(signal.SIGINT)
        assert command.end() == 130
        assert only_sentence(command.err).startswith("copydesk: interrupted. ")


@linux
@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGHUP])
def test_what_ignores_a_signal_goes_on_ignoring_it(how, tmp_path, halves):
    """As what a script runs in the background, or nohup starts."""
    root = tmp_path / "warehouse"
    arguments = run_arguments(halves / "a.jsonl", root)
    with Command(
        tmp_path, *arguments, preexec_fn=lambda: signal.signal(how, signal.SIG_IGN)
    ) as command:
        command.wait_for(command.handles_signals)
        os.killpg(command.process.pid, how)
        command.wait_for((root / ".lock").exists)
        os.killpg(command.process.pid, how)
        assert command.end() == 0, command.err
    assert rows(root) == rows(halves / "first")


# --- standard streams ----------------------------------------------------------------------------


def test_a_reader_that_leaves_ends_it_in_silence(tmp_path):
    read, write = os.pipe()
    os.close(read)
    with Command(tmp_path, "transforms", stdout=write) as command:
        os.close(write)
        assert command.end() == 128 + signal.SIGPIPE
        assert command.err == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_full_output_is_said(tmp_path, seed_run):
    arguments = ("verify", "--warehouse", seed_run.warehouse)
    with open("/dev/full", "wb") as full, Command(tmp_path, *arguments, stdout=full) as command:
        assert command.end() == 1
        sentence = only_sentence(command.err)
        assert "standard output or a temporary file cannot be written: No space left" in sentence


@pytest.mark.slow
def test_closed_streams_harm_no_file(tmp_path, halves):
    """A file of the warehouse must not take the number of standard output."""
    root = tmp_path / "warehouse"

    def close() -> None:
        for descriptor in range(3):
            os.close(descriptor)

    arguments = run_arguments(halves / "a.jsonl", root, "--processes", "2", "--debug")
    with Command(tmp_path, *arguments, preexec_fn=close) as command:
        assert command.end() == 0
    assert rows(root) == rows(halves / "first")
    assert not problems(root)


def test_without_room_for_temporary_files_it_says_so(tmp_path):
    with Command(tmp_path, "verify", env=os.environ | {"TMPDIR": "/proc"}) as command:
        assert command.end() == 1
        assert "set TMPDIR to a folder that can be written" in only_sentence(command.err)


WITH_A_JOB = """
import signal, sys
from pipeline import signals

def cancel():
    print("cancelled", flush=True)
    if "{cluster}" != "answers":
        raise ConnectionError("nobody listens")

signals.end_on_signals()
with signals.cancelled_by_signals(cancel):
    if "{job}" == "runs":
        signal.raise_signal(signal.SIGTERM)
signal.raise_signal(signal.SIGTERM)
"""


@pytest.mark.parametrize(
    ("job", "cluster", "printed", "sentence"),
    [
        ("runs", "answers", "cancelled\n", "the job on the cluster is cancelled"),
        ("runs", "is gone", "cancelled\n", "cannot be cancelled (ConnectionError: nobody listens)"),
        ("is over", "answers", "", "The warehouse holds what was committed before"),
    ],
)
def test_a_signal_cancels_a_job_that_runs(job, cluster, printed, sentence):
    program = WITH_A_JOB.format(job=job, cluster=cluster)
    done = run_command([sys.executable, "-c", program])
    assert done.code == 128 + signal.SIGTERM
    assert done.out == printed
    assert sentence in done.err
    assert done.err.count("copydesk:") == 1 + (job == "runs")
