import { describe, expect, it, onTestFinished } from "vitest";
import type { TrackingStore } from "../../src/lib/tracking/tracking-store.js";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { webServer } from "../helpers/web-server.js";

const ROWS = 60;

/** A run whose first rows are right, with the scores of single samples. */
async function scored(store: TrackingStore, runName: string, right: number): Promise<string> {
  const { runId } = await store.createRun({ experimentId: "0", runName, startTime: Date.now() });
  await store.logBatch(runId, { metrics: [{ key: "accuracy", value: right / ROWS, timestamp: 1, step: 0 }] });
  const data = Array.from({ length: ROWS }, (_, row) => [`r${row}`, `What is ${row}?`, row < right ? 1 : 0]);
  await store.writeArtifact(runId, "eval_results_table.json", JSON.stringify({ columns: ["id", "inputs", "accuracy"], data }));
  await store.updateRun(runId, { status: "FINISHED", endTime: Date.now() });
  return runId;
}

/** A run that gave one answer, to the row of that id. */
async function answering(store: TrackingStore, row: string): Promise<string> {
  const { runId } = await store.createRun({ experimentId: "0", runName: "one answer", startTime: Date.now() });
  const table = { columns: ["id", "inputs", "outputs"], data: [[row, "What?", "That."]] };
  await store.writeArtifact(runId, "eval_results_table.json", JSON.stringify(table));
  return runId;
}

async function post(url: string, path: string, body: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${url}/api/llmops/1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function register(store: TrackingStore, runIds: readonly string[]): Promise<void> {
  await store.registry.createModel({ name: "m" });
  for (const runId of runIds) await store.registry.createVersion({ name: "m", source: "models", runId });
  await store.registry.setAlias("m", "champion", "1");
}

describe("promotion over HTTP", () => {
  it("moves an alias where all is proven, and nothing otherwise or on a dry run", async () => {
    const { url, store } = await webServer();
    await register(store, [await scored(store, "old", 40), await scored(store, "better", 58), await scored(store, "like it", 41)]);
    const ask = (version: string, more: object) => post(url, "models/promote", { name: "m", version, alias: "champion", ...more });
    const champion = async () => (await store.registry.getModel("m")).aliases["champion"];
    const dry = await ask("2", { require: ["accuracy>champion"], dry_run: true });
    expect(dry.body).toMatchObject({ promoted: false, requirements: [{ requirement: "accuracy > champion", state: "met" }] });
    expect(await champion()).toBe("1");
    const untold = await ask("3", { require: ["accuracy>champion"] });
    expect(untold.body).toMatchObject({ promoted: false, requirements: [{ state: "cannot tell" }] });
    expect(await champion()).toBe("1");
    expect((await ask("2", { require: ["accuracy>champion", "accuracy>0.8"] })).body).toMatchObject({
      promoted: true,
      version: { version: "2", aliases: ["champion"] },
    });
    expect(await champion()).toBe("2");
    const staged = await post(url, "models/promote", { name: "m", version: "3", stage: "staging" });
    expect(staged.body).toMatchObject({ promoted: true, version: { current_stage: "Staging" } });
  });

  it("says what is wrong with what it is asked", async () => {
    const { url, store } = await webServer();
    await register(store, [await scored(store, "old", 40)]);
    const refused = async (body: object) => {
      const answer = await post(url, "models/promote", { name: "m", version: "1", ...body });
      return [answer.status, answer.body["message"]];
    };
    expect(await refused({})).toEqual([400, expect.stringContaining("'alias'")]);
    expect(await refused({ alias: "champion", require: ["better"] })).toEqual([
      400,
      expect.stringContaining('"better" is not a requirement'),
    ]);
    expect(await refused({ alias: "champion", require: ["speed>1"] })).toEqual([400, expect.stringContaining('no metric "speed"')]);
    expect(await refused({ version: "9", alias: "champion" })).toEqual([404, expect.anything()]);
    expect(await refused({ stage: "Nowhere" })).toEqual([400, expect.stringContaining("Nowhere")]);
  });
});

describe("comparisons over HTTP", () => {
  it("tell runs apart by the samples that both scored, or say that they cannot", async () => {
    const { url, store } = await webServer();
    const [first, worse, alike] = [await scored(store, "a", 50), await scored(store, "b", 10), await scored(store, "c", 49)];
    const { runId: bare } = await store.createRun({ experimentId: "0", runName: "d", startTime: 1 });
    const { status, body } = await post(url, "runs/compare", { runs: [first, worse, alike, bare] });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      score: "accuracy",
      scores: ["accuracy"],
      directions: { accuracy: "max" },
      pairs: [
        { run_id: worse, samples: ROWS, verdict: "worse" },
        { run_id: alike, samples: ROWS, verdict: "cannot tell" },
      ],
    });
    const turned = await post(url, "runs/compare", { runs: [first, worse], baseline: worse, score: "accuracy" });
    expect(turned.body).toMatchObject({ pairs: [{ run_id: first, verdict: "better" }] });
    expect((await post(url, "runs/compare", { runs: [bare, first] })).body).toMatchObject({ score: null, scores: [], pairs: [] });
    expect(await post(url, "runs/compare", { runs: [first, worse], score: "nothing" })).toMatchObject({ status: 400 });
    expect(await post(url, "runs/compare", { runs: [first, "f".repeat(32)] })).toMatchObject({ status: 404 });
    const many = Array.from({ length: 101 }, (_, i) => String(i));
    expect((await post(url, "runs/compare", { runs: many })).body["message"]).toContain("at most 100");
  });

  it("are made in a thread by the server that is built", async () => {
    const folder = temporaryFolder();
    const store = openLocalStore(folder, { create: true });
    const runs = [await scored(store, "a", 50), await scored(store, "b", 10)];
    await store.close();
    const built = new URL("../../dist/app/tracking/serve-store.js", import.meta.url).href;
    const { serveStore } = (await import(built)) as typeof import("../../src/app/tracking/serve-store.js");
    const server = await serveStore({
      ...{ store: folder, host: "127.0.0.1", port: 0, allowedHosts: [], allowedOrigins: [], token: undefined },
    });
    onTestFinished(() => server.close());
    expect((await post(server.url, "runs/compare", { runs })).body).toMatchObject({ pairs: [{ verdict: "worse" }] });
    expect(await post(server.url, "runs/compare", { runs: ["x"] })).toMatchObject({ status: 404 });
  });
});

