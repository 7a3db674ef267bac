# ruff: noqa: RUF001 - letters of other scripts are meant
"""Splits an article's lines into its paragraphs and everything that is not the article.

Every non-blank line ends exactly once: as a :class:`~pipeline.article.Paragraph`, or as a
:class:`~pipeline.article.RemovedLine` with the rule that took it out. ``RULES`` lists all rules.

How it decides, in this order:

1. *Text rules* look at one line alone: labels of page furniture in some twenty languages (exact, or
   one typing error away), prompts, inline links, credits, copyright lines (``line_rule``).
2. *Title and bylines*: the headline and the authors become fields before their lines go.
3. *Context rules* look at position, neighbours and repetition: a one-word label counts only outside
   the running text, a caption printed twice goes twice, what follows the heading of a link list or
   of the page's footer goes with it.

The design follows the cue-and-context heuristics of boilerpipe (Kohlschütter et al., WSDM 2010) and
jusText (Pomikálek, 2011): lines are judged by length, terminal punctuation, stop words and by what
their neighbours were judged to be; no rule knows a site.
"""

import dataclasses
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pyarrow as pa

from pipeline.article import Article, Paragraph, RemovedLine
from pipeline.transform import Column, Transform
from transforms import boilerplate_cues as cues

RULES: dict[str, str] = {
    "field:title": "The headline, or a repeat of it; it became `title`.",
    "field:byline": "Names of the authors, or who reported and edited; they became `authors`.",
    "field:agency": "A credit to a news agency or wire service, alone on its line.",
    "field:credit": "The credit of a photo, video or graphic, alone on its line.",
    "advertisement_v1": "The label of an advertisement.",
    "breadcrumb_v1": "The path to the page: `Home`, sections, often the headline.",
    "caption_v1": "The caption of a photo, told by its credit or its wording.",
    "repeated_caption_v1": "A caption printed twice in a row above the text; both lines go.",
    "comments_v1": "The label or prompt of a comment section.",
    "contributor_v1": "Who else contributed to the report.",
    "copyright_v1": "A copyright notice, or who designed the site.",
    "disclaimer_v1": "A standing notice about the text: syndicated, unedited, views of the author.",
    "desk_credit_v1": "Initials of a desk or source at the end, as in `Name/xy`.",
    "footer_heading_v1": "A heading or link of the page's footer: about, contact, newsletter.",
    "footer_v1": "Text under a heading of the page's footer, such as a mission statement.",
    "link_heading_v1": "A heading of a list of links to other articles.",
    "link_list_v1": "A headline under a heading of a list of links.",
    "markup_v1": "Left-over markup: a short code, a bare address, a script.",
    "media_v1": "A label of a video player, gallery or image.",
    "navigation_v1": "A menu entry, page number or search box.",
    "newsletter_v1": "A prompt to subscribe to a newsletter.",
    "prompt_v1": "A request to the reader: click, follow, download, support, send a tip.",
    "related_links_v1": "A link to another article between the paragraphs.",
    "repeat_v1": "A paragraph printed again; its first occurrence stays.",
    "section_label_v1": "The name of a section or kicker outside the text.",
    "separator_v1": "A line without a letter or digit.",
    "share_button_v1": "Labels of share, print and save buttons.",
    "subscription_v1": "A notice of the paywall, of cookies or of the log-in.",
    "tags_v1": "The article's tags or topics as a list.",
    "timestamp_v1": "When it was published or updated, or how long reading takes.",
}
"""Every rule by name, and what the lines are that it removes."""

# --- what a line looks like ---------------------------------------------------------------------

_CLOSERS = "\"'”’»“‘)]}›」』】）*_ \u200b\u00a0"
_STOPS = frozenset(".!?…。！？।؟۔؛｡！？︒")
_OPENING_QUOTES = frozenset("\"“„«‘‚'‹「『‟”")
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad"
_NON_WORD = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f\uac00-\ud7af]")


def key(text: str) -> str:
    """Returns the text in lower case with single spaces for everything but letters and digits."""
    return _NON_WORD.sub(" ", text.casefold()).strip()


def ends_sentence(text: str) -> bool:
    """Whether the text ends with a full stop, exclamation or question mark of any script.

    Closing quotes and brackets after the mark are skipped.
    """
    if text[-1] in _STOPS:
        return True
    bare = text.rstrip(_CLOSERS)
    return bool(bare) and bare[-1] in _STOPS


