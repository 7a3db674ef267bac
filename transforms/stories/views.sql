-- What Stories adds to the catalog; pipeline/warehouse/sql/catalog.sql describes the format.

-- Merges lead to an id that sorts before, so they end.
CREATE VIEW article_stories AS
WITH RECURSIVE merges AS (
  SELECT m.story_id, min(m.into_story_id) AS into_story_id FROM story_merges AS m
  GROUP BY m.story_id
), paths AS (
  SELECT m.story_id, m.into_story_id FROM merges AS m
  UNION
  SELECT p.story_id, m.into_story_id
  FROM paths AS p JOIN merges AS m ON m.story_id = p.into_story_id
), lasts AS (
  SELECT p.story_id, min(p.into_story_id) AS into_story_id FROM paths AS p GROUP BY p.story_id
)
SELECT a.article_id, coalesce(l.into_story_id, a.story_id, a.article_id) AS story_id
FROM articles AS a LEFT JOIN lasts AS l ON l.story_id = coalesce(a.story_id, a.article_id);

COMMENT ON VIEW article_stories IS 'The story of each article, merges followed.';
COMMENT ON COLUMN article_stories.article_id IS 'The article.';
COMMENT ON COLUMN article_stories.story_id IS
  'Its story; the article''s own id where there was no such step when it came.';

CREATE VIEW stories AS
SELECT s.story_id,
       arg_min(a.title, (a.published_at IS NULL, a.published_at, a.article_id)) AS title,
       count(*) AS articles,
       count(DISTINCT coalesce(a.outlet, a.source_file)) AS outlets,
       list_sort(list_distinct(list(a.language))) AS languages,
       min(a.published_at) AS first_published_at,
       max(a.published_at) AS last_published_at,
       sum(a.word_count)::BIGINT AS words
FROM article_stories AS s JOIN articles AS a ON a.article_id = s.article_id
GROUP BY s.story_id;

COMMENT ON VIEW stories IS 'A story: one or more articles about one event.';
COMMENT ON COLUMN stories.story_id IS 'The story.';
COMMENT ON COLUMN stories.title IS 'Headline of its first article.';
COMMENT ON COLUMN stories.articles IS 'Articles about it.';
COMMENT ON COLUMN stories.outlets IS
  'Outlets that printed them; an article without outlet counts as its dump.';
COMMENT ON COLUMN stories.languages IS 'Languages of its articles.';
COMMENT ON COLUMN stories.first_published_at IS 'When the first was published, in UTC.';
COMMENT ON COLUMN stories.last_published_at IS 'When the last was published, in UTC.';
COMMENT ON COLUMN stories.words IS 'Words of its articles, copies included.';

CREATE MACRO timeline(story) AS TABLE
WITH members AS (
  SELECT s.article_id FROM article_stories AS s WHERE s.story_id = story
), sources AS (
  SELECT p.article_id, left(p.duplicate_of, 24) AS source_id, sum(p.word_count)::BIGINT AS words
  FROM paragraphs AS p SEMI JOIN members AS m ON m.article_id = p.article_id
  WHERE p.is_duplicate GROUP BY ALL
), inside AS (
  SELECT s.article_id, arg_max(s.source_id, (s.words, s.source_id)) AS source_id,
         sum(s.words)::BIGINT AS words
  FROM sources AS s SEMI JOIN members AS m ON m.article_id = s.source_id GROUP BY s.article_id
)
SELECT a.published_at, coalesce(a.outlet, a.source_file) AS outlet, a.language, a.title,
       a.word_count, coalesce(i.words, 0) AS copied_words,
       coalesce(b.outlet, b.source_file) AS copied_from, a.url, a.article_id
FROM members AS m JOIN articles AS a ON a.article_id = m.article_id
LEFT JOIN inside AS i ON i.article_id = m.article_id
LEFT JOIN articles AS b ON b.article_id = i.source_id
ORDER BY a.published_at NULLS LAST, a.article_id;
COMMENT ON MACRO TABLE timeline IS
  'The articles of a story in the order in which they were published. `copied_words` stand in paragraphs that repeat another article of the story, an earlier one or one that is credited, most of them one of `copied_from`.';

-- check: a merge of stories leads to an id that sorts before
SELECT m.story_id FROM story_merges AS m WHERE m.into_story_id >= m.story_id;

-- check: a story has the id of an article
SELECT s.story_id FROM article_stories AS s ANTI JOIN articles AS a ON a.article_id = s.story_id
WHERE s.story_id NOT IN (SELECT unnest(getvariable('left_out')));
