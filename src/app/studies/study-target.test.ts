import { describe, expect, it } from "vitest";
import { PARAMETERS } from "../../lib/experiments/study/parameters.js";
import type { Setting, StudyPlan } from "../../lib/experiments/study/study.js";
import { slotsOf, withParams } from "./study-target.js";
import { toEngineOptions } from "../targets/engine-choice.js";
import type { TargetOptions } from "../targets/open-target.js";

const OPTIONS: TargetOptions = { contextSize: 512, deterministic: false, trackingUri: "sqlite:///x" };
/** Of each parameter, a value that is not the default. */
const VALUES: Setting = {
  ...{ endpoint: "http://127.0.0.1:1/v1", model: "m", slots: 7, threads: 3, cache_type: "q8_0", batch_size: 64 },
  ...{ chat_template: "chatml", chat_template_kwargs: '{"enable_thinking":false}' },
  ...{ body: "{}", reasoning_effort: "low", verbosity: "high", service_tier: "flex", max_tokens_field: "max_completion_tokens" },
};

describe("withParams", () => {
  const names = Object.entries(PARAMETERS).flatMap(([name, { kind }]) => (kind === "target" ? [name] : []));
  it.each(names)("%s changes what a target is opened with", (name) => {
    const value = VALUES[name];
    expect(value).toBeDefined();
    expect(withParams(OPTIONS, { [name]: value ?? "" })).not.toEqual(withParams(OPTIONS, {}));
  });

  it("gives the engine every size a setting names", () => {
    const { slots = 1, ...choice } = withParams(OPTIONS, { slots: 7, threads: 3, cache_type: "q8_0", batch_size: 64 });
    expect(toEngineOptions(choice, slots)).toMatchObject({ slots: 7, threads: 3, cacheType: "q8_0", batchSize: 64 });
  });

  it("takes a model as a file, or as a name where there is an endpoint, and members of a request on top of its body", () => {
    expect(withParams(OPTIONS, { model: "x.gguf" })).toMatchObject({ modelPath: "x.gguf" });
    expect(withParams({ ...OPTIONS, endpoint: "http://x/v1" }, { model: "x" })).toMatchObject({ model: "x" });
    const options = { ...OPTIONS, extra: ["a=1"] };
    expect(withParams(options, { verbosity: "low" }).extra).toEqual(["a=1", 'verbosity="low"']);
    expect(withParams(options, { verbosity: "low", body: "{}" }).extra).toEqual(['verbosity="low"']);
  });
});

describe("slotsOf", () => {
  const plan = (rows: number, repeats: number[], mostRepeats = 0) =>
    ({ concurrency: 32, dataset: { samples: Array.from({ length: rows }) }, repeats, mostRepeats }) as unknown as StudyPlan;

  it.each([
    ["few cells", plan(2, [1, 1]), 0, 4],
    ["few cells with two graders", plan(2, [1, 1]), 2, 12],
    ["repeats that may be added", plan(2, [1, 1], 9), 0, 32],
    ["many cells", plan(200, [3]), 0, 32],
  ])("gives %s no more than they can use", (_, study, graders, slots) => expect(slotsOf(study, graders)).toBe(slots));
});
