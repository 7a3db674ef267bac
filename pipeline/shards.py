"""Shards of cleaned articles, staged on disk between the two passes.

A shard is a few thousand articles after the article transforms, as five Arrow tables. The first
pass writes it; the second reads it once, annotates it and writes the final Parquet. ``article`` in
the other tables of a shard is the row of the article in its ``articles``.
"""

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.article import READ_COLUMNS, Article
from pipeline.errors import CopydeskError
from pipeline.rejects import REJECT_COLUMNS, WARNING_COLUMNS, Reject
from pipeline.storage import is_remote, open_input, output
from pipeline.transform import Column, CorpusTransform, Transform
from pipeline.word_counts import SPACELESS_LANGUAGES, count_words

I32 = npt.NDArray[np.int32]

SHARD_TABLES = ("articles", "paragraphs", "removed_lines")
"""The tables whose rows are of articles; those of a shard stay together."""

COUNT_COLUMNS = {
    "word_count": pa.int64(),
    "paragraph_count": pa.int64(),
    "removed_line_count": pa.int64(),
    "line_count": pa.int64(),
}

PARAGRAPHS = pa.schema(
    [
        ("article", pa.int32()),
        ("line_number", pa.int64()),
        ("paragraph_id", pa.string()),
        ("text", pa.string()),
        ("word_count", pa.int64()),
        ("language", pa.string()),
    ]
)
REMOVED_LINES = pa.schema(
    [
        ("article", pa.int32()),
        ("line_number", pa.int64()),
        ("text", pa.string()),
        ("rule", pa.string()),
    ]
)
REJECTS = pa.schema([(name, column.type) for name, column in REJECT_COLUMNS.items()])
WARNINGS = pa.schema([(name, column.type) for name, column in WARNING_COLUMNS.items()])


class AccountingError(CopydeskError):
    """A line or record is in none of the tables, or in two: a fault of copydesk or a transform."""


@dataclasses.dataclass(frozen=True)
class Shard:
    """A staged shard: where it is and what it holds.

    Attributes:
      number: unique among the shards of a run, below 2**64; the key of its annotations.
      path: folder with one Arrow file a table.
      records: records read, each an article or a reject of the shard.
      articles: articles among them so far.
    """

    number: int
    path: str
    records: int
    articles: int


def article_schema(transforms: Sequence[Transform]) -> pa.Schema:
    """Returns the schema of the staged ``articles``.

    It has the columns that are stored, what corpus-wide transforms read besides, and the counts.

    Args:
      transforms: all transforms of the run, in order.
    """
    declared: dict[str, Column] = dict(READ_COLUMNS)
    read: set[str] = set()
    for transform in transforms:
        if isinstance(transform, CorpusTransform):
            read.update(transform.reads)
        else:
            declared.update(transform.adds)
    kept = {
        name: column.type
        for name, column in declared.items()
        if name not in ("paragraphs", "removed_lines") and (column.stored or name in read)
    }
    return pa.schema(list((kept | COUNT_COLUMNS).items()))


def shard_tables(
    articles: Sequence[Article], rejects: Sequence[Reject], schema: pa.Schema
) -> dict[str, pa.Table]:
    """Returns the five tables of a shard.

    Args:
      articles: with ``lines``, ``paragraphs`` and ``removed_lines``, and every column of ``schema``
        but the counts.
      rejects: records that did not become articles.
      schema: of the table ``articles``.

    Raises:
      AccountingError: a non-blank line of an article is not in exactly one of ``paragraphs`` and
        ``removed_lines``.
      pyarrow.ArrowException: a value does not fit its column's type.
    """
    columns: dict[str, Any] = {
        name: [article.get(name) for article in articles]
        for name in schema.names
        if name not in COUNT_COLUMNS
    }
    line_counts = [_check_lines(article) for article in articles]
    kept = [article["paragraphs"] for article in articles]
    gone = [article["removed_lines"] for article in articles]
    kept_counts, gone_counts = (np.array(list(map(len, lists)), np.int64) for lists in (kept, gone))
    owners, gone_owners = (
        np.repeat(np.arange(len(articles), dtype=np.int32), counts)
        for counts in (kept_counts, gone_counts)
    )
    numbers, texts = _members(kept, 2)
    lines = pa.array(numbers, pa.int64())
    column = pa.array(texts, pa.string())
    languages = columns.get("language") or [None] * len(articles)
    spaceless = np.array([language in SPACELESS_LANGUAGES for language in languages], bool)
    word_counts = count_words(column, np.flatnonzero(spaceless[owners]))
    sums = np.append(0, np.cumsum(word_counts))
    ends = np.cumsum(kept_counts)
    columns |= {
        "word_count": sums[ends] - sums[ends - kept_counts],
        "paragraph_count": kept_counts,
        "removed_line_count": gone_counts,
        "line_count": line_counts,
    }
    return {
        "articles": pa.table(
            [pa.array(columns[field.name], field.type) for field in schema], schema=schema
        ),
        "paragraphs": pa.table(
            [
                pa.array(owners),
                lines,
                _paragraph_ids(columns["article_id"], owners, lines),
                column,
                pa.array(word_counts),
                _paragraph_languages(articles, languages, owners, lines),
            ],
            schema=PARAGRAPHS,
        ),
        "removed_lines": pa.table(
            [
                pa.array(values, field.type)
                for values, field in zip(
                    (gone_owners, *_members(gone, 3)), REMOVED_LINES, strict=True
                )
            ],
            schema=REMOVED_LINES,
        ),
        "rejects": pa.table(
            [
                pa.array([_storable(reject[place]) for reject in rejects], field.type)
                for place, field in enumerate(REJECTS)
            ],
            schema=REJECTS,
        ),
        "warnings": _warnings(articles),
    }


