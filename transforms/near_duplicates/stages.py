"""The rounds of the near-duplicate step: pure functions over the rows of one hash partition.

:mod:`transforms.near_duplicates` says what each is for.
"""

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms import shingles
from transforms.near_duplicates.rows import (
    LINE_BITS,
    NEW,
    NO_ORIGIN,
    TIME_OFFSET,
    UNKNOWN_TIME,
    Mask,
    Origins,
    Rows,
    Tables,
    TextWords,
    article_halves,
    columns_of,
    find,
    group_sizes,
    group_starts,
    is_earlier,
    list_array,
    lists,
    order_of,
    origin_columns,
    origins_of,
    paragraph_ids,
    parse_paragraph_ids,
    ragged_positions,
    same_article,
    take,
    words_of,
)
from transforms.near_duplicates.streams import SCHEMAS, stream_table
from transforms.shingles import I64, U32, U64

MIN_WORDS = 8
"""A shorter paragraph has no near-duplicates, only equal ones."""

MIN_JACCARD = 0.5
"""On the five seed dumps exactly four pairs reach it (0.66-0.79); the next pair has 0.21."""

MIN_CONTAINMENT = 0.6

MIN_SHARED_SHINGLES = 6

SHINGLE_WORDS = 6

BANDS, ROWS = 24, 4
"""A pair of Jaccard similarity J meets in some band with probability 1 - (1 - J**4)**24:
.79 at J = .5, .96 at .6, .999 at .7, .99999 at .8."""

WINDOW = 6
"""Six shared shingles in a row always share a winnowed one; about 2 / 7 of all are kept."""

MAX_CLIQUE = 12
"""Members of a band that are all compared with each other: at most 66 pairs. In a larger band each
is compared with the earliest only, so that the cost stays linear."""

STOP_ARTICLES = 10
STOP_SHARE = 0.75
"""A paragraph that ten articles of one outlet repeat word for word, and few others (that outlet has
three quarters of all its articles), is the outlet's boilerplate. Wire copy reaches several outlets
and stays below the share; versions and reprints of one story (one URL or one title) count once. In
12,610 articles of many outlets the rule finds some 70 texts, all of them subscription boxes,
standing summaries, galleries and credits."""

BLOCKS = ((4, 4), (3, 5), (2, 6))
END_STORIES = (3, 4)
BLOCK_SPAN = 14 * 86_400_000_000
"""A block is (lines, stories) so many lines and more in a row of which every one stands in so many
stories and more of one outlet (by the same count and share as above), the first and the last of
them two weeks apart (microseconds): the captions of a gallery, a standing list of names. One
line would need the ten stories above. What a newsroom carries over from one report of an event
to the next is like it but for these bounds: in 12,610 articles no paragraph of a report reaches
them, while with three stories of three lines, or with three of four that are a week apart, a
letter and a debate that were quoted at length would go. A line goes where three quarters of its
stories have it in such a block; more than ``BLOCK_MOST`` of the words of one is a version of
another article. At the very end of an article one such line is enough, of the first of
``END_STORIES``, and at most ``STOP_MOST`` of it: who the author is, who paid for a study, the
label of what was not dumped. In the 12,610 articles these are eight texts, none of them
background of a report. The second is asked, too, for the lines of more stories below some of
fewer that together are too much of the article."""

STANDING_SHARE = 0.75

STOP_MOST, BLOCK_MOST = 0.5, 2 / 3
"""Most of an article's words that go as stop paragraphs, and then of the rest as lines of blocks: a
gallery of a thousand words stands in reports that are shorter."""

KEPT, STOPPED, STANDING = range(3)
"""What ``labels`` say of a paragraph."""

KINDS = ("exact", "near", "contained")

_EXACT, _NEAR, _CONTAINED = range(3)

RANK_NEW = np.uint32(1 << 31)


def distinct_words(tables: Tables) -> TextWords:
    """Returns the words of every text in ``texts`` and ``archive``."""
    both = pa.concat_tables(
        [tables["texts"], tables["archive"].select(["text", "words"])], promote_options="default"
    )
    return words_of(both.column("text").to_numpy(), both.column("words"))


def article_times(articles: pa.Table) -> U64:
    """Returns the first part of the origin of every paragraph of an article, for new articles."""
    published = articles.column("published_at").cast(pa.int64())
    micros = pc.fill_null(published, UNKNOWN_TIME - TIME_OFFSET).to_numpy() + TIME_OFFSET
    own = pc.fill_null(articles.column("agency_own"), False).to_numpy(zero_copy_only=False)
    return np.asarray((micros.astype(np.uint64) << np.uint64(1)) | (~own).astype(np.uint64) | NEW)


def _rank(time: U64) -> U32:
    """Returns times in minutes since the year 1, shape (n,), in 31 bits."""
    minutes = (time & ~NEW) // np.uint64(120_000_000)
    # Minutes since the year 1; whatever lies beyond 31 bits (year 4084), and the unknown, is last.
    since = minutes.astype(np.int64) - (TIME_OFFSET - 62_135_596_800_000_000) // 60_000_000
    return np.clip(since, 0, (1 << 31) - 1).astype(np.uint32)


