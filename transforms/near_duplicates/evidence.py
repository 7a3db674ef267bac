# ruff: noqa: RUF001 - quotation marks of many scripts are meant
"""Evidence of an article about whose words it prints: quotations, attributions, credits, names.

Taken once an article, where its text is at hand; what compares two articles works on these numbers.
Words are counted as :mod:`transforms.compiled.words` cuts them, all kept paragraphs of the article
after one another.
"""

import functools
import hashlib
import pathlib
import re
import tomllib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import courlan
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms.agencies import known_agencies
from transforms.arrays import I64, U64, Mask
from transforms.compiled import fingerprints
from transforms.compiled.words import Words, hash_words
from transforms.near_duplicates.origins import new_times
from transforms.text import squeezed

Codes = npt.NDArray[np.uint32]


def _list_of(kind: pa.DataType) -> pa.DataType:
    return pa.list_(pa.field("item", kind, nullable=False))


SCHEMA = pa.schema(
    [
        pa.field(name, kind, nullable=False)
        for name, kind in {
            "time": pa.uint64(),
            "precision": pa.uint8(),
            "outlet": pa.uint64(),
            "house": pa.uint64(),
            "url": pa.uint64(),
            "title": pa.uint64(),
            "agency": pa.uint64(),
            "agency_own": pa.bool_(),
            "contributed": _list_of(pa.uint64()),
            "names": _list_of(pa.uint64()),
            "mention_names": _list_of(pa.uint64()),
            "mention_words": _list_of(pa.uint32()),
            "mention_kinds": _list_of(pa.uint8()),
            "quoted": _list_of(pa.uint32()),
            "introduced": _list_of(pa.uint32()),
            "attributed": _list_of(pa.uint32()),
            "capitals": pa.binary(),
        }.items()
    ]
)
"""Columns of ``article_evidence``. Hashes are 0 where there is nothing; ranges of words are start
and end of the first, start and end of the second, and so on; ``capitals`` has a bit a word."""

PRECISIONS = ("second", "minute", "day", "month", "year")
"""Precisions of a date of publication; ``precision`` counts them from 1, and is 0 without a date."""

PRESS, AGENCY, PART = 1, 2, 4
"""Bits of ``mention_kinds``: ``PRESS`` where a word in the name is one of newspapers or stations;
``AGENCY`` where it is an agency's; ``PART`` where a longer name goes on behind it, as "Fox News" in
"Fox News Sunday"."""

LONGEST_NAME = 5
"""Words of the longest name that is looked for."""

CUE_DISTANCE = 8
"""Words between a name and the word that makes it a credit."""

LEAD_IN = 60
"""Last words of a paragraph that ends with a colon, in which the source of the next is named."""

SOURCE_LINE = 12
"""Words of the longest paragraph that may be a source line: "Hugo Example, Harbour Times"."""


class Places(NamedTuple):
    """Where n words are: first character of each in its paragraph, and the one behind its last."""

    starts: I64
    ends: I64


