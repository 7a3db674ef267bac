"""Names that transforms give to columns and tables, checked before a run does any work.

To DuckDB names that differ by case are the same, and some words are SQL. A name that is neither is
free: the SQL of the catalog never takes it for one of its own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from pipeline.article import CONTRACT_COLUMNS, READ_COLUMNS, READ_FIELDS
from pipeline.transform import Column, CorpusTransform, Table, Transform, TransformError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")

SQL_WORDS = frozenset(
    """
    all analyse analyze and any array as asc asymmetric both case cast check collate column
    constraint create default deferrable desc describe distinct do else end except false fetch for
    foreign from group having in initially intersect into lambda lateral leading limit not null
    offset on only or order pivot pivot_longer pivot_wider placing primary qualify references
    returning select show some summarize symmetric table then to trailing true union unique unpivot
    using variadic when where window with

    anti asof at authorization binary by collation columns concurrently cross freeze full generated
    glob ilike inner is isnull join left like map natural notnull outer overlaps positional right
    semi similar struct tablesample try_cast tuple unpack verbose
    """.split()
)
"""Words that name no column without quotes: the categories ``reserved`` and ``type_function`` of
``duckdb_keywords()`` in DuckDB 1.5 and 2.0."""

_STAGED = {
    "articles": ("line_count",),
    "paragraphs": ("article", "line_number"),
    "removed_lines": ("article",),
}
"""Columns that tables have besides while a run stages them; see ``pipeline.shards``."""

LANGUAGE = "language"
"""Column by which the rows of any table are spread over files; text."""


def check_names(transforms: Sequence[Transform], tables: Mapping[str, Table]) -> None:
    """Checks the columns and tables that transforms declare.

    Args:
      transforms: the transforms.
      tables: the tables of the pipeline, with its own columns alone.

    Raises:
      TransformError: a name is no plain word or a word of SQL, differs from another one by case
        only, or is taken; it says which transform, which name, and what to do.
    """
    fields = {"articles": (*READ_COLUMNS, *READ_FIELDS)}
    taken: dict[tuple[str, str], tuple[str, str]] = {}  # table, folded name -> spelling, owner
    for table, own in tables.items():
        for column in (*own.columns, *_STAGED.get(table, ()), *fields.get(table, ())):
            taken[table, column.lower()] = column, "the pipeline"
    for column in CONTRACT_COLUMNS:
        del taken["articles", column]  # transforms fill them
    for transform, table, name, declared_as in _declared(transforms):
        what = f"{transform.name()} adds {name!r} to {table!r}"
        check_word(what, name)
        key = table, name.lower()
        if key in taken:
            other, owner = taken[key]
            case = "" if other == name else ": to DuckDB, names that differ by case are the same"
            raise TransformError(
                f"{what}, which {owner} fills as {other!r}{case}. Choose another name."
            )
        if name == LANGUAGE and declared_as.type not in (pa.string(), pa.large_string()):
            raise TransformError(
                f"{what} as {declared_as.type}. By this name rows are spread over files, so it "
                "holds codes of languages: declare pa.string(), or choose another name."
            )
        taken[key] = name, transform.name()


def _declared(transforms: Sequence[Transform]) -> Iterator[tuple[Transform, str, str, Column]]:
    """Yields each declared column: transform, table, name and column."""
    for transform in transforms:
        for name, column in transform.adds.items():
            yield transform, "articles", name, column
        if isinstance(transform, CorpusTransform):
            for name, column in transform.paragraph_columns.items():
                yield transform, "paragraphs", name, column
            for table, declared in transform.tables.items():
                check_word(f"{transform.name()} writes a table {table!r}", table)
                for name, column in declared.columns.items():
                    if name.lower() == "run_id":
                        raise TransformError(
                            f"{transform.name()} adds {name!r} to {table!r}, which the pipeline "
                            "fills in every table. Leave it out."
                        )
                    yield transform, table, name, column


def check_word(what: str, name: str) -> None:
    """Checks a name by itself.

    Args:
      what: beginning of the sentence of the error, with the name.
      name: of a column or table.

    Raises:
      TransformError: it is no plain word, or a word of SQL.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise TransformError(
            f"{what}. A name is a letter and then letters, digits and underscores, without accents "
            "and blanks, 63 at most, as in reading_seconds. Rename it."
        )
    if name.lower() in SQL_WORDS:
        raise TransformError(
            f"{what}, a word of SQL, which queries would have to quote. Choose another name, as in "
            f"{name}_value."
        )
