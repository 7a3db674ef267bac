# ruff: noqa: RUF001 - dashes of several lengths are meant
"""Splits an article's lines into its paragraphs and everything that is not the article.

Every non-blank line ends exactly once: as a :class:`~pipeline.article.Paragraph`, or as a
:class:`~pipeline.article.RemovedLine` with the rule that took it out.

How it decides, in this order:

1. *Tables* say which row a line matches by its own words (:mod:`transforms.boilerplate.engine`). A
   row decides anywhere, or only outside the running text or beside other boilerplate.
2. *Title and bylines*: the headline and the authors become fields before their lines go.
3. *Surroundings*: a caption printed again beside its picture goes, and a paragraph printed again;
   what stands under the last headings of the page's footer or link lists goes with them.
4. *The line model* judges what is left (:mod:`transforms.boilerplate.line_model`).
5. *Nothing is emptied*: where all of this would leave no sentence of the text, its sentences stay.

Lines are judged by length, terminal punctuation and neighbours, as in boilerpipe (Kohlschütter et
al., WSDM 2010) and jusText (Pomikálek, 2011); no rule knows a site.
"""

import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.article import Paragraph, RemovedLine
from pipeline.dates import bare_date
from transforms.agencies import agencies_of, known_agencies
from transforms.boilerplate import bylines, line_model
from transforms.boilerplate.engine import Match, Tables, repeated_half, tables
from transforms.boilerplate.lines import BODY_WORDS, HEAD_LINES, Judged, Line
from transforms.boilerplate.titles import mark_title
from transforms.text import key
from transforms.trees import Trees

_MARKUP = re.compile(r"\[/?[a-z][\w-]*(?:[ =][^\[\]]*)?\]", re.IGNORECASE)


class Split(NamedTuple):
    """The parts of an article.

    Attributes:
      title: the headline, or ``None``.
      authors: names.
      paragraphs: the kept lines in order.
      removed: the removed lines in order, each with its rule.
      spared: how many of the kept lines were boilerplate by every sign, and stay because too little
        text would be left without them.
    """

    title: str | None
    authors: list[str]
    paragraphs: list[Paragraph]
    removed: list[RemovedLine]
    spared: int


def split(
    lines: Sequence[str],
    title: str | None = None,
    authors: Sequence[str] = (),
    outlet: str | None = None,
    table: Tables | None = None,
    model: Trees | None = None,
) -> Split:
    """Splits the lines of an article into paragraphs and removed lines.

    Args:
      lines: all lines of the article, blank ones included.
      title: the headline the dump gives, if any.
      authors: the authors the dump gives, if any.
      outlet: the outlet's name, for headlines that end in it and rows that are for it.
      table: the tables; those of this package by default.
      model: the line model; that of this package by default.

    Returns:
      The parts; every non-blank line is in exactly one of ``paragraphs`` and ``removed``.
    """
    table = tables() if table is None else table
    judged = judge(lines, title, authors, outlet, table)
    spared = line_model.mark(judged, outlet, table.rules, model) + _spare(judged.lines)
    paragraphs = [Paragraph(line.number, line.text) for line in judged.lines if line.rule is None]
    removed = [
        RemovedLine(line.number, line.text, line.rule)
        for line in judged.lines
        if line.rule is not None
    ]
    return Split(judged.title, judged.authors, paragraphs, removed, spared)


def judge(
    lines: Sequence[str],
    title: str | None = None,
    authors: Sequence[str] = (),
    outlet: str | None = None,
    table: Tables | None = None,
) -> Judged:
    """Returns the non-blank lines with the rules that take them out, the model aside.

    Args are those of :func:`split`.
    """
    table = tables() if table is None else table
    texts = {number: text for number, line in enumerate(lines, 1) if (text := line.strip())}
    if not texts:
        return Judged([], title, list(authors))
    matches = table.match_lines(list(texts.values()), outlet or "")
    entries = list(map(Line, texts, texts.values(), matches))
    for line in entries:
        _mark_by_form(line, outlet)
    start, last = _body_bounds(entries)
    _mark_dates(entries[: min(start, HEAD_LINES)])
    title = mark_title(entries, start, title, outlet, table)
    names = _mark_bylines(entries, start, last, authors)
    _mark_writers(entries[start + 1 : last], authors or names, outlet)
    _mark_captions(entries, start, table)
    if len(set(texts.values())) < len(texts):
        _mark_repeats(entries)
    if any(line.match is not None for line in entries):
        _mark_tail(entries)
        _mark_by_place(entries)
        _mark_link_lists(entries)
        _mark_tags(entries)
    return Judged(entries, title, list(authors) or names)


