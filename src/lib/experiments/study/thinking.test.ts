import { expect, it } from "vitest";
import { scriptedTarget } from "../../../../test/helpers/scripted-target.js";
import { runPlan, studyJournal, studyPlan } from "../../../../test/helpers/study-plan.js";
import { parseThoughtMarks } from "../../inference/openai/thoughts.js";
import { runCell } from "./run-cell.js";
import type { StudyPlan } from "./study.js";

const SAID = "<think>Could be yes. No.</think>\nLyon";

async function run(plan: StudyPlan, said: string) {
  const target = scriptedTarget(() => said);
  const context = { target, timeoutMs: 1000, retries: 0, signal: new AbortController().signal };
  const cell = await runCell(plan, { setting: 0, sample: 0, repeat: 0 }, context);
  if (cell?.outcome.ok !== true) throw new Error("no answer");
  return { ...cell.outcome, contains: cell.outcome.scores["contains"]?.value };
}

it("keeps thoughts apart from the answer, and scores the answer", async () => {
  const plan = studyPlan([{ name: "temperature", values: [0] }], 1);
  const { completion, contains } = await run(plan, SAID);
  expect(completion).toMatchObject({ text: "Lyon", thoughts: "Could be yes. No." });
  expect(contains).toBe(0);
  expect((await run(plan, "<think>It is yes")).completion).toMatchObject({ text: "", thoughts: "It is yes" });
  const given = await run({ ...plan, responses: new Map([[plan.dataset.samples[0]?.id ?? "", SAID]]) }, "never asked");
  expect(given.completion).toMatchObject({ text: "Lyon", thoughts: "Could be yes. No." });
});

it("scores thoughts too when asked, and takes other marks", async () => {
  const plan = studyPlan([{ name: "temperature", values: [0] }], 1);
  const scored = await run({ ...plan, thinking: { marks: parseThoughtMarks([]), scored: true } }, SAID);
  expect(scored.completion.text).toBe("Lyon");
  expect(scored.contains).toBe(1);
  const other = await run({ ...plan, thinking: { marks: parseThoughtMarks(["((,))"]), scored: false } }, "((yes))Lyon");
  expect(other.completion).toMatchObject({ text: "Lyon", thoughts: "yes" });
  expect(other.contains).toBe(0);
});

it("keeps thoughts in the journal", async () => {
  const journal = studyJournal();
  await runPlan(
    studyPlan([{ name: "temperature", values: [0] }], 1),
    scriptedTarget(() => SAID),
    { journal },
  );
  expect(journal.read(0)).toMatchObject({ text: "Lyon", thoughts: "Could be yes. No.", scores: { contains: 0 } });
});
