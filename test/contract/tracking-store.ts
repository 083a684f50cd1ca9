import { describe, expect, it } from "vitest";
import type { TrackingStore } from "../../src/lib/tracking/tracking-store.js";
import { errorOf } from "../helpers/error-of.js";

/** What every tracking store must do. `open` gives a new empty store; `readArtifact` reads a file back. */
export function trackingStoreContract(
  name: string,
  open: () => TrackingStore,
  readArtifact: (store: TrackingStore, runId: string, path: string) => Promise<string>,
): void {
  const startRun = async (store: TrackingStore) => {
    const { experimentId } = await store.ensureExperiment("e");
    return store.createRun({ experimentId, runName: "first", startTime: 1000, tags: { colour: "red" } });
  };

  describe(`${name}: experiments`, () => {
    it("has Default from the start, and creates a named one once", async () => {
      const store = open();
      const created = await store.ensureExperiment("mine");
      expect(await store.ensureExperiment("mine")).toEqual(created);
      const listed = await store.listExperiments();
      expect(listed.map((e) => e.name).sort()).toEqual(["Default", "mine"]);
      expect(listed.find((e) => e.name === "Default")?.experimentId).toBe("0");
      expect(created.artifactLocation).toBe(`mlflow-artifacts:/${created.experimentId}`);
      await store.close();
    });
  });

  describe(`${name}: runs`, () => {
    it("start RUNNING with their name as a tag, and end with a status", async () => {
      const store = open();
      const run = await startRun(store);
      expect(run).toMatchObject({ status: "RUNNING", endTime: null, startTime: 1000, runName: "first", lifecycleStage: "active" });
      expect(run.tags).toEqual({ colour: "red", "mlflow.runName": "first" });
      expect(run.runId).toMatch(/^[0-9a-f]{32}$/);
      await store.endRun(run.runId, "FINISHED", 2000);
      expect(await store.getRun(run.runId)).toMatchObject({ status: "FINISHED", endTime: 2000 });
      await store.close();
    });

    it("are listed newest first, up to the limit, by experiment", async () => {
      const store = open();
      const { experimentId } = await store.ensureExperiment("e");
      for (let i = 0; i < 3; i++) await store.createRun({ experimentId, runName: `r${i}`, startTime: i });
      expect((await store.listRuns([experimentId], 2)).map((r) => r.runName)).toEqual(["r2", "r1"]);
      expect(await store.listRuns(["0"], 10)).toEqual([]);
      await store.close();
    });

    it("that do not exist are STORE_NOT_FOUND", async () => {
      const store = open();
      expect((await errorOf(() => store.getRun("0".repeat(32)))).code).toBe("STORE_NOT_FOUND");
      await store.close();
    });
  });

  describe(`${name}: batches`, () => {
    it("keep params once: the same value again is fine, another is refused and nothing of the batch is kept", async () => {
      const store = open();
      const { runId } = await startRun(store);
      await store.logBatch(runId, { params: { temperature: "0.5" } });
      await store.logBatch(runId, { params: { temperature: "0.5" } });
      const error = await errorOf(() => store.logBatch(runId, { params: { top_p: "1", temperature: "0.6" }, tags: { t: "1" } }));
      expect(error.message).toContain('already "0.5" and cannot become "0.6"');
      const run = await store.getRun(runId);
      expect(run.params).toEqual({ temperature: "0.5" });
      expect(run.tags["t"]).toBeUndefined();
      await store.close();
    });

    it("show the metric with the greatest (step, timestamp, value), not the one logged last", async () => {
      const store = open();
      const { runId } = await startRun(store);
      const metric = (value: number, step: number, timestamp: number) =>
        store.logBatch(runId, { metrics: [{ key: "loss", value, step, timestamp }] });
      await metric(3, 2, 10);
      await metric(9, 1, 99);
      expect((await store.getRun(runId)).metrics).toEqual({ loss: 3 });
      await metric(4, 2, 10);
      expect((await store.getRun(runId)).metrics).toEqual({ loss: 4 });
      await metric(1, 2, 11);
      expect((await store.getRun(runId)).metrics).toEqual({ loss: 1 });
      await store.close();
    });

    it("keep NaN, and the largest double for infinity, and take the same point twice", async () => {
      const store = open();
      const { runId } = await startRun(store);
      const metrics = [
        { key: "nan", value: Number.NaN, step: 0, timestamp: 1 },
        { key: "inf", value: Infinity, step: 0, timestamp: 1 },
      ];
      await store.logBatch(runId, { metrics });
      await store.logBatch(runId, { metrics });
      expect((await store.getRun(runId)).metrics).toEqual({ nan: Number.NaN, inf: Number.MAX_VALUE });
      await store.close();
    });

    it("overwrite tags", async () => {
      const store = open();
      const { runId } = await startRun(store);
      await store.logBatch(runId, { tags: { colour: "blue" } });
      expect((await store.getRun(runId)).tags["colour"]).toBe("blue");
      await store.close();
    });
  });

  describe(`${name}: datasets and artifacts`, () => {
    const dataset = { name: "qa", digest: "12345678", sourceType: "local", source: "{}", schema: "{}", profile: "{}", context: "eval" };

    it("takes the same dataset for several runs", async () => {
      const store = open();
      const first = await startRun(store);
      const second = await startRun(store);
      await store.logDataset(first.runId, dataset);
      await store.logDataset(second.runId, dataset);
      await store.close();
    });

    it("writes artifacts into folders, replaces them, and refuses paths that leave the run", async () => {
      const store = open();
      const { runId } = await startRun(store);
      await store.logArtifact(runId, "a/b.txt", "one");
      await store.logArtifact(runId, "a/b.txt", "two");
      expect(await readArtifact(store, runId, "a/b.txt")).toBe("two");
      for (const path of ["../x", "a/../../x", "", "/../../x"]) {
        expect((await errorOf(() => store.logArtifact(runId, path, "x"))).code, path).toBe("INVALID_ARGUMENT");
      }
      await store.close();
    });
  });
}
