"""The features of a page's blocks that the block model judges.

They say what a block consists of (the features of lines, and links),
where it is (kinds of elements and classes of names around it), how much of the text around it, at
five levels of the tree and in the blocks with the same names or the same path, is running text and
was taken by trafilatura, and how far it is from the element with most of either. No feature knows a
site; a name counts only by the general words in it.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.arrays import I64
from transforms.compiled import page_blocks as loops
from transforms.compiled.line_features import NAMES, describe
from transforms.compiled.page_blocks import KINDS
from transforms.extraction.blocks import NAME_PATTERNS, Blocks
from transforms.text import key, squeezed
from transforms.trees import Floats

Indices = npt.NDArray[np.intp]

_PART = 16  # squeezed characters; a shorter line occurs inside other ones by chance
_SHORT = 30  # squeezed characters; a shorter line or block is short
_FAR = 200  # blocks; a short line whose next equal block is further below is the first one
_APART = 20  # blocks; a short block that far from all blocks trafilatura took is no article
_LIST_LINKS = 0.8  # share of characters in links from which on an element is a list of links
_WORD = 5  # squeezed characters per word, about
_LEVELS = 5  # elements around a block whose text is counted
_BODY_LINKS = 0.3  # share of characters in links up to which text is running text

_TAGS = {
    tag: float(code)
    for code, tags in enumerate(
        "p,div,li,h1,h2,h3,h4 h5 h6,td th tr tbody table,blockquote,figcaption,dt dd,section,"
        "article,button,label summary,header,footer,pre".split(",")
    )
    for tag in tags.split()
}
_OTHER_TAG = 30.0
_GROUPS = frozenset(("table", "ul", "ol", "dl"))
_MEMBERS = frozenset(("tr", "li", "dt", "dd"))  # not cells: layout tables keep their text there
_CONTAINERS = (("kept", 0.8), ("kept", 0.5), ("body", 0.6))


class Statements(NamedTuple):
    """The page's statements about its article, apart from its text.

    Attributes:
      title: the headline; may be empty.
      body: the ``articleBody`` of its JSON-LD; may be empty.
      description: its descriptions for search engines and social networks; may be empty.
    """

    title: str
    body: str
    description: str


class Places(NamedTuple):
    """Places of elements and blocks in the tree.

    Attributes:
      outers: number of the next element around each element that holds more blocks; 0 for the
        first.
      depths: elements around each element.
      groups: number of the table or list of each block that is a row or an item, else -1. A
        paragraph in a cell is no row: old pages lay out their columns in tables.
    """

    outers: I64
    depths: I64
    groups: I64


def _places(page: Blocks) -> Places:
    """Returns the places of the elements and blocks of a page."""
    is_group, is_member = (
        np.array([tag in tags for tag in page.strings])[page.tags] for tags in (_GROUPS, _MEMBERS)
    )
    outers, depths, nearest = np.empty((3, len(page.parents)), np.int64)
    loops.tree_places(page.parents, page.starts, page.ends, is_group, outers, depths, nearest)
    return Places(outers, depths, np.where(is_member, nearest, -1)[page.element])


class Described(NamedTuple):
    """The features of the blocks of a page, and what else decides about them.

    Attributes:
      features: by name, each of shape (blocks,).
      candidates: positions of the blocks that may be article; the others' text is not examined.
      sizes: characters of each block.
      groups: as in :class:`Places`.
    """

    features: dict[str, Floats]
    candidates: Indices
    sizes: Floats
    groups: I64


def block_features(page: Blocks, lines: Sequence[str], statements: Statements) -> Described:
    """Returns the features of the blocks of a page.

    Args:
      page: its blocks; at least one.
      lines: the lines an extractor took for the article.
      statements: what the page says of its article.
    """
    tight = [squeezed(text) for text in page.texts]
    sizes = np.array([len(text) for text in page.texts], np.float64)
    kept, text_kept = kept_blocks(tight, lines)
    place = _places(page)
    marks = _marks(page)
    found = dict(zip(_MARKS, np.ascontiguousarray(marks.T), strict=True))
    hopeless = _hopeless(page, tight, sizes, kept, found, place)
    candidates = np.flatnonzero(~hopeless)
    found |= _shape(page, sizes, statements, hopeless, candidates)
    found["kept"], found["kept_text"] = kept, text_kept
    words, linked = np.expm1(found["log_words"]), found["linked"]
    found["nth"], found["times"] = _repetition(tight)
    found["stated"], found["log_stated"] = _stated(tight, statements.body)
    body = (found["ended"] > 0) & (words >= 10) & (linked < _BODY_LINKS)
    weights = {"words": words, "kept": words * kept, "body": words * body}
    found |= _around_in_order(found, weights, tight, squeezed(statements.title))
    found |= _around_in_tree(page, weights, words * linked, place)
    found |= _of_one_kind(page, weights)
    found |= _unlike_kept(marks > 0, weights["kept"])
    return Described(found, candidates, sizes, place.groups)


def _hopeless(
    page: Blocks,
    tight: list[str],
    sizes: Floats,
    kept: Floats,
    marks: dict[str, Floats],
    place: Places,
) -> npt.NDArray[np.bool_]:
    """Returns which blocks cannot be article.

    Of the blocks that trafilatura left out, those that

    - are in navigation or footer, or close to a name of comments or dialogs: in the training half,
      0.1 to 1 % of the words there are article;
    - are in a figure, or close to a name of captions, authors or newsletters: 1 to 8 %, but those
      are captions, which look like text and are article on few pages. Cross-validated F1 of web
      articles and newspapers rises by .0006 and .0008 without them;
    - are short, and far from any block that trafilatura took, as are the other rows or items of
      their table or list: 0.01 % of the article's words;
    - are in a list of links, by the second larger element around them: 0.1 %.
    """
    beside = (marks["in_nav"] > 0) | (marks["in_footer"] > 0) | (marks["in_figure"] > 0)
    for name in ("comment", "modal", "caption", "author", "letter"):
        beside |= marks[f"name_{name}"] > 1
    far = np.minimum(_since(kept > 0), _since(kept[::-1] > 0)[::-1]) >= _APART
    short = np.array([len(text) < _SHORT for text in tight])
    lost = far & short if kept.any() else np.zeros(len(kept), np.bool_)
    group = place.groups + 1
    lost &= (group == 0) | (np.bincount(group, ~lost)[group] == 0)
    around = place.outers[place.outers[page.element]]
    starts, ends = page.starts[around], page.ends[around]
    sums, link_sums = _sums(sizes), _sums(page.linked)
    links = link_sums[ends] - link_sums[starts] > _LIST_LINKS * (sums[ends] - sums[starts])
    return np.asarray((kept == 0) & (beside | lost | links))


_OF_LINES = (
    *"log_words ended stop_share stops word_length longest upper caps title_case digits".split(),
    *"numbers marks commas sentences bars colon question first_kind addresses".split(),
    *"brackets title_words body body_words log_lines body_share log_bodies mean_words".split(),
    *"place word_place from_start to_end inside lines_before lines_after stretch_words".split(),
    *"stretch_share words_before words_after unlike since_body until_body repeats".split(),
    *(
        f"{name}_{side}_{by}"
        for name in ("log_words", "ended", "stop_share", "caps", "digits")
        for by in (1, 2)
        for side in ("before", "behind")
    ),
)
"""Features of lines that blocks have, too: not those of rules and names, which are looked for in
what this model leaves. With those of topics, runs of lines and wide surroundings in addition,
cross-validated F1 of web articles and newspapers is .9512 and .9657, without them .9522 and .9665.
"""

_ROWS_OF_LINES = {name: NAMES.index(name) for name in _OF_LINES}
_READ = 200  # characters of a block whose words are compared with the description


def _shape(
    page: Blocks,
    sizes: Floats,
    statements: Statements,
    hopeless: npt.NDArray[np.bool_],
    candidates: Indices,
) -> dict[str, Floats]:
    """Returns the features of the blocks as lines of text, and their words in the description.

    Hopeless blocks count as no running text.
    """
    texts = page.texts
    lines = describe(texts, (statements.title, "", ""), np.zeros(len(texts), np.int64), hopeless)
    found: dict[str, Floats] = {name: lines.rows[row] for name, row in _ROWS_OF_LINES.items()}
    words, body = np.expm1(found["log_words"]), found["body"]
    for name in ("log_words", "ended", "stop_share"):
        for side, by in (("before", 3), ("behind", -3)):
            found[f"{name}_{side}_3"] = _moved(found[name], by)
    for window in (4, 10):
        for side, back, ahead in (("before", window, 0), ("after", 0, window)):
            found[f"body_{side}_{window}"] = np.log1p(_around(words * body, back, ahead))
            found[f"short_{side}_{window}"] = _around(1 - body, back, ahead)
            found[f"stops_{side}_{window}"] = _around(found["stops"], back, ahead)
    found["median_words"] = np.full(len(texts), np.median(words))
    about = set(key(statements.description).split())
    found["described"] = np.full(len(texts), -1.0)
    for at in candidates.tolist() if about else ():
        if some := set(key(texts[at][:_READ]).split()):
            found["described"][at] = len(some & about) / len(some)
    found["linked"] = page.linked / sizes
    found["strong"] = page.strong / sizes
    codes = np.array([_TAGS.get(tag, _OTHER_TAG) for tag in page.strings])
    found["tag"] = codes[page.tags[page.element]]
    return found


def _repetition(tight: list[str]) -> tuple[Floats, Floats]:
    """Returns how often each text occurs before its block, and how often on the page."""
    times: dict[str, int] = defaultdict(int)
    nth = []
    for text in tight:
        nth.append(times[text])
        times[text] += 1
    return np.array(nth, np.float64), np.array([times[text] for text in tight], np.float64)


def _stated(tight: list[str], body: str) -> tuple[Floats, Floats]:
    """Returns whether each text is in the page's JSON-LD, and the length of that; -1 without it."""
    if not body:
        return np.full(len(tight), -1.0), np.full(len(tight), -1.0)
    statement = squeezed(body)
    return (
        np.array([len(text) > 3 and text in statement for text in tight], np.float64),
        np.full(len(tight), np.log1p(len(statement))),
    )


