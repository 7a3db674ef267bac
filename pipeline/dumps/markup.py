"""XML and SGML: feeds, formats of agencies, corpora; one article an element.

It reads RSS, RDF and Atom, exports of WordPress (WXR), NITF, NewsML 1 and G2, the corpora of
Reuters (21578, RCV1), Gigaword and TREC, Factiva's XML, pages of ALTO, and any XML whose elements
have names of fields and texts (:mod:`pipeline.dumps.element_names`). Other XML is a reject that
names it.

No parser ever sees the prolog, so that no entity or DTD is declared, let alone followed: the stream
is cut by its tags, outside of comments and CDATA, and each element is parsed by itself. Entities of
HTML are replaced before, and any other stays as it is written. An element whose text does not come
through the parser whole is a reject.
"""

import dataclasses
import html
import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from pipeline.article import Article
from pipeline.dumps.alto import page_blocks
from pipeline.dumps.block import (
    BLOCK_BYTES,
    Block,
    DumpError,
    DumpOptions,
    Source,
    parsed,
    too_large,
)
from pipeline.dumps.decoding import clean_text, decode
from pipeline.dumps.element_names import (
    BODIES,
    FEEDS,
    MEANINGS,
    NO_ARTICLES,
    OTHER_MEANINGS,
    SUMMARIES,
    TAG,
    element_name,
    local_name,
    record_name,
)
from pipeline.dumps.element_texts import joined_texts
from pipeline.dumps.elements import INNER, SECTIONS, parsed_element
from pipeline.dumps.field_names import fold
from pipeline.dumps.fields import article_from_record, letters
from pipeline.dumps.labels import HEADER
from pipeline.dumps.records import sized_blocks
from pipeline.dumps.streams import Stream
from pipeline.rejects import Reject, read_reject

HEAD, _LONGEST_HEAD = 1 << 16, 1 << 24
_OUTSIDE_WORDS = 20
"""Words outside of all records from which on they are a reject; a feed has its title there, and
little more."""

_ATTRIBUTES = (
    "norm", "name", "key", "term", "href", "date", "value", "literal", "FormalName", "tag", "when",
    "holder",
)  # fmt: skip
"""Attributes that hold the value of an element without text."""

_LAST = 99
"""Rank of an address that only identifies an item."""

_EDITION = 60
"""Added to the ranks of fields of a digital edition of a text."""

