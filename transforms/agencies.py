# ruff: noqa: RUF001 - names in other alphabets and the dashes of datelines are meant as written
"""The news agencies of ``agencies.toml``, and the credits that name them."""

import functools
import pathlib
import re
import tomllib
from collections.abc import Mapping
from typing import NamedTuple

_PHOTO = re.compile(
    r"photo|foto|image|\bimg\b|picture|\bcredit\b|getty|\bpool\b|\bfile\b|video|graphic|"
    r"illustration|archiv|handout|screengrab|\bepa\b|фото|写真|사진|图",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"(?:(?<!\s)\s++)?+[/,;+&|]\s*+|"
    r"(?<!\s)\s++(?:[-–—]|and|und|et|y|e|with|ve|en|og|och|i|и|та)\s++"
)
_LETTERS = re.compile(r"[^\W_]+")
_DESK_CODE = re.compile("[a-z]{2,4}|[A-Z]{2,5}")
_ASCII_LETTERS = bytes(
    ord(chr(code).lower()) if code < 0x80 and chr(code).isalpha() else ord(" ")
    for code in range(0x100)
)


class Agencies(NamedTuple):
    """The agencies by the words that name them.

    Attributes:
      marks: agency by short form, as written.
      names: agency by long form, case-folded.
      domains: agency by site.
      newsrooms: agencies that are outlets like others where they publish themselves.
      plain: marks and case-folded names that are also words, parties or people.
      cues: first words of all marks and names in ASCII letters, in lower case.
    """

    marks: Mapping[str, str]
    names: Mapping[str, str]
    domains: Mapping[str, str]
    newsrooms: frozenset[str]
    plain: frozenset[str]
    cues: frozenset[bytes]


@functools.cache
def known_agencies() -> Agencies:
    """Loads the agencies from the file beside this module."""
    table = tomllib.loads(pathlib.Path(__file__).with_name("agencies.toml").read_text("utf-8"))
    marks: dict[str, str] = {}
    names: dict[str, str] = {}
    domains: dict[str, str] = {}
    for agency, forms in table["agencies"].items():
        marks |= dict.fromkeys(forms.get("marks", ()), agency)
        domains |= dict.fromkeys(forms.get("domains", ()), agency)
        names |= {name.casefold().strip("."): agency for name in forms.get("names", ())}
        # An agency whose name is also its mark, as APA, has it as a mark alone.
        if agency.casefold() in {mark.casefold() for mark in forms.get("marks", ())}:
            marks[agency] = agency
        else:
            names[agency.casefold().strip(".")] = agency
    # "The" is no cue: it is in half of all lines, and agency_of() ignores it.
    cues = {
        ascii_words(name.casefold().removeprefix("the "))[0]
        for name in (*marks, *names)
        if name.isascii()
    }
    newsrooms = {agency for agency, forms in table["agencies"].items() if forms.get("newsroom")}
    plain = frozenset((*table["plain_marks"], *table["plain_names"]))
    return Agencies(marks, names, domains, frozenset(newsrooms), plain, frozenset(cues))


def agency_names() -> list[str]:
    """Returns the short and long forms that name an agency and are no other words."""
    known = known_agencies()
    names = {*known.marks, *known.names} - known.plain
    return sorted(name for name in names if name.casefold() not in known.plain)


def ascii_words(line: str) -> list[bytes]:
    """Returns the words of ASCII letters in a line, in lower case."""
    return line.encode("ascii", "replace").translate(_ASCII_LETTERS).split()


def may_name_agency(text: str) -> bool:
    """Returns False if a text names no agency, which is so of nine lines in ten."""
    return not (text.isascii() and known_agencies().cues.isdisjoint(ascii_words(text)))


