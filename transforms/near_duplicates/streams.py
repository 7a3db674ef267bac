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

_STORIES = {f"{prefix}_{name}": _U32 for prefix in ("first", "other") for name in ("url", "title")}
"""Hashes of the addresses and titles of the articles of these occurrences, by which one that comes
in several runs counts once."""

_OUTLET = {"articles": _U32, "outlet": _U64, "outlet_articles": _U32}
"""How many articles have a text, the outlet with most of them, and how many it has."""

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
"""A text with a head or tail, its outlet, title (``story``) and day, and the traits of both."""

SPANS = pa.list_(
    pa.struct([(name, pa.int32()) for name in ("start", "end", "source_start", "source_end")])
)
"""Type of the aligned runs of two paragraphs."""

FRAGMENTS = pa.list_(
    pa.struct(
        [
            ("paragraph_id", pa.string()),
            ("source_paragraph_id", pa.string()),
            ("shared_words", pa.int32()),
            ("spans", SPANS),
        ]
    )
)
"""Type of what a passage has beyond the paragraphs of a link."""


ARTICLE = {
    "low": _U64,
    "time": _U64,
    "precision": pa.uint8(),
    "size": _U32,
    "outlet": _U64,
    "house": _U64,
    "url": _U64,
    "title": _U64,
    "agency": _U64,
    "agency_own": _BOOL,
}
"""What is known of an article beside its words: the rest of its id; the first part of its origins
(see :mod:`transforms.near_duplicates.origins`) and the precision of its date, an index of
``pipeline.dates.PRECISIONS`` from 1, 0 for no date; its words; hashes, 0
where there is nothing; whether it is the agency's own publication."""

_NUMBERS = pa.list_(pa.field("item", _U32, nullable=False))
_NAMES = pa.list_(pa.field("item", _U64, nullable=False))

EVIDENCE = {
    "contributed": _NAMES,
    "names": _NAMES,
    "mention_names": _NAMES,
    "mention_words": _NUMBERS,
    "mention_kinds": pa.list_(pa.field("item", _U8, nullable=False)),
    "quoted": _NUMBERS,
    "introduced": _NUMBERS,
    "capitals": pa.binary(),
}
"""Evidence of an article: hashes of agencies that contributed, of the names by which others credit
it, of those it credits, with their words and kinds; ranges of words that are quoted, or follow a
colon, as start and end of the first, start and end of the second, ...; a bit a word, lowest first,
that is 1 for a capital."""

EDITION = {"first_article": _U64, "first_low": _U64, "number": _U32}
"""The first edition of an article, and the number of this one among them; ``NO_ORIGIN``
and 0 where no edition is known."""

ARTICLE_WORDS = {
    "article": _U64,
    **ARTICLE,
    **EVIDENCE,
    "words": WORDS,
    "layout": pa.binary(),
    "lines": _NUMBERS,
    "paragraph_words": _NUMBERS,
}
"""An article: hashes of its words, paragraphs after one another; where they are in the text of
their paragraphs (see ``encode_layout``); line and words of each paragraph."""

_HASHES = _schema(hash=_U64, text=_U64, rank=_U32, size=_U32)

LINK_KINDS = ("exact", "near", "contained", "passage")
EXACT, NEAR, CONTAINED, PASSAGE = range(4)
"""Kinds of links, by number; the first three are of whole texts, the last of equal words."""

DIRECTIONS = ("agency", "credit", "dates", "common", "unknown")
"""What the direction of a link rests on, by number; with the last two nobody is the copier."""

