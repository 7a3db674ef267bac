"""A small trained model that finds the article in the plain text of a whole page.

It judges the lines that no rule decides, in two passes of gradient-boosted trees (Friedman, 2001;
trained with LightGBM, Ke et al., 2017).

The first pass sees each line's shape and surroundings: what it is made of (words, stop words,
capitals, digits, punctuation), what its neighbours are, how dense running text is around it under
curves of several widths (text density: Kohlschütter and Nejdl, CIKM 2008), what share of the lines
near it the rules took for page furniture and how far the nearest link heading, prompt, footer or
byline is, whether it lies inside the stretch with the most running text (the maximum-subsequence
idea of Pasternack and Roth, WWW 2009), whether its words are those of that stretch (lines about
other stories share few), and how often it repeats.

The second pass sees the page as the first one judged it: the log-odds of the line and of those
around it, of the best stretch and of the valley between it and the line, how many words were kept
before and after, and whether the line's words are those of the lines kept. It is what makes runs
of lines share a fate (stacked sequential learning: Cohen and Carvalho, IJCAI 2005), and learns from
first passes that were not trained on the sites they judge.

The verdict is the mean of the two passes' log-odds: they err on different lines, and together do
better than either (F1 on sites left out, each time a fifth of those trained on: .9229, the first
pass alone .9218, the second .9206; thresholds between -.5 and .1 averaged).

No feature knows a word of any site beyond the stop words and the classes of the rules, so the model
works in languages it was not trained on.

``model.json`` holds the trees. ``tests/bench/train_boilerplate.py`` makes it from pages
with hand-made gold texts: half of the sites, chosen by hash, are never shown to it and give the
figures in that script's report.
"""

import dataclasses
import functools
import itertools
import math
import pathlib
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms import trees
from transforms.lines import shapes as line_shapes
from transforms.lines.shapes import BODY_WORDS, GROUPS, WINDOWS, around, moved, richest
from transforms.text import STOP_WORDS
from transforms.trees import Floats, Trees

_BLURS = (1.5, 3, 6, 12)  # lines: a teaser, a paragraph or two, a section, an article


def _since(marked: npt.NDArray[np.bool_], most: int = 60) -> Floats:
    """Returns how many lines before each line the last marked one lies, at most ``most``."""
    at = np.arange(len(marked))
    last = np.maximum.accumulate(np.where(marked, at, -most))
    far = np.minimum(at - np.concatenate([[-most], last[:-1]]), most)
    return np.asarray(far, np.float64)


def _until(marked: npt.NDArray[np.bool_], most: int = 60) -> Floats:
    """Returns how many lines after each line the next marked one lies, at most ``most``."""
    return _since(marked[::-1], most)[::-1]


def _blurred(values: Floats, width: float) -> Floats:
    """Returns the average of the values around each line under a normal curve, 0 outside."""
    reach = int(3 * width)
    padded = np.pad(values, (reach, reach))
    out = np.zeros(len(values))
    # One multiplication and one addition per line and step, so that the result depends on no
    # library's order of summing.
    for step in range(-reach, reach + 1):
        weight = math.exp(-0.5 * (step / width) ** 2)
        out += weight * padded[reach + step : reach + step + len(values)]
    return out / sum(math.exp(-0.5 * (step / width) ** 2) for step in range(-reach, reach + 1))


class Lines(NamedTuple):
    """The non-blank lines of one article, in order, and what the rules made of them.

    Attributes:
      texts: the lines, at least one; none is empty.
      counts: words of each line.
      ended: whether each line ends as sentences do.
      stops: different stop words in each line.
      rules: the rule each line met, or ``None``.
      cues: the rule each line would meet in other surroundings, or ``None``.
      title_words: share of the title's words in each line, 0 to 1.
    """

    texts: Sequence[str]
    counts: Sequence[int]
    ended: Sequence[bool]
    stops: Sequence[int]
    rules: Sequence[str | None]
    cues: Sequence[str | None]
    title_words: Sequence[float]


