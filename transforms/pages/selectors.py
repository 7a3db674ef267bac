"""trafilatura's XPath expressions as plain loops that select the same elements.

trafilatura finds containers, comments and page furniture with expressions such as
``.//*[self::div or self::p][@id='story' or re:test(@class, 'post-?text')]``. libxml2 tries them
element by element, and every ``re:test`` calls back into Python: on a page of the usual size that
is half of trafilatura's time. All their conditions are on the value of one attribute, so here each
attribute gets one pattern for all of them, which each distinct value meets once.

An expression of a form that is not known here stays as it is.

A quarter of the rest goes to its test of link density, which it puts to every paragraph and every
container, each time to all of its text; :func:`link_density_test` looks at as much as it needs.
"""

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from lxml import etree
from trafilatura import htmlprocessing, xpaths
from trafilatura.htmlprocessing import collect_link_info, is_paragraph_listing
from trafilatura.utils import LINK_FARM_RATIO, trim

Selector = Callable[[Any], list[Any]]

_CACHED = 1 << 13
"""Values of one attribute whose answer is kept, some 0.5 MB: a page has some hundred."""

_HEAD = re.compile(r"(\(?)\.//\*(?:\[(self::\w+(?: or self::\w+)*)\])?\[ ?")
_MORE = re.compile(r"\[ ?not\(.*\) ?\]")  # asks for no place among others, which would change
_NAME = r"@([\w-]+)"
_TERMS = tuple(
    re.compile(rf"{term} ?(?= or |\])")
    for term in (
        rf"re:test\({_NAME}(?:\|{_NAME})?, '([^']*)'(, 'i')?\)",
        rf"contains\({_NAME}, '([^']*)'\)",
        rf"contains\(translate\({_NAME}, ?'(\w+)', ?'(\w+)'\), '([^']*)'\)",
        rf"starts-with\({_NAME}(?:\|{_NAME})?, '([^']*)'\)",
        rf"{_NAME}='([^']*)'",
        _NAME,
    )
)

REPLACED = (
    "BODY_XPATH",
    "RAW_TREE_PRUNE_XPATH",
    "REMOVE_COMMENTS_AND_LISTS_XPATH",
    "OVERALL_DISCARD_XPATH",
    "DISCARD_IMAGE_ELEMENTS",
    "TEASER_DISCARD_XPATH",
)
"""The lists of :mod:`trafilatura.xpaths` that it goes through on most pages."""

_SURE, _IF_FIRST = 1, 2


class _Term(NamedTuple):
    """A condition on the value of an attribute, or of the one of two that comes first.

    Attributes:
      names: the attributes.
      pattern: what is searched for in the value.
    """

    names: tuple[str, ...]
    pattern: str


class _Form(NamedTuple):
    """What an expression asks for.

    Attributes:
      tags: of the elements it may select; any where there are none.
      terms: the conditions, of which one must hold.
      first: whether only the first element of all counts.
      more: further predicates of the selected elements.
    """

    tags: tuple[str, ...]
    terms: tuple[_Term, ...]
    first: bool
    more: str


def _parsed(path: str) -> _Form | None:
    """Returns what an expression asks for, or ``None`` where it is of no known form."""
    path = " ".join(path.split())
    head = _HEAD.match(path)
    if head is None:
        return None
    terms, at = [], head.end()
    while True:
        found = next((t for t in map(_term, _matches(path, at)) if t is not None), None)
        if found is None:
            return None
        term, at = found
        terms.append(term)
        if path[at] == "]":
            break
        at += len("or ") + (path[at] == " ")
    rest = path[at + 1 :].strip()
    tags = tuple(tag.removeprefix("self::") for tag in (head[2] or "").split(" or ") if tag)
    if head[1] or rest == "[1]":
        return _Form(tags, tuple(terms), True, "") if rest in ("[1]", ")[1]") else None
    if rest and not (_MORE.fullmatch(rest) and "][" not in rest and "]/" not in rest):
        return None
    return _Form(tags, tuple(terms), False, rest)


def _matches(path: str, at: int) -> Iterator[tuple[int, re.Match[str]]]:
    for kind, pattern in enumerate(_TERMS):
        if match := pattern.match(path, at):
            yield kind, match


def _term(found: tuple[int, re.Match[str]]) -> tuple[_Term, int]:
    kind, match = found
    parts = match.groups()
    if kind == 0:
        names, pattern = parts[:2], f"(?i:{parts[2]})" if parts[3] else f"(?:{parts[2]})"
    elif kind == 1:
        names, pattern = parts[:1], re.escape(parts[1])
    elif kind == 2:
        # translate() maps each letter of one string to that of the other, here to lower case.
        other = dict(zip(parts[2], parts[1], strict=True))
        names = parts[:1]
        pattern = "".join(
            f"[{re.escape(letter + other[letter])}]" if letter in other else re.escape(letter)
            for letter in parts[3]
        )
    elif kind == 3:
        names, pattern = parts[:2], rf"\A{re.escape(parts[2])}"
    elif kind == 4:
        names, pattern = parts[:1], rf"\A{re.escape(parts[1])}\Z"
    else:
        names, pattern = parts, ""
    return _Term(tuple(name for name in names if name), pattern), match.end()


def _tests(terms: tuple[_Term, ...]) -> dict[str, Callable[[str], int]]:
    """Returns for each attribute what its value says: nothing (0), ``_SURE`` or ``_IF_FIRST``."""

    def test(name: str) -> Callable[[str], int]:
        alone = [term.pattern for term in terms if term.names == (name,)]
        paired = [term.pattern for term in terms if len(term.names) > 1 and name in term.names]
        sure = re.compile("|".join(alone)).search if alone else None
        if_first = re.compile("|".join(paired)).search if paired else None

        @functools.lru_cache(maxsize=_CACHED)
        def answer(value: str) -> int:
            if sure and sure(value):
                return _SURE
            return _IF_FIRST if if_first and if_first(value) else 0

        return answer

    return {name: test(name) for name in dict.fromkeys(n for term in terms for n in term.names)}


