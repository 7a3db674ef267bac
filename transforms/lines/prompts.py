# ruff: noqa: RUF001 - letters of other scripts are meant
"""What a page says to its reader in sentences: appeals, offers, notices of the player, requests.

Patterns over the parts such sentences have (who speaks, what is asked, what is given), in the words
of ten languages, rather than over whole phrases. ``transforms.lines.sentences`` asks :func:`notice`
and :func:`appeal` about lines of at most ``MOST_WORDS`` words that hold one of the words below.
"""

import re
from collections.abc import Mapping

MOST_WORDS = 60
"""Longer lines are articles' paragraphs, whatever words they use."""

LONG_WORDS = """journalism newsroom newsrooms nonprofit non-profit donations donation donors
    journalismus journalisme periodismo jornalismo giornalismo journalistiek журналистика
    журналистику журналистики gazetecilik gazeteciliği dziennikarstwo dziennikarstwa
    browser javascript JavaScript Javascript cookies inhalte inhalt einverstanden inbox spam
    reproduced republished redistributed reprinted rewritten reproduction republication
    redistribution nachdruck vervielfältigung reproducción riproduzione reprodução overname
    перепечатка перепечатке копирование kopyalanamaz izinsiz kopiowanie przedruk
    ireport newsdesk e-mails subscribers unsubscribe nonpartisan"""
SHORT_WORDS = """readers reporters reporting redaktion rédaction redacción redazione redactie
    редакция редакцию unlock trial ad-free premium store play app подписчикам подписчиков abonelere
    abonnenten subscriber members-only playback plugin video vidéo vídeo content contenu contenido
    contenuto conteúdo
    swipe scroll slide drag pinch zoom wischen faites desliza deslice scorri проведите листайте
    kaydırın photos pictures videos affected touch photo fotos bilder stories questions letters
    newsletter newsletters briefing boletín boletim nieuwsbrief infolettre kostenlos gratis
    unverbindlich covers writes pdf e-paper epaper
    edition brochure whitepaper guide e-book ebook schreiben écrivez-nous contactez-nous
    escríbenos escríbanos contáctanos scrivici contattaci напишите пишите присылайте пришлите
    napisz yazın gönderin scene mission journalists organization organisation
    outlet reader funded supported independent unabhängig unabhängigen privacy
    email e-mail promotional digest friend patron member members supporter chip spende
    votre soutien destekleyin wesprzyj steun sostieni apoya apoie поддержите unterstützen
    copyright registered template district map hover interactive coverage
    error account subscribed abo zugang qr expired jederzeit sera será não dirección adresse
    moderated hear abonnez-vous stuur try built coded crafted layout our podcast pódcast
    arrows quiz puzzle crossword spread
    pass find discover articles écoutez escucha ascolta luister ouça слушайте dinleyin posłuchaj
    our notre nos unsere unserer unserem unseren nuestra nuestro nostra nostro nossa nosso onze
    наш наше нашу наша naszą nasz nasze naszej indirin olun tap press reminder tune tweet bookmark
    recommend repost rate diesen
    dieses cet cette esta este questo questa dit deze bu offers permission reuse month
    removed abonnement suscripción abbonamento assinatura подписка founded established paywall
    teilen
    cliquez haga haz clicca clique klik нажмите kliknij posez ask send envía hear locked
    unlimited artículo articolo artigo artikel notifications alerts
    regardez материал conteúdo contenido artykuł inhalt"""
"""Lines are asked about that hold one of ``LONG_WORDS``; lines of at most 120 characters also if
they hold one of ``SHORT_WORDS``, which sentences of articles have too often."""


class _Inside:
    """Patterns that may occur anywhere in a line, each tried only where a part of it occurs."""

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self._patterns = [
            (part, re.compile(pattern, re.IGNORECASE)) for part, pattern in patterns.items()
        ]
        self._ascii_patterns = [part for part in self._patterns if part[0].isascii()]

    def search(self, text: str) -> bool:
        """Whether one of the patterns occurs."""
        lower = text.lower()
        for part, pattern in self._ascii_patterns if lower.isascii() else self._patterns:
            if part in lower and pattern.search(text):
                return True
        return False


# --- appeals ------------------------------------------------------------------------------------

_SELF = re.compile(
    r"\b(?:our|we|us|unser\w*|wir|uns|notre|nos|nous|nuestr\w+|nosotros|noss[oa]s?|nós|nostr[aoei]"
    r"|noi|ons|onze|wij|we|наш\w*|мы|нас|нам|biz|bize|bizim|nasz\w*|nas|nam)\b",
    re.IGNORECASE,
)
_READER = re.compile(
    r"\b(?:you|your|yours|readers?|reader-\w+|donors?|supporters|sie|ihr|ihre[nmrs]?|ihnen|dich"
    r"|du|deine?|vous|votre|vos|lecteurs|lectrices|tu|tus|usted|ustedes|lectores|você|sua|seu"
    r"|leitores|ti|tuo|tua|lettori|je|jou|jullie|jouw|uw|lezers|вы|вас|вам|ваш\w*|читател\w+"
    r"|siz|sizin|okur\w*|ty|twoj\w*|twój|wasz\w*|państwa|czytelni\w+)\b",
    re.IGNORECASE,
)
_PRESS = re.compile(
    r"\b(?:journalis\w+|newsrooms?|reporting|reporters|coverage|non-?profit|independent (?:news"
    r"|media|press)|investigations|paywall|unabhängig\w+|redaktion|rédaction|presse|periodis\w+"
    r"|redacción|jornalis\w+|redação|giornalis\w+|redazione|redactie|журналист\w*|редакци\w+"
    r"|gazetecili\w+|haberciliğ?\w*|dziennika\w+|redakcj\w+)\b",
    re.IGNORECASE,
)
# One of these is in whatever ``_PRESS`` finds.
_PRESS_PARTS = (
    "alis", "newsroom", "reporting", "reporters", "coverage", "profit", "independent",
    "investigations", "paywall", "unabh", "redak", "rédac", "press", "period", "redac", "redaç",
    "redaz", "журнал", "редакц", "gazetec", "habercil", "dziennika",
)  # fmt: skip
_GIVING = re.compile(
    r"\b(?:donat\w+|contribut\w+|membership|becom\w+ (?:a )?(?:member|supporter|patron|subscriber)"
    r"|members|support(?:s|ed|ing|ers?)?|subscri\w+|fund(?:s|ed|ing)?|gifts?|give|pays?|chip in"
    r"|free"
    r"|generosity|spende\w*|unterstütz\w*|mitglied\w*|abonn\w+|dons?|soutien|souten\w+|apoy\w+"
    r"|donaci\w+|soci[oa]s?|suscri\w+|apoi\w+|doaç\w+|assin\w+|sosten\w+|donazion\w+|abbon\w+"
    r"|steun\w*|doneer|donaties?|поддерж\w+|пожертвован\w+|донат\w*|deste[kğ]\w*|bağış\w*"
    r"|wesprzyj\w*|wspar\w+|wspier\w+|darowizn\w+)\b",
    re.IGNORECASE,
)


_YOUR = re.compile(r"\W*your\b", re.IGNORECASE)


