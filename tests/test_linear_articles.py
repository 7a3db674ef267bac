"""Cleaning and reading take time in proportion to a text, whatever it repeats."""

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline import shards
from pipeline.article import Article
from pipeline.plan import planned_transforms
from pipeline.transform import CorpusTransform, Drop, Transform
from tests.conftest import SeedRun
from tests.dump_reading import articles, read, write
from tests.pumping import SUSPECT, growth
from tests.separate_runs import catalog

CHARACTERS = 1 << 14

LEAST = 0.001
"""Seconds for an eighth of that below which a step is quick enough."""

WORDS = (
    "The harbour of the town was closed on Monday after a storm, the mayor said, and nobody knows "
    "when the ferries to the islands will sail again."
)

PARTS: Mapping[str, tuple[str, str, str]] = {
    "blanks of a notice": ("Copyright", " ", "!"),
    "blanks": ("A", " ", "."),
    "no-break spaces": ("By", "\u00a0", "x"),
    "one letter": ("", "a", ""),
    "capitals": ("", "A", "!"),
    "one digit": ("", "1", "."),
    "digits and blanks": ("", "12 ", "x"),
    "dates": ("", "12.05.2020 ", "x"),
    "clock times": ("Published ", "10:15 ", "x"),
    "opening brackets": ("", "(", "x"),
    "brackets": ("Photo: ", "(x) ", "("),
    "square brackets": ("", "[a ", "x"),
    "quotes": ("", '"', "x"),
    "typographic quotes": ("", "“a” ", "x"),
    "dashes": ("LONDON ", "- ", "x"),
    "long dashes": ("LONDON", " — a", ""),
    "bars": ("Home", " | News", "|"),
    "full stops": ("", ".", "x"),
    "initials": ("By ", "A. ", "and"),
    "names": ("By ", "Jane Doe, ", "and"),
    "agencies": ("", "(Reuters) - ", "x"),
    "entities": ("", "&amp;", "&"),
    "tags": ("", "<b>", "x"),
    "closing tags": ("", "</b>", "<"),
    "addresses": ("", "http://a.example/", " x"),
    "mail": ("Contact ", "a@b.example ", "@"),
    "ats": ("", "@a", " "),
    "hashes": ("", "#a ", "#"),
    "colons": ("Read more", ": a", ":"),
    "slashes": ("", "a/b ", "/"),
    "accents": ("", "é", "!"),
    "combining marks": ("e", "\u0301", "!"),
    "invisible": ("a", "\u200b", "b"),
    "emoji": ("", "😀 ", "x"),
    "mojibake": ("", "Ã©", "x"),
    "ideographs": ("", "新华社", "。"),
    "corner brackets": ("", "【共同", "】"),
    "arabic": ("", "خبر ", "."),
}
"""Name -> beginning, what is repeated, end of a line."""


