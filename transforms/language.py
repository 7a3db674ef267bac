"""Adds the language an article is written in.

The detector is langdetect 1.0.9 (Nakatani Shuyo's naive Bayes over letter n-grams of 55 languages),
run by ``langdetect_rs``, a port with the same labels and probabilities, some forty times faster.
langdetect draws n-grams at random, so it is seeded for every text; its result then depends on the
text alone.

langdetect's weaknesses, and the remedies here:

* It reads up to 10,000 characters, but 1,000 decide as well. It gets the first 1,000 characters of
  whole sentences; tables, addresses and headings would only add noise.
* It skips words in capitals, and would judge a headline in capitals by its initials. Lines in
  capitals are lower-cased first.
* It knows n-grams, not scripts, and some of its profiles have stray n-grams: it labels a text in
  Georgian or Armenian letters Estonian, with a probability of .99999. A text in a script that none
  of its languages uses gets the language of the script.
* On a few letters it guesses. See ``MIN_LETTERS`` and ``SHORT_PROBABILITY``.
* Its Korean profile has Chinese characters. A text without Hangul is never Korean.
* It labels a language it does not know with a relative (Serbian: Macedonian, Icelandic: Danish) or
  a toss-up between strangers (Irish: Welsh or English). See ``RELATIVES``, ``DISTINCT_LETTERS`` and
  ``CLEAR_LETTERS``.
* So py3langid 0.4 (naive Bayes over byte n-grams of 140 languages; Lui and Baldwin 2012, Barbaresi
  2021) gives a second opinion. It counts only for a language of :data:`MORE_LANGUAGES`, since
  langdetect is the better judge of those it knows. On the articles of the Universal Declaration of
  Human Rights in 51 translations that langdetect does not know 88.6 % get their own language, 5.4 %
  ``und``; 6.0 % are wrong, most of them Bosnian and Serbian in Latin letters, which have few words
  that Croatian lacks (see :func:`_standard`), and Bosnian in Cyrillic. Of sentences in twenty known
  languages 97.5 % are right and .8 % wrong, of paragraphs all right.
"""

import dataclasses
import functools
import re
import string
from collections.abc import Iterator, Mapping, Set
from typing import TYPE_CHECKING, ClassVar

import langdetect_rs
import pyarrow as pa

from pipeline.article import Article
from pipeline.transform import Column, Transform

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

MORE_LANGUAGES = frozenset(
    """am as az ba be br eo eu fo fy ga gd gl ha ht hy ig is jv ka kk km ku ky lb lg ln lo mg mn ms
    mt my nso oc om or ps qu rw se si sn sr st tg tk tt ug uz xh yo zu""".split()
)
"""Languages that py3langid knows and langdetect does not, and that newspapers are written in."""

SECOND_LETTERS, SECOND_PROBABILITY, SECOND_PROBABILITY_SHORT = 100, 0.9, 0.95
"""Least probability of py3langid's answer, for texts from so many letters on and for shorter ones.

A less probable answer, from .5 on, leaves the language open if langdetect's is its relative. At .7
for the first, 1.1 % more of the articles of the Universal Declaration were labelled wrong."""

SURE_OF_ENGLISH = 0.9999
"""Probability from which on langdetect's English with few accented letters needs no second opinion,
which takes 0.2 ms, and half a second for the first; most articles are English."""

CHARACTERS_PER_ACCENT = 200
"""Characters of an English text for each accented letter in it, at least: its names have a few. Of
12,610 English articles (AllSides) 194 have accented letters, 190 of them fewer than this; py3langid
calls all 194 English."""

UNDETERMINED = "und"
"""The ISO 639-2 code for an undetermined language."""

SEED = 0
"""Seed of langdetect's random draws; another seed changes labels of doubtful texts."""

SAMPLE_CHARACTERS = 1000
"""Length of the sample that decides, in characters.

Fewer decide as well if a text is in one language. After a first paragraph of 200 characters in
another one, 1,000 gave the right label for 595 of 600 texts in twenty languages, 700 for 578, 500
for 403."""

