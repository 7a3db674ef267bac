"""Plain text: one article a file, or several between clear separators.

A file holds several articles only where all of this is so; else it is one article:

- One kind of separator line divides it: at least 10 equal characters of ``= # ~ % +``, at least 20
  of ``- * _`` (shorter ones are section breaks within an article), a form feed, a count
  (``3 of 120 DOCUMENTS``, ``Document 3 of 120``), or ``End of Document``. Nothing else stands on
  the line. A line of characters right under a line of about its own length is an underlined
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
from pipeline.dumps.block import BLOCK_BYTES, Block, DumpError, DumpOptions, Source, too_large
from pipeline.dumps.decoding import clean_text, decode
from pipeline.dumps.records import sized_blocks
from pipeline.dumps.streams import Stream
from pipeline.rejects import Reject, read_reject

_FEWEST_LINES, _FEWEST_WORDS = 2, 40
_UNDERLINE_SLACK = 3
_CONTEXT = 1024
"""Bytes before a separator that decide on it: the line above, if it is short enough."""
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
    """Yields the articles of a text file as blocks, a large file in batches.

    Args:
      stream: in any encoding that extends ASCII.
      source: where the stream comes from; its header is the kind of separator line, empty if it
        has to be found.
      options: how to read.
    """
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
    """Returns the source with its kind of separator, and where ranges begin: behind separators.

    Args:
      file: uncompressed text in an encoding that extends ASCII.
      size: its length in bytes.
      source: what it is.
      options: how to read.
      range_bytes: least distance of two cuts.
    """
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
            # The line behind a cut must be no separator: without the line before it, it could be
            # taken for one although it underlines that line.
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
    """Returns up to about ``limit`` bytes, and whether that is all there is.

    Raises:
      DumpError: the stream fails before that.
    """
    pieces: list[bytes] = []
    size = 0
    while size <= limit:
        chunk = stream.read(min(BLOCK_BYTES, limit + 1 - size))
        if not chunk:
            return b"".join(pieces), True
        pieces.append(chunk)
        size += len(chunk)
    return b"".join(pieces), False


def separator(head: bytes, whole: bool) -> str | None:
    """Returns the kind of separator that divides a file, or ``None`` for one article.

    Args:
      head: the file, or the beginning of it.
      whole: whether it is all; if not, the last part is not judged.
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
    """Yields the parts that hold anything, and errors.

    Args:
      head: the beginning of the text.
      whole: True if that is all of it.
      stream: the rest.
      pattern: the separator.
      options: a part beyond ``max_record_bytes`` is an error.
    """
    limit = options.max_record_bytes
    text, start = head, 0  # ``start`` is where the part begins; before it stands context
    oversized = b""
    while True:
        edges: list[tuple[int, int]] = []
        for match in pattern.finditer(text, start):
            # One that touches the end of what was read may continue in what was not.
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
    """Yields one article or reject for every text of a block."""
    del options
    several = bool(block.sizes)
    for record, raw in block.sized() if several else [(block.first_record, block.payload)]:
        text, encoding = decode(raw)
        text = clean_text(text)
        if not text.strip():
            yield read_reject(
                block.source_file, record, "empty", "The text holds no characters; remove it.", raw
            )
            continue
        # A file is known by its name; a part of one only by its content, so that its id does not
        # depend on how a corpus is split into files.
        address = "" if several else file_name(block.source_file)
        yield document_article(block, record, address, text, "text", block.encoding or encoding)


def file_name(source_file: str) -> str:
    """Returns the name of a dump without its folders and archives."""
    return os.path.basename(source_file.rsplit("!", 1)[-1])


def document_article(
    block: Block, record: int, address: str, document: str, document_type: str, encoding: str
) -> Article:
    """Returns the article of a document about which the dump says nothing else."""
    return {
        "article_id": article_id(address, document),
        "source_file": block.source_file,
        "record_index": record,
        "dump_format": block.dump_format,
        "url": None,
        "outlet": None,
        "title": None,
        "authors": [],
        "published_at": None,
        "tags": [],
        "encoding": encoding,
        "document": document,
        "document_type": document_type,
        "language_hint": None,
    }
