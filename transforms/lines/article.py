# ruff: noqa: RUF001 - letters of other scripts are meant
"""Splits an article's lines into its paragraphs and everything that is not the article.

Every non-blank line ends exactly once: as a :class:`~pipeline.article.Paragraph`, or as a
:class:`~pipeline.article.RemovedLine` with the rule that took it out.

How it decides, in this order:

1. *Text rules* look at one line alone: labels of page furniture in some twenty languages (exact, or
   one typing error away), prompts, inline links, credits, copyright lines (``line_rule``).
2. *Title and bylines*: the headline and the authors become fields before their lines go.
3. *Context rules* look at position, neighbours and repetition: a one-word label counts only outside
   the running text, a caption printed twice goes twice, what follows the heading of a link list or
   of the page's footer goes with it.

The design follows the cue-and-context heuristics of boilerpipe (Kohlschütter et al., WSDM 2010) and
jusText (Pomikálek, 2011): lines are judged by length, terminal punctuation, stop words and by what
their neighbours were judged to be; no rule knows a site.
"""

import itertools
import operator
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.article import Paragraph, RemovedLine
from transforms.compiled.lines import ENDED
from transforms.lines import bylines, model
from transforms.lines import rules as look
from transforms.lines.authors import mark_authors
from transforms.lines.credits import CAPTION_WORDING, CREDIT_ANYWHERE, CREDIT_LINE
from transforms.lines.dates import CLOCK
from transforms.lines.glance import Glance
from transforms.lines.labels import CRUMB_MARK, HOME_KEYS, Label
from transforms.lines.prompts import SECTION_BYLINE
from transforms.text import OPENING_QUOTES, STOP_WORDS, key


def warm_up() -> None:
    """Loads the line model and the tables of words that let patterns through."""
    model.line_model()
    look.warm_up()


class Split(NamedTuple):
    """The parts of an article.

    Attributes:
      title: the headline: the given one, else the one found in the lines, else ``None``.
      authors: the given names, else those found in bylines.
      paragraphs: the kept lines in order.
      removed: the removed lines in order, each with its rule.
    """

    title: str | None
    authors: list[str]
    paragraphs: list[Paragraph]
    removed: list[RemovedLine]


_BODY_WORDS = 12  # a sentence of this many words is running text; labels and headlines rarely are
_TAIL_HEADING_RULES = frozenset(
    {"link_heading_v2", "footer_heading_v2", "comments_v2", "newsletter_v2", "copyright_v2"}
)


class _Line:
    """A non-blank line while its fate is open."""

    __slots__ = ("body", "count", "ended", "label", "number", "rule", "text")

    label: Label | None
    rule: str | None

    def __init__(self, number: int, text: str, sight: Glance) -> None:
        self.number = number
        self.text = text
        self.ended = ended = sight[3] & ENDED != 0
        if sight[5]:
            self.label, self.count = label, count = look.judged(text, sight)
            self.rule = label.rule if label is not None and label.firm else None
            self.body = label is None and ended and count >= _BODY_WORDS
        else:  # most lines
            self.label = self.rule = None
            self.count = count = sight[0]
            self.body = ended and count >= _BODY_WORDS


def split(
    lines: Sequence[str],
    title: str | None = None,
    authors: Sequence[str] = (),
    outlet: str | None = None,
    extracted: bool = False,
    use_model: bool = True,
) -> Split:
    """Splits the lines of an article into paragraphs and removed lines.

    Args:
      lines: all lines of the article, blank ones included.
      title: the headline the dump gives, if any.
      authors: the authors the dump gives, if any.
      outlet: the outlet's name, for headlines that end in it.
      extracted: whether the lines are what an HTML extractor left, rather than a plain dump. The
        trained model stays away from those: menus and footers are gone already, and on pages it
        never saw it changed F1 by -.0002 and +.0005 there.
      use_model: whether the trained model judges what the rules leave of a page dump.

    Returns:
      The parts; every non-blank line is in exactly one of ``paragraphs`` and ``removed``.
    """
    entries, title, found = judge_by_rules(lines, title, authors, outlet)
    if use_model and not extracted and _is_page_dump(entries):
        _mark_by_model(entries, title)
    paragraphs = [Paragraph(line.number, line.text) for line in entries if line.rule is None]
    removed = [
        RemovedLine(line.number, line.text, line.rule) for line in entries if line.rule is not None
    ]
    return Split(title, list(authors) or found, paragraphs, removed)


