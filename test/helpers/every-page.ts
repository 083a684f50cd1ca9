import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { recordWatching } from "./monitor-documents.js";
import { runCli } from "./run-cli.js";
import { temporaryFolder } from "./temporary-folder.js";
import type { TestServer } from "./tracking-server.js";
import { webServer } from "./web-server.js";

const ROWS = 12;

/** A folder whose store has a study of each kind, and their runs by kind. */
async function studies(): Promise<{ folder: string; runs: Record<string, string> }> {
  const folder = temporaryFolder();
  const write = (file: string, answered: string) => {
    const rows = Array.from({ length: ROWS }, (_, i) => ({ id: `r${i}`, question: `Is ${i} even?`, answer: i % 2 === 0 ? "yes" : "no" }));
    writeFileSync(join(folder, file), rows.map((row) => JSON.stringify({ ...row, output: answered })).join("\n"));
  };
  write("rows.jsonl", "yes");
  write("others.jsonl", "no");
  const runs: Record<string, string> = {};
  for (const [kind, args] of Object.entries({
    sweep: ["sweep", "temperature", "0,0.5,1", "top_k=5,40", "-d", "rows.jsonl"],
    optimize: ["optimize", "temperature=0..1", "top_p=0.1..1", "--trials", "5", "--proof", "6", "-d", "rows.jsonl"],
    judge: ["judge", "-d", "rows.jsonl"],
    bench: ["bench", "--concurrency", "1,2", "--requests", "6", "--max_tokens", "4", "--slo", "ttft<1ms"],
    pairwise: ["judge", "--pairwise", "rows.jsonl", "others.jsonl"],
  })) {
    const { stdout, stderr } = await runCli([...args, "--json"], folder);
    const { study, run_id = study?.run_id } = JSON.parse(stdout) as { study?: { run_id: string }; run_id?: string };
    expect(run_id, stderr).toBeDefined();
    runs[kind] = run_id ?? "";
  }
  return { folder, runs };
}

/** A server over studies and runs with curves, tables, notes, and a registered model; and the places of its pages. */
export async function everyPage(): Promise<{ url: string; places: Record<string, string> }> {
  const { folder, runs } = await studies();
  const { url, store } = await webServer(folder, { urls: ["http://127.0.0.1:9"] });
  const { experimentId } = await store.createExperiment({ name: "quality" });
  const create = (runName: string, tags: Record<string, string>) =>
    store.createRun({ experimentId, runName, startTime: 1_790_000_000_000, tags });
  const note = { "mlflow.note.content": "# Why\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [ ] open" };
  const parent = await create("a study", { "llmops.kind": "sweep", "llmops.progress": "0.5", "llmops.cells": "12/24", ...note });
  const runIds: string[] = [];
  for (const [i, right] of [9, 4].entries()) {
    const { runId, artifactUri } = await create(`setting ${i}`, { "mlflow.parentRunId": parent.runId, team: "eval" });
    const curve = [3, 2, 1].map((value, step) => ({ key: "loss", value: value + i, timestamp: step, step }));
    const ends = ["", ".low", ".high"].map((end, place) => ({
      key: `accuracy${end}`,
      value: right / 12 - place / 20,
      timestamp: 1,
      step: 0,
    }));
    await store.logBatch(runId, { params: { temperature: `0.${i}`, prompt: "a long prompt" }, metrics: [...curve, ...ends] });
    const data = Array.from({ length: ROWS }, (_, row) => [`r${row}`, `What is ${row}?`, row < right ? 1 : 0]);
    await store.writeArtifact(runId, "eval_results_table.json", JSON.stringify({ columns: ["id", "inputs", "accuracy"], data }));
    await store.updateRun(runId, { status: "FINISHED", endTime: 1_790_000_001_000 });
    await store.registry.createModel({ name: `model ${i}` });
    await store.registry.createVersion({ name: `model ${i}`, source: artifactUri, runId });
    await store.registry.setAlias(`model ${i}`, "champion", "1");
    runIds.push(runId);
  }
  await recordWatching(store);
  const [first = ""] = runIds;
  await addTrace(store, experimentId);
  return {
    url,
    places: {
      ...{
        home: "",
        experiments: "experiments",
        runs: `experiments/${experimentId}`,
        charts: `experiments/${experimentId}/charts`,
        run: `runs/${parent.runId}`,
      },
      ...{ curves: `runs/${first}?tab=curves`, files: `runs/${first}?tab=artifacts`, compare: `compare?runs=${runIds.join(",")}` },
      answers: `answers?runs=${runIds.join(",")}`,
      ...{ traces: "traces", trace: "traces/tr-1" },
      ...{ monitor: "monitor?range=15m", canary: "monitor?tab=canary", playground: "playground" },
      ...{ models: "models", model: "models/model%200", missing: "nowhere" },
      ...Object.fromEntries(Object.entries(runs).map(([kind, runId]) => [kind, `studies/${runId}`])),
    },
  };
}

/** A trace that failed, with spans and assessments. */
async function addTrace({ traces, artifacts }: TestServer["store"], experimentId: string): Promise<void> {
  const { tags } = await traces.put({
    ...{ traceId: "tr-1", experimentId, requestTimeMs: 1_790_000_000_000, durationMs: 20, state: "ERROR", clientRequestId: "r1" },
    ...{
      requestPreview: "**What** is 1?",
      responsePreview: '{"answer": 1}',
      metadata: {},
      tags: { "mlflow.traceName": "agent", team: "eval" },
    },
  });
  const span = (id: string, parent: string | null) => ({
    ...{ span_id: id, parent_span_id: parent, name: id, start_time_unix_nano: 1e18, end_time_unix_nano: 1e18 + 1e6 },
    ...{
      status: { code: "STATUS_CODE_ERROR", message: "too long" },
      attributes: { "mlflow.spanType": '"LLM"', "mlflow.spanInputs": '{"q": 1}' },
    },
  });
  await artifacts.write(tags["mlflow.artifactLocation"] ?? "", "traces.json", JSON.stringify({ spans: [span("a", null), span("b", "a")] }));
  const said = {
    traceId: "tr-1",
    error: null,
    sourceType: "HUMAN",
    sourceId: "me",
    runId: null,
    spanId: null,
    overrides: null,
    metadata: null,
  };
  const feedback = await traces.createAssessment({ ...said, name: "quality", kind: "feedback", value: false, rationale: "wrong" });
  await traces.createAssessment({
    ...said,
    name: "quality",
    kind: "feedback",
    value: true,
    rationale: null,
    overrides: feedback.assessmentId,
  });
  await traces.createAssessment({ ...said, name: "answer", kind: "expectation", value: "one", rationale: null });
}

/** Opens a page and waits until all of it is there. */
export async function goTo(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.locator("h1").first().waitFor();
  await expect.poll(() => page.locator(".skeleton").count()).toBe(0);
}
