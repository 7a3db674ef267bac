"""Trains the line model of ``transforms/lines/model.py`` and reports how it does.

Usage: ``python -m tests.bench.train_boilerplate SHARED_DATA`` (needs ``lightgbm``, which nothing
else does). Writes ``transforms/lines/model.json``.

Each page gives one article to learn from: its whole visible text as plain lines. Its gold text as a
clean dump is none: the model hardly ever judges one, and to learn from it took .002 of F1 on pages
of sites left out. A line is content if at least half of its words lie in runs of four words of the
gold text (shorter lines: if they are a line of it); a line that repeats one the gold has once is
not. Lines that a rule decides are not learnt from. What the extractor leaves of a page is scored
too; the rules alone clean it. Pages whose site's hash is odd are only scored.
"""

import argparse
import hashlib
import pathlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import lxml.html
import numpy as np

from tests.bench import boosting, pages, shingle_f1
from transforms import trees
from transforms.extraction.blocks import INLINE, UNSEEN
from transforms.extraction.transform import Extraction
from transforms.extraction.tree import parse_html
from transforms.lines import article as article_lines
from transforms.lines import model as line_model
from transforms.trees import Floats

MODEL = pathlib.Path(line_model.__file__).with_name("model.json")
FOLDS = 5
"""The second pass learns from what a first pass says of sites it was not trained on: five first
passes, each without a fifth of the sites, chosen by hash."""
CUT = -0.2
"""Log-odds below which a line goes: the best F1 on fifths of the trained sites with a model of the
other four."""
SEEDS = (20240917, 20240918)
"""Each pass is the mean of two sets of trees that differ in the lines and features they drew."""
SETTINGS = {**boosting.SETTINGS, "feature_fraction": 0.3}
TREES = 250
SECOND_SETTINGS = {**SETTINGS, "num_leaves": 12, "min_data_in_leaf": 150}
SECOND_TREES = 120

_TOKEN = re.compile(r"\w+")
_HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden")


class Example(NamedTuple):
    """The lines of an article and what is true of them.

    Attributes:
      page: where they come from.
      kind: ``extracted`` or ``visible``.
      lines: non-blank lines, stripped.
      title: the title the page's metadata give.
      authors: the authors they give.
      outlet: the outlet they give.
    """

    page: pages.Page
    kind: str
    lines: list[str]
    title: str | None
    authors: list[str]
    outlet: str | None

    @property
    def extracted(self) -> bool:
        """Whether an HTML extractor left the lines."""
        return self.kind == "extracted"


def visible_lines(root: lxml.html.HtmlElement) -> list[str]:
    """Returns the visible text of a page, one line a block, white space collapsed."""
    lines: list[str] = []
    parts: list[str] = []

    def flush() -> None:
        line = " ".join("".join(parts).split())
        parts.clear()
        if line:
            lines.append(line)

    def walk(element: Any) -> None:
        if not isinstance(element.tag, str) or element.tag in UNSEEN:
            return
        if element.get("hidden") is not None or _HIDDEN.search(element.get("style") or ""):
            return
        block = element.tag not in INLINE
        if block:
            flush()
        parts.append(element.text or "")
        for child in element:
            walk(child)
            parts.append(child.tail or "")
        if element.tag in ("td", "th"):
            parts.append(" ")
        if block:
            flush()

    body = root.find("body")
    walk(root if body is None else body)
    flush()
    return lines


def tokens(text: str) -> list[str]:
    """Returns the words of a text in lower case."""
    return _TOKEN.findall(text.lower())


def labels(lines: Sequence[str], paragraphs: Sequence[str], once: bool = True) -> list[bool]:
    """Returns for each line whether it belongs to the gold text.

    Args:
      lines: of the article.
      paragraphs: of the gold text.
      once: whether a line is content only as often as the gold has it, its first times.
    """
    gold = [token for text in paragraphs for token in tokens(text)]
    runs = {tuple(gold[at : at + 4]) for at in range(len(gold) - 3)}
    whole: Counter[tuple[str, ...]] = Counter()
    for text in paragraphs:
        for part in {text, *text.split("\n")}:
            whole[tuple(tokens(part))] += 1
    seen: Counter[tuple[str, ...]] = Counter()
    found: list[bool] = []
    for line in lines:
        words = tuple(tokens(line))
        content = bool(words) and words in whole
        if not content and len(words) >= 4:
            covered = np.zeros(len(words), bool)
            for at in range(len(words) - 3):
                if words[at : at + 4] in runs:
                    covered[at : at + 4] = True
            content = bool(covered.mean() >= 0.5)
        if once and content and len(words) >= 4:
            seen[words] += 1
            content = seen[words] <= max(whole[words], 1)
        found.append(content)
    return found


