# ruff: noqa: RUF001 - letters of other scripts are meant
"""What a page says of itself and asks of its readers, in wordings that are usual.

Notices of copyright, of the paywall and of cookies, disclaimers; requests to subscribe, to follow,
to click, to pay, to send a tip. ``transforms.lines.prompts`` knows sentences by their parts
instead.
"""

import re

from transforms.lines.gates import (
    ASK,
    CLICK_GATE,
    CONTINUE,
    FOLLOW_GATE,
    HERE,
    LAST,
    NOTICE,
    PRIZE_WORD,
    SUBSCRIBER,
    SUPPORT_GATE,
    TIP_GATE,
)
from transforms.lines.labels import Label
from transforms.lines.text import Phrases
from transforms.text import ends_sentence, word_count

# --- copyright ------------------------------------------------------------------------------------

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


def is_copyright(text: str) -> bool:
    """Whether the line reserves rights or says whose they are, and since when."""
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


BUILT_BY = re.compile(
    r"^(?:\W*(?:proudly )?(?:website |site |theme |web )?(?:designed|developed|design|powered"
    r"|built|created|hosted|maintained|theme|website (?=by)|réalisé|propulsé|desarrollado"
    r"|desenvolvido|realizzato|gestaltet|ontwerp|разработка|tasarım"
    r"|projekt i wykonanie)(?: (?:and|&|und|et|y|e|en) (?:developed|design|designed|built"
    r"|maintained|hosted|development))?\s*(?:(?:by|with|von|par|por|da|door)\b|:(?!\s*\d)))",
    re.IGNORECASE,
)


# --- standing notices -----------------------------------------------------------------------------