def _hashes(texts: pa.ChunkedArray) -> U64:
    """Returns one 64-bit number a text; 0 for none."""
    listed = texts.to_pylist()
    numbers = {
        text: int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
        if text
        else 0
        for text in set(listed)
    }
    return np.fromiter(map(numbers.__getitem__, listed), np.uint64, len(listed))


def _else_id(articles: pa.Table, column: str) -> pa.ChunkedArray:
    return pc.coalesce(articles.column(column), articles.column("article_id"))


def fingerprint(piece: int, articles: pa.Table, paragraphs: pa.Table) -> dict[str, pa.Table]:
    """Returns the channel rows of one piece.

    Args:
      piece: its number.
      articles: columns ``article_id``, ``url``, ``title``, ``published_at``, ``outlet``,
        ``agency_own``.
      paragraphs: columns ``article`` (row of its article), ``line_number``, ``text``.
    """
    article = paragraphs.column("article").to_numpy()
    high, low = article_halves(articles.column("article_id"))
    lines = paragraphs.column("line_number").to_numpy().astype(np.uint64)
    origins = Origins(
        article_times(articles)[article],
        high[article],
        (low[article] << LINE_BITS) | lines,
    )
    words = shingles.hash_words(paragraphs.column("text"))
    keys = shingles.text_keys(words)
    present = np.flatnonzero(keys)
    sizes = np.diff(words.offsets)
    whole = np.bincount(article, weights=sizes, minlength=len(articles))
    occurrences = {
        "text": keys[present],
        **origin_columns(take(origins, present), ""),
        "outlet": _hashes(articles.column("outlet"))[article[present]],
        "url": _hashes(_else_id(articles, "url"))[article[present]],
        "title": _hashes(_else_id(articles, "title"))[article[present]],
        "piece": np.full(len(present), piece, np.uint64),
        "row": present.astype(np.uint32),
        "size": sizes[present].astype(np.uint32),
        "article_size": whole[article[present]].astype(np.uint32),
        "last": np.append(article[1:] != article[:-1], True)[: len(article)][present],
    }
    # The earliest occurrence of a text speaks for it in the piece.
    long_rows = np.flatnonzero(sizes >= MIN_WORDS)
    order = long_rows[
        np.lexsort((*(part[long_rows] for part in reversed(origins)), keys[long_rows]))
    ]
    rows = np.sort(order[group_starts(keys[order])])
    starts, lengths = words.offsets[rows], sizes[rows]
    short_words = (words.hashes >> np.uint64(32)).astype(np.uint32)
    texts = keys[rows]
    rank, size = _rank(origins.time)[rows], lengths.astype(np.uint32)
    bands = _band_hashes(words.hashes, starts, lengths)
    winnowed, owner = _winnowed(words.hashes, starts, lengths)
    return {
        "occurrences": stream_table("occurrences", occurrences),
        "texts": pa.Table.from_arrays(
            [
                pa.array(texts, pa.uint64()),
                list_array(short_words[ragged_positions(starts, lengths)], lengths),
            ],
            schema=SCHEMAS["texts"],
        ),
        "bands": stream_table(
            "bands",
            {
                "hash": bands.ravel(),
                "text": np.repeat(texts, BANDS),
                "rank": np.repeat(rank, BANDS),
                "size": np.repeat(size, BANDS),
            },
        ),
        "winnowed": stream_table(
            "winnowed",
            {"hash": winnowed, "text": texts[owner], "rank": rank[owner], "size": size[owner]},
        ),
    }


def _band_hashes(words: U64, starts: I64, lengths: I64) -> U64:
    """Returns the band hashes of n paragraphs, shape (n, ``BANDS``)."""
    bigrams = (shingles.shingles(words, 2) >> np.uint64(32)).astype(np.uint32)
    return shingles.bands(shingles.minhash(bigrams, starts, lengths - 1, BANDS * ROWS), ROWS)


def _winnowed(words: U64, starts: I64, lengths: I64) -> tuple[U64, I64]:
    """Returns winnowed shingles and the paragraph of each, counted from 0."""
    # Fewer than six shingles cannot make six shared ones.
    enough = np.flatnonzero(lengths >= SHINGLE_WORDS + MIN_SHARED_SHINGLES - 1)
    runs = shingles.shingles(words, SHINGLE_WORDS)
    places, owners = shingles.winnow(
        runs, starts[enough], lengths[enough] - (SHINGLE_WORDS - 1), WINDOW
    )
    return runs[places], enough[owners]


