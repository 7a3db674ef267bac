"""Documents of word processors: what is text in them, and what damaged and hostile ones do."""

import io
import pathlib
import zipfile

import pytest

from pipeline.dumps import DumpOptions
from tests.dump_reading import FIXTURES, articles, read, reasons, rejects, write

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
T = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
LONG = "The harbour council voted on Tuesday night to close the old ferry terminal by December."


def packed(**members: str) -> bytes:
    """Returns a zip archive; ``__`` in names stands for a slash, ``_`` for a dot."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return file.getvalue()


def docx(body: str, prolog: str = "") -> bytes:
    """Returns a Word document."""
    types = io.BytesIO()
    with zipfile.ZipFile(types, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml",
            f'{prolog}<w:document xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/'
            f'markup-compatibility/2006"><w:body>{body}</w:body></w:document>',
        )
    return types.getvalue()


def odt(body: str) -> bytes:
    """Returns an OpenDocument text."""
    return packed(
        mimetype="application/vnd.oasis.opendocument.text",
        content_xml="<o:document-content "
        f'xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="{T}">'
        f"<o:body><o:text>{body}</o:text></o:body></o:document-content>",
    )


def text_of(path: pathlib.Path) -> list[str]:
    """Returns the lines of the one article of a dump."""
    (article,) = articles(read(path))
    return [line for line in article["document"].split("\n") if line]


def test_runs_of_word_join_and_what_is_no_text_is_left_out(tmp_path: pathlib.Path) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>Ferry </w:t></w:r><w:r><w:t>terminal</w:t></w:r></w:p>"
        f"<w:p><w:del><w:r><w:delText>deleted</w:delText></w:r></w:del><w:r><w:t>{LONG}</w:t>"
        "<w:br/><w:t>A new line</w:t><w:instrText>HYPERLINK</w:instrText></w:r></w:p>"
        f"<w:p><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>A cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    lines = text_of(write(tmp_path, "a.docx", docx(body)))
    assert lines == ["Ferry terminal", LONG, "A new line", "In a box", "A cell"]


def test_spans_of_opendocument_join_and_notes_are_left_out(tmp_path: pathlib.Path) -> None:
    body = (
        "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
        "<text:h>Ferry terminal</text:h><text:p>The <text:span>harbour</text:span><text:s/>council"
        "<text:note><text:note-body><text:p>a note</text:p></text:note-body></text:note> voted."
        f"<text:line-break/>{LONG}</text:p>"
    )
    lines = text_of(write(tmp_path, "a.odt", odt(body)))
    assert lines == ["Ferry terminal", "The harbour council voted.", LONG]


def test_letters_and_links_of_rtf(tmp_path: pathlib.Path) -> None:
    raw = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\author Somebody}}\f0 "
        rb"Caf\'e9 \u8222?am Kai\u8220?\par "
        rb'{\field{\*\fldinst{HYPERLINK "https://a.example"}}{\fldrslt{a link}}} in it.\par}'
    )
    assert text_of(write(tmp_path, "a.rtf", raw)) == ["Café „am Kai“", "a link in it."]


def test_a_document_in_an_archive_is_named_by_its_member(tmp_path: pathlib.Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a/nexis.docx", (FIXTURES / "nexis.docx").read_bytes())
    found = articles(read(write(tmp_path, "a.zip", file.getvalue())))
    assert {article["source_file"].rpartition("/a.zip")[2] for article in found} == {
        "!a/nexis.docx"
    }


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_one_name_have_different_source_files(tmp_path: pathlib.Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(3):
            archive.writestr("a.txt", f"{LONG} {number}")
        archive.writestr(".a.txt", LONG)  # hidden, so that it is no dump
    found = articles(read(write(tmp_path, "a.zip", file.getvalue())))
    assert [article["source_file"].rpartition("!")[2] for article in found] == [
        "a.txt",
        "a.txt#2",
        "a.txt#3",
    ]


ENTITIES = (
    '<!DOCTYPE d [<!ENTITY a "' + "x" * 1000 + '"><!ENTITY b "' + "&a;" * 1000 + '">'
    '<!ENTITY c SYSTEM "file:///etc/passwd">]>'
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (docx("<w:p><w:r><w:t>&b;&c;</w:t></w:r></w:p>", ENTITIES), "corrupt"),
        (docx("<w:p><w:r><w:t>open"), "corrupt"),
        (docx(f"<w:p><w:r><w:t>{LONG}</w:t></w:r></w:p>")[:-200], "corrupt"),
        (rb"{\rtf1{\fonttbl" + rb"{\f1\fcharset" * 5000, "corrupt"),
        (packed(xl__workbook_xml="<w/>"), "unsupported_content"),
        (
            packed(mimetype="application/vnd.oasis.opendocument.spreadsheet", content_xml="<d/>"),
            "unsupported_content",
        ),
    ],
)
def test_damaged_and_hostile_documents_are_rejects(
    tmp_path: pathlib.Path, content: bytes, reason: str
) -> None:
    found = read(write(tmp_path, "a", content))
    assert reason in reasons(found)
    assert not any("x" * 100 in item["document"] for item in articles(found))


def test_links_without_end_take_no_time(tmp_path: pathlib.Path) -> None:
    raw = rb"{\rtf1 " + rb"{\field{\*\fldinst{ HYPERLINK " * 50_000
    assert len(read(write(tmp_path, "a.rtf", raw))) == 1


def test_a_document_beyond_the_size_of_a_record_is_told(tmp_path: pathlib.Path) -> None:
    path = write(tmp_path, "a.rtf", rb"{\rtf1 " + b"word " * 1000 + b"}")
    (found,) = rejects(read(path, max_record_bytes=1000))
    assert found.reason == "too_large"
    assert DumpOptions().max_record_bytes > 1000


def test_strict_documents_are_read_and_hidden_text_is_left_out(tmp_path: pathlib.Path) -> None:
    body = (
        f"<w:p><w:r><w:t>{LONG}</w:t></w:r><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:tab/></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>seen</w:t></w:r></w:p>'
    )
    path = write(tmp_path, "a.docx", docx(body))
    assert text_of(path) == [f"{LONG}\tseen"]
    with zipfile.ZipFile(path) as archive:
        document = archive.read("word/document.xml").decode()
    strict = document.replace(W, "http://purl.oclc.org/ooxml/wordprocessingml/main")
    packed_again = io.BytesIO()
    with zipfile.ZipFile(packed_again, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", strict)
    assert text_of(write(tmp_path, "b.docx", packed_again.getvalue())) == [f"{LONG}\tseen"]


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (
            r"\ansi One{\v hidden \u233? \emdash\par}{\b two} \v gone\'e9 \v0 three",
            "One\ntwo three",
        ),
        (r"\ansi One \deleted gone\plain two\view4  three", "One two three"),
        (r"\ansi\ansicpg1252 One \u-10179?\u-8704? two", "One \U0001f600 two"),
        (r"\ansi One \uc0\u-10179\u-8704 two", "One \U0001f600two"),
        (r"\mac caf\'8e", "caf\u00e9"),
        (r"\mac\ansicpg10000 caf\'8e", "caf\u00e9"),
        (r"\pc caf\'82", "caf\u00e9"),
        (r"\ansi caf\'e9 {\v } \\v \{v\}", "caf\u00e9  \\v {v}"),
    ],
)
def test_characters_of_rtf(rtf: str, text: str, tmp_path: pathlib.Path) -> None:
    content = rf"{{\rtf1{rtf}\par {LONG}\par}}".encode()
    lines = text_of(write(tmp_path, "a.rtf", content))
    assert lines == [*text.split("\n"), LONG]
