# ruff: noqa: E501, RUF001 - tables of words and of traps; dashes and quotes are meant as written
"""Fuzzed dumps through the real command: reading, cleaning, comparing, committing.

    python -m tests.fuzz --dumps 10000 --seed 1

Half of the dumps are fixtures of every format with bytes flipped, cut, spliced, repeated, lengths
overwritten, lines moved, in other encodings and packed in archives; the others are made by grammars
of pages, JSON, tables, WARC, Parquet and articles that nest, lie and overflow where parsers trust.

Some hundred at a time are read by one ``copydesk run``. It must end well, every dump must be in the
warehouse as articles or rejects, ``copydesk verify`` must find nothing, and no reject may say that
a worker died, that a limit was reached, that a transform raised or that an error was unexpected.
Otherwise the dump at fault is kept in ``tests/fixtures/crashes``, which a test reads again.
"""

import argparse
import bz2
import contextlib
import dataclasses
import gzip
import io
import json
import lzma
import random
import shutil
import struct
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from pipeline.rejects import LIMIT_REASONS
from tests.separate_runs import REPOSITORY, Conditions, Desk, query, run_arguments

FIXTURES = REPOSITORY / "tests" / "fixtures" / "dumps"
CRASHES = REPOSITORY / "tests" / "fixtures" / "crashes"

AT_ONCE = 250
"""Dumps of one run."""

LARGEST = 300_000
"""Bytes of a dump before it is packed."""

DEFECTS = ("unexpected", "error", "wrong_type", *LIMIT_REASONS)
"""Reasons of rejects that no dump may lead to."""

_TOKENS = [
    b"{", b"}", b"[", b"]", b'"', b"'", b",", b":", b"\n", b"\r\n", b"\r", b"\\", b"\0", b"\xff",
    b"\x1a", b"\xef\xbb\xbf", b"\xfe\xff", b'{"text": "x"}', b'"text":', b"null", b"NaN", b"1e999",
    b"title,text\n", b'""', b"<html>", b"<p>", b"</p>", b"<!--", b"-->", b"<![CDATA[", b"<script>",
    b"&#x110000;", b"&amp;" * 3, b"WARC/1.0\r\n", b"WARC-Type: response\r\n",
    b"Content-Length: 9\r\n\r\n", b"Content-Length: 999999999999\r\n", b"HTTP/1.1 200 OK\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n", b"PAR1", b"\x1f\x8b\x08",
    b"BZh91AY&SY", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06",
    b"=" * 12, b"-" * 40, b"\f", b"word " * 20, "é橋\u202e".encode(), "é橋".encode("utf-16-le"),
]  # fmt: skip

_EXTREMES = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, (1 << 63) - 1]

_CODECS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp1252", "latin-1", "cp037",
           "shift_jis", "gb18030", "big5", "euc_kr", "koi8_r", "cp1251", "iso8859_7", "utf-7",
           "iso2022_jp")  # fmt: skip

_WORDS = (
    "Copyright © (c) 2019 By by von Photo: Foto: (Reuters) (AP) AFP/Getty dpa — – - * • » « “ ” \" '"
    " ( ) [ ] { } < > & &amp; &#160; Read more: Share Reporting by editing Monday 12.05.2020 10:15"
    " Jan. NEW YORK London, said Read also | / \\ # @ http://a.example/x?y=1 me@a.example 1 12 345"
    " . , ; : ! ? … Advertisement Click here to subscribe 新华社 【共同】 이 الخبر das ist nicht the of and"
).split(" ")


def _words(chance: random.Random, most: int) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(chance.randint(1, most)))


def _size(chance: random.Random, most: int) -> int:
    """Returns a number from 0 on, small ones as often as large ones."""
    return int(most ** chance.random()) - (chance.random() < 0.1)


def article(chance: random.Random) -> bytes:
    """Returns a text of hostile lines: long runs, and the words that rules look for."""
    lines = []
    for _ in range(_size(chance, 60)):
        kind = chance.randrange(6)
        if kind == 0:
            line = chance.choice(_WORDS) * _size(chance, 3_000)
        elif kind == 1:
            line = _words(chance, 3) + chance.choice(" \t.-_*(\u00a0") * _size(chance, 3_000) + "!"
        elif kind == 2:
            line = ""
        else:
            line = _words(chance, 60)
        lines.append(line)
    text = chance.choice(("\n", "\n\n", "\r\n", "\r", "\u2028")).join(lines)
    return text.encode()