def word_count(text: str) -> int:
    """Returns the number of words; in scripts without spaces two characters count as one word.

    Chinese words have 1.5 to 2 characters on average, so sentences get comparable lengths.
    """
    words = len(text.split())
    if words * 12 < len(text):
        return max(words, len(_WIDE.findall(text)) // 2)
    return words


# --- text rules: one line alone -----------------------------------------------------------------


class _Label(NamedTuple):
    rule: str
    firm: bool  # counts anywhere; otherwise only outside the running text or beside other furniture


_FIRM_SINGLE = frozenset(
    """advertisement advertisements anzeige werbung publicité publicidad publicidade pubblicità
    advertentie реклама reklam реклама share teilen partager compartir compartilhar condividi delen
    поделиться paylaş udostępnij sdílet bagikan tweet retweet whatsapp facebook twitter pinterest
    linkedin newsletter newsletters subscribe icymi комментарии yorumlar komentarze commentaires
    comentarios comentários kommentare comments login signup sitemap impressum datenschutz
    meistgelesen weiterlesen 相关新闻 相关阅读 関連記事 관련기사 延伸阅读""".split()
)
_CONTEXT_RULES = frozenset({"footer_heading_v1", "section_label_v1", "media_v1"})
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
    das wichtigste | 社会 | 国际 | asia pacific | more here | work with us | on this page | of interest
    самое важное | what's trending | in brief | editorial policy | jump to | mission | vision
    """.split("|")
)


def _build_labels() -> dict[str, _Label]:
    labels: dict[str, _Label] = {}
    for rule, phrases in cues.LABELS.items():
        for phrase in phrases:
            phrase_key = key(phrase)
            words = phrase_key.split()
            firm = phrase_key in _FIRM_SINGLE or (
                len(words) > 1
                and phrase_key not in _SOFT_PHRASES
                and (rule not in _CONTEXT_RULES or words[0] in _ACTIONS)
            )
            labels.setdefault(phrase_key, _Label(rule, firm))
    return labels


_LABELS = _build_labels()


def _deletions(text: str) -> set[str]:
    return {text[:at] + text[at + 1 :] for at in range(len(text))}


def _build_misspellings() -> dict[str, tuple[str, ...]]:
    """Indexes the labels long enough to be recognised with a typing error, by one deletion.

    The symmetric-deletion index of SymSpell (Garbe, 2012): two strings within one insertion,
    deletion, substitution or swap of neighbours share a form with at most one letter deleted.
    """
    index: dict[str, list[str]] = {}
    for label in _LABELS:
        if len(label) >= 8 and label.isascii():
            for form in sorted(_deletions(label) | {label}):
                index.setdefault(form, []).append(label)
    return {form: tuple(found) for form, found in index.items()}


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


def _misspelt_label(text_key: str) -> _Label | None:
    if not 7 <= len(text_key) <= 40:
        return None
    for form in sorted(_deletions(text_key) | {text_key}):
        for label in _MISSPELLINGS.get(form, ()):
            if _one_error(text_key, label):
                return _LABELS[label]
    return None


def _doubled(text: str) -> str | None:
    """Returns the half of a text that is the same string twice, glued or with white space."""
    middle = len(text) // 2
    if len(text) % 2 == 0 and text[:middle] == text[middle:]:
        return text[:middle]
    if len(text) % 2 and text[middle].isspace() and text[:middle] == text[middle + 1 :]:
        return text[:middle]
    return None


def _share_bar(words: Sequence[str]) -> bool:
    """Whether words (lower case) are nothing but networks, share verbs and their small words."""
    strong = 0
    for word in words:
        if word in cues.SHARE_STRONG:
            strong += 1
        elif word not in cues.SHARE_WEAK and not word.isdigit():
            return False
    return strong > 0 and strong * 4 >= len(words)


def _any(*alternatives: str) -> str:
    return "(?:" + "|".join(alternatives) + ")"


_PRIZES = _any(
    r"news ?letters?", r"e-?letter", r"inbox", r"mailing list", r"e-?mails?(?: list| alerts?)?",
    r"alerts?", r"notifications?", r"updates", r"briefing", r"digest", r"bulletins?",
    r"daily brief",
    r"blog posts", r"podcast", r"channel", r"push", r"rss", r"our (?:free )?app\b", r"mobile app",
    r"the app\b", r"app store", r"google play", r"breaking news",
    r"latest (?:news|stories|headlines)",
    r"top stories", r"to your (?:phone|door)", r"unlimited access", r"print edition",
    r"digital edition", r"free trial", r"e-?paper", r"membership", r"facebook", r"twitter",
    r"instagram", r"youtube", r"telegram", r"whats ?app", r"tik ?tok", r"linkedin", r"pinterest",
    r"bluesky", r"mastodon", r"threads\b", r"social media", r"infolettre", r"lettre d.information",
    r"boîte (?:mail|de réception)", r"boletín", r"boletines", r"boletim", r"correo", r"nieuwsbrief",
    r"mailbox", r"postfach", r"рассылк\w*", r"розсилк\w*", r"телеграм\w*", r"канал\w*",
    r"вконтакте",
    r"уведомлен\w*", r"ютуб\w*", r"e-?bülten\w*", r"bülten\w*", r"kanal\w*", r"bildirim\w*",
    r"biuletyn\w*", r"powiadomie\w*", r"skrzynk\w*", r"kanał\w*", r"nyhetsbrev\w*",
    r"nyhedsbrev\w*",
    r"uutiskir\w*", r"notificaciones", r"notificações", r"notifiche", r"canal\b", r"canale",
    r"réseaux sociaux", r"redes sociales", r"redes sociais", r"social(?:i)? (?:network)?",
    r"google news",
    r"posta elettronica", r"casella", r"alertes?", r"alertas?", r"app\b",
    r"soziale\w* (?:medien|netz\w*)",
    r"社交媒体", r"メールマガジン", r"メルマガ", r"뉴스레터", r"النشرة",
)  # fmt: skip

_ASKING = {
    "en": r"subscribe|sign[ -]?up|join|register|get (?:the|our|all|more|a|your|breaking|daily|top"
    r"|unlimited|instant|updates|alerts|news|today)|receive|stay (?:up|in|on|informed|tuned"
    r"|connected)"
    r"|keep (?:up|in touch)|never miss|don.?t miss|follow|like us|find us|connect with|download"
    r"|install|enter your|want (?:the|more|to (?:get|stay|read|receive))|enable|turn on|activate"
    r"|add (?:us|your|the)|check out our|visit our|listen to our|tune in|watch us|read us"
    r"|let.?s stay"
    r"|submit your|you can (?:follow|find|subscribe|sign)|to (?:get|receive|subscribe|sign up|read"
    r"|stay)|for (?:more|the latest|all the latest|breaking)|catch (?:up|all)|start your (?:day"
    r"|morning)"
    r"|be the first|by (?:signing|subscribing|entering|registering|providing|clicking)|invest in"
    r"|love (?:our|what)|like what|enjoy(?:ed|ing)? (?:this|our|what|reading)|unlock|delivered"
    r"|please"
    r"|share (?:this|your)|our (?:newsletter|app)|the best of|tap|hit|thank you for",
    "de": r"abonnieren|abonniere|melden sie sich|melde dich|folgen sie|folge uns|folgt uns|bestellen"
    r"|jetzt (?:anmelden|abonnieren|bestellen|registrieren|herunterladen)|registrieren|laden sie"
    r"|erhalten sie|verpassen sie|bleiben sie|holen sie|lade |besuchen sie|sie wollen|sie möchten"
    r"|unser(?:en|e)? newsletter|hier (?:geht|können|zum)|täglich|jeden|tragen sie sich|möchten sie"
    r"|wollen sie|mit (?:unserem|dem) newsletter",
    "fr": r"abonnez|inscrivez|suivez|recevez|rejoignez|téléchargez|ne (?:manquez|ratez)|retrouvez"
    r"|s.abonner|s.inscrire|restez|envie de|pour (?:recevoir|ne rien|suivre|rester)|activez|en vous"
    r"|découvrez|je m.abonne|chaque (?:jour|matin|semaine)|vous (?:souhaitez|voulez)|soutenez",
    "es": r"suscr[ií]b\w*|síguenos|síganos|sigue|siga|recibe|reciba|únete|regístr\w*|inscríb\w*|apúntate"
    r"|descarg\w*|no te pierdas|no se pierda|mantente|manténgase|entérate|quieres"
    r"|quiere (?:recibir)"
    r"|activa|visita|visite|para (?:recibir|estar|más)|accede|conéctate|todas las noticias"
    r"|si (?:quieres)",
    "pt": r"assine|siga|receba|inscreva\w*|cadastre\w*|participe|baixe|acompanhe|não perca|subscreva"
    r"|junte\w*|entre (?:no|em|para)|fique|clique|curta|quer (?:receber|ficar)|para (?:receber"
    r"|ficar)"
    r"|torne|descarregue|registe|faça parte|ative",
    "it": r"iscriv\w*|abbonati|seguici|segui|ricevi|registrati|scarica|unisciti|non perdere|resta|rimani"
    r"|vuoi|entra|attiva|clicca|per (?:ricevere|restare|rimanere)|ogni (?:giorno|mattina)|se vuoi",
    "nl": r"abonneer|schrijf|meld|volg|ontvang|download|blijf|word|mis (?:niets|geen)|wil je|wilt u|krijg"
    r"|like ons|registreer|altijd|elke (?:dag|week|ochtend)",
    "ru": r"подпи\w+|следите|читайте нас|присоединя\w+|получайте|скачай\w*|зарегистрируй\w*|оставайтесь"
    r"|хотите|вступайте|включите|наш(?:и|а)? (?:канал|рассылка|телеграм)|чтобы|смотрите нас"
    r"|установите"
    r"|підпи\w+|слідкуйте|долучайтесь|приєднуйтесь|стежте",
    "tr": r"abone|takip|kaydol\w*|üye ol\w*|katıl\w*|indir\w*|haberleri|bizi|güncel|bültenimize|en son"
    r"|whatsapp|telegram|sosyal",
    "pl": r"zapisz|subskrybuj|dołącz|obserwuj|śledź|zaprenumeruj|pobierz|bądź|chcesz|zarejestruj|polub"
    r"|otrzymuj|nie przegap|włącz|zostań",
    "other": r"prenumerera|följ|anmäl|ladda|få |abonnér|abonner|tilmeld|følg|meld deg|last ned|tilaa"
    r"|seuraa|lataa|berlangganan|ikuti|dapatkan|unduh|bergabung|aboneaz\w+|urmăre\w+|iratkozz"
    r"|kövess"
    r"|εγγραφ\w+|ακολουθήστε|přihlas\w*|odebír\w*|sledujte|đăng ký|theo dõi|اشترك|تابع\w*|انضم"
    r"|订阅|訂閱|关注|關注|購読|フォロー|登録|구독|팔로우",
}  # fmt: skip
_ASK_START = re.compile(
    r"(?:^|[.!?:…。]\s+|[–—|-]\s+)[¡¿>*•\s]*(?:" + "|".join(_ASKING.values()) + r")", re.IGNORECASE
)
_PRIZE = re.compile(r"(?<!\w)(?:" + _PRIZES + ")", re.IGNORECASE)
_ASK_FIRST = frozenset(
    word for pattern in _ASKING.values() for word in re.findall(r"(?:^|\|)([^\W\d_]+)", pattern)
)
_SAID = re.compile(
    r"\b(?:said|says|told|added|wrote|tweeted|announced|reported|according|argued|claimed|has"
    r"|have|had"
    r"|was|were|sagte|hatte|wurde|hat|a déclaré|selon|était|dijo|según|fue|había|disse|segundo|foi"
    r"|secondo|ha detto|era|zei|volgens|werd|had|сказал\w*|заявил\w*|был\w*|dedi|söyledi"
    r"|powiedzia\w+"
    r"|był\w*)\b",
    re.IGNORECASE,
)
_NEWSLETTER = re.compile(
    r"news ?letter|inbox|mailing list|infolettre|boletín|boletim|nieuwsbrief|рассылк|розсилк|bülten"
    r"|biuletyn|nyhetsbrev|nyhedsbrev|uutiskir|メルマガ|メールマガジン|뉴스레터|النشرة|bulletin|e-?mail",
    re.IGNORECASE,
)

_CLICK = re.compile(
    r"^\W*(?:please\s+)?(?:click|tap|press|klick\w*|cliquez|cliquer|haz clic|haga clic|pincha"
    r"|pinche|pulsa"
    r"|pulse|clique|clicca|cliccate|klik|tryk|trykk|нажмите|нажимайте|кликните|жмите|натисніть"
    r"|kliknij"
    r"|klikni|klikněte|tıkla\w*|tippen sie|приклик\w*|صفحه|اضغط|انقر)\b",
    re.IGNORECASE,
)
_CLICK_GOAL = re.compile(
    r"\b(?:here|icon|bell|link|image|photo|picture|follow|subscribe|newsletter|share|read|sign"
    r"|view|enlarge"
    r"|expand|comment\w*|notification\w*|alerts?|updates|topics?|gallery|full|more|watch|listen"
    r"|download"
    r"|hier|ici|aquí|aqui|qui|здесь|тут|сюда|burada|buraya|tutaj|zde|sem|her|här|lien|enlace"
    r"|button|botón|botão|pulsante|knop|кнопк\w*|ссылк\w*|przycisk|bild|hier klicken|هنا)\b",
    re.IGNORECASE,
)
_TAP_TURKISH = re.compile(r"\b(?:için|buraya) tıkla\w*\W*$|tıklayın\w*\W*$", re.IGNORECASE)
_HERE_END = re.compile(
    r"^(?:read|see|view|watch|listen|find|get|download|sign|subscribe|register|donate|order|buy"
    r"|more|visit"
    r"|lesen|mehr|voir|lire|ver|vea|leia|leggi|lees|читайте|oku|czytaj)\b.{0,90}"
    r"\b(?:here|hier|ici|aquí|aqui|qui|здесь|tutaj|burada)\W*$",
    re.IGNORECASE,
)

_COPYRIGHT_PHRASE = re.compile(
    r"all rights? reserved|alle rechte vorbehalten|tous droits réservés"
    r"|todos los derechos reservados"
    r"|derechos reservados|todos os direitos reservados|direitos reservados"
    r"|tutti i diritti (?:sono )?"
    r"riservati|diritti riservati|alle rechten voorbehouden|все права защищены|усі права захищені"
    r"|всі права захищені|(?:tüm|her) hakk?ı?\w* saklıdır|wszelkie prawa zastrzeżone"
    r"|wszystkie prawa"
    r" zastrzeżone|všechna práva vyhrazena|alla rättigheter|alle rettigheter|kaikki oikeudet"
    r"|hak cipta dilindungi|toate drepturile rezervate|minden jog fenntartva|με επιφύλαξη"
    r"|bản quyền|版权所有|版權所有|無断転載|禁无断转载|未经授权|未經授權|무단\s?전재|جميع الحقوق محفوظة"
    r"|כל הזכויות שמורות|may not be (?:published|reproduced|republished|redistributed)"
    r"|reproduction (?:in whole or in part )?(?:is |without permission )?prohibited"
    r"|reproduction interdite|prohibida (?:su|la) reproducción|proibida a reprodução"
    r"|riproduzione (?:è )?riservata|перепечатка (?:материалов )?(?:запрещена|возможна)"
    r"|использование материалов",
    re.IGNORECASE,
)
_COPYRIGHT_MARK = re.compile(
    r"(?:©|\(c\)|&copy;|copyright\b|copr\.|@\s?(?=(?:19|20)\d\d\b))", re.IGNORECASE
)
_COPYRIGHT_START = re.compile(
    r"^\W{0,3}(?:©|\(c\)|&copy;|copyright\b|@)\s*(?:©|\(c\)|by\b)?\s*(?:(?:19|20)\d\d|[A-Z])",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_BUILT_BY = re.compile(
    r"^(?:\W*(?:website |site |theme |web )?(?:designed|developed|design|powered|built|created"
    r"|hosted"
    r"|maintained|theme|website|réalisé|propulsé|desarrollado|desenvolvido|realizzato|gestaltet"
    r"|ontwerp"
    r"|разработка|tasarım|projekt i wykonanie)(?: (?:and|&|und|et|y|e|en) (?:developed|design"
    r"|designed"
    r"|built|maintained|hosted|development))?\s*(?:(?:by|with|von|par|por|da|door)\b|:))",
    re.IGNORECASE,
)

_DISCLAIMER = re.compile(
    r"views?,? (?:and opinions )?(?:expressed|presented) (?:in this|here|by|are)|opinions expressed"
    r"|has not been edited by|(?:auto-?generated|published) from (?:a|an) (?:syndicated|agency"
    r"|wire)"
    r"|syndicated feed|our standards:|trust principles|affiliate (?:links?|commission|program)"
    r"|(?:we|this (?:site|article|post|story)) may (?:earn|receive|contain|include)"
    r"|for informational purposes only|not (?:constitute|intended as) (?:financial|medical|legal"
    r"|investment)"
    r"|this (?:article|story|post|content|piece) (?:was|is|has been|originally)? ?(?:originally"
    r"|first)?"
    r" ?(?:appeared|published|created|produced|republished|paid)|translated with|machine translat"
    r"|errors? and omissions? excepted|spotted an error|noticed an error|report (?:a|an) (?:error"
    r"|typo)",
    re.IGNORECASE,
)

_SUBSCRIPTION = re.compile(
    r"already (?:a|have an?) (?:\w+ ){0,2}(?:subscriber|member|account|subscription|registered)"
    r"|(?:subscribe|register|sign up|log ?in|sign in) (?:now )?(?:to|for) (?:continue|keep|read"
    r"|access|unlock"
    r"|view|full)|to (?:continue|keep) reading|(?:continue|keep) reading (?:this|with|by|for|the)"
    r"|(?:article|content|story|feature) is (?:only |exclusively )?(?:available|reserved"
    r"|exclusive|for)"
    r"(?: only| exclusively)? ?(?:to|for)? ?(?:our |paid |paying |premium "
    r"|registered )*(?:subscribers"
    r"|members|users)|(?:subscribers|members)[- ]only|reached your (?:\w+ ){0,3}(?:limit|articles)"
    r"|free articles? (?:left|remaining|this month)|(?:we|this (?:web)?site|our partners"
    r"|and our partners)"
    r" (?:\w+ ){0,3}uses? cookies|uses cookies|use of cookies|cookie (?:policy|settings|consent"
    r"|notice)"
    r"|accept (?:all )?cookies|by continuing to (?:use|browse)|privacy policy and terms"
    r"|terms of service"
    r" apply|protected by recaptcha|you (?:must|need to) (?:be logged|log|sign|enable"
    r"|have javascript)"
    r"|please (?:log ?in|sign in|enable javascript|enable|disable|turn off)"
    r"|javascript is (?:disabled"
    r"|required|not enabled)|ad ?block(?:er)?|cancel any ?time|unlimited (?:digital )?access"
    r"|bereits (?:abonnent|registriert|ein abo|kunde|mitglied)|jetzt (?:weiterlesen|testen)"
    r"|abo (?:testen"
    r"|abschließen)|(?:nur|exklusiv) für (?:abonnent|mitglieder)|déjà abonné|réservé (?:à nos"
    r"|aux) abonnés"
    r"|il vous reste [\d\w,.]+ ?% de|la suite est réservée|article réservé|ya (?:eres"
    r"|es) suscriptor"
    r"|exclusivo para suscriptores|contenido exclusivo para|já (?:é|sou) assinante|exclusivo para"
    r" assinantes|conteúdo exclusivo|sei già abbonato|hai già un account|riservat\w+ (?:a"
    r"|agli) abbonati"
    r"|al abonnee|alleen voor abonnees|exclusief voor abonnees|уже подписаны|только для подписчиков"
    r"|zaten abone|sadece abone|masz już konto|tylko dla (?:subskrybentów|prenumeratorów)"
    r"|(?:wir|diese (?:web)?seite) (?:verwende|nutz)\w+ cookies|ce site utilise|utilizamos cookies"
    r"|este sitio (?:web )?(?:usa|utiliza)|este site (?:usa|utiliza)|questo sito (?:usa|utilizza)"
    r"|(?:deze (?:web)?site|wij) gebruik\w* cookies|сайт использует|çerez(?:ler)? kullan"
    r"|(?:ta strona|strona) (?:używa|korzysta)",
    re.IGNORECASE,
)

_SUPPORT = re.compile(
    r"^\W*(?:please |help |you can )?(?:support|donate|give|contribute|become|consider|make (?:a"
    r"|your)|help"
    r"|chip in|join|pledge|back|unterstützen|spenden|werden|soutenez|faites|apoya|apoye|haz|hazte"
    r"|apoie"
    r"|doe|sostieni|dona|steun|doneer|поддержите|destek|wesprzyj)\b.{0,120}\b(?:journalis\w+"
    r"|reporting|newsroom"
    r"|donation|member|membership|supporter|patron|subscriber|our work|contribution|us\b|patreon"
    r"|fundraiser"
    r"|unabhängig\w+|spende|mitglied|journalisme|média|don\b|membre|periodismo|socio|donación"
    r"|jornalismo"
    r"|doação|assinante|giornalismo|donazione|journalistiek|журналист\w*|gazetecili\w+"
    r"|dziennikarstw\w+)",
    re.IGNORECASE,
)
_TIP = re.compile(
    r"^\W*(?:(?:do you )?(?:have|got|know) (?:an?|any|something|more)\b.{0,60}\b(?:tip|tips|story"
    r"|news|photos?"
    r"|video|information|question|questions|feedback|comments?|opinion)\b.{0,30}\?|(?:send"
    r"|e-?mail|contact"
    r"|write to|reach|call|text|message|tweet) (?:us|me|the (?:author|reporter|writer|editor"
    r"|newsroom)"
    r"|your|him|her|our|tips|letters|story|news)\b.{0,90}(?:@|\bat\b|here|below|tips?|comments"
    r"|feedback)"
    r"|haben sie (?:einen hinweis|fehler|hinweise|anregungen)|vous avez (?:une info|une question|un"
    r" témoignage)|une remarque|¿?tienes (?:una|alguna) (?:historia|noticia|pista)|(?:tem"
    r"|viu) (?:uma"
    r" (?:notícia|sugestão|denúncia)|algum erro)|hai (?:una segnalazione|notizie)"
    r"|heb je (?:een tip|nieuws)"
    r"|tip de redactie|нашли (?:ошибку|опечатку)|есть новости|masz (?:temat|informacj)"
    r"|widziałeś coś"
    r"|haber ihbar|bize (?:yazın|ulaşın))",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"^\W*(?:(?:this |the )?(?:story|article|post)?\s?continue[sd]? (?:below|after|reading|on|next)"
    r"|scroll (?:down|to continue)|(?:keep |continue )scrolling|what (?:do you"
    r"|did you) think\b.{0,60}"
    r"(?:comment|below|let us)|let us know|tell us|share your (?:thoughts|views|opinion|story"
    r"|experience)"
    r"|leave (?:a|your) comment|have your say|join the (?:conversation|discussion|debate)"
    r"|sound off|comment below|like (?:this|us)\b|was this (?:article|page|story) (?:helpful"
    r"|useful)"
    r"|did you (?:like|enjoy|find) (?:this|what)|rate this|thanks? (?:you )?for (?:reading|visiting"
    r"|subscribing|signing|your)|watch the (?:full )?(?:video|clip|interview) (?:below|above|here)"
    r"|(?:see|view|watch|read|check out|listen to) (?:the |our |more |full |all )*(?:video"
    r"|photos?|pictures"
    r"|gallery|slideshow|map|interactive|graphic|document|transcript|tweet|post|clip|episode"
    r"|podcast)s?"
    r" ?(?:below|above|here|:)|listen to (?:this|the) (?:article|story|episode|podcast)"
    r"|\d+ (?:people|users?|readers?) (?:like|are|have)|add (?:us|\w+) (?:as|on|to) )",
    re.IGNORECASE,
)
_FOLLOW = re.compile(
    r"^\W*(?:you can )?(?:follow|folgen sie|folge|suivez|sigue|siga|síguenos|segui|volg|följ"
    r"|følg)\b.{0,80}"
    r"(?:@\w|\bon (?:twitter|facebook|instagram|x|linkedin|tiktok|youtube|threads|bluesky"
    r"|telegram|google"
    r"|social|gab|parler|truth|whats\w*|snapchat|reddit|tumblr|pinterest)\b"
    r"|\b(?:auf|bei|sur|en|no|na|su|op|på) (?:twitter|facebook|instagram|x|linkedin|tiktok"
    r"|youtube|threads"
    r"|bluesky|telegram|google|whatsapp)\b)",
    re.IGNORECASE,
)
_ON_TWITTER = re.compile(
    r"\b(?:he|she|they|his|her|follow (?:him|her|them|me|us)|reach (?:him|her|them|me)|tweets?"
    r"|contact|email)\b"
    r".{0,80}@\w",
    re.IGNORECASE,
)

_TAGS = re.compile(
    r"^\W*(?:tags?|tagged(?: with| as| in)?|topics?|filed (?:under|in)|filed to|keywords?"
    r"|categories|category"
    r"|labels?|posted in|more about|related topics|in this (?:story|article)|see more on|themen"
    r"|thema"
    r"|schlagw[oö]rte?r?|stichw[oö]rter?|rubriken|mots[- ]clés|sujets|thèmes|thématiques"
    r"|rubriques|étiquettes"
    r"|etiquetas|temas|palabras clave|archivado en|más sobre|tags relacionadas|assuntos|tópicos"
    r"|palavras-chave"
    r"|argomenti|tag|parole chiave|trefwoorden|onderwerpen|labels|теги|темы|метки|ключевые слова"
    r"|етикети"
    r"|etiketler|etiket|konular|anahtar kelimeler|tagi|tematy|słowa kluczowe|štítky|témata|ämnen"
    r"|emner|emne"
    r"|aiheet|avainsanat|topik|tagar|标签|標籤|关键词|タグ|キーワード|태그)\s*[:：#]",
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
        " yr yrs yesterday"
        " today read reading time minread at on the of de del du à le um uhr vor stunden stunde"
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
    r"|edited|issued"
    r"|release[d]?(?: on| date)?|date|veröffentlicht|aktualisiert|erstellt|zuletzt|stand|publié"
    r"|mis à jour"
    r"|modifié|posté|publicado|publicada|actualizado|actualizada|atualizado|atualizada|pubblicato"
    r"|aggiornato"
    r"|ultimo aggiornamento|última actualización|última atualização|gepubliceerd|bijgewerkt"
    r"|laatst|geplaatst"
    r"|опубликован\w*|обновлен\w*|дата|güncelle\w*|yayın\w*|giriş|opublikowan\w*|aktualizac\w*"
    r"|dodano|data"
    r"|publikováno|publicerad\w*|uppdaterad\w*|publiceret|opdateret|publisert|oppdatert|julkaistu"
    r"|diterbitkan"
    r"|发布时间|更新|公開)\b.{0,60}\d",
    re.IGNORECASE,
)

_CREDIT_WORD = (
    r"(?:photo(?:s|graph|graphs|graphy|grapher)?|image|images|picture|pictures|pic|video|graphic"
    r"|illustration"
    r"|foto(?:s|graf|grafía|grafia)?|bild(?:er)?|crédits?|crédito|credito|credit|credits|imagen"
    r"|imagem"
    r"|immagine|beeld|фото|изображение|иллюстрация|зображення|fotoğraf|görsel|zdjęcie|zdjęcia|fot"
    r"|rys|kuva"
    r"|cover|file|screenshot|screengrab|courtesy|handout|gambar|ảnh|صورة|图|図|写真|사진|quelle"
    r"|bildquelle|fotoquelle"
    r"|bildrechte|grafik)"
)
_CREDIT_LINE = re.compile(
    r"^\W*(?:(?:file|ap|feature[d]?|cover|main|header|hero|stock|lead|top|press|archive|archiv"
    r"|source)[ -]?)?"
    + _CREDIT_WORD
    + r"(?:\s(?:credit|credits|source|courtesy|copyright|by|crédit|crédito|via|from|of|de|par|por"
    r"|di|von))*"
    r"\s*(?:[:：/|©]|\bby\b|\bcourtesy\b|\bvia\b|\bpar\b|\bvon\b|\bpor\b|\bdi\b|-)\s*\S",
    re.IGNORECASE,
)
_CREDIT_ANYWHERE = re.compile(
    r"(?:(?:photo(?:graph)?(?:er)?|image|picture|video|foto|bild|credit|crédit|crédito|credito"
    r"|imagen|imagem"
    r"|fotograf|photographer|illustration|фото|fotoğraf|zdjęcie|fot\.|kuva|beeld)s?"
    r"\s*(?:credit|courtesy|source|by)?\s*[:：/©]\s*\S"
    r"|\b(?:photo|photograph|image|picture|photographed|video|illustration) (?:by|courtesy|via"
    r"|from|credit)\b"
    r"|\bgetty\b|\bshutterstock|\balamy|\bistock|\bunsplash|\bpexels|\bpixabay|\bimago\b"
    r"|\bpicture[- ]alliance"
    r"|\bepa-efe|\bap photo|\bafp photo|\(ap/|\(reuters/|\(afp/|\(getty|\(photo|\(file|\(image"
    r"|\bvia (?:reuters|ap|afp|getty|epa|pa|ap images)\b|\bap images|\bwikimedia|\bhandout via"
    r"|\bfile photo"
    r"|\bfile pic|/\s?(?:ap|afp|reuters|epa|dpa|getty|efe|ansa|bloomberg|upi|pa|pti|ani|anp|belga"
    r"|tt|ntb|pap)"
    r"(?:\b|$)|©)",
    re.IGNORECASE,
)
_CREDIT_HINTS = (
    "hoto", "HOTO", "etty", "redit", "rédit", "CREDIT", "mage", "icture", "©", "Foto", "foto",
    "FOTO",
    "ild:", "Bild", "Фото", "фото", "/AP", "/ AP", "/AFP", "/ AFP", "/R", "/ R", "REUTERS",
    "(AP/", "stock",
    "lamy", "nsplash", "via ", "otoğraf", "djęcie", "ot.", "llustration", "File", "file p",
)  # fmt: skip
_CAPTION_WORDING = re.compile(
    r"\((?:left|right|center|centre|second (?:from )?(?:left|right)|top|bottom|file(?: photo"
    r"| image)?|l|r|c|links"
    r"|rechts|à gauche|à droite|izquierda|derecha|à esquerda|à direita|a sinistra|a destra|слева"
    r"|справа"
    r"|solda|sağda|z lewej|z prawej|archiv(?:bild|foto)?|archive|archivo|arquivo|archivio|архив"
    r"|arşiv)\)"
    r"|,\s(?:left|right|center|centre|second from (?:left|right)|far (?:left|right)),"
    r"|^(?:in this|a file|file|an undated|this (?:undated|photo|image|file|picture|handout"
    r"|frame))\b.{0,60}"
    r"\b(?:photo|picture|image|photograph|handout|frame grab|screengrab|video)\b"
    r"|\b(?:is|are) (?:seen|pictured|shown|photographed)\b|\b(?:pictured|seen here|seen in this"
    r"|shown here"
    r"|stock image|file photo|archive photo|archive picture)\b"
    r"|\b(?:poses?|posing) (?:for|with|during|in|at|on)\b|\b(?:im bild|auf diesem (?:bild|foto)"
    r"|sur cette photo"
    r"|en la imagen|en esta imagen|na imagem|na foto|nella foto|op de foto|на фото|на снимке"
    r"|fotoğrafta"
    r"|na zdjęciu|na snímku|på bilden|på billedet|på bildet|en la foto)\b",
    re.IGNORECASE,
)

_AGENCIES = frozenset(
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
    新华社 | 新華社 | 中央社 | 中新社 | 路透社 | 法新社 | 共同通信 | 時事通信 | 共同 | 時事 | 연합뉴스 | 뉴시스 | رويترز | وكالات
    """.replace("\n", "|").split("|")
    if name.strip()
)
_AGENCY_FILLERS = frozenset(
    """source sources src quelle quellen fuente fuentes fonte fontes bron источник источники kaynak
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
    r"|\bagência\b|\bagenzia\b"
    r"|\bagentur\b|persbureau|агентств|ajansı|agencja",
    re.IGNORECASE,
)
_SHORT_CODE = re.compile(r"\[/?[a-z][\w-]*(?:\s[^\]]*)?\]", re.IGNORECASE)
_ADDRESS_ONLY = re.compile(
    r"^\W*(?:https?://\S+|www\.\S+|pic\.twitter\.com/\S+|\S+@\S+\.\w{2,}|[\w.-]+\.(?:com|org"
    r"|net)(?:/\S*)?)\W*$",
    re.IGNORECASE,
)
_SCRIPT = re.compile(
    r"^\s*(?:var |function\s*\(|window\.|document\.|\$\(|\}\s*\)|<!--|<script|<style|\{\{"
    r"|googletag|@media |@import"
    r"|\.[\w-]+\s*\{|#[\w-]+\s*\{)|\}\s*catch\s*\(|jQuery\("
)

_BY = re.compile(
    r"^\W*(?:(?:written|reported|words|story|text|report|edited|compiled|posted|analysis|review"
    r"|opinion|column"
    r"|article|post|photos|photographs|interview|reporting) by|by|autor(?:in|es|a)?|author(?:s)?"
    r"|auteurs?|autore"
    r"|автор(?:ы)?|текст|yazan|yazar|haber|tekst|tekst i zdjęcia|skribent|journalist|redacción"
    r"|redação"
    r"|auteur|opracował\w*|redaktor|von|vom|par|por|di|door|av|af|od"
    r"|автор материала)(?:\s*[:：]\s*|\s+)",
    re.IGNORECASE,
)
_BY_PLAIN = re.compile(r"^\W*(?:by|von|par|por|di|door|av|af|od|vom)\s", re.IGNORECASE)
_NAME_TOKEN = re.compile(
    r"^[\"'(“]?(?:[^\W\d_a-zа-яёß][\w’'.-]*|de|del|della|di|da|dos|do|das|van|von|der|den|ter|ten"
    r"|la|le|el"
    r"|al|bin|ibn|ben|zu|zur|y|e|st\.|mc\w+|o’\w+|d’\w+)[\"')”]?$"
)
_JOIN = re.compile(
    r"\s*(?:,|;|/|\||·|•|&|\+|\s[–—-]\s|\b(?:and|und|et|en|ve|oraz)\b|(?<=\w)\s(?:y|e|i|и|og|och"
    r"|ja)\s)\s*"
)
_ROLE = re.compile(
    r"\b(?:staff|writer|reporter|correspondent|editor|columnist|contributor|producer|journalist"
    r"|press|news|bureau"
    r"|desk|chief|special|associate|senior|redakteur\w*|korrespondent\w*|redaktion|journaliste"
    r"|envoyé|correspondant"
    r"|rédaction|corresponsal|redactor\w*|redacción|periodista|repórter|redação|jornalista"
    r"|giornalista|redazione"
    r"|inviato|redacteur|verslaggever|correspondente|корреспондент|редактор|muhabir\w*"
    r"|dziennikarz|redakcja"
    r"|updated|published|photo\w*|video|analyst|political|politics|national|opinion|agency|times"
    r"|daily|post)\b",
    re.IGNORECASE,
)
_REPORTING = re.compile(
    r"^[\W_]*(?:(?:additional )?reporting (?:and writing )?by|(?:writing|editing|compiled|edited"
    r"|translated|written"
    r"|produced|additional (?:writing|editing|material)) (?:and editing )?by|bearbeitung:"
    r"|redaktion:|con la"
    r" colaboración de|information for this article was contributed)\b",
    re.IGNORECASE,
)
_CONTRIBUTED = re.compile(
    r"\bcontributed (?:to (?:this|the)|reporting)\b|\bcontributed\W*$|^\W*with (?:assistance"
    r"|contributions"
    r"|reporting|help|files|additional reporting) (?:by|from)\b|\b(?:assisted|helped) (?:with"
    r"|in) (?:this|the) report"
    r"|\bcontribut(?:ed|ing) from\b",
    re.IGNORECASE,
)
_DESK = re.compile(
    r"^[(\[–—-]?\s?[A-ZÀ-ÞА-Я0-9a-zà-ÿ][\w.&-]{1,24}(?: [A-ZÀ-Þ][\w.-]{1,15})?\s?/\s?[\w.-]{1,12}"
    r"(?:\s?/\s?[\w.-]{1,12})?[)\]]?$"
)
_PAGES = re.compile(
    r"^\W*(?:page \d+(?: of \d+)?|\d+ (?:of|/) \d+|(?:\d+\s+){2,}\d*\s*(?:…|\.\.\.|next"
    r"|last)?.{0,12}"
    r"|(?:prev(?:ious)?|next)\W+(?:prev(?:ious)?|next)|« .{1,12}|.{1,12} »)\W*$",
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
    read | related | recommended | watch | video | videos | photos | pictures | listen | podcast
    next
    opinion | analysis | explainer | explained | exclusive | live updates | trending | popular
    previously
    earlier | background | further information | see | more | mehr | lesen | hintergrund
    interview | kommentar
    lire | voir | vidéo | en images | en direct | dossier | à suivre | retrouvez | leer | ver
    mira | además
    video | en vídeo | en video | leia | veja | vídeo | assista | entenda | em vídeo | leggi
    guarda | ascolta
    il video | le foto | lees | bekijk | achtergrond | читайте | видео | фото | слушайте
    подробнее | відео
    більше | дивіться | izle | öneri | czytaj | zobacz | wideo | więcej | sprawdź | čtěte | läs
    lyssna | læs
    les | lue | katso | baca | simak | 更多 | 另见 | gallery | slideshow | in pictures | im überblick
    galeria
    newsblog | liveticker | join us | live blog | top stories | confira | здесь | okuyun | izleyin
    sledujte
    """.replace("\n", "|").split("|")
    if cue.strip()
)
_BARE_CUES = frozenset(cue for cue in _CUE_KEYS - _WEAK_CUES if len(cue.split()) > 1)
_BARE_CUE_FIRST = frozenset(cue.split()[0] for cue in _BARE_CUES)


