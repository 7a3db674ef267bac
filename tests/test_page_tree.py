"""Tests of the tree of a page: line breaks and unknown elements within running text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.page_walk import walked
from transforms.extraction.blocks import page_blocks
from transforms.extraction.tree import parse_html
from transforms.text import squeezed


def texts(body: str) -> list[str]:
    """Returns the blocks of a page with that body."""
    root = parse_html(f"<html><body>{body}</body></html>")
    assert root is not None
    return page_blocks(root).texts


WRAPPED = """<div>The ferry company has ordered two new boats from a yard<br>
in Gdynia, and expects the first of them before the winter.<br>
Both run on batteries.<br /><br>
The old boats will be sold, the company said on its own<br>web page.</div>"""


def test_single_breaks_part_no_paragraph_where_pairs_do() -> None:
    assert texts(WRAPPED) == [
        "The ferry company has ordered two new boats from a yard in Gdynia, and expects the first "
        "of them before the winter. Both run on batteries.",
        "The old boats will be sold, the company said on its own web page.",
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # Within a sentence, as the lower case behind it shows.
        ("<p>The board<br>met twice.</p>", ["The board met twice."]),
        ("<p>The <b>board<br></b>met twice.</p>", ["The board met twice."]),
        # A full stop ends a line where no pairs of breaks do.
        ("<p>The board met twice.<br>Then it dissolved itself.</p>", 2),
        # Names, addresses, verses, lists.
        ("<p>Ann Bell<br>Harbour Street 4<br>Tarvik</p>", 3),
        ("<p>Nobody saw the heron go<br>Over water, over snow</p>", 2),
        ("<p>What to bring on the long walk over the hills:<br>- water<br>- a map</p>", 3),
        ("<p>What the board has to decide at the meeting on Monday<br>1. the budget</p>", 2),
        # A break beside a block parts what the block parts.
        ("<div>one two<br><p>three</p><br>four</div>", ["one two", "three", "four"]),
    ],
)
def test_breaks_within_running_text_are_spaces(body: str, expected: list[str] | int) -> None:
    found = texts(body)
    assert (len(found) if isinstance(expected, int) else found) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>The <x-name>Board</x-name> and <person>Ann</person>s met.</p>", 1),
        ("<p>The <x-a>Board <x-b>of <i>Tarvik</i></x-b></x-a> met.</p>", 1),
        # An unknown element around blocks, or on a line of its own, parts lines as before.
        ("<p>Before</p><x-card><p>One</p><p>Two</p></x-card><p>After</p>", 4),
        ("<x-head>A headline</x-head><x-body>A text</x-body>", 2),
        ("text <x-card><div>One</div></x-card> more", 3),
    ],
)
def test_unknown_elements_within_a_line_are_inline(body: str, expected: int) -> None:
    assert len(texts(body)) == expected


TAGS = ["<br>", "<br><br>", "<b>", "</b>", "<p>", "</p>", "<x-y>", "</x-y>", "<div>", "</div>"]
TEXTS = [
    " ",
    "Six words of text stand here, and",
    "two",
    "End.",
    "- item",
    "3) x",
    "“No”",
    "次の行",
]
PARTS = st.lists(st.sampled_from(TAGS + TEXTS), max_size=40)


@given(PARTS)
def test_no_letter_is_lost(parts: list[str]) -> None:
    page = "".join(parts)
    assert squeezed("".join(texts(page))) == squeezed("".join(p for p in parts if p not in TAGS))


@given(PARTS)
def test_blocks_are_those_of_a_plain_walk(parts: list[str]) -> None:
    root = parse_html(f"<html><body>{''.join(parts)}</body></html>")
    assert root is not None
    assert page_blocks(root).texts == [block.text for block in walked(root).blocks]


def test_a_page_of_breaks_is_read_in_linear_time() -> None:
    """Fifty thousand lines in one element: quadratic work would take minutes."""
    page = "some words of a line that goes on<br>\n" * 50_000
    assert len(texts(f"<div>{page}</div>")) == 1
