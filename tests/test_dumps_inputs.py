"""From inputs to dumps."""

import contextlib
import glob
import gzip
import hashlib
import io
import os
import pathlib
import socket
import stat
import sys
from collections.abc import Iterator
from typing import ClassVar

import hypothesis
import pytest
from apache_beam.io.filesystem import BeamIOError, FileMetadata, FileSystem
from hypothesis import strategies

from pipeline.dumps import DumpOptions, DumpRange, read_range, split_dump
from pipeline.dumps.inputs import FoundDump, InputError, content_hash, find_dumps, is_dump_name
from pipeline.rejects import Reject
from pipeline.warehouse import is_part
from tests.conftest import bound_by_permissions, run_command
from tests.dump_reading import articles, read


class CupboardFileSystem(FileSystem):
    """A file system of Beam's with a scheme of its own: objects by name, no folders."""

    objects: ClassVar[dict[str, bytes]] = {}

    @classmethod
    def scheme(cls) -> str:
        return "cupboard"

    def join(self, basepath: str, *paths: str) -> str:
        return "/".join((basepath.rstrip("/"), *paths))

    def split(self, path: str) -> tuple[str, str]:
        head, _, tail = path.rpartition("/")
        return head, tail

    def has_dirs(self) -> bool:
        return False

    def _list(self, dir_or_prefix: str) -> Iterator[FileMetadata]:
        for path, content in self.objects.items():
            if path.startswith(dir_or_prefix):
                yield FileMetadata(path, len(content))

    def open(self, path: str, mime_type: str = "", compression_type: object = None) -> io.BytesIO:
        if path not in self.objects:
            raise BeamIOError(f"no object {path}")
        return io.BytesIO(self.objects[path])

    def exists(self, path: str) -> bool:
        return path in self.objects

    def metadata(self, path: str) -> FileMetadata:
        return FileMetadata(path, len(self.objects[path]))

    def mkdirs(self, path: str) -> None:
        raise BeamIOError(f"{path} cannot be written: the objects are only read")

    create = copy = rename = size = last_updated = checksum = delete = mkdirs


