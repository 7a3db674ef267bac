"""Compression, archives and documents around the content, nested in any order and depth.

A member of an archive is named ``archive!member``; the second of a name in a zip archive
``archive!member#2``. Members with names that are no dumps in a folder (see
``pipeline.dumps.inputs``), folders and links are skipped.
"""

import lzma
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, NamedTuple, Self, cast

from pipeline.dumps.block import DumpError, DumpOptions
from pipeline.dumps.documents import RTF, rtf_stream, xml_stream
from pipeline.dumps.inputs import is_dump_name
from pipeline.dumps.streams import CHUNK, Budget, Stream, compression, decompress
from pipeline.rejects import Reject, read_reject

_TAR_BLOCK = 512
_MEMBER_CHUNK = 1 << 15
_ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
# Members that show a zip archive to be a document of another format.
_ZIP_DOCUMENTS = {
    "xl/workbook.xml": ("an Excel workbook", "save its sheet as CSV"),
    "ppt/presentation.xml": ("a PowerPoint presentation", "save it as text or HTML"),
    "[Content_Types].xml": ("an Office document", "save it as text or HTML"),
    "META-INF/container.xml": ("an EPUB book", "convert it to text or HTML"),
    "META-INF/MANIFEST.MF": ("a Java archive", "leave it out"),
    "AndroidManifest.xml": ("an Android package", "leave it out"),
}
_NO_TEXTS = ("spreadsheet", "presentation", "graphics")
"""Words in the MIME types of OpenDocument files that hold no article."""

_ZIP_DAMAGE = (zipfile.BadZipFile, OSError, ValueError, NotImplementedError)
_MEMBER_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError)

Member = tuple[str, Stream]


def read_members(
    stream: Stream,
    source_file: str,
    budget: Budget,
    options: DumpOptions,
    file: IO[bytes] | None = None,
    depth: int = 0,
    is_range: bool = False,
) -> Iterator[Member | Reject]:
    """Yields the innermost streams of a dump with their names, and rejects.

    A stream is valid until the iterator advances.

    Args:
      stream: the dump or member.
      source_file: its name.
      budget: counts all decompressed bytes.
      options: how to read.
      file: the file behind the stream, if its bytes are the same; saves a copy for zip.
      depth: number of layers around the stream.
      is_range: True if the stream is a range of a tar archive that :func:`tar_cuts` has found.
    """
    head = stream.peek(2 * _TAR_BLOCK)
    if head.startswith(RTF):
        try:
            yield source_file, rtf_stream(stream, options)
        except DumpError as error:
            yield error.reject(source_file, None, head)
        return
    kind = compression(head)
    archive = "zip" if is_zip(head) else "tar" if is_tar(head) else None
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
        yield from _read_tar(stream, source_file, budget, options, depth, is_range)
    else:
        yield from _read_zip(stream, source_file, budget, options, file, depth)


def spool(stream: Stream, file: IO[bytes] | None) -> IO[bytes]:
    """Returns a seekable file with the bytes of a stream: ``file``, or a copy on disk."""
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


def is_zip(head: bytes) -> bool:
    """Returns True if content with this beginning is a zip archive."""
    return head.startswith(_ZIP_MAGICS)


def is_tar(head: bytes) -> bool:
    """Returns True if content with this beginning (at least 512 bytes) is a tar archive."""
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
            # The last chunk of a truncated archive is lost, so chunks are small.
            chunk: bytes = member.read(min(size, _MEMBER_CHUNK))
        except tarfile.ReadError as error:
            raise DumpError(
                "truncated" if "unexpected end" in str(error) else "corrupt",
                f"The {archive} member is cut off ({error}); fetch the archive again.",
            ) from error
        except EOFError as error:
            raise DumpError(
                "truncated", f"The {archive} member ends in the middle; fetch the archive again."
            ) from error
        except DumpError:
            raise
        except Exception as error:
            raise DumpError(
                "corrupt",
                f"The {archive} member is damaged ({error}); fetch the archive again.",
            ) from error
        if counted:
            budget.produce(len(chunk))
        return chunk

    return Stream(read)


