"""Small files of earlier runs merged: the same rows in fewer files, and readers none the wiser."""

import contextlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import compaction
from pipeline.compaction import LARGEST, SIZES, Merged, batches, merge_small_files
from pipeline.index import write_index
from pipeline.transform import Column, Stream
from pipeline.warehouse import (
    DataFile,
    Input,
    Manifest,
    Warehouse,
    WarehouseError,
    write_table,
)
from pipeline.warehouse.verify import verify
from pipeline.warehouse.writer import split_path
from tests.conftest import REPOSITORY, SeedRun
from tests.separate_runs import Desk, done, rows
from tests.test_reindex import index_rows
from tests.warehouse_rows import COLUMNS, SCHEMA, commit_run, run_id, run_row, wider, write_rows

FOLDER = "index/Step-v1/keys"
KEYS = pa.schema([pa.field("key", pa.uint64()), pa.field("n", pa.int64())])
INDEXED = {FOLDER: Stream("keys", KEYS, "key", indexed=True)}

FAN_IN = 3
"""Here three files are merged, instead of eight: it takes fewer runs to see it."""

MANY = compaction.FAN_IN
"""As many as a run merges."""

RUNS = 2 * FAN_IN + 3
"""Enough for files to be merged twice."""


@pytest.fixture(autouse=True, scope="module")
def fan_in() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compaction, "FAN_IN", FAN_IN)
        yield


def commit_merging(root: Path, number: int, articles: int = 4) -> Manifest:
    """Commits a run as ``copydesk run`` does, with an index file of a few keys."""
    warehouse = Warehouse(str(root))
    with warehouse.open_for_writing(SCHEMA):
        before = warehouse.latest()
        path = f"{FOLDER}/{run_id(number)}-0000.parquet"
        keys = pa.table({"key": pa.array([number + 3, number], pa.uint64()), "n": [number, 0]})
        size, digest = write_index(f"{root}/{path}", keys, INDEXED[FOLDER])
        merged = merge_small_files(before, run_id(number), INDEXED) if before else Merged()
        return warehouse.commit(
            run_row(number, articles),
            write_rows(root, number, articles),
            [Input(f"dumps/{number}", 10, f"{number:08x}")],
            [DataFile(FOLDER, path, 2, size, hash=digest)],
            merged=merged.files,
            replaced=merged.replaced,
        )


def tables(root: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(root / "news.duckdb"), read_only=True) as connection:
        return {
            table: sorted(connection.execute(f"FROM {table}").fetchall(), key=repr)
            for table in COLUMNS
        }


