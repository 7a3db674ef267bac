"""Decompression: every kind, cut anywhere, damaged anywhere, grown beyond measure."""

import bz2
import gzip
import lzma
import os
import random
from collections.abc import Callable
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dumps import DumpError, DumpOptions
from pipeline.dumps.streams import Budget, Stream, compression, decompress, file_stream, recode

CONTENT = b"".join(f"{number} a line of text\n".encode() for number in range(20_000))
KINDS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda content: lzma.compress(content, format=lzma.FORMAT_ALONE),
    "zstd": zstandard.compress,
}


def stream_of(data: bytes, piece: int = 1 << 16) -> Stream:
    position = 0

    def read(size: int) -> bytes:
        nonlocal position
        chunk = data[position : position + min(size, piece)]
        position += len(chunk)
        return chunk

    return Stream(read)


def unpack(data: bytes, kind: str, piece: int = 1 << 16, **limits: Any) -> tuple[bytes, str]:
    """Returns what came out, and the reason it ended early or an empty string."""
    budget = Budget(DumpOptions(**limits), compressed=len(data))
    stream = decompress(stream_of(data, piece), kind, budget)
    out = b""
    try:
        while chunk := stream.read():
            out += chunk
    except DumpError as error:
        return out, error.reason
    return out, ""


def test_a_file_that_makes_its_reader_wait_cannot_be_read() -> None:
    """As ``/proc/kmsg``, which is a file to all that is asked of it before."""
    end, other = os.pipe()
    os.set_blocking(end, False)
    with (
        open(end, "rb") as file,
        open(other, "wb"),
        pytest.raises(DumpError, match="nothing to be read yet") as caught,
    ):
        file_stream(file, Budget(DumpOptions())).read()
    assert caught.value.reason == "unreadable"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("piece", [1, 7, 1 << 16])
def test_content_comes_back(kind: str, piece: int) -> None:
    content = CONTENT if piece > 1 else CONTENT[:5000]
    packed = KINDS[kind](content)
    assert compression(packed[:16]) == kind
    assert unpack(packed, kind, piece) == (content, "")


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz", "zstd"])
def test_members_that_follow_each_other_are_one(kind: str) -> None:
    pack = KINDS[kind]
    packed = pack(b"one ") + pack(b"") + pack(b"two ") + pack(CONTENT)
    for tail in (b"", b"\0" * 700_000, b"trailing bytes that are no member"):
        assert unpack(packed + tail, kind) == (b"one two " + CONTENT, "")


def test_a_hundred_thousand_members_need_no_recursion() -> None:
    assert unpack(gzip.compress(b"x\n", mtime=0) * 100_000, "gzip") == (b"x\n" * 100_000, "")


@pytest.mark.parametrize("kind", KINDS)
def test_cut_data_gives_what_came_before(kind: str) -> None:
    content = os.urandom(300_000)
    packed = KINDS[kind](content)
    for cut in (20, len(packed) // 2, len(packed) - 1):
        out, reason = unpack(packed[:cut], kind)
        # What is missing may be the checksum, or the mark of the end, only.
        assert reason == "truncated"
        assert content.startswith(out)
    assert len(unpack(packed[:-1], kind)[0]) > len(content) // 3


def test_gzip_gives_all_that_came_before_damage() -> None:
    content = random.Random(0).randbytes(300_000)
    packed = bytearray(gzip.compress(content))
    packed[-6] ^= 1  # in the checksum
    assert unpack(bytes(packed), "gzip") == (content, "corrupt")


def test_gzip_goes_on_behind_damage() -> None:
    members = [gzip.compress(random.Random(i).randbytes(5000), mtime=0) for i in range(20)]
    damaged = bytearray(b"".join(members))
    start = sum(map(len, members[:10]))
    damaged[start + 100 : start + 140] = b"\xff" * 40
    budget = Budget(DumpOptions())
    stream = decompress(stream_of(bytes(damaged)), "gzip", budget)
    out, failures = b"", list[str]()
    while True:
        try:
            chunk = stream.read()
        except DumpError as error:
            failures.append(error.reason)
            continue
        if not chunk:
            break
        out += chunk
    assert failures == ["corrupt"]
    for i in [*range(10), *range(11, 20)]:
        assert random.Random(i).randbytes(5000) in out


@pytest.mark.parametrize("kind", KINDS)
def test_a_bomb_is_stopped_by_its_ratio(kind: str) -> None:
    packed = KINDS[kind](bytes(32 << 20))
    out, reason = unpack(packed, kind, ratio_free_bytes=1 << 20, max_ratio=10)
    assert reason == "decompression_bomb"
    assert len(out) <= (1 << 20) + (64 << 20 if kind == "zstd" else 1 << 20)
    # The same content is fine where the limit allows it.
    assert unpack(packed, kind, ratio_free_bytes=64 << 20)[1] == ""


@given(st.binary(max_size=200), st.sampled_from(sorted(KINDS)), st.data())
def test_damage_never_raises_anything_else(content: bytes, kind: str, data: st.DataObject) -> None:
    packed = bytearray(KINDS[kind](content))
    for _ in range(data.draw(st.integers(1, 4))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    unpack(bytes(packed), kind)


@given(st.binary(max_size=16))
def test_text_is_not_taken_for_compressed(head: bytes) -> None:
    if all(32 <= byte < 127 for byte in head):
        assert compression(head) is None


def test_peeking_takes_nothing_away() -> None:
    stream = stream_of(CONTENT, 100)
    assert stream.peek(1000) == CONTENT[:1000]
    assert stream.read(10) == CONTENT[:10]
    assert stream.peek(10**7) == CONTENT[10:]
    rest = b""
    while chunk := stream.read():
        rest += chunk
    assert rest == CONTENT[10:]
    assert stream.peek(5) == b""


def test_a_failure_comes_after_the_bytes_before_it() -> None:
    chunks = [b"first", b"second"]

    def read(size: int) -> bytes:
        if not chunks:
            raise DumpError("unreadable", "gone")
        return chunks.pop(0)

    stream = Stream(read)
    assert stream.peek(100) == b"firstsecond"
    assert stream.read(100) == b"firstsecond"
    with pytest.raises(DumpError, match="gone"):
        stream.read(100)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32-be", "cp1252"])
def test_recoding_splits_no_character(encoding: str) -> None:
    text = "naïve café “quoted”\n" * 500
    text += "" if encoding == "cp1252" else "橋 😀"
    stream = recode(stream_of(text.encode(encoding), 7), encoding)
    out = b""
    while chunk := stream.read():
        out += chunk
    assert out.decode("utf-8") == text
