import { expect, it } from "vitest";
import type { CriterionMetrics, JudgedRow, PairwiseRow } from "../../../api/judge-documents.js";
import { answersOf, isFlip, levelCounts, orderCounts } from "./judge-data.js";

const row = (id: string, criterion: string, score: number | null): JudgedRow => ({
  ...{ id, criterion, score, state: score === null ? "unscored" : "scored", problem: null, justification: null },
  ...{ question: "q", answer: "a", reference: null },
});
const pair = (...verdicts: PairwiseRow["verdicts"]): PairwiseRow => ({
  ...{ id: "1", criterion: "c", first: "a", second: "b", winner: null, verdicts, state: "scored", problem: null },
});

it("counts levels by the judge's probabilities, or else by scores, also where a level is named like a member of objects", () => {
  const metrics = { distribution: null } as CriterionMetrics;
  const rows = [row("1", "c", 4.6), row("2", "c", 5), row("3", "c", null), row("4", "other", 1)];
  expect(levelCounts("c", ["5", "1"], metrics, rows)).toEqual([
    { level: "5", rows: 2 },
    { level: "1", rows: 0 },
  ]);
  const distribution = Object.assign(Object.create(null) as Record<string, number>, { "5": 1.5 });
  expect(levelCounts("c", ["5", "constructor"], { ...metrics, distribution }, rows).map((one) => one.rows)).toEqual([1.5, 0]);
});

it("keeps the order of answers, and puts the criteria of each together", () => {
  const answers = answersOf([row("b", "x", 1), row("b", "y", 2), row("a", "x", 3)]);
  expect(answers.map(({ id, verdicts }) => [id, verdicts.map(({ criterion }) => criterion)])).toEqual([
    ["b", ["x", "y"]],
    ["a", ["x"]],
  ]);
});

it("counts verdicts by both orders, and takes any difference for a disagreement", () => {
  const rows = [pair("first", "first"), pair("first", "tie"), pair("second", "first"), pair("tie", null), pair()];
  expect(rows.map(isFlip)).toEqual([false, true, true, false, false]);
  const counts = orderCounts(rows);
  expect([counts.first.first, counts.first.tie, counts.second.first, counts.tie.tie]).toEqual([1, 1, 1, 0]);
});
