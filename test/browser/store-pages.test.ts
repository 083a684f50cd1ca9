import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { storePages } from "../../src/lib/report/store-pages.js";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import { startTrackingServer } from "../../src/lib/tracking/server/start-tracking-server.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { CHROMIUM, lacks } from "../helpers/tools.js";

/** A server with its pages over an experiment of three runs, one of them with a name that wants to be a script. */
async function servedStore(): Promise<string> {
  const folder = temporaryFolder();
  const store = openLocalStore(folder, { create: true });
  const { experimentId } = await store.createExperiment({ name: "shown" });
  for (const [index, { name, lr, acc }] of [
    { name: "first", lr: "0.1", acc: 0.5 },
    { name: "<img src=x onerror=window.hacked=1>", lr: "0.01", acc: 0.9 },
    { name: "third", lr: "1", acc: 0.7 },
  ].entries()) {
    const { runId } = await store.createRun({ experimentId, runName: name, startTime: index });
    const interval = [0.05, -0.05].map((d, k) => ({ key: `acc_ci_${["high", "low"][k]}`, value: acc + d, timestamp: 1, step: 0 }));
    const curve = [3, 2, 1].map((value, step) => ({ key: "loss", value, timestamp: step, step }));
    await store.logBatch(runId, { params: { lr }, metrics: [{ key: "acc", value: acc, timestamp: 1, step: 0 }, ...interval, ...curve] });
    await store.writeArtifact(runId, "notes/a.txt", "hello");
  }
  const security = { allowedHosts: [], allowedOrigins: [], token: undefined };
  const server = await startTrackingServer(store, { host: "127.0.0.1", port: 0, ...security, pages: storePages(store) });
  onTestFinished(async () => {
    await server.close();
    await store.close();
  });
  return server.url;
}

describe.skipIf(lacks("chromium"))("the pages of the tracking server", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox"] });
  });
  afterAll(() => browser.close());

  async function open(url: string): Promise<{ page: Page; errors: string[] }> {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    onTestFinished(() => page.close());
    await page.goto(url);
    return { page, errors };
  }

  it("lead from the experiments to a run and its files, without an error", async () => {
    const { page, errors } = await open(await servedStore());
    await page.getByRole("link", { name: "shown" }).click();
    await page.getByRole("link", { name: "first" }).click();
    expect(await page.locator("h1").textContent()).toBe("first");
    expect(await page.locator("figure svg").count()).toBe(1);
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "notes/a.txt" }).click();
    expect((await download).suggestedFilename()).toBe("a.txt");
    expect(errors.filter((text) => !/favicon/.test(text))).toEqual([]);
  });

  it("sort the runs by any column, numbers as numbers, and show intervals and charts", async () => {
    const { page } = await open(`${await servedStore()}/experiments/1`);
    const column = async (index: number) =>
      (await page.locator(`tbody tr td:nth-child(${index})`).allTextContents()).map((text) => text.trim());
    await page.getByRole("button", { name: "lr" }).click();
    expect(await column(5)).toEqual(["0.01", "0.1", "1"]);
    await page.getByRole("button", { name: "lr" }).click();
    expect(await column(5)).toEqual(["1", "0.1", "0.01"]);
    await page.getByRole("button", { name: "acc" }).click();
    expect(await column(6)).toEqual(["0.5 [0.45, 0.55]", "0.7 [0.65, 0.75]", "0.9 [0.85, 0.95]"]);
    expect(await page.locator("figure svg").count()).toBeGreaterThanOrEqual(3);
  });

  it("run nothing that stands in a run's name", async () => {
    const { page } = await open(`${await servedStore()}/experiments/1`);
    expect(await page.locator("tbody img").count()).toBe(0);
    expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
    expect(await page.getByRole("link", { name: "<img src=x onerror=window.hacked=1>" }).count()).toBe(1);
    if (process.env["SCREENSHOTS"]) await page.screenshot({ path: join(process.env["SCREENSHOTS"], "experiment.png"), fullPage: true });
  });
});
