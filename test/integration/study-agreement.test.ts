import { Chalk } from "chalk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/lib/base/math/random.js";
import { splitLetters } from "../../src/lib/base/stats/letters.js";
import type { Correction } from "../../src/lib/base/stats/multiplicity.js";
import type { Scorer } from "../../src/lib/experiments/scoring/scorer.js";
import { ScoreTable } from "../../src/lib/experiments/study/score-table.js";
import type { StudyPlan } from "../../src/lib/experiments/study/study.js";
import { summarize } from "../../src/lib/experiments/study/summarize.js";
import { toSweepResult, type SettingResult, type SweepResult } from "../../src/lib/experiments/study/sweep-result.js";
import { sweepPage } from "../../src/lib/report/page/study-pages.js";
import { sweepMarkdown } from "../../src/lib/report/sweep-markdown.js";
import { renderSweep } from "../../src/lib/report/sweep-table.js";

interface StudyShape {
  settings: number;
  samples: number;
  repeats: number;
  seed: number;
  kind: "rate" | "mean";
  direction: "max" | "min" | "none";
  correction: Correction;
  minEffect: number;
  reference: boolean;
  /** How far settings are apart, and what share of cells is missing. */
  spread: number;
  missing: number;
  /** Everything is the same, nothing was scored, or neither. */
  special: "equal" | "failed" | "none";
}

const shape = fc.record<StudyShape>({
  settings: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 8 }) }, { weight: 1, arbitrary: fc.integer({ min: 9, max: 40 }) }),
  samples: fc.integer({ min: 1, max: 60 }),
  repeats: fc.integer({ min: 1, max: 3 }),
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  kind: fc.constantFrom("rate", "mean"),
  direction: fc.constantFrom("max", "max", "min", "none"),
  correction: fc.constantFrom("holm", "holm", "bh", "none"),
  minEffect: fc.constantFrom(0, 0, 0.05, 0.3),
  reference: fc.boolean(),
  spread: fc.constantFrom(0, 0.2, 0.6, 1),
  missing: fc.constantFrom(0, 0, 0.1, 0.6),
  special: fc.constantFrom("none", "none", "none", "none", "none", "none", "equal", "failed"),
});

/** A finished study of that shape, with its plan and scores. */
function studyOf(wanted: StudyShape): { result: SweepResult; plan: StudyPlan; table: ScoreTable } {
  const random = createRandom(wanted.seed);
  const primary: Scorer = {
    ...{ name: "score", kind: wanted.kind, direction: wanted.direction, score: () => ({ value: null }) },
    ...(wanted.kind === "mean" && wanted.seed % 2 === 0 && { range: [1, 5] as const }),
  };
  const settings = Array.from({ length: wanted.settings }, (_, i) => ({ temperature: i }));
  const samples = Array.from({ length: wanted.samples }, (_, i) => ({
    id: String(i),
    question: "?",
    answer: "",
    answers: [],
    topic: "",
    fields: {},
  }));
  const plan = {
    ...{ name: "sweep", settings, fixed: {}, reference: wanted.reference ? 0 : null, texts: {}, seed: 1, concurrency: 1 },
    dataset: { name: "d", path: "d.jsonl", digest: "0123456789", samples, available: samples.length },
    repeats: settings.map(() => wanted.repeats),
    ...{ mostRepeats: wanted.repeats, scorers: [primary], primary, correction: wanted.correction, minEffect: wanted.minEffect },
  } as unknown as StudyPlan;
  const table = new ScoreTable(plan);
  const quality = settings.map(() => wanted.spread * random());
  const hardness = samples.map(() => random());
  settings.forEach((_, setting) => {
    const isGone = wanted.special === "failed" || (wanted.missing > 0 && random() < wanted.missing / 4);
    samples.forEach((__, sample) => {
      for (let repeat = 0; repeat < wanted.repeats; repeat++) {
        const cell = { setting, sample, repeat };
        const chance =
          wanted.special === "equal" ? 1 : Math.min(1, Math.max(0, (quality[setting] ?? 0) + (hardness[sample] ?? 0) - wanted.spread / 2));
        const noise = wanted.special === "equal" ? 0 : random();
        const value = wanted.kind === "rate" ? Number(noise < chance) : Math.min(5, 1 + 2 * chance + 2 * noise ** 3);
        if (isGone || random() < wanted.missing) table.setFailed(cell, "ENDPOINT_ERROR");
        else table.setScores(cell, { score: { value } });
      }
    });
  });
  const run = {
    table,
    stopped: new Map(),
    status: "finished",
    resumed: 0,
    tokens: { prompt: 0, completion: 0 },
    latencies: [],
    errors: [],
  };
  const result = toSweepResult(plan, run as never, summarize(plan, run), {
    ...{ command: "", commandName: "llmops sweep", studyId: "s", target: { model: "m", location: "l" }, seconds: 1 },
    ...{ trackingUri: "t", experiment: "e", experimentId: null, parentRunId: null, runIds: [] },
  });
  return { result, plan, table };
}

