import { expect, it } from "vitest";
import type { JudgementResult } from "../experiments/evaluation/judgement-result.js";
import { judgementMarkdown } from "./judgement-files.js";

function result(warnings: string[]): JudgementResult {
  const study = {
    ...{ id: "s", resume: "", name: "judge", status: "finished", seed: 1, seconds: 1, tokens: { prompt: 0, completion: 0 } },
    dataset: { path: "d.jsonl", digest: "0123456789", samples: 1, available: 1 },
    rows: { scored: 0, unscored: 0, failed: 0, filtered: 0, resumed: 0 },
  };
  const judge = { models: [{ model: "demo", location: "l" }], method: "generate", reason: "none", criteria: [], warnings };
  const target = { model: "m", location: "l", answers: "given" };
  return { study, judge, target, metrics: {}, rows: [], doubtful: [], errors: [], checks: [] } as unknown as JudgementResult;
}

it("what speaks against a judge stands in its Markdown", () => {
  const warned = result(["Warning: the demo model is not a valid judge here: it does not know 40 % of the words (qux & <b>)."]);
  expect(judgementMarkdown(warned)).toContain("> Warning: the demo model is not a valid judge here");
  expect(judgementMarkdown(result([]))).not.toContain("> ");
});
