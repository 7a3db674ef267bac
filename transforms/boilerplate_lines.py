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
from transforms.boilerplate_notices import (
    ASK_FIRST,
    ASK_START,
    BUILT_BY,
    LONG_OFFER,
    OURS,
    PRIZE,
    SAID,
    is_copyright,
    prompt_rule,
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
from transforms.line_text import CLOSERS, DIGIT_RUN, OPENING_QUOTES, STOPS, key, word_count

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
        (ASK, ASK_FIRST - _COMMON_ASKERS | {"what"}),  # ``What do you think? Tell us``
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
        if first in "©@(cC" and is_copyright(text):
            return Label("copyright_v2", True)
        head = text[:200]
        if (
            "ign up" in head
            and _SIGN_UP.search(head)
            and ASK_START.search(text[:250])
            and PRIZE.search(text[:300])
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
    if "©" in text and is_copyright(text):
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
        label = prompt_rule(text, count, gates, found)
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
        and LONG_OFFER.search(text)
        and OURS.search(text)
        and not SAID.search(text)
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
    found = prompts.prompt(text, count, ended, SAID.search)
    return None if found is None else Label(*found)


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
