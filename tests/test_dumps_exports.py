"""Files in the shapes that databases, agencies and other tools write, small, with texts of ours."""

import json
import pathlib
import quopri
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.dumps import DumpOptions, DumpRange, parse_block, read_range, split_dump
from pipeline.dumps.block import BLOCK_BYTES, Block
from tests.dump_reading import FIXTURES, articles, read, reasons, rejects, write

FERRY = "The ferry will stop at noon on Monday, the harbour board said after a long debate."
BRIDGE = "Passengers will have to use the old bridge, which needs repairs itself, it added."
APPLES = "Apple growers in the valley expect to pick ten days later than they usually do."


def lines(article: Any) -> list[str]:
    """Returns the lines of a text that are no field lines."""
    taken = {number for number, _ in article["field_lines"]}
    text = enumerate(article["document"].split("\n"), 1)
    return [line.strip() for number, line in text if line.strip() and number not in taken]


def nexis(number: str, title: str, text: str) -> str:
    """Returns a document as LexisNexis exports it."""
    return (
        f"{' ' * 30}{number} DOCUMENTS\n\n\n{' ' * 30}Harbour Post\n\n"
        f"{' ' * 28}March 2, 2020 Monday\n{' ' * 28}March 2, 2020\n\n{title}\n\n"
        f"BYLINE: Ann Lee\n\nLENGTH: 30 words\n\n{text}\n\n"
        "LOAD-DATE: March 3, 2020\n\nLANGUAGE: ENGLISH\n\n"
    )


def test_the_last_article_of_each_of_several_exports_is_kept(tmp_path: pathlib.Path) -> None:
    cover = "\n\nDownload Request: Selected Items: 1-2\nTime Of Request: Friday\n\n\n"
    several = (
        nexis("1 of 2", "Ferry stops", FERRY)
        + nexis("2 of 2", "Bridge fills", BRIDGE)
        + nexis("1 of 1", "Apples late", APPLES)
        + cover
        + nexis("1 of 40", "Ferry sails", FERRY)
        + nexis("7 of 90", "Bridge opens", BRIDGE)
    )
    found = read(write(tmp_path, "all.txt", several.encode()))
    assert [article["title"] for article in articles(found)] == [
        "Ferry stops", "Bridge fills", "Apples late", "Ferry sails", "Bridge opens",
    ]  # fmt: skip
    assert [lines(article) for article in articles(found)] == [
        [FERRY], [BRIDGE], [APPLES], [FERRY], [BRIDGE],
    ]  # fmt: skip
    assert [(item.reason, b"Download" in item.raw) for item in rejects(found)] == [
        ("no_article", True), ("incomplete", False),
    ]  # fmt: skip


def test_an_export_that_comes_by_mail_is_its_articles(tmp_path: pathlib.Path) -> None:
    head = (
        b"From: noreply@proquest.com\nTo: a@b.example\nSubject: Your research\nMessage-ID: <1@x>\n"
        b"Date: Tue, 15 Aug 2023 01:02:03 -0400\nMIME-Version: 1.0\nContent-Type: text/html; "
        b'charset="UTF-8"\nContent-Transfer-Encoding: quoted-printable\n\n'
    )
    mail = head + quopri.encodestring((FIXTURES / "proquest.html").read_bytes())
    found = articles(read(write(tmp_path, "a.eml", mail)))
    page = articles(read(FIXTURES / "proquest.html"))
    assert [article["title"] for article in found] == [article["title"] for article in page]
    assert [lines(article) for article in found] == [lines(article) for article in page]
    assert [str(article["published_at"])[:10] for article in found] == ["2021-03-04", "2021-09-30"]


DPA = (
    "abc0045 3 i 380  dpa 0045\n{}\nHarbour/ferry/\nREFILE\n1ST LEAD\nFerry stops at noon\n"
    "By Ann Lee =\n\nQuayside (dpa) - " + FERRY + "\n\n# Notebook\n\n## Internet links\n- [Board]"
    "(http://x.example)\n\n* * * *\nThe following information is not intended for publication\n\n"
    "dpa al rmo\n{}\n021130 GMT Mar 20\n"
)


