"""Near-duplicate paragraphs: who has which paragraph from whom, every pair verified.

The measure is word bigrams. Two paragraphs of at least eight words are *near* when the Jaccard
similarity of their bigram sets is at least 0.5; shorter ones count only when equal. Longer shingles
are blind here: a 10 % edit of a 38-word paragraph leaves a 5-word-shingle Jaccard of 0.42, and 0.68
with bigrams. A paragraph is *contained* in another when they share at least six 6-word shingles and
at least 0.6 of one's bigrams: outlets cut, merge and split paragraphs.

The steps, each a pure function over the rows of one hash partition:

1. ``fingerprint`` collapses equal paragraphs of a piece and gives each distinct text its band
   hashes (MinHash: Broder 1997; banding: Leskovec, Rajaraman, Ullman, Mining of Massive Datasets,
   section 3.4) and its winnowed 6-word shingles (Schleimer, Wilkerson and Aiken, SIGMOD 2003).
2. ``collapse`` joins equal texts of the whole corpus: the first occurrence, the first in another
   article, and whether one outlet alone repeats it (a stop paragraph).
3. ``propose`` turns texts with a common band or shingle into candidate pairs.
4. ``request`` sends the shorter text of each candidate pair to the longer one.
5. ``verify`` computes the exact figures of every pair; nothing unverified goes on.
6. ``lead`` forms clusters around first paragraphs.
7. ``label`` turns verified pairs of texts into links between paragraphs.

A paragraph's order in time is its *origin*, three unsigned 64-bit numbers compared in turn:

- published time in microseconds, unknown last; lowest bit 0 for an agency's own copy; highest bit
  0 for what an earlier run has committed, so that a committed source stays the source;
- the first 64 bits of the article id;
- its last 32 bits and the line number.
"""

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform import Channel, Column, CorpusTransform, Round
from transforms import shingles
from transforms.shingles import I64, U32, U64

Rows = dict[str, npt.NDArray[Any]]
Tables = Mapping[str, pa.Table]
Mask = npt.NDArray[np.bool_]

MIN_WORDS = 8
"""A shorter paragraph has no near-duplicates, only equal ones."""

MIN_JACCARD = 0.5
"""On the five seed dumps exactly four pairs reach it (0.66-0.79); the next pair has 0.21."""

MIN_CONTAINMENT = 0.6
MIN_SHARED_SHINGLES = 6
SHINGLE_WORDS = 6

BANDS, ROWS = 24, 4
"""A pair of Jaccard similarity J meets in some band with probability 1 - (1 - J**4)**24:
.79 at J = .5, .96 at .6, .999 at .7, .99999 at .8."""

WINDOW = 6
"""Six shared shingles in a row always share a winnowed one; about 2 / 7 of all are kept."""

MAX_CLIQUE = 12
"""Members of a band that are all compared with each other: at most 66 pairs. In a larger band each
is compared with the earliest only, so that the cost stays linear."""

STOP_ARTICLES = 10
STOP_SHARE = 0.9
"""A paragraph that ten articles of one outlet repeat word for word, and hardly anyone else (that
outlet has nine tenths of all its articles), is the outlet's boilerplate. Wire copy reaches several
outlets and stays below the share."""

STOP_RULE = "outlet_repeat_v1"

KINDS = ("exact", "near", "contained")
_EXACT, _NEAR, _CONTAINED = range(3)

_NEW = np.uint64(1 << 63)
_LINE_BITS = np.uint64(32)
_NO_ORIGIN = np.uint64(0xFFFFFFFFFFFFFFFF)
_UNKNOWN_TIME = (1 << 61) - 1
_TIME_OFFSET = 1 << 60
_RANK_NEW = np.uint32(1 << 31)


class Origins(NamedTuple):
    """When and where n paragraphs were published; see the module's docstring."""

    time: U64
    article: U64
    line: U64


