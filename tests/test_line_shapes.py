# ruff: noqa: RUF001 - marks of other scripts are meant
"""What lines look like: the compiled loops count what plain Python counts."""

import unicodedata

import hypothesis.strategies as st
from hypothesis import given

from transforms.lines import shapes as line_shapes

LINES = st.lists(
    st.text(
        st.one_of(st.characters(), st.sampled_from("aZß1²ⅷ.,|·•。 \nДǅ漢😀𝐚\ud800\u0345\u200d")),
        min_size=1,
        max_size=300,
    ),
    min_size=1,
    max_size=5,
)


def count(text: str, *kinds: str) -> int:
    return sum(unicodedata.category(character).startswith(kinds) for character in text)


@given(LINES)
def test_what_lines_are_made_of(texts: list[str]) -> None:
    found = line_shapes.looks(texts)
    # Characters beyond the basic plane count as nothing: emoji and rare letters.
    heads = ["".join(c for c in text[:240] if ord(c) < 0x10000) for text in texts]
    assert found.sizes.tolist() == [len(text) for text in texts]
    assert found.letters.tolist() == [count(head, "L") for head in heads]
    assert found.capitals.tolist() == [count(head, "Lu", "Lt") for head in heads]
    assert found.digits.tolist() == [count(head, "N") for head in heads]
    assert found.marks.tolist() == [count(head, "P", "S") for head in heads]
    assert found.commas.tolist() == [text.count(",") for text in texts]
    assert found.sentences.tolist() == [text.count(". ") + text.count("。") for text in texts]
    assert found.bars.tolist() == [any(mark in text for mark in "|·•") for text in texts]


def test_features_of_characters_beyond_the_basic_plane() -> None:
    found = line_shapes.features(["😀😀 ab", "x"], [2, 1], [0, 1], [0, 0], [0, 0], [0, 0])
    assert found["upper"].tolist() == [0, 0]
    assert found["word_length"].tolist() == [2.5, 1]
