"""Adds what an article is about, in the words of the IPTC Media Topics.

Media Topics are the vocabulary of news agencies (IPTC, CC-BY 4.0, https://iptc.org/standards): 17
of a first level, and of the second those that sections and tags name. ``topics.toml`` lists them,
with the names that dumps give them in some twenty languages.

1. Tags of the dump, and folders of the article's address, that are such a name or join several,
   but for case, signs, accents, and words like "local" before and "news" behind. On the pages of
   181 newspapers in 41 countries they say it of 150 of 257; 43 of 45 were right, read by eye.
2. Where there are none, a linear model over the words of headline and beginning, for the first
   level alone, and only where it is confident. It has learnt from English articles, most of them of
   the politics of one country: see ``tests/bench/train_topics.py``, which prints what it is worth.
"""

import dataclasses
import functools
import pathlib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from urllib.parse import unquote, urlsplit

import numpy as np
import pyarrow as pa

from pipeline.article import Article
from pipeline.transform import Column, Transform
from transforms.text import without_accents

if TYPE_CHECKING:
    from transforms.arrays import F32, I64

TABLE = pathlib.Path(__file__).with_name("topics.toml")
MODEL = pathlib.Path(__file__).with_name("topics.npy")

SLOT_BITS = 14
"""Words share 2**14 rows of the model by the upper bits of their hashes (Weinberger et al., ICML
2009): 16-bit weights of 17 topics are 557 kB. Twice as many rows gain nothing."""

BEGINNING = 2000
"""Characters of the text that the model reads."""

MOST_OF_TAGS = 4
"""Topics of the first level that the tags of an article name; more are of a menu of the page."""


class Topic(NamedTuple):
    """A topic of the table.

    Attributes:
      code: its IPTC code.
      name: its English name.
      parent: code of the topic of the first level above it; its own for one of these.
    """

    code: str
    name: str
    parent: str


