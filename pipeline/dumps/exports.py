# ruff: noqa: RUF001 - dashes and colons of other scripts are meant
"""Field lines of plain text: exports of news databases, headers of fields, front matter, wire copy.

An export has a head (outlet, date, headline, ``BYLINE:``), the text, and a tail (``LOAD-DATE:``,
``Subject:``, a copyright). Head and tail become the columns of the article, and each of their lines
is named with the column it became, so that it ends in ``removed_lines`` and never as a paragraph.
Read are

- LexisNexis and Nexis (``3 of 120 DOCUMENTS``; ``End of Document`` since 2017) in their languages;
- Factiva, laid out as an article or by two-letter codes (``HD``, ``LP``, ``TD``, ``AN``);
- ProQuest, EBSCO, NewsBank and others that write ``Name: value`` around the text;
- front matter of Markdown in YAML (``---``) and TOML (``+++``);
- IPTC 7901 and ANPA 1312, whose control characters mark header, text and time of a wire story.

The names of LexisNexis in other languages are those of LexisNexisTools (Gruber, R package), the
codes those of Factiva's display format "Full Article/Report plus Indexing".
"""

import itertools
import re
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.dates import bare_date
from pipeline.dumps.labels import HEADER, LABELS, NO_COLUMNS, FieldText
from pipeline.dumps.wire import wire_text

_LABEL = re.compile(
    r"[ \t]*+(?P<label>[^\W\d_][^:：\n]{0,39}?)[ \t]*+[:：](?!//)[ \t]*+(?P<value>.*)"
)
_TRAILING = frozenset((
    "load-date", "language", "sprache", "langue", "taal", "publication-type", "graphic", "grafik",
    "update", "document-type", "journal-code", "zeitungs-code", "classification", "notes",
    "subject", "organization", "company", "ticker", "geographic", "industry", "distribution",
))  # fmt: skip
"""Labels that only the tail of a LexisNexis document has."""

_CAPITALS = re.compile(r"[ \t]*+[A-Z][A-Z/\-]++(?: [A-Z/\-]++){0,2}+:(?:[ \t]|$)")
_COPYRIGHT = re.compile(r"\s*(?:\(c\)|©|copyright\b|all rights reserved\b)", re.IGNORECASE)
_COUNT = re.compile(r"\s*(?:document |dokument )?\d{1,7} \w{2,3} \d{1,7}(?: \w{7,11})?\s*", re.I)
_GRAPHIC = re.compile(r"\s*graphics?\s*", re.IGNORECASE)
_RULE = re.compile(r"\s*([=#~%+*_\-])\1{9,}\s*")
_ALONE = re.compile(r"\s*(?:body|classification|graphic|notes|correction|highlight)\s*", re.I)
_URL = re.compile(r"\s*https?://\S+\s*")
_EDITION = re.compile(r"\b(?:edition|ausgabe|final|édition|edición|editie)\b", re.IGNORECASE)
_EDITION_BEHIND = re.compile(rf",[^,]*{_EDITION.pattern}.*", re.IGNORECASE)
_PERCENT = re.compile(r" ?\(\d{1,3} ?%\)")
_PAGE_NUMBER = re.compile(
    r"(?:\bpg?\.|\bpages?\b|\bs\.|\bblz\.|\bseite\b)\s*\w+[^;]*", re.IGNORECASE
)
_LONGEST_SECTION, _LONGEST_LANGUAGE = 3, 20  # words; characters
_CENTERED = 8
"""Least indent of the outlet's line in LexisNexis, which centres it on 80 columns."""

_NARROWEST, _WIDEST, _SLACK = 55, 100, 2
"""Widths, in characters, at which exports break lines: LexisNexis at 79, others at 60 to 80."""

_LEXIS = re.compile(
    r"^[ \t]*(?:LENGTH|LÄNGE|LONGUEUR|LENGTE|Length|LOAD-DATE|Load-Date|PUBLICATION-TYPE)[ \t]*:",
    re.MULTILINE,
)
_PROQUEST = re.compile(
    r"^(?:ProQuest document ID|Publication title|Full text|Accession Number|Record Number)[ \t]*:",
    re.MULTILINE | re.IGNORECASE,
)
_COVER = re.compile(
    r"\s*(?:Download Request:|Print Request:|Printopdracht:|Time Of Request:|Contact us at:|"
    r"Database copyright|Search Summary\b|© \d{4} Factiva|User Name:|"
    r"(?:Date and Time|Job Number):)"
)
FACTIVA_END = (
    r"(?:Document|Dokument|Documento|Документ)[ \t]+[A-Z][A-Z0-9]{2,11}\d{8,}[a-z0-9]{4,16}"
)
"""Last line of an article of Factiva: its accession number, of outlet, date and serial."""