SENTENCE_CHARACTERS = 40
"""Shortest line that is more often a sentence than a heading, a name or a caption; shorter ones are
sampled only if the sentences do not reach ``ENOUGH_CHARACTERS``."""

ENOUGH_CHARACTERS = 200
"""Total length of sentences, in characters, from which on shorter lines are left out."""

MIN_LETTERS = 15
"""Letters below which langdetect's answer does not count, except in scripts of one language."""

SHORT_LETTERS = 40
"""Letters below which langdetect's answer needs ``SHORT_PROBABILITY``."""

SHORT_PROBABILITY = 0.8
"""Least probability of langdetect's answer for a text shorter than ``SHORT_LETTERS``.

Share of right labels on the beginnings of 11,000 sentences in eleven languages of the Latin
alphabet, by number of letters and langdetect's probability:

=======  =====  ========  =====
letters  < .80  .80-.99   > .99
=======  =====  ========  =====
5-9        .29       .36    .70
10-14      .34       .47    .77
15-19      .41       .56    .88
20-24      .46       .63    .94
=======  =====  ========  =====

Russian and Ukrainian give the same figures. On whole sentences of 15 to 39 letters an answer above
.80 is right four times in five, a lower one no better than every second time."""

DENSE_WEIGHT = 2
"""Letters that a letter of a script without vowel letters, of syllables or of words counts for (all
but Latin, Greek, Cyrillic, Armenian and Georgian). Right labels above .99 with 5-9 of them: Arabic
and Persian .94, Hindi and Bengali .93, Chinese .95."""

CLEAR_LETTERS = 200
"""Letters from which langdetect is sure of every language it knows."""

CLEAR_PROBABILITY = 0.8
"""Probability over ``CLEAR_LETTERS`` letters below which the language is unknown to langdetect."""

_CODES = """
    af ar bg bn ca cs cy da de el en es et fa fi fr gu he hi hr hu id it ja kn ko lt lv mk
    ml mr ne nl no pa pl pt ro ru sk sl so sq sv sw ta te th tl tr uk ur vi zh-cn zh-tw
"""
LANGUAGES = frozenset(_CODES.split())
"""The codes of langdetect: ISO 639-1, except that Chinese is split by its script
(``zh-cn`` simplified, ``zh-tw`` traditional) and Norwegian is ``no``."""

SCRIPT_LANGUAGES = frozenset(("el", "gu", "he", "ja", "kn", "ko", "ml", "pa", "ta", "te", "th"))
"""Languages of :data:`LANGUAGES` that a single word identifies by its script."""

SCRIPTS = {
    "hy": "\u0531-\u058f",  # Armenian
    "dv": "\u0780-\u07bf",  # Thaana
    "or": "\u0b00-\u0b7f",  # Odia
    "si": "\u0d80-\u0dff",  # Sinhala
    "lo": "\u0e80-\u0eff",  # Lao
    "bo": "\u0f00-\u0fff",  # Tibetan
    "my": "\u1000-\u109f",  # Myanmar
    "ka": "\u10a0-\u10ff\u1c90-\u1cbf",  # Georgian
    "am": "\u1200-\u139f",  # Ethiopic
    "km": "\u1780-\u17ff",  # Khmer
    "iu": "\u1400-\u167f",  # Unified Canadian Aboriginal Syllabics
}
"""Scripts (ranges of Unicode blocks) without a language in langdetect, by the language of most of
their newspapers. A hint that langdetect does not know (``ti`` in Ethiopic letters) takes
precedence."""

