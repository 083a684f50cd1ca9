import { createRandom, deriveSeed, shuffle } from "../math/random.js";
import type { Sample } from "./sample.js";

/** A random subset of at most `limit` samples, the same for the same seed, in file order. */
export function takeSamples(samples: readonly Sample[], limit: number, seed: number): Sample[] {
  if (limit >= samples.length) return [...samples];
  const indices = samples.map((_, i) => i);
  const taken = shuffle(indices, createRandom(deriveSeed(seed, "subset"))).slice(0, limit);
  return taken.sort((a, b) => a - b).map((i) => samples[i] as Sample);
}
