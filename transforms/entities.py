"""Adds the people, organisations and places that an article names, without a model.

A name is a run of capitalised words, with the small words inside it ("Bank of England"). Its kind
follows from its own words (``Ministry``, ``Inc``), from those beside it (``President``, ``in``),
from the table of countries, states and large cities, or, for people, from its last word standing
alone later, as family names do in a report. Otherwise it has no kind.

A name goes on behind "and" and "for" where words of organisations stand around it ("Food and Drug
Administration"). All names of a person in an article are one: first and family name, initials.
German, where nouns have capitals as well, is read by :mod:`transforms.german_names`. In languages
but English, a given name is evidence of a person.

What this cannot do: languages whose script has no capitals; a name at the beginning of a sentence
that nothing else in the text repeats; a name in lower case (``iPhone``) or an inflected one, which
counts by itself, save the genitives of German and Scandinavian languages; two people of one name.
In German it misses single names that nothing but their capital tells from nouns, and names made of
nouns alone. It does not know who somebody is. Words for peoples ("Egyptian") are none, nor is a
party with its state.

Read by eye in the beginnings of 30 articles that it was not made from (19 English, 11 in seven
other languages): of 372 names, 316 were names to their full extent (.85; the others are parts of
names, headings, or words that only stand side by side); it says the kind of a half of these, and
166 of 172 kinds were right. In 13 German newspapers, labelled before that part was written, 108 of
122 names and 89 of 97 kinds are right, and 102 of 132 names are found; before nouns were told from
names, 60 of 119, 28 of 40 and 56.
"""

import dataclasses
import functools
import operator
import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple

import pyarrow as pa

from pipeline.article import Article
from pipeline.transform import Column, Transform
from transforms.attribution.datelines import places
from transforms.background import background_words
from transforms.german_names import german_names, given_names
from transforms.name_spans import CALENDAR, ORGANISATIONS, name_pattern, spans
from transforms.outlets import known_outlets
from transforms.places.gazetteer import gazetteer, inhabitants, is_party, is_people, plain
from transforms.text import STOP_WORDS

READ = 2500
"""Characters of the text that are read: some 400 words. The time an article takes grows with it."""

COMMON = 0.05
"""Share of articles from which on a word at the beginning of a sentence is not of a name."""

NO_NAME = 0.1
"""Share of articles from which on a word is no first or family name: "House", not "Charles"."""

_STATES = frozenset(
    "republic kingdom emirates commonwealth diocese archdiocese strait district".split()
)
_HEADING = frozenset(
    """
    said says was were is been has have we you they it its his her their my your our not if when how
    why what who than now just also more most many did does could should would and
    """.split()
)
"""Words that have a capital within a name only where all words of a heading have."""

_OF_PLACES = frozenset(
    """
    bay beach canyon coast county desert gulf harbour island islands lake mountain mountains ocean
    peninsula province river sea valley
    """.split()
)
_JUNIORS = frozenset("jr sr ii iii iv".split())
TITLES = frozenset(
    """
    president minister chancellor premier senator sen governor gov representative rep mayor
    secretary chairman chairwoman ceo director general gen colonel col captain lieutenant sergeant
    officer judge justice attorney professor prof doctor dr mr mrs ms miss sir lord king queen
    prince princess pope bishop coach leader spokesman spokeswoman spokesperson ambassador
    commissioner analyst author actor actress singer speaker counsel congressman congresswoman
    sheriff senators representatives justices president-elect ayatollah activist archbishop
    billionaire businessman candidate cardinal comedian co-founder columnist correspondent detective
    duchess duke economist editor emperor emir founder goalkeeper historian journalist lawyer
    midfielder nominee novelist owner pastor poet producer quarterback rabbi rapper reporter
    researcher reverend rev scientist sheikh striker sultan husband wife präsident präsidentin
    ministerin kanzler bundeskanzler herr frau presidente presidenta ministro ministra señor señora
    président présidente ministre madame monsieur signor signora mme mlle президент министр премьер
    губернатор
    """.split()
)
"""Words before the name of a person, in lower case."""