_DISCLAIMER = Phrases(
    {
        **dict.fromkeys(
            ("expressed ", "presented "),
            r"views?,? (?:and opinions )?(?:expressed|presented) (?:in this|here|by|are)",
        ),
        "opinions": r"opinions expressed",
        "edited by": r"has not been edited by",
        **dict.fromkeys(
            ("generated from ", "published from "),
            r"(?:auto-?generated|published) from (?:a|an) (?:syndicated|agency|wire)",
        ),
        "syndicated": r"syndicated feed",
        "standards": r"our standards:",
        "trust": r"trust principles",
        "affiliate": r"affiliate (?:links?|commission|program)",
        **dict.fromkeys(
            (" may earn", " may receive", " may contain", " may include"),
            r"(?:we|this (?:site|article|post|story)) may (?:earn|receive|contain|include)",
        ),
        "informational": r"for informational purposes only",
        **dict.fromkeys(
            ("not constitute", "not intended"),
            r"not (?:constitute|intended as) (?:financial|medical|legal|investment)",
        ),
        **dict.fromkeys(
            ("appeared", "published", "created", "produced", "paid"),
            r"\bthis (?:article|story|post|content|piece|column|essay|op-ed|commentary|interview"
            r"|excerpt) (?:was|is|has been|originally)? ?(?:originally|first)? ?(?:appeared"
            r"|published|created|produced|republished|paid)",
        ),
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
        **dict.fromkeys(
            ("already a ", "already have "),
            r"already (?:a|have an?) (?:\w+ ){0,2}(?:subscriber|member|account"
            r"|subscription|registered)",
        ),
        **dict.fromkeys(
            ("subscribe now", "subscribe today", "subscribe to", "subscribe for"),
            r"^\W*subscribe (?:now|today)\b|subscribe (?:now )?(?:to|for) (?:continue"
            r"|keep|read|access|unlock|view|full)",
        ),
        **dict.fromkeys(
            ("register to", "register for", "register now"),
            r"register (?:now )?(?:to|for) (?:continue|keep|read|access|unlock|view|full)",
        ),
        **dict.fromkeys(
            ("sign up", "sign in"),
            r"sign (?:up|in) (?:now )?(?:to|for) (?:continue|keep|read|access|unlock|view"
            r"|full)",
        ),
        **dict.fromkeys(
            ("log in", "login"),
            r"log ?in (?:now )?(?:to|for) (?:continue|keep|read|access|unlock|view|full)",
        ),
        "keep reading": r"(?:to keep reading|keep reading (?:this|with|by|for|the))",
        "continue reading": r"(?:to continue reading|continue reading (?:this|with|by|for|the))",
        **dict.fromkeys(
            ("article is ", "content is ", "story is ", "feature is "),
            r"(?:article|content|story|feature) is (?:only |exclusively )?(?:available"
            r"|reserved|exclusive|for)(?: only| exclusively)? ?(?:to|for)? ?(?:our |paid |paying "
            r"|premium |registered )*(?:subscribers|members|users)",
        ),
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
        **dict.fromkeys(
            ("please log", "please sign", "please enable", "please disable", "please turn"),
            r"please (?:log ?in|sign in|enable javascript|enable|disable|turn off)",
        ),
        "javascript": r"javascript is (?:disabled|required|not enabled)",
        **dict.fromkeys(
            (" adblock", " ad block"),
            r"(?:your|using an?|disable|turn off|detected|pause) ad ?block",
        ),
        "cancel any": r"cancel any ?time",
        **dict.fromkeys(
            ("unlimited access", "unlimited digital"), r"unlimited (?:digital )?access"
        ),
        "bereits": r"bereits (?:abonnent|registriert|ein abo|kunde|mitglied)",
        "jetzt": r"jetzt (?:weiterlesen|testen)",
        "signing up": r"by signing up,? you",
        "unsubscribe": r"\bcan unsubscribe\b|\bunsubscribe at any",
        **dict.fromkeys(
            ("if you enjoyed", "if you like", "if you value", "if you appreciate"),
            r"if you (?:enjoyed|like|liked|value|appreciate) (?:this|our|what)",
        ),
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


# --- offers: what is asked, and what for ----------------------------------------------------------


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

PRIZE = re.compile(r"(?<!\w)(?:" + _PRIZES + ")", re.IGNORECASE)

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
ASK_START = re.compile(
    r"(?:^|[.!?:…。|]\s+)[¡¿>*•\s–—-]*(?:" + "|".join(_ASKING.values()) + r")(?!\w)", re.IGNORECASE
)

_GROUPS = re.compile(r"\([^()]*\)")
ASK_FIRST = frozenset(
    word
    for pattern in _ASKING.values()
    for word in re.findall(r"(?:^|\|)([^\W\d_]+)", _GROUPS.sub("", _GROUPS.sub("", pattern)))
)
SAID_WORDS = """said says told added wrote tweeted announced reported according argued claimed has
    have had was were""".split()
"""The words of ASCII letters of ``SAID``: one of them, whole, is what it finds."""
SAID = re.compile(
    r"\b(?:"
    + "|".join(SAID_WORDS)
    + r"|sagte|hatte|wurde|hat|a déclaré|selon|était|dijo|según|fue|había|disse"
    r"|segundo|foi|secondo|ha detto|era|zei|volgens|werd|had|сказал\w*|заявил\w*|был\w*|dedi"
    r"|söyledi|powiedzia\w+|był\w*)\b",
    re.IGNORECASE,
)

OURS = re.compile(
    r"\b(?:our|my|inbox|sign up|us|unser\w*|uns|notre|nos|nous|nuestr\w+|noss\w+|nostr\w+|ons"
    r"|onze|наш\w*|нас|bizi|bültenimize|nasz\w*|nas)\b",
    re.IGNORECASE,
)

_NEWSLETTER = re.compile(
    r"news ?letter|inbox|mailing list|infolettre|boletín|boletim|nieuwsbrief|рассылк|розсилк"
    r"|bülten|biuletyn|nyhetsbrev|nyhedsbrev|uutiskir|メルマガ|メールマガジン|뉴스레터|النشرة"
    r"|bulletin|e-?mail",
    re.IGNORECASE,
)

LONG_OFFER = re.compile(
    r"\bsign(?:ing)? up\b.{0,200}\b(?:inbox|newsletters?|send you|e-?mails?|privacy policy)\b"
    r"|\b(?:inbox|newsletters?)\b.{0,200}\bsign(?:ing)? up\b",
    re.IGNORECASE,
)

_GET_APP = re.compile(
    r"\bdownload\b.{0,60}\b(?:iphone|ipad|android|ios|app store|google play)\b", re.IGNORECASE
)


# --- requests -------------------------------------------------------------------------------------

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

_CLICK_HERE = re.compile(r"\b(?:click|tap|sign up) here\b(?:\W*$| (?:to|for)\b)", re.IGNORECASE)
_TAP_TURKISH = re.compile(r"\b(?:için|buraya) tıkla\w*\W*$|tıklayın\w*\W*$", re.IGNORECASE)
_HERE_END = re.compile(
    r"^(?:read|see|view|watch|listen|find|get|download|sign|subscribe|register|donate|order|buy"
    r"|more|visit|lesen|mehr|voir|lire|ver|vea|leia|leggi|lees|читайте|oku"
    r"|czytaj)\b.{0,90}\b(?:here|hier|ici|aquí|aqui|qui|здесь|tutaj|burada)\W*$",
    re.IGNORECASE,
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


def prompt_rule(text: str, count: int, gates: int, found: int) -> Label | None:
    """Returns the rule of a notice or request that the line is, or ``None``.

    Args:
      text: the line.
      count: its words.
      gates: the gates its first word opens.
      found: those that its words open.
    """
    if found & SUBSCRIBER and _SUBSCRIPTION.search(text) and not (count > 14 and SAID.search(text)):
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
        return Label("prompt_v2", not SAID.search(text))
    if found & PRIZE_WORD and "download" in text.lower() and _GET_APP.search(text):
        return Label("prompt_v2", True)
    if gates & SUPPORT_GATE and count <= 60 and _SUPPORT.match(text) and not SAID.search(text):
        return Label("prompt_v2", False)
    if found & NOTICE and _DISCLAIMER.search(text):
        return Label("disclaimer_v2", False)
    if (
        count <= 50
        and (found & PRIZE_WORD or gates & ASK)
        and ASK_START.search(text)
        and PRIZE.search(text)
        and (count <= 25 or OURS.search(text))
        and not SAID.search(text)
    ):
        rule = "newsletter_v2" if _NEWSLETTER.search(text) else "prompt_v2"
        return Label(rule, count <= 35)
    if count <= 50 and "@" in text and _ON_TWITTER.search(text):
        return Label("prompt_v2", False)
    return None
