"""Words, shingles, signatures: against their definitions, written out naively."""

import collections
import itertools
import math
import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.bench import naive
from transforms.compiled import affixes, fingerprints, sets
from transforms.compiled.loops import mixed
from transforms.compiled.words import Words, hash_words, text_keys

# Everything that makes tokenising hard: apostrophes, marks, spaceless scripts, characters that
# normalise to several or together with their neighbours, and characters beyond the basic plane.
_HARD = (
    "ab'\u2019 -.\u4e2d\u6587\u0e44\u0e17\u0e22\u0e2d\u0e31\u0301\u00c9\u2026\u2122\u00bd\u00df"
    "\ufb01\U0001d400\U0001f600 \u0130\u01c6\ud55c\uae00\u1112\u1161\u00b4\u3099\u30ab\u309b\u0345"
    "\u1ffc\u200d\u00a0\u0627\u0644\u0639\u0020\u0939\u093f\u0903\U00020000\u0000\t\u0661\u00b2"
)
# Without single surrogates, which no Arrow string can hold.
_characters = st.one_of(st.sampled_from(_HARD), st.characters(exclude_categories=("Cs",)))
_texts = st.lists(st.text(_characters), max_size=8)


def _words(words: Words, index: int) -> list[int]:
    return words.hashes[words.offsets[index] : words.offsets[index + 1]].tolist()


@given(_texts)
def test_words_are_those_of_the_definition(texts: list[str]) -> None:
    hashed = hash_words(texts)
    by_word: dict[str, int] = {}
    for index, text in enumerate(texts):
        expected = naive.tokenise(text)
        found = _words(hashed, index)
        assert len(found) == len(expected), text
        for word, value in zip(expected, found, strict=True):
            assert by_word.setdefault(word, value) == value
    assert len(set(by_word.values())) == len(by_word)


def _is_split(text: str) -> bool:
    """Whether one character of a text normalises to several words, as a vulgar fraction does."""
    return any(len(naive.tokenise(character)) > 1 for character in text)


@given(_texts)
@example(
    ["e\u0301te\u0301 a\u0300 la", "x \ufb01n\u0301", "\u1112\u1161 \u0e19\u0e49\u0e33\u0301 'a'"]
)
def test_a_word_is_where_its_text_has_it(texts: list[str]) -> None:
    words = hash_words(texts)
    for index, text in enumerate(texts):
        place = slice(words.offsets[index], words.offsets[index + 1])
        starts, ends = words.starts[place].tolist(), words.ends[place].tolist()
        if _is_split(text):
            continue
        found = [naive.tokenise(text[start:end]) for start, end in zip(starts, ends, strict=True)]
        assert found == [[word] for word in naive.tokenise(text)], text
        gaps = zip([0, *ends], [*starts, len(text)], strict=True)
        assert not any(naive.tokenise(text[end:start]) for end, start in gaps), text


@given(st.lists(st.text(), min_size=1, max_size=6), st.integers(0, 5), st.integers(0, 5))
def test_arrow_arrays_hash_like_lists_wherever_they_begin(
    texts: list[str], first: int, count: int
) -> None:
    array = pa.array(texts)
    expected = hash_words(texts[first : first + count])
    for found in (array.slice(first, count), pa.chunked_array([array]).slice(first, count)):
        words = hash_words(found)
        assert words.hashes.tolist() == expected.hashes.tolist()
        assert words.offsets.tolist() == expected.offsets.tolist()


def test_a_paragraph_hashes_alike_alone_and_among_others() -> None:
    generator = random.Random(7)
    texts = [
        "".join(generator.choices(_HARD + "abcdefgh ", k=generator.randrange(400)))
        for _ in range(1500)
    ]
    together = hash_words(texts)
    for index in range(0, len(texts), 97):
        assert _words(together, index) == _words(hash_words([texts[index]]), 0)


def test_a_paragraph_longer_than_a_block_is_hashed_whole() -> None:
    text = "seven words stand in this one sentence " * 40_000
    words = hash_words([text, "seven words"])
    assert len(_words(words, 0)) == 7 * 40_000
    assert _words(words, 0)[-7:-5] == _words(words, 1)


@given(_texts)
def test_text_keys_are_those_of_the_definition(texts: list[str]) -> None:
    words = hash_words(texts)
    mask = 2**64 - 1
    for index, key in enumerate(text_keys(words.hashes, words.offsets).tolist()):
        found = _words(words, index)
        total = len(found) * 0x2545F4914F6CDD1D
        for place, value in enumerate(found):
            total += (value | 1) * pow(0xD6E8FEB86659FD93, place, 2**64)
        scrambled = int(mixed(np.array([total & mask], np.uint64))[0])
        assert key == (scrambled if found else 0)


def test_text_keys_tell_sequences_apart() -> None:
    texts = ["a b c", "A, b: 'c'", "c b a", "a b", "a b c c", "", "...", "abc"]
    words = hash_words(texts)
    keys = text_keys(words.hashes, words.offsets).tolist()
    assert keys[0] == keys[1]
    assert keys[5] == keys[6] == 0
    assert len(set(keys)) == 6


@pytest.mark.parametrize("size", [2, 6])
def test_equal_shingles_equal_hashes(size: int) -> None:
    words = "the cat sat on the cat sat on the mat".split()
    hashes = fingerprints.shingles(hash_words([" ".join(words)]).hashes, size)
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
    signatures = fingerprints.minhash(hashes, starts, lengths, 8)
    for column, members in enumerate(sets):
        for row in range(8):
            factor = int(fingerprints.MULTIPLIERS[row])
            assert signatures[column, row] == min(factor * value % 2**32 for value in members)


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
        signatures = fingerprints.minhash(hashes, starts, np.full(2 * pairs, 60), 96)
        agreement = (signatures[:pairs] == signatures[pairs:]).mean()
        # 28,800 trials that are nearly independent: six standard deviations.
        assert abs(agreement - exact) < 6 * math.sqrt(exact * (1 - exact) / (96 * pairs))


