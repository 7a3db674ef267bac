# ruff: noqa: RUF001 - names in other alphabets and the dashes of datelines are meant as written
"""Datelines: the place an article was filed from, and the agency credited beside it."""

import functools
import pathlib
import re
import tomllib
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.article import Paragraph
from transforms.agencies import agencies_of, agency_of
from transforms.attribution.finding import Finding, credited
from transforms.places.gazetteer import is_region, places_of

DATELINE_PARAGRAPHS = 6
"""Kept paragraphs at the beginning that are searched for a dateline: a byline of two lines, a
correction and an outlet's highlights may stand before it."""

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?(?=\s+\d|\s*$|,)"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
_DATE_TAIL = re.compile(
    rf"(?<![\s,])[\s,]++(?:\d|{_MONTH}|{_WEEKDAY}).*$", re.IGNORECASE | re.DOTALL
)
_DATELINE = re.compile(
    r"\W{0,3}(?P<place>[^()\[\]\":;!?“”«»]{0,70}?)"
    r"(?:\s\[[^()\[\]\d]{3,25}\],?[^()\[\]]{0,20}?)?[\s,]*+(?:[-–—]++\s*+)?"
    r"(?:[(\[](?P<paren>[^()\[\]]{2,40})[)\]]|(?<!\w)/(?P<slash>[^/]{2,30})/)"
    r"(?P<end>[.:]?\s*+[-–—―−]++|[.:=])?\s*+"
)
_DATELINE_DASHED = re.compile(
    r"(?P<place>[^()\[\]\":;!?“”«»–—]{2,60}?)"
    r"(?:,?\s++[-–—]\s++(?P<dashed>[^.:,;()–—]{2,30}?)\s*+[.:–—-]|"
    r"(?:\.\s++\d[^.]{1,14}\.|,\s++\d[^.,]{1,14},)\s++(?P<dotted>[\w.-]{3,20}?)(?:\s*+[-–—]|\.))\s"
)
_DATELINE_MARKED = re.compile(
    r"(?P<place>[^\W\d_][^()\[\]\":;!?“”«»–—]{1,40}?)(?:,\s++(?:[^\W\d_]{3,10}\.?\s++\d{1,2}|"
    r"\d{1,2}\.?\s++[^\W\d_]{3,10})\.?(?:,?\s++\d{4})?)?,?\s++(?P<who>[^\W\d_][\w.-]{1,15})"
    r"\s*+[-–—]++\s++"
)
_AGENCY_FIRST = re.compile(r"\W?(?P<who>[^\W\d_][^()\[\]\":;.!?–—]{1,29}?)\s++[-–—]++\s++")
_JAPANESE = re.compile(r"【(?P<place>[^】]{0,20}?)(?P<who>共同|時事|AFP=時事|AFP|ロイター)】")
_CHINESE = re.compile(
    r"[（(]?(?P<who>新华社|新華社|中新社|中新网|中央社|法新社|路透社|美联社)"
    r"(?P<place>[\u4e00-\u9fff]{2,6}?)\d{1,2}(?:月\d{1,2})?日[电電]?"
)
_KOREAN = re.compile(r"[(\[](?P<place>[\w·,]{2,20})=(?P<who>연합뉴스|뉴시스|뉴스1)[)\]]")
_PLAIN = re.compile(
    r"(?P<place>[^()\[\]:;!?\"“”«»—–]{2,60}?)\s*+(?P<end>:|--+|[—–]-*+|(?<=\s)-)\s*+(?P<rest>\S)"
)
_OUTLET_BEHIND = re.compile(
    r"(?P<place>[^\W\d_][^()\[\]\":;!?“”«»—–]{1,60}?)\s\([A-Z][\w.& ]{1,30}\)\s*+(?:[-–—]++\s*+)?"
    r"(?=[\"“‘']?[A-Z])"
)
_ALONE = re.compile(r"(?P<place>[^\W\d_][^()\[\]\":;!?“”«»—–]{2,60}?)\s*+[-–—:]*+")
_ITALIAN_PLACE = re.compile(
    r"(?P<place>[^\W\d_][^\d:;()\"–—-]{2,30}),\s*\d{1,2}\s+\w{3,9}\.?\s*[-–—]"
)
_SPEAKERS = frozenset(("AU", "CA", "GB", "IE", "NZ", "US"))
_INVISIBLE = "\ufeff\u200b\u2060\u200e\u200f"
# To be filled in with a name.
_SAYS = r"\b{name}\s+(?:said|says|told|added|tweeted|wrote|asked)\b"
_STANDS_IN = (
    r"\b(?:in|near|outside|(?:city|town|capital|resort|port|village|province|state|district|"
    r"region|island)\s+of)\s+{name}(?=[\s,.;)]|$)(?!\s+[A-Z])"
)


class Places(NamedTuple):
    """Words of datelines; ``places.toml`` says what each is."""

    cities: frozenset[str]
    not_places: frozenset[str]
    connectors: frozenset[str]
    states: frozenset[str]


