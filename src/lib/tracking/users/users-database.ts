import { closeSync, existsSync, openSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { makeFolder } from "../../base/files/make-folder.js";
import { PRIVATE } from "../../base/files/write-whole.js";
import { MlflowError } from "../mlflow-error.js";

/** The version of MLflow's schema of users: its only one since there are users, until 3.6. */
const SCHEMA_HEAD = "8606fa83a998";
const BUSY_TIMEOUT_MS = 10_000;

/** MLflow's tables as it makes them, and a table of tokens beside, which MLflow leaves alone. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS alembic_version_auth (
    version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_auth_pkc PRIMARY KEY (version_num)
  );
  CREATE TABLE IF NOT EXISTS users (
    id INTEGER NOT NULL, username VARCHAR(255), password_hash VARCHAR(255), is_admin BOOLEAN, PRIMARY KEY (id), UNIQUE (username)
  );
  CREATE TABLE IF NOT EXISTS experiment_permissions (
    id INTEGER NOT NULL, experiment_id VARCHAR(255) NOT NULL, user_id INTEGER NOT NULL, permission VARCHAR(255), PRIMARY KEY (id),
    CONSTRAINT fk_user_id FOREIGN KEY(user_id) REFERENCES users (id), CONSTRAINT unique_experiment_user UNIQUE (experiment_id, user_id)
  );
  CREATE TABLE IF NOT EXISTS registered_model_permissions (
    id INTEGER NOT NULL, name VARCHAR(255) NOT NULL, user_id INTEGER NOT NULL, permission VARCHAR(255), PRIMARY KEY (id),
    CONSTRAINT fk_user_id FOREIGN KEY(user_id) REFERENCES users (id), CONSTRAINT unique_name_user UNIQUE (name, user_id)
  );
  CREATE TABLE IF NOT EXISTS llmops_user_tokens (
    id VARCHAR(32) NOT NULL, user_id INTEGER NOT NULL, username VARCHAR(255) NOT NULL, name VARCHAR(255) NOT NULL,
    digest VARCHAR(64) NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT, PRIMARY KEY (id), UNIQUE (digest), UNIQUE (user_id, name)
  );
  INSERT INTO alembic_version_auth SELECT '${SCHEMA_HEAD}' WHERE NOT EXISTS (SELECT 1 FROM alembic_version_auth);
`;

type SqlValue = string | number | null;

/** The SQLite file of users and what they may do: MLflow's own basic_auth.db, which MLflow and this program may use at the same time. */
export class UsersDatabase {
  readonly path: string;
  private readonly database: Database.Database;
  private readonly statements = new Map<string, Database.Statement>();

  /** Opens the file, and makes it where there is none. Throws STORE_INCOMPATIBLE, STORE_UNWRITABLE, or STORE_NOT_FOUND without `create`. */
  constructor(path: string, { create }: { create: boolean }) {
    this.path = path;
    if (!create && !existsSync(path)) {
      const hint = "Start `llmops mlflow server --app-name basic-auth` first, or name the file with --users.";
      throw new LlmopsError("STORE_NOT_FOUND", `There are no users at ${path}.`, { hint });
    }
    try {
      makeFolder(dirname(path));
      makePrivate(path);
      this.database = new Database(path);
      this.database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
      this.prepareTables();
    } catch (cause) {
      throw openError(path, cause);
    }
  }

  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.guard(() => this.statement(sql).all(values) as Row[]);
  }

  /** The first row of a query. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the row's shape is the caller's to say
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.guard(() => this.statement(sql).get(values) as Row | undefined);
  }

  /** Runs a statement and returns the number of rows it changed. */
  run(sql: string, ...values: SqlValue[]): number {
    return this.guard(() => this.statement(sql).run(values).changes);
  }

  /** Does all of the work or none of it. */
  transaction<T>(work: () => T): T {
    if (this.database.inTransaction) return work();
    this.guard(() => this.database.exec("BEGIN IMMEDIATE"));
    try {
      const result = work();
      this.guard(() => this.database.exec("COMMIT"));
      return result;
    } catch (error) {
      if (this.database.inTransaction) this.database.exec("ROLLBACK");
      throw error;
    }
  }

  close(): void {
    this.statements.clear();
    this.database.close();
  }

  private prepareTables(): void {
    this.database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
    const { version_num: version } = this.get<{ version_num: string }>("SELECT version_num FROM alembic_version_auth") ?? {};
    if (version === SCHEMA_HEAD) return;
    this.database.close();
    throw new LlmopsError("STORE_INCOMPATIBLE", `${this.path} has MLflow's schema of users ${version}; llmops knows ${SCHEMA_HEAD}.`, {
      hint: "It was written by another version of MLflow: name another file with --users.",
    });
  }

  private statement(sql: string): Database.Statement {
    const known = this.statements.get(sql);
    if (known) return known;
    const made = this.database.prepare(sql);
    this.statements.set(sql, made);
    return made;
  }

  private guard<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      const why = messageOf(cause);
      if (cause instanceof LlmopsError) throw cause;
      if (/locked|busy/i.test(why)) {
        throw new MlflowError("TEMPORARILY_UNAVAILABLE", `${this.path} is locked by another process: ${why}.`, {
          hint: "Try again.",
          cause,
        });
      }
      throw new LlmopsError("STORE_UNWRITABLE", `The users in ${this.path} cannot be read or written: ${why}.`, { cause });
    }
  }
}

/** It has hashes of passwords: nobody else reads a file that is made here. */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, "wx", PRIVATE.mode));
  } catch (error) {
    if (systemCodeOf(error) !== "EEXIST") throw error;
  }
}

function openError(path: string, cause: unknown): LlmopsError {
  if (cause instanceof LlmopsError) return cause;
  const why = messageOf(cause);
  if (/not a database|malformed|no such column/i.test(why)) {
    const hint = "Name another file with --users, or move that one away.";
    return new LlmopsError("STORE_INCOMPATIBLE", `${path} is not a database of users: ${why}.`, { hint, cause });
  }
  const hint = "Make the file and its folder writable, or name another one with --users.";
  return new LlmopsError("STORE_UNWRITABLE", `The database of users ${path} cannot be written: ${why}.`, { hint, cause });
}
