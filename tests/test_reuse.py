# ruff: noqa: RUF001 - quotation marks of many scripts are meant
"""Evidence of articles, kinds of reuse, directions: on texts, properties, labelled pairs."""

import csv
import datetime
import functools
import gzip
import json
import pathlib
import tomllib
import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Paragraph
from pipeline.dates import PRECISIONS
from tests.in_memory import run_in_memory
from tests.near_duplicate_corpora import Story, shard
from transforms.attribution.transform import attribute
from transforms.compiled.words import hash_words
from transforms.near_duplicates import credits, direction, reuse
from transforms.near_duplicates.credits import house, name_hashes, name_key, own_names
from transforms.near_duplicates.direction import A_FROM_B, B_FROM_A, UNKNOWN, by_dates
from transforms.near_duplicates.evidence import (
    Evidence,
    Ragged,
    article_evidence,
    canonical_url,
    headline,
)
from transforms.near_duplicates.origins import new_times
from transforms.near_duplicates.sides import covered
from transforms.near_duplicates.transform import NearDuplicates

LABELLED = pathlib.Path(__file__).parent / "gold" / "links.tsv"

ARTICLES = pa.schema(
    [
        ("url", pa.string()),
        ("record_id", pa.string()),
        ("title", pa.string()),
        ("outlet", pa.string()),
        ("authors", pa.list_(pa.string())),
        ("published_at", pa.timestamp("us", "UTC")),
        ("published_at_precision", pa.string()),
        ("agency", pa.string()),
        ("agency_own", pa.bool_()),
        ("agencies_contributed", pa.list_(pa.string())),
    ]
)
LINES = pa.schema([("article", pa.int64()), ("line_number", pa.int64()), ("text", pa.string())])

PASSAGE = (
    "the harbour board voted eight to three on Monday night to sell the old grain store to a "
    "Danish builder, ending two years of talks over what to do with the empty tower"
)


def evidence_of(*articles: Mapping[str, Any]) -> pa.Table:
    """Returns the evidence of articles: ``lines``, ``removed`` by line number, and columns."""
    rows = [{"agency_own": False, **article} for article in articles]
    kept = [
        {"article": at, "line_number": number, "text": text}
        for at, article in enumerate(articles)
        for number, text in enumerate(article["lines"], 1)
        if number not in article.get("removed", ())
    ]
    removed = [
        {"article": at, "line_number": number, "text": article["lines"][number - 1]}
        for at, article in enumerate(articles)
        for number in article.get("removed", ())
    ]
    paragraphs = pa.Table.from_pylist(kept, LINES)
    return article_evidence(
        pa.Table.from_pylist(rows, ARTICLES),
        paragraphs,
        pa.Table.from_pylist(removed, LINES),
        hash_words(paragraphs.column("text")),
    )


def words_of(article: Mapping[str, Any]) -> list[int]:
    """Returns the word hashes of the kept lines of an article."""
    removed = article.get("removed", ())
    kept = [text for number, text in enumerate(article["lines"], 1) if number not in removed]
    return [int(value) for value in hash_words(kept).hashes]


def paragraph_ends(article: Mapping[str, Any]) -> list[int]:
    """Returns the word behind each kept line of an article."""
    removed = article.get("removed", ())
    kept = [text for number, text in enumerate(article["lines"], 1) if number not in removed]
    return hash_words(kept).offsets[1:].tolist()


def shared_runs(first: Sequence[int], second: Sequence[int], least: int) -> list[tuple[int, ...]]:
    """Returns all maximal runs of equal words: start and end in both."""
    places: dict[tuple[int, ...], list[int]] = {}
    for at in range(len(second) - least + 1):
        places.setdefault(tuple(second[at : at + least]), []).append(at)
    found = []
    for at in range(len(first) - least + 1):
        for other in places.get(tuple(first[at : at + least]), ()):
            if at and other and first[at - 1] == second[other - 1]:
                continue
            end = least
            while (
                at + end < len(first)
                and other + end < len(second)
                and first[at + end] == second[other + end]
            ):
                end += 1
            found.append((at, at + end, other, other + end))
    return found


