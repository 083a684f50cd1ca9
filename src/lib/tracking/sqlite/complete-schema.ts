import { closeSync, linkSync, openSync, rmSync } from "node:fs";
import Database from "libsql";
import { newDraftTag } from "../../base/files/left-drafts.js";
import { PRIVATE } from "../../base/files/write-whole.js";
import { SCHEMA_HEAD } from "../sql/schema-versions.js";
import { schemaParts, type SchemaPart } from "./schema.js";

/**
 * Adds what a store of this schema version lacks: earlier versions of llmops left out tables that MLflow's own server looks for. The file
 * is copied to `<path>.before-<schema version>` first. All is added, or nothing. Throws what SQLite throws.
 */
export function completeSchema(database: Database.Database, path: string): void {
  if (missingParts(database).length === 0) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    const missing = missingParts(database); // another process may have been first
    if (missing.length > 0) backUp(path);
    for (const { sql } of missing) database.exec(sql);
    database.exec("COMMIT");
  } catch (error) {
    if (database.inTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Of a store only: in a file that is something else, nothing is missing. */
function missingParts(database: Database.Database): SchemaPart[] {
  const rows = database.prepare("SELECT name FROM sqlite_master").all() as { name: string }[];
  const names = new Set(rows.map(({ name }) => name));
  return names.has("experiments") && names.has("runs") ? schemaParts().filter(({ name }) => !names.has(name)) : [];
}

/** Through a connection of its own: one that has begun to write copies nothing. */
function backUp(path: string): void {
  const draft = `${path}.${newDraftTag()}.new`;
  closeSync(openSync(draft, "wx", PRIVATE.mode));
  try {
    const reader = new Database(path);
    try {
      reader.prepare("VACUUM INTO ?").run(draft);
    } finally {
      reader.close();
    }
    const copy = `${path}.before-${SCHEMA_HEAD}`;
    rmSync(copy, { force: true });
    linkSync(draft, copy);
  } finally {
    rmSync(draft, { force: true });
  }
}
