# ruff: noqa: RUF001 - letters of other scripts are meant
"""What one line of a page looks like, and which rule it meets by itself.

``line_rule`` judges a line without its surroundings. Most lines are sentences of running text, so
gates come first. One compiled look at all lines of an article (``transforms.line_glance``) tells of
each which listed words, marks and credits it may have, and whether any of ``_OBSTACLES`` keeps it
from being plain: most lines are, and no rule meets them. What is left passes the exact gates: a
pattern is tried only on lines whose first word, or any word, is one that the pattern needs
(``_FIRST_WORDS``, ``_ANY_WORDS``). ``judged`` does all of it; ``line_rule`` says the same of every
line without the compiled look.
"""

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from transforms import boilerplate_cues as cues
from transforms import boilerplate_prompts as prompts
from transforms.boilerplate_phrases import KINDS, MOST_WORDS, Kind
from transforms.line_glance import (
    ASKED,
    BARE,
    BRACKETED,
    CLOSER,
    CRUMB,
    DIGITS,
    EARLY_COLON,
    ELISION,
    ENDED,
    HINT,
    JOINT,
    KNOWN,
    LAST_DIGIT,
    LATE_MARK,
    LONG,
    MARKS_FIRST,
    NO_FULL_STOP,
    NO_STOP,
    ODD,
    PLAIN,
    QUOTE,
    SHORT,
    SIGN,
    STOP,
    TWICE,
    WIDTH,
    Glance,
    Obstacle,
    Vocabulary,
    automaton,
    folded,
    glance,
    letters_of,
    mark_table,
    where,
    word_table,
)

# --- what a line looks like ---------------------------------------------------------------------

_CLOSERS = "\"'”’»“‘)]}›」』】）*_ \u200b\u00a0"
STOPS = frozenset(".!?…。！？।؟۔؛｡！？︒")
OPENING_QUOTES = frozenset("\"“„«‘‚'‹「『‟”")
_DIGITS = re.compile(r"\d+")
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


class _Phrases:
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
    bare = text.rstrip(_CLOSERS)
    return bool(bare) and bare[-1] in STOPS


