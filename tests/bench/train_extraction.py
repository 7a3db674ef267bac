"""Trains the block model of ``transforms/extraction/block_model.py`` and reports how it does.

Usage: ``python -m tests.bench.train_extraction SHARED_DATA [--report-only | --folds]`` (training
needs ``lightgbm``, which nothing else does). Writes ``transforms/extraction/block_model.json``.

A block of a page is content if at least half of its words lie in runs of four words of the gold
text (shorter blocks: if they are a line of it). Of blocks with one text, as many are content as the
gold has of it: those with the most other content around them. Then each block of fewer than
``SHORT`` words beside the content changes sides where that brings the page's text closer to the
gold.

Pages whose site's hash is odd are only scored. ``--folds`` scores the others, each with a model of
four fifths of their sites: choose settings by those figures.
"""

import argparse
import dataclasses
import hashlib
import html
import pathlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tests.bench import boosting, pages, shingle_f1
from tests.bench.pages import Gold, tokens
from tests.bench.paragraph_share import whole_paragraphs
from transforms import trees
from transforms.boilerplate.context import split
from transforms.extraction import block_model
from transforms.extraction.block_features import Statements, block_features
from transforms.extraction.blocks import Blocks, page_blocks
from transforms.extraction.metadata import page_metadata, read_page
from transforms.extraction.page import judge
from transforms.extraction.tree import parse_html

MODEL = pathlib.Path(block_model.__file__).with_name("block_model.json")
TREES = 220
"""With a learning rate of .06; cross-validated F1 of newspapers is .9665 with 160 at .08 and .9677
with 300 at .045, that of web articles .954 with both, and time grows with their number."""
CUT = 0.0
"""Log-odds from which on a block is kept. Cross-validated F1 of web articles and newspapers: .9522
and .9665 at -.3, .9515 and .9668 at 0, .9507 and .9674 at .2; on newspapers with a model of web
articles alone .956, .956 and .958. Other sites' pages want the higher cut."""
SETTINGS = boosting.SETTINGS | {"learning_rate": 0.06, "feature_fraction": 0.3, "max_bin": 63}
"""Cross-validated F1 of the blocks alone is .9524 and .9631; with the mean of three sets of 75
trees at .09, each of 70 % of the pages, .9508 and .9606. Odds that lean on those of the blocks
beside them lose .0001 and .005. A second stage (Wolpert, 1992) with the odds of sites left out in
place of trafilatura's choice (of neighbours, elements around, blocks of one kind), runs of verdicts
and rank has .9498 and .9621, the mean of both stages .9525 and .9652, where one stage of 110 trees
has .9526 and .9658 (before the rules).
"""
BLIND = 0.1
"""What a page counts without trafilatura's lines, beside the same page with them. Cross-validated
F1 of web articles and newspapers without such copies .948 and .971, at .2 .952 and .968, at .5 .953
and .966: trafilatura fails more often on the former. Trained on the other kind alone, F1 is .002
and .003 higher without."""
ALONE = 0.15
"""What an article without its page counts, beside a whole page."""
MOST = 0.8
SHORT = 9
FOLDS = 5


@dataclasses.dataclass
class Example:
    """A page with its blocks and what is true of them.

    Attributes:
      page: where they come from.
      blocks: all of its blocks; at least one.
      lines: what trafilatura takes for the article.
      statements: what the page says of it.
      authors: the authors its metadata give.
      outlet: the outlet they give.
      content: which blocks are content, of shape (blocks,).
    """

    page: pages.Page
    blocks: Blocks
    lines: list[str]
    statements: Statements
    authors: list[str]
    outlet: str | None
    content: npt.NDArray[np.bool_]

    @property
    def source(self) -> str:
        """The data set."""
        return "fundus" if "/" in self.page.name else "html_articles"

    @property
    def fold(self) -> int:
        """The page's part in cross-validation, the same for all pages of a site."""
        return fold(self.page.site)

    def product(self, lines: list[str]) -> list[str]:
        """Returns what the rules leave of extracted lines."""
        title = self.statements.title or None
        parts = split(lines, title, self.authors, self.outlet)
        return [paragraph.text for paragraph in parts.paragraphs]


def fold(site: str) -> int:
    """Returns which of the parts a site's pages are left out with in cross-validation."""
    return hashlib.sha256(site.encode()).digest()[0] % FOLDS


