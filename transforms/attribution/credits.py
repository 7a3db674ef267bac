# ruff: noqa: RUF001 - names in other alphabets and the dashes of datelines are meant as written
"""Credits of agencies outside the dateline: bylines, credit lines, sign-offs, the outlet's name."""

import operator
import re
from collections.abc import Sequence

from pipeline.article import Paragraph, RemovedLine
from transforms.agencies import (
    agencies_of,
    agency_of,
    ascii_words,
    is_photo_credit,
    known_agencies,
    may_name_agency,
)
from transforms.attribution.finding import MARKUP, Finding, credited, quote

HEAD_PARAGRAPHS = 3
"""Kept paragraphs at the beginning that are searched for a dateline or a credit."""

TAIL_PARAGRAPHS = 3
"""Kept paragraphs at the end that are searched for a credit or a sign-off."""

MAX_AUTHORS = 3
"""Names of a byline; a longer list was gathered from all over a page."""

CREDIT_CHARACTERS = 160
"""Longest credit on a line of its own, in characters; copyright notices may be longer."""

_CLOCK_OR_DATE = re.compile(r"\d{1,4}[-/.:]\d{1,2}")
_ROLE = re.compile(
    r"(?<!\s)\s++(?:in\s+\w.*|staff.*|editorial|reporters?|correspondents?|"
    r"(?:[a-z]++\s++){0,3}(?:writers?|editors?|correspondents?|reporters?))$",
    re.IGNORECASE | re.DOTALL,
)
_BY = re.compile(
    r"(?:by|von|par|por|di|da|door|av|af|от|від)[:\s]+|"
    r"(?:sources?|quellen?|fuentes?|fonte|fonti|bron(?:nen)?|kilder?|källa|lähde|źródło|izvor|"
    r"zdroj|forrás|sursa|източник|источник|джерело|kaynak|sumber|via|texte?|agency|agencies|"
    r"agencias?|wire|courtesy|autor|auteur|来源|來源|출처|المصدر|מקור)\s*[:：-]\s*",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    r"(?:copyright|\(c\)|\W)++(?:(?:19|20)\d\d(?:\s*+[-–]\s*+(?:19|20)\d\d)?\W*+)?(?:by\s++)?"
    r"(?P<who>[^.,|;()]{2,40}?(?:\s++L\.P\.|\.com)?)(?:\s(?:19|20)\d\d)?(?:\s*+[.,|;(].*|\s++all\s++rights.*)?",
    re.IGNORECASE | re.DOTALL,
)
_RESERVED = re.compile(
    r"(?:riproduzione riservata|reproduction interdite)[\s.:-]*+(?=©)", re.IGNORECASE
)
_SIGN_OFF = re.compile(
    r"\W{0,2}(?:additional\s+)?reporting\s+by\s.{3,400}?[;,.]\s*(?:\w+\s+){0,2}editing\s+by\s",
    re.IGNORECASE,
)
_DESK_SIGN = re.compile(r"[a-z]{2,4}(?:[/,]\s?[a-z]{2,4})*\s*\((?P<who>[^()]{2,40})\)")
_INITIALS = re.compile(r"(?P<who>PTI|ANI|IANS|UNI)(?:\s+[A-Z]{2,4}){1,6}")
_CLOSING = re.compile(
    r"[.!?…。»”\"'’)]\s*+(?:[-–—]*+\s*+[(\[/](?P<paren>[^()\[\]]{2,40}?)[)\]/]|"
    r"[-–—©]{1,2}+\s*+(?P<dash>[^\s()\[\]][^()\[\]–—]{1,30})|"
    r"(?<=\s)(?P<bare>[A-Z][\w.-]{2,10})|(?P<initials>(?:PTI|ANI|IANS|UNI)(?:\s[A-Z]{2,4}){1,6}))\.?$"
)
_CLOSING_SIGN_OFF = re.compile(
    r"\((?:additional\s)?reporting\sby\s[^()]{3,300};\s[^()]{0,20}editing\sby\s[^()]{3,60}\)$",
    re.IGNORECASE,
)
_LAST_PARENTHESIS = re.compile(r"\((?P<who>[^()]{2,40})\)$")
_LINE_NUMBER = operator.itemgetter(0)


