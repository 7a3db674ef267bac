"""The warehouse on disk: files, manifests, locks, what a killed writer leaves, what readers see."""

import contextlib
import dataclasses
import datetime
import errno
import fcntl
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import duckdb
import hypothesis
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from apache_beam.io.localfilesystem import LocalFileSystem
from hypothesis import strategies as st

from pipeline.storage.objects import ObjectError
from pipeline.transform import Column
from pipeline.warehouse import (
    BackgroundSync,
    DataFile,
    Input,
    Warehouse,
    WarehouseError,
    make_run_id,
    write_file,
    write_table,
)
from pipeline.warehouse.manifest import SCHEMA_VERSION, LockedError, LockLostError, write_manifest
from pipeline.warehouse.orphans import find_orphans
from pipeline.warehouse.staging import CLUSTER
from pipeline.warehouse.verify import verify
from pipeline.warehouse.writer import NARROW_ROW_GROUP, TEXT_ROW_GROUP
from tests import PATIENCE
from tests.conftest import REPOSITORY
from tests.warehouse_rows import (
    COLUMNS,
    SCHEMA,
    SCHEMAS,
    as_table,
    commit_rows,
    commit_run,
    corpus_rows,
    query,
    run_id,
    run_row,
    tree,
    wider,
    write_rows,
)


def committed_runs(root):
    return [row[0] for row in query(root, "SELECT run_id FROM runs ORDER BY run_id")]


@pytest.fixture(scope="module")
def one_run(tmp_path_factory):
    root = tmp_path_factory.mktemp("one_run")
    commit_run(root, 0)
    return root


def child(script, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )


# Files


def test_rows_come_back_as_written_in_any_order(tmp_path):
    rows = corpus_rows(0)["articles"]
    shuffled = random.Random(7).sample(rows, len(rows))
    table = as_table("articles", shuffled)
    files = write_table(
        str(tmp_path), "articles", table.select(table.column_names[::-1]), SCHEMAS["articles"],
        run_id(0), "0",
    )  # fmt: skip
    assert [file.path for file in files] == [
        f"files/articles/{run_id(0)}-0@{language}.parquet" for language in ("de", "en", "und")
    ]
    assert [file.rows for file in files] == [2, 2, 2]
    read = pa.concat_tables(
        pq.read_table(tmp_path / file.path, partitioning=None) for file in files
    )
    assert read.sort_by("article_id").to_pylist() == as_table("articles", rows).to_pylist()
    assert read.schema.equals(SCHEMAS["articles"])


def test_the_same_rows_make_the_same_bytes(tmp_path):
    rows = corpus_rows(0, 40)["paragraphs"]
    contents = []
    for seed in range(3):
        shuffled = random.Random(seed).sample(rows, len(rows))
        root = tmp_path / str(seed)
        write_table(
            str(root), "paragraphs", as_table("paragraphs", shuffled), SCHEMAS["paragraphs"],
            run_id(0), "0",
        )  # fmt: skip
        contents.append(tree(root))
    assert contents[0] == contents[1] == contents[2]


def test_articles_are_sorted_by_time_with_unknown_times_last(tmp_path):
    rows = corpus_rows(0, 30)["articles"]
    for row in rows:
        row["language"] = "en"
    for row in rows[::5]:
        row["published_at"] = None
    [file] = write_table(
        str(tmp_path), "articles", as_table("articles", rows), SCHEMAS["articles"], run_id(0), "0"
    )
    read = pq.read_table(tmp_path / file.path).select(["published_at", "article_id"]).to_pylist()
    late = datetime.datetime.max.replace(tzinfo=datetime.UTC)
    key = [(row["published_at"] or late, row["article_id"]) for row in read]
    assert key == sorted(key)
    assert sum(moment == late for moment, _ in key) == 6


