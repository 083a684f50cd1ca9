import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { baselineSource, listBaselines, readBaseline, toBaseline, writeBaseline } from "./baseline.js";
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
    const [compared] = compareScores([baselineSource("main", read), source(thirds)]);
    expect(compared).toMatchObject({ difference: 0, pValue: 1, verdict: "cannot tell" });
    expect(compareScores([source(thirds), source(thirds)])).toEqual([compared]); // rights and wrongs, of whose repeats a mean was kept
  });

  it("is refused by a name that cannot be a file's", async () => {
    expect((await errorOf(() => readBaseline(temporaryFolder(), "../../x"))).code).toBe("INVALID_ARGUMENT");
  });
});
