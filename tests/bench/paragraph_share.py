"""Whether the paragraphs of the true text are paragraphs of the extracted one."""

import re
from collections.abc import Sequence

_MARK = re.compile(r"^(?:[-*]|\d+\.)\s+")


def whole_paragraphs(paragraphs: Sequence[str], lines: Sequence[str]) -> float:
    """Returns the share of true paragraphs that are exactly one extracted line.

    White space is folded; a line break within a paragraph of the gold begins a new one; the mark
    that the gold puts before the items of its lists may be missing.

    Args:
      paragraphs: of the gold; at least one with text.
      lines: the extracted ones.
    """
    found = {" ".join(line.split()) for line in lines}
    wanted = [
        " ".join(line.split())
        for paragraph in paragraphs
        for line in paragraph.split("\n")
        if line.strip()
    ]
    whole = sum(line in found or _MARK.sub("", line) in found for line in wanted)
    return whole / len(wanted)
