"""Repeated boilerplate of an outlet: texts that many of its articles repeat, and blocks of lines.

Lines that share a head or tail only are found by :mod:`transforms.near_duplicates.templates`.
Versions and reprints of an article (one URL or one title) count once in all numbers of articles
here; ``stories`` are articles counted like this.
"""

import numpy as np
import pyarrow as pa

from pipeline.transform import Tables
from transforms.arrays import I64, U64, Mask
from transforms.compiled.loops import mixed
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
from transforms.near_duplicates.templates import whole_texts

KEEP, REPEAT, BLOCK_LINE, TEMPLATE, HEADING = range(5)
"""What becomes of a paragraph: it stays; it is removed as boilerplate of one of three kinds; or it
stays and is no copy of anything, as a heading that comes back in article after article."""

RULES = {
    REPEAT: "outlet_repeat_v3",
    BLOCK_LINE: "outlet_block_v3",
    TEMPLATE: "outlet_template_v2",
}
"""Rules of lines that are removed whole."""

HEAD_RULE, TAIL_RULE = "outlet_head_v1", "outlet_tail_v1"
"""Rules of a head or tail that is cut from a line, the rest of which stays."""

RULE_SENTENCES = {
    RULES[REPEAT]: "A line that many articles of the outlet repeat word for word.",
    RULES[BLOCK_LINE]: "A line of a block that several articles of the outlet repeat.",
    RULES[TEMPLATE]: "A line that is little more than a head or tail that many articles share.",
    HEAD_RULE: "The head of a line that many articles of the outlet share; the rest stays.",
    TAIL_RULE: "The tail of a line that many articles of the outlet share; the rest stays.",
}
"""What the lines were, by rule."""

WHOLE_LINE_RULES = tuple(
    f"{rule}_v{version}"
    for rule, last in (("outlet_repeat", 3), ("outlet_block", 3), ("outlet_template", 2))
    for version in range(1, last + 1)
)
"""Rules of lines that were removed whole, by earlier versions too."""

REPEAT_ARTICLES = 10
"""Articles of one outlet that make a paragraph its boilerplate if all have it word for word."""

OUTLET_SHARE = 0.75
"""Least share of these among all articles that have the paragraph. Wire copy reaches several
outlets and stays below it."""

SHORT = 8
"""Words of a text that is not short. A shorter one that comes back in article after article may
head what follows it: who speaks, the section of a column, a refrain. It is removed only if nothing
of the article is above it or below it: see ``END_ARTICLES``. In 12,610 articles all of the short
texts that one outlet repeats between paragraphs were headings and names."""

BLOCKS = ((4, 4), (3, 5), (2, 6))
"""A block is a run of lines that several articles of one outlet share: the captions of a gallery, a
fixed list of names. Each pair is (lines, articles): the fewest lines in a row, and the fewest
articles of the outlet that have each of them (with ``OUTLET_SHARE``). If none of the articles has a
date, twice as many are needed, of ``END_ARTICLES`` and ``PHRASE_ARTICLES`` as well.

What a newsroom carries over from one report of an event to the next looks alike but stays below
these bounds: in 12,610 articles no paragraph of a report reaches them. With three articles of three
lines, or with three of four that are a week apart, a letter and a debate that were quoted at length
would be removed."""

BLOCK_SPAN = 14 * 86_400_000_000
"""Least time, in microseconds, between the first and the last of these articles: two weeks."""

END_ARTICLES = (3, 4)
"""Articles for which a single line is a block if it ends them, by the first number: who the author
is, who paid for a study, the label of what was not dumped. In the 12,610 articles these are eight
texts, none of them background of a report. The second number is tried for lines of more articles,
in case they and lines of fewer are too much of the article together.

The first number holds for a line that begins articles as well. A short one needs
``REPEAT_ARTICLES``, and no other short text of the outlet may stay in the article: such texts are
headings."""

LABEL, PHRASE_ARTICLES = 4, 6
"""Words of a label, at most, and articles that are needed if all that ends them are short phrases
of more words: writers sign off with a phrase, too."""

BLOCK_SHARE = 0.75
"""A line is removed where at least this share of its occurrences is in a block."""

MAX_REPEATS, MAX_BLOCKS, MAX_TEMPLATES = 0.5, 2 / 3, 0.9
"""Largest share of an article's words removed as repeated texts (and as lines that begin or end
it), then of the rest as lines of blocks, and of the rest of that as templates. Above the first two
the article is a version of another one, above the third it consists of what else is boilerplate. A
gallery of three thousand words is part of a report of six hundred."""

