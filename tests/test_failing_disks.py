"""Disks that are full, broken or read-only: one system call of a run fails, at every place in turn.

A library that is built here stands before the system calls. Without a C compiler, or where there is
no LD_PRELOAD, the tests are skipped.
"""

import contextlib
import dataclasses
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from pipeline.run import warn_of_little_space
from pipeline.tasks.sizes import STORED_BYTES
from tests.conftest import built_once
from tests.separate_runs import (
    CALLS,
    Desk,
    Ended,
    Fault,
    all_of,
    done,
    only_sentence,
    problems,
    rows,
    tree,
)

pytestmark = pytest.mark.slow

ERRORS = {
    "open": errno.EROFS,
    "write": errno.ENOSPC,
    "sync": errno.EIO,
    "rename": errno.EIO,
    "folder": errno.ENOSPC,
}
"""What the calls of a kind fail with."""

PLACES = 10_000 if os.environ.get("HYPOTHESIS_PROFILE") == "explore" else 2
"""Most calls of a kind that fail, one a run; they are spread evenly over the run."""


@dataclasses.dataclass(frozen=True)
class Failed:
    """A run in which a call failed, and the run after it.

    Attributes:
      fault: the call.
      ended: how the run ended.
      changed: paths of files that differ from before the run; without trees of ``data`` that were
        replaced by then, which any writer removes.
      during: rows that a reader saw between the two.
      next: how the run after it ended.
      after: rows after it.
      wrong: what is wrong with the warehouse then.
    """

    fault: Fault
    ended: Ended
    changed: list[str]
    during: Mapping[str, list[str]]
    next: Ended
    after: Mapping[str, list[str]]
    wrong: list[str]


@pytest.fixture(scope="session")
def failing_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Starts runs whose system calls can fail."""
    compiler = shutil.which("cc")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("needs Linux and a C compiler, cc")
    folder = tmp_path_factory.mktemp("failing")
    library = folder / "failing_calls.so"
    source = Path(__file__).with_name("failing_calls.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    with contextlib.closing(Desk(folder, library)) as desk:
        yield desk


@pytest.fixture(scope="session")
def expected(
    desk: Desk, halves: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Mapping[str, list[str]]]:
    """A dump, and the rows of a warehouse after it was read into it undisturbed."""

    def build(folder: Path) -> tuple[Path, Mapping[str, list[str]]]:
        dump = folder / "dump.jsonl"
        lines = (halves / "b.jsonl").read_bytes().splitlines(keepends=True)
        dump.write_bytes(b"".join(lines[:2]).replace(b" the ", b" yon "))
        shutil.copytree(halves / "both", folder / "warehouse")
        done(desk.run(dump, folder / "warehouse", fan_in=2))
        return dump, rows(folder / "warehouse")

    return built_once(tmp_path_factory, "undisturbed", build)


@pytest.fixture(scope="session")
def failed(
    failing_desk: Desk,
    halves: Path,
    expected: tuple[Path, Mapping[str, list[str]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[tuple[str, int], Failed]:
    def run(warehouse: Path, fault: Fault) -> Ended:
        shutil.copytree(halves / "both", warehouse)
        fields = dataclasses.asdict(fault) | {"folder": str(warehouse)}
        # Reading it first brings the catalog up to the folder's new place.
        done(failing_desk.run(halves / "a.jsonl", warehouse))
        return failing_desk.run(expected[0], warehouse, fan_in=2, fault=fields)

    def task(folder: Path, fault: Fault) -> Callable[[], Failed]:
        def work() -> Failed:
            warehouse = folder / f"{fault.kind}-{fault.number}"
            shutil.copytree(halves / "both", warehouse)
            done(failing_desk.run(halves / "a.jsonl", warehouse))
            before = tree(warehouse)
            fields = dataclasses.asdict(fault) | {"folder": str(warehouse)}
            ended = failing_desk.run(expected[0], warehouse, fan_in=2, fault=fields)
            after = tree(warehouse)
            changed = [
                path
                for path in {*before, *after}
                if before.get(path) != after.get(path) and not path.startswith(".data.")
            ]
            during = rows(warehouse)
            following = failing_desk.run(expected[0], warehouse)
            return Failed(
                fault, ended, changed, during, following, rows(warehouse), problems(warehouse)
            )

        return work

    def build(folder: Path) -> Mapping[tuple[str, int], Failed]:
        calls = done(run(folder / "counted", Fault(""))).calls
        assert all(calls[kind] for kind in CALLS), calls
        tasks = {}
        for kind in CALLS:
            count = min(PLACES, calls[kind])
            for place in range(count):
                number = 1 + place * (calls[kind] - 1) // max(1, count - 1)
                fault = Fault("", kind, number, ERRORS[kind], stays=bool(place % 2))
                tasks[kind, place] = task(folder, fault)
        return all_of(tasks)

    return built_once(tmp_path_factory, "failed", build)


def test_a_run_fails_as_a_whole_with_one_sentence(failed, expected, halves):
    """Or it is not disturbed at all, or it is committed and says what is missing."""
    before, (_, after) = rows(halves / "both"), expected
    for run in failed.values():
        if run.ended.code == 0:
            assert run.during == after, run
            continue
        assert run.ended.code == 1, run
        sentence = only_sentence(run.ended.err)
        assert os.strerror(run.fault.code) in sentence, run
        if run.fault.code == errno.ENOSPC:
            assert "ake room" in sentence, run
        assert f"/{run.fault.kind}-{run.fault.number}/" in sentence, f"names no path: {sentence}"
        if "is committed" in sentence:
            assert run.during in (before, after), run
        else:
            assert "Nothing was committed" in sentence, run
            assert run.during == before, run
            assert not run.changed, run


def test_the_next_run_gives_the_rows_of_an_undisturbed_one(failed, expected):
    for run in failed.values():
        assert run.next.code == 0, run
        assert run.after == expected[1], run
        assert not run.wrong, run


def test_every_kind_of_call_was_met(failed):
    ended = {kind: [run for run in failed.values() if run.fault.kind == kind] for kind in CALLS}
    for kind, runs in ended.items():
        assert any(run.ended.code for run in runs), kind


def test_little_space_is_warned_of_with_figures(tmp_path, caplog):
    warn_of_little_space(str(tmp_path), str(tmp_path / "."), 1)
    warn_of_little_space("/proc", "gs://bucket/staging", 0)
    assert not caplog.messages
    free = shutil.disk_usage(tmp_path).free
    warn_of_little_space(str(tmp_path), str(tmp_path), free // 4)
    [message] = caplog.messages
    assert f"The disk of {tmp_path} has " in message
    assert "--staging" in message


def test_of_little_space_elsewhere_nothing_is_said(tmp_path, caplog):
    """What stays fits; working files go to another storage."""
    free = shutil.disk_usage(tmp_path).free
    text = int(free / (STORED_BYTES + 1))  # with the working files beside it, it would not fit
    warn_of_little_space(str(tmp_path), "gs://bucket/staging", text)
    assert not caplog.messages
