"""WARC (ISO 28500) and WET: web crawls, one article a response or conversion record.

Records of type ``warcinfo``, ``request``, ``metadata``, ``revisit`` and ``continuation`` describe
the crawl and are not counted. All others are: a ``response`` or ``resource`` with HTML or plain
text and a ``conversion`` (WET) become articles, the rest and responses with a status other than 2xx
become rejects.

The date of a record is that of the crawl, so ``published_at`` stays empty.

A damaged record costs only itself, as reading goes on at the next version line; FastWARC's iterator
loses the records within a wrong length, and all records after a damaged gzip member. FastWARC
parses single records: headers, HTTP, transfer and content encodings.
"""

import io
import re
import zlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator

from pipeline.article import Article
from pipeline.dumps.articles import document_article
from pipeline.dumps.block import (
    Block,
    DumpError,
    DumpOptions,
    Source,
    parsed,
    too_large,
)
from pipeline.dumps.decoding import clean_text, decode, is_binary, wide_encoding
from pipeline.dumps.fields import domain, language_code
from pipeline.dumps.long_text import is_html
from pipeline.dumps.page import decode_page
from pipeline.dumps.records import sized_blocks
from pipeline.dumps.streams import CHUNK, Stream
from pipeline.rejects import RAW_LIMIT, Reject, read_reject

CONTROL_TYPES = frozenset((b"warcinfo", b"request", b"metadata", b"revisit", b"continuation"))
"""Types of records without a page."""

