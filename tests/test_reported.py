"""Small inputs that people reported of tools like this one, each with what is right of it.

They lie in the data folder, beside a file that says so; inputs of the same kinds of our own are in
the tests of each subject.
"""

from pathlib import Path
from typing import Any

import pytest

from pipeline.transform import Drop
from tests.dump_reading import articles, read, transformed


@pytest.fixture(scope="module")
def reported(shared_data: Path) -> Path:
    """The folder of the inputs."""
    folder = shared_data / "reported"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent")
    return folder


def cleaned(path: Path) -> list[dict[str, Any]]:
    """Returns the articles of a dump after all transforms of single articles, in order."""
    return transformed(articles(read(path)))


def published(path: Path) -> list[str | None]:
    """Returns when the articles of a dump were published, in UTC, to the minute or the day."""
    return [
        article["published_at"].strftime(
            "%Y-%m-%d" if article["published_at_precision"] == "day" else "%Y-%m-%d %H:%M"
        )
        if article["published_at"]
        else None
        for article in cleaned(path)
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("compact_minutes.jsonl", ["2020-03-02 10:15"]),
        ("date_before_time.json", ["2024-03-04 09:40"]),
        ("date_of_a_teaser.html", ["2019-10-22"]),
        ("dates_dst.jsonl", ["2023-10-31 20:05", "2023-01-31 21:05", "2023-07-04 14:00"]),
        (
            "dates_months_1.jsonl",
            ["2016-08-15 13:43", "2020-03-24", "2020-04-02", "2020-04-02", "2020-07-12",
             "2021-01-03", "2021-08-03 14:05", "2020-03-02"],
        ),
        ("dates_utc_suffix.jsonl", ["2020-03-02 10:15", "2020-03-02 10:15"]),
        (
            "ddmm_column.csv",
            ["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02", "2024-03-13"],
        ),
        ("excel_serial.csv", ["2020-03-02", "2020-03-03 10:04"]),
        ("text_date_line.txt", ["2024-03-04"]),
        ("today_in_masthead.html", ["2020-05-14 17:55"]),
        ("visible_date_es.html", ["2020-04-02"]),
        ("visible_date_fr.html", ["2021-08-03 14:05"]),
        ("visible_date_pl.html", ["2020-12-12 10:15"]),
        ("visible_date_ru.html", ["2016-08-15 13:43"]),
        ("authors_outlet_line.txt", ["2024-03-04 06:30"]),
    ],
)  # fmt: skip
def test_dates(reported: Path, name: str, expected: list[str]) -> None:
    assert published(reported / name) == expected


@pytest.mark.parametrize(
    ("name", "authors"),
    [
        ("authors_outlet_line.txt", ["Ann Bell"]),
        ("authors_oxford.html", ["Dana Ford", "Will Stone", "Jane Moe", "Tom Watkins"]),
        ("authors_results.txt", []),
        ("today_in_masthead.html", ["Ann Bell"]),
    ],
)
def test_authors(reported: Path, name: str, authors: list[str]) -> None:
    [article] = cleaned(reported / name)
    assert article["authors"] == authors


def texts(path: Path) -> list[list[str]]:
    """Returns the paragraphs of the articles of a dump."""
    return [[paragraph[1] for paragraph in article["paragraphs"]] for article in cleaned(path)]


def test_characters(reported: Path) -> None:
    [[japanese]] = texts(reported / "iso2022jp.txt")
    assert "\x1b" not in japanese
    assert [a["language"] for a in cleaned(reported / "iso2022jp.txt")] == ["ja"]
    [russian] = cleaned(reported / "mojibake_1251.txt")
    assert russian["text"].startswith("Совет порта в понедельник вечером решил продать старый")
    assert russian["language"] == "ru"
    [polish] = cleaned(reported / "short_cp1250.txt")
    assert polish["encoding"] == "cp1250"
    assert "postanowiła w poniedziałek wieczorem sprzedać" in polish["text"]
    [paragraphs] = texts(reported / "soft_hyphens.html")
    for word in ("harbour", "monument", "contract", "builder"):
        assert any(word in text for text in paragraphs)
    [[first, second]] = [lines[-2:] for lines in texts(reported / "ocr_hyphens.txt")]
    joined = f"{first} {second}"
    assert "committee" in joined
    assert not any(f"{half}- " in joined for half in ("ex", "mid", "com", "town", "half"))


