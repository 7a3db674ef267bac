"""Tables of the warehouse: their columns, in order, with types, descriptions and SQL.

One source for the Parquet schema, the comments in the catalog, the data dictionary and the checks:
the pipeline's tables below, with the columns, tables and SQL that the transforms declare.
"""

import dataclasses
import inspect
import pathlib
import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

import pyarrow as pa

from pipeline.article import CONTRACT_COLUMNS, READ_COLUMNS, TIMESTAMP
from pipeline.rejects import REJECT_COLUMNS, WARNING_COLUMNS
from pipeline.transform import Column, CorpusTransform, Table, Transform, TransformError
from pipeline.warehouse.names import check_names, check_word

_RUN_ID = {"run_id": Column(pa.string(), "The run that wrote the row; see `runs`.")}

_ARTICLES = {
    **{
        name: column
        for name, column in READ_COLUMNS.items()
        if name not in ("tags", "is_truncated", "encoding")
    },
    "language": CONTRACT_COLUMNS["language"],
    "languages": Column(
        pa.list_(pa.string()),
        "Languages of the article: `language`, then those of its paragraphs that are surely in "
        "another one. NULL in rows of versions before this column.",
    ),
    "tags": READ_COLUMNS["tags"],
    "text": CONTRACT_COLUMNS["text"],
    "is_truncated": READ_COLUMNS["is_truncated"],
    "word_count": Column(
        pa.int64(),
        "Words in `text`: runs between spaces; in Chinese, Japanese, Thai, Lao, Khmer and Burmese "
        "characters, since nothing is between words there.",
    ),
    "paragraph_count": Column(pa.int64(), "Kept paragraphs."),
    "removed_line_count": Column(
        pa.int64(), "Lines and parts of lines taken out; they are in `removed_lines`."
    ),
    "ingested_at": Column(TIMESTAMP, "When the run that took the article in began, in UTC."),
    **_RUN_ID,
}

_PARAGRAPHS = {
    "paragraph_id": Column(
        pa.string(), "`article_id`, a dash and the line number in four digits or more."
    ),
    "article_id": Column(pa.string(), "The article it stands in."),
    "position": Column(pa.int64(), "1-based number among the article's kept paragraphs."),
    "text": Column(pa.string(), "The paragraph."),
    "word_count": Column(pa.int64(), "Words in it, counted as in `articles.word_count`."),
    "language": Column(
        pa.string(),
        "Language of the paragraph: that of the article, or of the paragraph where it has some 20 "
        "words that are surely in another one. That of the article in rows of versions before "
        "`articles.languages`.",
    ),
    **_RUN_ID,
}

_REMOVED_LINES = {
    "article_id": Column(pa.string(), "The article it stood in."),
    "line_number": Column(pa.int64(), "1-based number of the line in the article's raw text."),
    "text": Column(
        pa.string(),
        "The line, or the part of it that was taken out, outer white space stripped.",
    ),
    "rule": Column(
        pa.string(),
        "What removed it: the versioned name of a rule, or `field:` and the column it became, "
        "`field:header` for a field line that no column holds.",
        counted="lines removed",
    ),
    **_RUN_ID,
}

_RUNS = {
    "run_id": Column(pa.string(), "UTC time of its start, and hex digits; sorts by time."),
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
    "warnings": Column(pa.int64(), "Rows it added to `warnings`."),
    "lines": Column(pa.int64(), "Non-blank lines of its articles."),
    "paragraphs": Column(pa.int64(), "Rows it added to `paragraphs`."),
    "removed_lines": Column(pa.int64(), "Rows it added to `removed_lines`."),
    "removed_by_rule": Column(
        pa.map_(pa.string(), pa.int64()), "Its removed lines, counted by rule."
    ),
    "removed_parts": Column(
        pa.int64(), "Its removed lines that are a part of a line, the rest of which it kept."
    ),
}

_TABLES = {
    "articles": Table("An article.", _ARTICLES),
    "paragraphs": Table("A kept paragraph of an article.", _PARAGRAPHS),
    "removed_lines": Table(
        "A line taken out of an article, and the rule that took it.", _REMOVED_LINES
    ),
    "rejects": Table(
        "A dump or record that could not be processed, and why.", REJECT_COLUMNS | _RUN_ID
    ),
    "warnings": Table(
        "Something that was not understood of a record that became an article.",
        WARNING_COLUMNS | _RUN_ID,
    ),
    "runs": Table("A run that committed.", _RUNS),
}

