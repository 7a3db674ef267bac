# ruff: noqa: RUF001 - dashes of several lengths are meant
"""Lines that tell who wrote a text, known by the names of those who did.

A page shows its authors' portraits among the paragraphs, and what is left of one in a dump is the
name below it; in a collection of several authors' comments each part has its heading (``Ann Other:
The long way``), its portrait and, at its end, who its author is. Names alone are also headings and
entries of lists, and sentences that say who somebody is are what profiles are made of. So only the
names count that the article gives as its authors', or that begin the heading of a part.
"""

import functools
import re
from collections.abc import Sequence
from typing import Any, Protocol

from transforms.text import key

PORTRAIT_RULE = "portrait_v1"
NOTE_RULE = "author_note_v1"


class Line(Protocol):
    """What is known of a line; see ``transforms.boilerplate``."""

    text: str
    rule: str | None
    label: Any
    count: int
    ended: bool


Name = tuple[str, str]
"""The first and the last name, as ``key`` gives words."""

_MOST_WORDS = 5  # a name of three parts, a title before it and what marks a son after it
_AFTER_NAMES = frozenset("jr sr ii iii iv md phd esq".split())
_BEFORE_NAMES = frozenset("dr prof professor sen rep gov opinion by".split())


@functools.lru_cache(maxsize=4096)
def person(text: str) -> Name | None:
    """Returns the first and last name of a line that may be a person's name alone.

    Initials, titles before the name and suffixes after it do not count: dumps spell the same author
    with and without them.
    """
    words = key(text).split()
    if not 2 <= len(words) <= _MOST_WORDS:
        return None
    while len(words) > 2 and words[-1] in _AFTER_NAMES:
        words.pop()
    while len(words) > 2 and words[0] in _BEFORE_NAMES:
        words.pop(0)
    if len(words) > 2:
        words = [words[0], *(word for word in words[1:-1] if len(word) > 1), words[-1]]
    return words[0], words[-1]


def mark_authors(
    entries: Sequence[Line], start: int, last: int, authors: Sequence[str], found: Sequence[str]
) -> None:
    """Marks the authors' names between the paragraphs, and lines that say who they are.

    Args:
      entries: the lines of an article; those that a rule took are left alone.
      start: position of the first line of running text.
      last: that of the last one.
      authors: names of the article's authors that the dump gives.
      found: those that its bylines give.
    """
    own = {name for author in (*authors, *found) if (name := person(author)) is not None}
    # The letters, small and capital, that the first names begin with.
    initials = {letter for first, _ in own for letter in (first[0], first[0].upper())}
    parts = _mark_portraits(entries, start, last, own, initials)
    if own or parts:
        initials.update(letter for first, _ in parts for letter in (first[0], first[0].upper()))
        _mark_notes(entries, start, own, parts, initials | _NOTE_INITIALS)


def _mark_portraits(
    entries: Sequence[Line], start: int, last: int, own: set[Name], initials: set[str]
) -> set[Name]:
    """Marks names below portraits, and returns those of the authors of parts."""
    parts: set[Name] = set()
    found: list[int] = []
    headed: set[str] = set()
    for at, line in enumerate(entries[: max(last, 0)]):
        if not line.ended and ":" in line.text:
            headed.add(line.text.partition(":")[0])
        if line.count > _MOST_WORDS or line.count < 2 or line.rule is not None or at <= start:
            continue
        text = line.text
        # A heading that asks or quotes ends like a sentence: it counts for the line below it.
        heads_part = text in headed or entries[at - 1].text.startswith(text + ":")
        if not heads_part and text[0] not in initials:
            continue
        name = person(text)
        if heads_part and name is not None and _is_titled(text):
            line.rule = PORTRAIT_RULE
            parts.add(name)
        elif name in own:
            found.append(at)
    # Of one portrait, or of those of a text's authors side by side. Names that stand apart head
    # parts of a conversation or a collection, and say whose words follow.
    if found and found[-1] - found[0] == len(found) - 1 and not parts:
        for at in found:
            entries[at].rule = PORTRAIT_RULE
    return parts


# First words of headings and of names of places, which are not persons'.
_NO_FIRST_NAMES = frozenset(
    """the a an our my in on at to for from what who why how when where which more new white united
    north south east west san los las st saint supreme""".split()
)


def _is_titled(text: str) -> bool:
    """Whether a line's words all begin with capitals, and the first one may be a first name."""
    words = text.split()
    return words[0].lower() not in _NO_FIRST_NAMES and all(word[0].isupper() for word in words)


_NOTE = re.compile(r"^\W*(?:editor\W?s\W? note\W+)?", re.IGNORECASE)
_NOTE_INITIALS = frozenset("Ee—–-•*·")
_SAYS = frozenset("is was serves works teaches writes covers has".split())
_OFFICE = re.compile(
    r"\b(?:authors? of|co-?authors?|columnists?|contribut(?:or|ing|es)|commentators?|editors?"
    r"|reporters?|correspondents?|writers?|writes|journalists?|bloggers?|blogs|analysts?"
    r"|strategists?|consultants?|advis[eo]rs?|fellows?|scholars?|professors?|lecturers?"
    r"|historians?|teaches|economists?|(?:vice )?presidents?|directors?|chair\w*|founders?"
    r"|co-?founders?|executive|partner|attorney|lawyer|hosts?|podcast|books?|novels?|newsletter)\b"
    r"|@\w+|https?:",
    re.IGNORECASE,
)
"""What a note about an author mentions: an office, a book, an address."""
_HEAD_LINES = 2  # a kicker and a sentence below the headline
_FOOT_LINES = 5  # a note, an address, a correction, two credits
_LEAST_NOTE_WORDS, _MOST_NOTE_WORDS = 5, 90


def _mark_notes(
    entries: Sequence[Line], start: int, own: set[Name], parts: set[Name], initials: set[str]
) -> None:
    """Marks lines that begin with an author's name and say what else he is and does.

    One stands above the text, in its last lines or below its author's part. Whoever is introduced
    between other sentences is part of what they tell, even in a text of his own.
    """
    candidates = [
        at
        for at, line in enumerate(entries)
        if line.text[0] in initials
        and line.rule is None
        and _LEAST_NOTE_WORDS <= line.count <= _MOST_NOTE_WORDS
    ]
    head, foot = max(start, _HEAD_LINES), len(entries) - _FOOT_LINES
    # From the last one up: a note may follow upon a note.
    for at in reversed(candidates):
        line = entries[at]
        ends = _ends_part(entries, at)
        if (
            (ends or not head < at < foot)
            and (name := _told(line.text)) is not None
            and (name in own or (name in parts and ends))
            and _OFFICE.search(line.text)
        ):
            line.rule = NOTE_RULE


def _ends_part(entries: Sequence[Line], at: int) -> bool:
    """Whether what follows is no sentence: the heading of the next part, furniture or the end."""
    return at + 1 >= len(entries) or not entries[at + 1].ended or entries[at + 1].rule is not None


def _told(text: str) -> Name | None:
    """Returns whom a line begins to tell about: ``Ann Other is``, ``Ann Other, a pilot, is``."""
    begin = _NOTE.match(text) if text[0] in _NOTE_INITIALS else None
    words = text[begin.end() if begin else 0 :].split(None, _MOST_WORDS + 1)
    for length in range(2, min(_MOST_WORDS, len(words) - 1) + 1):
        if not words[length - 1][0].isupper():
            return None
        if words[length] in _SAYS or (
            words[length - 1][-1] == "," and not _SAYS.isdisjoint(text.split())
        ):
            return person(" ".join(words[:length]))
    return None
