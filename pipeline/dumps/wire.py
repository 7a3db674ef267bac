"""Messages of agencies: IPTC 7901 and ANPA 1312, whose control characters part header and text."""

import re
from collections.abc import Sequence
from typing import Any

from pipeline.dumps.labels import HEADER, FieldText

_DAY_TIME = re.compile(
    r"(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)\s+(?P<zone>[A-Z]{3,4}\s+)?(?P<month>[^\s\d]+)\s+"
    r"(?P<year>\d+)"
)
"""The time below a message of IPTC 7901: ``040615 mar 24``, ``040615 GMT Mar 24``."""

_SERVICE_TIME = re.compile(
    r"[A-Z]{2}-[A-Z]{2,3}-(?P<month>\d\d)-(?P<day>\d\d)-(?P<year>\d\d) (?P<clock>\d{4})"
    r"(?P<zone>[A-Z]{3})"
)
"""The time below a message of AP: ``AP-WF-03-04-24 0615GMT``."""

_BEGIN = r"[\s\x00\x16]*\x01[^\x00\x02]{1,512}\x02"
_HEADER, WIRE = re.compile(_BEGIN), re.compile(_BEGIN.encode())
"""SOH, the header of a message of IPTC 7901 or ANPA 1312, STX."""

_PLAIN_HEADER = re.compile(r"\s*[a-z]{3}\d{4} \d [a-z]{1,4} \d{1,4} [^\n]{0,40}\n(?=\s*\n)")
"""First line of a message of IPTC 7901 without control characters: ``bdt0123 3 pl 250  dpa``."""

_PLAIN_STAMP = re.compile(r"\n(\d{6} (?:[A-Z]{3,4} )?[^\W\d]{3,9} \d{2,4}\s*)\Z")
_BYLINE = re.compile(r"(?:By|Von|Par|Por|De|Di)\s+(?P<names>[^\W\d].{2,80}?)\s*=?", re.IGNORECASE)
_NOTEBOOK = re.compile(r"# (?:Notebook|Notizblock)\s*")
"""Heading of what dpa tells editors below a text."""

_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


def is_wire(text: str) -> bool:
    """Returns True for a message of an agency, with or without its control characters."""
    return (_HEADER.match(text) or _PLAIN_HEADER.match(text)) is not None


def wire_text(text: str) -> FieldText:
    """Reads a message of IPTC 7901 or ANPA 1312: SOH header, STX text, ETX time, EOT.

    The first block of the text up to a blank line is the headline where it ends with ``=``, as in
    German agencies, or has no indent and no sentence. An indent begins a paragraph.
    """
    if _HEADER.match(text):
        before, _, body = text.partition("\x02")
    else:
        header = _PLAIN_HEADER.match(text)
        before = header[0] if header else ""
        body = _PLAIN_STAMP.sub("\n\x03\\1", text[len(before) :])
    content, etx, after = body.partition("\x03")
    lines = [line.rstrip() for line in _CONTROLS.sub("", before).split("\n")]
    became = {at: HEADER for at, line in enumerate(lines) if line.strip()}
    record: dict[str, Any] = {}
    begun = [line.rstrip() for line in _CONTROLS.sub("", content).split("\n")]
    filled = [at for at, line in enumerate(begun) if line.strip()]
    if marked := [at for at in filled if begun[at].startswith("^")]:
        # ANPA marks the lines before the text: slug, headline, byline and what else there is.
        for number, at in enumerate(marked):
            text_of = begun[at].strip("^=<> ")
            byline = re.match(r"By\s+(.+)", text_of, re.IGNORECASE)
            column = "title" if number == 1 else "authors" if byline else HEADER
            if column != HEADER:
                record.setdefault(column, byline[1] if byline and number != 1 else text_of)
            became[len(lines) + at] = column
        lines += [*begun[: marked[-1] + 1], *indented(begun[marked[-1] + 1 :])]
    elif filled:
        head = _head(begun, filled)
        for at, (column, value) in head.items():
            became[len(lines) + at] = column
            if column != HEADER:
                record[column] = f"{record[column]} {value}" if column in record else value
        start = max(head, default=-1) + 1
        note = next((at for at in filled if _NOTEBOOK.fullmatch(begun[at])), len(begun))
        text_lines = [*begun[:start], *indented(begun[start:note])]
        lines += text_lines
        for line in begun[note:]:
            lines.append(line)
            if line.strip():
                became[len(lines) - 1] = HEADER
    if etx:
        for line in _CONTROLS.sub("", after).split("\n"):
            lines.append(line.rstrip())
            if line.strip():
                became[len(lines) - 1] = HEADER
        if stamp := _DAY_TIME.match(after.strip()) or _SERVICE_TIME.match(after.strip()):
            record["published_at"] = _time(stamp.groupdict())
    field_lines = [(at + 1, became[at]) for at in sorted(became)]
    return FieldText("\n".join(lines), record, field_lines)


def _head(lines: Sequence[str], filled: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Returns column and value of the lines of a first block that is the headline.

    dpa has slugs, what is new and the byline around it, and ends it with ``=``.
    """
    block = [at for at in filled if all(lines[inner].strip() for inner in range(filled[0], at))]
    title = " ".join(lines[at].strip() for at in block)
    marked = title.endswith("=")
    if len(block) >= len(filled) or not (marked or len(title.split()) <= 20):
        return {}
    head: dict[int, tuple[str, str]] = {}
    for at in block:
        line = lines[at].strip().rstrip("= ")
        byline = _BYLINE.fullmatch(line) if marked and at == block[-1] and at != block[0] else None
        is_slug = marked and at != block[-1] and (line.endswith("/") or line.isupper())
        if byline:
            head[at] = ("authors", byline["names"])
        else:
            head[at] = (HEADER, "") if is_slug else ("title", line)
    return head


def _time(stamp: dict[str, str]) -> str:
    """Returns the time of a message, of the years from 1969 on."""
    year = stamp["year"]
    if len(year) == 2:
        year = f"19{year}" if int(year) >= 69 else f"20{year}"
    zone = (stamp["zone"] or "").strip()
    if "clock" in stamp:
        clock = f"{stamp['clock'][:2]}:{stamp['clock'][2:]}"
        return f"{year}-{stamp['month']}-{stamp['day']} {clock} {zone}"
    return (
        f"{stamp['day']} {stamp['month']} {year} {stamp['hour']}:{stamp['minute']} {zone}".strip()
    )


def indented(lines: Sequence[str]) -> list[str]:
    """Returns lines with those joined that an indent does not begin as a paragraph."""
    if sum(line.startswith((" ", "\t")) for line in lines) < 2:
        return list(lines)
    joined: list[str] = []
    for line in lines:
        if line.strip() and joined and joined[-1].strip() and not line.startswith((" ", "\t")):
            joined[-1] = f"{joined[-1]} {line.strip()}"
        else:
            joined.append(line)
    return joined
