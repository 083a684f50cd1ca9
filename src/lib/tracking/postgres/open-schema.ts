import { readFileSync } from "node:fs";
import type { ClientBase } from "pg";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { INSERT_DEFAULT_EXPERIMENT, locationBelow } from "../sql/experiments.js";
import { isOlderSchema, SCHEMA_HEAD } from "../sql/schema-versions.js";
import { stateOf, toStoreError } from "./store-error.js";

export interface SchemaOptions {
  /** Make what is missing; otherwise a database without a store is STORE_NOT_FOUND. */
  create: boolean;
  /** The URI below which new experiments have their artifacts. */
  defaultRoot: string;
}

/** Whoever makes or completes a store holds this lock of the database: "llmops" in hexadecimal digits. */
const LOCK = "x'6c6c6d6f7073'::bigint";

/**
 * Finds MLflow's schema in a database, or makes it where `create` is set, and adds indexes and functions of this store. All of it under a
 * lock, so that servers which start together make it once. Throws STORE_NOT_FOUND, STORE_INCOMPATIBLE, and the database's own errors.
 */
export async function openSchema(client: ClientBase, uri: string, options: SchemaOptions): Promise<void> {
  try {
    const isReadOnly = await value(client, "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'");
    const found = await versionOf(client);
    if (isReadOnly || (found !== undefined && !options.create)) return requireHead(found, uri);
    await client.query("BEGIN");
    await client.query(`SELECT pg_advisory_xact_lock(${LOCK})`);
    await complete(client, uri, options);
    await client.query("COMMIT");
  } catch (cause) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw toStoreError(cause, uri);
  }
}

async function complete(client: ClientBase, uri: string, { create, defaultRoot }: SchemaOptions): Promise<void> {
  let version = await versionOf(client);
  if (version === undefined && create) {
    await client.query(readSql("schema.sql"));
    version = SCHEMA_HEAD;
  }
  requireHead(version, uri);
  await client.query("SET LOCAL statement_timeout = 0"); // an index over many rows takes its time
  await client.query("SAVEPOINT own");
  try {
    await client.query(readSql("indexes.sql"));
    await client.query(readSql("functions.sql"));
  } catch (error) {
    if (stateOf(error) !== "42501") throw error;
    await client.query("ROLLBACK TO SAVEPOINT own"); // whose tables they are has to make them; searches are only slower without
  }
  const now = String(Date.now());
  await client.query(INSERT_DEFAULT_EXPERIMENT.replace("?", "$1").replace("?", "$2").replace("?", "$3"), [
    locationBelow(defaultRoot, "0"),
    now,
    now,
  ]);
}

/** The version of the schema; undefined where there is none. */
async function versionOf(client: ClientBase): Promise<string | undefined> {
  if ((await value(client, "SELECT to_regclass('alembic_version')")) === null) return undefined;
  const version = await value(client, "SELECT version_num FROM alembic_version");
  return typeof version === "string" ? version : "none";
}

async function value(client: ClientBase, sql: string): Promise<unknown> {
  const { rows } = await client.query<unknown[]>({ text: sql, rowMode: "array" });
  return rows[0]?.[0];
}

function requireHead(version: string | undefined, uri: string): void {
  if (version === SCHEMA_HEAD) return;
  if (version === undefined) {
    throw new LlmopsError("STORE_NOT_FOUND", `No MLflow store was found in ${uri}.`, {
      hint: "Start `llmops mlflow server --backend-store-uri` on it, which makes one, or name another database.",
    });
  }
  const [which, hint] = isOlderSchema(version)
    ? ["an older", "Back the database up, and upgrade it with `mlflow db upgrade` of MLflow 3.5 or 3.6."]
    : ["a newer", "Serve it with the `mlflow server` that wrote it, and name that server with --tracking-uri."];
  throw new LlmopsError(
    "STORE_INCOMPATIBLE",
    `${uri} has ${which} MLflow's schema version (${version}); llmops needs ${SCHEMA_HEAD}, that of MLflow 3.5 and 3.6.`,
    { hint: `${hint} The database was not touched.` },
  );
}

function readSql(name: string): string {
  return readFileSync(new URL(`./${name}`, import.meta.url), "utf8");
}