def _is_dump_member(name: str) -> bool:
    # Nothing is written to a path of an archive: one that leads out of it is a name like others.
    return all(is_dump_name(part) for part in name.split("/") if part not in ("", ".", ".."))


class _Header(tarfile.TarInfo):
    """The header of a member; for ``tarfile`` one that is cut off or damaged ends the archive."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        """Returns the next header.

        Raises:
          ReadError: there is none, nor a block of zeros, which ends an archive.
        """
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]  # typeshed lacks it
            raise
        except tarfile.HeaderError as error:
            is_cut = str(error).startswith(("empty", "truncated", "missing"))
            end = "unexpected end of data: " if is_cut else ""
            raise tarfile.ReadError(f"{end}{error}") from error


def _read_tar(
    stream: Stream,
    source_file: str,
    budget: Budget,
    options: DumpOptions,
    depth: int,
    is_range: bool,
) -> Iterator[Member | Reject]:
    members = 0
    try:
        with tarfile.open(
            fileobj=cast("IO[bytes]", stream),
            mode="r|",
            errors="surrogateescape",
            # When it was split, all headers were read; a range has no block that ends it.
            tarinfo=tarfile.TarInfo if is_range else _Header,
        ) as archive:
            for info in archive:
                # tarfile keeps every member in memory; a stream never seeks back to one.
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
        yield from read_zip(seekable, source_file, budget, options, depth)
    finally:
        if seekable is not file:
            seekable.close()


def read_zip(
    file: IO[bytes],
    source_file: str,
    budget: Budget,
    options: DumpOptions,
    depth: int = 0,
    members: range | None = None,
) -> Iterator[Member | Reject]:
    """Yields the innermost streams of a zip archive with their names, and rejects.

    Args:
      file: seekable.
      source_file: its name.
      budget: counts all decompressed bytes.
      options: how to read.
      depth: number of layers around the archive.
      members: positions in :func:`_zip_dumps` of the members to read; ``None`` for all.
    """
    # Members may overlap, so the budget counts the compressed bytes of the archive once.
    budget.compressed = max(budget.compressed, file.seek(0, 2))
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            if (part := _document_part(archive)) is not None:
                with _open_member(archive, part) as member:
                    inner = _member_stream(member, budget, "zip", counted=True)
                    yield source_file, xml_stream(inner)
                return
            infos = _zip_dumps(archive)
            names = _different([_printable(info.filename) for info in infos])
            for number in range(len(infos)) if members is None else members:
                if number >= options.max_members:
                    yield _too_many(source_file, options)
                    return
                name = f"{source_file}!{names[number]}"
                try:
                    member = _open_member(archive, infos[number])
                except DumpError as error:
                    yield error.reject(name, None)
                    continue
                with member:
                    inner = _member_stream(member, budget, "zip", counted=True)
                    yield from read_members(inner, name, budget, options, depth=depth + 1)
    except _ZIP_DAMAGE as error:
        yield read_reject(
            source_file,
            None,
            "corrupt",
            f"The zip archive is damaged or cut off ({error}); fetch it again.",
        )
    except DumpError as error:
        yield error.reject(source_file, None)
    else:
        if not infos:
            yield _nothing_inside(source_file, "zip archive")


def _document_part(archive: zipfile.ZipFile) -> zipfile.ZipInfo | None:
    """Returns the member with the text of a DOCX or ODT document; ``None`` for other archives."""
    names = {info.filename: info for info in archive.infolist()[:1000]}
    if "word/document.xml" in names and "[Content_Types].xml" in names:
        return names["word/document.xml"]
    if "content.xml" in names and "mimetype" in names:
        with _open_member(archive, names["mimetype"]) as member:
            kind = member.read(200).decode("ascii", "replace")
        if "opendocument" in kind and not any(word in kind for word in _NO_TEXTS):
            return names["content.xml"]
    return None


def _zip_dumps(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Returns the members that are dumps, in the order of the directory.

    Raises:
      DumpError: ``unsupported_content``: the archive is a document of another kind.
    """
    infos = archive.infolist()
    names = {info.filename for info in infos[:1000]}
    for marker, (what, remedy) in _ZIP_DOCUMENTS.items():
        if marker in names:
            raise DumpError("unsupported_content", f"The dump is {what}; {remedy}.")
    if "content.xml" in names and "mimetype" in names:
        raise DumpError(
            "unsupported_content", "The dump is an OpenDocument file without text; save it as CSV."
        )
    return [info for info in infos if info.filename[-1:] != "/" and _is_dump_member(info.filename)]


