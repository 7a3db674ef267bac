"""Loops compiled by Numba, each file beside one subject, with its constants."""

import contextlib
import importlib
import io


def compile_module(name: str) -> None:
    """Imports a module of this package, which compiles its loops unless Numba's cache has them.

    It stands here, since a spawned process does not import the ``__main__`` of a package.

    Args:
      name: of the module, without the package.
    """
    with contextlib.redirect_stderr(io.StringIO()):  # a sentence that explains a wait
        importlib.import_module(f"{__name__}.{name}")
