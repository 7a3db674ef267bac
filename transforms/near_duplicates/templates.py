"""Templates of an outlet: heads and tails of lines that its articles share while the rest varies.

A player's bar before what it plays, a label before a link, a counter behind a caption, a prompt
before the article's own sentence. Repetition alone does not distinguish them from prose: reports of
one outlet begin with the same names and titles, too. Three things do: the head or tail is always
separated from the rest, by punctuation or by a capital that begins a phrase of its own; other
outlets do not have it; and the lines that have it do not end like sentences, or are sentences
without it. No list of words is needed, and no language.

Articles of one title count once; ``stories`` are articles counted like this.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from pipeline.transform import Tables
from transforms.arrays import I64, U64, Floats, Mask
from transforms.compiled import affixes
from transforms.near_duplicates.origins import TIME_OFFSET, UNKNOWN_TIME, Rows, microseconds
from transforms.near_duplicates.rows import (
    columns_of,
    concatenate,
    group_sizes,
    group_starts,
    no_rows,
    order_of,
    select,
)
from transforms.near_duplicates.streams import stream_table

FIRST, LISTED = (np.uint8(1 << bit) for bit in (6, 7))
"""Traits beside those of :mod:`transforms.compiled.affixes`: the line begins its article; a line of
fewer than ``PHRASE_WORDS`` is next to it, as in a table, a recipe, a list of dates."""

TEMPLATE_ARTICLES = np.array([30, 30, 20, 12, 8])
"""Articles of an outlet that make a template, by its words (0 to 4 and more). A short one needs
more of them, since a name before a colon is short as well."""

TEMPLATE_SHARE, CUT_SHARE = 0.75, 0.9
"""Least share of the outlet's articles among all that have the template: to remove whole lines, and
to cut a part of a line."""

TEMPLATE_SPAN = 14
"""Days between the first and the last of the articles; if none has a date, twice as many of them
are needed."""

PARTED = 0.9
"""Share of the lines with a head of up to four words in which it is parted from the rest. A name
that begins sentences is followed by a verb."""

FEW, MOST = 0.25, 0.75
"""A template whose rests are sentences in at most the first share of its lines takes the lines
whole; in at least the second, it is cut from them."""

LINES_AN_ARTICLE = 1.5
"""Most lines of an article, on average, that a label with a colon begins: speakers of an interview
and headings of a list begin more."""

LABEL_ARTICLES = 30
"""Articles from which on a label that begins them is cut off, as `Highlights` before a summary."""

SAME_LINES = 0.5
"""A long tail takes its lines whole if at most this share of them are different texts: they are
versions of one notice, each of which comes back word for word."""

SAME_RESTS = 0.8
"""A tail is the end of a caption if at most this share of its lines are different texts: captions
come back in other articles, the article's own sentences do not."""


