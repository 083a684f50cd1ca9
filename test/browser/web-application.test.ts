import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { fakeUpstream } from "../helpers/fake-upstream.js";
import { lacks } from "../helpers/tools.js";
import type { TestServer } from "../helpers/tracking-server.js";
import { useBrowser, webServer } from "../helpers/web-server.js";

const HOSTILE = "<img src=x onerror=window.hacked=1>";

/** A server over an experiment of three runs with a curve each and a child of the first, one of them with a name that wants to be a script. */
async function filled(): Promise<TestServer & { runIds: string[] }> {
  const server = await webServer();
  const { experimentId } = await server.store.createExperiment({ name: "shown" });
  const runIds: string[] = [];
  for (const [i, name] of ["first", HOSTILE, "third", "child"].entries()) {
    const { runId } = await server.store.createRun({ experimentId, runName: name, startTime: 1_790_000_000_000 - i * 1000 });
    const curve = [3, 2, 1].map((value, step) => ({ key: "loss", value: value + i, timestamp: step, step }));
    const tags = name === "child" ? { "mlflow.parentRunId": runIds[0] ?? "" } : {};
    const accuracy = { key: "accuracy", value: [0.5, 0.9, 0.7, 0.1][i] ?? 0, timestamp: 1, step: 0 };
    await server.store.logBatch(runId, { params: { lr: `0.${i}`, note: HOSTILE }, metrics: [...curve, accuracy], tags });
    runIds.push(runId);
  }
  return { ...server, runIds };
}

