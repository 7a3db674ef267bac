# ruff: noqa: RUF001 - letters of other scripts are meant
"""Labels: short phrases that are page furniture by their words alone.

They are listed (``Latest news``, exact or one typing error away) or told by what they are made of:
names of networks and words of sharing, nouns and adjectives of lists, what readers do most, the
words of a kind (``transforms.lines.phrases``), sections on the path to a page. None of it
knows where a line stands; ``transforms.lines.short_lines`` asks for all of it in order.
"""

import functools
import re
from collections.abc import Sequence
from typing import NamedTuple

from transforms.lines import cues
from transforms.lines.phrases import KINDS, MOST_WORDS, Kind
from transforms.text import DIGIT_RUN, OPENING_QUOTES, key, without_accents


class Label(NamedTuple):
    """What a line's own words make of it.

    Attributes:
      rule: name of the rule it meets.
      firm: whether that holds anywhere; otherwise only outside the running text or beside other
        page furniture.
    """

    rule: str
    firm: bool


FIRM_SINGLE = frozenset(
    """ad advertisement advertisements sponsored recommended promoted trending anzeige werbung
    publicité publicidad publicidade pubblicità
    advertentie реклама reklam reklama reclame annons iklan share teilen partager compartir
    compartilhar condividi delen
    поделиться paylaş udostępnij sdílet bagikan tweet retweet whatsapp facebook twitter pinterest
    linkedin newsletter newsletters subscribe icymi комментарии yorumlar komentarze commentaires
    comentarios comentários kommentare comments login signup sitemap impressum datenschutz
    meistgelesen weiterlesen 相关新闻 相关阅读 関連記事 관련기사 延伸阅读""".split()
)
_CONTEXT_RULES = frozenset({"footer_heading_v2", "section_label_v1"})
_ACTIONS = frozenset(
    """subscribe sign log follow download get donate become register join find connect advertise
    report send back scroll return manage abonnieren folgen folge abonnez inscrivez suivez je
    suscríbete suscríbase síguenos síganos regístrate assine siga cadastre abbonati iscriviti
    seguici
    abonneer volg подпишитесь следите присоединяйтесь abone bizi subskrybuj zapisz obserwuj śledź
    all do terms privacy cookie""".split()
)
# Multi-word labels that also head sections of ordinary articles.
_SOFT_PHRASES = frozenset(
    key(phrase)
    for phrase in """
    the latest | what we do | who we are | our story | our mission | our vision | mission statement
    middle east | the team | our team | table of contents | key topics | in pictures | more details
    world news | local news | national news | weekend reads | in this article | further reading
    what do you think | more information | our company | the top | for you | up next | just in
    about the author | about us | les débats | en direct | in evidenza | in primo piano | zum thema
    das wichtigste | 社会 | 国际 | asia pacific | more here | work with us | on this page
    of interest
    самое важное | what's trending | in brief | editorial policy | jump to | mission | vision
    """.replace("\n", "|").split("|")
    if phrase.strip()
)


def _build_labels() -> dict[str, Label]:
    labels: dict[str, Label] = {}
    for rule, phrases in cues.LABELS.items():
        for phrase in phrases:
            phrase_key = key(phrase)
            words = phrase_key.split()
            firm = phrase_key in FIRM_SINGLE or (
                len(words) > 1
                and phrase_key not in _SOFT_PHRASES
                and (rule not in _CONTEXT_RULES or words[0] in _ACTIONS)
            )
            labels.setdefault(phrase_key, Label(rule, firm))
    for phrase_key, label in list(labels.items()):
        labels.setdefault(without_accents(phrase_key), label)
    return labels


LABELS = _build_labels()


def _deletions(text: str) -> set[str]:
    return {text[:at] + text[at + 1 :] for at in range(len(text))}


def _initials(text: str) -> str:
    return "".join(word[0] for word in text.split())


def _build_misspellings() -> dict[str, tuple[str, ...]]:
    """Lists the labels long enough to be recognised with a typing error, by their words' initials.

    :func:`_one_error` takes none but those of the same initials: a dozen at most.
    """
    index: dict[str, list[str]] = {}
    for label in LABELS:
        if len(label) >= 8:
            found = index.setdefault(_initials(label), [])
            if label.isascii():
                found.append(label)
    return {initials: tuple(found) for initials, found in index.items()}


_MISSPELLINGS = _build_misspellings()


