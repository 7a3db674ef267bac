# ruff: noqa: RUF001 - letters of other scripts are meant
"""Cities and countries by their names: the tables, and what a dateline or a text names of them.

Cities are those of GeoNames (geonames.org, CC BY 4.0) with 30,000 inhabitants and the capitals,
names of countries those of the Unicode CLDR in 36 languages; ``tests/bench/make_places.py`` makes
the tables.
"""

import collections
import functools
import gzip
import itertools
import pathlib
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from transforms.text import STOP_WORDS

if TYPE_CHECKING:
    from transforms.compiled.lexicon import Lexicon

CITY_TABLE = pathlib.Path(__file__).with_name("cities.tsv.gz")
"""A line for each city, the largest first: name, ISO 3166-1 code, state of the USA, inhabitants in
thousands, other names as :func:`plain` gives them."""

COUNTRY_TABLE = pathlib.Path(__file__).with_name("countries.tsv.gz")
"""A line for each language and country: ISO 639-1 code, ISO 3166-1 code, names."""

# States of the USA behind their postal codes, with the abbreviations of the Associated Press
# Stylebook; regions of other countries behind the country's code. "_" stands for a space.
_STATES = """
AL Alabama Ala. AK Alaska AZ Arizona Ariz. AR Arkansas Ark. CA California Calif. CO Colorado Colo.
CT Connecticut Conn. DE Delaware Del. DC D.C. FL Florida Fla. GA Georgia Ga. HI Hawaii ID Idaho
IL Illinois Ill. IN Indiana Ind. IA Iowa KS Kansas Kan. KY Kentucky Ky. LA Louisiana La. ME Maine
MD Maryland Md. MA Massachusetts Mass. MI Michigan Mich. MN Minnesota Minn. MS Mississippi Miss.
MO Missouri Mo. MT Montana Mont. NE Nebraska Neb. NV Nevada Nev. NH New_Hampshire N.H.
NJ New_Jersey N.J. NM New_Mexico N.M. NY New_York N.Y. NC North_Carolina N.C.
ND North_Dakota N.D. OH Ohio OK Oklahoma Okla. OR Oregon Ore. PA Pennsylvania Pa.
RI Rhode_Island R.I. SC South_Carolina S.C. SD South_Dakota S.D. TN Tennessee Tenn. TX Texas
UT Utah VT Vermont Vt. VA Virginia Va. WA Washington Wash. WV West_Virginia W.Va.
WI Wisconsin Wis. WY Wyoming Wyo.
"""
_REGIONS = """
CA Ontario Ont. Quebec Que. Alberta Alta. Manitoba Man. Saskatchewan Sask. Nova_Scotia N.S. B.C.
CA British_Columbia New_Brunswick N.B. Newfoundland N.L. P.E.I. Yukon Nunavut
AU New_South_Wales NSW Queensland Qld Tasmania Western_Australia South_Australia
"""
_ACCENTS = re.compile("[\u0300-\u036f]")
_JOINED = re.compile(r"[/;]|(?<=\s)(?:and|und|et|y|e|och|og|en|и)\s")
_INFLECTED = frozenset("bg cs et fi hr hu lt lv pl ru sk sl sr tr uk".split())
_FIRST = re.compile(r"[^\W\d_]+")
_VOWELS = frozenset("aeiouyàáâãäåèéêëìíîïòóôõöøùúûüýěůąęēīūžаеиоуыьэюяїіє")
_PREFIXES = {"ar": "وبلفك", "he": "ובלמהכש"}
_UNSPACED = frozenset(("ja", "zh"))
# States and persons with a country's name; it counts where no other name is beside it.
_SHARED = frozenset(
    "chad dominica guernsey india israel jersey jordan mali malta man niger".split()
)
_LEADS = ("from ", "in ", "to ")
_TOWN_LEADS = (*_LEADS, "at ", "near ", "of ")
_STATE_BEHIND = re.compile(r",\s([A-Z][\w.]*(?:\s[A-Z][a-z]+)?)(?=[,.;:)\]]|\s[a-z(])")
# Names that hold a country's and are none.
_OTHERS = ("New Mexico", "New Jersey", "New England", "Indian Ocean", "Gulf of Mexico",
           "South China Sea", "Jersey City", "Panama City", "New South Wales")  # fmt: skip


