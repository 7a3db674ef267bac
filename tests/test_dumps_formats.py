"""Every format, by its fixture: what is read is exactly what is in it."""

import collections
import gzip
import pathlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.article import Article
from pipeline.dumps import FORMATS
from pipeline.rejects import Reject
from tests.dump_reading import FIXTURES, articles, read, reasons, rejects, write

BRIDGE, APPLES = "https://www.example.org/city/bridge", "https://www.example.net/farm/apples"
HEADLINES = ["Harbour bridge to close for repairs", "Apple growers expect a late harvest"]
MARCH_4, SEPTEMBER_30 = datetime(2021, 3, 4, tzinfo=UTC), datetime(2021, 9, 30, tzinfo=UTC)
DAYS = [MARCH_4, SEPTEMBER_30]

RECORDS: dict[str, dict[str, Any]] = {
    "news-please.jsonl": {
        "dump_format": "jsonl",
        "authors": [["Ann Example", "Bo Example"]] * 2,
        "outlet": ["example.org", "example.net"],
        "published_at": [day.replace(hour=8, minute=30) for day in DAYS],
        "language_hint": ["en"] * 2,
    },
    "cc-news.jsonl": {
        "dump_format": "jsonl",
        "outlet": ["Example Courier", "Example Farmer"],
        "authors": [["Ann Example"]] * 2,
        "tags": [["bridge", "traffic", "city"]] * 2,
    },
    "dolma.jsonl.gz": {
        "dump_format": "jsonl",
        "title": [None] * 2,
        "outlet": ["example.org", "example.net"],
        "language_hint": ["en"] * 2,
    },
    "webz.json": {
        "dump_format": "json",
        "published_at": [day.replace(hour=7) for day in DAYS],
        "outlet": ["example.org", "example.net"],
        "language_hint": ["en"] * 2,
    },
    "newsapi.json": {
        "dump_format": "json",
        "outlet": ["Example Courier", "Example Farmer"],
        "published_at": [day.replace(hour=6) for day in DAYS],
    },
    "table.csv": {
        "dump_format": "csv",
        "outlet": ["Example Courier", "Example Farmer"],
        "authors": [["Ann Example"]] * 2,
    },
    "table.tsv": {"dump_format": "csv", "url": [None] * 2},
    "articles.parquet": {
        "dump_format": "parquet",
        "tags": [["bridge"], []],
        "language_hint": ["en"] * 2,
    },
}


@pytest.mark.parametrize("name", RECORDS)
def test_records_with_named_fields(name: str) -> None:
    expected = {"url": [BRIDGE, APPLES], "title": HEADLINES, "published_at": DAYS} | RECORDS[name]
    found = articles(read(FIXTURES / name))
    assert [article["record_index"] for article in found] == [0, 1]
    for column, values in expected.items():
        if column == "dump_format":
            values = [values] * 2
        assert [article[column] for article in found] == values, column
    assert all(article["document_type"] == "text" for article in found)
    assert "worn bearings" in found[0]["document"]
    assert "growers\u2019 union" in found[1]["document"]


@pytest.mark.parametrize("name", ["news.jsonl.bz2", "news.jsonl.zst"])
def test_compression_changes_only_the_source_file(name: str) -> None:
    plain = articles(read(FIXTURES / "news-please.jsonl"))
    packed = articles(read(FIXTURES / name))
    assert [article | {"source_file": ""} for article in packed] == [
        article | {"source_file": ""} for article in plain
    ]


SPLIT = {
    "articles": b'{"title": "A", "text": "Body #"}',
    "articles with lists of their own": b'{"text": "Body #", "entries": [{"text": "inner"}]}',
    "mapped articles": b'{"kopf": "A", "inhalt": "Body #", "items": [{"text": "inner"}]}',
    "pages of an answer": b'{"ok": 1, "results": [{"text": "Body #"}, {"text": "More #"}]}',
    "records without text": b'{"title": "A #"}',
    "broken records": b'{"text": "Body #", "entries": [{"text": "inn',
}


