# ruff: noqa: RUF001 - letters of other scripts are meant
"""Which rule a short line meets: a label, a date, a page number, an address, a bare credit."""

import re

from transforms.compiled.lines import CRUMB, DIGITS
from transforms.lines.bylines import (
    AGENCY_TOKENS,
    OUR_CORRESPONDENT,
    SOURCE_LINE,
    agency_line,
)
from transforms.lines.credits import IMAGE_BANKS, NAME_AND_OUTLET, TAKEN_FROM
from transforms.lines.dates import AGE_NOTICE, STAMP_START, TIME_WORDS, heads_entry, only_time
from transforms.lines.gates import BYLINE, CONTINUE, CUE, MASTHEAD, PAGE, STAMP
from transforms.lines.labels import (
    FIRM_SINGLE,
    LABELS,
    OF_THE_WEEK,
    REACH,
    REACH_FIRST,
    Label,
    answered,
    composed,
    doubled,
    extended_label,
    is_breadcrumb,
    is_list_heading,
    is_own_heading,
    is_popularity,
    misspelt_label,
    share_bar,
)
from transforms.lines.links import BARE_CUES, MORE_FROM
from transforms.lines.markup import ADDRESS_ONLY, SHORT_CODE
from transforms.lines.notices import is_copyright
from transforms.text import DIGIT_RUN, key

_COUNTED_RULES = frozenset(
    {"comments_v2", "share_button_v2", "navigation_v2", "media_v2", "link_heading_v2"}
)

_ASKED_RULES = frozenset(("advertisement_v2", "subscription_v2"))
"""Of these kinds are questions too: ``Why am I seeing this ad?``"""

_BAR = re.compile(r"\s[|•·/]\s")

_PAGES = re.compile(
    r"^\W*(?:page \d+(?: of \d+)?|\d+ (?:of|/) \d+|(?:(?=.*\b(?:1\s+2|2\s+3|3\s+4|4\s+5)\b)"
    r"(?:\d{1,3}\s+){2,})\d{0,3}\s*(?:…|\.\.\.|next"
    r"|last)?.{0,12}|(?:prev(?:ious)?|next)\W+(?:prev(?:ious)?|next)|« .{1,12}|.{1,12} »)\W*$",
    re.IGNORECASE,
)

_COUNTED = (
    r"(?:views?|reads?|hits|shares?|likes?|visits|aufrufe|vues|visitas|visualizações"
    r"|visualizzazioni|weergaven|просмотр\w*|okunma|wyświetle\w*)"
)
_COUNTER = re.compile(
    rf"^(?:(?:post|page|article|total) )?{_COUNTED}\s*[:：]?\s*[\d.,]+[km]?$"
    rf"|^[\d.,]+[km]? {_COUNTED}$",
    re.IGNORECASE,
)
_MASTHEAD_LINE = re.compile(
    r"^(?:(?:managing |executive )?editor(?:[- ]in[- ]chief)?|publisher|phone|tel(?:ephone)?|fax"
    r"|address|e-?mail|mobile|telefon|telefono|teléfono|dirección|adresse|téléphone|anschrift"
    r"|телефон|адрес)\.?\s*[:：]\s*\S",
    re.IGNORECASE,
)


