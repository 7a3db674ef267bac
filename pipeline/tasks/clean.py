"""The first pass: parses a batch, runs the article transforms, stages a shard, fingerprints it."""

import dataclasses
import hashlib
import secrets
from collections.abc import Iterator, Sequence

import pyarrow as pa

from pipeline import shards, shuffle
from pipeline.article import Article
from pipeline.dumps import Block, DumpRange, count_records, parse_block, read_range
from pipeline.rejects import LIMIT_REASONS, Reject, cut_raw
from pipeline.shards import Shard
from pipeline.shuffle import ShuffleBlock
from pipeline.tasks.articles import GROUP, Failed, run_transforms
from pipeline.tasks.job import Job, TaskResult, naming
from pipeline.tasks.values import MISFITS
from pipeline.worker import NO_DOCUMENT, document

Item = Block | DumpRange | Reject
"""What a batch consists of: blocks that were read already, ranges that are to be read, rejects."""

_FIRST_ITEM = 1 << 40
"""Articles are numbered from 0, items of the batch that are read and parsed from here."""

_ITEM = 1 << 20
"""Numbers for each item: the first for the item itself, the others for the blocks read from it."""


def clean_batch(job: Job, batch: Sequence[Item], turn: int, failed: Failed) -> TaskResult:
    """Parses, transforms, stages and fingerprints a batch.

    Args:
      job: the run.
      batch: small dumps, ranges and blocks of large ones, and rejects of the readers.
      turn: number of the batch among those that begin in the same dump.
      failed: documents to skip.
    """
    articles: list[Article] = []
    rejects: list[Reject] = []
    records = 0
    for item in _parse(job, batch, failed):
        records += 1
        if isinstance(item, Reject):
            rejects.append(item)
        else:
            articles.append(item)
    cleaned: list[Article] = []
    for start in range(0, len(articles), GROUP):
        group = articles[start : start + GROUP]
        cleaned.extend(run_transforms(job, group, start, rejects, failed))
    document(NO_DOCUMENT)
    try:
        tables = shards.shard_tables(cleaned, rejects, job.article_schema)
    except MISFITS:
        cleaned = _storable(job, cleaned, rejects)
        tables = shards.shard_tables(cleaned, rejects, job.article_schema)
    del articles, cleaned  # ten times the bytes of the dump
    for transform in job.corpus_transforms:
        with naming(transform, "drop_known"):
            tables = dict(transform.drop_known(tables, job.lookup(transform)))
    number = _shard_number(batch, turn)
    # A name of its own for every attempt: on a cluster two attempts at a task may overlap.
    path = f"{job.staging}/shards/{number:016x}-{secrets.token_hex(4)}"
    shards.write_shard(path, tables)
    blocks: list[ShuffleBlock] = []
    for transform in job.corpus_transforms:
        with naming(transform, "fingerprint"):
            rows = transform.fingerprint(number, tables)
        blocks += shuffle.write_blocks(
            f"{path}/{transform.name()}.fingerprints.arrow", transform, rows, job.partitions
        )
    return TaskResult(Shard(number, path, records, len(tables["articles"])), tuple(blocks))


def count_range(job: Job, part: DumpRange, failed: Failed) -> int | None:
    """Returns the number of records of a range; ``None`` where the dump must be read whole."""
    if _FIRST_ITEM in failed:
        return None
    document(_FIRST_ITEM)
    return count_records(part, job.dump_options)


def _parse(job: Job, batch: Sequence[Item], failed: Failed) -> Iterator[Article | Reject]:
    """Yields one article or reject per record of a batch."""
    for number in range(_FIRST_ITEM, _FIRST_ITEM + _ITEM * len(batch), _ITEM):
        item = batch[(number - _FIRST_ITEM) // _ITEM]
        if number in failed:
            yield _unread(item, failed[number])
        elif isinstance(item, DumpRange):
            document(number)
            for at, block in enumerate(read_range(item, job.dump_options), number + 1):
                if isinstance(block, Reject):
                    yield block
                elif at in failed:
                    yield _unread(block, failed[at])
                else:
                    document(at)
                    yield from _parse_block(job, block)
                document(number)
        elif isinstance(item, Block):
            document(number)
            yield from _parse_block(job, item)
        else:
            yield item


def _parse_block(job: Job, block: Block) -> Iterator[Article | Reject]:
    name = shards.storable(block.source_file)
    return parse_block(dataclasses.replace(block, source_file=name), job.dump_options)


def _unread(item: Item, reason: str) -> Reject:
    """Returns the reject of an item that ended its worker before it was parsed."""
    assert not isinstance(item, Reject)
    if isinstance(item, Block):
        name, raw = item.source_file, item.payload
        what = f"one block of {len(raw):,} bytes"
    else:
        name, raw, what = item.path, b"", "a dump, or a part of one"
    detail = f"Records from {item.first_record} on were given up: {what} {LIMIT_REASONS[reason]}"
    return Reject(name, item.first_record, "read", reason, detail, cut_raw(raw))


def _storable(job: Job, articles: list[Article], rejects: list[Reject]) -> list[Article]:
    """Returns the articles that Arrow takes; the others, as of a lone surrogate, become rejects."""
    writers = {name: t.name() for t in job.transforms for name in (*t.adds, *t.updates)}
    columns = {field.name: field.type for field in job.article_schema}
    parts = ("paragraphs", "removed_lines", "paragraph_languages")
    columns |= dict.fromkeys(parts, pa.list_(pa.string()))
    for name, kind in columns.items():
        storable = []
        for article in articles:
            try:
                value = article.get(name)
                if name in parts:
                    value = [part for row in value or () for part in row if isinstance(part, str)]
                pa.array([value], kind)
                storable.append(article)
            except MISFITS as error:
                detail = f"Column {name!r} takes {kind}: {error}. Mend the transform or the dump."
                rejects.append(
                    Reject(
                        article["source_file"],
                        article["record_index"],
                        writers.get(name, "read"),
                        "wrong_type",
                        detail,
                        cut_raw(article["document"]),
                    )
                )
        articles = storable
    return articles


def _shard_number(batch: Sequence[Item], turn: int) -> int:
    """Returns 64 bits of a hash of the contents of a batch: equal for equal batches only."""
    digest = hashlib.blake2b(f"{turn}\n".encode(), digest_size=8)
    for item in batch:
        if isinstance(item, Reject):
            digest.update(f"reject {item.source_file!r} {item.record_index}\n".encode())
        elif isinstance(item, Block):
            digest.update(
                f"block {item.source_file!r} {item.first_record} {len(item.payload)}\n".encode()
            )
        else:
            digest.update(f"{item.part} {item.path!r} {item.start} {item.stop}\n".encode())
    return int.from_bytes(digest.digest(), "big")
