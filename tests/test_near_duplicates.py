"""The near-duplicate step: against the definition, and where it could break."""

import collections
import dataclasses
import itertools
import math
import random
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench import naive
from tests.in_memory import run_in_memory
from tests.near_duplicate_corpora import Found, Story, merged, run, shard
from transforms.compiled.fingerprints import bands, minhash
from transforms.compiled.loops import mixed
from transforms.near_duplicates import exact
from transforms.near_duplicates.boilerplate import REPEAT, REPEAT_ARTICLES, RULES
from transforms.near_duplicates.exact import PAIRED
from transforms.near_duplicates.fingerprints import BANDS, ROWS
from transforms.near_duplicates.paragraph_links import MIN_LINKED
from transforms.near_duplicates.passages import MIN_RUN
from transforms.near_duplicates.rows import order_of
from transforms.near_duplicates.streams import SCHEMAS
from transforms.near_duplicates.transform import NearDuplicates
from transforms.near_duplicates.verify import MIN_JACCARD

VOCABULARY = [f"{stem}{ending}" for stem in "barn kelp moss tide wick fern".split() for ending in
              ("", "s", "ed", "ing", "er", "ly", "less", "ful", "ness", "ward")]  # fmt: skip


def prose(generator: random.Random, words: int) -> str:
    return " ".join(generator.choices(VOCABULARY, k=words))


def edited(generator: random.Random, text: str, share: float) -> str:
    words = text.split()
    for place in range(len(words)):
        if generator.random() < share:
            words[place] = generator.choice(VOCABULARY)
    return " ".join(words)


def variants(seed: int, originals: int, words: tuple[int, int] = (8, 60)) -> list[str]:
    """Returns paragraphs with copies of many kinds, in an order in which sources come first."""
    generator = random.Random(seed)
    texts = [prose(generator, generator.randint(*words)) for _ in range(originals)]
    made = list(texts)
    for text in texts:
        for share in (0.03, 0.1, 0.2, 0.3, 0.5):
            if generator.random() < 0.4:
                made.append(edited(generator, text, share))
        part = text.split()
        middle = len(part) // 2
        made += [
            copy
            for copy in (
                text.upper() + "!",
                " ".join(part[:middle]),
                " ".join(part[middle:]),
                text + " " + prose(generator, 20),
                prose(generator, 30) + " " + text + " " + prose(generator, 5),
                text + " " + generator.choice(texts),
            )
            if generator.random() < 0.3
        ]
    return made


def one_story_each(texts: list[str]) -> list[Story]:
    return [Story([text], hour=hour, name=str(hour)) for hour, text in enumerate(texts)]


def check_against_definition(texts: list[str], found: Found) -> tuple[int, int]:
    """Asserts that every link is true to the figure; returns (linked, all) of the naive pairs."""
    stories = one_story_each(texts)
    number = {f"{story.id}-0001": index for index, story in enumerate(stories)}
    true = {(pair.later, pair.earlier): pair for pair in naive.all_pairs(texts)}
    words = [naive.tokenise(text) for text in texts]
    linked = set()
    for (one, other), (kind, *figures) in found.links.items():
        row = found.rows[one, other]
        later, earlier = number[one], number[other]
        check_spans(texts[later], texts[earlier], row)
        # Who names the other as its source may have been printed before it.
        if row["direction"] not in ("agency", "credit"):
            assert later > earlier
        pair = true.get((max(later, earlier), min(later, earlier)))
        linked.add((max(later, earlier), min(later, earlier)))
        if kind == "passage":
            shared = row["shared_words"]
            assert has_run(words[later], words[earlier])
            assert figures[1:] == [shared / len(words[later]), shared / len(words[earlier])]
            continue
        assert pair is not None, f"{texts[later]!r} is no copy of {texts[earlier]!r}"
        assert min(len(words[later]), len(words[earlier])) >= MIN_LINKED
        assert kind == pair.kind
        assert later > earlier
        assert figures == pytest.approx((1, 1, 1) if kind == "exact" else pair[3:])
    # A copy of a text with several occurrences is linked to the first of them.
    first = {}
    for index, text in enumerate(words):
        first.setdefault(tuple(text), index)
    expected = {
        pair
        for pair in true
        if pair[1] == first[tuple(words[pair[1]])]
        and min(len(words[index]) for index in pair) >= MIN_LINKED
    }
    return len(expected & linked), len(expected)


def check_spans(text: str, source: str, row: Mapping[str, Any]) -> None:
    """Asserts that the spans of a link have the same words on both sides, as many as it says."""
    words, covered = naive.tokenise(text), set()
    for span in row["spans"]:
        part = naive.tokenise(text[span["start"] : span["end"]])
        assert part == naive.tokenise(source[span["source_start"] : span["source_end"]])
        first = len(naive.tokenise(text[: span["start"]]))
        assert words[first : first + len(part)] == part
        covered |= set(range(first, first + len(part)))
    if row["kind"] != "exact":
        assert len(covered) == (row["shared_words"] or 0)


def has_run(one: list[str], other: list[str]) -> bool:
    """Whether two texts share so many words in a row as a passage needs."""
    return bool(naive.shingles(one, MIN_RUN) & naive.shingles(other, MIN_RUN))


