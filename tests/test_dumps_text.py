"""One article a text file, or several between clear separators."""

import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dumps.text import file_name, separator
from tests.dump_reading import articles, read, reasons, write

ARTICLE = "A headline\n\n" + "A sentence of seven words stands here. " * 6 + "\n"
SEPARATORS = [
    "=" * 10, "=" * 80, "##########", "~" * 12, "-" * 20, "*" * 40, "_" * 60, " " + "=" * 30 + " ",
    "\f", "3 of 120 DOCUMENTS", "Document 7 of 9", "End of Document",
]  # fmt: skip


@pytest.mark.parametrize("line", SEPARATORS)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_separator_lines_divide(line: str, ending: str, tmp_path: pathlib.Path) -> None:
    text = f"\n{line}\n".join([ARTICLE] * 3) + f"\n{line}\n"
    path = write(tmp_path, "a.txt", text.replace("\n", ending).encode())
    found = articles(read(path))
    assert [article["document"].strip() for article in found] == [ARTICLE.strip()] * 3
    assert [article["record_index"] for article in found] == [0, 1, 2]


@pytest.mark.parametrize(
    "text",
    [
        ARTICLE + "\n***\n\n" + ARTICLE,
        ARTICLE + "\n* * *\n\n" + ARTICLE,
        ARTICLE + "\n----------\n\n" + ARTICLE,
        ARTICLE + "\n" + "_" * 15 + "\n\n" + ARTICLE,
        # Underlined headings.
        "A long headline\n===============\n\n" + ARTICLE + "\nA heading\n==========\n" + ARTICLE,
        # Too little between the lines.
        ARTICLE + "\n==========\nShort\n==========\n" + ARTICLE,
        "A headline\n==========================\n" + ARTICLE,
        # Within a line.
        ARTICLE + "He wrote ========== and left.\n" + ARTICLE,
        ARTICLE + "It is page 3 of 12 of the report.\n" + ARTICLE,
        ARTICLE,
    ],
)  # fmt: skip
def test_section_breaks_and_headings_do_not_divide(text: str, tmp_path: pathlib.Path) -> None:
    (article,) = articles(read(write(tmp_path, "a.txt", text.encode())))
    assert article["document"] == text


@given(st.lists(st.sampled_from(["word " * 20, "\n", "\n\n", "=" * 12 + "\n", "short\n", "\f"])))
def test_dividing_loses_nothing(pieces: list[str]) -> None:
    text = "".join(pieces).encode()
    kind = separator(text, whole=True)
    if kind is None:
        return
    # Every part that is an article has at least two lines and forty words by the rule.
    assert text.count(b"word") >= 80


def test_a_large_file_is_divided_while_it_is_read(tmp_path: pathlib.Path) -> None:
    parts = [ARTICLE.replace("headline", f"headline {number}") for number in range(500)]
    text = ("\n" + "=" * 30 + "\n").join(parts)
    path = write(tmp_path, "a.txt", text.encode())
    whole = [article["document"].strip() for article in articles(read(path))]
    streamed = [
        article["document"].strip() for article in articles(read(path, max_record_bytes=4096))
    ]
    assert whole == streamed == [part.strip() for part in parts]


def test_a_part_that_is_too_large_costs_itself_only(tmp_path: pathlib.Path) -> None:
    rule = "\n" + "=" * 30 + "\n"
    text = rule.join([ARTICLE, ARTICLE, ARTICLE * 1000, ARTICLE])
    path = write(tmp_path, "a.txt", text.encode())
    assert reasons(read(path, max_record_bytes=4096)) == ["article"] * 2 + ["too_large", "article"]
    path = write(tmp_path, "b.txt", (ARTICLE * 1000).encode())
    assert reasons(read(path, max_record_bytes=4096)) == ["too_large"]


def test_the_id_of_a_file_is_of_its_name_and_of_a_part_is_not(tmp_path: pathlib.Path) -> None:
    one = write(tmp_path, "one.txt", ARTICLE.encode())
    other = write(tmp_path, "other.txt", ARTICLE.encode())
    assert read(one)[0]["article_id"] != read(other)[0]["article_id"]
    rule = ("\n" + "=" * 30 + "\n").encode()
    pair = write(tmp_path, "pair.txt", rule.join([ARTICLE.encode()] * 2))
    trio = write(tmp_path, "trio.txt", rule.join([ARTICLE.encode()] * 3))
    assert read(pair)[0]["article_id"] == read(trio)[0]["article_id"]


def test_file_name_leaves_out_folders_and_archives() -> None:
    assert file_name("/a/b.zip!c/d.tar!e.txt") == "e.txt"
    assert file_name("s3://bucket/a.txt") == "a.txt"


