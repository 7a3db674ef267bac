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
from collections.abc import Iterable, Sequence

import numpy as np

from transforms import boilerplate_cues as cues
from transforms import boilerplate_prompts as prompts
from transforms.boilerplate_bylines import (
    AGENCIES,
    AGENCY_FILLERS,
    AGENCY_TOKENS,
    BIOGRAPHY,
    CONTRIBUTED,
    CONTRIBUTING_AGENCIES,
    OUR_CORRESPONDENT,
    REPORTING,
    SOURCE_LINE,
    agency_line,
)
from transforms.boilerplate_credits import (
    CREDIT_HINTS,
    CREDIT_HINTS_BEYOND_ASCII,
    CREDIT_TAIL,
    GALLERY_STARTS,
    IMAGE_BANKS,
    NAME_AND_OUTLET,
    PICTURE_START,
    PICTURE_WORDS,
    STILL_WORDS,
    TAKEN_FROM,
    credit_rule,
    holds_hint,
    late_mark,
    repeats_its_heading,
)
from transforms.boilerplate_dates import (
    AGE_NOTICE,
    STAMP_START,
    TIME_WORDS,
    UPDATED_WORDS,
    heads_entry,
    only_time,
)
from transforms.boilerplate_gates import (
    ANY_LISTS,
    ASK,
    BUILT,
    BYLINE,
    CLICK_GATE,
    CONTINUE,
    CONTRIBUTOR,
    COPY,
    CUE,
    FIRST_LISTS,
    FOLLOW_GATE,
    HERE,
    JOURNALIST,
    LAST,
    MASTHEAD,
    NOTICE,
    PAGE,
    PICTURE,
    PLEA,
    PRIZE_WORD,
    REPORT,
    STAMP,
    SUBSCRIBER,
    SUPPORT_GATE,
    TAG_GATE,
    TIP_GATE,
    VOICE,
    VOICE_FIRST,
)
from transforms.boilerplate_labels import (
    FIRM_SINGLE,
    LABELS,
    NETWORKS,
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
from transforms.boilerplate_links import (
    BARE_CUES,
    BULLET_INITIALS,
    CUE_HEADS,
    CUE_KEYS,
    LINK_BULLETS,
    MORE_FROM,
    is_bullet_link,
    is_cue_link,
    is_shouted_cue,
)
from transforms.boilerplate_markup import (
    ADDRESS_ONLY,
    SCRIPT,
    SCRIPT_STARTS,
    SHORT_CODE,
    may_be_script,
)
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
from transforms.line_text import (
    CLOSERS,
    DIGIT_RUN,
    OPENING_QUOTES,
    STOPS,
    Phrases,
    ends_sentence,
    key,
    word_count,
)


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

_COPYRIGHT_PHRASE = Phrases(
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

_DISCLAIMER = Phrases(
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

_SUBSCRIPTION = Phrases(
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

_PAGES = re.compile(
    r"^\W*(?:page \d+(?: of \d+)?|\d+ (?:of|/) \d+|(?:(?=.*\b(?:1\s+2|2\s+3|3\s+4|4\s+5)\b)"
    r"(?:\d{1,3}\s+){2,})\d{0,3}\s*(?:…|\.\.\.|next"
    r"|last)?.{0,12}|(?:prev(?:ious)?|next)\W+(?:prev(?:ious)?|next)|« .{1,12}|.{1,12} »)\W*$",
    re.IGNORECASE,
)


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


def _with_values(lists: Iterable[tuple[int, Iterable[str]]]) -> dict[str, int]:
    """Returns every listed string with the united values of the lists it is in."""
    united: dict[str, int] = {}
    for value, strings in lists:
        for string in strings:
            united[string] = united.get(string, 0) | value
    return united


_COMMON_ASKERS = frozenset("the to for by our all in en per para ogni se si new".split())
_FIRST_WORDS = _with_values(
    [
        *((gate, map(letters_of, words.split())) for gate, words in FIRST_LISTS.items()),
        (CUE, {phrase.split()[0] for phrase in CUE_KEYS | CUE_HEADS}),
        (ASK, _ASK_FIRST - _COMMON_ASKERS | {"what"}),  # ``What do you think? Tell us``
    ]
)


def _forms(words: str) -> set[str]:
    """Returns listed words as they are looked up."""
    # Capitals of a Turkish word are folded to other letters than its own.
    forms = {letters_of(folded(form)) for word in words.split() for form in (word, word.upper())}
    return forms - {""}


_ANY_WORDS = _with_values((gate, _forms(words)) for gate, words in ANY_LISTS.items())


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
        return CONTINUE | PAGE
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


# Words that open ``CONTINUE`` and say little: ``the story continues``, ``for more, click …``.
_STORY_WORDS = frozenset("the this story article post".split())
_PURPOSE_WORDS = frozenset("for to".split())


def _continue_first() -> set[str]:
    """Returns the other words that open ``CONTINUE``."""
    return {
        word
        for word, gates in _FIRST_WORDS.items()
        if gates & CONTINUE and word not in _STORY_WORDS | _PURPOSE_WORDS
    }


@functools.cache
def _vocabulary() -> Vocabulary:
    first = _with_values(
        [
            *((gate, [word]) for word, gate in _FIRST_WORDS.items()),
            (_SHARE_FIRST, cues.SHARE_STRONG | cues.SHARE_WEAK),
            (_TIME_FIRST, TIME_WORDS),
            (_AGENCY_FIRST, {key(name).split()[0] for name in AGENCIES} | AGENCY_FILLERS),
            (_ALONE, prompts.FIRST_WORDS),
            (_STILL, STILL_WORDS),
            (_THE_STORY, _STORY_WORDS),
            (_PURPOSE, _PURPOSE_WORDS),
            (_CONTINUE_FIRST, _continue_first()),
            (_GALLERY, [start.rstrip(":").casefold() for start in GALLERY_STARTS]),
            (_ADVERTISEMENT, [start.strip().casefold() for start in _ADVERTISEMENT_STARTS]),
        ]
    )
    anywhere = _with_values(
        [
            *((gate, [word]) for word, gate in _ANY_WORDS.items()),
            (_AGENCY_WORD, AGENCY_TOKENS),
            (_PICTURE_WORD, PICTURE_WORDS),
            (_IS, ["is"]),
            (_ALONE_WORD, prompts.ANY_WORDS),
            (_UPDATED, UPDATED_WORDS),
            (_YESTERDAY, ["yesterday"]),
            (_SIGN_WORD, ["sign", "signing"]),
            (_CONTINUES_WORD, ["continue", "continues", "continued"]),
            (_CLICK_WORD, ["click"]),
        ]
    )
    known = [*LABELS, *BARE_CUES, *AGENCIES, *IMAGE_BANKS]
    marks = _with_values(
        [
            (QUOTE, OPENING_QUOTES),
            (STOP, STOPS),
            (CLOSER, CLOSERS),
            (_MARKED, _MARKED_INITIALS),
            (_LISTED, _LIST_INITIALS),
            (_SCRIPTED, {start[0] for start in SCRIPT_STARTS}),
            (_LONG_FIRST, "cC(©@"),
            (_ROUND, "("),
        ]
    )
    return Vocabulary(
        word_table(first),
        word_table(anywhere),
        word_table(dict.fromkeys(known, 1)),
        word_table({name[:5]: _NETWORK for name in NETWORKS}),
        automaton(CREDIT_HINTS + CREDIT_HINTS_BEYOND_ASCII),
        CREDIT_TAIL,
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
    Obstacle(_SMALL, first=_NETWORK | _SHARE_FIRST | STAMP | PAGE),
    # A full stop ends neither labels nor headings, but short sentences may be times or credits.
    Obstacle(_SMALL & _SENTENCE, flags=NO_FULL_STOP),
    Obstacle(_SMALL & _SENTENCE, words=2),
    Obstacle(_SMALL & _OPEN, words=_HEADING_WORDS),
    Obstacle(_SMALL & _OPEN, flags=CRUMB | BARE | ASKED),
    Obstacle(_SMALL & _OPEN, first=MASTHEAD | BYLINE),
    Obstacle(_SMALL & _OPEN, first=_STILL, words=14),
    Obstacle(_SMALL, first=CONTINUE, anywhere=_UPDATED),
    Obstacle(_SMALL, first=CONTINUE, flags=JOINT),
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
    Obstacle(_UNQUOTED, first=CUE, flags=EARLY_COLON | NO_STOP),
    Obstacle(_UNQUOTED & _OPEN, first=TAG_GATE | BUILT | REPORT),
    Obstacle(_UNQUOTED, first=REPORT | TIP_GATE | SUPPORT_GATE, words=60),
    Obstacle(_UNQUOTED, first=PICTURE, anywhere=_PICTURE_WORD, words=60),
    Obstacle(_UNQUOTED, first=ASK, words=50),
    Obstacle(_UNQUOTED, first=CLICK_GATE | FOLLOW_GATE, words=40),
    Obstacle(_UNQUOTED, first=_CONTINUE_FIRST, words=30),
    Obstacle(_UNQUOTED, first=_THE_STORY, anywhere=_CONTINUES_WORD, words=30),
    Obstacle(_UNQUOTED, first=_PURPOSE, anywhere=_ALONE_WORD | _CLICK_WORD, words=30),
    Obstacle(_UNQUOTED, first=HERE, words=25),
    Obstacle(_UNQUOTED, first=_ADVERTISEMENT, words=12),
    Obstacle(_UNQUOTED & _SMALL, first=VOICE_FIRST),
    Obstacle(_UNQUOTED, anywhere=COPY),
    Obstacle(_UNQUOTED, anywhere=PRIZE_WORD | SUBSCRIBER, also=_SIGN_WORD, words=110),
    Obstacle(_UNQUOTED, anywhere=PRIZE_WORD | SUBSCRIBER, flags=JOINT, words=110),
    Obstacle(_UNQUOTED, anywhere=JOURNALIST, also=_IS, words=70),
    Obstacle(_UNQUOTED, anywhere=CONTRIBUTOR | NOTICE | PLEA, words=60),
    Obstacle(_UNQUOTED, anywhere=PRIZE_WORD | SUBSCRIBER, words=60),
    Obstacle(_UNQUOTED, anywhere=LAST, words=40),
    Obstacle(_UNQUOTED & _SMALL, anywhere=VOICE),
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
    flags = CRUMB | DIGITS | (HINT if holds_hint(text) else 0)
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
        if repeats_its_heading(text):
            return Label("caption_v2", True)
        return Label("markup_v1", True) if may_be_script(text) and SCRIPT.search(text) else None
    if (
        size > SHORT
        and not gates
        and not found & ~VOICE
        and text[-1] in STOPS
        and first not in _MARKED_INITIALS
        and "[" not in text
        and "{" not in text
        and "@" not in text
        and "©" not in text
        and not late_mark(text)
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

# Guillemets that point inwards begin page links, in texts that quote with the others.
_LIST_INITIALS = frozenset("•*«‹»›([#")
_MARKED_INITIALS = frozenset("([<{$}#.@&") | frozenset(bullet[0] for bullet in LINK_BULLETS)

_COUNTED_RULES = frozenset(
    {"comments_v2", "share_button_v2", "navigation_v2", "media_v2", "link_heading_v2"}
)

_BAR = re.compile(r"\s[|•·/]\s")

_ASKED_RULES = frozenset(("advertisement_v2", "subscription_v2"))
"""Of these kinds are questions too: ``Why am I seeing this ad?``"""


def _short_line_rule(
    text: str, count: int, ended: bool, gates: int, flags: int, whole: int
) -> Label | None:
    text_key = key(text)
    if not text_key:
        return Label("separator_v1", True)
    if text[0] == "[" and SHORT_CODE.fullmatch(text):
        return Label("markup_v1", True)
    if "©" in text and _is_copyright(text):
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
        label = answered(text, gates)
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


def _sentence_rule(
    text: str, count: int, ended: bool, gates: int, found: int, hinted: bool
) -> Label | None:
    first = text[0]
    if first in BULLET_INITIALS and is_bullet_link(text, count, ended):
        return Label("related_links_v2", True)
    if count <= 25 and (":" in text[:40] or "|" in text[:40]) and is_shouted_cue(text):
        return Label("related_links_v2", True)
    if first in "([" and text[-1] in ")]":
        inner = text[1:-1].strip()
        if text[1] == " " and count <= 14 and inner and inner[-1] not in STOPS:
            return Label("related_links_v2", True)  # the space is where the link's mark-up was
        if inner and is_cue_link(inner, count, inner[-1] in STOPS):
            return Label("related_links_v2", True)
    elif gates & CUE and is_cue_link(text, count, text[-1] in STOPS):
        return Label("related_links_v2", True)
    if "[" in text and SHORT_CODE.search(text):
        bare = SHORT_CODE.sub("", text).strip()
        if not bare or ADDRESS_ONLY.match(bare):
            return Label("markup_v1", True)
        if text.startswith("[caption"):
            return Label("caption_v2", True)
    if may_be_script(text) and SCRIPT.search(text):
        return Label("markup_v1", True)
    if (
        (found & COPY or first in "©@" or "©" in text)
        and (count <= 45 or "eserved" in text or "RESERVED" in text)
        and _is_copyright(text)
    ):
        return Label("copyright_v2", True)
    if not ended:
        if gates & BUILT and count <= 16 and _BUILT_BY.match(text):
            return Label("copyright_v2", True)
        if gates & TAG_GATE and count <= 40 and _TAGS.match(text):
            return Label("tags_v2", True)
    if gates & PICTURE and count <= 60 and PICTURE_START.match(text):
        return Label("caption_v2", True)
    if (
        gates & REPORT
        and (count <= 25 or not ended)
        and ((credit := REPORTING.match(text)) and text[credit.end() :].lstrip()[:1].isupper())
    ):
        return Label("field:byline", True)
    if (found & CONTRIBUTOR or gates & REPORT) and count <= 60 and CONTRIBUTED.search(text):
        text_key = key(text)
        agency = any(name in text_key for name in CONTRIBUTING_AGENCIES)
        return Label("field:agency" if agency else "contributor_v1", True)
    if hinted and count <= 80 and (not ended or text[-1] == ")" or late_mark(text)):
        label = credit_rule(text, count, ended)
        if label is not None:
            return label
    if gates & CUE and repeats_its_heading(text):
        return Label("caption_v2", True)
    if count <= 60 and (gates or found or "@" in text):
        label = _prompt_rule(text, count, gates, found)
        if label is not None:
            return label
    if (
        found & PLEA
        or gates & TIP_GATE
        or (len(text) <= 120 and (found & VOICE or gates & VOICE_FIRST))
    ):
        label = _prompted(text, count, ended)
        if label is not None:
            return label
    if (
        40 < count <= 110
        and found & (PRIZE_WORD | SUBSCRIBER)
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
        and found & JOURNALIST
        and "former" not in text
        and BIOGRAPHY.match(text)
    ):
        return Label("author_bio_v2", False)
    return None


def _prompted(text: str, count: int, ended: bool) -> Label | None:
    if count > prompts.MOST_WORDS:
        return None
    found = prompts.prompt(text, count, ended, _SAID.search)
    return None if found is None else Label(*found)


def _prompt_rule(text: str, count: int, gates: int, found: int) -> Label | None:
    if (
        found & SUBSCRIBER
        and _SUBSCRIPTION.search(text)
        and not (count > 14 and _SAID.search(text))
    ):
        return Label("subscription_v2", True)
    if gates & CLICK_GATE and count <= 40 and _CLICK.match(text) and _CLICK_GOAL.search(text):
        return Label("prompt_v2", True)
    if count <= 40 and found & LAST and _CLICK_HERE.search(text):
        return Label("prompt_v2", True)
    if (
        count <= 25
        and found & LAST
        and (_TAP_TURKISH.search(text) or (gates & HERE and _HERE_END.match(text)))
    ):
        return Label("prompt_v2", True)
    if gates & FOLLOW_GATE and count <= 40 and _FOLLOW.match(text):
        return Label("prompt_v2", True)
    if count <= 30 and (
        (gates & TIP_GATE and _TIP.match(text)) or (gates & CONTINUE and _CONTINUES.match(text))
    ):
        return Label("prompt_v2", not _SAID.search(text))
    if found & PRIZE_WORD and "download" in text.lower() and _GET_APP.search(text):
        return Label("prompt_v2", True)
    if gates & SUPPORT_GATE and count <= 60 and _SUPPORT.match(text) and not _SAID.search(text):
        return Label("prompt_v2", False)
    if found & NOTICE and _DISCLAIMER.search(text):
        return Label("disclaimer_v2", False)
    if (
        count <= 50
        and (found & PRIZE_WORD or gates & ASK)
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
    return bool(_FIRST_WORDS.get(word.strip(_EDGE).casefold(), 0) & BYLINE)


_ADVERTISEMENT_STARTS = ("ADVERTISEMENT ", "ANZEIGE ", "PUBLICIDAD ", "PUBLICITÉ ")
_CHECK_OUT = re.compile(r"^[–—•*-]\s?check out\b", re.IGNORECASE)

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

_OURS = re.compile(
    r"\b(?:our|my|inbox|sign up|us|unser\w*|uns|notre|nos|nous|nuestr\w+|noss\w+|nostr\w+|ons"
    r"|onze|наш\w*|нас|bizi|bültenimize|nasz\w*|nas)\b",
    re.IGNORECASE,
)
