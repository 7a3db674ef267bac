"""The tables of the warehouse: their columns, in order, with types and descriptions.

One source for the Parquet schema, the comments in the catalog, the data dictionary and the checks:
the columns below, with those of the dump readers and of the transforms merged in.
"""

import re
from collections.abc import Mapping, Sequence

import pyarrow as pa

from pipeline.article import READ_COLUMNS, TIMESTAMP
from pipeline.rejects import REJECT_COLUMNS
from pipeline.transform import Column, CorpusTransform, Transform, TransformError
from pipeline.warehouse.views import CATALOG_NAMES

RUN_ID = Column(pa.string(), "The run that wrote the row; see `runs`.")

ARTICLE_COLUMNS: dict[str, Column] = {
    **{
        name: READ_COLUMNS[name]
        for name in (
            "article_id",
            "source_file",
            "record_index",
            "dump_format",
            "url",
            "outlet",
            "title",
            "authors",
            "published_at",
        )
    },
    "language": Column(pa.string(), "Language of the text: an ISO 639-1 code, lower case."),
    "language_confidence": Column(pa.float64(), "Probability of that language, from 0 to 1."),
    "agency": Column(pa.string(), "News agency the article credits, by its usual name."),
    "agency_evidence": Column(pa.string(), "The words of the dump that name the agency."),
    "dateline": Column(pa.string(), "Place the report opens with, as printed."),
    "tags": READ_COLUMNS["tags"],
    "text": Column(pa.string(), "The clean article: its kept paragraphs, a blank line between."),
    "unique_text": Column(
        pa.string(),
        "`text` without the paragraphs that nearly repeat an earlier article's.",
    ),
    "word_count": Column(pa.int64(), "Words in `text`."),
    "paragraph_count": Column(pa.int64(), "Kept paragraphs."),
    "duplicate_paragraph_count": Column(
        pa.int64(), "Kept paragraphs that nearly repeat an earlier article's."
    ),
    "removed_line_count": Column(pa.int64(), "Lines taken out; they are in `removed_lines`."),
    "ingested_at": Column(TIMESTAMP, "When the run that took the article in began, in UTC."),
    "run_id": RUN_ID,
}

PARAGRAPH_COLUMNS: dict[str, Column] = {
    "paragraph_id": Column(
        pa.string(), "`article_id`, a dash and the line number in four digits or more."
    ),
    "article_id": Column(pa.string(), "The article it stands in."),
    "position": Column(pa.int64(), "1-based number among the article's kept paragraphs."),
    "text": Column(pa.string(), "The paragraph."),
    "word_count": Column(pa.int64(), "Words in it."),
    "cluster_id": Column(
        pa.string(),
        "`paragraph_id` of the first of the paragraphs that nearly equal each other; its own "
        "where there are no copies.",
    ),
    "is_duplicate": Column(pa.bool_(), "Whether it nearly repeats an earlier article's paragraph."),
    "duplicate_of": Column(pa.string(), "`paragraph_id` of the paragraph it was taken from."),
    "similarity": Column(
        pa.float64(), "Jaccard similarity of its word bigrams with those of `duplicate_of`, 0 to 1."
    ),
    "language": Column(pa.string(), "Language of the article."),
    "run_id": RUN_ID,
}

PARAGRAPH_LINK_COLUMNS: dict[str, Column] = {
    "paragraph_id": Column(pa.string(), "The later paragraph of a verified pair."),
    "source_paragraph_id": Column(pa.string(), "The earlier one."),
    "kind": Column(
        pa.string(),
        "exact: equal once normalised; near: similarity of at least 0.5; contained: much of one "
        "stands in the other.",
    ),
    "similarity": Column(pa.float64(), "Jaccard similarity of the two, 0 to 1."),
    "containment": Column(pa.float64(), "Share of the later one found in the earlier, 0 to 1."),
    "source_containment": Column(
        pa.float64(), "Share of the earlier one found in the later, 0 to 1."
    ),
    "run_id": RUN_ID,
}

REMOVED_LINE_COLUMNS: dict[str, Column] = {
    "article_id": Column(pa.string(), "The article it stood in."),
    "line_number": Column(pa.int64(), "1-based number of the line in the article's raw text."),
    "text": Column(pa.string(), "The line, outer white space stripped."),
    "rule": Column(
        pa.string(),
        "What removed it: the versioned name of a rule, or `field:` and the column it became.",
    ),
    "run_id": RUN_ID,
}

