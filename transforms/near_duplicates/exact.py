"""Exact deduplication: one row for every text, with its first occurrences."""

from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.transform import Tables
from transforms.arrays import U64
from transforms.near_duplicates.boilerplate import block_candidates, outlet_counts, with_blocks
from transforms.near_duplicates.origins import (
    NO_ORIGIN,
    Origins,
    Rows,
    join_origins,
    origin_columns,
    origins_of,
    same_article,
    take,
    take_found,
)
from transforms.near_duplicates.rows import (
    columns_of,
    concatenate,
    find,
    group_sizes,
    group_starts,
    order_of,
    select,
    sort_by_text,
)
from transforms.near_duplicates.streams import SCHEMAS, stream_table

_THIS_RUN = np.int64(1) << 40
"""Comes after the number of every earlier run."""


def no_rows(stream: str) -> Rows:
    """Returns the columns of a stream without rows."""
    return columns_of(SCHEMAS[stream].empty_table())


def exact_dedup(tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
    """Returns ``origins``, one row a distinct text, and ``block_candidates``."""
    occurrences, indexed = columns_of(tables["occurrences"]), columns_of(earlier["indexed_texts"])
    origins = first_occurrences(occurrences, indexed)
    return {
        "origins": stream_table("origins", origins),
        "block_candidates": block_candidates(occurrences, indexed, origins),
    }


def first_occurrences(occurrences: Rows, indexed: Rows) -> Rows:
    """Returns the columns of ``origins``, one row a distinct text, sorted by text.

    ``first_`` is the earliest occurrence, ``other_`` the earliest in another article than that.
    Occurrences of earlier runs come before those of this run, in the order of the runs: who was
    committed first stays first, whatever was published earlier and came later.

    Args:
      occurrences: rows of this run.
      indexed: ``indexed_texts`` of earlier runs, one row a text and run.
    """
    texts = [occurrences["text"]]
    runs = [np.full(len(occurrences["text"]), _THIS_RUN)]
    parts = [origins_of(occurrences, "")]
    for prefix in ("first_", "other_"):
        exists = indexed[f"{prefix}time"] != NO_ORIGIN
        texts.append(indexed["text"][exists])
        runs.append(indexed["run"][exists].astype(np.int64))
        parts.append(take(origins_of(indexed, prefix), exists))
    text, run, origins = np.concatenate(texts), np.concatenate(runs), join_origins(*parts)
    order = order_of(text, run, *origins)
    text, origins = text[order], take(origins, order)
    starts = group_starts(text)
    earliest = take(origins, starts)
    sizes = group_sizes(starts, len(text))
    differs = ~same_article(origins, take(origins, np.repeat(starts, sizes)))
    positions = np.where(differs, np.arange(len(text)), len(text))
    next_best = np.minimum.reduceat(positions, starts) if len(starts) else np.zeros(0, np.int64)
    other = take_found(origins, next_best, next_best < len(text))
    distinct = text[starts]
    return {
        "text": distinct,
        **origin_columns(earliest, "first_"),
        **origin_columns(other, "other_"),
        **origin_columns(_indexed_clusters(indexed, distinct), "cluster_"),
        **outlet_counts(occurrences, indexed, distinct),
        "in_block": np.isin(distinct, indexed["text"][indexed["in_block"]]),
    }


def _indexed_clusters(indexed: Rows, texts: U64) -> Origins:
    """Returns the cluster that the earliest run with each text gave it; none for a new text."""
    order = order_of(indexed["text"], indexed["run"], *origins_of(indexed, "first_"))
    indexed = select(indexed, order[group_starts(indexed["text"][order])])
    return take_found(origins_of(indexed, "cluster_"), *find(indexed["text"], texts))


def known_origins(tables: Tables, earlier: Tables) -> Rows:
    """Returns ``origins`` sorted by text: those of this run, and of texts only the index has.

    Args:
      tables: ``origins`` and ``blocks``.
      earlier: ``indexed_texts``.
    """
    origins, indexed = columns_of(tables["origins"]), columns_of(earlier["indexed_texts"])
    _, is_new = find(np.sort(origins["text"]), indexed["text"])
    only_indexed = first_occurrences(no_rows("occurrences"), select(indexed, ~is_new))
    known = concatenate(origins, only_indexed)
    return sort_by_text(with_blocks(known, columns_of(tables["blocks"])))


def new_origins(occurrences: Rows, origins: Rows, indexed: U64) -> Rows:
    """Returns ``origins`` sorted by text, as they are without what earlier runs have indexed.

    Args:
      occurrences: rows of this run.
      origins: of them and of the indexed rows.
      indexed: texts of those.
    """
    if not len(indexed):
        return origins
    again = first_occurrences(
        select(occurrences, np.isin(occurrences["text"], indexed)), no_rows("indexed_texts")
    )
    return sort_by_text(concatenate(select(origins, ~np.isin(origins["text"], indexed)), again))


def text_columns(rows: Rows, index: Any) -> Rows:
    """Returns the columns that ``origins`` and ``probes`` share, of the rows at some positions."""
    names = [name for name in SCHEMAS["probes"].names if name in SCHEMAS["origins"].names]
    return {name: rows[name][index] for name in names}
