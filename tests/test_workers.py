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
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, wait

import numpy as np
import pyarrow as pa
import pytest
from pipeline.workers import WorkerDied, WorkerPool, WorkerTraceback, ordered_map

from pipeline import workers

PATIENCE = 60.0
MEGABYTE = 1 << 20
ROOT = pathlib.Path(__file__).parent.parent

# ------------------------------------------------------------------ what runs in the workers


def double(number: int) -> int:
    return 2 * number


def pid_of_worker() -> int:
    return os.getpid()


def sizes(*values: bytes) -> list[int]:
    return [len(value) for value in values]


def echo(value: object) -> object:
    return value


def raise_value_error(text: str) -> None:
    raise ValueError(text)


class UnpicklableError(Exception):
    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"{first} and {second}")


def raise_unpicklable() -> None:
    raise UnpicklableError(1, 2)


def return_lambda() -> object:
    return lambda: None


def modules() -> set[str]:
    return set(sys.modules)


def read_pages(pages: list[str]) -> list[str]:
    """A task as the pipeline writes it: says where it is, skips what failed, goes on."""
    read = []
    for index, page in enumerate(pages):
        reason = workers.failed_documents().get(index)
        if reason is not None:
            read.append(f"reject: {reason}")
            continue
        workers.document(index)
        misbehave(page)
        read.append(f"article: {page}")
    return read


def misbehave(page: str) -> None:
    match page:
        case "segfault":
            ctypes.string_at(0)
        case "exit":
            os._exit(3)
        case "sys.exit":
            sys.exit(4)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "sleep":
            time.sleep(3600)
        case "regex":  # holds the interpreter lock: no thread and no signal handler gets a turn
            re.match(r"(a|aa)+$", "a" * 1000 + "b")
        case "masked":
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
            time.sleep(3600)
        case "hoard":  # grows in small steps
            hoard = []
            while True:
                hoard.append(b"x" * 100_000)
        case "huge":  # asks for it all at once
            bytearray(1 << 40)


def ignore_failures(pages: list[str]) -> None:
    workers.document(0)
    misbehave(pages[0])


def die_once(marker: str) -> str:
    with contextlib.suppress(FileExistsError):
        pathlib.Path(marker).touch(exist_ok=False)
        os._exit(1)
    return "second time"


def die(_: bytes, name: str) -> None:
    os._exit(7)


def hoard_without_document() -> None:
    misbehave("hoard")


def pass_through_none() -> str:
    workers.document(0)
    workers.document(-1)
    time.sleep(2)
    return "in time"


def meet(folder: str, mine: int, other: int) -> int:
    """Returns only when another worker is inside this function at the same time."""
    pathlib.Path(folder, str(mine)).touch()
    while not pathlib.Path(folder, str(other)).exists():
        time.sleep(0.01)
    return os.getpid()


def linger(folder: str) -> str:
    """The first time it is called it stays at document 5 until it is killed."""
    if workers.failed_documents():
        return f"blamed: {workers.failed_documents()}"
    workers.document(5)
    marker = pathlib.Path(folder, "lingering")
    if not marker.exists():
        marker.touch()
        time.sleep(3600)
    return "done"


class Unloadable:
    """Can be sent anywhere but received only in the process called `home`."""

    def __init__(self, home: int) -> None:
        self.home = home
        self.bulk = bytes(3 * MEGABYTE)

    def __reduce__(self) -> tuple[object, ...]:
        return load_at_home, (self.home, self.bulk, "rest")


def load_at_home(home: int, bulk: bytes, rest: str) -> Unloadable:
    if os.getpid() != home:
        raise OSError("cannot be loaded here")
    return Unloadable(home)


def make_unloadable() -> Unloadable:
    return Unloadable(os.getpid())


def keep_memory(megabytes: int) -> int:
    KEPT.append(bytearray(b"x") * (megabytes * MEGABYTE))
    return os.getpid()


KEPT: list[bytearray] = []


class Counter:
    """Builds state up lazily, as a model that is loaded at first use."""

    def __init__(self) -> None:
        self.calls = 0

    def count(self) -> int:
        self.calls += 1
        return self.calls


READY: list[str] = []


def make_ready() -> None:
    READY.append("ready")


def readiness() -> list[str]:
    return READY


def refuse() -> None:
    raise FileNotFoundError("model.bin is missing")


