import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askedSample, pairSamples, type SampleSet } from "./pair-samples.js";

/** Samples by id: what each asks, and the right answer where there is one. */
function samples(rows: Record<string, string | readonly [string, string]>): SampleSet {
  const asked = Object.entries(rows).map(([id, row]) => {
    const [question, reference] = typeof row === "string" ? [row, null] : row;
    return [id, askedSample(question, reference)] as const;
  });
  return { ids: Object.keys(rows), asked: new Map(asked) };
}

const inLines = (questions: readonly string[]) => samples(Object.fromEntries(questions.map((question, i) => [`row-${i + 1}`, question])));

describe("samples of two results", () => {
  it("whose ids are line numbers are paired by what they ask, wherever they stand", () => {
    const questions = fc.uniqueArray(
      fc.string({ minLength: 1 }).map((text) => text.trim().normalize("NFC")),
      { maxLength: 12 },
    );
    const shuffled = questions.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all), fc.shuffledSubarray(all)));
    fc.assert(
      fc.property(shuffled, ([all, first, other]) => {
        const { pairs, otherQuestion, onlyFirst, onlyOther } = pairSamples(inLines(first), inLines(other));
        const common = all.filter((question) => first.includes(question) && other.includes(question));
        const texts = (list: readonly string[], id: string) => list[Number(id.slice("row-".length)) - 1];
        expect(pairs.map(([a, b]) => [texts(first, a), texts(other, b)]).sort()).toEqual(common.map((one) => [one, one]).sort());
        expect(pairs.length + otherQuestion.length + onlyFirst.length).toBe(first.length);
        expect(pairs.length + otherQuestion.length + onlyOther.length).toBe(other.length);
      }),
    );
  });

  it("are not paired under one id where the question or the right answer is another", () => {
    const [before, after] = [samples({ a: "q", b: ["r", "1"], c: ["s", "1"] }), samples({ a: "other", b: ["r", "2"], c: "s ", d: "q" })];
    expect(pairSamples(before, after)).toEqual({
      pairs: [["c", "c"]],
      ...{ otherQuestion: ["a"], otherReference: ["b"], onlyFirst: [], onlyOther: ["d"], unchecked: 0 },
    });
  });

  it("that say what they ask on one side only are paired by their ids, and counted", () => {
    const { pairs, unchecked } = pairSamples({ ids: ["1", "2"] }, samples({ 1: "a", 3: "b" }));
    expect([pairs, unchecked]).toEqual([[["1", "1"]], 1]);
  });

  it("that ask the same twice are not guessed at", () => {
    const { pairs, onlyOther } = pairSamples(samples({ 1: "a", 2: "b" }), samples({ 3: "b", 4: "b" }));
    expect([pairs, onlyOther]).toEqual([[], ["3", "4"]]);
  });
});
