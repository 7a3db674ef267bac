"""Passages: runs of equal words of two articles, inside a paragraph or across a border.

Each article is a sequence of words, its paragraphs after one another. Of its shingles of
``SHINGLE_WORDS`` words the minima of every ``WINDOW`` are kept (Schleimer, Wilkerson and Aiken,
SIGMOD 2003): a run of SHINGLE_WORDS + WINDOW - 1 = 12 equal words holds WINDOW shingles, the least
of which is kept in both articles, so every such run has a seed. Kept shingles are at most WINDOW
apart; a run therefore reaches at most WINDOW - 1 words beyond its first and its last seed, and only
the words around seeds travel.

A seed is extended as far as words are equal. A run of ``MIN_RUN`` words is a passage; shorter runs
near its ends join it over small edits.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from pipeline.transform import Tables
from transforms.arrays import I64, U32, U64, Mask
from transforms.compiled import fingerprints, passage_seeds, passages
from transforms.compiled.words import Words
from transforms.near_duplicates.articles import line_keys, look_up
from transforms.near_duplicates.candidates import RANK_NEW, recurring_rows
from transforms.near_duplicates.evidence import Evidence
from transforms.near_duplicates.origins import Rows
from transforms.near_duplicates.reuse import classify
from transforms.near_duplicates.rows import (
    bounds_of,
    columns_of,
    concatenate,
    find,
    group_sizes,
    group_starts,
    join,
    list_array,
    packed,
    ragged_positions,
    select,
    starts_of,
)
from transforms.near_duplicates.streams import (
    ARTICLE,
    EDITION,
    FIGURES,
    PASSAGE,
    stream_table,
)

SHINGLE_WORDS, WINDOW = 7, 6
"""In 12,610 articles (13.4 million words) 3.8 million shingles are kept; 6 per cent of them recur
in another article."""

MIN_RUN = SHINGLE_WORDS + WINDOW - 1
"""Equal words in a row that a passage needs."""

HOT = 50
"""Articles with a shingle that are all compared with each other; each later one only with the
first: so pairs stay linear in the articles that have a phrase, none of these is without a link, and
a later run finds what one run over all would have found. In the 12,610 articles 149 shingles are in
more. The true counts are ``holders`` and ``outlets`` of each passage."""

REPEATS, PLACES = 4, 64
"""Places of a shingle within one article: the first ``REPEATS`` are compared with all of the other
article, the later ones with its first ``REPEATS``, so that each finds what it repeats and the pairs
stay linear; those behind the first ``PLACES`` are left out."""

MAX_GAP, MIN_JOINED, REACH = 4, 3, 24
"""Runs of at least ``MIN_JOINED`` words are joined over gaps of at most ``MAX_GAP`` words on each
side, up to ``REACH`` words from a run of ``MIN_RUN``. In 4,000 real articles such a run follows
10.3 % of the ends of long runs; chance has it at 0.3 % of as many places elsewhere in the same
article, at none in another article. Two words instead of three would join at 0.9 % by chance."""


def shingle_rows(columns: Rows, rank: U32, article: I64, words: Words) -> pa.Table:
    """Returns ``shingles`` of a shard.

    Args:
      columns: as for ``article_rows``.
      rank: minutes of the time of each article.
      article: of each paragraph, ascending.
      words: of the paragraphs.
    """
    starts = words.offsets[np.searchsorted(article, np.arange(len(rank) + 1))]
    sizes = np.diff(starts)
    enough = np.flatnonzero(sizes >= MIN_RUN)
    hashes = fingerprints.shingles(words.hashes, SHINGLE_WORDS)
    places, owners = fingerprints.winnow(
        hashes, starts[enough], sizes[enough] - (SHINGLE_WORDS - 1), WINDOW
    )
    owners = enough[owners]
    return stream_table(
        "shingles",
        {
            "hash": hashes[places],
            "article": columns["article"][owners],
            "outlet": (columns["outlet"] >> np.uint64(32)).astype(np.uint32)[owners],
            "rank": rank[owners],
            "place": (places - starts[owners]).astype(np.uint32),
        },
    )


def find_seeds(new: pa.Table, old: pa.Table, window_days: int) -> pa.Table:
    """Returns ``seeds``: shingles that two articles share, at least one of this run.

    Args:
      new: ``shingles`` of this run.
      old: those of earlier runs.
      window_days: 0, or the most days between two articles whose days are known.
    """
    rows = recurring_rows(new, old)
    left, right, holders, outlets = passage_seeds.shared_shingles(
        rows["hash"],
        rows["article"],
        rows["rank"],
        rows["place"],
        rows["outlet"],
        RANK_NEW,
        HOT,
        REPEATS,
        PLACES,
    )
    if window_days:
        one, two = (rows["rank"][side] & ~RANK_NEW for side in (left, right))
        unknown = np.maximum(one, two) == ~RANK_NEW
        apart = np.maximum(one, two) - np.minimum(one, two)
        near = np.flatnonzero(unknown | (apart <= window_days * 1440))
        left, right, holders, outlets = left[near], right[near], holders[near], outlets[near]
    swapped = rows["article"][left] > rows["article"][right]
    left, right = np.where(swapped, right, left), np.where(swapped, left, right)
    return stream_table(
        "seeds",
        {
            "article": rows["article"][left],
            "other": rows["article"][right],
            "place": rows["place"][left],
            "other_place": rows["place"][right],
            "holders": holders.astype(np.uint32),
            "outlets": outlets.astype(np.uint32),
        },
    )


def route_passages(tables: Tables, earlier: Tables) -> pa.Table:
    """Returns ``passage_probes``: of each pair the seeds, and the words of the first around them.

    Args:
      tables: ``seeds``, ``text_pairs``, ``article_words`` and ``changes``.
      earlier: ``indexed_articles``.
    """
    seeds = columns_of(tables["seeds"])
    seeds = select(
        seeds, passage_seeds.pair_order(seeds["article"], seeds["other"], seeds["place"])
    )
    pairs = _pairs(seeds, columns_of(tables["text_pairs"]))
    sizes = pairs["seeds"]
    firsts = starts_of(sizes)
    articles, member = look_up(pairs["article"], tables, earlier)
    starts, window_sizes, counts = passage_seeds.windows(
        np.append(firsts, len(seeds["article"])),
        seeds["place"],
        articles.word_starts[member],
        articles.word_counts[member],
        articles.usable,
        SHINGLE_WORDS,
        WINDOW - 1 + REACH,
    )
    # Pairs whose seeds are all in lines that boilerplate takes have no window.
    kept = np.flatnonzero((counts > 0) | pairs["is_linked"])
    pair = np.repeat(np.arange(len(counts)), counts)
    window_words = np.bincount(pair, weights=window_sizes, minlength=len(counts)).astype(np.int64)
    words = ragged_positions(articles.word_starts[member[pair]] + starts, window_sizes)
    seed_rows = ragged_positions(firsts[kept], sizes[kept])
    member, counts, window_words = member[kept], counts[kept], window_words[kept]
    paragraph_counts = articles.paragraph_counts[member]
    paragraphs = ragged_positions(articles.paragraph_places[member], paragraph_counts)
    evidence = articles.evidence.take(pa.array(member))
    return stream_table(
        "passage_probes",
        {
            "build": pairs["other"][kept],
            "article": articles.columns["article"][member],
            **{name: articles.columns[name][member] for name in EDITION},
            **dict(zip(evidence.column_names, evidence.combine_chunks().columns, strict=True)),
            **{
                name: list_array(seeds[column][seed_rows], sizes[kept])
                for name, column in (
                    ("places", "place"),
                    ("build_places", "other_place"),
                    ("holders", "holders"),
                    ("outlets", "outlets"),
                )
            },
            "window_starts": list_array(starts.astype(np.uint32), counts),
            "window_sizes": list_array(window_sizes.astype(np.uint32), counts),
            "words": list_array(articles.words[words], window_words),
            "starts": list_array(articles.starts[words], window_words),
            "ends": list_array(articles.ends[words], window_words),
            "lines": list_array(articles.lines[paragraphs], paragraph_counts),
            "paragraph_starts": list_array(articles.paragraph_starts[paragraphs], paragraph_counts),
            "copied": list_array(
                articles.is_copied[paragraphs].astype(np.uint32), paragraph_counts
            ),
        },
    )


def _pairs(seeds: Rows, links: Rows) -> Rows:
    """Returns pairs of articles: ``article``, ``other``, number of ``seeds``, and ``is_linked``.

    Args:
      seeds: sorted by both articles.
      links: pairs of articles with a link between their texts.
    """
    firsts = group_starts(seeds["article"], seeds["other"])
    sizes = group_sizes(firsts, len(seeds["article"]))
    rows = {
        **{name: np.append(seeds[name][firsts], links[name]) for name in ("article", "other")},
        "seeds": np.append(sizes, np.zeros(len(links["article"]), np.int64)),
        "is_linked": np.append(np.zeros(len(firsts), bool), np.ones(len(links["article"]), bool)),
    }
    rows = select(rows, np.lexsort((rows["is_linked"], rows["other"], rows["article"])))
    starts = group_starts(rows["article"], rows["other"])
    pairs = select(rows, starts)
    if len(starts):
        pairs["is_linked"] = np.logical_or.reduceat(rows["is_linked"], starts)
    return pairs


class Aligned(NamedTuple):
    """Passages of n pairs of articles.

    Attributes:
      a, b: columns ``article``, those of ``ARTICLE`` and of ``EDITION`` of both articles of each
        pair; the number of the first is smaller.
      passages: ``pair``, ``a_start``, ``a_end``, ``b_start``, ``b_end`` (words of the articles),
        ``a_stop``, ``b_stop`` (ends of paragraphs), ``words`` (shared), ``holders``, ``outlets``
        (that hold its rarest seven words), and what ``reuse.classify`` says of each.
      parts: runs of equal words within one paragraph of both: ``passage``, ``words``, and of each
        side ``a_paragraph`` (its number in the article), ``a_line``, ``a_size`` (words of the
        paragraph), ``a_is_copied`` (whether it is a committed copy), ``a_word`` (the first of the
        run, in words of the paragraph), ``a_start``, ``a_end`` (characters of the paragraph). In
        order of their passages, within each in the order of the text. Behind them the links between
        texts, with ``kind`` and figures, which are passages of whole paragraphs where no run tells
        more of these; their ``holders`` and ``outlets`` are 0.
    """

    a: Rows
    b: Rows
    passages: Rows
    parts: Rows


def align(tables: Tables, earlier: Tables) -> Aligned:
    """Returns the passages of the pairs of ``passage_probes``.

    Args:
      tables: ``passage_probes``, ``text_links``, ``article_words`` and ``changes``.
      earlier: ``indexed_articles``.
    """
    probes = tables["passage_probes"]
    a = {name: probes.column(name).to_numpy() for name in ("article", *ARTICLE, *EDITION)}
    b, member = look_up(probes.column("build").to_numpy(), tables, earlier)
    places, seed_counts = packed(probes.column("places"))
    build_places, holders, outlets = (
        packed(probes.column(name))[0] for name in ("build_places", "holders", "outlets")
    )
    window_starts, window_counts = packed(probes.column("window_starts"))
    window_sizes = packed(probes.column("window_sizes"))[0].astype(np.int64)
    lines, paragraph_counts = packed(probes.column("lines"))
    paragraph_starts, is_copied = (
        packed(probes.column(name))[0] for name in ("paragraph_starts", "copied")
    )
    words, starts, ends = (packed(probes.column(name))[0] for name in ("words", "starts", "ends"))
    found, runs = passages.match(
        (bounds_of(seed_counts), places, build_places, holders, outlets),
        (
            bounds_of(window_counts),
            window_starts.astype(np.int64),
            window_sizes,
            starts_of(window_sizes),
            words,
        ),
        (b.word_starts[member], b.word_counts[member], b.words, b.usable),
        (SHINGLE_WORDS, MIN_RUN, MAX_GAP, MIN_JOINED, REACH),
    )
    pair = found[0][runs[0]]
    run, done, size, a_paragraph, b_paragraph = passages.cut_at_paragraphs(
        runs,
        pair,
        (starts_of(paragraph_counts), paragraph_counts, paragraph_starts),
        (b.paragraph_places[member], b.paragraph_counts[member], b.paragraph_starts),
    )
    pair = pair[run]
    a_at, b_at = runs[4][run] + done, b.word_starts[member[pair]] + runs[2][run] + done
    names = ("pair", "a_start", "a_end", "b_start", "b_end", "words", "holders", "outlets")
    rows = dict(zip(names, found, strict=True))
    a_row = starts_of(paragraph_counts)[pair] + a_paragraph
    b_row = b.paragraph_places[member[pair]] + b_paragraph
    a_sizes = _paragraph_sizes(paragraph_starts, paragraph_counts, a["size"])
    b_sizes = _paragraph_sizes(b.paragraph_starts, b.paragraph_counts, b.word_counts)
    parts = {
        "passage": runs[0][run],
        "words": size,
        "a_paragraph": a_paragraph,
        "a_line": lines[a_row],
        "a_size": a_sizes[a_row],
        "a_is_copied": is_copied[a_row] > 0,
        "a_word": runs[1][run] + done - paragraph_starts[a_row],
        "a_start": starts[a_at],
        "a_end": ends[a_at + size - 1],
        "b_paragraph": b_paragraph,
        "b_line": b.lines[b_row],
        "b_size": b_sizes[b_row],
        "b_is_copied": b.is_copied[b_row],
        "b_word": runs[2][run] + done - b.paragraph_starts[b_row],
        "b_start": b.starts[b_at],
        "b_end": b.ends[b_at + size - 1],
    }
    texts = _whole_paragraphs(
        columns_of(tables["text_links"]),
        (a["article"], probes.column("build").to_numpy()),
        _Paragraphs.of(
            np.arange(len(probes)),
            lines,
            paragraph_starts,
            paragraph_counts,
            a_sizes,
            is_copied > 0,
        ),
        _Paragraphs.of(
            member, b.lines, b.paragraph_starts, b.paragraph_counts, b_sizes, b.is_copied
        ),
    )
    rows, parts = _with_texts(rows, parts, texts)
    pair = rows["pair"]
    rows["a_stop"] = _stops(pair, rows["a_end"], paragraph_starts, paragraph_counts, a["size"])
    rows["b_stop"] = _stops(
        member[pair], rows["b_end"], b.paragraph_starts, b.paragraph_counts, b.word_counts
    )
    return Aligned(
        a, select(b.columns, member), rows | _classify(rows, probes, b.evidence, member), parts
    )


class _Paragraphs(NamedTuple):
    """Paragraphs of articles, one side of n pairs.

    Attributes:
      article: row of the article of each pair.
      keys: of the lines of all articles, ascending.
      number: of each paragraph in its article.
      starts: first word of each, in words of the article.
      sizes: words of each.
      is_copied: whether each is a copy, and committed.
    """

    article: I64
    keys: U64
    number: I64
    starts: U32
    sizes: I64
    is_copied: Mask

    @classmethod
    def of(
        cls, article: I64, lines: U32, starts: U32, counts: I64, sizes: I64, is_copied: Mask
    ) -> "_Paragraphs":
        """Returns the paragraphs of articles.

        Args:
          article: row of the article of each pair.
          lines: of the paragraphs of all articles.
          starts: first word of each.
          counts: paragraphs of each article.
          sizes: words of each paragraph.
          is_copied: whether each is a copy, and committed.
        """
        owner = np.repeat(np.arange(len(counts)), counts)
        number = np.arange(len(owner)) - np.repeat(starts_of(counts), counts)
        return cls(article, line_keys(owner, lines), number, starts, sizes, is_copied)


def _whole_paragraphs(links: Rows, pairs: tuple[U64, U64], a: _Paragraphs, b: _Paragraphs) -> Rows:
    """Returns the links between texts as passages and as parts; see ``Aligned``.

    Args:
      links: ``text_links``.
      pairs: numbers of both articles of each pair.
      a: paragraphs of the first articles.
      b: paragraphs of the others.
    """
    pair, _ = join(pairs, (links["article"], links["other_article"]))
    nothing = np.zeros(len(pair), np.int64)
    result = {**links, "pair": pair, "holders": nothing, "outlets": nothing}
    for side, paragraphs, line in (("a", a, links["line"]), ("b", b, links["other_line"])):
        line = line & np.uint64(0xFFFFFFFF)
        row, _ = find(paragraphs.keys, line_keys(paragraphs.article[pair], line))
        size = paragraphs.sizes[row]
        first = paragraphs.starts[row].astype(np.int64)
        result |= {
            f"{side}_paragraph": paragraphs.number[row],
            f"{side}_line": line.astype(np.uint32),
            f"{side}_size": size,
            f"{side}_is_copied": paragraphs.is_copied[row],
            f"{side}_word": nothing,
            f"{side}_start": nothing,
            f"{side}_end": nothing,
            f"{side}_first": first,
            f"{side}_behind": first + size,
        }
    result["words"] = np.minimum(result["a_size"], result["b_size"])
    return result


def _with_texts(passages: Rows, parts: Rows, texts: Rows) -> tuple[Rows, Rows]:
    """Returns passages and parts with the links between texts behind them.

    Args:
      passages: of pairs.
      parts: of them.
      texts: as ``_whole_paragraphs`` returns them.
    """
    # The longest run of the two paragraphs says what they share.
    names = ("pair", "a_paragraph", "b_paragraph")
    runs = parts | {"pair": passages["pair"][parts["passage"]]}
    order = np.lexsort((-parts["words"], *(runs[name] for name in reversed(names))))
    order = order[group_starts(*(runs[name][order] for name in names))]
    place, has_run = join([runs[name][order] for name in names], [texts[name] for name in names])
    passage = np.append(parts["passage"][order], 0)[np.where(has_run, place, -1)]
    alone = np.flatnonzero(~has_run)
    passage[alone] = len(passages["pair"]) + np.arange(len(alone))
    new = {
        **select(texts, alone),
        "a_start": texts["a_first"][alone],
        "a_end": texts["a_behind"][alone],
        "b_start": texts["b_first"][alone],
        "b_end": texts["b_behind"][alone],
    }
    count = len(parts["passage"])
    texts = texts | {"passage": passage}
    runs = parts | {"kind": np.full(count, PASSAGE, np.uint8)}
    runs |= {name: np.zeros(count) for name in FIGURES}
    return concatenate(passages, new), concatenate(runs, texts)


def _stops(article: I64, ends: I64, starts: U32, counts: I64, sizes: I64 | U32) -> I64:
    """Returns the word behind the paragraph in which each passage ends.

    Args:
      article: row of the article of n passages.
      ends: the word behind the last of each.
      starts: first word of each paragraph of m articles, in words of its article.
      counts: paragraphs of each article.
      sizes: words of each article.
    """
    keys = line_keys(np.repeat(np.arange(len(counts)), counts), starts)
    place = np.searchsorted(keys, line_keys(article, ends.astype(np.uint64)))
    is_last = place >= np.cumsum(counts)[article]
    return np.where(is_last, sizes[article], np.append(starts, 0)[place]).astype(np.int64)


def _paragraph_sizes(starts: U32, counts: I64, sizes: I64 | U32) -> I64:
    """Returns the words of each paragraph.

    Args:
      starts: first word of each paragraph of n articles, in words of its article.
      counts: paragraphs of each article.
      sizes: words of each article.
    """
    ends = np.append(starts[1:], 0).astype(np.int64)
    last = np.cumsum(counts)[counts > 0] - 1
    ends[last] = sizes[counts > 0]
    return np.asarray(ends - starts)


def _classify(passages: Rows, probes: pa.Table, evidence: pa.Table, member: I64) -> Rows:
    """Returns what each passage is; only pairs that have one are read.

    Args:
      passages: of pairs.
      probes: the evidence of the first article of each pair.
      evidence: of the articles on the other side.
      member: the row of it of each pair.
    """
    pairs, pair = np.unique(passages["pair"], return_inverse=True)
    numbers = probes.column("article").to_numpy()[pairs]
    _, some, one = np.unique(numbers, return_index=True, return_inverse=True)
    others, other = np.unique(member[pairs], return_inverse=True)
    return classify(
        passages | {"pair": pair},
        {"a": one, "b": other},
        Evidence.of(probes.take(pa.array(pairs[some]))),
        Evidence.of(evidence.take(pa.array(others))),
    )
