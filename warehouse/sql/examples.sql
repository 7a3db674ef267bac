-- Questions to put to a warehouse, each as one statement that DuckDB 1.5 and 2.0 both run.
-- Open the shell with `make shell`, or `duckdb -readonly warehouse/news.duckdb`, and paste, or
-- run them all with `.read warehouse/sql/examples.sql`. The two exports write to the working
-- directory; `copydesk export` writes such a corpus in shards, with a card, and `copydesk files`
-- prints the Parquet files themselves. An article whose outlet is not known goes by its dump.

-- Who has how much from whom, and on what evidence?
SELECT outlet, source_outlet, articles, words, wire_words, copy_words, by_agency, by_credit, by_dates
FROM copies
ORDER BY words DESC, outlet, source_outlet
LIMIT 20;

-- Which articles have text from which others?
SELECT outlet, other_outlet, direction, wire_words, copy_words, quoted_words, share, other_share,
       published_at, other_published_at, title
FROM article_copies
ORDER BY wire_words + copy_words DESC, article_id, other_article_id
LIMIT 20;

-- Which outlets ran an agency's copy, how much of it, when, and datelined where?
SELECT coalesce(a.agency, b.agency) AS agency, c.outlet, c.published_at, a.dateline, c.wire_words,
       c.share, c.title
FROM article_copies AS c
JOIN articles AS a ON a.article_id = c.article_id
JOIN articles AS b ON b.article_id = c.other_article_id
WHERE c.wire_words > 0 AND (b.agency_own OR c.direction = 'common')
ORDER BY agency, c.wire_words DESC, c.article_id
LIMIT 20;

-- What did an outlet add of its own to what it had from others?
SELECT coalesce(a.outlet, a.source_file) AS outlet, a.title, p.position, left(p.text, 100) AS begins
FROM articles AS a JOIN paragraphs AS p USING (article_id)
WHERE a.article_id IN (SELECT article_id FROM article_copies WHERE source_article_id IS NOT NULL)
  AND p.is_duplicate IS NOT TRUE
ORDER BY a.article_id, p.position
LIMIT 20;

-- Who quoted the same words?
SELECT l.shared_words, coalesce(a.outlet, a.source_file) AS outlet,
       coalesce(b.outlet, b.source_file) AS other_outlet,
       substring(p.text, l.spans[1].start + 1, l.spans[1]."end" - l.spans[1].start) AS words
FROM paragraph_links AS l
JOIN paragraphs AS p ON p.paragraph_id = l.paragraph_id
JOIN paragraphs AS s ON s.paragraph_id = l.source_paragraph_id
JOIN articles AS a ON a.article_id = p.article_id
JOIN articles AS b ON b.article_id = s.article_id
WHERE l.reuse = 'quotation'
ORDER BY l.shared_words DESC, l.paragraph_id, l.source_paragraph_id
LIMIT 20;

-- Where is the text of the article from that has most from another one?
FROM origins((
  SELECT article_id FROM article_copies
  ORDER BY wire_words + copy_words DESC, article_id, other_article_id LIMIT 1
));

-- Who prints an agency's words without naming the agency?
SELECT coalesce(a.outlet, a.source_file) AS outlet, b.agency,
       count(DISTINCT a.article_id) AS articles, sum(l.shared_words)::BIGINT AS words
FROM paragraph_links AS l
JOIN paragraphs AS p ON p.paragraph_id = l.paragraph_id
JOIN paragraphs AS s ON s.paragraph_id = l.source_paragraph_id
JOIN articles AS a ON a.article_id = p.article_id
JOIN articles AS b ON b.article_id = s.article_id
WHERE l.reuse = 'wire' AND l.direction = 'agency' AND b.agency IS DISTINCT FROM a.agency
  AND list_position(coalesce(a.agencies_contributed, []), b.agency) IS NULL
GROUP BY ALL
ORDER BY words DESC, outlet, agency
LIMIT 20;

-- How long does an outlet take to print what it has from another one?
SELECT outlet, other_outlet AS source_outlet, count(*) AS articles,
       round(median(epoch(published_at) - epoch(other_published_at)) / 3600, 1) AS median_hours
FROM article_copies
WHERE source_article_id IS NOT NULL AND published_at IS NOT NULL AND other_published_at IS NOT NULL
GROUP BY ALL
ORDER BY articles DESC, outlet, source_outlet
LIMIT 20;

