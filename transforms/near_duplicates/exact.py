"""Exact deduplication: one row for every text, with its first occurrences."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from pipeline.transform import Tables
from transforms.arrays import I64, U64, Mask
from transforms.near_duplicates.boilerplate import (
    SHORT,
    STORY_KEYS,
    THIS_RUN,
    block_candidates,
    is_boilerplate,
    outlet_counts,
    story_keys,
    with_evidence,
)
from transforms.near_duplicates.origins import Origins, Rows
from transforms.near_duplicates.rows import (
    TextWords,
    columns_of,
    concatenate,
    distinct_words,
    find,
    group_sizes,
    group_starts,
    no_rows,
    order_of,
    select,
    sort_by_text,
)
from transforms.near_duplicates.streams import stream_table

PAIRED = 12
"""Paragraphs of a text that are all paired with those of a text it is linked to; see
:func:`transforms.near_duplicates.links.pair_texts`. In 12,610 articles five texts have more."""


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
    rows = all_occurrences(occurrences, indexed)
    text, origins = rows["text"], Origins.of(rows)
    starts = group_starts(text)
    earliest = origins.take(starts)
    stories = {name: np.append(rows[name], np.uint32(0)) for name in STORY_KEYS}
    repeated = earliest.take(np.repeat(np.arange(len(starts)), group_sizes(starts, len(text))))
    positions = np.where(origins.same_article(repeated), len(text), np.arange(len(text)))
    next_best = np.minimum.reduceat(positions, starts) if len(starts) else starts
    distinct = text[starts]
    return {
        "text": distinct,
        **{f"first_{name}": values[starts] for name, values in stories.items()},
        **{f"other_{name}": values[next_best] for name, values in stories.items()},
        **earliest.columns("first_"),
        **origins.take_found(next_best, next_best < len(text)).columns("other_"),
        **_indexed_clusters(indexed, distinct).columns("cluster_"),
        **outlet_counts(occurrences, indexed, distinct),
        "is_short": _are_short(occurrences, distinct),
        "in_block": np.isin(distinct, indexed["text"][indexed["in_block"]]),
    }


def all_occurrences(occurrences: Rows, indexed: Rows) -> Rows:
    """Returns ``text``, ``run``, story and origin of known occurrences, by text, run and origin.

    Args:
      occurrences: rows of this run.
      indexed: ``indexed_texts`` of earlier runs.
    """
    parts = [
        {
            "text": occurrences["text"],
            "run": np.full(len(occurrences["text"]), THIS_RUN),
            **Origins.of(occurrences).columns(),
            **story_keys(occurrences),
        }
    ]
    for prefix in ("first_", "other_"):
        origins = Origins.of(indexed, prefix)
        known = {"text": indexed["text"], "run": indexed["run"], **origins.columns()}
        known |= {name: indexed[f"{prefix}{name}"] for name in STORY_KEYS}
        parts.append(select(known, origins.exists))
    rows = concatenate(*parts)
    return select(rows, order_of(rows["text"], rows["run"], *Origins.of(rows)))


def _are_short(occurrences: Rows, texts: U64) -> Mask:
    """Returns which sorted texts of this run have fewer than ``SHORT`` words."""
    _, is_short = find(np.sort(occurrences["text"][occurrences["size"] < SHORT]), texts)
    return is_short


def _indexed_clusters(indexed: Rows, texts: U64) -> Origins:
    """Returns the cluster that the earliest run with each text gave it; none for a new text."""
    order = order_of(indexed["text"], indexed["run"], *Origins.of(indexed, "first_"))
    indexed = select(indexed, order[group_starts(indexed["text"][order])])
    return Origins.of(indexed, "cluster_").take_found(*find(indexed["text"], texts))


class Known(NamedTuple):
    """Origins and word hashes of the texts that can be compared.

    Attributes:
      usable: whether a text is known with its words and is no boilerplate; shape (n,).
      columns: the columns of ``origins`` of the usable ones.
      words: of all known texts.
      position: of each usable text in ``words``.
    """

    usable: Mask
    columns: Rows
    words: TextWords
    position: I64


def look_up(texts: U64, tables: Tables, earlier: Tables) -> Known:
    """Looks texts up in this run and in the index.

    Args:
      texts: n keys.
      tables: ``texts``, ``origins``, ``blocks`` and ``templates``.
      earlier: ``indexed_texts``.
    """
    origins, indexed = columns_of(tables["origins"]), columns_of(earlier["indexed_texts"])
    _, is_new = find(np.sort(origins["text"]), indexed["text"])
    only_indexed = first_occurrences(no_rows("occurrences"), select(indexed, ~is_new))
    origins = with_evidence(concatenate(origins, only_indexed), tables)
    origins = sort_by_text(select(origins, ~is_boilerplate(origins)))
    words = distinct_words(tables["texts"], earlier["indexed_texts"])
    place, is_known = find(origins["text"], texts)
    index, has_words = find(words.texts, texts)
    usable = is_known & has_words
    return Known(usable, select(origins, place[usable]), words, index[usable])


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
