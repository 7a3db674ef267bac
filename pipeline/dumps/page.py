"""HTML pages: one article a file."""

import re
from collections.abc import Iterator

from pipeline.article import Article
from pipeline.dumps.block import Block, DumpOptions, Source, too_large
from pipeline.dumps.decoding import decode
from pipeline.dumps.streams import Stream
from pipeline.dumps.text import document_article, file_name, read_whole
from pipeline.rejects import Reject, read_reject

# WHATWG HTML 13.2.3.2 searches the declaration in the first 1,024 bytes; many pages have scripts
# before it.
_DECLARED_WITHIN = 8192
_CHARSET = re.compile(
    rb"""<meta\b[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.\-]{2,40})"""
    rb"""|<\?xml\b[^>]{0,200}?encoding\s*=\s*["']([a-zA-Z0-9_:.\-]{2,40})""",
    re.IGNORECASE,
)


def read_blocks(stream: Stream, source: Source, options: DumpOptions) -> Iterator[Block | Reject]:
    """Yields the page as one block.

    Raises:
      DumpError: the stream fails; half a page is no article.
    """
    head, whole = read_whole(stream, options.max_record_bytes)
    if whole:
        yield source.block(0, 1, head)
    else:
        yield too_large(options, head).reject(source.name, 0)


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields the page's article."""
    del options
    document, encoding = decode_page(block.payload, None)
    if not document.strip():
        yield read_reject(
            block.source_file,
            block.first_record,
            "empty",
            "The page holds no characters; leave it out.",
            block.payload,
        )
        return
    yield document_article(
        block,
        block.first_record,
        file_name(block.source_file),
        document,
        "html",
        block.encoding or encoding,
    )


def decode_page(data: bytes, declared: str | None) -> tuple[str, str]:
    """Returns the text and encoding of a page.

    Args:
      data: the page.
      declared: the charset of the HTTP header; without it the declaration in the page counts.
    """
    if not declared and (match := _CHARSET.search(data, 0, _DECLARED_WITHIN)):
        declared = (match[1] or match[2]).decode("ascii")
    document, encoding = decode(data, declared)
    if "\0" in document:
        document = document.replace("\0", "")
    if "\r" in document:
        document = document.replace("\r\n", "\n").replace("\r", "\n")
    return document, encoding
