"""Detection of the format of a dump from its first bytes, never from its name."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

import orjson

from pipeline.dumps.block import DumpError, DumpOptions
from pipeline.dumps.decoding import begins_as_utf8, decode, is_binary
from pipeline.dumps.field_names import fold, holds_text, meanings
from pipeline.dumps.long_text import is_html
from pipeline.dumps.mail import is_mail
from pipeline.dumps.objects import answer_records, holds_objects, names_list
from pipeline.dumps.streams import Stream
from pipeline.dumps.wire import WIRE

HEAD = 1 << 16
"""Bytes inspected: more than the head of any web page or the first lines of a table."""
_LONGEST_LINE = 1 << 20

_FOREIGN = (
    (b"%PDF-", "a PDF document", "convert it to text or HTML first"),
    (b"\x89PNG", "a PNG image", "leave it out"),
    (b"\xff\xd8\xff", "a JPEG image", "leave it out"),
    (b"GIF8", "a GIF image", "leave it out"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it and pass the files"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it and pass the files"),
    (b"\x04\x22\x4d\x18", "LZ4 data", "decompress it with lz4 -d"),
    (b"\x1f\x9d", "compress (.Z) data", "decompress it with uncompress"),
    (b"SQLite format 3\0", "an SQLite database", "export its table as CSV or JSON Lines"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", "save it as text or HTML"),
    (b"{\\rtf", "an RTF document", "save it as text or HTML"),
    (b"Obj\x01", "an Avro file", "convert it to Parquet or JSON Lines"),
    (b"ORC", "an ORC file", "convert it to Parquet or JSON Lines"),
    (b"ARROW1", "an Arrow file", "convert it to Parquet or JSON Lines"),
    (b"\x7fELF", "a program", "leave it out"),
    (b"MZ\x90", "a program", "leave it out"),
)
_FOREIGN_TEXTS = (
    (
        re.compile(rb"WEBVTT\b|1\r?\n\d\d:\d\d:\d\d[,.]\d{3} --> "),
        "subtitles",
        "pass the articles, or write the text without its times",
    ),
    (
        re.compile(
            rb"--[ ](?:MySQL|MariaDB|PostgreSQL|SQLite)\b[^\n]{0,60}\bdump|"
            rb"(?:CREATE TABLE|INSERT INTO|DROP TABLE)[ ][^\n]{1,300}\n|BEGIN TRANSACTION;|"
            rb"PRAGMA[ ]\w{1,40}=",
            re.IGNORECASE,
        ),
        "a dump of an SQL database",
        "export its table as CSV or JSON Lines",
    ),
    (
        re.compile(rb"(?:(?:var|let|const) )?[A-Za-z_$][\w.$]{0,80} ?[=(] ?[\[{]\s{0,9}[{\"\[\]}]"),
        "JavaScript around JSON",
        "remove what precedes its first bracket and follows its last",
    ),
    (
        re.compile(rb"-[ ]{1,3}[A-Za-z_]\w{0,40}:[ ][^\n]{0,300}\n[ ]{2,4}[A-Za-z_]\w{0,40}:"),
        "a list in YAML",
        "convert it to JSON Lines",
    ),
    (
        re.compile(
            rb"TY {1,2}- {1,2}[A-Z]{3,6}\s|@[a-z]{4,20}\s?\{[^,{}\n]{1,80},\s", re.IGNORECASE
        ),
        "a bibliography (RIS or BibTeX)",
        "export its items with their texts as CSV or JSON Lines",
    ),
    (
        re.compile(rb"filedesc://\S{1,300} \S{1,60} \d{8,14} "),
        "a crawl in ARC, the format before WARC",
        "convert it with: warcio recompress FILE.arc.gz FILE.warc.gz",
    ),
    (re.compile(rb"-DOCSTART-"), "a list of labelled words", "pass the texts themselves"),
    (re.compile(rb"BEGIN:VC(?:ALENDAR|ARD)\r?\n"), "a calendar or address book", "leave it out"),
)
"""Texts that are no articles: how they begin, what they are, and the remedy."""
_ROOT = re.compile(
    rb"(?:\s|<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+<(?P<name>[A-Za-z_][\w:.\-]*)",
    re.DOTALL | re.IGNORECASE,
)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|meta)\b", re.IGNORECASE)
_PAGE_ROOTS = frozenset((
    b"html", b"head", b"body", b"title", b"meta", b"link", b"script", b"style", b"div", b"p", b"a",
    b"article", b"section", b"main", b"header", b"footer", b"nav", b"span", b"table", b"ul", b"ol",
    b"li", b"h1", b"h2", b"h3", b"h4", b"h5", b"h6", b"img", b"br", b"hr", b"center", b"font",
    b"form", b"blockquote", b"figure", b"pre", b"b", b"i", b"u", b"strong", b"em", b"iframe", b"dl",
    b"noscript", b"aside", b"base", b"frameset", b"picture", b"video", b"time", b"small", b"code",
))  # fmt: skip
"""Elements with which a page, or a part of one, begins; XML begins with others."""
_NEXT_OBJECT = re.compile(rb'[\]}"\w]\s*\}\s*\{\s*"')
"""Two objects on one line."""
_LINES_BEFORE_HEADER = 10
_FEWEST_TABBED, _FEWEST_ROWS = 3, 20
"""Lines with one tab each, or one of another delimiter, from which on they are rows."""

_SHORTEST_TEXT = 100  # characters; a title has less
_FEWEST_KNOWN = 3  # names of fields that make a table of one row one
_HEADER_NAME = re.compile(r"[^\W\d][\w .:/#\-]{0,39}")
_KNOWN_HEADER_NAME = re.compile(r"[^\W\d][^\"!?\u2026]{0,59}")
"""Name of a column beside one that is known; vowel signs of Indic scripts are no ``\\w``."""
_AROUND_NAME = " \t\"'\u00a0"
_SECOND = " (2)"
_LINE_BREAK = re.compile(r"\r\n?|\n")
_QUOTED_COLUMN = re.compile(
    r'"?(?P<name>[^\W\d]\w{0,39})"?[ \t]*(?:\r\n?|\n)(?:"(?=[^"\s])[^"]*+(?:""[^"]*+)*+"\s*+)++'
)
"""A column alone: its name, and values in quotes to the end."""
SEPARATOR = re.compile(rb"(?:\xef\xbb\xbf)?\"?sep=([,;|\t])\"?[ \t]*\r?\n", re.IGNORECASE)
"""The line that names the delimiter to Excel."""
DELIMITERS = (",", "\t", ";", "|", "^")


def sniff(stream: Stream, options: DumpOptions) -> str:
    """Returns the format, a name of ``FORMATS``; plain text if it is no other.

    Args:
      stream: decompressed, and recoded if it was UTF-16 or UTF-32; not advanced.
      options: mapped names mark a table.

    Raises:
      DumpError: ``empty``, ``binary`` or ``unsupported_content``.
    """
    head = stream.peek(HEAD)
    if not head:
        raise DumpError("empty", "The dump holds no bytes; leave it out, or fetch it again.")
    if head.startswith(b"PAR1"):
        return "parquet"
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if bare.startswith(b"WARC/"):
        return "wet" if b"WARC-Type: conversion" in head else "warc"
    for magic, what, remedy in _FOREIGN:
        if head.startswith(magic) and (len(magic) > 3 or is_binary(head)):
            raise DumpError("unsupported_content", f"The dump is {what}; {remedy}.")
    if WIRE.match(head):
        return "text"
    if is_binary(head):
        raise DumpError(
            "binary",
            "The dump is binary data of no known format; leave it out, or give its format with "
            "--format if it is damaged text.",
        )
    if not bare:
        return "text"
    if bare.startswith(b"{"):
        return _sniff_object(stream, options)
    if re.match(rb'\[\s*(?:[{\["]|\]\s*\Z)', bare):
        return "json"
    if bare.startswith(b'"{') and _is_object(_unquoted(bare.split(b"\n", 1)[0])):
        return "jsonl"
    if bare.startswith(b"[") and len(head) < HEAD and _is_json(bare):
        return "json"
    if bare.startswith(b"<"):
        root = _ROOT.match(bare)
        name: bytes = root["name"] if root else b""
        declared = bare.startswith((b"<?xml", b"<!DOCTYPE"))
        is_page = name.lower() in _PAGE_ROOTS and not (declared and name == b"article")
        if name and not is_page and (declared or b"</" + name in bare or len(head) == HEAD):
            return "xml"
        if _PAGE.search(bare) or is_html(bare.decode("latin-1")):
            return "html"
    if is_mail(bare):
        return "mail"
    for begin, what, remedy in _FOREIGN_TEXTS:
        if begin.match(bare):
            raise DumpError("unsupported_content", f"The dump is {what}; {remedy}.")
    if not begins_as_utf8(head) and _may_be_header(head):
        # Names of columns are known in their own letters.
        head = decode(head)[0].encode()[:HEAD]
        bare = head.lstrip()
    if SEPARATOR.match(bare) and csv_header(bare, options):
        return "csv"
    if any(_is_object(line) for line in bare.split(b"\n", 3)[1:3]):
        return "jsonl"  # the first line is none: null, a comment, half a record
    if csv_header(head, options):
        return "csv"
    if before := _lines_before_header(head, options):
        raise DumpError(
            "unsupported_content",
            f"The dump is a table whose names of columns stand in line {before + 1}; remove the "
            "lines before them.",
        )
    if width := _headless_columns(head):
        raise DumpError(
            "unsupported_content",
            f"The dump is a table of {width} columns without a line of their names; write one "
            "before its rows, such as title,text,date.",
        )
    if column := _unquoted_column(head):
        raise DumpError(
            "unsupported_content",
            f"The dump is a column of texts under the name {column!r}; write each text in quotes "
            "to read it as CSV, or remove the name if the lines are one article.",
        )
    if is_html(head.decode("latin-1")):
        return "html"
    return "text"


def _sniff_object(stream: Stream, options: DumpOptions) -> str:
    """Returns jsonl if the first or second line is an object, else json.

    A file of one line is JSON Lines too, so that rows do not depend on the split of a corpus into
    files. Lines with one API answer each are JSON, whose reader cuts them into records.
    """
    size = HEAD
    while True:
        head = stream.peek(size)
        lines = [line for line in head.split(b"\n") if line and not line.isspace()]
        complete = len(lines) > 1 or len(head) < size
        if complete or size > _LONGEST_LINE:
            break
        size *= 4
    first = lines[0].removeprefix(b"\xef\xbb\xbf")
    if answer_records(first, options) is not None:
        return "json"
    if len(lines) == 1:
        # A truncated answer, or one beyond the bytes inspected, is read up to its end.
        cut_off = not _is_object(first) and (
            names_list(first) or holds_objects(first) or _NEXT_OBJECT.search(first) is not None
        )
        return "json" if cut_off else "jsonl"
    if len(head) >= size and len(lines) == 2:
        # The second line is incomplete; an object on the first decides.
        return "jsonl" if _is_object(lines[0]) else "json"
    if _is_object(lines[0]) or _is_object(lines[1]):
        return "jsonl"
    if lines[0].rstrip().endswith((b"[", b"{", b",", b":")):
        return "json"  # the value goes on in the second line
    # An object over several lines has a name at the begin of the second; a broken line a brace.
    return "jsonl" if lines[1].lstrip().startswith(b'{"') else "json"


def _is_json(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _unquoted(line: bytes) -> bytes:
    """Returns the text of a JSON string; empty for a line that is none."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return b""
    return value.encode() if type(value) is str else b""


