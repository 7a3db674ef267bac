"""From passages of pairs of articles to what their paragraphs share, and to pairs of editions."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dates import PRECISIONS
from transforms.arrays import I64, U8, Mask
from transforms.near_duplicates import direction
from transforms.near_duplicates.origins import LINE_BITS, NEW, TIME_OFFSET, Rows, microseconds
from transforms.near_duplicates.passages import Aligned
from transforms.near_duplicates.reuse import (
    BY_ADDRESS,
    BY_NAMES,
    BY_PLAIN,
    COPY,
    EDITION,
    FORMULA,
    NONE,
    PLAIN_WORDS,
)
from transforms.near_duplicates.rows import select
from transforms.near_duplicates.streams import (
    DIRECTIONS,
    EARLIER,
    EITHER,
    LATER,
    NEITHER,
    PASSAGE,
    stream_table,
)
from transforms.near_duplicates.streams import EDITION as EDITION_COLUMNS

_EVIDENCE = np.array([DIRECTIONS.index(name) for name in ("unknown", "agency", "credit", "dates")])
"""The name of a direction by the number of its evidence."""

DAY = PRECISIONS.index("day") + 1

_DAY = 86_400_000_000


def emit(aligned: Aligned, keep: str) -> dict[str, pa.Table]:
    """Returns ``shared_parts`` and ``edition_pairs``.

    Args:
      aligned: passages.
      keep: which of two copies stays; ``first``, ``agency`` or ``longest``.
    """
    judged = aligned.passages
    parts = aligned.parts
    parts = parts | _reuse_of_parts(judged, parts)
    parts = select(parts, (parts["reuse"] != NONE) | _is_boilerplate(aligned, parts))
    # A large share alone does not make an article an edition of an earlier one.
    editions = np.unique(judged["pair"][_is_edition(judged)])
    return {
        "shared_parts": _shared_parts(aligned, parts, keep),
        "edition_pairs": _edition_pairs(aligned, editions),
    }


def _is_edition(judged: Rows) -> Mask:
    """Returns which passages are of two numbered editions of one article."""
    return np.asarray((judged["reuse"] == EDITION) & (judged["reuse_evidence"] == BY_ADDRESS))


def _is_boilerplate(aligned: Aligned, parts: Rows) -> Mask:
    """Returns which parts are labels, notes and programmes that an outlet prints again."""
    pair = aligned.passages["pair"][parts["passage"]]
    mine, other = aligned.a["outlet"][pair], aligned.b["outlet"][pair]
    is_label = (parts["reuse"] == NONE) & (parts["reuse_evidence"] == BY_NAMES)
    return np.asarray(is_label & (mine == other) & (mine != 0))


def _reuse_of_parts(judged: Rows, parts: Rows) -> Rows:
    """Returns ``reuse`` and ``reuse_evidence`` of parts.

    A link between texts is judged by their longest run. Where that is too short to say anything,
    texts that share as many words as no two outlets choose alike are a copy, and shorter ones a
    formula; names and labels are neither.
    """
    passage = parts["passage"]
    reuse, ground = judged["reuse"][passage], judged["reuse_evidence"][passage]
    shared = np.maximum(
        parts["containment"] * parts["a_size"], parts["source_containment"] * parts["b_size"]
    )
    is_text = (parts["kind"] != PASSAGE) & (reuse == NONE) & (ground != BY_NAMES)
    is_copy = is_text & (shared >= PLAIN_WORDS)
    is_formula = is_text & ~is_copy
    return {
        "reuse": np.select([is_copy, is_formula], [COPY, FORMULA], reuse),
        "reuse_evidence": np.where(is_copy, BY_PLAIN, ground),
    }


def _shared_parts(aligned: Aligned, parts: Rows, keep: str) -> pa.Table:
    judged, passage = aligned.passages, parts["passage"]
    pair = judged["pair"][passage]
    a, b = select(aligned.a, pair), select(aligned.b, pair)
    # Which article is named first is the same for all that a pair shares, so the words of the
    # articles decide last; which paragraph stays is decided last by the words of the paragraphs.
    first = comes_first(a | {"words": a["size"]}, b | {"words": b["size"]}, keep)
    stays = comes_first(a | {"words": parts["a_size"]}, b | {"words": parts["b_size"]}, keep)
    goes = _goes(a, b, first, select(judged, passage), keep)
    a, b = _side(a, parts, "a"), _side(b, parts, "b")
    columns: Rows = {}
    for names, mine in (("", ~first), ("other_", first)):
        columns |= {f"{names}{name}": np.where(mine, a[name], b[name]) for name in a}
    verdict = judged["direction"][passage]
    named = np.where(
        verdict == direction.COMMON,
        DIRECTIONS.index("common"),
        _EVIDENCE[judged["evidence"][passage]],
    )
    # The paragraph that is named second may still be the source.
    is_source = verdict == np.where(first, direction.A_FROM_B, direction.B_FROM_A)
    containments = parts["containment"], parts["source_containment"]
    return stream_table(
        "shared_parts",
        columns
        | {
            "kind": parts["kind"],
            "similarity": parts["similarity"],
            "containment": np.where(first, *reversed(containments)),
            "source_containment": np.where(first, *containments),
            "passage": passage.astype(np.uint32),
            "words": parts["words"].astype(np.uint32),
            "holders": judged["holders"][passage].astype(np.uint32),
            "holder_outlets": judged["outlets"][passage].astype(np.uint32),
            "reuse": parts["reuse"],
            "reuse_evidence": parts["reuse_evidence"],
            "direction": named.astype(np.uint8),
            "goes": goes,
            "is_before": stays != first,
            "is_source": is_source,
            "other_is_copy": np.where(first, parts["a_is_copied"], parts["b_is_copied"]),
        },
    )


def _side(article: Rows, parts: Rows, side: str) -> Rows:
    """Returns the columns of one side of each part."""
    return {
        "article": article["article"],
        "line": article["low"] << LINE_BITS | parts[f"{side}_line"].astype(np.uint64),
        "time": article["time"],
        "work": article["url"],
        "paragraph": parts[f"{side}_paragraph"].astype(np.uint32),
        "size": parts[f"{side}_size"].astype(np.uint32),
        "first_word": parts[f"{side}_word"].astype(np.uint32),
        "start": parts[f"{side}_start"].astype(np.uint32),
        "end": parts[f"{side}_end"].astype(np.uint32),
    }


def _goes(a: Rows, b: Rows, first: Mask, judged: Rows, keep: str) -> U8:
    """Returns which paragraph of each part may go from the corpus: ``LATER`` to ``NEITHER``.

    Editions of one article keep all they have: the corpus takes the newest alone. What is committed
    stays. So does the source: by a credit whatever the dates; as an agency's own copy, unless dates
    say that the other was surely printed before it. Where dates say nothing, the paragraph of an
    outlet that the other names nearby stays, too: "told the news outlet".

    Args:
      a: columns of the first article of each part.
      b: those of the other.
      first: whether the first comes before the other.
      judged: what the passage of each is.
      keep: ``first``, ``agency`` or ``longest``.
    """
    both_new = (a["time"] & b["time"] & NEW) != 0
    dates = a["time"], b["time"], a["precision"], b["precision"]
    across_houses = direction.by_dates(*dates, np.zeros(len(first), bool))
    of_agency = judged["evidence"] == direction.AGENCY
    of_agency &= across_houses == direction.UNKNOWN
    is_claimed = of_agency | (judged["evidence"] == direction.CREDIT)
    prefers = np.not_equal(*(_preference(side, keep) for side in (a, b)))
    by_dates = direction.by_dates(*dates, np.ones(len(first), bool))
    is_named = ~is_claimed & (by_dates == direction.UNKNOWN)
    is_named &= judged["named"] != direction.UNKNOWN
    verdict = np.where(is_named, judged["named"], judged["direction"])
    later_is_source = verdict == np.where(first, direction.A_FROM_B, direction.B_FROM_A)
    return np.select(
        [
            _is_edition(judged),
            ~both_new | prefers,
            is_claimed | is_named,
            by_dates == direction.UNKNOWN,
        ],
        [
            np.full(len(first), NEITHER),
            np.full(len(first), LATER),
            np.where(later_is_source, EARLIER, LATER),
            np.full(len(first), EITHER),
        ],
        LATER,
    ).astype(np.uint8)


def comes_first(a: Rows, b: Rows, keep: str) -> Mask:
    """Returns whether the paragraph of the first article of each pair comes before the other's.

    What is committed comes first. Of two new articles the one does that ``keep`` prefers:
    ``agency``, an agency's own copy; ``longest``, the article of more words; then the earlier one.
    Of one day in UTC, nobody knows which is the earlier where one has no time: an agency's own copy
    without a time comes first, then those with a time, then the longer paragraph, which is more
    likely to have all of the other. This is one order of all paragraphs, so that no text loses all
    its copies.

    Args:
      a: ``article``, ``time``, ``precision``, ``agency_own``, ``size`` of n articles, and the
        ``words`` of the paragraph.
      b: the same of the other articles.
      keep: ``first``, ``agency`` or ``longest``.
    """
    result = np.zeros(len(a["article"]), bool)
    undecided = np.ones(len(result), bool)
    for mine, others in zip(_order(a, keep), _order(b, keep), strict=True):
        result |= undecided & (mine < others)
        undecided &= mine == others
    return result


def _preference(side: Rows, keep: str) -> I64:
    """Returns by how much ``--keep`` prefers articles, the lowest most."""
    return {
        "first": np.zeros(len(side["size"]), np.int64),
        "agency": -side["agency_own"].astype(np.int64),
        "longest": -side["size"].astype(np.int64),
    }[keep]


def _order(side: Rows, keep: str) -> tuple[npt.NDArray[Any], ...]:
    """Returns the values by which articles are ordered, the first to decide first."""
    is_new = side["time"] & NEW != 0
    micros = microseconds(side["time"])
    is_day = (side["precision"] == 0) | (side["precision"] >= DAY)
    return (
        is_new,
        _preference(side, keep) * is_new,
        (micros - TIME_OFFSET) // _DAY,
        np.select([~is_day, side["agency_own"]], [1, 0], 2),
        np.where(is_day, -side["words"].astype(np.int64), micros),
        side["time"],
        side["article"],
    )


def _edition_pairs(aligned: Aligned, pairs: I64) -> pa.Table:
    columns = {
        f"{prefix}{name}": article[name][pairs]
        for prefix, article in (("", aligned.a), ("other_", aligned.b))
        for name in ("time", "article", "low", *EDITION_COLUMNS)
    }
    return stream_table("edition_pairs", columns)