_SHORT_HEADER, _LONGEST_HEADER = 1 << 12, 1 << 16
_CONTEXT = 256
"""Bytes that hold the beginning of a record: a version line and the first field name."""
_VERSION = re.compile(rb"WARC/\d\.\d+[ \t]*\r?\n")
_NEXT = re.compile(rb"(?<=\n)WARC/\d\.\d+[ \t]*\r?\n[A-Za-z\-]+:")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_TYPE = re.compile(rb"^WARC-Type:[ \t]*([\w\-]+)", re.IGNORECASE | re.MULTILINE)
_LENGTH = re.compile(rb"^Content-Length:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_BREAKS = b"\r\n"
_BARE_LF = re.compile(rb"(?<!\r)\n")
_HTML_TYPES = frozenset(("text/html", "application/xhtml+xml"))
_UNKNOWN_TYPES = frozenset(
    ("", "unknown", "text", "application/octet-stream", "binary/octet-stream", "unk")
)


def read_blocks(stream: Stream, source: Source, options: DumpOptions) -> Iterator[Block | Reject]:
    """Yields blocks of whole records, without control records."""
    seen = False

    def pages() -> Iterator[bytes | DumpError]:
        nonlocal seen
        for found in _records(stream, options):
            seen = True
            if found is not None:
                yield found

    record = yield from sized_blocks(pages(), source)
    if source.whole and record == 0:
        what = "describes a crawl but holds no pages" if seen else "holds no records"
        yield read_reject(source.name, None, "empty", f"The WARC {what}; leave it out.")


def cuts(
    file: BinaryIO, size: int, source: Source, options: DumpOptions, range_bytes: int
) -> tuple[Source, list[int]]:
    """Returns the source, and starts of records, found by following their lengths.

    Ends at the first damage, so that reading the whole arrives at every cut too.
    """
    del options
    starts, position = [0], 0
    while position < size:
        file.seek(position)
        head = file.read(_SHORT_HEADER)
        bare = head.lstrip(_BREAKS)
        position += len(head) - len(bare)
        if not _VERSION.match(bare):
            break
        if not (end := _HEADER_END.search(bare)):
            file.seek(position)
            bare = file.read(_LONGEST_HEADER)
            if not (end := _HEADER_END.search(bare)):
                break
        header = bare[: end.end()]
        length = _LENGTH.search(header)
        if length is None or not _TYPE.search(header):
            break
        if position - starts[-1] >= range_bytes:
            starts.append(position)
        position += len(header) + int(length[1])
    return source, starts


def _records(stream: Stream, options: DumpOptions) -> Iterator[bytes | DumpError | None]:
    """Yields records, ``None`` for a control record, and errors for damaged stretches."""
    while True:
        try:
            while breaks := stream.peek(_CONTEXT):
                rest = len(breaks.lstrip(_BREAKS))
                stream.advance(len(breaks) - rest)
                if rest:
                    break
            if not stream.peek(1) and not stream.read(1):
                return
            yield from _record(stream, options)
        except DumpError as error:
            yield error
            if error.reason != "corrupt":
                return
            # The stream continues with the next gzip member, which is the next record.


def _record(stream: Stream, options: DumpOptions) -> Iterator[bytes | DumpError | None]:
    """Yields the record at the beginning of a stream.

    Raises:
      DumpError: the stream fails within the record.
    """
    header = _header(stream)
    if not header:
        yield _resynchronise(stream, 1, "does not begin with a WARC header")
        return
    kind, length = _TYPE.search(header), _LENGTH.search(header)
    if kind is None or length is None:
        yield _resynchronise(stream, len(header), "has no type or no length in its header")
        return
    control = kind[1].lower() in CONTROL_TYPES
    size = len(header) + int(length[1])
    if size > options.max_record_bytes:
        raw = stream.peek(min(size, RAW_LIMIT))
        while size and (chunk := stream.peek(min(size, CHUNK))):
            stream.advance(len(chunk))
            size -= len(chunk)
        # A control record has no page, whatever its size.
        yield _cut_off(stream, raw) if size else None if control else too_large(options, raw)
        return
    text = stream.peek(size + _CONTEXT)
    whole = len(text) >= size
    behind = text[size : size + 16].lstrip(_BREAKS)
    followed = not behind or b"WARC/".startswith(behind[:5])
    if not (whole and followed):
        # The length is wrong, or bytes are missing: a record that begins inside is the next.
        inside = _NEXT.search(text, len(header))
        if inside is not None and (not whole or inside.start() < size):
            stream.advance(inside.start())
            yield _broken(text[: inside.start()], "is shorter than its header says")
            return
    stream.advance(min(size, len(text)))
    if not whole:
        yield _cut_off(stream, text)
        return
    yield None if control else text[:size]
    if not followed:
        yield _resynchronise(stream, 0, "is followed by bytes that belong to no record")


def _header(stream: Stream) -> bytes:
    """Returns the header with the empty line after it; empty if the stream has none here."""
    for size in (_SHORT_HEADER, _LONGEST_HEADER):
        head = stream.peek(size)
        if not _VERSION.match(head):
            break
        if end := _HEADER_END.search(head):
            return head[: end.end()]
    return b""


def _resynchronise(stream: Stream, offset: int, what: str) -> DumpError:
    """Moves to the next version line; returns the error with the bytes before it.

    Args:
      stream: where the damage begins.
      offset: least distance of the version line.
      what: what is wrong.
    """
    raw = b""
    while True:
        text = stream.peek(CHUNK)
        found = _NEXT.search(text, offset)
        if found is not None or len(text) < CHUNK:
            passed = text[: found.start()] if found else text
            stream.advance(len(passed))
            return _broken(raw or passed, what)
        # A version line and a field name may be cut in two.
        raw, offset = raw or text, 0
        stream.advance(len(text) - _CONTEXT)


def _broken(raw: bytes, what: str) -> DumpError:
    return DumpError(
        "invalid_warc",
        f"The record {what}; fetch the archive again. Reading went on at the next record.",
        raw,
    )


def _cut_off(stream: Stream, raw: bytes) -> DumpError:
    """Returns why a stream ends within a record.

    Raises:
      DumpError: because it failed.
    """
    try:
        stream.read(1)
    except DumpError as error:
        error.raw = raw
        raise
    return DumpError(
        "truncated",
        "The WARC ends in the middle of a record; fetch it again. What came before was kept.",
        raw,
    )


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields one article or reject for each record of a block."""
    for record, raw in block.sized():
        yield parsed(partial(_parse_record, raw, block, record, options), block, record, raw)


def _parse_record(raw: bytes, block: Block, record: int, options: DumpOptions) -> Article:
    try:
        headers, content_type, charset, body = _open(raw, options, decoded=True)
    except OSError as error:
        # Many crawlers store bodies decoded and keep the header that says otherwise.
        headers, content_type, charset, body = _open(raw, options, decoded=False)
        body = _inflated(body, options)
        if is_binary(body[:4096]):
            raise DumpError(
                "invalid_http",
                f"The body of the response cannot be decoded ({error}); fetch the page again.",
            ) from error
    if len(body) > options.max_record_bytes:
        raise DumpError(
            "too_large",
            f"The decoded body is larger than {options.max_record_bytes:,} bytes; raise the limit "
            "with --max-document-bytes.",
        )
    conversion = headers.get("warc-type", "").lower() == "conversion"
    document_type = "text" if conversion else _document_type(content_type, body)
    if document_type == "html":
        document, encoding = decode_page(body, charset)
    else:
        document, encoding = decode(body, charset)
        document = clean_text(document)
    if not document.strip():
        if body:
            raise DumpError("empty", "The page holds no characters but blanks; leave it out.")
        raise DumpError(
            "empty",
            "The record has a header and no page; fetch it again if it should have one.",
        )
    url = headers.get("warc-target-uri", "").strip(" <>\t") or None
    address = url or headers.get("warc-record-id", "").strip(" <>\t")
    languages = headers.get("warc-identified-content-language")
    article = document_article(block, record, address, document, document_type, encoding)
    return article | {
        "url": url,
        "outlet": domain(url),
        "language_hint": language_code(languages),
        "is_truncated": True if headers.get("warc-truncated") else article["is_truncated"],
    }


def _inflated(body: bytes, options: DumpOptions) -> bytes:
    """Returns a body decompressed, if it is raw deflate or gzip beneath a header that errs.

    RFC 9110 means zlib's format by ``deflate``; some servers send the bare stream.
    """
    for wbits in (-zlib.MAX_WBITS, 16 + zlib.MAX_WBITS):
        inflater = zlib.decompressobj(wbits)
        try:
            found = inflater.decompress(body, options.max_record_bytes + 1)
        except zlib.error:
            continue
        if found and (inflater.eof or len(found) > options.max_record_bytes):
            return found
    return body


def _open(
    raw: bytes, options: DumpOptions, decoded: bool
) -> tuple[Mapping[str, str], str, str | None, bytes]:
    """Returns a record's header fields (lower case), its content type, charset and body.

    Raises:
      DumpError: the record or its HTTP header is damaged, or its status is no success.
      OSError: the body does not fit its transfer or content encoding.
    """
    archive = ArchiveIterator(
        io.BytesIO(_as_usual(raw) + b"\r\n\r\n"),
        parse_http=True,
        auto_decode="all" if decoded else "none",
        stream_detect=False,
    )
    try:
        item = next(iter(archive), None)
    except OSError:  # a version of WARC that does not exist
        item = None
    if item is None:
        raise DumpError("invalid_warc", "The record cannot be parsed; fetch the archive again.")
    headers = {name.lower(): value for name, value in item.headers.items()}
    if not item.is_http:
        body = item.reader.read(options.max_record_bytes + 1)
        kind, _, parameters = headers.get("content-type", "").partition(";")
        match = re.search(r"charset=[\"']?([\w.:\-]+)", parameters)
        return headers, kind.strip().lower(), match[1] if match else None, body
    status = item.http_headers.status_code
    if status is None:
        raise DumpError("invalid_http", "The response has no status line; fetch the page again.")
    if not 200 <= status < 300:
        raise DumpError("http_status", f"The response has the status {status}; it is no article.")
    body = item.reader.read(options.max_record_bytes + 1)
    return headers, (item.http_content_type or "").strip().lower(), item.http_charset, body


_X_GZIP = re.compile(rb"(\nContent-Encoding:[ \t]{0,4})x-gzip(?=\s)", re.IGNORECASE)
"""The older name of gzip, which means the same (RFC 9110, section 8.4.1.3)."""


_FIELD_NAME = re.compile(rb"(?<=\n)(?:WARC-)?([\w\-]+)(?=:)", re.IGNORECASE)


def _usual(name: re.Match[bytes]) -> bytes:
    """Returns the name of a field in its usual case: ``WARC-Type``, ``Content-Length``."""
    begin = b"WARC-" if name.start() < name.start(1) else b""
    return begin + b"-".join(part.capitalize() for part in name[1].split(b"-"))


def _as_usual(raw: bytes) -> bytes:
    """Returns a record whose header is as FastWARC wants it; it would find no page else.

    Some writers end lines with a bare LF, those of HTTP or all; some have names in lower case.
    """
    end = _HEADER_END.search(raw)
    if end is None:
        return raw
    if b"\nContent-Length:" not in raw[: end.end()] or b"\nWARC-Type:" not in raw[: end.end()]:
        raw = _FIELD_NAME.sub(_usual, raw[: end.start()]) + raw[end.start() :]
    raw = _X_GZIP.sub(rb"\1gzip", raw[:_LONGEST_HEADER], count=1) + raw[_LONGEST_HEADER:]
    header, body = raw[: end.start()], raw[end.end() :]
    http = _HEADER_END.search(body, 0, _LONGEST_HEADER) if body.startswith(b"HTTP/") else None
    head = body[: http.start()] if http else b""
    if (
        not (_BARE_LF.search(header) or _BARE_LF.search(head))
        and end[0] == b"\r\n\r\n"
        and (http is None or http[0] == b"\r\n\r\n")
    ):
        return raw
    if http:
        body = _BARE_LF.sub(b"\r\n", head) + b"\r\n\r\n" + body[http.end() :]
    header = _BARE_LF.sub(b"\r\n", header)
    header = _LENGTH.sub(b"Content-Length: %d" % len(body), header)
    return header + b"\r\n\r\n" + body


def _document_type(content_type: str, body: bytes) -> str:
    """Returns html or text.

    Raises:
      DumpError: ``unsupported_content``.
    """
    head = body[:4096]
    wide = wide_encoding(head) is not None
    if not wide and is_binary(head):
        raise DumpError(
            "unsupported_content",
            f"The body is binary data ({content_type or 'no content type'}); it is no article.",
        )
    if content_type in _HTML_TYPES or not head:
        return "html"
    looks_html = is_html(head.decode("utf-8", "replace"))
    if content_type == "text/plain" or content_type in _UNKNOWN_TYPES:
        return "html" if looks_html else "text"
    raise DumpError(
        "unsupported_content", f"The body is {content_type[:100]}, neither HTML nor plain text."
    )
