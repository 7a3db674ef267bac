# ruff: noqa: RUF001 - dashes and marks of other scripts are meant
"""Names that an article credits, and the names by which others would credit it."""

import functools
import pathlib
import re
import tomllib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import courlan
import numpy as np
import pyarrow as pa

from transforms.agencies import known_agencies
from transforms.arrays import I64, U8, U32, U64, Mask
from transforms.compiled import marks
from transforms.compiled.loops import mixed
from transforms.compiled.words import WORD_BASE, hash_words
from transforms.near_duplicates.article_text import (
    ArticleText,
    caseless,
    folded_letter,
    letters,
    looked_up,
)
from transforms.near_duplicates.quotations import COLONS, lead_ins, posts
from transforms.near_duplicates.rows import ragged_positions
from transforms.text import squeezed

PRESS, AGENCY, PART, LINE = 1, 2, 4, 8
"""Bits of the kind of a mention: ``PRESS`` where a word in the name is one of newspapers or
stations; ``AGENCY`` where it is an agency's; ``PART`` where a longer name goes on behind it, as in
"Fox News Sunday"; ``LINE`` where it is the name in a short line of its own, the source of what
stands above."""

LONGEST_NAME = 5
"""Words of the longest name that is looked for."""

REPORT_DISTANCE = 8
"""Words between a name and the word that makes it a credit."""

LEAD_IN = 60
"""Last words of a paragraph that ends with a colon, in which the source of the next is named."""

SOURCE_LINE = 12
"""Words of the longest line or bracket that may be a source: "Hugo Example, Harbour Times"."""

FIRST_AUTHORS = 3
"""Authors whose names credit an article; longer lists are those of a whole site."""

_LETTER_BASE = np.uint64(0xC2B2AE3D27D4EB4F)
"""Odd base of the polynomial over the letters of a name."""


# --- names ---------------------------------------------------------------------------------------

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_GENERIC = frozenset(
    "online news web website magazine blog editorial opinion com org net staff desk print edition "
    "us uk international media newspaper center centre institute research".split()
)
_SEPARATORS = " \t.,:|–—-"
_NO_NAMES = frozenset(
    {"news", "online", "opinion", "editorial", "blog", "guest", "writer", "staff"}
)
_ARTICLES = ("the", "der", "die", "das", "le", "la", "el", "il")


def name_key(name: str) -> str:
    """Returns the letters and digits of a name in lower case, without accents and "The"."""
    words = name.split()
    if len(words) > 1 and words[0].lower() in _ARTICLES:
        name = " ".join(words[1:])
    if name.isascii():
        return squeezed(name)
    return "".join(chr(letter) for letter in map(folded_letter, name) if letter)


def name_hashes(keys: Sequence[str]) -> U64:
    """Returns the hashes of keys, as ``mentions`` computes them; 0 for an empty one."""
    codes = np.frombuffer("".join(keys).encode("utf-32-le"), np.uint32)
    counts = np.fromiter(map(len, keys), np.int64, len(keys))
    return np.where(counts > 0, mixed(_letter_sums(codes, counts)), np.uint64(0))


def _letter_sums(letters: U32, counts: I64) -> U64:
    """Returns the polynomials over the letters of words after one another, each of some letters."""
    starts = np.cumsum(counts) - counts
    place = np.arange(len(letters)) - np.repeat(starts, counts)
    terms = (letters.astype(np.uint64) + np.uint64(1)) * _powers(int(counts.max(initial=0)))[place]
    # One more, since a word without letters at the end begins behind all.
    sums = np.add.reduceat(np.append(terms, np.uint64(0)), starts)
    return np.where(counts > 0, sums, np.uint64(0))


def _powers(count: int) -> U64:
    """Returns the powers of ``_LETTER_BASE`` from 0 on."""
    return np.append(np.uint64(1), np.multiply.accumulate(np.full(count, _LETTER_BASE)))


@functools.cache
def signs() -> U64:
    """Returns two hashes that no name has: they stand among the mentions of an article where it
    says that something was posted, and where a publisher's note begins."""
    return name_hashes(["#post", "#note"])