@pytest.mark.parametrize("what", SPLIT)
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b" \n"])
def test_how_a_corpus_is_split_into_files_decides_nothing_but_the_record_index(
    what: str, before: bytes, tmp_path: pathlib.Path
) -> None:
    # Unread fields are told once a file.
    named = {"source_file": "", "record_index": 0, "warnings": []}
    lines = [SPLIT[what].replace(b"#", b"%d" % number) + b"\n" for number in range(4)]

    def kept(item: Article | Reject) -> Any:
        if isinstance(item, Reject):
            return item.reason, item.raw.removeprefix(b"\xef\xbb\xbf")
        return item | named

    def split(size: int) -> list[Any]:
        found = []
        for start in range(0, len(lines), size):
            content = before + b"".join(lines[start : start + size])
            path = write(tmp_path, f"{size}-{start}", content)
            found += map(kept, read(path, mapping={"text": "inhalt"}))
        return found

    assert len(split(4)) >= 4
    assert split(1) == split(2) == split(4)


def test_an_answer_on_one_line_that_is_cut_off_is_no_record(tmp_path: pathlib.Path) -> None:
    whole = b'{"ok": 1, "results": [' + b'{"text": "Body"}, ' * 9 + b'{"text": "Last"}]}'
    assert reasons(read(write(tmp_path, "whole", whole))) == ["article"] * 10
    [reject] = rejects(read(write(tmp_path, "cut", whole[:-9])))
    assert reject.reason == "invalid_json"
    assert "fetch the dump again" in reject.detail


def test_html_in_a_json_field_is_html() -> None:
    (article,) = articles(read(FIXTURES / "wordpress.json"))
    assert article["document_type"] == "html"
    assert article["title"] == "Harbour bridge \u2013 closed"
    assert article["published_at"] == MARCH_4.replace(hour=6)


@pytest.mark.parametrize(
    ("name", "encoding", "contains"),
    [
        ("single.txt", "utf-8", "By Example Reporter\n"),
        ("windows-1252.txt", "cp1252", "Bürgermeisterin \u2013 „vorläufig“ sechs"),
        ("utf-16.txt", "utf-16-le", "Engineers found worn bearings"),
    ],
)
def test_plain_text_is_one_article(name: str, encoding: str, contains: str) -> None:
    (article,) = articles(read(FIXTURES / name))
    assert (article["dump_format"], article["document_type"]) == ("text", "text")
    assert article["encoding"] == encoding
    assert contains in article["document"]


def test_a_page_is_decoded_as_it_says() -> None:
    (article,) = articles(read(FIXTURES / "page.html"))
    assert (article["dump_format"], article["document_type"]) == ("html", "html")
    assert "The café on the quay" in article["document"]


def test_several_articles_in_one_text_file() -> None:
    found = articles(read(FIXTURES / "several.txt"))
    assert [article["document"].split("\n")[0] for article in found] == HEADLINES
    assert not any("=====" in article["document"] for article in found)


@pytest.mark.parametrize(
    ("content", "records"),
    [
        (b'kopf,leib\n"One","A text."\n"Two","Another, of its own."\n', 2),
        (b"kopf\tleib\n" + b"One\tA text, and more.\n" * 4, 4),
        (b"kopf,leib\n" + b"One,A text of some words\n" * 30, 30),
    ],
)
def test_two_columns_with_unknown_names_are_a_table(
    content: bytes, records: int, tmp_path: pathlib.Path
) -> None:
    assert reasons(read(write(tmp_path, "a.csv", content))) == ["no_text"] * records


