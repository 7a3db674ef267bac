# ruff: noqa: RUF001 - marks of other scripts are meant
"""Heads and tails that the stories of an outlet share while the rest of the line varies."""

import collections
import itertools
import random
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench.outlet_leftovers import leftovers
from tests.in_memory import run_in_memory
from tests.near_duplicate_corpora import Story, dump, merged, run, shard
from tests.separate_runs import Desk, done, verified
from transforms.compiled import affixes as compiled
from transforms.near_duplicates.boilerplate import (
    BLOCK_LINE,
    HEAD_RULE,
    REPEAT_ARTICLES,
    RULES,
    SHORT,
    TAIL_RULE,
    TEMPLATE,
)
from transforms.near_duplicates.templates import TEMPLATE_ARTICLES, TEMPLATE_SPAN
from transforms.near_duplicates.transform import NearDuplicates

FEW = int(TEMPLATE_ARTICLES.min())
"""Stories that make a template of four words or more."""

DAYS = TEMPLATE_SPAN / (FEW - 1)
"""Between two of so few stories."""


def sentence(seed: str, words: int = 24) -> str:
    """Returns a sentence of made-up words, different for each seed."""
    generator = random.Random(seed)
    made = ["".join(generator.choices("bdfgklmnprst", k=6)) for _ in range(words)]
    return f"{' '.join(made).capitalize()}."


def story(number: int, lines: Sequence[str], outlet: str = "Daily", days: float = DAYS) -> Story:
    """Returns a story with its own paragraphs around some lines."""
    own = [sentence(f"{outlet} {number} {part}", 60) for part in ("above", "below")]
    return Story([own[0], *lines, own[1]], outlet, number * days * 24, name=str(number))


LABELS = {
    "English": (
        "Watch the whole film here: ",
        "Divers in the old harbour|Lanterns on the river|A goat in parliament|Snow in May|"
        "The last tram|Bakers on strike|Night at the locks|Bells over the market",
    ),
    "German": (
        "Mehr zu diesem Thema lesen Sie hier: ",
        "Taucher im alten Hafen|Laternen auf dem Fluss|Eine Ziege im Landtag|Schnee im Mai|"
        "Die letzte Straßenbahn|Bäcker streiken|Nacht an den Schleusen|Glocken am Markt",
    ),
    "Chinese": (
        "本报摄影记者图片：",
        "老港口的潜水员|河上的灯笼|议会里的山羊|五月的雪|末班电车|面包师罢工|船闸之夜|集市钟声",
    ),
}
"""A label and what follows it, by language."""


@pytest.mark.parametrize("language", LABELS)
def test_a_label_takes_the_lines_it_stands_before(language: str) -> None:
    label, rests = LABELS[language]
    stories = [story(number, [label + rest]) for number, rest in enumerate(rests.split("|"))]
    assert len(stories) == FEW
    assert run([stories]).removed == {(one.id, 2): RULES[TEMPLATE] for one in stories}
    soon = [Story(one.lines, one.outlet, 0.1, name=one.name) for one in stories]
    undated = [Story(one.lines, one.outlet, None, name=one.name) for one in stories]
    shared = [Story(one.lines, f"Paper {n % 2}", one.hour, name=one.name)
              for n, one in enumerate(stories)]  # fmt: skip
    versions = [Story(one.lines, one.outlet, one.hour, name=one.name, title="One title")
                for one in stories]  # fmt: skip
    for less in (stories[:-1], soon, undated, shared, versions):
        assert not run([less]).removed


PROMPTS = {
    "English": "Sign up for our evening letter. ",
    "French": "Abonnez-vous à notre lettre du soir ! ",
    "Chinese": "请关注本报公众号获取更多新闻。",
}


def own_sentence(language: str, number: int) -> str:
    """Returns a sentence, another for each number."""
    if language != "Chinese":
        return sentence(f"{language} {number}")
    characters = [chr(code) for code in range(0x4E00, 0x4F00)]
    return "".join(random.Random(number).choices(characters, k=40)) + "。"


