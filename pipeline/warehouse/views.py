"""The views and macros of the catalog: what they mean, and their SQL.

The SQL runs in DuckDB 1.5 and 2.0.
"""

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class View:
    """A view of the catalog that is derived from the tables.

    Attributes:
      description: what one row is.
      columns: column name -> what it means, in order.
      sql: the query; empty for ``snapshot``, whose values the catalog fills in.
    """

    description: str
    columns: Mapping[str, str]
    sql: str


@dataclasses.dataclass(frozen=True)
class Macro:
    """A macro of the catalog.

    Attributes:
      signature: its name and parameters.
      description: what it returns.
      sql: its body; begins with ``TABLE`` where it returns a table.
    """

    signature: str
    description: str
    sql: str

    @property
    def name(self) -> str:
        """Its name without parameters."""
        return self.signature.partition("(")[0]


VIEWS: dict[str, View] = {
    "paragraph_clusters": View(
        "A group of two or more paragraphs that nearly equal its first.",
        {
            "cluster_id": "`paragraph_id` of the first.",
            "paragraphs": "Paragraphs in it.",
            "articles": "Articles they stand in.",
            "outlets": "Outlets that printed them; an article without outlet counts as its dump.",
            "outlet": "Who printed it first; the dump where the outlet is not known.",
            "first_published_at": "When it was first printed, in UTC.",
            "last_published_at": "When it was last printed, in UTC.",
            "word_count": "Words in the first.",
            "text": "The first.",
        },
        """
        WITH members AS (
          SELECT p.cluster_id, p.paragraph_id, p.article_id, a.published_at,
                 coalesce(a.outlet, a.source_file) AS outlet
          FROM paragraphs AS p JOIN articles AS a USING (article_id)
          WHERE p.cluster_id IN (
            SELECT cluster_id FROM paragraphs GROUP BY cluster_id HAVING count(*) > 1
          )
        ), clusters AS (
          SELECT cluster_id, count(*) AS paragraphs, count(DISTINCT article_id) AS articles,
                 count(DISTINCT outlet) AS outlets,
                 max(outlet) FILTER (paragraph_id = cluster_id) AS outlet,
                 min(published_at) AS first_published_at, max(published_at) AS last_published_at
          FROM members GROUP BY cluster_id
        )
        SELECT c.*, p.word_count, p.text
        FROM clusters AS c LEFT JOIN paragraphs AS p ON p.paragraph_id = c.cluster_id
        """,
    ),
    "copies": View(
        "An outlet and another, or itself, whose earlier articles it took paragraphs from.",
        {
            "outlet": "Who printed later; the dump where the outlet is not known.",
            "source_outlet": "Who printed earlier; the dump where the outlet is not known.",
            "articles": "Articles of `outlet` with such paragraphs.",
            "source_articles": "Articles of `source_outlet` they were taken from.",
            "paragraphs": "Paragraphs taken; each counts once, for its best source.",
            "words": "Words taken: of a paragraph taken in part, that share of its words.",
            "exact_paragraphs": "Of the paragraphs, those taken unchanged.",
            "near_paragraphs": "Those taken with small changes.",
            "contained_paragraphs": "Those taken in part, or out of a longer paragraph.",
            "first_published_at": "When the first of them was printed by `outlet`, in UTC.",
            "last_published_at": "When the last of them was printed by `outlet`, in UTC.",
        },
        """
        WITH contained AS (
          SELECT paragraph_id,
                 max_by(source_paragraph_id,
                        (containment, source_containment, source_paragraph_id))
                   AS source_paragraph_id,
                 max(containment) AS share
          FROM paragraph_links WHERE kind = 'contained' GROUP BY paragraph_id
        ), taken AS (
          SELECT p.paragraph_id, p.article_id, p.duplicate_of AS source_paragraph_id,
                 p.word_count::DOUBLE AS words, coalesce(l.kind, 'near') AS kind
          FROM paragraphs AS p LEFT JOIN paragraph_links AS l
            ON l.paragraph_id = p.paragraph_id AND l.source_paragraph_id = p.duplicate_of
          WHERE p.is_duplicate
          UNION ALL
          SELECT p.paragraph_id, p.article_id, c.source_paragraph_id,
                 p.word_count * c.share, 'contained'
          FROM contained AS c JOIN paragraphs AS p USING (paragraph_id)
          WHERE p.is_duplicate IS NOT TRUE
        )
        SELECT coalesce(a.outlet, a.source_file) AS outlet,
               coalesce(b.outlet, b.source_file) AS source_outlet,
               count(DISTINCT a.article_id) AS articles,
               count(DISTINCT b.article_id) AS source_articles,
               count(*) AS paragraphs,
               round(sum(t.words))::BIGINT AS words,
               count(*) FILTER (t.kind = 'exact') AS exact_paragraphs,
               count(*) FILTER (t.kind = 'near') AS near_paragraphs,
               count(*) FILTER (t.kind = 'contained') AS contained_paragraphs,
               min(a.published_at) AS first_published_at,
               max(a.published_at) AS last_published_at
        FROM taken AS t
        JOIN paragraphs AS s ON s.paragraph_id = t.source_paragraph_id
        JOIN articles AS a ON a.article_id = t.article_id
        JOIN articles AS b ON b.article_id = s.article_id
        GROUP BY ALL
        """,
    ),
    "snapshot": View(
        "The snapshot this catalog shows; one row.",
        {
            "manifest": "Number of its manifest.",
            "schema_version": "Version of the layout.",
            "run_id": "The run that committed it.",
            "version": "Version of copydesk that committed it.",
            "folder": "The folder its files lie in; SET VARIABLE warehouse overrides it.",
        },
        "",
    ),
}
"""Views of the catalog beside the tables."""

