import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import { comparisonResult, settingResult, sweepResult } from "../../../test/helpers/sweep-result.js";
import { describeComparison } from "./format-score.js";
import { intervalPlot } from "./interval-plot.js";
import { sweepMarkdown } from "./sweep-markdown.js";
import { renderSweep } from "./sweep-table.js";

const plain = { chalk: new Chalk({ level: 0 }), width: Infinity };

describe("renderSweep", () => {
  it("shows a row for each setting with its score, ties and difference, and what that means", () => {
    const text = renderSweep(sweepResult(), plain);
    expect(text).toMatch(/│ +0\.1 │ +90\.0 % │ 85\.0 % - 95\.0 % │ +a │ +ref │ +6\.3 │ +250 ms \* │ +80 │ +120 │/);
    expect(text).toMatch(/│ +0\.9 │ +70\.0 % │ 65\.0 % - 75\.0 % │ +b │ +-20\.0 │ +6\.3 │ +250 ms │/);
    expect(text).toContain("Best: temperature 0.1 with 90.0 % accuracy (contains), shown to be better than the other setting.");
    expect(text).toContain(
      "Against temperature=0.1, sample by sample:\n  temperature=0.9: worse: -20.0 points (-30.0 to -10.0), p < 0.001",
    );
    expect(text).toContain('Recorded in sqlite:///x/mlflow.db, experiment "sweep", run abc (3.2 s).');
  });

  it("says what limits of the rate did, only where there were any", () => {
    const limits = { endpoint: "http://a/v1", refused: 37, waited_seconds: 41.2, lowest_concurrency: 2 };
    const { study } = sweepResult();
    expect(renderSweep(sweepResult(), plain)).not.toContain("imited");
    const said = (rate_limits: (typeof limits)[]) => renderSweep(sweepResult({ study: { ...study, rate_limits } }), plain);
    expect(said([limits])).toContain("\nRate limited 37 times: waited 41 s, down to 2 requests at a time.\n");
    const other = { endpoint: "http://b/v1", refused: 1, waited_seconds: 0.5, lowest_concurrency: 1 };
    expect(said([limits, other])).toContain("\nRate limited by http://b/v1 once: waited 0.5 s, down to one request at a time.\n");
  });

  it("names the settings that are tied with the best", () => {
    const best = { params: { temperature: 0.1 }, value: 0.9, run_id: "r", tied_with: [{ params: { temperature: 0.9 } }] };
    const settings = [settingResult(0.1, 0.9), settingResult(0.9, 0.9)];
    expect(renderSweep(sweepResult({ best, settings }), plain)).toContain(
      "No setting is shown to be better than another. Highest: temperature 0.1 with 90.0 % accuracy (contains).\nPaired tests over 40 samples, one pair, Holm's correction, 5 %; settings that share a letter cannot be told apart.",
    );
  });

  it("does not compare a single setting with others", () => {
    const result = sweepResult({ settings: [settingResult(0.1, 0.9)] });
    const text = renderSweep(result, plain);
    expect(text).toContain("Scored: temperature 0.1 with 90.0 % accuracy (contains).");
    for (const shown of [text, sweepMarkdown(result)]) expect(shown).not.toMatch(/ties|diff|against|\bref\b|\*$|ms \*/m);
  });

  it("says how to go on when it was interrupted, what failed, and when nothing was scored", () => {
    const { study } = sweepResult();
    const cells = { done: 100, failed: 7, filtered: 0, unscored: 2, planned: 240, resumed: 0 };
    const stopped = { ...study, status: "interrupted" as const, cells };
    const text = renderSweep(
      sweepResult({ study: stopped, best: null, errors: [{ code: "ENDPOINT_ERROR", message: "the endpoint was busy", cells: 7 }] }),
      plain,
    );
    expect(text).toContain("No best setting");
    expect(text).toContain("Interrupted after 100 of 240 cells; continue with: llmops sweep --resume 20261121-100000-abcd");
    expect(text).toContain(
      "91 of 240 cells scored, 7 failed, 2 unscored, 140 not asked; cells without a score are left out. ENDPOINT_ERROR: the endpoint was busy (7 cells).",
    );
    const done = renderSweep(
      sweepResult({ study: { ...study, cells }, errors: [{ code: "ENDPOINT_ERROR", message: "x", cells: 7 }] }),
      plain,
    );
    expect(done).toContain("--resume 20261121-100000-abcd --retry-failed");
  });

  it("shows a dash for what was not measured, and settings that leave a parameter alone empty", () => {
    const settings = [settingResult(0.1, 0.9, { metrics: {} }), settingResult(1, 1, { name: "default", params: {} })];
    const text = renderSweep(sweepResult({ settings, best: null }), plain);
    expect(text).toMatch(/│ +0\.1 │ +- │ +- │/);
    expect(text).toMatch(/│ {13}│ +100\.0 % │/);
  });
});

describe("describeComparison", () => {
  it.each([
    [{}, "rate", "worse: -20.0 points (-30.0 to -10.0), p < 0.001"],
    [{ verdict: "better", difference: 1.234, low: 1, high: 1.5, p_value: 0.0421 }, "mean", "better: +1.23 (+1 to +1.5), p = 0.042"],
    [
      { verdict: "cannot tell", difference: 0.01, low: -0.01, high: 0.03, p_value: 0.3, further_samples: 1234 },
      "rate",
      "cannot tell: +1.0 points (-1.0 to +3.0), p = 0.3; about 1,234 more samples would",
    ],
    [{ verdict: "cannot tell", difference: 0, low: 0, high: 0, p_value: 1 }, "rate", "cannot tell: no difference seen"],
  ] as const)("of %j as a %s is: %s", (change, kind, words) => expect(describeComparison(comparisonResult(change), kind)).toBe(words));
});

describe("intervalPlot", () => {
  it("puts means and intervals on one axis", () => {
    const plot = intervalPlot(
      [
        { label: "a", estimate: { mean: 0, low: 0, high: 0.5, n: 9 } },
        { label: "longer", estimate: { mean: 1, low: 0.5, high: 1, n: 9 } },
      ],
      "mean",
    ).split("\n");
    expect(plot[0]).toMatch(/^ {5}a ●─+┤$/);
    expect(plot[1]).toMatch(/^longer +├─+●$/);
    expect(plot[2]).toMatch(/^ +0 +1$/);
    expect(intervalPlot([{ label: "a", estimate: { mean: 1, low: 1, high: 1, n: 9 } }], "mean")).toBe("");
  });

  it("has what models take where they differ in it", () => {
    const model = (quantization: string, memory_bytes: number) => ({ quantization, size_bytes: memory_bytes / 2, memory_bytes });
    const [first, second] = [model("F16", 200 * 2 ** 20), model("Q8_0", 120 * 2 ** 20)];
    const settings = [settingResult(0.1, 0.9, { model: first, pareto: true }), settingResult(0.9, 0.7, { model: second, letters: "b" })];
    const text = renderSweep(sweepResult({ settings }), plain);
    expect(text).toMatch(/tokens\/s │ weights │\s+file │\s+memory │ cells/);
    expect(text).toMatch(/80 │\s+Q8_0 │\s+60 MiB │ 120 MiB │/);
    const same = renderSweep(sweepResult({ settings: settings.map((one) => ({ ...one, model: first })) }), plain);
    expect(same).not.toContain("weights");
  });
});
