"""Ranges of a large dump, for reading it with several workers.

``split_dump`` cuts a dump, ``count_records`` counts the records of a range, ``numbered`` numbers
the ranges, ``read_range`` reads one. The ranges together yield exactly the articles and rejects of
the whole dump. Cuts are:

- after line breaks of uncompressed JSON Lines, separator lines of text, rows of CSV; at messages of
  an mbox, records of WARC and row groups of Parquet;
- between members of zip and uncompressed tar archives;
- at members of gzip that holds WARC or JSON Lines. Bytes that look like the header of a member may
  be data of another; counting verifies that the range before ends there.

Any other dump is one range, and so is one with damage that affects records after it. Pages, JSON
and XML are never cut: whether a bracket or tag is one depends on all that is before it.
"""

import dataclasses
import itertools
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from pipeline.dumps import containers, jsonl, kafka, mail, parquet, table, text, warc
from pipeline.dumps.block import Block, DumpError, DumpOptions, Source, unexpected
from pipeline.dumps.day_order import BYTES, day_order
from pipeline.dumps.formats import READERS, Cutter, identify, read_stream
from pipeline.dumps.inputs import open_dump
from pipeline.dumps.streams import (
    CHUNK,
    GZIP_HEADER,
    GZIP_PROBE,
    Budget,
    compression,
    decompress,
    file_stream,
    recode,
)
from pipeline.rejects import Reject, read_reject
from pipeline.storage import is_remote

_CUTTERS: dict[str, Cutter] = {
    "jsonl": jsonl,
    "csv": table,
    "text": text,
    "mail": mail,
    "warc": warc,
    "wet": warc,
}
# Beginning of the content of gzip members at which a range may begin.
_MEMBER_STARTS = {"jsonl": b"{", "warc": b"WARC/", "wet": b"WARC/"}
# Reasons of rejects in a range that affect the ranges after it.
_LIMITS = frozenset(("decompression_bomb", "unreadable", "unexpected"))
_DAMAGE = _LIMITS | {"corrupt", "truncated", "invalid_warc"}


@dataclasses.dataclass(frozen=True)
class DumpRange:
    """A part of a dump that can be read independently.

    Attributes:
      path: path or URL of the dump, from ``find_dumps``.
      part: unit of ``start`` and ``stop``: ``bytes`` of uncompressed records, bytes of a ``gzip``
        or ``tar`` file, ``members`` of a zip archive, ``row groups`` of Parquet, ``offsets`` of a
        partition of a topic; ``whole`` for the bytes of the whole dump (0 if its size is unknown).
      start: first byte, member, row group or offset.
      stop: end, exclusive.
      dump_format: a name from ``FORMATS``; empty if reading detects it.
      encoding: encoding to recode from; empty for none.
      header: as in ``Block.header``.
      first_record: number of the first record within the dump.
      records: number of records; ``None`` if unknown. 0 for archives, whose members count from 0.
      stamp: of the file when it was split: its size and time of change (ns), or its device and
        number if it ``grows``; empty of a URL.
      grows: True if more may be written behind ``stop`` while it is read.
      day_order: as in ``Block.day_order``.
    """

    path: str
    part: str = "whole"
    start: int = 0
    stop: int = 0
    dump_format: str = ""
    encoding: str = ""
    header: tuple[str, ...] = ()
    first_record: int = 0
    records: int | None = None
    stamp: tuple[int, ...] = ()
    grows: bool = False
    day_order: Mapping[str, bool] = dataclasses.field(default_factory=dict)


def split_dump(dump: DumpRange, options: DumpOptions, range_bytes: int) -> list[DumpRange]:
    """Returns the ranges of a dump, in order; a single one if it is small or cannot be cut.

    Reads a few kilobytes for each range or archive member, and all of a CSV (3 ms a MB) or gzip
    (1 ms a MB) file. Never raises for the content of a dump; reading it rejects what is wrong.

    Args:
      dump: the whole dump as ``DumpRange(path)``, or what was appended to one, from
        :func:`appended`.
      options: how to read.
      range_bytes: target size of a range, in bytes of the file.
    """
    if dump.part == "offsets":
        return [dump]
    stamp = _stamp(dump, options)
    whole = [dataclasses.replace(dump, stamp=stamp)]
    try:
        with open_dump(place(dump.path, options)) as file:
            if dump.part == "bytes":
                ranges = _split_appended(file, dump, options, range_bytes)
            elif not file.seekable():
                return whole
            else:
                size = file.seek(0, 2)
                whole = [dataclasses.replace(dump, stop=size, stamp=stamp)]
                if size <= range_bytes:
                    return whole
                file.seek(0)
                ranges = _split(file, size, dump.path, options, range_bytes)
    except Exception:  # noqa: BLE001 - reading the dump reports what is wrong with it
        return whole
    if len(ranges) < 2:
        return whole
    return [dataclasses.replace(part, stamp=stamp) for part in ranges]


