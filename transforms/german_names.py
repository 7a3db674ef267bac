"""Tells names from nouns in German, where both have capitals.

What a word is follows from what stands before it (an article, or one and an adjective, stands
before nouns), from tables of given names and places, and from its letters: a linear model over
hashed n-grams of them, trained on nouns behind articles and on names in texts where nouns have no
capitals.
``tests/bench/train_german_names.py`` makes the model and the given names, and says what of.

A name begins with a word that looks like one and goes on in the words behind it; nouns before and
behind it are cut off, and so is the ending of a genitive. An adjective with a capital within a
sentence begins a name, too ("das Weiße Haus"). A word alone is a name only if something else says
so as well: it is one of a longer name or of the tables, stands behind a noun or a preposition
without an article, or is there again.
"""

import functools
import itertools
import pathlib
import re
import tomllib
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from transforms.background import background_words
from transforms.places.gazetteer import country_names, gazetteer, inhabitants, plain

MODEL = pathlib.Path(__file__).with_name("german_names.npy")
GIVEN = pathlib.Path(__file__).with_name("given_names.txt")
TABLE = pathlib.Path(__file__).with_name("german_names.toml")

SLOT_BITS = 13
"""N-grams share 2**13 weights by their hashes (Weinberger et al., ICML 2009), a byte each."""

GRAMS = (2, 3, 4, 5)
"""Bytes of an n-gram of the letters of a word between marks of its ends."""

STEP = 1 / 14
"""What a unit of the model's bytes means in logarithms of odds."""

LIKELY, UNLIKELY, SURE, SURER, KNOWN = 1.0, -2.5, 2.0, 3.0, 9.0
"""Logarithms of odds above which a word begins a name, goes on in one, is one alone if it is there
again, and behind a noun; those of given names, countries and regions. Like the constants below, set
by the newspapers of the draw `open` of tests/gold/german_names.tsv."""

NOUN, DEFINITE = 4.0, 1.5
"""What odds lose if an article or adjective makes the word a noun, and behind "der", "die", "im",
which stand before names as well."""

FREQUENT = 0.01
"""Share of articles from which on a word is no family name, and no name for being there again."""

LARGE = 100
"""Thousands of inhabitants of a city that needs no preposition to be one."""

LONG = 14
"""Letters from which on a word is a compound."""

_SHORT = re.compile(r"[A-ZÄÖÜ][A-ZÄÖÜ&]{1,5}\d?")
_ROMAN = re.compile(r"[IVX]+")
_CAMEL = re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]+)+")
_ENGLISH = (" of ", " of the ", " for ", " & ")
_OPENING = "\u201c\u201e\u00bb\u00ab\"'(\u2018\u201a[ "
_BEFORE_SENTENCES = frozenset(".!?:\n\u201d\u2026\u2013\u2014;|\u2022\u00b7*>]-")


class GermanName(NamedTuple):
    """A name in a text.

    Attributes:
      begin: of the name.
      end: of the name, before the ending of a genitive.
      kind: what it says, or the noun before it, that it is; empty if no person, else None.
    """

    begin: int
    end: int
    kind: str | None


class _Word(NamedTuple):
    """What is known of a word with a capital.

    Attributes:
      text: the word.
      lower: its last part behind hyphens, in lower case.
      odds: logarithm of the odds that it is of a name.
      is_given: whether it is a given name.
      is_place: whether it is a country or region.
      thousands: of inhabitants of a town of its name.
      is_short: whether it is an abbreviation.
      kind: what it says, as a noun, of a name behind it.
    """

    text: str
    lower: str
    odds: float
    is_given: bool
    is_place: bool
    thousands: int
    is_short: bool
    kind: str | None


class _Token(NamedTuple):
    """A word with a capital in a text.

    Attributes:
      begin: in the text.
      end: in the text.
      word: what is known of it.
      before: the word before it, if only a space is between them.
      starts: whether it begins a sentence.
      is_noun: whether an article or an adjective before it says that it is a noun.
    """

    begin: int
    end: int
    word: _Word
    before: str
    starts: bool
    is_noun: bool


@functools.cache
def given_names() -> frozenset[str]:
    """Returns first names of people."""
    return frozenset(GIVEN.read_text(encoding="utf-8").split())


@functools.cache
def _words() -> Mapping[str, frozenset[str]]:
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {name: frozenset(words.split()) for name, words in table.items()}


@functools.cache
def _endings(name: str) -> tuple[str, ...]:
    return tuple(sorted(_words()[f"{name}_endings"]))