def _is_appeal(text: str) -> bool:
    """Whether a page asks its readers to pay for its journalism, or thanks them for it."""
    lower = text.lower()
    for part in _PRESS_PARTS:
        if part in lower:
            break
    else:
        return False
    return bool(
        _READER.search(text)
        and _PRESS.search(text)
        and _GIVING.search(text)
        and (_SELF.search(text) or _YOUR.match(text))
    )


_MISSION = re.compile(
    r"^\W*(?:founded|established|launched) (?:in )?\d{4}\b.{0,80}\b(?:newspaper|voice|paper"
    r"|journalism|daily|weekly|website)\b|^\W*(?:our|the (?:\w+ )?(?:paper|site|newspaper"
    r"|magazine).s) (?:mission|goal|aim|promise)"
    r" (?:is|has always been) to\b"
    r"|^\W*[\w .’']{2,50} is an? (?:[\w-]+,? (?:and )?){0,4}(?:news|media|journalism|publishing) ?"
    r"(?:organi[sz]ation|outlet|site|website|company|group|platform|agency|portal|service)\b"
    r"|^\W*[\w .’']{2,50} is an? (?:[\w-]+,? (?:and )?){0,4}(?:polling|survey|research|data"
    r"|media|analytics)(?: and [\w-]+)? (?:company|firm|organi[sz]ation|group) that (?:provides"
    r"|supplies|offers|delivers)\b"
    r"|^\W*(?:quality|good|independent|local|real|investigative|great|honest) (?:journalism"
    r"|reporting|news) (?:costs?|isn.t|is not|needs|takes|matters|depends)\b",
    re.IGNORECASE,
)
_MISSION_INSIDE = _Inside(
    {
        " by ": r"\b(?:funded|supported|paid for|made possible) by (?:(?:its |our )(?:readers"
        r"|members"
        r"|supporters|donors|community)|readers|you\b|people like)",
        " like you": r"\b(?:readers|people|supporters|members) like you\b",
    }
)
_HELP = re.compile(
    r"^\W*(?:unterstützen sie|ihre spende|mit ihrer spende|votre soutien|votre don|apoya|apoye"
    r"|tu apoyo|sostieni|sostenete|il tuo sostegno|apoie|seu apoio|steun|uw steun|jouw steun"
    r"|поддержите|ваша поддержка|desteğiniz|destekleyin|wesprzyj|wspieraj|twoje wsparcie"
    r"|chip in|become a (?:friend|patron|supporter|member|subscriber|donor)|give (?:today|now)"
    r"|abonnez-vous pour soutenir|soutenez|hazte|werden sie)\b|^\W*(?:\w+ )?(?:gazeteci"
    r"|haberci)\w+ destekle\w+",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"^\W*we (?:hate|don.t|never|won.t|will not|will never) .{0,20}(?:spam|share your|sell your"
    r"|rent your|send you)\b|^\W*you(?:.re| are) (?:now )?subscribed\b|^\W*(?:check|look in"
    r"|see) your (?:inbox|spam|junk|e-?mail)\b"
    r"|^\W*(?:i|yes,? i) (?:agree|consent|accept|would like|want|have read) (?:to|the"
    r"|that)\b.{0,60}"
    r"\b(?:e-?mails?|newsletters?|terms|privacy|offers|communications|data)\b"
    r"|^\W*(?:choose|select|manage|pick) (?:which|your) (?:e-?mails?|newsletters?|alerts)\b"
    r"|^\W*a (?:free |short |daily |weekly |monthly |morning )+(?:digest|round-?up|e-?mail"
    r"|newsletter|briefing|dispatch)\b",
    re.IGNORECASE,
)
_LEAVING = (
    r"\b(?:jederzeit|à tout moment|en cualquier momento|a qualquer momento|in qualsiasi momento"
    r"|op elk moment|в любой момент|w każdej chwili|at any time)\b.{0,24}\b(?:abmelden|abbestellen"
    r"|kündbar|kündigen|désabonner|désinscrire|cancelar|darte de baja|disiscriver\w+|uitschrijven"
    r"|отписаться|opt out|unsubscribe)\b"
)
_ADDRESS = (
    r"\b(?:your|ihre|deine|votre|tu|su|seu|o seu|il tuo|uw|je) (?:e-?mail|email-?adresse|adresse"
    r"|e-mail-adresse|dirección|correo|endereço|indirizzo|e-mailadres)\b.{0,24}\b(?:is|will|won.t"
    r"|wird|ne sera|n.est|no será|não será|non sarà|wordt|with us|safe|never|never be|published"
    r"|shared)\b"
)
_CONSENT_INSIDE = _Inside(
    {
        "we ": r"\bwe (?:respect|value|care about|protect|take) your (?:privacy|data|inbox)\b",
        **dict.fromkeys(("mail", "adress", "direcc", "correo", "endere", "indirizz"), _ADDRESS),
        **dict.fromkeys(("jederzeit", " moment", "момент", "chwili", "any time"), _LEAVING),
    }
)

# --- offers and barriers ------------------------------------------------------------------------

