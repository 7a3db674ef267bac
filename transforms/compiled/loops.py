"""What all compiled loops share: types, the decorator, hashing, UTF-8, hash tables.

Every loop is compiled for one signature when its module is imported and kept in Numba's cache on
disk, so that a worker process loads it in milliseconds and never compiles in the middle of a
document whose time is limited. The cache is ``__pycache__`` beside the module, or the user's own
(``~/.cache/numba``) where that cannot be written, or ``NUMBA_CACHE_DIR``. Compiling all loops takes
about a minute of processor time. ``python -m transforms.compiled`` does it as part of an
installation, else the first run, which says so. The cache of a file notices a change of that file
alone: after a change of a constant or inlined function of another one, delete ``__pycache__``. A
process that only plans a run must not import a module with loops: Numba takes a third of a second
to load.
"""

import functools
import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numba
import numpy as np
from numba import types
from numba.core import event

from transforms import arrays
from transforms.text import LETTER

F = TypeVar("F", bound=Callable[..., Any])


def read_only(kind: Any) -> Any:
    """Returns the type of a one-dimensional array; Arrow's memory is read-only, writable passes."""
    return types.Array(kind, 1, "C", readonly=True)


LINE_END = ord("\n")
"""Ends each line handed to a compiled loop."""

U8, U32, U64, I64 = (
    read_only(kind) for kind in (types.uint8, types.uint32, types.uint64, types.int64)
)


def compiled(signature: Any) -> Callable[[F], F]:
    """Compiles a function for one signature; without a writable cache at every import."""

    def decorate(function: F) -> F:
        compiled: F
        try:
            with event.install_listener("numba:compile", _Compilation("once")):
                compiled = numba.njit(signature, cache=True, nogil=True)(function)
        except RuntimeError as error:
            if "no locator available" not in str(error):
                raise
            always = "in every run: set NUMBA_CACHE_DIR to a folder that can be written"
            with event.install_listener("numba:compile", _Compilation(always)):
                compiled = numba.njit(signature, nogil=True)(function)
        return compiled

    return decorate


class _Compilation(event.Listener):
    """Explains the wait when Numba compiles a loop, for which there is no event if it is cached.

    Args:
      often: how often that happens.
    """

    def __init__(self, often: str) -> None:
        self._often = often

    def on_start(self, event: event.Event) -> None:
        """Says what is happening."""
        what = f"compiling loops for this processor ({self._often})"
        _say(f"copydesk: {what}, a minute of one core ...")

    def on_end(self, event: event.Event) -> None:
        """Says nothing: the next loop follows."""


@functools.cache  # once in a process
def _say(sentence: str) -> None:
    # On a terminal it replaces the line that shows the progress.
    begin, end = ("\r", "\x1b[K") if sys.stderr.isatty() else ("", "")
    print(f"{begin}{sentence}{end}", file=sys.stderr, flush=True)


HASH_BASE = np.uint64(0x9E3779B97F4A7C15)
"""Odd multiplier of hashes over several values: 2^64 divided by the golden ratio."""


def mixed(values: Any) -> Any:
    """Returns scrambled 64-bit values, an array or one.

    The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    """
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


mix = numba.njit(inline="always")(mixed)
"""The same, for one value within a loop."""


@numba.njit(inline="always")
def code_point(data: Any, at: int) -> tuple[Any, int]:
    """Returns the UTF-8 code point at a byte position, and the position of the next one."""
    code = np.int64(data[at])
    if code < 0x80:
        return code, at + 1
    if code < 0xE0:
        return (code & 0x1F) << 6 | (np.int64(data[at + 1]) & 0x3F), at + 2
    if code < 0xF0:
        return (
            (code & 0x0F) << 12
            | (np.int64(data[at + 1]) & 0x3F) << 6
            | (np.int64(data[at + 2]) & 0x3F)
        ), at + 3
    return (
        (code & 0x07) << 18
        | (np.int64(data[at + 1]) & 0x3F) << 12
        | (np.int64(data[at + 2]) & 0x3F) << 6
        | (np.int64(data[at + 3]) & 0x3F)
    ), at + 4


def hash_table(values: Mapping[int, int]) -> tuple[arrays.U64, arrays.I64]:
    """Returns an open-addressing table of non-zero hashes, at most half full, and their values."""
    size = 2
    while size < 2 * len(values):
        size *= 2
    hashes, numbers = np.zeros(size, np.uint64), np.zeros(size, np.int64)
    for hashed, value in values.items():
        slot = hashed % size
        while hashes[slot]:
            slot = (slot + 1) % size
        hashes[slot], numbers[slot] = hashed, value
    return hashes, numbers


@numba.njit(inline="always")
def lookup(table: Any, values: Any, hashed: Any) -> Any:
    """Returns the value of a hash in a :func:`hash_table`; 0 if it is not in it."""
    mask = np.uint64(len(table) - 1)
    slot = hashed & mask
    while table[slot] != 0:
        if table[slot] == hashed:
            return values[slot]
        slot = (slot + np.uint64(1)) & mask
    return np.int64(0)


@numba.njit(inline="always")
def letter_values(fold: Any, classes: Any) -> Any:
    """Returns by byte what an ASCII letter adds to a word's hash; 0 for all other bytes."""
    table = np.zeros(256, np.uint64)
    for code in range(0x80):
        if classes[code] == LETTER:
            table[code] = np.uint64(fold[code]) + np.uint64(1)
    return table