def judge_by_rules(
    lines: Sequence[str],
    title: str | None,
    authors: Sequence[str],
    outlet: str | None,
) -> tuple[list[_Line], str | None, list[str]]:
    """Returns the non-blank lines with the rules they met, the title and the authors found."""
    stripped = [line.strip() for line in lines]
    texts = [text for text in stripped if text]
    if not texts:
        return [], title, []
    numbers = [number for number, text in enumerate(stripped, 1) if text]
    entries = list(map(_Line, numbers, texts, look.glances(texts)))
    labelled = any(line.label is not None for line in entries)
    if labelled:
        _spare_live_blog(entries)
    if outlet in texts:
        labelled = True
        for line in entries:
            if line.text == outlet and line.label is None:
                line.label, line.rule = Label("section_label_v1", True), "section_label_v1"
    bodies = [at for at, line in enumerate(entries) if line.body]
    start, last = (bodies[0], bodies[-1]) if bodies else (len(entries), -1)
    title = _mark_title(entries, start, title, outlet)
    found = _mark_bylines(entries, start, last, authors)
    mark_authors(entries, start, last, authors, found)
    _mark_captions(entries, start)
    repeated = len(set(texts)) < len(texts)
    if repeated:
        _mark_doubled(entries)
    _mark_guides(entries)
    if repeated:
        _mark_repeats(entries)
    if labelled:
        _mark_tags(entries)
        _mark_tail(entries)
        _mark_by_context(entries)
        if any(line.rule == "link_heading_v2" for line in entries):
            _mark_link_lists(entries)
    _mark_desk_credit(entries)
    _mark_orphan_heading(entries)
    return entries, title, found


_LIVE_ENTRIES = 3  # fewer clock times are the page's own


def _spare_live_blog(entries: list[_Line]) -> None:
    """Takes the label off clock times that head the entries of a live blog, each above text."""
    clocks = [
        line
        for line, below in itertools.pairwise(entries)
        if line.label is not None
        and line.label.rule == "timestamp_v2"
        and below.label is None
        and below.ended
        and CLOCK.match(line.text)
    ]
    if len(clocks) >= _LIVE_ENTRIES:
        for line in clocks:
            line.label = line.rule = None


def _mark_title(
    entries: list[_Line], start: int, title: str | None, outlet: str | None
) -> str | None:
    """Finds the headline if none is given, marks it and its repeats, and returns it."""
    if title is None or not title.strip():
        at = _find_title(entries, start)
        if at is None:
            return None
        title = _clean_title(entries[at].text, entries, at)
        repeated = any(key(other.text) == key(title) for other in entries[at + 1 : at + 8])
        breadcrumb = repeated and title != entries[at].text
        entries[at].rule = "breadcrumb_v2" if breadcrumb else "field:title"
    wanted = key(title)
    if not wanted:
        return title
    head = wanted.partition(" ")[0]
    for at, line in enumerate(entries[: start + 2]):
        if line.rule != "field:title" and line.count <= 60:
            in_words = at <= _NEAR_TITLE and not line.ended and line.label is None
            if in_words or (
                _may_hold(line.text, (head,)) and _may_begin_or_end_with(line.text, wanted)
            ):
                _mark_title_repeat(line, at, title, wanted, outlet)
    if len(wanted.split()) >= 5:
        size, initial = len(title.strip()), wanted[0]
        for line in entries[start:]:
            if (
                abs(len(line.text) - size) <= 6
                and line.rule is None
                and initial in line.text[:4].casefold()
                and key(line.text) == wanted
            ):
                line.rule = "field:title"
    return title