MACROS: dict[str, Macro] = {
    macro.name: macro
    for macro in (
        Macro(
            "search_text(text)",
            "A text as it is searched: lower case, without accents.",
            # Accents are looked for first: taking them off costs five times as much, and most
            # texts in English have none. Left out are the ranges of punctuation and symbols.
            r"""CASE WHEN regexp_matches(text, '[\x{C0}-\x{1FFF}\x{2C00}-\x{10FFFF}]')
              THEN lower(strip_accents(text)) ELSE lower(text) END""",
        ),
        Macro(
            "search_terms(words)",
            "The different words of a query, as they are looked up.",
            r"""list_distinct(regexp_extract_all(search_text(words), '[\p{L}\p{M}\p{N}]+'))""",
        ),
        Macro(
            "search_pattern(terms)",
            "A regular expression for any of the terms, which matches nothing where there is none.",
            r"""'(?:' || coalesce(nullif(array_to_string(terms, '|'), ''), '[^\s\S]') || ')'""",
        ),
        Macro(
            "search_unspaced(term)",
            "Whether the script of a term puts no blanks between words.",
            r"""regexp_matches(
              term,
              '[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]')""",
        ),
        Macro(
            "search_hits(body, words)",
            "The words of a query in a text from `search_text`, each as often as it stands there.",
            # A word is read to its end and then compared, so that its neighbour is found, too.
            r"""list_concat(
              list_filter(
                regexp_extract_all(
                  body,
                  '(?:^|[^\p{L}\p{M}\p{N}])(' || search_pattern(list_filter(
                    search_terms(words), lambda w: NOT search_unspaced(w)
                  )) || '[\p{L}\p{M}\p{N}]*)',
                  1),
                lambda w: list_contains(search_terms(words), w)),
              regexp_extract_all(body, search_pattern(list_filter(
                search_terms(words), lambda w: search_unspaced(w)))))""",
        ),
        Macro(
            "search_weight(hits, frequency, words, texts, mean_words)",
            "BM25 weight of one word in one text (Robertson and Zaragoza, The Probabilistic "
            "Relevance Framework, 2009; k1 = 1.2, b = 0.75).",
            """ln(1 + (texts - frequency + 0.5) / (frequency + 0.5))
              * hits * 2.2 / (hits + 1.2 * (0.25 + 0.75 * words / greatest(mean_words, 1)))""",
        ),
        Macro(
            "search(words)",
            "Articles that hold all the words, best first. Case and accents do not matter; words "
            "match whole, save in scripts without spaces. `score` is BM25 over title and text.",
            """TABLE
            WITH found AS (
              SELECT article_id, word_count,
                     unnest(search_hits(search_text(concat_ws(' ', title, text)), words)) AS term
              FROM articles
            ), hits AS (
              SELECT article_id, word_count, term, count(*) AS hits FROM found GROUP BY ALL
            ), weighed AS (
              SELECT *, count(*) OVER (PARTITION BY term) AS frequency FROM hits
            ), scores AS (
              SELECT article_id,
                     sum(search_weight(hits, frequency, word_count,
                                       (SELECT count(*) FROM articles),
                                       (SELECT avg(word_count) FROM articles))) AS score,
                     count(*) AS terms
              FROM weighed GROUP BY article_id
            )
            SELECT article_id, round(score, 3) AS score, published_at, outlet, title, url
            FROM scores JOIN articles USING (article_id)
            WHERE scores.terms = len(search_terms(words))
            ORDER BY scores.score DESC, published_at, article_id""",
        ),
        Macro(
            "search_paragraphs(words)",
            "Paragraphs that hold all the words, best first; else as `search`.",
            """TABLE
            WITH found AS (
              SELECT paragraph_id, word_count,
                     unnest(search_hits(search_text(text), words)) AS term
              FROM paragraphs
            ), hits AS (
              SELECT paragraph_id, word_count, term, count(*) AS hits FROM found GROUP BY ALL
            ), weighed AS (
              SELECT *, count(*) OVER (PARTITION BY term) AS frequency FROM hits
            ), scores AS (
              SELECT paragraph_id,
                     sum(search_weight(hits, frequency, word_count,
                                       (SELECT count(*) FROM paragraphs),
                                       (SELECT avg(word_count) FROM paragraphs))) AS score,
                     count(*) AS terms
              FROM weighed GROUP BY paragraph_id
            )
            SELECT paragraph_id, round(score, 3) AS score, a.published_at, a.outlet, a.title,
                   p.text, p.duplicate_of
            FROM scores JOIN paragraphs AS p USING (paragraph_id)
            JOIN articles AS a USING (article_id)
            WHERE scores.terms = len(search_terms(words))
            ORDER BY scores.score DESC, a.published_at, paragraph_id""",
        ),
    )
}
"""Macros of the catalog."""

