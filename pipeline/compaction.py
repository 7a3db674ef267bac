"""Merges the small files of many runs, so that their number grows with the data, not with the runs.

A run writes some ten files however few rows it brings. A thousand runs would leave ten thousand
files, which every query opens, and a thousand manifests that list them. So before a run commits,
the rows of earlier runs' small files are rewritten to fewer. Rows stay the same, with their
``run_id``; the old files stay until the last manifest that names them is pruned.

Files of about one size are merged, at least :data:`FAN_IN` at a time, and the result belongs to the
next size: a row is written about once for each of :data:`SIZES`, as in a log-structured merge tree
(O'Neil et al. 1996). Files above the last size are never rewritten.
"""

import dataclasses
import itertools
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyarrow as pa

from pipeline.index import write_index
from pipeline.shards import SHARD_TABLES
from pipeline.storage import inside
from pipeline.transform import Stream
from pipeline.warehouse.manifest import INDEX, DataFile, Manifest, WarehouseError
from pipeline.warehouse.verify import damage_of
from pipeline.warehouse.writer import file_path, read_table, split_path, write_sorted

_log = logging.getLogger(__name__)

FAN_IN = 8
"""Files of one size that are merged."""

SIZES = (8 << 10, 64 << 10, 512 << 10)
"""Upper bounds of the sizes, in bytes, eight times apart. Half a megabyte is some 200 articles: a
million articles are 5,000 such files, and merging eight takes a tenth of a second."""

LARGEST = FAN_IN * SIZES[-1]
"""Largest merged file in bytes: some 15 MB of text in memory."""


@dataclasses.dataclass(frozen=True)
class Merged:
    """Merged files, for the commit.

    Attributes:
      files: the merged files.
      replaced: paths of the files with the same rows that they replace.
    """

    files: tuple[DataFile, ...] = ()
    replaced: frozenset[str] = frozenset()


def merge_small_files(manifest: Manifest, run_id: str, indexed: Mapping[str, Stream]) -> Merged:
    """Rewrites the rows of small files to fewer files.

    A shard of which a file is damaged stays as it is: no run ends for what earlier ones wrote, and
    damaged rows get no whole file.

    Args:
      manifest: the newest snapshot.
      run_id: the run that will commit the result.
      indexed: folder of the index -> the stream of its rows. Other folders are left alone.

    Raises:
      WarehouseError: a file cannot be read or written.
    """
    files: list[DataFile] = []
    replaced: set[str] = set()
    for number, batch in enumerate(batches(manifest, indexed)):
        for (folder, language), members in _by_place(_whole(manifest.root, batch)):
            path = file_path(folder, f"{run_id}-merged.{number:04d}", language)
            try:
                files.append(_merge(manifest.root, path, members, indexed))
            except (OSError, pa.ArrowException) as error:
                raise WarehouseError(
                    f"the small files of {manifest.root}/{folder} cannot be merged: {error}. "
                    "Nothing was committed; `copydesk verify` lists what is damaged."
                ) from error
            replaced.update(member.path for member in members)
    return Merged(tuple(files), frozenset(replaced))


def _whole(root: str, batch: Sequence[DataFile]) -> list[DataFile]:
    """Returns the files of a batch but those of damaged shards; none if one shard is left."""
    damaged = set()
    for file in batch:
        if damage := damage_of(root, file):
            damaged.add(split_path(file.path)[1])
            _log.warning(
                "%s. It is left as it is; restore it from a backup, or see copydesk repair.", damage
            )
    whole = [file for file in batch if split_path(file.path)[1] not in damaged]
    return whole if len({split_path(file.path)[1] for file in whole}) > 1 else []


def batches(manifest: Manifest, indexed: Mapping[str, Stream]) -> Iterator[list[DataFile]]:
    """Yields batches of files to merge.

    The files of a shard, its articles with their paragraphs and removed lines, stay together:
    ``copydesk reindex`` reads them together.
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
    """Returns units of files that stay together, by the key of what may be merged."""
    shards: dict[str, list[DataFile]] = {}
    units: dict[tuple[str, ...], list[Sequence[DataFile]]] = {}
    for file in manifest.all_files:
        folder, shard, language = split_path(file.path)
        if not file.rows or (folder.startswith(f"{INDEX}/") and folder not in indexed):
            continue
        if file.table in SHARD_TABLES:
            shards.setdefault(shard, []).append(file)
        else:
            units.setdefault((folder, language, file.schema), []).append([file])
    for members in shards.values():
        kind = sorted({(member.table, member.schema) for member in members})
        units.setdefault(tuple(itertools.chain(*kind)), []).append(members)
    return units


def _bytes(files: Sequence[DataFile]) -> int:
    return sum(file.bytes for file in files)


def _by_place(files: Iterable[DataFile]) -> list[tuple[tuple[str, str], list[DataFile]]]:
    """Returns files by folder and language, in order."""
    places: dict[tuple[str, str], list[DataFile]] = {}
    for file in files:
        folder, _, language = split_path(file.path)
        places.setdefault((folder, language), []).append(file)
    return sorted(places.items())


def _merge(
    root: str, path: str, members: Sequence[DataFile], indexed: Mapping[str, Stream]
) -> DataFile:
    table = members[0].table
    parts = [read_table(root, member.path) for member in members]
    rows = pa.concat_tables(parts)
    if table in indexed:
        size, digest = write_index(inside(root, path), rows, indexed[table])
        return DataFile(table, path, len(rows), size, hash=digest)
    return write_sorted(root, path, table, rows)
