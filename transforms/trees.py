"""Gradient-boosted decision trees (Friedman, 2001) as flat arrays, evaluated by a compiled loop.

The scripts in ``tests/bench`` train them with LightGBM (Ke et al., 2017) and store them as JSON
beside the modules that use them.
"""

import dataclasses
import json
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Trees:
    """Boosted trees.

    Attributes:
      names: features, in the order of the columns.
      feature: column that each node tests; 0 for a leaf.
      threshold: largest value of the feature that goes left; infinity for a leaf.
      below: left and right child of each node, shape (nodes, 2); a leaf is its own child.
      value: log-odds that a leaf adds.
      roots: first node of each tree.
      depths: steps from the root to the farthest leaf of each tree.
      cut: log-odds from which on a row is positive; 0 if the caller decides otherwise.
    """

    names: tuple[str, ...]
    feature: npt.NDArray[np.int32]
    threshold: Floats
    below: npt.NDArray[np.int32]
    value: Floats
    roots: npt.NDArray[np.int32]
    depths: npt.NDArray[np.int32]
    cut: float

    def log_odds(self, found: Mapping[str, Floats], at: npt.NDArray[np.intp]) -> Floats:
        """Returns the log-odds of rows, shape (positions,).

        Sums run over trees in a fixed order within each row, so a row's score depends on its own
        features alone.

        Args:
          found: features by name, each of shape (rows,); others are ignored.
          at: positions of the rows to judge.
        """
        return self.sum_leaves(np.stack([found[name] for name in self.names]).take(at, axis=1))

    def sum_leaves(self, columns: Floats) -> Floats:
        """Returns the log-odds of rows whose features are in the order of ``names``.

        Args:
          columns: features, shape (len(names), rows), row after row in memory.
        """
        # Numba takes 0.4 s to import, and a process that only plans a run imports this module.
        from transforms.compiled import trees as loops

        totals = np.empty(columns.shape[1])
        loops.walk_trees(
            columns,
            self.feature,
            self.threshold,
            self.below,
            self.value,
            self.roots,
            self.depths,
            totals,
        )
        return totals


def load(path: pathlib.Path, script: str) -> dict[str, Any]:
    """Returns the decoded JSON of a model's file.

    Args:
      path: the file.
      script: module that makes it, for the error.

    Raises:
      OSError: the file is missing; train it or reinstall the package.
    """
    try:
        stored: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{path} is missing: reinstall copydesk, or make it with `python -m {script}`."
        ) from error
    return stored


def from_json(stored: Mapping[str, Any]) -> Trees:
    """Returns the trees of a decoded JSON file; a threshold of None is infinity."""
    below = np.stack([stored["left"], stored["right"]], axis=1).astype(np.int32)
    return Trees(
        names=tuple(stored["names"]),
        feature=np.array(stored["feature"], np.int32),
        threshold=np.array(
            [np.inf if bound is None else bound for bound in stored["threshold"]], np.float64
        ),
        below=below,
        value=np.array(stored["value"], np.float64),
        roots=np.array(stored["roots"], np.int32),
        depths=_depths(below, stored["roots"]),
        cut=float(stored.get("cut", 0.0)),
    )


def _depths(below: npt.NDArray[np.int32], roots: Sequence[int]) -> npt.NDArray[np.int32]:
    """Returns the depth of each tree.

    Args:
      below: children of each node; a node comes before its children, a tree before the next one.
      roots: first node of each tree.
    """
    steps = [0] * len(below)
    for node, (left, right) in enumerate(below.tolist()):
        if left != node:
            steps[left] = steps[right] = steps[node] + 1
    return np.maximum.reduceat(np.array(steps, np.int32), roots)
