"""Checks a whole warehouse against itself."""

import dataclasses
import os
import shlex
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import storage
from pipeline.errors import count
from pipeline.warehouse.catalog import open_snapshot
from pipeline.warehouse.commit import Warehouse
from pipeline.warehouse.manifest import (
    INDEX,
    INPUTS,
    WITHOUT_DAMAGED,
    DamagedError,
    DataFile,
    Manifest,
    UnreachableError,
    read_manifest,
    repair_command,
)
from pipeline.warehouse.orphans import check_orphans, find_orphans
from pipeline.warehouse.plain import data_problem
from pipeline.warehouse.schema import Schema
from pipeline.warehouse.snapshot import catalog_problem, shown, size_and_hash

ARTICLES_AT_ONCE = 100_000
"""Articles whose texts a check joins at once: 650 MB at 6.5 kB each."""


@dataclasses.dataclass(frozen=True)
class Verification:
    """The result of ``verify``.

    Attributes:
      number: number of the newest manifest; 0 before the first commit.
      rows: rows of each table.
      problems: one sentence for each.
      orphans: files no manifest names, relative to the warehouse's folder. They do no harm; the
        next writer removes them.
      known: one sentence for each thing that does not hold of the rows because a repair has left
        incomplete articles out, and is no problem.
      unhashed: files of a copydesk that recorded no hashes. Of these, size, rows and the checksums
        of Parquet pages are checked, which files of its index do not have.
    """

    number: int
    rows: Mapping[str, int]
    problems: tuple[str, ...]
    orphans: tuple[str, ...]
    known: tuple[str, ...] = ()
    unhashed: int = 0

    @property
    def ok(self) -> bool:
        """True if there are no problems."""
        return not self.problems


def verify(root: str, schema: Schema) -> Verification:
    """Checks a whole warehouse against itself; changes nothing.

    Every byte of the manifests, of the files they name, of the catalog and of ``snapshot.json`` is
    as it was written; the checks of the schema hold (ids are unique and refer to rows, counts add
    up); the catalog shows the newest snapshot.

    Args:
      root: the warehouse's folder.
      schema: tables, SQL and checks of the installed transforms.

    Raises:
      WarehouseError: a manifest cannot be read, or is of a newer copydesk.
      LinkError: a folder or file that every writer uses is a link.
    """
    warehouse = Warehouse(root)
    root = warehouse.root
    manifests: list[Manifest] = []
    problems: list[str] = []
    orphans: tuple[str, ...] = ()
    for number in warehouse.numbers():
        try:
            manifests.append(read_manifest(root, number))
        except DamagedError as error:
            problems.append(str(error))
    warehouse.check_links(manifests[-1] if manifests else None)
    snapshot, state = shown(root)
    if not problems:
        try:
            orphans = tuple(find_orphans(root, manifests, schema))
            check_orphans(root, manifests, orphans)
        except DamagedError as error:
            problems.append(str(error))
    if not manifests:
        return Verification(0, {}, tuple(problems), orphans)
    newest = manifests[-1]
    # Where the newest manifest may be lost, a catalog of the one before would hide the last run.
    is_newest = not problems
    named = named_files(root, manifests)
    broken = [problem for file in named.values() if (problem := _problem_of(root, file))]
    known: list[str] = []
    if newest.left_out:
        known.append(f"Rows may name {count(len(newest.left_out), 'article')} that it left out.")
    problems += broken
    for claim, (cases, example) in ({} if broken else row_exceptions(newest, schema)).items():
        is_known = cases <= newest.exceptions.get(claim, 0)
        sentence = f"Not true in {count(cases, 'case')}, as for {example}: {claim}."
        (known if is_known else problems).append(sentence)
    rebuild = f"Rebuild it with: copydesk catalog --warehouse {shlex.quote(root)}"
    # Before version 2 nothing says what the catalog was; the next writer rebuilds it.
    is_shown = is_newest and newest.schema_version > 1
    if is_shown and (problem := catalog_problem(newest, snapshot, state)):
        problems.append(f"{problem} {rebuild}")
    if is_shown and not broken:
        problems += filter(None, [data_problem(newest, rebuild)])
    rows = dict.fromkeys(newest.columns, 0)
    for file in newest.files:
        rows[file.table] += file.rows
    unhashed = sum(not file.hash for file in named.values())
    return Verification(newest.number, rows, tuple(problems), orphans, tuple(known), unhashed)