_FACTIVA_ID = re.compile(rf"[ \t]*{FACTIVA_END}[ \t]*")
_WORDS = re.compile(
    r"\s*+\d[\d.,\xa0 ]*+\s*+(?:words?|wörter|mots|palabras|palavras|parole|paraules|woorden|ord|"
    r"слов[ао]?|słów|字|語|단어)\s*+",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\s*\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s*[AP]M)?(?:\s*[A-Z]{2,5})?\s*", re.I)
_CODES = {
    "HD": "title", "SN": "outlet", "BY": "authors", "PD": "published_at", "LA": "language",
    "LP": "text", "TD": "text", "AN": "id", "SE": "tags",
}  # fmt: skip
_CODE = re.compile(
    r"(?P<code>SE|HD|CR|BY|WC|PD|ET|SN|SC|ED|PG|VOL|LA|CY|LP|TD|CT|RF|CO|IN|NS|RE|IPC|IPD|PUB|"
    r"ART|CLM|DLN|AN)(?:[ \t]++(?P<value>\S.*+))?+[ \t]*+"
)
_FRONT = re.compile(
    r"\s*(?:---[ \t]*\n(?P<yaml>.{1,65536}?)\n(?:---|\.\.\.)|\+\+\+[ \t]*\n(?P<toml>.{1,65536}?)\n"
    r"\+\+\+)[ \t]*(?:\n|\Z)",
    re.DOTALL,
)


def field_text(text: str, kind: str | None = None) -> FieldText | None:
    """Returns the fields of a text; ``None`` for a text without field lines.

    Args:
      text: decoded, with ``\\n`` for every line break.
      kind: separator that cut it from the others of its file, as of :mod:`pipeline.dumps.text`.
    """
    if "\x02" in text[:65536]:
        return wire_text(text)
    if kind == "end" and is_cover(text) and (at := _behind_cover(text)):
        return _covered(text, at)
    if front := _FRONT.match(text):
        return _front_matter(text, front)
    part = _Part(text)
    if (
        len(part.codes) >= 4
        and {"HD", "AN"} & part.codes.keys()
        and {"LP", "TD"} & part.codes.keys()
    ):
        return _factiva_codes(part)
    if kind == "factiva" or (part.last and _FACTIVA_ID.fullmatch(part.lines[part.last])):
        return _factiva(part)
    exported = kind in ("count", "end") or _is_export(text) or part.has_titled_header()
    if not exported and not part.has_header():
        return None
    return _labelled(part, exported)


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
    return _Part(text).has_header()


def _is_export(text: str) -> bool:
    return len(_LEXIS.findall(text)) >= 2 or len(_PROQUEST.findall(text)) >= 2


