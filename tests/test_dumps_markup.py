"""XML and SGML: what is cut into records, what is refused, and what is never followed."""

import html
import pathlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dumps import DumpOptions, read_blocks
from pipeline.dumps.block import BLOCK_BYTES
from tests.dump_reading import FIXTURES, articles, read, reasons, rejects, write

BODY = "The harbour bridge will be closed to lorries from Monday, the city council said."


def feed(*texts: str, prolog: str = "") -> bytes:
    """Returns a feed with an item for each text."""
    items = "".join(f"<item><title>A</title><description>{text}</description></item>"
                    for text in texts)  # fmt: skip
    return f'<?xml version="1.0"?>{prolog}<rss><channel>{items}</channel></rss>'.encode()


LAUGHS = "<!DOCTYPE rss [" + '<!ENTITY l0 "ha">' + "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
) + "]>"  # fmt: skip


def test_a_billion_laughs_are_one_word(tmp_path: pathlib.Path) -> None:
    path = write(tmp_path, "a.xml", feed(f"{BODY} &l9; End.", prolog=LAUGHS))
    (article,) = articles(read(path))
    assert article["document"] == f"{BODY} &l9; End."


def test_entities_of_a_record_itself_are_not_followed_either(tmp_path: pathlib.Path) -> None:
    path = write(tmp_path, "a.xml", feed(f"{BODY} {LAUGHS} &l9;"))
    for item in read(path):
        assert len(str(item)) < 10_000


def test_no_file_and_no_address_is_read(tmp_path: pathlib.Path) -> None:
    secret = write(tmp_path, "secret.txt", b"the secret")
    prolog = (
        f'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY e SYSTEM "file://{secret}">'
        f'<!ENTITY % p SYSTEM "file://{secret}"> %p;]>'
    )
    path = write(tmp_path, "a.xml", feed(f"{BODY} &e;", prolog=prolog))
    (article,) = articles(read(path))
    assert article["document"] == f"{BODY} &e;"
    included = (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" '
        f'href="file://{secret}"/>'
    )
    for item in read(write(tmp_path, "b.xml", feed(f"{BODY} {included}"))):
        assert "the secret" not in str(item)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (f"{BODY} &eacute;&nbsp;&#233;&#xe9;", f"{BODY} é\xa0éé"),
        (f"{BODY} AT&T & Co, a < b", f"{BODY} AT&T & Co, a < b"),
        (f"{BODY} &amp;lt;kept&amp;gt;", f"{BODY} &lt;kept&gt;"),
        (f"{BODY} &#2;\x03 bell", f"{BODY} bell"),
        (f"<![CDATA[{BODY} </item> & <item> ]]>", f"{BODY} </item> & <item>"),
        (f"<!-- </item> --> {BODY}", BODY),
    ],
)
def test_characters_of_every_kind_come_through(
    written: str, text: str, tmp_path: pathlib.Path
) -> None:
    (article,) = articles(read(write(tmp_path, "a.xml", feed(written))))
    found = " ".join(article["document"].split(" ")).strip()
    assert re.sub(r"[ ]+", " ", found) in (text, text.replace("&lt;", "<").replace("&gt;", ">"))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
         b"<url><loc>https://example.org/a</loc></url></urlset>", "a sitemap"),
        (b"<sitemapindex><sitemap><loc>x</loc></sitemap></sitemapindex>", "an index of sitemaps"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><text>a</text></svg>",
         "a picture"),
        (b"<mediawiki><page><title>A</title></page></mediawiki>", "an export of a wiki"),
        (b"<opml version='2.0'><body><outline text='a'/></body></opml>", "a list of feeds"),
    ],
)  # fmt: skip
def test_xml_without_articles_is_a_reject_that_names_it(
    content: bytes, what: str, tmp_path: pathlib.Path
) -> None:
    (problem,) = rejects(read(write(tmp_path, "a.xml", content)))
    assert problem.reason == "unsupported_content"
    assert what in problem.detail


def test_what_is_no_xml_is_told(tmp_path: pathlib.Path) -> None:
    path = write(tmp_path, "a", b'{"text": "The bridge will be closed.", "html": "<p>It</p>"}\n')
    (reject,) = rejects(read(path, format="xml"))
    assert (reject.reason, "leave --format xml out" in reject.detail) == ("invalid_xml", True)