@pytest.mark.parametrize(
    ("text", "title", "authors", "time"),
    [
        ("\x01" + DPA.format("\x02", "\x03"), "Ferry stops at noon", ["Ann Lee"], "11:30"),
        (DPA.format("", ""), "Ferry stops at noon", ["Ann Lee"], "11:30"),
        (
            "\x16\x16\x01W2870\x1fasian\nf l\x13\x11BC-Ferry 03-02 1049\n\x02"
            "^BC-Ferry, 1st Ld,466<\n"
            f"^Ferry stops at noon <\n^By ANN LEE=\n\t   QUAYSIDE (AP) _ {FERRY}\n\n\x03\t   "
            "AP-WF-03-02-20 1130GMT<\n\x04\n",
            "Ferry stops at noon", ["ANN LEE"], "11:30",
        ),
    ],
    ids=["dpa", "dpa without controls", "ap"],
)  # fmt: skip
def test_a_message_of_an_agency(
    tmp_path: pathlib.Path, text: str, title: str, authors: list[str], time: str
) -> None:
    (article,) = articles(read(write(tmp_path, "wire.txt", text.encode())))
    assert (article["title"], article["authors"]) == (title, authors)
    assert str(article["published_at"])[:16] == f"2020-03-02 {time}"
    (line,) = lines(article)
    assert line.endswith(FERRY)


def test_control_characters_of_an_extractor_make_no_message(tmp_path: pathlib.Path) -> None:
    text = f"{FERRY}\n\n{BRIDGE[:20]}\x02{BRIDGE[20:]}\n\n{APPLES[:9]}\x04{APPLES[9:]}"
    (article,) = articles(read(write(tmp_path, "pdf.txt", text.encode())))
    assert len(lines(article)) == 3


def test_numbered_clippings_however_short() -> None:
    found = articles(read(FIXTURES / "gopress.txt"))
    assert [(article["title"], article["outlet"]) for article in found] == [
        ("Ferry stops", "Harbour Post"), ("A bridge. 'It fills'", "De Standaard"),
        ("KORT", "Harbour Post"),
    ]  # fmt: skip
    assert [article["is_truncated"] for article in found] == [True, None, None]
    assert [str(article["published_at"])[:10] for article in found] == [
        "2020-03-02", "2020-03-03", "2020-03-02",
    ]  # fmt: skip


def test_outlet_and_day_above_a_headline() -> None:
    (article,) = articles(read(FIXTURES / "apa.txt"))
    assert (article["title"], article["outlet"]) == ("Ferry stops", "Harbour Post")
    assert str(article["published_at"])[:10] == "2020-03-02"
    assert len(lines(article)) == 2


CLIPPINGS = {
    "genios": "{outlet} vom 02.03.2020 Seite 4\n\n{title}\n\nQuelle: {outlet}\nDatum: 02.03.2020\n"
    "Seite: 4\nRessort: Lokales\nAutor: {author}\nDokumentnummer: 7\n\n{text}\n\n"
    + "_" * 40 + "\n\n",
    "infomedia": "{title}\n{outlet} | 2. marts 2020 | Side 4 | 310 ord | artikel-id: e7 | Original"
    "\n\n{author}\n\n{text}\n\n" + "-" * 70 + "\n",
    "nexis": "{number} di 2 DOCUMENTI\n\n\n{outlet}\n\n2 marzo 2020 lunedì\n\n{title}\n\n"
    "AUTORE: {author}\n\nLUNGHEZZA: 30\n\n{text}\n\nDATA-CARICAMENTO: 3 marzo 2020\n\n"
    "TIPO-PUBBLICAZIONE: Quotidiano\n\nCopyright 2020 {outlet}\n\n\n",
    "notion": "# {title}\n\nCreated: March 2, 2020 9:30 AM\nDate: March 2, 2020\nAuthor: {author}\n"
    "Source: {outlet}\n\n{text}\n\n" + "=" * 20 + "\n\n",
}  # fmt: skip


@pytest.mark.parametrize("name", CLIPPINGS)
def test_exports_of_archives(tmp_path: pathlib.Path, name: str) -> None:
    stories = [("Ferry stops", "Ann Lee", f"{FERRY}\n\n{APPLES}"),
               ("Bridge fills", "Bo Roe", f"{BRIDGE}\n\n{APPLES}")]  # fmt: skip
    text = "".join(
        CLIPPINGS[name].format(
            number=number, title=title, author=author, outlet="Harbour Post", text=text
        )
        for number, (title, author, text) in enumerate(stories, 1)
    )
    found = articles(read(write(tmp_path, "a.txt", text.encode())))
    assert [(item["title"], item["authors"], "\n\n".join(lines(item))) for item in found] == [
        (title, [author], text) for title, author, text in stories
    ]
    assert {item["outlet"] for item in found} == {"Harbour Post"}
    assert {str(item["published_at"])[:10] for item in found} == {"2020-03-02"}


