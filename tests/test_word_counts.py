import sys

import numpy as np
import pyarrow as pa

from pipeline.word_counts import count_words


def test_every_white_space_separates_words() -> None:
    spaces = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()]
    others = ["\u200b", "\u2010", "\u3001", "\u00c2", "漢", "🎉", "\U00012000"]
    around = (f"{one}one{one}{one}two{one}" for one in spaces + others)
    counts = count_words(pa.array(["of a slice", "", *around, "", "\n"])[1:], np.zeros(0, np.int64))
    assert counts.dtype == np.int64
    assert counts.tolist() == [0, *[2] * len(spaces), *[1] * len(others), 0, 0]
    assert not len(count_words(pa.array([], pa.string()), np.zeros(0, np.int64)))


def test_in_a_language_without_spaces_a_character_is_a_word() -> None:
    texts = ["记者报道", "记者报道", "記者 the BBC ช่อง"]
    assert count_words(pa.array(texts), np.array([0, 2])).tolist() == [4, 1, 8]