def test_every_link_is_true_and_few_are_missed() -> None:
    texts = variants(seed=1, originals=60)
    linked, expected = check_against_definition(texts, run([one_story_each(texts)]))
    assert expected > 200
    assert linked / expected > 0.98


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(1, 14), st.integers(0, 3), st.integers(0, 2**16)),
        min_size=2,
        max_size=14,
    )
)
def test_no_link_is_false_whatever_the_texts(made: list[tuple[int, int, int, int]]) -> None:
    # Few words and few originals make many pairs at the very edge of the thresholds.
    generator = random.Random(5)
    words = VOCABULARY[:12]
    originals = [generator.choices(words, k=24) for _ in range(3)]
    texts = []
    for start, length, original, noise in made:
        part = originals[original % 3][start : start + length]
        shuffled = random.Random(noise)
        texts.append(" ".join(part + shuffled.choices(words, k=noise % 9)))
    check_against_definition(texts, run([one_story_each(texts)]))


def test_recall_of_the_bands_is_that_of_the_arithmetic() -> None:
    generator = np.random.default_rng(11)
    pairs = 1500
    for similarity in (0.5, 0.6, 0.7):
        shared = round(80 * similarity / (1 + similarity))
        exact = shared / (80 - shared)
        members = generator.integers(0, 2**32, (pairs, 80 - shared), dtype=np.uint32)
        hashes = np.concatenate((members[:, :40].ravel(), members[:, 40 - shared :].ravel()))
        starts = np.concatenate((np.arange(pairs) * 40, np.arange(pairs) * 40 + pairs * 40))
        signatures = minhash(hashes, starts, np.full(2 * pairs, 40), BANDS * ROWS)
        hashed = bands(signatures, ROWS)
        met = (hashed[:pairs] == hashed[pairs:]).any(axis=1).mean()
        promised = 1 - (1 - exact**ROWS) ** BANDS
        # Five standard deviations of 1,500 trials, and the least the linear family may cost.
        assert abs(met - promised) < 5 * math.sqrt(promised * (1 - promised) / pairs) + 0.02


def test_nothing_depends_on_order_shards_or_partitions() -> None:
    texts = variants(seed=2, originals=60)
    stories = [
        Story(
            texts[start : start + 3], outlet=f"outlet {start % 7}", hour=start // 9, name=str(start)
        )
        for start in range(0, len(texts), 3)
    ]
    expected = run([stories])
    assert len(expected.links) > 100
    generator = random.Random(3)
    for partitions, cuts in ((1, 1), (3, 2), (16, 5)):
        shuffled = generator.sample(stories, len(stories))
        shards = [shuffled[start::cuts] for start in range(cuts)]
        found = run(shards, partitions)
        assert found.links == expected.links
        assert _without_row(found.paragraphs) == _without_row(expected.paragraphs)
        assert found.articles == expected.articles


def _without_row(paragraphs: object) -> dict[str, dict[str, object]]:
    assert isinstance(paragraphs, dict)
    return {
        name: {column: value for column, value in row.items() if column != "article"}
        for name, row in paragraphs.items()
    }


def test_members_of_a_cluster_are_near_its_first_paragraph() -> None:
    # A chain: each is near the one before, the last shares nothing with the first.
    generator = random.Random(4)
    words = [f"word{number}" for number in range(400)]
    chain = [" ".join(words[start : start + 40]) for start in range(0, 200, 8)]
    texts = chain + variants(seed=6, originals=30)
    generator.shuffle(texts)
    found = run([one_story_each(texts)])
    members = collections.defaultdict(list)
    for name, row in found.paragraphs.items():
        members[row["cluster_id"]].append(name)
    sizes = [len(names) for names in members.values()]
    assert max(sizes) > 1
    for representative, names in members.items():
        first = naive.tokenise(str(found.paragraphs[str(representative)]["text"]))
        assert representative in names
        for name in names:
            words_of = naive.tokenise(str(found.paragraphs[name]["text"]))
            assert words_of == first or naive.jaccard(words_of, first) >= MIN_JACCARD
    chained = {
        str(row["cluster_id"])
        for row in found.paragraphs.values()
        if "word80 " in f"{row['text']} "
    }
    assert len(chained) > 1


COPY = "the harbour was closed for nine days after the storm tore the outer wall apart"


def test_source_is_earlier_by_time_then_agency_then_id() -> None:
    known = Story([COPY], outlet="late", hour=5)
    unknown = Story([COPY + " again"], outlet="undated", hour=None)
    own = Story([COPY + " officials said"], outlet="wire", hour=5, own=True)
    early = Story([COPY + " yesterday"], outlet="early", hour=1)
    found = run([[known, unknown, own, early]])
    first = {story.id: index for index, story in enumerate((early, own, known, unknown))}
    assert len(found.links) == 6
    for later, source in found.links:
        assert first[source[:24]] < first[later[:24]]