_SIGN_OFF = re.compile(r"\s*(?:Reuters?|UPI|AP|AFP)\s*", re.IGNORECASE)
_CUT = re.compile(r"(?:\.{3}|…)(?:\s|<[^<>]*>|&nbsp;)*\Z")
_SEARCH = re.compile(r"Google Alert - .*|.* - (?:Google News|BingNews)|.* - Google 新闻")
"""Titles of feeds of a search, whose items are of many outlets."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d$|\b\d{8}T\d{4}\S*")
_GIGAWORD = re.compile(r"[A-Za-z]{2,5}_[A-Za-z]{3}_(?P<day>\d{8})\.\d+")
_ENCODING = re.compile(rb"<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([\w.:\-]{2,40})", re.IGNORECASE)


def read_blocks(stream: Stream, source: Source, options: DumpOptions) -> Iterator[Block | Reject]:
    """Yields blocks of whole elements.

    The header of their source is the name of the elements, the title and the authors (JSON) that
    stand before the first of them, and the encoding that is declared.

    Raises:
      DumpError: ``unsupported_content``: XML that is known to hold no articles; ``invalid_xml``:
        no XML; ``empty``: a feed without items.
    """
    size = HEAD
    head = stream.peek(size)
    root, name = record_name(head)
    while _lacks_items(root, name) and len(head) == size and size < _LONGEST_HEAD:
        # Exports of WordPress list all authors, categories and tags before the first item.
        size *= 4
        head = stream.peek(size)
        root, name = record_name(head)
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise DumpError(
            "invalid_xml",
            "The dump does not begin as XML or SGML do, with <; leave --format xml out, so that "
            "its format is detected.",
        )
    for kind in (root, name):
        if why := NO_ARTICLES.get(local_name(kind)):
            raise DumpError("unsupported_content", f"The dump is {why}.")
    if _lacks_items(root, name):
        raise DumpError("empty", "The feed holds no items; leave the dump out, or fetch it again.")
    declared = match[1].decode("ascii") if (match := _ENCODING.search(head, 0, 400)) else ""
    opening = re.search(rb"<" + re.escape(name) + rb"[\s/>]", head)
    prolog = decode(head[: opening.start() if opening else 0], declared)[0]
    title, authors = _feed(clean_text(prolog))
    source = dataclasses.replace(source, header=(name.decode(), title, authors, declared))
    record = yield from sized_blocks(_elements(stream, name, options), source)
    if record == 0:
        yield read_reject(
            source.name, None, "empty", "The XML holds no element; leave the dump out."
        )


def _lacks_items(root: bytes, name: bytes) -> bool:
    """Returns True for a feed of which no item was found."""
    return local_name(root) in FEEDS and local_name(name) != FEEDS[local_name(root)]


def _elements(stream: Stream, name: bytes, options: DumpOptions) -> Iterator[bytes | DumpError]:
    """Yields the elements of a name, and errors; text outside of them is one, too."""
    tokens = re.compile(
        rb"(?P<section><!--|<!\[CDATA\[)|(?P<end></" + re.escape(name) + rb"\s*+>)|(?P<begin><"
        + re.escape(name) + rb"(?=[\s/>])" + INNER.encode() + rb">)"
    )  # fmt: skip
    text, at, searched, start, depth, ended = b"", 0, 0, 0, 0, False
    ends = {begin.encode(): end.encode() for begin, end in SECTIONS.items()}
    unclosed: set[bytes] = set()
    skipped = False
    while True:
        match = tokens.search(text, searched)
        if match is not None and (section := match["section"]):
            searched = match.end()
            end = -1 if section in unclosed else text.find(ends[section], searched)
            if end >= 0:
                at = searched = end + len(ends[section])
                continue
            if section in unclosed or ended or len(text) - searched > options.max_record_bytes:
                unclosed.add(section)  # and so are all behind it in these bytes
                continue
        # A token, or a comment, may go on beyond the bytes read.
        elif match is not None and (ended or match.end() < len(text)):
            at = searched = match.end()
            if match["begin"]:
                if not depth:
                    if gap := _outside(text[start : match.start()]):
                        yield gap
                    start, skipped = match.start(), False
                depth += not match["begin"].endswith(b"/>")
                if depth:
                    continue
            elif match["end"] and depth:
                depth -= 1
                if depth:
                    continue
            else:
                continue
            if not skipped:
                whole = at - start <= options.max_record_bytes
                yield text[start:at] if whole else too_large(options, text[start:at])
            start = at
            continue
        if ended:
            break
        if match is not None:
            at = match.start()
        else:
            open_sections = (text.rfind(section, at) for section in ends.keys() - unclosed)
            opening = max(open_sections, default=-1)
            at = max(at, opening if opening >= 0 else len(text) - HEAD)
        if depth and at - start > options.max_record_bytes and not skipped:
            yield too_large(options, text[start:at])
            skipped = True
        if skipped or not depth:
            if not depth and (gap := _outside(text[start:at])):
                yield gap
            start = at
        try:
            # As much as there is so far, so that the work on a long element stays linear.
            chunk = stream.read(max(BLOCK_BYTES, min(len(text) - start, 8 * BLOCK_BYTES)))
        except DumpError as error:
            error.raw = text[start:]
            yield error
            return
        ended = not chunk
        text, at, start = text[start:] + chunk, at - start, 0
        searched = at
        unclosed.clear()
    if depth and not skipped:
        yield DumpError(
            "truncated",
            f"The file ends within <{name.decode()}>; fetch it again. What came before was kept.",
            text[start:],
        )
    elif gap := _outside(text[start:]):
        yield gap


def _outside(gap: bytes) -> DumpError | None:
    """Returns the error of text between records; ``None`` if there is hardly any."""
    words = len(TAG.sub(b" ", gap).split()) if gap else 0
    if words < _OUTSIDE_WORDS:
        return None
    return DumpError(
        "unsupported_content",
        f"{words} words are outside of the elements that are articles; convert the file to JSON "
        "Lines if they are some, too.",
        gap,
    )


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields one article or reject for each element of a block."""
    for record, raw in block.sized():
        yield parsed(partial(_article, raw, block, record, options), block, record, raw)


def _blogger_kind(root: Any) -> str:
    """Returns what an entry of a blog's export is (post, comment, settings); empty for others."""
    for node in root.iter():
        if str(node.get("scheme", "")).endswith("#kind"):
            return str(node.get("term", "")).rpartition("#")[2]
        if element_name(node) == "blogger:type" and node.getparent() is root:  # Takeout
            return str(node.text).lower()
    return ""


_LINK = re.compile(r"<(a|font)\b[^<>]*>[^<>]*</\1>", re.IGNORECASE)


def _is_links(kind: str, value: str) -> bool:
    """Returns True for HTML of which all words are links, with outlets in another colour."""
    return kind == "html" and "<a " in value and not letters(_LINK.sub("", value))