CATALOG_NAMES = frozenset({*VIEWS, *MACROS})
"""Views and macros of the catalog; no table may have their names."""

CHECKS: dict[str, str] = {
    "an article_id stands in `articles` once": (
        "SELECT article_id FROM articles GROUP BY article_id HAVING count(*) > 1"
    ),
    "a paragraph_id stands in `paragraphs` once": (
        "SELECT paragraph_id FROM paragraphs GROUP BY paragraph_id HAVING count(*) > 1"
    ),
    "a pair stands in `paragraph_links` once": """
        SELECT paragraph_id || ' and ' || source_paragraph_id FROM paragraph_links
        GROUP BY paragraph_id, source_paragraph_id HAVING count(*) > 1
    """,
    "a line of an article is kept once or removed once": """
        SELECT article_id || ' line ' || line_number FROM (
          SELECT article_id, line_number FROM removed_lines
          UNION ALL
          SELECT article_id, split_part(paragraph_id, '-', -1)::BIGINT FROM paragraphs
        ) GROUP BY article_id, line_number HAVING count(*) > 1
    """,
    "a run_id stands in `runs` once": (
        "SELECT run_id FROM runs GROUP BY run_id HAVING count(*) > 1"
    ),
    "the article of a paragraph is in `articles`": (
        "SELECT paragraph_id FROM paragraphs ANTI JOIN articles USING (article_id)"
    ),
    "the article of a removed line is in `articles`": (
        "SELECT article_id FROM removed_lines ANTI JOIN articles USING (article_id)"
    ),
    "both paragraphs of a link are in `paragraphs`": """
        SELECT id FROM (
          SELECT paragraph_id AS id FROM paragraph_links
          UNION ALL SELECT source_paragraph_id FROM paragraph_links
        ) AS links ANTI JOIN paragraphs ON paragraphs.paragraph_id = links.id
    """,
    "a link joins two articles": """
        SELECT l.paragraph_id FROM paragraph_links AS l
        JOIN paragraphs AS p ON p.paragraph_id = l.paragraph_id
        JOIN paragraphs AS s ON s.paragraph_id = l.source_paragraph_id
        WHERE p.article_id = s.article_id
    """,
    "a duplicate has its source, and a link to it": """
        SELECT paragraph_id FROM paragraphs AS p
        WHERE coalesce(is_duplicate, false) <> (duplicate_of IS NOT NULL)
           OR (is_duplicate AND (paragraph_id, duplicate_of) NOT IN (
                SELECT (paragraph_id, source_paragraph_id) FROM paragraph_links))
    """,
    "the first paragraph of a cluster is in `paragraphs`, in its own cluster": """
        SELECT p.paragraph_id FROM paragraphs AS p
        LEFT JOIN paragraphs AS first ON first.paragraph_id = p.cluster_id
        WHERE p.cluster_id IS NOT NULL AND first.cluster_id IS DISTINCT FROM p.cluster_id
    """,
    "an article's counts, `text` and `unique_text` follow from its paragraphs": r"""
        SELECT a.article_id FROM articles AS a LEFT JOIN (
          SELECT article_id, count(*) AS paragraphs,
                 count(*) FILTER (is_duplicate) AS duplicates,
                 count(is_duplicate) AS compared,
                 string_agg(text, E'\n\n' ORDER BY position) AS text,
                 string_agg(text, E'\n\n' ORDER BY position) FILTER (is_duplicate IS NOT TRUE)
                   AS unique_text
          FROM paragraphs WHERE hash(article_id) % $slices = $slice GROUP BY article_id
        ) AS p USING (article_id)
        WHERE hash(a.article_id) % $slices = $slice AND (
              a.paragraph_count <> coalesce(p.paragraphs, 0)
           OR a.duplicate_paragraph_count <> coalesce(p.duplicates, 0)
           OR coalesce(a.text, '') <> coalesce(p.text, '')
           OR (p.compared > 0 AND coalesce(a.unique_text, '') <> coalesce(p.unique_text, '')))
    """,
    "an article's removed_line_count is its rows of `removed_lines`": """
        SELECT a.article_id FROM articles AS a
        LEFT JOIN (SELECT article_id, count(*) AS lines FROM removed_lines GROUP BY ALL) AS r
          USING (article_id)
        WHERE a.removed_line_count <> coalesce(r.lines, 0)
    """,
    "a run's counts are the rows it wrote, and add up": """
        WITH counted AS (
          SELECT run_id,
                 (SELECT count(*) FROM articles AS t WHERE t.run_id = runs.run_id) AS articles,
                 (SELECT count(*) FROM rejects AS t WHERE t.run_id = runs.run_id) AS rejects,
                 (SELECT count(*) FROM paragraphs AS t WHERE t.run_id = runs.run_id)
                   AS paragraphs,
                 (SELECT count(*) FROM paragraphs AS t
                  WHERE t.run_id = runs.run_id AND t.is_duplicate) AS duplicate_paragraphs,
                 (SELECT count(*) FROM removed_lines AS t WHERE t.run_id = runs.run_id)
                   AS removed_lines,
                 (SELECT count(*) FROM paragraph_links AS t WHERE t.run_id = runs.run_id)
                   AS paragraph_links
          FROM runs
        )
        SELECT r.run_id FROM runs AS r JOIN counted AS c USING (run_id)
        WHERE r.articles <> c.articles OR r.rejects <> c.rejects OR r.paragraphs <> c.paragraphs
           OR r.removed_lines <> c.removed_lines OR r.paragraph_links <> c.paragraph_links
           OR r.duplicate_paragraphs <> c.duplicate_paragraphs
           OR r.records <> r.articles + r.rejects OR r.lines <> r.paragraphs + r.removed_lines
           OR list_sum(map_values(r.removed_by_rule)) <> r.removed_lines
    """,
}
"""What must hold of the rows of any snapshot -> a query for what it does not hold of.

A query with ``$slices`` and ``$slice`` is put for each slice in turn, to bound its memory.
"""
