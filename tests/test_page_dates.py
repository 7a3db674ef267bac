"""When a page was published and changed: metadata, what readers see, and the address."""

import datetime
import json
from typing import Any

import pytest

from transforms.extraction.metadata import page_metadata, read_page
from transforms.extraction.tree import parse_html

TEXT = "".join(
    f"<p>{text}</p>"
    for text in (
        "The lighthouse keeper of Sandvik found the lamp dark on Sunday morning and rowed to the "
        "mainland for help, although the wind stood against him and the boat took water.",
        "A mechanic of the coast office needed four hours to mend the motor that turns the lens, "
        "and asked the board to buy a new one before the storms of the autumn begin.",
        "Ships had been warned by radio during the night. The last time the lamp failed was in the "
        "year of the great flood, when the keeper's grandfather held the office.",
    )
)
NAV = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/local'>Local</a></li></ul></nav>"


def dates(
    head: str = "", body: str = "", url: str | None = None, lang: str = "en"
) -> dict[str, Any]:
    page = f"<html lang='{lang}'><head>{head}</head><body>{body}</body></html>"
    root = parse_html(page)
    assert root is not None
    return page_metadata(root, read_page(root), url)


def linked(**node: str) -> str:
    node = {"@type": "NewsArticle", "headline": "Lamp goes dark", **node}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def minute(found: dict[str, Any], column: str = "published_at") -> str | None:
    return found[column].strftime("%Y-%m-%d %H:%M") if found[column] else None


@pytest.mark.parametrize(
    ("lang", "line", "expected"),
    [
        ("es", "<p class='fecha'>lunes 9 de marzo de 2020</p>", "2020-03-09 00:00"),
        ("fr", "<span>Publié le 9 mars 2020 à 18h40</span>", "2020-03-09 18:40"),
        ("pl", "<div>9 marca 2020, 18:40</div>", "2020-03-09 18:40"),
        ("ru", "<div>9 марта 2020, 18:40</div>", "2020-03-09 18:40"),
        ("de", "<div>Ann Bell · Montag, 9. März 2020, 18.40 Uhr</div>", "2020-03-09 18:40"),
        ("ja", "<p>2020年3月9日 18時40分</p>", "2020-03-09 18:40"),
        ("ar", "<p>الاثنين 9 مارس 2020 - 18:40</p>", "2020-03-09 18:40"),
        ("en", "<time datetime='2020-03-09T18:40:00+01:00'>Monday</time>", "2020-03-09 17:40"),
        ("en", "<div>By <b>Ann Bell</b><br>Sandvik Post<br>Mon, 9 Mar 2020 18:40 UTC</div>",
         "2020-03-09 18:40"),
        ("en", "<p>9 March 2020 | Updated: 11 March 2020</p>", "2020-03-09 00:00"),
        ("en", "<p><span>Last updated</span> <span>11 March 2020</span></p><p>9 March 2020</p>",
         "2020-03-09 00:00"),
        ("en", "<time class='updated' datetime='2020-03-11'>11 March</time><p>9 March 2020</p>",
         "2020-03-09 00:00"),
        ("es", "<p>09/03/2020</p>", "2020-03-09 00:00"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["behind", "before", "in a header"])
def test_the_date_beside_the_headline(lang: str, line: str, expected: str, place: str) -> None:
    headline = "<h1>Lamp goes dark</h1>"
    head = {
        "behind": headline + line,
        "before": line + headline,
        "in a header": f"<header><div>{headline}</div><div>{line}</div></header>",
    }[place]
    masthead = "<div id='today'>Fri, 25 Dec 2026</div>" + NAV
    teasers = (
        "<aside><article><h3><a href='/x'>Ferry fares</a></h3><time datetime='2009-04-11'></time>"
        "</article></aside><h3>More news</h3><ul><li><article><h4><a href='/y'>Old quay</a></h4>"
        "<time datetime='2011-01-02'>2 January 2011</time></article></li></ul>"
    )
    found = dates("", f"{masthead}<article>{head}{TEXT}</article>{teasers}", lang=lang)
    assert minute(found) == expected
    assert found["published_at_evidence"] == "page"


def test_metadata_decides_the_moment_and_the_page_its_offset() -> None:
    head = linked(datePublished="2020-03-10T01:40:00Z")
    body = f"<h1>Lamp goes dark</h1><p>March 9, 2020 at 8:40 p.m.</p>{TEXT}"
    found = dates(head, body)
    assert minute(found) == "2020-03-10 01:40"
    assert (found["published_at_offset"], str(found["published_on"])) == (-300, "2020-03-09")
    assert found["published_at_evidence"] == "metadata"


@pytest.mark.parametrize(
    ("line", "url", "day"),
    [
        ("<p>March 9, 2020</p>", None, "2020-03-09"),
        ("", "https://post.example/2020/03/09/lamp", "2020-03-09"),
        ("", "https://post.example/2020/mar/09/lamp", "2020-03-09"),
        ("<p>Updated March 9, 2020</p>", None, "2020-03-10"),  # nothing is published after a change
        ("<p>March 7, 2020</p>", None, "2020-03-10"),  # no clock has this day
        ("", "https://post.example/2019/01/02/lamp", "2020-03-10"),
    ],
)
def test_the_outlets_own_day(line: str, url: str | None, day: str) -> None:
    head = linked(datePublished="2020-03-10T01:40:00Z")
    found = dates(head, f"<h1>Lamp goes dark</h1>{line}{TEXT}", url)
    assert str(found["published_on"]) == day
    assert minute(found) == "2020-03-10 01:40"


def test_a_statement_of_the_same_moment_gives_the_offset() -> None:
    meta = "<meta property='article:published_time' content='2020-03-09T20:40:00-05:00'>"
    found = dates(linked(datePublished="2020-03-10T01:40:00.000Z") + meta)
    assert (found["published_at_offset"], str(found["published_on"])) == (-300, "2020-03-09")


def test_what_is_known_of_the_last_change() -> None:
    body = f"<h1>Lamp goes dark</h1><p>Updated 11 March 2020 09:15</p>{TEXT}"
    found = dates("", body)
    assert minute(found, "modified_at") == "2020-03-11 09:15"
    assert found["published_at_evidence"] == "modified"
    found = dates("", body, "https://post.example/2020/03/09/lamp")
    assert minute(found) == "2020-03-09 00:00"
    assert minute(found, "modified_at") == "2020-03-11 09:15"
    assert found["published_at_evidence"] == "url"


def test_days_in_the_text_and_sentences_are_none_of_the_page() -> None:
    line = "<p>The office asked for offers by 3 May 2019.</p>"
    summary = "<p>On 2 May 2019 the board said no to a new lamp for the fifth time.</p>"
    found = dates("", f"<article><h1>Lamp goes dark</h1>{summary}{line}{TEXT}</article>")
    assert found["published_at"] is None


def test_address_and_page_agree_within_a_day() -> None:
    found = dates(
        "", f"<h1>Lamp goes dark</h1><p>10 March 2020 08:15</p>{TEXT}",
        "https://post.example/2020/03/09/lamp",
    )  # fmt: skip
    assert minute(found) == "2020-03-10 08:15"
    found = dates(
        "", f"<h1>Lamp goes dark</h1><p>10/03/2020</p>{TEXT}", "https://post.example/20200310/lamp"
    )
    assert found["published_on"] == datetime.date(2020, 3, 10)
