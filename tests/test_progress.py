"""Progress on a real pseudo-terminal, a real pipe and a closed one."""

import contextlib
import fcntl
import io
import itertools
import os
import re
import struct
import subprocess
import sys
import termios
import threading
import time
from typing import TextIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import progress
from pipeline.progress import Progress, Snapshot, progress_line
from tests import PATIENCE

HALF_WAY = Snapshot("reading", 12, 2_000, dumps=3, bytes=500, articles=12_345, seconds=100.0)


def test_time_left_follows_the_bytes() -> None:
    # A quarter of the bytes took 100 s: 300 s are left.
    assert progress_line(HALF_WAY) == "reading  3/12 dumps  25%  12,345 articles  123/s  5:00 left"


def test_no_time_left_without_a_total_a_beginning_or_a_rest() -> None:
    assert progress_line(Snapshot("", 2, 0, bytes=9, seconds=61.0)).endswith("  1:01")
    assert progress_line(Snapshot("", 2, 100, seconds=1.0)).endswith("  0:01")
    done = Snapshot("labels", 2, 100, dumps=2, bytes=100, articles=8, seconds=4000.0)
    assert progress_line(done) == "labels  2/2 dumps  100%  8 articles  0/s  1:06:40"


def test_all_but_the_last_byte_is_not_all() -> None:
    assert "  99%  " in progress_line(Snapshot("", 1, 1_000_000, bytes=999_999, seconds=1.0))


@given(
    st.builds(
        Snapshot,
        st.sampled_from(["", "reading", "near-duplicates"]),
        *[st.integers(0, 10**12)] * 5,
        seconds=st.floats(0, 1e6),
    ),
    st.integers(1, 120),
)
def test_a_line_fits_and_says_the_most_important(snapshot: Snapshot, width: int) -> None:
    line = progress_line(snapshot, width)
    assert len(line) <= width
    full = progress_line(snapshot)
    assert line == full or len(full) > width
    dumps = f"{snapshot.dumps:,}/{snapshot.total_dumps:,} dumps"
    assert dumps in line or len(dumps) > width


def open_terminal(columns: int) -> tuple[int, TextIO]:
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    return ours, os.fdopen(theirs, "w")


def read_to_the_end(descriptor: int) -> str:
    output = b""
    # A terminal whose other side is closed ends with an error, a pipe with nothing.
    with contextlib.suppress(OSError):
        while data := os.read(descriptor, 1 << 16):
            output += data
    os.close(descriptor)
    return output.decode()


@pytest.mark.parametrize("columns", [0, 20, 45, 200])
def test_a_terminal_shows_one_line_that_fits(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    ours, stream = open_terminal(columns)
    with stream, Progress(2, 1_000, stream) as shown:
        for name in ("reading", "near-duplicates"):
            shown.stage(name)
            shown.advance(dumps=1, bytes=500, articles=1_000)
    output = read_to_the_end(ours)
    assert output.count("\n") == 1
    assert output.endswith("\r\n")
    lines = [line for line in re.split(r"\r|\x1b\[K|\n", output) if line]
    assert all(len(line) < (columns or progress.DEFAULT_WIDTH) for line in lines)
    assert "2/2 dumps" in lines[-1]


def test_a_terminal_lives_without_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    ours, stream = open_terminal(80)
    with stream, Progress(2, 1_000, stream) as shown:
        shown.advance(dumps=1)
        seen = ""
        while "1/2 dumps" not in seen or "0:01" not in seen:
            seen += os.read(ours, 1 << 16).decode()
    os.close(ours)
    # What stays the same is not written again.
    assert all(one != next_one for one, next_one in itertools.pairwise(seen.split("\r")))


@pytest.mark.parametrize("terminal", [None, "dumb"])
def test_plain_lines_elsewhere(terminal: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PLAIN_SECONDS", 0.05)
    if terminal is None:
        ours, theirs = os.pipe()
        stream: TextIO = os.fdopen(theirs, "w")
    else:
        monkeypatch.setenv("TERM", terminal)
        ours, stream = open_terminal(80)
    with stream, Progress(2, 1_000, stream) as shown:
        shown.stage("reading")
        shown.advance(dumps=1, bytes=10, articles=3)
        time.sleep(0.2)
        shown.advance(dumps=1, bytes=990, articles=3)
        shown.close()
        shown.close()
    output = read_to_the_end(ours)
    assert "\x1b" not in output
    lines = output.replace("\r\n", "\n").split("\n")
    assert lines[0].startswith("reading  0/2 dumps  0%  0 articles")
    assert any(line.startswith("reading  1/2 dumps  1%  3 articles") for line in lines)
    assert lines[-2].startswith("reading  2/2 dumps  100%  6 articles")
    assert lines[-1] == ""


def test_no_count_is_lost_between_threads() -> None:
    stream = io.StringIO()
    shown = Progress(8_000, 16_000, stream)

    def work() -> None:
        for _ in range(1_000):
            shown.advance(dumps=1, bytes=2, articles=3)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shown.close()
    assert stream.getvalue().startswith("8,000/8,000 dumps  100%  24,000 articles")


def test_figures_of_a_cluster_replace_earlier_ones() -> None:
    stream = io.StringIO()
    with Progress(4, 100, stream) as shown:
        shown.advance(dumps=1, bytes=10, articles=1)
        shown.set(0.5, articles=700)
        shown.stage("comparing")
        shown.stage("comparing")
    first, last = stream.getvalue().splitlines()
    assert first.startswith("comparing  2/4 dumps  50%  700 articles")
    assert last.startswith("comparing  2/4 dumps  50%  700 articles")


def test_nothing_is_shown_as_done_where_nobody_knows() -> None:
    stream = io.StringIO()
    with Progress(4, 100, stream) as shown:
        shown.set(None, articles=0)
    assert stream.getvalue().startswith("4 dumps  0:00")
    assert progress_line(Snapshot("", 1, 100, None)) == "1 dump  0:00"


def test_a_closed_stream_is_no_error() -> None:
    stream = io.StringIO()
    shown = Progress(1, 1, stream)
    stream.close()
    shown.stage("reading")
    shown.advance(dumps=1)
    shown.close()


def test_a_reader_that_leaves_is_no_error() -> None:
    source = """
import time
from pipeline.progress import Progress
with Progress(1, 1) as shown:
    for number in range(100):
        shown.stage(str(number))
        time.sleep(0.005)
print("reached the end")
"""
    with subprocess.Popen(
        [sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stderr.readline().startswith("0  0/1 dump")
        process.stderr.close()
        assert process.stdout.read() == "reached the end\n"
        assert process.wait(PATIENCE) == 0
