import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { scriptedTarget } from "../../../../test/helpers/scripted-target.js";
import { runPlan, studyJournal, studyPlan } from "../../../../test/helpers/study-plan.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { responseLengthScorer } from "../scoring/response-length.js";
import type { Scorer } from "../scoring/scorer.js";
import { createRandom } from "../../base/math/random.js";
import { Budget } from "./budget.js";
import { orderCells, orderSamples } from "./cell-order.js";
import { latencyDrift } from "./drift.js";
import { toRequest } from "./run-cell.js";
import { ScoreTable } from "./score-table.js";
import { narrowEnough, racing } from "./stopping.js";
import { StudyJournal } from "./study-journal.js";
import { countCells, type StudyPlan } from "./study.js";
import { summarize } from "./summarize.js";

const temperatures = (...values: number[]) => [{ name: "temperature", values }];
const allCells = (plan: StudyPlan) => [
  ...orderCells(
    plan,
    orderSamples(plan),
    plan.settings.map((_, setting) => setting),
  ),
];

describe("the order of cells", () => {
  it("has every cell once, keeps the cells of a sample together and mixes the settings", () => {
    const cells = allCells(studyPlan(temperatures(0.1, 0.5, 0.9), 10));
    expect(new Set(cells.map((c) => JSON.stringify(c))).size).toBe(90);
    for (let block = 0; block < 10; block++) expect(new Set(cells.slice(block * 9, block * 9 + 9).map((c) => c.sample)).size).toBe(1);
    expect(new Set(cells.filter((_, i) => i % 9 === 0).map((c) => c.setting)).size).toBeGreaterThan(1);
  });
});

describe("the request of a cell", () => {
  it("has a seed of its own, the same one every time", () => {
    const plan = studyPlan(temperatures(0.1, 0.5), 20);
    const seeds = allCells(plan).map((cell) => toRequest(plan, cell).seed);
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(toRequest(plan, { setting: 1, sample: 3, repeat: 2 })).toEqual(toRequest(plan, { setting: 1, sample: 3, repeat: 2 }));
    expect(toRequest(plan, { setting: 1, sample: 3, repeat: 2 })).toMatchObject({ temperature: 0.5, maxTokens: 16 });
  });

  it("fills the prompts in", () => {
    const fixed = { system: "Level {{level}}.", prompt: "Q: {{question}}" };
    const plan = studyPlan(temperatures(0.1), 5, { fixed });
    expect(toRequest(plan, { setting: 0, sample: 3, repeat: 0 }).messages).toEqual([
      { role: "system", content: "Level 3." },
      { role: "user", content: "Q: q3" },
    ]);
  });
});