@given(st.lists(st.lists(st.integers(0, 50), max_size=30), max_size=5), st.integers(1, 8))
def test_winnowing_keeps_exactly_the_minima_of_the_windows(
    runs: list[list[int]], window: int
) -> None:
    # A hash of another paragraph stands between any two.
    hashes = np.array([value for run in runs for value in [*run, 0]], np.uint64)
    lengths = np.array([len(run) for run in runs], np.int64)
    starts = np.cumsum(lengths + 1) - lengths - 1
    expected = []
    for number, run in enumerate(runs):
        windows = [range(at, min(at + window, len(run))) for at in range(len(run))]
        minima = {
            place
            for members in windows
            for place in members
            if run[place] == min(run[member] for member in members)
        }
        expected += [(int(starts[number]) + place, number) for place in sorted(minima)]
    places, owners = fingerprints.winnow(hashes, starts, lengths, window)
    assert list(zip(places.tolist(), owners.tolist(), strict=True)) == expected


_sets = st.lists(st.integers(0, 40), max_size=60)


@given(st.lists(st.tuples(_sets, _sets), max_size=6))
def test_overlaps_are_those_of_sets(pairs: list[tuple[list[int], list[int]]]) -> None:
    sides = []
    for side in (0, 1):
        lengths = np.array([len(pair[side]) for pair in pairs], np.int64)
        # Small numbers share their slots; the constant makes some of them large.
        values = np.array(
            [value * 0x2000000000000001 % 2**64 for pair in pairs for value in pair[side]],
            np.uint64,
        )
        sides.append((values, np.cumsum(lengths) - lengths, lengths))
    found = [sizes.tolist() for sizes in sets.overlaps(sides[0], sides[1])]
    expected = [(len({*one}), len({*two}), len({*one} & {*two})) for one, two in pairs]
    assert list(zip(*found, strict=True)) == expected


@given(st.lists(st.integers(0, 30), max_size=80))
def test_recurring_finds_what_occurs_again(values: list[int]) -> None:
    hashes = np.array([value * 0x2000000000000001 % 2**64 for value in values], np.uint64)
    found = sets.recurring(hashes).tolist()
    expected = [place for place, value in enumerate(values) if values.count(value) > 1]
    assert sorted(found) == expected
    together = [values[place] for place in found]
    changes = sum(one != two for one, two in itertools.pairwise(together))
    assert changes == max(0, len({*together}) - 1)


@given(st.lists(st.integers(0, 2**64 - 1), max_size=80), st.integers(0, 63))
def test_hash_order_is_a_stable_sort(values: list[int], shift: int) -> None:
    hashes = np.array([value >> shift for value in values], np.uint64)
    assert sets.hash_order(hashes).tolist() == np.argsort(hashes, kind="stable").tolist()


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 12), st.integers(0, 5), st.booleans()),
        max_size=70,
    ),
    st.integers(2, 6),
)
def test_collisions_are_those_of_the_definition(
    rows: list[tuple[int, int, int, bool]], clique: int
) -> None:
    new = np.uint32(1 << 31)
    rows.sort(key=lambda row: row[0])
    hashes, texts = (np.array([row[at] for row in rows], np.uint64) for at in (0, 1))
    ranks = np.array([row[2] | (row[3] << 31) for row in rows], np.uint32)
    left, right = sets.collisions(hashes, texts, ranks, new, clique)
    expected = collections.Counter()
    for number in {row[0] for row in rows}:
        groups: dict[int, list[int]] = {}
        for hashed, text, rank, is_new in rows:
            if hashed == number:
                groups.setdefault(text, []).append(rank | is_new << 31)
        members = sorted((min(found), text, max(found) >> 31) for text, found in groups.items())
        for (at, one), (other, two) in itertools.combinations(enumerate(members), 2):
            if (other < clique or at == 0) and (one[2] or two[2]):
                expected[number, one[:2], two[:2]] += 1
    found = collections.Counter(
        (
            int(hashes[one]),
            (int(ranks[one]), int(texts[one])),
            (int(ranks[two]), int(texts[two])),
        )
        for one, two in zip(left.tolist(), right.tolist(), strict=True)
    )
    assert (hashes[left] == hashes[right]).all()
    assert found == expected


@given(st.lists(st.tuples(st.text(_characters, max_size=20), st.integers(0, 20)), max_size=5))
def test_characters_of_a_run_of_bytes_are_those_of_its_text(parts: list[tuple[str, int]]) -> None:
    data, starts, sizes, expected = b"", [], [], []
    for text, count in parts:
        starts.append(len(data))
        sizes.append(len(text[:count].encode()))
        expected.append(len(text[:count]))
        data += text.encode()
    found = affixes.count_characters(
        np.frombuffer(data, np.uint8), np.array(starts, np.int64), np.array(sizes, np.int64)
    )
    assert found.tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=60), st.integers(0, 5))
def test_rows_are_sorted_by_key_and_other(rows: list[tuple[int, int]], first: int) -> None:
    keys, others = (np.array([row[at] for row in rows], np.uint64) for at in (0, 1))
    order = np.arange(len(rows))
    sets.sort_by(keys, others, order, min(first, len(rows)), len(rows))
    assert sorted(order.tolist()) == list(range(len(rows)))
    done = [rows[place] for place in order]
    assert done == rows[:first] + sorted(rows[first:])
