"""Rows of the passages that pairs of articles share."""

import numpy as np
import pyarrow as pa

from transforms.near_duplicates.origins import LINE_BITS
from transforms.near_duplicates.passages import Aligned
from transforms.near_duplicates.streams import stream_table


def emit(aligned: Aligned) -> pa.Table:
    """Returns ``passages``, a row for each run of equal words of two paragraphs."""
    parts, passages = aligned.parts, aligned.passages
    passage = parts["passage"]
    pair = passages["pair"][passage]
    columns = {
        "passage": passage.astype(np.uint32),
        "words": parts["words"].astype(np.uint32),
        "passage_words": passages["words"][passage].astype(np.uint32),
        "holders": passages["holders"][passage].astype(np.uint32),
        "outlets": passages["outlets"][passage].astype(np.uint32),
    }
    for prefix, side, article in (("", "a", aligned.a), ("other_", "b", aligned.b)):
        low = article["low"][pair] << LINE_BITS
        columns[f"{prefix}article"] = article["article"][pair]
        columns[f"{prefix}line"] = low | parts[f"{side}_line"].astype(np.uint64)
        columns[f"{prefix}start"] = parts[f"{side}_start"]
        columns[f"{prefix}end"] = parts[f"{side}_end"]
    return stream_table("passages", columns)
