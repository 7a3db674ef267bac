"""The columns of the tables, and the data dictionary that must agree with them."""

import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import READ_COLUMNS
from pipeline.transform import Column, CorpusTransform, Transform, TransformError, discover
from pipeline.warehouse.dictionary import data_dictionary, main
from pipeline.warehouse.schema import (
    ARTICLE_COLUMNS,
    PARAGRAPH_COLUMNS,
    PARAGRAPH_LINK_COLUMNS,
    RUN_COLUMNS,
    arrow_schema,
    duckdb_type,
    table_columns,
    table_schemas,
)
from pipeline.warehouse.views import MACROS, VIEWS

REPOSITORY = Path(__file__).parents[1]

DOCUMENTED = {
    "articles": "article_id, source_file, record_index, dump_format, url, outlet, title, authors, "
    "published_at, language, language_confidence, agency, agency_evidence, dateline, tags, text, "
    "unique_text, word_count, paragraph_count, duplicate_paragraph_count, removed_line_count, "
    "ingested_at, run_id",
    "paragraphs": "paragraph_id, article_id, position, text, word_count, cluster_id, is_duplicate, "
    "duplicate_of, similarity, language, run_id",
    "paragraph_links": "paragraph_id, source_paragraph_id, kind, similarity, containment, "
    "source_containment, run_id",
    "removed_lines": "article_id, line_number, text, rule, run_id",
    "rejects": "source_file, record_index, stage, reason, detail, raw, run_id",
    "runs": "run_id, started_at, finished_at, version, settings",
}


def installed():
    return [member() for member in discover()]


@pytest.mark.parametrize("transforms", [[], installed()], ids=["none", "installed"])
def test_tables_begin_with_their_documented_columns(transforms):
    tables = table_columns(transforms)
    for table, listed in DOCUMENTED.items():
        names = listed.split(", ")
        assert list(tables[table])[: len(names)] == names
    assert list(tables)[: len(DOCUMENTED)] == list(DOCUMENTED)


def test_columns_beyond_the_documented_ones_follow_by_name():
    tables = table_columns(installed())
    for table in ("articles", "paragraphs", "paragraph_links"):
        more = list(tables[table])[len(DOCUMENTED[table].split(", ")) :]
        assert more == sorted(more)
    assert "encoding" in tables["articles"]
    assert set(READ_COLUMNS) <= set(tables["articles"])


def test_every_stored_column_of_every_transform_is_in_its_table():
    tables = table_columns(installed())
    for transform in installed():
        for name, column in transform.adds.items():
            assert (tables["articles"].get(name) == column) == column.stored, name
        if isinstance(transform, CorpusTransform):
            assert transform.paragraph_columns.items() <= tables["paragraphs"].items()
            for table, columns in transform.tables.items():
                assert columns.items() <= tables[table].items()
                assert list(tables[table])[-1] == "run_id"


def test_a_column_keeps_its_type_without_its_transform():
    own = {
        "articles": ARTICLE_COLUMNS,
        "paragraphs": PARAGRAPH_COLUMNS,
        "paragraph_links": PARAGRAPH_LINK_COLUMNS,
    }
    tables = table_columns(installed())
    for table, columns in own.items():
        for name, column in columns.items():
            assert tables[table][name].type == column.type, f"{table}.{name}"


def test_field_metadata_carries_the_descriptions():
    tables, schemas = table_columns([]), table_schemas([])
    for table, schema in schemas.items():
        assert schema.names == list(tables[table])
        for field in schema:
            assert field.metadata[b"description"].decode() == tables[table][field.name].description


def test_every_description_is_a_sentence():
    for table, columns in table_columns(installed()).items():
        for name, column in columns.items():
            assert re.fullmatch(r"\S.*[.!?]\s*", column.description, re.DOTALL), f"{table}.{name}"


class _Adds(Transform):
    def __init__(self, column, stored=True):
        self.adds = {column: Column(pa.int32(), "A number.", stored)}


class _Corpus(CorpusTransform):
    def __init__(self, paragraph_columns=(), tables=()):
        column = Column(pa.int32(), "A number.")
        self.paragraph_columns = dict.fromkeys(paragraph_columns, column)
        self.tables = {table: dict.fromkeys(names, column) for table, names in dict(tables).items()}


def test_a_working_field_is_in_no_table():
    assert "lines" not in table_columns([_Adds("lines", stored=False)])["articles"]


@pytest.mark.parametrize("column", ["article_id", "run_id", "ingested_at"])
def test_columns_of_the_pipeline_are_refused(column):
    with pytest.raises(TransformError, match=f"_Adds adds '{column}', which the pipeline fills"):
        table_columns([_Adds(column)])


@pytest.mark.parametrize("column", ["paragraph_id", "position", "text", "run_id"])
def test_columns_of_paragraphs_are_refused(column):
    with pytest.raises(TransformError, match=f"_Corpus adds '{column}' to 'paragraphs'"):
        table_columns([_Corpus(paragraph_columns=[column])])


@pytest.mark.parametrize(
    "table", ["articles", "runs", "copies", "search", "snapshot", "Quotes", "9lives", "a b", ""]
)
def test_tables_with_taken_or_odd_names_are_refused(table):
    with pytest.raises(TransformError, match="_Corpus writes a table"):
        table_columns([_Corpus(tables={table: ["n"]})])


def test_a_transforms_own_table_comes_last_with_its_run():
    tables = table_columns([_Corpus(["rank"], {"quotes": ["n"], "paragraph_links": ["weight"]})])
    assert list(tables)[-1] == "quotes"
    assert list(tables["quotes"]) == ["n", "run_id"]
    assert list(tables["paragraphs"])[-1] == "rank"
    assert list(tables["paragraph_links"])[-1] == "weight"


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
        table_columns([transform])


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


def test_the_run_row_fits_its_schema():
    assert pa.types.is_map(arrow_schema(RUN_COLUMNS).field("removed_by_rule").type)


def test_the_readme_is_the_dictionary_of_the_installed_transforms(tmp_path):
    readme = (REPOSITORY / "warehouse/README.md").read_text("utf-8")
    copy = tmp_path / "README.md"
    copy.write_text(readme, "utf-8")
    main([str(copy)])
    assert readme == copy.read_text("utf-8"), (
        "run: python -m pipeline.warehouse.dictionary warehouse/README.md"
    )
    assert data_dictionary(table_columns(installed())) in readme


def test_a_file_without_marks_is_left_alone(tmp_path):
    copy = tmp_path / "README.md"
    copy.write_text("# Title\n")
    with pytest.raises(SystemExit, match="lacks the lines"):
        main([str(copy)])
    assert copy.read_text() == "# Title\n"


def test_the_command_prints_the_dictionary(capsys):
    main([])
    assert capsys.readouterr().out == data_dictionary(table_columns(installed()))


def test_the_dictionary_names_every_column_view_and_macro():
    tables = table_columns(installed())
    text = data_dictionary(tables)
    headings = re.findall(r"^### (\w+)", text, flags=re.MULTILINE)
    assert headings == [*tables, *VIEWS, *MACROS]
    for columns in tables.values():
        for name, column in columns.items():
            assert f"| {name} | {duckdb_type(column.type)} | " in text
