"""Warehouses of older versions are read, verified, continued, reindexed and repaired.

CONTRIBUTING.md says how to add one.
"""

import shutil
import tarfile
from pathlib import Path

import duckdb
import pytest

from pipeline.warehouse import Warehouse
from pipeline.warehouse.verify import verify
from tests.separate_runs import Desk, done, query, rows
from tests.test_reindex import index_rows
from tests.test_repair import damaged, nothing_is_gone, repaired
from tests.warehouse_rows import SCHEMA

ARCHIVES = sorted((Path(__file__).parent / "fixtures" / "warehouses").glob("*.tar.xz"))

WITHOUT_HASHES = ("2026-11-27", "2026-11-30")
"""Names of those whose manifests have no hashes of files."""

COUNTS = (
    "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM paragraph_links), "
    "(SELECT count(*) FROM rejects), (SELECT count(DISTINCT language) FROM articles), "
    "(SELECT count(*) FROM removed_lines), (SELECT count(*) FROM runs)"
)

MORE = (
    "Town council approves repairs\n\n"
    "Repairs will take two weeks and cost the town some forty thousand crowns, the board said.\n\n"
    "The council approved the sum in its sitting of Wednesday evening without a debate.\n"
)


def test_there_are_some() -> None:
    assert len(ARCHIVES) >= 2


def name(archive: Path) -> str:
    return archive.name.removesuffix(".tar.xz")


@pytest.fixture(params=ARCHIVES, ids=name)
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A warehouse of an older version, as that left it."""
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path / name(request.param), filter="data")
    return tmp_path / name(request.param) / "warehouse"


@pytest.mark.slow
def test_it_is_verified_continued_and_reindexed(older: Path, desk: Desk, tmp_path: Path) -> None:
    with duckdb.connect(str(older / "news.duckdb"), read_only=True) as connection:
        connection.execute("SET VARIABLE warehouse = ?", [str(older)])
        counts = connection.execute(COUNTS).fetchall()
    assert counts == [(4, 1, 1, 2, 2, 3)]
    assert verify(str(older), SCHEMA).ok
    done(desk.call("catalog", "--warehouse", older))
    before = rows(older)
    assert query(older, COUNTS) == counts
    sound = done(desk.call("verify", "--warehouse", older)).out
    lacks_hashes = older.parent.name in WITHOUT_HASHES
    assert ("Without a hash to compare with" in sound) == lacks_hashes
    (tmp_path / "more.txt").write_text(MORE)
    done(desk.run(tmp_path / "more.txt", older))
    after = rows(older)
    assert set(before["articles"]) < set(after["articles"])
    assert len(after["paragraph_links"]) == len(before["paragraph_links"]) + 1
    index = index_rows(older)
    done(desk.call("reindex", "--warehouse", older))
    assert index_rows(older) == index
    assert "Nothing is new" in done(desk.run(tmp_path / "more.txt", older)).out
    done(desk.call("verify", "--warehouse", older))


@pytest.mark.slow
@pytest.mark.parametrize(
    "damages",
    [
        {"manifest truncated"},
        {"all manifests deleted", "catalog deleted", "index deleted"},
    ],
    ids=lambda damages: "+".join(sorted(damages)),
)
def test_it_is_repaired(damages: set[str], older: Path, desk: Desk, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(older, whole)
    done(desk.call("catalog", "--warehouse", whole))
    left = damaged(older, damages)
    refused = desk.call("reindex", "--warehouse", older)
    assert refused.code == 1
    assert "copydesk repair" in refused.err
    assert not repaired(older).lost
    # The conversion ends with the manifests of the older version.
    nothing_is_gone(older, left, "data inputs index")
    assert rows(older) == rows(whole)
    assert query(older, COUNTS) == query(whole, COUNTS)
    done(desk.call("verify", "--warehouse", older))
    (tmp_path / "more.txt").write_text(MORE)
    done(desk.run(tmp_path / "more.txt", older))
    done(desk.run(tmp_path / "more.txt", whole))
    assert rows(older) == rows(whole)


@pytest.mark.slow
def test_it_goes_on_without_a_file(older: Path, desk: Desk, tmp_path: Path) -> None:
    if (older / "files").exists():
        shutil.rmtree(older / "data")  # whose links would bring it back
    newest = Warehouse(str(older)).latest()
    [path, *_] = [file.path for file in newest.files if file.table == "paragraphs"]
    (older / path).unlink()
    assert repaired(older).lost
    assert not repaired(older, without_damaged=True).lost
    assert 0 < query(older, COUNTS)[0][0] < 4
    done(desk.call("verify", "--warehouse", older))
    (tmp_path / "more.txt").write_text(MORE)
    done(desk.run(tmp_path / "more.txt", older))
    done(desk.call("verify", "--warehouse", older))
