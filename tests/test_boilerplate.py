"""The split of articles into paragraphs and removed lines: accounting, fields, scores."""

import csv
import pathlib
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pumping import SUSPECT, growth
from transforms.boilerplate.context import split
from transforms.boilerplate.engine import tables
from transforms.boilerplate.transform import Boilerplate

BODY = [
    "The city council voted on Tuesday to close the old harbour bridge for repairs that will take "
    "at least eighteen months.",
    "Engineers found cracks in three of the nine pillars during an inspection last autumn, the "
    "mayor's office said.",
    "Ferries will carry commuters across the river until the work is done, and the fare will stay "
    "the same.",
    "Shop owners on the eastern bank fear that customers will stay away during the winter season.",
]
TITLE = "Harbour bridge to close for eighteen months"


def article(lines: list[str], **columns: Any) -> dict[str, Any]:
    return {
        "lines": lines,
        "title": None,
        "authors": [],
        "outlet": None,
        "document_type": "text",
        "field_lines": [],
    } | columns


def rules(lines: list[str], **options: Any) -> dict[str, str]:
    return {line.text: line.rule for line in split(lines, **options).removed}


def test_a_column_of_labels_goes_from_its_last_one_up_in_linear_time() -> None:
    def column(size: int) -> list[str]:
        return [TITLE, BODY[0], *["Audio"] * size, "Advertisement", BODY[1]]

    assert len(split(column(50)).removed) == 52
    assert growth(lambda size: lambda: split(column(size)), 2000, 0.001, False) <= SUSPECT


# --- accounting -----------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *BODY,
        TITLE,
        "",
        "   ",
        "Latest News",
        "Laetst Nws",
        "Share",
        "By Ann Example",
        "© 2020 Harbour Times",
        "Our mission",
        "Read more: Ferries prepare for winter",
        "***",
        "Home > News",
        "(AFP)",
        "\ufeff",
        "\u200b",
        "۞",
        "😀",
        "\x00",
        "[x]",
        "—",
    ]
)


@given(
    st.lists(PIECES | st.text(max_size=60), max_size=40),
    st.none() | st.just(TITLE) | st.text(max_size=20),
)
def test_every_line_ends_exactly_once(lines: list[str], title: str | None) -> None:
    parts = split(lines, title=title)
    filed = sorted(
        [(line.line_number, line.text) for line in parts.paragraphs]
        + [(line.line_number, line.text) for line in parts.removed]
    )
    assert filed == [(n, line.strip()) for n, line in enumerate(lines, 1) if line.strip()]
    assert {line.rule for line in parts.removed} <= tables().rules.keys()
    numbers = [line.line_number for line in parts.paragraphs]
    assert numbers == sorted(numbers)


@given(st.lists(PIECES, min_size=1, max_size=25))
def test_a_title_found_is_a_line_and_stays_accounted_for(lines: list[str]) -> None:
    parts = split(lines)
    if parts.title is not None:
        assert any(line.endswith(parts.title) for line in lines)
        assert any(
            line.text.endswith(parts.title) and line.rule in ("field:title", "breadcrumb_v3")
            for line in parts.removed
        )


def test_the_transform_sets_its_columns_and_leaves_its_argument_alone() -> None:
    given_article = article([TITLE, "By Ann Example", "", *BODY, "Latest News"])
    before = pickle.dumps(given_article)
    step = pickle.loads(pickle.dumps(Boilerplate()))
    step.setup()
    found = step.apply(given_article)
    assert pickle.dumps(given_article) == before
    assert found["title"] == TITLE
    assert found["authors"] == ["Ann Example"]
    assert found["text"] == "\n\n".join(BODY)
    assert [line.line_number for line in found["paragraphs"]] == [4, 5, 6, 7]
    assert {line.rule for line in found["removed_lines"]} == {
        "field:title",
        "field:byline",
        "link_heading_v4",
    }


def test_an_article_without_lines() -> None:
    found = Boilerplate().apply(article(["", "  "]))
    assert found["text"] == ""
    assert found["paragraphs"] == found["removed_lines"] == []
    assert found["title"] is None


# --- title and bylines ----------------------------------------------------------------------------


def test_the_given_title_wins_and_its_repeats_go() -> None:
    lines = [f"{TITLE} - The Harbour Times", TITLE, *BODY]
    found = split(lines, title=TITLE, outlet="The Harbour Times")
    assert found.title == TITLE
    assert [line.rule for line in found.removed] == ["field:title", "field:title"]


