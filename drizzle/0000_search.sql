-- Trigrams make "contains" searches quick. The extension comes with PostgreSQL (package "contrib" on some
-- systems) and any owner of a database may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
--> statement-breakpoint
-- Korean, Japanese, Chinese and Thai words stick together or to their endings, so that looking for whole words
-- finds little. Every two neighbouring characters of these scripts count as a word, too: a search for 학교 finds
-- 학교에서 and 고등학교. Runs are cut at 64 characters, which bounds the work for text without any space.
CREATE FUNCTION search_pairs(body text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT coalesce(string_agg(substr(run[1], i, 2), ' '), '')
  FROM regexp_matches(body, '[\u0E00-\u0E7F\u3040-\u30FF\u3400-\u9FFF\uAC00-\uD7A3]{2,64}', 'g') AS run,
    generate_series(1, char_length(run[1]) - 1) AS i
$$;
--> statement-breakpoint
-- 'simple' neither stems nor drops words, which suits texts of any language. A tsvector holds at most 1 MB: pairs
-- are made of the first 25,000 characters of a body, so that the longest body of different characters fits.
CREATE FUNCTION search_vector(title text, body text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT setweight(to_tsvector('simple', title || ' ' || search_pairs(title)), 'A')
    || setweight(to_tsvector('simple', body || ' ' || search_pairs(left(body, 25000))), 'B')
$$;
