"""From what two articles share to links between their paragraphs, and which of them are copies."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.transform import Tables
from transforms.arrays import I64, Floats, Mask
from transforms.near_duplicates.origins import LINE_BITS, Origins, Rows, paragraph_ids
from transforms.near_duplicates.reuse import BACKGROUND, FORMULA, GROUNDS, NONE, PLAIN_WORDS
from transforms.near_duplicates.reuse import KINDS as REUSES
from transforms.near_duplicates.rows import (
    bounds_of,
    columns_of,
    find,
    group_sizes,
    group_starts,
    join,
    ragged_positions,
    select,
)
from transforms.near_duplicates.streams import (
    CONTAINED,
    DIRECTIONS,
    EARLIER,
    EITHER,
    EXACT,
    FRAGMENTS,
    LATER,
    LINK_KINDS,
    NEAR,
    PASSAGE,
    SCHEMAS,
    SPANS,
    stream_table,
)

MIN_LINKED = 8
"""Least words that two linked paragraphs share. A shorter paragraph is a label, a name or a stock
phrase; it is linked where the paragraphs above and below both are linked to the other article. Less
words of a passage, beyond the border of a paragraph, are a fragment of the link on this side."""

REPEATED_WORDS = 12
REPEATED_SHARE = 0.6
"""A paragraph repeats another in substance if so many of its words, and this share of them, stand
in it, in one or several of its article's paragraphs. A whole paragraph of at least ``MIN_LINKED``
words does as well, but for a formula. In 340 labelled pairs the share and the words are the rule by
which a reader of a corpus would cut."""

REPEATED_BIGRAMS = 2 / 3
"""Least share of its word bigrams, where runs have less than ``PLAIN_WORDS``: a third is lost if
every sixth word differs. Of 30 such paragraphs most add words of their own to a quotation."""

OWN_SHARE = 0.8
"""The same of what an outlet writes again of its own, whose sentences differ in what is new: who is
quoted, the numbers of a survey. Of 32 such paragraphs with less in runs, ten had words that stood
nowhere else."""

_SIDES = ("article", "line", "time", "size", "paragraph", "together")
"""Columns of links that both paragraphs have, the other one's with a prefix."""


def link_articles(tables: Tables) -> dict[str, pa.Table]:
    """Returns ``paragraph_links``, and ``copies``: paragraphs that repeat what others have.

    Labels and notes that an outlet prints again go from its corpus, too, but are no link.

    Args:
      tables: ``shared_parts``, all of the articles of this partition that are copies by `--keep`.
    """
    parts = columns_of(tables["shared_parts"])
    is_boilerplate = parts["reuse"] == NONE
    boilerplate = _links(_by_pair(select(parts, is_boilerplate)))
    parts = _by_pair(select(parts, ~is_boilerplate))
    links = _links(parts)
    links = select(links, _first_editions(links))
    is_link = _is_more_than_a_label(links)
    links, rest = select(links, is_link), select(links, ~is_link)
    return {
        "paragraph_links": _table(links, rest, parts),
        "copies": pa.concat_tables([_copies(links), _copies(boilerplate)]),
    }


def _by_pair(parts: Rows) -> Rows:
    """Returns parts sorted by their pair of paragraphs, with its number as ``pair``."""
    order = np.lexsort((parts["first_word"], parts["start"], *reversed(_pair(parts))))
    parts = select(parts, order)
    starts = group_starts(*_pair(parts))
    parts["pair"] = np.repeat(np.arange(len(starts)), group_sizes(starts, len(order)))
    return parts


def _pair(rows: Rows) -> tuple[Any, ...]:
    """Returns the columns that name a pair of paragraphs."""
    return tuple(rows[name] for name in ("article", "line", "other_article", "other_line"))


