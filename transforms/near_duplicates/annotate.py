"""Attaches what the stages found to the paragraphs and articles of a shard."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform import Tables
from transforms.arrays import I64, U32, Mask
from transforms.near_duplicates.boilerplate import (
    HEAD_RULE,
    KEEP,
    MAX_SHARES,
    RULES,
    TAIL_RULE,
)
from transforms.near_duplicates.origins import Origins, Rows, article_ids, paragraph_ids
from transforms.near_duplicates.rows import columns_of, select


def annotate(tables: Tables, annotations: pa.Table) -> dict[str, pa.Table]:
    """Returns a shard's tables with the columns of this transform.

    Args:
      tables: ``articles`` (with ``text``, ``word_count``, ``paragraph_count``,
        ``removed_line_count``), ``paragraphs`` (with ``article``, ``line_number``,
        ``paragraph_id``, ``text``, ``word_count``) and ``removed_lines`` (with ``article``,
        ``line_number``, ``text``, ``rule``); ``article`` is the row of the article.
      annotations: rows of the stream; a paragraph has at most one with its fate and its cluster,
        one if it is a copy, and one if its article is an edition.
    """
    rows = columns_of(annotations)
    articles, paragraphs = tables["articles"], tables["paragraphs"]
    count = len(paragraphs)
    is_copy, is_edition = Origins.of(rows, "source_").exists, rows["edition_number"] > 0
    articles = _with_editions(articles, paragraphs, select(rows, is_edition))
    copies, rows = select(rows, is_copy), select(rows, ~is_copy & ~is_edition)
    row = rows["row"].astype(np.int64)
    position = np.full(count, -1, np.int64)
    position[row] = np.arange(len(row))
    removal = np.full(count, KEEP, np.uint8)
    removal[row] = rows["removal"]
    # Boilerplate that stays after all represents itself: the first of its cluster may be removed.
    cluster_of = pa.array(position, pa.int64(), mask=(position < 0) | (removal != KEEP))
    cluster = paragraph_ids(Origins.of(rows, "cluster_")).take(cluster_of)
    copy = np.full(count, -1, np.int64)
    copy[copies["row"]] = np.arange(len(copies["row"]))
    is_duplicate = copy >= 0
    source_of = pa.array(copy, pa.int64(), mask=~is_duplicate)
    source = paragraph_ids(Origins.of(copies, "source_"))
    paragraphs = (
        paragraphs.append_column(
            "cluster_id", pc.coalesce(cluster, paragraphs.column("paragraph_id"))
        )
        .append_column("is_duplicate", pa.array(is_duplicate))
        .append_column("duplicate_of", source.take(source_of))
        .append_column("similarity", pa.array(copies["similarity"], pa.float64()).take(source_of))
    )
    article = paragraphs.column("article").to_numpy()
    gone = np.zeros(count, bool)
    if (removal != KEEP).any():
        words = paragraphs.column("word_count").to_numpy()
        for kind, share in MAX_SHARES.items():
            taken = removal == kind
            gone |= taken & ~_exceeds(taken, article, words * ~gone, share)
    cut = row[((rows["head"] > 0) | (rows["tail"] > 0)) & ~gone[row]]
    removed = tables["removed_lines"]
    if gone.any() or len(cut):
        lines = paragraphs.filter(pa.array(gone)).select(["article", "line_number", "text"])
        rule = [RULES[kind] for kind in removal[gone].tolist()]
        paragraphs, parts = _cut(paragraphs, cut, rows["head"], rows["tail"], position)
        lines = lines.append_column("rule", pa.array(rule, pa.string()))
        added = pa.concat_tables([lines.cast(removed.schema), parts.cast(removed.schema)])
        removed = pa.concat_tables([removed, added])
        paragraphs = paragraphs.filter(pa.array(~gone))
        articles = _recount(articles, paragraphs, added.column("article").to_numpy())
        article, is_duplicate = article[~gone], is_duplicate[~gone]
    duplicates = np.bincount(article[is_duplicate], minlength=len(articles))
    unique = _with_texts(
        articles.column("text"), duplicates > 0, paragraphs.filter(pa.array(~is_duplicate))
    )
    articles = articles.append_column("unique_text", unique).append_column(
        "duplicate_paragraph_count", pa.array(duplicates, pa.int64())
    )
    return {**tables, "articles": articles, "paragraphs": paragraphs, "removed_lines": removed}


def _with_editions(articles: pa.Table, paragraphs: pa.Table, rows: Rows) -> pa.Table:
    """Returns articles with ``edition_of`` and ``edition_number``.

    Args:
      articles: of the shard.
      paragraphs: of the shard.
      rows: annotations of the articles that are a later edition, by their first paragraph.
    """
    at = paragraphs.column("article").to_numpy()[rows["row"]]
    number = np.ones(len(articles), np.int32)
    number[at] = rows["edition_number"]
    first = np.full(len(articles), -1, np.int64)
    first[at] = np.arange(len(at))
    ids = article_ids(rows["edition_article"], rows["edition_low"])
    return articles.append_column(
        "edition_of", ids.take(pa.array(first, pa.int64(), mask=first < 0))
    ).append_column("edition_number", pa.array(number, pa.int32()))


def _cut(
    paragraphs: pa.Table, cut: I64, head: U32, tail: U32, position: I64
) -> tuple[pa.Table, pa.Table]:
    """Cuts heads and tails from paragraphs.

    What the stages found holds of the whole paragraph: its copies and sources are those of the
    text with its template.

    Args:
      paragraphs: of the shard.
      cut: rows of those that are cut.
      head: characters of a paragraph before the rest, 0 for no head, by annotation.
      tail: characters of it up to the end of the rest, 0 for no tail, by annotation.
      position: annotation of each paragraph.

    Returns:
      The paragraphs, and a row of ``removed_lines`` for each part cut off.
    """
    rests: list[str] = []
    parts: list[tuple[int, str, str]] = []
    for row, text in zip(
        cut.tolist(), paragraphs.column("text").take(pa.array(cut)).to_pylist(), strict=True
    ):
        start, end = int(head[position[row]]), int(tail[position[row]]) or len(text)
        rests.append(text[start:end].strip())
        for part, rule in ((text[:start], HEAD_RULE), (text[end:], TAIL_RULE)):
            if part:
                parts.append((row, part.strip(), rule))
    is_cut = np.zeros(len(paragraphs), bool)
    is_cut[cut] = True
    at = paragraphs.schema.get_field_index("text")
    rest = pa.array([rests[place] for place in np.argsort(cut)], pa.string())
    texts = pc.replace_with_mask(paragraphs.column("text"), pa.array(is_cut), rest)
    rows = pa.array([row for row, _, _ in parts], pa.int64())
    removed = paragraphs.select(["article", "line_number"]).take(rows)
    for name, place in (("text", 1), ("rule", 2)):
        removed = removed.append_column(
            name, pa.array([part[place] for part in parts], pa.string())
        )
    return paragraphs.set_column(at, paragraphs.schema.field(at), texts), removed


def _exceeds(taken: Mask, article: I64, words: I64, share: float) -> Mask:
    """Returns which paragraphs are of articles that would lose more than a share of their words.

    Such an article is a version of another with a new headline, not one with boilerplate.
    """
    lost = np.bincount(article, weights=words * taken)
    return np.asarray((lost > share * np.bincount(article, weights=words))[article])


def _with_texts(texts: pa.ChunkedArray, touched: Mask, paragraphs: pa.Table) -> pa.ChunkedArray:
    """Returns texts of articles, those of the touched ones joined from their paragraphs."""
    article = paragraphs.column("article").to_numpy()
    chosen = np.flatnonzero(touched[article])
    lines: dict[int, list[str]] = {row: [] for row in np.flatnonzero(touched).tolist()}
    parts = paragraphs.column("text").take(pa.array(chosen)).to_pylist()
    for row, text in zip(article[chosen].tolist(), parts, strict=True):
        lines[row].append(text)
    new = pa.array(["\n\n".join(parts) for parts in lines.values()], pa.string())
    return pc.replace_with_mask(texts, pa.array(touched), new)


def _recount(articles: pa.Table, paragraphs: pa.Table, removed: I64) -> pa.Table:
    """Returns articles with new text and counts where lines or parts of them were removed.

    Args:
      articles: as they were.
      paragraphs: those that are left.
      removed: the article of each line or part removed.
    """
    article = paragraphs.column("article").to_numpy()
    words = paragraphs.column("word_count").to_numpy()
    lost = np.bincount(removed, minlength=len(articles))
    columns = {
        "text": _with_texts(articles.column("text"), lost > 0, paragraphs),
        "word_count": np.bincount(article, weights=words, minlength=len(articles)).astype(np.int64),
        "paragraph_count": np.bincount(article, minlength=len(articles)),
        "removed_line_count": articles.column("removed_line_count").to_numpy() + lost,
    }
    for name, values in columns.items():
        field = articles.schema.field(name)
        place = articles.schema.get_field_index(name)
        if isinstance(values, np.ndarray):
            values = pa.array(values, field.type)
        articles = articles.set_column(place, field, values)
    return articles
