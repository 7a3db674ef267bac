"""The corpora of the benchmarks: what they claim to know is true, by the naive definition."""

import collections
import dataclasses
import itertools
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench import corpus, naive, score

WORDS = st.sampled_from(("the", "of", "a", "to", "in", "minister", "said", "talks", "border"))
PARAGRAPHS = st.lists(st.lists(WORDS, min_size=1, max_size=24).map(" ".join), max_size=12)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    corpus.write_corpus(corpus.Settings(articles=160, text="seeds"), folder)
    return folder


@pytest.fixture(scope="module")
def known(small: Path) -> list[corpus.Known]:
    return corpus.read_known(small)


@pytest.fixture(scope="module")
def gold(small: Path) -> list[corpus.Gold]:
    return corpus.read_gold(small)


# The definition --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don’t “rock’n’roll” – the 1990s!", ["dont", "rocknroll", "the", "1990s"]),  # noqa: RUF001
        ("ﬁne Ⅳ STRASSE straße", ["fine", "iv", "strasse", "strasse"]),
        ("cafe\u0301 café", ["café", "café"]),
        ("3,000.5 e-mail", ["3", "000", "5", "e", "mail"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("東京タワー2024年", ["東", "京", "タ", "ワ", "ー", "2024", "年"]),
        ("ที่นี่", ["ที่", "นี่"]),
        ("서울 시장", ["서울", "시장"]),
        (" … — !? ", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert naive.tokenise(text) == words


def test_figures_of_two_sentences_counted_by_hand() -> None:
    left = naive.tokenise("The envoys met on Monday in the old town hall of Geneva.")
    right = naive.tokenise("The envoys met on Tuesday in the old town hall.")
    # 11 and 9 bigrams; shared: the-envoys envoys-met met-on in-the the-old old-town town-hall.
    assert naive.jaccard(left, right) == 7 / 13
    assert naive.containment(left, right) == 7 / 11
    assert naive.containment(right, left) == 7 / 9
    assert naive.shared_six_word_shingles(left, right) == 0
    assert naive.classify(left, right) == "near"


def test_short_paragraphs_count_only_when_equal() -> None:
    seven = naive.tokenise("one two three four five six seven")
    assert naive.classify(seven, naive.tokenise("One, two three: four five six seven!")) == "exact"
    assert naive.classify(seven, naive.tokenise("one two three four five six eight")) is None
    assert naive.classify([], []) is None


def test_the_seeds_have_the_four_near_pairs_known_of_them() -> None:
    lines = [
        (number, text)
        for number, article in enumerate(corpus.read_seeds())
        for text in article.paragraphs
    ]
    pairs = [
        pair
        for pair in naive.all_pairs([text for _, text in lines])
        if lines[pair.later][0] != lines[pair.earlier][0]
    ]
    assert [pair.kind for pair in pairs] == ["near"] * 4
    assert {round(pair.similarity, 2) for pair in pairs} <= {n / 100 for n in range(66, 80)}


@given(PARAGRAPHS)
def test_every_pair_is_found_once_and_either_way_round(paragraphs: list[str]) -> None:
    forward = {(p.earlier, p.later, p.kind, p.similarity) for p in naive.all_pairs(paragraphs)}
    last = len(paragraphs) - 1
    backward = {
        (last - p.later, last - p.earlier, p.kind, p.similarity)
        for p in naive.all_pairs(paragraphs[::-1])
    }
    assert forward == backward


# The corpus ------------------------------------------------------------------------------------


def test_gold_figures_are_the_exact_ones(
    known: list[corpus.Known], gold: list[corpus.Gold]
) -> None:
    texts = {(paragraph.url, paragraph.position): paragraph.text for paragraph in known}
    for pair in gold:
        copy = naive.tokenise(texts[pair.url, pair.position])
        source = naive.tokenise(texts[pair.source_url, pair.source_position])
        assert pair.expected == (naive.classify(copy, source) or "none")
        assert pair.similarity == pytest.approx(naive.jaccard(copy, source), abs=1e-6)
        assert pair.containment == pytest.approx(naive.containment(copy, source), abs=1e-6)
        assert pair.source_containment == pytest.approx(naive.containment(source, copy), abs=1e-6)
        assert pair.shared_shingles == naive.shared_six_word_shingles(copy, source)


def test_paragraphs_without_a_common_origin_are_no_copies(known: list[corpus.Known]) -> None:
    known = known[:150]
    words = [naive.tokenise(paragraph.text) for paragraph in known]
    compared = 0
    for left, right in itertools.combinations(range(len(known)), 2):
        if not known[left].origins & known[right].origins:
            compared += 1
            assert naive.classify(words[left], words[right]) is None, (known[left], known[right])
    assert compared > 10_000


def test_every_original_of_a_copy_is_its_gold_source(
    known: list[corpus.Known], gold: list[corpus.Gold]
) -> None:
    own = {
        (paragraph.url, paragraph.position): paragraph.origins
        for paragraph in known
        if paragraph.kind == "original"
    }
    listed: dict[tuple[str, int], set[str]] = collections.defaultdict(set)
    for pair in gold:
        listed[pair.url, pair.position] |= own[pair.source_url, pair.source_position]
    for paragraph in known:
        if paragraph.kind in corpus.KINDS:
            assert listed[paragraph.url, paragraph.position] == paragraph.origins


def test_kinds_are_as_frequent_as_each_other_and_what_they_say(gold: list[corpus.Gold]) -> None:
    pairs = collections.defaultdict(list)
    for pair in gold:
        pairs[pair.kind].append(pair)
    assert set(pairs) == set(corpus.KINDS)
    copies = {kind: len({(p.url, p.position) for p in pairs[kind]}) for kind in corpus.DRAWN_KINDS}
    copies["split"] //= 2
    assert max(copies.values()) - min(copies.values()) <= 2
    expected = {kind: {pair.expected for pair in found} for kind, found in pairs.items()}
    for kind in ("exact", "quotes_case", "hot_line"):
        assert expected[kind] == {"exact"}
    for kind in ("typos", "tail", "lead_in", "edit_05", "edit_10"):
        assert expected[kind] == {"near"}
    for kind in ("half", "merged", "split", "embedded"):
        assert expected[kind] <= {"near", "contained"}
    assert "none" in expected["edit_30"]
    assert {pair.containment for pair in pairs["half"]} == {1.0}
    assert min(pair.source_containment for pair in pairs["embedded"]) == 1.0


def test_sources_are_earlier_and_of_other_outlets(
    known: list[corpus.Known], gold: list[corpus.Gold]
) -> None:
    facts = {paragraph.url: (paragraph.published, paragraph.outlet) for paragraph in known}
    for pair in gold:
        published, outlet = facts[pair.url]
        source_published, source_outlet = facts[pair.source_url]
        assert source_published < published
        assert (source_outlet == outlet) == (pair.kind == "hot_line")


def test_no_article_holds_two_copies_of_one_original(known: list[corpus.Known]) -> None:
    held = collections.Counter(
        (paragraph.url, paragraph.kind, origin)
        for paragraph in known
        for origin in paragraph.origins
    )
    for (_, kind, _), times in held.items():
        assert times == (2 if kind == "split" else 1)
    assert len({(url, origin) for url, _, origin in held}) == len(held)


def test_dump_has_the_shape_of_a_crawl(small: Path) -> None:
    records = [json.loads(line) for line in (small / "articles.jsonl").read_bytes().splitlines()]
    assert len(records) == len({record["url"] for record in records}) == 160
    for record in records:
        assert list(record) == ["id", "url", "source", "title", "date", "authors", "text"]
    dates = [record["date"] for record in records]
    assert dates != sorted(dates)
    figures = json.loads((small / "corpus.json").read_text())
    assert figures["paragraphs"] == sum(r["text"].count("\n\n") + 1 for r in records)
    assert sum(figures["kinds"].values()) == figures["paragraphs"]


def test_same_settings_same_bytes_other_seed_other_text(tmp_path: Path) -> None:
    made = corpus.Settings(articles=30, text="seeds")
    for folder, chosen in (
        ("first", made),
        ("second", made),
        ("other", dataclasses.replace(made, seed="held-out")),
        ("bare", dataclasses.replace(made, gold=False)),
    ):
        corpus.write_corpus(chosen, tmp_path / folder)
    files = {
        folder: [(tmp_path / folder / name).read_bytes() for name in names]
        for folder, names in (
            ("first", ("articles.jsonl", "gold.tsv", "paragraphs.tsv", "corpus.json")),
            ("second", ("articles.jsonl", "gold.tsv", "paragraphs.tsv", "corpus.json")),
            ("other", ("articles.jsonl",)),
            ("bare", ("articles.jsonl",)),
        )
    }
    assert files["first"] == files["second"]
    assert files["bare"][0] == files["first"][0]
    assert sorted(path.name for path in (tmp_path / "bare").iterdir()) == [
        "articles.jsonl",
        "corpus.json",
    ]
    lines = [
        {
            text
            for line in files[folder][0].splitlines()
            for text in json.loads(line)["text"].split("\n\n")
        }
        for folder in ("first", "other")
    ]
    assert len(lines[0] & lines[1]) <= len(corpus._HOT_LINES)


def test_half_a_corpus_is_refused(tmp_path: Path, small: Path) -> None:
    for name in ("articles.jsonl", "gold.tsv", "paragraphs.tsv"):
        (tmp_path / name).write_bytes((small / name).read_bytes())
    for read in (corpus.read_known, corpus.read_gold):
        with pytest.raises(FileNotFoundError, match="no complete corpus"):
            read(tmp_path)


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.3])
def test_edits_change_their_share_of_the_words(share: float) -> None:
    text = " ".join(f"word{number}" for number in range(200))
    edited = corpus.edit_words(text, share, ["other"], random.Random("edits")).split()
    gone = 200 - sum(word.lower().startswith("word") for word in edited)
    added = sum(word.lower() == "other" for word in edited)
    assert len(edited) == 200 - gone + added
    # A replaced word is gone and one is added; a deleted one is gone; an inserted one is added.
    changed = round(share * 200)
    assert max(gone, added) <= changed <= gone + added <= 2 * changed
    assert gone < changed
    assert added < changed


@given(PARAGRAPHS)
def test_distinct_filter_lets_no_copy_through(paragraphs: list[str]) -> None:
    frequencies = collections.Counter(word for text in paragraphs for word in text.split())
    distinct = corpus.DistinctFilter(frequencies)
    admitted = [text for text in paragraphs if distinct.admit(text)]
    near = [pair for pair in naive.all_pairs(admitted) if pair.kind != "exact"]
    assert near == []


def test_settings_say_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="one of real, recombined, seeds"):
        corpus.Settings(articles=1, text="invented")
    with pytest.raises(ValueError, match="needs a source"):
        corpus.Settings(articles=1, text="recombined")
    with pytest.raises(ValueError, match="at least 1"):
        corpus.Settings(articles=0, text="seeds")


