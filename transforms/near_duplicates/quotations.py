# ruff: noqa: RUF001 - quotation marks of many scripts are meant
"""Which words of an article are somebody else's by its own typography.

Those are words in quotation marks and in embedded posts; and, with less certainty, what follows a
colon: behind the name of a speaker in a transcript, and below a line that ends with one.
"""

import functools
import re

import numpy as np

from transforms.arrays import I64, U8, Mask
from transforms.compiled import marks
from transforms.near_duplicates.article_text import CASED, ArticleText

_CLOSERS = {
    '"': '"”“', "“": '”"', "„": '“”"', "‟": '”"', "”": "”", "«": "»", "»": "«»", "‹": "›", "›": "‹",
    "「": "」", "『": "』", "〝": "〞〟", "‘": "’",
}  # fmt: skip
"""Marks that close a quotation, by the one that opens it: English and Dutch, German and Polish,
Swedish and Finnish, French and Russian, Danish, Japanese."""

_BREAK, _QUOTE, _HALF = 1, 2, 3
_KINDS = np.zeros(CASED, np.uint8)
_KINDS[[ord(mark) for mark in "".join((*_CLOSERS, *_CLOSERS.values()))]] = _QUOTE
_KINDS[[ord(mark) for mark in "'`"]] = _HALF  # two of them are a mark
_KINDS[ord("\n")] = _BREAK

COLONS = np.array([ord(":"), ord("：")], np.uint32)

SHORTEST_SINGLE = 3
"""Words between single marks, which may also be apostrophes."""

LONGEST_QUOTATION = 6_000
"""Characters of the longest quotation that goes on in paragraphs without marks."""

LONGEST_SPEAKER = 4
"""Words of the longest name in front of what a speaker says: "THE PRESIDENT: ..."."""

FEWEST_TURNS = 3
"""Paragraphs of an article that begin with a speaker's name in a transcript. One alone may be a
dateline: "SOCHI: ..."."""

SPACELESS = 0x2E80
"""First code point of scripts that leave no space before a mark."""

SIGNATURE = 60
"""Characters before the handle of a post that may be its author's name alone."""


def quoted(text: ArticleText) -> tuple[I64, I64]:
    """Returns the ranges of words that are quoted, disjoint and in order."""
    return _both(_in_marks(text), posts(text))


def introduced(text: ArticleText) -> tuple[I64, I64]:
    """Returns the ranges of words behind a speaker, or below a paragraph that ends with a colon."""
    return _both(_turns(text), _below_colons(text))


def _below_colons(text: ArticleText) -> tuple[I64, I64]:
    """Returns the ranges of words of paragraphs that follow one that ends with a colon."""
    begin = text.lines[:-1][np.diff(text.lines) > 0]
    _, end = lead_ins(text)
    follows = end[np.isin(end, begin) & ~np.isin(end, text.bounds)]
    return follows, np.append(begin, text.bounds[-1])[np.searchsorted(begin, follows) + 1]


def lead_ins(text: ArticleText) -> tuple[I64, I64]:
    """Returns the ranges of words of paragraphs that end with a colon."""
    full = np.flatnonzero(np.diff(text.lines))
    behind = text.ends[text.lines[full + 1] - 1]
    chosen = full[np.isin(text.codes[behind], COLONS)]
    return text.lines[chosen], text.lines[chosen + 1]


def _in_marks(text: ArticleText) -> tuple[I64, I64]:
    """Returns the ranges of words in quotation marks.

    A mark opens where a word follows it and none precedes it. What is open at the end of a
    paragraph is quoted to there: the next paragraph of a long quotation opens it again, or, in many
    texts, goes on without a mark until one closes it.
    """
    codes = text.codes
    found = marks.places(codes, _KINDS)
    kinds = _KINDS[codes[found]]
    breaks = np.append(found[kinds == _BREAK], len(codes))
    next_one = codes[np.minimum(found + 1, len(codes) - 1)]
    double = (kinds == _HALF) & (codes[found] == next_one)
    places_of_marks = (kinds == _QUOTE) | double
    places = found[places_of_marks]
    articles = np.searchsorted(text.characters, places, side="right")
    ends = breaks[np.searchsorted(breaks, places)]
    half = kinds[places_of_marks] == _HALF
    before = _classes()[np.minimum(codes[np.maximum(places - 1, 0)], CASED)]
    after = _classes()[np.minimum(codes[places + 1 + half], CASED)]
    mark = np.where(half, ord('"'), codes[places])
    spaced = (before & _SPACE > 0) | (places == 0)
    stays_open = ((mark == ord("’")) & (after & _LETTER > 0)) | ((mark == ord("“")) & spaced)
    opened: list[int] = []
    closed: list[int] = []
    start, closers, unclosed, end, article = -1, "", -1, -1, -1
    for at, line_end, owner, code, opens, stays, after_space in zip(
        *(
            column.tolist()
            for column in (places, ends, articles, mark, _opens(mark, before, after, spaced))
        ),
        stays_open.tolist(),
        spaced.tolist(),
        strict=True,
    ):
        if line_end != end:
            if start >= 0 and closers != "’":
                unclosed = start
                opened.append(start)
                closed.append(end)
            start, end = -1, line_end
        if owner != article:
            unclosed, article = -1, owner
        sign = chr(code)
        if start >= 0:
            if sign in closers and not stays:
                opened.append(start)
                closed.append(at)
                start = -1
            elif after_space and sign in "“„" and closers != "’":
                start = at  # the one before was never closed
        elif opens:
            start, closers, unclosed = at, _CLOSERS[sign], -1
        elif unclosed >= 0 and sign in closers and sign != "’":
            if at - unclosed < LONGEST_QUOTATION:
                opened.append(unclosed)
                closed.append(at)
            unclosed = -1
    if start >= 0 and closers != "’":
        opened.append(start)
        closed.append(end)
    begins = np.array(opened, np.int64)
    first, last = text.words_between(begins, np.array(closed, np.int64))
    apostrophe = (codes[begins] == ord("‘")) & (last - first < SHORTEST_SINGLE)
    return first[~apostrophe], last[~apostrophe]