_FOR_BANTU = frozenset(("sw", "tl", "id", "so", "et", "hr"))
RELATIVES: dict[str, Set[str]] = {
    "az": {"tr"},
    "ba": {"ru", "uk", "bg", "mk"},
    "be": {"uk", "ru", "bg"},
    "bs": {"hr", "sl"},
    "eu": {"id", "et", "es", "fi", "sw", "tl"},
    "fo": {"da", "no", "sv"},
    "ga": {"cy", "en", "so"},
    "gl": {"pt", "es"},
    "is": {"da", "no", "sv", "et", "hu"},
    "jv": {"id", "tl"},
    "kk": {"ru", "uk", "bg", "mk"},
    "ky": {"ru", "uk", "bg", "mk"},
    "lb": {"de", "nl"},
    "mn": {"ru", "uk", "bg", "mk"},
    "ms": {"id", "tl"},
    "mt": {"it", "et", "sq"},
    "ps": {"fa", "ur", "ar"},
    "ckb": {"fa", "ur", "ar"},
    "sr": {"mk", "bg", "ru", "hr", "sl"},
    "tg": {"ru", "uk", "bg", "mk"},
    "tt": {"ru", "uk", "bg", "mk"},
    "uz": {"tr", "so", "sw", "id", "et", "ru", "uk", "bg", "mk"},
    **dict.fromkeys(("lg", "ny", "rw", "sn", "st", "xh", "zu"), _FOR_BANTU),
}
"""Languages unknown to langdetect, and the labels it gives them, by kinship or script: a hint
overrules these labels and no others."""

DISTINCT_LETTERS = {
    "az": ("əƏ", 0.02),
    "be": ("ўЎ", 0.004),
    "ckb": ("ێڵڕ", 0.01),
    "is": ("ðþÐÞ", 0.02),
    "mt": ("ħġĦĠ", 0.01),
    "sr": ("ђћЂЋ", 0.004),
}
"""Letters that no language of langdetect has, and their share of a text's letters from which on the
text is in their language, if langdetect labels it with a relative. The share is a third or less of
that in the language (ð and þ are one letter in 17 of Icelandic, ə one in 11 of Azerbaijani, ђ and ћ
one in 110 of Serbian), and more than a few names contribute."""

SWALLOWS_BANTU = "sw"
"""What langdetect calls Bantu languages that neither detector knows, as Chewa. py3langid calls
Swahili by its name with a probability above .9 in all articles of the Universal Declaration; of
those in Chewa it does so in none."""

_EKAVIAN = frozenset(
    """pre posle gde ovde negde uvek vreme mesto mestu deo svet svetu svetski svetske čovek čoveka
    dete deca dece reč reči rečima cena cene izveštaj izveštaja vest vesti predsednik predsednika
    predsednica sednica sednici nedelja nedelje nedelju ponedeljak rešenje rešenja promena promene
    primena mera mere zahtev uspeh sme videti želeti živeti sledeći sledeće poslednji poslednje
    verovatno ceo cela celo celog vek veka bezbednost bezbednosti""".split()
)
_IJEKAVIAN = frozenset(
    """prije poslije gdje ovdje negdje uvijek vrijeme mjesto mjesta mjestu dio dijela dijelu svijet
    svijeta svijetu svjetski svjetske čovjek čovjeka dijete djeca djece riječ riječi riječima cijena
    cijene izvještaj izvještaja izvješće vijest vijesti predsjednik predsjednika predsjednica
    sjednica sjednici nedjelja nedjelje nedjelju ponedjeljak rješenje rješenja promjena promjene
    primjena mjera mjere zahtjev uspjeh smije vidjeti željeti živjeti sljedeći sljedeće posljednji
    posljednje vjerojatno vjerovatno cijeli cijela cijelo cijelog vijek""".split()
)
_CROATIAN = frozenset(
    """tko netko nitko svatko itko tjedan tjedna tjedana tisuća tisuće tisuću povijest povijesti
    glazba glazbe sustav sustava sustavu zrakoplov vlak vlaka kolodvor europa europe europi europski
    europska europske europskog europskoj europskih tijekom vjerojatno izvješće siječnja veljače
    ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga studenog prosinca
    također uvjet uvjeti uvjeta uvjete sudjelovati sudjelovanje nogomet nogometni nogometaš tvrtka
    tvrtke liječnik točno točka točke uopće opći opće općih obitelj obitelji sveučilište priopćenje
    priopćenju priopćio glasnogovornik dužnosnik pučanstvo""".split()
)
_BOSNIAN_OR_SERBIAN = frozenset(
    """ko niko iko šta sedmica sedmice sedmici hiljada hiljade hiljadu historija historije istorija
    istorije muzika muzike sistem sistema sistemu voz evropa evrope evropi evropski evropska
    evropske evropskog evropskoj evropskih tokom vjerovatno verovatno januara februara marta aprila
    maja juna jula augusta avgusta septembra oktobra novembra decembra takođe uslov uslovi uslova
    uslove učestvovati učešće fudbal fudbalski fudbaler preduzeće preduzeća ljekar tačno tačka tačke
    uopšte opšti opšte opštih opština opštine porodica porodice porodici univerzitet univerziteta
    saopštenje saopštenju saopštio saopćenje saopćenju saopćio portparol saobraćaj hljeb hleb
    """.split()
)
"""Words that tell the standards of Serbo-Croatian in Latin letters, all Croatian to langdetect.

Serbs write e where the others write je or ije, and the twelve months and much of the vocabulary of
the state are other words in Croatian. Their letters alone do not tell: py3langid calls as much of
the Bosnian declaration Croatian as Bosnian. Of four articles of the declaration at a time all are
still Croatian in Croatian, 10 of 14 Serbian in Serbian (before: none), 7 of 14 Bosnian in Bosnian;
what has no such word remains Croatian, and Montenegrin is called Bosnian."""

