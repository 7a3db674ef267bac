"""Runs a corpus-wide transform without files, processes or Beam."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.shuffle import U64, look_up_earlier, run_stage, split, with_run
from pipeline.transform import CorpusTransform, Tables


def run_in_memory(
    transform: CorpusTransform,
    shards: Sequence[Tables],
    partitions: int = 1,
    index: Tables | None = None,
    run: int = 1,
    keep_index: bool = True,
) -> dict[str, pa.Table]:
    """Runs all stages of a corpus-wide transform in this process, without files or Beam.

    Args:
      transform: the transform.
      shards: the tables of each shard, as ``fingerprint`` takes them; shard i has number i.
      partitions: key ranges to cut every stream into.
      index: rows of the indexed streams that earlier runs have left.
      run: number of this run.
      keep_index: False leaves out the rows of indexed streams.

    Returns:
      Every stream's rows, the annotations and the transform's own tables among them; those of
      indexed streams as they would be indexed.
    """
    streams = {stream.name: stream for stream in transform.streams}
    held: dict[str, dict[int, list[pa.Table]]] = {name: {} for name in streams}

    def keep(tables: Mapping[str, pa.Table]) -> None:
        for name, table in tables.items():
            for partition, rows in split(table, streams[name].key, partitions):
                held[name].setdefault(partition, []).append(rows)

    def lookup(name: str, wanted: U64) -> pa.Table:
        rows = (index or {}).get(name)
        if rows is None:
            return streams[name].schema.empty_table()
        return rows.filter(pc.is_in(rows.column(streams[name].key), pa.array(wanted)))

    for number, tables in enumerate(shards):
        keep(transform.fingerprint(number, tables))
    for stage in transform.stages:
        for partition in sorted({part for name in stage.reads for part in held[name]}):
            own = {
                name: pa.concat_tables(
                    [streams[name].schema.empty_table(), *held[name].get(partition, ())]
                )
                for name in stage.reads
            }
            keep(run_stage(transform, stage, own, look_up_earlier(transform, stage, own, lookup)))
    result = {}
    for name, parts in held.items():
        stream = streams[name]
        if stream.indexed and not keep_index:
            continue
        tables_of = [table for part in sorted(parts) for table in parts[part]]
        rows = pa.concat_tables([stream.schema.empty_table(), *tables_of])
        result[name] = with_run(rows, stream, run) if stream.indexed else rows
    return result