def _is_cue_link(text: str, words: int, ended: bool) -> bool:
    """Whether the line is a link introduced by a cue: ``Read more: …`` or ``LEES OOK Kabinet"
    " …``."""
    at = text.find(":", 0, 60)
    if at < 0:
        at = text.find("：", 0, 60)
    if at > 0 and words <= 60:
        cue, rest = key(text[:at]), text[at + 1 :].strip()
        if len(cue.split()) > 3 and cue not in _CUE_KEYS:
            head = " ".join(cue.split()[:2])
            # "Also on <site>:", "More from <site>:", "More on <topic>:"
            if head in {"also on", "more from", "more on", "read more", "mehr zu", "plus sur"}:
                return bool(rest) and not ended
            return False
        if cue in _CUE_KEYS:
            if cue not in _WEAK_CUES:
                return bool(rest) or len(cue.split()) > 1
            return bool(rest) and not ended and words <= 25 and not rest[0].islower()
        if cue.split()[:2] in (["also", "on"], ["more", "from"], ["more", "on"], ["read", "more"]):
            return bool(rest) and not ended
        return False
    if ended or words > 30:
        return False
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


def _is_bullet_link(text: str, words: int, ended: bool) -> bool:
    for bullet in _LINK_BULLETS:
        if text.startswith(bullet):
            rest = text[len(bullet) :].strip()
            if not rest or words > 60:
                return False
            if _is_cue_link(rest, words, ended):
                return True
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
    if text_key in _AGENCIES:
        return not (bare.isalpha() and bare.islower() and text_key != "dpa")
    tokens = text_key.split()
    if len(tokens) > 14:
        return False
    found = False
    at = 0
    while at < len(tokens):
        for length in (4, 3, 2, 1):
            if " ".join(tokens[at : at + length]) in _AGENCIES and at + length <= len(tokens):
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