-- Which are the longest passages that two outlets share, and what are they?
SELECT l.shared_words, l.reuse, l.direction, coalesce(a.outlet, a.source_file) AS outlet,
       coalesce(b.outlet, b.source_file) AS other_outlet, left(p.text, 100) AS begins
FROM paragraph_links AS l
JOIN paragraphs AS p ON p.paragraph_id = l.paragraph_id
JOIN paragraphs AS s ON s.paragraph_id = l.source_paragraph_id
JOIN articles AS a ON a.article_id = p.article_id
JOIN articles AS b ON b.article_id = s.article_id
WHERE coalesce(a.outlet, a.source_file) <> coalesce(b.outlet, b.source_file)
ORDER BY l.shared_words DESC NULLS LAST, l.paragraph_id, l.source_paragraph_id
LIMIT 20;

-- Which articles rest on one origin, and which on several?
SELECT o.article_id, count(*) AS origins, list(o.origin ORDER BY o.words DESC, o.origin) AS origin
FROM (
  SELECT c.article_id, c.other_outlet AS origin, max(c.wire_words + c.copy_words) AS words
  FROM article_copies AS c WHERE c.source_article_id IS NOT NULL GROUP BY ALL
) AS o
GROUP BY ALL
ORDER BY origins DESC, o.article_id
LIMIT 20;

-- What changed from edition to edition?
SELECT outlet, title, edition_number, published_at, words_added, words_removed, added_words
FROM editions
ORDER BY first_edition, edition_number
LIMIT 20;

-- How much of what each outlet prints is its own?
SELECT coalesce(a.outlet, a.source_file) AS outlet,
       count(DISTINCT a.article_id) AS articles,
       sum(p.word_count) AS words,
       round(100 * (sum(p.word_count) FILTER (p.is_duplicate IS NOT TRUE)) / sum(p.word_count), 1)
         AS own_percent
FROM articles AS a JOIN paragraphs AS p USING (article_id)
GROUP BY ALL
ORDER BY own_percent, outlet;

-- Which stories did most outlets run, from when to when, in which languages?
SELECT left(title, 60) AS title, articles, outlets, languages, first_published_at, last_published_at
FROM stories ORDER BY outlets DESC, articles DESC, story_id LIMIT 20;

-- Who printed what when of the story that most outlets ran?
SELECT published_at, outlet, left(title, 60) AS title, word_count, copied_words, copied_from
FROM timeline((SELECT story_id FROM stories ORDER BY outlets DESC, articles DESC, story_id LIMIT 1));

-- What was the newest day about?
SELECT a.published_at::DATE AS day, s.story_id, left(any_value(s.title), 60) AS story,
       count(*) AS articles, list_sort(list_distinct(flatten(list(a.topics)))) AS topics
FROM articles AS a JOIN article_stories AS m ON m.article_id = a.article_id
JOIN stories AS s ON s.story_id = m.story_id
WHERE a.published_at::DATE = (SELECT max(published_at)::DATE FROM articles)
GROUP BY ALL ORDER BY articles DESC, s.story_id LIMIT 20;

-- Which keywords rose, month by month?
SELECT date_trunc('month', published_at) AS month, keyword, count(*) AS articles
FROM (SELECT a.published_at, unnest(a.keywords) AS keyword FROM articles AS a)
GROUP BY ALL ORDER BY month DESC NULLS LAST, articles DESC, keyword LIMIT 20;

-- Which paragraphs went around most?
SELECT outlets, articles, paragraphs, first_published_at, last_published_at, outlet AS first_outlet,
       left(text, 100) AS begins
FROM paragraph_clusters
ORDER BY outlets DESC, articles DESC, cluster_id
LIMIT 20;

-- How did the one that went around most spread?
SELECT a.published_at, a.published_at - min(a.published_at) OVER () AS after,
       coalesce(a.outlet, a.source_file) AS outlet, a.agency, p.kind, p.reuse,
       round(p.similarity, 2) AS similarity, a.title
