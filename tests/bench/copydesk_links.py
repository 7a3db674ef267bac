"""copydesk's near-duplicate step alone, from text to verified links, in one process.

    python -m tests.bench.copydesk_links --input FILE.jsonl --pairs FILE

The counterpart of ``peers``: the same paragraphs, the clock from texts in memory to links.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from pipeline.article import TIMESTAMP
from pipeline.exchange import run_in_memory
from transforms.near_duplicates import NearDuplicates

PIECE = 2000
"""Articles a piece; a run of the pipeline has pieces of a few thousand."""

PARTITIONS = 8


def links_of(articles: Sequence[tuple[str, str, Sequence[str]]]) -> list[tuple[str, str, str]]:
    """Returns (paragraph_id, source_paragraph_id, kind) of every link.

    Args:
      articles: (ISO 8601 time, outlet, texts of the paragraphs); the id of article i is i as 24
        hex digits, and the line number of its paragraph j is j + 1.
    """
    pieces = []
    for start in range(0, len(articles), PIECE):
        some = articles[start : start + PIECE]
        lengths = [len(texts) for _, _, texts in some]
        ids = pa.array([f"{start + at:024x}" for at in range(len(some))])
        owners = [at for at, length in enumerate(lengths) for _ in range(length)]
        pieces.append(
            {
                "articles": pa.table(
                    {
                        "article_id": ids,
                        "published_at": pa.array([time for time, _, _ in some]).cast(TIMESTAMP),
                        "outlet": pa.array([outlet for _, outlet, _ in some]),
                        "agency_own": pa.array([False] * len(some)),
                    }
                ),
                "paragraphs": pa.table(
                    {
                        "article": pa.array(owners, pa.int64()),
                        "line_number": pa.array(
                            [line for length in lengths for line in range(1, length + 1)],
                            pa.int64(),
                        ),
                        "text": pa.array([text for _, _, texts in some for text in texts]),
                    }
                ),
            }
        )
    links = run_in_memory(NearDuplicates(), pieces, PARTITIONS)["paragraph_links"]
    columns = ("paragraph_id", "source_paragraph_id", "kind")
    return list(zip(*(links.column(name).to_pylist() for name in columns), strict=True))


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
    articles: list[tuple[str, str, list[str]]] = []
    places: list[list[int]] = []
    last = None
    with options.input.open("rb") as lines:
        for index, line in enumerate(lines):
            record = json.loads(line)
            if record["url"] != last:
                articles.append((record["published"], record["outlet"], []))
                places.append([])
                last = record["url"]
            articles[-1][2].append(record["text"])
            places[-1].append(index)
    started = time.perf_counter()
    links = links_of(articles)
    seconds = time.perf_counter() - started

    def index_of(paragraph: str) -> int:
        article, line = paragraph.split("-")
        return places[int(article, 16)][int(line) - 1]

    found = [(index_of(later), index_of(earlier), kind) for later, earlier, kind in links]
    options.pairs.write_text(json.dumps({"links": found}))
    print(json.dumps({"seconds": seconds, "links": len(found)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