def tree(folder: pathlib.Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def test_a_folder_gives_its_dumps_sorted_and_nothing_else(tmp_path: pathlib.Path) -> None:
    tree(
        tmp_path,
        "b.txt", "a.jsonl.gz", "deep/er/c", "README.md", "readme", "License.txt", ".hidden",
        ".git/config", "_SUCCESS", "__MACOSX/x.txt", "a.jsonl.gz.md5", "SHA256SUMS", "readme_first",
        "line\nbreak.txt",
    )  # fmt: skip
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty.txt").touch()
    found = find_dumps([str(tmp_path)])
    names = [os.path.relpath(dump.path, tmp_path) for dump in found]
    assert names == [
        "a.jsonl.gz", "b.txt", "deep/er/c", "empty.txt", "line\nbreak.txt", "readme_first",
    ]  # fmt: skip
    assert {dump.size for dump in found if dump.path.endswith("empty.txt")} == {0}


def test_a_named_file_is_taken_whatever_its_name(tmp_path: pathlib.Path) -> None:
    tree(tmp_path, "README.md", "brackets[1].txt")
    for name in ("README.md", "brackets[1].txt"):
        assert [dump.path for dump in find_dumps([str(tmp_path / name)])] == [str(tmp_path / name)]


def test_a_glob_skips_what_a_folder_skips(tmp_path: pathlib.Path) -> None:
    tree(tmp_path, "README.md", "a.txt", "x/b.txt", "x/y/c.txt")
    assert len(find_dumps([str(tmp_path / "*")])) == 3
    found = find_dumps([str(tmp_path / "**" / "*.txt")])
    assert [os.path.basename(dump.path) for dump in found] == ["a.txt", "b.txt", "c.txt"]


@pytest.mark.parametrize("home", ["", "filed/"])
def test_a_warehouse_among_the_dumps_is_none_of_them(
    home: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(
        tmp_path, "a.txt", "x/b.txt", "x/data/c.txt", f"{home}.lock", f"{home}news.duckdb",
        f"{home}manifests/1.json", f"{home}data/articles/1.parquet", f"{home}staging/1/shard.arrow",
        f"{home}index/keys/1.parquet", f"{home}inputs/1.parquet",
    )  # fmt: skip
    monkeypatch.chdir(tmp_path)
    for given in (".", str(tmp_path), "**", str(tmp_path / "**" / "*"), "*"):
        found = find_dumps([given], is_part)
        assert [os.path.basename(dump.path) for dump in found] == ["a.txt", "b.txt", "c.txt"], given
    for given in (f"{home}data", f"{home}data/*", f"{home}data/articles/1.parquet"):
        with pytest.raises(InputError, match=r"in a warehouse.*copydesk export"):
            find_dumps([given], is_part)
    assert len(find_dumps(["."])) > 3


def test_relative_paths_stay_as_given(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(tmp_path, "dumps/a.txt")
    monkeypatch.chdir(tmp_path)
    assert find_dumps(["dumps"])[0].path == os.path.join("dumps", "a.txt")


def test_one_file_under_many_names_is_one_dump(tmp_path: pathlib.Path) -> None:
    tree(tmp_path, "a.txt", "b.txt")
    (tmp_path / "link.txt").symlink_to("a.txt")
    (tmp_path / "loop").symlink_to(".")
    inputs = [str(tmp_path), str(tmp_path / "a.txt"), str(tmp_path / "*.txt")]
    for order in (inputs, inputs[::-1]):
        found = find_dumps(order)
        assert [os.path.basename(dump.path) for dump in found] == ["a.txt", "b.txt"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("nothing.txt", "There is no"),
        ("no*.txt", "matches no dump"),
        ("hollow", "holds no dumps"),
        ("", "is empty"),
        ("pipe", "it is a pipe, not a file"),
        ("broken", "No such file"),
        ("xyz://bucket/a.txt", "cannot be listed"),
    ],
)
def test_an_input_without_dumps_is_an_error_with_a_remedy(
    given: str, says: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(tmp_path, "hollow/README.md")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "broken").symlink_to("nowhere")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=says) as caught:
        find_dumps([given])
    assert str(caught.value).endswith((".", ")"))
    with pytest.raises(InputError, match="--input"):
        find_dumps([])


@contextlib.contextmanager
def unreadable_things(folder: pathlib.Path) -> Iterator[dict[str, str]]:
    """Puts beside the dumps of a folder what cannot be read; name to what its reject says."""
    (folder / "gone.txt").symlink_to("nowhere")
    (folder / "circle.txt").symlink_to("circle.txt")
    os.mkfifo(folder / "pipe.txt")
    (folder / "null.txt").symlink_to(os.devnull)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket.txt"))
        yield {
            "circle.txt": "Too many levels of symbolic links",
            "gone.txt": "The link points nowhere",
            "null.txt": "it is a device",
            "pipe.txt": "it is a pipe",
            "socket.txt": "it is a socket",
        }


def test_what_cannot_be_read_is_a_reject_and_stops_nothing(tmp_path: pathlib.Path) -> None:
    tree(tmp_path, "a.txt", "x/b.txt")
    with unreadable_things(tmp_path) as problems:
        for inputs in ([str(tmp_path)], [str(tmp_path / "**")], [*map(str, tmp_path.iterdir())]):
            found = find_dumps(inputs)
            names = [os.path.relpath(dump.path, tmp_path) for dump in found]
            assert names == sorted(["a.txt", "x/b.txt", *problems])
            assert {os.path.basename(dump.path) for dump in found if dump.problem} == {*problems}
        for name, says in problems.items():
            with pytest.raises(OSError, match=os.path.basename(name)):
                content_hash(str(tmp_path / name))
            [reject] = read(str(tmp_path / name))
            assert (reject.reason, reject.record_index) == ("unreadable", None)
            assert says in reject.detail


def test_a_folder_that_cannot_be_listed_is_a_reject(tmp_path: pathlib.Path) -> None:
    tree(tmp_path, "a.txt", "closed/b.txt", "half/c.txt")
    code = (
        "import sys\n"
        "from pipeline.dumps import DumpOptions, DumpRange, read_range\n"
        "from pipeline.dumps.inputs import find_dumps\n"
        "for dump in find_dumps(sys.argv[1:]):\n"
        "    for item in read_range(DumpRange(dump.path), DumpOptions()):\n"
        "        print(dump.path, getattr(item, 'detail', ''))\n"
    )
    command = bound_by_permissions([sys.executable, "-c", code])
    try:
        (tmp_path / "closed").chmod(0)
        (tmp_path / "half").chmod(stat.S_IRUSR)  # its names can be read, not its files
        outputs = [
            run_command([*command, str(tmp_path / pattern)]) for pattern in ("", "**", "**/*.txt")
        ]
    finally:
        for name in ("closed", "half"):
            (tmp_path / name).chmod(stat.S_IRWXU)
    folder = "The folder cannot be listed; give the user who runs copydesk permission to"
    file = "The dump may not be read; give the user who runs copydesk read permission."
    for done in outputs:
        assert done.code == 0, done.err
        assert done.out.splitlines() == [
            f"{tmp_path}/a.txt ",
            f"{tmp_path}/closed {folder} read and search it.",
            f"{tmp_path}/half/c.txt {file}",
        ]


def test_links_in_circles_end_in_a_pattern(tmp_path: pathlib.Path) -> None:
    tree(tmp_path, "a.txt", "x/y/b.txt", "z/c.txt")
    for folder in (tmp_path, tmp_path / "x", tmp_path / "x" / "y"):
        (folder / "up").symlink_to(tmp_path)
        (folder / "here").symlink_to(".")
        (folder / "beside").symlink_to(tmp_path / "z")
    for pattern in ("**/*.txt", "**/here/**/*.txt", "*/**/up/**/[ab].txt"):
        found = {os.path.realpath(dump.path) for dump in find_dumps([str(tmp_path / pattern)])}
        assert {f"{tmp_path}/a.txt", f"{tmp_path}/x/y/b.txt"} <= found, pattern


@hypothesis.given(data=strategies.data())
def test_patterns_match_what_glob_matches(
    data: strategies.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    name = strategies.text("ab.", min_size=1, max_size=2).filter(lambda text: text.strip("."))
    path = strategies.lists(name, min_size=1, max_size=3).map("/".join)
    for file in data.draw(strategies.lists(path, max_size=6)):
        with contextlib.suppress(FileExistsError, NotADirectoryError, IsADirectoryError):
            tree(folder, file)
    part = strategies.sampled_from(["a", "b", "*", "**", "?", "[ab]*", ".*", "a*", "*.b"])
    pattern = "/".join(data.draw(strategies.lists(part, min_size=1, max_size=4)))
    expected = {
        os.path.normpath(path)
        for path in glob.glob(f"{folder}/{pattern}", recursive=True)
        if os.path.isfile(path) and is_dump_name(os.path.basename(path))
    }
    try:
        found = {dump.path for dump in find_dumps([f"{folder}/{pattern}"])}
    except InputError:
        found = set()
    # A folder that matches gives all its dumps.
    assert expected <= found


def test_a_dump_that_changes_while_it_is_read_is_said_to(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a.jsonl"
    record = b'{"text": "body", "title": "head"}\n'
    path.write_bytes(record * 100_000)
    ranges = split_dump(DumpRange(str(path)), DumpOptions(), 1 << 20)
    assert len(ranges) > 2
    calm = [item for part in ranges for item in read_range(part, DumpOptions())]
    assert not any(isinstance(item, Reject) for item in calm)
    items = read_range(ranges[0], DumpOptions())
    next(items)
    with open(path, "ab") as file:
        file.write(record)
    assert list(items)[-1].reason == "changed"
    assert [list(read_range(part, DumpOptions()))[-1].reason for part in ranges[1:]] == [
        "changed"
    ] * (len(ranges) - 1)


def test_other_file_systems_are_read_by_url(monkeypatch: pytest.MonkeyPatch) -> None:
    record = b'{"text": "body", "title": "head"}\n'
    objects = {
        "cupboard://shelf/news/a.jsonl": record * 2,
        "cupboard://shelf/news/b.jsonl.gz": gzip.compress(record),
        "cupboard://shelf/news/_SUCCESS": b"",
        "cupboard://shelf/news/.tmp/c.jsonl": record,
        "cupboard://shelf/news/README.md": b"about",
        "cupboard://shelf/other.txt": b"other",
    }
    monkeypatch.setattr(CupboardFileSystem, "objects", objects)
    names = ["cupboard://shelf/news/a.jsonl", "cupboard://shelf/news/b.jsonl.gz"]
    for given in ("cupboard://shelf/news", "cupboard://shelf/news/", "cupboard://shelf/news/*"):
        assert [dump.path for dump in find_dumps([given])] == names
    assert find_dumps(["cupboard://shelf/*/b*"]) == [FoundDump(names[1], len(objects[names[1]]))]
    assert [dump.path for dump in find_dumps(["cupboard://shelf/news/README.md"])] == [
        "cupboard://shelf/news/README.md"
    ]
    assert [article["source_file"] for article in articles(read(names[1]))] == [names[1]]
    assert content_hash(names[0]) == hashlib.blake2b(record * 2, digest_size=16).hexdigest()
    with pytest.raises(InputError, match="matches nothing"):
        find_dumps(["cupboard://shelf/nothing"])


def test_content_hash_is_of_the_raw_bytes(tmp_path: pathlib.Path) -> None:
    content = os.urandom(3_000_000)
    path = tmp_path / "a.gz"
    path.write_bytes(content)
    assert content_hash(str(path)) == hashlib.blake2b(content, digest_size=16).hexdigest()


@pytest.mark.parametrize(
    ("name", "dump"),
    [("a.txt", True), ("readme", False), ("README.de.md", False), ("readme2.txt", True),
     ("Manifest.json", False), ("manifesto.txt", True), ("x.sha256", False), ("_x", False),
     (".x", False), ("a\n.md5", False)],
)  # fmt: skip
def test_names_that_are_no_dumps(name: str, dump: bool) -> None:
    assert is_dump_name(name) is dump
