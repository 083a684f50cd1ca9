import { expect, it } from "vitest";
import type { StudyPlan } from "../../lib/experiments/study/study.js";
import { slotsOf } from "./study-target.js";

const plan = (rows: number, repeats: number[], mostRepeats = 0) =>
  ({ concurrency: 32, dataset: { samples: Array.from({ length: rows }) }, repeats, mostRepeats }) as unknown as StudyPlan;

it.each([
  ["few cells", plan(2, [1, 1]), 0, 4],
  ["few cells with two graders", plan(2, [1, 1]), 2, 12],
  ["repeats that may be added", plan(2, [1, 1], 9), 0, 32],
  ["many cells", plan(200, [3]), 0, 32],
])("%s are asked with %s", (_, study, graders, slots) => expect(slotsOf(study, graders)).toBe(slots));