_OFFER = re.compile(
    r"^\W*(?:read|listen to|watch|get|unlock|access|enjoy|try|start|begin|continue|view|see|claim"
    r"|join|subscribe)\b.{0,60}(?:\bad-free\b|\bin (?:the|our) app\b|\bfree trial\b"
    r"|\btrial (?:today|now)\b|\bfor (?:just |only |as little as |under )?[£$€]\s?\d"
    r"|\b(?:on|in|from|via) the app ?store\b)"
    r"|^\W*(?:now )?available (?:now |for free |free )?(?:on|in|from|for|to download (?:on|from)) "
    r"(?:the )?(?:app ?store|google play|apple|ios|iphone|android|play store)\b"
    r"|^\W*(?:premium|subscribers?|members?|locked|plus|paid)[ -](?:only )?(?:content|article|story"
    r"|feature|access|exclusive|edition|area)\W*$"
    r"|^\W*(?:subscribers?|members?) (?:can |get to |may )?(?:read|get|see|watch|hear"
    r"|listen to)\b.{0,40}"
    r"\b(?:this|the) (?:rest|full|story|article|whole|entire|episode)\b.{0,20}$"
    r"|^\W*this is an? (?:premium|exclusive|subscriber\S*|members?\S*|paid|locked) (?:article|story"
    r"|post|feature|piece|report)\b.{0,24}$"
    r"|^\W*(?:try|get) (?:us |it )?.{0,16}\b(?:months?|weeks?|days?) (?:for )?free\b.{0,16}$"
    r"|^\W*your (?:subscription|account|session|free trial|membership) (?:could|has|is|was|will)\b"
    r"|^\W*you(?:.ve| have) (?:read|used|reached|hit|viewed|run out)\b.{0,40}\b(?:articles?|limit"
    r"|stories|allowance|views)\b|^\W*your (?:free )?(?:trial|access) (?:has|is|will)\b"
    r"|^\W*(?:content|article|story|artikel|inhalt|contenu|contenido|contenuto|conteúdo|artykuł"
    r"|treść|материал|içerik)\b.{0,24}\b(?:for|only|nur|für|pour|aux|para|per|voor|alleen|tylko|dla"
    r"|для|по)\b.{0,20}\b(?:subscri\w+|members|abo\w*|suscri\w+|abbon\w+|assin\w+|prenum\w+"
    r"|subskry\w+|подпис\w+)\b.{0,20}$"
    r"|^\W*this (?:article|story|content|video|post) is (?:locked|paywalled|premium|restricted"
    r"|exclusive)\W*$|^\W*(?:read|get|enjoy) unlimited\b.{0,24}$"
    r"|^\W*(?:contenu|contenido|contenuto|conteúdo|article|artículo|articolo|artigo|artikel|inhalt"
    r"|материал|içerik|treść) (?:premium|exclusi\w+|exklusiv\w*)\W*$"
    r"|^\W*you have \d+ (?:\w+ )?(?:articles?|stories|views|reads)\b"
    r"|^\W*(?:first|1st|erster?|premier|primer|primo|primeiro|eerste|первый|ilk|pierwszy) (?:\d+ )?"
    r"(?:months?|weeks?|monate?|mois|mes|mese|mês|maand|месяц|ay|miesiąc)\b.{0,14}\b(?:free|gratis"
    r"|kostenlos|gratuit|offert|grátis|бесплатно|ücretsiz|darmo|for|für)\b.{0,12}$"
    r"|^\W*(?:abo|abonnement|subscription|suscripción|abbonamento|assinatura|подписка|abonelik"
    r"|prenumerata)\w* (?:ab|from|for|dès|desde|da|a partire|vanaf|от|od)\b.{0,6}\d.{0,20}$"
    r"|^\W*(?:create|open) (?:a|your) free account\b|^\W*already (?:subscribed|registered"
    r"|a member)\b"
    r"|^\W*scan (?:the|this) (?:qr )?code\b|^\W*zugang nur\b"
    r"|^\W*(?:manage|change|update) your (?:privacy|cookie|consent|data|e-?mail)\b.{0,24}$"
    r"|^\W*(?:allow|accept|enable) (?:all )?cookies\b"
    r"|^\W*(?:jetzt |hier |gleich )?(?:kostenlos|gratis|unverbindlich|sofort) (?:und \w+ )?"
    r"(?:abonnieren|anmelden|registrieren|testen|bestellen|herunterladen|lesen|weiterlesen)\W*$",
    re.IGNORECASE,
)
_FREE_TIME = (
    r"\b(?:\d+|ein(?:en)?|drei) (?:monate?|wochen?|tage?|mois|jours|semaines|mes(?:es)?|días"
    r"|semanas|mesi|giorni|maanden|weken|months?|weeks?) (?:lang )?(?:gratis|kostenlos|gratuit\w*"
    r"|grátis|free)\b.{0,40}$"
)
_MEMBERS_ONLY = (
    r"\b(?:nur|exklusiv|ausschließlich) (?:für |als )(?:\w+[ -])?"
    r"(?:abonnent\w*|abo\w*|mitglied\w*|digital-?abo\w*)"
)
_PRICED = (
    r"\b(?:subscribe|join|membership)\b.{0,30}\b(?:for|from) (?:just |only )?(?:[£$€]?\d+|one|two)"
    r"(?: ?cents?| ?p\b| ?pounds?| ?dollars?| ?euros?|[.,]\d\d|\b).{0,30}$"
)
_OFFER_INSIDE = _Inside(
    {
        **dict.fromkeys(("subscribe", "join", "membership"), _PRICED),
        "kein abo": r"\b(?:noch )?kein abo\b",
        **dict.fromkeys((" gratis", " kostenlos", " gratuit", " grátis", " free"), _FREE_TIME),
        "подписчик": r"(?:доступ\w+|открыт\w*|читать) .{0,20}(?:только "
        r"|лишь )?(?:для )?подписчик\w+",
        "abonelere": r"\babonelere (?:özel|açık)",
        **dict.fromkeys((" abo", " mitglied", " digital"), _MEMBERS_ONLY),
    }
)
_SCRIPTING = _Inside(
    {
        "javascript": r"\b(?:enable|activate|allow|turn on|aktivieren|activer|activez|active"
        r"|activa|habilit\w+"
        r"|attiva\w*|schakel|zet|включите|etkinleştir\w*|włącz)\b.{0,20}javascript"
        r"|javascript\b.{0,50}\b(?:enabled?|required|needed|aktivier\w+|disabled|activé|activado"
        r"|ativado|attivato|ingeschakeld|включ\w+|gerekli|włącz\w*|doesn.t work|to (?:view|see"
        r"|use))\b",
    }
)
_OTHERS_CONTENT = re.compile(
    r"^\W*(?:empfohlener|empfohlene) (?:redaktionelle[rn]?|externe[rn]?) inhalt\w*\W*$"
    r"|^\W*an dieser stelle (?:finden sie|findest du|befindet sich|wird|kann|steht|zeigen)\b"
    r"|^\W*ich bin (?:damit )?einverstanden, dass\b"
    r"|^\W*(?:externe[nr]?|external|embedded|third-party) (?:inhalte?|content)\b.{0,60}"
    r"(?:anzeigen|laden|zulassen|einverstanden|show|load|allow|consent|accept|einblenden)\W*$"
    r"|^\W*(?:ce|pour (?:voir|afficher) ce) contenu\b.{0,60}\bcookies\b"
    r"|^\W*(?:to (?:view|see|show|display) this (?:content|video|embed|post)|this content is"
    r" hosted)\b.{0,90}\b(?:cookies|consent|third part\w+|accept|settings|preferences)\b",
    re.IGNORECASE,
)

# --- notices of the player ----------------------------------------------------------------------

_BROWSER = (
    r"\b(?:your|ihr|dein|votre|su|tu|il tuo|seu|o seu|uw|je) (?:browser|device|navigateur|navegador"
    r"|gerät|appareil|dispositivo|apparaat)\b.{0,40}(?:support|unterstützt|prend|soporta|suporta"
    r"|admite|ondersteun|compatible|kompatibel|out of date|outdated|veraltet)"
)
_BROWSER_SLAVIC = (
    r"\b(?:браузер\w*|tarayıcı\w*|przeglądark\w*)\b.{0,30}(?:не поддержива|desteklemiyor"
    r"|nie obsługuje)"
)
_PLAYER_INSIDE = _Inside(
    {
        **dict.fromkeys(
            ("browser", "device", "naviga", "navega", "gerät", "appar", "dispositivo"), _BROWSER
        ),
        **dict.fromkeys(("браузер", "tarayıcı", "przegląd"), _BROWSER_SLAVIC),
    }
)
_PLAYER = re.compile(
    r"^\W*(?:sorry, )?(?:this|the|dieses?|diese[rn]?|das|cette|ce|este|esta|questo|deze|dit|это"
    r"|bu|ten|to) (?:video|content|audio|clip|media|player|livestream|live stream|stream|gallery"
    r"|embed|tweet|inhalt|beitrag|vidéo|contenu|vídeo|contenido|contenuto|conteúdo|видео|içerik"
    r"|materiał|wideo)\b(?: file| clip| player| stream)?.{0,24}\b(?:can.?(?:not|t| not)|could not"
    r"|isn.t|not|un|no longer|unable|unavailable|removed|expired|nicht|pas|plus|no|non|não|niet"
    r"|не|nie|mehr)\b.{0,30}(?:play|available|unavailable|load|display|support|view|show"
    r"|found|verfügbar|disponib\w+|abgespielt|angezeigt|beschikbaar|geladen|доступн\w+|oynatıl"
    r"|kullanıla|dostępn\w+|region|country|\bremoved\W*$|\bexpired\W*$)"
    r"|^\W*this (?:video|content|post|tweet|stream|clip|page) (?:has been|was|is|has) (?:removed"
    r"|deleted|expired|taken down)\W*$"
    r"|^\W*(?:an |a )?(?:unknown |unexpected )?(?:error|problem) (?:occurred|has occurred|loading"
    r"|while"
    r" loading|playing)\b.{0,40}$"
    r"|^\W*(?:video|audio|content) (?:can.?(?:not|t)|could not|is not|not) (?:be )?(?:play"
    r"|available"
    r"|load|supported)\w*\b"
    r"|^\W*(?:video|media|playback|player) (?:error|failed|unavailable|not (?:available|supported"
    r"|found))\b",
    re.IGNORECASE,
)