@pytest.mark.parametrize("language", PROMPTS)
def test_a_prompt_is_cut_from_the_sentence_behind_it(language: str) -> None:
    own = [own_sentence(language, number) for number in range(FEW)]
    stories = [story(n, [PROMPTS[language] + text]) for n, text in enumerate(own)]
    found = run([stories])
    assert found.removed == {(one.id, 2): HEAD_RULE for one in stories}
    for one, text in zip(stories, own, strict=True):
        assert found.paragraphs[f"{one.id}-0002"]["text"] == text
        row = found.articles[one.id]
        assert row["text"] == "\n\n".join((one.lines[0], text, one.lines[2]))
        assert (row["paragraph_count"], row["removed_line_count"]) == (3, 1)


def test_a_button_is_cut_from_the_sentence_before_it() -> None:
    stories = [story(n, [f"{sentence(f'own {n}')} Open the next picture now"]) for n in range(FEW)]
    found = run([stories])
    assert found.removed == {(one.id, 2): TAIL_RULE for one in stories}
    for number, one in enumerate(stories):
        assert found.paragraphs[f"{one.id}-0002"]["text"] == sentence(f"own {number}")


def test_captions_that_come_back_go_with_their_button() -> None:
    captions = [sentence(f"caption {n % (2 * FEW)}") for n in range(3 * FEW)]
    stories = [
        story(n, [f"{line} Open picture {n % FEW} of 30 now"]) for n, line in enumerate(captions)
    ]
    assert run([stories]).removed == {(one.id, 2): RULES[TEMPLATE] for one in stories}


def test_versions_of_a_notice_go_whole() -> None:
    """A notice of two sentences whose end all its versions share, each of them in two stories."""
    end = "Whoever waits for an answer may ask again at the counter of the ferry."
    versions = [f"{sentence(f'version {number // 2}')} {end}" for number in range(FEW)]
    stories = [story(number, [line]) for number, line in enumerate(versions)]
    assert run([stories]).removed == {(one.id, 2): RULES[TEMPLATE] for one in stories}
    varied = [story(number, [f"{sentence(str(number))} {end}"]) for number in range(FEW)]
    assert not run([varied]).removed


def test_a_gallery_that_comes_back_goes_however_long_it_is() -> None:
    """Word for word in ten stories, and more than half of each; its button is a template."""
    gallery = f"{sentence('gallery', 200)} Open the next picture now 7 of 9"
    often = [story(number, [gallery]) for number in range(REPEAT_ARTICLES)]
    others = [
        story(100 + number, [f"{sentence(str(number))} Open the next picture now {number} of 9"])
        for number in range(FEW)
    ]
    found = run([often + others])
    assert found.removed.keys() >= {(one.id, 2) for one in often}


def test_a_cut_line_is_compared_as_it_was() -> None:
    """The copy of a sentence is found although its source has a prompt before it."""
    stories = [story(n, [PROMPTS["English"] + sentence(f"own {n}")]) for n in range(FEW)]
    copy = Story([sentence("other"), sentence("own 3")], "Weekly", 24 * 400, name="copy")
    found = run([[*stories, copy]])
    assert list(found.links) == [(f"{copy.id}-0002", f"{stories[3].id}-0002")]
    assert found.articles[copy.id]["unique_text"] == sentence("other")


@pytest.mark.parametrize("gap", ["", " ", "\u00a0 \u3000"])
def test_what_is_left_of_a_cut_line_holds_passages(gap: str) -> None:
    """In one run, in a later one, and after the index was rebuilt; to the character."""
    prompt, button = PROMPTS["English"] + gap, " Open the next picture now"
    stories = [story(n, [f"{prompt}“{sentence(f'own {n}')}{button}"]) for n in range(FEW)]
    part = " ".join(sentence("own 3").split()[2:20])
    copy = Story([f"{sentence('other')[:-1]} {part} {sentence('more')}"], "Weekly", 9e4, name="c")
    first, whole = run([stories]), run([[*stories, copy]])
    step, tables = NearDuplicates(), shard(stories)
    done = step.annotate(tables, run_in_memory(step, [tables])["annotations"])
    for index in (None, first.index, first.index | step.reindex(done)):
        found = run([[copy]], index=index, number=2) if index else whole
        [((one, source), row)] = found.rows.items()
        [span] = row["spans"]
        texts = [str((first.paragraphs | found.paragraphs)[name]["text"]) for name in (one, source)]
        assert texts[1] == f"“{sentence('own 3')}"
        assert texts[0][span["start"] : span["end"]] == part
        assert texts[1][span["source_start"] : span["source_end"]] == part


