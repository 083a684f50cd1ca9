import type { Connection } from "../connection.js";
import { inList, IN_LIST } from "../keyed-values.js";
import { allOf, type Sql } from "../to-sql.js";
import { keysOf } from "./keys-of.js";
import type { ViewCache } from "./view-cache.js";

type Table = "params" | "tags";

/** What words are looked for in, beside the runs themselves. */
export type SearchedTexts = Readonly<Record<Table, KeyTexts>>;

interface KeyTexts {
  keys: readonly string[];
  /** Keys that have few values, with all of them: a look at each finds its runs by an index. */
  few: readonly (readonly [key: string, values: readonly string[]])[];
  /** Keys that have many values, which are read run by run. */
  many: readonly string[];
}

const INDEXES = { params: "llmops_param_values", tags: "llmops_tag_values" } as const;
const FEW_VALUES = 4096;
/** Of all keys together. */
const MOST_VALUES = 20_000;
const LONG_VALUE = 1000;

/** What there is to look for words in, read without a look at each run, and kept as long as the store stays as it is. */
export async function searchedTexts(db: Connection, cache: ViewCache): Promise<SearchedTexts> {
  return cache.get("texts", async () => ({ params: await textsOf(db, "params"), tags: await textsOf(db, "tags") }));
}

/** The runs that have a word in their name or id, in a param or in the value of a tag, in any case. */
export function hasWord(word: string, texts: SearchedTexts): Sql {
  const forms = caseForms(word);
  const within = (column: string): Sql => ({ text: forms.map(() => `instr(lower(${column}), ?) > 0`).join(" OR "), values: forms });
  const [name, id] = [within("name"), within("run_uuid")];
  const ofRuns: Sql = { text: `SELECT run_uuid FROM runs WHERE ${name.text} OR ${id.text}`, values: allOf([name, id]).values };
  const named = texts.params.keys.filter((key) => isIn(word, key));
  const selects = [
    ofRuns,
    withKeys(named),
    ...(["params", "tags"] as const).flatMap((table) => inTexts(table, word, texts[table], within)),
  ];
  return {
    text: `r.run_uuid IN (${selects.map(({ text }) => text).join(" UNION ALL ")})`,
    values: selects.flatMap(({ values }) => values),
  };
}

function withKeys(keys: readonly string[]): Sql {
  return { text: `SELECT run_uuid FROM params INDEXED BY ${INDEXES.params} WHERE "key" IN ${IN_LIST}`, values: [inList(keys)] };
}

function inTexts(table: Table, word: string, { few, many }: KeyTexts, within: (column: string) => Sql): Sql[] {
  const found = few.flatMap(([key, values]) => values.filter((value) => isIn(word, value)).map((value) => [key, value]));
  const test = within("value");
  return [
    {
      text: `SELECT t.run_uuid FROM json_each(?) pair CROSS JOIN ${table} t INDEXED BY ${INDEXES[table]}
        ON t."key" = json_extract(pair.value, '$[0]') AND t.value = json_extract(pair.value, '$[1]')`,
      values: [JSON.stringify(found)],
    },
    {
      text: `SELECT run_uuid FROM ${table} INDEXED BY ${INDEXES[table]} WHERE "key" IN ${IN_LIST} AND (${test.text})`,
      values: [inList(many), ...test.values],
    },
  ];
}

async function textsOf(db: Connection, table: Table): Promise<KeyTexts> {
  const keys = await keysOf(db, table);
  const few: [string, string[]][] = [];
  const many: string[] = [];
  let left = MOST_VALUES;
  for (const key of keys) {
    const values = left > 0 && db.findsValuesAtOnce ? await valuesOf(db, table, key) : undefined;
    if (values === undefined) many.push(key);
    else few.push([key, values]);
    left -= values?.length ?? 0;
  }
  return { keys, few, many };
}

/** The different values of a key, by one search of the index each; undefined where they are many, or long. */
async function valuesOf(db: Connection, table: Table, key: string): Promise<string[] | undefined> {
  const source = `${table} t INDEXED BY ${INDEXES[table]} WHERE t."key" = ?`;
  const rows = await db.rows<[value: string]>(
    `WITH RECURSIVE found (value) AS (SELECT min(t.value) FROM ${source} UNION ALL
       SELECT (SELECT min(t.value) FROM ${source} AND t.value > found.value) FROM found WHERE found.value IS NOT NULL)
     SELECT value FROM found WHERE value IS NOT NULL LIMIT ${FEW_VALUES + 1}`,
    ...[key, key],
  );
  if (rows.length > FEW_VALUES || rows.some(([value]) => value.length > LONG_VALUE)) return undefined;
  return rows.map(([value]) => value);
}

function isIn(word: string, text: string): boolean {
  return text.toLowerCase().includes(word.toLowerCase());
}

/** SQLite's lower() knows ASCII alone: other letters are looked for in both cases. */
export function caseForms(word: string): string[] {
  return [...new Set([word.toLowerCase(), lowerAscii(word), lowerAscii(word.toUpperCase())])];
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
