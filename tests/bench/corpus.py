"""Makes corpora of news articles in which every copied paragraph is known.

    python -m tests.bench.corpus --output FOLDER --articles 10000 --seed development

A corpus is a folder of four files:

- ``articles.jsonl``: the dump, one article a line: id, url, source, title, date (ISO 8601, UTC),
  authors, text (paragraphs separated by a blank line). Articles are out of order, as in a crawl.
- ``gold.tsv``: one line per known copy: kind, url and position (0-based) of the copied and of the
  source paragraph, what the pair is by the definition in ``naive`` (``exact``, ``near``,
  ``contained``, or ``none`` where so much was changed that it no longer counts), the Jaccard
  similarity of the word bigrams and both containments.
- ``paragraphs.tsv``: one line per paragraph: url, position, kind, and its origins: the original
  paragraphs whose words it holds. Two paragraphs without a common origin are no copies.
- ``corpus.json``: the settings, and what came out in figures.

The text is real (paragraphs of the articles in a JSON Lines file) as far as it reaches, then, or
from the start, recombined: fragments of two to five words of real text in random order, which
keeps the words, their frequencies and most of their bigrams, shares no run of six words, and never
ends. Real paragraphs are made distinct first: one that is near to an earlier one, or shares four
runs of six words with earlier ones, is left out. So the gold is complete.

Originals stand in articles of agencies and outlets; other outlets take them over later, each copy
changed in one of the ways of ``KINDS``. The same settings give the same bytes. Memory does not grow
with the number of articles where the text is ``recombined``.
"""

import argparse
import collections
import dataclasses
import datetime
import gzip
import itertools
import json
import math
import os
import random
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench import naive

REPOSITORY = Path(__file__).resolve().parents[2]

SEEDS = ("development", "held-out")
"""The seed to tune on, and the one for the gate, on which nothing may be tuned."""

TEXTS = ("real", "recombined", "seeds")

MIN_WORDS = 12
"""Fewest words of an original: a copy with a six-word lead-in then still has a Jaccard of 0.6."""
MAX_WORDS = 150
TAKEN = 16
"""Most paragraphs taken from one real article; an article of a corpus has at most 13 originals."""
HALVED_WORDS = 30
"""Fewest words of an original that is cut in two: each part keeps six runs of six words."""

SHARED_SHINGLES = 4
"""An original shares fewer runs of six words than this with all earlier ones together."""
SHARED_PREFIX = 3
"""Rare bigrams two paragraphs must share before their similarity is computed."""

WINDOW = 2000
"""Copies are taken from the last so many articles."""
AGENCIES = 4
OUTLETS = 36
AGENCY_SHARE = 0.25
COPIER_SHARE = 0.6
HOT_OUTLETS = 6
"""Outlets that print one and the same line below every third article."""
FIRST_DATE = datetime.datetime(2018, 1, 1, tzinfo=datetime.UTC)
MINUTES_BETWEEN_ARTICLES = 5
SPARE = 2000
"""Originals kept for texts around embedded copies and the like."""
SHUFFLED = 500
"""Articles are written in random order within a buffer of so many."""

FRAGMENTS = 300_000
"""Fragments kept for recombined text, 20 MB."""

_CITIES = "Athens Berlin Brussels Cairo Geneva Lagos Lima London Madrid Nairobi Ottawa Rome Tokyo"
_LEAD_INS = (
    "{city} — ",
    "{city} (News Agency) — ",
    "{city}, {month} {day} (News Agency) - ",
    "As the news agency reported on {weekday}: ",
    "According to a report from {city}, ",
    "UPDATE: ",
)
_TAILS = (
    " The news agency contributed to this report.",
    " (News Agency)",
    " — with reports from {city}",
    " Read the full report on {weekday}.",
    " (Reporting from {city}; edited on {weekday})",
)
_HOT_LINES = (
    "Sign up for the morning newsletter of {outlet} and get the stories of the day by e-mail.",
    "The views in this column are those of the writer and not necessarily those of {outlet}.",
    "Subscribers of {outlet} can comment on this story until midnight on the day it appears.",
    "Have you seen something we should look into? Write in confidence to the desk of {outlet}.",
    "This story first appeared in the printed edition of {outlet} and has been shortened since.",
    "Follow {outlet} on your phone: our app brings every story as soon as it has been checked.",
)
_MONTHS = (
    *("Jan.", "Feb.", "March", "April", "May", "June"),
    *("July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."),
)
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class SourceArticle(NamedTuple):
    """Original text of one article: a headline and paragraphs."""

    title: str
    paragraphs: list[str]