_SPACE, _LETTER, _BRACKET, _LEAD, _WIDE = 1, 2, 4, 8, 16


@functools.cache
def _classes() -> U8:
    """Returns what each character beside a mark is: bits of ``_SPACE`` to ``_WIDE``."""
    table = np.zeros(CASED + 1, np.uint8)
    for code in range(CASED):
        one = chr(code)
        table[code] = _SPACE * one.isspace() | _LETTER * one.isalnum()
        table[code] |= _BRACKET * (one in "([") | _LEAD * (one in "([—–-…/“‘'.@•")
    table[SPACELESS:] |= _WIDE
    table[CASED] |= _LETTER
    return table


def _opens(mark: I64, before: U8, after: U8, spaced: Mask) -> Mask:
    """Returns whether marks between two characters open a quotation.

    Args:
      mark: code points.
      before: classes of the characters in front of each.
      after: classes of those behind it.
      spaced: whether white space or nothing is in front.
    """
    behind_word = (before & _LETTER > 0) & (before & _WIDE == 0)
    followed = after & _SPACE == 0
    letter = after & _LETTER > 0
    opens = np.select(
        [np.isin(mark, _CORNERS), np.isin(mark, _ANGLES), mark == ord('"'), mark == ord("”")],
        [
            True,
            spaced | (before & _BRACKET > 0),
            followed & (spaced | (before & _LEAD > 0)),
            followed & spaced & letter,
        ],
        followed,
    )
    return np.asarray(np.isin(mark, _OPENERS) & ~behind_word & opens)


_OPENERS, _CORNERS, _ANGLES = (
    np.array([ord(mark) for mark in some], np.uint32)
    for some in ("".join(_CLOSERS), "「『〝", "«»")
)

_HANDLE = re.compile(r"\(@\w{1,15}\)")


def posts(text: ArticleText) -> tuple[I64, I64]:
    """Returns the ranges of words of posts that are embedded with their author's handle or a link.

    The handle stands behind the post, in a signature below it, or in front of it.
    """
    source = text.text
    firsts, lasts, handles = [], [], []
    for literal in ("(@", "pic.twitter.com/", "://t.co/"):
        at = source.find(literal)
        while at >= 0:
            begin, end = source.rfind("\n", 0, at) + 1, source.find("\n", at)
            handle = _HANDLE.match(source, at)
            if handle or literal != "(@":
                near_begin, behind = at - begin < SIGNATURE, at
                if near_begin and source[begin] in "—–-":  # signed: the post is above
                    begin = source.rfind("\n", 0, max(begin - 1, 0)) + 1
                elif near_begin and handle:  # in front: the post is behind, or below
                    behind = end if end - handle.end() > 2 else source.find("\n", end + 1)
                firsts.append(begin)
                lasts.append(behind if behind >= 0 else len(source))
                handles.append(at)
            at = source.find(literal, end)
    first, last = text.words_between(np.array(firsts, np.int64), np.array(lasts, np.int64))
    word = np.searchsorted(text.starts, np.array(handles, np.int64))
    owner = text.owners(np.minimum(word, max(len(text.starts) - 1, 0)))
    # Above the first line of an article, and below its last, is another article.
    return np.maximum(first, text.bounds[owner]), np.minimum(last, text.bounds[owner + 1])


def _turns(text: ArticleText) -> tuple[I64, I64]:
    """Returns the ranges of words of paragraphs of a transcript behind the speaker's name."""
    begin, end = text.lines[:-1], text.lines[1:]
    full = end - begin > 1
    begin, end = begin[full], end[full]
    colon = np.isin(text.codes[text.ends], COLONS)
    name = np.full(len(begin), -1)
    capital = np.ones(len(begin), bool)
    for size in range(LONGEST_SPEAKER):
        at = np.minimum(begin + size, end - 1)
        capital &= text.capital[at]
        found = colon[at] & (name < 0) & capital & (begin + size < end - 1)
        name[found] = at[found]
    speaks = name >= 0
    begin, end, name = begin[speaks], end[speaks], name[speaks]
    owner = text.owners(begin)
    often = np.bincount(owner, minlength=len(text.bounds))[owner] >= FEWEST_TURNS
    return name[often] + 1, end[often]


def _both(*parts: tuple[I64, I64]) -> tuple[I64, I64]:
    """Returns the union of ranges of words, in order and disjoint."""
    first, last = (np.concatenate(side) for side in zip(*parts, strict=True))
    return union(first, last)


def union(first: I64, last: I64) -> tuple[I64, I64]:
    """Returns the union of ranges, in order and disjoint; ranges that only touch stay apart."""
    some: Mask = first < last
    first, last = first[some], last[some]
    if not len(first):
        return first, last
    order = np.argsort(first, kind="stable")
    first, last = first[order], np.maximum.accumulate(last[order])
    begins = np.append(True, first[1:] >= last[:-1])
    return first[begins], last[np.append(begins[1:], True)]
