import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { CHROMIUM, lacks } from "../helpers/tools.js";
import { trackingServer, type TestServer } from "../helpers/tracking-server.js";

const WEB = fileURLToPath(new URL("../../dist/web", import.meta.url));
const TYPES: Record<string, string> = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html" };
const HOSTILE = "<img src=x onerror=window.hacked=1>";

/** A server over an experiment of three runs with a curve each and a child of the first, one of them with a name that wants to be a script. */
async function filled(): Promise<TestServer & { runIds: string[] }> {
  const server = await trackingServer();
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
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox"] });
  });
  afterAll(() => browser.close());

  /** Opens a place of the application, as it was built, over the server's routes. */
  async function open(url: string, place: string, options: BrowserContextOptions = {}): Promise<{ page: Page; errors: string[] }> {
    const context = await browser.newContext(options);
    onTestFinished(() => context.close());
    await context.route(`${url}/app/**`, async (route) => {
      const asked = join(WEB, new URL(route.request().url()).pathname.slice("/app/".length));
      const file = extname(asked) !== "" && existsSync(asked) ? asked : join(WEB, "index.html");
      await route.fulfill({ contentType: TYPES[extname(file)] ?? "", body: readFileSync(file) });
    });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(`${url}/app/${place}`);
    return { page, errors };
  }

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

  it("finds runs by words and by a filter that it completes, and keeps the view in the address", async () => {
    const { url } = await filled();
    const { page } = await open(url, "experiments/1");
    const search = page.getByRole("combobox");
    await search.fill("third");
    await expect.poll(() => names(page)).toEqual(["third"]);
    // on a busy machine what can be filtered may come after the list was asked for
    await vi.waitFor(
      async () => {
        await search.fill("");
        await search.fill("acc");
        await page.getByRole("option", { name: /metrics\.accuracy/ }).click({ timeout: 5_000 });
      },
      { timeout: 60_000, interval: 100 },
    );
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

  it("fits a phone, and is dark where the system is", async () => {
    const { url, runIds } = await filled();
    const { page } = await open(url, `runs/${runIds[0]}`, { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
    await page.getByRole("heading", { name: "first" }).waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(16, 18, 23)");
  });
});
