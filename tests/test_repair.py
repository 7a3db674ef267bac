"""``copydesk repair``: readers see what they saw before the damage, and nothing is deleted."""

import contextlib
import errno
import functools
import math
import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.plan import planned_transforms
from pipeline.reindex import build_index
from pipeline.warehouse import DataFile, Manifest, Warehouse, WarehouseError, writer
from pipeline.warehouse.commit import SET_ASIDE
from pipeline.warehouse.own_rows import write_run
from pipeline.warehouse.repair import Repair, repair
from pipeline.warehouse.verify import verify
from pipeline.warehouse.writer import write_file
from tests.conftest import REPOSITORY, Finished, SeedRun, bound_by_permissions, run_command
from tests.separate_runs import Desk, done, only_sentence, problems, rows
from tests.test_compaction import FAN_IN, commit_merging, fan_in, tables
from tests.test_reindex import index_rows
from tests.warehouse_rows import (
    SCHEMA,
    commit_rows,
    commit_run,
    corpus_rows,
    query,
    run_id,
    run_row,
    tree,
    write_rows,
)

__all__ = ["fan_in"]


def build(manifest: Manifest, run: str) -> list[DataFile]:
    """Rebuilds the index in this process."""
    return build_index(planned_transforms({}), manifest, run, 0, 1 << 30)


def repaired(root: Path, dry_run: bool = False, without_damaged: bool = False) -> Repair:
    return repair(str(root), SCHEMA, build, dry_run, without_damaged)


def newest(root: Path) -> Path:
    return max((root / "manifests").glob("*.json"), key=lambda path: int(path.stem))


def flip(path: Path) -> None:
    if content := bytearray(path.read_bytes()):
        content[len(content) // 2] ^= 0x04
        path.write_bytes(content)


def remove_all(root: Path, pattern: str) -> None:
    for path in root.glob(pattern):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "manifest truncated": lambda root: os.truncate(newest(root), 1_000),
    "manifest emptied": lambda root: os.truncate(newest(root), 0),
    "manifest flipped": lambda root: flip(newest(root)),
    "manifest deleted": lambda root: newest(root).unlink(),
    "first manifest flipped": lambda root: flip(root / "manifests" / "1.json"),
    "all manifests deleted": lambda root: remove_all(root, "manifests/*"),
    "manifests removed": lambda root: remove_all(root, "manifests"),
    "snapshot.json deleted": lambda root: remove_all(root, "snapshot.json"),
    "snapshot.json flipped": lambda root: flip(root / "snapshot.json"),
    "catalog deleted": lambda root: remove_all(root, "news.duckdb"),
    "catalog flipped": lambda root: flip(root / "news.duckdb"),
    "data removed": lambda root: remove_all(root, "data"),
    "index deleted": lambda root: remove_all(root, "index"),
    "index file flipped": lambda root: flip(min((root / "index").rglob("*.parquet"))),
}

LOST_MANIFESTS = {name for name in DAMAGES if "manifest" in name}


def damaged(root: Path, names: Collection[str]) -> dict[str, bytes]:
    """Damages a warehouse; returns its files afterwards."""
    for name in DAMAGES:
        if name in names:
            with contextlib.suppress(FileNotFoundError, ValueError):  # another removed it
                DAMAGES[name](root)
    return dict(tree(root))