def _only_time(words: Sequence[str], text: str) -> bool:
    if not any(character.isdigit() for character in text) and "yesterday" not in words:
        return False
    if len(words) > 16:
        return False
    named = 0
    for word in words:
        bare = _DIGITS.sub("", word)
        if bare and bare not in _TIME_WORDS:
            return False
        named += bare in _TIME_WORDS and len(bare) > 1
    return named > 0 or bool(re.search(r"\d{1,4}[./:-]\d{1,2}(?:[./:-]\d{2,4})?", text))


def line_rule(text: str) -> _Label | None:
    """Returns the text rule that a line meets by itself, or ``None``.

    Args:
      text: one line, outer white space stripped, not empty.

    Returns:
      The rule's name and whether it counts anywhere (``firm``) or only in the right surroundings.
    """
    size = len(text)
    ended = text[-1] in _STOPS or ends_sentence(text)
    first = text[0]
    if size > 400:
        if first in "©@(cC" and _is_copyright(text):
            return _Label("copyright_v1", True)
        return _Label("markup_v1", True) if _SCRIPT.search(text[:200]) else None
    words = word_count(text)
    if size <= 120:
        found = _short_line_rule(text, words, ended)
        if found is not None:
            return found
    if first in _OPENING_QUOTES and words > 3:
        return None
    return _sentence_rule(text, words, ended)


