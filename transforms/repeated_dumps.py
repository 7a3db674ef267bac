"""The same dump read twice is one article."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform import Column, CorpusTransform, Lookup, Stage, Stream, Tables

REASON = "repeated_dump"
RAW_BYTES = 65536
"""Bytes of the article's text that its reject keeps: 64 KiB, as for all rejects."""

_DUMPS = pa.schema(
    [
        ("key", pa.uint64()),
        ("article_id", pa.string()),
        ("source_file", pa.string()),
        ("record_index", pa.int64()),
        ("piece", pa.uint64()),
        ("row", pa.uint32()),
    ]
)
_ANNOTATIONS = pa.schema(
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
    Dumps that are known already are taken out before any step compares them with themselves.
    """

    reads = ("article_id", "source_file", "record_index", "text")
    after = ("NearDuplicates",)
    streams: ClassVar = (
        Stream("dumps", _DUMPS, key="key", indexed=True),
        Stream("annotations", _ANNOTATIONS, key="piece"),
    )
    stages: ClassVar = (Stage("choose", reads=("dumps",), writes=("annotations",)),)
    adds: ClassVar[Mapping[str, Column]] = {}

    def drop_known(self, tables: Tables, lookup: Lookup) -> dict[str, pa.Table]:
        """Moves articles that an earlier run has committed to ``rejects``."""
        articles = tables["articles"]
        known = lookup("dumps", _keys(articles))
        if not len(known):
            return dict(tables)
        ids = known.column("article_id").to_pylist()
        places = zip(
            known.column("source_file").to_pylist(),
            known.column("record_index").to_pylist(),
            strict=True,
        )
        stays = dict(sorted(zip(ids, places, strict=True), reverse=True))
        rows = [
            row
            for row, identity in enumerate(articles.column("article_id").to_pylist())
            if identity in stays
        ]
        kept = [stays[articles.column("article_id")[row].as_py()] for row in rows]
        return _move_to_rejects(tables, np.array(rows, np.int64), kept)

    def fingerprint(self, shard: int, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``dumps``: one row an article."""
        articles = tables["articles"]
        count = len(articles)
        columns = [
            pa.array(_keys(articles)),
            articles.column("article_id"),
            articles.column("source_file"),
            articles.column("record_index"),
            pa.array(np.full(count, shard, np.uint64)),
            pa.array(np.arange(count, dtype=np.uint32)),
        ]
        return {"dumps": pa.table(columns, schema=_DUMPS)}

    def choose(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``annotations``: every article that is to go, and the dump that stays."""
        dumps = tables["dumps"]
        counts = pc.value_counts(dumps.column("article_id"))
        repeated = counts.filter(pc.greater(counts.field("counts"), 1)).field("values")
        rows = dumps.filter(pc.is_in(dumps.column("article_id"), repeated)).sort_by(
            [
                ("article_id", "ascending"),
                ("source_file", "ascending"),
                ("record_index", "ascending"),
            ]
        )
        annotations = []
        kept: dict[str, object] = {}
        for row in rows.to_pylist():
            if kept.get("article_id") != row["article_id"]:
                kept = row
            else:
                annotations.append(
                    {
                        "piece": row["piece"],
                        "row": row["row"],
                        "source_file": kept["source_file"],
                        "record_index": kept["record_index"],
                    }
                )
        return {"annotations": pa.Table.from_pylist(annotations, schema=_ANNOTATIONS)}

    def annotate(self, tables: Tables, annotations: pa.Table) -> dict[str, pa.Table]:
        """Moves the articles that are to go, with all their lines, to ``rejects``."""
        kept = [(row["source_file"], row["record_index"]) for row in annotations.to_pylist()]
        return _move_to_rejects(tables, annotations.column("row").to_numpy(), kept)


def _keys(articles: pa.Table) -> npt.NDArray[np.uint64]:
    """Returns the first 64 bits of each article's id."""
    raw = bytes.fromhex("".join(articles.column("article_id").to_pylist()))
    parts = np.frombuffer(raw, np.dtype([("high", ">u8"), ("low", ">u4")]))
    return parts["high"].astype(np.uint64)


def _move_to_rejects(
    tables: Tables, rows: npt.NDArray[np.integer[Any]], kept: Sequence[tuple[str, int]]
) -> dict[str, pa.Table]:
    """Returns a piece without some of its articles, which become rejects.

    Args:
      tables: of the piece.
      rows: the rows of the articles that go.
      kept: for each the (source_file, record_index) of the article that stays.
    """
    if not len(rows):
        return dict(tables)
    articles = tables["articles"]
    gone = articles.take(pa.array(rows.astype(np.int64)))
    rejects = [
        {
            "source_file": dump,
            "record_index": record,
            "stage": RepeatedDumps.name(),
            "reason": REASON,
            "detail": f"The same article was read from {kept_dump}, record {kept_record}. "
            "Nothing is lost; leave one of the two dumps out to be rid of this row.",
            "raw": (text or "").encode("utf-8", "replace")[:RAW_BYTES],
        }
        for dump, record, text, (kept_dump, kept_record) in zip(
            gone.column("source_file").to_pylist(),
            gone.column("record_index").to_pylist(),
            gone.column("text").to_pylist(),
            kept,
            strict=True,
        )
    ]
    stays = np.ones(len(articles), bool)
    stays[rows] = False
    new_row = np.cumsum(stays) - 1
    result = {**tables, "articles": articles.filter(pa.array(stays))}
    for name in ("paragraphs", "removed_lines"):
        table = tables[name]
        owners = table.column("article").to_numpy()
        members = table.filter(pa.array(stays[owners]))
        place = table.schema.get_field_index("article")
        moved = pa.array(new_row[owners[stays[owners]]], pa.int32())
        result[name] = members.set_column(place, table.schema.field("article"), moved)
    more = pa.Table.from_pylist(rejects, schema=tables["rejects"].schema)
    result["rejects"] = pa.concat_tables([tables["rejects"], more])
    return result
