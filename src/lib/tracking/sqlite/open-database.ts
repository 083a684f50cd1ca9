import { randomUUID } from "node:crypto";
import { accessSync, constants, existsSync, linkSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import { LlmopsError, messageOf, systemCodeOf } from "../../errors/llmops-error.js";

/** The one schema version this store writes: MLflow 3.5 and 3.6. */
const SCHEMA_HEAD = "bf29a5ff90ea";
const BUSY_TIMEOUT_MS = 20_000;

export type SqliteDatabase = Database.Database;

/**
 * Opens an MLflow SQLite file, creating it when `create` is set. A new file is built beside its
 * place and linked into it, so that no process ever sees half a schema. Throws STORE_UNWRITABLE,
 * STORE_NOT_FOUND or STORE_INCOMPATIBLE.
 */
export function openDatabase(path: string, { create }: { create: boolean }): SqliteDatabase {
  if (!existsSync(path)) {
    if (!create) throw notFound(path);
    createDatabase(path);
  }
  let database: SqliteDatabase | undefined;
  try {
    database = new Database(path);
    configure(database);
    const row = database.prepare("SELECT version_num FROM alembic_version").get() as { version_num: string } | undefined;
    if (row?.version_num !== SCHEMA_HEAD) throw wrongVersion(path, row?.version_num);
    return database;
  } catch (cause) {
    database?.close();
    throw openError(path, cause);
  }
}

function createDatabase(path: string): void {
  const draft = `${path}.${randomUUID()}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    accessSync(dirname(path), constants.W_OK);
  } catch (cause) {
    throw openError(path, cause);
  }
  try {
    const database = new Database(draft);
    try {
      database.exec(`BEGIN;${readFileSync(new URL("./schema.sql", import.meta.url), "utf8")};COMMIT;`);
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

/** Closes the database with all its content in the one file. */
export function closeDatabase(database: SqliteDatabase): void {
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
}

function configure(database: SqliteDatabase): void {
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.exec("PRAGMA foreign_keys = ON");
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = NORMAL");
}

function notFound(path: string): LlmopsError {
  return new LlmopsError("STORE_NOT_FOUND", `There is no MLflow store at ${path}.`, {
    hint: "Run a sweep here first, or name a store with --tracking-uri.",
  });
}

function wrongVersion(path: string, version: string | undefined): LlmopsError {
  return new LlmopsError(
    "STORE_INCOMPATIBLE",
    `${path} has the MLflow schema version ${version ?? "none"}, but llmops needs ${SCHEMA_HEAD}.`,
    {
      hint: `Upgrade it with \`mlflow db upgrade sqlite:///${path}\` of MLflow 3.5 or 3.6, or use another --tracking-uri.`,
    },
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
    hint: "Go to a folder you may write to, or name one with --tracking-uri.",
    cause,
  });
}
