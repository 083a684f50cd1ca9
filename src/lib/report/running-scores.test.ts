import { expect, it } from "vitest";
import { ScoreTable } from "../experiments/study/score-table.js";
import { studyPlan } from "../../../test/helpers/study-plan.js";
import { displayWidth } from "./display-width.js";
import { describeRunning } from "./running-scores.js";

it("tells the settings of a running study from the best on, in narrow lines, and how many more there are", () => {
  const names = ["a", "漢字".repeat(30), "c", "d"];
  const plan = studyPlan([{ name: "model", values: names }], 10);
  const table = new ScoreTable(plan);
  expect(describeRunning(plan, table, 2)).toEqual([]);
  const answer = (setting: number, rights: number) => {
    for (let sample = 0; sample < 10; sample++)
      table.setScores({ setting, sample, repeat: 0 }, { contains: { value: sample < rights ? 1 : 0 } });
  };
  answer(0, 5);
  expect(describeRunning(plan, table, 2)).toEqual(["accuracy so far:", "  model=a  50.0 % (23.7 % - 76.3 %) of 10", "  and 3 more"]);
  answer(1, 9);
  answer(2, 1);
  const lines = describeRunning(plan, table, 2);
  expect(lines[1]).toContain("90.0 %");
  expect(lines[2]).toMatch(/^ {2}model=a {2,}50\.0 %/);
  expect(lines[3]).toBe("  and 2 more");
  expect(Math.max(...lines.map(displayWidth))).toBeLessThan(80);
  const sizes = lines.slice(1, 3).map((line) => displayWidth(line.slice(0, line.indexOf(" %") - 4)));
  expect(new Set(sizes).size).toBe(1);
});