def _short_line_rule(text: str, words: int, ended: bool) -> _Label | None:
    text_key = key(text)
    if not text_key:
        return _Label("separator_v1", True)
    full_stop = text[-1] == "."
    if not full_stop or words > 1:
        label = _LABELS.get(text_key)
        if label is not None:
            return label
        if len(text_key) <= 60 and text_key[-1].isdigit() or text_key[0].isdigit():
            label = _LABELS.get(_DIGITS.sub("", text_key).strip())
            if label is not None and label.rule in {
                "comments_v1", "share_button_v1", "navigation_v1", "media_v1", "link_heading_v1",
            }:  # fmt: skip
                return label
    half = _doubled(text)
    if half is not None and len(half) >= 4:
        inner = half.strip()
        label = _LABELS.get(key(inner)) or _misspelt_label(key(inner))
        if label is not None:
            return _Label(label.rule, True)
        glued = len(half) * 2 == len(text)
        if glued and not inner.endswith((".", "!", "?")) and (" " in inner or len(inner) >= 6):
            return _Label("share_button_v1" if words <= 12 else "link_list_v1", True)
    tokens = text_key.split()
    if len(tokens) <= 30 and _share_bar(tokens):
        return _Label("share_button_v1", len(tokens) > 1 or tokens[0] in _FIRM_SINGLE)
    if not ended and len(tokens) <= 6:
        label = _misspelt_label(text_key)
        if label is not None:
            return label
    if _only_time(tokens, text):
        return _Label("timestamp_v1", False)
    if _STAMP_START.match(text) and not ended:
        return _Label("timestamp_v1", True)
    if text_key.isdigit() or _PAGES.match(text):
        return _Label("navigation_v1", False)
    if _ADDRESS_ONLY.match(text):
        return _Label("markup_v1", True)
    if _agency_line(text):
        return _Label("field:agency", True)
    return None


