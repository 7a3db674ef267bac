"""Plain text: one article a file, or several between clear separators.

Separators are lines without other text, of one kind a file:

- a count (``3 of 120 DOCUMENTS``, ``Dokument 3 von 120``), ``End of Document``, the accession
  number below an article of Factiva or Wisers, the end of a wire message;
- at least 10 equal characters of ``= # ~ % +``, at least 20 of ``- * _``, or a form feed. Shorter
  ones are section breaks within an article, unless a headline and a date follow each of them. A
  line of characters right under a line of about its own length underlines it, and is no separator;
- lines of dashes before ``Message: 2``, in the digests of a mailing list (RFC 1153);
- five bars (``|||||``), within a line as well, as in Multi-News (Fabbri et al., 2019), which has a
  line for each cluster of articles and ``NEWLINE_CHAR`` for the breaks within one;
- headlines with numbers that count from 1, if the first of them is the first line of the file; a
  list within an article has something above it. With an outlet and a date below each of them, they
  are the clippings of Mediargus and GoPress, however short.

Counts of documents that rise, accession numbers and ends of documents or messages separate
whatever is between them. Any other separator needs two parts or more of two lines and 40 words, the
second with a headline if there are only two; a shorter one (a brief) has two lines and 8 words at
least, and four others for each; or else every part begins with fields. Parts within a sentence are
pages.

The rule is judged on the first :attr:`DumpOptions.max_record_bytes` of the file. What an export has
before its first article and after its last is a reject, and so is a count that does not add up.
"""

import dataclasses
import functools
import os
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from pipeline.article import Article
from pipeline.dates import find_dates
from pipeline.dumps.articles import document_article
from pipeline.dumps.block import (
    BLOCK_BYTES,
    Block,
    DumpError,
    DumpOptions,
    Source,
    parsed,
    too_large,
)
from pipeline.dumps.clippings import ARTICLE_NUMBER, is_dated
from pipeline.dumps.decoding import clean_text, decode
from pipeline.dumps.exports import begins_with_fields, field_text, is_cover
from pipeline.dumps.factiva import FACTIVA_END
from pipeline.dumps.fields import described
from pipeline.dumps.labels import LABELS, FieldText
from pipeline.dumps.records import sized_blocks
from pipeline.dumps.separators import DOCUMENTS, OF, Counted
from pipeline.dumps.streams import Stream
from pipeline.dumps.wire import WIRE
from pipeline.rejects import Reject, read_reject

_FEWEST_LINES, _FEWEST_WORDS = 2, 40
_UNDERLINE_SLACK = 3
_CONTEXT = 1024
"""Bytes before a separator that decide whether it underlines a line."""
_FEWEST_BRIEF_WORDS = 8
_LONGEST_HEADLINE = 20  # words
_MOST_FIELDS = 16  # lines
_LONGEST_DATE_LINE = 80  # characters
_PARTS_A_BRIEF = 5
"""Parts that a file needs for each of them that is shorter than an article."""
_COUNT = (
    rb"(?P<prefix>(?:document|dokument|documento|article|artikel) )?(?P<number>\d{1,7})"
    rb" " + OF + rb" (?P<total>\d{1,7})(?P<suffix> (?:" + DOCUMENTS + rb"|articles?|artikeln?))?"
)
# A separator needs a line break on both sides, or the edge of the file.
_SEPARATORS = {
    name: re.compile(
        rb"(?:\A(?:\xef\xbb\xbf)?|(?<=[\n\r\f]))[ \t]*(?:"
        + pattern
        + rb")[ \t]*(?:\r\n|\n|\r|\f|\Z)",
        re.IGNORECASE if name != "factiva" else 0,
    )
    for name, pattern in (
        ("count", _COUNT),
        ("factiva", FACTIVA_END.encode()),
        ("wisers", rf"{ARTICLE_NUMBER}(?:\s{{1,4}}本[^\r\n]{{0,30}}版[^\r\n]*)?".encode()),
        ("end", rb"end of document|ende des dokuments|fin du document|fin del documento"),
        ("rule", rb"={10,}|#{10,}|~{10,}|%{10,}|\+{10,}"),
        ("line", rb"-{20,}|\*{20,}|_{20,}"),
        ("short line", rb"-{3,19}|\*{3,19}|_{3,19}|={3,9}|#{3,9}|~{3,9}|\+{3,9}|%{3,9}"),
    )
} | {
    "message": re.compile(rb"\x04[\s\x04]*"),
    "form feed": re.compile(rb"\f"),
    "bars": re.compile(rb"(?<!\|)\|{5}(?!\|)[ \t]*+(?:\r?\n)*+"),
    "bars in lines": re.compile(rb"(?<!\|)\|{5}(?!\|)[ \t]*+(?:\r?\n)*+|(?:\r?\n)++"),
    "digest": re.compile(
        rb"(?<=\n)-{30,70}[ \t]*\r?\n\s{0,4}(?:Message: (?P<number>\d{1,4})[ \t]*\r?\n|(?=End of ))"
    ),
    "number": re.compile(
        rb"(?:\A(?:\xef\xbb\xbf)?|(?<=\n\n)|(?<=\n\r\n))(?P<number>\d{1,4})[.)][ \t]++"
        rb"(?=[^\s\d][^\r\n]{7,200}[^\r\n.,;:][ \t]{0,9}(?:\r?\n){2})"
    ),
    "clipping": re.compile(
        rb"(?:\A(?:\xef\xbb\xbf)?|(?<=\n\n)|(?<=\n\r\n))(?P<number>\d{1,4})[.)][ \t]++"
        rb"(?=[^\s][^\r\n]{0,300}(?:\r?\n){2}(?P<below>[^\r\n]{10,120})(?:\r?\n){2})"
    ),
}
_WITHIN_LINES = frozenset((
    "form feed", "message", "bars", "bars in lines", "digest", "number", "clipping",
))  # fmt: skip
"""Kinds of separators that need no line of their own."""