def value(chance: random.Random, depth: int = 0) -> Any:
    """Returns a JSON value of any type."""
    kind = chance.randrange(10 if depth < 6 else 6)
    if kind < 2:
        return _words(chance, 20)
    if kind == 2:
        return chance.choice((None, True, False, "", " ", "\ud800", "\0", "<p>" * 50, "x" * 5_000))
    if kind == 3:
        return chance.choice((0, -1, 1 << 62, 10**40, 1.5, 1e308, -0.0, 1_700_000_000_000))
    if kind < 6:
        return chance.choice(
            ("2020-01-01", "2020-13-45T99:99:99Z", "0000-00-00", "1 Jan 99999", "Mon, 01 Jan",
             "en-US", "http://[::1", "//", "https://a.example/" + "a" * 500, "By A and B and C")
        )  # fmt: skip
    if kind < 8:
        return [value(chance, depth + 1) for _ in range(chance.randint(0, 4))]
    return {_name(chance): value(chance, depth + 1) for _ in range(chance.randint(0, 4))}


def _name(chance: random.Random) -> str:
    return chance.choice(
        ("text", "body", "content", "html", "title", "url", "source", "date", "published_at", "id",
         "authors", "tags", "language", "metadata", "data", "results", "articles", "", "Text", "te xt",
         "rendered", "a.b", "\u202e", "@graph", "n" * 300)
    )  # fmt: skip


def json_dump(chance: random.Random) -> bytes:
    """Returns JSON Lines, arrays, answers or nests."""
    kind = chance.randrange(6)
    if kind == 0:
        deep = chance.choice((10, 200, 1_100, 20_000))
        opening = chance.choice((b"[", b'{"a":', b'[{"text":', b'{"data":['))
        return opening * deep + chance.choice((b"1", b"", b"}" * deep, b"]" * deep))
    records = [
        {"text": _words(chance, 80)} | {_name(chance): value(chance) for _ in range(5)}
        if chance.random() < 0.8
        else value(chance)
        for _ in range(_size(chance, 40))
    ]
    if kind == 1:
        text = json.dumps(records, indent=chance.choice((None, 1)))
    elif kind == 2:
        text = json.dumps({"status": "ok", chance.choice(("articles", "results")): records})
    else:
        between = chance.choice(("\n", "\n", "\r\n", "", ",", "\n\n", "\x1e"))
        text = between.join(json.dumps(record, ensure_ascii=kind > 4) for record in records)
    return text.encode("utf-8", "surrogatepass")


def page(chance: random.Random) -> bytes:
    """Returns a page of tags that nest, overlap and never end."""
    tags = ("div p span a b i ul li table tr td article section h1 h2 blockquote figure figcaption"
            " script style noscript template svg math iframe form select option textarea title"
            " body html head pre br img meta link base font center plaintext frameset object").split()  # fmt: skip
    parts = [chance.choice(("", "<!DOCTYPE html>", "<?xml version='1.0'?>", "<html><head>"))]
    codec = chance.choice(("utf-8", "utf-16", "x-user-defined", "latin-1", "nonsense", ""))
    if chance.random() < 0.3:
        parts.append(f"<meta charset={codec}>")
    if chance.random() < 0.5:
        linked = value(chance)
        if chance.random() < 0.7:
            linked = {"@type": "NewsArticle", "author": value(chance), "datePublished":
                      value(chance), "headline": value(chance), "@graph": [linked]}  # fmt: skip
        parts.append(f'<script type="application/ld+json">{json.dumps(linked)}</script>')
    for key in ("og:title", "author", "article:published_time", "keywords", "og:site_name"):
        if chance.random() < 0.3:
            parts.append(f'<meta property="{key}" content="{_words(chance, 12)}">')
    if chance.random() < 0.15:
        parts.append(f"<{chance.choice(tags)}>" * _size(chance, 20_000))
    for _ in range(_size(chance, 300)):
        tag = chance.choice(tags)
        kind = chance.randrange(8)
        if kind == 0:
            parts.append(f"</{tag}>")
        elif kind == 1:
            sort = chance.choice(("class", "id", "style", "href", "src", "data-x", "itemprop"))
            words = chance.choice(
                ("byline", "comment", "display:none", "x" * 2_000, _words(chance, 4))
            )
            parts.append(f"<{tag} {sort}={chance.choice(('', chr(34)))}{words}>")
        elif kind == 2:
            parts.append(
                chance.choice(("<!--", "-->", "<![CDATA[", "]]>", "<", ">", "&", "\0", "<//"))
            )
        else:
            parts.append(f"<{tag}>{_words(chance, 30)}")
    return "".join(parts).encode(codec if codec in ("utf-16", "utf-8") else "utf-8", "replace")