def place(path: str, options: DumpOptions) -> str:
    """Returns the path by which this process can open a dump."""
    return path if is_remote(path) else os.path.join(options.folder, path)


def _stamp(part: DumpRange, options: DumpOptions) -> tuple[int, ...]:
    """Returns by what a change of a local file is known; empty if it cannot be seen."""
    if is_remote(part.path):
        return ()
    try:
        status = os.stat(place(part.path, options))
    except OSError:
        return ()  # reading the dump reports it
    if part.grows:
        return status.st_dev, status.st_ino
    return status.st_size, status.st_mtime_ns


def is_log(path: str, options: DumpOptions) -> bool:
    """Returns True for a dump to which records can be appended: uncompressed JSON Lines in UTF-8.

    Raises:
      OSError: it cannot be read.
    """
    with open_dump(path) as file:
        stream = file_stream(file, Budget(options))
        head = stream.peek(CHUNK)
        if containers.is_nested(head):
            return False
        try:
            _, source = identify(stream, path, options)
        except DumpError:
            return False
    return source.dump_format == "jsonl" and not source.encoding


def last_line(path: str, stop: int) -> int:
    """Returns where the line begins that ends at a position, or goes on behind it.

    Args:
      path: of the dump.
      stop: the position; it is returned itself if it is behind a line break.

    Raises:
      OSError: it cannot be read.
    """
    with open_dump(path) as file:
        end = stop
        while end > 0:
            begin = max(0, end - CHUNK)
            file.seek(begin)
            found = file.read(end - begin).rfind(b"\n")
            if found >= 0:
                return begin + found + 1
            end = begin
    return 0


def is_cut(path: str, stop: int, options: DumpOptions) -> bool:
    """Returns True if the last line of a log has no end and is no JSON: its writer is not done.

    Args:
      path: of a dump that ``is_log``.
      stop: its end.
      options: how to read. A line beyond its limit of a record is not looked at.

    Raises:
      OSError: it cannot be read.
    """
    start = last_line(path, stop)
    if stop - start > options.max_record_bytes:
        return False
    with open_dump(path) as file:
        file.seek(start)
        line = file.read(stop - start)
    try:
        jsonl.load_json(line)
    except DumpError:
        return bool(line.strip())
    return False


def appended(
    before: DumpRange, taken: int, stop: int, options: DumpOptions, grows: bool
) -> DumpRange:
    """Returns the range of what was appended to a dump that was read before.

    A line that was read before its end was written is read again, as a whole. So its record has
    the number of the reject that the part of it became.

    Args:
      before: an earlier range of a dump that ``is_log``; ``DumpRange(path)`` if none is known.
      taken: bytes that were read.
      stop: end of what is to be read.
      options: how to read.
      grows: whether more may be written behind ``stop`` meanwhile.

    Raises:
      OSError: it cannot be read.
    """
    path = before.path
    start = last_line(path, taken)
    if start < taken:
        with open_dump(path) as file:
            file.seek(taken)
            if file.read(1) in (b"\n", b"\r", b""):  # the line was complete but for its end
                start = taken
    if before.start > start:
        before = DumpRange(path)
    between = DumpRange(path, "bytes", before.start, start, "jsonl")
    records = before.first_record + (count_records(between, options) or 0)
    with open_dump(path) as file:
        order = day_order(file.read(min(BYTES, stop)))
    return DumpRange(
        path,
        "bytes",
        start,
        stop,
        "jsonl",
        first_record=records,
        grows=grows,
        day_order=order,
    )


def count_records(part: DumpRange, options: DumpOptions) -> int | None:
    """Returns the number of records in a range; reads it without parsing if that is unknown.

    Returns:
      the number, or ``None`` if the ranges after it would not yield what the whole dump does.
    """
    if part.records is not None:
        return part.records
    # If each range keeps the ratio, the whole dump does.
    strict = dataclasses.replace(options, ratio_free_bytes=0)
    failures = _DAMAGE if part.part == "gzip" else _LIMITS
    records = 0
    payload = b"\n"
    for item in read_range(part, strict):
        if isinstance(item, Reject):
            if item.reason in failures:
                return None
            records += item.record_index is not None
        else:
            records += item.records
            payload = item.payload
    if part.part == "gzip" and part.dump_format == "jsonl" and not payload.endswith(b"\n"):
        return None  # the last line continues in the next member
    return records


