# ruff: noqa: RUF001 - colons of other scripts are meant
"""Lines of a text of which some are fields of the article: ``Name: value``, addresses, dates."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

from pipeline.dates import bare_date
from pipeline.dumps.labels import HEADER, LABELS, NO_COLUMNS, FieldText

_LABEL = re.compile(
    r"[ \t]*+:?+(?P<label>[^\W\d_][^:：\n]{0,39}?)[ \t]*+[:：](?!//)[ \t]*+(?P<value>.*)"
)
URL = re.compile(r"\s*https?://\S+\s*")
ALONE = re.compile(r"\s*(?:body|classification|graphic|notes|correction|highlight)\s*", re.I)
"""Headings that stand between the fields of an export."""

EDITION = re.compile(r"\b(?:edition|ausgabe|final|édition|edición|editie)\b", re.IGNORECASE)
EDITION_BEHIND = re.compile(rf",[^,]*{EDITION.pattern}.*", re.IGNORECASE)
_MAIL_ADDRESS = re.compile(r"<[^<>@\s]+@[^<>\s]+>")
_PERCENT = re.compile(r" ?\(\d{1,3} ?%\)")
_PAGE_NUMBER = re.compile(
    r"(?:\bpg?\.|\bpages?\b|\bs\.|\bblz\.|\bseite\b)\s*\w+[^;]*", re.IGNORECASE
)
_HEADING = re.compile(r"^#{1,6} ")
"""Mark of a headline in Markdown."""
_LONGEST_UNKNOWN_LABEL, _LONGEST_UNKNOWN = 3, 80  # words of a label; characters behind it
_NARROWEST, _WIDEST, _SLACK = 55, 100, 2
"""Widths, in characters, at which exports break lines: LexisNexis at 79, others at 60 to 80."""


def is_date(line: str) -> bool:
    """Returns True for a line that is a date, the edition behind it aside."""
    line = EDITION_BEHIND.sub("", line.strip())
    return len(line) <= 64 and bare_date(line) is not None


class Part:
    """The lines of a text, and which column each field line became."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.filled = [at for at, line in enumerate(self.lines) if line and not line.isspace()]
        self.last = self.filled[-1] if self.filled else 0
        self.became: dict[int, str] = {}
        self._found: dict[str, tuple[int, str]] = {}
        begin = (self.lines[at][:8].lower() for at in self.filled[:8])
        self._is_letter = any(line.startswith(("to:", "sent:", "message-")) for line in begin)
        self.blocks = list(self._blocks())

    @property
    def labelled_title(self) -> str:
        """The headline that a label names; empty without one."""
        labels = (self.label(at) for at in self.filled)
        return next((found[3] for found in labels if found and found[0] == "title"), "")

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
        if field == "title":
            value = _HEADING.sub("", value)
        if field == "tags" and ";" not in value:
            value = value.replace(",", ";")
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
        if label == "subject" and self._is_letter:
            field = "title"
        return field, rank, label, match["value"].strip("* \t")

    def has_header(self) -> bool:
        """Returns True if the text begins with at least two fields, one of them of the article."""
        fields: set[str] = set()
        for at in self.filled[:40]:
            found = self.label(at)
            if found is None:
                if not fields:
                    return False
                if not (URL.fullmatch(self.lines[at]) or self._is_unknown_label(at)):
                    break
                continue
            fields.add(found[0])
            if found[0] == "text":
                break
        return len(fields) >= 2 and bool(
            fields & {"title", "outlet", "authors", "published_at", "url"}
        )

    def _is_unknown_label(self, at: int) -> bool:
        """Returns True for a line like a field, right below one, whose label no table has."""
        match = _LABEL.fullmatch(self.lines[at])
        return (
            match is not None
            and at - 1 in self.filled[:40]
            and 0 < len(match["value"]) <= _LONGEST_UNKNOWN
            and len(match["label"].split()) <= _LONGEST_UNKNOWN_LABEL
            and not match["label"][0].islower()
        )

    def has_titled_header(self) -> bool:
        """Returns True if one to four short lines, no sentences, precede at least three fields."""
        labels = [self.label(at) is not None for at in self.filled[:8]]
        first = labels.index(True) if True in labels else 0
        if not (1 <= first <= 4 and len(labels) >= first + 3 and all(labels[first : first + 3])):
            return False
        # Gale ends headlines with a full stop, above a longer list of fields.
        listed = first == 1 and all(labels[1:6]) and len(labels) >= 6
        return all(
            len(self.lines[at].split()) <= 20
            and (listed or not self.lines[at].rstrip().endswith("."))
            for at in self.filled[:first]
        )

    def is_field_block(self, block: range) -> bool:
        """Returns True if a block begins with a known label, or is an address."""
        first = block.start
        return self.label(first) is not None or (
            len(block) == 1 and URL.fullmatch(self.lines[first]) is not None
        )

    def take_block(self, block: range, above: range | None = None) -> int | None:
        """Makes the lines of a block field lines; returns the line at which the text begins.

        Args:
          block: begins with a label, or belongs to the one that ends the block above without value.
          above: the block above.
        """
        values: list[str] = []
        field, rank, start = HEADER, 99, block.start
        if above and (label := self.label(above.stop - 1)) and not label[3]:
            field, rank = label[:2]
        for at in block:
            if found := self.label(at):
                self.take(start, field, " ".join(values), rank)
                if found[0] == "text":
                    return at
                field, rank, _, value = found
                values, start = [value], at
            elif URL.fullmatch(self.lines[at]):
                self.take(at, "url", self.lines[at].strip(), 50)
                continue
            elif ALONE.fullmatch(self.lines[at]):
                self.take(start, field, " ".join(values), rank)
                field, rank, values, start = HEADER, 99, [], at
            elif self._is_unknown_label(at):
                self.take(start, field, " ".join(values), rank)
                field, rank, values, start = HEADER, 99, [self.lines[at].strip()], at
            else:
                values.append(self.lines[at].strip())
            self.became[at] = field
        if values or start not in self.became:
            self.take(start, field, " ".join(values), rank)
        return None

    def split_label(self, at: int) -> None:
        """Puts the label of a text on a line of its own."""
        match = _LABEL.fullmatch(self.lines[at])
        assert match is not None
        value = match["value"]
        self.take(at, "text")
        if value:
            self.lines[at : at + 1] = [self.lines[at][: match.start("value")].rstrip(), value]
            self.became = {line + (line > at): name for line, name in self.became.items()}
            self.filled = [line for line, text in enumerate(self.lines) if text.strip()]
            self.blocks = list(self._blocks())

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

    def result(self) -> FieldText:
        """Returns the text, its fields, and which column each field line became."""
        record: dict[str, Any] = {
            field: value for field, (_, value) in self._found.items() if field != HEADER
        }
        abstract = record.pop("abstract", None)
        if outlet := record.get("outlet"):
            # ProQuest has the place behind the name.
            outlet = outlet.partition("; ")[0]
            record["outlet"] = _MAIL_ADDRESS.sub("", outlet).strip() or outlet
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
        return FieldText("\n".join(self.lines), record, field_lines, truncated)
