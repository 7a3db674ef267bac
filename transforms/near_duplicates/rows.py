"""Rows as arrays: grouped, sorted, joined by text, and ragged lists of words."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from transforms.arrays import I64, U32, U64, Mask
from transforms.compiled.sets import hash_order
from transforms.near_duplicates.origins import NO_ORIGIN, Rows
from transforms.near_duplicates.streams import SCHEMAS, WORDS, stream_table


def columns_of(table: pa.Table) -> Rows:
    """Returns the fixed-width columns of a table as arrays."""
    return {
        name: table.column(name).to_numpy()
        for name in table.column_names
        if not pa.types.is_list(table.schema.field(name).type)
    }


def no_rows(stream: str) -> Rows:
    """Returns the columns of a stream without rows."""
    return columns_of(SCHEMAS[stream].empty_table())


def select(rows: Rows, index: Any) -> Rows:
    """Returns the rows at some positions."""
    return {name: values[index] for name, values in rows.items()}


def concatenate(first: Rows, *others: Rows) -> Rows:
    """Returns rows after one another, with the columns of the first."""
    return {
        name: np.concatenate([values, *(rows[name] for rows in others)])
        for name, values in first.items()
    }


def annotations(count: int, columns: Rows) -> pa.Table:
    """Returns rows of ``annotations``; columns that are not given have their empty values.

    Args:
      count: rows.
      columns: ``shard``, ``row`` and what is known.
    """
    unsaid = {
        field.name: np.full(count, NO_ORIGIN if field.type == pa.uint64() else 0)
        for field in SCHEMAS["annotations"]
    }
    return stream_table("annotations", {**unsaid, **columns})


def sort_by_text(rows: Rows) -> Rows:
    """Returns the rows sorted by text, rows of one text in their order."""
    return select(rows, hash_order(rows["text"]))


def order_of(hashes: U64, *others: npt.NDArray[Any]) -> I64:
    """Returns the order of a stable sort of rows by a hash, then by the others.

    Equal to ``np.lexsort((*reversed(others), hashes))``, and several times as fast where most
    hashes occur once: the others are read only for rows whose hash recurs.

    Args:
      hashes: spread evenly, as for ``hash_order``.
      others: decide among equal hashes, the first first.
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


def find(ordered: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> tuple[I64, Mask]:
    """Returns the index of each wanted value in sorted values, and whether it occurs in them."""
    if not len(ordered):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    index = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return index, ordered[index] == wanted


def join(left: Sequence[npt.NDArray[Any]], right: Sequence[npt.NDArray[Any]]) -> tuple[I64, Mask]:
    """Returns the row on the left that each row on the right equals, and whether there is one.

    Args:
      left: columns of n rows, no two alike; or else the first counts.
      right: the same columns of m rows.
    """
    count = len(left[0])
    keys = [np.concatenate(pair) for pair in zip(left, right, strict=True)]
    order = np.lexsort(tuple(reversed(keys)))  # stable: what is on the left comes first
    starts = group_starts(*(key[order] for key in keys))
    row = np.empty(len(order), np.int64)
    row[order] = np.repeat(order[starts], group_sizes(starts, len(order)))
    found = row[count:] < count
    return np.where(found, row[count:], 0), found


def ragged_positions(starts: I64, lengths: I64) -> I64:
    """Returns the positions of n runs after one another, from the start and length of each."""
    total = int(lengths.sum())
    ends = np.cumsum(lengths)
    return np.asarray(np.arange(total) + np.repeat(starts - (ends - lengths), lengths))


def lists(column: pa.ChunkedArray) -> tuple[Any, I64, I64]:
    """Returns the values of a list column, and the start and the length of every list.

    Args:
      column: lists of 32-bit numbers, or byte strings, which are lists of bytes.
    """
    is_bytes = pa.types.is_binary(column.type)
    kind = np.uint8 if is_bytes else np.uint32
    values, starts, lengths = [np.zeros(0, kind)], [np.zeros(0, int)], [np.zeros(0, int)]
    position = 0
    for chunk in column.chunks:
        if is_bytes:
            _, places, data = chunk.buffers()
            places = np.frombuffer(places or b"", np.int32)[chunk.offset :]
            offsets = places[: len(chunk) + 1].astype(np.int64)
            items = np.frombuffer(data or b"", np.uint8)
        else:
            offsets, items = chunk.offsets.to_numpy().astype(np.int64), chunk.values.to_numpy()
        values.append(items)
        starts.append(offsets[:-1] + position)
        lengths.append(np.diff(offsets))
        position += len(items)
    return np.concatenate(values), np.concatenate(starts), np.concatenate(lengths)


def packed(column: pa.ChunkedArray, rows: I64 | slice = slice(None)) -> tuple[Any, I64]:
    """Returns the values of the lists of some rows after one another, and the length of each."""
    values, starts, lengths = lists(column)
    starts, lengths = starts[rows], lengths[rows]
    if len(starts) and (starts[1:] == starts[:-1] + lengths[:-1]).all():
        return values[starts[0] : starts[-1] + lengths[-1]], lengths  # without a copy
    return values[ragged_positions(starts, lengths)], lengths


def starts_of(lengths: I64) -> I64:
    """Returns where each of n runs after one another begins."""
    return np.asarray(np.cumsum(lengths) - lengths)


def bounds_of(lengths: I64) -> I64:
    """Returns the n + 1 bounds of n runs after one another."""
    return np.append(0, np.cumsum(lengths))


def list_array(values: U32, lengths: I64) -> pa.ListArray:
    """Returns an Arrow list array of lists of words after one another."""
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

    def only(self, index: I64) -> "TextWords":
        """Returns the texts at some positions, with a copy of their words alone."""
        lengths = self.lengths[index]
        words = self.words[ragged_positions(self.starts[index], lengths)]
        return TextWords(self.texts[index], words, np.cumsum(lengths) - lengths, lengths)

    def list_array(self) -> pa.ListArray:
        """Returns the words of all texts as an Arrow list array; only of what ``only`` returned."""
        return list_array(self.words, self.lengths)


def distinct_words(texts: pa.Table, indexed: pa.Table) -> TextWords:
    """Returns the words of every text in ``texts`` and ``indexed_texts``.

    Of a text that is in both, or of several runs, the first row with words counts.
    """
    both = pa.concat_tables(
        [texts.select(["text", "words"]), indexed.select(["text", "words"])],
        promote_options="default",
    )
    keys = both.column("text").to_numpy()
    words, starts, lengths = lists(both.column("words"))
    chosen = hash_order(keys)
    if len(firsts := group_starts(keys[chosen])) < len(chosen):
        order = order_of(keys, -lengths)
        chosen = order[firsts]
    return TextWords(keys[chosen], words, starts[chosen], lengths[chosen])
