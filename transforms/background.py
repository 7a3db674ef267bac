"""How many articles a common word stands in, whatever the corpus.

``background.txt`` lists some 40,000 words of 18 languages, by the logarithm of their share of
articles. ``tests/bench/make_background.py`` makes it, and names the sources. A small corpus does
not say which words are common; a large one does.
"""

import functools
import itertools
import pathlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from transforms.arrays import I64, U64

PATH = pathlib.Path(__file__).with_name("background.txt")

STEP = 0.8
"""A line holds the words whose share of articles is about ``STEP`` to the power of its number."""

LANGUAGES = frozenset("ar bn de en es fa fr he hi id it nl pl pt ru sv tr uk".split())
"""Languages of the table: ISO 639-1."""

RARE = 0.001
"""Share of articles of a word that is not in the table; the least in it is .002."""


@functools.cache
def background_words() -> tuple[tuple[float, tuple[str, ...]], ...]:
    """Returns pairs of a share of articles, descending, and the words that have it."""
    lines = (line.split() for line in PATH.read_text(encoding="utf-8").splitlines())
    return tuple((STEP ** int(level), tuple(words)) for level, *words in lines)


@functools.cache
def background_hashes() -> "tuple[U64, I64]":
    """Returns the hashes of all words, and which pair of :func:`background_words` each is of.

    Pairs are counted from 1, so that 0 is left for words that are not in the table.
    """
    # Imported here: Numba takes a third of a second to load.
    from transforms.compiled.words import hash_words

    listed = [words for _, words in background_words()]
    # One by one: what only normalises as a whole, which is slow, is then a word and not a level.
    hashed = hash_words(list(itertools.chain.from_iterable(listed)))
    levels = np.repeat(np.arange(1, len(listed) + 1), [len(words) for words in listed])
    return hashed.hashes, np.repeat(levels, np.diff(hashed.offsets))
