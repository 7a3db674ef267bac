"""Counting words on the bytes of many texts, against Python's own words."""

import sys

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from pipeline.word_counts import count_words

WHITE_SPACE = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()]

NEIGHBOURS = "\x00\x08\x1b\x7f\x80\u00a1\u167f\u1681\u200b\u2010\u2027\u202a\u3001\uffff\U00010085"
"""No white space, but bytes next to it, and the quotes and ideographs that share its first byte."""

NONE = np.zeros(0, np.int64)

texts = st.lists(
    st.text(st.sampled_from([*WHITE_SPACE, *NEIGHBOURS, *"a.é\u2019漢я"]), max_size=12), max_size=8
)


@given(texts)
def test_words_are_what_white_space_parts(given_texts: list[str]) -> None:
    counts = count_words(pa.array(given_texts, pa.string()), NONE)
    assert counts.tolist() == [len(text.split()) for text in given_texts]


@given(texts, st.integers(0, 4), st.integers(0, 8))
def test_a_part_of_an_array_is_counted_alone(
    given_texts: list[str], start: int, length: int
) -> None:
    part = pa.array(given_texts, pa.string()).slice(start, length)
    assert count_words(part, NONE).tolist() == [len(text.split()) for text in part.to_pylist()]


def test_every_white_space_parts_words_as_arrow_says() -> None:
    around = pa.array([f"one{space}two" for space in WHITE_SPACE], pa.string())
    arrow = pc.list_value_length(pc.utf8_split_whitespace(around)).to_pylist()
    assert count_words(around, NONE).tolist() == arrow == [2] * len(WHITE_SPACE)


def test_in_a_language_without_spaces_a_character_is_a_word() -> None:
    texts = pa.array(["记者报道", "记者报道", "記者 the BBC ช่อง"], pa.string())
    assert count_words(texts, np.array([0, 2])).tolist() == [4, 1, 8]