def examples(shared: pathlib.Path) -> Iterator[Example]:
    """Yields the examples of all pages with a gold text, page by page."""
    extraction = Extraction()
    for source in (pages.html_articles, pages.fundus):
        for page in source(shared):
            article = {
                "document": page.html,
                "document_type": "html",
                "url": page.url,
                "title": None,
                "authors": [],
                "published_at": None,
                "outlet": None,
                "tags": [],
                "language_hint": None,
            }
            (found,) = extraction.apply_batch([article])
            if isinstance(found, Exception):
                found = article | {"lines": []}
            given = (found["title"], found["authors"], found["outlet"])
            root = parse_html(page.html)
            for kind, lines in (
                ("extracted", found["lines"]),
                ("visible", [] if root is None else visible_lines(root)),
            ):
                if lines:
                    yield Example(page, kind, lines, *given)


class Judged(NamedTuple):
    """An example after the rules: what is left to the model."""

    example: Example
    lines: line_model.Lines
    content: np.ndarray[Any, np.dtype[np.bool_]]


Features = dict[str, Floats]


def judge(example: Example) -> Judged:
    """Returns the example as the rules leave it to the model."""
    entries, title, _ = article_lines.judge_by_rules(
        example.lines, example.title, example.authors, example.outlet
    )
    return Judged(
        example,
        article_lines.model_lines(entries, title),
        np.array(labels([line.text for line in entries], example.page.paragraphs), np.bool_),
    )


def train(judged: Sequence[Judged]) -> dict[str, Any]:
    """Returns a model trained on the judged examples, as the JSON file holds it."""
    found = [line_model.features(item.lines) for item in judged]
    folds = [fold(item.example.page.site) for item in judged]
    first = fit(judged, found, SETTINGS, TREES)
    again: list[Features] = [{}] * len(judged)
    for part in range(FOLDS):
        rest = [at for at, other in enumerate(folds) if other != part]
        passed = trees.from_json(
            fit([judged[at] for at in rest], [found[at] for at in rest], SETTINGS, TREES)
        )
        for at, other in enumerate(folds):
            if other == part:
                again[at] = line_model.second_features(judged[at].lines, passed.log_odds(found[at]))
    second = fit(judged, again, SECOND_SETTINGS, SECOND_TREES)
    return {"cut": CUT, "first": first, "second": second}


def fold(site: str) -> int:
    """Returns which of the parts a site's pages are left out with."""
    return hashlib.sha256(f"fold {site}".encode()).digest()[0] % FOLDS


def fit(
    judged: Sequence[Judged], found: Sequence[Features], settings: dict[str, Any], rounds: int
) -> dict[str, Any]:
    """Returns trees over the features of the lines that the rules leave open."""
    names = list(found[0])
    columns, truth, weights = [], [], []
    for item, features in zip(judged, found, strict=True):
        at = np.flatnonzero([rule is None for rule in item.lines.rules])
        if not len(at):
            continue
        columns.append(np.stack([features[name][at] for name in names], axis=1))
        truth.append(item.content[at])
        # Pages count alike, however long; within a page a line counts as its words do in the score.
        weight = np.minimum(np.array(item.lines.counts, np.float64)[at], 100.0) + 2.0
        weights.append(60.0 * weight / weight.sum())
    return boosting.train(names, columns, truth, weights, rounds, settings=settings, seeds=SEEDS)


def report(found: Sequence[Example]) -> None:
    """Prints precision, recall and F1 before and after, by data and kind of lines."""
    for data in ("html_articles", "fundus"):
        for kind in ("extracted", "visible"):
            chosen = [
                item
                for item in found
                if item.kind == kind
                and item.page.held_out
                and ("/" in item.page.name) == (data == "fundus")
            ]
            ways = {"untouched": _untouched, "rules": _after_rules, "rules and model": _after_model}
            if kind == "extracted":
                del ways["rules and model"]
            for name, kept in ways.items():
                score = shingle_f1.score(
                    shingle_f1.match(item.page.text, "\n".join(kept(item))) for item in chosen
                )
                print(
                    f"{data:13} {kind:9} {name:15} {len(chosen):4} pages never trained on  "
                    f"P {score.precision:.4f}  R {score.recall:.4f}  F1 {score.f1:.4f}",
                    flush=True,
                )


def _untouched(example: Example) -> list[str]:
    return example.lines


def _after_rules(example: Example) -> list[str]:
    return _kept(example, use_model=False)


def _after_model(example: Example) -> list[str]:
    return _kept(example, use_model=True)


def _kept(example: Example, use_model: bool) -> list[str]:
    parts = article_lines.split(
        example.lines,
        example.title,
        example.authors,
        example.outlet,
        extracted=example.extracted,
        use_model=use_model,
    )
    return [paragraph.text for paragraph in parts.paragraphs]


def main() -> None:
    """Trains on one half of the sites, writes the model and prints the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=pathlib.Path, help="folder of the shared data")
    parser.add_argument("--report-only", action="store_true", help="score the committed model")
    options = parser.parse_args()
    found = list(examples(options.shared))
    if not options.report_only:
        judged = [
            judge(example)
            for example in found
            if not example.page.held_out and not example.extracted
        ]
        boosting.write(train(judged), MODEL)
        line_model.line_model.cache_clear()
    report(found)


if __name__ == "__main__":
    main()