def kept_blocks(tight: Sequence[str], lines: Sequence[str]) -> tuple[Floats, Floats]:
    """Returns which blocks an extractor took, and which have a text that it took.

    Of blocks with equal texts, it took the next one below the block of the line before. Lines that
    equal no block are searched in the blocks, and blocks in them.

    Args:
      tight: the blocks' letters and digits, case folded.
      lines: the extractor's lines, in the order of the page.

    Returns:
      0 or 1, and the share of the text found, for each block.
    """
    kept, text_kept = np.zeros(len(tight)), np.zeros(len(tight))
    places: dict[str, list[int]] = defaultdict(list)
    for at, text in enumerate(tight):
        places[text].append(at)
    before = -1
    rest = []
    for line in map(squeezed, lines):
        if not line:
            continue
        candidates = places.get(line)
        if candidates is None:
            rest.append(line)
            continue
        chosen = next((at for at in candidates if at > before), candidates[-1])
        if chosen - before > _FAR and len(line) < _SHORT:
            chosen = candidates[0]
        if not kept[chosen]:
            before = chosen
        kept[chosen] = 1.0
        text_kept[candidates] = 1.0
    joined = "\n".join(rest)
    rest = [line for line in rest if len(line) >= _PART]
    for at, text in enumerate(tight if joined else ()):
        if kept[at] or text_kept[at] or len(text) < 4:
            continue
        if len(text) >= _PART and text in joined:
            kept[at] = text_kept[at] = 1.0
        else:
            held = sum(len(line) for line in rest if len(line) <= len(text) and line in text)
            text_kept[at] = min(held / len(text), 1.0)
            kept[at] = text_kept[at] >= 0.5
    return kept, text_kept


