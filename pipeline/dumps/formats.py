"""The format of a dump: told from its content, and the module that reads it."""

from collections.abc import Iterator
from types import ModuleType

from pipeline.article import Article
from pipeline.dumps import jsonl, objects, page, parquet, table, text, warc
from pipeline.dumps.block import Block, DumpError, DumpOptions, Source, unexpected
from pipeline.dumps.decoding import wide_encoding
from pipeline.dumps.sniff import HEAD, sniff
from pipeline.dumps.streams import Stream, recode
from pipeline.rejects import Reject

READERS: dict[str, ModuleType] = {
    "text": text,
    "html": page,
    "jsonl": jsonl,
    "json": objects,
    "csv": table,
    "parquet": parquet,
    "warc": warc,
    "wet": warc,
}


def identify(stream: Stream, name: str, options: DumpOptions) -> tuple[Stream, Source]:
    """Returns the stream as UTF-8 if it was UTF-16 or UTF-32, and what it is.

    Args:
      stream: decompressed, at its beginning.
      name: the dump or member, as in ``articles.source_file``.
      options: how to read.

    Raises:
      DumpError: it cannot be read, or is of no known format.
    """
    head = stream.peek(HEAD)
    if not head:
        # Nothing, or a failure at the first byte, which reading raises.
        stream.read(1)
        raise DumpError("empty", "The dump holds no bytes; remove it, or fetch it again.")
    encoding = ""
    if (wide := wide_encoding(head)) and options.format not in ("parquet", "warc", "wet"):
        stream, encoding = recode(stream, wide), wide
    dump_format = options.format or sniff(stream, options)
    if dump_format in ("warc", "wet"):
        dump_format = "wet" if b"WARC-Type: conversion" in head else "warc"
    return stream, Source(name, dump_format, encoding)


def read_stream(stream: Stream, name: str, options: DumpOptions) -> Iterator[Block | Reject]:
    """Yields the blocks of a stream of any format. Never raises for what it holds.

    Args:
      stream: decompressed, at its beginning.
      name: the dump or member, as in ``articles.source_file``.
      options: how to read.
    """
    head = stream.peek(HEAD)
    try:
        stream, source = identify(stream, name, options)
        yield from READERS[source.dump_format].read_blocks(stream, source, options)
    except DumpError as error:
        yield error.reject(name, None, head)
    except Exception as error:  # noqa: BLE001 - one member must not stop the others
        yield unexpected(name, None, error)


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields one article or reject for every record of a block, in order. Never raises."""
    record = block.first_record
    try:
        for item in READERS[block.dump_format].parse_block(block, options):
            yield item
            record += 1
    except Exception as error:  # noqa: BLE001 - one block must not stop the run
        yield unexpected(block.source_file, record, error)
