import { describe, expect, it } from "vitest";
import { loadSettings } from "../../src/lib/base/config/load-settings.js";
import { SAMPLING_KEYS, SAMPLING_PARAMETERS, requestNames, type SamplingParameter } from "../../src/lib/base/config/sampling-parameters.js";
import { servingDefaults } from "../../src/lib/base/config/serving.js";
import { parseSearchSpace } from "../../src/lib/experiments/study/search-space.js";
import { toSamplerConfig } from "../../src/lib/inference/engine/sampling.js";
import type { ChatRequest } from "../../src/lib/inference/openai/completion.js";
import { toBody } from "../../src/lib/inference/openai/endpoint-body.js";
import { parseChatRequest } from "../../src/lib/inference/openai/wire-chat.js";
import { withDefaults } from "../../src/lib/serving/server/request-defaults.js";
import { scriptedTarget } from "../helpers/scripted-target.js";
import { runPlan, studyPlan } from "../helpers/study-plan.js";

const messages = [{ role: "user" as const, content: "Hello" }];
const parameters: { key: string; parameter: SamplingParameter }[] = SAMPLING_KEYS.map((key) => ({
  key,
  parameter: SAMPLING_PARAMETERS[key],
}));
/** Inside the bounds, and not what the sampler does anyway. */
const valueOf = ({ min, max, integer = false }: SamplingParameter) => (integer ? min + 7 : min + (max - min) / 3);
const habits = { omits: new Set(), maxTokensField: "max_tokens", foldsSystem: false } as never;
const NEUTRAL = JSON.stringify(toSamplerConfig({}, 0, new Map()));

describe("a parameter of the sampler", () => {
  it.each(parameters)("$key that a study varies is sent with every request", async ({ key, parameter }) => {
    const [one, other] = [valueOf(parameter), parameter.max];
    const seen: ChatRequest[] = [];
    const target = scriptedTarget((request) => {
      seen.push(request);
      return "yes";
    });
    const dimensions = parseSearchSpace([`${parameter.name}=${one},${other}`]);
    await runPlan(studyPlan(dimensions, 2, { repeats: 1, fixed: {} }), target);
    const values = seen.map((request) => request[key as keyof ChatRequest]);
    // cells of one setting have seeds of their own, which follow from the setting's
    if (key === "seed") expect(new Set(values).size).toBeGreaterThan(1);
    else expect(new Set(values)).toEqual(new Set([one, other]));
  });

  it.each(parameters)("$key that a client sends by any of its names reaches the engine's sampler", ({ key, parameter }) => {
    const value = valueOf(parameter);
    for (const name of requestNames(parameter)) {
      const { completion } = parseChatRequest({ messages, [name]: value });
      expect(completion).toMatchObject({ [key]: value });
      if (key === "maxTokens" || key === "seed") continue; // the generation's own, not the sampler's
      expect(JSON.stringify(toSamplerConfig(completion, 0, new Map()))).not.toBe(NEUTRAL);
    }
  });

  it.each(parameters)("$key is sent to endpoints by its name", ({ key, parameter }) => {
    const value = valueOf(parameter);
    expect(toBody("m", { messages, [key]: value }, habits)).toMatchObject({ [parameter.name]: value });
  });

  it.each(parameters)("$key that llmops.yaml sets is what requests get that do not say it", ({ parameter: { name, ...parameter } }) => {
    const value = valueOf({ name, ...parameter });
    const given = new Map([[`serving.${name}`, { value, place: "the test" }]]) as never;
    const defaults = servingDefaults(loadSettings({ given, environment: {}, folder: "/" }).settings);
    expect(withDefaults({ messages }, defaults)).toMatchObject({ [name]: value });
    for (const said of requestNames({ name, ...parameter })) {
      expect(withDefaults({ messages, [said]: 1 }, defaults)).toEqual({ messages, [said]: 1 });
    }
  });
});
