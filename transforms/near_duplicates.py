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
   article, and whether one outlet alone repeats it (a stop paragraph). ``block`` finds lines that
   fewer stories of an outlet share, but always in a row or at the end: galleries, standing lists,
   biographies.
3. ``propose`` turns texts with a common band or shingle into candidate pairs.
4. ``request`` sends the shorter text of each candidate pair to the longer one.
5. ``verify`` computes the exact figures of every pair; nothing unverified goes on.
6. ``lead`` forms clusters around first paragraphs.
7. ``label`` turns verified pairs of texts into links between paragraphs.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform import Column, CorpusTransform, Round, option
from transforms import shingles
from transforms.near_duplicate_channels import CHANNELS
from transforms.near_duplicate_rounds import (
    BLOCK_MOST,
    KEPT,
    STANDING,
    STOP_MOST,
    STOPPED,
    archived,
    blocks,
    by_text,
    collapse,
    distinct_words,
    fingerprint,
    known_origins,
    label,
    lead,
    propose,
    rebuild,
    repeats,
    request,
    verify,
    with_standing,
)
from transforms.paragraph_rows import (
    NO_ORIGIN,
    Mask,
    Rows,
    Tables,
    columns_of,
    origins_of,
    paragraph_ids,
)
from transforms.shingles import I64

STOP_RULE = "outlet_repeat_v1"