def die_in_initializer() -> None:
    os._exit(9)


def wait_for(path: str) -> None:
    while not os.path.exists(path):
        time.sleep(0.01)


# -------------------------------------------------------------------------------- the tests


@pytest.fixture(scope="module")
def shared_pool() -> Iterator[WorkerPool]:
    with WorkerPool(
        2, memory_limit=300 * MEGABYTE, document_seconds=PATIENCE, preload=[__name__]
    ) as pool:
        yield pool


@pytest.fixture(scope="module")
def hasty_pool() -> Iterator[WorkerPool]:
    with WorkerPool(
        2, memory_limit=300 * MEGABYTE, document_seconds=0.5, preload=[__name__]
    ) as pool:
        yield pool


@pytest.fixture(params=[0, 2], ids=["inline", "processes"])
def any_pool(request: pytest.FixtureRequest) -> Iterator[WorkerPool]:
    with WorkerPool(request.param, memory_limit=400 * MEGABYTE) as pool:
        yield pool


def test_urgent_tasks_come_first_and_each_kind_in_its_order(tmp_path: pathlib.Path) -> None:
    gate = tmp_path / "gate"
    done: list[str] = []
    with WorkerPool(1, memory_limit=400 * MEGABYTE, preload=[__name__]) as pool:
        first = pool.submit(wait_for, str(gate))
        while not first.running():
            time.sleep(0.01)
        futures = []
        for name, urgent in (("a", False), ("b", False), ("c", True), ("d", True), ("e", False)):
            future = pool.submit(echo, name, urgent=urgent)
            future.add_done_callback(lambda future: done.append(future.result()))
            futures.append(future)
        gate.touch()
        for future in futures:
            future.result(PATIENCE)
        pool.submit(echo, "").result(PATIENCE)  # callbacks run after those who wait
    assert done == ["c", "d", "a", "b", "e"]


def test_results_and_isolation(shared_pool: WorkerPool) -> None:
    assert shared_pool.submit(double, 21).result(PATIENCE) == 42
    assert shared_pool.submit(pid_of_worker).result(PATIENCE) != os.getpid()


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("segfault", "worker_died"),
        ("exit", "worker_died"),
        ("sys.exit", "worker_died"),
        ("kill", "worker_died"),
        ("hoard", "memory_limit"),
        ("huge", "memory_limit"),
    ],
)
def test_one_bad_document_costs_one_document(
    shared_pool: WorkerPool, page: str, reason: str
) -> None:
    assert shared_pool.submit(read_pages, ["a", "b", page, "c"]).result(PATIENCE) == [
        "article: a",
        "article: b",
        f"reject: {reason}",
        "article: c",
    ]


@pytest.mark.parametrize("page", ["sleep", "regex", "masked"])
def test_a_slow_document_costs_one_document(hasty_pool: WorkerPool, page: str) -> None:
    read = hasty_pool.submit(read_pages, [page, "a"]).result(PATIENCE)
    assert read == ["reject: time_limit", "article: a"]


def test_several_bad_documents_in_one_task(shared_pool: WorkerPool) -> None:
    pages = ["exit", "a", "huge", "segfault", "b", "hoard"]
    assert shared_pool.submit(read_pages, pages).result(PATIENCE) == [
        "reject: worker_died",
        "article: a",
        "reject: memory_limit",
        "reject: worker_died",
        "article: b",
        "reject: memory_limit",
    ]


def test_failed_documents_belong_to_their_task_alone(shared_pool: WorkerPool) -> None:
    tasks = [["exit", "a"] if number % 5 == 0 else ["a", "b"] for number in range(30)]
    expected = [
        ["reject: worker_died", "article: a"] if task[0] == "exit" else ["article: a", "article: b"]
        for task in tasks
    ]
    assert list(ordered_map(shared_pool, read_pages, tasks, in_flight=4)) == expected


def test_a_document_that_is_not_skipped_ends_the_task(shared_pool: WorkerPool) -> None:
    future = shared_pool.submit(ignore_failures, ["exit"])
    with pytest.raises(WorkerDied, match=r"ignore_failures.*document 0.*told it to skip.*code 3"):
        future.result(PATIENCE)


