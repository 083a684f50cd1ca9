import type Database from "libsql";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { hintWhereFull } from "../../base/errors/system-failures.js";
import { SameFile } from "../../base/files/same-file.js";
import { MlflowError } from "../mlflow-error.js";
import { SqlList, type Connection, type SqlValue } from "../sql/connection.js";

/** An open SQLite database: statements prepared once. Its calls are done when they return, so that none waits for the event loop. */
export class SqliteConnection implements Connection {
  readonly locksRows = false;
  readonly place = "rowid";
  readonly findsValuesAtOnce = true;
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

  async all<Row>(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    return this.read(() => this.prepare(sql).all(values.map(toDriver)) as Row[]);
  }

  async rows<Row extends unknown[]>(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    return this.read(() => this.prepare(sql, this.rawStatements).all(values.map(toDriver)) as unknown as Row[]);
  }

  async get<Row>(sql: string, ...values: SqlValue[]): Promise<Row | undefined> {
    return this.read(() => this.prepare(sql).get(values.map(toDriver)) as Row | undefined);
  }

  /** What tells the file from every other one of this machine; undefined where it is not at its path any more. */
  get identity(): string | undefined {
    return this.file.identity;
  }

  /** Throws STORE_UNWRITABLE where the file was deleted or replaced since it was opened: SQLite continues with the one that is nowhere. */
  confirm(): void {
    this.file.require();
  }

  async run(sql: string, ...values: SqlValue[]): Promise<number> {
    return this.write(sql, values);
  }

  /** The database is locked for writers from the start. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.database.inTransaction) return work();
    this.write("BEGIN IMMEDIATE");
    try {
      const result = await work();
      this.write("COMMIT");
      return result;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  async snapshot<T>(work: () => Promise<T>): Promise<T> {
    this.confirm();
    this.guard(() => this.database.exec("BEGIN"));
    try {
      return await work();
    } finally {
      this.rollBack();
    }
  }

  /** Also within a transaction, in which it stays the same. */
  async versionOfOthers(): Promise<string> {
    return String(this.guard(() => this.prepare("PRAGMA data_version").get() as { data_version: number }).data_version);
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

  private write(sql: string, values: readonly SqlValue[] = []): number {
    if (!this.database.inTransaction) this.confirm();
    return this.guard(() => this.prepare(sql).run(values.map(toDriver)).changes);
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

/** Lists go as JSON, which json_each takes apart. */
function toDriver(value: SqlValue): string | number | null {
  return value instanceof SqlList ? JSON.stringify(value.items) : value;
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