def line_credit(
    paragraphs: Sequence[Paragraph], removed_lines: Sequence[RemovedLine]
) -> Finding | None:
    """Returns the first credit on a line of its own, before or after the article.

    Args:
      paragraphs: the kept ones, in order.
      removed_lines: the lines taken out, in order.
    """
    first, last = paragraphs[:HEAD_PARAGRAPHS], paragraphs[-TAIL_PARAGRAPHS:]
    head_end = first[-1].line_number if first else 0
    tail_start = last[0].line_number if last else 0
    before = [line for line in removed_lines if line.line_number < head_end]
    behind = [line for line in removed_lines if line.line_number > tail_start]
    for kept, removed, tail in ((first, before, False), (last, behind, True)):
        lines: list[Paragraph | RemovedLine] = [*kept, *removed]
        for line in sorted(lines, key=_LINE_NUMBER) if removed else lines:
            rule = line.rule if isinstance(line, RemovedLine) else ""
            found = _credit_line(line.line_number, line.text, rule, tail)
            if found:
                return found
    return None


def _credit_line(number: int, line: str, rule: str, tail: bool) -> Finding | None:
    """Returns the finding of a line that is a credit and nothing else.

    Args:
      number: of the line.
      line: its text.
      rule: the rule that removed it; empty for a kept paragraph.
      tail: True if it follows the article; before it, a bare name may belong to a photograph.
    """
    if tail and len(line) <= 500 and "eporting by" in line[:40] and _SIGN_OFF.match(line):
        return Finding("Reuters", quote("sign-off", number, line), True)
    if len(line) > 400:
        return None
    short = len(line) <= CREDIT_CHARACTERS and rule != "field:credit"
    notice = tail and _begins_notice(line)
    if not (short or notice) or not _may_credit(line):
        return None
    if short:
        found = _short_credit(number, line, rule, tail)
        if found is not None and not is_photo_credit(line):
            return found
    if notice and (agency := agency_of(copyright_holder(line) or "")):
        return Finding(agency, quote("copyright", number, line), True)
    return None


def _begins_notice(line: str) -> bool:
    beginning = line[:40] if line[:1] not in "Rr" else _RESERVED.sub("", line[:40])
    return beginning[:12].lstrip(" (").casefold().startswith(("©", "copyright", "c)"))


def copyright_holder(line: str) -> str | None:
    """Returns whom a copyright notice names, or ``None`` if a line is none."""
    match = _COPYRIGHT.fullmatch(_RESERVED.sub("", line.strip())) if _begins_notice(line) else None
    return match["who"] if match else None


def _may_credit(line: str) -> bool:
    """Returns False if the beginning of a line names no agency, which is so of nine in ten."""
    return (not line.isascii() and len(line) > CREDIT_CHARACTERS) or may_name_agency(
        line[:CREDIT_CHARACTERS]
    )


def _short_credit(number: int, line: str, rule: str, tail: bool) -> Finding | None:
    core = _bare(line)
    if not core:
        return None
    prefix = _BY.match(core)
    if prefix:
        agencies = _byline(core[prefix.end() :])
        if agencies:
            place = "byline" if prefix.group()[-1] not in ":：" else "credit line"
            return _credited(agencies, place, number, line)
        return None
    agencies = agencies_of(core)
    if agencies:
        firm = tail or rule in ("field:agency", "field:byline") or core != line.strip()
        plain = known_agencies().plain
        if firm and core not in plain and core.casefold() not in plain:
            return _credited(agencies, "credit line", number, line)
        return None
    if "|" in core and _CLOCK_OR_DATE.search(core):
        agencies = agencies_of(core.split("|")[0])
        if agencies:
            return _credited(agencies, "credit line", number, line)
    if not tail:
        match = _LAST_PARENTHESIS.search(line)
        if match and _CLOCK_OR_DATE.search(line[max(0, match.start() - 12) : match.start()]):
            agencies = agencies_of(match["who"])
            return _credited(agencies, "credit line", number, line) if agencies else None
        return None
    match = _DESK_SIGN.fullmatch(line.strip()) or _INITIALS.fullmatch(core)
    if match:
        agencies = agencies_of(match["who"])
        return _credited(agencies, "credit line", number, line) if agencies else None
    return None


