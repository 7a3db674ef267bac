"""E-mail and mailboxes."""

import mailbox
import pathlib
from email.message import EmailMessage

import pytest

from pipeline.dumps import DumpOptions, DumpRange, numbered, read_range, split_dump
from pipeline.dumps.mail import is_mail
from tests.dump_reading import FIXTURES, articles, read, reasons, rejects, write

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


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "line",
    ["From a@example.org Thu Mar  4 09:30:00 2021", "From - Thu Mar 04 09:30:00 2021",
     "From 1792@xxx Thu Mar 04 09:30:00 +0000 2021"],
)  # fmt: skip
def test_a_mailbox_needs_few_headers(line: str, end: str, tmp_path: pathlib.Path) -> None:
    box = "".join(
        f"{line}\nFrom: Ann <a@example.org>\nSubject: Bridge {number}\n\n{BODY}\n\n"
        for number in range(3)
    )
    found = articles(read(write(tmp_path, "box", box.replace("\n", end).encode())))
    assert [article["title"] for article in found] == ["Bridge 0", "Bridge 1", "Bridge 2"]
    assert [article["document"].strip() for article in found] == [BODY] * 3
    assert not is_mail(b"From Oslo, 4 March 2021\nSubject: A bridge\nDate: Monday\n\nText.")


STORY = "The old ferry terminal will be closed in spring, the harbour authority said on Monday."


@pytest.mark.parametrize(
    ("subject", "head"),
    [
        ("Fwd: A terminal closes", "---------- Forwarded message ---------\nFrom: {sender}\n"
         "Date: {day} at 08:15\nSubject: A terminal closes\nTo: <me@example.net>\n\n\n"),
        ("WG: A terminal closes", "-----Ursprüngliche Nachricht-----\nVon: {sender}\n"
         "Gesendet: {day} 08:15\nAn: me@example.net\nBetreff: A terminal closes\n\n"),
        ("TR : A terminal closes", "De : {sender}\nEnvoyé : {day} 08:15\nÀ : me@example.net;\n"
         "  you@example.net\nObjet : A terminal closes\n\n"),
        ("Fw: A terminal closes", "Begin forwarded message:\n\n*From: *{sender}\n*Subject: *Fwd: A "
         "terminal closes\n*Date: *{day} 08:15\n*To: *me@example.net\n\n"),
        ("转发: A terminal closes", "发件人\uff1a{sender}\n发送时间\uff1a{day} 08:15\n"
         "主题\uff1aA terminal closes\n"),
    ],
)  # fmt: skip
def test_a_forwarded_message_has_the_columns_of_its_own(
    subject: str, head: str, tmp_path: pathlib.Path
) -> None:
    inner = head.format(sender="Harbour Post <news@harbour.example>", day="2 March 2020")
    raw = message(f"Worth a look?\n\n{inner}{STORY}\n", subject).as_bytes()
    (article,) = articles(read(write(tmp_path, "a.eml", raw)))
    assert (article["title"], article["outlet"]) == ("A terminal closes", "Harbour Post")
    assert article["published_at"].date().isoformat() == "2020-03-02"
    lines = article["document"].split("\n")
    taken = {number for number, column in article["field_lines"] if column == "field:header"}
    left = [line for number, line in enumerate(lines, 1) if line and number not in taken]
    assert left == ["Worth a look?", STORY]
    assert article["warnings"] == []


def test_a_forwarded_page_has_the_columns_of_its_own(tmp_path: pathlib.Path) -> None:
    made = message(subject="Fwd: A terminal closes")
    made.set_content(
        "<div>FYI</div><div>---- Forwarded message ----<br>From: <b>Harbour Post</b> &lt;"
        "news@harbour.example&gt;<br>Date: Mon, 2 Mar 2020\nat 08:15<br>Subject: A terminal closes"
        f"<br>To: &lt;me@example.net&gt;<br></div><p>{STORY}</p>",
        subtype="html",
    )
    (article,) = articles(read(write(tmp_path, "a.eml", made.as_bytes())))
    assert (article["title"], article["outlet"]) == ("A terminal closes", "Harbour Post")
    assert article["published_at"].isoformat() == "2020-03-02T08:15:00+00:00"


