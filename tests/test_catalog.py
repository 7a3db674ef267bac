"""The catalog: what both DuckDB engines see in it, from anywhere, and what its views compute."""

import dataclasses
import datetime
import math
import re
import shutil
import subprocess
import sys
import textwrap

import duckdb
import pyarrow as pa
import pytest

from pipeline.plan import discover
from pipeline.transform import Column, Table
from pipeline.warehouse import Warehouse, write_table
from pipeline.warehouse.catalog import CatalogError, catalog_state, swap_catalog, write_catalog
from pipeline.warehouse.schema import build_schema, duckdb_type
from pipeline.warehouse.verify import verify
from tests import PATIENCE
from tests.warehouse_rows import (
    COLUMNS,
    SCHEMA,
    as_table,
    commit_rows,
    commit_run,
    corpus_rows,
    query,
    run_id,
    run_row,
    shell,
    tree,
    wider,
)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("warehouse")
    commit_run(root, 0, articles=12)
    return root


@pytest.fixture(scope="module")
def connection(root):
    with duckdb.connect(str(root / "news.duckdb"), read_only=True) as connection:
        yield connection


# What is in it


def _unquoted(columns):
    """Returns names and types; DuckDB quotes the members of structs only as needed."""
    return [(name, kind.replace('"', "")) for name, kind in columns]


def test_tables_have_their_columns_types_and_comments(connection):
    for table, columns in COLUMNS.items():
        described = connection.execute(f"DESCRIBE {table}").fetchall()
        assert _unquoted(row[:2] for row in described) == _unquoted(
            (name, duckdb_type(column.type)) for name, column in columns.items()
        )
        comments = connection.execute(
            "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ?", [table]
        ).fetchall()
        assert dict(comments) == {name: column.description for name, column in columns.items()}


DERIVED = (
    "article_copies", "article_dates", "articles_current", "copies", "corpus", "edition_order",
    "editions", "link_parts",
    "paragraph_clusters", "paragraph_links_current", "paragraph_shares",
)  # fmt: skip
"""Views of several tables that transforms declare."""


def test_everything_has_a_comment(connection, root):
    views = connection.execute(
        "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal ORDER BY ALL"
    ).fetchall()
    derived = [*DERIVED, "article_stories", "iptc_topics", "snapshot", "stories"]
    assert [name for name, _ in views] == sorted([*COLUMNS, *derived])
    assert {name: table.description for name, table in SCHEMA.tables.items()}.items() <= dict(
        views
    ).items()
    # The columns of `articles_current` are those of `articles`, as its own comment says; so are
    # those of `paragraph_links_current`.
    columns = connection.execute(
        "SELECT count(*), count(comment) FROM duckdb_columns() "
        "WHERE NOT internal AND table_name NOT IN ('articles_current', 'paragraph_links_current')"
    ).fetchone()
    assert columns[0] == columns[1] > 60
    sql = (
        "SELECT function_name, comment FROM duckdb_functions() "
        "WHERE function_type LIKE '%macro' AND NOT internal ORDER BY ALL"
    )
    macros = connection.execute(sql).fetchall()
    assert {"search", "search_paragraphs", "search_text"} <= {name for name, _ in macros}
    assert all(comment for _, comment in [*views, *macros])
    assert shell(root / "news.duckdb", sql).count("\n") == len(macros)


def test_it_holds_no_rows(connection):
    assert connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (0,)


@pytest.mark.parametrize("transforms", [[], [member() for member in discover()]])
def test_the_catalog_of_any_transforms_is_whole(tmp_path, transforms):
    schema = build_schema(transforms)
    warehouse = Warehouse(str(tmp_path))
    with warehouse.open_for_writing(schema):
        warehouse.commit({"run_id": run_id(0)}, [])
    for table, declared in schema.tables.items():
        described = query(tmp_path, f"DESCRIBE {table}")
        assert _unquoted(row[:2] for row in described) == _unquoted(
            (name, duckdb_type(column.type)) for name, column in declared.columns.items()
        )
    for view in DERIVED if transforms else ("snapshot",):
        shell(tmp_path / "news.duckdb", f"FROM {view}")
    assert query(tmp_path, "SELECT count(*) FROM search('storm')") == [(0,)]
    assert verify(str(tmp_path), schema).ok


def test_a_warehouse_outlives_its_transforms(tmp_path):
    commit_run(tmp_path, 0)
    without = build_schema([])
    warehouse = Warehouse(str(tmp_path))
    with warehouse.open_for_writing(without):
        warehouse.commit({"run_id": run_id(1)}, [])
    assert query(tmp_path, "SELECT count(*) FROM paragraph_links") == [(9,)]
    assert verify(str(tmp_path), without).ok
    # New transforms: their columns and tables are NULL and empty before the next commit.
    commit_run(tmp_path, 2)
    schema = wider("quotes", speaker=Column(pa.string(), "Who said it."))
    swap_catalog(warehouse.root, write_catalog(warehouse.latest(), schema))
    assert query(tmp_path, "SELECT count(speaker) FROM quotes") == [(0,)]
    assert query(tmp_path, "SELECT count(*) FROM copies")[0][0] > 0


