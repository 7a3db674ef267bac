"""Adds the people, organisations and places that an article names, without a model.

A name is a run of capitalised words, with the small words inside it ("Bank of England"). What kind
of name it is, its own words say (``Ministry``, ``Inc``), or those beside it (``President``,
``in``), or that its last word stands alone later, as the family names of people do in a report.
Where nothing says so it is a name of no kind.

What this cannot do: languages whose script has no capitals; single names in German, which writes
all nouns so; a name at the beginning of a sentence that nothing else in the text repeats; a name in
lower case (``iPhone``) or an inflected one, which counts by itself; two people of one name. It does
not know who somebody is. Mentions by a family name alone count with the full name.

Read by eye, in the first 900 characters of 18 articles that it was not made from (11 English, 7 in
six other languages): of 130 names that it gives, 107 are names to their full extent, .85 in English
and .76 elsewhere; the others are adjectives ("Egyptian"), parts of names, or words that only stand
side by side. It finds .90 of the 102 people, organisations and places. It says the kind of a third
of its names: 32 of 41 kinds are right, 24 of 27 in English.
"""

import dataclasses
import functools
import operator
import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import ClassVar, NamedTuple

import pyarrow as pa

from pipeline.article import Article
from pipeline.transform import Column, Transform
from transforms.attribution.datelines import places
from transforms.background import background_words

READ = 2500
"""Characters of the text that are read: some 400 words. The time an article takes grows with it."""

COMMON = 0.05
"""Share of articles from which on a word at the beginning of a sentence is not of a name."""

_ORGANISATIONS = frozenset(
    """
    agency alliance association authority bank board bureau church club coalition college
    commission committee company congress corp corporation council court department enterprises
    federation force forces foundation front fund group inc institute international league llc
    ltd ministry movement office organisation organization parliament party plc police press
    senate service society times union university ag bundesamt bundesbank gericht gesellschaft
    gmbh ministerium partei universität verband asociación banco comisión consejo federación
    ministerio partido universidad tribunal banque comité commission conseil fédération
    ministère parti société tribunal université associazione banca commissione consiglio
    ministero partito università министерство партия банк университет совет комитет комиссия суд
    """.split()
)
TITLES = frozenset(
    """
    president minister chancellor premier senator sen governor gov representative rep mayor
    secretary chairman chairwoman ceo director general gen colonel col captain lieutenant
    sergeant officer judge justice attorney professor prof doctor dr mr mrs ms miss sir lord
    king queen prince princess pope bishop coach leader spokesman spokeswoman spokesperson
    ambassador commissioner analyst author actor actress singer präsident präsidentin minister
    ministerin kanzler bundeskanzler herr frau presidente presidenta ministro ministra señor
    señora président présidente ministre madame monsieur signor signora президент министр
    премьер губернатор
    """.split()
)
"""Words before the name of a person, in lower case."""

_INSIDE = frozenset(
    """
    in at near from across outside around en em à im aus bei nach w из под
    """.split()
)
_NO_FIRST_NAMES = frozenset("North South East West New White United Great Saudi".split())
_SHORT = {"US": "place", "U.S": "place", "USA": "place", "UK": "place", "U.K": "place"}
_CALENDAR = frozenset(
    """
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June
    July August September October November December Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
    """.split()
)
_SMALL = "of|the|de|da|do|dos|das|del|della|di|du|des|la|le|van|von|der|den|bin|ibn|al|el|y|für"

_OPENING = "\u201c\u201e\u00ab\"'(\u2018 "
_BEFORE_SENTENCES = frozenset(".!?:\n\u201d\u2026\u2014;")

KINDS = ("person", "organisation", "place")


class Entity(NamedTuple):
    """A name and how often it stands in an article; its kind is one of ``KINDS`` or None."""

    name: str
    kind: str | None
    mentions: int


_MENTIONS = operator.itemgetter(2)


@functools.cache
def _name() -> re.Pattern[str]:
    """Returns the pattern of a run of capitalised words."""
    capital = f"[{''.join(char for char in map(chr, range(0x0590)) if char.isupper())}]"
    rest = rf"(?:[^\W_]|[&.-](?=[^\W_])|['\u2019](?={capital}))*+"
    word = capital + rest
    # What stands before is looked at behind the first letter: `re` finds a set of characters at the
    # beginning of a pattern ten times as fast as anything else.
    return re.compile(rf"{capital}(?<![\w@#/.].){rest}(?: (?:(?:{_SMALL}) ){{0,2}}{word})*+")


@functools.cache
def _common() -> frozenset[str]:
    """Returns the words that begin sentences."""
    return frozenset(
        word for share, words in background_words() if share > COMMON for word in words
    )


class _Run(NamedTuple):
    """A run of capitalised words.

    Attributes:
      name: what is a name of it; empty if nothing is.
      words: of the name.
      kind: of a name one of whose words says it.
      is_city: whether the name is that of a city which stands alone in datelines.
      is_person: whether a title stood before the name.
      starts: whether the name's own first word begins a sentence.
    """

    name: str
    words: tuple[str, ...]
    kind: str | None
    is_city: bool
    is_person: bool
    starts: bool


