import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { settingResult, sweepResult } from "../../../test/helpers/sweep-result.js";
import type { CheckResult } from "../experiments/gates/checks.js";
import { chartFiles } from "./png.js";
import { sweepCharts } from "./sweep-charts.js";
import { sweepCsv } from "./sweep-csv.js";
import { sweepJunit } from "./sweep-junit.js";
import { sweepMarkdown } from "./sweep-markdown.js";

describe("sweepMarkdown", () => {
  it("says the verdict first, then the settings, then what failed", () => {
    const { study, settings } = sweepResult();
    const cells = { done: 240, failed: 1, filtered: 2, unscored: 0, planned: 240, resumed: 0 };
    const lines = sweepMarkdown(
      sweepResult({ study: { ...study, cells }, errors: [{ code: "ENDPOINT_ERROR", message: "a | b\nc", cells: 3 }] }),
    ).split("\n");
    expect(lines[0]).toBe("### sweep temperature: demo");
    expect(lines[2]).toContain("Best: **temperature=0.1** with 90.0 % accuracy (contains), shown to be better than the other setting.");
    expect(lines).toContain("| 0.1 | 90.0 % | 85.0 % - 95.0 % | a |  | 250 ms | 80 | 120 |");
    expect(lines).toContain("| 0.9 | 70.0 % | 65.0 % - 75.0 % | b | worse: -20.0 points (-30.0 to -10.0), p < 0.001 | 250 ms | 80 | 120 |");
    expect(lines.join("\n")).toContain("237 of 240 cells scored, 1 failed, 2 filtered in 3.2 s");
    expect(lines.at(-2)).toBe("**3 cells have no score.** ENDPOINT_ERROR: a \\| b c (3 cells)");
    expect(settings).toHaveLength(2);
  });
});

describe("sweepCsv", () => {
  it("has a row a setting that reads back, empty where there is no value", () => {
    const open = { accuracy: { mean: 0.8, low: null, high: null, n: 1 } };
    const settings = [settingResult(0, 0.9), settingResult(1, 0.8, { metrics: open, run_id: null })];
    const rows = parse<Record<string, string>>(sweepCsv(sweepResult({ settings }), { raw: false }), { columns: true });
    expect(rows).toMatchObject([
      { temperature: "0", accuracy: "0.9", accuracy_ci_high: "0.9500000000000001", accuracy_n: "40", tokens_per_second: "80", run_id: "r" },
      { temperature: "1", accuracy: "0.8", accuracy_ci_low: "", tokens_per_second: "", run_id: "" },
    ]);
  });
});

describe("sweepJunit", () => {
  it("has a case for every setting and check, with failures and what cannot be told", () => {
    const failing = settingResult(1, 0, {
      name: 'odd <name> & "more"\u0001',
      cells: { done: 3, failed: 3, filtered: 0, unscored: 0, planned: 3 },
    });
    const checks: CheckResult[] = [
      { name: "accuracy >= 0.9", state: "not met", evidence: "accuracy is 0.8" },
      { name: "accuracy >= 0.5", state: "too much failed", evidence: "3 of 6 cells failed" },
      { name: "baseline main", state: "cannot tell", evidence: "too few samples" },
    ];
    const errors = [{ code: "ENDPOINT_UNREACHABLE" as const, message: "nobody there", cells: 3 }];
    const xml = sweepJunit(sweepResult({ settings: [settingResult(0, 0.9), failing], errors, checks }));
    expect(xml).toContain('tests="5" failures="1" errors="2" skipped="1"');
    expect(xml).toContain('name="odd &#60;name&#62; &#38; &#34;more&#34;"');
    expect(xml).toContain('<error message="0 of 3 cells scored, 3 failed: ENDPOINT_UNREACHABLE: nobody there (3 cells)"/>');
    expect(xml).toContain('<error message="3 of 6 cells failed"/>');
    expect(xml).toContain('<failure message="accuracy is 0.8"/>');
    expect(xml).toContain('<skipped message="too few samples"/>');
  });
});

describe("the charts of a sweep", () => {
  it("draws every chart as SVG and PNG", async () => {
    const files = chartFiles(await sweepCharts(sweepResult()));
    expect(files.map(({ name }) => name)).toEqual(
      ["response-temperature", "scores", "quality-speed", "parallel"].flatMap((name) => [`${name}.svg`, `${name}.png`]),
    );
    for (const { name, content } of files) {
      if (name.endsWith(".svg")) expect(content).toMatch(/^<svg.*temperature/s);
      else
        expect(
          Buffer.from(content as Uint8Array)
            .subarray(1, 4)
            .toString(),
        ).toBe("PNG");
    }
  });
});
