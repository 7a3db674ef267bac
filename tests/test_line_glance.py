# ruff: noqa: RUF001 - marks of other scripts are meant
"""The one look at lines: against ``str`` methods, and never plain where a rule would have met."""

import csv
import itertools
import pathlib
import re
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.bench import corpus
from transforms.compiled.lines import (
    ASKED,
    BARE,
    BRACKETED,
    CLOSER,
    CRUMB,
    DIGITS,
    EARLY_COLON,
    ELISION,
    ENDED,
    EVERY,
    HINT,
    JOINT,
    KNOWN,
    LAST_DIGIT,
    LATE_MARK,
    LONG,
    MARKS_FIRST,
    NO_FULL_STOP,
    NO_STOP,
    ODD,
    QUOTE,
    SHORT,
    SIGN,
    STOP,
    TWICE,
    WIDTH,
)
from transforms.lines import bylines, credits, cues, gates, labels, notices, prompts
from transforms.lines import rules as look
from transforms.lines.dates import TIME_WORDS
from transforms.lines.glance import (
    Glance,
    Obstacle,
    Vocabulary,
    automaton,
    glance,
    mark_table,
    obstacle_table,
    where,
    word_table,
)
from transforms.lines.labels import LABELS, Label
from transforms.lines.links import BARE_CUES
from transforms.text import ends_sentence, word_count

FIXTURES = pathlib.Path(__file__).with_name("fixtures")
HINTS = ("AP", "foto", "oto:", "ot", "©", "фото", "a/")
ROUND = 8
MARKS = {"“": QUOTE, "(": ROUND, ".": STOP, "!": STOP, "”": CLOSER, ")": CLOSER, " ": CLOSER}
OBSTACLES = {
    1: [
        Obstacle(where(sizes=[2]), initial=ROUND),
        Obstacle(where(sizes=[2]), words=70),
        Obstacle(where(ended=[0]), first=1),
        Obstacle(where(quoted=[1]), anywhere=1 | 8, words=3),
    ],
    4: [
        Obstacle(where(sizes=[0, 1], quoted=[0]), anywhere=1, also=8),
        Obstacle(where(), flags=CRUMB, also_flags=DIGITS | LATE_MARK),
        Obstacle(where(sizes=[0]), first=16),
    ],
    32: [
        Obstacle(where(sizes=[1], ended=[1]), flags=JOINT | ASKED | TWICE),
        Obstacle(where(ended=[0]), anywhere=2, without=32),
        Obstacle(where(), also=16),
        Obstacle(where(quoted=[0]), first=1, without=32),
    ],
}
VOCABULARY = Vocabulary(
    first=word_table({"read": 1, "e-mail": 2, "más": 4, "это": 8}),
    anywhere=word_table(
        {"newsletter": 1, "e-mails": 2, "(c)": 4, "für": 8, "known": 16, "said": 32}
    ),
    whole=word_table({"read more": 1, "e mail": 2, "más für": 4}),
    beginnings=word_table({"harbo": 16}),
    hints=automaton(HINTS),
    reach=20,
    marks=mark_table(MARKS),
    obstacles=obstacle_table(OBSTACLES),
)

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
    for line, (words, _, _, flags, *_) in zip(lines, glance(lines, VOCABULARY), strict=True):
        assert words == len(line.split())
        assert bool(flags & LATE_MARK) == any(mark in line[-60:] for mark in "/:：©")
        if any(mark in line[:60] for mark in ":：|"):
            assert flags & EARLY_COLON
        if any(mark in line for mark in "[{@©"):
            assert flags & SIGN
        assert bool(flags & CRUMB) == any(mark in line for mark in ":|/>»›→·•：")
        is_credit = not flags & ENDED or flags & (LATE_MARK | BRACKETED)
        hinted = any(hint in line[-20:] for hint in HINTS)
        assert bool(flags & HINT) == bool(is_credit and hinted)
        if not flags & ODD:
            letters = [character for character in line if character.isalnum()]
            assert bool(flags & DIGITS) == any(map(str.isdigit, letters))
            assert bool(flags & LAST_DIGIT) == (letters[-1:] != [] and letters[-1].isdigit())
            parts = line.split()
            assert bool(flags & BARE) == any(not any(map(str.isalnum, part)) for part in parts)


def _is_ended(line: str) -> bool:
    bare = line.rstrip("".join(mark for mark, value in MARKS.items() if value == CLOSER))
    return bare[-1:] in (".", "!") and bare != ""