def _links(parts: Rows) -> Rows:
    """Returns one row for each pair of paragraphs, with its figures.

    Args:
      parts: as ``_by_pair`` returns them.
    """
    group, is_run = parts["pair"], parts["kind"] == PASSAGE
    count = int(group[-1]) + 1 if len(group) else 0
    # The longest run says what the link is; a link between texts only where there is no run.
    order = np.lexsort((-parts["words"].astype(np.int64), ~is_run, group))
    links = select(parts, order[group_starts(group[order])])
    links["runs"] = np.bincount(group, weights=is_run, minlength=count).astype(np.int64)
    turned = parts | {"first_word": parts["other_first_word"]}
    # Runs may overlap in one of the paragraphs; what both hold does not depend on which is first.
    links["shared"] = np.minimum(_covered(parts, group, count), _covered(turned, group, count))
    # A paragraph may be made of several of the other article.
    pairs = group_starts(parts["article"], parts["line"], *_other_article(parts))
    of_articles = np.repeat(np.arange(len(pairs)), group_sizes(pairs, len(group)))
    firsts = group_starts(group)
    links["together"] = _covered(parts, of_articles, len(pairs))[of_articles[firsts]]
    order = np.lexsort((*reversed(_article(parts)), parts["other_line"], parts["other_article"]))
    keys = (parts["other_article"], parts["other_line"], *_article(parts))
    pairs = group_starts(*(key[order] for key in keys))
    of_articles[order] = np.repeat(np.arange(len(pairs)), group_sizes(pairs, len(group)))
    links["other_together"] = _covered(turned, of_articles, len(pairs))[of_articles[firsts]]
    whole = np.flatnonzero(~is_run)
    at = group[whole]
    shared, size, other = (
        links[name].astype(np.float64) for name in ("shared", "size", "other_size")
    )
    figures: Rows = {
        "kind": np.full(count, PASSAGE, np.uint8),
        "similarity": shared / np.maximum(size + other - shared, 1),
        "containment": np.minimum(shared / np.maximum(size, 1), 1),
        "source_containment": np.minimum(shared / np.maximum(other, 1), 1),
    }
    for name, values in figures.items():
        values[at] = parts[name][whole]
    links |= figures
    # Texts that no link between texts reached, which goes to their first occurrence alone.
    is_whole = (links["words"] == links["size"]) & (links["words"] == links["other_size"])
    links["kind"] = np.where((links["kind"] == PASSAGE) & is_whole, EXACT, links["kind"])
    is_equal = links["kind"] == EXACT
    for name in ("shared", "together", "other_together"):
        links[name] = np.where(is_equal, links["size"], links[name])
    return links


def _article(rows: Rows) -> tuple[Any, ...]:
    return rows["article"], rows["line"] >> LINE_BITS


def _other_article(rows: Rows) -> tuple[Any, ...]:
    return rows["other_article"], rows["other_line"] >> LINE_BITS


def _covered(parts: Rows, group: I64, count: int) -> I64:
    """Returns how many words of a paragraph the runs of each group hold, each word once."""
    runs = np.flatnonzero(parts["kind"] == PASSAGE)
    order = runs[np.lexsort((parts["first_word"][runs], group[runs]))]
    member = group[order]
    first = parts["first_word"][order].astype(np.int64)
    end = first + parts["words"][order]
    # Ends of one pair never reach the begins of the next one.
    offset = member * (int(end.max(initial=0)) + 1)
    reached = np.append(0, np.maximum.accumulate(end + offset))[: len(end)]
    new = np.maximum(end + offset - np.maximum(first + offset, reached), 0)
    return np.bincount(member, weights=new, minlength=count).astype(np.int64)


def _first_editions(links: Rows) -> Mask:
    """Returns which links go to the earliest edition of an article that has the passage."""
    source = Origins.of(links, "other_")
    order = np.lexsort((*reversed(source), links["other_work"], links["line"], links["article"]))
    keys = tuple(links[name][order] for name in ("article", "line", "other_work"))
    starts = group_starts(*keys)
    first = np.repeat(order[starts], group_sizes(starts, len(order)))
    kept = np.zeros(len(order), bool)
    kept[order] = source.take(order).same_article(source.take(first))
    return np.asarray(kept | (links["other_work"] == 0))


def _is_more_than_a_label(links: Rows) -> Mask:
    """Returns which links share ``MIN_LINKED`` words, or all of a label between such links."""
    size = np.minimum(links["size"], links["other_size"])
    is_long = np.where(links["kind"] == PASSAGE, links["shared"], size) >= MIN_LINKED
    turned = links | _turned(links)
    between = _is_between(links, is_long) & _is_between(turned, is_long)
    return np.asarray(is_long | between & (links["shared"] >= size))