def numbered(ranges: Sequence[DumpRange], counts: Sequence[int | None]) -> list[DumpRange]:
    """Returns the ranges with ``first_record`` set; the whole dump if a count is ``None``.

    Args:
      ranges: all ranges of one dump, from :func:`split_dump`.
      counts: the result of :func:`count_records` for each range.
    """
    first, last = ranges[0], ranges[-1]
    whole = [DumpRange(first.path, records=0, stamp=first.stamp)]
    if first.part == "bytes" and (first.start or first.grows):  # what was appended
        whole = [dataclasses.replace(first, stop=last.stop)]
    if None in counts:
        return whole
    if first.part in ("members", "tar"):
        return list(ranges)
    if not any(counts):
        return whole  # reading it rejects a dump without records
    sums = itertools.accumulate((count or 0 for count in counts), initial=first.first_record)
    return [
        dataclasses.replace(part, first_record=first, records=count)
        for part, first, count in zip(ranges, sums, counts, strict=False)
    ]


def read_range(part: DumpRange, options: DumpOptions) -> Iterator[Block | Reject]:
    """Yields the blocks of a range, and a reject for each part of it that is no record.

    Memory is bounded by a few blocks or one record. Never raises for the content of a dump, nor for
    a file that cannot be opened or vanishes.

    Raises:
      KafkaError: the broker does not answer, so that the records must be read later.

    Args:
      part: the range, from :func:`numbered`; ``DumpRange(path)`` for a whole dump.
      options: how to read.
    """
    if part.part == "offsets":
        source = Source(part.path, part.dump_format, whole=False)
        yield from kafka.read_offsets(source, part.start, part.stop)
        return
    try:
        file = open_dump(place(part.path, options))
    except (OSError, ValueError, ImportError) as error:
        yield read_reject(
            part.path, None, "unreadable", _why_unreadable(place(part.path, options), error)
        )
        return
    with file:
        try:
            yield from _read(file, part, options)
        except DumpError as error:
            yield error.reject(part.path, None)
        except Exception as error:  # noqa: BLE001 - one dump must not stop the run
            yield unexpected(part.path, None, error)
    now = _stamp(part, options)
    if part.stamp and now and now != part.stamp:
        yield read_reject(
            part.path,
            None,
            "changed",
            "The dump was written to while it was read, so records of it may be cut or missing; "
            "the next run reads it again. Let dumps be complete before they are read.",
        )


def read_blocks(path: str, options: DumpOptions) -> Iterator[Block | Reject]:
    """Yields the blocks of a whole dump; see :func:`read_range`."""
    return read_range(DumpRange(path), options)


def _read(file: BinaryIO, part: DumpRange, options: DumpOptions) -> Iterator[Block | Reject]:
    budget = Budget(options)
    if part.part in ("whole", "tar", "members"):
        if part.part == "members":
            chosen = range(part.start, part.stop)
            found = containers.read_zip(file, part.path, budget, options, members=chosen)
        elif part.part == "tar":
            stream = file_stream(file, budget, part.start, part.stop)
            found = containers.read_members(stream, part.path, budget, options, is_range=True)
        else:
            stream = file_stream(file, budget)
            found = containers.read_members(stream, part.path, budget, options, file)
        for member in found:
            if isinstance(member, Reject):
                yield member
            else:
                name, stream = member
                yield from read_stream(stream, name, options)
        return
    source = Source(
        part.path,
        part.dump_format,
        part.encoding,
        part.header,
        part.first_record,
        whole=False,
        day_order=part.day_order,
    )
    if part.part == "row groups":
        yield from parquet.read_groups(file, source, options, range(part.start, part.stop))
        return
    stream = file_stream(file, budget, part.start, part.stop)
    if part.part == "gzip":
        stream = decompress(stream, "gzip", budget, to_the_end=True)
    if part.encoding:
        stream = recode(stream, part.encoding)
    yield from READERS[part.dump_format].read_blocks(stream, source, options)