@pytest.mark.parametrize(
    "crumbs",
    [f"Home {TITLE}", f"Home > News > {TITLE}", f"Startseite » {TITLE}", f"Accueil / {TITLE}"],
)
def test_a_breadcrumb_above_the_title(crumbs: str) -> None:
    found = split([crumbs, "", TITLE, "", *BODY])
    assert found.title == TITLE
    assert [line.rule for line in found.removed] == ["breadcrumb_v3", "field:title"]


def test_a_title_that_only_the_breadcrumb_has_is_not_lost() -> None:
    found = split([f"Home > News > {TITLE}", "", *BODY])
    assert found.title == TITLE
    assert [line.text for line in found.paragraphs] == BODY


@pytest.mark.parametrize(
    "headline",
    [
        "Watch: The moment the old bridge gave way",
        "Video: Harbour bridge closes for eighteen months",
        "Opinion: Why the council is wrong about the bridge",
        "Exclusive: Harbour bridge to close",
        "“We will not move,” say shop owners on the eastern bank",
        "What happens when the bridge closes?",
        "Follow the money: who pays for the harbour bridge",
        "Share of cracked pillars rises to a third",
        "By the numbers: the harbour bridge",
        "In 2018 the bridge was safe. What went wrong?",
        "Latest: Council votes to close harbour bridge",
        "Das Ende einer Brücke",
        "Новый мост откроют осенью",
        "港の橋、十月に閉鎖へ",
    ],
)
def test_headlines_that_look_like_furniture_become_the_title(headline: str) -> None:
    found = split([headline, "", *BODY])
    assert found.title == headline
    assert [line.text for line in found.paragraphs] == BODY


def test_a_subheading_stays_a_paragraph() -> None:
    subheading = "Ferries to carry commuters; shop owners on the eastern bank fear a lost season"
    found = split([TITLE, "", subheading, "", *BODY])
    assert found.title == TITLE
    assert found.paragraphs[0].text == subheading


def test_a_text_that_starts_with_its_first_sentence_has_no_title() -> None:
    found = split(BODY)
    assert found.title is None
    assert [line.text for line in found.paragraphs] == BODY


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ann Example", ["Ann Example"]),
        ("By Ann Example and Bo Sample", ["Ann Example", "Bo Sample"]),
        (
            "By Ann Example, Bo Sample and Cy Model | Reuters",
            ["Ann Example", "Bo Sample", "Cy Model"],
        ),
        ("By ANN EXAMPLE, Staff Writer", ["ANN EXAMPLE"]),
        ("Von Ann Beispiel und Bo Muster", ["Ann Beispiel", "Bo Muster"]),
        ("Par Anne Exemple avec AFP", None),
        ("Por Ana Ejemplo y Luis Muestra", ["Ana Ejemplo", "Luis Muestra"]),
        ("Автор: Анна Примерова", ["Анна Примерова"]),
    ],
)
def test_bylines_become_authors(line: str, names: list[str] | None) -> None:
    found = split([TITLE, line, "", *BODY])
    if names is None:
        assert found.title == TITLE
    else:
        assert found.authors == names
        assert rules([TITLE, line, "", *BODY])[line] == "field:byline"


def test_given_authors_stay_and_their_line_goes() -> None:
    found = split([TITLE, "Ann Example, Bo Sample", *BODY], authors=["Ann Example", "Bo Sample"])
    assert found.authors == ["Ann Example", "Bo Sample"]
    assert found.removed[1].rule == "field:byline"


def test_an_authors_name_between_sentences_goes_and_a_speakers_stays() -> None:
    """A name alone is a portrait's if an author has it, once; in an interview several have one."""
    authors = ["Ann Example", "Bo Sample"]
    portrait = [TITLE, BODY[0], "Ann Example", *BODY[1:]]
    assert rules(portrait, authors=authors) == {TITLE: "field:title", "Ann Example": "field:byline"}
    talk = [TITLE, BODY[0], "Ann Example", BODY[1], "Cy Guest", BODY[2], BODY[3]]
    twice = [TITLE, BODY[0], "Ann Example", BODY[1], "Ann Example", BODY[2], BODY[3]]
    for lines, known in ((talk, authors), (twice, authors), (portrait, ["Cy Guest"])):
        assert rules(lines, authors=known) == {TITLE: "field:title"}


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("By Ann Example and Bo Sample, Harbour Times", "field:byline"),
        ("Ann Example / Harbour Times", "field:credit"),
        ("HARBOUR TIMES", "section_label_v3"),
        ("By Land And By Sea", None),
        ("Harbour times and tides", None),
        ("Ferries / Harbour Times", None),
    ],
)
def test_names_with_that_of_the_outlet_go_between_sentences(line: str, rule: str | None) -> None:
    lines = [TITLE, *BODY[:2], line, *BODY[2:]]
    assert rules(lines, outlet="Harbour Times").get(line) == rule


