"""Raw bytes to articles, one module per dump format.

Reading has two halves. ``read_blocks`` is cheap and sequential: it opens a dump, decompresses it,
walks archives, tells the format from the content and cuts it into blocks at record boundaries.
``parse_block`` does the work on one block, in any process. Neither ever raises for what a dump
holds: every record ends as an article or as a reject.
"""

from collections.abc import Iterator
from types import ModuleType

from pipeline.article import Article
from pipeline.dumps import jsonl, objects, page, parquet, table, text, warc
from pipeline.dumps.block import FIELDS, FORMATS, Block, DumpError, DumpOptions, unexpected
from pipeline.dumps.containers import read_members
from pipeline.dumps.decoding import wide_encoding
from pipeline.dumps.inputs import open_dump
from pipeline.dumps.sniff import HEAD, sniff
from pipeline.dumps.streams import Budget, Stream, file_stream, recode
from pipeline.rejects import Reject, read_reject

__all__ = [
    "FIELDS",
    "FORMATS",
    "Block",
    "DumpError",
    "DumpOptions",
    "parse_block",
    "read_blocks",
]

_READERS: dict[str, ModuleType] = {
    "text": text,
    "html": page,
    "jsonl": jsonl,
    "json": objects,
    "csv": table,
    "parquet": parquet,
    "warc": warc,
    "wet": warc,
}


def read_blocks(path: str, options: DumpOptions) -> Iterator[Block | Reject]:
    """Yields the blocks of one dump, and a reject for everything that cannot be cut into one.

    Streams: at any time it holds a few blocks, or one record, whatever the size of the dump.
    Never raises for the content of a dump, for a file that cannot be opened, or one that vanishes.

    Args:
      path: a path or URL as ``find_dumps`` names it.
      options: how to read.
    """
    try:
        file = open_dump(path)
    except (OSError, ValueError, ImportError) as error:
        yield read_reject(path, None, "unreadable", _why_unreadable(error))
        return
    with file:
        budget = Budget(options)
        try:
            for member in read_members(file_stream(file, budget), path, budget, options, file):
                if isinstance(member, Reject):
                    yield member
                else:
                    yield from _read_member(*member, options)
        except DumpError as error:
            yield read_reject(path, None, error.reason, error.detail)
        except Exception as error:  # noqa: BLE001 - one dump must not stop the run
            yield unexpected(path, None, error)


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields one article or reject for every record of a block, in order. Never raises."""
    record = block.first_record
    try:
        for item in _READERS[block.dump_format].parse_block(block, options):
            yield item
            record += 1
    except Exception as error:  # noqa: BLE001 - one block must not stop the run
        yield unexpected(block.source_file, record, error)


def _read_member(
    source_file: str, stream: Stream, options: DumpOptions
) -> Iterator[Block | Reject]:
    head = stream.peek(HEAD)
    try:
        if not head:
            # Nothing, or a failure at the first byte, which reading tells.
            stream.read(1)
            raise DumpError("empty", "The dump holds no bytes; remove it, or fetch it again.")
        encoding = ""
        if (wide := wide_encoding(head)) and options.format not in ("parquet", "warc", "wet"):
            stream, encoding = recode(stream, wide), wide
        dump_format = options.format or sniff(stream, options)
        yield from _READERS[dump_format].read_blocks(stream, source_file, options, encoding)
    except DumpError as error:
        yield read_reject(source_file, None, error.reason, error.detail, error.raw or head)
    except Exception as error:  # noqa: BLE001 - one member must not stop the others
        yield unexpected(source_file, None, error)


def _why_unreadable(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "The dump may not be read; give the user who runs copydesk read permission."
    if isinstance(error, FileNotFoundError):
        return "The dump is gone since it was listed; put it back and run again."
    if isinstance(error, IsADirectoryError):
        return "The dump is a folder now; name it as an input to read what is in it."
    return f"The dump cannot be opened ({error}); check the path and the access to it."