describe("runStudy", () => {
  it("finishes every cell with its scores, never more at once than asked", async () => {
    const plan = studyPlan(temperatures(0.2, 0.8), 6, { concurrency: 3 });
    let running = 0;
    let most = 0;
    const target = scriptedTarget(async (request) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
      return request.temperature === 0.2 ? "yes" : "no";
    });
    const run = await runPlan(plan, target);
    expect(run.status).toBe("finished");
    expect(most).toBe(3);
    const summary = summarize(plan, run);
    expect(summary.settings.map((s) => s.metrics["accuracy"]?.mean)).toEqual([1, 0]);
    expect(summary.settings.map((s) => s.cells)).toEqual([
      { done: 18, failed: 0, filtered: 0, unscored: 0, planned: 18 },
      { done: 18, failed: 0, filtered: 0, unscored: 0, planned: 18 },
    ]);
    expect(summary).toMatchObject({ best: 0, tied: [] });
    expect(summary.settings.map((s) => s.letters)).toEqual(["a", "b"]);
    expect(summary.settings[1]?.comparison).toMatchObject({ verdict: "worse", difference: -1, n: 6 });
  });

  it("says when settings are tied, and how many samples more would tell", async () => {
    const plan = studyPlan(temperatures(0.2, 0.8), 10);
    const answer = (r: { temperature?: number; messages: { content: string }[] }) =>
      r.temperature === 0.8 && r.messages[0]?.content === "q0" ? "no" : "yes";
    const summary = summarize(plan, await runPlan(plan, scriptedTarget(answer)));
    expect(summary).toMatchObject({ best: 0, tied: [1] });
    expect(summary.settings.map((s) => s.letters)).toEqual(["a", "a"]);
    expect(summary.settings[1]?.comparison).toMatchObject({ verdict: "cannot tell", furtherSamples: 69 });
  });

  it("keeps failed cells apart from wrong ones, and asks them again only when told to", async () => {
    const plan = studyPlan(temperatures(0.2), 10);
    const folder = temporaryFolder();
    const failing = scriptedTarget((request) => {
      if (request.messages[0]?.content === "q3") throw new LlmopsError("ENDPOINT_ERROR", "busy");
      return "yes";
    });
    const run = await runPlan(plan, failing, { journal: studyJournal(folder) });
    const [setting] = summarize(plan, run).settings;
    expect(setting?.cells).toEqual({ done: 30, failed: 3, filtered: 0, unscored: 0, planned: 30 });
    expect(setting?.metrics["accuracy"]).toMatchObject({ mean: 1, n: 9 });
    expect(run.errors).toEqual([{ code: "ENDPOINT_ERROR", message: "busy", cells: 3 }]);
    let asked = 0;
    const counting = scriptedTarget(() => (asked++, "yes"));
    const left = await runPlan(plan, counting, { journal: StudyJournal.open(folder, "test") });
    expect([asked, left.resumed, left.errors]).toEqual([0, 30, run.errors]);
    const again = await runPlan(plan, counting, { journal: StudyJournal.open(folder, "test"), retryFailed: true });
    expect([asked, again.resumed]).toEqual([3, 27]);
    expect(summarize(plan, again).settings[0]?.cells).toEqual({ done: 30, failed: 0, filtered: 0, unscored: 0, planned: 30 });
    const after = await runPlan(plan, counting, { journal: StudyJournal.open(folder, "test") });
    expect([asked, after.resumed, after.errors]).toEqual([3, 30, []]);
  });

  it("tries again what may pass, and not what would fail again", async () => {
    const plan = studyPlan(temperatures(0), 3);
    const calls = new Map<string, number>();
    const target = scriptedTarget((request) => {
      const name = request.messages[0]?.content ?? "";
      calls.set(name, (calls.get(name) ?? 0) + 1);
      if (name === "q1" && calls.get(name) === 1) throw new LlmopsError("ENDPOINT_ERROR", "passing", { retryAfterSeconds: 0 });
      if (name === "q2") throw new LlmopsError("ENDPOINT_REFUSED", "never");
      return "yes";
    });
    const run = await runPlan(plan, target, { limits: { timeoutMs: 1000, retries: 2 } });
    expect(Object.fromEntries(calls)).toEqual({ q0: 1, q1: 2, q2: 1 });
    expect(run.errors).toEqual([{ code: "ENDPOINT_REFUSED", message: "never", cells: 1 }]);
  });

  it("ends at once when it is interrupted while it waits to try again", async () => {
    const plan = studyPlan(temperatures(0), 3);
    const interrupt = new AbortController();
    const target = scriptedTarget(() => {
      setTimeout(() => interrupt.abort(), 20);
      throw new LlmopsError("ENDPOINT_ERROR", "busy", { retryAfterSeconds: 20 });
    });
    const start = performance.now();
    const run = await runPlan(plan, target, { limits: { timeoutMs: 60_000, retries: 5 }, signal: interrupt.signal });
    expect(run.status).toBe("interrupted");
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it("stops a cell that takes too long, and goes on", async () => {
    const plan = studyPlan(temperatures(0), 3);
    const target = scriptedTarget((request, signal) =>
      request.messages[0]?.content !== "q1"
        ? "yes"
        : new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error))),
    );
    const run = await runPlan(plan, target, { limits: { timeoutMs: 50, retries: 0 } });
    expect(run.errors).toMatchObject([{ code: "REQUEST_TIMEOUT", cells: 1, message: expect.stringMatching(/0\.05 s/) as string }]);
    expect(run.table.counts(0)).toMatchObject({ done: 3, failed: 1 });
  });

  it("gives up with the first error when nothing works, after five", async () => {
    let calls = 0;
    const target = scriptedTarget(() => {
      calls++;
      throw new LlmopsError("ENDPOINT_UNREACHABLE", "nobody there");
    });
    const plan = studyPlan(temperatures(0.5), 50, { concurrency: 1 });
    expect((await errorOf(() => runPlan(plan, target, { limits: { timeoutMs: 1000, retries: 0 } }))).code).toBe("ENDPOINT_UNREACHABLE");
    expect(calls).toBe(5);
    expect((await errorOf(() => runPlan(studyPlan(temperatures(0), 2), target))).code).toBe("ENDPOINT_UNREACHABLE");
  });

  it("continues where it was interrupted, or killed in the middle of a line, and repeats nothing", async () => {
    const plan = studyPlan(temperatures(0.5), 50);
    const folder = temporaryFolder();
    const interrupt = new AbortController();
    const asked: number[] = [];
    const target = scriptedTarget((request, signal) => {
      asked.push(request.seed ?? 0);
      if (asked.length === 10) interrupt.abort();
      signal?.throwIfAborted();
      return "yes";
    });
    const first = await runPlan(plan, target, { journal: studyJournal(folder), signal: interrupt.signal });
    expect(first.status).toBe("interrupted");
    const kept = first.table.counts(0).done;
    expect(kept).toBeGreaterThanOrEqual(8);
    expect(kept).toBeLessThan(11);
    appendFileSync(join(folder, "test", "cells.jsonl"), '{"setting":0,"sample":4');
    const second = await runPlan(plan, target, { journal: StudyJournal.open(folder, "test") });
    expect(second).toMatchObject({ status: "finished", resumed: kept });
    expect(second.table.counts(0).done).toBe(150);
    const seeds = readFileSync(join(folder, "test", "cells.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { seed: number }).seed);
    expect(new Set(seeds).size).toBe(150);
    expect(seeds).toHaveLength(150);
  });

  it("stops, and leaves nothing running, when its journal cannot be written", async () => {
    const plan = studyPlan(temperatures(0.5), 50, { concurrency: 6 });
    const journal = studyJournal();
    let [calls, running] = [0, 0];
    journal.append = () => {
      throw new LlmopsError("STORE_UNWRITABLE", "disk full");
    };
    const target = scriptedTarget(async () => {
      calls++;
      running++;
      await new Promise((resolve) => setTimeout(resolve, calls * 2));
      running--;
      return "yes";
    });
    expect((await errorOf(() => runPlan(plan, { ...target, sharesPrompts: true }, { journal }))).code).toBe("STORE_UNWRITABLE");
    expect([running, calls < 20]).toEqual([0, true]);
  });

  it("ends within a budget of calls, tokens or time", async () => {
    const plan = studyPlan(temperatures(0.5), 50, { concurrency: 1 });
    const target = scriptedTarget(() => "yes");
    const calls = await runPlan(plan, target, { budget: new Budget({ calls: 7 }) });
    expect([calls.status, calls.table.counts(0).done]).toEqual(["budget spent", 7]);
    const tokens = await runPlan(plan, target, { budget: new Budget({ tokens: 9 }) });
    expect([tokens.status, tokens.table.counts(0).done]).toEqual(["budget spent", 5]);
    const time = await runPlan(plan, target, { budget: new Budget({ minutes: 1e-9 }) });
    expect([time.status, time.table.counts(0).done]).toEqual(["budget spent", 0]);
  });

  it("counts what models that score cost, in budgets and tokens, also when it goes on", async () => {
    const cost = { calls: 2, promptTokens: 10, completionTokens: 3 };
    const judged: Scorer = { name: "judged", kind: "mean", direction: "max", score: () => ({ value: 3, cost }) };
    const plan = studyPlan(temperatures(0.5), 8, { concurrency: 1, repeats: 1, scorers: { scorers: [judged], primary: judged } });
    const folder = temporaryFolder();
    const journal = studyJournal(folder);
    const target = scriptedTarget(() => "yes");
    const first = await runPlan(plan, target, { journal, budget: new Budget({ calls: 6 }) });
    expect(first).toMatchObject({ status: "budget spent", tokens: { prompt: 22, completion: 8 } });
    journal.close({ finished: false });
    const again = await runPlan(plan, target, { journal: StudyJournal.open(folder, "test") });
    expect(again).toMatchObject({ resumed: 2, tokens: { prompt: 88, completion: 32 } });
    expect(again.asked.length).toBe(6);
  });

  it("asks the cells of a sample together where that is cheaper, bundle after bundle within the concurrency", async () => {
    for (const [concurrency, most] of [
      [4, 4],
      [6, 6],
      [15, 12],
      [64, 60],
    ] as const) {
      const plan = studyPlan(temperatures(0.1, 0.2), 10, { concurrency });
      let running = 0;
      let seen = 0;
      const together = new Map<string, number>();
      const target = scriptedTarget(async (request) => {
        seen = Math.max(seen, ++running);
        const sample = request.messages[0]?.content ?? "";
        together.set(sample, (together.get(sample) ?? 0) + 1);
        await new Promise((resolve) => setTimeout(resolve, 2));
        running--;
        return "yes";
      });
      const run = await runPlan(plan, { ...target, sharesPrompts: true });
      expect([concurrency, seen, run.table.counts(0).done]).toEqual([concurrency, most, 30]);
      expect(new Set(together.values())).toEqual(new Set([6]));
    }
  });

  it("lets models take turns, each loaded once", async () => {
    const plan = studyPlan([{ name: "model", values: ["a.gguf", "b.gguf"] }], 25, { repeats: 1 });
    const opened: unknown[] = [];
    const order: string[] = [];
    await runPlan(plan, (params) => {
      opened.push(params["model"]);
      return scriptedTarget(() => (order.push(String(params["model"])), "yes"));
    });
    expect(opened).toEqual(["a.gguf", "b.gguf"]);
    expect(order).toHaveLength(50);
    const turns = order.filter((model, i) => model !== order[i - 1]).length;
    expect(turns).toBe(6); // three blocks of ten samples, two models each
  });
});

