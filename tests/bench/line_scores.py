"""What rules and line model make of the texts of pages with a known article, in tables.

Scores are those of :mod:`tests.bench.shingle_f1`. The oracle keeps exactly the lines that are the
article's: no choice of lines scores higher than it by much.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from tests.bench import pages, shingle_f1
from tests.bench.shingle_f1 import Matches
from transforms.boilerplate.context import Split


class Removed(NamedTuple):
    """A removed line.

    Attributes:
      rule: what took it.
      gold: how many of its words are the article's, counted as often as the article has them.
      other: how many are not.
    """

    rule: str
    gold: int
    other: int


class Scored(NamedTuple):
    """A text of a page.

    Attributes:
      page: the page.
      kind: ``visible``, ``extracted`` or ``trafilatura``.
      untouched: how its lines match the article,
      after: those that are kept, and
      oracle: those that are the article's.
      removed: the lines taken out.
      spared: lines that stay because the text would be left with too little.
    """

    page: pages.Page
    kind: str
    untouched: Matches
    after: Matches
    oracle: Matches
    removed: list[Removed]
    spared: int

    @property
    def source(self) -> str:
        """The data set."""
        return "fundus" if "/" in self.page.name else "html_articles"


def score(page: pages.Page, kind: str, lines: Sequence[str], parts: Split) -> Scored:
    """Returns the scores of a text of a page.

    Args:
      page: the page.
      kind: which of its texts.
      lines: of the text.
      parts: what rules and model made of them.
    """
    gold = pages.Gold(page.paragraphs)
    texts = [line for line in map(str.strip, lines) if line]
    content = dict(enumerate(gold.labels(texts)))
    removed = []
    for line in parts.removed:
        held = gold.words(line.text)
        removed.append(Removed(line.rule, held, len(pages.tokens(line.text)) - held))
    return Scored(
        page,
        kind,
        shingle_f1.match(page.text, "\n".join(texts)),
        shingle_f1.match(page.text, "\n".join(line.text for line in parts.paragraphs)),
        shingle_f1.match(page.text, "\n".join(t for at, t in enumerate(texts) if content[at])),
        removed,
        parts.spared,
    )


def report(title: str, results: Sequence[Scored]) -> list[str]:
    """Returns the tables: by set, by country of the newspapers, by rule."""
    return [*by_set(title, results), "", *by_country(results), "", *by_rule(results), ""]


def by_set(title: str, results: Sequence[Scored]) -> list[str]:
    """Returns the scores of each data set and kind of text."""
    lines = [
        f"| {title} | text | pages | untouched | P | R | F1 | oracle | pages with spared lines |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for (source, kind), chosen in sorted(_grouped(results, lambda r: (r.source, r.kind)).items()):
        after = shingle_f1.score(result.after for result in chosen)
        lines.append(
            f"| {source} | {kind} | {len(chosen)} "
            f"| {shingle_f1.score(result.untouched for result in chosen).f1:.4f} "
            f"| {after.precision:.4f} | {after.recall:.4f} | {after.f1:.4f} "
            f"| {shingle_f1.score(result.oracle for result in chosen).f1:.4f} "
            f"| {sum(result.spared > 0 for result in chosen)} |"
        )
    return lines


def by_country(results: Sequence[Scored]) -> list[str]:
    """Returns F1 by the country of the newspapers."""
    news = [result for result in results if result.source == "fundus"]
    kinds = sorted({result.kind for result in news})
    lines = [
        f"| country | pages | {' | '.join(f'{kind}, untouched | after' for kind in kinds)} |",
        f"|---|---:|{'---:|---:|' * len(kinds)}",
    ]
    by_name = _grouped(news, lambda result: result.page.name.partition("/")[0])
    for country, chosen in sorted(by_name.items()):
        cells = []
        for kind in kinds:
            some = [result for result in chosen if result.kind == kind]
            cells.append(_f1([result.untouched for result in some]))
            cells.append(_f1([result.after for result in some]))
        pages_of = len({result.page.name for result in chosen})
        lines.append(f"| {country} | {pages_of} | {' | '.join(cells)} |")
    return lines


def by_rule(results: Sequence[Scored]) -> list[str]:
    """Returns what each rule takes, of visible texts and of extracted ones."""
    lines = [
        "| text | rule | lines | sites | gold words | other words | gold share |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for kind, chosen in sorted(_grouped(results, lambda result: result.kind).items()):
        taken: dict[str, list[tuple[str, Removed]]] = defaultdict(list)
        for result in chosen:
            for line in result.removed:
                taken[line.rule].append((result.page.site, line))
        for rule, some in sorted(taken.items(), key=lambda item: -len(item[1])):
            gold = sum(line.gold for _, line in some)
            other = sum(line.other for _, line in some)
            lines.append(
                f"| {kind} | {rule} | {len(some)} | {len({site for site, _ in some})} | {gold} "
                f"| {other} | {gold / max(gold + other, 1):.3f} |"
            )
    return lines


def _f1(matches: Sequence[Matches]) -> str:
    """Returns F1 as a cell; empty where no text has a word."""
    if not any(match.shared + match.extra for match in matches):
        return ""
    return f"{shingle_f1.score(matches).f1:.3f}"


def _grouped(results: Sequence[Scored], group: Callable[[Scored], Any]) -> dict[Any, list[Scored]]:
    found: dict[Any, list[Scored]] = defaultdict(list)
    for result in results:
        found[group(result)].append(result)
    return found
