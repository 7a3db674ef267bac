# ruff: noqa: RUF001 - letters of other scripts are meant
"""Who wrote, reported or edited a text: names behind a lead-in, desks, biographies, agencies."""

import re

from transforms.lines.markup import SHORT_CODE
from transforms.text import ends_sentence, key

BY = re.compile(
    r"^\W*(?:(?:written|reported|words|story|text|report|edited|compiled|posted|analysis|review"
    r"|opinion|column|article|post|photos|photographs|interview|reporting) by|(?:reporter|writer"
    r"|correspondent|words)(?=\s*:)"
    r"|by|autor(?:in|es"
    r"|a)?|author(?:s)?|auteurs?|autore|автор(?:ы)?|текст|yazan|yazar|haber|texte|texto|testo"
    r"|tekst|text|tekst i zdjęcia|skribent|journalist|redacción|redação|auteur|opracował\w*"
    r"|redaktor|von|vom|par|por|di|door|av|af|od|автор материала|propos recueillis par"
    r"|recueilli par|publié par|(?:eine?|une?) (?:analyse|kommentar|reportage|bericht|essay"
    r"|interview"
    r"|gastbeitrag|porträt|glosse|kolumne|chronique|enquête|entretien) (?:von|vom|par|de|d.)"
    r"|aufgezeichnet von|das gespräch führte|interview(?:te)? (?:par|von|di|door)"
    r"|from our (?:own |special |\w+ )?correspondent)(?:\s*[:：]\s*|\s+)",
    re.IGNORECASE,
)

BY_PLAIN = re.compile(r"^\W*(?:by|von|par|por|di|door|av|af|od|vom)\s", re.IGNORECASE)

OUR_CORRESPONDENT = re.compile(
    r"^(?:(?:from|by|von|vom|de|du|del|dal|do|da|van|door|od|от)\s)?(?:our|a|unserem|unserer|notre"
    r"|nuestr[oa]|nostr[oa]|noss[oa]|onze|naszego|нашего)\s(?:[\w-]+\s){0,2}?(?:correspondents?"
    r"|reporters?|staff|bureau|newsroom|desk|korrespondent\w*|mitarbeiter\w*|redaktion|reporter\w*"
    r"|correspondante?|envoyée? spéciale?|rédaction|corresponsal|enviad[oa]|redacción"
    r"|corrispondente|inviat[oa]|redazione|correspondente|redação|verslaggever|redactie"
    r"|korespondenta|redakcji|корреспондента)(?:\s(?:in|at|aus|à|en|a|em|uit|w|в|из)\s\S.{1,30})?$",
    re.IGNORECASE,
)

NAME_TOKEN = re.compile(
    r"^[\"'(“]?(?:[^\W\d_a-zа-яёß][\w’'.-]*|de|del|della|di|da|dos|do|das|van|von|der|den|ter|ten"
    r"|la|le|el|al|bin|ibn|ben|zu|zur|y|e|st\.|mc\w+|o’\w+|d’\w+)[\"')”]?$"
)
JOIN = re.compile(
    r"\s*(?:,|;|/|\||·|•|&|\+|\s[–—-]\s|\b(?:and|und|et|en|ve|oraz)\b|(?<=\w)\s(?:y|e|i|и|og|och"
    r"|ja)\s)\s*"
)
ROLE = re.compile(
    r"\b(?:staff|writer|reporter|correspondent|editor|columnist|contributor|producer|journalist"
    r"|press|news|bureau|desk|chief|special|associate|senior|redakteur\w*|korrespondent\w*"
    r"|redaktion|journaliste|envoyé|correspondant|rédaction|corresponsal|redactor\w*|redacción"
    r"|periodista|repórter|redação|jornalista|giornalista|redazione|inviato|redacteur"
    r"|verslaggever|correspondente|корреспондент|редактор|muhabir\w*|dziennikarz|redakcja|updated"
    r"|published|photo\w*|video|analyst|political|politics|national|opinion|agency|times|daily"
    r"|post)\b",
    re.IGNORECASE,
)

ASIDE = re.compile(r"\([^)]*\)|\S+@\S+|@\w+")

REPORTING = re.compile(
    r"^[\W_]*(?:(?:additional )?reporting (?:and writing )?by|(?:writing|editing|compiled|edited"
    r"|translated|written|produced|additional (?:writing|editing|material)) (?:and editing )?by"
    r"|bearbeitung:|redaktion:|con la colaboración de"
    r"|information for this article was contributed)\b",
    re.IGNORECASE,
)
_CONTRIBUTED = re.compile(
    r"\bcontributed (?:to (?:this|the) (?:report|story|article|post|piece|column|coverage"
    r"|analysis)\b|(?:additional |to the )?reporting\b|from [A-Z])|\bcontributed\W*$"
    r"|^\W*[Ww]ith (?:assistance|contributions|reporting|help|files|additional reporting) (?:by"
    r"|from) |\bassisted (?:with|in) (?:this|the) report"
)

