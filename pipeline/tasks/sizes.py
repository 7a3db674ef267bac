"""Sizes of batches, partitions and ranges: they change memory and speed, never a row."""

import math
import re

PARTITION_BYTES = 16 << 20
"""Decompressed input per partition of a corpus-wide transform: its band rows (24 a paragraph, 24
bytes each, a paragraph being some 250 bytes) are then about 40 MB. A run over 100,000 articles of
260 MB peaks at 1.12 GB with it, all processes together; with half of it it takes 4 % longer."""

INDEX_SHARE = 1 << 30
"""Bytes of the index worth a partition of their own: a third of a second to search. With more than
one partition each stage is a task of each, some thirty more for a batch."""

SMALL_PARTITIONS = 256
"""Partitions up to which each has ``PARTITION_BYTES``. Every file that a task writes has a block
for each partition, and the files grow with the text, too: from here on partitions grow with the
square root of it, up to ``LARGEST_PARTITION``. A terabyte has 31,250 shards and 7,500 partitions,
230 million blocks of some 4 kB a stream, instead of two billion of 400 bytes."""

LARGEST_PARTITION = 128 << 20
"""Most input per partition: with 134 MB the largest stage peaked at 1.6 GB, of the 2 GiB that a
worker may have (``--document-memory``), and with 41 MB at 0.9 GB (docs/scale.md)."""

PARTITIONS_PER_WORKER = 8
"""Least partitions for each worker of a cluster, so that none waits long for the last one."""

SMALLEST_PARTITION = 1 << 20
"""Least input per partition that is made for the sake of workers: a task takes a tenth of a second
for it."""

MAX_PARTITIONS = 1 << 16
"""Numbers of partitions have two bytes (:func:`pipeline.shuffle.split`)."""

BATCH_BYTES = (4 << 20, 32 << 20)
"""Least and most raw bytes cleaned as one task: half a second's work on text, some 50 web pages. A
task holds some ten times as much in memory."""

WORKER_BYTES = 2 << 20
"""Raw bytes of a run worth a worker process of their own: on text a second's work, which is what
the start of a process takes."""

BATCHES = 200
"""Batches that a run is cut into while they stay within these bounds."""

STAGED_BYTES = 11.0
"""Bytes of working files, at their most, per byte of article text: 198 MB for 18 MB of text."""

STORED_BYTES = 5.0
"""Bytes that a run adds to the warehouse per byte of article text, three quarters of them index."""

COMPRESSION = 3
"""Decompressed to compressed size of news text, for estimates before reading."""

PAGE_COMPRESSION = 5
"""The same of web pages: 222 MB to 43 MB of 1,051 pages of the test data, one file each, in gz."""

PAGE_BYTES = 10
"""Bytes of a web page per byte of its text, at least: those pages have 11 MB of article text."""

LARGEST_UNREAD = 1 << 20
"""Raw bytes of the largest compressed dump that a worker reads as a whole; at the highest allowed
ratio it would hold 60 MB instead."""

_PAGE = re.compile(r"\.x?html?(?:\.(?:gz|bz2|zst|xz|zip))?$", re.IGNORECASE)
_COMPRESSED = (".gz", ".bz2", ".zst", ".xz", ".zip", ".tgz", ".parquet")


def raw_bytes(path: str, size: int) -> int:
    """Returns about how many bytes a dump of some size holds once it is decompressed."""
    if not path.lower().endswith(_COMPRESSED):
        return size
    return size * (PAGE_COMPRESSION if _PAGE.search(path) else COMPRESSION)


def text_bytes(path: str, size: int) -> int:
    """Returns about how many bytes of article text a dump of some size holds."""
    return raw_bytes(path, size) // (PAGE_BYTES if _PAGE.search(path) else 1)


def partitions_for(text: int, index: int = 0, processes: int = 1, workers: int = 1) -> int:
    """Returns the number of partitions for a run.

    Args:
      text: bytes of text.
      index: bytes of the index, of which each partition reads its share. A small run onto a large
        warehouse does little else, and has a partition for each process.
      processes: worker processes of this machine.
      workers: of the cluster, as far as it is known; 1 on this machine alone.
    """
    by_bytes = -(-text // PARTITION_BYTES)
    if by_bytes > SMALL_PARTITIONS:
        by_bytes = max(math.isqrt(SMALL_PARTITIONS * by_bytes), -(-text // LARGEST_PARTITION))
    by_workers = PARTITIONS_PER_WORKER * workers if workers > 1 else 1
    by_workers = min(by_workers, -(-text // SMALLEST_PARTITION))
    readers = min(processes * workers, -(-index // INDEX_SHARE))
    return max(1, min(MAX_PARTITIONS, max(by_bytes, by_workers, readers)))


def workers_for(processes: int, raw: int, partitions: int) -> int:
    """Returns the number of worker processes for a run: those that have something to do.

    Args:
      processes: the most it may have; 0 for none.
      raw: decompressed bytes of all dumps.
      partitions: of the run, each of which is a task of a corpus-wide step.
    """
    return min(processes, max(1, -(-raw // WORKER_BYTES), partitions))


def batch_bytes_for(raw: int) -> int:
    """Returns the size of a batch, in decompressed bytes, for a run over ``raw`` of them."""
    return max(BATCH_BYTES[0], min(BATCH_BYTES[1], raw // BATCHES))
