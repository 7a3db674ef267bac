"""What the scripts that train models share: how LightGBM is asked, and how its trees are stored.

Needs ``lightgbm``, which nothing else does: ``.venv/bin/pip install lightgbm``. The same rows give
the same trees: one thread, one seed.
"""

import json
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

SETTINGS: dict[str, Any] = {
    "objective": "binary",
    "num_leaves": 24,
    "max_depth": 8,
    "learning_rate": 0.07,
    "min_data_in_leaf": 80,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 127,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}


SEED = 20240917


def train(
    names: Sequence[str],
    columns: Sequence[npt.NDArray[Any]],
    truth: Sequence[npt.NDArray[Any]],
    weights: Sequence[npt.NDArray[np.float64]],
    trees: int,
    cut: float = 0.0,
    settings: Mapping[str, Any] = SETTINGS,
    seeds: Sequence[int] = (SEED,),
) -> dict[str, Any]:
    """Returns trained trees as :func:`transforms.trees.from_json` reads them.

    Args:
      names: of the features.
      columns: features of the rows of each article, of shape (rows, features).
      truth: whether each row is content, of shape (rows,).
      weights: of the rows, of shape (rows,).
      trees: how many to train.
      cut: log-odds from which on a row is content.
      settings: of LightGBM.
      seeds: the result is the mean of as many sets of trees, which differ in the rows and features
        they drew.
    """
    import lightgbm

    dumps = [
        lightgbm.train(
            {**settings, "seed": seed},
            lightgbm.Dataset(
                np.concatenate(columns),
                np.concatenate(truth),
                weight=np.concatenate(weights),
                feature_name=list(names),
            ),
            trees,
        ).dump_model()
        for seed in seeds
    ]
    return _flat(dumps, names, cut)


def page_weights(words: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Returns how much the lines of one page count in training.

    Pages count alike, however long; within a page long lines count for more, as in the score.

    Args:
      words: words of each line.
    """
    weight = np.sqrt(np.minimum(words, 60.0)) + 0.5
    return np.asarray(20.0 * weight / weight.sum() + 0.05 * weight)


def without_unused(model: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a model less the features that none of its trees splits by; the same predictions."""
    splits = [left != node for node, left in enumerate(model["left"])]
    used = sorted({at for at, split in zip(model["feature"], splits, strict=True) if split})
    number = {at: new for new, at in enumerate(used)}
    return {
        **model,
        "names": [model["names"][at] for at in used],
        "feature": [number.get(at, 0) for at in model["feature"]],
    }


def write(model: Mapping[str, Any], path: pathlib.Path) -> None:
    """Writes the trees as a JSON file."""
    path.write_text(json.dumps(model, separators=(",", ":")) + "\n", "utf-8")


def _flat(dumps: Sequence[dict[str, Any]], names: Sequence[str], cut: float) -> dict[str, Any]:
    """Returns the mean of some sets of trees as flat arrays."""
    feature: list[int] = []
    threshold: list[float | None] = []
    left: list[int] = []
    right: list[int] = []
    value: list[float] = []

    def add(node: dict[str, Any]) -> int:
        own = len(feature)
        leaf = "leaf_value" in node
        feature.append(0 if leaf else node["split_feature"])
        threshold.append(None if leaf else float(f"{node['threshold']:.7g}"))
        value.append(float(f"{node['leaf_value'] / len(dumps):.5g}") if leaf else 0.0)
        left.append(own)
        right.append(own)
        if not leaf:
            left[own] = add(node["left_child"])
            right[own] = add(node["right_child"])
        return own

    roots = [add(tree["tree_structure"]) for dump in dumps for tree in dump["tree_info"]]
    return {
        "names": list(names),
        "roots": roots,
        "cut": cut,
        "feature": feature,
        "threshold": threshold,
        "left": left,
        "right": right,
        "value": value,
    }