MAX_SHARES = {REPEAT: MAX_REPEATS, BLOCK_LINE: MAX_BLOCKS, TEMPLATE: MAX_TEMPLATES}
"""The same by what becomes of a paragraph, in the order in which it is removed."""


def with_evidence(origins: Rows, tables: Tables) -> Rows:
    """Returns ``origins`` with ``is_line`` and ``is_template``, and with an updated ``in_block``.

    Args:
      origins: rows of that stream; ``in_block`` is whether an earlier run took the text out.
      tables: ``blocks`` and ``templates`` of this run.
    """
    templates = whole_texts(columns_of(tables["templates"]))
    in_block = np.isin(origins["text"], _block_texts(columns_of(tables["blocks"])))
    return origins | {
        # A short text may end one article and head a part of the next.
        "is_line": in_block | (origins["in_block"] & ~origins["is_short"]),
        "is_template": np.isin(origins["text"], templates),
        "in_block": in_block | origins["in_block"],
    }


def is_boilerplate(origins: Rows) -> Mask:
    """Returns which texts one outlet repeats, whether they go or stay: they are nobody's copy."""
    return np.asarray(origins["is_repeat"] | origins["in_block"] | origins["is_template"])


def removals(origins: Rows) -> I64:
    """Returns what becomes of the paragraphs with each text."""
    return np.select(
        [
            origins["is_template"],
            origins["is_repeat"] & ~origins["is_short"],
            origins["is_line"],
            is_boilerplate(origins),
        ],
        [TEMPLATE, REPEAT, BLOCK_LINE, HEADING],
        KEEP,
    )


def _is_shared(outlet: U64, outlet_articles: I64, articles: I64, least: int) -> Mask:
    """Returns which texts are one outlet's: at least ``least`` articles and ``OUTLET_SHARE``."""
    return np.asarray(
        (outlet != 0) & (outlet_articles >= least) & (outlet_articles >= OUTLET_SHARE * articles)
    )


# --- texts that many articles repeat -------------------------------------------------------------

STORY_KEYS = ("url", "title")
"""Columns by which an article that comes in several runs is known again."""

THIS_RUN = np.int64(1) << 40
"""Comes after the number of every earlier run."""


def story_keys(occurrences: Rows) -> Rows:
    """Returns hashes of address and title of the articles of this run; titles are an outlet's."""
    title = mixed(occurrences["title"] + mixed(occurrences["outlet"]))
    hashes = (occurrences["url"], title)
    return {
        name: (values >> np.uint64(32)).astype(np.uint32)
        for name, values in zip(STORY_KEYS, hashes, strict=True)
    }


def outlet_counts(occurrences: Rows, indexed: Rows, texts: U64) -> Rows:
    """Returns how many articles have each text, the outlet with most, and whether it is a repeat.

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
    # The outlet with most articles first; on a tie the smaller number.
    order = order_of(text, -by_outlet, outlet)
    text, outlet, by_outlet = text[order], outlet[order], by_outlet[order]
    starts = group_starts(text)
    totals = np.add.reduceat(by_outlet, starts) if len(starts) else by_outlet.copy()
    np.add.at(totals, find(texts, indexed["text"])[0], others)
    again = _counted_again(occurrences, indexed, texts)
    totals -= again
    top, top_count = outlet[starts], by_outlet[starts] - again
    return {
        "articles": totals,
        "outlet": top,
        "outlet_articles": top_count,
        "is_repeat": _is_shared(top, top_count, totals, REPEAT_ARTICLES),
    }


def _counted_again(occurrences: Rows, indexed: Rows, texts: U64) -> I64:
    """Returns how many stories of each text were counted by an earlier run as well.

    Of an earlier run these are the stories that the index names, up to ``exact.PAIRED`` a text.
    """
    again = np.zeros(len(texts), np.int64)
    if not len(indexed["text"]):
        return again
    here = select(occurrences, np.isin(occurrences["text"], indexed["text"]))
    named = indexed["other_line"] != NO_ORIGIN
    text = np.concatenate((here["text"], indexed["text"], indexed["text"][named]))
    runs = indexed["run"].astype(np.int64)
    run = np.concatenate((np.full(len(here["text"]), THIS_RUN), runs, runs[named]))
    for name, keys in story_keys(here).items():
        story = np.concatenate((keys, indexed[f"first_{name}"], indexed[f"other_{name}"][named]))
        order = order_of(text, story, run)
        columns = (text[order], story[order], run[order])
        counted = group_starts(*columns)
        distinct = np.isin(counted, group_starts(*columns[:2]))
        repeated = np.bincount(find(texts, columns[0][counted[~distinct]])[0], minlength=len(texts))
        again = np.maximum(again, repeated)
    return again


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
    """Returns the occurrences that may be lines of a block: texts that one outlet's articles share.

    Args:
      occurrences: rows of this run.
      indexed: ``indexed_texts`` of earlier runs.
      origins: the rows of ``origins`` made of both.
    """
    shared = _is_shared(
        origins["outlet"], origins["outlet_articles"], origins["articles"], min(END_ARTICLES)
    )
    span = _span(occurrences, indexed, origins["text"])
    is_undated = span < 0
    stories = origins["outlet_articles"] // np.where(is_undated, 2, 1)
    is_dated = (span >= BLOCK_SPAN) | (is_undated & (stories >= min(END_ARTICLES)))
    shared &= origins["is_repeat"] | is_dated
    place, _ = find(origins["text"], occurrences["text"])
    chosen = np.flatnonzero(shared[place])
    rows = select(occurrences, chosen)
    stories = stories[place[chosen]]
    _, owner, seen = np.unique(rows["text"], return_inverse=True, return_counts=True)
    return stream_table("block_candidates", {**rows, "seen": seen[owner], "stories": stories})


def _span(occurrences: Rows, indexed: Rows, texts: U64) -> I64:
    """Returns the microseconds from the first to the last known time of each text; below 0: none.

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


