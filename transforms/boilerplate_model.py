# ruff: noqa: RUF001 - marks of other scripts are meant
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

No feature knows a word of any site beyond the stop words and the classes of the rules, so the model
works in languages it was not trained on.

``boilerplate_model.json`` holds the trees. ``tests/bench/train_boilerplate.py`` makes it from pages
with hand-made gold texts: half of the sites, chosen by hash, are never shown to it and give the
figures in that script's report.
"""

import dataclasses
import functools
import itertools
import json
import math
import pathlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.boilerplate_cues import STOP_WORDS

Floats = npt.NDArray[np.float64]

GROUPS: dict[str, int] = {
    **dict.fromkeys(("related_links_v2", "link_heading_v2", "link_list_v1"), 1),
    **dict.fromkeys(
        (
            "share_button_v2",
            "navigation_v2",
            "section_label_v1",
            "media_v2",
            "markup_v1",
            "separator_v1",
            "breadcrumb_v2",
        ),
        2,
    ),
    **dict.fromkeys(
        (
            "prompt_v2",
            "newsletter_v2",
            "subscription_v2",
            "comments_v2",
            "advertisement_v2",
        ),
        3,
    ),
    **dict.fromkeys(("footer_heading_v2", "footer_v2", "copyright_v2", "disclaimer_v2"), 4),
    **dict.fromkeys(
        (
            "field:byline",
            "field:agency",
            "field:credit",
            "timestamp_v2",
            "tags_v2",
            "contributor_v1",
            "desk_credit_v1",
            "author_bio_v2",
        ),
        5,
    ),
    **dict.fromkeys(("caption_v2", "repeated_caption_v1", "repeat_v1"), 6),
    "field:title": 7,
}
"""Rule to class of rules; 0 is a line without a rule."""

_HEAD = 240  # characters of a line that are looked at; its shape shows in its first sentences
_WINDOWS = (4, 10)  # lines before and after that count as surroundings
_BLURS = (1.5, 3, 6, 12)  # lines: a teaser, a paragraph or two, a section, an article
_BODY_WORDS = 10  # a sentence of as many words counts as running text

# One 16-bit counter for each class of characters in a 64-bit number, so that one sum per line
# counts four classes at once; _HEAD keeps every counter far below 2**16.
_LETTER, _UPPER, _DIGIT, _MARK = (1 << shift for shift in (0, 16, 32, 48))


@functools.cache
def _character_table() -> npt.NDArray[np.uint64]:
    table = np.zeros(0x10000, np.uint64)
    for code in range(0x10000):
        category = unicodedata.category(chr(code))
        if category[0] == "L":
            table[code] = _LETTER + (_UPPER if category in ("Lu", "Lt") else 0)
        elif category[0] == "N":
            table[code] = _DIGIT
        elif category[0] in "PS":
            table[code] = _MARK
    return table


def _character_counts(texts: Sequence[str]) -> Floats:
    """Returns letters, capitals, digits and punctuation marks of each text, shape (4, texts)."""
    heads = [text[:_HEAD].encode("utf-16-le", "surrogatepass") for text in texts]
    codes = np.frombuffer(b"".join(heads), np.uint16)
    sizes = np.fromiter((len(head) // 2 for head in heads), np.int64, len(heads))
    starts = np.cumsum(sizes) - sizes
    sums = np.add.reduceat(_character_table()[codes], starts)
    return np.stack([(sums >> np.uint64(shift)) & np.uint64(0xFFFF) for shift in (0, 16, 32, 48)]
                    ).astype(np.float64)  # fmt: skip


def _around(values: Floats, before: int, after: int) -> Floats:
    """Returns for each position the sum of the values ``before`` it or ``after`` it."""
    size = len(values)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    at = np.arange(size)
    if before:
        return np.asarray(sums[at] - sums[np.maximum(at - before, 0)])
    return np.asarray(sums[np.minimum(at + 1 + after, size)] - sums[at + 1])


def _moved(values: Floats, by: int) -> Floats:
    """Returns the values of the lines ``by`` places before (after, if negative); -1 outside."""
    out = np.full(len(values), -1.0)
    if abs(by) < len(values):
        if by > 0:
            out[by:] = values[:-by]
        else:
            out[:by] = values[-by:]
    return out


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


def _richest(gain: Floats) -> tuple[int, int]:
    """Returns first line and end of the stretch with the largest sum (Kadane, 1977)."""
    sums = np.concatenate([[0.0], np.cumsum(gain)])
    lowest = np.minimum.accumulate(sums)
    end = int(np.argmax(sums - lowest))
    return int(np.flatnonzero(sums[: end + 1] == lowest[end])[-1]), end


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
_LINES_AT_ONCE = 32  # times 500 trees is what a processor's cache holds
_READ = 400  # characters of a line whose words are looked at


def features(lines: Lines) -> dict[str, Floats]:
    """Returns the features of the lines of one article, by name; each of shape (lines,)."""
    return _features(lines, _Words(lines.texts))


def _features(lines: Lines, vocabulary: _Words) -> dict[str, Floats]:
    texts = lines.texts
    size = len(texts)
    at = np.arange(size, dtype=np.float64)
    words = np.array(lines.counts, np.float64)
    end = np.array(lines.ended, np.float64)
    stop = np.array(lines.stops, np.float64)
    group = np.array([GROUPS.get(rule or "", 0) for rule in lines.rules])
    cue = np.array([GROUPS.get(rule or "", 0) for rule in lines.cues])
    letters, capitals, digits, marks = _character_counts(texts)
    length = np.array([len(text) for text in texts], np.float64)
    head = np.minimum(length, _HEAD)
    log_words = np.log1p(words)
    stop_share = stop / np.maximum(words, 1)
    upper = capitals / np.maximum(letters, 1)
    caps = capitals / np.maximum(np.minimum(words, _HEAD / 6), 1)
    flagged = (group > 0).astype(np.float64)
    is_body = (end > 0) & (words >= _BODY_WORDS) & (group == 0)
    body = is_body.astype(np.float64)
    body_words = words * body
    total = max(float(body_words.sum()), 1.0)
    seen: dict[str, int] = {}
    again = np.zeros(size)
    for number, text in enumerate(texts):
        seen[text] = seen.get(text, 0) + 1
        again[number] = seen[text] > 1
    repeats = np.array([seen[text] - 1 for text in texts], np.float64)
    repeated = (repeats > 0).astype(np.float64)
    alike = Counter(vocabulary.shapes)
    last = [text[-1] for text in texts]

    # The stretch of lines with the largest sum, where running text counts for, the rest against.
    gain = np.where(
        is_body,
        np.minimum(words, 60),
        np.where(flagged > 0, -4.0, np.where(end > 0, -1.0, -2.5)),
    )
    stretch, stretch_end = _richest(gain)
    inside = (at >= stretch) & (at < stretch_end)
    core = is_body & inside
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
    found: dict[str, Floats] = {
        "log_words": log_words,
        "to_core": log_words - core_words,
        "ended": end,
        "stop_share": stop_share,
        "stops": np.minimum(stop, 12),
        "word_length": length / np.maximum(words, 1),
        "upper": upper,
        "caps": caps,
        "digits": digits / head,
        "marks": marks / head,
        "commas": np.array([text.count(",") for text in texts], np.float64),
        "sentences": np.array([text.count(". ") + text.count("。") for text in texts], np.float64),
        "colon": np.array([mark in ":：" for mark in last], np.float64),
        "bar": np.array(["|" in text or "·" in text or "•" in text for text in texts], np.float64),
        "title_words": np.array(lines.title_words, np.float64),
        "repeats": repeats,
        "again": again,
        "shared": vocabulary.shared,
        "alike": np.array([min(alike[shape] - 1, 20) for shape in vocabulary.shapes], np.float64),
        "topical": topical,
        "log_lines": whole * np.log1p(size),
        "body_share": whole * (body_words.sum() / max(float(words.sum()), 1.0)),
        "log_bodies": whole * np.log1p(body.sum()),
        "flag_share": whole * flagged.mean(),
        "repeat_share": whole * repeated.mean(),
        "median_words": whole * np.median(words),
        "core_words": whole * core_words,
        "place": at / size,
        "word_place": (np.cumsum(body_words) - body_words) / total,
        "to_end": np.minimum(size - 1 - at, 30),
        "log_words_before": np.log1p(np.cumsum(body_words) - body_words),
        "log_words_after": np.log1p(np.cumsum(body_words[::-1])[::-1] - body_words),
        "inside": inside.astype(np.float64),
        "lines_before": np.clip(stretch - at, 0, 30),
        "lines_after": np.clip(at - stretch_end + 1, 0, 40),
        "stretch_words": whole * np.log1p(max(float(gain[stretch:stretch_end].sum()), 0.0)),
        "stretch_share": whole * (body_words[stretch:stretch_end].sum() / total),
        "flags_before": np.minimum(np.cumsum(flagged) - flagged, 30),
        "flags_after": np.minimum(flagged.sum() - np.cumsum(flagged), 30),
        "headings_before": np.minimum(np.cumsum(headings) - headings, 10),
        "comments_before": np.minimum(np.cumsum(comments) - comments, 20),
        "from_title": np.clip(at - title_at[0], -30, 60) if len(title_at) else whole * -99,
        "from_last_title": np.clip(at - title_at[-1], -30, 60) if len(title_at) else whole * -99,
        "since_byline": _since(bylines),
        "since_body": _since(is_body),
        "until_body": _until(is_body),
        "unlike": np.abs(log_words - _moved(log_words, 1))
        + np.abs(log_words - _moved(log_words, -1)),
        "caps_before": _moved(caps, 1),
        "caps_after": _moved(caps, -1),
    }
    for number, name in ((1, "links"), (2, "menu"), (3, "prompt"), (4, "footer"), (5, "fact")):
        found[f"since_{name}"] = _since(cue == number)
        found[f"until_{name}"] = _until(cue == number)
    for by in (1, 2, 3):
        found[f"log_words_before_{by}"] = _moved(log_words, by)
        found[f"log_words_after_{by}"] = _moved(log_words, -by)
    shape = np.round(log_words * 1.5) + 100 * end
    alternating = (shape == np.concatenate([[-1.0, -1.0], shape[:-2]])[:size]).astype(np.float64)
    found["alternating"] = _around(alternating, 8, 0) + alternating + _around(alternating, 0, 8)
    for window in _WINDOWS:
        for side, back, ahead in (("before", window, 0), ("after", 0, window)):
            found[f"body_words_{side}_{window}"] = np.log1p(_around(body_words, back, ahead))
            found[f"short_{side}_{window}"] = _around(1 - body, back, ahead)
            found[f"flagged_{side}_{window}"] = _around(flagged, back, ahead)
            found[f"stops_{side}_{window}"] = _around(stop, back, ahead)
            found[f"repeated_{side}_{window}"] = _around(repeated, back, ahead)
            found[f"topical_{side}_{window}"] = _around(
                np.maximum(topical, 0) * topic_words, back, ahead
            ) / np.maximum(_around(topic_words, back, ahead), 1)
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
    first, end = _richest(gain)
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
        found[f"odds_before_{by}"] = _moved(odds, by)
        found[f"odds_after_{by}"] = _moved(odds, -by)
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
            found[f"kept_{side}_{window}"] = _around(kept, back, ahead)
            found[f"lost_{side}_{window}"] = _around(lost, back, ahead)
    return found


@dataclasses.dataclass(frozen=True)
class Trees:
    """Boosted trees as flat arrays; all trees of a line are walked side by side.

    Attributes:
      names: the features, in the order of the columns.
      feature: column that a node asks for; of a leaf, 0.
      threshold: a line goes left where its feature is at most this; of a leaf, infinity.
      left: the node to go to, and
      right: the other one; a leaf points to itself.
      value: what a leaf adds to the log-odds of being content.
      roots: the first node of each tree.
      depth: steps from a root to the deepest leaf.
    """

    names: tuple[str, ...]
    feature: npt.NDArray[np.int32]
    threshold: Floats
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    value: Floats
    roots: npt.NDArray[np.int32]
    depth: int

    def log_odds(self, found: Mapping[str, Floats]) -> Floats:
        """Returns the log-odds of being content for each line, shape (lines,).

        Sums run over trees in a fixed order within each line.
        """
        columns = np.stack([found[name] for name in self.names], axis=1)
        children = np.stack([self.left, self.right], axis=1).ravel()
        total = np.zeros(len(columns))
        for start in range(0, len(columns), _LINES_AT_ONCE):
            values = columns[start : start + _LINES_AT_ONCE].ravel()
            rows = np.arange(0, len(values), len(self.names), dtype=np.int32)[:, None]
            nodes = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
            for _ in range(self.depth):
                asked = values.take(self.feature.take(nodes) + rows)
                nodes = children.take(2 * nodes + (asked > self.threshold.take(nodes)))
            total[start : start + len(rows)] = self.value.take(nodes).cumsum(axis=1)[:, -1]
        return total

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Trees":
        """Returns the trees that the training script stored; ``None`` is a leaf's threshold."""
        return cls(
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
        )


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
        """Returns the log-odds of being content for each line of an article, shape (lines,)."""
        vocabulary = _Words(lines.texts)
        odds = self.first.log_odds(_features(lines, vocabulary))
        return self.second.log_odds(_second_features(lines, vocabulary, odds))


@functools.cache
def line_model() -> LineModel:
    """Loads the model that lies beside this module.

    Raises:
      OSError: the file is missing; train it anew or reinstall the package.
    """
    path = pathlib.Path(__file__).with_name("boilerplate_model.json")
    try:
        stored = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{path} is missing: reinstall copydesk, or make it with "
            "`python -m tests.bench.train_boilerplate`."
        ) from error
    _character_table()
    return LineModel(
        first=Trees.from_json(stored["first"]),
        second=Trees.from_json(stored["second"]),
        cut=float(stored["cut"]),
    )