def collapse(occurrences: Rows, archive: Rows) -> pa.Table:
    """Returns one row of ``origins`` for every text.

    ``first_`` is the earliest occurrence, ``other_`` the earliest in another article than that.
    What earlier runs archived takes part before what this run brings, in the order of the runs:
    who was committed first stays first, whatever was published earlier and came later.

    Args:
      occurrences: rows of this run.
      archive: rows of earlier runs, one a text and run.
    """
    texts = [occurrences["text"]]
    turns = [np.full(len(occurrences["text"]), _THIS_RUN)]
    parts = [origins_of(occurrences, "")]
    for prefix in ("first_", "other_"):
        there = archive[f"{prefix}time"] != NO_ORIGIN
        texts.append(archive["text"][there])
        turns.append(archive["run"][there].astype(np.int64))
        parts.append(take(origins_of(archive, prefix), there))
    text, turn = np.concatenate(texts), np.concatenate(turns)
    origins = Origins(*(np.concatenate(values) for values in zip(*parts, strict=True)))
    order = order_of(text, turn, *origins)
    text, origins = text[order], take(origins, order)
    starts = group_starts(text)
    earliest = take(origins, starts)
    sizes = group_sizes(starts, len(text))
    differs = ~same_article(origins, take(origins, np.repeat(starts, sizes)))
    positions = np.where(differs, np.arange(len(text)), len(text))
    next_best = np.minimum.reduceat(positions, starts) if len(starts) else np.zeros(0, np.int64)
    padded = Origins(*(np.append(values, NO_ORIGIN) for values in origins))
    distinct = text[starts]
    return stream_table(
        "origins",
        {
            "text": distinct,
            **origin_columns(earliest, "first_"),
            **origin_columns(take(padded, next_best), "other_"),
            **origin_columns(_archived_clusters(archive, distinct), "cluster_"),
            **_outlet_counts(occurrences, archive, distinct),
            "standing": np.isin(distinct, archive["text"][archive["standing"]]),
        },
    )


def repeats(occurrences: Rows, archive: Rows, origins: Rows) -> pa.Table:
    """Returns the occurrences that may be lines of a block: texts that one outlet's stories share.

    Args:
      occurrences: rows of this run.
      archive: rows of earlier runs.
      origins: the rows ``collapse`` made of both.
    """
    shared = _is_stop(
        origins["outlet"], origins["outlet_articles"], origins["articles"], min(END_STORIES)
    )
    shared &= origins["stop"] | (_span(occurrences, archive, origins["text"]) >= BLOCK_SPAN)
    place, _ = find(origins["text"], occurrences["text"])
    chosen = np.flatnonzero(shared[place]) if len(origins["text"]) else np.zeros(0, np.int64)
    rows = {name: values[chosen] for name, values in occurrences.items()}
    stories = origins["outlet_articles"][place[chosen]]
    return stream_table("repeats", {**rows, "seen": _articles_seen(rows), "stories": stories})


def _span(occurrences: Rows, archive: Rows, texts: U64) -> I64:
    """Returns the microseconds between the first and the last known time of each sorted text.

    Of an earlier run only the first times of a text are known.
    """
    text = np.concatenate((occurrences["text"], archive["text"], archive["text"]))
    time = np.concatenate((occurrences["time"], archive["first_time"], archive["other_time"]))
    micros = ((time & ~NEW) >> np.uint64(1)).astype(np.int64)
    known = (time != NO_ORIGIN) & (micros != UNKNOWN_TIME)
    place, _ = find(texts, text[known])
    first = np.full(len(texts), UNKNOWN_TIME, np.int64)
    last = np.zeros(len(texts), np.int64)
    np.minimum.at(first, place, micros[known])
    np.maximum.at(last, place, micros[known])
    return last - first


def _articles_seen(rows: Rows) -> I64:
    """Returns for each occurrence how many articles have its text."""
    distinct = rows["text"][_one_an_article(rows)]
    low = np.searchsorted(distinct, rows["text"], side="left")
    return np.asarray(np.searchsorted(distinct, rows["text"], side="right") - low)


def _one_an_article(rows: Rows) -> I64:
    """Returns where each text occurs, once an article, in the order of the texts."""
    half = rows["line"] >> LINE_BITS  # the rest of the article's number
    order = order_of(rows["text"], rows["article"], half)
    return order[group_starts(rows["text"][order], rows["article"][order], half[order])]


def blocks(rows: Rows) -> pa.Table:
    """Returns the rows of ``repeats`` that stand in a row with enough others, or end the article.

    Stop paragraphs within a block count as lines of it.
    """
    order = np.lexsort((rows["row"], rows["piece"]))
    rows = {name: values[order] for name, values in rows.items()}
    follows = np.zeros(len(order), bool)
    follows[1:] = (
        (rows["piece"][1:] == rows["piece"][:-1])
        & (rows["article"][1:] == rows["article"][:-1])
        & (rows["line"][1:] >> LINE_BITS == rows["line"][:-1] >> LINE_BITS)
        & (rows["row"][1:] == rows["row"][:-1] + np.uint32(1))
    )
    chosen = np.zeros(len(order), bool)
    for lines, stories in BLOCKS:
        chosen |= _in_a_row(rows, follows, stories, lines)
    for stories in END_STORIES:
        chosen |= _in_a_row(rows, follows, stories, 1, ends=True)
    return stream_table("blocks", {name: values[chosen] for name, values in rows.items()})


