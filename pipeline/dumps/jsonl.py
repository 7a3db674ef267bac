"""JSON Lines: one object a line."""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from pipeline.article import Article
from pipeline.dumps.archives_json import named_fields
from pipeline.dumps.block import (
    BLOCK_BYTES,
    Block,
    DumpError,
    DumpOptions,
    Source,
    parsed,
    too_large,
)
from pipeline.dumps.decoding import decode
from pipeline.dumps.fields import article_from_record
from pipeline.dumps.records import row_blocks, whole_rows
from pipeline.dumps.streams import Stream
from pipeline.rejects import Reject

_ACTIONS = frozenset(("index", "create", "update", "delete"))
_DYNAMODB = frozenset(("S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"))
_DEEPEST_TYPED = 32
_MAX_NESTING = 200
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_blocks(stream: Stream, source: Source, options: DumpOptions) -> Iterator[Block | Reject]:
    """Yields blocks of whole lines. A record is a line that is not blank."""
    rows = whole_rows(stream, options, lambda text: text.rfind(b"\n") + 1)
    nothing = "The dump holds blank lines only; leave it out."
    return row_blocks(rows, source, count_records, nothing)


def cuts(
    file: BinaryIO,
    size: int,
    source: Source,
    options: DumpOptions,
    range_bytes: int,
    start: int = 0,
) -> tuple[Source, list[int]]:
    """Returns the source, and the ends of lines in any encoding, from a first one on."""
    del options
    line_break = "\n".encode(source.encoding or "utf-8")
    width = len(line_break)
    starts = [start]
    position = start + -(-range_bytes // width) * width
    while position < size:
        file.seek(position)
        text = file.read(BLOCK_BYTES)
        found = text.find(line_break)
        while found % width and found >= 0:
            # These bytes belong to two characters.
            found = text.find(line_break, found + 1)
        if found < 0:
            position += BLOCK_BYTES
        elif (end := position + found + width) < size:
            starts.append(end)
            position = end + -(-range_bytes // width) * width
        else:
            break
    return source, starts


def count_records(payload: bytes) -> int:
    """Returns the number of lines that are not blank."""
    return sum(not line.isspace() for line in payload.split(b"\n") if line)


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields one article or reject for every record of a block: a line, or as its sizes say."""
    if block.sizes:
        for record, raw in block.sized():
            yield parse_record(raw, block, record, options)
        return
    record = block.first_record
    payload, start = block.payload, 0
    while start < len(payload):
        end = payload.find(b"\n", start)
        end = end if end >= 0 else len(payload)
        line = payload[start:end]
        start = end + 1
        if line and not line.isspace():
            yield parse_record(line, block, record, options)
            record += 1


def parse_record(raw: bytes, block: Block, record: int, options: DumpOptions) -> Article | Reject:
    """Returns the article or reject of one JSON value."""

    def article() -> Article:
        if len(raw) > options.max_record_bytes:
            raise too_large(options, raw)
        if not raw:
            raise DumpError("empty", "The record has no value; leave it out.")
        value, encoding = load_json(raw)
        if type(value) is str and value.lstrip().startswith("{"):
            value, _ = load_json(value.encode())  # written as JSON twice
        if type(value) is not dict:
            raise DumpError(
                "not_a_record",
                f"The record is a JSON {_json_type(value)}, not an object with named fields; "
                'write each article as {"text": ...}.',
            )
        if (
            len(value) == 1
            and type(value.get(next(iter(value)))) is dict
            and value.keys() <= _ACTIONS
        ):
            raise DumpError(
                "no_article", "The line is an action of Elasticsearch's bulk format; leave it."
            )
        value = named_fields(_untyped_item(value))
        return article_from_record(value, block, record, encoding, options)

    return parsed(article, block, record, raw)


def _untyped_item(record: dict[str, Any]) -> dict[str, Any]:
    """Returns an item of DynamoDB's export with plain values; any other record as it is."""
    item = record.get("Item") if len(record) == 1 else record
    if type(item) is not dict or not all(
        type(value) is dict and len(value) == 1 and value.keys() <= _DYNAMODB
        for value in item.values()
    ):
        return record
    return {name: _untyped(value, 0) for name, value in item.items()}


def _untyped(value: Any, depth: int) -> Any:
    if type(value) is not dict or len(value) != 1 or depth > _DEEPEST_TYPED:
        return value
    [(kind, inner)] = value.items()
    if kind == "M" and type(inner) is dict:
        return {name: _untyped(within, depth + 1) for name, within in inner.items()}
    if kind == "L" and type(inner) is list:
        return [_untyped(within, depth + 1) for within in inner]
    return None if kind == "NULL" else inner


def load_json(raw: bytes) -> tuple[Any, str]:
    """Returns a JSON value and the encoding of its bytes.

    orjson parses first; Python's parser takes what it refuses: NaN, single surrogates, integers
    beyond 64 bits, other encodings and raw control characters.

    Raises:
      DumpError: ``invalid_json`` or ``too_deep``.
    """
    try:
        return orjson.loads(raw), "utf-8"
    except orjson.JSONDecodeError as error:
        first = error
    text, encoding = decode(raw)
    try:
        value = json.loads(text.replace("\0", ""), strict=False)
    except RecursionError as error:
        raise DumpError(
            "too_deep",
            "The JSON is nested deeper than Python's parser goes; flatten it to named fields.",
        ) from error
    except ValueError as error:
        raise DumpError(
            "invalid_json",
            f"The record is no valid JSON ({first}); mend it, or give the format with --format.",
        ) from error
    return _without_surrogates(value, 0), encoding


def _without_surrogates(value: Any, depth: int) -> Any:
    if depth > _MAX_NESTING:
        return None
    if isinstance(value, str):
        # A pair split over two escapes is joined; a single half cannot be encoded.
        if _SURROGATE.search(value):
            value = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return value
    if isinstance(value, list):
        return [_without_surrogates(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {
            _without_surrogates(key, depth + 1): _without_surrogates(item, depth + 1)
            for key, item in value.items()
        }
    return value


def _json_type(value: Any) -> str:
    if value is None:
        return "null"
    return {list: "array", str: "string", bool: "boolean"}.get(type(value), "number")
