import { describe, expect, it } from "vitest";
import { loadSettings } from "../../src/lib/base/config/load-settings.js";
import { SAMPLING_KEYS, SAMPLING_PARAMETERS, requestNames, type SamplingParameter } from "../../src/lib/base/config/sampling-parameters.js";
import { servingDefaults } from "../../src/lib/base/config/serving.js";
import { parseSearchSpace } from "../../src/lib/experiments/study/search-space.js";
import { AdaptiveSampling, needsLogits } from "../../src/lib/inference/engine/adaptive-sampling.js";
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
const valueOf = ({ min, max, integer = false }: SamplingParameter) => (integer ? Math.min(min + 7, max - 1) : min + (max - min) / 3);
/** What a parameter belongs to, without which it changes nothing. */
const BESIDE: Partial<Record<string, object>> = {
  repeatLastN: { repeat_penalty: 1.1 },
  xtcThreshold: { xtc_probability: 0.5 },
  dynatempExponent: { dynatemp_range: 1 },
  mirostatTau: { mirostat: 2 },
  mirostatEta: { mirostat: 2 },
  dryBase: { dry_multiplier: 1 },
  dryAllowedLength: { dry_multiplier: 1 },
  dryPenaltyLastN: { dry_multiplier: 1 },
};
/** The sampler's settings for a request, and what it is told for one place where tokens 0 to 4 may come, after two tokens. */
function samplingOf(request: ChatRequest): string {
  const steps = needsLogits(request) ? new AdaptiveSampling(request, { seed: 0, counted: [], breakers: new Map() }) : undefined;
  const places = [0, 1].map((token) => {
    const next = steps?.next([0, 1, 2, 3, 4], [2, 1.5, 1, 0.5, -4.7], new Map());
    steps?.chose(token);
    return next;
  });
  return JSON.stringify([toSamplerConfig(request, 0, new Map()), places]);
}
const habits = { omits: new Set(), maxTokensField: "max_tokens", foldsSystem: false } as never;

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
      const { completion } = parseChatRequest({ messages, ...BESIDE[key], [name]: value });
      expect(completion).toMatchObject({ [key]: value });
      if (["maxTokens", "minTokens", "seed"].includes(key)) continue; // the generation's own, not the sampler's
      expect(samplingOf(completion)).not.toBe(samplingOf(parseChatRequest({ messages, ...BESIDE[key] }).completion));
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
