"""Compiles all loops, a process a module, so that no run has to: ``python -m transforms.compiled``.

Whoever installs copydesk for others runs it as a user who may write where it is installed.
"""

import concurrent.futures
import contextlib
import importlib
import io
import multiprocessing
import pkgutil

from transforms import compiled


def compile_module(name: str) -> None:
    """Imports a module, which compiles its loops unless Numba's cache has them."""
    with contextlib.redirect_stderr(io.StringIO()):  # a sentence that explains a wait
        importlib.import_module(name)


if __name__ == "__main__":
    print(
        "Compiling the loops of copydesk for this processor, a minute of one core ...",
        flush=True,
    )
    found = pkgutil.iter_modules(compiled.__path__, f"{compiled.__name__}.")
    names = [info.name for info in found if not info.name.endswith(".__main__")]
    with concurrent.futures.ProcessPoolExecutor(
        mp_context=multiprocessing.get_context("spawn")
    ) as processes:
        list(processes.map(compile_module, names))
