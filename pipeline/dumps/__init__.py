"""Raw bytes to articles, one module per dump format.

Reading is cheap: it opens a dump, decompresses it, walks archives, finds the format from the
content and cuts it into blocks at record boundaries. :func:`split_dump` divides a large dump into
ranges that several workers read at once, :func:`read_range` yields the blocks of one.
:func:`parse_block` does the work on one block, in any process. None of them ever raises for what a
dump holds: every record ends as an article or as a reject.
"""

from pipeline.dumps.block import FIELDS, FORMATS, Block, DumpError, DumpOptions
from pipeline.dumps.formats import parse_block
from pipeline.dumps.ranges import (
    DumpRange,
    appended,
    count_records,
    is_cut,
    is_log,
    last_line,
    numbered,
    place,
    read_blocks,
    read_range,
    split_dump,
)

__all__ = [
    "FIELDS",
    "FORMATS",
    "Block",
    "DumpError",
    "DumpOptions",
    "DumpRange",
    "appended",
    "count_records",
    "is_cut",
    "is_log",
    "last_line",
    "numbered",
    "parse_block",
    "place",
    "read_blocks",
    "read_range",
    "split_dump",
]
