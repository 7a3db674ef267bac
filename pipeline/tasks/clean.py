"""The first pass: parses a batch, runs the article transforms, stages a shard, fingerprints it."""

import dataclasses
import functools
import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence

import pyarrow as pa

from pipeline import shards, shuffle
from pipeline.article import Article
from pipeline.dumps import Block, DumpRange, count_records, parse_block, read_range
from pipeline.pool import NO_DOCUMENT, document
from pipeline.rejects import Reject, cut_raw
from pipeline.shards import Shard
from pipeline.shuffle import ShuffleBlock
from pipeline.tasks.job import Job, TaskResult
from pipeline.transform import Drop, Transform

GROUP = 256
"""Articles that go through the transforms together, so that batch methods have something to batch
and a failure in one costs little."""

Item = Block | DumpRange | Reject
"""What a batch consists of: blocks that were read already, ranges that are to be read, rejects."""

_FIRST_ITEM = 1 << 40
"""Articles are numbered from 0, items of the batch that are read and parsed from here."""

_ITEM = 1 << 20
"""Numbers for each item: the first for the item itself, the others for the blocks read from it."""

_FIRST_GROUP = 1 << 48
"""Groups of the i-th transform are numbered from i times this, from 1 on."""

_MISFITS = (pa.ArrowException, TypeError, ValueError, OverflowError)
"""Exceptions that Arrow raises for a value that does not fit its column."""

LIMIT_REMEDY = {
    "time_limit": "It took longer than --document-seconds; raise the limit or leave the dump out.",
    "memory_limit": "It needed more than --document-memory; raise the limit or leave the dump out.",
    "worker_died": "Its worker process died on it; please report the dump.",
}

Result = Article | Exception
"""What a transform gives for one article."""

Failed = Mapping[int, str]
"""Number of a document to the reason why it is skipped: a key of ``LIMIT_REMEDY``."""


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
        cleaned.extend(_transform(job, articles[start : start + GROUP], start, rejects, failed))
    document(NO_DOCUMENT)
    try:
        tables = shards.shard_tables(cleaned, rejects, job.article_schema)
    except _MISFITS:
        cleaned = _fitting(job, cleaned, rejects)
        tables = shards.shard_tables(cleaned, rejects, job.article_schema)
    for transform in job.corpus_transforms:
        tables = dict(transform.drop_known(tables, job.lookup(transform)))
    number = _shard_number(batch, turn)
    # A name of its own for every attempt: on a cluster two attempts at a task may overlap.
    path = f"{job.staging}/shards/{number:016x}-{secrets.token_hex(4)}"
    shards.write_shard(path, tables)
    blocks: list[ShuffleBlock] = []
    for transform in job.corpus_transforms:
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
    detail = f"Records from {item.first_record} on were given up as {what}. {LIMIT_REMEDY[reason]}"
    return Reject(name, item.first_record, "read", reason, detail, cut_raw(raw))


def _transform(
    job: Job, articles: Sequence[Article], first: int, rejects: list[Reject], failed: Failed
) -> list[Article]:
    """Returns the articles that came through all transforms; the others become rejects."""
    living: list[tuple[int, Article]] = []
    for number, article in enumerate(articles, first):
        if number in failed:
            reason = failed[number]
            rejects.append(_reject(article, "clean", reason, LIMIT_REMEDY[reason]))
        else:
            living.append((number, article))
    for at, transform in enumerate(job.article_transforms):
        group = _FIRST_GROUP * (at + 1) + first
        passed: list[tuple[int, Article]] = []
        for (number, before), after in zip(
            living, _apply(transform, living, group, failed), strict=True
        ):
            after = _checked(transform, before, after)
            if isinstance(after, Exception):
                rejects.append(_failure(before, transform, after))
            else:
                passed.append((number, after))
        living = passed
    return [article for _, article in living]