def test_row_groups_are_small_for_text_and_large_for_narrow_tables(tmp_path):
    count = NARROW_ROW_GROUP + 1
    for name, row_group in (
        ("removed_lines", TEXT_ROW_GROUP),
        ("paragraph_links", NARROW_ROW_GROUP),
    ):
        table = pa.table(
            [pa.nulls(count, field.type) for field in SCHEMAS[name]], schema=SCHEMAS[name]
        )
        [file] = write_table(str(tmp_path), name, table, SCHEMAS[name], run_id(0), "0")
        metadata = pq.read_metadata(tmp_path / file.path)
        groups = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
        assert groups[:-1] == [row_group] * (count // row_group)
        assert metadata.row_group(0).column(0).compression == "ZSTD"


def test_descriptions_travel_in_the_files(tmp_path):
    [file, *_] = write_rows(tmp_path, 0)
    field = pq.read_schema(tmp_path / file.path).field("article_id")
    assert field.metadata[b"description"].decode() == COLUMNS["articles"]["article_id"].description


def test_no_rows_make_no_file(tmp_path):
    empty = SCHEMAS["rejects"].empty_table()
    assert write_table(str(tmp_path), "rejects", empty, SCHEMAS["rejects"], run_id(0), "0") == []
    assert tree(tmp_path) == {}


def test_values_are_cast_to_the_schema_or_refused(tmp_path):
    schema = SCHEMAS["removed_lines"]
    row = {"article_id": "a", "line_number": 3, "text": "t", "rule": "r", "run_id": run_id(0)}
    narrow = pa.Table.from_pylist([row]).cast(
        pa.schema([schema.field(0), pa.field("line_number", pa.int16()), *list(schema)[2:]])
    )
    [file] = write_table(str(tmp_path), "removed_lines", narrow, schema, run_id(0), "0")
    assert pq.read_schema(tmp_path / file.path).equals(schema)
    broken = pa.Table.from_pylist([row | {"line_number": "third"}])
    with pytest.raises(WarehouseError, match=r"'line_number' of 'removed_lines' holds string"):
        write_table(str(tmp_path), "removed_lines", broken, schema, run_id(0), "1")
    coloured = narrow.drop(["rule"]).append_column("colour", [["red"]])
    with pytest.raises(WarehouseError, match=r"missing are rule; unknown are colour"):
        write_table(
            str(tmp_path), "removed_lines", coloured, schema, run_id(0), "1",
        )  # fmt: skip


@pytest.mark.parametrize("part", ["", "../0", "a/b", "a b"])
def test_a_part_must_be_a_file_name(tmp_path, part):
    with pytest.raises(WarehouseError, match="part of a file name"):
        write_table(
            str(tmp_path), "rejects", SCHEMAS["rejects"].empty_table(), SCHEMAS["rejects"],
            run_id(0), part,
        )  # fmt: skip


def test_a_full_disk_leaves_no_file_behind(tmp_path):
    script = """
        import resource, signal, sys
        from tests.warehouse_rows import as_table, corpus_rows, run_id, SCHEMAS
        from pipeline.warehouse import WarehouseError, write_table
        table = as_table("articles", corpus_rows(0, 200)["articles"])
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            write_table(sys.argv[1], "articles", table, SCHEMAS["articles"], run_id(0), "0")
        except WarehouseError as error:
            print(error)
    """
    writer = child(script, tmp_path)
    output, errors = writer.communicate(timeout=PATIENCE)
    assert "cannot be written: File too large. Nothing was committed" in output, errors
    assert tree(tmp_path) == {}


def name_of(descriptor, folder):
    """Returns the path of an open file or folder below a folder, the folder itself included."""
    status = os.fstat(descriptor)
    for path in (folder, *Path(folder).rglob("*")):
        with contextlib.suppress(FileNotFoundError):  # another was renamed meanwhile
            if os.path.samestat(path.stat(), status):
                return str(path)
    return ""


@pytest.mark.parametrize("broken", [None, "articles", "rejects"])
def test_background_syncs_are_waited_for_and_their_failures_raised(tmp_path, monkeypatch, broken):
    fsync = os.fsync

    def failing(descriptor):
        if broken and f"/{broken}/" in name_of(descriptor, tmp_path):
            raise OSError(28, "No space left on device")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    tables = corpus_rows(0, 20)

    def write():
        with BackgroundSync() as sync:
            return [
                file
                for name in ("articles", "paragraphs", "rejects")
                for file in write_table(
                    str(tmp_path), name, as_table(name, tables[name]), SCHEMAS[name], run_id(0),
                    "0", sync,
                )
            ]  # fmt: skip

    if broken:
        with pytest.raises(WarehouseError, match=f"{broken}.*No space left on device. Nothing"):
            write()
        assert not any(f"/{broken}/" in path or path.endswith(".tmp") for path in tree(tmp_path))
    else:
        files = write()
        assert {file.table for file in files} == {"articles", "paragraphs", "rejects"}
        for file in files:
            assert pq.read_metadata(tmp_path / file.path).num_rows == file.rows


def test_a_commit_syncs_the_folders_of_its_files_before_the_manifest(tmp_path, monkeypatch):
    synced = []
    fsync = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda file: (synced.append(name_of(file, tmp_path)), fsync(file))
    )
    manifest = commit_run(tmp_path, 0)
    folders = {str(tmp_path)}
    for file in manifest.all_files:
        parent = (tmp_path / file.path).parent
        while parent != tmp_path:
            folders.add(str(parent))
            parent = parent.parent
    first = next(place for place, path in enumerate(synced) if "/manifests/" in path)
    assert folders <= set(synced[:first])


# Commits


def test_a_commit_can_be_read_and_verified(tmp_path):
    manifest = commit_run(tmp_path, 0)
    assert manifest.number == 1
    assert manifest == Warehouse(str(tmp_path)).latest()
    report = verify(str(tmp_path), SCHEMA)
    assert report.ok, report.problems
    assert report.rows == {
        "articles": 6, "paragraphs": 24, "paragraph_links": 9, "removed_lines": 12, "rejects": 1,
        "runs": 1, "story_merges": 0, "warnings": 0,
    }  # fmt: skip
    assert report.orphans == ()


def test_files_and_inputs_are_cumulative(tmp_path):
    first = commit_run(tmp_path, 0)
    second = commit_run(tmp_path, 1)
    assert set(first.files) < set(second.files)
    assert second.inputs == (Input("dumps/0", 10, "00000000"), Input("dumps/1", 10, "00000001"))
    assert Warehouse(str(tmp_path)).latest().inputs == second.inputs
    assert committed_runs(tmp_path) == [run_id(0), run_id(1)]
    assert query(tmp_path, "SELECT count(*), count(DISTINCT run_id) FROM articles") == [(12, 2)]
    assert verify(str(tmp_path), SCHEMA).ok


def test_dumps_are_recorded_by_name_size_and_content(tmp_path):
    first, other, odd = Input("a", 1, "01"), Input("a", 1, "03"), Input("b\nc", 2, "02")
    given = [odd, first, odd, other]
    warehouse = Warehouse(str(tmp_path))
    with warehouse.open_for_writing(SCHEMA):
        warehouse.commit({"run_id": run_id(0)}, [], given)
        manifest = warehouse.commit({"run_id": run_id(1)}, [])
    assert manifest.inputs == (first, other, odd)
    (tmp_path / manifest.input_files[0].path).unlink()
    with pytest.raises(WarehouseError, match="lists the dumps taken in, cannot be read"):
        _ = manifest.inputs
    assert any(
        "is missing; a manifest names it" in problem
        for problem in verify(str(tmp_path), SCHEMA).problems
    )


def test_the_run_row_carries_counts_and_rules(tmp_path):
    commit_run(tmp_path, 0)
    assert query(
        tmp_path,
        "SELECT articles, paragraphs, removed_lines, rejects, paragraph_links, "
        "removed_by_rule['share_prompt_v1'] FROM runs",
    ) == [(6, 24, 12, 1, 9, 6)]


def test_a_table_without_rows_has_one_empty_file_until_rows_come(tmp_path):
    warehouse = Warehouse(str(tmp_path))
    with warehouse.open_for_writing(SCHEMA):
        for number in range(2):
            manifest = warehouse.commit({"run_id": run_id(number)}, [])
            tables = [file.table for file in manifest.files if file.rows == 0]
            assert tables == sorted(COLUMNS.keys() - {"runs"})
    assert query(tmp_path, "SELECT count(*) FROM copies") == [(0,)]
    manifest = commit_run(tmp_path, 2)
    empty = {file.table for file in manifest.files if not file.rows}
    assert empty == {"story_merges", "warnings"}  # of which that run has no rows
    assert query(tmp_path, "SELECT count(*) FROM articles") == [(6,)]