def test_a_death_without_document_is_retried_once(
    shared_pool: WorkerPool, tmp_path: pathlib.Path
) -> None:
    assert shared_pool.submit(die_once, str(tmp_path / "died")).result(PATIENCE) == "second time"
    with pytest.raises(
        WorkerDied, match=r"test_workers\.die\(bytes of 9000000, 'x'\).*exit code 7"
    ):
        shared_pool.submit(die, bytes(9_000_000), "x").result(PATIENCE)
    with pytest.raises(
        WorkerDied, match=r"hoard_without_document.*no document: it .*--document-memory"
    ):
        shared_pool.submit(hoard_without_document).result(PATIENCE)


def work_on_one_core(core: int, seconds: float) -> float:
    """Works on one document for some seconds of processor time; returns how long that took."""
    os.sched_setaffinity(0, {core})
    began, used = time.monotonic(), time.process_time()
    workers.document(0)
    while time.process_time() - used < seconds:
        if workers.failed_documents():
            return 0.0
    return time.monotonic() - began


@pytest.mark.skipif(not os.path.exists("/proc/self/schedstat"), reason="the kernel does not tell")
def test_time_without_a_core_is_not_the_documents() -> None:
    core = min(os.sched_getaffinity(0))
    hog = f"import os\nos.sched_setaffinity(0, {{{core}}})\nwhile True: pass"
    hogs = [subprocess.Popen([sys.executable, "-c", hog]) for _ in range(3)]
    try:
        with WorkerPool(1, memory_limit=400 * MEGABYTE, document_seconds=1.0) as pool:
            took = pool.submit(work_on_one_core, core, 0.6).result(PATIENCE)
    finally:
        for process in hogs:
            process.kill()
            process.wait()
    assert took > 1.2, "the hogs left the core to the worker"


def test_no_document_no_time_limit(hasty_pool: WorkerPool) -> None:
    assert hasty_pool.submit(pass_through_none).result(PATIENCE) == "in time"


def test_exceptions_travel_with_their_traceback(shared_pool: WorkerPool) -> None:
    error = shared_pool.submit(raise_value_error, "wrong page").exception(PATIENCE)
    assert isinstance(error, ValueError)
    assert error.args == ("wrong page",)
    assert isinstance(error.__cause__, WorkerTraceback)
    assert "in raise_value_error" in str(error.__cause__)
    error = shared_pool.submit(raise_unpicklable).exception(PATIENCE)
    assert isinstance(error, RuntimeError)
    assert "UnpicklableError: 1 and 2" in str(error)
    assert "in raise_unpicklable" in str(error.__cause__)


def test_what_cannot_be_pickled_fails_alone(shared_pool: WorkerPool) -> None:
    lock = threading.Lock()
    with pytest.raises(TypeError, match="pickle"):
        shared_pool.submit(echo, lock).result(PATIENCE)
    with pytest.raises(Exception, match="lambda"):
        shared_pool.submit(return_lambda).result(PATIENCE)
    with pytest.raises(OSError, match="loaded here"):  # there
        shared_pool.submit(echo, Unloadable(os.getpid())).result(PATIENCE)
    with pytest.raises(OSError, match="loaded here"):  # and here
        shared_pool.submit(make_unloadable).result(PATIENCE)
    with pytest.raises(Exception, match="lambda"):
        WorkerPool(1, lambda: None, memory_limit=MEGABYTE)
    assert list(ordered_map(shared_pool, double, range(9), 4)) == list(range(0, 18, 2))


def test_many_tasks_from_many_threads(shared_pool: WorkerPool) -> None:
    results: dict[int, list[int]] = {}

    def run(thread: int) -> None:
        numbers = range(1000 * thread, 1000 * thread + 200)
        results[thread] = list(ordered_map(shared_pool, double, numbers, in_flight=5))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert results == {n: [2 * i for i in range(1000 * n, 1000 * n + 200)] for n in range(4)}


def test_large_payloads_arrive_unchanged(shared_pool: WorkerPool) -> None:
    data = os.urandom(16 * MEGABYTE)
    assert shared_pool.submit(echo, data).result(PATIENCE) == data
    array = np.frombuffer(data, dtype=np.uint64)
    table = pa.table({"numbers": array, "few": pa.array(range(len(array)), pa.int32())})
    values = shared_pool.submit(echo, (array, table, b"", "small")).result(PATIENCE)
    assert isinstance(values, tuple)
    np.testing.assert_array_equal(values[0], array)
    assert values[1].equals(table)
    assert values[2:] == (b"", "small")
    assert shared_pool.submit(sizes, b"", b"1", data).result(PATIENCE) == [0, 1, len(data)]