def _body_bounds(lines: Sequence[Line]) -> tuple[int, int]:
    """Returns the positions of the first and last sentence that stays; (lines, -1) without one."""
    bodies = [at for at, line in enumerate(lines) if line.body and line.rule is None]
    return (bodies[0], bodies[-1]) if bodies else (len(lines), -1)


def _mark_by_form(line: Line, outlet: str | None) -> None:
    """Marks lines without a letter, and names of agencies or the outlet, alone or as a credit."""
    if line.match is not None or len(line.text) > 110:
        return
    if outlet and len(line.text) <= len(outlet) + 2 and key(line.text) == key(outlet):
        line.rule = "section_label_v3"
    elif len(line.text) <= _MARKS and not key(line.text):
        line.rule = "separator_v1"
    elif not line.ended and _is_glued(line.text):
        line.rule = "share_button_v4"
    elif not line.ended and line.words <= 14 and _is_agency(line.text):
        line.rule = "field:agency"
    elif outlet and "/" in line.text and not line.ended:
        name, _, source = line.text.rpartition("/")
        if key(source) == key(outlet) and bylines.bare_names(name.strip(" (|")):
            line.rule = "field:credit"


def _mark_dates(head: list[Line]) -> None:
    """Marks lines above the text that say when it was published, in any language, and no more."""
    for line in head:
        is_open = line.match is None and line.rule is None
        if is_open and any(map(str.isdigit, line.text)) and bare_date(line.text) is not None:
            line.rule = "date_line_v1"


_MARKS = 40  # characters; longer lines of marks alone are no separators but drawings
_GLUED = 6  # characters; shorter strings stand twice in words


def _is_glued(text: str) -> bool:
    """Returns whether a line is one label twice without a space: a button's, and its title."""
    return len(text) % 2 == 0 and len(text) >= 2 * _GLUED and repeated_half(text) is not None


def _is_agency(text: str) -> bool:
    """Returns whether a line names news agencies and nothing else, left-over markup aside."""
    bare = _MARKUP.sub(" ", text).strip(" ()[]–—-") if "[" in text else text.strip(" ()[]–—-")
    return (
        bare != ""
        and text[-1] != ":"
        and not known_agencies().is_other_word(bare)
        and bool(agencies_of(bare))
    )


# --- bylines --------------------------------------------------------------------------------------

_MOST_BYLINE_WORDS = 25
_MOST_NAMES = 8  # words of names on a line of their own


def _mark_bylines(lines: list[Line], start: int, last: int, authors: Sequence[str]) -> list[str]:
    """Marks bylines above and below the text, and returns the names in them."""
    writers: list[str] = []
    known = {key(author) for author in authors}
    for at, line in enumerate(lines):
        if line.rule == "field:byline":
            credit = re.split(r";| in ", line.text.partition(" by ")[2])[0]
            writers += [name for name in bylines.names_in(credit) or [] if " " in name]
            continue
        if line.rule is not None or start < at <= last or line.words > _MOST_BYLINE_WORDS:
            continue
        names = bylines.names_after_lead(line.text)
        if names is not None:
            plain = bylines.has_plain_lead(line.text)
            if (
                (names and (not plain or " " in names[0] or at <= start))
                or (not names and bylines.ROLE.search(line.text))
                or any(agencies_of(part) for part in bylines.parts_of(line.text))
            ):
                line.rule = "field:byline"
                writers += names
        elif known and bylines.is_names(line.text, known):
            line.rule = "field:byline"
        elif 0 < at < start and line.match is None and not line.ended:
            above, below = lines[at - 1], lines[at + 1 : at + 3]
            if len(below) == 2 and bylines.bare_names(below[0].text) != []:
                below = below[:1]  # only a desk or an outlet may stand between names and date
            dated = any(
                other.rule == "date_line_v1" or (other.match and other.match.rule == "timestamp_v4")
                for other in below
            )
            bare = bylines.bare_names(line.text)
            if bare is not None and (above.rule == "field:title" or dated):
                line.rule = "field:byline"
                writers += bare
            elif (
                above.rule == "field:byline" and line.words <= 8 and bylines.ROLE.search(line.text)
            ):
                line.rule = "field:byline"
    return list(dict.fromkeys(writers))


