import { accessSync, closeSync, constants, existsSync, linkSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { hintWhereFull } from "../../base/errors/system-failures.js";
import { DRAFT_TAG, newDraftTag, removeLeftDrafts } from "../../base/files/left-drafts.js";
import { PRIVATE } from "../../base/files/write-whole.js";
import { PROXIED } from "../artifact-uri.js";
import { INSERT_DEFAULT_EXPERIMENT, locationBelow } from "../sql/experiments.js";
import { completeSchema } from "./complete-schema.js";
import { SqliteConnection } from "./sqlite-connection.js";
import { isOlderSchema, SCHEMA_HEAD } from "../sql/schema-versions.js";
import { readSchema } from "./schema.js";
import { makeFolder } from "../../base/files/make-folder.js";

/** How what a newer MLflow serves is copied into a store of this version. */
const IMPORT = "llmops mlflow import http://127.0.0.1:5000 --tracking-uri FOLDER";
const BUSY_TIMEOUT_MS = 20_000;
const CACHE_KIB = 16 * 1024;
/** It scans the values of all runs. */
const READER_CACHE_KIB = 64 * 1024;
/** Less often than SQLite's own 1000: a batch of metrics touches a page a key, the same ones again and again. */
const CHECKPOINT_PAGES = 4000;

/** Of a file that is not whole yet, with what SQLite keeps beside it. */
const DRAFT_NAME = new RegExp(`\\.db\\.${DRAFT_TAG}\\.new(?:-journal|-wal|-shm)?$`);

/** Own indexes beside MLflow's: searches over 100,000 runs read them alone. */
const INDEXES = `
  CREATE INDEX IF NOT EXISTS llmops_runs_by_start ON runs (experiment_id, lifecycle_stage, start_time, run_uuid);
  CREATE INDEX IF NOT EXISTS llmops_runs_by_id ON runs (run_uuid, experiment_id, lifecycle_stage, start_time);
  CREATE INDEX IF NOT EXISTS llmops_latest_metric_values ON latest_metrics ("key", run_uuid, is_nan, value);
  CREATE INDEX IF NOT EXISTS llmops_latest_metric_order ON latest_metrics ("key", is_nan, value, run_uuid);
  CREATE INDEX IF NOT EXISTS llmops_param_values ON params ("key", value, run_uuid);
  CREATE INDEX IF NOT EXISTS llmops_tag_values ON tags ("key", value, run_uuid);
`;

export interface OpenOptions {
  create: boolean;
  /** The URI below which experiment 0 has its artifacts, where it is made. */
  defaultRoot?: string;
}

/**
 * Opens an MLflow SQLite file, creating it when `create` is set. A new file is built beside its
 * place and linked into it, so that no process ever sees half a schema. Throws STORE_UNWRITABLE,
 * STORE_NOT_FOUND or STORE_INCOMPATIBLE.
 */
export function openDatabase(path: string, { create, defaultRoot = PROXIED }: OpenOptions): SqliteConnection {
  if (!existsSync(path)) {
    if (!create) throw notFound(path);
    createDatabase(path);
  }
  let database: Database.Database | undefined;
  try {
    database = new Database(path);
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    const row = database.prepare("SELECT version_num FROM alembic_version").get() as { version_num: string } | undefined;
    if (row?.version_num !== SCHEMA_HEAD) throw wrongVersion(path, row?.version_num);
    configure(database);
    completeSchema(database, path);
    if (create) database.prepare(INSERT_DEFAULT_EXPERIMENT).run([locationBelow(defaultRoot, "0"), Date.now(), Date.now()]);
    return new SqliteConnection(database, path);
  } catch (cause) {
    database?.close();
    throw openError(path, cause);
  }
}

/** A second connection to an open store that only reads: the data of long queries, beside the one that writes. Throws STORE_NOT_FOUND. */
export function openReader(path: string): SqliteConnection {
  if (!existsSync(path)) throw notFound(path); // SQLite would make an empty one
  try {
    const database = new Database(path);
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    database.exec("PRAGMA case_sensitive_like = ON");
    database.exec("PRAGMA temp_store = MEMORY");
    database.exec(`PRAGMA cache_size = -${READER_CACHE_KIB}`);
    return new SqliteConnection(database, path);
  } catch (cause) {
    throw openError(path, cause);
  }
}

function createDatabase(path: string): void {
  removeLeftDrafts(dirname(path), DRAFT_NAME);
  const draft = `${path}.${newDraftTag()}.new`;
  try {
    makeFolder(dirname(path));
    accessSync(dirname(path), constants.W_OK);
  } catch (cause) {
    throw openError(path, cause);
  }
  try {
    closeSync(openSync(draft, "wx", PRIVATE.mode)); // runs have prompts in them; SQLite gives -wal and -shm the same mode
    const database = new Database(draft);
    try {
      database.exec(`BEGIN;${readSchema()};COMMIT;`);
    } finally {
      database.close();
    }
    linkSync(draft, path);
  } catch (cause) {
    if (systemCodeOf(cause) === "EEXIST") return; // another process was first
    throw openError(path, cause);
  } finally {
    rmSync(draft, { force: true });
  }
}

function configure(database: Database.Database): void {
  database.exec("PRAGMA foreign_keys = ON");
  database.exec("PRAGMA case_sensitive_like = ON");
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = NORMAL");
  database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  database.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
  database.exec(INDEXES);
}

function notFound(path: string): LlmopsError {
  return new LlmopsError("STORE_NOT_FOUND", `No MLflow store was found at ${path}.`, {
    hint: "Run a sweep here first, or name a store with --tracking-uri.",
  });
}

function wrongVersion(path: string, version: string | undefined): LlmopsError {
  const [which, hint] = isOlderSchema(version)
    ? ["an older", `Upgrade it with \`mlflow db upgrade sqlite:///${path}\` of MLflow 3.5 or 3.6.`]
    : [
        "a newer",
        `Serve it with the \`mlflow server\` that wrote it: --tracking-uri http://127.0.0.1:5000 works there, and so does \`${IMPORT}\`.`,
      ];
  return new LlmopsError(
    "STORE_INCOMPATIBLE",
    `${path} has ${which} MLflow's schema version (${version ?? "none"}); llmops needs ${SCHEMA_HEAD}, that of MLflow 3.5 and 3.6.`,
    { hint: `${hint} The file was not touched.` },
  );
}

function openError(path: string, cause: unknown): LlmopsError {
  if (cause instanceof LlmopsError) return cause;
  const why = messageOf(cause);
  if (/not a database|malformed|no such table/i.test(why)) {
    return new LlmopsError("STORE_INCOMPATIBLE", `${path} is not an MLflow database: ${why}.`, {
      hint: "Use another --tracking-uri, or move that file away.",
      cause,
    });
  }
  return new LlmopsError("STORE_UNWRITABLE", `The MLflow store ${path} cannot be written: ${why}.`, {
    hint: hintWhereFull(cause, "Go to a folder you may write to, or name one with --tracking-uri."),
    cause,
  });
}
