"""Who published an article: by its address, its name, its own lines or its folder."""

import json
import pickle
import subprocess
import sys

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.separate_runs import done
from transforms.outlets import (
    Outlets,
    OutletsError,
    known_outlets,
    outlet_of_host,
    published_by,
    registered_domain,
    spelled,
)

KNOWN = known_outlets()
BODY = ["The harbour board said on Tuesday that the ferry would not sail before the spring."] * 4


def outlet(name=None, url=None, lines=(), source_file="dumps/x.txt", known=KNOWN):
    return published_by(name, url, [*BODY, "", *lines], source_file, known)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("www.theguardian.com", "The Guardian"),
        ("guardian.co.uk", "The Guardian"),
        ("abcnews.go.com", "ABC News"),
        ("espn.go.com", "ESPN"),
        ("usa.chinadaily.com.cn", "China Daily"),
        ("mobile.reuters.com", "Reuters"),
        ("local.harbour.co.uk", "harbour.co.uk"),
        ("harbour.blogspot.com", "harbour.blogspot.com"),
        ("www.harbour.substack.com", "harbour.substack.com"),
        ("www.substack.com", "substack.com"),
        ("www.harbour.com.br", "harbour.com.br"),
        ("notcnn.com", "notcnn.com"),
        ("localhost", None),
    ],
)
def test_a_host(host, expected):
    assert outlet_of_host(host, KNOWN) == expected


@pytest.mark.parametrize(
    ("name", "url", "expected"),
    [
        (None, "https://www.bbc.co.uk/news/1", ("BBC News", "url: www.bbc.co.uk")),
        ("bbc.co.uk", "https://www.bbc.co.uk/news/1", ("BBC News", "url: www.bbc.co.uk")),
        ("BBC", "https://www.bbc.co.uk/news/1", ("BBC News", "url: www.bbc.co.uk")),
        ("CNN (Online)", None, ("CNN", "name: CNN (Online)")),
        ("Newsmax - Opinion", None, ("Newsmax", "name: Newsmax - Opinion")),
        ("the guardian", None, ("The Guardian", "name: the guardian")),
        ("theguardian.com", None, ("The Guardian", "name: theguardian.com")),
        ("AP News", "https://apnews.com/x", ("Associated Press", "url: apnews.com")),
        ("Daily Harbour", "https://x.harbour.org/1", ("harbour.org", "url: x.harbour.org")),
        ("HARBOUR", "https://harbour.org/1", ("harbour.org", "url: harbour.org")),
        ("The Sun", "https://sun.harbour.in/1", ("harbour.in", "url: sun.harbour.in")),
        ("Fox News", "https://townhall.com/x", ("Townhall", "url: townhall.com")),
        ("Ann Lee", "https://www.cnn.com/x", ("CNN", "url: www.cnn.com")),
        ("Quay", "https://quay.substack.com/p/1", ("quay.substack.com", "url: quay.substack.com")),
        ("The Quay", "https://web.archive.org/1", ("The Quay", "name: The Quay")),
        ("NDR", "https://www.pressreader.com/1", ("Norddeutscher Rundfunk", "name: NDR")),
        (None, "https://www.pressreader.com/1", ("pressreader.com", "url: www.pressreader.com")),
        ("https://www.bbc.com", None, ("BBC News", "name: https://www.bbc.com")),
        ("Daily Harbour (Online)", None, ("Daily Harbour", "name: Daily Harbour (Online)")),
        ("Daily Harbour", "http://localhost/1", ("Daily Harbour", "name: Daily Harbour")),
        (None, "https://www.harbour.org/1", ("harbour.org", "url: www.harbour.org")),
        (None, "http://[broken/x", (None, None)),
        (None, None, (None, None)),
    ],
)  # fmt: skip
def test_addresses_and_names(name, url, expected):
    assert outlet(name, url) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("© 2018 The Daily Harbour. All rights reserved.", "The Daily Harbour"),
        ("Copyright 2018 by Harbour Times Inc. All rights reserved.", "Harbour Times"),
        ("Copyright © 2020 The Washington Times, LLC.", "Washington Times"),
        ("CNN's Ann Lee and Bo Ek contributed to this report.", "CNN"),
        ("Credit: Harbour Gazette", "Harbour Gazette"),
        ("Originally published in The Guardian", "The Guardian"),
        ("© 2018 Ann Lee", None),
        ("Copyright 2020 The Associated Press. All rights reserved.", None),
        ("Credit: Getty Images", None),
        ("Source: Reuters", None),
        ("Ann's neighbour Bo contributed to this report.", None),
        ("The Guardian reported that the ferry sank.", None),
    ],
)
def test_the_lines_of_an_article(line, expected):
    name, evidence = outlet(lines=[line])
    assert name == expected
    assert (evidence or "").endswith(f" {len(BODY) + 2}: {line}") == (expected is not None)
    assert outlet("Daily Quay", lines=[line]) == ("Daily Quay", "name: Daily Quay")
    assert outlet(lines=[line, *["", "More of the article."] * 12]) == (None, None)


def test_folders():
    assert outlet(source_file="dumps/lemonde.fr/2020/x.txt") == ("Le Monde", "folder: lemonde.fr")
    assert outlet(source_file="a/www.harbour.co.uk/x.txt")[0] == "harbour.co.uk"
    assert outlet(source_file="s3://b/le_monde/x.txt")[0] == "Le Monde"
    assert outlet(source_file="dumps/v1.2/x.txt") == (None, None)
    assert outlet(source_file="lemonde.fr") == (None, None)


