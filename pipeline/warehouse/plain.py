"""``data/``: the files of the newest snapshot alone, for readers that know Parquet but no manifest.

``data/<table>/`` holds a link to each file of one table, and no other Parquet file: a glob, pandas,
Arrow, Polars or Spark finds each row once. The tree is built beside its place and exchanged with
the one before in one step, so a listing of a table is of one snapshot. Files that a commit replaced
are no longer in it; a reader that listed them before and opens them afterwards gets an error, never
other rows. Paths in ``files/``, which the catalog and ``copydesk files`` name, stay for a day.
"""

import contextlib
import ctypes
import dataclasses
import errno
import filecmp
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence

import orjson

from pipeline import storage
from pipeline.warehouse.manifest import DATA, FILES, DataFile, Manifest
from pipeline.warehouse.writer import FILE_NAME, file_path, split_path

STATE_NAME = "_snapshot.json"
"""File in ``data`` that says which manifest it shows. Readers skip names with an underscore."""

OLD_DATA = re.compile(rf"\.{DATA}\.[0-9a-f]+\.(?:tmp|previous)")
"""Names of trees that are being built, or were exchanged."""

_NO_HARD_LINK = {errno.EPERM, errno.EACCES, errno.EMLINK, errno.EXDEV, errno.ENOTSUP, errno.ENOSYS}
"""Errors after which a file gets a symbolic link: the file system has no hard links, or Linux
refuses them for the files of another user (``fs.protected_hardlinks``)."""

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
"""Constants of Linux's renameat2."""


def stored_path(path: str) -> str:
    """Returns the path in ``files`` of a file in ``data``, both relative to the warehouse's folder.

    A warehouse of version 1 has a folder ``language=<xx>`` between table and file.
    """
    folder, shard, language = split_path(path)
    table, _, partition = folder.removeprefix(f"{DATA}/").partition("/")
    return file_path(f"{FILES}/{table}", shard, language or partition.removeprefix("language="))


def has_data(root: str) -> bool:
    """Returns False for a warehouse on object storage: nothing there has two names."""
    return not storage.is_remote(root)


def build_data(manifest: Manifest) -> str:
    """Builds the tree of a manifest under a temporary name; returns its path.

    It is empty where there is no ``data``.

    Raises:
      OSError: a file of the manifest is missing, or a link cannot be made.
    """
    if not has_data(manifest.root):
        return ""
    built = storage.inside(manifest.root, f".{DATA}.{secrets.token_hex(4)}.tmp")
    try:
        for table in {file.table for file in manifest.files}:
            storage.make_folder(f"{built}/{table}")
        for file in manifest.files:
            below = file.path.removeprefix(f"{FILES}/")
            _link(storage.inside(manifest.root, file.path), f"{built}/{below}")
        with storage.open_local(f"{built}/{STATE_NAME}", "wb") as state:
            state.write(orjson.dumps({"manifest": manifest.number, "run_id": manifest.run_id}))
    except BaseException:
        discard_data(built)
        raise
    return built


def _link(file: str, link: str) -> None:
    try:
        storage.link(file, link)
    except OSError as error:
        if error.errno not in _NO_HARD_LINK:
            raise
        storage.link_symbolically(os.path.relpath(file, os.path.dirname(link)), link)


def second_name(file: str, path: str) -> None:
    """Gives a file another name, or copies it where there are no hard links; creates its folder.

    Raises:
      OSError: the file is missing, or cannot be copied.
    """
    storage.make_folder(os.path.dirname(path))
    try:
        storage.link(file, path)
    except OSError as error:
        if error.errno not in _NO_HARD_LINK:
            raise
        temporary = f"{path}.{secrets.token_hex(4)}.tmp"  # the next writer removes it
        with storage.open_local(file) as source, storage.open_local(temporary, "wb") as copy:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
        storage.rename(temporary, path)


def name_in_files(root: str, files: Sequence[DataFile]) -> list[DataFile]:
    """Gives files of rows of version 1 their names in ``files`` besides; returns all files."""
    named = []
    for file in files:
        path = stored_path(file.path) if file.path.startswith(f"{DATA}/") else file.path
        full = storage.inside(root, path)
        if storage.status(full) is None:
            second_name(storage.inside(root, file.path), full)
        named.append(dataclasses.replace(file, path=path))
    return named


def discard_data(built: str) -> None:
    """Removes a tree from ``build_data`` that is not to be shown."""
    if built:
        storage.remove_tree(built)  # if that fails, the next writer tries again