_NEAR_TITLE = 6  # lines above the text, counted from 0, that may say the title in other words


def _may_hold(text: str, words: Iterable[str]) -> bool:
    """Whether the key of a text may hold one of some words of keys; cheaper than the key."""
    folded = text.casefold()
    for word in words:
        if word in folded:
            return True
    # Keys are without the dot that case folding leaves of a Turkish capital I.
    return "\u0307" in folded


def _may_begin_or_end_with(text: str, wanted: str) -> bool:
    """Whether the key of a text may begin or end with a key; cheaper than the key of all of it."""
    head, tail = key(text[:_HEAD]), key(text[-_HEAD:])
    return (
        wanted.startswith(head)
        or head.startswith(wanted)
        or wanted.endswith(tail)
        or tail.endswith(wanted)
    )


_HEAD = 24  # characters; lines that differ there already are not compared as a whole


def _mark_title_repeat(line: _Line, at: int, title: str, wanted: str, outlet: str | None) -> None:
    text_key = key(line.text)
    if text_key == wanted:
        line.rule = "field:title"
    elif text_key.endswith(wanted) and len(wanted) >= 8:
        before = text_key[: -len(wanted)].strip()
        if not before or len(before) > 300:
            return
        if CREDIT_ANYWHERE.search(line.text[: -len(title)]):
            line.rule = "caption_v2"
        elif len(before) <= 60 and (
            before in HOME_KEYS or before.split()[0] in HOME_KEYS or CRUMB_MARK.search(line.text)
        ):
            line.rule = "breadcrumb_v2"
    elif text_key.startswith(wanted) and len(wanted) >= 8:
        after = text_key[len(wanted) :].strip()
        rest = line.text[len(title) :].strip()
        if after and (
            after == key(outlet or "") or (rest[:1] in "|-–—·:" and len(after.split()) <= 5)
        ):
            line.rule = "field:title"
    elif at <= _NEAR_TITLE and not line.ended and line.label is None:
        ours, theirs = set(text_key.split()), set(wanted.split())
        if len(theirs) >= 4 and len(ours & theirs) >= 0.7 * len(ours | theirs):
            line.rule = "field:title"


def _find_title(entries: list[_Line], start: int) -> int | None:
    """Returns the position of the headline among the lines before the text, or ``None``."""
    if len(entries) == 1:
        return None
    if start > _HEAD_LINES and start < len(entries):
        return _find_title_below_menu(entries, start)
    fallback = None
    for at, line in enumerate(entries[: min(start, _HEAD_LINES)]):
        text = line.text
        if line.count > 40 or len(text) > 300:
            break
        if line.label is not None:
            weak = line.label.rule in _HEADLINE_LIKE_RULES
            crumb = line.label.rule == "breadcrumb_v2"
            if fallback is None and (
                (at == 0 and weak and line.count >= 4) or (crumb and line.count > 6)
            ):
                fallback = at
            continue
        if look.may_be_byline(line.text) and bylines.names_after_by(text) is not None:
            continue
        if text[-1] == "." and not text.endswith("...") and line.count >= 6:
            if fallback is None:
                fallback = at
            continue
        if line.count == 1 and len(text) < 8 and at + 1 < start:
            continue
        return at
    return fallback


_HEAD_LINES = 12  # a dump that begins with the article has no more lines above its text


def _find_title_below_menu(entries: list[_Line], start: int) -> int | None:
    """Returns the position of the headline of a page dump, whose menus come first, or ``None``.

    A headline that the page's own title repeats wins; else the longest headline-like line among the
    last ones before the text.
    """
    best = None
    for at in range(max(0, start - 2 * _HEAD_LINES), start):
        line = entries[at]
        if line.label is not None or not 3 <= line.count <= 25 or line.text[-1] == ".":
            continue
        if look.may_be_byline(line.text) and bylines.names_after_by(line.text) is not None:
            continue
        text_key = key(line.text)
        if len(text_key) >= 16 and any(
            key(other.text).startswith(text_key) for other in entries[: min(at, 5)]
        ):
            return at
        if at >= start - _HEAD_LINES and (best is None or line.count > entries[best].count):
            best = at
    return best


