"""Fingerprints of the paragraphs of a shard: text keys, band hashes, winnowed shingles."""

import hashlib
import itertools

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform import Tables
from transforms.arrays import I64, U32, U64
from transforms.compiled import fingerprints
from transforms.compiled.words import Words, hash_words, text_keys
from transforms.near_duplicates.articles import article_rows
from transforms.near_duplicates.evidence import article_evidence
from transforms.near_duplicates.origins import (
    LINE_BITS,
    NEW,
    TIME_OFFSET,
    Origins,
    article_halves,
    new_times,
)
from transforms.near_duplicates.passages import shingle_rows
from transforms.near_duplicates.rows import (
    group_starts,
    list_array,
    order_of,
    ragged_positions,
    select,
)
from transforms.near_duplicates.streams import ARTICLE, SCHEMAS, stream_table
from transforms.near_duplicates.templates import affix_rows

MIN_WORDS = 8
"""A shorter paragraph has no near-duplicates, only equal ones."""

BANDS, ROWS = 24, 4
"""A pair of Jaccard similarity J shares some band with probability 1 - (1 - J**4)**24:
.79 at J = .5, .96 at .6, .999 at .7, .99999 at .8."""

SHINGLE_WORDS = 6

MIN_SHARED_SHINGLES = 6
"""Shingles that a contained paragraph shares with the one that contains it."""

EVIDENCE_WORDS = 1 << 17
"""Words of the articles whose evidence is read at a time. It takes 120 bytes a word."""

WINDOW = 6
"""Six shared shingles in a row always share a winnowed one; about 2 / 7 of all are kept."""


def fingerprint(shard: int, tables: Tables) -> dict[str, pa.Table]:
    """Returns the rows of one shard, by stream.

    Args:
      shard: its number.
      tables: ``articles`` with ``article_id``, ``url``, ``title``, ``published_at``, ``outlet``,
        ``agency_own``, and what :mod:`transforms.near_duplicates.evidence` reads; ``paragraphs``
        with ``article`` (row of the article), ``line_number``, ``text``; ``removed_lines`` with
        the same.
    """
    articles, paragraphs = tables["articles"], tables["paragraphs"]
    article = paragraphs.column("article").to_numpy()
    high, low = article_halves(articles.column("article_id"))
    lines = paragraphs.column("line_number").to_numpy().astype(np.uint64)
    times = new_times(articles)
    ranks = _rank(times)
    origins = Origins(times[article], high[article], (low[article] << LINE_BITS) | lines)
    words = hash_words(paragraphs.column("text"))
    short_words = (words.hashes >> np.uint64(32)).astype(np.uint32)
    evidence = _evidence(tables, article, words)
    columns = {"article": high, "low": low}
    columns |= {name: evidence.column(name).to_numpy() for name in ARTICLE if name != "low"}
    of_articles = {
        "article_words": article_rows(
            *(shard, columns, evidence, article),
            *(paragraphs.column("line_number").to_numpy(), words, short_words),
        ),
        "shingles": shingle_rows(columns, ranks, article, words),
    }
    hashes, offsets = words.hashes, words.offsets
    del words  # where each word is takes as much memory as its hash
    keys = text_keys(hashes, offsets)
    present = np.flatnonzero(keys)
    sizes = np.diff(offsets)
    article_sizes = np.bincount(article, weights=sizes, minlength=len(articles))
    known = {
        "outlet": _hashes(articles.column("outlet")),
        "url": _hashes(_or_id(articles, "url")),
        "title": _hashes(_or_id(articles, "title")),
    }
    owners = select(known, article)
    changes = article[1:] != article[:-1]
    occurrences = {
        "text": keys[present],
        **origins.take(present).columns(),
        **select(owners, present),
        "shard": np.full(len(present), shard, np.uint64),
        "row": present.astype(np.uint32),
        "size": sizes[present].astype(np.uint32),
        "article_size": article_sizes[article[present]].astype(np.uint32),
        "first": np.append(True, changes)[: len(article)][present],
        "last": np.append(changes, True)[: len(article)][present],
    }
    # Of equal texts in the shard only the earliest occurrence gets fingerprints.
    long_rows = np.flatnonzero(sizes >= MIN_WORDS)
    order = long_rows[order_of(keys[long_rows], *origins.take(long_rows))]
    rows = np.sort(order[group_starts(keys[order])])
    starts, lengths, texts = offsets[rows], sizes[rows], keys[rows]
    rank, size = ranks[article[rows]], lengths.astype(np.uint32)
    bands = _band_hashes(hashes, starts, lengths)
    winnowed, owner = _winnowed(hashes, starts, lengths)
    return {
        "occurrences": stream_table("occurrences", occurrences),
        "texts": pa.Table.from_arrays(
            [
                pa.array(texts, pa.uint64()),
                list_array(short_words[ragged_positions(starts, lengths)], lengths),
            ],
            schema=SCHEMAS["texts"],
        ),
        "bands": stream_table(
            "bands",
            {
                "hash": bands.ravel(),
                "text": np.repeat(texts, BANDS),
                "rank": np.repeat(rank, BANDS),
                "size": np.repeat(size, BANDS),
            },
        ),
        "winnowed": stream_table(
            "winnowed",
            {"hash": winnowed, "text": texts[owner], "rank": rank[owner], "size": size[owner]},
        ),
        **of_articles,
        "affixes": affix_rows(
            paragraphs.column("text"), article, keys, sizes, owners | {"time": origins.time}, shard
        ),
    }


