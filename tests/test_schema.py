"""The columns of the tables, and the data dictionary that must agree with them."""

import dataclasses
import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import READ_COLUMNS
from pipeline.plan import discover
from pipeline.transform import (
    Column,
    CorpusTransform,
    Table,
    Transform,
    TransformError,
)
from pipeline.warehouse.catalog import CatalogError, try_catalog
from pipeline.warehouse.dictionary import data_dictionary, main, rules_of
from pipeline.warehouse.manifest import Manifest, StoredColumn
from pipeline.warehouse.names import SQL_WORDS
from pipeline.warehouse.schema import build_schema, duckdb_type

REPOSITORY = Path(__file__).parents[1]

DOCUMENTED = {
    "articles": "article_id, edition_of, edition_number, source_file, record_index, record_id, "
    "dump_format, url, outlet, title, authors, published_at, published_at_precision, "
    "published_at_offset, published_at_evidence, published_on, modified_at, language, "
    "languages, language_confidence, agency, agency_evidence, dateline, tags, text, unique_text, "
    "is_truncated, word_count, paragraph_count, duplicate_paragraph_count, removed_line_count, "
    "ingested_at, run_id",
    "paragraphs": "paragraph_id, article_id, position, text, word_count, cluster_id, is_duplicate, "
    "duplicate_of, similarity, language, run_id",
    "paragraph_links": "paragraph_id, source_paragraph_id, kind, reuse, reuse_evidence, "
    "direction, similarity, containment, source_containment, shared_words, holders, "
    "holder_outlets, spans, fragments, run_id",
    "story_merges": "story_id, into_story_id, run_id",
    "removed_lines": "article_id, line_number, text, rule, run_id",
    "rejects": "source_file, record_index, stage, reason, detail, raw, run_id",
    "warnings": "source_file, record_index, reason, detail, run_id",
    "runs": "run_id, started_at, finished_at, version, settings, dumps, records, articles, "
    "rejects, warnings, lines, paragraphs, removed_lines, paragraph_links, story_merges, "
    "duplicate_paragraphs, "
    "removed_by_rule, removed_parts",
}


def installed():
    return [member() for member in discover()]


def columns_of(transforms):
    return {name: table.columns for name, table in build_schema(transforms).tables.items()}


def test_tables_begin_with_their_documented_columns():
    tables = columns_of(installed())
    for table, listed in DOCUMENTED.items():
        names = listed.split(", ")
        assert list(tables[table])[: len(names)] == names
    assert list(tables)[: len(DOCUMENTED)] == list(DOCUMENTED)


def test_without_transforms_the_pipelines_own_columns_remain_in_order():
    own = columns_of([])
    assert list(own) == [
        table for table in DOCUMENTED if table not in ("paragraph_links", "story_merges")
    ]
    for table, columns in own.items():
        listed = DOCUMENTED[table].split(", ")
        assert [name for name in listed if name in columns] == [n for n in columns if n in listed]
    assert {"text", "language"} <= own["articles"].keys()
    assert "is_duplicate" not in own["paragraphs"]
    assert "duplicate_paragraphs" not in own["runs"]


def test_columns_beyond_the_documented_ones_follow_by_name():
    tables = columns_of(installed())
    for table in ("articles", "paragraphs", "paragraph_links"):
        more = list(tables[table])[len(DOCUMENTED[table].split(", ")) :]
        assert more == sorted(more)
    assert "encoding" in tables["articles"]
    assert set(READ_COLUMNS) <= set(tables["articles"])


def test_every_stored_column_of_every_transform_is_in_its_table():
    tables = columns_of(installed())
    for transform in installed():
        for name, column in transform.adds.items():
            assert (tables["articles"].get(name) == column) == column.stored, name
        if isinstance(transform, CorpusTransform):
            assert transform.paragraph_columns.items() <= tables["paragraphs"].items()
            for name, table in transform.tables.items():
                assert table.columns.items() <= tables[name].items()
                assert list(tables[name])[-1] == "run_id"


