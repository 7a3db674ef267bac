# ruff: noqa: RUF001 - words of other scripts are meant
"""Pages that are no article, and articles of which a page shows the beginning only.

Consent walls, robot checks, error pages with the status 200, and front pages have text that an
extractor takes for an article. They are short, and say in their heading or most of their sentences
what they are; a front page is at the root of its site, or is a list of links to articles.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from transforms.extraction.metadata import PageData
from transforms.text import word_count

MOST_WORDS = 300
"""Words from which on a page is an article, whatever its heading: one about cookies has more."""

_MISSING = re.compile(
    r"\b(?:error\s*)?40[34]\b.{0,40}(?:not found|error|page|seite|página|pagina|forbidden)"
    r"|^(?:error\s*)?404\W*$|\bpage (?:(?:can(?:not|'t)|could not) be |was )?not found\b"
    r"|\bpage (?:does not|doesn.t) exist|\bno longer available\b|\bseite (?:wurde )?nicht gefunden"
    r"|\bpage (?:introuvable|non trouvée)|\bp[áa]gina n[ãa]o encontrada|\bpágina no encontrada"
    r"|\bpagina (?:non trovata|niet gevonden)|\bstrona nie została znaleziona"
    r"|\bnie znaleziono strony|\bстраница не найдена"
    r"|\bsidan (?:kunde inte |finns inte|hittades inte)"
    r"|\bsiden (?:ble |blev )?ikke funnet|\bsayfa bulunamadı"
    r"|ページが見つかりません|页面不存在|找不到页面"
    r"|\b(?:seite|artikel) existiert (?:leider )?nicht|\b(?:page|article) n.existe (?:pas|plus)"
    r"|\bpágina .{0,20}no existe|^(?:410 )?gone$|^nothing found$|^no results\b"
    r"|\btoo many requests\b|\b50[0234]\b.{0,30}(?:unavailable|error|gateway)|^bad gateway$"
    r"|^service (?:temporarily )?unavailable$|\bunavailable (?:due to|for) legal reasons\b"
    r"|\bbe (?:right )?back (?:soon|shortly)\b|^(?:site )?(?:under )?maintenance$"
    r"|^wartungsarbeiten$",
    re.IGNORECASE,
)
_OF_SITES = re.compile(
    r"\b(?:pages?|(?:web)?sites?|home ?page|url|address|link|search|browser|javascript|js|cookies?"
    r"|servers?|robots?|bots?|humans?|captcha|security|automated|network|requests?|requested|access"
    r"|permission|reference|ray id|connection|maintenance|expired|moved|deleted|removed"
    r"|seite|suche|startseite|adresse|recherche|accueil|humain|navigateur|página|portada|dirección"
    r"|pagina|strona|stronę|sida|sidan|siden|sayfa|страниц\w*)\b|ページ|页面|페이지",
    re.IGNORECASE,
)
"""Words of a site about itself, which say more than the heading of an article that sounds so."""

_FEW_WORDS = 25
_CONSENT_HEADING = re.compile(
    r"\bvalue your privacy\b|^before you continue\b"
    r"|\bcookies? (?:consent|settings|policy|preferences)"
    r"|\bprivacy (?:settings|preferences|center|choices)|\bconsent (?:to|preferences|manager)"
    r"|\bprivatsphäre\b|\bcookie-einstellungen|\bdatenschutzeinstellungen|\bvie privée\b"
    r"|\bgestion des cookies|\bsu privacidad|\btu privacidad|\btua privacy|\bsua privacidade"
    r"|\bje privacy|\bcookievoorkeuren|\bprywatnoś|\bпользовательски\w+ данны",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"\bcookies?\b|\bconsent\b|\bour (?:\d+ )?partners\b|\bprivacy\b"
    r"|\bpersonal(?:ised|ized)? (?:data|ads)"
    r"|\byour preferences|\bpersonenbezogen|\beinwillig|\bzustimm|\bdatenschutz|\bpartenaires\b"
    r"|\bconsentement|\bdonnées personnelles|\bconsentimiento|\bdatos personales|\bsocios\b"
    r"|\bconsenso\b|\bdati personali|\bprivacidade|\bdados pessoais|\btoestemming"
    r"|\bpersoonsgegevens"
    r"|\bprywatno|\bzgod[aęy]\b|\bunique identifiers\b|\bstore and access information"
    r"|tracking\b|\bdanych osobowych",
    re.IGNORECASE,
)
_ROBOT = re.compile(
    r"\bare you (?:a )?(?:robot|human)|\bnot a robot\b"
    r"|\bverify(?:ing)? (?:that )?you are (?:a )?human"
    r"|\bchecking (?:if the site connection is secure|your browser)|^just a moment\b"
    r"|^attention required\b|^access (?:to this page has been )?denied\b"
    r"|\bunusual (?:traffic|activity)"
    r"|\benable javascript and cookies to continue|\bsecurity check\b|^pardon our interruption"
    r"|\bbot (?:detection|protection)\b|\bcaptcha\b|\bddos protection\b|^blocked$|^forbidden$"
    r"|\benable (?:js|javascript)\b|\brequires? javascript\b|\bincapsula incident\b"
    r"|\b(?:êtes|que vous êtes) (?:un )?humain"
    r"|\bkein roboter\b|\bsind sie ein mensch|\bpas un robot\b|\bno (?:eres|soy|es) un robot",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"(?:log|sign) ?in(?: or (?:register|sign up))?|anmelden|einloggen"
    r"|(?:se )?connecte[rz]|connexion|iniciar sesión|accedi|entrar|inloggen"
    r"|zaloguj(?: się)?|вход|войти|giriş yap|logga in|logg inn|log ind|登录|登入|ログイン|로그인",
    re.IGNORECASE,
)
"""The whole heading of a form for subscribers."""

_PAYWALL = re.compile(
    r"\balready a subscriber|\bsubscribers? only\b|\bfor subscribers\b", re.IGNORECASE
)
"""What a page may also say whose article is whole."""

_GOES_ON = re.compile(
    r"\bsubscribe (?:now )?to (?:continue|keep|read)|\bto (?:continue|keep) reading\b"
    r"|\blog ?in to (?:continue|read)\b|\b(?:content|article|story) is for subscribers\b"
    r"|\bexklusiv für abonnent|\bfor å lese (?:videre|hele)|\b(?:saken|artikkelen) er for abonnent"
    r"|\bför att läsa (?:vidare|hela)|\bfor at læse (?:videre|hele)|\bvain tilaajille"
    r"|\bper continuare a leggere|\bpara continuar l(?:endo|eyendo)|会員限定|続きを読むには"
    r"|\bregister to (?:continue|read)|\bsign (?:in|up) to (?:continue|read)"
    r"|\bweiterlesen mit\b|\bjetzt weiterlesen\b|\bnur für abonnent"
    r"|\bmit .{2,12}plus "
    r"weiterlesen|\bréservé[es]? aux abonnés|\bla suite est réservée"
    r"|\bsolo para suscriptores|\bsuscr[ií]b(?:ete|ase) para"
    r"|\bexclusivo para (?:suscriptores|assinantes)"
    r"|\bcontenuto riservato agli abbonati|\babbonati per (?:continuare|leggere)"
    r"|\balleen voor abonnees|\bför prenumeranter|\bkun for abonnenter|\btylko dla prenumeratorów"
    r"|\bдля подписчиков",
    re.IGNORECASE,
)
_REST = re.compile(
    r"\bil vous reste \d+(?:[.,]\d+)? ?% de|\bnoch \d+ ?% des artikels"
    r"|\b\d+ ?% of (?:this|the) article"
    r" (?:remains|left)|\ble queda (?:el )?\d+ ?% ",
    re.IGNORECASE,
)
"""How much is left, which only a page says that holds it back."""
_MOST_WORDS_BEFORE_A_WALL = 120
"""Words before a paywall, as far as a page says nothing of it in its metadata."""

_ROOTS = re.compile(r"/?(?:index|home|default)?(?:\.\w{2,5})?", re.IGNORECASE)
FEWEST_HEADLINES = 8
"""Headings that are links, from which on a page without an article of its own is a list of them."""


def no_article(
    root: Any, page: PageData, lines: Sequence[str], title: str | None, url: str | None
) -> str:
    """Returns why a page is no article; empty if it may be one.

    Args:
      root: the page's tree.
      page: its statements.
      lines: what was taken for its article.
      title: its headline.
      url: its address, where it is known.
    """
    words = sum(map(word_count, lines))
    headings = [heading for heading in (title, page.title, *page.headings[:2]) if heading]
    if words < MOST_WORDS and not page.article_body:
        of_sites = sum(word_count(line) for line in lines if _OF_SITES.search(line))
        for heading in headings if words < _FEW_WORDS or 2 * of_sites >= words else ():
            if _MISSING.search(heading):
                return f"its heading, {heading[:80]!r}, is that of an error page"
            if _ROBOT.search(heading):
                return f"its heading, {heading[:80]!r}, is that of a check for robots"
        if words < 80 and 2 * of_sites >= words and any(_ROBOT.search(line) for line in lines):
            return "its few words are those of a check for robots"
        if words < 80 and any(_LOGIN.fullmatch(heading.strip()) for heading in headings):
            return "it is a form for subscribers"
        consent = sum(word_count(line) for line in lines if _CONSENT.search(line))
        if 2 * consent >= words and any(_CONSENT_HEADING.search(heading) for heading in headings):
            return "heading and text ask for consent to cookies"
        if words and 5 * consent >= 4 * words and consent >= 20 and not page.article:
            return "all of its text asks for consent to cookies"
    if page.article or page.article_body:
        return ""
    headlines = {
        link.get("href"): " ".join(heading.text_content().split())
        for heading in root.iter("h2", "h3", "h4")
        for link in (*heading.iter("a"), *heading.iterancestors("a"))
        if link.get("href")
    }
    kind = (page.first(("og:type",)) or "").lower()
    if kind != "article" and _are_links(root, lines):
        return "its lines are links to other pages"
    if len(headlines) < FEWEST_HEADLINES or kind == "article":
        return ""
    if _ROOTS.fullmatch(urlsplit(url).path if url else " "):
        return f"it is the front page of its site, with {len(headlines)} headlines"
    teasers = sum(word_count(line) < 40 for line in lines)
    linked = set(headlines.values())
    listed = 2 * sum(line in linked for line in lines) >= FEWEST_HEADLINES
    if teasers == len(lines) and (
        listed or (words < 15 * len(headlines) and not page.headings[1:])
    ):
        return f"it lists {len(headlines)} headlines of other pages"
    return ""


_SHORTEST_LINK, _LONGEST_HEADLINE, _MOST_HEADLINES = 4, 200, 100
"""Words of a link that is a headline, characters of one, and lines that tell a list."""


def _are_links(root: Any, lines: Sequence[str]) -> bool:
    """Returns True if nearly all of several lines are links, with a date or so beside them."""
    short = sum(len(line) <= _LONGEST_HEADLINE for line in lines)
    if len(lines) < FEWEST_HEADLINES or 10 * short < 9 * len(lines):
        return False
    lines = [line[:_LONGEST_HEADLINE] for line in lines[:_MOST_HEADLINES]]
    links = [" ".join(link.text_content().split()) for link in root.iter("a")]
    known = {link for link in links if link.count(" ") >= _SHORTEST_LINK - 1}
    headlines = sum(
        line in known or any(line[:-cut] in known for cut in range(1, len(line) // 2))
        for line in lines
    )
    return 10 * headlines >= 9 * len(lines)


def is_truncated(root: Any, page: PageData, lines: Sequence[str]) -> bool:
    """Returns True if a page says that its article goes on elsewhere, as behind a paywall.

    Args:
      root: the page's tree.
      page: its statements.
      lines: its article.
    """
    words = sum(map(word_count, lines))
    stated = page.article.get("wordCount")
    if isinstance(stated, str) and stated.isdigit():
        stated = int(stated)
    if isinstance(stated, int) and not isinstance(stated, bool) and stated >= 2 * words + 40:
        return True
    free = str(page.article.get("isAccessibleForFree", "")).lower()
    if free and free not in ("false", "no", "0"):
        return False
    most = MOST_WORDS if free else _MOST_WORDS_BEFORE_A_WALL
    if not free and words >= most:
        return False  # not a word of it in the metadata, and an article of some length
    body = root.find("body")
    text = " ".join((body if body is not None else root).text_content().split())
    # Some pages hide the whole text behind their notice.
    return _REST.search(text) is not None or (
        words < most
        and (
            _GOES_ON.search(text) is not None or (free != "" and _PAYWALL.search(text) is not None)
        )
    )