def article_evidence(
    articles: pa.Table, paragraphs: pa.Table, words: Words, places: Places
) -> pa.Table:
    """Returns the evidence of n articles, one row each, in the columns of ``SCHEMA``.

    Args:
      articles: ``url``, ``title``, ``outlet``, ``authors``, ``published_at``, ``agency``,
        ``agency_own``; ``published_at_precision`` and ``agencies_contributed`` where they exist.
      paragraphs: ``article``, the row of the article, ascending; ``text``.
      words: of the paragraphs.
      places: of the words.
    """
    article = paragraphs.column("article").to_numpy().astype(np.int64)
    text = _Text.of(article, len(articles), paragraphs.column("text").to_pylist(), words, places)
    names = [
        own_names(*values)
        for values in zip(
            *(articles.column(name).to_pylist() for name in ("outlet", "url", "authors")),
            strict=True,
        )
    ]
    houses = [house(url) for url in articles.column("url").to_pylist()]
    agencies = articles.column("agency").to_pylist()
    own = [
        bool(agency and is_own and _is_agency(agency, outlet, site))
        for agency, is_own, outlet, site in zip(
            agencies,
            articles.column("agency_own").to_pylist(),
            articles.column("outlet").to_pylist(),
            houses,
            strict=True,
        )
    ]
    columns: dict[str, Any] = {
        "time": pa.array(new_times(articles)),
        "precision": pa.array(_precisions(articles)),
        "outlet": _hashed(articles.column("outlet").to_pylist()),
        "house": _hashed(houses),
        "url": _hashed([canonical_url(url) for url in articles.column("url").to_pylist()]),
        "title": _hashed([squeezed(title or "") for title in articles.column("title").to_pylist()]),
        "agency": _hashed([squeezed(agency or "") for agency in agencies]),
        "agency_own": pa.array(own, pa.bool_()),
        "contributed": _hash_lists(_contributed(articles)),
        "names": _hash_lists(names),
        **_mentions(text),
        "quoted": text.ranges(*quoted_ranges(text)),
        "introduced": text.ranges(*_introduced(text)),
        "attributed": text.ranges(*_attributed(text)),
        "capitals": _bits(text.capital, text.bounds),
    }
    return pa.table([columns[name] for name in SCHEMA.names], schema=SCHEMA)


class _Text(NamedTuple):
    """The words of n articles, and the characters around them.

    Attributes:
      text: all paragraphs, a line feed behind each.
      codes: its code points.
      hashes: of the words.
      starts: first character of each word in ``text``.
      ends: the character behind its last.
      paragraphs: first word of each paragraph, and behind the last one.
      bounds: first word of each article, and behind the last one.
      capital: whether a word begins with a capital letter.
      opens: whether a sentence begins with the word.
    """

    text: str
    codes: Codes
    hashes: U64
    starts: I64
    ends: I64
    paragraphs: I64
    bounds: I64
    capital: Mask
    opens: Mask

    @classmethod
    def of(
        cls, article: I64, articles: int, texts: list[str], words: Words, places: Places
    ) -> "_Text":
        """Returns the text of paragraphs, which are in the order of their articles."""
        text = "\n".join((*texts, ""))
        codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        sizes = np.diff(words.offsets)
        lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
        first = np.repeat(np.cumsum(lengths) - lengths, sizes)
        starts, ends = first + places.starts, first + places.ends
        counts = np.bincount(article, weights=sizes, minlength=articles).astype(np.int64)
        capital = _in_table(codes, starts, _capitals())
        return cls(
            text,
            codes,
            words.hashes,
            starts,
            ends,
            words.offsets,
            np.concatenate((np.zeros(1, np.int64), np.cumsum(counts))),
            capital,
            _sentence_starts(codes, starts, ends, words.offsets, capital),
        )

    def is_one_article(self, first: int, last: int) -> bool:
        """Returns whether two characters are of the same article."""
        words = np.searchsorted(self.starts, (first, last))
        owners = np.searchsorted(self.bounds, words, side="right")
        return bool(owners[0] == owners[1])

    def words_within(self, first: I64, last: I64) -> tuple[I64, I64]:
        """Returns the ranges of words that begin between characters, the last one excluded."""
        return np.searchsorted(self.starts, first), np.searchsorted(self.starts, last)

    def ranges(self, first: I64, last: I64) -> pa.ListArray:
        """Returns ranges of words as a list for each article; each within one article, in order."""
        some = first < last
        first, last = first[some], last[some]
        owner = np.searchsorted(self.bounds, first, side="right") - 1
        flat = (np.stack((first, last), axis=1) - self.bounds[owner][:, None]).ravel()
        return _ragged(
            flat.astype(np.uint32), np.bincount(owner, minlength=len(self.bounds) - 1) * 2
        )


# --- quotations ----------------------------------------------------------------------------------