def _is_object(line: bytes) -> bool:
    try:
        return type(orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))) is dict
    except orjson.JSONDecodeError:
        return False


def csv_header(head: bytes, options: DumpOptions) -> tuple[str, ...]:
    """Returns delimiter and column names if the bytes begin a table, else an empty tuple.

    The first line of a table has at least two short, different names without sentence punctuation;
    one of them means text or HTML or is mapped, or there are at least three and the next two
    records have as many values. Of equal names, which the next record must fit, the second is
    followed by ``(2)``. One name alone that means text begins a table if quoted values follow.
    """
    text = head.decode("utf-8", "replace").removeprefix("\ufeff")
    delimiters: Sequence[str] = DELIMITERS
    if declared := SEPARATOR.match(head):
        text = head[declared.end() :].decode("utf-8", "replace")
        delimiters = [declared[1].decode("ascii")]
    mapped = {fold(name) for name in options.mapping.values()}
    first = _LINE_BREAK.split(text, maxsplit=1)[0]
    for delimiter in delimiters:
        if delimiter not in first or len(first) > 4096:
            continue
        try:
            names = next(csv.reader([first], delimiter=delimiter, strict=True))
        except (csv.Error, StopIteration):
            continue
        names = column_names(names)
        # pandas writes its index under an empty name.
        named = names[1:] if names and not names[0] else names
        if len(named) < 2 or not all(_KNOWN_HEADER_NAME.fullmatch(name) for name in named):
            continue
        if any(name.endswith(_SECOND) for name in named) and not _rows_fit(
            text, delimiter, len(names), 1
        ):
            continue
        has_text = any(fold(name) in mapped or holds_text(fold(name)) for name in named)
        if not text[len(first) :].strip():
            if has_text and all(any(meanings((name,)).values()) for name in named):
                return (delimiter, *names)
            continue
        if has_text:
            return (delimiter, *names)
        fewest = 2 if _is_narrow_table(text, delimiter) else 3
        plain = len(named) >= fewest and all(_HEADER_NAME.fullmatch(name) for name in named)
        known = sum(any(meanings((name,)).values()) for name in named)
        if plain and _rows_fit(text, delimiter, len(names), 2 if known < _FEWEST_KNOWN else 1):
            return (delimiter, *names)
    if (column := _QUOTED_COLUMN.match(text)) and holds_text(fold(column["name"])):
        whole = column.end() == len(text) or len(head) >= HEAD
        return (",", column["name"]) if whole else ()
    return ()


