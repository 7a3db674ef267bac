"""Small inputs that people reported of tools like this one, each with what is right of it.

They lie in the data folder, beside a file that says so; inputs of the same kinds of our own are in
the tests of each subject.
"""

from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import planned_transforms
from pipeline.transform import CorpusTransform
from tests.dump_reading import articles, read


@pytest.fixture(scope="module")
def reported(shared_data: Path) -> Path:
    """The folder of the inputs."""
    folder = shared_data / "reported"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent")
    return folder


def cleaned(path: Path) -> list[dict[str, Any]]:
    """Returns the articles of a dump after all transforms of single articles, in order."""
    found = articles(read(path))
    for transform in planned_transforms({}):
        if not isinstance(transform, CorpusTransform):
            transform.setup()
            found = [transform.apply(article) for article in found]
    return found


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