def own_names(
    outlets: Sequence[str | None], url: str | None, authors: Sequence[str] | None
) -> list[str]:
    """Returns the keys of the names by which others would credit an article.

    Those are its outlet's, as table and dump have it, with and without "News" or "Online" behind
    it, its site's, and the full names of its first authors; these stand there twice, by which
    ``sides`` knows them.
    """
    names = []
    for outlet in outlets:
        name = _BRACKETS.sub("", outlet or "").strip(" -–—|")
        while name:
            names.append(name_key(name))
            last = re.split(f"[{_SEPARATORS}]", name)[-1]
            shorter = name.removesuffix(last).rstrip(_SEPARATORS)
            name = shorter if last.lower() in _GENERIC else ""
    if site := house(url):
        names += [name_key(site.partition(".")[0]), name_key(site)]
    people = [name_key(name) for name in (authors or ())[:FIRST_AUTHORS] if " " in name.strip()]
    return [
        name
        for part in (names + people, people)
        for name in dict.fromkeys(part)
        if len(name) > 1 and name not in _NO_NAMES
    ]


@functools.lru_cache(1 << 14)
def house(url: str | None) -> str:
    """Returns the registered domain of an address, such as ``bbc.co.uk``; "" for none."""
    host = re.split("[/?#]", (url or "").partition("//")[2], maxsplit=1)[0].casefold()
    return _registered(host) if host else ""


@functools.lru_cache(1 << 12)
def _registered(host: str) -> str:
    return courlan.extract_domain(f"http://{host}") or host.removeprefix("www.")


@functools.cache
def agency_keys() -> dict[str, str]:
    """Returns the key of each agency by the keys of its names and short forms."""
    known = known_agencies()
    return {
        name_key(name): name_key(agency)
        for name, agency in (*known.names.items(), *known.marks.items())
        if name not in known.plain and name.casefold() not in known.plain
    }


@functools.cache
def _agency_hashes() -> tuple[U64, U64]:
    """Returns the sorted hashes of the agencies' names, and that of the agency of each."""
    names = name_hashes(list(agency_keys()))
    agencies = name_hashes(list(agency_keys().values()))
    order = np.argsort(names)
    return names[order], agencies[order]


# --- words of crediting --------------------------------------------------------------------------


class _Phrases(NamedTuple):
    """Words and phrases of a list.

    Attributes:
      firsts: hashes of the words that they begin with.
      keys: of the phrases, by number of words.
    """

    firsts: U64
    keys: dict[int, U64]


class _Lexicon(NamedTuple):
    """The lists of ``credits.toml``."""

    reports: _Phrases
    press: _Phrases
    small: _Phrases
    posts: _Phrases
    notes: _Phrases


@functools.cache
def _lexicon() -> _Lexicon:
    table = tomllib.loads(pathlib.Path(__file__).with_name("credits.toml").read_text("utf-8"))

    def phrases(kind: str) -> _Phrases:
        words = hash_words([one for language in table.values() for one in language.get(kind, ())])
        starts, sizes = words.offsets[:-1], np.diff(words.offsets)
        some = {size: starts[sizes == size] for size in np.unique(sizes).tolist()}
        keys = {size: _keys(words.hashes, places, size) for size, places in some.items()}
        return _Phrases(words.hashes[starts], keys)

    return _Lexicon(*map(phrases, _Lexicon._fields))


def _keys(hashes: U64, places: I64, size: int) -> U64:
    """Returns a hash of each run of words from some places on: of a word alone, its own."""
    keys = hashes[places]
    for at in range(1, size):
        keys = keys * WORD_BASE + hashes[places + at]
    return keys


def _occurrences(hashes: U64, phrases: _Phrases) -> tuple[I64, I64]:
    """Returns where phrases begin, and their words."""
    begin = np.flatnonzero(_among(hashes, phrases.firsts))
    found, sizes = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for size, keys in phrases.keys.items():
        places = begin[begin <= len(hashes) - size]
        found.append(places[np.isin(_keys(hashes, places, size), keys)])
        sizes.append(np.full(len(found[-1]), size))
    return np.concatenate(found), np.concatenate(sizes)


def _holds_press(hashes: U64, first: I64, last: I64) -> Mask:
    """Returns whether a word or phrase of ``press`` stands between two words, these included."""
    places, sizes = _occurrences(hashes, _lexicon().press)
    result = np.zeros(len(first), bool)
    for size in _lexicon().press.keys:
        begin = places[sizes == size]
        result |= np.searchsorted(begin, last + 2 - size) > np.searchsorted(begin, first)
    return result


def _among(values: U64, some: U64) -> Mask:
    """Returns whether each value is one of a few; most are ruled out by their last 16 bits."""
    table = np.zeros(1 << 16, bool)
    table[(some & np.uint64(0xFFFF)).astype(np.int64)] = True
    result: Mask = table[(values & np.uint64(0xFFFF)).astype(np.int64)]
    places = np.flatnonzero(result)
    result[places] = np.isin(values[places], some)
    return result


