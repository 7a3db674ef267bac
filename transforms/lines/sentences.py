# ruff: noqa: RUF001 - letters of other scripts are meant
"""Which rule a line meets that may be a sentence: inline links, captions, notices, prompts."""

import re

from transforms.lines import prompts
from transforms.lines.bylines import (
    BIOGRAPHY,
    CONTRIBUTING_AGENCIES,
    REPORTING,
    contribution,
)
from transforms.lines.credits import (
    PICTURE_START,
    credit_rule,
    late_mark,
    repeats_its_heading,
)
from transforms.lines.gates import (
    APPEAL,
    BUILT,
    CONTRIBUTOR,
    COPY,
    CREDIT,
    CUE,
    JOURNALIST,
    LEAD,
    NOTICES,
    OFFER,
    PICTURE,
    PLEA,
    PRIZE_WORD,
    REPORT,
    REQUEST,
    SUBSCRIBER,
    TAG_GATE,
    TIP_GATE,
    VOICE,
    VOICE_FIRST,
)
from transforms.lines.labels import Label
from transforms.lines.links import (
    BULLET_INITIALS,
    is_bullet_link,
    is_cue_link,
    is_shouted_cue,
)
from transforms.lines.markup import ADDRESS_ONLY, SCRIPT, SHORT_CODE, may_be_script
from transforms.lines.notices import (
    BUILT_BY,
    LONG_OFFER,
    OURS,
    SAID,
    is_copyright,
    prompt_rule,
)
from transforms.text import SENTENCE_ENDS, key

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

ADVERTISEMENT_STARTS = ("ADVERTISEMENT ", "ANZEIGE ", "PUBLICIDAD ", "PUBLICITÉ ")
PIECE_KINDS = ("EDITORIAL: ", "COMMENTARY: ", "COLUMN: ", "OP-ED: ")
_CHECK_OUT = re.compile(r"^[–—•*-]\s?check out\b", re.IGNORECASE)


def sentence_rule(
    text: str, count: int, ended: bool, gates: int, found: int, hinted: bool, families: int
) -> Label | None:
    """Returns the rule that a line of running text meets, or ``None``.

    Args:
      text: a line of at most ``LONG`` characters.
      count: its words.
      ended: whether it ends as sentences do.
      gates: the gates its first word opens.
      found: those that its words open.
      hinted: whether its end holds a hint of a credit.
      families: those of whose rules one may meet it.
    """
    if families & LEAD:
        label = _lead_rule(text, count, ended, gates, found)
        if label is not None:
            return label
    if (
        families & CREDIT
        and hinted
        and count <= 80
        and (not ended or text[-1] == ")" or late_mark(text))
    ):
        label = credit_rule(text, count, ended)
        if label is not None:
            return label
    if families & LEAD and gates & CUE and repeats_its_heading(text):
        return Label("caption_v2", True)
    if families & REQUEST and count <= 60 and (gates or found or "@" in text):
        label = prompt_rule(text, count, gates, found)
        if label is not None:
            return label
    if families & (NOTICES | APPEAL) and (
        found & PLEA
        or gates & TIP_GATE
        or (len(text) <= 120 and (found & VOICE or gates & VOICE_FIRST))
    ):
        label = _prompted(text, count, ended, families)
        if label is not None:
            return label
    return _offer_rule(text, count, found) if families & OFFER else None


def _lead_rule(text: str, count: int, ended: bool, gates: int, found: int) -> Label | None:
    """Returns the rule that a line meets by how it begins or by its mark-up, or ``None``."""
    first = text[0]
    if first in BULLET_INITIALS and is_bullet_link(text, count, ended):
        return Label("related_links_v2", True)
    if count <= 25 and (":" in text[:40] or "|" in text[:40]) and is_shouted_cue(text):
        return Label("related_links_v2", True)
    if first in "([" and text[-1] in ")]":
        inner = text[1:-1].strip()
        if text[1] == " " and count <= 14 and inner and inner[-1] not in SENTENCE_ENDS:
            return Label("related_links_v2", True)  # the space is where the link's mark-up was
        if inner and is_cue_link(inner, count, inner[-1] in SENTENCE_ENDS):
            return Label("related_links_v2", True)
    elif gates & CUE and is_cue_link(text, count, text[-1] in SENTENCE_ENDS):
        return Label("related_links_v2", True)
    if "[" in text and SHORT_CODE.search(text):
        bare = SHORT_CODE.sub("", text).strip()
        if not bare or ADDRESS_ONLY.match(bare):
            return Label("markup_v1", True)
        if text.startswith("[caption"):
            return Label("caption_v2", True)
    if not ended and count <= 20 and text.startswith(PIECE_KINDS):
        return Label("related_links_v2", False)  # or the headline, where it is the first line
    if may_be_script(text) and SCRIPT.search(text):
        return Label("markup_v1", True)
    if (
        (found & COPY or first in "©@" or "©" in text)
        and (count <= 45 or "eserved" in text or "RESERVED" in text)
        and is_copyright(text)
    ):
        return Label("copyright_v2", True)
    if not ended:
        if gates & BUILT and count <= 16 and BUILT_BY.match(text):
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
    if (found & CONTRIBUTOR or gates & REPORT) and count <= 60 and contribution(text):
        text_key = key(text)
        agency = any(name in text_key for name in CONTRIBUTING_AGENCIES)
        return Label("field:agency" if agency else "contributor_v1", True)
    return None


def _offer_rule(text: str, count: int, found: int) -> Label | None:
    """Returns the rule of a long offer, an advertisement or a note about an author, or ``None``."""
    if (
        40 < count <= 110
        and found & (PRIZE_WORD | SUBSCRIBER)
        and "sign" in text.casefold()
        and LONG_OFFER.search(text)
        and OURS.search(text)
        and not SAID.search(text)
    ):
        return Label("newsletter_v2", True)
    if count <= 12 and text.startswith(ADVERTISEMENT_STARTS):
        return Label("advertisement_v2", True)
    if text[0] in "-–—•*" and count <= 30 and _CHECK_OUT.match(text):
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


def _prompted(text: str, count: int, ended: bool, families: int) -> Label | None:
    if count > prompts.MOST_WORDS:
        return None
    found = prompts.notice(text, count) if families & NOTICES else None
    if found is None and families & APPEAL:
        found = prompts.appeal(text, count, ended)
        if found is not None and count > 12 and SAID.search(text):
            found = None  # what someone said or did is rather the article's
    return None if found is None else Label(*found)
