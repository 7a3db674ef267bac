"""Compiles all loops, a process a module, so that no run has to: ``python -m transforms.compiled``.

Whoever installs copydesk for others runs it as a user who may write where it is installed.
"""

import concurrent.futures
import multiprocessing
import pkgutil

from transforms.compiled import __path__, compile_module

if __name__ == "__main__":
    print(
        "Compiling the loops of copydesk for this processor, a minute of one core ...",
        flush=True,
    )
    names = [info.name for info in pkgutil.iter_modules(__path__) if info.name != "__main__"]
    with concurrent.futures.ProcessPoolExecutor(
        mp_context=multiprocessing.get_context("spawn")
    ) as processes:
        list(processes.map(compile_module, names))