_COVER_BELOW = re.compile(
    rb"^[ \t]*(?:Download Request|Print Request|Printopdracht|Time Of Request):", re.MULTILINE
)
"""Begin of the page with which LexisNexis begins an export."""

_QUICK = (
    rb"[\f\x04]|\|{5}|\A(?:\xef\xbb\xbf)?[\s\v]*1[.)][ \t]"
    rb"|={3}|#{3}|~{3}|%{3}|\+{3}|-{3}|\*{3}|_{3}"
    rb"|\d " + OF + rb" \d|(?:of|du|del|des) do[ck]ument"
    rb"|(?:do[ck]umento?|[\x80-\xff]{6})[ \t]+[a-z0-9]{3,12}\d{8}"
    rb"|\xe6\x96\x87\xe7\xab\xa0[\x80-\xff]{6}[ \t]*(?::|\xef\xbc\x9a)"
)
"""What every separator has a part of."""


@functools.cache
def _quick() -> Any:
    """Returns the pattern ``_QUICK``; it reads a byte in 2 ns, Python's takes 100."""
    import re2

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1  # a byte is a character
    options.case_sensitive = False
    return re2.compile(_QUICK, options)


def read_blocks(stream: Stream, source: Source, options: DumpOptions) -> Iterator[Block | Reject]:
    """Yields blocks of articles. The header of the source is the kind of separator, if known."""
    head, whole = b"", False
    if source.header:
        kind: str | None = source.header[0]
    else:
        head, whole = read_whole(stream, options.max_record_bytes)
        kind = separator(head, whole)
    if kind is not None:
        source = dataclasses.replace(source, header=(kind,))
        counted = Counted()
        begun = source.first_record > 0
        parts = _parts(head, whole, stream, kind, options, counted, begun)
        yield from sized_blocks(parts, source)
        if source.whole and (problem := counted.problem()):
            yield read_reject(source.name, None, "incomplete", problem)
    elif whole:
        yield source.block(0, 1, head)
    else:
        why = " and has no separator lines between articles"
        yield too_large(options, head, "text", why).reject(source.name, 0)


