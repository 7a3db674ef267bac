"""The worker pool against real crashes, hangs, hogs and kills of real processes.

Time-outs here only keep a broken pool from hanging the tests; nothing asserts a speed.
"""

import contextlib
import ctypes
import os
import pathlib
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pytest

from pipeline import pool as pool_module
from pipeline.pool import WorkerDied, WorkerPool
from pipeline.worker import NO_DOCUMENT, document, method
from tests import PATIENCE
from tests.conftest import REPOSITORY

MEGABYTE = 1 << 20

Failed = Mapping[int, str]


class Model:
    """What all tasks share, as the job of a run."""

    def __init__(self) -> None:
        self.ready = 0
        self.name = ""

    def warm_up(self) -> None:
        self.ready += 1


class Broken(Model):
    def warm_up(self) -> None:
        raise FileNotFoundError("model.bin is missing")


class Deadly(Model):
    def warm_up(self) -> None:
        os._exit(9)


# --- tasks --------------------------------------------------------------------------------------


def double(model: Model, number: int) -> int:
    return 2 * number


def pid_of_worker(model: Model) -> int:
    return os.getpid()


def readiness(model: Model) -> int:
    return model.ready


def named(model: Model, name: str) -> Model:
    changed = Model()
    changed.ready, changed.name = model.ready, name
    return changed


def name_and_readiness(model: Model) -> tuple[str, int]:
    return model.name, model.ready


def echo(model: Model, value: object) -> object:
    return value


def raise_value_error(model: Model, text: str) -> None:
    raise ValueError(text)


class UnpicklableError(Exception):
    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"{first} and {second}")


def raise_unpicklable(model: Model) -> None:
    raise UnpicklableError(1, 2)


def return_lambda(model: Model) -> object:
    return lambda: None


def read_pages(model: Model, pages: list[str], failed: Failed) -> list[str]:
    """A task as the pipeline writes it: notes its document, skips what failed, goes on."""
    read = []
    for number, page in enumerate(pages):
        if number in failed:
            read.append(f"reject: {failed[number]}")
            continue
        document(number)
        misbehave(page)
        read.append(f"article: {page}")
    return read


def misbehave(page: str) -> None:
    match page:
        case "segfault":
            ctypes.string_at(0)
        case "exit":
            os._exit(3)
        case "exit 0":
            os._exit(0)
        case "sys.exit":
            sys.exit(4)
        case "interrupt":
            raise KeyboardInterrupt
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "sleep":
            time.sleep(3600)
        case "regex":  # holds the interpreter lock: no thread and no signal handler gets a turn
            re.match(r"(a|aa)+$", "a" * 1000 + "b")
        case "hoard":  # grows in small steps
            hoard = []
            while True:
                hoard.append(b"x" * 100_000)
        case "huge":  # asks for it all at once
            bytearray(1 << 40)


def ignore_failures(model: Model, page: str, failed: Failed) -> None:
    document(0)
    misbehave(page)


def kill_once(model: Model, marker: str, failed: Failed) -> list[str]:
    """Reads pages, in a worker that somebody kills at the second, once."""
    if 1 not in failed and not pathlib.Path(marker).exists():
        document(1)
        pathlib.Path(marker).touch()
        misbehave("kill")
    return read_pages(model, ["a", "b", "c"], failed)


def die_once(model: Model, marker: str) -> str:
    with contextlib.suppress(FileExistsError):
        pathlib.Path(marker).touch(exist_ok=False)
        os._exit(1)
    return "second time"


def die(model: Model) -> None:
    os._exit(7)


def hoard_without_document(model: Model) -> None:
    misbehave("hoard")


def compare(model: Model, mishap: str) -> str:
    """A method over all documents of a task, which comes to grief after one that did not."""
    with method("Sound.compare"):
        pass
    with method("Strange.compare"):
        misbehave(mishap)
    return "compared"


class Endless(Model):
    def warm_up(self) -> None:
        misbehave("sleep")


def wait_at_no_document(model: Model) -> str:
    document(0)
    document(NO_DOCUMENT)
    began = time.process_time()
    while time.process_time() < began + 1.0:
        pass
    return "in time"


def meet(model: Model, folder: str, mine: int, other: int) -> int:
    """Returns only when another worker is inside this function at the same time."""
    pathlib.Path(folder, str(mine)).touch()
    while not pathlib.Path(folder, str(other)).exists():
        time.sleep(0.01)
    return os.getpid()


def wait_at_document(model: Model, seconds: float, failed: Failed) -> str:
    document(0)
    time.sleep(seconds)
    return f"failed: {failed}" if failed else "in time"


# --- tests --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(
        Model(), processes=2, memory_limit=300 * MEGABYTE, document_seconds=PATIENCE
    ) as pool:
        yield pool


