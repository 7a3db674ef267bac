"""A warehouse on object storage, against a real S3 server on loopback."""

import collections
import concurrent.futures
import contextlib
import datetime
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("moto", reason="the packages of the group dev are not installed")

from pipeline import storage
from pipeline.storage import objects
from pipeline.storage.objects import ObjectError, StorageError, SupersededError
from pipeline.warehouse import (
    DamagedError,
    LockedError,
    Warehouse,
    WarehouseError,
    lease,
    make_run_id,
    open_catalog,
    write_table,
)
from pipeline.warehouse.lease import Lease
from pipeline.warehouse.lock import lock
from pipeline.warehouse.manifest import LockLostError
from pipeline.warehouse.repair import repair
from pipeline.warehouse.verify import verify
from tests import PATIENCE
from tests.conftest import REPOSITORY
from tests.object_server import BUCKET, Server, running
from tests.separate_runs import (
    Conditions,
    Desk,
    Ended,
    done,
    rows,
    rows_of,
    run_arguments,
    wait_until_gone,
)
from tests.test_house import sessions
from tests.warehouse_rows import SCHEMA, commit_run, run_id, run_row, write_rows

LEASE = 1.5
"""Seconds of a lease in tests that wait for its end."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch, running(tmp_path_factory.mktemp("s3")) as server:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield server


@pytest.fixture
def root(server: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a warehouse of the test's own; all faults end with the test."""
    name = "".join(c if c.isalnum() else "-" for c in request.node.name)
    yield storage.place(f"s3://{BUCKET}/tests/{name}")
    server.order()


def key(root: str, path: str) -> str:
    return f"{root.removeprefix(f's3://{BUCKET}/')}/{path}"


def read(root: str, path: str) -> bytes:
    with storage.open_file(storage.inside(root, path)) as file:
        content: bytes = file.read()
        return content


def write(root: str, path: str, content: bytes) -> None:
    with storage.output(storage.inside(root, path)) as file:
        file.write(content)


def rows_at(root: str) -> dict[str, list[str]]:
    with open_catalog(root) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return rows_of(connection)


KILLED_AT = ["files/articles/", "manifests/", "news.duckdb"]
"""Uploads in the middle of which a run is killed; more of them at length."""

if os.environ.get("HYPOTHESIS_PROFILE") == "explore":
    KILLED_AT += ["staging/", "/index/", "files/runs/", "inputs/", "snapshot.json"]


