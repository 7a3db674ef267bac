"""Ranges of a dump: whatever they are, they give the articles and rejects of the whole."""

import gzip
import io
import json
import os
import pathlib
import pickle
import tarfile
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.article import Article
from pipeline.dumps import (
    Block,
    DumpOptions,
    DumpRange,
    count_records,
    numbered,
    parse_block,
    read_range,
    split_dump,
)
from pipeline.rejects import Reject
from tests.dump_reading import FIXTURES, check, write

WORDS = " ".join(f"word{number}" for number in range(25))
TEXTS = st.lists(
    st.text(alphabet='ab,"\n\r é橋=\t', max_size=30).map(lambda text: f"A {text}."),
    min_size=1,
    max_size=8,
)


def json_lines(texts: Sequence[str]) -> bytes:
    lines = [json.dumps({"text": text}, ensure_ascii=False) for text in texts]
    return "\n".join([*lines[:1], " ", *lines[1:]]).encode() + b"\n"


def json_array(texts: Sequence[str]) -> bytes:
    return json.dumps([{"text": text} for text in texts]).encode()


def table(texts: Sequence[str], delimiter: str = ",", quoting: bool = True) -> bytes:
    def value(text: str) -> str:
        if quoting:
            return '"' + text.replace('"', '""') + '"'
        return text.replace(delimiter, " ").replace("\n", " ").replace("\r", " ")

    rows = [delimiter.join((value(text), "2020-01-01")) for text in texts]
    return "\n".join((f"text{delimiter}date", *rows)).encode() + b"\n"


def japanese_table(texts: Sequence[str]) -> bytes:
    return table([*texts, "新聞記事" * 9]).decode().encode("cp932", "replace")


def several_texts(texts: Sequence[str]) -> bytes:
    rule = "=" * 40 + "\n"
    parts = [f"Headline\n{WORDS}\n{text}\n{WORDS}\n" for text in texts]
    return (rule + rule + rule.join(parts)).encode()


def form_feeds(texts: Sequence[str]) -> bytes:
    return "\f".join(f"Headline\n{WORDS}\n{text}\n{WORDS}\n" for text in texts).encode()


def warc_records(texts: Sequence[str]) -> list[bytes]:
    records = []
    for number, text in enumerate(texts):
        # Every third page shows a record of a crawl.
        shown = "\r\nWARC/1.0\r\nWARC-Type: response\r\n" if number % 3 == 2 else ""
        http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>{text}{shown}</p>".encode()
        for kind, body in (("request", b"GET /"), ("response", http)):
            records.append(
                f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://a.example/{number}\r\n"
                f"Content-Type: application/http\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                + body
                + b"\r\n\r\n"
            )
    return records


def warc(texts: Sequence[str]) -> bytes:
    return b"".join(warc_records(texts))


def parquet(texts: Sequence[str]) -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.table({"text": list(texts)}), target, row_group_size=2 + len(texts) // 50)
    return target.getvalue()


def members(texts: Sequence[str]) -> dict[str, bytes]:
    found = {f"{number}.txt": text.encode() for number, text in enumerate(texts)}
    return found | {"README": b"no dump", "lines.jsonl": json_lines(texts)}


def zipped(texts: Sequence[str], contents: dict[str, bytes] | None = None) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (contents or members(texts)).items():
            archive.writestr(name, content)
    return target.getvalue()


