# ruff: noqa: RUF001 - letters and marks of other scripts are meant
"""Definitions of character, word, key, space and sentence end for all transforms.

Two definitions of a word stand side by side, since they serve different ends:

- Near-duplicates compare *tokens*. The text is normalised (Unicode NFKC, then case-folded),
  apostrophes of all kinds are deleted, and every maximal run of alphanumeric characters and
  combining marks is a word. Everything else separates. In scripts written without spaces (Han,
  Hiragana, Katakana, Thai, Lao, Khmer, Myanmar) every character with its marks is a word of its
  own, so that a word bigram is the overlapping character bigram that Lucene's CJKAnalyzer indexes
  by. :mod:`transforms.compiled.words` cuts and hashes them.
- Line rules count *words between white space* (``str.split``), as a reader does, because their
  thresholds are lengths of sentences; see :func:`word_count`. The column ``word_count`` counts the
  same words exactly (``pipeline.word_counts``).
"""

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable

import numpy as np

# --- characters ----------------------------------------------------------------------------------

SEPARATOR, LETTER, APOSTROPHE, SPACELESS, MARK, COMPLEX = range(6)
"""Classes of characters in the tables of compiled loops; digits are letters.

A ``COMPLEX`` character normalises only together with its neighbours."""

UNKNOWN = 255
"""Class of a code point that is not in a table yet."""

APOSTROPHES = "'\u2018\u2019\u201b\u02bc\u2032\uff07`"
"""Deleted, not separating: "don't" and "dont" are one word. Quotes and primes pass for them."""

SPACELESS_RANGES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # ideographic iteration mark, closing mark, zero
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),  # Katakana phonetic extensions
    (0x3400, 0x4DBF),  # Han, extension A
    (0x4E00, 0x9FFF),  # Han
    (0xA9E0, 0xA9FF),  # Myanmar extended-B
    (0xAA60, 0xAA7F),  # Myanmar extended-A
    (0xF900, 0xFAFF),  # Han, compatibility
    (0x20000, 0x3FFFF),  # Han, extensions B and later
)
"""First and last code point of scripts written without spaces between words."""

SPACELESS_LANGUAGES = frozenset(("zh", "zh-cn", "zh-tw", "ja", "th", "lo", "km", "my"))
"""Values of the column ``language`` for languages of these scripts."""


