"""Every query of warehouse/sql/examples.sql, in the DuckDB library and in the DuckDB shell."""

import re
from pathlib import Path

import duckdb
import pytest

from tests.warehouse_rows import commit_run, shell

EXAMPLES = Path(__file__).parents[1] / "warehouse/sql/examples.sql"


def examples():
    """Returns title -> statement: each statement follows a comment line of its own."""
    parts = re.split(r"^-- (.+)\n(?=[A-Z])", EXAMPLES.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    root = tmp_path_factory.mktemp("warehouse")
    commit_run(root, 0, articles=12)
    commit_run(root, 1, articles=12)
    return root / "news.duckdb"


@pytest.fixture(scope="module")
def connection(catalog):
    with duckdb.connect(str(catalog), read_only=True) as connection:
        yield connection


def run(connection, title):
    return connection.execute(examples()[title]).fetchall()


def test_the_file_is_read_as_it_is_written():
    statements = duckdb.extract_statements(EXAMPLES.read_text("utf-8"))
    assert len(statements) == len(examples()) >= 12
    assert all(title[0].isupper() and title[-1] in "?." for title in examples())


@pytest.mark.parametrize("title", examples())
def test_each_example_runs_and_finds_something(connection, tmp_path, monkeypatch, title):
    monkeypatch.chdir(tmp_path)
    assert run(connection, title)


def test_the_shell_reads_the_whole_file(catalog, tmp_path):
    printed = shell(catalog, f".read {EXAMPLES}", cwd=tmp_path)
    assert printed.count("\n") > len(examples())
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "corpus.jsonl",
        "paragraphs.parquet",
    ]


def test_both_engines_answer_alike(connection, catalog, tmp_path):
    digests = {
        title: "SELECT coalesce(md5(string_agg(line::VARCHAR, chr(10))), 'empty') "
        f"FROM ({statement.rstrip().rstrip(';')}) AS line"
        for title, statement in examples().items()
        if not statement.startswith("COPY")
    }
    answers = [connection.execute(query).fetchall()[0][0] for query in digests.values()]
    assert shell(catalog, ";".join(digests.values()), cwd=tmp_path).split() == answers


def test_who_has_how_much_from_whom(connection):
    answers = run(connection, "Who has how much from whom, and on what evidence?")
    by_pair = {(outlet, source): row for outlet, source, *row in answers}
    # Article 3 (The Harbour Post) has from 2 (no outlet) an agency's 12 words and 7 of 8 more; what
    # both quote is nobody's. 9 from 8 is the same; in the second run, 15 from 14 and 21 from 20.
    assert by_pair["The Harbour Post", "dumps/2.txt"] == [1, 19, 12, 7, 1, 0, 0]
    # Article 1 from 0, 7 from 6, 13 from 12, 19 from 18.
    assert by_pair["Valley Courier", "The Harbour Post"] == [4, 76, 48, 28, 4, 0, 0]
    assert sum(row[1] for row in by_pair.values()) == 12 * 19


def test_who_quoted_the_same_words(connection):
    rows = run(connection, "Who quoted the same words?")
    assert {row[0] for row in rows} == {7}
    assert "The pilots of pier 2 said so" in {row[3] for row in rows}


def test_what_an_outlet_added(connection):
    rows = run(connection, "What did an outlet add of its own to what it had from others?")
    assert rows[:2] == [
        ("Valley Courier", "Storm closes harbour 0", 3, "The pilots of pier 0 said so."),
        ("Valley Courier", "Storm closes harbour 0", 4, "Reader 1 wrote to us about the café."),
    ]


def test_what_changed_from_edition_to_edition(connection):
    rows = run(connection, "What changed from edition to edition?")
    assert [row[:3] for row in rows[:2]] == [
        ("The Harbour Post", "Storm closes harbour 0", 1),
        ("The Harbour Post", "Storm closes harbour 2", 2),
    ]
    # Three numbers, the reader's and the weekday; with them went the mayor's six words.
    assert [row[4:6] for row in rows] == [(None, None), (5, 11)] * 4
    assert rows[1][6] == ["2", "3", "wednesday"]


def test_what_is_an_outlets_own(connection):
    shares = {
        row[0]: row[3] for row in run(connection, "How much of what each outlet prints is its own?")
    }
    assert shares["dumps/2.txt"] == 100
    assert shares["dumps/5.txt"] < 50


def test_agency_copy_without_credit(connection):
    rows = run(connection, "Who prints an agency's words without naming the agency?")
    assert {row[1] for row in rows} == {"Coastal Press Agency"}
    assert sum(row[2] for row in rows) == 12


def test_how_long_an_outlet_takes(connection):
    rows = run(connection, "How long does an outlet take to print what it has from another one?")
    # Each story is printed again an hour later.
    assert rows[0] == ("Valley Courier", "The Harbour Post", 4, 1.0)
    assert {row[3] for row in rows} == {1.0}


def test_where_the_text_of_an_article_is_from(connection):
    rows = run(connection, "Where is the text of the article from that has most from another one?")
    assert sorted(row[1:] for row in rows if row[1]) == [
        ("copy", 7),
        ("quotation", 7),
        ("wire", 12),
    ]
    assert [row[2] for row in rows if row[0] == "its own"] == [9]


def test_the_exported_corpus_holds_nothing_twice(connection, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(connection, "A corpus of clean text, nothing twice, as JSON lines.")
    [(articles, doubled)] = connection.execute(
        "SELECT count(*), count(*) FILTER (contains(text, 'harbour of town') "
        "AND article_id IN (SELECT article_id FROM articles WHERE duplicate_paragraph_count > 0)) "
        "FROM 'corpus.jsonl'"
    ).fetchall()
    # Of each story the newest edition.
    assert (articles, doubled) == (4, 0)
    run(connection, "Every paragraph in its first print, as Parquet.")
    assert connection.execute("SELECT count(*) FROM 'paragraphs.parquet'").fetchone() == (72,)


def test_everything_is_accounted_for(connection):
    for row in run(connection, "Did every run account for every record and every line?"):
        _, _, records, records_found, lines, lines_found = row
        assert records == records_found
        assert lines == lines_found
