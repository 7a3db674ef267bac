# ruff: noqa: RUF001 - letters of other scripts are meant
"""Which rule one line of a page meets by itself.

``line_rule`` judges a line without its surroundings. Most lines are sentences of running text, so
gates come first. One compiled look at all lines of an article (``transforms.lines.glance``) tells
of each which listed words, marks and credits it may have, and by ``_OBSTACLES`` which families of
rules may meet it: most lines are plain, and none may. What is left is shown to these families only,
and passes the exact gates: a pattern is tried only on lines whose first word, or any word, is one
that the pattern needs (``_FIRST_WORDS``, ``_ANY_WORDS``). ``judged`` does all of it; ``line_rule``
says the same of every line without the compiled look.

The rules are those of ``transforms.lines.prompts`` and ``transforms.lines.sentences`` and, for
lines of up to ``SHORT`` characters, of ``transforms.lines.short_lines``. What is looked for is
built here from the words that they know.
"""

import functools
import itertools
import re
from collections.abc import Iterable, Sequence

from transforms.compiled.lines import (
    ASKED,
    BARE,
    BRACKETED,
    CLOSER,
    CRUMB,
    DIGITS,
    EARLY_COLON,
    ENDED,
    EVERY,
    HINT,
    KNOWN,
    LAST_DIGIT,
    LATE_MARK,
    LONG,
    MARKS_FIRST,
    NO_FULL_STOP,
    NO_STOP,
    ODD,
    QUOTE,
    SHORT,
    SIGN,
    STOP,
    TWICE,
    WIDTH,
)
from transforms.lines import cues, prompts
from transforms.lines.bylines import AGENCIES, AGENCY_FILLERS, AGENCY_TOKENS
from transforms.lines.credits import (
    CREDIT_HINTS,
    CREDIT_HINTS_BEYOND_ASCII,
    CREDIT_TAIL,
    GALLERY_STARTS,
    IMAGE_BANKS,
    PICTURE_WORDS,
    STILL_WORDS,
    holds_hint,
    late_mark,
    repeats_its_heading,
)
from transforms.lines.dates import TIME_WORDS, UPDATED_WORDS
from transforms.lines.gates import (
    ANY_LISTS,
    APPEAL,
    ASK,
    BUILT,
    BY_ITSELF,
    BYLINE,
    CLICK_GATE,
    CONTINUE,
    CONTRIBUTOR,
    COPY,
    CREDIT,
    CUE,
    FIRST_LISTS,
    FOLLOW_GATE,
    JOURNALIST,
    LAST,
    LEAD,
    LONG_LINES,
    MASTHEAD,
    NOTICE,
    NOTICES,
    OFFER,
    PAGE,
    PICTURE,
    PLEA,
    PRIZE_WORD,
    REPORT,
    REQUEST,
    SENTENCES,
    SHORT_LINES,
    STAMP,
    SUBSCRIBER,
    SUPPORT_GATE,
    TAG_GATE,
    TIP_GATE,
    VOICE,
    VOICE_FIRST,
)
from transforms.lines.glance import (
    Glance,
    Obstacle,
    Vocabulary,
    automaton,
    glance,
    letters_of,
    mark_table,
    obstacle_table,
    where,
    word_table,
)
from transforms.lines.labels import LABELS, NETWORKS, Label
from transforms.lines.links import BARE_CUES, CUE_HEADS, CUE_KEYS, LINK_BULLETS
from transforms.lines.markup import SCRIPT, SCRIPT_STARTS, may_be_script
from transforms.lines.notices import ASK_FIRST, ASK_START, PRIZE, SAID_WORDS, is_copyright
from transforms.lines.sentences import ADVERTISEMENT_STARTS, PIECE_KINDS, sentence_rule
from transforms.lines.short_lines import short_line_rule
from transforms.text import CLOSERS, OPENING_QUOTES, SENTENCE_ENDS, folded, key, word_count


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
    _THE_STORY, _PURPOSE, _CONTINUE_FIRST, _PIECE_FIRST, _CHECK_FIRST, _PLAYER_FIRST, _THIS, _YOU,
    _THESE,
) = (1 << bit for bit in range(16, 33))  # fmt: skip
(
    _AGENCY_WORD, _PICTURE_WORD, _IS, _UPDATED, _YESTERDAY, _SIGN_WORD, _CONTINUES_WORD,
    _CLICK_WORD, _OPEN_WORD, _DOWNLOAD_WORD, _SAID, _NOT_SHARED, _ASKED_FOR, _THIS_WORD, _SHOWING,
    _SHOWN, _BOX, _CHOOSING, _SEEING, _PICTURES, _CONTENT, _USUALLY, _EXPLORED, _TRANSCRIPT, _BELOW,
    _HIDE, _CAPTION_WORD,
) = (1 << bit for bit in range(16, 43))  # fmt: skip
# What the first character of a line may begin, beside a quote.
_MARKED, _LISTED, _SCRIPTED, _LONG_FIRST, _ROUND = (1 << bit for bit in range(3, 8))