@pytest.fixture(scope="module")
def hasty_pool() -> Iterator[WorkerPool]:
    with WorkerPool(
        Model(), processes=2, memory_limit=300 * MEGABYTE, document_seconds=0.3
    ) as pool:
        yield pool


def test_results_and_isolation(pool: WorkerPool) -> None:
    assert pool.submit(double, 21).result(PATIENCE) == 42
    assert pool.submit(pid_of_worker).result(PATIENCE) != os.getpid()
    assert pool.submit(readiness).result(PATIENCE) == 1


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("segfault", "worker_died"),
        ("exit", "worker_died"),
        ("exit 0", "worker_died"),
        ("interrupt", "worker_died"),
        ("sys.exit", "worker_died"),
        ("kill", "worker_died"),
        ("hoard", "memory_limit"),
        ("huge", "memory_limit"),
    ],
)
def test_one_bad_document_costs_one_document(pool: WorkerPool, page: str, reason: str) -> None:
    assert pool.submit_documents(read_pages, ["a", "b", page, "c"]).result(PATIENCE) == [
        "article: a",
        "article: b",
        f"reject: {reason}",
        "article: c",
    ]


@pytest.mark.parametrize("page", ["sleep", "regex"])
def test_a_slow_document_costs_one_document(hasty_pool: WorkerPool, page: str) -> None:
    read = hasty_pool.submit_documents(read_pages, [page, "a"]).result(PATIENCE)
    assert read == ["reject: time_limit", "article: a"]


def test_several_bad_documents_in_one_task(pool: WorkerPool) -> None:
    pages = ["exit", "a", "huge", "segfault", "b", "hoard"]
    assert pool.submit_documents(read_pages, pages).result(PATIENCE) == [
        "reject: worker_died",
        "article: a",
        "reject: memory_limit",
        "reject: worker_died",
        "article: b",
        "reject: memory_limit",
    ]


def test_failed_documents_belong_to_their_task_alone(pool: WorkerPool) -> None:
    tasks = [["exit", "a"] if number % 5 == 0 else ["a", "b"] for number in range(20)]
    futures = [pool.submit_documents(read_pages, task) for task in tasks]
    assert [future.result(PATIENCE) for future in futures] == [
        ["reject: worker_died", "article: a"] if task[0] == "exit" else ["article: a", "article: b"]
        for task in tasks
    ]


def test_a_document_that_is_not_skipped_ends_the_task(pool: WorkerPool) -> None:
    with pytest.raises(WorkerDied, match=r"ignore_failures.*code 3.*document 0.*to skip"):
        pool.submit_documents(ignore_failures, "exit").result(PATIENCE)


def test_a_document_at_which_a_worker_is_killed_once_is_read(
    pool: WorkerPool, tmp_path: pathlib.Path
) -> None:
    read = pool.submit_documents(kill_once, str(tmp_path / "killed")).result(PATIENCE)
    assert read == ["article: a", "article: b", "article: c"]


def test_a_death_without_document_is_retried(pool: WorkerPool, tmp_path: pathlib.Path) -> None:
    assert pool.submit(die_once, str(tmp_path / "died")).result(PATIENCE) == "second time"
    with pytest.raises(WorkerDied, match=r"test_pool\.die: .*code 7"):
        pool.submit(die).result(PATIENCE)
    with pytest.raises(WorkerDied, match=r"hoard_without_document.*--document-memory"):
        pool.submit(hoard_without_document).result(PATIENCE)


@pytest.mark.parametrize(
    ("mishap", "sentence"),
    [
        ("sleep", r"Strange\.compare had not ended after 1.5 seconds.*raise --document-seconds"),
        ("regex", r"Strange\.compare had not ended after 1.5 seconds.*raise --document-seconds"),
        ("hoard", r"needs more than its \d+ MiB .*in Strange\.compare\). Raise --document-memory"),
        ("exit", r"it ended with code 3, in Strange\.compare"),
    ],
)
def test_a_method_that_ends_its_worker_is_named(mishap: str, sentence: str) -> None:
    """It is not tried again for ever, and the pool goes on."""
    with WorkerPool(
        Model(), processes=1, memory_limit=200 * MEGABYTE, document_seconds=0.05
    ) as pool:
        assert pool.submit(compare, "none").result(PATIENCE) == "compared"
        with pytest.raises(WorkerDied, match=sentence):
            pool.submit(compare, mishap).result(PATIENCE)
        assert pool.submit(double, 2).result(PATIENCE) == 4


def test_a_set_up_that_hangs_ends() -> None:
    with (
        WorkerPool(Endless(), processes=1, memory_limit=200 * MEGABYTE, setup_seconds=0.5) as pool,
        pytest.raises(TimeoutError, match="limit of time of a set-up"),
    ):
        pool.submit(double, 1).result(PATIENCE)


