import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sweepHtml } from "../../src/lib/report/sweep-html.js";
import { runSweepPlan } from "../../src/lib/experiments/study/sweep.js";
import { TargetPool } from "../../src/lib/experiments/study/target-pool.js";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import { Tracker } from "../../src/lib/tracking/tracker.js";
import { openFilePage } from "../helpers/browser-page.js";
import { scriptedTarget } from "../helpers/scripted-target.js";
import { studyJournal, studyPlan, yesSamples } from "../helpers/study-plan.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { lacks } from "../helpers/tools.js";

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
  return sweepHtml(result, plan, { journal, table: run.table });
}

describe.skipIf(lacks("chromium"))("the page of a sweep", () => {
  it("shows verdict and charts, and answers side by side that can be filtered, offline and without an error", async () => {
    const { tab, errors } = await openFilePage(await page());
    expect(await tab.locator("h1").textContent()).toBe("sweep temperature: scripted");
    expect(await tab.locator("figure svg").count()).toBe(3);
    expect(await tab.locator("article").count()).toBe(50);
    await tab.getByRole("button", { name: "more" }).click();
    expect(await tab.locator("article").count()).toBe(60);
    await tab.getByLabel("which samples").selectOption("left better");
    expect(await tab.locator("article").count()).toBe(10);
    expect(await tab.locator("#count").textContent()).toContain("10 of 60 samples");
    await tab.getByLabel("topic").selectOption("second");
    expect(await tab.locator("article").count()).toBe(0);
    await tab.getByLabel("topic").selectOption("");
    await tab.getByLabel("search").fill("onerror");
    const [found] = await tab.locator("article").all();
    expect(await found?.textContent()).toContain("</script><img src=x onerror=window.hacked=1>");
    expect(await tab.evaluate("window.hacked")).toBeUndefined();
    await tab.getByRole("button", { name: "accuracy" }).click();
    expect(await tab.locator("tbody tr td").first().textContent()).toBe("0.9");
    expect(errors).toEqual([]);
  });
});