def _open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    if info.flag_bits & 1:
        raise DumpError("encrypted", "The member needs a password; unpack the archive yourself.")
    try:
        return archive.open(info)
    except _ZIP_DAMAGE as error:
        raise DumpError(
            "corrupt", f"The zip member cannot be opened ({error}); unpack it."
        ) from error


def is_nested(head: bytes) -> bool:
    """Returns True if content with this beginning is compressed or an archive."""
    return compression(head) is not None or is_zip(head) or is_tar(head)


class Cuts(NamedTuple):
    """Ranges of an archive.

    Attributes:
      edges: start of each range and end of the last: byte positions in a tar archive, positions in
        the list of members of a zip. Empty if the archive is one range.
      nested: True if a member is itself compressed or an archive, so that its size is unknown.
    """

    edges: list[int]
    nested: bool = False


def zip_cuts(file: IO[bytes], size: int, options: DumpOptions, range_bytes: int) -> Cuts:
    """Returns ranges of members with about ``range_bytes`` of compressed data each.

    Raises:
      DumpError, BadZipFile, OSError: the archive cannot be read in ranges.
    """
    with zipfile.ZipFile(file) as archive:
        infos = _zip_dumps(archive)
        # zipfile reads no more of a member than its declared size.
        if len(infos) > options.max_members or sum(info.file_size for info in infos) > max(
            options.ratio_free_bytes, options.max_ratio * size
        ):
            return Cuts([])
        starts, held, nested = [0], 0, False
        for number, info in enumerate(infos):
            if held >= range_bytes:
                starts.append(number)
                held = 0
            held += info.compress_size
            if not nested:
                try:
                    with _open_member(archive, info) as member:
                        nested = is_nested(member.read(2 * _TAR_BLOCK))
                except (DumpError, *_MEMBER_DAMAGE):
                    continue  # reading the member rejects it
    return Cuts([*starts, len(infos)], nested)


def tar_cuts(file: IO[bytes], size: int, options: DumpOptions, range_bytes: int) -> Cuts:
    """Returns byte ranges of whole members, found by following the headers.

    Raises:
      TarError: the archive is damaged.
    """
    starts, members, nested = [0], 0, False
    file.seek(0)
    with tarfile.open(
        fileobj=file, mode="r:", errors="surrogateescape", tarinfo=_Header
    ) as archive:
        for info in archive:
            archive.members = []  # type: ignore[attr-defined]
            if not info.isfile() or not _is_dump_member(info.name):
                continue
            # Ranges begin at members that are dumps, so that no range is without one.
            if members and info.offset - starts[-1] >= range_bytes:
                starts.append(info.offset)
            members += 1
            if not nested:
                position = file.tell()
                file.seek(info.offset_data)
                nested = is_nested(file.read(min(info.size, 2 * _TAR_BLOCK)))
                file.seek(position)
        # Global headers apply to all members after them.
        if members == 0 or members > options.max_members or archive.pax_headers:
            return Cuts([])
    return Cuts([*starts, size], nested)


def _printable(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _different(names: list[str]) -> list[str]:
    """Returns names of which those that occurred before have their number behind them."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return found


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
        f"The {what} holds no dumps (hidden files and README files do not count); leave it out.",
    )
