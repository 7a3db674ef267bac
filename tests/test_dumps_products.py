"""Dumps as the tools of newsrooms, databases and researchers write them, from bytes to paragraphs.

Each fixture holds the same two invented stories; what must come of it is the same for all.
"""

import json
import pathlib
from typing import Any

import pytest

from pipeline.dumps import (
    DumpOptions,
    DumpRange,
    count_records,
    numbered,
    parse_block,
    read_range,
    split_dump,
)
from pipeline.rejects import Reject
from tests.dump_reading import FIXTURES, articles, read, reasons, rejects, transformed, write

TITLES = ["Harbour bridge to close for repairs", "Apple growers expect a late harvest"]
BEGINS = [
    ["The harbour bridge will be closed", "Repairs are to last six weeks"],
    ["Apple growers in the valley", "The harvest itself should be a good one"],
]
OUTLETS = ["Example Courier", "Example Farmer"]
AUTHORS = ["Ann Example", "Bo Example"]
DAYS = ["2021-03-04", "2021-09-30"]


def cleaned(path: pathlib.Path, **options: Any) -> list[dict[str, Any]]:
    """Returns the articles of a dump after all transforms of single articles, in order."""
    return transformed(articles(read(path, **options)))


TWO = {
    # file: what it does not state
    "nexis.txt": "",
    "nexis-uni.txt": "",
    "nexis.html": "",
    "factiva.txt": "",
    "factiva-codes.txt": "",
    "factiva.html": "",
    "proquest.txt": "",
    "headers.txt": "",
    "iptc7901.txt": "outlet authors",
    "gigaword.sgml": "outlet authors",
    "reuters21578.sgm": "outlet authors",
    "trec.sgml": "outlet authors",
    "rss.xml": "outlet",
    "atom.xml": "outlet",
    "own.xml": "",
    "pandas.json": "authors",
    "by-url.json": "outlet authors",
    "excel.csv": "",
    "mysql.csv": "authors",
    "nexis.docx": "",
    "factiva.rtf": "",
    "clippings.txt": "",
    "wisers.txt": "",
    "trove.json": "authors",
    "sections.txt": "outlet",
    "prosemirror.json": "",
    "columns.json": "",
    "proquest.html": "",
    "integrum.html": "",
    "kikuzo.html": "outlet authors",
    "yomidasu.html": "outlet authors",
    "solr.xml": "",
    "tei.xml": "",
}
"""Files with both stories."""

ONE = {
    "post.md": "outlet",
    "post-toml.md": "outlet",
    "wordpress.wxr.xml": "",
    "nitf.xml": "",
    "newsml-g2.xml": "",
    "rcv1.xml": "outlet",
    "message.eml": "authors",
    "diffbot.json": "",
    "guardian.json": "",
    "ap.json": "outlet",
    "washington-post.json": "",
    "jsonld.json": "",
    "ninjs.json": "",
    "readability.json": "",
    "fundus.json": "",
    "gale.txt": "",
    "arc.json": "outlet",
    "saved.mht": "outlet",
    "page.har": "outlet",
    "jats.xml": "",
    "notion.json": "",
    "squad.json": "outlet authors date",
}
"""Files with the first."""


@pytest.mark.parametrize("name", [*TWO, *ONE])
def test_what_a_tool_writes_comes_out_as_its_articles(name: str) -> None:
    found = cleaned(FIXTURES / name)
    missing = {**TWO, **ONE}[name].split()
    stories = slice(2 if name in TWO else 1)
    titles = [article["title"].rstrip(".").casefold() for article in found]
    assert titles == [title.casefold() for title in TITLES[stories]]
    texts = [[line.text for line in article["paragraphs"]] for article in found]
    if name == "fundus.json":
        assert [texts[0].pop(0), texts[0].pop(1)] == ["Lorries must take the tunnel.", "Six weeks"]
    for lines, begins in zip(texts, BEGINS, strict=False):
        # A dateline may stand before the first.
        assert [begin in line for line, begin in zip(lines, begins, strict=True)] == [True, True]
    if "outlet" not in missing:
        # An address decides who published it, and what the file says stays beside it.
        stated = [article["outlet_stated"] or article["outlet"] for article in found]
        assert stated == OUTLETS[stories]
    if "date" not in missing:
        assert [str(article["published_at"])[:10] for article in found] == DAYS[stories]
    if "authors" not in missing:
        names = [[author.title() for author in article["authors"]] for article in found]
        assert names == [[author] for author in AUTHORS[stories]]


