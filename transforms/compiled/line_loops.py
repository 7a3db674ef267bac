"""Loops over the lines of one article: what surrounds them, and where on the page they are.

Each loop writes a matrix with a row for each name of the tuple above it and a column for each line;
:mod:`transforms.compiled.line_features` says what the rows are for.
"""

from typing import Any

import numba
import numpy as np
from numba import types

from transforms.compiled.line_reading import CAPS, DIGITS, ENDED, LOG_WORDS, STOP_SHARE
from transforms.compiled.loops import HASH_BASE, I64, U64, compiled, mix, read_only

_F64 = read_only(types.float64)
_ROWS = types.float64[:, ::1]
_NUMBERS, _HASHES, _FLAGS = types.int64[::1], types.uint64[::1], types.boolean[::1]


@numba.njit
def _numbered(hashes: Any) -> Any:
    """Returns a number for each hash, equal hashes alike, and how many numbers there are."""
    size = 16
    while size < 2 * len(hashes):
        size *= 2
    mask = np.uint64(size - 1)
    table = np.full(size, -1, np.int64)
    firsts = np.empty(len(hashes), np.uint64)
    numbers = np.empty(len(hashes), np.int64)
    found = 0
    for at in range(len(hashes)):
        hashed = hashes[at]
        slot = hashed & mask
        while table[slot] >= 0 and firsts[table[slot]] != hashed:
            slot = (slot + np.uint64(1)) & mask
        if table[slot] < 0:
            table[slot] = found
            firsts[found] = hashed
            found += 1
        numbers[at] = table[slot]
    return numbers, found


@numba.njit
def _counts(numbers: Any, found: int) -> Any:
    counts = np.zeros(found, np.int64)
    for number in numbers:
        counts[number] += 1
    return counts


@numba.njit
def _likeness(words: Any, topical: Any, starts: Any, rarity: Any, weights: Any, enough: float,
              out: Any) -> None:  # fmt: skip
    """Writes what share of each line's topics the lines with weight have too; -1 without topics.

    Rare words of the page count for more; a word counts in full if ``enough`` weight has it.
    """
    bag = np.zeros(len(rarity))
    for line in range(len(weights)):
        if weights[line] > 0:
            for at in range(starts[line], starts[line + 1]):
                if topical[at]:
                    bag[words[at]] += weights[line]
    for line in range(len(weights)):
        total = shared = 0.0
        for at in range(starts[line], starts[line + 1]):
            if topical[at]:
                word = words[at]
                total += rarity[word]
                shared += rarity[word] * min(1.0, max(bag[word] - weights[line], 0.0) / enough)
        out[line] = shared / total if total else -1.0


@numba.njit
def _richest(gain: Any) -> Any:
    """Returns first line and end of the lines in a row with the largest sum, and the sum.

    Kadane's algorithm (Bentley, "Programming Pearls", CACM 1984).
    """
    best, first, end, total, begin = 0.0, 0, 0, 0.0, 0
    for at in range(len(gain)):
        if total <= 0:
            total, begin = 0.0, at
        total += gain[at]
        if total > best:
            best, first, end = total, begin, at + 1
    return first, end, best


@numba.njit
def _distances(marked: Any, most: float, since: Any, until: Any) -> None:
    """Writes how many lines before and behind each line the next marked one lies."""
    far = most
    for at in range(len(marked)):
        since[at] = far
        far = 1.0 if marked[at] else min(far + 1, most)
    far = most
    for at in range(len(marked) - 1, -1, -1):
        until[at] = far
        far = 1.0 if marked[at] else min(far + 1, most)


GIVEN = 3
"""Texts before the lines: the title, the authors' names, the outlet's name."""


@compiled(types.Tuple((_NUMBERS, types.float64[::1]))(_HASHES, _NUMBERS))
def number_words(words: Any, starts: Any) -> Any:
    """Returns the number of each word, equal words alike, and of each number its rarity.

    A word that stands in n lines has the rarity 1 / log(1.5 + n).

    Args:
      words: hashes; those of the texts before the lines come first.
      starts: first word of each of these texts and of each line, and the number of all words.
    """
    numbers, found = _numbered(words)
    commons = np.zeros(found, np.int64)
    latest = np.zeros(found, np.int64)
    for line in range(GIVEN, len(starts) - 1):
        for at in range(starts[line], starts[line + 1]):
            if latest[numbers[at]] != line:
                latest[numbers[at]] = line
                commons[numbers[at]] += 1
    return numbers, 1.0 / np.log(1.5 + commons)


REPETITION = (
    *"title_words author_words outlet_words repeats again is_repeat alike periodic".split(),
)
"""Share of its words that the title has, or of the title's that it has, likewise of the names of
authors and outlet; how many other lines are equal, whether one before it is, and whether any is;
how many have the same first and last word and, up to four, number of words; whether the line has
the form of the one two, three or four lines before, as comments have, and not that of the last."""

