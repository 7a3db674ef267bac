"""Paragraphs as arrays: when and where each was published, grouped rows, ragged lists of words.

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

from pipeline.transform import Tables as Tables
from transforms.near_duplicates.streams import WORDS
from transforms.shingles import I64, U32, U64, hash_order

Rows = dict[str, npt.NDArray[Any]]

Mask = npt.NDArray[np.bool_]

NEW = np.uint64(1 << 63)

LINE_BITS = np.uint64(32)

NO_ORIGIN = np.uint64(0xFFFFFFFFFFFFFFFF)

UNKNOWN_TIME = (1 << 61) - 1

TIME_OFFSET = 1 << 60


class Origins(NamedTuple):
    """When and where n paragraphs were published; see the module's docstring."""

    time: U64
    article: U64
    line: U64


def columns_of(table: pa.Table) -> Rows:
    """Returns the fixed-width columns of a table as arrays."""
    return {
        name: table.column(name).to_numpy()
        for name in table.column_names
        if not pa.types.is_list(table.schema.field(name).type)
    }


def origins_of(rows: Rows, prefix: str) -> Origins:
    """Returns the origins in the columns with a prefix."""
    return Origins(*(rows[f"{prefix}{part}"] for part in Origins._fields))


def origin_columns(origins: Origins, prefix: str) -> Rows:
    """Returns origins as columns with a prefix."""
    return {
        f"{prefix}{part}": values for part, values in zip(Origins._fields, origins, strict=True)
    }


def take(origins: Origins, index: Any) -> Origins:
    """Returns some of the origins."""
    return Origins(*(values[index] for values in origins))


def is_earlier(left: Origins, right: Origins) -> Mask:
    """Returns whether each left origin comes before the right one."""
    return np.asarray(
        (left.time < right.time)
        | (
            (left.time == right.time)
            & (
                (left.article < right.article)
                | ((left.article == right.article) & (left.line < right.line))
            )
        )
    )


def same_article(left: Origins, right: Origins) -> Mask:
    """Returns whether two origins are of the same article."""
    return np.asarray(
        (left.article == right.article) & ((left.line >> LINE_BITS) == (right.line >> LINE_BITS))
    )


def order_of(hashes: U64, *others: npt.NDArray[Any]) -> I64:
    """Returns the order that sorts rows by a hash, then by the others, equal rows as they are.

    It is ``np.lexsort((*reversed(others), hashes))``, several times as fast where most hashes occur
    once: the others are looked at only where they do not.

    Args:
      hashes: spread evenly, as for ``hash_order``.
      others: what decides among equal hashes, the first first.
    """
    order = hash_order(hashes)
    ordered = hashes[order]
    equal = ordered[1:] == ordered[:-1]
    places = np.flatnonzero(np.append(equal, False) | np.append(False, equal))[: len(order)]
    rows = order[places]
    keys = (*(other[rows] for other in reversed(others)), ordered[places])
    order[places] = rows[np.lexsort(keys)]
    return order


def group_starts(*keys: npt.NDArray[Any]) -> I64:
    """Returns where each run of equal sorted keys begins."""
    if not len(keys[0]):
        return np.zeros(0, np.int64)
    changes = np.zeros(len(keys[0]), bool)
    changes[0] = True
    for key in keys:
        changes[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(changes)


def group_sizes(starts: I64, total: int) -> I64:
    """Returns the sizes of runs that begin at ``starts``."""
    return np.diff(np.append(starts, total))


def ragged_positions(starts: I64, lengths: I64) -> I64:
    """Returns the positions of n runs, given where each starts and how long it is."""
    total = int(lengths.sum())
    ends = np.cumsum(lengths)
    return np.asarray(np.arange(total) + np.repeat(starts - (ends - lengths), lengths))


def list_array(values: U32, lengths: I64) -> pa.ListArray:
    """Returns an Arrow list array of runs of words after one another."""
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), pa.array(values, pa.uint32()), type=WORDS
    )


class TextWords(NamedTuple):
    """Word hashes of distinct texts.

    Attributes:
      texts: n sorted keys.
      words: 32-bit word hashes, all texts after one another.
      starts: where each text begins in ``words``.
      lengths: its words.
    """

    texts: U64
    words: U32
    starts: I64
    lengths: I64

    def find(self, texts: U64) -> tuple[I64, Mask]:
        """Returns the index of each text, and whether it is there."""
        return find(self.texts, texts)

    def only(self, index: I64) -> "TextWords":
        """Returns these of the texts, their words copied out of those of all."""
        lengths = self.lengths[index]
        words = self.words[ragged_positions(self.starts[index], lengths)]
        return TextWords(self.texts[index], words, np.cumsum(lengths) - lengths, lengths)

    def take(self, index: I64) -> pa.ListArray:
        """Returns the words of some texts as an Arrow list array."""
        lengths = self.lengths[index]
        return list_array(self.words[ragged_positions(self.starts[index], lengths)], lengths)


