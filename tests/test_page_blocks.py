"""Blocks of a page: every visible word once, each with its place."""

import gzip
import string
from pathlib import Path

import hypothesis.strategies as st
import lxml.html
from hypothesis import example, given

from tests.page_walk import Block, Walked, walked
from transforms.compiled.page_blocks import KINDS
from transforms.extraction.blocks import NAME_PATTERNS, Blocks, page_blocks
from transforms.extraction.tree import parse_html


def blocks_of(body: str) -> Blocks:
    return page_blocks(lxml.html.document_fromstring(f"<html><body>{body}</body></html>"))


def plain(page: Blocks) -> Walked:
    """Returns the blocks as the walk has them."""
    arrays = (page.linked, page.strong, page.element, page.inside, page.named, page.named_near)
    return Walked(
        [
            Block(text, *numbers)
            for text, numbers in zip(
                page.texts, zip(*(a.tolist() for a in arrays), strict=True), strict=True
            )
        ],
        page.parents.tolist(),
        [page.strings[number] for number in page.tags],
        [page.strings[number] for number in page.names],
        page.starts.tolist(),
        page.ends.tolist(),
    )


def texts(body: str) -> list[str]:
    return blocks_of(body).texts


def only(body: str) -> Block:
    [block] = plain(blocks_of(body)).blocks
    return block


def kinds(block: Block) -> set[str]:
    return {kind for at, kind in enumerate(KINDS) if block.inside >> at & 1}


def kinds_of_names(bits: int) -> set[str]:
    return {kind for at, kind in enumerate(NAME_PATTERNS) if bits >> at & 1}


class TestLines:
    def test_a_paragraph_is_a_block_whatever_stands_in_its_line(self) -> None:
        assert texts("<p>One <b>bold</b>\n <a href='/'>link</a>,<br>two.</p>") == [
            "One bold link,",
            "two.",
        ]

    def test_loose_text_between_paragraphs_is_a_block(self) -> None:
        assert texts("<div>a<p>b</p>c <i>d</i><p>e</p></div>f") == ["a", "b", "c d", "e", "f"]

    def test_a_row_is_a_block_unless_its_cells_hold_paragraphs(self) -> None:
        assert texts("<table><tr><td>a</td><td>b</td></tr></table>") == ["a b"]
        assert texts("<table><tr><td><p>a</p></td><td><p>b</p></td></tr></table>") == ["a", "b"]

    def test_what_no_reader_sees_is_no_block(self) -> None:
        unseen = "<script>s</script><style>t</style><noscript>n</noscript><template>m</template>"
        assert texts(f"{unseen}<p>a<script>s</script>b</p>") == ["ab"]
        assert texts("<!-- c -->") == []

    @given(
        st.recursive(
            st.text("ab \n", max_size=3),
            lambda inner: st.tuples(
                st.sampled_from(["div", "p", "span", "td", "a", "li", "br"]), st.lists(inner)
            ).map(lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"),
            max_leaves=20,
        )
    )
    def test_every_letter_is_in_one_block(self, body: str) -> None:
        root = lxml.html.document_fromstring(f"<html><body><div>{body}</div></body></html>")
        found = page_blocks(root).texts
        letters = "".join("".join(root.itertext()).split())
        assert "".join("".join(found).split()) == letters


class TestPlaces:
    def test_kinds_are_of_all_elements_around(self) -> None:
        assert kinds(only("<main><ul><li><h2>a</h2></li></ul></main>")) == {
            "main",
            "list",
            "heading",
        }
        assert kinds(only("<div role='navigation'><div aria-hidden='true'>a</div></div>")) == {
            "nav",
            "hidden",
        }
        assert kinds(only("<div style='display: none'>a</div>")) == {"hidden"}

    def test_names_count_by_the_general_words_they_hold(self) -> None:
        block = only("<div class='readerComments'><div><div><div><p id='share-bar'>a</p></div>")
        assert {"comment", "share"} <= kinds_of_names(block.named)
        assert "share" in kinds_of_names(block.named_near)
        assert "comment" not in kinds_of_names(block.named_near)

    def test_the_names_of_the_body_are_those_of_no_block(self) -> None:
        root = lxml.html.document_fromstring("<html><body class='comment'><p>a</p></body></html>")
        assert page_blocks(root).named.tolist() == [0]

    def test_links_and_bold_type_are_counted_in_characters(self) -> None:
        block = only("<p>abc <a href='/'>de <b>fg</b></a></p>")
        assert block == block._replace(text="abc de fg", linked=4, strong=2)
        assert blocks_of("<a><h3>abc</h3></a><p>d</p>").linked.tolist() == [3, 0]

    def test_elements_hold_runs_of_blocks(self) -> None:
        page = plain(blocks_of("<div><p>a</p><p>b</p></div><section>c</section>"))
        spans = dict(zip(page.tags, zip(page.starts, page.ends, strict=True), strict=True))
        assert spans == {"body": (0, 3), "div": (0, 2), "p": (1, 2), "section": (2, 3)}
        assert page.parents == [0, 0, 1, 1, 0]
        assert [page.tags[block.element] for block in page.blocks] == ["p", "p", "section"]


NAMES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                part.strip("^$").replace("\\d", "7")
                for patterns in NAME_PATTERNS.values()
                for part in patterns.split("|")
            ]
        ),
        st.text(string.ascii_letters + string.digits + "-_é\u2003", max_size=6),
    ),
    max_size=4,
).map("".join)
VALUES = st.one_of(
    NAMES,
    st.lists(NAMES, max_size=35).map(" ".join),
    st.sampled_from(
        ["true", "navigation", "display:\u00a0none", "visibility:hidden", "display:", "a\tb"]
    ),
    st.text("<>&\"' \n\r\té一", max_size=4),
)
ATTRIBUTES = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "class",
                "id",
                "itemprop",
                "data-testid",
                "role",
                "style",
                "hidden",
                "aria-hidden",
                "title",
            ]
        ),
        VALUES,
    ),
    max_size=3,
    unique_by=lambda pair: pair[0],
)
TAGS = st.sampled_from(
    "div p span td th tr table a b strong li br script noscript h2 title body x:y x-y".split()
)


