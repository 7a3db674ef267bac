"""When and where paragraphs were published, and their ids.

A paragraph's order in time is its *origin*, three unsigned 64-bit numbers compared in turn:

- published time in microseconds, unknown last; lowest bit 0 for an agency's own copy; highest bit
  0 for what an earlier run has committed, so that a committed source stays the source;
- the first 64 bits of the article id;
- its last 32 bits and the line number.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import I64, U64, Mask

Rows = dict[str, npt.NDArray[Any]]
"""Column name to the values of n rows."""

NEW = np.uint64(1 << 63)
"""Bit of the time of paragraphs of this run."""

LINE_BITS = np.uint64(32)

NO_ORIGIN = np.uint64(0xFFFFFFFFFFFFFFFF)
"""Value of all parts of an origin where there is none."""

UNKNOWN_TIME = (1 << 61) - 1
"""Time of a paragraph without a date, comes after every date; microseconds, as below."""

TIME_OFFSET = 1 << 60
"""Microseconds added to those since 1970, so that no time is negative."""


class Origins(NamedTuple):
    """Origins of n paragraphs; see the module's docstring."""

    time: U64
    article: U64
    line: U64

    @classmethod
    def of(cls, rows: Rows, prefix: str = "") -> "Origins":
        """Returns the origins in the columns with a prefix."""
        return cls(*(rows[f"{prefix}{part}"] for part in cls._fields))

    def columns(self, prefix: str = "") -> Rows:
        """Returns the origins as columns with a prefix."""
        return {f"{prefix}{part}": values for part, values in self._asdict().items()}

    def take(self, index: Any) -> "Origins":
        """Returns the origins at some positions."""
        return Origins(*(values[index] for values in self))

    def take_found(self, index: I64, found: Mask) -> "Origins":
        """Returns the origins at some positions, ``NO_ORIGIN`` where not found."""
        padded = Origins(*(np.append(values, NO_ORIGIN) for values in self))
        return padded.take(np.where(found, index, -1))

    def where(self, condition: Mask, other: "Origins") -> "Origins":
        """Returns these origins where the condition holds, else the others."""
        return Origins(*(np.where(condition, *pair) for pair in zip(self, other, strict=True)))

    @property
    def exists(self) -> Mask:
        """Whether each is an origin, not ``NO_ORIGIN``."""
        return np.asarray(self.time != NO_ORIGIN)

    def is_before(self, other: "Origins") -> Mask:
        """Returns whether each comes before the other one."""
        before = self.line < other.line
        for mine, theirs in ((self.article, other.article), (self.time, other.time)):
            before = (mine < theirs) | ((mine == theirs) & before)
        return np.asarray(before)

    def same_article(self, other: "Origins") -> Mask:
        """Returns whether each is of the same article as the other one."""
        halves = self.line >> LINE_BITS == other.line >> LINE_BITS
        return np.asarray((self.article == other.article) & halves)

    def same_paragraph(self, other: "Origins") -> Mask:
        """Returns whether each is of the same paragraph as the other one, whatever their times."""
        return np.asarray((self.article == other.article) & (self.line == other.line))


def microseconds(time: U64) -> I64:
    """Returns published times from the first part of origins, ``UNKNOWN_TIME`` for none."""
    return ((time & ~NEW) >> np.uint64(1)).astype(np.int64)


def new_times(articles: pa.Table) -> U64:
    """Returns the first part of the origins of an article's paragraphs, for articles of this run.

    Args:
      articles: columns ``published_at``, ``agency_own``.
    """
    published = articles.column("published_at").cast(pa.int64())
    micros = pc.fill_null(published, UNKNOWN_TIME - TIME_OFFSET).to_numpy() + TIME_OFFSET
    own = pc.fill_null(articles.column("agency_own"), False).to_numpy(zero_copy_only=False)
    return np.asarray((micros.astype(np.uint64) << np.uint64(1)) | (~own).astype(np.uint64) | NEW)


_ARTICLE_ID = np.dtype([("high", ">u8"), ("low", ">u4")])


def article_halves(ids: pa.ChunkedArray | pa.Array) -> tuple[U64, U64]:
    """Returns the first 64 and the last 32 bits of article ids of 24 hex digits."""
    parts = np.frombuffer(bytes.fromhex("".join(ids.to_pylist())), _ARTICLE_ID)
    return parts["high"].astype(np.uint64), parts["low"].astype(np.uint64)


def article_ids(high: U64, low: U64) -> pa.Array:
    """Returns the ids of articles from their first 64 and last 32 bits."""
    parts = np.empty(len(high), _ARTICLE_ID)
    parts["high"], parts["low"] = high, low
    digits = np.frombuffer(parts.tobytes().hex().encode("ascii"), "S24")
    return pa.array(digits, pa.binary()).cast(pa.string())


def paragraph_ids(origins: Origins) -> pa.Array:
    """Returns the ids of paragraphs: 24 hex digits, a dash, the line number in 4 digits or more."""
    articles = article_ids(origins.article, origins.line >> LINE_BITS)
    lines = pa.array(origins.line & np.uint64(0xFFFFFFFF)).cast(pa.string())
    return pc.binary_join_element_wise(articles, pc.utf8_lpad(lines, 4, "0"), "-")


def parse_paragraph_ids(ids: pa.ChunkedArray) -> Origins:
    """Returns the origins of paragraph ids, with 0 for the time."""
    high, low = article_halves(pc.utf8_slice_codeunits(ids, 0, 24))
    lines = pc.utf8_slice_codeunits(ids, 25).cast(pa.uint64()).to_numpy()
    return Origins(np.zeros(len(lines), np.uint64), high, (low << LINE_BITS) | lines)