def table(chance: random.Random) -> bytes:
    """Returns a table whose quotes, widths and line ends are wrong now and then."""
    delimiter = chance.choice(",\t;|")
    names = chance.sample(["text", "title", "url", "date", "id", "a", "b", "author"], k=4)
    end = chance.choice(("\n", "\r\n", "\r"))
    rows = [delimiter.join(names)]
    for _ in range(_size(chance, 200)):
        cells = []
        for _ in range(4 if chance.random() < 0.9 else chance.randint(0, 9)):
            cell = _words(chance, 30)
            kind = chance.randrange(5)
            if kind == 0:
                cell = '"' + cell.replace('"', '""') + '"'
            elif kind == 1:
                cell = f'"{cell}{end}{cell}"'
            elif kind == 2:
                cell = cell.replace('"', "").replace(delimiter, " ")
            cells.append(cell)
        rows.append(delimiter.join(cells))
    return end.join(rows).encode()


def warc(chance: random.Random) -> bytes:
    """Returns WARC records whose lengths, types and encodings lie now and then."""
    out = []
    for _ in range(_size(chance, 12)):
        body = page(chance)[:20_000]
        headers = f"HTTP/1.1 {chance.choice((200, 404, 301, 'x'))} OK\r\nContent-Type: "
        headers += chance.choice(("text/html", "text/html; charset=\"'x", "image/png", "")) + "\r\n"
        kind = chance.randrange(5)
        if kind == 0:
            body, headers = gzip.compress(body), f"{headers}Content-Encoding: gzip\r\n"
        elif kind == 1:
            headers += f"Content-Encoding: {chance.choice(('gzip', 'br', 'deflate', 'zstd'))}\r\n"
        elif kind == 2:
            sizes = b"%x\r\n" % chance.choice((len(body), 5, 1 << 60))
            body, headers = (
                sizes + body + b"\r\n0\r\n\r\n",
                f"{headers}Transfer-Encoding: chunked\r\n",
            )
        http = headers.encode() + b"\r\n" + body
        length = (
            len(http) if chance.random() < 0.8 else chance.choice((0, 5, len(http) + 9, 10**14))
        )
        record = (
            f"WARC/{chance.choice(('1.0', '1.1', '9.9'))}\r\n"
            f"WARC-Type: {chance.choice(('response', 'conversion', 'resource', 'warcinfo', 'x'))}\r\n"
            f"WARC-Target-URI: {chance.choice(('https://a.example/', 'x' * 5000, ''))}\r\n"
            f"WARC-Date: {chance.choice(('2020-01-01T00:00:00Z', 'never'))}\r\n"
            f"Content-Length: {length}\r\n\r\n"
        ).encode() + http + chance.choice((b"\r\n\r\n", b"\r\n\r\n", b"\n", b""))  # fmt: skip
        out.append(gzip.compress(record, 1) if chance.random() < 0.1 else record)
    return b"".join(out)


def parquet(chance: random.Random) -> bytes:
    """Returns a Parquet file of odd types."""
    count = _size(chance, 60)
    makers: Sequence[Callable[[], pa.Array]] = (
        lambda: pa.array([_words(chance, 60) for _ in range(count)]),
        lambda: pa.array([chance.choice((None, "", "x")) for _ in range(count)], pa.large_string()),
        lambda: pa.array([chance.randbytes(9) for _ in range(count)]),
        lambda: pa.array([chance.choice((-(2**62), 0, 2**62)) for _ in range(count)],
                         pa.timestamp(chance.choice(("ms", "us", "ns")))),
        lambda: pa.array([[{"name": "a", "x": [1]}]] * count),
        lambda: pa.array([float("nan")] * count),
        lambda: pa.nulls(count),
        lambda: pa.array(["a"] * count).dictionary_encode(),
        lambda: pa.array([b"0123456789abcdef"] * count, pa.binary(16)),
        lambda: pa.array([{"rendered": _words(chance, 9)}] * count),
        lambda: pa.array([[("a", 1)]] * count, pa.map_(pa.string(), pa.int64())),
        lambda: pa.array([1] * count, pa.decimal128(30, 3)),
    )  # fmt: skip
    names = dict.fromkeys(
        ["text" if chance.random() < 0.8 else "x", *(_name(chance) for _ in range(5))]
    )
    target = io.BytesIO()
    columns = {name: chance.choice(makers if at else makers[:2])() for at, name in enumerate(names)}
    pq.write_table(
        pa.table(columns), target, row_group_size=chance.choice((1, 7, 1000)),
        compression=chance.choice(("snappy", "zstd", "none")),
    )  # fmt: skip
    return target.getvalue()


