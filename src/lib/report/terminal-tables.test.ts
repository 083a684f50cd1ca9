import { Chalk } from "chalk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "../../../test/helpers/property-runs.js";
import { comparisonResult, settingResult, sweepResult } from "../../../test/helpers/sweep-result.js";
import type { AuditResult } from "../experiments/evaluation/audit.js";
import type { CalibrationCard } from "../experiments/evaluation/calibration-card.js";
import type { JudgementResult } from "../experiments/evaluation/judgement-result.js";
import type { PairwiseResult } from "../experiments/evaluation/pairwise-result.js";
import type { OptimizationResult } from "../experiments/optimize/optimization-result.js";
import type { Run } from "../tracking/records.js";
import { renderAudit } from "./audit-table.js";
import { renderBench } from "./bench-table.js";
import { renderCard } from "./calibration-table.js";
import { describeCanary } from "./canary-table.js";
import { renderPairs } from "./comparison-table.js";
import { displayWidth } from "./display-width.js";
import { renderExperiments } from "./experiments-table.js";
import { broken, cut, whole } from "./fit-columns.js";
import { renderJudgement } from "./judgement-table.js";
import { renderModel } from "./model-table.js";
import { renderOptimization } from "./optimization-table.js";
import { renderPairwise } from "./pairwise-table.js";
import { plainTable } from "./plain-table.js";
import { renderRun } from "./run-table.js";
import { renderRuns } from "./runs-table.js";
import type { Screen } from "./screen.js";
import { renderSweep } from "./sweep-table.js";
import { fromOwnColors, withOwnColors } from "./own-colors.js";

const cellErrors = (texts: readonly string[]) => texts.map((message) => ({ code: "ENDPOINT_ERROR" as const, message, cells: 1 }));

const WIDTHS = [80, 100, 120] as const;
const estimate = { mean: 0.5, low: 0.4123, high: 0.6, n: 40 };

/** Names as people give them: long, of other scripts, with emoji, with what terminals obey. */
const nasty = fc.oneof(
  fc.constantFrom(
    "",
    "ok",
    "東京都の首都はどこですか。長い質問です",
    "👩‍👩‍👧‍👦 family 🇩🇪",
    "हिन्दी में प्रश्न",
    "ภาษาไทยน้ำ",
    "e\u0301\u0302 combining",
  ),
  fc.constantFrom(
    "a/very/long/path/to/some/model-with-a-long-name-q4_k_m.gguf",
    "http://host.example.com:8080/v1",
    "\u001b[2J\u0007bell\ttab\nline",
  ),
  fc.string({ maxLength: 60, unit: "grapheme" }),
  fc.array(fc.lorem({ maxCount: 3 }), { maxLength: 12 }).map((words) => words.join(" ")),
);
const names = fc.uniqueArray(nasty, { minLength: 1, maxLength: 6 });