_HEADLINE_LIKE_RULES = frozenset(
    {"related_links_v2", "section_label_v1", "prompt_v2", "caption_v2"}
)


def _clean_title(text: str, entries: list[_Line], at: int) -> str:
    """Returns the headline without a breadcrumb before it."""
    text_key = key(text)
    for other in entries[at + 1 : at + 6]:
        other_key = key(other.text)
        if len(other_key) >= 8 and text_key != other_key and text_key.endswith(other_key):
            before = text_key[: -len(other_key)].split()
            if before and (before[0] in HOME_KEYS or CRUMB_MARK.search(text)):
                return other.text
    parts = re.split(r"\s*[>»›]\s*", text)
    if len(parts) >= 3 or (len(parts) == 2 and key(parts[0]) in HOME_KEYS):
        return parts[-1].strip() or text
    return text


def _mark_bylines(entries: list[_Line], start: int, last: int, authors: Sequence[str]) -> list[str]:
    """Marks bylines above and below the text and returns the names in them."""
    found: list[str] = []
    known = {key(author) for author in authors}
    heads = {author.partition(" ")[0] for author in known}
    for at, line in enumerate(entries):
        if line.rule == "field:byline":
            credit = bylines.REPORTING.sub("", line.text).split(";")[0].split(" in ")[0]
            found += [name for name in bylines.names_in(credit) or [] if " " in name]
            continue
        if line.rule is not None or line.count > 25:
            continue
        if start < at <= last:
            if line.text.startswith("By ") and SECTION_BYLINE.match(line.text):
                line.rule = "contributor_v1"
            continue
        names = bylines.names_after_by(line.text) if look.may_be_byline(line.text) else None
        if names is not None:
            plain = bylines.BY_PLAIN.match(line.text) is not None
            agency = any(key(part) in bylines.AGENCIES for part in bylines.JOIN.split(line.text))
            firm = bool(names) and (not plain or " " in names[0] or at <= start)
            if firm or agency or (not names and bylines.ROLE.search(line.text)):
                line.rule = "field:byline"
                found += names
            continue
        if known and _may_hold(line.text, heads):
            parts = [key(part) for part in bylines.JOIN.split(line.text) if part.strip()]
            if parts and all(part in known for part in parts):
                line.rule = "field:byline"
                continue
        if 0 < at < start and line.label is None and not line.ended:
            bare = bylines.bare_names(line.text)
            below = entries[at + 1].label if at + 1 < len(entries) else None
            dated = below is not None and below.rule == "timestamp_v2"
            if bare is not None and (entries[at - 1].rule == "field:title" or dated):
                line.rule = "field:byline"
                found += bare
                continue
        if (
            0 < at < start
            and line.count <= 8
            and not line.ended
            and entries[at - 1].rule == "field:byline"
            and bylines.ROLE.search(line.text)
        ):
            line.rule = "field:byline"
    return list(dict.fromkeys(found))


def _mark_captions(entries: list[_Line], start: int) -> None:
    """Marks captions above the text, printed twice or worded like one."""
    heads = [line.text[:6] for line in entries]
    alike = range(len(heads)) if len(set(heads)) < len(heads) else ()
    for at in alike:
        if heads[at] not in heads[at + 1 : at + 3]:
            continue
        line = entries[at]
        if line.count < 4 or (line.rule is not None and line.rule != "caption_v2"):
            continue
        for other in entries[at + 1 : at + 3]:
            if other.rule not in (None, "caption_v2") or not _repeats(line.text, other.text):
                continue
            credited = other.rule == "caption_v2" or len(other.text) > len(line.text) + 3
            if credited or (not line.ended and at <= start):
                line.rule = other.rule = "repeated_caption_v1"
            break
    for line, below in itertools.pairwise(entries[: start + 1]):
        credit = below.rule == "field:credit" or (
            below.rule == "caption_v2" and below.count <= 6 and below.text[0] in "(["
        )
        if (
            credit
            and line.rule is None
            and line.label is None
            and not line.ended
            and line.count >= 4
        ):
            line.rule = "caption_v2"
    for line in entries[: start + 1]:
        if (
            line.rule is None
            and not line.body
            and line.count <= 45
            and line.text[0] not in OPENING_QUOTES
            and CAPTION_WORDING.search(line.text)
        ):
            line.rule = "caption_v2"


