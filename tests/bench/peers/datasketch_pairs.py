"""datasketch: near-duplicate pairs of paragraphs by word bigrams, from text to pairs.

    python -m tests.bench.peers.datasketch_pairs --input FILE.jsonl --pairs FILE

MinHash of 128 permutations and ``MinHashLSH`` with the threshold 0.5, whose bands it chooses
itself; its answers are not verified, as in its own examples. Equal paragraphs are collapsed first.
"""

import argparse
import itertools
import json
import re
import sys
import time
from pathlib import Path

from datasketch import MinHash, MinHashLSH

PERMUTATIONS = 128
THRESHOLD = 0.5
MIN_WORDS = 8


def pairs_of(texts: list[str]) -> list[tuple[int, int]]:
    """Returns index pairs of paragraphs it takes for near-duplicates, the earlier one first."""
    find_words = re.compile(r"\w+").findall
    first_of: dict[tuple[str, ...], int] = {}
    pairs: list[tuple[int, int]] = []
    lsh = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    for index, text in enumerate(texts):
        words = find_words(text.lower())
        first = first_of.setdefault(tuple(words), index)
        if first != index:
            pairs.append((first, index))
        elif len(words) >= MIN_WORDS:
            sketch = MinHash(num_perm=PERMUTATIONS)
            sketch.update_batch(
                [f"{left} {right}".encode() for left, right in itertools.pairwise(words)]
            )
            pairs.extend((earlier, index) for earlier in lsh.query(sketch))
            lsh.insert(index, sketch)
    return pairs


def main() -> int:
    """Runs it as the command line says; prints the seconds from texts in memory to pairs."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers.datasketch_pairs")
    parser.add_argument("--input", type=Path, required=True, help="JSON Lines with `text`")
    parser.add_argument("--pairs", type=Path, required=True, help="file for what was found")
    options = parser.parse_args()
    with options.input.open("rb") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    started = time.perf_counter()
    pairs = pairs_of(texts)
    seconds = time.perf_counter() - started
    options.pairs.write_text(json.dumps({"pairs": pairs}))
    print(json.dumps({"seconds": seconds, "pairs": len(pairs)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