_CLOSERS = {
    '"': '"”“', "“": '”"', "„": '“”"', "‟": '”"', "”": "”", "«": "»", "»": "«»", "‹": "›", "›": "‹",
    "「": "」", "『": "』", "〝": "〞〟", "＂": "＂", "‘": "’",
}  # fmt: skip
"""Marks that close a quotation, by the one that opens it, in the habits of all languages: English
and Dutch, German and Polish, Swedish and Finnish, French and Russian, Danish, Japanese."""

_MARKS = re.compile("[" + "".join(sorted({*_CLOSERS, *"".join(_CLOSERS.values())})) + "]|''|``|\n")

LONGEST_QUOTATION = 6_000
"""Characters of the longest quotation that goes on in paragraphs without marks."""

SHORTEST_SINGLE = 3
"""Words between single marks, which may also be apostrophes."""


def quoted_ranges(text: _Text) -> tuple[I64, I64]:
    """Returns the ranges of words in quotation marks.

    A mark opens where a word follows it and none precedes it. What is open at the end of a paragraph
    is quoted to there: the next paragraph of a long quotation opens it again, or, in many texts,
    goes on without a mark until one closes it.
    """
    opened: list[int] = []
    closed: list[int] = []
    source = text.text
    start, closers, unclosed = -1, "", -1
    for match in _MARKS.finditer(source):
        mark, at = match.group(), match.start()
        if mark == "\n":
            if start >= 0 and closers != "’":
                unclosed = start
                opened.append(start)
                closed.append(at)
            start = -1
            continue
        if len(mark) == 2:
            mark = '"'
        before, after = source[at - 1] if at else "\n", source[match.end()]
        if start >= 0:
            if (
                mark in closers
                and not (mark == "’" and after.isalnum())
                and not (mark == "“" and before.isspace())
            ):
                opened.append(start)
                closed.append(at)
                start = -1
            elif mark in "“„" and closers != "’" and before.isspace():
                start = at  # the one before was never closed
        elif _opens(mark, before, after):
            start, closers, unclosed = at, _CLOSERS[mark], -1
        elif unclosed >= 0 and mark in closers and mark != "’":
            if at - unclosed < LONGEST_QUOTATION and text.is_one_article(unclosed, at):
                opened.append(unclosed)
                closed.append(at)
            unclosed = -1
    begins = np.array(opened, np.int64)
    first, last = text.words_within(begins, np.array(closed, np.int64))
    single = (text.codes[begins] == ord("‘")) & (last - first < SHORTEST_SINGLE)
    posts = _posts(text)
    return _union(
        np.concatenate((first[~single], posts[0])), np.concatenate((last[~single], posts[1]))
    )


def _opens(mark: str, before: str, after: str) -> bool:
    """Returns whether a mark between two characters opens a quotation."""
    if mark not in _CLOSERS or before.isalnum():
        return False
    if mark in "«»":
        return before.isspace() or before in "(["
    if after.isspace():
        return False
    if mark == '"':
        return before.isspace() or before in "([—–-…/“‘'"
    return mark != "”" or (before.isspace() and after.isalnum())


_POST = re.compile(r"\(@\w{1,15}\)|\bpic\.twitter\.com/|https?://t\.co/\w")
SIGNATURE = 60
"""Characters before the handle of a post that may be its author's name alone."""


def _posts(text: _Text) -> tuple[I64, I64]:
    """Returns the ranges of words of posts that are embedded with author, handle and date.

    A post is the paragraph up to its handle or link, and the one before where the handle stands in
    a signature of its own.
    """
    firsts, lasts = [], []
    for match in _POST.finditer(text.text):
        begin = text.text.rfind("\n", 0, match.start()) + 1
        if begin and match.start() - begin < SIGNATURE and text.text[begin] in "—–-":
            begin = text.text.rfind("\n", 0, begin - 1) + 1
        firsts.append(begin)
        lasts.append(match.end())
    first, last = text.words_within(np.array(firsts, np.int64), np.array(lasts, np.int64))
    owner = np.searchsorted(text.bounds, last - 1, side="right") - 1
    return np.maximum(first, text.bounds[np.maximum(owner, 0)]), last


