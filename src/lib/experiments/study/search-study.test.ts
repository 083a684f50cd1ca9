import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import type { SamplerDefinition } from "../samplers/sampler.js";
import { BUILT_IN_SAMPLERS } from "../samplers/samplers.js";
import { parseSearch } from "./parse-search.js";
import { SAMPLERS, SearchStudy } from "./search-study.js";

describe("parseSearch", () => {
  it("reads ranges and lists, whole numbers where the parameter has them", () => {
    expect(
      parseSearch([
        "temperature=0.1..1.0",
        "top_p",
        "0.5..1",
        "top_k=1..40",
        "batch-size=64..512:log",
        "cache_type=f16,q8_0",
        "min_p=0,0.05",
        "frequency_penalty=0..1:0.5",
        "max_tokens=8..32:8",
      ]),
    ).toEqual([
      { name: "temperature", kind: "float", low: 0.1, high: 1, log: false },
      { name: "top_p", kind: "float", low: 0.5, high: 1, log: false },
      { name: "top_k", kind: "int", low: 1, high: 40, log: false },
      { name: "batch_size", kind: "int", low: 64, high: 512, log: true },
      { name: "cache_type", kind: "categorical", values: ["f16", "q8_0"] },
      { name: "min_p", kind: "categorical", values: [0, 0.05] },
      { name: "frequency_penalty", kind: "categorical", values: [0, 0.5, 1] },
      { name: "max_tokens", kind: "categorical", values: [8, 16, 24, 32] },
    ]);
  });

  it.each([
    ["temperature=1..0.1", /starts above its end/],
    ["temperature=0.5..0.5", /empty/],
    ["temperature=0.5", /one value only/],
    ["temperature=a..b", /"a" is not a number/],
    ["temperature=0..9", /temperature = 9 is out of range/],
    ["temperature=0..1:log", /start above 0/],
    ["temperature=0..1:exp", /"exp" is neither log nor int/],
    ["temperature=0..1:0", /step has to be above 0/],
    ["temperature=0..1:0.5:log", /with a step is neither log nor int/],
    ["temperature=0..1:3", /one value only/],
    ["temperature=0..9:3", /temperature = 3 is out of range/],
    ["top_k=0.5..3", /top_k = 0.5 is out of range/],
    ["temperature=0.5..1.5:int", /whole ends/],
    ["temperature=", /has no range/],
    ["cache_type=f16,q9", /q9 is not a known value/],
    ["temprature=0..1", /Unknown parameter "temprature"/],
  ])("refuses %s", async (word, message) => {
    const error = await errorOf(() => parseSearch([word]));
    expect([error.exitCode, error.message]).toEqual([2, expect.stringMatching(message)]);
  });

  it("refuses nothing and doubles", async () => {
    expect((await errorOf(() => parseSearch([]))).message).toContain("Nothing to optimize");
    expect((await errorOf(() => parseSearch(["temperature=0..1", "temperature=0..2"]))).message).toContain("given twice");
  });
});