def _is_between(links: Rows, linked: Mask) -> Mask:
    """Returns whether the paragraphs above and below are linked to the same article."""
    number = links["paragraph"].astype(np.int64)
    articles = (*_article(links), *_other_article(links))
    known = [values[linked] for values in (number, *articles)]
    between = [join(known, (number + step, *articles))[1] for step in (-1, 1)]
    return np.asarray(between[0] & between[1])


def _homes(links: Rows, rest: Rows, parts: Rows) -> I64:
    """Returns the link that has the longest run of the passage which each of the rest goes on with.

    Args:
      links: pairs of paragraphs, in order.
      rest: others, which share too few words for a link.
      parts: of all, sorted by ``pair``.

    Returns:
      Rows of ``links``; -1 where no paragraph of the passage has enough of it.
    """

    def runs_of(rows: Rows) -> tuple[I64, tuple[Any, ...]]:
        """Returns the row of each run, the longest first, and what names its passage."""
        row, is_here = find(rows["pair"], parts["pair"])
        runs = np.flatnonzero(is_here & (parts["kind"] == PASSAGE))
        runs = runs[np.argsort(-parts["words"][runs].astype(np.int64), kind="stable")]
        of = select(parts, runs)
        return row[runs], (*_article(of), *_other_article(of), of["passage"])

    link, passages = runs_of(links)
    row, wanted = runs_of(rest)
    first, is_linked = join(passages, wanted)
    row, longest = np.unique(row[is_linked], return_index=True)
    homes = np.full(len(rest["pair"]), -1)
    homes[row] = link[first[is_linked][longest]]
    return homes


def _copies(links: Rows) -> pa.Table:
    """Returns ``copies``: paragraphs that repeat another one in substance, once for each such one.

    A short formula is nobody's text: it stays.
    """
    goes, before = links["goes"], links["is_before"]
    turned = {**links, **_turned(links)}
    return pa.concat_tables(
        [
            _repeats(rows | {"cover": _cover(rows), "is_tentative": is_tentative}, may_go)
            for rows, is_tentative, may_go in (
                (links, before, (goes == LATER) | (goes == EITHER)),
                (turned, ~before, (goes == EARLIER) | (goes == EITHER)),
            )
        ]
    )


def _turned(links: Rows) -> Rows:
    """Returns the columns of links that differ where the other paragraph comes first."""
    return {
        **{
            one: links[two]
            for name in _SIDES
            for one, two in ((name, f"other_{name}"), (f"other_{name}", name))
        },
        "containment": links["source_containment"],
        "other_is_copy": np.zeros(len(links["line"]), bool),  # committed ones always come first
    }


def _cover(links: Rows) -> Floats:
    """Returns the share of each paragraph that the other article has in substance.

    Of texts that differ in many words the bigrams say what they share, not the runs; but where
    neither is most of the other, and no run is long or the words are the outlet's own, that is the
    frame of a sentence with other facts.
    """
    share = links["together"] / np.maximum(links["size"], 1)
    is_frame = (links["kind"] == CONTAINED) & ((links["runs"] == 0) | _is_own(links))
    is_frame |= (links["containment"] < REPEATED_BIGRAMS) & (links["together"] < PLAIN_WORDS)
    return np.asarray(np.where(is_frame, share, np.maximum(share, links["containment"])))


def _is_own(links: Rows) -> Mask:
    """Returns which links are notes, or an outlet's own words that are not near as a whole."""
    is_part = (links["kind"] == CONTAINED) | (links["kind"] == PASSAGE)
    return np.asarray((links["reuse"] == NONE) | (links["reuse"] == BACKGROUND) & is_part)


def _repeats(links: Rows, may_go: Mask) -> pa.Table:
    """Returns ``copies`` of the links whose first paragraph may go and repeats the other.

    Args:
      links: with ``cover`` and ``is_tentative``.
      may_go: whether the first paragraph may go.
    """
    share = links["together"] / np.maximum(links["size"], 1)
    cover = links["cover"]
    least = np.where(_is_own(links), OWN_SHARE, REPEATED_SHARE)
    repeats = (cover >= least) & (cover * links["size"] >= REPEATED_WORDS)
    is_text = (links["reuse"] != FORMULA) & (links["reuse"] != NONE)
    whole = (share >= 1) & (links["size"] >= MIN_LINKED) & is_text
    between = (share >= 1) & _is_between(links, repeats | whole)
    columns = {
        **links,
        **Origins.of(links, "other_").columns("source_"),
        "source_is_copy": links["other_is_copy"],
    }
    return stream_table("copies", select(columns, may_go & (repeats | whole | between)))