def test_a_transforms_own_table_is_a_view(tmp_path):
    warehouse = Warehouse(str(tmp_path))
    with warehouse.open_for_writing(wider("quotes", speaker=Column(pa.string(), "Who said it."))):
        warehouse.commit({"run_id": run_id(0)}, [])
    assert query(tmp_path, "DESCRIBE quotes")[0][:2] == ("speaker", "VARCHAR")
    assert query(tmp_path, "SELECT comment FROM duckdb_views() WHERE view_name = 'quotes'") == [
        ("A row of a test.",)
    ]


def test_a_process_that_commits_again_writes_the_catalog_that_a_new_one_would(tmp_path):
    def listed():
        return [
            sorted(query(tmp_path, f"SELECT {columns}, comment FROM duckdb_{kind}() {internal}"))
            for kind, columns, internal in (
                ("views", "view_name, sql", "WHERE NOT internal"),
                ("columns", "table_name, column_name, column_index, data_type", ""),
                (
                    "functions",
                    "function_name, macro_definition",
                    "WHERE function_type LIKE '%acro'",
                ),
            )
        ]

    warehouse = Warehouse(str(tmp_path))
    wide = wider("quotes", speaker=Column(pa.string(), "Who said it."))
    for number, schema in enumerate((SCHEMA, SCHEMA, wide, SCHEMA, SCHEMA)):
        with warehouse.open_for_writing(schema):
            warehouse.commit({"run_id": run_id(number)}, [])
        found = listed()
        assert query(tmp_path, "SELECT manifest FROM snapshot") == [(number + 1,)]
        swap_catalog(warehouse.root, write_catalog(warehouse.latest(), schema))
        assert listed() == found
    assert "quotes" in str(found)


def test_state_names_manifest_and_folder(root, tmp_path):
    assert catalog_state(str(root)) == (1, str(root), run_id(0))
    assert catalog_state(str(tmp_path)) is None
    (tmp_path / "news.duckdb").write_bytes(b"not a database")
    assert catalog_state(str(tmp_path)) is None


# Where it is opened


def test_both_engines_open_it_from_any_folder(root, tmp_path, monkeypatch):
    sql = "SELECT count(*), sum(word_count) FROM articles"
    [(articles, words)] = query(root, sql)
    assert articles == 12
    assert shell(root / "news.duckdb", sql, cwd=tmp_path) == f"{articles},{words}\n"
    monkeypatch.chdir(tmp_path)
    assert query(root, sql) == [(articles, words)]


@pytest.mark.parametrize(
    "name", ["two words", "it's", 'quo"te', "a[1]b", "star*", "{x,y}", "ünï", "new\nline"]
)
def test_odd_folder_names_work(root, tmp_path, name):
    shutil.copytree(root, tmp_path / name)
    warehouse = Warehouse(str(tmp_path / name))
    swap_catalog(warehouse.root, write_catalog(warehouse.latest(), SCHEMA))
    # Were the name taken for a pattern, it would match this folder, too, or instead.
    shutil.copytree(root, tmp_path / "a1b", dirs_exist_ok=True)
    shutil.copytree(root, tmp_path / "stars", dirs_exist_ok=True)
    assert query(tmp_path / name, "SELECT count(*) FROM articles") == [(12,)]
    assert shell(tmp_path / name / "news.duckdb", "SELECT count(*) FROM articles") == "12\n"


ODD = "it's a [1]* {x}"
"""Name of a folder with a blank, a quote and characters of a pattern."""


@pytest.mark.parametrize("change", ["copied", "moved", "copied, another in its place"])
def test_a_copied_or_moved_warehouse_is_read_where_it_lies(root, tmp_path, change, monkeypatch):
    first, second = tmp_path / "first", tmp_path / ODD
    shutil.copytree(root, first)
    commit_run(first, 2)
    if change == "moved":
        first.rename(second)
    else:
        shutil.copytree(first, second)
    if change != "moved":
        commit_run(first, 3)
    if "another" in change:
        shutil.rmtree(first)
        shutil.copytree(root, first)
    sql = "SELECT count(*) FROM articles"
    expected = [(18,)]
    assert query(second, sql) == expected
    assert shell(second / "news.duckdb", sql) == "18\n"
    monkeypatch.chdir(second)
    for path in ("news.duckdb", "./news.duckdb", f"../{ODD}/news.duckdb"):
        assert shell(path, sql) == "18\n"
        with duckdb.connect(path, read_only=True) as connection:
            assert connection.execute(sql).fetchall() == expected
    link = tmp_path / "link"
    link.symlink_to(second)
    assert query(link, sql) == expected
    assert verify(str(second), SCHEMA).ok


