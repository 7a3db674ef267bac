"""From documents to lines: what is kept, in which pieces, and what becomes of hostile pages."""

import datetime
import json
import pathlib
import pickle
from typing import Any

import hypothesis.strategies as st
import pytest
import trafilatura
from hypothesis import given
from lxml import etree
from trafilatura.settings import Document

from pipeline.article import READ_COLUMNS, READ_FIELDS
from pipeline.plan import order
from pipeline.transform import Drop
from tests.bench import pages, shingle_f1
from tests.bench.paragraph_share import whole_paragraphs
from transforms.boilerplate.context import split
from transforms.extraction.attempts import (
    ATTEMPTS,
    body_lines,
    fast_attempt,
    stated_lines,
    trafilatura_options,
)
from transforms.extraction.blocks import page_blocks
from transforms.extraction.metadata import read_page
from transforms.extraction.page import LEANS
from transforms.extraction.transform import MODES, Extraction
from transforms.extraction.tree import MAX_DEPTH, parse_html
from transforms.text import visible

SENTENCES = [
    "The harbour council voted on Tuesday to rebuild the northern quay, which a storm had damaged.",
    "Work on the wall is to begin in the spring and will take about two years, the council said.",
    "Fishing boats will land their catch at the southern quay for as long as the work goes on.",
    "Critics called the plan too dear and asked why the old wall had not been looked after.",
    "The money comes in equal parts from the town, the province and a fund for coastal defence.",
    "A public hearing on the traffic plan is set for the first week of the coming month.",
]


def article(document: str, kind: str = "html", **given: Any) -> dict[str, Any]:
    """An article as a dump reader hands it over, with nothing known but its document."""
    empty: dict[str, Any] = dict.fromkeys((*READ_COLUMNS, *READ_FIELDS))
    return empty | {"authors": [], "tags": [], "document": document, "document_type": kind} | given


def html_page(body: str, head: str = "") -> str:
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>"


def lines_of(body: str, mode: str = "fast", head: str = "") -> list[str]:
    return list(Extraction(mode=mode).apply(article(html_page(body, head)))["lines"])


def story(sentences: list[str] = SENTENCES) -> str:
    return "<article><h1>Quay</h1>" + "".join(f"<p>{s}</p>" for s in sentences) + "</article>"


UNSEEN = (
    "Readers of the printed paper win a voyage to the islands if they send in this coupon until "
    "the end of the week, the publisher says."
)


@pytest.mark.parametrize(
    "hidden",
    [
        f"<p hidden>{UNSEEN}</p>",
        f"<div hidden=''><p>{UNSEEN}</p></div>",
        f"<p style='display:none'>{UNSEEN}</p>",
        f"<div style='color: red; DISPLAY : None !important'><p>{UNSEEN}</p></div>",
        f"<section style='visibility: hidden'><p>{UNSEEN}</p></section>",
        f"<p aria-hidden='true'>{UNSEEN}</p>",
        f"<template><p>{UNSEEN}</p></template>",
        f"<dialog><p>{UNSEEN}</p></dialog>",
        f"<p>{SENTENCES[2]} <span style='display: none'>{UNSEEN}</span></p>",
        f"<p>{SENTENCES[2]} <b hidden>{UNSEEN}</b></p>",
        f"<p>{SENTENCES[2]} <span class='sr-only'>{UNSEEN}</span></p>",
    ],
)
def test_what_no_reader_sees_is_no_text(hidden: str) -> None:
    found = lines_of(story().replace(f"<p>{SENTENCES[2]}</p>", f"<p>{SENTENCES[2]}</p>{hidden}"))
    assert UNSEEN not in " ".join(found)
    assert set(SENTENCES) <= set(found)