def test_duplicate_of_is_the_most_similar_earlier_paragraph() -> None:
    far = Story(["storm waters " + COPY.replace("nine days", "three long weeks")], hour=0)
    close = Story([COPY], hour=1)
    copy = Story([COPY + " apparently"], hour=2)
    found = run([[far, close, copy]])
    row = found.paragraphs[f"{copy.id}-0001"]
    assert row["duplicate_of"] == f"{close.id}-0001"
    assert row["similarity"] == pytest.approx(14 / 15)
    assert row["is_duplicate"]
    assert found.articles[copy.id]["unique_text"] == ""
    assert found.articles[copy.id]["duplicate_paragraph_count"] == 1
    assert found.articles[far.id]["unique_text"] == found.articles[far.id]["text"]


@pytest.mark.parametrize("line", ["He declined to comment.", "What happened next"])
def test_below_eight_words_only_what_is_between_linked_paragraphs_counts(line: str) -> None:
    generator = random.Random(7)
    above, below, other = (prose(generator, 30) for _ in range(3))
    source = Story([above, "", line, "", below], hour=0)
    label = Story([other, "", line.upper(), "", prose(generator, 30)], hour=1)
    half = Story([above, "", prose(generator, 30), "", line], hour=2)
    # Other words beside the label, so that no run of equal words reaches into it.
    between = Story(
        [above + " and so it went on", "", line.lower() + "!", "", "But as it was " + below], hour=3
    )
    found = run([[source, label, half, between]])
    short = {pair for pair in found.links if pair[0][-1] in "35" and pair[1].endswith("0003")}
    assert short == {(f"{between.id}-0003", f"{source.id}-0003")}
    duplicates = {
        name[:24] for name, row in found.paragraphs.items()
        if row["is_duplicate"] and name.endswith("0003")
    }  # fmt: skip
    assert duplicates == {between.id}


def test_a_paragraph_is_no_copy_of_its_own_article() -> None:
    twice = Story([COPY, "", COPY + " apparently"], hour=1)
    assert not run([[twice]]).links
    earlier = Story([COPY], hour=0)
    found = run([[twice, earlier]])
    assert {(later, source[:24]) for later, source in found.links} == {
        (f"{twice.id}-0001", earlier.id),
        (f"{twice.id}-0003", earlier.id),
    }


def test_repeats_within_an_article_do_not_hide_the_other_source() -> None:
    # The earliest occurrence lies in the copying article itself; the next one counts.
    first = Story([COPY], hour=0, name="first")
    again = Story([COPY, "", COPY], hour=3)
    found = run([[first, again]])
    assert len(found.links) == 2
    assert {source[:24] for _, source in found.links} == {first.id}


def test_what_one_outlet_repeats_is_its_boilerplate_and_wire_copy_is_not() -> None:
    line = "This reporting is made possible by readers who support our newsroom every month."
    generator = random.Random(8)
    own = [
        Story([prose(generator, 30), "", line], outlet="Daily", hour=hour, name=str(hour))
        for hour in range(REPEAT_ARTICLES)
    ]
    wire = [
        Story([COPY], outlet=f"outlet {number}", hour=number)
        for number in range(2 * REPEAT_ARTICLES)
    ]
    found = run([own, wire])
    assert found.removed == {(story.id, 3): RULES[REPEAT] for story in own}
    for story in own:
        row = found.articles[story.id]
        assert row["paragraph_count"] == 1
        assert row["removed_line_count"] == 1
        assert row["word_count"] == 30
        assert row["text"] == row["unique_text"] == story.lines[0]
    assert len(found.links) == len(wire) - 1 + math.comb(PAIRED - 1, 2)
    fewer = run([own[1:]])
    assert not fewer.removed
    # Below that, all that share the passage are linked with each other.
    assert len(fewer.links) == math.comb(REPEAT_ARTICLES - 1, 2)
    assert {row["reuse"] for row in fewer.rows.values()} == {"background"}


@pytest.mark.parametrize("shared", ["url", "title"])
def test_versions_of_one_story_are_not_its_outlets_boilerplate(shared: str) -> None:
    stories = [
        Story(
            [COPY],
            outlet="Daily",
            hour=hour,
            name=str(hour),
            url=f"https://daily.example/{'storm' if shared == 'url' else hour}",
            title="Harbour closed" if shared == "title" else f"Harbour closed, day {hour}",
        )
        for hour in range(2 * REPEAT_ARTICLES)
    ]
    elsewhere = Story([COPY], outlet="Other", hour=99)
    found = run([stories, [elsewhere]])
    assert not found.removed
    assert (f"{elsewhere.id}-0001", f"{stories[0].id}-0001") in found.links
    # Nor do the versions count once a run, over weeks and beside what each of them adds.
    index = None
    for number, story in enumerate(stories, 1):
        own = prose(random.Random(number), 60)
        late = dataclasses.replace(story, lines=[COPY, "", own], hour=48 * number)
        found = run([[late]], index=index, number=number)
        assert not found.removed
        index = merged(index, found.index) if index else found.index


def test_an_article_never_loses_most_of_itself_to_repeats() -> None:
    stories = [
        Story([COPY, "", f"update {hour}"], outlet="Wire", hour=hour, name=str(hour))
        for hour in range(2 * REPEAT_ARTICLES)
    ]
    found = run([stories])
    assert not found.removed
    assert all(row["paragraph_count"] == 2 for row in found.articles.values())


