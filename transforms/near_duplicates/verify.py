"""Exact similarity of candidate pairs; nothing unverified goes on."""

import itertools
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from pipeline.transform import Tables
from transforms.arrays import I64, U32, U64, Mask
from transforms.compiled.fingerprints import shingles
from transforms.compiled.loops import mixed
from transforms.compiled.sets import overlaps
from transforms.near_duplicates.exact import look_up
from transforms.near_duplicates.fingerprints import MIN_SHARED_SHINGLES, SHINGLE_WORDS
from transforms.near_duplicates.origins import UNKNOWN_TIME, Origins, Rows, microseconds
from transforms.near_duplicates.rows import columns_of, concatenate, lists, select
from transforms.near_duplicates.streams import CONTAINED, NEAR, stream_table

MIN_JACCARD = 0.5
"""On the five seed dumps exactly four pairs reach it (0.66-0.79); the next pair has 0.21."""

MIN_CONTAINMENT = 0.6


class _Side(NamedTuple):
    """Words of one side of n pairs of texts.

    Attributes:
      words: 64-bit word hashes of all texts.
      starts: where the text of each pair begins in ``words``.
      lengths: its words.
    """

    words: U64
    starts: I64
    lengths: I64

    def shingle_sets(self, size: int, pairs: Any = slice(None)) -> tuple[U64, I64, I64]:
        """Returns the sets of shingles of some pairs, as ``overlaps`` takes them."""
        lengths = np.maximum(self.lengths[pairs] - (size - 1), 0)
        return shingles(self.words, size), self.starts[pairs], lengths


def verify(tables: Tables, earlier: Tables, window_days: int) -> dict[str, pa.Table]:
    """Returns the pairs that hold on the exact sets as ``links``, near ones also as ``edges``.

    Args:
      tables: ``probes``, and of their build side ``texts``, ``origins`` and ``blocks``.
      earlier: ``indexed_texts``.
      window_days: 0, or the most days between the first occurrences of a pair.
    """
    probes = columns_of(tables["probes"])
    words, starts, lengths = lists(tables["probes"].column("words"))
    known = look_up(probes["build"], tables, earlier)
    usable, builds = known.usable, known.columns
    probes = select(probes, usable)
    distinct, member = np.unique(known.position, return_inverse=True)
    build_words = known.words.only(distinct)
    probe = _Side(_spread(words), starts[usable], lengths[usable])
    build = _Side(
        _spread(build_words.words), build_words.starts[member], build_words.lengths[member]
    )

    probe_size, build_size, shared = overlaps(probe.shingle_sets(2), build.shingle_sets(2))
    similarity = shared / np.maximum(probe_size + build_size - shared, 1)
    probe_containment = shared / np.maximum(probe_size, 1)
    build_containment = shared / np.maximum(build_size, 1)
    near = similarity >= MIN_JACCARD
    holds = near.copy()
    unsure = np.flatnonzero(
        ~near & (np.maximum(probe_containment, build_containment) >= MIN_CONTAINMENT)
    )
    if len(unsure):
        sets = (side.shingle_sets(SHINGLE_WORDS, unsure) for side in (probe, build))
        holds[unsure] = overlaps(*sets)[2] >= MIN_SHARED_SHINGLES
    probe_first, build_first = Origins.of(probes, "first_"), Origins.of(builds, "first_")
    if window_days:
        holds &= within(probe_first, build_first, window_days)
    kept = np.flatnonzero(holds)
    probes, builds = select(probes, kept), select(builds, kept)
    links = {
        "text": probes["text"],
        "other": builds["text"],
        "kind": np.where(near[kept], NEAR, CONTAINED).astype(np.uint8),
        "similarity": similarity[kept],
        "containment": probe_containment[kept],
        "source_containment": build_containment[kept],
    }
    # In both directions: each text sends its paragraphs to the pair.
    turned = links | {
        "text": links["other"],
        "other": links["text"],
        "containment": links["source_containment"],
        "source_containment": links["containment"],
    }
    edges = _edges(*(select(rows, near[kept]) for rows in (probes, builds, links)))
    return {
        "links": stream_table("links", concatenate(links, turned)),
        "edges": stream_table("edges", edges),
    }


def _spread(words: U32) -> U64:
    """Returns 64-bit hashes of 32-bit word hashes."""
    hashes: U64 = mixed(words.astype(np.uint64) + np.uint64(1))
    return hashes


def within(one: Origins, two: Origins, days: int) -> Mask:
    """Returns whether two times are at most so many days apart; unknown times always are."""
    left, right = microseconds(one.time), microseconds(two.time)
    unknown = (left == UNKNOWN_TIME) | (right == UNKNOWN_TIME)
    return np.asarray(unknown | (np.abs(left - right) <= days * 86_400_000_000))


def _edges(probes: Rows, builds: Rows, links: Rows) -> Rows:
    """Returns columns of ``edges`` from texts to earlier texts that they are near to."""
    is_later = Origins.of(builds, "first_").is_before(Origins.of(probes, "first_"))
    parts = itertools.product(("first_", "cluster_"), Origins._fields)
    names = ["text", *map("".join, parts)]
    later, sources = (
        {name: np.where(is_later, one[name], two[name]) for name in names}
        for one, two in ((probes, builds), (builds, probes))
    )
    source, cluster = Origins.of(sources, "first_"), Origins.of(sources, "cluster_")
    return {
        "text": later["text"],
        **Origins.of(later, "first_").columns(),
        "source": sources["text"],
        **source.columns("source_"),
        # A committed text represents a cluster only if the index has it as its own cluster's first.
        "source_represents": ~cluster.exists | cluster.same_paragraph(source),
        "similarity": links["similarity"],
    }