class _Part:
    """The lines of a text, and what became of them."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.filled = [at for at, line in enumerate(self.lines) if line and not line.isspace()]
        self.last = self.filled[-1] if self.filled else 0
        self.became: dict[int, str] = {}
        self._found: dict[str, tuple[int, str]] = {}
        self.blocks = list(self._blocks())

    @property
    def labelled_title(self) -> str:
        """The headline that a label names; empty without one."""
        labels = (self.label(at) for at in self.filled)
        return next((found[3] for found in labels if found and found[0] == "title"), "")

    @property
    def codes(self) -> dict[str, int]:
        """Codes of Factiva at the begin of lines, with their lines."""
        found: dict[str, int] = {}
        for at in self.filled:
            line = self.lines[at]
            if line[:2].isupper() and (match := _CODE.fullmatch(line)):
                found.setdefault(match["code"], at)
        return found

    def _blocks(self) -> Iterator[range]:
        start = previous = -2
        for number, at in enumerate(self.filled):
            # Fields may follow the headline without a blank line.
            begins = 0 < number < 8 and self.label(at) and not self.label(self.filled[number - 1])
            if at != previous + 1 or begins:
                if start >= 0:
                    yield range(start, previous + 1)
                start = at
            previous = at
        if start >= 0:
            yield range(start, previous + 1)

    def take(self, at: int, field: str, value: str = "", rank: int = 0) -> None:
        """Makes a line a field line; of several values of a field that of the least rank counts."""
        self.became[at] = field
        value = " ".join(value.split())
        if value and field == "tags" and field in self._found:
            value = f"{self._found[field][1]}; {value}"
            self._found[field] = rank, value
        elif value and (field not in self._found or rank < self._found[field][0]):
            self._found[field] = rank, value

    def value(self, field: str) -> str | None:
        """Returns the value of a field."""
        return self._found[field][1] if field in self._found else None

    def label(self, at: int) -> tuple[str, int, str, str] | None:
        """Returns field, rank, label and value of a line with a known label."""
        match = _LABEL.fullmatch(self.lines[at])
        if match is None:
            return None
        label = " ".join(match["label"].lower().split()).strip("*_#")
        if label not in LABELS:
            return None
        field, rank = LABELS[label]
        return field, rank, label, match["value"].strip("* \t")

    def has_header(self) -> bool:
        """Returns True if the text begins with at least two fields, one of them of the article."""
        fields: set[str] = set()
        for at in self.filled[:40]:
            found = self.label(at)
            if found is None:
                if fields and not _URL.fullmatch(self.lines[at]):
                    break
                if not fields:
                    return False
                continue
            fields.add(found[0])
            if found[0] == "text":
                break
        return len(fields) >= 2 and bool(
            fields & {"title", "outlet", "authors", "published_at", "url"}
        )

    def has_titled_header(self) -> bool:
        """Returns True if one to four short lines, no sentences, precede at least three fields."""
        labels = [self.label(at) is not None for at in self.filled[:8]]
        first = labels.index(True) if True in labels else 0
        return (
            1 <= first <= 4
            and len(labels) >= first + 3
            and all(labels[first : first + 3])
            and all(
                len(self.lines[at].split()) <= 20 and not self.lines[at].rstrip().endswith(".")
                for at in self.filled[:first]
            )
        )

    def is_field_block(self, block: range) -> bool:
        """Returns True if a block begins with a known label, or is an address."""
        first = block.start
        return self.label(first) is not None or (
            len(block) == 1 and _URL.fullmatch(self.lines[first]) is not None
        )

    def take_block(self, block: range) -> int | None:
        """Makes the lines of a block field lines; returns the line at which the text begins."""
        values: list[str] = []
        field, rank, start = HEADER, 99, block.start
        for at in block:
            if found := self.label(at):
                self.take(start, field, " ".join(values), rank)
                if found[0] == "text":
                    return at
                field, rank, _, value = found
                values, start = [value], at
            elif _URL.fullmatch(self.lines[at]):
                self.take(at, "url", self.lines[at].strip(), 50)
                continue
            else:
                values.append(self.lines[at].strip())
            self.became[at] = field
        if values or start not in self.became:
            self.take(start, field, " ".join(values), rank)
        return None

    def unwrap(self, start: int) -> None:
        """Joins the lines of a paragraph that was broken at a fixed width, as exports have them.

        The paragraphs of an export have blank lines between them, so that even two lines show it:
        the first had no room for the next word.
        """
        body = [at for at in self.filled if at >= start and at not in self.became]
        width = max((len(self.lines[at].rstrip()) for at in body), default=0)
        if not _NARROWEST <= width <= _WIDEST:
            return
        for block in reversed(self.blocks):
            if block.start < start or any(at in self.became for at in block):
                continue
            lines = [self.lines[at].strip() for at in block]
            if all(
                len(line) + 1 + len(following.split()[0]) > width - _SLACK
                for line, following in itertools.pairwise(lines)
            ):
                self.lines[block.start : block.stop] = [" ".join(lines)]
                fewer = len(block) - 1
                self.became = {
                    at - fewer * (at >= block.stop): name for at, name in self.became.items()
                }
        self.filled = [at for at, line in enumerate(self.lines) if line.strip()]

    def result(self, **more: Any) -> FieldText:
        record: dict[str, Any] = {
            field: value for field, (_, value) in self._found.items() if field != HEADER
        }
        abstract = record.pop("abstract", None)
        record.pop("text", None)
        if tags := record.get("tags"):
            record["tags"] = _PAGE_NUMBER.sub("", _PERCENT.sub("", tags)).strip(" ;,") or None
        text_lines = any(at not in self.became for at in self.filled)
        truncated = bool(abstract) and not text_lines
        if truncated:
            # Without the full text the abstract is what there is of the article.
            self.became = {at: name for at, name in self.became.items() if name != "abstract"}
        field_lines = [
            (at + 1, HEADER if self.became[at] in NO_COLUMNS else self.became[at])
            for at in sorted(self.became)
        ]
        return FieldText("\n".join(self.lines), record | more, field_lines, truncated)


def _labelled(part: _Part, exported: bool) -> FieldText:
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
        body = first
        while body < len(blocks) and (
            part.is_field_block(blocks[body]) or (exported and _is_between(part, blocks, body))
        ):
            begun = part.take_block(blocks[body])
            body += 1
            if begun is not None:
                _split_label(part, begun)
                return _labelled_tail(part, begun + 1)
    if alone is not None and exported:
        for block in blocks[body : alone + 1]:
            for at in block:
                part.take(at, HEADER)
                if part.lines[at].strip() == "Body":
                    return _labelled_tail(part, at + 1)
    start = blocks[body].start if body < len(blocks) else len(part.lines)
    return _labelled_tail(part, start) if exported else part.result()


def _label_of(part: _Part, block: range) -> str:
    found = part.label(block.start)
    return found[2] if found else ""


def _is_between(part: _Part, blocks: Sequence[range], at: int) -> bool:
    """Returns True for an unknown label or a copyright with a known label right after it."""
    line = part.lines[blocks[at].start]
    return (
        (_CAPITALS.match(line) is not None or _COPYRIGHT.match(line) is not None)
        and at + 1 < len(blocks)
        and part.is_field_block(blocks[at + 1])
    )


def _split_label(part: _Part, at: int) -> None:
    """Puts the label of a text on a line of its own."""
    match = _LABEL.fullmatch(part.lines[at])
    assert match is not None
    value = match["value"]
    part.take(at, "text")
    if value:
        part.lines[at : at + 1] = [part.lines[at][: match.start("value")].rstrip(), value]
        part.became = {line + (line > at): name for line, name in part.became.items()}
        part.filled = [line for line, text in enumerate(part.lines) if text.strip()]
        part.blocks = list(part._blocks())


def _labelled_tail(part: _Part, start: int) -> FieldText:
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
        or _ALONE.fullmatch(part.lines[blocks[tail - 1].start])
    ):
        tail -= 1
    for at in range(tail, len(blocks)):
        line = part.lines[blocks[at].start]
        if known[at] or others[at] or _ALONE.fullmatch(line):
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


def _leading(part: _Part, blocks: Sequence[range], has_fields: bool) -> int:
    """Takes outlet, date and headline before the labels of an export; returns the blocks taken.

    LexisNexis wrote outlet, date, headline; since 2017 Nexis writes headline, outlet, date.
    """
    lines = [at for block in blocks[:8] for at in block]
    if not has_fields:
        lines = lines[:6]
    dated = next(
        (at for at in lines if _is_date(part.lines[at]) or _dated_outlet(part.lines[at])), None
    )
    ends = {at: number for number, block in enumerate(blocks, 1) for at in block}
    taken = 0

    def name(at: int, field: str, value: str = "") -> None:
        nonlocal taken
        part.take(at, field, value)
        taken = max(taken, ends[at])

    for at in lines[:]:
        if _COUNT.fullmatch(part.lines[at]) or (
            _COPYRIGHT.match(part.lines[at]) and at < lines[-1]
        ):
            name(at, HEADER)
            lines.remove(at)
    before = [at for at in lines if dated is not None and at < dated]
    headline: Sequence[int] = ()
    if dated is not None:
        name(dated, "published_at", _EDITION_BEHIND.sub("", part.lines[dated]))
        if _dated_outlet(part.lines[dated]):
            outlet, _, day = part.lines[dated].rpartition(" - ")
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
                and (_EDITION.search(part.lines[at]) or _COPYRIGHT.match(part.lines[at]))
                and len(part.lines[at].split()) <= 12
            ):
                name(at, HEADER)
            elif at in ends:
                break
    if not headline:
        open_blocks = [block for block in rest if not any(at in part.became for at in block)]
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


def _is_date(line: str) -> bool:
    line = _EDITION_BEHIND.sub("", line.strip())
    return len(line) <= 64 and bare_date(line) is not None


def _dated_outlet(line: str) -> bool:
    """Returns True for outlet and date in one line, as NewsBank writes them."""
    outlet, _, day = line.strip().rpartition(" - ")
    return bool(outlet) and _is_date(day)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _factiva(part: _Part) -> FieldText:
    """Reads an article of Factiva: headline, byline, then lines from the word count on."""
    blocks = part.blocks
    at_words = next((at for at in part.filled[:40] if _WORDS.fullmatch(part.lines[at])), None)
    if part.filled and _FACTIVA_ID.fullmatch(part.lines[part.last]):
        part.take(part.last, "id", part.lines[part.last].split()[-1])
    if at_words is None:
        return part.result()
    head = next(block for block in blocks if at_words in block)
    before = [block for block in blocks if block.stop <= head.start]
    own = list(range(head.start, at_words))
    if before:
        headline, authors = before[-1], own
        for block in before[:-1]:
            for at in block:
                part.take(at, "tags" if len(block) == 1 else HEADER, part.lines[at])
    else:
        headline, authors = range(head.start, head.start + bool(own)), own[1:]
    if len(headline) == 2:
        section, title = (part.lines[at].split() for at in headline)
        if len(section) <= _LONGEST_SECTION and len(section) < len(title):
            part.take(headline[0], "tags", " ".join(section))
            headline = headline[1:]
    value = " ".join(part.lines[at].strip() for at in headline)
    for at in headline:
        part.take(at, "title", value)
    names = " ".join(part.lines[at].strip() for at in authors)
    for at in authors:
        part.take(at, "authors", names)
    part.take(at_words, HEADER)
    day, language = "", None
    for at in range(at_words + 1, head.stop):
        line = part.lines[at].strip()
        if not day:
            day = line if _is_date(line) else ""
            part.take(at, "published_at" if day else HEADER, day)
        elif _CLOCK.fullmatch(line):
            part.take(at, "published_at", f"{day} {line}", -1)
        elif part.value("outlet") is None:
            part.take(at, "outlet", line)
        else:
            part.take(at, HEADER)
            if len(line) <= _LONGEST_LANGUAGE and line.isalpha() and not line.isupper():
                language = at
    if language is not None:
        part.take(language, "language", part.lines[language])  # an edition is before it
    return part.result()


def _factiva_codes(part: _Part) -> FieldText:
    """Reads an article of Factiva by its codes; each is on a line, alone or before its value."""
    code, values, clock = "", list[str](), ""
    lines: list[str] = []
    became: dict[int, str] = {}
    found: dict[str, str] = {}

    def close() -> None:
        nonlocal clock
        value = " ".join(" ".join(values).split())
        if code == "ET":
            clock = value
        elif value and code in _CODES:
            found.setdefault(_CODES[code], value)

    for line in part.lines:
        match = _CODE.fullmatch(line)
        if match and (match["code"] not in ("IN", "RE", "CO", "AN") or code):
            close()
            code, values = match["code"], [match["value"] or ""]
            if _CODES.get(code) == "text":
                lines.append(code)
                became[len(lines) - 1] = HEADER
                if match["value"]:
                    lines.append(match["value"])
                continue
        elif _CODES.get(code) == "text" and not _FACTIVA_ID.fullmatch(line):
            lines.append(line)
            continue
        else:
            values.append(line)
        lines.append(line)
        if line.strip():
            became[len(lines) - 1] = _CODES.get(code, HEADER)
    close()
    found.pop("text", None)
    if clock and "published_at" in found:
        found["published_at"] += f" {clock}"
    field_lines = [
        (at + 1, HEADER if became[at] in NO_COLUMNS else became[at]) for at in sorted(became)
    ]
    return FieldText("\n".join(lines), dict(found), field_lines)


def _front_matter(text: str, front: re.Match[str]) -> FieldText | None:
    """Reads the fields that Markdown has before it; ``None`` if they are none."""
    # Imported here since few dumps have front matter.
    import yaml

    try:
        if front["toml"] is not None:
            record = tomllib.loads(front["toml"])
        else:
            # Its base loader makes texts, lists and dicts, and nothing else.
            record = yaml.load(front["yaml"], yaml.BaseLoader)
    except (yaml.YAMLError, tomllib.TOMLDecodeError, RecursionError):
        return None
    if type(record) is not dict or not record:
        return None
    record = {str(name): value for name, value in record.items()}
    for name in ("text", "content", "body", "html"):
        record.pop(name, None)
    count = text.count("\n", 0, front.end()) + (not text[: front.end()].endswith("\n"))
    lines = text.split("\n")
    field_lines, field = [], HEADER
    for number, line in enumerate(lines[:count], 1):
        if not line.strip():
            continue
        label = re.match(r"([\w-]+)\s*[:=]", line)
        if label:
            field = LABELS.get(label[1].lower(), (HEADER, 0))[0]
        elif not line.startswith((" ", "\t", "-")) or line.startswith("---"):
            field = HEADER
        field_lines.append((number, HEADER if field in NO_COLUMNS else field))
    return FieldText(text, record, field_lines)