def _is_narrow_table(text: str, delimiter: str) -> bool:
    """Returns True if lines look like rows of two values even under names that nobody knows.

    The values of the first row are in quotes, or many lines have one delimiter each; prose has not,
    whatever the mark.
    """
    first, *lines = text.splitlines() or [""]
    if lines and lines[0].startswith('"') and f'"{delimiter}"' in lines[0]:
        return True
    if delimiter != "\t" and " " in first:
        return False
    lines = [line for line in (first, *lines[:-1]) if line.strip()]
    fewest = _FEWEST_TABBED if delimiter == "\t" else _FEWEST_ROWS
    return len(lines) >= fewest and all(line.count(delimiter) == 1 for line in lines)


def column_names(names: Sequence[str]) -> list[str]:
    """Returns names of columns without blanks and quotes around them, and different from others."""
    counts: Counter[str] = Counter()
    found: dict[str, None] = {}
    for name in (name.strip(_AROUND_NAME) for name in names):
        unique = name
        while unique in found:
            counts[name] += 1
            unique = f"{name} ({counts[name] + 1})"
        found[unique] = None
    return list(found)


def _may_be_header(head: bytes) -> bool:
    """Returns True if the first line has delimiters; of commas, which texts have, none too many."""
    first, _, rest = head.partition(b"\n")
    return len(first) <= 4096 and (
        any(mark in first for mark in (b";", b"\t", b"|", b"^"))
        or 0 < first.count(b",") <= rest.partition(b"\n")[0].count(b",")
    )