def _union(first: I64, last: I64) -> tuple[I64, I64]:
    """Returns the union of ranges, in order and disjoint."""
    if not len(first):
        return first, last
    order = np.argsort(first, kind="stable")
    first, last = first[order], np.maximum.accumulate(last[order])
    begins = np.append(True, first[1:] > last[:-1])
    return first[begins], last[np.append(begins[1:], True)]


def _introduced(text: _Text) -> tuple[I64, I64]:
    """Returns the ranges of words of paragraphs that follow one that ends with a colon."""
    begin = text.paragraphs[:-1][np.diff(text.paragraphs) > 0]
    _, end = _lead_ins(text)
    follows = end[np.isin(end, begin) & ~np.isin(end, text.bounds)]
    return follows, np.append(begin, text.bounds[-1])[np.searchsorted(begin, follows) + 1]


def _lead_ins(text: _Text) -> tuple[I64, I64]:
    """Returns the ranges of words of paragraphs that end with a colon."""
    full = np.flatnonzero(np.diff(text.paragraphs))
    behind = text.ends[text.paragraphs[full + 1] - 1]
    chosen = full[np.isin(text.codes[behind], _COLONS)]
    return text.paragraphs[chosen], text.paragraphs[chosen + 1]


_COLONS = np.array([ord(":"), ord("：")], np.uint32)

# --- sentences, attributions ---------------------------------------------------------------------

_ENDS = np.array([ord(mark) for mark in ".!?…。！？।؟۔"], np.uint32)
_SHORT_FORMS = "mr mrs ms dr rep sen gov gen sgt lt col prof st jr sr vs no inc corp co hon rev"


def _sentence_starts(codes: Codes, starts: I64, ends: I64, paragraphs: I64, capital: Mask) -> Mask:
    """Returns whether a sentence begins with each word.

    A full stop behind a word of one or two letters, or before a small letter, ends none.
    """
    result = np.zeros(len(starts), bool)
    if not len(starts):
        return result
    stop = np.isin(codes[ends], _ENDS) | np.isin(codes[np.minimum(ends + 1, len(codes) - 1)], _ENDS)
    long = (ends - starts > 3) | (codes[ends] != ord("."))
    result[1:] = stop[:-1] & long[:-1] & (capital[1:] | (codes[starts[1:]] > 0x2FF))
    begins = paragraphs[:-1][np.diff(paragraphs) > 0]
    result[begins] = True
    return result


def _attributed(text: _Text) -> tuple[I64, I64]:
    """Returns the ranges of words of sentences with a word of saying, neighbours joined."""
    if not len(text.starts):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    sentence = np.cumsum(text.opens) - 1
    has = np.zeros(int(sentence[-1]) + 1, bool)
    has[sentence[_cues(text.hashes, _lexicon().says)]] = True
    inside = has[sentence]
    return _runs(inside, text.bounds)


def _runs(inside: Mask, bounds: I64) -> tuple[I64, I64]:
    """Returns the runs of true values, cut at the bounds of articles."""
    edges = np.zeros(len(inside) + 1, bool)
    edges[bounds] = True
    padded = np.concatenate(([False], inside, [False]))
    first = padded[1:] & (~padded[:-1] | edges)
    last = padded[:-1] & (~padded[1:] | edges)
    return np.flatnonzero(first), np.flatnonzero(last)


# --- mentions ------------------------------------------------------------------------------------


class _Lexicon(NamedTuple):
    """Words and phrases of ``credits.toml``: sorted hashes by number of words."""

    says: dict[int, U64]
    reports: dict[int, U64]
    press: dict[int, U64]
    small: dict[int, U64]