def _sentence_rule(text: str, words: int, ended: bool) -> _Label | None:
    if _is_bullet_link(text, words, ended):
        return _Label("related_links_v1", True)
    inner = text[1:-1].strip() if text[0] in "([" and text[-1] in ")]" else text
    if inner and _is_cue_link(inner, words, inner[-1] in _STOPS):
        return _Label("related_links_v1", True)
    if "[" in text:
        bare = _SHORT_CODE.sub("", text).strip()
        if not bare:
            return _Label("markup_v1", True)
        if text.startswith("[caption"):
            return _Label("caption_v1", True)
    if _SCRIPT.search(text):
        return _Label("markup_v1", True)
    if (words <= 45 or "eserved" in text or "RESERVED" in text) and _is_copyright(text):
        return _Label("copyright_v1", True)
    if words <= 16 and not ended and _BUILT_BY.match(text):
        return _Label("copyright_v1", True)
    if words <= 40 and _TAGS.match(text) and not ended:
        return _Label("tags_v1", True)
    if words <= 60 and _REPORTING.match(text):
        return _Label("field:byline", True)
    if words <= 40 and _CONTRIBUTED.search(text):
        agency = any(
            name in key(text) for name in ("associated press", "reuters", "afp", "agence france")
        )
        return _Label("field:agency" if agency else "contributor_v1", True)
    found = _credit_rule(text, words, ended)
    if found is not None:
        return found
    if words <= 60:
        return _prompt_rule(text, words)
    return None


def _credit_rule(text: str, words: int, ended: bool) -> _Label | None:
    if words > 80 or not any(hint in text for hint in _CREDIT_HINTS):
        return None
    if words <= 14 and not ended and _CREDIT_LINE.match(text):
        return _Label("field:credit", True)
    credit = None
    for match in _CREDIT_ANYWHERE.finditer(text):
        credit = match
    if credit is None:
        return None
    tail = len(text) - credit.start()
    if credit.group() == "©" and credit.start() == 0:
        return None
    if credit.start() <= 3 and words <= 10 and not ended:
        return _Label("field:credit", True)
    bracketed = text[-1] == ")" and text.rfind("(") <= credit.start() + 1
    if not ended or bracketed:
        if tail <= 90 and words <= 80:
            return _Label("caption_v1", words <= 60)
    elif tail <= 45 and credit.group()[-1:] in ":：/" and words <= 60:
        return _Label("caption_v1", True)
    return None


