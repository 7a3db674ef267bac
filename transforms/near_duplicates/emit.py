"""From passages of pairs of articles to what their paragraphs share, and to pairs of editions."""

import numpy as np
import pyarrow as pa

from transforms.arrays import I64, Mask
from transforms.near_duplicates import direction
from transforms.near_duplicates.origins import LINE_BITS, NEW, Origins, Rows
from transforms.near_duplicates.passages import Aligned
from transforms.near_duplicates.reuse import EDITION, NONE, classify
from transforms.near_duplicates.rows import select
from transforms.near_duplicates.streams import DIRECTIONS, SITE, stream_table
from transforms.near_duplicates.verify import KINDS

PASSAGE = len(KINDS)
"""Kind of a part that is a run of equal words, no link between texts."""

_EVIDENCE = np.array([DIRECTIONS.index(name) for name in ("unknown", "agency", "credit", "dates")])
"""The name of a direction by the number of its evidence."""


def emit(aligned: Aligned, keep: str) -> dict[str, pa.Table]:
    """Returns ``shared_parts`` and ``edition_pairs``.

    Args:
      aligned: passages.
      keep: which of two copies stays; see ``comes_first``.
    """
    found = aligned.passages
    pairs = {
        "a": aligned.rows[0],
        "b": aligned.rows[1],
        "a_words": aligned.a["size"],
        "b_words": aligned.b["size"],
    }
    passages = {**found, "holder_outlets": found["outlets"]}
    judged = passages | classify(passages, pairs, *aligned.evidence)
    parts = aligned.parts
    parts = select(parts, judged["reuse"][parts["passage"]] != NONE)
    editions = np.unique(judged["pair"][judged["reuse"] == EDITION])
    return {
        "shared_parts": _shared_parts(aligned, parts, judged, keep),
        "edition_pairs": _edition_pairs(aligned, editions),
    }


def _shared_parts(aligned: Aligned, parts: Rows, judged: Rows, keep: str) -> pa.Table:
    passage = parts["passage"]
    pair = judged["pair"][passage]
    first = comes_first(aligned, keep)[pair]
    columns = {}
    for names, mine in (("", ~first), ("other_", first)):
        a, b = (_side(aligned, parts, pair, number, name) for number, name in enumerate(("a", "b")))
        columns |= {f"{names}{name}": np.where(mine, a[name], b[name]) for name in a}
    verdict = judged["direction"][passage]
    named = np.where(
        verdict == direction.COMMON,
        DIRECTIONS.index("common"),
        _EVIDENCE[judged["evidence"][passage]],
    )
    # The one that is to lose the paragraph may all the same be the one it is from.
    is_source = verdict == np.where(first, direction.A_FROM_B, direction.B_FROM_A)
    count = len(passage)
    return stream_table(
        "shared_parts",
        columns
        | {
            "kind": np.full(count, PASSAGE, np.uint8),
            **{name: np.zeros(count) for name in ("similarity", "containment")},
            "source_containment": np.zeros(count),
            "passage": passage.astype(np.uint32),
            "words": parts["words"].astype(np.uint32),
            "holders": judged["holders"][passage].astype(np.uint32),
            "holder_outlets": judged["outlets"][passage].astype(np.uint32),
            "reuse": judged["reuse"][passage],
            "reuse_evidence": judged["reuse_evidence"][passage],
            "direction": named.astype(np.uint8),
            "is_source": is_source,
        },
    )


def _side(aligned: Aligned, parts: Rows, pair: I64, number: int, name: str) -> Rows:
    """Returns the columns of one side of each part."""
    article = (aligned.a, aligned.b)[number]
    evidence, row = aligned.evidence[number], aligned.rows[number][pair]
    return {
        "article": article["article"][pair],
        "line": article["low"][pair] << LINE_BITS | parts[f"{name}_line"].astype(np.uint64),
        "time": evidence.time[row],
        "work": evidence.url[row],
        "shard": article["shard"][pair],
        "row": (article["row"][pair] + parts[f"{name}_paragraph"]).astype(np.uint32),
        "size": parts[f"{name}_size"].astype(np.uint32),
        "first_word": parts[f"{name}_word"].astype(np.uint32),
        "start": parts[f"{name}_start"].astype(np.uint32),
        "end": parts[f"{name}_end"].astype(np.uint32),
    }


def comes_first(aligned: Aligned, keep: str) -> Mask:
    """Returns whether the first article of each pair keeps what both have.

    What is committed keeps it. Of two new articles it is the earlier one with ``first``; with
    ``agency`` an agency's own copy, with ``longest`` the longer one, and the earlier of equals.
    """
    (a, b), (row_a, row_b) = aligned.evidence, aligned.rows
    origins = [
        Origins(evidence.time[row], article["article"], article["low"])
        for evidence, row, article in ((a, row_a, aligned.a), (b, row_b, aligned.b))
    ]
    earlier = origins[0].is_before(origins[1])
    preferred = {
        "first": np.zeros(len(row_a), np.int64),
        "agency": a.agency_own[row_a].astype(np.int64) - b.agency_own[row_b],
        "longest": aligned.a["size"].astype(np.int64) - aligned.b["size"],
    }[keep]
    both_new = (a.time[row_a] & b.time[row_b] & NEW) != 0
    return np.asarray(np.where(both_new & (preferred != 0), preferred > 0, earlier))


def _edition_pairs(aligned: Aligned, pairs: I64) -> pa.Table:
    columns = {}
    for number, prefix in enumerate(("", "other_")):
        article = (aligned.a, aligned.b)[number]
        times = aligned.evidence[number].time[aligned.rows[number]]
        side = {"time": times, **{name: article[name] for name in ("article", *SITE)}}
        columns |= {f"{prefix}{name}": values[pairs] for name, values in side.items()}
    return stream_table("edition_pairs", columns)