@functools.cache
def places() -> Places:
    """Loads the words from the file beside this module."""
    table = tomllib.loads(pathlib.Path(__file__).with_name("places.toml").read_text("utf-8"))
    return Places(**{name: frozenset(words) for name, words in table.items()})


def dateline_credit(paragraph: Paragraph, index: int, finding: Finding) -> Finding:
    """Adds the agency and the place that a paragraph's opening credits, if any.

    Args:
      paragraph: one of the first paragraphs.
      index: its position among them, from 0.
      finding: the result of the paragraphs before it.
    """
    text = paragraph.text.lstrip(_INVISIBLE)
    head = text[:130]
    if not head:
        return finding
    # Required literals of each pattern come first; a failing match costs ten times that.
    dashed = " - " in head or "–" in head or "—" in head or " --" in head
    if not dashed and head.isascii() and not ("(" in head or "[" in head or " /" in head):
        return finding
    if head[0] in "【（(新中法路美[" or "=" in head[:24]:
        for pattern in (_JAPANESE, _CHINESE, _KOREAN):
            match = pattern.match(head)
            if match and (agency := agency_of(match["who"])):
                place = match["place"].strip() or finding.dateline
                return Finding(agency, _evidence(paragraph, match), True, place)
    match = _DATELINE.match(head) if "(" in head or "[" in head or "/" in head else None
    if match:
        return _bracketed_credit(paragraph, text, match, finding)
    match = _DATELINE_DASHED.match(head) if dashed or not head.isascii() else None
    if match:
        agencies = agencies_of(match["dashed"] or match["dotted"])
        place = place_of(match["place"])
        if agencies and place and len(text) - match.end() >= 20:
            return credited(agencies, _evidence(paragraph, match), place)
    match = _DATELINE_MARKED.match(head) if dashed else None
    if match and (agency := agency_of(match["who"])) and len(text) - match.end() >= 20:
        place = place_of(match["place"])
        if place and (place.isupper() or _is_city(place)) and not is_region(match["who"]):
            return Finding(agency, _evidence(paragraph, match), True, place)
    match = _AGENCY_FIRST.match(head) if dashed and index == 0 else None
    if match and len(match["who"]) > 2 and (agency := agency_of(match["who"])):
        return finding._replace(agency=agency, evidence=_evidence(paragraph, match), own=True)
    return finding


def _bracketed_credit(
    paragraph: Paragraph, text: str, match: re.Match[str], finding: Finding
) -> Finding:
    """Adds what a place with a name in brackets or slashes behind it says, or the brackets alone.

    Args:
      paragraph: where it stands.
      text: of the paragraph, in which the match is.
      match: of ``_DATELINE``.
      finding: the result of the paragraphs before it.
    """
    credit = match["paren"] or match["slash"]
    agencies = agencies_of(credit)
    place = place_of(match["place"])
    rest = len(text) - match.end()
    if place is None or (rest < 20 and not match["end"]):
        return finding
    is_dateline = bool(match["end"]) or place.isupper() or _is_city(place)
    is_dateline = is_dateline or (bool(agencies) and bool(places_of(place)))
    if agencies and (is_dateline or (not place and rest >= 40)):
        if not place:
            following = _ITALIAN_PLACE.match(text, match.end())
            place = place_of(following["place"]) if following else ""
        return credited(agencies, _evidence(paragraph, match), place or finding.dateline)
    # Not an agency: "LONDON (MarketWatch) — ", or the place itself, "(ANCHORAGE, Alaska) — ".
    dash = (match["end"] or ":")[-1] != ":"
    bracketed = not place and dash and match["paren"]
    place = place_of(credit) if bracketed else place
    if not place:
        return finding
    capitals = place.partition(",")[0].isupper() and len(place) > 3
    if _is_city(place) or (dash and capitals and ("," in place or not bracketed)):
        return finding._replace(dateline=finding.dateline or place)
    return finding


def _evidence(paragraph: Paragraph, match: re.Match[str]) -> str:
    return f"dateline {paragraph.line_number}: {match.group().strip()}"


def plain_dateline(paragraph: Paragraph, paragraphs: Sequence[Paragraph]) -> str | None:
    """Returns the place of a dateline without a credit ("SOFIA, Bulgaria — "), or ``None``.

    A line may open with any name and a colon or dash ("Putin: …", "Update: …"), so one of these
    must hold: the name is a city that stands alone in datelines, it is in capitals before a dash,
    or the article says "in" it elsewhere.
    """
    text = paragraph.text.lstrip(_INVISIBLE)
    head = text[:66]
    if not (":" in head or "—" in head or "–" in head or "--" in head or " - " in head):
        return None
    match = _PLAIN.match(head)
    if not match or len(text) - match.end() < 40 or match["rest"].islower():
        return None
    place = place_of(match["place"])
    if not place:
        return None
    state = place.rpartition(",")[2].strip()
    if _is_city(place) or state in places().states or _filed_from(place, paragraphs):
        return place
    first = place.split(",")[0].strip()
    dash = match["end"] != ":" and ("," in place or match["end"] != "-")
    letters = sum(map(str.isalpha, first))
    if dash and first.isupper() and letters >= 4 and not _says(first, paragraphs):
        return place
    return None