def test_a_failed_commit_changes_nothing(tmp_path):
    commit_run(tmp_path, 0)
    before = tree(tmp_path)
    warehouse = Warehouse(str(tmp_path))
    with warehouse.open_for_writing(SCHEMA):
        warehouse.staging_folder(run_id(1))
        files = write_rows(tmp_path, 1)
        gone = files[0]
        (tmp_path / gone.path).unlink()
        with pytest.raises(WarehouseError, match=r"is not there\. Nothing was committed"):
            warehouse.commit(run_row(1), files)
        with pytest.raises(WarehouseError, match=r"no column 'colour'\. Its columns are: run_id"):
            warehouse.commit(run_row(1) | {"colour": 1}, files[1:])
        with pytest.raises(WarehouseError, match="does not fit `runs`"):
            warehouse.commit(run_row(1) | {"lines": "many"}, files[1:])
        with pytest.raises(WarehouseError, match="is not a file of run"):
            warehouse.commit(run_row(2), files[1:])
        with pytest.raises(WarehouseError, match="would be committed twice"):
            warehouse.commit(run_row(1), [files[1], files[1]])
    assert committed_runs(tmp_path) == [run_id(0)]
    with warehouse.open_for_writing(SCHEMA):
        pass
    assert tree(tmp_path) == before


def test_commit_needs_an_open_warehouse(tmp_path):
    with pytest.raises(WarehouseError, match="not open for writing"):
        Warehouse(str(tmp_path)).commit(run_row(0), [])
    with pytest.raises(WarehouseError, match="not open for writing"):
        Warehouse(str(tmp_path)).prune()


def test_a_manifest_is_never_overwritten(tmp_path):
    commit_run(tmp_path, 0)
    script = """
        import shutil, sys
        from tests.warehouse_rows import commit_run
        from pipeline.warehouse import WarehouseError
        folder = sys.argv[1] + "/manifests/"

        def slip_in(event, arguments):
            # A writer that ignores the lock, after this one has read the newest manifest.
            if event == "os.link":
                shutil.copy(folder + "1.json", folder + "2.json")

        sys.addaudithook(slip_in)
        try:
            commit_run(sys.argv[1], 1)
        except WarehouseError as error:
            print(error)
    """
    output, errors = child(script, tmp_path).communicate(timeout=PATIENCE)
    assert "2.json was committed by another process meanwhile" in output, errors
    assert (tmp_path / "manifests/2.json").read_bytes() == (
        tmp_path / "manifests/1.json"
    ).read_bytes()
    assert [path for path in tree(tmp_path) if path.endswith(".tmp")] == []


def test_index_files_are_added_or_replaced(tmp_path):
    keys = pa.table({"key": pa.array([1, 2, 3], pa.uint64())})
    warehouse = Warehouse(str(tmp_path))
    with warehouse.open_for_writing(SCHEMA):
        for number in range(3):
            file = write_file(
                str(tmp_path), f"index/exact/{run_id(number)}-0.parquet", "exact", keys
            )
            manifest = warehouse.commit(
                {"run_id": run_id(number)}, [], index_files=[file], replace_index=number == 2
            )
            names = [item.path for item in manifest.index_files]
            assert len(names) == (1, 2, 1)[number]
            assert verify(str(tmp_path), SCHEMA).ok
        warehouse.prune(keep=1, keep_seconds=0)
    assert sorted(path.name for path in (tmp_path / "index/exact").iterdir()) == [
        f"{run_id(2)}-0.parquet"
    ]


# Schema


def with_reading_seconds(arrow_type):
    column = Column(arrow_type, "Estimated reading time, in seconds.")
    return wider("articles", reading_seconds=column)


def test_a_column_may_come_and_go(tmp_path):
    commit_run(tmp_path, 0)
    wide = with_reading_seconds(pa.int32())
    schema = wide.arrow("articles")
    rows = [row | {"reading_seconds": 61} for row in corpus_rows(1)["articles"]]
    warehouse = Warehouse(str(tmp_path))
    with warehouse.open_for_writing(wide):
        data = pa.Table.from_pylist(
            [dict.fromkeys(schema.names) | row for row in rows], schema=schema
        )
        files = write_table(str(tmp_path), "articles", data, schema, run_id(1), "0")
        warehouse.commit({"run_id": run_id(1)}, files)
    commit_run(tmp_path, 2)
    assert query(
        tmp_path, "SELECT run_id, sum(reading_seconds) FROM articles GROUP BY ALL ORDER BY ALL"
    ) == [(run_id(0), None), (run_id(1), 366), (run_id(2), None)]
    names = [row[0] for row in query(tmp_path, "DESCRIBE articles")]
    assert names == [*COLUMNS["articles"], "reading_seconds"]


def test_a_column_may_not_change_its_type(tmp_path):
    warehouse = Warehouse(str(tmp_path))
    with warehouse.open_for_writing(with_reading_seconds(pa.int32())):
        warehouse.commit({"run_id": run_id(0)}, [])
    before = tree(tmp_path)
    with (
        pytest.raises(WarehouseError, match=r"is INTEGER in .* VARCHAR now\. Rename the"),
        warehouse.open_for_writing(with_reading_seconds(pa.string())),
    ):
        pass
    assert tree(tmp_path) == before


