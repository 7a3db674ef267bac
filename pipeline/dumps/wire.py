"""Messages of agencies: IPTC 7901 and ANPA 1312, whose control characters part header and text."""

import re
from collections.abc import Sequence
from typing import Any

from pipeline.dumps.labels import HEADER, FieldText

_STAMP = re.compile(r"\x03\s*(?P<stamp>\d{6}\s+\S{3,9}\s+\d{2,4})")
_DAY_TIME = re.compile(
    r"(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)\s+(?P<month>\S+)\s+(?P<year>\d+)"
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


def wire_text(text: str) -> FieldText:
    """Reads a message of IPTC 7901 or ANPA 1312: SOH header, STX text, ETX time, EOT.

    The first block of the text up to a blank line is the headline where it ends with ``=``, as in
    German agencies, or has no indent and no sentence. An indent begins a paragraph.
    """
    before = text[: text.index("\x02", max(text.find("\x01"), 0))]
    body = text[len(before) :].split("\x02", 1)[1]
    content, etx, after = body.partition("\x03")
    lines = [line.rstrip() for line in _CONTROLS.sub("", before).split("\n")]
    became = {at: HEADER for at, line in enumerate(lines) if line.strip()}
    record: dict[str, Any] = {}
    begun = [line.rstrip() for line in _CONTROLS.sub("", content).split("\n")]
    filled = [at for at, line in enumerate(begun) if line.strip()]
    if marked := [at for at in filled if begun[at].startswith("^")]:
        # ANPA marks the lines before the text: slug, headline, byline and what else there is.
        for number, at in enumerate(marked):
            text_of = begun[at].strip("^= ")
            byline = re.match(r"By\s+(.+)", text_of, re.IGNORECASE)
            column = "title" if number == 1 else "authors" if byline else HEADER
            if column != HEADER:
                record.setdefault(column, byline[1] if byline and number != 1 else text_of)
            became[len(lines) + at] = column
        lines += [*begun[: marked[-1] + 1], *indented(begun[marked[-1] + 1 :])]
    elif filled:
        block = [at for at in filled if all(begun[inner].strip() for inner in range(filled[0], at))]
        title = " ".join(begun[at].strip() for at in block)
        if len(block) < len(filled) and (title.endswith("=") or len(title.split()) <= 20):
            record["title"] = title.rstrip("= ")
            became |= {len(lines) + at: "title" for at in block}
            began = [
                *(begun[at] for at in range(block[-1] + 1)),
                *indented(begun[block[-1] + 1 :]),
            ]
        else:
            began = indented(begun)
        lines += began
    if etx:
        for line in _CONTROLS.sub("", after).split("\n"):
            lines.append(line.rstrip())
            if line.strip():
                became[len(lines) - 1] = HEADER
        if stamp := _DAY_TIME.match(after.strip()):
            year = stamp["year"] if len(stamp["year"]) == 4 else f"20{stamp['year']}"
            if len(stamp["year"]) == 2 and int(stamp["year"]) >= 69:
                year = f"19{stamp['year']}"
            record["published_at"] = (
                f"{stamp['day']} {stamp['month']} {year} {stamp['hour']}:{stamp['minute']}"
            )
    field_lines = [(at + 1, became[at]) for at in sorted(became)]
    return FieldText("\n".join(lines), record, field_lines)


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
