"""Small corpora for the tests of near-duplicates, as the shards the step takes."""

import dataclasses
import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import shards
from pipeline.article import Paragraph, article_id
from pipeline.transform import Column, Transform
from tests.in_memory import run_in_memory
from transforms.near_duplicates.transform import NearDuplicates

_READ = {
    "authors": [],
    "tags": [],
    "agency": None,
    "agencies_contributed": [],
    "removed_lines": [],
    "source_file": "corpus",
    "record_index": 0,
    "record_id": None,
    "dump_format": "text",
}
EPOCH = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)


class _Rest(Transform):
    """Stands for the per-article transforms, whose columns the staged table has."""

    adds: ClassVar = {
        name: Column(kind, "")
        for name, kind in {
            "text": pa.string(),
            "agency": pa.string(),
            "agency_own": pa.bool_(),
            "agencies_contributed": pa.list_(pa.string()),
        }.items()
    }


@dataclasses.dataclass(frozen=True)
class Story:
    """An article of a test.

    Attributes:
      lines: its paragraphs.
      outlet: who published it.
      hour: when, in hours after a fixed day; ``None`` is unknown.
      own: whether it is an agency's own copy.
      name: makes its id different from those of equal stories.
      url: its address.
      title: its headline.
      precision: of the hour.
    """

    lines: Sequence[str]
    outlet: str | None = None
    hour: float | None = 0
    own: bool = False
    name: str = ""
    url: str | None = None
    title: str | None = None
    precision: str = "second"

    @property
    def id(self) -> str:
        return article_id(f"{self.outlet} {self.hour} {self.name}", "\n".join(self.lines))


def shard(stories: Iterable[Story]) -> dict[str, pa.Table]:
    """Returns the staged tables of some stories."""
    return staged(
        {
            "article_id": story.id,
            "outlet": story.outlet,
            "url": story.url,
            "title": story.title,
            "published_at": None
            if story.hour is None
            else EPOCH + datetime.timedelta(hours=story.hour),
            "published_at_precision": None if story.hour is None else story.precision,
            "agency": story.outlet if story.own else None,
            "agency_own": story.own,
            "lines": list(story.lines),
        }
        for story in stories
    )


def staged(articles: Iterable[Mapping[str, Any]]) -> dict[str, pa.Table]:
    """Returns the staged tables of articles with ``article_id``, ``lines`` and other columns."""
    filled = [
        {
            **_READ,
            **article,
            "paragraphs": [
                Paragraph(number, line) for number, line in enumerate(article["lines"], 1) if line
            ],
            "text": "\n\n".join(line for line in article["lines"] if line),
        }
        for article in articles
    ]
    schema = shards.article_schema([_Rest(), NearDuplicates()])
    return shards.shard_tables(filled, [], schema)


@dataclasses.dataclass(frozen=True)
class Found:
    """What a run over stories gave.

    Attributes:
      links: (later or dependent paragraph, source) to (kind, similarity, containment, source
        containment).
      rows: the same pairs to their rows of ``paragraph_links``.
      paragraphs: paragraph id to its row, with the columns of the step.
      articles: article id to its row.
      removed: (article id, line number) to rule.
      index: rows for later runs, by indexed stream.
    """

    links: Mapping[tuple[str, str], tuple[str, float, float, float]]
    rows: Mapping[tuple[str, str], Mapping[str, Any]]
    paragraphs: Mapping[str, Mapping[str, object]]
    articles: Mapping[str, Mapping[str, object]]
    removed: Mapping[tuple[str, int], str]
    index: Mapping[str, pa.Table]


def run(
    stories_by_shard: Sequence[Sequence[Story]],
    partitions: int = 1,
    index: Mapping[str, pa.Table] | None = None,
    number: int = 1,
    step: NearDuplicates | None = None,
) -> Found:
    """Runs the whole step over the stories of some shards."""
    step = step or NearDuplicates()
    staged = [shard(stories) for stories in stories_by_shard]
    result = run_in_memory(step, staged, partitions, index, number)
    links, linked = {}, {}
    for row in result["paragraph_links"].to_pylist():
        key = (row["paragraph_id"], row["source_paragraph_id"])
        assert key not in links, f"two links for {key}"
        links[key] = (
            row["kind"],
            row["similarity"],
            row["containment"],
            row["source_containment"],
        )
        linked[key] = row
    paragraphs, articles, removed = {}, {}, {}
    for number, tables in enumerate(staged):
        rows = result["annotations"]
        done = step.annotate(tables, rows.filter(pc.equal(rows["shard"], number)))
        ids = done["articles"]["article_id"].to_pylist()
        articles |= {row["article_id"]: row for row in done["articles"].to_pylist()}
        paragraphs |= {row["paragraph_id"]: row for row in done["paragraphs"].to_pylist()}
        removed |= {
            (ids[row["article"]], row["line_number"]): row["rule"]
            for row in done["removed_lines"].to_pylist()
        }
    indexed = {stream.name: result[stream.name] for stream in step.streams if stream.indexed}
    return Found(links, linked, paragraphs, articles, removed, indexed)


def merged(*indexes: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Returns the index after several runs."""
    return {name: pa.concat_tables([one[name] for one in indexes]) for name in indexes[0]}


__all__ = ["EPOCH", "Found", "Story", "merged", "run", "shard", "staged"]


def dump(path: Path, stories: Sequence[Story]) -> Path:
    """Writes stories as JSON Lines and returns where."""
    records = [
        {
            "url": f"https://{one.outlet.lower() if one.outlet else 'x'}.example/{one.name}",
            "source": one.outlet,
            "title": f"Report number {one.name} from the harbour",
            "date": (EPOCH + datetime.timedelta(hours=one.hour or 0)).isoformat(),
            "text": "\n\n".join(one.lines),
        }
        for one in stories
    ]
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    return path