def _byline(words: str) -> list[str]:
    """Returns the agencies of a byline: the whole of it, or the affiliation of its last name."""
    words = words.strip(" \t\u00a0.")
    agencies = agencies_of(words) or agencies_of(_ROLE.sub("", words))
    if agencies:
        return agencies
    for separator in (",", "|", "(", " of ", " for ", " - ", " – ", " — "):
        name, found, affiliation = words.rpartition(separator)
        if found and name:
            affiliation = affiliation.strip(" )")
            agency = agency_of(affiliation) or agency_of(_ROLE.sub("", affiliation))
            if agency is not None:
                return [agency]
    match = re.search(
        r"\s(AP|Associated Press|Reuters|AFP)\s(?:\w+\s){0,3}(?:Writer|Editor)s?$", words
    )
    agency = agency_of(match[1]) if match else None
    return [agency] if agency else []


def _credited(agencies: list[str], place: str, number: int, line: str) -> Finding:
    return credited(agencies, quote(place, number, line))


def _bare(line: str) -> str:
    """Returns a line without markup, brackets and bullets around it."""
    if "[" in line or "<" in line:
        line = MARKUP.sub("", line)
    return line.strip(" \t\u00a0.·•*-–—()[]|:/")


def closing_credit(paragraph: Paragraph) -> Finding | None:
    """Returns the credit at the end of the last paragraph: "… he said. (AFP)", "… said. - PTI"."""
    text = paragraph.text
    if len(text) < 60:
        return None
    if text[-1] == ")" and (match := _CLOSING_SIGN_OFF.search(text[-400:])):
        return Finding("Reuters", quote("sign-off", paragraph.line_number, match.group()), True)
    match = _CLOSING.search(text[-50:])
    if not match:
        return None
    credit = match["paren"] or match["dash"] or (match["initials"] or "").partition(" ")[0]
    bare = match["bare"] or ""
    agencies = agencies_of(credit or ("" if bare in known_agencies().plain else bare))
    if not agencies:
        return None
    words = match.group()[1:].strip()
    return _credited(agencies, "closing words", paragraph.line_number, words)


def publisher_credit(outlet: str | None, url: str | None, title: str | None) -> Finding | None:
    """Returns the agency that published the article itself."""
    if url:
        host = re.split("[/?#]", url.partition("//")[2] or url, maxsplit=1)[0]
        host = host.rpartition("@")[2].partition(":")[0]
        if agency := _site(host):
            return Finding(agency, f"url: {host}", True)
    agency = outlet and (agency_of(outlet) or _site(outlet))
    if agency and agency not in known_agencies().newsrooms:
        return Finding(agency, f"outlet: {outlet}", True)
    if title and " | " in title:
        name = title.rpartition(" | ")[2]
        agency = agency_of(name)
        if len(name) > 4 and agency and agency not in known_agencies().newsrooms:
            return Finding(agency, f"title: {name}", True)
    return None


def _site(host: str) -> str | None:
    """Returns the agency whose site a host belongs to."""
    parts = host.casefold().split(".")
    domains = (".".join(parts[start:]) for start in range(len(parts) - 1))
    return next(filter(None, map(known_agencies().domains.get, domains)), None)


def author_credit(authors: Sequence[str]) -> Finding | None:
    """Returns the credit in the list of authors.

    An agency at its head is the author. Behind a person it is the person's employer or source, and
    the article is not the agency's own copy. Between persons, or in a list longer than
    ``MAX_AUTHORS``, it is one of the names of a whole page, or of its pictures.
    """
    for index, author in enumerate(authors[:MAX_AUTHORS]):
        words = _bare(author)
        if words.isascii() and known_agencies().first_words.isdisjoint(ascii_words(words)):
            continue
        prefix = _BY.match(words)
        agencies = _byline(words[prefix.end() :] if prefix else words)
        if not agencies:
            continue
        gathered = len(authors) > MAX_AUTHORS or 0 < index < len(authors) - 1
        if gathered or (index and any(map(is_photo_credit, authors))):
            return None
        finding = credited(agencies, f"author: {words}")
        return finding._replace(own=finding.own and index == 0)
    return None