describe("answers over HTTP", () => {
  it("are read in windows, rated, and taken as labels; a rating is changed and taken back", async () => {
    const { url, store } = await webServer();
    const runs = [await scored(store, "a", 50), await scored(store, "b", 10)];
    const { body } = await post(url, "answers/query", { runs, show: "flips", limit: 2, offset: 39 });
    expect(body).toMatchObject({ total: ROWS, matching: 40, counts: { flips: 40, rated: 0 }, rows: [{ id: "r49" }] });
    const place = { run_id: runs[0], row_id: "r1" };
    const ratings = async () => {
      const answer = await post(url, "answers/query", { runs: runs.slice(0, 1), show: "rated" });
      return (answer.body["rows"] as { id: string; cells: { rating: unknown }[][] }[]).map(({ id, cells }) => [id, cells[0]?.[0]?.rating]);
    };
    const rate = async (rating: object) => (await post(url, "answers/rate", { ...place, ...rating })).status;
    expect(await rate({ value: true, comment: "yes" })).toBe(200);
    expect(await ratings()).toMatchObject([["r1", { value: true, comment: "yes", trace_id: expect.stringMatching(/^tr-/) as string }]]);
    expect(await rate({ value: 2 })).toBe(200);
    expect(await ratings()).toMatchObject([["r1", { value: 2, comment: null }]]);
    expect(await rate({ value: null })).toBe(200);
    expect(await ratings()).toEqual([]);
    expect((await post(url, "answers/labels", { runs })).body).toEqual({ labels: [] });
    for (const row of ["nul\u0000row", "half \ud800", "q'\"uote"]) {
      const own = [await answering(store, row)];
      expect((await post(url, "answers/rate", { run_id: own[0], row_id: row, value: false })).status).toBe(200);
      const { body: rated } = await post(url, "answers/query", { runs: own, show: "rated" });
      expect(rated).toMatchObject({
        matching: 1,
        scales: { pass: 1, levels: 0 },
        rows: [{ id: row, cells: [[{ rating: { value: false } }]] }],
      });
      expect((await post(url, "answers/labels", { runs: own })).body).toMatchObject({ labels: [{ id: row, label: "fail" }] });
    }
    expect(await rate({ row_id: "nothing", value: 1 })).toBe(404);
    expect(await rate({ value: {} })).toBe(400);
    expect((await post(url, "answers/query", { runs, limit: 51 })).body["message"]).toContain("'limit'");
    expect((await post(url, "answers/query", { runs: [] })).status).toBe(400);
  });
});