def test_a_newer_schema_is_refused_and_untouched(tmp_path, one_run):
    shutil.copytree(one_run, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "manifests/1.json"
    record = orjson.loads(path.read_bytes())
    newer = {"schema_version": 99, "version": "7.0.0", "number": 1, "shards": []}
    path.write_bytes(orjson.dumps(newer))
    (tmp_path / "data" / f"{run_id(5)}-0.parquet").touch()
    before = {name: (tmp_path / name).stat().st_mtime_ns for name in tree(tmp_path)}
    warehouse = Warehouse(str(tmp_path))
    message = r"copydesk 7\.0\.0 with schema 99; this is copydesk .*Upgrade copydesk"
    with pytest.raises(WarehouseError, match=message), warehouse.open_for_writing(SCHEMA):
        pass
    with pytest.raises(WarehouseError, match=message):
        warehouse.latest()
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in tree(tmp_path)} == before
    assert record["schema_version"] == SCHEMA_VERSION


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: b"[]",
        lambda content: b"null",
        lambda content: content.replace(b'"path"', b'"paht"'),
        lambda content: content.replace(b'"schema_version": 2', b'"schema_version": "two"'),
        lambda content: content.replace(b'"number": 1', b'"number": 2'),
        lambda content: b"\xff" + content,
    ],
)
def test_a_damaged_manifest_is_named(tmp_path, one_run, damage):
    shutil.copytree(one_run, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "manifests/1.json"
    path.write_bytes(damage(path.read_bytes()))
    before = tree(tmp_path)
    warehouse = Warehouse(str(tmp_path))
    with pytest.raises(WarehouseError, match=rf"{re.escape(str(path))} is damaged"):
        warehouse.latest()
    with pytest.raises(WarehouseError), warehouse.open_for_writing(SCHEMA):
        pass
    assert tree(tmp_path) == before


# Writers


def test_a_second_writer_is_refused_and_names_the_first(tmp_path):
    script = """
        import sys
        from tests.warehouse_rows import SCHEMA
        from pipeline.warehouse import Warehouse
        with Warehouse(sys.argv[1]).open_for_writing(SCHEMA):
            print("open", flush=True)
            sys.stdin.read()
    """
    writer = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY,
    )  # fmt: skip
    try:
        assert writer.stdout.readline() == "open\n"
        warehouse = Warehouse(str(tmp_path))
        for _ in range(2):
            with (
                pytest.raises(WarehouseError, match=rf"written by process {writer.pid} on "),
                warehouse.open_for_writing(SCHEMA),
            ):
                pass
    finally:
        writer.communicate(timeout=PATIENCE)
    assert commit_run(tmp_path, 0).number == 1


def test_one_process_cannot_open_twice(tmp_path):
    with Warehouse(str(tmp_path)).open_for_writing(SCHEMA):
        with (
            pytest.raises(WarehouseError, match=rf"written by process {os.getpid()} on "),
            Warehouse(str(tmp_path / ".")).open_for_writing(SCHEMA),
        ):
            pass
        refused = child(
            "import sys; from pipeline.warehouse import Warehouse\n"
            "from tests.warehouse_rows import SCHEMA\n"
            "with Warehouse(sys.argv[1]).open_for_writing(SCHEMA): pass",
            tmp_path,
        )
        errors = refused.communicate(timeout=PATIENCE)[1]
        assert re.search(rf"LockedError: .* is being written by process {os.getpid()} on ", errors)


def test_a_lock_that_is_removed_costs_no_writer_its_work(tmp_path):
    """As by an owner who takes it for that of a process that has ended."""
    with Warehouse(str(tmp_path)).open_for_writing(SCHEMA) as only:
        (tmp_path / ".lock").unlink()
        only.commit(run_row(0), write_rows(tmp_path, 0))
        with (
            pytest.raises(LockedError),
            Warehouse(str(tmp_path)).open_for_writing(SCHEMA),
        ):
            pass
    writers = contextlib.ExitStack()
    first = writers.enter_context(Warehouse(str(tmp_path)).open_for_writing(SCHEMA))
    (tmp_path / ".lock").unlink()
    with Warehouse(str(tmp_path)).open_for_writing(SCHEMA) as second:
        for number, writer in ((1, second), (2, first)):
            writer.staging_folder(run_id(number))
        files = {number: write_rows(tmp_path, number) for number in (1, 2)}
        second.remove_staging(run_id(2))  # as of a killed run
        with pytest.raises(LockLostError, match=r"\.lock was moved or removed"), writers:
            first.commit(run_row(2), files[2])
        second.commit(run_row(1), files[1])
    assert committed_runs(tmp_path) == [run_id(0), run_id(1)]
    assert commit_run(tmp_path, 3).number == 3
    assert verify(str(tmp_path), SCHEMA).ok


def test_a_lock_that_outlives_its_process_is_explained(tmp_path):
    """As of a network file system, whose server has not noticed that the process has ended."""
    ended = child("", tmp_path)
    ended.communicate(timeout=PATIENCE)
    with Warehouse(str(tmp_path)).open_for_writing(SCHEMA):
        (tmp_path / ".lock").write_text(f"process {ended.pid} on {socket.gethostname()}\n")
        with (
            pytest.raises(
                WarehouseError, match=rf"process {ended.pid} .* has ended.*fuser {tmp_path}"
            ),
            Warehouse(str(tmp_path)).open_for_writing(SCHEMA),
        ):
            pass
        (tmp_path / ".lock").write_text(f"process {ended.pid} on another.host\n")
        with (
            pytest.raises(WarehouseError, match=rf"written by process {ended.pid} on another.host"),
            Warehouse(str(tmp_path)).open_for_writing(SCHEMA),
        ):
            pass


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_refused(tmp_path, monkeypatch, code):
    def flock(file, operation):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", flock)
    with (
        pytest.raises(WarehouseError, match="its file system has no locks"),
        Warehouse(str(tmp_path)).open_for_writing(SCHEMA),
    ):
        pass


def test_workers_that_outlive_a_killed_writer_hold_no_lock(tmp_path):
    script = """
        import os, sys, time
        from tests.warehouse_rows import SCHEMA
        from pipeline.warehouse import Warehouse
        with Warehouse(sys.argv[1]).open_for_writing(SCHEMA):
            worker = os.fork()
            if worker == 0:
                time.sleep(60)
                os._exit(0)
            print(worker, flush=True)
            time.sleep(60)
    """
    writer = child(script, tmp_path)
    worker = int(writer.stdout.readline())
    try:
        writer.kill()
        writer.wait(timeout=PATIENCE)
        assert commit_run(tmp_path, 0).number == 1
    finally:
        os.kill(worker, signal.SIGKILL)
        writer.stdout.close()
        writer.stderr.close()