class Gold(NamedTuple):
    """A known copy: a line of ``gold.tsv``, figures by the definition in ``naive``."""

    kind: str
    url: str
    position: int
    source_url: str
    source_position: int
    expected: str
    similarity: float
    containment: float
    source_containment: float
    shared_shingles: int


class Known(NamedTuple):
    """A paragraph of a corpus and what is known of it.

    Attributes:
      url: address of its article.
      position: 0-based place in its article.
      text: as in the dump.
      outlet: who published the article.
      published: ISO 8601 date and time, UTC.
      kind: ``original``, a name of ``KINDS``, or ``shared_phrase``.
      origins: ids of the originals whose words it holds.
    """

    url: str
    position: int
    text: str
    outlet: str
    published: str
    kind: str
    origins: frozenset[str]


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a corpus is made from.

    Attributes:
      articles: how many.
      seed: any text; ``SEEDS`` names the two in use.
      text: ``real``, then recombined when it runs out; ``recombined`` throughout; ``seeds``:
        recombined from the five dumps in ``seeds/``, which needs nothing but the repository.
      source: JSON Lines file (plain or gzip) with ``title`` and ``text``; not used for ``seeds``.
      paragraph_words: mean length of recombined paragraphs, in words.
      gold: whether to compute ``gold.tsv`` and ``paragraphs.tsv``; without, a corpus of any size is
        written as fast as the disk takes it.
    """

    articles: int
    seed: str = SEEDS[0]
    text: str = "real"
    source: Path | None = None
    paragraph_words: int = 40
    gold: bool = True

    def __post_init__(self) -> None:
        if self.text not in TEXTS:
            raise ValueError(f"text is {self.text!r}; it must be one of {', '.join(TEXTS)}")
        if self.articles < 1:
            raise ValueError(f"articles is {self.articles}; it must be at least 1")
        if self.paragraph_words < MIN_WORDS:
            raise ValueError(
                f"paragraph_words is {self.paragraph_words}; it must be at least {MIN_WORDS}"
            )
        if self.text != "seeds" and self.source is None:
            raise ValueError(f"text {self.text!r} needs a source: a JSON Lines file of articles")


# Text ------------------------------------------------------------------------------------------


def read_articles(path: Path) -> Iterator[SourceArticle]:
    """Yields the articles of a JSON Lines file, each line of their text a paragraph.

    Paragraphs of fewer than ``MIN_WORDS`` or more than ``MAX_WORDS`` words are left out.
    """
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        for line in lines:
            record = json.loads(line)
            paragraphs = [
                " ".join(paragraph.split()) for paragraph in (record["text"] or "").splitlines()
            ]
            yield SourceArticle(
                " ".join((record["title"] or "").split()),
                [text for text in paragraphs if MIN_WORDS <= text.count(" ") + 1 <= MAX_WORDS],
            )


def read_seeds() -> list[SourceArticle]:
    """Returns the five dumps of ``seeds/`` as articles, each line of enough words a paragraph."""
    articles = []
    for path in sorted((REPOSITORY / "seeds").glob("*.txt")):
        lines = [" ".join(line.split()) for line in path.read_text("utf-8").splitlines()]
        lines = [line for line in lines if line]
        articles.append(
            SourceArticle(lines[0], [line for line in lines if line.count(" ") >= MIN_WORDS])
        )
    return articles


class DistinctFilter:
    """Lets through paragraphs that are no copies of any it let through before.

    Two paragraphs with a Jaccard similarity of at least t have a bigram in common within the
    n - ceil(t * n) + 1 rarest of each, whatever the measure of rarity (prefix filtering: Chaudhuri,
    Ganti and Kaushik, ICDE 2006); within ``SHARED_PREFIX`` - 1 more of each, that many. So all
    near paragraphs are found, and few others are compared.

    Args:
      frequencies: how often a word occurs in the text to come.
    """

    def __init__(self, frequencies: Mapping[str, int]) -> None:
        self._frequencies = frequencies
        self._admitted: list[frozenset[int]] = []
        self._prefixes: dict[int, list[int]] = {}
        self._shingles: set[int] = set()

    def admit(self, text: str) -> bool:
        """Returns whether the paragraph is distinct, and if so remembers it."""
        words = _plain_words(text)
        # CRC-32 as the key: two different runs that share one only leave out a paragraph more.
        runs = {
            zlib.crc32(" ".join(words[start : start + 6]).encode())
            for start in range(len(words) - 5)
        }
        if len(runs & self._shingles) >= SHARED_SHINGLES:
            return False
        ranks: dict[int, int] = {}
        for left, right in itertools.pairwise(words):
            rank = self._frequencies.get(left, 0) * self._frequencies.get(right, 0)
            ranks[zlib.crc32(f"{left} {right}".encode())] = rank
        rarest = sorted(ranks, key=lambda key: (ranks[key], key))
        bigrams = frozenset(rarest)
        prefix = rarest[: len(rarest) - math.ceil(naive.NEAR_JACCARD * len(rarest)) + SHARED_PREFIX]
        common: collections.Counter[int] = collections.Counter()
        for key in prefix:
            common.update(self._prefixes.get(key, ()))
        for other, count in common.items():
            if count >= SHARED_PREFIX:
                shared = len(bigrams & self._admitted[other])
                union = len(bigrams) + len(self._admitted[other]) - shared
                if shared >= naive.NEAR_JACCARD * union:
                    return False
        for key in prefix:
            self._prefixes.setdefault(key, []).append(len(self._admitted))
        self._admitted.append(bigrams)
        self._shingles |= runs
        return True


def _plain_words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def distinct_articles(
    articles: Sequence[SourceArticle], rng: random.Random
) -> Iterator[SourceArticle]:
    """Yields articles in random order, without paragraphs that are close to earlier ones.

    Of each article only the first ``TAKEN`` paragraphs are looked at.
    """
    frequencies: collections.Counter[str] = collections.Counter()
    for article in articles:
        for paragraph in article.paragraphs:
            frequencies.update(_plain_words(paragraph))
    distinct = DistinctFilter(frequencies)
    for article in rng.sample(articles, len(articles)):
        paragraphs = [text for text in article.paragraphs[:TAKEN] if distinct.admit(text)]
        if paragraphs:
            yield SourceArticle(article.title, paragraphs)


class Recombined:
    """Endless new text of the fragments of given text.

    Args:
      paragraphs: given text.
      rng: draws which fragments are kept and how they follow each other.
      words: mean words a paragraph.
    """

    def __init__(self, paragraphs: Iterable[str], rng: random.Random, words: int) -> None:
        self._rng = rng
        self._words = words
        fragments: list[str] = []
        for paragraph in paragraphs:
            parts = re.sub(r'[“”"„«»()\[\]]', "", paragraph).split()
            start = 0
            while start < len(parts):
                end = start + rng.randint(2, 5)
                fragment = " ".join(parts[start:end]).strip(".,;:!?\u2013\u2014- ")
                if fragment:
                    fragments.append(fragment)
                start = end
            if len(fragments) >= 4 * FRAGMENTS:
                break
        self._fragments = rng.sample(fragments, min(len(fragments), FRAGMENTS))

    def articles(self) -> Iterator[SourceArticle]:
        """Yields articles for ever."""
        while True:
            title = self._sentence(3).rstrip(".")
            yield SourceArticle(title, [self._paragraph() for _ in range(12)])

    def _paragraph(self) -> str:
        # Fragments have 3.5 words on average. Lengths spread like those of news paragraphs: half
        # lie within 0.6 and 1.4 times the mean.
        mean = self._words / 3.5
        fragments = max(math.ceil(MIN_WORDS / 2.5), round(self._rng.gammavariate(3.0, mean / 3.0)))
        sentences = []
        while fragments > 0:
            taken = min(fragments, self._rng.randint(4, 8))
            sentences.append(self._sentence(taken))
            fragments -= taken
        return " ".join(sentences)

    def _sentence(self, fragments: int) -> str:
        text = " ".join(self._rng.choices(self._fragments, k=fragments))
        return f"{text[0].upper()}{text[1:]}."


def source_articles(settings: Settings, rng: random.Random) -> Iterator[SourceArticle]:
    """Yields original articles without end, as the settings say."""
    if settings.text == "seeds":
        given = read_seeds()
        recombined = Recombined(
            (text for article in given for text in article.paragraphs),
            rng,
            settings.paragraph_words,
        )
        # From so few fragments chance makes neighbours.
        distinct = DistinctFilter(
            collections.Counter(
                word
                for article in given
                for text in article.paragraphs
                for word in _plain_words(text)
            )
        )
        for article in recombined.articles():
            kept = [text for text in article.paragraphs if distinct.admit(text)]
            if kept:
                yield SourceArticle(article.title, kept)
    assert settings.source is not None
    if settings.text == "real":
        given = list(read_articles(settings.source))
        yield from distinct_articles(given, rng)
        paragraphs: Iterable[str] = (text for article in given for text in article.paragraphs)
    else:
        paragraphs = (
            text for article in read_articles(settings.source) for text in article.paragraphs
        )
    yield from Recombined(paragraphs, rng, settings.paragraph_words).articles()


# Copies ----------------------------------------------------------------------------------------


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _requoted(text: str, rng: random.Random) -> str:
    """Other quotes, dashes, spaces and letter case: the same words."""
    if any(mark in text for mark in "\u201c\u201d\u2018\u2019"):
        text = text.translate(str.maketrans("\u201c\u201d\u2018\u2019", "\"\"''"))
    else:
        text = re.sub(r'"([^"]*)"', "\u201c\\1\u201d", text).replace("'", "\u2019")
    text = text.replace(" - ", " \u2014 ").replace("\u2014", rng.choice(("\u2013", "--")))
    words = text.split(" ")
    shouted = rng.randint(1, 4)
    words[:shouted] = [word.upper() for word in words[:shouted]]
    space = rng.randrange(1, len(words))
    return " ".join(words[:space]) + "  " + " ".join(words[space:])


def _mistyped(text: str, rng: random.Random) -> str:
    """A slip in one of fifteen words: two letters swapped, one doubled or one missing."""
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) >= 4]
    for place in rng.sample(long, min(len(long), max(1, len(words) // 15))):
        word = words[place]
        at = rng.randrange(len(word) - 1)
        slip = rng.randrange(3)
        if slip == 0:
            words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        elif slip == 1:
            words[place] = word[: at + 1] + word[at:]
        else:
            words[place] = word[:at] + word[at + 1 :]
    return " ".join(words)


def _filled(template: str, rng: random.Random) -> str:
    city = rng.choice(_CITIES.split())
    return template.format(
        city=city.upper() if template.startswith("{city}") else city,
        month=rng.choice(_MONTHS),
        day=rng.randint(1, 28),
        weekday=rng.choice(_WEEKDAYS),
    )


def edit_words(text: str, share: float, vocabulary: Sequence[str], rng: random.Random) -> str:
    """Changes a share of the words, in random places: half replaced, others deleted or added to.

    Args:
      text: words separated by spaces.
      share: of the words, between 0 and 1; at least one word is changed.
      vocabulary: what the new words are drawn from.
      rng: draws places, changes and words.
    """
    words = text.split(" ")
    for place in rng.sample(range(len(words)), max(1, round(share * len(words)))):
        change = rng.randrange(4)
        if change < 2:
            words[place] = rng.choice(vocabulary)
        elif change == 2:
            words[place] = ""
        else:
            words[place] += " " + rng.choice(vocabulary)
    return _capitalised(" ".join(word for word in words if word))


def _cut(text: str) -> tuple[str, str]:
    """Cuts a paragraph at the sentence end nearest its middle, else in the middle of its words."""
    words = text.split(" ")
    middle = len(words) // 2
    ends = [
        place
        for place in range(round(0.4 * len(words)), round(0.6 * len(words)) + 1)
        if words[place - 1].endswith((".", "?", "!", ".”", '."'))
    ]
    place = min(ends, key=lambda end: (abs(end - middle), end), default=middle)
    return " ".join(words[:place]), _capitalised(" ".join(words[place:]))


KINDS: dict[str, str] = {
    "exact": "word for word",
    "quotes_case": "other quotes, dashes, spaces and letter case",
    "typos": "a slip in one of fifteen words",
    "lead_in": "an agency's dateline or credit before it",
    "tail": "an agency's credit after it",
    "edit_05": "5 % of the words changed",
    "edit_10": "10 % of the words changed",
    "edit_20": "20 % of the words changed",
    "edit_30": "30 % of the words changed",
    "half": "only its first or second half",
    "merged": "joined with the paragraph after it",
    "split": "cut into two paragraphs",
    "embedded": "between two other texts, in one paragraph",
    "hot_line": "a line one outlet prints below many articles",
}
"""The ways a paragraph is taken over; all but the last by another outlet."""

DRAWN_KINDS = tuple(kind for kind in KINDS if kind != "hot_line")


@dataclasses.dataclass
class _Paragraph:
    text: str
    kind: str
    origins: tuple[str, ...]
    sources: tuple["_Original", ...] = ()


@dataclasses.dataclass(frozen=True)
class _Original:
    url: str
    position: int
    text: str
    origin: str


@dataclasses.dataclass
class _Published:
    outlet: str
    originals: list[_Original]
    """In the order they stand in the article; neighbours here need not touch there."""


class _Writer:
    """Copies paragraphs, changed in one of the ways of ``KINDS``.

    Args:
      fresh: returns an original paragraph that stands nowhere else.
      vocabulary: words for edits.
      rng: draws everything.
    """

    def __init__(
        self, fresh: Callable[[], str], vocabulary: Sequence[str], rng: random.Random
    ) -> None:
        self._fresh = fresh
        self._vocabulary = vocabulary
        self._rng = rng

    def copy(self, kind: str, article: _Published, taken: set[str]) -> list[_Paragraph] | None:
        """Returns the copied paragraphs, one or two, or ``None`` where the article has none fit.

        Args:
          kind: a name of ``DRAWN_KINDS``.
          article: what to copy from.
          taken: origins not to copy again; those copied are added.
        """
        if kind == "merged":
            fit = [
                pair
                for pair in itertools.pairwise(article.originals)
                if not {pair[0].origin, pair[1].origin} & taken
            ]
        else:
            least = HALVED_WORDS if kind in ("half", "split") else MIN_WORDS
            fit = [
                (original, original)
                for original in article.originals
                if original.origin not in taken and original.text.count(" ") + 1 >= least
            ]
        if not fit:
            return None
        first, second = self._rng.choice(fit)
        taken.update((first.origin, second.origin))
        if kind == "merged":
            origins = (first.origin, second.origin)
            return [_Paragraph(f"{first.text} {second.text}", kind, origins, (first, second))]
        texts = self._changed(kind, first.text)
        return [_Paragraph(text, kind, (first.origin,), (first,)) for text in texts]

    def _changed(self, kind: str, text: str) -> list[str]:
        rng = self._rng
        if kind == "exact":
            return [text]
        if kind == "quotes_case":
            return [_requoted(text, rng)]
        if kind == "typos":
            return [_mistyped(text, rng)]
        if kind == "lead_in":
            return [_filled(rng.choice(_LEAD_INS), rng) + text]
        if kind == "tail":
            return [text + _filled(rng.choice(_TAILS), rng)]
        if kind.startswith("edit_"):
            return [edit_words(text, int(kind[-2:]) / 100, self._vocabulary, rng)]
        if kind == "half":
            return [rng.choice(_cut(text))]
        if kind == "split":
            return list(_cut(text))
        if kind == "embedded":
            words = self._fresh().split(" ")
            place = rng.randrange(len(words) // 4, len(words) - len(words) // 4)
            return [f"{' '.join(words[:place])}: {text} {_capitalised(' '.join(words[place:]))}"]
        raise ValueError(f"{kind!r} is no kind of copy; there are {', '.join(DRAWN_KINDS)}")

    def shared_phrase(self, article: _Published) -> _Paragraph | None:
        """Returns a new paragraph that opens with words of the article's and is no copy of it.

        Nine words by the definition's count (in which "U.S." has two) share four runs of six.
        """
        if not article.originals:
            return None
        phrase = self._rng.choice(article.originals).text.split(" ")[:9]
        while len(naive.tokenise(" ".join(phrase))) > 9:
            phrase.pop()
        return _Paragraph(f"{' '.join(phrase)} {self._fresh()}", "shared_phrase", ())


class _Corpus:
    """Draws the articles one by one. Holds the last ``WINDOW`` of them and nothing else."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._rng = random.Random(f"articles {settings.seed}")
        self._source = source_articles(settings, random.Random(f"text {settings.seed}"))
        self._spare: collections.deque[str] = collections.deque(maxlen=SPARE)
        self._recent: collections.deque[_Published] = collections.deque(maxlen=WINDOW)
        self._hot: dict[str, _Original] = {}
        self._bag: list[str] = []
        sample = [self._fresh() for _ in range(400)]
        words = sorted({word for text in sample for word in text.split(" ")})
        self._spare.extend(sample)
        self._writer = _Writer(self._fresh, words, self._rng)

    def _fresh(self) -> str:
        """Returns an original paragraph that stands nowhere else."""
        while not self._spare:
            self._spare.extend(next(self._source).paragraphs)
        return self._spare.popleft()

    def _originals(self, count: int) -> SourceArticle:
        """Returns a headline and so many originals, all of one source article where it has them."""
        title, paragraphs = next(self._source)
        self._spare.extend(paragraphs[count:])
        missing = max(0, count - len(paragraphs))
        return SourceArticle(title, paragraphs[:count] + [self._fresh() for _ in range(missing)])

    def articles(self) -> Iterator[tuple[dict[str, str], list[_Paragraph]]]:
        """Yields each article as it stands in the dump, and its paragraphs, in order of time."""
        for number in range(self._settings.articles):
            yield self._article(number)

    def _article(self, number: int) -> tuple[dict[str, str], list[_Paragraph]]:
        rng = self._rng
        is_agency = rng.random() < AGENCY_SHARE
        group, size = ("Agency", AGENCIES) if is_agency else ("Outlet", OUTLETS)
        outlet = f"{group} {rng.randint(1, size)}"
        published = FIRST_DATE + datetime.timedelta(minutes=MINUTES_BETWEEN_ARTICLES * number)
        site = outlet.lower().replace(" ", "-")
        url = f"https://{site}.example/{published:%Y/%m/%d}/{number}"
        length = rng.randint(6, 13)
        copies = [] if is_agency else self._copies(outlet)
        copied = sum(map(len, copies))
        title, originals = self._originals(max(1, length - copied))
        # Originals keep their order, copies stand anywhere between them.
        blocks = [[_Paragraph(text, "original", ())] for text in originals]
        for block in copies:
            blocks.insert(rng.randint(0, len(blocks)), block)
        paragraphs = list(itertools.chain.from_iterable(blocks))
        own = int(outlet.split()[1])
        if not is_agency and own <= HOT_OUTLETS and rng.random() < 1 / 3:
            line = _HOT_LINES[(own - 1) % len(_HOT_LINES)].format(outlet=outlet)
            first = self._hot.get(outlet)
            if first is None:
                origin = f"{number}.{len(paragraphs)}"
                self._hot[outlet] = _Original(url, len(paragraphs), line, origin)
                paragraphs.append(_Paragraph(line, "original", (origin,)))
            else:
                paragraphs.append(_Paragraph(line, "hot_line", (first.origin,), (first,)))
        takeable = []
        for position, paragraph in enumerate(paragraphs):
            if not paragraph.origins:
                paragraph.origins = (f"{number}.{position}",)
                if paragraph.kind == "original":
                    takeable.append(_Original(url, position, paragraph.text, paragraph.origins[0]))
        self._recent.append(_Published(outlet, takeable))
        record = {
            "id": f"{number:08d}",
            "url": url,
            "source": outlet,
            "title": title,
            "date": f"{published:%Y-%m-%dT%H:%M:%SZ}",
            "authors": "",
            "text": "\n\n".join(paragraph.text for paragraph in paragraphs),
        }
        return record, paragraphs

    def _copies(self, outlet: str) -> list[list[_Paragraph]]:
        rng = self._rng
        if len(self._recent) < 10 or rng.random() >= COPIER_SHARE:
            return []
        blocks: list[list[_Paragraph]] = []
        taken: set[str] = set()
        for _ in range(rng.randint(2, 6)):
            # The newer an article, the likelier it is taken from; popular ones have many copies.
            back = int(len(self._recent) * rng.random() ** 2)
            article = self._recent[len(self._recent) - 1 - back]
            if article.outlet == outlet:
                continue
            if rng.random() < 0.08:
                decoy = self._writer.shared_phrase(article)
                if decoy is not None:
                    blocks.append([decoy])
                continue
            if not self._bag:
                self._bag = rng.sample(DRAWN_KINDS, len(DRAWN_KINDS))
            copies = self._writer.copy(self._bag[-1], article, taken)
            if copies is not None:
                self._bag.pop()
                blocks.append(copies)
        return blocks


