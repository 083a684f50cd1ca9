import { describe, expect, it } from "vitest";
import { lacks } from "../helpers/tools.js";
import type { TestServer } from "../helpers/tracking-server.js";
import { useBrowser, webServer } from "../helpers/web-server.js";

const HOSTILE = "<img src=x onerror=window.hacked=1> %41\u202e";
/** As pages show it. */
const HOSTILE_SHOWN = HOSTILE.replace("\u202e", "\\u202e");
const ROWS = 40;

/** A model of three versions: the second as good as the champion, the third far worse; each with the scores of single samples. */
async function withModel(): Promise<TestServer & { runIds: string[] }> {
  const server = await webServer();
  const { store } = server;
  const { experimentId } = await store.createExperiment({ name: "quality" });
  await store.registry.createModel({ name: HOSTILE });
  const runIds: string[] = [];
  for (const [i, right] of [36, 36, 4].entries()) {
    const { runId } = await store.createRun({ experimentId, runName: `${HOSTILE} ${i + 1}`, startTime: 1_790_000_000_000 + i });
    await store.logBatch(runId, { metrics: [{ key: "accuracy", value: right / ROWS, timestamp: 1, step: 0 }] });
    const data = Array.from({ length: ROWS }, (_, row) => [`r${row}`, `What is ${row}?`, row < right ? 1 : 0]);
    await store.writeArtifact(runId, "eval_results_table.json", JSON.stringify({ columns: ["id", "inputs", "accuracy"], data }));
    await store.updateRun(runId, { status: "FINISHED", endTime: 1_790_000_001_000 });
    const { artifactUri } = await store.getRun(runId);
    await store.registry.createVersion({ name: HOSTILE, source: artifactUri, runId });
    runIds.push(runId);
  }
  await store.registry.setAlias(HOSTILE, "champion", "1");
  return { ...server, runIds };
}

describe.skipIf(lacks("chromium"))("the pages of models", () => {
  const open = useBrowser();

  it("lead from home to a version, which is promoted where its run proves enough, and refused where it does not", async () => {
    const { url, store } = await withModel();
    const champion = async () => (await store.registry.getModel(HOSTILE)).aliases["champion"];
    const { page, errors } = await open(url, "");
    await page.getByRole("link", { name: HOSTILE_SHOWN, exact: true }).click();
    const third = page.getByRole("article", { name: "Version 3" });
    await third.getByRole("button", { name: "Promote…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/Only if all/).fill("accuracy>=champion");
    await dialog.getByLabel(/Largest loss/).fill("0.2");
    await dialog.getByRole("button", { name: "Check and promote" }).click();
    await dialog.getByText("Not promoted").waitFor();
    expect(await dialog.getByRole("listitem").textContent()).toContain("accuracy >= champion: not met");
    expect(await champion()).toBe("1");
    await page.keyboard.press("Escape");

    await page.getByRole("article", { name: "Version 2" }).getByRole("button", { name: "Promote…" }).click();
    await dialog.getByLabel(/Only if all/).fill("accuracy>=champion\naccuracy>0.7");
    await dialog.getByLabel(/Largest loss/).fill("0.2");
    await dialog.getByRole("button", { name: "Check only" }).click();
    await dialog.getByText("nothing was moved yet").waitFor();
    expect(await champion()).toBe("1");
    await dialog.getByRole("button", { name: "Check and promote" }).click();
    await dialog.getByText("Version 2 is promoted").waitFor();
    expect(await champion()).toBe("2");
    expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it("roll an alias back, describe, tag, move, and delete versions", async () => {
    const { url, store } = await withModel();
    await store.registry.setAlias(HOSTILE, "champion", "3");
    const { page, errors } = await open(url, `models/${encodeURIComponent(HOSTILE)}`);
    await page.getByRole("button", { name: "Roll back…" }).click();
    await page.getByRole("button", { name: "Roll back to version 2" }).click();
    await page.getByText("champion is version 2 again.").waitFor();
    expect((await store.registry.getModel(HOSTILE)).aliases).toEqual({ champion: "2" });
    const third = page.getByRole("article", { name: "Version 3" });
    await third.getByLabel("Stage").selectOption("Archived");
    await expect.poll(async () => (await store.registry.getVersion(HOSTILE, "3")).stage).toBe("Archived");
    await third.getByRole("button", { name: "Describe…" }).click();
    await page.getByRole("textbox", { name: "Description" }).fill("not good enough");
    await page.keyboard.press("Enter");
    await third.getByText("not good enough").waitFor();
    await third.getByRole("button", { name: "Tag…" }).click();
    await page.getByRole("textbox", { name: "Tag" }).fill("why");
    await page.getByRole("textbox", { name: "Value" }).fill("accuracy");
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await store.registry.getVersion(HOSTILE, "3")).tags).toEqual({ why: "accuracy" });
    await third.getByRole("button", { name: "Delete…" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await expect.poll(() => page.getByRole("article").count()).toBe(2);
    expect(errors).toEqual([]);
  });

  it("get a version from the page of a run", async () => {
    const { url, store, runIds } = await withModel();
    const { page, errors } = await open(url, `runs/${runIds[0]}`);
    await page.getByRole("button", { name: "Register…" }).click();
    await page.getByRole("combobox", { name: "Model" }).fill("fresh");
    await page.getByLabel("Files").selectOption("eval_results_table.json");
    await page.getByRole("button", { name: "Register", exact: true }).click();
    await page.getByRole("article", { name: "Version 1" }).waitFor();
    const { source, runId } = await store.registry.getVersion("fresh", "1");
    expect(source).toMatch(/eval_results_table\.json$/);
    expect(runId).toBe(runIds[0]);
    expect(errors).toEqual([]);
  });
});
