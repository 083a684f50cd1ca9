import type Database from "libsql";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { hintWhereFull } from "../../base/errors/system-failures.js";
import { SameFile } from "../../base/files/same-file.js";
import { MlflowError } from "../mlflow-error.js";

export type SqlValue = string | number | null;

/** An open database: statements prepared once, transactions, and SQLite's failures as errors users can act on. */
export class Connection {
  private readonly database: Database.Database;
  private readonly path: string;
  private readonly file: SameFile;
  private readonly statements = new Map<string, Database.Statement>();
  private readonly rawStatements = new Map<string, Database.Statement>();

  constructor(database: Database.Database, path: string) {
    this.database = database;
    this.path = path;
    this.file = new SameFile(path);
  }

  /** All rows of a query, as objects. */
  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.read(() => this.prepare(sql).all(values) as Row[]);
  }

  /** All rows of a query, as lists of their columns: quicker where there are many. */
  rows<Row extends unknown[]>(sql: string, ...values: SqlValue[]): Row[] {
    return this.read(() => this.prepare(sql, this.rawStatements).all(values) as unknown as Row[]);
  }

  /** The first row of a query. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the row's shape is the caller's to say
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.read(() => this.prepare(sql).get(values) as Row | undefined);
  }

  /** What tells the file from every other one of this machine; undefined where it is not at its path any more. */
  get identity(): string | undefined {
    return this.file.identity;
  }

  /** Throws STORE_UNWRITABLE where the file was deleted or replaced since it was opened: SQLite continues with the one that is nowhere. */
  confirm(): void {
    this.file.require();
  }

  /** Runs a statement and returns the number of rows it changed. */
  run(sql: string, ...values: SqlValue[]): number {
    if (!this.database.inTransaction) this.confirm();
    return this.guard(() => this.prepare(sql).run(values).changes);
  }

  /** Runs SQL that is used once, and not kept prepared. */
  exec(sql: string): void {
    this.guard(() => this.database.exec(sql));
  }

  /** Does all of the work or none of it; the database is locked for writers from its start. Within another one it is part of that. */
  transaction<T>(work: () => T): T {
    if (this.database.inTransaction) return work();
    this.run("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.run("COMMIT");
      return result;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  /** Reads of one moment: what others write meanwhile is not seen. Nothing may be written to the file. */
  snapshot<T>(work: () => T): T {
    this.exec("BEGIN");
    try {
      return work();
    } finally {
      this.rollBack();
    }
  }

  /** Closes the database with all its content in the one file. */
  close(): void {
    this.statements.clear();
    this.rawStatements.clear();
    try {
      this.database.exec("PRAGMA busy_timeout = 0");
      this.database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // another process is at work, or the disk is full: the write-ahead log stays beside the file
    }
    this.database.close();
  }

  private prepare(sql: string, statements = this.statements): Database.Statement {
    let statement = statements.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql);
      if (statements === this.rawStatements) statement.raw(true);
      statements.set(sql, statement);
    }
    return statement;
  }

  private rollBack(): void {
    try {
      this.database.exec("ROLLBACK");
    } catch {
      // SQLite has already rolled back, as it does when the disk is full
    }
  }

  /** Also what is read is of the file that was opened, wherever that is: who asks is told that it was moved. */
  private read<T>(work: () => T): T {
    if (!this.database.inTransaction) this.confirm();
    return this.guard(work);
  }

  private guard<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw toStoreError(cause, this.path);
    }
  }
}

/** What SQLite says of a statement that is beyond its limits: only a caller's filter or order makes one so large. */
const QUERY_TOO_LARGE =
  /expression tree is too large|too many (sql variables|from clause terms|terms in|columns|arguments)|tables in a join|parser stack overflow|pattern too complex|string or blob too big/i;

function toStoreError(cause: unknown, path: string): Error {
  if (cause instanceof LlmopsError) return cause;
  const why = messageOf(cause);
  if (/locked|busy/i.test(why)) {
    return new MlflowError("TEMPORARILY_UNAVAILABLE", `${path} is locked by another process: ${why}.`, { hint: "Try again.", cause });
  }
  if (/disk is full|readonly|read-only|disk I\/O/i.test(why)) {
    return new LlmopsError("STORE_UNWRITABLE", `The MLflow store ${path} cannot be written: ${why}.`, {
      hint: hintWhereFull(cause, "Make the file and its folder writable, or name another store with --tracking-uri."),
      cause,
    });
  }
  if (QUERY_TOO_LARGE.test(why)) {
    const said = `The search is too large for the store (${why}): it has too many conditions, values, or columns to order by.`;
    return new MlflowError("INVALID_PARAMETER_VALUE", said, { hint: "Request less at once.", cause });
  }
  if (/constraint failed/i.test(why)) return new MlflowError("BAD_REQUEST", `The store refused it: ${why}.`, { cause });
  return cause instanceof Error ? cause : new Error(why);
}