_IS_REPEAT = REPETITION.index("is_repeat")


@compiled(types.void(_HASHES, _NUMBERS, _NUMBERS, U64, _F64, _ROWS))
def repetition(words: Any, numbers: Any, starts: Any, keys: Any, ended: Any, out: Any) -> None:
    """Writes the rows of ``REPETITION``.

    Args:
      words, numbers, starts: as :func:`number_words` takes and returns them.
      keys: hash of the words of each line.
      ended: whether each line ends as sentences do.
    """
    repeats, again, is_repeat, alike, periodic = out[GIVEN:]
    given = np.zeros((GIVEN, len(words)), np.bool_)
    sizes = np.zeros(GIVEN, np.int64)
    for text in range(GIVEN):
        for at in range(starts[text], starts[text + 1]):
            given[text, numbers[at]] = True
        sizes[text] = given[text].sum()
    latest = np.zeros(len(words), np.int64)
    starts = starts[GIVEN:]
    forms = np.zeros(len(keys), np.int64)
    same, found = _numbered(keys)
    times = _counts(same, found)
    seen = np.zeros(found, np.bool_)
    shapes = np.zeros(len(keys), np.uint64)
    for line in range(len(keys)):
        begin, end = starts[line], starts[line + 1]
        distinct = 0
        held = np.zeros(GIVEN)
        for at in range(begin, end):
            if latest[numbers[at]] != line + 1:
                latest[numbers[at]] = line + 1
                distinct += 1
                for text in range(GIVEN):
                    held[text] += given[text, numbers[at]]
        for text in range(GIVEN):
            out[text, line] = held[text] / max(min(distinct, sizes[text]), 1)
        forms[line] = 2 * int(1.5 * np.log1p(end - begin) + 0.5) + int(ended[line])
        periodic[line] = 0.0
        for by in range(2, 5):
            if line >= by and forms[line] == forms[line - by] and forms[line] != forms[line - 1]:
                periodic[line] = 1.0
        repeats[line] = times[same[line]] - 1
        is_repeat[line] = repeats[line] > 0
        again[line] = seen[same[line]]
        seen[same[line]] = True
        if end > begin:
            count = np.uint64(min(end - begin, 4))
            shapes[line] = mix(words[begin] * HASH_BASE + words[end - 1] + count)
    kinds, found = _numbered(shapes)
    times = _counts(kinds, found)
    for line in range(len(keys)):
        alike[line] = min(times[kinds[line]] - 1, 20)


BODY_WORDS = 10
"""Words from which on a line that ends as sentences do is running text."""

KINDS, LINKS, COMMENTS = 9, 1, 8
"""How many kinds of rules there are, with 0 for none; which are those of lists of links and of
comments."""

PLACE = (
    *"body body_words topic topic_words topic_sum seen_before seen_after kind is_kind".split(),
    *"log_lines body_share log_bodies kind_share mean_words core_words to_core".split(),
    *"repeat_share place word_place from_start to_end inside lines_before lines_after".split(),
    *"stretch_words stretch_share words_before words_after unlike kinds_before".split(),
    *"kinds_after links_before comments_before since_body until_body".split(),
    *(f"{side}_kind_{kind}" for kind in range(1, KINDS) for side in ("since", "until")),
)
"""Whether the line is running text; whether its words are those of the core, the stretch of lines
with the most running text (Pasternack and Roth, WWW 2009), and of running text before and behind
it; the rule it matches; what the page is like; where in it and its running text the line stands;
how far rules of each kind match."""

_BODY, _TOPIC_WORDS, _TOPIC_SUM, _IS_KIND, _SINCE_KIND = map(
    PLACE.index, ("body", "topic_words", "topic_sum", "is_kind", "since_kind_1")
)