TRANSFORM_TABLE = "A row that a transform writes."
"""Description of a table whose transform is no longer installed."""

SORT_KEYS: dict[str, tuple[str, ...]] = {
    "articles": ("published_at", "article_id"),
    "paragraphs": ("article_id", "position"),
    "removed_lines": ("article_id", "line_number"),
    "rejects": ("source_file", "record_index", "stage", "reason"),
    "warnings": ("source_file", "record_index", "reason"),
    "runs": ("run_id",),
}
"""Order of the rows of a file. Tables of transforms are sorted by their columns, in order."""

TEXT_TABLES = frozenset({"articles", "paragraphs", "removed_lines", "rejects"})
"""Tables whose rows are long; their row groups are smaller."""


@dataclasses.dataclass(frozen=True)
class Schema:
    """Tables, catalog SQL and checks of a warehouse.

    Attributes:
      tables: table name -> its description and columns, in order.
      sql: statements that add views, macros and their comments to the catalog.
      checks: what must hold of the rows of any snapshot -> a query of one column that returns the
        exceptions. A query with ``$parts`` and ``$part`` runs once for each part. The variable
        ``left_out`` has the ids of articles that a repair left out, which rows may still name.
    """

    tables: Mapping[str, Table]
    sql: Sequence[str] = ()
    checks: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def arrow(self, table: str) -> pa.Schema:
        """Returns the Arrow schema of a table."""
        return arrow_schema(self.tables[table].columns)

    def counted(self) -> list[tuple[str, str, Column]]:
        """Returns table, name and declaration of every column whose values a run counts."""
        return [
            (table, name, column)
            for table, declared in self.tables.items()
            for name, column in declared.columns.items()
            if column.counted
        ]


def build_schema(transforms: Sequence[Transform]) -> Schema:
    """Returns the tables of a warehouse, and its SQL, for some transforms.

    Args:
      transforms: the transforms of the run, in any order.

    Raises:
      TransformError: a transform declares a column or table that is the pipeline's own or another
        transform's, or an Arrow type that DuckDB cannot read from Parquet.
    """
    transforms = sorted(transforms, key=lambda member: member.name())
    check_names(transforms, _TABLES)
    scripts = [read_sql(pathlib.Path(__file__).with_name("sql") / "catalog.sql")]
    for transform in transforms:
        if transform.sql:
            beside = pathlib.Path(inspect.getfile(type(transform)))
            try:
                scripts.append(read_sql(beside.with_name(transform.sql)))
            except (OSError, UnicodeDecodeError) as error:
                raise TransformError(
                    f"the SQL of {transform.name()}, {beside.with_name(transform.sql)}, cannot be "
                    f"read: {error}. Put the file there, or leave out `sql`."
                ) from error
    created = (name.lower() for script, _ in scripts for name in _created(script))
    taken = {*_TABLES, *_RUNS, "snapshot", *created}
    tables = dict(_TABLES)
    for name, columns in (
        ("articles", _article_columns(transforms)),
        ("paragraphs", _paragraph_columns(transforms)),
    ):
        tables[name] = dataclasses.replace(tables[name], columns=columns)
    tables = _placed(tables, _transform_tables(transforms, taken))
    counts = _run_counts(tables, taken)
    tables["runs"] = dataclasses.replace(tables["runs"], columns=_run_columns(counts))
    for table_name, table in tables.items():
        for name, column in table.columns.items():
            try:
                duckdb_type(column.type)
            except ValueError as error:
                raise TransformError(f"column {name!r} of {table_name!r}: {error}") from error
    checks = {claim: query for _, queries in scripts for claim, query in queries.items()}
    checks["a run's counts are the rows it wrote"] = _counts_query(counts)
    return Schema(tables, [script for script, _ in scripts], checks)


def _article_columns(transforms: Sequence[Transform]) -> dict[str, Column]:
    columns, added = dict(_ARTICLES), {"encoding": READ_COLUMNS["encoding"]}
    for transform in transforms:
        for name, column in transform.adds.items():
            if column.stored:
                (columns if name in columns else added)[name] = column
    return _placed(columns, added)


def _paragraph_columns(transforms: Sequence[Transform]) -> dict[str, Column]:
    added: dict[str, Column] = {}
    for transform in transforms:
        if isinstance(transform, CorpusTransform):
            added.update(transform.paragraph_columns)
    return _placed(_PARAGRAPHS, added)