/** Every renderer of a table, from names and texts. */
const RENDERERS: Record<string, (given: { names: string[]; texts: string[] }, screen: Screen) => string> = {
  sweep: ({ names, texts }, screen) => {
    const metrics = Object.fromEntries(names.map((name) => [name, estimate]));
    const settings = Array.from({ length: 40 }, (_, i) =>
      settingResult(i / 10, 0.5, {
        name: `${texts[i % texts.length] ?? ""} ${i}`,
        params: {
          temperature: i / 10,
          ...Object.fromEntries(names.map((name, k) => [name, `${texts[(i + k) % texts.length] ?? ""}${i}`])),
        },
        metrics: { ...settingResult(0, 0.5).metrics, ...metrics },
        comparison: i === 0 ? null : comparisonResult({ verdict: "cannot tell", further_samples: 1234 }),
      }),
    );
    const scorers = ["contains", ...names].map((name) => ({ name, kind: "mean" as const, direction: "max" as const }));
    const { study } = sweepResult();
    return renderSweep(
      sweepResult({ settings, study: { ...study, scorers, tracking_uri: texts[0] ?? "" }, errors: cellErrors(texts) }),
      screen,
    );
  },
  judgement: ({ names, texts }, screen) => {
    const metrics = Object.fromEntries(
      names.map((name) => [
        name,
        { ...estimate, variance: 1, p90: 4, median: 3, unscored: 1, distribution: { 1: 4, 2: 5 }, entropy: 0.2, pass: null },
      ]),
    );
    const row = { score: 2, distribution: null, entropy: null, method: "votes", state: "scored" as const, problem: null, reference: null };
    const rows = names.flatMap((criterion) =>
      texts.map((text, i) => ({ ...row, criterion, id: `${i}`, question: text, answer: text, justification: text })),
    );
    const judge = { criteria: names.map((name) => ({ name, card: null })), shift: null };
    const study = {
      status: "finished",
      rows: { failed: 1 },
      resume: "llmops judge --resume x",
      tracking_uri: texts[0],
      experiment: texts[0],
      run_id: null,
      seconds: 1,
    };
    return renderJudgement(
      { metrics, rows, judge, study, doubtful: texts, errors: cellErrors(texts) } as unknown as JudgementResult,
      screen,
    );
  },
  pairwise: ({ names, texts }, screen) => {
    const pair = { win_rate: estimate, wins: 3, losses: 4, ties: 12, flips: 2, flip_rate: 0.1, p_value: 0.01, verdict: "better" };
    const pairs = names.map((first, i) => ({ ...pair, first, second: texts[i % texts.length] ?? "" }));
    const ranking = [...names, ...names, ...names].map((name) => ({ name, strength: 0.5, low: -1, high: 1, letters: "ab" }));
    const criteria = { accuracy: { pairs, ranking, first_place: { ...estimate, mean: 0.9 }, unscored: 4 } };
    const study = {
      samples: 10,
      status: "interrupted",
      resume: "llmops judge --resume x",
      tracking_uri: "u",
      experiment: texts[0],
      run_id: null,
      seconds: 1,
    };
    const judge = { models: texts.map((model) => ({ model })) };
    const result = { study, criteria, judge, contestants: names, rows: [], errors: cellErrors(texts) };
    return renderPairwise(result as unknown as PairwiseResult, screen);
  },
  optimize: ({ names, texts }, screen) => {
    const params = Object.fromEntries(names.map((name, i) => [name, texts[i % texts.length] ?? ""]));
    const objectives = [{ name: "accuracy", direction: "max", kind: "rate" }];
    const trials = [1, 2, 3].map((trial) => ({
      trial,
      params,
      value: trial / 10,
      se: 0.1,
      values: null,
      bounds: [1.5],
      feasible: true,
      state: "finished",
    }));
    const metrics = Object.fromEntries(["accuracy", ...names].map((name) => [name, estimate]));
    const comparisons = { accuracy: { n: 4, difference: 0.1, low: 0, high: 0.2, p_value: 0.1, verdict: "cannot tell" } };
    const settings = ["default", "best"].map((role) => ({
      role,
      name: texts.join(" "),
      params,
      metrics,
      comparisons,
      feasible: true,
      broken: [],
    }));
    const cells = { done: 100, failed: 2, filtered: 0, unscored: 0, truncated: 9, planned: 100 };
    const result = {
      ...{
        trials,
        space: names.map((name) => ({ name })),
        objectives,
        constraints: ["latency_p95<2"],
        front: null,
        surface: null,
        nearest: null,
      },
      best: { trial: 1, params, mean: 0.5, low: 0.1, high: 0.9 },
      proof: { samples: 100, settings, winner: params, cells },
      study: {
        status: "finished",
        stopped_by: "trials",
        trials: { finished: 3, stopped: 0, failed: 0 },
        ...{ cells, fixed: { max_tokens: 64 } },
        experiment: "e",
        tracking_uri: "u",
        run_id: "r",
        seconds: 1,
      },
    };
    return renderOptimization(result as unknown as OptimizationResult, screen);
  },
  comparison: ({ names, texts }, screen) => {
    const paired = {
      n: 40,
      difference: 0.01234,
      low: -0.1,
      high: 0.2,
      pValue: 0.0123,
      furtherSamples: 12_345,
      verdict: "cannot tell" as const,
      effectSize: 1,
      test: "t",
    };
    return renderPairs(
      [...names, ...texts],
      texts.map((score, source) => ({ ...paired, source, score })) as unknown as Parameters<typeof renderPairs>[1],
      screen,
    );
  },
  bench: ({ texts }, screen) => {
    const times = { p50: 1234.5, p90: 2345.6, p99: 3456.7, max: 9999 };
    const slos = texts.map((slo) => ({ slo, share: 0.99, met: false }));
    const level = {
      load: "rate" as const,
      value: 12.5,
      seconds: 10,
      requests: { done: 12_345, failed: 12 },
      requests_per_second: 123.4,
      completion_tokens_per_second: 12_345,
      prompt_tokens_per_second: 1,
      ttft_ms: times,
      itl_ms: times,
      e2e_ms: times,
      goodput: 12.3,
      slos,
      errors: texts.map((message) => ({ code: "ENDPOINT_ERROR" as const, message, requests: 1 })),
    };
    return renderBench(
      {
        schema: "llmops.bench/2",
        model: "m",
        target: "t",
        max_tokens: 1,
        levels: [level, level],
        highest_rate: null,
        errors: [],
        tracking_uri: "u",
        run_id: null,
      },
      true,
      screen,
    );
  },
  calibration: ({ names, texts }, screen) => {
    const kappa = { value: 0.5, low: 0.1, high: 0.9 };
    const levels = [1, 2, 3, 4, 5];
    const card = {
      ...{ criterion: names[0], judge: { models: texts, method: "votes", reason: "before" }, rows: 40, unscored: 3, raters: 2 },
      ...{
        kappa,
        alpha: kappa,
        human_kappa: kappa,
        exact: 0.5,
        within_one: 0.9,
        spearman: 0.5,
        bias: kappa,
        majority: { level: 5, exact: 0.3 },
      },
      ...{ levels, confusion: levels.map(() => levels), pass: { at: 4, tpr: 0.5, positives: 12, tnr: null, negatives: 0 } },
    };
    return renderCard(card as unknown as CalibrationCard, screen);
  },
  audit: ({ names, texts }, screen) => {
    const shifts = texts.flatMap((perturbation) =>
      ["right", "wrong", "all"].map((base) => ({
        criterion: names[0],
        perturbation,
        base,
        n: 4,
        shift: 0.123,
        low: -0.1,
        high: 0.9,
        p_value: 0.01,
        verdict: "cannot tell",
      })),
    );
    const judge = { criteria: [{ name: names[0] }], models: [{ name: "canary", model: texts[0] }] };
    const audit = { shifts, discrimination: { [names[0] ?? ""]: estimate }, unscored: 2, judge, study: { seconds: 1 } };
    return renderAudit(audit as unknown as AuditResult, screen);
  },
  canary: ({ names }, screen) => {
    const metrics = names.map((metric) => ({
      metric,
      samples: 40,
      before: 0.12345,
      now: 123.456,
      difference: 12.3,
      low: -1.23,
      high: 99.9,
      tolerance: 0.05,
      p_mean: 0.0001,
      p_shape: 0.9,
      distance: 0.4,
      state: "cannot tell" as const,
      further_samples: 1234,
    }));
    const comparison = { state: "cannot tell", metrics, identical: 3, samples: 40 } as const;
    return describeCanary({ name: "canary", model: "m", path: "canary.json", blessed: false, comparison }, screen).join("\n");
  },
  model: ({ texts: [text = ""] }, screen) =>
    renderModel(
      {
        ...{
          path: text,
          name: text,
          architecture: "llama",
          parameters: 7e9,
          quantization: "Q4_K_M",
          size_bytes: 4e9,
          bits_per_weight: 4.5,
          context_length: 131_072,
        },
        ...{ layers: 32, width: 4096, heads: 32, kv_heads: 8, vocabulary: 128_256, tokenizer: text, chat_template: true, licence: text },
        tensors: [{ type: "Q4_K", count: 200, size_bytes: 3e9 }],
        memory: [{ slots: 64, context: 131_072, weights: 4e9, cache: 4e9, compute: 4e9, total: 12e9 }] as never,
      },
      screen,
    ),
  runs: ({ names, texts }, screen) => {
    const columns = names.map((name, i) => ({ name, value: () => (i % 2 === 0 ? texts[i % texts.length] : 0.123456) }));
    return renderRuns(
      texts.map((text) => runOf(text)),
      columns,
      screen,
    );
  },
  run: ({ names, texts }, screen) => {
    const files = texts.map((path) => ({ path, isFolder: false, sizeBytes: 12_345 }));
    const pairs = Object.fromEntries(names.map((name, i) => [name, texts[i % texts.length] ?? ""]));
    return renderRun({ ...runOf(texts[0] ?? ""), params: pairs, tags: pairs }, files, screen);
  },
  experiments: ({ names }, screen) =>
    renderExperiments(
      names.map((name, i) => ({ experimentId: `${i}`, name, creationTime: 0, artifactLocation: `/data/${name}` })) as never,
      screen,
    ),
};

