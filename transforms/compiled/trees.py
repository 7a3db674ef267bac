"""Compiled loop that evaluates boosted decision trees."""

from typing import Any

import numpy as np
from numba import types

from transforms.compiled.loops import compiled, read_only

_F64 = read_only(types.float64)
_I32 = read_only(types.int32)
_ABREAST = 8  # rows that descend a tree at once, so that their memory reads overlap


@compiled(
    types.void(
        types.Array(types.float64, 2, "C", readonly=True), _I32, _F64,
        types.Array(types.int32, 2, "C", readonly=True), _F64, _I32, _I32, types.float64[::1],
    )
)  # fmt: skip
def walk_trees(
    columns: Any,
    feature: Any,
    threshold: Any,
    below: Any,
    value: Any,
    roots: Any,
    depths: Any,
    totals: Any,
) -> None:
    """Writes the sum of the leaves each row ends in; see :class:`transforms.trees.Trees`.

    Each sum runs in the order of the trees.
    """
    at = np.empty(_ABREAST, np.int64)
    rows = len(totals)
    for first in range(0, rows, _ABREAST):
        abreast = min(_ABREAST, rows - first)
        for row in range(first, first + abreast):
            totals[row] = 0.0
        for tree in range(len(roots)):
            at[:] = roots[tree]
            for _ in range(depths[tree]):
                for place in range(abreast):
                    node = at[place]
                    goes_left = columns[feature[node], first + place] <= threshold[node]
                    at[place] = below[node, 1 - goes_left]
            for place in range(abreast):
                totals[first + place] += value[at[place]]
