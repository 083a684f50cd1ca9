import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Observation, Proposal, Sampler } from "../../src/lib/experiments/samplers/sampler.js";
import type { Params, SearchSpace } from "../../src/lib/experiments/samplers/space.js";

/** How a sampler under test is made, and what it is asked for. */
export interface SamplerCase {
  space: SearchSpace;
  /** A new one every time, as if in another process. */
  create: (space: SearchSpace, seed: number) => Sampler;
  /** Every setting of a design, in its order; undefined for a sampler that goes on as long as it is asked. */
  whole?: readonly Params[];
  /** Settings of a design may leave parameters alone; the others' name every parameter. */
  isPartial?: boolean;
}

/** What happened to the settings asked so far: told with a value, told as failed, or still being tried. */
const fate = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant("failed" as const), fc.constant("pending" as const));

/** What every sampler promises: run it on an implementation of one's own. */
export function describeSampler(name: string, { space, create, whole, isPartial = false }: SamplerCase): void {
  describe(`the sampler ${name}`, () => {
    it("proposes settings of the space, the same for the same seed and state", () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 1000 }), fc.array(fate, { maxLength: 7 }), (seed, fates) => {
          const [one, other] = [play(create(space, seed), fates), play(create(space, seed), fates)];
          expect(one.proposals).toEqual(other.proposals);
          for (const { params } of one.proposals) expect(outside(space, params, isPartial), JSON.stringify(params)).toEqual([]);
        }),
        { numRuns: 12 },
      );
    });

    it("keeps nothing between two questions: what it is told decides alone", () => {
      const fates = [1, "failed", "pending", 3, 2] as const;
      const asked = create(space, 5);
      const { state } = play(asked, fates);
      const later = asked.ask(state);
      expect(create(space, 5).ask(state)).toEqual(later);
    });

    it("leaves what it is given as it was", () => {
      const { state } = play(create(space, 2), [1, 2, "failed", "pending"]);
      const before = structuredClone(state);
      create(space, 2).ask(state);
      create(space, 2).rank(state.observations);
      expect(state).toEqual(before);
    });

    it("ranks settings that worked, each once, failures left out; the first of them alone where asked", () => {
      const observations = play(create(space, 3), [1, "failed", 3, 2, 5]).state.observations;
      const ranked = create(space, 3).rank(observations);
      const worked = observations.flatMap(({ value }, index) => (value === null ? [] : [index]));
      expect(ranked.map(({ index }) => index).sort()).toEqual(worked);
      for (const { mean, sd } of ranked) expect([Number.isFinite(mean), sd >= 0]).toEqual([true, true]);
      const among = create(space, 3).rank(observations, 2);
      expect(among.every(({ index }) => index < 2)).toBe(true);
      expect(create(space, 3).rank([])).toEqual([]);
      expect(create(space, 3).rank(observations.map(({ params }) => ({ params, value: null })))).toEqual([]);
    });

    it(whole ? "tries every setting once, in its order, and then has none" : "goes on as long as it is asked", () => {
      const count = whole ? whole.length + 1 : 20;
      const { proposals } = play(
        create(space, 1),
        Array.from({ length: count }, (_, i) => (i % 3 === 0 ? "pending" : i)),
      );
      if (whole) expect(proposals.map(({ params }) => params)).toEqual(whole);
      else expect(proposals).toHaveLength(count);
    });
  });
}

/** Asks for as many settings as there are fates, telling after each what became of it; ends early where none is left. */
function play(sampler: Sampler, fates: readonly (number | "failed" | "pending")[]) {
  const state = { observations: [] as Observation[], pending: [] as Params[] };
  const proposals: Proposal[] = [];
  for (const one of fates) {
    const proposal = sampler.ask(state);
    if (!proposal) break;
    proposals.push(proposal);
    if (one === "pending") state.pending.push(proposal.params);
    else state.observations.push({ params: proposal.params, value: one === "failed" ? null : one, ...(one !== "failed" && { se: 0.1 }) });
  }
  return { state, proposals };
}

/** What of a setting is not in the space. */
function outside(space: SearchSpace, params: Params, isPartial: boolean): string[] {
  const unknown = Object.keys(params).filter((name) => !space.dimensions.some((dimension) => dimension.name === name));
  const wrong = space.dimensions.filter((dimension) => {
    const value = params[dimension.name];
    return !(isPartial && value === undefined) && !space.holds(dimension, value);
  });
  return [...unknown, ...wrong.map(({ name }) => name)];
}