@pytest.mark.parametrize("place", ["file", "below_file", "forbidden"])
def test_an_unwritable_folder_is_refused(tmp_path, place):
    target = {"file": "a", "below_file": "a/b", "forbidden": "closed/b"}[place]
    (tmp_path / "a").write_text("not a folder")
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed").chmod(0o555)
    script = """
        import os, sys
        from tests.warehouse_rows import SCHEMA
        from pipeline.warehouse import Warehouse, WarehouseError
        if os.geteuid() == 0:
            os.seteuid(65534)  # The superuser may write anywhere.
        try:
            with Warehouse(sys.argv[1]).open_for_writing(SCHEMA):
                pass
        except WarehouseError as error:
            print(error)
    """
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != tmp_path / "closed":
            folder.chmod(folder.stat().st_mode | 0o055)
    output, errors = child(script, tmp_path / target).communicate(timeout=PATIENCE)
    remedy = "change " if place == "forbidden" else f"{tmp_path / 'a'} is a file .*: move it away"
    assert re.search(rf"cannot be written: .*\. Nothing was committed; {remedy}", output), (
        output + errors
    )
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "closed"]


def test_what_no_catalog_can_lie_in_is_no_warehouse():
    with pytest.raises(ObjectError, match="no conditional put"):
        Warehouse("hdfs://host/warehouse")
    for name in ("what?", "back\\slash", os.fsdecode(b"caf\xe9")):
        with pytest.raises(WarehouseError, match="question mark, a backslash or bytes"):
            Warehouse(name)


def test_run_ids_sort_by_time():
    moments = [
        datetime.datetime(2026, 1, 31, 23, 59, 59, 400_000, tzinfo=datetime.UTC),
        datetime.datetime(2026, 1, 31, 23, 59, 59, 401_000, tzinfo=datetime.UTC),
        datetime.datetime(2026, 2, 1, 2, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=1))),
    ]
    ids = [make_run_id(moment) for moment in moments]
    assert ids == sorted(ids)
    assert ids[2].startswith("20260201T010000Z-")


# Killed writers; tests/test_killed_runs.py has the later points


@pytest.mark.parametrize("files", [0, 3])
def test_a_writer_killed_between_files_leaves_the_warehouse_whole(tmp_path, files):
    commit_run(tmp_path, 0)
    before = tree(tmp_path)
    script = """
        import os, re, signal, sys
        from tests.warehouse_rows import commit_run
        left = int(sys.argv[2])

        def kill(name, arguments):
            global left
            if name == "os.rename" and str(arguments[1]).endswith(".parquet"):
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1

        sys.addaudithook(kill)
        commit_run(sys.argv[1], 1)
    """
    writer = child(script, tmp_path, files)
    _, errors = writer.communicate(timeout=PATIENCE)
    assert writer.returncode == -signal.SIGKILL, errors
    assert committed_runs(tmp_path) == [run_id(0)]
    left = tree(tmp_path)
    assert left.items() > {(name, text) for name, text in before.items() if name != ".lock"}
    with Warehouse(str(tmp_path)).open_for_writing(SCHEMA):
        pass
    assert tree(tmp_path) == before
    commit_run(tmp_path, 1)
    assert committed_runs(tmp_path) == [run_id(0), run_id(1)]
    report = verify(str(tmp_path), SCHEMA)
    assert report.ok, report.problems
    assert report.orphans == ()


def test_cleaning_up_spares_what_is_not_copydesks(tmp_path):
    foreign = ["files/mine.parquet", "files/articles/notes.txt", "staging/keep/x", "sql/q.sql",
               f"files/articles.bak/{run_id(9)}-3@en.parquet", "data/articles/notes.txt",
               f"files/my_articles/{run_id(9)}-3@en.parquet",
               "manifests/README", ".hidden.tmp", "index/.gitkeep"]  # fmt: skip
    own = [
        f"files/articles/{run_id(9)}-3@en.parquet",
        f"files/articles/.{run_id(9)}-3@en.parquet.0123abcd.tmp",
        f"index/exact/{run_id(9)}-0.parquet",
        f"staging/{run_id(9)}/deep/shard.arrow",
        "manifests/.4.json.0123abcd.tmp",
        ".news.duckdb.0123abcd.tmp",
        ".news.duckdb.0123abcd.tmp.wal",
    ]
    for name in foreign + own:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert set(find_orphans(str(tmp_path), [], SCHEMA)) == {
        *own[:3], f"staging/{run_id(9)}", *own[4:]
    }  # fmt: skip
    commit_run(tmp_path, 0)
    assert all((tmp_path / name).exists() for name in foreign)
    assert not any((tmp_path / name).exists() for name in own)
    assert not (tmp_path / "index/exact").exists()


def test_cleaning_up_follows_no_links(tmp_path):
    manifest = commit_run(tmp_path, 0)
    (tmp_path / "data/articles/again").symlink_to(tmp_path / "data/articles")
    (tmp_path / "index/loop").symlink_to(tmp_path)
    assert find_orphans(str(tmp_path), [manifest], SCHEMA) == []
    commit_run(tmp_path, 1)
    assert all((tmp_path / file.path).exists() for file in manifest.all_files)


class ShelfFileSystem(LocalFileSystem):
    """A file system of Beam's with a scheme of its own: a folder of this machine."""

    folder = ""

    @classmethod
    def scheme(cls):
        return "shelf"

    def match(self, patterns, limits=None):
        found = super().match([self._local(pattern) for pattern in patterns], limits)
        for result in found:
            for file in result.metadata_list:
                file.path = f"shelf://{os.path.relpath(file.path, self.folder)}"
        return found

    def delete(self, paths):
        for path in paths:
            os.unlink(self._local(path))

    def _local(self, path):
        return os.path.join(self.folder, path.removeprefix("shelf://"))


def test_what_a_job_writes_after_its_submitter_was_killed_is_removed(tmp_path):
    root, shared = tmp_path / "warehouse", tmp_path / "shared"
    commit_run(root, 0)
    with Warehouse(str(root)).open_for_writing(SCHEMA) as warehouse:
        folder = warehouse.staging_folder(run_id(1), str(shared), cluster=True)
    for _ in range(2):  # two writers come, and each time the job still writes
        write_rows(root, 1)
        for late in (Path(folder) / "shards" / "1", root / "staging" / run_id(1) / "shuffle"):
            late.mkdir(parents=True)
            (late / "rows.arrow").write_bytes(b"x")
        with Warehouse(str(root)).open_for_writing(SCHEMA):
            assert not list(root.glob(f"files/*/{run_id(1)}*"))
            assert not list(shared.rglob("*.arrow"))
            assert not list(root.rglob("*.arrow"))
    week = 8 * 86_400
    marker = root / "staging" / run_id(1) / CLUSTER
    os.utime(marker, (marker.stat().st_atime - week, marker.stat().st_mtime - week))
    with Warehouse(str(root)).open_for_writing(SCHEMA):
        assert not list((root / "staging").iterdir())
    assert committed_runs(root) == [run_id(0)]


