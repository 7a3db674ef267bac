"""Scores the copies a tool reports against a corpus whose copies are known.

    python -m tests.bench.score --warehouse DIR --corpus FOLDER [--json FILE]

Recall: of the known copies (``gold.tsv``), how many are reported. A copy counts as found when a
link joins it, or a paragraph of the very same words, to its source, or to one of the very same
words as its source. (Where a source was printed twice in the same words, both are the source.)
``defined`` gives the same share over only those copies that are copies by the definition in
``naive``; a paragraph with 30 % of its words changed mostly is none any more. ``overall`` leaves
that kind out. ``clustered``: copy and source stand in one cluster. A line an outlet prints under
many articles counts as found, too, when it was removed from the article as boilerplate. ``missing``
are copies that lack a side in the output (a real caption or footer that a rule took out, rightly or
not); ``kept`` is the recall over the others.

Precision: of the reported links of a kind, how many are right. ``exactly`` holds every link to the
definition of its kind, recomputed naively from the texts; a passage to equal words in its spans.
``truly`` asks instead whether the two paragraphs have a common original: whether one is a copy at
all.
"""

import argparse
import collections
import dataclasses
import functools
import json
import sys
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench import naive
from tests.bench.corpus import KINDS, Gold, Known, read_gold, read_known

LEFT_OUT = "edit_30"
"""The kind that ``overall`` leaves out."""

ALTERED_JACCARD = 0.6
"""A paragraph a pipeline changed (took the dateline off) is still known by this similarity."""


class Link(NamedTuple):
    """A reported copy.

    Attributes:
      paragraph: its index.
      source: index of the other one.
      kind: what the tool calls it.
      spans: start and end of what both share, in characters of the one and of the other.
    """

    paragraph: int
    source: int
    kind: str
    spans: tuple[tuple[int, int, int, int], ...] = ()


class Reported(NamedTuple):
    """What a tool made of a corpus.

    Attributes:
      texts: the paragraphs as the tool has them.
      known: for each of them its index in the corpus, or ``None`` where it has no equal there.
      links: between indexes of ``texts``.
      clusters: a label for each of them; ``None`` where the tool has no clusters.
      removed: indexes in the corpus of paragraphs the tool took out on purpose.
    """

    texts: Sequence[str]
    known: Sequence[int | None]
    links: Sequence[Link]
    clusters: Sequence[Hashable] | None = None
    removed: frozenset[int] = frozenset()


@dataclasses.dataclass
class Recall:
    """Counts over the known copies of one kind."""

    copies: int = 0
    found: int = 0
    defined: int = 0
    defined_found: int = 0
    clustered: int = 0
    missing: int = 0
    """Copies of which the tool's output lacks one side."""

    def add(self, other: "Recall") -> None:
        """Adds the counts of another."""
        for field in dataclasses.fields(self):
            name = field.name
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def figures(self) -> dict[str, float | int | None]:
        """Returns the counts and the shares they make."""
        return {
            "copies": self.copies,
            "recall": _share(self.found, self.copies),
            "defined": self.defined,
            "defined_recall": _share(self.defined_found, self.defined),
            "clustered": _share(self.clustered, self.copies),
            "missing": self.missing,
            "kept_recall": _share(self.found, self.copies - self.missing),
        }


@dataclasses.dataclass
class Precision:
    """Counts over the reported links of one kind."""

    links: int = 0
    exactly: int = 0
    truly: int = 0
    traceable: int = 0
    """Links of which both sides are paragraphs of the corpus."""

    def figures(self) -> dict[str, float | int | None]:
        """Returns the counts and the shares they make."""
        return {
            "links": self.links,
            "precision": _share(self.exactly, self.links),
            "true_copies": _share(self.truly, self.traceable),
        }


class Scores(NamedTuple):
    """Recall by kind of copy with ``overall``, precision by kind of link."""

    recall: Mapping[str, Recall]
    precision: Mapping[str, Precision]

    def figures(self) -> dict[str, object]:
        """Returns everything as plain numbers, for JSON."""
        return {
            "recall": {kind: counts.figures() for kind, counts in self.recall.items()},
            "precision": {kind: counts.figures() for kind, counts in self.precision.items()},
        }

    def table(self) -> str:
        """Returns everything as Markdown."""
        lines = [
            "| kind | copies | recall | defined | recall of those | clustered | missing | kept |",
            "|---|---:|---:|---:|---:|---:|---:|---:|",
        ]
        for kind, counts in self.recall.items():
            row = counts.figures()
            lines.append(
                f"| {kind} | {row['copies']} | {_percent(row['recall'])} | {row['defined']} "
                f"| {_percent(row['defined_recall'])} | {_percent(row['clustered'])} "
                f"| {row['missing']} | {_percent(row['kept_recall'])} |"
            )
        lines += ["", "| link | reported | precision | true copies |", "|---|---:|---:|---:|"]
        for kind, links in self.precision.items():
            row = links.figures()
            lines.append(
                f"| {kind} | {row['links']} | {_percent(row['precision'])} "
                f"| {_percent(row['true_copies'])} |"
            )
        return "\n".join(lines)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _percent(value: float | int | None) -> str:
    return "–" if value is None else f"{value:.4f}"  # noqa: RUF001 - a dash in a table


