"""Tests of the tree of a page: line breaks and unknown elements within running text."""

import textwrap

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


VERSES = [
    "the ferry left without its bell,",
    "and no one on the pier could say",
    "what weather lay behind the swell",
    "or why the gulls had gone away;",
    "a boy who counted ropes and oars",
    "wrote both the numbers on his hand",
    "and ran, before they closed the doors,",
    "to read them to the sleeping land.",
]
FIXED_WIDTH = (
    "The ferry company, which has lost money in each of the past seven years, wants to sell its "
    "two oldest boats and to hire others for the summer, its director said on Monday. Whether "
    "anybody buys them is another matter, since boats of their age need new engines."
)


@pytest.mark.parametrize("lines", [VERSES, VERSES[4:], [line.capitalize() for line in VERSES]])
def test_lines_of_verse_stay(lines: list[str]) -> None:
    assert texts(f"<p>{'<br>'.join(lines)}</p>") == lines
    stanzas = f"<div>{'<br>'.join(lines[:4])}<br><br>{'<br>'.join(lines[4:])}</div>"
    assert texts(stanzas) == lines


@pytest.mark.parametrize("width", [30, 38, 45, 60])
def test_lines_of_a_fixed_width_are_no_verse(width: int) -> None:
    lines = textwrap.wrap(FIXED_WIDTH, width)
    assert len(lines) >= 4
    joined = texts(f"<p>{'<br>'.join(lines)}</p>")
    assert len(joined) < len(lines) / 2
    assert " ".join(joined) == FIXED_WIDTH


@pytest.mark.parametrize("width", [60, 72])
def test_preformatted_prose_is_paragraphs(width: int) -> None:
    """Of a fixed width or not."""
    paragraphs = [FIXED_WIDTH, "Nobody had an answer.", FIXED_WIDTH.replace("two", "three")]
    long = "\n\n".join(paragraphs)
    wrapped = "\n\n".join("\n".join(textwrap.wrap(text, width)) for text in paragraphs)
    assert texts(f"<pre>{long}</pre>") == texts(f"<pre>\n{wrapped}\n</pre>") == paragraphs
    verses = [line.capitalize() for line in VERSES]
    assert texts(f"before<pre>{chr(10).join(verses)}</pre>behind") == ["before", *verses, "behind"]


@pytest.mark.parametrize(
    "code",
    [
        "def area(a, b):\n    return a * b\n\nprint(area(2, 3))",
        "make install\nmake test\nmake clean",
        "# Ferries\n\nThe company has ordered two boats. They come in May.",
        "<code>Open the door.\nClose it again.</code>",
        "Name      Age\nAnn         7\nBo         12",
    ],
)
def test_code_and_tables_stay_one_block(code: str) -> None:
    assert len(texts(f"<pre>{code}</pre>")) == 1


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


TAGS = [
    "<pre>",
    "</pre>",
    "\n",
    "<br>",
    "<br><br>",
    "<b>",
    "</b>",
    "<p>",
    "</p>",
    "<x-y>",
    "</x-y>",
    "<div>",
    "</div>",
]
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