def tarred(texts: Sequence[str], contents: dict[str, bytes] | None = None) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, content in (contents or members(texts)).items():
            # Names beyond 100 characters are written in a header of their own.
            info = tarfile.TarInfo(f"{'folder/' * 20}{name}" if name.startswith("2") else name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def nested(pack: Callable[..., bytes]) -> Callable[[Sequence[str]], bytes]:
    return lambda texts: pack(
        texts, {name: gzip.compress(content) for name, content in members(texts).items()}
    )


def gzip_members(parts: Sequence[bytes]) -> bytes:
    return b"".join(gzip.compress(part, mtime=0) for part in parts)


def gzip_lines(texts: Sequence[str]) -> bytes:
    return gzip_members([json_lines([text]) for text in texts])


def gzip_blocks(texts: Sequence[str]) -> bytes:
    """As bgzip writes them: members end anywhere."""
    content = json_lines(texts)
    return gzip_members([content[start : start + 20] for start in range(0, len(content), 20)])


def crawled_crawl(texts: Sequence[str]) -> bytes:
    """A crawl that holds a compressed crawl; compressed again, its members can be seen in it."""
    inside = gzip_members(warc_records(texts))
    http = b"HTTP/1.1 200 OK\r\nContent-Type: application/gzip\r\n\r\n" + inside
    outside = warc_records([*texts, "PAGE"])
    outside[-1] = outside[-1].replace(b"\r\n\r\n", b"\r\n", 1).split(b"Content-Length")[0]
    outside[-1] += f"Content-Length: {len(http)}\r\n\r\n".encode() + http + b"\r\n\r\n"
    parts = [*outside, *warc_records(texts)]
    return b"".join(gzip.compress(part, 0, mtime=0) for part in parts)


BUILDERS: dict[str, Callable[[Sequence[str]], bytes]] = {
    "JSON Lines": json_lines,
    "JSON Lines, UTF-16": lambda texts: json_lines(texts).decode().encode("utf-16"),
    "JSON Lines, UTF-32": lambda texts: json_lines(texts).decode().encode("utf-32-be"),
    "JSON": json_array,
    "CSV": table,
    "CSV without quotes": lambda texts: table(texts, quoting=False),
    "TSV": lambda texts: table(texts, "\t"),
    "CSV, UTF-16": lambda texts: table(texts).decode().encode("utf-16"),
    "CSV, Windows-1252": lambda texts: table(texts).decode().encode("cp1252", "replace"),
    "CSV, Shift JIS": japanese_table,
    "text": several_texts,
    "text with form feeds": form_feeds,
    "one text": lambda texts: "\n".join(texts).encode(),
    "text, UTF-16": lambda texts: several_texts(texts).decode().encode("utf-16"),
    "WARC": warc,
    "Parquet": parquet,
    "zip": zipped,
    "tar": tarred,
    "zip of gzip": nested(zipped),
    "tar of gzip": nested(tarred),
    "tar.gz": lambda texts: gzip.compress(tarred(texts)),
    "gzip": lambda texts: gzip.compress(json_lines(texts)),
    "gzip, a member for each record": gzip_lines,
    "gzip, members that end anywhere": gzip_blocks,
    "a crawl in a crawl": crawled_crawl,
    "WARC, a member for each record": lambda texts: gzip_members(warc_records(texts)),
}  # fmt: skip


def items(ranges: Sequence[DumpRange], options: DumpOptions) -> list[Article | Reject]:
    found: list[Article | Reject] = []
    for part in ranges:
        for block in read_range(part, options):
            found.extend(parse_block(block, options) if isinstance(block, Block) else [block])
    for item in found:
        check(item)
        assert not (isinstance(item, Reject) and item.reason == "unexpected"), item
    return found


def split(path: str, options: DumpOptions, range_bytes: int) -> list[DumpRange]:
    ranges = split_dump(DumpRange(path), options, range_bytes)
    return numbered(ranges, [count_records(part, options) for part in ranges])


def check_ranges(content: bytes, range_bytes: int, **limits: Any) -> int:
    """Asserts that ranges give what the whole gives; returns how many there are."""
    options = DumpOptions(**limits)
    handle, name = tempfile.mkstemp()
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        ranges = split(name, options, range_bytes)
        assert items(ranges, options) == items([DumpRange(name)], options)
    finally:
        os.unlink(name)
    return len(ranges)


@given(st.sampled_from(sorted(BUILDERS)), TEXTS, st.integers(1, 400))
@example("text", ["a"] * 8, 1)
def test_ranges_of_any_size_give_the_whole(shape: str, texts: list[str], size: int) -> None:
    check_ranges(BUILDERS[shape](texts), size)


@pytest.mark.parametrize("shape", BUILDERS)
def test_what_can_be_cut_is_cut(shape: str) -> None:
    ranges = check_ranges(BUILDERS[shape](["A naïve text\nof lines."] * 12), 40)
    once = ("JSON", "CSV, UTF-16", "one text", "text, UTF-16", "tar.gz", "gzip",
            "gzip, members that end anywhere", "a crawl in a crawl")  # fmt: skip
    assert ranges == 1 if shape in once else ranges > 3


@given(st.sampled_from(sorted(BUILDERS)), TEXTS, st.integers(1, 400), st.data())
def test_ranges_of_damaged_dumps_give_the_whole(
    shape: str, texts: list[str], size: int, data: st.DataObject
) -> None:
    content = bytearray(BUILDERS[shape](texts))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content)))
        kind = data.draw(st.sampled_from(["cut", "end", "flip", "insert", "repeat"]))
        if kind == "cut":
            del content[place : place + data.draw(st.integers(1, 100))]
        elif kind == "end":
            del content[place:]
        elif kind == "flip" and place < len(content):
            content[place] = data.draw(st.integers(0, 255))
        elif kind == "insert":
            content[place:place] = data.draw(
                st.sampled_from(
                    [b'"', b"\n", b"\r", b"\0", b"WARC/1.0\r\n", b"=" * 40, b"\x1f\x8b"]
                )
            )
        else:
            content[place:place] = content[place : place + 50]
    check_ranges(bytes(content), size)