@functools.cache
def _lexicon() -> _Lexicon:
    table = tomllib.loads(pathlib.Path(__file__).with_name("credits.toml").read_text("utf-8"))

    def phrases(kind: str) -> dict[int, U64]:
        hashes: dict[int, set[int]] = {}
        for language in table.values():
            for phrase in language.get(kind, ()):
                words = hash_words([phrase]).hashes
                hashes.setdefault(len(words), set()).update(
                    fingerprints.shingles(words, len(words)).tolist()
                )
        return {size: np.sort(np.array(list(some), np.uint64)) for size, some in hashes.items()}

    return _Lexicon(*map(phrases, _Lexicon._fields))


def _cues(hashes: U64, phrases: dict[int, U64]) -> I64:
    """Returns where a phrase begins."""
    found = [
        np.flatnonzero(_among(fingerprints.shingles(hashes, size), some))
        for size, some in phrases.items()
    ]
    return np.concatenate([np.zeros(0, np.int64), *found])


def _among(values: U64, some: U64) -> Mask:
    """Returns whether each value is one of a few; most are ruled out by their last 16 bits."""
    table = np.zeros(1 << 16, bool)
    table[(some & np.uint64(0xFFFF)).astype(np.int64)] = True
    result = table[(values & np.uint64(0xFFFF)).astype(np.int64)]
    places = np.flatnonzero(result)
    result[places] = np.isin(values[places], some)
    return result


def _mentions(text: _Text) -> dict[str, pa.ListArray]:
    """Returns ``mention_names``, ``mention_words`` and ``mention_kinds``.

    A mention is a run of up to ``LONGEST_NAME`` capitalised words (small ones may stand between),
    or the name of a host. Of plain text, only those near a word of crediting or of the press, in
    brackets and on source lines are kept.
    """
    count = len(text.starts)
    is_host = _host_words(text)
    named = text.capital | is_host
    small = _among(fingerprints.shingles(text.hashes, 1), _lexicon().small[1]) & ~text.capital
    joins = _joins(text)
    credit = _credit_zone(text)
    press = _among(fingerprints.shingles(text.hashes, 1), _lexicon().press[1]) & text.capital
    firsts, sizes = [], []
    begin = np.flatnonzero(named & credit)
    firsts.append(begin)
    sizes.append(np.ones(len(begin), np.int64))
    reach = begin
    for size in range(2, LONGEST_NAME + 1):
        last = reach + size - 1
        reach = reach[last < count]
        last = reach + size - 1
        reach = reach[joins[last] & (named[last] | small[last])]
        ends_well = reach[named[reach + size - 1]]
        firsts.append(ends_well)
        sizes.append(np.full(len(ends_well), size))
    first, size = np.concatenate(firsts), np.concatenate(sizes)
    order = np.lexsort((size, first))
    first, size = first[order], size[order]
    hashes, kinds = _name_hashes(text, first, size, press)
    goes_on = np.append(joins[1:] & text.capital[1:], False) & ~_possessive(text)
    kinds |= np.where(goes_on[first + size - 1], PART, 0).astype(np.uint8)
    owner = np.searchsorted(text.bounds, first, side="right") - 1
    lengths = np.bincount(owner, minlength=len(text.bounds) - 1)
    return {
        "mention_names": _ragged(hashes, lengths),
        "mention_words": _ragged((first - text.bounds[owner]).astype(np.uint32), lengths),
        "mention_kinds": _ragged(kinds, lengths),
    }


def _joins(text: _Text) -> Mask:
    """Returns whether each word is one space, a hyphen, a dot or an ampersand behind the last."""
    result = np.zeros(len(text.starts), bool)
    gap = text.starts[1:] - text.ends[:-1]
    between = text.codes[text.ends[:-1]] if len(text.starts) else np.zeros(0, np.uint32)
    close = (gap == 1) & np.isin(between, _JOINTS)
    result[1:] = (
        close
        | (
            (gap == 3)
            & (text.codes[np.minimum(text.ends[:-1] + 1, len(text.codes) - 1)] == ord("&"))
        )
        | ((gap == 2) & (between == ord(".")))
    )
    return result


