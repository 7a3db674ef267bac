"""Near-duplicate paragraphs and their sources; every candidate pair is verified exactly.

The measure is word bigrams. Two paragraphs of at least eight words are *near* when the Jaccard
similarity of their bigram sets is at least 0.5; shorter ones count only when equal. Longer shingles
are blind here: a 10 % edit of a 38-word paragraph leaves a 5-word-shingle Jaccard of 0.42, and 0.68
with bigrams. A paragraph is *contained* in another when they share at least six 6-word shingles and
at least 0.6 of one's bigrams: outlets cut, merge and split paragraphs.

The stages, each a pure function over the rows of one hash partition:

1. ``fingerprint`` gives each distinct text of a shard its band hashes (MinHash: Broder 1997;
   banding: Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, section 3.4) and its winnowed
   6-word shingles (Schleimer, Wilkerson and Aiken, SIGMOD 2003).
2. ``exact_dedup`` joins equal texts of the whole corpus: the first occurrence, the first in another
   article, and whether one outlet alone repeats it. ``find_blocks`` finds lines that fewer articles
   of an outlet share, but always in a row, at the beginning or at the end: galleries, fixed lists,
   biographies. ``find_templates`` finds lines of which they share the head or the tail: players,
   labels, prompts. A head or tail is cut off after all is compared, so copies, clusters and figures
   are those of the whole line.
3. ``find_candidates`` pairs texts with a common band or shingle.
4. ``route`` sends the shorter text of each candidate pair (probe side) to the longer one (build
   side).
5. ``verify`` computes the exact figures of every pair; nothing unverified goes on.
6. ``cluster`` forms clusters around first paragraphs.
7. ``link`` and ``pair_texts`` turn verified pairs of texts into pairs of paragraphs.

Beside it a second chain compares whole articles, so that a passage is found wherever it is:

8. ``fingerprint`` also gives each article its words and its winnowed 7-word shingles, which
   ``find_candidates`` joins into seeds.
9. ``route_passages`` sends the words around the seeds of each pair of articles to one of the two.
10. ``align`` extends the seeds exactly, joins runs over small edits, and judges each passage: what
    kind of reuse it is, and who has it from whom.
11. ``link_articles`` makes links of paragraphs; ``choose_copies`` says which are copies of a
    paragraph that stays.
12. ``number_editions`` numbers the editions of an article; ``index_articles`` notes them, in each
    dump that has them, and what later runs need.
"""

import dataclasses
from collections.abc import Mapping
from typing import ClassVar

import pyarrow as pa

from pipeline.transform import Column, CorpusTransform, Stage, Table, Tables, option
from transforms.near_duplicates.streams import LINKS, STREAMS