def _prompt_rule(text: str, words: int) -> _Label | None:
    if _SUBSCRIPTION.search(text) and not (words > 14 and _SAID.search(text)):
        return _Label("subscription_v1", True)
    if words <= 40 and _CLICK.match(text) and _CLICK_GOAL.search(text):
        return _Label("prompt_v1", True)
    if words <= 25 and (_TAP_TURKISH.search(text) or _HERE_END.match(text)):
        return _Label("prompt_v1", True)
    if words <= 40 and _FOLLOW.match(text):
        return _Label("prompt_v1", True)
    if words <= 30 and (_TIP.match(text) or _CONTINUES.match(text)):
        return _Label("prompt_v1", words <= 20)
    if words <= 45 and _SUPPORT.match(text) and not _SAID.search(text):
        return _Label("prompt_v1", False)
    if _DISCLAIMER.search(text) and words <= 60:
        return _Label("disclaimer_v1", False)
    if words <= 50 and _ASK_START.search(text) and _PRIZE.search(text) and not _SAID.search(text):
        rule = "newsletter_v1" if _NEWSLETTER.search(text) else "prompt_v1"
        return _Label(rule, words <= 35)
    if words <= 50 and "@" in text and _ON_TWITTER.search(text):
        return _Label("prompt_v1", False)
    return None


# --- the article as a whole ---------------------------------------------------------------------


class Split(NamedTuple):
    """The parts of an article.

    Attributes:
      title: the headline: the given one, else the one found in the lines, else ``None``.
      authors: the given names, else those found in bylines.
      paragraphs: the kept lines in order.
      removed: the removed lines in order, each with its rule.
    """

    title: str | None
    authors: list[str]
    paragraphs: list[Paragraph]
    removed: list[RemovedLine]


_BODY_WORDS = 12  # a sentence of this many words is running text; labels and headlines rarely are
_LINK_HEADING_RULES = frozenset({"link_heading_v1"})
_TAIL_HEADING_RULES = frozenset(
    {"link_heading_v1", "footer_heading_v1", "comments_v1", "newsletter_v1", "copyright_v1"}
)


class _Line:
    """A non-blank line while its fate is open."""

    __slots__ = ("ended", "label", "number", "rule", "text", "words")

    def __init__(self, number: int, text: str) -> None:
        self.number = number
        self.text = text
        self.words = word_count(text)
        self.ended = ends_sentence(text)
        self.label = line_rule(text)
        self.rule: str | None = self.label.rule if self.label and self.label.firm else None

    @property
    def body(self) -> bool:
        return self.label is None and self.ended and self.words >= _BODY_WORDS


def split(
    lines: Sequence[str],
    title: str | None = None,
    authors: Sequence[str] = (),
    outlet: str | None = None,
) -> Split:
    """Splits the lines of an article into paragraphs and removed lines.

    Args:
      lines: all lines of the article, blank ones included.
      title: the headline the dump gives, if any.
      authors: the authors the dump gives, if any.
      outlet: the outlet's name, for headlines that end in it.

    Returns:
      The parts; every non-blank line is in exactly one of ``paragraphs`` and ``removed``.
    """
    entries = [
        _Line(number, stripped)
        for number, line in enumerate(lines, 1)
        if (stripped := line.strip())
    ]
    if not entries:
        return Split(title, list(authors), [], [])
    start = next((at for at, line in enumerate(entries) if line.body), len(entries))
    title = _mark_title(entries, start, title, outlet)
    found = _mark_bylines(entries, start, authors)
    _mark_captions(entries, start)
    _mark_repeats(entries)
    _mark_tail(entries)
    _mark_by_context(entries)
    _mark_link_lists(entries)
    paragraphs = [Paragraph(line.number, line.text) for line in entries if line.rule is None]
    removed = [
        RemovedLine(line.number, line.text, line.rule) for line in entries if line.rule is not None
    ]
    return Split(title, list(authors) or found, paragraphs, removed)


def _mark_title(
    entries: list[_Line], start: int, title: str | None, outlet: str | None
) -> str | None:
    if title is None or not title.strip():
        at = _find_title(entries, start)
        if at is None:
            return None
        title = _clean_title(entries[at].text, entries, at)
        repeated = any(key(other.text) == key(title) for other in entries[at + 1 :])
        entries[at].rule = (
            "breadcrumb_v1" if repeated and title != entries[at].text else "field:title"
        )
    wanted = key(title)
    if not wanted:
        return title
    site = key(outlet or "")
    for at, line in enumerate(entries[: max(start, 0) + 2]):
        if line.rule == "field:title":
            continue
        text_key = key(line.text)
        if text_key == wanted:
            line.rule = "field:title"
        elif text_key.endswith(wanted) and len(wanted) >= 8:
            before = text_key[: -len(wanted)].strip()
            if before in _HOME_KEYS or (
                before.split()[:1] and before.split()[0] in _HOME_KEYS and len(before) <= 60
            ) or (before and _CRUMB_MARK.search(line.text) and len(before) <= 60):  # fmt: skip
                line.rule = "breadcrumb_v1"
        elif text_key.startswith(wanted) and len(wanted) >= 8:
            after = text_key[len(wanted) :].strip()
            rest = line.text[len(title) :].strip()
            if after and (after == site or (rest[:1] in "|-–—·:" and len(after.split()) <= 5)):
                line.rule = "field:title"
        elif at <= 6 and not line.ended and len(wanted.split()) >= 4 and line.label is None:
            ours, theirs = set(text_key.split()), set(wanted.split())
            if len(ours & theirs) >= 0.7 * len(ours | theirs):
                line.rule = "field:title"
    if len(wanted.split()) >= 5:
        for line in entries[start:]:
            if line.rule is None and line.words <= 40 and key(line.text) == wanted:
                line.rule = "field:title"
    return title


_HOME_KEYS = frozenset(key(word) for word in cues.HOME_WORDS)
_CRUMB_MARK = re.compile(r"\s[>/»›|→·•:]\s|[»›>]")


def _find_title(entries: list[_Line], start: int) -> int | None:
    """Returns the position of the headline among the lines before the text, or ``None``."""
    if len(entries) == 1:
        return None
    fallback = None
    for at, line in enumerate(entries[: min(start, 12) + 1]):
        if at >= start and not (at == 0 and start == 0):
            break
        text = line.text
        if line.words > 40 or len(text) > 300:
            break
        if line.label is not None:
            weak = line.label.rule in {"related_links_v1", "section_label_v1"}
            if at == 0 and weak and line.words >= 4 and fallback is None:
                fallback = at
            continue
        if _names_after_by(text) is not None:
            continue
        if text[-1] == "." and not text.endswith("...") and line.words >= 6:
            if fallback is None:
                fallback = at
            continue
        if line.words == 1 and len(text) < 8 and at + 1 < start:
            continue
        return at
    return fallback


def _clean_title(text: str, entries: list[_Line], at: int) -> str:
    """Returns the headline without a breadcrumb before it."""
    text_key = key(text)
    for other in entries[at + 1 : at + 6]:
        other_key = key(other.text)
        if len(other_key) >= 8 and text_key != other_key and text_key.endswith(other_key):
            before = text_key[: -len(other_key)].split()
            if before and (before[0] in _HOME_KEYS or _CRUMB_MARK.search(text)):
                return other.text
    parts = re.split(r"\s*[>»›]\s*", text)
    if len(parts) >= 3 or (len(parts) == 2 and key(parts[0]) in _HOME_KEYS):
        return parts[-1].strip() or text
    return text


def _names_after_by(text: str) -> list[str] | None:
    """Returns the names of a byline with a lead-in such as ``By``, or ``None`` if it is none."""
    if len(text) > 160 or text[-1] in "!?:":
        return None
    match = _BY.match(text)
    if match is None:
        return None
    return _names(text[match.end() :])


def _names(rest: str) -> list[str] | None:
    names: list[str] = []
    for part in _JOIN.split(re.sub(r"\([^)]*\)|\S+@\S+|@\w+", " ", rest)):
        part = part.strip(" .:-–—\u00a0")
        if not part:
            continue
        part_key = key(part)
        tokens = part.split()
        if part_key in _AGENCIES or _ROLE.search(part) or _only_time(part_key.split(), part):
            continue
        if any(character.isdigit() for character in part):
            continue
        if len(tokens) > 5 or not all(_NAME_TOKEN.match(token) for token in tokens):
            return None
        names.append(part)
    return names