def test_lines_behind_the_tags_are_tags() -> None:
    tags = ["Filed under: Bridges", "Ferries", "The harbour"]
    assert rules([TITLE, *BODY, *tags]) == {TITLE: "field:title", **dict.fromkeys(tags, "tags_v4")}
    told = "The council will vote again on the repairs of the old harbour bridge in March."
    for lines in ([*BODY, *tags, told], [tags[0], "White water", "runs below", "the old bridge"]):
        found = rules(lines).items()
        assert {line for line, rule in found if rule == "tags_v4"} <= {tags[0]}


# --- words of labels that are the text's own ------------------------------------------------------

NOTICES = [
    "BELL, Ann, 81, formerly of Harbour Street.",
    "QUIST, Bo, 64, ferryman. No flowers.",
    "SANDE, Cy, suddenly, at home.",
    "TORP, Dee, 92, teacher for forty years.",
    "WIK, Eli, 70, after a long illness.",
]


@pytest.mark.parametrize("heading", ["Births", "Deaths", "Corrections", "Obituaries", "Weather"])
@pytest.mark.parametrize("stop", [".", ""])
def test_the_heading_of_short_notices_is_their_title(heading: str, stop: str) -> None:
    """A word of a menu or not, above lines that end as sentences or not."""
    notices = [line.rstrip(".") + stop for line in NOTICES]
    found = split([heading, "", *notices])
    assert found.title == heading
    assert [line.text for line in found.paragraphs] == notices


def test_a_label_above_a_headline_is_no_title() -> None:
    found = split(["Weather", TITLE, *BODY])
    assert found.title == TITLE
    assert [line.text for line in found.paragraphs] == BODY


def test_a_section_below_the_text_stays() -> None:
    section = ["Corrections", "A report on Friday gave the wrong year for the bridge."]
    found = split([TITLE, *BODY, *section])
    assert [line.text for line in found.paragraphs] == [*BODY, *section]


@pytest.mark.parametrize("heading", ["FAQ", "FAQs"])
def test_questions_and_answers_below_a_text_stay(heading: str) -> None:
    answers = [
        "When does the last ferry leave?",
        "At ten in the evening, and at midnight on the eve of a holiday.",
        "May bicycles come along?",
        "Yes, if there is room for them beside the cars of the crew.",
    ]
    lines = [TITLE, *BODY * 2, heading, *answers, "About us", "Contact us", "Privacy policy"]
    kept = [line.text for line in split(lines).paragraphs]
    assert set(answers) <= set(kept)


@pytest.mark.parametrize(
    "line",
    [
        "Next",
        "Home",
        "Back",
        "More",
        "Latest",
        "Share",
        "all rights reserved for the owls",
        "17",
        "Tuesday 3",
    ],
)
def test_a_line_of_a_poem_stays(line: str) -> None:
    verses = [
        "the lamp that nobody put out",
        "has burned a hole into the fog",
        "through which the boats go one by one",
        "and nobody is at the wheel",
    ]
    found = split(["Lamp", "", *verses[:2], line, *verses[2:]])
    assert [text.text for text in found.paragraphs] == [*verses[:2], line, *verses[2:]]


@pytest.mark.parametrize("line", ["£4.20", "€ 12.50.", "+3.15 %", "$18", "40 %", "-0.25%"])
def test_a_price_or_a_rate_is_no_time_and_no_page(line: str) -> None:
    found = split([TITLE, *BODY, line])
    assert found.paragraphs[-1].text == line


def test_a_date_above_a_short_text_goes() -> None:
    lines = [TITLE, "14 March 2021", "The bridge is closed.", "Ferries sail at noon."]
    assert rules(lines) == {TITLE: "field:title", "14 March 2021": "timestamp_v4"}


OWN = "My grandfather kept bees behind the signal box, and he read the newspaper to them aloud."