FROM (
  SELECT p.*, l.kind, l.reuse
  FROM paragraphs AS p LEFT JOIN paragraph_links AS l
    ON l.paragraph_id = p.paragraph_id AND l.source_paragraph_id = p.duplicate_of
  WHERE p.cluster_id = (
    SELECT cluster_id FROM paragraph_clusters
    ORDER BY outlets DESC, articles DESC, cluster_id LIMIT 1
  )
) AS p JOIN articles AS a USING (article_id)
ORDER BY a.published_at, p.paragraph_id;

-- How many articles a day, by language and agency?
SELECT coalesce(published_on, published_at::DATE) AS day, language, agency, count(*) AS articles,
       sum(word_count) AS words
FROM articles
GROUP BY ALL
ORDER BY day, language, agency;

-- Where is each paragraph of the article with most copied paragraphs from?
SELECT p.position, p.is_duplicate, round(p.similarity, 2) AS similarity,
       coalesce(b.outlet, b.source_file) AS source_outlet, b.published_at AS source_published_at,
       left(p.text, 80) AS begins
FROM paragraphs AS p
LEFT JOIN paragraphs AS s ON s.paragraph_id = p.duplicate_of
LEFT JOIN articles AS b ON b.article_id = s.article_id
WHERE p.article_id = (
  SELECT article_id FROM articles
  ORDER BY duplicate_paragraph_count DESC NULLS LAST, article_id LIMIT 1
)
ORDER BY p.position;

-- What was cut out of longer paragraphs, merged or embedded?
SELECT round(l.containment, 2) AS of_later, round(l.source_containment, 2) AS of_earlier,
       left(p.text, 80) AS later, left(s.text, 80) AS earlier
FROM paragraph_links AS l
JOIN paragraphs AS p ON p.paragraph_id = l.paragraph_id
JOIN paragraphs AS s ON s.paragraph_id = l.source_paragraph_id
WHERE l.kind = 'contained'
ORDER BY greatest(l.containment, l.source_containment) DESC, l.paragraph_id, l.source_paragraph_id
LIMIT 20;

-- Which articles are about these words?
SELECT score, published_at, outlet, title FROM search('storm harbour') LIMIT 10;

-- Which lines were removed, by which rule?
SELECT rule, count(*) AS lines, count(DISTINCT article_id) AS articles,
       count(DISTINCT text) AS different, mode(left(text, 80)) AS commonest
FROM removed_lines
GROUP BY rule
ORDER BY lines DESC, rule;

-- Which kept paragraphs repeat within one outlet, numbers aside, and may be boilerplate?
SELECT coalesce(a.outlet, a.source_file) AS outlet, count(DISTINCT p.article_id) AS articles,
       left(regexp_replace(p.text, '\d+', '#', 'g'), 100) AS line
FROM paragraphs AS p JOIN articles AS a USING (article_id)
WHERE p.is_duplicate IS NOT TRUE
GROUP BY ALL
HAVING count(DISTINCT p.article_id) > 2
ORDER BY articles DESC, outlet, line
LIMIT 20;

-- What could not be processed, and why?
SELECT stage, reason, count(*) AS records, min(source_file) AS for_example, min(detail) AS detail
FROM rejects
GROUP BY stage, reason
ORDER BY records DESC, stage, reason;

-- Did every run account for every record and every line?
SELECT run_id, dumps, records, articles + rejects AS records_accounted_for,
       lines, paragraphs + removed_lines AS lines_accounted_for
FROM runs
ORDER BY run_id;

-- Which rules removed how many lines in each run?
SELECT run_id, entry.key AS rule, entry.value AS lines
FROM (SELECT run_id, unnest(map_entries(removed_by_rule)) AS entry FROM runs)
ORDER BY run_id, lines DESC, rule;

-- A corpus of clean text, nothing twice, as JSON lines.
COPY (
  SELECT article_id, url, outlet, published_at, language, title, text
  FROM corpus
  WHERE language = 'en'
  ORDER BY published_at, article_id
) TO 'corpus.jsonl' (FORMAT json);

-- Every paragraph in its first print, as Parquet.
COPY (
  SELECT p.paragraph_id, a.outlet, a.published_at, p.language, p.text
  FROM paragraphs AS p JOIN articles AS a USING (article_id)
  WHERE p.is_duplicate IS NOT TRUE
  ORDER BY a.published_at, p.paragraph_id
) TO 'paragraphs.parquet' (FORMAT parquet, COMPRESSION zstd);