describe.skipIf(lacks("chromium"))("the web application", () => {
  const open = useBrowser();

  const names = (page: Page) => page.locator(".run-name").allTextContents();

  it("lists runs with their children below them, sorts by any column, and runs no script of a name", async () => {
    const { url } = await filled();
    const { page, errors } = await open(url, "experiments/1");
    await expect.poll(() => names(page)).toEqual(["first", HOSTILE, "third"]);
    await page.getByRole("button", { name: "Show 1 child of first" }).click();
    await expect.poll(() => names(page)).toEqual(["first", "child", HOSTILE, "third"]);
    await page.getByRole("columnheader", { name: "accuracy" }).getByRole("button").click();
    await expect.poll(() => names(page)).toEqual([HOSTILE, "third", "first", "child"]);
    expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it("groups runs by a parameter, with what they have on the average, and shows the runs of a group", async () => {
    const { url, store, runIds } = await filled();
    for (const [i, runId] of runIds.entries()) if (i < 3) await store.logBatch(runId, { params: { model: i < 2 ? "small" : HOSTILE } });
    const { page, errors } = await open(url, "experiments/1");
    await page.getByLabel("Group by").selectOption({ label: "model" });
    await expect.poll(() => names(page)).toEqual([HOSTILE, "small", "without model"]);
    expect(await page.locator(".total").first().textContent()).toContain("3 groups of 4 runs");
    const small = page.getByRole("row").filter({ hasText: "small" });
    await expect.poll(() => small.getByTitle("Mean of all 2 runs: 0.7; from 0.5 to 0.9").textContent()).toContain("0.7");
    await page.getByRole("treegrid").focus();
    for (const key of ["ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
    await expect.poll(() => names(page)).toEqual([HOSTILE, "small", "first", HOSTILE, "without model"]);
    await page.getByRole("columnheader", { name: "accuracy" }).getByRole("button").click();
    await expect.poll(() => names(page)).toEqual([HOSTILE, "small", HOSTILE, "first", "without model"]);
    await page.getByRole("columnheader", { name: "accuracy" }).getByRole("button").click();
    await expect.poll(() => names(page)).toEqual(["without model", HOSTILE, "small", "first", HOSTILE]);
    await page.reload();
    await expect.poll(() => names(page)).toEqual(["without model", HOSTILE, "small"]);
    expect(errors).toEqual([]);
  });

  it("has columns as wide as one drags them, which the address keeps", async () => {
    const { url } = await filled();
    const { page } = await open(url, "experiments/1");
    const head = page.getByRole("columnheader", { name: "accuracy" });
    const width = async () => Math.round((await head.boundingBox())?.width ?? 0);
    await expect.poll(width).toBeGreaterThan(100);
    const before = await width();
    const box = await head.locator(".width-handle").boundingBox();
    const [x, y] = [(box?.x ?? 0) + 4, (box?.y ?? 0) + 10];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 80, y, { steps: 4 });
    await page.mouse.up();
    await expect.poll(width).toBe(before + 80);
    await head.getByRole("button").focus();
    await page.keyboard.press("Shift+ArrowLeft");
    await expect.poll(width).toBe(before + 64);
    await page.reload();
    await expect.poll(width).toBe(before + 64);
    await head.locator(".width-handle").dblclick();
    await expect.poll(width).toBe(before);
  });

  it("finds runs by words and by a filter that it completes, and keeps the view in the address", async () => {
    const { url } = await filled();
    const { page } = await open(url, "experiments/1");
    const search = page.getByRole("combobox", { name: "Search runs" });
    await search.fill("third");
    await expect.poll(() => names(page)).toEqual(["third"]);
    await search.fill("acc");
    // no run has the word, and what can be typed is still there once that is known
    await expect.poll(() => page.locator(".total").first().textContent()).toBe("0 runs");
    await page.getByRole("option", { name: /metrics\.accuracy/ }).click();
    await search.pressSequentially("> 0.6");
    await expect.poll(async () => (await names(page)).sort()).toEqual([HOSTILE, "third"]);
    await page.reload();
    await expect.poll(async () => (await names(page)).sort()).toEqual([HOSTILE, "third"]);
  });

  it("tags and renames a run that was chosen with the keyboard", async () => {
    const { url, store, runIds } = await filled();
    const { page } = await open(url, "experiments/1");
    await page.getByRole("treegrid").focus();
    await page.keyboard.press("End");
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Tag…" }).click();
    await page.getByLabel("Tag", { exact: true }).fill("team");
    await page.getByLabel("Value").fill("eval");
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await store.getRun(runIds[2]!)).tags).toMatchObject({ team: "eval" });
    await page.getByRole("treegrid").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Rename…" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("renamed");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator("h1").textContent()).toBe("renamed");
  });

  it("deletes a run once that was confirmed, and restores it, with the keyboard alone", async () => {
    const { url, store, runIds } = await filled();
    const [runId = ""] = runIds;
    const { page, errors } = await open(url, `runs/${runId}`);
    const stage = async () => (await store.getRun(runId)).lifecycleStage;
    const ask = page.getByRole("alertdialog", { name: "Delete the run?" });
    await page.getByRole("button", { name: "Delete" }).press("Enter");
    await ask.getByRole("button", { name: "Cancel" }).press("Enter");
    await ask.waitFor({ state: "detached" });
    expect(await stage()).toBe("active");
    await page.getByRole("button", { name: "Delete" }).press("Enter");
    await ask.getByRole("button", { name: "Delete" }).press("Enter");
    await page.getByText("The run is deleted; it can be restored here.").waitFor();
    expect(await stage()).toBe("deleted");
    const focused = async () => (await page.locator(":focus").allTextContents()).map((text) => text.trim());
    await expect.poll(focused).toEqual(["Restore"]);
    await page.keyboard.press("Enter");
    await expect.poll(stage).toBe("active");
    await expect.poll(focused).toEqual(["Delete"]);
    expect(errors).toEqual([]);
  });

  it("fits a phone, and is dark where the system is", async () => {
    const { url, runIds } = await filled();
    const { page } = await open(url, `runs/${runIds[0]}`, { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
    await page.getByRole("heading", { name: "first" }).waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(16, 18, 23)");
  });

  it("shows at home what is running, and follows it without being asked", async () => {
    const { url, store } = await filled();
    const tags = { "llmops.kind": "sweep", "llmops.progress": "0.25", "llmops.cells": "5/20" };
    const { runId } = await store.createRun({ experimentId: "1", runName: "a long study", startTime: Date.now(), tags });
    const { page, errors } = await open(url, "");
    const meter = page.getByRole("progressbar", { name: "a long study" });
    await expect.poll(() => meter.getAttribute("aria-valuenow")).toBe("25");
    await page.getByText("Live", { exact: true }).waitFor();
    const set = (path: string, body: object) =>
      fetch(`${url}/api/2.0/mlflow/runs/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ run_id: runId, ...body }),
      });
    await set("set-tag", { key: "llmops.progress", value: "0.75" });
    await expect.poll(() => meter.getAttribute("aria-valuenow")).toBe("75");
    await set("set-tag", { key: "llmops.verdict", value: "temperature 0 is best" });
    await set("update", { status: "FINISHED", end_time: Date.now() });
    await page.getByText("temperature 0 is best").waitFor();
    expect(errors).toEqual([]);
  });

  it("shows notes as Markdown and files in a sandbox, where nothing runs and nothing is asked for from elsewhere", async () => {
    const { url, store, runIds } = await filled();
    const [runId = ""] = runIds;
    const elsewhere = await fakeUpstream((_, response) => void response.end());
    const note = `# Why\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<script>window.hacked=1</script>\n\n[run](javascript:alert(1)) ![seen](${elsewhere.url}/x.png)`;
    await store.logBatch(runId, { tags: { "mlflow.note.content": note } });
    const { artifactUri } = await store.getRun(runId);
    await store.artifacts.write(
      artifactUri,
      "page.html",
      `<h1>shown</h1><script>parent.hacked=1;document.body.innerHTML=''</script><img src=${elsewhere.url}/y.png>`,
    );
    const { page, errors } = await open(url, `runs/${runId}`);
    await page.getByRole("heading", { name: "Why" }).waitFor();
    expect(await page.getByRole("cell", { name: "2" }).count()).toBeGreaterThan(0);
    const links = await page.locator(".markdown a").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
    expect(links).toEqual(["", `${elsewhere.url}/x.png`]);
    await page.getByRole("tab", { name: "Artifacts" }).click();
    await page.getByText("page.html").first().click();
    await expect.poll(() => page.frameLocator("iframe").locator("h1").textContent()).toBe("shown");
    expect(elsewhere.seen).toEqual([]);
    expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
    expect(errors.filter((text) => !text.includes("Content Security Policy"))).toEqual([]); // what the file wanted was forbidden
  });

  it("plays sound that a run has kept, and says where it cannot", async () => {
    const { url, store, runIds } = await filled();
    const { artifactUri } = await store.getRun(runIds[0] ?? "");
    await store.artifacts.write(artifactUri, "tone.wav", wav(0.25));
    await store.artifacts.write(artifactUri, "broken.mp3", "not a sound");
    const { page, errors } = await open(url, `runs/${runIds[0]}?tab=artifacts`);
    await page.getByText("tone.wav").first().click();
    await expect
      .poll(() => page.locator("audio").evaluate((audio) => (audio as unknown as { duration: number }).duration))
      .toBeCloseTo(0.25);
    await page.getByText("broken.mp3").first().click();
    await page.getByText("The audio cannot be played").waitFor();
    expect(errors).toEqual([]);
  });

  it("draws charts, and goes back to the table they came from", async () => {
    const { url } = await filled();
    const { page, errors } = await open(url, "experiments/1");
    await expect.poll(() => names(page)).toHaveLength(3);
    await page.getByRole("link", { name: "Charts" }).click();
    await expect.poll(() => page.locator("canvas, svg[role=img], .chart svg").count()).toBeGreaterThan(1);
    await page.goBack();
    await expect.poll(() => names(page)).toHaveLength(3);
    expect(errors).toEqual([]);
  });

  it("draws a metric by the values of a parameter, and over two, as the address says", async () => {
    const { url } = await filled();
    const { page, errors } = await open(url, "experiments/1/charts?box-by=p.lr&box=m.accuracy&map-x=p.lr&map-y=p.note&map=m.accuracy");
    // charts are drawn once they are seen
    const drawn = async (name: string) => {
      await page.locator(".panels").evaluate((panels) => panels.lastElementChild?.scrollIntoView({ block: "end" }));
      return page.getByRole("img", { name }).locator("canvas").count();
    };
    await expect.poll(() => drawn("Mean accuracy over lr and note")).toBe(1);
    await expect.poll(() => drawn("accuracy by lr: median, quartiles, and outliers")).toBe(1);
    await page.locator("figure", { hasText: "Boxes" }).locator("label", { hasText: /^by/ }).locator("select").selectOption("p.note");
    await page.getByRole("img", { name: "accuracy by note: median, quartiles, and outliers" }).locator("canvas").waitFor();
    expect(new URL(page.url()).searchParams.get("box-by")).toBe("p.note");
    expect(errors).toEqual([]);
  });

  it("takes names and filters as they are, also those that programs have a meaning for", async () => {
    const { url, store, runIds } = await filled();
    const [runId = ""] = runIds;
    await store.logBatch(runId, { params: { constructor: "50%41", toString: "v", ["__proto__"]: "w" } });
    const { artifactUri } = await store.getRun(runId);
    await store.artifacts.write(artifactUri, "%41 #?&.txt", "as it is");
    const { page, errors } = await open(url, "experiments/1");
    await page.getByRole("combobox", { name: "Search runs" }).fill("params.constructor = '50%41'");
    await expect.poll(() => names(page)).toEqual(["first"]);
    await page.reload();
    await expect.poll(() => names(page)).toEqual(["first"]);
    await expect.poll(() => page.getByRole("combobox", { name: "Search runs" }).inputValue()).toBe("params.constructor = '50%41'");
    await page.goto(`${url}/app/experiments/1`);
    await expect.poll(() => names(page)).toHaveLength(3); // nobody asked for the last search again
    await page.goto(`${url}/app/experiments/1/charts`);
    await page.getByText("Parallel coordinates").waitFor();
    await page.goto(`${url}/app/runs/${runId}`);
    await page.getByText("50%41").waitFor();
    await page.getByRole("tab", { name: "Artifacts" }).click();
    await page.getByText("%41 #?&.txt").first().click();
    await page.getByText("as it is").waitFor();
    expect(errors).toEqual([]);
  });
});

/** Silence of so many seconds: a RIFF file of one channel of 8 bits, 8,000 times a second. */
function wav(seconds: number): Buffer {
  const samples = Buffer.alloc(8000 * seconds, 128);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  for (const [value, at] of [
    [16, 16],
    [8000, 24],
    [8000, 28],
    [samples.length, 40],
  ] as const)
    head.writeUInt32LE(value, at);
  for (const [value, at] of [
    [1, 20],
    [1, 22],
    [1, 32],
    [8, 34],
  ] as const)
    head.writeUInt16LE(value, at);
  head.write("data", 36);
  return Buffer.concat([head, samples]);
}