def test_time_without_a_core_is_not_the_documents(hasty_pool: WorkerPool) -> None:
    # More than the limit by the clock, almost nothing of processor time.
    assert hasty_pool.submit_documents(wait_at_document, 0.6).result(PATIENCE) == "in time"


def test_workers_that_are_killed_from_outside_cost_nothing() -> None:
    with WorkerPool(Model(), processes=1, memory_limit=400 * MEGABYTE) as pool:
        for _ in range(3):
            os.kill(pool.submit(pid_of_worker).result(PATIENCE), signal.SIGKILL)
            assert pool.submit(double, 2).result(PATIENCE) == 4


def test_no_document_no_time_limit(hasty_pool: WorkerPool) -> None:
    assert hasty_pool.submit(wait_at_no_document).result(PATIENCE) == "in time"


def test_exceptions_travel_with_their_traceback(pool: WorkerPool) -> None:
    error = pool.submit(raise_value_error, "wrong page").exception(PATIENCE)
    assert isinstance(error, ValueError)
    assert error.args == ("wrong page",)
    assert "in raise_value_error" in str(error.__cause__)
    error = pool.submit(raise_unpicklable).exception(PATIENCE)
    assert isinstance(error, RuntimeError)
    assert str(error) == "UnpicklableError: 1 and 2"


def test_what_cannot_be_pickled_fails_alone(pool: WorkerPool) -> None:
    with pytest.raises(TypeError, match="pickle"):
        pool.submit(echo, threading.Lock()).result(PATIENCE)
    with pytest.raises(Exception, match="lambda"):
        pool.submit(return_lambda).result(PATIENCE)
    assert pool.submit(double, 4).result(PATIENCE) == 8


def test_many_tasks_from_many_threads(pool: WorkerPool) -> None:
    results: dict[int, list[int]] = {}

    def run(thread: int) -> None:
        futures = [
            pool.submit(double, number) for number in range(1000 * thread, 1000 * thread + 99)
        ]
        results[thread] = [future.result(PATIENCE) for future in futures]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert results == {n: [2 * i for i in range(1000 * n, 1000 * n + 99)] for n in range(4)}


def test_large_payloads_arrive_unchanged(pool: WorkerPool) -> None:
    data = os.urandom(16 * MEGABYTE)
    array = np.frombuffer(data, dtype=np.uint64)
    table = pa.table({"numbers": array, "few": pa.array(range(len(array)), pa.int32())})
    values = pool.submit(echo, (data, array, table)).result(PATIENCE)
    assert isinstance(values, tuple)
    assert values[0] == data
    np.testing.assert_array_equal(values[1], array)
    assert values[2].equals(table)


def test_two_workers_work_at_the_same_time(pool: WorkerPool, tmp_path: pathlib.Path) -> None:
    futures = [pool.submit(meet, str(tmp_path), n, 1 - n) for n in range(2)]
    assert len({future.result(PATIENCE) for future in futures}) == 2


def test_without_processes_tasks_run_here_and_blame_nobody() -> None:
    with WorkerPool(Model(), processes=0, memory_limit=MEGABYTE) as pool:
        assert pool.submit(pid_of_worker).result() == os.getpid()
        assert pool.submit_documents(read_pages, ["a", "b"]).result() == [
            "article: a",
            "article: b",
        ]
        assert pool.submit(readiness).result() == 1
        assert isinstance(pool.submit(raise_value_error, "x").exception(), ValueError)


def test_every_worker_warms_up_once() -> None:
    with WorkerPool(Model(), processes=1, memory_limit=400 * MEGABYTE) as pool:
        assert pool.submit(readiness).result(PATIENCE) == 1
        assert pool.submit_documents(read_pages, ["exit"]).result(PATIENCE) == [
            "reject: worker_died"
        ]
        assert pool.submit(readiness).result(PATIENCE) == 1


def test_a_change_reaches_the_workers_there_are_and_those_to_come() -> None:
    with WorkerPool(Model(), processes=1, memory_limit=400 * MEGABYTE) as pool:
        pids = []
        for name in ("one", "two", "three"):
            pool.change(named, name)
            assert pool.submit(name_and_readiness).result(PATIENCE) == (name, 1)
            pids.append(pool.submit(pid_of_worker).result(PATIENCE))
        assert len(set(pids)) == 1
        os.kill(pids[0], signal.SIGKILL)
        assert pool.submit(name_and_readiness).result(PATIENCE) == ("three", 1)
        assert pool.submit(pid_of_worker).result(PATIENCE) != pids[0]


def test_a_change_without_workers() -> None:
    with WorkerPool(Model(), processes=0, memory_limit=MEGABYTE) as pool:
        pool.change(named, "one")
        assert pool.submit(name_and_readiness).result() == ("one", 1)


