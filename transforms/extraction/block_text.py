"""The words and letters of a page's blocks, in compiled passes."""

import functools
from collections.abc import Sequence, Set
from typing import NamedTuple

import numpy as np

from transforms.arrays import I64, U64
from transforms.compiled import page_text as loops
from transforms.compiled.loops import hash_table
from transforms.compiled.words import CHARACTER_BASE, word_hashes
from transforms.extraction.blocks import byte_hash
from transforms.lines import shapes as shape
from transforms.text import STOP_WORDS, Characters, key, key_class, squeezed, squeezed_class

READ_CHARACTERS = 200
"""Characters of a block whose words are compared with title and description."""


def squeezed_lines(texts: Sequence[str]) -> list[str]:
    """Returns the letters and digits of each text in lower case, as :func:`squeezed` does."""
    if not texts:
        return []
    data = shape.joined(texts)
    out, is_complex = np.empty(2 * len(data), np.uint8), np.empty(len(texts), np.bool_)
    characters = _squeezing()
    unknown, size = 0, 0
    while unknown >= 0:
        unknown, size = loops.squeeze(data, characters.fold, characters.classes, out, is_complex)
        if unknown >= 0:
            characters.fill(unknown)
    lines = out[:size].tobytes().decode("utf-8", "surrogatepass").split("\n")[: len(texts)]
    for at in np.flatnonzero(is_complex).tolist():
        lines[at] = squeezed(texts[at])
    return lines


@functools.cache
def _squeezing() -> Characters:
    return Characters(squeezed_class)


@functools.cache
def _keying() -> Characters:
    return Characters(key_class)


@functools.cache
def _stop_table() -> tuple[U64, I64]:
    return hash_table({byte_hash(word): at for at, word in enumerate(sorted(STOP_WORDS), 1)})


class WordCounts(NamedTuple):
    """Counts of different words per line; each of shape (lines,).

    Attributes:
      stops: stop words.
      words: words of the first ``READ_CHARACTERS`` characters, normalised by :func:`key`.
      in_title: those of ``words`` that are in the title.
      described: those of ``words`` that are in the description.
    """

    stops: I64
    words: I64
    in_title: I64
    described: I64


def word_counts(texts: Sequence[str], title: Set[str], about: Set[str]) -> WordCounts:
    """Counts the different words of lines, in one compiled pass.

    Args:
      texts: lines with single spaces between their words.
      title: the words of the title, normalised by :func:`key`.
      about: those of the description.
    """
    out = np.empty((len(WordCounts._fields), len(texts)), np.int64)
    if not texts:
        return WordCounts(*out)
    every = sorted(title | about)
    meanings = [(word in title) + 2 * (word in about) for word in every]
    stated = dict(zip(word_hashes(every), meanings, strict=True))
    data, characters = shape.joined(texts), _keying()
    unknown = 0
    while unknown >= 0:
        unknown = loops.line_words(
            data,
            characters.fold,
            characters.classes,
            CHARACTER_BASE,
            *_stop_table(),
            *hash_table(stated),
            READ_CHARACTERS,
            out,
        )
        if unknown >= 0:
            characters.fill(unknown)
    counts = WordCounts(*out)
    for at in np.flatnonzero(counts.words < 0).tolist():
        words = set(key(texts[at][:READ_CHARACTERS]).split())
        counts.words[at] = len(words)
        counts.in_title[at], counts.described[at] = len(words & title), len(words & about)
    return counts
