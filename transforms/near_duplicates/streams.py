"""Streams of the near-duplicate step: rows of fixed width that travel between its stages."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipeline.transform import Column, Stream, Table

WORDS = pa.list_(pa.field("item", pa.uint32(), nullable=False))
"""Type of the word hashes of a text."""

_U8, _U32, _U64 = pa.uint8(), pa.uint32(), pa.uint64()
_BOOL, _FLOAT = pa.bool_(), pa.float64()


def _schema(**kinds: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in kinds.items()])


def _origin(prefix: str) -> dict[str, pa.DataType]:
    """Columns of an origin; see :mod:`transforms.near_duplicates.origins`."""
    return {f"{prefix}{part}": pa.uint64() for part in ("time", "article", "line")}


_TEXT = {"text": _U64, **_origin("first_"), **_origin("other_"), **_origin("cluster_")}
"""A text, its first occurrence, the first in another article, and its cluster in the index."""

_OUTLET = {"articles": _U32, "outlet": _U64, "outlet_articles": _U32}
"""How many stories have a text, the outlet with most of them, and how many it has."""

_PLACE = {
    "shard": _U64,
    "row": _U32,
    "size": _U32,
    "article_size": _U32,
    "first": _BOOL,
    "last": _BOOL,
}
"""Where a paragraph is, its words, those of its article, and whether it begins or ends it."""

_AFFIX = {"text": _U64, "outlet": _U32, "story": _U32, "day": _U32, "traits": _U8}
"""A text with a head or tail, its outlet, story and day, and the traits of both."""

ARTICLE = {"low": _U64, "time": _U64, "outlet": _U64, "url": _U64, "title": _U64}
"""What is known of an article beside its words: the rest of its id, the first part of its origins
(see :mod:`transforms.near_duplicates.origins`), and hashes."""

_NUMBERS = pa.list_(pa.field("item", _U32, nullable=False))

_ARTICLE_WORDS = {
    "article": _U64,
    **ARTICLE,
    "words": WORDS,
    "layout": pa.binary(),
    "lines": _NUMBERS,
    "paragraph_words": _NUMBERS,
}
"""An article: hashes of its words, paragraphs after one another; where they are in the text of
their paragraphs (see ``encode_layout``); line and words of each paragraph."""

_HASHES = _schema(hash=_U64, text=_U64, rank=_U32, size=_U32)

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

_FIGURES = dict.fromkeys(("similarity", "containment", "source_containment"), _FLOAT)

PASSAGES = _schema(
    passage=_U32,
    **{
        f"{prefix}{name}": kind
        for prefix in ("", "other_")
        for name, kind in {"article": _U64, "line": _U64, "start": _U32, "end": _U32}.items()
    },
    words=_U32,
    passage_words=_U32,
    holders=_U32,
    outlets=_U32,
)
"""A run of equal words of two paragraphs, as a part of a passage: the rest of the id of the article
and the line as in origins, characters of the paragraphs, words of the run and of the passage, and
how many articles and outlets hold its rarest shingle."""

STREAMS = (
    Stream(
        "occurrences",
        _schema(text=_U64, **_origin(""), outlet=_U64, url=_U64, title=_U64, **_PLACE),
        key="text",
    ),
    Stream("texts", _schema(text=_U64, words=WORDS), key="text"),
    Stream("bands", _HASHES, key="hash", indexed=True, hashes=("hash",)),
    Stream("winnowed", _HASHES, key="hash", indexed=True, hashes=("hash",)),
    # Every text of every run, once a run: what later runs compare with.
    Stream(
        "indexed_texts",
        _schema(**_TEXT, **_OUTLET, in_block=_BOOL, run=_U32, words=WORDS),
        key="text",
        indexed=True,
        run_column="run",
        stored_names={"indexed_texts": "archive", "in_block": "standing"},
    ),
    Stream(
        "affixes",
        _schema(key=_U64, **_AFFIX, size=_U8, shard=_U64, row=_U32, cut=_U32),
        key="key",
    ),
    # Every head and tail of every run: what later runs count with their own.
    Stream(
        "indexed_affixes",
        _schema(key=_U64, **_AFFIX),
        key="key",
        indexed=True,
        hashes=("text",),
    ),
    Stream(
        "templates",
        _schema(text=_U64, shard=_U64, row=_U32, head=_U32, tail=_U32, whole=_BOOL, stories=_U32),
        key="text",
    ),
    Stream(
        "origins",
        _schema(**_TEXT, **_OUTLET, is_repeat=_BOOL, is_short=_BOOL, in_block=_BOOL),
        key="text",
    ),
    Stream(
        "block_candidates",
        _schema(article=_U64, line=_U64, text=_U64, seen=_U32, stories=_U32, **_PLACE),
        key="article",
    ),
    Stream("blocks", _schema(text=_U64, seen=_U32), key="text"),
    # Every article of this run, and what outlets' boilerplate takes from it.
    Stream("article_words", _schema(shard=_U64, row=_U32, **_ARTICLE_WORDS), key="article"),
    Stream(
        "changes",
        _schema(article=_U64, low=_U64, line=_U64, removed=_BOOL, head=_U32, tail=_U32),
        key="article",
    ),
    Stream(
        "shingles",
        _schema(hash=_U64, article=_U64, outlet=_U32, rank=_U32, place=_U32),
        key="hash",
        indexed=True,
        hashes=("hash",),
    ),
    # Every article of every run; ``removed`` are lines that can be no part of a passage.
    Stream(
        "indexed_articles",
        _schema(**_ARTICLE_WORDS, removed=_NUMBERS),
        key="article",
        indexed=True,
        hashes=("low", "url", "title", "words"),
    ),
    # A shingle that two articles share, the one with the smaller number first.
    Stream(
        "seeds",
        _schema(article=_U64, other=_U64, place=_U32, other_place=_U32, holders=_U32, outlets=_U32),
        key="article",
    ),
    # A pair of articles: seeds, and of the first article the words around them.
    Stream(
        "passage_probes",
        _schema(
            build=_U64,
            article=_U64,
            **ARTICLE,
            **dict.fromkeys(("places", "build_places", "holders", "outlets"), _NUMBERS),
            **dict.fromkeys(("window_starts", "window_sizes"), _NUMBERS),
            **dict.fromkeys(("words", "starts", "ends"), _NUMBERS),
            **dict.fromkeys(("lines", "paragraph_starts"), _NUMBERS),
        ),
        key="build",
    ),
    Stream("passages", PASSAGES, key="article"),
    Stream("candidates", _schema(text=_U64, other=_U64, size=_U32, other_size=_U32), key="text"),
    Stream("probes", _schema(build=_U64, **_TEXT, words=WORDS), key="build"),
    Stream(
        "links",
        _schema(text=_U64, **_origin("first_"), **_origin("other_"), kind=_U8, **_FIGURES),
        key="text",
    ),
    Stream(
        "edges",
        _schema(
            text=_U64,
            **_origin(""),
            source=_U64,
            **_origin("source_"),
            source_represents=_BOOL,
            similarity=_FLOAT,
        ),
        key="",
    ),
    Stream("clusters", _schema(text=_U64, **_origin("cluster_")), key="text"),
    Stream(
        "annotations",
        _schema(
            shard=_U64,
            row=_U32,
            **_origin("cluster_"),
            **_origin("source_"),
            similarity=_FLOAT,
            removal=_U8,
            head=_U32,
            tail=_U32,
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