def test_all_spellings_of_the_table_are_of_one_outlet():
    for outlet_, spelling in ((value, key) for key, value in KNOWN.names.items()):
        assert spelled(spelling, KNOWN) == outlet_
        assert spelled(f"The {spelling.upper()}", KNOWN) == outlet_
    for site, outlet_ in KNOWN.sites.items():
        assert outlet_of_host(f"www.{site}", KNOWN) == outlet_


def test_a_users_file_goes_first(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'carriers = ["library.example"]\n'
        '[outlets]\n"Quay Post" = ["quay.example", "QP"]\nGuardian = ["theguardian.com"]\n'
    )
    transform = pickle.loads(pickle.dumps(Outlets(outlets=str(path))))
    path.unlink()
    transform.setup()
    record = {"outlet": None, "url": "https://a.quay.example/1", "lines": [], "source_file": "x"}
    assert transform.apply(record)["outlet"] == "Quay Post"
    assert transform.apply(record | {"url": "https://theguardian.com/1"})["outlet"] == "Guardian"
    assert transform.apply(record | {"url": None, "outlet": "qp"})["outlet"] == "Quay Post"
    carried = {"url": "https://library.example/1", "outlet": "QP"}
    assert transform.apply(record | carried)["outlet"] == "Quay Post"
    assert transform.apply(record | {"url": "https://cnn.com"})["outlet_evidence"] == "url: cnn.com"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[outlets]\nA = 'a.example'", "'A' has 'a.example', which is no list of names and sites"),
        ("[outlets]\nA = ['']", "no list of names and sites"),
        ("carriers = 'a.example'", "'carriers' has 'a.example', which is no list"),
        ("[outlet]\nA = ['b']", "has outlet. Write [outlets]"),
        ("A = ", "is no TOML"),
        ("[outlets]\nA = ['X']\nB = ['x']", "'x' is listed for 'B' and for 'A'"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path, content, message):
    path = tmp_path / "mine.toml"
    path.write_text(content)
    with pytest.raises(OutletsError) as caught:
        Outlets(outlets=str(path))
    assert str(path) in str(caught.value)
    assert message in str(caught.value)
    with pytest.raises(ValueError, match="cannot be read"):
        Outlets(outlets=str(tmp_path / "absent.toml"))


@given(st.text(max_size=30), st.text(max_size=30), st.lists(st.text(max_size=60), max_size=4))
def test_any_text_has_an_answer(name, url, lines):
    found, evidence = published_by(name or None, url, lines, url, KNOWN)
    assert (found is None) == (evidence is None)


@pytest.mark.parametrize("site", ["harbour.org", "www.bbc.co.uk", "quay.substack.com"])
def test_a_site_is_one_outlet_whatever_it_is_called(site):
    names = (None, "BBC", "Harbour", "HARBOUR", "Ann Lee", "The Sun", site, f"https://{site}")
    assert len({outlet(name, f"https://{site}/{at}")[0] for at, name in enumerate(names)}) == 1


@pytest.mark.parametrize(
    ("name", "url", "stated"),
    [
        ("Ann Lee", "https://www.cnn.com/x", "Ann Lee"),
        ("Daily Harbour", "https://www.harbour.org/1", "Daily Harbour"),
        ("CNN (Online)", "https://www.cnn.com/x", None),
        ("www.harbour.org", "https://www.harbour.org/1", None),
        ("Daily Harbour", None, None),
        (None, "https://www.harbour.org/1", None),
    ],
)
def test_another_name_that_dump_or_page_give_is_kept(name, url, stated):
    record = {"outlet": name, "url": url, "lines": [], "source_file": "x"}
    assert Outlets().apply(record)["outlet_stated"] == stated


def test_the_public_suffixes_are_read_by_workers_alone_and_without_a_network():
    code = (
        "import socket; socket.socket.connect = None; import transforms.outlets as o, sys; "
        "o.Outlets(); assert 'tld' not in sys.modules; print(o.registered_domain('a.b.co.jp'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "b.co.jp\n"
    assert registered_domain("x.gov.uk") == "x.gov.uk"


def test_a_run_takes_the_users_file(desk, tmp_path):
    (tmp_path / "mine.toml").write_text('[outlets]\n"Quay Post" = ["quay.example", "The QP"]\n')
    records = [
        {"url": "https://www.quay.example/1", "text": "\n".join(BODY)},
        {"source": "QP", "text": "\n".join(BODY[::-1] * 2)},
        {"url": "https://news.bbc.co.uk/1", "text": "\n".join(BODY * 3)},
    ]
    (tmp_path / "x.jsonl").write_text("".join(f"{json.dumps(record)}\n" for record in records))
    options = ("--outlets", str(tmp_path / "mine.toml"))
    done(desk.run(tmp_path / "x.jsonl", tmp_path / "warehouse", *options))
    with duckdb.connect(tmp_path / "warehouse" / "news.duckdb", read_only=True) as connection:
        rows = connection.execute("SELECT outlet FROM articles ORDER BY record_index").fetchall()
    assert rows == [("Quay Post",), ("Quay Post",), ("BBC News",)]
