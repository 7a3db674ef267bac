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


POST = "<div class='post'><h2>Lamp goes dark</h2>{0}</div>"
BLOG = "<div id='header'><h1><a href='/'>Sandvik Log</a></h1></div>"
SIDEBAR = (
    "<div id='sidebar'><ul><li><a href='/a'>Ferry fares</a> 11.04.2015</li>"
    "<li><a href='/b'>Old quay</a> 02.01.2014</li></ul></div>"
)
COMMENTS = "<div id='comments'><ol><li>Bo: <small>May 5, 2008 at 10:33</small><p>At last.</p></li>"


@pytest.mark.parametrize(
    ("lang", "body", "day", "evidence"),
    [
        # Blogs: below the post, in its foot, in boxes, with a headline that is no h1.
        ("en", f"{BLOG}{TEXT}<p><small>This entry was posted on Tuesday, March 4th, 2008 at 10:12 "
         "pm and is filed under Coast. You can follow any responses.</small></p>" + COMMENTS,
         "2008-03-04", "elsewhere"),
        ("de", f"{BLOG}{TEXT}<p>Dieser Beitrag wurde am Dienstag, 4. März 2008 um 22:12 Uhr "
         "veröffentlicht und unter Küste abgelegt.</p>", "2008-03-04", "elsewhere"),
        ("en", f"{BLOG}{SIDEBAR}<h2>Lamp goes dark</h2><p>By Ann Bell, 4 March 2008</p>{TEXT}",
         "2008-03-04", "page"),
        ("en", "<h2 class='date-header'><span>Tuesday, March 4, 2008</span></h2><div class='widget "
         f"Blog'><div><h3>Lamp goes dark</h3>{TEXT}</div></div>", "2008-03-04", "page"),
        ("de", f"{POST.format(TEXT)}<abbr class='published' title='2008-03-04T22:12:00+01:00'>22:12"
         "</abbr>", "2008-03-04", "page"),
        ("de", "<div class='date'><span>Mär</span><span>04</span><span>2012</span></div>"
         + POST.format(TEXT), "2012-03-04", "page"),
        ("en", f"<article>{POST.format(TEXT)}<footer><time class='entry-date published' datetime="
         "'2016-03-04T22:12'>March 4</time><time class='updated' datetime='2017-05-05'>May 5</time>"
         "</footer></article>", "2016-03-04", "page"),
        # Content management systems, and pages that only say when they were changed.
        ("de", f"<h1>Lamp goes dark</h1>{TEXT}<span property='dc:date dc:created' content='2011-03-"
         "04T22:12:00+01:00'>vor Jahren</span>", "2011-03-04", "page"),
        ("en", f"<h1>Lamp goes dark</h1>{TEXT}<bsp-timestamp data-timestamp='1204665120000'/>",
         "2008-03-04", "page"),
        ("en", "<h1>Lamp goes dark</h1><aside class='meta'><time datetime='2008-03-04'/></aside>"
         + TEXT, "2008-03-04", "page"),
        ("de", f"<h1>Lamp goes dark</h1>{TEXT}<p>Stand: 04.03.2008</p>", "2008-03-04", "modified"),
        ("de", f"<h1>Lamp goes dark</h1>{TEXT}<footer>Diese Seite wurde zuletzt am 4. März 2008 um "
         "22:12 Uhr bearbeitet.</footer>", "2008-03-04", "modified"),
        ("en", f"<h1>Lamp goes dark</h1><time class='updated' datetime='2008-03-04'/>{TEXT}",
         "2008-03-04", "modified"),
        ("de", f"<div>Ferry fares</div>{TEXT}<div>Di 04.03.08 | 14:07 | Von Ann Bell</div>{TEXT}",
         "2008-03-04", "elsewhere"),
        # Signatures and labels below the text.
        ("de", f"<h1>Lamp goes dark</h1>{TEXT}<p>Sandvik, den 4. März 2008</p>", "2008-03-04",
         "elsewhere"),
        ("fr", f"<h1>Lamp goes dark</h1>{TEXT}<p>Mis en ligne le mardi 4 mars 2008</p><ul><li>"
         "<a href='/z'>Bac</a> 12 janvier 2015</li></ul>", "2008-03-04", "elsewhere"),
        ("en", f"<h1>Lamp goes dark</h1>{TEXT}<dl><dt>Date</dt><dd>4 March 2008</dd></dl>",
         "2008-03-04", "elsewhere"),
        # A script that describes the page, and one that describes several.
        ("en", f"<h1>Lamp goes dark</h1>{TEXT}<script>d={{'publishDate':'2008-03-04 22:12:00',"
         "'republishDate':'2009-01-01'}</script>", "2008-03-04", "script"),
        ("en", f"<h1>Lamp goes dark</h1>{TEXT}<script>d=[{{'published':'2008-03-04'}},"
         "{'published':'2009-01-01'}]</script>", None, None),
        # Days of other things.
        ("en", f"<h1>Lamp goes dark</h1>{TEXT}<p>Broadcast: Radio 4, 4 March 2008</p>", None, None),
        ("en", f"<h1>Lamp goes dark</h1>{TEXT}<p>Next concert March 4, 2008</p>", None, None),
        ("en", f"<h1>Lamp goes dark</h1>{TEXT}<script>d={{'published_before':'2008-03-04'}}"
         "</script>", None, None),
        # Sentences of the article that begin like those of a site.
        *(
            ("en", f"<h1>Lamp goes dark</h1>{TEXT}<p>{sentence}</p>{TEXT}", None, None)
            for sentence in (
                "Last Tuesday, March 4, 2008, the keepers asked for a new lamp.",
                "By March 4, 2008, they had waited for a year.",
                "Written on March 4, 2008, the letter was never sent.",
                "This story begins on March 4, 2008, in a small harbour.",
                "Effective March 4, 2008, all boats must carry a light.",
                "Data from March 4, 2008 show how many do.",
            )
        ),
        ("en", f"<h1>Lamp goes dark</h1>{TEXT}{COMMENTS}", None, None),
        ("en", f"<h1>Lamp goes dark</h1>{TEXT}{SIDEBAR}", None, None),
        ("en", f"<h1>Lamp goes dark</h1>{TEXT}<footer>© 2012 Sandvik Log</footer>", None, None),
        ("en", f"<h1>Lamp goes dark</h1>{TEXT}<div><time datetime='2015-04-11'/><time datetime="
         "'2014-01-02'/></div>", None, None),
    ],
)  # fmt: skip
def test_dates_far_from_the_headline(
    lang: str, body: str, day: str | None, evidence: str | None
) -> None:
    found = dates("<title>Lamp goes dark | Sandvik Log</title>", body, lang=lang)
    assert (found["published_on"] and str(found["published_on"])) == day
    assert found["published_at_evidence"] == evidence