# --- requests -----------------------------------------------------------------------------------

_GESTURE = re.compile(
    r"^\W*(?:swipe|scroll|slide|drag|pinch|zoom|hover|wischen|faites (?:défiler|glisser)"
    r"|desliz[ae]\w*|scorri|veeg|проведите|листайте|kaydırın?|przesuń|przewiń)\b.{0,40}\b(?:photos?"
    r"|images?|pictures?|galler(?:y|ies)|more|left|right|see|view|explore|bilder|mehr|fotos?"
    r"|immagini|imágenes|imagens|más|mais|altro|meer|ещё|еще|фото|daha|więcej|zdjęć)\b",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"^\W*(?:cliquez|haga clic|haz clic|clicca|clique|klik|klikk|klicka|klicken sie|нажмите"
    r"|кликните"
    r"|kliknij|klikněte)\b.{0,8}\b(?:pour|para|per|om|um|for|för|чтобы|aby|pro)\b.{2,40}$"
    r"|^\W*\w+ için tıkla\w*\W*$"
    r"|^\W*(?:ask|submit|send|posez|envoyez|stellen sie|envía|envíe|haz|manda|fai|faça|envie|stel"
    r"|stuur"
    r"|задайте|zadaj|wyślij)\b.{0,16}\b(?:a|your|vos|votre|ihre|tu|tus|su|la tua|sua|uw|je|свой|ваш"
    r"|swoje) (?:questions?|preguntas?|fragen?|domand\w+|perguntas?|vra(?:ag|gen)|вопрос\w*"
    r"|pytani\w+)\b[^.]{0,20}$"
    r"|^\W*(?:hear|listen to|watch|see|read|view) the (?:full|whole|entire"
    r"|complete) \w+(?: \w+){0,2}"
    r"\W{0,2}(?<!\.)$"
    r"|^\W*(?:allow|enable|turn on|activate|get|accept) (?:push |desktop "
    r"|browser )?(?:notifications"
    r"|alerts)\W*$"
    r"|^\W*(?:tap|click|swipe|press|scroll|hold|pinch)(?: up| down| left| right| here"
    r"| again)? (?:to|for)"
    r" [\w ]{2,30}$"
    r"|^\W*set (?:a|an|your) (?:reminder|alert|alarm|notification)\W*$"
    r"|^\W*(?:chat|talk|speak) (?:with|to) our\b.{0,40}$|^\W*tune in (?:to|tonight|on|at|for)\b"
    r".{0,30}$"
    r"|^\W*(?:tap|click|touch|hover|roll|mouse|press|select)(?: on| over)? (?:a|an|any|each|the"
    r"|your)\b"
    r".{2,40}\b(?:for|to (?:see|view|read|find|learn|get|show|explore|reveal|expand|zoom))\b"
    r"|^\W*(?:follow|see|view|read|check|explore|visit|use|try|browse|search|watch"
    r"|hear) (?:out )?our\b"
    r".{0,40}\b(?:coverage|map|blog|live ?blog|guide|timeline|tracker|gallery|calculator|database"
    r"|archive|series|podcast|channel|graphic|quiz|page|site|website|investigation|explainer)\b"
    r"(?: here| below| now)?\W*$"
    r"|^\W*(?:listen|hear|tune in|écoutez|découvrez|escucha|escuche|ascolta|ascoltate|ouça|luister"
    r"|hören sie|hör|слушайте|dinleyin|posłuchaj|oglądaj|watch|regardez|mira|guarda|assista|bekijk"
    r"|смотрите|izleyin)(?: to| naar| in)? (?:our|notre|nos|nuestr[oa]|(?:il|la) nostr[oa]"
    r"|noss[oa]"
    r"|onze|unseren?|наш\w*|nasz\w*)\b.{0,30}$"
    r"|^\W*(?:use|drag|press|click|tap) (?:the )?(?:arrows?|buttons?|slider|keys|cursor|toggle"
    r"|filters?"
    r"|search box|dropdown|menu)\b.{0,40}$"
    r"|^\W*(?:find out|see|check|discover|learn|look up) (?:how|what|where|when|if|whether"
    r"|which) (?:your"
    r"|you)\b[^.]{0,40}$"
    r"|^\W*(?:play|take|try|do|solve) (?:our|the|this|today.s) .{0,24}\b(?:quiz|crossword|puzzle"
    r"|game"
    r"|sudoku|test)\b.{0,20}$"
    r"|^\W*(?:read|see|view|consult) our (?:privacy|cookie|terms)\b.{0,30}$"
    r"|^\W*(?:spread the word|pass it on|pass this on)\W*$"
    r"|^\W*we(?:.d| would)? (?:want|like|love) to hear (?:from you|your)\b"
    r"|^\W*never miss an? \w+\W+(?:follow|subscribe|sign up|get|turn on|join)\b",
    re.IGNORECASE,
)
_THIS_PAGE = re.compile(
    r"^\W*(?:(?:share|e-?mail|tweet|print|bookmark|rate|recommend|repost) this [\w-]+"
    r"|(?:diesen?s?|dieses?) [\w-]+ (?:teilen|drucken|bewerten|empfehlen)"
    r"|(?:partage[rz]|imprime[rz]|note[rz]|recommande[rz]) (?:cet|cette|ce) [\w-]+"
    r"|(?:compartir|comparte|imprimir|valora) est[ea] [\w-]+"
    r"|(?:condividi|stampa|vota) quest[oa] [\w-]+"
    r"|(?:compartilhar|compartilhe|partilhe|imprimir|avalie) est[ea] [\w-]+"
    r"|(?:deel|print|beoordeel) (?:dit|deze) [\w-]+|(?:поделиться|оценить) эт\w+ [\w-]+"
    r"|bu [\w-]+ (?:paylaş|yazdır|oyla)|(?:udostępnij|oceń) t[eęąy]n? [\w-]+)\W*$",
    re.IGNORECASE,
)
_OUR_THING = re.compile(
    r"\b(?:our|unser\w*|notre|nos|nuestr[oa]s?|nostr[oaie]|noss[oa]s?|onze|ons|наш\w*|nasz\w*)\b"
    r"(?: [\w-]+){0,2} (?:apps?|appli|application|aplicación|aplicativo|applicazione|приложени\w+"
    r"|aplikacj\w+|podcasts?|pódcast|подкаст\w*|channels?|chaîne|канал\w*|newsletters?|survey|poll"
    r"|quiz|website|webseite|live ?blog|liveticker|discord)\b"
    r"|^\W*\w+m[ıiuü]z(?:[ıiuüae]|dan|den)\b.{0,24}\w[ıiuü]n\W*$",
    re.IGNORECASE,
)
_OURS_FIRST = re.compile(
    r"^\W*(?:our|unser\w*|notre|nos|nuestr\w+|la|il|el|nossa?|onze|наш\w*|nasz\w*|the|a|an|in|on"
    r"|all|some|users?|many|most)\b",
    re.IGNORECASE,
)
_TELL_US = re.compile(
    r"^\W*(?:please )?(?:send|e-?mail|submit|upload) (?:us |in |me )?(?:your|any) (?:own |best )?"
    r"(?:photos?|pictures?|videos?|clips|stor(?:y|ies)|questions?|comments?|letters?|news|tips?"
    r"|feedback|views?|memories|thoughts|suggestions|recipes)\b"
    r"|^\W*(?:schicken|senden|mailen) sie uns|^\W*envoyez-nous|^\W*(?:envíanos|envíenos|mándanos)"
    r"|^\W*(?:inviaci|inviateci|stuur ons|присылайте|пришлите|przyślij|prześlij nam|wyślij nam)\b"
    r"|^\W*\w+ bize gönderin\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\?\s*(?:please )?(?:(?:e-?mail|send|share|show|text) (?:it|them|this|those)\b"
    r"|we(?:.d| would)? (?:love|like|want) to hear\b|(?:call|ask|e-?mail|contact|tell|write to"
    r"|text|message|ring|join|send)"
    r" (?:us|our|me|the newsroom|the newsdesk|the editors?)|get in touch|contact us|tell us"
    r"|let us know|write to us"
    r"|e-?mail (?:us|me)|share your|send us|call us|text us|drop us|message us|reach out"
    r"|schreiben sie uns|schreib uns|melden sie sich|kontaktieren sie|écrivez-nous|contactez-nous"
    r"|témoignez|escr[ií]b[ae]nos|contáctanos|cuéntanos|escreva|conte para"
    r"|entre em contato|scrivici|contattaci|mail ons"
    r"|laat het ons|напишите нам|пишите|bize (?:yazın|ulaşın)|napisz do nas)\b",
    re.IGNORECASE,
)
_FETCH = re.compile(
    r"^\W*(?:download|get|view|open|read|buy|order) (?:the|our|this|your|a|today.s|free) "
    r".{0,40}\b(?:pdf|e-?paper|e-?edition|print edition|digital edition|issue|e-?book|brochure"
    r"|white ?paper|magazine)\b(?: here| now| \w+ this edition| of this \w+)?\W*$"
    r"|^\W*download (?:the|our|this|your|a) .{0,20}\b(?:pdf|edition|guide|report|app)\b.{0,24}$",
    re.IGNORECASE,
)
_HERE_FIRST = re.compile(
    r"^\W*(?:hier|jetzt|einfach|ici|aquí|aqui|qui|здесь|tutaj|burada) (?:klicken|klick|tippen"
    r"|anmelden|abonnieren|lesen|mehr lesen|cliquer|cliquez|haz clic|clique|clicca|нажмите|kliknij"
    r"|tıkla\w*)\b",
    re.IGNORECASE,
)
_RECEIVE = re.compile(
    r"^\W*(?:recevez|recibe|reciba|receba|ricevi|erhalten sie|erhalte|ontvang|получайте|otrzymuj"
    r"|receive|start your (?:day|morning|week) with|begin je dag met)\b.{0,60}\b(?:each|every|daily"
    r"|weekly|chaque|tous les|toute|jeden|täglich|wöchentlich|cada|todos os|todas as|todos los"
    r"|ogni|elke|dagelijks|каждый|каждое|ежедневно|codziennie|co tydzień|l.essentiel|l.actualité"
    r"|headlines|mail\w*|e-mail|correo|posteingang|postfach|boîte)\b",
    re.IGNORECASE,
)
_ABOUT_NEWSLETTER = re.compile(
    r"^\W*(?:(?:der|die|das|unser\w*|ihr|the|our|a|your|le|la|notre|votre|el|nuestr[oa]|tu|il|lo"
    r"|la nostra|o|a nossa|de|het|onze|наша|nasz) )(?:[\w-]+ ){0,3}?(?:newsletter|briefing"
    r"|infolettre|boletín|boletim|nieuwsbrief|рассылка|bülten\w*|biuletyn)\W{0,3}(?:mit|with|from"
    r"|for|für|about|on|aus|über|sur|avec|pour|con|para|sobre|com|per|su|met|over|voor|that|in"
    r"|every|jeden|täglich|von|der|die|das|zum|zu)\b",
    re.IGNORECASE,
)
_COPYING = re.compile(
    r"^\W*(?:may|must) not be (?:reprinted|reproduced|republished|copied|redistributed)\b"
    r"|^\W*for permission to (?:reuse|re-use|reprint|republish|reproduce|use)\b"
    r"|^\W*all .{2,30}\bcopyright\b.{0,60}\bunless (?:stated|noted|otherwise)\b"
    r"|^\W*(?:(?:no part of |all |any |the )?(?:this|these|our|the|its)?\s?(?:material"
    r"|article|contents?|story|text|web ?site|site|report|publication|information|images?|photos?"
    r"|photographs?|work|page|broadcast|copy)s?\b.{0,50}\b(?:may|must|can|shall|should)(?: ?not)?"
    r" be|(?:unauthori[sz]ed|any) (?:use|reproduction|copying|distribution|republication)"
    r" of (?:this|these|our|the|its) (?:material|articles?|contents?|stor(?:y|ies)|texts?|website"
    r"|site"
    r"|images?|photos?|photographs?|work|pages?)\b.{0,40}\bis)\b.{0,60}\b(?:reproduced|republished"
    r"|redistributed|reprinted|rewritten|copied"
    r"|transmitted"
    r"|prohibited|forbidden|distributed without)\b",
    re.IGNORECASE,
)
_IMPRINT = re.compile(
    r"^\W*(?:the |all )?(?:contents?|text|material|photos?|images?|articles?).{0,30}\bprotected by"
    r" copyright\b"
    r"|^\W*registered (?:in|office|company|at)\b.{0,60}\b(?:company|number|no\.?|registered|wales"
    r"|scotland)\b|^\W*(?:a |proud )?(?:member|part) of (?:the )?.{2,40}\b(?:group|network|media"
    r"|media group|publishing)\W*$",
    re.IGNORECASE,
)
_COPIES = (
    r"\b(?:reproduction|republication|redistribution|reprinting|nachdruck|vervielfältigung"
    r"|weiterverbreitung|reproducción|riproduzione|reprodução|overname|verveelvoudiging"
    r"|перепечатк\w+|копировани\w+|kopyala\w+|çoğaltıl\w+|kopiowani\w+|przedruk\w*)\b.{0,70}"
    r"\b(?:prohibited|forbidden|not (?:allowed|permitted)|consent|permission|authori[sz]ation"
    r"|zustimmung|genehmigung|untersagt|verboten|interdite?s?|autorisation|prohibid[ao]"
    r"|autorización|vietat[ao]|autorizzazione|proibid[ao]|autorização|verboden|toestemming"
    r"|запрещен\w*|запрещён\w*|обязательн\w*|разрешени\w+|согласи\w+|yasak\w*|izin\w*"
    r"|zabronion\w+|zgod\w+)\b"
    r"|\b(?:prohibid[ao]|proibid[ao]|vietat[ao]|verboden|запрещен[ао]|zabrania się"
    r"|forbidden)\b.{0,24}"
    r"\b(?:reproducción|reprodução|riproduzione|reproductie|перепечатка|копирование|kopiowania)\b"
    r"|\bizinsiz (?:kopyala|kullanıla|yayınlana|alıntı)\w+"
)
_NO_COPIES = _Inside(
    dict.fromkeys(
        """reproduc riproduz reprodu republi redistribut reprint nachdruck vervielf weiterverbreit
        overname verveelvoud перепечат копирован kopyala çoğaltıl kopiowan przedruk
        izinsiz""".split(),
        _COPIES,
    )
)
_BUILT_BY = re.compile(
    r"^\W*(?:crafted|made|built|designed|coded|developed|hosted) (?:with \S+|in .{2,20})? ?by\b"
    r".{2,40}$|^\W*(?:template|theme|design|layout|website|web ?design) (?:by|von|par|por|di"
    r"|door)\b.{2,40}$",
    re.IGNORECASE,
)
_WRITES_FOR = re.compile(
    r"^\W*[Tt]he (?:author|writer)s? (?:is|are) (?:an? |the )?\w.{10,}$"
    r"|^[—–*-]?\s*(?:[A-ZÀ-Þ][\w’'.-]*\s){2,4}(?:covers|has (?:reported|written) (?:on|about|for)"
    r"|writes (?:about|for|on)|reports (?:on|for"
    r"|from))\b.{3,90}\b(?:for|at|from|in)\b.{2,60}$"
)


