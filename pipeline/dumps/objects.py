"""JSON documents: an array of records, one record, several after each other, or an API's answer.

The cutter looks at quotes and brackets only and does not parse, so that a damaged value costs only
itself; ijson is three times as fast (0.24 s on 87 MB) but ends at the first damage.

An answer is an object without text that holds a list of objects under a name of :data:`WRAPPERS`,
at most three levels down, as NewsAPI (``articles``), webz.io (``posts``), the Guardian
(``response.results``), the New York Times (``response.docs``), Diffbot (``objects``), JSON-LD
(``@graph``), Elasticsearch (``hits.hits``), browsers (HAR, ``log.entries``) and Trove
(``category.records.article``) send it; the records are the objects of the list, and those of
further such lists that have a text. A table by columns (the default of pandas' ``to_json``, its
``split``, lists) is one, too, and so are records under their address or id.
"""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from pipeline.article import Article
from pipeline.dumps.archives_json import notion_blocks
from pipeline.dumps.block import BLOCK_BYTES, Block, DumpError, DumpOptions, Source, too_large
from pipeline.dumps.field_names import WRAPPERS, meanings
from pipeline.dumps.fields import has_text
from pipeline.dumps.jsonl import parse_record
from pipeline.dumps.records import sized_blocks
from pipeline.dumps.streams import Stream
from pipeline.rejects import Reject, read_reject

