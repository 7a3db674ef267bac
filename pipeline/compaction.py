"""Merges the small files of many runs, so that their number grows with the data, not with the runs.

A run writes some ten files however little it brings. A thousand runs would leave ten thousand,
which every query opens, and a thousand manifests that list them. So before a run commits, what
earlier runs have left in small files is written anew in fewer. Rows stay as they are, their
``run_id`` included, and so do the old files, until the last manifest that names them is pruned.

Files of about one size are merged, at least :data:`FAN_IN` at a time, and the result belongs to the
next size: a row is written about once for each of :data:`SIZES` (as a log-structured merge tree
does it, O'Neil et al. 1996). What is beyond the last is never touched again.
"""

import dataclasses
import itertools
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.index import write_index
from pipeline.transform import Stream
from pipeline.warehouse import INDEX, DataFile, Manifest, WarehouseError, write_sorted

FAN_IN = 8
"""Files of one size that are merged."""

SIZES = (8 << 10, 64 << 10, 512 << 10)
"""Bounds of the sizes, in bytes, eight times apart. Half a megabyte is some 200 articles; a million
of them in such files are 5,000, and to merge eight takes a tenth of a second."""

LARGEST = FAN_IN * SIZES[-1]
"""Bytes merged into one at most: some 15 MB of text in memory."""

_PIECE_TABLES = ("articles", "paragraphs", "removed_lines")


@dataclasses.dataclass(frozen=True)
class Merged:
    """What was written anew, for the commit.

    Attributes:
      files: the merged files.
      replaced: paths of those whose rows they hold.
    """

    files: tuple[DataFile, ...] = ()
    replaced: frozenset[str] = frozenset()


def merge_small_files(manifest: Manifest, run_id: str, indexed: Mapping[str, Stream]) -> Merged:
    """Writes rows of small files anew in fewer.

    Args:
      manifest: the newest snapshot.
      run_id: the run that will commit the result, and nothing of its own is in the manifest yet.
      indexed: folder of the index -> the stream whose rows it holds. Other folders stay.

    Raises:
      WarehouseError: a file cannot be read or written.
    """
    files: list[DataFile] = []
    replaced: set[str] = set()
    for number, batch in enumerate(batches(manifest, indexed)):
        for folder, members in _by_folder(batch):
            path = f"{folder}/{run_id}-merged.{number:04d}.parquet"
            try:
                files.append(_merge(manifest.root, path, members, indexed))
            except (OSError, pa.ArrowException) as error:
                raise WarehouseError(
                    f"the small files of {manifest.root}/{folder} cannot be merged: {error}. "
                    "Nothing was committed; `copydesk verify` lists what is damaged."
                ) from error
            replaced.update(member.path for member in members)
    return Merged(tuple(files), frozenset(replaced))


def batches(manifest: Manifest, indexed: Mapping[str, Stream]) -> Iterator[list[DataFile]]:
    """Yields the files that are to be merged with each other, batch by batch.

    The files of a piece, its articles with their paragraphs and removed lines, stay together:
    ``copydesk reindex`` reads them so.
    """
    for _, units in sorted(_units(manifest, indexed).items()):
        for low, high in itertools.pairwise((0, *SIZES)):
            small = [unit for unit in units if low <= _bytes(unit) < high]
            if len(small) < FAN_IN:
                continue
            batch: list[Sequence[DataFile]] = []
            for unit in sorted(small, key=lambda unit: unit[0].path):
                if sum(map(_bytes, batch)) + _bytes(unit) > LARGEST:
                    yield list(itertools.chain(*batch))
                    batch = []
                batch.append(unit)
            if len(batch) > 1:
                yield list(itertools.chain(*batch))


def _units(
    manifest: Manifest, indexed: Mapping[str, Stream]
) -> dict[tuple[str, ...], list[Sequence[DataFile]]]:
    """Returns what can be merged with each other: by kind, files that stay together."""
    pieces: dict[str, list[DataFile]] = {}
    units: dict[tuple[str, ...], list[Sequence[DataFile]]] = {}
    for file in manifest.all_files:
        folder, _, name = file.path.rpartition("/")
        if not file.rows or (folder.startswith(f"{INDEX}/") and folder not in indexed):
            continue
        if file.table in _PIECE_TABLES:
            pieces.setdefault(name, []).append(file)
        else:
            units.setdefault((folder, file.schema), []).append([file])
    for members in pieces.values():
        kind = sorted({(member.table, member.schema) for member in members})
        units.setdefault(tuple(itertools.chain(*kind)), []).append(members)
    return units


def _bytes(files: Sequence[DataFile]) -> int:
    return sum(file.bytes for file in files)


def _by_folder(files: Iterable[DataFile]) -> list[tuple[str, list[DataFile]]]:
    folders: dict[str, list[DataFile]] = {}
    for file in files:
        folders.setdefault(os.path.dirname(file.path), []).append(file)
    return sorted(folders.items())


def _merge(
    root: str, path: str, members: Sequence[DataFile], indexed: Mapping[str, Stream]
) -> DataFile:
    table = members[0].table
    parts = [pq.read_table(f"{root}/{member.path}", partitioning=None) for member in members]
    rows = pa.concat_tables(parts)
    if table in indexed:
        size = write_index(f"{root}/{path}", rows, indexed[table])
        return DataFile(table, path, len(rows), size)
    return write_sorted(root, path, table, rows)
