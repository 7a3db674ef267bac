"""Boosted decision trees as flat arrays: how the trained models of this package judge.

Gradient-boosted trees (Friedman, 2001), trained with LightGBM (Ke et al., 2017) by the scripts of
``tests/bench`` and stored as JSON beside the modules that use them. A compiled loop walks them.
"""

import dataclasses
import json
import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from transforms.shingles import compiled

Floats = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Trees:
    """Boosted trees.

    Attributes:
      names: the features, in the order of the columns.
      feature: column that a node asks for; of a leaf, 0.
      threshold: a row goes left where its feature is at most this; of a leaf, infinity.
      left: the node to go to, and
      right: the other one; a leaf points to itself.
      value: what a leaf adds to the log-odds.
      roots: the first node of each tree.
      cut: log-odds from which on a row is taken for what the model looks for; 0 where whoever uses
        the trees decides otherwise.
    """

    names: tuple[str, ...]
    feature: npt.NDArray[np.int32]
    threshold: Floats
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    value: Floats
    roots: npt.NDArray[np.int32]
    cut: float

    def log_odds(
        self, found: Mapping[str, Floats], at: npt.NDArray[np.intp] | None = None
    ) -> Floats:
        """Returns the log-odds of rows, shape (positions,).

        Sums run over trees in a fixed order within each row, so a row's score depends on its own
        features alone.

        Args:
          found: the features by name, each of shape (rows,); may hold others too.
          at: the positions of the rows to judge; all where there are none.
        """
        columns = np.stack(
            [found[name] if at is None else found[name][at] for name in self.names], axis=1
        )
        totals = np.empty(len(columns))
        compiled().walk_trees(
            columns,
            self.feature,
            self.threshold,
            self.left,
            self.right,
            self.value,
            self.roots,
            totals,
        )
        return totals


def load(path: pathlib.Path, script: str) -> dict[str, Any]:
    """Returns what the file of a model holds.

    Args:
      path: the file.
      script: the module that makes it, for the error.

    Raises:
      OSError: the file is missing; train it anew or reinstall the package.
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
        cut=float(stored.get("cut", 0.0)),
    )
