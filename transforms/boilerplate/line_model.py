"""A small trained model that finds the article among the lines of any text.

It judges the lines that no rule decides, in two passes of gradient-boosted trees (Friedman, 2001;
trained with LightGBM, Ke et al., 2017). The first one sees the features of
:mod:`transforms.boilerplate.line_features`. The second one sees the page as the first one judged
it, which makes runs of lines share a fate (stacked sequential learning: Cohen and Carvalho, IJCAI
2005), and learns from first passes that were not trained on the sites they judge. The verdict is
the mean of their log-odds.

A line goes if its log-odds are below ``cut``, and if the text is better without it: to maximise
expected F1, a line stays whose probability is at least half the F1 that the page can reach (Lipton,
Elkan and Naryanaswamy, ECML 2014). Where the model is sure of a page that is no limit; where it
knows little of it, as of a page of lists, lines stay that it doubts, and no text is emptied.

``line_model.json`` holds the trees. ``tests/bench/train_boilerplate.py`` makes it from pages with
hand-made gold texts: half of the sites, chosen by hash, are never shown to it and give the figures
in that script's report.
"""

import dataclasses
import functools
import pathlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from transforms import trees
from transforms.boilerplate.engine import Rule
from transforms.boilerplate.line_features import (
    FIRST,
    KIND_NUMBERS,
    SECOND,
    Features,
    warm_up_tables,
)
from transforms.trees import Floats, Trees

if TYPE_CHECKING:
    from transforms.boilerplate.context import Line

RULE = "line_model_v4"

_SURE = 2.0
"""Log-odds of the first pass from which on a line needs no second one: where all lines of a text
have them, as in most articles without their page, none would fall below the cut."""


@dataclasses.dataclass(frozen=True)
class LineModel:
    """The two passes.

    Attributes:
      first: judges each line by itself and its surroundings.
      second: judges it again by what the first pass made of the page.
      cut: log-odds below which a line is removed.
    """

    first: Trees
    second: Trees
    cut: float

    def log_odds(self, features: Features) -> Floats:
        """Returns the log-odds of being content for each line of an article, shape (lines,)."""
        odds = self.first.sum_leaves(features.first)
        if odds[~features.taken].min(initial=_SURE) >= _SURE:
            return odds
        return (odds + self.second.sum_leaves(features.second(odds))) / 2


def kept(
    odds: Floats, words: npt.NDArray[np.int64], taken: npt.NDArray[np.bool_], cut: float
) -> npt.NDArray[np.bool_]:
    """Returns which lines stay: those above the cut, and those that a good F1 needs.

    Args:
      odds: log-odds of each line.
      words: how many each has.
      taken: whether a rule took it; such lines count for nothing.
      cut: log-odds below which a line goes.
    """
    stay = ~taken & (odds >= cut)
    if stay.sum() == len(taken) - taken.sum():
        return stay
    chance = np.where(taken, 0.0, 1 / (1 + np.exp(-odds)))
    best_first = np.argsort(-chance, kind="stable")
    weight = words[best_first] + 0.5  # so that a line without words counts for something
    true = np.cumsum(chance[best_first] * weight)
    f1 = 2 * true / (np.cumsum(weight) + true[-1])
    return stay | (~taken & (chance >= f1.max() / 2))


def describe(lines: Sequence["Line"], title: str | None, rules: Mapping[str, Rule]) -> Features:
    """Returns the features of the non-blank lines of an article, at least one.

    Args:
      lines: as the rules left them.
      title: the headline, or ``None``.
      rules: the registry.
    """
    kinds = [
        rules[line.rule].kind if line.rule else line.match.kind if line.match else None
        for line in lines
    ]
    return Features(
        [line.text for line in lines],
        title,
        np.array([KIND_NUMBERS[kind] if kind else 0 for kind in kinds], np.int64),
        np.array([line.rule is not None for line in lines]),
    )


def mark(
    lines: Sequence["Line"],
    title: str | None,
    rules: Mapping[str, Rule],
    model: LineModel | None = None,
) -> int:
    """Removes the lines that the model takes for boilerplate.

    Args are those of :func:`describe`, and the model; that of this package if it is ``None``.

    Returns:
      How many lines below the cut stay, since the model knows too little of the text.
    """
    model = line_model() if model is None else model
    features = describe(lines, title, rules)
    odds = model.log_odds(features)
    stay = kept(odds, features.words, features.taken, model.cut)
    for at in np.flatnonzero(~features.taken & ~stay).tolist():
        lines[at].rule = RULE
    return int((stay & (odds < model.cut)).sum())


def warm_up() -> None:
    """Loads the model and builds the tables of characters."""
    line_model()
    warm_up_tables()


@functools.cache
def line_model() -> LineModel:
    """Loads the model that lies beside this module.

    Raises:
      OSError: the file is missing; train it anew or reinstall the package.
      ValueError: it was trained with other features.
    """
    path = pathlib.Path(__file__).with_name("line_model.json")
    stored = trees.load(path, "tests.bench.train_boilerplate")
    model = LineModel(
        first=trees.from_json(stored["first"]),
        second=trees.from_json(stored["second"]),
        cut=float(stored["cut"]),
    )
    if (model.first.names, model.second.names) != (FIRST, SECOND):
        raise ValueError(
            f"{path} was trained with other features: reinstall copydesk, or train it anew with "
            "`python -m tests.bench.train_boilerplate`."
        )
    return model