@pytest.mark.parametrize(
    "notice",
    [
        "Sign up for our weekly newsletter!",
        "Follow us on Instagram.",
        "This story has been updated.",
        "This video is not available.",
        "All rights reserved.",
    ],
)
def test_a_sentence_of_the_writer_behind_a_notice_stays(notice: str) -> None:
    """On one line with it; alone the notice goes."""
    found = split([TITLE, *BODY, notice, BODY[0].replace("Tuesday", "Friday"), f"{notice} {OWN}"])
    assert [line.text for line in found.removed] == [TITLE, notice]
    assert found.paragraphs[-1].text == f"{notice} {OWN}"


# --- repetition -----------------------------------------------------------------------------------


def test_a_paragraph_printed_again_at_once_goes_and_its_first_stays() -> None:
    found = split([TITLE, *BODY[:2], "", BODY[1], *BODY[2:], BODY[0]])
    assert [line.text for line in found.paragraphs] == [*BODY, BODY[0]]
    assert found.removed[-1] == (5, BODY[1], "repeat_v2")


def test_short_lines_may_repeat() -> None:
    lines = [TITLE, BODY[0], "Yes: 40 percent", BODY[1], "Yes: 40 percent", BODY[2]]
    assert [line.text for line in split(lines).paragraphs] == lines[1:]


def test_a_doubled_lead_keeps_one() -> None:
    found = split([TITLE, BODY[0], BODY[0], *BODY[1:]])
    assert [line.text for line in found.paragraphs] == BODY


def test_who_contributed_takes_no_report_with_it() -> None:
    """A paragraph of the report that ends in it stays, a line of names with initials goes."""
    told = f"{BODY[0]} The news agency contributed to this report."
    names = "Associated Press writers Ann B. Example Jr. and Bo Sample contributed to this report."
    found = split([TITLE, told, *BODY[1:], names])
    assert [line.text for line in found.paragraphs] == [told, *BODY[1:]]
    assert (found.removed[-1].text, found.removed[-1].rule) == (names, "field:agency")


# --- the line model -------------------------------------------------------------------------------

PAGE_DUMP = [
    ("Harbour bridge to close for eighteen months - The Harbour Times", False),
    ("Skip to content", False),
    *((label, False) for label in ("Local", "Region", "Weather", "Obituaries", "Puzzles")),
    *((label, False) for label in ("Real estate", "Motors", "Tickets", "Archive 1990-2010")),
    ("Subscribe", False),
    ("Log in", False),
    (TITLE, False),
    ("By Ann Example", False),
    ("14 March 2021", False),
    (BODY[0], True),
    (BODY[1], True),
    ("Long detours", True),
    (BODY[2], True),
    (BODY[3], True),
    ("“It is a black day for us,” said one of them, who sells shoes beside the pier.", True),
    ("The regional government will pay two thirds of the cost of the work, the plan says.", True),
    ("More from Local", False),
    *(
        (label, False)
        for label in (
            "Ferry fares to rise in June",
            "School on the hill gets a new roof",
            "Storm damages forty boats in the marina",
            "Museum of the river reopens after six years",
            "Mayor to run for a third term",
        )
    ),
    ("Most Read", False),
    *((f"{n}", False) for n in range(1, 5)),
    ("About us", False),
    ("Contact", False),
    ("Privacy", False),
    ("© 2021 The Harbour Times", False),
]


def test_the_model_finds_the_article_in_the_dump_of_a_whole_page() -> None:
    lines = [line for line, _ in PAGE_DUMP]
    kept = [line.text for line in split(lines).paragraphs]
    assert kept == [line for line, content in PAGE_DUMP if content]
    assert split(lines).title == TITLE


# --- scores on hand-labelled data -----------------------------------------------------------------


def test_the_hand_labelled_seed_lines(shared_data: pathlib.Path) -> None:
    gold: dict[str, dict[int, str]] = {}
    with (shared_data / "gold" / "seed_lines.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            gold.setdefault(row["file"], {})[int(row["line"])] = row["label"]
    wrong: list[tuple[str, int]] = []
    counts = {"content": 0, "furniture": 0}
    for name, labels in gold.items():
        lines = (shared_data / "seeds" / name).read_text("utf-8").split("\n")
        parts = split(lines)
        assert parts.title is not None
        removed = {line.line_number: line.rule for line in parts.removed}
        for number, label in labels.items():
            if label == "blank":
                continue
            content = label == "content"
            kept = removed.get(number) in (None, "field:title")
            counts["content" if content else "furniture"] += 1
            if kept != content:
                wrong.append((name, number))
    assert wrong == []
    assert counts == {"content": 82, "furniture": 20}