def test_white_space_behind_a_head_is_pythons() -> None:
    for code in [*range(0x2100), *range(0x2FF0, 0x3010)]:
        text = f"a{chr(code)}b"
        line = pa.array([text])
        data = np.frombuffer(line.buffers()[2], np.uint8)
        at, end = np.array([1]), np.array([len(data)])
        [behind] = compiled.behind_space(data, at, end, compiled.SPACES)
        assert data[behind:].tobytes().decode() == text[1:].lstrip()


NAMES = ["ANNA BERG", "Ola Lind", "P. Q."]


def prose(number: int) -> list[list[str]]:
    """Returns lines that come back in every story, kind by kind, and are the article's."""
    own = [sentence(f"prose {number} {part}") for part in range(8)]
    caption = sentence(f"caption {number}", 5)[:-1]
    return [
        # Speakers of an interview, alone on their lines and before what they say.
        [*itertools.chain(*zip(itertools.cycle(NAMES), own, strict=False))],
        [f"{name}: {text}" for name, text in zip(itertools.cycle(NAMES), own, strict=False)],
        # Headings of a column, and of a list.
        ["From the harbour", own[0], "From the market", own[1]],
        [f"Claim to check: {sentence(f'claim {number} {part}', 5)[:-1]}" for part in range(4)],
        # A refrain, the line of a scoreboard, and a name that begins sentences.
        [own[0], *["The river runs, the river runs", own[1]] * 2],
        [f"Harbour Foxes {number % 7} Market Owls {number // 7}", own[0]],
        [f"The mayor of the old harbour, Anna Berg, {own[0].lower()}"],
        [f"Senate Majority Leader Anna Berg (R-{'NSEW'[number % 4]}.D.), {own[0].lower()}"],
        # A recipe, a table.
        [own[0], f"Serves: {number} people", f"Time needed: {number} minutes", "Oven: hot"],
        # A quotation and whose it is.
        [f"“{own[0]}” Anna Berg of the Harbour Gazette"],
        [f"{own[0]} [The Harbour Gazette, {number % 12 + 1}/{number % 28 + 1}/19]"],
        ["“" + own[0] + "”", f"Anna Berg, {caption.split()[0]} Gazette"],
    ]  # fmt: skip


@pytest.mark.parametrize("kind", range(len(prose(0))))
def test_what_comes_back_and_is_the_articles_stays(kind: int) -> None:
    stories = [story(number, prose(number)[kind], days=2) for number in range(40)]
    found = run([stories])
    assert not found.removed
    # Nobody copied a heading: it stays in the text that is the article's own.
    assert not found.links
    for one in stories:
        assert found.articles[one.id]["unique_text"] == "\n\n".join(one.lines)


def test_a_dateline_stays() -> None:
    stories = [
        Story([f"SAN ALBA DEL MAR, May 5 (Daily) — {sentence(f'lead {n}')}", sentence(f"{n}", 90)],
              "Daily", 24.0 * 2 * n, name=str(n))
        for n in range(40)
    ]  # fmt: skip
    assert not run([stories]).removed


def test_a_label_that_begins_articles_is_cut_from_their_summary() -> None:
    stories = [
        Story([f"In short {sentence(f'summary {n}', 9)[:-1]}", sentence(f"{n}", 90)],
              "Daily", 24.0 * n, name=str(n))
        for n in range(40)
    ]  # fmt: skip
    found = run([stories])
    assert found.removed == {(one.id, 1): HEAD_RULE for one in stories}
    assert found.paragraphs[f"{stories[0].id}-0001"]["text"] == sentence("summary 0", 9)[:-1]