@functools.cache
def _rows() -> list[dict[str, Any]]:
    """Returns the rows of the table."""
    rows: list[dict[str, Any]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["topic"]
    return rows


@functools.cache
def topics() -> dict[str, Topic]:
    """Returns the topics by code."""
    return {
        row["code"]: Topic(row["code"], row["name"], row.get("parent", row["code"]))
        for row in _rows()
    }


@functools.cache
def named_topics() -> dict[str, Topic]:
    """Returns the topics by the names that dumps give them, as :func:`_words` leaves these.

    Addresses have them without accents, or German ones with an "e" ("boerse").
    """
    named = {
        _words(name): topics()[row["code"]]
        for row in _rows()
        for name in (row["name"], *row["names"])
    }
    for name, topic in list(named.items()):
        for letters in (_LETTERS, _LETTERS | _UMLAUTS):
            named.setdefault(without_accents(name.translate(letters)), topic)
    return named


# What has no accent to lose: Polish, Danish, South Slavic, Turkish and German letters.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "đ": "d", "\u0131": "i", "ß": "ss"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def first_level() -> list[Topic]:
    """Returns the topics of the first level, in the order of the model's columns."""
    return [topic for code, topic in sorted(topics().items()) if topic.parent == code]


_JOINED = re.compile(r"&(?:amp;)?|[/,+]|(?<!\S)(?:and|und|et|og|och|y|e|en|ve|i|и)(?!\S)")
_AROUND = re.compile(
    r"^(?:(?:world|international|national|federal|state|local|city|us|uk|eu|more|latest|top|all|mehr)"
    r" )(?=\S)|(?<=\S) (?:news|headlines|section|stories|(?:19|20)\d\d)$"
)
"""What sections add to the name of a topic."""


def _words(name: str) -> str:
    """Returns a name without case, signs and the word that joins two topics."""
    name = name.casefold().replace("-", " ").replace("_", " ")
    return " ".join(_JOINED.sub(" ", name).split())


@functools.lru_cache(1 << 12)  # sections of an outlet come back
def topics_named(name: str) -> tuple[Topic, ...]:
    """Returns the topics that a tag, section or folder is the name of, none if it is no such name.

    That is one of the table, or has one between words that sections add ("local sports", "music
    news"), or joins several ("Health & Science", "science-tech").
    """
    named = named_topics()
    words = _words(name)
    for known in (words, _AROUND.sub("", words)):
        if topic := named.get(known):
            return (topic,)
    first, _, second = words.partition(" ")
    if " " not in second and first in named and second in named:  # "health-science"
        return tuple(dict.fromkeys((named[first], named[second])))
    found = [named.get(_words(part)) for part in _JOINED.split(name.casefold().replace("-", " "))]
    parts = [topic for topic in found if topic is not None]
    return tuple(dict.fromkeys(parts)) if len(parts) == len(found) else ()


def address_topics(url: str) -> list[tuple[str, Topic]]:
    """Returns pairs of a folder in an address and the topic that it names."""
    try:
        path = urlsplit(url).path
    except ValueError:  # no address: a bracket that is not closed
        return []
    folders = unquote(path).split("/")[1:-1]
    return [(folder, topic) for folder in folders for topic in topics_named(folder)]


def document_vectors(articles: Sequence[tuple[str, str]]) -> "tuple[I64, I64, F32]":
    """Returns what the model reads of articles: TF-IDF vectors of length 1, or 0.

    Args:
      articles: n pairs of a headline and a text.

    Returns:
      n + 1 bounds of the articles in the other two; rows of the model; weights.
    """
    # Imported here: Numba takes a third of a second to load.
    from transforms.compiled.stories import count_words
    from transforms.compiled.words import hash_words
    from transforms.stories.terms import HALF, background_rarities, frequency_weights

    titles = hash_words([title for title, _ in articles])
    words = hash_words([text[:BEGINNING] for _, text in articles])
    bounds, terms, counts = count_words(
        titles.hashes, titles.offsets, words.hashes, words.offsets, 2
    )
    weights = frequency_weights(counts) * background_rarities(terms >> HALF)
    owners = np.repeat(np.arange(len(articles)), np.diff(bounds))
    lengths = np.sqrt(np.bincount(owners, weights**2, minlength=len(articles)))
    slots = (terms >> np.uint64(64 - SLOT_BITS)).astype(np.int64)
    length = lengths[owners]
    # An article may have only words that weigh nothing, such as "a".
    units = np.divide(weights, length, out=np.zeros_like(weights), where=length > 0)
    return bounds, slots, units.astype(np.float32)


@functools.cache
def _model() -> "F32":
    """Returns the weights of the model: a row for each slot of words, and one for all articles."""
    weights: F32 = np.load(MODEL, allow_pickle=False).astype(np.float32)
    return weights


def probabilities(model: "F32", vectors: "tuple[I64, I64, F32]") -> "F32":
    """Returns the probability of each topic of the first level, a row an article."""
    bounds, slots, weights = vectors
    scores = np.tile(model[-1], (len(bounds) - 1, 1))
    some = np.flatnonzero(np.diff(bounds))
    if len(some):
        scores[some] += np.add.reduceat(model[slots] * weights[:, None], bounds[some], axis=0)
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(scores / scores.sum(axis=1, keepdims=True))


@dataclasses.dataclass
class Topics(Transform):
    """Adds `topics` and `topics_evidence`.

    Args:
      least_confidence: least probability of the model's topic; above 1 the model is not used. At
        .7, of outlets it never saw, it says one of 70 in 100 articles of AllSides, and is right in
        .81 of them, where an outlet's own tag is the measure (3,136 articles); of 26 in 100 of 69
        events (.84), of 16 in 100 of newspapers in many languages (.78 of 113) and of 12 in 100 web
        pages (5 of 5).
    """

    least_confidence: float = 0.7

    reads = ("url", "title", "text", "tags")
    version = 4
    adds: ClassVar[Mapping[str, Column]] = {
        "topics": Column(
            pa.list_(pa.string()),
            "What it is about: names of IPTC Media Topics, of the first level and below it; the "
            "view `iptc_topics` has their codes.",
        ),
        "topics_evidence": Column(
            pa.string(),
            "What says so: the tags of the dump, the folders of the address, or the model with its "
            "probability.",
            after="topics",
        ),
    }
    sql = "topics.sql"
    preload = ("transforms.stories.terms",)

    def setup(self) -> None:
        """Loads table and model."""
        named_topics()
        _model()

    def apply_batch(self, articles: Sequence[Article]) -> list[Article | Exception]:
        """Returns the articles with their topics."""
        found = [_said(article) for article in articles]
        unsaid = [place for place, (names, _) in enumerate(found) if not names]
        if unsaid and self.least_confidence <= 1:
            texts = [
                (articles[place]["title"] or "", articles[place]["text"] or "") for place in unsaid
            ]
            vectors = document_vectors(texts)
            judged = probabilities(_model(), vectors)
            first = first_level()
            for place, row, words in zip(unsaid, judged, np.diff(vectors[0]), strict=True):
                best = int(row.argmax())
                if words and row[best] >= self.least_confidence:
                    found[place] = [first[best].name], f"model: {row[best]:.2f}"
        return [
            article | {"topics": names, "topics_evidence": evidence}
            for article, (names, evidence) in zip(articles, found, strict=True)
        ]


def _said(article: Article) -> tuple[list[str], str | None]:
    """Returns the topics that tags and address name, and the evidence."""
    by_tag = [(tag, topic) for tag in article["tags"] or () for topic in topics_named(tag)]
    if len({topic.parent for _, topic in by_tag}) > MOST_OF_TAGS:
        by_tag = []
    by_url = address_topics(article["url"]) if article["url"] else []
    evidence = "; ".join(
        f"{source}: {', '.join(dict.fromkeys(name for name, _ in said))}"
        for source, said in (("tags", by_tag), ("url", by_url))
        if said
    )
    return _with_parents(topic for _, topic in (*by_tag, *by_url)), evidence or None


def _with_parents(found: Iterable[Topic]) -> list[str]:
    """Returns the names of topics, each once, behind those of the first level above them."""
    names: dict[str, None] = {}
    for topic in found:
        names[topics()[topic.parent].name] = None
        names[topic.name] = None
    return list(names)