@pytest.mark.parametrize("line", ["4 March 2020", "Updated: 4 March 2020"])
def test_of_a_long_list_of_dates_only_the_begin_is_read(line: str) -> None:
    last = "<p>Published: 4 March 2008</p>"
    for rows, is_read in ((1, True), (5_000, not line.startswith("Updated"))):
        listed = f"<p>{line}</p>" * rows
        found = dates(
            "<title>Lamp goes dark</title>", f"<h1>Lamp goes dark</h1>{TEXT}{listed}{last}"
        )
        assert (found["published_at_evidence"] == "elsewhere") == is_read


@pytest.mark.parametrize(
    "line", ["<div>04</div><div>Mrz</div>", "<p>Posted by Ann Bell on March 4</p>"]
)
def test_a_day_without_its_year_has_that_of_the_address(line: str) -> None:
    body = f"<div>{line}<h1>Lamp goes dark</h1>{TEXT}</div>"
    found = dates("", body, "https://post.example/2012/03/lamp/", "de")
    assert str(found["published_on"]) == "2012-03-04"
    assert dates("", body, "https://post.example/2012/04/lamp/", "de")["published_at"] is None


@pytest.mark.parametrize(
    "line",
    [
        "It was built on March 4, 1998.",
        "Tickets for the fair on March 4",
        "The vote is due March 4",
    ],
)
def test_the_month_of_the_address_dates_nothing_by_days_of_other_things(line: str) -> None:
    body = f"<div><h1>Lamp goes dark</h1><p>{line}</p>{TEXT}</div>"
    assert dates("", body, "https://post.example/2012/03/lamp/")["published_at"] is None


@pytest.mark.parametrize(
    ("modified", "day"), [("2019-01-02", "2008-03-04"), ("2024-05-05", "2019-01-02")]
)
def test_the_day_of_an_import_is_none_of_publication(modified: str, day: str) -> None:
    head = linked(datePublished="2019-01-02T10:00:00Z", dateModified=f"{modified}T10:00:00Z")
    found = dates(head, f"<h1>Lamp goes dark</h1><p>4 March 2008</p>{TEXT}")
    assert str(found["published_on"]) == day
    told = "<p>Heard on Radio Sandvik on <time datetime='2008-03-04'>4 March 2008</time>.</p>"
    found = dates(head, f"<h1>Lamp goes dark</h1>{told}{TEXT}")
    assert str(found["published_on"]) == "2019-01-02"


@pytest.mark.parametrize(
    "head",
    [
        "<meta name='DC.created' content='2008-03-04'>",
        "<meta name='ptime' content='20080304221200'>",
        "<meta name='article_date_original' content='Tuesday, March 04, 2008, 05:30 PM'>",
        "<meta http-equiv='date' content='Tue, 04 Mar 2008 12:12:00 GMT'>",
        "<meta name='timestamp' content='1204665120'>",
        "<meta name='published' content='March 4, 2008'>",
    ],
)
def test_names_of_metadata(head: str) -> None:
    found = dates(head, f"<h1>Lamp goes dark</h1>{TEXT}")
    assert (str(found["published_on"]), found["published_at_evidence"]) == (
        "2008-03-04",
        "metadata",
    )


def test_the_last_change_alone_is_said_to_be_one() -> None:
    found = dates(linked(dateModified="2008-03-04T10:00:00Z"), f"<h1>Lamp goes dark</h1>{TEXT}")
    assert (str(found["published_on"]), found["published_at_evidence"]) == (
        "2008-03-04",
        "modified",
    )