def test_a_short_line_goes_where_nothing_of_the_article_is_above_it() -> None:
    line = "By Ola Lind"
    tops = [Story([line, *story(n, []).lines], "Daily", 24.0 * n * 2, name=str(n))
            for n in range(REPEAT_ARTICLES)]  # fmt: skip
    assert len(line.split()) < SHORT
    found = run([tops])
    assert found.removed == {(one.id, 1): RULES[BLOCK_LINE] for one in tops}
    assert not run([tops[1:]]).removed
    # Where another heading of the outlet follows, the first line is one as well.
    columns = [
        Story(
            [line, one.lines[1], "On the market", *one.lines[2:]], "Daily", one.hour, name=one.name
        )
        for one in tops
    ]
    assert not run([columns]).removed


def mixed(number: int) -> Story:
    """Returns a story with a sentence between two templates, and a line with a label."""
    prompt, (label, rests) = PROMPTS["English"], LABELS["English"]
    own = own_sentence("English", number)
    rest = [*rests.split("|"), *(f"Picture {n} of the town clock" for n in range(60))][number]
    return story(number, [f"{prompt}{own} Open the next picture now", label + rest])


def test_what_one_run_learned_cleans_the_next_from_its_first_article() -> None:
    stories = [mixed(number) for number in range(FEW)]
    first = run([stories[:-1]])
    assert not first.removed
    # The run that sees the eighth story takes its lines, and those after it do.
    second = run([stories[-1:]], index=first.index, number=2)
    rules = {2: TAIL_RULE, 3: RULES[TEMPLATE]}
    assert second.removed == {(stories[-1].id, line): rule for line, rule in rules.items()}
    later = mixed(50)
    third = run([[later]], index=merged(first.index, second.index), number=3)
    assert third.removed == {(later.id, line): rule for line, rule in rules.items()}
    assert third.paragraphs[f"{later.id}-0002"]["text"] == own_sentence("English", 50)


def test_a_rebuilt_index_knows_the_heads_and_tails() -> None:
    stories = [mixed(number) for number in range(FEW)]
    step = NearDuplicates()
    tables = shard(stories)
    result = run_in_memory(step, [tables])
    done = step.annotate(tables, result["annotations"])
    assert len(done["removed_lines"]) == 3 * len(stories)
    rebuilt = step.reindex(done)
    for name in ("indexed_affixes", "bands", "winnowed"):
        assert in_order(rebuilt[name]) == in_order(result[name])


def in_order(rows: pa.Table) -> list[tuple[object, ...]]:
    return sorted(zip(*(column.to_pylist() for column in rows.columns), strict=True))


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 6), max_size=4, unique=True),
            st.integers(0, 3),
            st.integers(0, 2),
            st.one_of(st.none(), st.integers(0, 40)),
        ),
        min_size=12,
        max_size=26,
    ),
    st.integers(1, 5),
    st.randoms(use_true_random=False),
)
def test_rows_depend_on_no_order_and_no_partition(
    made: list[tuple[list[int], int, int, int | None]], partitions: int, shuffler: random.Random
) -> None:
    stories = []
    for number, (kinds, title, outlet, day) in enumerate(made):
        lines = [
            f"Watch the whole film here: Harbour {number}",
            f"Sign up for our evening letter. {sentence(f'own {number}')}",
            f"{sentence(f'own {number % 5}')} Open picture {number} of 30 now",
            "Ola Lind",
            f"Ola Lind: {sentence(f'said {number}')}",
            sentence("box"),
            f"{sentence(f'last {number}')} Open the next picture now",
        ]
        own = sentence(str(number), 90)
        stories.append(
            Story([own, *(lines[kind] for kind in kinds)], "Daily" if outlet else "Weekly",
                  None if day is None else 24.0 * day, name=str(number),
                  title=f"Title {title}" if title else None)
        )  # fmt: skip
    expected = run([stories])
    shuffled = shuffler.sample(stories, len(stories))
    half = len(stories) // 2
    found = run([shuffled[:half], shuffled[half:]], partitions)
    assert (found.links, found.removed) == (expected.links, expected.removed)
    for rows, others in (
        (found.articles, expected.articles),
        (found.paragraphs, expected.paragraphs),
    ):
        # The row of the article in its shard depends on its place among them.
        assert {name: dict(row, article=0) for name, row in rows.items()} == {
            name: dict(row, article=0) for name, row in others.items()
        }
    assert in_order(found.index["indexed_affixes"]) == in_order(expected.index["indexed_affixes"])


