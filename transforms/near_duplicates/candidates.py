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
        new, old = columns_of(tables[name]), columns_of(earlier[name])
        new["rank"] = new["rank"] | RANK_NEW
        rows = recurring_rows(new, old)
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


def recurring_rows(new: Rows, old: Rows) -> Rows:
    """Returns the rows of this and of earlier runs whose ``hash`` recurs, a column at a time."""
    kept = recurring(np.concatenate((new["hash"], old["hash"])))
    return {name: np.concatenate((values, old[name]))[kept] for name, values in new.items()}


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