@dataclasses.dataclass
class NearDuplicates(CorpusTransform):
    """Finds paragraphs that repeat an earlier article's, and links them to their source.

    Args:
      window_days: compare only articles published at most so many days apart; 0 compares all.
        Paragraphs without a date are always compared.
      keep: which of two articles keeps what both have: the ``first`` (never one that credits the
        other, nor one that reprints an agency's copy which may be as old), an ``agency``'s own
        copy, or the ``longest``.
    """

    window_days: int = option(
        0,
        flag="--near-duplicate-window",
        type=int,
        metavar="DAYS",
        help="compare only paragraphs published at most this many days apart, for endless streams. "
        "Default: %(default)s, which compares all.",
    )

    keep: str = option(
        "first",
        flag="--keep",
        choices=("first", "agency", "longest"),
        help="which of two articles keeps a paragraph that both have, in `unique_text` and "
        "`is_duplicate`: the one printed first (or credited by the other), an agency's own copy, "
        "or the longer one. Articles of earlier runs keep what they have. Default: %(default)s.",
    )

    reads = (
        "article_id",
        "record_id",
        "url",
        "title",
        "authors",
        "published_at",
        "published_at_precision",
        "outlet",
        "outlet_stated",
        "agency",
        "agency_own",
        "agencies_contributed",
        "paragraphs",
        "removed_lines",
        "text",
    )
    adds: ClassVar[Mapping[str, Column]] = {
        "unique_text": Column(
            pa.string(),
            "The clean text without the paragraphs that repeat another article's in substance; "
            "stock phrases, labels, short quotations and what other editions have stay.",
            after="text",
        ),
        "duplicate_paragraph_count": Column(
            pa.int64(),
            "Paragraphs that repeat another article's in substance.",
            after="paragraph_count",
        ),
        "edition_of": Column(
            pa.string(),
            "The first edition of the article, if this is a later one: the same outlet, the same "
            "address or title, and text in common.",
            after="article_id",
        ),
        "edition_number": Column(
            pa.int32(), "Number of this edition of its article, from 1.", after="edition_of"
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
            "Whether it repeats in substance what another article has, other editions of its own "
            "aside; `--keep` chooses which of the two keeps it.",
            after="cluster_id",
            counted="near-duplicates",
            run_column="duplicate_paragraphs",
        ),
        "duplicate_of": Column(
            pa.string(),
            "The paragraph that it repeats: the one that has most of it.",
            after="is_duplicate",
        ),
        "similarity": Column(
            pa.float64(),
            "As in `paragraph_links`, with `duplicate_of`.",
            after="duplicate_of",
        ),
    }
    tables: ClassVar[Mapping[str, Table]] = {"paragraph_links": LINKS}
    sql = "views.sql"
    streams: ClassVar = STREAMS
    stages: ClassVar = (
        Stage(
            "exact_dedup",
            reads=("occurrences",),
            writes=("origins", "block_candidates"),
            earlier=("indexed_texts",),
        ),
        Stage("find_blocks", reads=("block_candidates",), writes=("blocks",)),
        Stage(
            "find_templates",
            reads=("affixes",),
            writes=("templates", "indexed_affixes"),
            earlier=("indexed_affixes",),
        ),
        Stage(
            "find_candidates",
            reads=("bands", "winnowed", "shingles"),
            writes=("candidates", "seeds"),
            earlier=("bands", "winnowed", "shingles"),
        ),
        Stage(
            "route",
            reads=("candidates", "texts", "origins", "blocks", "templates"),
            writes=("probes",),
            earlier=("indexed_texts",),
        ),
        Stage(
            "verify",
            reads=("probes", "texts", "origins", "blocks", "templates"),
            writes=("links", "edges"),
            earlier=("indexed_texts",),
        ),
        Stage("cluster", reads=("edges",), writes=("clusters",)),
        Stage(
            "link",
            reads=("occurrences", "texts", "origins", "blocks", "templates", "links", "clusters"),
            writes=("annotations", "text_uses", "indexed_texts", "changes"),
            earlier=("indexed_texts",),
        ),
        Stage("pair_texts", reads=("text_uses",), writes=("text_links", "text_pairs")),
        Stage(
            "route_passages",
            reads=("seeds", "text_pairs", "article_words", "changes"),
            writes=("passage_probes",),
            earlier=("indexed_articles",),
        ),
        Stage(
            "align",
            reads=("passage_probes", "text_links", "article_words", "changes"),
            writes=("shared_parts", "edition_pairs"),
            earlier=("indexed_articles",),
        ),
        Stage("link_articles", reads=("shared_parts",), writes=("paragraph_links", "copies")),
        Stage("choose_copies", reads=("copies",), writes=("copied_lines",)),
        Stage("number_editions", reads=("edition_pairs",), writes=("editions",)),
        Stage(
            "index_articles",
            reads=("article_words", "changes", "copied_lines", "editions"),
            writes=("indexed_articles", "annotations"),
            earlier=("indexed_articles",),
        ),
    )
    version = 6
    preload = (
        "transforms.near_duplicates.links",
        "transforms.near_duplicates.candidates",
        "transforms.near_duplicates.passages",
    )

    def __post_init__(self) -> None:
        if self.window_days < 0:
            raise ValueError(
                f"NearDuplicates: window_days is {self.window_days}; "
                "--near-duplicate-window takes 0 (compare all) or a number of days."
            )
        if self.keep not in ("first", "agency", "longest"):
            raise ValueError(
                f"NearDuplicates: keep is {self.keep!r}; --keep takes first, agency or longest."
            )

    # Imported in each method: loading the compiled loops takes a third of a second, which a process
    # that only plans a run need not wait for.

    def removes(self) -> Mapping[str, str]:
        """Returns the rules by which lines go that an outlet repeats."""
        from transforms.near_duplicates.boilerplate import RULE_SENTENCES

        return RULE_SENTENCES

    def fingerprint(self, shard: int, tables: Tables) -> dict[str, pa.Table]:
        """Returns the rows of all texts and all articles of a shard, by stream."""
        from transforms.near_duplicates.fingerprints import fingerprint

        return fingerprint(shard, tables)

    def exact_dedup(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``origins``, one row a distinct text, and ``block_candidates``."""
        from transforms.near_duplicates.exact import exact_dedup

        return exact_dedup(tables, earlier)

    def find_blocks(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``blocks``: lines that an outlet's articles share in a row or at the end."""
        from transforms.near_duplicates.boilerplate import find_blocks

        return {"blocks": find_blocks(tables["block_candidates"])}

    def find_templates(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``templates``, lines that share a head or tail, and ``indexed_affixes``."""
        from transforms.near_duplicates.templates import find_templates

        return find_templates(tables, earlier)

    def find_candidates(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``candidates``, pairs of texts with a common hash, and ``seeds`` of articles."""
        from transforms.near_duplicates.candidates import find_candidates
        from transforms.near_duplicates.passages import find_seeds

        return {
            "candidates": find_candidates(tables, earlier),
            "seeds": find_seeds(tables["shingles"], earlier["shingles"], self.window_days),
        }

    def route(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``probes``: the shorter text of each candidate pair, keyed by the longer."""
        from transforms.near_duplicates.candidates import route

        return {"probes": route(tables, earlier)}

    def verify(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``links`` and ``edges`` of the candidate pairs that hold on the exact sets."""
        from transforms.near_duplicates.verify import verify

        return verify(tables, earlier, self.window_days)

    def cluster(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``clusters``: the representative of every text that is near an earlier one."""
        from transforms.near_duplicates.clusters import cluster

        return {"clusters": cluster(tables["edges"])}

    def link(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``annotations``, ``text_uses``, ``changes`` and rows of ``indexed_texts``."""
        from transforms.near_duplicates.links import link

        return link(tables, earlier)

    def pair_texts(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``text_links``, pairs of paragraphs with linked texts, and ``text_pairs``."""
        from transforms.near_duplicates.links import pair_texts

        return pair_texts(tables["text_uses"], self.window_days)

    def route_passages(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``passage_probes``: of each pair of articles the words around its seeds."""
        from transforms.near_duplicates.passages import route_passages

        return {"passage_probes": route_passages(tables, earlier)}

    def align(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``shared_parts``, what two articles share and why, and ``edition_pairs``."""
        from transforms.near_duplicates.emit import emit
        from transforms.near_duplicates.passages import align

        return emit(align(tables, earlier), self.keep)

    def link_articles(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``paragraph_links``, and ``copies``: paragraphs that repeat what others have."""
        from transforms.near_duplicates.paragraph_links import link_articles

        return link_articles(tables)

    def choose_copies(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``copied_lines``: the copies of a paragraph that stays."""
        from transforms.near_duplicates.paragraph_links import choose_copies

        return {"copied_lines": choose_copies(tables["copies"])}

    def number_editions(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``editions`` of this run."""
        from transforms.near_duplicates.editions import number_editions

        return {"editions": number_editions(tables["edition_pairs"])}

    def index_articles(self, tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
        """Returns ``indexed_articles`` of this run, and ``annotations`` of copies and editions."""
        from transforms.near_duplicates.articles import index_articles

        return index_articles(tables, earlier)

    def annotate(self, tables: Tables, annotations: pa.Table) -> dict[str, pa.Table]:
        """Sets the declared columns; moves boilerplate from ``paragraphs`` to removed lines."""
        from transforms.near_duplicates.annotate import annotate

        return annotate(tables, annotations)

    def reindex(self, tables: Tables) -> dict[str, pa.Table]:
        """Returns the rows of indexed streams of committed articles."""
        from transforms.near_duplicates.index import reindex

        return reindex(tables)
