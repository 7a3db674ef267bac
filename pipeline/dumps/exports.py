"""Field lines of plain text: exports of news databases, headers of fields, front matter, wire copy.

An export has a head (outlet, date, headline, ``BYLINE:``), the text, and a tail (``LOAD-DATE:``,
``Subject:``, a copyright). Head and tail become the columns of the article, and each of their lines
is named with the column it became, so that it ends in ``removed_lines`` and never as a paragraph.
It reads

- LexisNexis and Nexis (``3 of 120 DOCUMENTS``; ``End of Document`` since 2017) in their languages;
- Factiva, laid out as an article or by two-letter codes (``HD``, ``LP``, ``TD``, ``AN``);
- ProQuest, EBSCO, NewsBank and others that write ``Name: value`` around the text;
- front matter of Markdown in YAML (``---``) and TOML (``+++``);
- IPTC 7901 and ANPA 1312, whose control characters mark header, text and time of a wire story.

The names of LexisNexis in other languages are those of LexisNexisTools (Gruber, R package).
"""

import re
from collections.abc import Sequence

from pipeline.dumps import factiva
from pipeline.dumps.clippings import clipping, dated_outlet
from pipeline.dumps.field_lines import ALONE, EDITION, EDITION_BEHIND, Part, is_date
from pipeline.dumps.front_matter import FRONT_MATTER, front_matter
from pipeline.dumps.labels import HEADER, FieldText
from pipeline.dumps.wire import is_wire, wire_text

_TRAILING = frozenset((
    "load-date", "language", "sprache", "langue", "taal", "publication-type", "graphic", "grafik",
    "update", "document-type", "journal-code", "zeitungs-code", "classification", "notes",
    "subject", "organization", "company", "ticker", "geographic", "industry", "distribution",
))  # fmt: skip
"""Labels that only the tail of a LexisNexis document has."""

_CAPITALS = re.compile(r"[ \t]*+[A-ZÀ-Þ][A-ZÀ-Þ/\-]++(?: [A-ZÀ-Þ/\-]++){0,2}+:(?:[ \t]|$)")
_HYPHENATED = re.compile(r"[ \t]*+[A-ZÀ-Þ]{3,20}+(?:-[A-ZÀ-Þ]{1,20}+){1,3}+:[ \t]")
"""A label of LexisNexis, whatever its language: ``LOAD-DATE:``, ``FECHA-DE-CARGA:``."""
_COPYRIGHT = re.compile(r"\s*(?:\(c\)|©|copyright\b|all rights reserved\b)", re.IGNORECASE)
_COUNT = re.compile(r"\s*(?:document |dokument )?\d{1,7} \w{2,3} \d{1,7}(?: \w{7,11})?\s*", re.I)
_GRAPHIC = re.compile(r"\s*graphics?\s*", re.IGNORECASE)
_RULE = re.compile(r"\s*([=#~%+*_\-])\1{9,}\s*")
_LONGEST_HEADER = 16  # lines
_WITHIN = 12
"""Blocks below the first field within which the label of the text stands."""

_UNDERLINE = re.compile(r"\s*([^\w\s])\1{3,}\s*")
_CENTERED = 8
"""Least indent of the outlet's line in LexisNexis, which centres it on 80 columns."""

_LEXIS = re.compile(
    r"^[ \t]*(?:LENGTH|LÄNGE|LONGUEUR|LENGTE|Length|LOAD-DATE|Load-Date|PUBLICATION-TYPE)[ \t]*:",
    re.MULTILINE,
)
_PROQUEST = re.compile(
    r"^(?:ProQuest document ID|Publication title|Full text|Accession Number|Record Number)[ \t]*:",
    re.MULTILINE | re.IGNORECASE,
)
_HIGHLIGHTS = re.compile(r"^@highlight[ \t]*$", re.MULTILINE)
_COVER = re.compile(
    r"\s*(?:Download Request:|Print Request:|Printopdracht:|Time Of Request:|Contact us at:|"
    r"Database copyright|Search Summary\b|© \d{4} Factiva|User Name:|"
    r"(?:Date and Time|Job Number):|End of [^\n]{1,80}(?:Digest|Issue)\b)"
)


def field_text(text: str, kind: str | None) -> FieldText | None:
    """Returns the fields of a text; ``None`` for a text without field lines.

    Args:
      text: decoded, with ``\\n`` for every line break.
      kind: separator that cut it from the others of its file, as of :mod:`pipeline.dumps.text`.
    """
    if is_wire(text):
        return wire_text(text)
    if kind == "end" and is_cover(text) and (at := _behind_cover(text)):
        return _covered(text, at)
    if highlights := _HIGHLIGHTS.search(text):
        return _without_highlights(text, highlights.start())
    if front := FRONT_MATTER.match(text):
        return front_matter(text, front)
    part = Part(text)
    codes = factiva.codes_of(part).keys()
    if len(codes) >= 4 and {"HD", "AN"} & codes and {"LP", "TD"} & codes:
        return factiva.read_codes(part)
    if kind == "factiva" or factiva.ends_article(part):
        return factiva.read_article(part)
    exported = kind in ("count", "end") or _is_export(text) or part.has_titled_header()
    if not exported and not part.has_header():
        return clipping(part, numbered=kind == "clipping")
    return _labelled(part, exported)


