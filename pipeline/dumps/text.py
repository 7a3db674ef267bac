"""Plain text: one article a file, or several between clear separators.

A file holds several articles if all of this is true, else one:

- It has one kind of separator line: at least 10 equal characters of ``= # ~ % +``, at least 20
  of ``- * _`` (shorter ones are section breaks within an article), a form feed, a count
  (``3 of 120 DOCUMENTS``, ``Document 3 of 120``), or ``End of Document``. The line has no
  other text. A line of characters right under a line of about its own length is an underlined
  heading, no separator.
- Every part between them has at least two lines with text and 40 words.

The rule is judged on the first :attr:`DumpOptions.max_record_bytes` of the file.
"""

import dataclasses
import os
import re
from collections.abc import Iterator
from typing import BinaryIO

from pipeline.article import Article, article_id
from pipeline.dates import date_columns
from pipeline.dumps.block import BLOCK_BYTES, Block, DumpError, DumpOptions, Source, too_large
from pipeline.dumps.decoding import clean_text, decode
from pipeline.dumps.records import sized_blocks
from pipeline.dumps.streams import Stream
from pipeline.rejects import Reject, read_reject

_FEWEST_LINES, _FEWEST_WORDS = 2, 40
_UNDERLINE_SLACK = 3
_CONTEXT = 1024
"""Bytes before a separator that decide whether it underlines a line."""
# A separator needs a line break on both sides, or the edge of the file.
_SEPARATORS = {
    name: re.compile(
        rb"(?:\A|(?<=[\n\r\f]))[ \t]*(?:" + pattern + rb")[ \t]*(?:\r\n|\n|\r|\f|\Z)", re.IGNORECASE
    )
    for name, pattern in (
        ("count", rb"(?:document )?\d{1,7} of \d{1,7}(?: documents)?"),
        ("end", rb"end of document"),
        ("rule", rb"={10,}|#{10,}|~{10,}|%{10,}|\+{10,}"),
        ("line", rb"-{20,}|\*{20,}|_{20,}"),
    )
} | {"form feed": re.compile(rb"\f")}
_QUICK = re.compile(
    rb"\f|={10}|#{10}|~{10}|%{10}|\+{10}|-{20}|\*{20}|_{20}|\d of \d|of document", re.IGNORECASE
)


def read_blocks(stream: Stream, source: Source, options: DumpOptions) -> Iterator[Block | Reject]:
    """Yields blocks of articles. The header of the source is the kind of separator, if known."""
    head, whole = b"", False
    if source.header:
        kind: str | None = source.header[0]
    else:
        head, whole = read_whole(stream, options.max_record_bytes)
        kind = separator(head, whole)
    if kind is not None:
        parts = _parts(head, whole, stream, _SEPARATORS[kind], options)
        yield from sized_blocks(parts, source)
    elif whole:
        yield source.block(0, 1, head)
    else:
        why = " and has no separator lines between articles"
        yield too_large(options, head, "text", why).reject(source.name, 0)


def cuts(
    file: BinaryIO, size: int, source: Source, options: DumpOptions, range_bytes: int
) -> tuple[Source, list[int]]:
    """Returns the source with its kind of separator, and ends of separators."""
    file.seek(0)
    head = file.read(options.max_record_bytes + 1)
    kind = separator(head, len(head) <= options.max_record_bytes)
    if kind is None:
        return source, [0]
    pattern, starts, position = _SEPARATORS[kind], [0], range_bytes
    while position < size:
        window_start = max(0, position - _CONTEXT)
        file.seek(window_start)
        text = file.read(_CONTEXT + BLOCK_BYTES)
        for match in pattern.finditer(text, position - window_start):
            # The line after a cut must not look like a separator: it may underline the line
            # before the cut.
            if (
                match.end() < len(text)
                and (kind == "form feed" or match[0].endswith((b"\n", b"\r")))
                and not _underlines(text, match)
                and not pattern.match(text, match.end())
            ):
                starts.append(window_start + match.end())
                position = starts[-1] + range_bytes
                break
        else:
            position += BLOCK_BYTES - _CONTEXT
    return dataclasses.replace(source, header=(kind,)), starts


def read_whole(stream: Stream, limit: int) -> tuple[bytes, bool]:
    """Returns up to ``limit`` + 1 bytes, and True if that is the whole stream.

    Raises:
      DumpError: the stream fails before that.
    """
    chunks: list[bytes] = []
    size = 0
    while size <= limit:
        chunk = stream.read(min(BLOCK_BYTES, limit + 1 - size))
        if not chunk:
            return b"".join(chunks), True
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks), False