const told = (verdict: string | undefined) => verdict !== undefined && verdict !== "cannot tell" && verdict !== "no difference";
const share = (a: SettingResult, b: SettingResult) => splitLetters(a.letters).some((one) => splitLetters(b.letters).includes(one));
const named = (result: SweepResult, params: unknown) =>
  result.settings.find((one) => JSON.stringify(one.params) === JSON.stringify(params));

/** Everything a result says about its settings, held against everything else it says. */
function checkResult(result: SweepResult, { minEffect, direction, kind, seed }: StudyShape): void {
  const scored = result.settings.filter(({ metrics }) => metrics["score"]);
  const reference = named(result, result.reference);
  for (const one of scored) {
    const { mean, low, high } = one.metrics["score"] ?? { mean: Number.NaN };
    expect(one.letters).not.toBe("");
    const [least, most] = kind === "rate" ? [0, 1] : seed % 2 === 0 ? [1, 5] : [-Infinity, Infinity];
    for (const end of [mean, low ?? mean, high ?? mean]) expect(end >= least && end <= most).toBe(true);
    if (one === reference) expect(one.comparison).toBeNull();
    else if (reference && scored.includes(reference)) checkComparison(one, reference, { minEffect, direction, kind });
  }
  checkBest(result, scored, direction);
}

function checkComparison(
  one: SettingResult,
  reference: SettingResult,
  { minEffect, direction, kind }: Pick<StudyShape, "minEffect" | "direction" | "kind">,
): void {
  const said = one.comparison;
  if (!said) throw new Error("a setting with scores is not compared");
  const { verdict, difference, low, high, p_value: p, confidence, further_samples: further } = said;
  expect(share(one, reference)).toBe(!told(verdict));
  if (verdict !== "no difference") expect(told(verdict)).toBe(p <= 0.05);
  expect(confidence).toBeGreaterThanOrEqual(0.95 - 1e-12);
  if (low !== null && high !== null) {
    expect(low <= difference && difference <= high).toBe(true);
    if (kind === "rate") expect(low >= -1 && high <= 1).toBe(true);
    // an interval leaves out zero exactly where a difference is found
    if (p <= 0.05) expect(low >= 0 || high <= 0).toBe(true);
    else expect(low <= 0 && high >= 0).toBe(true);
    expect(low > -minEffect && high < minEffect).toBe(verdict === "no difference");
  } else expect(verdict).not.toBe("no difference");
  if (verdict === "better" || verdict === "worse") expect(difference > 0).toBe((verdict === "better") === (direction === "max"));
  if (further !== null) expect(verdict === "cannot tell" && further >= 1 && difference !== 0).toBe(true);
}

function checkBest({ best, settings, comparisons, ...result }: SweepResult, scored: readonly SettingResult[], direction: string): void {
  expect(comparisons.pairs).toBe(Math.max(0, (scored.length * (scored.length - 1)) / 2));
  if (direction === "none" || scored.length === 0) expect(best).toBeNull();
  if (!best) return;
  const own = named({ best, settings, comparisons, ...result }, best.params);
  if (!own) throw new Error("the best is not a setting");
  const tied = best.tied_with.map(({ params }) => JSON.stringify(params));
  for (const one of scored) {
    if (one === own) expect(tied).not.toContain(JSON.stringify(one.params));
    else expect(share(one, own)).toBe(tied.includes(JSON.stringify(one.params)));
  }
  if (own.comparison) expect(own.comparison.verdict).not.toBe("worse");
  const isReference = JSON.stringify(result.reference) === JSON.stringify(best.params);
  if (isReference) expect(scored.map(({ comparison }) => comparison?.verdict)).not.toContain("better");
}

