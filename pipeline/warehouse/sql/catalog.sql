-- Comments, macros and checks of every catalog; runs in DuckDB 1.5 and 2.0.
--
-- Format of this file, and of the .sql file that a transform names in `sql`: first the statements
-- that make up the catalog, each with its comments; then checks for `copydesk verify`. A check is a
-- line "-- check: " with what must hold, and a query of one column that returns the exceptions. A
-- query with $parts and $part runs once for each part (0 to $parts - 1), to bound its memory.
--
-- Transforms add columns to tables, under any name. So a column is named with its table's alias, no
-- statement takes all columns of a table or joins it with USING, and a parameter of a macro is used
-- only beside tables whose columns are all named here: DuckDB confuses it with a column of its name.

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

-- A word is matched to its end and compared by the caller, so that the next word is matched as well.
-- Of a long query every word of the text is: a pattern costs the more, the more alternatives it has
-- (processor time for 1,500 articles: of 16 words 0.8 s, of 800 3.5 s; all words, of any 0.5 to 0.8 s).
CREATE MACRO search_candidates(body, words) AS
  list_concat(
    CASE WHEN len(search_terms(words)) > 16
      THEN list_filter(
        regexp_extract_all(body, '[\p{L}\p{M}\p{N}]+'), lambda w: NOT search_unspaced(w))
      ELSE regexp_extract_all(
        body,
        '(?:^|[^\p{L}\p{M}\p{N}])(' || search_pattern(list_filter(
          search_terms(words), lambda w: NOT search_unspaced(w)
        )) || '[\p{L}\p{M}\p{N}]*)',
        1)
    END,
    regexp_extract_all(body, search_pattern(list_filter(
      search_terms(words), lambda w: search_unspaced(w)))));
COMMENT ON MACRO search_candidates IS
  'The words of a query in a text from `search_text`, each as often as it stands there, and others.';

CREATE MACRO search_weight(hits, frequency, words, texts, mean_words) AS
  ln(1 + (texts - frequency + 0.5) / (frequency + 0.5))
    * hits * 2.2 / (hits + 1.2 * (0.25 + 0.75 * words / greatest(mean_words, 1)));
COMMENT ON MACRO search_weight IS
  'BM25 weight of one word in one text (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009; k1 = 1.2, b = 0.75).';

CREATE MACRO search(words) AS TABLE
WITH terms AS (
  SELECT unnest(search_terms(words)) AS term
), texts AS (
  SELECT a.article_id, a.word_count, concat_ws(' ', a.title, a.text) AS text FROM articles AS a
), found AS (
  SELECT t.article_id, t.word_count, unnest(search_candidates(search_text(t.text), words)) AS term
  FROM texts AS t
), hits AS (
  SELECT f.article_id, f.word_count, f.term, count(*) AS hits
  FROM found AS f SEMI JOIN terms AS q ON q.term = f.term GROUP BY ALL
), weighed AS (
  SELECT h.article_id, h.word_count, h.term, h.hits,
         count(*) OVER (PARTITION BY h.term) AS frequency
  FROM hits AS h
), totals AS (
  SELECT count(*) AS texts, avg(a.word_count) AS mean_words FROM articles AS a
), scores AS (
  SELECT w.article_id,
         sum(search_weight(w.hits, w.frequency, w.word_count, t.texts, t.mean_words)) AS score,
         count(*) AS terms
  FROM weighed AS w, totals AS t GROUP BY w.article_id
), matches AS (
  SELECT s.article_id, s.score FROM scores AS s WHERE s.terms = len(search_terms(words))
)
SELECT s.article_id, round(s.score, 3) AS score, a.published_at, a.outlet, a.title, a.url
FROM matches AS s JOIN articles AS a ON a.article_id = s.article_id
ORDER BY s.score DESC, a.published_at, a.article_id;
COMMENT ON MACRO TABLE search IS
  'Articles that hold all the words, best first. Case and accents do not matter; words match whole, save in scripts without spaces. `score` is BM25 over title and text.';

-- check: an article_id stands in `articles` once
SELECT a.article_id FROM articles AS a GROUP BY ALL HAVING count(*) > 1;

-- check: a paragraph_id stands in `paragraphs` once
SELECT p.paragraph_id FROM paragraphs AS p GROUP BY ALL HAVING count(*) > 1;

-- check: a line of an article is kept once or removed once, or a head or tail of it removed
SELECT l.article_id || ' line ' || l.line_number FROM (
  SELECT r.article_id, r.line_number, false AS kept FROM removed_lines AS r
  UNION ALL
  SELECT p.article_id, split_part(p.paragraph_id, '-', -1)::BIGINT, true FROM paragraphs AS p
) AS l GROUP BY l.article_id, l.line_number
HAVING count(*) FILTER (l.kept) > 1 OR count(*) > CASE WHEN bool_or(l.kept) THEN 3 ELSE 1 END;

-- check: a run_id stands in `runs` once
SELECT r.run_id FROM runs AS r GROUP BY ALL HAVING count(*) > 1;

-- check: the article of a paragraph is in `articles`
SELECT p.paragraph_id FROM paragraphs AS p
ANTI JOIN articles AS a ON a.article_id = p.article_id;

-- check: the language of a paragraph is one of its article's
SELECT p.paragraph_id FROM paragraphs AS p JOIN articles AS a ON a.article_id = p.article_id
WHERE NOT list_contains(a.languages, p.language);

-- check: the article of a removed line is in `articles`
SELECT r.article_id FROM removed_lines AS r
ANTI JOIN articles AS a ON a.article_id = r.article_id;

-- check: an article's paragraph_count and `text` follow from its paragraphs
SELECT a.article_id FROM articles AS a LEFT JOIN (
  SELECT p.article_id, count(*) AS paragraphs,
         string_agg(p.text, E'\n\n' ORDER BY p.position) AS text
  FROM paragraphs AS p WHERE hash(p.article_id) % $parts = $part GROUP BY p.article_id
) AS own ON own.article_id = a.article_id
WHERE hash(a.article_id) % $parts = $part
  AND (a.paragraph_count <> coalesce(own.paragraphs, 0)
       OR coalesce(a.text, '') <> coalesce(own.text, ''));

-- check: an article's removed_line_count is its rows of `removed_lines`
SELECT a.article_id FROM articles AS a LEFT JOIN (
  SELECT r.article_id, count(*) AS lines FROM removed_lines AS r GROUP BY r.article_id
) AS own ON own.article_id = a.article_id
WHERE a.removed_line_count <> coalesce(own.lines, 0);

-- check: a run's counts add up
SELECT r.run_id FROM runs AS r
WHERE r.records <> r.articles + r.rejects
   OR r.lines <> r.paragraphs + r.removed_lines - coalesce(r.removed_parts, 0)
   OR list_sum(map_values(r.removed_by_rule)) <> r.removed_lines;