describe("a search study", () => {
  const dimensions = parseSearch(["temperature=0..2", "top_p=0.1..1"]);
  const objective = ({ temperature, top_p: topP }: Record<string, number | string>) =>
    (Number(temperature) - 0.7) ** 2 + (Number(topP) - 0.6) ** 2;

  /** Of a grid, lists; for the others, ranges. */
  const spaceFor = (sampler: string) =>
    sampler === "grid" ? parseSearch(["temperature=0,0.4,0.8,1.2,1.6,2", "top_p=0.2,0.4,0.6,1"]) : dimensions;

  it("finds the least by asking and telling, with any sampler", () => {
    for (const sampler of SAMPLERS) {
      const study = new SearchStudy({ dimensions: spaceFor(sampler), direction: "min", seed: 3, sampler });
      for (let i = 0; i < 24; i++) {
        const trial = study.ask();
        study.tell(trial, { value: objective(trial.params) });
      }
      const best = study.best();
      expect(objective(best?.trial.params ?? {}), sampler).toBeLessThan(sampler === "gp" ? 0.002 : 0.5);
      expect(best?.low).toBeLessThanOrEqual(best?.mean ?? 0);
    }
  });

  it("tries what was enqueued first, and several at a time", () => {
    const first = { temperature: 1, top_p: 1 };
    const study = new SearchStudy({ dimensions, direction: "min", seed: 1, enqueue: [first] });
    const asked = Array.from({ length: 6 }, () => study.ask());
    expect(asked[0]?.params).toEqual(first);
    expect(new Set(asked.map(({ params }) => JSON.stringify(params))).size).toBe(6);
    for (const trial of [...asked].reverse()) study.tell(trial, { value: objective(trial.params) });
    expect(study.best()?.trial.index).toBeLessThan(6);
  });

  it("takes failures and what is not a number as failures, and has no best without a success", () => {
    const study = new SearchStudy({ dimensions, direction: "max", seed: 1 });
    for (let i = 0; i < 7; i++) study.tell(study.ask(), i % 2 === 0 ? { value: Number.NaN } : { failed: "broken" });
    expect(study.best()).toBeUndefined();
    expect(study.outcomeOf({ index: 0 })).toEqual({ failed: "the objective is NaN" });
    study.tell(study.ask(), { value: 3 });
    expect(study.best()?.trial.index).toBe(7);
    expect(() => study.tell({ index: 99 }, { value: 1 })).toThrow(RangeError);
  });

  it("of a grid ends with its last setting, also of those that were enqueued or are known, and has none without steps", async () => {
    const grid = parseSearch(["temperature=0,1", "top_k=1..3"]);
    const [first, elsewhere] = [
      { top_k: 2, temperature: 1 },
      { temperature: 0, top_k: 3 },
    ];
    const known = [{ params: elsewhere, outcome: { value: 1 } }];
    const study = new SearchStudy({ dimensions: grid, direction: "max", seed: 1, sampler: "grid", enqueue: [first], known });
    const tried: object[] = [];
    for (let trial = study.next(); trial; trial = study.next()) {
      tried.push(trial.params);
      if (trial.index > 1) study.tell(trial, { value: trial.index });
    }
    const rest = [1, 2, 3].map((k) => ({ temperature: 0, top_k: k })).slice(0, 2);
    expect(tried).toEqual([first, ...rest, { temperature: 1, top_k: 1 }, { temperature: 1, top_k: 3 }]);
    expect(() => study.ask()).toThrow("every setting was tried");
    expect((await errorOf(() => new SearchStudy({ dimensions, direction: "min", seed: 1, sampler: "grid" }))).message).toContain(
      "temperature is a range without steps",
    );
  });

  it("refuses to enqueue what is not in the space", async () => {
    for (const params of [{ temperature: 3, top_p: 0.5 }, { temperature: 1 }, { temperature: 1, top_p: "x" }]) {
      const error = await errorOf(() => new SearchStudy({ dimensions, direction: "min", seed: 1, enqueue: [params] }));
      expect(error.message).toContain("not in the space");
    }
  });

  it("tries another setting where the sampler proposes one that was tried, and says so once", () => {
    const stubborn: SamplerDefinition = {
      ...{ name: "stubborn", about: "always the same setting" },
      create: () => ({ ask: () => ({ params: { temperature: 1, top_p: 0.5 } }), rank: () => [] }),
    };
    let repeats = 0;
    const plugins = { samplers: BUILT_IN_SAMPLERS.with([stubborn]) };
    const search = { dimensions, direction: "min" as const, seed: 1, sampler: "stubborn", plugins, onRepeat: () => void repeats++ };
    const study = new SearchStudy({ ...search, distinct: true });
    expect(study.ask().params).toEqual({ temperature: 1, top_p: 0.5 });
    expect(repeats).toBe(0);
    const others = [study.ask(), study.ask(), study.ask()].map(({ params }) => JSON.stringify(params));
    expect(new Set(others).size).toBe(3);
    expect(others).not.toContain(JSON.stringify({ temperature: 1, top_p: 0.5 }));
    expect(repeats).toBe(1);
    const free = new SearchStudy(search);
    expect([free.ask(), free.ask()].map(({ params }) => params["temperature"])).toEqual([1, 1]);
    expect(repeats).toBe(1);
  });

  it("keeps constraints it was told of, and finds the best that does", () => {
    for (const sampler of SAMPLERS) {
      const study = new SearchStudy({ dimensions: spaceFor(sampler), direction: "min", seed: 2, sampler });
      for (let i = 0; i < 24; i++) {
        const trial = study.ask();
        // the optimum at 0.7 is out of bounds: the best that is allowed lies at 1.2
        study.tell(trial, { value: objective(trial.params), margins: [{ value: Number(trial.params["temperature"]) - 1.2 }] });
      }
      const { temperature, top_p: topP } = study.best()?.trial.params ?? {};
      expect(Number(temperature), sampler).toBeGreaterThanOrEqual(1.2);
      if (sampler === "gp") expect([Number(temperature), Number(topP)]).toEqual([expect.closeTo(1.2, 1), expect.closeTo(0.6, 1)]);
    }
  });

  it("looks for what keeps the constraints while nothing does", () => {
    const study = new SearchStudy({ dimensions, direction: "min", seed: 4 });
    const margin = ({ temperature, top_p: topP }: Record<string, number | string>) =>
      0.15 - Math.hypot(Number(temperature) - 1.8, Number(topP) - 0.2);
    for (let i = 0; i < 20; i++) {
      const trial = study.ask();
      study.tell(trial, { value: objective(trial.params), margins: [{ value: margin(trial.params) }] });
    }
    expect(margin(study.best()?.trial.params ?? {})).toBeGreaterThanOrEqual(0);
  });

  it("finds the front of several objectives", () => {
    const space = parseSearch(["temperature=0..2", "top_p=0.1..1"]);
    const both = (sampler: "gp" | "random") => {
      const study = new SearchStudy({ dimensions: space, direction: ["min", "max"], seed: 5, sampler });
      for (let i = 0; i < 25; i++) {
        const trial = study.ask();
        const [t, p] = [Number(trial.params["temperature"]), Number(trial.params["top_p"])];
        study.tell(trial, { values: [{ value: t ** 2 + (p - 0.5) ** 2 }, { value: -((t - 2) ** 2) - (p - 0.5) ** 2 }] });
      }
      return study;
    };
    const [gp, random] = [both("gp"), both("random")];
    expect(gp.best()).toBeUndefined();
    const spread = (study: SearchStudy) => study.front().filter(({ params }) => Math.abs(Number(params["top_p"]) - 0.5) < 0.1).length;
    expect(spread(gp)).toBeGreaterThan(Math.max(6, spread(random)));
    expect(gp.hypervolume()).toBeGreaterThan(0.5);
  });

  it("learns from what is known from elsewhere, without recommending it", () => {
    const known = [0.1, 0.5, 0.9, 1.3, 1.7].flatMap((temperature) =>
      [0.2, 0.6, 0.9].map((topP) => {
        const params = { temperature, top_p: topP };
        return { params, outcome: { value: objective(params) } };
      }),
    );
    const study = new SearchStudy({ dimensions, direction: "min", seed: 1, known });
    const first = study.ask();
    expect(objective(first.params)).toBeLessThan(0.02);
    expect(first.improvement).toBeGreaterThan(0);
    study.tell(first, { value: objective(first.params) });
    expect(study.best()?.trial).toBe(first);
  });

  it("continues with trials of an earlier attempt as if it had never stopped", () => {
    const run = (study: SearchStudy, count: number) => {
      for (let i = 0; i < count; i++) {
        const trial = study.ask();
        study.tell(trial, { value: objective(trial.params) });
      }
      return study.trials.map(({ params }) => params);
    };
    const whole = run(new SearchStudy({ dimensions, direction: "min", seed: 9 }), 12);
    const again = new SearchStudy({ dimensions, direction: "min", seed: 9 });
    for (const params of whole.slice(0, 8)) again.tell(again.restore(params), { value: objective(params) });
    expect(run(again, 4)).toEqual(whole);
  });
});
