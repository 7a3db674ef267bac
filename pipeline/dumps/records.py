"""Cutting streams into blocks of records: rows that end with a line break, and other records."""

from collections.abc import Callable, Generator, Iterable, Iterator

from pipeline.dumps.block import BLOCK_BYTES, Block, DumpError, DumpOptions, Source, too_large
from pipeline.dumps.streams import Stream
from pipeline.rejects import Reject, read_reject

_CONTEXT = 1024
"""Bytes kept of a row that is skipped, in which the next one may begin."""


def whole_rows(
    stream: Stream,
    options: DumpOptions,
    rows_end: Callable[[bytes], int],
    hint: str = "",
    next_row: Callable[[bytes], int] | None = None,
) -> Iterator[bytes | DumpError]:
    """Yields runs of whole rows of about :data:`BLOCK_BYTES`.

    Args:
      stream: rows that end with a line break.
      options: a row beyond ``max_record_bytes`` is skipped.
      rows_end: returns the end of the last complete row of some bytes, 0 without one.
      hint: why a row may be too large, for the error.
      next_row: returns where a row begins in bytes from within one, -1 if none does; ``None``
        where any line break ends a row.

    Yields:
      bytes, a ``too_large`` error for each skipped row, and last the error of a failing stream.
    """
    text = b""
    skipping = False
    while True:
        try:
            chunk = stream.read(BLOCK_BYTES)
        except DumpError as error:
            end = rows_end(text)
            yield text[:end]
            error.raw = text[end:]
            yield error
            return
        if skipping and chunk:
            if next_row is None:
                resume = chunk.find(b"\n") + 1
                skipping, text = not resume, chunk[resume:] if resume else b""
            else:
                text += chunk
                start = next_row(text)
                skipping, text = start < 0, text[start:] if start >= 0 else text[-_CONTEXT:]
            continue
        text += chunk
        if not chunk:
            yield b"" if skipping else text
            return
        if len(text) < BLOCK_BYTES:
            continue
        if end := rows_end(text):
            yield text[:end]
            text = text[end:]
        elif len(text) > options.max_record_bytes:
            yield too_large(options, text, why=hint)
            # Quotes may not close, so the only safe end of the row is the last line break.
            resume = text.rfind(b"\n") + 1 if next_row is None else 0
            skipping, text = not resume, text[resume:] if resume or next_row else b""
            text = text if resume else text[-_CONTEXT:]


def row_blocks(
    rows: Iterable[bytes | DumpError], source: Source, count: Callable[[bytes], int], nothing: str
) -> Iterator[Block | Reject]:
    """Yields blocks of rows, and a reject for each error; a row that is too large is a record.

    Args:
      rows: as :func:`whole_rows` yields them.
      source: their source.
      count: returns the number of records in some rows.
      nothing: detail of the reject of a dump without records.
    """
    record, line = source.first_record, source.first_line
    failed = False
    for item in rows:
        if isinstance(item, DumpError):
            if line:
                item.detail += f" It begins in line {line:,}."
            yield item.reject(source.name, record)
            failed = True
            record += item.reason == "too_large"
            line = 0  # nobody counted the lines of what was skipped
            continue
        if records := count(item):
            yield source.block(record, records, item, first_line=line)
            record += records
        if line:
            line += item.count(b"\n")
    if source.whole and record == 0 and not failed:
        yield read_reject(source.name, None, "empty", nothing)


def sized_blocks(
    found: Iterable[bytes | DumpError], source: Source
) -> Generator[Block | Reject, None, int]:
    """Yields blocks of records without separators, and a reject for each error.

    Args:
      found: records, and errors for damaged stretches; each of these counts as one record.
      source: their source.

    Returns:
      the number of the next record.
    """
    record = source.first_record
    held: list[bytes] = []
    held_bytes = 0

    def flush() -> Iterator[Block]:
        nonlocal record, held, held_bytes
        if held:
            yield source.block(record, len(held), b"".join(held), tuple(map(len, held)))
            record += len(held)
            held, held_bytes = [], 0

    for item in found:
        if isinstance(item, DumpError):
            yield from flush()
            yield item.reject(source.name, record)
            record += 1
            continue
        held.append(item)
        held_bytes += len(item)
        if held_bytes >= BLOCK_BYTES:
            yield from flush()
    yield from flush()
    return record
