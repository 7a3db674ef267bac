"""Documents of word processors as plain text: RTF, and the XML within DOCX and ODT.

News databases export to them; what is read of their text is what is read of a text file. Tables,
notes, headers and footers, tracked deletions and pictures are left out.
"""

import re
from collections.abc import Iterator
from typing import Any

from pipeline.dumps.block import DumpError, DumpOptions, too_large
from pipeline.dumps.streams import CHUNK, Stream

RTF = b"{\\rtf"
_LONGEST_FONT_TABLE = 1 << 15
"""Bytes of a font table. striprtf takes quadratic time for it, 4 s for a hostile one of this size;
that of Word has some 10,000."""

_LONGEST_FIELD = 120
"""Characters from which a paragraph is text; headlines and the fields of an export have fewer."""

_INSTRUCTION = re.compile(r"\\fldinst\b")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_T = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARAGRAPHS = (f"{_W}p", f"{_T}p", f"{_T}h")
_SKIPPED = frozenset((
    _FALLBACK, f"{_W}footnote", f"{_T}note", f"{_T}tracked-changes",
    "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}annotation",
))  # fmt: skip
"""Elements whose text is no text of the document, or is there a second time."""

_CHARACTERS = {
    f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-",
    f"{_T}tab": "\t", f"{_T}line-break": "\n", f"{_T}s": " ",
}  # fmt: skip


def rtf_stream(stream: Stream, options: DumpOptions) -> Stream:
    """Returns the text of an RTF document, in UTF-8.

    Raises:
      DumpError: the stream fails, or the document is damaged or larger than a record may be.
    """
    # Imported here since few dumps are RTF.
    from striprtf.striprtf import font_table_group, rtf_to_text

    chunks: list[bytes] = []
    while sum(map(len, chunks)) <= options.max_record_bytes and (chunk := stream.read(CHUNK)):
        chunks.append(chunk)
    raw = b"".join(chunks)
    if len(raw) > options.max_record_bytes:
        raise too_large(options, raw, "document")
    # striprtf matches links in more than linear time; under another name their addresses are of
    # a destination that nobody knows, and so are left out.
    rtf = _INSTRUCTION.sub(r"\\fldinstruction", raw.decode("latin-1"))
    try:
        if len(font_table_group(rtf)) > _LONGEST_FONT_TABLE:
            raise _damaged("its font table has no end")
        text = rtf_to_text(rtf, errors="replace")
    except (ValueError, IndexError, LookupError, RecursionError) as error:
        raise _damaged(str(error)) from error
    return _stream(iter(text.split("\n")))


def _damaged(why: str) -> DumpError:
    return DumpError("corrupt", f"The document cannot be read ({why}); save it as text or HTML.")


def xml_stream(member: Stream) -> Stream:
    """Returns the text of the XML of a DOCX or ODT document, in UTF-8, a paragraph a line."""
    return _stream(_paragraphs(member))


def _stream(paragraphs: Iterator[str]) -> Stream:
    """Returns paragraphs as text, a blank line around those that are no line of a header.

    Word processors set them apart by their style; the fields of an export are found by blank lines.
    """
    rest, before = b"", ""

    def read(size: int) -> bytes:
        nonlocal rest, before
        while len(rest) < size and (text := next(paragraphs, None)) is not None:
            if before and text and max(len(before), len(text)) >= _LONGEST_FIELD:
                rest += b"\n"
            rest += text.encode("utf-8", "replace") + b"\n"
            before = text.strip()
        chunk, rest = rest[:size], rest[size:]
        return chunk

    return Stream(read)


def _paragraphs(member: Stream) -> Iterator[str]:
    """Yields the paragraphs of a document, empty ones included.

    Raises:
      DumpError: the XML is damaged, or declares entities, which no word processor does.
    """
    # Imported here, as in elements.py, since it doubles the imports of a process without XML.
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("end",), tag=_PARAGRAPHS, resolve_entities=False, load_dtd=False, no_network=True
    )
    if b"<!DOCTYPE" in member.peek(CHUNK):
        raise _damaged("its XML declares a document type")
    try:
        while chunk := member.read(CHUNK):
            parser.feed(chunk)
            for _, paragraph in parser.read_events():
                if not any(node.tag in _SKIPPED for node in paragraph.iterancestors()):
                    yield _text(paragraph, etree.iterwalk(paragraph, events=("start", "end")))
                tail = paragraph.tail
                paragraph.clear()
                paragraph.tail = tail
        parser.close()
    except etree.XMLSyntaxError as error:
        raise _damaged(str(error)) from error


def _text(paragraph: Any, walk: Iterator[tuple[str, Any]]) -> str:
    parts: list[str] = []
    is_word = paragraph.tag.startswith(_W)
    skipped: list[Any] = []
    for event, node in walk:
        if event == "end":
            if skipped and skipped[-1] is node:
                skipped.pop()
            if not skipped and not is_word and node is not paragraph and node.tail:
                parts.append(node.tail)
        elif skipped:
            continue
        elif node.tag in _SKIPPED:
            skipped.append(node)
        elif node.tag in _CHARACTERS:
            parts.append(_CHARACTERS[node.tag])
        elif node.text and (node.tag == f"{_W}t" or not is_word):
            parts.append(node.text)
    return "".join(parts)
