import { Chalk } from "chalk";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import type { LevelResult } from "../operations/load/level-result.js";
import { benchReport } from "./bench-table.js";
import { pairsReport } from "./comparison-table.js";
import { recordsCsv, renderReport, reportJunit, reportMarkdown, type Report } from "./report.js";
import { fromOwnColors, withOwnColors } from "./own-colors.js";

const chalk = withOwnColors(new Chalk({ level: 1 }));

const REPORT: Report = {
  title: "A <report>",
  parts: [chalk.yellow("Look | here."), { head: ["name", "a long heading of a column"], rows: [[chalk.red("a|b"), "<0.1>"]] }],
  records: [
    { name: "a,b", value: 0.123456789 },
    { name: 'c"d', met: false, none: null },
  ],
  cases: [{ name: "one", time: 1, output: "0.1", failure: "below 0.2" }],
  seconds: 2,
};

describe("a report", () => {
  it("is colored and fitted on a screen, and whole and plain in files", () => {
    const shown = renderReport(REPORT, { chalk, width: 30 });
    expect(fromOwnColors(shown)).toContain("\u001b[31m");
    expect(shown).toContain("1 column hidden");
    const markdown = reportMarkdown(REPORT);
    expect(markdown).toBe("### A &lt;report>\n\nLook | here.\n\n| name | a long heading of a column |\n| --- | --- |\n| a\\|b | <0.1> |\n");
    expect(markdown).not.toContain("\u001b");
  });

  it("has values as measured in CSV, under every name any record has", () => {
    expect(parse(recordsCsv(REPORT.records, { raw: false }), { columns: true })).toEqual([
      { name: "a,b", value: "0.123456789", met: "", none: "" },
      { name: 'c"d', value: "", met: "false", none: "" },
    ]);
  });

  it("has its cases in JUnit XML", () => {
    expect(reportJunit(REPORT)).toMatch(/tests="1" failures="1" errors="0" skipped="0" time="2.000".*<failure message="below 0.2"/s);
  });
});

describe("the report of a load test", () => {
  it("fails a level that misses an objective, but not while the highest rate is searched", () => {
    const times = { p50: 1, p90: 2, p99: 3, max: 4 };
    const level: LevelResult = {
      ...{ load: "rate", value: 5, seconds: 10, requests: { done: 50, failed: 0 }, requests_per_second: 5, errors: [] },
      ...{ completion_tokens_per_second: 40, prompt_tokens_per_second: 9, ttft_ms: times, itl_ms: times, e2e_ms: times },
      ...{ goodput: 4, slos: [{ slo: "ttft<1ms@99%", share: 0.5, met: false }] },
    };
    const result = {
      ...{ schema: "llmops.bench/2" as const, model: "m", target: "t", max_tokens: 1, levels: [level], errors: [], highest_rate: null },
      ...{ tracking_uri: "u", run_id: null },
    };
    expect(benchReport(result, false, chalk).cases).toMatchObject([{ name: "rate 5", failure: "missed ttft<1ms@99%: 50.0 %" }]);
    expect(benchReport(result, true, chalk).cases).toMatchObject([{ name: "rate 5", failure: undefined }]);
    expect(benchReport(result, false, chalk).records).toMatchObject([{ requests_done: 50, ttft_ms_p99: 3, "ttft<1ms@99%": 0.5 }]);
  });
});

describe("the report of a comparison", () => {
  it("fails what is gated and worse, and skips what cannot be told", () => {
    const one = {
      source: 1,
      n: 20,
      low: -0.3,
      high: -0.1,
      confidence: 0.95,
      pValue: 0.001,
      effectSize: 1,
      test: "t",
      furtherSamples: null,
    };
    const pairs = [
      { ...one, score: "accuracy", difference: -0.2, verdict: "worse" as const },
      { ...one, score: "clarity", difference: -0.2, verdict: "worse" as const },
      { ...one, score: "speed", difference: 0.1, verdict: "cannot tell" as const },
    ] as unknown as Parameters<typeof pairsReport>[1];
    const { cases, records } = pairsReport(["before", "after"], pairs, ["accuracy"]);
    expect(cases.map(({ failure, skipped }) => [failure !== undefined, skipped])).toEqual([
      [true, false],
      [false, false],
      [false, true],
    ]);
    expect(records[0]).toMatchObject({ reference: "before", source: "after", score: "accuracy", difference: -0.2, p_value: 0.001 });
  });
});
