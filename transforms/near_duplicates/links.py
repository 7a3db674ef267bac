"""From verified pairs of texts to pairs of paragraphs, and what becomes of each paragraph."""

import numpy as np
import pyarrow as pa

from pipeline.transform import Tables
from transforms.arrays import I64
from transforms.compiled.loops import mixed
from transforms.near_duplicates.boilerplate import (
    KEEP,
    RULES,
    removals,
    with_evidence,
)
from transforms.near_duplicates.exact import PAIRED, all_occurrences
from transforms.near_duplicates.index import indexed_texts
from transforms.near_duplicates.origins import LINE_BITS, NEW, Origins, Rows
from transforms.near_duplicates.rows import (
    annotations,
    columns_of,
    find,
    group_sizes,
    group_starts,
    ragged_positions,
    select,
    sort_by_text,
)
from transforms.near_duplicates.streams import EXACT, FIGURES, stream_table
from transforms.near_duplicates.templates import cuts
from transforms.near_duplicates.verify import within


def link(tables: Tables, earlier: Tables) -> dict[str, pa.Table]:
    """Returns ``annotations``, ``text_uses``, ``changes`` and ``indexed_texts``.

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
    cut = cuts(occurrences, tables["templates"])
    clusters = _text_clusters(origins, sort_by_text(columns_of(tables["clusters"])))
    return {
        "annotations": _annotations(occurrences, clusters.take(place), removal, cut),
        "text_uses": _text_uses(
            select(occurrences, removal == KEEP),
            columns_of(earlier["indexed_texts"]),
            columns_of(tables["links"]),
        ),
        "changes": _changes(occurrences, removal, cut),
        "indexed_texts": indexed_texts(occurrences, origins, clusters, removed, tables, earlier),
    }


def _text_uses(occurrences: Rows, indexed: Rows, links: Rows) -> pa.Table:
    """Returns ``text_uses``: all paragraphs of each text, once for each text it is linked to.

    Args:
      occurrences: those of this run that stay in their articles.
      indexed: ``indexed_texts``.
      links: of texts.
    """
    rows = all_occurrences(occurrences, indexed)
    starts = group_starts(rows["text"])
    sizes = group_sizes(starts, len(rows["text"]))
    rows["rank"] = np.arange(len(rows["text"])) - np.repeat(starts, sizes)
    texts = rows["text"][starts]
    member, is_known = find(texts, links["text"])
    links = select(links, is_known)
    again = np.flatnonzero((sizes > 1) & np.isin(texts, occurrences["text"]))
    # A text that recurs is linked to itself, on both sides.
    same, ones = np.tile(texts[again], 2), np.ones(2 * len(again))
    text, other = np.append(links["text"], same), np.append(links["other"], same)
    of = np.concatenate((member[is_known], again, again))
    columns = {
        "pair": mixed(mixed(np.minimum(text, other)) + np.maximum(text, other)),
        "is_larger": np.append(links["text"] > links["other"], np.arange(len(same)) < len(again)),
        "kind": np.append(links["kind"], np.full(len(same), EXACT)),
        **{name: np.append(links[name], ones) for name in FIGURES},
    }
    uses = select(columns, np.repeat(np.arange(len(of)), sizes[of]))
    return stream_table("text_uses", uses | select(rows, ragged_positions(starts[of], sizes[of])))


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


def pair_texts(uses: pa.Table, window_days: int) -> dict[str, pa.Table]:
    """Returns ``text_links`` and ``text_pairs``: pairs of paragraphs, at least one of this run.

    The first ``PAIRED`` paragraphs of two texts are all paired, each later one with the first
    of the other text alone. So pairs stay linear in the paragraphs, and up to that number it does
    not matter which run brought which of them.

    Args:
      uses: ``text_uses``.
      window_days: 0, or the most days between two paragraphs whose texts differ.
    """
    rows = columns_of(uses)
    rows = select(rows, np.lexsort((rows["rank"], rows["pair"])))
    one, two = select(rows, ~rows["is_larger"]), select(rows, rows["is_larger"])
    low = np.searchsorted(two["pair"], one["pair"], side="left")
    counts = np.searchsorted(two["pair"], one["pair"], side="right") - low
    most = np.where(one["rank"] < PAIRED, PAIRED, 1)
    counts = np.where(one["rank"] == 0, counts, np.minimum(counts, most))
    one = select(one, np.repeat(np.arange(len(low)), counts))
    left, right = Origins.of(one), Origins.of(two).take(ragged_positions(low, counts))
    chosen = ((left.time | right.time) & NEW != 0) & ~left.same_article(right)
    if window_days:
        chosen &= (one["kind"] == EXACT) | within(left, right, window_days)
    one, left, right = select(one, chosen), left.take(chosen), right.take(chosen)
    turned = right.article < left.article
    first, other = left.where(~turned, right), right.where(~turned, left)
    containments = one["containment"], one["source_containment"]
    columns = {
        **one,
        **first.columns(),
        **other.columns("other_"),
        "containment": np.where(turned, *reversed(containments)),
        "source_containment": np.where(turned, *containments),
    }
    # A text that is linked to itself gives each pair twice; so does a dump that is read twice.
    keys = (first.article, first.line, other.article, other.line)
    order = np.lexsort((columns["kind"], *reversed(keys)))
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
