"""CSV and its relatives: a header line, then one article a row (RFC 4180).

Comma, tab, semicolon, bar or caret separate values; a first line ``sep=;``, as Excel writes it,
says which. Quotes count only if a value in the first 64 KiB begins with one, so that tables without
quoting may hold single quotes. If all of these have a blank before the quote, blanks before values
are ignored. Quotes within values are doubled, or escaped by a backslash, as MySQL and pandas'
``escapechar`` do it: they are escaped if a backslash is before a quote there and none is doubled.
"""

import csv
import dataclasses
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from pipeline.article import Article
from pipeline.dumps.block import (
    BLOCK_BYTES,
    Block,
    DumpError,
    DumpOptions,
    Source,
    parsed,
    too_large,
)
from pipeline.dumps.decoding import begins_as_utf8, decode
from pipeline.dumps.fields import article_from_record
from pipeline.dumps.jsonl import count_records
from pipeline.dumps.records import row_blocks, whole_rows
from pipeline.dumps.sniff import DELIMITERS, HEAD, SEPARATOR, column_names, csv_header
from pipeline.dumps.streams import Stream, recode
from pipeline.rejects import Reject, cut_raw, read_reject

_QUOTED, _PLAIN, _ESCAPED, _SPACED = "quoted", "plain", "escaped", "spaced"
_ESCAPES = re.compile(rb"\\.", re.DOTALL)
_MULTIBYTE = frozenset(("cp932", "euc-jp", "iso2022-jp", "gb18030", "big5", "cp949", "euc-kr"))
"""Encodings in which the byte of a line break or quote may be part of a character."""
_RETURN = re.compile(rb"[^\r\n]*+\r(?!\n|\Z)")
"""A first line that ends with a carriage return alone, as on old Macs and in some of Excel."""

_MISSING = frozenset(("", "null", "NULL", "None", "nan", "NaN", "NA", "N/A", "\\N"))


def read_blocks(stream: Stream, source: Source, options: DumpOptions) -> Iterator[Block | Reject]:
    """Yields blocks of whole rows. A stream whose source has no header begins with one."""
    nothing = "The table has a header but no rows; leave the dump out."
    if not source.header:
        head = stream.peek(HEAD)
        if not source.encoding and (found := _encoding(head)):
            stream, source = recode(stream, found), dataclasses.replace(source, encoding=found)
            head = stream.peek(HEAD)
        if _RETURN.match(head):
            stream = _with_line_feeds(stream)
            head = stream.peek(HEAD)
        header = _header(head, options)
        size, end = HEAD, _row_end(head, header[0])
        while end == size < options.max_record_bytes:  # the header goes on
            size *= 2
            head = stream.peek(size)
            end = _row_end(head, header[0])
        stream.advance(end)
        if header[0] != _PLAIN and head.count(b'"', 0, end) % 2:
            nothing = "A quote opens in the header and is not closed; close it."
        line = 1 + head.count(b"\n", 0, end)
        source = dataclasses.replace(source, header=header, first_line=line)
    quoting = source.header[0]
    hint = "" if quoting == _PLAIN else ", perhaps since a quote in it is not closed"
    rows = whole_rows(stream, options, lambda text: _last_row_end(text, quoting), hint)
    return row_blocks(rows, source, lambda text: _count_records(text, quoting), nothing)


def cuts(
    file: BinaryIO, size: int, source: Source, options: DumpOptions, range_bytes: int
) -> tuple[Source, list[int]]:
    """Returns the source with header and encoding, the end of the header, and ends of rows.

    Reads all bytes, since the number of quotes before a line break decides whether it ends a row.
    There are no cuts unless every quote begins or ends a value, so that counting quotes and the csv
    module agree on the rows.
    """
    file.seek(0)
    head = file.read(HEAD)
    encoding = _encoding(head)
    if encoding in _MULTIBYTE or encoding.startswith("utf") or _RETURN.match(head):
        return source, [0]
    as_utf8 = head.decode(encoding, "replace").encode()[:HEAD] if encoding else head
    header = _header(as_utf8, options)
    if header[0] in (_ESCAPED, _SPACED):
        # A backslash may be escaped itself, by any number before it; of quotes behind blanks it is
        # not known at a line break whether they begin a value.
        return source, [0]
    quoted = header[0] == _QUOTED
    start = _row_end(head, header[0])
    if head[start - 1 : start] != b"\n" or (quoted and head.count(b'"', 0, start) % 2):
        return source, [0]
    value = _quoted_value(header[1].encode())
    starts, position, text = [start], start, b""
    file.seek(start)
    while chunk := file.read(min(BLOCK_BYTES, range_bytes)):
        text += chunk
        end = _last_row_end(text, header[0])
        if not end and len(text) > options.max_record_bytes - BLOCK_BYTES:
            return source, [0]
        if not _is_regular(text[:end], value if quoted else None):
            return source, [0]
        position, text = position + end, text[end:]
        if size > position >= starts[-1] + range_bytes:
            starts.append(position)
    if not _is_regular(text, value if quoted else None):
        return source, [0]
    return dataclasses.replace(source, encoding=encoding, header=header), starts


