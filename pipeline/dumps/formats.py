"""The format of a dump, detected from its content, and the module that reads it."""

import dataclasses
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from pipeline.article import Article
from pipeline.dumps import jsonl, mail, markup, objects, page, parquet, table, text, warc
from pipeline.dumps.block import Block, DumpError, DumpOptions, Source, unexpected
from pipeline.dumps.day_order import BYTES, day_order
from pipeline.dumps.decoding import wide_encoding
from pipeline.dumps.sniff import HEAD, sniff
from pipeline.dumps.streams import Stream, recode
from pipeline.rejects import Reject


class Reader(Protocol):
    """The functions of the module of a format."""

    def read_blocks(
        self, stream: Stream, source: Source, options: DumpOptions
    ) -> Iterator[Block | Reject]:
        """Yields blocks of whole records, and a reject for each part of a stream that is none.

        Args:
          stream: decompressed bytes; text is in UTF-8 or an encoding that extends ASCII.
          source: name, format and header of the stream, and the number of its first record.
          options: how to read.

        Raises:
          DumpError: the stream cannot be read at all.
        """
        ...

    def parse_block(self, block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
        """Yields one article or reject for each record of a block, in order."""
        ...


class Cutter(Protocol):
    """A module that also finds where ranges of an uncompressed dump may begin."""

    def cuts(
        self, file: BinaryIO, size: int, source: Source, options: DumpOptions, range_bytes: int
    ) -> tuple[Source, list[int]]:
        """Returns the source, with the header that its ranges need, and the start of each range.

        Args:
          file: the dump; seekable.
          size: its length in bytes.
          source: what :func:`identify` returned for it.
          options: how to read.
          range_bytes: least distance of two cuts.
        """
        ...


READERS: dict[str, Reader] = {
    "text": text,
    "html": page,
    "jsonl": jsonl,
    "json": objects,
    "csv": table,
    "xml": markup,
    "mail": mail,
    "parquet": parquet,
    "warc": warc,
    "wet": warc,
}


_WITH_COLUMNS = ("jsonl", "json", "csv")


def identify(stream: Stream, name: str, options: DumpOptions) -> tuple[Stream, Source]:
    """Returns the stream, recoded to UTF-8 if it is UTF-16 or UTF-32, and its source.

    Args:
      stream: decompressed, at its beginning.
      name: the dump or member, as in ``articles.source_file``.
      options: how to read.

    Raises:
      DumpError: the stream fails or has no known format.
    """
    head = stream.peek(HEAD)
    if not head:
        # Raises if the stream failed at its first byte.
        stream.read(1)
        raise DumpError("empty", "The dump holds no bytes; leave it out, or fetch it again.")
    encoding = ""
    if (wide := wide_encoding(head)) and options.format not in ("parquet", "warc", "wet"):
        stream, encoding = recode(stream, wide), wide
    dump_format = options.format or sniff(stream, options)
    if dump_format in ("warc", "wet"):
        dump_format = "wet" if b"WARC-Type: conversion" in head else "warc"
    order = day_order(stream.peek(BYTES)) if dump_format in _WITH_COLUMNS else {}
    return stream, Source(name, dump_format, encoding, day_order=order)


def read_stream(stream: Stream, name: str, options: DumpOptions) -> Iterator[Block | Reject]:
    """Yields the blocks and rejects of a stream of any format. Never raises for its content.

    Args: as of :func:`identify`.
    """
    head = stream.peek(HEAD)
    try:
        stream, source = identify(stream, name, options)
        yield from READERS[source.dump_format].read_blocks(stream, source, options)
    except DumpError as error:
        yield error.reject(name, None, head)
    except Exception as error:  # noqa: BLE001 - one member must not end the others
        yield unexpected(name, None, error)


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields one article or reject for every record of a block, in order. Never raises."""
    record = block.first_record
    if block.day_order:
        options = dataclasses.replace(options, day_order=block.day_order)
    try:
        for item in READERS[block.dump_format].parse_block(block, options):
            yield item
            record += 1
    except Exception as error:  # noqa: BLE001 - one block must not end the run
        for lost in range(record, max(record + 1, block.first_record + block.records)):
            yield unexpected(block.source_file, lost, error)
