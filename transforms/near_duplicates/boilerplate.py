"""Repeated boilerplate of an outlet: texts that many stories repeat, and blocks of lines."""

import numpy as np
import pyarrow as pa

from transforms.arrays import I64, U64, Mask
from transforms.near_duplicates.origins import (
    LINE_BITS,
    NO_ORIGIN,
    UNKNOWN_TIME,
    Rows,
    microseconds,
)
from transforms.near_duplicates.rows import (
    columns_of,
    find,
    group_sizes,
    group_starts,
    order_of,
    select,
)
from transforms.near_duplicates.streams import stream_table

KEEP, REPEAT, BLOCK_LINE = range(3)
"""What becomes of a paragraph: it stays, or goes as boilerplate of either kind."""

REPEAT_RULE, BLOCK_RULE = "outlet_repeat_v1", "outlet_block_v1"
"""Rules of removed lines of either kind."""

REPEAT_STORIES = 10
OUTLET_SHARE = 0.75
"""A paragraph that ten stories of one outlet repeat word for word, three quarters or more of all
stories that have it, is the outlet's boilerplate. Wire copy reaches several outlets and stays below
the share; versions and reprints of one story (one URL or one title) count once. In 12,610 articles
of many outlets the rule finds some 70 texts, all of them subscription boxes, standing summaries,
galleries and credits."""

BLOCKS = ((4, 4), (3, 5), (2, 6))
END_STORIES = (3, 4)
BLOCK_SPAN = 14 * 86_400_000_000
"""A block is a run of lines that several stories of one outlet share: the captions of a gallery, a
standing list of names. ``BLOCKS`` holds (lines, stories): a run of at least so many lines, each in
at least so many stories of the outlet (by the same count and share as above), the first and the
last of them two weeks apart (microseconds). A single line needs the ten stories above.

What a newsroom carries over from one report of an event to the next looks alike but stays below
these bounds: in 12,610 articles no paragraph of a report reaches them, while with three stories of
three lines, or with three of four that are a week apart, a letter and a debate that were quoted at
length would go.

At the very end of an article one such line is enough, in the first number of ``END_STORIES``: who
the author is, who paid for a study, the label of what was not dumped. In the 12,610 articles these
are eight texts, none of them background of a report. The second number is tried, too, for lines of
more stories among lines of fewer that together are too much of the article."""

BLOCK_SHARE = 0.75
"""A line is removed where at least this share of its stories has it in a block."""

MAX_REPEATS, MAX_BLOCKS = 0.5, 2 / 3
"""Largest share of an article's words removed as repeated texts (and as a line that ends it), and
then of the rest as lines of blocks; above it the article is a version of another one. A gallery of
a thousand words is part of reports that are shorter."""


def is_boilerplate(origins: Rows) -> Mask:
    """Returns which texts are an outlet's boilerplate, by either rule."""
    return np.asarray(origins["is_repeat"] | origins["in_block"])


def _is_shared(outlet: U64, outlet_articles: I64, articles: I64, stories: int) -> Mask:
    """Returns which texts belong to one outlet: so many stories of it, and ``OUTLET_SHARE``."""
    return np.asarray(
        (outlet != 0) & (outlet_articles >= stories) & (outlet_articles >= OUTLET_SHARE * articles)
    )


# --- texts that many stories repeat --------------------------------------------------------------


def outlet_counts(occurrences: Rows, indexed: Rows, texts: U64) -> Rows:
    """Returns how many stories have each text, the outlet with most, and whether it is a repeat.

    Args:
      occurrences: rows of this run.
      indexed: ``indexed_texts`` of earlier runs.
      texts: the distinct texts of both, sorted.
    """
    text, outlet, by_url = _distinct_by_outlet(occurrences, "url")
    _, _, by_title = _distinct_by_outlet(occurrences, "title")
    stories = np.minimum(by_url, by_title)
    text = np.concatenate((text, indexed["text"]))
    by_outlet = np.concatenate((stories, indexed["outlet_articles"].astype(np.int64)))
    outlet = np.concatenate((outlet, indexed["outlet"]))
    others = (indexed["articles"] - indexed["outlet_articles"]).astype(np.int64)
    order = order_of(text, outlet)
    text, outlet, by_outlet = text[order], outlet[order], by_outlet[order]
    starts = group_starts(text, outlet)
    by_outlet = np.add.reduceat(by_outlet, starts) if len(starts) else by_outlet
    text, outlet = text[starts], outlet[starts]
    # The outlet with most stories first; on a tie the smaller number.
    order = order_of(text, -by_outlet, outlet)
    text, outlet, by_outlet = text[order], outlet[order], by_outlet[order]
    starts = group_starts(text)
    totals = np.add.reduceat(by_outlet, starts) if len(starts) else by_outlet.copy()
    np.add.at(totals, find(texts, indexed["text"])[0], others)
    top, top_count = outlet[starts], by_outlet[starts]
    return {
        "articles": totals,
        "outlet": top,
        "outlet_articles": top_count,
        "is_repeat": _is_shared(top, top_count, totals, REPEAT_STORIES),
    }