_WRAPPER_DEPTH = 3
_TRIED = 10  # records of a list
_WRAPPER = re.compile(
    rb'"(?:' + "|".join(WRAPPERS).encode() + rb')"\s*:\s*\[\s*(?=\{)', re.IGNORECASE
)
_WRAPPER_WITHIN = 1 << 16
_NAMES = frozenset(name.encode() for name in WRAPPERS)
_OF_OBJECTS = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*\{\s*"(?:columns|schema|[^"\\]*(?:\\.[^"\\]*)*)"\s*:\s*[\[{]'
)
_LIST = re.compile(rb":\s*\[\s*\{")
# A string (its second group matches where it is cut off), or a character that ends something.
_STRING = rb'"[^"\\]*+(?:\\[\s\S][^"\\]*+)*+(?:"|(\\?\Z))'
_BRACKETS = re.compile(_STRING + rb"|[{}\[\]]")
_BRACKETS_AND_COMMAS = re.compile(_STRING + rb"|[{}\[\],]")
_SPACE = b" \t\r\n"
_BLANKS = re.compile(rb"[ \t\r\n]*+")
_BLANKS_AND_COMMAS = re.compile(rb"[ \t\r\n,]*+")


def read_blocks(stream: Stream, source: Source, options: DumpOptions) -> Iterator[Block | Reject]:
    """Yields blocks of whole JSON values."""
    record = yield from sized_blocks(_records(_Cutter(stream, options), options), source)
    if record == 0:
        yield read_reject(
            source.name, None, "empty", "The JSON holds no records; leave the dump out."
        )


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields one article or reject for every value of a block."""
    for record, raw in block.sized():
        yield parse_record(raw, block, record, options)


def _records(cutter: "_Cutter", options: DumpOptions) -> Iterator[bytes | DumpError]:
    for found in cutter.values():
        if isinstance(found, DumpError):
            yield found
        else:
            yield from _unwrap(found, options)


def names_list(text: bytes) -> bool:
    """Returns True if JSON has a list of objects under a name of :data:`WRAPPERS`."""
    return _WRAPPER.search(text) is not None


def holds_objects(text: bytes) -> bool:
    """Returns True if the first value of an object is an object, as in a table by columns."""
    return _OF_OBJECTS.match(text) is not None


def answer_records(value: bytes, options: DumpOptions) -> list[Any] | None:
    """Returns the records of an API's answer; ``None`` for a value that is no answer.

    Args:
      value: any bytes.
      options: their mapping decides what is a text.
    """
    if not value.lstrip().startswith(b"{") or not (_LIST.search(value) or holds_objects(value)):
        return None
    try:
        parsed = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    if (columns := _by_columns(parsed, options)) is not None:
        return columns
    if has_text(parsed, options) or notion_blocks(parsed):
        return None
    if not (lists := list(_lists(parsed, 0))):
        return (
            _by_name(parsed, options)
            or _in_lists(parsed, options)
            or _in_unnamed_lists(parsed, options)
        )
    found, *further = lists
    if "@graph" in parsed and any(has_text(node, options) for node in found):
        # The other nodes of a graph are its site, its authors and pictures.
        found = [node for node in found if has_text(node, options)]
    return found + [item for items in further for item in items if _is_article(item, options)]


def _is_article(value: Any, options: DumpOptions) -> bool:
    return type(value) is dict and has_text(value, options)


def _in_lists(value: dict[str, Any], options: DumpOptions) -> list[Any] | None:
    """Returns the records of all answers in a list, as Trove has one for each of its categories."""
    for outer in (value, *value.values()):
        for answers in outer.values() if type(outer) is dict else ():
            if type(answers) is not list or not all(type(answer) is dict for answer in answers):
                continue
            found = [record for answer in answers for record in next(_lists(answer, 1), ())]
            if found and has_text(found[0], options):
                return found
    return None


def _in_unnamed_lists(value: dict[str, Any], options: DumpOptions) -> list[Any] | None:
    """Returns the records of lists under any name, whose objects have texts.

    Not of an object that is described as an article: its lists are comments or pictures.
    """
    named = meanings(tuple(value))
    if named["url"] or named["published_at"] or named["authors"]:
        return None
    outers = (value, *(inner for inner in value.values() if type(inner) is dict))
    return [
        record
        for outer in outers
        for records in outer.values()
        if type(records) is list
        and records
        and all(type(record) is dict for record in records)
        and any(has_text(record, options) for record in records[:_TRIED])
        for record in records
    ] or None


def _by_columns(value: dict[str, Any], options: DumpOptions) -> list[Any] | None:
    """Returns the rows of a table that is given by its columns; ``None`` for none."""
    if value.keys() >= {"columns", "data"}:
        names, rows = value["columns"], value["data"]
        if type(names) is list and type(rows) is list and all(type(row) is list for row in rows):
            return [dict(zip(map(str, names), row, strict=False)) for row in rows]
    columns = list(value.values())
    if columns and all(type(column) is list for column in columns):
        return _by_lists(value, options)
    if not columns or not all(type(column) is dict for column in columns):
        return None
    indexes = columns[0].keys()
    if not indexes or any(column.keys() != indexes for column in columns):
        return None
    first = {name: column[next(iter(indexes))] for name, column in value.items()}
    if not has_text(first, options):
        return None
    return [{name: column[index] for name, column in value.items()} for index in indexes]


def _by_lists(value: dict[str, list[Any]], options: DumpOptions) -> list[Any] | None:
    """Returns the rows of a table whose columns are lists, one of them a headline or an address.

    Without such a column, and for lists of different lengths, a list holds the paragraphs of one
    article.
    """
    count = len(next(iter(value.values())))
    if not count or any(len(column) != count for column in value.values()):
        return None
    named = meanings(tuple(value))
    if not (named["title"] or named["url"]):
        return None
    rows = [dict(zip(value, row, strict=True)) for row in zip(*value.values(), strict=True)]
    return rows if has_text(rows[0], options) else None


def _by_name(value: dict[str, Any], options: DumpOptions) -> list[Any] | None:
    """Returns records that are the values of an object, each with its name as address or id."""
    if not value or not all(type(record) is dict for record in value.values()):
        return None
    if not has_text(next(iter(value.values())), options):
        return None
    return [{"url" if "://" in name else "id": name, **record} for name, record in value.items()]


def _unwrap(value: bytes, options: DumpOptions) -> Iterator[bytes]:
    """Yields the records of an API's answer, or the value itself."""
    inner = answer_records(value, options)
    if inner is None:
        yield value
        return
    for item in inner:
        yield orjson.dumps(item)


def _lists(value: dict[str, Any], depth: int) -> Iterator[list[Any]]:
    """Yields the lists of objects that have a name of an answer's, the likeliest name first."""
    by_name = {name.lower(): inner for name, inner in value.items()}
    for name in WRAPPERS:
        inner = by_name.get(name)
        if type(inner) is list and inner and type(inner[0]) is dict:
            yield inner
    if depth < _WRAPPER_DEPTH:
        for inner in value.values():
            if type(inner) is dict:
                yield from _lists(inner, depth + 1)


class _Cutter:
    """Cuts a stream into values; holds at most one value and a chunk."""

    def __init__(self, stream: Stream, options: DumpOptions) -> None:
        self._stream = stream
        self._options = options
        self._limit = options.max_record_bytes
        self._text = b""
        self._start = 0  # of the value
        self._token = 0  # the last one found
        self._position = 0  # up to which its end was looked for
        self._ended = False

    def values(self) -> Iterator[bytes | DumpError]:
        try:
            yield from self._values()
        except DumpError as error:
            error.raw = self._text[self._start :]
            yield error

    def _values(self) -> Iterator[bytes | DumpError]:
        self._more()
        if self._text.startswith(b"\xef\xbb\xbf"):
            self._start = 3
        while self._skip(_BLANKS):
            if self._text[self._start : self._start + 1] == b"[":
                self._start += 1
                yield from self._elements()
            else:
                yield from self._object()
            self._skip(_BLANKS_AND_COMMAS)

    def _object(self) -> Iterator[bytes | DumpError]:
        """Yields the value at the start, an object or damaged."""
        self._position = self._start
        depth = lists = 0
        skipped = is_answer = False
        name = b""  # the last string
        while True:
            token = self._next_token(_BRACKETS)
            if token is None:
                if not self._ended and not skipped:
                    # A value beyond the size of a record: an answer is read by elements.
                    wrapper = _WRAPPER.search(
                        self._text, self._start, self._start + _WRAPPER_WITHIN
                    )
                    if wrapper is not None:
                        # What is open around the list ends behind it.
                        depth = _open(self._text[self._start : wrapper.start()])
                        self._start = wrapper.end()
                        yield from self._elements()
                        self._position, name, lists = self._start, b"", 0
                        skipped = is_answer = True
                        continue
                    yield too_large(self._options, b"")
                    skipped = True
                if not self._ended:
                    self._start = self._position
                    continue
                rest = self._text[self._start :].rstrip(_SPACE)
                self._start = len(self._text)
                if rest and not skipped:
                    yield _cut_off(rest)
                return
            if token == b'"':
                name = self._text[self._token + 1 : self._position - 1]
            elif token == b"[" and is_answer and lists <= 0 and name.lower() in _NAMES:
                self._start = self._position
                yield from self._texts()
                self._position = self._start
            elif token in b"{[":
                depth += 1
                lists += token == b"["
            else:
                depth -= 1
                lists -= token == b"]"
                if depth <= 0:
                    if not skipped:
                        yield self._text[self._start : self._position].strip(_SPACE)
                    self._start = self._position
                    return

    def _texts(self) -> Iterator[bytes | DumpError]:
        """Yields errors, and the elements of a further list that have a text or are damaged."""
        for element in self._elements():
            try:
                value = None if isinstance(element, DumpError) else orjson.loads(element)
            except orjson.JSONDecodeError:
                value = None
            if value is None or _is_article(value, self._options):
                yield element

    def _elements(self) -> Iterator[bytes | DumpError]:
        """Yields the elements of the array that begins before the start."""
        self._position = self._start
        depth = 0
        skipped = False
        while True:
            token = self._next_token(_BRACKETS if depth else _BRACKETS_AND_COMMAS)
            if token is None:
                if self._ended:
                    rest = self._text[self._start :].strip(_SPACE)
                    self._start = len(self._text)
                    yield _cut_off(rest)
                    return
                if not skipped:
                    yield too_large(self._options, b"")
                    skipped = True
                self._start = self._position
                continue
            if token in b"{[":
                depth += 1
                continue
            if token in b"}]" and depth:
                depth -= 1
                continue
            if token == b'"':
                continue
            # A comma between elements, or the bracket that closes the array.
            element = self._text[self._start : self._position - 1].strip(_SPACE)
            self._start = self._position
            if element and not skipped:
                yield element
            skipped = False
            if token != b",":
                return

    def _next_token(self, pattern: re.Pattern[bytes]) -> bytes | None:
        """Moves past the next token and returns its first byte.

        Returns ``None`` at the end of the stream, or if the value is beyond the limit.
        """
        while True:
            match = pattern.search(self._text, self._position)
            if match is not None and match[1] is None:
                self._token, self._position = match.span()
                return self._text[match.start() : match.start() + 1]
            # No token, or a string without its end: search again from here with more bytes.
            self._position = match.start() if match else len(self._text)
            if self._ended:
                return None
            if len(self._text) - self._start > self._limit:
                if len(self._text) - self._position > self._limit:
                    raise DumpError(
                        "too_large",
                        "A single string is larger than a record may be; the rest was not read.",
                    )
                return None
            self._more()

    def _more(self) -> None:
        # As much as the value has so far, so that the total work on a long one stays linear.
        size = max(BLOCK_BYTES, min(len(self._text) - self._start, 8 * BLOCK_BYTES))
        chunk = self._stream.read(size)
        self._ended = not chunk
        self._text = self._text[self._start :] + chunk
        self._position -= self._start
        self._start = 0

    def _skip(self, what: re.Pattern[bytes]) -> bool:
        """Moves the start past blanks or commas; returns False at the end of the stream."""
        while True:
            found = what.match(self._text, self._start)
            self._start = self._position = found.end() if found else self._start
            if self._start < len(self._text):
                return True
            if self._ended:
                return False
            self._more()


def _open(text: bytes) -> int:
    """Returns how many brackets are open at the end of the beginning of a value."""
    marks = [match[0][:1] for match in _BRACKETS.finditer(text)]
    return sum(marks.count(mark) for mark in (b"{", b"[")) - sum(
        marks.count(mark) for mark in (b"}", b"]")
    )


def _cut_off(rest: bytes) -> DumpError:
    return DumpError(
        "invalid_json",
        "The JSON ends in the middle of a value; fetch the dump again. What came before was kept.",
        rest,
    )
