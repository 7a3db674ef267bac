"""Selectors: the very elements that trafilatura's expressions select."""

import importlib.util
import pathlib
from typing import Any

import hypothesis.strategies as st
import lxml.html
import pytest
from hypothesis import given
from lxml import etree
from trafilatura import xpaths

from tests.bench import pages
from transforms.extraction import parse_html
from transforms.page_selectors import REPLACED, selector, united_selector


def fresh_lists() -> dict[str, list[Any]]:
    """The expressions as trafilatura has them, whatever has been put in their place here."""
    spec = importlib.util.find_spec("trafilatura.xpaths")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: getattr(module, name) for name in REPLACED}


LISTS = fresh_lists()
EXPRESSIONS = [expression for expressions in LISTS.values() for expression in expressions]
KNOWN = [(expression, found) for expression in EXPRESSIONS if (found := selector(expression))]
RAW = [*LISTS["RAW_TREE_PRUNE_XPATH"], *LISTS["REMOVE_COMMENTS_AND_LISTS_XPATH"]]

VALUES = st.lists(
    st.sampled_from(
        "post entry story article article-body post-text content main-content Main-Content text "
        "comment Comments commentary comments-list comment-list post-comments disqus_thread "
        "infinite-scroll infinitescroll mvp-post-add-box elementor-share-buttons share cookie "
        "hidden hide-x reply-1 nav-item Navigation navbar teaser Teaser caption ad ad-x x "
        "fulltext FullText primary message akismet display:none MostPopularStories true".split()
    ),
    max_size=3,
).map(" ".join)
ATTRIBUTES = st.lists(
    st.tuples(
        st.sampled_from(
            "id class style role itemprop aria-hidden data-component "
            "data-lp-replacement-content".split()
        ),
        VALUES,
    ),
    max_size=4,
    unique_by=lambda pair: pair[0],
)
TAGS = "div section article aside main p span ul ol li h1 details item list table".split()


def element(tag: str, attributes: list[tuple[str, str]], inside: list[str]) -> str:
    marks = "".join(f' {name}="{value}"' for name, value in attributes)
    return f"<{tag}{marks}>{''.join(inside)}</{tag}>"


TREES = st.recursive(
    st.just(""),
    lambda inner: st.builds(
        element, st.sampled_from(TAGS), ATTRIBUTES, st.lists(inner, max_size=4)
    ),
    max_leaves=25,
)


def assert_same(root: lxml.html.HtmlElement) -> None:
    for expression, found in KNOWN:
        expected = expression(root)
        if expression in LISTS["BODY_XPATH"]:
            expected = expected[:1]  # trafilatura asks for no more
        assert found(root) == expected, expression.path
    selected = {element for expression in RAW for element in expression(root)}
    assert united_selector(RAW)(root) == [e for e in root.iter() if e in selected]


@given(st.lists(TREES, min_size=1))
def test_of_any_tree(parts: list[str]) -> None:
    assert_same(lxml.html.document_fromstring(f"<html><body>{''.join(parts)}</body></html>"))


def test_of_real_pages(shared_data: pathlib.Path) -> None:
    for page in list(pages.fundus(shared_data))[::12]:
        root = parse_html(page.html)
        assert root is not None
        assert_same(root)


def test_the_slow_expressions_are_known() -> None:
    left = [e.path for e in EXPRESSIONS if selector(e) is None]
    assert not [path for path in left if "re:test" in path]


def test_trafilatura_uses_them() -> None:
    from trafilatura import core, main_extractor

    assert core.RAW_TREE_PRUNE_XPATH is xpaths.RAW_TREE_PRUNE_XPATH
    for expressions in (
        main_extractor.BODY_XPATH[:1],
        main_extractor.OVERALL_DISCARD_XPATH,
        core.REMOVE_COMMENTS_AND_LISTS_XPATH,
    ):
        assert not [e for e in expressions if isinstance(e, etree.XPath)]


@pytest.mark.parametrize(
    "path",
    [
        ".//article",
        ".//*[@class='a' and @id='b']",
        ".//*[not(@class='a')]",
        ".//*[@class='a']/p",
        ".//*[@class='a'][2]",
        "(.//*[@class='a'])[1]|.//main",
        ".//*[contains(@class, 'a') or count(p) > 2]",
    ],
)
def test_another_form_is_left_alone(path: str) -> None:
    expression = etree.XPath(path)
    assert selector(expression) is None
    with pytest.raises(ValueError, match="use it alone"):
        united_selector([expression])
