-- Comments, macros and checks of every catalog; runs in DuckDB 1.5 and 2.0.
--
-- Format of this file, and of the .sql file that a transform names in `sql`: first the statements
-- that make up the catalog, each with its comments; then checks for `copydesk verify`. A check is a
-- line "-- check: " with what must hold, and a query of one column that returns the exceptions. A
-- query with $parts and $part runs once for each part (0 to $parts - 1), to bound its memory.

COMMENT ON VIEW snapshot IS 'The snapshot this catalog shows; one row.';
COMMENT ON COLUMN snapshot.manifest IS 'Number of its manifest.';
COMMENT ON COLUMN snapshot.schema_version IS 'Version of the layout.';
COMMENT ON COLUMN snapshot.run_id IS 'The run that committed it.';
COMMENT ON COLUMN snapshot.version IS 'Version of copydesk that committed it.';
COMMENT ON COLUMN snapshot.folder IS
  'The folder its files lie in; SET VARIABLE warehouse overrides it.';

-- Most English texts have no accents, and stripping them costs five times as much as looking for
-- them. The character class leaves out the ranges of punctuation and symbols.
CREATE MACRO search_text(text) AS
  CASE WHEN regexp_matches(text, '[\x{C0}-\x{1FFF}\x{2C00}-\x{10FFFF}]')
    THEN lower(strip_accents(text)) ELSE lower(text) END;
COMMENT ON MACRO search_text IS 'A text as it is searched: lower case, without accents.';

CREATE MACRO search_terms(words) AS
  list_distinct(regexp_extract_all(search_text(words), '[\p{L}\p{M}\p{N}]+'));
COMMENT ON MACRO search_terms IS 'The different words of a query, as they are looked up.';

CREATE MACRO search_pattern(terms) AS
  '(?:' || coalesce(nullif(array_to_string(terms, '|'), ''), '[^\s\S]') || ')';
COMMENT ON MACRO search_pattern IS
  'A regular expression for any of the terms, which matches nothing where there is none.';

CREATE MACRO search_unspaced(term) AS
  regexp_matches(
    term,
    '[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]');
COMMENT ON MACRO search_unspaced IS 'Whether the script of a term puts no blanks between words.';

-- A word is matched to its end and then compared, so that the next word is matched as well.
CREATE MACRO search_hits(body, words) AS
  list_concat(
    list_filter(
      regexp_extract_all(
        body,
        '(?:^|[^\p{L}\p{M}\p{N}])(' || search_pattern(list_filter(
          search_terms(words), lambda w: NOT search_unspaced(w)
        )) || '[\p{L}\p{M}\p{N}]*)',
        1),
      lambda w: list_contains(search_terms(words), w)),
    regexp_extract_all(body, search_pattern(list_filter(
      search_terms(words), lambda w: search_unspaced(w)))));
COMMENT ON MACRO search_hits IS
  'The words of a query in a text from `search_text`, each as often as it stands there.';

CREATE MACRO search_weight(hits, frequency, words, texts, mean_words) AS
  ln(1 + (texts - frequency + 0.5) / (frequency + 0.5))
    * hits * 2.2 / (hits + 1.2 * (0.25 + 0.75 * words / greatest(mean_words, 1)));
COMMENT ON MACRO search_weight IS
  'BM25 weight of one word in one text (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009; k1 = 1.2, b = 0.75).';

CREATE MACRO search(words) AS TABLE
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
ORDER BY scores.score DESC, published_at, article_id;
COMMENT ON MACRO TABLE search IS
  'Articles that hold all the words, best first. Case and accents do not matter; words match whole, save in scripts without spaces. `score` is BM25 over title and text.';

-- check: an article_id stands in `articles` once
SELECT article_id FROM articles GROUP BY article_id HAVING count(*) > 1;

-- check: a paragraph_id stands in `paragraphs` once
SELECT paragraph_id FROM paragraphs GROUP BY paragraph_id HAVING count(*) > 1;

-- check: a line of an article is kept once or removed once, or a head or tail of it removed
SELECT article_id || ' line ' || line_number FROM (
  SELECT article_id, line_number, false AS kept FROM removed_lines
  UNION ALL
  SELECT article_id, split_part(paragraph_id, '-', -1)::BIGINT, true FROM paragraphs
) GROUP BY article_id, line_number
HAVING count(*) FILTER (kept) > 1 OR count(*) > CASE WHEN bool_or(kept) THEN 3 ELSE 1 END;

-- check: a run_id stands in `runs` once
SELECT run_id FROM runs GROUP BY run_id HAVING count(*) > 1;

-- check: the article of a paragraph is in `articles`
SELECT paragraph_id FROM paragraphs ANTI JOIN articles USING (article_id);

-- check: the article of a removed line is in `articles`
SELECT article_id FROM removed_lines ANTI JOIN articles USING (article_id);

-- check: an article's paragraph_count and `text` follow from its paragraphs
SELECT a.article_id FROM articles AS a LEFT JOIN (
  SELECT article_id, count(*) AS paragraphs, string_agg(text, E'\n\n' ORDER BY position) AS text
  FROM paragraphs WHERE hash(article_id) % $parts = $part GROUP BY article_id
) AS p USING (article_id)
WHERE hash(a.article_id) % $parts = $part
  AND (a.paragraph_count <> coalesce(p.paragraphs, 0)
       OR coalesce(a.text, '') <> coalesce(p.text, ''));

-- check: an article's removed_line_count is its rows of `removed_lines`
SELECT a.article_id FROM articles AS a
LEFT JOIN (SELECT article_id, count(*) AS lines FROM removed_lines GROUP BY ALL) AS r
  USING (article_id)
WHERE a.removed_line_count <> coalesce(r.lines, 0);

-- check: a run's counts add up
SELECT run_id FROM runs
WHERE records <> articles + rejects
   OR lines <> paragraphs + removed_lines - coalesce(removed_parts, 0)
   OR list_sum(map_values(removed_by_rule)) <> removed_lines;