def test_factiva_in_another_script(tmp_path: pathlib.Path) -> None:
    def article(title: str, text: str, serial: int) -> str:
        return (
            f"{title}\n_\n34 字\n2020 年 3 月 2 日\nHarbour Post\nHARPOS\n英文\nCopyright 2020\n\n"
            f"{text}\n\nHarbour Post\n\n文件 HARPOS0020200302eg320000{serial}\n\n"
        )

    text = article("Ferry stops", FERRY, 1) + article("Bridge fills", BRIDGE, 2)
    found = articles(read(write(tmp_path, "a.txt", text.encode())))
    assert [(item["title"], item["authors"], lines(item)) for item in found] == [
        ("Ferry stops", [], [FERRY]), ("Bridge fills", [], [BRIDGE]),
    ]  # fmt: skip


XML = {
    "deep": "<r><a><code>0</code><l><RBNews><PublishDate>2020-03-02</PublishDate><headline>Ferry "
    f"stops</headline><origin>/Harbour Post/</origin><content>{FERRY}</content></RBNews><RBNews>"
    f"<PublishDate>2020-03-02</PublishDate><headline>Bridge fills</headline><origin>Harbour Post"
    f"</origin><content>{BRIDGE}</content></RBNews></l></a></r>",
    "spanish": "<hemeroteca><noticias>"
    f"<noticia><titular>Ferry stops</titular><fecha>2 de marzo de 2020</fecha><medio>Harbour Post"
    f"</medio><cuerpo><parrafo>{FERRY}</parrafo></cuerpo></noticia><noticia><titular>Bridge fills"
    f"</titular><fecha>2 de marzo de 2020</fecha><medio>Harbour Post</medio><cuerpo><parrafo>"
    f"{BRIDGE}</parrafo></cuerpo></noticia></noticias></hemeroteca>",
}  # fmt: skip


@pytest.mark.parametrize("name", XML)
def test_xml_of_others(tmp_path: pathlib.Path, name: str) -> None:
    found = articles(read(write(tmp_path, "a.xml", XML[name].encode())))
    assert [(item["title"], item["outlet"], str(item["published_at"])[:10]) for item in found] == [
        ("Ferry stops", "Harbour Post", "2020-03-02"),
        ("Bridge fills", "Harbour Post", "2020-03-02"),
    ]
    assert [lines(item) for item in found] == [[FERRY], [BRIDGE]]


@pytest.mark.parametrize(("byline", "authors"), [("gr/bp", []), ("_", []), ("Bo", ["Bo"])])
def test_a_sign_off_is_no_author(tmp_path: pathlib.Path, byline: str, authors: list[str]) -> None:
    record = json.dumps({"text": FERRY, "byline": byline, "origin": "CommonCrawl"})
    (article,) = articles(read(write(tmp_path, "a.jsonl", record.encode())))
    assert (article["authors"], article["outlet"]) == (authors, None)


def test_a_line_break_within_a_paragraph_begins_none(tmp_path: pathlib.Path) -> None:
    nitf = (
        "<nitf><body><body.head><hedline><hl1>Ferry stops</hl1></hedline><dateline><story.date>"
        "20200302T113000+0000</story.date></dateline></body.head><body.content>"
        f"<p>{FERRY}<br/>{BRIDGE}</p><p>One<br/><br/>Two</p></body.content></body></nitf>"
    )
    (article,) = articles(read(write(tmp_path, "a.xml", nitf.encode())))
    assert article["document"] == f"{FERRY}\n{BRIDGE}\n\nOne\n\nTwo"


def test_a_page_of_alto_is_its_words() -> None:
    (article,) = articles(read(FIXTURES / "alto.xml"))
    assert article["document"] == "Ferry terminal closed.\n\nRain."
    assert [kind for kind, _ in article["warnings"]] == ["unread_parts"]


