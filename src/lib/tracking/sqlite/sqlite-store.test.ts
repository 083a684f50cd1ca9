import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { describe, expect, it } from "vitest";
import { trackingBackendContract } from "../../../../test/contract/tracking-backend.js";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { openLocalStore } from "../open-local-store.js";
import { openStore } from "../open-store.js";

trackingBackendContract("a SQLite store", async () => {
  const folder = mkdtempSync(join(tmpdir(), "llmops-test-"));
  const store = openLocalStore(folder, { create: true });
  return {
    ...{ store, served: store, backend: store },
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
});

describe("a new store", () => {
  it("has MLflow 3.6's schema version, and a write-ahead log", async () => {
    const folder = temporaryFolder();
    await (await openStore(folder, { create: true })).close();
    const database = new Database(join(folder, "mlflow.db"));
    expect(database.prepare("SELECT version_num FROM alembic_version").all()).toEqual([{ version_num: "bf29a5ff90ea" }]);
    expect(database.prepare("PRAGMA journal_mode").get()).toMatchObject({ journal_mode: "wal" });
    database.close();
  });

  it("leaves nothing but the database and the artifact folder", async () => {
    const folder = temporaryFolder();
    await (await openStore(folder, { create: true })).close();
    // SQLite may keep its empty -wal and -shm files until the process ends
    expect(
      readdirSync(folder)
        .filter((name) => !/-(wal|shm)$/.test(name))
        .sort(),
    ).toEqual(["mlartifacts", "mlflow.db"]);
  });
});

describe("openStore", () => {
  it("takes sqlite:/// with an absolute path", async () => {
    const folder = temporaryFolder();
    const store = await openStore(`sqlite:///${folder}/my.db`, { create: true });
    expect(store.uri).toBe(`sqlite:///${folder}/my.db`);
    await store.close();
    expect(existsSync(join(folder, "my.db"))).toBe(true);
  });

  it("does not create what it was only asked to read", async () => {
    const folder = temporaryFolder();
    expect((await errorOf(() => openStore(folder, { create: false }))).code).toBe("STORE_NOT_FOUND");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses other schemes", async () => {
    for (const uri of ["mysql://localhost/x", "databricks:", "s3://bucket", "http://"]) {
      expect((await errorOf(() => openStore(uri, { create: true }))).code, uri).toBe("INVALID_ARGUMENT");
    }
  });

  it("refuses a file that is not an MLflow database and leaves it as it was", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "mlflow.db"), "these bytes are certainly not SQLite's, not at all");
    expect((await errorOf(() => openStore(folder, { create: true }))).code).toBe("STORE_INCOMPATIBLE");
    expect(readFileSync(join(folder, "mlflow.db"), "utf8")).toContain("certainly not SQLite");
  });

  it("says so when the place cannot be written, and leaves nothing behind", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const error = await errorOf(() => openStore(join(folder, "file", "store"), { create: true }));
    expect(error).toMatchObject({ code: "STORE_UNWRITABLE", exitCode: 3 });
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it.skipIf(process.getuid?.() === 0)("says so in a read-only folder", async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    expect((await errorOf(() => openStore(folder, { create: true }))).code).toBe("STORE_UNWRITABLE");
    expect(readdirSync(folder)).toEqual([]);
    chmodSync(folder, 0o700);
  });
});