@pytest.mark.parametrize("name", [*TWO, *ONE])
def test_every_line_of_a_text_is_a_paragraph_or_a_removed_line(name: str) -> None:
    for raw, article in zip(articles(read(FIXTURES / name)), cleaned(FIXTURES / name), strict=True):
        lines = [line for line in article["lines"] if line.strip()]
        fates = [line.text for line in (*article["paragraphs"], *article["removed_lines"])]
        assert sorted(fates) == sorted(line.strip() for line in lines)
        if raw["document_type"] == "text":
            assert "".join(raw["document"].split()) == "".join("".join(lines).split())


def test_field_lines_say_which_column_they_became() -> None:
    first, _ = cleaned(FIXTURES / "nexis.txt")
    rules = {line.text.split(":")[0]: line.rule for line in first["removed_lines"]}
    assert rules["BYLINE"] == "field:authors"
    assert rules["SECTION"] == "field:tags"
    assert rules["Example Courier"] == "field:outlet"
    assert rules["LENGTH"] == rules["PUBLICATION-TYPE"] == rules["GRAPHIC"] == "field:header"


def test_an_unknown_field_between_known_ones_is_kept_as_a_removed_line(
    tmp_path: pathlib.Path,
) -> None:
    text = (FIXTURES / "nexis.txt").read_text("utf-8-sig").replace(
        "LENGTH: 52 words", "WIRE-DESK: north\n\nLENGTH: 52 words"
    )  # fmt: skip
    first, _ = cleaned(write(tmp_path, "a.txt", text.encode()))
    assert ("WIRE-DESK: north", "field:header") in [line[1:] for line in first["removed_lines"]]
    assert first["paragraphs"][0].text.startswith(BEGINS[0][0])


def test_speakers_of_a_transcript_are_no_fields(tmp_path: pathlib.Path) -> None:
    talk = "KING: Thank you for coming tonight, and good morning to all who are listening."
    text = (FIXTURES / "nexis.txt").read_text("utf-8-sig")
    text = text.replace("LENGTH: 52 words\n\n", f"LENGTH: 52 words\n\n{talk}\n\n", 1)
    text = text.replace("LOAD-DATE:", f"{talk[:30]} much.\n\nLOAD-DATE:", 1)
    first, _ = articles(read(write(tmp_path, "a.txt", text.encode())))
    fields = {first["document"].split("\n")[number - 1] for number, _ in first["field_lines"]}
    assert not any(line.startswith("KING:") for line in fields)