def test_contained_links_find_cut_merged_and_embedded_paragraphs() -> None:
    generator = random.Random(9)
    one, two = prose(generator, 60), prose(generator, 40)
    source = Story([one, "", two], hour=0)
    cut = Story([" ".join(one.split()[:24])], hour=1, name="cut")
    joined = Story([one + " " + two], hour=2, name="joined")
    embedded = Story([prose(generator, 60) + " " + two + " " + prose(generator, 60)], hour=3)
    found = run([[source, cut, joined, embedded]])
    kinds = {
        (later[:24], source_[:24], source_[-1]): kind
        for (later, source_), (kind, *_) in found.links.items()
    }
    assert kinds[cut.id, source.id, "1"] == "contained"
    assert kinds[joined.id, source.id, "1"] in ("near", "contained")
    assert kinds[embedded.id, source.id, "3"] == "contained"
    _, _, held, source_held = found.links[f"{embedded.id}-0001", f"{source.id}-0003"]
    assert source_held == 1.0
    assert held < 0.5
    # A quarter of a paragraph is a link, and all of it a repetition.
    duplicates = {name for name, row in found.paragraphs.items() if row["is_duplicate"]}
    assert duplicates == {f"{cut.id}-0001", f"{joined.id}-0001"}


@pytest.mark.parametrize(
    "text",
    [
        "国际货币基金组织周二表示全球经济增长今年将放缓至百分之三并警告通胀风险仍然存在",
        "ستبقى الموانئ مغلقة حتى إشعار آخر بعد أن ضربت العاصفة الساحل الشمالي ليلة أمس",
        "รัฐบาลประกาศปิดท่าเรือทั้งหมดจนกว่าจะมีประกาศอีกครั้งหลังพายุพัดถล่มชายฝั่ง",
        "港は嵐が北部の海岸を襲った後も追って通知があるまで閉鎖されたままとなる見込みだ",
    ],
    ids=["chinese", "arabic", "thai", "japanese"],
)
def test_scripts_of_all_kinds_have_near_duplicates(text: str) -> None:
    longer = Story([text + " " + text[:4]], hour=1)
    source = Story([text], hour=0)
    other = Story([text[::-1]], hour=2)
    found = run([[source, longer, other]])
    assert list(found.links) == [(f"{longer.id}-0001", f"{source.id}-0001")]
    assert check_pair(text, str(longer.lines[0])) == pytest.approx(
        next(iter(found.links.values()))[1]
    )


def check_pair(left: str, right: str) -> float:
    return naive.jaccard(naive.tokenise(left), naive.tokenise(right))


def test_paragraphs_without_words_are_left_alone() -> None:
    found = run(
        [[Story(["...", "", "—", "", "“”", "", COPY], hour=0), Story(["...", "", COPY], hour=1)]]
    )
    assert len(found.links) == 1
    assert all(
        row["cluster_id"] == name
        for name, row in found.paragraphs.items()
        if not naive.tokenise(str(row["text"]))
    )


def test_empty_corpus_and_empty_articles() -> None:
    assert not run([[]]).links
    assert not run([[Story([]), Story([""], name="blank")]]).links


# --- hot cases: bounded in time and memory -----------------------------------------------------


def one_paragraph_each(texts: list[str]) -> dict[str, pa.Table]:
    """Returns a shard of one article a text, an hour apart, made without the cost of stories."""
    count = len(texts)
    ids = pa.array([f"{number:016x}{0:08x}" for number in range(count)])
    hours = np.arange(count, dtype=np.int64) * 3_600_000_000
    return {
        "articles": pa.table(
            {
                "article_id": ids,
                "url": ids,
                "title": ids,
                "published_at": pa.array(hours).cast(pa.timestamp("us", tz="UTC")),
                "outlet": pa.array([f"outlet {number % 50}" for number in range(count)]),
                "record_id": pa.nulls(count, pa.string()),
                "published_at_precision": pa.array(["second"] * count),
                "authors": pa.nulls(count, pa.list_(pa.string())),
                "agency": pa.nulls(count, pa.string()),
                "agencies_contributed": pa.nulls(count, pa.list_(pa.string())),
                "agency_own": pa.array([False] * count),
            }
        ),
        "removed_lines": pa.table(
            {
                "article": pa.array([], pa.int32()),
                "line_number": pa.array([], pa.int64()),
                "text": pa.array([], pa.string()),
            }
        ),
        "paragraphs": pa.table(
            {
                "article": pa.array(range(count), pa.int32()),
                "line_number": pa.array([1] * count, pa.int64()),
                "text": texts,
            }
        ),
    }


def test_a_hundred_thousand_copies_of_one_line() -> None:
    count = 100_000
    found = run_in_memory(NearDuplicates(), [one_paragraph_each([COPY] * count)], 4)
    links = found["paragraph_links"]
    # The first are linked with each other, the others with the first.
    assert len(links) == count - 1 + math.comb(PAIRED - 1, 2)
    assert set(links["source_paragraph_id"].to_pylist()) == {
        f"{number:016x}{0:08x}-0001" for number in range(PAIRED - 1)
    }
    assert len(found["candidates"]) == 0