def _around_in_order(
    found: dict[str, Floats], weights: dict[str, Floats], tight: list[str], title: str
) -> dict[str, Floats]:
    """Returns the features of what is before and after each block on the page."""
    words, kept_words, body_words = weights["words"], weights["kept"], weights["body"]
    kept, linked = found["kept"], found["linked"]
    size = len(words)
    at = np.arange(size, dtype=np.float64)
    whole = np.ones(size)
    total = max(float(kept_words.sum()), 1.0)
    before = np.cumsum(kept_words) - kept_words
    held = float(kept_words[body_words > 0].sum())
    more = {
        "log_kept": whole * np.log1p(kept_words.sum()),
        "kept_share": whole * kept_words.sum() / max(float(words.sum()), 1.0),
        "kept_body_share": whole * held / max(float(body_words.sum()), 1.0),
        "kept_before": before / total,
        "log_kept_before": np.log1p(before),
        "log_kept_after": np.log1p(np.maximum(total - before - kept_words, 0)),
        "since_kept": np.minimum(_since(kept > 0), 60),
        "until_kept": np.minimum(_since(kept[::-1] > 0)[::-1], 60),
        "since_heading": np.minimum(_since(np.isin(found["tag"], _HEADINGS)), 40),
        "linked_before_1": _moved(linked, 1),
        "linked_after_1": _moved(linked, -1),
    }
    for window in (4, 10):
        for side, back, ahead in (("before", window, 0), ("after", 0, window)):
            near = _around(words, back, ahead)
            more[f"kept_words_{side}_{window}"] = np.log1p(_around(kept_words, back, ahead))
            more[f"kept_{side}_{window}"] = _around(kept, back, ahead)
            more[f"linked_{side}_{window}"] = _around(linked * words, back, ahead) / (1 + near)
    titles = np.flatnonzero(
        (found["tag"] == _TAGS["h1"]) | np.array([text == title for text in tight])
    )
    if len(titles):
        start = float(np.argmax(kept > 0))
        above = titles[titles <= start]
        more["after_title"] = np.clip(at - float(above[-1] if len(above) else titles[0]), -30, 60)
    else:
        more["after_title"] = whole * -99
    return more