@given(st.lists(_lines, max_size=5))
@example(["Is it? Yes (no.)", "so..", "aa", "aba", "abab", "éé", "ab ab.", "?", "a? b", "“a.” ) ”"])
def test_a_glance_tells_how_lines_begin_and_end(lines: list[str]) -> None:
    for line, (_, _, _, flags, whole, _) in zip(lines, glance(lines, VOCABULARY), strict=True):
        line = line.replace("\n", " ")
        assert bool(flags & ENDED) == _is_ended(line)
        assert bool(flags & NO_STOP) == (line[-1:] not in (".", "!") or not line)
        assert bool(flags & NO_FULL_STOP) == (not line.endswith(".") or line.endswith(".."))
        assert bool(flags & BRACKETED) == line.endswith(")")
        assert bool(flags & ASKED) == any(
            mark == "?" and after.isspace() for mark, after in itertools.pairwise(line)
        )
        assert bool(flags & KNOWN) == bool(whole)
        if 0 < len(line) <= WIDTH * len(line.split()) and not flags & ODD:
            middle = len(line) // 2 + len(line) % 2
            assert bool(flags & TWICE) == (line[middle : middle + 1] == line[0])
            assert bool(flags & MARKS_FIRST) == (not line[0].isalnum() and not line[1:2].isalnum())


def _families(line: str, sight: Glance) -> int:
    words, first, anywhere, flags, *_ = sight
    size = 0 if len(line) <= SHORT else 1 if len(line) <= LONG else 2
    kind = where([size], [int(_is_ended(line))], [int(line.startswith("“"))])
    parts = 16 if re.search(r"(?i)(?<![^\W_])known(?![^\W_])", line) else 0
    spelt = 32 if re.search(r"(?i)(?<![\w-])said(?![\w-])", line) else 0
    return sum(
        family
        for family, rows in OBSTACLES.items()
        if any(
            row.where & kind
            and words <= row.words
            and (row.first == 0 or first & row.first)
            and (row.anywhere == 0 or anywhere & row.anywhere)
            and (row.also == 0 or (anywhere | parts) & row.also)
            and (row.flags == 0 or flags & row.flags)
            and (row.also_flags == 0 or flags & row.also_flags)
            and (row.initial == 0 or MARKS.get(line[0], 0) & row.initial)
            and not spelt & row.without
            for row in rows
        )
    )


_endings = st.sampled_from([".", "?", "", ": 3", "/x.", ".”", "…"])


@settings(max_examples=300)
@given(
    st.sampled_from(["", "“", "(", "Harbours ", "It reads? "]),
    st.lists(
        st.one_of(
            _words,
            st.sampled_from("well-known known/unknown harbour 2019 said “SAID”, he-said".split()),
        ),
        min_size=1,
    ),
    st.integers(1, 12),
    _endings,
)
def test_rules_may_meet_a_line_where_an_obstacle_of_their_family_counts(
    before: str, words: list[str], times: int, after: str
) -> None:
    line = before + " ".join(words * times) + after
    (sight,) = glance([line], VOCABULARY)
    if sight[3] & ODD or len(line) > WIDTH * sight[0]:
        assert sight[5] == EVERY
    else:
        assert sight[5] == _families(line, sight)


@pytest.mark.parametrize("form", ["read said{}", "read {}said", "read {}said{}", "read said{}x"])
def test_a_word_is_spelt_only_where_a_pattern_finds_it_between_boundaries(form: str) -> None:
    said = re.compile(r"\bsaid\b", re.IGNORECASE)
    marks = [chr(code) for code in range(0x11000) if not 0xD800 <= code < 0xE000]
    lines = [form.format(mark, mark) + " so" for mark in marks]
    found = [
        line
        for line, (*_, families) in zip(lines, glance(lines, VOCABULARY), strict=True)
        if not families & 32
    ]
    assert found or form.endswith("x")
    assert all(said.search(line) for line in found)


@given(
    st.lists(st.sampled_from(["a", "ab", "b", "ba", "bab", "é", "c"]), min_size=1), st.text("abcé")
)
def test_the_automaton_finds_what_is_there(strings: list[str], text: str) -> None:
    table = automaton(strings)
    state = 0
    for byte in text.encode():
        state = int(table[state, byte])
    assert (state == len(table) - 1) == any(string in text for string in strings)


def test_a_line_known_as_a_whole_is_seen_whatever_marks_it_has() -> None:
    lines = ["Read more…", "READ-MORE", "E-Mail", "“e mail”", "¡Más für!", "read", "read more on"]
    values = [value for *_, value, _ in glance(lines, VOCABULARY)]
    assert values == [1, 1, 2, 2, 4, 0, 0]