def examples(shared: pathlib.Path, held_out: bool | None = None) -> Iterator[Example]:
    """Yields the pages that have any text.

    Args:
      shared: the data folder.
      held_out: which half; None for both.
    """
    for source in (pages.html_articles, pages.fundus):
        for page in source(shared):
            if held_out is not None and page.held_out != held_out:
                continue
            root = parse_html(page.html)
            if root is None:
                continue
            said = read_page(root)
            found = page_metadata(root, said, page.url)
            blocks, lines, statements = judge(root, said, found["title"] or "")
            content = block_labels(blocks.texts, page.paragraphs)
            authors, outlet = found["authors"], found["outlet"]
            yield Example(page, blocks, lines, statements, authors, outlet, content)


def block_labels(texts: Sequence[str], paragraphs: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Returns for each block whether it is content."""
    words = [tuple(tokens(text)) for text in texts]
    count = np.array([len(some) for some in words], np.float64)
    content = np.array(Gold(paragraphs).labels(texts, once=False), np.bool_)
    wanted = Counter(
        tuple(tokens(line)) for text in paragraphs for line in {text, *text.split("\n")}
    )
    times = Counter(words)
    sure = content * count * np.array([times[some] == 1 for some in words])
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at in np.flatnonzero(content).tolist():
        places[words[at]].append(at)
    for some, found in places.items():
        around = {at: sure[max(0, at - 6) : at + 7].sum() for at in found}
        best = sorted(found, key=lambda at: (-around[at], at))
        content[best[max(wanted[some], 1) :]] = False
    long = content * count * (count >= shingle_f1.SHINGLE_WORDS)
    for at in np.flatnonzero(content & (count < shingle_f1.SHINGLE_WORDS)).tolist():
        content[at] = long[max(0, at - 3) : at + 4].sum() >= 8
    _improve(content, texts, "\n\n".join(paragraphs))
    return content


def _improve(content: npt.NDArray[np.bool_], texts: Sequence[str], gold: str) -> None:
    """Changes the label of short blocks beside the content where that raises the page's F1."""
    near = np.flatnonzero(content)
    if not len(near):
        return
    words = [shingle_f1.words(text) for text in texts]
    wanted = shingle_f1.shingles(gold)

    def f1() -> float:
        chosen = [word for some, kept in zip(words, content, strict=True) if kept for word in some]
        found = shingle_f1.runs(chosen)
        return 2 * (found & wanted).total() / max(found.total() + wanted.total(), 1)

    best = f1()
    for at, some in enumerate(words):
        if 0 < len(some) < SHORT and (content[at] or np.abs(near - at).min() <= 3):
            content[at] = not content[at]
            if (score := f1()) > best + 1e-9:
                best = score
            else:
                content[at] = not content[at]


class Lesson(NamedTuple):
    """What the model learns from once.

    Attributes:
      blocks: of a page or a part of it.
      lines: what trafilatura takes for the article.
      content: which blocks are content, of shape (blocks,).
      weight: how much it counts, beside a whole page.
    """

    blocks: Blocks
    lines: Sequence[str]
    content: npt.NDArray[np.bool_]
    weight: float


def lessons(item: Example) -> Iterator[Lesson]:
    """Yields the page, the page as if trafilatura had found nothing, and the article alone.

    Feeds and databases hand over articles without their page. The article alone comes twice: as the
    innermost element with ``MOST`` of its words, and as its gold text in paragraphs.
    """
    if not item.blocks.texts:
        return
    yield Lesson(item.blocks, item.lines, item.content, 1.0)
    yield Lesson(item.blocks, [], item.content, BLIND)
    words = np.array([len(tokens(text)) for text in item.blocks.texts])
    held = np.concatenate([[0], np.cumsum(words * item.content)])
    starts, ends = item.blocks.starts, item.blocks.ends
    number = int(np.flatnonzero(held[ends] - held[starts] >= MOST * held[-1])[-1])
    part = _part(item.blocks, number)
    if part.texts and held[-1]:
        rows = slice(int(starts[number]), int(ends[number]))
        yield Lesson(part, item.lines, item.content[rows], ALONE)
    text = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in item.page.paragraphs)
    root = parse_html(text)
    if root is not None:
        gold = page_blocks(root)
        yield Lesson(gold, gold.texts, np.ones(len(gold.texts), np.bool_), ALONE)


