# ruff: noqa: RUF001 - letters of other scripts are meant
"""Articles without a date: their date lines and addresses."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.article import READ_COLUMNS, READ_FIELDS, RemovedLine
from tests.dump_reading import transformed
from transforms.dates import Dates

PARAGRAPHS = (
    "The lighthouse keeper of Sandvik found the lamp dark on Sunday morning and rowed to the "
    "mainland for help, although the wind stood against him.",
    "A mechanic of the coast office needed four hours to mend the motor that turns the lens.",
)


def cleaned(
    *head: str, url: str | None = None, foot: tuple[str, ...] = (), **fields: object
) -> dict[str, Any]:
    """Returns an article of a text dump after all transforms of single articles."""
    document = "\n\n".join(("Lamp goes dark at Sandvik", *head, *PARAGRAPHS, *foot))
    article: dict[str, Any] = dict.fromkeys([*READ_COLUMNS, *READ_FIELDS])
    article["source_file"] = "lamp.txt"
    article |= {
        "document": document,
        "document_type": "text",
        "authors": [],
        "tags": [],
        "url": url,
        **fields,
    }
    [found] = transformed([article])
    return found


@pytest.mark.parametrize(
    ("lines", "expected", "precision"),
    [
        (["March 9, 2020"], "2020-03-09 00:00", "day"),
        (
            ["Sandvik Post", "Published: 9 March 2020 18:40", "By Ann Bell"],
            "2020-03-09 18:40",
            "minute",
        ),
        (["Montag, 9. März 2020, 18.40 Uhr"], "2020-03-09 18:40", "minute"),
        (["понедельник, 9 марта 2020 г."], "2020-03-09 00:00", "day"),
        (["9 marca 2020 | 18:40"], "2020-03-09 18:40", "minute"),
        (["2020年3月9日 18:40"], "2020-03-09 18:40", "minute"),
        (["9 Μαρτίου 2020"], "2020-03-09 00:00", "day"),
        (["Updated: 11 March 2020", "Published: 9 March 2020"], "2020-03-09 00:00", "day"),
    ],
)  # fmt: skip
def test_a_date_line_becomes_the_date(lines: list[str], expected: str, precision: str) -> None:
    article = cleaned(*lines)
    assert article["published_at"].strftime("%Y-%m-%d %H:%M") == expected
    assert article["published_at_precision"] == precision
    assert article["published_at_evidence"] == "line"
    assert [paragraph[1] for paragraph in article["paragraphs"]] == list(PARAGRAPHS)


def test_of_a_long_list_of_dates_only_the_begin_is_read() -> None:
    for rows, evidence in ((1, "line"), (1_000, "modified")):
        foot = (*["Updated: 11 March 2020"] * rows, "Published: 9 March 2020")
        assert cleaned(foot=foot)["published_at_evidence"] == evidence


def test_only_a_change_is_known() -> None:
    article = cleaned("Updated: 11 March 2020 09:15")
    assert article["published_at_evidence"] == "modified"
    assert article["modified_at"] == article["published_at"]


def test_an_address_with_a_day() -> None:
    article = cleaned(url="https://post.example/2020/03/09/lamp")
    assert str(article["published_on"]) == "2020-03-09"
    assert article["published_at_evidence"] == "url"


def test_an_address_with_a_month_where_nothing_else_is_known() -> None:
    article = cleaned(url="https://post.example/2020/03/lamp")
    assert (article["published_at_precision"], article["published_at_evidence"]) == ("month", "url")
    assert article["published_on"] is None


def test_a_date_line_precedes_a_known_change() -> None:
    article = cleaned(
        "9 March 2020", published_at=datetime(2020, 3, 11, tzinfo=UTC),
        published_at_precision="day", published_at_evidence="modified",
    )  # fmt: skip
    assert str(article["published_on"]) == "2020-03-09"
    assert article["published_at_evidence"] == "line"


@pytest.mark.parametrize("line", ["9 March", "March 2020", "The lamp of 9 March 2020 was new."])
def test_lines_that_date_nothing(line: str) -> None:
    assert cleaned(line)["published_at"] is None


def test_a_line_amid_the_text_dates_nothing() -> None:
    lines = [RemovedLine(2, "9 March 2020", "timestamp_v4")]
    article: dict[str, Any] = dict.fromkeys(Dates.reads)
    article |= {"paragraphs": [(1, PARAGRAPHS[0]), (3, PARAGRAPHS[1])], "removed_lines": lines}
    assert Dates().apply(article)["published_at"] is None


@pytest.mark.parametrize(
    "dateline",
    [
        "Sandvik, March 9, 2020 (AFP) - ",
        "SANDVIK, Norway, 9 March 2020 (Example News) — ",
        "SANDVIK, 9 mar 2020 (EFE).- ",
        "Sandvik, 9 March 2020 – ",
    ],
)
def test_the_day_of_a_dateline_where_there_is_no_other(dateline: str) -> None:
    text = f"{dateline}The lamp was dark on Sunday morning, the coast office said, until noon."
    article = cleaned(text)
    assert str(article["published_on"]) == "2020-03-09"
    assert article["published_at_precision"] == "day"
    assert article["published_at_evidence"] == "dateline"
    dated = cleaned(text, url="https://post.example/2020/03/11/lamp")
    assert dated["published_at_evidence"] == "url"


@pytest.mark.parametrize(
    "text",
    [
        "SANDVIK, March 9 (Xinhua) -- The lamp was dark on Sunday morning until noon, it said.",
        "The lamp, dark since March 9, 2020 - a Monday - was mended on Sunday by a mechanic.",
        "In Sandvik, on March 9, 2020, the lamp was dark - nobody knew why - until noon that day.",
        "Ann Bell (March 9, 2020 - May 1, 2021) kept the lamp of Sandvik for all of a year.",
    ],
)
def test_days_in_a_text_that_are_of_no_dateline(text: str) -> None:
    assert cleaned(text)["published_at"] is None