def mutated(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Returns a seed with some damage."""
    content = bytearray(chance.choice(seeds))
    for _ in range(1 + _size(chance, 12)):
        place = chance.randint(0, len(content))
        kind = chance.randrange(11)
        if kind == 0:
            del content[place : place + _size(chance, 400)]
        elif kind == 1 and place < len(content):
            content[place] ^= 1 << chance.randrange(8)
        elif kind == 2:
            content[place:place] = chance.choice(_TOKENS)
        elif kind == 3:
            content[place:place] = content[place : place + 60] * _size(chance, 200)
        elif kind == 4:
            other = chance.choice(seeds)
            content[place:] = other[chance.randint(0, len(other)) :]
        elif kind == 5:
            width = chance.choice((1, 2, 4, 8))
            number = chance.choice(_EXTREMES) & ((1 << 8 * width) - 1)
            content[place : place + width] = struct.pack("<Q", number)[:width]
        elif kind == 6:
            del content[place:]
        elif kind == 7:
            lines = bytes(content).split(b"\n")
            chance.shuffle(lines)
            content[:] = b"\n".join(lines)
        elif kind == 8:
            text = bytes(content).decode("utf-8", "replace")
            content[:] = text.encode(chance.choice(_CODECS), "replace")
        elif kind == 9:
            digits = [at for at, byte in enumerate(content) if 0x30 <= byte <= 0x39]
            if digits:
                at = chance.choice(digits)
                content[at : at + 1] = b"%d" % chance.choice(_EXTREMES)
        else:
            content[place : place + 1] = bytes([chance.randrange(256)]) * _size(chance, 2_000)
    return bytes(content[:LARGEST])


def packed(chance: random.Random, content: bytes, name: str) -> tuple[bytes, str]:
    """Returns an archive or a compressed file of a dump, one in another at times."""
    kind = chance.randrange(7)
    if kind == 0:
        return gzip.compress(content, 1), f"{name}.gz"
    if kind == 1:
        return bz2.compress(content, 1), f"{name}.bz2"
    if kind == 2:
        return lzma.compress(content, preset=0), f"{name}.xz"
    if kind == 3:
        return zstandard.compress(content, 1), f"{name}.zst"
    target = io.BytesIO()
    if kind == 4:
        with tarfile.open(fileobj=target, mode="w") as tar:
            for member in (name, chance.choice(("../x", "/etc/x", "a/" * 90 + "b", "x\n"))):
                info = tarfile.TarInfo(member)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        return target.getvalue(), f"{name}.tar"
    with zipfile.ZipFile(target, "w", chance.choice((0, 8, 12, 14))) as archive:
        for member in (name, chance.choice(("../x", "/etc/x", "é", "__MACOSX/x"))):
            archive.writestr(member, content)
    return target.getvalue(), f"{name}.zip"


GRAMMARS = (article, json_dump, page, table, warc, parquet)


def dumps(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yields names and contents; the same for the same seed, however many come before."""
    seeds = [path.read_bytes() for path in sorted(FIXTURES.iterdir()) if path.suffix != ".md"]
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")
        name = f"{seed}-{number:06d}"
        if number % 2:
            content, kind = mutated(chance, seeds), "mutated"
        else:
            grammar = GRAMMARS[number // 2 % len(GRAMMARS)]
            content, kind = grammar(chance)[:LARGEST], grammar.__name__
            if chance.random() < 0.3:
                content = mutated(chance, [content])
        name = f"{name}.{kind}"
        while chance.random() < 0.15:
            content, name = packed(chance, content, name)
            if chance.random() < 0.3:
                content = mutated(chance, [content])
        yield name, content


@dataclasses.dataclass
class Outcome:
    """What became of some dumps: counts of articles and rejects, and name -> what is wrong."""

    articles: int
    rejects: Mapping[str, int]
    wrong: Mapping[str, str]


def read_all(desk: Desk, folder: Path, content: Mapping[str, bytes]) -> Outcome:
    """Reads dumps in one run of the command, with worker processes.

    Args:
      desk: starts the run.
      folder: new, for the dumps and the warehouse.
      content: name -> bytes of each dump.
    """
    source, warehouse = folder / "dumps", folder / "warehouse"
    source.mkdir(parents=True)
    for name, raw in content.items():
        (source / name).write_bytes(raw)
    command = run_arguments(source, warehouse, "--processes", "2", "--max-rejects", "100%")
    ended = desk.start([command], Conditions(workers=True))()
    if ended.code:
        if len(content) == 1:
            return Outcome(0, {}, dict.fromkeys(content, f"the run ended: {ended.err[-400:]}"))
        return _halves(desk, folder, content, ended.err)
    wrong = {
        _dump_of(path): f"{stage}: {reason}: {detail}"
        for path, stage, reason, detail in query(
            warehouse,
            "SELECT source_file, stage, reason, detail FROM rejects WHERE list_contains(?, reason)",
            list(DEFECTS),
        )
    }
    found = query(
        warehouse, "SELECT source_file FROM articles UNION SELECT source_file FROM rejects"
    )
    for name in content.keys() - {_dump_of(path) for (path,) in found}:
        wrong[name] = "neither an article nor a reject"
    verified = desk.call("verify", "--warehouse", warehouse)
    if verified.code:
        wrong[min(content)] = f"verify, of the dumps from this on: {verified.out[-400:]}"
    [(articles,)] = query(warehouse, "SELECT count(*) FROM articles")
    rejects = dict(query(warehouse, "SELECT reason, count(*) FROM rejects GROUP BY ALL"))
    return Outcome(articles, rejects, wrong)


def _halves(desk: Desk, folder: Path, content: Mapping[str, bytes], said: str) -> Outcome:
    """Reads the first and the second half of dumps of which one ended the run, and what it said."""
    names = list(content)
    articles, rejects, wrong = 0, dict[str, int](), dict[str, str]()
    for place, part in enumerate((names[: len(names) // 2], names[len(names) // 2 :])):
        half = read_all(desk, folder / str(place), {name: content[name] for name in part})
        articles += half.articles
        wrong |= half.wrong
        for reason, count in half.rejects.items():
            rejects[reason] = rejects.get(reason, 0) + count
    if not wrong:
        wrong[names[0]] = f"{len(names)} dumps from this on end a run, neither half: {said[-400:]}"
    return Outcome(articles, rejects, wrong)


def _dump_of(path: str) -> str:
    return Path(path.partition("!")[0]).name


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzzes, prints what was found and returns 1 if anything was."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--dumps", type=int, default=10_000, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    args = parser.parse_args(arguments)
    articles, rejects, wrong = 0, dict[str, int](), dict[str, str]()
    made = dumps(args.dumps, args.seed)
    with tempfile.TemporaryDirectory() as temporary:
        output = Path(temporary) / "output"
        output.mkdir()
        with contextlib.closing(Desk(output)) as desk:
            for start in range(0, args.dumps, AT_ONCE):
                content = {name: raw for _, (name, raw) in zip(range(AT_ONCE), made, strict=False)}
                folder = Path(temporary) / f"{start}"
                outcome = read_all(desk, folder, content)
                shutil.rmtree(folder)
                articles += outcome.articles
                for reason, count in outcome.rejects.items():
                    rejects[reason] = rejects.get(reason, 0) + count
                wrong |= outcome.wrong
                for name, sentence in outcome.wrong.items():
                    print(f"{name}: {sentence}", flush=True)
                    CRASHES.mkdir(exist_ok=True)
                    (CRASHES / name).write_bytes(content[name])
                print(f"{start + len(content):,} dumps, {articles:,} articles", flush=True)
    counts = ", ".join(f"{count:,} {reason}" for reason, count in sorted(rejects.items()))
    print(f"{args.dumps:,} dumps: {articles:,} articles; rejects: {counts}; {len(wrong)} defects")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