_DOUBLED = 3
"""Paragraphs of an article that are printed twice in a row. A page holds the captions of a gallery
for its small and its large pictures: in 12,610 articles 46 have three and more such paragraphs, all
of them captions. One or two are also accidents, a paragraph or a standing line that was set twice.
"""
_DOUBLED_MOST = 2 / 3  # of an article's words; a gallery may outweigh its report


def _mark_doubled(entries: list[_Line]) -> None:
    """Marks the captions of a gallery: paragraphs each of which is printed twice in a row."""
    texts = [line.text for line in entries]
    found = [
        at
        for at, same in enumerate(map(operator.eq, texts, texts[1:]))
        if same
        and entries[at].rule is None
        and entries[at + 1].rule is None
        and entries[at].count >= _CAPTION_WORDS
    ]
    if len(found) < _DOUBLED:
        return
    words = sum(entries[at].count for at in found)
    whole = sum(line.count for line in entries if line.rule is None) - words
    if words <= _DOUBLED_MOST * whole:
        for at in found:
            entries[at].rule = entries[at + 1].rule = "doubled_caption_v1"


_CAPTION_WORDS = 6  # shorter lines may be said twice: a chorus, an answer, a cry


def _repeats(text: str, other: str) -> bool:
    """Whether a line says another line again, bare or followed by a credit."""
    if text == other:
        return True
    longer, shorter = (other, text) if len(other) > len(text) else (text, other)
    if longer.startswith(shorter):
        rest = longer[len(shorter) :]
        return len(rest) <= 80 and (
            not any(character.isalnum() for character in rest)
            or CREDIT_ANYWHERE.search(rest) is not None
            or CREDIT_LINE.match(rest.strip()) is not None
        )
    head, other_head = key(text[:_HEAD]), key(other[:_HEAD])
    same_head = head.startswith(other_head) or other_head.startswith(head)
    return same_head and key(text) == key(other)


def _mark_repeats(entries: list[_Line]) -> None:
    """Marks paragraphs printed again. Short lines may repeat: answers, names, figures."""
    seen: set[str] = set()
    for line in entries:
        if line.rule is None and line.count >= (8 if line.ended else 14):
            if line.text in seen:
                line.rule = "repeat_v1"
            seen.add(line.text)


_GUIDE = re.compile(
    r"(?:what (?:to|you (?:need to|should)) know|everything you need to know|(?:read |learn )?more"
    r"|the latest) (?:about|on) .{3,60}:$",
    re.IGNORECASE,
)
_GUIDE_WORDS = 6  # ``When: at noon`` is an entry of a list; a labelled link says what is behind it


def _mark_guides(entries: list[_Line]) -> None:
    """Marks a heading over two and more labelled links, each with its colon and without a stop."""
    for at in [at for at, line in enumerate(entries) if line.text[-1] == ":"]:
        if entries[at].rule is None and _GUIDE.match(entries[at].text):
            links = list(
                itertools.takewhile(
                    lambda line: (
                        not line.ended
                        and ": " in line.text
                        and line.count >= _GUIDE_WORDS
                        and not line.text[0].isdigit()  # the time of an entry in a live report
                    ),
                    entries[at + 1 :],
                )
            )
            if len(links) > 1:
                for line in [entries[at], *links]:
                    line.rule = line.rule or "guide_links_v1"


_TAG_WORDS = 5