@pytest.mark.slow
def test_parts_of_lines_are_accounted_for_in_a_warehouse(desk: Desk, tmp_path: Path) -> None:
    """Two runs and a rebuilt index; counts, ids and the checks of `verify` stay true."""
    stories = {
        (language, outlet): [
            Story(
                [
                    own_sentence(language, 1000 + n),
                    PROMPTS[language] + own_sentence(language, n) + end,
                    own_sentence(language, 2000 + n),
                ],
                outlet,
                24.0 * DAYS * n,
                name=str(n),
            )
            for n in range(FEW + 2)
        ]
        for language, outlet, end in (
            ("French", "Daily", " Open the next picture now"),
            ("Chinese", "Ribao", ""),
        )
    }
    warehouse = tmp_path / "warehouse"
    for number, chosen in enumerate((slice(0, FEW), slice(FEW, None))):
        paths = [
            dump(tmp_path / f"{number}-{outlet}.jsonl", made[chosen])
            for (_, outlet), made in stories.items()
        ]
        done(desk.run(paths, warehouse))
        done(desk.call("reindex", "--warehouse", warehouse))
    assert verified(warehouse).ok
    repeated = leftovers(warehouse, 5)
    assert repeated == {"lines": [], "heads": [], "tails": []}
    with duckdb.connect(str(warehouse / "news.duckdb"), read_only=True) as catalog:
        removed = catalog.sql(
            "SELECT outlet, rule, line_number, removed_lines.text "
            "FROM removed_lines JOIN articles USING (article_id)"
        ).fetchall()
        kept = catalog.sql(
            "SELECT outlet, p.text, p.word_count FROM paragraphs AS p "
            "JOIN articles USING (article_id) WHERE position = 2"
        ).fetchall()
        runs = catalog.sql(
            "SELECT removed_parts, removed_lines, lines, paragraphs "
            "FROM runs WHERE records > 0 ORDER BY run_id"
        ).fetchall()
    assert collections.Counter(removed) == {
        ("Daily", HEAD_RULE, 3, PROMPTS["French"].strip()): FEW + 2,
        ("Daily", TAIL_RULE, 3, "Open the next picture now"): FEW + 2,
        ("Ribao", HEAD_RULE, 3, PROMPTS["Chinese"]): FEW + 2,
    }
    assert sorted(kept) == sorted(
        (outlet, own_sentence(language, n), 24 if outlet == "Daily" else 41)
        for language, outlet in stories
        for n in range(FEW + 2)
    )
    assert runs == [(3 * n, 3 * n, 6 * n, 6 * n) for n in (FEW, 2)]


# --- the loop against its definition --------------------------------------------------------------