ALIASES = {
    "fil": "tl",
    "in": "id",
    "iw": "he",
    "nb": "no",
    "nn": "no",
    "zh": "zh-cn",
    "zh-hans": "zh-cn",
    "zh-sg": "zh-cn",
    "zh-hant": "zh-tw",
    "zh-hk": "zh-tw",
    "zh-mo": "zh-tw",
}
"""langdetect's code by other codes of the same language."""

# Starts at word boundaries only: a pattern that may begin inside a word is quadratic in its length.
_ADDRESS = re.compile(r"(?<!\S)(?:\S*(?:://|@)\S*|www\.\S+|#\w+)")
_EMOJI_CHARACTER = "[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]"
# One and then more: where a pattern begins with a repetition, `re` tries every place one by one.
_EMOJI = re.compile(f"{_EMOJI_CHARACTER}{_EMOJI_CHARACTER}*")
_WORD = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_LATIN = string.ascii_letters.encode()
DENSE = re.compile("(?![\\W\\d_])[\u0590-\u109f\u1100-\u1dff\u2c00-\U0010ffff]")
_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7af]")
_DISTINCT_LETTER = re.compile(
    "[" + "".join(letters for letters, _ in DISTINCT_LETTERS.values()) + "]"
)
_TAKEN_FOR = frozenset().union(*(RELATIVES[code] for code in DISTINCT_LETTERS))
_CYRILLIC_RELATIVES = frozenset(("mk", "bg", "ru", "uk"))
_ACCENTED = re.compile("[\u00c0-\u024f]")
_UNKNOWN_SCRIPT = re.compile("[" + "".join(SCRIPTS.values()) + "]")
_BY_SCRIPT = {language: re.compile(f"[{block}]") for language, block in SCRIPTS.items()}


@functools.cache
def _factory() -> langdetect_rs.DetectorFactory:
    factory = langdetect_rs.DetectorFactory()
    factory.load_profile(langdetect_rs.PROFILES_DIRECTORY)
    factory.set_seed(SEED)
    return factory


