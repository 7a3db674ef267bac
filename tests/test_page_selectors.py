"""Selectors: the very elements that trafilatura's expressions select."""

import importlib.util
import pathlib
from typing import Any

import hypothesis.strategies as st
import lxml.html
import pytest
from hypothesis import given
from lxml import etree
from trafilatura import htmlprocessing, xpaths

from tests.bench import pages
from transforms.pages.article import parse_html, trafilatura_options
from transforms.pages.selectors import (
    REPLACED,
    link_density_test,
    selector,
    united_selector,
)


def fresh(name: str) -> Any:
    """A module as trafilatura has it, whatever has been put in the place of its parts here."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LISTS = {name: getattr(fresh("trafilatura.xpaths"), name) for name in REPLACED}
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


LINK_DENSITY_TEST = fresh("trafilatura.htmlprocessing").link_density_test

RUNS = st.builds(
    lambda text, times: (text + " \n") * times,
    st.sampled_from(["", "ab", "a word or two", "x" * 97, " " * 400]),
    st.sampled_from([1, 2, 5, 30]),
)
FARMS = st.recursive(
    RUNS | RUNS.map(lambda text: f"<ref>{text}</ref>"),
    lambda inner: st.builds(
        lambda tag, inside: f"<{tag}>{''.join(inside)}</{tag}>",
        st.sampled_from(["div", "p", "list", "ref", "graphic"]),
        st.lists(inner, max_size=7),
    ),
    max_leaves=25,
)


def assert_same_density(root: Any) -> None:
    for tested in root.iter("div", "p", "list", "head"):
        for precise in (False, True):
            assert link_density_test(tested, precise) == LINK_DENSITY_TEST(tested, precise)


@given(st.lists(FARMS, max_size=4))
def test_link_density_of_any_tree(parts: list[str]) -> None:
    parser = etree.XMLParser()
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(lxml.html.HtmlElement))
    assert_same_density(etree.fromstring(f"<div>{''.join(parts)}</div>", parser))


def test_link_density_of_real_pages(shared_data: pathlib.Path) -> None:
    options = trafilatura_options(True, "recall")
    for page in list(pages.fundus(shared_data))[::9]:
        root = parse_html(page.html)
        assert root is not None
        assert_same_density(htmlprocessing.convert_tags(root, options))


def test_trafilatura_tests_link_density_so() -> None:
    assert htmlprocessing.link_density_test is link_density_test
