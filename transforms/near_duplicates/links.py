"""From verified pairs of texts to links between paragraphs, and the annotations of each."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.transform import Tables
from transforms.arrays import I64
from transforms.near_duplicates.boilerplate import BLOCK_LINE, KEEP, REPEAT, with_blocks
from transforms.near_duplicates.index import indexed_texts
from transforms.near_duplicates.origins import (
    NO_ORIGIN,
    Origins,
    Rows,
    choose,
    is_earlier,
    join_origins,
    origin_columns,
    origins_of,
    paragraph_ids,
    same_article,
    same_paragraph,
    take,
    take_found,
)
from transforms.near_duplicates.rows import (
    columns_of,
    find,
    group_starts,
    ragged_positions,
    select,
    sort_by_text,
)
from transforms.near_duplicates.streams import SCHEMAS, stream_table
from transforms.near_duplicates.verify import CONTAINED, EXACT, KINDS


def link(tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
    """Returns ``annotations``, ``paragraph_links`` and ``indexed_texts``.

    A paragraph is linked to the first occurrence of its own text and of every text that its text
    was verified against, if it is earlier; where that is in its own article, to the first in
    another.

    Args:
      tables: ``occurrences``, ``texts``, ``origins``, ``blocks``, ``links`` and ``clusters``.
      earlier: ``indexed_texts``.
    """
    occurrences = columns_of(tables["occurrences"])
    origins = sort_by_text(with_blocks(columns_of(tables["origins"]), columns_of(tables["blocks"])))
    place, _ = find(origins["text"], occurrences["text"])
    removal = np.where(
        origins["is_repeat"], REPEAT, np.where(origins["in_block"], BLOCK_LINE, KEEP)
    )[place]
    paragraphs = origins_of(occurrences, "")
    owner, source, figures = _links(
        paragraphs, place, removal == KEEP, origins, sort_by_text(columns_of(tables["links"]))
    )
    clusters = _text_clusters(origins, sort_by_text(columns_of(tables["clusters"])))
    return {
        "annotations": _annotations(
            occurrences, take(clusters, place), removal, owner, source, figures
        ),
        "paragraph_links": _paragraph_links(take(paragraphs, owner), source, figures),
        "indexed_texts": indexed_texts(occurrences, origins, clusters, tables, earlier),
    }


def _links(
    paragraphs: Origins, place: I64, kept: npt.NDArray[np.bool_], origins: Rows, links: Rows
) -> tuple[I64, Origins, Rows]:
    """Returns the paragraph of each link by number, its source, and the link's figures.

    Args:
      paragraphs: origins of the occurrences.
      place: the row of the text of each in ``origins``.
      kept: whether each stays in its article.
      origins: sorted by text.
      links: sorted by text.
    """
    same = np.flatnonzero(kept)
    # Every occurrence of a text takes over the links of its text.
    low = np.searchsorted(links["text"], origins["text"], side="left")[place]
    high = np.searchsorted(links["text"], origins["text"], side="right")[place]
    counts = np.where(kept, high - low, 0)
    pair = ragged_positions(low, counts)
    owner = np.concatenate((same, np.repeat(np.arange(len(place)), counts)))
    first, other = (
        join_origins(
            take(origins_of(origins, prefix), place[same]), take(origins_of(links, prefix), pair)
        )
        for prefix in ("first_", "other_")
    )
    figures = {
        name: np.concatenate((np.full(len(same), value, links[name].dtype), links[name][pair]))
        for name, value in (
            ("kind", EXACT),
            ("similarity", 1),
            ("containment", 1),
            ("source_containment", 1),
        )
    }
    paragraph = take(paragraphs, owner)
    source = choose(same_article(paragraph, first), other, first)
    exists = is_earlier(source, paragraph) & ~same_article(paragraph, source)
    return owner[exists], take(source, exists), select(figures, exists)


def _text_clusters(origins: Rows, clusters: Rows) -> Origins:
    """Returns the first paragraph of each text's cluster.

    A committed text keeps its cluster in the index; a new one has the cluster of its
    representative, else its own first occurrence.
    """
    index, joins = find(clusters["text"], origins["text"])
    joined = take_found(origins_of(clusters, "cluster_"), index, joins)
    new = choose(joins, joined, origins_of(origins, "first_"))
    committed = origins_of(origins, "cluster_")
    return choose(committed.time != NO_ORIGIN, committed, new)


def _annotations(
    occurrences: Rows,
    cluster: Origins,
    removal: I64,
    owner: I64,
    source: Origins,
    figures: Rows,
) -> pa.Table:
    """Returns a row for each paragraph that is boilerplate, has a source or another's cluster."""
    # The best source of each paragraph with an exact or near link: the most similar, then earliest.
    whole = np.flatnonzero(figures["kind"] != CONTAINED)
    order = whole[
        np.lexsort(
            (
                *reversed(take(source, whole)),
                figures["kind"][whole],
                -figures["similarity"][whole],
                owner[whole],
            )
        )
    ]
    best = order[group_starts(owner[order])]
    position = np.full(len(removal), -1)
    position[owner[best]] = best
    has_source = position >= 0
    own_cluster = same_paragraph(cluster, origins_of(occurrences, ""))
    rows = np.flatnonzero((removal != KEEP) | ~own_cluster | has_source)
    position, has_source = position[rows], has_source[rows]
    similarity = np.append(figures["similarity"], 0.0)[position]  # -1: without a source
    return stream_table(
        "annotations",
        {
            "shard": occurrences["shard"][rows],
            "row": occurrences["row"][rows],
            **origin_columns(take(cluster, rows), "cluster_"),
            **origin_columns(take_found(source, position, has_source), "source_"),
            "similarity": similarity,
            "removal": removal[rows].astype(np.uint8),
        },
    )


def _paragraph_links(later: Origins, source: Origins, figures: Rows) -> pa.Table:
    """Returns the links by paragraph and source; a dump read twice gives each of its links once."""
    order = np.lexsort((figures["kind"], source.line, source.article, later.line, later.article))
    keys = (later.article, later.line, source.article, source.line)
    order = order[group_starts(*(key[order] for key in keys))]
    return pa.Table.from_arrays(
        [
            paragraph_ids(take(later, order)),
            paragraph_ids(take(source, order)),
            pa.DictionaryArray.from_arrays(
                pa.array(figures["kind"][order], pa.int8()), pa.array(KINDS)
            ).cast(pa.string()),
            pa.array(figures["similarity"][order]),
            pa.array(figures["containment"][order]),
            pa.array(figures["source_containment"][order]),
        ],
        schema=SCHEMAS["paragraph_links"],
    )