@pytest.mark.parametrize("where", ["a folder", "a folder from here", "a file system"])
def test_working_files_outside_the_warehouse_go_as_well(where, tmp_path, monkeypatch):
    monkeypatch.setattr(ShelfFileSystem, "folder", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    shared = {
        "a folder": str(tmp_path / "shared"),
        "a folder from here": "shared/",
        "a file system": "shelf://shared",
    }[where]
    root = tmp_path / "warehouse"
    warehouse = Warehouse(str(root))
    with warehouse.open_for_writing(SCHEMA):
        folders = [warehouse.staging_folder(run_id(n), shared) for n in (1, 2)]
        assert [os.path.basename(folder) for folder in folders] == [run_id(1), run_id(2)]
        for name in (f"{run_id(1)}/deep/shard", f"{run_id(2)}/shard", f"{run_id(3)}/of another"):
            (tmp_path / "shared" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "shared" / name).write_text("x")
        warehouse.remove_staging(run_id(2))
        assert not (tmp_path / "shared" / run_id(2) / "shard").exists()
        assert (tmp_path / "shared" / run_id(1) / "deep" / "shard").exists()
    with Warehouse(str(root)).open_for_writing(SCHEMA):
        pass
    assert not (tmp_path / "shared" / run_id(1) / "deep" / "shard").exists()
    assert (tmp_path / "shared" / run_id(3) / "of another").exists()
    assert not list((root / "staging").iterdir())


@pytest.mark.parametrize("where", ["{folder}/file/below", "nowhere://storage"])
def test_a_folder_that_cannot_hold_working_files_is_refused(where, tmp_path):
    (tmp_path / "file").write_text("x")
    where = where.format(folder=tmp_path)
    warehouse = Warehouse(str(tmp_path / "warehouse"))
    with warehouse.open_for_writing(SCHEMA):
        with pytest.raises(WarehouseError) as refused:
            warehouse.staging_folder(run_id(1), where)
        assert str(refused.value).startswith(where)
        assert "another --staging" in str(refused.value)
        assert not list((tmp_path / "warehouse" / "staging").iterdir())


@pytest.mark.parametrize("note", ["nowhere://storage/{run}", "/", "{root}", ""])
def test_a_note_that_leads_nowhere_harms_nothing(note, tmp_path):
    folder = tmp_path / "warehouse" / "staging" / run_id(1)
    folder.mkdir(parents=True)
    (tmp_path / "mine").write_text("x")
    (folder / "elsewhere").write_text(note.format(run=run_id(1), root=tmp_path))
    commit_run(tmp_path / "warehouse", 0)
    assert (tmp_path / "mine").exists()
    # Storage that does not answer may do so another time.
    assert folder.exists() == note.startswith("nowhere")


# Readers


@pytest.mark.slow
def test_readers_see_whole_snapshots_while_a_writer_commits(tmp_path):
    commit_run(tmp_path, 0)
    python_reader = """
        import sys, time, duckdb
        seen = set()
        while max(seen, default=0) < 11:
            with duckdb.connect(sys.argv[1], read_only=True) as connection:
                sql = '''SELECT (SELECT count(*) FROM articles) // 6,
                                (SELECT count(*) FROM paragraphs) // 24,
                                (SELECT count(*) FROM removed_lines) // 12,
                                (SELECT count(*) FROM runs),
                                (SELECT sum(articles) FROM runs) // 6,
                                (SELECT manifest FROM snapshot)'''
                for _ in range(2):
                    counts = connection.execute(sql).fetchone()
                    assert len(set(counts)) == 1, counts
                    later = connection.execute("SELECT count(*) FROM runs").fetchone()[0]
                    assert later == counts[0], (later, counts)
                seen.add(counts[0])
            print(counts[0], flush=True)
            time.sleep(0.01)
    """
    shell_reader = """
        import sys, time
        from tests.warehouse_rows import shell
        seen = set()
        while max(seen, default=0) < 11:
            line = shell(sys.argv[1], '''
                SELECT (SELECT count(*) FROM articles) // 6, (SELECT count(*) FROM runs),
                       (SELECT count(*) FROM rejects), (SELECT manifest FROM snapshot)''')
            counts = {int(count) for count in line.split(",")}
            assert len(counts) == 1, line
            seen |= counts
            print(*counts, flush=True)
    """
    catalog = tmp_path / "news.duckdb"
    readers = [child(python_reader, catalog), child(shell_reader, catalog)]
    for reader in readers:
        assert reader.stdout.readline() == "1\n"
    for number in range(1, 11):
        commit_run(tmp_path, number)
        if number == 5:
            with Warehouse(str(tmp_path)).open_for_writing(SCHEMA) as warehouse:
                warehouse.prune(keep=2, keep_seconds=0)
    for reader in readers:
        output, errors = reader.communicate(timeout=PATIENCE)
        assert reader.returncode == 0, errors
        assert output.split()[-1] == "11"


def test_a_reader_keeps_its_snapshot(tmp_path):
    commit_run(tmp_path, 0)
    with duckdb.connect(str(tmp_path / "news.duckdb"), read_only=True) as old:
        commit_run(tmp_path, 1)
        assert old.execute("SELECT count(*) FROM articles").fetchone() == (6,)
        assert old.execute("SELECT manifest FROM snapshot").fetchone() == (1,)
    assert query(tmp_path, "SELECT count(*) FROM articles") == [(12,)]


def test_pruning_keeps_the_newest_manifests_and_every_row(tmp_path):
    warehouse = Warehouse(str(tmp_path))
    with warehouse.open_for_writing(SCHEMA):
        warehouse.commit({"run_id": run_id(90)}, [])
    for number in range(5):
        commit_run(tmp_path, number)
    rows = query(tmp_path, "SELECT * FROM paragraphs ORDER BY ALL")
    with warehouse.open_for_writing(SCHEMA):
        assert warehouse.prune(keep=3) == []
        removed = warehouse.prune(keep=3, keep_seconds=0)
    assert removed[:3] == [f"manifests/{number}.json" for number in range(1, 4)]
    assert all(path.endswith("-empty.parquet") for path in removed[3:])
    assert len(removed[3:]) == 5
    assert warehouse.numbers() == [4, 5, 6]
    assert query(tmp_path, "SELECT * FROM paragraphs ORDER BY ALL") == rows
    assert verify(str(tmp_path), SCHEMA).ok
    assert commit_run(tmp_path, 9).number == 7


def test_pruning_keeps_fewer_of_many_young_manifests(tmp_path):
    warehouse = Warehouse(str(tmp_path))
    for number in range(5):
        commit_run(tmp_path, number)
    with warehouse.open_for_writing(SCHEMA):
        assert warehouse.prune(keep=1, most=2) == []  # all are younger than an hour
        os.utime(tmp_path / "manifests" / "1.json", (0, 0))  # older than a day
        for number in (2, 4):
            two_hours_ago = time.time() - 7_200
            os.utime(tmp_path / "manifests" / f"{number}.json", (two_hours_ago, two_hours_ago))
        warehouse.prune(keep=1, most=2)
    assert warehouse.numbers() == [3, 4, 5]
    assert verify(str(tmp_path), SCHEMA).ok


def test_pruning_keeps_what_any_kept_manifest_names(tmp_path):
    warehouse = Warehouse(str(tmp_path))
    whole = commit_run(tmp_path, 0)
    with warehouse.open_for_writing(SCHEMA):
        for number in (1, 2):
            warehouse.commit(run_row(number), write_rows(tmp_path, number))
        # As another one leaves it that lost the files of the first run and has them again.
        newest = warehouse.newest
        lost = {file.path for file in whole.all_files}
        few = tuple(file for file in newest.files if file.path not in lost)
        write_manifest(dataclasses.replace(newest, number=4, files=few))
        write_manifest(dataclasses.replace(newest, number=5))
        removed = warehouse.prune(keep=2, keep_seconds=0, least_seconds=0)
        assert removed[:3] == [f"manifests/{number}.json" for number in (1, 2, 3)]
        assert lost.isdisjoint(removed)
        removed = warehouse.prune(keep=1, keep_seconds=0, least_seconds=0)
        assert removed == ["manifests/4.json"]
    assert [file for file in newest.all_files if not (tmp_path / file.path).exists()] == []


def test_what_this_process_left_is_made_ready_only_if_another_has_committed(tmp_path):
    warehouse = Warehouse(str(tmp_path))
    left = commit_run(tmp_path, 0)
    orphan = tmp_path / "files" / "articles" / f"{run_id(0)}-9.parquet"
    orphan.touch()
    with warehouse.open_for_writing(SCHEMA, left):
        assert orphan.exists()
    commit_run(tmp_path, 1)
    orphan.touch()
    with warehouse.open_for_writing(SCHEMA, left):
        assert not orphan.exists()


# Verification


def test_nothing_committed_is_nothing_wrong(tmp_path):
    report = verify(str(tmp_path), SCHEMA)
    assert report.ok
    assert report.number == 0


def flip_a_byte_of_a_page(root, files):
    path = root / next(file.path for file in files if file.table == "removed_lines")
    column = pq.read_metadata(path).row_group(0).column(2)
    content = bytearray(path.read_bytes())
    content[column.data_page_offset + column.total_compressed_size - 3] ^= 0x10
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda root, files: (root / files[0].path).unlink(), "is missing; a manifest names"),
        (lambda root, files: os.truncate(root / files[0].path, 100), "has 100 bytes instead of"),
        (flip_a_byte_of_a_page, "is not as it was written"),
        (lambda root, files: (root / "news.duckdb").unlink(), "news.duckdb is missing"),
        (
            lambda root, files: (root / "news.duckdb").write_bytes(b"x" * 99),
            "news.duckdb is missing, or not",
        ),
    ],
)
def test_damaged_files_are_found(tmp_path, one_run, damage, message):
    root = tmp_path / "copy"
    shutil.copytree(one_run, root)
    damage(root, Warehouse(str(root)).latest().files)
    problems = [
        problem for problem in verify(str(root), SCHEMA).problems if "shows manifest" not in problem
    ]
    assert len(problems) == 1
    assert message in problems[0]


