"""What killed runs leave behind, and what readers see while a run commits."""

import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipeline.warehouse import Warehouse
from tests.conftest import REPOSITORY, built_once
from tests.separate_runs import (
    COMMITTED,
    COUNTS,
    KILL_POINTS,
    Desk,
    Ended,
    Reader,
    all_of,
    counts_agree,
    done,
    exact_classes,
    problems,
    query,
    rows,
    run_arguments,
    text_links,
    wait_until_gone,
)
from tests.warehouse_rows import SCHEMA

pytestmark = pytest.mark.slow

RUNS = 5
"""Commits while readers query, the last of which merge the small files of three runs."""


@dataclasses.dataclass(frozen=True)
class Killed:
    """A run that was killed, and the run after it.

    Attributes:
      code: how the first ended.
      orphaned: worker processes that outlived it.
      during: rows that a reader saw between the two.
      recovered: how the second ended.
      after: rows after it.
      wrong: what is wrong with the warehouse then.
      elsewhere: what lies in the staging folder outside the warehouse: before, and after it.
    """

    code: int
    orphaned: list[int]
    during: Mapping[str, list[str]]
    recovered: Ended
    after: Mapping[str, list[str]]
    wrong: list[str]
    elsewhere: tuple[list[str], list[str]]


@pytest.fixture(scope="session")
def killed(
    desk: Desk, halves: Path, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Killed]:
    def task(folder: Path, number: int, point: str) -> Callable[[], Killed]:
        def work() -> Killed:
            warehouse = folder / str(number)
            shutil.copytree(halves / "first", warehouse)
            with Warehouse(str(warehouse)).open_for_writing(SCHEMA):
                pass
            dump, options = halves / "b.jsonl", ["--partitions", "2", "--processes", "2"]
            staging = folder / f"staging of {number}"
            staging.mkdir()
            if number % 2:
                options += ["--staging", str(staging)]
            ended = desk.run(dump, warehouse, *options, kill_at=point, batch_bytes=20_000)
            orphaned = wait_until_gone(ended.session)
            during, left = rows(warehouse), os.listdir(staging)
            recovered = desk.run(dump, warehouse)
            return Killed(
                ended.code,
                orphaned,
                during,
                recovered,
                rows(warehouse),
                problems(warehouse),
                (left, os.listdir(staging)),
            )

        return work

    def build(folder: Path) -> Mapping[str, Killed]:
        return all_of(
            {point: task(folder, number, point) for number, point in enumerate(KILL_POINTS)}
        )

    return built_once(tmp_path_factory, "killed", build)


class TestKilled:
    @pytest.mark.parametrize("point", KILL_POINTS)
    def test_readers_see_the_old_state_and_the_next_run_completes(self, killed, halves, point):
        run = killed[point]
        assert run.code == -signal.SIGKILL
        assert not run.orphaned, "worker processes outlived the run"
        swapped = point == KILL_POINTS[-1]
        assert run.during == rows(halves / ("both" if swapped else "first"))
        assert run.recovered.code == 0, run.recovered.err
        known = KILL_POINTS.index(point) >= COMMITTED
        assert ("Nothing is new" in run.recovered.out) == known
        assert run.after == rows(halves / "both")
        assert not run.wrong
        before, after = run.elsewhere
        elsewhere = KILL_POINTS.index(point) % 2
        committing = KILL_POINTS.index(point) >= KILL_POINTS.index("the run's own row is written")
        # Beside the commit the staged shards are removed: they may be gone or not.
        assert len(before) == elsewhere or (committing and not before)
        assert not after

    @pytest.mark.parametrize("sign", ["staging/*/shards/*/*.arrow", "data/*/*.parquet"])
    def test_killed_from_outside_by_what_lies_in_the_warehouse(self, halves, desk, tmp_path, sign):
        """The real command, killed as soon as something has appeared, wherever it then is."""
        warehouse = tmp_path / "warehouse"
        inputs = tmp_path / "dumps"
        inputs.mkdir()
        shutil.copy(halves / "a.jsonl", inputs)
        with subprocess.Popen(
            [sys.executable, "-m", "pipeline",
             *map(str, run_arguments(inputs, warehouse, "--processes", "2"))],
            cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:  # fmt: skip
            while not any(warehouse.glob(sign)) and process.poll() is None:
                time.sleep(0.001)
            process.kill()
        assert not wait_until_gone(process.pid)
        if process.returncode != 0 and not any(warehouse.glob("manifests/*.json")):
            assert not (warehouse / "news.duckdb").exists()
        done(desk.run(inputs, warehouse))
        assert rows(warehouse) == rows(halves / "first")
        assert not problems(warehouse)


# --- readers while a writer commits --------------------------------------------------------------


@pytest.fixture(scope="session")
def readers(
    desk: Desk, corpus: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[Mapping[str, Any]]]:
    """Commits of six articles each, while two readers query the catalog."""

    def build(folder: Path) -> tuple[Path, list[Mapping[str, Any]]]:
        warehouse = folder / "warehouse"
        warehouse.mkdir()
        reading = [Reader(warehouse, folder / f"reader-{number}.json") for number in range(2)]
        for number in range(RUNS):
            dump = folder / f"{number}.jsonl"
            dump.write_bytes(b"".join(corpus[6 * number : 6 * number + 6]))
            done(desk.run(dump, warehouse, fan_in=3))
            for reader in reading:
                reader.wait_for(number + 1)
        return warehouse, [reader.stop() for reader in reading]

    return built_once(tmp_path_factory, "readers", build)


class TestReaders:
    def test_they_never_see_an_error_or_a_mixture(self, readers):
        warehouse, seen = readers
        snapshots: dict[int, set[tuple[int, ...]]] = {}
        for reader in seen:
            assert not reader["errors"]
            for figures in reader["seen"]:
                assert counts_agree(figures), figures
                snapshots.setdefault(figures[0], set()).add(tuple(figures))
            numbers = [figures[0] for figures in reader["seen"]]
            assert numbers == sorted(numbers), "a reader went back in time"
        assert all(len(figures) == 1 for figures in snapshots.values())
        assert len(snapshots) == RUNS
        [last] = query(warehouse, COUNTS)
        assert last[:2] == (RUNS, 6 * RUNS)

    def test_meanwhile_small_files_were_merged(self, readers):
        newest = Warehouse(str(readers[0])).latest()
        assert any("-merged." in file.path for file in newest.files)
        assert any("-merged." in file.path for file in newest.index_files)

    def test_one_that_stays_keeps_its_snapshot(self, readers):
        for reader in readers[1]:
            assert reader["held"]
            assert len({tuple(figures) for figures in reader["held"]}) == 1

    def test_many_runs_find_the_copies_that_one_finds(self, readers, halves):
        classes = exact_classes(halves / "first")
        assert exact_classes(readers[0]) == classes
        assert text_links(readers[0], classes) == text_links(halves / "first", classes)
        assert not problems(readers[0])
