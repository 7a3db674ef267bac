"""Blocks of a page: every visible word once, each with its place."""

import hypothesis.strategies as st
import lxml.html
from hypothesis import given

from transforms.page_blocks import CUES, KINDS, Block, Blocks, page_blocks


def blocks_of(body: str) -> Blocks:
    return page_blocks(lxml.html.document_fromstring(f"<html><body>{body}</body></html>"))


def texts(body: str) -> list[str]:
    return [block.text for block in blocks_of(body).blocks]


def only(body: str) -> Block:
    [block] = blocks_of(body).blocks
    return block


def kinds(block: Block) -> set[str]:
    return {kind for at, kind in enumerate(KINDS) if block.inside >> at & 1}


def cues(bits: int) -> set[str]:
    return {cue for at, cue in enumerate(CUES) if bits >> at & 1}


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
        found = page_blocks(root)
        letters = "".join("".join(root.itertext()).split())
        assert "".join("".join(block.text for block in found.blocks).split()) == letters


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
        assert {"comment", "share"} <= cues(block.cues)
        assert "share" in cues(block.near)
        assert "comment" not in cues(block.near)

    def test_the_names_of_the_body_are_those_of_no_block(self) -> None:
        root = lxml.html.document_fromstring("<html><body class='comment'><p>a</p></body></html>")
        [block] = page_blocks(root).blocks
        assert block.cues == 0

    def test_links_and_bold_type_are_counted_in_characters(self) -> None:
        block = only("<p>abc <a href='/'>de <b>fg</b></a></p>")
        assert block == block._replace(text="abc de fg", linked=4, strong=2)
        assert [b.linked for b in blocks_of("<a><h3>abc</h3></a><p>d</p>").blocks] == [3, 0]

    def test_elements_hold_runs_of_blocks(self) -> None:
        page = blocks_of("<div><p>a</p><p>b</p></div><section>c</section>")
        spans = dict(zip(page.tags, zip(page.starts, page.ends, strict=True), strict=True))
        assert spans == {"body": (0, 3), "div": (0, 2), "p": (1, 2), "section": (2, 3)}
        assert page.parents == [0, 0, 1, 1, 0]
        assert [page.tags[block.element] for block in page.blocks] == ["p", "p", "section"]