def folded(text: str) -> str:
    """Returns a text in the form in which words are compared: NFKC, then case-folded."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def character_class(character: str) -> int:
    """Returns the class of a normalised character."""
    if character in APOSTROPHES:
        return APOSTROPHE
    if unicodedata.category(character).startswith("M"):
        return MARK
    if not character.isalnum():
        return SEPARATOR
    code = ord(character)
    if any(first <= code <= last for first, last in SPACELESS_RANGES):
        return SPACELESS
    return LETTER


def joins_previous(character: str) -> bool:
    """Returns whether a character may compose with the one before it when normalised."""
    code = ord(character)
    return (
        unicodedata.combining(character) != 0
        or unicodedata.category(character).startswith("M")
        # Conjoining Hangul jamo.
        or 0x1100 <= code <= 0x11FF
        or 0xA960 <= code <= 0xA97F
        or 0xD7B0 <= code <= 0xD7FF
    )


def fold(character: str) -> tuple[int, int]:
    """Returns (normalised code point, class) of a raw character.

    The class is ``COMPLEX`` where the character cannot be normalised alone.
    """
    code = ord(character)
    if character in APOSTROPHES:
        return code, APOSTROPHE
    if joins_previous(character):
        return code, COMPLEX
    letters = unicodedata.normalize("NFKC", character).casefold()
    if len(letters) == 1:
        return ord(letters), character_class(letters)
    if all(character_class(part) == SEPARATOR for part in letters):
        return ord(" "), SEPARATOR
    return code, COMPLEX


class Characters:
    """Tables by code point for compiled loops, filled page by page on demand.

    A corpus uses a few hundred of the 1.1 million code points.

    Args:
      look_up: character -> (normalised code point, class).

    Attributes:
      fold: uint32, normalised code point of each code point.
      classes: uint8, class of each; ``UNKNOWN`` until its page is filled.
    """

    _PAGE = 1 << 7

    def __init__(self, look_up: Callable[[str], tuple[int, int]]) -> None:
        self.fold = np.zeros(0x110000, np.uint32)
        self.classes = np.full(0x110000, UNKNOWN, np.uint8)
        self._look_up = look_up

    def fill(self, code: int) -> None:
        """Fills the page of a code point."""
        start = code - code % self._PAGE
        for code in range(start, start + self._PAGE):
            self.fold[code], self.classes[code] = self._look_up(chr(code))


# A joiner beside a letter of Latin, Greek or Cyrillic does nothing; those of Persian, Indic scripts
# and emoji are needed.
# The pattern begins with one set of characters, which `re` looks for ten times as fast as for
# alternatives.
_INVISIBLE = re.compile(
    "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
    "(?:(?<![\u200c\u200d])|(?=[\u0020-\u052f]|$)|(?<=[\u0020-\u052f].))"
)


def visible(text: str) -> str:
    """Returns a text without soft hyphens and other characters that nobody sees.

    Those that readers of a script would miss stay: joiners within words of Persian and Hindi, and
    within emoji.
    """
    return text if text.isascii() else _INVISIBLE.sub("", text)


# --- keys ----------------------------------------------------------------------------------------


def _separates(code: int) -> bool:
    """Returns whether a character is punctuation, a symbol, white space, format or control."""
    return unicodedata.category(chr(code))[0] in "PSZC"


@functools.cache
def _separators() -> re.Pattern[str]:
    """Returns the pattern of a separator beyond ASCII, of the basic plane only."""
    runs = itertools.groupby(range(0x80, 0x10000), _separates)
    spans = [list(codes) for separates, codes in runs if separates]
    return re.compile("".join(("[", *(f"{chr(s[0])}-{chr(s[-1])}" for s in spans), "]")))


_ASCII_SEPARATORS = bytes(
    ord(" ") if code < 0x80 and _separates(code) else code for code in range(0x100)
)


def key(text: str) -> str:
    """Returns the text in lower case with single spaces for everything but letters and digits."""
    if text.isascii():
        text = text.lower()
    else:  # the dot is what case folding leaves of a Turkish capital I
        text = _separators().sub(" ", text.casefold()).replace("\u0307", "")
    return " ".join(text.encode().translate(_ASCII_SEPARATORS).decode().split())


_SQUEEZE = re.compile(r"[\W_]+")
_ASCII_SQUEEZE = bytes(code for code in range(0x80) if not chr(code).isalnum())


def squeezed(text: str) -> str:
    """Returns the letters and digits of a text in lower case, without spaces.

    Unlike :func:`key` it deletes marks and symbols of all planes, so that texts can be searched for
    in each other whatever the markup around their words.
    """
    if text.isascii():  # bytes are translated twice as fast
        return text.lower().encode().translate(None, _ASCII_SQUEEZE).decode()
    data = text.casefold().encode("utf-8", "surrogatepass").translate(None, _ASCII_SQUEEZE)
    return _SQUEEZE.sub("", data.decode("utf-8", "surrogatepass"))


def without_accents(text: str) -> str:
    """Returns the text without the accents of its letters."""
    if text.isascii():
        return text
    return "".join(
        character
        for character in unicodedata.normalize("NFD", text)
        if not unicodedata.combining(character)
    )


# --- words and sentences -------------------------------------------------------------------------

DIGIT_RUN = re.compile(r"\d+")
OPENING_QUOTES = frozenset("\"“„«‘‚'‹「『‟”")
CLOSERS = "\"'”’»“‘)]}›」』】）*_ \u200b\u00a0"
"""Characters that may follow the mark that ends a sentence."""

SENTENCE_ENDS = frozenset(".!?…。！？।؟۔؛｡！？︒")
"""Marks that end a sentence, in any script."""

WRAPPED_LINE_ENDS = frozenset(".!?:…\"”»'’)]")
"""Last characters of a line that need not go on in the next one.