def test_two_workers_work_at_the_same_time(shared_pool: WorkerPool, tmp_path: pathlib.Path) -> None:
    futures = [shared_pool.submit(meet, str(tmp_path), n, 1 - n) for n in range(2)]
    assert len({future.result(PATIENCE) for future in futures}) == 2


def test_ordered_map_keeps_order_and_bound(any_pool: WorkerPool) -> None:
    drawn = 0

    def numbers() -> Iterator[int]:
        nonlocal drawn
        while drawn < 100:
            drawn += 1
            yield drawn

    results = ordered_map(any_pool, double, numbers(), in_flight=7)
    for number, result in enumerate(results, 1):
        assert result == 2 * number
        assert drawn <= number + 6
    assert drawn == 100


def test_ordered_map_stops_at_the_first_failure(any_pool: WorkerPool) -> None:
    results = ordered_map(any_pool, raise_value_error, ["first", "second", "third"], in_flight=2)
    with pytest.raises(ValueError, match="first"):
        next(results)
    with pytest.raises(ValueError, match="in_flight"):
        ordered_map(any_pool, double, [1], in_flight=0)


def test_inline_runs_here_and_blames_nobody() -> None:
    with WorkerPool(0, make_ready, memory_limit=MEGABYTE) as pool:
        READY.clear()
        assert pool.submit(pid_of_worker).result() == os.getpid()
        assert pool.submit(read_pages, ["a", "b"]).result() == ["article: a", "article: b"]
        assert pool.submit(readiness).result() == ["ready"]
        assert isinstance(pool.submit(raise_value_error, "x").exception(), ValueError)
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(double, 1)


def test_a_worker_keeps_a_functions_object() -> None:
    with WorkerPool(1, memory_limit=400 * MEGABYTE) as pool:
        counter = Counter()
        assert [pool.submit(counter.count).result(PATIENCE) for _ in range(3)] == [1, 2, 3]


def test_initializer_runs_once_in_every_worker(tmp_path: pathlib.Path) -> None:
    with WorkerPool(1, make_ready, memory_limit=400 * MEGABYTE) as pool:
        assert pool.submit(readiness).result(PATIENCE) == ["ready"]
        assert pool.submit(readiness).result(PATIENCE) == ["ready"]
        assert pool.submit(read_pages, ["exit"]).result(PATIENCE) == ["reject: worker_died"]
        assert pool.submit(readiness).result(PATIENCE) == ["ready"]


def test_a_failing_initializer_fails_every_task() -> None:
    with WorkerPool(1, refuse, memory_limit=400 * MEGABYTE) as pool:
        for _ in range(2):
            with pytest.raises(FileNotFoundError, match=r"model\.bin"):
                pool.submit(double, 1).result(PATIENCE)
    with WorkerPool(1, die_in_initializer, memory_limit=400 * MEGABYTE) as pool:
        error = pool.submit(double, 1).exception(PATIENCE)
        assert isinstance(error, WorkerDied)
        assert "exit code 9" in str(error)
    with WorkerPool(1, memory_limit=400 * MEGABYTE, preload=["no_such_module"]) as pool:
        error = pool.submit(double, 1).exception(PATIENCE)
        assert isinstance(error, ModuleNotFoundError)


def test_a_worker_that_keeps_memory_is_replaced_between_tasks() -> None:
    with WorkerPool(1, memory_limit=400 * MEGABYTE) as pool:
        first = pool.submit(keep_memory, 1).result(PATIENCE)
        assert pool.submit(keep_memory, 1).result(PATIENCE) == first
        assert pool.submit(keep_memory, 280).result(PATIENCE) == first
        assert pool.submit(keep_memory, 280).result(PATIENCE) != first


def test_shutdown_ends_what_runs_and_what_waits() -> None:
    pool = WorkerPool(1, memory_limit=400 * MEGABYTE)
    pid = pool.submit(pid_of_worker).result(PATIENCE)
    running = pool.submit(read_pages, ["regex"])
    waiting = [pool.submit(double, number) for number in range(3)]
    wait_until(running.running)
    pool.shutdown()
    pool.shutdown()
    with pytest.raises(WorkerDied, match="shut down"):
        running.result(PATIENCE)
    for future in waiting:
        with pytest.raises(CancelledError):
            future.result(PATIENCE)
    assert not alive(pid)
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(double, 1)