def test_messages_of_a_channel_are_articles() -> None:
    first, second = articles(read(FIXTURES / "telegram.json"))
    begin = "The harbour bridge will be closed to lorries from Monday."
    assert lines(first) == [begin, "#city"]
    assert {first["outlet"], second["outlet"]} == {"Example Courier"}


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ({"channel": "x", "feed_items": [{"title": "a", "text": FERRY}, {"text": BRIDGE}]}, 2),
        ({"post": [{"text": FERRY}], "courier": [{"text": BRIDGE}, {"text": APPLES}]}, 3),
        # What is described as an article has comments in its list, and no text.
        ({"url": "http://a.example/1", "title": "a", "replies": [{"text": FERRY}]}, 0),
        ({"title": "a", "body": {"ops": [{"insert": FERRY[:9]}, {"insert": FERRY[9:] + "\n"},
                                         {"insert": {"image": "x"}}]}}, 1),
        # A type beside each value, as DynamoDB exports.
        ({"Item": {"title": {"S": "a"}, "text": {"S": FERRY}, "year": {"N": "2020"},
                   "authors": {"L": [{"S": "Ann Lee"}]}, "x": {"NULL": True}}}, 1),
        ({"title": "a", "paragraphs": [FERRY]}, 1),
        ({"_index": "a", "_source": {"title": "a", "text": FERRY, "source": "Harbour Post"}}, 1),
    ],
)  # fmt: skip
def test_json_of_others(tmp_path: pathlib.Path, value: Any, texts: int) -> None:
    found = articles(read(write(tmp_path, "a.json", json.dumps(value).encode())))
    assert len(found) == texts
    expected = [FERRY, BRIDGE, APPLES]
    for article in found:
        assert lines(article)[0] in expected
        assert article["outlet"] in (None, "Harbour Post")


def test_highlights_are_no_text() -> None:
    (article,) = articles(read(FIXTURES / "cnn.story"))
    assert [line.split()[-1] for line in lines(article)] == ["said.", "bridge."]


def test_restructured_text() -> None:
    (article,) = articles(read(FIXTURES / "pelican.rst"))
    assert (article["title"], article["authors"]) == ("Ferry stops", ["Ann Lee"])
    assert article["tags"] == ["ferry", "harbour"]
    assert len(lines(article)) == 2


def test_a_table_between_carets(tmp_path: pathlib.Path) -> None:
    table = f"id^title^text\n1^Ferry stops^{FERRY}\n2^Bridge fills^{BRIDGE}\n"
    found = articles(read(write(tmp_path, "a.csv", table.encode())))
    assert [article["document"] for article in found] == [FERRY, BRIDGE]


def test_a_table_of_one_row_without_text_is_told(tmp_path: pathlib.Path) -> None:
    table = f'"Key","Title","Url","Date","Abstract Note"\n"A","Ferry","http://a.example","2020","{FERRY}"\n'
    assert reasons(read(write(tmp_path, "a.csv", table.encode()))) == ["no_text"]


HEAD = (
    "From: {}\nTo: a@b.example\nDate: Mon, 02 Mar 2020 08:00:00 +0000\nMessage-ID: <1@x>\nSubject: "
    "Ferry stops\nMIME-Version: 1.0\nContent-Type: {}\n\n"
)


@pytest.mark.parametrize(
    ("parameters", "body", "text"),
    [
        (
            "format=flowed", "One \ntwo.\n \nThree.\n> Four \n> five.\n-- \nAnn",
            "One two.\n\nThree.\n> Four five.\n-- \nAnn",
        ),
        ("format=flowed; delsp=yes", "One wo \nrd.\n  Two", "One word.\n Two"),
        ("charset=utf-8", "One \ntwo.", "One \ntwo."),
    ],
)  # fmt: skip
def test_flowed_mail(tmp_path: pathlib.Path, parameters: str, body: str, text: str) -> None:
    mail = HEAD.format("Harbour Post <post@example.org>", f"text/plain; {parameters}") + body
    (article,) = articles(read(write(tmp_path, "a.eml", mail.encode())))
    assert article["document"].rstrip("\n") == text


@pytest.mark.parametrize(
    ("sender", "outlet", "authors"),
    [
        ("Ann Lee <ann@harbourpost.example>", "harbourpost.example", ["Ann Lee"]),
        ('"Ann Mae Lee" <alee@harbourpost.example>', "harbourpost.example", ["Ann Mae Lee"]),
        ("Harbour Post <post@harbourpost.example>", "Harbour Post", []),
        ("Harbour Post <news@example.org>", "Harbour Post", []),
        ("<news@example.org>", "example.org", []),
        ("Newsroom", "Newsroom", []),
    ],
)
def test_who_sends_a_mail(
    tmp_path: pathlib.Path, sender: str, outlet: str, authors: list[str]
) -> None:
    mail = HEAD.format(sender, "text/plain") + FERRY
    (article,) = articles(read(write(tmp_path, "a.eml", mail.encode())))
    assert (article["outlet"], article["authors"]) == (outlet, authors)


