"""Runs on engines other than the pinned one: Prism, and Beam's own job service.

Workers have a folder of their own, as those of a cluster. ``make prism`` installs Prism with Go.
``make test-engines`` sets COPYDESK_ENGINES, and so runs over real articles as well.
"""

import contextlib
import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import grpc
import pytest
from apache_beam.portability.api import beam_job_api_pb2, beam_job_api_pb2_grpc

from tests import PATIENCE
from tests.conftest import REPOSITORY, Finished, copydesk, run_command
from tests.separate_runs import (
    problems,
    processes_of,
    query,
    rows,
    verified,
    wait_until_gone,
)

pytestmark = pytest.mark.slow

JOB = beam_job_api_pb2.JobState

at_length = pytest.mark.skipif(
    "COPYDESK_ENGINES" not in os.environ, reason="takes minutes: make test-engines runs it"
)


@pytest.fixture(scope="module")
def prism() -> str:
    """Path of the engine."""
    path = Path(os.environ.get("COPYDESK_PRISM", REPOSITORY / ".venv" / "engines" / "prism"))
    if not path.exists():
        pytest.skip(f"there is no {path}: make prism installs it, with Go")
    return str(path)


@contextlib.contextmanager
def service(
    command: Callable[[int], Sequence[str]], folder: Path
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Starts a server in a session of its own; yields its address and its process.

    Args:
      command: its command line, by the number of its port.
      folder: its working directory.
    """
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port = opened.getsockname()[1]
    # A pool starts its workers as "python".
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
    }
    with (
        (folder / "service.log").open("ab") as log,
        subprocess.Popen(
            command(port), cwd=folder, env=environment, stdout=log, stderr=log,
            start_new_session=True,
        ) as process,
    ):  # fmt: skip
        try:
            wait_until(lambda: answers(port), process)
            yield f"127.0.0.1:{port}", process
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            for left in processes_of(process.pid):  # the workers of a pool have groups of their own
                with contextlib.suppress(ProcessLookupError):
                    os.kill(left, signal.SIGKILL)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def wait_until(sign: Callable[[], object], process: subprocess.Popen[bytes] | None = None) -> None:
    """Waits for something that a process, if one is given, must live to do."""
    deadline = time.monotonic() + PATIENCE
    while not sign():
        assert process is None or process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextlib.contextmanager
def workers(
    folder: Path, before: Sequence[str] = ()
) -> Iterator[tuple[list[str], subprocess.Popen[bytes]]]:
    """Starts a pool of Beam's workers in a folder; yields the options that name it, and the pool.

    Args:
      folder: its working directory.
      before: command line that ends in the one of the pool.
    """
    module = "apache_beam.runners.worker.worker_pool_main"
    own = [*before, sys.executable, "-m", module]
    with service(lambda port: [*own, f"--service_port={port}"], folder) as (address, pool):
        yield ["--environment_type", "EXTERNAL", "--environment_config", address], pool


@contextlib.contextmanager
def prism_service(prism: str, folder: Path) -> Iterator[list[str]]:
    """Starts Prism as a cluster that outlives its clients; yields the options that name it."""
    command = [prism, "--serve_http=false", "--job_port"]
    with service(lambda port: [*command, str(port)], folder) as (address, _):
        yield ["--runner", "PortableRunner", "--job_endpoint", address]


def line(inputs: str | Path, warehouse: Path, *options: str) -> list[str]:
    words = ["run", "--input", str(inputs), "--warehouse", str(warehouse), "--processes", "1"]
    return [sys.executable, "-m", "pipeline", *words, *options]


def run_on(prism: str, inputs: str | Path, warehouse: Path, options: Sequence[str]) -> Finished:
    own = ["--runner", "PrismRunner", "--prism_location", prism]
    return run_command(line(inputs, warehouse, *own, *options))


def state_of(engine: Sequence[str], job: str = "job-001") -> int | None:
    """Returns the state of a job; ``None`` before there is one. Prism numbers its jobs."""
    with grpc.insecure_channel(engine[-1]) as channel:
        stub = beam_job_api_pb2_grpc.JobServiceStub(channel)
        request = beam_job_api_pb2.GetJobStateRequest(job_id=job)
        with contextlib.suppress(grpc.RpcError):
            found: int = stub.GetState(request, timeout=PATIENCE).state
            return found
    return None


def many_articles(folder: Path) -> Path:
    """Writes a dump that one process cleans for some seconds, in several batches."""
    path = folder / "many.jsonl"
    with path.open("w") as file:
        for number in range(4_000):
            words = [f"word{number * 7 % 1_009 + place}" for place in range(400)]
            sentences = (" ".join(words[at : at + 10]) + "." for at in range(0, len(words), 10))
            file.write(json.dumps({"id": number, "text": "\n\n".join(sentences)}) + "\n")
    return path


def command_of(process: str) -> bytes:
    """Returns the command line of a process; empty if it is gone."""
    with contextlib.suppress(OSError):
        return Path("/proc", process, "cmdline").read_bytes()
    return b""


def staged(warehouse: Path) -> list[Path]:
    """Returns the shards of articles that a run has cleaned."""
    return list(warehouse.glob("staging/*/shards/*/articles.arrow"))


def test_rows_are_those_of_the_local_engine(prism, seed_run, tmp_path):
    own = tmp_path / "own-prism"
    own.symlink_to(os.path.abspath(prism))
    finished = run_on(str(own), "seeds", tmp_path / "w", ["--environment_type", "LOOPBACK"])
    assert finished.code == 0, finished.err
    assert rows(tmp_path / "w") == rows(seed_run.warehouse)
    assert not problems(tmp_path / "w")
    assert "writing on PrismRunner  5/5 dumps  100%  5 articles" in finished.err
    assert "destroying" not in finished.err
    # The engine that Beam started has ended with the command.
    commands = map(command_of, filter(str.isdigit, os.listdir("/proc")))
    assert not [command for command in commands if os.fsencode(own) in command]


def test_workers_in_another_folder_find_dumps_with_relative_paths(prism, seed_run, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with workers(elsewhere) as (options, _):
        finished = run_on(prism, "seeds", tmp_path / "w", options)
    assert finished.code == 0, finished.err
    assert rows(tmp_path / "w") == rows(seed_run.warehouse)


def test_dumps_that_no_worker_can_open_fail_the_run_and_stay_new(prism, seed_run, tmp_path):
    dumps = tmp_path / "dumps"
    dumps.mkdir()
    for path in (REPOSITORY / "seeds").iterdir():
        (dumps / path.name).write_bytes(path.read_bytes())
    hidden = ["unshare", "--mount", "sh", "-c", f'mount -t tmpfs none {dumps} && exec "$@"', "sh"]
    if subprocess.run([*hidden, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no folder can be hidden from the workers: unshare needs root")
    with workers(tmp_path, hidden) as (options, _):
        finished = run_on(prism, dumps, tmp_path / "w", options)
    assert finished.code == 1
    assert "can be read here, but not by a worker of PrismRunner" in finished.err
    assert not list((tmp_path / "w").glob("manifests/*.json"))
    again = copydesk("run", "--input", dumps, "--warehouse", tmp_path / "w")
    assert again.code == 0, again.err
    assert rows(tmp_path / "w") == rows(seed_run.warehouse)


def test_a_signal_cancels_the_job(prism, tmp_path):
    with prism_service(prism, tmp_path) as engine, workers(tmp_path) as (options, pool):
        command = line(many_articles(tmp_path), tmp_path / "w", *engine, *options)
        with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True) as run:
            wait_until(lambda: staged(tmp_path / "w"), run)
            run.terminate()
            said = run.communicate(timeout=PATIENCE)[1]
            assert run.returncode == 128 + signal.SIGTERM, said
        assert "terminated by SIGTERM" in said
        assert "the job on the cluster is cancelled" in said
        wait_until(lambda: state_of(engine) == JOB.CANCELLED)
        # The pool ends the workers of a job that is over, and they their own.
        wait_until(lambda: processes_of(pool.pid) == [pool.pid])
    assert not list((tmp_path / "w").glob("manifests/*.json"))


def test_a_job_that_outlives_its_submitter_commits_nothing(prism, seed_run, tmp_path):
    over = {JOB.DONE, JOB.FAILED, JOB.CANCELLED}
    with prism_service(prism, tmp_path) as engine, workers(tmp_path) as (options, _):
        command = line("seeds", tmp_path / "w", *engine, *options)
        with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.DEVNULL) as run:
            wait_until(lambda: state_of(engine) == JOB.RUNNING, run)
            run.kill()
        assert state_of(engine) == JOB.RUNNING
        again = copydesk("run", "--input", "seeds", "--warehouse", tmp_path / "w")
        wait_until(lambda: state_of(engine) in over)
    assert again.code == 0, again.err
    third = copydesk("run", "--input", "seeds", "--warehouse", tmp_path / "w")
    assert "Nothing is new" in third.out
    assert rows(tmp_path / "w") == rows(seed_run.warehouse)
    assert query(tmp_path / "w", "SELECT count(*) FROM runs") == [(1,)]
    assert not verified(tmp_path / "w").problems


def test_several_workers_of_a_job_service_write_the_rows_of_one(seed_run, tmp_path):
    command = [sys.executable, "-m", "tests.job_service"]
    with (
        service(lambda port: [*command, str(port), "2"], tmp_path) as (address, _),
        workers(tmp_path) as (options, _),
    ):
        engine = ["--runner", "PortableRunner", "--job_endpoint", address]
        finished = run_command(line("seeds", tmp_path / "w", *engine, *options))
    assert finished.code == 0, finished.err
    assert rows(tmp_path / "w") == rows(seed_run.warehouse)
    assert not problems(tmp_path / "w")


@at_length
@pytest.mark.parametrize("articles", [2_000, 1_000_000], ids=["2000", "all"])
@pytest.mark.parametrize("engine", ["prism", "job service"])
def test_real_articles_have_equal_rows_though_a_worker_is_killed(
    prism, shared_data, tmp_path, articles, engine
):
    dump = tmp_path / "articles.jsonl"
    with (
        gzip.open(shared_data / "allsides" / "articles.jsonl.gz", "rb") as whole,
        dump.open("wb") as part,
    ):
        part.writelines(text for _, text in zip(range(articles), whole, strict=False))
    local = copydesk("run", "--input", dump, "--warehouse", tmp_path / "local")
    assert local.code == 0, local.err
    with contextlib.ExitStack() as stack:
        if engine == "prism":
            named = stack.enter_context(prism_service(prism, tmp_path))
        else:
            command = [sys.executable, "-m", "tests.job_service"]
            at = service(lambda port: [*command, str(port), "2"], tmp_path)
            named = ["--runner", "PortableRunner", "--job_endpoint", stack.enter_context(at)[0]]
            # Less than the run takes: the stream of the job's states ends before the job.
            named += ["--job_server_timeout", "15"]
        options, pool = stack.enter_context(workers(tmp_path))
        command = line(dump, tmp_path / "w", *named, *options)
        with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True) as run:
            wait_until(lambda: staged(tmp_path / "w"), run)
            # Of all processes of the workers the one that was started last: it cleans articles.
            os.kill(max(processes_of(pool.pid)), signal.SIGKILL)
            said = run.communicate(timeout=PATIENCE)[1]
        assert run.returncode == 0, said
    assert rows(tmp_path / "w") == rows(tmp_path / "local")
    assert not problems(tmp_path / "w")
    assert not wait_until_gone(pool.pid)