class Place(NamedTuple):
    """A place of a dateline.

    Attributes:
      city: name in GeoNames, or as the dateline has it where GeoNames lacks it; ``None`` for a
        country or state alone.
      country: ISO 3166-1 code.
    """

    city: str | None
    country: str


class _City(NamedTuple):
    name: str
    country: str
    state: str
    thousands: int


def plain(name: str) -> str:
    """Returns a name as it is compared: case-folded, Latin letters without accents."""
    if name.isascii():
        return name.lower()
    folded = name.replace("’", "'").casefold()
    parts = unicodedata.normalize("NFKD", folded)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", parts))


class _Gazetteer(NamedTuple):
    """The tables by names as :func:`plain` gives them.

    Attributes:
      cities: lines of the table, for :func:`_cities`; most are never asked for.
      countries: code.
      regions: code of the country and of the state.
    """

    cities: Mapping[str, str]
    countries: Mapping[str, str]
    regions: Mapping[str, tuple[str, str]]


@functools.cache
def gazetteer() -> _Gazetteer:
    """Loads cities, and countries and regions by all their names."""
    cities: dict[str, str] = {}
    for line in _lines(CITY_TABLE):
        row, _, others = line.rpartition("\t")
        names = [plain(row.partition("\t")[0])]
        names += others.split("|") if others else ()
        for name in names:
            cities[name] = f"{cities[name]}\n{row}" if name in cities else row
    countries: dict[str, str] = {}
    spellings = country_names()
    for name, code in itertools.chain(spellings["en"], *spellings.values()):
        countries.setdefault(plain(name), code)
    regions: dict[str, tuple[str, str]] = {}
    code = ""
    for word in _STATES.split():
        code = word if len(word) == 2 else code
        regions[plain(word.replace("_", " ")).rstrip(".")] = ("US", code)
    for row in _REGIONS.split("\n"):
        for word in row.split()[1:]:
            regions[plain(word.replace("_", " ")).rstrip(".")] = (row[:2], "")
    return _Gazetteer(cities, countries, regions)


def _cities(name: str) -> list[_City]:
    """Returns the cities of a plain name, the largest first."""
    rows = gazetteer().cities.get(name, "")
    cities = []
    for row in rows.splitlines():
        called, country, state, thousands = row.split("\t")
        cities.append(_City(called, country, state, int(thousands)))
    return cities


def inhabitants(name: str) -> int:
    """Returns how many thousands the largest city of a plain name has, 0 if there is none."""
    rows = gazetteer().cities.get(name)
    return max(int(row.rpartition("\t")[2]) for row in rows.splitlines()) if rows else 0


def _lines(path: pathlib.Path) -> list[str]:
    return gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()


@functools.cache
def country_names() -> Mapping[str, list[tuple[str, str]]]:
    """Returns language -> (name, code of the country)."""
    spellings: dict[str, list[tuple[str, str]]] = {}
    for line in _lines(COUNTRY_TABLE):
        language, code, names = line.split("\t")
        spellings.setdefault(language, []).extend((name, code) for name in names.split("|"))
    return spellings


def places_of(dateline: str, countries: Sequence[str] = ()) -> list[Place]:
    """Returns the places that a dateline names, in its order; none where it names no known one.

    A city of which several have the name is the one in the state or country that the dateline adds;
    else of those with at least a fifth of the largest's inhabitants the one in the country that the
    article names most, or the largest. A fifth keeps Costa Rica's San José beside California's, and
    London from Ontario.

    Args:
      dateline: as the article has it, without its date: ``SEOUL/TOKYO``, ``DURHAM, N.C.``.
      countries: those that the article names, the most often named first.
    """
    known = gazetteer()
    found: list[Place] = []
    chunks = [dateline] if plain(dateline) in known.countries else _JOINED.split(dateline)
    for chunk in chunks:
        names = [name.strip(" \t\u00a0.") for name in chunk.split(",")]
        names = [name for name in names if name]
        while names:
            city, region, used = names[0], ("", ""), 1
            for name in names[1:3]:
                wanted = _region(name)
                if wanted is None or (used > 1 and wanted[0] != region[0]):
                    break
                region = region if used > 1 else wanted
                used += 1
            place = _place(city, *region, countries)
            if place is not None and place not in found:
                found.append(place)
            names = names[used:]
    return found


