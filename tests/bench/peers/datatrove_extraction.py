"""datatrove's trafilatura extractor on HTML pages, from JSON Lines to JSON Lines.

    python -m tests.bench.peers.datatrove_extraction --input DIR --work DIR [--workers N]

The extractor runs trafilatura in a process of its own per task, with a time limit a page. The
limit is raised from its one second to twenty, copydesk's, so that no page is lost to a busy
machine.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter


def main() -> int:
    """Runs it as the command line says and prints the seconds and the pages that gave text."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers.datatrove_extraction")
    parser.add_argument("--input", type=Path, required=True, help="folder of .jsonl files")
    parser.add_argument("--work", type=Path, required=True, help="empty folder to write to")
    parser.add_argument("--workers", type=int, default=1, help="default 1")
    options = parser.parse_args()
    output = options.work / "output"
    started = time.perf_counter()
    LocalPipelineExecutor(
        [
            JsonlReader(str(options.input)),
            Trafilatura(timeout=20),
            JsonlWriter(str(output), compression=None),
        ],
        tasks=options.workers,
        workers=options.workers,
        logging_dir=str(options.work / "logs"),
    ).run()
    seconds = time.perf_counter() - started
    pages = sum(path.read_bytes().count(b"\n") for path in output.glob("*.jsonl"))
    print(json.dumps({"seconds": seconds, "pages": pages}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
