"""Byte streams: raw, decompressed, recoded; each with a look ahead and in bounded memory.

The first bytes decide on the compression, never the file name: gzip (RFC 1952), bzip2, xz and
legacy lzma (XZ file format 1.1), Zstandard (RFC 8878).
"""

import bz2
import codecs
import contextlib
import dataclasses
import errno
import lzma
import re
import zlib
from collections.abc import Callable
from typing import Any

import zstandard

from pipeline.dumps.block import DumpError, DumpOptions

CHUNK = 1 << 20
_FEED = 1 << 16
"""Compressed bytes per call of a decompressor. The bytes after a member are copied once a member,
and compressed WARC has a member for each page, so the chunk must be small."""
_ZSTD_FEED = 2048
"""Compressed bytes per call of Zstandard. A block of 4 bytes may hold 128 KiB, so a call returns at
most 64 MiB; the streaming reader of zstandard is bounded too but accepts truncated frames."""

GZIP_HEADER = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]", re.DOTALL)
GZIP_PROBE = 4096

Read = Callable[[int], bytes]
"""Returns up to n bytes, and none only at the end."""


class Stream:
    """Bytes in order, with a look ahead.

    Args:
      read: returns the next bytes. May raise :class:`DumpError`, which is raised again by the read
        that reaches this point; all bytes before it are delivered.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._ahead = b""
        self._position = 0
        self._failure: DumpError | None = None

    def peek(self, size: int) -> bytes:
        """Returns the next ``size`` bytes, fewer only at the end or before a failure."""
        missing = size - (len(self._ahead) - self._position)
        if missing > 0 and self._failure is None:
            chunks = [self._ahead[self._position :]]
            try:
                while missing > 0 and (chunk := self._read(max(CHUNK, missing))):
                    chunks.append(chunk)
                    missing -= len(chunk)
            except DumpError as error:
                self._failure = error
            self._ahead, self._position = b"".join(chunks), 0
        return self._ahead[self._position : self._position + size]

    def advance(self, size: int) -> None:
        """Passes over bytes that :meth:`peek` returned."""
        self._position += size

    def read(self, size: int = CHUNK) -> bytes:
        """Returns up to ``size`` bytes, none only at the end.

        Raises:
          DumpError: there is more, but it cannot be read.
        """
        if chunk := self._ahead[self._position : self._position + size]:
            self._position += len(chunk)
            return chunk
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        return self._read(size)

    def readable(self) -> bool:
        """Returns True; ``tarfile`` and ``shutil`` need it."""
        return True


@dataclasses.dataclass
class Budget:
    """Limit on the growth of a dump by decompression, over all its layers and members.

    Attributes:
      options: the limits.
      compressed: bytes of the dump read so far; all of them if members are read in any order.
      produced: bytes returned by decompressors so far.
    """

    options: DumpOptions
    compressed: int = 0
    produced: int = 0

    def produce(self, size: int) -> None:
        """Counts ``size`` more decompressed bytes.

        Raises:
          DumpError: ``decompression_bomb``: the growth is beyond the limit.
        """
        self.produced += size
        allowed = max(self.options.ratio_free_bytes, self.options.max_ratio * self.compressed)
        if self.produced > allowed:
            raise DumpError(
                "decompression_bomb",
                f"{self.compressed:,} bytes grew to more than {self.produced:,} when decompressed, "
                f"over {self.options.max_ratio:g} times; if that is meant, decompress the file "
                "yourself and pass the result.",
            )


def file_stream(file: Any, budget: Budget, start: int = 0, stop: int | None = None) -> Stream:
    """Returns the bytes of an open file; reading raises :class:`DumpError` if the storage fails.

    Args:
      file: positioned at its beginning; can seek if ``start`` is not 0.
      budget: counts the bytes read.
      start: position of the first byte.
      stop: position behind the last byte; ``None`` for the end of the file.
    """
    rest = None if stop is None else stop - start
    placed = start == 0

    def read(size: int) -> bytes:
        nonlocal rest, placed
        try:
            if not placed:
                file.seek(start)
                placed = True
            chunk: bytes | None = file.read(size if rest is None else min(size, rest))
            if chunk is None:  # some files of /proc make their readers wait
                raise BlockingIOError(errno.EAGAIN, "nothing to be read yet")
        except (OSError, EOFError) as error:
            raise DumpError(
                "unreadable", f"Reading failed ({error}); check the storage and run again."
            ) from error
        if rest is not None:
            rest -= len(chunk)
        budget.compressed += len(chunk)
        return chunk

    return Stream(read)


def compression(head: bytes) -> str | None:
    """Returns gzip, bzip2, xz, lzma or zstd by the first bytes (16 are enough), else ``None``."""
    # The third byte of gzip is the method, always 8; without it two stray bytes would do.
    if head.startswith(b"\x1f\x8b\x08"):
        return "gzip"
    # "BZh", a level, then the block magic (pi) or, for an empty file, the end magic (sqrt pi).
    if head[:3] == b"BZh" and head[4:10] in (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"):
        return "bzip2"
    if head.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return "zstd"
    # Skippable frames 0x184D2A50-5F, as pzstd writes them in front.
    if len(head) >= 4 and head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F:
        return "zstd"
    # lzma has no magic: default properties, a round dictionary size, unknown or sane length.
    if head.startswith(b"\x5d\x00\x00") and len(head) >= 13 and head[5:13] == b"\xff" * 8:
        return "lzma"
    return None


def decompress(stream: Stream, kind: str, budget: Budget, to_the_end: bool = False) -> Stream:
    """Returns the decompressed bytes of a stream.

    Consecutive members or frames are concatenated; padding and any other bytes after the last one
    are ignored, as gzip does. Reading raises :class:`DumpError` with ``truncated`` or ``corrupt``
    after all bytes before the damage. Reading damaged gzip again continues at the next member.

    Args:
      stream: the compressed bytes.
      kind: as :func:`compression` returns it.
      budget: counts the decompressed bytes.
      to_the_end: if True, bytes other than zeros after the last member are ``corrupt``.
    """
    return Stream(_Decompressed(stream, kind, budget, to_the_end).read)


class _Zlib:
    """zlib with the interface of ``bz2.BZ2Decompressor``."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def pending(self) -> bytes:
        return self._inner.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        self._before = self._inner.copy()  # 10 us, of the millisecond that the call takes
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)

    def before_damage(self, data: bytes) -> bytes:
        """Returns what the last call, which failed at ``data``, could have returned."""
        chunks: list[bytes] = []
        with contextlib.suppress(zlib.error):
            for at in range(len(data)):
                chunks.append(self._before.decompress(data[at : at + 1]))
        return b"".join(chunks)


