"""Streams of the story step: an article and its terms, some 600 bytes."""

import pyarrow as pa

from pipeline.transform import Column, Stream, Table

_TERMS = pa.list_(pa.field("item", pa.uint32(), nullable=False))
_COUNTS = pa.list_(pa.field("item", pa.uint8(), nullable=False))

_ARTICLE = {"article_id": pa.string(), "day": pa.int32(), "terms": _TERMS, "counts": _COUNTS}
"""An article, the day it was published (of the Gregorian calendar, -1 if that is not known), its
heaviest terms, and how often each occurs."""

_PLACE = {"shard": pa.uint64(), "row": pa.uint32()}


def _schema(**kinds: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in kinds.items()])


MERGES = Table(
    "Two stories of earlier runs that a later run found to be one.",
    {
        "story_id": Column(pa.string(), "The story that ends."),
        "into_story_id": Column(pa.string(), "The story that goes on, whose id sorts before."),
    },
    after="paragraph_links",
    reindexed=True,
)

STREAMS = (
    Stream("articles", _schema(**_PLACE, **_ARTICLE), key=""),
    Stream("periods", _schema(period=pa.uint64()), key="period"),
    Stream(
        "indexed_articles",
        _schema(period=pa.uint64(), story_id=pa.string(), **_ARTICLE),
        key="period",
        indexed=True,
    ),
    Stream("earlier_articles", _schema(story_id=pa.string(), **_ARTICLE), key=""),
    Stream("annotations", _schema(**_PLACE, story_id=pa.string()), key="shard"),
    Stream(
        "story_merges",
        pa.schema({name: column.type for name, column in MERGES.columns.items()}),
        key="",
    ),
)

SCHEMAS: dict[str, pa.Schema] = {stream.name: stream.schema for stream in STREAMS}
