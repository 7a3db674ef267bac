# ruff: noqa: RUF001 - dashes and quotes of other scripts are meant
"""Joins the lines of text that was broken at a fixed width, as wire copy and e-mails are.

In such text a line ends where the next word would not have fitted, nearly always within a sentence,
and blank lines or indents separate the paragraphs. Texts with one paragraph a line, poems and lists
break anywhere.
"""

import itertools
import re
from collections.abc import Sequence

from transforms.text import WRAPPED_LINE_ENDS

_WIDTHS = range(40, 101)  # characters; type-writer, telex, e-mail and terminal lines have 55 to 80
_LONGEST = 3  # widths; longest line, for lines that were added later or could not be broken
_LEAST_PAIRS = 6  # adjacent non-blank lines below which a text proves nothing
FULL = 0.75
"""Least share of adjacent lines of which the first had no room for the second's first word."""
_WITHIN = 0.5  # least share of the full lines that end within a sentence
_LOWER = 0.35  # least share of them before a small letter; names, and German nouns, have capitals
_CUT_WORD = re.compile(r"[^\W\d_]{2}[-\u00ac\u2010]$")
_BULLET = re.compile(r"(?:[-–—•*·>]|\(?[0-9a-zA-Z]{1,2}[.)])\s")


def unwrapped(lines: Sequence[str]) -> list[str]:
    """Returns the lines with paragraphs joined, if the text was broken at a fixed width.

    Args:
      lines: all lines of a text, blank ones included.

    Returns:
      One line a paragraph, blank lines kept; the lines unchanged if they were not broken.
    """
    # No width allows for such a line; most texts with a paragraph a line have one.
    if len(max(lines, key=len, default="").rstrip()) > _LONGEST * _WIDTHS[-1]:
        return list(lines)
    margin = min((_indent(line) for line in lines if line.strip()), default=0)
    width = _width(lines, margin)
    if width is None:
        return _with_whole_words(lines)
    joined: list[str] = []
    last = ""  # the line before, not joined
    for line in lines:
        if last and line and _continues(last, line, width, margin):
            joined[-1] = _joined(joined[-1].rstrip(), line.strip())
        else:
            joined.append(line)
        last = line.rstrip()
    return joined


def _with_whole_words(lines: Sequence[str]) -> list[str]:
    """Returns lines with those joined between which a word was cut, if several are.

    Text recognition keeps the lines of a column, too few and too uneven to show their width; but
    no other text ends two lines in a hyphen before a small letter. A hyphen that stands for the
    same end of two words ("Nord- und") parts nothing.
    """
    cuts = [
        at
        for at, (above, below) in enumerate(itertools.pairwise(lines))
        if _CUT_WORD.search(above)
        and below[:1].islower()
        and below.split(None, 1)[0] not in _CONJUNCTIONS
    ]
    if len(cuts) < _FEWEST_CUTS:
        return list(lines)
    joined: list[str] = []
    for at, line in enumerate(lines):
        if at and at - 1 in cuts:
            joined[-1] = _joined(joined[-1], line)
        else:
            joined.append(line)
    return joined


_FEWEST_CUTS = 2
_CONJUNCTIONS = frozenset("und oder bis bzw. and or to en of y e o i og och eller".split())


def _joined(above: str, below: str) -> str:
    """Returns two lines of a paragraph as one; a word cut at the end of the first is whole."""
    if not _CUT_WORD.search(above):
        return f"{above} {below}"
    # Before a capital or a digit the hyphen is the word's own: Anglo-American.
    return (above[:-1] if below[0].islower() else above) + below


def _width(lines: Sequence[str], margin: int) -> int | None:
    """Returns the width the lines were broken at, or ``None``."""
    pairs = [
        (above.rstrip(), below)
        for above, below in itertools.pairwise(lines)
        if above.strip() and below.strip() and _indent(below) <= margin
    ]
    if len(pairs) < _LEAST_PAIRS:
        return None
    lengths = sorted(len(line.rstrip()) for line in lines if line.strip())
    # One line in 30 may be longer: an address or a long word cannot be broken.
    width = lengths[len(lengths) - 1 - len(lengths) // 30]
    if width not in _WIDTHS or lengths[-1] > _LONGEST * width:
        return None
    full = [(above, below) for above, below in pairs if not has_room(above, below, width)]
    within = sum(above[-1] not in WRAPPED_LINE_ENDS for above, _ in full)
    lower = sum(below.lstrip()[0].islower() for _, below in full)
    wrapped = (
        len(full) >= max(FULL * len(pairs), _LEAST_PAIRS)
        and within >= _WITHIN * len(full)
        and lower >= _LOWER * len(full)
    )
    return width if wrapped else None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def has_room(above: str, below: str, width: int) -> bool:
    """Returns whether the first word of a line would fit behind the line above it."""
    return len(above) + 1 + len(below.split(None, 1)[0]) <= width


def _continues(above: str, below: str, width: int, margin: int) -> bool:
    """Returns True if a line continues the sentence or paragraph of the line above it."""
    if not below.strip() or _indent(below) > margin:
        return False  # first lines of paragraphs are indented
    ended = above[-1] in WRAPPED_LINE_ENDS
    if not has_room(above, below, width):
        return not (ended and _BULLET.match(below.lstrip()))
    # Text may have been edited after it was broken.
    return not ended and below.lstrip()[0].islower()