_INSIDE = frozenset("in near across outside around en em à im aus nach w из под".split())
_NO_FIRST_NAMES = frozenset(
    "North South East West New White United Great Saudi Deutsche Deutscher Neue".split()
)
_PLACES = frozenset("US U.S USA UK U.K America Europe Asia Africa Ohio Iowa Utah".split())
"""Places that the gazetteer lacks, or has by names as short as abbreviations."""

_ABBREVIATION = re.compile(r"[^\W\d_](?:[.&]?[^\W\d_]){1,6}")
"""Letters that stand for an organisation: "UN", "U.N", "AT&T", not "COVID-19"."""

_ABBREVIATED = frozenset(
    """
    AI AIDS AM BIP CD CEO CFO COO COVID CPU DDR DNA DVD EDT ER EST EUR FAQ GDP GMT GPT HIV ICU ID
    IQ IT KI LGBT LGBTQ LKW NRW OK PC PDF PDT PKW PM PPE PST PTSD RAM RNA SARS SUV SUVS TV UFO USD
    UTC VIP VP
    """.split()
)
"""Abbreviations of things, which are no organisations."""

_LARGE = 500
"""Thousands of inhabitants of a city whose name alone means it."""

_DAYS = frozenset("Ash Black Bloody Cyber Easter Good Palm Super".split())
"""What stands before the day of a feast."""

