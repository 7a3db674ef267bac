# ruff: noqa: RUF001 - the quotation marks and dashes of notes are meant as written
"""Notes in which a desk says what an agency did for an article: ``notes.toml`` lists them.

"Reuters contributed to this report." leaves the article its outlet's own; "This story was reported
by The Associated Press." makes it the agency's.
"""

import functools
import pathlib
import re
import tomllib
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.article import Paragraph, RemovedLine
from transforms.agencies import agencies_in, naming_agencies
from transforms.attribution.datelines import places
from transforms.attribution.finding import Finding, credited, quote

HEAD_PARAGRAPHS = 2
"""Kept paragraphs at the beginning that are searched for a note."""

TAIL_PARAGRAPHS = 4
"""Kept paragraphs at the end that are searched for a note."""

NOTE_CHARACTERS = 400
"""Characters at the end of a line that are searched; the longest note read had 320."""

_BREAK = re.compile(
    r"(?<!\w)(?P<word>\w++)[)\]\"”’]*+[.!?][\"”’')\]]*+\s++|\|\s|(?<=[.!?\"”’)])\s*+(?=[(\[])"
)
# What stands between the names in a list of contributors, and their offices.
_SMALL_WORDS = frozenset(
    """and the of in from at with for to a an und der die das des von aus et de la le les du l d y
    e i en da do dos della di il och og av af med van het een w z oraz и агентства also news
    agency agencies agence agencia agências agenzia nachrichtenagentur nachrichtenagenturen
    agenturen agences agencias agenzie persbureau persbureaus nyhetsbyrån nyhetsbyrået
    nyhedsbureauet агентство agencji kantor berita tempo notícias noticias presse prensa wire
    service services writer writers reporter reporters correspondent correspondents staff editor
    editors producer producers journalist journalists bureau bureaus colleagues other
    others""".split()
)
_WHO = re.compile(r"\{(who2?)\}(?P<last>\)*$)?")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")


class _Kind(NamedTuple):
    says: str
    pattern: re.Pattern[str]
    names: bool


class Note(NamedTuple):
    """What a note says.

    Attributes:
      says: ``contributed``, ``wrote`` or ``based``; see ``notes.toml``.
      agencies: names in ``agencies.toml``, in the order of the note.
      line_number: of the line it is in.
      text: the sentence.
    """

    says: str
    agencies: tuple[str, ...]
    line_number: int
    text: str


@functools.cache
def kinds() -> tuple[_Kind, ...]:
    """Loads the notes from the file beside this module."""
    table = tomllib.loads(pathlib.Path(__file__).with_name("notes.toml").read_text("utf-8"))
    order = ("based", "contributed", "wrote")
    rows = sorted(table["notes"], key=lambda row: order.index(row["says"]))
    return tuple(
        _Kind(
            row["says"],
            re.compile(_WHO.sub(_captured, row["pattern"]), re.IGNORECASE),
            row.get("names", False),
        )
        for row in rows
    )


def _captured(slot: re.Match[str]) -> str:
    """Returns the group of the words that name an agency: up to what follows, or to the end."""
    many = "{2,300}" if slot["last"] is not None else "{2,300}?"
    return f"(?P<{slot[1]}>.{many}){slot['last'] or ''}"


def notes(
    paragraphs: Sequence[Paragraph], removed_lines: Sequence[RemovedLine]
) -> tuple[Note, ...]:
    """Returns the notes of an article, in the order of its lines.

    Args:
      paragraphs: the kept ones, in order; the first and the last are searched.
      removed_lines: the lines taken out, in order; all are searched.
    """
    middle = slice(HEAD_PARAGRAPHS, max(HEAD_PARAGRAPHS, len(paragraphs) - TAIL_PARAGRAPHS))
    kept = [*paragraphs[: middle.start], *paragraphs[middle.stop :]]
    found = []
    lines: list[Paragraph | RemovedLine] = [*kept, *removed_lines]
    ends = [line.text[-NOTE_CHARACTERS:] for line in lines]
    for place in naming_agencies(ends):
        found += notes_of(lines[place].line_number, ends[place])
    return tuple(sorted(found, key=lambda note: note.line_number))


def notes_of(line_number: int, text: str) -> list[Note]:
    """Returns the notes in the end of a line, each a sentence or a parenthesis of its own."""
    if not agencies_in(text):
        return []
    found = []
    for sentence in _sentences(text):
        note = _note(line_number, sentence)
        if note is not None:
            found.append(note)
    return found


def _note(line_number: int, sentence: str) -> Note | None:
    sentence = sentence.strip(' \t\u00a0.·•*-–—()[]|/"“”')
    if len(sentence) < 4 or not agencies_in(sentence):
        return None
    for kind in kinds():
        match = kind.pattern.search(sentence)
        if match is None:
            continue
        who = next(filter(None, match.groups()))
        agencies = agencies_in(who)
        if not agencies or (kind.names and not _are_names(who)):
            continue
        if kind.says != "contributed" and not _begins_with_agency(who):
            continue
        return Note(kind.says, tuple(agencies), line_number, sentence)
    return None


def _sentences(text: str) -> list[str]:
    """Returns the sentences of a text; an abbreviation before a name ends none."""
    sentences = []
    start = 0
    for match in _BREAK.finditer(text):
        word = match["word"]
        if word is not None and (
            f"{word}." in places().states or (word[0].isupper() and len(word) < 4)
        ):
            continue
        sentences.append(text[start : match.end()])
        start = match.end()
    return [*sentences, text[start:]]


def _are_names(who: str) -> bool:
    """Returns whether words are names and what stands between them; a verb is neither."""
    return all(
        not word.islower() or word in _SMALL_WORDS or (not word.isascii() and len(word) < 3)
        for word in _WORD.findall(_without_agencies(who))
    )


def _without_agencies(who: str) -> str:
    for name in agencies_in(who, spelled=True):
        who = who.replace(name, " ")
    return who


def _begins_with_agency(who: str) -> bool:
    first = agencies_in(who, spelled=True)[0]
    words = _WORD.findall(who.partition(first)[0].casefold())
    return _SMALL_WORDS.issuperset(words)


def note_credit(said: Sequence[Note]) -> Finding | None:
    """Returns the credit of the first note that says whose report an article is."""
    for note in said:
        if note.says != "contributed":
            finding = credited(note.agencies, quote("note", note.line_number, note.text))
            return finding._replace(own=finding.own and note.says == "wrote")
    return None