/** What is written about a result, held against the result. */
function checkText(text: string, result: SweepResult): void {
  const { best, settings, study } = result;
  const scored = settings.filter(({ metrics }) => metrics["score"]);
  const lettersDiffer = new Set(scored.map(({ letters }) => letters)).size > 1;
  expect(text).not.toMatch(/NaN|undefined|Infinity|null|\b1 (samples|settings|others)\b|\b[02-9]\d* (sample|setting) (is|was)\b|-0\.0\b/);
  expect(text.includes("No best setting.")).toBe(best === null);
  if (best && scored.length > 1) {
    const isTotal = best.tied_with.length === scored.length - 1;
    expect(text.includes("shown to be better than the other setting") || text.includes("shown to be better than every other")).toBe(
      best.tied_with.length === 0,
    );
    expect(text.includes("Best: ")).toBe(!isTotal);
    expect(text.includes("No setting is shown to be better than another.")).toBe(isTotal && !lettersDiffer);
    expect(/, tied with /.test(text)).toBe(best.tied_with.length > 0 && !isTotal);
  }
  if (lettersDiffer) expect(text).not.toMatch(/too few to tell any settings apart/);
  expect(text).toContain(study.name === "" ? "" : scored.length > 1 ? "settings that share a letter cannot be told apart" : "");
}

/** Lines under the table: in order, and nothing that is told goes missing without a word. */
function checkLines(text: string, { settings, study }: SweepResult): void {
  const compared = settings.flatMap(({ name, comparison }) => (comparison ? [{ name, ...comparison }] : []));
  const lines = compared.filter(({ name }) => text.includes(`\n  ${name}: `));
  const places = lines.map(({ name }) => text.indexOf(`\n  ${name}: `));
  const sign = study.direction === "min" ? -1 : 1;
  const byPlace = lines
    .map(({ difference }, i) => ({ place: places[i] ?? 0, difference: sign * difference || 0 }))
    .sort((a, b) => a.place - b.place);
  byPlace.forEach(({ difference }, i) => expect(difference).toBeGreaterThanOrEqual(byPlace[i - 1]?.difference ?? -Infinity));
  const hidden = compared.filter((one) => !lines.includes(one));
  if (hidden.length > 0) {
    const more = /… and (\d+) more: (.*) \(all in --json\)/.exec(text);
    expect(Number(more?.[1])).toBe(hidden.length);
    for (const { verdict } of hidden) expect(more?.[2]).toContain(verdict);
    const extreme = Math.min(...compared.filter(({ verdict }) => verdict === "worse").map(({ difference }) => sign * difference));
    if (Number.isFinite(extreme)) expect(lines.some(({ difference }) => sign * difference === extreme)).toBe(true);
  }
}

describe("a study", () => {
  it("never contradicts itself, in its document or in what is written about it: 1,000 random studies", () => {
    const screen = { chalk: new Chalk({ level: 0 }), width: 10_000 };
    fc.assert(
      fc.property(shape, (wanted) => {
        const { result } = studyOf(wanted);
        checkResult(result, wanted);
        const text = renderSweep(result, screen);
        checkText(text, result);
        checkLines(text, result);
        checkText(sweepMarkdown(result), result);
      }),
      { numRuns: 1000, seed: 21 },
    );
  }, 300_000);

  it("never contradicts itself on its page: 200 random studies", () => {
    const journal = { header: { id: "s" } as never, read: () => undefined };
    const property = fc.property(shape, (wanted) => {
      const { result, plan, table } = studyOf(wanted);
      const { view } = sweepPage(result, { plan, table, journal }, "sweep");
      if (view.kind !== "study") throw new Error("a sweep is a study");
      checkText([view.study.verdict, ...view.method, ...view.notes].join(" "), result);
      expect(view.study.result).toBe(result);
    });
    fc.assert(property, { numRuns: 200, seed: 22, endOnFailure: true });
  }, 300_000);
});
