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
from collections.abc import Mapping
from typing import ClassVar

import pyarrow as pa

from pipeline.transform import Column, CorpusTransform, Stage, Table, Tables, option
from transforms.near_duplicates.streams import STREAMS

_LINKS = Table(
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
        type=int,
        metavar="DAYS",
        help="compare only paragraphs published at most this many days apart, for endless streams. "
        "Default: %(default)s, which compares all.",
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
            after="text",
        ),
        "duplicate_paragraph_count": Column(
            pa.int64(),
            "Paragraphs that nearly repeat an earlier article's.",
            after="paragraph_count",
        ),
    }
    paragraph_columns: ClassVar[Mapping[str, Column]] = {
        "cluster_id": Column(
            pa.string(),
            "The first paragraph of its cluster of near-duplicates; its own id where it has none.",
            after="word_count",
        ),
        "is_duplicate": Column(
            pa.bool_(),
            "Whether it nearly repeats an earlier article's.",
            after="cluster_id",
            counted="near-duplicates",
            run_column="duplicate_paragraphs",
        ),
        "duplicate_of": Column(
            pa.string(),
            "The paragraph it came from: its most similar verified earlier paragraph.",
            after="is_duplicate",
        ),
        "similarity": Column(
            pa.float64(),
            "Jaccard similarity of its word bigrams with those of `duplicate_of`.",
            after="duplicate_of",
        ),
    }
    tables: ClassVar[Mapping[str, Table]] = {"paragraph_links": _LINKS}
    sql = "views.sql"
    streams: ClassVar = STREAMS
    stages: ClassVar = (
        Stage(
            "collapse",
            reads=("occurrences",),
            writes=("origins", "repeats"),
            earlier=("archive",),
        ),
        Stage("block", reads=("repeats",), writes=("blocks",)),
        Stage(
            "propose",
            reads=("bands", "winnowed"),
            writes=("candidates",),
            earlier=("bands", "winnowed"),
        ),
        Stage(
            "request",
            reads=("candidates", "texts", "origins", "blocks"),
            writes=("visitors",),
            earlier=("archive",),
        ),
        Stage(
            "verify",
            reads=("visitors", "texts", "origins", "blocks"),
            writes=("links", "edges"),
            earlier=("archive",),
        ),
        Stage("lead", reads=("edges",), writes=("clusters",)),
        Stage(
            "label",
            reads=("occurrences", "texts", "origins", "blocks", "links", "clusters"),
            writes=("annotations", "paragraph_links", "archive"),
            earlier=("archive",),
        ),
    )

    def __post_init__(self) -> None:
        if self.window_days < 0:
            raise ValueError(
                f"NearDuplicates: window_days is {self.window_days}; "
                "--near-duplicate-window takes 0 (compare all) or a number of days."
            )

    version = 2
    preload = ("transforms.near_duplicates.stages", "transforms.near_duplicates.annotate")

    # The functions are imported by the processes that compare: their compiled loops take a third of
    # a second to load, which a process that only plans a run need not wait for.

    def fingerprint(self, shard: int, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``occurrences``, ``texts``, ``bands`` and ``winnowed`` of one shard."""
        from transforms.near_duplicates import stages

        return stages.fingerprint(shard, tables["articles"], tables["paragraphs"])

    def collapse(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``origins``, one row a distinct text, and the ``repeats`` that may be blocks."""
        from transforms.near_duplicates import stages
        from transforms.near_duplicates.rows import columns_of

        occurrences, archive = columns_of(tables["occurrences"]), columns_of(earlier["archive"])
        origins = stages.collapse(occurrences, archive)
        return {
            "origins": origins,
            "repeats": stages.repeats(occurrences, archive, columns_of(origins)),
        }

    def block(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``blocks``: lines of its outlet that stand in a row or end an article."""
        from transforms.near_duplicates import stages
        from transforms.near_duplicates.rows import columns_of

        return {"blocks": stages.blocks(columns_of(tables["repeats"]))}

    def propose(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``candidates``: each pair of texts with a common hash, in both directions."""
        from transforms.near_duplicates import stages

        return {"candidates": stages.propose(tables, earlier)}

    def request(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``visitors``: the shorter text of each candidate pair, keyed by the longer."""
        from transforms.near_duplicates import stages
        from transforms.near_duplicates.rows import columns_of

        known = {**tables, **earlier}
        return {
            "visitors": stages.request(
                columns_of(tables["candidates"]),
                stages.distinct_words(known),
                stages.known_origins(known),
            )
        }

    def verify(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``links`` and ``edges`` of the candidate pairs that hold on the exact sets."""
        from transforms.near_duplicates import stages

        known = {**tables, **earlier}
        return stages.verify(
            tables["visitors"],
            stages.distinct_words(known),
            stages.known_origins(known),
            self.window_days,
        )

    def lead(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``clusters``: the leader of every text that is near an earlier leader."""
        from transforms.near_duplicates import stages
        from transforms.near_duplicates.rows import columns_of

        return {"clusters": stages.lead(columns_of(tables["edges"]))}

    def label(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``annotations``, ``paragraph_links`` and the rows for the ``archive``."""
        from transforms.near_duplicates import stages
        from transforms.near_duplicates.rows import columns_of

        return stages.label(
            columns_of(tables["occurrences"]),
            stages.by_text(
                stages.with_standing(columns_of(tables["origins"]), columns_of(tables["blocks"]))
            ),
            columns_of(tables["links"]),
            columns_of(tables["clusters"]),
            {**tables, **earlier},
        )

    def annotate(self, tables: Tables, annotations: pa.Table) -> dict[str, pa.Table]:
        """Sets the declared columns; takes repeated boilerplate out of ``paragraphs``."""
        from transforms.near_duplicates.annotate import annotate
        from transforms.near_duplicates.rows import columns_of

        return annotate(tables, columns_of(annotations))

    def reindex(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns ``bands``, ``winnowed`` and ``archive`` of committed articles."""
        from transforms.near_duplicates import stages
        from transforms.near_duplicates.annotate import with_stop_paragraphs

        return stages.rebuild(tables["articles"], with_stop_paragraphs(tables))
