# ruff: noqa: RUF001 - curly apostrophes are meant
"""Portraits of authors and notes about them go; names and sentences that only look like it stay."""

import pytest

from tests.test_boilerplate_rules import BODY, TITLE, rules_of
from transforms.lines.authors import NOTE_RULE, PORTRAIT_RULE, person

QUILL = "Ada Quill"
BODY_TWO = [
    f"In the {place} of the old town the {thing} were counted twice, and nobody could say why."
    for place, thing in (
        ("cellars", "barrels"), ("yards", "anchors"), ("lofts", "sails"), ("lanes", "lanterns"),
        ("stables", "mules"), ("sheds", "oars"),
    )
]  # fmt: skip


def judged(lines: list[str], *authors: str) -> list[str | None]:
    """Returns the rules of the lines below a headline."""
    found = rules_of([TITLE, *lines], title=TITLE, authors=authors)
    return [found[number] for number in range(2, len(lines) + 2)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ada Quill", ("ada", "quill")),
        ("ADA B. QUILL", ("ada", "quill")),
        ("Dr. Ada Quill Jr.", ("ada", "quill")),
        ("Ana María Quill", ("ana", "quill")),
        ("Ada", None),
        ("The ferry that never left the harbour", None),
    ],
)
def test_persons_are_known_with_and_without_initials_and_titles(
    text: str, name: tuple[str, str] | None
) -> None:
    assert person(text) == name


@pytest.mark.parametrize("caption", ["Ada Quill", "Ada T. Quill", "Ada Quill Jr.", "ADA QUILL"])
def test_the_name_below_an_authors_portrait_goes(caption: str) -> None:
    assert judged([*BODY[:2], caption, *BODY[2:]], QUILL)[2] == PORTRAIT_RULE


def test_names_below_the_portraits_of_two_authors_go() -> None:
    lines = [*BODY[:2], QUILL, "Ben Oar", *BODY[2:]]
    assert judged(lines, QUILL, "Ben Oar")[2:4] == [PORTRAIT_RULE] * 2


def test_names_that_are_headings_stay() -> None:
    # Of somebody else, of whom the text may tell.
    assert judged([*BODY[:2], "Ben Oar", *BODY[2:]], QUILL) == [None] * 6
    # Of several authors, each above what he says.
    lines = [BODY[0], QUILL, *BODY[1:3], "Ben Oar", *BODY[3:]]
    assert judged(lines, QUILL, "Ben Oar") == [None] * 7


@pytest.mark.parametrize("crosshead", ["The Facts", "White House", "What comes next"])
def test_crossheads_below_a_heading_that_begins_with_them_stay(crosshead: str) -> None:
    lines = [*BODY[:2], f"{crosshead}: a closer look", BODY[2], crosshead, *BODY[3:]]
    assert judged(lines, QUILL) == [None] * len(lines)


def test_portraits_and_notes_of_the_authors_of_parts_go() -> None:
    note = "Ben Oar is a lecturer in hydraulics and the author of two books about locks."
    lines = [
        *BODY[:2],
        "Ben Oar: A toll would sink the ferry",
        BODY[2],
        "Ben Oar",
        BODY[3],
        note,
        "Cleo Mast: A toll would save it",
        "Cleo Mast",
        *BODY[4:],
    ]
    found = judged(lines)
    assert found[4] == found[8] == PORTRAIT_RULE
    assert found[6] == NOTE_RULE
    assert [found[at] for at in (0, 1, 2, 3, 5, 7, 9)] == [None] * 7  # headings and paragraphs


@pytest.mark.parametrize(
    "note",
    [
        "Ada Quill is a pilot on the river and the author of a novel about fog.",
        "— Ada Quill, a former harbour master, teaches navigation and writes a column on tides.",
        "Editor’s note: Ada Quill is the director of the maritime museum.",
        "Ada B. Quill covers the port. Follow her at @adaquill",
    ],
)
def test_who_the_author_is_goes_above_and_below_the_text(note: str) -> None:
    assert judged([note, *BODY], QUILL)[0] == NOTE_RULE
    assert judged([*BODY, note], QUILL)[-1] == NOTE_RULE
    # Two authors, a note each.
    assert judged([*BODY, note, note.replace("Ada", "Ida")], QUILL, "Ida Quill")[-2] == NOTE_RULE


@pytest.mark.parametrize(
    "line",
    [
        # Another's office is what a report is made of.
        "Ben Oar is a pilot on the river and the author of a novel about fog.",
        # An author who introduces herself, or tells what she saw.
        "Ada Quill is late, said the pilot, who was the author of the plan.",
        "I am a pilot on the river and the author of a novel about fog.",
        "Ada Quill, president of the pilots' guild",
    ],
)
def test_sentences_about_others_and_within_the_text_stay(line: str) -> None:
    lines = [*BODY, line, *BODY_TWO]
    assert judged(lines, QUILL) == [None] * len(lines)