def _in_a_row(rows: Rows, follows: Mask, stories: int, lines: int, ends: bool = False) -> Mask:
    """Returns the rows that stand in a row of so many lines, each of so many stories.

    Args:
      rows: of ``repeats``, by article and line.
      follows: whether a row is of the line after the one before it.
      stories: the fewest that each line has.
      lines: the fewest in a row.
      ends: whether only the row counts that ends an article.
    """
    enough = np.flatnonzero(rows["stories"] >= stories)
    chosen = np.zeros(len(follows), bool)
    if len(enough):
        joined = follows[enough]
        joined[0] = False
        joined[1:] &= np.diff(enough) == 1
        starts = np.flatnonzero(~joined)
        sizes = group_sizes(starts, len(enough))
        lost = np.add.reduceat(rows["size"][enough].astype(np.int64), starts)
        whole = rows["article_size"][enough[starts]]
        is_block = (sizes >= lines) & (lost <= (STOP_MOST if ends else BLOCK_MOST) * whole)
        if ends:
            is_block &= rows["last"][enough[starts + sizes - 1]]
        chosen[enough] = np.repeat(is_block, sizes)
    return chosen


def standing_texts(rows: Rows) -> U64:
    """Returns the texts, sorted, that most of their stories have within a block."""
    chosen = _one_an_article(rows)
    text, seen = rows["text"][chosen], rows["seen"][chosen]
    starts = group_starts(text)
    return np.asarray(text[starts][group_sizes(starts, len(text)) >= STANDING_SHARE * seen[starts]])


def with_standing(origins: Rows, rows: Rows) -> Rows:
    """Returns ``origins`` with the texts of blocks marked as standing."""
    return origins | {
        "standing": origins["standing"] | np.isin(origins["text"], standing_texts(rows))
    }


_THIS_RUN = np.int64(1) << 40
"""Comes after the number of every earlier run."""


def _archived_clusters(archive: Rows, texts: U64) -> Origins:
    """Returns the cluster that the earliest run with each text gave it; none for a new text."""
    first = origins_of(archive, "first_")
    order = order_of(archive["text"], archive["run"], *first)
    order = order[group_starts(archive["text"][order])]
    index, is_known = find(archive["text"][order], texts)
    return Origins(
        *(
            np.where(is_known, np.append(values[order], NO_ORIGIN)[index], NO_ORIGIN)
            for values in origins_of(archive, "cluster_")
        )
    )


def _outlet_counts(occurrences: Rows, known: Rows, texts: U64) -> Rows:
    """Returns how many stories have each text, and the outlet with the most of them.

    Args:
      occurrences: rows of the run.
      known: archived rows.
      texts: the distinct texts of both, sorted.
    """
    text, outlet, by_url = _distinct_by_outlet(occurrences, "url")
    _, _, by_title = _distinct_by_outlet(occurrences, "title")
    stories = np.minimum(by_url, by_title)
    text = np.concatenate((text, known["text"]))
    by_outlet = np.concatenate((stories, known["outlet_articles"].astype(np.int64)))
    outlet = np.concatenate((outlet, known["outlet"]))
    others = (known["articles"] - known["outlet_articles"]).astype(np.int64)
    order = order_of(text, outlet)
    text, outlet, by_outlet = text[order], outlet[order], by_outlet[order]
    starts = group_starts(text, outlet)
    by_outlet = np.add.reduceat(by_outlet, starts) if len(starts) else by_outlet
    text, outlet = text[starts], outlet[starts]
    # The outlet with the most articles; on a tie the smaller number.
    order = order_of(text, -by_outlet, outlet)
    text, outlet, by_outlet = text[order], outlet[order], by_outlet[order]
    starts = group_starts(text)
    totals = np.add.reduceat(by_outlet, starts) if len(starts) else by_outlet
    index, _ = find(texts, known["text"])
    totals = totals.copy()
    np.add.at(totals, index, others)
    top, top_count = outlet[starts], by_outlet[starts]
    stop = _is_stop(top, top_count, totals, STOP_ARTICLES)
    return {"articles": totals, "outlet": top, "outlet_articles": top_count, "stop": stop}


def _distinct_by_outlet(occurrences: Rows, column: str) -> tuple[U64, U64, I64]:
    """Returns (text, outlet, distinct values of a column) for every text of every outlet."""
    order = order_of(occurrences["text"], occurrences["outlet"], occurrences[column])
    text, outlet = occurrences["text"][order], occurrences["outlet"][order]
    starts = group_starts(text, outlet, occurrences[column][order])
    text, outlet = text[starts], outlet[starts]
    starts = group_starts(text, outlet)
    return text[starts], outlet[starts], group_sizes(starts, len(outlet))


def _is_stop(outlet: U64, outlet_articles: I64, articles: I64, least: int) -> Mask:
    return np.asarray(
        (outlet != 0) & (outlet_articles >= least) & (outlet_articles >= STOP_SHARE * articles)
    )


def is_furniture(origins: Rows) -> Mask:
    """Returns which texts are an outlet's boilerplate, by either evidence."""
    return np.asarray(origins["stop"] | origins["standing"])


def by_text(rows: Rows) -> Rows:
    """Returns the rows sorted by text."""
    order = np.argsort(rows["text"], kind="stable")
    return {name: values[order] for name, values in rows.items()}


