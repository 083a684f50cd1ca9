-- What searches over spans and assessments need: texts that need not be JSON, or that have characters PostgreSQL does not keep.
CREATE OR REPLACE FUNCTION llmops_plain(written text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN -- a text of JSON without its quotes
  RETURN CASE WHEN json_typeof(CAST(written AS json)) = 'string' THEN CAST(written AS json) #>> '{}' ELSE written END;
EXCEPTION WHEN others THEN
  RETURN written;
END $$;
CREATE OR REPLACE FUNCTION llmops_attribute_written(content text, path text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN -- the attribute of a span at a path of SQLite's ($.attributes."key"), as it is written
  RETURN CAST(content AS json) -> 'attributes' ->> substr(path, 15, length(path) - 15);
EXCEPTION WHEN others THEN
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION llmops_attribute(content text, path text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT llmops_plain(llmops_attribute_written(content, path))
$$;
