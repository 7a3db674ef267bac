"""text-dedup: clusters of near-duplicate paragraphs by word bigrams, from JSON Lines to clusters.

    python -m tests.bench.peers.text_dedup_pairs --input FILE.jsonl --pairs FILE --work DIR

Its own MinHash command with bigrams, a threshold of 0.5 (it chooses the bands) and its default of
250 permutations. It keeps no pairs, only clusters: each member is taken as a pair with its
cluster's first paragraph. It is not in the dependency group ``bench``, since it brings Spark and
ONNX; it is measured where the peers' interpreter has it.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from text_dedup import minhash

THRESHOLD = 0.5
MIN_WORDS = 8


def main() -> int:
    """Runs it as the command line says; prints the seconds from JSON Lines to clusters."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers.text_dedup_pairs")
    parser.add_argument("--input", type=Path, required=True, help="JSON Lines with `text`")
    parser.add_argument("--pairs", type=Path, required=True, help="file for what was found")
    parser.add_argument("--work", type=Path, required=True, help="empty folder to write to")
    parser.add_argument("--workers", type=int, default=1, help="default 1")
    options = parser.parse_args()
    with options.input.open("rb") as lines:
        count = sum(1 for _ in lines)
    started = time.perf_counter()
    minhash.main(
        [
            *("--path", "json", "--data_files", str(options.input), "--split", "train"),
            *("--cache_dir", str(options.work / "cache"), "--output", str(options.work / "output")),
            *("--column", "text", "--ngram", "2", "--min_length", str(MIN_WORDS)),
            *("--threshold", str(THRESHOLD), "--num_proc", str(options.workers)),
            "--no-clean_cache",
        ],
        standalone_mode=False,
    )
    seconds = time.perf_counter() - started
    roots = [minhash.uf.find(index) for index in range(count)]
    pairs = [(root, index) for index, root in enumerate(roots) if root != index]
    options.pairs.write_text(json.dumps({"pairs": pairs, "clusters": list(enumerate(roots))}))
    print(json.dumps({"seconds": seconds, "pairs": len(pairs)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
