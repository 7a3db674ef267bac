"""Makes the tables of `transforms/german_names.py`: given names, and a model of the letters.

    pip install faker==40.63.0
    python -m tests.bench.train_german_names SHARED_DATA [--judge]

The model tells names from nouns. Names are words that English articles write with a capital alone
(AllSides), cities and countries of the gazetteer, authors of newspapers (fundus), and names of
people of the package faker (MIT). Nouns are words behind an article in German texts (fundus, the
sentences of lingua) and words of faker; words in lower case stand for what begins a sentence. What
German texts have besides is a noun too, if a first model says so. Logistic regression with an L2
penalty, by gradient descent with momentum (Nesterov 1983). A fifth of the words, by hash, gives the
figures, with a model that never saw them; ``--judge`` prints them alone and writes nothing.

The newspapers of ``JUDGES`` are not learnt from: names in them were labelled by hand.
"""

import argparse
import gzip
import hashlib
import importlib
import itertools
import json
import pathlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from transforms.german_names import GIVEN, MODEL, SLOT_BITS, STEP, slots
from transforms.places.gazetteer import CITY_TABLE, COUNTRY_TABLE

JUDGES = frozenset(
    """
    RBB24 DieZeit TOnline IsraelNachrichten NZZ EuronewsDE ZDF SZ DieWelt SpiegelOnline Kicker
    Tagesspiegel VogueDE
    """.split()
)

STEPS, RATE, MOMENTUM, PENALTY = 300, 40.0, 0.9, 2e-6

LEAST_COUNT = 3
"""Times that English articles have a word within a sentence before it is a name."""

_DETERMINERS = (
    r"der|die|das|den|dem|des|ein|eine|einen|einem|einer|eines|kein\w*|sein|seine\w*|ihr|ihre\w*"
    r"|unser\w*|mein\w*|diese\w*|jede\w*|zum|zur|im|am|beim|vom|ins"
)
_NOUN = re.compile(
    rf"(?<![\w-])(?:{_DETERMINERS}) (?:[a-zäöüß]{{3,}}(?:en|er|em|es|e) )?"
    r"([A-ZÄÖÜ][a-zäöüß]+)(?![\w-])"
)
_WITHIN = re.compile(r"(?<=[a-zäöüß,] )([A-ZÄÖÜ][a-zäöüß]+)(?![\w-])")
_LOWER = re.compile(r"(?<![\w-])[a-zäöüß]{3,}(?![\w-])")
_GERMAN = re.compile(r"\b(?:der|die|und|nicht|das|ist|auf|mit|ein|eine)\b")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LATIN = re.compile(r"[A-ZÀ-Þ][a-zß-ÿā-ž]+")

Words = dict[str, float]
"""Words and their weights."""