def _mark_tags(entries: list[_Line]) -> None:
    """Marks the tags that follow a first one, which has the heading of the list before it."""
    heads = [at for at, line in enumerate(entries) if line.rule == "tags_v2" and ":" in line.text]
    if heads:
        below = [line for line in entries[heads[-1] + 1 :] if line.rule is None]
        if all(line.count <= _TAG_WORDS and not line.ended for line in below):
            for line in below:
                line.rule = "tag_list_v1"


def _mark_tail(entries: list[_Line]) -> None:
    """Marks what follows the first heading of the page's footer or of its last link list."""
    total = sum(line.count for line in entries if line.rule is None)
    after = furniture = 0
    long_body = False
    cut = None
    for at in range(len(entries) - 1, 0, -1):
        line = entries[at]
        if line.label is None and line.rule is None:
            after += line.count
            long_body = long_body or (line.body and line.count >= 45)
        else:
            furniture += 1
        if long_body or after > max(0.25 * total, 30):
            break
        if (
            line.label is not None
            and line.label.rule in _TAIL_HEADING_RULES
            and furniture * 4 >= len(entries) - at
        ):
            cut = at
    if cut is None or not any(line.body for line in entries[:cut]):
        return
    corroborated = sum(line.label is not None for line in entries[cut:]) >= 2
    heading = ""
    for line in entries[cut:]:
        if line.label is not None:
            tail_heading = line.label.rule in _TAIL_HEADING_RULES
            if tail_heading:
                heading = line.label.rule
            if line.rule is None and (
                corroborated or not tail_heading or heading != "footer_heading_v2"
            ):
                line.rule = line.label.rule
        elif line.rule is None:
            if heading == "footer_heading_v2" and corroborated:
                line.rule = "footer_v2"
            elif heading == "link_heading_v2" and not line.ended:
                line.rule = "link_list_v1"


def _mark_by_context(entries: list[_Line]) -> None:
    """Decides the labels that count only outside the running text or beside other furniture."""
    waiting = [
        at for at, line in enumerate(entries) if line.rule is None and line.label is not None
    ]
    if not waiting:
        return
    bodies = [at for at, line in enumerate(entries) if line.body and line.rule is None]
    first, last = (bodies[0], bodies[-1]) if bodies else (len(entries), -1)
    changed = True
    while changed:
        changed = False
        for at in waiting:
            line = entries[at]
            if line.rule is not None or line.label is None:
                continue
            if (
                not first < at < last
                or _is_furniture(entries, at - 1)
                or _is_furniture(entries, at + 1)
            ):
                line.rule = line.label.rule
                changed = True


def _is_furniture(entries: list[_Line], at: int) -> bool:
    if not 0 <= at < len(entries):
        return False
    rule = entries[at].rule
    return rule is not None and rule != "timestamp_v2" and not rule.startswith("field:")


def _mark_desk_credit(entries: list[_Line]) -> None:
    """Marks initials of a desk or source that close the text, followed by furniture at most."""
    for line in reversed(entries):
        if line.rule is not None:
            continue
        if not line.ended and 5 <= len(line.text) <= 60 and bylines.DESK.match(line.text):
            line.rule = "desk_credit_v1"
        return


_ORPHAN_WORDS = 8
_ORPHAN_LENGTH = 70
_VERBS = frozenset(
    """is are was were be been am will would can could has have had do does did said says it he she
    they we ist sind war waren wird hat haben er es ich wir est sont était ont il elle ils je es
    son era fue ha han hay è sono era ha hanno ho foi é são zijn was heeft hij ze был была
    было были есть он она они я var yok oldu jest są był była było""".split()
)
_GOING_ON = frozenset(
    "and but then yet so or nor und aber doch dann et mais puis y pero o e ma poi en maar и но а ve"
    " ama i ale nobody nothing everyone everybody someone there that those niemand nichts personne"
    " nadie nada nessuno ninguém niemand никто hiçbir nikt".split()
)
_IN_LISTS = re.compile(r"[\d:,;!]|^[^\w¿¡#]|[^\w?)>»]$")