@pytest.mark.parametrize(
    "shown",
    [
        f"<button aria-expanded='false'>More</button><div hidden><p>{UNSEEN}</p></div>",
        f"<h3>How to win</h3><div style='display:none'><p>{UNSEEN}</p></div>",
        f"<div role='region' style='display:none'><p>{UNSEEN}</p></div>",
        f"<div hidden id='S:1'><p>{UNSEEN}</p></div>",
        f"<div hidden class='c-paywall'><p>{UNSEEN}</p></div>",
        f"<div hidden='until-found'><p>{UNSEEN}</p></div>",
        f"<p>{UNSEEN[:23]}<span aria-hidden='true'>{UNSEEN[23:]}</span></p>",
        f"<div hidden><p>{UNSEEN}</p></div><p>{UNSEEN}</p>",
    ],
)
def test_what_a_reader_may_open_is_text(shown: str) -> None:
    assert UNSEEN in lines_of(story([*SENTENCES[:3], "%"]).replace("<p>%</p>", shown))


def test_an_article_that_is_hidden_until_it_is_loaded() -> None:
    page = f"<div style='visibility:hidden'>{story()}</div>"
    assert set(SENTENCES) <= set(lines_of(page))


class TestText:
    def test_lines_are_those_of_the_dump_blank_ones_too(self) -> None:
        document = "Title\n\n  first \n\nlast\n"
        done = Extraction().apply(article(document, "text"))
        assert done["lines"] == ["Title", "", "  first ", "", "last", ""]

    @given(st.text().filter(lambda text: text.strip()))
    def test_nothing_is_lost_and_nothing_else_is_touched(self, document: str) -> None:
        before = article(document, "text", title="Given")
        after = Extraction().apply(before)
        assert "\n".join(after["lines"]) == visible(document)
        assert {name: after[name] for name in before} == before

    def test_what_nobody_sees_is_dropped(self) -> None:
        seen = Extraction().apply(article("The har\u00adbour\u200b is\ufeff open.", "text"))
        assert seen["lines"] == ["The harbour is open."]
        page = Extraction().apply(article(html_page(story().replace("harbour", "har&shy;bour"))))
        assert page["lines"] == lines_of(story())
        persian = "می\u200cخواهم به بندر بروم"  # noqa: RUF001
        assert Extraction().apply(article(persian, "text"))["lines"] == [persian]
        family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
        assert visible(f"A{family}b\u200dc") == f"A{family}bc"

    def test_markup_in_a_text_dump_is_text(self) -> None:
        assert Extraction().apply(article("<p>a</p>", "text"))["lines"] == ["<p>a</p>"]

    def test_the_size_cap_is_for_pages(self) -> None:
        small = Extraction(max_document_bytes=10)
        assert small.apply(article("twenty characters or so", "text"))["lines"]


class TestParagraphs:
    @pytest.mark.parametrize("mode", MODES)
    def test_one_line_per_paragraph(self, mode: str) -> None:
        lines = lines_of("<nav><a href='/'>Home</a></nav>" + story(), mode)
        assert [line for line in lines if line != "Quay"] == SENTENCES

    def test_white_space_and_inline_markup_stay_inside_the_line(self) -> None:
        body = story([*SENTENCES, "One <b>bold</b>\n   word,\ta <a href='/x'>link</a> &amp; more."])
        assert lines_of(body)[-1] == "One bold word, a link & more."

    def test_line_breaks_separate_paragraphs(self) -> None:
        lines = lines_of(f"<article><p>{'<br><br>'.join(SENTENCES)}</p></article>")
        assert lines == SENTENCES

    def test_list_items_are_lines_of_their_own(self) -> None:
        items = "".join(f"<li>{sentence}</li>" for sentence in SENTENCES[2:5])
        body = f"<article><p>{SENTENCES[0]}</p><p>{SENTENCES[1]}</p><ul>{items}</ul></article>"
        assert lines_of(body) == SENTENCES[:5]

    def test_quotations_survive(self) -> None:
        body = (
            f"<article><p>{SENTENCES[0]}</p><blockquote><p>{SENTENCES[1]}</p>"
            f"<p>{SENTENCES[2]}</p></blockquote><p>{SENTENCES[3]}</p></article>"
        )
        assert lines_of(body) == SENTENCES[:4]

    def test_a_table_row_is_a_line(self) -> None:
        rows = "".join(f"<tr><td>Year {n}</td><td>{n * 7} boats</td></tr>" for n in range(1, 4))
        lines = lines_of(story().replace("</article>", f"<table>{rows}</table></article>"))
        assert "Year 2 14 boats" in lines

    def test_a_fragment_is_a_page(self) -> None:
        fragment = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
        assert Extraction().apply(article(fragment))["lines"] == SENTENCES

    def test_repeated_paragraphs_do_not_depend_on_what_the_process_saw(self) -> None:
        transform = Extraction()
        first = transform.apply(article(html_page(story())))
        for _ in range(4):
            assert transform.apply(article(html_page(story()))) == first

    def test_comments_are_left_out(self) -> None:
        comments = "<div id='comments'><p>I saw the wall break myself, says a reader.</p></div>"
        assert not any("reader" in line for line in lines_of(story() + comments))


