"""Candidate pairs of texts: those with a common band or winnowed shingle."""

import numpy as np
import pyarrow as pa

from pipeline.transform import Tables
from transforms.compiled.sets import collisions, recurring
from transforms.near_duplicates.exact import look_up
from transforms.near_duplicates.origins import Rows
from transforms.near_duplicates.rows import columns_of, concatenate, group_starts, order_of, select
from transforms.near_duplicates.streams import stream_table

MAX_CLIQUE = 50
"""Members of a band that are all compared with each other: at most 1,225 pairs. Each later one is
compared with the earliest only, so that the cost stays linear."""

RANK_NEW = np.uint32(1 << 31)
"""Bit of the rank of rows of this run."""


def find_candidates(tables: Tables, earlier: Tables) -> pa.Table:
    """Returns ``candidates``, the pairs of texts with a common band or winnowed shingle.

    The first of a pair is the shorter text; on a tie, that with the smaller key.

    Args:
      tables: ``bands`` and ``winnowed`` of this run.
      earlier: the same of earlier runs.
    """
    parts = []
    for name in ("bands", "winnowed"):
        rows = recurring_rows(tables[name], earlier[name])
        pairs = collisions(rows["hash"], rows["text"], rows["rank"], RANK_NEW, MAX_CLIQUE)
        (left, right), (size, other_size) = (
            [rows[column][side] for side in pairs] for column in ("text", "size")
        )
        is_longer = (size > other_size) | ((size == other_size) & (left > right))
        parts.append(
            {
                "text": np.where(is_longer, right, left),
                "other": np.where(is_longer, left, right),
            }
        )
    return stream_table("candidates", _distinct_pairs(concatenate(*parts)))


def recurring_rows(new: pa.Table, old: pa.Table) -> Rows:
    """Returns the rows of this and of earlier runs whose ``hash`` recurs, a column at a time.

    The ``rank`` of those of this run has the bit ``RANK_NEW``.
    """
    both = pa.concat_tables([new, old])
    kept = recurring(both.column("hash").to_numpy())
    rows = {name: both.column(name).to_numpy()[kept] for name in both.column_names}
    rows["rank"] |= np.where(kept < len(new), RANK_NEW, np.uint32(0))
    return rows


def _distinct_pairs(pairs: Rows) -> Rows:
    order = order_of(pairs["text"], pairs["other"])
    return select(pairs, order[group_starts(pairs["text"][order], pairs["other"][order])])


def route(tables: Tables, earlier: Tables) -> pa.Table:
    """Returns ``probes``: of each pair the shorter text with its words, keyed by the longer.

    Args:
      tables: ``candidates``, ``texts``, ``origins`` and ``blocks``.
      earlier: ``indexed_texts``.
    """
    pairs = _distinct_pairs(columns_of(tables["candidates"]))
    known = look_up(pairs["text"], tables, earlier)
    return stream_table(
        "probes",
        {
            **known.columns,
            "build": pairs["other"][known.usable],
            "words": known.words.only(known.position).list_array(),
        },
    )