@pytest.fixture(scope="module")
def of_every_kind(tmp_path_factory):
    """A warehouse with a file of every kind, and verify's verdict on it."""
    root = tmp_path_factory.mktemp("every kind")
    keys = pa.table({"key": pa.array(range(100), pa.uint64())})
    warehouse = Warehouse(str(root))
    commit_run(root, 0)
    with warehouse.open_for_writing(SCHEMA):
        path = f"index/Step-v1/keys/{run_id(1)}-0.parquet"
        index = write_file(str(root), path, "index/Step-v1/keys", keys)
        warehouse.commit(run_row(1), write_rows(root, 1), [Input("b", 1, "02")], [index])
    with warehouse.open_for_writing(SCHEMA):
        pass
    assert verify(str(root), SCHEMA).ok
    return root, sorted(name for name in tree(root) if name != ".lock")


@pytest.mark.slow
@hypothesis.settings(max_examples=40)
@hypothesis.given(data=st.data())
def test_a_flip_anywhere_is_named(of_every_kind, data):
    root, names = of_every_kind
    folder = data.draw(st.sampled_from(sorted({name.split("/")[0] for name in names})))
    name = data.draw(st.sampled_from([name for name in names if name.split("/")[0] == folder]))
    path = root / name
    content = path.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    flipped = bytearray(content)
    flipped[place] ^= 1 << data.draw(st.integers(0, 7))
    # In place: of a file of rows, `data` has a link.
    path.write_bytes(flipped)
    try:
        problems = verify(str(root), SCHEMA).problems
        shown = name.replace("data/", "files/") if name.endswith(".parquet") else name
        if name == "data/_snapshot.json":
            shown = "data"
        assert any(str(root / shown) in problem for problem in problems), problems
    finally:
        path.write_bytes(content)


def drop_last(rows, table):
    rows[table].pop()


def twice(rows, table):
    rows[table].append(dict(rows[table][-1]))