def known_origins(tables: Tables) -> Rows:
    """Returns ``origins`` by text: those of the run, and of what only the archive has."""
    origins, archive = columns_of(tables["origins"]), columns_of(tables["archive"])
    _, is_there = find(np.sort(origins["text"]), archive["text"])
    archive = {name: values[~is_there] for name, values in archive.items()}
    nothing = columns_of(SCHEMAS["occurrences"].empty_table())
    archived = columns_of(collapse(nothing, archive))
    known = {name: np.concatenate((values, archived[name])) for name, values in origins.items()}
    return by_text(with_standing(known, columns_of(tables["blocks"])))


def propose(tables: Tables, earlier: Tables) -> pa.Table:
    """Returns the pairs of texts with a common band or winnowed shingle, in both directions.

    Args:
      tables: ``bands`` and ``winnowed`` of this run.
      earlier: the same of earlier runs.
    """
    parts = []
    for name in ("bands", "winnowed"):
        new, old = columns_of(tables[name]), columns_of(earlier[name])
        new["rank"] = new["rank"] | RANK_NEW
        both = {name: np.concatenate((values, old[name])) for name, values in new.items()}
        again = shingles.recurring(both["hash"])
        rows = {name: values[again] for name, values in both.items()}
        left, right = shingles.collisions(
            rows["hash"], rows["text"], rows["rank"], RANK_NEW, MAX_CLIQUE
        )
        parts.append(
            {
                "text": rows["text"][left],
                "other": rows["text"][right],
                "size": rows["size"][left],
                "other_size": rows["size"][right],
            }
        )
    pairs = {
        name: np.concatenate([part[name] for part in parts])
        for name in ("text", "other", "size", "other_size")
    }
    swapped = pairs["text"] > pairs["other"]
    for one, two in (("text", "other"), ("size", "other_size")):
        pairs[one], pairs[two] = (
            np.where(swapped, pairs[two], pairs[one]),
            np.where(swapped, pairs[one], pairs[two]),
        )
    pairs = _distinct_pairs(pairs)
    return stream_table(
        "candidates",
        {
            "text": np.concatenate((pairs["text"], pairs["other"])),
            "other": np.concatenate((pairs["other"], pairs["text"])),
            "size": np.concatenate((pairs["size"], pairs["other_size"])),
            "other_size": np.concatenate((pairs["other_size"], pairs["size"])),
        },
    )


def _distinct_pairs(pairs: Rows) -> Rows:
    order = order_of(pairs["text"], pairs["other"])
    order = order[group_starts(pairs["text"][order], pairs["other"][order])]
    return {name: values[order] for name, values in pairs.items()}


def request(candidates: Rows, words: TextWords, origins: Rows) -> pa.Table:
    """Returns the texts that visit another: of each pair the shorter, on a tie the smaller key."""
    pairs = _distinct_pairs(candidates)
    goes = (pairs["size"] < pairs["other_size"]) | (
        (pairs["size"] == pairs["other_size"]) & (pairs["text"] < pairs["other"])
    )
    text, host = pairs["text"][goes], pairs["other"][goes]
    place, found = find(origins["text"], text)
    found &= ~is_furniture(origins)[place] if len(origins["text"]) else found
    index, has_words = words.find(text)
    found &= has_words
    text, host, place, index = text[found], host[found], place[found], index[found]
    columns: dict[str, Any] = {"host": host, "text": text, "words": words.take(index)}
    for prefix in ("first_", "other_", "cluster_"):
        columns |= origin_columns(take(origins_of(origins, prefix), place), prefix)
    return stream_table("visitors", columns)


def _spread(words: U32) -> U64:
    return shingles.mix(words.astype(np.uint64) + np.uint64(1))


