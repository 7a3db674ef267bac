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

import os
import re
from collections.abc import Iterator

from pipeline.article import Article, article_id
from pipeline.dumps.block import BLOCK_BYTES, Block, DumpError, DumpOptions
from pipeline.dumps.decoding import clean_text, decode
from pipeline.dumps.streams import Stream
from pipeline.rejects import Reject, read_reject

_FEWEST_LINES, _FEWEST_WORDS = 2, 40
_UNDERLINE_SLACK = 3
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


def read_blocks(
    stream: Stream, source_file: str, options: DumpOptions, encoding: str = ""
) -> Iterator[Block | Reject]:
    """Yields the articles of a text file as blocks, a large file piece by piece.

    Args:
      stream: in any encoding that extends ASCII.
      encoding: what the stream was recoded from, if it was.
    """
    head, whole = read_whole(stream, options.max_record_bytes)
    kind = separator(head, whole)
    if kind is None:
        if whole:
            yield Block(source_file, "text", 0, head, encoding)
        else:
            yield read_reject(
                source_file,
                0,
                "too_large",
                f"The text is larger than {options.max_record_bytes:,} bytes and has no separator "
                "lines between articles; split it, or raise the limit with --max-document-bytes.",
                head,
            )
        return
    pattern = _SEPARATORS[kind]
    record = 0
    held: list[bytes] = []
    held_bytes = 0

    def block() -> Block:
        return Block(
            source_file,
            "text",
            record - len(held),
            b"".join(held),
            encoding,
            sizes=tuple(len(part) for part in held),
        )

    try:
        for part in _parts(head, whole, stream, pattern, options.max_record_bytes):
            if part is None or len(part) > options.max_record_bytes:
                if held:
                    yield block()
                    held, held_bytes = [], 0
                yield read_reject(
                    source_file,
                    record,
                    "too_large",
                    f"The part is larger than {options.max_record_bytes:,} bytes; split it, or "
                    "raise the limit with --max-document-bytes.",
                    part or b"",
                )
                record += 1
                continue
            if part.isspace() or not part:
                continue
            if held and held_bytes + len(part) > BLOCK_BYTES:
                yield block()
                held, held_bytes = [], 0
            held.append(part)
            held_bytes += len(part)
            record += 1
    except DumpError as error:
        if held:
            yield block()
        yield read_reject(source_file, record, error.reason, error.detail)
        return
    if held:
        yield block()


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
    head: bytes, whole: bool, stream: Stream, pattern: re.Pattern[bytes], limit: int
) -> Iterator[bytes | None]:
    """Yields the parts; ``None`` for one that outgrew the limit and was skipped."""
    text = head
    skipping = False
    while True:
        start = 0
        for match in pattern.finditer(text):
            # One that touches the end of what was read may go on in what was not.
            if (match.end() == len(text) and not whole) or _underlines(text, match):
                continue
            yield None if skipping else text[start : match.start()]
            skipping = False
            start = match.end()
        text = text[start:]
        if whole:
            if skipping or text:
                yield None if skipping else text
            return
        if len(text) > limit:
            # Keep the last lines, in which a separator may begin.
            skipping, text = True, text[-1024:]
        chunk = stream.read(BLOCK_BYTES)
        whole = not chunk
        text += chunk


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields one article or reject for every text of a block."""
    del options
    several = bool(block.sizes)
    start = 0
    for record, size in enumerate(block.sizes or (len(block.payload),), start=block.first_record):
        raw = block.payload[start : start + size]
        start += size
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
