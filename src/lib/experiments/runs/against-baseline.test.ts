import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { askedSample } from "../dataset/pair-samples.js";
import { compareWithBaseline, type AskedScores } from "./against-baseline.js";
import { toBaseline } from "./baseline.js";
import { compareScores } from "./compare-scores.js";
import { toTable } from "./sample-scores.js";

type Row = readonly [id: string, question: string, reference: string | null, accuracy: number | null];

function rowsOf(size: number, toRow: (i: number) => Row = (i) => [String(i + 1), `q${i}`, "yes", 1]): Row[] {
  return Array.from({ length: size }, (_, i) => toRow(i));
}

function blessed(rows: readonly Row[]) {
  const table = toTable(["id", "inputs", "targets", "accuracy"], rows)!;
  return toBaseline({}, { name: "default", scores: table.scores, directions: { accuracy: "max" }, table });
}

const asked = (rows: readonly Row[]): AskedScores => ({
  metric: "accuracy",
  direction: "max",
  bySample: new Map(rows.map(([id, , , score]) => [id, score === null ? [] : [score]])),
  asked: new Map(rows.map(([id, question, reference]) => [id, askedSample(question, reference)])),
});

const against = (before: readonly Row[], now: readonly Row[], minEffect = 0.05) =>
  compareWithBaseline(blessed(before), asked(now), minEffect);

describe("a run against a baseline", () => {
  it("fails what is proven worse, and cannot tell what the samples cannot", async () => {
    const failing = (count: number) => rowsOf(40, (i) => [String(i + 1), `q${i}`, "yes", i < count ? 0 : 1]);
    expect(against(rowsOf(40), failing(12))).toMatchObject({ state: "not met", evidence: expect.stringContaining("worse: ") as string });
    const few = against(rowsOf(40), failing(2));
    expect(few).toMatchObject({ state: "cannot tell", evidence: expect.stringContaining("more samples would tell") as string });
    const other = await errorOf(() => compareWithBaseline(blessed(rowsOf(2)), { ...asked(rowsOf(2)), metric: "speed" }, 0.05));
    expect(other.hint).toContain("accuracy");
  });

  it("of other questions tells nothing, although their line numbers are the same", () => {
    const { state, evidence, compared } = against(
      rowsOf(80),
      rowsOf(80, (i) => [String(i + 1), `other ${i}`, "yes", 1]),
    );
    expect([state, compared]).toEqual(["cannot tell", undefined]);
    expect(evidence).toContain("80 of the baseline's 80 samples ask something else now under the same id");
    expect(evidence).toContain("bless a run over these");
  });

  it("whose rows moved is compared row by row, and what is new or gone is counted", () => {
    const mixed = rowsOf(200, (i) => [String(i + 1), `q${i}`, "yes", i % 2]);
    const moved = [["1", "new", "yes", 0] as const, ...mixed.slice(3).map(([id, ...row]): Row => [String(Number(id) + 1), ...row])];
    const { state, evidence, compared } = against(mixed, moved);
    expect([state, compared]).toMatchObject(["met", { n: 197, difference: 0 }]);
    expect(evidence).toContain("2 of the baseline's 200 samples were not asked; 1 of the baseline's 200 samples asks something else");
  });

  it("counts samples with another right answer or without a score", () => {
    const now = rowsOf(100, (i) => [String(i + 1), `q${i}`, i < 4 ? "no" : "yes", i < 5 ? null : 1]);
    expect(against(rowsOf(100), now).evidence).toContain(
      "4 of the baseline's 100 samples have another right answer now; 1 of the baseline's 100 samples has no score now",
    );
  });

  it("says that an older baseline cannot be checked for what it asked", () => {
    const older = { ...blessed(rowsOf(80)), asked: undefined };
    const { state, evidence } = compareWithBaseline(older, asked(rowsOf(80)), 0.05);
    expect([state, evidence]).toEqual(["met", expect.stringContaining("80 samples are paired by id alone")]);
  });

  it("has the interval that compare has; the same answers to few rows tell nothing, and to many that they are not worse", () => {
    const table = toTable(["id", "inputs", "targets", "accuracy"], rowsOf(8))!;
    const result = { name: "a", scores: table.scores, directions: {}, table };
    const few = against(rowsOf(8), rowsOf(8));
    expect(few.state).toBe("cannot tell");
    expect([few.compared]).toEqual(compareScores([result, result], { minEffect: 0.05 }));
    const needed = Number(/takes (\d+) samples/.exec(few.evidence)?.[1]);
    expect(against(rowsOf(needed - 1), rowsOf(needed - 1)).state).toBe("cannot tell");
    expect([against(rowsOf(needed), rowsOf(needed)).state, against(rowsOf(200), rowsOf(200)).state]).toEqual(["met", "met"]);
  });
});