@pytest.fixture(scope="module")
def fed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two warehouses of the same runs: one merges small files, one does not."""
    folder = tmp_path_factory.mktemp("fed")
    for number in range(RUNS):
        commit_merging(folder / "merged", number)
        commit_run(folder / "plain", number, articles=4)
    return folder / "merged", folder / "plain"


def test_the_rows_are_the_same(fed: tuple[Path, Path]) -> None:
    merged, plain = map(tables, fed)
    assert merged == plain
    assert len(merged["runs"]) == RUNS
    place = list(COLUMNS["articles"]).index("run_id")
    assert {row[place] for row in merged["articles"]} == {run_id(number) for number in range(RUNS)}


def test_the_files_are_fewer(fed: tuple[Path, Path]) -> None:
    newest = [Warehouse(str(root)).latest() for root in fed]
    places = [[split_path(file.path)[::2] for file in m.files] for m in newest if m]
    merged, plain = map(Counter, places)
    assert sum(plain.values()) >= RUNS * 8
    # Too few to be merged of each of two sizes, and those of the last run.
    most = 2 * (FAN_IN - 1) + 1
    assert max(merged.values()) <= most < RUNS
    assert newest[0] is not None
    assert len(newest[0].index_files) <= most
    assert len(newest[0].input_files) <= most
    assert {taken.path for taken in newest[0].inputs} == {f"dumps/{n}" for n in range(RUNS)}


def test_merged_files_are_in_order_and_say_what_they_hold(fed: tuple[Path, Path]) -> None:
    root = fed[0]
    found = verify(str(root), SCHEMA)
    assert found.ok, found.problems
    assert not found.orphans
    newest = Warehouse(str(root)).latest()
    assert newest is not None
    seen = set()
    for file in newest.all_files:
        if "-merged." not in file.path:
            continue
        rows = pq.read_table(root / file.path, partitioning=None)
        order = {"articles": "article_id", "paragraphs": "article_id", "runs": "run_id",
                 "inputs": "path"}.get(file.table)  # fmt: skip
        if order and file.table != "articles":
            assert rows.column(order).to_pylist() == sorted(rows.column(order).to_pylist())
        seen.add(file.table)
        if file.table in COLUMNS:
            described = rows.schema.field("run_id").metadata[b"description"]
            assert described.decode() == COLUMNS[file.table]["run_id"].description
    assert seen >= {"articles", "paragraphs", "removed_lines", "paragraph_links", "rejects",
                    "runs", "inputs", FOLDER}  # fmt: skip
    keys = [
        pq.read_table(root / file.path, partitioning=None).to_pylist()
        for file in newest.index_files
    ]
    assert Counter(row["key"] for file in keys for row in file) == Counter(
        key for number in range(RUNS) for key in (number, number + 3)
    )


def test_a_reader_of_an_older_snapshot_keeps_it(tmp_path: Path) -> None:
    for number in range(FAN_IN):
        commit_merging(tmp_path, number)
    with duckdb.connect(str(tmp_path / "news.duckdb"), read_only=True) as reader:
        before = reader.execute("SELECT count(*), max(run_id) FROM paragraphs").fetchall()
        newest = commit_merging(tmp_path, FAN_IN)
        assert any("-merged." in file.path for file in newest.files)
        with Warehouse(str(tmp_path)).open_for_writing(SCHEMA) as warehouse:
            warehouse.prune(keep=1)
        assert reader.execute("SELECT count(*), max(run_id) FROM paragraphs").fetchall() == before


def test_the_old_files_go_with_the_last_manifest_that_names_them(tmp_path: Path) -> None:
    for number in range(FAN_IN + 1):
        newest = commit_merging(tmp_path, number)
    with Warehouse(str(tmp_path)).open_for_writing(SCHEMA) as warehouse:
        warehouse.prune(keep=1, keep_seconds=0)
    there = {
        str(path.relative_to(tmp_path))
        for folder in ("files", "index", "inputs")
        for path in (tmp_path / folder).rglob("*")
        if path.suffix in (".parquet", ".arrow")
    }
    assert there == {file.path for file in newest.all_files}
    assert verify(str(tmp_path), SCHEMA).ok


@contextlib.contextmanager
def merging(root: Path) -> Iterator[tuple[Warehouse, Merged]]:
    """Opens a warehouse of just enough small runs for writing, and merges their files."""
    for number in range(FAN_IN):
        commit_merging(root, number)
    warehouse = Warehouse(str(root))
    with warehouse.open_for_writing(SCHEMA):
        newest = warehouse.latest()
        assert newest is not None
        warehouse.staging_folder(run_id(FAN_IN))
        merged = merge_small_files(newest, run_id(FAN_IN), INDEXED)
        assert merged.files
        yield warehouse, merged


def test_what_was_merged_and_not_committed_is_cleaned_up(tmp_path: Path) -> None:
    with merging(tmp_path) as (_, merged):
        before = tables(tmp_path)
    assert set(verify(str(tmp_path), SCHEMA).orphans) == {
        f"staging/{run_id(FAN_IN)}", *(file.path for file in merged.files)
    }  # fmt: skip
    with Warehouse(str(tmp_path)).open_for_writing(SCHEMA):
        pass
    assert not verify(str(tmp_path), SCHEMA).orphans
    assert tables(tmp_path) == before


def test_rows_that_would_be_lost_stop_the_commit(tmp_path: Path) -> None:
    with merging(tmp_path) as (warehouse, merged):
        before = tables(tmp_path)
        with pytest.raises(WarehouseError, match="lose or double"):
            warehouse.commit(run_row(FAN_IN), [], merged=merged.files[1:], replaced=merged.replaced)
    assert tables(tmp_path) == before


@pytest.mark.parametrize("damage", ["cut off", "flipped"])
def test_a_damaged_file_stays_as_it_is_and_the_run_goes_on(
    damage: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(FAN_IN):
        newest = commit_merging(tmp_path, number)
    broken = min(
        (file for file in newest.files if file.table == "paragraphs"), key=lambda file: file.path
    )
    path = tmp_path / broken.path
    content = path.read_bytes()
    place = len(content) // 2
    flipped = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    path.write_bytes(content[:-1] if damage == "cut off" else flipped)
    after = {file.path for file in commit_merging(tmp_path, FAN_IN).files}
    assert any("-merged." in path for path in after)
    stays = {file.path for file in newest.files
             if file.table in ("articles", "paragraphs", "removed_lines")
             and f"{run_id(0)}-0" in file.path}  # fmt: skip
    assert broken.path in stays
    assert stays <= after
    assert str(path) in caplog.text
    assert "copydesk repair" in caplog.text


def test_a_missing_file_is_named_before_a_run_does_its_work(tmp_path: Path) -> None:
    newest = commit_merging(tmp_path, 0)
    for file in (newest.files[3], newest.index_files[0], newest.input_files[0]):
        (tmp_path / file.path).rename(tmp_path / "kept")
        with (
            pytest.raises(
                WarehouseError, match=f"{re.escape(file.path)} is missing.*copydesk repair"
            ),
            Warehouse(str(tmp_path)).open_for_writing(SCHEMA),
        ):
            pass
        (tmp_path / "kept").rename(tmp_path / file.path)
    commit_merging(tmp_path, 1)


def test_columns_that_came_later_stay_in_files_of_their_own(tmp_path: Path) -> None:
    for number in range(FAN_IN):
        commit_merging(tmp_path, number)
    wide = wider("rejects", mood=Column(pa.string(), "A mood."))
    schema = wide.arrow("rejects")
    warehouse = Warehouse(str(tmp_path))
    for number in range(FAN_IN, 2 * FAN_IN):
        with warehouse.open_for_writing(wide):
            newest = warehouse.latest()
            assert newest is not None
            merged = merge_small_files(newest, run_id(number), INDEXED)
            files = [f for f in write_rows(tmp_path, number) if f.table != "rejects"]
            row = dict.fromkeys(schema.names) | {"source_file": "x", "mood": "calm", "detail": "-",
                                                 "stage": "read", "reason": "empty",
                                                 "run_id": run_id(number)}  # fmt: skip
            files += write_table(
                str(tmp_path), "rejects", pa.Table.from_pylist([row], schema=schema), schema,
                run_id(number), "0",
            )  # fmt: skip
            warehouse.commit(run_row(number), files, merged=merged.files, replaced=merged.replaced)
    with duckdb.connect(str(tmp_path / "news.duckdb"), read_only=True) as connection:
        moods = connection.execute("SELECT mood, count(*) FROM rejects GROUP BY ALL")
        assert sorted(moods.fetchall(), key=repr) == [("calm", FAN_IN), (None, FAN_IN)]


def manifest_of(sizes: list[int], folder: str = "files/runs") -> Manifest:
    return Manifest(
        1, 1, "", "", {}, tuple(
            DataFile("runs", f"{folder}/{run_id(n)}-0.parquet", 1, size, "s")
            for n, size in enumerate(sizes)
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([10] * (MANY - 1), []),
        ([10] * MANY, [MANY]),
        ([10] * (MANY - 1) + [SIZES[0]] * (MANY - 1), []),
        ([SIZES[-1]] * 100, []),
        ([SIZES[-1] - 1] * MANY, [MANY]),
        ([SIZES[-1] - 1] * (2 * MANY + 1), [MANY, MANY]),
        ([10] * 1000, [1000]),
    ],
)
def test_files_of_one_size_are_merged_once_there_are_enough(
    sizes: list[int], expected: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "FAN_IN", MANY)
    found = list(batches(manifest_of(sizes), {}))
    assert [len(batch) for batch in found] == expected
    assert all(sum(file.bytes for file in batch) <= LARGEST for batch in found)


def test_a_thousand_runs_leave_some_dozen_files_and_write_a_row_few_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compaction, "FAN_IN", MANY)
    files: list[DataFile] = []
    written = 0
    for number in range(1000):
        manifest = Manifest(1, 1, "", "", {}, tuple(files))
        for place, batch in enumerate(batches(manifest, {})):
            files = [file for file in files if file not in batch]
            size, rows = sum(f.bytes for f in batch), sum(f.rows for f in batch)
            path = f"files/runs/{run_id(number)}-merged.{place:04d}.parquet"
            files.append(DataFile("runs", path, rows, size, "s"))
            written += rows
        files.append(DataFile("runs", f"files/runs/{run_id(number)}-0.parquet", 1, 5_000, "s"))
    assert sum(file.rows for file in files) == 1000
    assert len(files) < len(SIZES) * MANY + 1000 * 5_000 / SIZES[-1]
    assert written <= len(SIZES) * 1000


def test_an_index_of_another_step_is_left_alone() -> None:
    manifest = manifest_of([10] * 20, "index/Other-v1/keys")
    assert not list(batches(manifest, INDEXED))


@pytest.mark.slow
def test_after_merging_runs_go_on_and_the_index_can_be_rebuilt(
    tmp_path: Path, desk: Desk, seed_run: SeedRun
) -> None:
    """Four runs, the last of which merges what the others left: the rows of a single run."""
    warehouse = tmp_path / "warehouse"
    # The agency's article before its copy, as their times are.
    for number, seeds in enumerate(("000*", "004*", "00[12]*", "003*")):
        dumps = tmp_path / f"dumps {number}"
        dumps.mkdir()
        for seed in (REPOSITORY / "seeds").glob(seeds):
            shutil.copy(seed, dumps)
        done(desk.run(dumps, warehouse, fan_in=FAN_IN))
    newest = json.loads((warehouse / "manifests" / "4.json").read_text())
    for kind in ("files", "index_files"):
        assert any("-merged." in file["path"] for file in newest[kind])
    # A story is named after the article that was committed first.
    varying = ("story_id",)
    assert rows(warehouse, varying) == rows(seed_run.warehouse, varying)
    index = index_rows(warehouse)
    assert verify(str(warehouse), SCHEMA).ok
    done(desk.call("reindex", "--warehouse", warehouse))
    assert index_rows(warehouse) == index


def test_a_damaged_file_of_the_index_is_named(tmp_path: Path) -> None:
    [file] = commit_merging(tmp_path, 0).index_files
    path = tmp_path / file.path
    content = path.read_bytes()
    path.write_bytes(content[:-64] + bytes(64))
    [problem] = verify(str(tmp_path), SCHEMA).problems
    assert str(path) in problem
    assert "is not as it was written" in problem