def test_prose_with_a_comma_in_each_line_is_no_table(tmp_path: pathlib.Path) -> None:
    verse = "Roads, they said\nLead nowhere, and yet\nSome walk them, some do not\n" * 9
    assert len(articles(read(write(tmp_path, "a.txt", verse.encode())))) == 1


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])
def test_a_crawl_gives_pages_and_says_what_is_none(name: str) -> None:
    found = read(FIXTURES / name)
    assert reasons(found) == ["article", "http_status", "unsupported_content", "article"]
    first, last = articles(found)
    assert (first["url"], first["outlet"]) == (BRIDGE, "example.org")
    assert "The café on the quay" in first["document"]
    assert last["document"] == "<html><body><p>Apples.</p></body></html>"
    assert [item.record_index for item in rejects(found)] == [1, 2]


def test_other_names_and_a_length_that_a_crawler_cut(tmp_path: pathlib.Path) -> None:
    page = f"<html><body><h1>T</h1><p>{LONG}</p></body></html>".encode()
    body = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: x-gzip\r\n\r\n"
        + gzip.compress(page)
    )
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\n"
        "WARC-Truncated: length\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    (found,) = articles(read(write(tmp_path, "a.warc", head.encode() + body + b"\r\n\r\n")))
    assert (found["is_truncated"], LONG in found["document"]) == (True, True)


@pytest.mark.parametrize("change", [bytes.lower, bytes.upper, bytes.title, bytes])
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_names_of_warc_fields_in_any_case(
    tmp_path: pathlib.Path, change: Callable[[bytes], bytes], end: bytes
) -> None:
    page = f"<html><body><h1>T</h1><p>{LONG}</p></body></html>".encode()
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    fields = {
        b"WARC-Type": b"response",
        b"WARC-Target-URI": b"http://a.example/A-b",
        b"Content-Type": b"application/http; msgtype=response",
        b"Content-Length": b"%d" % len(body),
    }
    lines = [b"WARC/1.0", *(change(name) + b": " + value for name, value in fields.items())]
    record = end.join(lines) + 2 * end + body + 2 * end
    found = articles(read(write(tmp_path, "a.warc", 2 * record)))
    assert [one["url"] for one in found] == ["http://a.example/A-b"] * 2
    assert all(LONG in one["document"] for one in found)


def test_wet_is_text_with_a_language() -> None:
    found = articles(read(FIXTURES / "crawl.warc.wet.gz"))
    assert [article["url"] for article in found] == [BRIDGE, APPLES]
    assert {article["dump_format"] for article in found} == {"wet"}
    assert {article["document_type"] for article in found} == {"text"}
    assert {article["language_hint"] for article in found} == {"en"}


def test_archives_name_their_members() -> None:
    names = ["city/bridge.txt", "farm.jsonl", "farm.jsonl"]
    zipped = articles(read(FIXTURES / "bundle.zip"))
    assert [article["source_file"] for article in zipped] == [
        f"{FIXTURES / 'bundle.zip'}!{name}" for name in names
    ]
    nested = articles(read(FIXTURES / "bundle.tar.xz"))
    assert [article["source_file"] for article in nested[1:]] == [
        f"{FIXTURES / 'bundle.tar.xz'}!bundle.zip!{name}" for name in names
    ]
    # An article's id does not depend on what it was packed in.
    assert [article["article_id"] for article in nested[1:]] == [
        article["article_id"] for article in zipped
    ]
    assert nested[0]["article_id"] == articles(read(FIXTURES / "page.html"))[0]["article_id"]


def test_a_name_says_nothing_about_the_format(tmp_path: pathlib.Path) -> None:
    for path in sorted(FIXTURES.iterdir()):
        misnamed = write(tmp_path, "x.bin", path.read_bytes())
        expected = [item["document"] for item in articles(read(path))]
        assert [item["document"] for item in articles(read(misnamed))] == expected


def test_the_readme_lists_every_fixture_and_every_format_has_one() -> None:
    listed = set(re.findall(r"[\w.\-]+\.[a-z]\w+", (FIXTURES / "README.md").read_text()))
    present = {path.name for path in FIXTURES.iterdir()} - {"README.md"}
    assert present <= listed
    formats = {
        article["dump_format"] for name in present for article in articles(read(FIXTURES / name))
    }
    assert formats == set(FORMATS)


