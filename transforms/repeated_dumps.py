"""The same dump read twice is one article."""

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform import Column, CorpusTransform, Lookup, Stage, Stream, Tables
from transforms.near_duplicates.origins import article_halves

REASON = "repeated_dump"
RAW_BYTES = 65536
"""Bytes of the article's text that its reject keeps: 64 KiB, as for all rejects."""

_PLACE = {"source_file": pa.string(), "record_index": pa.int64()}
_ROW = {"shard": pa.uint64(), "row": pa.uint32()}
_DUMPS = pa.schema({"key": pa.uint64(), "article_id": pa.string(), **_PLACE, **_ROW})
_ANNOTATIONS = pa.schema({**_ROW, **_PLACE})


@dataclasses.dataclass
class RepeatedDumps(CorpusTransform):
    """Keeps one of several dumps with the same article id; the others become rejects.

    What an earlier run has committed stays; within a run the first by (source_file, record_index).
    Dumps that are known already are dropped before any step compares them with themselves.
    """

    reads = ("article_id", "source_file", "record_index", "text")
    after = ("NearDuplicates", "Stories")
    streams: ClassVar = (
        Stream("dumps", _DUMPS, key="key", indexed=True, stored_names={"shard": "piece"}),
        Stream("annotations", _ANNOTATIONS, key="shard"),
    )
    stages: ClassVar = (Stage("choose", reads=("dumps",), writes=("annotations",)),)
    adds: ClassVar[Mapping[str, Column]] = {}

    def drop_known(self, tables: Tables, lookup: Lookup) -> dict[str, pa.Table]:
        """Moves articles that an earlier run has committed to ``rejects``."""
        ids = tables["articles"].column("article_id")
        known = lookup("dumps", article_halves(ids)[0]).sort_by(_by("source_file", "record_index"))
        committed: dict[str, tuple[str, int]] = {}
        for row in known.to_pylist():
            committed.setdefault(row["article_id"], (row["source_file"], row["record_index"]))
        rows = [row for row, identity in enumerate(ids.to_pylist()) if identity in committed]
        return _move_to_rejects(tables, rows, [committed[ids[row].as_py()] for row in rows])

    def fingerprint(self, shard: int, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``dumps``: one row an article."""
        articles = tables["articles"]
        count = len(articles)
        columns = [
            pa.array(article_halves(articles.column("article_id"))[0]),
            *(articles.column(name) for name in ("article_id", *_PLACE)),
            pa.array(np.full(count, shard, np.uint64)),
            pa.array(np.arange(count, dtype=np.uint32)),
        ]
        return {"dumps": pa.table(columns, schema=_DUMPS)}

    def choose(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``annotations``: every article that goes, and the dump that stays."""
        dumps = tables["dumps"]
        counts = pc.value_counts(dumps.column("article_id"))
        repeated = counts.filter(pc.greater(counts.field("counts"), 1)).field("values")
        dumps = dumps.filter(pc.is_in(dumps.column("article_id"), repeated))
        rows = dumps.sort_by(_by("article_id", "source_file", "record_index")).to_pylist()
        annotations = []
        for _, (kept, *others) in itertools.groupby(rows, lambda row: row["article_id"]):
            place = {name: kept[name] for name in _PLACE}
            annotations += [{name: row[name] for name in _ROW} | place for row in others]
        return {"annotations": pa.Table.from_pylist(annotations, schema=_ANNOTATIONS)}

    def annotate(self, tables: Tables, annotations: pa.Table) -> dict[str, pa.Table]:
        """Moves the articles that go, with all their lines, to ``rejects``."""
        kept = [(row["source_file"], row["record_index"]) for row in annotations.to_pylist()]
        return _move_to_rejects(tables, annotations.column("row").to_pylist(), kept)


def _by(*names: str) -> list[tuple[str, str]]:
    return [(name, "ascending") for name in names]


def _move_to_rejects(
    tables: Tables, rows: Sequence[int], kept: Sequence[tuple[str, int]]
) -> dict[str, pa.Table]:
    """Returns a shard without some of its articles, which become rejects.

    Args:
      tables: of the shard.
      rows: the rows of the articles that go.
      kept: for each the (source_file, record_index) of the article that stays.
    """
    if not len(rows):
        return dict(tables)
    articles = tables["articles"]
    gone = articles.take(pa.array(rows, pa.int64())).select([*_PLACE, "text"]).to_pylist()
    rejects = [
        {
            "source_file": article["source_file"],
            "record_index": article["record_index"],
            "stage": RepeatedDumps.name(),
            "reason": REASON,
            "detail": f"The same article was read from {dump}, record {record}. Nothing is lost; "
            + (
                "to read it in another way, give a new --warehouse."
                if dump == article["source_file"]
                else "leave one of the two dumps out to be rid of this row."
            ),
            "raw": (article["text"] or "").encode("utf-8", "replace")[:RAW_BYTES],
        }
        for article, (dump, record) in zip(gone, kept, strict=True)
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
