import { ATTRIBUTE, SAID } from "../sql/trace-search.js";
import { WRITTEN_USAGE } from "../sql/trace-usage.js";

/** Expressions for which PostgreSQL has a function of this store (see functions.sql). */
const EXPRESSIONS: readonly (readonly [sqlite: string, postgres: string])[] = [
  [ATTRIBUTE, "llmops_attribute(s.content, ?)"],
  [SAID, "llmops_plain(kv.value)"],
  [WRITTEN_USAGE, "CASE WHEN strpos(content, ?1) > 0 THEN llmops_attribute_written(content, ?2) END"],
  ["json_each(?) pair", "json_array_elements(CAST(? AS json)) pair"],
  ["json_extract(pair.value, '$[0]')", "(pair.value ->> 0)"],
  ["json_extract(pair.value, '$[1]')", "(pair.value ->> 1)"],
];

/** Words and forms that the two databases write differently. */
const FORMS: readonly (readonly [sqlite: RegExp, postgres: string])[] = [
  [/\bIN \(SELECT value FROM json_each\(\?\)\)/g, "= ANY(?)"],
  [/\bjson_each\(\?\) (\w+)/g, "unnest(CAST(? AS text[])) $1(value)"],
  [/ INDEXED BY \w+/g, ""],
  [/\bCROSS JOIN (?!unnest)/g, "JOIN "],
  [/\binstr\(/g, "strpos("],
  [/\bjson_quote\(/g, "to_json("],
  [/\bjson_group_array\(/g, "json_agg("],
  [/\bjson_array\(/g, "json_build_array("],
  [/\browid\b/g, "ctid"], // an order of writing, as near as rows have one
  [/\bCOLLATE BINARY\b/g, 'COLLATE "C"'],
  [/ LIKE (lower\(\?\)|\?)/g, " LIKE $1 ESCAPE ''"],
];

/** A statement in PostgreSQL's words: its pieces, and between each two of them the place of the value there, from 0. */
export interface Translated {
  pieces: readonly string[];
  values: readonly number[];
}

/** A statement in SQLite's words, as the files of ../sql have it, in PostgreSQL's. */
export function translate(sql: string): Translated {
  let text = sql;
  for (const [sqlite, postgres] of EXPRESSIONS) text = text.replaceAll(sqlite, () => postgres);
  for (const [sqlite, postgres] of FORMS) text = text.replace(sqlite, postgres);
  return takeApart(text);
}

/** At its question marks, with a number or without; those within quotes are text. */
function takeApart(text: string): Translated {
  const pieces: string[] = [];
  const values: number[] = [];
  let start = 0;
  for (const match of text.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\?(\d*)/g)) {
    const [written, number] = match;
    if (!written.startsWith("?")) continue;
    pieces.push(text.slice(start, match.index));
    values.push(number ? Number(number) - 1 : values.length);
    start = match.index + written.length;
  }
  return { pieces: [...pieces, text.slice(start)], values };
}