class _Words:
    """The words of the lines of one article.

    Attributes:
      topics: of each line, the different words that may say what it is about: of four letters or
        more and no stop words.
      commons: how many lines each such word stands in.
      shapes: of each line, its first and last word and, if it has no more than three, their number;
        digits are alike. ``Reply to this`` and ``Reply to that`` differ, prices do not.
      shared: share of each line's pairs of neighbouring words that another line has too; -1 for a
        line of one word.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        words = [_WORD.findall(text[:_READ].casefold()) for text in texts]
        self.topics = [
            {word for word in line if len(word) >= 4 and word not in STOP_WORDS} for line in words
        ]
        self.commons = Counter(word for line in self.topics for word in line)
        self.shapes = [
            (_DIGITS.sub("0", line[0]), _DIGITS.sub("0", line[-1]), min(len(line), 4))
            if line
            else (text[0], "", 0)
            for text, line in zip(texts, words, strict=True)
        ]
        pairs = [set(itertools.pairwise(line)) for line in words]
        found = Counter(pair for line in pairs for pair in line)
        self.shared = np.array(
            [sum(found[pair] > 1 for pair in line) / len(line) if line else -1.0 for line in pairs]
        )

    def likeness(self, weights: Floats, enough: float) -> Floats:
        """Returns what share of each line's topics the lines with weight have too.

        Args:
          weights: of each line, 0 to 1: how much its words count.
          enough: sum of weights of other lines at which a word counts in full.

        Returns:
          0 to 1 per line, rare words of the page counting for more; -1 for a line without topics.
        """
        bag: dict[str, float] = {}
        for line, weight in zip(self.topics, weights.tolist(), strict=True):
            if weight:
                for word in line:
                    bag[word] = bag.get(word, 0.0) + weight
        found: list[float] = []
        for line, weight in zip(self.topics, weights.tolist(), strict=True):
            total = shared = 0.0
            # Sorted, so that the sums do not depend on the order of a set.
            for word in sorted(line):
                rarity = 1 / math.log(1.5 + self.commons[word])
                total += rarity
                if word in bag:
                    shared += rarity * min(1.0, max(bag[word] - weight, 0.0) / enough)
            found.append(shared / total if line else -1.0)
        return np.array(found)


_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")
_READ = 400  # characters of a line whose words are looked at


def features(lines: Lines) -> dict[str, Floats]:
    """Returns the features of the lines of one article, by name; each of shape (lines,)."""
    return _features(lines, _Words(lines.texts))


# Shapes that gained nothing beside the features below.
_NOT_ASKED = {
    *"quote lower_start digit_start bullet question group from_start".split(),
    *(
        f"{name}_{side}_{by}"
        for name in ("ended", "stop_share", "flagged")
        for side in ("before", "after")
        for by in (1, 2, 3)
    ),
}


def _features(lines: Lines, vocabulary: _Words) -> dict[str, Floats]:
    texts = lines.texts
    size = len(texts)
    at = np.arange(size, dtype=np.float64)
    words = np.array(lines.counts, np.float64)
    end = np.array(lines.ended, np.float64)
    group = np.array([GROUPS.get(rule or "", 0) for rule in lines.rules])
    cue = np.array([GROUPS.get(rule or "", 0) for rule in lines.cues])
    shapes = line_shapes.features(
        texts, lines.counts, lines.ended, lines.stops, group, lines.title_words
    )
    found = {name: values for name, values in shapes.items() if name not in _NOT_ASKED}
    log_words, stop_share = found["log_words"], found["stop_share"]
    is_body = (end > 0) & (words >= BODY_WORDS) & (group == 0)
    body_words = words * is_body
    seen: Counter[str] = Counter()
    again = np.zeros(size)
    for number, text in enumerate(texts):
        seen[text] += 1
        again[number] = seen[text] > 1
    repeated = (found["repeats"] > 0).astype(np.float64)
    alike = Counter(vocabulary.shapes)
    core = is_body & (found["inside"] > 0)
    if core.sum() < 2:
        core = is_body
    core_words = float(np.log1p(np.median(words[core]))) if core.any() else 0.0
    topical = vocabulary.likeness(core.astype(np.float64), 3.0)
    topic_words = np.where(topical < 0, 0.0, np.minimum(words, 30.0))
    titles = np.array([rule == "field:title" for rule in lines.rules])
    title_at = np.flatnonzero(titles)
    comments = np.array([rule == "comments_v2" for rule in lines.cues], np.float64)
    headings = np.array([rule == "link_heading_v2" for rule in lines.cues], np.float64)
    bylines = np.array(
        [
            rule == "field:byline" or other == "timestamp_v2"
            for rule, other in zip(lines.rules, lines.cues, strict=True)
        ]
    )

    whole = np.ones(size)
    found |= {
        "to_core": log_words - core_words,
        "again": again,
        "shared": vocabulary.shared,
        "alike": np.array([min(alike[shape] - 1, 20) for shape in vocabulary.shapes], np.float64),
        "topical": topical,
        "repeat_share": whole * repeated.mean(),
        "core_words": whole * core_words,
        "log_words_before": np.log1p(np.cumsum(body_words) - body_words),
        "log_words_after": np.log1p(np.cumsum(body_words[::-1])[::-1] - body_words),
        "headings_before": np.minimum(np.cumsum(headings) - headings, 10),
        "comments_before": np.minimum(np.cumsum(comments) - comments, 20),
        "from_title": np.clip(at - title_at[0], -30, 60) if len(title_at) else whole * -99,
        "from_last_title": np.clip(at - title_at[-1], -30, 60) if len(title_at) else whole * -99,
        "since_byline": _since(bylines),
        "since_body": _since(is_body),
        "until_body": _until(is_body),
    }
    for number, name in ((1, "links"), (2, "menu"), (3, "prompt"), (4, "footer"), (5, "fact")):
        found[f"since_{name}"] = _since(cue == number)
        found[f"until_{name}"] = _until(cue == number)
    shape = np.round(log_words * 1.5) + 100 * end
    alternating = (shape == np.concatenate([[-1.0, -1.0], shape[:-2]])[:size]).astype(np.float64)
    found["alternating"] = around(alternating, 8, 0) + alternating + around(alternating, 0, 8)
    for window in WINDOWS:
        for side, back, ahead in (("before", window, 0), ("after", 0, window)):
            found[f"repeated_{side}_{window}"] = around(repeated, back, ahead)
            found[f"topical_{side}_{window}"] = around(
                np.maximum(topical, 0) * topic_words, back, ahead
            ) / np.maximum(around(topic_words, back, ahead), 1)
    flags = (cue > 0).astype(np.float64)
    for width in _BLURS:
        found[f"words_near_{width}"] = _blurred(np.minimum(words, 80) * end, width)
        found[f"flags_near_{width}"] = _blurred(flags, width)
        found[f"stops_near_{width}"] = _blurred(stop_share * (words > 3), width)
    return found


def second_features(lines: Lines, odds: Floats) -> dict[str, Floats]:
    """Returns what the first pass' log-odds say about each line, by name; shape (lines,) each."""
    return _second_features(lines, _Words(lines.texts), odds)