function runOf(runName: string): Run {
  const run = {
    runId: "745ea258cf3b447c974a8b1636a8cc96",
    runName,
    status: "FINISHED",
    startTime: 0,
    endTime: 5000,
    lifecycleStage: "deleted",
    userId: "",
  };
  return {
    ...run,
    experimentId: "1",
    tags: {},
    params: {},
    metrics: [{ key: runName, value: 1, step: 3 }],
    datasets: [],
  } as unknown as Run;
}

describe.each(Object.keys(RENDERERS))("the table of %s", (name) => {
  it.each(WIDTHS)("has no line over %i columns, whatever it shows, in color or not", (width) => {
    const render = RENDERERS[name];
    fc.assert(
      fc.property(names, names, fc.constantFrom(0 as const, 1 as const), (given, texts, level) => {
        const text = render?.({ names: given, texts }, { chalk: withOwnColors(new Chalk({ level })), width }) ?? "";
        const widest = Math.max(...text.split("\n").map(displayWidth));
        expect(widest, text).toBeLessThanOrEqual(width);
        expect(isTorn(text), text).toBe(false);
      }),
      { numRuns: propertyRuns(6) },
    );
  });
});

/** Whether the lines of a table between its corners are of different widths. */
function isTorn(text: string): boolean {
  let width: number | undefined;
  for (const line of text.split("\n")) {
    if (line.startsWith("┌")) width = displayWidth(line);
    else if (line.startsWith("└")) width = undefined;
    else if (width !== undefined && displayWidth(line) !== width) return true;
  }
  return false;
}