RUN_COLUMNS: dict[str, Column] = {
    "run_id": Column(pa.string(), "UTC time of its start and four hex digits or more; sorts."),
    "started_at": Column(TIMESTAMP, "When it started, in UTC."),
    "finished_at": Column(TIMESTAMP, "When it was ready to commit, in UTC."),
    "version": Column(pa.string(), "Version of copydesk."),
    "settings": Column(pa.string(), "Its options and the versions of its transforms, as JSON."),
    "dumps": Column(pa.int64(), "Dumps taken in."),
    "records": Column(
        pa.int64(), "Records found in them; a dump that cannot be read counts as one."
    ),
    "articles": Column(pa.int64(), "Rows it added to `articles`."),
    "rejects": Column(pa.int64(), "Rows it added to `rejects`."),
    "lines": Column(pa.int64(), "Non-blank lines of its articles."),
    "paragraphs": Column(pa.int64(), "Rows it added to `paragraphs`."),
    "removed_lines": Column(pa.int64(), "Rows it added to `removed_lines`."),
    "paragraph_links": Column(pa.int64(), "Rows it added to `paragraph_links`."),
    "duplicate_paragraphs": Column(pa.int64(), "Its paragraphs with `is_duplicate`."),
    "removed_by_rule": Column(
        pa.map_(pa.string(), pa.int64()), "Its removed lines, counted by rule."
    ),
}

TABLES: dict[str, str] = {
    "articles": "An article.",
    "paragraphs": "A kept paragraph of an article.",
    "paragraph_links": "A verified pair of paragraphs, one taken from the other; later one first.",
    "removed_lines": "A line taken out of an article, and the rule that took it.",
    "rejects": "A dump or record that could not be processed, and why.",
    "runs": "A run that committed.",
}
"""What one row of each table is."""

TRANSFORM_TABLE = "A row that a transform writes."
"""What one row of any other table is."""

SORT_KEYS: dict[str, tuple[str, ...]] = {
    "articles": ("published_at", "article_id"),
    "paragraphs": ("article_id", "position"),
    "paragraph_links": ("paragraph_id", "source_paragraph_id"),
    "removed_lines": ("article_id", "line_number"),
    "rejects": ("source_file", "record_index", "stage", "reason"),
    "runs": ("run_id",),
}
"""Order of the rows of a file. Tables that transforms add are sorted by all their id columns."""

TEXT_TABLES = frozenset({"articles", "paragraphs", "removed_lines", "rejects"})
"""Tables whose rows are long; their row groups are smaller."""

RESERVED = frozenset({"article_id", "run_id", "ingested_at"})
"""Columns of ``articles`` the pipeline itself fills; no transform may declare them."""

_TABLE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def table_columns(transforms: Sequence[Transform]) -> dict[str, dict[str, Column]]:
    """Returns the columns of every table: table name -> column name -> column, in order.

    The order is that of the tables above; what transforms add beyond it follows, by name. A
    column above that no transform of this run declares is there all the same, and stays NULL.

    Args:
      transforms: the transforms of the run, in any order.

    Raises:
      TransformError: a transform declares a column or table that is the pipeline's own or another
        transform's, or an Arrow type that DuckDB cannot read from Parquet.
    """
    articles = dict(ARTICLE_COLUMNS)
    paragraphs = dict(PARAGRAPH_COLUMNS)
    links = dict(PARAGRAPH_LINK_COLUMNS)
    more_articles = {name: READ_COLUMNS[name] for name in READ_COLUMNS if name not in articles}
    more_paragraphs: dict[str, Column] = {}
    more_tables: dict[str, dict[str, Column]] = {}
    for transform in sorted(transforms, key=lambda member: member.name()):
        for name, column in transform.adds.items():
            if name in RESERVED:
                raise TransformError(
                    f"{transform.name()} adds {name!r}, which the pipeline fills itself. "
                    "Choose another name."
                )
            if not column.stored:
                articles.pop(name, None)
            elif name in articles:
                articles[name] = column
            else:
                more_articles[name] = column
        if isinstance(transform, CorpusTransform):
            _merge(
                transform, "paragraphs", transform.paragraph_columns, paragraphs, more_paragraphs
            )
            for table, columns in transform.tables.items():
                if table == "paragraph_links":
                    more_links: dict[str, Column] = {}
                    _merge(transform, table, columns, links, more_links)
                    links |= dict(sorted(more_links.items()))
                    continue
                _check_table(transform, table, more_tables)
                more_tables[table] = {**columns, "run_id": RUN_ID}
    tables = {
        "articles": articles | dict(sorted(more_articles.items())),
        "paragraphs": paragraphs | dict(sorted(more_paragraphs.items())),
        "paragraph_links": links,
        "removed_lines": dict(REMOVED_LINE_COLUMNS),
        "rejects": {
            **{name: column for name, column in REJECT_COLUMNS.items() if name != "run_id"},
            "run_id": RUN_ID,
        },
        "runs": dict(RUN_COLUMNS),
        **dict(sorted(more_tables.items())),
    }
    for table, table_members in tables.items():
        for name, column in table_members.items():
            try:
                duckdb_type(column.type)
            except ValueError as error:
                raise TransformError(f"column {name!r} of {table!r}: {error}") from error
    return tables