def _one_error(text: str, label: str) -> bool:
    """Whether two different strings are one typing error apart, each word keeping its initial.

    Initials are rarely mistyped, and a wrong one usually is another word (``related costs`` is no
    ``related posts``).
    """
    words, wanted = text.split(), label.split()
    if [word[0] for word in words] != [word[0] for word in wanted]:
        return False
    if abs(len(text) - len(label)) > 1:
        return False
    start = 0
    while start < min(len(text), len(label)) and text[start] == label[start]:
        start += 1
    rest, other = text[start:], label[start:]
    return (
        rest[1:] == other  # a letter too many
        or rest == other[1:]  # one missing
        or (rest[1:] == other[1:] and len(rest) == len(other))  # one wrong
        or (rest[:2] == other[1::-1] and len(other) > 1 and rest[2:] == other[2:])  # swapped
    )


_SPELT_RIGHT = frozenset(("follow up",))
"""Words one letter from a label that are other words."""


def misspelt_label(text_key: str) -> Label | None:
    """Returns the label that a key is with a typing error or without accents, or ``None``."""
    if not 7 <= len(text_key) <= 40 or text_key in _SPELT_RIGHT:
        return None
    text_key = without_accents(text_key)
    if text_key in LABELS:
        return LABELS[text_key]
    likely = [
        label for label in _MISSPELLINGS.get(_initials(text_key), ()) if _one_error(text_key, label)
    ]
    return (
        LABELS[min(likely, key=lambda label: _first_deletion(text_key, label))] if likely else None
    )


def _first_deletion(text: str, label: str) -> int:
    """Returns the first letter without which a text is the label or the label less a letter; or -1.

    By the symmetric deletions of SymSpell (Garbe, 2012): of two labels one error away the one wins
    that needs no letter of the text gone, then the one whose error stands further ahead.
    """
    forms = _deletions(label) | {label}
    if text in forms:
        return -1
    return next(at for at in range(len(text)) if text[:at] + text[at + 1 :] in forms)


def doubled(text: str) -> str | None:
    """Returns the half of a text that is the same string twice, glued or with white space."""
    middle = len(text) // 2
    if len(text) % 2 == 0 and text[:middle] == text[middle:]:
        return text[:middle]
    if len(text) % 2 and text[middle].isspace() and text[:middle] == text[middle + 1 :]:
        return text[:middle]
    return None


# --- share bars and list headings -----------------------------------------------------------------

# Languages that decline nouns add endings to them.
NETWORKS = ("facebook", "twitter", "whatsapp", "instagram", "linkedin", "telegram", "messenger")


def share_bar(words: Sequence[str]) -> bool:
    """Whether words (lower case) are nothing but networks, share verbs and their small words."""
    if words[0] == "the":
        return False  # ``the tweet`` heads what follows
    strong = 0
    for word in words:
        if word in cues.SHARE_STRONG or word.startswith(NETWORKS):
            strong += 1
        elif word not in cues.SHARE_WEAK and not word[0].isdigit():
            return False
    return strong > 0 and strong * 4 >= len(words)


def _build_list_words() -> dict[str, int]:
    words: dict[str, int] = {}
    for kind, members in ((1, cues.LIST_NOUNS), (2, cues.LIST_ADJECTIVES)):
        for word in sorted(members):
            words[word] = words.get(word, 0) | kind
            plain = without_accents(word)
            words[plain] = words.get(plain, 0) | kind
    return words


_LIST_WORDS = _build_list_words()


_LIST_FORMS: dict[str, int] = {}
for _word, _kind in sorted(_LIST_WORDS.items()):
    if len(_word) >= 7:
        for _form in sorted(_deletions(_word) | {_word}):
            _LIST_FORMS.setdefault(_form, _kind)


@functools.lru_cache(1 << 13)
def _near_list_word(word: str) -> int:
    """Returns the kind of the list word that a word is without accents or a typing error."""
    word = without_accents(word)
    if word in _LIST_WORDS:
        return _LIST_WORDS[word]
    if len(word) < 6:
        return 0
    kind = _LIST_FORMS.get(word, 0)
    at = 1  # initials are rarely mistyped
    while not kind and at < len(word):
        kind = _LIST_FORMS.get(word[:at] + word[at + 1 :], 0)
        at += 1
    return kind


