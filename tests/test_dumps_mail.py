"""E-mail and mailboxes."""

import mailbox
import pathlib
from email.message import EmailMessage

import pytest

from pipeline.dumps import DumpOptions, DumpRange, numbered, read_range, split_dump
from pipeline.dumps.mail import is_mail
from tests.dump_reading import FIXTURES, articles, read, reasons, write

BODY = "The harbour bridge will be closed to lorries from Monday, the city council said."


def message(text: str = BODY, subject: str = "A bridge closes", **headers: str) -> EmailMessage:
    """Returns a message of an agency."""
    made = EmailMessage()
    made["From"] = "Example Courier <desk@example.org>"
    made["To"] = "readers@example.net"
    made["Subject"] = subject
    made["Date"] = "Thu, 04 Mar 2021 09:30:00 +0100"
    made["Message-ID"] = "<1@example.org>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def test_a_mailbox_of_the_standard_library_comes_back(tmp_path: pathlib.Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    texts = [f"{BODY}\n\nFrom now on number {number}.\n\nÅh!" for number in range(30)]
    for number, text in enumerate(texts):
        box.add(message(text, f"Bridge {number} \u2013 closed"))
    box.close()
    found = articles(read(tmp_path / "box"))
    assert [article["document"].strip() for article in found] == texts
    assert [article["title"] for article in found] == [
        f"Bridge {number} \u2013 closed" for number in range(30)
    ]
    assert {article["outlet"] for article in found} == {"Example Courier"}
    assert {article["dump_format"] for article in found} == {"mail"}


def test_a_mailbox_is_read_in_ranges(tmp_path: pathlib.Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    for number in range(60):
        box.add(message(f"{BODY} {number} " * 20))
    box.close()
    path, options = str(tmp_path / "box"), DumpOptions()
    ranges = split_dump(DumpRange(path), options, 20_000)
    assert len(ranges) > 3
    from pipeline.dumps import Block, count_records, parse_block

    ranges = numbered(ranges, [count_records(part, options) for part in ranges])
    parts = [
        item
        for part in ranges
        for block in read_range(part, options)
        if isinstance(block, Block)
        for item in parse_block(block, options)
    ]
    assert parts == read(path)


def test_attachments_alone_are_no_text(tmp_path: pathlib.Path) -> None:
    made = message()
    made.clear_content()
    made.set_content(b"%PDF-1.7", maintype="application", subtype="pdf")
    assert reasons(read(write(tmp_path, "a.eml", made.as_bytes()))) == ["no_text"]


def test_html_is_preferred_and_headers_are_decoded() -> None:
    plain, rich = articles(read(FIXTURES / "box.mbox"))
    assert (plain["document_type"], rich["document_type"]) == ("text", "html")
    assert plain["title"] == "Harbour bridge to close for repairs"
    assert "\nFrom Monday." in plain["document"]
    assert (rich["outlet"], rich["authors"]) == ("Example Farmer", ["Bo Example"])


@pytest.mark.parametrize(
    "headers",
    [b"Date: =?bad?= 99", b"From: <<<>>>", b"Subject: =?utf-8?q?=ff?=", b"Content-Type: text/;;x",
     b"Content-Transfer-Encoding: rot13", b"From: a@b@c <", b"Message-ID: \xff\xfe"],
)  # fmt: skip
def test_broken_headers_end_nothing(headers: bytes, tmp_path: pathlib.Path) -> None:
    content = (
        b"Received: x\r\nFrom: a@example.org\r\nTo: b@example.org\r\nMIME-Version: 1.0\r\n"
        + headers + b"\r\n\r\n" + BODY.encode() + b"\r\n"
    )  # fmt: skip
    (item,) = articles(read(write(tmp_path, "a.eml", content)))
    assert item["document"].strip() == BODY


def test_a_text_that_begins_like_a_letter_is_none() -> None:
    assert is_mail(message().as_bytes())
    assert not is_mail(b"From: the editor\nDate: yesterday\nSubject: A bridge\n\nText.")
    assert not is_mail(b"From Monday the bridge is closed.\n\nMore.")
    assert not is_mail(b"Title: A\nDate: 2021\n\nText")