def test_the_readme_names_every_format_with_a_fixture() -> None:
    text = (FIXTURES.parents[2] / "README.md").read_text(encoding="utf-8")
    table = text.partition("| format | what is read |")[2].partition("\n\n")[0]
    rows = [line.strip("|").split(" | ") for line in table.splitlines()[2:]]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row[0])} == set(FORMATS)
    listed = {name for row in rows for name in re.findall(r"`([\w.\-]+)`", row[2])}
    assert len(listed) > 40
    assert listed <= {path.name for path in FIXTURES.iterdir()}


def test_the_format_option_overrides_sniffing(tmp_path: pathlib.Path) -> None:
    (article,) = articles(read(FIXTURES / "news-please.jsonl", format="text"))
    assert article["document"].startswith('{"authors"')
    path = write(tmp_path, "x", b"text\nno table\n")
    assert [article["document"] for article in articles(read(path, format="csv"))] == ["no table"]
    assert reasons(read(FIXTURES / "single.txt", format="parquet")) == ["invalid_parquet"]
    assert set(reasons(read(FIXTURES / "single.txt", format="warc"))) == {"invalid_warc"}


def test_the_mapping_reads_other_names(tmp_path: pathlib.Path) -> None:
    record = (
        b'{"kopf": "A", "inhalt": {"voll.text": "Body"}, "wann": "4.3.2021", "text": "teaser"}\n'
    )
    mapping = {"text": "inhalt.voll.text", "title": "kopf", "published_at": "wann"}
    path = write(tmp_path, "a.jsonl", record * 2)
    (article, _) = articles(read(path, mapping=mapping))
    # "voll.text" is one name, so the dotted path does not reach it and the known name is used.
    assert article["document"] == "teaser"
    path = write(tmp_path, "b.jsonl", record.replace(b"voll.text", b"voll") * 2)
    (article, _) = articles(read(path, mapping=mapping | {"text": "inhalt.voll"}))
    assert (article["title"], article["document"]) == ("A", "Body")
    assert article["published_at"] == MARCH_4


def test_a_record_without_text_names_its_fields_and_the_remedy(tmp_path: pathlib.Path) -> None:
    path = write(tmp_path, "a.jsonl", b'{"kopf": "A", "leib": "B"}\n{"text": " "}\n')
    first, second = rejects(read(path))
    assert first.reason == second.reason == "no_text"
    assert "'kopf', 'leib'" in first.detail
    assert "--map text=NAME" in first.detail


def test_a_damaged_row_group_costs_its_rows_only(tmp_path: pathlib.Path) -> None:
    texts = [f"Text {number}. {'word ' * number}" for number in range(300)]
    path = tmp_path / "a.parquet"
    pq.write_table(
        pa.table({"text": texts}),
        path,
        row_group_size=100,
        compression="zstd",
        use_dictionary=False,
    )
    column = pq.read_metadata(path).row_group(1).column(0)
    content = bytearray(path.read_bytes())
    content[column.data_page_offset : column.data_page_offset + 20] = bytes(20)
    path.write_bytes(content)
    found = read(path)
    (damage,) = rejects(found)
    assert (damage.reason, damage.record_index) == ("invalid_parquet", 100)
    kept = [article["record_index"] for article in articles(found)]
    assert kept == [*range(100), *range(200, 300)]


def test_parquet_in_many_row_groups_keeps_its_order(tmp_path: pathlib.Path) -> None:
    table = pq.read_table(FIXTURES / "articles.parquet")
    path = tmp_path / "a.parquet"
    with pq.ParquetWriter(path, table.schema) as writer:
        for _ in range(100):
            writer.write_table(table, row_group_size=1)
    found = articles(read(path))
    assert [article["record_index"] for article in found] == list(range(200))
    assert collections.Counter(article["title"] for article in found) == dict.fromkeys(
        HEADLINES, 100
    )