def test_a_cancelled_task_never_runs(shared_pool: WorkerPool, tmp_path: pathlib.Path) -> None:
    blockers = [shared_pool.submit(meet, str(tmp_path), n, 2) for n in range(2)]
    victim: Future[int] = shared_pool.submit(meet, str(tmp_path), 3, 0)
    assert victim.cancel()
    (tmp_path / "2").touch()
    wait(blockers, PATIENCE)
    assert shared_pool.submit(double, 1).result(PATIENCE) == 2
    assert not (tmp_path / "3").exists()


def test_the_pool_outlives_its_fork_server(tmp_path: pathlib.Path) -> None:
    with WorkerPool(2, memory_limit=400 * MEGABYTE) as pool:
        pid = pool.submit(pid_of_worker).result(PATIENCE)
        os.kill(parent_of(pid), signal.SIGKILL)
        results = list(ordered_map(pool, double, range(20), in_flight=4))
        assert results == [2 * number for number in range(20)]
        lingering = pool.submit(linger, str(tmp_path))
        wait_until((tmp_path / "lingering").exists)
        os.kill(parent_of(pool.submit(pid_of_worker).result(PATIENCE)), signal.SIGKILL)
        assert lingering.result(PATIENCE) == "done"


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="processes is -1"):
        WorkerPool(-1, memory_limit=1)
    with pytest.raises(ValueError, match="both must be positive"):
        WorkerPool(1, memory_limit=0)
    with pytest.raises(ValueError, match="both must be positive"):
        WorkerPool(1, memory_limit=1, document_seconds=0)


# ---------------------------------------------------------------- programs of their own

PROGRAM = """
    import sys, time
    sys.path.insert(0, {root!r})
    print("imported", __name__, flush=True)
    import colorsys  # stands for what only the program itself needs, as Apache Beam
    from pipeline.workers import WorkerPool, ordered_map
    from tests import test_workers

    def local(number):
        return number

    pool = WorkerPool(2, memory_limit=1 << 29, document_seconds=600.0)
    {body}
"""


def program(body: str) -> str:
    return textwrap.dedent(PROGRAM).format(root=str(ROOT), body=textwrap.dedent(body).strip())


@pytest.mark.parametrize("how", ["-c", "file"])
def test_workers_never_import_the_programs_main(how: str, tmp_path: pathlib.Path) -> None:
    source = program(
        """
modules = pool.submit(test_workers.modules).result(60)
print("colorsys" in modules, "apache_beam" in modules)
try:
    pool.submit(local, 1).result(60)
except Exception as error:
    print(type(error).__name__, "move" in str(error))
pool.shutdown()
"""
    )
    script = tmp_path / "copydesk"  # as a console script: no suffix, no __main__ guard
    script.write_text(source)
    command = [sys.executable, *(["-c", source] if how == "-c" else [str(script)])]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert done.stdout.splitlines() == [
        "imported __main__",
        "False False",
        "UnpicklingError True",
    ]
    assert done.stderr == ""


@pytest.mark.parametrize("page", ["sleep", "regex", "masked"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_the_program(how: signal.Signals, page: str) -> None:
    # Tests that a shell runs in the background ignore SIGINT, and so does what they start.
    source = program(
        f"""
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
pids = {{pool.submit(test_workers.pid_of_worker).result(60) for _ in range(50)}}
futures = [pool.submit(test_workers.read_pages, [{page!r}]) for _ in range(2)]
while not all(future.running() for future in futures):
    time.sleep(0.01)
print(*pids, flush=True)
futures[0].result()
"""
    )
    with subprocess.Popen(
        [sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("imported")
        pids = [int(pid) for pid in process.stdout.readline().split()]
        assert pids
        pids += {parent_of(pid) for pid in pids}
        process.send_signal(how)
        try:
            process.wait(PATIENCE)
        finally:
            process.kill()
        wait_until(lambda: not any(map(alive, pids)))


def test_a_program_that_forgets_shutdown_still_ends() -> None:
    source = program("print(pool.submit(test_workers.double, 4).result(60))")
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
