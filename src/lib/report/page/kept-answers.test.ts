import { describe, expect, it } from "vitest";
import type { CellRecord } from "../../experiments/study/cell-record.js";
import { keptAnswers, type AnswerSource } from "./kept-answers.js";

/** A study of two settings whose answers all have this text. */
function study(rows: number, text: string): { result: Parameters<typeof keptAnswers>[0]; source: AnswerSource } {
  const samples = Array.from({ length: rows }, (_, i) => ({ id: `r${i}`, question: `q${i}`, answer: i === 0 ? null : "a", topic: null }));
  const record = (index: number): CellRecord => {
    const [setting, sample] = [Math.floor(index / rows), index % rows];
    return { setting, sample, repeat: 0, seed: 1, text, scores: { contains: 1, judged: null }, explanations: { judged: "because" } };
  };
  const cells = (setting: number) => samples.map((_, sample) => ({ setting, sample, repeat: 0 }));
  return {
    result: { settings: [0, 1].map((i) => ({ name: `s${i}`, cells: { done: rows } })) } as never,
    source: {
      plan: { dataset: { samples }, primary: { name: "contains" }, scorers: [{ name: "contains" }, { name: "judged" }] } as never,
      table: { cellsOf: cells, indexOf: ({ setting, sample }: CellRecord) => setting * rows + sample } as never,
      journal: { header: { id: "20261128-1" } as never, read: record },
    },
  };
}

describe("the answers of a page", () => {
  it("are all that there are, each question once", () => {
    const { result, source } = study(3, "yes");
    expect(keptAnswers(result, source)).toEqual({
      ...{ score: "contains", scores: ["contains", "judged"], omitted: null },
      settings: [
        { id: "0", name: "s0" },
        { id: "1", name: "s1" },
      ],
      rows: [0, 1, 2].map((i) => ({ id: `r${i}`, question: `q${i}`, reference: i === 0 ? null : "a", topic: null })),
      answers: [0, 1].map(() =>
        [0, 1, 2].map(() => [
          {
            ...{ repeat: 0, text: "yes", thoughts: null, problem: null, finishReason: null, rating: null },
            ...{ scores: { contains: 1 }, reasons: { judged: "because" } },
          },
        ]),
      ),
    });
  });

  it("are those to the first rows of a large study, with long texts cut, and say what is left out", () => {
    const { result, source } = study(15_000, "x".repeat(1000));
    const kept = keptAnswers(result, source);
    expect(kept?.rows).toHaveLength(10_000);
    expect(kept?.answers.map((rows) => rows.length)).toEqual([10_000, 10_000]);
    expect(kept?.answers[1]?.[9_999]?.[0]?.text).toBe(`${"x".repeat(400)}… (600 more characters)`);
    expect(kept?.omitted).toBe(
      "To keep the file small, the answers to 5000 further rows are left out, and 20000 texts are cut after 400 characters. All of them: llmops show 20261128-1",
    );
  });

  it("are none where nothing was answered", () => {
    const { source } = study(1, "x");
    expect(keptAnswers({ settings: [{ cells: { done: 0 } }] } as never, source)).toBeNull();
  });
});
