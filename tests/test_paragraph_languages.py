# ruff: noqa: RUF001 - sentences in many alphabets
"""Paragraphs in another language than their article, from the transform to the warehouse."""

import json
import pathlib
from collections import Counter

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.separate_runs import Desk, done
from tests.test_language import MORE, SENTENCES
from tests.test_reindex import index_rows
from transforms.paragraph_languages import (
    COMMON_WORDS,
    LEAST_CHARACTERS,
    ParagraphLanguages,
    other_language,
)

LONGER = {
    "en": "The mayor told the council that the new bridge would open to traffic in the spring, and "
    "that the old one would be closed to lorries from the same day on.",
    "es": "El alcalde explicó a los vecinos que las obras del puente terminarán en primavera y que "
    "el antiguo se cerrará a los camiones con una ordenanza que ya está redactada.",
    "de": "Der Bürgermeister sagte dem Stadtrat, dass die neue Brücke im Frühjahr für den Verkehr "
    "geöffnet wird und die alte von demselben Tag an nicht mehr befahren werden darf.",
    "ru": "Мэр сообщил депутатам, что новый мост откроют для движения весной, а по старому с того "
    "же дня не смогут ездить грузовики, и это решение уже принято.",
    "uk": "Мер повідомив депутатам, що новий міст відкриють для руху навесні, а старим від того ж "
    "дня не зможуть їздити вантажівки, і це рішення вже ухвалили.",
    "el": "Ο δήμαρχος είπε στο συμβούλιο ότι η νέα γέφυρα θα ανοίξει για την κυκλοφορία την "
    "άνοιξη και ότι η παλιά θα κλείσει για τα φορτηγά από την ίδια ημέρα.",
    "zh-cn": "市长告诉市议会，新桥将在春天通车，旧桥从同一天起禁止卡车通行。"
    "市议会已经批准了这项决定，"
    "两岸的居民都表示欢迎，并希望工程能够按时完成。",
}


@pytest.mark.parametrize("article", [*LONGER, "eu", "und"])
@pytest.mark.parametrize("paragraph", LONGER)
def test_a_paragraph_has_its_own_language_in_any_article(article: str, paragraph: str) -> None:
    own = None if article == paragraph else paragraph
    assert other_language(LONGER[paragraph], article) == own


def test_a_language_that_only_the_second_detector_knows() -> None:
    assert other_language(MORE["ga"], "en") == "ga"
    assert other_language(f"{MORE['kk']} {MORE['kk']}", "en") == "kk"


@pytest.mark.parametrize(
    "text",
    [
        SENTENCES["es"][:80],  # some twelve words
        "Real Sociedad, Athletic Bilbao, Deportivo La Coruña, Celta Vigo, Rayo Vallecano, Málaga, "
        "Espanyol, Villarreal, Levante, Almería, Granada, Elche, Getafe, Osasuna, Valladolid",
        "1 234 567 – 8 901 234 – 5 678 901 – " * 5,
        f"The film “{SENTENCES['es'][:60]}” was shown to the critics of the town and to nobody "
        "else, as the producers told the newspaper.",
    ],
)
def test_few_words_names_and_quotations_are_left_with_the_article(text: str) -> None:
    assert other_language(text, "en") is None


def test_the_only_paragraph_has_the_language_of_the_article() -> None:
    transform = ParagraphLanguages()
    english, spanish = (3, LONGER["en"]), (5, LONGER["es"])
    for paragraphs, expected in (([spanish], []), ([english, spanish], [(5, "es")])):
        article = {"paragraphs": paragraphs, "language": "en"}
        assert transform.apply(article) == article | {"paragraph_languages": expected}


@given(st.text(min_size=LEAST_CHARACTERS), st.sampled_from([*COMMON_WORDS, "zh-cn", "und"]))
def test_no_text_is_in_another_language_of_the_same_name(text: str, language: str) -> None:
    assert other_language(text, language) not in (language, "und")


def test_accuracy_on_real_sentences(shared_data: pathlib.Path) -> None:
    """Measured on all of 120 characters or more: .78 right in other articles, none wrong."""
    fates: Counter[str] = Counter()
    for file in sorted((shared_data / "language").glob("*.txt")):
        code = {"zh": "zh-cn"}.get(file.stem, file.stem)
        lines = [line for line in file.read_text("utf-8").splitlines() if len(line) >= 120]
        for line in lines[:60]:
            assert other_language(line, code) is None, line
            found = other_language(line, "de" if code == "en" else "en")
            if code != "de":
                right = found == code
                fates["right" if right else "left" if found is None else "wrong"] += 1
    assert fates["right"] / fates.total() > 0.75
    assert fates["wrong"] / fates.total() < 0.002


@pytest.mark.slow
def test_the_warehouse_has_the_languages_of_articles_and_paragraphs(
    desk: Desk, tmp_path: pathlib.Path
) -> None:
    text = [LONGER["en"], LONGER["es"], SENTENCES["en"], LONGER["ru"], MORE["uz"][:40]]
    dump = tmp_path / "dump.jsonl"
    dump.write_text(json.dumps({"url": "https://a.example/mixed", "text": "\n\n".join(text)}))
    warehouse = tmp_path / "warehouse"
    done(desk.run(dump, warehouse))
    done(desk.call("verify", "--warehouse", warehouse))
    with duckdb.connect(warehouse / "news.duckdb", read_only=True) as connection:
        articles = connection.sql("SELECT language, languages FROM articles").fetchall()
        paragraphs = connection.sql("SELECT language FROM paragraphs ORDER BY position").fetchall()
    assert articles == [("en", ["en", "es", "ru"])]
    assert [language for (language,) in paragraphs] == ["en", "es", "en", "ru", "en"]
    # Its paragraphs are in three files, which the rebuilt index puts together.
    before = index_rows(warehouse)
    done(desk.call("reindex", "--warehouse", warehouse))
    assert index_rows(warehouse) == before