SIGNAL, BAKERY = "Signal box saved from demolition", "Bakery wins prize"
OTHERS: dict[str, dict[str, list[Any]]] = {
    "nexis-1998.txt": {
        "title": ["Signal Box Saved; A Museum Is Planned by Residents", "Bakery Wins Prize"],
        "outlet": ["The Quay Times"] * 2, "authors": [["Mia Lund"], []],
        "day": ["1998-03-04", "1998-03-05"], "paragraphs": [2, 1],
    },
    "nexis-uni-cover.txt": {
        "title": [SIGNAL, BAKERY], "outlet": ["Quayside Herald (England)"] * 2,
        "day": ["2020-03-05", "2020-03-06"], "paragraphs": [2, 1],
    },
    "nexis-dutch.txt": {
        "title": ["Seinhuis blijft bewaard", "Bakkerij wint prijs"], "outlet": ["Kadekrant"] * 2,
        "authors": [["Mia Lund"], []], "day": ["2020-03-05", "2020-03-06"], "paragraphs": [1, 1],
    },
    "factiva-french.txt": {
        "title": ["La tour du port est vendue", "La boulangerie primée"],
        "outlet": ["Le Courrier du Quai"] * 2, "authors": [["Anne Cloche", "Jean Roux"], []],
        "day": ["2018-09-14", "2018-09-15"], "paragraphs": [2, 1],
    },
    "newsbank.txt": {
        "title": [SIGNAL], "outlet": ["Quayside Herald"], "authors": [["Mia Lund"]],
        "day": ["2020-03-05"], "paragraphs": [2],
    },
    "labels.txt": {
        "title": [SIGNAL, BAKERY, "Ferry timetable changes"], "outlet": ["Quayside Herald"] * 3,
        "day": ["2020-03-05", "2020-03-06", "2020-03-07"], "paragraphs": [2, 1, 1],
    },
    "anpa1312.txt": {
        "title": [SIGNAL], "authors": [["Mia Lund"]], "agency": ["Associated Press"],
        "paragraphs": [2],
    },
    "jekyll.md": {
        "title": ["Signal box saved: a museum"], "outlet": ["Quayside Herald"],
        "authors": [["Mia Lund"]], "day": ["2020-03-05"], "paragraphs": [1],
    },
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_other_editions_and_languages(name: str) -> None:
    found = cleaned(FIXTURES / name)
    for field, expected in OTHERS[name].items():
        if field == "paragraphs":
            values = [len(article["paragraphs"]) for article in found]
        elif field == "day":
            values = [str(article["published_at"])[:10] for article in found]
        else:
            values = [article[field] for article in found]
        assert values == expected, field


def test_the_months_of_a_german_export() -> None:
    found = cleaned(FIXTURES / "nexis-german.txt")
    assert [article["title"] for article in found] == [
        "Hafenbrücke wird für Reparaturen gesperrt",
        "Obstbauern erwarten eine späte Ernte",
    ]
    assert [article["outlet"] for article in found] == ["Beispiel-Kurier", "Beispiel-Bauer"]
    assert [article["authors"] for article in found] == [["Anna Beispiel"], ["Bodo Beispiel"]]
    assert [str(article["published_at"])[:10] for article in found] == DAYS
    assert [len(article["paragraphs"]) for article in found] == [2, 2]


@pytest.mark.parametrize("name", ["nexis.txt", "factiva.txt", "proquest.txt"])
def test_cover_and_colophon_of_an_export_are_rejects(name: str) -> None:
    found = read(FIXTURES / name)
    outside = rejects(found)
    # ProQuest has a colophon only, without a separator before it.
    assert [item.reason for item in outside] == ["no_article"] * (name != "proquest.txt")
    assert len(articles(found)) == 2
    for item in outside:
        assert item.raw.strip()


@pytest.mark.parametrize("name", ["nexis.txt", "nexis.html"])
def test_a_count_that_does_not_add_up_is_told(name: str, tmp_path: pathlib.Path) -> None:
    content = (FIXTURES / name).read_bytes().replace(b" of 2 DOCUMENTS", b" of 4 DOCUMENTS")
    found = read(write(tmp_path, name, content))
    assert len(articles(found)) == 2
    (problem,) = [item for item in rejects(found) if item.reason == "incomplete"]
    assert "after 2 of 4 comes no other" in problem.detail
    assert "2 were found and kept" in problem.detail
    content = content.replace(b"2 of 4", b"3 of 4")
    (problem,) = [
        item for item in rejects(read(write(tmp_path, name, content)))
        if item.reason == "incomplete"
    ]  # fmt: skip
    assert "3 of 4 comes where 2 should" in problem.detail


def test_an_export_is_read_in_ranges_only_if_none_of_its_documents_is_missing(
    tmp_path: pathlib.Path,
) -> None:
    part = "\n\nExample Courier\n\nMarch 4, 2021 Thursday\n\nHeadline {0}\n\nLENGTH: 9 words\n\n"
    part += "The bridge number {0} will be closed from Monday. " * 20 + "\n\nLANGUAGE: ENGLISH\n\n"
    numbers = range(1, 201)
    text = "".join(f"{n} of 200 DOCUMENTS{part.format(n)}" for n in numbers)
    path, options = str(write(tmp_path, "a.txt", text.encode())), DumpOptions()
    ranges = split_dump(DumpRange(path), options, 20_000)
    assert len(ranges) > 5
    ranges = numbered(ranges, [count_records(part, options) for part in ranges])
    parts = [
        item
        for part in ranges
        for block in read_range(part, options)
        for item in ([block] if isinstance(block, Reject) else parse_block(block, options))
    ]
    assert parts == read(path)
    assert [article["title"] for article in articles(parts)] == [f"Headline {n}" for n in numbers]
    missing = text.replace("150 of 200 DOCUMENTS", "")
    path = str(write(tmp_path, "b.txt", missing.encode()))
    assert len(split_dump(DumpRange(path), options, 20_000)) == 1
    assert reasons(read(path)) == ["article"] * 199 + ["incomplete"]


def test_a_brief_does_not_switch_the_split_off(tmp_path: pathlib.Path) -> None:
    long = "\n\nA headline\n\n" + "A sentence of seven words stands here. " * 8
    brief = "\n\nFerry cancelled\n\nThe early ferry stays in port because of the wind today.\n"
    rule = "\n" + "=" * 40
    path = write(tmp_path, "a.txt", rule.join([long, long, brief, long, long, long]).encode())
    assert len(articles(read(path))) == 6


@pytest.mark.parametrize(
    "text",
    [
        # Pages of one article, from a converter.
        "A headline\n\n" + "A line of some words " * 12 + "and\n\f\nso it goes on with the rest. "
        + "A sentence of seven words stands here. " * 8,
        # What follows a line at its end.
        "A headline\n\n" + "A sentence of seven words stands here. " * 12 + "\n" + "-" * 40
        + "\nThe reporter can be reached by letter, and is grateful for hints of any kind, which "
        "she treats in confidence.\n" + "She has written for this paper since it was founded. " * 6,
        # Notes with names that are no header.
        "The minutes\n\nDate: it was late. " + "A sentence of seven words stands here. " * 9
        + "\n\nSource: the clerk.\n",
    ],
)  # fmt: skip
def test_one_article_is_never_cut_in_two(text: str, tmp_path: pathlib.Path) -> None:
    (article,) = articles(read(write(tmp_path, "a.txt", text.encode())))
    assert article["document"] == text
    assert article["field_lines"] == []


def test_fields_without_a_text_are_no_article(tmp_path: pathlib.Path) -> None:
    text = "Title: A bridge\nDate: 2021-03-04\nSource: Example Courier\nAuthor: Ann Example\n"
    assert reasons(read(write(tmp_path, "a.txt", text.encode()))) == ["no_article"]


def test_the_abstract_of_an_article_without_its_text_is_truncated(tmp_path: pathlib.Path) -> None:
    text = (FIXTURES / "proquest.txt").read_text()
    begin, end = text.index("Full text:"), text.index("Credit:")
    path = write(tmp_path, "a.txt", (text[:begin] + text[end:]).encode())
    first, second = articles(read(path))
    assert first["is_truncated"] is True
    assert second["is_truncated"] is None
    (paragraph,) = cleaned(path)[0]["paragraphs"]
    assert paragraph.text.startswith("Abstract: The harbour bridge")


STUB = "The harbour bridge will be closed to lorries from Monday, the city council sa"


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ('{"content": "%s\\u2026 [+2345 chars]"}', STUB),
        ('{"content": "%s... [1234 chars]"}', STUB),
        ('{"description": "x", "content": "<p>%s [&#8230;]</p>"}', None),
        ('{"content": "%s... Continue reading at our site"}', None),
    ],
)
def test_stubs_are_told_from_whole_texts(
    record: str, text: str | None, tmp_path: pathlib.Path
) -> None:
    (article,) = articles(read(write(tmp_path, "a.jsonl", (record % STUB).encode() + b"\n")))
    assert article["is_truncated"] is True
    if text:
        assert article["document"] == text


