import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { studyPlan, yesSamples } from "../../../../test/helpers/study-plan.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { parseBudget } from "./budget.js";
import { forecastStudy } from "./dry-run.js";
import { parseFixed } from "./search-space.js";
import { loadStrategies } from "./strategies.js";
import { describeSetting } from "./study.js";

const two = [
  { name: "temperature", values: [0, 1] },
  { name: "top_p", values: [0.5, 0.9] },
];

describe("the design of a sweep", () => {
  it("varies one parameter at a time against the setting that leaves all alone", () => {
    const plan = studyPlan(two, 3);
    expect(plan.settings).toEqual([{}, { temperature: 0 }, { temperature: 1 }, { top_p: 0.5 }, { top_p: 0.9 }]);
    expect(plan).toMatchObject({ reference: 0, repeats: [3, 1, 3, 3, 3], name: "sweep temperature, top_p" });
    expect(studyPlan(two.slice(0, 1), 3)).toMatchObject({ settings: [{ temperature: 0 }, { temperature: 1 }], reference: null });
  });

  it("is a grid or pairs when asked", async () => {
    expect(studyPlan(two, 3, { design: "grid" }).settings).toHaveLength(4);
    expect(studyPlan(two, 3, { design: "zip" }).settings).toEqual([
      { temperature: 0, top_p: 0.5 },
      { temperature: 1, top_p: 0.9 },
    ]);
    const uneven = [...two, { name: "min_p", values: [0.1] }];
    expect((await errorOf(() => studyPlan(uneven, 3, { design: "zip" }))).message).toContain("temperature 2, top_p 2, min_p 1");
  });

  it("of more than 1000 settings is refused before any is made", async () => {
    const huge = ["temperature", "top_p", "min_p", "top_k"].map((name) => ({ name, values: Array.from({ length: 1000 }, (_, i) => i) }));
    expect((await errorOf(() => studyPlan(huge, 3, { design: "grid" }))).message).toBe("1000000000000 settings are more than 1000.");
    expect((await errorOf(() => studyPlan(huge, 3))).message).toBe("4001 settings are more than 1000.");
  });

  it("is one setting with all parameters as its own, but for the bound on tokens", () => {
    const plan = studyPlan([], 3, { design: "one", fixed: { max_tokens: 16, temperature: 0, system: "Be brief." } });
    expect(plan).toMatchObject({ settings: [{ temperature: 0, system: "Be brief." }], fixed: { max_tokens: 16 }, repeats: [1] });
    expect(plan.name).toBe("eval temperature=0, system=Be brief.");
    expect(studyPlan([], 3, { design: "one", fixed: { max_tokens: 16 } })).toMatchObject({ settings: [{}], repeats: [3] });
  });

  it("of nothing points to the command that scores one setting", async () => {
    expect((await errorOf(() => studyPlan([], 3))).hint).toContain("llmops eval --set");
  });

  it("has named strategies, three by default", () => {
    const plan = studyPlan([], 3, { strategies: loadStrategies("default") });
    expect(plan.settings.map((setting) => describeSetting(setting))).toEqual(["pure-temperature", "pure-top-p", "combined"]);
    expect(plan.repeats).toEqual([3, 1, 3]);
  });

  it("refuses prompts that ask for what a sample lacks, and scorers without references", async () => {
    expect((await errorOf(() => studyPlan(two, 3, { fixed: { prompt: "{{question}} {{hint}}" } }))).message).toContain(
      '"s0" has no "hint"',
    );
    expect((await errorOf(() => studyPlan(two, 3, { fixed: { system: "@none.txt" } }))).message).toContain("@none.txt");
    const bare = yesSamples(3).map((sample) => ({ ...sample, answer: null, answers: [] }));
    expect((await errorOf(() => studyPlan(two, bare))).message).toContain("No row of d.jsonl has an answer");
    expect((await errorOf(() => studyPlan([], 3))).message).toContain("Nothing to sweep");
  });
});

describe("strategies of a file", () => {
  const file = (content: string) => {
    const path = join(temporaryFolder(), "s.yaml");
    writeFileSync(path, content);
    return path;
  };
  it("are read", () => {
    const path = file("- {name: careful, temperature: 0.2}\n- {name: wild, temperature: 1.5, top-p: 1, system: Be wild.}\n");
    expect(loadStrategies(path)).toEqual([
      { strategy: "careful", temperature: 0.2 },
      { strategy: "wild", temperature: 1.5, top_p: 1, system: "Be wild." },
    ]);
  });

  it.each([
    ["- {temperature: 1}", "INVALID_ARGUMENT", /have a name/],
    ["- {name: a, temprature: 1}", "UNKNOWN_PARAMETER", /temprature/],
    ["- {name: a, temperature: 3}", "INVALID_RANGE", /a: temperature = 3/],
    ["- {name: a, temperature: hot}", "INVALID_ARGUMENT", /a: temperature is "hot"/],
    ["- {name: a}\n- {name: a}", "INVALID_ARGUMENT", /used twice/],
    ["- {name: [", "INVALID_ARGUMENT", /cannot be used/],
  ])("%j is refused", async (content, code, message) => {
    const error = await errorOf(() => loadStrategies(file(content)));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});

describe("small languages", () => {
  it("read budgets", async () => {
    expect(parseBudget(["2000calls", "100ktokens", "10m"])).toEqual({ calls: 2000, tokens: 100_000, minutes: 10 });
    expect(parseBudget(["1.5h"])).toEqual({ minutes: 90 });
    for (const bad of ["10", "fast", "-1m", "0calls"]) expect((await errorOf(() => parseBudget([bad]))).code).toBe("INVALID_ARGUMENT");
  });

  it("read fixed parameters", async () => {
    expect(parseFixed(["top_p=0.9", "seed=7"])).toEqual({ top_p: 0.9, seed: 7 });
    expect((await errorOf(() => parseFixed(["top_p=0.1,0.9"]))).message).toContain("2 values");
  });
});

it("a forecast adds up calls, tokens and time", () => {
  const plan = studyPlan(two.slice(0, 1), 10);
  expect(forecastStudy(plan, { countTokens: () => 7, secondsPerCell: 0.5 })).toMatchObject({
    ...{ settings: 2, samples: 10, calls: 40, promptTokens: 280, mostCompletionTokens: 640, seconds: 20 },
    detectable: expect.closeTo((2.8016 * 0.5) / Math.sqrt(10), 3),
  });
  expect(forecastStudy(studyPlan(two, 3, { fixed: {} }), {})).toMatchObject({ promptTokens: undefined, mostCompletionTokens: undefined });
});
