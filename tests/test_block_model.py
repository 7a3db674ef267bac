"""The block model: what it takes from a page, and what it must never do."""

import pathlib

import lxml.html
import numpy as np
import pytest

from tests.test_extraction import SENTENCES, article, html_page
from transforms.extraction import block_model
from transforms.extraction.block_features import Statements, block_features, kept_blocks
from transforms.extraction.block_model import article_lines
from transforms.extraction.blocks import Blocks, page_blocks
from transforms.extraction.page import LEANS
from transforms.extraction.transform import MODES, Extraction

SAID = Statements("Quay", "", "")

MENU = "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in ("Harbour", "Town", "Sport"))
MORE = [
    "The province has asked the builders for a second estimate before the first stone is laid.",
    "A fishing boat needs four metres of water under its keel, which the old basin never had.",
    "The harbour master expects that the first boats can moor at the new wall in two years.",
]
TEASERS = "".join(
    f"<div class='teaser card'><a href='/{n}'><h3>{title}</h3><p>{text}</p></a></div>"
    for n, (title, text) in enumerate(
        [
            ("Ferry fares go up", "From May, the crossing costs a tenth more than last year."),
            ("A cook for the school", "The kitchen opens again after the holidays, with new pans."),
            ("Storm tears off roofs", "Firemen worked through the night in the northern quarter."),
        ]
    )
)
PAGE = f"""
<header class="site-header"><nav><ul>{MENU}</ul></nav></header>
<main>
<div class="story">
<h1>Quay</h1>
<div class="meta"><span class="author">By Ann Example</span> <time>3 May 2024</time></div>
<div class="text">{"".join(f"<p>{s}</p>" for s in SENTENCES)}</div>
<div class="advert"><p>Advertisement</p></div>
<div class="text"><h2>What the builders say</h2>{"".join(f"<p>{s}</p>" for s in MORE)}</div>
<ul class="share-buttons"><li><a href="/s">Share</a></li><li><a href="/p">Print</a></li></ul>
</div>
<section class="comments"><h3>2 comments</h3>
<div class="comment"><p>I saw the wall break myself; nobody had looked after it.</p></div>
<div class="comment"><p>My boat lay there in the storm; the insurance did not pay.</p></div>
</section>
</main>
<aside class="related"><h2>More from Harbour</h2>{TEASERS}</aside>
<footer class="footer"><p>The Example is a newspaper that nobody prints. All rights reserved.</p>
<ul>{MENU}</ul></footer>
"""
CONTENT = [*SENTENCES, "What the builders say", *MORE]
PARAGRAPHS = [*SENTENCES, *MORE]


def blocks_of(body: str) -> Blocks:
    return page_blocks(lxml.html.document_fromstring(html_page(body)))


LABEL = "Advertisement"
"""A label between paragraphs, which the table of labels takes if the block model leaves it."""


class TestChoice:
    @pytest.mark.parametrize(
        "found",
        [CONTENT, MORE, [*SENTENCES[:3], *MORE], [*CONTENT, "Advertisement", "2 comments"]],
    )
    def test_it_completes_and_cleans_what_an_extractor_found(self, found: list[str]) -> None:
        lines = article_lines(blocks_of(PAGE), found, SAID)
        assert [line for line in lines if line in PARAGRAPHS] == PARAGRAPHS
        assert set(lines) <= {"Quay", LABEL, *CONTENT}

    def test_it_works_where_an_extractor_found_nothing(self) -> None:
        lines = article_lines(blocks_of(PAGE), [], SAID)
        assert [line for line in lines if line in SENTENCES] == SENTENCES
        assert set(lines) <= {"Quay", LABEL, *CONTENT}

    @pytest.mark.parametrize("mode", MODES)
    def test_the_whole_way(self, mode: str) -> None:
        lines = Extraction(mode=mode).apply(article(html_page(PAGE)))["lines"]
        assert [line for line in lines if line in PARAGRAPHS] == PARAGRAPHS
        assert set(lines) <= {"Quay", *CONTENT, "Advertisement"}

    def test_modes_lean_to_less_or_more(self) -> None:
        page = blocks_of(PAGE)
        sizes = [
            len(article_lines(page, SENTENCES, SAID, LEANS[mode]))
            for mode in ("precise", "fast", "recall")
        ]
        assert sizes == sorted(sizes)
        assert article_lines(page, SENTENCES, SAID, lean=-100)[0] != CONTENT[0]

    def test_a_long_text_printed_twice_is_kept_once(self) -> None:
        body = PAGE.replace('<div class="advert">', f'<p>{SENTENCES[0]}</p><div class="advert">')
        assert article_lines(blocks_of(body), CONTENT, SAID).count(SENTENCES[0]) == 1

    def test_a_long_text_that_the_extractor_took_twice_is_kept_twice(self) -> None:
        body = PAGE.replace('<div class="advert">', f'<p>{SENTENCES[0]}</p><div class="advert">')
        twice = [*SENTENCES, SENTENCES[0], *CONTENT[len(SENTENCES) :]]
        lines = article_lines(blocks_of(body), twice, SAID)
        assert [line for line in lines if line != LABEL] == twice