def test_real_text_is_made_distinct(tmp_path: Path, shared_data: Path) -> None:
    source = shared_data / "allsides" / "articles.jsonl.gz"
    articles = list(itertools.islice(corpus.read_articles(source), 80))
    chosen = [
        text
        for article in corpus.distinct_articles(articles * 2, random.Random("real"))
        for text in article.paragraphs
    ]
    assert len(chosen) > 500
    assert len(chosen) == len(set(chosen))
    words = {text: naive.tokenise(text) for text in chosen}
    by_bigram = collections.defaultdict(list)
    for text in chosen:
        for bigram in naive.shingles(words[text], 3):
            by_bigram[bigram].append(text)
    pairs = {pair for group in by_bigram.values() for pair in itertools.combinations(group, 2)}
    assert all(naive.classify(words[left], words[right]) is None for left, right in pairs)


# The score -------------------------------------------------------------------------------------


def _perfect(known: list[corpus.Known], gold: list[corpus.Gold]) -> score.Reported:
    place = {(paragraph.url, paragraph.position): at for at, paragraph in enumerate(known)}
    links = [
        score.Link(
            place[pair.url, pair.position],
            place[pair.source_url, pair.source_position],
            pair.expected,
        )
        for pair in gold
        if pair.expected != "none"
    ]
    clusters = [min(paragraph.origins) for paragraph in known]
    return score.Reported([p.text for p in known], range(len(known)), links, clusters)