def _distinct_by_outlet(occurrences: Rows, column: str) -> tuple[U64, U64, I64]:
    """Returns (text, outlet, distinct values of a column) for every text of every outlet."""
    order = order_of(occurrences["text"], occurrences["outlet"], occurrences[column])
    text, outlet = occurrences["text"][order], occurrences["outlet"][order]
    starts = group_starts(text, outlet, occurrences[column][order])
    text, outlet = text[starts], outlet[starts]
    starts = group_starts(text, outlet)
    return text[starts], outlet[starts], group_sizes(starts, len(outlet))


# --- blocks of lines -----------------------------------------------------------------------------


def block_candidates(occurrences: Rows, indexed: Rows, origins: Rows) -> pa.Table:
    """Returns the occurrences that may be lines of a block: texts that one outlet's stories share.

    Args:
      occurrences: rows of this run.
      indexed: ``indexed_texts`` of earlier runs.
      origins: the rows of ``origins`` made of both.
    """
    shared = _is_shared(
        origins["outlet"], origins["outlet_articles"], origins["articles"], min(END_STORIES)
    )
    span = _span(occurrences, indexed, origins["text"])
    shared &= origins["is_repeat"] | (span >= BLOCK_SPAN)
    place, _ = find(origins["text"], occurrences["text"])
    chosen = np.flatnonzero(shared[place])
    rows = select(occurrences, chosen)
    stories = origins["outlet_articles"][place[chosen]]
    return stream_table(
        "block_candidates", {**rows, "seen": _articles_seen(rows), "stories": stories}
    )


def _span(occurrences: Rows, indexed: Rows, texts: U64) -> I64:
    """Returns the microseconds between the first and the last known time of each sorted text.

    Of an earlier run only the first times of a text are known.
    """
    text = np.concatenate((occurrences["text"], indexed["text"], indexed["text"]))
    time = np.concatenate((occurrences["time"], indexed["first_time"], indexed["other_time"]))
    micros = microseconds(time)
    known = (time != NO_ORIGIN) & (micros != UNKNOWN_TIME)
    place, _ = find(texts, text[known])
    first = np.full(len(texts), UNKNOWN_TIME, np.int64)
    last = np.zeros(len(texts), np.int64)
    np.minimum.at(first, place, micros[known])
    np.maximum.at(last, place, micros[known])
    return last - first


def _articles_seen(rows: Rows) -> I64:
    """Returns for each occurrence how many articles have its text."""
    distinct = rows["text"][_one_an_article(rows)]
    low = np.searchsorted(distinct, rows["text"], side="left")
    return np.asarray(np.searchsorted(distinct, rows["text"], side="right") - low)


def _one_an_article(rows: Rows) -> I64:
    """Returns the position of one occurrence per text and article, sorted by text."""
    half = rows["line"] >> LINE_BITS  # the rest of the article's number
    order = order_of(rows["text"], rows["article"], half)
    return order[group_starts(rows["text"][order], rows["article"][order], half[order])]


def find_blocks(candidates: pa.Table) -> pa.Table:
    """Returns the rows of ``block_candidates`` that are part of a block.

    Repeated texts within a block count as lines of it.
    """
    rows = columns_of(candidates)
    rows = select(rows, np.lexsort((rows["row"], rows["shard"])))
    follows = np.zeros(len(rows["row"]), bool)
    follows[1:] = (
        (rows["shard"][1:] == rows["shard"][:-1])
        & (rows["article"][1:] == rows["article"][:-1])
        & (rows["line"][1:] >> LINE_BITS == rows["line"][:-1] >> LINE_BITS)
        & (rows["row"][1:] == rows["row"][:-1] + np.uint32(1))
    )
    chosen = np.zeros(len(follows), bool)
    for lines, stories in BLOCKS:
        chosen |= _in_run(rows, follows, stories, lines)
    for stories in END_STORIES:
        chosen |= _in_run(rows, follows, stories, 1, ends=True)
    return stream_table("blocks", select(rows, chosen))


def _in_run(rows: Rows, follows: Mask, stories: int, lines: int, ends: bool = False) -> Mask:
    """Returns the rows in a run of at least so many lines, each of at least so many stories.

    Args:
      rows: of ``block_candidates``, by article and line.
      follows: whether a row is of the line after the one before it.
      stories: the fewest that each line has.
      lines: the fewest in a run.
      ends: True takes only the run that ends an article.
    """
    enough = np.flatnonzero(rows["stories"] >= stories)
    chosen = np.zeros(len(follows), bool)
    if len(enough):
        joined = follows[enough]
        joined[0] = False
        joined[1:] &= np.diff(enough) == 1
        starts = np.flatnonzero(~joined)
        sizes = group_sizes(starts, len(enough))
        lost = np.add.reduceat(rows["size"][enough].astype(np.int64), starts)
        whole = rows["article_size"][enough[starts]]
        is_block = (sizes >= lines) & (lost <= (MAX_REPEATS if ends else MAX_BLOCKS) * whole)
        if ends:
            is_block &= rows["last"][enough[starts + sizes - 1]]
        chosen[enough] = np.repeat(is_block, sizes)
    return chosen


def with_blocks(origins: Rows, blocks: Rows) -> Rows:
    """Returns ``origins`` with the texts marked that most of their stories have within a block."""
    chosen = _one_an_article(blocks)
    text, seen = blocks["text"][chosen], blocks["seen"][chosen]
    starts = group_starts(text)
    most = group_sizes(starts, len(text)) >= BLOCK_SHARE * seen[starts]
    _, in_block = find(text[starts][most], origins["text"])
    return origins | {"in_block": origins["in_block"] | in_block}
