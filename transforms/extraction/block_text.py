"""The words and letters of a page's blocks, in compiled passes."""

import functools
import re
from collections.abc import Sequence, Set
from typing import NamedTuple

import numpy as np

from transforms import shingles
from transforms.compiled import page_text as loops
from transforms.compiled.characters import COMPLEX, LETTER, MARK, SEPARATOR
from transforms.extraction.blocks import byte_hash
from transforms.lines import shapes as shape
from transforms.lines.cues import STOP_WORDS
from transforms.lines.text import key
from transforms.shingles import I64, U64, hash_table

READ_CHARACTERS = 200
"""Characters of a block whose words are compared with title and description."""

_SQUEEZE = re.compile(r"[\W_]+")
_ASCII_SQUEEZE = bytes(code for code in range(0x80) if not chr(code).isalnum())


def squeezed(text: str) -> str:
    """Returns the letters and digits of a text in lower case."""
    if text.isascii():  # bytes are translated twice as fast
        return text.lower().encode().translate(None, _ASCII_SQUEEZE).decode()
    return _SQUEEZE.sub("", text.casefold())


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


def _squeezed_class(character: str) -> tuple[int, int]:
    """Returns (code point, class) of a squeezed character."""
    left = squeezed(character)
    if len(left) > 1:
        return 0, COMPLEX
    return (ord(left), LETTER) if left else (0, SEPARATOR)


def _key_class(character: str) -> tuple[int, int]:
    """Returns (code point, class) of a character in a key."""
    left = key(f"x{character}x")[1:-1]
    if len(left) > 1:
        return 0, COMPLEX
    if not left:
        return 0, MARK
    return (0, SEPARATOR) if left == " " else (ord(left), LETTER)


@functools.cache
def _squeezing() -> shingles.Characters:
    return shingles.Characters(_squeezed_class)


@functools.cache
def _keying() -> shingles.Characters:
    return shingles.Characters(_key_class)


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
    stated = dict(zip(shingles.word_hashes(every), meanings, strict=True))
    data, characters = shape.joined(texts), _keying()
    unknown = 0
    while unknown >= 0:
        unknown = loops.line_words(
            data,
            characters.fold,
            characters.classes,
            shingles.CHARACTER_BASE,
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