def _second_features(lines: Lines, vocabulary: _Words, odds: Floats) -> dict[str, Floats]:
    odds = np.clip(odds, -6, 6)
    free = np.array([rule is None for rule in lines.rules])
    chance = np.where(free, 1 / (1 + np.exp(-odds)), 0.0)
    words = np.minimum(np.array(lines.counts, np.float64), 100.0) + 0.5
    size = len(odds)
    at = np.arange(size, dtype=np.float64)
    whole = np.ones(size)
    kept = chance * words
    lost = words - kept
    total = max(float(kept.sum()), 1e-6)
    sure = free & (odds > 1.5)
    hopeless = ~free | (odds < -2)
    sure_at = np.flatnonzero(sure)
    # The stretch with the largest sum of log-odds, long lines counting for more.
    gain = np.clip(np.where(free, odds, np.minimum(odds, -0.5)), -4, 4) * np.sqrt(words)
    first, end = richest(gain)
    sums = np.concatenate([[0.0], np.cumsum(gain)])
    beside = np.where(
        at >= end, sums[1:] - sums[end], np.where(at < first, sums[first] - sums[:-1], 0.0)
    )
    topical = vocabulary.likeness(np.where(chance > 0.6, chance, 0.0), 2.0)
    topic_words = np.where(topical < 0, 1e-3, np.minimum(words, 30.0))
    found: dict[str, Floats] = {
        "odds": odds,
        "kept_place": (np.cumsum(kept) - kept) / total,
        "kept_words": whole * np.log1p(total),
        "kept_share": whole * (total / words.sum()),
        "word_share": words / total,
        "sure_words": whole * np.log1p(words[sure].sum()),
        "from_first_sure": np.clip(at - sure_at[0], -40, 200) if len(sure_at) else whole * -99,
        "from_last_sure": np.clip(at - sure_at[-1], -200, 40) if len(sure_at) else whole * -99,
        "sure_before": np.cumsum(sure) - sure * 1.0,
        "sure_after": np.cumsum(sure[::-1])[::-1] - sure * 1.0,
        "since_sure": _since(sure),
        "until_sure": _until(sure),
        "since_hopeless": _since(hopeless),
        "until_hopeless": _until(hopeless),
        "from_stretch": np.clip(at - first, -40, 100),
        "to_stretch_end": np.clip(at - end, -100, 40),
        "in_stretch": ((at >= first) & (at < end)).astype(np.float64),
        "stretch_share": whole * (kept[first:end].sum() / total),
        "valley": np.clip(beside, -200, 50),
        "topical": topical,
    }
    for by in (1, 2, 3, 4):
        found[f"odds_before_{by}"] = moved(odds, by)
        found[f"odds_after_{by}"] = moved(odds, -by)
    root = np.sqrt(words)
    for width in (1, 2.5, 6, 15):
        found[f"odds_near_{width}"] = _blurred(odds * root, width) / _blurred(root, width)
        found[f"chance_near_{width}"] = _blurred(kept, width) / _blurred(words, width)
    for width in (3, 8):
        found[f"topical_near_{width}"] = _blurred(
            np.maximum(topical, 0) * topic_words, width
        ) / _blurred(topic_words, width)
    for window in (3, 8, 20):
        for side, back, ahead in (("before", window, 0), ("after", 0, window)):
            found[f"kept_{side}_{window}"] = around(kept, back, ahead)
            found[f"lost_{side}_{window}"] = around(lost, back, ahead)
    return found


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

    def log_odds(self, lines: Lines) -> Floats:
        """Returns the log-odds of being content for each line of an article, shape (lines,).

        They are the mean of what the two passes say.
        """
        vocabulary = _Words(lines.texts)
        odds = self.first.log_odds(_features(lines, vocabulary))
        return (odds + self.second.log_odds(_second_features(lines, vocabulary, odds))) / 2


@functools.cache
def line_model() -> LineModel:
    """Loads the model that lies beside this module.

    Raises:
      OSError: the file is missing; train it anew or reinstall the package.
    """
    stored = trees.load(
        pathlib.Path(__file__).with_name("model.json"), "tests.bench.train_boilerplate"
    )
    line_shapes.warm_up()
    return LineModel(
        first=trees.from_json(stored["first"]),
        second=trees.from_json(stored["second"]),
        cut=float(stored["cut"]),
    )