def _mark_writers(lines: list[Line], authors: Sequence[str], outlet: str | None) -> None:
    """Marks bylines between the sentences: with the outlet's name, or nothing but authors' names.

    A name that comes twice, or among names of others, is that of a speaker.
    """
    known = {key(author) for author in authors}
    alone: list[Line] = []
    speakers = 0
    for line in lines:
        if line.rule is not None or line.body or line.words > _MOST_NAMES:
            continue
        if known and bylines.is_names(line.text, known):
            alone.append(line)
        elif line.ended:
            continue
        elif outlet and key(outlet) in key(line.text):
            parts = bylines.parts_of(line.text)
            if (
                len(parts) > 1
                and bylines.names_after_lead(line.text)
                and key(parts[-1]).startswith(key(outlet))
            ):
                line.rule = "field:byline"
        elif known and bylines.bare_names(line.text):
            speakers += 1
    if not speakers and len({key(line.text) for line in alone}) == len(alone):
        for line in alone:
            line.rule = "field:byline"


# --- captions and repeats -------------------------------------------------------------------------

_CAPTION_REST = 80  # characters of the credit behind a caption that is printed again


def _mark_captions(lines: list[Line], start: int, table: Tables) -> None:
    """Marks captions above the text that are printed twice, once with a credit or both bare."""
    for at, line in enumerate(lines[: start + 1]):
        if line.words < 4 or line.rule not in (None, "caption_v4"):
            continue
        for other in lines[at + 1 : at + 3]:
            if other.rule in (None, "caption_v4") and _repeats(line.text, other.text, table):
                if other.text != line.text or (not line.ended and at <= start):
                    line.rule = other.rule = "caption_v4"
                break


def _repeats(text: str, other: str, table: Tables) -> bool:
    """Returns whether a line says another one again, bare or with a credit behind it."""
    if other.startswith(text):
        rest = other[len(text) :]
        return not rest or (
            len(rest) <= _CAPTION_REST
            and (
                not key(rest) or _is_credit(rest, table) or _is_credit(rest.lstrip(" |·–—-"), table)
            )
        )
    return False


def _is_credit(text: str, table: Tables) -> bool:
    match = table.match(text.strip())
    return match is not None and match.rule in ("field:credit", "caption_v4")


_REPEATED_WORDS = 8
_REPEATED_WITHIN = 2  # lines


def _mark_repeats(lines: list[Line]) -> None:
    """Marks paragraphs printed twice in a row, or two lines apart.

    Short lines may repeat (answers, names, figures), and so may paragraphs far apart: of what is
    printed again in the gold texts' pages, two thirds is in the gold again.
    """
    for at, line in enumerate(lines):
        if line.rule is None and line.ended and line.words >= _REPEATED_WORDS:
            for other in lines[at + 1 : at + 1 + _REPEATED_WITHIN]:
                if other.rule is None and other.text == line.text:
                    other.rule = "repeat_v2"


# --- what stands where ----------------------------------------------------------------------------

_TAIL_HEADINGS = frozenset(
    ("link_heading_v4", "footer_v4", "comments_v3", "newsletter_v4", "copyright_v4")
)
_TAIL_SHARE, _TAIL_WORDS = 0.25, 30
"""A tail is at most this share of the text, or as many words; more is the article's."""
_HEADING_WORDS = 8
_LONG_BODY = 45  # words of a sentence that is no footer's


def _mark_tail(lines: list[Line]) -> None:
    """Marks what follows the first heading of the page's footer or of its last link list."""
    if not any(line.match is not None and line.match.rule in _TAIL_HEADINGS for line in lines):
        return
    total = sum(line.words for line in lines if line.rule is None)
    words = boilerplate = 0
    cut = None
    for at in range(len(lines) - 1, 0, -1):
        line = lines[at]
        if line.match is None and line.rule is None:
            words += line.words
        else:
            boilerplate += 1
        if (line.body and line.words >= _LONG_BODY) or words > max(
            _TAIL_SHARE * total, _TAIL_WORDS
        ):
            break
        if _heads_tail(lines, at) and boilerplate * 4 >= len(lines) - at:
            cut = at
    if cut is None or not any(line.body for line in lines[:cut]):
        return
    sure = sum(line.match is not None for line in lines[cut:]) >= 2
    heading = ""
    for at, line in enumerate(lines[cut:], cut):
        if line.match is not None:
            if _heads_tail(lines, at):
                heading = line.match.rule
            if line.rule is None and (sure or heading != "footer_v4"):
                line.rule = line.match.rule
        elif line.rule is None and sure:
            if heading == "link_heading_v4" and not line.ended:
                line.rule = "link_list_v2"
            elif heading == "footer_v4" or (not line.ended and line.words <= _HEADING_WORDS):
                line.rule = "footer_v4"


