import { LRUCache } from "lru-cache";
import type { ClientBase, CustomTypesConfig } from "pg";
import { SqlList, together, type Connection, type SqlValue } from "../sql/connection.js";
import { isConflict, toStoreError } from "./store-error.js";
import { translate, type Translated } from "./translate.js";

/** Work that met others at the same rows is done so often. */
const MOST_TRIES = 5;
/** PostgreSQL's integers have 32 bits. */
const LARGEST_INTEGER = 2 ** 31 - 1;
const statements = new LRUCache<string, Translated>({ max: 1000 });

/** How columns are read: as SQLite gives them. By the numbers PostgreSQL has for its types: bool, int8, json, float8, numeric. */
const READERS: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => (text === "t" ? 1 : 0),
  20: Number,
  701: toDouble,
  1700: Number,
};
const asText = (text: string) => text;
const integer = (text: string) => Number.parseInt(text, 10);

/** Numbers as numbers, truths as 1 and 0, everything else as it is written. */
export const COLUMN_TYPES: CustomTypesConfig = {
  getTypeParser: (oid: number) => READERS[oid] ?? (oid === 21 || oid === 23 ? integer : asText),
};

/** A connection to PostgreSQL, which its holder has alone. */
export class PostgresConnection implements Connection {
  readonly locksRows = true;
  readonly place = "run_uuid";
  /** Values are too long for an index of theirs. */
  readonly findsValuesAtOnce = false;
  private readonly client: ClientBase;
  private readonly uri: string;
  private isInTransaction = false;

  /** `uri` names the database in errors. */
  constructor(client: ClientBase, uri: string) {
    this.client = client;
    this.uri = uri;
  }

  /** Nothing says what others have written to the rows that were read before. */
  async versionOfOthers(): Promise<undefined> {
    return undefined;
  }

  async all<Row>(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    return (await this.query({ ...toQuery(sql, values) })).rows as Row[];
  }

  async rows<Row extends unknown[]>(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    return (await this.query({ ...toQuery(sql, values), rowMode: "array" })).rows as Row[];
  }

  async get<Row>(sql: string, ...values: SqlValue[]): Promise<Row | undefined> {
    return (await this.all<Row>(sql, ...values))[0];
  }

  async run(sql: string, ...values: SqlValue[]): Promise<number> {
    return (await this.query(toQuery(sql, values))).rowCount ?? 0;
  }

  /** Rows that are written may be those of others at the same time: then the work is done once more from its start. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.isInTransaction) return work();
    for (let tries = 1; ; tries++) {
      try {
        return await this.within("BEGIN", work);
      } catch (error) {
        if (tries === MOST_TRIES || !isConflict(error)) throw error;
      }
    }
  }

  async snapshot<T>(work: () => Promise<T>): Promise<T> {
    return this.within("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work);
  }

  private async within<T>(begin: string, work: () => Promise<T>): Promise<T> {
    const begun = this.query({ text: begin });
    this.isInTransaction = true;
    try {
      const [result] = await together(work(), begun); // what the work asks first goes out with it
      await this.query({ text: "COMMIT" });
      return result;
    } catch (error) {
      await this.client.query("ROLLBACK").catch(() => undefined); // a connection that is gone has rolled back
      throw error;
    } finally {
      this.isInTransaction = false;
    }
  }

  private async query(query: { text: string; values?: unknown[]; rowMode?: "array" }) {
    try {
      return await this.client.query(query as { text: string });
    } catch (cause) {
      throw toStoreError(cause, this.uri);
    }
  }
}

function toQuery(sql: string, values: readonly SqlValue[]): { text: string; values: unknown[] } {
  let translated = statements.get(sql);
  if (!translated) statements.set(sql, (translated = translate(sql)));
  const { pieces, values: places } = translated;
  const text = pieces.map((piece, i) => (i === 0 ? piece : place(places[i - 1] ?? 0, values) + piece)).join("");
  return { text, values: values.map((value) => (value instanceof SqlList ? value.items : value)) };
}

/** A number that is beyond its column says what it is, so that it can be compared with what is there. */
function place(index: number, values: readonly SqlValue[]): string {
  const value = values[index];
  if (typeof value !== "number" || Math.abs(value) <= LARGEST_INTEGER) {
    return typeof value === "number" && !Number.isInteger(value) ? `$${index + 1}::float8` : `$${index + 1}`;
  }
  return `$${index + 1}::${Number.isSafeInteger(value) ? "bigint" : "float8"}`;
}

function toDouble(text: string): number {
  return text === "Infinity" || text === "-Infinity" || text === "NaN" ? Number(text) : Number.parseFloat(text);
}