def named_files(root: str, manifests: Sequence[Manifest]) -> dict[str, DataFile]:
    """Returns the files that have to be whole, by path.

    These are all files of the newest manifest, and rows of older ones, which readers may still
    read. Nobody reads what older ones have besides; it is of interest while it is there.

    Args:
      root: the warehouse's folder.
      manifests: the newest last.
    """
    newest = {file.path: file for file in manifests[-1].all_files}
    rows = {file.path: file for manifest in manifests for file in manifest.files}
    others = {
        file.path: file
        for manifest in manifests
        for file in (*manifest.index_files, *manifest.input_files)
        if file.path in newest or storage.status(storage.inside(root, file.path))
    }
    return rows | others | newest


def damage_of(root: str, file: DataFile) -> str:
    """Returns how a file differs from what its manifest says; the empty string if it does not.

    Returns:
      the beginning of a sentence, with the path.

    Raises:
      UnreachableError: the file cannot be opened now.
    """
    path = os.path.join(root, file.path)
    try:
        with storage.open_file(storage.inside(root, file.path)) as opened:
            if file.hash:
                size, digest = size_and_hash(opened)
                if size == file.bytes and digest != file.hash:
                    return f"{path} is not as it was written"
            else:
                size = opened.seek(0, os.SEEK_END)
            if size != file.bytes:
                return f"{path} has {size} bytes instead of {file.bytes}"
            if not file.hash:
                with pq.ParquetFile(opened, page_checksum_verification=True) as parquet:
                    rows = parquet.metadata.num_rows
                    if rows != file.rows:
                        return f"{path} has {count(rows, 'row')} instead of {file.rows}"
                    for group in range(parquet.num_row_groups):
                        parquet.read_row_group(group)
    except storage.LinkError as error:
        return str(error).rstrip(".")
    except FileNotFoundError:
        return f"{path} is missing"
    except UnreachableError.KINDS as error:
        raise UnreachableError(path, error) from error
    except (OSError, pa.ArrowException) as error:
        return f"{path} cannot be read ({error})"
    return ""


def _problem_of(root: str, file: DataFile) -> str:
    try:
        damage = damage_of(root, file)
    except UnreachableError as error:
        return f"{error}."
    return damage and f"{damage}; a manifest names it. {_remedy(root, file)}"


def _remedy(root: str, file: DataFile) -> str:
    if file.path.startswith((f"{INDEX}/", f"{INPUTS}/")):
        return f"Restore it from a backup, or go on without it: {repair_command(root)}"
    return (
        "Restore it from a backup, or go on without the articles that are incomplete without it: "
        f"{repair_command(root)} {WITHOUT_DAMAGED}"
    )


def row_exceptions(manifest: Manifest, schema: Schema) -> dict[str, tuple[int, str]]:
    """Returns what does not hold of the rows of a snapshot: claim -> number of cases, and one."""
    found = {}
    articles = sum(file.rows for file in manifest.files if file.table == "articles")
    parts = 1 + articles // ARTICLES_AT_ONCE
    with (
        tempfile.TemporaryDirectory(prefix="copydesk-") as scratch,
        open_snapshot(manifest, schema, scratch) as connection,
    ):
        connection.execute("SET VARIABLE left_out = $ids::VARCHAR[]", {"ids": manifest.left_out})
        for claim, query in schema.checks.items():
            exceptions: Counter[str] = Counter()
            for part in range(parts) if "$part" in query else (None,):
                counted = connection.execute(
                    "SELECT count(*), coalesce(min(example)::VARCHAR, '') "
                    f"FROM ({query}) AS exceptions(example)",
                    {} if part is None else {"parts": parts, "part": part},
                ).fetchone()
                if counted and counted[0]:
                    exceptions[counted[1]] += counted[0]
            if exceptions:
                found[claim] = exceptions.total(), next(iter(exceptions))
    return found
