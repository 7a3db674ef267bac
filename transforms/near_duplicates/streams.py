"""What travels between the rounds of the near-duplicate step: rows of fixed width, by channel."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipeline.transform import Stream

WORDS = pa.list_(pa.field("item", pa.uint32(), nullable=False))
"""Type of the word hashes of a text."""

ORIGIN_PARTS = ("time", "article", "line")
"""Columns of an origin, each uint64; see :mod:`transforms.near_duplicates.rows`."""


def _field(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


def _schema(**kinds: pa.DataType) -> pa.Schema:
    return pa.schema([_field(name, kind) for name, kind in kinds.items()])


def _origin_fields(prefix: str) -> dict[str, pa.DataType]:
    return {f"{prefix}{part}": pa.uint64() for part in ORIGIN_PARTS}


STREAMS = (
    Stream(
        "occurrences",
        _schema(
            text=pa.uint64(),
            **_origin_fields(""),
            outlet=pa.uint64(),
            url=pa.uint64(),
            title=pa.uint64(),
            piece=pa.uint64(),
            row=pa.uint32(),
            size=pa.uint32(),
            article_size=pa.uint32(),
            last=pa.bool_(),
        ),
        key="text",
    ),
    Stream("texts", _schema(text=pa.uint64(), words=WORDS), key="text"),
    Stream(
        "bands",
        _schema(hash=pa.uint64(), text=pa.uint64(), rank=pa.uint32(), size=pa.uint32()),
        key="hash",
        indexed=True,
        hashes=("hash",),
    ),
    Stream(
        "winnowed",
        _schema(hash=pa.uint64(), text=pa.uint64(), rank=pa.uint32(), size=pa.uint32()),
        key="hash",
        indexed=True,
        hashes=("hash",),
    ),
    Stream(
        "archive",
        _schema(
            text=pa.uint64(),
            **_origin_fields("first_"),
            **_origin_fields("other_"),
            **_origin_fields("cluster_"),
            articles=pa.uint32(),
            outlet=pa.uint64(),
            outlet_articles=pa.uint32(),
            standing=pa.bool_(),
            run=pa.uint32(),
            words=WORDS,
        ),
        key="text",
        indexed=True,
        run_column="run",
    ),
    Stream(
        "origins",
        _schema(
            text=pa.uint64(),
            **_origin_fields("first_"),
            **_origin_fields("other_"),
            **_origin_fields("cluster_"),
            articles=pa.uint32(),
            outlet=pa.uint64(),
            outlet_articles=pa.uint32(),
            stop=pa.bool_(),
            standing=pa.bool_(),
        ),
        key="text",
    ),
    Stream(
        "repeats",
        _schema(
            article=pa.uint64(),
            line=pa.uint64(),
            text=pa.uint64(),
            seen=pa.uint32(),
            stories=pa.uint32(),
            piece=pa.uint64(),
            row=pa.uint32(),
            size=pa.uint32(),
            article_size=pa.uint32(),
            last=pa.bool_(),
        ),
        key="article",
    ),
    Stream(
        "blocks",
        _schema(text=pa.uint64(), seen=pa.uint32(), article=pa.uint64(), line=pa.uint64()),
        key="text",
    ),
    Stream(
        "candidates",
        _schema(
            text=pa.uint64(),
            other=pa.uint64(),
            size=pa.uint32(),
            other_size=pa.uint32(),
        ),
        key="text",
    ),
    Stream(
        "visitors",
        _schema(
            host=pa.uint64(),
            text=pa.uint64(),
            **_origin_fields("first_"),
            **_origin_fields("other_"),
            **_origin_fields("cluster_"),
            words=WORDS,
        ),
        key="host",
    ),
    Stream(
        "links",
        _schema(
            text=pa.uint64(),
            **_origin_fields("first_"),
            **_origin_fields("other_"),
            kind=pa.uint8(),
            similarity=pa.float64(),
            containment=pa.float64(),
            source_containment=pa.float64(),
        ),
        key="text",
    ),
    Stream(
        "edges",
        _schema(
            text=pa.uint64(),
            **_origin_fields(""),
            source=pa.uint64(),
            **_origin_fields("source_"),
            source_leads=pa.bool_(),
            similarity=pa.float64(),
        ),
        key="",
    ),
    Stream("clusters", _schema(text=pa.uint64(), **_origin_fields("cluster_")), key="text"),
    Stream(
        "annotations",
        _schema(
            piece=pa.uint64(),
            row=pa.uint32(),
            **_origin_fields("cluster_"),
            **_origin_fields("source_"),
            similarity=pa.float64(),
            stop=pa.uint8(),
        ),
        key="piece",
    ),
    Stream(
        "paragraph_links",
        pa.schema(
            [
                ("paragraph_id", pa.string()),
                ("source_paragraph_id", pa.string()),
                ("kind", pa.string()),
                ("similarity", pa.float64()),
                ("containment", pa.float64()),
                ("source_containment", pa.float64()),
            ]
        ),
        key="",
    ),
)

SCHEMAS: dict[str, pa.Schema] = {stream.name: stream.schema for stream in STREAMS}


def stream_table(stream: str, columns: Mapping[str, Any]) -> pa.Table:
    """Returns rows of a stream from its columns by name."""
    schema = SCHEMAS[stream]
    return pa.Table.from_arrays(
        [pa.array(columns[name], schema.field(name).type) for name in schema.names], schema=schema
    )