def is_list_heading(words: Sequence[str]) -> bool:
    """Whether words (lower case) say no more than ``newest stories of the week`` does."""
    if len(words) < 2:
        return False
    kinds = 0
    for word in words:
        kind = _LIST_WORDS.get(word) or _near_list_word(word)
        if kind:
            kinds |= kind
        elif word not in cues.LIST_FILLERS:
            return False
    return kinds == 3


_SUPERLATIVES = frozenset(
    "popular read viewed shared commented watched discussed clicked emailed searched liked listened"
    " downloaded recent loved visited".split()
)
_HERE_WORDS = frozenset(
    "this the in on of at for from now today todays week weeks month months year day days hour"
    " hours"
    " s here us site website page section blog right our with 24 7 30 all time everyone and stories"
    " articles news posts videos topics headlines you your readers also we by".split()
)
_GIVEN = frozenset(
    "suggested recommended picked handpicked selected chosen curated trending featured popular"
    " latest new hot".split()
)
_TO_READERS = frozenset("for you your us in on at from with now".split())


def is_popularity(tokens: Sequence[str]) -> bool:
    """Whether words (lower case) head a list by what readers do: ``most clicked this week``."""
    if "most" in tokens:
        at = tokens.index("most")
        return (
            len(tokens) > at + 1
            and tokens[at + 1] in _SUPERLATIVES
            and _HERE_WORDS.issuperset(tokens[:at])
            and _HERE_WORDS.issuperset(tokens[at + 2 :])
        )
    return (
        len(tokens) > 1
        and (tokens[0] in _GIVEN or (tokens[0] == "also" and tokens[1] in _GIVEN))
        and all(word in _HERE_WORDS or word in _GIVEN or word in _TO_READERS for word in tokens[1:])
        and (tokens[0] == "also" or tokens[1] in _TO_READERS)
    )


OF_THE_WEEK = re.compile(
    r"^(?:the )?(?:best|top|highlights|picks?|stor(?:y|ies)|photos?|pictures?|videos?|quotes?"
    r"|top \w+|most \w+) (?:of|from) (?:the|this) (?:week|day|month|year|weekend)$"
    r"|^(?:today|new|now|also|more|this week|what.s new|latest) (?:on|at) (?:the|this|our) "
    r"(?:site|website|blog|page|network|channel)$"
    r"|^(?:the )?latest (?:in|on|about|from) (?:the )?[\w-]+(?: [\w-]+)?$"
    r"|^(?:stories|articles|books|reads|things|posts|videos|podcasts) (?:we|you|our \w+|others)"
    r"(?: (?:may|might|will|should|can))? (?:recommend|like|love|suggest|picked|missed|enjoy"
    r"|are reading|read|miss)$"
    r"|^(?:readers|reader|editors?|staff|our|critics).{0,3} (?:choice|picks?|favou?rites?"
    r"|selection)$",
    re.IGNORECASE,
)


# --- headings about the site ----------------------------------------------------------------------

_OWN = frozenset(
    "our unser unsere unserer notre nos nuestra nuestro nuestros nossa nosso onze наша наше наши"
    " nasza"
    " nasze naše vår vårt vores".split()
)


def is_own_heading(text_key: str) -> bool:
    """Whether a heading is two or three words about the site itself: ``our promise``."""
    tokens = text_key.split()
    return 2 <= len(tokens) <= 3 and tokens[0] in _OWN


REACH = re.compile(
    r"^(?:contact|e-?mail|call|write to|meet|join|about|support|follow) (?:the|our) (?:newsroom"
    r"|editors?|editorial (?:team|staff|board)|team|desk|staff|reporter|author|webmaster|publisher"
    r"|board|company|newspaper|paper|foundation|editor-in-chief|company|community)$",
    re.IGNORECASE,
)


REACH_FIRST = frozenset("contact email e call write meet join about support follow".split())


# --- labels made of the words of a kind -----------------------------------------------------------


def _index_words(words: str, bit: int, index: dict[str, int], whole: bool = True) -> None:
    """Adds words, with all their parts or (``l'article``, ``e-mail``) with the longest alone."""
    for word in words.split():
        parts = key(word).split()
        for part in parts if whole else [max(parts, key=len)]:
            for form in {part, without_accents(part)}:
                index[form] = index.get(form, 0) | bit