DAMAGES = {
    "article twice": (lambda rows: twice(rows, "articles"), "an article_id stands"),
    "paragraph twice": (lambda rows: twice(rows, "paragraphs"), "a paragraph_id stands"),
    "link twice": (lambda rows: twice(rows, "paragraph_links"), "a pair stands"),
    "line twice": (lambda rows: twice(rows, "removed_lines"), "kept once or removed once"),
    "part thrice": (
        lambda rows: rows["removed_lines"].extend(
            {**rows["removed_lines"][-1], "line_number": 1} for _ in range(3)
        ),
        "or a head or tail of it removed",
    ),
    "article lost": (lambda rows: drop_last(rows, "articles"), "article of a paragraph is in"),
    "paragraph lost": (lambda rows: drop_last(rows, "paragraphs"), "paragraph_count and `text`"),
    "line lost": (lambda rows: drop_last(rows, "removed_lines"), "removed_line_count is its rows"),
    "link lost": (lambda rows: rows["paragraph_links"].pop(0), "has its source, and a link"),
    "source lost": (lambda rows: rows["paragraphs"].pop(0), "both paragraphs of a link"),
    "text changed": (
        lambda rows: rows["articles"][3].update(text="Something else"),
        "paragraph_count and `text`",
    ),
    "copy kept as unique": (
        lambda rows: rows["articles"][3].update(unique_text=rows["articles"][3]["text"]),
        "duplicate_paragraph_count and `unique_text`",
    ),
    "wrong cluster": (
        lambda rows: rows["paragraphs"][0].update(cluster_id="nowhere"), "first paragraph of a",
    ),
    "reject lost": (lambda rows: drop_last(rows, "rejects"), "a run's counts add up"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_rows_that_do_not_add_up_are_found(tmp_path, damage):
    change, claim = DAMAGES[damage]
    rows = corpus_rows(0)
    change(rows)
    commit_rows(tmp_path, rows, run=run_row(0))
    problems = verify(str(tmp_path), SCHEMA).problems
    assert any(claim in problem for problem in problems), problems


def test_the_texts_are_checked_in_parts(tmp_path, monkeypatch):
    rows = corpus_rows(0, 12)
    for number in (2, 7):
        rows["articles"][number]["text"] = "Something else"
    commit_rows(tmp_path, rows)
    whole = verify(str(tmp_path), SCHEMA).problems
    monkeypatch.setattr("pipeline.warehouse.verify.ARTICLES_AT_ONCE", 3)
    assert "Not true in 2 cases" in whole[0]
    assert [problem.partition(",")[0] for problem in verify(str(tmp_path), SCHEMA).problems] == [
        "Not true in 2 cases"
    ]


def test_orphans_are_listed_and_do_no_harm(tmp_path):
    commit_run(tmp_path, 0)
    warehouse = Warehouse(str(tmp_path))
    warehouse.staging_folder(run_id(1))
    write_rows(tmp_path, 1)
    report = verify(str(tmp_path), SCHEMA)
    assert report.ok
    assert len(report.orphans) == 10
    assert all(run_id(1) in path for path in report.orphans)


def test_files_of_a_run_that_was_not_killed_are_never_removed(tmp_path, caplog):
    """As if manifests and catalog of yesterday had been put back over those of today."""
    commit_run(tmp_path, 0)
    shown = ("manifests", "data", "news.duckdb", "snapshot.json")
    for name in shown:
        (tmp_path / name).rename(tmp_path / f"old {name}")
    commit_run(tmp_path / "other", 0)
    for path in tree(tmp_path / "other"):
        if path.split("/")[0] in shown:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(tmp_path / "other" / path, tmp_path / path)
    files = write_rows(tmp_path, 1)
    warehouse = Warehouse(str(tmp_path))
    with (
        pytest.raises(WarehouseError, match=r"files/articles/.* is of no unfinished run"),
        warehouse.open_for_writing(SCHEMA),
    ):
        pass
    [problem] = verify(str(tmp_path), SCHEMA).problems
    assert "copydesk repair" in problem
    assert all((tmp_path / file.path).exists() for file in files)
    warehouse.staging_folder(run_id(1))
    with caplog.at_level("INFO", logger="pipeline"), warehouse.open_for_writing(SCHEMA):
        assert not any((tmp_path / file.path).exists() for file in files)
    for file in files:
        assert f"{tmp_path / file.path} is removed" in caplog.text


def test_a_data_file_with_other_rows_is_found(tmp_path):
    manifest = commit_run(tmp_path, 0)
    file = next(file for file in manifest.files if file.table == "rejects")
    path = tmp_path / "manifests/1.json"
    record = orjson.loads(path.read_bytes())
    record["schema_version"] = 1  # which had neither hashes nor checksums
    del record["checksum"]
    for entry in record["files"]:
        del entry["hash"]
        if entry["path"] == file.path:
            entry["rows"] += 1
    path.write_bytes(orjson.dumps(record))
    (tmp_path / "snapshot.json").unlink()
    found = verify(str(tmp_path), SCHEMA)
    assert f"{tmp_path / file.path} has 1 row instead of 2" in found.problems[0]
    assert found.unhashed == len(manifest.files)


def test_a_moved_warehouse_is_whole_after_the_next_opening(tmp_path):
    commit_run(tmp_path / "old", 0)
    shutil.move(tmp_path / "old", tmp_path / "new")
    assert verify(str(tmp_path / "new"), SCHEMA).ok
    with Warehouse(str(tmp_path / "new")).open_for_writing(SCHEMA):
        pass
    assert verify(str(tmp_path / "new"), SCHEMA).ok
    assert query(tmp_path / "new", "SELECT count(*) FROM articles") == [(6,)]


def test_timestamps_keep_their_zone(tmp_path):
    commit_run(tmp_path, 0)
    [(moment,)] = query(tmp_path, "SELECT epoch_us(min(published_at)) FROM articles")
    expected = pc.min(as_table("articles", corpus_rows(0)["articles"])["published_at"])
    assert moment == expected.cast(pa.int64()).as_py()


def test_a_data_file_is_plain_data():
    file = DataFile("articles", "data/articles/x.parquet", 1, 2)
    assert orjson.loads(orjson.dumps(file)) == {
        "table": "articles", "path": "data/articles/x.parquet", "rows": 1, "bytes": 2, "schema": "",
        "hash": "",
    }  # fmt: skip
