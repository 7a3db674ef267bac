"""From verified pairs of texts to pairs of paragraphs, and what becomes of each paragraph."""

import numpy as np
import pyarrow as pa

from pipeline.transform import Tables
from transforms.arrays import I64, Mask
from transforms.near_duplicates.boilerplate import (
    KEEP,
    RULES,
    removals,
    with_evidence,
)
from transforms.near_duplicates.index import indexed_texts
from transforms.near_duplicates.origins import LINE_BITS, Origins, Rows
from transforms.near_duplicates.rows import (
    annotations,
    columns_of,
    concatenate,
    find,
    group_starts,
    ragged_positions,
    select,
    sort_by_text,
)
from transforms.near_duplicates.streams import EXACT, stream_table
from transforms.near_duplicates.templates import cuts


def link(tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
    """Returns ``annotations``, ``text_links``, ``text_pairs``, ``changes``, ``indexed_texts``.

    A paragraph is linked to the first occurrence of its own text and of every text that its text
    was verified against, if it is earlier; if that is in the same article, to the first in
    another.

    Args:
      tables: ``occurrences``, ``texts``, ``origins``, ``blocks``, ``templates``, ``links`` and
        ``clusters``.
      earlier: ``indexed_texts``.
    """
    occurrences = columns_of(tables["occurrences"])
    origins = sort_by_text(columns_of(tables["origins"]))
    place, _ = find(origins["text"], occurrences["text"])
    removal = removals(with_evidence(origins, tables))
    removed = origins["text"][np.isin(removal, list(RULES))]
    removal = removal[place]
    links = _links(
        Origins.of(occurrences),
        place,
        removal == KEEP,
        origins,
        sort_by_text(columns_of(tables["links"])),
    )
    cut = cuts(occurrences, tables["templates"])
    clusters = _text_clusters(origins, sort_by_text(columns_of(tables["clusters"])))
    return {
        "annotations": _annotations(occurrences, clusters.take(place), removal, cut),
        **_text_links(occurrences, links),
        "changes": _changes(occurrences, removal, cut),
        "indexed_texts": indexed_texts(occurrences, origins, clusters, removed, tables, earlier),
    }


def _links(paragraphs: Origins, place: I64, kept: Mask, origins: Rows, links: Rows) -> Rows:
    """Returns the links of paragraphs: ``owner``, its number, ``source_`` and the figures.

    Args:
      paragraphs: origins of n occurrences.
      place: the row of the text of each in ``origins``.
      kept: whether each stays in its article.
      origins: sorted by text.
      links: sorted by text.
    """
    same = np.flatnonzero(kept)
    ones = np.ones(len(same))
    equal: Rows = {
        "kind": np.full(len(same), EXACT, np.uint8),
        "similarity": ones,
        "containment": ones,
        "source_containment": ones,
        **Origins.of(origins, "first_").take(place[same]).columns("first_"),
        **Origins.of(origins, "other_").take(place[same]).columns("other_"),
    }
    # Every occurrence of a text takes over the links of its text.
    low = np.searchsorted(links["text"], origins["text"], side="left")[place]
    high = np.searchsorted(links["text"], origins["text"], side="right")[place]
    counts = np.where(kept, high - low, 0)
    rows = concatenate(equal, select(links, ragged_positions(low, counts)))
    rows["owner"] = np.concatenate((same, np.repeat(np.arange(len(place)), counts)))
    paragraph = paragraphs.take(rows["owner"])
    first = Origins.of(rows, "first_")
    source = Origins.of(rows, "other_").where(paragraph.same_article(first), first)
    exists = source.is_before(paragraph) & ~paragraph.same_article(source)
    return select(rows | source.columns("source_"), exists)


def _changes(occurrences: Rows, removal: I64, cuts: Rows) -> pa.Table:
    """Returns the paragraphs that outlets' boilerplate takes, or of which it takes a part."""
    removed = np.isin(removal, list(RULES))
    rows = np.flatnonzero(removed | (cuts["head"] > 0) | (cuts["tail"] > 0))
    line = occurrences["line"][rows]
    return stream_table(
        "changes",
        {
            "article": occurrences["article"][rows],
            "low": line >> LINE_BITS,
            "line": line & np.uint64(0xFFFFFFFF),
            "removed": removed[rows],
            **select(cuts, rows),
        },
    )


def _text_clusters(origins: Rows, clusters: Rows) -> Origins:
    """Returns the first paragraph of each text's cluster.

    A committed text keeps its cluster in the index; a new one has the cluster of its
    representative, else its own first occurrence.
    """
    joined = Origins.of(clusters, "cluster_").take_found(*find(clusters["text"], origins["text"]))
    new = joined.where(joined.exists, Origins.of(origins, "first_"))
    committed = Origins.of(origins, "cluster_")
    return committed.where(committed.exists, new)


def _annotations(occurrences: Rows, cluster: Origins, removal: I64, cuts: Rows) -> pa.Table:
    """Returns a row for each paragraph that is in another's cluster, removed or cut."""
    own_cluster = cluster.same_paragraph(Origins.of(occurrences))
    is_cut = (cuts["head"] > 0) | (cuts["tail"] > 0)
    rows = np.flatnonzero((removal != KEEP) | ~own_cluster | is_cut)
    return annotations(
        len(rows),
        {
            **select(occurrences, rows),
            **cluster.take(rows).columns("cluster_"),
            "removal": removal[rows].astype(np.uint8),
            **select(cuts, rows),
        },
    )


def _text_links(occurrences: Rows, links: Rows) -> dict[str, pa.Table]:
    """Returns ``text_links`` and ``text_pairs``; a dump read twice gives each of its links once.

    Args:
      occurrences: rows of the run.
      links: as ``_links`` returns them.
    """
    later = Origins.of(occurrences).take(links["owner"])
    source = Origins.of(links, "source_")
    turned = source.article < later.article
    first, other = later.where(~turned, source), source.where(~turned, later)
    containments = (links["containment"], links["source_containment"])
    columns = {
        **links,
        **first.columns(),
        **other.columns("other_"),
        "containment": np.where(turned, *reversed(containments)),
        "source_containment": np.where(turned, *containments),
    }
    keys = (first.article, first.line, other.article, other.line)
    order = np.lexsort((links["kind"], *reversed(keys)))
    order = order[group_starts(*(key[order] for key in keys))]
    columns = select(columns, order)
    pairs = group_starts(columns["article"], columns["other_article"])
    return {
        "text_links": stream_table("text_links", columns),
        "text_pairs": stream_table(
            "text_pairs",
            {"article": columns["article"][pairs], "other": columns["other_article"][pairs]},
        ),
    }