def test_text_around_a_picture_is_all_read(tmp_path: pathlib.Path) -> None:
    mail = HEAD.format("Harbour Post <post@example.org>", "multipart/mixed; boundary=b") + (
        f"--b\nContent-Type: text/plain\n\n{FERRY}\n--b\nContent-Type: image/png\n\nx\n--b\n"
        f"Content-Type: text/plain\n\n{BRIDGE}\n--b--\n"
    )
    (article,) = articles(read(write(tmp_path, "a.eml", mail.encode())))
    assert lines(article) == [FERRY, BRIDGE]


def test_parts_of_a_message_have_character_sets_of_their_own(tmp_path: pathlib.Path) -> None:
    mail = HEAD.format("Harbour Post <post@example.org>", "multipart/mixed; boundary=b") + (
        f"--b\nContent-Type: text/plain; charset=us-ascii\n\n{FERRY}\n--b\n"
        "Content-Type: text/plain; charset=iso-8859-1\nContent-Disposition: inline; filename=b.txt"
        "\n\nDie Brücke ist für alle zu.\n--b--\n"
    )
    (article,) = articles(read(write(tmp_path, "a.eml", mail.encode("latin-1"))))
    assert lines(article) == [FERRY, "Die Brücke ist für alle zu."]


def test_a_mark_of_the_mailbox_is_no_quotation_of_flowed_mail(tmp_path: pathlib.Path) -> None:
    mail = "From a@example.org Mon Mar  2 11:30:00 2020\n" + HEAD.format(
        "Harbour Post <post@example.org>", "text/plain; format=flowed"
    )
    mail += f"{FERRY}\n\n>From the board: \n{BRIDGE}\n"
    (article,) = articles(read(write(tmp_path, "a.mbox", mail.encode())))
    assert lines(article) == [FERRY, f"From the board: {BRIDGE}"]


def test_nothing_of_a_message_that_is_too_large_is_an_article(tmp_path: pathlib.Path) -> None:
    large = HEAD.format("Harbour Post <post@example.org>", "text/plain") + "QUJD\n" * BLOCK_BYTES
    path = write(tmp_path, "a.eml", large.encode())
    assert reasons(read(path, max_record_bytes=BLOCK_BYTES)) == ["too_large"]
    small = "From a@b.example Mon Mar  2 06:30:00 2020\n" + HEAD.format(
        "A <a@b.example>", "text/plain"
    )
    box = f"{small}{FERRY}\n\n{small}{'QUJD' * BLOCK_BYTES}\n\n{small}{BRIDGE}\n"
    found = read(write(tmp_path, "a.mbox", box.encode()), max_record_bytes=BLOCK_BYTES)
    assert reasons(found) == ["article", "too_large", "article"]
    assert [lines(article) for article in articles(found)] == [[FERRY], [BRIDGE]]