def agencies_in(text: str, spelled: bool = False) -> list[str]:
    """Returns the agencies that a text names anywhere, in its order.

    Marks and names that are also words count only where no other name is beside them: ``Petra and
    AFP`` names two agencies, ``Petra Smith`` none.

    Args:
      text: in any language that puts spaces between words.
      spelled: True returns the names as the text has them.
    """
    found: list[str] = []
    end = 0
    for match in _LETTERS.finditer(text):
        start = match.start()
        if start < end:
            continue
        for name, agency in _names_by_first_word().get(match.group().casefold(), ()):
            words = text[start : start + len(name)]
            if words != name and (name != name.casefold() or words.casefold() != name):
                continue
            after = text[start + len(name) : start + len(name) + 2]
            if after[:1].isalnum() or (_is_plain(name) and not _apart(text, start, after)):
                continue
            end = start + len(name)
            named = words if spelled else agency
            if named not in found:
                found.append(named)
            break
    return found


def _is_plain(name: str) -> bool:
    """Whether a mark or name stands for other things in a sentence, too."""
    plain = known_agencies().plain
    return (
        name in plain
        or name.casefold() in plain
        or (len(name) == 2 and name.isascii() and name != "AP")
    )


def _apart(text: str, start: int, after: str) -> bool:
    """Whether a word in capitals has no other name before or behind it, and is no state: ", PA"."""
    before = text[:start].split()
    alone = not before or before[-1] == "The" or not before[-1][0].isupper()
    return text[start].isupper() and alone and not (after[:1] in " -" and after[1:].isupper())


@functools.cache
def _names_by_first_word() -> dict[str, list[tuple[str, str]]]:
    """Returns first word, case-folded -> marks and case-folded names, longest first, and agency."""
    known = known_agencies()
    firsts: dict[str, list[tuple[str, str]]] = {}
    for name, agency in (*known.marks.items(), *known.names.items()):
        match = _LETTERS.match(name)
        if match:
            firsts.setdefault(match.group().casefold(), []).append((name, agency))
    for names in firsts.values():
        names.sort(key=lambda pair: (-len(pair[0]), pair))
    return firsts


def is_photo_credit(line: str) -> bool:
    """Returns True if a line names a picture or a photo agency."""
    return _PHOTO.search(line) is not None


def agency_of(words: str) -> str | None:
    """Returns the name of the agency that some words name, or ``None``.

    Short forms must be written as agencies write them, long ones may be in any case; ``The`` and
    ``news agency`` around a name do not matter.
    """
    words = words.strip(" \t\u00a0\"'“”«».,:*")
    known = known_agencies()
    if agency := known.marks.get(words):
        return agency
    folded = words.casefold()
    if agency := known.names.get(folded):
        return agency
    if folded.startswith("the "):
        return agency_of(words[4:])
    if folded.endswith(" news agency"):
        return agency_of(words[: -len(" news agency")])
    return None


def agencies_of(credit: str) -> list[str]:
    """Returns the agencies a credit names, in its order; none if it names anything else.

    ``dpa/lby`` (a regional desk) and ``ABC/AFP`` (an outlet with an agency) are credits of the
    agency; ``Pool/Reuters`` and ``Jane Doe/AP`` are credits of photographs and give none. A part
    that is no agency is a second source, an empty string in the result, unless it is a desk's code
    in lower case.
    """
    whole = agency_of(credit)
    if whole is not None:
        return [whole]
    if len(credit) > 60:
        return []
    found: list[str] = []
    # "NTB-AFP" are two agencies, "dpa-AFX" is one; either is known by its marks.
    marks = credit.strip().split("-")
    parts = marks if len(marks) > 1 and all(map(agency_of, marks)) else _SPLIT.split(credit.strip())
    for part in parts:
        agency = agency_of(part)
        if agency is not None:
            if agency not in found:
                found.append(agency)
        elif not _DESK_CODE.fullmatch(part):
            return []
        elif part.isupper():
            found.append("")
    # Last, since few credits come so far and the search takes as long as all before.
    return found if any(found) and not is_photo_credit(credit) else []
