import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import { scriptedTarget } from "../../../test/helpers/scripted-target.js";
import { settingResult, sweepResult } from "../../../test/helpers/sweep-result.js";
import { runPlan, studyJournal, studyPlan } from "../../../test/helpers/study-plan.js";
import { temporaryFolder } from "../../../test/helpers/temporary-folder.js";
import { StudyJournal } from "../experiments/study/study-journal.js";
import type { Setting } from "../experiments/study/study.js";
import type { SettingResult } from "../experiments/study/sweep-result.js";
import { sweepMarkdown } from "./sweep-markdown.js";
import { renderSweep } from "./sweep-table.js";
import { sweepTruncated } from "./truncated-line.js";

/** Answers "yes", cut off at the limit of tokens for questions that end in an even number. */
const oftenCut = scriptedTarget(
  () => "yes",
  ({ messages }) => (/[02468]$/.test(String(messages.at(-1)?.content)) ? "length" : "stop"),
);

const cut = (truncated: number, params: Setting): SettingResult =>
  settingResult(0.1, 0.9, { params, cells: { done: 20, failed: 2, filtered: 0, unscored: 0, truncated, planned: 20 } });

const lineOf = (settings: SettingResult[], fixed: Setting, stored = false) => {
  const { study } = sweepResult();
  const truncated = settings.reduce((sum, { cells }) => sum + (cells.truncated ?? 0), 0);
  const cells = { done: 20 * settings.length, failed: 2 * settings.length, filtered: 0, unscored: 0, truncated, planned: 40, resumed: 0 };
  const from = stored ? { scored_from: { id: "x", resume: "llmops eval --resume x" } } : {};
  return { ...sweepResult({ settings }), study: { ...study, ...from, fixed, cells } };
};

describe("answers that were cut off", () => {
  it("are counted, and scored as they are, also where a study is resumed", async () => {
    const folder = temporaryFolder();
    const plan = studyPlan([{ name: "temperature", values: [0.5] }], 7, { repeats: 1 });
    const first = await runPlan(plan, oftenCut, { journal: studyJournal(folder) });
    const again = await runPlan(plan, oftenCut, { journal: StudyJournal.open(folder, "test") });
    for (const { table } of [first, again]) {
      expect(table.counts(0)).toEqual({ done: 7, failed: 0, filtered: 0, unscored: 0, truncated: 4 });
      expect(table.values("contains", 0).flat()).toEqual([1, 1, 1, 1, 1, 1, 1]);
    }
    expect(again.resumed).toBe(7);
  });

  it("are told of on the screen and in Markdown, with the limit and how to raise it", () => {
    const result = lineOf([cut(18, {})], { max_tokens: 64 });
    const line = "18 of 18 answers were cut off at max_tokens 64; raise it with --max_tokens N.";
    expect(renderSweep(result, { chalk: new Chalk({ level: 0 }), width: Infinity })).toContain(`\n${line}\n`);
    expect(sweepMarkdown(result)).toContain(`**${line}**`);
    expect(renderSweep(sweepResult(), { chalk: new Chalk({ level: 0 }), width: Infinity })).not.toContain("cut off");
  });

  it("of another limit name it, of several limits all of them, of stored answers that they have to be asked again", () => {
    expect(sweepTruncated(lineOf([cut(1, { max_completion_tokens: 32 })], {}))).toEqual([
      "1 of 18 answers was cut off at max_completion_tokens 32; raise it with --set max_completion_tokens=N.",
    ]);
    const settings = [cut(9, { max_tokens: 8 }), cut(3, { max_tokens: 16 })];
    expect(sweepTruncated(lineOf(settings, {}))).toEqual(["12 of 36 answers were cut off at max_tokens 8, 16."]);
    expect(sweepTruncated(lineOf([cut(2, {})], { max_tokens: 64 }, true))).toEqual([
      "2 of 18 answers were cut off at max_tokens 64; for complete ones, ask again with a larger max_tokens.",
    ]);
  });
});