def probabilities(text: str, without: str = "") -> list[tuple[str, float]]:
    """Returns langdetect's languages for an unprepared text with probabilities, best first.

    Without those of a probability of at most 0.1; empty if langdetect knows no n-gram of the text.
    Probabilities are rounded to 4 decimals, since their last bits depend on the order in which a
    file system lists langdetect's profiles.

    Args:
      text: at most 10,000 characters are read.
      without: a language to exclude, through langdetect's prior.
    """
    try:
        if without:
            factory = _factory()
            detector = factory.create()
            detector.append(text)
            detector.set_prior_map({code: 1.0 for code in factory.langlist if code != without})
            found = detector.get_probabilities()
        else:
            # At every call, since the seed is global to the process and any code may set it.
            langdetect_rs.DetectorFactory.seed = SEED
            found = langdetect_rs.detect_langs(text)
    except langdetect_rs.LangDetectException:
        return []  # its only error for a text: no features
    return [(language.lang, round(language.prob, 4)) for language in found]


def sample(text: str) -> str:
    """Returns the sample of a text that decides its language, at most ``SAMPLE_CHARACTERS`` long.

    Lines with as many digits as letters, addresses, mentions, hashtags and emoji are left out;
    lines that begin with ``SENTENCE_CHARACTERS`` in capitals (or are shorter and all in capitals)
    are lower-cased. Lines below ``SENTENCE_CHARACTERS`` count only where the longer ones come to
    less than ``ENOUGH_CHARACTERS``.
    """
    excerpt = _collect(text, SENTENCE_CHARACTERS)
    return excerpt if len(excerpt) >= ENOUGH_CHARACTERS else _collect(text, 1)