def _region(name: str) -> tuple[str, str] | None:
    """Returns country and state of what stands behind a city, or ``None`` if it is neither."""
    known = gazetteer()
    key = plain(name)
    if key in known.regions:
        return known.regions[key]
    return (known.countries[key], "") if key in known.countries else None


_PEOPLES = frozenset(
    """
    arab arabs british czech czechs danish democratic dutch english finnish french german germans
    greek greeks hispanic hispanics irish jewish latina latinas latino latinos polish republican
    spanish swiss thai turk turks welsh
    """.split()
)
_OF_PEOPLES = re.compile(r"(?:an|ese|ish|i|ic)s?+$")
_CONTINENTS = ("africa", "america", "arabia", "asia", "europe", "islam", "scotland")
_NO_COUNTRIES = frozenset("chri demo repu sain sand terr".split())  # "Christian", "Terri"


@functools.lru_cache(1 << 12)
def is_people(word: str) -> bool:
    """Whether a word says of which people somebody is: "Chinese", "Americans"."""
    key = plain(word)
    return key in _PEOPLES or (
        key[:4] in _country_beginnings() and _OF_PEOPLES.search(key) is not None
    )


@functools.cache
def _country_beginnings() -> frozenset[str]:
    names = itertools.chain(_CONTINENTS, (plain(name) for name, _ in country_names()["en"]))
    return frozenset(word[:4] for name in names for word in name.split()) - _NO_COUNTRIES


def is_party(word: str) -> bool:
    """Whether a word is the letter of a party before a state, as in "(R-Ky.)"."""
    return word[1:2] == "-" and plain(word[2:].rstrip(".")) in gazetteer().regions


def is_region(name: str) -> bool:
    """Returns whether a name is that of a country or state, which may stand behind a city."""
    return _region(name.strip(" .")) is not None


def _place(name: str, country: str, state: str, named: Sequence[str]) -> Place | None:
    key = plain(name)
    spellings = (key, re.sub(r"^st\.? ", "saint ", key), key.removesuffix(" city"))
    cities = next(filter(None, map(_cities, spellings)), [])
    if country:
        there = [city for city in cities if city.country == country]
        exact = [city for city in there if city.state == state] if state else there
        return Place(exact[0].name if exact else _titled(name), country)
    region = _region(name)
    if region is not None and not any(plain(city.name).startswith(key) for city in cities[:1]):
        return Place(None, region[0])
    if not cities:
        return None
    large = [city for city in cities if city.thousands * 5 >= cities[0].thousands]
    inside = (city.country for code in named for city in large if city.country == code)
    country = next(inside, cities[0].country)
    # Delhi is called New Delhi, too, but a city of its own in the same country is.
    there = [city for city in cities if city.country == country]
    same = [city for city in there if plain(city.name) == key]
    return Place((same or there)[0].name, country)


def _titled(name: str) -> str:
    return name.title() if name.isupper() else name


class _Names(NamedTuple):
    """Names of countries in one language.

    Attributes:
      word: words that may begin a name, by their first letter.
      first_words: those that do.
      by_first_word: first word -> (name, code), the longest name first.
      by_stem: a name of one word, case-folded and without its last vowel -> code.
      whole: name -> code, the longest first.
    """

    word: re.Pattern[str]
    first_words: "Lexicon"
    by_first_word: Mapping[str, list[tuple[str, str]]]
    by_stem: Mapping[str, str]
    whole: Mapping[str, str]


@functools.cache
def _names(language: str) -> _Names:
    # Imported here: Numba takes a third of a second to load.
    from transforms.compiled.lexicon import Lexicon

    pairs = [(name, "") for name in _OTHERS] if language == "en" else []
    spellings = country_names()[language]
    # "the Netherlands" is found as "Netherlands"; else every word with a "t" would be looked at.
    pairs += [
        (name, code)
        for name, code in spellings
        if not (name[0].islower() and (name.partition(" ")[2], code) in spellings)
    ]
    pairs.sort(key=lambda pair: (-len(pair[0]), pair))
    by_first_word: dict[str, list[tuple[str, str]]] = {}
    by_stem: dict[str, str] = {}
    for name, code in pairs:
        match = _FIRST.match(name)
        if match:
            by_first_word.setdefault(match.group(), []).append((name, code))
        if " " not in name and len(name) > 4:
            stem = name.casefold()
            by_stem[stem[:-1] if stem[-1] in _VOWELS else stem] = code
    letters = "".join(sorted({word[0] for word in by_first_word}))
    word = re.compile(rf"[{letters}{_PREFIXES.get(language, '')}]\w*")
    return _Names(word, Lexicon(by_first_word), by_first_word, by_stem, dict(pairs))