def test_letters_after_marks_are_seen() -> None:
    lines = ["and/or", "it's so", "(so) it is", "“so”, it is", "AP-Reuters’s"]
    flags = [flags & (JOINT | ELISION) for *_, flags, _, _ in glance(lines, VOCABULARY)]
    assert flags == [JOINT, ELISION, 0, 0, JOINT | ELISION]


@given(st.lists(_words, min_size=1), st.sampled_from(["", "“", "(", "¿"]))
def test_listed_words_are_seen_in_any_case_and_between_marks(words: list[str], mark: str) -> None:
    ((_, first_found, any_found, *_),) = glance([mark + " ".join(words)], VOCABULARY)
    first = words[0].casefold().strip("«:")
    for word, value in {"read": 1, "e-mail": 2, "más": 4, "это": 8}.items():
        if first.startswith(word):
            assert first_found & value, (words, word)
    for word, value in {"newsletter.": 1, "(c)": 4, "für": 8}.items():
        if word in [other.casefold() for other in words]:
            assert any_found & value, (words, word)


def test_words_of_other_letters_are_not_seen() -> None:
    lines = ["reading a book", "bread and butter", "the news letter", "mas que nada"]
    for _, first_found, any_found, *_ in glance(lines, VOCABULARY):
        assert (first_found, any_found) == (0, 0)


def test_what_the_tables_cannot_judge_is_odd() -> None:
    lines = ["Straße", "e\u0301cole", "漢字 is Chinese", "1984 was a year", "— he said"]
    assert all(flags & ODD for *_, flags, _, _ in glance(lines, VOCABULARY))


_cues = st.sampled_from(
    sorted({word for words in gates.FIRST_LISTS.values() for word in words.split()})
    + sorted({word for words in gates.ANY_LISTS.values() for word in words.split()})
    + ["sign up", "click here", "photo", "All rights reserved.", "is a reporter", "http://x.org/y"]
)
_filler = st.sampled_from(
    "the council said on Tuesday that it would, after months of debate, rebuild the quay".split()
)


FAMILIES = (
    gates.BY_ITSELF,
    gates.LONG_LINES,
    gates.SHORT_LINES,
    gates.LEAD,
    gates.CREDIT,
    gates.REQUEST,
    gates.NOTICES,
    gates.APPEAL,
    gates.OFFER,
)


def _families_met(text: str) -> int:
    """Returns the families that meet a line when each is asked alone."""
    met = 0
    for family in FAMILIES:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(look, "EVERY", family)
            if family != gates.BY_ITSELF:
                patch.setattr(prompts, "by_itself", lambda *_: None)
            if look.line_rule(text, ends_sentence(text)) is not None:
                met |= family
    return met


def _judge_in_full(text: str) -> tuple[Label | None, int]:
    return look.line_rule(text, ends_sentence(text)), word_count(text)


_ends = st.sampled_from([".", "!", '."', "", "?", "...", " (AP)", ")", "?”", ":", " 3", " »", "…"])
_begins = st.sampled_from(["", "", "“", "(", "- ", "• ", "Photos: ", "> ", "«", "By ", "The "])


@settings(max_examples=400, deadline=None)
@given(
    _begins, st.lists(st.one_of(_filler, _filler, _filler, _cues), min_size=1, max_size=90), _ends
)
def test_no_rule_meets_a_plain_line(before: str, words: list[str], after: str) -> None:
    text = before + " ".join(words) + after
    (seen,) = look.glances([text])
    assert bool(seen[3] & ENDED) == ends_sentence(text)
    assert look.judged(text, seen) == _judge_in_full(text)
    assert not _families_met(text) & ~seen[5]


