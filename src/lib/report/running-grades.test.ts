import { expect, it } from "vitest";
import type { PairResult } from "../experiments/evaluation/pairwise-result.js";
import { ScoreTable } from "../experiments/study/score-table.js";
import { studyPlan } from "../../../test/helpers/study-plan.js";
import { displayWidth } from "./display-width.js";
import { describeRunningGrades, describeRunningPairs } from "./running-grades.js";

it("tells the mean grade of every criterion of a running judgment, of the rows that have one", () => {
  const plan = studyPlan([], 10, { strategies: [{}] });
  const table = new ScoreTable(plan);
  expect(describeRunningGrades(plan, table, 5)).toEqual([]);
  for (let sample = 0; sample < 8; sample++) {
    table.setScores({ setting: 0, sample, repeat: 0 }, { contains: { value: sample === 7 ? null : sample < 5 ? 1 : 0 } });
  }
  expect(describeRunningGrades(plan, table, 5)).toEqual(["Grades so far:", "  contains  71.4 % (35.9 % - 91.8 %) of 7"]);
});

it("tells how often the first of each pair has won so far, in narrow lines, and how many more there are", () => {
  const rate = (mean: number, n: number) => ({ mean, low: mean - 0.25, high: mean + 0.25, n });
  const pair = (first: string, second: string, win_rate: PairResult["win_rate"]) => ({ first, second, win_rate }) as PairResult;
  const pairs = [pair("a.jsonl", "漢字".repeat(30), rate(0.75, 12)), pair("a.jsonl", "c", rate(0.5, 6)), pair("c", "d", rate(0, 0))];
  expect(describeRunningPairs({ accuracy: [pairs[2]!] }, 5)).toEqual([]);
  const lines = describeRunningPairs({ accuracy: pairs, tone: pairs }, 3);
  expect(lines[0]).toBe("Wins so far, ties counted half:");
  expect(lines[2]).toMatch(/^ {2}a\.jsonl against c by accuracy {2,}50\.0 % \(25\.0 % - 75\.0 %\) of 6$/);
  expect(lines.at(-1)).toBe("  and 1 more");
  expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(100);
  expect(describeRunningPairs({ accuracy: pairs }, 5)[2]).toMatch(/^ {2}a\.jsonl against c {2,}50/);
});