def test_columns_follow_the_one_they_name():
    class Chained(Transform):
        adds = {  # noqa: RUF012 - a test
            "z": Column(pa.int32(), "A number."),
            "d": Column(pa.int32(), "A number.", after="b"),
            "c": Column(pa.int32(), "A number.", after="b"),
            "b": Column(pa.int32(), "A number.", after="title"),
            "a": Column(pa.int32(), "A number.", after="nothing"),
        }

    names = list(columns_of([Chained()])["articles"])
    place = names.index("title")
    assert names[place : place + 4] == ["title", "b", "c", "d"]
    assert names[-3:] == ["a", "encoding", "z"]


def test_field_metadata_carries_the_descriptions():
    schema = build_schema(installed())
    for table, declared in schema.tables.items():
        arrow = schema.arrow(table)
        assert arrow.names == list(declared.columns)
        for field in arrow:
            description = declared.columns[field.name].description
            assert field.metadata[b"description"].decode() == description


def test_every_description_is_a_sentence():
    for table, columns in columns_of(installed()).items():
        for name, column in columns.items():
            assert re.fullmatch(r"\S.*[.!?]\s*", column.description, re.DOTALL), f"{table}.{name}"


class _Adds(Transform):
    def __init__(self, column, stored=True):
        self.adds = {column: Column(pa.int32(), "A number.", stored)}


class _Corpus(CorpusTransform):
    def __init__(self, paragraph_columns=(), tables=()):
        column = Column(pa.int32(), "A number.")
        self.paragraph_columns = dict.fromkeys(paragraph_columns, column)
        self.tables = {
            table: Table("A row.", dict.fromkeys(names, column))
            for table, names in dict(tables).items()
        }


def test_a_working_field_is_in_no_table():
    assert "lines" not in columns_of([_Adds("lines", stored=False)])["articles"]


@pytest.mark.parametrize("column", ["article_id", "run_id", "word_count", "ingested_at"])
def test_columns_of_the_pipeline_are_refused(column):
    with pytest.raises(
        TransformError, match=f"_Adds adds '{column}' to 'articles', which the pipeline fills"
    ):
        columns_of([_Adds(column)])


@pytest.mark.parametrize("column", ["paragraph_id", "position", "text", "language", "run_id"])
def test_columns_of_paragraphs_are_refused(column):
    with pytest.raises(TransformError, match=f"_Corpus adds '{column}' to 'paragraphs'"):
        columns_of([_Corpus(paragraph_columns=[column])])


@pytest.mark.parametrize(
    "table", ["articles", "runs", "records", "search", "snapshot", "Quotes", "9lives", "a b", ""]
)
def test_tables_with_taken_or_odd_names_are_refused(table):
    with pytest.raises(TransformError, match="_Corpus writes a table"):
        columns_of([_Corpus(tables={table: ["n"]})])


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        (_Adds("TEXT"), "_Adds adds 'TEXT' to 'articles', which Boilerplate fills as 'text'"),
        (_Adds("Document"), "which the pipeline fills as 'document': to DuckDB, names that differ"),
        (_Adds("line_count"), "which the pipeline fills as 'line_count'"),
        (_Adds("order"), "_Adds adds 'order' to 'articles', a word of SQL"),
        (_Adds("Left"), "a word of SQL"),
        (_Adds("two words"), "A name is a letter and then letters, digits and underscores"),
        (_Adds("größe"), "A name is a letter"),
        (_Adds('a"b'), "A name is a letter"),
        (_Adds(""), "A name is a letter"),
        (_Adds("x" * 64), "63 at most"),
        (_Adds(7), "A name is a letter"),
        (_Corpus(["Position"]), "to 'paragraphs', which the pipeline fills as 'position'"),
        (_Corpus(["line_number"]), "which the pipeline fills as 'line_number'"),
        (_Corpus(["n", "N"]), "_Corpus adds 'N' to 'paragraphs', which _Corpus fills as 'n'"),
        (
            _Corpus(tables={"quotes": ["n", "N"]}),
            "adds 'N' to 'quotes', which _Corpus fills as 'n'",
        ),
        (_Corpus(tables={"quotes": ["RUN_ID"]}), "which the pipeline fills in every table"),
        (_Corpus(tables={"quotes": ["language"]}), "to 'quotes' as int32.*codes of languages"),
        (_Corpus(tables={"select": ["n"]}), "_Corpus writes a table 'select', a word of SQL"),
        (_Corpus(tables={"Quotes": ["n"]}), "Write its name in lower case"),
    ],
)
def test_a_name_that_cannot_work_is_refused_with_its_transform(declared, says):
    with pytest.raises(TransformError, match=says) as caught:
        build_schema([*installed(), declared])
    assert str(caught.value).endswith(".")


