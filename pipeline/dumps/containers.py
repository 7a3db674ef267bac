"""Layers around the content: compression and archives, in any order and depth.

A member of an archive is named ``archive!member``. Of an archive the members count that would
count in a folder (see ``pipeline.dumps.inputs``); folders and links in it do not.
"""

import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, cast

from pipeline.dumps.block import DumpError, DumpOptions
from pipeline.dumps.inputs import is_dump_name
from pipeline.dumps.streams import CHUNK, Budget, Stream, compression, decompress
from pipeline.rejects import Reject, read_reject

_TAR_BLOCK = 512
_MEMBER_PIECE = 1 << 15
_ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
# What makes a zip archive a document of another kind.
_ZIP_DOCUMENTS = {
    "[Content_Types].xml": "an Office document",
    "META-INF/container.xml": "an EPUB book",
    "META-INF/MANIFEST.MF": "a Java archive",
    "content.xml": "an OpenDocument file",
    "AndroidManifest.xml": "an Android package",
}

Member = tuple[str, Stream]


def read_members(
    stream: Stream,
    source_file: str,
    budget: Budget,
    options: DumpOptions,
    file: IO[bytes] | None = None,
    depth: int = 0,
) -> Iterator[Member | Reject]:
    """Yields the innermost streams of a dump with their names, and what cannot be opened.

    A stream is valid until the next is asked for.

    Args:
      stream: the dump or member.
      source_file: its name.
      budget: is charged by everything that is decompressed.
      file: the dump as a file, where its bytes are those of the stream; zip needs to seek.
      depth: layers around it so far.
    """
    head = stream.peek(2 * _TAR_BLOCK)
    kind = compression(head)
    archive = "zip" if head.startswith(_ZIP_MAGICS) else "tar" if _is_tar(head) else None
    if kind is None and archive is None:
        yield source_file, stream
        return
    if depth >= options.max_depth:
        yield read_reject(
            source_file,
            None,
            "too_deep",
            f"There are more than {options.max_depth} layers of archives or compression; unpack "
            "the outer ones.",
            head,
        )
        return
    if kind is not None:
        yield from read_members(
            decompress(stream, kind, budget), source_file, budget, options, depth=depth + 1
        )
    elif archive == "tar":
        yield from _read_tar(stream, source_file, budget, options, depth)
    else:
        yield from _read_zip(stream, source_file, budget, options, file, depth)


def spool(stream: Stream, file: IO[bytes] | None) -> IO[bytes]:
    """Returns the bytes of a stream as a file that can seek; on disk if it has to be copied."""
    if file is not None and file.seekable():
        file.seek(0)
        return file
    copy = tempfile.TemporaryFile(prefix="copydesk-")  # noqa: SIM115 - the caller closes it
    try:
        shutil.copyfileobj(cast("IO[bytes]", stream), copy, CHUNK)
        copy.seek(0)
    except BaseException:
        copy.close()
        raise
    return copy


