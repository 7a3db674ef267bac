"""Attaches what the stages found to the paragraphs and articles of a shard."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.near_duplicates.rows import NO_ORIGIN, Mask, Rows, Tables, origins_of, paragraph_ids
from transforms.near_duplicates.stages import BLOCK_MOST, KEPT, STANDING, STOP_MOST, STOPPED
from transforms.shingles import I64

STOP_RULE = "outlet_repeat_v1"

BLOCK_RULE = "outlet_block_v1"


def annotate(tables: Tables, labels: Rows) -> dict[str, pa.Table]:
    """Returns a piece's tables with the columns of this step.

    Args:
      tables: ``articles`` (with ``text``, ``word_count``, ``paragraph_count``,
        ``removed_line_count``), ``paragraphs`` (with ``article``, ``line_number``,
        ``paragraph_id``, ``text``, ``word_count``) and ``removed_lines`` (with ``article``,
        ``line_number``, ``text``, ``rule``); ``article`` is the row of the article.
      labels: one row a paragraph that has something to be told.
    """
    articles, paragraphs = tables["articles"], tables["paragraphs"]
    count = len(paragraphs)
    row = labels["row"].astype(np.int64)
    cluster = paragraph_ids(origins_of(labels, "cluster_"))
    source = origins_of(labels, "source_")
    duplicates = source.time != NO_ORIGIN
    is_duplicate = np.zeros(count, bool)
    is_duplicate[row[duplicates]] = True
    position = np.full(count, -1, np.int64)
    position[row] = np.arange(len(row))
    verdict = np.full(count, KEPT, np.uint8)
    verdict[row] = labels["stop"]
    # Boilerplate that stays after all leads itself: the first of its cluster may be taken out.
    label_of = pa.array(position, pa.int64(), mask=(position < 0) | (verdict != KEPT))
    source_of = pa.array(position, pa.int64(), mask=~is_duplicate)
    paragraphs = (
        paragraphs.append_column(
            "cluster_id", pc.coalesce(cluster.take(label_of), paragraphs.column("paragraph_id"))
        )
        .append_column("is_duplicate", pa.array(is_duplicate))
        .append_column("duplicate_of", paragraph_ids(source).take(source_of))
        .append_column("similarity", pa.array(labels["similarity"], pa.float64()).take(source_of))
    )
    article = paragraphs.column("article").to_numpy()
    stopped = np.zeros(count, bool)
    if (verdict != KEPT).any():
        words = paragraphs.column("word_count").to_numpy()
        for kind, most in ((STOPPED, STOP_MOST), (STANDING, BLOCK_MOST)):
            taken = verdict == kind
            stopped |= taken & ~_mostly(taken, article, words * ~stopped, most)
    removed = tables["removed_lines"]
    touched = np.zeros(len(articles), bool)
    if stopped.any():
        touched[article[stopped]] = True
        taken = paragraphs.filter(pa.array(stopped)).select(["article", "line_number", "text"])
        rules = {STOPPED: STOP_RULE, STANDING: BLOCK_RULE}
        rule = pa.array(
            [rules[number] for number in verdict[stopped].tolist()],
            removed.schema.field("rule").type,
        )
        removed = pa.concat_tables(
            [removed, taken.append_column("rule", rule).cast(removed.schema)]
        )
        paragraphs = paragraphs.filter(pa.array(~stopped))
        articles = _recount(articles, paragraphs, touched, article[stopped])
        article, is_duplicate = article[~stopped], is_duplicate[~stopped]
    duplicate_count = np.bincount(article[is_duplicate], minlength=len(articles))
    unique = _kept_texts(paragraphs, article, duplicate_count > 0, ~is_duplicate)
    articles = articles.append_column("unique_text", _replaced(articles.column("text"), unique))
    articles = articles.append_column(
        "duplicate_paragraph_count", pa.array(duplicate_count, pa.int64())
    )
    return {**tables, "articles": articles, "paragraphs": paragraphs, "removed_lines": removed}


def _mostly(stopped: Mask, article: I64, words: I64, most: float) -> Mask:
    """Returns which paragraphs are of articles that would lose more than a share of their words.

    Such an article is a version of another with a new headline, not one with boilerplate.
    """
    lost = np.bincount(article, weights=words * stopped)
    return np.asarray((lost > most * np.bincount(article, weights=words))[article])


def with_stop_paragraphs(tables: Tables) -> pa.Table:
    """Returns the paragraphs of committed articles, those that were taken out as stop too."""
    paragraphs = tables["paragraphs"].select(["article", "line_number", "text", "cluster_id"])
    paragraphs = paragraphs.append_column("standing", pa.array(np.zeros(len(paragraphs), bool)))
    removed = tables["removed_lines"]
    stopped = removed.filter(
        pc.is_in(removed.column("rule"), pa.array([STOP_RULE, BLOCK_RULE], pa.string()))
    )
    standing = pc.equal(stopped.column("rule"), BLOCK_RULE)
    article_ids = tables["articles"].column("article_id").take(stopped.column("article"))
    ids = [
        f"{article}-{line:04d}"
        for article, line in zip(
            article_ids.to_pylist(), stopped.column("line_number").to_pylist(), strict=True
        )
    ]
    stopped = (
        stopped.select(["article", "line_number", "text"])
        .append_column("cluster_id", pa.array(ids, pa.string()))
        .append_column("standing", standing)
    )
    return pa.concat_tables([paragraphs, stopped.cast(paragraphs.schema)])


def _kept_texts(
    paragraphs: pa.Table, article: I64, touched: Mask, kept: Mask
) -> list[tuple[int, str]]:
    """Returns (row, text of the kept paragraphs) of the touched articles."""
    chosen = np.flatnonzero(touched[article] & kept)
    lines: dict[int, list[str]] = {index: [] for index in np.flatnonzero(touched).tolist()}
    texts = paragraphs.column("text").take(pa.array(chosen)).to_pylist()
    for index, text in zip(article[chosen].tolist(), texts, strict=True):
        lines[index].append(text)
    return [(index, "\n\n".join(parts)) for index, parts in lines.items()]


def _replaced(texts: pa.ChunkedArray, anew: Sequence[tuple[int, str]]) -> pa.ChunkedArray:
    """Returns texts with those anew, given by (row, text), in the place of the old."""
    if not anew:
        return texts
    rows, new = zip(*anew, strict=True)
    place = np.arange(len(texts))
    place[list(rows)] = len(texts) + np.arange(len(new))
    both = pa.chunked_array([*texts.chunks, pa.array(new, pa.string())], pa.string())
    return both.take(pa.array(place))


def _recount(articles: pa.Table, paragraphs: pa.Table, touched: Mask, stopped: I64) -> pa.Table:
    """Returns articles with text and counts anew where stop paragraphs were taken out."""
    article = paragraphs.column("article").to_numpy()
    words = paragraphs.column("word_count").to_numpy()
    removed = np.bincount(stopped, minlength=len(articles))
    texts = _kept_texts(paragraphs, article, touched, np.ones(len(article), bool))
    columns = {
        "text": _replaced(articles.column("text"), texts),
        "word_count": np.bincount(article, weights=words, minlength=len(articles)).astype(np.int64),
        "paragraph_count": np.bincount(article, minlength=len(articles)),
        "removed_line_count": articles.column("removed_line_count").to_numpy() + removed,
    }
    for name, values in columns.items():
        field = articles.schema.field(name)
        place = articles.schema.get_field_index(name)
        if isinstance(values, np.ndarray):
            values = pa.array(values, field.type)
        articles = articles.set_column(place, field, values)
    return articles
