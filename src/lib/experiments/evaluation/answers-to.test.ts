import { describe, expect, it } from "vitest";
import type { Sample } from "../dataset/sample.js";
import { answersTo } from "./pairwise.js";

function rows(questions: readonly string[], answer: string | null = null): Sample[] {
  return questions.map((question, i) => ({ id: String(i + 1), question, answer, answers: [], topic: null, fields: {} }));
}

const given = (samples: Sample[]) => ({
  name: "b.jsonl",
  samples,
  answers: new Map(samples.map(({ id, question }) => [id, `to ${question}`])),
});

describe("answers of a file to compare", () => {
  it("go to the rows with their questions, wherever they stand in a file without ids", () => {
    const { answers, notes } = answersTo(rows(["a", "b", "c"]), given(rows(["c", "b", "a"])));
    expect([Object.fromEntries(answers), notes]).toEqual([{ 1: "to a", 2: "to b", 3: "to c" }, []]);
  });

  it("to other questions, or with another right answer, are left out and counted", () => {
    const { answers, notes } = answersTo(rows(["a", "b"]), given(rows(["a", "other"])));
    expect([[...answers], notes]).toEqual([
      [["1", "to a"]],
      ['1 row of b.jsonl is left out: under the same id another question is asked, such as "2".'],
    ]);
    const other = answersTo(rows(["a"], "1"), given(rows(["a"], "2")));
    expect([other.answers.size, other.notes]).toEqual([0, [expect.stringContaining("another right answer")]]);
  });
});
