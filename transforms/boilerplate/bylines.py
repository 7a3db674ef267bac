# ruff: noqa: RUF001 - letters of other scripts are meant
"""Names of authors in lines: bylines with a lead-in, lines of nothing but names."""

import re
from collections.abc import Collection

from transforms.agencies import agencies_of
from transforms.people import is_no_name, is_outlet
from transforms.text import BYLINE_LEAD, key

_MOST_CHARACTERS = 160
_PLAIN = re.compile(r"\W*(?:by|von|par|por|di|door|av|af|od|vom)\s", re.IGNORECASE)
_JOIN = re.compile(
    r"[,;/|·•&+]|\s[–—-]\s|\b(?:and|und|et|en|ve|oraz)\b|(?<=\w)\s(?:y|e|i|и|og|och|ja)\s"
)
_ASIDE = re.compile(r"\([^()]*\)")
_PLACE = re.compile(r"\s(?:in|aus|à|en|em|w|в)\s[^\W\d_a-z][\w’'-]*(?:\s[^\W\d_a-z][\w’'-]*){0,2}$")
_NAME_WORD = re.compile(
    r"[\"'(“]?(?:[^\W\d_a-zа-яёß][\w’'.-]*|de|del|della|di|da|dos|do|das|van|von|der|den|ter|ten"
    r"|la|le|el|al|bin|ibn|ben|zu|zur|y|e|st\.|mc\w+|o’\w+|d’\w+)[\"')”]?"
)
ROLE = re.compile(
    r"\b(?:staff|writer|reporter|correspondent|editor|columnist|contributor|producer|journalist"
    r"|press|news|bureau|desk|chief|special|associate|senior|redakteur\w*|korrespondent\w*"
    r"|redaktion|journaliste|envoyé|correspondant|rédaction|corresponsal|redactor\w*|redacción"
    r"|periodista|repórter|redação|jornalista|giornalista|redazione|inviato|redacteur"
    r"|verslaggever|correspondente|корреспондент|редактор|muhabir\w*|dziennikarz|redakcja|updated"
    r"|published|photo\w*|video|analyst|political|politics|national|opinion|agency|times|daily"
    r"|post)\b",
    re.IGNORECASE,
)
"""A word of an office, a desk or an outlet."""
_DESK_WORDS = frozenset(
    """staff reporter reporters correspondent our from web desk news special bureau editor online
    report team editorial digital the by admin newsroom writer agencies wire monitoring
    city""".split()
)
_DESKS = frozenset(
    """redacción redação redazione redaktion rédaction redactie редакция redakcja redaksi newsdesk
    newsroom agencias agences agenturen agenzie агентства""".split()
)
# First words of names of places, sections and institutions that look like names of persons.
_NO_FIRST_NAMES = frozenset(
    """new san santa los las tel hong north south east west northern southern eastern western united
    middle saudi sri el la le st saint the port cape great fort mount lake river central world news
    top breaking latest local national royal supreme prime white foreign home air sea
    public""".split()
)


def names_after_lead(text: str) -> list[str] | None:
    """Returns the names of a byline with a lead-in such as ``By``, or ``None`` if it is none."""
    if len(text) > _MOST_CHARACTERS or text[-1] in "!?:":
        return None
    match = BYLINE_LEAD.match(text)
    return None if match is None else names_in(_PLACE.sub("", text[match.end() :]))


def has_plain_lead(text: str) -> bool:
    """Returns whether the lead-in is a preposition, which also begins headlines and sentences."""
    return _PLAIN.match(text) is not None


def parts_of(text: str) -> list[str]:
    """Returns the parts of a list of names."""
    return [part.strip() for part in _JOIN.split(text) if part.strip()]


def names_in(rest: str) -> list[str] | None:
    """Returns the names that what follows a lead-in lists, or ``None`` where it lists others."""
    names: list[str] = []
    words_left = " ".join(word for word in _ASIDE.sub(" ", rest).split() if "@" not in word)
    for part in _JOIN.split(words_left):
        part = part.strip(" .:-–—\u00a0")
        if not part or ROLE.search(part) or any(character.isdigit() for character in part):
            continue
        if key(part) in _DESKS or agencies_of(part):
            continue
        words = part.split()
        if len(words) > 5 or not all(_NAME_WORD.fullmatch(word) for word in words):
            return None
        names.append(part)
    return names


def bare_names(text: str) -> list[str] | None:
    """Returns the names on a line of nothing but names, ``[]`` for a desk, or ``None``."""
    tokens = key(text).split()
    if len(tokens) == 1 and tokens[0] in _DESKS:
        return []
    if not 2 <= len(tokens) <= 8:
        return None
    if is_no_name(text):
        return None
    parts = [part for part in parts_of(text) if not is_outlet(part)]
    if _DESK_WORDS.issuperset(tokens) or not parts:
        return []
    names: list[str] = []
    for part in parts:
        words = part.split()
        titled = all(word[0].isupper() and word.replace(".", "").isalpha() for word in words)
        if not titled or len(words) > 3 or key(words[0]) in _NO_FIRST_NAMES:
            return None
        if len(words) > 1:
            names.append(part)
    return names if names and names[0] == parts[0] else None


def is_names(text: str, authors: Collection[str]) -> bool:
    """Returns whether a line is nothing but names of some authors, as keys."""
    parts = [key(part) for part in parts_of(text)]
    return bool(parts) and all(part in authors for part in parts)