# --- lines that are furniture by themselves -----------------------------------------------------

_CAPTION_COUNTER = re.compile(
    r"\b(?:Hide|Show|View|Toggle|Expand|Collapse|HIDE|SHOW) (?:[Cc]aption|CAPTION)\W{0,2}\s"
    r"\d{1,3} ?(?:of|/) ?\d{1,3}\b"
)
_PLAYER_START = re.compile(
    r"\W*(?:just watched|now (?:playing|watching)|currently playing|up next|must watch"
    r"|watch next)\b",
    re.IGNORECASE,
)
_PLAYER_REST = re.compile(
    r"\s(?:Replay|REPLAY|Play Again|Watch Again|More Videos|MORE VIDEOS|Must Watch|MUST WATCH"
    r"|Up Next|UP NEXT|Watch Next|Autoplay|AUTOPLAY)\b"
)
_NOTICE = re.compile(
    r"\W*(?:tune in ?to\b.{2,80}\bfor (?:[\w-]+ ){0,3}(?:coverage|updates|news|analysis|reports)\b"
    r"|(?:you can )?(?:get|find|read|see) more\b.{2,60}\b(?:at|on) .{0,30}\w\.(?:com|org|net|tv)\b"
    r"|send (?:us )?(?:your |any |all )?(?:questions|comments|tips|letters|corrections|facts"
    r"|feedback|ideas|suggestions)\b.{0,40}\b(?:to (?:the |our |this )?(?:editors?|newsroom|desk"
    r"|author|writer|reporters?|columnist)|(?:by )?(?:filling|using|clicking))\b.{0,30}$"
    r"|this (?:transcript|text|translation|audio|summary|caption) (?:has been|was|is)"
    r" (?:automatically|machine|computer)[- ]?(?:generated|produced|transcribed|created|translated)"
    r"\b.{0,100}$"
    r"|this (?:column|article|essay|op-?ed|piece|commentary|post|blog) (?:does not|doesn.t)"
    r" (?:necessarily )?(?:reflect|represent) the (?:views?|opinions?|positions?|thinking)\b"
    r"|this is an? (?:opinion|commentary|guest|op-?ed|personal)\b[\w -]{0,20}\W+the (?:thoughts"
    r"|views|opinions|analysis)\b.{0,20}\b(?:are|is|belong)\b"
    r"|(?:like|follow) .{2,50} on (?:facebook|twitter|instagram|youtube|threads|bluesky)"
    r" here(?:[.!]|$)"
    r"|interested in .{2,60}\? add .{2,60} (?:as an interest|to your (?:interests|topics))\b"
    r"|get (?:(?:free|exclusive|full|unlimited|premium|more) ){1,3}(?:[\w’'-]+ ){0,2}(?:content"
    r"|access|articles|newsletters?)\W*$"
    r"|the (?:full )?transcript (?:is|follows|appears|can be read) below\b.{0,30}\b(?:click|tap"
    r"|press|expand)\b)",
    re.IGNORECASE,
)
_THIS_ARTICLE = r"this (?:article|story|report|post|page|piece|column|essay|op-?ed)"
_GOES_ON = (
    r"(?:(?:will|is|may|to) be(?:ing)? (?:further )?updated|(?:please )?check back|more to come"
    r"|updates? (?:to )?follow)\b.{0,60}$"
)
_ABOUT_ARTICLE = re.compile(
    rf"\W*(?:{_THIS_ARTICLE} is (?:still )?(?:breaking|developing)(?: news)?\W+(?:and )?(?:it )?"
    rf"{_GOES_ON}"
    r"|this is an? (?:breaking|developing)(?: news)? (?:story|article|report)\W+(?:and )?(?:it )?"
    rf"{_GOES_ON}"
    rf"|(?:editor\W?s\W? note\W+)?{_THIS_ARTICLE} has (?:since )?been (?:\w+ly )?(?:emended|amended"
    r"|revised|edited|modified|altered|updated)(?: since (?:it was |its |being )?(?:\w+ ){0,2}"
    r"(?:posting|publication|published|posted|released?|appeared|ran|run))?\W*$"
    rf"|{_THIS_ARTICLE} (?:is|was) (?:based on|adapted from|a version of) one (?:\w+ )?(?:available"
    r"|distributed|syndicated|that (?:first )?(?:ran|appeared))\b.{0,90}$)",
    re.IGNORECASE,
)
"""That an article will change, was changed or is another's; what was wrong in it is its own."""
_MORE_DATA = re.compile(
    r"\W*(?:(?:more|full|complete|further) (?:details|results|information|tables)\b.{0,80}\b"
    r"(?:can be found|are available|is available)\b.{0,60}\bhttps?://"
    r"|(?:follow|read|find|see) (?:the |our )?(?:full|complete|entire|whole) (?:[\w’'-]+ ){1,6}here"
    r"\W*$"
    r"|these .{3,60}\bcan be (?:explored|compared|downloaded|viewed)\b.{0,80}\b(?:data"
    r" tool|interactive (?:tool|map|table)|dashboard|data ?set)\b"
    r"|(?:want|looking|interested|curious|keen)\b.{5,80}\? [^?]{0,120}\b(?:visit|use|explore|try"
    r"|see|open|check out) (?:the|our) (?:[\w-]+ ){0,4}(?:tools?|database|data ?set|calculator"
    r"|interactive|tracker|explorer|dashboard)\b.{0,120}$)",
    re.IGNORECASE,
)
_NOTICE_HEADS = frozenset(
    f"{word:4.4}"
    for word in """tune get find read see you send this like follow the editor editor's more full
        complete further want looking curious keen these
        write email e-mail reach contact interested""".split()
)
"""First words of the patterns around this, four characters each."""
_PAID_CONTENT = re.compile(
    r"\W*(?:[\w’']+ ){1,5}content is (?:typically|usually|normally|generally|ordinarily)"
    r" (?:available )?(?:only |reserved |exclusively )?(?:available )?(?:to|for) (?:paid |paying "
    r"|our )?(?:subscribers|members)\b"
)
_WRITE_TO = re.compile(
    r"\W*(?:[Ww]rite(?: to)?|[Ee]-?mail|[Rr]each(?: out to)?|[Cc]ontact)(?: [A-Z][\w.’'-]*){1,4}"
    r" (?:at|on|via) \S+@\S+$|\W*[Rr]ead more (?:from|by) (?:[A-Z][\w.’'-]* ?){1,4}"
    r"(?:archives?|columns?)\W*$"
)
_LABELLED_LINK = re.compile(
    r"\(\s*(?:QUIZ|POLL|PODCAST|PHOTOS?|VIDEOS?|GALLERY|SLIDESHOW|MAP|INTERACTIVE|Also on [A-Z]\w+)"
    r"\s*: [^()]{3,120}\)$"
)
_SIGN_UP_BOX = re.compile(
    r"\b[Pp]lease enter a valid e-?mail address\b.{0,20}\bSign (?:Up|up)\b"
    r"|\b[Nn]ewsletters?\b.{0,200}\b(?:Choose|Select) your (?:country|region|state)\b"
    r"|\b(?:[Nn]ewsletters?|[Bb]riefing|[Ii]nbox|[Aa]lerts?|[Ee]-?mails?)\b.{0,200}"
    r"(?:[.!?]|\bView (?:a )?Sample) S(?:ign Up|IGN UP)(?: (?:Now|NOW|Today|TODAY|Here|HERE))?$"
)
_FOLDED_BOX = re.compile(r"[A-Z].{2,150}?[\w.?!’'”)] Show Hide [A-Z“‘\"'•\d]")
"""The title of a box between the paragraphs, the two labels of its switch, and its text."""
_PICTURE_OF = re.compile(
    r"(?!(?:US|UK|EU|UN|USA|GOP|DC|NYC|LA|TV|UAE)\b)"
    r"(?:[A-Z]{2,5}|Reuters|Bloomberg) (?:Map|Graphics?|Chart|Infographic|Illustration|Diagram)$"
)
_PICTURE_IN = re.compile(r"(?:Map|Graphic|Chart|Infographic|Diagram): [A-Z0-9][^?]{2,70}$")
_BALLOT = re.compile(
    r".{8,120}[?!.] (?:Cast [Yy]our [Vv]ote|Vote)(?: (?:[Hh]ere|[Nn]ow|[Tt]oday))+"
    r"(?: [Ii]n (?:[\w’'-]+ ){0,4}(?:[Pp]oll|[Ss]urvey))?$"
)
_EPISODE = re.compile(
    r"(?:(?:[Tt]he|[Oo]ur|[Mm]y) (?:latest|newest|new)|(?:[Tt]his|[Ll]ast) week[’']s"
    r"|[Tt]oday[’']s|[Yy]esterday[’']s) (?:[A-Z][\w’'&-]* |of |the |and ){1,6}[Pp]odcast"
    r"(?:, (?:with|featuring|on) .{3,50})?$"
)
_READ_ON = re.compile(r".{12,160}[\w?!’”'\")] (?:Read more|Read More|READ MORE)$")
_VIEW_PHOTOS = re.compile(
    r"(?:.{2,60}?[\w’')?] )?(?:View|See) (?:[Pp]hotos|(?:[Pp]hoto )?[Gg]allery|[Ss]lideshow) [A-Z]"
)
_CLICK_TO = re.compile(
    r"\b[Cc]lick (?:here )?to (?:subscribe|sign up|listen|follow|register|join)\W*$"
)
_PRESS_NAME = (
    r"(?:News|Press|Media|Times|Post|Journal|Magazine|Tribune|Herald|Gazette|Globe|Agency|Images"
    r"|Photos?|Pictures|TV|Radio|Network|Wire|Daily)"
)
_NAME = r"[A-ZÀ-Þ][\w.’'-]*"
_OUTLETS_PICTURE = re.compile(
    rf"\((?:{_NAME} ){{1,3}}{_PRESS_NAME}\)$"
    rf"|(?!.*\b{_PRESS_NAME}\b.* / )(?:{_NAME} ){{2,4}}/ "
    rf"(?:(?:{_NAME} ){{0,3}}{_PRESS_NAME}|Media(?: {_NAME}){{1,2}})$"
)
SECTION_BYLINE = re.compile(
    rf"By (?:{_NAME} ){{1,3}}{_NAME}, (?:[A-Z]{{3,}}\w*(?: {_NAME})?"
    rf"|(?:{_NAME} ){{0,3}}{_PRESS_NAME})$"
)
"""Who wrote a part of a report, and for whom: a line between its paragraphs."""
_EVENT = (
    r"(?:elections?|debates?|trial|hearings?|outbreak|pandemic|crisis|war|attacks?|shootings?"
    r"|storms?|hurricane|earthquake|floods?|fires?|wildfires|impeachment|convention|inauguration"
    r"|protests?|summit|games|campaign|race|primary|primaries|verdict|results|investigation|deaths?"
    r"|killings?|murders?|disappearance|collapse|crash|bombings?|explosion|riots|unrest|scandal|shutdown|strike|referendum)"
)
_OTHER_PAGES = re.compile(
    rf"(?:full|complete|continuing|more|special) coverage (?:of|on) (?:[\w’'-]+ ){{0,7}}{_EVENT}"
    r"(?: and (?:[\w’'-]+ ){0,8}[\w’'-]+)?$"
    r"|listen to (?:this )?(?:article|story) \d{1,2}:\d\d(?: |$)"
    r"|also on (?:the )?(?:[\w’'.-]+ ){0,4}(?:ticker|blog|podcast|wire|channel|network|website)$"
    r"|(?=Recommended [A-Z“\"‘'])(?!Recommended (?:Dietary|Daily|Reading|Max|Min|Dos|Practice"
    r"|Change|Use|Level|Retail|Age|By|For|As|Steps|Action|Treatment|Budget)\w*\b)(?-i:Recommended"
    r"(?: [“\"‘'(]?[A-Z][\w’'“”\"?!:,.)-]*| (?:of|the|to|and|in|a|an|for|on|with|by|at|is|vs\.?)"
    r"){6,15}$)",
    re.IGNORECASE,
)
_EDITORS_APPEAL = re.compile(
    r"\W*editor\W?s\W? note\W.{0,300}\bplease (?:consider )?(?:subscrib|donat|support|sign up|becom"
    r"|contribut)\w*\b.{0,40}\b(?:our|us|newsletters?|members?|subscribers?)\b",
    re.IGNORECASE,
)
_KICKER = re.compile(
    r"(?:ANALYSIS|OPINION|COMMENTARY|EDITORIAL|COLUMN)"
    r" ?/ ?(?:ANALYSIS|OPINION|COMMENTARY|EDITORIAL|COLUMN):?$"
)
_COUNTS = re.compile(r"([A-Z]\w+) [A-Za-z ]{2,24}: [\d,.]+ \1 (?:[\d,.]+ ){2,}\1\b")
_OWN_HEADS = frozenset(("full", "comp", "cont", "more", "spec", "also", "reco", "list"))
_NOTICE_CHARACTERS, _NOTICE_WORDS = 400, 60
"""Longer lines are paragraphs, even if they begin like a notice."""


