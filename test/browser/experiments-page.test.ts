import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { lacks } from "../helpers/tools.js";
import { useBrowser, webServer } from "../helpers/web-server.js";

const PHONE = { viewport: { width: 390, height: 844 } };

describe.skipIf(lacks("chromium"))("the page of experiments", () => {
  const open = useBrowser();

  const names = (page: Page) => page.locator(".experiment-name a, .experiment-name [dir=auto]").allTextContents();
  const focused = async (page: Page) => (await page.locator(":focus").allTextContents()).map((text) => text.trim());
  const press = (page: Page, name: string, of?: string) => {
    const place = of === undefined ? page.locator("main") : page.getByRole("group", { name: of });
    return place.getByRole("button", { name }).press("Enter");
  };

  it("makes, renames, archives, and restores them with the keyboard on a phone, as another tab sees at once", async () => {
    const { url, store } = await webServer();
    const { experimentId } = await store.createExperiment({ name: "first" });
    const { runId } = await store.createRun({ experimentId, runName: "a run", startTime: 1_790_000_000_000 });
    const { page, errors } = await open(url, "experiments/all", PHONE);
    await page.getByRole("link", { name: "Experiments" }).press("Enter");
    const other = await open(url, `experiments/${experimentId}`);
    await expect.poll(() => other.page.locator(".run-name").allTextContents()).toEqual(["a run"]);

    await press(page, "New experiment…");
    await page.getByRole("textbox", { name: "Name" }).fill("second");
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await names(page)).toSorted()).toEqual(["Default", "first", "second"]);
    await expect.poll(() => focused(page)).toEqual(["New experiment…"]);
    await other.page.getByRole("navigation", { name: "Experiments" }).getByRole("link", { name: "second" }).waitFor();

    await press(page, "Rename…", "first");
    await page.getByRole("textbox", { name: "Name" }).fill("renamed");
    await page.keyboard.press("Enter");
    await other.page.getByRole("heading", { name: "renamed" }).waitFor();

    await press(page, "Archive…", "renamed");
    const ask = page.getByRole("alertdialog", { name: "Archive renamed?" });
    await page.keyboard.press("Escape");
    await ask.waitFor({ state: "detached" });
    expect((await store.getExperiment(experimentId)).lifecycleStage).toBe("active");
    await press(page, "Archive…", "renamed");
    await ask.getByRole("button", { name: "Archive", exact: true }).press("Enter");
    await expect.poll(async () => (await names(page)).toSorted()).toEqual(["Default", "second"]);
    await expect.poll(() => focused(page)).toEqual(["Archived"]);
    await other.page.getByText("This experiment is archived.").waitFor();
    await expect.poll(() => other.page.locator(".run-name").count()).toBe(0);
    expect((await store.getRun(runId)).lifecycleStage).toBe("deleted");

    await page.keyboard.press("Enter");
    await expect.poll(() => names(page)).toEqual(["renamed"]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await press(page, "Restore", "renamed");
    await page.getByText("Nothing is archived").waitFor();
    await expect.poll(() => other.page.locator(".run-name").allTextContents()).toEqual(["a run"]);
    expect((await store.getExperiment(experimentId)).lifecycleStage).toBe("active");
    expect([...errors, ...other.errors]).toEqual([]);
  });

  it("says that a name is taken, also by an archived one, and keeps what was typed", async () => {
    const { url, store } = await webServer();
    const { experimentId } = await store.createExperiment({ name: "gone" });
    await store.createExperiment({ name: "here" });
    await store.deleteExperiment(experimentId);
    const { page, errors } = await open(url, "experiments", { colorScheme: "dark" });
    await press(page, "New experiment…");
    const field = page.getByRole("textbox", { name: "Name" });
    for (const name of ["here", "gone"]) {
      await field.fill(name);
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText("Another experiment has this name already").waitFor();
      expect(await field.inputValue()).toBe(name);
    }
    await field.fill("   ");
    await page.keyboard.press("Enter");
    expect(await page.getByRole("dialog").count()).toBe(1);
    await field.fill("<b>free</b>");
    await page.keyboard.press("Enter");
    await expect.poll(() => names(page)).toContain("<b>free</b>");
    await press(page, "Rename…", "here");
    await field.fill("gone");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("perhaps an archived one").waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => names(page)).toContain("here");
    expect(errors).toEqual([]);
  });
});