LINKS = Table(
    "A pair of paragraphs of two articles that share a passage. With a direction of `agency`, "
    "`credit` or `dates` the first has it from the source; with `common` or `unknown` nobody can "
    "tell, and the first is the one printed later, or not known to be earlier. `reuse` and "
    "`direction` rest on the two articles alone, so a later run would say the same; the view "
    "`paragraph_links_current` adds what the whole warehouse tells.",
    {
        "paragraph_id": Column(pa.string(), "The dependent or later paragraph of the pair."),
        "source_paragraph_id": Column(
            pa.string(), "The source, or the earlier paragraph; in another article."
        ),
        "kind": Column(
            pa.string(),
            "exact: equal but for case, punctuation and white space; near: word-bigram Jaccard of "
            "at least 0.5; contained: one holds at least 0.6 of the other's word bigrams and they "
            "share at least six 6-word shingles; passage: they share a part of a run of at least "
            "twelve words.",
            counted="links between paragraphs",
        ),
        "reuse": Column(
            pa.string(),
            "What was reused: wire (an agency's text), copy (one outlet's own words in another's "
            "article), quotation (words of a third party or of a public document), edition (an "
            "article that its outlet printed again), background (a background paragraph that "
            "an outlet, or an author, has in several articles), formula (a stock phrase).",
            counted="links by reuse",
        ),
        "reuse_evidence": Column(
            pa.string(),
            "What `reuse` rests on: names (many capitalised words), address (the same address or "
            "headline), share (a large share of the article), marks (quotation marks), agency (a "
            "credit to an agency, or an address among wires), credit (one credits the other), "
            "third (both credit a third), plain (text without quotation marks that neither "
            "credits), short (too few words), author (both articles have one author).",
        ),
        "direction": Column(
            pa.string(),
            "Evidence for who has it from whom: agency (the source is the agency's own copy), "
            "credit (the dependent article names the outlet of the source, which may have the "
            "words in several articles, this one even the later), dates (they are apart by more "
            "than their precision, the days of two outlets by 14 hours more, since each may have "
            "its own clock, and the later article names the other outlet nearby or quotes 80 words "
            "of it); common: both have it from a third; unknown: there is none.",
        ),
        "similarity": Column(
            pa.float64(),
            "Jaccard similarity of the two sets of word bigrams; of a passage, shared words by the "
            "words of both.",
        ),
        "containment": Column(
            pa.float64(),
            "Share of the first paragraph's word bigrams that the source has; of a passage, of its "
            "words.",
        ),
        "source_containment": Column(
            pa.float64(),
            "Share of the source's word bigrams that the first has; of a passage, of its words.",
        ),
        "shared_words": Column(
            pa.int32(),
            "Words that the spans hold: at least eight, but for a shorter paragraph between two "
            "that are linked to the same article; less than twelve where the run of twelve and "
            "more goes on in another paragraph. Null where no such run is shared, as in near texts "
            "with many small changes.",
        ),
        "holders": Column(
            pa.int32(),
            "Number of articles with the rarest seven words of the passage, these two included, "
            "that the run which found it knew.",
        ),
        "holder_outlets": Column(
            pa.int32(), "Number of outlets of these articles, as far as known."
        ),
        "spans": Column(
            SPANS,
            "Runs of equal words, by their characters in the text of the first paragraph (from "
            "`start` up to `end`, counted from 0) and in that of the source.",
        ),
        "fragments": Column(
            FRAGMENTS,
            "Where its passages go on in other paragraphs of both articles with less than eight "
            "words, which are no link: these paragraphs, their shared words and spans. "
            "`paragraph_shares`, `article_copies` and `origins` count these words. A passage of "
            "which no paragraph has eight words is neither linked nor counted.",
        ),
    },
    after="paragraphs",
)

_SIDE = {"time": _U64, "size": _U32, "paragraph": _U32, "work": _U64}
"""Of one side of a pair: its time, words of the paragraph and its number in the article, and a key
that editions of one article have in common."""


def _paragraph(prefix: str) -> dict[str, pa.DataType]:
    """Columns that name a paragraph: an origin without its time."""
    return {f"{prefix}{part}": _U64 for part in ("article", "line")}


def _edition(prefix: str) -> dict[str, pa.DataType]:
    """Columns of an article that is an edition of another one; see ``editions``."""
    columns = {**dict.fromkeys(("time", "article", "low"), _U64), **EDITION}
    return {f"{prefix}{part}": kind for part, kind in columns.items()}


LATER, EITHER, EARLIER, NEITHER = range(4)
"""Which of two paragraphs may go from the corpus, by number, as `--keep` orders their articles:
the later one; where nothing says which that is, the one that has less of its own; the earlier one,
which has it from the other; or neither, of editions of one article."""