def test_attached_it_is_read_where_it_was_built_or_where_the_variable_says(root, tmp_path):
    shutil.copytree(root, tmp_path / ODD)
    commit_run(tmp_path / ODD, 2)
    moved = tmp_path / "moved"
    (tmp_path / ODD).rename(moved)
    sql = "SELECT count(*) FROM other.articles"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{moved / 'news.duckdb'}' AS other (READ_ONLY)")
        with pytest.raises(duckdb.IOException, match="No files found"):
            connection.execute(sql)
        connection.execute(f"SET VARIABLE warehouse = '{moved}'")
        assert connection.execute(sql).fetchall() == [(18,)]
    with Warehouse(str(moved)).open_for_writing(SCHEMA):
        pass
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{moved / 'news.duckdb'}' AS other (READ_ONLY)")
        assert connection.execute(sql).fetchall() == [(18,)]


def test_attached_it_works_under_any_name(root):
    attach = f"ATTACH '{root / 'news.duckdb'}' AS other (READ_ONLY)"
    with duckdb.connect() as connection:
        connection.execute(attach)
        assert connection.execute("SELECT count(*) FROM other.copies").fetchone()[0] > 0
        connection.execute("USE other")
        assert connection.execute("SELECT count(*) FROM search('storm')").fetchone() == (12,)


def test_rebuilding_leaves_nothing_beside_it(root, tmp_path):
    shutil.copytree(root, tmp_path, dirs_exist_ok=True)
    before = set(tree(tmp_path))
    warehouse = Warehouse(str(tmp_path))
    swap_catalog(warehouse.root, write_catalog(warehouse.latest(), SCHEMA))
    assert set(tree(tmp_path)) == before


