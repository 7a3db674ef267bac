"""Words, shingles, signatures: against their definitions, written out naively."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench import naive
from transforms import shingles

# Everything that makes tokenising hard: apostrophes, marks, spaceless scripts, characters that
# normalise to several or together with their neighbours, and characters beyond the basic plane.
_HARD = (
    "ab'\u2019 -.\u4e2d\u6587\u0e44\u0e17\u0e22\u0e2d\u0e31\u0301\u00c9\u2026\u2122\u00bd\u00df"
    "\ufb01\U0001d400\U0001f600 \u0130\u01c6\ud55c\uae00\u1112\u1161\u00b4\u3099\u30ab\u309b\u0345"
    "\u1ffc\u200d\u00a0\u0627\u0644\u0639\u0020\u0939\u093f\u0903\U00020000\u0000\t\u0661\u00b2"
)
_texts = st.lists(st.text(st.one_of(st.sampled_from(_HARD), st.characters())), max_size=8)


def _words(words: shingles.Words, index: int) -> list[int]:
    return words.hashes[words.offsets[index] : words.offsets[index + 1]].tolist()


@given(_texts)
def test_words_are_those_of_the_definition(texts: list[str]) -> None:
    hashed = shingles.hash_words(texts)
    by_word: dict[str, int] = {}
    for index, text in enumerate(texts):
        expected = naive.tokenise(text)
        found = _words(hashed, index)
        assert len(found) == len(expected), text
        for word, value in zip(expected, found, strict=True):
            assert by_word.setdefault(word, value) == value
    assert len(set(by_word.values())) == len(by_word)


def test_uniform_blocks_are_what_asking_every_character_gives() -> None:
    fold, raw, final = shingles._plane_tables()
    for code in range(0x10000):
        assert (fold[code], raw[code]) == shingles._fold(chr(code)), hex(code)
        assert final[code] == shingles.character_class(chr(code)), hex(code)


def test_a_paragraph_hashes_alike_alone_and_among_others() -> None:
    generator = random.Random(7)
    texts = [
        "".join(generator.choices(_HARD + "abcdefgh ", k=generator.randrange(400)))
        for _ in range(1500)
    ]
    together = shingles.hash_words(texts)
    for index in range(0, len(texts), 97):
        assert _words(together, index) == _words(shingles.hash_words([texts[index]]), 0)


def test_a_paragraph_longer_than_a_block_is_hashed_whole() -> None:
    text = "seven words stand in this one sentence " * 40_000
    words = shingles.hash_words([text, "seven words"])
    assert len(_words(words, 0)) == 7 * 40_000
    assert _words(words, 0)[-7:-5] == _words(words, 1)


def test_text_keys_tell_sequences_apart() -> None:
    texts = ["a b c", "A, b: 'c'", "c b a", "a b", "a b c c", "", "...", "abc"]
    keys = shingles.text_keys(shingles.hash_words(texts)).tolist()
    assert keys[0] == keys[1]
    assert keys[5] == keys[6] == 0
    assert len(set(keys)) == 6


@pytest.mark.parametrize("size", [2, 6])
def test_equal_shingles_equal_hashes(size: int) -> None:
    words = "the cat sat on the cat sat on the mat".split()
    hashes = shingles.shingles(shingles.hash_words([" ".join(words)]).hashes, size)
    expected = [tuple(words[start : start + size]) for start in range(len(words) - size + 1)]
    assert len(hashes) == len(expected)
    for left, left_hash in zip(expected, hashes.tolist(), strict=True):
        for right, right_hash in zip(expected, hashes.tolist(), strict=True):
            assert (left == right) == (left_hash == right_hash)


@given(st.lists(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=300), min_size=1))
def test_minhash_is_the_minimum_under_each_permutation(sets: list[list[int]]) -> None:
    lengths = np.array([len(members) for members in sets])
    starts = np.cumsum(lengths) - lengths
    hashes = np.array([value for members in sets for value in members], np.uint32)
    signatures = shingles.minhash(hashes, starts, lengths, 8)
    for column, members in enumerate(sets):
        for row in range(8):
            factor = int(shingles.MULTIPLIERS[row])
            assert signatures[row, column] == min(factor * value % 2**32 for value in members)


def test_signatures_agree_as_often_as_sets_are_similar() -> None:
    generator = np.random.default_rng(3)
    for similarity in (0.2, 0.5, 0.8):
        # Two sets of 60: shared / (120 - shared) = similarity.
        shared = round(120 * similarity / (1 + similarity))
        exact = shared / (120 - shared)
        pairs = 300
        members = generator.integers(0, 2**32, (pairs, 120 - shared), dtype=np.uint32)
        left, right = members[:, :60], members[:, 60 - shared :]
        hashes = np.concatenate((left.ravel(), right[:, :60].ravel()))
        starts = np.arange(2 * pairs) * 60
        signatures = shingles.minhash(hashes, starts, np.full(2 * pairs, 60), 96)
        agreement = (signatures[:, :pairs] == signatures[:, pairs:]).mean()
        # 28,800 trials that are nearly independent: six standard deviations.
        assert abs(agreement - exact) < 6 * math.sqrt(exact * (1 - exact) / (96 * pairs))


@given(
    st.lists(st.integers(0, 50), max_size=60),
    st.integers(1, 8),
)
def test_winnowing_keeps_a_minimum_of_every_window(values: list[int], window: int) -> None:
    hashes = np.array(values, np.uint64)
    marked = shingles.winnow(hashes, np.ones(len(values), bool), window)
    for start in range(len(values) - window + 1):
        part = values[start : start + window]
        kept = [value for value, mark in zip(part, marked[start:], strict=False) if mark]
        assert min(part) in kept
    for place in np.flatnonzero(marked):
        windows = [values[s : s + window] for s in range(max(0, place - window + 1), place + 1)]
        assert any(values[place] == min(part) for part in windows)


def test_winnowing_never_marks_what_crosses_paragraphs() -> None:
    hashes = np.array([5, 0, 7, 3, 0, 9, 4, 8], np.uint64)
    valid = np.array([1, 0, 1, 1, 0, 1, 1, 1], bool)
    assert not (shingles.winnow(hashes, valid, 4) & ~valid).any()
