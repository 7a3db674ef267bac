-- What NearDuplicates adds to the catalog; pipeline/warehouse/sql/catalog.sql describes the format.

CREATE VIEW corpus AS
SELECT a.article_id, a.url, a.outlet, a.published_at, a.language, a.title, a.authors,
       coalesce(a.unique_text, a.text) AS text
FROM articles AS a WHERE length(coalesce(a.unique_text, a.text)) > 0;

COMMENT ON VIEW corpus IS
  'An article for a corpus in which nothing stands twice; what `copydesk export` takes.';
COMMENT ON COLUMN corpus.article_id IS 'The article.';
COMMENT ON COLUMN corpus.url IS 'Address of the article, where the dump gives one.';
COMMENT ON COLUMN corpus.outlet IS 'Who printed it, where that is known.';
COMMENT ON COLUMN corpus.published_at IS 'When it was printed, in UTC.';
COMMENT ON COLUMN corpus.language IS 'Language of the text: an ISO 639-1 code, lower case.';
COMMENT ON COLUMN corpus.title IS 'Headline.';
COMMENT ON COLUMN corpus.authors IS 'Names of the authors, in the order given.';
COMMENT ON COLUMN corpus.text IS
  'Its `unique_text`; the whole text if its run compared no paragraphs.';

CREATE VIEW paragraph_clusters AS
WITH members AS (
  SELECT p.cluster_id, p.paragraph_id, p.article_id, a.published_at,
         coalesce(a.outlet, a.source_file) AS outlet
  FROM paragraphs AS p JOIN articles AS a ON a.article_id = p.article_id
  WHERE p.cluster_id IN (
    SELECT q.cluster_id FROM paragraphs AS q GROUP BY q.cluster_id HAVING count(*) > 1
  )
), clusters AS (
  SELECT m.cluster_id, count(*) AS paragraphs, count(DISTINCT m.article_id) AS articles,
         count(DISTINCT m.outlet) AS outlets,
         max(m.outlet) FILTER (m.paragraph_id = m.cluster_id) AS outlet,
         min(m.published_at) AS first_published_at, max(m.published_at) AS last_published_at
  FROM members AS m GROUP BY m.cluster_id
)
SELECT c.*, p.word_count, p.text
FROM clusters AS c LEFT JOIN paragraphs AS p ON p.paragraph_id = c.cluster_id;

COMMENT ON VIEW paragraph_clusters IS
  'A group of two or more paragraphs that nearly equal its first.';
COMMENT ON COLUMN paragraph_clusters.cluster_id IS '`paragraph_id` of the first.';
COMMENT ON COLUMN paragraph_clusters.paragraphs IS 'Paragraphs in it.';
COMMENT ON COLUMN paragraph_clusters.articles IS 'Articles they stand in.';
COMMENT ON COLUMN paragraph_clusters.outlets IS
  'Outlets that printed them; an article without outlet counts as its dump.';
COMMENT ON COLUMN paragraph_clusters.outlet IS
  'Who printed it first; the dump where the outlet is not known.';
COMMENT ON COLUMN paragraph_clusters.first_published_at IS 'When it was first printed, in UTC.';
COMMENT ON COLUMN paragraph_clusters.last_published_at IS 'When it was last printed, in UTC.';
COMMENT ON COLUMN paragraph_clusters.word_count IS 'Words in the first.';
COMMENT ON COLUMN paragraph_clusters.text IS 'The first.';