def _without_highlights(text: str, start: int) -> FieldText:
    """Returns a story of CNN/DailyMail (Hermann et al., 2015), its highlights as field lines."""
    before = text.count("\n", 0, start)
    lines = enumerate(text[start:].split("\n"), before + 1)
    return FieldText(text, {}, [(number, HEADER) for number, line in lines if line.strip()])


def is_cover(text: str) -> bool:
    """Returns True if a text begins like the page before or after the articles of an export."""
    return _COVER.match(text) is not None


def _behind_cover(text: str) -> int:
    """Returns where the first article begins behind a cover that lists it; 0 if it is not there."""
    listed = re.search(r"^1\.[ \t]++(.+)$", text, re.MULTILINE)
    if listed is None:
        return 0
    title = re.compile(rf"^[ \t]*{re.escape(listed[1].strip())}[ \t]*$", re.MULTILINE)
    found = title.search(text, listed.end())
    return found.start() if found else 0


def _covered(text: str, start: int) -> FieldText | None:
    """Reads the article that begins at an offset; the lines before it are field lines."""
    found = field_text(text[start:], "end")
    if found is None:
        return None
    cover = text[:start].split("\n")[:-1]
    lines = [(number, HEADER) for number, line in enumerate(cover, 1) if line.strip()]
    lines += [(number + len(cover), column) for number, column in found.field_lines]
    return found._replace(text=text[:start] + found.text, field_lines=lines)


def begins_with_fields(text: str) -> bool:
    """Returns True if the first lines of a text are fields."""
    return Part(text).has_header()


def _is_export(text: str) -> bool:
    return len(_LEXIS.findall(text)) >= 2 or len(_PROQUEST.findall(text)) >= 2


def _labelled(part: Part, exported: bool) -> FieldText:
    """Reads labels around a text; of an export also the lines before the first label."""
    blocks = part.blocks
    first = next((at for at, block in enumerate(blocks) if part.is_field_block(block)), None)
    body = 0
    if first is not None and exported and _label_of(part, blocks[first]) in _TRAILING:
        first = None
    alone = next(
        (at for at, block in enumerate(blocks[:40])
         if any(part.lines[line].strip() == "Body" for line in block)),
        None,
    )  # fmt: skip
    if exported:
        limit = first if first is not None else alone if alone is not None else len(blocks)
        body = _leading(part, blocks[:limit], first is not None or alone is not None)
    if first is not None and (exported or first == 0):
        # ProQuest has an abstract and links between its fields and the label of the text.
        labelled = _text_label(part, blocks, first) if exported else first
        for block in blocks[body:first] if labelled > first else ():
            part.take_block(block)
        body = first
        while body < len(blocks) and (
            body < labelled
            or part.is_field_block(blocks[body])
            or (exported and _is_between(part, blocks, body))
        ):
            begun = part.take_block(blocks[body], blocks[body - 1] if body > first else None)
            body += 1
            if begun is not None:
                part.split_label(begun)
                start = begun + 1
                while (found := next((at for at in part.filled if at >= start), None)) is not None:
                    label = part.label(found)
                    if label is None or label[0] != "authors":
                        break
                    part.take(found, "authors", label[3], label[1])
                    start = found + 1
                return _labelled_tail(part, start)
    if alone is not None and exported:
        for block in blocks[body : alone + 1]:
            for at in block:
                part.take(at, HEADER)
                if part.lines[at].strip() == "Body":
                    return _labelled_tail(part, at + 1)
    start = blocks[body].start if body < len(blocks) else len(part.lines)
    return _labelled_tail(part, start) if exported else part.result()


def _label_of(part: Part, block: range) -> str:
    found = part.label(block.start)
    return found[2] if found else ""


def _text_label(part: Part, blocks: Sequence[range], first: int) -> int:
    """Returns the number of the block that begins with the label of the text; first without one."""
    for at in range(first, min(first + _WITHIN, len(blocks))):
        label = part.label(blocks[at].start)
        if label and label[0] == "text":
            return at
    return first


def _is_between(part: Part, blocks: Sequence[range], at: int) -> bool:
    """Returns True for an unknown label or a copyright with a known label right after it."""
    line = part.lines[blocks[at].start]
    return (
        (_CAPITALS.match(line) is not None or _COPYRIGHT.match(line) is not None)
        and at + 1 < len(blocks)
        and part.is_field_block(blocks[at + 1])
    )


