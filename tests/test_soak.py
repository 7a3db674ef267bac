"""The bounded form of ``make soak``: a few kills, and what it says of a process that grows."""

import json

import pytest

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
