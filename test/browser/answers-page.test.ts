import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.js";
import { lacks } from "../helpers/tools.js";
import type { TestServer } from "../helpers/tracking-server.js";
import { useBrowser, webServer } from "../helpers/web-server.js";

const HOSTILE = "<img src=x onerror=window.hacked=1>\u202e";
const FACTS: readonly (readonly [string, string, string])[] = [
  ["What is the capital of France?", "Paris", "Rome"],
  ["What is the capital of Spain?", "Madrid", "Oslo"],
  ["What is the capital of Italy?", "Rome", "Paris"],
  ["What is the capital of Norway?", "Oslo", "Madrid"],
];

/** A study of two settings: the first is always right, the second only at the first question. */
async function study(): Promise<TestServer & { parent: string }> {
  const server = await webServer();
  const { store } = server;
  const { experimentId } = await store.createExperiment({ name: "answered" });
  const { runId: parent } = await store.createRun({ experimentId, runName: "a sweep", startTime: 1_790_000_000_000 });
  for (const [i, name] of ["cold", HOSTILE].entries()) {
    const tags = { "mlflow.parentRunId": parent };
    const { runId } = await store.createRun({ experimentId, runName: name, startTime: 1_790_000_000_001 + i, tags });
    const columns = ["id", "topic", "repeat", "seed", "inputs", "targets", "outputs", "thoughts", "finish_reason", "error", "accuracy"];
    const data = FACTS.map(([question, right, wrong], row) => {
      const isRight = i === 0 || row === 0;
      return [
        `q${row}`,
        row < 2 ? "west" : "rest",
        0,
        1,
        question,
        right,
        isRight ? right : `${wrong} ${HOSTILE}`,
        "hm",
        "stop",
        null,
        +isRight,
      ];
    });
    await store.writeArtifact(runId, "eval_results_table.json", JSON.stringify({ columns, data }));
  }
  return { ...server, parent };
}

describe.skipIf(lacks("chromium"))("the page of answers", () => {
  const open = useBrowser();

  it("shows the settings of a study beside each other, filtered as the address says, and marks changed words", async () => {
    const { url, parent } = await study();
    const { page, errors } = await open(url, `answers?run=${parent}`);
    const rows = page.getByRole("article");
    await expect.poll(() => rows.count()).toBe(4);
    await page.getByLabel("Rows").selectOption("flips");
    await expect.poll(() => rows.count()).toBe(3);
    await page.getByLabel("Topic").selectOption("west");
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByLabel("Mark changed words").check();
    await expect.poll(() => rows.locator("del").allTextContents()).toEqual(["Madrid"]);
    await page.reload();
    await expect.poll(() => rows.locator("ins").count()).toBeGreaterThan(0);
    await page.getByLabel("Topic").selectOption("");
    await expect.poll(() => rows.count()).toBe(3);
    await page.getByRole("region", { name: /Answers/ }).focus();
    await page.keyboard.press("j");
    await expect.poll(() => rows.nth(1).getAttribute("aria-current")).toBe("true");
    await page.getByLabel("Find in questions and answers").fill("norway");
    await expect.poll(() => rows.count()).toBe(1);
    expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it("keeps ratings as assessments, and exports them as labels that calibration reads", async () => {
    const { url, folder, store, parent } = await study();
    const { page, errors } = await open(url, `answers?run=${parent}`);
    const rows = page.getByRole("article");
    await expect.poll(() => rows.count()).toBe(4);
    for (const [row, words] of [
      [0, ["pass", "pass"]],
      [1, ["pass", "fail"]],
      [2, ["pass", "fail"]],
    ] as const) {
      for (const [i, word] of words.entries()) {
        const button = rows
          .nth(row)
          .getByRole("button", { name: `Rate ${word}` })
          .nth(i);
        await button.click();
        await expect.poll(() => button.getAttribute("aria-pressed")).toBe("true");
      }
    }
    await rows.nth(1).getByRole("button", { name: "Comment…" }).nth(1).click();
    await page.getByRole("textbox", { name: "Comment" }).fill("wrong city");
    await page.keyboard.press("Enter");
    await rows.nth(1).getByText("wrong city").waitFor();
    const { items } = await store.traces.search(["1"], { filter: undefined, maxResults: 100 });
    expect(items).toHaveLength(6);
    const said = items.flatMap(({ assessments }) =>
      assessments.map(({ sourceType, name, value, rationale }) => [sourceType, name, value, rationale]),
    );
    expect(said).toContainEqual(["HUMAN", "rating", false, "wrong city"]);

    await page.getByLabel("Rows").selectOption("rated");
    await expect.poll(() => rows.count()).toBe(3);
    await page.getByRole("button", { name: "Export labels" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: /JSONL/ }).click()]);
    const labels = join(folder, "labels.jsonl");
    await download.saveAs(labels);
    const calibrated = await runCli(
      [...["judge", "calibrate", "--labels", labels, "--rubric", "accuracy"], "--json", "--tracking-uri", folder],
      folder,
    );
    expect(calibrated.code).toBe(0);
    expect(JSON.parse(calibrated.stdout)).toMatchObject({ criterion: "accuracy", rows: 6, raters: 1 });
    expect(errors).toEqual([]);
  });
});
