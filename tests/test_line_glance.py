# ruff: noqa: RUF001 - marks of other scripts are meant
"""The one look at lines: against ``str`` methods, and never plain where a rule would have met."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.bench import corpus
from transforms import boilerplate_lines as look
from transforms.line_glance import EARLY_COLON, LATE_MARK, ODD, SIGN, glance, word_table

FIRST = word_table({"read": 1, "e-mail": 2, "más": 4, "это": 8})
ANYWHERE = word_table({"newsletter": 1, "e-mails": 2, "(c)": 4, "für": 8})

_characters = st.one_of(
    st.sampled_from("ab \t\n\u00a0\u2028'’-:|/@©[{(é\u0301漢ß1.,READ"), st.characters()
)
_words = st.sampled_from(
    ["read", "Read:", "READ-only", "«Más", "это", "e-mail", "E-Mail's", "newsletter.", "FÜR", "(c)"]
)
_lines = st.one_of(st.text(_characters), st.lists(_words).map(" ".join))


@given(st.lists(_lines, max_size=5))
@example(["a" * 100 + "/", "/" + "a" * 60, "/" + "a" * 59, "a:b", "漢" * 70 + ":"])
def test_a_glance_tells_what_the_methods_of_str_tell(lines: list[str]) -> None:
    for line, (words, _, _, flags) in zip(lines, glance(lines, FIRST, ANYWHERE), strict=True):
        assert words == len(line.split())
        assert bool(flags & LATE_MARK) == any(mark in line[-60:] for mark in "/:：©")
        if any(mark in line[:60] for mark in ":：|"):
            assert flags & EARLY_COLON
        if any(mark in line for mark in "[{@©"):
            assert flags & SIGN


@given(st.lists(_words, min_size=1), st.sampled_from(["", "“", "(", "¿"]))
def test_listed_words_are_seen_in_any_case_and_between_marks(words: list[str], mark: str) -> None:
    ((_, first_found, any_found, _),) = glance([mark + " ".join(words)], FIRST, ANYWHERE)
    first = words[0].casefold().strip("«:")
    for word, value in {"read": 1, "e-mail": 2, "más": 4, "это": 8}.items():
        if first.startswith(word):
            assert first_found & value, (words, word)
    for word, value in {"newsletter.": 1, "(c)": 4, "für": 8}.items():
        if word in [other.casefold() for other in words]:
            assert any_found & value, (words, word)


def test_words_of_other_letters_are_not_seen() -> None:
    lines = ["reading a book", "bread and butter", "the news letter", "mas que nada"]
    for _, first_found, any_found, _ in glance(lines, FIRST, ANYWHERE):
        assert (first_found, any_found) == (0, 0)


def test_what_the_tables_cannot_judge_is_odd() -> None:
    lines = ["Straße", "e\u0301cole", "漢字 is Chinese", "1984 was a year", "— he said"]
    assert all(flags & ODD for *_, flags in glance(lines, FIRST, ANYWHERE))


_cues = st.sampled_from(
    sorted({word for words in look._FIRST_LISTS.values() for word in words.split()})
    + sorted({word for words in look._ANY_LISTS.values() for word in words.split()})
    + ["sign up", "click here", "photo", "All rights reserved.", "is a reporter", "http://x.org/y"]
)
_filler = st.sampled_from(
    "the council said on Tuesday that it would, after months of debate, rebuild the quay".split()
)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(["", "“", "(", "- ", "Photos: "]),
    st.lists(st.one_of(_filler, _filler, _filler, _cues), min_size=14, max_size=90),
    st.sampled_from([".", "!", '."', ")", "", " (AP)", "?”"]),
)
def test_no_rule_meets_a_plain_line(before: str, words: list[str], after: str) -> None:
    text = before + " ".join(words) + after
    (seen,) = look.glances([text])
    ended = look.ends_sentence(text)
    parts, count = look.words_of(text)
    if look.is_plain(text, seen, ended):
        assert seen[0] == count
        assert look.line_rule(text, parts, count, ended) is None


def test_most_sentences_are_plain() -> None:
    articles = corpus.read_seeds()
    paragraphs = [text for one in articles for text in one.paragraphs if len(text) > 120]
    seen = look.glances(paragraphs)
    plain = [
        look.is_plain(text, one, look.ends_sentence(text))
        for text, one in zip(paragraphs, seen, strict=True)
    ]
    assert sum(plain) > 0.6 * len(plain) > 20


@given(
    st.lists(
        st.sampled_from(
            """photo Photo: image picture video credit / : © ( ) by courtesy via from AP AFP Reuters
            REUTERS getty Getty Images Alamy file (file stock iStock imago - Bild Foto EPA dpa the
            harbour""".split()
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([" ", ""]),
)
def test_no_credit_is_looked_over(parts: list[str], between: str) -> None:
    text = between.join(parts)
    if look.CREDIT_ANYWHERE.search(text):
        assert look._may_hold_credit(text.lower())
