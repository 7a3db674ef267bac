"""``copydesk watch`` as a process: what it commits, when it is killed, stopped or locked out."""

import json
import os
import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.flags import duration
from pipeline.warehouse import Warehouse
from tests.separate_runs import (
    Desk,
    Ended,
    done,
    problems,
    query,
    rows,
)
from tests.soak_watch import Report, kill_again_and_again, lost_or_doubled
from tests.warehouse_rows import SCHEMA
from tests.watching import Watching, append, commits, put, shown_articles

KILLS = 30
"""kill -9 of the process, each at another moment, while two records arrive; 1,000 in the soak."""


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def replayed(desk: Desk, warehouse: Path, folder: Path) -> Path:
    """Returns a warehouse made by ``copydesk run`` with the dumps that each batch took.

    Each batch is repeated as it found them: logs as far as they were read.
    """
    folder.mkdir()
    manifest = Warehouse(str(warehouse)).latest()
    assert manifest is not None
    for file in manifest.input_files:  # in the order of the commits
        dumps = []
        for taken in manifest.read_inputs(file):
            copy = folder / os.path.basename(taken.path)
            copy.write_bytes(Path(taken.path).read_bytes()[: taken.size])
            dumps.append(copy)
        done(desk.run(dumps, folder / "warehouse"))
    return folder / "warehouse"


@pytest.mark.slow
class TestRows:
    @pytest.fixture(scope="class")
    @staticmethod
    def watched(
        watch: Callable[..., Watching],
        corpus: list[bytes],
        tmp_path_factory: pytest.TempPathFactory,
    ) -> tuple[Path, Ended]:
        """A warehouse of five batches: files that were renamed in, and a log in three parts."""
        folder = tmp_path_factory.mktemp("watched")
        inputs, warehouse = folder / "in", folder / "warehouse"
        (inputs / "below").mkdir(parents=True)
        put(inputs / "a.jsonl", b"".join(corpus[:12]))
        watching = watch(inputs, warehouse)
        watching.until(lambda: shown_articles(warehouse) == 12)
        append(inputs / "log.jsonl", b"".join(corpus[12:24]))
        watching.until(lambda: shown_articles(warehouse) == 24)
        append(inputs / "log.jsonl", b"".join(corpus[24:30]) + corpus[30][:50])
        watching.until(lambda: shown_articles(warehouse) >= 30)
        append(inputs / "log.jsonl", corpus[30][50:] + b"".join(corpus[31:40]))
        watching.until(lambda: shown_articles(warehouse) == 40)
        put(inputs / "below" / "b.jsonl", b"".join(corpus[40:]))
        watching.until(lambda: shown_articles(warehouse) == 60)
        return folder, watching.stop()

    def test_are_those_of_the_same_sequence_of_runs(self, watched, desk):
        folder, ended = watched
        assert ended.code == 0, ended.err
        assert not problems(folder / "warehouse")
        replay = replayed(desk, folder / "warehouse", folder / "replay")
        assert rows(folder / "warehouse") == rows(replay)

    def test_each_batch_is_reported_in_a_line(self, watched):
        folder, ended = watched
        lines = [line for line in ended.out.splitlines() if " articles" in line]
        assert len(lines) == commits(folder / "warehouse")
        assert ended.out.startswith(f"Looks at {folder / 'in'} every 0.2 s, and reads what is new ")
        assert re.match(r"20\d\d-.*Z 20\d{6}T\d{6}Z-\w+: 1 dump, 12 articles, 0 rejects", lines[0])
        assert "Ends after the current batch" in ended.err

    def test_what_says_how_far_it_is_is_gone_with_it(self, watched):
        assert not (watched[0] / "warehouse" / "watch.json").exists()


@pytest.mark.slow
class TestKilled:
    def test_again_and_again_nothing_is_lost_and_nothing_comes_twice(self, watch, desk, tmp_path):
        report = Report()
        warehouse = kill_again_and_again(watch, tmp_path, KILLS, 15, report)
        assert not report.wrong
        assert report.kills == KILLS
        assert not lost_or_doubled(desk, tmp_path, warehouse)

    def test_a_second_signal_ends_it_at_once(self, watch, inputs, tmp_path):
        put(inputs / "a.txt", b"A text.")
        hook = f"touch {tmp_path}/begun; sleep 1000"
        watching = watch(inputs, tmp_path / "warehouse", "--on-commit", hook)
        watching.until((tmp_path / "begun").exists)
        os.kill(watching.pid, signal.SIGTERM)
        watching.until(lambda: "Ends after the current batch" in watching.errors())
        assert watching.stop().code == 128 + signal.SIGTERM