def test_two_transforms_name_no_column_alike():
    class _Other(_Adds):
        pass

    with pytest.raises(
        TransformError, match="_Other adds 'Score' to 'articles', which _Adds fills"
    ):
        build_schema([_Adds("score"), _Other("Score")])


def test_the_words_of_sql_are_those_of_the_installed_duckdb():
    rows = (
        duckdb.connect()
        .execute("SELECT keyword_name, keyword_category FROM duckdb_keywords()")
        .fetchall()
    )
    assert {word for word, kind in rows if kind in ("reserved", "type_function")} <= SQL_WORDS


def test_the_sql_of_a_transform_is_tried_before_the_run():
    schema = build_schema(installed())
    try_catalog(None, schema)
    broken = dataclasses.replace(
        schema, sql=[*schema.sql, "CREATE VIEW mine AS SELECT no_such_column FROM articles"]
    )
    with pytest.raises(CatalogError, match=r"no_such_column.*LINE 1: CREATE VIEW mine AS"):
        try_catalog(None, broken)
    twice = dataclasses.replace(schema, sql=[*schema.sql, "CREATE VIEW Articles AS SELECT 1"])
    with pytest.raises(CatalogError, match="already exists"):
        try_catalog(None, twice)


def test_a_column_of_an_earlier_run_may_not_differ_by_case():
    before = Manifest(
        1, 1, "", "", {"articles": {"Score": StoredColumn("INTEGER", "Of an earlier run.")}}, ()
    )
    with pytest.raises(CatalogError, match="'Score' of earlier runs, and a transform adds 'score'"):
        try_catalog(before, build_schema([_Adds("score")]))


def test_a_missing_sql_file_is_named():
    class _Script(Transform):
        sql = "no_such.sql"

    with pytest.raises(TransformError, match=r"SQL of _Script, .*no_such\.sql, cannot be read"):
        build_schema([_Script()])


def test_a_view_of_another_transform_is_no_tables_name():
    with pytest.raises(TransformError, match="_Corpus writes a table 'copies', which is there"):
        build_schema([*installed(), _Corpus(tables={"copies": ["n"]})])


def test_a_table_of_a_transform_comes_last_and_is_counted():
    tables = columns_of([*installed(), _Corpus(["rank"], {"quotes": ["n"]})])
    assert list(tables)[-1] == "quotes"
    assert list(tables["quotes"]) == ["n", "run_id"]
    assert list(tables["paragraphs"])[-1] == "rank"
    assert tables["runs"]["quotes"].description == "Rows it added to `quotes`."


@pytest.mark.parametrize(
    ("kind", "run_column"), [(pa.bool_(), "records"), (pa.bool_(), "articles"), (pa.string(), "n")]
)
def test_a_count_that_runs_cannot_hold_is_refused(kind, run_column):
    transform = _Adds("calm")
    transform.adds = {"calm": Column(kind, "Calm.", counted="calm", run_column=run_column)}
    with pytest.raises(TransformError, match="Count a bool column, under a name"):
        build_schema([transform])


