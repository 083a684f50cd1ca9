import { Pool, type PoolClient, type PoolConfig } from "pg";
import { parseIntoClientConfig } from "pg-connection-string";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import type { Connection } from "../sql/connection.js";
import type { SqlDatabase } from "../sql/sql-database.js";
import { openSchema, type SchemaOptions } from "./open-schema.js";
import { COLUMN_TYPES, PostgresConnection } from "./postgres-connection.js";
import { postgresIdentity, readPostgresUri } from "../postgres-uri.js";
import { toStoreError } from "./store-error.js";

const MOST_CONNECTIONS = 10;
/** For a connection, a new one or a free one. */
const CONNECT_MS = 10_000;
const STATEMENT_MS = 60_000;
/** Of a transaction whose holder has gone. */
const IDLE_TRANSACTION_MS = 60_000;

/** A database of PostgreSQL, which several servers may share: a pool of connections. */
export class PostgresDatabase implements SqlDatabase {
  readonly uri: string;
  private readonly pool: Pool;
  private readonly connections = new WeakMap<PoolClient, PostgresConnection>();

  private constructor(pool: Pool, uri: string) {
    this.pool = pool;
    this.uri = uri;
    // a connection that nobody uses was lost: the next one who needs one gets another
    pool.on("error", () => undefined);
  }

  /**
   * Connects, and makes what is missing where `create` is set. Passwords, TLS, and what else the URI does not say are those of libpq's
   * variables and files. Throws INVALID_ARGUMENT, STORE_NOT_FOUND, STORE_INCOMPATIBLE, STORE_UNWRITABLE, and TEMPORARILY_UNAVAILABLE.
   */
  static async open(named: string, options: SchemaOptions): Promise<PostgresDatabase> {
    const { connection, shown } = readPostgresUri(named);
    const database = new PostgresDatabase(new Pool(readConfig(connection, shown)), shown);
    try {
      await database.withClient(async (client) => openSchema(client, shown, options));
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  }

  async use<T>(work: (db: Connection) => Promise<T>): Promise<T> {
    return this.withClient(async (client) => work(this.of(client)));
  }

  identity(): string {
    return postgresIdentity(this.uri);
  }

  /** Also what this process writes makes it another one, with everything that is written to any database of the cluster. */
  async version(): Promise<string> {
    return this.use(async (db) => (await db.get<{ state: string }>("SELECT CAST(pg_current_snapshot() AS text) AS state"))?.state ?? "");
  }

  /** What was written cannot be lost without the database. */
  async confirm(): Promise<void> {
    await this.use(async (db) => db.get("SELECT 1"));
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.connect();
    let broken = false;
    const onError = () => (broken = true);
    client.on("error", onError);
    try {
      return await work(client);
    } finally {
      client.off("error", onError);
      client.release(broken);
    }
  }

  private async connect(): Promise<PoolClient> {
    try {
      return await this.pool.connect();
    } catch (cause) {
      const error = toStoreError(cause, this.uri);
      if (error instanceof LlmopsError) throw error;
      throw new LlmopsError("STORE_UNWRITABLE", `${this.uri} cannot be connected to: ${error.message}.`, {
        hint: "Check sslmode, sslrootcert, sslcert, and sslkey in the URI, or PGSSLMODE and its like.",
        cause,
      });
    }
  }

  private of(client: PoolClient): PostgresConnection {
    const known = this.connections.get(client) ?? new PostgresConnection(client, this.uri);
    this.connections.set(client, known);
    return known;
  }
}

/** Throws INVALID_ARGUMENT, also for files of certificates that cannot be read. */
function readConfig(connection: string, shown: string): PoolConfig {
  try {
    return poolConfig(connection);
  } catch (cause) {
    throw new LlmopsError("INVALID_ARGUMENT", `The tracking URI ${shown} cannot be used: ${messageOf(cause)}.`, {
      hint: "Check what stands behind its question mark: sslmode, and the files of sslrootcert, sslcert, and sslkey.",
      cause,
    });
  }
}

/** As libpq reads the URI: sslmode=require encrypts, verify-ca and verify-full also look at the certificate. */
function poolConfig(connection: string): PoolConfig {
  return {
    pipeline: true, // statements that do not wait for each other go out together
    ...withoutEmpty(parseIntoClientConfig(withLibpqModes(connection))),
    ...{ max: MOST_CONNECTIONS, connectionTimeoutMillis: CONNECT_MS, keepAlive: true, types: COLUMN_TYPES },
    ...{ statement_timeout: STATEMENT_MS, idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS, application_name: "llmops" },
  };
}

function withLibpqModes(connection: string): string {
  return `${connection}${connection.includes("?") ? "&" : "?"}uselibpqcompat=true`;
}

/** What the URI leaves open is for the variables of the environment. */
function withoutEmpty(config: object): PoolConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== "" && value !== undefined));
}