def tree(pieces: tuple[object, ...]) -> lxml.html.HtmlElement:
    """Builds an element from (tag, attributes, text, children, tail)."""
    tag, attributes, text, children, tail = pieces
    element = lxml.html.Element(tag, dict(attributes))  # type: ignore[call-overload]
    element.text, element.tail = text, tail  # type: ignore[assignment]
    for child in children:  # type: ignore[attr-defined]
        element.append(child)
    return element


TEXTS = st.one_of(st.none(), st.text("ab <>&\"'\n\r\t\u00a0\u3000é一😀]", max_size=6))
TREES = st.recursive(
    st.tuples(TAGS, ATTRIBUTES, TEXTS, st.just([]), TEXTS).map(tree)
    | st.text("a -", max_size=3)
    .filter(lambda t: "--" not in t and t[-1:] != "-")
    .map(lxml.html.HtmlComment),
    lambda inner: st.tuples(TAGS, ATTRIBUTES, TEXTS, st.lists(inner, max_size=4), TEXTS).map(tree),
    max_leaves=12,
)


class TestTheWalk:
    """The compiled loop over what libxml2 writes finds what a walk over the tree finds."""

    @given(TREES)
    def test_of_any_tree(self, root: lxml.html.HtmlElement) -> None:
        if isinstance(root.tag, str):
            assert plain(page_blocks(root)) == walked(root)

    @given(st.text("<>/=\"'-!?[]& abdivpr\n", max_size=60))
    @example("<p>a<![CDATA[b]]>c</p>")
    @example("<p>a<!-- > -->b<?php > ?>c<td/>d")
    @example("<xmp><b>a</b> ]]> &amp;</xmp><textarea>a<p>b</textarea><plaintext><p>c")
    @example('<p =a=b c"d=e f<g=h><we"ird<p hidden>a</p>b<div class=x/>c')
    @example("<script>if (a < b && '</p>') {}</script><style>a>b{}</style><p>c")
    @example("<div style='x;display:\n none'><a href='x>y/'>b<br>c</a></div>")
    @example("<svg><p>a</p></svg>b<math/><p aria-hidden='true' role=menu>c&foo;&lt;&#13;&#x1F600;")
    def test_of_any_markup(self, body: str) -> None:
        root = lxml.html.document_fromstring(f"<html><body>{body}</body></html>")
        assert plain(page_blocks(root)) == walked(root)

    def test_of_xhtml(self) -> None:
        kind = (
            '"-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"'
        )
        page = f"<!DOCTYPE html PUBLIC {kind}><body><div name='share'>a</div><br><p lang='de'>b</p>"
        root = lxml.html.document_fromstring(page)
        assert plain(page_blocks(root)) == walked(root)

    def test_of_real_pages(self, shared_data: Path) -> None:
        paths = sorted(shared_data.glob("html_articles/html/*.html.gz"))
        paths += sorted(shared_data.glob("fundus/*/*.html.gz"))
        for path in paths[::20]:
            root = parse_html(gzip.decompress(path.read_bytes()))
            if root is not None:
                assert plain(page_blocks(root)) == walked(root), path

    def test_control_characters_show_as_nothing(self) -> None:
        assert texts("<p title='&#1;'>a&#1;b&#x1f;</p>") == ["ab"]
