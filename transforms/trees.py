"""Boosted decision trees as flat arrays: how the trained models of this package judge.

Gradient-boosted trees (Friedman, 2001), trained with LightGBM (Ke et al., 2017) by the scripts of
``tests/bench`` and stored as JSON beside the modules that use them. Walking them needs numpy alone.
"""

import dataclasses
import json
import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_ROWS = 256
"""Rows walked at once: with 300 trees each array of nodes takes 300 kB, and all stay in the cache.
"""


@dataclasses.dataclass(frozen=True)
class Trees:
    """Boosted trees; all trees of a row are walked side by side.

    Attributes:
      names: the features, in the order of the columns.
      feature: column that a node asks for; of a leaf, 0.
      threshold: a row goes left where its feature is at most this; of a leaf, infinity.
      left: the node to go to, and
      right: the other one; a leaf points to itself.
      value: what a leaf adds to the log-odds.
      roots: the first node of each tree.
      depth: steps from a root to the deepest leaf.
      cut: log-odds from which on a row is taken for what the model looks for.
    """

    names: tuple[str, ...]
    feature: npt.NDArray[np.int32]
    threshold: Floats
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    value: Floats
    roots: npt.NDArray[np.int32]
    depth: int
    cut: float

    def log_odds(self, found: Mapping[str, Floats], at: npt.NDArray[np.intp]) -> Floats:
        """Returns the log-odds of the rows at the given positions, shape (positions,).

        Sums run over trees in a fixed order within each row, so a row's score depends on its own
        features alone.

        Args:
          found: the features by name, each of shape (rows,); may hold others too.
          at: the positions of the rows to judge.
        """
        odds = [
            self._log_odds(np.stack([found[name][rows] for name in self.names], axis=1))
            for rows in np.split(at, range(_ROWS, len(at), _ROWS))
        ]
        return np.concatenate(odds)

    def _log_odds(self, columns: Floats) -> Floats:
        cells = columns.ravel()
        offsets = (np.arange(len(columns), dtype=np.int32) * len(self.names))[:, None]
        nodes = np.broadcast_to(self.roots, (len(columns), len(self.roots)))
        for _ in range(self.depth):
            goes_left = cells.take(self.feature.take(nodes) + offsets) <= self.threshold.take(nodes)
            nodes = np.where(goes_left, self.left.take(nodes), self.right.take(nodes))
        leaves = self.value.take(nodes)
        total = np.zeros(len(columns))
        for tree in range(leaves.shape[1]):
            total += leaves[:, tree]
        return total


def load(path: pathlib.Path, script: str) -> Trees:
    """Returns the trees that a JSON file holds.

    Args:
      path: the file.
      script: the module that makes it, for the error.

    Raises:
      OSError: the file is missing; train it anew or reinstall the package.
    """
    try:
        stored = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{path} is missing: reinstall copydesk, or make it with `python -m {script}`."
        ) from error
    return from_json(stored)


def from_json(stored: Mapping[str, Any]) -> Trees:
    """Returns the trees of a decoded JSON file; a threshold of None is infinity."""
    return Trees(
        names=tuple(stored["names"]),
        feature=np.array(stored["feature"], np.int32),
        threshold=np.array(
            [np.inf if bound is None else bound for bound in stored["threshold"]], np.float64
        ),
        left=np.array(stored["left"], np.int32),
        right=np.array(stored["right"], np.int32),
        value=np.array(stored["value"], np.float64),
        roots=np.array(stored["roots"], np.int32),
        depth=int(stored["depth"]),
        cut=float(stored["cut"]),
    )