describe("the summary", () => {
  it("names no best where more of the score is neither good nor bad, but says what differs", async () => {
    const scorers = { scorers: [responseLengthScorer], primary: responseLengthScorer };
    const plan = studyPlan(temperatures(0.1, 0.9), 40, { scorers });
    const long = scriptedTarget(({ temperature, seed = 0 }) => (temperature === 0.9 ? "so many words" : seed % 2 === 0 ? "one" : "a word"));
    const summary = summarize(plan, await runPlan(plan, long));
    expect(summary).toMatchObject({ best: undefined, reference: 1, tied: [] });
    expect(summary.settings[0]?.comparison?.verdict).toBe("lower");
  });

  it("tells nothing apart in at least 95 % of studies where nothing differs", () => {
    const random = createRandom(23);
    const studies = 200;
    let wrong = 0;
    for (let study = 0; study < studies; study++) {
      const plan = studyPlan(temperatures(0.1, 0.2, 0.3, 0.4), 40, { repeats: 2 });
      const table = new ScoreTable(plan);
      for (let sample = 0; sample < 40; sample++) {
        const p = random();
        for (const setting of [0, 1, 2, 3]) {
          for (const repeat of [0, 1]) table.setScores({ setting, sample, repeat }, { contains: { value: random() < p ? 1 : 0 } });
        }
      }
      const { settings, tied } = summarize(plan, { table, stopped: new Map() });
      if (tied.length < 3 || new Set(settings.map(({ letters }) => letters)).size > 1) wrong++;
    }
    expect(wrong / studies).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / studies));
  }, 120_000);

  it("sees a machine that became slower", () => {
    const cells = (ms: (i: number) => number) => Array.from({ length: 100 }, (_, i) => ({ setting: 0, ms: ms(i) }));
    expect(latencyDrift(cells((i) => (i < 50 ? 10 : 30)))).toBeCloseTo(3, 12);
    expect(latencyDrift(cells(() => 10).slice(0, 3))).toBeNull();
    // a slow setting that runs last is not drift
    const turns = Array.from({ length: 100 }, (_, i) => (i < 50 ? { setting: 0, ms: 10 } : { setting: 1, ms: 900 }));
    expect(latencyDrift(turns)).toBe(1);
  });
});

