"""Properties of reading that hold for any bytes, and for any way to split a corpus."""

import gzip
import os
import pathlib
import random
import tempfile
from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Article
from pipeline.dumps import FORMATS, Block, DumpOptions, parse_block, read_blocks
from pipeline.rejects import Reject
from tests import fuzz
from tests.dump_reading import FIXTURES, articles, check, reasons
from tests.separate_runs import Desk

SEEDS = [path.read_bytes() for path in sorted(FIXTURES.iterdir())]
TOKENS = [
    b"{", b"}", b"[", b"]", b'"', b",", b":", b"\n", b"\r\n", b"\\", b"\0", b"\xff",
    b"\xef\xbb\xbf",
    b'{"text": "x"}', b'"text":', b"null", b"title,text\n", b"a,b\n", b"<html>", b"<p>",
    b"WARC/1.0\r\n",
    b"WARC-Type: response\r\n", b"Content-Length: 9\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"PAR1",
    b"\x1f\x8b\x08", b"BZh91AY&SY", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"=" * 12,
    b"word " * 20, "é橋".encode(), "é橋".encode("utf-16-le"),
]  # fmt: skip


def read_bytes(content: bytes, **options: Any) -> list[Article | Reject]:
    """Reads bytes as a dump, and checks that items and record numbers are in order."""
    chosen = DumpOptions(**options)
    handle, name = tempfile.mkstemp()
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        found: list[Article | Reject] = []
        for block in read_blocks(name, chosen):
            if isinstance(block, Block):
                found.extend(parse_block(block, chosen))
            else:
                found.append(block)
    finally:
        os.unlink(name)
    assert found, "a dump gave nothing at all"
    numbers: dict[str, list[int]] = {}
    for item in found:
        check(item)
        assert not (isinstance(item, Reject) and item.reason == "unexpected"), item
        source, number = (
            (item.source_file, item.record_index)
            if isinstance(item, Reject)
            else (item["source_file"], item["record_index"])
        )
        if number is not None:
            numbers.setdefault(source, []).append(number)
    for inside in numbers.values():
        assert inside == sorted(set(inside))
    return found


@given(st.lists(st.sampled_from(TOKENS) | st.binary(max_size=20), max_size=30))
def test_any_bytes_end_as_articles_and_rejects(pieces: list[bytes]) -> None:
    read_bytes(b"".join(pieces))


@given(
    st.sampled_from(sorted(FORMATS)),
    st.lists(st.sampled_from(TOKENS) | st.binary(max_size=20), min_size=1, max_size=30),
)
def test_any_bytes_in_any_format(dump_format: str, pieces: list[bytes]) -> None:
    read_bytes(b"".join(pieces), format=dump_format)


@given(st.sampled_from(SEEDS), st.data())
def test_damaged_dumps_end_as_articles_and_rejects(seed: bytes, data: st.DataObject) -> None:
    content = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(content)))
        kind = data.draw(st.sampled_from(["cut", "flip", "insert", "repeat"]))
        if kind == "cut":
            del content[place : place + data.draw(st.integers(1, 200))]
        elif kind == "flip" and place < len(content):
            content[place] = data.draw(st.integers(0, 255))
        elif kind == "insert":
            content[place:place] = data.draw(st.sampled_from(TOKENS))
        else:
            content[place:place] = content[place : place + 50]
    read_bytes(bytes(content))


@given(st.sampled_from(SEEDS), st.data())
def test_cut_dumps_end_as_articles_and_rejects(seed: bytes, data: st.DataObject) -> None:
    read_bytes(seed[: data.draw(st.integers(0, len(seed)))])


def known(found: Sequence[Article | Reject]) -> list[dict[str, object]]:
    """Returns articles without what names their place in the corpus."""
    place = ("source_file", "record_index")
    return [
        {name: value for name, value in item.items() if name not in place}
        for item in articles(list(found))
    ]


LINES = st.lists(
    st.fixed_dictionaries(
        {"text": st.text(min_size=1).filter(str.strip)},
        optional={
            "title": st.text(),
            "url": st.text(),
            "id": st.integers(-(2**63), 2**63 - 1),
            "date": st.text(),
        },
    ),
    min_size=4,
    max_size=12,
)


@given(LINES, st.data())
def test_splitting_json_lines_changes_no_article(
    records: list[dict[str, object]], data: st.DataObject
) -> None:
    lines = [orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records
             if not any("\ud800" <= char <= "\udfff" for char in str(record))]  # fmt: skip
    if len(lines) < 4:
        return
    cut = data.draw(st.integers(2, len(lines) - 2))
    whole = read_bytes(b"".join(lines))
    halves = read_bytes(b"".join(lines[:cut])) + read_bytes(b"".join(lines[cut:]))
    assert known(whole) == known(halves)
    assert known(read_bytes(gzip.compress(b"".join(lines)))) == known(whole)


@given(LINES)
def test_json_lines_and_an_array_hold_the_same_articles(records: list[dict[str, object]]) -> None:
    lines = read_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
    array = read_bytes(orjson.dumps(records))
    assert [item | {"dump_format": ""} for item in known(lines)] == [
        item | {"dump_format": ""} for item in known(array)
    ]


@given(limit=st.integers(1, 3000), seed=st.sampled_from(SEEDS))
def test_any_limit_on_records_is_kept(limit: int, seed: bytes) -> None:
    found = read_bytes(seed, max_record_bytes=limit)
    for item in articles(found):
        assert len(item["document"].encode()) <= 4 * limit
    assert set(reasons(found)) <= {
        "article", "no_article", "too_large", "http_status", "unsupported_content", "invalid_json",
    }  # fmt: skip


def test_pieces_of_any_size_give_the_same_items(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def items(size: int) -> list[list[Article | Reject]]:
        for module in ("records", "jsonl", "objects", "table", "text"):
            monkeypatch.setattr(f"pipeline.dumps.{module}.BLOCK_BYTES", size)
        monkeypatch.setattr(
            "pipeline.dumps.ranges.open_dump",
            lambda path: _Dribble(path, size, random.Random(size)),
        )
        found = []
        for path in sorted(FIXTURES.iterdir()):
            chosen = DumpOptions()
            one: list[Article | Reject] = []
            for block in read_blocks(str(path), chosen):
                one.extend(parse_block(block, chosen) if isinstance(block, Block) else [block])
            found.append(one)
        return found

    whole = items(1 << 20)
    for size in (1, 2, 13, 100, 1000):
        assert items(size) == whole


class _Dribble:
    """A file that hands out fewer bytes than it is asked for, as networks do."""

    def __init__(self, path: str, size: int, chance: random.Random) -> None:
        self._file = open(path, "rb")  # noqa: SIM115 - closed by its owner
        self._size = size
        self._chance = chance

    def read(self, size: int = -1) -> bytes:
        most = self._chance.randint(1, max(1, self._size))
        return self._file.read(min(size, most) if size >= 0 else most)

    def seekable(self) -> bool:
        return False

    def __enter__(self) -> "_Dribble":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@pytest.mark.slow
def test_fuzzed_dumps_and_all_that_once_broke_something(desk: Desk, tmp_path: pathlib.Path) -> None:
    """The bounded form of ``make fuzz``."""
    content = dict(fuzz.dumps(150, seed=2))
    kept = {path.name: path.read_bytes() for path in sorted(fuzz.CRASHES.iterdir())}
    outcome = fuzz.read_all(desk, tmp_path / "fuzz", content | kept)
    assert not outcome.wrong
    assert outcome.articles > 100
    assert sum(outcome.rejects.values()) > 100