def test_a_hundred_thousand_paragraphs_that_share_a_sentence() -> None:
    count = 100_000
    generator = random.Random(12)
    words = [f"{word}{number}" for word in VOCABULARY for number in range(50)]
    sentence = prose(generator, 12)
    texts = [
        " ".join([*generator.choices(words, k=9), sentence, *generator.choices(words, k=9)])
        for _ in range(count)
    ]
    found = run_in_memory(NearDuplicates(), [one_paragraph_each(texts)], 2)
    # Each is compared with the earliest of a large band, so that pairs stay linear in paragraphs:
    # all with all would be five thousand million.
    assert len(found["candidates"]) < 40 * count
    assert len(found["paragraph_links"]) < 20 * count


def test_a_paragraph_of_a_megabyte() -> None:
    generator = random.Random(13)
    words = [
        f"{word}{number % 97}" for number, word in enumerate(prose(generator, 130_000).split())
    ]
    giant = " ".join(words)
    assert len(giant) > 1_000_000
    quote = " ".join(words[1000:1040])
    source, copy, part = (
        Story([giant], hour=0),
        Story([giant + " end"], hour=1),
        Story([quote], hour=2),
    )
    tracemalloc.start()
    found = run([[source, copy, part]])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    kinds = {
        (later[:24], earlier[:24]): kind for (later, earlier), (kind, *_) in found.links.items()
    }
    assert kinds == {
        (copy.id, source.id): "near",
        (part.id, source.id): "contained",
        (part.id, copy.id): "contained",
    }
    assert peak < 300_000_000


# --- runs one after another --------------------------------------------------------------------


def test_two_runs_find_what_one_finds() -> None:
    texts = variants(seed=21, originals=80)
    stories = one_story_each(texts)
    whole = run([stories])
    half = len(stories) // 2
    first = run([stories[:half]])
    second = run([stories[half:]], partitions=3, index=first.index, number=2)
    assert not first.links.keys() & second.links.keys()
    assert first.links | second.links == whole.links
    clusters = {name: row["cluster_id"] for name, row in whole.paragraphs.items()}
    in_two = {
        name: row["cluster_id"] for name, row in (first.paragraphs | second.paragraphs).items()
    }
    assert in_two == clusters


@settings(max_examples=10)
@given(st.lists(st.integers(0, 2), min_size=30, max_size=30), st.sampled_from([1, 3]))
def test_runs_in_any_order_find_what_one_finds(run_of: list[int], partitions: int) -> None:
    """Pairs of paragraphs, short and long, of texts that recur, and what is said of each."""
    texts = variants(seed=32, originals=6)[:20]
    texts += [*texts[:7], *[prose(random.Random(3), 9)] * 3]
    stories = [
        Story([text], outlet=f"outlet {hour % 5}", hour=hour, name=str(hour))
        for hour, text in enumerate(texts)
    ]
    whole = pairs_of(run([stories]))
    assert {kind for kind, *_ in whole.values()} == {"exact", "near", "contained", "passage"}
    found: dict[frozenset[str], tuple[object, ...]] = {}
    indexes: list[Mapping[str, pa.Table]] = []
    committed: dict[str, Mapping[str, object]] = {}
    for number in range(3):
        own = [story for story, chosen in zip(stories, run_of, strict=True) if chosen == number]
        one = run([own], partitions, merged(*indexes) if indexes else None, number + 1)
        indexes.append(one.index)
        new = one.paragraphs.keys()
        assert all(pair & new for pair in pairs_of(one))
        found |= pairs_of(one)
        committed |= one.paragraphs
        chains_end_in_what_is_kept(committed)
    assert found == whole


def pairs_of(found: Found) -> dict[frozenset[str], tuple[object, ...]]:
    """Returns what is said of each pair of paragraphs, whichever comes first."""
    columns = ("kind", "reuse", "reuse_evidence", "similarity", "shared_words")
    return {
        frozenset(pair): tuple(row[name] for name in columns) for pair, row in found.rows.items()
    }


def chains_end_in_what_is_kept(paragraphs: Mapping[str, Mapping[str, object]]) -> int:
    """Asserts that whoever follows `duplicate_of` ends at a paragraph that stays; returns links."""
    steps = 0
    for name, row in paragraphs.items():
        passed = {name}
        while row["is_duplicate"]:
            source = str(row["duplicate_of"])
            assert source not in passed
            passed.add(source)
            row = paragraphs[source]
            steps += 1
        assert row["duplicate_of"] is None
    return steps


_DATED = st.tuples(
    st.integers(0, 5),
    st.integers(0, 20),
    st.integers(12, 40),
    st.one_of(st.none(), st.integers(0, 50)),
    st.sampled_from(["second", "day", "month"]),
    st.booleans(),
)


