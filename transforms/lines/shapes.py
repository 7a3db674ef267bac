# ruff: noqa: RUF001 - marks of other scripts are meant
"""What lines of text look like, alone and among their neighbours: features for trained models.

What a line is made of (words, stop words, capitals, digits, punctuation), what its neighbours are,
how much running text lies around it, what share of them the rules took for page furniture, whether
it lies inside the stretch with the most running text (the maximum-subsequence idea of Finn et al.,
2001, and Pasternack and Roth, 2009), and how often it repeats. No feature knows a word of any site
beyond the stop words and the classes of the rules.
"""

import functools
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.arrays import I64
from transforms.compiled import lines as loops
from transforms.compiled.lines import IS_CAPITAL, IS_DIGIT, IS_LETTER, IS_MARK
from transforms.trees import Floats

GROUPS: dict[str, int] = {
    **dict.fromkeys(
        (
            "related_links_v2",
            "link_heading_v2",
            "link_list_v1",
            "labelled_link_v1",
            "guide_links_v1",
            "folded_box_v1",
        ),
        1,
    ),
    **dict.fromkeys(
        (
            "share_button_v2",
            "navigation_v2",
            "section_label_v1",
            "media_v2",
            "player_bar_v1",
            "markup_v1",
            "separator_v1",
            "breadcrumb_v2",
        ),
        2,
    ),
    **dict.fromkeys(
        (
            "prompt_v2",
            "newsletter_v2",
            "subscription_v2",
            "comments_v2",
            "advertisement_v2",
            "reader_notice_v1",
        ),
        3,
    ),
    **dict.fromkeys(("footer_heading_v2", "footer_v2", "copyright_v2", "disclaimer_v2"), 4),
    **dict.fromkeys(
        (
            "field:byline",
            "field:agency",
            "field:credit",
            "timestamp_v2",
            "tags_v2",
            "contributor_v1",
            "desk_credit_v1",
            "author_bio_v2",
            "author_note_v1",
            "portrait_v1",
            "tag_list_v1",
        ),
        5,
    ),
    **dict.fromkeys(
        (
            "caption_v2",
            "repeated_caption_v1",
            "doubled_caption_v1",
            "gallery_v1",
            "repeat_v1",
        ),
        6,
    ),
    "field:title": 7,
    **{
        kind: at
        for at, kind in enumerate(
            ("links", "menu", "prompt", "footer", "fact", "caption", "title"), 1
        )
    },
}
"""Rule to class of rules; 0 is a line without a rule."""

_HEAD = 240  # characters of a line that are looked at; its shape shows in its first sentences
WINDOWS = (4, 10)  # lines before and after that count as surroundings
BODY_WORDS = 10  # a sentence of as many words counts as running text


@functools.cache
def _character_table() -> npt.NDArray[np.uint8]:
    """Returns what the characters of the basic plane are; those beyond count as nothing."""
    kinds = {"L": IS_LETTER, "N": IS_DIGIT, "P": IS_MARK, "S": IS_MARK}
    categories = [unicodedata.category(chr(code)) for code in range(0x10000)]
    return np.array(
        [
            kinds.get(category[0], 0) | (IS_CAPITAL if category in ("Lu", "Lt") else 0)
            for category in categories
        ],
        np.uint8,
    )


def warm_up() -> None:
    """Builds the table of characters, before the first article."""
    _character_table()


