import { describe, expect, it } from "vitest";
import { errorOf } from "../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../test/helpers/temporary-folder.js";
import { compareWithBaseline, listBaselines, readBaseline, toBaseline, writeBaseline } from "./baseline.js";
import { compareScores } from "./compare-scores.js";

const scores = (valuesOf: (i: number) => number[]) =>
  new Map([["accuracy", new Map(Array.from({ length: 40 }, (_, i) => [JSON.stringify(`s${i}`), valuesOf(i)]))]]);
const source = (valuesOf: (i: number) => number[]) => ({ name: "t=1", scores: scores(valuesOf), directions: { accuracy: "max" as const } });
const thirds = (i: number) => [1, i % 2, 0];

describe("a baseline", () => {
  it("is the same after a trip through its file, and equal scores do not differ from it", () => {
    const folder = temporaryFolder();
    const made = toBaseline({ temperature: "1" }, source(thirds));
    writeBaseline(folder, "main", made);
    const read = readBaseline(folder, "main");
    expect([read, listBaselines(folder)]).toEqual([made, ["main"]]);
    const bySample = new Map(Array.from({ length: 40 }, (_, i) => [`s${i}`, thirds(i)]));
    expect(compareWithBaseline(read, { metric: "accuracy", bySample }, 0.05)).toMatchObject({ state: "met", difference: 0, pValue: 1 });
    const samples = new Map(Object.entries(read.metrics["accuracy"]!.samples).map(([id, value]) => [JSON.stringify(id), [value]]));
    const before = { ...source(thirds), scores: new Map([["accuracy", samples]]) };
    expect(compareScores([before, source(thirds)])[0]).toMatchObject({ difference: 0, pValue: 1, verdict: "cannot tell" });
  });

  it("fails what is proven worse, and cannot tell what the samples cannot", async () => {
    const baseline = toBaseline(
      {},
      source(() => [1]),
    );
    const against = (valuesOf: (i: number) => number[]) =>
      compareWithBaseline(
        baseline,
        { metric: "accuracy", bySample: new Map(Array.from({ length: 40 }, (_, i) => [`s${i}`, valuesOf(i)])) },
        0.05,
      );
    expect(against((i) => [i < 12 ? 0 : 1])).toMatchObject({ state: "not met", evidence: expect.stringContaining("worse") as string });
    expect(against((i) => [i < 2 ? 0 : 1])).toMatchObject({
      state: "cannot tell",
      evidence: expect.stringContaining("ruled out") as string,
    });
    expect(compareWithBaseline(baseline, { metric: "accuracy", bySample: new Map([["other", [1]]]) }, 0.05).state).toBe("cannot tell");
    expect((await errorOf(() => compareWithBaseline(baseline, { metric: "speed", bySample: new Map() }, 0.05))).hint).toContain("accuracy");
    expect((await errorOf(() => readBaseline(temporaryFolder(), "../x"))).code).toBe("INVALID_ARGUMENT");
  });
});