def choose_copies(copies: pa.Table) -> pa.Table:
    """Returns ``copied_lines``, the paragraphs that are copies, and of what.

    A paragraph that repeats only copies stays itself: what it shares with them may be in nothing
    that stays, as where each of many articles drops a sentence and adds another. Of several sources
    the one counts that has most of the paragraph, then the most similar, then the earliest. Last
    come paragraphs that may go against the order of their articles: each goes if its source stays
    and no other paragraph has gone for it.

    Args:
      copies: rows of that stream, all of the run.
    """
    rows = columns_of(copies)
    source = Origins.of(rows, "source_")
    figures = [-rows[name].astype(np.float64) for name in ("similarity", "shared", "cover")]
    rows = select(rows, np.lexsort((*reversed(source), *figures, rows["line"], rows["article"])))
    return stream_table("copied_lines", select(rows, np.array(_chosen(rows), np.int64)))


def _chosen(rows: Rows) -> list[int]:
    """Returns the row of the source of each paragraph that goes.

    Args:
      rows: ``copies``, those of a paragraph together, its best source first.
    """
    paragraph, source = _numbers(
        (rows["article"], rows["line"]), (rows["source_article"], rows["source_line"])
    )
    # A choice is a paragraph and one article that has it. It may be made of several paragraphs of
    # that article: all of these must stay.
    [choice_of] = _numbers((paragraph, rows["source_article"], rows["source_line"] >> LINE_BITS))
    order = np.argsort(choice_of, kind="stable")
    starts = group_starts(choice_of[order])
    ends: list[int] = np.append(starts[1:], len(order)).tolist()
    committed, tentative = (
        np.logical_or.reduceat(rows[name][order], starts) if len(starts) else np.zeros(0, bool)
        for name in ("source_is_copy", "is_tentative")
    )
    best = order[starts]
    usable = np.flatnonzero(~committed)
    usable = usable[np.argsort(best[usable])]
    best_row: list[int] = best.tolist()
    in_order: list[int] = source[order].tolist()
    copy_of: list[int] = paragraph[best].tolist()
    bounds: list[int] = starts.tolist()

    def sources(choice: int) -> list[int]:
        return in_order[bounds[choice] : ends[choice]]

    choices: dict[int, list[int]] = {}
    for choice in usable[~tentative[usable]].tolist():
        choices.setdefault(copy_of[choice], []).append(choice)
    # Paragraph -> the choice for which it goes, None if it stays. Paragraphs and their sources have
    # one order, so none waits for itself.
    decided: dict[int, int | None] = {}

    def stay(paragraphs: Iterable[int]) -> bool:
        return all(decided.get(one) is None for one in paragraphs)

    for first in choices:
        waiting = [first]
        while waiting:
            possible = choices[waiting[-1]]
            needed = itertools.chain.from_iterable(map(sources, possible))
            undecided = [one for one in needed if one in choices and one not in decided]
            if undecided:
                waiting += undecided
                continue
            decided[waiting.pop()] = next(
                (choice for choice in possible if stay(sources(choice))), None
            )
    kept = {one for made in decided.values() if made is not None for one in sources(made)}
    late = usable[tentative[usable]]
    figures = [-rows[name][best[late]].astype(np.float64) for name in ("shared", "cover")]
    for choice in late[np.lexsort((best[late], *figures))].tolist():
        copy, needs = copy_of[choice], sources(choice)
        if copy not in kept and stay((copy, *needs)):
            decided[copy] = choice
            kept.update(needs)
    return sorted(best_row[made] for made in decided.values() if made is not None)


def _numbers(*tables: tuple[npt.NDArray[Any], ...]) -> list[I64]:
    """Returns a number for each row of some tables, the same for equal rows, in their order."""
    columns = [np.concatenate(parts) for parts in zip(*tables, strict=True)]
    order = np.lexsort(columns[::-1])
    starts = group_starts(*(column[order] for column in columns))
    number = np.empty(len(order), np.int64)
    number[order] = np.repeat(np.arange(len(starts)), group_sizes(starts, len(order)))
    return np.split(number, np.cumsum([len(table[0]) for table in tables])[:-1])