@pytest.mark.parametrize(("name", "paragraphs"), [("wire_notes.txt", 3), ("reuters_brief.txt", 4)])
def test_notes_to_editors(reported: Path, name: str, paragraphs: int) -> None:
    assert list(map(len, texts(reported / name))) == [paragraphs]


def test_results_stay(reported: Path) -> None:
    [paragraphs] = texts(reported / "authors_results.txt")
    assert paragraphs[0] == "Premier League"


def test_languages(reported: Path) -> None:
    found = [article["language"] for article in cleaned(reported / "lang_beyond_1.jsonl")]
    assert found[0] in ("ms", "und")  # Malay and Indonesian share most words
    assert found[1:] == ["mn", "uz", "ps"]


SOLD, COURT, FERRY = "Grain store sold", "Court asked to stop tower sale", "Ferry quay plan delayed"
EXPORT = {
    "title": [SOLD, COURT, FERRY],
    "outlet": ["Tarvik Times", "Nordland Post", "Tarvik Times"],
    "authors": [["Ann Bell"], ["Olav Moe"], ["Ann Bell"]],
    "paragraphs": [2, 2, 2],
}
FORMATS: dict[str, dict[str, list[Any]]] = {
    "factiva_txt_many.txt": EXPORT | {"day": ["2018-09-14", "2018-09-15", "2018-09-16"]},
    "lexis_txt.txt": EXPORT | {"day": ["2013-03-14", "2013-03-15", "2013-03-16"]},
    "nexis_html_many.html": EXPORT | {"day": ["2013-03-14", "2013-03-15", "2013-03-16"]},
    "split_one_brief.txt": {"paragraphs": [5, 3, 3, 1]},
    "front_matter.md": {
        "title": [SOLD], "published": ["2024-03-04 05:30"], "authors": [["Ann Bell"]],
        "tags": [["ports", "ferries"]],
    },
    "iptc7901.txt": {
        "title": ["Grain store sold to Danish builder"], "agency": ["dpa"],
        "published": ["2024-03-04 06:30"], "paragraphs": [3],
    },
    "reuters_sgml.sgm": {
        "title": ["GRAIN STORE SOLD", "COURT ASKED TO STOP SALE", "FERRY QUAY PLAN DELAYED"],
        "published": ["1987-02-26 15:01", "1987-02-26 15:02", "1987-02-26 15:03"],
        "paragraphs": [2, 2, 2], "tags": [["grain"]] * 3,
    },
    "custom_xml.xml": {
        "title": [SOLD, "Court asked to stop sale"], "outlet": ["Tarvik Times", "Nordland Post"],
        "day": ["2024-03-04", "2024-03-05"], "paragraphs": [1, 1],
    },
    "nitf.xml": {
        "title": [SOLD], "authors": [["Ann Bell"]], "published": ["2024-03-04 05:30"],
        "agency": ["NTB"], "outlet": ["Tarvik Times"], "tags": [["Ports"]], "paragraphs": [3],
    },
    "rss_full.xml": {
        "title": [SOLD, "Court asked to stop sale"], "authors": [["Ann Bell"], ["Olav Moe"]],
        "url": ["https://tarvik.test/1", "https://tarvik.test/2"],
        "published": ["2024-03-04 05:30", "2024-03-05 06:10"], "outlet": ["Tarvik Times"] * 2,
        "tags": [["Town"]] * 2, "paragraphs": [2, 2],
    },
    "wxr.xml": {
        "title": [SOLD], "url": ["https://tarvik.test/1"], "published": ["2024-03-04 05:30"],
        "paragraphs": [3],
    },
    "mail_qp.eml": {
        "title": ["Grain store sold \u2013 tower stays"], "published": ["2024-03-04 05:30"],
        "outlet": ["Tarvik Times"], "paragraphs": [3],
    },
    "ap_media_api.json": {"published": ["2024-03-04 09:00"], "paragraphs": [3]},
    "diffbot_objects.json": {
        "url": ["https://ex.test/a"], "outlet": ["Tarvik Times"], "authors": [["Ann Bell"]],
        "day": ["2024-03-04"], "paragraphs": [3],
    },
    "fundus_json.json": {
        "published": ["2024-03-04 10:00"], "outlet": ["Tarvik Times"], "tags": [["Ports"]],
        "paragraphs": [5],
    },
    "jsonfeed_both.json": {"paragraphs": [3]},
    "jsonld_graph.json": {"paragraphs": [3]},
    "newsapi_cut.json": {"title": [SOLD], "is_truncated": [True]},
    "ninjs_both.json": {
        "published": ["2024-03-04 09:30"], "authors": [["Ann Bell"]], "paragraphs": [3],
    },
    "pandas_columns.json": {"title": [SOLD, "Court asked"], "paragraphs": [3, 2]},
    "readability_both.json": {"paragraphs": [3]},
    "traf_json.json": {
        "url": ["https://tarvik.test/tr"], "outlet": ["Tarvik Times"],
        "authors": [["Ann Bell", "Bob Roy"]],
    },
    "wp_rest_author.json": {"authors": [["Ann Bell"]], "tags": [["Ports"]]},
    "wapo_contents.jsonl": {
        "authors": [["Ann Bell"]], "published": ["2024-03-04 10:00"], "paragraphs": [3],
    },
    "xsum_document.jsonl": {"paragraphs": [3, 3]},
    "literal_newlines.jsonl": {"paragraphs": [3]},
    "csv_names_de_es_fr.csv": {
        "title": ["Speicher verkauft", "Gericht gefragt"], "day": ["2024-03-04", "2024-03-05"],
        "outlet": ["Tarvik Zeitung", "Nordland Post"], "authors": [["Anna Bell"], ["Olav Moe"]],
        "paragraphs": [3, 2],
    },
    "excel_sep.csv": {
        "title": [SOLD, "Court asked"], "day": ["2024-03-04", "2024-03-05"],
        "outlet": ["Tarvik Times", "Nordland Post"], "paragraphs": [2, 2],
    },
    "warc_lf_header.warc": {"paragraphs": [3]},
    "br_hard_wrapped.html": {"paragraphs": [5]},
    "inline_custom_elements.html": {"paragraphs": [3]},
    "jsonld_only.html": {"paragraphs": [5]},
    "liveblog_jsonld.html": {"paragraphs": [5]},
    "next_data.html": {"published": ["2024-03-04 05:30"], "paragraphs": [5]},
    "pre_article.html": {"paragraphs": [5]},
    "reader_comments.html": {"paragraphs": [4]},
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_formats(reported: Path, name: str) -> None:
    found = cleaned(reported / name)
    for field, expected in FORMATS[name].items():
        if field == "paragraphs":
            values = [len(article["paragraphs"]) for article in found]
        elif field == "tags":  # those of the dump come first
            values = [a["tags"][: len(tags)] for a, tags in zip(found, expected, strict=True)]
        elif field in ("day", "published"):
            form = "%Y-%m-%d" if field == "day" else "%Y-%m-%d %H:%M"
            values = [article["published_at"].strftime(form) for article in found]
        elif field == "tags":
            # Keywords of the text follow those of the dump.
            values = [
                article["tags"][: len(tags)] for article, tags in zip(found, expected, strict=False)
            ]
        else:
            values = [article[field] for article in found]
        assert values == expected, field


@pytest.mark.parametrize("name", ["consent_page.html", "not_found_200.html"])
def test_pages_that_are_no_article(reported: Path, name: str) -> None:
    with pytest.raises(Drop) as dropped:
        cleaned(reported / name)
    assert dropped.value.reason == "no_article"