def _possessive(text: _Text) -> Mask:
    """Returns whether each word ends with an apostrophe and an s."""
    return (text.codes[text.ends - 1] == ord("s")) & np.isin(
        text.codes[np.maximum(text.ends - 2, 0)], np.array([ord("'"), ord("’")], np.uint32)
    )


_JOINTS = np.array([ord(mark) for mark in " -.\u00a0&/"], np.uint32)


def _host_words(text: _Text) -> Mask:
    """Returns whether each word is part of a host's name: a dot without a space follows or leads."""
    result = np.zeros(len(text.starts), bool)
    dot = (text.starts[1:] - text.ends[:-1] == 1) & (text.codes[text.ends[:-1]] == ord("."))
    long = text.ends - text.starts >= 2
    dot &= long[1:] & long[:-1] & ~text.opens[1:]
    result[:-1] |= dot
    result[1:] |= dot
    return result


def _credit_zone(text: _Text) -> Mask:
    """Returns whether each word stands where a name in it is a credit."""
    count = len(text.starts)
    change = np.zeros(count + 1, np.int64)

    def add(first: I64, last: I64) -> None:
        np.add.at(change, np.clip(first, 0, count), 1)
        np.add.at(change, np.clip(last, 0, count), -1)

    cues = _cues(text.hashes, _lexicon().reports)
    add(cues - CUE_DISTANCE, cues + CUE_DISTANCE + 1)
    sizes = np.diff(text.paragraphs)
    short = (sizes > 0) & (sizes <= SOURCE_LINE)
    add(text.paragraphs[:-1][short], text.paragraphs[1:][short])
    # The last words of a paragraph: "... he said. - Harbour Times", "... (Harbour Times)".
    long = sizes > SOURCE_LINE
    add(text.paragraphs[1:][long] - LONGEST_NAME, text.paragraphs[1:][long])
    for opener, closer in (("(", ")"), ("[", "]"), ("（", "）")):
        opened = np.flatnonzero(text.codes == ord(opener))
        closed = np.flatnonzero(text.codes == ord(closer))
        if len(opened) and len(closed):
            index = np.searchsorted(closed, opened)
            some = index < len(closed)
            first, last = text.words_within(opened[some], closed[index[some]])
            brief = last - first <= SOURCE_LINE
            add(first[brief], last[brief])
    # Before a colon: "Harbour Times: ...", "The Harbour Times has the story:".
    colon = np.flatnonzero(np.isin(text.codes[text.ends], _COLONS))
    add(colon - LONGEST_NAME * 2, colon + 1)
    begin, end = _lead_ins(text)
    add(np.maximum(begin, end - LEAD_IN), end)
    zone = np.cumsum(change[:-1]) > 0
    zone |= _host_words(text)
    return zone


def _name_hashes(
    text: _Text, first: I64, size: I64, press: Mask
) -> tuple[U64, npt.NDArray[np.uint8]]:
    """Returns the hash of each name, and its kind; every distinct name is read once."""
    if not len(first):
        return np.zeros(0, np.uint64), np.zeros(0, np.uint8)
    ids = np.zeros(len(first), np.uint64)
    for length in range(1, LONGEST_NAME + 1):
        chosen = size == length
        ids[chosen] = fingerprints.shingles(text.hashes, length)[first[chosen]] ^ np.uint64(length)
    _, index, inverse = np.unique(ids, return_index=True, return_inverse=True)
    some, ends = first[index], first[index] + size[index] - 1
    spelled = [
        _name_key(text.text[start:end])
        for start, end in zip(text.starts[some].tolist(), text.ends[ends].tolist(), strict=True)
    ]
    agencies = _agency_keys()
    keys = [agencies.get(name, name) for name in spelled]
    hashes = np.fromiter(map(_hash, keys), np.uint64, len(keys))
    is_agency = np.fromiter((name in agencies for name in spelled), bool, len(keys))
    sums = np.concatenate(([0], np.cumsum(press)))
    is_press = (sums[first + size] > sums[first]) & (size > 1)
    kinds = np.where(is_press, PRESS, 0) | np.where(is_agency[inverse], AGENCY, 0)
    return hashes[inverse], kinds.astype(np.uint8)