class TestObjects:
    def test_an_object_is_created_once(self, root):
        path = storage.inside(root, "one")
        storage.create(path, b"first")
        with pytest.raises(FileExistsError):
            storage.create(path, b"second")
        storage.create(path, b"first")  # a second attempt of the same writer
        with storage.open_file(path) as file:
            assert file.read() == b"first"

    def test_of_many_writers_one_creates_an_object(self, root):
        path = storage.inside(root, "one")

        def attempt(number: int) -> bool:
            with contextlib.suppress(FileExistsError):
                storage.create(path, b"%d" % number)
                return True
            return False

        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(attempt, range(16))) == 1

    def test_an_object_is_replaced_as_it_was_read(self, root):
        path = storage.inside(root, "one")
        tag = objects.create(path, b"1")
        newer = objects.replace(path, b"2", tag)
        with pytest.raises(SupersededError):
            objects.replace(path, b"3", tag)
        assert objects.read_tagged(path) == (b"2", newer)

    @pytest.mark.parametrize("fault", [{"lose_every": 2}, {"refuse_every": 3}])
    def test_a_lost_response_is_no_failure(self, server, root, fault):
        server.order(**fault)
        tag = objects.create(storage.inside(root, "one"), b"1")
        for number in range(2, 6):
            tag = objects.replace(storage.inside(root, "one"), b"%d" % number, tag)
        server.order()
        assert objects.read_tagged(storage.inside(root, "one")) == (b"5", tag)

    @pytest.mark.parametrize(
        "size", [0, 1, objects.READ_AHEAD, 3 * objects.READ_AHEAD + 7, 12 << 20]
    )
    def test_what_was_written_is_read(self, root, size):
        content = os.urandom(size)
        path = storage.inside(root, f"folder/{size}")
        file = storage.new_file(path)
        file.write(content[: size // 2])
        file.write(content[size // 2 :])
        assert storage.status(path) is None
        file.keep()
        found = storage.status(path)
        assert found is not None
        assert found.size == size
        with storage.open_file(path) as opened:
            assert opened.seek(0, os.SEEK_END) == size
            opened.seek(size // 3)
            assert opened.read(1000) == content[size // 3 :][:1000]
            assert opened.seek(-(size // 4), os.SEEK_END) == size - size // 4
            assert opened.read() == content[size - size // 4 :]
        if size > 10:
            assert storage.read_range(path, size // 3, 5).to_pybytes() == content[size // 3 :][:5]
        with storage.local_copy(path) as copy:
            assert Path(copy).read_bytes() == content
        storage.remove(path)
        storage.remove(path)
        assert storage.status(path) is None

    def test_what_is_given_up_never_appears(self, root):
        with contextlib.suppress(ZeroDivisionError), storage.output(f"{root}/./one") as file:
            file.write(b"half")
            _ = 1 / 0
        file = storage.new_file(storage.inside(root, "two"))
        file.write(b"half")
        file.discard()
        assert storage.names(storage.inside(root, "")) == []

    @settings(max_examples=10, deadline=None)
    @given(
        st.sets(
            st.tuples(
                st.lists(st.sampled_from(["a", "b", "a@en", "ä ö"]), max_size=3).map("/".join),
                st.sampled_from(["one.parquet", "two"]),
            ).map(lambda path: "/".join(filter(None, path)))
        )
    )
    def test_folders_are_as_on_a_disk(self, server, tmp_path_factory, paths):
        disk = str(tmp_path_factory.mktemp("disk"))
        root = storage.place(f"s3://{BUCKET}/folders/{os.path.basename(disk)}-{time.time_ns()}")
        for top in (root, disk):
            for path in paths:
                with storage.output(storage.inside(top, path)) as file:
                    file.write(b"x")
            storage.make_folder(storage.inside(top, "made/empty"))
        for below in ("", "a", "made", "b/a", "nowhere"):
            assert storage.names(storage.inside(root, below)) == storage.names(
                storage.inside(disk, below)
            )
            assert sorted(storage.walk(storage.inside(root, below))) == sorted(
                storage.walk(storage.inside(disk, below))
            )
        for top in (root, disk):
            storage.empty_folder(storage.inside(top, "a"))
            assert storage.remove_tree(storage.inside(top, "made"))
            assert storage.remove_tree(storage.inside(top, "b"))
        found = storage.walk(storage.inside(root, ""))
        files = [os.path.normpath(f"{at}/{name}") for at, _, names, _ in found for name in names]
        assert sorted(files) == sorted(p for p in paths if p.split("/")[0] not in ("a", "b"))

    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            ("hdfs://host/warehouse", "has no conditional put"),
            ("s3://", "write it as s3://BUCKET/PREFIX"),
            ("s3://bucket/what?", "write it as s3://BUCKET/PREFIX"),
            ("s3://bucket/a/../b", "a part of its path"),
        ],
    )
    def test_a_url_that_is_none_of_a_warehouse_is_refused(self, url, sentence):
        with pytest.raises(ObjectError, match=sentence):
            Warehouse(url)

    def test_a_missing_bucket_and_a_missing_extra_are_said(self, server, root):
        with pytest.raises(StorageError, match=r"s3://missing-bucket.*NoSuchBucket"):
            commit_run("s3://missing-bucket/w", 1)
        code = "import sys; sys.modules['obstore'] = None; from pipeline import cli; "
        code += f"sys.exit(cli.main(['status', '--warehouse', '{root}']))"
        ended = subprocess.run(
            [sys.executable, "-c", code],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 1
        assert "pip install obstore fsspec" in ended.stderr
        assert "Traceback" not in ended.stderr


class TestLock:
    def test_one_process_holds_it_at_a_time(self, root):
        with lock(root) as check:
            check()
            with (
                pytest.raises(LockedError, match=f"written by process {os.getpid()} on "),
                lock(root),
            ):
                pass
        with lock(root):
            pass

    def test_of_many_one_gets_it(self, root):
        """Also when all see a holder die at the same time."""
        path = storage.inside(root, ".lock")
        objects.create(path, json.dumps({"token": "of one that died elsewhere"}).encode())
        barrier = threading.Barrier(4)

        def attempt(_: int) -> Lease | None:
            barrier.wait()
            with contextlib.suppress(LockedError):
                return Lease(path, root, LEASE)
            return None

        with concurrent.futures.ThreadPoolExecutor(4) as threads:
            [held] = filter(None, threads.map(attempt, range(4)))
        held.check()
        held.release()

    @pytest.mark.parametrize("fault", [{}, {"refuse_every": 3}, {"lose_every": 2}])
    def test_it_is_not_broken_while_its_holder_lives(self, server, root, fault):
        path = storage.inside(root, ".lock")
        lease = 2 * LEASE  # a busy machine slept through one
        held = Lease(path, root, lease)
        server.order(**fault)
        until = time.monotonic() + 3 * lease
        while time.monotonic() < until:
            with pytest.raises(LockedError):
                Lease(path, root, lease)
        held.check()
        held.release()
        Lease(path, root, lease).release()

    def test_one_that_cannot_renew_it_may_not_commit(self, root):
        path = storage.inside(root, ".lock")
        held = Lease(path, root, LEASE)
        # As another machine does that has seen no renewal for so long.
        found = objects.read_tagged(path)
        while True:
            with contextlib.suppress(SupersededError):
                objects.replace(path, b'{"token": "another"}', found[1])
                break
            found = objects.read_tagged(path)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                held.check()
            except LockLostError:
                break
            time.sleep(0.05)
        held.release()
        assert objects.read_tagged(path)[0] == b'{"token": "another"}'  # nobody else's is released

    def test_a_process_of_this_machine_that_was_killed_is_known_at_once(self, root):
        code = f"""
import time
from pipeline.warehouse.lock import lock
with lock({root!r}):
    print("held", flush=True)
    time.sleep(1000)
"""
        with subprocess.Popen(
            [sys.executable, "-c", code], cwd=REPOSITORY, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout.readline() == b"held\n"
            with pytest.raises(LockedError, match=f"process {process.pid} on "), lock(root):
                pass
            process.send_signal(signal.SIGSTOP)  # asleep is not dead
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
        with lock(root):  # without waiting for the lease of half a minute
            pass


@pytest.fixture
def unaware(monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks are renewed so rarely that no holder learns that it has lost its own."""
    monkeypatch.setattr(lease, "_RENEWALS", 0.001)


def commit(warehouse: Warehouse, number: int) -> None:
    warehouse.staging_folder(run_id(number))
    warehouse.commit(run_row(number), write_rows(warehouse.root, number))
    warehouse.remove_staging(run_id(number))


def committed(root: str) -> list[str]:
    return [manifest.run_id for manifest in Warehouse(root).manifests()]


class TestCommits:
    def test_a_writer_that_was_taken_over_commits_nothing(self, server, root, unaware):
        """It slept through its lease, and does not know."""
        asleep, awake = Warehouse(root), Warehouse(root)
        with asleep.open_for_writing(SCHEMA):
            storage.remove(storage.inside(root, ".lock"))
            with awake.open_for_writing(SCHEMA):
                commit(awake, 1)
            with pytest.raises(WarehouseError, match="committed by another process"):
                commit(asleep, 2)
        assert committed(root) == [run_id(1)]
        with awake.open_for_writing(SCHEMA):
            commit(awake, 3)
        assert committed(root) == [run_id(1), run_id(3)]
        assert not [path for path in server.keys(key(root, "files/")) if run_id(2) in path]
        assert verify(root, SCHEMA).ok

    def test_files_of_a_sleeping_writer_stay_while_it_can_commit(self, root, unaware):
        asleep, awake = Warehouse(root), Warehouse(root)
        with asleep.open_for_writing(SCHEMA):
            asleep.staging_folder(run_id(1))
            files = write_rows(root, 1)
            storage.remove(storage.inside(root, ".lock"))
            with contextlib.suppress(ZeroDivisionError), awake.open_for_writing(SCHEMA):
                awake.staging_folder(run_id(2))
                write_rows(root, 2)
                _ = 1 / 0  # it dies before it has committed
            asleep.commit(run_row(1), files)
        assert committed(root) == [run_id(1)]
        assert verify(root, SCHEMA).ok

    def test_what_a_sleeping_writer_writes_when_it_wakes_up_is_no_damage(
        self, server, root, unaware
    ):
        asleep, awake = Warehouse(root), Warehouse(root)
        number = make_run_id(datetime.datetime.now(datetime.UTC))
        with asleep.open_for_writing(SCHEMA):
            asleep.staging_folder(number)
            storage.remove(storage.inside(root, ".lock"))
            with awake.open_for_writing(SCHEMA):
                commit(awake, 1)
            rows = pa.table({"run_id": [number]})
            write_table(root, "runs", rows, rows.schema, number, "0")
        assert verify(root, SCHEMA).ok
        with awake.open_for_writing(SCHEMA):
            commit(awake, 2)
        assert not [path for path in server.keys(key(root, "files/")) if number in path]
        assert verify(root, SCHEMA).ok

    def test_pruning_leaves_what_another_writer_is_writing(self, root, unaware):
        asleep, awake = Warehouse(root), Warehouse(root)
        with asleep.open_for_writing(SCHEMA):
            for number in range(1, 4):
                commit(asleep, number)
            storage.remove(storage.inside(root, ".lock"))
            with awake.open_for_writing(SCHEMA):
                awake.staging_folder(run_id(4))
                files = write_rows(root, 4)
                asleep.prune(keep=1, keep_seconds=0, least_seconds=0)
                awake.commit(run_row(4), files)
        assert committed(root) == [run_id(3), run_id(4)]
        assert verify(root, SCHEMA).ok

    def test_a_listing_of_a_moment_ago_hides_no_commit(self, server, root):
        warehouse = Warehouse(root)
        for number in (1, 2):
            commit_run(root, number)
        server.order(hide_newest=100)
        assert warehouse.numbers() == [1, 2]
        with open_catalog(root) as connection:
            assert connection.execute("SELECT count(*) FROM runs").fetchone() == (2,)
        commit_run(root, 3)
        server.order()
        assert committed(root) == [run_id(1), run_id(2), run_id(3)]
        assert verify(root, SCHEMA).ok

    def test_a_listing_without_any_manifest_is_no_new_warehouse(self, server, root):
        warehouse = Warehouse(root)
        with warehouse.open_for_writing(SCHEMA):
            commit(warehouse, 1)
            commit(warehouse, 2)
            warehouse.prune(keep=1, keep_seconds=0, least_seconds=0)
        server.order(hide_newest=1000)
        with pytest.raises(DamagedError), warehouse.open_for_writing(SCHEMA):
            pass
        server.order()
        assert committed(root) == [run_id(2)]

    def test_queries_ask_for_each_file_twice_at_most(self, server, root):
        """Its size and time, then what it holds, however many views read it."""
        warehouse = Warehouse(root)
        with warehouse.open_for_writing(SCHEMA):
            commit(warehouse, 1)
        before = len(server.requests())
        with open_catalog(root) as connection:
            for _ in range(3):
                connection.execute("FROM articles").fetchall()
                connection.execute("FROM copies").fetchall()
        asked = collections.Counter(
            path for _, path in server.requests()[before:] if ".parquet?" in path
        )
        assert asked
        assert max(asked.values()) <= 2

    @pytest.mark.parametrize("fault", [{"refuse_every": 4}, {"lose_every": 3}])
    def test_faults_of_the_storage_change_nothing(self, server, root, fault):
        server.order(**fault)
        for number in range(1, 4):
            commit_run(root, number)
        server.order()
        assert committed(root) == [run_id(1), run_id(2), run_id(3)]
        assert verify(root, SCHEMA).ok

    def test_a_manifest_that_is_gone_or_damaged_is_repaired(self, server, root):
        for number in (1, 2):
            commit_run(root, number)
        before = rows_at(root)
        place = "manifests/2.json"
        content = read(root, place)
        for damage in (content[: len(content) // 2], b""):
            write(root, place, damage)
            assert not verify(root, SCHEMA).ok
            with pytest.raises(DamagedError):
                commit_run(root, 3)
            repair(root, SCHEMA, lambda manifest, run: ())
            assert verify(root, SCHEMA).ok
            assert rows_at(root) == before

    def test_a_file_that_is_damaged_is_found(self, server, root):
        commit_run(root, 1)
        [path] = [name for name in server.keys(key(root, "files/articles/")) if "@de" in name]
        path = path.removeprefix(key(root, ""))
        content = bytearray(read(root, path))
        content[len(content) // 2] ^= 1
        write(root, path, bytes(content))
        assert [p for p in verify(root, SCHEMA).problems if "is not as it was written" in p]


@pytest.fixture
def run(desk: Desk, server: Server) -> Callable[..., Ended]:
    """Runs ``copydesk run`` onto a warehouse."""

    def run(*arguments: Any, **conditions: Any) -> Ended:
        return desk.run(*arguments, environment=server.environment, **conditions)

    return run


def call(desk: Desk, server: Server, *arguments: str | Path) -> Ended:
    return desk.start([arguments], Conditions(environment=server.environment))()


READ_BY_HTTPFS = """
import pathlib, sys
import duckdb, duckdb_extension_httpfs
[extension] = pathlib.Path(duckdb_extension_httpfs.__file__).parent.rglob("*.duckdb_extension")
connection = duckdb.connect()
for statement in (f"LOAD '{extension}'", *sys.argv[1:]):
    connection.execute(statement)
print(connection.fetchall())
"""
"""A program that runs statements in DuckDB with the extension httpfs, and prints the last rows."""


class TestRuns:
    def test_runs_give_the_rows_of_a_local_warehouse(
        self, desk, server, run, root, halves, tmp_path
    ):
        """And all commands do there what they do elsewhere."""
        done(run(halves / "a.jsonl", root, "--processes", "1"))
        done(run(halves / "b.jsonl", root, "--partitions", "3"))
        assert rows_at(root) == rows(halves / "both")
        assert "Nothing is new" in done(run([halves / "a.jsonl", halves / "b.jsonl"], root)).out
        assert "is sound" in done(call(desk, server, "verify", "--warehouse", root)).out
        status = json.loads(done(call(desk, server, "status", "--json", "--warehouse", root)).out)
        assert status["manifest"] == 2
        listed = done(call(desk, server, "files", "articles", "--warehouse", f"{root}/")).out
        assert all(line.startswith(f"{root}/files/articles/") for line in listed.splitlines())
        assert listed.splitlines()
        exports = []
        for name, warehouse in (("remote", root), ("local", halves / "both")):
            place = tmp_path / name
            command = ["export", "--warehouse", warehouse, "--to", place, "--format", "jsonl"]
            done(call(desk, server, *command, "--table", "copies"))
            exports.append([path.read_bytes() for path in sorted(place.glob("*.jsonl"))])
        assert exports[0] == exports[1]
        assert not server.keys(key(root, "staging/"))
        assert not server.keys(key(root, "data/"))

    def test_the_guide_is_right(self, desk, server, monkeypatch, tmp_path):
        """Its commands, in its order, and what it shows of Python."""
        guide = REPOSITORY / "docs" / "object-storage.md"
        commands = [shlex.split(command) for command, _ in sessions(guide)]
        assert len(commands) == 6
        seeds = str(REPOSITORY / "seeds")
        for command, *words in commands:
            assert command == "copydesk"
            words = [{"seeds": seeds, "corpus": str(tmp_path / "corpus")}.get(w, w) for w in words]
            if words[0] != "watch":  # which does not end; a test of its own watches
                done(call(desk, server, *words))
        assert (tmp_path / "corpus" / "card.json").exists()
        [source] = re.findall(r"^  ```python\n(.*?)^  ```$", guide.read_text(), re.M | re.S)
        shown = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(source)],
            cwd=REPOSITORY, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert shown.stdout == "[(5,)]\n"

    def test_duckdb_reads_a_bucket_by_its_extension(self, server, run, root):
        """The statements of the guide, in DuckDB 1.5, of which PyPI has the extension."""
        python = REPOSITORY / ".venv" / "httpfs" / "bin" / "python"
        if not python.exists():
            pytest.skip(f"there is no {python}: make httpfs installs it")
        done(run(REPOSITORY / "seeds", root))
        guide = (REPOSITORY / "docs" / "object-storage.md").read_text("utf-8")
        [attach] = re.findall(r"`(ATTACH\s+'s3://[^`]*)`", guide)
        attach = " ".join(attach.split()).replace("s3://news/press", root)
        host = server.url.removeprefix("http://")
        statements = [
            "CREATE SECRET (TYPE s3, KEY_ID 'reporter', SECRET 'secret', REGION 'us-east-1', "
            f"ENDPOINT '{host}', URL_STYLE 'path', USE_SSL false)",
            *attach.split("; "),
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM article_copies), "
            "len(title) > 0 FROM search('Putin Erdogan') LIMIT 1",
        ]
        read = subprocess.run(
            [python, "-c", READ_BY_HTTPFS, *statements],
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        with open_catalog(root) as catalog:
            [(copies,)] = catalog.execute("SELECT count(*) FROM article_copies").fetchall()
        assert read.stdout == f"[(5, {copies}, True)]\n", read.stderr

    @pytest.mark.slow
    def test_files_are_merged_and_the_index_rebuilt(
        self, desk, server, run, root, corpus, tmp_path
    ):
        local = tmp_path / "local"
        for number in range(4):
            dump = tmp_path / f"{number}.jsonl"
            dump.write_bytes(b"".join(corpus[15 * number : 15 * (number + 1)]))
            done(run(dump, root, fan_in=2))
            done(run(dump, local, fan_in=2))
        assert rows_at(root) == rows(local)
        assert [path for path in server.keys(key(root, "files/")) if "-merged." in path]
        done(call(desk, server, "reindex", "--warehouse", root, "--processes", "1"))
        for path in server.keys(key(root, "index/")):
            if path.endswith(".parquet"):
                storage.remove(storage.inside(root, path.removeprefix(key(root, ""))))
        done(call(desk, server, "repair", "--warehouse", root, "--processes", "1"))
        assert "is sound" in done(call(desk, server, "verify", "--warehouse", root)).out
        (tmp_path / "again.jsonl").write_bytes(corpus[0] + corpus[20])
        for warehouse in (root, local):
            done(run(tmp_path / "again.jsonl", warehouse))
        assert rows_at(root) == rows(local)

    @pytest.mark.slow
    @pytest.mark.parametrize("fault", [{"refuse_every": 7}, {"lose_every": 5}])
    def test_a_run_survives_a_storage_that_fails_now_and_then(
        self, server, run, root, halves, fault
    ):
        server.order(**fault)
        done(run(halves / "a.jsonl", root, "--processes", "1"))
        done(run(halves / "b.jsonl", root))
        server.order()
        assert rows_at(root) == rows(halves / "both")
        assert verify(root, SCHEMA).ok

    @pytest.mark.slow
    @pytest.mark.parametrize("upload", KILLED_AT)
    def test_killed_in_the_middle_of_an_upload(self, desk, server, run, root, halves, upload):
        """The storage receives what was under way, after the process has died, or never."""
        done(run(halves / "a.jsonl", root))
        first = rows(halves / "first")
        assert rows_at(root) == first
        before = len(server.requests())
        server.order(hold=upload)
        processes: list[int] = []
        command = run_arguments(halves / "b.jsonl", root)
        wait = desk.start(
            [command], Conditions(environment=server.environment), started=processes.append
        )
        until = time.monotonic() + PATIENCE
        while not [p for m, p in server.requests()[before:] if m == "PUT" and upload in p]:
            assert time.monotonic() < until
            time.sleep(0.05)
        os.kill(processes[0], signal.SIGKILL)
        assert wait().code == -signal.SIGKILL
        wait_until_gone(processes[0])
        swapped = upload == "snapshot.json"  # which is put behind the catalog
        assert rows_at(root) == (rows(halves / "both") if swapped else first)
        server.order()
        recovered = done(run(halves / "b.jsonl", root))
        assert rows_at(root) == rows(halves / "both")
        assert verify(root, SCHEMA).ok
        # Held was the put of the manifest, or one after it: then the run is committed.
        if upload in ("news.duckdb", "snapshot.json"):
            assert "Nothing is new" in recovered.out
        third = run([halves / "a.jsonl", halves / "b.jsonl"], root)
        assert "Nothing is new" in done(third).out

    @pytest.mark.slow
    def test_two_writers_at_once(self, desk, server, run, root, halves):
        """One waits for nobody, the other is told; together they lose and repeat nothing."""
        dumps = (halves / "a.jsonl", halves / "b.jsonl")
        waits = [
            desk.start([run_arguments(d, root)], Conditions(environment=server.environment))
            for d in dumps
        ]
        ended = [wait() for wait in waits]
        assert sum(one.code == 0 for one in ended) >= 1
        for one in ended:
            assert one.code == 0 or "is being written by" in one.err, one.err
        done(run(list(dumps), root))
        with open_catalog(root) as connection:
            figures = connection.execute(
                "SELECT count(*), count(DISTINCT article_id) FROM articles"
            ).fetchone()
            lines = connection.execute("SELECT sum(records) FROM runs").fetchone()
        assert figures[0] == figures[1]
        assert lines == (60,)
        assert verify(root, SCHEMA).ok

    @pytest.mark.slow
    def test_watch_takes_what_arrives(self, watch, server, root, corpus, tmp_path):
        folder = tmp_path / "arrivals"
        folder.mkdir()
        watching = watch(folder, root, environment=server.environment)
        for number in range(3):
            (folder / f"{number}.jsonl").write_bytes(
                b"".join(corpus[20 * number : 20 * number + 20])
            )
            watching.until(lambda: len(Warehouse(root).numbers()) > number)  # noqa: B023
        watching.stop()
        with open_catalog(root) as connection:
            assert connection.execute("SELECT sum(records) FROM runs").fetchone() == (60,)
        assert verify(root, SCHEMA).ok
        assert key(root, "watch.json") not in server.keys(key(root, "watch"))