def _table(links: Rows, rest: Rows, parts: Rows) -> pa.Table:
    """Returns ``paragraph_links``.

    Args:
      links: pairs of paragraphs, the one that is the copy by `--keep` first.
      rest: others, which share too few words for a link.
      parts: of them and of other pairs, sorted by ``pair``.
    """
    copy, other = Origins.of(links), Origins.of(links, "other_")
    claims = links["direction"] < DIRECTIONS.index("common")
    turned = np.where(claims, links["is_source"], copy.is_before(other))
    containments = (links["containment"], links["source_containment"])
    # Of texts that differ, a few words of some passage do not say how many they share.
    is_whole = (links["kind"] == NEAR) | (links["kind"] == CONTAINED)
    has_runs = (links["runs"] > 0) & ~(is_whole & (links["shared"] < MIN_LINKED))
    columns = {
        **_pair_columns(links, turned, parts, has_runs),
        "kind": _named(links["kind"], LINK_KINDS),
        "reuse": _named(links["reuse"], REUSES),
        "reuse_evidence": _named(links["reuse_evidence"], GROUNDS),
        "direction": _named(links["direction"], DIRECTIONS),
        "similarity": links["similarity"],
        "containment": np.where(turned, *reversed(containments)),
        "source_containment": np.where(turned, *containments),
        "holders": pa.array(links["holders"], pa.int32(), mask=~has_runs),
        "holder_outlets": pa.array(links["holder_outlets"], pa.int32(), mask=~has_runs),
        "fragments": _fragments(links, rest, turned, parts),
    }
    schema = SCHEMAS["paragraph_links"]
    return pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)


def _fragments(links: Rows, rest: Rows, turned: Mask, parts: Rows) -> pa.ListArray:
    """Returns the fragments of each link; see ``_table``.

    Args:
      links: pairs of paragraphs.
      rest: others, which share too few words for a link.
      turned: whether the second paragraph of each link is named first.
      parts: of all, sorted by ``pair``.
    """
    home = _homes(links, rest, parts)
    order = np.argsort(home, kind="stable")
    order = order[home[order] >= 0]
    rest, home = select(rest, order), home[order]
    columns = _pair_columns(rest, turned[home], parts, np.ones(len(home), bool))
    fields = list(FRAGMENTS.value_type)
    sizes = np.bincount(home, minlength=len(links["pair"]))
    return pa.ListArray.from_arrays(
        pa.array(bounds_of(sizes).astype(np.int32)),
        pa.StructArray.from_arrays([columns[field.name] for field in fields], fields=fields),
        type=FRAGMENTS,
    )


def _pair_columns(pairs: Rows, turned: Mask, parts: Rows, has_runs: Mask) -> dict[str, pa.Array]:
    """Returns both ids of pairs of paragraphs, the words they share, and their spans.

    Args:
      pairs: of paragraphs.
      turned: whether the second of each is named first.
      parts: of them and of other pairs, sorted by ``pair``.
      has_runs: whether the runs of each count.
    """
    copy, other = Origins.of(pairs), Origins.of(pairs, "other_")
    runs = np.flatnonzero(parts["kind"] == PASSAGE)
    low = np.searchsorted(parts["pair"][runs], pairs["pair"], side="left")
    high = np.searchsorted(parts["pair"][runs], pairs["pair"], side="right")
    sizes = np.where(has_runs, high - low, 0)
    chosen = runs[ragged_positions(low, sizes)]
    is_turned = np.repeat(turned, sizes)
    places = [
        np.where(is_turned, parts[two][chosen], parts[one][chosen]).astype(np.int32)
        for one, two in (
            ("start", "other_start"), ("end", "other_end"),
            ("other_start", "start"), ("other_end", "end"),
        )
    ]  # fmt: skip
    return {
        "paragraph_id": paragraph_ids(copy.where(~turned, other)),
        "source_paragraph_id": paragraph_ids(other.where(~turned, copy)),
        "shared_words": pa.array(pairs["shared"], pa.int32(), mask=~has_runs),
        "spans": pa.ListArray.from_arrays(
            pa.array(bounds_of(sizes).astype(np.int32)),
            pa.StructArray.from_arrays(
                [pa.array(place) for place in places], fields=list(SPANS.value_type)
            ),
            type=SPANS,
        ),
    }


def _named(numbers: npt.NDArray[Any], names: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int8()), names).cast(pa.string())