def short_line_rule(
    text: str, count: int, ended: bool, gates: int, flags: int, whole: int
) -> Label | None:
    """Returns the rule that a line of at most ``SHORT`` characters meets as such, or ``None``.

    Args:
      text: the line.
      count: its words.
      ended: whether it ends as sentences do.
      gates: the gates its first word opens.
      flags: those of ``transforms.lines.glance``.
      whole: 0 if it is known not to be listed as a whole.
    """
    text_key = key(text)
    if not text_key:
        return Label("separator_v1", True)
    if text[0] == "[" and SHORT_CODE.fullmatch(text):
        return Label("markup_v1", True)
    if "©" in text and is_copyright(text):
        return Label("copyright_v2", True)
    if text[-1] != "." or count > 1 or text.endswith("..."):
        if whole:
            label = LABELS.get(text_key)
            if label is not None:
                return label
            if text_key in BARE_CUES:
                return Label("link_heading_v2", True)
        if len(text_key) <= 60 and (text_key[-1].isdigit() or text_key[0].isdigit()):
            label = LABELS.get(DIGIT_RUN.sub("", text_key).strip())
            if label is not None and label.rule in _COUNTED_RULES:
                return label
        if flags & CRUMB and not ended and _BAR.search(text):
            parts = [part for part in map(key, _BAR.split(text)) if part]
            if len(parts) > 1 and all(part in LABELS for part in parts):
                return Label("navigation_v2", True)
        if not ended and is_own_heading(text_key):
            return Label("footer_heading_v2", False)
    half = doubled(text)
    if half is not None and len(half) >= 4:
        inner = half.strip()
        label = LABELS.get(key(inner)) or misspelt_label(key(inner))
        if label is not None:
            return Label(label.rule, True)
        glued = len(half) * 2 == len(text)
        if glued and not inner.endswith((".", "!", "?")) and (" " in inner or len(inner) >= 6):
            return Label("share_button_v2" if count <= 12 else "link_list_v1", True)
    tokens = text_key.split()
    if len(tokens) <= 30 and share_bar(tokens):
        return Label("share_button_v2", len(tokens) > 1 or tokens[0] in FIRM_SINGLE)
    if not ended and len(tokens) <= 6:
        if is_list_heading(tokens) or is_popularity(tokens):
            return Label("link_heading_v2", True)
        if len(tokens) > 1 and OF_THE_WEEK.match(text):
            return Label("link_heading_v2", False)
        if tokens[0] in REACH_FIRST and REACH.match(text):
            return Label("footer_heading_v2", False)
        label = misspelt_label(text_key) or extended_label(tokens)
        if label is not None:
            return label
    if "? " in text and count <= 16 and text[-1] != ".":
        label = answered(text)
        if label is not None:
            return label
    if text[-1] != "." or text.endswith(".."):
        kind = composed(tokens)
        if kind is not None and (text[-1] not in "?？" or kind.rule in _ASKED_RULES):
            return Label(kind.rule, kind.firm)
    if gates & BYLINE and not ended and OUR_CORRESPONDENT.match(text):
        return Label("field:byline", True)
    if not ended and gates & CUE and len(tokens) <= 6 and MORE_FROM.match(text):
        return Label("link_heading_v2", False)
    if flags & CRUMB and not ended and count <= 20 and is_breadcrumb(text):
        return Label("breadcrumb_v2", False)
    if (tokens[0] in TIME_WORDS or text_key[0].isdigit()) and only_time(tokens, text):
        return Label("timestamp_v2", False)
    if gates & CONTINUE and AGE_NOTICE.match(text):
        return Label("timestamp_v2", True)
    if (
        gates & STAMP
        and (not ended or text.endswith((" r.", " г.")))
        and STAMP_START.match(text)
        and not heads_entry(text)
    ):
        return Label("timestamp_v2", True)
    if (text_key.isdigit() and text[-1] != ".") or (
        (gates & PAGE or text[0] in "«»‹›" or text[-1] in "»›") and _PAGES.match(text)
    ):
        return Label("navigation_v2", False)
    if count <= 2 and ("." in text or "@" in text) and ADDRESS_ONLY.match(text):
        return Label("markup_v1", True)
    if not ended and count <= 14 and TAKEN_FROM.match(text):
        return Label("caption_v2", False)
    if flags & CRUMB and not ended and count <= 10 and SOURCE_LINE.match(text):
        return Label("field:agency", False)
    if text_key in IMAGE_BANKS or (text[0] == "(" and NAME_AND_OUTLET.match(text)):
        return Label("field:credit", True)
    if flags & DIGITS and not ended and _COUNTER.match(text):
        return Label("share_button_v2", True)
    if text[0] == "#" and all(word[0] == "#" for word in text.split()):
        return Label("tags_v2", False)
    if gates & MASTHEAD and not ended and _MASTHEAD_LINE.match(text):
        return Label("footer_v2", False)
    if ("[" in text or not AGENCY_TOKENS.isdisjoint(tokens)) and agency_line(text):
        return Label("field:agency", True)
    return None