@pytest.mark.parametrize(
    "kind",
    [pa.float16(), pa.timestamp("ns", tz="UTC"), pa.timestamp("us", tz="Europe/Bern"), pa.null(),
     pa.list_(pa.time64("ns")), pa.struct([])],
    ids=str,
)  # fmt: skip
def test_a_type_that_not_every_duckdb_reads_alike_is_refused(kind):
    transform = _Adds("shape")
    transform.adds = {"shape": Column(kind, "A shape.")}
    with pytest.raises(TransformError, match=r"'shape' of 'articles': Arrow type .* cannot be"):
        columns_of([transform])


_SIMPLE = st.sampled_from(
    [pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(),
     pa.uint32(), pa.uint64(), pa.float32(), pa.float64(), pa.string(), pa.large_string(),
     pa.binary(), pa.large_binary(), pa.date32(), pa.timestamp("ms"), pa.timestamp("us"),
     pa.timestamp("ms", tz="UTC"), pa.timestamp("us", tz="UTC")]
)  # fmt: skip
_TYPES = st.recursive(
    _SIMPLE,
    lambda inner: st.one_of(
        inner.map(pa.list_),
        inner.map(lambda item: pa.map_(pa.string(), item)),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda items: pa.struct([(f'a "{index}', item) for index, item in enumerate(items)])
        ),
    ),
    max_leaves=4,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_TYPES, min_size=1, max_size=4))
def test_type_names_are_what_duckdb_reads(tmp_path_factory, types):
    path = tmp_path_factory.getbasetemp() / "types.parquet"
    schema = pa.schema([(f"c{index}", member) for index, member in enumerate(types)])
    pq.write_table(schema.empty_table(), path)
    with duckdb.connect() as connection:
        read = connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
        asked = ", ".join(f"c{i} {duckdb_type(member)}" for i, member in enumerate(types))
        connection.execute(f"CREATE TABLE asked ({asked})")
        declared = connection.execute("DESCRIBE asked").fetchall()
    assert [row[1] for row in read] == [row[1] for row in declared]


def test_the_readme_is_the_dictionary_of_the_installed_transforms(tmp_path):
    readme = (REPOSITORY / "warehouse/README.md").read_text("utf-8")
    copy = tmp_path / "README.md"
    copy.write_text(readme, "utf-8")
    main([str(copy)])
    assert readme == copy.read_text("utf-8"), (
        "run: python -m pipeline.warehouse.dictionary warehouse/README.md"
    )
    assert data_dictionary(build_schema(installed())) in readme


def test_a_file_without_marks_is_left_alone(tmp_path):
    copy = tmp_path / "README.md"
    copy.write_text("# Title\n")
    with pytest.raises(SystemExit, match="lacks the lines"):
        main([str(copy)])
    assert copy.read_text() == "# Title\n"


def test_the_command_prints_the_dictionary(capsys):
    main([])
    dictionary = data_dictionary(build_schema(installed()))
    assert capsys.readouterr().out == dictionary + "\n" + rules_of(installed())


def test_the_dictionary_names_every_column_view_and_macro():
    schema = build_schema(installed())
    tables = {name: table.columns for name, table in schema.tables.items()}
    text = data_dictionary(schema).replace('"', "")  # DuckDB quotes members of structs as needed
    headings = re.findall(r"^### (\w+)", text, flags=re.MULTILINE)
    assert headings[: len(tables)] == list(tables)
    rest = {"article_copies", "articles_current", "copies", "editions", "origins"}
    rest |= {"paragraph_clusters", "paragraph_links_current", "snapshot", "search"}
    assert rest <= set(headings[len(tables) :])
    for columns in tables.values():
        for name, column in columns.items():
            kind = duckdb_type(column.type).replace('"', "")
            assert f"| {name} | {kind} | " in text
