"""Documents of word processors as plain text: RTF, and the XML within DOCX and ODT.

News databases export to them; what is read of their text is what is read of a text file. Tables,
notes, headers and footers, tracked deletions, hidden text and pictures are left out.
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

_CHARACTER_SET = re.compile(r"\{\\rtf\d*\s*\\(mac|pca|pc)(?![a-z])")
_CHARACTER_SETS = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_MAC_PAGE = re.compile(r"\\ansicpg10000(?!\d)")
"""The code page of old Macs, under a number that Python does not know."""

_HIDING = re.compile(r"\\(?:v|deleted)(?![a-z0])")
_RTF_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'[0-9a-fA-F]{2}|\\.|[{}]|[^\\{}]+|\\",
    re.DOTALL,
)
_RTF_CHARACTERS = frozenset((
    "u", "line", "tab", "emdash", "endash", "emspace", "enspace", "qmspace", "bullet", "lquote",
    "rquote", "ldblquote", "rdblquote", "cell", "nestcell",
))  # fmt: skip
"""Control words that stand for characters; those of paragraphs and rows stay."""

_INSTRUCTION = re.compile(r"\\fldinst\b")
_WORD = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
"""Namespaces of Word, of the transitional and of the strict OOXML (ISO/IEC 29500)."""
_T = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARAGRAPHS = (*(f"{w}p" for w in _WORD), f"{_T}p", f"{_T}h")
_RUNS = {f"{w}r": f"{w}rPr/{w}vanish" for w in _WORD}
"""Elements of runs, and where in them it stands that they are hidden."""
_WORD_TEXTS = frozenset(f"{w}t" for w in _WORD)
_SKIPPED = frozenset((
    _FALLBACK, *(f"{w}{name}" for w in _WORD for name in ("footnote", "moveFrom")),
    f"{_T}note", f"{_T}tracked-changes",
    "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}annotation",
))  # fmt: skip
"""Elements whose text is no text of the document, or is there a second time."""

_CHARACTERS = {
    **{f"{w}{name}": text for w in _WORD for name, text in (
        ("tab", "\t"), ("br", "\n"), ("cr", "\n"), ("noBreakHyphen", "-"))},
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
    rtf = _visible(_INSTRUCTION.sub(r"\\fldinstruction", raw.decode("latin-1")))
    declared = _CHARACTER_SET.match(rtf)
    encoding = _CHARACTER_SETS[declared[1]] if declared else "cp1252"
    try:
        if len(font_table_group(rtf)) > _LONGEST_FONT_TABLE:
            raise _damaged("its font table has no end")
        text = rtf_to_text(_MAC_PAGE.sub("", rtf, count=1), encoding, errors="replace")
    except (ValueError, IndexError, LookupError, RecursionError) as error:
        raise _damaged(str(error)) from error
    # Characters beyond the first plane are written as two halves.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _stream(iter(text.split("\n")))


def _visible(rtf: str) -> str:
    """Returns an RTF document without hidden text and tracked deletions.

    Both are properties of characters, which hold to the end of the group unless they are reset.
    """
    if not _HIDING.search(rtf):
        return rtf
    found: list[str] = []
    outer: list[frozenset[str]] = []
    hiding: frozenset[str] = frozenset()
    for token in _RTF_TOKEN.finditer(rtf):
        word = token["word"]
        if token[0] == "{":
            outer.append(hiding)
        elif token[0] == "}":
            hiding = outer.pop() if outer else frozenset()
        elif word in ("v", "deleted"):
            hiding = hiding - {word} if token["number"] == "0" else hiding | {word}
        elif word == "plain":
            hiding = frozenset()
        elif hiding and (not word or word in _RTF_CHARACTERS):
            continue
        found.append(token[0])
    return "".join(found)


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
        parts, length = [rest], len(rest)
        while length < size and (text := next(paragraphs, None)) is not None:
            if before and text and max(len(before), len(text)) >= _LONGEST_FIELD:
                parts.append(b"\n")
            parts.append(text.encode("utf-8", "replace") + b"\n")
            length += len(parts[-1]) + 1
            before = text.strip()
        whole = b"".join(parts)
        chunk, rest = whole[:size], whole[size:]
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


def _is_hidden(node: Any) -> bool:
    """Returns True for a run of hidden text."""
    path = _RUNS.get(node.tag)
    vanish = node.find(path) if path else None
    return vanish is not None and not any(
        value in ("0", "false", "off") for value in vanish.attrib.values()
    )


def _text(paragraph: Any, walk: Iterator[tuple[str, Any]]) -> str:
    parts: list[str] = []
    is_word = paragraph.tag.startswith(_WORD)
    skipped: list[Any] = []
    for event, node in walk:
        if event == "end":
            if skipped and skipped[-1] is node:
                skipped.pop()
            if not skipped and not is_word and node is not paragraph and node.tail:
                parts.append(node.tail)
        elif skipped:
            continue
        elif node.tag in _SKIPPED or _is_hidden(node):
            skipped.append(node)
        elif node.tag in _CHARACTERS:
            parts.append(_CHARACTERS[node.tag])
        elif node.text and (node.tag in _WORD_TEXTS or not is_word):
            parts.append(node.text)
    return "".join(parts)