class TestFailuresOfTheExtractor:
    def test_teasers_go_where_they_are_few(self) -> None:
        teasers = "".join(
            f"<div class='teaser'><a href='/{n}'><h3>Ferry {n}</h3><p>{text}</p></a></div>"
            for n, text in enumerate(("Fares go up in May.", "A second boat.", "Out of service."))
        )
        body = story().replace("</article>", f"{teasers}</article>")
        assert [line for line in lines_of(body) if line != "Quay"] == SENTENCES

    def test_teasers_stay_where_the_layout_calls_its_article_one(self) -> None:
        body = f"<div class='teaser-page'>{story()}</div>"
        assert set(SENTENCES) <= set(lines_of(body))

    def test_the_stated_text_replaces_a_much_shorter_one(self) -> None:
        stated = " ".join(SENTENCES)
        assert stated_lines(SENTENCES[:1], stated, SENTENCES) == SENTENCES
        assert stated_lines(SENTENCES[:1], "\n".join(SENTENCES), []) == SENTENCES

    def test_the_stated_text_tells_where_the_article_ends(self) -> None:
        stated = " ".join(SENTENCES)
        assert stated_lines([*SENTENCES, "Sign up for our letter"], stated, []) == SENTENCES

    @pytest.mark.parametrize("shown", [True, False])
    def test_entries_of_a_live_blog_are_its_text_only_where_the_page_shows_none(
        self, shown: bool
    ) -> None:
        older = [
            f"On day {day}, boat {day} went to the southern quay to land." for day in range(90)
        ]
        node = {
            "@type": "LiveBlogPosting",
            "headline": "Quay",
            "liveBlogUpdate": [
                {"@type": "BlogPosting", "articleBody": text} for text in [*SENTENCES, *older]
            ],
        }
        head = f'<script type="application/ld+json">{json.dumps(node)}</script>'
        lines = lines_of(story() if shown else "<h1>Quay</h1><p>Loading</p>", head=head)
        assert [line for line in lines if line != "Quay"] == [*SENTENCES, *older * (not shown)]

    def test_a_stated_teaser_changes_nothing(self) -> None:
        assert stated_lines(SENTENCES, SENTENCES[0], []) == SENTENCES


class TestDrops:
    @pytest.mark.parametrize(
        ("document", "reason"),
        [
            ("", "empty_document"),
            (" \n\t ", "empty_document"),
            ("no tag at all", "not_a_document"),
            ("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00", "not_a_document"),
            ("<html><head><title>Only a title</title></head></html>", "no_article_text"),
            ("<html><body><script>" + "x=1;" * 1000 + "</script></body></html>", "no_article_text"),
        ],
    )
    def test_what_holds_no_article_says_so(self, document: str, reason: str) -> None:
        with pytest.raises(Drop) as caught:
            Extraction().apply(article(document))
        assert caught.value.reason == reason
        assert caught.value.detail

    def test_the_size_cap_counts_bytes_and_names_its_option(self) -> None:
        document = html_page("é" * 600)
        assert len(document) < 1000 < len(document.encode())
        with pytest.raises(Drop) as caught:
            Extraction(max_document_bytes=1000).apply(article(document))
        assert caught.value.reason == "too_large"
        assert "max_document_bytes" in caught.value.detail
        assert "1,000" in caught.value.detail

    def test_a_script_of_twenty_megabytes_is_too_large(self) -> None:
        with pytest.raises(Drop, match="too_large"):
            Extraction().apply(article(html_page(f"<script>{'x' * 20_000_000}</script>{story()}")))

    def test_an_unknown_type_names_the_choices(self) -> None:
        with pytest.raises(ValueError, match="text, html"):
            Extraction().apply(article("x", "pdf"))