def _moved(values: Floats, by: int) -> Floats:
    """Returns the values of the blocks ``by`` places before (after, if negative); -1 outside."""
    out = np.full(len(values), -1.0)
    if abs(by) >= len(values):
        return out
    if by > 0:
        out[by:] = values[:-by]
    else:
        out[:by] = values[-by:]
    return out


def _around(values: Floats, before: int, after: int) -> Floats:
    """Returns for each block the sum of the values of some blocks ``before`` it or ``after`` it."""
    sums = _sums(values)
    at = np.arange(len(values))
    return np.asarray(
        sums[np.minimum(at + 1 + after, len(values))] - sums[at + 1]
        if after
        else sums[at] - sums[np.maximum(at - before, 0)]
    )


def _sums(values: npt.NDArray[Any]) -> Floats:
    """Returns the sums of all values before each place, and of all."""
    sums = np.zeros(len(values) + 1)
    np.cumsum(values, out=sums[1:])
    return sums


_HEADINGS = [_TAGS[tag] for tag in ("h1", "h2", "h3", "h4")]


def _since(marked: npt.NDArray[np.bool_]) -> Floats:
    """Returns the distance from each place to the last marked one before it; 1e6 without one."""
    at = np.arange(len(marked), dtype=np.float64)
    last = np.maximum.accumulate(np.where(marked, at, -1e6))
    return np.asarray(at - np.concatenate([[-1e6], last[:-1]]))


def _around_in_tree(
    page: Blocks, weights: dict[str, Floats], linked: Floats, place: Places
) -> dict[str, Floats]:
    """Returns the features of the elements around each block, and of the page's main elements."""
    element, starts, ends = page.element, page.starts, page.ends
    at = np.arange(len(element), dtype=np.float64)
    sums = {name: _sums(values) for name, values in (*weights.items(), ("linked", linked))}

    def held(name: str, elements: Indices) -> Floats:
        return np.asarray(sums[name][ends[elements]] - sums[name][starts[elements]])

    outer, depth = place.outers, place.depths
    found = {"depth": depth[element].astype(np.float64)}
    words = weights["words"]
    rest_of_kept = np.maximum(weights["kept"].sum() - weights["kept"], 1)
    level = element
    for number in range(_LEVELS):
        inside = held("words", level)
        others = inside - words
        others_kept = held("kept", level) - weights["kept"]
        others_body = held("body", level) - weights["body"]
        found[f"up{number}_kept"] = _share(others_kept, others)
        found[f"up{number}_body"] = _share(others_body, others)
        found[f"up{number}_of_kept"] = others_kept / rest_of_kept
        found[f"up{number}_words"] = np.log1p(np.maximum(others, 0))
        found[f"up{number}_linked"] = held("linked", level) / np.maximum(inside, 1)
        found[f"up{number}_place"] = (at - starts[level]) / np.maximum(
            ends[level] - starts[level], 1
        )
        level = outer[level]
    every = np.arange(len(depth))
    for name, share in _CONTAINERS:
        # The deepest element with that share of the words, and the elements around it.
        enough = np.flatnonzero(held(name, every) >= share * sums[name][-1] - 1e-6)
        main = int(enough[np.argmax(depth[enough])])
        chain = [main]
        while chain[-1] != 0:
            chain.append(int(outer[chain[-1]]))
        away = np.full(len(element), len(chain) - 1, np.intp)
        for step in range(len(chain) - 1, -1, -1):
            away[starts[chain[step]] : ends[chain[step]]] = step
        label = f"{name}{share * 10:.0f}"
        found[f"away_{label}"] = away.astype(np.float64)
        found[f"levels_{label}"] = (depth[element] - depth[np.array(chain)[away]]).astype(
            np.float64
        )
        found[f"place_{label}"] = np.clip(
            (at - starts[main]) / max(float(ends[main] - starts[main]), 1.0), -1, 2
        )
    return found