_SENTENCE_BEFORE = re.compile(r"\b(?![A-Z])[^\W\d_]\w{2,}[.!?][\"”’)]*\s")


def contribution(text: str) -> bool:
    """Whether a line says who contributed, and no sentence of the report stands before that.

    A sentence is known by a small word of three letters and more before its stop; names are full of
    initials and abbreviations.
    """
    found = _CONTRIBUTED.search(text)
    return found is not None and _SENTENCE_BEFORE.search(text, 0, found.start()) is None


CONTRIBUTING_AGENCIES = ("associated press", "reuters", "afp", "agence france", "bloomberg news")

DESK = re.compile(
    r"^[(\[–—-]?\s?[A-ZÀ-ÞА-Я0-9a-zà-ÿ][\w.&-]{1,24}(?:"
    r" [^\W\d][\w.-]{1,15})?\s?/\s?[\w.-]{1,12}(?:\s?/\s?[\w.-]{1,12})?[)\]]?$"
)

BIOGRAPHY = re.compile(
    r"^[—–*-]?\s*(?:[A-ZÀ-Þ][\w’'.-]*\s){1,4}is\s(?:(?:a|an|the|our|also"
    r"|\w+[’']s)\s)?(?:[\w’'.&-]+\s){0,6}(?:editor|reporter|correspondent|columnist|writer"
    r"|contributor|journalist|blogger|host|fellow|author|editor-in-chief|editor-at-large"
    r"|producer)\b(?:\.$|,?\s(?:at|of|for|on|with|in|and|based|who|covering|to)\b)"
)


# --- news agencies --------------------------------------------------------------------------------

AGENCIES = frozenset(
    key(name)
    for name in """
    Reuters | Thomson Reuters | AFP | Agence France-Presse | Agence France Presse | AP
    Associated Press
    The Associated Press | AP News | dpa | Deutsche Presse-Agentur | dpa-AFX | EFE | Agencia EFE
    ANSA | AGI
    Adnkronos | LaPresse | TASS | ITAR-TASS | Interfax | RIA Novosti | RIA | Sputnik | Xinhua
    Xinhua News Agency
    Kyodo | Kyodo News | Jiji | Jiji Press | PTI | Press Trust of India | IANS | ANI | UNI | UPI
    United Press International | PA | PA Media | Press Association | Bloomberg | Bloomberg News
    APA | SDA
    Keystone-SDA | Belga | ANP | NTB | TT | Ritzau | STT | PAP | ČTK | CTK | TASR | MTI
    Anadolu Agency | Anadolu
    Anadolu Ajansı | AA | DHA | İHA | IHA | Europa Press | Lusa | Agência Brasil | Agência Lusa
    Estadão Conteúdo
    Antara | Bernama | Yonhap | CNA | AAP | Australian Associated Press | Canadian Press
    The Canadian Press | SID
    KNA | epd | Ukrinform | UNIAN | BelTA | WAM | SPA | MENA | Agerpres | HINA | Tanjug | BTA
    ANA-MPA | AMNA
    Notimex | Télam | Telam | NA | SAPA | NAN | News Agency of Nigeria | GNA | APP | UNB | BSS
    Petra | NNA | ATS
    VNA | TNA | KCNA | Press TV | IRNA | Fars | Tasnim | Mehr | Tribune News Service | TNS | Zuma
    Zenger
    Agencies | Agency | News Agencies | Wire Services | Wire reports | Wires | Staff and agencies
    Agenturen
    Agences | Agencias | Agências | Agenzie | Redazione ANSA | Persbureaus | Агентства | Ajanslar
    Agencje | Agentury
    ТАСС | Интерфакс | РИА Новости | РИА | УНИАН | Укринформ | Рейтер | Reuters Health | StatNews
    AFP News
    新华社 | 新華社 | 中央社 | 中新社 | 路透社 | 法新社 | 共同通信 | 時事通信 | 共同 | 時事
    연합뉴스 | 뉴시스 | رويترز | وكالات
    """.replace("\n", "|").split("|")
    if name.strip()
)
AGENCY_FILLERS = frozenset(
    """de of del della des du to la le les el source sources src quelle quellen fuente fuentes
    fonte fontes bron источник источники kaynak
    źródło via
    with from by and und et y e en i и ve inputs input material von par por da di avec con com
    información informações
    mit the staff agency agencies report reports writer news wire edited additional reporting afp
    originally
    published on red desk web online print story syndicated feed contributed to this agence agencia
    agenzia agentur
    информация по материалам сообщает""".split()
)

AGENCY_TOKENS = frozenset(token for name in AGENCIES for token in name.split()) - frozenset(
    "na the tt aa ap pa uni app al de".split()
) | frozenset({"ap", "pa", "aa", "tt"})

