"""What all compiled loops share: types, the decorator, hashing, UTF-8, hash tables."""

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numba import types

from transforms.compiled.characters import LETTER

F = TypeVar("F", bound=Callable[..., Any])


def read_only(kind: Any) -> Any:
    """Returns the type of arrays of a kind: Arrow's memory is read-only, and writable ones pass."""
    return types.Array(kind, 1, "C", readonly=True)


U8, U32, U64, I64 = (
    read_only(kind) for kind in (types.uint8, types.uint32, types.uint64, types.int64)
)


def compiled(signature: Any) -> Callable[[F], F]:
    """Compiles a function for one signature; a machine with nowhere to keep it compiles anew."""

    def decorate(function: F) -> F:
        compiled: F
        try:
            compiled = numba.njit(signature, cache=True, nogil=True)(function)
        except RuntimeError as error:
            if "no locator available" not in str(error):
                raise
            compiled = numba.njit(signature, nogil=True)(function)
        return compiled

    return decorate


@numba.njit(inline="always")
def mix(value: np.uint64) -> np.uint64:
    """The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    value ^= value >> np.uint64(30)
    value *= np.uint64(0xBF58476D1CE4E5B9)
    value ^= value >> np.uint64(27)
    value *= np.uint64(0x94D049BB133111EB)
    value ^= value >> np.uint64(31)
    return value


@numba.njit(inline="always")
def code_point(data: Any, at: int) -> tuple[Any, int]:
    """Returns the code point of UTF-8 that begins at a place, and where the next one begins."""
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


@numba.njit(inline="always")
def lookup(table: Any, values: Any, hashed: Any) -> Any:
    """Returns the value of a hash in an open-addressing table; 0 where it is not there."""
    mask = np.uint64(len(table) - 1)
    slot = hashed & mask
    while table[slot] != 0:
        if table[slot] == hashed:
            return values[slot]
        slot = (slot + np.uint64(1)) & mask
    return np.int64(0)


@numba.njit(inline="always")
def letter_values(fold: Any, classes: Any) -> Any:
    """Returns what each byte that is a letter adds to a word's hash, 0 for the others."""
    table = np.zeros(256, np.uint64)
    for code in range(0x80):
        if classes[code] == LETTER:
            table[code] = np.uint64(fold[code]) + np.uint64(1)
    return table