def countries_in(
    text: str, language: str | None, people: Collection[str] = frozenset()
) -> list[str]:
    """Returns the countries that a text names, the most often named first.

    Names count, adjectives do not ("Russia", not "Russian"). In languages that inflect names, other
    endings of a name of one word count, too. Georgia counts in English only beside "Tbilisi".

    Args:
      text: the article.
      language: ISO 639-1 code; English names are looked for in languages without a table.
      people: first and family names of people in the article, which are none ("Steve Israel").
    """
    language = language if language and language in country_names() else "en"
    names = _names(language)
    counts: dict[str, int] = {}
    if language in _UNSPACED:
        for name, code in names.whole.items():
            if count := text.count(name):
                text = text.replace(name, " ")
                counts[code] = counts.get(code, 0) + count
    else:
        counts.update(collections.Counter(_named(text, language, names, people)))
    if language == "en" and "Tbilisi" not in text:
        counts.pop("GE", None)  # the state of the USA
    return sorted(counts, key=lambda code: (-counts[code], code))


def _named(text: str, language: str, names: _Names, people: Collection[str]) -> list[str]:
    """Returns the country of each name in a text, in its order.

    A text that names a person ("Jim Jordan") means this one by the name alone, too, but for what
    stands behind a word of place. One that names a town ("Poland, Ohio") means that.
    """
    found: list[tuple[str, str, bool]] = []
    others: set[str] = set()  # names that are of somebody or of a town
    last = 0
    for start, word in names.first_words.found_in(text):
        if start < last:
            continue
        for name, code in names.by_first_word[word]:
            end = start + len(name)
            if text.startswith(name, start) and not text[end : end + 1].isalnum():
                last = end
                if not code or name in people:
                    break
                if language == "en" and _is_town(text, start, end):
                    others.add(name)
                elif name.casefold() not in _SHARED or _stands_alone(text, start, end):
                    found.append((name, code, text.endswith(_LEADS, 0, start)))
                elif not (text[end : end + 1] in (" ", "-") and text[end + 1 : end + 2].isupper()):
                    others.add(name)
                break
    codes = [code for name, code, leads in found if name not in others or leads]
    if language in _INFLECTED or language in _PREFIXES:
        codes += _inflected(text, set(names.word.findall(text)), language, names)
    return codes


def _is_town(text: str, start: int, end: int) -> bool:
    """Returns whether a name is that of a town: behind it stands a state of the USA."""
    if not (text.startswith(", ", end) and text.endswith(_TOWN_LEADS, 0, start)):
        return False
    state = _STATE_BEHIND.match(text, end)
    key = plain(state[1].rstrip(".")) if state else ""
    return key != "georgia" and gazetteer().regions.get(key, ("",))[0] == "US"


def _inflected(text: str, words: set[str], language: str, names: _Names) -> Iterator[str]:
    """Yields the country of each word that is a name with another ending, or behind a prefix."""
    for word in words:
        folded = word.casefold()
        if word in names.by_first_word:
            continue
        if language in _INFLECTED:
            forms = [folded[: len(folded) - cut] for cut in range(4 if len(folded) > 4 else 0)]
            code = next(filter(None, map(names.by_stem.get, forms)), None)
        else:
            code = names.whole.get(folded[1:]) if folded[0] in _PREFIXES[language] else None
        if code:
            yield from [code] * len(re.findall(rf"\b{re.escape(word)}\b", text))


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Returns whether no other name stands before or behind one."""
    before = text[max(0, start - 20) : start].split(" ")
    name = before[-2] if len(before) > 1 and not before[-1] else ""
    named = name.isalpha() and name[0].isupper() and name.casefold() not in STOP_WORDS
    return not named and not (text[end : end + 1] == " " and text[end + 1 : end + 2].isupper())