@settings(max_examples=40)
@given(
    st.lists(st.lists(_DATED, min_size=1, max_size=3), min_size=2, max_size=10),
    st.sampled_from(["first", "agency", "longest"]),
    st.integers(0, 10),
)
def test_no_text_loses_all_its_copies(
    made: list[list[tuple[int, int, int, int | None, str, bool]]], keep: str, later: int
) -> None:
    """Whatever the dates, their precision, the agencies, `--keep` and the runs."""
    source = prose(random.Random(41), 66).split()
    stories = []
    for number, parts in enumerate(made):
        lines = [" ".join(source[start : start + size]) for _, start, size, *_ in parts]
        outlet, _, _, hour, precision, own = parts[0]
        stories.append(
            Story(
                [line for text in lines for line in (text, "")],
                f"outlet {outlet}",
                hour,
                own,
                str(number),
                precision=precision,
            )
        )
    step = NearDuplicates(keep=keep)
    first = run([stories[later:]], step=step)
    second = run([stories[:later]], index=first.index, number=2, step=step)
    chains_end_in_what_is_kept(first.paragraphs | second.paragraphs)
    together = run([stories], partitions=2, step=step)
    chains_end_in_what_is_kept(together.paragraphs)
    kept = [row for row in together.paragraphs.values() if not row["is_duplicate"]]
    for story in stories:
        article = together.articles[story.id]
        lines = [line for line in story.lines if line]
        assert len(str(article["unique_text"]).split("\n\n")) <= len(lines)
    assert kept


@pytest.mark.parametrize(
    ("keep", "stays"), [("first", "early"), ("agency", "wire"), ("longest", "long")]
)
def test_keep_says_which_copy_stays(keep: str, stays: str) -> None:
    generator = random.Random(43)
    text = prose(generator, 40)
    stories = {
        "early": Story([text], outlet="early", hour=1),
        "wire": Story([text], outlet="Reuters", hour=5, own=True),
        "long": Story([prose(generator, 90), "", text], outlet="long", hour=9),
    }
    found = run([list(stories.values())], step=NearDuplicates(keep=keep))
    whole = {name for name, story in stories.items()
             if text in str(found.articles[story.id]["unique_text"])}  # fmt: skip
    assert whole == {stays}
    # What a run has committed stays all the same.
    first = run([[stories["early"]]], step=NearDuplicates(keep=keep))
    second = run(
        [[stories["wire"], stories["long"]]],
        index=first.index,
        number=2,
        step=NearDuplicates(keep=keep),
    )
    assert [second.articles[stories[name].id]["duplicate_paragraph_count"]
            for name in ("wire", "long")] == [1, 1]  # fmt: skip


def test_of_one_day_without_times_the_agencys_or_the_longer_paragraph_stays() -> None:
    text = prose(random.Random(44), 40)
    short = Story([" ".join(text.split()[:30])], outlet="a", hour=0, precision="day")
    long = Story([text], outlet="b", hour=0, precision="day")
    next_day = Story([text + " again"], outlet="c", hour=24, precision="day")
    agency = Story([" ".join(text.split()[5:30])], "Reuters", 0, own=True, precision="day")
    for others in ([], [agency]):
        found = run([[short, long, next_day, *others]])
        kept = {name[:24] for name, row in found.paragraphs.items() if not row["is_duplicate"]}
        assert kept == {agency.id if others else long.id}


@pytest.mark.parametrize(
    ("wire", "reprint", "stays"),
    [
        # A day is no midnight: what an agency has of any hour of the day is not later.
        ((7, "second"), (0, "day"), "Reuters"),
        ((0, "day"), (7, "second"), "Reuters"),
        # Nor is a day that may end after it, on a clock behind UTC.
        ((26, "second"), (0, "day"), "Reuters"),
        # Dates that tell.
        ((7, "second"), (5, "second"), "paper"),
        ((48, "second"), (0, "day"), "paper"),
    ],
)
def test_the_agencys_own_copy_stays_unless_another_was_surely_first(
    wire: tuple[int, str], reprint: tuple[int, str], stays: str
) -> None:
    text = prose(random.Random(47), 60)
    own = Story([text], "Reuters", wire[0], own=True, precision=wire[1])
    paper = Story([text], "paper", reprint[0], precision=reprint[1])
    for stories in ([own, paper], [paper, own]):
        found = run([stories])
        kept = {story.outlet for story in stories
                if found.articles[story.id]["unique_text"]}  # fmt: skip
        assert kept == {stays}


def test_a_day_in_utc_ends_at_midnight() -> None:
    """Of two papers of one day the one with a time stays, whatever the hour."""
    text = prose(random.Random(48), 60)
    for hour in (1, 3, 23):
        timed = Story([text], "timed", hour)
        dated = Story([text], "dated", 0, precision="day")
        found = run([[dated, timed]])
        assert found.articles[timed.id]["unique_text"] == text


def test_a_copy_that_an_earlier_run_cut_is_nothing_that_stays() -> None:
    """Along a chain over runs a text keeps a paragraph that has it, as in one run."""
    generator = random.Random(46)
    words = prose(generator, 90).split()
    chain = [
        Story([" ".join(words[start : start + 40])], f"outlet {start}", hour)
        for hour, start in enumerate((0, 12, 24, 36))
    ]
    whole = run([chain])
    index: dict[str, pa.Table] = {}
    for number, story in enumerate(chain, 1):
        found = run([[story]], index=index, number=number)
        index = merged(index, found.index) if index else dict(found.index)
        assert found.articles[story.id]["unique_text"] == whole.articles[story.id]["unique_text"]
    gone = [row["duplicate_paragraph_count"] for row in whole.articles.values()]
    assert sum(gone) == 2