def line(part: tuple[str, str, str], size: int) -> str:
    return part[0] + part[1] * (size // len(part[1])) + part[2]


def article_of(folder: Path, content: str) -> Article:
    [article] = articles(read(write(folder, "dump", content.encode())))
    return article


@functools.cache
def transforms() -> Sequence[Transform]:
    found = planned_transforms({})
    for transform in found:
        transform.setup()
    return found


def applied(transform: Transform, article: Article) -> Article | None:
    [result] = transform.apply_batch([article])
    if isinstance(result, Exception):
        assert isinstance(result, Drop), result
        return None
    return result


def steps(folder: Path, content: str) -> dict[str, Callable[[], Any]]:
    """Returns name -> what each transform does with a text."""
    article: Article | None = article_of(folder, content)
    found: dict[str, Callable[[], Any]] = {}
    for transform in transforms():
        if isinstance(transform, CorpusTransform):
            tables = shards.shard_tables([article], [], shards.article_schema(transforms()))
            found[transform.name()] = functools.partial(transform.fingerprint, 1, tables)
        else:
            found[transform.name()] = functools.partial(applied, transform, article)
            article = applied(transform, article)
            if article is None:
                break
    return found


@pytest.mark.parametrize("name", PARTS)
def test_a_hostile_line(name: str, tmp_path: Path) -> None:
    def content(size: int) -> str:
        hostile = line(PARTS[name], size)
        return "\n\n".join([hostile, WORDS, hostile, WORDS + " " + hostile, WORDS, hostile])

    cached = functools.cache(lambda size: steps(tmp_path, content(size)))
    slow = {}
    for step in cached(CHARACTERS // 8):
        grown = growth(lambda size: cached(size)[step], CHARACTERS, LEAST, False)  # noqa: B023
        if grown > SUSPECT:
            slow[step] = grown
    assert not slow


PAGES: Mapping[str, tuple[str, str, str]] = {
    "open elements": ("", "<div>", ""),
    "paragraphs": ("", "<p>a", ""),
    "inline elements": ("<p>", "<b>a</b>", ""),
    "open inline elements": ("<p>", "<b>a", ""),
    "closing tags": ("<p>a", "</p>", ""),
    "line breaks": ("<p>", "a<br>", ""),
    "table cells": ("<table><tr>", "<td>a", ""),
    "list items": ("<ul>", "<li><a href=x>a</a>", "</ul>"),
    "attributes": ("<p ", "a=1 ", ">"),
    "a long class": ("<p class='", "byline ", "'>a</p>"),
    "a long title": ("<h1>", "a - b | c ", "</h1>"),
    "a byline": ("<p class=byline>By ", "A. B. and ", "</p>"),
    "a long address": ("<a href='http://a.example/", "a/", "'>a</a>"),
    "comments": ("", "<!-- a -->", ""),
    "an open comment": ("<!--", "- ", ""),
    "entities": ("<p>", "&amp;", "</p>"),
    "linked data": ("<script type='application/ld+json'>[", '{"@type":"Article"},', "0]</script>"),
    "deep linked data": ("<script type='application/ld+json'>", '{"@graph":[', "</script>"),
    "commas in linked data": ("<script type='application/ld+json'>{", ", ", "]</script>"),
    "keywords": ("<meta name=keywords content='", "a, b; ", "'>"),
    "an author": ("<meta name=author content='By ", "Jane Doe (x) in a - ", "'>"),
    "blanks": ("<p>a", " ", "</p>"),
    "times": ("", "<time datetime='2020-01-01T00:00:00Z'>", ""),
}
"""Name -> beginning, what is repeated, end of what a page holds beside an article."""


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page(name: str, tmp_path: Path) -> None:
    def content(size: int) -> str:
        hostile = line(PAGES[name], size)
        story = "".join(f"<p>{WORDS}</p>" for _ in range(4))
        return f"<!DOCTYPE html><html><body><article>{story}</article>{hostile}</body></html>"

    cached = functools.cache(lambda size: steps(tmp_path, content(size)))
    slow = {}
    for step in cached(CHARACTERS // 8).keys() & cached(CHARACTERS).keys():
        grown = growth(lambda size: cached(size)[step], CHARACTERS, LEAST, False)  # noqa: B023
        if grown > SUSPECT:
            slow[step] = grown
    assert not slow


@pytest.mark.parametrize("part", ["w<br>", "w<br><br>", "w<img>", "<p></p>w", "w<b></b>"])
def test_a_large_page_of_tiny_parts(part: str, tmp_path: Path) -> None:
    """Fifty thousand of them: what libraries do to each of them shows at such sizes only."""
    extraction = next(transform for transform in transforms() if "document" in transform.reads)

    def reading(size: int) -> Callable[[], Any]:
        story = "".join(f"<p>{WORDS}</p>" for _ in range(4))
        hostile = part * (size // len(part))
        page = (
            f"<!DOCTYPE html><html><body><article>{story}</article><p>{hostile}</p></body></html>"
        )
        return functools.partial(applied, extraction, article_of(tmp_path, page))

    assert growth(reading, 16 * CHARACTERS, LEAST, False) <= SUSPECT


FEED = b"<?xml version='1.0'?><rss><channel><item><title>A</title><description>A text. "

EXPORT = (
    b"1 of 2 DOCUMENTS\n\n\n                 The Paper\n\n                May 1, 2010\n\n"
    b"Headline\n\nLENGTH: 100 words\n\nA text.\n\n"
)
"""Begin of a document of LexisNexis."""

DUMPS: Mapping[str, tuple[bytes, bytes, bytes]] = {
    "JSON that opens": (b'{"text": ', b"[", b""),
    "objects that open": (b"", b'{"a":', b""),
    "an array of halves": (b"[", b'{"text":"a",', b"]"),
    "broken lines": (b'{"text":"a"}\n', b'{"text":"a\n', b""),
    "escapes": (b'{"text":"', b"\\", b""),
    "lists of articles": (b"{", b'"articles":[', b""),
    "objects on end": (b"", b'{"text":"a"}', b""),
    "braces in strings": (b'[{"text":"', b"}{", b'"}]'),
    "a table of quotes": (b"title,text\n", b'"', b"\n"),
    "open quotes": (b"title,text\n", b'a,"b\n', b""),
    "quotes in quotes": (b"title,text\n", b'a,"b""c\n', b""),
    "empty rows": (b"title,text\n", b",\n", b""),
    "carriage returns": (b"title,text\n", b"a,b\r", b""),
    "rules": (b"A text.\n", b"=", b"\nA text."),
    "lines of rules": (b"A text.\n", b"====================\n", b"A text."),
    "underlines": (b"", b"Heading\n=======\n", b""),
    "counts": (b"", b"1 of 2\n", b"A text."),
    "form feeds": (b"A", b"\f", b"text."),
    "blanks before a rule": (b"A text.\n", b" ", b"===================="),
    "versions of WARC": (b"WARC/1.0\r\n", b"WARC/1.0\r\n", b""),
    "fields of WARC": (b"WARC/1.0\r\n", b"Content-Length: 1\r\n", b"\r\n"),
    "empty records": (b"", b"WARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n", b""),
    "records of a wrong length": (b"", b"WARC/1.0\r\nContent-Length: 99999\r\n\r\n", b""),
    "bytes of mojibake": (b"", "Ã©".encode(), b""),
    "no UTF-8": (b"A ", b"\xc3", b" text."),
    "heads of gzip": (b"", b"\x1f\x8b\x08\x00", b""),
    "heads of zip": (b"", b"PK\x03\x04", b""),
    "heads of zstd": (b"", b"\x28\xb5\x2f\xfd", b""),
    "skippable frames of zstd": (b"", b"\x50\x2a\x4d\x18\0\0\0\0", b""),
    "open comments": (FEED, b"<!--", b"</description></item></channel></rss>"),
    "open sections of CDATA": (FEED, b"<![CDATA[", b"</description></item></channel></rss>"),
    "open tags": (FEED, b"<a", b"</description></item></channel></rss>"),
    "open tags of items": (FEED, b"<item ", b"</description></item></channel></rss>"),
    "open captions": (FEED, b"[caption ", b"</description></item></channel></rss>"),
    "elements in elements": (b"<doc><b>", b"<a>", b"</b><text>A text.</text></doc>"),
    "closed but never opened": (b"<doc>" + b"<a>" * 8000, b"</b>", b"<text>A</text></doc>"),
    "open declarations": (b"<doc>", b"<!DOCTYPE ", b"<text>A text.</text></doc>"),
    "open instructions": (b"<?xml version='1.0'><doc>", b"<?", b"<text>A text.</text></doc>"),
    "titles of feeds": (b"<rss><channel>", b"<title>", FEED.partition(b"<channel>")[2]),
    "blanks of an export": (EXPORT + b"SUBJECT", b" ", b"x\n\nLOAD-DATE: May 2, 2010\n"),
    "blanks of a field": (EXPORT + b"SUBJECT: A", b" ", b"(x)\n\nLOAD-DATE: May 2, 2010\n"),
    "dashes of an export": (EXPORT + b"AB", b"-", b"x\n\nLOAD-DATE: May 2, 2010\n"),
    "blanks of a code": (b"HD A\nWC 1\nPD 1 May 2010\nLP ", b" ", b"\x0c\nTD A.\nAN PAPR0\n"),
    "blanks of a count": (b"Headline\n\n1", b" ", b"x\n\nA.\n\nDocument PAPR000020100501e651000b9"),
}
"""Name -> beginning, what is repeated, end of a dump."""


@pytest.mark.parametrize("name", DUMPS)
def test_a_hostile_dump(name: str, tmp_path: Path) -> None:
    first, part, last = DUMPS[name]

    def reading(size: int) -> Callable[[], Any]:
        path = write(tmp_path, f"{size}", first + part * (size // len(part)) + last)
        return lambda: read(path)

    assert growth(reading, 4 * CHARACTERS, LEAST, False) <= SUSPECT


def test_a_long_query(seed_run: SeedRun) -> None:
    """``search`` of a whole text for all its words."""
    with catalog(seed_run.warehouse) as connection:

        def search(size: int) -> Callable[[], Any]:
            words = " ".join(f"w{number}" for number in range(size))
            sql = "SELECT len(search_candidates(search_text(?), ?))"
            return lambda: connection.execute(sql, [words, words]).fetchall()

        assert growth(search, CHARACTERS, LEAST, False) <= SUSPECT