def test_what_follows_an_answer_beyond_the_size_of_a_record_is_read(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.dumps.objects.BLOCK_BYTES", 1000)
    records = [{"text": f"{FERRY} {number}"} for number in range(50)]
    answer = json.dumps({"response": {"results": records, "more": [{"a": 1}]}, "status": "ok"})
    path = write(tmp_path, "a.json", f"{answer}\n{answer}\n".encode())
    assert reasons(read(path, max_record_bytes=1000)) == ["article"] * 100


@pytest.mark.parametrize("limit", [1000, 1 << 20])
def test_each_list_of_an_answer_is_read(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr("pipeline.dumps.objects.BLOCK_BYTES", 1000)
    records = [[{"text": f"{FERRY} {name} {number}"} for number in range(20)] for name in "abc"]
    answer = {
        "articles": records[0],
        "facets": [{"items": records[2]}],
        "more": {"posts": [*records[1], {"count": 3}], "items": [{"count": 4}], "total": 40},
    }
    found = read(write(tmp_path, "a.json", json.dumps(answer).encode()), max_record_bytes=limit)
    assert reasons(found) == ["article"] * 40
    texts = {record["text"] for record in records[0] + records[1]}
    assert {item["document"] for item in articles(found)} == texts
    lone = {"about": {"pages": [3] * 99_000}, "text": FERRY, "items": records[2]}
    found = read(write(tmp_path, "b.json", json.dumps(lone).encode()), max_record_bytes=limit)
    assert reasons(found) == ["too_large" if limit == 1000 else "article"]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_any_text_of_parquet_says_how_days_are_written(
    tmp_path: pathlib.Path, kind: pa.DataType
) -> None:
    columns = {"text": [FERRY, BRIDGE], "date": ["03/04/2020", "28/04/2020"]}
    table = pa.table({name: pa.array(values, kind) for name, values in columns.items()})
    pq.write_table(table, tmp_path / "a.parquet")
    first, _ = articles(read(tmp_path / "a.parquet"))
    assert str(first["published_at"])[:10] == "2020-04-03"


def test_slashes_of_php_say_how_days_are_written(tmp_path: pathlib.Path) -> None:
    rows = r'[{"text": "%s", "date": "03\/04\/2020"}, {"text": "%s", "date": "28\/04\/2020"}]'
    first, _ = articles(read(write(tmp_path, "a.json", (rows % (FERRY, BRIDGE)).encode())))
    assert str(first["published_at"])[:10] == "2020-04-03"


def test_a_table_without_text_is_told_once_whatever_its_ranges(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"number": list(range(1000))}), path, row_group_size=100)
    options = DumpOptions()
    found: list[Any] = []
    for part in split_dump(DumpRange(str(path)), options, 1):
        for block in read_range(part, options):
            found.extend(parse_block(block, options) if isinstance(block, Block) else [block])
    assert reasons(found) == ["no_text"]


def test_objects_within_objects_are_no_date(tmp_path: pathlib.Path) -> None:
    value: Any = "2020-03-02"
    for _ in range(700):
        value = {"date": value}
    record = json.dumps({"text": FERRY, "date": value, "title": "Ferry"})
    (article,) = articles(read(write(tmp_path, "a.jsonl", record.encode())))
    assert article["published_at"] is None


@pytest.mark.parametrize(("shown", "expected"), [("Search: bridge", ["no_article"]), ("", [])])
def test_what_a_page_shows_before_the_first_article_is_told(
    tmp_path: pathlib.Path, shown: str, expected: list[str]
) -> None:
    page = (FIXTURES / "nexis.html").read_text()
    before = f"<body><style>td {{ color: red }}</style><!-- made by a tool --><h3>{shown}</h3>"
    declared = '<?xml version="1.0" encoding="utf-8"?>'
    content = declared + page.replace("<body>", before)
    found = read(write(tmp_path, "a.html", content.encode()))
    assert [item["document"] for item in articles(found)] == [
        item["document"] for item in articles(read(FIXTURES / "nexis.html"))
    ]
    assert [reject.reason for reject in rejects(found)] == expected
    assert all(shown.encode() in reject.raw for reject in rejects(found))


def test_quotes_that_begin_far_down_in_a_table_are_told(tmp_path: pathlib.Path) -> None:
    rows = "".join(f"{number}\t{FERRY} {number}\n" for number in range(2000))
    table = f'id\ttext\n{rows}a\t"{FERRY}\n{BRIDGE}"\nb\t"{BRIDGE}"\nc\t"So" {FERRY}\n'
    found = articles(read(write(tmp_path, "a.tsv", table.encode())))
    told = [item for item in found if any("quote" in text for _, text in item["warnings"])]
    assert [item["record_id"] for item in told] == ["a", "b"]
    mended = articles(read(write(tmp_path, "b.tsv", table.replace("id", '"id"', 1).encode())))
    assert [item["document"] for item in mended[-3:-1]] == [f"{FERRY}\n{BRIDGE}", BRIDGE]
    assert not any(item["warnings"] for item in mended)


def test_columns_of_parquet_that_are_not_read_are_named(tmp_path: pathlib.Path) -> None:
    columns = {"text": [FERRY, BRIDGE], "wire_desk": ["sea", "land"], "Title": ["A", "B"]}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    first, second = articles(read(tmp_path / "a.parquet"))
    ((reason, detail),) = first["warnings"]
    assert (reason, "'wire_desk'" in detail, "'Title'" in detail) == ("unread_fields", True, False)
    assert second["warnings"] == []