class _Zstd:
    """zstandard with the interface of ``bz2.BZ2Decompressor``."""

    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor().decompressobj()
        self._waiting = b""

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data + self._waiting

    @property
    def needs_input(self) -> bool:
        return not self._waiting

    def decompress(self, data: bytes, max_length: int) -> bytes:
        pending = self._waiting + data
        produced = []
        size = position = 0
        while position < len(pending) and size < max_length and not self._inner.eof:
            produced.append(self._inner.decompress(pending[position : position + _ZSTD_FEED]))
            position += _ZSTD_FEED
            size += len(produced[-1])
        self._waiting = pending[position:]
        return b"".join(produced)


_DECOMPRESSORS: dict[str, tuple[Callable[[], Any], tuple[bytes, ...]]] = {
    "gzip": (_Zlib, (b"\x1f\x8b",)),
    "bzip2": (bz2.BZ2Decompressor, (b"BZh",)),
    "xz": (lzma.LZMADecompressor, (b"\xfd7zXZ\x00",)),
    "lzma": (lzma.LZMADecompressor, ()),
    "zstd": (_Zstd, (b"\x28\xb5\x2f\xfd", b"\x2a\x4d\x18")),
}


class _Decompressed:
    def __init__(self, stream: Stream, kind: str, budget: Budget, to_the_end: bool) -> None:
        self._stream = stream
        self._to_the_end = to_the_end
        self._kind = kind
        self._budget = budget
        self._new, self._magics = _DECOMPRESSORS[kind]
        self._inner = self._new()
        self._ended = False
        self._damaged: bytes | None = None
        self._before_damage = b""
        self._failure: DumpError | None = None
        self._pending = b""

    def read(self, size: int) -> bytes:
        if kept := self._before_damage[:size]:
            self._before_damage = self._before_damage[size:]
            return kept
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        if self._damaged is not None and not self._find_member():
            self._ended = True
        while not self._ended:
            if self._inner.eof and not self._next_member():
                break
            data = b""
            if self._inner.needs_input:
                data = self._feed()
                if not data:
                    self._ended = True
                    raise DumpError(
                        "truncated",
                        f"The {self._kind} data ends in the middle; fetch the file again. What "
                        "came before the end was kept.",
                    )
            pending = self._inner.pending + data if self._kind == "gzip" else b""
            try:
                chunk: bytes = self._inner.decompress(data, max(size, 1))
            except (zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError, EOFError) as error:
                rest = "What came before the damage was kept"
                if self._kind != "gzip":
                    self._ended = True
                    rest += ", but perhaps for the last megabyte"
                self._failure = DumpError(
                    "corrupt",
                    f"The {self._kind} data is damaged ({error}); fetch the file again. {rest}.",
                )
                if self._kind == "gzip":
                    self._damaged = pending
                    self._before_damage = self._inner.before_damage(pending)
                    self._budget.produce(len(self._before_damage))
                return self.read(size)
            if chunk:
                self._budget.produce(len(chunk))
                return chunk
        self._ended = True
        return b""

    def _next_member(self) -> bool:
        rest: bytes = self._inner.unused_data
        while len(rest := rest.lstrip(b"\0")) < 6 and (more := self._feed()):
            rest += more
        # The first byte of a skippable Zstandard frame varies.
        if not rest.startswith(self._magics) and not (
            self._kind == "zstd" and rest[1:4] == b"\x2a\x4d\x18"
        ):
            if rest and self._to_the_end:
                self._ended = True
                raise DumpError("corrupt", f"Bytes that are no {self._kind} data follow.")
            return False
        self._begin(rest)
        return True

    def _find_member(self) -> bool:
        """Moves to the next gzip member after damage; returns False at the end.

        Magic, method and reserved flags are 27 fixed bits, a chance match in 128 MiB of other data;
        a match must also decompress.
        """
        rest, self._damaged = self._damaged or b"", None
        start = 1
        while True:
            found = GZIP_HEADER.search(rest, start)
            if found is None:
                more = self._feed()
                if not more:
                    return False
                rest, start = rest[-16:] + more, 0
                continue
            rest = rest[found.start() :]
            if len(rest) < GZIP_PROBE and (more := self._feed()):
                rest += more
            try:
                probe = zlib.decompressobj(wbits=31).decompress(rest[:GZIP_PROBE], GZIP_PROBE)
            except zlib.error:
                probe = b""
            if probe:
                self._begin(rest)
                return True
            start = 1

    def _begin(self, rest: bytes) -> None:
        self._pending = rest
        self._inner = self._new()

    def _feed(self) -> bytes:
        if self._pending:
            data, self._pending = self._pending, b""
            return data
        return self._stream.read(_FEED)


def recode(stream: Stream, encoding: str) -> Stream:
    """Returns a stream recoded to UTF-8; undecodable bytes become U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    ended = False

    def read(size: int) -> bytes:
        nonlocal ended
        while not ended:
            chunk = stream.read(size)
            ended = not chunk
            if recoded := decoder.decode(chunk, final=ended).encode("utf-8", "replace"):
                return recoded
        return b""

    return Stream(read)
