# ruff: noqa: RUF001 - words in many alphabets
"""Adds the languages of paragraphs that are surely in another language than their article.

A quotation in its original, a press release beside its translation, a leftover of a page in another
edition. Paragraphs are many and nearly all in their article's language, so cheap tests come
first: two different common words of that language, or most letters in its script (1 us); then the
votes of the common words of all languages (3 us; Grefenstette, Comparing two language
identification schemes, JADT 1995). The detector of :mod:`transforms.language`, at 60 to 300 us,
judges what is left: of English articles one paragraph in 3,000.

Measured on 6,166 paragraphs in 49 languages (sentences of twenty languages and the Universal
Declaration of Human Rights) of 120 characters or more: none gets another language in an article of
its own; in an article of another language (eleven were tried) 78 % get their own and none a third
one. The other 22 % are left with their article's: Marathi, Nepali and Turkish have few words that
stand alone, and Danish is not distinguished from Norwegian.
"""

import dataclasses
import functools
import re
from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

import pyarrow as pa

from pipeline.article import Article
from pipeline.transform import Column, Transform
from transforms.language import DENSE, UNDETERMINED, detect, is_latin

LEAST_CHARACTERS, LEAST_DENSE_CHARACTERS = 120, 50
"""Shortest paragraph that is judged, some 20 words; in scripts of syllables or words."""

SURE = 0.99
"""Least probability of another language. At .95 Azerbaijani in Cyrillic letters is Bashkir."""

COMMON_WORDS = {
    "af": "die nie het vir dat wat sy hulle",
    "ar": "في من على أن إلى التي عن مع هذا",
    "az": "və bir bu üçün ilə olan da",
    "bg": "да се от са че ще със като е",
    "bn": "এই ও করে এবং থেকে জন্য একটি না করা",
    "ca": "els amb una per als dels i és que",
    "cs": "v se na je že ve pro jsou jako při",
    "cy": "yn yr mae wedi gan ei ar y",
    "da": "og det er af til ikke der har",
    "de": "und die der das den von mit ist nicht für sich dem des",
    "en": "the of and to that with from his by on are it has",
    "es": "el los las y con del una su lo más",
    "et": "ja on ei ka oli kui see mis ning",
    "eu": "eta da ez du bat dira baino izan",
    "fa": "و در به از که این را با است",
    "fi": "ja on ei että oli hän ovat mutta tai",
    "fr": "les des et du une est dans pour qui",
    "ga": "agus an na is ar go bhí sé",
    "gl": "unha non os do da polo cun máis",
    "hi": "के है में की और से का को ने पर",
    "hr": "je da na se su za koji od kao",
    "hu": "a az és hogy nem egy meg volt ez",
    "id": "yang dan dengan untuk dari dalam ini pada tidak",
    "is": "og að er sem við var ekki um",
    "it": "di che il della per non è gli sono dei",
    "lt": "ir yra kad į su iš bei buvo kaip",
    "lv": "un ir ka ar par uz lai no",
    "mk": "да се од дека со ќе ги е во",
    "mr": "आहे आणि या व ते हे होते",
    "ne": "र को मा छ का ले पनि",
    "nl": "het een van dat niet voor zijn met op te",
    "no": "og det er av til ikke som har",
    "pl": "w na z się nie do że jest oraz jak za",
    "pt": "não uma do da em os com dos ao",
    "ro": "și în cu că pe este din nu",
    "ru": "и что как это из его был по к",
    "sk": "sa je na že ako pre sú pri bol",
    "sl": "je da na se so za ki pa",
    "so": "oo ka iyo ku uu waxaa ama in",
    "sq": "të në dhe për një nga që",
    "sv": "och att det som är av för inte",
    "sw": "ya na wa kwa katika ni za kuwa",
    "tl": "ng sa ang mga ay na",
    "tr": "ve bir bu için ile olarak çok daha en olan",
    "uk": "і що та як й це від але є під",
    "ur": "کے کی میں ہے اور سے کا کو نے",
    "uz": "va bu bilan uchun ham bir",
    "vi": "và của là có cho được trong không",
}
"""Common words of languages that share their script, of the most frequent ones those that few other
languages have: so neither ``de`` for Spanish nor ``in`` for English."""