def _lines_before_header(head: bytes, options: DumpOptions) -> int:
    """Returns how many lines precede a header with at least three columns; 0 if there is none."""
    position = 0
    for before in range(1, _LINES_BEFORE_HEADER):
        position = head.find(b"\n", position) + 1
        if not position:
            return 0
        header = csv_header(head[position:], options)
        if len(header) > 3 and _rows_fit(
            head[position:].decode("utf-8", "replace"), header[0], len(header) - 1
        ):
            return before
    return 0


def _headless_columns(head: bytes) -> int:
    """Returns the columns of a table without header; 0 for none.

    Its values are all in quotes, or between tabs, or the text of each row is in quotes.
    """
    lines = _LINE_BREAK.split(head.decode("utf-8", "replace"))
    lines = [line for line in (lines if len(head) < HEAD else lines[:-1]) if line.strip()]
    if len(lines) < 3:
        return 0
    widths = {line.count("\t") for line in lines[:100]}
    if len(widths) == 1 and (tabs := widths.pop()) >= 2:
        return tabs + 1
    cells = [
        1 + line.count('","') if line.startswith('"') and line.endswith('"') else 0
        for line in (line.strip() for line in lines[:5])
    ]
    if min(cells) >= 3 and len(set(cells)) == 1:
        return cells[0]
    for delimiter in (",", ";"):
        quoted = f'{delimiter}"'
        if not all(quoted in line for line in lines[:3]):
            continue
        try:
            rows = list(csv.reader(lines[:3], delimiter=delimiter, strict=True))
        except csv.Error:
            continue
        width = len(rows[0])
        texts = [
            {at for at, value in enumerate(row) if len(value) >= _SHORTEST_TEXT} for row in rows
        ]
        if len(rows) == 3 and width >= 3 and {len(row) for row in rows} == {width}:
            return width if set.intersection(*texts) else 0
    return 0


def _unquoted_column(head: bytes) -> str:
    """Returns the name of a column alone of texts, one a line without quotes; empty for none."""
    name, *lines = _LINE_BREAK.split(head.decode("utf-8", "replace").removeprefix("\ufeff"))
    lines = lines[:-1] if lines and not lines[-1] else lines
    lines = lines if len(head) < HEAD else lines[:-1]
    if len(lines) < 2 or not name.islower() or not holds_text(fold(name)):
        return ""
    return name if min(map(len, lines)) >= _SHORTEST_TEXT else ""


def _rows_fit(text: str, delimiter: str, width: int, count: int = 2) -> bool:
    lines = io.StringIO(text, newline="")
    next(lines, None)
    rows = csv.reader(lines, delimiter=delimiter)
    try:
        widths = [
            len(row) for _, row in zip(range(count), (row for row in rows if row), strict=False)
        ]
    except csv.Error:
        return False
    return widths == [width] * count
