import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { readDataset } from "../../src/lib/experiments/dataset/read-dataset.js";
import type { Completion } from "../../src/lib/inference/openai/completion.js";
import { resolveScorers } from "../../src/lib/experiments/scoring/scorers.js";

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const SCORER = path("examples/facts-scorer.mjs");

describe("the example of a scorer of one's own", () => {
  it("fits the types of llmops/scorer", () => {
    const options: ts.CompilerOptions = {
      ...{ allowJs: true, checkJs: true, noEmit: true, strict: true, skipLibCheck: true, types: [] },
      ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
      paths: { "llmops/scorer": [path("src/lib/experiments/scoring/module-types.ts")] },
    };
    const program = ts.createProgram([SCORER], options);
    const problems = ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
    expect(problems).toEqual([]);
  });

  it("scores the rows of its dataset, and leaves a row without facts unscored", async () => {
    const { primary } = await resolveScorers([SCORER]);
    const { samples } = await readDataset(path("examples/facts.jsonl"));
    const scores = samples.map(async (sample) => {
      const completion = { text: "Paris, Madrid!", finishReason: "stop", usage: {}, timing: {} } as unknown as Completion;
      return primary.score(sample, completion);
    });
    expect([primary.name, primary.kind]).toEqual(["facts", "mean"]);
    expect(await Promise.all(scores)).toEqual([
      { value: 1 },
      { value: 0, explanation: "without: Rome" },
      { value: 0.5, explanation: "without: Tokyo" },
      { value: null, explanation: "the row has no facts" },
    ]);
  });
});
