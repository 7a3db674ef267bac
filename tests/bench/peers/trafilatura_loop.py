"""A bare loop over trafilatura: text and metadata of every page, in one process.

    python -m tests.bench.peers.trafilatura_loop --input DIR [--slow]

It runs in copydesk's own interpreter, with the same release of trafilatura, in the fast mode that
copydesk uses; ``--slow`` gives trafilatura's default mode.
"""

import argparse
import gzip
import json
import sys
import time
from pathlib import Path

import trafilatura


def main() -> int:
    """Runs it as the command line says and prints the seconds and the pages that gave text."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers.trafilatura_loop")
    parser.add_argument("--input", type=Path, required=True, help="folder of .html.gz files")
    parser.add_argument("--slow", action="store_true", help="not the fast mode")
    options = parser.parse_args()
    started = time.perf_counter()
    pages = 0
    for path in sorted(options.input.rglob("*.html.gz")):
        document = trafilatura.bare_extraction(
            gzip.decompress(path.read_bytes()),
            fast=not options.slow,
            with_metadata=True,
            include_comments=False,
        )
        pages += document is not None
    print(json.dumps({"seconds": time.perf_counter() - started, "pages": pages}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