def _field(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


def _schema(**kinds: pa.DataType) -> pa.Schema:
    return pa.schema([_field(name, kind) for name, kind in kinds.items()])


def _origin_fields(prefix: str) -> dict[str, pa.DataType]:
    return {f"{prefix}{part}": pa.uint64() for part in Origins._fields}


_WORDS = pa.list_(_field("item", pa.uint32()))

_LINK_COLUMNS = {
    "paragraph_id": Column(pa.string(), "The later paragraph of the pair."),
    "source_paragraph_id": Column(pa.string(), "The earlier paragraph, in another article."),
    "kind": Column(
        pa.string(),
        "exact: equal but for case, punctuation and white space; near: word-bigram Jaccard of at "
        "least 0.5; contained: one holds at least 0.6 of the other's word bigrams and they share "
        "at least six 6-word shingles.",
    ),
    "similarity": Column(pa.float64(), "Jaccard similarity of the two sets of word bigrams."),
    "containment": Column(
        pa.float64(), "Share of the later paragraph's word bigrams that the source has."
    ),
    "source_containment": Column(
        pa.float64(), "Share of the source's word bigrams that the later paragraph has."
    ),
}


@dataclasses.dataclass
class NearDuplicates(CorpusTransform):
    """Finds paragraphs that repeat an earlier article's, and links them to their source.

    Args:
      window_days: compare only paragraphs published at most so many days apart; 0 compares all.
        Paragraphs without a date are always compared.
    """

    window_days: int = 0

    reads = ("article_id", "published_at", "outlet", "agency_own", "paragraphs", "text")
    adds: ClassVar[Mapping[str, Column]] = {
        "unique_text": Column(
            pa.string(),
            "The clean text without the paragraphs that nearly repeat an earlier article's.",
        ),
        "duplicate_paragraph_count": Column(
            pa.int64(), "Paragraphs that nearly repeat an earlier article's."
        ),
    }
    paragraph_columns: ClassVar[Mapping[str, Column]] = {
        "cluster_id": Column(
            pa.string(),
            "The first paragraph of its cluster of near-duplicates; its own id where it has none.",
        ),
        "is_duplicate": Column(pa.bool_(), "Whether it nearly repeats an earlier article's."),
        "duplicate_of": Column(
            pa.string(), "The paragraph it came from: its most similar verified earlier paragraph."
        ),
        "similarity": Column(
            pa.float64(), "Jaccard similarity of its word bigrams with those of `duplicate_of`."
        ),
    }
    tables: ClassVar[Mapping[str, Mapping[str, Column]]] = {"paragraph_links": _LINK_COLUMNS}
    channels: ClassVar = (
        Channel(
            "occurrences",
            _schema(
                text=pa.uint64(),
                **_origin_fields(""),
                outlet=pa.uint64(),
                piece=pa.uint64(),
                row=pa.uint32(),
            ),
            key="text",
        ),
        Channel("texts", _schema(text=pa.uint64(), words=_WORDS), key="text"),
        Channel(
            "bands",
            _schema(hash=pa.uint64(), text=pa.uint64(), rank=pa.uint32(), size=pa.uint32()),
            key="hash",
            indexed=True,
        ),
        Channel(
            "winnowed",
            _schema(hash=pa.uint64(), text=pa.uint64(), rank=pa.uint32(), size=pa.uint32()),
            key="hash",
            indexed=True,
        ),
        Channel(
            "archive",
            _schema(
                text=pa.uint64(),
                **_origin_fields("first_"),
                **_origin_fields("other_"),
                **_origin_fields("cluster_"),
                articles=pa.uint32(),
                outlet=pa.uint64(),
                outlet_articles=pa.uint32(),
                words=_WORDS,
            ),
            key="text",
            indexed=True,
        ),
        Channel(
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
            ),
            key="text",
        ),
        Channel(
            "candidates",
            _schema(
                text=pa.uint64(),
                other=pa.uint64(),
                size=pa.uint32(),
                other_size=pa.uint32(),
            ),
            key="text",
        ),
        Channel(
            "visitors",
            _schema(
                host=pa.uint64(),
                text=pa.uint64(),
                **_origin_fields("first_"),
                **_origin_fields("other_"),
                **_origin_fields("cluster_"),
                words=_WORDS,
            ),
            key="host",
        ),
        Channel(
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
        Channel(
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
        Channel("clusters", _schema(text=pa.uint64(), **_origin_fields("cluster_")), key="text"),
        Channel(
            "labels",
            _schema(
                piece=pa.uint64(),
                row=pa.uint32(),
                **_origin_fields("cluster_"),
                **_origin_fields("source_"),
                similarity=pa.float64(),
                stop=pa.bool_(),
            ),
            key="piece",
        ),
        Channel(
            "paragraph_links",
            pa.schema([(name, column.type) for name, column in _LINK_COLUMNS.items()]),
            key="",
        ),
    )
    rounds: ClassVar = (
        Round("collapse", reads=("occurrences", "archive"), writes=("origins",)),
        Round("propose", reads=("bands", "winnowed"), writes=("candidates",)),
        Round(
            "request",
            reads=("candidates", "texts", "origins", "archive"),
            writes=("visitors",),
        ),
        Round(
            "verify",
            reads=("visitors", "texts", "origins", "archive"),
            writes=("links", "edges"),
        ),
        Round("lead", reads=("edges",), writes=("clusters",)),
        Round(
            "label",
            reads=("occurrences", "texts", "origins", "links", "clusters", "archive"),
            writes=("labels", "paragraph_links", "archive"),
        ),
    )

    def __post_init__(self) -> None:
        if self.window_days < 0:
            raise ValueError(
                f"window_days is {self.window_days}; it must be 0 (compare all) or a number of days"
            )

    def fingerprint(self, piece: int, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``occurrences``, ``texts``, ``bands`` and ``winnowed`` of one piece."""
        return fingerprint(piece, tables["articles"], tables["paragraphs"])

    def collapse(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``origins``: one row a distinct text."""
        return {"origins": collapse(_rows(tables["occurrences"]), tables["archive"])}

    def propose(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``candidates``: each pair of texts with a common hash, in both directions."""
        return {"candidates": propose(_rows(tables["bands"]), _rows(tables["winnowed"]))}

    def request(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``visitors``: the shorter text of each candidate pair, keyed by the longer."""
        return {
            "visitors": request(
                _rows(tables["candidates"]), _distinct_words(tables), _known_origins(tables)
            )
        }

    def verify(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``links`` and ``edges`` of the candidate pairs that hold on the exact sets."""
        return verify(
            tables["visitors"],
            _distinct_words(tables),
            _known_origins(tables),
            self.window_days,
        )

    def lead(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``clusters``: the leader of every text that is near an earlier leader."""
        return {"clusters": lead(_rows(tables["edges"]))}

    def label(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``labels``, ``paragraph_links`` and the rows for the ``archive``."""
        return label(
            _rows(tables["occurrences"]),
            _by_text(_rows(tables["origins"])),
            _rows(tables["links"]),
            _rows(tables["clusters"]),
            tables,
        )

    def archived(self, channel: str, rows: pa.Table) -> pa.Table:
        """Returns the rows with ranks marked as committed."""
        if channel == "archive":
            return rows
        rank = rows.column("rank").to_numpy() & ~_RANK_NEW
        place = rows.schema.get_field_index("rank")
        return rows.set_column(place, rows.schema.field("rank"), pa.array(rank))

    def attach(self, tables: Tables, labels: pa.Table) -> dict[str, pa.Table]:
        """Sets the declared columns; takes stop paragraphs out of ``paragraphs``."""
        return attach(tables, _rows(labels))


# --- rows and arrays ---------------------------------------------------------------------------


def _rows(table: pa.Table) -> Rows:
    """Returns the fixed-width columns of a table as arrays."""
    return {
        name: table.column(name).to_numpy()
        for name in table.column_names
        if not pa.types.is_list(table.schema.field(name).type)
    }


def _table(channel: str, columns: Mapping[str, Any]) -> pa.Table:
    schema = _SCHEMAS[channel]
    return pa.Table.from_arrays(
        [pa.array(columns[name], schema.field(name).type) for name in schema.names], schema=schema
    )


_SCHEMAS: dict[str, pa.Schema] = {
    channel.name: channel.schema for channel in NearDuplicates.channels
}


def _origins(rows: Rows, prefix: str) -> Origins:
    return Origins(*(rows[f"{prefix}{part}"] for part in Origins._fields))


def _columns(origins: Origins, prefix: str) -> Rows:
    return {
        f"{prefix}{part}": values for part, values in zip(Origins._fields, origins, strict=True)
    }


def _take(origins: Origins, index: Any) -> Origins:
    return Origins(*(values[index] for values in origins))


def _earlier(left: Origins, right: Origins) -> Mask:
    """Returns whether each left origin comes before the right one."""
    return np.asarray(
        (left.time < right.time)
        | (
            (left.time == right.time)
            & (
                (left.article < right.article)
                | ((left.article == right.article) & (left.line < right.line))
            )
        )
    )


def _same_article(left: Origins, right: Origins) -> Mask:
    return np.asarray(
        (left.article == right.article) & ((left.line >> _LINE_BITS) == (right.line >> _LINE_BITS))
    )


def _group_starts(*keys: npt.NDArray[Any]) -> I64:
    """Returns where each run of equal sorted keys begins."""
    if not len(keys[0]):
        return np.zeros(0, np.int64)
    changes = np.zeros(len(keys[0]), bool)
    changes[0] = True
    for key in keys:
        changes[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(changes)


def _group_sizes(starts: I64, total: int) -> I64:
    return np.diff(np.append(starts, total))


def _ragged_positions(starts: I64, lengths: I64) -> I64:
    """Returns the positions of n runs, given where each starts and how long it is."""
    total = int(lengths.sum())
    ends = np.cumsum(lengths)
    return np.asarray(np.arange(total) + np.repeat(starts - (ends - lengths), lengths))


def _list_array(values: U32, lengths: I64) -> pa.ListArray:
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), pa.array(values, pa.uint32()), type=_WORDS
    )


class TextWords(NamedTuple):
    """Word hashes of distinct texts.

    Attributes:
      texts: n sorted keys.
      words: 32-bit word hashes, all texts after one another.
      starts: where each text begins in ``words``.
      lengths: its words.
    """

    texts: U64
    words: U32
    starts: I64
    lengths: I64

    def find(self, texts: U64) -> tuple[I64, Mask]:
        """Returns the index of each text, and whether it is there."""
        return _find(self.texts, texts)

    def only(self, index: I64) -> "TextWords":
        """Returns these of the texts, their words copied out of those of all."""
        lengths = self.lengths[index]
        words = self.words[_ragged_positions(self.starts[index], lengths)]
        return TextWords(self.texts[index], words, np.cumsum(lengths) - lengths, lengths)

    def take(self, index: I64) -> pa.ListArray:
        """Returns the words of some texts as an Arrow list array."""
        lengths = self.lengths[index]
        return _list_array(self.words[_ragged_positions(self.starts[index], lengths)], lengths)


def _find(ordered: U64, wanted: U64) -> tuple[I64, Mask]:
    if not len(ordered):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    index = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return index, ordered[index] == wanted


def _words_of(texts: U64, words: pa.ChunkedArray) -> TextWords:
    """Returns the words of distinct texts; of equal texts the first row with words serves."""
    values, starts, lengths = [], [], []
    position = 0
    for chunk in words.chunks:
        offsets = chunk.offsets.to_numpy().astype(np.int64)
        values.append(chunk.values.to_numpy())
        starts.append(offsets[:-1] + position)
        lengths.append(np.diff(offsets))
        position += len(chunk.values)
    if not starts:
        none = np.zeros(0, np.int64)
        return TextWords(np.zeros(0, np.uint64), np.zeros(0, np.uint32), none, none)
    all_starts, all_lengths = np.concatenate(starts), np.concatenate(lengths)
    order = np.lexsort((-all_lengths, texts))
    chosen = order[_group_starts(texts[order])]
    return TextWords(texts[chosen], np.concatenate(values), all_starts[chosen], all_lengths[chosen])


def _distinct_words(tables: Tables) -> TextWords:
    """Returns the words of every text in ``texts`` and ``archive``."""
    both = pa.concat_tables(
        [tables["texts"], tables["archive"].select(["text", "words"])], promote_options="default"
    )
    return _words_of(both.column("text").to_numpy(), both.column("words"))


# --- 1. fingerprint ----------------------------------------------------------------------------


def article_halves(ids: pa.ChunkedArray | pa.Array) -> tuple[U64, U64]:
    """Returns the first 64 and the last 32 bits of article ids of 24 hex digits."""
    raw = bytes.fromhex("".join(ids.to_pylist()))
    parts = np.frombuffer(raw, np.dtype([("high", ">u8"), ("low", ">u4")]))
    return parts["high"].astype(np.uint64), parts["low"].astype(np.uint64)


def paragraph_ids(origins: Origins) -> pa.Array:
    """Returns the ids of paragraphs: 24 hex digits, a dash, the line number in 4 digits or more."""
    count = len(origins.article)
    parts = np.empty(count, np.dtype([("high", ">u8"), ("low", ">u4")]))
    parts["high"] = origins.article
    parts["low"] = origins.line >> _LINE_BITS
    lines = (origins.line & np.uint64(0xFFFFFFFF)).astype(np.int64)
    hexadecimal = np.frombuffer(parts.tobytes().hex().encode("ascii"), np.uint8).reshape(count, 24)
    letters = np.empty((count, 29), np.uint8)
    letters[:, :24] = hexadecimal
    letters[:, 24] = ord("-")
    for digit in range(4):
        letters[:, 28 - digit] = lines // 10**digit % 10 + ord("0")
    ids = pa.array(letters.view("S29").ravel(), pa.binary()).cast(pa.string())
    long_lines = np.flatnonzero(lines > 9999)
    if len(long_lines):
        texts = ids.to_pylist()
        for index in long_lines.tolist():
            texts[index] = f"{texts[index][:24]}-{lines[index]}"
        ids = pa.array(texts, pa.string())
    return ids


def article_times(articles: pa.Table) -> U64:
    """Returns the first part of the origin of every paragraph of an article, for new articles."""
    published = articles.column("published_at").cast(pa.int64())
    micros = pc.fill_null(published, _UNKNOWN_TIME - _TIME_OFFSET).to_numpy() + _TIME_OFFSET
    own = pc.fill_null(articles.column("agency_own"), False).to_numpy(zero_copy_only=False)
    return np.asarray((micros.astype(np.uint64) << np.uint64(1)) | (~own).astype(np.uint64) | _NEW)


def _rank(time: U64) -> U32:
    """Returns times in minutes, as 31 bits under the bit that tells new from committed."""
    minutes = (time & ~_NEW) // np.uint64(120_000_000)
    # Minutes since the year 1; whatever lies beyond 31 bits (year 4084), and the unknown, is last.
    since = minutes.astype(np.int64) - (_TIME_OFFSET - 62_135_596_800_000_000) // 60_000_000
    clipped = np.clip(since, 0, (1 << 31) - 1).astype(np.uint32)
    clipped[(time & _NEW) != 0] |= _RANK_NEW
    return clipped


def _outlet_hashes(outlets: pa.ChunkedArray) -> U64:
    """Returns one 64-bit number an outlet; 0 for none."""
    encoded = outlets.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    numbers = np.fromiter(
        (
            int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")
            for name in encoded.dictionary.to_pylist()
        ),
        np.uint64,
        len(encoded.dictionary),
    )
    numbers = np.append(numbers, np.uint64(0))
    return np.asarray(numbers[pc.fill_null(encoded.indices, len(numbers) - 1).to_numpy()])


_SLICE_PARAGRAPHS = 2048
"""Paragraphs hashed at a time: some 80,000 words, so that every array stays in the cache."""


def fingerprint(piece: int, articles: pa.Table, paragraphs: pa.Table) -> dict[str, pa.Table]:
    """Returns the channel rows of one piece.

    Args:
      piece: its number.
      articles: columns ``article_id``, ``published_at``, ``outlet``, ``agency_own``.
      paragraphs: columns ``article`` (row of its article), ``line_number``, ``text``.
    """
    article = paragraphs.column("article").to_numpy()
    high, low = article_halves(articles.column("article_id"))
    lines = paragraphs.column("line_number").to_numpy().astype(np.uint64)
    origins = Origins(
        article_times(articles)[article],
        high[article],
        (low[article] << _LINE_BITS) | lines,
    )
    texts = paragraphs.column("text").to_pylist()
    parts = [
        _fingerprint_slice(texts[start : start + _SLICE_PARAGRAPHS], start)
        for start in range(0, len(texts), _SLICE_PARAGRAPHS)
    ]
    keys = np.concatenate([part.keys for part in parts]) if parts else np.zeros(0, np.uint64)
    present = np.flatnonzero(keys)
    occurrences = {
        "text": keys[present],
        **_columns(_take(origins, present), ""),
        "outlet": _outlet_hashes(articles.column("outlet"))[article[present]],
        "piece": np.full(len(present), piece, np.uint64),
        "row": present.astype(np.uint32),
    }
    result = {"occurrences": _table("occurrences", occurrences)}
    # The earliest occurrence of a text speaks for it in the piece.
    order = np.lexsort((origins.line, origins.article, origins.time, keys))
    firsts = np.zeros(len(keys), bool)
    firsts[order[_group_starts(keys[order])]] = True
    ranks = _rank(origins.time)
    words, lengths, named = [], [], []
    hashed: dict[str, list[Rows]] = {"bands": [], "winnowed": []}
    for part in parts:
        kept = firsts[part.first + part.long_rows]
        named.append(part.keys[part.long_rows[kept]])
        lengths.append(part.lengths[kept])
        words.append(part.words[np.repeat(kept, part.lengths)])
        row_of = part.first + part.long_rows
        for name, hashes, owners in (
            ("bands", part.bands.T.ravel(), np.repeat(np.arange(len(kept)), BANDS)),
            ("winnowed", part.winnowed, part.winnowed_owner),
        ):
            chosen = kept[owners]
            owner = owners[chosen]
            hashed[name].append(
                {
                    "hash": hashes[chosen],
                    "text": keys[row_of[owner]],
                    "rank": ranks[row_of[owner]],
                    "size": part.lengths[owner].astype(np.uint32),
                }
            )
    result["texts"] = pa.Table.from_arrays(
        [
            pa.array(_concatenate(named, np.uint64), pa.uint64()),
            _list_array(_concatenate(words, np.uint32), _concatenate(lengths, np.int64)),
        ],
        schema=_SCHEMAS["texts"],
    )
    for name, rows in hashed.items():
        result[name] = _table(
            name,
            {
                field.name: _concatenate([part[field.name] for part in rows], np.uint64)
                for field in _SCHEMAS[name]
            },
        )
    return result


def _concatenate(parts: list[npt.NDArray[Any]], kind: Any) -> npt.NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0, kind)


class _Slice(NamedTuple):
    first: int
    keys: U64
    long_rows: I64
    lengths: I64
    words: U32
    bands: U64
    winnowed: U64
    winnowed_owner: I64


def _fingerprint_slice(texts: list[str], first: int) -> _Slice:
    """Hashes some paragraphs; ``long_rows`` are those of at least ``MIN_WORDS`` words."""
    words = shingles.hash_words(texts)
    keys = shingles.text_keys(words)
    all_lengths = np.diff(words.offsets)
    long_rows = np.flatnonzero(all_lengths >= MIN_WORDS)
    lengths = all_lengths[long_rows]
    is_long = np.repeat(all_lengths >= MIN_WORDS, all_lengths)
    hashes = words.hashes[is_long]
    starts = np.cumsum(lengths) - lengths
    bigrams = (shingles.shingles(hashes, 2) >> np.uint64(32)).astype(np.uint32)
    signatures = shingles.minhash(bigrams, starts, lengths - 1, BANDS * ROWS)
    runs = shingles.shingles(hashes, SHINGLE_WORDS)
    valid = np.ones(len(hashes), bool)
    for back in range(1, SHINGLE_WORDS):
        valid[starts + lengths - back] = False
    # Fewer than six shingles cannot make six shared ones.
    valid &= np.repeat(lengths >= SHINGLE_WORDS + MIN_SHARED_SHINGLES - 1, lengths)
    marked = np.flatnonzero(shingles.winnow(runs, valid[: len(runs)], WINDOW))
    owner = np.searchsorted(starts, marked, side="right") - 1
    return _Slice(
        first,
        keys,
        long_rows,
        lengths,
        (hashes >> np.uint64(32)).astype(np.uint32),
        shingles.bands(signatures, ROWS),
        runs[marked],
        owner,
    )


# --- 2. collapse -------------------------------------------------------------------------------


def collapse(occurrences: Rows, archive: pa.Table) -> pa.Table:
    """Returns one row of ``origins`` for every text of the run.

    ``first_`` is the earliest occurrence, ``other_`` the earliest in another article than that.
    What the archive knows of a text takes part as if it had occurred in this run, but earlier.
    """
    known = _merge_archive(_rows(archive))
    first, other = _origins(known, "first_"), _origins(known, "other_")
    has_other = other.time != _NO_ORIGIN
    text = np.concatenate((occurrences["text"], known["text"], known["text"][has_other]))
    new = _origins(occurrences, "")
    origins = Origins(
        *(
            np.concatenate((own, early, late[has_other]))
            for own, early, late in zip(new, first, other, strict=True)
        )
    )
    # Who was committed first stays first, whatever was published earlier and came later.
    turn = np.repeat([2, 0, 1], [len(new.time), len(first.time), int(has_other.sum())])
    order = np.lexsort((origins.line, origins.article, origins.time, turn, text))
    text, origins = text[order], _take(origins, order)
    starts = _group_starts(text)
    sizes = _group_sizes(starts, len(text))
    earliest = _take(origins, starts)
    differs = ~_same_article(origins, _take(origins, np.repeat(starts, sizes)))
    positions = np.where(differs, np.arange(len(text)), len(text))
    next_best = np.minimum.reduceat(positions, starts) if len(starts) else np.zeros(0, np.int64)
    padded = Origins(*(np.append(values, _NO_ORIGIN) for values in origins))
    distinct = text[starts]
    counts = _outlet_counts(occurrences, known, distinct)
    index, is_known = _find(known["text"], distinct)
    none = np.full(len(distinct), _NO_ORIGIN)
    cluster = (
        Origins(
            *(
                np.where(is_known, values[index], _NO_ORIGIN)
                for values in _origins(known, "cluster_")
            )
        )
        if len(known["text"])
        else Origins(none, none, none)
    )
    return _table(
        "origins",
        {
            "text": distinct,
            **_columns(earliest, "first_"),
            **_columns(_take(padded, next_best), "other_"),
            **_columns(cluster, "cluster_"),
            **counts,
        },
    )


def _merge_archive(archive: Rows) -> Rows:
    """Returns one row a text of what several earlier runs archived about it: the newest row.

    Every run that meets a text again archives its totals anew, so the row that counts the most
    articles is the newest.
    """
    order = np.lexsort((-archive["articles"].astype(np.int64), archive["text"]))
    chosen = order[_group_starts(archive["text"][order])]
    return {name: values[chosen] for name, values in archive.items()}


def _outlet_counts(occurrences: Rows, known: Rows, texts: U64) -> Rows:
    """Returns how many articles have each text, and the outlet with the most of them.

    Args:
      occurrences: rows of the run.
      known: archived rows, one a text.
      texts: the distinct texts of both, sorted.
    """
    low = occurrences["line"] >> _LINE_BITS
    order = np.lexsort((low, occurrences["article"], occurrences["outlet"], occurrences["text"]))
    text, outlet = occurrences["text"][order], occurrences["outlet"][order]
    starts = _group_starts(text, outlet, occurrences["article"][order], low[order])
    text, outlet = text[starts], outlet[starts]
    starts = _group_starts(text, outlet)
    text = np.concatenate((text[starts], known["text"]))
    by_outlet = np.concatenate(
        (_group_sizes(starts, len(outlet)), known["outlet_articles"].astype(np.int64))
    )
    outlet = np.concatenate((outlet[starts], known["outlet"]))
    others = (known["articles"] - known["outlet_articles"]).astype(np.int64)
    order = np.lexsort((outlet, text))
    text, outlet, by_outlet = text[order], outlet[order], by_outlet[order]
    starts = _group_starts(text, outlet)
    by_outlet = np.add.reduceat(by_outlet, starts) if len(starts) else by_outlet
    text, outlet = text[starts], outlet[starts]
    # The outlet with the most articles; on a tie the smaller number.
    order = np.lexsort((outlet, -by_outlet, text))
    text, outlet, by_outlet = text[order], outlet[order], by_outlet[order]
    starts = _group_starts(text)
    totals = np.add.reduceat(by_outlet, starts) if len(starts) else by_outlet
    index, _ = _find(texts, known["text"])
    totals = totals.copy()
    totals[index] += others
    top, top_count = outlet[starts], by_outlet[starts]
    stop = _is_stop(top, top_count, totals)
    return {"articles": totals, "outlet": top, "outlet_articles": top_count, "stop": stop}


def _is_stop(outlet: U64, outlet_articles: I64, articles: I64) -> Mask:
    return np.asarray(
        (outlet != 0)
        & (outlet_articles >= STOP_ARTICLES)
        & (outlet_articles >= STOP_SHARE * articles)
    )


def _by_text(rows: Rows) -> Rows:
    order = np.argsort(rows["text"], kind="stable")
    return {name: values[order] for name, values in rows.items()}


def _known_origins(tables: Tables) -> Rows:
    """Returns ``origins`` by text: those of the run, and of what only the archive has."""
    origins, known = _rows(tables["origins"]), _merge_archive(_rows(tables["archive"]))
    known["stop"] = _is_stop(known["outlet"], known["outlet_articles"], known["articles"])
    _, is_there = _find(np.sort(origins["text"]), known["text"])
    return _by_text(
        {name: np.concatenate((values, known[name][~is_there])) for name, values in origins.items()}
    )


# --- 3. propose --------------------------------------------------------------------------------


def propose(bands: Rows, winnowed: Rows) -> pa.Table:
    """Returns the pairs of texts with a common band or winnowed shingle, in both directions."""
    parts = []
    for hashed in (bands, winnowed):
        rows = _colliding(hashed)
        left, right = _pairs(rows)
        new = rows["is_new"][left] | rows["is_new"][right]
        left, right = left[new], right[new]
        parts.append(
            {
                "text": rows["text"][left],
                "other": rows["text"][right],
                "size": rows["size"][left],
                "other_size": rows["size"][right],
            }
        )
    pairs = {
        name: np.concatenate([part[name] for part in parts])
        for name in ("text", "other", "size", "other_size")
    }
    swapped = pairs["text"] > pairs["other"]
    for one, two in (("text", "other"), ("size", "other_size")):
        pairs[one], pairs[two] = (
            np.where(swapped, pairs[two], pairs[one]),
            np.where(swapped, pairs[one], pairs[two]),
        )
    pairs = _distinct_pairs(pairs)
    return _table(
        "candidates",
        {
            "text": np.concatenate((pairs["text"], pairs["other"])),
            "other": np.concatenate((pairs["other"], pairs["text"])),
            "size": np.concatenate((pairs["size"], pairs["other_size"])),
            "other_size": np.concatenate((pairs["other_size"], pairs["size"])),
        },
    )


def _distinct_pairs(pairs: Rows) -> Rows:
    order = np.lexsort((pairs["other"], pairs["text"]))
    order = order[_group_starts(pairs["text"][order], pairs["other"][order])]
    return {name: values[order] for name, values in pairs.items()}


def _colliding(rows: Rows) -> Rows:
    """Returns the rows whose hash occurs again, by hash, then earliest first, each text once.

    ``is_new`` tells whether this run has the text.
    """
    ordered = np.sort(rows["hash"])
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    _, chosen = _find(repeated, rows["hash"])
    rows = {name: values[chosen] for name, values in rows.items()}
    order = np.lexsort((rows["rank"], rows["text"], rows["hash"]))
    rows = {name: values[order] for name, values in rows.items()}
    starts = _group_starts(rows["hash"], rows["text"])
    # A committed text that occurs again keeps its early rank, but its pairs must be looked at.
    is_new = (rows["rank"] & _RANK_NEW) != 0
    is_new = np.logical_or.reduceat(is_new, starts) if len(starts) else is_new
    rows = {name: values[starts] for name, values in rows.items()}
    rows["is_new"] = is_new
    order = np.lexsort((rows["text"], rows["rank"], rows["hash"]))
    return {name: values[order] for name, values in rows.items()}


def _pairs(rows: Rows) -> tuple[I64, I64]:
    """Returns index pairs within each run of equal hashes: a clique, or a star if it is large."""
    starts = _group_starts(rows["hash"])
    sizes = _group_sizes(starts, len(rows["hash"]))
    left, right = [], []
    for size in range(2, MAX_CLIQUE + 1):
        members = starts[sizes == size]
        if len(members):
            first, second = np.triu_indices(size, 1)
            left.append((members[:, None] + first).ravel())
            right.append((members[:, None] + second).ravel())
    large = sizes > MAX_CLIQUE
    if large.any():
        points = sizes[large] - 1
        left.append(np.repeat(starts[large], points))
        right.append(_ragged_positions(starts[large] + 1, points))
    return _concatenate(left, np.int64), _concatenate(right, np.int64)


# --- 4. request --------------------------------------------------------------------------------


def request(candidates: Rows, words: TextWords, origins: Rows) -> pa.Table:
    """Returns the texts that visit another: of each pair the shorter, on a tie the smaller key."""
    pairs = _distinct_pairs(candidates)
    goes = (pairs["size"] < pairs["other_size"]) | (
        (pairs["size"] == pairs["other_size"]) & (pairs["text"] < pairs["other"])
    )
    text, host = pairs["text"][goes], pairs["other"][goes]
    place, found = _find(origins["text"], text)
    found &= ~origins["stop"][place] if len(origins["text"]) else found
    index, has_words = words.find(text)
    found &= has_words
    text, host, place, index = text[found], host[found], place[found], index[found]
    columns: dict[str, Any] = {"host": host, "text": text, "words": words.take(index)}
    for prefix in ("first_", "other_", "cluster_"):
        columns |= _columns(_take(_origins(origins, prefix), place), prefix)
    return _table("visitors", columns)


# --- 5. verify ---------------------------------------------------------------------------------


_PAIRS_AT_ONCE = 1 << 12


def _sorted_sets(values: U64, starts: I64, lengths: I64) -> tuple[U64, I64]:
    """Returns n sets, each as sorted distinct 52-bit values under its number, and their sizes."""
    owners = np.repeat(np.arange(len(lengths), dtype=np.uint64), lengths)
    keys = values[_ragged_positions(starts, lengths)] >> np.uint64(12)
    keys |= owners << np.uint64(52)
    keys.sort()
    if len(keys):
        keys = keys[np.append(True, keys[1:] != keys[:-1])]
    sizes = np.bincount((keys >> np.uint64(52)).astype(np.int64), minlength=len(lengths))
    return keys, sizes


def overlaps(left: tuple[U64, I64, I64], right: tuple[U64, I64, I64]) -> tuple[I64, I64, I64]:
    """Returns the sizes of n pairs of sets and of their intersections.

    Sets are compared on 52 bits of their elements' hashes: two different bigrams among the 40 of
    each of two paragraphs coincide with a chance of 40 * 40 / 2**52 = 4e-13.

    Args:
      left: hashes of all elements, where each set starts, how many elements it has.
      right: the same for the other sets.
    """
    count = len(left[1])
    sizes = np.zeros((3, count), np.int64)
    for first in range(0, count, _PAIRS_AT_ONCE):
        last = min(count, first + _PAIRS_AT_ONCE)
        ones, sizes[0, first:last] = _sorted_sets(left[0], left[1][first:last], left[2][first:last])
        twos, sizes[1, first:last] = _sorted_sets(
            right[0], right[1][first:last], right[2][first:last]
        )
        both = np.concatenate((ones, twos))
        both.sort()
        shared = both[1:][both[1:] == both[:-1]]
        sizes[2, first:last] = np.bincount(
            (shared >> np.uint64(52)).astype(np.int64), minlength=last - first
        )
    return sizes[0], sizes[1], sizes[2]


def _spread(words: U32) -> U64:
    return shingles.mix(words.astype(np.uint64) + np.uint64(1))


def verify(
    visitors: pa.Table, words: TextWords, origins: Rows, window_days: int
) -> dict[str, pa.Table]:
    """Returns the pairs that hold on the exact sets as ``links``, near ones also as ``edges``."""
    guests = _rows(visitors)
    host_words, has_words = words.find(guests["host"])
    host_place, has_place = _find(origins["text"], guests["host"])
    usable = has_words & has_place
    usable &= ~origins["stop"][host_place] if len(origins["text"]) else usable
    chosen = np.flatnonzero(usable)
    guests = {name: values[chosen] for name, values in guests.items()}
    host_words, host_place = host_words[chosen], host_place[chosen]
    guest_values, guest_starts, guest_lengths = _lists(visitors.column("words"))
    guest_starts, guest_lengths = guest_starts[chosen], guest_lengths[chosen]

    guest_first = _origins(guests, "first_")
    host_first = _take(_origins(origins, "first_"), host_place)
    guest_later = _earlier(host_first, guest_first)
    hosts, host = np.unique(host_words, return_inverse=True)
    words = words.only(hosts)
    host_starts, host_lengths = words.starts[host], words.lengths[host]
    guest_hashes, host_hashes = _spread(guest_values), _spread(words.words)
    bigrams = shingles.shingles(guest_hashes, 2), shingles.shingles(host_hashes, 2)
    guest_size, host_size, shared = overlaps(
        (bigrams[0], guest_starts, guest_lengths - 1),
        (bigrams[1], host_starts, host_lengths - 1),
    )
    union = guest_size + host_size - shared
    similarity = shared / np.maximum(union, 1)
    guest_containment = shared / np.maximum(guest_size, 1)
    host_containment = shared / np.maximum(host_size, 1)
    near = similarity >= MIN_JACCARD
    held = np.maximum(guest_containment, host_containment) >= MIN_CONTAINMENT
    contained = np.zeros(len(near), bool)
    unsure = np.flatnonzero(held & ~near)
    if len(unsure):
        runs = (
            shingles.shingles(guest_hashes, SHINGLE_WORDS),
            shingles.shingles(host_hashes, SHINGLE_WORDS),
        )
        short = SHINGLE_WORDS - 1
        _, _, shared_runs = overlaps(
            (runs[0], guest_starts[unsure], np.maximum(guest_lengths[unsure] - short, 0)),
            (
                runs[1],
                host_starts[unsure],
                np.maximum(host_lengths[unsure] - short, 0),
            ),
        )
        contained[unsure] = shared_runs >= MIN_SHARED_SHINGLES
    kept = near | contained
    if window_days:
        kept &= _within(guest_first, host_first, window_days)
    kept = np.flatnonzero(kept)
    later_is_guest = guest_later[kept]

    def pick(guest: npt.NDArray[Any], host: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.where(later_is_guest, guest, host)

    sides: dict[str, dict[str, npt.NDArray[Any]]] = {"later": {}, "earlier": {}}
    for name in (
        "text",
        *(f"{p}{f}" for p in ("first_", "other_", "cluster_") for f in Origins._fields),
    ):
        guest = guests[name][kept]
        host = (guests["host"] if name == "text" else origins[name][host_place])[kept]
        sides["later"][name] = pick(guest, host)
        sides["earlier"][name] = pick(host, guest)
    later, earlier = sides["later"], sides["earlier"]
    later_containment = pick(guest_containment[kept], host_containment[kept])
    earlier_containment = pick(host_containment[kept], guest_containment[kept])
    kinds = np.where(near[kept], _NEAR, _CONTAINED).astype(np.uint8)
    # Both ways round: the text that came first may well occur again after the other.
    links = [
        {
            "text": one["text"],
            **_columns(_origins(two, "first_"), "first_"),
            **_columns(_origins(two, "other_"), "other_"),
            "kind": kinds,
            "similarity": similarity[kept],
            "containment": containment,
            "source_containment": source_containment,
        }
        for one, two, containment, source_containment in (
            (later, earlier, later_containment, earlier_containment),
            (earlier, later, earlier_containment, later_containment),
        )
    ]
    is_near = near[kept]
    source = _take(_origins(earlier, "first_"), is_near)
    cluster = _take(_origins(earlier, "cluster_"), is_near)
    edges = {
        "text": later["text"][is_near],
        **_columns(_take(_origins(later, "first_"), is_near), ""),
        "source": earlier["text"][is_near],
        **_columns(source, "source_"),
        # A committed text leads only where its archived cluster is its own first paragraph.
        "source_leads": (cluster.time == _NO_ORIGIN)
        | ((cluster.article == source.article) & (cluster.line == source.line)),
        "similarity": similarity[kept][is_near],
    }
    both = {name: np.concatenate([part[name] for part in links]) for name in links[0]}
    return {"links": _table("links", both), "edges": _table("edges", edges)}


def _lists(column: pa.ChunkedArray) -> tuple[U32, I64, I64]:
    """Returns the values of a list column, and the start and the length of every list."""
    values, starts, lengths = [], [], []
    position = 0
    for chunk in column.chunks:
        offsets = chunk.offsets.to_numpy().astype(np.int64)
        values.append(chunk.values.to_numpy())
        starts.append(offsets[:-1] + position)
        lengths.append(np.diff(offsets))
        position += len(chunk.values)
    return (
        _concatenate(values, np.uint32),
        _concatenate(starts, np.int64),
        _concatenate(lengths, np.int64),
    )


def _within(one: Origins, two: Origins, days: int) -> Mask:
    """Returns whether two times are at most so many days apart; unknown times always are."""
    micros = [((origin.time & ~_NEW) >> np.uint64(1)).astype(np.int64) for origin in (one, two)]
    unknown = (micros[0] == _UNKNOWN_TIME) | (micros[1] == _UNKNOWN_TIME)
    return np.asarray(unknown | (np.abs(micros[0] - micros[1]) <= days * 86_400_000_000))


# --- 6. lead -----------------------------------------------------------------------------------


def lead(edges: Rows) -> pa.Table:
    """Returns the leader of every text that is near one.

    Texts are taken in the order of their first occurrence. A text that is verified near to an
    earlier leader joins the most similar one (the earliest on a tie); any other leads a cluster of
    its own. So every member is within the threshold of its cluster's first paragraph, and chains
    do not join what is not alike.
    """
    order = np.lexsort(
        (
            edges["source_line"],
            edges["source_article"],
            edges["source_time"],
            -edges["similarity"],
            edges["line"],
            edges["article"],
            edges["time"],
        )
    )
    followers: set[int] = set()
    chosen: list[int] = []
    texts = edges["text"][order].tolist()
    sources = edges["source"][order].tolist()
    leads = edges["source_leads"][order].tolist()
    for position, (text, source, source_leads) in enumerate(
        zip(texts, sources, leads, strict=True)
    ):
        if text not in followers and source_leads and source not in followers:
            followers.add(text)
            chosen.append(position)
    picked = order[np.array(chosen, np.int64)]
    leaders = _take(_origins(edges, "source_"), picked)
    return _table("clusters", {"text": edges["text"][picked], **_columns(leaders, "cluster_")})


# --- 7. label ----------------------------------------------------------------------------------


def label(
    occurrences: Rows, origins: Rows, links: Rows, clusters: Rows, tables: Tables
) -> dict[str, pa.Table]:
    """Returns what each paragraph of the run is to be told, and the links between paragraphs.

    A paragraph is linked to the first occurrence of its own text and of every text that its text
    was verified against, if it is earlier; where that lies in its own article, to the first in
    another.
    """
    place, _ = _find(origins["text"], occurrences["text"])
    paragraphs = _origins(occurrences, "")
    stop = origins["stop"][place] if len(origins["text"]) else np.zeros(0, bool)
    index = np.arange(len(place))

    owner = [index[~stop]]
    sources = [
        _source(
            _take(paragraphs, owner[0]),
            _take(_origins(origins, "first_"), place[owner[0]]),
            _take(_origins(origins, "other_"), place[owner[0]]),
        )
    ]
    ones = np.ones(len(owner[0]))
    figures: list[Rows] = [
        {
            "kind": np.full(len(owner[0]), _EXACT, np.uint8),
            "similarity": ones,
            "containment": ones,
            "source_containment": ones,
        }
    ]
    # Every occurrence of a text takes over the links of its text.
    order = np.argsort(links["text"], kind="stable")
    links = {name: values[order] for name, values in links.items()}
    low = np.searchsorted(links["text"], occurrences["text"], side="left")
    high = np.searchsorted(links["text"], occurrences["text"], side="right")
    counts = np.where(stop, 0, high - low)
    pair_owner = np.repeat(index, counts)
    pair = _ragged_positions(low, counts)
    owner.append(pair_owner)
    sources.append(
        _source(
            _take(paragraphs, pair_owner),
            _take(_origins(links, "first_"), pair),
            _take(_origins(links, "other_"), pair),
        )
    )
    figures.append({name: links[name][pair] for name in figures[0]})

    owners = np.concatenate(owner)
    source = Origins(*(np.concatenate(parts) for parts in zip(*sources, strict=True)))
    figure = {name: np.concatenate([part[name] for part in figures]) for name in figures[0]}
    exists = source.time != _NO_ORIGIN
    owners, source = owners[exists], _take(source, exists)
    figure = {name: values[exists] for name, values in figure.items()}

    cluster = _paragraph_clusters(occurrences["text"], place, origins, clusters)
    best = _best_source(owners, source, figure)
    labels = _labels(occurrences, paragraphs, cluster, stop, owners, source, figure, best)
    return {
        "labels": labels,
        "paragraph_links": _paragraph_links(paragraphs, owners, source, figure),
        "archive": _archive(origins, clusters, tables),
    }


def _source(paragraphs: Origins, first: Origins, other: Origins) -> Origins:
    """Returns the earlier of two origins that lies in another article, before the paragraph."""
    in_same = _same_article(paragraphs, first)
    picked = Origins(*(np.where(in_same, o, f) for f, o in zip(first, other, strict=True)))
    valid = _earlier(picked, paragraphs) & ~_same_article(paragraphs, picked)
    return Origins(*(np.where(valid, values, _NO_ORIGIN) for values in picked))


def _paragraph_clusters(text: U64, place: I64, origins: Rows, clusters: Rows) -> Origins:
    """Returns the first paragraph of each paragraph's cluster.

    A committed text keeps its archived cluster; a new one has the cluster of its leader, else its
    own first occurrence.
    """
    if not len(place):
        return _origins(origins, "first_")
    first = _take(_origins(origins, "first_"), place)
    archived = _take(_origins(origins, "cluster_"), place)
    order = np.argsort(clusters["text"], kind="stable")
    index, follows = _find(clusters["text"][order], text)
    result = []
    for part, own in zip(Origins._fields, first, strict=True):
        values = own
        if len(order):
            values = np.where(follows, clusters[f"cluster_{part}"][order][index], values)
        old = getattr(archived, part)
        result.append(np.where(archived.time != _NO_ORIGIN, old, values))
    return Origins(*result)


def _best_source(owners: I64, source: Origins, figure: Rows) -> I64:
    """Returns the position of the best link of each paragraph that has an exact or near one."""
    candidates = np.flatnonzero(figure["kind"] != _CONTAINED)
    order = candidates[
        np.lexsort(
            (
                source.line[candidates],
                source.article[candidates],
                source.time[candidates],
                figure["kind"][candidates],
                -figure["similarity"][candidates],
                owners[candidates],
            )
        )
    ]
    best: I64 = order[_group_starts(owners[order])]
    return best


def _labels(
    occurrences: Rows,
    paragraphs: Origins,
    cluster: Origins,
    stop: Mask,
    owners: I64,
    source: Origins,
    figure: Rows,
    best: I64,
) -> pa.Table:
    count = len(stop)
    origin = [np.full(count, _NO_ORIGIN) for _ in Origins._fields]
    similarity = np.zeros(count)
    for values, from_source in zip(origin, source, strict=True):
        values[owners[best]] = from_source[best]
    similarity[owners[best]] = figure["similarity"][best]
    own_cluster = (cluster.article == paragraphs.article) & (cluster.line == paragraphs.line)
    told = np.flatnonzero(stop | ~own_cluster | (origin[0] != _NO_ORIGIN))
    return _table(
        "labels",
        {
            "piece": occurrences["piece"][told],
            "row": occurrences["row"][told],
            **_columns(_take(cluster, told), "cluster_"),
            **_columns(_take(Origins(*origin), told), "source_"),
            "similarity": similarity[told],
            "stop": stop[told],
        },
    )


def _paragraph_links(paragraphs: Origins, owners: I64, source: Origins, figure: Rows) -> pa.Table:
    """Returns the links by paragraph and source; a dump read twice gives each of its links once."""
    later = _take(paragraphs, owners)
    order = np.lexsort((figure["kind"], source.line, source.article, later.line, later.article))
    keys = (later.article, later.line, source.article, source.line)
    starts = order[_group_starts(*(key[order] for key in keys))]
    return pa.Table.from_arrays(
        [
            paragraph_ids(_take(later, starts)),
            paragraph_ids(_take(source, starts)),
            pa.DictionaryArray.from_arrays(
                pa.array(figure["kind"][starts], pa.int8()), pa.array(KINDS)
            ).cast(pa.string()),
            pa.array(figure["similarity"][starts]),
            pa.array(figure["containment"][starts]),
            pa.array(figure["source_containment"][starts]),
        ],
        schema=_SCHEMAS["paragraph_links"],
    )


def _archive(origins: Rows, clusters: Rows, tables: Tables) -> pa.Table:
    """Returns what later runs need to know of every text of this run, marked as committed."""
    words = _distinct_words(tables)
    texts = origins["text"]
    index, found = words.find(texts)
    index = np.where(found, index, 0)
    if len(words.texts):
        lengths = np.where(found, words.lengths[index], 0)
        values = words.words[_ragged_positions(words.starts[index], lengths)]
    else:
        lengths, values = np.zeros(len(texts), np.int64), np.zeros(0, np.uint32)
    cluster = _paragraph_clusters(texts, np.arange(len(texts)), origins, clusters)

    def committed(origin: Origins) -> Origins:
        gone = origin.time == _NO_ORIGIN
        return origin._replace(time=np.where(gone, _NO_ORIGIN, origin.time & ~_NEW))

    return _table(
        "archive",
        {
            "text": texts,
            **_columns(committed(_origins(origins, "first_")), "first_"),
            **_columns(committed(_origins(origins, "other_")), "other_"),
            **_columns(committed(cluster), "cluster_"),
            "articles": origins["articles"],
            "outlet": origins["outlet"],
            "outlet_articles": origins["outlet_articles"],
            "words": _list_array(values, lengths),
        },
    )


# --- attach ------------------------------------------------------------------------------------


def attach(tables: Tables, labels: Rows) -> dict[str, pa.Table]:
    """Returns a piece's tables with the columns of this step.

    Args:
      tables: ``articles`` (with ``text``, ``word_count``, ``paragraph_count``,
        ``removed_line_count``), ``paragraphs`` (with ``article``, ``line_number``,
        ``paragraph_id``, ``text``, ``word_count``) and ``removed_lines`` (with ``article``,
        ``line_number``, ``text``, ``rule``); ``article`` is the row of the article.
      labels: one row a paragraph that has something to be told.
    """
    articles, paragraphs = tables["articles"], tables["paragraphs"]
    count = len(paragraphs)
    row = labels["row"].astype(np.int64)
    cluster = paragraph_ids(_origins(labels, "cluster_"))
    source = _origins(labels, "source_")
    duplicates = source.time != _NO_ORIGIN
    is_duplicate = np.zeros(count, bool)
    is_duplicate[row[duplicates]] = True
    position = np.full(count, -1, np.int64)
    position[row] = np.arange(len(row))
    label_of = pa.array(position, pa.int64(), mask=position < 0)
    source_of = pa.array(position, pa.int64(), mask=~is_duplicate)
    paragraphs = (
        paragraphs.append_column(
            "cluster_id", pc.coalesce(cluster.take(label_of), paragraphs.column("paragraph_id"))
        )
        .append_column("is_duplicate", pa.array(is_duplicate))
        .append_column("duplicate_of", paragraph_ids(source).take(source_of))
        .append_column("similarity", pa.array(labels["similarity"], pa.float64()).take(source_of))
    )
    stopped = np.zeros(count, bool)
    stopped[row[labels["stop"]]] = True
    removed = tables["removed_lines"]
    article = paragraphs.column("article").to_numpy()
    touched = np.zeros(len(articles), bool)
    if stopped.any():
        touched[article[stopped]] = True
        taken = paragraphs.filter(pa.array(stopped)).select(["article", "line_number", "text"])
        rule = pa.array([STOP_RULE] * len(taken), removed.schema.field("rule").type)
        removed = pa.concat_tables(
            [removed, taken.append_column("rule", rule).cast(removed.schema)]
        )
        paragraphs = paragraphs.filter(pa.array(~stopped))
        articles = _recount(articles, paragraphs, touched, article[stopped])
        article, is_duplicate = article[~stopped], is_duplicate[~stopped]
    duplicate_count = np.bincount(article[is_duplicate], minlength=len(articles))
    texts = articles.column("text").to_pylist()
    for index, kept in _kept_texts(paragraphs, article, duplicate_count > 0, ~is_duplicate):
        texts[index] = kept
    articles = articles.append_column("unique_text", pa.array(texts, pa.string()))
    articles = articles.append_column(
        "duplicate_paragraph_count", pa.array(duplicate_count, pa.int64())
    )
    return {**tables, "articles": articles, "paragraphs": paragraphs, "removed_lines": removed}


def _kept_texts(
    paragraphs: pa.Table, article: I64, touched: Mask, kept: Mask
) -> list[tuple[int, str]]:
    """Returns (row, text of the kept paragraphs) of the touched articles."""
    chosen = np.flatnonzero(touched[article] & kept)
    lines: dict[int, list[str]] = {index: [] for index in np.flatnonzero(touched).tolist()}
    texts = paragraphs.column("text").take(pa.array(chosen)).to_pylist()
    for index, text in zip(article[chosen].tolist(), texts, strict=True):
        lines[index].append(text)
    return [(index, "\n\n".join(parts)) for index, parts in lines.items()]


def _recount(articles: pa.Table, paragraphs: pa.Table, touched: Mask, stopped: I64) -> pa.Table:
    """Returns articles with text and counts anew where stop paragraphs were taken out."""
    article = paragraphs.column("article").to_numpy()
    words = paragraphs.column("word_count").to_numpy()
    removed = np.bincount(stopped, minlength=len(articles))
    texts = articles.column("text").to_pylist()
    for index, text in _kept_texts(paragraphs, article, touched, np.ones(len(article), bool)):
        texts[index] = text
    columns = {
        "text": pa.array(texts, pa.string()),
        "word_count": np.bincount(article, weights=words, minlength=len(articles)).astype(np.int64),
        "paragraph_count": np.bincount(article, minlength=len(articles)),
        "removed_line_count": articles.column("removed_line_count").to_numpy() + removed,
    }
    for name, values in columns.items():
        field = articles.schema.field(name)
        place = articles.schema.get_field_index(name)
        articles = articles.set_column(place, field, pa.array(values, field.type))
    return articles