def test_unknown_xml_names_its_elements(tmp_path: pathlib.Path) -> None:
    content = b"<?xml version='1.0'?><shop><lamp><watt>5</watt></lamp></shop>"
    (problem,) = rejects(read(write(tmp_path, "a.xml", content)))
    assert (problem.reason, "watt" in problem.detail) == ("no_text", True)


def test_a_damaged_record_costs_itself_only(tmp_path: pathlib.Path) -> None:
    deep = "<b>" * 400 + BODY + "</b>" * 400
    found = read(write(tmp_path, "a.xml", feed(BODY, deep, BODY)))
    assert reasons(found) == ["article", "invalid_xml", "article"]


def test_a_feed_that_ends_within_an_item_keeps_the_others(tmp_path: pathlib.Path) -> None:
    content = feed(BODY, BODY, BODY)
    cut = content[: content.rindex(b"closed")]
    assert reasons(read(write(tmp_path, "a.xml", cut))) == ["article", "article", "truncated"]


def test_text_between_the_records_is_told(tmp_path: pathlib.Path) -> None:
    content = feed(BODY, BODY).replace(b"</item><item>", b"</item>%s<item>" % (b"words " * 30))
    found = read(write(tmp_path, "a.xml", content))
    assert reasons(found) == ["article", "unsupported_content", "article"]
    assert b"words words" in rejects(found)[0].raw


def test_a_record_beyond_the_limit_is_skipped(tmp_path: pathlib.Path) -> None:
    path = write(tmp_path, "a.xml", feed(BODY, BODY * 5000, BODY))
    assert reasons(read(path, max_record_bytes=4096)) == ["article", "too_large", "article"]


def test_a_large_feed_is_cut_as_a_small_one(tmp_path: pathlib.Path) -> None:
    texts = [f"{BODY} Number {number} of them. " * 60 for number in range(600)]
    path = write(tmp_path, "a.xml", feed(*texts))
    assert path.stat().st_size > 3 * BLOCK_BYTES
    assert [article["document"] for article in articles(read(path))] == [
        text.strip() for text in texts
    ]
    assert len(list(read_blocks(str(path), DumpOptions()))) > 2


@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40), max_size=5))
def test_any_text_is_read_as_it_was_or_rejected(texts: list[str]) -> None:
    from pipeline.dumps.block import Source
    from pipeline.dumps.markup import parse_block
    from pipeline.rejects import Reject

    for text in texts:
        cdata = text.replace("]]>", "")
        raw = f"<item><body><![CDATA[{BODY} {cdata}]]></body></item>".encode()
        block = Source("a", "xml", header=("item", "", "", "")).block(0, 1, raw, (len(raw),))
        (item,) = parse_block(block, DumpOptions())
        if isinstance(item, Reject):
            assert item.reason in ("invalid_xml", "no_text", "no_article")
        elif item["document_type"] == "text":
            kept = "".join(item["document"].split())
            assert kept.startswith("".join(BODY.split()))


def test_paragraphs_that_are_not_closed_are_paragraphs(tmp_path: pathlib.Path) -> None:
    content = (
        f"<DOC>\n<DOCNO> X1 </DOCNO>\n<HEAD>A</HEAD>\n<TEXT>\n<P>\n{BODY}\n<P>\n{BODY}\n</TEXT>\n"
        f"</DOC>\n<DOC>\n<DOCNO> X2 </DOCNO>\n<TEXT>\n{BODY}\n</TEXT>\n</DOC>\n"
    )
    first, second = articles(read(write(tmp_path, "a.sgml", content.encode())))
    assert first["document"].split("\n\n") == [BODY, BODY]
    assert second["document"] == BODY


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1251", "utf-16"])
def test_the_declared_encoding_counts(encoding: str, tmp_path: pathlib.Path) -> None:
    word = "мост" if encoding in ("windows-1251", "utf-16") else "Brücke"
    text = f"{BODY} {word} " * 3
    content = feed(text).decode().replace('"1.0"', f'"1.0" encoding="{encoding}"')
    (article,) = articles(read(write(tmp_path, "a.xml", content.encode(encoding))))
    assert word in article["document"]


