"""Symbolic links inside a warehouse: whatever is done, what they lead to stays as it is."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import storage
from pipeline.warehouse import Warehouse
from tests.conftest import copydesk
from tests.separate_runs import Desk, done, only_sentence, problems, rows, tree
from tests.warehouse_rows import SCHEMA, commit_run, query, run_id

EVERY = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "explore" else 4
"""One in so many paths below the top is tried with a run, one in six of these with all commands."""


def state(folder: Path) -> dict[str, tuple[int, int, bytes | None]]:
    """Returns path -> inode, time of the last change and content of all files and folders."""
    return {
        str(path.relative_to(folder.parent)): (
            path.stat().st_ino,
            path.stat().st_mtime_ns,
            path.read_bytes() if path.is_file() else None,
        )
        for path in (folder, *sorted(folder.rglob("*")))
    }


def replace_by_link(path: Path, canary: Path) -> None:
    """Moves a file or folder out of the warehouse, and leaves a link to it."""
    shutil.move(path, canary)
    path.symlink_to(canary)


@pytest.mark.slow
def test_every_file_and_folder_of_a_warehouse(halves, desk, tmp_path):
    """Each becomes a link; commands refuse, and what the link leads to is unharmed.

    The links in ``data`` to files of the snapshot are the exception: they may be symbolic, and are
    made again by every run; and the trees it has left are removed.
    """
    dump = tmp_path / "more.jsonl"
    dump.write_bytes((halves / "a.jsonl").read_bytes().splitlines(keepends=True)[0])
    root, whole, canary = (tmp_path / name for name in ("warehouse", "whole", "canary"))
    shutil.copytree(halves / "both", root)
    commit_run(root, 0)  # an old manifest more, of a run that brings no index
    root.rename(whole)
    place = ["--warehouse", str(root)]
    run = ["run", "--input", str(dump), *place]
    every = (run, *([name, *place] for name in ("verify", "reindex", "repair", "catalog")))
    paths = sorted(path.relative_to(whole) for path in whole.rglob("*"))
    assert {path.parts[0] for path in paths} >= {
        ".lock", "news.duckdb", "snapshot.json", "manifests", "staging", "index", "files", "data",
        "inputs",
    }  # fmt: skip
    for number, path in enumerate(paths):
        top = path.parts[0]
        remade = top.startswith(".data.") or (top == "data" and len(path.parts) == 3)
        if len(path.parts) > 1 and number % EVERY:
            continue
        chosen = EVERY == 1 or len(path.parts) == 1 or not number % (6 * EVERY)
        for command in every if chosen else [] if remade else [run]:
            shutil.copytree(whole, root, symlinks=True)
            replace_by_link(root / path, canary)
            before, rest = state(canary), tree(root)
            ended = desk.call(*command)
            assert state(canary) == before, (path, command)
            if not remade:
                assert ended.code == 1, (path, command)
                assert f"{root / path} is a symbolic link" in ended.out + ended.err, command
                assert "Put what it leads to in its place" in ended.out + ended.err
                assert "Traceback" not in ended.err
                assert (root / path).is_symlink(), (path, command)
                assert tree(root) == rest, (path, command)
            shutil.rmtree(root)
            shutil.rmtree(canary) if canary.is_dir() else canary.unlink()


@pytest.mark.parametrize("place", ["", "shards", "shards/0", "shards/0/a.arrow", "elsewhere"])
def test_what_a_killed_run_staged(place, tmp_path):
    """Links in it are removed as links; only a folder of its own that is one is refused."""
    commit_run(tmp_path / "warehouse", 0)
    staged = tmp_path / "warehouse/staging" / run_id(9)
    for name in ("shards/0/a.arrow", "elsewhere"):
        (staged / name).parent.mkdir(parents=True, exist_ok=True)
        (staged / name).write_text("x")
    (tmp_path / "canary").mkdir()
    canary = tmp_path / "canary" / "of mine"
    replace_by_link(staged / place, canary)
    before = state(canary)
    warehouse = Warehouse(str(tmp_path / "warehouse"))
    if place in ("", "elsewhere"):
        with (
            pytest.raises(storage.LinkError, match="is a symbolic link"),
            warehouse.open_for_writing(SCHEMA),
        ):
            pass
    else:
        commit_run(tmp_path / "warehouse", 1)
        assert not staged.exists()
    assert state(canary) == before


@pytest.mark.slow
def test_a_pipe_in_place_of_a_file_is_not_waited_for(desk, tmp_path):
    """Whoever opens one waits for its other end. In a bucket or an archive there may be any."""
    commit_run(tmp_path / "whole", 0)
    manifest = commit_run(tmp_path / "whole", 1)
    names = [file.path for file in (manifest.files[0], *manifest.input_files)]
    root = tmp_path / "warehouse"
    for name in ("manifests/1.json", "manifests/3.json", "snapshot.json", "watch.json", *names):
        for command in ("verify", "status", "repair", "catalog"):
            shutil.copytree(tmp_path / "whole", root)
            (root / name).unlink(missing_ok=True)
            os.mkfifo(root / name)
            ended = desk.call(command, "--warehouse", root)  # which has a limit of time
            assert "Traceback" not in ended.err, (name, command)
            if command == "verify" and name != "watch.json":
                assert str(root / name) in ended.out + ended.err, name
            shutil.rmtree(root)


def test_the_shell_opens_no_link(tmp_path):
    commit_run(tmp_path / "warehouse", 0)
    replace_by_link(tmp_path / "warehouse/news.duckdb", tmp_path / "canary")
    refused = copydesk("shell", "--warehouse", tmp_path / "warehouse", "-c", "FROM runs")
    assert refused.code == 1
    assert "news.duckdb is a symbolic link" in only_sentence(refused.err)


def test_the_folder_itself_may_be_a_link(tmp_path, desk: Desk, halves: Path):
    for name in ("disk/warehouse", "disk/staging"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    (tmp_path / "news").symlink_to(tmp_path / "link" / "warehouse")
    done(desk.run(halves / "a.jsonl", tmp_path / "news", "--staging", f"{tmp_path}/link/staging"))
    assert rows(tmp_path / "news") == rows(halves / "first")
    assert not problems(tmp_path / "news")
    assert not list((tmp_path / "disk/staging").iterdir())


def test_links_of_the_users_own_are_left_alone(tmp_path):
    commit_run(tmp_path / "warehouse", 0)
    (tmp_path / "mine.sql").write_text("x")
    (tmp_path / "warehouse/mine.sql").symlink_to(tmp_path / "mine.sql")
    (tmp_path / "warehouse/data/gone").symlink_to(tmp_path / "nothing")
    commit_run(tmp_path / "warehouse", 1)
    assert len(query(tmp_path / "warehouse", "FROM runs")) == 2
    assert (tmp_path / "warehouse/mine.sql").is_symlink()
    assert (tmp_path / "warehouse/data/gone").is_symlink()


OPERATIONS: dict[str, Callable[[str], object]] = {
    "open_input": storage.open_input,
    "open_output": storage.open_output,
    "open_local": lambda path: storage.open_local(path, "r+b"),
    "make_folder": lambda path: storage.make_folder(f"{path}/new"),
    "remove_tree": storage.remove_tree,
    "status": storage.status,
    "names": storage.names,
    "walk": lambda path: list(storage.walk(path)),
    "sync_folder": storage.sync_folder,
    "rename from": lambda path: storage.rename(f"{path}/x", f"{path}/y"),
    "link": lambda path: storage.link(f"{path}/x", f"{path}/y"),
    "remove": lambda path: storage.remove(f"{path}/x"),
    "remove_empty_folder": lambda path: storage.remove_empty_folder(f"{path}/empty"),
}


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_nothing_follows_a_link(operation, depth, marked, tmp_path):
    """Whatever is done at a/b/c, with a link at a, at a/b or at a/b/c."""
    target = tmp_path / "canary" / "a/b/c"
    (target / "empty").mkdir(parents=True)
    (target / "x").write_text("x")
    top = root = tmp_path / "top"
    root.mkdir()
    parts = ["a", "b", "c"][: depth + 1]
    for name in parts[:-1]:
        root = root / name
        root.mkdir()
    (root / parts[-1]).symlink_to(tmp_path / "canary" / "/".join(parts))
    before = state(tmp_path / "canary")
    inner = "a/b/c"
    path = storage.inside(str(top), inner) if marked else str(top / inner)
    with pytest.raises(storage.LinkError) as refused:
        OPERATIONS[operation](path)
    assert str(refused.value).startswith(f"{root}/{parts[-1]} is a symbolic link")
    assert state(tmp_path / "canary") == before


def test_a_link_to_a_file_or_to_nothing_is_neither_read_nor_written(tmp_path):
    (tmp_path / "canary").write_text("x")
    for target in ("canary", "nothing"):
        (tmp_path / "link").symlink_to(tmp_path / target)
        for operation in ("open_input", "open_output", "open_local", "status"):
            with pytest.raises(storage.LinkError, match="link is a symbolic link"):
                OPERATIONS[operation](storage.inside(str(tmp_path), "link"))
        storage.remove(storage.inside(str(tmp_path), "link"))
    assert (tmp_path / "canary").read_text() == "x"
    assert sorted(os.listdir(tmp_path)) == ["canary"]


def test_no_path_leads_out_of_its_folder(tmp_path):
    (tmp_path / "mine").write_text("x")
    (tmp_path / "root").mkdir()
    for path in ("../mine", "..", "a/../../mine"):
        with pytest.raises(OSError, match="leads out of its folder"):
            storage.open_local(storage.inside(str(tmp_path / "root"), path))