def table_schemas(transforms: Sequence[Transform]) -> dict[str, pa.Schema]:
    """Returns the Arrow schema of every table; the fields carry ``description`` as metadata.

    Args:
      transforms: the transforms of the run, in any order.

    Raises:
      TransformError: as ``table_columns``.
    """
    return {table: arrow_schema(columns) for table, columns in table_columns(transforms).items()}


def arrow_schema(columns: Mapping[str, Column]) -> pa.Schema:
    """Returns the Arrow schema of a table's columns.

    Args:
      columns: column name -> column, in the order of the schema.
    """
    return pa.schema(
        [
            pa.field(name, column.type, metadata={"description": column.description})
            for name, column in columns.items()
        ]
    )


_SIMPLE_TYPES: dict[pa.DataType, str] = {
    pa.bool_(): "BOOLEAN",
    pa.int8(): "TINYINT",
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.uint8(): "UTINYINT",
    pa.uint16(): "USMALLINT",
    pa.uint32(): "UINTEGER",
    pa.uint64(): "UBIGINT",
    pa.float32(): "FLOAT",
    pa.float64(): "DOUBLE",
    pa.string(): "VARCHAR",
    pa.large_string(): "VARCHAR",
    pa.binary(): "BLOB",
    pa.large_binary(): "BLOB",
    pa.date32(): "DATE",
    pa.timestamp("ms"): "TIMESTAMP",
    pa.timestamp("us"): "TIMESTAMP",
}


def duckdb_type(arrow_type: pa.DataType) -> str:
    """Returns the name of the DuckDB type a Parquet column of an Arrow type is read as.

    Args:
      arrow_type: a type from ``Column.type``.

    Raises:
      ValueError: the type has no equal in DuckDB, or changes on the way through Parquet.
    """
    if arrow_type in _SIMPLE_TYPES:
        return _SIMPLE_TYPES[arrow_type]
    # Nanoseconds with a zone are a type of their own in DuckDB 2, which DuckDB 1 does not know.
    if (
        pa.types.is_timestamp(arrow_type)
        and arrow_type.tz == "UTC"
        and arrow_type.unit in ("ms", "us")
    ):
        return "TIMESTAMP WITH TIME ZONE"
    if pa.types.is_map(arrow_type):
        return f"MAP({duckdb_type(arrow_type.key_type)}, {duckdb_type(arrow_type.item_type)})"
    if pa.types.is_list(arrow_type) or pa.types.is_large_list(arrow_type):
        return f"{duckdb_type(arrow_type.value_type)}[]"
    if pa.types.is_struct(arrow_type) and arrow_type.num_fields:
        members = (arrow_type.field(index) for index in range(arrow_type.num_fields))
        listed = ", ".join(
            '"' + member.name.replace('"', '""') + f'" {duckdb_type(member.type)}'
            for member in members
        )
        return f"STRUCT({listed})"
    raise ValueError(
        f"Arrow type {arrow_type} cannot be kept in the warehouse. Use bool_(), int8() to "
        "int64(), uint8() to uint64(), float32(), float64(), string(), binary(), date32(), "
        'timestamp("us"), timestamp("us", tz="UTC"), or list_(), map_() and struct() of these.'
    )


def _merge(
    transform: Transform,
    table: str,
    declared: Mapping[str, Column],
    known: dict[str, Column],
    more: dict[str, Column],
) -> None:
    own = {"paragraph_id", "article_id", "position", "text", "run_id"}
    for name, column in declared.items():
        if (table == "paragraphs" and name in own) or name in more or name == "run_id":
            raise TransformError(
                f"{transform.name()} adds {name!r} to {table!r}, which is there already. "
                "Choose another name."
            )
        if name in known:
            known[name] = column
        else:
            more[name] = column


def _check_table(
    transform: Transform, table: str, more: Mapping[str, Mapping[str, Column]]
) -> None:
    if table in TABLES or table in more or table in CATALOG_NAMES:
        raise TransformError(
            f"{transform.name()} writes a table {table!r}, which is there already. "
            "Choose another name."
        )
    if not _TABLE_NAME.fullmatch(table):
        raise TransformError(
            f"{transform.name()} writes a table {table!r}; a table's name is lower-case letters, "
            "digits and underscores, a letter first, 63 at most."
        )