def _transform_tables(transforms: Sequence[Transform], taken: set[str]) -> dict[str, Table]:
    """Returns the tables of transforms, and adds their names to those that are taken."""
    tables: dict[str, Table] = {}
    for transform in transforms:
        if not isinstance(transform, CorpusTransform):
            continue
        for name, table in transform.tables.items():
            if name in taken:
                raise TransformError(
                    f"{transform.name()} writes a table {name!r}, which is there already. "
                    "Choose another name."
                )
            if name != name.lower():
                raise TransformError(
                    f"{transform.name()} writes a table {name!r}. Write its name in lower case: it "
                    "is also that of a folder."
                )
            taken.add(name)
            tables[name] = dataclasses.replace(table, columns={**table.columns, **_RUN_ID})
    return tables


def _run_counts(tables: Mapping[str, Table], taken: set[str]) -> dict[str, tuple[str, str]]:
    """Returns what the columns of ``runs`` count: rows of a table, or its rows with a bool."""
    counts = {name: (name, "") for name in tables if name != "runs"}
    for table, name, column in Schema(tables).counted():
        if column.run_column:
            check_word(
                f"{name!r} of {table!r} is counted as {column.run_column!r}", column.run_column
            )
        if column.run_column.lower() in taken or (column.run_column and column.type != pa.bool_()):
            raise TransformError(
                f"column {name!r} of {table!r} is counted as {column.run_column!r} in `runs`. "
                "Count a bool column, under a name that is not taken."
            )
        if column.run_column:
            taken.add(column.run_column)
            counts[column.run_column] = (table, name)
    return counts


def _run_columns(counts: Mapping[str, tuple[str, str]]) -> dict[str, Column]:
    columns = dict(_RUNS)
    last = {name: columns.pop(name) for name in ("removed_by_rule", "removed_parts")}
    for run_column, (table, name) in counts.items():
        what = f"Its {table} with `{name}`." if name else f"Rows it added to `{table}`."
        columns.setdefault(run_column, Column(pa.int64(), what))
    return columns | last


def read_sql(path: pathlib.Path) -> tuple[str, dict[str, str]]:
    """Returns the statements of an .sql file and its checks; ``sql/catalog.sql`` has the format.

    Args:
      path: the file.
    """
    text = path.read_text("utf-8")
    script, *checks = re.split(r"^-- check: ", text, flags=re.MULTILINE)
    claims = (check.partition("\n") for check in checks)
    return script, {claim: query.strip().rstrip(";") for claim, _, query in claims}


def _created(script: str) -> list[str]:
    """Returns the names of the views and macros that statements create or comment on."""
    return re.findall(r"^(?:CREATE|COMMENT ON) (?:VIEW|MACRO)(?: TABLE)? (\w+)", script, re.M)


def _counts_query(counts: Mapping[str, tuple[str, str]]) -> str:
    """Returns the check of the counts of ``runs``: column -> table and, for a bool, its column."""
    joined = " ".join(
        f'LEFT JOIN (SELECT t.run_id, count(*) AS found FROM "{table}" AS t '
        + (f'WHERE t."{name}" ' if name else "")
        + f"GROUP BY t.run_id) AS own_{place} ON own_{place}.run_id = r.run_id"
        for place, (table, name) in enumerate(counts.values())
    )
    wrong = " OR ".join(
        f'r."{column}" <> coalesce(own_{place}.found, 0)' for place, column in enumerate(counts)
    )
    return f"SELECT r.run_id FROM runs AS r {joined} WHERE {wrong}"


_Placed = TypeVar("_Placed", Column, Table)


def _placed(first: Mapping[str, _Placed], added: Mapping[str, _Placed]) -> dict[str, _Placed]:
    """Returns columns or tables, each added one after the one it names, the others by name."""
    every = {**first, **added}
    names: list[str] = list(first)
    waiting: list[str] = sorted(added, reverse=True)
    while ready := [name for name in waiting if every[name].after in names]:
        for name in ready:
            names.insert(names.index(every[name].after) + 1, name)
            waiting.remove(name)
    return {name: every[name] for name in (*names, *reversed(waiting))}


def arrow_schema(columns: Mapping[str, Column]) -> pa.Schema:
    """Returns the Arrow schema of columns; the fields carry ``description`` as metadata."""
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
    # Nanoseconds with a zone are a type of DuckDB 2 that DuckDB 1 does not know.
    pa.timestamp("ms", tz="UTC"): "TIMESTAMP WITH TIME ZONE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMP WITH TIME ZONE",
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
