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
"""Members of a band that are all compared with each other: at most 1,225 pairs. In a larger band
each is compared with the earliest only, so that the cost stays linear; which that is depends on
what came first."""

RANK_NEW = np.uint32(1 << 31)
"""Bit of the rank of rows of this run."""


def find_candidates(tables: Tables, earlier: Tables) -> pa.Table:
    """Returns the pairs of texts with a common band or winnowed shingle, in both directions.

    Args:
      tables: ``bands`` and ``winnowed`` of this run.
      earlier: the same of earlier runs.
    """
    parts = []
    for name in ("bands", "winnowed"):
        new, old = columns_of(tables[name]), columns_of(earlier[name])
        new["rank"] = new["rank"] | RANK_NEW
        rows = concatenate(new, old)
        rows = select(rows, recurring(rows["hash"]))
        left, right = collisions(rows["hash"], rows["text"], rows["rank"], RANK_NEW, MAX_CLIQUE)
        swapped = rows["text"][left] > rows["text"][right]
        left, right = np.where(swapped, right, left), np.where(swapped, left, right)
        parts.append(
            {
                "text": rows["text"][left],
                "other": rows["text"][right],
                "size": rows["size"][left],
                "other_size": rows["size"][right],
            }
        )
    pairs = _distinct_pairs(concatenate(*parts))
    reverse = {
        "text": pairs["other"],
        "other": pairs["text"],
        "size": pairs["other_size"],
        "other_size": pairs["size"],
    }
    return stream_table("candidates", concatenate(pairs, reverse))


def _distinct_pairs(pairs: Rows) -> Rows:
    order = order_of(pairs["text"], pairs["other"])
    return select(pairs, order[group_starts(pairs["text"][order], pairs["other"][order])])


def route(tables: Tables, earlier: Tables) -> pa.Table:
    """Returns ``probes``: of each pair the shorter text with its words, keyed by the longer.

    On a tie the text with the smaller key is the probe.

    Args:
      tables: ``candidates``, ``texts``, ``origins`` and ``blocks``.
      earlier: ``indexed_texts``.
    """
    pairs = _distinct_pairs(columns_of(tables["candidates"]))
    is_probe = (pairs["size"] < pairs["other_size"]) | (
        (pairs["size"] == pairs["other_size"]) & (pairs["text"] < pairs["other"])
    )
    pairs = select(pairs, is_probe)
    known = look_up(pairs["text"], tables, earlier)
    return stream_table(
        "probes",
        {
            **known.columns,
            "build": pairs["other"][known.usable],
            "words": known.words.only(known.position).list_array(),
        },
    )