def find_blocks(candidates: pa.Table) -> pa.Table:
    """Returns the rows of ``block_candidates`` that are part of a block.

    Repeated texts within a block count as lines of it.
    """
    rows = columns_of(candidates)
    rows = select(rows, np.lexsort((rows["row"], rows["shard"])))
    follows = ~_changes(rows)
    follows[1:] &= rows["row"][1:] == rows["row"][:-1] + np.uint32(1)
    chosen = np.zeros(len(follows), bool)
    for lines, stories in BLOCKS:
        chosen |= _in_run(rows, follows, rows["stories"] >= stories, lines)
    is_short = rows["size"] < SHORT
    for stories in END_ARTICLES:
        chosen |= _in_run(rows, follows, rows["stories"] >= stories, 1, edge="last")
    needed = np.where(is_short, REPEAT_ARTICLES, min(END_ARTICLES))
    starts = _in_run(rows, follows, rows["stories"] >= needed, 1, edge="first")
    # What stays among the paragraphs is a heading; then so is a short text that begins them.
    is_heading = ~chosen & ~starts & is_short
    articles = np.cumsum(_changes(rows))
    chosen |= starts & ~np.isin(articles, articles[is_heading])
    return stream_table("blocks", select(rows, chosen))


def _changes(rows: Rows) -> Mask:
    """Returns whether each row begins the rows of another article, sorted by shard and row."""
    changes = np.zeros(len(rows["row"]), bool)
    half = rows["line"] >> LINE_BITS  # the rest of the article's number
    changes[group_starts(rows["shard"], rows["article"], half)] = True
    return changes


def _in_run(rows: Rows, follows: Mask, is_line: Mask, lines: int, edge: str = "") -> Mask:
    """Returns the rows in a run of at least so many lines, all of enough articles.

    Args:
      rows: of ``block_candidates``, by article and line.
      follows: whether a row is of the line after the one before it.
      is_line: whether enough articles have the text of a row.
      lines: the fewest in a run.
      edge: "first" or "last" takes only the run that begins or ends an article.
    """
    enough = np.flatnonzero(is_line)
    chosen = np.zeros(len(follows), bool)
    if len(enough):
        joined = follows[enough]
        joined[0] = False
        joined[1:] &= np.diff(enough) == 1
        starts = np.flatnonzero(~joined)
        sizes = group_sizes(starts, len(enough))
        lost = np.add.reduceat(rows["size"][enough].astype(np.int64), starts)
        whole = rows["article_size"][enough[starts]]
        is_block = (sizes >= lines) & (lost <= (MAX_REPEATS if edge else MAX_BLOCKS) * whole)
        if edge:
            at = starts if edge == "first" else starts + sizes - 1
            is_block &= rows[edge][enough[at]]
            size = rows["size"][enough]
            is_phrase = (size > LABEL) & (size < SHORT)
            is_block &= ~np.logical_and.reduceat(is_phrase, starts) | (
                np.minimum.reduceat(rows["stories"][enough], starts) >= PHRASE_ARTICLES
            )
        chosen[enough] = np.repeat(is_block, sizes)
    return chosen


def _block_texts(blocks: Rows) -> U64:
    """Returns the texts of which at least ``BLOCK_SHARE`` of the occurrences are in a block."""
    text, first, count = np.unique(blocks["text"], return_index=True, return_counts=True)
    return np.asarray(text[count >= BLOCK_SHARE * blocks["seen"][first]])
