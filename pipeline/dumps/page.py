"""HTML pages: one article a file, or an export of a news database with many."""

import dataclasses
import itertools
import re
from collections.abc import Iterator
from functools import partial

from pipeline.article import Article
from pipeline.dumps.articles import document_article
from pipeline.dumps.block import Block, DumpError, DumpOptions, Source, parsed, too_large
from pipeline.dumps.decoding import clean_text, decode
from pipeline.dumps.export_pages import article_starts, page_text, shows_words
from pipeline.dumps.records import sized_blocks
from pipeline.dumps.streams import Stream
from pipeline.dumps.text import cover_error, field_article, file_name, read_whole
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
    """Yields the page as one block, or blocks of the articles of an export.

    Raises:
      DumpError: the stream fails; half a page is no article.
    """
    head, whole = read_whole(stream, options.max_record_bytes)
    if not whole:
        yield too_large(options, head).reject(source.name, 0)
        return
    product, starts, problem = article_starts(head)
    if not starts:
        yield source.block(0, 1, head)
        return
    # The encoding is declared before the first article.
    declared = _declared(head)
    source = dataclasses.replace(source, header=(product, declared or ""))
    edges = [*starts, len(head)]
    yield from sized_blocks((head[start:end] for start, end in itertools.pairwise(edges)), source)
    cover = head[: starts[0]]
    if shows_words(decode_page(cover, declared)[0]):
        yield cover_error(cover).reject(source.name, None)
    if problem:
        yield read_reject(source.name, None, "incomplete", problem)


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields the page's article, or those of an export."""
    if block.sizes:
        for record, raw in block.sized():
            yield parsed(partial(_exported, raw, block, record, options), block, record, raw)
        return
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
        encoding,
    )


def _exported(raw: bytes, block: Block, record: int, options: DumpOptions) -> Article:
    product, declared = block.header
    document, encoding = decode_page(raw, declared or None)
    found = page_text(document, product)
    if found is None:
        raise DumpError(
            "no_article", "The part of the export has no fields of an article; there is no text."
        )
    return field_article(block, record, "", found, encoding, options)


def decode_page(data: bytes, declared: str | None) -> tuple[str, str]:
    """Returns the text and encoding of a page.

    Args:
      data: the page.
      declared: the charset of the HTTP header; without it the declaration in the page counts.
    """
    document, encoding = decode(data, declared or _declared(data))
    return clean_text(document), encoding


def _declared(data: bytes) -> str | None:
    match = _CHARSET.search(data, 0, _DECLARED_WITHIN)
    return (match[1] or match[2]).decode("ascii") if match else None