# --- names ---------------------------------------------------------------------------------------

_POSSESSIVE = re.compile(r"(?:['’]s|['’])$")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_GENERIC = re.compile(
    r"(?:[\s.,:|–—-]+(?:online|news|web|website|magazine|blog|editorial|opinion|com|org|net|staff|"
    r"desk|print|edition|us|uk|international|media|newspaper|center|centre|institute))$",
    re.IGNORECASE,
)
_HANDLES = frozenset({"the", "news", "online", "opinion", "editorial", "blog", "guest", "writer"})


@functools.lru_cache(1 << 14)
def _name_key(name: str) -> str:
    """Returns the letters and digits of a name, without "The" and a possessive ending."""
    key = squeezed(_POSSESSIVE.sub("", name))
    return key.removeprefix("the") if len(key) > 5 else key


@functools.cache
def _agency_keys() -> dict[str, str]:
    """Returns the key of each agency by the keys of its names and short forms."""
    known = known_agencies()
    keys = {}
    for name, agency in (*known.names.items(), *known.marks.items()):
        if name not in known.plain and name.casefold() not in known.plain:
            keys[_name_key(name)] = squeezed(agency)
    return keys


def own_names(outlet: str | None, url: str | None, authors: Sequence[str] | None) -> list[str]:
    """Returns the keys of the names by which others would credit an article.

    Those are its outlet's, with and without "News" or "Online" behind it, its site's, and the full
    names of its first two authors.
    """
    names = []
    if outlet:
        name = _BRACKETS.sub("", outlet).strip(" -–—|")
        while name:
            names.append(_name_key(name))
            shorter = _GENERIC.sub("", name)
            if shorter == name:
                break
            name = shorter
    if site := house(url):
        names += [_name_key(site.partition(".")[0]), squeezed(site)]
    names += [squeezed(name) for name in (authors or ())[:2] if " " in name.strip()]
    agencies = _agency_keys()
    keys = [agencies.get(name, name) for name in names]
    return list(dict.fromkeys(name for name in keys if len(name) > 1 and name not in _HANDLES))


@functools.lru_cache(1 << 14)
def canonical_url(url: str | None) -> str:
    """Returns an address without scheme, "www.", tracking parameters and fragment; "" for none."""
    if not url:
        return ""
    try:
        clean = courlan.normalize_url(url, trailing_slash=False)
    except ValueError:  # a host or port that is none
        clean = url
    return clean.partition("#")[0].partition("//")[2].removeprefix("www.").removesuffix("/")


@functools.lru_cache(1 << 14)
def house(url: str | None) -> str:
    """Returns the registered domain of an address, such as ``bbc.co.uk``; "" for none."""
    host = re.split("[/?#]", (url or "").partition("//")[2], maxsplit=1)[0].casefold()
    return _registered(host) if host else ""


@functools.lru_cache(1 << 14)
def _registered(host: str) -> str:
    return courlan.extract_domain(f"http://{host}") or host


def _is_agency(agency: str, outlet: str | None, site: str) -> bool:
    """Returns True if an agency's copy is its own publication: nobody else is known to print it."""
    known = known_agencies()
    if site:
        return known.domains.get(site) == agency
    return not outlet or _agency_keys().get(_name_key(outlet)) == squeezed(agency)