def separator(head: bytes, whole: bool) -> str | None:
    """Returns the kind of separator that divides a file, or ``None`` for one article.

    Args:
      head: the file, or its beginning.
      whole: True for the file; the last part of a beginning is not judged.
    """
    if not _QUICK.search(head):
        return None
    for kind, pattern in _SEPARATORS.items():
        cuts = [match for match in pattern.finditer(head) if not _underlines(head, match)]
        if not cuts:
            continue
        edges = [0, *(edge for match in cuts for edge in match.span()), len(head)]
        parts = [head[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2)]
        if not whole:
            parts.pop()
        parts = [part for part in parts if part.strip()]
        if len(parts) >= 2 and all(_is_article(part) for part in parts):
            return kind
    return None


def _underlines(head: bytes, match: re.Match[bytes]) -> bool:
    rule = match[0].strip()
    if not rule or rule.count(rule[:1]) != len(rule):
        return False
    before = head[max(0, match.start() - 400) : match.start()].rstrip(b" \t")
    lines = before.splitlines()
    heading = lines[-1].strip() if lines else b""
    # Characters, not bytes: continuation bytes of UTF-8 take no room.
    width = sum(byte & 0xC0 != 0x80 for byte in heading)
    return bool(heading) and abs(width - len(rule)) <= _UNDERLINE_SLACK


def _is_article(part: bytes) -> bool:
    lines = sum(not line.isspace() for line in part.splitlines() if line)
    return lines >= _FEWEST_LINES and len(part.split(None, _FEWEST_WORDS)) >= _FEWEST_WORDS


def _parts(
    head: bytes, whole: bool, stream: Stream, pattern: re.Pattern[bytes], options: DumpOptions
) -> Iterator[bytes | DumpError]:
    """Yields the parts that are not blank, and errors.

    Args:
      head: the beginning of the text.
      whole: True if ``head`` is the whole text.
      stream: the rest.
      pattern: the separator.
      options: a part beyond ``max_record_bytes`` is an error.
    """
    limit = options.max_record_bytes
    text, start = head, 0  # of the part; the bytes before it are context
    oversized = b""
    while True:
        edges: list[tuple[int, int]] = []
        for match in pattern.finditer(text, start):
            # A match at the end of the bytes read may continue in the next ones.
            if (whole or match.end() < len(text)) and not _underlines(text, match):
                edges.append(match.span())
        if whole:
            edges.append((len(text), len(text)))
        for end, next_start in edges:
            part = oversized or text[start:end]
            if len(part) > limit:
                yield too_large(options, part, "part")
            elif part and not part.isspace():
                yield part
            start, oversized = next_start, b""
        if whole:
            return
        if len(text) - start > limit:
            # Keep the last lines, in which a separator may begin.
            oversized = oversized or text[start : start + limit + 1]
            start = len(text) - _CONTEXT
        begin = max(0, start - _CONTEXT)
        try:
            chunk = stream.read(BLOCK_BYTES)
        except DumpError as error:
            yield error
            return
        whole = not chunk
        text, start = text[begin:] + chunk, start - begin


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields one article or reject for each text of a block."""
    del options
    several = bool(block.sizes)
    for record, raw in block.sized() if several else [(block.first_record, block.payload)]:
        text, encoding = decode(raw)
        text = clean_text(text)
        if not text.strip():
            yield read_reject(
                block.source_file,
                record,
                "empty",
                "The text holds no characters; leave it out.",
                raw,
            )
            continue
        # The name identifies a file, but only the content identifies a part of one, so that its id
        # does not depend on how a corpus is split into files.
        address = "" if several else file_name(block.source_file)
        yield document_article(block, record, address, text, "text", block.encoding or encoding)


def file_name(source_file: str) -> str:
    """Returns the name of a dump without its folders and archives."""
    return os.path.basename(source_file.rsplit("!", 1)[-1])


def document_article(
    block: Block, record: int, address: str, document: str, document_type: str, encoding: str
) -> Article:
    """Returns the article of a document without metadata."""
    return {
        "article_id": article_id(address, document),
        "source_file": block.source_file,
        "record_index": record,
        "dump_format": block.dump_format,
        "url": None,
        "outlet": None,
        "title": None,
        "authors": [],
        **date_columns(None, ""),
        "modified_at": None,
        "tags": [],
        "encoding": encoding,
        "document": document,
        "document_type": document_type,
        "language_hint": None,
    }