class TestFallBack:
    def test_text_that_is_in_no_block_is_left_alone(self) -> None:
        elsewhere = [sentence.replace("the", "a") for sentence in SENTENCES]
        assert article_lines(blocks_of("<p>Please wait …</p>"), elsewhere, SAID) == elsewhere

    def test_a_page_without_blocks_changes_nothing(self) -> None:
        assert article_lines(blocks_of("<script>x</script>"), SENTENCES, SAID) == SENTENCES
        assert article_lines(blocks_of(""), [], SAID) == []

    def test_a_page_of_very_many_blocks_is_left_alone(self) -> None:
        rows = "".join(f"<tr><td>{number}</td></tr>" for number in range(block_model.MOST_BLOCKS))
        page = blocks_of(f"{PAGE}<table>{rows}</table>")
        assert article_lines(page, [*SENTENCES, "Advertisement"], SAID)[-1] == "Advertisement"

    def test_a_choice_of_next_to_nothing_counts_as_failed(self) -> None:
        assert article_lines(blocks_of(PAGE), CONTENT, SAID, lean=100) == CONTENT

    @pytest.mark.parametrize("found", [SENTENCES, [], ["no such line"]])
    def test_every_line_is_a_block_of_the_page(self, found: list[str]) -> None:
        page = blocks_of(PAGE)
        assert set(article_lines(page, found, SAID, lean=-3)) <= {*page.texts, *found}


class TestWhatTheExtractorTook:
    def test_of_equal_blocks_the_next_one_below(self) -> None:
        kept, text_kept = kept_blocks(["a", "bb", "a", "cc", "a"], ["BB!", "a", "cc"])
        assert kept.tolist() == [0, 1, 1, 1, 0]
        assert text_kept.tolist() == [1, 1, 1, 1, 1]

    def test_lines_that_join_or_split_blocks(self) -> None:
        first, second = "thefirsthalfofaline", "andthesecondhalfofit"
        assert kept_blocks([first, second, "x"], [first + second])[0].tolist() == [1, 1, 0]
        assert kept_blocks([first + second, "x"], [first, second])[0].tolist() == [1, 0]
        assert kept_blocks([first + second * 3], [first])[0].tolist() == [0]


class TestModel:
    def test_it_asks_for_features_that_exist(self) -> None:
        model = block_model.block_model()
        found = block_features(blocks_of(PAGE), SENTENCES, SAID).features
        splits = model.below[:, 0] != np.arange(len(model.below))
        assert set(model.feature[splits]) == set(range(len(model.names)))
        assert found.keys() >= set(model.names)
        assert all(np.isfinite(values).all() for values in found.values())

    def test_it_is_small(self) -> None:
        path = pathlib.Path(block_model.__file__).with_name("block_model.json")
        assert path.stat().st_size < 1_000_000

    def test_a_block_is_scored_by_its_page_alone(self) -> None:
        found = block_features(blocks_of(PAGE * 20), SENTENCES, SAID).features
        model, every = block_model.block_model(), np.arange(len(found["kept"]))
        assert len(every) > 512  # more than are walked at once
        whole = model.log_odds(found, every)
        assert [model.log_odds(found, every[at : at + 1])[0] for at in every] == whole.tolist()

    def test_names_that_only_one_element_has_say_nothing(self) -> None:
        numbered = PAGE
        for number, sentence in enumerate(SENTENCES):
            numbered = numbered.replace(f"<p>{sentence}", f"<p id='block-{number}xq'>{sentence}")
        plain = block_features(blocks_of(PAGE), SENTENCES, SAID).features
        found = block_features(blocks_of(numbered), SENTENCES, SAID).features
        for name in ("path_kept", "own_count", "pair_body"):
            assert found[name].tolist() == plain[name].tolist()

    def test_a_missing_model_says_how_to_get_it(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
    ) -> None:
        monkeypatch.setattr(block_model, "__file__", str(tmp_path / "module.py"))
        block_model.block_model.cache_clear()
        try:
            with pytest.raises(FileNotFoundError, match="train_extraction"):
                block_model.block_model()
        finally:
            block_model.block_model.cache_clear()
