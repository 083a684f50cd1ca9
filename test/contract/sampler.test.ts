import { describe, expect, it } from "vitest";
import { checkSampler } from "../../src/lib/experiments/plugins/testing/check-sampler.js";
import { createDesign, DESIGNS, gridSampler } from "../../src/lib/experiments/samplers/designs.js";
import type { Observation, Sampler } from "../../src/lib/experiments/samplers/sampler.js";
import { BUILT_IN_SAMPLERS, openSampler } from "../../src/lib/experiments/samplers/samplers.js";
import { SearchSpace, type Params } from "../../src/lib/experiments/samplers/space.js";

const lists = [
  { name: "temperature", kind: "categorical" as const, values: [0, 0.5, 1] },
  { name: "top_p", kind: "categorical" as const, values: [0.3, 0.6, 0.9] },
];
const [cold, warm, hot] = [{ temperature: 0 }, { temperature: 0.5 }, { temperature: 1 }];
const [narrow, wide, wider] = [{ top_p: 0.3 }, { top_p: 0.6 }, { top_p: 0.9 }];
const WHOLE: Record<(typeof DESIGNS)[number], Params[]> = {
  single: [{}, cold, warm, hot, narrow, wide, wider],
  grid: [cold, warm, hot].flatMap((t) => [narrow, wide, wider].map((p) => ({ ...t, ...p }))),
  zip: [
    { ...cold, ...narrow },
    { ...warm, ...wide },
    { ...hot, ...wider },
  ],
};

describe("the contract of samplers", () => {
  const learning = BUILT_IN_SAMPLERS.names.filter((name) => name !== "grid");

  it.each(learning)("is kept by %s", (name) => checkSampler((space, seed) => openSampler(name, space, { seed, startUp: 4 })));

  it.each(DESIGNS)("is kept by the design %s", (design) =>
    checkSampler(() => createDesign(design, lists), { space: new SearchSpace(lists), whole: WHOLE[design], isPartial: true }),
  );

  it("is kept by grid", async () => {
    const steps = new SearchSpace([{ name: "top_k", kind: "int", low: 2, high: 3, log: false }, ...lists.slice(0, 1)]);
    const whole = [2, 3].flatMap((k) => [cold, warm, hot].map((t) => ({ top_k: k, ...t })));
    await checkSampler(gridSampler, { space: steps, whole });
  });

  const sobol = (space: SearchSpace, seed: number) => openSampler("sobol", space, { seed, startUp: 4 });
  const changed =
    (change: (own: Sampler) => Partial<Sampler>) =>
    (space: SearchSpace, seed: number): Sampler => {
      const own = sobol(space, seed);
      return { ask: (state) => own.ask(state), rank: (all, among) => own.rank(all, among), ...change(own) };
    };
  let calls = 0;

  it.each<[string, (space: SearchSpace, seed: number) => Sampler, RegExp]>([
    [
      "leaves the space",
      changed(() => ({ ask: () => ({ params: { temperature: 3, batch_size: 1, cache_type: "f16" } }) })),
      /is not in the space/,
    ],
    [
      "follows no seed",
      changed((own) => ({ ask: (state) => own.ask({ ...state, pending: Array(calls++).fill({}) as Params[] }) })),
      /second time/,
    ],
    [
      "changes what it is given",
      changed((own) => ({
        ask: (state) => {
          const proposal = own.ask({ ...state, observations: [] });
          for (const one of state.observations as Observation[]) one.value = 0;
          return proposal;
        },
      })),
      /changes the observations/,
    ],
    ["ranks failures", changed(() => ({ rank: (all) => all.map((_, index) => ({ index, mean: 0, sd: 0 })) })), /rank/],
    ["stops early", changed((own) => ({ ask: (state) => (state.observations.length > 9 ? undefined : own.ask(state)) })), /ends after/],
  ])("is broken by one that %s", async (_, sampler, broken) => {
    await expect(checkSampler(sampler)).rejects.toThrow(broken);
  });
});