def _mark_bylines(entries: list[_Line], start: int, authors: Sequence[str]) -> list[str]:
    found: list[str] = []
    known = {key(author) for author in authors}
    last_body = max((at for at, line in enumerate(entries) if line.body), default=-1)
    for at, line in enumerate(entries):
        if line.rule == "field:byline":
            for name in _names(_REPORTING.sub("", line.text).split(";")[0].split(" in ")[0]) or []:
                if len(name.split()) > 1:
                    found.append(name)
            continue
        if line.rule is not None or line.words > 25 or start < at <= last_body:
            continue
        names = _names_after_by(line.text)
        if names is not None:
            plain = _BY_PLAIN.match(line.text) is not None
            agencies = [part for part in _JOIN.split(line.text) if key(part) in _AGENCIES]
            if (names and (not plain or len(names[0].split()) > 1 or at <= start)) or agencies or (
                not names and _ROLE.search(line.text)
            ):  # fmt: skip
                line.rule = "field:byline"
                found.extend(names)
            continue
        text_key = key(line.text)
        parts = [key(part) for part in _JOIN.split(line.text) if part.strip()]
        if known and parts and all(part in known for part in parts):
            line.rule = "field:byline"
        elif text_key and at < start and _is_role_line(entries, at):
            line.rule = "field:byline"
    return list(dict.fromkeys(found))


def _is_role_line(entries: list[_Line], at: int) -> bool:
    line = entries[at]
    if line.words > 8 or line.ended or at == 0:
        return False
    return entries[at - 1].rule == "field:byline" and _ROLE.search(line.text) is not None


def _mark_captions(entries: list[_Line], start: int) -> None:
    """Marks captions above the text: printed twice, or worded like one."""
    for at, line in enumerate(entries):
        if line.rule in {"field:title", "field:byline"} or line.words < 4:
            continue
        if line.rule is not None and line.rule != "caption_v1":
            continue
        for near in (1, 2):
            if at + near >= len(entries):
                break
            other = entries[at + near]
            if other.rule not in (None, "caption_v1") or not _repeats(line.text, other.text):
                continue
            credited = other.rule == "caption_v1" or len(other.text) > len(line.text) + 3
            if credited or (not line.ended and at <= start):
                line.rule = other.rule = "repeated_caption_v1"
            break
    for line in entries[: start + 1]:
        if line.rule is None and line.words <= 45 and not line.body:
            if _CAPTION_WORDING.search(line.text) and line.text[0] not in _OPENING_QUOTES:
                line.rule = "caption_v1"


def _repeats(text: str, other: str) -> bool:
    """Whether a line says another line again, bare or followed by a credit."""
    if text == other:
        return True
    if other.startswith(text) or text.startswith(other):
        longer, shorter = (other, text) if len(other) > len(text) else (text, other)
        rest = longer[len(shorter) :]
        return len(rest) <= 80 and (
            not any(character.isalnum() for character in rest)
            or _CREDIT_ANYWHERE.search(rest) is not None
            or _CREDIT_LINE.match(rest.strip()) is not None
        )
    return key(text) == key(other)


def _mark_repeats(entries: list[_Line]) -> None:
    """Marks paragraphs printed again. Short lines may repeat: answers, names of speakers."""
    seen: set[str] = set()
    for line in entries:
        if line.rule is not None or line.words < 8:
            continue
        if line.text in seen:
            line.rule = "repeat_v1"
        else:
            seen.add(line.text)


def _mark_tail(entries: list[_Line]) -> None:
    """Marks what follows the first heading of the page's footer or of its last link list."""
    total = sum(line.words for line in entries if line.rule is None)
    after = 0
    cut = None
    furniture = 0
    for at in range(len(entries) - 1, -1, -1):
        line = entries[at]
        if line.label is None and line.rule is None:
            after += line.words
        else:
            furniture += 1
        if line.label is not None and line.label.rule in _TAIL_HEADING_RULES:
            lines_after = len(entries) - at
            if (
                after <= max(0.25 * total, 30)
                and at > 0
                and furniture >= 1
                and furniture * 4 >= lines_after
                and not any(later.body and later.words >= 45 for later in entries[at:])
            ):
                cut = at
    if cut is None:
        return
    if not any(line.body for line in entries[:cut]):
        return
    corroborated = sum(line.label is not None for line in entries[cut:]) >= 2
    heading = ""
    for line in entries[cut:]:
        if line.label is not None and line.label.rule in _TAIL_HEADING_RULES:
            heading = line.label.rule
            if line.rule is None and (corroborated or line.label.rule != "footer_heading_v1"):
                line.rule = line.label.rule
        elif line.rule is not None or line.label is not None:
            if line.rule is None and line.label is not None:
                line.rule = line.label.rule
        elif heading == "footer_heading_v1" and corroborated:
            line.rule = "footer_v1"
        elif heading == "link_heading_v1" and not line.ended:
            line.rule = "link_list_v1"


def _mark_by_context(entries: list[_Line]) -> None:
    """Decides the labels that count only outside the running text or beside other furniture."""
    bodies = [at for at, line in enumerate(entries) if line.body and line.rule is None]
    first, last = (bodies[0], bodies[-1]) if bodies else (len(entries), -1)
    changed = True
    while changed:
        changed = False
        for at, line in enumerate(entries):
            if line.rule is not None or line.label is None:
                continue
            outside = at < first or at > last
            beside = any(
                0 <= other < len(entries)
                and entries[other].rule is not None
                and not entries[other].rule.startswith("field:")  # type: ignore[union-attr]
                for other in (at - 1, at + 1)
            )
            if outside or beside:
                line.rule = line.label.rule
                changed = True
    if bodies:
        for line in entries[last + 1 :]:
            if line.rule is None and _DESK.match(line.text) and len(line.text) >= 5:
                line.rule = "desk_credit_v1"


def _mark_link_lists(entries: list[_Line]) -> None:
    """Marks headlines that follow a heading of a link list, up to the next sentence."""
    at = 0
    while at < len(entries):
        if entries[at].rule != "link_heading_v1":
            at += 1
            continue
        end = at + 1
        while end < len(entries) and (
            entries[end].rule is not None
            or (not entries[end].ended and 4 <= entries[end].words <= 30)
        ):
            end += 1
        links = [line for line in entries[at + 1 : end] if line.rule is None]
        if len(links) >= 2 or (links and links[0].words >= 6):
            for line in links:
                line.rule = "link_list_v1"
        at = max(end, at + 1)


@dataclasses.dataclass
class Boilerplate(Transform):
    """Keeps the article's paragraphs, removes the rest line by line and says why.

    The headline and the bylines among the lines become ``title`` and ``authors`` where the dump
    gave none. ``RULES`` in ``transforms.boilerplate`` explains every rule.
    """

    reads = ("lines", "title", "authors", "outlet")
    updates = ("title", "authors")
    adds = {  # noqa: RUF012 - a class attribute of the contract
        "text": Column(pa.string(), "The clean article: its paragraphs joined by a blank line."),
        "paragraphs": Column(
            pa.list_(pa.struct([("line_number", pa.int32()), ("text", pa.string())])),
            "The kept lines as pipeline.article.Paragraph.",
            stored=False,
        ),
        "removed_lines": Column(
            pa.list_(
                pa.struct(
                    [("line_number", pa.int32()), ("text", pa.string()), ("rule", pa.string())]
                )
            ),
            "The lines taken out as pipeline.article.RemovedLine.",
            stored=False,
        ),
    }

    def apply(self, article: Article) -> Article:
        """Returns the article with its text, paragraphs and removed lines.

        Args:
          article: with ``lines`` (list of str, blank ones included), ``title`` (str or ``None``),
            ``authors`` (list of str or ``None``) and ``outlet`` (str or ``None``).
        """
        parts = split(
            article["lines"], article["title"], article["authors"] or (), article["outlet"]
        )
        return article | {
            "title": parts.title,
            "authors": parts.authors,
            "text": "\n\n".join(paragraph.text for paragraph in parts.paragraphs),
            "paragraphs": parts.paragraphs,
            "removed_lines": parts.removed,
        }


def removed_by(parts: Iterable[RemovedLine]) -> dict[str, int]:
    """Returns how many lines each rule removed, by rule name in alphabetical order."""
    counts: dict[str, int] = {}
    for line in parts:
        counts[line.rule] = counts.get(line.rule, 0) + 1
    return dict(sorted(counts.items()))
