"""Marks lines by the trained line model."""

from collections.abc import Sequence
from typing import Any

from transforms.boilerplate.engine import tables
from transforms.lines import model
from transforms.text import STOP_WORDS, key

_PAGE_KINDS = frozenset(("menu", "footer", "links", "prompt"))


def warm_up() -> None:
    """Loads the model."""
    model.line_model()


def mark(lines: Sequence[Any], title: str | None, extracted: bool) -> None:
    """Removes the lines of a page dump that the model takes for boilerplate.

    Args:
      lines: the non-blank lines of an article, as ``transforms.boilerplate.context.Line``.
      title: its headline, or ``None``.
      extracted: whether an HTML extractor left the lines.
    """
    found = [line.match.rule for line in lines if line.match and line.match.kind in _PAGE_KINDS]
    bodies = sum(line.body for line in lines)
    if extracted or len(lines) < 20 or len(found) < 4 or len(set(found)) < 2:
        return
    if bodies > 0.65 * len(lines):
        return
    trees = model.line_model()
    odds = trees.log_odds(model_lines(lines, title))
    for line, worth in zip(lines, odds.tolist(), strict=True):
        if line.rule is None and worth < trees.cut:
            line.rule = "line_model_v3"


def model_lines(lines: Sequence[Any], title: str | None) -> model.Lines:
    """Returns judged lines as the model reads them."""
    wanted = set(key(title or "").split())
    shares: list[float] = []
    for line in lines:
        ours = set(key(line.text[:200]).split()) if wanted else wanted
        shares.append(len(ours & wanted) / min(len(ours), len(wanted)) if ours else 0.0)
    kinds = {name: rule.kind for name, rule in tables().rules.items()}
    return model.Lines(
        texts=[line.text for line in lines],
        counts=[line.words for line in lines],
        ended=[line.ended for line in lines],
        stops=[len(STOP_WORDS.intersection(line.text.split())) for line in lines],
        rules=[line.rule and kinds[line.rule] for line in lines],
        cues=[line.match.kind if line.match else None for line in lines],
        title_words=shares,
    )
