"""The terms of an article: which it has, how often, and what each weighs in a corpus."""

import functools

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform import Tables
from transforms.arrays import F32, F64, I32, I64, U8, U32, U64, Mask
from transforms.background import RARE, background_hashes, background_words
from transforms.compiled.fingerprints import shingles
from transforms.compiled.stories import count_words, heaviest, look_up_all, word_table
from transforms.compiled.words import hash_words
from transforms.text import SPACELESS_LANGUAGES

TITLE_COUNT = 10
"""Occurrences that a word in the title counts for. B-cubed F1 on 404 articles about 69 events, all
in one run and in ten: .926 and .916 with 4, .934 and .915 with 6, .936 and .921 with 10 (60 terms
compared, least link .15)."""

KEPT_TERMS = 100
"""Terms of an article that the comparison gets, the heaviest by the background table alone."""

COMPARED_TERMS = 40
"""Terms among them that are compared, the heaviest in the corpus; 60 gain nothing."""

BACKGROUND_ARTICLES = 500
"""Articles that the background table stands for beside those of the corpus. With 100 to 2,000 F1 of
one run is between .929 and .940."""

SINGLE_ARTICLES = 200
"""A term of one article alone weighs the less, the more articles there are: half as much in a
corpus of so many. In a large one it is a name or an error that links nothing; in a small one most
of what is said has not been said twice yet. F1 of ten runs is .894 if such terms never count."""

AT_A_TIME = 1 << 13
"""Articles that are weighed at a time: their terms take 40 bytes each meanwhile, others 8."""

HALF = np.uint64(32)
"""Lower bits of a word's hash that are dropped; two words that share the others count as one."""


def article_terms(tables: Tables) -> tuple[I64, U32, I64]:
    """Returns the heaviest terms of the articles of a shard.

    Args:
      tables: ``articles`` with ``title`` and ``language``, ``paragraphs`` with ``article`` and
        ``text``.

    Returns:
      n + 1 bounds of the articles in the other two; the upper 32 bits of the hash of each term; how
      often it occurs.
    """
    articles, paragraphs = tables["articles"], tables["paragraphs"]
    titles = hash_words(pc.fill_null(articles.column("title"), ""))
    words = hash_words(paragraphs.column("text"))
    owners = paragraphs.column("article").to_numpy()
    offsets = words.offsets[np.searchsorted(owners, np.arange(len(articles) + 1))]
    languages = articles.column("language").to_pylist()
    spaceless = np.array([language in SPACELESS_LANGUAGES for language in languages], bool)
    bounds, found, counts = count_words(
        _pairs(titles.hashes, titles.offsets, spaceless),
        titles.offsets,
        _pairs(words.hashes, offsets, spaceless),
        offsets,
        TITLE_COUNT,
    )
    terms = found >> HALF
    weights = frequency_weights(counts) * background_rarities(terms)
    bounds, chosen = heaviest(bounds, weights, KEPT_TERMS)
    return bounds, terms[chosen].astype(np.uint32), counts[chosen]


def _pairs(hashes: U64, offsets: I64, spaceless: Mask) -> U64:
    """Returns the words of texts; in spaceless languages, whose words are characters, pairs."""
    if not spaceless.any() or len(hashes) < 2:
        return hashes
    paired = np.repeat(spaceless, np.diff(offsets))
    last = offsets[1:][np.diff(offsets) > 0] - 1
    paired[last] = False
    return np.where(paired, np.append(shingles(hashes, 2), np.uint64(0)), hashes)


@functools.cache
def _background() -> tuple[U64, I64, F64]:
    """Returns a hash table from a word of the background table to its level, and rarities."""
    hashes, levels = background_hashes()
    shares = [RARE, *(share for share, _ in background_words())]
    return *word_table(hashes >> HALF, levels), -np.log(shares)


def background_rarities(terms: U64) -> F64:
    """Returns the negative logarithm of the share of articles with each term, by the table."""
    table, numbers, rarities = _background()
    return rarities[look_up_all(terms, table, numbers)]


def frequency_weights(counts: I64 | U8) -> F64:
    """Returns the weight of a term by how often it occurs: 1 + ln f."""
    most = int(counts.max(initial=1))
    return (1 + np.log(np.arange(1, most + 1)))[counts - 1]


def _numbered(terms: U32) -> tuple[U32, I32]:
    """Returns the distinct terms in ascending order, and the place of each term among them.

    Arrow's hash table and a sort of what is distinct take a quarter of the time of np.unique.
    """
    encoded = pa.array(terms).dictionary_encode()
    distinct = encoded.dictionary.to_numpy()
    order = np.argsort(distinct)
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order))
    return distinct[order], ranks[encoded.indices.to_numpy()]


def term_vectors(bounds: I64, terms: U32, counts: U8) -> tuple[I64, I32, F32]:
    """Returns vectors of length 1 over the terms that weigh most in a corpus.

    A weight is (1 + ln f) ln(1 / p), where f is how often the term occurs, and p the share of
    articles with it, in the corpus and in the background table (TF-IDF: Spärck Jones, Journal of
    Documentation 1972; Salton and Buckley 1988).

    Args:
      bounds: n + 1 bounds of the articles in the next two.
      terms: of all articles of the corpus.
      counts: how often each occurs in its article.

    Returns:
      n + 1 bounds of the articles in the other two; numbers of terms, from 0; their weights.
    """
    distinct, numbers = _numbered(terms)
    total = len(bounds) - 1
    starts = range(0, max(1, total), AT_A_TIME)
    parts = [bounds[first : first + AT_A_TIME + 1] for first in starts]
    articles = np.zeros(len(distinct), np.int64)
    for own in parts:
        articles += np.bincount(numbers[own[0] : own[-1]], minlength=len(distinct))
    expected = BACKGROUND_ARTICLES * np.exp(-background_rarities(distinct.astype(np.uint64)))
    rarity = np.log((total + BACKGROUND_ARTICLES) / np.maximum(1, articles + expected))
    rarity[articles == 1] *= SINGLE_ARTICLES / (SINGLE_ARTICLES + total)
    rarity = np.maximum(0, rarity)
    vectors: list[tuple[I64, I32, F32]] = []
    for own in parts:
        some = slice(own[0], own[-1])
        weights = frequency_weights(counts[some]) * rarity[numbers[some]]
        ends, chosen = heaviest(own - own[0], weights, COMPARED_TERMS)
        sizes = np.diff(ends)
        weights = weights[chosen]
        owners = np.repeat(np.arange(len(sizes)), sizes)
        lengths = np.sqrt(np.bincount(owners, weights**2, minlength=len(sizes)))
        weights = (weights / lengths[owners]).astype(np.float32)
        vectors.append((sizes, numbers[some][chosen], weights))
    all_sizes, all_numbers, all_weights = zip(*vectors, strict=True)
    bounds = np.append(0, np.cumsum(np.concatenate(all_sizes)))
    return bounds, np.concatenate(all_numbers), np.concatenate(all_weights)