ALERT = (
    '<entry><title type="html">Bridge to &lt;b&gt;close&lt;/b&gt;</title><link href="{}"/>'
    '<published>2021-03-04T07:30:00Z</published><category scheme="http://schemas.google.com/g/2005#'
    'kind" term="http://schemas.google.com/blogger/2008/kind#post"/><content type="html">{}'
    "</content><author><name></name></author></entry>"
)
SNIPPET = "The harbour &lt;b&gt;bridge&lt;/b&gt; will be closed to lorries from Monday&amp;nbsp;..."
LINKED = (
    "&lt;ol&gt;&lt;li&gt;&lt;a href='https://news.example/1'&gt;Bridge to close&lt;/a&gt;&amp;nbsp;"
    "&lt;font color='#6f6f6f'&gt;Example Courier&lt;/font&gt;&lt;/li&gt;&lt;/ol&gt;"
)


@pytest.mark.parametrize(
    "link",
    [
        "https://www.google.com/url?rct=j&amp;sa=t&amp;url=https://www.example.org/city?id%3D7&amp;cd=C",
        "http://www.bing.com/news/apiclick.aspx?aid=&amp;url=https%3a%2f%2fwww.example.org%2fcity%3Fid%3D7",
        "https://proxy.example.edu/login?url=https://www.example.org/city?id=7",
    ],
)
def test_alerts_are_stubs_of_the_pages_that_they_link(link: str, tmp_path: pathlib.Path) -> None:
    feed = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Google Alert - bridge</title>{}</feed>'
    path = write(tmp_path, "a.xml", feed.format(ALERT.format(link, SNIPPET)).encode())
    (article,) = cleaned(path)
    assert (article["url"], article["outlet"]) == (
        "https://www.example.org/city?id=7",
        "example.org",
    )
    assert (article["title"], article["is_truncated"]) == ("Bridge to close", True)
    assert not any("://" in tag for tag in article["tags"])


