import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { settingResult, sweepResult } from "../../../../test/helpers/sweep-result.js";
import { studyPlan } from "../../../../test/helpers/study-plan.js";
import { checksWithin, exitCodeOf, failureLimit, parseFailureLimit, type CheckResult, type EndedCells } from "../gates/checks.js";
import { whyNothingScored } from "./nothing-scored.js";
import { parseFailUnder, parseRequirement, stateOf } from "../gates/requirement.js";
import { checkRequirement, checkRequirements } from "./check-requirement.js";

const plan = studyPlan([{ name: "temperature", values: [0.1, 0.9] }], 3);
const cells = (done: number, change: Partial<EndedCells> = {}): EndedCells => ({ done, failed: 0, filtered: 0, unscored: 0, ...change });
const gate: CheckResult = { name: "accuracy >= 0.9", state: "met", evidence: "accuracy is 100 %" };

describe("a condition of failure", () => {
  const check = (text: string, result = sweepResult()) => checkRequirement(plan, result, parseFailUnder(text));

  it("is named by what must hold, and judged by the mean of the best setting", () => {
    expect(check("accuracy<0.95")).toEqual({
      name: "accuracy >= 0.95 by the mean",
      state: "not met",
      evidence: "accuracy of temperature=0.1 is 90 % (85 to 95) over 40 samples",
    });
    expect(check("accuracy < 90%").state).toBe("met");
    expect(check("response_length>=6.25").state).toBe("not met");
    expect(check("speed<1").state).toBe("cannot tell");
    expect(check("accuracy<0.9", sweepResult({ settings: [settingResult(0.1, 0.9, { metrics: {} })], best: null })).state).toBe(
      "cannot tell",
    );
  });

  it("is refused before the work where it could never decide", async () => {
    expect((await errorOf(() => checkRequirements(plan, [parseFailUnder("speed<1")]))).hint).toContain("accuracy");
    expect((await errorOf(() => checkRequirements(plan, [parseFailUnder("accuracy<90")]))).message).toContain("is a rate");
    const refused = async (text: string, of = plan) => (await errorOf(() => checkRequirements(of, [parseRequirement(text)]))).message;
    expect(await refused("accuracy>=0")).toBe('"accuracy >= 0" always holds: accuracy is 0 to 1.');
    expect(await refused("accuracy>100%")).toContain("never holds");
    expect(await refused("response_length>=0")).toContain("always holds: response_length is 0 and up");
    const graded = {
      ...plan,
      scorers: [...plan.scorers, { ...plan.primary, name: "tone", kind: "mean" as const, range: [1, 5] as const }],
    };
    expect(await refused("tone>=0.9", graded)).toBe('"tone >= 0.9" always holds: tone is 1 to 5.');
    expect(await refused("tone>5", graded)).toContain("never holds");
    expect(() => checkRequirements(graded, ["tone>=4", "tone>=5", "accuracy>=1", "accuracy>0"].map(parseRequirement))).not.toThrow();
    for (const text of ["accuracy is good", "accuracy<", "accuracy<1.2.3", "accuracy=0.9"]) {
      expect((await errorOf(() => parseFailUnder(text))).code).toBe("INVALID_ARGUMENT");
      expect((await errorOf(() => parseRequirement(text))).hint).toContain("--require");
    }
  });
});

describe("a requirement", () => {
  it("says of a score that is the same everywhere how many rows are needed", () => {
    const alike = { mean: 2, low: null, high: null, n: 20 };
    const settings = [settingResult(0.1, 0.9, { metrics: { response_length: alike } })];
    const checked = checkRequirement(plan, sweepResult({ settings }), parseRequirement("response_length>=1"));
    expect(checked).toMatchObject({ state: "cannot tell", evidence: expect.stringContaining("all 20 values are alike: at least 60 rows") });
  });

  it("is about the only setting, also by a score that is neither good nor bad; of several it says why none is best", () => {
    const { study } = sweepResult();
    const neutral = { ...study, scorer: "response_length", metric: "response_length", direction: "none" as const, kind: "mean" as const };
    const check = (settings = [settingResult(0.1, 0.9), settingResult(0.9, 0.7)]) =>
      checkRequirement(plan, sweepResult({ study: neutral, settings, best: null }), parseFailUnder("response_length>5"));
    expect(check([settingResult(0.1, 0.9)])).toMatchObject({ state: "not met" });
    expect(check().evidence).toContain(
      "more or less of response_length is neither good nor bad, so none of 2 settings is best; evaluate one",
    );
  });

  it.each([
    [">=", 0.8, 0.9, "met"],
    [">=", 0.79, 0.9, "cannot tell"],
    [">=", 0.7, 0.79, "not met"],
    [">", 0.8, 0.9, "cannot tell"],
    ["<=", 0.7, 0.8, "met"],
    ["<", 0.7, 0.8, "cannot tell"],
    ["<", 0.8, 0.9, "not met"],
  ])("%s 0.8 of an interval from %d to %d is %s", (comparator, low, high, state) => {
    const estimate = { mean: (low + high) / 2, low, high, n: 10 };
    expect(stateOf(estimate, parseRequirement(`accuracy${comparator}0.8`))).toBe(state);
  });

  it("does not trust a few values that are all alike, whose interval has no width", () => {
    const alike = (n: number) => ({ n, mean: 1, low: 1, high: 1 }) as unknown as Parameters<typeof stateOf>[0];
    expect([2, 59, 60].map((n) => stateOf(alike(n), parseRequirement("mine>=0.9")))).toEqual(["cannot tell", "cannot tell", "met"]);
  });

  it("cannot be told of one sample", () => {
    expect(stateOf({ mean: 1, low: null, high: null, n: 1 }, parseRequirement("accuracy>=0.1"))).toBe("cannot tell");
  });
});

