"""Words and tokens that loops find in a text, held to the regular expressions that define them."""

import math
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.background import RARE, background_words
from transforms.compiled.lexicon import Lexicon
from transforms.compiled.stories import heaviest
from transforms.compiled.tokens import repeated_tokens
from transforms.keywords import COMMON, _rarities

TOKEN = re.compile(
    r"(?=.\.)(?:[^\W\d_]\.){2,}+|\d++(?:[.,]\d++)++|[^\W_]++(?:['\u2019-][^\W_]++)*+|[^\w\s'\u2019]"
)
POSSESSIVE = re.compile(r"['\u2019]s\b")
WEIGHTS = {
    word: -math.log(share) if share < COMMON else 0.0
    for share, words in background_words()
    for word in words
}

TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(
        st.sampled_from("abs.,'\u2019-_ 12\n;\u02bc\u00e9\u6771\u0e33\u00bd\ud800"),
        max_size=60,
    ),
    st.lists(
        st.sampled_from(
            "the storm u.s. u.s 1,000 storm's anti-war don't \u2019s a.b. 3.x \u02bc\u02bc".split()
        ),
        max_size=24,
    ).map(" ".join),
)


def rarity(token: str) -> float:
    if not any(map(str.isalnum, token)) or (len(token) == 1 and token < "\u1100"):
        return 0.0
    return WEIGHTS.get(re.sub("['\u2019\u02bc]", "", token), -math.log(RARE))


@given(TEXTS.map(str.lower))
def test_tokens_are_those_of_the_patterns(text: str) -> None:
    tokens = TOKEN.findall(POSSESSIVE.sub("", text))
    counts = Counter(tokens)
    repeated = [token for token in counts if counts[token] >= 2 and rarity(token)]
    often = [(n, token) for n, token in enumerate(tokens) if counts[token] >= 3 and rarity(token)]

    found, weights, places = repeated_tokens(text, 2, 3, *_rarities())

    spelled = [POSSESSIVE.sub("", text[start:end]) for start, end, _ in found.tolist()]
    assert spelled == repeated
    assert found[:, 2].tolist() == [counts[token] for token in repeated]
    assert weights.tolist() == [rarity(token) for token in repeated]
    assert [(number, spelled[token]) for number, token in places.tolist()] == often


ALPHABET = st.sampled_from("Aab1\u00e9\u0416\u6771\U00010400 _.\u2019\n\ud800")
WORDS = st.lists(st.text(ALPHABET, min_size=1, max_size=3).filter(str.isalnum), max_size=6)


@given(WORDS, st.text(ALPHABET, max_size=60))
def test_a_lexicon_finds_whole_words(words: list[str], text: str) -> None:
    runs = re.finditer(r"[^\W_]+", text)
    expected = [(run.start(), run.group()) for run in runs if run.group() in words]
    assert Lexicon(words).found_in(text) == expected


def test_a_lexicon_takes_words_alone() -> None:
    with pytest.raises(ValueError, match="'New York' is no word"):
        Lexicon(["York", "New York"])


@given(st.lists(st.lists(st.integers(-1, 4), max_size=9), max_size=5), st.integers(1, 5))
def test_the_heaviest_are_the_first_of_a_stable_sort(lists: list[list[int]], most: int) -> None:
    bounds = np.cumsum([0, *map(len, lists)])
    weights = np.array([weight for part in lists for weight in part], np.float64)
    expected = [
        [
            first + place
            for place in sorted(range(len(part)), key=lambda place: -part[place])[:most]
            if part[place] > 0
        ]
        for first, part in zip(bounds.tolist(), lists, strict=False)
    ]
    ends, positions = heaviest(bounds, weights, most)
    assert [part.tolist() for part in np.split(positions, ends[1:-1])][: len(lists)] == expected
