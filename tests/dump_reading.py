"""Reads dumps as the pipeline does, for the tests."""

import os
import pathlib
from typing import Any

from pipeline.article import READ_COLUMNS, READ_FIELDS, Article
from pipeline.dumps import Block, DumpOptions, parse_block, read_blocks
from pipeline.plan import planned_transforms
from pipeline.rejects import RAW_LIMIT, READ_REASONS, Reject
from pipeline.transform import CorpusTransform

BLOCK = Block("x.jsonl", "jsonl", 0, 1, b"")
"""Where a record is from that a test makes."""

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "dumps"


def read(path: str | os.PathLike[str], **options: Any) -> list[Article | Reject]:
    """Returns all articles and rejects of a dump, each checked for what must hold of any."""
    found: list[Article | Reject] = []
    chosen = DumpOptions(**options)
    for block in read_blocks(os.fspath(path), chosen):
        if isinstance(block, Block):
            found.extend(parse_block(block, chosen))
        else:
            found.append(block)
    for item in found:
        check(item)
    return found


def check(item: Article | Reject) -> None:
    """Asserts the contract of one item."""
    if isinstance(item, Reject):
        assert item.stage == "read"
        assert item.reason in READ_REASONS
        assert item.detail.rstrip().endswith((".", ")"))
        assert len(item.raw) <= RAW_LIMIT
        return
    assert item.keys() == READ_COLUMNS.keys() | READ_FIELDS.keys()
    assert item["document"].strip()
    assert "\0" not in item["document"]
    assert "\r" not in item["document"]
    item["document"].encode()
    assert item["document_type"] in ("text", "html")
    assert isinstance(item["record_index"], int)
    assert len(item["article_id"]) == 24
    for column in ("authors", "tags"):
        assert isinstance(item[column], list)
        assert all(isinstance(entry, str) and entry for entry in item[column])
    for column in ("url", "outlet", "title"):
        assert item[column] is None or (isinstance(item[column], str) and item[column])
    if item["published_at"] is not None:
        assert item["published_at"].utcoffset().total_seconds() == 0


def articles(found: list[Article | Reject]) -> list[Article]:
    """Returns the articles among what was read."""
    return [item for item in found if not isinstance(item, Reject)]


def rejects(found: list[Article | Reject]) -> list[Reject]:
    """Returns the rejects among what was read."""
    return [item for item in found if isinstance(item, Reject)]


def reasons(found: list[Article | Reject]) -> list[str]:
    """Returns ``article`` or the reason of the reject for each item, in order."""
    return [item.reason if isinstance(item, Reject) else "article" for item in found]


def write(folder: pathlib.Path, name: str, content: bytes) -> pathlib.Path:
    """Writes a dump and returns its path."""
    path = folder / name
    path.write_bytes(content)
    return path


def transformed(found: list[Article]) -> list[Article]:
    """Returns articles after all transforms of single articles; raises what one of them raises."""
    for transform in planned_transforms({}):
        if isinstance(transform, CorpusTransform):
            continue
        transform.setup()
        results = transform.apply_batch(found)
        for result in results:
            if isinstance(result, Exception):
                raise result
        found = [result for result in results if not isinstance(result, Exception)]
    return found
