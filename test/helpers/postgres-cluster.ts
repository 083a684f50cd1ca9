import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { freePort } from "./free-port.js";

export interface TestPostgres {
  /** The tracking URI of a new, empty database. */
  newDatabase(): Promise<string>;
  /** Runs a statement in the database of a URI. */
  query(uri: string, sql: string): Promise<Record<string, unknown>[]>;
  /** Ends all connections and does not answer until it is started again. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it, and deletes its files. */
  close(): Promise<void>;
}

/** A role that has to say its password, once it is made. */
export const GUARDED = "guarded";

/** Of an account without rights: the server refuses to be run by root. */
const NOBODY = 65534;
const DEBIAN = "/usr/lib/postgresql";

/** Where PostgreSQL's programs are: in the PATH, or where Debian puts them; undefined where they are not installed. */
export function postgresPrograms(): string | undefined {
  const folders = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, "bin")) : [];
  return [...(process.env["PATH"] ?? "").split(":"), ...folders].find(
    (folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")),
  );
}

/** A real PostgreSQL of its own on a free port of this machine, until it is closed. */
export async function postgresCluster(): Promise<TestPostgres> {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error("PostgreSQL is not installed.");
  const [port, folder] = [await freePort(), mkdtempSync(join(tmpdir(), "llmops-postgres-"))];
  const account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (process.getuid?.() === 0) chownSync(folder, NOBODY, NOBODY);
  const data = join(folder, "data");
  const made = spawnSync(
    join(programs, "initdb"),
    ["-D", data, "-U", "llmops", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
    { ...account, encoding: "utf8", cwd: folder },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const access = join(data, "pg_hba.conf");
  writeFileSync(access, `host all ${GUARDED} 127.0.0.1/32 scram-sha-256\n${readFileSync(access, "utf8")}`);
  const base = `postgresql://llmops@127.0.0.1:${port}`;
  const settings = { listen_addresses: "127.0.0.1", port, unix_socket_directories: folder, fsync: "off", max_connections: 200 };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  let running: ChildProcess | undefined;
  const start = async () => {
    running = spawn(join(programs, "postgres"), ["-D", data, ...options], { ...account, cwd: folder, stdio: "ignore" });
    await untilReady(base);
  };
  const stop = async () => {
    const child = running;
    running = undefined;
    if (!child) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGINT"); // ends connections at once, and closes files
    await ended;
  };
  await start();
  let databases = 0;
  return {
    ...{ start, stop, query },
    newDatabase: async () => {
      const name = `store_${++databases}`;
      await query(`${base}/postgres`, `CREATE DATABASE ${name}`);
      return `${base}/${name}`;
    },
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function query(uri: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(uri);
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function untilReady(base: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return void (await query(`${base}/postgres`, "SELECT 1"));
    } catch (error) {
      if (attempt === 600) throw error;
      await sleep(50);
    }
  }
}
