# ruff: noqa: RUF001 - names in other alphabets and the dashes of datelines are meant as written
"""The news agencies of ``agencies.toml``, and the credits that name them."""

import bisect
import functools
import itertools
import pathlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from transforms.compiled.lexicon import Lexicon

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
# A text of these characters alone has words in ASCII letters only.
_TYPOGRAPHIC = re.compile("[\x00-\x7f\u00a0\u2013\u2014\u2018\u2019\u201c\u201d\u2026]*")
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
      listed: the long forms as the table has them.
      domains: agency by site.
      newsrooms: agencies that are outlets like others where they publish themselves.
      plain: marks and case-folded names that are also words, parties or people.
      first_words: first words of all marks and names in ASCII letters, in lower case.
    """

    marks: Mapping[str, str]
    names: Mapping[str, str]
    listed: tuple[str, ...]
    domains: Mapping[str, str]
    newsrooms: frozenset[str]
    plain: frozenset[str]
    first_words: frozenset[bytes]

    def is_other_word(self, name: str) -> bool:
        """Returns whether a mark or a name is also a word, a party or a person."""
        return name in self.plain or name.casefold() in self.plain


@functools.cache
def known_agencies() -> Agencies:
    """Loads the agencies from the file beside this module."""
    table = tomllib.loads(pathlib.Path(__file__).with_name("agencies.toml").read_text("utf-8"))
    marks: dict[str, str] = {}
    names: dict[str, str] = {}
    listed: list[str] = []
    domains: dict[str, str] = {}
    for agency, forms in table["agencies"].items():
        marks |= dict.fromkeys(forms.get("marks", ()), agency)
        domains |= dict.fromkeys(forms.get("domains", ()), agency)
        names |= {name.casefold().strip("."): agency for name in forms.get("names", ())}
        listed += [agency, *forms.get("names", ())]
        # An agency whose name is also its mark, as APA, has it as a mark alone.
        if agency.casefold() in {mark.casefold() for mark in forms.get("marks", ())}:
            marks[agency] = agency
        else:
            names[agency.casefold().strip(".")] = agency
    # "The" is not among them: it is in half of all lines, and agency_of() ignores it.
    first_words = {
        ascii_words(name.casefold().removeprefix("the "))[0]
        for name in (*marks, *names)
        if _has_ascii_words(name)
    }
    newsrooms = {agency for agency, forms in table["agencies"].items() if forms.get("newsroom")}
    plain = frozenset((*table["plain_marks"], *table["plain_names"]))
    return Agencies(
        marks, names, tuple(listed), domains, frozenset(newsrooms), plain, frozenset(first_words)
    )


def agency_names() -> list[str]:
    """Returns the short and long forms that name an agency and are no other words."""
    known = known_agencies()
    return sorted(n for n in {*known.marks, *known.names} if not known.is_other_word(n))


def ascii_words(line: str) -> list[bytes]:
    """Returns the words of ASCII letters in a line, in lower case."""
    return line.encode("ascii", "replace").translate(_ASCII_LETTERS).split()


def may_name_agency(text: str) -> bool:
    """Returns False if a text names no agency, which is so of nine lines in ten."""
    return not (
        _has_ascii_words(text) and known_agencies().first_words.isdisjoint(ascii_words(text))
    )


def _has_ascii_words(text: str) -> bool:
    return text.isascii() or _TYPOGRAPHIC.fullmatch(text) is not None


def agencies_in(text: str, spelled: bool = False) -> list[str]:
    """Returns the agencies that a text names anywhere, in its order.

    Marks and names that are also words count only where no other name is beside them: ``Petra and
    AFP`` names two agencies, ``Petra Smith`` none.

    Args:
      text: in any language that puts spaces between words.
      spelled: True returns the names as the text has them.
    """
    index, first_words = _by_first_word()
    found: list[str] = []
    last = 0
    for start, word in first_words.found_in(text):
        if start >= last and (named := _named_at(text, start, index[word])):
            last, agency = named
            found.append(text[start:last] if spelled else agency)
    return list(dict.fromkeys(found))


def naming_agencies(texts: Sequence[str]) -> list[int]:
    """Returns which texts have a word that begins an agency's name; no other ones name any."""
    found = _by_first_word()[1].found_in("\n".join(texts))
    ends = list(itertools.accumulate(len(text) + 1 for text in texts)) if found else []
    return sorted({bisect.bisect(ends, start) for start, _ in found})


def _named_at(
    text: str, start: int, names: Sequence[tuple[str, str, str]]
) -> tuple[int, str] | None:
    """Returns end and agency of the longest name that begins at a word, None if none does."""
    for article, name, agency in names:
        end, before = start + len(name), start - len(article)
        words = text[start:end]
        if words != name and (name != name.casefold() or words.casefold() != name):
            continue
        after = text[end : end + 2]
        if after[:1].isalnum() or text[max(0, before) : start].casefold() != article:
            continue
        if not _is_plain(article + name) or _apart(text, before, after):
            return end, agency
    return None


def _is_plain(name: str) -> bool:
    """Returns whether a mark or name stands for other things in a sentence, too."""
    return known_agencies().is_other_word(name) or (
        len(name) == 2 and name.isascii() and name != "AP"
    )


def _apart(text: str, start: int, after: str) -> bool:
    """Returns whether a word in capitals has no name on either side, and is no state: ", PA"."""
    before = text[max(0, start - 40) : start].split()
    alone = not before or before[-1] == "The" or not before[-1][0].isupper()
    return text[start].isupper() and alone and not (after[:1] in " -" and after[1:].isupper())


@functools.cache
def _by_first_word() -> "tuple[dict[str, list[tuple[str, str, str]]], Lexicon]":
    """Returns the names by their first words as written, and these words, to be looked for.

    Of each name: "the " or nothing, the rest of it, its agency; longest first. Long names begin
    with a capital in a text; "the" is in every other sentence, and begins none here.
    """
    # Imported here: Numba takes a third of a second to load.
    from transforms.compiled.lexicon import Lexicon

    known = known_agencies()
    index: dict[str, list[tuple[str, str, str]]] = {}
    for listed in (*known.marks, *known.listed):
        full = listed if listed in known.marks else listed.casefold().strip(".")
        agency = known.marks.get(listed) or known.names.get(full)
        name = full.removeprefix("the ")
        article = "the " if name != full and _is_plain(full) else ""
        first = _LETTERS.match(listed[len(full) - len(name) :])
        if first and agency:
            word = first.group()
            cases = {word} if full in known.marks else {word, word.capitalize(), word.upper()}
            for case in cases:
                index.setdefault(case, []).append((article, name, agency))
    for names in index.values():
        names.sort(key=lambda row: (-len(row[1]), row))
    return index, Lexicon(index)


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