def test_lists_of_links_are_no_articles(tmp_path: pathlib.Path) -> None:
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom">{ALERT.format("/x", LINKED)}</feed>'
    assert reasons(read(write(tmp_path, "a.xml", feed.encode()))) == ["no_article"]
    mail = (
        "From: Google Alerts <googlealerts-noreply@google.com>\nTo: a@example.org\n"
        "Message-ID: <1@x>\nSubject: Google Alert - bridge\n\n"
        "=== News - 1 new result for [bridge] ===\n\nBridge to close\nExample Courier\n"
    )
    assert reasons(read(write(tmp_path, "a.eml", mail.encode()))) == ["no_article"]


def notion(kind: str, text: str, **more: object) -> dict[str, object]:
    return {"object": "block", "type": kind, kind: {"rich_text": [{"plain_text": text}]}, **more}


def test_blocks_of_notion_are_one_article(tmp_path: pathlib.Path) -> None:
    cells = {"cells": [[{"plain_text": "Six"}], [{"plain_text": "weeks"}]]}
    blocks = [
        notion("heading_1", TITLES[0]),
        notion("paragraph", STUB),
        notion("toggle", "When?", children=[{**notion("table_row", ""), "table_row": cells}]),
        {"object": "block", "type": "image", "image": {"caption": [{"plain_text": "A bridge"}]}},
    ]
    answer = json.dumps({"object": "list", "results": blocks, "type": "block"}).encode()
    (article,) = articles(read(write(tmp_path, "a.json", answer)))
    assert article["title"] == TITLES[0]
    assert article["document"].split("\n\n") == [TITLES[0], STUB, "When?", "Six\tweeks"]
    page = {"object": "page", "properties": {"Name": {"type": "title", "title": []}}}
    (reject,) = rejects(read(write(tmp_path, "b.json", json.dumps(page).encode())))
    assert (reject.reason, "blocks/ID/children" in reject.detail) == ("no_text", True)


def test_rows_of_questions_have_their_context_as_text(tmp_path: pathlib.Path) -> None:
    row = {
        "id": "1",
        "title": "Harbour_bridge",
        "context": STUB,
        "question": "What?",
        "answers": {},
    }
    lines = "".join(json.dumps({**row, "id": str(number)}) + "\n" for number in range(2))
    found = articles(read(write(tmp_path, "a.jsonl", lines.encode())))
    assert [article["document"] for article in found] == [STUB, STUB]
    assert len({article["article_id"] for article in found}) == 1


def test_a_text_that_costs_extra_is_none(tmp_path: pathlib.Path) -> None:
    record = b'{"title": "A", "content": "ONLY AVAILABLE IN PAID PLANS"}\n'
    assert reasons(read(write(tmp_path, "a.jsonl", record))) == ["no_text"]


def test_the_advice_for_an_unknown_record_is_the_map_that_reads_it(tmp_path: pathlib.Path) -> None:
    record = b'{"kopf": "A", "leib": {"prosa": "%s"}, "n": 1}\n' % (b"Some words of it. " * 20)
    path = write(tmp_path, "a.jsonl", record)
    (problem,) = rejects(read(path))
    assert "--map text=leib.prosa" in problem.detail
    (article,) = articles(read(path, mapping={"text": "leib.prosa"}))
    assert article["document"].startswith("Some words")


