import { describe, expect, it } from "vitest";
import { lacks } from "../helpers/tools.js";
import type { TestServer } from "../helpers/tracking-server.js";
import { useBrowser, webServer } from "../helpers/web-server.js";

const HOSTILE = "<img src=x onerror=window.hacked=1>";
const ROWS = 50;

/** Runs that scored the same samples, with a curve each: right answers of each run as given. */
async function scored(rights: readonly number[]): Promise<TestServer & { runIds: string[] }> {
  const server = await webServer();
  const { store } = server;
  const { experimentId } = await store.createExperiment({ name: "compared" });
  const runIds: string[] = [];
  for (const [i, right] of rights.entries()) {
    const { runId } = await store.createRun({ experimentId, runName: `${HOSTILE} ${i}`, startTime: 1_790_000_000_000 + i });
    const mean = right / ROWS;
    const ends = { accuracy: mean, "accuracy.low": mean - 0.08, "accuracy.high": mean + 0.08 };
    const curve = [3, 2, 1].map((value, step) => ({ key: "loss", value: value + i, timestamp: step, step }));
    const metrics = [...curve, ...Object.entries(ends).map(([key, value]) => ({ key, value, timestamp: 1, step: 0 }))];
    await store.logBatch(runId, { metrics, params: { temperature: String(i), model: HOSTILE } });
    const data = Array.from({ length: ROWS }, (_, row) => [`r${row}`, `What is ${row}?`, row < right ? 1 : 0]);
    await store.writeArtifact(runId, "eval_results_table.json", JSON.stringify({ columns: ["id", "inputs", "accuracy"], data }));
    runIds.push(runId);
  }
  return { ...server, runIds };
}

describe.skipIf(lacks("chromium"))("the page that compares runs", () => {
  const open = useBrowser();

  it("is reached from selected runs, tells apart what can be told, and says where it cannot", async () => {
    const { url } = await scored([10, 44, 45]);
    const { page, errors } = await open(url, "experiments/1");
    await page.getByRole("treegrid").focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("End");
    await page.keyboard.press("Shift+Space");
    await page.getByRole("link", { name: "Compare", exact: true }).click();
    const verdicts = page.getByRole("region", { name: "Verdicts" });
    await verdicts.getByText("Paired tests").waitFor();
    const lines = () => verdicts.locator("tbody tr").allTextContents();
    expect(await lines()).toEqual([expect.stringMatching(/ 1\? ?cannot tell/), expect.stringMatching(/ 0▼ ?worse/)]);
    const values = page.getByRole("region", { name: "Values of the runs" });
    expect(await values.getByRole("rowheader").allTextContents()).toEqual(["Parameters", "temperature", "Metrics", "accuracy", "loss"]);
    expect(await values.locator('[data-standing="tied"]').count()).toBe(2);
    await page.getByLabel(/Also what is the same/).check();
    expect(await values.getByRole("rowheader").allTextContents()).toContain("model");
    await page.getByLabel("beside").selectOption({ index: 2 });
    await expect.poll(lines).toEqual([expect.stringMatching(/▲ ?better/), expect.stringMatching(/▲ ?better/)]);
    await page.locator(".chart canvas").waitFor();
    await page.reload();
    await expect.poll(lines).toEqual([expect.stringMatching(/▲ ?better/), expect.stringMatching(/▲ ?better/)]);
    expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it("shows a hundred runs, and which were not found", async () => {
    const { url, runIds } = await scored(Array.from({ length: 100 }, (_, i) => i % ROWS));
    const { page, errors } = await open(url, `compare?runs=${[...runIds.slice(1), "0".repeat(32)].join(",")}`);
    await page.getByRole("heading", { name: "Compare 99 runs" }).waitFor();
    await page.getByText("1 run was not found").waitFor();
    await page.getByText("corrected for 98 comparisons").waitFor();
    expect(await page.locator(".compare-rows thead th").count()).toBe(100);
    expect(errors).toEqual([]);
  });
});
