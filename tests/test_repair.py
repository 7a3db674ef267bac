"""``copydesk repair``: readers see what they saw before the damage, and nothing is deleted."""

import contextlib
import os
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.reindex import build_index
from pipeline.warehouse import DataFile, Manifest, Warehouse, WarehouseError
from pipeline.warehouse.repair import Repair, repair
from pipeline.warehouse.verify import verify
from tests.test_compaction import FAN_IN, commit_merging, fan_in, tables
from tests.warehouse_rows import SCHEMA, tree

__all__ = ["fan_in"]


def build(manifest: Manifest, run: str) -> list[DataFile]:
    """Rebuilds the index in this process."""
    return build_index(manifest, run, 0, 1 << 30)


def repaired(root: Path, dry_run: bool = False) -> Repair:
    return repair(str(root), SCHEMA, build, dry_run)


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


def nothing_is_gone(root: Path, before: dict[str, bytes]) -> None:
    """Checks that every file of rows, manifest or list is there still, perhaps set aside."""
    kept = set(tree(root).values())
    for path, content in before.items():
        if path.split("/")[0] in ("files", "manifests", "inputs", "index"):
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
    assert not verify(str(root), SCHEMA).problems
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