@given(st.sampled_from(sorted(path.name for path in FIXTURES.iterdir())), st.integers(1, 3000))
def test_ranges_of_every_fixture(name: str, size: int) -> None:
    check_ranges((FIXTURES / name).read_bytes(), size)


@given(st.sampled_from(["jsonl", "csv", "text", "warc", "json", "html"]), TEXTS,
       st.sampled_from(sorted(BUILDERS)), st.integers(1, 200))  # fmt: skip
def test_a_forced_format_holds_for_ranges(
    dump_format: str, texts: list[str], shape: str, size: int
) -> None:
    check_ranges(BUILDERS[shape](texts), size, format=dump_format)


@given(st.sampled_from(sorted(BUILDERS)), TEXTS, st.integers(1, 200), st.integers(1, 60))
def test_limits_hold_for_ranges(shape: str, texts: list[str], size: int, limit: int) -> None:
    check_ranges(BUILDERS[shape](texts), size, max_record_bytes=limit, max_members=3)


@pytest.mark.parametrize("range_bytes", [1, 1000, 100_000])
def test_a_bomb_is_stopped_in_ranges_too(range_bytes: int) -> None:
    lines = gzip_lines(["Some text."] * 200)
    bomb = gzip.compress(b'{"text": "' + b"a" * 3_000_000 + b'"}\n')
    limits = {"ratio_free_bytes": 100_000, "max_ratio": 20}
    assert check_ranges(lines + bomb + lines, range_bytes, **limits) == 1
    archive = tarred([], {f"{number}.jsonl": bomb for number in range(9)})
    assert check_ranges(archive, range_bytes, **limits) == 1


def test_records_are_numbered_through_and_ranges_travel(tmp_path: pathlib.Path) -> None:
    path = write(tmp_path, "dump", json_lines([f"Text {number}." for number in range(1000)]))
    ranges = pickle.loads(pickle.dumps(split(str(path), DumpOptions(), 5000)))
    found = items(ranges, DumpOptions())
    assert [item["record_index"] for item in found if not isinstance(item, Reject)] == [
        *range(1000)
    ]
    assert [part.stop for part in ranges[:-1]] == [part.start for part in ranges[1:]]
    assert {part.stop - part.start > 4999 for part in ranges[:-1]} == {True}


def test_dumps_that_vanish_or_hold_nothing(tmp_path: pathlib.Path) -> None:
    options = DumpOptions()
    blank = write(tmp_path, "blank", b'null\n{"text": 1}\n' + b"\n" * 5000)
    gone = str(tmp_path / "gone")
    for path in (gone, str(write(tmp_path, "empty", b"")), str(blank)):
        ranges = split(path, options, 10)
        assert items(ranges, options) == items([DumpRange(path)], options)
    assert count_records(DumpRange(gone, "bytes", 0, 10, "jsonl"), options) is None


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["JSON Lines", "CSV", "text", "WARC", "Parquet", "zip", "tar",
                                   "gzip, a member for each record"])  # fmt: skip
def test_memory_does_not_grow_with_the_ranges(shape: str, tmp_path: pathlib.Path) -> None:
    text = "Some words of an article, and some more of them. " * 600
    path = write(tmp_path, "dump", BUILDERS[shape]([f"{n} {text}" for n in range(1_800)]))
    assert path.stat().st_size > (50 << 20) or shape.startswith(("zip", "gzip", "Parquet"))
    options = DumpOptions()
    tracemalloc.start()
    try:
        ranges = split(str(path), options, max(1, path.stat().st_size // 16))
        assert len(ranges) > 4
        for part in ranges:
            for block in read_range(part, options):
                assert isinstance(block, Block)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # A text is judged by its first 32 MiB.
    assert peak < (100 << 20 if shape == "text" else 25 << 20)
