import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { openStore } from "../../src/lib/tracking/open-store.js";
import type { TrackingStore } from "../../src/lib/tracking/tracking-store.js";
import { fakeUpstream, sendJson, sendStream } from "../helpers/fake-upstream.js";
import { runCli, startCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { lacks } from "../helpers/tools.js";
import { trackingCommand } from "../helpers/tracking-command.js";
import { useBrowser, webServer } from "../helpers/web-server.js";

const HOSTILE = `<img src=x onerror=window.hacked=1>\u202e${"x".repeat(10_000)}`;

/** A server of commands' own store in a folder, the application in it. */
async function serveFolder(): Promise<{ folder: string; url: string; store: () => Promise<TrackingStore> }> {
  const folder = temporaryFolder();
  const url = await trackingCommand(folder);
  const store = async () => {
    const opened = await openStore(`sqlite:///${join(folder, "mlflow.db")}`, { create: false });
    onTestFinished(() => opened.close());
    return opened;
  };
  return { folder, url, store };
}

async function studyRuns(store: TrackingStore, experiment: string) {
  const { experimentId = "" } = (await store.findExperiment(experiment)) ?? {};
  const { items } = await store.searchRuns({ experimentIds: [experimentId], maxResults: 100 });
  return items.filter(({ tags }) => tags["llmops.kind"] !== undefined);
}

/** A server that answers a number of requests, and the others once it is opened. */
async function gatedUpstream(answered: number) {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  let seen = 0;
  const { url } = await fakeUpstream(async (_, response) => {
    if (++seen > answered) await opened;
    return sendStream(response, [seen % 3 === 0 ? "no" : "yes"]);
  });
  onTestFinished(() => open());
  return { url, open };
}

describe.skipIf(lacks("chromium"))("the page of a study", () => {
  const open = useBrowser();

  const cells = (page: Page, table: string) => page.getByRole("region", { name: table }).locator("tbody tr");
  const charts = (page: Page) => page.locator("figure canvas").count();

  it("follows a sweep of another process, whose end it asks for, and that is resumed", async () => {
    const { folder, url, store: openStoreOf } = await serveFolder();
    const upstream = await gatedUpstream(24);
    const rows = Array.from({ length: 20 }, (_, i) => ({ id: `r${i}`, question: `q${i}`, answer: "yes" }));
    writeFileSync(join(folder, "rows.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const args = ["--endpoint", upstream.url, "--model", "m", "-d", "rows.jsonl", "--repeats", "1", "-c", "4", "--limit", "0"];
    const { page, errors } = await open(url, "");
    const sweep = startCli(["sweep", "temperature", "0,1", ...args], folder);
    await page.getByRole("link", { name: "sweep temperature" }).click();
    await page.waitForURL(/\/app\/studies\//);
    await expect.poll(() => cells(page, "Table of settings").count()).toBe(2);
    const cold = cells(page, "Table of settings").filter({ hasText: "temperature=0" });
    await expect.poll(() => cold.textContent()).toMatch(/\[.*\].*(cells so far|n = \d)/);
    await expect.poll(() => charts(page)).toBeGreaterThan(0);
    expect(await page.getByText("llmops sweep --resume").count()).toBe(1);
    await page.getByRole("button", { name: "Stop…" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Stop…" }).click();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    const { code, stderr } = await sweep.finished;
    expect([code, stderr]).toEqual([130, expect.stringContaining("Stopped by the web application")]);
    await page.getByText("Killed").waitFor();
    await page.getByText("Repeat it").waitFor();
    const [run] = await studyRuns(await openStoreOf(), "sweep");
    expect(run).toMatchObject({ status: "KILLED", tags: { "llmops.cells": "24/40" } });

    upstream.open();
    const resumed = await runCli(["sweep", "--resume", "last"], folder);
    expect(resumed.code, resumed.stderr).toBe(0);
    await page.getByText("Finished").waitFor();
    await expect.poll(() => cold.textContent()).toMatch(/n = 20/);
    await expect.poll(() => cells(page, "Table of verdicts").count()).toBe(1);
    expect(await page.getByText("Resume it").count()).toBe(0);
    expect(errors).toEqual([]);
  });

  it("follows a load test of a server as its levels end", async () => {
    const { folder, url } = await serveFolder();
    const served = startCli(["serve", "--port", "0", "--model_path", "demo", "--threads", "1", "--track", "off"], folder);
    onTestFinished(async () => {
      served.process.kill("SIGTERM");
      await served.finished;
    });
    const [, target = ""] = await served.seen(/Listening on (http:\/\/127\.0\.0\.1:\d+)/);
    const { page, errors } = await open(url, "");
    const bench = startCli(["bench", target, "--concurrency", "1,2", "--duration", "6", "--warmup", "0", "--max_tokens", "4"], folder);
    await page.getByRole("listitem").filter({ hasText: "Load test" }).getByRole("link").click();
    await page.waitForURL(/\/app\/studies\//);
    const level = (concurrency: number) => cells(page, "Levels").nth(concurrency - 1);
    const isRunning = (concurrency: number) => level(concurrency).getByText("running", { exact: true }).isVisible();
    await expect.poll(() => isRunning(1)).toBe(true);
    await expect.poll(async () => [await isRunning(1), await isRunning(2)]).toEqual([false, true]);
    expect(await page.getByText("Running", { exact: true }).count()).toBe(1);
    expect(await level(1).textContent()).toMatch(/^1 at a time .*\d ms$/);
    const { code, stderr } = await bench.finished;
    expect(code, stderr).toBe(0);
    await page.getByText("Finished", { exact: true }).waitFor();
    await expect.poll(async () => [await isRunning(1), await isRunning(2)]).toEqual([false, false]);
    await expect.poll(() => page.locator(".bench-charts canvas").count()).toBe(5);
    expect(await page.getByRole("button", { name: "Stop…" }).count()).toBe(0);
    expect(errors).toEqual([]);
  });

  it("says of an evaluation that its endpoint refused what it is and why it failed, as the first page does", async () => {
    const { folder, url, store: openStoreOf } = await serveFolder();
    const { url: upstream } = await fakeUpstream(({ path }, response) =>
      path.endsWith("/models")
        ? sendJson(response, { data: [{ id: "m" }] })
        : sendJson(response, { error: { message: "no such luck" } }, 400),
    );
    const asked = await runCli(["eval", "--endpoint", upstream, "--limit", "3", "--retries", "0"], folder);
    expect(asked.code, asked.stderr).toBe(3);
    const { page, errors } = await open(url, "");
    await page.getByRole("listitem").filter({ hasText: "Failed" }).getByText("no such luck").waitFor();
    const [run] = await studyRuns(await openStoreOf(), "eval");
    await page.goto(`${url}/app/studies/${run!.runId}`);
    await page.getByText("no such luck").first().waitFor();
    await page.getByText("Evaluation", { exact: true }).waitFor();
    expect(errors).toEqual([]);
  });

  it("shows a grid as a map with lines, sorts its settings, and leads to their runs", async () => {
    const { folder, url, store: openStoreOf } = await serveFolder();
    const few = ["--limit", "12", "--repeats", "1"];
    const grid = await runCli(["sweep", "temperature=0.1,1.3", "top_p=0.5,1", "--grid", ...few], folder);
    expect(grid.code, grid.stderr).toBe(0);
    const [sweep] = await studyRuns(await openStoreOf(), "sweep");
    const { page, errors } = await open(url, `studies/${sweep!.runId}`);
    await page.locator("figcaption", { hasText: /^Map/ }).waitFor();
    await expect.poll(() => charts(page)).toBeGreaterThan(4);
    await expect.poll(() => cells(page, "Table of every pair").count()).toBe(6);
    const first = () => cells(page, "Table of settings").first().locator("th").textContent();
    await page.getByRole("button", { name: "temperature", exact: true }).press("Enter");
    await page.getByRole("button", { name: "temperature", exact: true }).press("Enter");
    expect(await first()).toMatch(/^temperature=1\.3/);
    await page.reload();
    await expect.poll(first).toMatch(/^temperature=1\.3/);
    await cells(page, "Table of settings").first().getByRole("link").click();
    await page.waitForURL(/\/app\/runs\//);
    expect(errors).toEqual([]);
  });

  it("shows a search with its proof and slices that can be moved, and leads to the runs of its trials", async () => {
    const { folder, url, store: openStoreOf } = await serveFolder();
    const search = await runCli(["optimize", "temperature=0.1..1.5", "top_p=0.5..1.0", "--trials", "6", "--limit", "12"], folder);
    expect([0, 5], search.stderr).toContain(search.code);
    const [found] = await studyRuns(await openStoreOf(), "optimize");
    const { page, errors } = await open(url, `studies/${found!.runId}`);
    await expect.poll(() => cells(page, "Table of trials").count()).toBe(6);
    await expect.poll(() => cells(page, "Table of the proof").count()).toBeGreaterThan(1);
    await expect.poll(() => charts(page)).toBe(4); // history, plane, and two slices
    const held = page.getByText(/^Held: top_p /);
    const usual = await held.textContent();
    const slider = page.getByRole("slider", { name: "top_p held at" });
    await slider.focus();
    await slider.press(usual === "Held: top_p 0.5" ? "End" : "Home");
    await expect.poll(() => held.textContent()).not.toBe(usual);
    await page.getByRole("button", { name: "As usual" }).click();
    await expect.poll(() => held.textContent()).toBe(usual);
    await cells(page, "Table of trials").first().getByRole("link").click();
    await page.waitForURL(/\/app\/runs\//);
    await page.goBack();
    await page.getByRole("link", { name: "Run", exact: true }).click();
    await page.getByRole("link", { name: "Study", exact: true }).click();
    await page.waitForURL(/\/app\/studies\//);
    expect(errors).toEqual([]);
  });

  it("shows grades with what calibration and audit say of the judge, and pairs in both orders", async () => {
    const { folder, url, store: openStoreOf } = await serveFolder();
    const answers = (text: (i: number) => string) =>
      Array.from(
        { length: 12 },
        (_, i) => `${JSON.stringify({ id: `r${i}`, question: "What is the capital of France?", answer: "Paris", response: text(i) })}\n`,
      ).join("");
    writeFileSync(
      join(folder, "one.jsonl"),
      answers((i) => (i % 2 ? "The capital of France is Paris." : "I do not know.")),
    );
    writeFileSync(
      join(folder, "two.jsonl"),
      answers(() => "The capital of France is Paris."),
    );
    writeFileSync(join(folder, "labels.csv"), `id,label\n${Array.from({ length: 12 }, (_, i) => `r${i},${i % 2 ? 5 : 1}\n`).join("")}`);
    const judge = async (...args: string[]) => {
      const { code, stderr } = await runCli(["judge", ...args], folder);
      expect([0, 1], stderr).toContain(code);
    };
    await judge("calibrate", "--dataset", "one.jsonl", "--labels", "labels.csv", "--rubric", "accuracy");
    await judge("audit", "--rubric", "accuracy", "--limit", "4");
    await judge("--dataset", "one.jsonl", "--rubric", "accuracy");
    await judge("--dataset", "one.jsonl", "--rubric", "relevance");
    await judge("--pairwise", "one.jsonl", "two.jsonl");
    const runs = await studyRuns(await openStoreOf(), "judge");
    const idOf = (name: RegExp) => runs.find(({ runName }) => name.test(runName))?.runId ?? "";
    const { page, errors } = await open(url, `studies/${idOf(/accuracy/)}`);
    await page.getByText("weighted kappa with people").waitFor();
    await page.getByRole("table", { name: "People in rows, Judge in columns" }).waitFor();
    await expect.poll(() => cells(page, "Table of the audit").count()).toBeGreaterThan(3);
    await page.goto(`${url}/app/studies/${idOf(/relevance/)}`);
    await page.getByText("Labels are missing").waitFor();
    await page.goto(`${url}/app/studies/${idOf(/pairwise/)}`);
    await expect.poll(() => cells(page, "Table of pairs").count()).toBe(1);
    await page.getByRole("table", { name: "First shown first in rows, Second shown first in columns" }).waitFor();
    expect(errors).toEqual([]);
  });

  it("lets hostile names and documents do nothing, on a phone and in the dark", async () => {
    const { url, store } = await webServer();
    const { experimentId } = await store.createExperiment({ name: "e" });
    const tags = { "llmops.kind": "sweep", "llmops.progress": "0.5", "llmops.resume": `llmops sweep --resume ${HOSTILE}` };
    const { runId } = await store.createRun({ experimentId, runName: HOSTILE, startTime: Date.now(), tags });
    const { artifactUri } = await store.getRun(runId);
    const estimate = { mean: 0.5, low: 0.4, high: 0.6, n: 10 };
    const named = ["__proto__", "constructor", HOSTILE];
    const settings = named.map((name, i) => ({
      ...{
        name,
        repeats: 1,
        reliability: null,
        cells: { done: 10, failed: 1, filtered: 0, unscored: 0, planned: 10 },
        unscored: {},
        model: null,
      },
      params: JSON.parse(`{"__proto__": ${i}, "toString": ${JSON.stringify(name)}}`) as object,
      metrics: JSON.parse(`{"__proto__": ${JSON.stringify(estimate)}, ${JSON.stringify(HOSTILE)}: ${JSON.stringify(estimate)}}`) as object,
      ...{ letters: "abcdefghijklmnop", pareto: true, stopped: HOSTILE, comparison: null, run_id: null },
    }));
    const result = {
      ...{ schema: "llmops.sweep/3", command: HOSTILE, settings, comparisons: { pairs: 0 }, reference: null, best: null },
      study: {
        dataset: { path: HOSTILE, samples: 1 },
        model: HOSTILE,
        scorer: "s",
        metric: "__proto__",
        kind: "rate",
        direction: "max",
        scorers: [],
      },
      errors: [{ code: "X", message: HOSTILE, cells: 1 }],
      checks: [{ name: HOSTILE, state: "met", evidence: HOSTILE }],
    };
    await store.artifacts.write(
      artifactUri,
      "study.json",
      JSON.stringify({ schema: "llmops.study/1", kind: "sweep", status: "running", cells: {}, result }),
    );
    const { page, errors } = await open(url, `studies/${runId}`, { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
    await expect.poll(() => cells(page, "Table of settings").count()).toBe(3);
    await expect.poll(() => charts(page)).toBeGreaterThan(0);
    expect(await page.evaluate("document.querySelector('main').scrollWidth")).toBe(390);
    expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
    expect(errors).toEqual([]);
    await store.artifacts.write(artifactUri, "study.json", `{"schema": "llmops.study/1", "result": {"schema": "llmops.sweep/99"}}`);
    await page.getByText("of a version that is not shown here").waitFor();
    await store.artifacts.write(artifactUri, "study.json", "not JSON");
    await page.reload();
    await page.getByRole("alert").waitFor();
  });
});
