import { describe, expect, it } from "vitest";
import type { JudgedRow } from "../../src/lib/experiments/evaluation/judged-rows.js";
import type { JudgementResult } from "../../src/lib/experiments/evaluation/judgement-result.js";
import { judgementPage } from "../../src/lib/report/page/grading-pages.js";
import { writePage } from "../../src/lib/report/page/write-page.js";
import { openFilePage } from "../helpers/browser-page.js";
import { lacks } from "../helpers/tools.js";

function row(i: number): JudgedRow {
  const unread = i === 59;
  const score = unread ? null : 1 + (i % 5);
  return {
    ...{
      id: `r${i}`,
      criterion: "accuracy",
      score,
      distribution: unread ? null : [0.1, 0.1, 0.1, 0.1, 0.6],
      entropy: 1,
      method: "probability",
    },
    ...{ question: `question ${i}`, answer: i === 0 ? "</script><img src=x onerror=window.hacked=1>" : `answer ${i}`, reference: null },
    ...{
      justification: unread ? null : "because",
      state: unread ? "unscored" : "scored",
      problem: unread ? "the judge said nothing" : null,
    },
  };
}

function result(): JudgementResult {
  const rows = Array.from({ length: 60 }, (_, i) => row(i));
  const metrics = { mean: 3, low: 2.8, high: 3.2, n: 59, variance: 2, p90: 5, median: 3, unscored: 1, entropy: 1, pass: null };
  return {
    ...{ schema: "llmops.judge/2", command: "llmops judge", errors: [], checks: [], doubtful: ["r3", "r4"], rows },
    study: {
      ...{
        id: "i",
        resume: "r",
        name: "judge accuracy",
        status: "finished",
        seed: 1,
        fixed: {},
        tokens: { prompt: 0, completion: 0 },
        seconds: 1,
      },
      ...{
        tracking_uri: ".",
        experiment: "e",
        experiment_id: "1",
        run_id: "x",
        rows: { scored: 59, unscored: 1, failed: 0, filtered: 0, resumed: 0 },
      },
      dataset: { path: "d.jsonl", digest: "0123456789", samples: 60, available: 60 },
    },
    target: { model: "m", location: "l", answers: "given" },
    judge: {
      ...{
        models: [{ model: "j", location: "l" }],
        method: "probability",
        reason: "none",
        layout: "rubric_first",
        votes: null,
        self: false,
        validity: null,
        warnings: [],
        audit: null,
        shift: null,
      },
      criteria: [
        {
          name: "accuracy",
          title: "Accuracy",
          weight: 1,
          levels: { 1: "a", 2: "b", 3: "c", 4: "d", 5: "e" },
          fingerprint: "f",
          card: null,
        },
      ],
    },
    metrics: { accuracy: { ...metrics, distribution: { 1: 12, 2: 12, 3: 12, 4: 12, 5: 11 } } },
  };
}

describe.skipIf(lacks("chromium"))("the page of a judgement", () => {
  it("shows criteria and how sure the judge is, and all its rows, offline and without an error", async () => {
    const html = writePage(judgementPage(result()));
    expect(html.length).toBeLessThan(1_000_000); // no library of charts, which it has no use for
    const { tab, errors } = await openFilePage(html);
    await tab.getByRole("heading", { level: 1, name: "m, graded by j" }).waitFor();
    await tab.getByRole("heading", { name: "Accuracy", exact: true }).waitFor();
    await tab.getByText("Labels are missing").waitFor();
    const answers = tab.getByRole("region", { name: "Answers" });
    await answers.getByRole("button", { name: "40 more answers" }).click();
    expect(await answers.getByRole("listitem").count()).toBe(60);
    expect(await answers.textContent()).toContain("</script><img src=x onerror=window.hacked=1>");
    expect(await answers.textContent()).toContain("the judge said nothing");
    await answers.getByRole("checkbox").check();
    expect(await answers.getByRole("listitem").count()).toBe(2);
    expect(await tab.evaluate("window.hacked")).toBeUndefined();
    expect(await tab.getByRole("alert").count()).toBe(0);
    expect(errors).toEqual([]);
  });

  it("shows gates and what has no score, also on a phone in the dark", async () => {
    const gate = { name: "accuracy >= 4", state: "not met" as const, evidence: "accuracy is 3 (2.8 to 3.2)" };
    const broken = { code: "ENDPOINT_ERROR", message: `The endpoint ${"x".repeat(200)} is away`, cells: 2 };
    const judged = { ...result(), checks: [gate], errors: [broken] } as JudgementResult;
    const { tab } = await openFilePage(writePage(judgementPage(judged)), { colorScheme: "dark", viewport: { width: 390, height: 800 } });
    await tab.getByRole("heading", { level: 1 }).waitFor();
    const text = await tab.locator("body").innerText();
    for (const said of ["accuracy >= 4", "not met", "accuracy is 3", "59 rows scored, 1 unscored", "ENDPOINT_ERROR"])
      expect(text).toContain(said);
    expect(await tab.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
  });
});