describe("the limit of failures", () => {
  it("is a number or a share; none at all where something depends on the result", async () => {
    expect([failureLimit(undefined, true), failureLimit(undefined, false), failureLimit("5", true)]).toEqual([
      { count: 0 },
      undefined,
      { count: 5 },
    ]);
    expect(parseFailureLimit("2.5%")).toEqual({ share: 0.025 });
    for (const text of ["", "-1", "1.5", "101%", "many", "5 %%"])
      expect((await errorOf(() => parseFailureLimit(text))).code).toBe("INVALID_ARGUMENT");
  });

  it("stands in the evidence of every gate, and decides it where more failed", () => {
    const failed = cells(120, { failed: 97 });
    expect(checksWithin({ count: 0 }, [failed], [gate])).toEqual([
      { ...gate, state: "too much failed", evidence: "97 of 120 cells failed, more than --max-failed 0; of the others: accuracy is 100 %" },
    ]);
    expect(checksWithin({ count: 97 }, [failed], [gate])).toEqual([{ ...gate, evidence: "accuracy is 100 %; 97 of 120 cells failed" }]);
    expect(checksWithin({ count: 0 }, [cells(120)], [gate])).toEqual([gate]);
    expect(checksWithin({ count: 3 }, [failed], [])).toMatchObject([{ state: "too much failed" }]);
    expect(checksWithin(undefined, [failed], [])).toEqual([]);
  });

  it("as a share holds for each setting: one that failed is not hidden among others", () => {
    const settings = [cells(100), cells(100), cells(100, { filtered: 4, unscored: 7 })];
    expect(checksWithin({ share: 0.1 }, settings, [gate])[0]?.evidence).toContain(
      "4 of 100 cells filtered, 7 unscored, more than --max-failed 10%",
    );
    expect(checksWithin({ share: 0.11 }, settings, [gate])[0]?.state).toBe("met");
  });
});

describe("the exit code", () => {
  const states = ["met", "not met", "cannot tell", "too much failed"] as const;
  const failureOf = (ended: Pick<Parameters<typeof whyNothingScored>[0], "status" | "done" | "scored">) =>
    whyNothingScored({ ...ended, errors: [], scorer: "accuracy" });
  const check = (state: (typeof states)[number]): CheckResult => ({ ...gate, state });
  const code = (own: (typeof states)[number][], status: "finished" | "interrupted" | "budget spent" = "finished", scored = 5) =>
    exitCodeOf({ status, checks: own.map(check), failure: failureOf({ status, done: 5, scored }) });

  it("says what is worst", () => {
    expect([code([]), code(["met"]), code(["met", "cannot tell"]), code(["cannot tell", "not met"])]).toEqual([0, 0, 5, 1]);
    expect([code(["not met", "too much failed"]), code([], "finished", 0), code(["met"], "budget spent")]).toEqual([3, 3, 4]);
    expect([code(["not met"], "interrupted"), code(["cannot tell"], "budget spent"), code(["not met"], "budget spent")]).toEqual([
      130, 4, 1,
    ]);
  });

  it("is 0 only for a finished study with every gate met and no more failures than may be", () => {
    const ended = fc
      .tuple(fc.nat(20), fc.nat(5), fc.nat(5), fc.nat(5))
      .map(([answered, failed, filtered, unscored]) => ({ done: answered + failed + filtered + unscored, failed, filtered, unscored }));
    const limits = fc.option(
      fc.oneof(
        fc.nat(12).map((count) => ({ count })),
        fc.integer({ min: 0, max: 100 }).map((percent) => ({ share: percent / 100 })),
      ),
      { nil: undefined },
    );
    const statuses = fc.constantFrom("finished" as const, "interrupted" as const, "budget spent" as const);
    fc.assert(
      fc.property(
        fc.array(ended, { minLength: 1, maxLength: 4 }),
        fc.array(fc.constantFrom(...states.slice(0, 3))),
        limits,
        statuses,
        (groups, own, asked, status) => {
          const limit = asked ?? (own.length > 0 ? { count: 0 } : undefined);
          const sum = (key: keyof EndedCells) => groups.reduce((all, group) => all + group[key], 0);
          const missing = sum("failed") + sum("filtered") + sum("unscored");
          const checks = checksWithin(limit, groups, own.map(check));
          const failure = failureOf({ status, done: sum("done"), scored: sum("done") - missing });
          const exit = exitCodeOf({ status, checks, failure });
          if (exit !== 0) return;
          expect(status).toBe("finished");
          expect(own.every((state) => state === "met")).toBe(true);
          if (limit && "count" in limit) expect(missing).toBeLessThanOrEqual(limit.count);
          if (limit && "share" in limit) {
            for (const { done, failed, filtered, unscored } of groups)
              expect(failed + filtered + unscored).toBeLessThanOrEqual(limit.share * done);
          }
          expect(sum("done") === 0 || missing < sum("done")).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
