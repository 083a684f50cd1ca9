import { join } from "node:path";
import Database from "libsql";

/** Writes rows into the store in a folder, in one transaction: `work` gets a function that runs a statement with its values. */
export function writeRows(folder, work) {
  const database = new Database(join(folder, "mlflow.db"));
  const statements = new Map();
  const run = (sql, ...values) => {
    if (!statements.has(sql)) statements.set(sql, database.prepare(sql));
    statements.get(sql).run(values);
  };
  database.exec("BEGIN IMMEDIATE");
  work(run);
  database.exec("COMMIT");
  database.close();
}
