# ruff: noqa: RUF001 - dashes of titles are meant
"""Evidence of an article about whose words it prints, taken once, where its text is at hand.

What compares two articles works on these numbers. Words are counted as
:mod:`transforms.compiled.words` cuts them, all kept paragraphs of an article after one another.
"""

import functools
import hashlib
import itertools
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import courlan
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dates import PRECISIONS
from transforms.agencies import known_agencies
from transforms.arrays import I64, U8, U32, U64, Mask
from transforms.compiled.words import Words
from transforms.near_duplicates.article_text import ArticleText
from transforms.near_duplicates.credits import (
    agency_keys,
    hash_names,
    house,
    mentions,
    name_hashes,
    name_key,
    own_names,
)
from transforms.near_duplicates.origins import new_times
from transforms.near_duplicates.quotations import introduced, quoted
from transforms.near_duplicates.streams import ARTICLE, EVIDENCE
from transforms.text import squeezed

COLUMNS = {**{name: kind for name, kind in ARTICLE.items() if name != "low"}, **EVIDENCE}
"""Columns of ``article_evidence``, none of them null."""

SCHEMA = pa.schema([pa.field(name, kind, nullable=False) for name, kind in COLUMNS.items()])


def article_evidence(
    articles: pa.Table, paragraphs: pa.Table, removed_lines: pa.Table, words: Words
) -> pa.Table:
    """Returns the evidence of n articles, one row each, in the columns of ``SCHEMA``.

    Args:
      articles: ``url``, ``record_id``, ``title``, ``outlet``, ``authors``, ``published_at``,
        ``agency``, ``agency_own``; if there, ``published_at_precision``,
        ``agencies_contributed``, ``outlet_stated``.
      paragraphs: ``article``, the row of the article, ascending; ``line_number``; ``text``.
      removed_lines: the same columns; credits on lines of their own are there.
      words: of the paragraphs.
    """
    text = ArticleText.of(len(articles), paragraphs, removed_lines, words)
    column = {
        name: articles.column(name).to_pylist()
        for name in ("outlet", "record_id", "url", "title", "authors", "agency", "agency_own")
    }
    houses = [house(url) for url in column["url"]]
    named = mentions(text)
    owner = text.owners(named.first)
    credited = np.bincount(owner, minlength=len(articles))
    columns: dict[str, Any] = {
        "time": pa.array(new_times(articles)),
        "precision": pa.array(_precisions(articles)),
        "size": pa.array(np.diff(text.kept[text.bounds]), pa.uint32()),
        "outlet": _hashed(column["outlet"]),
        "house": _hashed(houses),
        "url": _hashed(map(_address, column["url"], column["outlet"], column["record_id"])),
        "title": _hashed(squeezed(headline(title)) for title in column["title"]),
        "agency": pa.array(name_hashes([name_key(name or "") for name in column["agency"]])),
        "agency_own": pa.array(
            [
                bool(own and _is_agency(agency, outlet, site))
                for own, agency, outlet, site in zip(
                    column["agency_own"], column["agency"], column["outlet"], houses, strict=True
                )
            ],
            pa.bool_(),
        ),
        "contributed": hash_names([list(map(name_key, names)) for names in _contributed(articles)]),
        "names": hash_names(
            list(map(own_names, _outlets(articles), column["url"], column["authors"]))
        ),
        "mention_names": _ragged(named.hashes, credited),
        "mention_words": _ragged(text.within(named.first).astype(np.uint32), credited),
        "mention_kinds": _ragged(named.kinds, credited),
        "quoted": _ranges(text, *quoted(text)),
        "introduced": _ranges(text, *introduced(text)),
        "capitals": _bits(text),
    }
    return pa.table([columns[name] for name in COLUMNS], schema=SCHEMA)


@functools.lru_cache(1 << 14)
def canonical_url(url: str | None) -> str:
    """Returns an address without scheme, "www.", tracking parameters and fragment.

    An empty one for none, and for a host alone, which dumps give for all articles of a site.
    """
    if not url:
        return ""
    try:
        clean = courlan.normalize_url(url, trailing_slash=False)
    except ValueError:  # its host or port is none
        clean = url
    clean = clean.partition("#")[0].partition("//")[2].removeprefix("www.")
    clean = clean.replace("/?", "?", 1).removesuffix("/")
    return clean if "/" in clean or "?" in clean else ""


def _address(url: str | None, outlet: str | None, record_id: str | None) -> str:
    """Returns what editions of an article have in common: the address, else the dump's own id."""
    return canonical_url(url) or (f"{outlet or ''} {record_id}" if record_id else "")


_UPDATE = re.compile(
    r"^\s*+(?:(?:(?:update|wrapup|refile|rpt|recast|corrected|correction|updated|live|watch live)"
    r"(?:\s\d{1,2})?\s?[-:–—|]|\d{1,2}(?:st|nd|rd|th) (?:update|lead|ld)[-:\s])\s*+)+"
    r"|\s\((?:adds|updates|recasts|corrects|updated|live)\b[^()]{0,120}\)\s*+$",
    re.IGNORECASE,
)


def headline(title: str | None) -> str:
    """Returns a title without the marks of another edition: "UPDATE 1-", "(Adds ...)"."""
    return _UPDATE.sub("", title or "")


