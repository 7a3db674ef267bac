"""The index rebuilt from the warehouse is the index the runs have built."""

import json
import pathlib
import shutil

import pyarrow.parquet as pq
import pytest

from tests.conftest import REPOSITORY, copydesk

LINE = "Become a member of our newsroom today and help us keep these pages free for all."


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
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
        done = copydesk("run", "--input", dumps, "--warehouse", folder / "warehouse")
        assert done.code == 0, done.err
    return folder / "warehouse"


def index_rows(warehouse: pathlib.Path) -> dict[str, list[str]]:
    """Returns the rows of the newest manifest's index by folder, as sorted text."""
    newest = max((warehouse / "manifests").glob("*.json"), key=lambda path: int(path.stem))
    rows: dict[str, list[str]] = {}
    for file in json.loads(newest.read_text())["index_files"]:
        table = pq.read_table(warehouse / file["path"], partitioning=None)
        for column in ("piece", "row"):
            # Where a row lay while its run was under way means nothing afterwards.
            if column in table.column_names:
                table = table.drop_columns(column)
        rows.setdefault(file["table"], []).extend(map(repr, table.to_pylist()))
    return {folder: sorted(found) for folder, found in rows.items()}


def test_rebuilt_index_has_the_rows_of_the_runs(
    warehouse: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    copy = tmp_path / "warehouse"
    shutil.copytree(warehouse, copy)
    before = index_rows(copy)
    assert {folder.rpartition("/")[2] for folder in before} == {
        "archive", "bands", "winnowed", "dumps",
    }  # fmt: skip
    assert all(before.values())
    done = copydesk("reindex", "--warehouse", copy)
    assert done.code == 0, done.err
    assert "17 articles" in done.out
    assert index_rows(copy) == before
    assert copydesk("verify", "--warehouse", copy).code == 0


def test_the_index_keeps_the_names_it_was_first_written_with(warehouse: pathlib.Path) -> None:
    for folder, column in (("NearDuplicates-v2/archive", "standing"), ("*/dumps", "piece")):
        files = [*(warehouse / "index").glob(f"{folder}/*.parquet")]
        assert files
        assert all(column in pq.read_schema(file).names for file in files)


def test_an_index_of_another_version_is_refused_and_rebuilt(
    warehouse: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    copy = tmp_path / "warehouse"
    shutil.copytree(warehouse, copy)
    newest = copy / "manifests" / "2.json"
    newest.write_text(newest.read_text().replace("NearDuplicates-v", "NearDuplicates-v99"))
    for folder in (copy / "index").glob("NearDuplicates-v*"):
        folder.rename(folder.with_name(folder.name.replace("-v", "-v99")))
    dump = tmp_path / "more.txt"
    dump.write_text("A headline of some words\n\n" + LINE)
    done = copydesk("run", "--input", dump, "--warehouse", copy)
    assert done.code == 1
    assert "another version of NearDuplicates" in done.err
    assert "copydesk reindex" in done.err
    assert copydesk("reindex", "--warehouse", copy).code == 0
    done = copydesk("run", "--input", dump, "--warehouse", copy)
    assert done.code == 0, done.err


def test_a_folder_without_a_warehouse_is_told(tmp_path: pathlib.Path) -> None:
    done = copydesk("reindex", "--warehouse", tmp_path / "none")
    assert done.code == 1
    assert "nothing to index" in done.err