def _article(raw: bytes, block: Block, record: int, options: DumpOptions) -> Article:
    name, title, authors, declared = block.header
    text, encoding = decode(raw, declared)
    root = parsed_element(clean_text(text), raw)
    if local_name(name.encode()) == b"page" and (blocks := page_blocks(root)):
        return _page(blocks, block, record, encoding, options)
    found = _Found()
    _visit(root, found)
    for attribute, value in root.attrib.items():
        folded = fold(attribute.rpartition("}")[2])
        if folded in ("date", "id", "itemid", "lang", "newid"):
            field = {"lang": "language", "date": "date"}.get(folded, "id")
            found.add(field, 50, value)
    if day := _GIGAWORD.fullmatch(str(root.get("id", ""))):
        found.add("date", 60, day["day"])
    if (kind := found.get("wordpress")) and kind not in ("post", "page"):
        raise DumpError("no_article", f"The item of WordPress is of type {kind!r}, no article.")
    if (kind := _blogger_kind(root)) and kind != "post":
        raise DumpError("no_article", f"The entry of Blogger is a {kind}, no article.")
    fields = found.record(title)
    if authors:
        shown = json.loads(authors)
        fields["authors"] = [shown.get(author) or author for author in fields["authors"]]
    texts = [(name, body) for name, body in found.bodies if name not in SUMMARIES]
    document = joined_texts(texts) or joined_texts(found.bodies)
    if document is None:
        names = ", ".join(
            sorted({element_name(child) for child in root.iter() if child is not root})
        )
        raise DumpError(
            "no_text",
            f"The element <{name}> has no text: it consists of {names[:400] or 'nothing'}. Convert "
            "the XML to JSON Lines if one of them holds it.",
        )
    kind, value, captions, unread = document
    if _is_links(kind, value):
        raise DumpError(
            "no_article", "The item holds links to articles and no text; fetch the pages they name."
        )
    if kind == "text" and (place := found.get("dateline")):
        value = _with_dateline(value, place, found.get("agency"))
    article = article_from_record({**fields, kind: value}, block, record, encoding, options)
    if local_name(name.encode()) in FEEDS.values() and _CUT.search(article["document"][-60:]):
        article["is_truncated"] = True
    if unread:
        what = f"<{', '.join(unread)}> was not read, since most of it is in the text that was"
        article["warnings"].append(("unread_parts", f"{what}; leave one of the two out."))
    parts = sum(inner.get("type") == "article" for inner in root.iter() if inner is not root)
    if parts > 1:
        article["warnings"].append(_several(f"The element holds {parts} of type article"))
    lines = value.split("\n")
    if _SIGN_OFF.fullmatch(lines[-1]):
        captions.add(lines[-1])
    numbers = [number for number, line in enumerate(lines, 1) if line in captions]
    if kind == "text" and article["document"] == value:
        article["field_lines"] = [[number, f"field:{HEADER}"] for number in numbers]
    return article


def _page(
    blocks: list[str], block: Block, record: int, encoding: str, options: DumpOptions
) -> Article:
    """Returns a page of ALTO as an article, and says that it may hold several."""
    text = {"text": "\n\n".join(blocks)}
    article = article_from_record(text, block, record, encoding, options)
    article["warnings"].append(_several(f"The page has {len(blocks)} blocks of text"))
    return article


def _several(what: str) -> tuple[str, str]:
    return (
        "unread_parts",
        f"{what}, which are read as one article; give each article a record of its own.",
    )


def _with_dateline(text: str, dateline: str, agency: str | None) -> str:
    """Returns a text with its dateline before the first sentence, where newspapers print it."""
    place = " ".join(_DAY.sub("", dateline).split()).rstrip("-\u2013\u2014 ,")
    if not place or text.lstrip().upper().startswith(place.upper()):
        return text
    credit = f" ({agency})" if agency and agency not in place else ""
    return f"{place}{credit} - {text.lstrip()}"


class _Found:
    """Values by field, the likeliest name first."""

    def __init__(self) -> None:
        self._values: dict[str, list[tuple[int, str]]] = {}
        self.bodies: list[tuple[str, Any]] = []

    def add(self, field: str, rank: int, value: str) -> None:
        value = " ".join(value.split())
        if value:
            self._values.setdefault(field, []).append((rank, value))

    def get(self, field: str) -> str | None:
        values = self._values.get(field)
        return min(values, key=lambda item: item[0])[1] if values else None

    def record(self, feed: str) -> dict[str, Any]:
        """Returns the fields of a record but its text; the title of its feed may be its outlet."""
        record: dict[str, Any] = {
            field: value
            for field in ("title", "outlet", "date", "language", "id")
            if (value := self.get(field))
        }
        addresses = sorted(self._values.get("url", ()), key=lambda item: item[0])
        urls = [value for _, value in addresses if "://" in value]
        record["url"] = urls[0] if urls else None
        for field in ("authors", "tags"):
            values = self._values.get(field, [])
            least = min((rank for rank, _ in values), default=0)
            if field == "tags":
                least = 99
            record[field] = list(dict.fromkeys(value for rank, value in values if rank <= least))
        if "outlet" not in record and feed and not _SEARCH.fullmatch(feed):
            record["outlet"] = feed
        return record


