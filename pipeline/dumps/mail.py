"""E-mail: a message (RFC 5322), or the messages of an mbox (RFC 4155); one article a message.

Headers become columns: ``Subject``, ``From`` (the outlet, or the author where ``List-Id`` names the
outlet), ``Date``, ``Message-ID``. The text is that of the message: HTML where there is any, else
plain text. Of a page that a browser saved (MHTML) the page alone is read.

Messages within a message (attached ones, digests of RFC 2046) are articles of their own,
behind it. Of a forwarded one the headers in the text say who sent it, and when. Other attachments
are left out, with a warning that names them.
"""

import email
import email.policy
import html
import itertools
import re
from collections.abc import Iterator
from email.message import EmailMessage, Message
from functools import partial
from typing import BinaryIO

from pipeline.article import Article
from pipeline.dates import parse_date
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
from pipeline.dumps.export_pages import article_starts, page_text
from pipeline.dumps.fields import article_from_record
from pipeline.dumps.forwarded import Forwarded, bare_subject, forwarded, is_forward
from pipeline.dumps.labels import HEADER
from pipeline.dumps.page import decode_page
from pipeline.dumps.records import sized_blocks, whole_rows
from pipeline.dumps.streams import Stream
from pipeline.dumps.text import field_article
from pipeline.rejects import Reject, read_reject

_FROM_LINE = re.compile(
    rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From \S+ [^\r\n]{0,80}?\d{4}[^\r\n]{0,20}\r?\n(?=[A-Za-z\-]+:)"
)
"""Begin of a message in an mbox: a line like ``From desk@example.org Mon Mar  4 06:30:00 2024``."""

_CLOCK = re.compile(rb" \d\d?:\d\d(?::\d\d)? ")
"""The time of day in such a line; "From Oslo, March 2024" is one of a text."""