@functools.cache
def _countries() -> frozenset[str]:
    return frozenset(plain(name) for name, _ in country_names()["de"])


@functools.cache
def _frequent() -> frozenset[str]:
    shares = background_words()
    return frozenset(word for share, words in shares if share > FREQUENT for word in words)


@functools.cache
def _weights() -> tuple[list[int], int]:
    """Returns the weights of the n-grams, and that of every word."""
    table: list[int] = np.load(MODEL).tolist()
    return table[:-1], table[-1]


def slots(word: str) -> list[int]:
    """Returns the weights that a word takes part in: its n-grams and its length."""
    marked = f"^{word.lower()}$".encode()
    size = len(marked)
    found = [zlib.crc32(marked[at : at + gram]) for gram in GRAMS for at in range(size - gram + 1)]
    found.append(zlib.crc32(b"len%d" % min(size, 20)))
    return [slot & ((1 << SLOT_BITS) - 1) for slot in found]


@functools.lru_cache(1 << 14)
def _word(text: str) -> _Word:
    """Returns what is known of a word, whatever stands beside it."""
    first, hyphen, last = text.rpartition("-")
    lower = last.lower()
    is_given = last in given_names()
    is_place = _is_region(text)
    thousands = inhabitants(plain(text)) if len(text) > 3 else 0
    kind = None
    for name, said in (("office", "person"), ("place", "place"), ("organisation", "organisation")):
        if lower.endswith(_endings(name)):
            kind = said
            break
    is_noun = (
        lower in _words()["nouns"]
        or last[:1].islower()
        or (kind == "person" and len(lower) > 8)
        or lower.endswith(_endings("measure"))
        or (hyphen and _SHORT.fullmatch(first))
        or _is_of_town(last)
    )
    if is_place or is_given:
        odds = KNOWN
    elif text.endswith("s") and _is_region(text[:-1]):
        odds = KNOWN - 1
    elif is_noun:
        odds = -KNOWN
    elif kind == "person" and lower in _endings("office"):
        odds = UNLIKELY + 1  # the end of a name at most: "König", "Richter"
    elif _CAMEL.fullmatch(last):
        odds = KNOWN
    else:
        table, bias = _weights()
        found = slots(last)
        odds = STEP * (sum(map(table.__getitem__, found)) / len(found) ** 0.5 + bias)
        if len(last) > LONG:
            odds -= 3
        elif thousands and odds > UNLIKELY:
            odds += 3 if thousands >= LARGE else 1.5
    is_short = _SHORT.fullmatch(text) is not None and _ROMAN.fullmatch(text) is None
    return _Word(text, lower, odds, is_given, is_place, thousands, is_short, kind)


def _is_region(text: str) -> bool:
    """Returns whether a word is the name of a country or a region."""
    key = plain(text)
    is_state = len(text) > 4 and key in gazetteer().regions
    return is_state or text in _words()["regions"] or (len(text) > 3 and key in _countries())


def _is_of_town(word: str) -> bool:
    """Returns whether a word says of which town something is: "Berliner"."""
    stem = word[:-2]
    names = (stem, f"{stem}e", f"{stem}en") if word.endswith("er") and len(word) > 5 else ()
    return any(plain(name) in gazetteer().cities for name in names)


@functools.cache
def _capitalised() -> re.Pattern[str]:
    capital = f"[{''.join(char for char in map(chr, range(0x0590)) if char.isupper())}]"
    return re.compile(rf"{capital}(?<![\w@#/.-].)(?:[^\W_]|[&.-](?=[^\W_])|['\u2019](?=\w\w))*+")


def _tokens(text: str) -> Iterator[_Token]:
    """Yields the words with a capital, but articles and the like at the beginning of a sentence."""
    words = _words()
    indefinite, definite = words["indefinite"], words["definite"]
    no_names = words["opening"] | words["placing"] | indefinite | definite
    for found in _capitalised().finditer(text):
        begin, end = found.span()
        head = text[begin - 48 if begin > 48 else 0 : begin]
        bare = head.rstrip(_OPENING)
        starts = not bare or bare[-1] in _BEFORE_SENTENCES
        if starts and found[0].lower() in no_names:
            continue
        before, is_noun = "", False
        if not starts and head[-1] == " ":
            *_, earlier, before = ["", "", *head.rsplit(None, 2)]
            before = before.lower().lstrip(_OPENING)
            is_noun = before in indefinite or (
                len(before) > 4
                and before[-1] in "enrsm"
                and (earlier.lower() in definite or earlier.lower() in indefinite)
            )
        yield _Token(begin, end, _word(found[0]), before, starts, is_noun)