def _feed(prolog: str) -> tuple[str, str]:
    """Returns the title of a feed, and JSON of login to shown name of the authors of WordPress."""
    shown = {
        _content(author, "wp:author_login"): _content(author, "wp:author_display_name")
        for author in prolog.split("</wp:author>")[:-1]
    }
    return html.unescape(_content(prolog, "title")), json.dumps(shown) if shown else ""


def _content(text: str, name: str) -> str:
    """Returns what the first element of a name holds, without the marks of CDATA."""
    element, end, _ = text.partition(f"<{name}")[2].partition(f"</{name}>")
    content = element.partition(">")[2].strip() if end else ""
    return content.removeprefix("<![CDATA[").removesuffix("]]>")


def _visit(element: Any, found: _Found, penalty: int = 0) -> None:
    """Collects the fields and texts below an element; a penalty makes its fields less likely."""
    for child in element:
        name = element_name(child)
        if not name:
            continue
        body = "contentencoded" if name == "content:encoded" else name
        if body in BODIES and not _is_container(child):
            found.bodies.append((body, child))
            continue
        # The head of NITF is a container, that of TREC a headline.
        container = name in ("head", "hedline", "author", "source") and len(child)
        if name in MEANINGS and not container:
            field, rank = MEANINGS[name]
            if name == "title" and child.get("level") == "j":
                field = "outlet"  # in TEI, the journal that the text is from
            rank += penalty
            if field == "date" and (day := _day_of_parts(child)):
                found.add(field, rank, day)
                continue
            people = [
                inner for inner in child.iter() if element_name(inner).endswith("person")
            ]  # beside their titles
            parts = people if field == "authors" and people else [child]
            text = " ".join(" ".join("".join(part.itertext()).split()) for part in parts)
            if name == "guid" and text.startswith("http"):
                found.add("url", _LAST, text)
            if field == "url" and name == "link" and child.get("rel", "alternate") != "alternate":
                continue
            values = [
                value
                for inner in (child, *child)
                for attribute in _ATTRIBUTES
                if (value := inner.get(attribute))
            ]
            if field == "tags" and len(child):
                texts = ["".join(inner.itertext()) for inner in child]
                for value in [part for part in texts if part.strip()] or values:
                    found.add(field, rank, value)
                continue
            if attributes := (values if not text or name in ("dateissue", "pubdata") else []):
                text = attributes[0]
            found.add(field, rank, text)
            continue
        if not len(child) and child.text and (meaning := OTHER_MEANINGS.get(name)):
            found.add(*meaning, child.text)
            continue
        if name == "name" and (person := _jats_person(element, child)):
            found.add("authors", MEANINGS["author"][1], person)
            continue
        if name == "name" and element_name(element) == "author":
            found.add("authors", MEANINGS["author"][1], "".join(child.itertext()))
            continue
        # TEI says there who published the digital edition, and when.
        _visit(child, found, _EDITION if name == "publicationstmt" else penalty)


def _parts_of(element: Any) -> dict[str, str]:
    return {element_name(part): "".join(part.itertext()).strip() for part in element}


def _day_of_parts(element: Any) -> str:
    """Returns the day of an element that has a part for each number, as JATS writes dates."""
    parts = _parts_of(element)
    numbers = [parts.get(name, "") for name in ("year", "month", "day")]
    filled = numbers[: numbers.index("")] if "" in numbers else numbers
    if not filled or not all(number.isdecimal() for number in filled):
        return " ".join(reversed(filled))
    return "-".join(number.zfill(2) for number in filled)


def _jats_person(element: Any, name: Any) -> str:
    """Returns the author that a ``<name>`` of JATS names; empty for editors and other names."""
    if element_name(element) != "contrib" or element.get("contrib-type", "author") != "author":
        return ""
    parts = _parts_of(name)
    return f"{parts.get('givennames', '')} {parts.get('surname', '')}".strip()


def _is_container(element: Any) -> bool:
    """Returns True if an element has the name of a text and holds one besides other fields."""
    names = [element_name(inner) for inner in element.iter() if inner is not element]
    return any(
        (name in BODIES and name not in SUMMARIES) or name in ("hl1", "headline", "byline")
        for name in names
    )