class TestHostilePages:
    @pytest.mark.parametrize("tag", ["div", "b", "font", "span", "ul", "blockquote", "section"])
    @pytest.mark.parametrize("count", [300, 1000])
    def test_unclosed_tags_lose_no_text(self, tag: str, count: int) -> None:
        body = f"<{tag}>" * count + "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
        assert set(SENTENCES) <= set(lines_of(body))

    @pytest.mark.parametrize("count", [2000, 2040, 2046, 2100, 20_000])
    def test_a_page_is_read_to_its_end_or_not_at_all(self, count: int) -> None:
        first, last = SENTENCES[:3], SENTENCES[3:]
        body = "".join(f"<p>{sentence}</p>" for sentence in first) + "<div>" * count
        body += "".join(f"<p>{sentence}</p>" for sentence in last)
        [result] = Extraction().apply_batch([article(html_page(body))])
        if isinstance(result, Drop):
            assert result.reason == "too_deep"
            assert count > 2040
        else:
            assert not isinstance(result, Exception)
            assert set(SENTENCES) <= set(result["lines"])

    def test_text_between_a_thousand_levels_is_kept(self) -> None:
        body = "".join(f"<div><p>{SENTENCES[n % 6]} Number {n}.</p>" for n in range(1000))
        root = parse_html(html_page(body))
        assert root is not None
        text = "\n".join(page_blocks(root).texts)
        assert all(f"Number {n}." in text for n in range(1000))
        # The model may take a few of the last lines for what follows an article.
        assert len(lines_of(body)) > 950

    def test_dissolving_keeps_loose_text_apart(self) -> None:
        root = parse_html(html_page("<div>one" * (MAX_DEPTH + 50) + "</div>two" * (MAX_DEPTH + 50)))
        assert root is not None
        words = " ".join(root.itertext()).split()
        assert words == ["one"] * (MAX_DEPTH + 50) + ["two"] * (MAX_DEPTH + 50)

    def test_a_long_table_is_kept_whole(self) -> None:
        rows = "".join(f"<tr><td>Row {n}</td><td>{n}</td></tr>" for n in range(20_000))
        lines = lines_of(story() + f"<table>{rows}</table>")
        assert set(SENTENCES) <= set(lines)
        if "Row 0 0" in lines:
            assert "Row 19999 19999" in lines

    def test_a_long_script_hides_nothing(self) -> None:
        assert set(SENTENCES) <= set(lines_of(f"<script>{'x' * 4_000_000}</script>" + story()))

    @pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ufffe", "\ud800"])
    def test_forbidden_characters_cut_nothing(self, character: str) -> None:
        lines = lines_of(story().replace("wall", f"wa{character}ll"))
        assert len([line for line in lines if line != "Quay"]) == len(SENTENCES)

    def test_a_charset_that_lies_changes_nothing(self) -> None:
        head = (
            "<meta charset='iso-8859-1'>"
            "<meta http-equiv='Content-Type' content='text/html; charset=ascii'>"
        )
        sentence = "Die Brücke über den Fluß wird für zwölf Monate gesperrt, schreibt die Behörde."
        assert sentence in lines_of(story([*SENTENCES, sentence]), head=head)

    def test_an_xml_declaration_is_no_obstacle(self) -> None:
        document = "<?xml version='1.0' encoding='utf-16'?>" + html_page(story())
        assert set(SENTENCES) <= set(Extraction().apply(article(document))["lines"])

    @given(
        st.lists(st.sampled_from([*"<>/='\"&; \n\x00", "<p>", "</div>", "<!--", "<![CDATA[", "x"]))
    )
    def test_any_markup_gives_lines_or_a_reason(self, parts: list[str]) -> None:
        [result] = Extraction().apply_batch([article("".join(parts) + "<p>")])
        if isinstance(result, Drop):
            assert result.reason in ("not_a_document", "no_article_text")
        else:
            assert not isinstance(result, Exception)
            assert result["lines"]
            assert all(line.strip() for line in result["lines"])


