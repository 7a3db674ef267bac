"""copydesk's near-duplicate step alone, from text to verified links, in one process.

    python -m tests.bench.copydesk_links --input FILE.jsonl --pairs FILE

The counterpart of ``peers``: the same paragraphs, the clock from texts in memory to links.
"""

import argparse
import importlib
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.article import TIMESTAMP, paragraph_id
from pipeline.tasks.sizes import partitions_for
from tests.in_memory import run_in_memory
from transforms.near_duplicates.transform import NearDuplicates

Tables = dict[str, pa.Table]

SHARD = 2000
"""Articles a shard; a run of the pipeline has shards of a few thousand."""


class Text(NamedTuple):
    """An article: ISO 8601 time, outlet, texts of its paragraphs."""

    published: str
    outlet: str
    paragraphs: list[str]


def shards_of(articles: Sequence[Text]) -> list[Tables]:
    """Returns what the step fingerprints: article i has i as its id, in 16 of 24 hex digits."""
    shards = []
    for start in range(0, len(articles), SHARD):
        some = articles[start : start + SHARD]
        ids = [f"{start + at:016x}{0:08x}" for at in range(len(some))]
        owners = [at for at, article in enumerate(some) for _ in article.paragraphs]
        lines = [line for article in some for line in range(1, len(article.paragraphs) + 1)]
        shards.append(
            {
                "articles": pa.table(
                    {
                        "article_id": ids,
                        "url": ids,
                        "title": ids,
                        "published_at": pa.array([a.published for a in some]).cast(TIMESTAMP),
                        "outlet": [article.outlet for article in some],
                        "agency_own": [False] * len(some),
                        "agency": pa.nulls(len(some), pa.string()),
                        "record_id": pa.nulls(len(some), pa.string()),
                        "authors": pa.array([[]] * len(some), pa.list_(pa.string())),
                    }
                ),
                "paragraphs": pa.table(
                    {
                        "article": pa.array(owners, pa.int64()),
                        "line_number": pa.array(lines, pa.int64()),
                        "text": [text for article in some for text in article.paragraphs],
                    }
                ),
                "removed_lines": pa.schema(
                    [("article", pa.int64()), ("line_number", pa.int64()), ("text", pa.string())]
                ).empty_table(),
            }
        )
    return shards


def completed(shard: Tables) -> Tables:
    """Returns the tables of a shard with all that ``annotate`` touches; counts are arbitrary."""
    articles, paragraphs = shard["articles"], shard["paragraphs"]
    ids = articles.column("article_id").to_pylist()
    owners, lines = (paragraphs.column(name).to_pylist() for name in ("article", "line_number"))
    names = [paragraph_id(ids[at], line) for at, line in zip(owners, lines, strict=True)]
    for count in ("word_count", "paragraph_count", "removed_line_count"):
        articles = articles.append_column(count, pa.array([0] * len(ids), pa.int64()))
    removed = [(name, paragraphs.schema.field(name).type) for name in paragraphs.column_names]
    return {
        "articles": articles.append_column("text", pa.array([""] * len(ids))),
        "paragraphs": paragraphs.append_column("paragraph_id", pa.array(names)).append_column(
            "word_count", pa.array([0] * len(names), pa.int64())
        ),
        "removed_lines": pa.schema([*removed, ("rule", pa.string())]).empty_table(),
    }


def describe(shards: Sequence[Tables], streams: Mapping[str, pa.Table]) -> dict[str, object]:
    """Returns what the step found, paragraphs numbered from 0 through all articles.

    Returns:
      ``links``: [paragraph, source paragraph, kind, spans], as ``score.Link``; ``clusters``: of
      each paragraph the first of its cluster; ``stopped``: paragraphs it took for one outlet's
      boilerplate.
    """
    shards = [completed(shard) for shard in shards]
    ids = [name for shard in shards for name in shard["paragraphs"]["paragraph_id"].to_pylist()]
    number = {name: place for place, name in enumerate(ids)}
    clusters = list(range(len(ids)))
    stopped = set(range(len(ids)))
    annotations = streams["annotations"]
    for place, shard in enumerate(shards):
        own = annotations.filter(pc.equal(annotations["shard"], pa.scalar(place, pa.uint64())))
        kept = NearDuplicates().annotate(shard, own)["paragraphs"]
        for name, representative in zip(
            kept["paragraph_id"].to_pylist(), kept["cluster_id"].to_pylist(), strict=True
        ):
            clusters[number[name]] = number[representative]
            stopped.discard(number[name])
    links = streams["paragraph_links"]
    later, earlier = (
        [number[name] for name in links[column].to_pylist()]
        for column in ("paragraph_id", "source_paragraph_id")
    )
    spans = [
        [list(span.values()) for span in spans_of or ()] for spans_of in links["spans"].to_pylist()
    ]
    return {
        "links": list(zip(later, earlier, links["kind"].to_pylist(), spans, strict=True)),
        "clusters": clusters,
        "stopped": sorted(stopped),
    }


def read(path: Path) -> list[Text]:
    """Returns the articles of a JSON Lines file of paragraphs."""
    articles: list[Text] = []
    last = None
    with path.open("rb") as lines:
        for line in lines:
            record = json.loads(line)
            if record["url"] != last:
                articles.append(Text(record["published"], record["outlet"], []))
                last = record["url"]
            articles[-1].paragraphs.append(record["text"])
    return articles


def main() -> int:
    """Runs it as the command line says; prints the seconds from texts in memory to links."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.copydesk_links")
    parser.add_argument(
        "--input",
        type=Path,
        required=True,
        help="JSON Lines with `text`, `url`, `published`, `outlet`; an article's lines together",
    )
    parser.add_argument("--pairs", type=Path, required=True, help="file for what was found")
    options = parser.parse_args()
    articles = read(options.input)
    step = NearDuplicates()
    for module in step.preload:
        importlib.import_module(module)
    started, processor = time.perf_counter(), time.process_time()
    shards = shards_of(articles)
    size = sum(shard["paragraphs"].column("text").nbytes for shard in shards)
    streams = run_in_memory(step, shards, partitions_for(size), keep_index=False)
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    found = describe(shards, streams)
    options.pairs.write_text(json.dumps(found))
    print(
        json.dumps(
            {
                "seconds": seconds,
                "processor_seconds": processor,
                "links": len(streams["paragraph_links"]),
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