def _labelled_tail(part: Part, start: int) -> FieldText:
    """Takes the field lines at the end of an export, and those in capitals within it."""
    blocks = [
        range(max(block.start, start), block.stop) for block in part.blocks if block.stop > start
    ]
    known = [part.is_field_block(block) for block in blocks]
    others = [
        _COPYRIGHT.match(part.lines[block.start]) is not None
        or _RULE.fullmatch(part.lines[block.start]) is not None
        or is_cover(part.lines[block.start])
        for block in blocks
    ]
    tail = len(blocks)
    while tail and (
        known[tail - 1]
        or others[tail - 1]
        or _CAPITALS.match(part.lines[blocks[tail - 1].start])
        or ALONE.fullmatch(part.lines[blocks[tail - 1].start])
    ):
        tail -= 1
    for at in range(tail, len(blocks)):
        line = part.lines[blocks[at].start]
        if known[at] or others[at] or ALONE.fullmatch(line) or _HYPHENATED.match(line):
            break
        tail += 1
    for at in range(max(0, tail - 3), tail):
        if _GRAPHIC.fullmatch(part.lines[blocks[at].start]):
            tail = at  # captions below it
            break
    for at, block in enumerate(blocks):
        line = part.lines[block.start]
        label = _label_of(part, block)
        if at >= tail or (label in _TRAILING and line.split(":")[0].strip().isupper()):
            if others[at] or not known[at]:
                for inner in block:
                    part.take(inner, HEADER)
                continue
            begun = part.take_block(block)
            if begun is not None:
                for inner in range(begun, block.stop):
                    part.take(inner, HEADER)
    part.unwrap(start)
    return part.result()


def _leading(part: Part, blocks: Sequence[range], has_fields: bool) -> int:
    """Takes outlet, date and headline before the labels of an export; returns the blocks taken.

    LexisNexis wrote outlet, date, headline; since 2017 Nexis writes headline, outlet, date.
    """
    lines = [at for block in blocks[:8] for at in block]
    if not has_fields:
        lines = lines[:6]
    dated = next((at for at in lines if is_date(part.lines[at]) or _dated_outlet(part, at)), None)
    ends = {at: number for number, block in enumerate(blocks, 1) for at in block}
    taken = 0

    def name(at: int, field: str, value: str = "") -> None:
        nonlocal taken
        part.take(at, field, value)
        taken = max(taken, ends[at])

    for at in lines[:]:
        is_rule = _UNDERLINE.fullmatch(part.lines[at])
        if (
            is_rule
            or _COUNT.fullmatch(part.lines[at])
            or (_COPYRIGHT.match(part.lines[at]) and at < lines[-1])
        ):
            name(at, HEADER)
            lines.remove(at)
    before = [at for at in lines if dated is not None and at < dated]
    headline: Sequence[int] = ()
    if dated is not None:
        name(dated, "published_at", EDITION_BEHIND.sub("", part.lines[dated]))
        if of_day := _dated_outlet(part, dated):
            outlet, day = of_day
            part.take(dated, "published_at", day, -1)
            part.take(dated, "outlet", outlet)
            part.became[dated] = "published_at"
            headline = before
        elif before:
            name(before[-1], "outlet", part.lines[before[-1]])
            headline = before[:-1]
    elif lines and _indent(part.lines[lines[0]]) >= _CENTERED:
        name(lines[0], "outlet", part.lines[lines[0]])
    rest = [block for block in blocks if not lines or block.start > (dated or -1)]
    if dated is not None:
        for at in range(dated + 1, len(part.lines)):
            if (
                at in part.filled
                and at in ends
                and (
                    EDITION.search(part.lines[at])
                    or _COPYRIGHT.match(part.lines[at])
                    or is_date(part.lines[at])
                )
                and len(part.lines[at].split()) <= 12
            ):
                name(at, HEADER)
            elif at in ends:
                break
    if not headline:
        others = ([at for at in block if part.became.get(at) != HEADER] for block in rest)
        open_blocks = [block for block in others if block and not part.became.keys() & set(block)]
        if open_blocks:
            candidate = open_blocks[0]
            words = sum(len(part.lines[at].split()) for at in candidate)
            followed = has_fields or len(open_blocks) > 1
            value = " ".join(part.lines[at].strip() for at in candidate)
            if followed and words <= 40 and part.labelled_title in ("", value):
                headline = list(candidate)
    if headline:
        value = " ".join(part.lines[at].strip() for at in headline)
        for at in headline:
            name(at, "title")
        part.take(headline[0], "title", value, 50)
    return taken


def _dated_outlet(part: Part, at: int) -> tuple[str, str] | None:
    """Returns outlet and date of one line, as NewsBank writes them, or Genios above its fields."""
    outlet, _, day = part.lines[at].strip().rpartition(" - ")
    if outlet and is_date(day):
        return outlet, day
    found = dated_outlet(part.lines[at])
    labels = map(part.label, part.filled[:_LONGEST_HEADER]) if found else ()
    named = any(
        label and found and (label[0], label[3]) == ("outlet", found[0]) for label in labels
    )
    return found if named else None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
