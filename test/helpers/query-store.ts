import { existsSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";

/** The rows of a query of the store in a folder; none where there is no store yet. */
export function queryStore<T>(folder: string, sql: string): T[] {
  return existsSync(join(folder, "mlflow.db")) ? withDatabase(folder, (database) => database.prepare(sql).all() as T[]) : [];
}

/** Does something with the database of the store in a folder, beside those who have it open. */
export function withDatabase<T>(folder: string, work: (database: Database.Database) => T): T {
  const database = new Database(join(folder, "mlflow.db"));
  try {
    database.exec("PRAGMA busy_timeout = 20000");
    return work(database);
  } finally {
    database.close();
  }
}