def _evidence(tables: Tables, article: I64, words: Words) -> pa.Table:
    """Returns the evidence of the articles of a shard, read ``EVIDENCE_WORDS`` at a time.

    Args:
      tables: of the shard.
      article: of each paragraph, ascending.
      words: of the paragraphs.
    """
    articles, paragraphs, removed = (
        tables[name] for name in ("articles", "paragraphs", "removed_lines")
    )
    removed_from = removed.column("article").to_numpy()
    bounds = np.searchsorted(article, np.arange(len(articles) + 1))
    parts = []
    starts = group_starts(words.offsets[bounds[:-1]] // EVIDENCE_WORDS)
    starts = np.append(starts, len(articles)) if len(starts) else np.zeros(2, np.int64)
    for first, last in itertools.pairwise(starts.tolist()):
        begin, end = bounds[first], bounds[last]
        is_here = pa.array((removed_from >= first) & (removed_from < last))
        lines = (paragraphs.slice(begin, end - begin), removed.filter(is_here))
        kept, gone = (
            table.set_column(
                table.schema.get_field_index("article"),
                "article",
                pc.subtract(table.column("article"), first),
            )
            for table in lines
        )
        some = slice(words.offsets[begin], words.offsets[end])
        part = Words(
            words.hashes[some],
            words.offsets[begin : end + 1] - words.offsets[begin],
            words.starts[some],
            words.ends[some],
        )
        parts.append(article_evidence(articles.slice(first, last - first), kept, gone, part))
    return (
        pa.concat_tables(parts) if parts else article_evidence(articles, paragraphs, removed, words)
    )


def _rank(time: U64) -> U32:
    """Returns minutes since the year 1, shape (n,); 2**31 - 1 if unknown or after 4084."""
    minutes = (time & ~NEW) // np.uint64(120_000_000)
    since = minutes.astype(np.int64) - (TIME_OFFSET - 62_135_596_800_000_000) // 60_000_000
    return np.clip(since, 0, (1 << 31) - 1).astype(np.uint32)


def _hashes(texts: pa.ChunkedArray) -> U64:
    """Returns a 64-bit hash of each text; 0 for an empty one or null."""
    listed = texts.to_pylist()
    numbers = {
        text: int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
        if text
        else 0
        for text in set(listed)
    }
    return np.fromiter(map(numbers.__getitem__, listed), np.uint64, len(listed))


def _or_id(articles: pa.Table, column: str) -> pa.ChunkedArray:
    return pc.coalesce(articles.column(column), articles.column("article_id"))


def _band_hashes(words: U64, starts: I64, lengths: I64) -> U64:
    """Returns the band hashes of n paragraphs, shape (n, ``BANDS``)."""
    bigrams = (fingerprints.shingles(words, 2) >> np.uint64(32)).astype(np.uint32)
    signatures = fingerprints.minhash(bigrams, starts, lengths - 1, BANDS * ROWS)
    return fingerprints.bands(signatures, ROWS)


def _winnowed(words: U64, starts: I64, lengths: I64) -> tuple[U64, I64]:
    """Returns winnowed shingles and the paragraph of each, counted from 0."""
    enough = np.flatnonzero(lengths >= SHINGLE_WORDS + MIN_SHARED_SHINGLES - 1)
    runs = fingerprints.shingles(words, SHINGLE_WORDS)
    places, owners = fingerprints.winnow(
        runs, starts[enough], lengths[enough] - (SHINGLE_WORDS - 1), WINDOW
    )
    return runs[places], enough[owners]
