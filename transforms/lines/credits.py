# ruff: noqa: RUF001 - letters of other scripts are meant
"""Whose a picture is and what it shows: credits alone on a line or in a caption, captions."""

import re

from transforms.lines.bylines import AGENCIES
from transforms.lines.labels import Label
from transforms.lines.text import Phrases
from transforms.text import ends_sentence, key

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
CREDIT_HINTS = (
    "/", "AP", "AFP", "dpa", "Reuters)", "REUTERS", "HOTO", "etty", "redit", "CREDIT",
    "mage", "icture", "Pic", "ideo", "oto", "FOTO", "ild:", "Bild", "stock", "lamy", "nsplash",
    "via ", "ot.", "llustration", "File", "file p", "raphic:", "rafik:", "eeld:", "ourtesy",
    "(bild", "(archiv", "creenshot", "creengrab",
)  # fmt: skip
CREDIT_HINTS_BEYOND_ASCII = ("rédit", "©", "Фото", "фото", "djęcie")
CREDIT_TAIL = 120


def holds_hint(text: str) -> bool:
    """Whether the end of a line holds a string that credits hold."""
    end = text[-CREDIT_TAIL:]  # a credit closes its caption
    return any(hint in end for hint in CREDIT_HINTS + CREDIT_HINTS_BEYOND_ASCII)


def late_mark(text: str) -> bool:
    """Whether a slash, colon or © is among the last characters, as at the end of a credit."""
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
        _holds_one(end, _CREDIT_MARKS)
        or end.endswith(_CREDIT_ENDINGS)
        or (_holds_one(end, _CREDIT_GIVERS) and _holds_one(end, _CREDIT_PICTURES))
    )


def _holds_one(text: str, strings: tuple[str, ...]) -> bool:
    for string in strings:  # noqa: SIM110 - a generator takes twice as long
        if string in text:
            return True
    return False


_NO_CREDIT = re.compile(
    r"\b(?:best|bigger|big|full|motion|moving|grim|bleak|overall) $", re.IGNORECASE
)
"""Before ``picture:``, which then is no photo but an award or a view of things."""


def credit_rule(text: str, count: int, ended: bool) -> Label | None:
    """Returns the rule of a credit alone on its line or at the end of a caption, or ``None``."""
    if text[-1] == ":":
        return None  # what it introduces is the article's
    if count <= 14 and not ended and CREDIT_LINE.match(text):
        return Label("field:credit", True)
    if not _may_hold_credit(text[-CREDIT_TAIL:].lower()):
        return None
    credit = None
    for match in CREDIT_ANYWHERE.finditer(text, max(0, len(text) - CREDIT_TAIL)):
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
        if tail <= CREDIT_TAIL - 10:
            wire = "/" not in credit.group() and key(credit.group()) in AGENCIES
            before = text[: credit.start()].rstrip()
            if wire and before and ends_sentence(before):
                return None  # a wire's name also closes reports: "… he said. (AFP)"
            return Label("caption_v2", count <= 60 and not wire)
    elif tail <= 45 and credit.group()[-1:] in ":：/" and count <= 60:
        return Label("caption_v2", True)
    return None


IMAGE_BANKS = frozenset(
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
NAME_AND_OUTLET = re.compile(
    r"^\((?:[A-ZÀ-Þ][\w.’'-]*\s){1,3}?[A-ZÀ-Þ][\w.’'-]*\s?/\s?(?:[A-ZÀ-Þ][\w.’'-]*\s?){1,4}\)$"
)


# --- captions -------------------------------------------------------------------------------------

STILL_WORDS = """a video tv screenshot screenshots screen screengrab screengrabs still stills frame
    frames videostandbild videostandbilds bildschirmfoto bildschirmfotos capture captura fermo
    fermoimmagine скриншот скриншотs кадр кадрs ekran zrzut""".split()
"""First words of all lines that ``TAKEN_FROM`` matches."""
TAKEN_FROM = re.compile(
    r"^(?:a |video |tv )?(?:screenshot|screen shot|screen ?grab|still|frame|video still"
    r"|videostandbild"
    r"|bildschirmfoto|capture d.écran|captura de pantalla|captura de tela|fermo ?immagine"
    r"|скриншот|кадр|ekran görüntüsü|zrzut ekranu)s?\b(?: (?:taken |made )?(?:from|of|via|by|aus"
    r"|von"
    r"|d[eu]|del|da|dal|из|z)\b.{2,70}|\W{0,3})$",
    re.IGNORECASE,
)
CAPTION_WORDING = Phrases(
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

PICTURE_START = re.compile(
    r"(?:in this|this|a file|file|an undated|a combination)\s(?:[\w.,]+ ){0,5}(?:file )?(?:photo"
    r"|image|picture|photograph|handout|frame grab|screengrab)\b(?: (?:taken|released|provided"
    r"|made|from|shows|illustration)|,|:| -| –)|file(?: photo| image| picture)?\s?[-–—:]\s",
    re.IGNORECASE,
)
PICTURE_WORDS = "photo image picture photograph handout frame screengrab file".split()
"""One of them is in every line that ``PICTURE_START`` matches."""


def repeats_its_heading(text: str) -> bool:
    """Whether a gallery's caption begins with the gallery's heading twice."""
    if not text.startswith(GALLERY_STARTS):
        return False
    return text.find(text[:16], 1, 200) > 0


GALLERY_STARTS = ("Photos:", "Video:", "Videos:", "Gallery:", "Slideshow:", "Fotos:", "Bilder:")
