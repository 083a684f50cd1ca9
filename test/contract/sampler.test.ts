import { createDesign, DESIGNS, gridSampler } from "../../src/lib/experiments/samplers/designs.js";
import { EvenSampler } from "../../src/lib/experiments/samplers/even-sampler.js";
import { GpSampler } from "../../src/lib/experiments/samplers/gp/gp-sampler.js";
import { SearchSpace, type Params } from "../../src/lib/experiments/samplers/space.js";
import { TpeSampler } from "../../src/lib/experiments/samplers/tpe-sampler.js";
import { describeSampler } from "./sampler.js";

const mixed = new SearchSpace([
  { name: "temperature", kind: "float", low: 0, high: 2, log: false },
  { name: "batch_size", kind: "int", low: 1, high: 512, log: true },
  { name: "cache_type", kind: "categorical", values: ["f16", "q8_0"] },
]);

describeSampler("gp", { space: mixed, create: (space, seed) => new GpSampler(space, { seed, startUp: 4 }) });
describeSampler("tpe", { space: mixed, create: (space, seed) => new TpeSampler(space, { seed, startUp: 4 }) });
describeSampler("sobol", { space: mixed, create: (space, seed) => new EvenSampler(space, { seed, random: false }) });
describeSampler("random", { space: mixed, create: (space, seed) => new EvenSampler(space, { seed, random: true }) });

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
for (const design of DESIGNS) {
  const create = () => createDesign(design, lists);
  describeSampler(`of the design ${design}`, { space: new SearchSpace(lists), create, whole: WHOLE[design], isPartial: true });
}

const steps = new SearchSpace([{ name: "top_k", kind: "int", low: 2, high: 3, log: false }, ...lists.slice(0, 1)]);
const grid = [2, 3].flatMap((k) => [cold, warm, hot].map((t) => ({ top_k: k, ...t })));
describeSampler("grid", { space: steps, create: gridSampler, whole: grid });