# Files -----------------------------------------------------------------------------------------


def measured(kind: str, url: str, position: int, text: str, source: "_Original") -> Gold:
    """Returns the gold line of one copy, its figures computed by the definition."""
    words, source_words = naive.tokenise(text), naive.tokenise(source.text)
    return Gold(
        kind,
        url,
        position,
        source.url,
        source.position,
        naive.classify(words, source_words) or "none",
        naive.jaccard(words, source_words),
        naive.containment(words, source_words),
        naive.containment(source_words, words),
        naive.shared_six_word_shingles(words, source_words),
    )


def write_corpus(settings: Settings, folder: Path) -> dict[str, object]:
    """Writes a corpus and returns its figures, which are also in its ``corpus.json``.

    Args:
      settings: what to make.
      folder: where to; made if absent, its corpus replaced if there is one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corpus.json").unlink(missing_ok=True)
    kinds: collections.Counter[str] = collections.Counter()
    paragraph_count = text_bytes = 0
    shuffle = random.Random(f"order {settings.seed}")
    waiting: list[bytes] = []
    null = Path(os.devnull)
    with (
        (folder / "articles.jsonl").open("wb") as dump,
        (folder / "gold.tsv" if settings.gold else null).open("w", encoding="utf-8") as gold,
        (folder / "paragraphs.tsv" if settings.gold else null).open("w", encoding="utf-8") as known,
    ):
        gold.write("\t".join(Gold._fields) + "\n")
        known.write("url\tposition\tkind\torigins\n")
        for record, paragraphs in _Corpus(settings).articles():
            line = json.dumps(record, ensure_ascii=False).encode() + b"\n"
            text_bytes += len(record["text"].encode())
            paragraph_count += len(paragraphs)
            kinds.update(paragraph.kind for paragraph in paragraphs)
            waiting.append(line)
            if len(waiting) > SHUFFLED:
                dump.write(waiting.pop(shuffle.randrange(len(waiting))))
            if not settings.gold:
                continue
            url = record["url"]
            for position, paragraph in enumerate(paragraphs):
                origins = ",".join(paragraph.origins)
                known.write(f"{url}\t{position}\t{paragraph.kind}\t{origins}\n")
                for source in paragraph.sources:
                    pair = measured(paragraph.kind, url, position, paragraph.text, source)
                    gold.write("\t".join(_cell(value) for value in pair) + "\n")
        shuffle.shuffle(waiting)
        dump.writelines(waiting)
    figures: dict[str, object] = {
        "articles": settings.articles,
        "seed": settings.seed,
        "text": settings.text,
        "source": settings.source.name if settings.source else None,
        "paragraph_words": settings.paragraph_words,
        "gold": settings.gold,
        "paragraphs": paragraph_count,
        "text_bytes": text_bytes,
        "dump_bytes": (folder / "articles.jsonl").stat().st_size,
        "kinds": dict(sorted(kinds.items())),
    }
    # Written last: a folder without it holds half a corpus.
    (folder / "corpus.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return figures


def _cell(value: object) -> str:
    return f"{value:.6f}" if isinstance(value, float) else str(value)


def _check(folder: Path) -> None:
    if not (folder / "corpus.json").exists():
        raise FileNotFoundError(
            f"{folder} holds no complete corpus (no corpus.json). Make one: "
            f"python -m tests.bench.corpus --output {folder}"
        )


def read_gold(folder: Path) -> list[Gold]:
    """Returns the known copies of a corpus.

    Raises:
      FileNotFoundError: the folder holds none, or half of one.
    """
    _check(folder)
    with (folder / "gold.tsv").open(encoding="utf-8") as lines:
        next(lines)
        rows = [line.rstrip("\n").split("\t") for line in lines]
    return [
        Gold(
            row[0], row[1], int(row[2]), row[3], int(row[4]), row[5],
            float(row[6]), float(row[7]), float(row[8]), int(row[9]),
        )
        for row in rows
    ]  # fmt: skip


def read_known(folder: Path) -> list[Known]:
    """Returns the paragraphs of a corpus in order of time, then of place in the article.

    Raises:
      FileNotFoundError: the folder holds none, or half of one.
    """
    _check(folder)
    facts: dict[tuple[str, int], tuple[str, frozenset[str]]] = {}
    with (folder / "paragraphs.tsv").open(encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            url, place, kind, origins = line.rstrip("\n").split("\t")
            facts[url, int(place)] = (kind, frozenset(origins.split(",")))
    known = []
    with (folder / "articles.jsonl").open("rb") as dump:
        for raw in dump:
            record = json.loads(raw)
            url, outlet, date = record["url"], record["source"], record["date"]
            for position, text in enumerate(record["text"].split("\n\n")):
                kind, found = facts[url, position]
                known.append(Known(url, position, text, outlet, date, kind, found))
    known.sort(key=lambda paragraph: (paragraph.published, paragraph.url, paragraph.position))
    return known


def shared_source() -> Path | None:
    """Returns the file of real articles, in ``COPYDESK_SHARED`` or beside the repository."""
    shared = Path(os.environ.get("COPYDESK_SHARED", REPOSITORY.parent / "shared" / "data"))
    path = shared / "allsides" / "articles.jsonl.gz"
    return path if path.exists() else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes a corpus as the command line says and prints its figures."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.corpus",
        description="Makes a corpus of news articles in which every copied paragraph is known.",
    )
    parser.add_argument("--output", type=Path, required=True, help="folder to write to")
    parser.add_argument("--articles", type=int, default=10_000, help="how many (default 10000)")
    parser.add_argument(
        "--seed", default=SEEDS[0], help=f"any text; in use are {' and '.join(SEEDS)}"
    )
    parser.add_argument("--text", choices=TEXTS, default="real", help="default real")
    parser.add_argument(
        "--source",
        type=Path,
        help="JSON Lines file of articles, plain or .gz (default: allsides of the shared data; "
        "without it the text is that of seeds/)",
    )
    parser.add_argument(
        "--paragraph-words", type=int, default=40, help="mean of recombined text (default 40)"
    )
    parser.add_argument("--no-gold", action="store_true", help="write the dump alone")
    options = parser.parse_args(arguments)
    text = options.text
    source = None if text == "seeds" else options.source or shared_source()
    if source is None and text != "seeds":
        print("The shared data is absent: the text is recombined from seeds/.", file=sys.stderr)
        text = "seeds"
    try:
        settings = Settings(
            options.articles, options.seed, text, source, options.paragraph_words,
            not options.no_gold,
        )  # fmt: skip
    except ValueError as error:
        parser.error(str(error))
    print(json.dumps(write_corpus(settings, options.output), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
