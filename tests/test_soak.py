"""The bounded form of ``make soak``: a few kills, and what it says of a process that grows."""

import json

import pytest

from tests import soak_watch
from tests.bench.watching import BATCH, delays
from tests.soak import ARTICLES, KILLS_A_STEP, Report, Samples, main

pytestmark = pytest.mark.slow

KILLS = 7
"""One of each victim, in turn."""


def test_nothing_is_lost_nothing_comes_twice_and_no_reader_sees_a_mixture(tmp_path):
    figures = tmp_path / "figures.json"
    code = main(
        ["--minutes", "0", "--kills", str(KILLS), "--folder", str(tmp_path / "soak"),
         "--output", str(figures)]
    )  # fmt: skip
    report = json.loads(figures.read_text())
    assert not report["wrong"]
    assert code == 0
    assert sum(report["kills"].values()) == KILLS
    assert report["articles"] == ARTICLES * report["steps"]
    assert report["steps"] > KILLS / KILLS_A_STEP
    assert report["answers"] > 0
    assert report["memory"].keys() == {"reader 1", "reader 2", "a process of many runs"}


def test_growth_of_a_process_is_seen():
    samples, report = Samples(), Report()
    samples.taken["steady"] = [(100 << 20, 9)] * 80
    samples.taken["grows"] = [((100 + number) << 20, 9) for number in range(80)]
    samples.taken["opens"] = [(100 << 20, 9 + number // 4) for number in range(80)]
    samples.judge(report)
    assert [sentence.split()[0] for sentence in report.wrong] == ["grows", "opens"]


def test_a_watch_that_stays_on_is_sampled(tmp_path):
    figures = tmp_path / "figures.json"
    words = ["--kills", "0", "--batches", "4", "--folder", str(tmp_path / "soak")]
    assert soak_watch.main([*words, "--output", str(figures)]) == 0
    report = json.loads(figures.read_text())
    assert report["batches"] == 4
    assert not report["wrong"]


def test_a_second_of_articles_is_late_until_all_of_it_is_there():
    seen = [(10.0, BATCH), (12.0, BATCH + 7), (13.0, 3 * BATCH), (20.0, 4 * BATCH)]
    assert list(delays([11.0, 12.0, 13.0], seen)) == [2.0, 1.0, 7.0]