_SCRIPTS = {
    "el": "\u0370-\u03ff",
    "gu": "\u0a80-\u0aff",
    "he": "\u0590-\u05ff",
    "hy": "\u0531-\u058f",
    "ja": "\u3040-\u30ff\u4e00-\u9fff",
    "ka": "\u10a0-\u10ff",
    "kn": "\u0c80-\u0cff",
    "ko": "\u1100-\u11ff\uac00-\ud7af",
    "ml": "\u0d00-\u0d7f",
    "pa": "\u0a00-\u0a7f",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "th": "\u0e00-\u0e7f",
    "zh-cn": "\u4e00-\u9fff",
    "zh-tw": "\u4e00-\u9fff",
}
"""Scripts (ranges of Unicode blocks) of languages that share them with few others."""


@functools.cache
def _words(language: str) -> tuple[str, ...]:
    return tuple(f" {word} " for word in COMMON_WORDS.get(language, "").split())


@functools.cache
def _script(language: str) -> re.Pattern[str] | None:
    return re.compile(f"[{_SCRIPTS[language]}]") if language in _SCRIPTS else None


def has_common_words(text: str, language: str) -> bool:
    """Returns True if two different words of :data:`COMMON_WORDS` are in a text, in lower case."""
    found = False
    for word in _words(language):
        if word in text:
            if found:
                return True
            found = True
    return False


@functools.cache
def _languages_of_words() -> dict[str, list[str]]:
    languages: dict[str, list[str]] = {}
    for code, words in COMMON_WORDS.items():
        for word in words.split():
            languages.setdefault(word, []).append(code)
    return languages


def _votes(text: str) -> Counter[str]:
    """Returns how many different common words of each language are in a text."""
    languages = _languages_of_words()
    words = languages.keys() & text.lower().split()
    return Counter(code for word in words for code in languages[word])


def _is_long(text: str) -> bool:
    if len(text) >= LEAST_CHARACTERS:
        return True
    if len(text) < LEAST_DENSE_CHARACTERS or text.isascii():
        return False
    return len(DENSE.findall(text)) >= LEAST_DENSE_CHARACTERS


def _is_plainly(text: str, language: str) -> bool:
    """Returns True if a cheap test says that a text is in a language."""
    if has_common_words(text, language):
        return True
    script = _script(language)
    return script is not None and 2 * len(script.findall(text)) >= len(text)


def other_language(text: str, language: str) -> str | None:
    """Returns the language of a paragraph that is surely not in the language of its article.

    Args:
      text: the paragraph.
      language: of the article, as :func:`transforms.language.detect` has it.

    Returns:
      A code, or ``None`` if the paragraph is in the article's language, or may be.
    """
    if not _is_long(text) or _is_plainly(text, language):
        return None
    votes = _votes(text)
    if votes or is_latin(text):
        # Without common words of any language it is a list of names or figures.
        most = max(votes.values(), default=0)
        if most < 2 or most <= votes[language]:
            return None
    found, probability = detect(text)
    if found in (language, UNDETERMINED) or probability < SURE:
        return None
    if votes and votes[found] < 2 and found in COMMON_WORDS:
        return None
    return found


@dataclasses.dataclass
class ParagraphLanguages(Transform):
    """Notes the paragraphs in another language than their article (see :func:`other_language`)."""

    reads = ("paragraphs", "language")
    adds: ClassVar[Mapping[str, Column]] = {
        "paragraph_languages": Column(
            pa.list_(pa.struct([("line_number", pa.int64()), ("language", pa.string())])),
            "Lines of paragraphs in another language than the article, with that language.",
            stored=False,
        )
    }

    def apply(self, article: Article) -> Article:
        """Returns the article with the languages of its paragraphs, where they differ."""
        paragraphs, language = article["paragraphs"], article["language"]
        found = []
        if len(paragraphs) > 1:  # the article is in the language of its only paragraph
            for number, text in paragraphs:
                if other := other_language(text, language):
                    found.append((number, other))
        return article | {"paragraph_languages": found}