def _contributed(articles: pa.Table) -> list[list[str]]:
    if "agencies_contributed" not in articles.column_names:
        return [[]] * len(articles)
    return [
        [squeezed(name) for name in names or ()]
        for names in articles.column("agencies_contributed").to_pylist()
    ]


def _precisions(articles: pa.Table) -> npt.NDArray[np.uint8]:
    """Returns the precision of each date; rows of older versions: a day if it is midnight."""
    dates = articles.column("published_at")
    known = pc.is_valid(dates).to_numpy()
    micros = pc.fill_null(dates.cast(pa.int64()), 1).to_numpy()
    guess = np.where(micros % 86_400_000_000 == 0, 3, 1)
    if "published_at_precision" in articles.column_names:
        stated = pc.index_in(
            articles.column("published_at_precision"), value_set=pa.array(PRECISIONS)
        )
        places = pc.fill_null(stated, -1).to_numpy()
        guess = np.where(places >= 0, places + 1, guess)
    return np.where(known, guess, 0).astype(np.uint8)


# --- arrays --------------------------------------------------------------------------------------


@functools.cache
def _capitals() -> Mask:
    """Returns whether each code point of the basic plane is a capital letter."""
    return np.array([chr(code).isupper() or chr(code).istitle() for code in range(1 << 16)])


def _in_table(codes: Codes, places: I64, table: Mask) -> Mask:
    return table[np.minimum(codes[places], len(table) - 1)]


def _hash(text: str) -> int:
    """Returns a 64-bit hash of a text; 0 for an empty one."""
    if not text:
        return 0
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _hashed(texts: Iterable[str | None]) -> pa.Array:
    return pa.array([_hash(text or "") for text in texts], pa.uint64())


def _hash_lists(lists: list[list[str]]) -> pa.Array:
    return pa.array(
        [[_hash(text) for text in texts] for texts in lists], SCHEMA.field("names").type
    )


def _ragged(values: npt.NDArray[Any], lengths: I64) -> pa.ListArray:
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return pa.ListArray.from_arrays(
        pa.array(offsets), pa.array(values), type=_list_of(pa.array(values).type)
    )


def _bits(mask: Mask, bounds: I64) -> pa.Array:
    """Returns the bits of each article's words, lowest first."""
    return pa.array(
        [
            np.packbits(mask[first:last], bitorder="little").tobytes()
            for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
        ],
        pa.binary(),
    )


# --- columns as arrays ---------------------------------------------------------------------------


class Ragged(NamedTuple):
    """Lists of n articles: the values of all, and n + 1 bounds."""

    values: npt.NDArray[Any]
    bounds: I64

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> "Ragged":
        """Returns the lists, or the bytes, of a column."""
        if pa.types.is_binary(column.type):
            lengths = pc.binary_length(column).to_numpy()
            values = np.frombuffer(b"".join(column.to_pylist()), np.uint8)
        else:
            lengths = pc.list_value_length(column).to_numpy()
            values = pc.list_flatten(column).to_numpy()
        return cls(values, np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths))))

    @property
    def owners(self) -> I64:
        """The article of each value."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))


class Evidence(NamedTuple):
    """Evidence of n articles as arrays; the columns of ``SCHEMA``."""

    time: U64
    precision: npt.NDArray[np.uint8]
    outlet: U64
    house: U64
    url: U64
    title: U64
    agency: U64
    agency_own: Mask
    contributed: Ragged
    names: Ragged
    mention_names: Ragged
    mention_words: Ragged
    mention_kinds: Ragged
    quoted: Ragged
    introduced: Ragged
    attributed: Ragged
    capitals: Ragged

    @classmethod
    def of(cls, table: pa.Table) -> "Evidence":
        """Returns the evidence in the columns of a table."""
        return cls(
            *(
                Ragged.of(table.column(field.name))
                if pa.types.is_list(field.type) or pa.types.is_binary(field.type)
                else table.column(field.name).to_numpy()
                for field in SCHEMA
            )
        )
