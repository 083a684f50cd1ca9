import { existsSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "../../src/lib/tracking/sqlite/open-database.js";

/** The rows of a query of the store in a folder; none where there is no store yet. */
export function queryStore<T>(folder: string, sql: string): T[] {
  const path = join(folder, "mlflow.db");
  if (!existsSync(path)) return [];
  const db = openDatabase(path, { create: false });
  try {
    return db.all<T>(sql);
  } finally {
    db.close();
  }
}