def entities(text: str, language: str | None, most: int) -> list[Entity]:
    """Returns at most ``most`` names of a text, the most frequent first.

    Args:
      text: the article.
      language: of the text.
      most: number of names.
    """
    text = text[:READ]
    initial, inner = (_reader(starts, language == "de") for starts in (True, False))
    runs: dict[str, _Run] = {}
    mentions: list[str] = []
    within: set[str] = set()  # names that stand within a sentence
    people: list[str] = []  # mentions beside which something says that
    placed: list[str] = []
    for found in _name().finditer(text):
        begin = found.start()
        before = text[begin - 24 if begin > 24 else 0 : begin].rstrip(_OPENING)
        starts = not before or before[-1] in _BEFORE_SENTENCES
        run = (initial if starts else inner)(found.group())
        name = run.name
        if not name:
            continue
        runs[name] = run
        mentions.append(name)
        if not run.starts:
            within.add(name)
        preceding = before.rpartition(" ")[2].lower().rstrip(".")
        if run.is_person or preceding in TITLES:
            people.append(name)
        if preceding in _INSIDE:
            placed.append(name)
    return _counted(runs, Counter(mentions), within, Counter(people), Counter(placed), most)


@functools.cache
def _reader(starts: bool, is_german: bool) -> Callable[[str], _Run]:
    """Returns :func:`_run` with a memory, since most names of a corpus are in many articles."""
    return functools.lru_cache(1 << 14)(lambda name: _run(name, starts, is_german))


def _run(name: str, starts: bool, is_german: bool) -> _Run:
    """Returns what is a name of a run of capitalised words, and what its words say.

    Args:
      name: the run.
      starts: True if it begins a sentence, where any word has a capital.
      is_german: True if all nouns have one.
    """
    words = name.split(" ")
    if is_german:  # what small words join there are nouns
        words = words[: next((at for at, word in enumerate(words) if word.islower()), None)]
    lowered = [word.lower() for word in words]
    first = 0
    if starts:
        while first < len(words) and lowered[first] in _common():
            first += 1
        starts = not first
    is_person = not TITLES.isdisjoint(lowered[first:])
    if is_person:  # "Russian President" before a name goes
        first = max(at for at, word in enumerate(lowered) if word in TITLES) + 1
    while first < len(words) and (words[first].islower() or words[first] == "The"):
        first += 1
    words, lowered = words[first:], lowered[first:]
    name = " ".join(words)
    if len(name) < 2 or name in _CALENDAR:
        name = ""
    if is_german and len(words) == 1 and not name.isupper():
        name = ""
    kind = _SHORT.get(name)
    if kind is None and not _ORGANISATIONS.isdisjoint(word.rstrip(".") for word in lowered):
        kind = "organisation"
    is_city = name.casefold() in places().cities
    return _Run(name, tuple(words), kind, is_city, is_person, starts)


def _counted(
    runs: Mapping[str, _Run],
    counts: Counter[str],
    within: Collection[str],
    people: Counter[str],
    placed: Counter[str],
    most: int,
) -> list[Entity]:
    """Returns the names with their kinds; those of people with mentions by family name.

    Args:
      runs: a run of each name.
      counts: mentions of each.
      within: names that stand within a sentence.
      people: mentions that look like those of people.
      placed: mentions that look like those of places.
      most: number of names.
    """
    families: dict[str, str] = {}
    for name, count in counts.items():
        if " " in name:
            _, words, kind, *_ = runs[name]
            is_name = kind is None and len(words) < 5 and words[0] not in counts
            if is_name and words[-1] in counts and words[0] not in _NO_FIRST_NAMES:
                full = families.setdefault(words[-1], name)
                if counts[full] < count:
                    families[words[-1]] = name
    result = []
    for name, count in counts.items():
        if name in families or not (" " in name or name in within):
            continue
        run, mentions = runs[name], count
        kind = run.kind
        if kind is None:
            if " " in name and families.get(run.words[-1]) == name:
                mentions += counts[run.words[-1]]
                kind = "person"
            elif run.is_city or 3 * placed.get(name, 0) >= count > people.get(name, 0):
                kind = "place"
            elif name in people:
                kind = "person"
            elif name.isupper():
                kind = "organisation"
        result.append((name, kind, mentions))
    result.sort(key=_MENTIONS, reverse=True)
    return [Entity(sys.intern(name), kind, mentions) for name, kind, mentions in result[:most]]


@dataclasses.dataclass
class Entities(Transform):
    """Adds `entities`.

    Args:
      most: names of an article.
    """

    most: int = 20

    reads = ("text", "language")
    adds: ClassVar[Mapping[str, Column]] = {
        "entities": Column(
            pa.list_(
                pa.struct([("name", pa.string()), ("kind", pa.string()), ("mentions", pa.int32())])
            ),
            "Names in its beginning, as mentioned, the most frequent first. `kind` is "
            "person, organisation or place; null where nothing beside the name says so.",
        )
    }

    def setup(self) -> None:
        """Builds the pattern and loads the tables."""
        _name()
        _common()
        places()

    def apply(self, article: Article) -> Article:
        """Returns the article with the names it mentions."""
        found = entities(article["text"] or "", article["language"], self.most)
        return article | {"entities": found}