def find(ordered: U64, wanted: U64) -> tuple[I64, Mask]:
    """Returns the index of each wanted value in sorted values, and whether it is there."""
    if not len(ordered):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    index = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return index, ordered[index] == wanted


def words_of(texts: U64, words: pa.ChunkedArray) -> TextWords:
    """Returns the words of distinct texts; of equal texts the first row with words serves."""
    values, starts, lengths = [], [], []
    position = 0
    for chunk in words.chunks:
        offsets = chunk.offsets.to_numpy().astype(np.int64)
        values.append(chunk.values.to_numpy())
        starts.append(offsets[:-1] + position)
        lengths.append(np.diff(offsets))
        position += len(chunk.values)
    if not starts:
        none = np.zeros(0, np.int64)
        return TextWords(np.zeros(0, np.uint64), np.zeros(0, np.uint32), none, none)
    all_starts, all_lengths = np.concatenate(starts), np.concatenate(lengths)
    chosen = hash_order(texts)
    firsts = group_starts(texts[chosen])
    if len(firsts) < len(chosen):
        order = order_of(texts, -all_lengths)
        chosen = order[group_starts(texts[order])]
    return TextWords(texts[chosen], np.concatenate(values), all_starts[chosen], all_lengths[chosen])


def article_halves(ids: pa.ChunkedArray | pa.Array) -> tuple[U64, U64]:
    """Returns the first 64 and the last 32 bits of article ids of 24 hex digits."""
    raw = bytes.fromhex("".join(ids.to_pylist()))
    parts = np.frombuffer(raw, np.dtype([("high", ">u8"), ("low", ">u4")]))
    return parts["high"].astype(np.uint64), parts["low"].astype(np.uint64)


def paragraph_ids(origins: Origins) -> pa.Array:
    """Returns the ids of paragraphs: 24 hex digits, a dash, the line number in 4 digits or more."""
    count = len(origins.article)
    parts = np.empty(count, np.dtype([("high", ">u8"), ("low", ">u4")]))
    parts["high"] = origins.article
    parts["low"] = origins.line >> LINE_BITS
    lines = (origins.line & np.uint64(0xFFFFFFFF)).astype(np.int64)
    hexadecimal = np.frombuffer(parts.tobytes().hex().encode("ascii"), np.uint8).reshape(count, 24)
    letters = np.empty((count, 29), np.uint8)
    letters[:, :24] = hexadecimal
    letters[:, 24] = ord("-")
    for digit in range(4):
        letters[:, 28 - digit] = lines // 10**digit % 10 + ord("0")
    ids = pa.array(letters.view("S29").ravel(), pa.binary()).cast(pa.string())
    long_lines = np.flatnonzero(lines > 9999)
    if len(long_lines):
        texts = ids.to_pylist()
        for index in long_lines.tolist():
            texts[index] = f"{texts[index][:24]}-{lines[index]}"
        ids = pa.array(texts, pa.string())
    return ids


def concatenate(parts: list[npt.NDArray[Any]], kind: Any) -> npt.NDArray[Any]:
    """Returns arrays after one another; of none, an empty one of a kind."""
    return np.concatenate(parts) if parts else np.zeros(0, kind)


def lists(column: pa.ChunkedArray) -> tuple[U32, I64, I64]:
    """Returns the values of a list column, and the start and the length of every list."""
    values, starts, lengths = [], [], []
    position = 0
    for chunk in column.chunks:
        offsets = chunk.offsets.to_numpy().astype(np.int64)
        values.append(chunk.values.to_numpy())
        starts.append(offsets[:-1] + position)
        lengths.append(np.diff(offsets))
        position += len(chunk.values)
    return (
        concatenate(values, np.uint32),
        concatenate(starts, np.int64),
        concatenate(lengths, np.int64),
    )


def parse_paragraph_ids(ids: pa.ChunkedArray | pa.Array) -> Origins:
    """Returns the origins that ids tell, which is all but the time: that is 0."""
    texts = ids.to_pylist()
    high, low = article_halves(pa.array([text[:24] for text in texts], pa.string()))
    lines = np.fromiter((int(text[25:]) for text in texts), np.uint64, len(texts))
    return Origins(np.zeros(len(texts), np.uint64), high, (low << LINE_BITS) | lines)