def _share(part: Floats, whole: Floats) -> Floats:
    """Returns part / whole; -1 where the whole is empty."""
    return np.where(whole > 0.5, part / np.maximum(whole, 1), -1.0)


def _of_one_kind(page: Blocks, weights: dict[str, Floats]) -> dict[str, Floats]:
    """Returns the features of the other blocks that look the same to the page's style sheet.

    Names that only one element of the page has are left out: they are numbers of its database.
    """
    times: dict[str, int] = defaultdict(int)
    counts = np.bincount(page.names, minlength=len(page.strings))
    called = np.flatnonzero(counts).tolist()
    split = [page.strings[number].split() for number in called]
    for names, count in zip(split, counts[called].tolist(), strict=True):
        for name in names:
            times[name] += count
    shared: dict[tuple[str, ...], int] = {}
    share = np.zeros(len(page.strings), np.int64)
    share[called] = [
        shared.setdefault(tuple([name for name in names if times[name] > 1]), len(shared))
        for names in split
    ]
    look_of = _numbers(page.tags * len(shared) + share[page.names])
    element = page.element
    parents = page.parents[element]
    pairs = look_of[parents] * len(look_of) + look_of[element]
    path_of = _paths(page, look_of)
    ways = {
        "own": look_of[element],
        "pair": _numbers(pairs),
        "path": path_of[element],
        "parent": path_of[parents],
        "tags": _paths(page, page.tags)[element],
    }
    words, kept, body = weights["words"], weights["kept"], weights["body"]
    rest_of_kept = np.maximum(kept.sum() - kept, 1)
    found = {}
    for name, index in ways.items():
        others = np.bincount(index, words)[index] - words
        others_kept = np.bincount(index, kept)[index] - kept
        found[f"{name}_kept"] = _share(others_kept, others)
        found[f"{name}_of_kept"] = others_kept / rest_of_kept
        found[f"{name}_body"] = _share(np.bincount(index, body)[index] - body, others)
        found[f"{name}_count"] = np.minimum(np.bincount(index)[index], 50).astype(np.float64)
    return found


def _numbers(values: I64) -> I64:
    """Returns a number for each value, equal values alike."""
    found = np.empty(len(values), np.int64)
    loops.number_values(values, found)
    return found


def _paths(page: Blocks, kinds: I64) -> I64:
    """Returns a number for each element's path: its kind and the kinds of all around it."""
    found = np.empty(len(kinds), np.int64)
    loops.tree_paths(page.parents, kinds, found)
    return found


_MARKS = (*(f"in_{kind}" for kind in KINDS), *(f"name_{name}" for name in NAME_PATTERNS))


def _marks(page: Blocks) -> Floats:
    """Returns the kinds of elements and of names around each block; shape (blocks, ``_MARKS``).

    A kind of names counts 1 on any element around the block, 2 on one of the innermost three.
    """
    names = _bits(page.named, len(NAME_PATTERNS)) + _bits(page.named_near, len(NAME_PATTERNS))
    return np.concatenate([_bits(page.inside, len(KINDS)), names], axis=1, dtype=np.float64)


def _unlike_kept(marks: npt.NDArray[np.bool_], kept_words: Floats) -> dict[str, Floats]:
    """Returns how much the surroundings of each block differ from those of the taken text."""
    usual = (marks * kept_words[:, None]).sum(axis=0) / max(float(kept_words.sum()), 1.0)
    return {
        "foreign": marks[:, usual < 0.1].sum(axis=1, dtype=np.float64),
        "lacking": (~marks[:, usual > 0.9]).sum(axis=1, dtype=np.float64),
    }


def _bits(values: I64, count: int) -> I64:
    return (values[:, None] >> np.arange(count)) & 1
