"""Lines broken at a fixed width become paragraphs again; nothing else is touched."""

import pathlib
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.extraction.transform import Extraction
from transforms.hard_wraps import unwrapped

PARAGRAPHS = [
    "The city council voted on Tuesday to close the old harbour bridge for repairs that will take "
    "at least eighteen months, after engineers found cracks in three of the nine pillars.",
    "Ferries will carry commuters across the river until the work is done, and the fare will stay "
    "the same. Shop owners on the eastern bank fear that customers will stay away during the "
    "winter season.",
    "“It is a black day for us,” said one of them, who sells shoes beside the pier and has seen "
    "two closures before.",
    "The regional government will pay two thirds of the cost, according to the council's plan; "
    "the rest will come from a toll that is to be charged from 2024.",
]


@pytest.mark.parametrize("width", [55, 65, 72, 80])
@pytest.mark.parametrize("indent", ["", "   "])
def test_paragraphs_come_back(width: int, indent: str) -> None:
    lines: list[str] = []
    for paragraph in PARAGRAPHS:
        lines += textwrap.wrap(paragraph, width, initial_indent=indent, break_on_hyphens=False)
        lines += [] if indent else [""]
    assert [line.strip() for line in unwrapped(lines) if line.strip()] == PARAGRAPHS


@pytest.mark.parametrize(("end", "joined"), [(" " * 400, True), ("x" * 400, False)])
def test_a_line_beyond_every_width_tells_that_none_was_broken(end: str, joined: bool) -> None:
    lines = [line for text in PARAGRAPHS for line in [*textwrap.wrap(text, 70), ""]]
    lines[1] += end
    found = unwrapped(lines)
    assert (len(found) < len(lines)) == joined
    assert joined or found == lines


def test_headline_and_list_of_a_broken_text_stay_lines() -> None:
    body = [line for text in PARAGRAPHS for line in [*textwrap.wrap(text, 70), ""]]
    points = ["- Close the eastern lane", "- Run ferries every twenty minutes"]
    found = unwrapped(["Harbour bridge to close", "", *body, *points])
    assert found[0] == "Harbour bridge to close"
    assert found[-2:] == points


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [""],
        PARAGRAPHS,
        [line for text in PARAGRAPHS for line in (text, "")],
        [sentence for text in PARAGRAPHS for sentence in text.split(". ")],
        [
            "The tide goes out, the tide comes in,",
            "and all the boats lie down to rest,",
            "the harbour lights are growing thin,",
            "the gulls fly out into the west,",
            "and nobody who sees them go",
            "will tell us what the fishes know,",
            "for what they know they will not say",
            "until the sea has gone away.",
        ],
        [f"{number}. A point that is about as long as the others" for number in range(1, 12)],
    ],
)
def test_other_texts_stay_as_they_are(lines: list[str]) -> None:
    assert unwrapped(lines) == lines


@given(st.lists(st.text("ab c.\n\t-", max_size=90), max_size=40))
def test_no_word_is_lost_or_moved(lines: list[str]) -> None:
    assert " ".join(unwrapped(lines)).split() == " ".join(lines).split()


@pytest.mark.parametrize("seed", sorted(pathlib.Path("seeds").glob("*.txt")), ids=lambda p: p.name)
def test_the_seeds_stay_as_they_are(seed: pathlib.Path) -> None:
    lines = seed.read_text("utf-8").split("\n")
    assert unwrapped(lines) == lines


def test_a_text_dump_is_joined_before_its_lines_are_numbered() -> None:
    document = "\n".join(line for text in PARAGRAPHS for line in [*textwrap.wrap(text, 70), ""])
    article = dict.fromkeys(Extraction.reads) | {"document": document, "document_type": "text"}
    found = Extraction().apply(article)
    assert [line for line in found["lines"] if line] == PARAGRAPHS


def test_words_cut_in_a_narrow_column_of_few_lines_are_whole() -> None:
    lines = [
        "The light-",
        "house fund met. The kee\u00ac",
        "pers, of the Nord-",
        "und Südturm, sat.",
    ]
    assert unwrapped(lines) == ["The lighthouse fund met. The keepers, of the Nord-", lines[3]]
    once = ["The Anglo-", "danish school", "", "- a", "- b"]
    assert unwrapped(once) == once


def test_words_that_were_cut_at_the_end_of_a_line_are_whole() -> None:
    lines = [
        "The board of the light-house fund met on Friday in the Anglo-",
        "Danish school, and after a long debate on the wages of the kee-",
        "pers it resolved to ask the county for a grant of four hundred",
        "crowns, since the storms of the winter had broken the windows",
        "of the tower and the oil that was bought in the autumn is run-",
        "ning low. The chairman promised to write to the members of the",
        "assembly at once, and the meeting closed at ten o'clock with a",
        "song. A second meeting will be held before the end of the mon\u00ac",
        "th of March, when the answer of the county should have arrived",
        "by the mail steamer.",
    ]
    [text] = unwrapped(lines)
    for words in ("Anglo-Danish school", "keepers it", "running low", "month of March"):
        assert words in text