@pytest.mark.parametrize(
    "header",
    [
        "From: Post <news@example.org>\nSent: Monday, March 2, 2020\nTo: Reader\nSubject: {}",
        "Von: Post <news@example.org>\nGesendet: Montag, 2. März 2020\nAn: Leser\nBetreff: {}",
        "Título: {}\nVeículo: O Porto\nData: 2 de março de 2020\nAlcance: 12.000\nPraça: Sul",
        "見出し:{}\n新聞名:港日報\n日付:2020年3月2日\n執筆者:小田 花子".replace(":", "\uff1a"),
    ],
)
def test_headers_of_fields_in_other_languages(tmp_path: pathlib.Path, header: str) -> None:
    body = "The harbour council voted on Tuesday to close the old terminal.\n\nNobody wanted it."
    text = f"{header.format('Terminal to close')}\n\n{body}\n"
    (found,) = articles(read(write(tmp_path, "a.txt", text.encode())))
    assert found["title"] == "Terminal to close"
    assert found["published_on"].isoformat() == "2020-03-02"
    fields = {number for number, _ in found["field_lines"]}
    lines = found["document"].split("\n")
    kept = [line for number, line in enumerate(lines, 1) if line and number not in fields]
    assert kept == body.split("\n\n")


def test_section_breaks_of_one_article_are_no_separators(tmp_path: pathlib.Path) -> None:
    parts = [
        f"Part {n} of it\n\n{'The council voted to close the old terminal. ' * 9}" for n in "123"
    ]
    found = articles(read(write(tmp_path, "a.txt", "\n\n***\n\n".join(parts).encode())))
    assert len(found) == 1


STORY = "The council voted on Monday to close the old ferry terminal before spring comes. " * 4


@pytest.mark.parametrize("bars", [" ||||| ", "\n|||||\n", "\n ||||| \n\n", "|||||"])
def test_bars_divide_within_a_line_too(bars: str, tmp_path: pathlib.Path) -> None:
    stories = [f"{number}st. {STORY}".strip() for number in range(3)]
    found = articles(read(write(tmp_path, "a.txt", bars.join(stories).encode())))
    assert [article["document"].strip() for article in found] == stories


def test_a_line_of_barred_articles_is_a_cluster(tmp_path: pathlib.Path) -> None:
    clusters = [[f"{cluster}{number}. {STORY}" for number in range(3)] for cluster in range(40)]
    lines = [" ||||| ".join(f"{story}NEWLINE_CHAR {STORY}" for story in one) for one in clusters]
    found = articles(read(write(tmp_path, "a.txt", "\n".join(lines).encode())))
    assert [article["document"] for article in found] == [
        f"{story.strip()}\n{STORY.strip()}" for one in clusters for story in one
    ]


def test_few_words_between_bars_are_no_articles(tmp_path: pathlib.Path) -> None:
    text = f"A headline\n\n{STORY}\n\nHome ||||| Sport ||||| Weather\n\n{STORY}\n"
    (article,) = articles(read(write(tmp_path, "a.txt", text.encode())))
    assert article["document"] == text


@pytest.mark.parametrize("mark", ["{}. ", "{}) ", "{}.   "])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_numbered_headlines_divide(mark: str, ending: str, tmp_path: pathlib.Path) -> None:
    heads = ["Ferry terminal to close", "Court orders the mine to pay", "Milk before the ministry"]
    parts = [f"{head}\n\n{STORY}\n\n{STORY}\n\n" for head in heads]
    text = "".join(mark.format(number) + part for number, part in enumerate(parts, 1))
    found = articles(read(write(tmp_path, "a.txt", text.replace("\n", ending).encode())))
    assert [article["document"].strip() for article in found] == [part.strip() for part in parts]


@pytest.mark.parametrize(
    "text",
    [
        # A headline above: a list of one article.
        f"Three things to know\n\n1. The first of them\n\n{STORY}\n\n2. The second one\n\n{STORY}",
        # Numbers that do not count, or sentences.
        f"1. The first of them\n\n{STORY}\n\n3. The third of them\n\n{STORY}",
        f"1. It was a cold day.\n\n{STORY}\n\n2. It was a warm day.\n\n{STORY}",
        f"1. The first of them\n\n{STORY}\n\n2. The second of them\n\nToo few words.",
    ],
)
def test_numbers_within_an_article_do_not_divide(text: str, tmp_path: pathlib.Path) -> None:
    (article,) = articles(read(write(tmp_path, "a.txt", text.encode())))
    assert article["document"] == text
