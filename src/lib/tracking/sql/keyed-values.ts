import { keyed } from "../keyed.js";
import { SqlList, type Connection, type SqlValue } from "./connection.js";

/** Where keys and values of a table belong: its name, the column of their owner, and its key and value columns. */
export interface KeyedTable {
  table: string;
  owner: string;
  key?: string;
  value?: string;
}

/** The keys and values of each of the owners, in the order they were written. */
export async function readKeyed(
  db: Connection,
  { table, owner, key = '"key"', value = "value" }: KeyedTable,
  owners: readonly (string | number)[],
): Promise<Map<string, Record<string, string>>> {
  const found = new Map<string, Record<string, string>>(owners.map((id) => [String(id), keyed([])]));
  // one row for each owner: rows are what costs
  const rows = await db.rows<[owner: string | number, pairs: string]>(
    `SELECT owner, json_group_array(json_array("key", value)) FROM
       (SELECT ${owner} AS owner, ${key} AS "key", ${value} AS value FROM ${table} WHERE ${owner} IN ${IN_LIST} ORDER BY ${owner}, rowid) written
     GROUP BY owner`,
    inList(owners),
  );
  for (const [id, pairs] of rows) {
    const written = JSON.parse(pairs) as [string, string | null][];
    found.set(String(id), keyed(written.map(([name, content]) => [name, content ?? ""])));
  }
  return found;
}

/** Writes keys and values of one owner, replacing values there are. The first of `columns` has its id, others are what rows say beside. */
export async function writeKeyed(
  db: Connection,
  { table, key = '"key"', value = "value" }: Omit<KeyedTable, "owner">,
  columns: Readonly<Record<string, SqlValue>>,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const own = [key, ...Object.keys(columns)];
  const rows = Object.entries(values).map(([name, content]) => [name, ...Object.values(columns), content]);
  for (let start = 0; start < rows.length; start += ROWS) {
    const part = rows.slice(start, start + ROWS);
    const places = part.map((row) => `(${row.map(() => "?").join(", ")})`).join(", ");
    await db.run(
      `INSERT INTO ${table} (${[...own, value].join(", ")}) VALUES ${places}
       ON CONFLICT (${key}, ${own[1]}) DO UPDATE SET ${value} = excluded.${value}`,
      ...part.flat(),
    );
  }
}

/** Rows that a statement writes. */
const ROWS = 100;

/** `x IN ${IN_LIST}` is true where x is in the list that is the value. */
export const IN_LIST = "(SELECT value FROM json_each(?))";

/** The value for IN_LIST. */
export function inList(items: readonly (string | number)[]): SqlList {
  return new SqlList(items);
}

/** A column of texts, read whole: as JSON, for the driver ends a text at its first NUL. Read it with fromWhole. */
export function whole(column: string): string {
  return `json_quote(${column})`;
}

/** The text that a column of `whole` has; null where it has none. */
export function fromWhole(written: string): string | null {
  return JSON.parse(written) as string | null;
}