def _paragraph_languages(
    articles: Sequence[Article], languages: Sequence[str | None], owners: I32, lines: pa.Array
) -> pa.Array:
    """Returns the language of each paragraph: its own where the article notes one."""
    column = pa.array(languages, pa.string()).take(pa.array(owners))
    own = {
        (row, number): language
        for row, article in enumerate(articles)
        for number, language in article.get("paragraph_languages") or ()
    }
    if not own:
        return column
    places = zip(owners.tolist(), lines.to_pylist(), strict=True)
    values = [own.get(place) for place in places]
    return pc.coalesce(pa.array(values, pa.string()), column)


def _warnings(articles: Sequence[Article]) -> pa.Table:
    rows = [
        (article["source_file"], article["record_index"], _storable(reason), _storable(detail))
        for article in articles
        for reason, detail in article.get("warnings") or ()
    ]
    return pa.table(
        [
            pa.array(values, field.type)
            for values, field in zip(_members([rows], 4), WARNINGS, strict=True)
        ],
        schema=WARNINGS,
    )


def _members(lists: Sequence[Sequence[tuple[Any, ...]]], width: int) -> Sequence[Sequence[Any]]:
    """Returns the members of the tuples in all lists, one sequence a place in the tuple."""
    return list(zip(*itertools.chain.from_iterable(lists), strict=True)) or [()] * width


def _paragraph_ids(articles: Sequence[str], owners: I32, lines: pa.Array) -> pa.Array:
    """Returns paragraph ids: article id, a dash, the line number in four digits or more."""
    digits = pc.utf8_lpad(lines.cast(pa.string()), 4, "0")
    return pc.binary_join_element_wise(pa.array(articles, pa.string()).take(owners), digits, "-")


def storable(name: str) -> str:
    """Returns a text as the warehouse can hold it.

    A name of a file need not be UTF-8. Python reads such bytes as single surrogates, which no
    column takes; here they become their escapes: ``caf\\udce9.txt``.

    Args:
      name: a file name, or a sentence that may quote one.
    """
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode()


def _storable(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value


def _check_lines(article: Article) -> int:
    """Returns the number of non-blank lines of an article, each of which has one fate."""
    lines = [
        number for number, line in enumerate(article["lines"], 1) if line and not line.isspace()
    ]
    fates = [part[0] for part in article["paragraphs"]]
    if removed := article["removed_lines"]:
        fates += [part[0] for part in removed]
        fates.sort()
    if fates != lines:
        missing = sorted(set(lines) - set(fates))
        raise AccountingError(
            f"{article['source_file']}, record {article['record_index']}: the lines do not add up: "
            f"{len(lines)} are not blank, {len(fates)} are in paragraphs or removed_lines"
            + (f"; line {missing[0]} is in neither" if missing else "")
            + ". A transform that sets them must give every non-blank line one place."
        )
    return len(lines)


def write_shard(path: str, tables: Mapping[str, pa.Table]) -> None:
    """Writes the tables of a shard to a folder on any Beam file system.

    On this machine they are not compressed: most never leave the page cache, and what a run has to
    read and write grows by an eighth, its fingerprints being more and uncompressed as well. Over 82
    MB of text that spares .5 s of processor time of 20.
    """
    options = pa.ipc.IpcWriteOptions(compression="lz4" if is_remote(path) else None)
    for name, table in tables.items():
        with (
            output(f"{path}/{name}.arrow") as file,
            pa.ipc.new_stream(file, table.schema, options=options) as writer,
        ):
            writer.write_table(table)


def read_shard(path: str) -> dict[str, pa.Table]:
    """Returns the tables of a shard."""
    tables = {}
    for name in (*SHARD_TABLES, "rejects", "warnings"):
        with open_input(f"{path}/{name}.arrow") as file, pa.ipc.open_stream(file) as reader:
            tables[name] = reader.read_all()
    return tables
