"""Clusters of near-duplicate texts, each around a first paragraph, its representative."""

import numpy as np
import pyarrow as pa

from transforms.near_duplicates.origins import Origins
from transforms.near_duplicates.rows import columns_of, select
from transforms.near_duplicates.streams import stream_table


def cluster(edges: pa.Table) -> pa.Table:
    """Returns ``clusters``: the representative of every text that is near an earlier one.

    Texts are taken in the order of their first occurrence. A text that is verified near to an
    earlier representative joins the most similar one (the earliest on a tie); any other represents
    a cluster of its own. So every member is within the threshold of its cluster's first paragraph,
    and chains do not join what is not alike.
    """
    rows = columns_of(edges)
    rows = select(
        rows,
        np.lexsort(
            (
                *reversed(Origins.of(rows, "source_")),
                -rows["similarity"],
                *reversed(Origins.of(rows)),
            )
        ),
    )
    members: set[int] = set()
    joined: list[int] = []
    texts, sources, represents = (
        rows[name].tolist() for name in ("text", "source", "source_represents")
    )
    for position, (text, source, may_represent) in enumerate(
        zip(texts, sources, represents, strict=True)
    ):
        if may_represent and text not in members and source not in members:
            members.add(text)
            joined.append(position)
    rows = select(rows, np.array(joined, np.int64))
    return stream_table(
        "clusters",
        {"text": rows["text"], **Origins.of(rows, "source_").columns("cluster_")},
    )
