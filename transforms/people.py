# ruff: noqa: RUF001 - letters and marks of other scripts are meant
"""Names of people in bylines, and what passes for them: outlets, desks, offices, buttons."""

import functools
import re
from collections.abc import Collection, Iterable

from pipeline.dates import find_dates
from transforms.agencies import agencies_of
from transforms.places.gazetteer import inhabitants, is_region, plain
from transforms.text import BYLINE_LEAD, key, without_accents

_OUTLET_WORDS = frozenset(
    """times herald tribune gazette chronicle news newspaper newspapers newsroom newswire observer
    courier examiner inquirer enquirer dispatch bulletin globe guardian telegraph
    independent sentinel register advertiser beacon ledger mirror standard argus weekly
    magazine zeitung tageszeitung tageblatt nachrichten anzeiger rundschau allgemeine presse
    morgenpost abendblatt kurier bote journal diario periódico noticias prensa jornal folha
    notícias giornale corriere gazzetta notizie monde presse libération dépêche nouvelles
    info infos actualités dagblad krant nieuws courant avis avisen aftenposten tidende
    tidningen dagbladet bladet nyheter nyheder uutiset sanomat lehti gazeta dziennik
    wiadomości noviny zprávy novine vijesti haber haberler gazetesi hürriyet ведомости
    новости газета правда вести news24 tv television televisión radio fm online network
    media broadcasting review.com com org net""".split()
)
"""Words of the names of outlets that are hardly ever surnames."""

_OUTLET_SURNAMES = frozenset("post press mail star sun record report voice today daily".split())
"""Words of the names of outlets that may be surnames; they count behind a full name."""

_OFFICE = frozenset(
    """staff writer writers reporter reporters correspondent correspondents editor editors
    columnist columnists contributor contributors producer producers journalist
    journalists photographer photographers photojournalist analyst analysts bureau desk
    chief senior associate assistant managing deputy executive special contributing
    freelance freelancer national political politics congressional foreign diplomatic
    investigative business technology science health sports sport entertainment
    editor-at-large editor-in-chief reporting critic blogger author host professor intern
    admin administrator editorial team webmaster director manager expert consultant
    educator educators founder ceo president dietitian clinician published posted updated
    redaktion redakteur redakteurin korrespondent korrespondentin autor autorin reporterin
    journalistin volontär volontärin chefredakteur redaktør journaliste rédaction rédacteur
    rédactrice correspondant correspondante envoyé envoyée redacción redactor redactora corresponsal
    periodista redação repórter jornalista correspondente redazione giornalista inviato
    redactie redacteur verslaggever verslaggeefster correspondente korrespondent
    toimittaja toimitus dziennikarz dziennikarka redakcja redaktor muhabir muhabiri
    редактор корреспондент редакция журналист автор обозреватель 기자 記者 记者 特派員
    redaktorka digital merkezi haber gastautor gastautorin pressestelle""".split()
)
"""Words of offices and desks."""

_OUR = frozenset(
    """nostro nostra nostri onze ons unser unsere unserem unserer notre nos nuestro nuestra our the
    dal dalla del van von de from""".split()
)
"""Words before an office, as in "dal nostro inviato"."""

_DESK = re.compile(
    r"\w+(?:redaktion(?:en)?|redaksjonen|redactie|desk)|redaktionen|admin\w*|\w*admin"
)
"""Single words that are desks, in lower case."""

_NO_NAME = frozenset(
    """the league cup championship division premier serie bundesliga conference football soccer
    basketball baseball hockey tennis results scores fixtures standings world local latest
    breaking most popular stories comment comments tags avatar image images photo photos
    video videos listen more share follow subscribe newsletter newsletters log login
    register home contact about profile view my complete biography email e-mail website
    copyright rights reserved getty traffic weather section opinion analysis exclusive
    advertisement sponsored unknown anonymous none null nan various agencies agency wires
    wire services service associates company inc ltd llc corp foundation institute
    university college department ministry government council committee association office
    minutes minute ago hours monday tuesday wednesday thursday friday saturday sunday
    weekday weekdays weekend weekends backgroundurl with facebook twitter instagram linkedin
    whatsapp https http www
    agenturen agences agencias agenzie agências agentschappen
    this that what when which where why
    release super root user leserbrief gastbeitrag pressemitteilung
    covering economics policy public issues cultural insists pressure marketing all board
    count center centre corporation organization organisation project school conversations
    monthly democrat student""".split()
)
"""Words of buttons, sections, competitions and organisations, none of which is in a name."""

