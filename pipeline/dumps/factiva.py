# ruff: noqa: RUF001 - words of other scripts are meant
"""Articles that Factiva exports: laid out as an article, or by two-letter codes.

The codes are those of its display format "Full Article/Report plus Indexing".
"""

import re

from pipeline.dumps.field_lines import Part, is_date
from pipeline.dumps.labels import HEADER, NO_COLUMNS, FieldText

_LONGEST_SECTION, _LONGEST_LANGUAGE = 3, 20  # words; characters
_DOCUMENT = "Document|Dokument|Documento|Документ|文件|文档|文書|ドキュメント|문서"
FACTIVA_END = rf"(?:{_DOCUMENT})[ \t]+[A-Z][A-Z0-9]{{2,11}}\d{{8,}}[a-z0-9]{{4,16}}"
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


def codes_of(part: Part) -> dict[str, int]:
    """Returns the codes of Factiva at the begin of lines, with the numbers of their first lines."""
    found: dict[str, int] = {}
    for at in part.filled:
        line = part.lines[at]
        if line[:2].isupper() and (match := _CODE.fullmatch(line)):
            found.setdefault(match["code"], at)
    return found


def ends_article(part: Part) -> bool:
    """Returns True if the last line of a text is an accession number of Factiva."""
    return bool(part.last) and _FACTIVA_ID.fullmatch(part.lines[part.last]) is not None


def read_article(part: Part) -> FieldText:
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
            day = line if is_date(line) else ""
            part.take(at, "published_at" if day else HEADER, day)
        elif _CLOCK.fullmatch(line):
            part.take(at, "published_at", f"{day} {line}", -1)
        elif part.value("outlet") is None:
            part.take(at, "outlet", line)
        else:
            part.take(at, HEADER)
            if len(line) <= _LONGEST_LANGUAGE and line.isalpha() and not line.isupper():
                language = at
    outlet = part.value("outlet")
    if len(part.filled) > 1 and part.lines[part.filled[-2]].strip() == outlet:
        part.take(part.filled[-2], HEADER)  # above the accession number once more
    if language is not None:
        part.take(language, "language", part.lines[language])  # an edition is before it
    return part.result()


def read_codes(part: Part) -> FieldText:
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