def test_all_links_of_the_gold_score_one(
    known: list[corpus.Known], gold: list[corpus.Gold]
) -> None:
    scores = score.score(known, gold, _perfect(known, gold))
    for kind, counts in scores.recall.items():
        assert counts.defined_found == counts.defined, kind
    assert scores.recall["overall"].copies == sum(pair.kind != "edit_30" for pair in gold)
    for links in scores.precision.values():
        assert links.links == links.exactly == links.truly


def test_a_missing_and_a_false_link_each_cost_what_they_are(
    known: list[corpus.Known], gold: list[corpus.Gold]
) -> None:
    perfect = _perfect(known, gold)
    typo = next(at for at, p in enumerate(known) if p.kind == "typos")
    alien = next(
        at
        for at, p in enumerate(known)
        if p.kind == "original" and p.origins != known[typo].origins
    )
    links = [link for link in perfect.links if link.paragraph != typo]
    links.append(score.Link(typo, alien, "near"))
    scores = score.score(known, gold, perfect._replace(links=links))
    assert scores.recall["typos"].found == scores.recall["typos"].copies - 1
    near = scores.precision["near"]
    assert near.links - near.exactly == near.links - near.truly == 1


def test_a_link_to_a_paragraph_of_the_same_words_as_the_source_counts(
    known: list[corpus.Known], gold: list[corpus.Gold]
) -> None:
    exact = next(pair for pair in gold if pair.kind == "exact")
    place = {(paragraph.url, paragraph.position): at for at, paragraph in enumerate(known)}
    source = place[exact.source_url, exact.source_position]
    twin = place[exact.url, exact.position]
    third = len(known)
    texts = [*(paragraph.text for paragraph in known), known[source].text + " Indeed."]
    copied = corpus.Known("x", 0, texts[-1], "x", "2030", "tail", known[source].origins)
    pair = corpus.Gold("tail", "x", 0, exact.source_url, exact.source_position, "near", 1, 1, 1, 9)
    reported = score.Reported(texts, range(third + 1), [score.Link(third, twin, "near")])
    scores = score.score([*known, copied], [pair], reported)
    assert scores.recall["tail"].found == 1


def test_paragraphs_a_pipeline_altered_are_matched(known: list[corpus.Known]) -> None:
    lead_in = next(p for p in known if p.kind == "lead_in" and "—" in p.text)
    stripped = lead_in.text.partition("—")[2].strip()
    of_article = [(at, p) for at, p in enumerate(known) if p.url == lead_in.url]
    output = [(p.url, stripped if p is lead_in else p.text) for _, p in of_article]
    assert score.match(known, output[::-1]) == [at for at, _ in of_article][::-1]
    assert score.match(known, [(lead_in.url, "Something else altogether was said there.")]) == [
        None
    ]