_OF_SENTENCES = frozenset(
    "a an to he she it his her its is was are has have will or but as".split()
)
"""Words that make a line of four words and more a sentence; short names may have some of them."""

_GENRES = re.compile(
    r"^(?:analysis|opinion|commentary|column|editorial|exclusive|perspective|review|interview"
    r"|essay|kommentar|kolumne|analyse|meinung|gastbeitrag|reportage|opinión|análisis|opinião"
    r"|tribune|chronique|editoriale|commento|story|words)\b\W*(?:by\b|von\b|par\b|por\b|di\b)?\s*",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^\W*(?:(?:post author|protokoll|a cura di|muhabir|oprac|opracowanie|كتب|بقلم|文)\b\.?"
    r"(?:\s*[:：/]\s*|\s+|$)|(?:(?:written|reported|words|story|text|report|compiled|posted|submitted|published"
    r"|created|produced|filed|contributed)\s+by|by|author|authors|reporter|von|vom|par|por|di|door"
    r"|av|af|od|przez|escrito por|publié par|autor(?:in|en|es|a)?|auteurs?|autore|автор(?:ы)?|текст"
    r"|texte|texto|testo|tekst)\b(?:\s*[:：]\s*|\s+|$)|(?-i:(?:Written b|B)y(?=[A-Z][a-z])))",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"[(\[{<][^()\[\]{}<>]*+[)\]}>]?")
_MAIL = re.compile(r"(?<!\S)[^\s@]*+@\S*")
_LINK = re.compile(
    r"(?:https?://|www\.)\S*|(?<!\S)\w++(?:\.\w++)*+\.(?:com|org|net|test|example)\S*", re.I
)
_SEPARATOR = re.compile(
    r"[;|/／•·\n\t、，؛،]|\s[–—-]\s|(?:,\s*)?\s?(?<![^\s,])(?:(?i:and|und)|et|og|och|oraz|ve|with|mit|avec|con|и)\s"
    r"|\s?&\s?|\s(?:y|e|i|en|ja|a)\s(?=[^\W\d_a-zа-яёß])"
    r"|\s(?=(?i:fotos?|photos?|bild(?:er)?|video|texte?|texto|tekst)\s?[:：])"
)
_REPORTERS = re.compile(r"^[\u4e00-\u9fff]{0,6}[记記]者\s*+(?:[:：]\s*+)?(?=[\u4e00-\u9fff])")
"""What Chinese papers have before the names of reporters, which white space then divides."""

_OF_REPORT = re.compile(r"[\u4e00-\u9fff]{0,6}(?:報導|报道|報道|专稿|專稿|电|電)")
"""Place and mark of a report behind its reporter: 台北報導."""
_TAIL = re.compile(
    r"\s(?:for|at|in|from|of|on|aus|für|bei|à|special to|follow|published|updated|posted|reports?"
    r"|is|was|has|reporting|contributed)\s.*$",
    re.IGNORECASE | re.DOTALL,
)
_TITLES = frozenset(
    """sen sen. sens sens. rep rep. reps reps. gov gov. dr dr. prof prof. mr mr. mrs mrs. ms ms. sir
    rev rev. hon hon. gen gen. lt lt. col col. capt capt. maj. sgt sgt. cpl. adm adm. amb. msgr. fr.
    mme mlle sra. srta. dott. dott.ssa avv. on. ing ing. mgr mgr. hab. inż. kpt. mudr. judr. phdr.
    med. h.c. phil. iur. rer. nat. habil. dipl.-ing. dipl. u.s.""".split()
)
_LONG_TITLES = _TITLES | frozenset(
    """senator senators representative congressman congresswoman governor lord lady baroness general
    colonel captain lieutenant sergeant admiral father sister rabbi pastor bishop archbishop
    cardinal imam ambassador secretary mayor judge minister chancellor speaker attorney prime
    professor miss herr frau madame monsieur señor señora shri smt sheikh sheikha former state
    premier""".split()
)
"""Titles that may be given or family names, too; they count before a full name. Given names are
Dean, Don, Justice and Major, and ``M.`` begins some, so these are none of them."""
_SUFFIXES = frozenset("jr jr. sr sr. ii iii iv".split())
_DEGREES = frozenset(
    """phd ph.d ph.d. md m.d. md. ma m.a. mba esq esq. jd j.d. rn cfa cpa msc bsc mp mps mep qc kc
    obe cbe mbe frs""".split()
)
_PARTICLES = frozenset(
    """de del della delle di da dal dos do das du des van von der den ter ten la le el al bin ibn
    ben abu zu zur zum y e af av op 't d' o' mac st st.""".split()
)
_NOT_GIVEN = _OFFICE | _NO_NAME | _OUTLET_WORDS | _SUFFIXES | _DEGREES
_NOT_OF_NAMES = _OFFICE | _NO_NAME
_OFFICE_LINE = _OFFICE | frozenset(("opinion", "of", "the", "and", "for"))
_BESIDE_OFFICES = _NOT_OF_NAMES | _OUTLET_WORDS | _OUTLET_SURNAMES
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[.'’‘`·-](?=[^\W\d_]|$))*+\.?|[^\W\d_]\.(?:[^\W\d_]\.)*+")
_SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,8}")
_MOST_WORDS = 5
_LONGEST = 60  # characters of a name


def author_names(text: str, outlets: Collection[str] = ()) -> list[str]:
    """Returns the people and agencies that a byline names, in order, each once.

    Args:
      text: one author or several, with whatever stands beside them.
      outlets: names of the article's own outlet, as :func:`transforms.text.key` gives them.
    """
    return list(_author_names(text, frozenset(outlets)))


@functools.lru_cache(1 << 12)  # an outlet's authors write again
def _author_names(text: str, outlets: frozenset[str]) -> tuple[str, ...]:
    text = _LINK.sub(" ", _MAIL.sub(" ", _ASIDE.sub(" ", text)))
    text = _without_date(text)
    if not _NO_AUTHOR.match(text):
        for lead in (_GENRES, _LEAD, BYLINE_LEAD):
            text = lead.sub("", text.strip())
    if match := _REPORTERS.match(text):
        text = "、".join(text[match.end() :].split())
    names: dict[str, str] = {}
    for part in _SEPARATOR.split(text):
        found: list[str] = []
        for item in _items(part):
            if found and is_suffix(item):
                found[-1] += f" {item}"
            elif found and item == part.rpartition(",")[2].strip() and may_be_outlet(item):
                continue
            elif name := _name(item, outlets):
                found.append(name)
        for name in found:
            names.setdefault(key(name), name)
    several = [name for name in names.values() if " " in name or _SPACELESS.fullmatch(name)]
    agencies = [name for name in names.values() if agencies_of(name)]
    if several and len(several) < len(names):
        return tuple(name for name in names.values() if name in several or name in agencies)
    return tuple(names.values())


_JOINED_NUMBER = re.compile(r"(?:\s(?:and|und|et|y|e|og|och))?\s\+?\d.*$", re.DOTALL)


def _without_date(text: str) -> str:
    """Returns a byline without a date in it, or the time and the count of words behind it."""
    if not any(map(str.isdigit, text)):
        return text
    if len(text.casefold()) == len(text) and (found := next(find_dates(text), None)):
        text = f"{text[: len(found.before)]}; {text[len(text) - len(found.after) :]}"
    return _JOINED_NUMBER.sub("", text)


def _items(part: str) -> list[str]:
    """Returns what commas divide; ``Family, Given`` is one item, a person and an agency are two."""
    *names, last = part.split()[:_MOST_WORDS] or [""]
    if (
        "," not in part
        and len(names) > 1
        and last.isupper()
        and agencies_of(last)
        and not agencies_of(" ".join(names))
    ):
        return [" ".join(names), last]
    items = [item for entry in part.split(",") if (item := entry.strip(" \t\"'.:*“”«»_\u00a0"))]
    if len(items) == 2 and _is_family(items[0]) and _is_given(items[1]):
        return [f"{items[1]} {items[0]}"]
    return items


def _is_family(text: str) -> bool:
    words = text.split()
    return bool(words) and all(word.casefold() in _PARTICLES for word in words[:-1])


def _is_given(text: str) -> bool:
    words = text.split()
    is_known = not _NOT_GIVEN.isdisjoint(map(str.casefold, words))
    return len(words) <= 2 and not agencies_of(text) and not is_known


_NO_AUTHOR = re.compile(
    r"^\W*(?:edit(?:ed|ing)|photos?|photograph(?:s|y|ed)|pictures?|fotos?|foto(?:grafie)?|bild(?:er)?"
    r"|video|graphics?|illustrations?|translat(?:ed|ion))\b(?:\s+(?:by|von|par|por|di|door|av))?\b\W",
    re.IGNORECASE,
)
"""Credits for something else than the text: editing, pictures, translation."""

_JOINER = re.compile(r"^(?:and|und|et|y|e|by|with)\s+", re.IGNORECASE)
_OF_OUTLET = re.compile(r"^[A-Z]{2,6}['’]s\s")
_WHITE_HOUSE = re.compile(r"\bwhite house\b", re.IGNORECASE)


def _name(text: str, outlets: Collection[str]) -> str | None:
    """Returns a part of a byline as a name, less title, office and place, or ``None``."""
    text = _LEAD.sub("", _JOINER.sub("", text))
    text = _WHITE_HOUSE.sub(" ", _OF_OUTLET.sub("", text))
    if agencies_of(text):
        return text
    begins = f"{key(text)} "
    if any(begins.startswith(f"{outlet} ") for outlet in outlets) or _NO_AUTHOR.match(text):
        return None
    words = _TAIL.sub("", f" {text} ").split()
    if len(words) > 2 and words[0].casefold() == "the" and words[1].casefold() in _LONG_TITLES:
        words.pop(0)
    while words and words[0].casefold() in (_LONG_TITLES if len(words) > 2 else _TITLES):
        words.pop(0)
    if len(words) == 1 and words[0].casefold() in _LONG_TITLES:
        return None
    while len(words) > 2 and words[-1].casefold() in _DEGREES and words[-1] != words[-1].title():
        words.pop()
    if len(words) > 1 and len({word.casefold() for word in words} & _OFFICE):
        words = _without_office(words)
    folded = [word.casefold().strip(".,") for word in words]
    if not words or len(words) > _MOST_WORDS or not _NOT_OF_NAMES.isdisjoint(folded):
        return None
    if len(words) == 1 and (folded[0] in _OUTLET_WORDS or _DESK.fullmatch(folded[0])):
        return None
    if words[0].islower() and words[0] not in _PARTICLES and any(w[0].isupper() for w in words):
        return None
    if len(words) > 3 and not _OF_SENTENCES.isdisjoint(folded):
        return None
    name = " ".join(words)
    small = [word for word in words if word.islower()]
    if words[0][0].isupper() and not _PARTICLES.issuperset(small):
        return None
    if key(name) in outlets or is_outlet(name) or not 2 <= len(name) <= _LONGEST:
        return None
    if len(words) == 1 and (not words[0].isalpha() or _is_abbreviation(name)):
        return None
    if _is_place(name) or _OF_REPORT.fullmatch(name):
        return None
    if len(words) == 1 and _SCRIPT_OF_FULL_NAMES.match(name):
        return None
    if not all(_WORD.fullmatch(word) or word.casefold() in _PARTICLES for word in words):
        return name if _SPACELESS.fullmatch(name) else None
    return _cased(words)


_SCRIPT_OF_FULL_NAMES = re.compile("[\u0370-\u06ff\u0900-\u0dff]")
"""Greek, Cyrillic, Hebrew, Arabic and Indian letters; a single word is a section or desk."""

_LARGE_CITY, _CITY = 1000, 100
"""Thousands of inhabitants from which a single word, or several, are rather a city than a name."""


def _is_place(name: str) -> bool:
    """Returns True for the name of a country, a state, or a large city, which end bylines."""
    known = inhabitants(plain(name))
    return is_region(name) or known >= (_CITY if " " in name else _LARGE_CITY)


def _is_abbreviation(name: str) -> bool:
    """Returns whether a single word is that of a desk or outlet, as "TPN"."""
    return len(name) < 5 and name.isascii() and name.isupper()


def _without_office(words: list[str]) -> list[str]:
    """Returns the words without those of an office before or behind the name."""
    marks = [word.casefold().strip(".,") in _OFFICE for word in words]
    first, last = marks.index(True), len(marks) - 1 - marks[::-1].index(True)
    if _OUR.issuperset(word.casefold() for word in words[:first]):
        first = 0
    if first >= 2 or (first and not words[0].isascii()):
        kept = words[:first]
        while len(kept) > 2 and (kept[-1].casefold() in _BESIDE_OFFICES or kept[-1].isupper()):
            kept.pop()  # the outlet before the office
        return kept
    return words[last + 1 :] if len(words) - last > 2 or not words[-1].isascii() else []


def _cased(words: list[str]) -> str:
    """Returns a name with capitals at the beginnings if all its letters are alike."""
    name = " ".join(words)
    if len(words) > 1 and (name.isupper() or name.islower()) and len(name) > 4:
        return " ".join(
            word.lower() if at and word.casefold() in _PARTICLES else
            word.upper() if "." in word else _capitalized(word)
            for at, word in enumerate(words)
        )  # fmt: skip
    return name


def _capitalized(word: str) -> str:
    parts = re.split(r"([-'’])", word.lower())
    return "".join(part[:1].upper() + part[1:] for part in parts)


def is_outlet(name: str) -> bool:
    """Returns True if a name has a word that names of outlets have, and people hardly ever."""
    words = key(name).split()
    return len(words) > 1 and not _OUTLET_WORDS.isdisjoint(words)


def may_be_outlet(name: str) -> bool:
    """Returns True if a name is that of an outlet, or ends in a word that is a surname, too."""
    words = key(name).split()
    return is_outlet(name) or (len(words) > 1 and words[-1] in _OUTLET_SURNAMES)


def is_suffix(text: str) -> bool:
    """Returns True if a text is what may follow a name behind a comma, as Jr."""
    return key(text) in _SUFFIXES


def is_office(text: str) -> bool:
    """Returns True if a line is an office alone, as "Opinion contributors"."""
    words = key(text).split()
    return any(word in _OFFICE for word in words) and _OFFICE_LINE.issuperset(words)


def is_no_name(text: str) -> bool:
    """Returns True if a line of capitalized words has one that no person's name has."""
    return not _NO_NAME.isdisjoint(key(text).split())


def letters(name: str) -> str:
    """Returns letters and digits of a name as addresses have it, in one word."""
    return "".join(filter(str.isalnum, without_accents(key(name))))


def written_by(stated: Iterable[str], byline: Iterable[str], path: str = "") -> list[str]:
    """Returns the stated authors without those of a page's margin.

    Tools that collect names all over a page list authors of other articles, too; where the byline
    of the article has some of the names, the others are of that kind; or else where a folder of its
    address is that of one, as columnists have it.

    Args:
      stated: names as the dump gives them.
      byline: those of the article's own byline.
      path: of the article's address.
    """
    stated = list(stated)
    if len(stated) < MOST_OF_ONE_BYLINE:
        return stated
    own = {without_accents(key(name)) for name in byline}
    found = [name for name in stated if without_accents(key(name)) in own]
    if found and len(stated) > MOST_OF_ONE_BYLINE:
        return found
    folders = {"".join(filter(str.isalnum, folder)) for folder in path.casefold().split("/")}
    folders |= {
        folder.removeprefix(title) for folder in folders for title in _LONG_TITLES
        if folder.startswith(title)
    }  # fmt: skip
    return [name for name in stated if " " in name and letters(name) in folders] or stated


MOST_OF_ONE_BYLINE = 3
"""Names of a byline; a longer list is often that of a whole page."""