def test_the_newest_edition_keeps_all_it_has() -> None:
    generator = random.Random(47)
    text = [prose(generator, 40) for _ in range(3)]
    place = {"outlet": "Daily", "url": "https://daily.example/storm"}
    first = Story(text[:2], hour=1, **place)
    newest = Story(text, hour=3, **place)
    other = Story([text[0]], outlet="Other", hour=9)
    one = run([[first]])
    for found in (run([[first, newest, other]]), run([[newest, other]], index=one.index, number=2)):
        assert found.articles[newest.id]["unique_text"] == "\n\n".join(text)
        assert not found.articles[other.id]["unique_text"]


def test_who_credits_the_other_has_it_from_there_whatever_the_dates() -> None:
    text = prose(random.Random(48), 40)
    source = Story([text], outlet="Harbour Times", hour=40)
    digest = Story([f"As the Harbour Times reported, {text}"], outlet="Digest", hour=1)
    found = run([[source, digest]])
    [row] = found.rows.values()
    assert (row["direction"], str(row["paragraph_id"])[:24]) == ("credit", digest.id)
    assert [found.articles[story.id]["duplicate_paragraph_count"] for story in (source, digest)] \
        == [0, 1]  # fmt: skip


def test_a_kind_rests_on_two_articles_whatever_else_has_come() -> None:
    """Runs in pieces, in any order, say what one run says."""
    generator = random.Random(49)
    texts = [prose(generator, 40) for _ in range(3)]
    stories = [
        Story([prose(generator, 30), "", texts[number % 3]], f"outlet {number}", number)
        for number in range(18)
    ]
    kinds = {
        frozenset(pair): (row["reuse"], row["reuse_evidence"])
        for pair, row in run([stories]).rows.items()
    }
    assert {reuse for reuse, _ in kinds.values()} == {"copy"}
    for some in (stories, random.Random(2).sample(stories, len(stories))):
        index: dict[str, pa.Table] = {}
        found = {}
        for number in range(6):
            part = run([some[3 * number : 3 * number + 3]], index=index, number=number + 1)
            index = merged(index, part.index) if index else dict(part.index)
            found |= {
                frozenset(pair): (row["reuse"], row["reuse_evidence"])
                for pair, row in part.rows.items()
            }
        assert found == kinds


def test_editions_in_one_run_and_in_two() -> None:
    generator = random.Random(45)
    text = [prose(generator, 40) for _ in range(4)]
    place = {"outlet": "Daily", "url": "https://daily.example/storm?utm_source=feed"}
    first = Story([text[0], "", text[1]], hour=1, **place)
    again = Story([text[0], "", text[1], "", text[2]], hour=3, **place)
    last = Story([text[0], "", text[3], "", text[2]], hour=5, **place)
    other = Story([text[0], "", prose(generator, 40)], outlet="Other", hour=9)
    whole = run([[last, other, first, again]])
    assert editions_of(whole) == {
        first.id: (None, 1),
        again.id: (first.id, 2),
        last.id: (first.id, 3),
        other.id: (None, 1),
    }
    # Of the editions the first that has a passage is the source.
    ends = {pair[1][:24] for pair in whole.rows if pair[0].startswith(other.id)}
    assert ends == {first.id}
    one = run([[first, again]])
    two = run([[last, other]], index=one.index, number=2)
    assert editions_of(one) | editions_of(two) == editions_of(whole)
    assert {row["reuse"] for pair, row in two.rows.items() if last.id in str(pair)} >= {"edition"}
    # The number of what is committed stays: an older one that comes later is the newest.
    late = run([[first]], index=run([[again]]).index, number=2)
    assert editions_of(late) == {first.id: (again.id, 2)}


def editions_of(found: Found) -> dict[str, tuple[object, object]]:
    return {
        name: (row["edition_of"], row["edition_number"]) for name, row in found.articles.items()
    }


def test_what_comes_in_two_dumps_of_a_run_is_a_copy_and_an_edition_in_both() -> None:
    """Which of the two is taken is decided elsewhere, by their names."""
    generator = random.Random(46)
    shared, more = prose(generator, 40), prose(generator, 30)
    place = {"outlet": "Daily", "url": "https://daily.example/storm"}
    first, again = Story([shared], hour=3, **place), Story([more, "", shared], hour=9, **place)
    source = Story([shared], outlet="Wire", hour=1)
    dumps = [shard([first, source]), shard([again]), shard([again])]
    rows = run_in_memory(NearDuplicates(), dumps)["annotations"]
    for number in (1, 2):
        own = rows.filter(pc.equal(rows["shard"], number))
        done = NearDuplicates().annotate(dumps[number], own)
        assert done["paragraphs"]["duplicate_of"].to_pylist() == [None, f"{source.id}-0001"]
        assert done["articles"]["edition_of"].to_pylist() == [first.id]