def _outlets(articles: pa.Table) -> list[tuple[str | None, ...]]:
    """Returns the names of each article's outlet."""
    names = [name for name in ("outlet", "outlet_stated") if name in articles.column_names]
    return list(zip(*(articles.column(name).to_pylist() for name in names), strict=True))


def _is_agency(agency: str | None, outlet: str | None, site: str) -> bool:
    """Returns whether an agency's copy is its own publication: nobody else is known to print it."""
    if agency is None:
        return False
    if site:
        return known_agencies().domains.get(site) == agency
    return not outlet or agency_keys().get(name_key(outlet)) == name_key(agency)


_WIRES = re.compile(
    r"/(?:wire|wirestory|(?:[a-z]++-)*+(?:newswire|(?:news)?wires))/", re.IGNORECASE
)
"""A folder of an address in which several outlets keep what agencies send: "/wires/",
"/Latest-News-Wires/", "/wireStory/"; but no blog named "The Wire"."""


def _contributed(articles: pa.Table) -> list[list[str]]:
    """Returns the agencies that contributed to each article, "wire" for one that is not named."""
    paths = [
        (url or "").partition("//")[2].partition("?")[0]
        for url in articles.column("url").to_pylist()
    ]
    names: list[list[str] | None] = [[]] * len(articles)
    if "agencies_contributed" in articles.column_names:
        names = articles.column("agencies_contributed").to_pylist()
    return [
        some or (["wire"] if _WIRES.search(path) else [])
        for some, path in zip(names, paths, strict=True)
    ]


def _precisions(articles: pa.Table) -> U8:
    """Returns the precision of each date; where none is stated, midnight is a day."""
    dates = articles.column("published_at")
    micros = pc.fill_null(dates.cast(pa.int64()), 0).to_numpy()
    result = np.where(micros % 86_400_000_000 == 0, 3, 1)
    if "published_at_precision" in articles.column_names:
        names = pa.array(PRECISIONS)
        stated = pc.index_in(articles.column("published_at_precision"), value_set=names)
        place = pc.fill_null(stated, -1).to_numpy()
        result = np.where(place >= 0, place + 1, result)
    return np.where(pc.is_valid(dates).to_numpy(), result, 0).astype(np.uint8)


def _hashed(texts: Iterable[str | None]) -> pa.Array:
    """Returns a 64-bit hash of each text; 0 for none."""
    return pa.array([_hash(text) if text else 0 for text in texts], pa.uint64())


@functools.lru_cache(1 << 12)
def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _ranges(text: ArticleText, first: I64, last: I64) -> pa.ListArray:
    """Returns ranges of words as a list for each article, counted in its kept words.

    Args:
      text: of n articles.
      first: first word of each range; each is within one article, and they are in order.
      last: the word behind its last.
    """
    owner = text.owners(first)
    begin = text.kept[text.bounds[owner]]
    first, last = text.kept[first] - begin, text.kept[last] - begin
    some = first < last
    flat = np.stack((first[some], last[some]), axis=1).ravel().astype(np.uint32)
    return _ragged(flat, 2 * np.bincount(owner[some], minlength=len(text.bounds) - 1))


def _bits(text: ArticleText) -> pa.Array:
    """Returns a bit a kept word of each article, 1 where it has a capital or is a number."""
    first = text.codes[text.starts]
    mask = (text.capital | (first >= ord("0")) & (first <= ord("9")))[np.diff(text.kept) > 0]
    bounds = text.kept[text.bounds].tolist()
    bits = [
        np.packbits(mask[first:last], bitorder="little").tobytes()
        for first, last in itertools.pairwise(bounds)
    ]
    return pa.array(bits, pa.binary())


def _ragged(values: npt.NDArray[Any], lengths: I64) -> pa.ListArray:
    offsets = pa.array(np.append(0, np.cumsum(lengths)).astype(np.int32))
    flat = pa.array(values)
    kind = pa.list_(pa.field("item", flat.type, nullable=False))
    return pa.ListArray.from_arrays(offsets, flat, type=kind)


# --- columns as arrays ---------------------------------------------------------------------------


class Ragged(NamedTuple):
    """Lists of n articles: the values of all after one another, and their n + 1 bounds."""

    values: npt.NDArray[Any]
    bounds: I64

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> "Ragged":
        """Returns the lists, or the bytes, of a column without nulls."""
        if pa.types.is_binary(column.type):
            lengths = pc.binary_length(column).to_numpy()
            values = np.frombuffer(b"".join(column.to_pylist()), np.uint8)
        else:
            lengths = pc.list_value_length(column).to_numpy()
            values = pc.list_flatten(column).to_numpy()
        return cls(values, np.append(0, np.cumsum(lengths, dtype=np.int64)))

    @property
    def owners(self) -> I64:
        """The article of each value."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))


class Evidence(NamedTuple):
    """The columns of ``SCHEMA`` as arrays."""

    time: U64
    precision: U8
    size: U32
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
    capitals: Ragged

    @classmethod
    def of(cls, table: pa.Table) -> "Evidence":
        """Returns the evidence in the columns of a table, which may have others, too."""
        arrays: dict[str, Any] = {}
        for name, kind in COLUMNS.items():
            column = table.column(name)
            flat = pa.types.is_integer(kind) or pa.types.is_boolean(kind)
            arrays[name] = column.to_numpy() if flat else Ragged.of(column)
        return cls(**arrays)
