import { rankSeen } from "./best-seen.js";
import type { Observation, Proposal, Recommendation, Sampler, SearchState } from "./sampler.js";
import type { Params } from "./space.js";

/** Tries settings that are known beforehand, each once, in their order; those that were tried before, or by somebody else, are left out. */
export class DesignSampler implements Sampler {
  /** By the setting as text: two that are alike are one. */
  private readonly settings: ReadonlyMap<string, Params>;
  /** Of settings seen before: every proposal goes through all of them. */
  private readonly keys = new WeakMap<Params, string>();

  constructor(settings: readonly Params[]) {
    this.settings = new Map(settings.map((params) => [toKey(params), params]));
  }

  ask({ observations, pending }: SearchState): Proposal | undefined {
    const tried = new Set([...observations.map(({ params }) => params), ...pending].map((params) => this.keyOf(params)));
    for (const [key, params] of this.settings) if (!tried.has(key)) return { params };
    return undefined;
  }

  rank(observations: readonly Observation[], among?: number): Recommendation[] {
    return rankSeen(observations, among);
  }

  private keyOf(params: Params): string {
    const key = this.keys.get(params) ?? toKey(params);
    this.keys.set(params, key);
    return key;
  }
}

/** All settings of a design, in its order. */
export function drawAll(sampler: DesignSampler): Params[] {
  const pending: Params[] = [];
  for (let next = sampler.ask({ observations: [], pending }); next; next = sampler.ask({ observations: [], pending }))
    pending.push(next.params);
  return pending;
}

function toKey(params: Params): string {
  return JSON.stringify(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)));
}
