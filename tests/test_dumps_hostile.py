"""Inputs that break readers: each ends as articles and rejects, and nothing stops the run."""

import errno
import gzip
import io
import json
import os
import pathlib
import pickle
import random
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.article import Article
from pipeline.dumps import DumpOptions, parse_block, read_blocks
from pipeline.dumps.block import Block
from pipeline.rejects import RAW_LIMIT, Reject
from tests.dump_reading import FIXTURES, articles, read, reasons, rejects, write

RECORD = b'{"text": "A body.", "url": "https://a.example/1"}\n'
ARTICLE, MANY = "article", 5_000


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def nested(levels: int) -> bytes:
    content = zipped({"a.txt": b"deep text"})
    for level in range(levels - 1):
        content = zipped({f"{level}.zip": content})
    return content


def encrypted() -> bytes:
    content = bytearray(zipped({"a.txt": b"secret"}, zipfile.ZIP_STORED))
    # The flag "encrypted" in the local header and in the central directory.
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def unnamed() -> bytes:
    # A name ends at its first zero.
    return zipped({"bbb": b"text"}).replace(b"bbb", b"\0bb")


def parquet(**columns: pa.Array) -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.table(columns), target)
    return target.getvalue()


def warc(*bodies: bytes, kind: str = "response", length: int | None = None) -> bytes:
    out = b""
    for body in bodies:
        size = len(body) if length is None else length
        out += (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://a.example/\r\n"
            f"Content-Type: application/http\r\nContent-Length: {size}\r\n\r\n"
        ).encode()
        out += body + b"\r\n\r\n"
    return out


PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body><p>A page.</p></body></html>"
NOISE = random.Random(7).randbytes(5000)
PARQUET = parquet(text=["a", "b"], n=pa.array([1, 2]))
BROKEN_STRING = pa.StringArray.from_buffers(
    1, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xffa")
)
JSON_DEEP = b'{"text": ' + b"[" * 1000 + b"]" * 1000 + b"}\n"