Wider than ``SENTENCE_ENDS``: a colon, a quote or a bracket at the end of a line leaves open whether
the text was broken there, so that such a line is no evidence of a fixed width. Marks of Western
scripts only, as the widths in :mod:`transforms.hard_wraps` are."""

_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f\uac00-\ud7af]")


def ends_sentence(text: str) -> bool:
    """Returns whether the text ends with a mark of ``SENTENCE_ENDS``, closing quotes aside."""
    if text[-1] in SENTENCE_ENDS:
        return True
    bare = text.rstrip(CLOSERS)
    return bool(bare) and bare[-1] in SENTENCE_ENDS


def word_count(text: str) -> int:
    """Returns the number of words; in scripts without spaces two characters count as one word.

    Chinese words have 1.5 to 2 characters on average, so sentences get comparable lengths.
    """
    words = len(text.split())
    if words * 12 < len(text):
        return max(words, len(_WIDE.findall(text)) // 2)
    return words


def has_words(text: str, least: int) -> bool:
    """Returns whether :func:`word_count` is at least some number, without reading a long text."""
    return len(text.split(None, least - 1)) >= least or word_count(text) >= least


# --- bylines -------------------------------------------------------------------------------------

BYLINE_LEAD = re.compile(
    r"^\W*(?:(?:written|reported|words|story|text|report|edited|compiled|posted|analysis|review"
    r"|opinion|column|article|post|photos|photographs|interview|reporting) by|(?:reporter|writer"
    r"|correspondent|words)(?=\s*:)"
    r"|by|autor(?:in|es|a)?|author(?:s)?|auteurs?|autore|автор(?:ы)?|текст|yazan|yazar|haber|texte"
    r"|texto|testo|tekst|text|tekst i zdjęcia|skribent|journalist|redacción|redação|auteur"
    r"|opracował\w*|redaktor|von|vom|par|por|di|door|av|af|od|автор материала|propos recueillis par"
    r"|recueilli par|publié par|(?:eine?|une?) (?:analyse|kommentar|reportage|bericht|essay"
    r"|interview|gastbeitrag|porträt|glosse|kolumne|chronique|enquête|entretien)"
    r" (?:von|vom|par|de|d.)|aufgezeichnet von|das gespräch führte|interview(?:te)? (?:par|von|di"
    r"|door)|from our (?:own |special |\w+ )?correspondent)(?:\s*[:：]\s*|\s+)",
    re.IGNORECASE,
)
"""What introduces the names of a byline, in some fifteen languages."""


# --- frequent words ------------------------------------------------------------------------------

STOP_WORDS = frozenset(
    """
    the of and to in a is that for it was on with as be at by this have from or had not are but what
    all were when we there can an your which their said if do will each about how up out them then
    she
    he his her has more been its who now would may after also they over than into could our these
    two
    der die das und in zu den ist mit von nicht ein eine es sich auf dem des im für auch als an
    werden
    aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben
    nur
    oder aber vor zur bis mehr durch man sein wurde sei ich wir
    de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont
    avec
    son ont aux d l cette mais comme ou si leur y elle été nous ses sa fait deux même aussi était
    el que y los del las por con para una su al lo como más o pero sus le ha me sin sobre este ya
    entre
    cuando todo esta ser son dos también fue había era muy hasta desde nos está
    o do da em um para não uma os no se na mais as dos como mas foi ao ele das tem à seu sua ou ser
    quando há já está eu também só pelo pela até isso ela entre era
    di che il e per non con si una sono del dei le più nel alla della ha come anche lo se ma gli dal
    delle questo questa ed al i nella suo stato essere
    het een van en dat te op voor met niet zijn aan er om ook als dan maar bij nog uit door naar
    over
    ze werd wordt heeft hebben deze of hij
    и в не на что с он как это по но из у за от о для же его к бы все так мы был она они а еще при
    który się i w nie na z do to że jest o jak po za od przez ale dla są tego był oraz tym
    ve bir bu da de için ile olarak çok daha olan gibi sonra kadar ne her o en
    a se na v je že s z do o k i jako za by po pro ale však už jsou byl
    och i att det som en på är av för med den till inte om har ett han var men de från vi så
    og er det at en til på som med for den av de ikke har et var fra vi
    yang dan di dengan untuk dari pada ini itu tidak ke dalam akan juga adalah oleh
    """.split()
)
"""Frequent function words of twenty languages, lower case."""
