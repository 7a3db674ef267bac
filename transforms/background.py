"""How many articles a common word stands in, whatever the corpus.

``background.txt`` lists some 40,000 words of 18 languages, by the logarithm of their share of
articles. ``tests/bench/make_background.py`` makes it, and names the sources. A small corpus does
not say which words are common; a large one does.
"""

import functools
import pathlib

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