def test_what_is_committed_stays_the_source() -> None:
    committed = Story([COPY], outlet="late", hour=9)
    first = run([[committed]])
    earlier = Story([COPY + " apparently"], outlet="early", hour=1)
    exact = Story([COPY], outlet="early", hour=2, name="exact")
    second = run([[earlier, exact]], index=first.index, number=2)
    assert second.links.keys() == {
        (f"{earlier.id}-0001", f"{committed.id}-0001"),
        (f"{exact.id}-0001", f"{committed.id}-0001"),
        (f"{exact.id}-0001", f"{earlier.id}-0001"),
    }
    assert second.paragraphs[f"{exact.id}-0001"]["duplicate_of"] == f"{committed.id}-0001"
    third = run(
        [[Story([COPY], hour=0, name="third")]],
        index=merged(first.index, second.index),
        number=3,
    )
    assert {source for _, source in third.links} >= {f"{committed.id}-0001"}


def test_many_runs_keep_their_clusters_and_counts() -> None:
    line = "Subscribers of our paper can read this and all other stories without advertising."
    often = prose(random.Random(99), 40)
    indexes = []
    for number in range(REPEAT_ARTICLES + 2):
        stories = [
            Story(
                [prose(random.Random(number), 30), "", line],
                outlet="Daily",
                hour=number,
                name=str(number),
            ),
            Story([edited(random.Random(number), often, 0.05)], outlet=f"o{number}", hour=number),
        ]
        before = merged(*indexes) if indexes else None
        found = run([stories], index=before, number=number + 1)
        indexes.append(found.index)
        removed = bool(found.removed)
        # The tenth article of one outlet with the same words makes the words its boilerplate.
        assert removed == (number + 1 >= REPEAT_ARTICLES)
        if number:
            copied = found.paragraphs[f"{stories[1].id}-0001"]
            assert copied["is_duplicate"]


def test_window_compares_only_what_is_near_in_time() -> None:
    stories = [
        Story([COPY], hour=0, name="a"),
        Story([COPY + " again"], hour=24 * 3, name="b"),
        Story([COPY + " once more"], hour=24 * 30, name="c"),
        Story([COPY + " undated"], hour=None, name="d"),
    ]
    a, b, c, d = (f"{story.id}-0001" for story in stories)
    found = run([stories], step=NearDuplicates(window_days=7))
    assert set(found.links) == {(b, a), (d, a), (d, b), (d, c)}
    with pytest.raises(ValueError, match="window_days is -1"):
        NearDuplicates(window_days=-1)


def test_real_paragraphs(shared_data: Path) -> None:
    from tests.bench.corpus import read_articles

    paragraphs: list[str] = []
    for article in itertools.islice(
        read_articles(shared_data / "allsides" / "articles.jsonl.gz"), 40
    ):
        paragraphs += [text for text in article.paragraphs if text.strip()]
    generator = random.Random(30)
    sample = generator.sample(paragraphs, 150)
    texts = sample + [_reworded(generator, text) for text in sample[:80]]
    linked, expected = check_against_definition(texts, run([one_story_each(texts)]))
    assert linked / expected > 0.97


def _reworded(generator: random.Random, text: str) -> str:
    words = text.split()
    for _ in range(max(1, len(words) // 12)):
        place = generator.randrange(len(words))
        words[place : place + 1] = generator.choice(([], ["however"], [words[place], "also"]))
    return " ".join(words)


@pytest.mark.parametrize("distinct", [1, 30, 10_000])
def test_order_of_is_lexsort(distinct):
    numbers = np.random.default_rng(distinct)
    hashes = mixed(numbers.integers(0, distinct, 1_000).astype(np.uint64))
    others = [numbers.integers(0, 3, 1_000) for _ in range(2)]
    for count in (0, 1, 1_000):
        first, second = (other[:count] for other in others)
        np.testing.assert_array_equal(
            order_of(hashes[:count], first, second), np.lexsort((second, first, hashes[:count]))
        )


@pytest.mark.parametrize("known", [0, 5, 20])
def test_what_a_run_indexes_is_what_it_adds_whatever_is_indexed(known):
    numbers = np.random.default_rng(known)

    def rows(stream, count, texts):
        schema = SCHEMAS[stream]
        columns = {
            field.name: numbers.integers(1, 6, count).astype(str(field.type))
            for field in schema
            if not pa.types.is_list(field.type)
        }
        return columns | {"text": np.array(texts, np.uint64)}

    occurrences = rows("occurrences", 60, numbers.integers(0, 20, 60))
    indexed = rows("indexed_texts", known, numbers.permutation(20)[:known])
    indexed["articles"] += indexed["outlet_articles"]
    known_before = {
        name: values[np.isin(indexed["text"], occurrences["text"])]
        for name, values in indexed.items()
    }
    alone = exact.first_occurrences(occurrences, rows("indexed_texts", 0, []))
    both = exact.first_occurrences(occurrences, known_before)
    own = exact.new_origins(occurrences, both, known_before["text"])
    compared = [name for name in alone if name != "in_block"]
    assert compared
    for name in compared:
        np.testing.assert_array_equal(own[name], alone[name], err_msg=name)
