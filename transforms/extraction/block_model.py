"""A trained model that finds the article among the blocks of a page.

An extractor that walks a page from the top down misses text outside the container it chose, and
paragraphs it takes for teasers. This model judges every visible block of the page
(:mod:`transforms.extraction.blocks`), as boilerpipe (Kohlschütter et al., WSDM 2010), dragnet
(Peters and Lecocq, WWW 2013) and web2text (Vogels et al., ECIR 2018) do, with trafilatura's choice
as one feature among others (stacking; Wolpert, 1992).

``block_model.json`` holds the trees; ``tests/bench/train_extraction.py`` makes it from pages with
hand-made gold texts. Half of the sites, chosen by hash, are never shown to it and give the figures
in that script's report. Training repeats each page with less weight as if trafilatura had found
nothing, since the other features must carry the decision where it fails; and as the article alone,
since feeds contain articles without their page.

On pages of other collections, never trained on, trafilatura's fast mode, its precise mode and the
whole of copydesk score:

- 983 pages of trafilatura's own evaluation, as the Go module go-trafilatura 1.12.2 ships them
  (Apache-2.0), with phrases chosen by hand that an extractor must and must not find: F1 of the
  phrases .914, .914 and .942. Without 32 pages of hosts in the training half: .915, .914, .941.
- 134 pages of readability's tests, as the Go module go-readability 2.1.3 ships them (MIT). Their
  gold text is readability's own output, which keeps captions, bylines and repetitions that rules
  remove here: F1 of runs of four words .935, .938 and .932, and .941 without the rules. On the 94
  of them with at least 1,500 characters of text: .943, .946 and .947.
"""

import functools
import pathlib
from collections.abc import Sequence

import numpy as np

from transforms import trees
from transforms.extraction.block_features import Described, Statements, block_features
from transforms.extraction.blocks import Blocks
from transforms.trees import Floats

COVERED = 0.5
"""Share of the extractor's text that the page's blocks must hold. Below it the text comes from
elsewhere (the page's JSON-LD), and blocks cannot replace it."""

LEAST = 0.2
"""Share of the extractor's text below which the model's choice counts as failed. Of 529 pages it
was not trained on, two fell below it, and on both trafilatura had been right."""

TRUST = 0.5
"""Log-odds that trafilatura's choice adds to a block's. They help on pages unlike the training
pages: trained on the other collection alone, F1 of web articles and newspapers rises from .922 to
.928 and from .9566 to .9572. On sites like those it was trained on, cross-validated, F1 is .9541
and .9677 without, .9545 and .9672 with it."""

MOST_BLOCKS = 10_000
"""Blocks of a page above which the extractor's lines stay: the features would take more than 20 MB.
The labelled pages have 210 in the median and 2,000 at most; more are tables and logs."""

REPEATED_LENGTH = 40
"""Characters above which a text occurs once in an article, unless the extractor took both: the less
likely of two is a copy for another screen width. Keeping what the extractor repeats raises F1 from
.9700 to .9706 and from .9774 to .9776 on the web articles and newspapers of the training half, and
from .934 to .941 on readability's pages."""


@functools.cache
def block_model() -> trees.Trees:
    """Loads the model from the file beside this module.

    Raises:
      OSError: the file is missing; train it or reinstall the package.
    """
    path = pathlib.Path(__file__).with_name("block_model.json")
    return trees.from_json(trees.load(path, "tests.bench.train_extraction"))


def article_lines(
    page: Blocks,
    lines: Sequence[str],
    statements: Statements,
    lean: float = 0.0,
    model: trees.Trees | None = None,
) -> list[str]:
    """Returns the blocks of the page that are its article, as lines.

    Args:
      page: all blocks of the page.
      lines: the lines an extractor took for the article; returned unchanged where the blocks hold
        less than ``COVERED`` of them, the model finds less than ``LEAST`` of their length, or the
        page has more than ``MOST_BLOCKS``.
      statements: what the page says of its article.
      lean: log-odds added to the model's cut: more text below 0, fewer errors above.
      model: replaces :func:`block_model`.
    """
    wanted = sum(map(len, lines))
    if not 0 < len(page.texts) <= MOST_BLOCKS:
        return list(lines)
    found = block_features(page, lines, statements)
    kept, candidates = found.features["kept"], found.candidates
    if (found.sizes * kept).sum() < COVERED * wanted:
        return list(lines)
    model = model or block_model()
    odds = model.log_odds(found.features, candidates) + TRUST * kept[candidates]
    chosen: dict[int, float] = {}
    first: dict[str, int] = {}
    for at, score in zip(candidates.tolist(), _grouped(found, odds).tolist(), strict=True):
        if score < model.cut + lean:
            continue
        text = page.texts[at]
        if len(text) > REPEATED_LENGTH:
            other = first.get(text)
            if other is not None and not (kept[other] and kept[at]):
                if score <= chosen[other]:
                    continue
                del chosen[other]
            first[text] = at
        chosen[at] = score
    result = [page.texts[at] for at in sorted(chosen)]
    return result if sum(map(len, result)) >= LEAST * wanted else list(lines)


def _grouped(found: Described, odds: Floats) -> Floats:
    """Returns the log-odds with one value for all rows of a table and all items of a list.

    Their mean, weighted by the square root of the length. Cross-validated F1 rises by .0005, and no
    table ends in its middle.

    Args:
      found: the blocks.
      odds: log-odds of the candidates.
    """
    group, weight = found.groups[found.candidates], np.sqrt(found.sizes[found.candidates])
    sums = np.bincount(group + 1, odds * weight) / np.maximum(np.bincount(group + 1, weight), 1)
    return np.where(group >= 0, sums[group + 1], odds)