def test_html_is_no_xml(tmp_path: pathlib.Path) -> None:
    for begin in ("<!doctype html><html>", '<?xml version="1.0"?><!DOCTYPE html><html>',
                  "<div class='a'>", "<article><h1>A</h1>", "<!-- a --><html>"):  # fmt: skip
        path = write(tmp_path, "a", f"{begin}<p>{BODY}</p>".encode())
        assert [article["dump_format"] for article in articles(read(path))] == ["html"]


def test_a_caption_is_a_field_line() -> None:
    (article,) = articles(read(FIXTURES / "nitf.xml"))
    lines = article["document"].split("\n")
    assert [(lines[number - 1], rule) for number, rule in article["field_lines"]] == [
        ("The bridge at dusk.", "field:header")
    ]


@pytest.mark.parametrize("short", [3000, 300, 60, 5])
def test_items_in_a_comment_that_goes_on_beyond_the_bytes_read(
    tmp_path: pathlib.Path, short: int
) -> None:
    def item(number: int) -> str:
        return f"<item><title>T{number}</title><description>{'A text. ' * 9}</description></item>"

    filler = f"<!--{'x' * ((1 << 20) - short)}-->"
    feed = f"{item(1)}{filler}{item(2)}<!-- {item(3) * 40} -->{item(4)}"
    found = read(write(tmp_path, "a.xml", f"<rss><channel>{feed}</channel></rss>".encode()))
    assert [article["title"] for article in articles(found)] == ["T1", "T2", "T4"]


def test_a_feed_with_a_long_list_before_its_first_item(tmp_path: pathlib.Path) -> None:
    tags = "".join(f"<wp:tag><wp:tag_slug>tag {i}</wp:tag_slug></wp:tag>" for i in range(9000))
    feed = f"<rss><channel>{tags}<item><title>T</title><description>{'A text. ' * 9}</description>"
    found = read(write(tmp_path, "a.xml", f"{feed}</item></channel></rss>".encode()))
    assert reasons(found)[-1] == "article"


LONG = "The ferry to the islands will run on Sundays again from May, the port said on Tuesday."
OTHER = "Lorries have to wait at the old bridge, where engineers had found worn bearings."
PAGE = "&lt;p>{}&lt;/p>&lt;p>{}&lt;/p>"


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ("<text>A</text><text>B</text>", "A\n\nB"),
        ("<body>A</body><fulltext>A</fulltext>", "A"),
        ("<body>A</body><fulltext>A B</fulltext>", "A B"),
        ("<fulltext>A B</fulltext><body>A</body>", "A B"),
        ("<text>A</text><story>B</story><text>C</text>", "A\n\nB\n\nC"),
        ("<body>A</body><fulltext>H</fulltext>", "<p>A</p><p>B</p>"),
        ("<text>C</text><fulltext>H</fulltext>", "<p>C</p>\n<p>A</p><p>B</p>"),
        (
            "<fulltext>H</fulltext><text>C</text><text>A</text>",
            "<p>A</p><p>B</p>\n<p>C</p>\n<p>A</p>",
        ),
    ],
)
def test_each_text_of_an_element_is_read_once(
    tmp_path: pathlib.Path, bodies: str, expected: str
) -> None:
    third = (
        "Growers expect to pick ten days later than usual, since a cold spring & frost held them."
    )
    texts = {"A": LONG, "B": OTHER, "C": third, "H": PAGE.format("A", "B")}

    def filled(text: str) -> str:
        return re.sub(r"\b[ABCH]\b", lambda match: texts[match[0]], text)

    bodies = filled(filled(bodies)).replace(" & ", " &amp; ")
    xml = f"<rows><row><title>Ferry</title>{bodies}</row></rows>"
    (article,) = articles(read(write(tmp_path, "a.xml", xml.encode())))
    assert html.unescape(article["document"]) == filled(expected)
    assert not any(reason == "unread_parts" for reason, _ in article["warnings"])


def test_a_text_that_is_left_out_for_a_like_one_is_named(tmp_path: pathlib.Path) -> None:
    body = f"<body>{LONG} Tickets are sold on board.</body><fulltext>{LONG} {LONG}"
    xml = f"<rows><row>{body} Ask at the pier.</fulltext></row></rows>"
    (article,) = articles(read(write(tmp_path, "a.xml", xml.encode())))
    assert article["document"] == f"{LONG} {LONG} Ask at the pier."
    assert [reason for reason, text in article["warnings"] if "<body>" in text] == ["unread_parts"]
