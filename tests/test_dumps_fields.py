"""From named fields to articles."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Article
from pipeline.dumps import DumpError, DumpOptions
from pipeline.dumps.fields import article_from_record, has_text, language_code
from pipeline.dumps.long_text import is_html
from tests.dump_reading import BLOCK, check


def article(record: dict[str, Any], **options: Any) -> Article:
    return article_from_record(record, BLOCK, 0, "utf-8", DumpOptions(**options))


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Ann Lee", ["Ann Lee"]),
        ("By Ann Lee and Bo Ek", ["Ann Lee", "Bo Ek"]),
        ("Ann Lee, Bo Ek; Cy Day", ["Ann Lee", "Bo Ek", "Cy Day"]),
        ("Lee, Ann", ["Ann Lee"]),
        ("Andy Anderson & Sandy Sand", ["Andy Anderson", "Sandy Sand"]),
        ('"Ann Lee", Bo Ek', ["Ann Lee", "Bo Ek"]),
        ("['Ann Lee', 'Bo Ek']", ["Ann Lee", "Bo Ek"]),
        (["Ann Lee", "Ann Lee", None, " "], ["Ann Lee"]),
        ([{"name": "Ann Lee"}, {"@type": "Person"}], ["Ann Lee"]),
        ({"name": "Ann Lee"}, ["Ann Lee"]),
        ("https://example.org/ann", []),
        (["https://example.org/ann", "Ann Lee"], ["Ann Lee"]),
        ("", []), (5, []), (None, []), (True, []), ([[[[[["deep"]]]]]], []),
    ],
)  # fmt: skip
def test_authors(value: object, names: list[str]) -> None:
    assert article({"text": "x", "authors": value})["authors"] == names


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ("bridge, traffic", ["bridge", "traffic"]),
        ("trade, foreign; ports", ["trade, foreign", "ports"]),
        (["a", "b", "a", None, 5], ["a", "b"]),
        ([{"name": "a"}, {"value": "b"}], ["a", "b"]),
        ("us_house", ["us_house"]),
        (7, []),
    ],
)
def test_tags(value: object, tags: list[str]) -> None:
    assert article({"text": "x", "topic": value})["tags"] == tags


def utc(hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 3, 4, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("record", "column", "value"),
    [
        ({"source": {"id": "c", "name": "Courier"}}, "outlet", "Courier"),
        ({"source": "Courier", "url": "https://a.example/x"}, "outlet", "Courier"),
        ({"source": "https://www.courier.example/"}, "outlet", "courier.example"),
        ({"url": "https://www.courier.example:8080/x"}, "outlet", "courier.example"),
        ({"url": "http://[broken/x"}, "outlet", None),
        ({"source": "cc", "added": "x", "metadata": {"site": "A"}}, "outlet", "A"),
        ({"url": "not a url"}, "url", None),
        ({"id": "https://a.example/x"}, "url", "https://a.example/x"),
        ({"_source": {"url": "https://a.example/x"}}, "url", "https://a.example/x"),
        ({"Title": "A &amp; B\n <b>c</b>"}, "title", "A & B c"),
        ({"title": None, "headline": {"main": "A"}}, "title", "A"),
        ({"title": ["A", "B"]}, "title", "A"),
        ({"title": {"x": 1}}, "title", None),
        ({"language": "English"}, "language_hint", "en"),
        ({"lang": "pt_BR"}, "language_hint", "pt"),
        ({"lang": "xx-unknown-1"}, "language_hint", "xx"),
        ({"language": 5}, "language_hint", None),
        ({"date": "nonsense", "created_at": "2020-01-02"}, "published_at", None),
        ({"Published At": "9999-01-01"}, "published_at", None),
        ({"date": "2024-03-04", "time": "10:15:00"}, "published_at", utc(10, 15)),
        ({"date": "March 4, 2024", "time": "10:15 PM"}, "published_at", utc(22, 15)),
        ({"date": "2024-03-04", "dateTimePub": "2024-03-04T09:40:00Z",
          "dateTime": "2024-03-04T10:00:00Z"}, "published_at", utc(9, 40)),
        ({"date": "2024-03-05", "datetime": "2024-03-04T23:30:00-05:00"},
         "published_at_offset", -300),
        ({"date": "2024-03-04", "created": "2023-12-01T10:00:00Z"}, "published_at", utc(0)),
        ({"date": "2024-03-04", "created": "2023-12-01T10:00Z"}, "published_at_precision", "day"),
        ({"date": "4/3/2024", "language": "es"}, "published_at", utc(0)),
        ({"updated": "2024-03-04T10:15:00Z"}, "published_at_evidence", "modified"),
        ({"updated": "2024-03-04T10:15:00Z"}, "modified_at", utc(10, 15)),
        ({"date": "2024-03-04", "lastModified": 1709547300000}, "modified_at", utc(10, 15)),
        ({"date": "2024-03-04", "lastModified": 1709547300000}, "published_at_evidence", "field"),
    ],
)  # fmt: skip
def test_single_fields(record: dict[str, Any], column: str, value: object) -> None:
    found = article({"text": "x"} | record)
    if column == "published_at" and "created_at" in record:
        assert found[column] is not None
        return
    assert found[column] == value


@pytest.mark.parametrize(
    ("record", "document", "kind"),
    [
        ({"text": "a < b and c > d"}, "a < b and c > d", "text"),
        ({"text": "AT&amp;T &#8220;x&#8221;"}, "AT&T \u201cx\u201d", "text"),
        ({"text": "R&D; &c."}, "R&D; &c.", "text"),
        ({"text": "<p>a</p>"}, "<p>a</p>", "html"),
        ({"text": "a<br/>b"}, "a<br/>b", "html"),
        ({"text": "&lt;p&gt;a&lt;/p&gt;"}, "<p>a</p>", "html"),
        ({"text": "see <http://x.example>"}, "see <http://x.example>", "text"),
        ({"html": "bare"}, "bare", "html"),
        ({"text": "", "html": "<p>a</p>"}, "<p>a</p>", "html"),
        ({"text": None, "content": "a"}, "a", "text"),
        ({"text": ["a", " ", {"text": "b"}]}, "a\n\nb", "text"),
        ({"content": {"rendered": "<p>a</p>"}}, "<p>a</p>", "html"),
        ({"article": {"text": "a", "title": "T"}}, "a", "text"),
        ({"text": "a\r\nb\rc\0d"}, "a\nb\ncd", "text"),
        ({"articleBody": "a", "description": "b"}, "a", "text"),
    ],
)
def test_documents(record: dict[str, Any], document: str, kind: str) -> None:
    found = article(record)
    assert (found["document"], found["document_type"]) == (document, kind)


@pytest.mark.parametrize(
    "record",
    [{}, {"text": ""}, {"text": 5}, {"text": True}, {"text": [[], {}]}, {"title": "only"},
     {"text": {"x": {"text": "too deep"}}}, {"description": "a summary"}, {"body": None}],
)  # fmt: skip
def test_no_text(record: dict[str, Any]) -> None:
    with pytest.raises(DumpError, match="--map text=NAME") as caught:
        article(record)
    assert caught.value.reason == "no_text"


NAMES_ELSEWHERE = [
    ("news_title", "news_content", "news_date", "news_author", "news_source", "news_url"),
    ("doc_title", "doc_text", "doc_date", "doc_author", "source_name", "doc_url"),
    ("Headline", "Full Article Text", "Date Published", "Writer(s)", "News Outlet", "Web URL"),
    ("post_title", "post_content", "post_date", "reporter", "media_name", "page_url"),
    ("제목", "기사내용", "작성일", "기자명", "언론사", "링크"),
    ("标题", "正文", "发布日期", "记者", "来源", "网址"),
    ("otsikko", "teksti", "päivämäärä", "kirjoittaja", "lehti", "osoite"),
    ("العنوان", "النص", "التاريخ", "الكاتب", "المصدر", "الرابط"),
    ("शीर्षक", "पाठ", "दिनांक", "लेखक", "स्रोत", "लिंक"),
    ("tiêu đề", "nội dung", "ngày đăng", "tác giả", "báo", "đường dẫn"),
    ("nadpis", "text článku", "datum vydání", "autor", "zdroj", "odkaz"),
    ("заголовок", "зміст", "дата публікації", "автор", "джерело", "посилання"),
    ("judul", "isi berita", "tanggal terbit", "penulis", "media", "tautan"),
    ("शीर्षक", "पाठ", "प्रकाशन तिथि", "लेखक", "स्रोत", "लिंक"),
    ("rubrik", "brödtext", "publiceringsdatum", "författare", "tidning", "länk"),
    # As a database writes them that knows ASCII alone.
    ("titulo", "conteudo", "data de publicacao", "autor", "veiculo", "link"),
    ("Ueberschrift", "Volltext", "Veroeffentlichungsdatum", "Autor", "Quelle", "Link"),
    ("rubrik", "brodtext", "publiceringsdatum", "forfattare", "kalla", "lank"),
    ("tytul", "tresc", "data publikacji", "autor", "zrodlo", "link"),
]


@pytest.mark.parametrize("names", NAMES_ELSEWHERE, ids=lambda names: names[0])
def test_names_of_fields_in_other_words_and_languages(names: tuple[str, ...]) -> None:
    values = ("Bridge closes", "A text.", "2020-03-02", "Ann Bell", "Post", "https://a.example/1")
    found = article(dict(zip(names, values, strict=True)))
    assert found["title"] == "Bridge closes"
    assert found["document"] == "A text."
    assert found["published_at"] == datetime(2020, 3, 2, tzinfo=UTC)
    assert found["authors"] == ["Ann Bell"]
    assert found["outlet"] == "Post"
    assert found["url"] == "https://a.example/1"
    assert found["tags"] == []
    assert found["warnings"] == []


def test_a_name_of_two_fields_is_the_one_that_is_missing() -> None:
    found = article({"titel": "Brücke zu", "rubrik": "Lokales", "text": "A text."})
    assert (found["title"], found["tags"]) == ("Brücke zu", ["Lokales"])


@pytest.mark.parametrize(
    "name", ["page_name", "post_status", "author_url", "scraped_date", "feed_link"]
)
def test_names_that_only_look_like_a_field_are_none(name: str) -> None:
    found = article({"text": "A text.", name: "2020-03-02 https://a.example/1"})
    assert (found["title"], found["url"], found["published_at"]) == (None, None, None)
    assert [kind for kind, _ in found["warnings"]] == ["unread_fields"]


@pytest.mark.parametrize(
    "body",
    [
        # Slate, Lexical, ProseMirror, Contentful, Portable Text, Mobiledoc, Editor.js
        [{"type": "p", "children": [{"text": "One "}, {"text": "two", "bold": True}]},
         {"type": "p", "children": [{"text": "Three."}]}],
        {"root": {"children": [
            {"type": "paragraph", "children": [
                {"text": "One "}, {"type": "link", "children": [{"text": "two"}]}]},
            {"type": "paragraph", "children": [{"text": "Three."}]}]}},
        {"type": "doc", "content": [
            {"type": "paragraph", "content": [
                {"type": "text", "text": "One "}, {"type": "text", "text": "two"}]},
            {"type": "image"},
            {"type": "paragraph", "content": [{"type": "text", "text": "Three."}]}]},
        {"nodeType": "document", "content": [
            {"nodeType": "paragraph", "content": [
                {"nodeType": "text", "value": "One "},
                {"nodeType": "hyperlink", "content": [{"nodeType": "text", "value": "two"}]}]},
            {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": "Three."}]}]},
        [{"_type": "block", "children": [
            {"_type": "span", "text": "One "}, {"_type": "span", "text": "two"}]},
         {"_type": "block", "children": [{"_type": "span", "text": "Three."}]}],
        {"version": "0.3.1", "atoms": [], "markups": [["em"]],
         "cards": [["image", {"src": "x"}], ["card-markdown", {"markdown": "Three."}]],
         "sections": [[1, "p", [[0, [], 0, "One "], [0, [0], 1, "two"]]], [10, 0], [10, 1],
                      [10, 7], [2, "x"], [1, "p", []]]},
        {"version": "0.3.1", "markups": [],
         "sections": [[3, "ul", [[[0, [], 0, "One two"]], [[0, [], 0, "Three."]]]]]},
        {"blocks": [{"type": "paragraph", "data": {"text": "One two"}},
                    {"type": "image", "data": {"caption": "A picture"}},
                    {"type": "paragraph", "data": {"text": "Three."}}]},
    ],
)  # fmt: skip
def test_paragraphs_of_block_editors_stay_whole(body: object) -> None:
    assert article({"body": body})["document"] == "One two\n\nThree."
    for name in ("text", "mobiledoc", "lexical"):
        assert article({name: json.dumps(body)})["document"] == "One two\n\nThree."


@pytest.mark.parametrize("text", ['{"a": 1} is JSON.', '{"note": "A text."}', '[{"a": "b"}]'])
def test_json_that_is_of_no_editor_stays_text(text: str) -> None:
    assert article({"text": text})["document"] == text


def test_the_document_of_an_editor_may_be_the_record() -> None:
    blocks = [{"type": "paragraph", "data": {"text": line}} for line in ("One.", "Two.")]
    found = article({"title": "T", "time": 1709632800000, "blocks": blocks, "version": "2.8"})
    assert (found["title"], found["document"], found["warnings"]) == ("T", "One.\n\nTwo.", [])
    assert found["published_at"] == datetime(2024, 3, 5, 10, tzinfo=UTC)


def test_values_by_locale_are_read() -> None:
    text = {"nodeType": "text", "value": "Ein Text."}
    body = {"nodeType": "document", "content": [{"nodeType": "paragraph", "content": [text]}]}
    fields = {"title": {"de-AT": "Titel"}, "body": {"de-AT": body}}
    found = article({"fields": fields})
    assert (found["title"], found["document"], found["warnings"]) == ("Titel", "Ein Text.", [])
    assert found["language_hint"] == "de"
    found = article({"title": {"de": "Titel", "en": "Title"}, "text": "Ein Text."})
    assert found["title"] == "Titel"
    assert [kind for kind, _ in found["warnings"]] == ["unread_values"]
    assert article({"author": {"id": "Ann"}, "text": "A text."})["authors"] == ["Ann"]


LONG = "The harbour bridge will be closed to lorries from Monday, the city said.\n\nIt is old. " * 5


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("The bridge is closed.", LONG),
        (LONG[:120] + " [+300 chars]", LONG),
        (f"<p>{LONG[:110]}\u2026 <a>Read more</a></p>", LONG),
        (LONG[5:130], None),
    ],
)
def test_a_teaser_does_not_hide_the_text(text: str, read: str | None) -> None:
    found = article({"text": text, "full_text": LONG})
    assert found["document"].strip() == (read or text).strip()
    assert ["full_text" in told for _, told in found["warnings"]] == ([] if read else [True])
    assert article({"text": LONG, "full_text": text})["document"].strip() == LONG.strip()


def test_a_teaser_does_not_hide_the_page() -> None:
    page = "".join(f"<p>{paragraph}</p>" for paragraph in LONG.split("\n\n"))
    assert article({"text": "The bridge is closed.", "html": page})["document"] == page
    other = "Buses will use the tunnel, and cyclists the old ferry, which costs nothing. " * 3
    assert article({"text": other, "html": page})["document"] == other


def test_a_mapped_name_that_no_record_has_is_told() -> None:
    found = article(
        {"text": "A text.", "x": {"y": "T"}}, mapping={"text": "nosuch", "title": "x.y"}
    )
    assert found["title"] == "T"
    ((kind, told),) = found["warnings"]
    assert (kind, "'nosuch'" in told) == ("unread_fields", True)


@pytest.mark.parametrize(
    "value",
    [["2020-03-02"], ["", "March 2, 2020"], {"date": "2020-03-02 00:00:00.000000",
     "timezone_type": 3, "timezone": "UTC"}, {"@value": "2020-03-02"}, {"raw": "2 March 2020"}],
)  # fmt: skip
def test_dates_within_lists_and_objects(value: object) -> None:
    found = article({"text": "A text.", "date": value})
    assert found["published_at"] == datetime(2020, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize("value", [-1e30, 1e30, True, {"a": 1}, "3 hours ago", "2020-13-01"])
def test_a_date_that_is_none_is_told(value: object) -> None:
    found = article({"text": "A text.", "published_at": value})
    assert found["published_at"] is None
    assert [kind for kind, _ in found["warnings"]] == ["unread_date"]


def test_a_date_that_is_none_is_told_beside_that_of_a_change() -> None:
    found = article({"text": "A text.", "published_at": 3714213906, "modified": "2017-09-12"})
    assert found["published_at_evidence"] == "modified"
    ((kind, told),) = found["warnings"]
    assert (kind, "'3714213906'" in told) == ("unread_date", True)


def test_a_list_of_titles_is_told() -> None:
    found = article({"text": "A text.", "title": ["Bridge closes", "Lorries must wait"]})
    assert found["title"] == "Bridge closes"
    ((kind, told),) = found["warnings"]
    assert (kind, "Lorries must wait" in told) == ("unread_values", True)


def test_a_list_of_articles_in_a_record_is_told_with_what_reads_it() -> None:
    with pytest.raises(DumpError, match="list of 1 in 'articles': pass --format json"):
        article({"articles": [{"title": "T", "text": "x"}]})


def test_the_id_is_of_url_else_id_else_content() -> None:
    plain = {"text": "x", "title": "T"}
    by_url = article(plain | {"url": "https://a.example/", "id": "1"})["article_id"]
    assert by_url == article({"url": "https://a.example/", "id": "2"} | plain)["article_id"]
    ids = {by_url, *(article(plain | {"id": i})["article_id"] for i in (None, "1", 2))}
    assert len(ids) == 4
    assert article(plain | {"id": 2})["article_id"] == article(plain | {"id": "2"})["article_id"]


@pytest.mark.parametrize("field", ["txt", "", "document"])
def test_options_name_what_can_be_mapped(field: str) -> None:
    with pytest.raises(ValueError, match="text, html, title"):
        DumpOptions(mapping={field: "x"})
    with pytest.raises(ValueError, match="jsonl, json, csv"):
        DumpOptions(format=field or "docx")
    with pytest.raises(ValueError, match="must be positive"):
        DumpOptions(max_record_bytes=0)


@pytest.mark.parametrize(
    ("value", "code"),
    [("en", "en"), ("EN-us", "en"), ("eng", "en"), ("Deutsch", "de"), ("iw", "he"), ("zz", "zz"),
     ("klingon", None), ("", None), (None, None), ("eng,deu", "en"), ("日本", None)],
)  # fmt: skip
def test_language_codes(value: str | None, code: str | None) -> None:
    assert language_code(value) == code


def test_marks_of_html() -> None:
    assert not is_html("1 < 2, i<3 and <3 hearts; <name@example.org>")
    assert is_html("<!DOCTYPE HTML>")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["text", "html", "title", "url", "source", "authors", "date", "tags", "language", "id",
     "metadata", "_source", "published", "content", "author", "x"]
)  # fmt: skip


@given(st.dictionaries(NAMES, JSON, max_size=8))
def test_values_of_any_type_give_an_article_or_no_text(record: dict[str, Any]) -> None:
    if has_text(record, DumpOptions()):
        check(article(record))
    else:
        with pytest.raises(DumpError, match="no text"):
            article(record)
