"""A small trained model that finds the article in the plain text of a whole page.

It judges the lines that no rule decides by the features of
:mod:`transforms.compiled.line_features`: gradient-boosted trees (Friedman, 2001; trained with
LightGBM, Ke et al., 2017).

It judges only texts with the menus and footers of a page. Of the lines that a model of all texts
removes from extracted web articles, 45 % are the article's at a cut of -1, 21 % at -2, and F1 falls
with every line.

A line goes if its log-odds are below the model's cut, and if the text is better without it: to
maximise expected F1, a line stays whose probability is at least half the F1 that the text can reach
(Lipton, Elkan and Naryanaswamy, ECML 2014). If the model is sure of a text, that changes nothing;
if it is not, as with a page of lists, doubtful lines stay, and no text is emptied. F1 of web
articles and newspapers on sites left out is .9201 and .9264 with this, .9206 and .9252 without.

``line_model.json`` holds the trees. ``tests/bench/train_boilerplate.py`` makes it from pages with
hand-made gold texts: half of the sites, chosen by hash, are never shown to it and give the figures
in that script's report.
"""

import functools
import pathlib
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from transforms import trees
from transforms.boilerplate.engine import Rule
from transforms.boilerplate.fields import KINDS
from transforms.boilerplate.lines import Judged, Line
from transforms.compiled import line_features
from transforms.compiled.line_features import NAMES, Features
from transforms.trees import Floats, Trees

RULE = "line_model_v4"

KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS, 1)}
"""Number of each kind of rule among the features; 0 is none."""


_DUMP_LINES = 20
"""Lines that a page's menus and footers alone have."""
_DUMP_MATCHES = 4
_DUMP_RULES = 2
"""Different lines of menus, footers, link lists, prompts and comments that a page has, and how many
rules they are of. Of the visible texts of 529 pages 504 have them, of the texts that copydesk
extracts of them one, of 3,153 texts that others extracted one."""
_DUMP_AROUND = 10
_DUMP_LABELS = 3
_LABEL = 40
"""In a language that the tables know little of, one such line is enough where as many lines are
above the first sentence and below the last, and as many labels of fewer characters come back, as
those of menus do. Of 96 newspapers in other languages the English tables alone find 78 without and
85 with this. With all tables it finds 5 pages more of the 529, none of the texts that copydesk or
trafilatura extracts of them, and none of 13,602 that others did. F1 on sites left out is .9225 and
.9224 (web articles), .9183 and .9205 (newspapers) without and with it."""
_DUMP_BODIES = 0.65
"""Share of running text that a page has at most."""
_PAGE_KINDS = frozenset(("menu", "footer", "links", "prompt", "comments"))


def is_page_dump(lines: Sequence["Line"]) -> bool:
    """Returns whether lines look like all visible text of a page, with menus and footers."""
    if len(lines) < _DUMP_LINES:
        return False
    found = {
        line.text: line.match.rule
        for at, line in enumerate(lines)
        if line.match
        and line.match.kind in _PAGE_KINDS
        # A link or prompt between two sentences stands in an article; menus stand together.
        and not (0 < at < len(lines) - 1 and lines[at - 1].body and lines[at + 1].body)
    }
    if not found:
        return False
    bodies = [at for at, line in enumerate(lines) if line.body]
    if len(bodies) > _DUMP_BODIES * len(lines):
        return False
    if len(found) >= _DUMP_MATCHES and len(set(found.values())) >= _DUMP_RULES:
        return True
    if not bodies or min(bodies[0], len(lines) - 1 - bodies[-1]) < _DUMP_AROUND:
        return False
    labels = Counter(line.text for line in lines if len(line.text) < _LABEL)
    return sum(times > 1 for times in labels.values()) >= _DUMP_LABELS


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
    stay: npt.NDArray[np.bool_] = ~taken & (odds >= cut)
    if stay.sum() == len(taken) - taken.sum():
        return stay
    chance = np.where(taken, 0.0, 1 / (1 + np.exp(-odds)))
    best_first = np.argsort(-chance, kind="stable")
    weight = words[best_first] + 0.5  # so that a line without words counts for something
    true = np.cumsum(chance[best_first] * weight)
    f1 = 2 * true / (np.cumsum(weight) + true[-1])
    stay |= ~taken & (chance >= f1.max() / 2)
    return stay


def describe(judged: "Judged", outlet: str | None, rules: Mapping[str, Rule]) -> Features:
    """Returns the features of the lines of an article, at least one.

    Args:
      judged: the lines as the rules left them, with title and authors.
      outlet: the outlet's name, or ``None``.
      rules: the registry.
    """
    lines = judged.lines
    kinds = [
        rules[line.rule].kind if line.rule else line.match.kind if line.match else None
        for line in lines
    ]
    return line_features.describe(
        [line.text for line in lines],
        (judged.title or "", " ".join(judged.authors), outlet or ""),
        np.array([KIND_NUMBERS[kind] if kind else 0 for kind in kinds], np.int64),
        np.array([line.rule is not None for line in lines]),
    )


def mark(
    judged: "Judged",
    outlet: str | None,
    rules: Mapping[str, Rule],
    model: Trees | None,
) -> int:
    """Removes the lines of a page dump that the model takes for boilerplate.

    Args are those of :func:`describe`, and the model; that of this package if it is ``None``.

    Returns:
      How many lines below the cut stay, since the model knows too little of the text.
    """
    if not is_page_dump(judged.lines):
        return 0
    model = line_model() if model is None else model
    features = describe(judged, outlet, rules)
    odds = model.sum_leaves(features.rows)
    stay = kept(odds, features.words, features.taken, model.cut)
    for at in np.flatnonzero(~features.taken & ~stay).tolist():
        judged.lines[at].rule = RULE
    return int((stay & (odds < model.cut)).sum())


@functools.cache
def line_model() -> Trees:
    """Loads the model that lies beside this module.

    Raises:
      OSError: the file is missing; train it or reinstall the package.
      ValueError: it was trained with other features.
    """
    path = pathlib.Path(__file__).with_name("line_model.json")
    model = trees.from_json(trees.load(path, "tests.bench.train_boilerplate"))
    if model.names != NAMES:
        raise ValueError(
            f"{path} was trained with other features: reinstall copydesk, or train it again with "
            "`python -m tests.bench.train_boilerplate`."
        )
    return model