def data_state(root: str) -> tuple[int, str] | None:
    """Returns number and run of the manifest that ``data`` shows; ``None`` if it says none."""
    if not has_data(root):
        return None
    try:
        with storage.open_local(storage.inside(root, f"{DATA}/{STATE_NAME}")) as state:
            record = orjson.loads(state.read())
            number, run_id = record["manifest"], record["run_id"]
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return (number, run_id) if isinstance(number, int) and isinstance(run_id, str) else None


def shows_data(manifest: Manifest) -> bool:
    """Returns False if ``data`` does not show a manifest, though it should."""
    state = manifest.number, manifest.run_id
    return not has_data(manifest.root) or data_state(manifest.root) == state


def data_problem(manifest: Manifest, rebuild: str) -> str:
    """Returns a sentence if ``data`` does not show a manifest, or the empty string.

    Args:
      manifest: the newest; its files are there.
      rebuild: sentence with the command that rebuilds ``data``.
    """
    if not has_data(manifest.root):
        return ""
    data = os.path.join(manifest.root, DATA)
    state = data_state(manifest.root)
    if state != (manifest.number, manifest.run_id):
        shown = f"shows manifest {state[0]}" if state else "shows no manifest"
        return f"{data} {shown}; the newest is {manifest.number}. {rebuild}"
    links = {
        os.path.join(data, file.path.removeprefix(f"{FILES}/")): os.path.join(
            manifest.root, file.path
        )
        for file in manifest.files
    }
    for link, file in links.items():
        if not os.path.exists(link):
            return f"{link} is not there; it should be a link to {file}. {rebuild}"
        # In a copied warehouse it may be a copy.
        if not (os.path.samefile(link, file) or filecmp.cmp(link, file, shallow=False)):
            return f"{link} differs from {file}, to which it should be a link. {rebuild}"
    folders = {os.path.dirname(link) for link in links}
    for below in _below(storage.inside(manifest.root, DATA)):
        path = os.path.join(data, below)
        if path.endswith(".parquet") and path not in links and os.path.dirname(path) in folders:
            return f"{path} is no file of the newest snapshot. Move it out of the table's folder."
    return ""


def swap_data(built: str) -> None:
    """Replaces ``data`` by a tree from ``build_data``; what others put into it moves along.

    The tree before is kept, hidden, until the next writer comes: whoever is listing it can go on.

    Raises:
      OSError: a folder cannot be renamed.
    """
    if not built:
        return
    root = os.path.dirname(built)
    data, previous = f"{root}/{DATA}", f"{root}/.{DATA}.{secrets.token_hex(4)}.previous"
    if _exchange(built, data):
        storage.rename(built, previous)
    else:
        with contextlib.suppress(FileNotFoundError):
            storage.rename(data, previous)
        storage.rename(built, data)
    _move_foreign(previous, data)


def remove_old_data(root: str) -> None:
    """Removes the trees that were exchanged, and those of killed writers.

    What others put into them moves to ``data``. Every file of the newest manifest must be in
    ``files``: that of a lost one may be its last copy.

    Args:
      root: the warehouse's folder.

    Raises:
      OSError: a folder cannot be changed.
    """
    if not has_data(root):
        return
    for name in filter(OLD_DATA.fullmatch, storage.names(storage.inside(root, ""))):
        old = storage.inside(root, name)
        _move_foreign(old, storage.inside(root, DATA))
        storage.remove_tree(old)


def _exchange(one: str, other: str) -> bool:
    """Exchanges two names in one step; returns False where one is missing or that is impossible."""
    try:
        renameat2 = ctypes.CDLL(None).renameat2  # Linux; Python has no call for it
    except AttributeError:
        return False
    names = os.fsencode(one), os.fsencode(other)
    return bool(renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)


def _move_foreign(old: str, data: str) -> None:
    """Moves what copydesk did not put into a tree to the same place in another."""
    for path in list(_below(old)):
        folder, name = os.path.split(path)
        if name == STATE_NAME or FILE_NAME.fullmatch(name):
            continue
        storage.make_folder(f"{data}/{folder}")
        taken = storage.names(f"{data}/{folder}")
        while name in taken:
            name += ".old"
        storage.rename(f"{old}/{path}", f"{data}/{folder}/{name}")


def _below(folder: str) -> Iterator[str]:
    """Yields the paths of all files below a folder, relative to it; links, which are not followed,
    among them.
    """
    for below, _, files, links in storage.walk(folder):
        for name in (*files, *links):
            yield os.path.normpath(os.path.join(below, name))