describe("stopping rules", () => {
  const noisy = (seed: number, rates: Record<string, number>) => {
    const random = createRandom(seed);
    return scriptedTarget((request) => (random() < (rates[String(request.temperature)] ?? 0) ? "yes" : "no"));
  };

  it("race: drop what is clearly worse, and keep what is not", async () => {
    const plan = studyPlan(temperatures(0.1, 0.2, 0.9), 200, { repeats: 1 });
    const run = await runPlan(plan, noisy(1, { 0.1: 0.9, 0.2: 0.88, 0.9: 0.3 }), { rules: [racing] });
    expect([...run.stopped]).toEqual([[2, "clearly worse"]]);
    expect(run.table.counts(0).done).toBe(200);
    expect(run.table.counts(2).done).toBeLessThan(100);
  });

  it("race: drop something of equals in at most 5 % of studies", async () => {
    let dropped = 0;
    for (let seed = 0; seed < 100; seed++) {
      const plan = studyPlan(temperatures(0.1, 0.2, 0.3), 60, { repeats: 1 });
      const run = await runPlan(plan, noisy(seed, { 0.1: 0.6, 0.2: 0.6, 0.3: 0.6 }), { rules: [racing] });
      if (run.stopped.size > 0) dropped++;
    }
    expect(dropped).toBeLessThanOrEqual(10); // 5 of 100, and 2.3 standard errors
  });

  it("stop at a narrow interval, and add repeats where samples do not suffice", async () => {
    const plan = studyPlan(temperatures(0.1, 0.5), 100, { repeats: 1, addRepeats: true });
    const run = await runPlan(plan, noisy(3, { 0.1: 1, 0.5: 0.5 }), { rules: [narrowEnough(0.06)], untilHalfWidth: 0.06 });
    expect(run.table.counts(0).done).toBeLessThan(100);
    expect(run.stopped.get(0)).toBe("interval narrow enough");
    const done = run.table.counts(1).done;
    expect(done).toBeGreaterThan(100);
    expect(done).toBeLessThanOrEqual(1000);
    const { low, high } = summarize(plan, run).settings[1]!.metrics["accuracy"]!;
    expect((high! - low!) / 2).toBeLessThanOrEqual(0.06);
  });
});

it("a plan counts its cells: three repeats, one where sampling is greedy", () => {
  const plan = studyPlan(temperatures(0, 0.5), 4);
  expect(plan.repeats).toEqual([1, 3]);
  expect(countCells(plan)).toBe(16);
});
