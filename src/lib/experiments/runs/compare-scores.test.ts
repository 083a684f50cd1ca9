import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { checkComparisons } from "./comparison-gate.js";
import { compareScores, describeUndirected, withDirections } from "./compare-scores.js";
import type { ScoredSource } from "./sample-scores.js";

const SAMPLES = 40;

function source(name: string, score: string, mean: number, directions: ScoredSource["directions"] = {}): ScoredSource {
  const values = new Map(Array.from({ length: SAMPLES }, (_, i) => [JSON.stringify(String(i)), [mean + i / 1000]]));
  return { name, scores: new Map([[score, values]]), directions };
}

/** The verdict on a result that scores higher than the first. */
function verdictOnMore(score: string, directions: ScoredSource["directions"] = {}): string | undefined {
  return compareScores([source("a", score, 0.1, directions), source("b", score, 0.4)])[0]?.verdict;
}

describe("more of a score", () => {
  it.each(["toxicity/v1", "ari_grade_level/v1", "flesch_kincaid_grade_level/v1", "edit_distance", "hallucination_rate", "refusal"])(
    "is worse for %s",
    (score) => expect(verdictOnMore(score)).toBe("worse"),
  );

  it("is better where its name says so, and only higher where nobody knows", () => {
    expect([verdictOnMore("accuracy"), verdictOnMore("alpha"), verdictOnMore("constructor"), verdictOnMore("token_count")]).toEqual([
      ...["better", "higher"],
      ...["higher", "higher"],
    ]);
  });

  it("is what its run, and above that the user, says", () => {
    expect([verdictOnMore("toxicity/v1", { "toxicity/v1": "max" }), verdictOnMore("alpha", { alpha: "min" })]).toEqual(["better", "worse"]);
    const sources = withDirections([source("a", "alpha", 0.1, { alpha: "min" }), source("b", "alpha", 0.4)], { alpha: "max" });
    expect(compareScores(sources)[0]?.verdict).toBe("better");
  });
});

describe("a score whose direction nobody knows", () => {
  const sources = [source("a", "alpha", 0.1), source("b", "alpha", 0.4)];

  it("is named, with how to say it; one that is only counted is not", () => {
    expect(describeUndirected(compareScores(sources), sources)).toMatch(
      /not known of alpha: .*--lower-is-better.*llmops\.directions.*"alpha":"min"/,
    );
    const counted = [source("a", "token_count", 1), source("b", "token_count", 2)];
    expect(describeUndirected(compareScores(counted), counted)).toBeUndefined();
  });

  it("is no gate: which way a loss goes is asked", async () => {
    const gate = { scores: ["alpha"], limit: { count: 0 }, minEffect: 0 };
    const error = await errorOf(() => checkComparisons(sources, compareScores(sources), gate));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", hint: expect.stringContaining("--lower-is-better 'alpha'") });
    const said = withDirections(sources, { alpha: "min" });
    expect(checkComparisons(said, compareScores(said), gate)[0]?.state).toBe("not met");
  });
});