def _is_beside(token: _Token, behind: _Token) -> bool:
    return behind.begin - token.end == 1


def _joins(gap: str, word: _Word) -> bool:
    """Returns whether a name may go on behind a gap and the word before it."""
    if gap == " " or gap in _ENGLISH:
        return True
    if gap == " für ":
        return word.lower.endswith(_endings("institute"))
    small = gap.split() if len(gap) < 10 and gap[0] == gap[-1] == " " else ()
    if small and small[0] == "von":
        return word.is_given and small[1:] in ([], ["der"], ["den"])
    return bool(small) and word.is_given and _words()["particles"].issuperset(small)


def _runs(text: str) -> Iterator[list[_Token]]:
    """Yields words between which is nothing but a space, or small words of a name."""
    run: list[_Token] = []
    for token in _tokens(text):
        if run and not _joins(text[run[-1].end : token.begin], run[-1].word):
            yield run
            run = []
        run.append(token)
    if run:
        yield run


def german_names(text: str) -> list[GermanName]:
    """Returns the names in a German text, in the order in which they stand."""
    runs = list(_runs(text))
    tokens = list(itertools.chain.from_iterable(runs))
    written = {token.word.text for token in tokens}
    nouns = {token.word.text for token in tokens if token.is_noun and token.word.odds < KNOWN}
    names: list[GermanName] = []
    alone: list[tuple[GermanName, str]] = []
    others: list[_Token] = []
    told: set[str] = set()
    families: set[str] = set()
    again: Counter[str] = Counter()
    for run in runs:
        at = 0
        while at < len(run):
            stop, kind = _name_at(text, run, at, nouns)
            if stop == at:
                others.append(run[at])
                at += 1
                continue
            token = run[at]
            end = run[stop - 1].end - _has_genitive(run, at, stop, written)
            found, name = GermanName(token.begin, end, kind), text[token.begin : end]
            if stop - at > 1:
                names.append(found)
                told.update(part.word.text for part in run[at:stop])
                told.add(name.rpartition(" ")[2])
                if kind in (None, "person"):
                    families.add(name.rpartition(" ")[2])
            else:
                alone.append((found, name))
                if _is_told(run, at):
                    told.add(name)
                if not token.starts and _odds(token, nouns) > SURE:
                    again[name] += 1
            at = stop
    frequent = _frequent()
    told.update(name for name, count in again.items() if count > 1 and name.lower() not in frequent)
    names += [found for found, name in alone if name in told]
    for token in others:
        word = token.word.text
        end = token.end - (word[:-1] in families and word[-1] == "s")
        if text[token.begin : end] in families and not token.is_noun:
            names.append(GermanName(token.begin, end, None))
    return sorted(names)


def _odds(token: _Token, nouns: Collection[str]) -> float:
    """Returns the logarithm of the odds that a word is of a name, by what stands before it, too."""
    odds = token.word.odds
    if odds < KNOWN:
        if token.word.text in nouns:
            return odds - NOUN
        if token.before in _words()["definite"]:
            return odds - DEFINITE
    return odds


def _name_at(
    text: str, run: Sequence[_Token], at: int, nouns: Collection[str]
) -> tuple[int, str | None]:
    """Returns where in a run the name ends that begins at a word, and what it is.

    The place of the word itself if none begins there.
    """
    token, stop = run[at], at + 1
    word = token.word
    behind = run[stop] if stop < len(run) else None
    beside = behind.word if behind and _is_beside(token, behind) else None
    is_town = beside is not None and bool(beside.is_place or beside.thousands)
    if word.is_short:
        # "VfL Bochum", "ABN Amro"
        is_longer = beside and not beside.is_given and (
            is_town or beside.is_short or beside.odds > SURE
        )  # fmt: skip
        return (stop + 1, "organisation") if is_longer else (stop, None)
    if behind and not beside and word.lower.endswith(_endings("institute")):
        return stop + 1, "organisation"
    if beside and word.lower.endswith(_endings("head")) and (is_town or beside.odds > SURE):
        return stop + 1, word.kind
    if token.before in _words()["definite"] and _is_adjective(word) and beside:
        last, kind = _title_at(run, at)
        if last > at:
            return last, kind
    is_of_two = beside is not None and plain(f"{word.text} {beside.text}") in gazetteer().cities
    if is_of_two or (behind and text[token.end : behind.begin] in _ENGLISH[:3]):
        stop += 1
    elif _odds(token, nouns) <= (SURE if is_town else LIKELY):
        return at, None
    elif beside and beside.is_given and not word.is_given and stop + 1 < len(run):
        return at, None  # a noun that looks like a name, before one
    while stop < len(run) and _goes_on(text, run[stop - 1], run[stop], nouns):
        stop += 1
    said = run[at - 1].word.kind if at and _is_beside(run[at - 1], token) else None
    if any(small in text[token.begin : run[stop - 1].end] for small in _ENGLISH):
        return stop, ""
    if stop > at + 1:
        return stop, _kind_of([part.word for part in run[at:stop]], said)
    return stop, said or ("place" if word.is_place else None)


