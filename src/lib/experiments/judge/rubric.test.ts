import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { pairMessages, scoreMessages } from "./judge-prompt.js";
import { scaleOf } from "./rubric.js";
import { findRubric, listRubrics, rubricOfSentence, writeNewRubric } from "./rubric-files.js";

const SOUND = `name: politeness
title: Politeness
description: "Is it polite?"
scale: {1: "rude", 2: "so so", 3: "polite"}
`;

function rubricFile(content: string): string {
  const path = join(temporaryFolder(), "mine.yaml");
  writeFileSync(path, content);
  return path;
}

/** Works in a folder of its own. */
function inFolder(): string {
  const before = process.cwd();
  const folder = temporaryFolder();
  process.chdir(folder);
  onTestFinished(() => process.chdir(before));
  return folder;
}

describe("rubrics", () => {
  it("are shipped for what people grade, each with all levels and fitting examples", () => {
    const names = listRubrics().map(({ rubric }) => rubric.name);
    expect(names).toEqual([
      "accuracy",
      "clarity",
      "conciseness",
      "correctness",
      "faithfulness",
      "helpfulness",
      "quality",
      "relevance",
      "safety",
    ]);
    for (const { rubric } of listRubrics()) {
      expect(scaleOf(rubric)).toEqual({ low: 1, high: 5 });
      expect(rubric.examples.length).toBeGreaterThan(1);
    }
  });

  it.each([
    ["a missing level", SOUND.replace('2: "so so", ', ""), /level 2 is missing/],
    ["one level", SOUND.replace(', 2: "so so", 3: "polite"', ""), /1 levels/],
    ["a level that is not a number", SOUND.replace("2:", "good:"), /scale/],
    [
      "a score outside the scale",
      `${SOUND}examples: [{question: a, answer: b, score: 4, justification: c}]`,
      /examples\.0.*score 4 is outside the scale 1 to 3/,
    ],
    [
      "an example without what is required",
      `${SOUND}requires: [question, answer, reference]\nexamples: [{question: a, answer: b, score: 1, justification: c}]`,
      /has no reference/,
    ],
    ["an unknown member", `${SOUND}levels: 5`, /levels/],
    ["broken YAML", "name: [", /not valid YAML/],
    ["no description", SOUND.replace('description: "Is it polite?"\n', ""), /description/],
  ])("with %s are refused before anything is asked", async (_, content, message) => {
    const path = rubricFile(content);
    const error = await errorOf(() => findRubric(path));
    expect(error.code).toBe("RUBRIC_INVALID");
    expect(error.message).toMatch(message);
    expect(error.message).toContain(path);
  });

  it("that are not there are answered with those that are", async () => {
    const error = await errorOf(() => findRubric("acuracy"));
    expect(error).toMatchObject({ code: "RUBRIC_NOT_FOUND", exitCode: 2 });
    expect(error.hint).toContain("accuracy");
  });

  it("of the folder go before shipped ones, and are written to start from, once", async () => {
    const folder = inFolder();
    const path = writeNewRubric("accuracy", "Is it true?");
    expect(findRubric("accuracy")).toMatchObject({ path, source: "own", rubric: { description: "Is it true?", title: "Accuracy" } });
    expect((await errorOf(() => writeNewRubric("accuracy", "Is it true?"))).message).toContain("already exists");
    mkdirSync(join(folder, "other"));
    expect(listRubrics().filter(({ source }) => source === "own")).toHaveLength(1);
  });

  it("are made of one sentence", () => {
    expect(rubricOfSentence("Is it polite?")).toMatchObject({ name: "criterion", description: "Is it polite?", levels: { length: 5 } });
  });
});

describe("the judge's prompt", () => {
  const { rubric } = { rubric: { ...findRubric("correctness").rubric } };
  const sample = { question: "Who?", answer: "Me.", reference: "You.", context: "Nobody." };

  it("begins with the rubric and its examples, so that all samples share them", () => {
    const [one, two] = [sample, { ...sample, answer: "Them." }].map((own) =>
      scoreMessages(rubric, own, { layout: "rubric_first", reason: "none" }),
    );
    expect(one?.slice(0, -1)).toEqual(two?.slice(0, -1));
    expect(one?.[0]?.content).toContain("5 = Excellent");
    expect(one?.at(-1)?.content).toBe("Question: Who?\nContext: Nobody.\nReference: You.\nAnswer: Me.");
    expect(one?.[2]).toEqual({ role: "assistant", content: '{"score": 5}' });
  });

  it("begins with the sample, where criteria share it", () => {
    const bare = { ...rubric, examples: [] };
    const other = { ...findRubric("clarity").rubric, examples: [] };
    const options = { layout: "sample_first" as const, reason: "before" as const };
    const [one, two] = [bare, other].map((own) => scoreMessages(own, sample, options).at(-1)?.content ?? "");
    expect(one?.slice(0, 60)).toBe(two?.slice(0, 60));
    expect(one?.startsWith("Question: Who?\n")).toBe(true);
    expect(one).toContain('{"justification": "<one sentence>", "score": <1-5>}');
  });

  it("does not show what the rubric does not accept, and fills no holes in answers", () => {
    const blind = { ...rubric, requires: ["question" as const, "answer" as const], accepts: [], examples: [] };
    const content = scoreMessages(blind, { ...sample, answer: "{question} {levels}" }, { layout: "rubric_first", reason: "none" }).at(
      -1,
    )?.content;
    expect(content).toBe("Question: Who?\nAnswer: {question} {levels}");
  });

  it("shows two answers in the order given", () => {
    const content = pairMessages(
      rubric,
      { question: "Who?", answer_a: "x", answer_b: "y" },
      { layout: "rubric_first", reason: "before" },
    ).at(-1)?.content;
    expect(content).toBe("Question: Who?\nAnswer A: x\nAnswer B: y");
  });
});
