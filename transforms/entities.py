"""Adds the people, organisations and places that an article names, without a model.

A name is a run of capitalised words, with the small words inside it ("Bank of England"). What kind
of name it is, its own words say (``Ministry``, ``Inc``), or those beside it (``President``,
``in``), or that its last word stands alone later, as the family names of people do in a report.
Where nothing says so it is a name of no kind.

What this cannot do: languages whose script has no capitals; single names in German, which writes
all nouns so; a name at the beginning of a sentence that nothing else in the text repeats; a name in
lower case (``iPhone``) or an inflected one, which counts by itself; two people of one name. It does
not know who somebody is. Mentions by a family name alone count with the full name.
"""

import dataclasses
import functools
import re
import sys
from collections.abc import Mapping, Sequence
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
_TITLES = frozenset(
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

KINDS = ("person", "organisation", "place")


class Entity(NamedTuple):
    """A name and how often it stands in an article; its kind is one of ``KINDS`` or None."""

    name: str
    kind: str | None
    mentions: int


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


@dataclasses.dataclass
class _Mentions:
    """A name on its way: mentions, those within a sentence, and votes for kinds."""

    count: int = 0
    within: int = 0
    person: int = 0
    place: int = 0


def entities(text: str, language: str | None, most: int) -> list[Entity]:
    """Returns at most ``most`` names of a text, the most frequent first.

    Args:
      text: the article.
      language: of the text.
      most: number of names.
    """
    text = text[:READ]
    mentions: dict[str, _Mentions] = {}
    for found in _name().finditer(text):
        begin = found.start()
        before = text[max(0, begin - 24) : begin].rstrip("\u201c\u201e\u00ab\"'(\u2018 ")
        starts = not before or before[-1] in ".!?:\n\u201d\u2026\u2014;"
        name, person, starts = _stripped(found.group(), starts, language == "de")
        if not name:
            continue
        mention = mentions.setdefault(name, _Mentions())
        mention.count += 1
        mention.within += not starts
        last = before.rpartition(" ")[2].lower().rstrip(".")
        mention.person += person or last in _TITLES
        mention.place += last in _INSIDE
    return _counted(mentions, places().cities, most)


@functools.lru_cache(1 << 14)  # most names of a corpus are in many articles
def _stripped(name: str, starts: bool, is_german: bool) -> tuple[str, bool, bool]:
    """Returns what is a name of a run of capitalised words.

    Args:
      name: the run.
      starts: True if it begins a sentence, where any word has a capital.
      is_german: True if all nouns have one.

    Returns:
      The name, empty if there is none; whether a title stood before it; whether its own first word
      begins the sentence.
    """
    words = name.split(" ")
    if is_german:  # what small words join there are nouns
        words = words[: next((at for at, word in enumerate(words) if word.islower()), None)]
    if starts:
        while words and words[0].lower() in _common():
            del words[0]
            starts = False
    person = False
    for at in range(len(words) - 1, -1, -1):  # "Russian President" before a name goes
        if words[at].lower() in _TITLES:
            person = True
            del words[: at + 1]
            break
    while words and (words[0].islower() or words[0] == "The"):
        del words[0]
    name = " ".join(words)
    if len(name) < 2 or name in _CALENDAR:
        name = ""
    if is_german and len(words) == 1 and not name.isupper():
        name = ""
    return name, person, starts


def _counted(mentions: Mapping[str, _Mentions], known: frozenset[str], most: int) -> list[Entity]:
    """Returns the names with their kinds; those of people with mentions by family name."""
    families: dict[str, str] = {}
    for name, mention in mentions.items():
        words = name.split(" ")
        is_name = 1 < len(words) < 5 and words[0] not in mentions
        is_name = is_name and words[-1] in mentions and words[0] not in _NO_FIRST_NAMES
        if is_name and not _is_organisation(words):
            full = families.setdefault(words[-1], name)
            if mentions[full].count < mention.count:
                families[words[-1]] = name
    result = []
    for name, mention in mentions.items():
        words = name.split(" ")
        if name in families or not (mention.within or len(words) > 1):
            continue
        count, kind = mention.count, None
        if name in _SHORT:
            kind = _SHORT[name]
        elif _is_organisation(words):
            kind = "organisation"
        elif families.get(words[-1]) == name and len(words) > 1:
            count += mentions[words[-1]].count
            kind = "person"
        elif name.casefold() in known or 3 * mention.place >= mention.count > mention.person:
            kind = "place"
        elif mention.person:
            kind = "person"
        elif name.isupper():
            kind = "organisation"
        result.append(Entity(sys.intern(name), kind, count))
    result.sort(key=lambda entity: -entity.mentions)
    return result[:most]


def _is_organisation(words: Sequence[str]) -> bool:
    return not _ORGANISATIONS.isdisjoint([word.lower().rstrip(".") for word in words])


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
        return article | {"entities": [entity._asdict() for entity in found]}