def _heads_tail(lines: list[Line], at: int) -> bool:
    """Returns whether a line heads a footer or link list, and is no heading of the article."""
    match = lines[at].match
    if match is None or match.rule not in _TAIL_HEADINGS:
        return False
    return match.where != "page" or not any(line.ended for line in lines[at + 1 : at + 2])


def _mark_by_place(lines: list[Line]) -> None:
    """Decides the rows that count only in some places, or beside other boilerplate."""
    first, last = _body_bounds(lines)
    if last < 0:
        for line in lines:
            if line.words == 1 and line.match is not None and line.rule == "share_button_v4":
                line.rule = None  # "Share" may be a line of verse
    text = next((at for at, line in enumerate(lines) if not (line.rule or line.match)), len(lines))
    end = _last_left(lines, len(lines) - 1)
    # What goes may let those beside it go, and the one that is the last then.
    pending = [at for at, line in enumerate(lines) if line.rule is None and line.match is not None]
    while pending:
        at = pending.pop()
        match = lines[at].match
        if (
            lines[at].rule is None
            and match is not None
            and _decides(lines, at, match, range(first, last + 1), text, end)
        ):
            lines[at].rule = match.rule
            end = _last_left(lines, end)
            pending += [near for near in (at - 1, at + 1, end) if 0 <= near < len(lines)]


def _last_left(lines: Sequence[Line], end: int) -> int:
    """Returns the position of the last line up to one that no rule takes out; -1 without one."""
    return next((at for at in range(end, -1, -1) if lines[at].rule is None), -1)


def _decides(
    lines: Sequence[Line], at: int, match: Match, bodies: range, text: int, end: int
) -> bool:
    """Returns whether the row of a line decides where it stands.

    Args:
      lines: all lines.
      at: position of the line.
      match: its row.
      bodies: from the first sentence to the last one.
      text: the first line that no row takes.
      end: the last line that is left.
    """
    match match.where:
        case "above":
            return at < bodies.start
        case "below":
            return at >= bodies.stop
        case "page":
            return False
        case "last":
            return at == end
    if any(line.is_boilerplate for line in (*lines[max(at - 1, 0) : at], *lines[at + 1 : at + 2])):
        return True
    if bodies:
        return not bodies.start < at < bodies.stop - 1
    # A text without a long sentence is a poem, a list or a page of notices, in which the words of a
    # label are its own. Only what is no text at all decides by itself, above it.
    return match.kind == "fact" and at < text


def _mark_link_lists(lines: list[Line]) -> None:
    """Marks headlines that follow a heading of a link list, up to the next sentence."""
    first, last = _body_bounds(lines)
    for at, line in enumerate(lines):
        if line.rule == "link_heading_v4" and not first < at < last:
            links = _links_below(lines, at + 1)
            if len(links) > 1:
                for link in links:
                    link.rule = "link_list_v2"


def _mark_tags(lines: list[Line]) -> None:
    """Marks the lines behind the article's tags, to its end, as further tags."""
    tags: list[Line] = []
    for at in range(len(lines) - 1, 0, -1):
        line = lines[at]
        if line.rule == "tags_v4":
            if any(other.body for other in lines[:at]):
                for tag in tags:
                    tag.rule = line.rule
            return
        if line.rule is None:
            if line.ended or line.words > _CROSSHEAD_WORDS:
                return
            tags.append(line)


_CROSSHEAD_WORDS = 4  # headings within a text are shorter than headlines


def _links_below(lines: list[Line], at: int) -> list[Line]:
    """Returns the headlines from a position on, less the heading of the text below them."""
    links: list[Line] = []
    for line in itertools.islice(lines, at, None):
        if line.rule is None:
            if line.ended or not 4 <= line.words <= 30:
                if len(links) > 1 and links[-1].words <= _CROSSHEAD_WORDS:
                    links.pop()
                break
            links.append(line)
    return links


# --- nothing is emptied ---------------------------------------------------------------------------


def _spare(lines: list[Line]) -> int:
    """Puts sentences back where none is left, and returns how many.

    Fields and repeats stay out: the record has them already.
    """
    if any(line.rule is None and line.ended for line in lines):
        return 0
    spared = [
        line
        for line in lines
        if line.ended and line.words >= BODY_WORDS and line.rule is not None
        and not line.rule.startswith(("field:", "repeat_"))
    ]  # fmt: skip
    for line in spared:
        line.rule = None
    return len(spared)
