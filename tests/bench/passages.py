"""Passages of all pairs of some articles, from texts in memory, in one process.

    python -m tests.bench.passages --input FILE.jsonl --articles N [--quadratic]

By the step's own chain, or by comparing every word of every article with every word of every other
one, compiled: the fastest matcher that has no seeds, and so can miss nothing.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numba
import numpy as np
import pyarrow as pa

from tests.bench.copydesk_links import read, shards_of
from transforms.arrays import I64, U64
from transforms.compiled.words import hash_words
from transforms.near_duplicates.passages import MIN_RUN, align, find_seeds, route_passages
from transforms.near_duplicates.streams import SCHEMAS
from transforms.near_duplicates.transform import NearDuplicates


@numba.njit("UniTuple(int64, 2)(uint64[::1], int64[::1], int64)")
def all_runs(words: U64, bounds: I64, shortest: int) -> tuple[int, int]:
    """Returns the pairs of n articles with a maximal run of so many equal words, and the runs.

    Args:
      words: hashes of the words of all articles after one another.
      bounds: n + 1 bounds of the articles in them.
      shortest: words of a run, at least.
    """
    longest = 0
    for article in range(len(bounds) - 1):
        longest = max(longest, bounds[article + 1] - bounds[article])
    lengths = np.zeros(longest + 1, np.int32)  # of the run that ends at each word of the second
    pairs, runs = 0, 0
    for one in range(len(bounds) - 1):
        for two in range(one + 1, len(bounds) - 1):
            before = runs
            b = words[bounds[two] : bounds[two + 1]]
            lengths[: len(b) + 1] = 0
            for at in range(bounds[one], bounds[one + 1]):
                word = words[at]
                for there in range(len(b) - 1, -1, -1):
                    if b[there] == word:
                        lengths[there + 1] = lengths[there] + 1
                        runs += lengths[there + 1] == shortest
                    else:
                        lengths[there + 1] = 0
            pairs += runs > before
    return pairs, runs


def main() -> int:
    """Runs it as the command line says; prints the seconds, the pairs of articles and the runs."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.passages")
    parser.add_argument("--input", type=Path, required=True, help="as for copydesk_links")
    parser.add_argument("--articles", type=int, required=True, help="the first ones are taken")
    parser.add_argument("--quadratic", action="store_true", help="compare every word with all")
    options = parser.parse_args()
    articles = read(options.input)[: options.articles]
    started, processor = time.perf_counter(), time.process_time()
    if options.quadratic:
        words = hash_words([text for article in articles for text in article.paragraphs])
        counts = [len(article.paragraphs) for article in articles]
        bounds = words.offsets[np.append(0, np.cumsum(counts))]
        pairs, runs = all_runs(words.hashes, bounds, MIN_RUN)
    else:
        step = NearDuplicates()
        shards = [step.fingerprint(at, tables) for at, tables in enumerate(shards_of(articles))]
        tables = {name: pa.concat_tables([shard[name] for shard in shards]) for name in shards[0]}
        earlier = {name: schema.empty_table() for name, schema in SCHEMAS.items()}
        tables |= {name: earlier[name] for name in ("changes", "text_links", "text_pairs")}
        tables["seeds"] = find_seeds(tables["shingles"], earlier["shingles"], window_days=0)
        tables["passage_probes"] = route_passages(tables, earlier)
        found = align(tables, earlier)
        pairs, runs = len(np.unique(found.passages["pair"])), len(found.passages["pair"])
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    print(
        json.dumps(
            {
                "seconds": seconds,
                "processor_seconds": processor,
                "pairs": int(pairs),
                "runs": int(runs),
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