def naive(line: str) -> set[tuple[bool, str, int]]:
    """Returns (is a tail, the part cut off, size) of each cut of a line, found the slow way."""
    kinds = [_kind(character) for character in line]
    words: list[tuple[int, int]] = []
    inside = False
    for at, kind in enumerate(kinds):
        if kind == "ignored":
            continue
        if kind in "wWdus":
            before = kinds[words[-1][1] - 1] if inside else ""
            if not inside or kind == "s" or before == "s":
                words.append((at, at + 1))
            words[-1] = (words[-1][0], at + 1)
            inside = True
        else:
            inside = False
    bare = line.rstrip(compiled.CLOSERS)
    closed = line[-1:] in compiled.SENTENCE_ENDS or bare[-1:] in compiled.SENTENCE_ENDS
    if line[:1] in "()[]" and line[-1:] in "()[]":
        closed = False
    if not line or line[-1] in ":：":
        return set()
    found = set()
    sizes = [1 if kinds[start] == "s" else 2 for start, _ in words]
    for at in range(1, len(words)):
        gap = range(words[at - 1][1], words[at][0])
        spaceless = "s" in (kinds[words[at - 1][0]], kinds[words[at][0]])
        strong = any(kinds[place] == "strong" for place in gap)
        ends = any(line[place] in compiled.SENTENCE_ENDS for place in gap)
        size = sum(sizes[:at])
        rest = at
        if not spaceless:
            while rest < len(words) and not any(
                kinds[place] == "blank" for place in range(words[rest - 1][1], words[rest][0])
            ):
                rest += 1
        is_long = size >= 2 * compiled.LONG_WORDS
        has_word = any(kinds[start] != "d" for start, _ in words[:at])
        wanted = ((strong or ends) and is_long) or (not closed and size <= 2 * compiled.LABEL_WORDS)
        if (
            wanted
            and has_word
            and rest < len(words)
            and (rest == at or is_long)
            and (size <= 2 * compiled.MAX_WORDS)
        ):
            blanks = [p for p in range(words[rest - 1][1], words[rest][0]) if kinds[p] == "blank"]
            found.add((False, line[: blanks[-1] + 1 if blanks else words[rest][0]], size))
        size = sum(sizes[at:])
        blanks = [place for place in gap if kinds[place] == "blank"]
        has_word = any(kinds[start] != "d" for start, _ in words[at:])
        wanted = ends and size >= 2 * compiled.LONG_WORDS if closed else ends or strong
        if wanted and has_word and (blanks or spaceless) and size <= 2 * compiled.MAX_WORDS:
            found.add((True, line[blanks[0] if blanks else words[at][0] :], size))
    return found


def _kind(character: str) -> str:
    category = unicodedata.category(character)
    if character.isspace():
        return "blank"
    if character in compiled.APOSTROPHES or category[0] in "MC":
        return "ignored"
    if character.isdecimal():
        return "d"
    if not character.isalnum():
        opens = category in ("Ps", "Pi", "Pf") or character == '"'
        return "soft" if opens or character in ",-&/，、" else "strong"
    if any(first <= ord(character) <= last for first, last in compiled.SPACELESS_RANGES):
        return "s"
    return {"Lu": "W", "Ll": "w"}.get(category, "u")


@given(
    st.lists(
        st.lists(
            st.sampled_from(
                "Read|more|naïve|IX|12|a’b|e\u0301t|新闻|记者|ข่าว|خبر| | | |. |。|: |：| – |"
                "(|) |“|” |\"|, |!|-".split("|")
            ),
            max_size=40,
        ).map("".join),
        max_size=4,
    )
)  # fmt: skip
def test_the_loop_finds_the_cuts_of_the_definition(lines: list[str]) -> None:
    lines = [line.strip() for line in lines if len(line.encode()) <= 2 * compiled.WINDOW]
    found = compiled.affixes(pa.chunked_array([pa.array(lines, pa.string())]))
    by_line = collections.defaultdict(set)
    for line, cut, size, traits in zip(
        found.line.tolist(),
        found.cut.tolist(),
        found.size.tolist(),
        found.traits.tolist(),
        strict=True,
    ):
        raw = lines[line].encode()
        is_tail = bool(traits & compiled.IS_TAIL)
        by_line[line].add((is_tail, (raw[cut:] if is_tail else raw[:cut]).decode(), size))
    assert dict(by_line) == {n: cuts for n, line in enumerate(lines) if (cuts := naive(line))}


def test_a_long_line_is_read_at_both_ends() -> None:
    middle = " ".join(["mitten"] * 200)
    line = f"Sign up for our evening letter. The {middle}. Open the next picture now"
    found = compiled.affixes(pa.chunked_array([pa.array([line, f"Ü{line}", f"新{line}"])]))
    tails = [row for row in zip(*found, strict=True) if row[4] & compiled.IS_TAIL]
    assert {line_number for _, line_number, *_ in tails} == {0, 1, 2}
    assert len({key for key, *_ in tails}) == 1