def _lines(text: str) -> Iterator[str]:
    """Yields the lines of a text one by one, since the first few usually suffice."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def _collect(text: str, shortest: int) -> str:
    taken: list[str] = []
    room = SAMPLE_CHARACTERS
    for line in _lines(text):
        if len(line) < shortest:
            continue
        # Twice the room, since a long address may precede the text of the line.
        line = line[: 2 * room]
        if "@" in line or "#" in line or "://" in line or "www." in line:
            line = _ADDRESS.sub(" ", line)
        if not line.isascii():
            line = _EMOJI.sub(" ", line)  # They stick to words and hide their n-grams.
        line = line.strip()[:room]
        if _is_noise(line):
            continue
        if line[:SENTENCE_CHARACTERS].isupper():
            line = line.lower()
        taken.append(line)
        room -= len(line) + 1
        if room <= 0:
            break
    return "\n".join(taken)[:SAMPLE_CHARACTERS]


def _is_noise(line: str) -> bool:
    """Returns True if a line has no word, or mostly digits.

    That is, at least as many digits as letters, and at least a quarter of its characters.
    """
    latin = _latin_letters(line)
    # Most lines have too few characters that are neither letters nor spaces for that many digits.
    if latin and 4 * (len(line) - latin - line.count(" ")) < len(line):
        return False
    digits = len(_DIGIT.findall(line))
    return not _WORD.search(line) or (4 * digits >= len(line) and digits >= _letters(line))


def _latin_letters(text: str) -> int:
    """Returns the number of A to Z in either case, by their bytes in UTF-8.

    Counting all letters takes far longer.
    """
    encoded = text.encode("utf-8", "replace")
    return len(encoded) - len(encoded.translate(None, _LATIN))


def is_latin(text: str) -> bool:
    """Returns True if a text is in ASCII, or half of its characters are A to Z in either case."""
    return text.isascii() or 2 * _latin_letters(text) >= len(text)


def _letters(text: str) -> int:
    return sum(map(len, _WORD.findall(text)))


def normalize_hint(hint: str | None) -> str | None:
    """Returns a hint as langdetect's code, or another ISO 639 code; ``None`` if it is no code.

    ``en-US`` and ``en_GB`` are ``en``, ``zh-Hant`` is ``zh-tw``, ``nb`` is ``no``.
    """
    if not hint:
        return None
    parts = hint.strip().lower().replace("_", "-").split("-")
    pair = "-".join(parts[:2])
    if pair in LANGUAGES:
        return pair
    if pair in ALIASES:
        return ALIASES[pair]
    code = ALIASES.get(parts[0], parts[0])
    if code in (UNDETERMINED, "mul", "zxx", "mis"):
        return None
    return (
        code
        if code in LANGUAGES or (code.isascii() and code.isalpha() and len(code) in (2, 3))
        else None
    )


def detect(text: str, hint: str | None = None) -> tuple[str, float]:
    """Returns the language of a text and its probability.

    The first rule that applies decides:

    1. No word in the text: the hint, else ``und``.
    2. Most letters are of a script in ``SCRIPTS``: the hint if langdetect does not know it, else
       the language of the script.
    3. Too few letters (``MIN_LETTERS``, ``SHORT_PROBABILITY``), and langdetect's answer is not in
       ``SCRIPT_LANGUAGES``: the hint, else ``und``.
    4. The hint, if langdetect gives it more than 0.1, or if langdetect does not know it and its
       answer is one of the hint's ``RELATIVES``.
    5. One of ``MORE_LANGUAGES``, if py3langid says so; ``und`` for Swahili that it does not
       confirm; Serbian, Bosnian or ``und`` for Croatian with words that are none.
    6. A language identified by ``DISTINCT_LETTERS``.
    7. No clear answer over ``CLEAR_LETTERS`` letters: the hint if langdetect does not know it, else
       ``und``.
    8. langdetect's likeliest language.

    Args:
      text: one paragraph per line.
      hint: the language the source claims: an ISO 639 code, with or without a region.

    Returns:
      The code and langdetect's or py3langid's probability for it (in rule 2 the share of letters in
      the script); 0.0 if neither gives one.
    """
    excerpt = sample(text)
    # Letters above CLEAR_LETTERS make no difference.
    head = excerpt[: 2 * CLEAR_LETTERS]
    letters = CLEAR_LETTERS if _latin_letters(head) >= CLEAR_LETTERS else _letters(head)
    claimed = normalize_hint(hint)
    foreign_claim = claimed if claimed not in LANGUAGES else None
    if not letters:
        return claimed or UNDETERMINED, 0.0
    # A text with half of its characters in Latin letters is not mostly in another script.
    if not is_latin(excerpt) and _UNKNOWN_SCRIPT.search(excerpt):
        script, share = _script(excerpt)
        if share > 0.5:
            return foreign_claim or script, share
    found = probabilities(excerpt)
    if "ko" in dict(found) and not _HANGUL.search(excerpt):
        found = probabilities(excerpt, without="ko") or found
    if not found or _is_too_short(excerpt, letters, found[0]):
        return claimed or UNDETERMINED, dict(found).get(claimed or "", 0.0)
    best, probability = found[0]
    if claimed and claimed != best:
        possible = dict(found)
        if claimed in possible:
            return claimed, possible[claimed]
        if best in RELATIVES.get(claimed, ()):
            return claimed, 0.0
    if letters >= SHORT_LETTERS and not _is_plain_english(excerpt, found[0]):
        if second := _of_more_languages(excerpt, letters, best):
            return second
        if best == "hr" != claimed and letters >= SECOND_LETTERS and (norm := _standard(excerpt)):
            return norm, 0.0
    if code := _by_distinct_letters(excerpt, best):
        return code, 0.0
    # Sums both kinds of Chinese: a text that quotes the other script is no unknown language.
    certainty = sum(share for code, share in found if code[:2] == best[:2])
    if letters >= CLEAR_LETTERS and certainty < CLEAR_PROBABILITY:
        return foreign_claim or UNDETERMINED, 0.0
    return best, probability


def _script(excerpt: str) -> tuple[str, float]:
    """Returns the commonest language of :data:`SCRIPTS` and its share of the characters in words.

    Vowel signs count with their letters, so the rest are letters of other scripts.
    """
    counts = {language: len(block.findall(excerpt)) for language, block in _BY_SCRIPT.items()}
    script = max(counts, key=lambda language: counts[language])
    rest = _letters(_UNKNOWN_SCRIPT.sub("", excerpt))
    return script, round(counts[script] / (counts[script] + rest), 4)


def _is_too_short(excerpt: str, letters: int, likeliest: tuple[str, float]) -> bool:
    best, probability = likeliest
    if letters >= SHORT_LETTERS or best in SCRIPT_LANGUAGES:
        return False
    letters += (DENSE_WEIGHT - 1) * len(DENSE.findall(excerpt))
    return letters < MIN_LETTERS or (letters < SHORT_LETTERS and probability < SHORT_PROBABILITY)


def _is_plain_english(excerpt: str, likeliest: tuple[str, float]) -> bool:
    best, probability = likeliest
    return (
        best == "en"
        and probability >= SURE_OF_ENGLISH
        and len(_ACCENTED.findall(excerpt)) * CHARACTERS_PER_ACCENT <= len(excerpt)
    )


def _of_more_languages(excerpt: str, letters: int, best: str) -> tuple[str, float] | None:
    """Returns py3langid's answer where langdetect's stands for languages that it does not know."""
    code, probability = _second().classify(excerpt)
    second, confidence = str(code), round(float(probability), 4)
    if second in MORE_LANGUAGES and (second != "sr" or best in _CYRILLIC_RELATIVES):
        is_short = letters < SECOND_LETTERS
        if confidence >= (SECOND_PROBABILITY_SHORT if is_short else SECOND_PROBABILITY):
            return second, confidence
        if confidence >= 0.5 and best in RELATIVES.get(second, ()):
            return UNDETERMINED, 0.0
    confirmed = second == best and (confidence >= SECOND_PROBABILITY or letters < SECOND_LETTERS)
    return (UNDETERMINED, 0.0) if best == SWALLOWS_BANTU and not confirmed else None


def _by_distinct_letters(excerpt: str, best: str) -> str | None:
    if excerpt.isascii() or best not in _TAKEN_FOR or not _DISTINCT_LETTER.search(excerpt):
        return None
    for code, (own, share) in DISTINCT_LETTERS.items():
        if best in RELATIVES[code] and _share(excerpt, own) >= share:
            return code
    return None


@functools.cache
def _second() -> "LanguageIdentifier":
    # Its model takes half a second to load, which dumps of English articles can do without.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _standard(excerpt: str) -> str:
    """Returns the standard of a Serbo-Croatian text in Latin letters; empty for Croatian."""
    words = _WORD.findall(excerpt.lower())
    ekavian, ijekavian, croatian, others = (
        sum(word in known for word in words)
        for known in (_EKAVIAN, _IJEKAVIAN, _CROATIAN, _BOSNIAN_OR_SERBIAN)
    )
    if ekavian > ijekavian and ekavian + others > croatian:
        return "sr"
    if others > croatian:
        return "bs" if ijekavian > ekavian else UNDETERMINED
    return ""


def _share(excerpt: str, letters: str) -> float:
    return sum(map(excerpt.count, letters)) / _letters(excerpt)


@dataclasses.dataclass
class Language(Transform):
    """Adds `language` and `language_confidence`, by langdetect (see :func:`detect`)."""

    reads = ("text", "language_hint")
    adds: ClassVar[Mapping[str, Column]] = {
        "language": Column(
            pa.string(),
            "Language of the text: an ISO 639 code, of two letters where there is one (en, de), "
            "zh-cn or zh-tw for Chinese in simplified or traditional characters, und where it "
            "cannot be said.",
        ),
        "language_confidence": Column(
            pa.float64(),
            "Probability for that language, 0 to 1, by langdetect, or by py3langid for languages "
            "that langdetect does not know; 0 where neither could decide, and the dump's own "
            "claim, certain letters or words did.",
            after="languages",
        ),
    }
    version = 4

    def setup(self) -> None:
        """Loads the profiles, so that no two threads load them at once."""
        probabilities("The first text of a process loads the language profiles.")

    def apply(self, article: Article) -> Article:
        """Returns the article with its language."""
        language, confidence = detect(article["text"] or "", article["language_hint"])
        return article | {"language": language, "language_confidence": confidence}
