"""Rows of the index: origins, cluster, counts and word hashes of each text of a run."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform import Tables
from transforms.arrays import U64
from transforms.near_duplicates.articles import committed_rows
from transforms.near_duplicates.boilerplate import (
    HEAD_RULE,
    STORY_KEYS,
    TAIL_RULE,
    WHOLE_LINE_RULES,
)
from transforms.near_duplicates.exact import PAIRED, all_occurrences, first_occurrences, new_origins
from transforms.near_duplicates.fingerprints import fingerprint
from transforms.near_duplicates.origins import (
    NEW,
    NO_ORIGIN,
    Origins,
    Rows,
    article_halves,
    parse_paragraph_ids,
)
from transforms.near_duplicates.rows import (
    TextWords,
    columns_of,
    concatenate,
    distinct_words,
    find,
    group_sizes,
    group_starts,
    list_array,
    no_rows,
    order_of,
    ragged_positions,
    select,
)
from transforms.near_duplicates.streams import SCHEMAS, stream_table

_LINE = ("article", "line_number")
"""Columns that name a line within a shard."""


def indexed_texts(
    occurrences: Rows,
    origins: Rows,
    clusters: Origins,
    removed: U64,
    tables: Tables,
    earlier: Tables,
) -> pa.Table:
    """Returns the index rows of the texts of a run.

    Args:
      occurrences: rows of the run.
      origins: sorted by text.
      clusters: the first paragraph of the cluster of each.
      removed: texts that this run removed as boilerplate of an outlet.
      tables: ``texts``.
      earlier: ``indexed_texts`` of earlier runs.
    """
    indexed = earlier["indexed_texts"]
    return _index_rows(
        occurrences,
        new_origins(occurrences, origins, indexed.column("text").to_numpy()),
        clusters,
        removed,
        distinct_words(tables["texts"], indexed),
    )


def _index_rows(
    occurrences: Rows, origins: Rows, clusters: Origins, removed: U64, words: TextWords
) -> pa.Table:
    """Returns rows of ``indexed_texts``: one a text, and one for each paragraph beyond the second.

    Args:
      occurrences: rows of the run.
      origins: of the texts by what this run adds, sorted by text.
      clusters: the first paragraph of the cluster of each.
      removed: texts that were removed as boilerplate of an outlet.
      words: of the texts that have near-duplicates.
    """
    texts = origins["text"]
    index, found = find(words.texts, texts)
    lengths = np.where(found, np.append(words.lengths, 0)[index], 0)
    values = words.words[ragged_positions(np.append(words.starts, 0)[index], lengths)]
    committed = {
        name: np.where(origins[name] == NO_ORIGIN, NO_ORIGIN, origins[name] & ~NEW)
        for name in ("first_time", "other_time")
    }
    rows = {
        **origins,
        **committed,
        **clusters.columns("cluster_"),
        "cluster_time": np.zeros(len(texts), np.uint64),  # only the id is used
        "in_block": np.isin(texts, removed),
        "run": np.zeros(len(texts), np.uint32),
    }
    more = _further(occurrences, rows)
    lengths = np.append(lengths, np.zeros(len(more["text"]), np.int64))
    rows = concatenate(rows, more) | {"words": list_array(values, lengths)}
    return stream_table("indexed_texts", rows)


def _further(occurrences: Rows, texts: Rows) -> Rows:
    """Returns rows like ``texts`` for the paragraphs of a text that these do not name.

    They add nothing to the counts of articles, and are as many as are paired with each other.
    """
    rows = all_occurrences(occurrences, no_rows("indexed_texts"))
    place, _ = find(texts["text"], rows["text"])
    starts = group_starts(rows["text"])
    rank = np.arange(len(place)) - np.repeat(starts, group_sizes(starts, len(place)))
    origins = Origins.of(rows)
    named = [Origins.of(texts, prefix).take(place) for prefix in ("first_", "other_")]
    more = ~origins.same_paragraph(named[0]) & ~origins.same_paragraph(named[1])
    chosen = np.flatnonzero(more & (rank < PAIRED))
    nothing = np.zeros(len(chosen), np.uint32)
    none = Origins(*np.full((3, len(chosen)), NO_ORIGIN))
    origins = origins.take(chosen)
    return {
        **select(texts, place[chosen]),
        **{f"first_{name}": rows[name][chosen] for name in STORY_KEYS},
        **origins._replace(time=origins.time & ~NEW).columns("first_"),
        **none.columns("other_"),
        "articles": nothing,
        "outlet_articles": nothing,
    }


def reindex(tables: Tables) -> dict[str, pa.Table]:
    """Returns the rows of indexed streams for articles that a run has committed.

    Args:
      tables: ``articles`` and ``paragraphs`` as for ``fingerprint``, the latter with
        ``cluster_id`` and ``is_duplicate``; ``removed_lines``.
    """
    paragraphs = _with_boilerplate(tables)
    removed = tables["removed_lines"]
    boilerplate = pc.is_in(
        removed.column("rule"), pa.array([HEAD_RULE, TAIL_RULE, *WHOLE_LINE_RULES])
    )
    streams = fingerprint(
        0,
        {
            "articles": tables["articles"],
            "paragraphs": paragraphs,
            "removed_lines": removed.filter(pc.invert(boilerplate)),
        },
    )
    occurrences = columns_of(streams["occurrences"])
    order = order_of(*(occurrences[name] for name in ("text", "time", "article", "line")))
    first = occurrences["row"][order[group_starts(occurrences["text"][order])]]
    in_block = paragraphs.column("in_block").to_numpy(zero_copy_only=False)
    high, _ = article_halves(tables["articles"].column("article_id"))
    return {
        "shingles": streams["shingles"],
        "indexed_articles": committed_rows(
            streams["article_words"],
            _changes(tables["paragraphs"], removed.filter(boilerplate), high),
            _copied(tables["paragraphs"], high),
            _editions(tables["articles"]),
            np.zeros(0, np.uint64),
        ),
        "bands": streams["bands"],
        "winnowed": streams["winnowed"],
        "indexed_affixes": streams["affixes"].select(SCHEMAS["indexed_affixes"].names),
        "indexed_texts": _index_rows(
            occurrences,
            first_occurrences(occurrences, no_rows("indexed_texts")),
            parse_paragraph_ids(paragraphs.column("cluster_id").take(pa.array(first))),
            occurrences["text"][in_block[occurrences["row"]]],
            distinct_words(streams["texts"], SCHEMAS["indexed_texts"].empty_table()),
        ),
    }


def _changes(paragraphs: pa.Table, removed: pa.Table, articles: U64) -> Rows:
    """Returns ``changes`` of committed articles, lines being as ``_with_boilerplate`` joins them.

    Args:
      paragraphs: as they are committed.
      removed: the lines, and parts of lines, that went as boilerplate of an outlet.
      articles: numbers of the articles.
    """
    whole, heads, tails = [], {}, {}
    for part in removed.to_pylist():
        line = (part["article"], part["line_number"])
        if part["rule"] == HEAD_RULE:
            heads[line] = len(part["text"]) + 1
        elif part["rule"] == TAIL_RULE:
            tails[line] = 0
        else:
            whole.append(line)
    if tails:
        row_of = _rows_of_lines(paragraphs)
        sizes = pc.utf8_length(paragraphs.column("text")).to_pylist()
        tails = {line: heads.get(line, 0) + sizes[row_of[line]] for line in tails}
    found = [*whole, *(heads | tails)]
    lines = np.array(found, np.int64).reshape(-1, 2)
    return {
        "article": articles[lines[:, 0]],
        "line": lines[:, 1],
        "removed": np.arange(len(found)) < len(whole),
        "head": np.array([heads.get(line, 0) for line in found], np.int64),
        "tail": np.array([tails.get(line, 0) for line in found], np.int64),
    }


def _rows_of_lines(paragraphs: pa.Table) -> dict[tuple[int, int], int]:
    """Returns the row of each paragraph by the row of its article and the number of its line."""
    names = (paragraphs.column(name).to_pylist() for name in _LINE)
    return {line: row for row, line in enumerate(zip(*names, strict=True))}


def _copied(paragraphs: pa.Table, articles: U64) -> Rows:
    """Returns ``article`` and ``line`` of committed paragraphs that are copies."""
    copies = paragraphs.filter(pc.fill_null(paragraphs.column("is_duplicate"), False))
    return {
        "article": articles[copies.column("article").to_numpy()],
        "line": copies.column("line_number").to_numpy(),
    }


def _editions(articles: pa.Table) -> Rows:
    """Returns the rows of ``editions`` of committed articles."""
    articles = articles.filter(pc.is_valid(articles.column("edition_of")))
    ids = (article_halves(articles.column(name)) for name in ("article_id", "edition_of"))
    (article, low), (first, first_low) = ids
    return {
        "article": article,
        "low": low,
        "first_article": first,
        "first_low": first_low,
        "number": articles.column("edition_number").to_numpy().astype(np.uint32),
    }


def _with_boilerplate(tables: Tables) -> pa.Table:
    """Returns the paragraphs of committed articles as they were before boilerplate was removed."""
    paragraphs = tables["paragraphs"].select(["article", "line_number", "text", "cluster_id"])
    paragraphs = paragraphs.append_column("in_block", pa.array(np.zeros(len(paragraphs), bool)))
    removed = tables["removed_lines"]
    rules = removed.column("rule")
    parts = removed.filter(pc.is_in(rules, pa.array([HEAD_RULE, TAIL_RULE])))
    if len(parts):
        texts = paragraphs.column("text").to_pylist()
        row_of = _rows_of_lines(paragraphs)
        for part in parts.to_pylist():
            row = row_of[part["article"], part["line_number"]]
            joined = (part["text"], texts[row])
            texts[row] = " ".join(joined if part["rule"] == HEAD_RULE else joined[::-1])
        at = paragraphs.schema.get_field_index("text")
        paragraphs = paragraphs.set_column(at, "text", pa.array(texts, pa.string()))
    removed = removed.filter(pc.is_in(rules, pa.array(WHOLE_LINE_RULES)))
    articles = tables["articles"].column("article_id").take(removed.column("article"))
    lines = pc.utf8_lpad(removed.column("line_number").cast(pa.string()), 4, "0")
    removed = (
        removed.append_column("cluster_id", pc.binary_join_element_wise(articles, lines, "-"))
        .append_column("in_block", pa.array(np.ones(len(removed), bool)))
        .select(paragraphs.column_names)
    )
    rows = pa.concat_tables([paragraphs, removed.cast(paragraphs.schema)])
    return rows.sort_by([(name, "ascending") for name in _LINE])
