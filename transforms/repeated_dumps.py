"""The same dump read twice is one article."""

import dataclasses
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform import Channel, Column, CorpusTransform, Round

Tables = Mapping[str, pa.Table]

REASON = "repeated_dump"

_DUMPS = pa.schema(
    [
        ("key", pa.uint64()),
        ("article_id", pa.string()),
        ("source_file", pa.string()),
        ("record_index", pa.int64()),
        ("committed", pa.bool_()),
        ("piece", pa.uint64()),
        ("row", pa.uint32()),
    ]
)
_LABELS = pa.schema(
    [
        ("piece", pa.uint64()),
        ("row", pa.uint32()),
        ("source_file", pa.string()),
        ("record_index", pa.int64()),
    ]
)


@dataclasses.dataclass
class RepeatedDumps(CorpusTransform):
    """Keeps one of several dumps with the same article id; the others become rejects.

    What an earlier run has committed stays; within a run the first by (source_file, record_index).
    """

    reads = ("article_id", "source_file", "record_index", "text")
    after = ("NearDuplicates",)
    channels: ClassVar = (
        Channel("dumps", _DUMPS, key="key", indexed=True),
        Channel("labels", _LABELS, key="piece"),
    )
    rounds: ClassVar = (Round("choose", reads=("dumps",), writes=("labels",)),)
    adds: ClassVar[Mapping[str, Column]] = {}

    def fingerprint(self, piece: int, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``dumps``: one row an article."""
        articles = tables["articles"]
        ids = articles.column("article_id")
        raw = bytes.fromhex("".join(ids.to_pylist()))
        keys = np.frombuffer(raw, np.dtype([("high", ">u8"), ("low", ">u4")]))["high"]
        count = len(articles)
        columns = [
            pa.array(keys.astype(np.uint64)),
            ids,
            articles.column("source_file"),
            articles.column("record_index"),
            pa.repeat(pa.scalar(False), count),
            pa.array(np.full(count, piece, np.uint64)),
            pa.array(np.arange(count, dtype=np.uint32)),
        ]
        return {"dumps": pa.table(columns, schema=_DUMPS)}

    def choose(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``labels``: every article that is to go, and the dump that stays."""
        dumps = tables["dumps"]
        counts = pc.value_counts(dumps.column("article_id"))
        repeated = counts.filter(pc.greater(counts.field("counts"), 1)).field("values")
        rows = dumps.filter(pc.is_in(dumps.column("article_id"), repeated)).sort_by(
            [
                ("article_id", "ascending"),
                ("committed", "descending"),
                ("source_file", "ascending"),
                ("record_index", "ascending"),
            ]
        )
        labels = []
        kept: dict[str, object] = {}
        for row in rows.to_pylist():
            if kept.get("article_id") != row["article_id"]:
                kept = row
            elif not row["committed"]:
                labels.append(
                    {
                        "piece": row["piece"],
                        "row": row["row"],
                        "source_file": kept["source_file"],
                        "record_index": kept["record_index"],
                    }
                )
        return {"labels": pa.Table.from_pylist(labels, schema=_LABELS)}

    def archived(self, channel: str, rows: pa.Table) -> pa.Table:
        """Returns one row an article, marked as committed."""
        rows = rows.sort_by(
            [
                ("article_id", "ascending"),
                ("source_file", "ascending"),
                ("record_index", "ascending"),
            ]
        )
        ids = rows.column("article_id").combine_chunks()
        if isinstance(ids, pa.ChunkedArray):
            ids = ids.combine_chunks()
        if len(rows) > 1:
            first = pc.not_equal(ids.slice(1), ids.slice(0, len(ids) - 1))
            rows = rows.filter(pa.concat_arrays([pa.array([True]), first]))
        place = rows.schema.get_field_index("committed")
        committed = pa.repeat(pa.scalar(True), len(rows))
        return rows.set_column(place, rows.schema.field("committed"), committed)

    def attach(self, tables: Tables, labels: pa.Table) -> dict[str, pa.Table]:
        """Moves the articles that are to go, with all their lines, to ``rejects``."""
        if not len(labels):
            return dict(tables)
        articles = tables["articles"]
        stays = np.ones(len(articles), bool)
        gone = labels.column("row").to_numpy()
        stays[gone] = False
        taken = articles.take(pa.array(gone.astype(np.int64)))
        rejects = [
            {
                "source_file": dump,
                "record_index": record,
                "stage": self.name(),
                "reason": REASON,
                "detail": f"The same article was read from {first['source_file']}, record "
                f"{first['record_index']}. Nothing is lost; leave one of the two dumps out.",
                "raw": (text or "").encode()[:65536],
            }
            for dump, record, text, first in zip(
                taken.column("source_file").to_pylist(),
                taken.column("record_index").to_pylist(),
                taken.column("text").to_pylist(),
                labels.to_pylist(),
                strict=True,
            )
        ]
        result = dict(tables)
        result["articles"] = articles.filter(pa.array(stays))
        new_row = np.cumsum(stays) - 1
        for name in ("paragraphs", "removed_lines"):
            table = tables[name]
            owners = table.column("article").to_numpy()
            kept = table.filter(pa.array(stays[owners]))
            place = table.schema.get_field_index("article")
            rows = pa.array(new_row[owners[stays[owners]]], pa.int32())
            result[name] = kept.set_column(place, table.schema.field("article"), rows)
        schema = tables["rejects"].schema
        result["rejects"] = pa.concat_tables(
            [tables["rejects"], pa.Table.from_pylist(rejects, schema=schema)]
        )
        return result
