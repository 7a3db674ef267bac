"""The split of articles into paragraphs and removed lines: accounting, fields, scores."""

import csv
import math
import pathlib
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench import pages, shingle_f1
from tests.bench.train_boilerplate import visible_lines
from transforms.boilerplate import RULES, Boilerplate
from transforms.extraction.transform import Extraction
from transforms.extraction.tree import parse_html
from transforms.lines import article as article_lines
from transforms.lines import model as line_model
from transforms.lines import rules as line_rules
from transforms.lines.article import split
from transforms.text import ends_sentence

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
    } | columns


def rules(lines: list[str], **options: Any) -> dict[str, str]:
    return {line.text: line.rule for line in split(lines, **options).removed}


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


@settings(max_examples=150, deadline=None)
@given(
    st.lists(PIECES | st.text(max_size=60), max_size=40),
    st.none() | st.just(TITLE) | st.text(max_size=20),
    st.booleans(),
)
def test_every_line_ends_exactly_once(lines: list[str], title: str | None, extracted: bool) -> None:
    parts = split(lines, title=title, extracted=extracted)
    filed = sorted(
        [(line.line_number, line.text) for line in parts.paragraphs]
        + [(line.line_number, line.text) for line in parts.removed]
    )
    assert filed == [(n, line.strip()) for n, line in enumerate(lines, 1) if line.strip()]
    assert {line.rule for line in parts.removed} <= RULES.keys()
    numbers = [line.line_number for line in parts.paragraphs]
    assert numbers == sorted(numbers)


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=25))
def test_a_title_found_is_a_line_and_stays_accounted_for(lines: list[str]) -> None:
    parts = split(lines)
    if parts.title is not None:
        assert any(line.endswith(parts.title) for line in lines)
        assert any(
            line.text.endswith(parts.title) and line.rule in ("field:title", "breadcrumb_v2")
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
        "link_heading_v2",
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
    assert [line.rule for line in found.removed] == ["breadcrumb_v2", "field:title"]


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


# --- repetition -----------------------------------------------------------------------------------


def test_a_paragraph_printed_again_goes_and_its_first_stays() -> None:
    found = split([TITLE, *BODY, BODY[1]])
    assert [line.text for line in found.paragraphs] == BODY
    assert found.removed[-1] == (6, BODY[1], "repeat_v1")


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


# --- gates ----------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(
        [
            "Subscribe to our newsletter and never miss a story.",
            "Click here to read the full report",
            "Follow Ann Example on Twitter @annexample",
            "© 2020 Harbour Times. All rights reserved.",
            "Reporting by Ann Example; Editing by Bo Sample",
            "Support independent journalism by becoming a member",
            "Melden Sie sich für unseren Newsletter an",
            "Abonnez-vous à notre newsletter",
            "Подпишитесь на нашу рассылку",
            "Published: 14 March 2021",
            "Designed by Webhouse",
            "Tags: bridge, harbour",
            "Already a subscriber? Log in",
            "This website uses cookies",
            *BODY,
        ]
    ),
    st.sampled_from(["", "(", "“", "• "]),
    st.sampled_from(["", ".", "!", ")", " »"]),
)
def test_the_gates_lose_nothing(line: str, before: str, after: str) -> None:
    text = before + line + after
    ended = ends_sentence(text)
    gated = line_rules.line_rule(text, ended)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_rules, "_gates", lambda text: (-1, -1))
        assert line_rules.line_rule(text, ended) == gated


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


def test_trees_score_a_line_by_its_features_alone() -> None:
    entries, title, _ = article_lines.judge_by_rules(
        [line for line, _ in PAGE_DUMP], None, (), None
    )
    trees = line_model.line_model().first
    found = line_model.features(article_lines.model_lines(entries, title))
    whole = trees.log_odds(found).tolist()
    assert [
        trees.log_odds({name: values[at : at + 1] for name, values in found.items()})[0]
        for at in range(len(entries))
    ] == whole


def test_the_model_asks_for_features_that_exist() -> None:
    entries, title, _ = article_lines.judge_by_rules(BODY, None, (), None)
    lines = article_lines.model_lines(entries, title)
    model = line_model.line_model()
    found = line_model.features(lines)
    assert set(model.first.names) == found.keys()
    again = line_model.second_features(lines, model.first.log_odds(found))
    assert set(model.second.names) == again.keys()
    for trees in (model.first, model.second):
        assert trees.feature.max() < len(trees.names)
    for values in (*found.values(), *again.values()):
        assert values.shape == (len(entries),)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([line for line, _ in PAGE_DUMP]), min_size=1, max_size=40))
def test_every_line_of_any_article_gets_a_finite_score(lines: list[str]) -> None:
    entries, title, _ = article_lines.judge_by_rules(lines, None, (), None)
    odds = line_model.line_model().log_odds(article_lines.model_lines(entries, title))
    assert odds.shape == (len(entries),)
    assert all(math.isfinite(value) for value in odds.tolist())


def test_a_missing_model_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    monkeypatch.setattr(line_model, "__file__", str(tmp_path / "module.py"))
    line_model.line_model.cache_clear()
    try:
        with pytest.raises(FileNotFoundError, match="train_boilerplate"):
            line_model.line_model()
    finally:
        line_model.line_model.cache_clear()


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


def _page_scores(shared: pathlib.Path, step: int) -> dict[str, float]:
    """F1 of every ``step``-th held-out page by data and kind of lines."""
    extraction = Extraction()
    matches: dict[str, list[shingle_f1.Matches]] = {}
    for source in (pages.html_articles, pages.fundus):
        held_out = [page for page in source(shared) if page.held_out]
        for page in held_out[::step]:
            given_article: dict[str, Any] = {
                "document": page.html,
                "document_type": "html",
                "url": page.url,
                "title": None,
                "authors": [],
                "published_at": None,
                "outlet": None,
                "tags": [],
                "language_hint": None,
            }
            (found,) = extraction.apply_batch([given_article])
            if isinstance(found, Exception):
                continue
            root = parse_html(page.html)
            assert root is not None
            for kind, lines in (("extracted", found["lines"]), ("visible", visible_lines(root))):
                parts = split(
                    lines,
                    found["title"],
                    found["authors"],
                    found["outlet"],
                    extracted=kind == "extracted",
                )
                text = "\n".join(line.text for line in parts.paragraphs)
                matches.setdefault(f"{source.__name__} {kind}", []).append(
                    shingle_f1.match(page.text, text)
                )
    return {name: shingle_f1.score(found).f1 for name, found in matches.items()}


FLOORS = {
    "html_articles extracted": 0.941,
    "html_articles visible": 0.945,
    "fundus extracted": 0.977,
    "fundus visible": 0.922,
}
"""F1 of every eighth held-out page, less three thousandths; raise them with the scores."""


@pytest.mark.slow
def test_scores_on_pages_of_sites_the_model_never_saw(shared_data: pathlib.Path) -> None:
    scores = _page_scores(shared_data, step=8)
    assert scores.keys() == FLOORS.keys()
    for name, floor in FLOORS.items():
        assert scores[name] >= floor, f"{name}: F1 {scores[name]:.4f}, was {floor}"
