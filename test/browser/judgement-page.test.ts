import { describe, expect, it } from "vitest";
import type { JudgedRow } from "../../src/lib/experiments/evaluation/judged-rows.js";
import type { JudgementResult } from "../../src/lib/experiments/evaluation/judgement-result.js";
import { judgementHtml } from "../../src/lib/report/judgement-html.js";
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
  it("shows criteria and charts, and rows that can be filtered and searched, offline and without an error", async () => {
    const { tab, errors } = await openFilePage(await judgementHtml(result()));
    expect(await tab.locator("h1").textContent()).toBe("m, graded by j");
    expect(await tab.locator("figure svg").count()).toBe(2);
    expect(await tab.locator("article").count()).toBe(50);
    expect(await tab.locator("article header").first().textContent()).toContain("question 0");
    await tab.getByRole("button", { name: "more" }).click();
    expect(await tab.locator("article").count()).toBe(60);
    await tab.getByLabel("which rows").selectOption("doubtful");
    expect(await tab.locator("article").count()).toBe(2);
    await tab.getByLabel("which rows").selectOption("unscored");
    expect(await tab.locator("article .bad").textContent()).toBe("the judge said nothing");
    await tab.getByLabel("which rows").selectOption("all");
    await tab.getByLabel("search").fill("answer 17");
    expect(await tab.locator("article").count()).toBe(1);
    expect(await tab.evaluate("window.hacked")).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it("shows gates and what has no score, and can be read on a phone in the dark", async () => {
    const gate = { name: "accuracy >= 4", state: "not met" as const, evidence: "accuracy is 3 (2.8 to 3.2)" };
    const broken = { code: "ENDPOINT_ERROR", message: `The endpoint ${"x".repeat(200)} is away`, cells: 2 };
    const { tab } = await openFilePage(await judgementHtml({ ...result(), checks: [gate], errors: [broken] } as JudgementResult));
    const text = await tab.locator("body").innerText();
    for (const said of ["gate accuracy >= 4: not met: accuracy is 3", "59 scored, 1 unscored", "Not scored: ENDPOINT_ERROR"]) {
      expect(text).toContain(said);
    }
    await tab.setViewportSize({ width: 390, height: 800 });
    expect(await tab.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    for (const colorScheme of ["light", "dark"] as const) {
      await tab.emulateMedia({ colorScheme });
      expect(await tab.evaluate(CONTRAST)).toBeGreaterThan(4.5);
    }
  });
});

/** The contrast of the text of failures with the page, as WCAG 2 defines it: computed in the browser. */
const CONTRAST = `(() => {
  const brush = document.createElement("canvas").getContext("2d");
  const luminance = (color) => {
    brush.fillStyle = color;
    brush.fillRect(0, 0, 1, 1);
    const [r, g, b] = Array.from(brush.getImageData(0, 0, 1, 1).data.slice(0, 3), (byte) =>
      byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "Canvas";
  const text = luminance(getComputedStyle(document.querySelector(".bad")).color);
  const page = luminance(getComputedStyle(probe).color);
  return (Math.max(text, page) + 0.05) / (Math.min(text, page) + 0.05);
})()`;