describe("plainTable", () => {
  const chalk = new Chalk({ level: 0 });
  const head = [cut("name"), whole("score", 0), whole("tokens", 2), broken("remark", 1)];
  const rows = [["a-long-name-with-a-difference-at-its-end-1", "90.0 %", "1,234", "says something in a few words"]];

  it("leaves everything whole where nothing limits it, so that a pipe can be searched", () => {
    const text = plainTable(head, rows, { chalk, width: Infinity });
    expect(text).toContain("│ a-long-name-with-a-difference-at-its-end-1 │ 90.0 % │ 1,234  │ says something in a few words │");
  });

  it("first narrows texts, keeping both ends of names, then leaves columns out by priority and says which", () => {
    const narrow = plainTable(head, rows, { chalk, width: 64 });
    expect(narrow).toMatch(/│ a-long-\S*…\S*end-1 │ 90\.0 % │ 1,234 {2}│ says something/);
    const narrower = plainTable(head, [["the-name-of-a-model", "90.0 % - 91.0 % - 92.0 %", "1,234,567", ""]], { chalk, width: 55 });
    expect(narrower).toContain("… 2 columns hidden (tokens, remark); --json has all.");
    expect(narrower).toContain("90.0 %");
  });

  it("gives wide characters two columns and marks none, so that borders meet", () => {
    const text = plainTable(["q"], [["東京"], ["हिन्दी"], ["👩‍👩‍👧‍👦"], ["น้ำ"], ["plain"]], { chalk, width: 80 });
    expect(new Set(text.split("\n").map(displayWidth)).size).toBe(1);
  });

  it("shows nothing a terminal would obey, but colors of our own", () => {
    const hostile = plainTable(["q"], [["\u001b[2J\u001b]0;title\u0007x"], ["plain"]], { chalk, width: 80 });
    expect(hostile).not.toContain("\u001b");
    expect(hostile).toContain("│ \\x1b[2J\\x1b]0;title\\x07x │");
    expect(new Set(hostile.split("\n").map(displayWidth)).size).toBe(1);
    const own = withOwnColors(new Chalk({ level: 1 }));
    const table = fromOwnColors(plainTable(["q", "r"], [[own.red("x"), "\u001b[8mhidden"]], { chalk, width: 80 }));
    expect(table).toContain("\u001b[31mx\u001b[39m │ \\x1b[8mhidden");
  });
});