def affix_rows(
    texts: pa.ChunkedArray, article: I64, keys: U64, sizes: I64, owners: Rows, shard: int
) -> pa.Table:
    """Returns ``affixes``, the heads and tails of the paragraphs of a shard.

    Args:
      texts: n paragraphs, by article and line.
      article: row of the article of each.
      keys: of the texts, 0 for one without words.
      sizes: their words.
      owners: ``outlet``, ``title`` and ``time`` of the article of each.
      shard: its number.
    """
    found = affixes.affixes(texts)
    follows = np.append(False, article[1:] == article[:-1])[: len(article)]
    is_short = sizes < affixes.PHRASE_WORDS
    is_listed = np.zeros(len(article), bool)
    is_listed[1:] |= follows[1:] & is_short[:-1]
    is_listed[:-1] |= follows[1:] & is_short[1:]
    place = np.where(follows, 0, FIRST) | np.where(is_listed, LISTED, 0)
    kept = (keys[found.line] != 0) & (owners["outlet"][found.line] != 0)
    key, line, cut, size, traits = (values[kept] for values in found)
    micros = microseconds(owners["time"][line])
    days = np.where(micros == UNKNOWN_TIME, 0, (micros - TIME_OFFSET) // 86_400_000_000 + 719_163)
    return stream_table(
        "affixes",
        {
            "key": key,
            "text": keys[line],
            "outlet": (owners["outlet"][line] >> np.uint64(32)).astype(np.uint32),
            "story": (owners["title"][line] >> np.uint64(32)).astype(np.uint32),
            "day": np.clip(days, 0, None).astype(np.uint32),
            "traits": traits | place[line].astype(np.uint8),
            "size": size.astype(np.uint8),
            "shard": np.full(len(key), shard, np.uint64),
            "row": line.astype(np.uint32),
            "cut": _characters(texts, line, cut, traits & affixes.IS_TAIL != 0).astype(np.uint32),
        },
    )


def _characters(texts: pa.ChunkedArray, line: I64, cut: I64, is_tail: Mask) -> I64:
    """Returns how many characters the first ``cut`` bytes of some lines are.

    The white space behind a head is counted with it, so that where a word stands in the rest
    follows from where it stands in the line.
    """
    if not len(line):
        return cut
    joined = texts.combine_chunks()
    bounds = np.frombuffer(joined.buffers()[1], np.int32)[joined.offset :].astype(np.int64)
    data = np.frombuffer(joined.buffers()[2] or b"", np.uint8)
    starts, ends = bounds[line], bounds[line + 1]
    behind = affixes.behind_space(data, starts + cut, ends, affixes.SPACES) - starts
    return affixes.count_characters(data, starts, np.where(is_tail, cut, behind))


def find_templates(tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
    """Returns ``templates``, the lines with a template, and the rows of ``indexed_affixes``.

    Args:
      tables: ``affixes`` of this run.
      earlier: ``indexed_affixes``.
    """
    new, old = columns_of(tables["affixes"]), columns_of(earlier["indexed_affixes"])
    new = select(new, order_of(new["key"], new["text"], new["story"], new["shard"], new["row"]))
    shared = {name: values for name, values in new.items() if name in old}
    rows = concatenate(shared, old)
    rows["place"] = np.append(np.arange(len(new["key"])), np.full(len(old["key"]), -1))
    rows["size"] = np.append(new["size"], np.zeros(len(old["key"]), np.uint8))
    return {
        "templates": stream_table("templates", _templates(rows, new)),
        "indexed_affixes": stream_table("indexed_affixes", new),
    }


def _templates(rows: Rows, new: Rows) -> Rows:
    """Returns the columns of ``templates``.

    Args:
      rows: of this run and of earlier ones; ``place`` is the position in ``new``, or -1.
      new: of this run.
    """
    order = order_of(rows["key"], rows["outlet"], rows["story"], rows["text"])
    starts = group_starts(rows["key"][order])
    sizes = group_sizes(starts, len(order))
    often = np.repeat(sizes >= TEMPLATE_ARTICLES.min(), sizes)
    rows = select(rows, order[often])
    starts = group_starts(rows["key"], rows["outlet"])
    if not len(starts):
        return no_rows("templates")
    evidence = _evidence(rows, starts)
    whole, cut = _judge(evidence)
    member = np.repeat(np.arange(len(starts)), group_sizes(starts, len(rows["key"])))
    # Other outlets that have a line of it took it over with the rest of the page.
    everywhere = np.isin(rows["key"], rows["key"][starts[whole]])
    is_tail = rows["traits"] & affixes.IS_TAIL != 0
    is_sentence = ~is_tail & (rows["traits"] & affixes.SENTENCE != 0)
    is_whole = everywhere & (rows["traits"] & affixes.BREAK != 0) & ~is_sentence
    taken = np.flatnonzero((rows["place"] >= 0) & (is_whole | cut[member]))
    chosen, is_tail, whole = select(new, rows["place"][taken]), is_tail[taken], is_whole[taken]
    return {
        "text": chosen["text"],
        "shard": chosen["shard"],
        "row": chosen["row"],
        # A line that a long head takes whole may be a sentence of the article with a tail.
        "head": np.where(is_tail | (whole & ~_is_long(chosen["size"])), 0, chosen["cut"]),
        "tail": np.where(is_tail & ~whole, chosen["cut"], 0),
        "whole": whole,
        "stories": evidence.stories[member[taken]],
    }


class _Evidence(NamedTuple):
    """What is known of n heads and tails, each of one outlet.

    Attributes:
      stories, lines, texts: that have it; everywhere: stories of all outlets.
      days: from the first story to the last one, -1 if none has a date.
      size: half words.
      is_tail: whether it is a tail.
      sentences, closed, begins, listed, parted, aside, colon: share of the lines with a trait: the
        rest ends like a sentence, the line does, it begins its article, ...
    """

    stories: I64
    lines: I64
    texts: I64
    everywhere: I64
    days: I64
    size: I64
    is_tail: Mask
    sentences: Floats
    closed: Floats
    begins: Floats
    listed: Floats
    parted: Floats
    aside: Floats
    colon: Floats


def _evidence(rows: Rows, starts: I64) -> _Evidence:
    """Returns the evidence for each key and outlet.

    Args:
      rows: sorted by ``key``, ``outlet``, ``story`` and ``text``.
      starts: where the rows of each key and outlet begin.
    """
    lines = group_sizes(starts, len(rows["key"]))

    def distinct(column: str) -> I64:
        order = np.lexsort((rows[column], rows["outlet"], rows["key"]))
        first = np.zeros(len(order), np.int64)
        first[group_starts(*(rows[name][order] for name in ("key", "outlet", column)))] = 1
        return np.asarray(np.add.reduceat(first, starts))

    def share(trait: np.uint8) -> Floats:
        has = (rows["traits"] & trait != 0).astype(np.float64)
        return np.asarray(np.add.reduceat(has, starts) / lines)

    stories = distinct("story")
    days = rows["day"].astype(np.int64)
    last = np.maximum.reduceat(days, starts)
    first = np.minimum.reduceat(np.where(days, days, last.max() + 1), starts)
    keys = group_starts(rows["key"][starts])
    outlets = group_sizes(keys, len(starts))
    # Rows of earlier runs do not have it, but one of this run is among those of the key.
    size = np.maximum.reduceat(rows["size"], starts[keys]).astype(np.int64)
    return _Evidence(
        stories,
        lines,
        distinct("text"),
        np.repeat(np.add.reduceat(stories, keys), outlets),
        np.where(last > 0, last - first, -1),
        np.repeat(size, outlets),
        share(affixes.IS_TAIL) > 0,
        *map(share, (affixes.SENTENCE, affixes.CLOSED, FIRST, LISTED)),
        *map(share, (affixes.BREAK, affixes.ASIDE, affixes.COLON)),
    )


def _judge(of: _Evidence) -> tuple[Mask, Mask]:
    """Returns which heads and tails take lines whole, and which are cut from them."""
    needed = TEMPLATE_ARTICLES[np.minimum(of.size // 2, len(TEMPLATE_ARTICLES) - 1)]
    is_long = _is_long(of.size)
    is_version = is_long & (of.texts <= SAME_LINES * of.lines)
    parted = (
        (of.stories >= needed)
        & (is_version | (of.texts >= TEMPLATE_ARTICLES.min()))
        & np.where(of.days < 0, of.stories >= 2 * needed, of.days >= TEMPLATE_SPAN)
        & (of.parted >= PARTED)
        & (of.aside <= FEW)
    )
    once = of.lines <= LINES_AN_ARTICLE * of.stories
    is_label, is_caption = of.sentences <= FEW, of.closed <= FEW
    often = of.stories >= LABEL_ARTICLES
    whole_tail = is_label | is_version | (is_caption & (of.texts <= SAME_RESTS * of.lines))
    whole_head = is_label & (once | (of.colon <= 0.5))
    whole = parted & (of.stories >= TEMPLATE_SHARE * of.everywhere)
    whole &= (of.begins <= 0.5) & (of.listed <= 0.5) & np.where(of.is_tail, whole_tail, whole_head)
    cut_tail = (of.sentences >= MOST) & (is_caption | (is_long & often))
    cut_head = (is_long & once & (of.sentences >= MOST) & (of.begins <= 0.5)) | (
        often & is_label & (of.begins >= PARTED)
    )
    cut = parted & (of.stories >= CUT_SHARE * of.everywhere)
    return whole, cut & ~whole & np.where(of.is_tail, cut_tail, cut_head)


def _is_long(size: I64) -> Mask:
    return np.asarray(size >= 2 * affixes.LONG_WORDS)


def whole_texts(templates: Rows) -> U64:
    """Returns the texts that templates take whole.

    A line with a long head is not taken whole if a tail is cut from the sentence before it: there
    is a sentence between the two, so both are cut.

    Args:
      templates: rows of that stream, all of the texts that occur.
    """
    text, whole, has_head = templates["text"], templates["whole"], templates["head"] > 0
    by_head = text[whole & has_head]
    between = np.isin(by_head, text[~whole & (templates["tail"] > 0)])
    return np.concatenate((text[whole & ~has_head], by_head[~between]))


def cuts(occurrences: Rows, templates: pa.Table) -> Rows:
    """Returns where lines are cut: ``head``, characters to the rest, and ``tail``, to its end.

    0 for no cut. Of several heads or tails of a line the longest counts that has at least half the
    articles of any: a template often goes on with the same name, but not in most of its articles.

    Args:
      occurrences: n rows.
      templates: rows of that stream, all of texts that occur.
    """
    rows = columns_of(templates)
    rows = select(rows, ~np.isin(rows["text"], whole_texts(rows)))
    shards = np.unique(occurrences["shard"])

    def places(of: Rows) -> U64:
        shard = np.searchsorted(shards, of["shard"]).astype(np.uint64)
        return (shard << np.uint64(32)) | of["row"]

    order = np.argsort(places(occurrences))
    at = order[np.searchsorted(places(occurrences)[order], places(rows))]
    none = np.uint32(0xFFFFFFFF)
    head, tail = np.zeros(len(order), np.uint32), np.full(len(order), none)
    for name, longest, result in (("head", np.maximum, head), ("tail", np.minimum, tail)):
        chosen = np.flatnonzero(rows[name])
        most = np.zeros(len(order), np.uint32)
        np.maximum.at(most, at[chosen], rows["stories"][chosen])
        chosen = chosen[2 * rows["stories"][chosen] >= most[at[chosen]]]
        longest.at(result, at[chosen], rows[name][chosen])
    return {"head": head, "tail": np.where((tail == none) | (tail <= head), 0, tail)}
