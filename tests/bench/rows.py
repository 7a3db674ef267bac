"""Prints what every row of the tables earns and costs.

Usage: ``python -m tests.bench.rows SHARED_DATA [--held-out]``. Of each row: how many lines of how
many sites it takes from the visible text of the pages with a known article, how many of their words
are the article's, and how many lines of how many outlets it takes from texts that were extracted
elsewhere. A row is kept if it takes lines of two sites or outlets, and if at most 3 % of the words
it takes on pages it was not written from are the article's. The words of the headline are not lost
where a line with it goes, as half of the known articles begin with theirs: the record has it as its
title.

Pages whose site's hash is odd are held out: look at their scores, never at their lines.
"""

import argparse
import gzip
import itertools
import json
import pathlib
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tests.bench import pages
from tests.bench.train_boilerplate import visible_lines
from transforms.boilerplate.context import judge
from transforms.boilerplate.engine import tables
from transforms.boilerplate.lines import Line
from transforms.extraction.page import parse_html

MOST_LOST = 0.03
ELSEWHERE = 3000  # texts extracted elsewhere that are read

Key = tuple[str, str]
"""Name of a rule, and the row: its file and what it takes; ``surroundings`` for no row."""


class Taken:
    """What a row takes.

    Attributes:
      lines, sites: lines of pages with a known article, and their sites.
      words, lost: words in them, and those that are the article's.
      found, outlets: lines of texts extracted elsewhere, and their outlets.
    """

    def __init__(self) -> None:
        self.lines = self.words = self.lost = self.found = 0
        self.sites: set[str] = set()
        self.outlets: set[str] = set()


def key_of(line: Line) -> Key:
    """Returns the key of what took a line."""
    if line.match is None or line.match.rule != line.rule:
        return line.rule or "", "surroundings"
    row = tables().rows[line.match.row]
    return row.rule, f"{row.language}, {row.where}: {row.about}"


def taken(shared: pathlib.Path, held_out: bool) -> dict[Key, Taken]:
    """Returns what every row takes of the half of the pages, and of texts extracted elsewhere."""
    found: dict[Key, Taken] = defaultdict(Taken)
    for page in itertools.chain(pages.html_articles(shared), pages.fundus(shared)):
        root = parse_html(page.html)
        if page.held_out != held_out or root is None:
            continue
        lines = judge(visible_lines(root), page.title).lines
        labels = pages.Gold(page.paragraphs).labels([line.text for line in lines])
        for line, is_article in zip(lines, labels, strict=True):
            if line.rule is not None:
                count = len(pages.tokens(line.text))
                row = found[key_of(line)]
                row.lines += 1
                row.words += count
                row.lost += is_article * (count - in_title(line.text, page.title))
                row.sites.add(page.site)
    for outlet, lines in elsewhere(shared):
        for line in lines:
            if line.rule is not None:
                row = found[key_of(line)]
                row.found += 1
                row.outlets.add(outlet)
    return found


def in_title(line: str, title: str | None) -> int:
    """Returns how many words of a line are the headline, if it holds that."""
    wanted = pages.tokens(title or "")
    words = pages.tokens(line)
    starts = range(len(words) - len(wanted) + 1)
    return len(wanted) if any(words[at : at + len(wanted)] == wanted for at in starts) else 0


def elsewhere(shared: pathlib.Path) -> Iterator[tuple[str, Sequence[Line]]]:
    """Yields outlet and judged lines of texts that were extracted elsewhere."""
    with gzip.open(shared / "allsides" / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        for record in map(json.loads, itertools.islice(file, ELSEWHERE)):
            lines = judge(record["text"].split("\n"), record["title"], (), record["source"]).lines
            yield record["source"], lines


def table(found: dict[Key, Taken]) -> list[str]:
    """Returns the table, one line a row of the tables; those that fail the bar are marked."""
    lines = [
        "| rule | row | lines | sites | words | the article's | lines elsewhere | outlets |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for (rule, row), of in sorted(found.items()):
        mark = " !" if of.lost > MOST_LOST * of.words else ""
        lines.append(
            f"| {rule} | {row} | {of.lines} | {len(of.sites)} | {of.words} | {of.lost}{mark} "
            f"| {of.found} | {len(of.outlets)} |"
        )
    return lines


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=pathlib.Path, help="folder of the shared data")
    parser.add_argument("--held-out", action="store_true", help="of the pages held out")
    options = parser.parse_args()
    print("\n".join(table(taken(options.shared, options.held_out))))


if __name__ == "__main__":
    main()