def _mark_orphan_heading(entries: list[_Line]) -> None:
    """Marks a last line that is no sentence: a heading whose text is not there.

    Lists, poems and letters end so too, but below more of their kind; lines with figures, commas or
    quotes, and sentences that lack their full stop, are left alone. Of 1,049 clean articles seven
    end in such a line, five of them in an advert, a signature or a heading without its text.
    """
    kept = [line for line in entries if line.rule is None]
    if len(kept) < 3:
        return
    last = kept[-1]
    if (
        kept[-2].body
        and not last.ended
        and last.label is None
        and last.count <= _ORPHAN_WORDS
        and len(last.text) <= _ORPHAN_LENGTH
        and not _IN_LISTS.search(last.text)
        and _VERBS.isdisjoint(words := key(last.text).split())
        and words[0] not in _GOING_ON
    ):
        last.rule = "orphan_heading_v1"


_CROSSHEAD_WORDS = 4  # headings within a text are shorter than headlines


def _mark_link_lists(entries: list[_Line]) -> None:
    """Marks headlines that follow a heading of a link list, up to the next sentence."""
    at = 0
    while at < len(entries):
        if entries[at].rule != "link_heading_v2":
            at += 1
            continue
        end = at + 1
        while end < len(entries) and (
            entries[end].rule is not None
            or (not entries[end].ended and 4 <= entries[end].count <= 30)
        ):
            end += 1
        links = [line for line in entries[at + 1 : end] if line.rule is None]
        if len(links) > 1 and end < len(entries) and links[-1].count <= _CROSSHEAD_WORDS:
            links.pop()  # the heading of the text below, rather than one more link
        if len(links) >= 2 or (links and links[0].count >= 6):
            for line in links:
                line.rule = "link_list_v1"
        at = max(end, at + 1)


_DUMP_LINES = 20  # a page's menus and footers alone have as many lines
_DUMP_BODIES = 0.65  # of the lines of a page dump, at most this share is running text
# Menus, share bars, link lists and footers leave four lines and more of two kinds and more that
# rules know. Of the dumps of whole pages of the trained sites, 511 in 529 do, of 7,060 dumps of
# articles with leftovers one, of 529 clean articles five.
_DUMP_FURNITURE = 4
_DUMP_KINDS = 2
_PAGE_RULES = frozenset(
    """share_button_v2 navigation_v2 section_label_v1 footer_heading_v2 footer_v2 copyright_v2
    subscription_v2 comments_v2 link_heading_v2 media_v2 newsletter_v2""".split()
)


def _is_page_dump(entries: list[_Line]) -> bool:
    """Whether the lines look like the whole visible text of a page: menus and footers about it."""
    if len(entries) < _DUMP_LINES:
        return False
    found = [
        line.label.rule
        for line in entries
        if line.label is not None and line.label.rule in _PAGE_RULES
    ]
    return (
        len(found) >= _DUMP_FURNITURE
        and len(set(found)) >= _DUMP_KINDS
        and sum(line.body for line in entries) <= _DUMP_BODIES * len(entries)
    )


def model_lines(entries: Sequence[_Line], title: str | None) -> model.Lines:
    """Returns judged lines as the model reads them."""
    wanted = set(key(title or "").split())
    shares: list[float] = []
    for line in entries:
        ours = set(key(line.text[:200]).split()) if wanted else wanted
        shares.append(len(ours & wanted) / min(len(ours), len(wanted)) if ours else 0.0)
    return model.Lines(
        texts=[line.text for line in entries],
        counts=[line.count for line in entries],
        ended=[line.ended for line in entries],
        stops=[len(STOP_WORDS.intersection(line.text.split())) for line in entries],
        rules=[line.rule for line in entries],
        cues=[line.label.rule if line.label else None for line in entries],
        title_words=shares,
    )


def _mark_by_model(entries: list[_Line], title: str | None) -> None:
    """Removes the lines that the trained model takes for page furniture."""
    trees = model.line_model()
    odds = trees.log_odds(model_lines(entries, title))
    for line, worth in zip(entries, odds.tolist(), strict=True):
        if line.rule is None and worth < trees.cut:
            line.rule = "line_model_v3"