@pytest.mark.slow
class TestWorkers:
    def test_stay_from_batch_to_batch_and_are_replaced_if_they_die(
        self, watch, corpus, inputs, tmp_path
    ):
        warehouse = tmp_path / "warehouse"
        watching = watch(inputs, warehouse, "--processes", "2", workers=True)
        seen = []
        for number in range(3):
            put(inputs / f"{number}.jsonl", b"".join(corpus[6 * number : 6 * number + 6]))
            watching.until(lambda number=number: shown_articles(warehouse) == 6 * number + 6)
            seen.append(watching.workers())
        assert seen[0] == seen[1] == seen[2]
        assert len(seen[0]) == 2
        for worker in seen[0]:
            os.kill(worker, signal.SIGKILL)
        put(inputs / "last.jsonl", b"".join(corpus[18:24]))
        watching.until(lambda: shown_articles(warehouse) == 24)
        assert not watching.workers() & seen[0]
        ended = watching.stop()
        assert ended.code == 0, ended.err
        assert not problems(warehouse)
        assert query(warehouse, "SELECT sum(rejects) FROM runs") == [(0,)]

    def test_and_graph_are_made_anew_after_a_batch_that_failed(
        self, watch, corpus, inputs, tmp_path
    ):
        warehouse = tmp_path / "warehouse"
        put(inputs / "1.jsonl", corpus[0])
        watching = watch(inputs, warehouse, "--processes", "1", workers=True)
        watching.until(lambda: shown_articles(warehouse) == 1)
        (warehouse / "files").rename(tmp_path / "away")
        put(inputs / "2.jsonl", corpus[1])
        watching.until(lambda: "Tries again" in watching.errors())
        shutil.rmtree(warehouse / "files", ignore_errors=True)
        (tmp_path / "away").rename(warehouse / "files")
        watching.until(lambda: shown_articles(warehouse) == 2)
        done(watching.stop())
        assert not problems(warehouse)


@pytest.mark.slow
class TestTrouble:
    def test_it_waits_while_another_process_writes(self, watch, inputs, tmp_path):
        warehouse = tmp_path / "warehouse"
        put(inputs / "a.txt", b"A text of some words, which is read later.")
        with Warehouse(str(warehouse)).open_for_writing(SCHEMA):
            watching = watch(inputs, warehouse)
            watching.until(lambda: "Tries again in 2 seconds" in watching.errors())
            assert not commits(warehouse)
        watching.until(lambda: shown_articles(warehouse) == 1)
        ended = watching.stop()
        assert ended.code == 0, ended.err
        assert "is being written by" in ended.err

    def test_a_dump_that_makes_its_run_fail_does_not_hold_up_the_others(
        self, watch, corpus, inputs, tmp_path
    ):
        warehouse = tmp_path / "warehouse"
        put(inputs / "1.jsonl", b"{broken\n" * 30)
        put(inputs / "2.jsonl", corpus[2])
        options = ("--on-too-many-rejects", "refuse", "--format", "jsonl")
        watching = watch(inputs, warehouse, *options)
        watching.until(lambda: shown_articles(warehouse) == 1)
        watching.until(lambda: "1.jsonl, record 0" in watching.errors())
        ended = watching.stop()
        assert ended.code == 0, ended.err
        assert query(warehouse, "SELECT count(*) FROM rejects") == [(0,)]

    def test_the_command_of_a_commit_knows_the_run(self, watch, inputs, tmp_path):
        put(inputs / "a.txt", b"A text.")
        hook = f'echo "$COPYDESK_RUN_ID $COPYDESK_WAREHOUSE" > {tmp_path}/hook; exit 3'
        watching = watch(inputs, tmp_path / "warehouse", "--on-commit", hook)
        watching.until(lambda: "ended with 3" in watching.errors())
        done(watching.stop())
        [(run,)] = query(tmp_path / "warehouse", "SELECT run_id FROM runs")
        assert (tmp_path / "hook").read_text().split() == [run, str(tmp_path / "warehouse")]


