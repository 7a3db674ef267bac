"""Articles as they are compared: their words, and what earlier runs know of them."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from pipeline.transform import Tables
from transforms.arrays import I64, U32, U64, Mask
from transforms.compiled import layouts
from transforms.compiled.sets import hash_order
from transforms.compiled.words import Words
from transforms.near_duplicates.origins import LINE_BITS, NEW, NO_ORIGIN, Origins, Rows
from transforms.near_duplicates.rows import (
    annotations,
    columns_of,
    find,
    group_starts,
    join,
    list_array,
    packed,
    select,
    starts_of,
)
from transforms.near_duplicates.streams import (
    ARTICLE,
    ARTICLE_WORDS,
    EDITION,
    EVIDENCE,
    stream_table,
)


def article_rows(
    shard: int,
    columns: Rows,
    evidence: pa.Table,
    article: I64,
    lines: I64,
    words: Words,
    short_words: U32,
) -> pa.Table:
    """Returns ``article_words`` of a shard.

    Args:
      shard: its number.
      columns: ``article`` and the columns of ``ARTICLE`` of n articles.
      evidence: the columns of ``EVIDENCE``.
      article: of each paragraph, ascending.
      lines: of each paragraph.
      words: of the paragraphs.
      short_words: their 32-bit hashes.
    """
    count = len(columns["article"])
    bounds = np.searchsorted(article, np.arange(count + 1))
    data, places = layouts.encode_layout(words.starts, words.ends, words.offsets)
    layout = pa.Array.from_buffers(
        pa.binary(),
        count,
        [None, pa.py_buffer(places[bounds].astype(np.int32)), pa.py_buffer(data)],
    )
    paragraphs = np.diff(bounds)
    return stream_table(
        "article_words",
        {
            **columns,
            **{name: evidence.column(name).combine_chunks() for name in EVIDENCE},
            "shard": np.full(count, shard, np.uint64),
            "row": bounds[:-1].astype(np.uint32),
            "words": list_array(short_words, np.diff(words.offsets[bounds])),
            "layout": layout,
            "lines": list_array(lines.astype(np.uint32), paragraphs),
            "paragraph_words": list_array(np.diff(words.offsets).astype(np.uint32), paragraphs),
        },
    )


NO_TAIL = np.uint32(0xFFFFFFFF)
"""End of the rest of a paragraph without a tail; beyond all characters."""


class Articles(NamedTuple):
    """Articles of this run and of earlier ones.

    Attributes:
      columns: ``article``, ascending, those of ``ARTICLE`` and of ``EDITION``; shape (n,).
      evidence: the columns of ``ARTICLE`` and ``EVIDENCE``.
      words: of all articles after one another.
      word_starts: where those of each begin.
      word_counts: how many it has.
      starts: where each word begins, in characters of what is left of its paragraph.
      ends: where it ends.
      usable: whether each word may be part of a passage: not in a line, or a head or tail of one,
        that boilerplate of an outlet takes.
      lines: of the paragraphs of all articles.
      paragraph_starts: first word of each paragraph, in words of the article.
      paragraph_places: where the paragraphs of each article begin.
      paragraph_counts: how many it has.
      is_copied: whether each paragraph is a copy by what an earlier run has committed.
    """

    columns: Rows
    evidence: pa.Table
    words: U32
    word_starts: I64
    word_counts: I64
    starts: U32
    ends: U32
    usable: Mask
    lines: U32
    paragraph_starts: U32
    paragraph_places: I64
    paragraph_counts: I64
    is_copied: Mask


def look_up(wanted: U64, tables: Tables, earlier: Tables) -> tuple[Articles, I64]:
    """Returns articles, and which of them each wanted one is.

    Args:
      wanted: numbers of articles.
      tables: ``article_words`` and ``changes``.
      earlier: ``indexed_articles``.

    Raises:
      ValueError: an article is not known.
    """
    indexed = earlier["indexed_articles"]
    # Of an article that is committed and read again the committed row counts.
    rows = pa.concat_tables([_with_edition(indexed), _with_edition(tables["article_words"])])
    numbers = rows.column("article").to_numpy()
    order = hash_order(numbers)
    order = order[group_starts(numbers[order])]
    distinct, member = np.unique(wanted, return_inverse=True)
    place, is_known = find(numbers[order], distinct)
    if not is_known.all():
        raise ValueError(
            f"article {distinct[~is_known][0]:016x} has shingles in the index, but no words. "
            "Rebuild the index with: copydesk reindex"
        )
    chosen = order[place]
    columns = {
        name: rows.column(name).to_numpy()[chosen] for name in ("article", *ARTICLE, *EDITION)
    }
    words, word_counts = packed(rows.column("words"), chosen)
    lines, paragraph_counts = packed(rows.column("lines"), chosen)
    sizes, _ = packed(rows.column("paragraph_words"), chosen)
    layout, layout_sizes = packed(rows.column("layout"), chosen)
    starts, ends = layouts.decode_layout(
        layout, starts_of(layout_sizes), paragraph_counts, sizes.astype(np.int64)
    )
    owner = np.repeat(np.arange(len(chosen)), paragraph_counts)
    keys = line_keys(owner, lines)
    changes = columns_of(tables["changes"])
    removed, copied = (_indexed_lines(indexed, name) for name in ("removed", "copied"))
    gone = np.append(
        _keys_of(distinct, *_lines(select(changes, changes["removed"]))),
        _keys_of(distinct, *removed),
    )
    heads, tails = _cuts(keys, distinct, changes, indexed)
    usable = np.repeat(~np.isin(keys, gone), sizes)
    if heads.any() or (tails < NO_TAIL).any():
        head, tail = np.repeat(heads, sizes), np.repeat(tails, sizes)
        usable &= (starts >= head) & (ends <= tail)
        starts, ends = (np.where(usable, place - head, 0) for place in (starts, ends))
    articles = Articles(
        columns,
        rows.select([*ARTICLE, *EVIDENCE]).take(pa.array(chosen)),
        words,
        starts_of(word_counts),
        word_counts,
        starts,
        ends,
        usable,
        lines,
        _first_words(sizes, paragraph_counts),
        starts_of(paragraph_counts),
        paragraph_counts,
        np.isin(keys, _keys_of(distinct, *copied)),
    )
    return articles, member


def _with_edition(articles: pa.Table) -> pa.Table:
    """Returns rows of ``article_words`` or ``indexed_articles`` with all columns of both."""
    for name, kind in EDITION.items():
        if name not in articles.column_names:
            # One of this run has no edition yet.
            nothing = NO_ORIGIN if kind == pa.uint64() else 0
            column = pa.array(np.full(len(articles), nothing), kind)
            articles = articles.append_column(pa.field(name, kind, nullable=False), column)
    return articles.select([*ARTICLE_WORDS, *EDITION])


def _first_words(sizes: U32, counts: I64) -> U32:
    """Returns the first word of each paragraph, in words of its article.

    Args:
      sizes: words of the paragraphs of all articles.
      counts: paragraphs of each article.
    """
    firsts = starts_of(sizes.astype(np.int64))
    owner = np.repeat(starts_of(counts), counts)
    return (firsts - firsts[owner]).astype(np.uint32)


def line_keys(article: I64, line: U32 | U64) -> U64:
    """Returns a number for each line of an article, from the row of the article."""
    return np.asarray(article.astype(np.uint64) << LINE_BITS | line.astype(np.uint64))


def _indexed_lines(indexed: pa.Table, column: str) -> tuple[U64, U32]:
    """Returns the lines in a column of ``indexed_articles``, and the article of each."""
    lines, counts = packed(indexed.column(column))
    return np.repeat(indexed.column("article").to_numpy(), counts), lines


def _lines(rows: Rows) -> tuple[U64, U64]:
    return rows["article"], rows["line"]


def _cuts(keys: U64, articles: U64, changes: Rows, indexed: pa.Table) -> tuple[U32, U32]:
    """Returns the characters before the rest of each paragraph, and those up to its end.

    Args:
      keys: of the paragraphs, ascending.
      articles: sorted numbers of their articles.
      changes: rows of this run.
      indexed: ``indexed_articles``.
    """
    heads = np.zeros(len(keys), np.uint32)
    tails = np.full(len(keys), NO_TAIL, np.uint32)
    values, counts = packed(indexed.column("cuts"))
    line, head, tail = values.reshape(-1, 3).T
    old = (np.repeat(indexed.column("article").to_numpy(), counts // 3), line), head, tail
    new = select(changes, ~changes["removed"])
    for lines, head, tail in (old, (_lines(new), new["head"], new["tail"])):
        index, found = find(articles, lines[0])
        key = line_keys(index[found], lines[1][found])
        place, is_here = find(keys, key)
        heads[place[is_here]] = head[found][is_here]
        tails[place[is_here]] = np.where(tail > 0, tail, NO_TAIL)[found][is_here]
    return heads, tails


def _keys_of(articles: U64, article: U64, line: U32 | U64) -> U64:
    """Returns the keys of those of some lines that are of one of the sorted articles."""
    index, found = find(articles, article)
    return line_keys(index[found], line[found])


def index_articles(tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
    """Returns the rows of ``indexed_articles`` of a run, and ``annotations``.

    An article that comes in several dumps is annotated in each: which of them it is taken from is
    not known here.

    Args:
      tables: ``article_words``, ``changes``, ``copied_lines`` and ``editions``.
      earlier: ``indexed_articles``.
    """
    articles, copied = tables["article_words"], columns_of(tables["copied_lines"])
    editions = columns_of(tables["editions"])
    # The later editions name the first; its own committed row does not say that it has any.
    editions = select(editions, editions["number"] > 1)
    known = earlier["indexed_articles"].column("article").to_numpy()
    own_lines = {"article": copied["article"], "line": copied["line"] & np.uint64(0xFFFFFFFF)}
    return {
        "indexed_articles": committed_rows(
            articles, columns_of(tables["changes"]), own_lines, editions, known
        ),
        "annotations": pa.concat_tables([_copies(articles, copied), _editions(articles, editions)]),
    }


def _copies(articles: pa.Table, copied: Rows) -> pa.Table:
    """Returns ``annotations`` of the paragraphs that are copies."""
    lines, counts = packed(articles.column("lines"))
    owner = np.repeat(np.arange(len(articles)), counts)
    number = np.arange(len(lines)) - np.repeat(starts_of(counts), counts)
    high, low = (articles.column(name).to_numpy() for name in ("article", "low"))
    paragraphs = high[owner], low[owner] << LINE_BITS | lines.astype(np.uint64)
    place, is_copy = join((copied["article"], copied["line"]), paragraphs)
    owner, place = owner[is_copy], place[is_copy]
    return annotations(
        len(owner),
        {
            "shard": articles.column("shard").to_numpy()[owner],
            "row": articles.column("row").to_numpy()[owner] + number[is_copy],
            "similarity": copied["similarity"][place],
            **Origins.of(copied, "source_").take(place).columns("source_"),
        },
    )


def _editions(articles: pa.Table, editions: Rows) -> pa.Table:
    """Returns ``annotations`` of the articles that are a later edition."""
    ids = [articles.column(name).to_numpy() for name in ("article", "low")]
    place, is_edition = join((editions["article"], editions["low"]), ids)
    place = place[is_edition]
    return annotations(
        len(place),
        {
            **{name: articles.column(name).to_numpy()[is_edition] for name in ("shard", "row")},
            "edition_article": editions["first_article"][place],
            "edition_low": editions["first_low"][place],
            "edition_number": editions["number"][place],
        },
    )


def committed_rows(
    articles: pa.Table, changes: Rows, copied: Rows, editions: Rows, known: U64
) -> pa.Table:
    """Returns rows of ``indexed_articles``, one an article that is not known.

    Args:
      articles: rows of ``article_words``.
      changes: the columns of that stream.
      copied: ``article`` and ``line`` of lines that are copies.
      editions: ``article`` and the columns of ``EDITION`` of those that have editions.
      known: numbers of articles.
    """
    numbers = articles.column("article").to_numpy()
    order = hash_order(numbers)
    order = order[group_starts(numbers[order])]
    order = order[~np.isin(numbers[order], known)]
    if len(order) < len(articles):
        articles = articles.take(pa.array(np.sort(order)))
    numbers = articles.column("article").to_numpy()
    order = hash_order(numbers)

    def listed(rows: Rows, *names: str) -> pa.ListArray:
        """Returns the lines of each article, each with some more columns."""
        index, found = find(numbers[order], rows["article"])
        rows = select(rows, found)
        keys = line_keys(order[index[found]], rows["line"])
        keys, first = np.unique(keys, return_index=True)
        values = np.stack([rows[name][first].astype(np.uint32) for name in ("line", *names)], 1)
        owner = (keys >> LINE_BITS).astype(np.int64)
        return list_array(
            values.ravel(), values.shape[1] * np.bincount(owner, minlength=len(order))
        )

    edition = np.full(len(order), -1)
    place, has_edition = find(numbers[order], editions["article"])
    edition[order[place[has_edition]]] = np.flatnonzero(has_edition)
    nothing: Rows = dict(zip(EDITION, np.array([NO_ORIGIN, NO_ORIGIN, 0], np.uint64), strict=True))
    return stream_table(
        "indexed_articles",
        {
            **{name: np.append(editions[name], nothing[name])[edition] for name in EDITION},
            **{name: articles.column(name).combine_chunks() for name in articles.column_names},
            "time": articles.column("time").to_numpy() & ~NEW,
            "removed": listed(select(changes, changes["removed"])),
            "cuts": listed(select(changes, ~changes["removed"]), "head", "tail"),
            "copied": listed(copied),
        },
    )