def nothing_is_gone(
    root: Path, before: dict[str, bytes], folders: str = "files manifests inputs index"
) -> None:
    """Checks that every file in some folders is there still, perhaps set aside."""
    kept = set(tree(root).values())
    for path, content in before.items():
        if path.split("/")[0] in folders.split():
            assert content in kept, path


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of small runs, some of which have merged the files of earlier ones."""
    root = tmp_path_factory.mktemp("merged") / "warehouse"
    for number in range(FAN_IN + 2):
        commit_merging(root, number)
    return root


@pytest.mark.slow
@settings(max_examples=8)
@given(names=st.sets(st.sampled_from(sorted(DAMAGES)), min_size=1, max_size=4))
@example(
    names={"all manifests deleted", "snapshot.json deleted", "catalog deleted", "data removed"}
)
@example(names={"manifest deleted", "snapshot.json deleted", "catalog deleted", "data removed"})
@example(names={"manifest emptied", "snapshot.json flipped"})
@example(names={"manifests removed", "snapshot.json deleted", "index deleted"})
@example(names={"index deleted"})
def test_readers_see_what_they_saw(
    names: set[str], merged: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("damaged") / "warehouse"
    shutil.copytree(merged, root)
    before = tables(root)
    left = damaged(root, names)
    planned = repaired(root, dry_run=True)
    assert dict(tree(root)) == left
    assert planned.done
    assert repaired(root).done == planned.done
    assert tables(root) == before
    found = verify(str(root), SCHEMA)
    assert not found.problems
    assert not found.orphans  # which the next writer would remove
    nothing_is_gone(root, left)
    assert not repaired(root).done
    commit_merging(root, FAN_IN + 2)
    assert not verify(str(root), SCHEMA).problems
    assert len(tables(root)["runs"]) == FAN_IN + 3


@pytest.mark.parametrize("name", sorted(LOST_MANIFESTS))
def test_no_writer_comes_where_a_manifest_is_lost(name: str, merged: Path, tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    shutil.copytree(merged, root)
    left = damaged(root, {name})
    with (
        pytest.raises(WarehouseError, match=rf"{root}.*copydesk repair --warehouse {root}"),
        Warehouse(str(root)).open_for_writing(SCHEMA),
    ):
        pass
    assert {path: text for path, text in tree(root).items() if path != ".lock"} == {
        path: text for path, text in left.items() if path != ".lock"
    }
    [problem, *_] = verify(str(root), SCHEMA).problems
    assert "copydesk repair" in problem


def test_what_a_killed_run_left_is_not_shown(merged: Path, tmp_path: Path) -> None:
    """A run that wrote all its files, and was killed before its manifest."""
    root = tmp_path / "warehouse"
    shutil.copytree(merged, root)
    before = tables(root)
    number = FAN_IN + 2
    warehouse = Warehouse(str(root))
    with warehouse.open_for_writing(SCHEMA):
        warehouse.staging_folder(run_id(number))
        write_run(str(root), SCHEMA, run_row(number), write_rows(root, number))
    left = damaged(root, {"all manifests deleted", "snapshot.json deleted", "catalog deleted",
                          "data removed"})  # fmt: skip
    assert not repaired(root).lost
    assert tables(root) == before
    nothing_is_gone(root, left)
    with warehouse.open_for_writing(SCHEMA):
        assert not verify(str(root), SCHEMA).orphans


def test_an_index_that_cannot_be_built_leaves_nothing(merged: Path, tmp_path: Path) -> None:
    """On a full disk the next repair needs the room."""
    root = tmp_path / "warehouse"
    shutil.copytree(merged, root)
    left = damaged(root, {"index deleted"})

    def fail(manifest: Manifest, run: str) -> list[DataFile]:
        build(manifest, run)
        write_file(str(root), f"index/Step-v1/keys/{run}-0.parquet", "", pa.table({"key": [1]}))
        raise OSError(errno.ENOSPC, "No space left on device", "x")

    with pytest.raises(WarehouseError, match=r"No space left on device.*make room"):
        repair(str(root), SCHEMA, fail)
    assert dict(tree(root)) == left
    assert not repaired(root).lost


def test_a_folder_data_that_is_gone_is_told_and_built_again(tmp_path: Path) -> None:
    commit_run(tmp_path, 0)
    shutil.rmtree(tmp_path / "data")
    planned = repaired(tmp_path, dry_run=True)
    assert [
        f"{tmp_path}/data is built again: it does not show the newest manifest."
    ] == planned.done
    assert not (tmp_path / "data").exists()
    assert repaired(tmp_path).done == planned.done
    assert verify(str(tmp_path), SCHEMA).ok
    assert not repaired(tmp_path).done


def test_what_nothing_proves_is_kept_aside(tmp_path: Path) -> None:
    """A run without its row in `runs`, and without working files: part of it may be lost."""
    root = tmp_path / "warehouse"
    commit_run(root, 0)
    commit_run(root, 1)
    before = tables(root)
    files = write_rows(root, 2)
    contents = {(root / file.path).read_bytes() for file in files}
    damaged(root, {"all manifests deleted", "snapshot.json deleted", "catalog deleted"})
    [lost] = repaired(root).lost
    assert f"Nothing proves that run {run_id(2)} was committed" in lost
    assert tables(root) == before
    assert contents <= {path.read_bytes() for path in (root / SET_ASIDE).rglob("*.parquet")}


def test_files_of_no_run_that_committed_are_kept_aside(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    with Warehouse(str(root)).open_for_writing(SCHEMA):
        pass
    files = write_rows(root, 0)
    (root / f"files/articles/.{run_id(0)}-1@en.parquet.0123abcd.tmp").write_text("x")
    contents = {(root / file.path).read_bytes() for file in files}
    with (
        pytest.raises(WarehouseError, match="copydesk repair"),
        Warehouse(str(root)).open_for_writing(SCHEMA),
    ):
        pass
    lost = repaired(root).lost
    assert f"Nothing proves that run {run_id(0)} was committed" in lost[0]
    assert "No snapshot can be brought back" in lost[1]
    assert contents <= {path.read_bytes() for path in (root / SET_ASIDE).rglob("*.parquet")}
    assert commit_run(root, 1).number == 1
    assert repaired(root) == Repair(1)


def test_what_cannot_be_brought_back_is_named(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    manifest = commit_run(root, 0)
    [dumps] = manifest.input_files
    flip(root / dumps.path)
    [lost] = repaired(root).lost
    assert f"{root / dumps.path} is not as it was written: it lists 1 dump" in lost
    assert not verify(str(root), SCHEMA).problems
    assert Warehouse(str(root)).latest().inputs == ()
    [links] = [file for file in manifest.files if file.table == "paragraph_links"]
    flip(root / links.path)
    [lost] = repaired(root).lost
    assert lost.startswith(f"{root / links.path} is not as it was written: 9 rows of paragraph_l")
    assert (root / links.path).exists()
    [problem] = verify(str(root), SCHEMA).problems
    for advice in (lost, problem):
        assert f"copydesk repair --warehouse {root} --without-damaged" in advice
    assert query(root, "SELECT count(*) FROM articles") == [(6,)]


@pytest.fixture(scope="module")
def grouped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Like ``merged``, with row groups of three rows."""
    root = tmp_path_factory.mktemp("grouped") / "warehouse"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "TEXT_ROW_GROUP", 3)
        patch.setattr(writer, "NARROW_ROW_GROUP", 3)
        for number in range(FAN_IN + 2):
            commit_merging(root, number)
    return root


