"""CSV and its relatives: a header line, then one article a row (RFC 4180).

Comma, tab, semicolon or bar separate values. Quotes are only looked at if a value begins with one
in the first 64 KiB, so that tables without quoting may hold single quotes.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping

from pipeline.article import Article
from pipeline.dumps.block import BLOCK_BYTES, Block, DumpError, DumpOptions, too_large, unexpected
from pipeline.dumps.decoding import begins_as_utf8, decode
from pipeline.dumps.fields import article_from_record
from pipeline.dumps.jsonl import count_records
from pipeline.dumps.sniff import DELIMITERS, HEAD, csv_header
from pipeline.dumps.streams import Stream, recode
from pipeline.rejects import Reject, cut_raw, read_reject

_MISSING = frozenset(("", "null", "NULL", "None", "nan", "NaN", "NA", "N/A", "\\N"))


def read_blocks(
    stream: Stream, source_file: str, options: DumpOptions, encoding: str = ""
) -> Iterator[Block | Reject]:
    """Yields blocks of whole rows.

    Args:
      stream: in any encoding that extends ASCII.
      encoding: what the stream was recoded from, if it was.
    """
    head = stream.peek(HEAD)
    if not encoding and (found := _encoding(head)):
        stream, encoding = recode(stream, found), found
        head = stream.peek(HEAD)
    header = csv_header(head, options) or _forced_header(head)
    delimiter, quote = header[0], b'"'
    quoted = re.search(
        rb'(?:^|[\n' + re.escape(delimiter.encode()) + rb'])[ ]?"', head
    ) is not None  # fmt: skip
    header = ("quoted" if quoted else "plain", *header)
    record = 0
    text = b""
    skip_header = True

    def block(payload: bytes) -> Iterator[Block]:
        nonlocal record, skip_header
        if skip_header:
            payload = payload[_row_end(payload, quoted) :]
            skip_header = False
        outside = b"x".join(payload.split(quote)[::2]) if quoted else payload
        if records := count_records(outside):
            yield Block(source_file, "csv", record, payload, encoding, header)
            record += records

    while True:
        try:
            chunk = stream.read(BLOCK_BYTES)
        except DumpError as error:
            yield from block(text[: _last_row_end(text, quoted)])
            rest = text[_last_row_end(text, quoted) :]
            yield read_reject(source_file, record, error.reason, error.detail, rest)
            return
        if not chunk:
            break
        text += chunk
        if len(text) < BLOCK_BYTES:
            continue
        end = _last_row_end(text, quoted)
        if end:
            yield from block(text[:end])
            text = text[end:]
        elif len(text) > options.max_record_bytes:
            yield too_large(source_file, record, text, options)
            record += 1
            # Where the next row begins cannot be told from inside quotes that do not close.
            text = text[text.rfind(b"\n") + 1 :] if quoted else b""
    yield from block(text)
    if record == 0:
        yield read_reject(
            source_file, None, "empty", "The table has a header but no rows; remove the dump."
        )


def _encoding(head: bytes) -> str:
    """Returns the encoding to recode from, empty for UTF-8."""
    if begins_as_utf8(head):
        return ""
    found = decode(head)[1]
    return "" if found == "utf-8" else found


def _forced_header(head: bytes) -> tuple[str, ...]:
    """Returns delimiter and names of what is read as a table because the user says so."""
    text = head.decode("utf-8", "replace").removeprefix("\ufeff").replace("\0", "")
    line = re.split(r"[\r\n]", text, maxsplit=1)[0]
    delimiter = max(DELIMITERS, key=line.count)
    try:
        names = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # a name beyond csv's field size limit
        names = line.split(delimiter)
    return (delimiter, *(name.strip() for name in names))


def _row_end(text: bytes, quoted: bool) -> int:
    """Returns the position behind the first row."""
    position = 0
    while (end := text.find(b"\n", position)) >= 0:
        if not quoted or text.count(b'"', 0, end) % 2 == 0:
            return end + 1
        position = end + 1
    return len(text)


def _last_row_end(text: bytes, quoted: bool) -> int:
    """Returns the position behind the last row that is complete: an even number of quotes."""
    if not quoted:
        return text.rfind(b"\n") + 1
    position = len(text)
    quotes = text.count(b'"')
    while (end := text.rfind(b"\n", 0, position)) >= 0:
        quotes -= text.count(b'"', end, position)
        if quotes % 2 == 0:
            return end + 1
        position = end
    return 0


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields one article or reject for every row of a block."""
    quoting, delimiter, *names = block.header
    text = block.payload.decode("utf-8", "replace")
    # The limit is one for the whole process; it only ever guards against what is cut before.
    csv.field_size_limit(max(csv.field_size_limit(), options.max_record_bytes + BLOCK_BYTES))
    rows = csv.reader(
        io.StringIO(text.replace("\0", ""), newline=""),
        delimiter=delimiter,
        quoting=csv.QUOTE_MINIMAL if quoting == "quoted" else csv.QUOTE_NONE,
    )
    record = block.first_record
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield read_reject(
                block.source_file,
                record,
                "invalid_csv",
                f"The row is no valid CSV ({error}); mend its quotes.",
            )
            record += 1
            continue
        if row is None:
            return
        if not row or (len(row) == 1 and row[0].isspace()):
            continue
        yield _parse_row(row, names, delimiter, block, record, options)
        record += 1


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
    if sum(map(len, row)) > options.max_record_bytes:
        return too_large(block.source_file, record, raw, options)
    if len(row) > len(names):
        return read_reject(
            block.source_file,
            record,
            "invalid_csv",
            f"The row has {len(row)} values for {len(names)} columns; quote the values that hold "
            f"{delimiter!r} or line breaks.",
            raw,
        )
    # A row may be short: spreadsheets leave out empty cells at the end.
    fields: Mapping[str, str] = {
        name: value
        for name, value in zip(names, row, strict=False)
        if value.strip() not in _MISSING
    }
    encoding = block.encoding or "utf-8"
    try:
        return article_from_record(
            fields or dict.fromkeys(names), block.source_file, record, "csv", encoding, options
        )
    except DumpError as error:
        return read_reject(block.source_file, record, error.reason, error.detail, raw)
    except Exception as error:  # noqa: BLE001 - one row must not stop the others
        return unexpected(block.source_file, record, error, raw)