ORACLE_KINDS = ("exact", "near", "contained", "any")
"""Kinds that the words of two paragraphs decide; a passage may go on beyond them."""


def has_its_spans(text: str, source: str, link: Link) -> bool:
    """Returns whether a link has spans, and each of them the same words on both sides."""
    return bool(link.spans) and all(
        naive.tokenise(text[start:end]) == naive.tokenise(source[source_start:source_end]) != []
        for start, end, source_start, source_end in link.spans
    )


def meets(kind: str, left: Sequence[str], right: Sequence[str]) -> bool:
    """Returns whether two word lists are what a link says they are.

    Args:
      kind: exact, near, contained, or ``any`` for a tool that knows only one kind.
      left: words of one paragraph.
      right: words of the other.

    Raises:
      ValueError: the kind is none of these.
    """
    if kind == "any":
        return naive.classify(left, right) is not None
    if kind == "exact":
        return bool(left) and list(left) == list(right)
    if kind == "near":
        long_enough = min(len(left), len(right)) >= naive.NEAR_WORDS
        return long_enough and naive.jaccard(left, right) >= naive.NEAR_JACCARD
    if kind == "contained":
        shared = naive.shared_six_word_shingles(left, right)
        share = max(naive.containment(left, right), naive.containment(right, left))
        return shared >= naive.CONTAINED_SHINGLES and share >= naive.CONTAINED_SHARE
    raise ValueError(f"{kind!r} is no kind of link; there are exact, near, contained and any")


def score(known: Sequence[Known], gold: Sequence[Gold], reported: Reported) -> Scores:
    """Returns how good what was reported is.

    Args:
      known: the paragraphs of the corpus.
      gold: its known copies.
      reported: what the tool made of it.
    """

    @functools.cache
    def words(index: int) -> tuple[str, ...]:
        return tuple(naive.tokenise(reported.texts[index]))

    place = {(paragraph.url, paragraph.position): at for at, paragraph in enumerate(known)}
    at_known = {at: index for index, at in enumerate(reported.known) if at is not None}
    linked: set[tuple[int, tuple[str, ...]]] = set()
    linked_words: set[frozenset[tuple[str, ...]]] = set()
    precision = {kind: Precision() for kind in (*ORACLE_KINDS, "passage")}
    for link in reported.links:
        left, right = words(link.paragraph), words(link.source)
        linked.update(((link.paragraph, right), (link.source, left)))
        linked_words.add(frozenset((left, right)))
        counts = precision[link.kind]
        counts.links += 1
        if link.kind == "passage":
            counts.exactly += has_its_spans(
                reported.texts[link.paragraph], reported.texts[link.source], link
            )
        else:
            counts.exactly += meets(link.kind, left, right)
        at, source_at = reported.known[link.paragraph], reported.known[link.source]
        if at is not None and source_at is not None:
            counts.traceable += 1
            counts.truly += bool(known[at].origins & known[source_at].origins)
    recall = {kind: Recall() for kind in KINDS}
    for pair in gold:
        counts_of_kind = recall[pair.kind]
        copy_at = place[pair.url, pair.position]
        copy = at_known.get(copy_at)
        source = at_known.get(place[pair.source_url, pair.source_position])
        found = clustered = False
        if pair.kind == "hot_line" and copy_at in reported.removed:
            found = clustered = True
        elif copy is None or source is None:
            counts_of_kind.missing += 1
        else:
            # Paragraphs of the same words need a link of this very copy; else any pair of
            # paragraphs with these words will do.
            found = (copy, words(source)) in linked or (
                words(copy) != words(source)
                and frozenset((words(copy), words(source))) in linked_words
            )
            clustered = (
                reported.clusters is not None
                and reported.clusters[copy] == reported.clusters[source]
            )
        is_defined = pair.expected != "none"
        counts_of_kind.copies += 1
        counts_of_kind.found += found
        counts_of_kind.defined += is_defined
        counts_of_kind.defined_found += found and is_defined
        counts_of_kind.clustered += clustered
    recall = {kind: counts for kind, counts in recall.items() if counts.copies}
    overall = Recall()
    for kind, counts_of_kind in recall.items():
        if kind != LEFT_OUT:
            overall.add(counts_of_kind)
    recall["overall"] = overall
    return Scores(recall, {kind: counts for kind, counts in precision.items() if counts.links})