def _with_line_feeds(stream: Stream) -> Stream:
    """Returns a stream with line feeds in place of carriage returns."""
    return Stream(lambda size: stream.read(size).replace(b"\r", b"\n"))


def _quoted_value(delimiter: bytes) -> re.Pattern[bytes]:
    """Returns the pattern of a quoted value; none of blanks alone on a line (see _is_blank)."""
    edge = re.escape(delimiter)
    return re.compile(
        rb'(?:\A|(?<=[\n' + edge + rb']))(?!"\s*"[\r\n])"[^"]*+(?:""[^"]*+)*+"(?=[\r\n'
        + edge + rb"]|\Z)"
    )  # fmt: skip


def _is_regular(rows: bytes, quoted_value: re.Pattern[bytes] | None) -> bool:
    """Returns True if the rows end at the line breaks outside quotes for the csv module too."""
    if b"\0" in rows:
        return False
    if quoted_value is not None and b'"' in rows:
        rows = quoted_value.sub(b"", rows)
        if b'"' in rows:
            return False
    return re.search(rb"\r(?!\n)", rows) is None


def _masked(text: bytes, quoting: str) -> bytes:
    """Returns bytes of the same length in which every quote opens or closes a value."""
    if quoting == _ESCAPED and b"\\" in text:
        return _ESCAPES.sub(b"xx", text)
    return text


def _count_records(rows: bytes, quoting: str) -> int:
    if quoting == _PLAIN:
        return count_records(rows)
    rows = _masked(rows, quoting)
    parts = rows.split(b'"')
    # Of a value that nothing closes, too, an x is left.
    return count_records(b"x".join(parts[::2]) + b"x" * (len(parts) % 2 == 0))


def _encoding(head: bytes) -> str:
    """Returns the encoding to recode from, empty for UTF-8."""
    if begins_as_utf8(head):
        return ""
    found = decode(head)[1]
    return "" if found == "utf-8" else found


def _header(head: bytes, options: DumpOptions) -> tuple[str, ...]:
    """Returns whether values are quoted, the delimiter, and the column names."""
    header = csv_header(head, options) or _forced_header(head)
    edges = (b"\n", header[0].encode())
    quoted = head.startswith(b'"') or any(edge + b'"' in head for edge in edges)
    spaced = head.startswith(b' "') or any(edge + b' "' in head for edge in edges)
    if (quoted or spaced) and _is_escaped(head, header[0].encode()):
        return (_ESCAPED, *header)
    return (_QUOTED if quoted else _SPACED if spaced else _PLAIN, *header)


def _is_escaped(head: bytes, delimiter: bytes) -> bool:
    """Returns True if quotes within values have a backslash before them.

    At the end of a value it may be the last character of a path, and the quote closes the value.
    """
    within = re.findall(rb'\\"(?![' + re.escape(delimiter) + rb"\r\n]|\Z)", head)
    doubled = re.findall(rb"(?<![" + re.escape(delimiter) + rb'\r\n"\\])""(?!")', head)
    return len(within) > len(doubled)


def _forced_header(head: bytes) -> tuple[str, ...]:
    """Returns delimiter and names of a table that only ``--format`` declares to be one."""
    if declared := SEPARATOR.match(head):
        head = head[declared.end() :]
    text = head.decode("utf-8", "replace").removeprefix("\ufeff").replace("\0", "")
    line = re.split(r"[\r\n]", text, maxsplit=1)[0]
    delimiter = max(DELIMITERS, key=line.count)
    try:
        names = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # a name beyond csv's field size limit
        names = line.split(delimiter)
    return (delimiter, *column_names(names))


def _row_end(text: bytes, quoting: str) -> int:
    """Returns the end of the header, of the line with the separator too."""
    declared = SEPARATOR.match(text)
    position = declared.end() if declared else 0
    begin = position
    text = _masked(text, quoting)
    while (end := text.find(b"\n", position)) >= 0:
        if quoting == _PLAIN or text.count(b'"', begin, end) % 2 == 0:
            return end + 1
        position = end + 1
    return len(text)