HOSTILE: dict[str, tuple[bytes, list[str]]] = {
    "nothing": (b"", ["empty"]),
    "white space": (b" \n\t\r\n ", ["empty"]),
    "a mark only": (b"\xef\xbb\xbf", ["empty"]),
    "a wide mark only": (b"\xff\xfe", ["empty"]),
    "zeros": (bytes(1000), ["binary"]),
    "noise named text": (NOISE, ["binary"]),
    "empty gzip": (gzip.compress(b""), ["empty"]),
    "empty zip": (zipped({}), ["empty"]),
    "empty tar": (bytes(10240), ["binary"]),
    "zip of what is no dump": (zipped({"README": b"x", ".x": b"x", "_x": b"x"}), ["empty"]),
    "zip of an empty file": (zipped({"a": b"", "b": b"text"}), ["empty", ARTICLE]),
    "cut gzip": (gzip.compress(RECORD * 50)[:-4], [ARTICLE] * 50 + ["truncated"]),
    "cut zip": (zipped({"a.txt": b"text"})[:-5], ["corrupt"]),
    "cut tar": (
        tarred({"a.txt": b"text", "b.txt": b"x" * 5000})[:3000],
        [ARTICLE] + ["truncated"] * 2,
    ),
    "tar cut in a header": (
        tarred({"a.txt": b"text", "b.txt": b"more"})[:1300],
        [ARTICLE, "truncated"],
    ),
    "tar cut between members": (
        tarred({"a.txt": b"text", "b.txt": b"more"})[:1024],
        [ARTICLE, "truncated"],
    ),
    "tar with a damaged header": (
        tarred({"a.txt": b"text", "b.txt": b"more"}).replace(b"b.txt", b"c.txt"),
        [ARTICLE, "corrupt"],
    ),
    "gzip with a damaged checksum": (
        gzip.compress(RECORD * 50)[:-8] + bytes(8),
        [ARTICLE] * 50 + ["corrupt"],
    ),
    "cut gzip of half a record": (gzip.compress(NOISE.hex().encode())[:2000], ["truncated"]),
    "encrypted zip": (encrypted(), ["encrypted"]),
    "zip with an unnamed member": (unnamed(), [ARTICLE]),
    "six zips": (nested(6), [ARTICLE]),
    "nine zips": (nested(9), ["too_deep"]),
    "gzip in gzip": (gzip.compress(gzip.compress(gzip.compress(b"text"))), [ARTICLE]),
    "office document": (
        zipped({"[Content_Types].xml": b"<x/>", "a.xml": b"y"}),
        ["unsupported_content"],
    ),
    "pdf": (b"%PDF-1.7\n" + NOISE, ["unsupported_content"]),
    "feed": (
        b'<?xml version="1.0"?><rss><channel><title>x</title></channel></rss>',
        ["empty"],
    ),
    "invalid utf-8": (b"A text \xff\xfe\x80 with three bad bytes in it.", [ARTICLE]),
    "utf-16 without a mark": ("A text.\nTwo lines.".encode("utf-16-le"), [ARTICLE]),
    "text with zeros": (b"A\0 text with a zero in it", [ARTICLE]),
    "carriage returns": (b"one\rtwo\rthree", [ARTICLE]),
    "json of 1,000 levels": (RECORD + JSON_DEEP + RECORD, [ARTICLE, "no_text", ARTICLE]),
    "json of 100,000 levels": (
        RECORD + b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n" + RECORD,
        [ARTICLE, "too_deep", ARTICLE],
    ),
    "array of 100,000 levels": (b"[{" + b"[" * 100_000, ["invalid_json"]),
    "null fields": (
        b'{"text": "x", "title": null, "url": null, "authors": null}\n' * 2,
        [ARTICLE] * 2,
    ),
    "null lines": (b"null\nnull\n" + RECORD, ["not_a_record"] * 2 + [ARTICLE]),
    "wrong types": (
        b'{"text": "x", "title": 5, "url": [], "authors": {"a": 1}, "date": [], "tags": 7}\n'
        b'{"text": 7, "body": {"a": []}}\n',
        [ARTICLE, "no_text"],
    ),
    "years 0 and 9999": (
        b'{"text": "x", "date": "0000-00-00"}\n'
        b'{"text": "y", "date": "9999-12-31T23:59:59-12:00"}\n',
        [ARTICLE] * 2,
    ),
    "broken lines": (
        RECORD + b'{"text": "x\n' + RECORD + b"}\n",
        [ARTICLE, "invalid_json", ARTICLE, "invalid_json"],
    ),
    "single surrogates": (b'{"text": "a\\ud800b"}\n' + RECORD, [ARTICLE] * 2),
    "numbers beyond 64 bits": (
        b'{"text": "a", "id": 123456789012345678901234567890}\n' * 2,
        [ARTICLE] * 2,
    ),
    "not a number": (b'{"text": "a", "score": NaN}\n' * 2, [ARTICLE] * 2),
    "lines in latin-1": ('{"text": "naïve café"}\n'.encode("latin-1") * 2, [ARTICLE] * 2),
    "byte order mark in jsonl": (b"\xef\xbb\xbf" + RECORD * 2, [ARTICLE] * 2),
    "cut array": (b"[" + b",".join([RECORD.strip()] * 3)[:-10], [ARTICLE] * 2 + ["invalid_json"]),
    "empty array": (b"[]", ["empty"]),
    "array of anything": (
        b'[1, {"text": "x"}, "a", [], null]',
        ["not_a_record", ARTICLE] + ["not_a_record"] * 3,
    ),
    "objects without commas": (b'{"text":\n"a"}{"text":"b"} {"text":"c"}', [ARTICLE] * 3),
    "header without rows": (b"title,text\n\n", ["empty"]),
    "rows of other widths": (
        b"title,text\na,b\nc\nd,e,f\ng,h,\n",
        [ARTICLE, "no_text", "invalid_csv", ARTICLE],
    ),
    "a quote that never closes": (b'title,text\na,"b\nc,d\n', ["invalid_csv"]),
    "cut parquet": (PARQUET[:-20], ["invalid_parquet"]),
    "parquet without text": (parquet(words=["a"], n=pa.array([1])), ["no_text"]),
    "parquet without rows": (parquet(text=pa.array([], pa.string())), ["empty"]),
    "parquet of odd types": (
        parquet(
            text=["a", None, "c"],
            date=pa.array([2**62, None, 0], pa.timestamp("us")),
            id=pa.array([b"\xff", None, b"x"]),
            url=pa.array([[["u"]], None, [[]]]),
        ),
        [ARTICLE, "no_text", ARTICLE],
    ),
    "parquet with broken strings": (
        parquet(
            text=pa.StringArray.from_buffers(
                2, pa.py_buffer(b"\0\0\0\0\2\0\0\0\3\0\0\0"), pa.py_buffer(b"\xffab")
            )
        ),
        [ARTICLE] * 2,
    ),
    "parquet with broken strings inside": (
        parquet(
            text=["a"],
            metadata=pa.StructArray.from_arrays([BROKEN_STRING], ["url"]),
            tags=pa.ListArray.from_arrays([0, 1], BROKEN_STRING),
        ),
        [ARTICLE],
    ),
    "broken record in a warc": (
        warc(PAGE) + warc(PAGE, length=99_999) + warc(PAGE) + b"noise\r\n" + warc(PAGE),
        [ARTICLE, "invalid_warc", ARTICLE, "invalid_warc", ARTICLE],
    ),
    "warc without lengths": (
        warc(PAGE) + warc(PAGE).replace(b"Content-Length", b"Content-Size") + warc(PAGE),
        [ARTICLE, "invalid_warc", ARTICLE],
    ),
    "warc with a negative length": (warc(PAGE) + warc(PAGE, length=-5), [ARTICLE, "invalid_warc"]),
    "cut warc": (warc(PAGE, PAGE)[:-30], [ARTICLE, "truncated"]),
    "warc of control records": (warc(b"x", kind="request"), ["empty"]),
    "warc of an empty response": (warc(b""), ["invalid_http"]),
    "warc of an empty page": (warc(b"HTTP/1.1 200 OK\r\n\r\n"), ["empty"]),
    "warc of broken encodings": (
        warc(PAGE.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n"))
        + warc(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n" + NOISE),
        [ARTICLE, "invalid_http"],
    ),
    "300 unclosed tags": (b"<html><body>" + b"<div><p>" * 300 + b"text", [ARTICLE]),
    "a script of 20 MB": (b"<html><script>" + b"x=1;" * (5 << 20) + b"</script><p>text", [ARTICLE]),
    "a table of 200,000 rows": (b"<html><table>" + b"<tr><td>1</td></tr>" * 200_000, [ARTICLE]),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("wrap", ["bare", "gzip"])
def test_every_hostile_input_ends_well(name: str, wrap: str, tmp_path: pathlib.Path) -> None:
    content, expected = HOSTILE[name]
    path = write(tmp_path, "dump.txt", gzip.compress(content, 1) if wrap == "gzip" else content)
    found = read(path)
    assert reasons(found) == expected
    for item in rejects(found):
        assert item.source_file.startswith(str(path))
    if not any(isinstance(item, Reject) and item.record_index is None for item in found):
        numbers = [
            item.record_index if isinstance(item, Reject) else item["record_index"]
            for item in found
        ]
        assert numbers == list(range(len(found)))


def test_hostile_inputs_in_one_archive_do_not_disturb_each_other(tmp_path: pathlib.Path) -> None:
    small = {name: entry for name, entry in HOSTILE.items() if len(entry[0]) < 1 << 20}
    for pack in (zipped, tarred):
        path = write(tmp_path, "all", pack({name: entry[0] for name, entry in small.items()}))
        by_member: dict[str, list[Article | Reject]] = {name: [] for name in small}
        for item in read(path):
            source = item.source_file if isinstance(item, Reject) else item["source_file"]
            by_member[source.removeprefix(f"{path}!").split("!")[0]].append(item)
        assert {name: reasons(found) for name, found in by_member.items()} == {
            name: entry[1] for name, entry in small.items()
        }


def test_a_gzip_bomb_stops_at_its_ratio(tmp_path: pathlib.Path) -> None:
    bomb = gzip.compress(b"word " * (8 << 20), 9)
    path = write(tmp_path, "bomb.gz", bomb)
    found = read(path, ratio_free_bytes=8 << 20, max_ratio=100)
    assert reasons(found) == ["decompression_bomb"]
    nested_bomb = write(tmp_path, "bomb.zip", zipped({"a.gz": bomb, "b.txt": b"fine"}))
    found = read(nested_bomb, ratio_free_bytes=8 << 20, max_ratio=100)
    assert reasons(found)[0] == "decompression_bomb"


def test_a_record_that_is_too_large_costs_itself_only(tmp_path: pathlib.Path) -> None:
    huge = b'{"text": "' + b"x" * (5 << 20) + b'"}'
    small = RECORD.strip()
    expected = [ARTICLE, "too_large", ARTICLE]
    limit = 2 << 20
    path = write(tmp_path, "a.jsonl", b"\n".join([small, huge, small]))
    assert reasons(read(path, max_record_bytes=limit)) == expected
    assert all(len(item.raw) == RAW_LIMIT for item in rejects(read(path, max_record_bytes=limit)))
    many = b'{"text": "x", "parts": [' + b'"abc",' * (1 << 20) + b"1]}"
    path = write(tmp_path, "a.json", b"[" + b",\n".join([small, many, small]) + b"]")
    assert reasons(read(path, max_record_bytes=limit)) == expected
    big_page = PAGE + b" " * (5 << 20)
    path = write(tmp_path, "a.warc", warc(PAGE, big_page, PAGE))
    assert reasons(read(path, max_record_bytes=limit)) == expected
    path = write(tmp_path, "a.html", b"<html>" + b"x" * (5 << 20))
    assert reasons(read(path, max_record_bytes=limit)) == ["too_large"]
    path = write(tmp_path, "a.parquet", parquet(text=["a", "x" * (5 << 20), "b"]))
    assert reasons(read(path, max_record_bytes=limit)) == expected


LINE = "a text of some words,https://a.example/"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # Closed by the next quote, which was to open a value: the rows behind are as they were.
        (['"open,u1', "b,u2", '"c",u3', "d,u4"], ["line 2", ARTICLE]),
        (["a,u1", '"open,u2', "c,u3", "d,u4"], [ARTICLE, "line 3"]),
        (['"two', 'lines",u1', "b,u2", '"open', "c,u3"], [ARTICLE, ARTICLE, "line 5"]),
        (['"two', 'lines, "open again" , and on",u1', "b,u2"], ["line 2", ARTICLE]),
        # Within one line nothing else is at stake.
        (['"one "quoted" word",u1', "b,u2"], [ARTICLE] * 2),
        (['5" pipes,u1', "b,u2"], [ARTICLE] * 2),
        (['"two', 'lines" ,u1', "b,u2"], [ARTICLE] * 2),
    ],
)
@pytest.mark.parametrize("before", [0, 30_000])
def test_a_quote_that_does_not_close_costs_its_row_and_is_named_by_its_line(
    rows: list[str], expected: list[str], before: int, tmp_path: pathlib.Path
) -> None:
    first = [f'"{LINE}",u{number}' for number in range(before)]  # some blocks of them
    text = "\n".join(["text,url", *first, *rows, ""])
    found = read(write(tmp_path, "a.csv", text.encode()))
    assert reasons(found[:before]) == [ARTICLE] * before
    assert [item["record_index"] for item in articles(found)[:before]] == [*range(before)]
    for item, says in zip(found[before:], expected, strict=True):
        if isinstance(item, Reject) and says.startswith("line"):
            number = int(says.split()[1]) + before
            assert item.reason == "invalid_csv"
            assert f"A quote opens in line {number} and is not closed" in item.detail
            assert item.raw.startswith(b'"')
        else:
            assert reasons([item]) == [says]


@pytest.mark.parametrize("header", ['"title,text', 'title,"text'])
def test_a_quote_of_the_header_that_does_not_close_is_said(
    header: str, tmp_path: pathlib.Path
) -> None:
    rows = "\n".join([header, f"A,{LINE}", f"B,{LINE}", ""])
    [found] = read(write(tmp_path, "a.csv", rows.encode()), format="csv")
    assert isinstance(found, Reject)
    assert "A quote opens in the header and is not closed" in found.detail


def test_a_quote_that_swallows_more_than_a_record_is_named_by_its_line(
    tmp_path: pathlib.Path,
) -> None:
    lines = ["text,url", f'"{LINE}",u', '"open,u', *[f"{LINE}"] * 100_000]
    path = write(tmp_path, "a.csv", "\n".join(lines).encode())
    found = read(path, max_record_bytes=2 << 20)
    assert reasons(found)[:2] == [ARTICLE, "too_large"]
    assert "perhaps since a quote in it is not closed" in found[1].detail
    assert found[1].detail.endswith("It begins in line 3.")


def test_a_header_may_be_long(tmp_path: pathlib.Path) -> None:
    names = ",".join(["text", "url", *(f"column_{number}" for number in range(20_000))])
    path = write(tmp_path, "a.csv", f"{names}\na text,u1\nanother,u2\n".encode())
    found = read(path, format="csv")
    assert [item["document"] for item in articles(found)] == ["a text", "another"]


def test_an_answer_beyond_the_size_of_a_record_is_streamed(tmp_path: pathlib.Path) -> None:
    body = {"status": "ok", "response": {"total": MANY, "results": [{"text": "x" * 500}] * 5000}}
    path = write(tmp_path, "a.json", json.dumps(body).encode())
    assert reasons(read(path)) == [ARTICLE] * 5000
    assert reasons(read(path, max_record_bytes=1 << 20)) == [ARTICLE] * 5000


def test_files_that_cannot_be_read(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (gone,) = rejects(read(tmp_path / "gone.txt"))
    assert (gone.reason, gone.record_index) == ("unreadable", None)
    assert "gone since" in gone.detail
    (folder,) = rejects(read(tmp_path))
    assert (folder.reason, "folder" in folder.detail) == ("unreadable", True)
    locked = write(tmp_path, "locked.txt", b"text")
    locked.chmod(0)
    if os.access(locked, os.R_OK):
        # Root may read everything; then the kernel's answer is given in its place.
        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr("pipeline.dumps.ranges.open_dump", refuse)
    (denied,) = rejects(read(locked))
    assert denied.reason == "unreadable"
    assert "permission" in denied.detail


def test_a_file_that_fails_while_it_is_read(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "a.jsonl", RECORD * MANY * 16)

    class Failing(io.FileIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 1 << 20:
                raise OSError(errno.EIO, "Input/output error")
            return super().read(size) or b""

    monkeypatch.setattr("pipeline.dumps.ranges.open_dump", lambda name: Failing(name))
    found = read(path)
    assert reasons(found)[-1] == "unreadable"
    assert len(articles(found)) > 1000


def test_names_of_any_characters(tmp_path: pathlib.Path) -> None:
    for name in ("line\nbreak.txt", "quote'\".txt", "hash#?.txt", "brücke.txt", "a!b.txt", " .txt"):
        (article,) = articles(read(write(tmp_path, name, b"text")))
        assert article["source_file"] == str(tmp_path / name)
    path = write(tmp_path, "a.tar", tarred({"line\nbreak/x.txt": b"a", "br\udcfccke.txt": b"b"}))
    names = [article["source_file"] for article in articles(read(path))]
    assert names == [f"{path}!line\nbreak/x.txt", f"{path}!br\ufffdcke.txt"]


def test_memory_does_not_grow_with_the_dump(tmp_path: pathlib.Path) -> None:
    line = b'{"text": "' + b"some words " * 500 + b'"}\n'
    size = 0
    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(12_000):
            size += file.write(line)
    assert size > 60 << 20
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_blocks(str(path), DumpOptions()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count > 30
    assert peak < 12 << 20


def test_blocks_travel(tmp_path: pathlib.Path) -> None:
    options = DumpOptions(mapping={"text": "body"})
    for path in sorted(FIXTURES.iterdir()):
        for block in read_blocks(str(path), options):
            if isinstance(block, Block):
                again, chosen = pickle.loads(pickle.dumps((block, options)))
                assert again == block
                assert list(parse_block(again, chosen)) == list(parse_block(block, options))


def lines(shape: bytes, count: int) -> bytes:
    return b"".join(shape.replace(b"#", b"%d" % number) for number in range(count))


BUILDERS: dict[str, Callable[[int], bytes]] = {
    "jsonl": lambda n: lines(b'{"text":"body #"}\n', n).replace(b'7"}\n', b'7"}\n\n \r\n'),
    "array": lambda n: json.dumps([{"text": f'body {i}, {{["\\'} for i in range(n)]).encode(),
    "objects": lambda n: lines(b'{\n "text": "body #"\n}\n', n),
    "csv": lambda n: b"title,text\n" + lines(b'#,"body\n# ""x"""\n', n),
    "tsv": lambda n: b"title\ttext\n" + lines(b'#\tbody "#\n\n', n),
    "warc": lambda n: b"".join(warc(PAGE.replace(b"A page", b"Page %d" % i)) for i in range(n)),
}


@pytest.mark.parametrize("shape", BUILDERS)
def test_blocks_are_bounded_and_numbered_through(
    shape: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("records", "jsonl", "objects", "table"):
        monkeypatch.setattr(f"pipeline.dumps.{module}.BLOCK_BYTES", 1000)
    path = write(tmp_path, "dump", BUILDERS[shape](MANY))
    blocks = list(read_blocks(str(path), DumpOptions()))
    assert len(blocks) > 50
    assert all(isinstance(block, Block) and len(block.payload) < 4000 for block in blocks)
    found = read(path)
    assert reasons(found) == [ARTICLE] * MANY
    assert [item["record_index"] for item in articles(found)] == list(range(MANY))
    assert len({item["document"] for item in articles(found)}) == MANY


def test_a_crawl_of_large_pages_is_the_same_however_it_is_packed(tmp_path: pathlib.Path) -> None:
    chance = random.Random(3)
    noise = (chance.randbytes(chance.randint(10, 200_000)).hex().encode() for _ in range(40))
    records = [warc(PAGE + page) for page in noise]
    forms = {
        "plain": b"".join(records),
        "one member": gzip.compress(b"".join(records), 1),
        "a member each": b"".join(gzip.compress(record, 1) for record in records),
    }
    documents = []
    for name, content in forms.items():
        found = read(write(tmp_path, name, content))
        assert reasons(found) == [ARTICLE] * 40, name
        documents.append([article["document"] for article in articles(found)])
    assert documents[0] == documents[1] == documents[2]


def test_a_member_whose_path_leads_out_of_its_archive_is_read(tmp_path: pathlib.Path) -> None:
    names = ["../a.txt", "b/../../c.txt", "/d.txt", ".hidden/e.txt"]
    with zipfile.ZipFile(tmp_path / "dump.zip", "w") as archive:
        for name in names:
            archive.writestr(name, f"The text of {name}, which is an article.")
    found = read(tmp_path / "dump.zip")
    assert [item["source_file"].rsplit("!", 1)[1] for item in articles(found)] == names[:3]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dump.zip"]