def glances(texts: Sequence[str]) -> list[Glance]:
    """Returns what one look at each line tells, the gates of its words among it."""
    return glance(texts, _vocabulary())


def warm_up() -> None:
    """Builds the tables of words, before the first line."""
    _vocabulary()


# Words that open ``CONTINUE`` and say little: ``the story continues``, ``for more, click …``.
_STORY_WORDS = frozenset("the this story article".split())
_PURPOSE_WORDS = frozenset("for to".split())


def _continue_first() -> set[str]:
    """Returns the other words that open ``CONTINUE``."""
    return {
        word
        for word, gates in _FIRST_WORDS.items()
        if gates & CONTINUE and word not in _STORY_WORDS | _PURPOSE_WORDS
    }


# Words of sentences that no share bar has: one of them tells what a line is not. Whole words alone
# are looked for, so that none begins like the name of a network either. That each is found wherever
# it stands costs time: these few are in most sentences.
_COMMON_WORDS = frozenset([*SAID_WORDS, *"are be he is not that they will would".split()])


@functools.cache
def _vocabulary() -> Vocabulary:
    first = _with_values(
        [
            *((gate, [word]) for word, gate in _FIRST_WORDS.items()),
            (_SHARE_FIRST, cues.SHARE_STRONG | cues.SHARE_WEAK),
            (_TIME_FIRST, TIME_WORDS),
            (_AGENCY_FIRST, {key(name).split()[0] for name in AGENCIES} | AGENCY_FILLERS),
            (_ALONE, prompts.FIRST_WORDS),
            (_PLAYER_FIRST, prompts.PLAYER_WORDS),
            (_THIS, ["this"]),
            (_YOU, ["you"]),
            (_THESE, ["these"]),
            (_STILL, STILL_WORDS),
            (_THE_STORY, _STORY_WORDS),
            (_PURPOSE, _PURPOSE_WORDS),
            (_CONTINUE_FIRST, _continue_first()),
            (_GALLERY, [start.rstrip(":").casefold() for start in GALLERY_STARTS]),
            (_ADVERTISEMENT, [start.strip().casefold() for start in ADVERTISEMENT_STARTS]),
            (_PIECE_FIRST, [start.rstrip(": ") for start in PIECE_KINDS]),
            (_CHECK_FIRST, ["check"]),
        ]
    )
    anywhere = _with_values(
        [
            *((gate, [word]) for word, gate in _ANY_WORDS.items()),
            (_AGENCY_WORD, AGENCY_TOKENS),
            (_PICTURE_WORD, PICTURE_WORDS),
            (_IS, ["is"]),
            (_THIS_WORD, prompts.THIS_WORDS),
            (_SHOWING, prompts.SHOWING),
            (_SHOWN, prompts.SHOWN),
            (_HIDE, ["hide"]),
            (_CAPTION_WORD, ["caption"]),
            (_BOX, prompts.BOXES),
            (_CHOOSING, prompts.CHOOSING),
            (_SEEING, prompts.SEEING),
            (_PICTURES, prompts.PICTURES),
            (_CONTENT, ["content"]),
            (_USUALLY, prompts.USUALLY),
            (_EXPLORED, prompts.EXPLORED),
            (_TRANSCRIPT, ["transcript"]),
            (_BELOW, ["below"]),
            (_ASKED_FOR, ["subscribe", "sign", "follow", "join", "click"]),
            (_OPEN_WORD, prompts.OPEN_WORDS),
            (_UPDATED, UPDATED_WORDS),
            (_YESTERDAY, ["yesterday"]),
            (_SIGN_WORD, ["sign", "signing"]),
            (_CONTINUES_WORD, ["continue", "continues", "continued"]),
            (_CLICK_WORD, ["click"]),
            (_DOWNLOAD_WORD, ["download"]),
            (_SAID, SAID_WORDS),
            (_NOT_SHARED, _COMMON_WORDS - cues.SHARE_STRONG - cues.SHARE_WEAK),
        ]
    )
    known = [*LABELS, *BARE_CUES, *AGENCIES, *IMAGE_BANKS]
    marks = _with_values(
        [
            (QUOTE, OPENING_QUOTES),
            (STOP, SENTENCE_ENDS),
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
        obstacle_table(_OBSTACLES),
    )


_HEADING_WORDS = 9
"""A line that does not end as sentences do and has as few words may be a heading or a label."""
_SMALL, _SENTENCE, _OPEN = where(sizes=[0]), where(ended=[1]), where(ended=[0])
_UP_TO_LONG, _LENGTHY, _BESIDE_QUOTES = where(sizes=[0, 1]), where(sizes=[2]), where(quoted=[0])
_UNQUOTED = _UP_TO_LONG & _BESIDE_QUOTES
_BARE_QUOTE = Obstacle(_SMALL & ~_BESIDE_QUOTES, words=3)
"""Sentences in quotes are an article's; as few words are not yet one."""
_OBSTACLES = {
    BY_ITSELF: [
        Obstacle(_OPEN, first=_PLAYER_FIRST),
        Obstacle(where(), anywhere=_SHOWN, also=_SHOWING),
        Obstacle(where(), anywhere=_HIDE, also=_CAPTION_WORD),
        Obstacle(where(), anywhere=_SIGN_WORD, also=_BOX),
        Obstacle(where(), anywhere=_BOX, also=_SIGN_WORD | _CHOOSING),
        Obstacle(where(), anywhere=_CHOOSING, also=_BOX),
        Obstacle(_UP_TO_LONG, first=_ALONE, words=60),
        Obstacle(_UP_TO_LONG, first=_THIS, also=_THIS_WORD, words=60),
        Obstacle(_UP_TO_LONG, first=_YOU, also=_OPEN_WORD, words=60),
        Obstacle(_UP_TO_LONG, first=_THESE, also=_EXPLORED, words=60),
        Obstacle(_UP_TO_LONG, also=_CLICK_WORD, words=40),
        Obstacle(_UP_TO_LONG, anywhere=_CONTENT, also=_USUALLY, words=60),
        Obstacle(_UP_TO_LONG, anywhere=_TRANSCRIPT, also=_BELOW, words=60),
        Obstacle(_UP_TO_LONG, anywhere=_PICTURES, also=_SEEING, words=60),
        Obstacle(_UP_TO_LONG & _OPEN, anywhere=_OPEN_WORD),
        Obstacle(_UP_TO_LONG, initial=_ROUND),
        Obstacle(_UP_TO_LONG & _OPEN, flags=CRUMB, words=9),
        Obstacle(_UP_TO_LONG & _OPEN, flags=CRUMB, also_flags=DIGITS | BARE, words=30),
    ],
    LONG_LINES: [
        Obstacle(_LENGTHY, initial=_LONG_FIRST | _SCRIPTED),
        Obstacle(_LENGTHY, first=_GALLERY),
        Obstacle(_LENGTHY, anywhere=_SIGN_WORD),
        Obstacle(_LENGTHY, flags=SIGN),
    ],
    SHORT_LINES: [
        Obstacle(_SMALL, flags=SIGN | KNOWN | LAST_DIGIT | TWICE | MARKS_FIRST),
        Obstacle(_SMALL, initial=_LISTED),
        Obstacle(_SMALL, first=_NETWORK | PAGE),
        Obstacle(_SMALL, first=_SHARE_FIRST, without=_NOT_SHARED),
        Obstacle(_SMALL, first=STAMP, flags=DIGITS),
        # A full stop ends neither labels nor headings, but short sentences may be times or credits.
        Obstacle(_SMALL & _SENTENCE, flags=NO_FULL_STOP),
        Obstacle(_SMALL & _SENTENCE, words=2),
        Obstacle(_SMALL & _OPEN, words=_HEADING_WORDS),
        Obstacle(_SMALL & _OPEN, flags=CRUMB | BARE | ASKED),
        Obstacle(_SMALL & _OPEN, first=MASTHEAD | BYLINE),
        Obstacle(_SMALL & _OPEN, first=_STILL, words=14),
        Obstacle(_SMALL, first=CONTINUE, also=_UPDATED),
        Obstacle(_SMALL, first=_TIME_FIRST, also=_YESTERDAY),
        Obstacle(_SMALL, first=_TIME_FIRST, flags=DIGITS),
        Obstacle(_SMALL, first=_AGENCY_FIRST, also=_AGENCY_WORD),
        _BARE_QUOTE,
    ],
    LEAD: [
        Obstacle(_UNQUOTED, flags=SIGN),
        Obstacle(_UNQUOTED, initial=_MARKED | _SCRIPTED),
        Obstacle(_UNQUOTED, first=CUE, flags=EARLY_COLON),
        Obstacle(_UNQUOTED, first=CUE, flags=NO_STOP, words=30),
        Obstacle(_UNQUOTED & _OPEN, first=_PIECE_FIRST, flags=EARLY_COLON, words=20),
        Obstacle(_UNQUOTED & _OPEN, first=TAG_GATE | BUILT, words=40),
        Obstacle(_UNQUOTED & _OPEN, first=REPORT),
        Obstacle(_UNQUOTED, first=REPORT, words=60),
        Obstacle(_UNQUOTED, first=PICTURE, anywhere=_PICTURE_WORD, words=60),
        Obstacle(_UNQUOTED, anywhere=COPY),
        Obstacle(_UNQUOTED, anywhere=CONTRIBUTOR, words=60),
        _BARE_QUOTE,
    ],
    CREDIT: [
        Obstacle(_UNQUOTED & _OPEN, flags=HINT, words=80),
        Obstacle(_UNQUOTED & _SENTENCE, flags=HINT, also_flags=LATE_MARK | BRACKETED, words=80),
        _BARE_QUOTE,
    ],
    REQUEST: [
        Obstacle(_UNQUOTED, flags=SIGN, words=50),
        Obstacle(_UNQUOTED, first=CLICK_GATE | FOLLOW_GATE, words=40),
        Obstacle(_UNQUOTED, first=TIP_GATE | _CONTINUE_FIRST, words=30),
        Obstacle(_UNQUOTED, first=_THE_STORY, anywhere=_CONTINUES_WORD, words=30),
        Obstacle(_UNQUOTED, first=_PURPOSE, anywhere=_ASKED_FOR, words=30),
        Obstacle(_UNQUOTED, first=SUPPORT_GATE, words=60, without=_SAID),
        Obstacle(_UNQUOTED, first=ASK, words=50, without=_SAID),
        Obstacle(_UNQUOTED, anywhere=SUBSCRIBER, words=14),
        Obstacle(_UNQUOTED, anywhere=SUBSCRIBER, words=60, without=_SAID),
        Obstacle(_UNQUOTED, anywhere=PRIZE_WORD, words=50, without=_SAID),
        Obstacle(_UNQUOTED, anywhere=PRIZE_WORD, also=_DOWNLOAD_WORD, words=60),
        Obstacle(_UNQUOTED, anywhere=NOTICE, words=60),
        Obstacle(_UNQUOTED, anywhere=LAST, words=40),
        _BARE_QUOTE,
    ],
    NOTICES: [
        Obstacle(_UNQUOTED, first=TIP_GATE, words=60),
        Obstacle(_UNQUOTED, anywhere=PLEA, words=60),
        Obstacle(_UNQUOTED & _SMALL, first=VOICE_FIRST),
        Obstacle(_UNQUOTED & _SMALL, anywhere=VOICE),
        _BARE_QUOTE,
    ],
    APPEAL: [
        Obstacle(_UNQUOTED, first=TIP_GATE, words=12),
        Obstacle(_UNQUOTED, first=TIP_GATE, words=60, without=_SAID),
        Obstacle(_UNQUOTED, anywhere=PLEA, words=12),
        Obstacle(_UNQUOTED, anywhere=PLEA, words=60, without=_SAID),
        Obstacle(_UNQUOTED & _SMALL, first=VOICE_FIRST, words=12),
        Obstacle(_UNQUOTED & _SMALL, first=VOICE_FIRST, without=_SAID),
        Obstacle(_UNQUOTED & _SMALL, anywhere=VOICE, words=12),
        Obstacle(_UNQUOTED & _SMALL, anywhere=VOICE, without=_SAID),
        _BARE_QUOTE,
    ],
    OFFER: [
        Obstacle(
            _UNQUOTED,
            anywhere=PRIZE_WORD | SUBSCRIBER,
            also=_SIGN_WORD,
            words=110,
            without=_SAID,
        ),
        Obstacle(_UNQUOTED, first=_ADVERTISEMENT, words=12),
        Obstacle(_UNQUOTED, first=_CHECK_FIRST, words=30),
        Obstacle(_UNQUOTED, anywhere=JOURNALIST, also=_IS, words=70),
        _BARE_QUOTE,
    ],
}
"""Where a rule of each family may meet a line; each stands for conditions of the rule, and may say
so too often, never too seldom."""


def judged(text: str, sight: Glance) -> tuple[Label | None, int]:
    """Returns the text rule that a line meets by itself, or ``None``, and the number of its words.

    Args:
      text: one line, outer white space stripped, not empty.
      sight: what :func:`glances` tells of it.
    """
    if not sight[5]:
        return None, sight[0]
    return _judged_before(text, sight) if len(text) <= _OFTEN else _judged(text, sight)


_OFTEN = 40
"""Lines of up to as many characters are often the same: of those of allsides that are not plain,
more than half were there before."""


def _judged(text: str, sight: Glance) -> tuple[Label | None, int]:
    """The same for a line that a rule may meet."""
    count, first_words, any_words, flags, whole, families = sight
    ended = flags & ENDED != 0
    is_wide = count * WIDTH < len(text)
    if is_wide:
        count = word_count(text)
    if families & BY_ITSELF:
        rule = prompts.by_itself(text, count, ended)
        if rule is not None:
            return Label(rule, True), count
        if families == BY_ITSELF:
            return None, count
    gates = found = 0
    if flags & ODD or is_wide:
        gates, found = _gates(text)
    elif len(text) <= LONG:
        gates, found = first_words & _ALL_GATES, any_words & _ALL_GATES
    if flags & ODD:
        flags |= CRUMB | DIGITS
        whole = 1
    return _line_rule(text, count, ended, gates, found, flags, whole, families), count


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
    return _line_rule(text, count, ended, *_gates(text), flags, 1, EVERY)


def _line_rule(
    text: str,
    count: int,
    ended: bool,
    gates: int,
    found: int,
    flags: int,
    whole: int,
    families: int,
) -> Label | None:
    size = len(text)
    first = text[0]
    if size > LONG:
        return _long_line_rule(text) if families & LONG_LINES else None
    if (
        size > SHORT
        and not gates
        and not found & ~VOICE
        and text[-1] in SENTENCE_ENDS
        and first not in _MARKED_INITIALS
        and "[" not in text
        and "{" not in text
        and "@" not in text
        and "©" not in text
        and not late_mark(text)
    ):
        return None  # four in five lines: a sentence without any cue
    if size <= SHORT and families & SHORT_LINES:
        label = short_line_rule(text, count, ended, gates, flags, whole)
        if label is not None:
            return label
    if not families & SENTENCES or (first in OPENING_QUOTES and count > 3):
        return None
    return sentence_rule(text, count, ended, gates, found, bool(flags & HINT), families)


def _long_line_rule(text: str) -> Label | None:
    if text[0] in "©@(cC" and is_copyright(text):
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


_SIGN_UP = re.compile(r"(?:^|\s)\W*[Ss]ign up")

# Guillemets that point inwards begin page links, in texts that quote with the others.
_LIST_INITIALS = frozenset("•*«‹»›([#")
_MARKED_INITIALS = frozenset("([<{$}#.@&") | frozenset(bullet[0] for bullet in LINK_BULLETS)


def may_be_byline(text: str) -> bool:
    """Whether a line's first word can introduce a byline."""
    word = text.split(None, 1)[0]
    return bool(_FIRST_WORDS.get(word.strip(_EDGE).casefold(), 0) & BYLINE)