BLOCK_RULE = "outlet_block_v1"

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

    window_days: int = option(
        0,
        flag="--near-duplicate-window",
        help="compare only paragraphs published at most this many days apart; for endless streams. "
        "0 compares all.",
        metavar="DAYS",
    )

    reads = (
        "article_id",
        "url",
        "title",
        "published_at",
        "outlet",
        "agency_own",
        "paragraphs",
        "text",
    )
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
    channels: ClassVar = CHANNELS
    rounds: ClassVar = (
        Round("collapse", reads=("occurrences", "archive"), writes=("origins", "repeats")),
        Round("block", reads=("repeats",), writes=("blocks",)),
        Round("propose", reads=("bands", "winnowed"), writes=("candidates",)),
        Round(
            "request",
            reads=("candidates", "texts", "origins", "blocks", "archive"),
            writes=("visitors",),
        ),
        Round(
            "verify",
            reads=("visitors", "texts", "origins", "blocks", "archive"),
            writes=("links", "edges"),
        ),
        Round("lead", reads=("edges",), writes=("clusters",)),
        Round(
            "label",
            reads=("occurrences", "texts", "origins", "blocks", "links", "clusters", "archive"),
            writes=("labels", "paragraph_links", "archive"),
        ),
    )

    def __post_init__(self) -> None:
        if self.window_days < 0:
            raise ValueError(
                f"NearDuplicates: window_days is {self.window_days}; "
                "--near-duplicate-window takes 0 (compare all) or a number of days."
            )

    version = 2
    preload = (shingles.KERNELS,)

    def setup(self) -> None:
        """Loads the compiled loops."""
        shingles.warm_up()

    def fingerprint(self, piece: int, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``occurrences``, ``texts``, ``bands`` and ``winnowed`` of one piece."""
        return fingerprint(piece, tables["articles"], tables["paragraphs"])

    def collapse(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``origins``, one row a distinct text, and the ``repeats`` that may be blocks."""
        occurrences, archive = columns_of(tables["occurrences"]), columns_of(tables["archive"])
        origins = collapse(occurrences, archive)
        return {
            "origins": origins,
            "repeats": repeats(occurrences, archive, columns_of(origins)),
        }

    def block(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``blocks``: lines of its outlet that stand in a row or end an article."""
        return {"blocks": blocks(columns_of(tables["repeats"]))}

    def propose(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``candidates``: each pair of texts with a common hash, in both directions."""
        return {"candidates": propose(tables["bands"], tables["winnowed"])}

    def request(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``visitors``: the shorter text of each candidate pair, keyed by the longer."""
        return {
            "visitors": request(
                columns_of(tables["candidates"]), distinct_words(tables), known_origins(tables)
            )
        }

    def verify(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``links`` and ``edges`` of the candidate pairs that hold on the exact sets."""
        return verify(
            tables["visitors"],
            distinct_words(tables),
            known_origins(tables),
            self.window_days,
        )

    def lead(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``clusters``: the leader of every text that is near an earlier leader."""
        return {"clusters": lead(columns_of(tables["edges"]))}

    def label(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``labels``, ``paragraph_links`` and the rows for the ``archive``."""
        return label(
            columns_of(tables["occurrences"]),
            by_text(with_standing(columns_of(tables["origins"]), columns_of(tables["blocks"]))),
            columns_of(tables["links"]),
            columns_of(tables["clusters"]),
            tables,
        )

    def archived(self, channel: str, rows: pa.Table, run: int) -> pa.Table:
        """Returns the rows marked as committed, those of ``archive`` with the run's number."""
        return archived(channel, rows, run)

    def rebuild(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``bands``, ``winnowed`` and ``archive`` of committed articles."""
        return rebuild(tables["articles"], _with_stop_paragraphs(tables))

    def attach(self, tables: Tables, labels: pa.Table) -> dict[str, pa.Table]:
        """Sets the declared columns; takes stop paragraphs out of ``paragraphs``."""
        return attach(tables, columns_of(labels))


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
    cluster = paragraph_ids(origins_of(labels, "cluster_"))
    source = origins_of(labels, "source_")
    duplicates = source.time != NO_ORIGIN
    is_duplicate = np.zeros(count, bool)
    is_duplicate[row[duplicates]] = True
    position = np.full(count, -1, np.int64)
    position[row] = np.arange(len(row))
    verdict = np.full(count, KEPT, np.uint8)
    verdict[row] = labels["stop"]
    # Boilerplate that stays after all leads itself: the first of its cluster may be taken out.
    label_of = pa.array(position, pa.int64(), mask=(position < 0) | (verdict != KEPT))
    source_of = pa.array(position, pa.int64(), mask=~is_duplicate)
    paragraphs = (
        paragraphs.append_column(
            "cluster_id", pc.coalesce(cluster.take(label_of), paragraphs.column("paragraph_id"))
        )
        .append_column("is_duplicate", pa.array(is_duplicate))
        .append_column("duplicate_of", paragraph_ids(source).take(source_of))
        .append_column("similarity", pa.array(labels["similarity"], pa.float64()).take(source_of))
    )
    article = paragraphs.column("article").to_numpy()
    stopped = np.zeros(count, bool)
    if (verdict != KEPT).any():
        words = paragraphs.column("word_count").to_numpy()
        for kind, most in ((STOPPED, STOP_MOST), (STANDING, BLOCK_MOST)):
            taken = verdict == kind
            stopped |= taken & ~_mostly(taken, article, words * ~stopped, most)
    removed = tables["removed_lines"]
    touched = np.zeros(len(articles), bool)
    if stopped.any():
        touched[article[stopped]] = True
        taken = paragraphs.filter(pa.array(stopped)).select(["article", "line_number", "text"])
        rules = {STOPPED: STOP_RULE, STANDING: BLOCK_RULE}
        rule = pa.array(
            [rules[number] for number in verdict[stopped].tolist()],
            removed.schema.field("rule").type,
        )
        removed = pa.concat_tables(
            [removed, taken.append_column("rule", rule).cast(removed.schema)]
        )
        paragraphs = paragraphs.filter(pa.array(~stopped))
        articles = _recount(articles, paragraphs, touched, article[stopped])
        article, is_duplicate = article[~stopped], is_duplicate[~stopped]
    duplicate_count = np.bincount(article[is_duplicate], minlength=len(articles))
    unique = _kept_texts(paragraphs, article, duplicate_count > 0, ~is_duplicate)
    articles = articles.append_column("unique_text", _replaced(articles.column("text"), unique))
    articles = articles.append_column(
        "duplicate_paragraph_count", pa.array(duplicate_count, pa.int64())
    )
    return {**tables, "articles": articles, "paragraphs": paragraphs, "removed_lines": removed}


def _mostly(stopped: Mask, article: I64, words: I64, most: float) -> Mask:
    """Returns which paragraphs are of articles that would lose more than a share of their words.

    Such an article is a version of another with a new headline, not one with boilerplate.
    """
    lost = np.bincount(article, weights=words * stopped)
    return np.asarray((lost > most * np.bincount(article, weights=words))[article])


def _with_stop_paragraphs(tables: Tables) -> pa.Table:
    """Returns the paragraphs of committed articles, those that were taken out as stop too."""
    paragraphs = tables["paragraphs"].select(["article", "line_number", "text", "cluster_id"])
    paragraphs = paragraphs.append_column("standing", pa.array(np.zeros(len(paragraphs), bool)))
    removed = tables["removed_lines"]
    stopped = removed.filter(
        pc.is_in(removed.column("rule"), pa.array([STOP_RULE, BLOCK_RULE], pa.string()))
    )
    standing = pc.equal(stopped.column("rule"), BLOCK_RULE)
    article_ids = tables["articles"].column("article_id").take(stopped.column("article"))
    ids = [
        f"{article}-{line:04d}"
        for article, line in zip(
            article_ids.to_pylist(), stopped.column("line_number").to_pylist(), strict=True
        )
    ]
    stopped = (
        stopped.select(["article", "line_number", "text"])
        .append_column("cluster_id", pa.array(ids, pa.string()))
        .append_column("standing", standing)
    )
    return pa.concat_tables([paragraphs, stopped.cast(paragraphs.schema)])


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


def _replaced(texts: pa.ChunkedArray, anew: Sequence[tuple[int, str]]) -> pa.ChunkedArray:
    """Returns texts with those anew, given by (row, text), in the place of the old."""
    if not anew:
        return texts
    rows, new = zip(*anew, strict=True)
    place = np.arange(len(texts))
    place[list(rows)] = len(texts) + np.arange(len(new))
    both = pa.chunked_array([*texts.chunks, pa.array(new, pa.string())], pa.string())
    return both.take(pa.array(place))


def _recount(articles: pa.Table, paragraphs: pa.Table, touched: Mask, stopped: I64) -> pa.Table:
    """Returns articles with text and counts anew where stop paragraphs were taken out."""
    article = paragraphs.column("article").to_numpy()
    words = paragraphs.column("word_count").to_numpy()
    removed = np.bincount(stopped, minlength=len(articles))
    texts = _kept_texts(paragraphs, article, touched, np.ones(len(article), bool))
    columns = {
        "text": _replaced(articles.column("text"), texts),
        "word_count": np.bincount(article, weights=words, minlength=len(articles)).astype(np.int64),
        "paragraph_count": np.bincount(article, minlength=len(articles)),
        "removed_line_count": articles.column("removed_line_count").to_numpy() + removed,
    }
    for name, values in columns.items():
        field = articles.schema.field(name)
        place = articles.schema.get_field_index(name)
        if isinstance(values, np.ndarray):
            values = pa.array(values, field.type)
        articles = articles.set_column(place, field, values)
    return articles