LONG = "The harbour council voted on Tuesday to close the old ferry terminal by the year's end."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f"WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n{LONG}\n", "subtitles"),
        (f"1\n00:00:01,000 --> 00:00:04,000\n{LONG}\n", "subtitles"),
        (f"-- MySQL dump 10.13\nINSERT INTO `news` VALUES (1,'{LONG}');\n", "SQL"),
        (f'var data = [{{"title": "T", "text": "{LONG}"}}];', "JavaScript"),
        (f'callback({{"articles": [{{"title": "T", "text": "{LONG}"}}]}});', "JavaScript"),
        (f"filedesc://a.arc 0.0.0.0 20200302101500 text/plain 76\n1 0 A\n{LONG}\n", "in ARC"),
        (f"- title: T\n  date: 2020-03-02\n  text: {LONG}\n", "YAML"),
        (f"N1\tnews\tT\t{LONG}\n" * 3, "4 columns without a line of their names"),
        (f'"3","T","{LONG}"\n' * 3, "3 columns without a line of their names"),
        (
            "Export of the Post\n\ntitle,date,text\n" + f"T,2020-03-02,{LONG}\n" * 2,
            "stand in line 3",
        ),
    ],
)
def test_files_of_other_kinds_are_told_and_never_one_article(
    tmp_path: pathlib.Path, content: str, words: str
) -> None:
    (found,) = read(write(tmp_path, "a", content.encode()))
    assert isinstance(found, Reject)
    assert found.reason == "unsupported_content"
    assert words in found.detail


@pytest.mark.parametrize(
    "content",
    [
        f"Ferry terminal to close\n\n- said: {LONG}\n- and more of it\n",
        f"INSERT COIN\n\n{LONG}\n\nThe machines of the arcade are (almost) all for sale;\n",
        f"let them in (they said)\n\n{LONG}\n",
        f"Ferries, trains, buses\n\n{LONG}\n\nTitle, text, date and more, he wrote.\n{LONG}\n",
        f'"No," she said, "never," and "so", again, "be it"\n"Well," he said.\n{LONG}\n',
    ],
)
def test_articles_that_begin_like_other_kinds(tmp_path: pathlib.Path, content: str) -> None:
    assert reasons(read(write(tmp_path, "a", content.encode()))) == ["article"]


def records(*titles: str) -> list[str]:
    """Returns articles as JSON."""
    return [f'{{"title": "{title}", "text": "{LONG} {title}"}}' for title in titles]


def test_records_that_are_encoded_twice_or_stand_on_one_line(tmp_path: pathlib.Path) -> None:
    one, two = records("One", "Two")
    twice = "\n".join(orjson.dumps(record).decode() for record in (one, two))
    bulk = f'{{"index": {{"_id": "1"}}}}\n{one}\n{{"create": {{"_id": "2"}}}}\n{two}\n'
    for content, expected in (
        (twice, ["article"] * 2),
        (one + two, ["article"] * 2),
        (bulk, ["no_article", "article"] * 2),
    ):
        found = read(write(tmp_path, "a", content.encode()))
        assert reasons(found) == expected
        assert [article["title"] for article in articles(found)] == ["One", "Two"]


def test_lists_of_paragraphs_are_no_table(tmp_path: pathlib.Path) -> None:
    content = orjson.dumps({"text": [LONG, LONG[::-1]], "tags": ["a", "b"]})
    (found,) = articles(read(write(tmp_path, "a.json", content)))
    assert found["document"] == f"{LONG}\n\n{LONG[::-1]}"


def test_a_page_that_a_browser_saved_has_not_the_date_of_saving() -> None:
    (found,) = articles(read(FIXTURES / "saved.mht"))
    assert (found["url"], found["published_at"]) == (BRIDGE, None)


