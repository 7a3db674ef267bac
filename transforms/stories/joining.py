"""Joins the articles of a run to stories, its own and those of earlier runs."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform import Tables
from transforms.arrays import F32, I32, I64, U64
from transforms.compiled.stories import join_articles
from transforms.near_duplicates.boilerplate import HEAD_RULE, TAIL_RULE, WHOLE_LINE_RULES
from transforms.stories.streams import MERGES, SCHEMAS
from transforms.stories.terms import AT_A_TIME, article_terms, term_vectors

LINK = 0.16
"""Least average cosine of the articles of two stories that become one. With .14 to .16 F1 of one
run is between .936 and .939, that of ten between .916 and .924."""

NO_DAY = -1

PERIOD_DAYS = 30
"""Days of a period, by which the index is looked up. Period 0 has the articles without a date."""

LAST_PERIOD = 3_652_059 // PERIOD_DAYS + 1
"""Period of the last day that a column of type date can hold."""


_CUT_RULES = (*WHOLE_LINE_RULES, HEAD_RULE, TAIL_RULE)
"""Rules by which NearDuplicates removes lines, or parts of them, once words were counted."""


def fingerprint(shard: int, tables: Tables, window: int) -> dict[str, pa.Table]:
    """Returns ``articles`` of a shard, and ``periods`` in which their stories may have others.

    Args:
      shard: its number.
      tables: ``articles`` with ``article_id``, ``title``, ``published_at``, ``language``;
        ``paragraphs`` with ``article``, ``text``.
      window: most days between an article and a story.
    """
    rows = _rows(tables)
    count = len(tables["articles"])
    rows["shard"] = pa.array(np.full(count, shard, np.uint64))
    rows["row"] = pa.array(np.arange(count, dtype=np.uint32))
    days = rows["day"].to_numpy()
    periods = np.zeros(1, np.uint64)
    if (days == NO_DAY).any():
        periods = np.arange(LAST_PERIOD + 1, dtype=np.uint64)
    elif count:
        reach = np.arange(-window, window + PERIOD_DAYS, PERIOD_DAYS)
        near = np.clip(np.unique(days)[:, None] + np.minimum(reach, window), 1, None)
        periods = np.union1d(periods, _periods(near.ravel()))
    return {
        "articles": _table("articles", rows),
        "periods": _table("periods", {"period": pa.array(periods)}),
    }


def reindex(tables: Tables) -> dict[str, pa.Table]:
    """Returns ``indexed_articles`` of committed articles.

    An article that was committed before there were stories is one of its own. One whose story was
    merged has a row of each story that it came into, as the runs have written them. What
    NearDuplicates removed or cut off after the run had counted the words is put back.

    Args:
      tables: as for :func:`fingerprint`, with ``line_number`` of the paragraphs, with ``story_id``
        where a run has written it; ``removed_lines``; all ``story_merges``.
    """
    removed = tables["removed_lines"]
    removed = removed.filter(pc.is_in(removed.column("rule"), pa.array(_CUT_RULES)))
    is_head = pc.equal(removed.column("rule"), HEAD_RULE)
    lines = [
        part.select(["article", "line_number", "text"]).append_column("place", place)
        for part, place in (
            (tables["paragraphs"], pa.array(np.ones(len(tables["paragraphs"]), np.int8))),
            (removed, pc.if_else(is_head, pa.scalar(0, pa.int8()), pa.scalar(2, pa.int8()))),
        )
    ]
    order = [(name, "ascending") for name in ("article", "line_number", "place")]
    paragraphs = pa.concat_tables([lines[0], lines[1].cast(lines[0].schema)]).sort_by(order)
    rows = _rows({**tables, "paragraphs": paragraphs})
    first = rows["article_id"]
    if "story_id" in tables["articles"].column_names:
        first = pc.coalesce(tables["articles"].column("story_id"), first)
    merges = tables["story_merges"].sort_by([("into_story_id", "descending")])
    into = dict(zip(*(merges.column(name).to_pylist() for name in MERGES.columns), strict=True))
    owners, stories = [], []
    for owner, name in enumerate(first.to_pylist()):
        story: str | None = name
        while story is not None:
            owners.append(owner)
            stories.append(story)
            story = into.get(story)
    indexed = _indexed(pa.table(rows), np.array(owners, np.int64), pa.array(stories, pa.string()))
    return {"indexed_articles": indexed}


def _rows(tables: Tables) -> dict[str, Any]:
    """Returns the columns of an article that all streams have."""
    articles = tables["articles"]
    bounds, terms, counts = article_terms(tables)
    days = pc.fill_null(articles.column("published_at").cast(pa.date32()).cast(pa.int32()), _NULL)
    days = days.to_numpy().astype(np.int64)
    known = days != _NULL
    if "published_at_precision" in articles.column_names:  # no run of before there was one wrote it
        precision = articles.column("published_at_precision")
        known &= ~pc.fill_null(pc.equal(precision, "year"), False).to_numpy()
        days += pc.fill_null(pc.equal(precision, "month"), False).to_numpy() * _HALF_MONTH
    days = np.where(known, np.clip(days + _FIRST_OF_1970, 1, None), NO_DAY)
    offsets = pa.array(bounds.astype(np.int32))
    values = {"terms": terms, "counts": np.minimum(counts, 255).astype(np.uint8)}
    return {
        "article_id": articles.column("article_id"),
        "day": pa.array(days.astype(np.int32)),
        **{
            name: pa.ListArray.from_arrays(
                offsets, pa.array(part), type=SCHEMAS["articles"].field(name).type
            )
            for name, part in values.items()
        },
    }


_FIRST_OF_1970 = 719_163
"""Day of the Gregorian calendar, counted from 1 January of the year 1, which is 1."""

_NULL = -(1 << 31)

_HALF_MONTH = 14
"""Days from the first of a month, the date of an article that says no day, to its middle."""


def _periods(days: I64) -> U64:
    return np.where(days == NO_DAY, 0, days // PERIOD_DAYS + 1).astype(np.uint64)


def _table(stream: str, columns: dict[str, Any]) -> pa.Table:
    schema = SCHEMAS[stream]
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _indexed(articles: pa.Table, rows: I64, stories: pa.Array) -> pa.Table:
    """Returns ``indexed_articles``, sorted by period, article and story.

    Args:
      articles: the columns that all streams have.
      rows: which of them.
      stories: of each.
    """
    keys = articles.select(["day", "article_id"]).take(rows)
    periods = _periods(keys.column("day").to_numpy().astype(np.int64))
    keys = keys.append_column("period", pa.array(periods)).append_column("story_id", stories)
    order = pc.sort_indices(
        keys, [(name, "ascending") for name in ("period", "article_id", "story_id")]
    )
    rows, articles = rows[order], articles.combine_chunks()
    # For each member of a list that Arrow takes, it needs another eight bytes.
    parts = [rows[at : at + AT_A_TIME] for at in range(0, max(1, len(rows)), AT_A_TIME)]
    taken = pa.concat_tables([articles.take(part) for part in parts])
    keys = keys.select(["period", "story_id"]).take(order)
    columns = {name: part.column(name) for part in (taken, keys) for name in part.column_names}
    return _table("indexed_articles", columns)


def join(tables: Tables, window: int) -> dict[str, pa.Table]:
    """Returns ``annotations``, ``story_merges`` and the new rows of ``indexed_articles``.

    Args:
      tables: ``articles`` of this run, ``earlier_articles`` of the index.
      window: most days between an article and a story.
    """
    new, earlier = tables["articles"], tables["earlier_articles"]
    names = ["article_id", "day", "terms", "counts"]
    both = pa.concat_tables([earlier.select(names), new.select(names)])
    # Of an article with several rows the story whose id sorts first counts: that of its last merge.
    first = _first_by_id(earlier, "story_id")
    rows = np.append(first, len(earlier) + _first_by_id(new, "shard", "row"))
    keys = both.select(["day", "article_id"]).take(rows)
    order = pc.sort_indices(keys, [("day", "ascending"), ("article_id", "ascending")])
    keys, rows = keys.take(order), rows[order]
    ids, days = keys.column("article_id"), keys.column("day").to_numpy()
    is_new = rows >= len(earlier)
    old = earlier.column("story_id").take(pa.array(rows, mask=is_new)).combine_chunks()
    own = _first_places(old)
    joined = join_articles(
        days.astype(np.int64), *_vectors(both, rows), *(own, is_new, window, LINK)
    )
    # All others keep their stories: so a batch costs no Python of every earlier article.
    places = np.flatnonzero(np.isin(joined, joined[is_new | (joined != own)]))
    own_ids, before = ids.take(places).to_pylist(), old.take(places).to_pylist()
    stories, merges = _name(joined[places], own_ids, days[places], before)
    changed = np.array([story != name for story, name in zip(stories, before, strict=True)], bool)
    named = pa.array(stories, pa.string())
    place = pc.index_in(new.column("article_id"), value_set=pa.array(own_ids, pa.string()))
    return {
        "annotations": _table(
            "annotations",
            {
                "shard": new.column("shard"),
                "row": new.column("row"),
                "story_id": named.take(place),
            },
        ),
        "story_merges": pa.Table.from_pylist(merges, schema=SCHEMAS["story_merges"]),
        "indexed_articles": _indexed(both, rows[places[changed]], named.filter(pa.array(changed))),
    }


def _first_places(stories: pa.Array) -> I64:
    """Returns of each article the first place of its story; its own where that is null."""
    encoded = stories.dictionary_encode()  # numbers the stories in the order of their first places
    numbers = encoded.indices.fill_null(-1).to_numpy()
    places = np.arange(len(stories))
    known = numbers >= 0
    _, first = np.unique(numbers[known], return_index=True)
    places[known] = places[known][first][numbers[known]]
    return places


def _vectors(rows: pa.Table, chosen: I64) -> tuple[I64, I64, I32, F32]:
    """Returns the vectors of some rows: where each begins and ends in the other two, and these."""
    lists, order = rows.select(["terms", "counts"]), np.sort(chosen)
    if len(order) < len(lists):
        lists = lists.take(order)
    terms, counts = (column.combine_chunks() for column in lists.columns)
    bounds, numbers, weights = term_vectors(
        terms.offsets.to_numpy().astype(np.int64), terms.values.to_numpy(), counts.values.to_numpy()
    )
    place = np.searchsorted(order, chosen)
    return bounds[place], bounds[place + 1], numbers, weights


def _first_by_id(rows: pa.Table, *names: str) -> I64:
    """Returns the places of one row an article, the first by some columns, in order of the ids."""
    keys = [(name, "ascending") for name in ("article_id", *names)]
    order = pc.sort_indices(rows.select([name for name, _ in keys]), keys)
    ids = rows.column("article_id").take(order)
    is_first = np.append(True, pc.not_equal(ids[1:], ids[:-1]).to_numpy())[: len(ids)]
    return np.asarray(order.to_numpy().astype(np.int64)[is_first])


def _name(
    joined: I64, ids: Sequence[str], days: Any, old: Sequence[str | None]
) -> tuple[list[str], list[dict[str, str]]]:
    """Returns the story of each article, and the rows of ``story_merges``.

    A story of earlier runs keeps its name; of several the one that sorts first, so that merges make
    no circle. A new one has the name of its first article.

    Args:
      joined: a number for each article, the same for those of one story.
      ids: of the articles.
      days: when they were published.
      old: their stories by earlier runs, None for new articles.
    """
    stories = [""] * len(ids)
    merges = []
    places = np.argsort(joined, kind="stable").tolist()
    for _, members in itertools.groupby(places, key=lambda place: int(joined[place])):
        story = list(members)
        committed = sorted({name for place in story if (name := old[place]) is not None})
        if committed:
            into = committed[0]
        else:
            into = min((days[place] == NO_DAY, days[place], ids[place]) for place in story)[2]
        merges += [{"story_id": name, "into_story_id": into} for name in committed[1:]]
        for place in story:
            stories[place] = into
    merges.sort(key=lambda row: row["story_id"])
    return stories, merges
