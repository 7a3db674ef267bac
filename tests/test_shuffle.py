"""The on-disk shuffle and the index: partitions, blocks, lookups by key."""

import collections
import os
import pathlib
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import index, shuffle
from pipeline.transform import CorpusTransform, Stage, Stream, Tables
from pipeline.warehouse import WarehouseError
from tests.in_memory import run_in_memory

KEYED = pa.schema([("key", pa.uint64()), ("value", pa.int64()), ("words", pa.list_(pa.uint32()))])
STREAM = Stream("rows", KEYED, key="key", indexed=True)
_keys = st.lists(st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 20)), max_size=80)


class Summing(CorpusTransform):
    """Adds up values by key: the smallest corpus-wide transform."""

    streams: ClassVar = (
        STREAM,
        Stream("sums", pa.schema([("key", pa.uint64()), ("sum", pa.int64())]), key="key"),
        Stream("total", pa.schema([("sum", pa.int64())]), key=""),
    )
    stages: ClassVar = (
        Stage("add", reads=("rows",), writes=("sums",)),
        Stage("count", reads=("sums",), writes=("total",)),
    )

    def add(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        sums: dict[int, int] = collections.Counter()
        for row in tables["rows"].to_pylist():
            sums[row["key"]] += row["value"]
        rows = [{"key": key, "sum": value} for key, value in sums.items()]
        return {"sums": pa.Table.from_pylist(rows, schema=self.streams[1].schema)}

    def count(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        total = sum(tables["sums"]["sum"].to_pylist())
        return {"total": pa.table({"sum": [total]}, schema=self.streams[2].schema)}


def rows(keys: list[int]) -> pa.Table:
    return pa.table(
        {
            "key": pa.array(keys, pa.uint64()),
            "value": pa.array(range(len(keys)), pa.int64()),
            "words": [[number] * (number % 4) for number in range(len(keys))],
        },
        schema=KEYED,
    )


def as_set(table: pa.Table) -> collections.Counter[str]:
    return collections.Counter(map(repr, table.to_pylist()))


@given(_keys, st.integers(1, 300))
def test_partitions_are_ranges_that_cover_all_keys(keys: list[int], partitions: int) -> None:
    numbers = shuffle.partition_of(np.array([*keys, 0, 2**64 - 1], np.uint64), partitions)
    assert numbers.min() == 0
    assert numbers.max() == partitions - 1
    by_key = sorted(zip([*keys, 0, 2**64 - 1], numbers.tolist(), strict=True))
    assert [number for _, number in by_key] == sorted(numbers.tolist())


@given(_keys, st.integers(1, 20))
def test_blocks_give_back_every_row_in_its_partition(
    tmp_path_factory: pytest.TempPathFactory, keys: list[int], partitions: int
) -> None:
    folder = tmp_path_factory.mktemp("blocks")
    table = rows(keys)
    blocks = shuffle.write_blocks(str(folder / "a" / "x"), Summing(), {"rows": table}, partitions)
    back = []
    for part in blocks:
        read = shuffle.read_blocks([part], STREAM)
        assert len(read) == part.rows
        found = shuffle.partition_of(read["key"].to_numpy(), partitions)
        assert set(found.tolist()) == {part.partition}
        back.append(read)
    together = pa.concat_tables([KEYED.empty_table(), *back])
    assert as_set(together) == as_set(table)


def test_rows_of_another_schema_are_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ValueError, match="into the stream rows; declared is"):
        shuffle.write_blocks(str(tmp_path / "x"), Summing(), {"rows": rows([1]).select(["key"])}, 1)


@given(st.lists(_keys, max_size=3), _keys)
def test_the_index_gives_the_rows_with_a_wanted_key(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[int]], wanted: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("index")
    tables = [rows(keys) for keys in files]
    paths = []
    for number, table in enumerate(tables):
        paths.append(str(folder / f"{number}.parquet"))
        index.write_index(paths[-1], table, STREAM)
    found = index.read_index(paths, STREAM, np.array(wanted, np.uint64))
    everything = pa.concat_tables([KEYED.empty_table(), *tables])
    expected = [row for row in everything.to_pylist() if row["key"] in wanted]
    assert as_set(found) == collections.Counter(map(repr, expected))


KEYS_ARE_KEPT, KEYS_ARE_READ_AGAIN = 0, 1 << 30


@pytest.mark.parametrize("wide_row", [KEYS_ARE_KEPT, KEYS_ARE_READ_AGAIN])
def test_the_index_is_read_by_row_group(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, wide_row: int
) -> None:
    monkeypatch.setattr(index, "INDEX_ROW_GROUP", 100)
    monkeypatch.setattr(index, "WIDE_ROW", wide_row)
    generator = np.random.default_rng(5)
    keys = generator.integers(0, 2**64, 1000, dtype=np.uint64)
    path = str(tmp_path / "index.parquet")
    index.write_index(path, rows(keys.tolist()), STREAM)
    metadata = pq.ParquetFile(path).metadata
    assert metadata.num_row_groups == 10
    everything = pq.read_table(path)
    for wanted in (keys[:1], keys[::7], keys, keys[:1] + np.uint64(1)):
        found = index.read_index([path], STREAM, wanted)  # from the second on with known keys
        of_wanted = everything.filter(pc.is_in(everything["key"], pa.array(wanted)))
        assert found.select(["key", "value"]).equals(of_wanted.select(["key", "value"]))


def test_wide_rows_are_in_small_row_groups(tmp_path: pathlib.Path) -> None:
    path = str(tmp_path / "index.parquet")
    words = [list(range(number, number + 5_000)) for number in range(200)]
    wide = rows(list(range(200))).set_column(2, KEYED.field(2), pa.array(words, KEYED.types[2]))
    index.write_index(path, wide, STREAM)
    metadata = pq.read_metadata(path)
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    assert all(group.total_byte_size < 2 * index.ROW_GROUP_BYTES for group in groups)
    found = index.read_index([path], STREAM, np.array([150, 7], np.uint64))
    assert sorted(found["words"].to_pylist()) == [words[7], words[150]]


def test_a_file_that_takes_the_place_of_another_is_read(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "index.parquet"
    for number, keys in enumerate(([1, 2, 3], [4, 5, 6])):
        index.write_index(str(path), rows(keys), STREAM)
        os.utime(path, (number, number))
        for _ in range(2):
            found = index.read_index([str(path)], STREAM, np.arange(10, dtype=np.uint64))
            assert found["key"].to_pylist() == keys


@pytest.mark.parametrize("wide_row", [KEYS_ARE_KEPT, KEYS_ARE_READ_AGAIN])
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flip_in_a_page_of_the_index_is_found(
    tmp_path_factory: pytest.TempPathFactory, wide_row: int, place: float, bit: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "WIDE_ROW", wide_row)
        _find_flip(tmp_path_factory, place, bit)


def _find_flip(tmp_path_factory: pytest.TempPathFactory, place: float, bit: int) -> None:
    path = tmp_path_factory.mktemp("index") / "index.parquet"
    keys = np.random.default_rng(5).integers(0, 2**64, 50, dtype=np.uint64)
    index.write_index(str(path), rows(keys.tolist()), STREAM)
    whole = index.read_index([str(path)], STREAM, keys[::3])
    content = bytearray(path.read_bytes())
    # The footer, which `copydesk verify` checks, ends with its length and four bytes.
    pages = len(content) - int.from_bytes(content[-8:-4], "little") - 8
    content[int(place * pages)] ^= 1 << bit
    path = path.parent / "damaged.parquet"  # a process verifies a file once
    path.write_bytes(content)
    try:
        found = index.read_index([str(path)], STREAM, keys[::3])
    except WarehouseError as error:
        message = str(error)
    else:  # the magic number, or a member of a header that Arrow does not use
        assert found.to_pylist() == whole.to_pylist()
        return
    assert str(path) in message
    assert "copydesk reindex" in message


@pytest.mark.parametrize("partitions", [1, 4, 32])
def test_a_transform_gives_the_same_for_any_number_of_partitions(partitions: int) -> None:
    generator = np.random.default_rng(6)
    keys = generator.choice(generator.integers(0, 2**64, 40, dtype=np.uint64), 500).tolist()

    class Given(Summing):
        def fingerprint(self, shard: int, tables: Tables) -> Tables:
            return {"rows": tables["rows"]}

    shards = [{"rows": rows(keys[:200])}, {"rows": rows(keys[200:])}]
    result = run_in_memory(Given(), shards, partitions)
    assert sum(result["total"]["sum"].to_pylist()) == sum(range(200)) + sum(range(300))
    assert len(result["sums"]) == len(set(keys))


def test_a_stage_may_write_only_what_it_declares() -> None:
    class Stray(Summing):
        def add(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
            return {"total": tables["rows"]}

    with pytest.raises(ValueError, match=r"Stray.add returned total; it declares to write sums"):
        shuffle.run_stage(Stray(), Stray.stages[0], {"rows": rows([1])}, {})