_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9\-]{1,60}):[ \t]?[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*")
_KNOWN = frozenset((
    b"from", b"to", b"subject", b"date", b"received", b"return-path", b"delivered-to",
    b"message-id", b"mime-version", b"content-type", b"content-transfer-encoding", b"reply-to",
    b"cc", b"sender", b"list-id", b"x-mailer", b"in-reply-to", b"references", b"dkim-signature",
    b"authentication-results", b"x-received", b"arc-seal", b"envelope-to", b"list-unsubscribe",
))  # fmt: skip
_NO_DOCUMENTS = frozenset((
    "text/calendar", "text/vcard", "text/x-vcard", "application/pgp-signature",
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/ms-tnef",
))  # fmt: skip
"""Types of attachments that are no articles."""

_LINE_END = re.compile(r"<br\b[^<>]*>|</(?:p|div|tr|li|h\d|table)\s*>", re.IGNORECASE)
_HEADERS_WITHIN = 1 << 17
"""Characters of HTML within which the headers of a forwarded message are."""

_UNCHANGED = email.policy.compat32.clone(max_line_length=None)
_MAIL_ONLY = frozenset((
    b"received", b"return-path", b"delivered-to", b"message-id", b"mime-version",
    b"content-transfer-encoding", b"content-type",
))  # fmt: skip
_HOLDS_EXPORT = re.compile(
    rb"@[\w.\-]{0,40}(?:proquest|factiva|dowjones|nexis|europresse|cedrom-sni)\b", re.IGNORECASE
)
"""Address of a news database that sends exports."""

_HOLDS_MESSAGES = re.compile(
    rb"(?:message/rfc822|message/global|multipart/digest)\b", re.IGNORECASE
)


def is_mail(head: bytes) -> bool:
    """Returns True if bytes begin a message or an mbox.

    A message has at least three headers of e-mail, ``From`` or ``Subject`` among them, and one that
    only a program writes; a text may begin with ``From:`` and ``Date:``. Below the line that begins
    a message in an mbox, which no text has, two headers are enough.
    """
    begins_box = False
    if mark := _FROM_LINE.match(head):
        head, begins_box = head[mark.end() :], _CLOCK.search(mark[0]) is not None
    names: set[bytes] = set()
    position = 0
    while match := _HEADER.match(head, position):
        names.add(match[1].lower())
        position = match.end()
    found = names & _KNOWN
    return (
        len(found) >= (2 if begins_box else 3)
        and bool(found & {b"from", b"subject"})
        and (begins_box or bool(found & _MAIL_ONLY))
        and len(found) * 2 >= len([name for name in names if not name.startswith((b"x-", b"arc-"))])
    )


def read_blocks(stream: Stream, source: Source, options: DumpOptions) -> Iterator[Block | Reject]:
    """Yields blocks of whole messages."""
    record = yield from sized_blocks(_messages(stream, source, options), source)
    if source.whole and record == 0:
        yield read_reject(source.name, None, "empty", "The mailbox is empty; leave it out.")


def _messages(stream: Stream, source: Source, options: DumpOptions) -> Iterator[bytes | DumpError]:
    is_box = not source.whole or _FROM_LINE.match(stream.peek(BLOCK_BYTES)) is not None

    def ends(text: bytes) -> int:
        if not is_box:
            return 0
        starts = [match.start() for match in _FROM_LINE.finditer(text)]
        return starts[-1] if len(starts) > 1 else 0

    def begins(text: bytes) -> int:
        # From the second byte on, since the first would begin the message that is too large.
        match = _FROM_LINE.search(text, 1) if is_box else None
        return match.start() if match else -1

    for rows in whole_rows(stream, options, ends, " as a message", begins):
        if isinstance(rows, DumpError):
            yield rows
            continue
        starts = [match.start() for match in _FROM_LINE.finditer(rows)] if is_box else []
        edges = [*(starts if starts[:1] == [0] else [0, *starts]), len(rows)]
        for begin, end in itertools.pairwise(edges):
            if rows[begin:end].strip():
                yield from _with_attached(rows[begin:end], options)


def _with_attached(raw: bytes, options: DumpOptions) -> Iterator[bytes | DumpError]:
    """Yields a message and those within it; not the outer one if that has no text itself."""
    if _HOLDS_EXPORT.search(raw) and (articles := _exported(raw)):
        yield from articles
        return
    if not _HOLDS_MESSAGES.search(raw):
        yield raw
        return
    mark = _FROM_LINE.match(raw)
    try:
        message = email.message_from_bytes(raw[mark.end() :] if mark else raw)
        # Each is written with those within it, so that depth is what multiplies bytes.
        found = [
            inner.as_bytes(policy=_UNCHANGED) if depth <= options.max_depth else None
            for depth, inner in _attached(message, 1, options.max_depth)
        ]
    except (RecursionError, UnicodeError, LookupError):
        yield raw  # reading it says what is wrong
        return
    if not found or any(
        part.get_content_maintype() == "text" for part in _own_parts(message) if part is not message
    ):
        yield raw
    for inner in found:
        yield inner if inner is not None else _too_deep()


def _exported(raw: bytes) -> list[bytes]:
    """Returns the articles that a news database sends in one page, each as a message of HTML."""
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        part = message.get_body(("html",)) if isinstance(message, EmailMessage) else None
    except RecursionError:
        return []
    page = part.get_payload(decode=True) if part else None
    if part is None or not isinstance(page, bytes):
        return []
    _, starts, _ = article_starts(page)
    charset = part.get_content_charset() or "utf-8"
    head = f"Content-Type: text/html; charset={charset}\n\n".encode()
    return [head + page[start:end] for start, end in itertools.pairwise([*starts, len(page)])]


def _attached(message: Message, depth: int, deepest: int) -> Iterator[tuple[int, Message]]:
    """Yields depth and message of those within a message, down to the first that are too deep."""
    for part in _own_parts(message):
        payload = part.get_payload()
        if part.get_content_maintype() != "message" or not isinstance(payload, list):
            continue
        for inner in payload:
            if isinstance(inner, Message) and part.get_content_subtype() in ("rfc822", "global"):
                yield depth, inner
                if depth <= deepest:
                    yield from _attached(inner, depth + 1, deepest)


def _too_deep() -> DumpError:
    return DumpError(
        "too_deep",
        "A message is within others, or has parts within parts, deeper than is read; save what is "
        "attached as a file.",
    )


def _own_parts(message: Message) -> Iterator[Message]:
    """Yields the parts of a message that are of no message within it."""
    yield message
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _own_parts(part)


def cuts(
    file: BinaryIO, size: int, source: Source, options: DumpOptions, range_bytes: int
) -> tuple[Source, list[int]]:
    """Returns the source, and starts of messages of an mbox."""
    del options
    file.seek(0)
    if not _FROM_LINE.match(file.read(4096)):
        return source, [0]
    starts, position = [0], range_bytes
    while position < size:
        file.seek(position - 2)
        text = file.read(BLOCK_BYTES)
        # From the third byte on, so that the blank line before it is seen.
        if found := _FROM_LINE.search(text, 2):
            starts.append(position - 2 + found.start())
            position = starts[-1] + range_bytes
        else:
            position += BLOCK_BYTES - 256
    return source, starts


def parse_block(block: Block, options: DumpOptions) -> Iterator[Article | Reject]:
    """Yields one article or reject for each message of a block."""
    for record, raw in block.sized():
        yield parsed(partial(_article, raw, block, record, options), block, record, raw)


def _article(raw: bytes, block: Block, record: int, options: DumpOptions) -> Article:
    if len(raw) > options.max_record_bytes:
        raise too_large(options, raw, "message")
    quoted = False
    if mark := _FROM_LINE.match(raw):
        raw, quoted = raw[mark.end() :], True
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        inner = _forwarded(message)
    except RecursionError as error:
        raise _too_deep() from error
    part = message.get_body(("plain", "html") if inner else ("html", "plain"))
    if part is None and not message.is_multipart() and message.get_content_maintype() == "text":
        part = message  # of a subtype that is none
    if part is None:
        raise DumpError(
            "no_text",
            f"The message has no text: it is {message.get_content_type()}; leave it out, or save "
            "what is attached.",
        )
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        raise DumpError("invalid_mail", "A part of the message cannot be decoded; save it again.")
    if "googlealerts-noreply@" in _header(message, "From"):
        raise DumpError(
            "no_article",
            "The mail is an alert of Google, a list of pages and no article; fetch the pages, or "
            "read the feed of the alert.",
        )
    charset = part.get_content_charset()
    others = [
        (decode_page if part.get_content_subtype() == "html" else decode)(further, named)[0]
        for further, named in _further(message, part)
    ]
    if part.get_content_subtype() == "html":
        text, encoding = decode_page(data, charset)
        field = "html"
        product, starts, _ = article_starts(data) if not message.get("From") else ("", [], "")
        if starts and (exported := page_text(text, product)):
            return field_article(block, record, "", exported, encoding, options)
        text = "\n\n".join((text, *others))
    else:
        text, encoding = decode(data, charset)
        text, field = clean_text("\n\n".join((text, *others))), "text"
        if quoted:
            text = re.sub(r"(?m)^>(>*From )", r"\1", text)
        if part.get_param("format") == "flowed":
            text = _unflowed(text, part.get_param("delsp") == "yes")
    if (saved := _header(message, "Snapshot-Content-Location")) or (
        message.get_content_type() == "multipart/related" and not message.get("To")
    ):
        # A page that a browser saved (MHTML): its headers are those of the saving.
        address = saved or _header(part, "Content-Location")
        page = {field: text, "url": address}
        return article_from_record(page, block, record, encoding, options)
    subject, sent = _header(message, "Subject"), _header(message, "Date")
    sender = _sender(message)
    if inner and is_forward(subject):
        subject = inner.subject or bare_subject(subject)
        sender = _named_sender(inner.sender, "") or sender
        sent = inner.date if parse_date(inner.date) else sent
    record_fields = {
        field: text,
        "title": subject,
        "date": sent,
        "id": _header(message, "Message-ID"),
        "language": _header(message, "Content-Language"),
        "url": _header(message, "Archived-At").strip("<>"),
        "tags": _header(message, "Keywords"),
        **sender,
    }
    filled = {name: value for name, value in record_fields.items() if value}
    article = article_from_record(filled, block, record, encoding, options)
    if inner and article["document_type"] == "text" and (found := forwarded(article["document"])):
        article["field_lines"] = [[number, f"field:{HEADER}"] for number in found.lines]
        if is_forward(_header(message, "Subject")) and sent != found.date:
            article["warnings"].append(_unread_date(found.date))
    if names := _left_out(message):
        article["warnings"].append(names)
    return article


def _unflowed(text: str, deletes_space: bool) -> str:
    """Returns text with the lines joined that end with a space (RFC 3676)."""
    joined: list[str] = []
    depth = 0  # marks of quotation before a line that goes on; -1 if it ends
    for line in text.split("\n"):
        bare = line.lstrip(">")
        quoted = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        if joined and depth == quoted and bare != "-- ":
            joined[-1] = f"{joined[-1][:-1] if deletes_space else joined[-1]}{bare}"
        else:
            joined.append(f"{'>' * quoted}{' ' if quoted else ''}{bare}")
        depth = quoted if bare.endswith(" ") and bare != "-- " else -1
    return "\n".join(joined)


def _further(message: EmailMessage, chosen: Message) -> Iterator[tuple[bytes, str | None]]:
    """Yields the texts below the chosen one, as Apple Mail has them around pictures.

    Each has the character set that it needs: ASCII, where its own letters are no others.
    """
    for part in _own_parts(message):
        if (
            part is not chosen
            and part.get_content_type() == chosen.get_content_type()
            and part.get_content_disposition() != "attachment"
            and isinstance(data := part.get_payload(decode=True), bytes)
        ):
            yield data, part.get_content_charset()


def _unread_date(value: str) -> tuple[str, str]:
    return (
        "unread_date",
        f"The forwarded message is of {value[:100]!r}, which is read as no date; the article has "
        "that of the mail that forwards it.",
    )


def _forwarded(message: EmailMessage) -> Forwarded | None:
    """Returns the headers of another message in the text of one; ``None`` without any."""
    part = message.get_body(("plain", "html"))
    data = part.get_payload(decode=True) if part else None
    if part is None or not isinstance(data, bytes):
        return None
    if part.get_content_subtype() == "html":
        text, _ = decode_page(data, part.get_content_charset())
        text = _LINE_END.sub("\n", " ".join(text[:_HEADERS_WITHIN].split()))
        text = html.unescape(re.sub(r"<[^<>]*>", "", text))
    else:
        text, _ = decode(data, part.get_content_charset())
    return forwarded(clean_text(text))


def _left_out(message: EmailMessage) -> tuple[str, str] | None:
    """Returns a warning that names the documents attached to a message; pictures are none."""
    names = [
        f"{part.get_filename() or 'no name'} ({part.get_content_type()})"
        for part in _own_parts(message)
        if part.get_content_disposition() == "attachment"
        and part.get_content_maintype() in ("text", "application")
        and part.get_content_type() not in _NO_DOCUMENTS
    ]
    if not names:
        return None
    return (
        "unread_attachments",
        f"Attachments that are not read: {', '.join(names)[:500]}. Save those that are articles, "
        "and give them to copydesk as files.",
    )


def _header(message: Message, name: str) -> str:
    try:
        value = str(message.get(name) or "")
    except (ValueError, IndexError, AttributeError, TypeError, OverflowError):
        # The parser of the standard library fails on some addresses and dates that are none.
        raw = (str(value) for key, value in message.raw_items() if key.lower() == name.lower())
        value = next(raw, "")
    return " ".join(value.split())


def _sender(message: EmailMessage) -> dict[str, str]:
    """Returns who sent a message: the outlet by its name or its host."""
    return _named_sender(_header(message, "From"), _header(message, "List-Id"))


def _named_sender(sender: str, listed_as: str) -> dict[str, str]:
    before, at, behind = sender.partition("@")
    if not at:
        return {"outlet": sender.strip("\"' ")} if sender else {}
    mailbox = re.split(r"[\s<>\[\]\"]", before)[-1]
    name = before[: len(before) - len(mailbox)].strip(' "<[')
    found = re.match(r"[\w.\-]+", behind)
    host = found[0] if found else ""
    listed = listed_as.partition("<")[0].strip(' "') if "<" in listed_as else ""
    if listed and name and listed != name:
        return {"outlet": listed, "author": name}
    if _is_person(name, mailbox.lower().removeprefix("mailto:"), host.lower()):
        return {"outlet": host, "author": name}
    return {"outlet": name or listed or host}


def _is_person(name: str, mailbox: str, host: str) -> bool:
    """Returns True for two or three words of which the mailbox has one, and its host none.

    Newsrooms are at their own hosts: ``Example Courier <courier@example-courier.org>``.
    """
    words = [word for word in re.split(r"[^\w'-]+", name.lower()) if word]
    if not 2 <= len(words) <= 3 or any(word in host for word in words if len(word) > 2):
        return False
    own = {word for word in (words[0], words[-1], words[0][0] + words[-1]) if len(word) > 2}
    return bool(own & set(re.findall(r"\w+", mailbox)))
