"""The bounded form of ``make soak``: a few kills, and what it says of a warehouse that is wrong."""

import pytest

from tests.soak import KILLS_A_STEP, Report, Samples, Soak

pytestmark = pytest.mark.slow

KILLS = 7
"""One of each victim in turn, and three named points."""


def test_nothing_is_lost_nothing_comes_twice_and_no_reader_sees_a_mixture(tmp_path):
    report = Soak(tmp_path / "soak", readers=1).run(minutes=0, kills=KILLS)
    assert not report.wrong
    assert report.kills.total() == KILLS
    assert report.articles == 12 * report.steps
    assert report.steps > KILLS / KILLS_A_STEP
    assert report.answers > 0
    assert {"reader 1", "a process of many runs"} == report.memory.keys()


def test_growth_of_a_process_is_seen():
    samples, report = Samples(), Report()
    samples.taken["steady"] = [(100 << 20, 9)] * 80
    samples.taken["grows"] = [((100 + number) << 20, 9) for number in range(80)]
    samples.taken["opens"] = [(100 << 20, 9 + number // 4) for number in range(80)]
    samples.judge(report)
    assert [sentence.split()[0] for sentence in report.wrong] == ["grows", "opens"]