def verify(
    visitors: pa.Table, words: TextWords, origins: Rows, window_days: int
) -> dict[str, pa.Table]:
    """Returns the pairs that hold on the exact sets as ``links``, near ones also as ``edges``."""
    guests = columns_of(visitors)
    host_words, has_words = words.find(guests["host"])
    host_place, has_place = find(origins["text"], guests["host"])
    usable = has_words & has_place
    usable &= ~is_furniture(origins)[host_place] if len(origins["text"]) else usable
    chosen = np.flatnonzero(usable)
    guests = {name: values[chosen] for name, values in guests.items()}
    host_words, host_place = host_words[chosen], host_place[chosen]
    guest_values, guest_starts, guest_lengths = lists(visitors.column("words"))
    guest_starts, guest_lengths = guest_starts[chosen], guest_lengths[chosen]

    guest_first = origins_of(guests, "first_")
    host_first = take(origins_of(origins, "first_"), host_place)
    guest_later = is_earlier(host_first, guest_first)
    hosts, host = np.unique(host_words, return_inverse=True)
    words = words.only(hosts)
    host_starts, host_lengths = words.starts[host], words.lengths[host]
    guest_hashes, host_hashes = _spread(guest_values), _spread(words.words)
    bigrams = shingles.shingles(guest_hashes, 2), shingles.shingles(host_hashes, 2)
    guest_size, host_size, shared = shingles.overlaps(
        (bigrams[0], guest_starts, guest_lengths - 1),
        (bigrams[1], host_starts, host_lengths - 1),
    )
    union = guest_size + host_size - shared
    similarity = shared / np.maximum(union, 1)
    guest_containment = shared / np.maximum(guest_size, 1)
    host_containment = shared / np.maximum(host_size, 1)
    near = similarity >= MIN_JACCARD
    held = np.maximum(guest_containment, host_containment) >= MIN_CONTAINMENT
    contained = np.zeros(len(near), bool)
    unsure = np.flatnonzero(held & ~near)
    if len(unsure):
        runs = (
            shingles.shingles(guest_hashes, SHINGLE_WORDS),
            shingles.shingles(host_hashes, SHINGLE_WORDS),
        )
        short = SHINGLE_WORDS - 1
        _, _, shared_runs = shingles.overlaps(
            (runs[0], guest_starts[unsure], np.maximum(guest_lengths[unsure] - short, 0)),
            (
                runs[1],
                host_starts[unsure],
                np.maximum(host_lengths[unsure] - short, 0),
            ),
        )
        contained[unsure] = shared_runs >= MIN_SHARED_SHINGLES
    kept = near | contained
    if window_days:
        kept &= _within(guest_first, host_first, window_days)
    kept = np.flatnonzero(kept)
    later_is_guest = guest_later[kept]

    def pick(guest: npt.NDArray[Any], host: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.where(later_is_guest, guest, host)

    sides: dict[str, dict[str, npt.NDArray[Any]]] = {"later": {}, "earlier": {}}
    for name in (
        "text",
        *(f"{p}{f}" for p in ("first_", "other_", "cluster_") for f in Origins._fields),
    ):
        guest = guests[name][kept]
        host = (guests["host"] if name == "text" else origins[name][host_place])[kept]
        sides["later"][name] = pick(guest, host)
        sides["earlier"][name] = pick(host, guest)
    later, earlier = sides["later"], sides["earlier"]
    later_containment = pick(guest_containment[kept], host_containment[kept])
    earlier_containment = pick(host_containment[kept], guest_containment[kept])
    kinds = np.where(near[kept], _NEAR, _CONTAINED).astype(np.uint8)
    # Both ways round: the text that came first may well occur again after the other.
    links = [
        {
            "text": one["text"],
            **origin_columns(origins_of(two, "first_"), "first_"),
            **origin_columns(origins_of(two, "other_"), "other_"),
            "kind": kinds,
            "similarity": similarity[kept],
            "containment": containment,
            "source_containment": source_containment,
        }
        for one, two, containment, source_containment in (
            (later, earlier, later_containment, earlier_containment),
            (earlier, later, earlier_containment, later_containment),
        )
    ]
    is_near = near[kept]
    source = take(origins_of(earlier, "first_"), is_near)
    cluster = take(origins_of(earlier, "cluster_"), is_near)
    edges = {
        "text": later["text"][is_near],
        **origin_columns(take(origins_of(later, "first_"), is_near), ""),
        "source": earlier["text"][is_near],
        **origin_columns(source, "source_"),
        # A committed text leads only where its archived cluster is its own first paragraph.
        "source_leads": (cluster.time == NO_ORIGIN)
        | ((cluster.article == source.article) & (cluster.line == source.line)),
        "similarity": similarity[kept][is_near],
    }
    both = {name: np.concatenate([part[name] for part in links]) for name in links[0]}
    return {"links": stream_table("links", both), "edges": stream_table("edges", edges)}


def _within(one: Origins, two: Origins, days: int) -> Mask:
    """Returns whether two times are at most so many days apart; unknown times always are."""
    micros = [((origin.time & ~NEW) >> np.uint64(1)).astype(np.int64) for origin in (one, two)]
    unknown = (micros[0] == UNKNOWN_TIME) | (micros[1] == UNKNOWN_TIME)
    return np.asarray(unknown | (np.abs(micros[0] - micros[1]) <= days * 86_400_000_000))


def lead(edges: Rows) -> pa.Table:
    """Returns the leader of every text that is near one.

    Texts are taken in the order of their first occurrence. A text that is verified near to an
    earlier leader joins the most similar one (the earliest on a tie); any other leads a cluster of
    its own. So every member is within the threshold of its cluster's first paragraph, and chains
    do not join what is not alike.
    """
    order = np.lexsort(
        (
            edges["source_line"],
            edges["source_article"],
            edges["source_time"],
            -edges["similarity"],
            edges["line"],
            edges["article"],
            edges["time"],
        )
    )
    followers: set[int] = set()
    chosen: list[int] = []
    texts = edges["text"][order].tolist()
    sources = edges["source"][order].tolist()
    leads = edges["source_leads"][order].tolist()
    for position, (text, source, source_leads) in enumerate(
        zip(texts, sources, leads, strict=True)
    ):
        if text not in followers and source_leads and source not in followers:
            followers.add(text)
            chosen.append(position)
    picked = order[np.array(chosen, np.int64)]
    leaders = take(origins_of(edges, "source_"), picked)
    return stream_table(
        "clusters", {"text": edges["text"][picked], **origin_columns(leaders, "cluster_")}
    )


def label(
    occurrences: Rows, origins: Rows, links: Rows, clusters: Rows, tables: Tables
) -> dict[str, pa.Table]:
    """Returns what each paragraph of the run is to be told, and the links between paragraphs.

    A paragraph is linked to the first occurrence of its own text and of every text that its text
    was verified against, if it is earlier; where that lies in its own article, to the first in
    another.
    """
    place, _ = find(origins["text"], occurrences["text"])
    paragraphs = origins_of(occurrences, "")
    verdict = np.where(origins["stop"], STOPPED, np.where(origins["standing"], STANDING, KEPT))
    verdict = verdict[place] if len(origins["text"]) else np.zeros(0, np.int64)
    stop = verdict != KEPT
    index = np.arange(len(place))

    owner = [index[~stop]]
    sources = [
        _source(
            take(paragraphs, owner[0]),
            take(origins_of(origins, "first_"), place[owner[0]]),
            take(origins_of(origins, "other_"), place[owner[0]]),
        )
    ]
    ones = np.ones(len(owner[0]))
    figures: list[Rows] = [
        {
            "kind": np.full(len(owner[0]), _EXACT, np.uint8),
            "similarity": ones,
            "containment": ones,
            "source_containment": ones,
        }
    ]
    # Every occurrence of a text takes over the links of its text.
    order = np.argsort(links["text"], kind="stable")
    links = {name: values[order] for name, values in links.items()}
    low = np.searchsorted(links["text"], origins["text"], side="left")[place]
    high = np.searchsorted(links["text"], origins["text"], side="right")[place]
    counts = np.where(stop, 0, high - low)
    pair_owner = np.repeat(index, counts)
    pair = ragged_positions(low, counts)
    owner.append(pair_owner)
    sources.append(
        _source(
            take(paragraphs, pair_owner),
            take(origins_of(links, "first_"), pair),
            take(origins_of(links, "other_"), pair),
        )
    )
    figures.append({name: links[name][pair] for name in figures[0]})

    owners = np.concatenate(owner)
    source = Origins(*(np.concatenate(parts) for parts in zip(*sources, strict=True)))
    figure = {name: np.concatenate([part[name] for part in figures]) for name in figures[0]}
    exists = source.time != NO_ORIGIN
    owners, source = owners[exists], take(source, exists)
    figure = {name: values[exists] for name, values in figure.items()}

    text_cluster = _text_clusters(origins, clusters)
    cluster = take(text_cluster, place)
    best = _best_source(owners, source, figure)
    labels = _labels(occurrences, paragraphs, cluster, verdict, owners, source, figure, best)
    return {
        "annotations": labels,
        "paragraph_links": _paragraph_links(paragraphs, owners, source, figure),
        "archive": archive_rows(
            text_cluster,
            origins["text"][origins["standing"]],
            distinct_words(tables),
            _own_origins(occurrences, origins, tables["archive"].column("text").to_numpy()),
        ),
    }


def _own_origins(occurrences: Rows, origins: Rows, archived: U64) -> Rows:
    """Returns ``origins`` as they are without what earlier runs have archived.

    Args:
      occurrences: rows of this run.
      origins: of them and of the archived rows, by text.
      archived: texts of those.
    """
    if not len(archived):
        return origins
    known = np.isin(origins["text"], archived)
    again = np.isin(occurrences["text"], archived)
    own = collapse(
        {name: values[again] for name, values in occurrences.items()},
        columns_of(SCHEMAS["archive"].empty_table()),
    )
    return by_text(
        {
            name: np.concatenate((origins[name][~known], values))
            for name, values in columns_of(own).items()
        }
    )


def _source(paragraphs: Origins, first: Origins, other: Origins) -> Origins:
    """Returns the earlier of two origins that lies in another article, before the paragraph."""
    in_same = same_article(paragraphs, first)
    picked = Origins(*(np.where(in_same, o, f) for f, o in zip(first, other, strict=True)))
    valid = is_earlier(picked, paragraphs) & ~same_article(paragraphs, picked)
    return Origins(*(np.where(valid, values, NO_ORIGIN) for values in picked))


def _text_clusters(origins: Rows, clusters: Rows) -> Origins:
    """Returns the first paragraph of each text's cluster.

    A committed text keeps its archived cluster; a new one has the cluster of its leader, else its
    own first occurrence.
    """
    first = origins_of(origins, "first_")
    archived = origins_of(origins, "cluster_")
    order = np.argsort(clusters["text"], kind="stable")
    index, follows = find(clusters["text"][order], origins["text"])
    result = []
    for part, own in zip(Origins._fields, first, strict=True):
        values = own
        if len(order):
            values = np.where(follows, clusters[f"cluster_{part}"][order][index], values)
        old = getattr(archived, part)
        result.append(np.where(archived.time != NO_ORIGIN, old, values))
    return Origins(*result)


def _best_source(owners: I64, source: Origins, figure: Rows) -> I64:
    """Returns the position of the best link of each paragraph that has an exact or near one."""
    candidates = np.flatnonzero(figure["kind"] != _CONTAINED)
    order = candidates[
        np.lexsort(
            (
                source.line[candidates],
                source.article[candidates],
                source.time[candidates],
                figure["kind"][candidates],
                -figure["similarity"][candidates],
                owners[candidates],
            )
        )
    ]
    best: I64 = order[group_starts(owners[order])]
    return best


def _labels(
    occurrences: Rows,
    paragraphs: Origins,
    cluster: Origins,
    verdict: I64,
    owners: I64,
    source: Origins,
    figure: Rows,
    best: I64,
) -> pa.Table:
    count = len(verdict)
    origin = [np.full(count, NO_ORIGIN) for _ in Origins._fields]
    similarity = np.zeros(count)
    for values, from_source in zip(origin, source, strict=True):
        values[owners[best]] = from_source[best]
    similarity[owners[best]] = figure["similarity"][best]
    own_cluster = (cluster.article == paragraphs.article) & (cluster.line == paragraphs.line)
    told = np.flatnonzero((verdict != KEPT) | ~own_cluster | (origin[0] != NO_ORIGIN))
    return stream_table(
        "annotations",
        {
            "piece": occurrences["piece"][told],
            "row": occurrences["row"][told],
            **origin_columns(take(cluster, told), "cluster_"),
            **origin_columns(take(Origins(*origin), told), "source_"),
            "similarity": similarity[told],
            "stop": verdict[told].astype(np.uint8),
        },
    )


def _paragraph_links(paragraphs: Origins, owners: I64, source: Origins, figure: Rows) -> pa.Table:
    """Returns the links by paragraph and source; a dump read twice gives each of its links once."""
    later = take(paragraphs, owners)
    order = np.lexsort((figure["kind"], source.line, source.article, later.line, later.article))
    keys = (later.article, later.line, source.article, source.line)
    starts = order[group_starts(*(key[order] for key in keys))]
    return pa.Table.from_arrays(
        [
            paragraph_ids(take(later, starts)),
            paragraph_ids(take(source, starts)),
            pa.DictionaryArray.from_arrays(
                pa.array(figure["kind"][starts], pa.int8()), pa.array(KINDS)
            ).cast(pa.string()),
            pa.array(figure["similarity"][starts]),
            pa.array(figure["containment"][starts]),
            pa.array(figure["source_containment"][starts]),
        ],
        schema=SCHEMAS["paragraph_links"],
    )


def archive_rows(cluster: Origins, standing: U64, words: TextWords, origins: Rows) -> pa.Table:
    """Returns what later runs need to know of every text of this run.

    Args:
      cluster: the first paragraph of the cluster of each distinct text, sorted by text.
      standing: texts that are lines of a block.
      words: of the texts that have near-duplicates.
      origins: of the texts by what this run brings, sorted by text.
    """
    texts = origins["text"]
    index, found = words.find(texts)
    lengths = np.where(found, np.append(words.lengths, 0)[index], 0)
    values = words.words[ragged_positions(np.append(words.starts, 0)[index], lengths)]
    committed = {
        f"{prefix}time": np.where(time == NO_ORIGIN, NO_ORIGIN, time & ~NEW)
        for prefix in ("first_", "other_")
        for time in [origins[f"{prefix}time"]]
    }
    return stream_table(
        "archive",
        {
            **origins,
            **committed,
            **origin_columns(cluster, "cluster_"),
            "cluster_time": np.zeros(len(texts), np.uint64),  # only the id is ever looked at
            "standing": np.isin(texts, standing),
            "run": np.zeros(len(texts), np.uint32),
            "words": list_array(values, lengths),
        },
    )


def rebuild(articles: pa.Table, paragraphs: pa.Table) -> dict[str, pa.Table]:
    """Returns the rows of indexed channels for articles that a run has committed.

    Args:
      articles: as for ``fingerprint``.
      paragraphs: as for ``fingerprint``, with ``cluster_id`` and ``standing``, whether it was
        taken out as a line of a block.
    """
    channels = fingerprint(0, articles, paragraphs)
    occurrences = columns_of(channels["occurrences"])
    order = np.lexsort(
        (occurrences["line"], occurrences["article"], occurrences["time"], occurrences["text"])
    )
    firsts = order[group_starts(occurrences["text"][order])]
    rows = pa.array(occurrences["row"][firsts])
    origins = collapse(occurrences, columns_of(SCHEMAS["archive"].empty_table()))
    cluster = parse_paragraph_ids(paragraphs.column("cluster_id").take(rows))
    words = words_of(channels["texts"].column("text").to_numpy(), channels["texts"].column("words"))
    is_standing = paragraphs.column("standing").to_numpy(zero_copy_only=False)
    standing = occurrences["text"][is_standing[occurrences["row"]]]
    return {
        "bands": channels["bands"],
        "winnowed": channels["winnowed"],
        "archive": archive_rows(cluster, standing, words, columns_of(origins)),
    }