def test_comments_of_an_exported_blog_are_no_articles(tmp_path: pathlib.Path) -> None:
    entry = (
        '<entry><category scheme="http://schemas.google.com/g/2005#kind" '
        'term="http://schemas.google.com/blogger/2008/kind#{}"/><title>T</title>'
        f"<content>{LONG}</content></entry>"
    )
    feed = (
        f'<feed xmlns="http://www.w3.org/2005/Atom">{entry.format("post")}{entry.format("comment")}'
    )
    found = read(write(tmp_path, "a.xml", f"{feed}</feed>".encode()))
    assert reasons(found) == ["article", "no_article"]
    assert articles(found)[0]["tags"] == []
    taken_out = "<entry><blogger:type>{}</blogger:type><content>" + LONG + "</content></entry>"
    feed = f"<feed>{taken_out.format('POST')}{taken_out.format('COMMENT')}</feed>"
    assert reasons(read(write(tmp_path, "b.xml", feed.encode()))) == ["article", "no_article"]


TEXT = "The harbour bridge will be closed to lorries from Monday, the city council said."


@pytest.mark.parametrize(
    ("table", "fields"),
    [
        ("title,title,date,text\r\n{rows}", ("title (2)",)),
        ("title,url,date,text\r{rows}", ()),
        (' Title ,url,"""Date""", Text\n{rows}', ()),
    ],
)
def test_a_table_may_have_an_odd_header(
    table: str, fields: tuple[str, ...], tmp_path: pathlib.Path
) -> None:
    end = "\r" if "\r" in table and "\n" not in table else "\r\n"
    text = f"{TEXT}\nA second line, of the same value."
    rows = "".join(f'Number {at},x,2024-03-05,"{text}"{end}' for at in range(3))
    found = articles(read(write(tmp_path, "a", table.format(rows=rows).encode())))
    assert [article["title"] for article in found] == ["Number 0", "Number 1", "Number 2"]
    assert {article["document"] for article in found} == {text}
    assert {str(article["published_at"])[:10] for article in found} == {"2024-03-05"}
    warned = [detail for article in found for kind, detail in article["warnings"]]
    assert len(warned) == len(fields)
    assert all(repr(name) in detail for name, detail in zip(fields, warned, strict=True))


def test_blanks_before_quoted_values_are_none_of_them(tmp_path: pathlib.Path) -> None:
    rows = "".join(f'One, 2024-03-05, "The bridge, {at}, is old.\nIt is closed."\n' for at in "ab")
    found = articles(read(write(tmp_path, "a", f"Title , Date , Text\n{rows}".encode())))
    assert [article["document"] for article in found] == [
        f"The bridge, {at}, is old.\nIt is closed." for at in "ab"
    ]
    assert {article["title"] for article in found} == {"One"}


def test_a_column_of_texts_alone_is_a_table(tmp_path: pathlib.Path) -> None:
    path = write(tmp_path, "a", f'text\r\n"{TEXT}\r\nMore."\r\n"Again, {TEXT}"\r\n'.encode())
    found = articles(read(path))
    assert [article["document"] for article in found] == [f"{TEXT}\nMore.", f"Again, {TEXT}"]
    lines = "".join(f"{TEXT} {TEXT} {at}\n" for at in range(3))
    (told,) = rejects(read(write(tmp_path, "c", f"text\n{lines}".encode())))
    assert told.reason == "unsupported_content"
    assert reasons(read(write(tmp_path, "d", f"text\n\n{lines}".encode()))) == ["article"]
    (one,) = articles(read(write(tmp_path, "b", f'News\n\n"{TEXT}" he said.\n'.encode())))
    assert one["dump_format"] == "text"


def test_a_header_alone_is_an_empty_table(tmp_path: pathlib.Path) -> None:
    assert reasons(read(write(tmp_path, "a", b"title,date,text\r\n"))) == ["empty"]
    assert reasons(read(write(tmp_path, "b", b"News, views and more\n"))) == ["article"]
