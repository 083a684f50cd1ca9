import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { openStore } from "../open-store.js";
import { schemaParts } from "./schema.js";

/** What SQLite says of a database that MLflow 3.6's own migrations made. */
const RECORDED = JSON.parse(readFileSync(new URL("../../../../test/fixtures/mlflow/schema-3.6.json", import.meta.url), "utf8")) as unknown;

type Row = Record<string, string | number | null>;

function describeSchema(database: Database.Database): unknown {
  const all = (sql: string) => database.prepare(sql).all() as Row[];
  const tables = all("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name");
  return Object.fromEntries(
    tables.map(({ name, sql }) => [
      name,
      {
        columns: all(`PRAGMA table_xinfo(${name})`).map(
          (row) =>
            `${row["name"]} ${row["type"]}${row["notnull"] ? " NOT NULL" : ""}${row["dflt_value"] === null ? "" : ` DEFAULT ${row["dflt_value"]}`}` +
            `${row["pk"] ? ` KEY ${row["pk"]}` : ""}${row["hidden"] ? " GENERATED" : ""}`,
        ),
        references: all(`PRAGMA foreign_key_list(${name})`)
          .map((row) => `${row["from"]} -> ${row["table"]}.${row["to"]} ON UPDATE ${row["on_update"]} ON DELETE ${row["on_delete"]}`)
          .sort(),
        indexes: all(`PRAGMA index_list(${name})`)
          .filter((row) => row["origin"] !== "pk" && !String(row["name"]).startsWith("llmops_"))
          .map((row) => {
            const columns = all(`PRAGMA index_info(${row["name"]})`).map((column) => column["name"]);
            const named = String(row["name"]).startsWith("sqlite_") ? "" : `${row["name"]} `;
            return `${named}${row["unique"] ? "UNIQUE " : ""}(${columns.join(", ")})`;
          })
          .sort(),
        constraints: [...String(sql).matchAll(/CONSTRAINT "?(\w+)"?/g)].map(([, constraint]) => constraint).sort(),
      },
    ]),
  );
}

/** A store as earlier versions of llmops left it, with one experiment. */
async function oldStore(): Promise<string> {
  const folder = temporaryFolder();
  const store = await openStore(folder, { create: true });
  await store.createExperiment({ name: "kept" });
  await store.close();
  const database = new Database(join(folder, "mlflow.db"));
  database.exec("DROP TABLE webhook_events; DROP TABLE webhooks; DROP TABLE jobs;");
  database.close();
  return folder;
}

function tablesOf(path: string): string[] {
  const database = new Database(path);
  const rows = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[];
  database.close();
  return rows.map(({ name }) => name);
}

describe("the schema", () => {
  it("of a new store is MLflow 3.6's: tables, columns, keys, references, constraints, and indexes by their names", async () => {
    const folder = temporaryFolder();
    await (await openStore(folder, { create: true })).close();
    const database = new Database(join(folder, "mlflow.db"));
    expect(describeSchema(database)).toEqual(RECORDED);
    database.close();
  });

  it("has a part for each table and index", () => {
    expect(schemaParts().filter(({ sql }) => /CREATE TABLE/.test(sql))).toHaveLength(Object.keys(RECORDED as object).length);
  });
});

describe("a store of an earlier version of llmops", () => {
  it("gains the tables it lacks when it is opened, after a copy was made that only its owner reads", async () => {
    const folder = await oldStore();
    const store = await openStore(folder, { create: false });
    expect(await store.findExperiment("kept")).toMatchObject({ name: "kept" });
    await store.close();
    const database = new Database(join(folder, "mlflow.db"));
    expect(describeSchema(database)).toEqual(RECORDED);
    database.close();
    const copy = join(folder, "mlflow.db.before-bf29a5ff90ea");
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(tablesOf(copy)).not.toContain("webhooks");
    const kept = new Database(copy);
    expect(kept.prepare("SELECT name FROM experiments WHERE name = 'kept'").all()).toHaveLength(1);
    kept.close();
  });

  it("is copied once: whole stores are opened as they are", async () => {
    const folder = await oldStore();
    for (let times = 0; times < 2; times++) await (await openStore(folder, { create: false })).close();
    const before = statSync(join(folder, "mlflow.db.before-bf29a5ff90ea")).mtimeMs;
    await (await openStore(folder, { create: true })).close();
    expect(statSync(join(folder, "mlflow.db.before-bf29a5ff90ea")).mtimeMs).toBe(before);
    const fresh = temporaryFolder();
    await (await openStore(fresh, { create: true })).close();
    expect(readdirSync(fresh).filter((name) => name.includes("before"))).toEqual([]);
  });

  it("gains all of them or none: where one cannot be made, the store is as it was", async () => {
    const folder = await oldStore();
    const path = join(folder, "mlflow.db");
    const database = new Database(path);
    database.exec("CREATE TABLE webhook_events (other TEXT)"); // its indexes name other columns
    database.close();
    const error = await errorOf(() => openStore(folder, { create: false }));
    expect(error.code).toBe("STORE_UNWRITABLE");
    expect(tablesOf(path)).not.toContain("webhooks");
  });
});

describe("a store of another MLflow", () => {
  it("is refused with the way out, and not touched", async () => {
    const cases = [
      ["f5a4f2784254", "an older", "mlflow db upgrade"],
      ["1b5f0d9ad7c1", "a newer", "llmops mlflow import"],
    ] as const;
    for (const [version, which, way] of cases) {
      const folder = await oldStore();
      const path = join(folder, "mlflow.db");
      const database = new Database(path);
      database.exec(`UPDATE alembic_version SET version_num = '${version}'`);
      database.close();
      const error = await errorOf(() => openStore(folder, { create: true }));
      expect(error.code).toBe("STORE_INCOMPATIBLE");
      expect(error.message).toContain(version);
      expect(error.message).toContain(which);
      expect(error.hint).toContain(way);
      expect(tablesOf(path)).not.toContain("webhooks");
      expect(existsSync(`${path}.before-bf29a5ff90ea`)).toBe(false);
    }
  });
});