@pytest.mark.slow
class TestBatches:
    @pytest.fixture
    @staticmethod
    def backlog(inputs: Path, corpus: list[bytes]) -> Path:
        """Ten dumps of six articles, whose order by time is not that by name."""
        for number in range(10):
            path = inputs / f"{number}.jsonl"
            path.write_bytes(b"".join(corpus[6 * number : 6 * number + 6]))
            os.utime(path, (2_000 - number, 2_000 - number))
        return inputs

    def test_a_backlog_is_taken_in_order_of_time_in_batches_of_bounded_size(
        self, watch, backlog, tmp_path
    ):
        warehouse = tmp_path / "warehouse"
        size = sum(path.stat().st_size for path in backlog.iterdir())
        watching = watch(backlog, warehouse, "--batch-bytes", str(size // 3))
        watching.until(lambda: shown_articles(warehouse) == 60)
        done(watching.stop())
        batches = query(
            warehouse,
            """
            SELECT list_reverse_sort(list(DISTINCT parse_filename(source_file, true)::INT))
            FROM articles GROUP BY run_id ORDER BY run_id
            """,
        )
        assert [number for (batch,) in batches for number in batch] == list(range(9, -1, -1))
        assert 3 <= len(batches) <= 5


class TestStatus:
    @pytest.mark.slow
    def test_shows_what_was_committed_and_who_watches(self, desk, watch, inputs, tmp_path):
        warehouse, metrics = tmp_path / "warehouse", tmp_path / "copydesk.prom"
        put(inputs / "a.txt", b"A text of some words.")
        watching = watch(inputs, warehouse, "--metrics", str(metrics))
        watching.until(lambda: metrics.exists() and "batches_total 1" in metrics.read_text())
        status = json.loads(done(desk.call("status", "--json", "--warehouse", warehouse)).out)
        assert status["manifest"] == status["rows"]["runs"] == status["rows"]["articles"] == 1
        assert status["watching"]["process"] == watching.pid
        assert status["watching"]["batches"] == 1
        assert status["index_bytes"] > 0
        shown = done(desk.call("status", "--warehouse", warehouse)).out
        assert re.search(rf"watched by +process {watching.pid} on ", shown)
        figures = dict(
            line.rsplit(" ", 1)
            for line in metrics.read_text().splitlines()
            if not line.startswith("#")
        )
        assert figures['copydesk_rows{table="articles"}'] == "1"
        assert all(re.fullmatch(r"[a-z_]+(\{[a-z]+=\"\w+\"\})?", name) for name in figures)
        watching.stop(signal.SIGKILL)
        shown = done(desk.call("status", "--warehouse", warehouse)).out
        assert re.search(r"watched by +no process", shown)

    def test_of_no_warehouse_says_what_to_do(self, desk, tmp_path):
        ended = desk.call("status", "--warehouse", tmp_path / "none")
        assert ended.code == 1
        assert "nothing was ever committed" in ended.err


class TestFlags:
    @pytest.mark.parametrize(
        ("text", "seconds"), [("10s", 10.0), ("5m", 300.0), ("1h", 3600.0), ("0.5", 0.5)]
    )
    def test_a_time(self, text, seconds):
        assert duration(text) == seconds

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            (["--every", "0"], "'0' is too short. Write more than 0, as in 1s"),
            (["--every", "soon"], "'soon' is no time"),
            (["--settle", "-1"], "'-1' is no time"),
            (["--again"], "--again and --run-id are of one run"),
            (["--batch-bytes", "0"], "--batch-bytes is 0. It must be 1 or more"),
        ],
    )
    def test_a_wrong_one_says_what_is_right(self, options, sentence, desk):
        ended = desk.call("watch", "--input", "seeds", *options)
        assert ended.code == 2
        assert sentence in ended.err

    def test_an_input_that_is_not_there_ends_it(self, desk, tmp_path):
        ended = desk.call(
            "watch", "--input", tmp_path / "none", "--warehouse", tmp_path / "warehouse"
        )
        assert ended.code == 1
        assert "There is no" in ended.err
