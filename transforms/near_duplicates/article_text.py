"""The words of articles as evidence is read from them, with the characters around each."""

import functools
import unicodedata
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms.arrays import I64, U32, U64, Mask
from transforms.compiled.words import Words, hash_words
from transforms.near_duplicates.rows import ragged_positions

REMOVED_CHARACTERS = 120
"""Characters of the longest removed line that is read: "Hugo Example, Harbour Times"."""

CASED = 0x3100
"""Code points below are looked up in tables; those above are of scripts without capitals."""


class ArticleText(NamedTuple):
    """The kept paragraphs and short removed lines of n articles, in their order.

    Attributes:
      text: all lines, a line feed behind each.
      codes: its code points.
      hashes: of its words; see :class:`transforms.compiled.words.Words`.
      starts: first character of each word in ``text``.
      ends: the character behind its last.
      lines: first word of each line, and behind the last one.
      bounds: first word of each article, and behind the last one.
      characters: first character of each article, and behind the last one.
      capital: whether a word begins with a capital letter.
      kept: kept words before each word, and before the end; what ranges are counted in.
    """

    text: str
    codes: U32
    hashes: U64
    starts: I64
    ends: I64
    lines: I64
    bounds: I64
    characters: I64
    capital: Mask
    kept: I64

    @classmethod
    def of(
        cls, articles: int, paragraphs: pa.Table, removed_lines: pa.Table, words: Words
    ) -> "ArticleText":
        """Returns the text of articles.

        Args:
          articles: how many there are.
          paragraphs: ``article``, the row of the article; ``line_number``; ``text``.
          removed_lines: the same columns.
          words: of the paragraphs.
        """
        short = pc.less_equal(pc.utf8_length(removed_lines.column("text")), REMOVED_CHARACTERS)
        removed_lines = removed_lines.filter(short)
        removed = hash_words(removed_lines.column("text"))
        article, line = (
            np.concatenate([table.column(name).to_numpy() for table in (paragraphs, removed_lines)])
            for name in ("article", "line_number")
        )
        order = np.lexsort((line, article))
        both = [table.select(["text"]) for table in (paragraphs, removed_lines)]
        texts = pa.concat_tables(both).column("text").combine_chunks().take(pa.array(order))
        joined = pc.binary_join(pa.ListArray.from_arrays([0, len(texts)], texts), "\n")
        text = joined[0].as_py() + "\n"
        codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        sizes = np.concatenate((np.diff(words.offsets), np.diff(removed.offsets)))[order]
        first = np.concatenate((words.offsets[:-1], len(words.hashes) + removed.offsets[:-1]))
        place = ragged_positions(first[order], sizes)
        starts, ends, hashes = (
            np.concatenate((getattr(words, name), getattr(removed, name)))[place]
            for name in ("starts", "ends", "hashes")
        )
        lengths = pc.utf8_length(texts).to_numpy().astype(np.int64) + 1
        begins = np.repeat(np.cumsum(lengths) - lengths, sizes)
        starts, ends = begins + starts, begins + ends
        counts = np.bincount(article[order], weights=sizes, minlength=articles)
        return cls(
            text,
            codes,
            hashes,
            starts,
            ends,
            _sums(sizes),
            _sums(counts.astype(np.int64)),
            _sums(
                np.bincount(article[order], weights=lengths, minlength=articles).astype(np.int64)
            ),
            looked_up(codes[starts], capitals()),
            _sums(place < len(words.hashes)),
        )

    def owners(self, words: I64) -> I64:
        """Returns the article of each word."""
        return np.asarray(np.searchsorted(self.bounds, words, side="right") - 1)

    def within(self, words: I64) -> I64:
        """Returns the number of each word among the kept ones of its article."""
        return np.asarray(self.kept[words] - self.kept[self.bounds[self.owners(words)]])

    def words_between(self, first: I64, last: I64) -> tuple[I64, I64]:
        """Returns the ranges of words that begin between characters, the last one excluded."""
        return np.searchsorted(self.starts, first), np.searchsorted(self.starts, last)


def _sums(values: npt.NDArray[Any]) -> I64:
    """Returns the sums of all values before each, and of all."""
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(values, dtype=np.int64)))


def looked_up(codes: U32, table: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Returns the value of each code point in a table of those below ``CASED``, else its last."""
    return np.asarray(table[np.minimum(codes, CASED)])


@functools.cache
def capitals() -> Mask:
    """Returns whether each code point is a capital letter."""
    return np.array([chr(code).isupper() or chr(code).istitle() for code in range(CASED + 1)])


@functools.cache
def caseless() -> Mask:
    """Returns whether each code point is a letter of a script without capitals."""
    letters = (chr(code) for code in range(CASED + 1))
    table = np.array([one.isalpha() and one.upper() == one.lower() for one in letters])
    table[CASED] = True
    return table


def folded_letter(character: str) -> int:
    """Returns the code point of a letter or digit in lower case without accents; 0 for others."""
    if not character.isalnum():
        return 0
    if ord(character) >= CASED:
        return ord(character)
    return ord(unicodedata.normalize("NFD", character.lower())[0])


@functools.cache
def letters() -> U32:
    """Returns ``folded_letter`` of each code point; 0 for those from ``CASED`` on."""
    table = np.array([folded_letter(chr(code)) for code in range(CASED + 1)], np.uint32)
    table[CASED] = 0
    return table