PLAYER_WORDS = "just now currently up must watch".split()
FIRST_WORDS = """tune get find read see send like follow interested write email reach contact full
    complete continuing more special also recommended listen editor editors further want looking
    curious keen""".split()
OPEN_WORDS = """map graphic graphics chart infographic illustration diagram more vote
    podcast""".split()
"""A line that meets a rule by itself begins with one of ``PLAYER_WORDS`` and does not end as
sentences do, begins with one of ``FIRST_WORDS`` (marks aside) or with a round bracket, does not end
as sentences do and has one of ``OPEN_WORDS`` or of the marks ``/`` and ``:``, or holds ``click`` or
one of each of two sorts of words below."""
THIS_WORDS = """transcript text translation audio summary caption column article essay op-ed op
    piece commentary post blog opinion guest personal story report page breaking
    developing""".split()
"""After a first ``this``; after a first ``you`` it is one of ``OPEN_WORDS``."""
SHOWING, SHOWN = "show view toggle expand collapse".split(), "caption hide".split()
BOXES = """newsletter newsletters briefing inbox alert alerts email emails e-mail e-mails mail mails
    valid""".split()
CHOOSING = "choose select".split()
"""With one of ``BOXES``, as ``sign`` is."""
SEEING, PICTURES = "view see".split(), "photos gallery slideshow".split()
USUALLY = "typically usually normally generally ordinarily".split()
"""With ``content``."""
EXPLORED = "explored compared downloaded viewed".split()
"""After a first ``these``. With ``transcript`` it is ``below``."""


