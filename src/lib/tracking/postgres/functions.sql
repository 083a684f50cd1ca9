-- What searches over spans and assessments need: texts that need not be JSON, read as JSON.
CREATE OR REPLACE FUNCTION llmops_json(written text) RETURNS json LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN CAST(written AS json);
EXCEPTION WHEN others THEN
  RETURN NULL;
END $$;
-- A text of JSON without its quotes; everything else as it is written.
CREATE OR REPLACE FUNCTION llmops_plain(written text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN json_typeof(llmops_json(written)) = 'string' THEN llmops_json(written) #>> '{}' ELSE written END
$$;
-- The attribute of a span at a path of SQLite's ($.attributes."key"), as it is written.
CREATE OR REPLACE FUNCTION llmops_attribute_written(content text, path text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT llmops_json(content) -> 'attributes' ->> substr(path, 15, length(path) - 15)
$$;
-- The same, a text without its quotes.
CREATE OR REPLACE FUNCTION llmops_attribute(content text, path text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT llmops_plain(llmops_attribute_written(content, path))
$$;