def _part(page: Blocks, number: int) -> Blocks:
    """Returns the blocks in one element, as if it were the body of the page."""
    end = number + 1
    while end < len(page.parents) and page.parents[end] >= number:
        end += 1
    first, elements = page.starts[number], slice(number, end)
    rows = slice(int(first), int(page.ends[number]))
    return page._replace(
        texts=page.texts[rows],
        linked=page.linked[rows],
        strong=page.strong[rows],
        element=page.element[rows] - number,
        inside=page.inside[rows],
        named=page.named[rows],
        named_near=page.named_near[rows],
        parents=np.maximum(page.parents[elements] - number, 0),
        tags=page.tags[elements],
        names=page.names[elements],
        starts=page.starts[elements] - first,
        ends=page.ends[elements] - first,
    )


def train(chosen: Iterable[Example]) -> dict[str, Any]:
    """Returns a model trained on the examples, as the JSON file holds it."""
    columns, truth, weights = [], [], []
    names: list[str] = []
    for item in chosen:
        for lesson in lessons(item):
            found = block_features(lesson.blocks, lesson.lines, item.statements)
            names, at = list(found.features), found.candidates
            if not len(at):
                continue
            rows = [values[at] for values in found.features.values()]
            columns.append(np.stack(rows, axis=1).astype(np.float32))
            truth.append(lesson.content[at])
            words = np.expm1(found.features["log_words"][at])
            weights.append(lesson.weight * boosting.page_weights(words))
    model = boosting.train(names, columns, truth, weights, TREES, CUT, SETTINGS)
    return boosting.without_unused(model)


def judged_lines(item: Example, model: trees.Trees) -> list[str]:
    """Returns the lines that a model finds in a page."""
    return block_model.article_lines(item.blocks, item.lines, item.statements, model=model)


def report(title: str, scored: Sequence[tuple[Example, list[str]]]) -> None:
    """Prints precision, recall, F1 and whole paragraphs before and after, by data set."""
    for source in ("html_articles", "fundus"):
        chosen = [(item, lines) for item, lines in scored if item.source == source]
        if not chosen:
            continue
        ways = {
            "trafilatura": [item.lines for item, _ in chosen],
            "trafilatura, rules": [item.product(item.lines) for item, _ in chosen],
            "model": [lines for _, lines in chosen],
            "model, rules": [item.product(lines) for item, lines in chosen],
        }
        for name, results in ways.items():
            pairs = [(item.page, lines) for (item, _), lines in zip(chosen, results, strict=True)]
            score = shingle_f1.score(
                shingle_f1.match(page.text, "\n".join(lines)) for page, lines in pairs
            )
            whole = np.mean([whole_paragraphs(page.paragraphs, lines) for page, lines in pairs])
            print(
                f"{title:22} {source:13} {name:18} {len(pairs):4} pages  P {score.precision:.4f}  "
                f"R {score.recall:.4f}  F1 {score.f1:.4f}  paragraphs {whole:.4f}",
                flush=True,
            )


def _compiled(model: dict[str, Any]) -> trees.Trees:
    return trees.from_json(model)


def cross_validate(chosen: Sequence[Example]) -> None:
    """Prints the scores of each fifth of the sites with a model of the others."""
    scored = []
    for part in range(FOLDS):
        model = _compiled(train(item for item in chosen if item.fold != part))
        scored += [(item, judged_lines(item, model)) for item in chosen if item.fold == part]
    report("cross-validated", scored)


def transfer(chosen: Sequence[Example]) -> None:
    """Prints the scores on the held-out half of each data set with a model of the other one."""
    for source in ("html_articles", "fundus"):
        model = _compiled(
            train(item for item in chosen if item.source == source and not item.page.held_out)
        )
        others = [item for item in chosen if item.source != source and item.page.held_out]
        report(f"from {source}", [(item, judged_lines(item, model)) for item in others])


def main() -> None:
    """Trains on one half of the sites, writes the model and prints the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=pathlib.Path, help="folder of the shared data")
    parser.add_argument("--report-only", action="store_true", help="score the committed model")
    parser.add_argument("--folds", action="store_true", help="cross-validate, write nothing")
    parser.add_argument(
        "--transfer",
        action="store_true",
        help="train on one data set, score on the other, write nothing",
    )
    options = parser.parse_args()
    if options.folds:
        cross_validate(list(examples(options.shared, held_out=False)))
        return
    found = list(examples(options.shared))
    if options.transfer:
        transfer(found)
        return
    if not options.report_only:
        boosting.write(train(item for item in found if not item.page.held_out), MODEL)
        block_model.block_model.cache_clear()
    model = block_model.block_model()
    report(
        "never trained on",
        [(item, judged_lines(item, model)) for item in found if item.page.held_out],
    )


if __name__ == "__main__":
    main()
