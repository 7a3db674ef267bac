"""Promises of SECURITY.md that no other file of tests holds."""

import contextlib
import pathlib
import re
import shutil
import socket
import threading
from collections.abc import Iterator

import pytest

from pipeline.article import READ_COLUMNS, READ_FIELDS
from pipeline.errors import complain
from tests.conftest import REPOSITORY
from tests.separate_runs import Desk, done, query
from transforms.extraction.transform import Extraction

SECRET = "The secret of the harbour is kept in this file and nowhere else at all."
STORY = "".join(
    f"<p>The council voted on item {n} of the plan for the quay, and nobody spoke.</p>"
    for n in range(8)
)


@contextlib.contextmanager
def listening() -> Iterator[tuple[int, list[str]]]:
    """A server on this machine; yields its port and a list that gets who connects."""
    visitors: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with contextlib.suppress(OSError):  # it is closed
                while True:
                    connection, address = server.accept()
                    visitors.append(str(address))
                    connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1], visitors
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("mode", ["fast", "precise", "recall"])
def test_a_page_fetches_nothing_and_opens_no_file(mode: str, tmp_path: pathlib.Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    with listening() as (port, visitors):
        address = f"http://127.0.0.1:{port}"
        page = (
            '<?xml version="1.0"?>'
            f'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "{address}/dtd" ['
            f'<!ENTITY here SYSTEM "{secret.as_uri()}"><!ENTITY there SYSTEM "{address}/entity">'
            f'<!ENTITY % all SYSTEM "{address}/all"> %all;]>'
            '<html xmlns="http://www.w3.org/1999/xhtml" '
            'xmlns:xi="http://www.w3.org/2001/XInclude"><head>'
            f'<link rel="stylesheet" href="{address}/css"/><script src="{address}/js"></script>'
            f'<meta http-equiv="refresh" content="0; url={address}/next"/>'
            f'<link rel="amphtml" href="{address}/amp"/></head><body><article><h1>Quay</h1>'
            f'<img src="{address}/img"/><iframe src="{address}/frame"></iframe>'
            f'<xi:include href="{secret.as_uri()}" parse="text"/>'
            f"<p>&here; and &there; are named in the plan for the quay.</p>{STORY}"
            f'<object data="{secret.as_uri()}"></object></article></body></html>'
        )
        empty = dict.fromkeys([*READ_COLUMNS, *READ_FIELDS])
        article = empty | {
            "authors": [], "tags": [], "document": page, "document_type": "html",
            "url": f"{address}/page", "source_file": "a.html", "record_index": 0,
        }  # fmt: skip
        lines = Extraction(mode=mode).apply(article)["lines"]
        with socket.create_connection(("127.0.0.1", port)):
            pass  # it would have been seen
        while not visitors:
            threading.Event().wait(0.01)
    assert len(visitors) == 1
    assert any("nobody spoke" in line for line in lines)
    assert not any("secret of the harbour" in line for line in lines)


def test_an_error_does_not_control_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    complain("\x1b]0;title\x07\x1b[2Jdump\r\n\u202e.txt, café, record 3: lost.")
    shown = capsys.readouterr().err
    assert (
        shown
        == "copydesk: \\x1b]0;title\\x07\\x1b[2Jdump\\r\\n\\u202e.txt, café, record 3: lost.\n"
    )


@pytest.mark.slow
def test_a_name_is_never_part_of_a_statement(desk: Desk, tmp_path: pathlib.Path) -> None:
    names = ["a' || (SELECT 1) || '.txt", 'b"; DROP VIEW articles; --.txt', "c\x1b[31m.txt"]
    folder = tmp_path / "it's $(here); --"
    folder.mkdir()
    for name in names:
        shutil.copy(REPOSITORY / "seeds" / "000_afa4bfbd38b48d22.txt", folder / name)
    warehouse = tmp_path / "w'\"; DROP VIEW runs; --"
    done(desk.run([folder], warehouse))
    found = query(
        warehouse, "SELECT source_file FROM articles UNION FROM (SELECT source_file FROM rejects)"
    )
    assert {pathlib.PurePath(name).name for (name,) in found} == set(names)


def test_every_file_of_tests_that_the_page_names_is_there() -> None:
    page = (REPOSITORY / "SECURITY.md").read_text()
    named = set(re.findall(r"\b(test_\w+\.py)\b", page))
    assert len(named) > 5
    assert not [name for name in named if not (REPOSITORY / "tests" / name).exists()]
