import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { openBackend } from "../../src/lib/tracking/open-backend.js";
import { emptySpan, type OtlpSpan } from "../../src/lib/tracking/otlp/otlp-span.js";
import { openStore } from "../../src/lib/tracking/open-store.js";
import type { TrackingBackend } from "../../src/lib/tracking/tracking-backend.js";
import { trackingBackendContract } from "../contract/tracking-backend.js";
import { errorOf } from "../helpers/error-of.js";
import { GUARDED, postgresCluster, type TestPostgres } from "../helpers/postgres-cluster.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { lacks } from "../helpers/tools.js";

describe.skipIf(lacks("postgresql"))("PostgreSQL", () => {
  let cluster: TestPostgres;
  beforeAll(async () => {
    cluster = await postgresCluster();
  }, 60_000);
  afterAll(() => cluster.close());

  /** Closed when the test ends. */
  async function opened(uri: string, create = true): Promise<TrackingBackend> {
    const store = await openBackend(uri, { create, places: { destination: temporaryFolder() } });
    onTestFinished(() => store.close());
    return store;
  }
  const refused = async (uri: string, create = true) => await errorOf(() => opened(uri, create));

  trackingBackendContract("a store in PostgreSQL", async () => {
    const folder = mkdtempSync(join(tmpdir(), "llmops-test-"));
    const store = await openBackend(await cluster.newDatabase(), { create: true, places: { destination: folder } });
    return {
      ...{ store, served: store, backend: store, refusesNul: true },
      close: async () => {
        await store.close();
        rmSync(folder, { recursive: true });
      },
    };
  });

  describe("a database", () => {
    it("gets MLflow's schema once, whoever opens it first of many at the same time", async () => {
      const uri = await cluster.newDatabase();
      const stores = await Promise.all(Array.from({ length: 6 }, () => opened(uri)));
      const names = await Promise.all(stores.map(async (store) => (await store.getExperiment("0")).name));
      expect(new Set(names)).toEqual(new Set(["Default"]));
      expect(await cluster.query(uri, "SELECT version_num FROM alembic_version")).toEqual([{ version_num: "bf29a5ff90ea" }]);
    });

    it("without a store is not made one by whoever only reads, and one of another MLflow is left as it is", async () => {
      const uri = await cluster.newDatabase();
      expect((await refused(uri, false)).code).toBe("STORE_NOT_FOUND");
      expect(await cluster.query(uri, "SELECT to_regclass('runs') AS found")).toEqual([{ found: null }]);
      for (const [version, message] of [
        ["451aebb31d03", "an older MLflow's schema version (451aebb31d03)"],
        ["ffffffffffff", "a newer MLflow's schema version (ffffffffffff)"],
      ]) {
        await cluster.query(
          uri,
          `DROP TABLE IF EXISTS alembic_version; CREATE TABLE alembic_version AS SELECT '${version}' AS version_num`,
        );
        const error = await refused(uri);
        expect([error.code, error.message]).toEqual(["STORE_INCOMPATIBLE", expect.stringContaining(message!)]);
        expect(await cluster.query(uri, "SELECT to_regclass('runs') AS found")).toEqual([{ found: null }]);
      }
    });

    it("that MLflow made is read as it is; what has to be in it first is said", async () => {
      const uri = await cluster.newDatabase();
      await cluster.query(uri, readFileSync(new URL("../../src/lib/tracking/postgres/schema.sql", import.meta.url), "utf8"));
      const store = await opened(uri, false);
      expect((await store.traces.search([], { maxResults: 5 })).items).toEqual([]);
      const error = await errorOf(() => store.traces.search(["0"], { filter: "span.attributes.a = 'x'", maxResults: 5 }));
      expect([error.code, error.hint]).toEqual(["STORE_INCOMPATIBLE", expect.stringContaining("--backend-store-uri")]);
      await opened(uri);
      expect((await store.traces.search(["0"], { filter: "span.attributes.a = 'x'", maxResults: 5 })).items).toEqual([]);
    });

    it("is named in every form that SQLAlchemy has, and in errors without its password", async () => {
      const uri = await cluster.newDatabase();
      const store = await opened(uri.replace("postgresql://llmops@", "postgresql+psycopg2://llmops:s3cret@"));
      expect(store.uri).toBe(uri);
      const [gone, missing] = [await refused(`${uri}_gone`.replace("llmops@", "llmops:s3cret@")), await refused("postgres://h:1")];
      expect([gone.code, gone.message]).toEqual(["STORE_UNWRITABLE", expect.stringContaining("does not exist")]);
      expect([missing.code, missing.message]).toEqual(["INVALID_ARGUMENT", "The tracking URI names no database: postgresql://h:1."]);
      expect(JSON.stringify([gone, gone.message, gone.hint])).not.toContain("s3cret");
    });

    it("is opened with the password of the URI, of PGPASSWORD, or of a file, and refused with a wrong one", async () => {
      const uri = await cluster.newDatabase();
      const roles = `CREATE ROLE ${GUARDED} LOGIN PASSWORD 's3cret'; GRANT ALL ON DATABASE ${new URL(uri).pathname.slice(1)} TO ${GUARDED}`;
      await cluster.query(uri, `${roles}; GRANT ALL ON SCHEMA public TO ${GUARDED}`);
      const named = uri.replace("llmops@", `${GUARDED}@`);
      await opened(named.replace("@", ":s3cret@"));
      vi.stubEnv("PGPASSWORD", "wrong");
      onTestFinished(() => void vi.unstubAllEnvs());
      const error = await refused(named);
      expect([error.code, error.message]).toEqual(["STORE_UNWRITABLE", expect.stringContaining("password authentication failed")]);
      expect(error.hint).toContain("PGPASSWORD");
      vi.stubEnv("PGPASSWORD", "s3cret");
      await opened(named);
      vi.unstubAllEnvs();
      expect((await refused(named)).hint).toContain("PGPASSWORD");
      const file = join(temporaryFolder(), "passwords");
      writeFileSync(file, `*:*:*:${GUARDED}:s3cret\n`, { mode: 0o600 });
      vi.stubEnv("PGPASSFILE", file);
      expect((await (await opened(named)).getExperiment("0")).name).toBe("Default");
    });

    it("that takes only encrypted connections, or none, says so", async () => {
      const uri = await cluster.newDatabase();
      const error = await refused(`${uri}?sslmode=require`);
      expect([error.code, error.message, error.hint]).toEqual([
        "STORE_UNWRITABLE",
        expect.stringContaining("does not support SSL"),
        expect.stringContaining("sslmode"),
      ]);
    });

    it("is read where it may not be written to, and says so to whoever writes", async () => {
      const uri = await cluster.newDatabase();
      const { runId } = await (await opened(uri)).createRun({ experimentId: "0", startTime: 1, runName: "kept" });
      await cluster.query(uri, `ALTER DATABASE ${new URL(uri).pathname.slice(1)} SET default_transaction_read_only = on`);
      const replica = await opened(uri);
      expect((await replica.getRun(runId)).runName).toBe("kept");
      expect((await replica.searchRuns({ experimentIds: ["0"], maxResults: 5 })).items).toHaveLength(1);
      const error = await errorOf(() => replica.createRun({ experimentId: "0", startTime: 2 }));
      expect([error.code, error.message]).toEqual(["STORE_UNWRITABLE", expect.stringContaining("is only for reading")]);
    });

    it("that goes away is said to be away, and is used again once it is back: nothing that was acknowledged is lost", async () => {
      const store = await opened(await cluster.newDatabase());
      const { runId } = await store.createRun({ experimentId: "0", startTime: 1 });
      let acknowledged = 0;
      const write = async () => {
        await store.logBatch(runId, { metrics: [{ key: "m", value: acknowledged, timestamp: acknowledged, step: acknowledged }] });
        acknowledged++;
      };
      for (let i = 0; i < 20; i++) await write();
      await cluster.stop();
      const error = await errorOf(write);
      expect([error.httpStatus, error.message]).toEqual([503, expect.stringContaining("does not answer")]);
      await cluster.start();
      for (let i = 0; i < 20; i++) await write();
      expect((await store.metricHistory(runId, "m", {})).items.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    });

    it("has spans whose attributes PostgreSQL cannot read, beside which others are found", async () => {
      const { traces } = await opened(await cluster.newDatabase());
      const attributes = [{ s: "a\ud800b" }, { s: "a\u0000b" }, { s: "plain a" }];
      for (const [i, own] of attributes.entries()) {
        const ids = { traceId: String(i + 1).repeat(32), spanId: "b".repeat(16) };
        await traces.logSpans("0", [{ ...emptySpan(), ...ids, name: "n", startNs: 1n, endNs: 2n, attributes: own }]);
      }
      const { items } = await traces.search(["0"], { filter: "span.attributes.s LIKE 'plain%'", maxResults: 10 });
      expect(items.map(({ traceId }) => traceId)).toEqual([`tr-${"3".repeat(32)}`]);
    });

    it("is named by a socket, and told that what cannot be used is not", async () => {
      expect((await refused("postgresql://me@/db?host=/nowhere")).message).toMatch(
        /^postgresql:\/\/localhost\/db does not answer: .*\/nowhere/,
      );
      for (const uri of ["postgresql://h/a%ff", "postgresql://h/db?sslrootcert=/nope&sslmode=verify-full"])
        expect((await refused(uri)).code, uri).toBe("INVALID_ARGUMENT");
    });

    it("is shared: what one server writes another one sees, and hears of", async () => {
      const uri = await cluster.newDatabase();
      const [one, other] = [await opened(uri), await openStore(uri, { create: false })];
      onTestFinished(() => other.close());
      const before = await one.writesOfOthers();
      const { runId } = await other.createRun({ experimentId: "0", startTime: 1, runName: "theirs" });
      expect((await one.getRun(runId)).runName).toBe("theirs");
      expect(await one.writesOfOthers()).not.toBe(before);
    });

    it("gives spans that are written by several servers their tokens once", async () => {
      const uri = await cluster.newDatabase();
      const servers = [await opened(uri), await opened(uri), await opened(uri)];
      const span = (id: string, tokens: number): OtlpSpan => ({
        ...{ ...emptySpan(), traceId: "a".repeat(32), spanId: id.padStart(16, "0"), name: id, startNs: 1n, endNs: 2n },
        attributes: { "gen_ai.usage.input_tokens": tokens, "gen_ai.usage.output_tokens": 1 },
      });
      await Promise.all(Array.from({ length: 12 }, (_, i) => servers[i % 3]!.traces.logSpans("0", [span(String(i), i)])));
      const { metadata } = await servers[0]!.traces.get(`tr-${"a".repeat(32)}`);
      expect(JSON.parse(metadata["mlflow.trace.tokenUsage"] ?? "{}")).toMatchObject({ input_tokens: 66, output_tokens: 12 });
    });
  });
});