def strong_dateline(index: int, paragraphs: Sequence[Paragraph]) -> str | None:
    """Returns the place of a dateline that is one below bylines, notes and highlights, too.

    It is a known place in capitals or with its state or country before a dash, or before an
    outlet's name in brackets ("Waco, Texas (CNN) "), or in capitals on a line of its own before a
    paragraph.

    Args:
      index: of one of the first paragraphs.
      paragraphs: all.
    """
    text = paragraphs[index].text.lstrip(_INVISIBLE)
    head = text[:110]
    # As above, what each pattern requires comes first.
    marked = ":" in head or "-" in head or "—" in head or "–" in head
    if marked and (match := _PLAIN.match(head)):
        long = len(text) - match.end() >= 8
        place = _known_place(match["place"], paragraphs)
        # In English-speaking countries a name in capitals before a colon speaks: "CLINTON: …".
        if place and match["end"] == ":":
            speaks = index > 1 or places_of(place)[0].country in _SPEAKERS
            place = None if speaks else place
        return place if long and not match["rest"].islower() else None
    if "(" in head and (match := _OUTLET_BEHIND.match(head)):
        place = place_of(match["place"])
        firm = place and (_is_city(place) or _known_place(place, paragraphs))
        least = 8 if place and "," in place else 40
        return place if firm and len(text) - match.end() >= least else None
    if len(text) <= 60 and len(paragraphs) > index + 1 and (match := _ALONE.fullmatch(text)):
        place = _known_place(match["place"], paragraphs)
        follows = paragraphs[index + 1].text
        capitals = place is not None and place.partition(",")[0].isupper()
        return place if capitals and len(follows) >= 60 and follows[-1] in '.!?”"’' else None
    return None


def _known_place(words: str, paragraphs: Sequence[Paragraph]) -> str | None:
    """Returns a place in capitals, or with its state or country, that the gazetteer knows."""
    place = place_of(words)
    if not place:
        return None
    first, comma, region = place.rpartition(",")
    first = first if comma else place
    if not first.isupper() and not (comma and is_region(region)):
        return None
    known = any(found.city for found in places_of(place))
    return place if known and (comma or not _says(first, paragraphs)) else None


def place_of(words: str) -> str | None:
    """Returns the place of a dateline without its date, or ``None`` if it is no place name.

    Empty if there is nothing but a date.

    A place is at most four parts between commas, each of at most four words that begin with a
    capital (or are in letters without capitals).
    """
    words = _DATE_TAIL.sub("", " " + words.strip()).strip(" \t\u00a0,-–—*•")
    if not words:
        return ""
    if len(words) > 50:
        return None
    parts = words.replace("/", ", ").split(",")
    if len(parts) > 4:
        return None
    for part in parts:
        members = part.split()
        if not 1 <= len(members) <= 4 or not _is_name(members[0], first=True):
            return None
        if not all(_is_name(member, first=False) for member in members[1:]):
            return None
    if parts[0].split()[0].casefold() in places().not_places:
        return None
    # The full stop of "Sofia. " ends the place, that of "Durham, N.C." belongs to it.
    return words if len(parts) > 1 and "," in words else words.rstrip(".")


def _is_name(word: str, first: bool) -> bool:
    if not first and word.lower() in places().connectors:
        return True
    head = word.lstrip("'’`")[:1]
    return head.isalpha() and not head.islower()


def _is_city(place: str) -> bool:
    return place.split(",")[0].split("/")[0].strip().casefold() in places().cities


def _filed_from(place: str, paragraphs: Sequence[Paragraph]) -> bool:
    """Returns True if the article uses a name as a place: "in Sochi", "resort of Sochi".

    A name that says something is a person, whatever else is in it.
    """
    name = place.split(",")[0]
    name = name.title() if place.isupper() else name
    text = " ".join(paragraph.text for paragraph in paragraphs[:40])
    # Compiling the patterns for the name takes a millisecond. They need one of these words before
    # the name, which hardly any name that opens a line follows.
    squeezed, words = " ".join(text.split()), " ".join(name.split())
    if not any(f"{word} {words}" in squeezed for word in ("in", "near", "outside", "of")):
        return False
    name = re.escape(name)
    if re.search(_SAYS.format(name=name), text):
        return False
    return re.search(_STANDS_IN.format(name=name), text) is not None


def _says(name: str, paragraphs: Sequence[Paragraph]) -> bool:
    """Returns True if a name heads other lines, too, as that of an outlet or a speaker does."""
    return sum(paragraph.text.startswith(name) for paragraph in paragraphs[:40]) > 1