def _fitting(job: Job, articles: list[Article], rejects: list[Reject]) -> list[Article]:
    """Returns the articles whose values fit the schema; the others become rejects."""
    adders = {column: t.name() for t in job.transforms for column in t.adds}
    for field in job.article_schema:
        try:
            pa.array([article.get(field.name) for article in articles], field.type)
        except _MISFITS:
            fitting = []
            for article in articles:
                value = article.get(field.name)
                try:
                    pa.array([value], field.type)
                    fitting.append(article)
                except _MISFITS as error:
                    rejects.append(
                        _reject(
                            article,
                            adders.get(field.name, "read"),
                            "wrong_type",
                            f"Column {field.name!r} takes {field.type}: {error}. "
                            "Mend the transform or the dump.",
                        )
                    )
            articles = fitting
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


def _apply(
    transform: Transform, living: Sequence[tuple[int, Article]], group: int, failed: Failed
) -> Sequence[Result]:
    """Returns the result of a transform for each article, within the limits of a document.

    A group that fails as a whole (it ended the worker when the task ran before, or it raised) is
    split: each article of it then becomes a group of its own, and the one to blame a reject.

    Args:
      transform: the transform.
      living: number and article.
      group: number of these articles where the transform takes them at once.
      failed: documents to skip.
    """
    if type(transform).apply_batch is Transform.apply_batch:
        return [_guarded(transform.apply, number, article) for number, article in living]
    if living and group not in failed:
        document(group)
        results = _at_once(transform, [article for _, article in living])
        if results is not None:
            return results
    return [
        _guarded(functools.partial(_only, transform), number, article) for number, article in living
    ]


def _guarded(
    apply: Callable[[Article], Article], number: int, article: Article
) -> Article | Exception:
    document(number)
    try:
        return apply(article)
    except Exception as error:  # noqa: BLE001 - becomes a reject that names the transform
        # Without its traceback, which would keep what the failed call held in memory.
        return error.with_traceback(None)


def _at_once(transform: Transform, articles: Sequence[Article]) -> Sequence[Result] | None:
    """Returns one result per article; ``None`` where the group failed as a whole."""
    try:
        results = transform.apply_batch(articles)
    except Exception:  # noqa: BLE001 - taken apart, it shows which article it was
        return None
    return results if len(results) == len(articles) else None


def _only(transform: Transform, article: Article) -> Article:
    results = transform.apply_batch([article])
    if len(results) != 1:
        raise TypeError(
            f"apply_batch returned {len(results)} results for one article; it must return one "
            "article or exception for each"
        )
    [result] = results
    if isinstance(result, Exception):
        raise result
    return result


def _checked(
    transform: Transform, before: Article, after: Article | Exception
) -> Article | Exception:
    """Returns the result of a transform, or the error in it."""
    if isinstance(after, Exception):
        return after
    if not isinstance(after, dict):
        return TypeError(
            f"apply returned {type(after).__name__}; it must return the article, as in "
            "article | {...}"
        )
    if not (after.keys() >= before.keys() and after.keys() >= transform.adds.keys()):
        lost = sorted((before.keys() | transform.adds.keys()) - after.keys())
        return TypeError(f"apply returned an article without {', '.join(lost)}")
    return after


def _failure(article: Article, transform: Transform, error: Exception) -> Reject:
    if isinstance(error, Drop):
        return _reject(article, transform.name(), error.reason, error.detail)
    if isinstance(error, MemoryError):
        return _reject(article, transform.name(), "memory_limit", LIMIT_REMEDY["memory_limit"])
    return _reject(
        article,
        transform.name(),
        "error",
        f"{type(error).__name__}: {error}. Mend the transform, or leave the dump out.",
    )


def _reject(article: Article, stage: str, reason: str, detail: str) -> Reject:
    return Reject(
        article["source_file"],
        article["record_index"],
        stage,
        reason,
        detail,
        cut_raw(article["document"]),
    )
