"""Makes ``transforms/background.txt``: in how many articles a common word stands.

Usage: ``python -m tests.bench.make_background SHARED_DATA``

The words come from two collections that may be used freely: sentences in 18 languages that are
written with spaces, the test data of lingua (Apache-2.0), and the texts of 793 English web articles
of WCXB (CC-BY-4.0). A share of sentences becomes one of articles of ``SENTENCES`` sentences. A word
of several languages gets the largest share that it has in one.
"""

import argparse
import collections
import json
import math
import pathlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

from transforms import background
from transforms.text import APOSTROPHES, folded

SENTENCES = 20
"""Sentences of an article, as in the English articles of the second collection on average."""

LEAST_SENTENCES, LEAST_ARTICLES = 2, 3
"""A word in fewer of them is left out: its share is a matter of chance."""

UNSPACED = frozenset(("ja", "zh"))

_MARKS = "".join(
    char for char in map(chr, range(0x0300, 0x20000)) if unicodedata.category(char)[0] == "M"
)
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*")
_APOSTROPHES = str.maketrans("", "", APOSTROPHES)


def words_of(text: str) -> set[str]:
    """Returns the different words of a text, in the form in which they are compared."""
    return set(_WORD.findall(folded(text.translate(_APOSTROPHES))))


def shares(texts: Iterable[str], least: int) -> dict[str, float]:
    """Returns the share of texts with each word that at least ``least`` of them have."""
    texts = list(texts)
    counts = collections.Counter(word for text in texts for word in words_of(text))
    return {word: count / len(texts) for word, count in counts.items() if count >= least}


def background_shares(data: pathlib.Path) -> dict[str, float]:
    """Returns the share of articles with each word."""
    largest: dict[str, float] = {}
    for path in sorted((data / "language").glob("*.txt")):
        if path.stem not in UNSPACED:
            sentences = path.read_text(encoding="utf-8").splitlines()
            for word, share in shares(sentences, LEAST_SENTENCES).items():
                in_article = 1 - (1 - share) ** SENTENCES
                largest[word] = max(in_article, largest.get(word, 0.0))
    gold = sorted((data / "html_articles" / "gold").glob("*.json"))
    texts = (
        json.loads(path.read_text(encoding="utf-8")).get("main_content") or "" for path in gold
    )
    for word, share in shares(texts, LEAST_ARTICLES).items():
        largest[word] = max(share, largest.get(word, 0.0))
    return largest


def table(largest: Mapping[str, float]) -> str:
    """Returns the file: a line for each level, its words sorted."""
    levels: dict[int, list[str]] = {}
    for word, share in largest.items():
        levels.setdefault(round(math.log(share) / math.log(background.STEP)), []).append(word)
    return "".join(
        f"{level} {' '.join(sorted(words))}\n" for level, words in sorted(levels.items())
    )


def main() -> None:
    """Writes the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=pathlib.Path, help="folder of the two collections")
    background.PATH.write_text(table(background_shares(parser.parse_args().data)), encoding="utf-8")


if __name__ == "__main__":
    main()
