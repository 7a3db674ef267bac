# ruff: noqa: RUF001 - letters of other scripts are meant
"""Links to other articles, told by the cue, the capitals or the bullet that they begin with."""

import re

from transforms.lines import cues
from transforms.text import key

CUE_KEYS = frozenset(key(cue) for cue in cues.LINK_CUES)
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
CUE_HEADS = frozenset(
    key(head)
    for head in """
    also on | more from | more on | read more | read our | read the | see our | our previous
    our earlier | our full | our latest | mehr zu | mehr aus | plus sur | lesen sie | sehen sie
    à lire | notre article | nuestro artículo | más sobre | mais sobre | leia a | lea el | lea la
    tutto su | meer over | наш материал | więcej o
    """.replace("\n", "|").split("|")
    if head.strip()
)
BARE_CUES = frozenset(cue for cue in CUE_KEYS - _WEAK_CUES if len(cue.split()) > 1)
_BARE_CUE_FIRST = frozenset(cue.split()[0] for cue in BARE_CUES)

_READ_AT = re.compile(
    r"^(?:read|see|find|learn) more (?:at|on)\b|^(?:read|see|find|watch|listen"
    r"|view)\b.{0,50}\b(?:at|on) \S+\.(?:com|org|net|co\.\w\w)\W*$",
    re.IGNORECASE,
)


def is_cue_link(text: str, words: int, ended: bool) -> bool:
    """Whether a cue introduces the line, a link: ``Read more: …`` or ``LEES OOK Kabinet …``."""
    head = text[:60]
    marked = ":" in head or "|" in head or "：" in head
    at = (
        -1
        if not marked
        else min((place for mark in ":：|" if (place := text.find(mark, 0, 60)) > 0), default=-1)
    )
    if at > 0 and words <= 60:
        cue, rest = key(text[:at]), text[at + 1 :].strip()
        if cue in CUE_KEYS:
            if cue not in _WEAK_CUES:
                return bool(rest) or len(cue.split()) > 1
            return bool(rest) and not ended and words <= 25 and not rest[0].islower()
        # "Also on <site>:", "More from <site>:", "Our earlier report:"
        return " ".join(cue.split()[:2]) in CUE_HEADS and bool(rest) and not ended
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
        if len(parts) > length and key(" ".join(parts[:length])) in BARE_CUES:
            rest = parts[length].lstrip("\"'“‘«„(–—-|> ")
            return bool(rest) and (rest[0].isupper() or rest[0].isdigit())
    return False


_SHOUTED = re.compile(r"^[\s•*·–—-]*([^\W\d_]+(?: [^\W\d_]+){0,4})\s?[:|]\s*(?=[^\sa-z])")
_NAMED_KINDS = frozenset(
    """opinion analysis explainer explained exclusive background timeline factbox interview podcast
    kommentar hintergrund dossier previously earlier next trending popular photos pictures video
    videos fotos vidéo vídeo видео фото entenda""".split()
)


def is_shouted_cue(text: str) -> bool:
    """Whether a line is a link whose cue is in capitals, which no sentence is: ``READ: …``."""
    match = _SHOUTED.match(text)
    if match is None or not match.group(1).isupper():
        return False
    cue = key(match.group(1))
    return cue in CUE_KEYS and cue not in _NAMED_KINDS


LINK_BULLETS = (
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

BULLET_INITIALS = frozenset(bullet[0] for bullet in LINK_BULLETS)


def is_bullet_link(text: str, words: int, ended: bool) -> bool:
    """Whether the line is a link behind an arrow or a guillemet: ``>> Bridge to close``."""
    if text[0] in "»›" and ("«" in text or "‹" in text):
        return False  # quotation marks of Danish and German texts
    for bullet in LINK_BULLETS:
        if text.startswith(bullet):
            rest = text[len(bullet) :].strip()
            if not rest or words > 60:
                return False
            if is_cue_link(rest, words, ended):
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


MORE_FROM = re.compile(
    r"^(?:(?:read |see )?more (?:from|on|in|about)|mehr (?:aus|von|zu)|plus (?:de|sur)|más (?:de"
    r"|en|sobre)|mais (?:de|em|sobre)|altro (?:da|su)|meer (?:van|over|uit)|ещё в|więcej z)\s",
    re.IGNORECASE,
)
