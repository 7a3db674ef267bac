"""Cleaned pieces on disk between the two passes.

A piece is a few thousand articles after the per-article transforms, as four Arrow tables. The first
pass writes it, the second reads it once, adds what the whole-corpus steps found, and is done with
it. ``article`` in a piece's other tables is the row of the article in its ``articles``.
"""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.article import READ_COLUMNS, Article, paragraph_id
from pipeline.rejects import REJECT_COLUMNS, Reject
from pipeline.transform import Column, CorpusTransform, Transform

SPACELESS_LANGUAGES = ("zh-cn", "zh-tw", "zh", "ja", "th", "lo", "km", "my")
_SPACELESS_WORD = (
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
    r"|[^\s\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]+"
)

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


class AccountingError(Exception):
    """A line or record is in none of the tables, or in two: a fault of copydesk or a transform."""


@dataclasses.dataclass(frozen=True)
class Piece:
    """Where a staged piece lies, and what went into it.

    Attributes:
      number: unique among the pieces of a run, below 2**64; the key of the labels for it.
      path: folder with one Arrow file a table.
      records: records read, each an article or a reject of the piece.
      articles: articles among them so far.
    """

    number: int
    path: str
    records: int
    articles: int


def article_schema(transforms: Sequence[Transform]) -> pa.Schema:
    """Returns the schema of the staged ``articles``.

    It has the columns that are stored, what the whole-corpus steps read besides, and the counts.

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


def piece_tables(
    articles: Sequence[Article], rejects: Sequence[Reject], schema: pa.Schema
) -> dict[str, pa.Table]:
    """Returns the four tables of a piece.

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
    owners: list[int] = []
    lines: list[int] = []
    ids: list[str] = []
    texts: list[str] = []
    removed: dict[str, list[Any]] = {name: [] for name in REMOVED_LINES.names}
    counts: dict[str, list[int]] = {"paragraph_count": [], "removed_line_count": []}
    for row, article in enumerate(articles):
        identity = article["article_id"]
        for number, text in article["paragraphs"]:
            owners.append(row)
            lines.append(number)
            ids.append(paragraph_id(identity, number))
            texts.append(text)
        for number, text, rule in article["removed_lines"]:
            removed["article"].append(row)
            removed["line_number"].append(number)
            removed["text"].append(text)
            removed["rule"].append(rule)
        counts["paragraph_count"].append(len(article["paragraphs"]))
        counts["removed_line_count"].append(len(article["removed_lines"]))
    line_counts = [_check_lines(article) for article in articles]
    paragraphs = pa.table(
        [
            pa.array(owners, pa.int32()),
            pa.array(lines, pa.int64()),
            pa.array(ids, pa.string()),
            pa.array(texts, pa.string()),
            _count_words(pa.array(texts, pa.string()), owners, columns.get("language")),
        ],
        schema=PARAGRAPHS,
    )
    words = [0] * len(articles)
    for row, count in zip(owners, paragraphs.column("word_count").to_pylist(), strict=True):
        words[row] += count
    columns |= {"word_count": words, "line_count": line_counts, **counts}
    return {
        "articles": pa.table(
            [pa.array(columns[field.name], field.type) for field in schema], schema=schema
        ),
        "paragraphs": paragraphs,
        "removed_lines": pa.table(removed, schema=REMOVED_LINES),
        "rejects": pa.table(
            [
                pa.array([_storable(reject[place]) for reject in rejects], field.type)
                for place, field in enumerate(REJECTS)
            ],
            schema=REJECTS,
        ),
    }


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
    lines = [number for number, line in enumerate(article["lines"], 1) if line and line.strip()]
    fates = [part[0] for part in article["paragraphs"]]
    fates += [part[0] for part in article["removed_lines"]]
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


def _count_words(texts: pa.Array, owners: list[int], languages: list[str] | None) -> pa.Array:
    """Returns words a paragraph: runs between white space; characters in spaceless scripts."""
    counts = pc.list_value_length(pc.utf8_split_whitespace(pc.utf8_trim_whitespace(texts)))
    if languages and any(language in SPACELESS_LANGUAGES for language in languages):
        spaceless = pa.array([languages[row] in SPACELESS_LANGUAGES for row in owners], pa.bool_())
        counts = pc.if_else(spaceless, pc.count_substring_regex(texts, _SPACELESS_WORD), counts)
    return counts.cast(pa.int64())


def write_piece(path: str, tables: Mapping[str, pa.Table]) -> None:
    """Writes the tables of a piece to a folder on any Beam file system."""
    for name, table in tables.items():
        with open_output(f"{path}/{name}.arrow") as file:
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            with pa.ipc.new_stream(file, table.schema, options=options) as writer:
                writer.write_table(table)


def read_piece(path: str) -> dict[str, pa.Table]:
    """Returns the tables of a piece."""
    tables = {}
    for name in ("articles", "paragraphs", "removed_lines", "rejects"):
        with open_input(f"{path}/{name}.arrow") as file, pa.ipc.open_stream(file) as reader:
            tables[name] = reader.read_all()
    return tables


def is_local(path: str) -> bool:
    """Tells a path of this machine from a URL of a Beam file system."""
    return "://" not in path


def open_output(path: str) -> IO[bytes]:
    """Creates a file, and its folder, on any Beam file system."""
    if is_local(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return open(path, "wb")
    file: IO[bytes] = file_systems().create(path, mime_type="application/octet-stream")
    return file


def open_input(path: str) -> Any:
    """Opens a file of any Beam file system for random reading; a local one is memory-mapped."""
    if is_local(path):
        return pa.memory_map(path)
    return file_systems().open(path, mime_type="application/octet-stream")


def file_systems() -> Any:
    """Returns Beam's ``FileSystems``.

    Imported where it is needed: Apache Beam costs a worker process two seconds and 100 MB.
    """
    from apache_beam.io.filesystems import FileSystems

    return FileSystems