def _split(
    file: BinaryIO, size: int, path: str, options: DumpOptions, range_bytes: int
) -> list[DumpRange]:
    stream = file_stream(file, Budget(options))
    head = stream.peek(CHUNK)
    kind = compression(head)
    if kind == "gzip":
        return _split_gzip(file, size, path, options, range_bytes)
    if kind is not None:
        return []
    for part, is_kind, cut in (
        ("members", containers.is_zip, containers.zip_cuts),
        ("tar", containers.is_tar, containers.tar_cuts),
    ):
        if is_kind(head):
            edges, nested = cut(file, size, options, range_bytes)
            records = None if nested else 0
            return [
                DumpRange(path, part, start, stop, records=records)
                for start, stop in itertools.pairwise(edges)
            ]
    _, source = identify(stream, path, options)
    if source.dump_format == "parquet":
        return _split_parquet(file, path, options, range_bytes)
    cutter = _CUTTERS.get(source.dump_format)
    if cutter is None or (source.encoding and source.dump_format != "jsonl"):
        return []
    source, starts = cutter.cuts(file, size, source, options, range_bytes)
    return [
        DumpRange(
            path,
            "bytes",
            start,
            stop,
            source.dump_format,
            source.encoding,
            source.header,
            day_order=source.day_order,
        )
        for start, stop in itertools.pairwise([*starts, size])
    ]


def _split_appended(
    file: BinaryIO, dump: DumpRange, options: DumpOptions, range_bytes: int
) -> list[DumpRange]:
    source = Source(dump.path, dump.dump_format)
    _, starts = jsonl.cuts(file, dump.stop, source, options, range_bytes, dump.start)
    return [
        dataclasses.replace(dump, start=start, stop=stop)
        for start, stop in itertools.pairwise([*starts, dump.stop])
    ]


def _split_parquet(
    file: BinaryIO, path: str, options: DumpOptions, range_bytes: int
) -> list[DumpRange]:
    ranges: list[DumpRange] = []
    start = first_record = held_bytes = held_rows = 0
    sizes = parquet.row_group_sizes(file, options)
    for number, (group_bytes, rows) in enumerate(sizes, start=1):
        held_bytes += group_bytes
        held_rows += rows
        if held_bytes >= range_bytes or number == len(sizes):
            ranges.append(
                DumpRange(
                    path,
                    "row groups",
                    start,
                    number,
                    "parquet",
                    first_record=first_record,
                    records=held_rows,
                )
            )
            start, first_record = number, first_record + held_rows
            held_bytes = held_rows = 0
    return ranges


def _split_gzip(
    file: BinaryIO, size: int, path: str, options: DumpOptions, range_bytes: int
) -> list[DumpRange]:
    file.seek(0)
    budget = Budget(options)
    inner = decompress(file_stream(file, budget), "gzip", budget)
    if containers.is_nested(inner.peek(CHUNK)):
        return []
    _, source = identify(inner, path, options)
    beginning = _MEMBER_STARTS.get(source.dump_format)
    if beginning is None or source.encoding:
        return []
    starts, position = [0], range_bytes
    while position < size:
        file.seek(position)
        window = file.read(CHUNK + GZIP_PROBE)
        for match in GZIP_HEADER.finditer(window, 0, CHUNK):
            if _begins(window[match.start() : match.start() + GZIP_PROBE], beginning):
                starts.append(position + match.start())
                position = starts[-1] + range_bytes
                break
        else:
            # A header may be cut in two at the end of what was searched.
            position += CHUNK - 3
    return [
        DumpRange(path, "gzip", start, stop, source.dump_format, day_order=source.day_order)
        for start, stop in itertools.pairwise([*starts, size])
    ]


def _begins(member: bytes, beginning: bytes) -> bool:
    try:
        text = zlib.decompressobj(wbits=31).decompress(member, len(beginning))
    except zlib.error:
        return False
    return text == beginning


def _why_unreadable(path: str, error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "The dump may not be read; give the user who runs copydesk read permission."
    if isinstance(error, FileNotFoundError) and os.path.islink(path):
        return "The link points nowhere; mend it, or leave it out."
    if isinstance(error, FileNotFoundError):
        return "The dump is gone since it was listed; put it back and run again."
    if isinstance(error, IsADirectoryError):
        return (
            "The folder cannot be listed; give the user who runs copydesk permission to read and "
            "search it."
        )
    reason = error.strerror if isinstance(error, OSError) else error
    return f"The dump cannot be opened ({reason}); check the path and the access to it."