def english_words(data: pathlib.Path) -> tuple[Counter[str], Counter[str]]:
    """Returns words with a capital within sentences of AllSides, and words in lower case."""
    capital: Counter[str] = Counter()
    lower: Counter[str] = Counter()
    with gzip.open(data / "allsides" / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            capital.update(re.findall(r"(?<=[a-z,] )([A-Z][a-z]+)(?![\w-])", text))
            lower.update(re.findall(r"(?<![\w'])[a-z]+", text))
    return capital, lower


def german_text(data: pathlib.Path) -> tuple[str, list[str]]:
    """Returns the German texts, and authors of newspapers in any language."""
    texts = [(data / "language" / "de.txt").read_text(encoding="utf-8")]
    authors: list[str] = []
    for path in sorted(data.glob("fundus/*/*.json")):
        for version in json.loads(path.read_text(encoding="utf-8")).values():
            authors += version.get("authors") or ()
            text = "\n".join(_strings(version.get("body")))
            is_german = len(_GERMAN.findall(text)) > 0.06 * len(text.split())
            if is_german and path.stem not in JUDGES:
                texts.append(text)
    return "\n".join(texts), authors


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def faker_names() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Returns first and family names with the locales that have them."""
    first: dict[str, set[str]] = {}
    family: dict[str, set[str]] = {}
    folder = pathlib.Path(importlib.import_module("faker.providers.person").__file__ or "").parent
    for path in sorted(folder.glob("*/__init__.py")):
        provider = importlib.import_module(f"faker.providers.person.{path.parent.name}").Provider
        for field in sorted(vars(provider)):
            names = getattr(provider, field)
            kept = {"first": first, "last_": family}.get(field[:5])
            if kept is not None and "_names" in field and isinstance(names, (tuple, list, dict)):
                for name in filter(_LATIN.fullmatch, names):
                    kept.setdefault(name, set()).add(path.parent.name)
    return first, family


def faker_nouns() -> set[str]:
    """Returns words with a capital of faker's German texts and occupations."""
    found: set[str] = set()
    for module in ("lorem", "job"):
        provider = importlib.import_module(f"faker.providers.{module}.de_DE").Provider
        for words in vars(provider).values():
            if isinstance(words, (tuple, list)):
                found.update(word for word in words if _LATIN.fullmatch(word))
    return found


def _table(path: pathlib.Path) -> list[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines]


def names_of(
    capital: Mapping[str, int],
    lower: Mapping[str, int],
    people: Iterable[Mapping[str, set[str]]],
    authors: Iterable[str],
) -> Words:
    """Returns words of names; those that German texts are likely to have weigh more."""
    names: Words = {}

    def add(words: str, weight: float) -> None:
        for word in _WORD.findall(words):
            if len(word) > 2 and word.isalpha() and word[0].isupper():
                names[word] = max(names.get(word, 0.0), weight)

    for word, count in capital.items():
        if count >= LEAST_COUNT and lower.get(word.lower(), 0) < count * 0.1:
            add(word, 1.0 if count >= 10 else 0.5)
    for name, country, *_ in _table(CITY_TABLE):
        add(name, 1.0 if country in ("DE", "AT", "CH") else 0.25)
    for language, _, *spellings in _table(COUNTRY_TABLE):
        if language == "de":
            add(" ".join(spellings), 1.0)
    for table in people:
        for name, locales in table.items():
            is_german = any(locale.startswith("de") for locale in locales)
            add(name, 1.0 if is_german else 0.5 if len(locales) > 2 else 0.2)
    for author in authors:
        if 1 < len(author.split()) < 5 and all(word[0].isupper() for word in author.split()):
            add(author, 1.0)
    return names


def nouns_of(text: str, others: Iterable[str], names: Mapping[str, float]) -> Words:
    """Returns the nouns of a German text: behind articles, or with one as their last part."""
    behind = Counter(_NOUN.findall(text))
    within = Counter(_WITHIN.findall(text))
    nouns: Words = dict.fromkeys(sorted(others), 1.0)
    for word, count in within.items():
        if behind[word] >= max(1, 0.25 * count):
            nouns[word] = 1 + float(np.log(count))
    heads = {word.lower() for word in nouns if len(word) > 4 and word not in names}
    for word in within:
        ends = (word[at:].lower() for at in range(2, len(word) - 4))
        if word not in nouns and word not in names and not heads.isdisjoint(ends):
            nouns[word] = 1.0
    for word in list(nouns):
        is_sure = behind[word] >= 2 and behind[word] > 0.3 * within[word]
        if (word in names and not is_sure) or (word[-1] == "s" and word[:-1] in names):
            del nouns[word]
    return nouns


def fit(names: Mapping[str, float], others: Mapping[str, float]) -> tuple[Any, float]:
    """Returns the weights of the slots and that of every word; both classes weigh the same."""
    found = [slots(word) for word in (*names, *others)]
    truth = np.repeat([1.0, 0.0], [len(names), len(others)])
    share = np.concatenate(
        [np.fromiter(words.values(), float) / sum(words.values()) / 2 for words in (names, others)]
    )
    sizes = np.array([len(of_word) for of_word in found])
    flat, row = np.concatenate(found), np.repeat(np.arange(len(found)), sizes)
    scale = 1 / np.sqrt(sizes)[row]
    weights, bias = np.zeros(1 << SLOT_BITS), 0.0
    moved, moved_bias = np.zeros_like(weights), 0.0
    for _ in range(STEPS):
        ahead = weights + MOMENTUM * moved
        odds = np.bincount(row, ahead[flat] * scale) + bias + MOMENTUM * moved_bias
        error = (1 / (1 + np.exp(-odds)) - truth) * share
        slope = np.bincount(flat, error[row] * scale, minlength=1 << SLOT_BITS)
        moved = MOMENTUM * moved - RATE * (slope + PENALTY * ahead)
        moved_bias = MOMENTUM * moved_bias - float(error.sum())
        weights, bias = weights + moved, bias + moved_bias
    return weights, bias


def odds_of(words: Iterable[str], weights: Any, bias: float) -> Any:
    """Returns the logarithm of the odds that each word is a name."""
    return np.array([weights[of].sum() / len(of) ** 0.5 + bias for of in map(slots, words)])


def _is_held_out(word: str) -> bool:
    return hashlib.sha256(word.encode()).digest()[0] % 5 == 0


def main() -> None:
    """Trains, prints the figures, and writes the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--judge", action="store_true", help="print the figures alone")
    options = parser.parse_args()
    capital, lower = english_words(options.data)
    text, authors = german_text(options.data)
    first, family = faker_names()
    names = names_of(capital, lower, (first, family), authors)
    nouns = nouns_of(text, faker_nouns(), names)
    names = {word: weight for word, weight in names.items() if word not in nouns}
    others = dict(nouns)
    for word, count in Counter(_LOWER.findall(text)).items():
        if count > 1 and word.capitalize() not in names:
            others.setdefault(word.capitalize(), 0.4)

    seen = [{w: x for w, x in of.items() if not _is_held_out(w)} for of in (names, others)]
    model = fit(*seen)
    for of, called in ((names, "names"), (nouns, "nouns")):
        odds = odds_of(filter(_is_held_out, of), *model)
        shares = " ".join(f"{least}: {np.mean(odds > least):.3f}" for least in (0, 1, 2, 3))
        print(f"{called} above odds of {shares}")
    if options.judge:
        return

    rest = [word for word in Counter(_WITHIN.findall(text)) if word not in {**names, **others}]
    odds = odds_of(rest, *fit(names, others))
    others |= {word: 0.5 for word, of_word in zip(rest, odds, strict=True) if of_word < -1}
    weights, bias = fit(names, others)
    table = np.clip(np.rint(np.append(weights, bias) / STEP), -127, 127).astype(np.int8)
    np.save(MODEL, table)
    given = sorted(
        name
        for name, locales in first.items()
        if (len(locales) > 1 or any(locale.startswith("de") for locale in locales))
        and len(name) > 2
        and name not in nouns
        and lower[name.lower()] <= min(200, capital[name])
        and name not in ("Saint", "San", "Santa")
    )
    lines = (" ".join(names) + "\n" for _, names in itertools.groupby(given, lambda name: name[0]))
    GIVEN.write_text("".join(lines), encoding="utf-8")
    print(f"{len(given)} given names")


if __name__ == "__main__":
    main()