def _is_adjective(word: _Word) -> bool:
    stem = word.lower.rstrip("nrsm")
    if not stem.endswith("e"):
        return False
    return stem[:-1].endswith(_endings("adjective")) or stem[:-1] in _words()["adjectives"]


def _title_at(run: Sequence[_Token], at: int) -> tuple[int, str | None]:
    """Returns where a name ends that begins with an adjective: behind its first noun.

    An institute has what it is for behind it, a party or bank its country.
    """
    last = at + 1
    while last < len(run) - 1 and _is_adjective(run[last].word):
        last += 1
    noun = run[last].word
    if noun.odds >= KNOWN:
        return at, None
    kind = "organisation" if noun.kind == "organisation" else ""
    stop = last + 1
    if stop < len(run):
        country = _word(run[stop].word.text.removesuffix("s"))
        stop += not _is_beside(run[last], run[stop]) or bool(kind and country.is_place)
    return stop, kind


def _goes_on(text: str, token: _Token, behind: _Token, nouns: Collection[str]) -> bool:
    """Returns whether a name goes on in the word behind one of it."""
    word, new = token.word, behind.word
    if text[token.end : behind.begin] in _ENGLISH:
        return True
    if new.is_short or new.is_place:
        return word.text == "New" and new.is_place
    if _ROMAN.fullmatch(new.text):
        return True
    if word.text.endswith("s") and _is_region(word.text[:-1]):
        return False
    is_whole = word.is_place or (word.text.endswith("s") and not word.is_given)
    return _odds(behind, nouns) > (LIKELY if is_whole else UNLIKELY)


def _kind_of(words: Sequence[_Word], said: str | None) -> str | None:
    """Returns what several words are, by themselves and by what the noun before them says."""
    first, last = words[0], words[-1]
    is_of_place = last.is_place or (not first.is_given and any(word.thousands for word in words))
    if is_of_place or not first.text[1:].islower():
        return "" if said == "person" else said or ""
    is_common = last.lower in _frequent() or (len(words) > 2 and min(w.odds for w in words) <= 0)
    if first.is_given:
        return None if is_common and said != "person" else "person"
    return said or ("" if is_common else None)


def _is_told(run: Sequence[_Token], at: int) -> bool:
    """Returns whether something else than its letters says that a word alone is a name."""
    token = run[at]
    word = token.word
    stem = _word(word.text[:-1]) if word.text.endswith("s") else word
    if word.is_short or word.is_place or stem.is_place or _CAMEL.fullmatch(word.text):
        return True
    for town in (word, stem):
        if town.thousands and not token.starts:
            if town.thousands >= LARGE:
                return token.before not in _words()["definite"]
            if token.before in _words()["placing"] and town.text.lower() not in _frequent():
                return True
    if at and _is_beside(run[at - 1], token) and word.odds > SURER:
        head = run[at - 1].word  # "Sender", "Partei"
        return head.odds < 0 and not head.lower.endswith(_endings("measure"))
    return False


def _has_genitive(run: Sequence[_Token], at: int, stop: int, written: Collection[str]) -> bool:
    """Returns whether a name has the ending of a genitive."""
    word = run[stop - 1].word
    if not word.text.endswith("s") or word.text.endswith("ss") or word.is_given or word.is_place:
        return False
    if stop - at > 1 and run[stop - 2].word.odds < LIKELY:
        return False  # "Technisches Hilfswerks"
    stem = _word(word.text[:-1])
    return (
        stem.text in written
        or stem.is_place
        or (stem.is_given and stop - at == 1)
        or (stop < len(run) and stem.odds > LIKELY and (stop - at == 1 or run[at].word.is_given))
        or bool(stem.thousands and not word.thousands)
    )