def selector(expression: etree.XPath) -> Selector | None:
    """Returns a function from a tree to the elements below it that an expression selects, in order.

    An expression that asks for the first element among its siblings, or of all, gives the first of
    all alone.

    Args:
      expression: of the form described above.

    Returns:
      None where the expression is of no such form.
    """
    form = _parsed(expression.path)
    if form is None:
        return None
    meets, more = _condition(form), _more(form)
    tags = form.tags or ("*",)

    def select(tree: Any) -> list[Any]:
        found = [e for e in tree.iterdescendants(*tags) if (items := e.items()) and meets(items)]
        return [e for e in found if more(e)] if more else found

    def select_first(tree: Any) -> list[Any]:
        for element in tree.iterdescendants(*tags):
            items = element.items()
            if items and meets(items):
                return [element]
        return []

    return select_first if form.first else select


def united_selector(expressions: Sequence[etree.XPath]) -> Selector:
    """Returns a function from a tree to the elements that any of the expressions selects.

    Args:
      expressions: each of the form that :func:`selector` knows; none asks for the first element.

    Raises:
      ValueError: one is of another form.
    """
    forms = [form for form in (_parsed(e.path) for e in expressions) if form and not form.first]
    if len(forms) < len(expressions):
        raise ValueError("An expression is of a form that selector() does not know; use it alone.")
    tags = tuple(dict.fromkeys(tag for form in forms for tag in form.tags))
    any_term = tuple(term for form in forms for term in form.terms)
    meets_any = _condition(_Form(tags, any_term, False, ""))
    parts = [(form.tags, _condition(form), _more(form)) for form in forms]

    def selected(element: Any, items: list[tuple[str, str]]) -> bool:
        return any(
            element.tag in some and meets(items) and (more is None or more(element))
            for some, meets, more in parts
        )

    def select(tree: Any) -> list[Any]:
        return [
            element
            for element in tree.iterdescendants(*tags)
            if (items := element.items()) and meets_any(items) and selected(element, items)
        ]

    return select


def _condition(form: _Form) -> Callable[[list[tuple[str, str]]], bool]:
    """Returns whether the attributes of an element meet one of the terms."""
    tests = _tests(form.terms)
    pairs = [
        (term.names, re.compile(term.pattern).search) for term in form.terms if len(term.names) > 1
    ]

    def meets(items: list[tuple[str, str]]) -> bool:
        doubtful = False
        for name, value in items:
            if name in tests and (answer := tests[name](value)):
                if answer == _SURE:
                    return True
                doubtful = True
        return doubtful and _first_meets(items, pairs)

    return meets


def _more(form: _Form) -> etree.XPath | None:
    if not form.more:
        return None
    return etree.XPath(f"boolean(self::*{form.more})", namespaces={"re": xpaths.REGEXP_NS})


def _first_meets(
    items: list[tuple[str, str]], pairs: Sequence[tuple[tuple[str, ...], Callable[[str], Any]]]
) -> bool:
    """Returns whether, for one of the pairs, the attribute that comes first has what is searched.

    The string value of a set of nodes is that of the first one in the order of the document.
    """
    for names, search in pairs:
        value = next((value for name, value in items if name in names), None)
        if value is not None and search(value):
            return True
    return False


def quick_selectors() -> None:
    """Puts what is here in the place of what trafilatura goes through on every page.

    Its modules share the lists of expressions, so they are changed in place; what they select stays
    the same.
    """
    for name in REPLACED:
        expressions = getattr(xpaths, name)
        for at, expression in enumerate(expressions):
            if isinstance(expression, etree.XPath):
                expressions[at] = selector(expression) or expression
    htmlprocessing.link_density_test = link_density_test


_GLANCE = 1000
"""Characters of an element that are looked at first: enough to tell, white space or not, that a
text is longer than the longest that counts as short, 300."""


def link_density_test(element: Any, favor_precision: bool = False) -> tuple[bool, bool]:
    """Returns what the function of this name in :mod:`trafilatura.htmlprocessing` does.

    White space collapsed, the beginning of a text is never longer than the text: where it is long
    enough already, the rest is not looked at.

    Args:
      element: of trafilatura's converted tree.
      favor_precision: whether short links count.

    Returns:
      Whether the element is a list of links, and whether it is short and has links.
    """
    links = list(element.iterdescendants("ref"))
    if not links or next(element.iterdescendants("graphic"), None) is not None:
        return False, False
    text = element.text_content()
    if len(links) == 1:
        linked = len(trim(links[0].text_content()))
        if linked > (10 if favor_precision else 100) and linked > len(trim(text)) * 0.9:
            return True, False
    is_last = element.getnext() is None
    limits = (30, 60) if element.tag == "p" else (100, 300)
    limit = limits[is_last]
    size = len(trim(text[:_GLANCE]))
    if size < limit and len(text) > _GLANCE:
        size = len(trim(text))
    if size < limit:
        linked, number, short, _ = collect_link_info(links)
        if not number:
            return True, False
        return linked > size * 0.8 or (number > 1 and short / number > 0.8), True
    if len(links) > 4:
        linked, number, _, _ = collect_link_info(links)
        if linked >= 100 * number:
            return False, False
        beginning = len(trim(text[: 2 * linked + _GLANCE]))
        is_farm = (
            linked > beginning * LINK_FARM_RATIO and linked > len(trim(text)) * LINK_FARM_RATIO
        )
        return is_farm and not is_paragraph_listing(links), False
    return False, False
