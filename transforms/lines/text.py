# ruff: noqa: RUF001 - letters of other scripts are meant
"""A line as text: its key, how it ends, how many words it has; patterns that are found fast.

Nothing here knows a rule; whatever judges lines compares and measures them by these.
"""

import re
import unicodedata
from collections.abc import Mapping

STOPS = frozenset(".!?…。！？।؟۔؛｡！？︒")
OPENING_QUOTES = frozenset("\"“„«‘‚'‹「『‟”")
CLOSERS = "\"'”’»“‘)]}›」』】）*_ \u200b\u00a0"
DIGIT_RUN = re.compile(r"\d+")
# Punctuation, symbols, format and control characters of the basic plane become spaces; the dot that
# case folding leaves of a Turkish capital I goes.
_TO_SPACE: dict[int, str | None] = {
    code: " " for code in range(0x10000) if unicodedata.category(chr(code))[0] in "PSZC"
}
_TO_SPACE[0x307] = None
_ASCII_TO_SPACE = bytes(ord(" ") if _TO_SPACE.get(code) else code for code in range(0x80)) + bytes(
    range(0x80, 0x100)
)
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f\uac00-\ud7af]")


def key(text: str) -> str:
    """Returns the text in lower case with single spaces for everything but letters and digits."""
    if text.isascii():  # bytes are translated ten times as fast
        return " ".join(text.lower().encode().translate(_ASCII_TO_SPACE).decode().split())
    return " ".join(text.casefold().translate(_TO_SPACE).split())


def without_accents(text: str) -> str:
    """Returns the text with its letters' accents taken off."""
    if text.isascii():
        return text
    return "".join(
        character
        for character in unicodedata.normalize("NFD", text)
        if not unicodedata.combining(character)
    )


def ends_sentence(text: str) -> bool:
    """Whether the text ends with a full stop, exclamation or question mark of any script.

    Closing quotes and brackets after the mark are skipped.
    """
    if text[-1] in STOPS:
        return True
    bare = text.rstrip(CLOSERS)
    return bool(bare) and bare[-1] in STOPS


def word_count(text: str) -> int:
    """Returns the number of words; in scripts without spaces two characters count as one word.

    Chinese words have 1.5 to 2 characters on average, so sentences get comparable lengths.
    """
    words = len(text.split())
    if words * 12 < len(text):
        return max(words, len(_WIDE.findall(text)) // 2)
    return words


class Phrases:
    """Patterns that are each tried only on texts that hold a string the pattern needs.

    Looking for a fixed string is some twenty times faster than a pattern without one, and nearly
    every line has none of them.

    Args:
      patterns: from the needed string, in lower case, to the pattern; case is ignored.
    """

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self._parts = [
            (needed, re.compile(pattern, re.IGNORECASE)) for needed, pattern in patterns.items()
        ]
        self._ascii_parts = [part for part in self._parts if part[0].isascii()]

    def search(self, text: str) -> re.Match[str] | None:
        """Returns the first pattern's first match, or ``None``."""
        lower = text.lower()
        parts = self._ascii_parts if lower.isascii() else self._parts
        for needed, pattern in parts:
            if needed in lower:
                match = pattern.search(text)
                if match is not None:
                    return match
        return None
