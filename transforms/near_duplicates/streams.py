"""Streams of the near-duplicate step: rows of fixed width that travel between its stages."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipeline.transform import Column, Stream, Table

WORDS = pa.list_(pa.field("item", pa.uint32(), nullable=False))
"""Type of the word hashes of a text."""


def _schema(**kinds: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in kinds.items()])


def _origin(prefix: str) -> dict[str, pa.DataType]:
    """Columns of an origin; see :mod:`transforms.near_duplicates.origins`."""
    return {f"{prefix}{part}": pa.uint64() for part in ("time", "article", "line")}


_TEXT = {"text": pa.uint64(), **_origin("first_"), **_origin("other_"), **_origin("cluster_")}
"""A text, its first occurrence, the first in another article, and its cluster in the index."""

_OUTLET = {"articles": pa.uint32(), "outlet": pa.uint64(), "outlet_articles": pa.uint32()}
"""How many stories have a text, the outlet with most of them, and how many it has."""

_PLACE = {
    "shard": pa.uint64(),
    "row": pa.uint32(),
    "size": pa.uint32(),
    "article_size": pa.uint32(),
    "last": pa.bool_(),
}
"""Where a paragraph is, its words, those of its article, and whether it ends the article."""

_HASHES = _schema(hash=pa.uint64(), text=pa.uint64(), rank=pa.uint32(), size=pa.uint32())

LINKS = Table(
    "A verified pair of paragraphs, one taken from the other; later one first.",
    {
        "paragraph_id": Column(pa.string(), "The later paragraph of the pair."),
        "source_paragraph_id": Column(pa.string(), "The earlier paragraph, in another article."),
        "kind": Column(
            pa.string(),
            "exact: equal but for case, punctuation and white space; near: word-bigram Jaccard of "
            "at least 0.5; contained: one holds at least 0.6 of the other's word bigrams and they "
            "share at least six 6-word shingles.",
            counted="links between paragraphs",
        ),
        "similarity": Column(pa.float64(), "Jaccard similarity of the two sets of word bigrams."),
        "containment": Column(
            pa.float64(), "Share of the later paragraph's word bigrams that the source has."
        ),
        "source_containment": Column(
            pa.float64(), "Share of the source's word bigrams that the later paragraph has."
        ),
    },
    after="paragraphs",
)

_FIGURES = {name: pa.float64() for name in ("similarity", "containment", "source_containment")}

STREAMS = (
    Stream(
        "occurrences",
        _schema(
            text=pa.uint64(),
            **_origin(""),
            outlet=pa.uint64(),
            url=pa.uint64(),
            title=pa.uint64(),
            **_PLACE,
        ),
        key="text",
    ),
    Stream("texts", _schema(text=pa.uint64(), words=WORDS), key="text"),
    Stream("bands", _HASHES, key="hash", indexed=True, hashes=("hash",)),
    Stream("winnowed", _HASHES, key="hash", indexed=True, hashes=("hash",)),
    # Every text of every run, once a run: what later runs compare with.
    Stream(
        "indexed_texts",
        _schema(**_TEXT, **_OUTLET, in_block=pa.bool_(), run=pa.uint32(), words=WORDS),
        key="text",
        indexed=True,
        run_column="run",
        stored_names={"indexed_texts": "archive", "in_block": "standing"},
    ),
    Stream(
        "origins",
        _schema(**_TEXT, **_OUTLET, is_repeat=pa.bool_(), in_block=pa.bool_()),
        key="text",
    ),
    Stream(
        "block_candidates",
        _schema(
            article=pa.uint64(),
            line=pa.uint64(),
            text=pa.uint64(),
            seen=pa.uint32(),
            stories=pa.uint32(),
            **_PLACE,
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
        _schema(text=pa.uint64(), other=pa.uint64(), size=pa.uint32(), other_size=pa.uint32()),
        key="text",
    ),
    Stream("probes", _schema(build=pa.uint64(), **_TEXT, words=WORDS), key="build"),
    Stream(
        "links",
        _schema(
            text=pa.uint64(),
            **_origin("first_"),
            **_origin("other_"),
            kind=pa.uint8(),
            **_FIGURES,
        ),
        key="text",
    ),
    Stream(
        "edges",
        _schema(
            text=pa.uint64(),
            **_origin(""),
            source=pa.uint64(),
            **_origin("source_"),
            source_represents=pa.bool_(),
            similarity=pa.float64(),
        ),
        key="",
    ),
    Stream("clusters", _schema(text=pa.uint64(), **_origin("cluster_")), key="text"),
    Stream(
        "annotations",
        _schema(
            shard=pa.uint64(),
            row=pa.uint32(),
            **_origin("cluster_"),
            **_origin("source_"),
            similarity=pa.float64(),
            removal=pa.uint8(),
        ),
        key="shard",
    ),
    Stream(
        "paragraph_links",
        pa.schema({name: column.type for name, column in LINKS.columns.items()}),
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