# --- mentions ------------------------------------------------------------------------------------


class Mentions(NamedTuple):
    """Names that n articles credit, in the order of their words.

    Attributes:
      first: first word of each.
      hashes: of the names; those of an agency are all that of its key.
      kinds: bits of ``PRESS`` to ``LINE``.
    """

    first: I64
    hashes: U64
    kinds: U8


def mentions(text: ArticleText) -> Mentions:
    """Returns the names that stand where a name is a credit.

    A name is a run of up to ``LONGEST_NAME`` words with a capital or of a script without capitals
    (small words may stand between), or the name of a host. It is a credit near a word of reporting,
    in brackets, before a colon, at the end of a paragraph, or on a line of its own. ``signs``
    stand among them.
    """
    count = len(text.starts)
    if not count:
        return Mentions(np.zeros(0, np.int64), np.zeros(0, np.uint64), np.zeros(0, np.uint8))
    gaps = np.append(text.starts[1:] - text.ends[:-1], 2)
    behind = text.codes[text.ends]
    host = _hosts(text, gaps, behind)
    named = text.capital | looked_up(text.codes[text.starts], caseless()) | host
    small = _among(text.hashes, _lexicon().small.firsts)
    reach = np.flatnonzero(named & _is_credited(text, host))
    firsts, sizes = [reach], [np.ones(len(reach), np.int64)]
    for length in range(2, LONGEST_NAME + 1):
        last = reach + length - 1
        inside = last < count
        reach, last = reach[inside], last[inside]
        goes_on = (named[last] | small[last]) & _joins(text, last - 1)
        reach, last = reach[goes_on], last[goes_on]
        whole = reach[named[last]]
        firsts.append(whole)
        sizes.append(np.full(len(whole), length))
    all_first, all_sizes = np.concatenate(firsts), np.concatenate(sizes)
    order = np.lexsort((all_sizes, all_first))
    first, size = all_first[order], all_sizes[order]
    last = first + size - 1
    hashes = _hashes(text, first, size)
    names, agencies = _agency_hashes()
    place = np.minimum(np.searchsorted(names, hashes), len(names) - 1)
    is_agency = names[place] == hashes
    is_press = (size > 1) & _holds_press(text.hashes, first, last)
    next_capital = np.append(text.capital[1:], False)[last]
    is_part = next_capital & ~_possessive(text, last) & _joins(text, last)
    line = np.searchsorted(text.lines, last, side="right")
    ends = (text.lines[line] == last + 1) | (text.codes[text.ends[last]] == ord(","))
    is_line = ends & (np.diff(text.lines)[line - 1] <= SOURCE_LINE)
    kinds = is_press * PRESS | is_agency * AGENCY | is_part * PART | is_line * LINE
    posted = _occurrences(text.hashes, _lexicon().posts)[0], posts(text)[0]
    noted, _ = _occurrences(text.hashes, _lexicon().notes)
    places = np.concatenate((first, *posted, noted))
    others = np.repeat(signs(), [sum(map(len, posted)), len(noted)])
    hashes = np.append(np.where(is_agency, agencies[place], hashes), others)
    kinds = np.append(kinds, np.zeros(len(others), np.int64)).astype(np.uint8)
    order = np.argsort(places, kind="stable")
    return Mentions(places[order], hashes[order], kinds[order])


def _hosts(text: ArticleText, gaps: I64, behind: U32) -> Mask:
    """Returns whether each word is part of a host's name: only a dot stands between two words."""
    long = text.ends - text.starts > 1
    dot = (gaps == 1) & (behind == ord(".")) & long & np.append(long[1:], False)
    return np.asarray(dot | np.append(False, dot[:-1]))


def _joins(text: ArticleText, words: I64) -> Mask:
    """Returns whether the next word may be of the same name: "U.S. News", "Mail & Guardian"."""
    end = text.ends[words]
    start = text.starts[np.minimum(words + 1, len(text.starts) - 1)]
    gap = start - end
    behind, second = text.codes[end], text.codes[np.minimum(end + 1, len(text.codes) - 1)]
    one = (gap == 1) & np.isin(behind, _JOINTS)
    two = (gap == 2) & (behind == ord("."))
    three = (gap == 3) & (second == ord("&"))
    on_one_line = text.codes[start - 1] != ord("\n")
    return np.asarray(((gap == 0) | one | two | three) & on_one_line)