def judge(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[dict[str, str]]:
    """Returns what each passage of two articles is, the longest first."""
    a, b = words_of(one), words_of(other)
    runs = shared_runs(a, b, 12)
    verdicts = classified([(a, b, runs)], [(one, other)])[0]
    order = sorted(range(len(runs)), key=lambda at: runs[at][0] - runs[at][1])
    return [verdicts[at] for at in order]


def classified(
    runs: Sequence[tuple[Sequence[int], Sequence[int], list[tuple[int, ...]]]],
    articles: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> list[list[dict[str, str]]]:
    """Returns what the passages of pairs of articles are."""
    a = Evidence.of(evidence_of(*(one for one, _ in articles)))
    b = Evidence.of(evidence_of(*(other for _, other in articles)))
    flat = np.array([(at, *run) for at, (_, _, some) in enumerate(runs) for run in some], np.int64)
    flat = flat.reshape(-1, 5)
    stops = [
        [
            next(stop for stop in paragraph_ends(articles[pair][side]) if stop >= end)
            for pair, end in zip(flat[:, 0], flat[:, 2 + 2 * side], strict=True)
        ]
        for side in (0, 1)
    ]
    passages = dict(
        zip(("pair", "a_start", "a_end", "b_start", "b_end"), flat.T, strict=True),
        words=flat[:, 2] - flat[:, 1],
        a_stop=np.array(stops[0], np.int64),
        b_stop=np.array(stops[1], np.int64),
    )
    rows = np.arange(len(articles))
    result = reuse.classify(passages, {"a": rows, "b": rows}, a, b)
    names = {
        "reuse": reuse.KINDS,
        "reuse_evidence": reuse.GROUNDS,
        "direction": direction.DIRECTIONS,
        "evidence": direction.EVIDENCE,
    }
    verdicts: list[list[dict[str, str]]] = [[] for _ in articles]
    for at, pair in enumerate(flat[:, 0]):
        verdicts[pair].append({name: some[result[name][at]] for name, some in names.items()})
    return verdicts


def article(outlet: str, *lines: str, **columns: Any) -> dict[str, Any]:
    """Returns an article of an outlet, with its address."""
    site = outlet.lower().removeprefix("the ").replace(" ", "")
    return {"outlet": outlet, "url": f"https://www.{site}.test/story", "lines": lines, **columns}


FILLER = "Ferries ran late on all three routes, and nobody at the quay could say why or how long."
OWN = article("Tarvik Times", "It was late.", PASSAGE.capitalize() + ".", "The tower stays.")


def quoted_words(text: str, column: str = "quoted") -> list[str]:
    """Returns the words of a text that are in quotation marks, or in another column of ranges."""
    table = evidence_of({"lines": text.split("\n")})
    bounds = table.column(column).to_pylist()[0]
    words = [word for line in text.split("\n") for word in spelled(line)]
    return [
        word for first, last in zip(*[iter(bounds)] * 2, strict=True) for word in words[first:last]
    ]


def spelled(line: str) -> list[str]:
    """Returns the words of a line as they are written."""
    words = hash_words([line])
    return [line[a:b] for a, b in zip(words.starts.tolist(), words.ends.tolist(), strict=True)]


def test_articles_that_name_an_agency_everywhere_take_no_more_memory_than_their_length() -> None:
    """Each mention with each other of the pair would be 36 million of each number."""
    one, other = (
        article(
            outlet,
            PASSAGE.capitalize() + ".",
            *(f"The {word}{at} rose, an analyst told Reuters." for at in range(6_000)),
        )
        for outlet, word in (("Tarvik Times", "index"), ("Brenna Post", "price"))
    )
    judge(OWN, OWN)  # what is kept once read
    tracemalloc.start()
    try:
        verdicts = judge(one, other)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert verdicts
    assert peak < 200 << 20


class TestQuotations:
    @pytest.mark.parametrize(
        "text",
        [
            'He said: "go on now" and left.',
            "He said: “go on now” and left.",
            "Er sagte: „go on now“, und ging.",
            "Il a dit : « go on now » et partit.",
            "Он сказал: «go on now» и ушёл.",
            "Han sa: ”go on now” och gick.",
            "Han sagde: »go on now« og gik.",
            "Powiedział: „go on now” i wyszedł.",
            "He said: ‘go on now’ and left.",
            "He said: ``go on now'' and left.",
            "彼は「go on now」と言った。",
            "He said: “Well” and “go on now” and left, didn't he?",
        ],
    )
    def test_marks_of_all_habits(self, text: str) -> None:
        assert " ".join(quoted_words(text)).endswith("go on now"), text

    @pytest.mark.parametrize(
        "text",
        [
            "The '90s and the dogs' owners didn't go on now.",
            'A 5\' 10" man and a 6" pipe go on now.',
            "It's ‘fine’ to go on now.",
        ],
    )
    def test_apostrophes_and_inches_quote_nothing(self, text: str) -> None:
        assert "now" not in quoted_words(text)

    def test_a_quotation_of_several_paragraphs(self) -> None:
        text = "“We go on.\n“We go on and on,” she said.\nNobody else did."
        assert quoted_words(text) == ["We", "go", "on", "We", "go", "on", "and", "on"]

    def test_a_quotation_that_goes_on_without_marks(self) -> None:
        text = 'She said:\n"We go on.\nAnd on.\nAnd on." Then she left.\nNobody else did.'
        assert quoted_words(text) == ["We", "go", "on", "And", "on", "And", "on"]

    def test_a_mark_never_closed_ends_with_its_paragraph(self) -> None:
        assert quoted_words("“We go on.\nNobody else did.") == ["We", "go", "on"]

    def test_posts(self) -> None:
        behind = "Filler here.\nSo good to be back! — Ann Example (@annexample) May 3, 2020\nEnd."
        assert quoted_words(behind)[:3] == ["So", "good", "to"]
        assert "Filler" not in quoted_words(behind)
        below = "Filler.\nSo good to be back!\n— Ann Example (@annexample) May 3, 2020\nEnd."
        assert quoted_words(below)[:6] == ["So", "good", "to", "be", "back", "Ann"]
        front = "Filler.\nAnn Example (@annexample)\nSo good to be back!\nEnd."
        assert quoted_words(front)[-5:] == ["So", "good", "to", "be", "back"]

    def test_transcripts(self) -> None:
        turns = "ANN EXAMPLE: We go on.\nBO SAMPLE: You do.\nANN EXAMPLE: On and on."
        said = ["We", "go", "on", "You", "do", "On", "and", "on"]
        assert quoted_words(turns, "introduced") == said
        assert quoted_words(turns) == []
        assert quoted_words("SOCHI: The talks go on.\nThey went well.", "introduced") == []

    def test_below_a_colon(self) -> None:
        table = evidence_of(
            {"lines": ["She wrote:", "We go on.", "Nobody did."]}, {"lines": ["A:"]}
        )
        assert table.column("introduced").to_pylist() == [[2, 5], []]

    @given(
        st.lists(
            st.lists(st.text("ab .\"“”„‘’«»'`:@(A", max_size=24), max_size=4),
            max_size=4,
        )
    )
    def test_ranges_are_disjoint_and_inside_their_article(self, articles: list[list[str]]) -> None:
        made = [{"lines": lines} for lines in articles]
        if not made:
            return
        table = evidence_of(*made)
        for column in ("quoted", "introduced"):
            for one, bounds in zip(made, table.column(column).to_pylist(), strict=True):
                assert bounds == sorted(bounds), column
                assert all(a < b for a, b in zip(bounds[::2], bounds[1::2], strict=True))
                assert not bounds or bounds[-1] <= len(words_of(one))
        for one, bits in zip(made, table.column("capitals").to_pylist(), strict=True):
            assert len(bits) == -(-len(words_of(one)) // 8)

    @given(st.lists(st.text("ab “”.", max_size=30), min_size=2, max_size=5))
    def test_the_evidence_of_an_article_is_its_own(self, texts: list[str]) -> None:
        made = [{"lines": [text, "He said: “on."], "outlet": "O"} for text in texts]
        together = evidence_of(*made)
        alone = pa.concat_tables([evidence_of(one) for one in made])
        assert together.equals(alone)


class TestCredits:
    def credits(self, name: str, *lines: str, removed: Sequence[int] = ()) -> list[int]:
        """Returns the words at which an article credits a name."""
        row = evidence_of({"lines": lines, "removed": removed}).to_pylist()[0]
        wanted = int(name_hashes([name_key(name)])[0])
        pairs = zip(row["mention_names"], row["mention_words"], strict=True)
        return [word for found, word in pairs if found == wanted]

    @pytest.mark.parametrize(
        ("line", "place"),
        [
            ("The Tarvik Times reported on Monday that the tower stays as it is.", 1),
            ("It stays, according to the Tarvik Times, which has seen the plans of the board.", 5),
            ("The tower stays as it is for another ten years at the least (Tarvik Times)", 13),
            ("Tarvik Times: the tower stays as it is for another ten years at the very least.", 0),
            ("Ann told the Tarvik Times’s Bo Sample that the tower stays as it is for years.", 3),
            (
                "Laut Tarvik Times bleibt der Turm noch zehn Jahre stehen, und niemand weiß warum.",
                1,
            ),
            (
                "El faro sigue, según Tarvik Times, diez años más de lo que nadie esperaba.",
                4,
            ),
        ],
    )
    def test_a_name_where_it_is_a_credit(self, line: str, place: int) -> None:
        assert self.credits("Tarvik Times", line) == [place]

    def test_a_name_that_credits_nothing(self) -> None:
        line = "He sold the Tarvik Times to a builder from Denmark who never saw the town himself."
        assert self.credits("Tarvik Times", line) == []

    def test_a_host_is_a_name(self) -> None:
        assert self.credits("tarviktimes", "See https://www.tarviktimes.com/a for all of it.") == [
            3
        ]

    def test_a_source_line_that_was_removed(self) -> None:
        lines = ("One two three.", "Ann Example, Tarvik Times", "Four five six.")
        assert self.credits("Tarvik Times", *lines, removed=(2,)) == [3]

    def test_agencies_have_one_name(self) -> None:
        line = (
            "The tower stays, AP reported, and the Associated Press said it was seen by reporters."
        )
        assert self.credits("Associated Press", line) == [3, 7]

    def test_names_in_a_script_without_capitals(self) -> None:
        line = (
            "ذكرت صحيفة الميناء أن البرج سيبقى في مكانه عشر سنوات أخرى على الأقل وربما أكثر من ذلك"
        )
        assert self.credits("الميناء", line)

    def test_names_of_an_outlet(self) -> None:
        outlets = ("The Tarvik Times Online (Web)", "The Tower Post", None)
        names = own_names(outlets, "https://m.tarvik.co.uk/a", ["Ann Example"])
        assert names == [
            "tarviktimesonline", "tarviktimes", "towerpost", "tarvik", "tarvikcouk", "annexample",
            "annexample",
        ]  # fmt: skip
        assert house("https://politics.blogs.example.co.uk/2012/a") == "example.co.uk"

    def test_addresses(self) -> None:
        first = "http://www.example.com/a/b/?utm_source=mail&b=1&a=2#top"
        assert canonical_url(first) == canonical_url("https://example.com/a/b?a=2&b=1")
        assert canonical_url(None) == canonical_url("https://www.example.com/") == ""
        assert canonical_url("https://example.com/a?id=1") != canonical_url(
            "https://example.com/a?id=2"
        )

    @pytest.mark.parametrize(
        "title",
        [
            "UPDATE 1-Board sells tower",
            "UPDATE 2-UPDATE 1-Board sells tower",
            "WRAPUP 12-Board sells tower",
            "CORRECTED-Board sells tower",
            "Updated: Board sells tower",
            "Board sells tower (Adds quotes from the mayor)",
            "2nd update: Board sells tower",
            "Board sells tower",
        ],
    )
    def test_titles_of_other_editions(self, title: str) -> None:
        assert headline(title) == "Board sells tower"

    def test_titles_that_only_look_so(self) -> None:
        for title in ("Update your will", "Live and let live", "Tower (updates)", "Watch this"):
            assert headline(title).startswith(title[:5])


class TestKinds:
    def test_a_credited_excerpt_is_a_copy(self) -> None:
        credited = article(
            "Herald", FILLER, f"The Tarvik Times reported: “{PASSAGE.capitalize()}.”", "So it goes."
        )
        verdict = {"reuse": "copy", "reuse_evidence": "credit", "evidence": "credit"}
        assert judge(credited, OWN) == [verdict | {"direction": "a_from_b"}]
        assert judge(OWN, credited) == [verdict | {"direction": "b_from_a"}]

    def test_what_both_quote_is_a_quotation(self) -> None:
        one = article("Herald", FILLER, f"Mayor Ann Example said: “{PASSAGE}.”")
        other = article("Tarvik Times", f"“{PASSAGE},” said the mayor.")
        assert judge(one, other) == [
            {
                "reuse": "quotation",
                "reuse_evidence": "marks",
                "direction": "common",
                "evidence": "none",
            }
        ]

    def test_an_interview_has_a_direction(self) -> None:
        one = article("Herald", FILLER, f"“{PASSAGE},” the mayor told the Tarvik Times on Monday.")
        other = article("Tarvik Times", f"“{PASSAGE},” said the mayor.")
        (verdict,) = judge(one, other)
        assert (verdict["reuse"], verdict["direction"]) == ("quotation", "a_from_b")
        programme = article(
            "Herald", f"“{PASSAGE},” the mayor said on Tarvik Times Sunday, a show."
        )
        assert judge(programme, other)[0]["direction"] == "common"

    def test_a_paragraph_about_something_else_credits_nothing_above_it(self) -> None:
        said = f"“{PASSAGE},” said the mayor."
        other = article("Tarvik Times", said)
        later = "The Tarvik Times reported in March that the ferries would run late all summer."
        assert judge(article("Herald", FILLER, said, later), other)[0]["direction"] == "common"
        same = f"{said} The Tarvik Times reported it."
        for lines in ((FILLER, same), (later, said), (FILLER, said, "Ann Example, Tarvik Times")):
            assert judge(article("Herald", *lines), other)[0]["direction"] == "a_from_b", lines
        # What stands above an excerpt is as near, and a source line names all above it.
        plain = article("Tarvik Times", PASSAGE)
        digest = (FILLER, f"“{PASSAGE}”", "“" + FILLER * 4 + "”", "Ann Example, Tarvik Times")
        assert judge(article("Herald", *digest), plain)[0]["evidence"] == "credit"
        assert judge(article("Herald", *digest[:-1], later), plain)[0]["evidence"] == "none"

    def test_a_few_words_are_not_from_what_was_printed_later(self) -> None:
        few = "said an official of the harbour board, who asked not to be named since"
        one = article("Herald", f"“It is late,” the Tarvik Times reported, “{few} he was late.”")
        other = article("Tarvik Times", f"It is early, {few} she was early.")
        day = {"published_at_precision": "day", "published_at": datetime.datetime(2020, 5, 3)}
        weeks = day | {"published_at": datetime.datetime(2020, 6, 15)}
        assert judge(one | weeks, other | day)[0]["direction"] == "a_from_b"
        assert judge(one | day, other | weeks)[0]["direction"] == "common"

    def test_a_title_is_from_nobody(self) -> None:
        title = "“Nineteen Ferries Late Since the Harbour Board Sold Its Old Grain Store Tower”"
        one = article("Herald", FILLER * 4, f"The Tarvik Times published {title} on Monday.")
        other = article("Tarvik Times", f"Read {title} again.", "rain " * 60)
        assert {verdict["direction"] for verdict in judge(one, other)} == {"common"}

    def test_plain_text_without_a_credit_is_a_copy_from_nobody_knows(self) -> None:
        (verdict,) = judge(article("Herald", FILLER[:20], PASSAGE), OWN)
        assert (verdict["reuse"], verdict["direction"]) == ("copy", "unknown")

    def test_agencies(self) -> None:
        wire = {"agency": "Reuters", "agency_own": True}
        published = article("Reuters", PASSAGE, **wire) | {"url": "https://www.reuters.com/1"}
        printed = article("Herald", PASSAGE, FILLER, **wire)
        bare = article("Tarvik Times", "It was late.", PASSAGE)
        expected = {"reuse": "wire", "reuse_evidence": "agency"}
        assert judge(printed, published) == [
            expected | {"direction": "a_from_b", "evidence": "agency"}
        ]
        assert judge(published, bare) == [
            expected | {"direction": "b_from_a", "evidence": "agency"}
        ]
        assert judge(printed, bare) == [expected | {"direction": "common", "evidence": "none"}]
        # Nobody else is known to print it: it is the agency's own.
        unknown = {"lines": [PASSAGE], **wire}
        assert judge(bare, unknown)[0]["direction"] == "a_from_b"
        mixed = article("Herald", PASSAGE, agencies_contributed=["Reuters"])
        assert judge(mixed, bare)[0]["reuse"] == "wire"
        for folder, kind in (
            ("/Latest-News-Wires/", "wire"), ("/US/wireStory/", "wire"), ("/wires/a/", "wire"),
            ("/the-wire/", "copy"), ("/washwire/", "copy"), ("/a?of=/wires/", "copy"),
        ):  # fmt: skip
            among = article("Herald", PASSAGE, url=f"https://herald.test{folder}1")
            assert judge(among, bare)[0]["reuse"] == kind, folder

    def test_within_an_outlet(self) -> None:
        long = " ".join(f"word{number}" for number in range(200))
        days = {"published_at_precision": "day", "published_at": datetime.datetime(2020, 5, 3)}
        first = article("Tarvik Times", PASSAGE, long, **days)
        again = article("Tarvik Times", PASSAGE, long + " more") | {
            "url": "https://tarviktimes.test/b"
        }
        assert judge(first, again)[0]["reuse"] == "edition"
        later = (
            article(
                "Tarvik Times",
                long.replace("word", "term"),
                PASSAGE,
                url="https://tarviktimes.test/c",
            )
            | days
            | {"published_at": datetime.datetime(2020, 6, 3)}
        )
        (verdict,) = judge(later, first)
        assert verdict == {
            "reuse": "background",
            "reuse_evidence": "plain",
            "direction": "a_from_b",
            "evidence": "dates",
        }

    @pytest.mark.parametrize(
        ("days", "own", "reuse"),
        [(2, 100, "edition"), (40, 100, "background"), (40, 5, "edition"), (2, 900, "background")],
    )
    def test_a_box_in_later_stories_is_no_edition(self, days: int, own: int, reuse: str) -> None:
        box = " ".join(f"word{number}" for number in range(130))
        stories = [
            article(
                "Herald",
                box,
                " ".join(f"{name}{number}" for number in range(own)),
                url=f"https://herald.test/{name}",
                published_at_precision="day",
                published_at=datetime.datetime(2020, 5, 3) + datetime.timedelta(days=after),
            )
            for name, after in (("one", 0), ("two", days))
        ]
        assert judge(*stories)[0]["reuse"] == reuse
        # Without a date nothing says that they are two stories.
        undated = stories[1] | {"published_at": None, "published_at_precision": None}
        assert judge(stories[0], undated)[0]["reuse"] == "edition"

    def test_what_an_outlet_prints_below_a_colon_is_its_own(self) -> None:
        listed = article("Herald", "At issue:", PASSAGE, FILLER)
        again = article("Herald", FILLER.replace("late", "early"), PASSAGE)
        again["url"] = "https://herald.test/b"
        assert judge(listed, again)[0]["reuse"] == "background"
        quoted = again | {"lines": [f"“{PASSAGE},” she said."]}
        assert judge(listed, quoted)[0]["reuse"] == "quotation"

    def test_a_headline_alone_is_no_edition(self) -> None:
        weekly = {"title": "Letters", "url": None}
        first = article("Herald", PASSAGE, "one " * 300) | weekly
        other = article("Herald", PASSAGE, "two " * 300) | weekly
        assert judge(first, other)[0]["reuse"] == "background"
        assert judge(first, other | {"lines": [PASSAGE]})[0]["reuse"] == "edition"
        update = {"title": "UPDATE 1-Letters", "url": "https://herald.test/b"}
        assert judge(first, other | {"lines": [PASSAGE], **update})[0]["reuse"] == "edition"

    def test_a_name_is_no_reuse(self) -> None:
        name = (
            "Representative Ann B. Example, Northern Republican and chairwoman of the House "
            "Committee on Government Reform"
        )
        one = article(
            "Herald", FILLER, f"It was {name}, who asked why the ferries ran so late again."
        )
        other = article(
            "Tarvik Times", f"A letter by {name}, said nothing on the matter.", FILLER[:30]
        )
        assert {verdict["reuse"] for verdict in judge(one, other)} == {"none"}
        person = (
            "professor of History at the North Tarvik College of Vale and author of Ferries of the "
            "North: The Boats, Piers and People of Brenna"
        )
        one["lines"] = (*[FILLER] * 9, f"Ann Example, {person}, said that it was late.")
        other["lines"] = (f"It rained on Bo Sample, {person}, as on all.", PASSAGE, PASSAGE)
        assert {verdict["reuse"] for verdict in judge(one, other)} == {"none"}

    @pytest.mark.parametrize("around", ["“{}” (on Twitter in May)", "She tweeted: “{}”"])
    def test_a_post_is_nobodys_own(self, around: str) -> None:
        days = [datetime.datetime(2024, 3, day, tzinfo=datetime.UTC) for day in (3, 9)]
        date = {"published_at_precision": "day"}
        first = OWN | date | {"published_at": days[0]}
        line = f"{around.format(PASSAGE)}, and the Tarvik Times reported the rest of that night."
        later = article("Herald", FILLER, line, published_at=days[1], **date)
        (verdict,) = judge(later, first)
        assert (verdict["reuse"], verdict["direction"]) == ("quotation", "common")
        said = later | {"lines": (line.replace("Twitter", "Monday").replace("tweeted", "said"),)}
        assert judge(said, first)[0]["reuse"] == "copy"

    def test_a_publishers_note_is_nobodys_own(self) -> None:
        note = f"An earlier version of this article said that {PASSAGE}."
        for one, other in (("Editors’ note: ", ""), ("", "Editor's Note: March 3. ")):
            pair = article("Herald", FILLER, one + note), article("Post", other + note, "It rains.")
            assert {verdict["reuse"] for verdict in judge(*pair)} == {"quotation"}

    def test_what_is_quoted_elsewhere_in_the_other_article_is_a_quotation(self) -> None:
        bare = article("Herald", FILLER, PASSAGE)
        both = article("Tarvik Times", f"“{PASSAGE},” she wrote.", "It was late.", PASSAGE)
        assert {verdict["reuse"] for verdict in judge(bare, both)} == {"quotation"}
        assert {verdict["reuse"] for verdict in judge(both, bare)} == {"quotation"}

    def test_quotations_within_an_agencys_paragraph_are_the_agencys(self) -> None:
        words = PASSAGE.split()
        line = f"{' '.join(words[:12])}. “{' '.join(words[12:])},” said a clerk of the board."
        printed = article("Herald", line, FILLER, agency="Reuters")
        (verdict,) = judge(printed, article("Tarvik Times", "It was late.", line))
        assert (verdict["reuse"], verdict["direction"]) == ("wire", "common")

    def test_dates_decide_only_where_the_later_article_names_the_earlier_ones_outlet(self) -> None:
        days = [datetime.datetime(2024, 3, day, tzinfo=datetime.UTC) for day in (3, 9)]
        date = {"published_at_precision": "day"}
        first = OWN | date | {"published_at": days[0]}
        later = article("Herald", PASSAGE, published_at=days[1], **date)
        assert judge(later, first)[0]["direction"] == "unknown"
        for lines, evidence in (
            ((PASSAGE, "It rains.", "Boats wait, says the Tarvik Times report."), "dates"),
            ((f"The Tarvik Times reported that {PASSAGE}",), "credit"),
        ):
            verdict = judge(later | {"lines": lines}, first)[0]
            assert (verdict["direction"], verdict["evidence"]) == ("a_from_b", evidence)

    @pytest.mark.parametrize("outlet", ["Herald", "Tarvik Times"])
    def test_a_list_of_names_is_no_reuse_however_long(self, outlet: str) -> None:
        # As long as the rest of the article: its share of an edition counts for nothing.
        names = ", ".join(f"Ann{at} Example, Northern Republican" for at in range(30))
        prose = [FILLER.replace("routes", word) for word in ("lines", "ways", "boats", "piers")]
        first = article("Herald", *prose, names)
        other = article(outlet, names, PASSAGE, PASSAGE.replace("board", "council"))
        other["url"] += "/b"
        assert [verdict["reuse"] for verdict in judge(first, other)] == ["none"]
        listed = first | {"lines": [*prose, "Who signed it:", names]}
        assert [verdict["reuse"] for verdict in judge(listed, other)] == ["none"]
        # In a list of figures, each second word is a name.
        figures = ", ".join(f"Vale ({at})" for at in range(30))
        tables = first | {"lines": [*prose, figures]}, other | {"lines": [figures, PASSAGE]}
        assert [verdict["reuse"] for verdict in judge(*tables)] == ["none"]
        said = names.lower()
        lines = {"lines": [*prose, said]}
        assert judge(first | lines, other | {"lines": [said, PASSAGE]})[0]["reuse"] != "none"

    def test_the_opening_of_a_transcript_is_no_quotation(self) -> None:
        opening = (
            "ANN EXAMPLE: This is Tarvik Now, The Daily Tarvik Report. I’m Ann Example, in Vale"
        )
        turns = (f"BO SAMPLE: {FILLER}", f"ANN EXAMPLE: {PASSAGE}.")
        first = article("Tarvik Now", f"{opening}, and it rains.", *turns)
        other = article("Tarvik Now", f"{opening}, where it snows.", "BO SAMPLE: No.", turns[1])
        other["url"] += "/b"
        assert [verdict["reuse"] for verdict in judge(first, other)] == ["quotation", "none"]

    @pytest.mark.parametrize(("author", "reuse"), [("Ann Example", "background"), ("Bo", "copy")])
    def test_what_stands_below_all_an_author_writes_is_no_copy(
        self, author: str, reuse: str
    ) -> None:
        note = (
            "Ann Example keeps bees and teaches history in Vale. Her latest book is about the "
            "ferries of the north, and she answers letters of readers at her own address."
        )
        one = article("Herald", *[FILLER] * 9, note, authors=["Ann Example"])
        other = article("Tarvik Times", PASSAGE, PASSAGE, note, authors=["Bo", author])
        (verdict,) = judge(one, other)
        assert verdict["reuse"] == reuse
        assert verdict["reuse_evidence"] == ("author" if reuse == "background" else "plain")
        # Most of an article is a reprint, whoever wrote it.
        short = other | {"lines": [note, "It was late."]}
        assert judge(one, short)[0]["reuse"] == "copy"

    def test_an_excerpt_below_a_colon_is_what_the_other_has_as_its_own(self) -> None:
        excerpt = article("Herald", FILLER, "There is more to it:", PASSAGE)
        assert judge(excerpt, OWN)[0]["reuse"] == "copy"
        for lines in ((f"“{PASSAGE},” she said.",), ("She said:", PASSAGE)):
            assert judge(excerpt, article("Tarvik Times", *lines))[0]["reuse"] == "quotation"

    def test_a_short_phrase_is_nobodys(self) -> None:
        phrase = "did not immediately respond to a request for comment on the matter on that day"
        one = article("Herald", f"The board {phrase}.", FILLER)
        other = article("Tarvik Times", f"The mayor {phrase}, and nor did the ferry line.")
        assert [verdict["reuse"] for verdict in judge(one, other)] == ["none"]

    @given(st.integers(0, 5), st.integers(0, 5), st.booleans())
    def test_sides_can_be_exchanged(self, first: int, second: int, agency: bool) -> None:
        forms = (
            PASSAGE,
            f"“{PASSAGE}”",
            f"The Herald reported: “{PASSAGE}.”",
            f"The Tarvik Times reported: {PASSAGE}.",
            f"{PASSAGE} (Reuters)",
            f"“{PASSAGE},” she told the Herald.",
        )
        wire = {"agency": "Reuters", "agency_own": True} if agency else {}
        one = article("Herald", FILLER, forms[first], **wire)
        other = article("Tarvik Times", forms[second], FILLER[:40])
        turned = {"a_from_b": "b_from_a", "b_from_a": "a_from_b"}
        expected = [
            verdict | {"direction": turned.get(verdict["direction"], verdict["direction"])}
            for verdict in judge(one, other)
        ]
        assert judge(other, one) == expected


def test_the_words_of_crediting_are_written_as_articles_have_them() -> None:
    table = tomllib.loads((pathlib.Path(credits.__file__).with_suffix(".toml")).read_text("utf-8"))
    for language, kinds in table.items():
        assert kinds.keys() <= {"reports", "press", "small", "posts", "notes"}, language
        for kind, phrases in kinds.items():
            assert len(set(phrases)) == len(phrases), (language, kind)
            for phrase in phrases:
                words = len(hash_words([phrase]).hashes)
                assert words == 1 or kind not in ("press", "small") or not phrase.isascii(), phrase
                assert phrase == phrase.lower(), phrase


class TestDates:
    def direction(self, first: str, second: str, same_house: bool = False) -> int:
        """Returns the direction of two dates, as precise as they are written."""
        columns: dict[str, list[Any]] = {"published_at": [], "agency_own": [], "precision": []}
        for text in (first, second):
            precision = {0: "none", 4: "year", 7: "month", 10: "day", 16: "minute", 19: "second"}
            columns["precision"].append(precision[len(text)])
            full = text + "2000-01-01T00:00:00"[len(text) :] if text else None
            moment = (
                datetime.datetime.fromisoformat(full).replace(tzinfo=datetime.UTC) if full else None
            )
            columns["published_at"].append(moment)
            columns["agency_own"].append(False)
        table = pa.table(
            {
                "published_at": pa.array(columns["published_at"], pa.timestamp("us", "UTC")),
                "agency_own": columns["agency_own"],
            }
        )
        times = new_times(table)
        stated = np.array(
            [PRECISIONS.index(name) + 1 if name != "none" else 0 for name in columns["precision"]],
            np.uint8,
        )
        same = np.array([same_house])
        return int(by_dates(times[:1], times[1:], stated[:1], stated[1:], same)[0])

    def test_only_a_difference_beyond_the_precision_counts(self) -> None:
        assert self.direction("2024-03-04", "2024-03-04T14:00:00") == UNKNOWN
        assert self.direction("2024-03-04T14:00:01", "2024-03-04T14:00:00") == A_FROM_B
        assert self.direction("2024-03-04T14:00", "2024-03-04T14:00:30") == UNKNOWN
        assert self.direction("", "2024-03-04T14:00:30") == UNKNOWN
        assert self.direction("2024-03", "2024-03-20") == UNKNOWN
        assert self.direction("2024", "2022-03-20") == A_FROM_B

    def test_days_of_two_clocks(self) -> None:
        assert self.direction("2024-03-04", "2024-03-05") == UNKNOWN
        assert self.direction("2024-03-04", "2024-03-05", same_house=True) == B_FROM_A
        assert self.direction("2024-03-04", "2024-03-06") == B_FROM_A


@given(
    st.lists(
        st.lists(st.integers(0, 30), unique=True, max_size=8).map(
            lambda values: sorted(values)[: len(values) // 2 * 2]
        ),
        min_size=1,
        max_size=3,
    ),
    st.data(),
)
def test_covered_words_are_those_of_a_set(lists: list[list[int]], data: st.DataObject) -> None:
    bounds = np.append(0, np.cumsum([len(values) for values in lists]))
    ranges = Ragged(np.array([value for values in lists for value in values], np.uint32), bounds)
    row = data.draw(st.integers(0, len(lists) - 1))
    start = data.draw(st.integers(0, 31))
    end = data.draw(st.integers(start, 32))
    inside = {
        word
        for first, last in zip(lists[row][::2], lists[row][1::2], strict=True)
        for word in range(first, last)
    }
    found = covered(ranges, np.array([row]), np.array([start]), np.array([end]))
    assert found.tolist() == [len(inside & set(range(start, end)))]


# --- the whole step ------------------------------------------------------------------------------


def links_of(*stories: Story) -> list[tuple[str, str, str, str]]:
    """Returns what the links between stories say: later and earlier outlet, reuse, direction."""
    result = run_in_memory(NearDuplicates(), [shard(stories)], 1, None, 1)
    outlet = {story.id: story.outlet for story in stories}
    return sorted(
        (
            outlet[row["paragraph_id"].split("-")[0]] or "",
            outlet[row["source_paragraph_id"].split("-")[0]] or "",
            row["reuse"],
            row["direction"],
        )
        for row in result["paragraph_links"].to_pylist()
    )


class TestTheStep:
    def test_the_source_of_a_credit_is_the_source_whatever_the_dates(self) -> None:
        source = Story([f"{PASSAGE.capitalize()}.", "The tower stays."], "Tarvik Times", hour=99)
        credit = Story([FILLER, f"The Tarvik Times reported: “{PASSAGE}.”"], "Herald", hour=1)
        assert links_of(source, credit) == [("Herald", "Tarvik Times", "copy", "credit")]

    def test_who_is_named_nearby_keeps_what_both_printed_that_day(self) -> None:
        said = f"“{PASSAGE},” said the mayor."
        source = Story([said, "Nobody had a comment on it."], "Tarvik Times", precision="day")
        # A programme or a section is no credit, but says enough; else the shorter one goes.
        named = Story([f"She told Tarvik Times Business: “{PASSAGE}.”"], "Herald", precision="day")
        bare = Story([f"She told him on the ferry: “{PASSAGE}.”"], "Herald", precision="day")
        for other, gone in ((named, "Herald"), (bare, "Tarvik Times")):
            result = run_in_memory(NearDuplicates(), [shard([source, other])], 1, None, 1)
            [copy] = result["copied_lines"].to_pylist()
            outlets = {int(story.id[:16], 16): story.outlet for story in (source, other)}
            assert outlets[copy["article"]] == gone

    def test_a_stock_phrase_is_a_formula_across_houses(self) -> None:
        first = Story(["The board did not immediately respond to a request for comment."], "Herald")
        other = Story(["The mayor did not immediately respond to a request for comment."], "Times")
        assert [link[2] for link in links_of(first, other)] == ["formula"]

    def test_a_note_of_an_outlet_is_no_link(self) -> None:
        note = (
            "Ann B. Example, a Tarvik Times Columnist, is Professor at Northern State University."
        )
        first = Story([FILLER, note], "Tarvik Times", hour=1, name="a")
        other = Story([PASSAGE, note], "Tarvik Times", hour=50, name="b")
        assert links_of(first, other) == []


# --- labelled pairs ------------------------------------------------------------------------------

KIND_OF = {
    "taken": "copy",
    "document": "quotation",
    "label": "none",
    "name": "none",
    "chance": "none",
}
"""Kind by the type of a label, where it has another name; see tests/gold/README.md."""

SHORT = ("01-03", "04-07", "08-11", "freq")
"""Strata of the labelled pairs whose run is too short for a passage."""


@functools.cache
def records(folder: pathlib.Path) -> dict[str, dict[str, Any]]:
    """Returns the articles of the two labelled corpora by their id."""
    found = {}
    for name in ("articles", "wire2012"):
        with gzip.open(folder / "allsides" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            for line in file:
                record = json.loads(line)
                found[record["id"]] = record
    return found


def labelled_article(record: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an article of a corpus as the near-duplicate step gets it, no line removed."""
    lines = [line for line in record["text"].split("\n") if line.strip()]
    paragraphs = [Paragraph(number, line) for number, line in enumerate(lines, 1)]
    authors = [name.strip() for name in (record["authors"] or "").split(",") if name.strip()]
    credit = attribute(paragraphs, (), authors, record["source"], record["url"], record["title"])
    day = record["date"][:10] if record["date"] else None
    return {
        "lines": lines,
        "outlet": record["source"],
        "url": record["url"],
        "title": record["title"],
        "authors": authors,
        "agency": credit.agency,
        "agency_own": credit.own,
        "published_at_precision": "day" if day else None,
        "published_at": datetime.datetime.fromisoformat(day) if day else None,
    }


def labels(path: pathlib.Path) -> list[dict[str, str]]:
    """Returns the labels of pairs of articles with a run of twelve words and more."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in rows if row["stratum"].split("|")[0] not in SHORT]


def judged(
    path: pathlib.Path, corpus: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[dict[str, str], dict[str, str], bool]]:
    """Yields each label, what its run is, and whether its articles count as copies."""
    rows = labels(path)
    ids = sorted({row[name] for row in rows for name in ("id_a", "id_b")})
    articles = {name: labelled_article(corpus[name]) for name in ids}
    words = {name: words_of(one) for name, one in articles.items()}
    pairs = [(row["id_a"], row["id_b"]) for row in rows]
    runs = [(words[a], words[b], shared_runs(words[a], words[b], 12)) for a, b in pairs]
    verdicts = classified(runs, [(articles[a], articles[b]) for a, b in pairs])
    for row, (_, _, found), passages in zip(rows, runs, verdicts, strict=True):
        sizes = [abs(run[1] - run[0] - int(row["run_words"])) for run in found]
        if sizes:
            counts = any(passage["reuse"] in ("wire", "copy") for passage in passages)
            yield row, passages[sizes.index(min(sizes))], counts


FLOORS = {
    # Right of the kinds, of the pairs that count as copies, copies that count, right of the
    # directions claimed, claimed of those that are known from more than dates; weighted.
    "links": (0.90, 0.90, 0.70, 0.97, 0.85),
    "links_wire2012": (0.75, 0.90, 0.90, 0.97, 0.80),
    "own": (0.85, 0.74, 0.60, 0.97, 0.80),
    "counted": (0.80, 0.90, 0.75, 0.95, 0.70),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FLOORS)
def test_labelled_pairs(name: str, shared_data: pathlib.Path) -> None:
    own = LABELLED.with_stem({"own": "links"}.get(name, name))
    path = own if name in ("own", "counted") else shared_data / "gold" / f"{name}.tsv"
    kinds, counted, copies, claims, known = ([] for _ in range(5))
    for label, verdict, counts in judged(path, records(shared_data)):
        weight = float(label["weight"])
        kind = KIND_OF.get(label["type"], label["type"])
        across = label["stratum"].split("|")[1] == "cross"
        is_copy = label["counts_as_copy"] == "yes"
        if verdict["reuse"] != "none":
            kinds.append((weight, verdict["reuse"] == kind))
        if not across or kind == "background":
            continue
        if counts:
            counted.append((weight, is_copy))
        if is_copy:
            copies.append((weight, counts))
        claims_one = verdict["direction"] in ("a_from_b", "b_from_a")
        if claims_one:
            claims.append((weight, verdict["direction"] == label["direction"].lower()))
        if label["direction"] in ("A_from_B", "B_from_A") and label["evidence"] != "dates":
            known.append((weight, claims_one))
    figures = [
        sum(weight for weight, right in part if right) / sum(weight for weight, _ in part)
        if part
        else 1.0
        for part in (kinds, counted, copies, claims, known)
    ]
    assert all(figure >= floor for figure, floor in zip(figures, FLOORS[name], strict=True)), (
        figures
    )


def test_an_agency_is_the_source_of_the_paper_that_credits_it(shared_data: pathlib.Path) -> None:
    path = shared_data / "reported" / "direction_day_only.jsonl"
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    agency, paper = (labelled_article({"authors": "", **record}) for record in records)
    assert paper["outlet"] == "herald.test"
    verdicts = judge(agency, paper)
    assert verdicts
    for verdict in verdicts:
        assert (verdict["reuse"], verdict["direction"]) == ("wire", "b_from_a")
        assert verdict["evidence"] == "agency"


def test_the_labelled_articles_share_a_passage(shared_data: pathlib.Path) -> None:
    corpus = records(shared_data)
    for label in labels(LABELLED):
        first, second = (corpus[label[name]]["text"] for name in ("id_a", "id_b"))
        a, b = (words_of({"lines": text.split("\n")}) for text in (first, second))
        assert shared_runs(a, b, 12), label["id_a"]


EDGES = "The Post. Vale (Vale Herald) told reported: “We on” «so» ' news.example & by A"


@given(
    st.lists(
        st.lists(
            st.lists(
                st.sampled_from(EDGES.split()),
                max_size=8,
            ).map(" ".join),
            min_size=1,
            max_size=3,
        ),
        min_size=2,
        max_size=4,
    )
)
def test_evidence_of_an_article_is_its_own(articles: list[list[str]]) -> None:
    made = [{"lines": lines} for lines in articles]
    together = evidence_of(*made).to_pylist()
    assert together == [evidence_of(one).to_pylist()[0] for one in made]
