import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { rankSeen } from "../samplers/best-seen.js";
import type { Observation, Proposal, Recommendation, Sampler, SamplerDefinition, SearchState } from "../samplers/sampler.js";
import type { SearchSpace } from "../samplers/space.js";
import type { CustomSampler, LoadedPlugin, PluginSampler } from "./plugin.js";

/** A sampler of a plugin, whose proposals are checked. */
export function samplerOfPlugin(name: string, { plugin, source }: LoadedPlugin): SamplerDefinition {
  const { about = `a sampler of ${source}`, options, ...sampler } = plugin.samplers?.[name] as CustomSampler;
  return {
    ...{ name, about, ...(options && { options }) },
    create: (space, context, given) => {
      for (const dimension of space.dimensions) Object.freeze(dimension);
      Object.freeze(space.dimensions);
      const own = guarded(name, () => sampler.create(space, context, given));
      if (typeof own.ask === "function") return new CheckedSampler(name, own, space);
      throw failed(name, "its create gave nothing with a function ask");
    },
  };
}

/** Throws PLUGIN_FAILED for what is not a setting of the space, or not a ranking of what was seen. */
class CheckedSampler implements Sampler {
  private readonly name: string;
  private readonly own: PluginSampler;
  private readonly space: SearchSpace;

  constructor(name: string, own: PluginSampler, space: SearchSpace) {
    this.name = name;
    this.own = own;
    this.space = space;
  }

  ask(state: SearchState): Proposal | undefined {
    const proposal: unknown = guarded(this.name, () => this.own.ask(state));
    if (proposal === undefined) return undefined;
    const { params, improvement } = (proposal ?? {}) as Partial<Proposal>;
    if (isPromise(proposal)) throw failed(this.name, "its ask gave a promise; it has to answer at once");
    if (typeof params !== "object") throw failed(this.name, "its ask gave nothing with params");
    for (const dimension of this.space.dimensions) {
      const value = params[dimension.name];
      if (!this.space.holds(dimension, value))
        throw failed(this.name, `it proposes ${dimension.name} = ${String(value)}, which is not in the space`);
    }
    const known = Object.fromEntries(this.space.dimensions.map(({ name }) => [name, params[name] as number | string]));
    return { params: known, ...(typeof improvement === "number" && Number.isFinite(improvement) && { improvement }) };
  }

  rank(observations: readonly Observation[], among = observations.length): Recommendation[] {
    if (!this.own.rank) return rankSeen(observations, among);
    const ranked = guarded(this.name, () => this.own.rank?.(observations, among) ?? []);
    const isFit = ({ index, mean, sd }: Recommendation) =>
      Number.isInteger(index) && index >= 0 && index < among && Number.isFinite(mean) && sd >= 0;
    const seen = new Set(ranked.map(({ index }) => index));
    if (ranked.every(isFit) && seen.size === ranked.length) return ranked;
    throw failed(this.name, `its rank gave places that are not of the first ${among} observations, each once, with a mean and an sd`);
  }
}

function isPromise(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value;
}

function guarded<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof LlmopsError) throw cause;
    throw failed(name, messageOf(cause), cause);
  }
}

function failed(name: string, why: string, cause?: unknown): LlmopsError {
  return new LlmopsError("PLUGIN_FAILED", `The sampler "${name}" failed: ${why.replace(/\.$/, "")}.`, {
    hint: "Check it with checkSampler of llmops/testing; what was tried is kept: see --resume.",
    cause,
  });
}