_JOINTS = np.array([ord(mark) for mark in " -.\u00a0&/"], np.uint32)


def _possessive(text: ArticleText, words: I64) -> Mask:
    """Returns whether words end with an apostrophe and an s."""
    end = text.ends[words]
    mark = text.codes[np.maximum(end - 2, 0)]
    apostrophe = (mark == ord("'")) | (mark == ord("’"))
    return np.asarray(apostrophe & (text.codes[end - 1] == ord("s")))


_OPENING, _CLOSING = 1, 2
_BRACKET_KINDS = np.zeros(1 << 16, np.uint8)
_BRACKET_KINDS[[ord(mark) for mark in "([（"]] = _OPENING
_BRACKET_KINDS[[ord(mark) for mark in ")]）"]] = _CLOSING


def _is_credited(text: ArticleText, host: Mask) -> Mask:
    """Returns whether each word stands where a name is a credit."""
    count = len(text.starts)
    reports, sizes = _occurrences(text.hashes, _lexicon().reports)
    inside = reports + sizes <= text.bounds[text.owners(reports) + 1]
    reports, sizes = reports[inside], sizes[inside]
    zones = [_near(text, reports, reports - REPORT_DISTANCE, reports + sizes + REPORT_DISTANCE)]
    begin, end = text.lines[:-1], text.lines[1:]
    short = end - begin <= SOURCE_LINE
    zones.append((np.where(short, begin, end - LONGEST_NAME), end))
    places = marks.places(text.codes, _BRACKET_KINDS)
    opens = _BRACKET_KINDS[text.codes[places]] == _OPENING
    pairs = np.flatnonzero(opens[:-1] & ~opens[1:])
    first, last = text.words_between(places[pairs], places[pairs + 1])
    brief = last - first <= SOURCE_LINE
    zones.append(_near(text, first[brief], first[brief], last[brief]))
    colon = np.flatnonzero(np.isin(text.codes[text.ends], COLONS))
    zones.append(_near(text, colon, colon + 1 - SOURCE_LINE, colon + 1))
    begin, end = lead_ins(text)
    zones.append((np.maximum(begin, end - LEAD_IN), end))
    first, last = (np.clip(np.concatenate(side), 0, count) for side in zip(*zones, strict=True))
    edges = np.bincount(first, minlength=count + 1) - np.bincount(last, minlength=count + 1)
    return np.asarray((np.cumsum(edges[:-1]) > 0) | host)


def _near(text: ArticleText, words: I64, first: I64, last: I64) -> tuple[I64, I64]:
    """Returns ranges around words, each cut to the article of its word."""
    article = text.owners(np.minimum(words, len(text.starts) - 1))
    return np.maximum(first, text.bounds[article]), np.minimum(last, text.bounds[article + 1])


def _hashes(text: ArticleText, first: I64, size: I64) -> U64:
    """Returns the hash of the letters of each name, without a possessive ending."""
    is_used = np.zeros(len(text.starts), bool)
    is_used[ragged_positions(first, size)] = True
    used = np.flatnonzero(is_used)
    number = np.cumsum(is_used) - 1
    lengths = text.ends[used] - text.starts[used] - 2 * _possessive(text, used)
    codes = text.codes[ragged_positions(text.starts[used], lengths)]
    folded = looked_up(codes, letters())
    folded = np.where((folded == 0) & (codes >= len(letters())), codes, folded)
    owner = np.repeat(np.arange(len(used)), lengths)[folded > 0]
    counts = np.bincount(owner, minlength=len(used))
    word_sums = _letter_sums(folded[folded > 0], counts)
    powers = _powers(int(counts.max(initial=0)) * LONGEST_NAME)
    total, length = np.zeros(len(first), np.uint64), np.zeros(len(first), np.int64)
    for place in range(LONGEST_NAME):
        some = place < size
        word = number[first[some] + place]
        total[some] += word_sums[word] * powers[length[some]]
        length[some] += counts[word]
    return np.asarray(mixed(total))


def hash_names(lists: Iterable[Sequence[str]]) -> pa.ListArray:
    """Returns the hashes of the keys in each list; those of an agency are all that of its key."""
    keys = list(lists)
    agencies = agency_keys()
    flat = name_hashes([agencies.get(key, key) for some in keys for key in some])
    kind = pa.list_(pa.field("item", pa.uint64(), nullable=False))
    bounds = np.append(0, np.cumsum([len(some) for some in keys])).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(bounds), pa.array(flat), type=kind)
