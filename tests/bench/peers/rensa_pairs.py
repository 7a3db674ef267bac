"""rensa: near-duplicate pairs of paragraphs by word bigrams, from text to pairs.

    python -m tests.bench.peers.rensa_pairs --input FILE.jsonl --pairs FILE

Tokenising is Python's ``re`` (rensa has none), the rest rensa's batch calls: signatures of 128
slots, 32 bands of 4 rows, candidates, and of these the pairs whose estimated Jaccard similarity is
at least 0.5. Equal paragraphs are collapsed first; else their bands make it quadratic.
"""

import argparse
import itertools
import json
import re
import sys
import time
from pathlib import Path

from rensa import RMinHash, RMinHashLSH

SLOTS, BANDS, SEED = 128, 32, 42
THRESHOLD = 0.5
MIN_WORDS = 8


def pairs_of(texts: list[str]) -> list[tuple[int, int]]:
    """Returns index pairs of paragraphs it takes for near-duplicates, the earlier one first."""
    find_words = re.compile(r"\w+").findall
    first_of: dict[tuple[str, ...], int] = {}
    pairs: list[tuple[int, int]] = []
    indexes: list[int] = []
    bigrams: list[list[str]] = []
    for index, text in enumerate(texts):
        words = find_words(text.lower())
        first = first_of.setdefault(tuple(words), index)
        if first != index:
            pairs.append((first, index))
        elif len(words) >= MIN_WORDS:
            indexes.append(index)
            bigrams.append([f"{left} {right}" for left, right in itertools.pairwise(words)])
    sketches = RMinHash.from_token_sets(bigrams, num_perm=SLOTS, seed=SEED)
    lsh = RMinHashLSH(threshold=THRESHOLD, num_perm=SLOTS, num_bands=BANDS)
    lsh.insert_many(sketches)
    for later, candidates in enumerate(lsh.query_all(sketches)):
        for earlier in candidates:
            if earlier < later and sketches[later].jaccard(sketches[earlier]) >= THRESHOLD:
                pairs.append((indexes[earlier], indexes[later]))
    return pairs


def main() -> int:
    """Runs it as the command line says; prints the seconds from texts in memory to pairs."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers.rensa_pairs")
    parser.add_argument("--input", type=Path, required=True, help="JSON Lines with `text`")
    parser.add_argument("--pairs", type=Path, required=True, help="file for what was found")
    options = parser.parse_args()
    with options.input.open("rb") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    started, processor = time.perf_counter(), time.process_time()
    pairs = pairs_of(texts)
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    options.pairs.write_text(json.dumps({"pairs": pairs}))
    print(json.dumps({"seconds": seconds, "processor_seconds": processor, "pairs": len(pairs)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
