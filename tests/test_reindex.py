"""The index rebuilt from the warehouse is the index the runs have built."""

import json
import pathlib
import shutil

import pyarrow.parquet as pq
import pytest

from pipeline.warehouse.manifest import sealed
from tests.conftest import REPOSITORY
from tests.separate_runs import Desk, done

pytestmark = pytest.mark.slow

LINE = "Become a member of our newsroom today and help us keep these pages free for all."


@pytest.fixture(scope="module")
def warehouse(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Two runs: the seeds but one; that one, with an outlet's boilerplate that is taken out."""
    folder = tmp_path_factory.mktemp("reindex")
    first, second = folder / "first", folder / "second"
    for where, seeds in ((first, "00[0-2]*"), (first, "004*"), (second, "003*")):
        where.mkdir(exist_ok=True)
        for seed in (REPOSITORY / "seeds").glob(seeds):
            shutil.copy(seed, where)
    records = [
        {
            "url": f"https://daily.example/{number}",
            "source": "Daily",
            "title": f"Report number {number} of the harbour board",
            "text": f"Berth {number} of the northern harbour was dredged to a depth of "
            f"{number + 7} metres last week, the board said.\n\n{LINE}",
        }
        for number in range(12)
    ]
    (second / "daily.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    for dumps in (first, second):
        done(desk.run(dumps, folder / "warehouse"))
    return folder / "warehouse"


def index_rows(warehouse: pathlib.Path) -> dict[str, list[str]]:
    """Returns the rows of the newest manifest's index by folder, as sorted text."""
    newest = max((warehouse / "manifests").glob("*.json"), key=lambda path: int(path.stem))
    rows: dict[str, list[str]] = {}
    for file in json.loads(newest.read_text())["index_files"]:
        table = pq.read_table(warehouse / file["path"], partitioning=None)
        # Where a row was staged (its shard, `piece` on disk) means nothing after its run.
        table = table.drop_columns([c for c in ("piece", "row") if c in table.column_names])
        rows.setdefault(file["table"], []).extend(map(repr, table.to_pylist()))
    return {folder: sorted(found) for folder, found in rows.items()}


def test_rebuilt_index_has_the_rows_of_the_runs(
    warehouse: pathlib.Path, desk: Desk, tmp_path: pathlib.Path
) -> None:
    copy = tmp_path / "warehouse"
    shutil.copytree(warehouse, copy)
    before = index_rows(copy)
    assert {folder.rpartition("/")[2] for folder in before} == {
        "indexed_texts", "bands", "winnowed", "dumps", "shingles", "indexed_articles",
    }  # fmt: skip
    assert all(before.values())
    assert "17 articles" in done(desk.call("reindex", "--warehouse", copy)).out
    assert index_rows(copy) == before
    done(desk.call("verify", "--warehouse", copy))


def test_the_index_keeps_the_names_it_was_first_written_with(warehouse: pathlib.Path) -> None:
    files = [*(warehouse / "index").glob("*/dumps/*.parquet")]
    assert files
    assert all("piece" in pq.read_schema(file).names for file in files)


def test_an_index_of_another_version_is_refused_and_rebuilt(
    warehouse: pathlib.Path, desk: Desk, tmp_path: pathlib.Path
) -> None:
    copy = tmp_path / "warehouse"
    shutil.copytree(warehouse, copy)
    newest = copy / "manifests" / "2.json"
    record = json.loads(newest.read_text().replace("NearDuplicates-v", "NearDuplicates-v99"))
    del record["checksum"]
    newest.write_bytes(sealed(record))
    for folder in (copy / "index").glob("NearDuplicates-v*"):
        folder.rename(folder.with_name(folder.name.replace("-v", "-v99")))
    dump = tmp_path / "more.txt"
    dump.write_text("A headline of some words\n\n" + LINE)
    refused = desk.run(dump, copy)
    assert refused.code == 1
    assert "another version of NearDuplicates" in refused.err
    assert "copydesk reindex" in refused.err
    done(desk.call("reindex", "--warehouse", copy))
    done(desk.run(dump, copy))


def test_a_folder_without_a_warehouse_is_refused(desk: Desk, tmp_path: pathlib.Path) -> None:
    refused = desk.call("reindex", "--warehouse", tmp_path / "none")
    assert refused.code == 1
    assert "nothing to index" in refused.err
