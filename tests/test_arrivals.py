"""When a dump that arrives is complete, and in which order dumps are taken."""

import os
from pathlib import Path

import pytest

from pipeline.arrivals import Arrivals, Look
from pipeline.dumps import DumpOptions
from pipeline.dumps.inputs import InputError

RECORD = b'{"text": "a record"}\n'


@pytest.fixture
def arrivals(tmp_path):
    return Arrivals([str(tmp_path)], lambda path: False, DumpOptions(), settle_seconds=2.0)


def names(look: Look) -> list[str]:
    return [os.path.basename(dump.path) for dump in look.ready]


class TestSettling:
    def test_a_dump_is_ready_once_it_has_stayed_as_it_is(self, arrivals, tmp_path):
        (tmp_path / "a.txt").write_bytes(b"One")
        assert arrivals.look(10.0) == Look(unsettled=1)
        assert arrivals.look(11.9) == Look(unsettled=1)
        assert names(arrivals.look(12.0)) == ["a.txt"]

    def test_without_a_time_to_settle_it_is_ready_at_once(self, tmp_path):
        arrivals = Arrivals([str(tmp_path)], lambda path: False, DumpOptions(), 0.0)
        (tmp_path / "a.txt").write_bytes(b"One")
        (tmp_path / "empty.txt").touch()
        (tmp_path / "log").write_bytes(2 * RECORD + RECORD[:9])
        look = arrivals.look(10.0)
        assert names(look) == ["a.txt", "log"]
        assert look.growing == {str(tmp_path / "log")}
        assert look.unsettled == 2

    @pytest.mark.parametrize("change", ["appended", "same size", "same time", "another file"])
    def test_one_that_changes_waits_again(self, arrivals, tmp_path, change):
        path = tmp_path / "a.txt"
        path.write_bytes(b"One")
        assert not names(arrivals.look(0.0))
        status = path.stat()
        if change == "another file":
            (tmp_path / "b").write_bytes(b"Two")
            os.rename(tmp_path / "b", path)
        else:
            path.write_bytes(b"Two" if change == "same size" else b"Three")
        changed = status.st_mtime_ns + (change == "same size")
        os.utime(path, ns=(status.st_atime_ns, changed))
        assert not names(arrivals.look(5.0))
        assert names(arrivals.look(7.0)) == ["a.txt"]

    @pytest.mark.parametrize(
        "name", ["a.tmp", "a.txt.part", "a.PARTIAL", "a.crdownload", "a.txt~", ".a.txt", "_a.txt"]
    )
    def test_a_name_of_an_unfinished_file_is_never_ready(self, arrivals, tmp_path, name):
        (tmp_path / name).write_bytes(b"One")
        arrivals.look(0.0)
        assert arrivals.look(9.0) == Look()
        os.rename(tmp_path / name, tmp_path / "a.txt")
        arrivals.look(10.0)
        assert names(arrivals.look(12.0)) == ["a.txt"]

    def test_an_empty_one_waits_for_a_minute(self, arrivals, tmp_path):
        (tmp_path / "a.txt").touch()
        for now in (0.0, 2.0, 59.0):
            assert arrivals.look(now) == Look(unsettled=1)
        assert names(arrivals.look(60.0)) == ["a.txt"]

    def test_what_cannot_be_read_is_ready_at_once(self, arrivals, tmp_path):
        (tmp_path / "a.txt").write_bytes(b"One")
        os.symlink(tmp_path / "nowhere", tmp_path / "b.txt")
        assert names(arrivals.look(0.0)) == ["b.txt"]

    def test_a_folder_may_be_empty_but_must_exist(self, arrivals, tmp_path):
        assert arrivals.look(0.0) == Look()
        missing = Arrivals([str(tmp_path / "x")], lambda path: False, DumpOptions(), 2.0)
        with pytest.raises(InputError, match="There is no"):
            missing.look(0.0)
        pattern = Arrivals([str(tmp_path / "*.gz")], lambda path: False, DumpOptions(), 2.0)
        assert pattern.look(0.0) == Look()


class TestLogs:
    def test_one_that_grows_at_every_look_is_ready_for_its_complete_lines(self, arrivals, tmp_path):
        path = tmp_path / "log"
        path.write_bytes(2 * RECORD)
        assert not names(arrivals.look(0.0))
        for number in range(3):
            with path.open("ab") as file:
                file.write((RECORD + RECORD)[: (5, 6, -1)[number]])
            look = arrivals.look(1.0 + number)
            assert names(look) == ["log"]
            assert look.growing == {str(path)}
            arrivals.take(look.ready, look.growing)
        settled = arrivals.look(5.0)  # its last line has no end, and gets none
        assert names(settled) == ["log"]
        assert not settled.growing
        arrivals.take(settled.ready, settled.growing)
        assert arrivals.look(9.0) == Look()

    def test_one_that_has_settled_may_still_be_appended_to(self, arrivals, tmp_path):
        path = tmp_path / "log"
        path.write_bytes(2 * RECORD)
        arrivals.look(0.0)
        look = arrivals.look(2.0)
        assert look.growing == {str(path)}
        arrivals.take(look.ready, look.growing)
        assert arrivals.look(4.0) == Look()

    def test_a_last_line_that_is_cut_waits_for_its_end(self, arrivals, tmp_path):
        path = tmp_path / "log"
        path.write_bytes(2 * RECORD + RECORD[:9])
        arrivals.look(0.0)
        look = arrivals.look(2.0)
        assert look.growing == {str(path)}
        arrivals.take(look.ready, look.growing)
        assert arrivals.look(4.0) == Look(unsettled=1)
        assert arrivals.look(59.0) == Look(unsettled=1)
        last = arrivals.look(60.0)
        assert names(last) == ["log"]
        assert not last.growing

    @pytest.mark.parametrize("content", [b"A text.\n", b"PK\x03\x04", b"text,title\na,b\n"])
    def test_other_dumps_that_grow_wait(self, arrivals, tmp_path, content):
        path = tmp_path / "dump"
        path.write_bytes(content)
        for number in range(3):
            assert not names(arrivals.look(float(number)))
            with path.open("ab") as file:
                file.write(content)

    def test_only_what_was_appended_counts(self, arrivals, tmp_path):
        path = tmp_path / "log"
        path.write_bytes(2 * RECORD)
        arrivals.look(0.0)
        [dump] = arrivals.look(2.0).ready
        assert arrivals.new_bytes(dump) == 2 * len(RECORD)
        arrivals.take([dump], frozenset())
        with path.open("ab") as file:
            file.write(RECORD)
        arrivals.look(3.0)
        [dump] = arrivals.look(5.0).ready
        assert arrivals.new_bytes(dump) == len(RECORD)


class TestOrder:
    def test_the_one_that_changed_first_comes_first(self, arrivals, tmp_path):
        for name, time in (("a", 300), ("b", 100), ("c", 200), ("d", 100)):
            (tmp_path / name).write_bytes(b"One")
            os.utime(tmp_path / name, (time, time))
        arrivals.look(0.0)
        assert names(arrivals.look(2.0)) == ["b", "d", "c", "a"]

    def test_what_was_taken_comes_again_if_it_changes(self, arrivals, tmp_path):
        path = tmp_path / "a.txt"
        path.write_bytes(b"One")
        arrivals.look(0.0)
        look = arrivals.look(2.0)
        arrivals.take(look.ready, look.growing)
        assert arrivals.look(4.0) == Look()
        Path(path).write_bytes(b"Another")
        arrivals.look(5.0)
        assert names(arrivals.look(7.0)) == ["a.txt"]