CREATE VIEW copies AS
WITH contained AS (
  SELECT l.paragraph_id,
         max_by(l.source_paragraph_id,
                (l.containment, l.source_containment, l.source_paragraph_id))
           AS source_paragraph_id,
         max(l.containment) AS share
  FROM paragraph_links AS l WHERE l.kind = 'contained' GROUP BY l.paragraph_id
), taken AS (
  SELECT p.paragraph_id, p.article_id, p.duplicate_of AS source_paragraph_id,
         p.word_count::DOUBLE AS words, coalesce(l.kind, 'near') AS kind
  FROM paragraphs AS p LEFT JOIN paragraph_links AS l
    ON l.paragraph_id = p.paragraph_id AND l.source_paragraph_id = p.duplicate_of
  WHERE p.is_duplicate
  UNION ALL
  SELECT p.paragraph_id, p.article_id, c.source_paragraph_id,
         p.word_count * c.share, 'contained'
  FROM contained AS c JOIN paragraphs AS p ON p.paragraph_id = c.paragraph_id
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
GROUP BY ALL;

COMMENT ON VIEW copies IS
  'An outlet and another, or itself, whose earlier articles it took paragraphs from.';
COMMENT ON COLUMN copies.outlet IS 'Who printed later; the dump where the outlet is not known.';
COMMENT ON COLUMN copies.source_outlet IS
  'Who printed earlier; the dump where the outlet is not known.';
COMMENT ON COLUMN copies.articles IS 'Articles of `outlet` with such paragraphs.';
COMMENT ON COLUMN copies.source_articles IS 'Articles of `source_outlet` they were taken from.';
COMMENT ON COLUMN copies.paragraphs IS 'Paragraphs taken; each counts once, for its best source.';
COMMENT ON COLUMN copies.words IS
  'Words taken: of a paragraph taken in part, that share of its words.';
COMMENT ON COLUMN copies.exact_paragraphs IS 'Of the paragraphs, those taken unchanged.';
COMMENT ON COLUMN copies.near_paragraphs IS 'Those taken with small changes.';
COMMENT ON COLUMN copies.contained_paragraphs IS
  'Those taken in part, or out of a longer paragraph.';
COMMENT ON COLUMN copies.first_published_at IS
  'When the first of them was printed by `outlet`, in UTC.';
COMMENT ON COLUMN copies.last_published_at IS
  'When the last of them was printed by `outlet`, in UTC.';

CREATE MACRO search_paragraphs(words) AS TABLE
WITH terms AS (
  SELECT unnest(search_terms(words)) AS term
), texts AS (
  SELECT p.paragraph_id, p.word_count, p.text AS text FROM paragraphs AS p
), found AS (
  SELECT t.paragraph_id, t.word_count, unnest(search_candidates(search_text(t.text), words)) AS term
  FROM texts AS t
), hits AS (
  SELECT f.paragraph_id, f.word_count, f.term, count(*) AS hits
  FROM found AS f SEMI JOIN terms AS q ON q.term = f.term GROUP BY ALL
), weighed AS (
  SELECT h.paragraph_id, h.word_count, h.term, h.hits,
         count(*) OVER (PARTITION BY h.term) AS frequency
  FROM hits AS h
), totals AS (
  SELECT count(*) AS texts, avg(p.word_count) AS mean_words FROM paragraphs AS p
), scores AS (
  SELECT w.paragraph_id,
         sum(search_weight(w.hits, w.frequency, w.word_count, t.texts, t.mean_words)) AS score,
         count(*) AS terms
  FROM weighed AS w, totals AS t GROUP BY w.paragraph_id
), matches AS (
  SELECT s.paragraph_id, s.score FROM scores AS s WHERE s.terms = len(search_terms(words))
)
SELECT s.paragraph_id, round(s.score, 3) AS score, a.published_at, a.outlet, a.title,
       p.text, p.duplicate_of
FROM matches AS s JOIN paragraphs AS p ON p.paragraph_id = s.paragraph_id
JOIN articles AS a ON a.article_id = p.article_id
ORDER BY s.score DESC, a.published_at, p.paragraph_id;
COMMENT ON MACRO TABLE search_paragraphs IS
  'Paragraphs that hold all the words, best first; else as `search`.';

-- check: a pair stands in `paragraph_links` once
SELECT l.paragraph_id || ' and ' || l.source_paragraph_id FROM paragraph_links AS l
GROUP BY l.paragraph_id, l.source_paragraph_id HAVING count(*) > 1;

-- check: both paragraphs of a link are in `paragraphs`
SELECT e.id FROM (
  SELECT l.paragraph_id AS id FROM paragraph_links AS l
  UNION ALL SELECT l.source_paragraph_id FROM paragraph_links AS l
) AS e ANTI JOIN paragraphs AS p ON p.paragraph_id = e.id;

-- check: a link joins two articles
SELECT l.paragraph_id FROM paragraph_links AS l
JOIN paragraphs AS p ON p.paragraph_id = l.paragraph_id
JOIN paragraphs AS s ON s.paragraph_id = l.source_paragraph_id
WHERE p.article_id = s.article_id;

-- check: a duplicate has its source, and a link to it
SELECT p.paragraph_id FROM paragraphs AS p
WHERE coalesce(p.is_duplicate, false) <> (p.duplicate_of IS NOT NULL)
   OR (p.is_duplicate AND (p.paragraph_id, p.duplicate_of) NOT IN (
        SELECT (l.paragraph_id, l.source_paragraph_id) FROM paragraph_links AS l));

-- check: the first paragraph of a cluster is in `paragraphs`, in its own cluster
SELECT p.paragraph_id FROM paragraphs AS p
LEFT JOIN paragraphs AS f ON f.paragraph_id = p.cluster_id
WHERE p.cluster_id IS NOT NULL AND f.cluster_id IS DISTINCT FROM p.cluster_id;

-- check: an article's duplicate_paragraph_count and `unique_text` follow from its paragraphs
SELECT a.article_id FROM articles AS a LEFT JOIN (
  SELECT p.article_id, count(*) FILTER (p.is_duplicate) AS duplicates,
         count(p.is_duplicate) AS compared,
         string_agg(p.text, E'\n\n' ORDER BY p.position) FILTER (p.is_duplicate IS NOT TRUE)
           AS unique_text
  FROM paragraphs AS p WHERE hash(p.article_id) % $parts = $part GROUP BY p.article_id
) AS own ON own.article_id = a.article_id
WHERE hash(a.article_id) % $parts = $part
  AND (a.duplicate_paragraph_count <> coalesce(own.duplicates, 0)
       OR (own.compared > 0 AND coalesce(a.unique_text, '') <> coalesce(own.unique_text, '')));