class TestContract:
    def test_a_wrong_mode_lists_the_choices(self) -> None:
        with pytest.raises(ValueError, match="fast, precise, recall"):
            Extraction(mode="quick")

    def test_each_mode_has_its_attempts_and_its_lean(self) -> None:
        assert set(MODES) == ATTEMPTS.keys() == LEANS.keys()

    def test_a_cap_of_nothing_is_refused(self) -> None:
        with pytest.raises(ValueError, match="max_document_bytes"):
            Extraction(max_document_bytes=0)

    def test_it_fits_the_readers_and_travels(self) -> None:
        assert order([Extraction()], (*READ_COLUMNS, *READ_FIELDS))
        assert pickle.loads(pickle.dumps(Extraction(mode="recall"))) == Extraction(mode="recall")

    def test_the_dump_knows_better_than_the_page(self) -> None:
        known = {
            "title": "T",
            "authors": ["A"],
            "published_at": datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
            "url": "https://dump.test/a",
            "outlet": "O",
            "tags": ["t"],
            "language_hint": "fr",
        }
        head = (
            "<meta property='og:title' content='Page'><meta name='author' content='Page Author'>"
            "<meta property='article:published_time' content='2024-05-06T07:08:09Z'>"
            "<meta property='og:site_name' content='Site'><meta name='keywords' content='k'>"
        )
        before = article(html_page(story(), head), **known)
        copy = dict(before)
        after = Extraction().apply(before)
        assert {name: after[name] for name in known} == known
        assert before == copy


@pytest.mark.slow
@pytest.mark.slow
def test_the_fast_attempt_is_that_of_trafilatura(shared_data: pathlib.Path) -> None:
    options = trafilatura_options(True, "recall")
    for page in list(pages.fundus(shared_data))[::9]:
        root = parse_html(page.html)
        assert root is not None
        found = trafilatura.bare_extraction(root, options=options)
        lines = body_lines(found.body) if isinstance(found, Document) else []
        before = etree.tostring(root)
        assert fast_attempt(root, read_page(root).is_forum, "recall") == lines
        assert etree.tostring(root) == before


def test_scores_on_pages_that_nothing_was_tuned_on(shared_data: pathlib.Path) -> None:
    """Word-4-gram F1 and whole paragraphs of the held-out halves, after the rules.

    Measured there: newspapers .964 and .948 (trafilatura with the rules .956 and .932), web
    articles .955 and .768 (.942 and .739).
    """
    transform = Extraction()

    def score(labelled: list[pages.Page]) -> tuple[float, float]:
        matches, whole = [], []
        for page in labelled:
            try:
                done = transform.apply(article(page.html, url=page.url))
            except Drop:
                lines = []
            else:
                given = (done["lines"], done["title"], done["authors"], done["outlet"])
                lines = [part.text for part in split(*given).paragraphs]
            matches.append(shingle_f1.match(page.text, "\n".join(lines)))
            whole.append(whole_paragraphs(page.paragraphs, lines))
        return shingle_f1.score(matches).f1, sum(whole) / len(whole)

    f1, whole = score([page for page in pages.fundus(shared_data) if page.held_out])
    assert f1 > 0.960
    assert whole > 0.940
    f1, whole = score([page for page in pages.html_articles(shared_data) if page.held_out])
    assert f1 > 0.950
    assert whole > 0.755


@pytest.mark.parametrize(
    ("document", "reason", "remedy"),
    [
        (" \n ", "empty_document", "leave it out"),
        ("no tags at all", "not_a_document", "--format text"),
        (html_page("<p></p>"), "no_article_text", "--extraction recall"),
        (html_page("x" * 2_000), "too_large", "--set Extraction.max_document_bytes=N"),
        (html_page("<div>" * 3_000 + "text"), "too_large", "=N"),
    ],
)
def test_what_is_dropped_says_what_to_do(document: str, reason: str, remedy: str) -> None:
    with pytest.raises(Drop) as dropped:
        Extraction(max_document_bytes=1_000).apply(article(document))
    assert dropped.value.reason == reason
    assert remedy in dropped.value.detail