def cuts(
    file: BinaryIO, size: int, source: Source, options: DumpOptions, range_bytes: int
) -> tuple[Source, list[int]]:
    """Returns the source with its kind of separator, and ends of separators."""
    file.seek(0)
    head = file.read(options.max_record_bytes + 1)
    kind = separator(head, len(head) <= options.max_record_bytes)
    if kind is None or (kind == "count" and not _complete(file)):
        return source, [0]  # only who reads all documents sees which is missing
    pattern, starts, position = _SEPARATORS[kind], [0], range_bytes
    while position < size:
        window_start = max(0, position - _CONTEXT)
        file.seek(window_start)
        text = file.read(_CONTEXT + BLOCK_BYTES)
        for match in pattern.finditer(text, position - window_start):
            # The line after a cut must not look like a separator: it may underline the line
            # before the cut.
            if (
                match.end() < len(text)
                and (kind in _WITHIN_LINES or match[0].endswith((b"\n", b"\r")))
                and not _underlines(text, match)
                and not pattern.match(text, match.end())
            ):
                starts.append(window_start + match.end())
                position = starts[-1] + range_bytes
                break
        else:
            position += BLOCK_BYTES - _CONTEXT
    return dataclasses.replace(source, header=(kind,)), starts


def read_whole(stream: Stream, limit: int) -> tuple[bytes, bool]:
    """Returns up to ``limit`` + 1 bytes, and True if that is the whole stream.

    Raises:
      DumpError: the stream fails before that.
    """
    chunks: list[bytes] = []
    size = 0
    while size <= limit:
        chunk = stream.read(min(BLOCK_BYTES, limit + 1 - size))
        if not chunk:
            return b"".join(chunks), True
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks), False


def separator(head: bytes, whole: bool) -> str | None:
    """Returns the kind of separator that divides a file, or ``None`` for one article.

    Args:
      head: the file, or its beginning.
      whole: True for the file; the last part of a beginning is not judged.
    """
    if not _quick().search(head):
        return None
    for kind, pattern in _SEPARATORS.items():
        if kind == "bars in lines":
            continue  # where the bars are decides
        cuts = [match for match in pattern.finditer(head) if not _underlines(head, match)]
        if not cuts:
            continue
        if kind == "message" and not WIRE.match(head):
            continue  # extractors write control characters for hyphens
        if kind in ("factiva", "wisers", "message", "end") or (kind == "count" and _rises(cuts)):
            return kind
        if kind == "digest":
            if cuts[0]["number"] == b"1" and len(cuts) > 1:
                return kind
            continue
        if kind == "number" and not _counts_up(cuts):
            continue
        if kind == "clipping":
            dated = (is_dated(cut["below"].decode("utf-8", "replace")) for cut in cuts)
            if _counts_up(cuts) and all(dated):
                return kind
            continue
        edges = [0, *(edge for match in cuts for edge in match.span()), len(head)]
        parts = [head[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2)]
        if not whole:
            parts.pop()
        parts = [
            part for part in parts if part.strip() and not is_cover(part[:4096].decode("latin-1"))
        ]
        if kind == "bars":
            if _are_long(parts):
                lines = [line for line in head.splitlines() if line.strip()]
                barred = len(lines) > 1 and all(b"|||||" in line for line in lines[:-1])
                return "bars in lines" if barred else kind
            continue
        if kind == "short line":
            if len(parts) > 1 and all(map(_is_dated_article, parts)):
                return kind
            continue
        if _are_articles(parts):
            return kind
    return None


def _rises(cuts: list[re.Match[bytes]]) -> bool:
    """Returns True for counts of documents that rise."""
    counted = Counted()
    for cut in cuts:
        counted.add(int(cut["number"]), int(cut["total"]))
    return all(cut["prefix"] or cut["suffix"] for cut in cuts) and counted.rises()


def _counts_up(cuts: list[re.Match[bytes]]) -> bool:
    """Returns True for numbers of headlines that count from 1, the first at the very beginning."""
    numbers = [int(cut["number"]) for cut in cuts]
    return (
        len(cuts) > 1
        and not cuts[0].string[: cuts[0].start()].strip()
        and numbers == list(range(1, len(cuts) + 1))
    )


def _are_long(parts: list[bytes]) -> bool:
    """Returns True for two parts or more, most of them as long as an article, all as a brief."""
    words = [len(part.split(None, _FEWEST_WORDS)) for part in parts]
    return (
        len(parts) > 1
        and min(words) >= _FEWEST_BRIEF_WORDS
        and 2 * sum(count >= _FEWEST_WORDS for count in words) > len(words)
    )


def _are_articles(parts: list[bytes]) -> bool:
    short = [part for part in parts if not _is_article(part)]
    if any(map(_goes_on, parts, parts[1:])):
        return False  # pages of one article
    if len(parts) - len(short) >= 2 and len(parts) >= _PARTS_A_BRIEF * len(short):
        # A single line may be what an author put between two halves, or above a footer.
        return all(_is_article(part, _FEWEST_BRIEF_WORDS) for part in short) and (
            len(parts) > 2 or _has_headline(parts[1])
        )
    return len(parts) >= 2 and all(
        begins_with_fields(part[:4096].decode("utf-8", "replace")) for part in parts
    )