def joined(texts: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Returns lines as the compiled loops take them: UTF-8, each with a line break behind it."""
    data = "\n".join(texts)
    if data.count("\n") >= len(texts):
        data = "\n".join(text.replace("\n", "\r") for text in texts)
    return np.frombuffer(data.encode("utf-8", "surrogatepass") + b"\n", np.uint8)


class Looks(NamedTuple):
    """What lines are made of; each of shape (lines,).

    Attributes:
      sizes: characters.
      letters: of the first ``_HEAD`` characters, those that are letters,
      capitals: capital letters,
      digits: digits, and
      marks: punctuation marks and other signs.
      commas: commas.
      sentences: full stops before a space, and ideographic ones.
      bars: 1 where there is a bar or bullet.
    """

    sizes: I64
    letters: I64
    capitals: I64
    digits: I64
    marks: I64
    commas: I64
    sentences: I64
    bars: I64


def looks(texts: Sequence[str]) -> Looks:
    """Returns what each line is made of, in one compiled pass."""
    out = np.empty((len(Looks._fields), len(texts)), np.int64)
    loops.line_shapes(joined(texts), _character_table(), _HEAD, out)
    return Looks(*out)


def around(values: Floats, before: int, after: int) -> Floats:
    """Returns for each position the sum of the values ``before`` it or ``after`` it."""
    sums = np.zeros(len(values) + 1)
    np.cumsum(values, out=sums[1:])
    if before:
        found = sums[:-1].copy()
        found[before:] -= sums[: -1 - before]
        return found
    found = np.full(len(values), sums[-1])
    found[: -after or None] = sums[1 + after :]
    return found - sums[1:]


def moved(values: Floats, by: int) -> Floats:
    """Returns the values of the lines ``by`` places before (after, if negative); -1 outside."""
    out = np.full(len(values), -1.0)
    if abs(by) < len(values):
        if by > 0:
            out[by:] = values[:-by]
        else:
            out[:by] = values[-by:]
    return out


def richest(gain: Floats) -> tuple[int, int]:
    """Returns first line and end of the stretch with the largest sum (Kadane, 1977)."""
    sums = np.concatenate([[0.0], np.cumsum(gain)])
    lowest = np.minimum.accumulate(sums)
    end = int(np.argmax(sums - lowest))
    return int(np.flatnonzero(sums[: end + 1] == lowest[end])[-1]), end


def features(
    texts: Sequence[str],
    counts: Sequence[int] | I64,
    ended: Sequence[bool] | I64,
    stops: Sequence[int] | I64,
    groups: Sequence[int] | I64,
    title_words: Sequence[float] | Floats,
) -> dict[str, Floats]:
    """Returns the features of the lines of one article, by name; each of shape (lines,).

    Args:
      texts: the non-blank lines, in order; at least one.
      counts: words of each line.
      ended: whether each line ends as sentences do.
      stops: different stop words in each line.
      groups: class of the rule each line met (``GROUPS``), 0 for none.
      title_words: share of the title's words in each line, 0 to 1.
    """
    size = len(texts)
    at = np.arange(size, dtype=np.float64)
    words = np.array(counts, np.float64)
    end = np.array(ended, np.float64)
    stop = np.array(stops, np.float64)
    group = np.array(groups, np.float64)
    seen = looks(texts)
    letters, capitals, digits, marks = (
        values.astype(np.float64)
        for values in (seen.letters, seen.capitals, seen.digits, seen.marks)
    )
    length = seen.sizes.astype(np.float64)
    head = np.minimum(length, _HEAD)
    log_words = np.log1p(words)
    stop_share = stop / np.maximum(words, 1)
    upper = capitals / np.maximum(letters, 1)
    caps = capitals / np.maximum(np.minimum(words, _HEAD / 6), 1)
    flagged = (group > 0).astype(np.float64)
    body = ((end > 0) & (words >= BODY_WORDS) & (group == 0)).astype(np.float64)
    body_words = words * body
    before = np.cumsum(body_words) - body_words
    total = max(float(body_words.sum()), 1.0)
    times: dict[str, int] = {}
    for text in texts:
        times[text] = times.get(text, 0) + 1
    first = [text[0] for text in texts]
    last = [text[-1] for text in texts]

    # The stretch of lines with the largest sum, where running text counts for, the rest against.
    gain = np.where(
        body > 0,
        np.minimum(words, 60),
        np.where(flagged > 0, -4.0, np.where(end > 0, -1.0, -2.5)),
    )
    stretch, stretch_end = richest(gain)
    rise = max(float(gain[stretch:stretch_end].sum()), 0.0)

    whole = np.ones(size)
    found: dict[str, Floats] = {
        "log_words": log_words,
        "ended": end,
        "stop_share": stop_share,
        "stops": np.minimum(stop, 12),
        "word_length": length / np.maximum(words, 1),
        "upper": upper,
        "caps": caps,
        "digits": digits / head,
        "marks": marks / head,
        "commas": seen.commas.astype(np.float64),
        "sentences": seen.sentences.astype(np.float64),
        "quote": np.array([mark in '"“„«‘‚「『' for mark in first], np.float64),
        "lower_start": np.array([mark.islower() for mark in first], np.float64),
        "digit_start": np.array([mark.isdigit() for mark in first], np.float64),
        "bullet": np.array([mark in "-–—•*·" for mark in first], np.float64),
        "colon": np.array([mark in ":：" for mark in last], np.float64),
        "question": np.array([mark in "?？" for mark in last], np.float64),
        "bar": seen.bars.astype(np.float64),
        "title_words": np.array(title_words, np.float64),
        "repeats": np.array([times[text] - 1 for text in texts], np.float64),
        "group": group,
        "log_lines": whole * np.log1p(size),
        "body_share": whole * (body_words.sum() / max(float(words.sum()), 1.0)),
        "log_bodies": whole * np.log1p(body.sum()),
        "flag_share": whole * flagged.mean(),
        "median_words": whole * np.median(words),
        "place": at / size,
        "word_place": before / total,
        "from_start": np.minimum(at, 30),
        "to_end": np.minimum(size - 1 - at, 30),
        "inside": ((at >= stretch) & (at < stretch_end)).astype(np.float64),
        "lines_before": np.clip(stretch - at, 0, 30),
        "lines_after": np.clip(at - stretch_end + 1, 0, 40),
        "stretch_words": whole * np.log1p(rise),
        "stretch_share": whole * (body_words[stretch:stretch_end].sum() / total),
        "flags_before": np.minimum(np.cumsum(flagged) - flagged, 30),
        "flags_after": np.minimum(flagged.sum() - np.cumsum(flagged), 30),
        "unlike": np.abs(log_words - moved(log_words, 1))
        + np.abs(log_words - moved(log_words, -1)),
    }
    previous = np.maximum.accumulate(np.where(body > 0, at, -1e6))
    following = np.minimum.accumulate(np.where(body > 0, at, 1e6)[::-1])[::-1]
    found["since_body"] = np.minimum(at - np.concatenate([[-1e6], previous[:-1]]), 50)
    found["until_body"] = np.minimum(np.concatenate([following[1:], [1e6]]) - at, 50)
    for by in (1, 2, 3):
        for sign, step in (("before", by), ("after", -by)):
            found[f"log_words_{sign}_{by}"] = moved(log_words, step)
            found[f"ended_{sign}_{by}"] = moved(end, step)
            found[f"stop_share_{sign}_{by}"] = moved(stop_share, step)
            found[f"flagged_{sign}_{by}"] = moved(flagged, step)
    found["caps_before"] = moved(caps, 1)
    found["caps_after"] = moved(caps, -1)
    for window in WINDOWS:
        for sign, back, ahead in (("before", window, 0), ("after", 0, window)):
            found[f"body_words_{sign}_{window}"] = np.log1p(around(body_words, back, ahead))
            found[f"short_{sign}_{window}"] = around(1 - body, back, ahead)
            found[f"flagged_{sign}_{window}"] = around(flagged, back, ahead)
            found[f"stops_{sign}_{window}"] = around(stop, back, ahead)
    return found