def test_what_was_not_understood_is_a_warning(tmp_path: pathlib.Path) -> None:
    record = b'{"text": "Some words.", "date": "the day before", "mood": "calm"}\n'
    first, second = articles(read(write(tmp_path, "a.jsonl", record * 2)))
    assert [reason for reason, _ in first["warnings"]] == ["unread_date", "unread_fields"]
    assert "'the day before'" in first["warnings"][0][1]
    assert "'mood'" in first["warnings"][1][1]
    assert [reason for reason, _ in second["warnings"]] == ["unread_date"]


def test_rich_text_precedes_the_text_that_was_flattened(tmp_path: pathlib.Path) -> None:
    page = "<p>One sentence here.</p><p>Another one there.</p>"
    flat = "One sentence here.Another one there."
    for record, kind in (
        ({"body_text": flat, "body_html": page}, "html"),
        ({"text": flat, "html": page}, "html"),
        # The text of another field, and one that has kept its lines.
        ({"text": "Something else altogether.", "html": page}, "text"),
        ({"text": "One sentence here.\nAnother one there.", "html": page}, "text"),
    ):
        line = repr(record).replace("'", '"').encode() + b"\n"
        (article,) = articles(read(write(tmp_path, "a.jsonl", line * 2))[:1])
        assert article["document_type"] == kind, record


def test_a_breaks_two_characters_are_one_break_only_where_there_is_none(
    tmp_path: pathlib.Path,
) -> None:
    for written, expected in (
        (r"One line.\\n\\nAnother.", "One line.\n\nAnother."),
        (r"The path C:\\new is there", "The path C:\\new is there"),
        (r"One line.\\nAnother.\nA third.", "One line.\\nAnother.\nA third."),
    ):
        (article,) = articles(
            read(write(tmp_path, "a.jsonl", f'{{"text": "{written}"}}\n'.encode()))
        )
        assert article["document"] == expected


def test_a_value_with_a_backslash_before_its_quote_is_whole() -> None:
    first, second = articles(read(FIXTURES / "mysql.csv"))
    assert '"It is safe", he said, "but old."\nRepairs' in first["document"]
    assert "C:\\\n" in second["document"]


def test_what_a_browser_loaded_beside_a_page_is_a_reject() -> None:
    assert reasons(read(FIXTURES / "page.har")) == ["article", "no_article"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"mimeType": "text/html"}, "no_text"),
        ({"mimeType": "text/html", "text": "a", "encoding": "base64"}, "no_text"),
        ({"mimeType": "image/png", "text": "aaaa", "encoding": "base64"}, "no_article"),
        ({}, "no_article"),
    ],
)
def test_a_har_without_a_page_says_why(
    content: dict[str, str], reason: str, tmp_path: pathlib.Path
) -> None:
    entry = {
        "request": {"url": "https://a.example/"},
        "response": {"status": 200, "content": content},
    }
    dump = json.dumps({"log": {"entries": [entry, entry]}}).encode()
    assert reasons(read(write(tmp_path, "a.har", dump))) == [reason] * 2


def test_bars_within_a_record_are_told(tmp_path: pathlib.Path) -> None:
    text = " ||||| ".join(" ".join(begins) for begins in BEGINS)
    dump = json.dumps({"document": text}).encode()
    (article,) = articles(read(write(tmp_path, "a.jsonl", dump)))
    assert article["document"] == text
    assert [reason for reason, _ in article["warnings"]] == ["unread_parts"]


STORY = (
    "The harbour bridge will be closed to lorries from Monday, the city council said on Friday. "
)


