"""The second pass: annotates a shard and writes its share of the warehouse."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import shards, shuffle
from pipeline.shards import Shard
from pipeline.shuffle import ShuffleBlock
from pipeline.tasks.job import Job, Output, TaskResult, naming, total
from pipeline.warehouse import BackgroundSync
from pipeline.word_counts import SPACELESS_LANGUAGES, count_words


def finish_shard(job: Job, shard: Shard, annotations: Sequence[ShuffleBlock]) -> TaskResult:
    """Annotates a shard and writes its rows of all tables.

    Args:
      job: the run.
      shard: the shard.
      annotations: blocks of the streams ``annotations`` of its partition.

    Raises:
      AccountingError: records or lines do not add up.
    """
    tables = shards.read_shard(shard.path)
    staged, staged_articles = tables["paragraphs"], tables["articles"]
    for transform in job.corpus_transforms:
        stream = next(s for s in transform.streams if s.name == transform.ANNOTATIONS)
        own = [block for block in annotations if block.transform == transform.name()]
        rows = shuffle.read_blocks(own, stream)
        rows = rows.filter(pc.equal(rows.column(stream.key), pa.scalar(shard.number, "uint64")))
        with naming(transform, "annotate"):
            tables = dict(transform.annotate(tables, rows))
    tables, parts = _recount_cut_lines(tables, staged)
    articles = _without_lost_words(job, tables["articles"], staged_articles)
    rejects = tables["rejects"]
    paragraphs, removed = tables["paragraphs"], tables["removed_lines"]
    if shard.records != len(articles) + len(rejects):
        raise shards.AccountingError(
            f"records read: {shard.records}; articles of them: {len(articles)}, rejects: "
            f"{len(rejects)}. Nothing was committed; please report it."
        )
    kept_lines = _sum(articles, "line_count")
    if kept_lines != len(paragraphs) + len(removed) - parts:
        raise shards.AccountingError(
            f"lines that are not blank: {kept_lines}; paragraphs of them: {len(paragraphs)}, "
            f"removed lines: {len(removed) - parts}. Nothing was committed; please report it."
        )
    part = f"{shard.number:016x}"
    articles = articles.append_column("languages", _languages(articles, paragraphs))
    ingested_at = pa.repeat(pa.scalar(job.started_at, pa.timestamp("us", tz="UTC")), len(articles))
    with BackgroundSync() as sync:
        written = [
            job.write(name, rows, part, sync)
            for name, rows in (
                ("articles", articles.append_column("ingested_at", ingested_at)),
                ("paragraphs", _final_paragraphs(paragraphs, articles)),
                ("removed_lines", _with_article_ids(removed, articles)),
                ("rejects", rejects),
                ("warnings", tables["warnings"]),
            )
        ]
    counts = {"records": shard.records, "lines": kept_lines, "removed_parts": parts}
    return TaskResult(output=total([*written, Output(counts=counts)]))


def _recount_cut_lines(
    tables: Mapping[str, pa.Table], staged: pa.Table
) -> tuple[dict[str, pa.Table], int]:
    """Returns tables with the words of cut lines counted again, and the number of parts cut off.

    A transform of the corpus may remove a part of a paragraph: the part is then a row of
    ``removed_lines``, and the rest keeps its row of ``paragraphs``.

    Args:
      tables: annotated.
      staged: the paragraphs as they were.

    Raises:
      AccountingError: a rest and its parts are not the paragraph they were cut from.
    """
    articles, paragraphs, removed = (tables[name] for name in shards.SHARD_TABLES)
    kept, gone = _lines(paragraphs), _lines(removed)
    is_part = np.isin(gone, kept)
    if is_part.any():
        cut = np.flatnonzero(np.isin(kept, gone[is_part]))
        owners = paragraphs.column("article").to_numpy()
        languages = (
            articles.column("language").take(pa.array(owners[cut])).to_pylist()
            if "language" in articles.column_names
            else [None] * len(cut)
        )
        texts = paragraphs.column("text").combine_chunks().take(pa.array(cut))
        _check_parts(paragraphs.take(pa.array(cut)), removed.filter(pa.array(is_part)), staged)
        spaceless = [place for place, name in enumerate(languages) if name in SPACELESS_LANGUAGES]
        words = paragraphs.column("word_count").to_numpy().copy()
        words[cut] = count_words(texts, np.array(spaceless, np.int64))
        sums = np.bincount(owners, weights=words, minlength=len(articles)).astype(np.int64)
        paragraphs = _with_word_count(paragraphs, words)
        articles = _with_word_count(articles, sums)
    return {**tables, "articles": articles, "paragraphs": paragraphs}, int(is_part.sum())


def _without_lost_words(job: Job, articles: pa.Table, staged: pa.Table) -> pa.Table:
    """Returns articles without words in ``quotes_text`` columns that were in removed lines alone.

    Args:
      job: the run.
      articles: annotated.
      staged: the articles as they were, of which some may have become rejects.
    """
    names = {
        name
        for transform in job.transforms
        for name, column in transform.adds.items()
        if column.quotes_text and name in articles.column_names
    }
    if not names:
        return articles
    place = pc.index_in(articles.column("article_id"), value_set=staged.column("article_id"))
    texts = staged.column("text").take(place)
    changed = pc.fill_null(pc.not_equal(articles.column("text"), texts), True)
    if not pc.any(changed).as_py():
        return articles
    lists = {name: articles.column(name).to_pylist() for name in (*sorted(names), "tags")}
    for row in np.flatnonzero(changed.to_numpy(zero_copy_only=False)).tolist():
        title, text = (articles.column(name)[row].as_py() or "" for name in ("title", "text"))
        left = " ".join(f"{title}\n{text}".casefold().split())
        lost: set[str] = set()
        for name in names:
            for member in lists[name][row] or ():
                # A phrase has the words of a text, but not its punctuation.
                parts = member.split() if isinstance(member, str) else [_words(member)]
                if not all(part in left for part in parts):
                    lost.add(_words(member))
        for name in lists if lost else ():
            lists[name][row] = [
                member for member in lists[name][row] or () if _words(member) not in lost
            ]
    for name, members in lists.items():
        at = articles.schema.get_field_index(name)
        articles = articles.set_column(at, name, pa.array(members, articles.schema.field(at).type))
    return articles


def _words(member: str | Mapping[str, Any]) -> str:
    # A tag of the dump that is a keyword as well has its own spelling as a rule, and stays.
    return member if isinstance(member, str) else member["name"].casefold()


def _check_parts(rests: pa.Table, parts: pa.Table, staged: pa.Table) -> None:
    """Raises AccountingError where rests and parts have not all characters of their paragraphs."""
    place = pc.index_in(rests.column("paragraph_id"), value_set=staged.column("paragraph_id"))
    left = dict(zip(_lines(rests).tolist(), _letters(staged.take(place)), strict=True))
    for rows in (rests, parts):
        for line, letters in zip(_lines(rows).tolist(), _letters(rows), strict=True):
            left[line] -= letters
    for name, line in zip(rests.column("paragraph_id").to_pylist(), _lines(rests), strict=True):
        if left[line]:
            raise shards.AccountingError(
                f"paragraph {name} was cut, but its parts have {-left[line]:+} characters compared "
                "with it. Nothing was committed; please report it."
            )


def _letters(rows: pa.Table) -> list[int]:
    """Returns the number of characters of each text that are no white space."""
    return [sum(map(len, text.split())) for text in rows.column("text").to_pylist()]


def _lines(rows: pa.Table) -> npt.NDArray[np.int64]:
    """Returns a number for the line of each row, different for each line of the shard."""
    article: npt.NDArray[np.int64] = rows.column("article").to_numpy().astype(np.int64)
    return np.asarray((article << 32) | rows.column("line_number").to_numpy())


def _with_word_count(rows: pa.Table, counts: npt.NDArray[np.int64]) -> pa.Table:
    at = rows.schema.get_field_index("word_count")
    return rows.set_column(at, "word_count", pa.array(counts))


def _final_paragraphs(paragraphs: pa.Table, articles: pa.Table) -> pa.Table:
    """Returns paragraphs with their article's id, and their position in it."""
    owners = paragraphs.column("article").to_numpy()
    starts = np.searchsorted(owners, owners, side="left")
    positions = np.arange(len(owners)) - starts + 1
    return _with_article_ids(paragraphs, articles).append_column(
        "position", pa.array(positions, pa.int64())
    )


def _languages(articles: pa.Table, paragraphs: pa.Table) -> pa.Array:
    """Returns the languages of each article: its own, then others of its paragraphs."""
    if "language" not in articles.column_names:
        return pa.nulls(len(articles), pa.list_(pa.string()))
    own = articles.column("language")
    languages = [[language] if language else None for language in own.to_pylist()]
    owners, spoken = paragraphs.column("article"), paragraphs.column("language")
    others = paragraphs.filter(pc.not_equal(spoken, own.take(owners)))
    for row, language in zip(
        others.column("article").to_pylist(), others.column("language").to_pylist(), strict=True
    ):
        if language not in languages[row]:
            languages[row].append(language)
    return pa.array(languages, pa.list_(pa.string()))


def _with_article_ids(rows: pa.Table, articles: pa.Table) -> pa.Table:
    ids = articles.column("article_id").take(rows.column("article"))
    return rows.append_column("article_id", ids)


def _sum(table: pa.Table, column: str) -> int:
    return int(pc.sum(table.column(column)).as_py() or 0)