@compiled(types.void(_NUMBERS, _F64, _FLAGS, _NUMBERS, I64, _FLAGS, _ROWS, _ROWS, _ROWS))
def place_lines(
    numbers: Any,
    rarity: Any,
    topical: Any,
    starts: Any,
    kinds: Any,
    taken: Any,
    surface: Any,
    repeated: Any,
    out: Any,
) -> None:
    """Writes the rows of ``PLACE``.

    Args:
      numbers, rarity, starts: as :func:`number_words` takes and returns them.
      topical: whether each word may say what its line is about.
      kinds: kind of the rule that each line matches, 0 for none.
      taken: whether a rule took the line out.
      surface, repeated: the rows of ``SURFACE`` and ``REPETITION``.
    """
    (
        body, body_words, topic, topic_words, topic_sum, seen_before, seen_after, kind, is_kind,
        log_lines, body_share, log_bodies, kind_share, mean_words, core_words, to_core,
        repeat_share, place, word_place, from_start, to_end, inside, lines_before, lines_after,
        stretch_words, stretch_share, words_before, words_after, unlike, kinds_before, kinds_after,
        links_before, comments_before, since_body, until_body,
    ) = out[:_SINCE_KIND]  # fmt: skip
    log_words, ended = surface[LOG_WORDS], surface[ENDED]
    size = out.shape[1]
    starts = starts[GIVEN:]

    gain = np.empty(size)
    all_words = running = 0.0
    bodies = flags = 0
    for line in range(size):
        words = float(starts[line + 1] - starts[line])
        is_body = ended[line] > 0 and words >= BODY_WORDS and not taken[line]
        body[line] = is_body
        body_words[line] = min(words, 80.0) if is_body else 0.0
        kind[line] = kinds[line]
        is_kind[line] = kinds[line] > 0
        flags += kinds[line] > 0
        all_words += words
        if is_body:
            running += words
            bodies += 1
            gain[line] = min(words, 60.0)
        else:
            gain[line] = -4.0 if taken[line] else -1.0 if ended[line] else -2.5
    first, end, rise = _richest(gain)
    core = np.zeros(size)
    core[first:end] = body[first:end]
    if core.sum() < 2:
        core[:] = body
    core_log = 0.0
    stretch = 0.0
    for line in range(size):
        if core[line]:
            core_log += log_words[line]
        if first <= line < end and body[line]:
            stretch += starts[line + 1] - starts[line]
    core_log /= max(core.sum(), 1.0)

    _likeness(numbers, topical, starts, rarity, core, 3.0, topic)
    where_first = np.full(len(rarity), size, np.int64)
    where_last = np.full(len(rarity), -1, np.int64)
    for line in range(size):
        if body[line]:
            for at in range(starts[line], starts[line + 1]):
                where_first[numbers[at]] = min(where_first[numbers[at]], line)
                where_last[numbers[at]] = line

    before = 0.0
    flags_before = found_links = found_comments = 0
    repeat_mean = repeated[_IS_REPEAT].mean()
    for line in range(size):
        words = starts[line + 1] - starts[line]
        total = early = late = 0.0
        for at in range(starts[line], starts[line + 1]):
            if topical[at]:
                total += rarity[numbers[at]]
                if where_first[numbers[at]] < line:
                    early += rarity[numbers[at]]
                if where_last[numbers[at]] > line:
                    late += rarity[numbers[at]]
        seen_before[line] = early / total if total else -1.0
        seen_after[line] = late / total if total else -1.0
        topic_words[line] = min(words, 30) if total else 0.0
        topic_sum[line] = max(topic[line], 0.0) * topic_words[line]
        log_lines[line] = np.log1p(size)
        body_share[line] = running / max(all_words, 1.0)
        log_bodies[line] = np.log1p(bodies)
        kind_share[line] = flags / size
        mean_words[line] = all_words / size
        core_words[line] = core_log
        to_core[line] = log_words[line] - core_log
        repeat_share[line] = repeat_mean
        place[line] = line / size
        word_place[line] = before / max(running, 1.0)
        from_start[line] = min(line, 30)
        to_end[line] = min(size - 1 - line, 30)
        inside[line] = first <= line < end
        lines_before[line] = min(max(first - line, 0), 30)
        lines_after[line] = min(max(line - end + 1, 0), 40)
        stretch_words[line] = np.log1p(rise)
        stretch_share[line] = stretch / max(running, 1.0)
        words_before[line] = np.log1p(before)
        if body[line]:
            before += words
        words_after[line] = np.log1p(max(running - before, 0.0))
        unlike[line] = abs(log_words[line] - log_words[max(line - 1, 0)]) + abs(
            log_words[line] - log_words[min(line + 1, size - 1)]
        )
        kinds_before[line] = min(flags_before, 30)
        flags_before += kinds[line] > 0
        kinds_after[line] = min(flags - flags_before, 30)
        links_before[line] = min(found_links, 10)
        found_links += kinds[line] == LINKS
        comments_before[line] = min(found_comments, 20)
        found_comments += kinds[line] == COMMENTS
    _distances(body > 0, 50.0, since_body, until_body)
    for at in range(_SINCE_KIND, len(out), 2):
        _distances(kinds == 1 + (at - _SINCE_KIND) // 2, 60.0, out[at], out[at + 1])


RUNS = (
    *"run_lines run_place run_words run_topic run_stops run_caps run_digits run_kinds".split(),
    *"run_repeats run_uneven run_ended run_above run_below".split(),
    *"segment_words segment_share segment_topic segment_place".split(),
)
"""Features of the run and the segment of each line. A run is lines in a row that all are running
text, or all are not: its length, means over its lines, how unlike these are in length, and the
words of the runs above and below it. A segment is running text with at most ``GAP`` other lines in
a row within it: its length, also as a share of the longest one's, and whether its words are those
of the core."""

GAP = 2


@compiled(types.void(_NUMBERS, _ROWS, _ROWS, _ROWS, _ROWS))
def runs(starts: Any, surface: Any, repeated: Any, placed: Any, out: Any) -> None:
    """Writes the rows of ``RUNS``.

    Args:
      starts: as :func:`number_words` takes it.
      surface, repeated, placed: the rows of ``SURFACE``, ``REPETITION`` and ``PLACE``.
    """
    (
        run_lines, run_place, run_words, run_topic, run_stops, run_caps, run_digits, run_kinds,
        run_repeats, run_uneven, run_ended, run_above, run_below,
        segment_words, segment_share, segment_topic, segment_place,
    ) = out  # fmt: skip
    log_words, ended, stop_share = surface[LOG_WORDS], surface[ENDED], surface[STOP_SHARE]
    caps, digits, is_repeat = surface[CAPS], surface[DIGITS], repeated[_IS_REPEAT]
    body, topic_words, topic_sum = placed[_BODY], placed[_TOPIC_WORDS], placed[_TOPIC_SUM]
    is_kind = placed[_IS_KIND]
    size = out.shape[1]
    starts = starts[GIVEN:]
    begin = 0
    above = 0.0
    while begin < size:
        stop = begin + 1
        while stop < size and body[stop] == body[begin]:
            stop += 1
        next_stop = stop
        while next_stop < size and body[next_stop] != body[begin]:
            next_stop += 1
        words = float(starts[stop] - starts[begin])
        uneven = np.abs(log_words[begin:stop] - log_words[begin:stop].mean()).mean()
        topics = topic_words[begin:stop].sum()
        run_lines[begin:stop] = stop - begin
        run_words[begin:stop] = np.log1p(words)
        run_topic[begin:stop] = topic_sum[begin:stop].sum() / topics if topics else -1.0
        run_stops[begin:stop] = stop_share[begin:stop].mean()
        run_caps[begin:stop] = caps[begin:stop].mean()
        run_digits[begin:stop] = digits[begin:stop].mean()
        run_kinds[begin:stop] = is_kind[begin:stop].mean()
        run_repeats[begin:stop] = is_repeat[begin:stop].mean()
        run_uneven[begin:stop] = uneven
        run_ended[begin:stop] = ended[begin:stop].mean()
        run_above[begin:stop] = np.log1p(above)
        run_below[begin:stop] = np.log1p(float(starts[next_stop] - starts[stop]))
        for line in range(begin, stop):
            run_place[line] = line - begin
        above = words
        begin = stop

    largest = 1.0
    begin = 0
    while begin < size:
        stop = begin + 1
        gap = 1 - int(body[begin])
        words = float(starts[stop] - starts[begin]) * body[begin]
        while stop < size:
            gap = 0 if body[stop] else gap + 1
            if gap > GAP:
                break
            words += (starts[stop + 1] - starts[stop]) * body[stop]
            stop += 1
        topics = topic_words[begin:stop].sum()
        largest = max(largest, words)
        segment_words[begin:stop] = np.log1p(words)
        segment_share[begin:stop] = words
        segment_topic[begin:stop] = topic_sum[begin:stop].sum() / topics if topics else -1.0
        for line in range(begin, stop):
            segment_place[line] = line - begin
        begin = stop
    segment_share[:] = segment_share / largest


@compiled(types.void(_ROWS, types.int64, _F64, _ROWS))
def surround(values: Any, beside: int, keeps: Any, out: Any) -> None:
    """Writes what stands around each line: for each row of values before and behind, in turn.

    Args:
      values: shape (rows, lines).
      beside: lines before and behind whose own values are written, nearest first; -1 outside.
      keeps: what each of the means over the lines before and behind keeps from line to line: 0.8
        gives a line a fifth, the next farther one a fifth of the rest, and so on.
      out: shape (2 * (beside + means) * rows, lines).
    """
    size = values.shape[1]
    row = 0
    for some in values:
        for by in range(1, beside + 1):
            before, behind = out[row], out[row + 1]
            for line in range(size):
                before[line] = some[line - by] if line >= by else -1.0
                behind[line] = some[line + by] if line + by < size else -1.0
            row += 2
        for keep in keeps:
            before, behind = out[row], out[row + 1]
            mean = 0.0
            for line in range(size):
                before[line] = mean
                mean = keep * mean + (1 - keep) * some[line]
            mean = 0.0
            for line in range(size - 1, -1, -1):
                behind[line] = mean
                mean = keep * mean + (1 - keep) * some[line]
            row += 2
