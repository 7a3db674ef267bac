"""datatrove from JSON Lines to Parquet: filters, then MinHash on paragraphs in its four stages.

    python -m tests.bench.peers.datatrove_pipeline --input DIR --work DIR [--workers N]

The steps are those of datatrove's own FineWeb example, on paragraphs: Gopher repetition and
quality filters, C4 filters, each kept line a document, MinHash signatures, buckets, clusters,
filter, Parquet. The language filter is left out, since its fastText model is a download; so is
every tag. Both favour datatrove's time.

With ``--pairs FILE`` every document is a paragraph already, nothing is filtered, and the pairs and
clusters it found go to the file: for scores.
"""

import argparse
import json
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
from datatrove.data import Document, DocumentsPipeline
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
)
from datatrove.pipeline.filters import (
    C4QualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter, ParquetWriter


class SplitParagraphs(PipelineStep):
    """Makes every line of a document a document."""

    name = "Paragraphs"
    type = "Split"

    def run(
        self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1
    ) -> Iterator[Document]:
        """Yields one document per non-blank line."""
        for document in data:
            lines = [line for line in document.text.splitlines() if line.strip()]
            for position, line in enumerate(lines):
                yield Document(
                    text=line, id=f"{document.id}-{position}", metadata=dict(document.metadata)
                )


def run(dumps: Path, work: Path, workers: int, config: MinhashConfig, filters: bool) -> None:
    """Runs all stages.

    Args:
      dumps: folder of JSON Lines files, one per worker.
      work: empty folder for everything it writes; the result is in ``output``.
      workers: processes, and tasks of the stages that can be cut.
      config: of the MinHash.
      filters: whether articles are filtered and split; else documents are paragraphs.
    """

    def execute(name: str, steps: list[PipelineStep], tasks: int) -> None:
        LocalPipelineExecutor(
            steps, tasks=tasks, workers=min(workers, tasks), logging_dir=str(work / "logs" / name)
        ).run()

    paragraphs, signatures = str(work / "paragraphs"), str(work / "signatures")
    buckets, removals = str(work / "buckets"), str(work / "removals")
    first: list[PipelineStep] = [JsonlReader(str(dumps))]
    if filters:
        first += [
            GopherRepetitionFilter(),
            GopherQualityFilter(),
            C4QualityFilter(),
            SplitParagraphs(),
        ]
    first += [
        JsonlWriter(paragraphs, compression=None),
        MinhashDedupSignature(output_folder=signatures, config=config),
    ]
    execute("signatures", first, workers)
    execute(
        "buckets", [MinhashDedupBuckets(signatures, buckets, config=config)], config.num_buckets
    )
    execute(
        "clusters", [MinhashDedupCluster(buckets, removals, config, save_cluster_id=True)], tasks=1
    )
    execute(
        "filter",
        [
            JsonlReader(paragraphs),
            MinhashDedupFilter(removals),
            ParquetWriter(str(work / "output"), compression="zstd"),
        ],
        workers,
    )


def found(dumps: Path, work: Path) -> dict[str, list[list[int]]]:
    """Returns the pairs and the cluster of each clustered paragraph, by the ids of the input."""
    ids = [
        [int(json.loads(line)["id"]) for line in path.open("rb")]
        for path in sorted(dumps.glob("*.jsonl"))
    ]
    pairs = {
        (ids[one][document], ids[two][other])
        for path in sorted((work / "buckets").glob("*.dups"))
        for one, document, two, other in struct.iter_unpack("<4I", path.read_bytes())
    }
    clusters = [
        [ids[int(path.stem)][document], cluster]
        for path in sorted((work / "removals").glob("*.clusters"))
        for document, cluster in struct.iter_unpack("<2I", path.read_bytes())
    ]
    return {"pairs": [list(pair) for pair in sorted(pairs)], "clusters": clusters}


def main() -> int:
    """Runs it as the command line says and prints the seconds."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers.datatrove_pipeline")
    parser.add_argument("--input", type=Path, required=True, help="folder of .jsonl files")
    parser.add_argument("--work", type=Path, required=True, help="empty folder to write to")
    parser.add_argument("--workers", type=int, default=1, help="default 1")
    parser.add_argument("--ngrams", type=int, default=5, help="words a shingle (its default, 5)")
    parser.add_argument("--buckets", type=int, default=14, help="its default, 14")
    parser.add_argument("--hashes", type=int, default=8, help="per bucket (its default, 8)")
    parser.add_argument("--pairs", type=Path, help="file for what was found")
    options = parser.parse_args()
    config = MinhashConfig(
        n_grams=options.ngrams,
        num_buckets=options.buckets,
        hashes_per_bucket=options.hashes,
    )
    started = time.perf_counter()
    run(options.input, options.work, options.workers, config, filters=options.pairs is None)
    seconds = time.perf_counter() - started
    if options.pairs:
        options.pairs.write_text(json.dumps(found(options.input, options.work)))
    output = [
        pq.read_metadata(path).num_rows for path in (options.work / "output").glob("*.parquet")
    ]
    if not sum(output):
        raise SystemExit("datatrove ended well but wrote no paragraph")
    print(json.dumps({"seconds": seconds, "paragraphs": sum(output)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