_WEEKDAYS = frozenset("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
_OPENING = "\u201c\u201e\u00ab\"'(\u2018 "
_BEFORE_SENTENCES = frozenset(".!?:\n\u201d\u2026\u2013\u2014;|\u2022\u00b7*>]-")

_ARTICLES = frozenset("the le la les el los las il lo gli der die das de het".split())
_POSSESSIVES = ("'s", "\u2019s")

_GENITIVES = frozenset("da nb nn no sv".split())
"""Languages whose genitives end in "s" alone, besides German."""

LEAST_HEADING = 3
"""Words from which on what is in capitals is a heading."""

_PERSON_BEHIND = re.compile(r",\s(?:who|whose|\d\d,)\s")
"""What stands behind the name of a person: "Ada Moe, 36, said"."""

_NOUN = re.compile(r"(?:isms?|tion|ness|ment|ship|ology|ities|ocracy)$")
"""Endings of what is no family name: "Roman Catholicism"."""

KINDS = ("person", "organisation", "place")


class Entity(NamedTuple):
    """A name and how often it stands in an article; its kind is one of ``KINDS`` or None."""

    name: str
    kind: str | None
    mentions: int


_MENTIONS = operator.itemgetter(2)


@functools.cache
def _common(least: float = COMMON) -> frozenset[str]:
    """Returns the words that more than a share of articles have."""
    return frozenset(word for share, words in background_words() if share > least for word in words)


class _Run(NamedTuple):
    """A run of capitalised words.

    Attributes:
      name: what is a name of it; empty if nothing is.
      words: of the name, less "Jr" behind it.
      kind: of a name one of whose words says it.
      is_place: whether the name is that of a country, state or large city.
      is_person: whether a title stood before the name.
      starts: whether the name's own first word begins a sentence.
      is_full: whether it may be a first and a family name, if something beside it says so.
    """

    name: str
    words: tuple[str, ...]
    kind: str | None
    is_place: bool
    is_person: bool
    starts: bool
    is_full: bool


def entities(text: str, language: str | None, most: int) -> list[Entity]:
    """Returns at most ``most`` names of a text, the most frequent first.

    Args:
      text: the article.
      language: of the text.
      most: number of names.
    """
    text = text[:READ]
    is_german = language == "de"
    initial, inner = _reader(True), _reader(False)
    runs: dict[str, _Run] = {}
    mentions: list[str] = []
    within: set[str] = set()  # names that stand within a sentence
    doubtful: list[str] = []  # words that may be names all the same, if they are part of one
    people: dict[str, int] = {}  # mentions beside which something says that
    placed: dict[str, int] = {}
    roles = _roles()
    for begin, end, said in _found(text, language):
        before = text[begin - 24 if begin > 24 else 0 : begin].rstrip(_OPENING)
        role = roles.get(before[before.rfind(" ") + 1 :])
        may_start = not is_german and role != "person"
        starts = may_start and (not before or before[-1] in _BEFORE_SENTENCES)
        run = (initial if starts else inner)(text[begin:end])
        if said == "":
            run = run._replace(is_full=False)
        elif said == "organisation" and not run.is_place:
            run = run._replace(kind=run.kind or said)
        name = run.name
        if not name:
            doubtful.append(text[begin:end])
            continue
        place = said if is_german and " " in name else role or said
        runs[name] = run
        mentions.append(name)
        if not run.starts:
            within.add(name)
        if (
            run.is_person
            or "person" in (role, said)
            or (run.is_full and text.startswith(", ", end) and _PERSON_BEHIND.match(text, end))
        ):
            people[name] = people.get(name, 0) + 1
        elif place == "place" and text[end : end + 2] not in _POSSESSIVES:
            placed[name] = placed.get(name, 0) + 1
    families = {run.words[-1] for run in runs.values() if run.is_full}
    for name in families.intersection(doubtful):
        mentions += [name] * doubtful.count(name)
        runs.setdefault(name, inner(name))
    return _counted(runs, Counter(mentions), within, people, placed, most)


def _found(text: str, language: str | None) -> Iterator[tuple[int, int, str | None]]:
    """Yields begin and end of what may be a name, and what is known of its kind.

    Languages but English: headings in capitals are none, genitives have no apostrophe, and a given
    name before another word says that both are a person's.
    """
    if language == "de":
        yield from german_names(text)
        return
    if language in (None, "en"):
        yield from ((begin, end, None) for begin, end in spans(text))
        return
    found = list(spans(text))
    written = {text[begin:end] for begin, end in found} if language in _GENITIVES else ()
    for begin, end in found:
        name, said = text[begin:end], None
        first, *others = name.split(" ")
        if len(others) >= LEAST_HEADING - 1 and name.isupper():
            continue
        if written and name[-1] == "s" and (name[:-1] in written or _is_place(name[:-1])):
            end -= 1
        elif others and first in given_names() and _may_be_person((first, *others)):
            said = "person"
        yield begin, end, said


@functools.cache
def _reader(starts: bool) -> Callable[[str], _Run]:
    """Returns :func:`_run` with a memory, since most names of a corpus are in many articles."""
    return functools.lru_cache(1 << 14)(lambda name: _run(name, starts))


def _run(name: str, starts: bool) -> _Run:
    """Returns what is a name of a run of capitalised words, and what its words say.

    Args:
      name: the run.
      starts: True if it begins a sentence, where any word has a capital.
    """
    words = name.split(" ")
    first, is_person = _beginning(words, starts)
    starts = starts and not first
    words = words[first : _end(words, first)]
    lowered = [word.lower().rstrip(".") for word in words]
    name = " ".join(words).rstrip(".")
    is_place = _is_place(name)
    if not (words and (is_place or _may_be_name(name, words, lowered))):
        name = ""
    kind = None
    if not ORGANISATIONS.isdisjoint(lowered) or (len(words) > 1 and name.lower() in _outlets()):
        kind = "organisation"
    elif len(words) > 1 and not _OF_PLACES.isdisjoint((lowered[0], lowered[-1])):
        kind = "place"
    if lowered[-1:] and len(words) > 1 and lowered[-1] in _JUNIORS:
        words = words[:-1]
    is_full = kind is None and 1 < len(words) < 5
    return _Run(name, tuple(words), kind, is_place, is_person, starts, is_full)


def _beginning(words: Sequence[str], starts: bool) -> tuple[int, bool]:
    """Returns where in a run the name begins, and whether a person's title stands before it."""
    lowered = [word.lower() for word in words]
    first = 0
    while starts and first < len(words) and _starts_sentence(lowered[first]):
        first += 1
        if lowered[first - 1] in _ARTICLES:
            break
    if lowered[first + 1 : first + 2] == ["the"] and lowered[first] in STOP_WORDS:
        first += 2  # "If the Republicans" in a headline
    titles: list[int] = []
    if not TITLES.isdisjoint(lowered):
        titles = [
            at
            for at, word in enumerate(lowered)
            if at >= first and word in TITLES and ORGANISATIONS.isdisjoint(lowered[at + 1 : at + 2])
        ]
    is_person = bool(titles)
    if is_person:  # "Russian President" before a name goes, and "Secretary of State"
        first = max(titles) + 1
        if lowered[first : first + 1] == ["of"]:
            is_person = len(words) > first + 3 and words[first + 1] != "the"
            first += 2 * is_person
        elif lowered[first - 1] == "general" and len(words) < first + 2:
            is_person = False  # "General Motors"
            first -= 1
    while first < len(words) and (words[first].islower() or words[first] == "The"):
        first += 1
    return first, is_person


@functools.cache
def _roles() -> Mapping[str, str]:
    """Returns what a word says of the name behind it: "Mr." of a person, "in" of a place."""
    words = dict.fromkeys(_INSIDE, "place") | dict.fromkeys(TITLES, "person")
    return {
        form + stop: role
        for word, role in words.items()
        for form in (word, word.title(), word.capitalize())
        for stop in ("", ".")
    }


def _starts_sentence(word: str) -> bool:
    return word in _common() and word not in TITLES


def _end(words: Sequence[str], first: int) -> int:
    """Returns where in a run the name ends that begins at ``first``."""
    last = len(words)
    if last - first > 1 and words[-1] in _WEEKDAYS and words[-2] not in _DAYS:
        last -= 1  # "President Obama Monday"
    for at in range(first + 1, last):
        if words[at] == "The" or (words[at - 1].endswith(".") and words[at].lower() in _common()):
            return at  # "World War I. The"
    if "of" in words[first + 2 : last]:  # "Ada Moe of Utah"
        of = words.index("of", first + 2)
        return of if _is_person_of(words[first:of], words[of + 1 : last]) else last
    return last


@functools.cache
def _outlets() -> frozenset[str]:
    """Returns the names of outlets, in lower case and without "the"."""
    return frozenset(known_outlets().names)


def _is_place(name: str) -> bool:
    """Returns whether a name is that of a country, a state, a large city or one of datelines."""
    if name in _PLACES or (name.isupper() and len(name) < 5):
        return name in _PLACES or ("." in name and name.lower() in gazetteer().regions)
    key = plain(name)
    known = gazetteer()
    is_region = key in known.countries or (key in known.regions and (len(key) > 4 or "." in key))
    return is_region or name.casefold() in places().cities or inhabitants(key) >= _LARGE


def _is_person_of(words: Sequence[str], behind: Sequence[str]) -> bool:
    """Returns whether words before "of" are names of a person, not of a state."""
    lowered = [word.lower() for word in words]
    if not all(known.isdisjoint(lowered) for known in (ORGANISATIONS, _STATES)):
        return False
    is_house = not ORGANISATIONS.isdisjoint(word.lower() for word in behind)
    return (is_house or _is_place(" ".join(behind))) and not _common().issuperset(lowered)


def _may_be_name(name: str, words: Sequence[str], lowered: Sequence[str]) -> bool:
    """Returns whether a run is a name: no common word, heading, people or party with its state."""
    last = words[-1].rpartition("-")[2]
    if len(name) < 2 or name in CALENDAR or (is_people(last) and not _is_place(last)):
        return False
    if len(words) > 1:
        heading = _HEADING.intersection(lowered[1:])
        return not any(word[0].isupper() and word.lower() in heading for word in words[1:])
    if is_party(name):
        return False
    return name.isupper() or (lowered[0] not in _common(NO_NAME) and len(name) > 2)


def _counted(
    runs: Mapping[str, _Run],
    counts: Counter[str],
    within: Collection[str],
    people: Mapping[str, int],
    placed: Mapping[str, int],
    most: int,
) -> list[Entity]:
    """Returns the names with their kinds; those of people with all mentions of them.

    Args:
      runs: a run of each name.
      counts: mentions of each.
      within: names that stand within a sentence.
      people: mentions that look like those of people.
      placed: mentions that look like those of places.
      most: number of names.
    """
    full = _full_names(runs, counts, people)
    persons = set(full.values())
    for name, whole in full.items():
        counts[whole] += counts[name]
    result = []
    for name, count in counts.items():
        if name in full or not (" " in name or name in within):
            continue
        run = runs[name]
        kind = run.kind
        if kind is None:
            if name in persons:
                kind = "person"
            elif run.is_place and (name in _PLACES or 2 * people.get(name, 0) <= count):
                kind = "place"
            elif name in people:
                kind = "person"
            elif name.isupper() and _ABBREVIATION.fullmatch(name) and name not in _ABBREVIATED:
                kind = "organisation"
            elif 3 * placed.get(name, 0) >= count:
                kind = "place"
        result.append((name, kind, count))
    result.sort(key=_MENTIONS, reverse=True)
    return [Entity(sys.intern(name), kind, count) for name, kind, count in result[:most]]


def _full_names(
    runs: Mapping[str, _Run], counts: Counter[str], people: Collection[str]
) -> dict[str, str]:
    """Returns the full name of each other name by which an article calls a person.

    That is the family name alone, the first name where it is of one person, another form of the
    full name ("John Kennedy", "Owner John F. Kennedy Jr"), and the initials.
    """
    families: dict[str, str] = {}
    for name, count in counts.items():
        run = runs[name]
        if run.is_full and (
            name in people or (run.words[-1] in counts and _may_be_person(run.words))
        ):
            known = families.setdefault(run.words[-1], name)
            if counts[known] < count or known.endswith(f" {name}"):
                families[run.words[-1]] = name
    firsts: dict[str, str] = {}
    for name in families.values():
        first = runs[name].words[0]
        firsts[first] = "" if first in firsts else name
        firsts["".join(filter(str.isupper, name))] = name
    others: dict[str, str] = {}
    for name in counts if families else ():
        run = runs[name]
        whole = families.get(run.words[-1] if run.words else "")
        if whole is None:
            whole = None if run.is_place or len(name) < 3 else firsts.get(name)
        elif len(run.words) > 1 and (run.kind or runs[whole].words[0] not in run.words):
            whole = None
        if whole and whole != name:
            others[name] = whole
    return others


@functools.lru_cache(1 << 12)
def _may_be_person(words: tuple[str, ...]) -> bool:
    """Returns whether words, the last of which stands alone elsewhere, may be a person's names."""
    first, last = words[0], words[-1]
    if "of" in words or first in _NO_FIRST_NAMES or any(w.isupper() and len(w) > 2 for w in words):
        return False
    if not _common(NO_NAME).isdisjoint((first.lower(), last.lower())) or _NOUN.search(last):
        return False
    return not (_is_place(first) or _is_place(last))


@dataclasses.dataclass
class Entities(Transform):
    """Adds `entities`.

    Args:
      most: names of an article.
    """

    most: int = 20

    reads = ("text", "language")
    version = 4
    adds: ClassVar[Mapping[str, Column]] = {
        "entities": Column(
            pa.list_(
                pa.struct([("name", pa.string()), ("kind", pa.string()), ("mentions", pa.int32())])
            ),
            "Names in its beginning, as mentioned, the most frequent first. `kind` is "
            "person, organisation or place; null where nothing in or beside the name says so.",
            quotes_text=True,
        )
    }

    def setup(self) -> None:
        """Builds the pattern and loads the tables."""
        name_pattern()
        _common()
        places()

    def apply(self, article: Article) -> Article:
        """Returns the article with the names it mentions."""
        found = entities(article["text"] or "", article["language"], self.most)
        return article | {"entities": found}