def _is_dated_article(part: bytes) -> bool:
    """Returns True for a headline, a date within the next three lines, and a text."""
    text = part.decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (
        _is_article(part)
        and len(lines[0].split()) <= _LONGEST_HEADLINE
        and not lines[0].endswith((".", ",", ";"))
        and any(
            len(line) <= _LONGEST_DATE_LINE and next(find_dates(line), None) is not None
            for line in lines[1:4]
        )
    )


def _goes_on(part: bytes, after: bytes) -> bool:
    """Returns True if a part ends within a sentence that the next one goes on with."""
    return (
        part.rstrip()[-1:].isalnum() or part.rstrip().endswith((b",", b"-"))
    ) and after.lstrip()[:1].islower()


def _has_headline(part: bytes) -> bool:
    """Returns True if the first line of a part is short, no sentence, and followed by a longer."""
    lines = [line for line in part.splitlines() if line.strip()]
    first = lines[0].split()
    below = [line for line in lines[1:_MOST_FIELDS] if not _is_field(line)]
    return (
        len(first) <= _LONGEST_HEADLINE
        and not first[-1].endswith((b".", b",", b";", b":"))
        and max(map(len, below[:5]), default=0) > len(lines[0])
    )


def _is_field(line: bytes) -> bool:
    label, colon, _ = line[:80].decode("utf-8", "replace").partition(":")
    return bool(colon) and label.strip().lower() in LABELS


def _complete(file: BinaryIO) -> bool:
    """Returns True if the counts of a file leave none out."""
    counted, before = Counted(), b""
    file.seek(0)
    while chunk := file.read(BLOCK_BYTES):
        text = before + chunk
        matches = list(_SEPARATORS["count"].finditer(text))
        for match in matches:
            if match.end() < len(text) or len(chunk) < BLOCK_BYTES:
                counted.add(int(match["number"]), int(match["total"]))
        before = text[-_CONTEXT:] if not matches else text[matches[-1].end() :][-_CONTEXT:]
    return not counted.problem()


def _underlines(head: bytes, match: re.Match[bytes]) -> bool:
    rule = match[0].strip()
    if not rule or rule.count(rule[:1]) != len(rule) or rule.startswith(b"|"):
        return False
    before = head[max(0, match.start() - 400) : match.start()].rstrip(b" \t")
    lines = before.splitlines()
    heading = lines[-1].strip() if lines else b""
    # Characters, not bytes: continuation bytes of UTF-8 take no room.
    width = sum(byte & 0xC0 != 0x80 for byte in heading)
    return bool(heading) and abs(width - len(rule)) <= _UNDERLINE_SLACK


def _is_article(part: bytes, fewest_words: int = _FEWEST_WORDS) -> bool:
    lines = sum(not line.isspace() for line in part.splitlines() if line)
    return lines >= _FEWEST_LINES and len(part.split(None, fewest_words)) >= fewest_words