_AGENCY_KIND = re.compile(
    r"\b(?:news|press|wire) (?:agency|service)\b|presse-?agentur|\bagence\b|\bagencia\b"
    r"|\bagência\b|\bagenzia\b|\bagentur\b|persbureau|агентств|ajansı|agencja",
    re.IGNORECASE,
)


def agency_line(text: str) -> bool:
    """Whether a line names news agencies and nothing else but the words around such credits."""
    bare = SHORT_CODE.sub(" ", text).strip()
    if len(bare) > 110 or not bare or bare.endswith(":"):
        return False
    if bare != text and _AGENCY_KIND.search(bare):
        return True
    text_key = key(bare)
    if text_key in AGENCIES:
        return not (bare.isalpha() and bare.islower() and text_key != "dpa")
    tokens = text_key.split()
    if not 0 < len(tokens) <= 14:
        return False
    head, slash, rest = bare.partition("/")
    if slash and key(head) in AGENCIES and len(rest.split()) <= 4 and not ends_sentence(bare):
        return True
    if (
        len(tokens) <= 5
        and tokens[0] in AGENCIES
        and bare.isupper()
        and all(len(token) <= 4 for token in tokens)
    ):
        return True
    found = False
    at = 0
    while at < len(tokens):
        for length in (4, 3, 2, 1):
            if " ".join(tokens[at : at + length]) in AGENCIES and at + length <= len(tokens):
                found = True
                at += length
                break
        else:
            token = tokens[at]
            if token not in AGENCY_FILLERS and not (
                len(token) <= 4 and found and "/" in bare and token.isalnum()
            ):
                return False
            at += 1
    return found


SOURCE_LINE = re.compile(
    r"^(?i:source|quelle|fonte|fuente|bron|источник|kaynak"
    r"|źródło)s?\s?[:：](?:\s(?:[^\W\d_a-zа-яё][\w.&’'-]*|of|and|the|de|der|la|und|y|et|&))+\W*$"
)


# --- the names in a byline ------------------------------------------------------------------------

_PLACE = re.compile(r"\s(?:in|aus|à|en|em|w|в)\s[^\W\d_a-z][\w’'-]*(?:\s[^\W\d_a-z][\w’'-]*){0,2}$")


def names_after_by(text: str) -> list[str] | None:
    """Returns the names of a byline with a lead-in such as ``By``, or ``None`` if it is none."""
    if len(text) > 160 or text[-1] in "!?:":
        return None
    match = BY.match(text)
    if match is None:
        return None
    return names_in(_PLACE.sub("", text[match.end() :]))


def names_in(rest: str) -> list[str] | None:
    """Returns the names that what follows a lead-in lists, or ``None`` where it lists others."""
    names: list[str] = []
    for part in JOIN.split(ASIDE.sub(" ", rest)):
        part = part.strip(" .:-–—\u00a0")
        if not part:
            continue
        part_key = key(part)
        tokens = part.split()
        if part_key in AGENCIES or part_key in _DESKS or ROLE.search(part):
            continue
        if any(character.isdigit() for character in part):
            continue
        if len(tokens) > 5 or not all(NAME_TOKEN.match(token) for token in tokens):
            return None
        names.append(part)
    return names


_DESK_WORDS = frozenset(
    "staff reporter reporters correspondent our from web desk news special bureau editor online"
    " report team editorial digital the by admin newsroom writer agencies wire monitoring"
    " city".split()
)
_DESKS = frozenset(
    "redacción redação redazione redaktion rédaction redactie редакция redakcja redaksi newsdesk"
    " newsroom agencias agences agenturen agenzie агентства".split()
)
# First words of names of places, sections and institutions that look like names of persons.
_NO_FIRST_NAMES = frozenset(
    "new san santa los las tel hong north south east west northern southern eastern western united"
    " middle saudi sri el la le st saint the port cape great fort mount lake river central world"
    " news top breaking latest local national royal supreme prime white foreign home air sea"
    " public".split()
)


def bare_names(text: str) -> list[str] | None:
    """Returns the names on a line of nothing but names, ``[]`` for a desk, or ``None``."""
    tokens = key(text).split()
    if len(tokens) == 1 and tokens[0] in _DESKS:
        return []
    if not 2 <= len(tokens) <= 8:
        return None
    if all(token in _DESK_WORDS for token in tokens):
        return []
    parts = [part.strip() for part in JOIN.split(text) if part.strip()]
    names: list[str] = []
    for part in parts:
        words = part.split()
        titled = all(word[0].isupper() and word.replace(".", "").isalpha() for word in words)
        if not titled or len(words) > 3 or key(words[0]) in _NO_FIRST_NAMES:
            return None
        if len(words) > 1:
            names.append(part)
    return names if names and names[0] == parts[0] else None