def test_what_a_writing_shell_left_does_not_harm_the_next_catalog(tmp_path):
    commit_run(tmp_path, 0)
    script = """
        import duckdb, os, signal, sys
        connection = duckdb.connect(sys.argv[1])
        connection.execute("CREATE VIEW mine AS FROM articles")
        print("written", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "news.duckdb")],
        check=False, timeout=PATIENCE, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    assert (tmp_path / "news.duckdb.wal").exists()
    commit_run(tmp_path, 1)
    assert not (tmp_path / "news.duckdb.wal").exists()
    assert query(tmp_path, "SELECT count(*) FROM articles") == [(12,)]
    assert verify(str(tmp_path), SCHEMA).ok


def test_a_failed_build_leaves_the_old_one(root, tmp_path):
    shutil.copytree(root, tmp_path, dirs_exist_ok=True)
    before = (tmp_path / "news.duckdb").read_bytes()
    warehouse = Warehouse(str(tmp_path))
    manifest = warehouse.latest()
    shutil.rmtree(tmp_path / "files/removed_lines")
    with pytest.raises(CatalogError, match="removed_lines"):
        write_catalog(manifest, SCHEMA)
    assert (tmp_path / "news.duckdb").read_bytes() == before
    assert [path.name for path in tmp_path.glob(".news*")] == []


# What the views compute


def article(number, outlet, **more):
    return {
        "article_id": f"a{number}", "source_file": f"dumps/{number}.txt", "outlet": outlet, **more
    }  # fmt: skip


def paragraph(number, position, source=None, words=10, **more):
    own = f"a{number}-{position}"
    return {
        "paragraph_id": own, "article_id": f"a{number}", "position": position,
        "text": f"text {own}", "word_count": words, "is_duplicate": source is not None,
        "duplicate_of": source, "cluster_id": source or own, **more,
    }  # fmt: skip


def link(one, source, reuse, direction, shared, spans=1, **more):
    span = {"start": 0, "end": 4, "source_start": 0, "source_end": 4}
    return {
        "paragraph_id": one, "source_paragraph_id": source, "kind": "passage", "reuse": reuse,
        "direction": direction, "shared_words": shared, "containment": 0.5,
        "source_containment": 0.5, "spans": [span] * spans, **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """Articles of an agency, two papers and a dump without outlet, with links of all kinds."""
    root = tmp_path_factory.mktemp("copied")
    rows = {
        "articles": [
            article(0, "Wire", word_count=72), article(1, "Post", word_count=42),
            article(2, "Post", word_count=50), article(3, None, word_count=10),
            article(4, "Herald", word_count=30),
        ],
        "paragraphs": [
            paragraph(0, 1), paragraph(0, 2, words=12), paragraph(0, 3, words=50),
            paragraph(1, 1, "a0-1"), paragraph(1, 2, "a0-2", words=12), paragraph(1, 3, words=20),
            paragraph(2, 1, "a1-1"), paragraph(2, 2, words=40),
            paragraph(3, 1, "a0-1"), paragraph(4, 1, words=30),
        ],
        "paragraph_links": [
            link("a1-1", "a0-1", "wire", "agency", 10, kind="exact"),
            # Similar without a run of twelve words: .75 of its own twelve.
            link("a1-2", "a0-2", "wire", "agency", None, 0, kind="near", containment=0.75),
            link("a1-3", "a0-3", "quotation", "common", 14, 2),
            # Nobody knows which of two papers has it from the other.
            link("a2-1", "a1-1", "copy", "unknown", 10, kind="exact"),
            link("a2-2", "a0-3", "copy", "credit", 15),
            # A credit says more than dates that have it the other way round.
            link("a3-1", "a0-1", "copy", "credit", 10), link("a0-2", "a3-1", "copy", "dates", 12),
            # No copies: both quote it, and all papers say so.
            link("a3-1", "a1-1", "quotation", "common", 8),
            link("a4-1", "a1-3", "formula", "unknown", 9),
        ],
    }  # fmt: skip
    commit_rows(root, rows)
    return root


def test_half_the_text_of_a_dated_article_bounds_the_day_of_one_without(tmp_path):
    def dated(number, day, precision="day"):
        at = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
        return article(
            number, f"Paper {number}", word_count=20, published_at=at,
            published_at_precision=precision, published_at_evidence="field",
            published_on=day if precision == "day" else None,
        )  # fmt: skip

    first, second = datetime.date(2024, 2, 29), datetime.date(2024, 3, 2)
    commit_rows(
        tmp_path,
        {
            "articles": [
                dated(0, first), dated(1, second), dated(2, datetime.date(2023, 1, 1)),
                dated(3, datetime.date(2024, 2, 1), "month"),
                *(article(number, None, word_count=20) for number in (4, 5, 6, 7)),
            ],
            "paragraphs": [paragraph(number, 1, words=20) for number in range(8)],
            "paragraph_links": [
                link("a4-1", "a0-1", "copy", "unknown", 10),
                link("a1-1", "a4-1", "copy", "unknown", 12),  # whichever is the later
                link("a5-1", "a0-1", "copy", "unknown", 9),  # less than half
                link("a6-1", "a0-1", "copy", "unknown", 20),
                link("a6-1", "a2-1", "copy", "unknown", 20),  # another year
                link("a7-1", "a4-1", "copy", "unknown", 20),  # no date of its own
            ],
        },
    )  # fmt: skip
    rows = query(tmp_path, "FROM article_dates ORDER BY ALL")
    two = datetime.timedelta(days=2)
    assert rows[0] == ("a0", first, first, "field")
    assert rows[3] == ("a3", datetime.date(2024, 2, 1), first, "field")
    assert rows[4] == ("a4", first - two, second + two, "copies")
    assert rows[5:] == [(f"a{number}", None, None, None) for number in (5, 6, 7)]


def test_article_copies_are_pairs_of_articles_with_their_best_evidence(copied):
    assert query(
        copied,
        "SELECT article_id, other_article_id, direction, source_article_id, wire_words, "
        "copy_words, quoted_words, formula_words, shared_words, share, other_share, "
        "paragraph_pairs, spans FROM article_copies ORDER BY ALL",
    ) == [
        ("a1", "a0", "agency", "a0", 19, 0, 14, 0, 33, 0.786, 0.458, 3, 3),
        ("a2", "a0", "credit", "a0", 0, 15, 0, 0, 15, 0.3, 0.208, 1, 1),
        ("a2", "a1", "unknown", None, 0, 10, 0, 0, 10, 0.2, 0.238, 1, 1),
        # The same words of it stand in two paragraphs there.
        ("a3", "a0", "credit", "a0", 0, 10, 0, 0, 10, 1, 0.139, 2, 2),
    ]


@pytest.mark.parametrize(
    ("later", "precision", "direction", "source"),
    [
        (37, "day", "credit", "a0"),
        (38, "day", "credit", None),
        (900, "month", "credit", None),
        (700, "month", "credit", "a0"),
        (39, None, "credit", "a0"),
        (39, "day", "agency", "a0"),
    ],
)
def test_no_article_is_the_source_of_one_before_it_by_a_credit(
    tmp_path, later, precision, direction, source
):
    """An outlet is credited: it has the words in an article that came before both."""
    day = datetime.datetime(2024, 3, 1, tzinfo=datetime.UTC)
    hours = datetime.timedelta(hours=later)
    commit_rows(
        tmp_path,
        {
            "articles": [
                article(0, "Post", published_at=day + hours, published_at_precision="minute"),
                article(1, "Herald", published_at=day, published_at_precision=precision),
            ],
            "paragraphs": [paragraph(0, 1), paragraph(1, 1)],
            "paragraph_links": [link("a1-1", "a0-1", "copy", direction, 10)],
        },
    )
    rows = query(tmp_path, "SELECT article_id, direction, source_article_id FROM article_copies")
    assert rows == [("a1", direction, source)]
    assert query(tmp_path, "SELECT outlet, source_outlet FROM copies") == [("Herald", "Post")]


def test_words_beyond_a_border_count_with_the_link(tmp_path):
    rest = link("a1-2", "a0-2", "", "", 5)
    fragment = {
        name: rest[name]
        for name in ("paragraph_id", "source_paragraph_id", "shared_words", "spans")
    }
    commit_rows(
        tmp_path,
        {
            "articles": [article(0, "Post", word_count=40), article(1, "Herald", word_count=40)],
            "paragraphs": [paragraph(number, at) for number in (0, 1) for at in (1, 2)],
            "paragraph_links": [
                link("a1-1", "a0-1", "copy", "credit", 9, fragments=[fragment]),
            ],
        },
    )
    assert query(tmp_path, "SELECT copy_words, shared_words, share FROM article_copies") == [
        (14, 14, 0.35)
    ]
    assert query(tmp_path, "SELECT paragraph_id, words FROM paragraph_shares ORDER BY ALL") == [
        ("a0-1", 9), ("a0-2", 5), ("a1-1", 9), ("a1-2", 5)
    ]  # fmt: skip
    assert query(tmp_path, "SELECT origin, words FROM origins('a1')")[0] == ("Post", 14)


def test_copies_are_those_of_which_a_source_is_known(copied):
    assert query(
        copied,
        "SELECT outlet, source_outlet, articles, source_articles, pairs, words, wire_words, "
        "copy_words, quoted_words, by_agency, by_credit, by_dates FROM copies ORDER BY ALL",
    ) == [
        ("Post", "Wire", 2, 1, 2, 34, 19, 15, 14, 1, 1, 0),
        ("dumps/3.txt", "Wire", 1, 1, 1, 10, 0, 10, 0, 0, 1, 0),
    ]


def test_a_copy_of_a_story_in_editions_counts_once(tmp_path):
    """Against the edition that has most of a paragraph, and of equal ones the earliest."""

    def printed(number, outlet, hour):
        at = datetime.datetime(2024, 3, 1, hour, tzinfo=datetime.UTC)
        return article(number, outlet, published_at=at)

    commit_rows(
        tmp_path,
        {
            "articles": [
                printed(0, "Post", 12) | {"edition_of": "a1", "edition_number": 2},
                printed(1, "Post", 8) | {"edition_number": 1},
                printed(2, "Herald", 20), printed(3, "Times", 9),
            ],
            "paragraphs": [
                *(paragraph(number, line) for number in range(3) for line in (1, 2)),
                paragraph(3, 1),
            ],
            "paragraph_links": [
                link("a2-1", "a0-1", "copy", "credit", 40),
                link("a2-1", "a1-1", "copy", "credit", 40),
                link("a2-2", "a0-2", "wire", "credit", 39),
                # Two runs of one paragraph, and words of a third, of the earlier edition.
                link("a2-2", "a1-1", "quotation", "common", 9),
                link("a2-2", "a1-2", "wire", "credit", 36),
                # Another outlet has its own sum.
                link("a2-1", "a3-1", "copy", "dates", 30),
            ],
        },
    )  # fmt: skip
    columns = "source_outlet, pairs, source_articles, words, wire_words, copy_words, by_credit"
    assert query(tmp_path, f"SELECT {columns}, quoted_words FROM copies ORDER BY ALL") == [
        ("Post", 2, 2, 79, 39, 40, 2, 0),
        ("Times", 1, 1, 30, 0, 30, 0, 0),
    ]
    assert query(tmp_path, "SELECT count(*) FROM article_copies") == [(3,)]


def test_plain_text_of_four_outlets_is_a_third_partys(tmp_path):
    """Whichever run brought them, and whatever articles without an outlet have it, too."""
    outlets = ["Post", "Herald", "Wire", None, None, "Times"]
    pairs = [(two, one) for two in range(6) for one in range(two)]
    rows = {
        "articles": [
            article(number, outlet, published_at=datetime.datetime(2024, 3, 1, tzinfo=datetime.UTC))
            for number, outlet in enumerate(outlets)
        ],
        "paragraphs": [paragraph(number, 1) for number in range(6)],
        "paragraph_links": [
            # Of two nobody knows who was the first.
            link(
                f"a{two}-1",
                f"a{one}-1",
                "copy",
                "dates" if two > 1 else "unknown",
                20,
                reuse_evidence="plain",
            )
            for two, one in pairs
        ],
    }
    for number, (count, last) in enumerate([(5, "copy"), (6, "quotation")]):
        links = [row for row in rows["paragraph_links"] if row["paragraph_id"] < f"a{count}"]
        some = {name: values[:count] for name, values in rows.items()} | {"paragraph_links": links}
        root = tmp_path / str(number)
        commit_rows(root, some)
        kinds = query(root, "SELECT DISTINCT reuse FROM paragraph_links_current")
        assert kinds == [(last,)]
        counted = query(root, "SELECT count(*), min(direction) FROM article_copies")
        assert counted == [(10, "dates") if last == "copy" else (0, None)]


def test_many_copies_of_the_first_are_copies_of_it(tmp_path):
    """However many outlets copy it; of the others nobody has it from another one of them."""
    at = datetime.datetime(2024, 3, 1, tzinfo=datetime.UTC)
    days = [0, 1, 2, 3, 4, None]
    pairs = [(two, one) for two in range(6) for one in range(two)]
    commit_rows(
        tmp_path,
        {
            "articles": [
                article(number, f"Paper {number}", word_count=20,
                        published_at=None if day is None else at + datetime.timedelta(days=day))
                for number, day in enumerate(days)
            ],
            "paragraphs": [paragraph(number, 1) for number in range(6)],
            "paragraph_links": [
                link(f"a{two}-1", f"a{one}-1", "copy", "unknown" if two == 5 else "dates", 20,
                     reuse_evidence="plain")
                for two, one in pairs
            ],
        },
    )  # fmt: skip
    judged = query(
        tmp_path,
        "SELECT DISTINCT reuse, direction, source_paragraph_id = 'a0-1' AND paragraph_id <> 'a5-1' "
        "FROM paragraph_links_current ORDER BY ALL",
    )
    assert judged == [("copy", "dates", True), ("quotation", "common", False)]
    copies = query(tmp_path, "SELECT outlet, source_outlet, words FROM copies ORDER BY ALL")
    assert copies == [(f"Paper {number}", "Paper 0", 20) for number in range(1, 5)]


@pytest.mark.parametrize(
    ("article_id", "expected"),
    [
        (
            "a1",
            [("Wire", "wire", 19), ("a third party", "quotation", 14), ("its own", None, 9)],
        ),
        ("a2", [("its own", None, 25), ("Wire", "copy", 15), ("unknown", "copy", 10)]),
        ("a4", [("its own", None, 30)]),
    ],
)
def test_origins_count_each_paragraph_once(copied, article_id, expected):
    assert query(copied, f"FROM origins('{article_id}')") == expected


def test_editions_and_the_newest_of_each_article(tmp_path):
    rows = {
        "articles": [
            article(0, "Post", text="Two hurt in storm", edition_number=1),
            article(1, "Post", text="Three hurt in storm", edition_of="a0", edition_number=2),
            article(2, "Post", text="Three HURT: in storm, storm", edition_of="a0",
                    edition_number=3),
            article(3, "Post", text="Another story", edition_number=1),
            article(4, "Post", text="Of an older version"),
        ]
    }  # fmt: skip
    commit_rows(tmp_path, rows)
    assert query(
        tmp_path,
        "SELECT first_edition, edition_number, article_id, previous_edition, words_added, "
        "words_removed, added_words, removed_words FROM editions ORDER BY edition_number",
    ) == [
        ("a0", 1, "a0", None, None, None, None, None),
        ("a0", 2, "a1", "a0", 1, 1, ["three"], ["two"]),
        ("a0", 3, "a2", "a1", 1, 0, ["storm"], None),
    ]
    current = query(tmp_path, "SELECT article_id FROM articles_current ORDER BY ALL")
    assert current == [("a2",), ("a3",), ("a4",)]


@pytest.mark.parametrize(
    ("arrivals", "order"),
    [
        # An older edition that comes later stays the older one.
        ([("12:00", "minute"), ("08:00", "minute")], [1, 0]),
        ([("08:00", "second"), ("12:00", "second")], [0, 1]),
        # Dates that do not tell, or none: the last to come is the newest.
        ([("12:00", "second"), ("12:00", "second")], [0, 1]),
        ([("12:00", "minute"), ("00:00", "day")], [0, 1]),
        ([("00:00", "day"), ("12:00", "minute")], [0, 1]),
        ([("12:00", "minute"), (None, None)], [0, 1]),
        ([(None, None), ("12:00", "minute")], [0, 1]),
        # One that no date places stands where it came; one surely older goes before all the same.
        ([("12:00", "minute"), ("00:00", "day"), ("08:00", "minute")], [2, 0, 1]),
        ([("12:00", "minute"), (None, None), ("08:00", "minute")], [2, 0, 1]),
        ([("08:00", "minute"), ("00:00", "day"), ("12:00", "minute")], [0, 1, 2]),
    ],
)
def test_the_newest_edition_is_so_by_date_else_by_arrival(tmp_path, arrivals, order):
    commit_rows(
        tmp_path,
        {
            "articles": [
                article(
                    number, "Post", text=f"Version {number}", edition_number=number + 1,
                    edition_of="a0" if number else None, published_at_precision=precision,
                    published_at=at and datetime.datetime.fromisoformat(f"2024-03-01T{at}:00Z"),
                )
                for number, (at, precision) in enumerate(arrivals)
            ]
        },
    )  # fmt: skip
    names = [f"a{number}" for number in order]
    previous = dict(query(tmp_path, "SELECT article_id, previous_edition FROM editions"))
    assert previous == dict(zip(names, [None, *names], strict=False))
    for view in ("articles_current", "corpus"):
        assert query(tmp_path, f"SELECT article_id FROM {view}") == [(names[-1],)]


@pytest.mark.parametrize(
    ("arrivals", "newest"),
    [
        # Which of a run came later is not known: the longest has what the others have.
        ([("r1", 900), ("r1", 300)], 0),
        ([("r1", 300), ("r1", 900)], 1),
        ([("r1", 900), ("r2", 300)], 1),
        ([("r1", 900), ("r1", 300), ("r2", 200), ("r2", 250)], 3),
    ],
)
def test_of_one_run_and_day_the_longest_edition_is_the_newest(tmp_path, arrivals, newest):
    commit_rows(
        tmp_path,
        {
            "articles": [
                article(
                    number, "Post", text=f"Version {number}", edition_number=number + 1,
                    edition_of="a0" if number else None, run_id=run, word_count=words,
                    published_at_precision="day",
                    published_at=datetime.datetime.fromisoformat("2024-03-01T00:00Z"),
                )
                for number, (run, words) in enumerate(arrivals)
            ]
        },
    )  # fmt: skip
    assert query(tmp_path, "SELECT article_id FROM corpus") == [(f"a{newest}",)]


def test_clusters_are_groups_of_two_or_more(tmp_path):
    rows = {
        "articles": [
            article(0, "Wire", published_at="2026-01-01T00:00:00Z"),
            article(1, "Post", published_at="2026-01-02T00:00:00Z"),
            article(2, None),
        ],
        "paragraphs": [
            paragraph(0, 1, words=33), paragraph(0, 2),
            paragraph(1, 1, "a0-1"), paragraph(2, 1, "a0-1"), paragraph(2, 2),
        ],
    }  # fmt: skip
    for row in rows["articles"]:
        if moment := row.get("published_at"):
            row["published_at"] = pa.scalar(moment).cast(pa.timestamp("us", tz="UTC")).as_py()
    commit_rows(tmp_path, rows)
    assert query(
        tmp_path,
        "SELECT cluster_id, paragraphs, articles, outlets, outlet, first_published_at::VARCHAR, "
        "last_published_at::VARCHAR, word_count, text FROM paragraph_clusters",
    ) == [
        ("a0-1", 3, 3, 3, "Wire", "2026-01-01 00:00:00+00", "2026-01-02 00:00:00+00", 33,
         "text a0-1")
    ]  # fmt: skip


TEXTS = {
    "both": ("Storm over the harbour", "The storm closed the harbour. The storm passed."),
    "one": ("Harbour news", "Nothing happened; a brainstorm was held."),
    "long": ("Weather", "A storm came to the harbour. " + "It rained on and on. " * 30),
    "accents": ("CAFÉ", "Le café de la gare, l'été."),
    "chinese": ("天气", "台风袭击了港口。学校停课。"),
    "thai": ("ข่าว", "พายุเข้าท่าเรือเมื่อวานนี้"),
    "hindi": ("मौसम", "हिन्दी में तूफ़ान की ख़बर"),
    "empty": (None, None),
}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("storm harbour", ["both", "long"]),
        ("HARBOUR, Storm!", ["both", "long"]),
        ("harbour", ["both", "one", "long"]),
        ("brainstorm", ["one"]),
        ("cafe ete", ["accents"]),
        ("Café", ["accents"]),
        ("港口", ["chinese"]),
        ("台风 停课", ["chinese"]),
        ("ท่าเรือ", ["thai"]),
        ("हिन्दी", ["hindi"]),
        ("100% o'clock", []),
        ("storm snow", []),
        ("", []),
        ("...", []),
    ],
)
def test_search_finds_whole_words_best_first(searched, words, found):
    sql = "SELECT article_id FROM search(?)"
    assert [row[0] for row in searched.execute(sql, [words]).fetchall()] == found
    quoted = words.replace("'", "''")
    sql = f"SELECT article_id FROM search('{quoted}')"
    assert [row[0] for row in searched.execute(sql).fetchall()] == found


@pytest.mark.parametrize("more", [0, 10, 1_000])
def test_a_long_query_finds_what_a_short_one_does(searched, more):
    """From some length on the words are looked up in another way."""
    text = " ".join(["The storm closed the harbour. The storm passed. 港口"] * 2)
    words = " ".join(["storm harbour the 港口", *(f"word{number}" for number in range(more))])
    sql = "SELECT list_sort(list_filter(search_candidates(search_text(?), ?), "
    sql += "lambda w: list_contains(search_terms(?), w)))"
    [(found,)] = searched.execute(sql, [text, words, words]).fetchall()
    assert found == sorted(["storm", "harbour", "storm", "the", "the", "the", "港口"] * 2)


def test_the_shell_searches_alike(searched_root):
    sql = "SELECT article_id, score FROM search('storm harbour')"
    lines = shell(searched_root / "news.duckdb", sql).splitlines()
    assert [line.partition(",")[0] for line in lines] == ["both", "long"]


def test_search_paragraphs_returns_the_paragraph_and_its_source(searched):
    rows = searched.execute("SELECT paragraph_id, text FROM search_paragraphs('storm harbour')")
    assert [row[0] for row in rows.fetchall()] == ["both-0001", "long-0001"]


def test_scores_are_bm25(searched):
    # One of the eight texts holds the word, once.
    [(score, words, mean)] = searched.execute(
        "SELECT score, word_count, (SELECT avg(word_count) FROM articles) "
        "FROM search('brainstorm') JOIN articles USING (article_id)"
    ).fetchall()
    rarity = math.log(1 + (8 - 1 + 0.5) / (1 + 0.5))
    assert score == pytest.approx(
        rarity * 2.2 / (1 + 1.2 * (0.25 + 0.75 * words / mean)), abs=0.0005
    )


@pytest.fixture(scope="module")
def searched_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("searched")
    rows = {"articles": [], "paragraphs": []}
    for name, (title, text) in TEXTS.items():
        words = len((text or "").split())
        rows["articles"].append(
            {"article_id": name, "title": title, "text": text, "word_count": words}
        )
        if text:
            rows["paragraphs"].append(
                {"paragraph_id": f"{name}-0001", "article_id": name, "text": text,
                 "word_count": words}
            )  # fmt: skip
    commit_rows(root, rows)
    return root


@pytest.fixture(scope="module")
def searched(searched_root):
    with duckdb.connect(str(searched_root / "news.duckdb"), read_only=True) as connection:
        yield connection


# Names that transforms may choose


def identifiers():
    """Returns every name in the SQL of the catalog that is no column yet: aliases, parameters..."""
    taken = {name.lower() for columns in COLUMNS.values() for name in columns}
    text = "\n".join([*SCHEMA.sql, *SCHEMA.checks.values()])
    text = re.sub(r"--.*|'(?:[^']|\'\')*'", "", text)
    return sorted({name.lower() for name in re.findall(r"[A-Za-z_]\w*", text)} - taken)


def answers(root):
    found = []
    with duckdb.connect(str(root / "news.duckdb"), read_only=True) as connection:
        for sql in (
            *(f"FROM {view}" for view in DERIVED if not view.endswith("_current")),
            "SELECT paragraph_id FROM paragraph_links_current",
            "SELECT article_id FROM articles_current", f"FROM origins('{1:024x}')",
            "FROM search('storm harbour')", "FROM search_paragraphs('storm harbour')",
        ):  # fmt: skip
            result = connection.execute(sql)
            names = [column[0] for column in result.description]
            found.append((sql, names, sorted(result.fetchall(), key=repr)))
    return found


@pytest.mark.parametrize("kind", ["text", "struct"])
def test_no_name_in_the_sql_collides_with_a_column_of_a_transform(root, tmp_path, kind):
    names = identifiers()
    scopes = re.findall(r"(\w+) AS \(|(?:AS|\)) (\w{1,3})\b", "\n".join(SCHEMA.sql))
    aliases = set(map("".join, scopes)) & set(names)
    assert {"words", "score", "hits", "body", "a", "p", "found", "frequency"} <= set(names)
    if kind == "struct":  # of which `alias.column` could be a member
        names = sorted(aliases)
    members = [*COLUMNS["paragraphs"], "url", "outlet", "title", "published_at"]
    of = pa.string() if kind == "text" else pa.struct([(name, pa.string()) for name in members])
    more = {name: Column(of, "A column of a test.") for name in names}
    tables = {
        # Only the names of tables and counts become columns of `runs`.
        name: table if name == "runs" else Table("-", {**table.columns, **more})
        for name, table in SCHEMA.tables.items()
    }
    tables |= {name: Table("-", more) for name in aliases}
    schema = dataclasses.replace(SCHEMA, tables=tables)
    value = "storm" if kind == "text" else dict.fromkeys(members, "storm")
    warehouse = Warehouse(str(tmp_path))
    with warehouse.open_for_writing(schema):
        files = []
        for table, rows in corpus_rows(0, 12).items():
            full = [
                dict.fromkeys(COLUMNS[table]) | row | dict.fromkeys(names, value) for row in rows
            ]
            data = pa.Table.from_pylist(full, schema=schema.arrow(table))
            files += write_table(str(tmp_path), table, data, data.schema, run_id(0), "0")
        warehouse.commit(run_row(0, 12), files)
    assert answers(tmp_path) == answers(root)
    assert verify(str(tmp_path), schema).ok


# The checks of `verify`, in the older engine


def test_the_checks_run_in_the_shell(root):
    counts = [
        f"SELECT count(*) FROM ({check})".replace("$parts", "1").replace("$part", "0")
        for check in SCHEMA.checks.values()
    ]
    assert len(counts) > 12
    assert shell(root / "news.duckdb", ";".join(counts)) == "0\n" * len(counts)


def test_rows_of_the_tables_are_the_rows_written(root):
    for table, rows in corpus_rows(0, 12).items():
        expected = as_table(table, rows)
        with duckdb.connect(str(root / "news.duckdb"), read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            read = connection.sql(f"FROM {table}").to_arrow_table()
        assert read.column_names == expected.column_names
        keys = [(name, "ascending") for name in expected.column_names if name.endswith("_id")]
        assert (
            read.cast(pa.schema(list(expected.schema))).sort_by(keys).to_pylist()
            == expected.sort_by(keys).to_pylist()
        )
