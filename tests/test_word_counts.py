import sys

import numpy as np

from pipeline.word_counts import count_words


def test_every_white_space_separates_words() -> None:
    spaces = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()]
    texts = ["", *(f"{space}one{space}{space}two" for space in spaces), "one\u200btwo"]
    counts = count_words(texts, np.zeros(0, np.int64))
    assert counts.dtype == np.int64
    assert counts.tolist() == [0, *[2] * len(spaces), 1]


def test_in_a_language_without_spaces_a_character_is_a_word() -> None:
    texts = ["记者报道", "记者报道", "記者 the BBC ช่อง"]
    assert count_words(texts, np.array([0, 2])).tolist() == [4, 1, 8]
