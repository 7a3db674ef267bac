"""Local paths and URLs, by the same calls."""

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from apache_beam.io.localfilesystem import LocalFileSystem

from pipeline import storage


class CellarFileSystem(LocalFileSystem):
    """A file system of Beam with URLs: a folder of this machine."""

    folder = ""

    @classmethod
    def scheme(cls) -> str:
        return "cellar"

    def _path(self, url: str) -> str:
        return os.path.join(self.folder, url.removeprefix("cellar://"))

    def create(self, path: str, *options: Any, **more: Any) -> Any:
        return super().create(self._path(path), *options, **more)

    def open(self, path: str, *options: Any, **more: Any) -> Any:
        return super().open(self._path(path), *options, **more)

    def exists(self, path: str) -> bool:
        return super().exists(self._path(path))

    def rename(self, sources: Sequence[str], targets: Sequence[str]) -> None:
        super().rename([*map(self._path, sources)], [*map(self._path, targets)])

    def delete(self, paths: Sequence[str]) -> None:
        for path in paths:
            os.unlink(self._path(path))

    def match(self, patterns: Sequence[str], limits: Any = None) -> Any:
        results = super().match([*map(self._path, patterns)], limits)
        for result in results:
            for file in result.metadata_list:
                file.path = f"cellar://{os.path.relpath(file.path, self.folder)}"
        return results


@pytest.fixture(params=["local", "remote"])
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(CellarFileSystem, "folder", str(tmp_path))
    return str(tmp_path) if request.param == "local" else "cellar://store"


def write(path: str, content: bytes) -> None:
    with storage.open_output(path) as file:
        file.write(content)


def read(path: str) -> bytes:
    with storage.open_input(path) as file:
        return bytes(file.read())


def test_files_come_back_as_written_whatever_their_name(root: str) -> None:
    storage.make_folder(root)
    for name in ("a/b/plain", "a/b/not really.gz"):
        write(f"{root}/{name}", b"12345")
        assert read(f"{root}/{name}") == b"12345"
    with storage.open_input(f"{root}/a/b/plain") as file:
        file.seek(3)
        assert bytes(file.read(1)) == b"4"


def test_a_tree_is_removed_and_no_other(root: str) -> None:
    for name in ("tree/one", "tree/deep/two", "tree too/three"):
        write(f"{root}/{name}", b"x")
    assert storage.remove_tree(f"{root}/tree")
    with pytest.raises(OSError, match="tree"):
        read(f"{root}/tree/one")
    assert read(f"{root}/tree too/three") == b"x"
    assert storage.remove_tree(f"{root}/tree")


def test_a_scheme_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        storage.make_folder("nowhere://folder")
    assert not storage.remove_tree("nowhere://folder")


@pytest.mark.parametrize(
    ("path", "remote"),
    [("gs://bucket/a", True), ("s3a+x://b", True), (" hdfs://c", True), ("/a/b", False),
     ("a://", True), ("folder/http://x", False), ("C:/x", False), ("", False)],
)  # fmt: skip
def test_what_is_a_url(path: str, remote: bool) -> None:
    assert storage.is_remote(path) is remote


def test_what_cannot_be_written_has_a_sentence_wherever_it_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    error = OSError(errno.ENOENT, "No such file or directory")
    for path in ("gone", "gone/file", str(tmp_path / "gone" / "file")):
        assert f"check the disk of {tmp_path}" in storage.not_written(path, error)
    assert "/proc shows the state of the system" in storage.not_written("/proc/x/y", error)
    # Working folders are gone when the sentence is read, so it names what has the disk.
    told = storage.not_written("gone", OSError(errno.ENOSPC, "No space left on device"))
    assert os.path.ismount(told.partition("the disk of ")[2].partition(", which has")[0])