FIGURES = dict.fromkeys(("similarity", "containment", "source_containment"), _FLOAT)

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
        _schema(**_TEXT, **_STORIES, **_OUTLET, in_block=_BOOL, run=_U32, words=WORDS),
        key="text",
        indexed=True,
        run_column="run",
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
        _schema(**_TEXT, **_STORIES, **_OUTLET, is_repeat=_BOOL, is_short=_BOOL, in_block=_BOOL),
        key="text",
    ),
    Stream(
        "block_candidates",
        _schema(article=_U64, line=_U64, text=_U64, seen=_U32, stories=_U32, **_PLACE),
        key="article",
    ),
    Stream("blocks", _schema(text=_U64, seen=_U32), key="text"),
    # Every article of this run, and what outlets' boilerplate takes from it.
    Stream("article_words", _schema(shard=_U64, row=_U32, **ARTICLE_WORDS), key="article"),
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
    # Every article of every run; ``removed`` are lines that can be no part of a passage, ``cuts``
    # those of which head or tail cannot, each with both; ``copied`` are lines that are copies.
    Stream(
        "indexed_articles",
        _schema(**ARTICLE_WORDS, **EDITION, removed=_NUMBERS, cuts=_NUMBERS, copied=_NUMBERS),
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
            **EDITION,
            **EVIDENCE,
            **dict.fromkeys(("places", "build_places", "holders", "outlets"), _NUMBERS),
            **dict.fromkeys(("window_starts", "window_sizes"), _NUMBERS),
            **dict.fromkeys(("words", "starts", "ends"), _NUMBERS),
            **dict.fromkeys(("lines", "paragraph_starts", "copied"), _NUMBERS),
        ),
        key="build",
    ),
    Stream("candidates", _schema(text=_U64, other=_U64), key="text"),
    Stream("probes", _schema(build=_U64, **_TEXT, words=WORDS), key="build"),
    Stream(
        "links",
        _schema(text=_U64, other=_U64, kind=_U8, **FIGURES),
        key="text",
    ),
    # A paragraph, once for each text that its text is linked to; both texts give the pair its key.
    Stream(
        "text_uses",
        _schema(pair=_U64, is_larger=_BOOL, rank=_U32, **_origin(""), kind=_U8, **FIGURES),
        key="pair",
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
    # Links between texts, of paragraphs; the article with the smaller number first.
    Stream(
        "text_links",
        _schema(
            **_paragraph(""),
            **_paragraph("other_"),
            kind=_U8,
            **FIGURES,
        ),
        key="other_article",
    ),
    Stream("text_pairs", _schema(article=_U64, other=_U64), key="article"),
    # What two paragraphs share: a run of equal words, or all of a text link; keyed by the article
    # that is the copy of the two by `--keep`.
    Stream(
        "shared_parts",
        _schema(
            **_paragraph(""),
            **_SIDE,
            **_paragraph("other_"),
            **{f"other_{name}": kind for name, kind in _SIDE.items()},
            kind=_U8,
            **FIGURES,
            passage=_U32,
            words=_U32,
            first_word=_U32,
            other_first_word=_U32,
            **dict.fromkeys(("start", "end", "other_start", "other_end"), _U32),
            holders=_U32,
            holder_outlets=_U32,
            **dict.fromkeys(("reuse", "reuse_evidence", "direction", "goes"), _U8),
            **dict.fromkeys(("is_before", "is_source", "other_is_copy"), _BOOL),
        ),
        key="article",
    ),
    # A paragraph, and one of another article that it repeats in substance.
    Stream(
        "copies",
        _schema(
            **_paragraph(""),
            **_origin("source_"),
            similarity=_FLOAT,
            cover=_FLOAT,
            shared=_U32,
            source_is_copy=_BOOL,
            is_tentative=_BOOL,
        ),
        key="",
    ),
    # The paragraphs that are copies, and of what.
    Stream(
        "copied_lines",
        _schema(**_paragraph(""), **_origin("source_"), similarity=_FLOAT),
        key="article",
    ),
    Stream(
        "edition_pairs",
        _schema(**_edition(""), **_edition("other_")),
        key="",
    ),
    Stream(
        "editions",
        _schema(article=_U64, low=_U64, **EDITION),
        key="article",
    ),
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
            edition_article=_U64,
            edition_low=_U64,
            edition_number=_U32,
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
        [
            # Of a chunked array `pa.array` makes Python objects, a hundred times as slow.
            columns[name].cast(kind)
            if isinstance(columns[name], pa.Array | pa.ChunkedArray)
            else pa.array(columns[name], kind)
            for name, kind in zip(schema.names, schema.types, strict=True)
        ],
        schema=schema,
    )