def by_itself(text: str, count: int, ended: bool) -> str | None:
    """Returns the rule of a line that is furniture wherever it stands, or ``None``.

    It is a whole gallery, the bar of a player or a counter, a standing notice, a box to sign up in,
    an outlet's credit or a link.

    Args:
      text: the line, of any length.
      count: its words.
      ended: whether it ends as sentences do.
    """
    if ("aption" in text or "CAPTION" in text) and _CAPTION_COUNTER.search(text):
        return "gallery_v1"
    if not ended and _PLAYER_START.match(text) and _PLAYER_REST.search(text, 4, 400):
        return "player_bar_v1"
    if ("Sign " in text or "SIGN " in text) and _SIGN_UP_BOX.search(text):
        return "newsletter_v2"
    if "Show Hide" in text and _FOLDED_BOX.match(text):
        return "folded_box_v1"
    if len(text) > _NOTICE_CHARACTERS or count > _NOTICE_WORDS:
        return None
    head = text[:4].casefold()
    if not ended:
        found = _glued_or_link(text, count, head)
        if found is not None:
            return found
    if "lick " in text and count <= 40 and _CLICK_TO.search(text):
        return "prompt_v2"
    if head in _NOTICE_HEADS or not head[0].isalnum():
        if _NOTICE.match(text) or _WRITE_TO.match(text) or _ABOUT_ARTICLE.match(text):
            return "reader_notice_v1"
        if _MORE_DATA.match(text):
            return "prompt_v2"
        if "note" in text[:20].casefold() and _EDITORS_APPEAL.match(text):
            return "reader_notice_v1"
        if _is_labelled_link(text):
            return "labelled_link_v1"
    if " content is " in text and _PAID_CONTENT.match(text):
        return "reader_notice_v1"
    start = text[:90]
    if ("View " in start or "See " in start) and _VIEW_PHOTOS.match(text):
        return "gallery_v1"
    return None


