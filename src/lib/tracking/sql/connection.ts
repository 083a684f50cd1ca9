export type SqlValue = string | number | null | SqlList;

/** A list of any length as one value, so that the statement stays the same: of `x IN (SELECT value FROM json_each(?))`. */
export class SqlList {
  readonly items: readonly (string | number)[];

  constructor(items: readonly (string | number)[]) {
    this.items = items;
  }
}

/**
 * A connection to a database that one piece of work has at a time. Statements are in the SQL that SQLite and PostgreSQL share, or in
 * SQLite's where postgres/translate.ts says how PostgreSQL has it. A database's failures are errors users can act on.
 */
export interface Connection {
  /** Others write while a transaction does, but for the rows that it locks; where not, it has the whole database. */
  readonly locksRows: boolean;
  /** The column by which a row of runs is found soonest: a number where rows have one. */
  readonly place: "rowid" | "run_uuid";
  /** An index finds the next different value of a key at once, so that all of them are known without a look at each row. */
  readonly findsValuesAtOnce: boolean;

  /** Differs after every write of other connections; undefined where that is not known, so that nothing read before may be relied on. */
  versionOfOthers(): Promise<string | undefined>;
  /** All rows of a query, as objects. */
  all<Row>(sql: string, ...values: SqlValue[]): Promise<Row[]>;
  /** All rows of a query, as lists of their columns: quicker where there are many. */
  rows<Row extends unknown[]>(sql: string, ...values: SqlValue[]): Promise<Row[]>;
  /** The first row of a query. */
  get<Row>(sql: string, ...values: SqlValue[]): Promise<Row | undefined>;
  /** Runs a statement and returns the number of rows it changed. */
  run(sql: string, ...values: SqlValue[]): Promise<number>;
  /** Does all of the work or none of it. Within another one it is part of that. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Reads of one moment: what others write meanwhile is not seen. Nothing may be written. */
  snapshot<T>(work: () => Promise<T>): Promise<T>;
}

/** Who may still do what with rows that are locked: nobody writes them, or nobody but those who share them changes what they say. */
export type RowLock = "UPDATE" | "SHARE";

/** What ends a SELECT whose rows are locked until the transaction ends; nothing where it has the whole database. */
export function locking(db: Connection, lock: RowLock = "UPDATE"): string {
  return db.locksRows ? ` FOR ${lock}` : "";
}

/** Until the transaction ends nobody else writes the row that has this id, if there is one. */
export async function lockRow(db: Connection, table: string, column: string, id: string): Promise<void> {
  if (db.locksRows) await db.get(`SELECT 1 FROM ${table} WHERE ${column} = ?${locking(db)}`, id);
}

/**
 * What several pieces of work give that do not wait for each other. All have ended when this returns or throws, so that none writes after
 * the transaction of another that failed. Throws what the first of them throws.
 */
export async function together<T extends readonly unknown[]>(...works: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(works);
  return await Promise.all(works);
}