def _last_row_end(text: bytes, quoting: str) -> int:
    """Returns the end of the last complete row, with an even number of quotes before it."""
    if quoting == _PLAIN:
        return text.rfind(b"\n") + 1
    text = _masked(text, quoting)
    position = len(text)
    quotes = text.count(b'"')
    while (end := text.rfind(b"\n", 0, position)) >= 0:
        quotes -= text.count(b'"', end, position)
        if quotes % 2 == 0:
            return end + 1
        position = end
    return 0


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields one article or reject for each row of a block."""
    quoting, delimiter, *names = block.header
    text = block.payload.decode("utf-8", "replace")
    # The limit is global in a process; rows beyond max_record_bytes are rejected before it applies.
    csv.field_size_limit(max(csv.field_size_limit(), options.max_record_bytes + BLOCK_BYTES))
    text = text.replace("\0", "")
    rows = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quoting=csv.QUOTE_NONE if quoting == _PLAIN else csv.QUOTE_MINIMAL,
        escapechar="\\" if quoting == _ESCAPED else None,
        skipinitialspace=quoting == _SPACED,
        strict=True,
    )
    lines: list[str] = []
    record = block.first_record
    while True:
        before = rows.line_num
        try:
            row = next(rows, None)
        except csv.Error as error:
            lines = lines or list(io.StringIO(text, newline=""))
            damaged = lines[before : rows.line_num]
            row = _tolerated(damaged, delimiter, rows.line_num == len(lines))
            if row is None:
                yield read_reject(
                    block.source_file,
                    record,
                    "invalid_csv",
                    _quote_problem(damaged, delimiter, error, block.first_line, before),
                    cut_raw("".join(damaged)),
                )
                record += 1
                continue
        if row is None:
            return
        if not row or _is_blank(row):
            continue
        yield _parse_row(row, names, delimiter, block, record, options)
        record += 1


def _tolerated(lines: list[str], delimiter: str, last: bool) -> list[str] | None:
    """Returns the values of a row that breaks the rules of quotes, if no other row can be in it.

    Quotes that are not doubled within a value of one line are common, and blanks behind a quoted
    value.

    Args:
      lines: the row.
      delimiter: of its values.
      last: True if nothing follows, so that a quote may be left open.
    """
    text = "".join(lines)
    at = _irregular_quote(text, delimiter)
    if at is not None and (len(lines) > 1 or (last and text.count('"', at) % 2)):
        return None
    try:
        return next(csv.reader(lines, delimiter=delimiter))
    except (csv.Error, StopIteration):
        return None


def _quote_problem(
    lines: list[str], delimiter: str, error: csv.Error, first_line: int, before: int
) -> str:
    """Returns what is wrong with a row, and in which line the quote opens that is to blame."""
    text = "".join(lines)
    at = _irregular_quote(text, delimiter)
    if at is None:
        return f"The row is no valid CSV ({error}); mend its quotes."
    opened = before + text.count("\n", 0, at)
    where = f"line {first_line + opened}" if first_line else "its first line"
    return (
        f"A quote opens in {where} and is not closed at the end of its value; lines in this row: "
        f"{len(lines):,}. Close it, and write quotes within values twice."
    )


def _irregular_quote(text: str, delimiter: str) -> int | None:
    """Returns the place of the first quote that opens a value and does not end it; None if all do.

    Blanks may follow a quoted value.
    """
    quoted = re.compile(rf'"[^"]*+(?:""[^"]*+)*+"[ \t]*+(?=[{re.escape(delimiter)}\r\n]|\Z)')
    ends = re.compile(rf"[{re.escape(delimiter)}\r\n]")
    position = 0
    while position < len(text):
        if text[position] == '"':
            value = quoted.match(text, position)
            if value is None:
                return position
            position = value.end()
        end = ends.search(text, position)
        position = end.end() if end else len(text)
    return None


def _is_blank(row: list[str]) -> bool:
    # ASCII only, as count_records has it.
    return len(row) == 1 and bool(row[0]) and not row[0].strip(" \t\r\n\v\f")


def _parse_row(
    row: list[str],
    names: list[str],
    delimiter: str,
    block: Block,
    record: int,
    options: DumpOptions,
) -> Article | Reject:
    while len(row) > len(names) and not row[-1].strip():
        row.pop()  # delimiters at the end of the line
    raw = cut_raw(delimiter.join(row))

    def article() -> Article:
        if sum(map(len, row)) > options.max_record_bytes:
            raise too_large(options, raw)
        if len(row) > len(names):
            raise DumpError(
                "invalid_csv",
                f"The row has {len(row)} values for {len(names)} columns; quote the values that "
                f"hold {delimiter!r} or line breaks.",
            )
        # A row may be short: spreadsheets leave out empty cells at the end.
        fields = {
            name: value
            for name, value in zip(names, row, strict=False)
            if value.strip() not in _MISSING
        }
        found = article_from_record(fields or dict.fromkeys(names), block, record, "utf-8", options)
        if block.header[0] == _PLAIN and (value := next(filter(_is_quoted, fields.values()), None)):
            found["warnings"].append((
                "unread_values",
                f"The value {value[:100]!r} begins with a quote, but none of the first 64 KiB "
                "does, so that quotes are read as characters, and each line as a row; if they "
                "enclose values, quote the names of the columns, too.",
            ))  # fmt: skip
        return found

    return parsed(article, block, record, raw)


def _is_quoted(value: str) -> bool:
    """Returns True for a value that quotes enclose, or of which the first line is read alone."""
    return value.startswith('"') and (value.endswith('"') or value.count('"') % 2 == 1)
