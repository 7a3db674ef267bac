"""``data/``: the newest snapshot as plain Parquet, in every engine, during commits, after kills."""

import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest

from pipeline import compaction
from pipeline.warehouse import Manifest, Warehouse, WarehouseError
from pipeline.warehouse.plain import STATE_NAME, build_data, data_state, swap_data
from pipeline.warehouse.verify import verify
from tests import PATIENCE
from tests.conftest import REPOSITORY
from tests.test_compaction import FAN_IN, RUNS, commit_merging
from tests.warehouse_rows import COLUMNS, SCHEMA, commit_run, query, run_id, tree

KEYS = {
    "articles": ("article_id", "language", "run_id"),
    "paragraphs": ("paragraph_id", "language", "run_id"),
    "paragraph_links": ("paragraph_id", "source_paragraph_id", "run_id"),
    "story_merges": ("story_id", "into_story_id", "run_id"),
    "removed_lines": ("article_id", "line_number", "run_id"),
    "rejects": ("source_file", "record_index", "run_id"),
    "warnings": ("source_file", "record_index", "run_id"),
    "runs": ("run_id", "version", "articles"),
}
"""Columns that tell the rows of each table apart, and one that files differ in."""


def _duckdb(pattern: str) -> Callable[[Path, tuple[str, ...]], list[tuple[Any, ...]]]:
    def read(folder: Path, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
        return (
            duckdb.connect()
            .execute(f"SELECT {', '.join(columns)} FROM '{folder}/{pattern}'")
            .fetchall()
        )

    return read


def _rows(table: pa.Table, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in table.select(list(columns)).to_pylist()]


ENGINES: dict[str, Callable[[Path, tuple[str, ...]], list[tuple[Any, ...]]]] = {
    "DuckDB, a glob": _duckdb("*.parquet"),
    "DuckDB, a recursive glob": _duckdb("**/*.parquet"),
    "Arrow, read_table": lambda folder, names: _rows(pq.read_table(folder), names),
    "Arrow, dataset": lambda folder, names: _rows(pa.dataset.dataset(folder).to_table(), names),
    "pandas": lambda folder, names: [
        tuple(None if pd.isna(value) else value for value in row)
        for row in pd.read_parquet(folder)[list(names)].itertuples(index=False, name=None)
    ],
    "Polars, a folder": lambda folder, names: pl.read_parquet(folder).select(names).rows(),
    "Polars, a lazy glob": lambda folder, names: (
        pl.scan_parquet(f"{folder}/*.parquet").select(names).collect().rows()
    ),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of many small runs in three languages, whose files were merged."""
    root = tmp_path_factory.mktemp("plain")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compaction, "FAN_IN", FAN_IN)
        for number in range(RUNS):
            commit_merging(root, number)
    return root


def newest(root: Path) -> Manifest:
    manifest = Warehouse(str(root)).latest()
    assert manifest
    return manifest


def plain_rows(root: Path, table: str) -> list[tuple[Any, ...]]:
    return sorted(ENGINES["DuckDB, a glob"](root / "data" / table, KEYS[table]), key=repr)


def catalog_rows(root: Path, table: str) -> list[tuple[Any, ...]]:
    return sorted(query(root, f"SELECT {', '.join(KEYS[table])} FROM {table}"), key=repr)


def test_older_files_are_kept_and_would_be_read_twice(root: Path) -> None:
    manifest = newest(root)
    kept = {path.name for path in (root / "files/articles").iterdir()}
    shown = {path.name for path in (root / "data/articles").iterdir()}
    assert shown == {Path(file.path).name for file in manifest.files if file.table == "articles"}
    assert len(kept) > len(shown)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_finds_each_row_once(root: Path, engine: str) -> None:
    for table, columns in KEYS.items():
        read = ENGINES[engine](root / "data" / table, columns)
        assert sorted(read, key=repr) == catalog_rows(root, table), table
    assert KEYS.keys() == COLUMNS.keys()


@pytest.mark.slow
def test_spark_finds_each_row_once(root: Path, tmp_path: Path) -> None:
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("Spark is not installed: pip install --group spark, and Java 17")
    script = """
        import json, sys
        from pyspark.sql import SparkSession
        builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", False)
        spark = builder.getOrCreate()
        found = {}
        for table, columns in json.loads(sys.argv[2]).items():
            rows = spark.read.parquet(f"{sys.argv[1]}/{table}").select(*columns).collect()
            found[table] = [list(row) for row in rows]
        json.dump(found, open(sys.argv[3], "w"))
        spark.stop()
    """
    out = tmp_path / "rows.json"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), root / "data", orjson.dumps(KEYS), out],
        capture_output=True, text=True, cwd=tmp_path, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for table, rows in orjson.loads(out.read_bytes()).items():
        assert sorted(map(tuple, rows), key=repr) == catalog_rows(root, table), table


def test_an_empty_table_can_be_read(tmp_path: Path) -> None:
    with Warehouse(str(tmp_path)).open_for_writing(SCHEMA) as warehouse:
        warehouse.commit({"run_id": run_id(0)}, [])
    for engine, read in ENGINES.items():
        assert read(tmp_path / "data/articles", KEYS["articles"]) == [], engine


# While a writer commits, and after it was killed

READER = """
    import json, sys, duckdb
    folder, runs = sys.argv[1], int(sys.argv[2])
    seen, missing = [], 0
    while not seen or seen[-1][0] < runs:
        figures = []
        for table in ("runs", "articles"):
            try:
                rows = duckdb.connect().execute(
                    f"SELECT count(*), count(DISTINCT run_id) FROM '{folder}/{table}/*.parquet'"
                ).fetchall()[0]
            except duckdb.IOException:  # it was listed, and a commit has replaced it
                missing += 1
                break
            figures += rows
        else:
            seen.append(figures)
            print(figures[0], flush=True)
    print(json.dumps({"seen": seen, "missing": missing}))
"""


def test_a_reader_of_globs_sees_whole_snapshots_while_small_files_are_merged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "FAN_IN", FAN_IN)
    commit_merging(tmp_path, 0)
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(READER), tmp_path / "data", str(RUNS)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as reader:  # fmt: skip
        assert reader.stdout
        assert reader.stdout.readline() == "1\n"
        for number in range(1, RUNS):
            commit_merging(tmp_path, number)
        output, errors = reader.communicate(timeout=PATIENCE)
    assert reader.returncode == 0, errors
    for runs, distinct, articles, of_runs in orjson.loads(output.splitlines()[-1])["seen"]:
        assert runs == distinct
        # The tables are listed one after the other; a commit may come between.
        assert articles == 4 * of_runs >= 4 * runs


KILL = """
    import os, signal, sys
    from tests.warehouse_rows import SCHEMA, run_id, run_row, write_rows
    from pipeline.warehouse import Warehouse
    root, number, event_name, part, argument = sys.argv[1:]

    def kill(event, arguments):
        if event == event_name and part in os.fsdecode(arguments[int(argument)]):
            os.kill(os.getpid(), signal.SIGKILL)

    warehouse = Warehouse(root)
    with warehouse.open_for_writing(SCHEMA):
        warehouse.staging_folder(run_id(int(number)))
        files = write_rows(root, int(number))
        sys.addaudithook(kill)
        warehouse.commit(run_row(int(number)), files)
"""


def kill_writer(root: Path, number: int, event: str, part: str, argument: int) -> None:
    """Runs a writer that is killed at an event whose argument, a path, has a part."""
    script = textwrap.dedent(KILL)
    killed = subprocess.run(
        [sys.executable, "-c", script, root, str(number), event, part, str(argument)],
        cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr


@pytest.mark.parametrize(
    ("event", "part", "argument", "shown"),
    [
        ("os.link", ".parquet", 1, 1),  # while the new tree is built
        ("os.link", ".json", 1, 1),  # before the manifest is written
        ("os.rename", "news.duckdb", 1, 1),  # before the catalog is swapped
        ("os.rename", ".previous", 1, 2),  # once the trees are exchanged
    ],
)
def test_a_killed_writer_shows_one_snapshot_or_the_next(
    tmp_path: Path, event: str, part: str, argument: int, shown: int
) -> None:
    commit_run(tmp_path, 0)
    notes = tmp_path / "data/articles/notes.txt"
    notes.write_text("mine")
    kill_writer(tmp_path, 1, event, part, argument)
    assert data_state(str(tmp_path)) == (shown, run_id(shown - 1))
    assert Counter(row[2] for row in plain_rows(tmp_path, "articles")) == {
        run_id(number): 6 for number in range(shown)
    }
    with Warehouse(str(tmp_path)).open_for_writing(SCHEMA):
        pass
    for table in KEYS:
        assert plain_rows(tmp_path, table) == catalog_rows(tmp_path, table)
    assert notes.read_text() == "mine"
    found = verify(str(tmp_path), SCHEMA)
    assert found.ok, found.problems
    assert not list(tmp_path.glob(".data.*.tmp"))


@pytest.mark.parametrize("exchange", [True, False])
def test_what_others_put_into_data_stays_there(
    tmp_path: Path, exchange: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not exchange:  # as where the C library has no renameat2
        monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    commit_run(tmp_path, 0)
    foreign = {"mine.parquet": "a", "articles/notes.txt": "b", "mine/deep/.hidden": "c"}
    for name, text in foreign.items():
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "data/link").symlink_to(tmp_path)
    for number in range(1, 4):
        commit_run(tmp_path, number)
    assert {name: (tmp_path / "data" / name).read_text() for name in foreign} == foreign
    assert (tmp_path / "data/link").is_symlink()
    assert plain_rows(tmp_path, "articles") == catalog_rows(tmp_path, "articles")
    assert len(list(tmp_path.glob(".data.*"))) == 1, "only the tree before is kept"


def test_while_a_file_is_lost_from_the_store_its_links_stay(tmp_path: Path) -> None:
    commit_run(tmp_path, 0)
    commit_run(tmp_path, 1)
    shutil.rmtree(tmp_path / "files/articles")
    before = tree(tmp_path)
    with (
        pytest.raises(WarehouseError, match="is missing"),
        Warehouse(str(tmp_path)).open_for_writing(SCHEMA),
    ):
        pass
    assert tree(tmp_path) == before


def test_the_first_writer_may_be_killed_as_well(tmp_path: Path) -> None:
    """Between ``data`` and the manifest, where nothing was ever committed."""
    kill_writer(tmp_path, 0, "os.link", ".json", 1)
    assert list(tmp_path.glob(".data.*"))
    commit_run(tmp_path, 1)
    assert query(tmp_path, "SELECT count(*) FROM articles") == [(6,)]
    assert not list(tmp_path.glob(".data.*"))


def test_where_no_hard_link_can_be_made_there_are_symbolic_ones() -> None:
    setting = Path("/proc/sys/fs/protected_hardlinks")
    if os.geteuid() or not setting.exists() or setting.read_text().strip() != "1":
        pytest.skip("needs root, and a Linux that refuses hard links to another user's files")
    with tempfile.TemporaryDirectory() as folder:  # one that another user may enter
        os.chmod(folder, 0o777)
        root = Path(folder) / "warehouse"
        manifest = commit_run(root, 0)
        root.chmod(0o777)
        os.seteuid(65_534)
        try:
            built = build_data(manifest)
        finally:
            os.seteuid(0)
        swap_data(built)
        assert all(path.is_symlink() for path in (root / "data").rglob("*.parquet"))
        for engine, read in ENGINES.items():
            rows = read(root / "data/articles", KEYS["articles"])
            assert sorted(rows, key=repr) == catalog_rows(root, "articles"), engine
        commit_run(root, 1)
        assert plain_rows(root, "articles") == catalog_rows(root, "articles")
        assert verify(folder + "/warehouse", SCHEMA).ok


# What verify says of it


def first_link(root: Path) -> Path:
    return sorted((root / "data/paragraphs").iterdir())[0]


def replace_by(root: Path, content: bytes) -> None:
    path = first_link(root)
    path.unlink()
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda root: first_link(root).unlink(), "is not there; it should be a link to"),
        (lambda root: replace_by(root, b"PAR1"), "differs from"),
        (lambda root: (root / "data" / STATE_NAME).unlink(), "shows no manifest; the newest is 1"),
        (lambda root: shutil.rmtree(root / "data"), "shows no manifest; the newest is 1"),
        (
            lambda root: shutil.copy(first_link(root), root / "data/paragraphs/mine.parquet"),
            "mine.parquet is no file of the newest snapshot. Move it out",
        ),
    ],
)
def test_what_is_wrong_with_data_is_named_and_can_be_mended(
    tmp_path: Path, damage: Callable[[Path], None], message: str
) -> None:
    commit_run(tmp_path, 0)
    damage(tmp_path)
    [problem] = verify(str(tmp_path), SCHEMA).problems
    assert message in problem
    if "Move it" in message:
        (tmp_path / "data/paragraphs/mine.parquet").unlink()
    else:
        assert f"copydesk catalog --warehouse {tmp_path}" in problem
    with Warehouse(str(tmp_path)).open_for_writing(SCHEMA) as warehouse:
        warehouse.rebuild_catalog()
    assert verify(str(tmp_path), SCHEMA).ok


def test_a_copy_whose_links_became_files_is_sound(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "copy")
    found = verify(str(tmp_path / "copy"), SCHEMA)
    assert found.ok, found.problems


# Warehouses of version 1, which had all files in data/


def as_version_1(root: Path) -> None:
    """Brings a warehouse to the layout of version 1, with files of a killed run among its own."""
    manifest = newest(root)
    record = orjson.loads((root / f"manifests/{manifest.number}.json").read_bytes())
    shutil.rmtree(root / "data")
    for file in record["files"]:
        folder, name = os.path.split(file["path"])
        table = folder.removeprefix("files/")
        shard, _, language = name.removesuffix(".parquet").partition("@")
        partition = f"language={language}/" if language else ""
        path = f"data/{table}/{partition}{shard}.parquet"
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        os.rename(root / file["path"], root / path)
        file["path"] = path
        file.pop("hash", None)
    shutil.copy(root / path, root / f"data/articles/{run_id(99)}-0.parquet")
    (root / "staging" / run_id(99)).mkdir()
    shutil.rmtree(root / "files")
    for path in [*root.glob("manifests/*"), root / "snapshot.json", *root.glob(".data.*")]:
        path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)
    kept = ("number", "run_id", "version", "columns", "files", "index_files", "input_files")
    first = {name: record[name] for name in kept} | {"schema_version": 1}
    (root / f"manifests/{manifest.number}.json").write_bytes(orjson.dumps(first))


@pytest.mark.parametrize("killed_at", [None, "os.link", "os.mkdir", "os.rename", "os.remove"])
def test_a_warehouse_of_version_1_goes_on(tmp_path: Path, killed_at: str | None) -> None:
    for number in range(2):
        commit_run(tmp_path, number)
    before = {table: catalog_rows(tmp_path, table) for table in KEYS}
    as_version_1(tmp_path)
    if killed_at:
        script = """
            import os, signal, sys
            from tests.warehouse_rows import SCHEMA
            from pipeline.warehouse import Warehouse
            left = 3

            def kill(event, arguments):
                global left
                if event == sys.argv[2]:
                    left -= 1
                    if not left:
                        os.kill(os.getpid(), signal.SIGKILL)

            sys.addaudithook(kill)
            with Warehouse(sys.argv[1]).open_for_writing(SCHEMA):
                pass
        """
        killed = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script), tmp_path, killed_at],
            cwd=REPOSITORY, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert killed.returncode == -signal.SIGKILL, killed.stderr
    with Warehouse(str(tmp_path)).open_for_writing(SCHEMA):
        pass
    for table, rows in before.items():
        assert plain_rows(tmp_path, table) == catalog_rows(tmp_path, table) == rows
    manifest = commit_run(tmp_path, 2)
    assert all(file.path.startswith("files/") for file in manifest.files)
    assert query(tmp_path, "SELECT count(*) FROM articles") == [(18,)]
    assert plain_rows(tmp_path, "articles") == catalog_rows(tmp_path, "articles")
    found = verify(str(tmp_path), SCHEMA)
    assert found.ok, found.problems
    assert not found.orphans


def test_the_first_run_onto_a_warehouse_of_version_1_keeps_its_rows(tmp_path):
    commit_run(tmp_path, 0)
    as_version_1(tmp_path)
    commit_run(tmp_path, 1)
    assert query(tmp_path, "SELECT count(*) FROM articles") == [(12,)]
    assert plain_rows(tmp_path, "articles") == catalog_rows(tmp_path, "articles")
    assert verify(str(tmp_path), SCHEMA).ok
