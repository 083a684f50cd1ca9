import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sweepPage } from "../../src/lib/report/page/study-pages.js";
import { writePage } from "../../src/lib/report/page/write-page.js";
import { runSweepPlan } from "../../src/lib/experiments/study/sweep.js";
import { TargetPool } from "../../src/lib/experiments/study/target-pool.js";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import { Tracker } from "../../src/lib/tracking/tracker.js";
import { openFilePage } from "../helpers/browser-page.js";
import { scriptedTarget } from "../helpers/scripted-target.js";
import { studyJournal, studyPlan, yesSamples } from "../helpers/study-plan.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { lacks } from "../helpers/tools.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The page of a sweep whose hot setting is wrong about the first ten of sixty samples, once with an answer that wants to be a script. */
async function page(): Promise<string> {
  const folder = temporaryFolder();
  const samples = yesSamples(60).map((sample, i) => ({ ...sample, topic: i < 30 ? "first" : "second" }));
  const plan = studyPlan([{ name: "temperature", values: [0.1, 0.9] }], samples);
  const target = scriptedTarget(({ temperature, messages }) => {
    const index = Number(messages[0]?.content.slice(1));
    if (temperature !== 0.9 || index >= 10) return "yes";
    return index === 0 ? "</script><img src=x onerror=window.hacked=1>" : "no";
  });
  const store = openLocalStore(join(folder, "store"), { create: true });
  const tracker = new Tracker(store, { folder: join(folder, "tracker") });
  const journal = studyJournal(folder);
  const { result, run } = await runSweepPlan(plan, new TargetPool(plan, () => Promise.resolve(target)), {
    ...{ tracker, journal, experiment: "e", command: "llmops sweep", user: "me", typed: "llmops sweep", trackingUri: store.uri },
    ...{ target: { model: "scripted", location: "memory" }, resumed: false, limits: { timeoutMs: 1000, retries: 0 } },
  });
  await tracker.close({ deadlineMs: 5000 });
  await store.close();
  return writePage(sweepPage(result, { plan, journal, table: run.table }, "sweep"));
}

describe.skipIf(lacks("chromium"))("the page of a sweep", () => {
  it("shows the verdict and charts, and answers side by side that can be filtered, offline and without an error", async () => {
    const { tab, errors } = await openFilePage(await page());
    await tab.getByRole("heading", { level: 1, name: "sweep temperature: scripted" }).waitFor();
    expect(await tab.locator("p.verdict").textContent()).toMatch(
      /^Best: temperature=0.1 with 100.0 % accuracy \(contains\), shown to be better/,
    );
    expect(await tab.locator(".study-method").textContent()).toContain("Paired tests over 60 samples");
    await tab.locator("canvas").first().waitFor();
    expect(await tab.locator(".command code").textContent()).toBe("llmops sweep");
    const rows = tab.getByRole("article");
    expect(await tab.locator(".answers-names").textContent()).toContain("60 of 60 rows");
    await tab.getByLabel("Rows").selectOption("flips");
    await tab.locator(".answers-names", { hasText: "10 of 60 rows" }).waitFor();
    await tab.getByLabel("Topic").selectOption("second");
    await tab.getByText("No row is left by these filters").waitFor();
    await tab.getByLabel("Topic").selectOption("");
    await tab.getByLabel("Find in questions and answers").fill("onerror");
    await tab.locator(".answers-names", { hasText: "1 of 60 rows" }).waitFor();
    expect(await rows.textContent()).toContain("</script><img src=x onerror=window.hacked=1>");
    expect(await tab.evaluate("window.hacked")).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it("leads nowhere and changes nothing: there is no server", async () => {
    const { tab } = await openFilePage(await page());
    await tab.getByRole("heading", { level: 1 }).waitFor();
    expect(await tab.getByRole("link").count()).toBe(0);
    for (const name of [/^Stop/, /^Rate /, /Copy link/, /[Ll]abels/]) expect(await tab.getByRole("button", { name }).count()).toBe(0);
  });

  it.each(["light", "dark"] as const)("can be read on a phone, %s", async (colorScheme) => {
    const { tab } = await openFilePage(await page(), { colorScheme, viewport: { width: 390, height: 800 } });
    await tab.getByRole("heading", { level: 1 }).waitFor();
    expect(await tab.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    await tab.evaluate(AXE);
    const found = await tab.evaluate<{ violations: { id: string; impact: string }[] }>("axe.run({ resultTypes: ['violations'] })");
    expect(found.violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id }) => id)).toEqual([]);
  });
});