def _glued_or_link(text: str, count: int, head: str) -> str | None:
    """Returns the rule of a line without a full stop: a credit, a link, a kicker or a counter."""
    if count <= 9 and (text[0] == "(" or " / " in text) and _OUTLETS_PICTURE.match(text):
        return "field:credit"
    if head in _OWN_HEADS and count <= 16 and _OTHER_PAGES.match(text):
        return "related_links_v2"
    if count <= 3 and "/" in text and _KICKER.match(text):
        return "section_label_v1"
    if count == 2 and text[1].isalpha() and _PICTURE_OF.match(text):
        return "field:credit"
    if ": " in text[:14] and count <= 12 and _PICTURE_IN.match(text):
        return "caption_v2"
    if text[-4:].casefold() == "more" and _READ_ON.match(text):
        return "related_links_v2"
    if "ote " in text and count <= 30 and _BALLOT.match(text):
        return "prompt_v2"
    if "odcast" in text and count <= 20 and _EPISODE.match(text):
        return "related_links_v2"
    if ": " in text and text[-1] != ":" and 8 <= count <= 30 and _COUNTS.match(text):
        return "counter_v1"
    return None


def _is_labelled_link(text: str) -> bool:
    if text[0] != "(" or (text[1:2] == " " and text[-2] not in "?!."):
        return False
    return _LABELLED_LINK.match(text) is not None


def notice(text: str, count: int) -> tuple[str, bool] | None:
    """Returns the rule of a notice of the player or of a request, and whether it holds anywhere.

    Args:
      text: the line.
      count: its words.

    Returns:
      ``None`` where the line is neither.
    """
    if count <= 30 and (_PLAYER.match(text) or _PLAYER_INSIDE.search(text)):
        return "media_v2", True
    if _OTHERS_CONTENT.match(text):
        return "subscription_v2", True
    if count <= 40 and (_TELL_US.match(text) or ("?" in text and _ASKED.search(text))):
        return "prompt_v2", True
    return None


def appeal(text: str, count: int, ended: bool) -> tuple[str, bool] | None:
    """Returns the rule that a line is a prompt by unless it reports, and whether it holds anywhere.

    Args:
      text: the line.
      count: its words.
      ended: whether it ends as sentences do.

    Returns:
      ``None`` where the line is no prompt.
    """
    if count <= 20 and (_OFFER.match(text) or _OFFER_INSIDE.search(text)):
        return "subscription_v2", True
    if count <= 30 and _SCRIPTING.search(text):
        return "subscription_v2", True
    if count <= 5 and not text.endswith(".") and _THIS_PAGE.match(text):
        return "share_button_v2", True
    if (
        count <= 12
        and (not ended or text[-1] == "!")
        and text[-1] != ":"
        and _OUR_THING.search(text)
        and not _OURS_FIRST.match(text)
    ):
        return "prompt_v2", True
    if count <= 16 and (
        _GESTURE.match(text)
        or _POINTER.match(text)
        or _HERE_FIRST.match(text)
        or _FETCH.match(text)
    ):
        return "prompt_v2", True
    if count <= 25 and _RECEIVE.match(text):
        return "newsletter_v2", True
    if count <= 30 and not ended and _ABOUT_NEWSLETTER.match(text):
        return "newsletter_v2", False
    if _COPYING.match(text) or (count <= 25 and (_IMPRINT.match(text) or _NO_COPIES.search(text))):
        return "copyright_v2", True
    if count <= 12 and not ended and _BUILT_BY.match(text):
        return "copyright_v2", True
    if count <= 30 and (_CONSENT.match(text) or _CONSENT_INSIDE.search(text)):
        return "newsletter_v2", True
    if count <= 40 and (_MISSION.match(text) or _MISSION_INSIDE.search(text)):
        return "footer_v2", False
    if count <= 40 and _HELP.match(text):
        return "prompt_v2", False
    if count <= 25 and _WRITES_FOR.match(text):
        return "author_bio_v2", False
    if _is_appeal(text):
        return "prompt_v2", False
    return None
