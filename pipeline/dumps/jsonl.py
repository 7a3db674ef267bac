"""JSON Lines: one object a line."""

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from pipeline.article import Article
from pipeline.dumps.block import BLOCK_BYTES, Block, DumpError, DumpOptions, too_large, unexpected
from pipeline.dumps.decoding import decode
from pipeline.dumps.fields import article_from_record
from pipeline.dumps.streams import Stream
from pipeline.rejects import Reject, read_reject

_MAX_NESTING = 200
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_blocks(
    stream: Stream, source_file: str, options: DumpOptions, encoding: str = ""
) -> Iterator[Block | Reject]:
    """Yields blocks of whole lines. A record is a line with more than white space.

    Args:
      stream: UTF-8 or any encoding that extends ASCII.
      encoding: what the stream was recoded from, if it was.
    """
    record = 0
    held: list[bytes] = []
    held_bytes = 0

    def flush(pieces: list[bytes]) -> Iterator[Block]:
        nonlocal record
        payload = b"".join(pieces)
        if records := count_records(payload):
            yield Block(source_file, "jsonl", record, payload, encoding)
            record += records

    while True:
        try:
            chunk = stream.read(BLOCK_BYTES)
        except DumpError as error:
            # What ends with a line break is whole; the line that was cut off goes with the reject.
            tail = b"".join(held)
            whole = tail.rfind(b"\n") + 1
            yield from flush([tail[:whole]])
            yield read_reject(source_file, record, error.reason, error.detail, tail[whole:])
            return
        if not chunk:
            break
        end = chunk.rfind(b"\n") + 1
        if end and held_bytes + end >= BLOCK_BYTES:
            yield from flush([*held, chunk[:end]])
            held, held_bytes = [chunk[end:]], len(chunk) - end
            continue
        held.append(chunk)
        held_bytes += len(chunk)
        if held_bytes > options.max_record_bytes:
            tail = b"".join(held)
            whole = tail.rfind(b"\n") + 1
            yield from flush([tail[:whole]])
            held = [tail[whole:]]
            held_bytes = len(held[0])
            if held_bytes > options.max_record_bytes:
                yield too_large(source_file, record, held[0], options)
                record += 1
                try:
                    held = [_skip_line(stream)]
                except DumpError as error:
                    yield read_reject(source_file, record, error.reason, error.detail)
                    return
                held_bytes = len(held[0])
    yield from flush(held)
    if record == 0:
        yield read_reject(source_file, None, "empty", "The dump holds blank lines only; remove it.")


def count_records(payload: bytes) -> int:
    """Returns how many lines have more than white space."""
    return sum(not line.isspace() for line in payload.split(b"\n") if line)


def _skip_line(stream: Stream) -> bytes:
    while chunk := stream.read(BLOCK_BYTES):
        if (end := chunk.find(b"\n")) >= 0:
            return chunk[end + 1 :]
    return b""


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields one article or reject for every record of a block."""
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
    """Returns what one JSON value holds."""
    if len(raw) > options.max_record_bytes:
        return too_large(block.source_file, record, raw, options)
    try:
        value, encoding = load_json(raw)
        if type(value) is not dict:
            raise DumpError(
                "not_a_record",
                f"The record is a JSON {_json_type(value)}, not an object with named fields; "
                'write each article as {"text": ...}.',
            )
        return article_from_record(
            value, block.source_file, record, block.dump_format, block.encoding or encoding, options
        )
    except DumpError as error:
        return read_reject(block.source_file, record, error.reason, error.detail, raw)
    except Exception as error:  # noqa: BLE001 - one record must not stop the others
        return unexpected(block.source_file, record, error, raw)


def load_json(raw: bytes) -> tuple[Any, str]:
    """Returns a JSON value and the encoding of its bytes.

    orjson decides; what it refuses but Python's parser takes (NaN, single surrogates, numbers
    beyond 64 bits) is kept, and so is JSON in another encoding or with raw control characters.

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
