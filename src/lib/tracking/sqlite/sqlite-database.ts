import type { Connection } from "../sql/connection.js";
import type { SqlDatabase } from "../sql/sql-database.js";
import { openDatabase, type OpenOptions } from "./open-database.js";
import type { SqliteConnection } from "./sqlite-connection.js";

/** A SQLite file: one connection, which whoever works with it has in turn. */
export class SqliteDatabase implements SqlDatabase {
  readonly uri: string;
  private readonly connection: SqliteConnection;
  private last: Promise<unknown> = Promise.resolve();

  /** Opens the file, or creates it. Throws STORE_UNWRITABLE, STORE_NOT_FOUND or STORE_INCOMPATIBLE. */
  constructor(path: string, options: OpenOptions) {
    this.uri = `sqlite:///${path}`;
    this.connection = openDatabase(path, options);
  }

  async use<T>(work: (db: Connection) => Promise<T>): Promise<T> {
    const done = this.last.then(() => work(this.connection));
    this.last = done.catch(() => undefined); // whoever asked for the work hears of it
    return done;
  }

  identity(): string | undefined {
    return this.connection.identity;
  }

  async version({ own }: { own: boolean }): Promise<string> {
    if (this.connection.identity === undefined) return "moved away";
    return this.use(async (db) => {
      const others = await db.versionOfOthers();
      if (!own) return `${others}`;
      return `${others} ${(await db.get<{ n: number }>("SELECT total_changes() AS n"))?.n}`;
    });
  }

  async confirm(): Promise<void> {
    this.connection.confirm();
  }

  async close(): Promise<void> {
    await this.last;
    this.connection.close();
  }
}