def _is_tar(head: bytes) -> bool:
    if len(head) < _TAR_BLOCK or not head[0]:
        return False
    try:
        tarfile.TarInfo.frombuf(head[:_TAR_BLOCK], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _member_stream(member: Any, budget: Budget, archive: str, counted: bool) -> Stream:
    def read(size: int) -> bytes:
        try:
            # What a cut archive has of the last piece is lost, so pieces are small.
            chunk: bytes = member.read(min(size, _MEMBER_PIECE))
        except tarfile.ReadError as error:
            raise DumpError(
                "truncated" if "unexpected end" in str(error) else "corrupt",
                f"The {archive} member is cut off ({error}); fetch the archive again.",
            ) from error
        except (zipfile.BadZipFile, zlib.error, OSError) as error:
            raise DumpError(
                "corrupt",
                f"The {archive} member is damaged ({error}); fetch the archive again.",
            ) from error
        except EOFError as error:
            raise DumpError(
                "truncated", f"The {archive} member ends in the middle; fetch the archive again."
            ) from error
        if counted:
            budget.produce(len(chunk))
        return chunk

    return Stream(read)


def _is_dump_member(name: str) -> bool:
    return all(is_dump_name(part) for part in name.split("/") if part not in ("", "."))


def _read_tar(
    stream: Stream, source_file: str, budget: Budget, options: DumpOptions, depth: int
) -> Iterator[Member | Reject]:
    members = 0
    try:
        with tarfile.open(
            fileobj=cast("IO[bytes]", stream), mode="r|", errors="surrogateescape"
        ) as archive:
            for info in archive:
                # tarfile remembers every member; a stream never goes back to one.
                archive.members = []  # type: ignore[attr-defined]
                if not info.isfile() or not _is_dump_member(info.name):
                    continue
                members += 1
                if members > options.max_members:
                    yield _too_many(source_file, options)
                    return
                name = f"{source_file}!{_printable(info.name)}"
                member = archive.extractfile(info)
                if member is not None:
                    inner = _member_stream(member, budget, "tar", counted=False)
                    yield from read_members(inner, name, budget, options, depth=depth + 1)
    except tarfile.TarError as error:
        yield read_reject(
            source_file,
            None,
            "truncated" if "unexpected end" in str(error) else "corrupt",
            f"The tar archive is damaged ({error}); fetch it again. What came before was kept.",
        )
        return
    if members == 0:
        yield _nothing_inside(source_file, "tar archive")


def _read_zip(
    stream: Stream,
    source_file: str,
    budget: Budget,
    options: DumpOptions,
    file: IO[bytes] | None,
    depth: int,
) -> Iterator[Member | Reject]:
    seekable = spool(stream, file)
    try:
        # Members may overlap, so what counts against the growth is the archive once.
        budget.compressed = max(budget.compressed, seekable.seek(0, 2))
        seekable.seek(0)
        try:
            archive = zipfile.ZipFile(seekable)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            yield read_reject(
                source_file,
                None,
                "corrupt",
                f"The zip archive is damaged or cut off ({error}); fetch it again.",
            )
            return
        with archive:
            yield from _zip_members(archive, source_file, budget, options, depth)
    finally:
        if seekable is not file:
            seekable.close()


def _zip_members(
    archive: zipfile.ZipFile, source_file: str, budget: Budget, options: DumpOptions, depth: int
) -> Iterator[Member | Reject]:
    infos = archive.infolist()
    names = {info.filename for info in infos[:1000]}
    for marker, what in _ZIP_DOCUMENTS.items():
        if marker in names:
            yield read_reject(
                source_file,
                None,
                "unsupported_content",
                f"The dump is {what}; save it as text or HTML.",
            )
            return
    members = 0
    for info in infos:
        if info.is_dir() or not _is_dump_member(info.filename):
            continue
        members += 1
        if members > options.max_members:
            yield _too_many(source_file, options)
            return
        name = f"{source_file}!{_printable(info.filename)}"
        if info.flag_bits & 1:
            yield read_reject(
                name, None, "encrypted", "The member needs a password; unpack the archive yourself."
            )
            continue
        try:
            member = archive.open(info)
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
            yield read_reject(
                name, None, "corrupt", f"The zip member cannot be opened ({error}); unpack it."
            )
            continue
        with member:
            inner = _member_stream(member, budget, "zip", counted=True)
            yield from read_members(inner, name, budget, options, depth=depth + 1)
    if members == 0:
        yield _nothing_inside(source_file, "zip archive")


def _printable(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _too_many(source_file: str, options: DumpOptions) -> Reject:
    return read_reject(
        source_file,
        None,
        "too_large",
        f"The archive has more than {options.max_members:,} members; the rest was not read. Split "
        "it, or unpack it.",
    )


def _nothing_inside(source_file: str, what: str) -> Reject:
    return read_reject(
        source_file,
        None,
        "empty",
        f"The {what} holds no dumps (hidden files and README files do not count); remove it.",
    )
