"""Runs on an engine other than the pinned one: Prism, with workers in a folder of their own.

``make prism`` installs Prism with Go.
"""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests import PATIENCE
from tests.conftest import REPOSITORY, Finished, copydesk, run_command
from tests.separate_runs import problems, rows

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def prism() -> str:
    """Path of the engine."""
    path = Path(os.environ.get("COPYDESK_PRISM", REPOSITORY / ".venv" / "engines" / "prism"))
    if not path.exists():
        pytest.skip(f"there is no {path}: make prism installs it, with Go")
    return str(path)


@contextlib.contextmanager
def workers(folder: Path, before: Sequence[str] = ()) -> Iterator[str]:
    """Starts a pool of Beam's workers in a folder; yields its address.

    Args:
      folder: its working directory.
      before: command line that ends in the one of the pool.
    """
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port = opened.getsockname()[1]
    module = "apache_beam.runners.worker.worker_pool_main"
    command = [*before, sys.executable, "-m", module, f"--service_port={port}"]
    # The pool starts its workers as "python".
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
    }
    with subprocess.Popen(
        command, cwd=folder, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    ) as pool:
        try:
            deadline = time.monotonic() + PATIENCE
            while True:
                assert pool.poll() is None
                assert time.monotonic() < deadline
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.05)
            yield f"127.0.0.1:{port}"
        finally:
            pool.kill()


def run_on(
    prism: str, inputs: str, warehouse: Path, environment: Sequence[str], cwd: Path = REPOSITORY
) -> Finished:
    words = ["run", "--input", inputs, "--warehouse", str(warehouse), "--runner", "PrismRunner"]
    options = ["--prism_location", prism, "--processes", "1", *environment]
    return run_command([sys.executable, "-m", "pipeline", *words, *options], cwd=cwd)


def test_rows_are_those_of_the_local_engine(prism, seed_run, tmp_path):
    finished = run_on(prism, "seeds", tmp_path / "w", ["--environment_type", "LOOPBACK"])
    assert finished.code == 0, finished.err
    assert rows(tmp_path / "w") == rows(seed_run.warehouse)
    assert not problems(tmp_path / "w")


def test_workers_in_another_folder_find_dumps_with_relative_paths(prism, seed_run, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with workers(elsewhere) as address:
        environment = ["--environment_type", "EXTERNAL", "--environment_config", address]
        finished = run_on(prism, "seeds", tmp_path / "w", environment)
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
    with workers(tmp_path, hidden) as address:
        environment = ["--environment_type", "EXTERNAL", "--environment_config", address]
        finished = run_on(prism, str(dumps), tmp_path / "w", environment)
    assert finished.code == 1
    assert "can be read here, but not by a worker of PrismRunner" in finished.err
    assert not list((tmp_path / "w").glob("manifests/*.json"))
    again = copydesk("run", "--input", dumps, "--warehouse", tmp_path / "w")
    assert again.code == 0, again.err
    assert rows(tmp_path / "w") == rows(seed_run.warehouse)