@pytest.mark.parametrize(
    ("encoding", "names", "text"),
    [
        (
            "koi8-r",
            "Заголовок;Дата;Текст",
            "Городской совет в понедельник решил закрыть мост для грузовиков до весны. ",
        ),
        (
            "cp1251",
            "Заголовок,Дата,Текст",
            "Городской совет в понедельник решил закрыть мост для грузовиков до весны. ",
        ),
        (
            "cp1252",
            "Título;Data da publicação;Íntegra",
            "A câmara decidiu na segunda-feira fechar a ponte aos caminhões até à primavera. ",
        ),
        (
            "big5",
            "標題,日期,內文",
            "市議會星期一決定在春季之前禁止貨車通過大橋。居民表示歡迎這項決定。",
        ),
        (
            "shift-jis",
            "見出し\t日付\t本文",
            "市議会は月曜日、春まで橋をトラックに対して閉鎖することを決めた。",
        ),
    ],
)
def test_names_of_columns_in_old_encodings(
    encoding: str, names: str, text: str, tmp_path: pathlib.Path
) -> None:
    delimiter = next(mark for mark in ";,\t" if mark in names)
    word = names.split(delimiter)[0]
    rows = [delimiter.join([f"{word} {n}", "2021-03-04", f'"{text * 5}"']) for n in (1, 2)]
    path = write(tmp_path, "a.csv", "\n".join([names, *rows]).encode(encoding))
    found = articles(read(path))
    assert [article["title"] for article in found] == [f"{word} 1", f"{word} 2"]
    assert [str(article["published_at"])[:10] for article in found] == ["2021-03-04"] * 2


@pytest.mark.parametrize(
    ("dump", "told"),
    [
        (f"TY  - NEWS\nTI  - A bridge\nAB  - {STORY * 3}\nER  - \n", "bibliography"),
        (
            f"@article{{key1,\n  title = {{A bridge}},\n  abstract = {{{STORY}}}\n}}\n",
            "bibliography",
        ),
        ("".join(f'{n},A bridge,2021-03-04,"{STORY * 2}"\n' for n in range(4)), "of 4 columns"),
    ],
)
def test_tables_and_lists_of_works_are_no_texts(
    dump: str, told: str, tmp_path: pathlib.Path
) -> None:
    (reject,) = rejects(read(write(tmp_path, "a.txt", dump.encode())))
    assert reject.reason == "unsupported_content"
    assert told in reject.detail


def test_quoted_speech_between_commas_is_no_table(tmp_path: pathlib.Path) -> None:
    line = f'The mayor, who was there, said,"{STORY}{STORY}" and left.\n'
    text = f"A bridge closes\n\n{line}\n{line}\n{line}"
    assert reasons(read(write(tmp_path, "a.txt", text.encode()))) == ["article"]


def test_a_digest_of_a_mailing_list_is_its_messages(tmp_path: pathlib.Path) -> None:
    rule = "-" * 30
    messages = "".join(
        f"Message: {n}\nDate: Thu, 4 Mar 2021 0{n}:00:00 +0000\nFrom: Courier {n} <c@example.org>\n"
        f"Subject: Bridge {n}\nMessage-ID: <{n}@example.org>\n\n{STORY}\n\n{STORY}\n\n\n{rule}\n\n"
        for n in (1, 2, 3)
    )
    text = f"Today's Topics:\n\n   1. Bridge 1 (Courier)\n\n\n{'-' * 70}\n\n{messages}"
    text += "End of News Digest, Vol 1, Issue 2\n" + "*" * 34 + "\n"
    found = read(write(tmp_path, "a.txt", text.encode()))
    assert [article["title"] for article in articles(found)] == ["Bridge 1", "Bridge 2", "Bridge 3"]
    assert [article["outlet"] for article in articles(found)] == [
        "Courier 1", "Courier 2", "Courier 3",
    ]  # fmt: skip
    assert [article["published_at"].hour for article in articles(found)] == [1, 2, 3]
    assert [reject.reason for reject in rejects(found)] == ["no_article"] * 2


@pytest.mark.parametrize(
    "xml",
    [
        "<TEI><teiHeader><titleStmt><title>A bridge</title></titleStmt><publicationStmt><date "
        "when='2021-03-04'/></publicationStmt></teiHeader><text><body><p>{}</p></body></text></TEI>",
        "<en-export><note><title>A bridge</title><content><![CDATA[<en-note><div>{}</div></en-note>"
        "]]></content><created>20210304T080000Z</created></note></en-export>",
    ],
)
def test_dates_of_tei_and_evernote(xml: str, tmp_path: pathlib.Path) -> None:
    dump = f"<?xml version='1.0'?>{xml.format(STORY)}"
    (article,) = articles(read(write(tmp_path, "a.xml", dump.encode())))
    assert str(article["published_at"])[:10] == "2021-03-04"