def flip_at(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= 0x20
    path.write_bytes(content)


HARM: dict[str, Callable[[Path, int], object]] = {
    "flipped": flip_at,
    "truncated": lambda path, place: os.truncate(path, place % path.stat().st_size),
    "deleted": lambda path, place: path.unlink(),
}

OF_ARTICLES = ("articles", "paragraphs", "removed_lines")


def articles_of(root: Path) -> dict[str, list[tuple[object, ...]]]:
    """Returns the rows of each complete article of a warehouse that is whole, by its id."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for table in OF_ARTICLES:
        for row in query(root, f"SELECT article_id, t FROM {table} AS t ORDER BY ALL"):
            found.setdefault(str(row[0]), []).append((table, *row))
    return found


@pytest.mark.slow
@settings(max_examples=12)
@given(
    harms=st.lists(
        st.tuples(st.integers(0, 99), st.sampled_from(sorted(HARM)), st.integers(0, 1 << 20)),
        min_size=1,
        max_size=3,
        unique_by=lambda harm: harm[0],
    ),
    manifest=st.sampled_from(["whole", "all manifests deleted"]),
)
@example(harms=[(number, "deleted", 0) for number in range(99)], manifest="whole")
def test_a_warehouse_goes_on_without_what_cannot_be_read(
    harms: list[tuple[int, str, int]],
    manifest: str,
    grouped: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Every article is whole or gone, and no byte is."""
    root = tmp_path_factory.mktemp("harmed") / "warehouse"
    shutil.copytree(grouped, root)
    before = articles_of(root)
    files = Warehouse(str(root)).latest().files
    hit = {files[number % len(files)].path: (how, place) for number, how, place in harms}
    shutil.rmtree(root / "data")  # whose links would bring deleted files back
    for path, (how, place) in hit.items():
        HARM[how](root / path, place)
    damaged(root, {manifest} & DAMAGES.keys())
    left = dict(tree(root))
    lost = repaired(root, dry_run=True).lost
    assert any("--without-damaged" in sentence for sentence in lost)
    planned = repaired(root, dry_run=True, without_damaged=True)
    assert dict(tree(root)) == left
    found = repaired(root, without_damaged=True)
    assert found.done == planned.done
    nothing_is_gone(root, left, "files inputs")
    if not found.number:
        return  # nothing was left of `runs`, or of any table
    assert not verify(str(root), SCHEMA).problems
    after = articles_of(root)
    assert after.items() <= before.items()
    if not any(path.split("/")[1] in OF_ARTICLES for path in hit) and manifest == "whole":
        assert after == before
    assert not repaired(root).done
    commit_merging(root, FAN_IN + 2)
    assert not verify(str(root), SCHEMA).problems
    nothing_is_gone(root, left, "files inputs")


class Killed(BaseException):
    """Ends a repair where nothing of it may tidy up."""


CHANGES = ("link", "mkdir", "remove", "rename", "replace", "rmdir", "unlink")


@contextlib.contextmanager
def killed_at(change: float) -> Iterator[list[str]]:
    """Yields what changed in a folder's names; the change of a number, and all later ones, fail."""
    done: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in CHANGES:

            def changed(original: Callable[..., object], *arguments: Any, **named: Any) -> object:
                if len(done) >= change:
                    raise Killed
                done.append(str(arguments))
                return original(*arguments, **named)

            patch.setattr(os, name, functools.partial(changed, getattr(os, name)))
        yield done


@pytest.fixture(scope="module")
def without_a_group(
    grouped: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, int]:
    """A damaged warehouse, the same repaired, and the number of changes that this took."""
    root = tmp_path_factory.mktemp("groups") / "damaged"
    shutil.copytree(grouped, root)
    shutil.rmtree(root / "data")
    paragraphs = sorted((root / "files" / "paragraphs").glob("*.parquet"), key=os.path.getsize)
    flip_at(paragraphs[-1], paragraphs[-1].stat().st_size // 2)
    paragraphs[0].unlink()
    after = root.with_name("repaired")
    shutil.copytree(root, after)
    with killed_at(math.inf) as changes:
        assert not repaired(after, without_damaged=True).lost
    return root, after, len(changes)


@pytest.mark.slow
@settings(max_examples=6)
@given(
    parts=st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=3),
    manifests=st.sampled_from(["whole", "all manifests deleted"]),
    lost_first=st.booleans(),
)
def test_a_killed_repair_is_made_again(
    parts: list[float],
    manifests: str,
    lost_first: bool,
    without_a_group: tuple[Path, Path, int],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Killed once or more, before or after the manifests are lost: the same rows in the end."""
    at_first, after, changes = without_a_group
    root = tmp_path_factory.mktemp("killed") / "warehouse"
    shutil.copytree(at_first, root)
    if lost_first:
        damaged(root, {manifests} & DAMAGES.keys())
    left = dict(tree(root))
    for part in parts:
        with killed_at(int(part * changes)), contextlib.suppress(Killed):
            repaired(root, without_damaged=True)
    if not lost_first:
        damaged(root, {manifests} & DAMAGES.keys())
    assert not repaired(root, without_damaged=True).lost
    nothing_is_gone(root, left, "files inputs")
    assert tables(root) == tables(after)
    assert verify(str(root), SCHEMA).ok
    assert not repaired(root, without_damaged=True).done
    commit_merging(root, FAN_IN + 2)
    assert verify(str(root), SCHEMA).ok
    nothing_is_gone(root, left, "files inputs")


def test_rows_of_other_row_groups_stay(grouped: Path, tmp_path: Path) -> None:
    """A flipped bit costs the articles of its row group, whatever the size of the file."""
    root = tmp_path / "warehouse"
    shutil.copytree(grouped, root)
    before = articles_of(root)
    largest = max((root / "files" / "paragraphs").glob("*.parquet"), key=os.path.getsize)
    with pq.ParquetFile(largest) as file:
        assert file.num_row_groups > 3
        column = file.metadata.row_group(1).column(0)
        hit = file.read_row_group(1, columns=["article_id"])["article_id"].unique().to_pylist()
    flip_at(largest, column.data_page_offset + column.total_compressed_size - 2)
    [problem] = [text for text in verify(str(root), SCHEMA).problems if str(largest) in text]
    assert "--without-damaged" in problem
    assert not repaired(root, without_damaged=True).lost
    assert articles_of(root) == {key: rows for key, rows in before.items() if key not in hit}
    assert verify(str(root), SCHEMA).known  # of the run's counts, and of duplicates of these
    assert verify(str(root), SCHEMA).ok


def test_later_rows_may_name_what_a_repair_left_out_and_nothing_else(tmp_path: Path) -> None:
    """As an article does that joins a story whose first one is gone."""
    root = tmp_path / "warehouse"
    commit_run(root, 0)
    files = commit_run(root, 1).files
    [lost] = [file.path for file in files
              if file.table == "paragraphs" and f"{run_id(0)}-0@en" in file.path]  # fmt: skip
    shutil.rmtree(root / "data")
    (root / lost).unlink()
    assert not repaired(root, without_damaged=True).lost
    [left_out] = Warehouse(str(root)).latest().left_out
    assert query(root, f"FROM articles WHERE edition_of = '{left_out}'")
    assert not query(root, f"FROM articles WHERE article_id = '{left_out}'")
    for number, (story, is_right) in enumerate([(left_out, True), ("f" * 24, False)], start=2):
        rows = corpus_rows(number)
        for row in rows["articles"]:
            row["story_id"] = story
        commit_rows(root, rows, number, run_row(number))
        assert Warehouse(str(root)).latest().left_out == (left_out,)
        assert verify(str(root), SCHEMA).ok == is_right


def test_lost_rows_of_runs_are_written_again(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    for number in range(3):
        manifest = commit_run(root, number)
    columns = "run_id, articles, paragraphs, removed_lines, paragraph_links, rejects"
    before = query(root, f"SELECT {columns} FROM runs ORDER BY 1")
    [path] = [file.path for file in manifest.files if run_id(1) in file.path and
              file.table == "runs"]  # fmt: skip
    shutil.rmtree(root / "data")
    (root / path).unlink()
    assert not repaired(root, without_damaged=True).lost
    assert query(root, f"SELECT {columns} FROM runs ORDER BY 1") == before
    assert query(root, "SELECT run_id FROM runs WHERE settings IS NULL") == [(run_id(1),)]
    assert verify(str(root), SCHEMA).ok
    commit_run(root, 3)
    assert verify(str(root), SCHEMA).ok


def test_runs_whose_rows_are_lost_are_known_by_other_rows(merged: Path, tmp_path: Path) -> None:
    """Files that were merged away are of committed runs, though no manifest says so any more."""
    root = tmp_path / "warehouse"
    shutil.copytree(merged, root)
    before = articles_of(root)
    shutil.rmtree(root / "data")
    for file in Warehouse(str(root)).latest().files:
        if file.table == "runs":
            os.truncate(root / file.path, 100)
    damaged(root, {"all manifests deleted"})
    assert not repaired(root, without_damaged=True).lost
    assert articles_of(root) == before
    assert verify(str(root), SCHEMA).ok


@pytest.mark.slow
@pytest.mark.parametrize("table", [*OF_ARTICLES, "paragraph_links", "runs"])
def test_the_dumps_bring_back_what_was_left_out(
    table: str, halves: Path, desk: Desk, tmp_path: Path
) -> None:
    root = tmp_path / "warehouse"
    shutil.copytree(halves / "both", root)
    before = articles_of(root)
    shutil.rmtree(root / "data")
    min((root / "files" / table).glob("*.parquet")).unlink()
    refused = desk.run(halves / "b.jsonl", root, "--again")
    assert refused.code == 1
    assert f"copydesk repair --warehouse {root}" in only_sentence(refused.err)
    assert desk.call("repair", "--warehouse", root).code == 1
    said = done(desk.call("repair", "--warehouse", root, "--without-damaged")).out
    assert (f"copydesk run --again --warehouse {root}" in said) == (table in OF_ARTICLES)
    assert not problems(root)
    done(desk.call("export", "--warehouse", root, "--to", tmp_path / "out"))
    for name in ("a", "b"):
        done(desk.run(halves / f"{name}.jsonl", root, "--again", "--max-rejects", "100"))
    assert articles_of(root).keys() == before.keys()
    assert query(root, "SELECT article_id, text FROM articles ORDER BY ALL") == query(
        halves / "both", "SELECT article_id, text FROM articles ORDER BY ALL"
    )
    assert not problems(root)


def test_nothing_is_guessed_while_a_file_may_be_restored(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    commit_run(root, 0)
    manifest = commit_run(root, 1)
    before = tables(root)
    path = next(root / file.path for file in manifest.files if f"{run_id(1)}-0@en" in file.path)
    content = path.read_bytes()
    os.truncate(path, 100)
    left = damaged(root, {"manifest deleted", "snapshot.json deleted"})
    found = repaired(root)
    assert found.lost[0].startswith(f"{path} cannot be read")
    assert not found.done
    assert {name: text for name, text in tree(root).items() if name != ".lock"} == {
        name: text for name, text in left.items() if name != ".lock"
    }
    path.write_bytes(content)
    assert not repaired(root).lost
    assert tables(root) == before


def test_a_run_without_its_list_of_dumps_is_named(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    commit_run(root, 0)
    [_, dumps] = commit_run(root, 1).input_files
    before = tables(root)
    (root / dumps.path).unlink()
    damaged(root, {"manifest deleted", "snapshot.json deleted"})
    [lost] = repaired(root).lost
    assert f"The list of the 7 dumps of run {run_id(1)} is lost" in lost
    assert tables(root) == before
    assert [taken.path for taken in Warehouse(str(root)).latest().inputs] == ["dumps/0"]
    assert not verify(str(root), SCHEMA).problems


def test_rows_come_back_from_their_links(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    commit_run(root, 0)
    before = tables(root)
    remove_all(root, "files")
    assert all("comes back from its link" in sentence for sentence in repaired(root).done)
    assert tables(root) == before
    assert not verify(str(root), SCHEMA).problems


def test_what_is_no_warehouse_is_left_alone(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "news.duckdb").write_text("a database of my own")
    for folder in ("none", "mine"):
        for command in ("repair", "reindex"):
            refused = desk.call(command, "--warehouse", tmp_path / folder)
            assert refused.code == 1
            assert str(tmp_path / folder) in only_sentence(refused.err)
    assert list(tree(tmp_path)) == ["mine/news.duckdb"]
    assert not (tmp_path / "none").exists()


def test_repair_and_verify_agree_on_a_folder_without_a_snapshot(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with Warehouse(str(tmp_path / "opened")).open_for_writing(SCHEMA):
        pass
    for folder in ("none", "empty", "opened"):
        for command in ("verify", "repair", "files", "catalog"):
            refused = desk.call(command, "--warehouse", tmp_path / folder)
            assert refused.code == 1, (folder, command)
            assert f"nothing was ever committed to {tmp_path / folder}" in refused.err


@pytest.mark.slow
def test_the_command_repairs_a_run_of_the_seeds(
    seed_run: SeedRun, desk: Desk, tmp_path: Path
) -> None:
    root = tmp_path / "warehouse"
    shutil.copytree(seed_run.warehouse, root)
    before, index = rows(root), index_rows(root)
    assert "needs repair" in done(desk.call("repair", "--warehouse", root)).out
    damaged(root, {"all manifests deleted", "snapshot.json deleted", "index deleted"})
    refused = desk.run(REPOSITORY / "seeds", root)
    assert refused.code == 1
    assert f"copydesk repair --warehouse {root}" in only_sentence(refused.err)
    left = dict(tree(root))
    planned = done(desk.call("repair", "--dry-run", "--warehouse", root)).out
    assert planned.startswith("A repair would do this:\n")
    assert {name: text for name, text in tree(root).items() if name != ".lock"} == {
        name: text for name, text in left.items() if name != ".lock"
    }
    printed = done(desk.call("repair", "--warehouse", root, "--processes", "1")).out
    assert planned.partition("\n")[2] in printed
    assert rows(root) == before
    assert index_rows(root) == index
    assert not problems(root)
    assert "Nothing is new" in done(desk.run(REPOSITORY / "seeds", root)).out


@pytest.mark.slow
@pytest.mark.parametrize("damages", [{"all manifests deleted"}, {"all manifests deleted",
                         "snapshot.json deleted", "catalog deleted", "data removed"}])  # fmt: skip
def test_a_killed_run_of_the_command_is_not_shown(
    damages: set[str], halves: Path, desk: Desk, tmp_path: Path
) -> None:
    root = tmp_path / "warehouse"
    shutil.copytree(halves / "first", root)
    killed = desk.run(halves / "b.jsonl", root, kill_at="the manifest lies under a temporary name")
    assert killed.code < 0
    damaged(root, damages)
    assert not repaired(root).lost
    assert rows(root) == rows(halves / "first")
    done(desk.run(halves / "b.jsonl", root))
    assert rows(root) == rows(halves / "both")
    assert not problems(root)


def test_a_file_that_may_not_be_read_is_not_taken_for_a_damaged_one(tmp_path: Path) -> None:
    commit_run(tmp_path, 0)
    before = dict(tree(tmp_path))
    closed = next(tmp_path.glob("files/articles/*.parquet"))
    opened = f"{closed} cannot be opened (Permission denied), which says nothing of what it holds"
    remedy = "Give this user permission to read it"

    def command(*arguments: str) -> Finished:
        line = [sys.executable, "-m", "pipeline", *arguments, "--warehouse", str(tmp_path)]
        return run_command(bound_by_permissions(line))

    closed.chmod(0)
    try:
        for given in (["verify"], ["repair", "--without-damaged"], ["repair", "--dry-run"]):
            told = command(*given)
            assert told.code == 1, told
            assert f"{opened}. {remedy}" in told.err + told.out, told
        shown = command("shell", "-c", "FROM articles")
        assert shown.code != 0, shown
    finally:
        closed.chmod(0o644)
    assert dict(tree(tmp_path)) == before
    assert verify(str(tmp_path), SCHEMA).ok
