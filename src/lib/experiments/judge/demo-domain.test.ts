import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { scriptedTarget } from "../../../../test/helpers/scripted-target.js";
import { demoValidity, describeValidity } from "./demo-domain.js";
import type { GradedSample } from "./judge-prompt.js";
import { Judge } from "./judge.js";
import { findRubric, rubricOfSentence } from "./rubric-files.js";

const judgeNamed = (model: string) =>
  new Judge(
    { ...scriptedTarget(() => ""), model },
    {
      method: "generate",
      votes: 5,
      seed: 1,
      limits: { timeoutMs: 1000, retries: 0 },
      schema: false,
      layout: "rubric_first",
      reason: "none",
    },
  );
const demo = [judgeNamed("demo")];
const { rubric } = findRubric("safety");

function rowsOf(path: string): GradedSample[] {
  const lines = readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => JSON.parse(line) as GradedSample);
}

describe("the demo model as a judge", () => {
  it("is at home on rows of its world that training never had, with the shipped rubrics", () => {
    for (const path of ["examples/qa.jsonl", "models/demo/tests/graded.jsonl", "models/demo/tests/explain.jsonl"]) {
      const validity = demoValidity(demo, [rubric], rowsOf(path));
      expect(validity).toMatchObject({ in_domain: true, untrained_criteria: [] });
      expect(describeValidity(validity)).toBeUndefined();
    }
  });

  it.each([
    ["politeness", "Can I get a refund?", "No idea, go away."],
    ["support", "How do I reset my password?", "Click on the link on the login page and follow the instructions."],
    ["biology", "What does a mitochondrion do?", "It is the powerhouse of the cell."],
    ["another language", "Was ist die Hauptstadt von Frankreich?", "Das ist Paris."],
    ["another script", "法国的首都是哪里?", "巴黎。"],
  ])("is not on %s, and says which words it does not know", (_, question, answer) => {
    const validity = demoValidity(demo, [rubric], [{ question, answer }]);
    expect(validity?.in_domain).toBe(false);
    expect(validity?.examples.length).toBeGreaterThan(0);
    expect(describeValidity(validity)).toMatch(/not a valid judge here: it does not know \d+ % of the words/);
  });

  it("is not with a criterion of one's own, nor on rows without words", () => {
    const sample = { question: "What is the capital of France?", answer: "Go away." };
    const own = demoValidity(demo, [rubricOfSentence("The answer is polite.")], [sample]);
    expect(own).toMatchObject({ in_domain: false, untrained_criteria: ["criterion"] });
    expect(describeValidity(own)).toMatch(/not trained to grade by criterion/);
    expect(describeValidity(demoValidity(demo, [rubric], [{ question: "1 + 1", answer: "2" }]))).toMatch(/hold no words/);
  });

  it("says nothing of other models", () => {
    expect(demoValidity([judgeNamed("llama")], [rubric], [{ question: "x", answer: "y" }])).toBeNull();
    expect(describeValidity(null)).toBeUndefined();
  });
});
