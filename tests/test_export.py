"""``copydesk export``: the rows that were asked for, the same bytes again, whole or not at all."""

import csv
import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.storage import LinkError
from pipeline.warehouse import Warehouse
from pipeline.warehouse.export import FORMATS, ExportError, export
from tests import PATIENCE
from tests.conftest import REPOSITORY
from tests.warehouse_rows import COLUMNS, SCHEMA, commit_rows, commit_run, query, run_id, tree

ROWS = 36
"""Articles in the warehouse."""

CURRENT = ROWS - ROWS // 6
"""Those of which there is no newer edition; see ``commit_run``."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("exported")
    for number in range(3):
        commit_run(root, number, articles=ROWS // 3)
    return root


def taken(root: Path, to: Path, kind: str = "parquet", **options: Any) -> Any:
    return export(str(root), SCHEMA, str(to), kind, **options)


def read_back(folder: Path, kind: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for path in sorted(folder.glob(f"*.{kind}")):
        if kind == "parquet":
            rows += pq.read_table(path).to_pylist()
        elif kind == "jsonl":
            rows += map(orjson.loads, path.read_bytes().splitlines())
        else:
            rows += csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8"), newline=""))
    return rows


@pytest.mark.parametrize("kind", FORMATS)
def test_a_corpus_is_the_articles_without_what_they_repeat(
    root: Path, tmp_path: Path, kind: str
) -> None:
    card = taken(root, tmp_path / "corpus", kind, shard_rows=10)
    rows = read_back(tmp_path / "corpus", kind)
    assert [row["article_id"] for row in rows] == sorted(row["article_id"] for row in rows)
    expected = query(root, "SELECT article_id, unique_text FROM articles_current")
    assert {(row["article_id"], row["text"]) for row in rows} == set(expected)
    assert [shard.rows for shard in card.shards] == [10, 10, 10]
    assert card.rows == len(rows) == CURRENT
    assert card.table == "corpus"
    names = [f"corpus-{n:05d}-of-00003.{kind}" for n in range(3)]
    assert sorted(os.listdir(tmp_path / "corpus")) == sorted(["README.md", "card.json", *names])


def test_the_card_has_counts_and_hashes(root: Path, tmp_path: Path) -> None:
    taken(root, tmp_path / "corpus", "jsonl", shard_rows=20, where="language = 'en'")
    card = orjson.loads((tmp_path / "corpus/card.json").read_bytes())
    readme = (tmp_path / "corpus/README.md").read_text("utf-8")
    for shard in card["shards"]:
        content = (tmp_path / "corpus" / shard["file"]).read_bytes()
        assert shard["bytes"] == len(content)
        assert shard["rows"] == content.count(b"\n")
        assert shard["sha256"] == hashlib.sha256(content).hexdigest()
        assert f"| {shard['file']} | {shard['rows']} | {shard['bytes']:,} |" in readme
    assert (card["manifest"], card["run_id"]) == (3, run_id(2))
    assert card["where"] == "language = 'en'"
    assert card["rows"] == 6
    assert card["columns"]["text"]["type"] == "VARCHAR"
    assert "| language | VARCHAR | Language of the text" in readme


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("table", COLUMNS)
def test_every_table_can_be_exported(root: Path, tmp_path: Path, kind: str, table: str) -> None:
    taken(root, tmp_path / "all", kind, table=table)
    with duckdb.connect(str(root / "news.duckdb"), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        stored = connection.sql(f"FROM {table}").to_arrow_table().to_pylist()
    rows = read_back(tmp_path / "all", kind)
    names = list(COLUMNS[table])
    assert [list(row) for row in rows[:1]] == [names for _ in stored[:1]]
    if kind != "parquet":  # lists, maps, times, bytes and fractions are texts in one or the other
        simple = (str, int, type(None))
        names = [name for name in names if all(isinstance(row[name], simple) for row in stored)]
    as_read = cell if kind == "csv" else lambda value: value
    assert sorted([repr([row[name] for name in names]) for row in rows]) == sorted(
        [repr([as_read(row[name]) for name in names]) for row in stored]
    )


def cell(value: str | int | bool | None) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def test_values_are_what_they_were(tmp_path: Path) -> None:
    texts = ['a "quoted", text\nwith lines', "", None, "naïve ☃ \x00 \r\n end", "=1+1", "null"]
    rows: dict[str, list[dict[str, Any]]] = {
        "articles": [
            {"article_id": f"{n:024x}", "title": text, "tags": ["a", "b,c"], "text": "x"}
            for n, text in enumerate(texts)
        ]
    }
    commit_rows(tmp_path / "w", rows)
    for kind in FORMATS:
        taken(tmp_path / "w", tmp_path / kind, kind, table="articles")
        back = read_back(tmp_path / kind, kind)
        titles = sorted((row["article_id"], row["title"]) for row in back)
        empty = "" if kind == "csv" else None
        assert titles == [
            (f"{n:024x}", empty if text is None else text) for n, text in enumerate(texts)
        ]
        tags = back[0]["tags"]
        assert (orjson.loads(tags) if kind == "csv" else tags) == ["a", "b,c"]


# The same rows, the same bytes


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_rows_give_the_same_bytes(root: Path, tmp_path: Path, kind: str) -> None:
    taken(root, tmp_path / "first", kind, shard_rows=7)
    taken(root, tmp_path / "again", kind, shard_rows=7)
    assert tree(tmp_path / "first") == tree(tmp_path / "again")
    # Another warehouse of the same articles, in one run.
    other = tmp_path / "other"
    commit_run(other, 0, articles=ROWS)
    taken(other, tmp_path / "other run", kind, shard_rows=7)
    shards = [
        {name: content for name, content in tree(folder).items() if name.startswith("corpus")}
        for folder in (tmp_path / "first", tmp_path / "other run")
    ]
    assert shards[0] == shards[1]


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.integers(1, 2 * CURRENT))
def test_shards_together_are_the_rows_however_many(root: Path, tmp_path: Path, rows: int) -> None:
    folder = tmp_path / str(rows)
    shutil.rmtree(folder, ignore_errors=True)
    card = taken(root, folder, "jsonl", shard_rows=rows)
    assert len(card.shards) == -(-CURRENT // rows)
    together = b"".join(path.read_bytes() for path in sorted(folder.glob("*.jsonl")))
    whole = tmp_path / "whole"
    if not whole.exists():
        taken(root, whole, "jsonl")
    assert together == (whole / "corpus-00000-of-00001.jsonl").read_bytes()


@pytest.mark.parametrize("kind", FORMATS)
def test_no_rows_make_one_file_without(root: Path, tmp_path: Path, kind: str) -> None:
    card = taken(root, tmp_path / "none", kind, where="false")
    assert card.rows == 0
    assert [shard.rows for shard in card.shards] == [0]
    assert read_back(tmp_path / "none", kind) == []


# Whole, or not at all


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ({"where": "langage = 'en'"}, ["--where", 'Referenced column "langage"', "language"]),
        ({"where": "length("}, ["--where", "syntax error"]),
        ({"where": "true; DROP VIEW articles"}, ["--where", "Parser Error"]),
        ({"where": "title::INT > 1"}, ["Could not convert string"]),
        (
            {"table": "article"},
            [
                "'article'",
                "article_copies, article_dates, article_stories, articles, articles_current, "
                "copies, corpus",
            ],
        ),
    ],
)
def test_what_duckdb_refuses_is_said_in_its_words(
    root: Path, tmp_path: Path, options: dict[str, str], parts: list[str]
) -> None:
    with pytest.raises(ExportError) as refused:
        taken(root, tmp_path / "out", **options)
    for part in parts:
        assert part in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_free_is_refused(root: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine").write_text("kept")
    (tmp_path / "file").write_text("kept")
    for to, sentence in (
        (tmp_path / "full", "is not empty. Name a new or an empty folder"),
        (tmp_path / "file", "is a file"),
        (root / "data/articles", "lies in the warehouse"),
        (root, "lies in the warehouse"),
    ):
        with pytest.raises(ExportError, match=sentence):
            taken(root, to)
    with pytest.raises(ExportError, match="is a URL"):
        export(str(root), SCHEMA, "gs://bucket/corpus", "csv")
    assert tree(tmp_path) == {"full/mine": b"kept", "file": b"kept"}
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    taken(root, tmp_path / "link")
    assert (tmp_path / "empty/card.json").exists()


@pytest.mark.parametrize(
    ("event", "path"), [("open", "/1"), ("open", "/README.md"), ("os.rename", "/corpus")]
)
def test_a_killed_export_leaves_nothing_that_looks_whole(
    root: Path, tmp_path: Path, event: str, path: str
) -> None:
    script = """
        import os, signal, sys
        from tests.warehouse_rows import SCHEMA
        from pipeline.warehouse.export import export

        def kill(event, arguments):
            if event == sys.argv[3] and str(arguments[event == "os.rename"]).endswith(sys.argv[4]):
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(kill)
        export(sys.argv[1], SCHEMA, sys.argv[2], "jsonl", shard_rows=5)
    """
    to = tmp_path / "corpus"
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), root, to, event, path],
        cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not to.exists()
    assert all(path.name.startswith(".corpus.") for path in tmp_path.iterdir())
    taken(root, to, "jsonl")
    assert (to / "README.md").exists()


def test_a_full_disk_is_named_and_leaves_nothing(root: Path, tmp_path: Path) -> None:
    script = """
        import resource, signal, sys
        from tests.warehouse_rows import SCHEMA
        from pipeline.warehouse.export import ExportError, export
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))
        try:
            export(sys.argv[1], SCHEMA, sys.argv[2], "jsonl")
        except ExportError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), root, tmp_path / "corpus"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert "cannot be written: File too large. Make room, or name another" in done.stdout, done
    assert not list(tmp_path.iterdir())


def test_no_link_is_followed_and_no_pipe_waited_for(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "w")
    newest = Warehouse(str(tmp_path / "w")).latest()
    assert newest
    path = tmp_path / "w" / [file for file in newest.files if file.table == "articles"][-1].path
    path.rename(tmp_path / "canary")
    path.symlink_to(tmp_path / "canary")
    with pytest.raises(LinkError, match=f"{path.name} is a symbolic link"):
        taken(tmp_path / "w", tmp_path / "corpus")
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ExportError, match=f"{path.name} cannot be read: it is a pipe, not a file"):
        taken(tmp_path / "w", tmp_path / "corpus")
    assert not (tmp_path / "corpus").exists()


def test_a_missing_file_is_named(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "w")
    newest = Warehouse(str(tmp_path / "w")).latest()
    assert newest
    last = [file for file in newest.files if file.table == "articles"][-1]
    (tmp_path / "w" / last.path).unlink()
    with pytest.raises(ExportError, match="copydesk verify"):
        taken(tmp_path / "w", tmp_path / "corpus")
    assert not (tmp_path / "corpus").exists()
