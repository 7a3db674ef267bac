"""How the compiled loops come into Numba's cache."""

import os
import pathlib
import subprocess
import sys

import pytest

from tests import PATIENCE
from tests.conftest import REPOSITORY


@pytest.mark.slow
def test_a_compilation_is_explained_once_and_what_is_cached_says_nothing(
    tmp_path: pathlib.Path,
) -> None:
    command = [sys.executable, "-c", "import transforms.compiled.trees, transforms.compiled.words"]
    said = [
        subprocess.run(
            command, cwd=REPOSITORY, env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)},
            capture_output=True, text=True, check=True, timeout=PATIENCE,
        ).stderr
        for _ in range(2)
    ]  # fmt: skip
    assert said == [
        "copydesk: compiling loops for this processor (once), a minute of one core ...\n",
        "",
    ]


@pytest.mark.slow
def test_all_loops_are_compiled_ahead() -> None:
    subprocess.run(
        [sys.executable, "-m", "transforms.compiled"],
        cwd=REPOSITORY, capture_output=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    code = (
        "import pkgutil, sys, transforms.compiled as package\n"
        "for info in pkgutil.iter_modules(package.__path__):\n"
        "    if info.name != '__main__':\n"
        "        __import__(f'{package.__name__}.{info.name}')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    assert not done.stderr  # nothing was left to compile