def test_an_answer_keeps_its_own_columns(tmp_path: pathlib.Path) -> None:
    quoted = (
        "From: Reader <r@example.net>\nSent: 2 March 2020\nTo: Desk\nSubject: A bridge closes\n"
    )
    raw = message(f"{BODY}\n\n{quoted}\nWhich one?\n", "RE: A bridge closes").as_bytes()
    (article,) = articles(read(write(tmp_path, "a.eml", raw)))
    assert (article["title"], article["outlet"]) == ("RE: A bridge closes", "Example Courier")
    assert len(article["field_lines"]) == 4


def test_a_forwarded_date_that_nobody_reads_is_said(tmp_path: pathlib.Path) -> None:
    head = "From: Harbour Post <n@h.example>\nDate: yesterdayish\nSubject: A terminal closes\n\n"
    raw = message(head + STORY, "Fwd: A terminal closes").as_bytes()
    (article,) = articles(read(write(tmp_path, "a.eml", raw)))
    assert article["published_at"].date().isoformat() == "2021-03-04"
    assert [reason for reason, _ in article["warnings"]] == ["unread_date"]


def test_attached_messages_are_articles(tmp_path: pathlib.Path) -> None:
    deep = message(STORY, "Deepest")
    inner = message(STORY, "Inner")
    inner.add_attachment(deep)
    outer = message(BODY, "Outer")
    outer.add_attachment(inner)
    found = articles(read(write(tmp_path, "a.eml", outer.as_bytes())))
    assert [article["title"] for article in found] == ["Outer", "Inner", "Deepest"]
    assert [article["document"].strip() for article in found] == [BODY, STORY, STORY]
    assert [article["record_index"] for article in found] == [0, 1, 2]


def test_the_messages_of_a_digest_are_articles(tmp_path: pathlib.Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    for day in (1, 2):
        parts = "".join(
            f"--x\n\nFrom: Post <p@example.org>\nSubject: Story {day}{number}\n\n{STORY}\n\n"
            for number in range(3)
        )
        box.add(
            "From: list@example.org\nTo: all@example.org\nSubject: Digest\nMIME-Version: 1.0\n"
            f'Content-Type: multipart/digest; boundary="x"\n\n{parts}--x--\n'
        )
    box.close()
    found = read(tmp_path / "box")
    assert [article["title"] for article in articles(found)] == [
        "Story 10", "Story 11", "Story 12", "Story 20", "Story 21", "Story 22",
    ]  # fmt: skip
    assert reasons(found) == ["article"] * 6


def test_attachments_that_are_left_out_are_named(tmp_path: pathlib.Path) -> None:
    made = message()
    made.add_attachment(STORY, filename="story.txt")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="page.pdf")
    made.add_attachment(b"PNG", maintype="image", subtype="png", filename="logo.png")
    (article,) = articles(read(write(tmp_path, "a.eml", made.as_bytes())))
    ((reason, detail),) = article["warnings"]
    assert reason == "unread_attachments"
    assert "story.txt (text/plain), page.pdf (application/pdf)." in detail
    assert "logo" not in detail


@pytest.mark.parametrize("levels", [9, 40, 3000])
def test_messages_nested_deeper_than_is_read_are_a_reject(
    levels: int, tmp_path: pathlib.Path
) -> None:
    raw = b"From: a@example.org\nTo: b@example.org\nMIME-Version: 1.0\nSubject: x\n"
    raw += b"Content-Type: message/rfc822\n\n" * levels + b"Subject: y\n\nText.\n"
    found = rejects(read(write(tmp_path, "a.eml", raw)))
    assert "too_deep" in {reject.reason for reject in found}
    assert {reject.reason for reject in found} <= {"too_deep", "no_text"}
    assert len(found) < 12