def test_no_task_has_the_slot_of_the_start_of_the_workers() -> None:
    last = pool_module._SLOTS - 1
    numbers = [0, 1, last - 1, last, last + 1, 2 * last, 10**9]
    slots = {pool_module._Task(number, double, (1,), False).slot for number in numbers}
    assert 0 < min(slots) <= max(slots) == last


def test_a_worker_is_replaced_after_its_tasks() -> None:
    with WorkerPool(Model(), processes=1, memory_limit=400 * MEGABYTE, tasks=2) as pool:
        pids = [pool.submit(pid_of_worker).result(PATIENCE) for _ in range(5)]
        assert len(set(pids)) == 3


def test_a_failing_warm_up_fails_every_task() -> None:
    with WorkerPool(Broken(), processes=1, memory_limit=400 * MEGABYTE) as pool:
        for _ in range(2):
            with pytest.raises(FileNotFoundError, match=r"model\.bin"):
                pool.submit(double, 1).result(PATIENCE)
    with WorkerPool(Deadly(), processes=1, memory_limit=400 * MEGABYTE) as pool:
        assert isinstance(pool.submit(double, 1).exception(PATIENCE), WorkerDied)


def test_closing_ends_what_runs_and_what_waits() -> None:
    pool = WorkerPool(Model(), processes=1, memory_limit=400 * MEGABYTE)
    pid = pool.submit(pid_of_worker).result(PATIENCE)
    tasks = [
        pool.submit_documents(read_pages, ["regex"]),
        *(pool.submit(double, n) for n in range(3)),
    ]
    pool.close()
    pool.close()
    for task in tasks:
        assert isinstance(task.exception(PATIENCE), WorkerDied)
    assert not alive(pid)
    assert isinstance(pool.submit(double, 1).exception(PATIENCE), WorkerDied)


def test_workers_end_when_they_are_idle_and_come_back_for_the_next_task() -> None:
    with WorkerPool(Model(), processes=1, memory_limit=1 << 30, idle_seconds=0.1) as pool:
        first = pool.submit(pid_of_worker).result(PATIENCE)
        wait_until(lambda: not alive(first))
        second = pool.submit(pid_of_worker).result(PATIENCE)
        assert second != first


def test_workers_that_are_busy_are_not_idle() -> None:
    with WorkerPool(Model(), processes=1, memory_limit=1 << 30, idle_seconds=0.1) as pool:
        assert pool.submit_documents(wait_at_document, 3.0).result(PATIENCE) == "in time"


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="processes is -1"):
        WorkerPool(Model(), processes=-1, memory_limit=1)
    with pytest.raises(ValueError, match="both must be positive"):
        WorkerPool(Model(), processes=1, memory_limit=0)
    with pytest.raises(ValueError, match="both must be positive"):
        WorkerPool(Model(), processes=1, memory_limit=1, document_seconds=0)


# --- programs of their own ----------------------------------------------------------------------

PROGRAM = """
    import sys, time
    sys.path.insert(0, {root!r})
    from pipeline.pool import WorkerPool
    from tests import test_pool
    pool = WorkerPool(test_pool.Model(), processes=2, memory_limit=1 << 29, document_seconds=3.0)
    {body}
"""


def program(body: str) -> str:
    return textwrap.dedent(PROGRAM).format(root=str(REPOSITORY), body=textwrap.dedent(body).strip())


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_the_program(how: signal.Signals) -> None:
    # Tests that a shell runs in the background ignore SIGINT, and so does what they start.
    source = program(
        """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
pids = {pool.submit(test_pool.pid_of_worker).result(600) for _ in range(50)}
futures = [pool.submit_documents(test_pool.read_pages, ["regex"]) for _ in range(2)]
print(*pids, flush=True)
futures[0].result()
"""
    )
    with subprocess.Popen(
        [sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        pids = [int(pid) for pid in process.stdout.readline().split()]
        assert pids
        pids += {parent_of(pid) for pid in pids}
        process.send_signal(how)
        try:
            process.wait(PATIENCE)
        finally:
            process.kill()
        wait_until(lambda: not any(map(alive, pids)))


def test_a_program_that_forgets_to_close_still_ends() -> None:
    source = program("print(pool.submit(test_pool.double, 4).result(600))")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", source],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "8"
    assert done.stderr == ""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # An orphan that ended but that nobody has waited for yet still answers to signal 0.
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return bool(state.strip()) and not state.startswith("Z")


def parent_of(pid: int) -> int:
    ps = subprocess.run(
        ["ps", "-o", "ppid=", "-p", str(pid)], capture_output=True, text=True, check=True
    )
    return int(ps.stdout)


def wait_until(condition: object) -> None:
    assert callable(condition)
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