_KIND_ALLOWED: dict[str, int] = {}
_KIND_MAKERS: dict[str, int] = {}
_KIND_OBJECTS: dict[str, int] = {}
for _at, _sort in enumerate(KINDS):
    _index_words(_sort.makers, 1 << _at, _KIND_MAKERS, whole=False)
    _index_words(_sort.objects or _sort.makers, 1 << _at, _KIND_OBJECTS, whole=False)
    _index_words(f"{_sort.makers} {_sort.objects} {_sort.fillers}", 1 << _at, _KIND_ALLOWED)


def composed(tokens: Sequence[str]) -> Kind | None:
    """Returns the kind of label that words make up, or ``None``.

    Args:
      tokens: the words of a line as ``key`` gives them.
    """
    if len(tokens) > MOST_WORDS:
        return None
    allowed, makers, objects = -1, 0, 0
    for token in tokens:
        if token[0].isdigit():
            token = DIGIT_RUN.sub("0", token)
        allowed &= _KIND_ALLOWED.get(token, 0)
        if not allowed:
            return None
        makers |= _KIND_MAKERS.get(token, 0)
        objects |= _KIND_OBJECTS.get(token, 0)
    kinds = allowed & makers & objects
    for at, kind in enumerate(KINDS):
        if kinds >> at & 1 and len(tokens) >= kind.least:
            return kind
    return None


_AFTER_LABEL = frozenset(
    """this these here now today week month day of the in on from for with to too also us our your
    you all site page section topic topics read see watch reading and story stories news
    hier jetzt heute auch dies diese der des von aus dazu zum thema unserer seite lesen
    ici aussi ce cette sur de du la le lire maintenant
    aquí también hoy esta este de en leer ahora
    qui anche oggi questa questo di da leggere adesso
    aqui também hoje esta este de da em ler agora
    hier ook vandaag dit deze van te lezen nu
    здесь сейчас также сегодня на этой по об читать
    burada şimdi bugün da de bu okuyun
    tutaj teraz też także dziś na w o tym""".split()
)


def extended_label(tokens: Sequence[str]) -> Label | None:
    """Returns the label of a known label of two words or more with small words after it."""
    for end in range(len(tokens) - 1, max(1, len(tokens) - 4), -1):
        if not _AFTER_LABEL.issuperset(tokens[end:]):
            return None
        label = LABELS.get(" ".join(tokens[:end]))
        if label is not None and label.firm:
            return label
    return None


_ANSWER_RULES = frozenset(
    {"comments_v2", "subscription_v2", "newsletter_v2", "share_button_v2", "prompt_v2"}
    | {"footer_heading_v2"}
)


def answered(text: str) -> Label | None:
    """Returns the label of a question that a label answers: ``Not a member yet? Sign up``."""
    answer = text.rpartition("? ")[2].strip()
    words = key(answer).split()
    if not words or text[0] in OPENING_QUOTES:
        return None
    label = LABELS.get(" ".join(words)) or extended_label(words)
    if label is None and (kind := composed(words)) is not None:
        label = Label(kind.rule, True)
    return Label(label.rule, True) if label is not None and label.rule in _ANSWER_RULES else None


# --- paths of pages -------------------------------------------------------------------------------

HOME_KEYS = frozenset(key(word) for word in cues.HOME_WORDS)
_SECTION_KEYS = frozenset(key(word) for word in cues.SECTION_LABELS)
CRUMB_SPLIT = re.compile(r"\s+[>/»›|→·•:]\s+|\s*[»›>]\s*")
CRUMB_MARK = re.compile(r"\s[>/»›|→·•:]\s|[»›>]")

_YOU_ARE = re.compile(
    r"^\W*(?:you are here|sie sind hier|du bist hier|vous êtes ici|(?:usted )?está (?:usted )?aquí"
    r"|você está (?:em|aqui)|sei in|ti trovi in|u bent hier|je bent hier|вы здесь|вы находитесь"
    r"|buradasınız|jesteś tutaj|tu jesteś|nacházíte se|du är här|du er her)\b",
    re.IGNORECASE,
)


def is_breadcrumb(text: str) -> bool:
    """Whether a line is a path of pages that begins at the home page or names sections only."""
    if CRUMB_MARK.search(text) is None:
        return False
    if _YOU_ARE.match(text):
        return True
    parts = [key(part) for part in CRUMB_SPLIT.split(text)]
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return False
    if parts[0] in HOME_KEYS:
        return True
    return all(len(part.split()) <= 3 for part in parts) and any(
        part in _SECTION_KEYS for part in parts
    )
