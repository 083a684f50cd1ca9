import { createRandom, deriveSeed } from "../../../base/math/random.js";
import type { Observation, Proposal, Sampler } from "../../samplers/sampler.js";
import { SearchSpace, type Params } from "../../samplers/space.js";
import { openSampler } from "../../samplers/samplers.js";
import { loadPlugins } from "../load-plugins.js";
import type { CustomSampler } from "../plugin.js";
import { isSame, rule } from "./rules.js";

/** How a sampler is made that is checked, and what it is asked for. */
export interface SamplerCase {
  /** A float, a logarithmic int and a list when absent. */
  space?: SearchSpace;
  /** Every setting of a design, in its order; absent for a sampler that goes on as long as it is asked. */
  whole?: readonly Params[];
  /** Settings of a design may leave parameters alone; the others' name every parameter. */
  isPartial?: boolean;
  /** Of a plugin's sampler: those after its name, such as "step=2". */
  options?: string;
  /** Random histories that are played; 24 when absent. */
  runs?: number;
}

/** What happened to a setting: told with a value, told as failed, or still being tried. */
type Fate = number | "failed" | "pending";

const MIXED = [
  { name: "temperature", kind: "float", low: 0, high: 2, log: false },
  { name: "batch_size", kind: "int", low: 1, high: 512, log: true },
  { name: "cache_type", kind: "categorical", values: ["f16", "q8_0"] },
] as const;

/**
 * Checks what llmops relies on in a sampler: its settings lie in the space; the same seed, observations and pending settings give the
 * same one, so that it keeps nothing between two questions; it changes nothing it is given; it ranks what worked, each once, without
 * failures. Throws Error with the first rule that does not hold. `sampler` is one of a plugin, or makes one of a space and a seed.
 */
export async function checkSampler(
  sampler: CustomSampler | ((space: SearchSpace, seed: number) => Sampler),
  { space = new SearchSpace(MIXED), whole, isPartial = false, options, runs = 24 }: SamplerCase = {},
): Promise<void> {
  const create = typeof sampler === "function" ? sampler : await makerOf(sampler, options);
  const checked = (seed: number) => create(space, seed);
  for (let run = 0; run < runs; run++) checkHistory(checked, { run, space, isPartial });
  checkRanking(checked);
  checkLength(checked, whole);
}

async function makerOf(sampler: CustomSampler, options: string | undefined): Promise<(space: SearchSpace, seed: number) => Sampler> {
  const { samplers } = await loadPlugins([{ api: 1, samplers: { checked: sampler } }]);
  const written = options === undefined ? "checked" : `checked:${options}`;
  return (space, seed) => openSampler(written, space, { seed, startUp: 3 }, samplers);
}

function checkHistory(
  create: (seed: number) => Sampler,
  { run, space, isPartial }: { run: number; space: SearchSpace; isPartial: boolean },
): void {
  const random = createRandom(deriveSeed(7, "history", run));
  const fates = Array.from({ length: Math.floor(8 * random()) }, (): Fate => {
    const kind = random();
    return kind < 0.2 ? "failed" : kind < 0.4 ? "pending" : (random() - 0.5) * 10 ** Math.floor(7 * random());
  });
  const [one, other] = [play(create(run), fates), play(create(run), fates)];
  rule(isSame(one.proposals, other.proposals), `for the seed ${run} it proposes other settings the second time`);
  for (const { params } of one.proposals) {
    const wrong = outside(space, params, isPartial);
    rule(wrong.length === 0, `it proposes ${JSON.stringify(params)}, whose ${wrong.join(", ")} is not in the space`);
  }
  const before = JSON.stringify(one.state);
  const asked = create(run);
  const next = asked.ask(one.state);
  rule(isSame(create(run).ask(one.state), next), "what it was asked before decides what it proposes; only the state may");
  rule(isSame(asked.ask(one.state), next), "asked twice for the same state, it proposes two settings");
  asked.rank(one.state.observations);
  rule(JSON.stringify(one.state) === before, "it changes the observations or pending settings it is given");
}

function checkRanking(create: (seed: number) => Sampler): void {
  const { observations } = play(create(3), [1, "failed", 3, 2, 5]).state;
  const ranked = create(3).rank(observations);
  const worked = observations.flatMap(({ value }, index) => (value === null ? [] : [index]));
  const indices = ranked.map(({ index }) => index).sort((a, b) => a - b);
  rule(isSame(indices, worked), `rank gives the trials ${indices.join(", ")}; those that worked are ${worked.join(", ")}`);
  rule(
    ranked.every(({ mean, sd }) => Number.isFinite(mean) && sd >= 0),
    "rank gives a mean that is not a number, or an sd below 0",
  );
  rule(
    create(3)
      .rank(observations, 2)
      .every(({ index }) => index < 2),
    "rank among the first 2 gives others",
  );
  rule(create(3).rank([]).length === 0, "rank of nothing gives something");
  rule(create(3).rank(observations.map(({ params }) => ({ params, value: null }))).length === 0, "rank gives trials that failed");
}

function checkLength(create: (seed: number) => Sampler, whole: readonly Params[] | undefined): void {
  const count = whole ? whole.length + 1 : 20;
  const fates = Array.from({ length: count }, (_, i): Fate => (i % 3 === 0 ? "pending" : i));
  const proposed = play(create(1), fates).proposals.map(({ params }) => params);
  if (whole) rule(isSame(proposed, whole), `it proposes ${JSON.stringify(proposed)}; its design is ${JSON.stringify(whole)}`);
  else rule(proposed.length === count, `it ends after ${proposed.length} settings`);
}

/** Asks for as many settings as there are fates, telling after each what became of it; ends early where none is left. */
function play(sampler: Sampler, fates: readonly Fate[]) {
  const state = { observations: [] as Observation[], pending: [] as Params[] };
  const proposals: Proposal[] = [];
  for (const fate of fates) {
    const proposal = sampler.ask(state);
    if (!proposal) break;
    proposals.push(proposal);
    const { params } = proposal;
    if (fate === "pending") state.pending.push(params);
    else state.observations.push(fate === "failed" ? { params, value: null } : { params, value: fate, se: 0.1 });
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