def word_count(text: str) -> int:
    """Returns the number of words; in scripts without spaces two characters count as one word.

    Chinese words have 1.5 to 2 characters on average, so sentences get comparable lengths.
    """
    words = len(text.split())
    if words * 12 < len(text):
        return max(words, len(_WIDE.findall(text)) // 2)
    return words


# --- text rules: one line alone -----------------------------------------------------------------


class Label(NamedTuple):
    """What a line's own words make of it.

    Attributes:
      rule: name of the rule it meets.
      firm: whether that holds anywhere; otherwise only outside the running text or beside other
        page furniture.
    """

    rule: str
    firm: bool


_FIRM_SINGLE = frozenset(
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
            firm = phrase_key in _FIRM_SINGLE or (
                len(words) > 1
                and phrase_key not in _SOFT_PHRASES
                and (rule not in _CONTEXT_RULES or words[0] in _ACTIONS)
            )
            labels.setdefault(phrase_key, Label(rule, firm))
    for phrase_key, label in list(labels.items()):
        labels.setdefault(without_accents(phrase_key), label)
    return labels


_LABELS = _build_labels()


def _deletions(text: str) -> set[str]:
    return {text[:at] + text[at + 1 :] for at in range(len(text))}


def _initials(text: str) -> str:
    return "".join(word[0] for word in text.split())


def _build_misspellings() -> dict[str, tuple[str, ...]]:
    """Lists the labels long enough to be recognised with a typing error, by their words' initials.

    :func:`_one_error` takes none but those of the same initials: a dozen at most.
    """
    index: dict[str, list[str]] = {}
    for label in _LABELS:
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


def _misspelt_label(text_key: str) -> Label | None:
    if not 7 <= len(text_key) <= 40 or text_key in _SPELT_RIGHT:
        return None
    text_key = without_accents(text_key)
    if text_key in _LABELS:
        return _LABELS[text_key]
    likely = [
        label for label in _MISSPELLINGS.get(_initials(text_key), ()) if _one_error(text_key, label)
    ]
    return (
        _LABELS[min(likely, key=lambda label: _first_deletion(text_key, label))] if likely else None
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


def _doubled(text: str) -> str | None:
    """Returns the half of a text that is the same string twice, glued or with white space."""
    middle = len(text) // 2
    if len(text) % 2 == 0 and text[:middle] == text[middle:]:
        return text[:middle]
    if len(text) % 2 and text[middle].isspace() and text[:middle] == text[middle + 1 :]:
        return text[:middle]
    return None


# Languages that decline nouns add endings to them.
_NETWORKS = ("facebook", "twitter", "whatsapp", "instagram", "linkedin", "telegram", "messenger")


def _share_bar(words: Sequence[str]) -> bool:
    """Whether words (lower case) are nothing but networks, share verbs and their small words."""
    if words[0] == "the":
        return False  # ``the tweet`` heads what follows
    strong = 0
    for word in words:
        if word in cues.SHARE_STRONG or word.startswith(_NETWORKS):
            strong += 1
        elif word not in cues.SHARE_WEAK and not word[0].isdigit():
            return False
    return strong > 0 and strong * 4 >= len(words)


def _any(*alternatives: str) -> str:
    return "(?:" + "|".join(alternatives) + ")"


_PRIZES = _any(
    r"news ?letters?", r"e-?letter", r"inbox", r"mailing list", r"e-?mails?(?: list| alerts?)?",
    r"alerts?", r"notifications?", r"updates?", r"up to date", r"(?:my|our) blog",
    r"subscribers", r"new posts", r"giveaways", r"send you",
    r"(?:each|every) (?:week|day|morning)", r"briefing", r"digest", r"bulletins?", r"daily brief",
    r"blog posts", r"podcast", r"channel", r"push", r"rss", r"our (?:free )?app\b", r"mobile app",
    r"the app\b", r"app store", r"google play", r"breaking news",
    r"latest (?:news|stories|headlines)", r"top stories", r"to your (?:phone|door)",
    r"unlimited access", r"print edition", r"digital edition", r"free trial", r"e-?paper",
    r"membership", r"facebook", r"twitter", r"instagram", r"youtube", r"telegram", r"whats ?app",
    r"tik ?tok", r"linkedin", r"pinterest", r"bluesky", r"mastodon", r"threads\b", r"social media",
    r"infolettre", r"lettre d.information", r"boîte (?:mail|de réception)", r"boletín",
    r"boletines", r"boletim", r"correo", r"nieuwsbrief", r"mailbox", r"postfach", r"рассылк\w*",
    r"розсилк\w*", r"телеграм\w*", r"канал\w*", r"вконтакте", r"уведомлен\w*", r"ютуб\w*",
    r"e-?bülten\w*", r"bülten\w*", r"kanal\w*", r"bildirim\w*", r"biuletyn\w*", r"powiadomie\w*",
    r"skrzynk\w*", r"kanał\w*", r"nyhetsbrev\w*", r"nyhedsbrev\w*", r"uutiskir\w*",
    r"notificaciones", r"notificações", r"notifiche", r"canal\b", r"canale", r"réseaux sociaux",
    r"redes sociales", r"redes sociais", r"social(?:i)? (?:network)?", r"google news",
    r"posta elettronica", r"casella", r"alertes?", r"alertas?", r"app\b",
    r"soziale\w* (?:medien|netz\w*)", r"社交媒体", r"メールマガジン",
    r"メルマガ", r"뉴스레터", r"النشرة",
)  # fmt: skip

_ASKING = {
    "en": r"get notified|notify me|keep me|interested in|get (?:real-time|live)|don.?t forget to"
    r"|like our|subscribe|sign[ -]?up|join|register|get (?:the|our|all|more|a|your|breaking|daily"
    r"|top|unlimited|instant|updates|alerts|news|today)|receive|stay (?:up|in|on|informed|tuned"
    r"|connected)|keep (?:up|in touch)|never miss|don.?t miss|follow|like us|find us"
    r"|connect with (?:us|me|our|@)|download|install|enter your|want (?:the|more|to (?:get|stay"
    r"|read|receive))|enable|turn on"
    r"|activate|add (?:us|your|the)|check out our|visit our|listen to our|tune in|watch us"
    r"|read us|let.?s stay|submit your|you can (?:follow|find|subscribe|sign)|to (?:get|receive"
    r"|subscribe|sign up|read|stay)|for (?:more|the latest|all the latest|breaking)|catch (?:up"
    r"|all)|start your (?:day|morning)|be the first|by (?:signing|subscribing|entering"
    r"|registering|providing|clicking)|invest in|love (?:our|what)|like what|enjoy(?:ed"
    r"|ing)? (?:this|our|what|reading)|unlock|delivered|please|share (?:this|your)"
    r"|our (?:newsletter|app)|the best of|tap|hit|thank you for",
    "de": r"abonnieren|abonniere|melden sie sich|melde dich|folgen sie|folge uns|folgt uns"
    r"|bestellen|jetzt (?:anmelden|abonnieren|bestellen|registrieren|herunterladen)|registrieren"
    r"|laden sie|erhalten sie|verpassen sie|bleiben sie|holen sie|lade|besuchen sie|sie wollen"
    r"|sie möchten|unser(?:en|e)? newsletter|hier (?:geht|können|zum)|täglich|jeden"
    r"|tragen sie sich|möchten sie|wollen sie|mit (?:unserem|dem) newsletter",
    "fr": r"abonnez|inscrivez|suivez|recevez|rejoignez|téléchargez|ne (?:manquez|ratez)|retrouvez"
    r"|s.abonner|s.inscrire|restez|envie de|pour (?:recevoir|ne rien|suivre|rester)|activez"
    r"|en vous|découvrez|je m.abonne|chaque (?:jour|matin|semaine)|vous (?:souhaitez|voulez)"
    r"|soutenez",
    "es": r"suscr[ií]b\w*|síguenos|síganos|sigue|siga|recibe|reciba|únete|regístr\w*|inscríb\w*"
    r"|apúntate|descarg\w*|no te pierdas|no se pierda|mantente|manténgase|entérate|quieres"
    r"|quiere (?:recibir)|activa|visita|visite|para (?:recibir|estar|más)|accede|conéctate"
    r"|todas las noticias|si (?:quieres)",
    "pt": r"assine|siga|receba|inscreva\w*|cadastre\w*|participe|baixe|acompanhe|não perca"
    r"|subscreva|junte\w*|entre (?:no|em|para)|fique|clique|curta|quer (?:receber|ficar)"
    r"|para (?:receber|ficar)|torne|descarregue|registe|faça parte|ative",
    "it": r"iscriv\w*|abbonati|seguici|segui|ricevi|registrati|scarica|unisciti|non perdere|resta"
    r"|rimani|vuoi|entra|attiva|clicca|per (?:ricevere|restare|rimanere)|ogni (?:giorno|mattina)"
    r"|se vuoi",
    "nl": r"abonneer|schrijf|meld|volg|ontvang|download|blijf|word|mis (?:niets|geen)|wil je"
    r"|wilt u|krijg|like ons|registreer|altijd|elke (?:dag|week|ochtend)",
    "ru": r"подпи\w+|следите|читайте нас|присоединя\w+|получайте|скачай\w*|зарегистрируй\w*"
    r"|оставайтесь|хотите|вступайте|включите|наш(?:и|а)? (?:канал|рассылка|телеграм)|чтобы"
    r"|смотрите нас|установите|підпи\w+|слідкуйте|долучайтесь|приєднуйтесь|стежте",
    "tr": r"hemen|her (?:gün|sabah|hafta|akşam)|abone|takip|kaydol\w*|üye ol\w*|katıl\w*|indir\w*"
    r"|haberleri|bizi|güncel|bültenimize|en son|whatsapp|telegram|sosyal",
    "pl": r"zapisz|subskrybuj|dołącz|obserwuj|śledź|zaprenumeruj|pobierz|bądź|chcesz|zarejestruj"
    r"|polub|otrzymuj|nie przegap|włącz|zostań",
    "other": r"prenumerera|följ|anmäl|ladda|få|abonnér|abonner|tilmeld|følg|meld deg|last ned"
    r"|tilaa|seuraa|lataa|berlangganan|ikuti|dapatkan|unduh|bergabung|aboneaz\w+|urmăre\w+"
    r"|iratkozz|kövess|εγγραφ\w+|ακολουθήστε|přihlas\w*|odebír\w*|sledujte|đăng ký|theo dõi|اشترك"
    r"|تابع\w*|انضم|订阅|訂閱|关注|關注|購読|フォロー|登録|구독|팔로우",
}  # fmt: skip
_ASK_START = re.compile(
    r"(?:^|[.!?:…。|]\s+)[¡¿>*•\s–—-]*(?:" + "|".join(_ASKING.values()) + r")(?!\w)", re.IGNORECASE
)
_PRIZE = re.compile(r"(?<!\w)(?:" + _PRIZES + ")", re.IGNORECASE)
_GROUPS = re.compile(r"\([^()]*\)")
_ASK_FIRST = frozenset(
    word
    for pattern in _ASKING.values()
    for word in re.findall(r"(?:^|\|)([^\W\d_]+)", _GROUPS.sub("", _GROUPS.sub("", pattern)))
)
_SAID = re.compile(
    r"\b(?:said|says|told|added|wrote|tweeted|announced|reported|according|argued|claimed|has"
    r"|have|had|was|were|sagte|hatte|wurde|hat|a déclaré|selon|était|dijo|según|fue|había|disse"
    r"|segundo|foi|secondo|ha detto|era|zei|volgens|werd|had|сказал\w*|заявил\w*|был\w*|dedi"
    r"|söyledi|powiedzia\w+|był\w*)\b",
    re.IGNORECASE,
)
_NEWSLETTER = re.compile(
    r"news ?letter|inbox|mailing list|infolettre|boletín|boletim|nieuwsbrief|рассылк|розсилк"
    r"|bülten|biuletyn|nyhetsbrev|nyhedsbrev|uutiskir|メルマガ|メールマガジン|뉴스레터|النشرة"
    r"|bulletin|e-?mail",
    re.IGNORECASE,
)

_CLICK = re.compile(
    r"^\W*(?:please\s+)?(?:click|tap|press|hit the|touch the|use the (?:button|icon|link|form)"
    r"|klick\w*|cliquez|cliquer|haz clic|haga clic|pincha|pinche|pulsa|pulse|clique|clicca"
    r"|cliccate|klik|tryk|trykk|нажмите|нажимайте|кликните|жмите|натисніть|kliknij|klikni"
    r"|klikněte|tıkla\w*|tippen sie|приклик\w*|صفحه|اضغط|انقر)\b",
    re.IGNORECASE,
)
_CLICK_GOAL = re.compile(
    r"\b(?:themen|folgen|suivre|sujets|seguir|temas|tópicos|argomenti|seguire|volgen|onderwerpen"
    r"|темы|konular\w*|tematy|here|authors?|list|star|heart|tab|arrow|alert|save|bookmark|icon"
    r"|bell|link|image|photo|picture|follow|subscribe|newsletter|share|read|sign|view|enlarge"
    r"|expand|comment\w*|notification\w*|alerts?|updates|topics?|gallery|full|more|watch|listen"
    r"|download|hier|ici|aquí|aqui|qui|здесь|тут|сюда|burada|buraya|tutaj|zde|sem|her|här|lien"
    r"|enlace|button|botón|botão|pulsante|knop|кнопк\w*|ссылк\w*|przycisk|bild|hier klicken|هنا)\b",
    re.IGNORECASE,
)
_TAP_TURKISH = re.compile(r"\b(?:için|buraya) tıkla\w*\W*$|tıklayın\w*\W*$", re.IGNORECASE)
_HERE_END = re.compile(
    r"^(?:read|see|view|watch|listen|find|get|download|sign|subscribe|register|donate|order|buy"
    r"|more|visit|lesen|mehr|voir|lire|ver|vea|leia|leggi|lees|читайте|oku"
    r"|czytaj)\b.{0,90}\b(?:here|hier|ici|aquí|aqui|qui|здесь|tutaj|burada)\W*$",
    re.IGNORECASE,
)

_COPYRIGHT_PHRASE = _Phrases(
    {
        "reserved": r"all rights? reserved",
        "vorbehalten": r"alle rechte vorbehalten",
        "réservés": r"tous droits réservés",
        "reservados": r"(?:todos )?(?:los |os )?(?:derechos|direitos) reservados",
        "riservati": r"(?:tutti i )?diritti (?:sono )?riservati",
        "voorbehouden": r"alle rechten voorbehouden",
        "защищены": r"все права защищены",
        "захищені": r"(?:усі|всі) права захищені",
        "saklıdır": r"(?:tüm|her) hakk?ı?\w* saklıdır",
        "zastrzeżone": r"wszelkie prawa zastrzeżone|wszystkie prawa zastrzeżone",
        "vyhrazena": r"všechna práva vyhrazena",
        "rättigheter": r"alla rättigheter",
        "rettigheter": r"alle rettigheter",
        "oikeudet": r"kaikki oikeudet",
        "hak cipta": r"hak cipta dilindungi",
        "drepturile": r"toate drepturile rezervate",
        "fenntartva": r"minden jog fenntartva",
        "επιφύλαξη": r"με επιφύλαξη",
        "bản quyền": r"bản quyền",
        "may not be": r"may not be (?:published|reproduced|republished|redistributed)",
        "prohibited": r"reproduction (?:in whole or in part )?(?:is "
        r"|without permission )?prohibited",
        "interdite": r"reproduction interdite",
        "prohibida": r"prohibida (?:su|la) reproducción",
        "proibida": r"proibida a reprodução",
        "riproduzione": r"riproduzione (?:è )?riservata",
        "перепечатка": r"перепечатка (?:материалов )?(?:запрещена|возможна)",
        "использование": r"использование материалов",
        "版权所有": r"版权所有",
        "版權所有": r"版權所有",
        "転載": r"無断転載",
        "转载": r"禁无断转载",
        "未经授权": r"未经授权",
        "未經授權": r"未經授權",
        "무단": r"무단\s?전재",
        "محفوظة": r"جميع الحقوق محفوظة",
        "שמורות": r"כל הזכויות שמורות",
    }
)
_COPYRIGHT_MARK = re.compile(
    r"(?:©|\(c\)|&copy;|copyright\b|copr\.|@\s?(?=(?:19|20)\d\d\b))", re.IGNORECASE
)
_COPYRIGHT_START = re.compile(
    r"^\W{0,3}(?:©|\(c\)|&copy;|copyright\b|@)\s*(?:©|\(c\)|@|by\b)?\s*(?:(?:19|20)\d\d|[A-Z])",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_BUILT_BY = re.compile(
    r"^(?:\W*(?:proudly )?(?:website |site |theme |web )?(?:designed|developed|design|powered"
    r"|built|created|hosted|maintained|theme|website (?=by)|réalisé|propulsé|desarrollado"
    r"|desenvolvido|realizzato|gestaltet|ontwerp|разработка|tasarım"
    r"|projekt i wykonanie)(?: (?:and|&|und|et|y|e|en) (?:developed|design|designed|built"
    r"|maintained|hosted|development))?\s*(?:(?:by|with|von|par|por|da|door)\b|:(?!\s*\d)))",
    re.IGNORECASE,
)

_DISCLAIMER = _Phrases(
    {
        "view": r"views?,? (?:and opinions )?(?:expressed|presented) (?:in this|here|by|are)",
        "opinions": r"opinions expressed",
        "edited by": r"has not been edited by",
        " from ": r"(?:auto-?generated|published) from (?:a|an) (?:syndicated|agency|wire)",
        "syndicated": r"syndicated feed",
        "standards": r"our standards:",
        "trust": r"trust principles",
        "affiliate": r"affiliate (?:links?|commission|program)",
        " may ": r"(?:we|this (?:site|article|post|story)) may (?:earn|receive|contain|include)",
        "informational": r"for informational purposes only",
        "not ": r"not (?:constitute|intended as) (?:financial|medical|legal|investment)",
        "this ": r"\bthis (?:article|story|post|content|piece|column|essay|op-ed|commentary"
        r"|interview|excerpt) (?:was|is|has been|originally)? ?(?:originally|first)? ?(?:appeared"
        r"|published|created|produced|republished|paid)",
        "translat": r"translated with|machine translat",
        "transcript": r"\brush transcript\b",
        "excepted": r"errors? and omissions? excepted",
        " an error": r"(?:spotted|noticed|report) an error",
        "typo": r"report a typo",
        "material": r"^\W*this (?:article|story|report|piece) (?:includes|contains|uses"
        r"|incorporates)"
        r" (?:\w+ ){0,2}(?:material|content|reporting|information|copy)",
        "version": r"^\W*a (?:shorter |longer |previous |earlier )?version of this (?:article|story"
        r"|report|piece|post|column|essay|review)",
        "partnership": r"^\W*this (?:article|story|report|piece|series|project) (?:was"
        r"|is) (?:\w+ )?"
        r"(?:produced|made|published|reported|written|supported|funded) (?:in|with|through|by)",
        "permission": r"^\W*(?:re)?(?:published|printed|posted) (?:here )?(?:with"
        r"|by) (?:the )?(?:kind )?"
        r"permission",
        "own": r"opinions? (?:here |stated )?(?:are|is) (?:the|his|her|their|those|my|solely)",
    }
)

_SUBSCRIPTION = _Phrases(
    {
        "already": r"already (?:a|have an?) (?:\w+ ){0,2}(?:subscriber|member|account"
        r"|subscription|registered)",
        "subscribe": r"^\W*subscribe (?:now|today)\b|subscribe (?:now )?(?:to|for) (?:continue"
        r"|keep|read|access|unlock|view|full)",
        "register": r"register (?:now )?(?:to|for) (?:continue|keep|read|access|unlock|view|full)",
        "sign": r"sign (?:up|in) (?:now )?(?:to|for) (?:continue|keep|read|access|unlock|view"
        r"|full)",
        "log": r"log ?in (?:now )?(?:to|for) (?:continue|keep|read|access|unlock|view|full)",
        "keep reading": r"(?:to keep reading|keep reading (?:this|with|by|for|the))",
        "continue reading": r"(?:to continue reading|continue reading (?:this|with|by|for|the))",
        " is ": r"(?:article|content|story|feature) is (?:only |exclusively )?(?:available"
        r"|reserved|exclusive|for)(?: only| exclusively)? ?(?:to|for)? ?(?:our |paid |paying "
        r"|premium |registered )*(?:subscribers|members|users)",
        "subscribers": r"(?:^|\b(?:is|for)\s)\W*subscribers?[- ]only\b",
        "members": r"(?:^|\b(?:is|for)\s)\W*members?[- ]only(?: (?:content|articles?|stor(?:y|ies)"
        r"|access|area|features?|newsletters?|benefits|podcasts?|video)\b|\W*$)",
        "reached your": r"reached your (?:\w+ ){0,3}(?:limit|articles)",
        "free article": r"free articles? (?:left|remaining|this month)",
        "cookie": r"(?:we|this (?:web)?site|our partners) (?:\w+ ){0,3}uses? cookies|uses cookies"
        r"|use of cookies|cookie (?:policy|settings|consent|notice)|accept (?:all )?cookies"
        r"|(?:wir|diese (?:web)?seite) (?:verwende|nutz)\w+ cookies|utilizamos cookies"
        r"|(?:deze (?:web)?site|wij) gebruik\w* cookies",
        "by continuing": r"by continuing to (?:use|browse)",
        "privacy policy": r"privacy policy and terms",
        "terms of": r"terms of service apply",
        "recaptcha": r"protected by recaptcha",
        "you must": r"you must (?:be logged|log|sign|enable|have javascript)",
        "you need to": r"you need to (?:be logged|log|sign|enable|have javascript)",
        "please": r"please (?:log ?in|sign in|enable javascript|enable|disable|turn off)",
        "javascript": r"javascript is (?:disabled|required|not enabled)",
        "block": r"(?:your|using an?|disable|turn off|detected|pause) ad ?block",
        "cancel": r"cancel any ?time",
        "unlimited": r"unlimited (?:digital )?access",
        "bereits": r"bereits (?:abonnent|registriert|ein abo|kunde|mitglied)",
        "jetzt": r"jetzt (?:weiterlesen|testen)",
        "signing up": r"by signing up,? you",
        "unsubscribe": r"\bcan unsubscribe\b|\bunsubscribe at any",
        "if you": r"if you (?:enjoyed|like|liked|value|appreciate) (?:this|our|what)",
        "abo ": r"abo (?:testen|abschließen)",
        " für ": r"(?:nur|exklusiv) für (?:abonnent|mitglieder)",
        "déjà": r"déjà abonné",
        "abonnés": r"réservé (?:à nos|aux) abonnés",
        "il vous reste": r"il vous reste [\d\w,.]+ ?% de",
        "réservé": r"la suite est réservée|article réservé",
        "suscriptor": r"ya (?:eres|es) suscriptor|exclusivo para suscriptores",
        "contenido": r"contenido exclusivo para",
        "assinante": r"já (?:é|sou) assinante|exclusivo para assinantes",
        "conteúdo": r"conteúdo exclusivo",
        "abbonat": r"sei già abbonato|riservat\w+ (?:a|agli) abbonati",
        "hai già": r"hai già un account",
        "abonnee": r"al abonnee|alleen voor abonnees|exclusief voor abonnees",
        "подпис": r"уже подписаны|только для подписчиков",
        "abone": r"zaten abone|sadece abone",
        "masz już": r"masz już konto",
        "tylko dla": r"tylko dla (?:subskrybentów|prenumeratorów)",
        "ce site": r"ce site utilise",
        "este si": r"este sitio (?:web )?(?:usa|utiliza)|este site (?:usa|utiliza)",
        "questo sito": r"questo sito (?:usa|utilizza)",
        "сайт": r"сайт использует",
        "çerez": r"çerez(?:ler)? kullan",
        "strona": r"(?:ta strona|strona) (?:używa|korzysta)",
    }
)

_SUPPORT = re.compile(
    r"^\W*(?:editor.s note:\s*)?(?:please |help |you can |(?:do you )?want to "
    r"|would you like to )?(?:support|donate|give|contribute|become|consider|make (?:a|your)|help"
    r"|chip in|join|pledge|back|unterstützen|spenden|werden|soutenez|faites|apoya|apoye|haz|hazte"
    r"|apoie|doe|sostieni|dona|steun|doneer|поддержите|destek"
    r"|wesprzyj)\b.{0,120}\b(?:journalis\w+|reporting|newsroom|donation|member|membership"
    r"|supporter|patron|subscriber|our work|contribution|us\b|patreon|fundraiser|unabhängig\w+"
    r"|spende|mitglied|journalisme|média|don\b|membre|periodismo|socio|donación|jornalismo|doação"
    r"|assinante|giornalismo|donazione|journalistiek|журналист\w*|gazetecili\w+|dziennikarstw\w+)",
    re.IGNORECASE,
)
_TIP = re.compile(
    r"^\W*(?:(?:do you )?(?:have|got|know) (?:an?|any|something|more)\b.{0,60}\b(?:tip|tips|story"
    r"|news|photos?|video|information|question|questions|feedback|comments?|opinion)\b.{0,30}\?"
    r"|(?:send|e-?mail|contact|write to|reach|call|text|message|tweet) (?:us|me|the (?:author"
    r"|reporter|writer|editor|newsroom)|your|him|her|our|tips|letters|story|news"
    r"|a tip)\b.{0,90}(?:@|\bat\b|here|below|tips?|comments|feedback)|haben sie (?:einen hinweis"
    r"|fehler|hinweise|anregungen)|vous avez (?:une info|une question|un témoignage)|une remarque"
    r"|¿?tienes (?:una|alguna) (?:historia|noticia|pista)|(?:tem|viu) (?:uma (?:notícia|sugestão"
    r"|denúncia)|algum erro)|hai (?:una segnalazione|notizie)|heb je (?:een tip|nieuws)"
    r"|tip de redactie|нашли (?:ошибку|опечатку)|есть новости|masz (?:temat|informacj)"
    r"|widziałeś coś|haber ihbar|bize (?:yazın|ulaşın))",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"^\W*(?:editor.s note:\s*)?(?:(?:this |the )?(?:story|article"
    r"|post)?\s?continue[sd]? (?:below|after|reading|on|next)|scroll (?:down|to continue)"
    r"|(?:keep |continue )scrolling|what (?:do you|did you) think\b.{0,60}(?:comment|below"
    r"|let us)|let us know|tell us(?: (?:what|how|why|about|your|if|in|more|below|here|which|who"
    r"|where"
    r"|when)\b|\W*$)|share your (?:thoughts|views|opinion|story|experience)"
    r"|leave (?:a|your) comment|have your say|join the (?:conversation|discussion|debate)"
    r"|sound off|comment below|like (?:this|us)\b|was this (?:article|page|story) (?:helpful"
    r"|useful)|did you (?:like|enjoy|find) (?:this|what)|rate this"
    r"|thanks? (?:you )?for (?:reading|visiting|subscribing|signing|your)"
    r"|watch the (?:full )?(?:video|clip|interview) (?:below|above|here)|(?:see|view|watch|read"
    r"|check out|listen to) (?:the |our |more |full |all )*(?:video|photos?|pictures|gallery"
    r"|slideshow|map|interactive|graphic|document|transcript|tweet|post|clip|episode"
    r"|podcast)s? ?(?:below|above|here|:)|listen to (?:this|the) (?:article|story|episode"
    r"|podcast)|check out (?:our|all|more)\b|interested in .{2,60}\?|visit .{2,50}\b(?:for more"
    r"|homepage|website)\b|sign up (?:for|to|here|now|today)\b|(?:do you )?(?:want"
    r"|would you like) to (?:support|join|help) (?:us|our|\w+ so)|(?:read|visit|join|find"
    r"|see) .{0,40}\b(?:flipboard|facebook|twitter|instagram)\b.{0,15}$|(?:for"
    r"|to) .{3,90}, (?:please )?(?:subscribe|sign up|follow us|click|join)\b|(?:choose|select"
    r"|pick|manage|follow|edit|customi[sz]e) (?:the |these |this |your |more |our )*(?:topics?"
    r"|authors?|tags?|stor(?:y|ies)|interests|preferences|alerts|notifications)\b.{0,40}$|(?:view"
    r"|see|show|read|load|hide|add|post|leave|write)(?: \w+){0,2} comments?\b.{0,8}$"
    r"|\d+ (?:people|users?|readers?) (?:like this|are (?:here|reading|viewing|watching|talking"
    r"|following)|have (?:liked|shared|read|commented|voted|viewed|watched))|add us (?:as|on|to) "
    r"|add .{2,40} as (?:an?|your) (?:interest|preferred|favou?rite))",
    re.IGNORECASE,
)
_FOLLOW = re.compile(
    r"^\W*(?:you can )?(?:follow|folgen sie|folge|suivez|sigue|siga|síguenos|segui|volg|följ"
    r"|følg)\b.{0,80}(?:@\w|\bon (?:twitter|facebook|instagram|x|linkedin|tiktok|youtube|threads"
    r"|bluesky|telegram|google|social|gab|parler|truth|whats\w*|snapchat|reddit|tumblr"
    r"|pinterest)\b|\b(?:auf|bei|sur|en|no|na|su|op|på) (?:twitter|facebook|instagram|x|linkedin"
    r"|tiktok|youtube|threads|bluesky|telegram|google|whatsapp)\b)",
    re.IGNORECASE,
)
_ON_TWITTER = re.compile(
    r"(?<!\.)\b(?:twitter(?!\.com)|tweets? (?:at|as)|follow|reached?|contact|e-?mail)\b.{0,60}@\w",
    re.IGNORECASE,
)

_TAGS = re.compile(
    r"^\W*(?:(?:this )?(?:article|story) tagged under|tags?|tagged(?: with| as| in)?|topics?"
    r"|filed (?:under|in)|filed to|keywords?|categories|category|labels?|posted in|more about"
    r"|related (?:topics|tags|keywords|subjects)|in this (?:story|article)|(?:see|explore"
    r"|read) more (?:on|about)"
    r"|(?:themen|thema|tags?|topics?|temas?|thèmes?|sujets?|argomenti|assuntos|tópicos|темы|теги"
    r"|tematy|konular|onderwerpen|schlagworte)(?: (?:in|zu|aus|zum|diese[mrs]|artikels?|beitrags?"
    r"|this|story|article|related|relacionad[oa]s|associad[oa]s|correlati|de|del|dell|dit|van|dans"
    r"|cet|este|artículo|articolo|artigo|статьи|tego|artykułu|haberin)){1,3}|themen"
    r"|thema|schlagw[oö]rte?r?"
    r"|stichw[oö]rter?|rubriken|mots[- ]clés|sujets|thèmes|thématiques|rubriques|étiquettes"
    r"|etiquetas|temas|palabras clave|archivado en|más sobre|tags relacionadas|assuntos|tópicos"
    r"|palavras-chave|argomenti|tag|parole chiave|trefwoorden|onderwerpen|labels|теги|темы|метки"
    r"|ключевые слова|етикети|etiketler|etiket|konular|anahtar kelimeler|tagi|tematy"
    r"|słowa kluczowe|štítky|témata|ämnen|emner|emne|aiheet|avainsanat|topik|tagar|标签|標籤"
    r"|关键词|タグ|キーワード|태그)\s*[:：#]",
    re.IGNORECASE,
)

_MONTHS = (
    "january february march april may june july august september october november december jan"
    " feb mar apr"
    " jun jul aug sep sept oct nov dec januar februar märz mai juni juli oktober dezember jän"
    " jänner okt dez"
    " janvier février mars avril juin juillet août septembre octobre novembre décembre enero"
    " febrero marzo"
    " abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre janeiro"
    " fevereiro março"
    " maio junho julho setembro outubro novembro dezembro gennaio febbraio aprile maggio giugno"
    " luglio"
    " settembre ottobre novembre dicembre januari februari maart mei augustus января февраля"
    " марта апреля"
    " мая июня июля августа сентября октября ноября декабря ocak şubat mart nisan mayıs haziran"
    " temmuz ağustos"
    " eylül ekim kasım aralık stycznia lutego marca kwietnia maja czerwca lipca sierpnia września"
    " października"
    " listopada grudnia ledna února března dubna května června července srpna září října"
    " listopadu prosince"
    " maj augusti januar februar marts august desember december januaria"
)
_TIME_WORDS = frozenset(
    (
        _MONTHS + " monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu"
        " thur thurs fri"
        " sat sun montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi"
        " mercredi jeudi vendredi"
        " samedi dimanche lunes martes miércoles jueves viernes sábado domingo segunda terça"
        " quarta quinta sexta"
        " feira lunedì martedì mercoledì giovedì venerdì sabato domenica maandag dinsdag woensdag"
        " donderdag vrijdag"
        " zaterdag zondag понедельник вторник среда четверг пятница суббота воскресенье pazartesi"
        " salı çarşamba"
        " perşembe cuma cumartesi pazar poniedziałek wtorek środa czwartek piątek sobota"
        " niedziela am pm a p m gmt"
        " utc est edt et ist cet cest bst pst pdt pt cst cdt ct mst aest sgt hkt jst wib ago year"
        " years month months"
        " week weeks day days hour hours hr hrs minute minutes min mins second seconds sec s h d"
        " yr yrs yesterday heute gestern aujourd hui hoy ayer hoje ontem oggi ieri vandaag gisteren"
        " сегодня вчера bugün dün dziś dzisiaj wczoraj"
        " today read reading time minread estimated approx temps at on the of de del du à le um"
        " uhr vor stunden stunde"
        " minuten tagen tag"
        " jahren il y a heures heure jours jour ans lecture lesezeit hace horas hora días día"
        " lectura há horas"
        " minutos dias atrás leitura fa ore giorni minuti lettura geleden uur leestijd назад"
        " часов час минут минуты"
        " г года год в önce saat dakika godz temu minut godzin czytania published updated last"
        " modified posted"
        " first date edited created updated: online since print aktualisiert veröffentlicht"
        " erstellt stand publié"
        " mis jour modifié publicado actualizado atualizado pubblicato aggiornato gepubliceerd"
        " bijgewerkt laatst"
        " опубликовано обновлено güncelleme yayınlanma giriş tarihi opublikowano aktualizacja"
        " publikováno"
        " publicerad uppdaterad publiceret opdateret publisert oppdatert julkaistu päivitetty st"
        " nd rd th"
    ).split()
)
_STAMP_START = re.compile(
    r"^\W*(?:first |originally |last |date |story )?(?:published|updated|posted|modified|created"
    r"|edited|issued|date\s?:|veröffentlicht|aktualisiert|erstellt|zuletzt|stand|publié"
    r"|mis à jour|modifié|posté|publicado|publicada|actualizado|actualizada|atualizado|atualizada"
    r"|pubblicato|aggiornato|ultimo aggiornamento|última actualización|última atualização"
    r"|gepubliceerd|bijgewerkt|laatst|geplaatst|опубликован\w*|обновлен\w*|дата|güncelle\w*"
    r"|yayın\w*|giriş|opublikowan\w*|aktualizac\w*|dodano|data\s?:|data (?:publikacji|aktualizacji"
    r"|dodania|(?:di|de|da) publica\w+|(?:di )?pubblicazione|(?:de|da) atualiza\w+)|publikováno"
    r"|publicerad\w*"
    r"|uppdaterad\w*|publiceret|opdateret|publisert|oppdatert|julkaistu|diterbitkan|发布时间|更新"
    r"|公開)(?<=[\w:]).{0,60}\d",
    re.IGNORECASE,
)

_CREDIT_WORD = (
    r"(?:photo(?:s|graph|graphs|graphy|grapher)?|image|images|picture|pictures|pic|video|graphic"
    r"|illustration|foto(?:s|graf|grafía|grafia)?|bild(?:er)?|crédits?|crédito|credito|credit"
    r"|credits|imagen|imagem|immagine|beeld|фото|изображение|иллюстрация|зображення|fotoğraf"
    r"|görsel|zdjęcie|zdjęcia|fot|rys|kuva|cover|file|screenshot|screengrab|courtesy|handout"
    r"|gambar|ảnh|صورة|图|図|写真|사진|quelle|bildquelle|fotoquelle|bildrechte|grafik)"
)
CREDIT_LINE = re.compile(
    r"^\W*(?:(?:file|ap|feature[d]?|cover|main|header|hero|stock|lead|top|press|archive|archiv"
    r"|source)[ -]?)?"
    + _CREDIT_WORD
    + r"(?:\s(?:credit|credits|source|courtesy|copyright|by|crédit|crédito|via|from|of|de|par|por"
    r"|di|von))*\s*(?:[:：/|©]|\bby\b|\bcourtesy\b|\bvia\b|\bpar\b|\bvon\b|\bpor\b|\bdi\b"
    r"|\s[-–—]\s|(?<=fot)\.\s)\s*\S",
    re.IGNORECASE,
)
CREDIT_ANYWHERE = re.compile(
    # The two letters that each alternative begins with, in both cases: at nearly all places nothing
    # else is tried, and a set of letters is found without regard to case much more slowly.
    r"(?-i:(?=[pP][hHiIİıeE]|[iIİı][mMsSſlL]|[vVwW][iIİı]|[fF][oOiIİı]|[bB][iIİıeE]|[cC][rR]|[фФ][оО\u1c82]"
    r"|[zZ][dD]|[kK\u212a][uU]|[gGrR][eE]|[sSſ][hH]|[aA][lLpPfF]|[uU][nN]|[eE][pPfF]|[dD][pP]"
    r"|[hH][aA]|[(/©–—-]))"
    r"(?:(?:photo(?:graph)?(?:er)?|image|picture|video|foto|bild|credit|crédit|crédito|credito"
    r"|imagen|imagem|fotograf|photographer|illustration|фото|fotoğraf|zdjęcie|fot\.|kuva"
    r"|beeld)s?\s*(?:credit|courtesy|source|by)?\s*[:：/©]\s*\S|\b(?:photo|photograph|image"
    r"|picture|photographed|video|illustration) (?:by|courtesy|via|from|credit)\b|\bgetty\b"
    r"|\bshutterstock|\balamy|\bistock|\bunsplash|\bpexels|\bpixabay|\bimago\b"
    r"|\bpicture[- ]alliance|\bepa-efe|\bap photo|\bafp photo|\(ap/|\(reuters/|\(afp/|\(getty"
    r"|\(photo|\(file|\(image|\(courtesy|\((?:foto|bild|archiv|arquivo)\b|\b(?:reuters|ap|afp|epa"
    r"|dpa|efe|getty)\s?/\s?[A-ZÀ-Þ]|\((?:afp|ap"
    r"|reuters|epa|dpa|efe|ansa|pti)\)$|[–—-]\s?(?:afp|ap|reuters|epa|dpa)(?: pic| photo)?$"
    r"|\bvia (?:reuters|ap|afp|getty|epa|pa|ap images)\b|\bap images|\bwikimedia|\bhandout via"
    r"|\bfile photo|\bfile pic|/\s?(?:ap|afp|reuters|epa|dpa|getty|efe|ansa|bloomberg|upi|pa|pti"
    r"|ani|anp|belga|tt|ntb|pap)(?:\b|$)|©)",
    re.IGNORECASE,
)
_CREDIT_HINTS = (
    "/", "AP", "AFP", "dpa", "Reuters)", "REUTERS", "HOTO", "etty", "redit", "CREDIT",
    "mage", "icture", "Pic", "ideo", "oto", "FOTO", "ild:", "Bild", "stock", "lamy", "nsplash",
    "via ", "ot.", "llustration", "File", "file p", "raphic:", "rafik:", "eeld:", "ourtesy",
    "(bild", "(archiv", "creenshot", "creengrab",
)  # fmt: skip
_CREDIT_HINTS_BEYOND_ASCII = ("rédit", "©", "Фото", "фото", "djęcie")
_STILL_WORDS = """a video tv screenshot screenshots screen screengrab screengrabs still stills frame
    frames videostandbild videostandbilds bildschirmfoto bildschirmfotos capture captura fermo
    fermoimmagine скриншот скриншотs кадр кадрs ekran zrzut""".split()
"""First words of all lines that ``_TAKEN_FROM`` matches."""
_TAKEN_FROM = re.compile(
    r"^(?:a |video |tv )?(?:screenshot|screen shot|screen ?grab|still|frame|video still"
    r"|videostandbild"
    r"|bildschirmfoto|capture d.écran|captura de pantalla|captura de tela|fermo ?immagine"
    r"|скриншот|кадр|ekran görüntüsü|zrzut ekranu)s?\b(?: (?:taken |made )?(?:from|of|via|by|aus"
    r"|von"
    r"|d[eu]|del|da|dal|из|z)\b.{2,70}|\W{0,3})$",
    re.IGNORECASE,
)
CAPTION_WORDING = _Phrases(
    {
        "(": r"\((?:left|right|center|centre|second (?:from )?(?:left|right)|top|bottom"
        r"|file(?: photo| image)?|l|r|c|links|rechts|à gauche|à droite|izquierda|derecha"
        r"|à esquerda|à direita|a sinistra|a destra|слева|справа|solda|sağda|z lewej|z prawej"
        r"|archiv(?:bild|foto)?|archive|archivo|arquivo|archivio|архив|arşiv)\)",
        ", ": r",\s(?:left|right|center|centre|second from (?:left|right)|far (?:left|right)),",
        "this ": r"^(?:in )?this (?:\w+ )?(?:photo|picture|image|photograph|handout|frame grab"
        r"|screengrab|video|file)\b",
        "file": r"^a file (?:photo|picture|image)|\bfile photo\b",
        "undated": r"^(?:in )?an undated .{0,30}(?:photo|picture|image|handout)",
        " seen": r"\b(?:is|are) seen\b|\bseen here\b|\bseen in this\b",
        "pictured": r"\bpictured\b",
        "shown": r"\b(?:is|are) shown\b|\bshown here\b",
        "photographed": r"\b(?:is|are) photographed\b",
        "stock": r"\bstock image\b",
        "archive": r"\barchive (?:photo|picture)\b",
        "poses": r"\bposes? (?:for|with|during|in|at|on)\b",
        "posing": r"\bposing (?:for|with|during|in|at|on)\b",
        "bild": r"\bim bild\b|\bauf diesem bild\b|\bpå bilde[nt]\b",
        "foto": r"\bauf diesem foto\b|\b(?:na|nella|en la|op de) foto\b|\bfotoğrafta\b",
        "sur cette photo": r"sur cette photo",
        "imagen": r"\ben (?:la|esta) imagen\b",
        "imagem": r"\bna imagem\b",
        "на ": r"\bна (?:фото|снимке)\b",
        "zdjęciu": r"\bna zdjęciu\b",
        "snímku": r"\bna snímku\b",
        "billedet": r"\bpå billedet\b",
    }
)

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
_AGENCY_FILLERS = frozenset(
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
_AGENCY_KIND = re.compile(
    r"\b(?:news|press|wire) (?:agency|service)\b|presse-?agentur|\bagence\b|\bagencia\b"
    r"|\bagência\b|\bagenzia\b|\bagentur\b|persbureau|агентств|ajansı|agencja",
    re.IGNORECASE,
)
_SHORT_CODE = re.compile(
    r"\[/[a-z][\w-]*\]|\[[a-z][\w-]*\s[^\]]*=[^\]]*\]|\[[a-z]+_[a-z_]+\]"
    r"|\[([a-z][\w-]*)\](?=.*\[/\1\])|\[(?:caption|embed|gallery|audio|video|playlist|pullquote"
    r"|break|more|ad|ads|adsense|quote|html|youtube|tweet|twitter|instagram|iframe|newsletter"
    r"|related|sidebar|divider|nextpage)\]",
    re.IGNORECASE,
)
_ADDRESS_ONLY = re.compile(
    r"^\W*(?:https?://\S+|www\.\S+|pic\.twitter\.com/\S+|\S+@\S+\.\w{2,}|[\w.-]+\.(?:com|org"
    r"|net)(?:/\S*)?)\W*$",
    re.IGNORECASE,
)
_SCRIPT = re.compile(
    r"^\s*(?:var |function\s*\(|window\.|document\.|\$\(|\}\s*\)|<!--|<script|<style|\{\{"
    r"|googletag|@media |@import|\.[\w-]+\s*\{|#[\w-]+\s*\{)|\}\s*catch\s*\(|jQuery\("
)

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
_OUR_CORRESPONDENT = re.compile(
    r"^(?:(?:from|by|von|vom|de|du|del|dal|do|da|van|door|od|от)\s)?(?:our|a|unserem|unserer|notre"
    r"|nuestr[oa]|nostr[oa]|noss[oa]|onze|naszego|нашего)\s(?:[\w-]+\s){0,2}?(?:correspondents?"
    r"|reporters?|staff|bureau|newsroom|desk|korrespondent\w*|mitarbeiter\w*|redaktion|reporter\w*"
    r"|correspondante?|envoyée? spéciale?|rédaction|corresponsal|enviad[oa]|redacción"
    r"|corrispondente|inviat[oa]|redazione|correspondente|redação|verslaggever|redactie"
    r"|korespondenta|redakcji|корреспондента)(?:\s(?:in|at|aus|à|en|a|em|uit|w|в|из)\s\S.{1,30})?$",
    re.IGNORECASE,
)
BY_PLAIN = re.compile(r"^\W*(?:by|von|par|por|di|door|av|af|od|vom)\s", re.IGNORECASE)
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
DESK = re.compile(
    r"^[(\[–—-]?\s?[A-ZÀ-ÞА-Я0-9a-zà-ÿ][\w.&-]{1,24}(?:"
    r" [^\W\d][\w.-]{1,15})?\s?/\s?[\w.-]{1,12}(?:\s?/\s?[\w.-]{1,12})?[)\]]?$"
)
_PAGES = re.compile(
    r"^\W*(?:page \d+(?: of \d+)?|\d+ (?:of|/) \d+|(?:(?=.*\b(?:1\s+2|2\s+3|3\s+4|4\s+5)\b)"
    r"(?:\d{1,3}\s+){2,})\d{0,3}\s*(?:…|\.\.\.|next"
    r"|last)?.{0,12}|(?:prev(?:ious)?|next)\W+(?:prev(?:ious)?|next)|« .{1,12}|.{1,12} »)\W*$",
    re.IGNORECASE,
)
_LINK_BULLETS = (
    ">>",
    "»",
    "›",
    "►",
    "▶",
    "→",
    "➜",
    "➡",
    "➤",
    "☞",
    "⇒",
    "⮕",
    "▸",
    "❯",
    "👉",
    "➔",
    "➞",
    "⟶",
    "▷",
    "=>",
    "->",
    "–>",
    "—>",
)

_CUE_KEYS = frozenset(key(cue) for cue in cues.LINK_CUES)
# Words that also start ordinary sentences or headlines with a colon.
_WEAK_CUES = frozenset(
    key(cue)
    for cue in """
    from our archive | from our archives | from the archive | what you need to know | what to know
    what we know | in depth | deep dive | fact check | factbox | timeline | special report
    previous
    prev | previous article | next article | read | related | recommended | watch | video | videos
    photos | pictures | listen | podcast
    next
    opinion | analysis | explainer | explained | exclusive | live updates | trending | popular
    previously
    explore | full report | latest | catch up | full text | full interview | long read
    big read | earlier | background | further information | see | more | mehr | lesen | hintergrund
    interview | kommentar
    lire | voir | vidéo | en images | en direct | dossier | à suivre | retrouvez | leer | ver
    mira | además
    video | en vídeo | en video | leia | veja | vídeo | assista | entenda | em vídeo | leggi
    guarda | ascolta
    il video | le foto | lees | bekijk | achtergrond | читайте | видео | фото | слушайте
    подробнее | відео
    більше | дивіться | izle | öneri | czytaj | zobacz | wideo | więcej | sprawdź | čtěte | läs
    lyssna | læs
    les | lue | katso | baca | simak | 更多 | 另见 | gallery | slideshow | in pictures
    im überblick
    galeria
    newsblog | liveticker | join us | live blog | top stories | confira | здесь | okuyun | izleyin
    sledujte
    """.replace("\n", "|").split("|")
    if cue.strip()
)
_CUE_HEADS = frozenset(
    key(head)
    for head in """
    also on | more from | more on | read more | read our | read the | see our | our previous
    our earlier | our full | our latest | mehr zu | mehr aus | plus sur | lesen sie | sehen sie
    à lire | notre article | nuestro artículo | más sobre | mais sobre | leia a | lea el | lea la
    tutto su | meer over | наш материал | więcej o
    """.replace("\n", "|").split("|")
    if head.strip()
)
_BARE_CUES = frozenset(cue for cue in _CUE_KEYS - _WEAK_CUES if len(cue.split()) > 1)
_BARE_CUE_FIRST = frozenset(cue.split()[0] for cue in _BARE_CUES)


def _is_cue_link(text: str, words: int, ended: bool) -> bool:
    """Whether the line is a link introduced by a cue: ``Read more: …`` or ``LEES OOK Kabinet"
    " …``."""
    head = text[:60]
    marked = ":" in head or "|" in head or "：" in head
    at = (
        -1
        if not marked
        else min((place for mark in ":：|" if (place := text.find(mark, 0, 60)) > 0), default=-1)
    )
    if at > 0 and words <= 60:
        cue, rest = key(text[:at]), text[at + 1 :].strip()
        if cue in _CUE_KEYS:
            if cue not in _WEAK_CUES:
                return bool(rest) or len(cue.split()) > 1
            return bool(rest) and not ended and words <= 25 and not rest[0].islower()
        # "Also on <site>:", "More from <site>:", "Our earlier report:"
        return " ".join(cue.split()[:2]) in _CUE_HEADS and bool(rest) and not ended
    if ended or words > 30:
        return False
    if words <= 8 and _READ_AT.match(text):
        return True
    parts = text.split(None, 4)
    if len(parts) < 3:
        return False
    first = key(parts[0])
    if first not in _BARE_CUE_FIRST:
        return False
    for length in (4, 3, 2):
        if len(parts) > length and key(" ".join(parts[:length])) in _BARE_CUES:
            rest = parts[length].lstrip("\"'“‘«„(–—-|> ")
            return bool(rest) and (rest[0].isupper() or rest[0].isdigit())
    return False


_SHOUTED = re.compile(r"^[\s•*·–—-]*([^\W\d_]+(?: [^\W\d_]+){0,4})\s?[:|]\s*(?=[^\sa-z])")
_NAMED_KINDS = frozenset(
    """opinion analysis explainer explained exclusive background timeline factbox interview podcast
    kommentar hintergrund dossier previously earlier next trending popular photos pictures video
    videos fotos vidéo vídeo видео фото entenda""".split()
)


def _is_shouted_cue(text: str) -> bool:
    """Whether a line is a link whose cue is in capitals, which no sentence is: ``READ: …``."""
    match = _SHOUTED.match(text)
    if match is None or not match.group(1).isupper():
        return False
    cue = key(match.group(1))
    return cue in _CUE_KEYS and cue not in _NAMED_KINDS


_READ_AT = re.compile(
    r"^(?:read|see|find|learn) more (?:at|on)\b|^(?:read|see|find|watch|listen"
    r"|view)\b.{0,50}\b(?:at|on) \S+\.(?:com|org|net|co\.\w\w)\W*$",
    re.IGNORECASE,
)


def _is_bullet_link(text: str, words: int, ended: bool) -> bool:
    if text[0] in "»›" and ("«" in text or "‹" in text):
        return False  # quotation marks of Danish and German texts
    for bullet in _LINK_BULLETS:
        if text.startswith(bullet):
            rest = text[len(bullet) :].strip()
            if not rest or words > 60:
                return False
            if _is_cue_link(rest, words, ended):
                return True
            if text[0] in "►▶→➜➡➤☞👉➔➞" and rest[-1] == "?":
                ended = False  # arrows begin no sentence
            rest = rest.lstrip("\ufe0f ")
            if not rest:
                return False
            speaker = rest.split(":", 1)[0]
            if ":" in rest and speaker.isupper() and len(speaker) < 40:
                return False  # a transcript marks speakers with >>
            return not ended and not rest[0].islower() and len(rest) > 8
    return False


def _is_copyright(text: str) -> bool:
    phrase = _COPYRIGHT_PHRASE.search(text)
    marked = _COPYRIGHT_MARK.search(text)
    if phrase:
        before = text[: phrase.start()].rstrip()
        if not before.strip(" \"'“([•*|–—-") or before[-1] in ".|,;:•–—-!?)。":
            return True
        return bool(marked or _YEAR.search(before)) or phrase.group()[:5] in {"All R", "ALL R"}
    if marked and _COPYRIGHT_START.match(text):
        words = word_count(text)
        year = _YEAR.search(text[:60])
        sign = text.lstrip(" (")[:1] in "©@" or text.lower().startswith(("(c)", "copyright ©"))
        return bool(words <= 25 and (year or sign)) or (
            words <= 8 and not ends_sentence(text) and text[:10].istitle()
        )
    return False


def _agency_line(text: str) -> bool:
    """Whether a line names news agencies and nothing else but the words around such credits."""
    bare = _SHORT_CODE.sub(" ", text).strip()
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
            if token not in _AGENCY_FILLERS and not (
                len(token) <= 4 and found and "/" in bare and token.isalnum()
            ):
                return False
            at += 1
    return found


_AFTER_STAMP = re.compile(r"\d.*?(?:\s--|\s[–—-]\s|\])(.*)$")


def _heads_entry(text: str) -> bool:
    """Whether a stamp heads an entry of a live report: a headline of three words or more follows.

    ``Updated 4:19 p.m. -- Voters weigh in`` is one, ``Updated 4:19 p.m. - 3 June 2013`` is none.
    """
    match = _AFTER_STAMP.search(text)
    if match is None:
        return False
    words = key(match.group(1)).split()
    return len([word for word in words if word not in _TIME_WORDS and word.isalpha()]) >= 3


CLOCK = re.compile(r"^\W*\d{1,2}[:.h]\d{2}\W*(?:[ap]\.?m\.?|uhr|h)?\W*$", re.IGNORECASE)
_CLOCK_OR_DATE = re.compile(r"\b\d{1,2}[:.]\d{2}\b(?![./-])|\b\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b")


def _only_time(words: Sequence[str], text: str) -> bool:
    if len(words) > 16:
        return False
    named = 0
    for word in words:
        bare = _DIGITS.sub("", word)
        if bare and bare not in _TIME_WORDS:
            return False
        named += bare in _TIME_WORDS and len(bare) > 1
    if _DIGITS.search(text) is None and "yesterday" not in words:
        return False
    return named > 0 or bool(_CLOCK_OR_DATE.search(text))


def _with_values(lists: Iterable[tuple[int, Iterable[str]]]) -> dict[str, int]:
    """Returns every listed string with the united values of the lists it is in."""
    united: dict[str, int] = {}
    for value, strings in lists:
        for string in strings:
            united[string] = united.get(string, 0) | value
    return united


# --- gates ---------------------------------------------------------------------------------------

_CUE, _REPORT, _CLICK_GATE, _FOLLOW_GATE, _TIP_GATE, _CONTINUE, _SUPPORT_GATE = (
    1 << bit for bit in range(7)
)
_TAG_GATE, _BUILT, _STAMP, _HERE, _PAGE, _ASK, _BYLINE, _PICTURE, _MASTHEAD = (
    1 << bit for bit in range(7, 16)
)

_VOICE_FIRST = _ASK | _CLICK_GATE | _BUILT | _SUPPORT_GATE | _TIP_GATE
_FIRST_LISTS = {
    _REPORT: """reporting additional writing editing compiled edited translated written produced
        bearbeitung redaktion con information with""",
    _CLICK_GATE: """touch use please click tap press hit klick klicken klicke klickt cliquez
    cliquer haz haga
        pincha pinche pulsa pulse clique clicca cliccate klik tryk trykk нажмите нажимайте кликните
        жмите натисніть kliknij klikni klikněte tıkla tıklayın tippen اضغط انقر""",
    _FOLLOW_GATE: """you follow folgen folge suivez sigue siga síguenos segui volg följ følg""",
    _TIP_GATE: """do have got know send e-mail e email contact write reach call text message tweet
        haben vous une tienes tem viu hai heb tip нашли есть masz widziałeś haber bize""",
    _CONTINUE: """this the story article post continues continued continue scroll keep what let tell
        sign visit want would for to find join editor interested check choose select pick manage
        follow edit customize customise show load hide post write
        was dieser cet este questo share leave have join sound comment like was did rate thank
        thanks watch see view read check
        listen add""",
    _SUPPORT_GATE: """editor do want would please help you support donate give contribute become
        consider make chip join
        pledge back unterstützen spenden werden soutenez faites apoya apoye haz hazte apoie doe
        sostieni dona steun doneer поддержите destek wesprzyj""",
    _TAG_GATE: """this tag tags tagged topic topics filed keyword keywords categories category label
        labels posted more related in see themen thema schlagwort schlagwörter schlagworte
        stichwort stichwörter stichworte rubriken mots sujets thèmes thématiques rubriques
        étiquettes
        etiquetas temas palabras archivado más assuntos tópicos palavras argomenti parole
        trefwoorden onderwerpen теги темы метки ключевые етикети etiketler etiket konular anahtar
        tagi tematy słowa štítky témata ämnen emner emne aiheet avainsanat topik tagar""",
    _BUILT: """proudly website site theme web designed developed design powered built created hosted
        maintained réalisé propulsé desarrollado desenvolvido realizzato gestaltet ontwerp
        разработка tasarım projekt""",
    _STAMP: """first originally last date story published updated posted modified created edited
        issued release released veröffentlicht aktualisiert erstellt zuletzt stand publié mis
        modifié posté publicado publicada actualizado actualizada atualizado atualizada pubblicato
        aggiornato ultimo última gepubliceerd bijgewerkt laatst geplaatst опубликовано опубликован
        опубликована обновлено обновлен дата güncelleme güncellenme güncellendi yayınlanma
        yayınlandı yayın yayım giriş opublikowano opublikowany aktualizacja dodano data publikováno
        publicerad publicerat uppdaterad uppdaterat publiceret opdateret publisert oppdatert
        julkaistu päivitetty diterbitkan""",
    _HERE: """read see view watch listen find get download sign subscribe register donate order buy
        more visit lesen mehr voir lire ver vea leia leggi lees читайте oku czytaj""",
    _PAGE: "page prev previous next",
    _PICTURE: "in this a an file",
    _MASTHEAD: """editor managing executive editor-in-chief publisher phone tel telephone fax
    address
        e-mail email mobile telefon telefono teléfono dirección adresse téléphone anschrift телефон
        адрес""",
    _BYLINE: """eine ein une van vom dal dalla del publié written reported words story text report
    edited compiled posted analysis review
        opinion column article post photos photographs interview reporting reporter writer
        correspondent by propos recueilli
        recueillis aufgezeichnet from autor autorin autores
        autora author authors auteur auteurs autore автор авторы текст yazan yazar haber tekst
        texte texto testo skribent journalist redacción redação opracował opracowała opracowanie
        redaktor von vom par
        por di door av af od""",
}
_COMMON_ASKERS = frozenset("the to for by our all in en per para ogni se si new".split())
_FIRST_WORDS = _with_values(
    [
        *((gate, map(letters_of, words.split())) for gate, words in _FIRST_LISTS.items()),
        (_CUE, {phrase.split()[0] for phrase in _CUE_KEYS | _CUE_HEADS}),
        (_ASK, _ASK_FIRST - _COMMON_ASKERS | {"what"}),  # ``What do you think? Tell us``
    ]
)

_COPY, _CONTRIBUTOR, _SUBSCRIBER, _NOTICE, _PRIZE_WORD, _LAST, _JOURNALIST, _VOICE, _PLEA = (
    1 << bit for bit in range(9)
)
_ANY_LISTS = {
    _COPY: """reserved reservado reservados reservadas vorbehalten réservés riservati riservata
        voorbehouden защищены захищені saklıdır zastrzeżone vyhrazena rättigheter rettigheter
        oikeudet dilindungi rezervate fenntartva επιφύλαξη reproduced republished redistributed
        reproduction prohibited interdite reproducción reprodução riproduzione перепечатка
        использование copyright © (c) &copy; محفوظة שמורות""",
    _CONTRIBUTOR: "contributed contributing assisted",
    _SUBSCRIBER: """unsubscribe enjoyed signing subscriber subscribers subscriber-only
    subscribers-only members-only subscribe
        subscription cookies cookie javascript recaptcha log login log-in sign register registered
        reading unlimited ad-blocker adblocker adblock blocker ad-block abonnent abonnenten abonnés
        abonné abonniert suscriptor suscriptores assinante assinantes abbonato abbonati abonnee
        abonnees подписаны подписчиков abone konto subskrybentów prenumeratorów çerez çerezler
        çerezleri cancel anytime remaining limit account weiterlesen testen abo utilise suite reste
        utilizamos utiliza utilizza gebruikt gebruiken использует używa korzysta registriert
        exclusivo exclusivement privacy terms members users browse month javascript""",
    _NOTICE: """permission produced version material partnership published transcript feed
    modifications views
    opinions expressed syndicated
        affiliate
    standards trust informational
        originally appeared edited auto-generated autogenerated spotted noticed translated translat
        translation error typo earn errors constitute republished intended""",
    _PRIZE_WORD: """newsletter newsletters e-letter eletter inbox mailing email e-mail emails
        e-mails alert alerts notifications notification updates briefing digest bulletin bulletins
        podcast channel rss app apps facebook twitter instagram youtube telegram whatsapp tiktok
        linkedin pinterest bluesky mastodon infolettre boletín boletines boletim correo nieuwsbrief
        mailbox postfach рассылку рассылка рассылки розсилку розсилка телеграм телеграме телеграмм
        телеграм-канал telegram-канал канал канале каналы каналу вконтакте уведомления ютуб e-bülten
        bülten bültenimize bültene bültenine kanal kanalımıza kanalımızı kanalını kanalına bildirim
        bildirimleri biuletyn biuletynu newslettera powiadomienia skrzynkę skrzynki kanał kanału
        nyhetsbrev nyhetsbrevet nyhedsbrev nyhedsbrevet uutiskirje uutiskirjeen uutiskirjeemme
        notificaciones notificações notifiche canal canale alertes alerte alertas alerta sozialen
        sociaux sociales sociais casella النشرة trial epaper e-paper google-news""",
    _JOURNALIST: """editor reporter correspondent columnist writer contributor journalist blogger
        host fellow author editor-in-chief editor-at-large contributing freelance producer""",
    _VOICE: prompts.SHORT_WORDS,
    _PLEA: prompts.LONG_WORDS,
    _LAST: """here hier ici aquí aqui qui здесь tutaj burada tıklayın tıklayınız tıkla""",
}


def _forms(words: str) -> set[str]:
    """Returns listed words as they are looked up."""
    # Capitals of a Turkish word are folded to other letters than its own.
    forms = {letters_of(folded(form)) for word in words.split() for form in (word, word.upper())}
    return forms - {""}


_ANY_WORDS = _with_values((gate, _forms(words)) for gate, words in _ANY_LISTS.items())


_WIDE_CUES = (
    "版权", "版權", "转载", "轉載", "転載", "무단", "订阅", "訂閱", "关注", "關注", "購読",
    "登録", "フォロー", "구독", "팔로우", "会員", "クリック", "点击",
    "點擊", "클릭", "ログイン", "关键词",
    "タグ", "标签", "키워드", "태그", "標籤", "bản quyền",
)  # fmt: skip
_ALL_GATES = (1 << 16) - 1
_EDGE = "\"'“”„«»‘’‹›()[]{}<>*•·–—-_#@¡¿!?.,:;…|/ \u200b\u00a0"


def _gates(text: str) -> tuple[int, int]:
    """Returns which patterns a line's first word, and any of its words, let through."""
    words = folded(text).split()
    if len(words) * WIDTH < len(text) and any(cue in text for cue in _WIDE_CUES):
        return _ALL_GATES, _ALL_GATES
    found = 0
    for word in _ANY_WORDS.keys() & words:
        found |= _ANY_WORDS[word]
    for word in itertools.filterfalse(str.isalnum, words):
        found |= _ANY_WORDS.get(letters_of(word), 0)
    return _first_gates(words), found


def _first_gates(words: Sequence[str]) -> int:
    """Returns what the first word with a letter, or a part of it up to a mark, lets through."""
    first = next((word for word in words[:2] if letters_of(word)), "")
    if first.strip(_EDGE).isdigit():
        return _CONTINUE | _PAGE
    gates, letters = 0, ""
    for part in _MARKS_WITHIN.split(first):
        letters += part
        gates |= _FIRST_WORDS.get(letters, 0)
    return gates


_MARKS_WITHIN = re.compile(r"[\W_]+")


# What the first word of a line may also begin, and what words elsewhere may also be part of.
(
    _SHARE_FIRST, _TIME_FIRST, _AGENCY_FIRST, _ALONE, _STILL, _GALLERY, _ADVERTISEMENT, _NETWORK,
    _THE_STORY, _PURPOSE, _CONTINUE_FIRST,
) = (1 << bit for bit in range(16, 27))  # fmt: skip
(
    _AGENCY_WORD, _PICTURE_WORD, _IS, _ALONE_WORD, _UPDATED, _YESTERDAY, _SIGN_WORD,
    _CONTINUES_WORD, _CLICK_WORD,
) = (1 << bit for bit in range(16, 25))  # fmt: skip
# What the first character of a line may begin, beside a quote.
_MARKED, _LISTED, _SCRIPTED, _LONG_FIRST, _ROUND = (1 << bit for bit in range(3, 8))


def glances(texts: Sequence[str]) -> list[Glance]:
    """Returns what one look at each line tells, the gates of its words among it."""
    return glance(texts, _vocabulary())


def warm_up() -> None:
    """Builds the tables of words, before the first line."""
    _vocabulary()


# First words of ``_CONTINUES`` that say little: ``the story continues``, ``for more, click …``.
_STORY_WORDS = frozenset("the this story article post".split())
_PURPOSE_WORDS = frozenset("for to".split())


def _continue_first() -> set[str]:
    """Returns the other first words of ``_CONTINUES``."""
    return {
        word
        for word, gates in _FIRST_WORDS.items()
        if gates & _CONTINUE and word not in _STORY_WORDS | _PURPOSE_WORDS
    }


@functools.cache
def _vocabulary() -> Vocabulary:
    first = _with_values(
        [
            *((gate, [word]) for word, gate in _FIRST_WORDS.items()),
            (_SHARE_FIRST, cues.SHARE_STRONG | cues.SHARE_WEAK),
            (_TIME_FIRST, _TIME_WORDS),
            (_AGENCY_FIRST, {key(name).split()[0] for name in AGENCIES} | _AGENCY_FILLERS),
            (_ALONE, prompts.FIRST_WORDS),
            (_STILL, _STILL_WORDS),
            (_THE_STORY, _STORY_WORDS),
            (_PURPOSE, _PURPOSE_WORDS),
            (_CONTINUE_FIRST, _continue_first()),
            (_GALLERY, [start.rstrip(":").casefold() for start in _GALLERY_STARTS]),
            (_ADVERTISEMENT, [start.strip().casefold() for start in _ADVERTISEMENT_STARTS]),
        ]
    )
    anywhere = _with_values(
        [
            *((gate, [word]) for word, gate in _ANY_WORDS.items()),
            (_AGENCY_WORD, _AGENCY_TOKENS),
            (_PICTURE_WORD, _PICTURE_WORDS),
            (_IS, ["is"]),
            (_ALONE_WORD, prompts.ANY_WORDS),
            (_UPDATED, _UPDATED_WORDS),
            (_YESTERDAY, ["yesterday"]),
            (_SIGN_WORD, ["sign", "signing"]),
            (_CONTINUES_WORD, ["continue", "continues", "continued"]),
            (_CLICK_WORD, ["click"]),
        ]
    )
    known = [*_LABELS, *_BARE_CUES, *AGENCIES, *_IMAGE_BANKS]
    marks = _with_values(
        [
            (QUOTE, OPENING_QUOTES),
            (STOP, STOPS),
            (CLOSER, _CLOSERS),
            (_MARKED, _MARKED_INITIALS),
            (_LISTED, _LIST_INITIALS),
            (_SCRIPTED, {start[0] for start in _SCRIPT_STARTS}),
            (_LONG_FIRST, "cC(©@"),
            (_ROUND, "("),
        ]
    )
    return Vocabulary(
        word_table(first),
        word_table(anywhere),
        word_table(dict.fromkeys(known, 1)),
        word_table({name[:5]: _NETWORK for name in _NETWORKS}),
        automaton(_CREDIT_HINTS + _CREDIT_HINTS_BEYOND_ASCII),
        _CREDIT_TAIL,
        mark_table(marks),
        np.array(_OBSTACLES, np.int64),
    )


_HEADING_WORDS = 9
"""A line that does not end as sentences do and has as few words may be a heading or a label."""
_SMALL, _SENTENCE, _OPEN = where(sizes=[0]), where(ended=[1]), where(ended=[0])
_UP_TO_LONG, _LENGTHY, _BESIDE_QUOTES = where(sizes=[0, 1]), where(sizes=[2]), where(quoted=[0])
_UNQUOTED = _UP_TO_LONG & _BESIDE_QUOTES
_OBSTACLES = [
    # ``prompts.by_itself``
    Obstacle(where(), first=_ALONE),
    Obstacle(where(), anywhere=_ALONE_WORD),
    Obstacle(_UP_TO_LONG, initial=_ROUND),
    Obstacle(_UP_TO_LONG & _OPEN, flags=CRUMB),
    # long lines, in ``_line_rule``
    Obstacle(_LENGTHY, initial=_LONG_FIRST | _SCRIPTED),
    Obstacle(_LENGTHY, first=_GALLERY),
    Obstacle(_LENGTHY, anywhere=_SIGN_WORD),
    Obstacle(_LENGTHY, flags=SIGN),
    # ``_short_line_rule``
    Obstacle(_SMALL, flags=SIGN | KNOWN | LAST_DIGIT | TWICE | MARKS_FIRST),
    Obstacle(_SMALL, initial=_LISTED),
    Obstacle(_SMALL, first=_NETWORK | _SHARE_FIRST | _STAMP | _PAGE),
    # A full stop ends neither labels nor headings, but short sentences may be times or credits.
    Obstacle(_SMALL & _SENTENCE, flags=NO_FULL_STOP),
    Obstacle(_SMALL & _SENTENCE, words=2),
    Obstacle(_SMALL & _OPEN, words=_HEADING_WORDS),
    Obstacle(_SMALL & _OPEN, flags=CRUMB | BARE | ASKED),
    Obstacle(_SMALL & _OPEN, first=_MASTHEAD | _BYLINE),
    Obstacle(_SMALL & _OPEN, first=_STILL, words=14),
    Obstacle(_SMALL, first=_CONTINUE, anywhere=_UPDATED),
    Obstacle(_SMALL, first=_CONTINUE, flags=JOINT),
    Obstacle(_SMALL, first=_TIME_FIRST, anywhere=_YESTERDAY),
    Obstacle(_SMALL, first=_TIME_FIRST, flags=DIGITS | JOINT | ELISION),
    Obstacle(_SMALL, first=_AGENCY_FIRST, anywhere=_AGENCY_WORD),
    Obstacle(_SMALL, first=_AGENCY_FIRST, flags=JOINT | ELISION),
    Obstacle(_SMALL & ~_BESIDE_QUOTES, words=3),
    # ``_sentence_rule``
    Obstacle(_UNQUOTED, flags=SIGN),
    Obstacle(_UNQUOTED, initial=_MARKED | _SCRIPTED),
    Obstacle(_UNQUOTED & _OPEN, flags=HINT),
    Obstacle(_UNQUOTED & _SENTENCE, flags=HINT, also_flags=LATE_MARK | BRACKETED),
    Obstacle(_UNQUOTED, flags=EARLY_COLON, words=25),
    Obstacle(_UNQUOTED, first=_CUE, flags=EARLY_COLON | NO_STOP),
    Obstacle(_UNQUOTED & _OPEN, first=_TAG_GATE | _BUILT | _REPORT),
    Obstacle(_UNQUOTED, first=_REPORT | _TIP_GATE | _SUPPORT_GATE, words=60),
    Obstacle(_UNQUOTED, first=_PICTURE, anywhere=_PICTURE_WORD, words=60),
    Obstacle(_UNQUOTED, first=_ASK, words=50),
    Obstacle(_UNQUOTED, first=_CLICK_GATE | _FOLLOW_GATE, words=40),
    Obstacle(_UNQUOTED, first=_CONTINUE_FIRST, words=30),
    Obstacle(_UNQUOTED, first=_THE_STORY, anywhere=_CONTINUES_WORD, words=30),
    Obstacle(_UNQUOTED, first=_PURPOSE, anywhere=_ALONE_WORD | _CLICK_WORD, words=30),
    Obstacle(_UNQUOTED, first=_HERE, words=25),
    Obstacle(_UNQUOTED, first=_ADVERTISEMENT, words=12),
    Obstacle(_UNQUOTED & _SMALL, first=_VOICE_FIRST),
    Obstacle(_UNQUOTED, anywhere=_COPY),
    Obstacle(_UNQUOTED, anywhere=_PRIZE_WORD | _SUBSCRIBER, also=_SIGN_WORD, words=110),
    Obstacle(_UNQUOTED, anywhere=_PRIZE_WORD | _SUBSCRIBER, flags=JOINT, words=110),
    Obstacle(_UNQUOTED, anywhere=_JOURNALIST, also=_IS, words=70),
    Obstacle(_UNQUOTED, anywhere=_CONTRIBUTOR | _NOTICE | _PLEA, words=60),
    Obstacle(_UNQUOTED, anywhere=_PRIZE_WORD | _SUBSCRIBER, words=60),
    Obstacle(_UNQUOTED, anywhere=_LAST, words=40),
    Obstacle(_UNQUOTED & _SMALL, anywhere=_VOICE),
]
"""Where a rule may meet a line; each stands for conditions of the rule, and may say so too often,
never too seldom."""


def judged(text: str, sight: Glance) -> tuple[Label | None, int]:
    """Returns the text rule that a line meets by itself, or ``None``, and the number of its words.

    Args:
      text: one line, outer white space stripped, not empty.
      sight: what :func:`glances` tells of it.
    """
    if sight[3] & PLAIN:
        return None, sight[0]
    return _judged_before(text, sight) if len(text) <= _OFTEN else _judged(text, sight)


_OFTEN = 40
"""Lines of up to as many characters are often the same: of those of allsides that are not plain,
more than half were there before."""


def _judged(text: str, sight: Glance) -> tuple[Label | None, int]:
    """The same for a line that is not plain."""
    count, first_words, any_words, flags, whole = sight
    ended = flags & ENDED != 0
    is_wide = count * WIDTH < len(text)
    if is_wide:
        count = word_count(text)
    if (
        first_words & _ALONE
        or any_words & _ALONE_WORD
        or flags & (ODD | CRUMB)
        or is_wide
        or text[0] == "("
    ):
        rule = prompts.by_itself(text, count, ended)
        if rule is not None:
            return Label(rule, True), count
    gates = found = 0
    if flags & ODD or is_wide:
        gates, found = _gates(text)
    elif len(text) <= LONG:
        gates, found = first_words & _ALL_GATES, any_words & _ALL_GATES
    if flags & ODD:
        flags |= CRUMB | DIGITS
        whole = 1
    return _line_rule(text, count, ended, gates, found, flags, whole), count


_judged_before = functools.lru_cache(1 << 12)(_judged)


def line_rule(text: str, ended: bool) -> Label | None:
    """Returns the text rule that a line meets by itself, or ``None``.

    This is without the compiled look; :func:`judged` says the same of every line, sooner.

    Args:
      text: one line, outer white space stripped, not empty.
      ended: whether the line ends as sentences do.

    Returns:
      The rule's name and whether it counts anywhere (``firm``) or only in the right surroundings.
    """
    count = word_count(text)
    rule = prompts.by_itself(text, count, ended)
    if rule is not None:
        return Label(rule, True)
    flags = CRUMB | DIGITS | (HINT if _holds_hint(text) else 0)
    return _line_rule(text, count, ended, *_gates(text), flags, 1)


def _line_rule(
    text: str, count: int, ended: bool, gates: int, found: int, flags: int, whole: int
) -> Label | None:
    size = len(text)
    first = text[0]
    if size > LONG:
        if first in "©@(cC" and _is_copyright(text):
            return Label("copyright_v2", True)
        head = text[:200]
        if (
            "ign up" in head
            and _SIGN_UP.search(head)
            and _ASK_START.search(text[:250])
            and _PRIZE.search(text[:300])
        ):
            return Label("newsletter_v2", True)
        if _repeats_its_heading(text):
            return Label("caption_v2", True)
        return Label("markup_v1", True) if _may_be_script(text) and _SCRIPT.search(text) else None
    if (
        size > SHORT
        and not gates
        and not found & ~_VOICE
        and text[-1] in STOPS
        and first not in _MARKED_INITIALS
        and "[" not in text
        and "{" not in text
        and "@" not in text
        and "©" not in text
        and not _late_mark(text)
    ):
        return None  # four in five lines: a sentence without any cue
    if size <= SHORT:
        label = _short_line_rule(text, count, ended, gates, flags, whole)
        if label is not None:
            return label
    if first in OPENING_QUOTES and count > 3:
        return None
    return _sentence_rule(text, count, ended, gates, found, bool(flags & HINT))


_SIGN_UP = re.compile(r"(?:^|\s)\W*[Ss]ign up")


def _repeats_its_heading(text: str) -> bool:
    """Whether a gallery's caption begins with the gallery's heading twice."""
    if not text.startswith(_GALLERY_STARTS):
        return False
    return text.find(text[:16], 1, 200) > 0


_GALLERY_STARTS = ("Photos:", "Video:", "Videos:", "Gallery:", "Slideshow:", "Fotos:", "Bilder:")


# Guillemets that point inwards begin page links, in texts that quote with the others.
_LIST_INITIALS = frozenset("•*«‹»›([#")
_MARKED_INITIALS = frozenset("([<{$}#.@&") | frozenset(bullet[0] for bullet in _LINK_BULLETS)


def _may_be_script(text: str) -> bool:
    return "{" in text or "jQuery(" in text or text.startswith(_SCRIPT_STARTS)


_SCRIPT_STARTS = (
    "var ",
    "function",
    "window.",
    "document.",
    "$(",
    "}",
    "<",
    "googletag",
    "@",
    ".",
    "#",
)
_COUNTED_RULES = frozenset(
    {"comments_v2", "share_button_v2", "navigation_v2", "media_v2", "link_heading_v2"}
)


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


def _is_list_heading(words: Sequence[str]) -> bool:
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


_BAR = re.compile(r"\s[|•·/]\s")
_OWN = frozenset(
    "our unser unsere unserer notre nos nuestra nuestro nuestros nossa nosso onze наша наше наши"
    " nasza"
    " nasze naše vår vårt vores".split()
)


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
_OF_THE_WEEK = re.compile(
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


def _is_popularity(tokens: Sequence[str]) -> bool:
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


_REACH = re.compile(
    r"^(?:contact|e-?mail|call|write to|meet|join|about|support|follow) (?:the|our) (?:newsroom"
    r"|editors?|editorial (?:team|staff|board)|team|desk|staff|reporter|author|webmaster|publisher"
    r"|board|company|newspaper|paper|foundation|editor-in-chief|company|community)$",
    re.IGNORECASE,
)


_REACH_FIRST = frozenset("contact email e call write meet join about support follow".split())


def _is_own_heading(text_key: str) -> bool:
    """Whether a heading is two or three words about the site itself: ``our promise``."""
    tokens = text_key.split()
    return 2 <= len(tokens) <= 3 and tokens[0] in _OWN


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


_ASKED_RULES = frozenset(("advertisement_v2", "subscription_v2"))
"""Of these kinds are questions too: ``Why am I seeing this ad?``"""


def _extended_label(tokens: Sequence[str]) -> Label | None:
    """Returns the label of a known label of two words or more with small words after it."""
    for end in range(len(tokens) - 1, max(1, len(tokens) - 4), -1):
        if not _AFTER_LABEL.issuperset(tokens[end:]):
            return None
        label = _LABELS.get(" ".join(tokens[:end]))
        if label is not None and label.firm:
            return label
    return None


def _composed(tokens: Sequence[str]) -> Kind | None:
    """Returns the kind of label that words make up, or ``None``.

    Args:
      tokens: the words of a line as ``key`` gives them.
    """
    if len(tokens) > MOST_WORDS:
        return None
    allowed, makers, objects = -1, 0, 0
    for token in tokens:
        if token[0].isdigit():
            token = _DIGITS.sub("0", token)
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


_YOU_ARE = re.compile(
    r"^\W*(?:you are here|sie sind hier|du bist hier|vous êtes ici|(?:usted )?está (?:usted )?aquí"
    r"|você está (?:em|aqui)|sei in|ti trovi in|u bent hier|je bent hier|вы здесь|вы находитесь"
    r"|buradasınız|jesteś tutaj|tu jesteś|nacházíte se|du är här|du er her)\b",
    re.IGNORECASE,
)


def _is_breadcrumb(text: str) -> bool:
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


_SOURCE_LINE = re.compile(
    r"^(?i:source|quelle|fonte|fuente|bron|источник|kaynak"
    r"|źródło)s?\s?[:：](?:\s(?:[^\W\d_a-zа-яё][\w.&’'-]*|of|and|the|de|der|la|und|y|et|&))+\W*$"
)
_ANSWER_RULES = frozenset(
    {"comments_v2", "subscription_v2", "newsletter_v2", "share_button_v2", "prompt_v2"}
    | {"footer_heading_v2"}
)


def _answered(text: str, gates: int) -> Label | None:
    """Returns the label of a question that a label answers: ``Not a member yet? Sign up``."""
    answer = text.rpartition("? ")[2].strip()
    words = key(answer).split()
    if not words or text[0] in OPENING_QUOTES:
        return None
    label = _LABELS.get(" ".join(words)) or _extended_label(words)
    if label is None and (kind := _composed(words)) is not None:
        label = Label(kind.rule, True)
    return Label(label.rule, True) if label is not None and label.rule in _ANSWER_RULES else None


def _short_line_rule(
    text: str, count: int, ended: bool, gates: int, flags: int, whole: int
) -> Label | None:
    text_key = key(text)
    if not text_key:
        return Label("separator_v1", True)
    if text[0] == "[" and _SHORT_CODE.fullmatch(text):
        return Label("markup_v1", True)
    if "©" in text and _is_copyright(text):
        return Label("copyright_v2", True)
    if text[-1] != "." or count > 1 or text.endswith("..."):
        if whole:
            label = _LABELS.get(text_key)
            if label is not None:
                return label
            if text_key in _BARE_CUES:
                return Label("link_heading_v2", True)
        if len(text_key) <= 60 and (text_key[-1].isdigit() or text_key[0].isdigit()):
            label = _LABELS.get(_DIGITS.sub("", text_key).strip())
            if label is not None and label.rule in _COUNTED_RULES:
                return label
        if flags & CRUMB and not ended and _BAR.search(text):
            parts = [part for part in map(key, _BAR.split(text)) if part]
            if len(parts) > 1 and all(part in _LABELS for part in parts):
                return Label("navigation_v2", True)
        if not ended and _is_own_heading(text_key):
            return Label("footer_heading_v2", False)
    half = _doubled(text)
    if half is not None and len(half) >= 4:
        inner = half.strip()
        label = _LABELS.get(key(inner)) or _misspelt_label(key(inner))
        if label is not None:
            return Label(label.rule, True)
        glued = len(half) * 2 == len(text)
        if glued and not inner.endswith((".", "!", "?")) and (" " in inner or len(inner) >= 6):
            return Label("share_button_v2" if count <= 12 else "link_list_v1", True)
    tokens = text_key.split()
    if len(tokens) <= 30 and _share_bar(tokens):
        return Label("share_button_v2", len(tokens) > 1 or tokens[0] in _FIRM_SINGLE)
    if not ended and len(tokens) <= 6:
        if _is_list_heading(tokens) or _is_popularity(tokens):
            return Label("link_heading_v2", True)
        if len(tokens) > 1 and _OF_THE_WEEK.match(text):
            return Label("link_heading_v2", False)
        if tokens[0] in _REACH_FIRST and _REACH.match(text):
            return Label("footer_heading_v2", False)
        label = _misspelt_label(text_key) or _extended_label(tokens)
        if label is not None:
            return label
    if "? " in text and count <= 16 and text[-1] != ".":
        label = _answered(text, gates)
        if label is not None:
            return label
    if text[-1] != "." or text.endswith(".."):
        kind = _composed(tokens)
        if kind is not None and (text[-1] not in "?？" or kind.rule in _ASKED_RULES):
            return Label(kind.rule, kind.firm)
    if gates & _BYLINE and not ended and _OUR_CORRESPONDENT.match(text):
        return Label("field:byline", True)
    if not ended and gates & _CUE and len(tokens) <= 6 and _MORE_FROM.match(text):
        return Label("link_heading_v2", False)
    if flags & CRUMB and not ended and count <= 20 and _is_breadcrumb(text):
        return Label("breadcrumb_v2", False)
    if (tokens[0] in _TIME_WORDS or text_key[0].isdigit()) and _only_time(tokens, text):
        return Label("timestamp_v2", False)
    if gates & _CONTINUE and _AGE_NOTICE.match(text):
        return Label("timestamp_v2", True)
    if (
        gates & _STAMP
        and (not ended or text.endswith((" r.", " г.")))
        and _STAMP_START.match(text)
        and not _heads_entry(text)
    ):
        return Label("timestamp_v2", True)
    if (text_key.isdigit() and text[-1] != ".") or (
        (gates & _PAGE or text[0] in "«»‹›" or text[-1] in "»›") and _PAGES.match(text)
    ):
        return Label("navigation_v2", False)
    if count <= 2 and ("." in text or "@" in text) and _ADDRESS_ONLY.match(text):
        return Label("markup_v1", True)
    if not ended and count <= 14 and _TAKEN_FROM.match(text):
        return Label("caption_v2", False)
    if flags & CRUMB and not ended and count <= 10 and _SOURCE_LINE.match(text):
        return Label("field:agency", False)
    if text_key in _IMAGE_BANKS or (text[0] == "(" and _NAME_AND_OUTLET.match(text)):
        return Label("field:credit", True)
    if flags & DIGITS and not ended and _COUNTER.match(text):
        return Label("share_button_v2", True)
    if text[0] == "#" and all(word[0] == "#" for word in text.split()):
        return Label("tags_v2", False)
    if gates & _MASTHEAD and not ended and _MASTHEAD_LINE.match(text):
        return Label("footer_v2", False)
    if ("[" in text or not _AGENCY_TOKENS.isdisjoint(tokens)) and _agency_line(text):
        return Label("field:agency", True)
    return None


def _sentence_rule(
    text: str, count: int, ended: bool, gates: int, found: int, hinted: bool
) -> Label | None:
    first = text[0]
    if first in _BULLET_INITIALS and _is_bullet_link(text, count, ended):
        return Label("related_links_v2", True)
    if count <= 25 and (":" in text[:40] or "|" in text[:40]) and _is_shouted_cue(text):
        return Label("related_links_v2", True)
    if first in "([" and text[-1] in ")]":
        inner = text[1:-1].strip()
        if text[1] == " " and count <= 14 and inner and inner[-1] not in STOPS:
            return Label("related_links_v2", True)  # the space is where the link's mark-up was
        if inner and _is_cue_link(inner, count, inner[-1] in STOPS):
            return Label("related_links_v2", True)
    elif gates & _CUE and _is_cue_link(text, count, text[-1] in STOPS):
        return Label("related_links_v2", True)
    if "[" in text and _SHORT_CODE.search(text):
        bare = _SHORT_CODE.sub("", text).strip()
        if not bare or _ADDRESS_ONLY.match(bare):
            return Label("markup_v1", True)
        if text.startswith("[caption"):
            return Label("caption_v2", True)
    if _may_be_script(text) and _SCRIPT.search(text):
        return Label("markup_v1", True)
    if (
        (found & _COPY or first in "©@" or "©" in text)
        and (count <= 45 or "eserved" in text or "RESERVED" in text)
        and _is_copyright(text)
    ):
        return Label("copyright_v2", True)
    if not ended:
        if gates & _BUILT and count <= 16 and _BUILT_BY.match(text):
            return Label("copyright_v2", True)
        if gates & _TAG_GATE and count <= 40 and _TAGS.match(text):
            return Label("tags_v2", True)
    if gates & _PICTURE and count <= 60 and _PICTURE_START.match(text):
        return Label("caption_v2", True)
    if (
        gates & _REPORT
        and (count <= 25 or not ended)
        and ((credit := REPORTING.match(text)) and text[credit.end() :].lstrip()[:1].isupper())
    ):
        return Label("field:byline", True)
    if (found & _CONTRIBUTOR or gates & _REPORT) and count <= 60 and _CONTRIBUTED.search(text):
        text_key = key(text)
        agency = any(name in text_key for name in _CONTRIBUTING_AGENCIES)
        return Label("field:agency" if agency else "contributor_v1", True)
    if hinted and count <= 80 and (not ended or text[-1] == ")" or _late_mark(text)):
        label = _credit_rule(text, count, ended)
        if label is not None:
            return label
    if gates & _CUE and _repeats_its_heading(text):
        return Label("caption_v2", True)
    if count <= 60 and (gates or found or "@" in text):
        label = _prompt_rule(text, count, gates, found)
        if label is not None:
            return label
    if (
        found & _PLEA
        or gates & _TIP_GATE
        or (len(text) <= 120 and (found & _VOICE or gates & _VOICE_FIRST))
    ):
        label = _prompted(text, count, ended)
        if label is not None:
            return label
    if (
        40 < count <= 110
        and found & (_PRIZE_WORD | _SUBSCRIBER)
        and "sign" in text.casefold()
        and _LONG_OFFER.search(text)
        and _OURS.search(text)
        and not _SAID.search(text)
    ):
        return Label("newsletter_v2", True)
    if count <= 12 and text.startswith(_ADVERTISEMENT_STARTS):
        return Label("advertisement_v2", True)
    if first in "-–—•*" and count <= 30 and _CHECK_OUT.match(text):
        return Label("prompt_v2", True)
    if (
        count <= 70
        and " is " in text[:60]
        and found & _JOURNALIST
        and "former" not in text
        and _BIOGRAPHY.match(text)
    ):
        return Label("author_bio_v2", False)
    return None


def _prompted(text: str, count: int, ended: bool) -> Label | None:
    if count > prompts.MOST_WORDS:
        return None
    found = prompts.prompt(text, count, ended, _SAID.search)
    return None if found is None else Label(*found)


_CREDIT_TAIL = 120
_NO_CREDIT = re.compile(
    r"\b(?:best|bigger|big|full|motion|moving|grim|bleak|overall) $", re.IGNORECASE
)
"""Before ``picture:``, which then is no photo but an award or a view of things."""
_MORE_FROM = re.compile(
    r"^(?:(?:read |see )?more (?:from|on|in|about)|mehr (?:aus|von|zu)|plus (?:de|sur)|más (?:de"
    r"|en|sobre)|mais (?:de|em|sobre)|altro (?:da|su)|meer (?:van|over|uit)|ещё в|więcej z)\s",
    re.IGNORECASE,
)


def _late_mark(text: str) -> bool:
    tail = text[-60:]
    return "/" in tail or ":" in tail or "：" in tail or "©" in tail


# What every match of CREDIT_ANYWHERE has: one of the marks, or one of the endings, or a picture and
# a colon or who it is by. Looking for them takes a tenth of the time of the pattern.
_CREDIT_MARKS = (
    "/", "©", "getty", "shutterstock", "alamy", "istock", "unsplash", "pexels",
    "pixabay", "imago", "alliance", "epa-efe", "ap photo", "afp photo", "(photo", "(file",
    "(image", "(courtesy", "(foto", "(bild", "(archiv", "(arquivo", "via ", "ap images",
    "wikimedia", "file p",
)  # fmt: skip
_CREDIT_ENDINGS = (")", "afp", "ap", "reuters", "epa", "dpa", " pic", " photo")
_CREDIT_PICTURES = (
    "oto", "mage", "icture", "ideo", "llustration", "bild", "redit", "rédit", "фото", "zdjęcie",
    "fot.", "kuva", "beeld",
)  # fmt: skip
_CREDIT_GIVERS = (":", "：", " by", " courtesy", " from", " credit")


def _may_hold_credit(end: str) -> bool:
    return (
        any(mark in end for mark in _CREDIT_MARKS)
        or end.endswith(_CREDIT_ENDINGS)
        or (
            any(giver in end for giver in _CREDIT_GIVERS)
            and any(picture in end for picture in _CREDIT_PICTURES)
        )
    )


def _holds_hint(text: str) -> bool:
    end = text[-_CREDIT_TAIL:]  # a credit closes its caption
    return any(hint in end for hint in _CREDIT_HINTS + _CREDIT_HINTS_BEYOND_ASCII)


def _credit_rule(text: str, count: int, ended: bool) -> Label | None:
    if text[-1] == ":":
        return None  # what it introduces is the article's
    if count <= 14 and not ended and CREDIT_LINE.match(text):
        return Label("field:credit", True)
    if not _may_hold_credit(text[-_CREDIT_TAIL:].lower()):
        return None
    credit = None
    for match in CREDIT_ANYWHERE.finditer(text, max(0, len(text) - _CREDIT_TAIL)):
        credit = match
    if credit is None or (credit.group() == "©" and credit.start() == 0):
        return None
    if _NO_CREDIT.search(text[: credit.start()]):
        return None
    tail = len(text) - credit.start()
    if credit.start() <= 3 and count <= 10 and not ended:
        return Label("field:credit", True)
    bracketed = text[-1] == ")" and text.rfind("(") <= credit.start() + 1
    if not ended or bracketed:
        if tail <= _CREDIT_TAIL - 10:
            wire = "/" not in credit.group() and key(credit.group()) in AGENCIES
            before = text[: credit.start()].rstrip()
            if wire and before and ends_sentence(before):
                return None  # a wire's name also closes reports: "… he said. (AFP)"
            return Label("caption_v2", count <= 60 and not wire)
    elif tail <= 45 and credit.group()[-1:] in ":：/" and count <= 60:
        return Label("caption_v2", True)
    return None


def _prompt_rule(text: str, count: int, gates: int, found: int) -> Label | None:
    if (
        found & _SUBSCRIBER
        and _SUBSCRIPTION.search(text)
        and not (count > 14 and _SAID.search(text))
    ):
        return Label("subscription_v2", True)
    if gates & _CLICK_GATE and count <= 40 and _CLICK.match(text) and _CLICK_GOAL.search(text):
        return Label("prompt_v2", True)
    if count <= 40 and found & _LAST and _CLICK_HERE.search(text):
        return Label("prompt_v2", True)
    if (
        count <= 25
        and found & _LAST
        and (_TAP_TURKISH.search(text) or (gates & _HERE and _HERE_END.match(text)))
    ):
        return Label("prompt_v2", True)
    if gates & _FOLLOW_GATE and count <= 40 and _FOLLOW.match(text):
        return Label("prompt_v2", True)
    if count <= 30 and (
        (gates & _TIP_GATE and _TIP.match(text)) or (gates & _CONTINUE and _CONTINUES.match(text))
    ):
        return Label("prompt_v2", not _SAID.search(text))
    if found & _PRIZE_WORD and "download" in text.lower() and _GET_APP.search(text):
        return Label("prompt_v2", True)
    if gates & _SUPPORT_GATE and count <= 60 and _SUPPORT.match(text) and not _SAID.search(text):
        return Label("prompt_v2", False)
    if found & _NOTICE and _DISCLAIMER.search(text):
        return Label("disclaimer_v2", False)
    if (
        count <= 50
        and (found & _PRIZE_WORD or gates & _ASK)
        and _ASK_START.search(text)
        and _PRIZE.search(text)
        and (count <= 25 or _OURS.search(text))
        and not _SAID.search(text)
    ):
        rule = "newsletter_v2" if _NEWSLETTER.search(text) else "prompt_v2"
        return Label(rule, count <= 35)
    if count <= 50 and "@" in text and _ON_TWITTER.search(text):
        return Label("prompt_v2", False)
    return None


def may_be_byline(text: str) -> bool:
    """Whether a line's first word can introduce a byline."""
    word = text.split(None, 1)[0]
    return bool(_FIRST_WORDS.get(word.strip(_EDGE).casefold(), 0) & _BYLINE)


_AGENCY_TOKENS = frozenset(token for name in AGENCIES for token in name.split()) - frozenset(
    "na the tt aa ap pa uni app al de".split()
) | frozenset({"ap", "pa", "aa", "tt"})
_CONTRIBUTING_AGENCIES = ("associated press", "reuters", "afp", "agence france", "bloomberg news")
_BULLET_INITIALS = frozenset(bullet[0] for bullet in _LINK_BULLETS)
_AGE_NOTICE = re.compile(
    r"^\W*(?:this (?:story|article|post|report|piece|page) (?:has been|was|is being) (?:updated"
    r"|corrected)(?!\S*\w).{0,60}$|this (?:article|story|post|content) is (?:more than|over) (?:\d+"
    r"|a|one|two|three) (?:year|month|week)s? old\b|(?:this (?:article"
    r"|story) )?was (?:last )?(?:published|updated) (?:more than |over )?\w+ (?:year|month|week"
    r"|day)s? ago\b|(?:dieser|cet|este|questo) (?:artikel|article|artículo|artigo|articolo) (?:ist"
    r"|date de|tiene|tem|ha) (?:mehr als|plus de|más de|mais de|più di))",
    re.IGNORECASE,
)
_UPDATED_WORDS = "updated corrected old ago artikel article artículo artigo articolo".split()
"""One of them is in every line that ``_AGE_NOTICE`` matches."""
_ADVERTISEMENT_STARTS = ("ADVERTISEMENT ", "ANZEIGE ", "PUBLICIDAD ", "PUBLICITÉ ")
_CHECK_OUT = re.compile(r"^[–—•*-]\s?check out\b", re.IGNORECASE)
_IMAGE_BANKS = frozenset(
    key(name)
    for name in """
    Pixabay | Unsplash | Pexels | Shutterstock | iStock | iStockphoto | Alamy | Dreamstime
    Getty | Getty Images
    Flickr | Wikimedia Commons | Wikimedia | Imago | imago images | Thinkstock | Adobe Stock
    Depositphotos
    123RF | Fotolia | AP Photo | AP Images | AFP Photo | AFP/Getty Images | Reuters Pictures
    picture alliance
    Public domain | Creative Commons | Courtesy | Screenshot | YouTube screenshot
    Twitter screenshot
    """.replace("\n", "|").split("|")
    if name.strip()
)
_NAME_AND_OUTLET = re.compile(
    r"^\((?:[A-ZÀ-Þ][\w.’'-]*\s){1,3}?[A-ZÀ-Þ][\w.’'-]*\s?/\s?(?:[A-ZÀ-Þ][\w.’'-]*\s?){1,4}\)$"
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
_GET_APP = re.compile(
    r"\bdownload\b.{0,60}\b(?:iphone|ipad|android|ios|app store|google play)\b", re.IGNORECASE
)
_LONG_OFFER = re.compile(
    r"\bsign(?:ing)? up\b.{0,200}\b(?:inbox|newsletters?|send you|e-?mails?|privacy policy)\b"
    r"|\b(?:inbox|newsletters?)\b.{0,200}\bsign(?:ing)? up\b",
    re.IGNORECASE,
)
_CLICK_HERE = re.compile(r"\b(?:click|tap|sign up) here\b(?:\W*$| (?:to|for)\b)", re.IGNORECASE)
_BIOGRAPHY = re.compile(
    r"^[—–*-]?\s*(?:[A-ZÀ-Þ][\w’'.-]*\s){1,4}is\s(?:(?:a|an|the|our|also"
    r"|\w+[’']s)\s)?(?:[\w’'.&-]+\s){0,6}(?:editor|reporter|correspondent|columnist|writer"
    r"|contributor|journalist|blogger|host|fellow|author|editor-in-chief|editor-at-large"
    r"|producer)\b(?:\.$|,?\s(?:at|of|for|on|with|in|and|based|who|covering|to)\b)"
)
_OURS = re.compile(
    r"\b(?:our|my|inbox|sign up|us|unser\w*|uns|notre|nos|nous|nuestr\w+|noss\w+|nostr\w+|ons"
    r"|onze|наш\w*|нас|bizi|bültenimize|nasz\w*|nas)\b",
    re.IGNORECASE,
)

HOME_KEYS = frozenset(key(word) for word in cues.HOME_WORDS)
_SECTION_KEYS = frozenset(key(word) for word in cues.SECTION_LABELS)
_PICTURE_START = re.compile(
    r"(?:in this|this|a file|file|an undated|a combination)\s(?:[\w.,]+ ){0,5}(?:file )?(?:photo"
    r"|image|picture|photograph|handout|frame grab|screengrab)\b(?: (?:taken|released|provided"
    r"|made|from|shows|illustration)|,|:| -| –)|file(?: photo| image| picture)?\s?[-–—:]\s",
    re.IGNORECASE,
)
_PICTURE_WORDS = "photo image picture photograph handout frame screengrab file".split()
"""One of them is in every line that ``_PICTURE_START`` matches."""
CRUMB_SPLIT = re.compile(r"\s+[>/»›|→·•:]\s+|\s*[»›>]\s*")
CRUMB_MARK = re.compile(r"\s[>/»›|→·•:]\s|[»›>]")
ASIDE = re.compile(r"\([^)]*\)|\S+@\S+|@\w+")