def _parts(
    head: bytes,
    whole: bool,
    stream: Stream,
    kind: str,
    options: DumpOptions,
    counted: Counted,
    begun: bool,
) -> Iterator[bytes | DumpError]:
    """Yields the parts that are not blank, and errors.

    Args:
      head: the beginning of the text.
      whole: True if ``head`` is the whole text.
      stream: the rest.
      kind: of separator.
      counted: receives the counts.
      options: a part beyond ``max_record_bytes`` is an error.
      begun: True if other parts are before the text.
    """
    limit = options.max_record_bytes
    pattern = _SEPARATORS[kind]
    text, start = head, 0  # of the part; the bytes before it are context
    oversized = b""
    while True:
        edges: list[tuple[int, int, bool]] = []
        for match in pattern.finditer(text, start):
            # A match at the end of the bytes read may continue in the next ones.
            if (whole or match.end() < len(text)) and not _underlines(text, match):
                if kind == "count":
                    counted.add(int(match["number"]), int(match["total"]))
                first = kind in ("count", "digest") and int(match["number"] or 0) == 1
                # The accession number belongs to the article above it.
                end = match.end() if kind in ("factiva", "wisers") else match.start()
                edges.append((end, match.end(), first))
        if whole:
            edges.append((len(text), len(text), False))
        for end, next_start, first in edges:
            part = oversized or text[start:end]
            if len(part) > limit:
                yield too_large(options, part, "part")
            elif part and not part.isspace():
                # What stands before the first of the documents is none; a line may be there. Where
                # another export precedes, that is its last article, and perhaps a cover below it.
                cover = part if first else b""
                if first and begun and kind == "count":
                    own = _COVER_BELOW.search(part)
                    cover = part[own.start() :] if own else b""
                if before := part[: len(part) - len(cover)]:
                    yield before
                if re.search(r"[^\W_]{2}", cover.decode("utf-8", "replace")):
                    yield cover_error(cover)
            start, oversized, begun = next_start, b"", True
        if whole:
            return
        if len(text) - start > limit:
            # Keep the last lines, in which a separator may begin.
            oversized = oversized or text[start : start + limit + 1]
            start = len(text) - _CONTEXT
        begin = max(0, start - _CONTEXT)
        try:
            chunk = stream.read(BLOCK_BYTES)
        except DumpError as error:
            yield error
            return
        whole = not chunk
        text, start = text[begin:] + chunk, start - begin


def cover_error(raw: bytes) -> DumpError:
    """Returns the error of a part of an export that is no article."""
    return DumpError(
        "no_article",
        "The part is what an export says of itself, before its articles or after them; there is "
        "nothing to mend.",
        raw,
    )


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields one article or reject for each text of a block."""
    several = bool(block.sizes)
    kind = block.header[0] if block.header else None
    for record, raw in block.sized() if several else [(block.first_record, block.payload)]:
        text, encoding = decode(raw)
        text = clean_text(text)
        if kind in ("bars", "bars in lines"):
            text = re.sub(r"(?<![ \t])[ \t]*+NEWLINE_CHAR\b[ \t]*+", "\n", text).strip(" \t")
        if not text.strip():
            yield read_reject(
                block.source_file,
                record,
                "empty",
                "The text holds no characters; leave it out.",
                raw,
            )
            continue
        # The name identifies a file, but only the content identifies a part of one, so that its id
        # does not depend on how a corpus is split into files.
        address = "" if several else file_name(block.source_file)
        yield parsed(
            functools.partial(
                text_article,
                block,
                record,
                address,
                text,
                encoding,
                kind,
                options,
            ),
            block,
            record,
            raw,
        )


def text_article(
    block: Block,
    record: int,
    address: str,
    text: str,
    encoding: str,
    kind: str | None,
    options: DumpOptions,
) -> Article:
    """Returns the article of a text, its field lines read.

    Args:
      block: the block of the record.
      record: its number.
      address: what identifies it; empty if only its content does.
      text: decoded.
      encoding: that it was decoded from.
      kind: separator that cut it from the others of its file; ``None`` for a whole file.
      options: how to read.

    Raises:
      DumpError: ``no_article``: it has field lines only, or is the cover of an export.
    """
    found = field_text(text, kind)
    if kind is not None and is_cover(text) and not (found and found.record.get("title")):
        raise cover_error(text.encode())
    if found is None:
        return document_article(block, record, address, text, "text", encoding)
    return field_article(block, record, address, found, encoding, options)


def field_article(
    block: Block,
    record: int,
    address: str,
    found: FieldText,
    encoding: str,
    options: DumpOptions,
) -> Article:
    """Returns the article of a text with field lines.

    Args: as of :func:`text_article`.

    Raises:
      DumpError: ``no_article``: it has field lines only.
    """
    if len(found.field_lines) >= sum(not line.isspace() for line in found.text.split("\n") if line):
        raise DumpError(
            "no_article",
            "The part has lines of fields and no text; export it again with its full text.",
        )
    article = document_article(block, record, address, found.text, "text", encoding)
    columns = described(found.record, options)
    filled = {name: value for name, value in columns.items() if value not in (None, [])}
    lines = [[number, f"field:{column}"] for number, column in found.field_lines]
    truncated = {"is_truncated": True} if found.is_truncated else {}
    return article | filled | truncated | {"field_lines": lines}


def file_name(source_file: str) -> str:
    """Returns the name of a dump without its folders and archives."""
    return os.path.basename(source_file.rsplit("!", 1)[-1])