def match(known: Sequence[Known], paragraphs: Iterable[tuple[str, str]]) -> list[int | None]:
    """Returns for each paragraph of a tool which one of the corpus it is.

    The one of the same article with the same text; else, where the tool changed the text, the most
    similar one of the article that is still free, if similar enough.

    Args:
      known: the paragraphs of the corpus.
      paragraphs: (url of the article, text).
    """
    free: dict[str, dict[int, str]] = collections.defaultdict(dict)
    for at, paragraph in enumerate(known):
        free[paragraph.url][at] = " ".join(paragraph.text.split())
    matched: list[int | None] = []
    altered: list[tuple[int, str, str]] = []
    for index, (url, text) in enumerate(paragraphs):
        text = " ".join(text.split())
        candidates = free.get(url, {})
        same = next((at for at, candidate in candidates.items() if candidate == text), None)
        if same is None:
            altered.append((index, url, text))
        else:
            del candidates[same]
        matched.append(same)
    for index, url, text in altered:
        words = naive.tokenise(text)
        similar = [
            (naive.jaccard(words, naive.tokenise(candidate)), -at)
            for at, candidate in free.get(url, {}).items()
        ]
        best, negative = max(similar, default=(0.0, 0))
        if best >= ALTERED_JACCARD:
            matched[index] = -negative
            del free[url][-negative]
    return matched


def read_warehouse(folder: Path, known: Sequence[Known]) -> Reported:
    """Returns what a warehouse holds of a corpus.

    Args:
      folder: a warehouse, with its catalog ``news.duckdb``.
      known: the paragraphs of the corpus it was made from.

    Raises:
      FileNotFoundError: there is no catalog.
    """
    import duckdb

    catalog = folder / "news.duckdb"
    if not catalog.exists():
        raise FileNotFoundError(
            f"{catalog} does not exist. Give the folder that `copydesk run --warehouse` wrote."
        )
    with duckdb.connect(str(catalog), read_only=True) as connection:
        rows = connection.execute(
            "SELECT paragraph_id, url, text, cluster_id FROM paragraphs "
            "JOIN (SELECT article_id, url FROM articles) USING (article_id) "
            "ORDER BY url, position"
        ).fetchall()
        links = connection.execute(
            "SELECT paragraph_id, source_paragraph_id, kind, spans FROM paragraph_links "
            "ORDER BY paragraph_id, source_paragraph_id"
        ).fetchall()
        removed_lines = connection.execute(
            "SELECT url, removed_lines.text FROM removed_lines "
            "JOIN (SELECT article_id, url FROM articles) USING (article_id) ORDER BY ALL"
        ).fetchall()
    index = {row[0]: at for at, row in enumerate(rows)}
    place = {
        (paragraph.url, " ".join(paragraph.text.split())): at for at, paragraph in enumerate(known)
    }
    removed = {place.get((url, " ".join(text.split()))) for url, text in removed_lines}
    return Reported(
        texts=[row[2] for row in rows],
        known=match(known, ((row[1], row[2]) for row in rows)),
        links=[
            Link(index[one], index[other], kind, tuple(tuple(s.values()) for s in spans or ()))
            for one, other, kind, spans in links
        ],
        clusters=[row[3] for row in rows],
        removed=frozenset(at for at in removed if at is not None),
    )


def reported_pairs(
    known: Sequence[Known], pairs: Iterable[tuple[int, int]], clusters: Sequence[int] | None = None
) -> Reported:
    """Returns what a tool that only names pairs of paragraphs of the corpus reports.

    Args:
      known: the paragraphs of the corpus.
      pairs: indexes of them, in any order.
      clusters: a label for each, where the tool gives any.
    """
    return Reported(
        texts=[paragraph.text for paragraph in known],
        known=range(len(known)),
        links=[Link(max(pair), min(pair), "any") for pair in pairs],
        clusters=clusters,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Scores a warehouse as the command line says; prints the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.score",
        description="Scores the links of a warehouse against a corpus with known copies.",
    )
    parser.add_argument("--warehouse", type=Path, required=True, help="made from the corpus")
    parser.add_argument("--corpus", type=Path, required=True, help="made by tests.bench.corpus")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    options = parser.parse_args(arguments)
    known = read_known(options.corpus)
    scores = score(known, read_gold(options.corpus), read_warehouse(options.warehouse, known))
    print(scores.table())
    if options.json:
        options.json.write_text(json.dumps(scores.figures(), indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
