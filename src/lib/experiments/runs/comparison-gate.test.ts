import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { alignSamples } from "./align-samples.js";
import { compareScores } from "./compare-scores.js";
import { checkComparisons } from "./comparison-gate.js";
import { toTable, type ScoredSource } from "./sample-scores.js";

/** A result with a score per row, null where there is none, and what was asked. */
function result(name: string, scores: readonly (number | null)[], ask = (i: number) => `q${i}`): ScoredSource {
  const table = toTable(
    ["id", "inputs", "f1"],
    scores.map((score, i) => [String(i), ask(i), score]),
  );
  return { name, scores: table?.scores, directions: { f1: "max" }, table };
}

const graded = (n: number, plus = 0) => Array.from({ length: n }, (_, i) => (i % 10) / 20 + plus);
const states = (sources: readonly ScoredSource[], limit: { count: number } | { share: number } = { count: 0 }) =>
  checkComparisons(sources, compareScores(sources), { scores: ["f1"], limit, minEffect: 0 }).map(({ state }) => state);

describe("a gate of compare", () => {
  it.each([
    ["worse", graded(40, 0.4), graded(40), "not met"],
    ["better", graded(40), graded(40, 0.4), "met"],
    ["the same in few rows", graded(20), graded(20), "cannot tell"],
    ["the same in many rows", graded(80), graded(80), "met"],
  ])("is told of a result that is %s", (_, before, after, state) => {
    expect(states([result("a", before), result("b", after)])).toEqual([state]);
  });

  it("says once that it cannot tell: the state is not said again in the evidence", () => {
    const sources = [result("a", graded(20)), result("b", [...graded(20)].reverse())];
    const [check] = checkComparisons(sources, compareScores(sources), { scores: ["f1"], limit: { count: 0 }, minEffect: 0 });
    expect(check?.state).toBe("cannot tell");
    expect(check?.evidence).toMatch(/^[-+\d]/);
  });

  it("says nothing where rows of the other result have no score", () => {
    const failing = graded(40, 0.4).map((score, i) => (i < 5 ? null : score));
    const sources = [result("a", graded(40)), result("b", failing)];
    expect([states(sources), states(sources, { share: 0.2 })]).toEqual([["too much failed"], ["met"]]);
  });

  it("is asked of every other result, and refused where one has no such score", async () => {
    const sources = [result("a", graded(40, 0.4)), result("b", graded(40, 0.4)), result("c", graded(40))];
    expect(states(sources)).toEqual(["cannot tell", "not met"]);
    const lacking = { ...result("d", []), scores: new Map([["other", new Map([["1", [1]]])]]) };
    expect((await errorOf(() => states([...sources, lacking]))).message).toBe('a and d have no score "f1" in common.');
  });
});

describe("samples of one id", () => {
  it("that ask something else are left out, and said", () => {
    const [first, second] = [result("a", graded(40)), result("b", graded(40, 0.4), (i) => (i < 3 ? `other ${i}` : `q${i}`))];
    const moved = compareScores([first, result("c", graded(40).reverse(), (i) => `q${39 - i}`)]);
    const { sources, notes } = alignSamples([first, second]);
    expect(sources[1]?.scores?.get("f1")?.size).toBe(37);
    expect(notes).toEqual(['3 samples of b are left out: under the same id a asks something else, as of "0" "q0", not "other 0".']);
    expect(moved).toMatchObject([{ n: 40, difference: 0, low: 0, high: 0 }]);
    expect(compareScores([first, result("c", graded(40), (i) => `other ${i}`)])).toEqual([]);
    expect(alignSamples([first, result("c", graded(40))]).notes).toEqual([]);
  });
});