_by_themselves = st.sampled_from(
    [
        "Hide Caption 3 of 10",
        "Show caption 1/9",
        "just watched the quay Replay More Videos",
        "Please enter a valid e-mail address Sign Up",
        "Get our newsletters. Choose your country",
        "Morning alerts? Sign up. SIGN UP",
        "The guide to quays Show Hide A quay is",
        "click here to subscribe",
        "Click to join",
        "The full transcript is below",
        "These quays can be explored in our interactive map",
        "Our content is typically available only to paid subscribers",
        "View photos Quays",
        "See Gallery Quays",
        "This op-ed does not necessarily reflect the views",
        "This is a guest column. The views are",
        "This story is developing and will be updated",
        "You can find more on the quay at harbour.com",
        "Editor’s note: This article has been updated.",
        "Want to see the quay? Then look and explore our interactive",
        "Write to Ann Other at ann@harbour.com",
        "(PHOTOS: The quay)",
        "AP Photo / Harbour News",
        "OPINION / EDITORIAL",
        "Votes by quay: 12 Votes 9 Votes",
        "Who is right? Vote now",
        "The quay is closed Read more",
        "Listen to this article 3:45",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    _begins,
    st.lists(st.one_of(_filler, _by_themselves, _by_themselves), min_size=1, max_size=3),
    _ends,
    st.sampled_from([str, str.upper, str.lower]),
)
def test_no_line_that_stands_by_itself_is_looked_over(
    before: str, parts: list[str], after: str, cased: Callable[[str], str]
) -> None:
    text = before + cased(" ".join(parts)) + after
    (seen,) = look.glances([text])
    assert look.judged(text, seen) == _judge_in_full(text)
    assert not _families_met(text) & ~seen[5]


_label_words = st.sampled_from(
    sorted({word for label in LABELS for word in label.split()})
    + sorted(bylines.AGENCIES)
    + sorted(TIME_WORDS)
    + sorted(bylines.AGENCY_FILLERS)
    + ["AP/Reuters", "AP’s", "10:30", "2019", "|", "—", "facebook’ta", "Twitter-Link", "»", "/"]
)
_cased = st.sampled_from([str.lower, str.capitalize, str.upper, str.title])


@settings(max_examples=600, deadline=None)
@given(_begins, st.lists(st.one_of(_label_words, _filler), min_size=1, max_size=14), _ends, _cased)
def test_a_look_changes_nothing_that_rules_say_of_short_lines(
    before: str, words: list[str], after: str, cased: Callable[[str], str]
) -> None:
    text = before + cased(" ".join(words)) + after
    (seen,) = look.glances([text])
    assert look.judged(text, seen) == _judge_in_full(text)
    assert not _families_met(text) & ~seen[5]


@pytest.mark.slow
def test_a_look_changes_nothing_that_rules_say_of_labels() -> None:
    with (FIXTURES / "boilerplate_wordings.tsv").open(encoding="utf-8", newline="") as file:
        wordings = [
            cell for row in csv.reader(file, delimiter="\t") for cell in row if cell.strip()
        ]
    known = [*LABELS, *BARE_CUES, *credits.IMAGE_BANKS, *bylines.AGENCIES, *wordings]
    forms = (
        str,
        str.capitalize,
        str.upper,
        "{}.".format,
        "{}:".format,
        "{0} {0}".format,
        "“{}”".format,
    )
    lines = [form(label).strip() for label, form in itertools.product(known, forms)]
    for text, seen in zip(lines, look.glances(lines), strict=True):
        assert look.judged(text, seen) == _judge_in_full(text), text
        assert not _families_met(text) & ~seen[5], text


def test_no_share_bar_has_a_word_that_tells_that_it_is_none() -> None:
    words = look._COMMON_WORDS - cues.SHARE_STRONG - cues.SHARE_WEAK
    assert {"said", "that"} <= words
    assert not any(labels.share_bar(["share", word]) for word in words)


def test_what_reports_say_is_found_by_its_words() -> None:
    assert all(notices.SAID.search(f"“{word.upper()}”, so") for word in notices.SAID_WORDS)


def test_most_sentences_are_plain() -> None:
    articles = corpus.read_seeds()
    paragraphs = [text for one in articles for text in one.paragraphs if len(text) > 120]
    seen = look.glances(paragraphs)
    plain = sum(families == 0 for *_, families in seen)
    assert plain > 0.6 * len(seen) > 20


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
    if credits.CREDIT_ANYWHERE.search(text):
        assert credits._may_hold_credit(text.lower())


_unguarded = re.compile(
    re.sub(r"^\(\?-i:\(\?=.*?\]\)\)(?=\(\?:\(\?:photo)", "", credits.CREDIT_ANYWHERE.pattern), re.I
)


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            """photo photograph image picture video foto bild credit crédit imagen imagem fotograf
            photographer illustration фото fotoğraf zdjęcie fot. kuva beeld getty shutterstock alamy
            istock unsplash pexels pixabay imago picture-alliance epa-efe ap photo afp (ap/ (afp)
            efe reuters/ dpa/ – via wikimedia handout file pic / © by courtesy : s from ANP
            (reuters) (bild (archiv EPA""".split()
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from([" ", ""]),
    _cased,
)
def test_a_credit_is_looked_for_wherever_it_may_begin(
    parts: list[str], between: str, cased: Callable[[str], str]
) -> None:
    text = cased(between.join(parts)) + "X"
    assert _unguarded.pattern != credits.CREDIT_ANYWHERE.pattern
    ours = [match.span() for match in credits.CREDIT_ANYWHERE.finditer(text)]
    assert ours == [match.span() for match in _unguarded.finditer(text)]
